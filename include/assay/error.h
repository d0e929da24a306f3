/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The errors of the world: files, shapes, memory. Every message is one sentence that a user can read. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ASSAY_ERROR:
 *
 * The domain of all errors that Assay reports, except cancelling, which is always `G_IO_ERROR_CANCELLED`.
 */
#define ASSAY_ERROR (assay_error_quark ())

/**
 * AssayError:
 * @ASSAY_ERROR_FAILED: anything that has no code of its own
 * @ASSAY_ERROR_FORMAT: a file breaks the rules of its format
 * @ASSAY_ERROR_UNSUPPORTED: a file or value is sound, but can't be handled
 * @ASSAY_ERROR_SHAPE: shapes don't fit together
 * @ASSAY_ERROR_DTYPE: a dtype doesn't fit
 * @ASSAY_ERROR_RANGE: a value doesn't fit into a dtype, or an index into a shape
 * @ASSAY_ERROR_SYNTAX: a text typed by the user can't be parsed
 * @ASSAY_ERROR_NOT_FOUND: no such file, variable or member
 * @ASSAY_ERROR_IO: reading or writing failed
 * @ASSAY_ERROR_CHANGED: a file isn't the one that was opened
 * @ASSAY_ERROR_NO_SPACE: a disk is full
 * @ASSAY_ERROR_HELPER: the reader process died, hung or sent garbage
 * @ASSAY_ERROR_REFUSED: refused for safety
 */
typedef enum
{
  ASSAY_ERROR_FAILED,
  ASSAY_ERROR_FORMAT,
  ASSAY_ERROR_UNSUPPORTED,
  ASSAY_ERROR_SHAPE,
  ASSAY_ERROR_DTYPE,
  ASSAY_ERROR_RANGE,
  ASSAY_ERROR_SYNTAX,
  ASSAY_ERROR_NOT_FOUND,
  ASSAY_ERROR_IO,
  ASSAY_ERROR_CHANGED,
  ASSAY_ERROR_NO_SPACE,
  ASSAY_ERROR_HELPER,
  ASSAY_ERROR_REFUSED,
} AssayError;

/**
 * assay_error_quark:
 *
 * Returns: the quark of %ASSAY_ERROR
 */
GQuark assay_error_quark (void);

/**
 * assay_error_set_errno:
 * @error: (nullable): return location for an error
 * @saved_errno: the value of errno right after the call that failed
 * @what: what was being done to what, as in "Can't read “model.h5”"
 *
 * Sets an error from errno: "$what: $reason". ENOSPC and EDQUOT become `ASSAY_ERROR_NO_SPACE`, ENOENT
 * `ASSAY_ERROR_NOT_FOUND`, everything else `ASSAY_ERROR_IO`.
 *
 * Returns: %FALSE, so that a caller can return it
 */
gboolean assay_error_set_errno (GError **error, int saved_errno, const char *what);

G_END_DECLS
