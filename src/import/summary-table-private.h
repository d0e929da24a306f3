/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables that Keras prints of a model, as text. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ASSAY_SUMMARY_MAX_COLUMNS 5

/**
 * AssaySummaryRow:
 * @fields: the cells; as many as there are columns
 * @level: in how many models it is nested
 */
typedef struct
{
  char *fields[ASSAY_SUMMARY_MAX_COLUMNS];
  guint level;
} AssaySummaryRow;

/**
 * AssaySummaryTable:
 * @n_columns: how many
 * @header: their titles
 * @positions: where each ends: a part of the length
 * @width: characters in a line
 * @shows_trainable: whether the last column is as wide as its title, behind the others
 * @rows: (element-type AssaySummaryRow): the layers
 *
 * A table that is to be printed.
 */
typedef struct
{
  guint       n_columns;
  const char *header[ASSAY_SUMMARY_MAX_COLUMNS];
  double      positions[ASSAY_SUMMARY_MAX_COLUMNS];
  guint       width;
  gboolean    shows_trainable;
  GArray     *rows;
} AssaySummaryTable;

/* As Keras 2: lines of words, cut where a tuple ends. Source: tf_keras/src/utils/layer_utils.py, print_summary. Gives the lines' width. */
guint assay_summary_table_plain (const AssaySummaryTable *self, GString *out);

/* As Keras 3: boxes, whose columns are cut as rich cuts them. Source: keras/src/utils/summary_utils.py, print_summary. */
void assay_summary_table_boxed (const AssaySummaryTable *self, GString *out);

G_END_DECLS
