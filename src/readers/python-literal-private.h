/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The few kinds of Python literals that NumPy writes, taken one token after the other. Nothing is ever evaluated. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AssayPythonScan:
 * @start: where the text begins, valid UTF-8
 * @p: what comes next
 * @end: behind the text
 */
typedef struct
{
  const char *start;
  const char *p;
  const char *end;
} AssayPythonScan;

/**
 * assay_python_scan_fail:
 * @what: what was wrong
 *
 * Sets `ASSAY_ERROR_FORMAT`, telling the byte.
 *
 * Returns: %FALSE
 */
gboolean assay_python_scan_fail (const AssayPythonScan *scan, const char *what, GError **error);

/**
 * assay_python_scan_peek:
 *
 * Returns: the next character that is no blank, or NUL at the end
 */
char assay_python_scan_peek (AssayPythonScan *scan);

/**
 * assay_python_scan_take:
 * @c: a character
 *
 * Returns: whether @c came next, and was taken
 */
gboolean assay_python_scan_take (AssayPythonScan *scan, char c);

/**
 * assay_python_scan_expect:
 * @c: a character
 *
 * Takes @c.
 *
 * Returns: %FALSE with @error set if something else comes
 */
gboolean assay_python_scan_expect (AssayPythonScan *scan, char c, GError **error);

/**
 * assay_python_scan_string:
 * @out: what the string says replaces this; NUL in a string is an error
 *
 * Takes a string in single or double quotes.
 *
 * Returns: %FALSE with @error set if there is none
 */
gboolean assay_python_scan_string (AssayPythonScan *scan, GString *out, GError **error);

/**
 * assay_python_scan_bool:
 * @value: (out): what it says
 *
 * Takes True or False.
 *
 * Returns: %FALSE with @error set if there is none
 */
gboolean assay_python_scan_bool (AssayPythonScan *scan, gboolean *value, GError **error);

/**
 * assay_python_scan_uint:
 * @value: (out): the number
 *
 * Takes a whole number of 0 to 2⁶³−1, with the L behind it that Python 2 wrote.
 *
 * Returns: %FALSE with @error set if there is none
 */
gboolean assay_python_scan_uint (AssayPythonScan *scan, guint64 *value, GError **error);

/**
 * assay_python_scan_shape:
 * @rank: (out): how many dimensions
 * @shape: room for `ASSAY_MAX_RANK` dimensions
 *
 * Takes a tuple of whole numbers.
 *
 * Returns: %FALSE with @error set if there is none
 */
gboolean assay_python_scan_shape (AssayPythonScan *scan, guint *rank, guint64 *shape, GError **error);

G_END_DECLS
