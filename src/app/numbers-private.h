/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers as people read them on screen. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_number_text:
 * @value: a number
 * @sign: whether "+" stands before a positive one
 *
 * Returns: (transfer full): four digits, with a true minus: "−0.4413", "+1.2e−05"
 */
char *assay_number_text (double value, gboolean sign);

/**
 * assay_count_text:
 * @count: how many
 *
 * Returns: (transfer full): digits in groups of three: "38,410"
 */
char *assay_count_text (guint64 count);

/**
 * assay_count_brief_text:
 * @count: how many
 *
 * Returns: (transfer full): as assay_count_text(), but a thousand millions and more in three digits: "25.0 G"
 */
char *assay_count_brief_text (guint64 count);

/**
 * assay_size_text:
 * @n_bytes: how many bytes
 *
 * Returns: (transfer full): "153.6 kB"
 */
char *assay_size_text (guint64 n_bytes);

G_END_DECLS
