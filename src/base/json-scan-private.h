/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A strict JSON scanner that walks a text in place: RFC 8259, nothing more. For headers too large for a tree. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ASSAY_JSON_MAX_DEPTH 128

/**
 * AssayJsonScan:
 * @start: where the text begins
 * @p: what comes next
 * @end: behind the text
 *
 * A place in a text. Errors tell the byte at which the text stops being what it should be.
 */
typedef struct
{
  const char *start;
  const char *p;
  const char *end;
} AssayJsonScan;

/**
 * assay_json_scan_skip_blanks:
 *
 * Goes to what is no blank.
 */
void assay_json_scan_skip_blanks (AssayJsonScan *scan);

/**
 * assay_json_scan_expect:
 * @c: a character
 *
 * Takes @c, with blanks before it.
 *
 * Returns: %FALSE with `ASSAY_ERROR_FORMAT` if something else comes
 */
gboolean assay_json_scan_expect (AssayJsonScan *scan, char c, GError **error);

/**
 * assay_json_scan_next_member:
 * @close: '}' or ']'
 * @first: whether nothing was read since the bracket opened; set to %FALSE
 * @more: (out): whether another member comes; else @close was taken
 *
 * Steps on inside an object or array, taking the comma.
 *
 * Returns: %FALSE with `ASSAY_ERROR_FORMAT`
 */
gboolean assay_json_scan_next_member (AssayJsonScan *scan, char close, gboolean *first, gboolean *more, GError **error);

/**
 * assay_json_scan_string:
 * @out: (nullable): what the string says replaces this; it may hold NUL
 *
 * Takes a string.
 *
 * Returns: %FALSE with `ASSAY_ERROR_FORMAT`
 */
gboolean assay_json_scan_string (AssayJsonScan *scan, GString *out, GError **error);

/**
 * assay_json_scan_uint:
 * @value: (out): the number
 *
 * Takes an integer of 0 to 2⁶⁴−1; signs, fractions and exponents are errors.
 *
 * Returns: %FALSE with `ASSAY_ERROR_FORMAT`
 */
gboolean assay_json_scan_uint (AssayJsonScan *scan, guint64 *value, GError **error);

/**
 * assay_json_scan_value:
 * @depth: how deep the value already stands
 *
 * Checks and skips any value.
 *
 * Returns: %FALSE with `ASSAY_ERROR_FORMAT`
 */
gboolean assay_json_scan_value (AssayJsonScan *scan, guint depth, GError **error);

/**
 * assay_json_is_valid:
 * @text: a text
 * @n_bytes: its length
 *
 * Returns: whether it is one JSON value and nothing else
 */
gboolean assay_json_is_valid (const char *text, gsize n_bytes);

/**
 * assay_json_append_string:
 * @text: valid UTF-8
 *
 * Appends a text as a JSON string, in quotes.
 */
void assay_json_append_string (GString *out, const char *text);

/**
 * assay_json_scan_fail:
 * @what: what was wrong
 *
 * Sets an error that tells the byte.
 *
 * Returns: %FALSE
 */
gboolean assay_json_scan_fail (AssayJsonScan *scan, const char *what, GError **error);

G_END_DECLS
