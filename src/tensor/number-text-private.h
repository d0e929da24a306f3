/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Floats as the shortest decimal that reads back to the same bits. Independent of the locale. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/* Room for any number that number_text_shortest() writes, with the NUL. */
#define NUMBER_TEXT_SIZE 48

/**
 * number_text_shortest:
 * @dtype: a real float type
 * @value: a value that it holds exactly
 * @out: room for `NUMBER_TEXT_SIZE` bytes
 *
 * Writes as many digits as tell @value from its neighbours in @dtype; whole numbers below 2^24 with all their digits; with
 * an exponent below 1e-4 and from 1e16 on, as Python does.
 *
 * Returns: the length of the text
 */
gsize number_text_shortest (AssayDtype dtype, double value, char *out);

/**
 * number_text_shortest_long:
 * @value: any number
 * @out: room for `NUMBER_TEXT_SIZE` bytes
 *
 * Does the same for a long double.
 *
 * Returns: the length of the text
 */
gsize number_text_shortest_long (long double value, char *out);

/**
 * number_text_print:
 * @format: a printf format for one long double
 * @value: any number
 *
 * Returns: (transfer full): what printf makes of it in the C locale
 */
char *number_text_print (const char *format, long double value);

/**
 * number_text_scan:
 * @text: decimal text
 * @end: (out): the first byte that doesn't belong to the number
 *
 * Returns: the number as strtod() reads it in the C locale
 */
double number_text_scan (const char *text, char **end);

/**
 * number_text_scan_float:
 * @text: decimal text
 *
 * Returns: the number as strtof() reads it in the C locale, rounded once
 */
float number_text_scan_float (const char *text);

/**
 * number_text_scan_long:
 * @text: decimal text
 * @end: (out): the first byte that doesn't belong to the number
 *
 * Returns: the number as strtold() reads it in the C locale
 */
long double number_text_scan_long (const char *text, char **end);

G_END_DECLS
