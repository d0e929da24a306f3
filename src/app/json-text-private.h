/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attributes and settings, which come as JSON, as text and as rows. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_json_pretty:
 * @json: (nullable): the text of a JSON document
 *
 * Returns: (transfer full) (nullable): the same, indented; as it is if it can't be parsed
 */
char *assay_json_pretty (const char *json);

/**
 * assay_json_add_rows:
 * @grid: a grid of facts
 * @json: (nullable): the text of a JSON object
 *
 * Adds a row for each member; what is nested stays JSON.
 *
 * Returns: how many rows were added
 */
guint assay_json_add_rows (GtkGrid *grid, const char *json);

G_END_DECLS
