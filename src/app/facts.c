/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "facts-private.h"

#include "numbers-private.h"

#include <glib/gi18n-lib.h>

void
assay_facts_begin (GtkGrid *grid)
{
  g_object_set_data (G_OBJECT (grid), "n-rows", NULL);
}

static int
n_rows (GtkGrid *grid)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (grid), "n-rows"));
}

void
assay_facts_end (GtkGrid *grid)
{
  while (gtk_grid_get_child_at (grid, 0, n_rows (grid)))
    gtk_grid_remove_row (grid, n_rows (grid));
}

static void
add_row (GtkGrid *grid, int row)
{
  GtkWidget *left = gtk_label_new (NULL);
  GtkWidget *right = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_yalign (GTK_LABEL (left), 0);
  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_add_css_class (left, "dim-label");
  gtk_widget_add_css_class (right, "numeric");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (right), GTK_ACCESSIBLE_RELATION_LABELLED_BY, left, NULL, -1);
  gtk_grid_attach (grid, left, 0, row, 1, 1);
  gtk_grid_attach (grid, right, 1, row, 1, 1);
}

void
assay_facts_add (GtkGrid *grid, const char *name, const char *value)
{
  int       row = n_rows (grid);
  gboolean  long_text = g_utf8_strlen (value, -1) > 36;
  GtkLabel *right;

  if (gtk_grid_get_child_at (grid, 0, row) == NULL)
    add_row (grid, row);
  right = GTK_LABEL (gtk_grid_get_child_at (grid, 1, row));
  gtk_label_set_text (GTK_LABEL (gtk_grid_get_child_at (grid, 0, row)), name);
  /* A text that is set again loses what is selected of it. */
  if (g_strcmp0 (gtk_label_get_text (right), value) != 0)
    gtk_label_set_text (right, value);
  /* A wrapped label asks for much height while its width isn't known: only where it is needed. */
  gtk_label_set_wrap (right, long_text);
  gtk_label_set_ellipsize (right, long_text ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  g_object_set_data (G_OBJECT (grid), "n-rows", GINT_TO_POINTER (row + 1));
}

static void
add_pair (GtkGrid *grid, const char *name, double a, const char *between, double b)
{
  g_autofree char *left = assay_number_text (a, FALSE);
  g_autofree char *right = assay_number_text (b, FALSE);
  g_autofree char *text = g_strdup_printf ("%s %s %s", left, between, right);

  assay_facts_add (grid, name, text);
}

static void
add_number (GtkGrid *grid, const char *name, double value)
{
  g_autofree char *text = assay_number_text (value, FALSE);

  assay_facts_add (grid, name, text);
}

static void
add_count (GtkGrid *grid, const char *name, guint64 count)
{
  g_autofree char *text = assay_count_text (count);

  assay_facts_add (grid, name, text);
}

static void
add_bad_counts (GtkGrid *grid, const AssayStatistics *statistics)
{
  g_autofree char *zeros = assay_count_text (statistics->n_zero);
  g_autofree char *nans = assay_count_text (statistics->n_nan);
  g_autofree char *infs = assay_count_text (statistics->n_pos_inf + statistics->n_neg_inf);
  g_autofree char *text = g_strdup_printf ("%s, %s, %s", zeros, nans, infs);

  assay_facts_add (grid, _ ("zeros, NaN, Inf"), text);
}

static void
add_all (GtkGrid *grid, const AssayStatistics *statistics)
{
  static const char *const names[] = { "1 %", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %" };

  add_number (grid, _ ("min"), statistics->min);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    add_number (grid, names[i], statistics->quantiles[i]);
  add_number (grid, _ ("max"), statistics->max);
  add_number (grid, _ ("mean"), statistics->mean);
  add_number (grid, _ ("standard deviation"), statistics->std);
  add_number (grid, _ ("L1 norm"), statistics->l1);
  add_number (grid, _ ("L2 norm"), statistics->l2);
  add_count (grid, _ ("values"), statistics->n);
  add_count (grid, _ ("zeros"), statistics->n_zero);
  add_count (grid, _ ("denormals"), statistics->n_denormal);
  add_count (grid, _ ("NaN"), statistics->n_nan);
  add_count (grid, _ ("+Inf"), statistics->n_pos_inf);
  add_count (grid, _ ("−Inf"), statistics->n_neg_inf);
  if (!statistics->quantiles_exact)
    assay_facts_add (grid, _ ("quantiles"), _ ("to within 1/16 octave"));
  if (statistics->complex_magnitude)
    assay_facts_add (grid, _ ("complex values"), _ ("by magnitude"));
}

void
assay_facts_fill (GtkGrid *grid, const AssayStatistics *statistics, gboolean all)
{
  assay_facts_begin (grid);
  if (statistics == NULL)
    assay_facts_add (grid, _ ("being computed"), "…");
  else if (all)
    add_all (grid, statistics);
  else
    {
      add_pair (grid, _ ("min … max"), statistics->min, "…", statistics->max);
      add_pair (grid, _ ("mean ± std"), statistics->mean, "±", statistics->std);
      add_pair (grid, _ ("1 % … 99 %"), statistics->quantiles[0], "…", statistics->quantiles[6]);
      add_bad_counts (grid, statistics);
    }
  assay_facts_end (grid);
}
