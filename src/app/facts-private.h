/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics as rows of words and numbers. */

#pragma once

#include <assay/statistics.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_facts_fill:
 * @grid: where the rows go; what was there is removed
 * @statistics: (nullable): statistics; %NULL while they aren't known
 * @all: whether quantiles, norms and counts are shown too
 *
 * Fills a grid.
 */
void assay_facts_fill (GtkGrid *grid, const AssayStatistics *statistics, gboolean all);

/**
 * assay_facts_begin:
 * @grid: a grid of facts
 *
 * Begins to say the rows anew. Rows that are there are used again, so that one in which text is selected, or that has the focus,
 * isn't taken away under the user.
 */
void assay_facts_begin (GtkGrid *grid);

/**
 * assay_facts_add:
 * @grid: a grid of facts
 * @name: what it is
 * @value: its value; can be selected
 *
 * Says the next row.
 */
void assay_facts_add (GtkGrid *grid, const char *name, const char *value);

/**
 * assay_facts_end:
 * @grid: a grid of facts
 *
 * Removes rows that haven't been said again.
 */
void assay_facts_end (GtkGrid *grid);

G_END_DECLS
