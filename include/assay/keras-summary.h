/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of layers that Keras prints, of a model in a file. */

#pragma once

#include <assay/manifest.h>

G_BEGIN_DECLS

/**
 * AssayKerasSummaryFlags:
 * @ASSAY_KERAS_SUMMARY_EXPAND_NESTED: also the layers of models that are layers
 * @ASSAY_KERAS_SUMMARY_SHOW_TRAINABLE: a column that tells which layers are trained
 */
typedef enum
{
  ASSAY_KERAS_SUMMARY_DEFAULT = 0,
  ASSAY_KERAS_SUMMARY_EXPAND_NESTED = 1 << 0,
  ASSAY_KERAS_SUMMARY_SHOW_TRAINABLE = 1 << 1,
} AssayKerasSummaryFlags;

/**
 * assay_keras_summary:
 * @manifest: an open, complete model with a Keras config
 * @line_length: characters in a line; 0 for what the version of Keras takes by itself
 * @flags: what else to show
 * @error: return location for an error
 *
 * Writes what Model.summary prints: in boxes if Keras 3 has written the file, in plain lines if it was an earlier one. The shapes are
 * those that the layers give here; of a model with layers that aren't known, those that its config tells, and "?".
 * Fails with `ASSAY_ERROR_UNSUPPORTED` if there is no config.
 *
 * Blocks for as long as importing takes; call it from a worker.
 *
 * Returns: (transfer full): the table, with a line feed behind its last line
 */
char *assay_keras_summary (AssayManifest *manifest, guint line_length, AssayKerasSummaryFlags flags, GError **error);

G_END_DECLS
