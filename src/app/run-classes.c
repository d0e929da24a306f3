/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-classes-private.h"

#include <assay/array-text.h>
#include <assay/convert.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#define N_TOP 3
#define MAX_CLASSES 100000
#define MAX_SHOWN 16
#define MAX_OUTPUTS 8

/* The last axis of the first of a batch: numbers, if there are as many as classes can be. */
static double *
read_row (AssayValue *value, guint *n)
{
  AssayTensor             *tensor = value ? assay_value_get_tensor (value) : NULL;
  const AssayPartialShape *shape = tensor ? assay_value_get_shape (value) : NULL;
  double                  *numbers;

  *n = 0;
  if (tensor == NULL || shape->rank < 1 || !assay_dtype_is_numeric (assay_value_get_dtype (value)) || shape->dims[shape->rank - 1] > MAX_CLASSES ||
      assay_tensor_get_n_elements (tensor) == 0)
    return NULL;
  *n = shape->dims[shape->rank - 1];
  numbers = g_new (double, *n);
  assay_convert_to_double (assay_value_get_dtype (value), assay_tensor_get_data (tensor), numbers, *n);
  return numbers;
}

/* Not negative, and together 1. */
static gboolean
are_probabilities (const double *numbers, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!(numbers[i] >= 0 && numbers[i] <= 1))
        return FALSE;
      sum += numbers[i];
    }
  return n > 1 && fabs (sum - 1) < 1e-3;
}

static void
attach_number (GtkGrid *grid, int column, int row, const char *text, const char *tooltip, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_tooltip_text (label, tooltip);
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* Three digits, with a true minus. */
static char *
dup_difference (double difference)
{
  if (fabs (difference) < 0.0005)
    return g_strdup ("±0");
  return g_strdup_printf ("%s%.3f", difference < 0 ? "\342\210\222" : "+", fabs (difference));
}

/* @before: NULL if there is none */
static void
add_bar (GtkGrid *grid, int row, guint class_index, double probability, const double *before)
{
  GtkWidget       *bar = gtk_level_bar_new ();
  g_autofree char *number = g_strdup_printf ("%u", class_index), *text = g_strdup_printf ("%.3f", probability);
  g_autofree char *spoken = g_strdup_printf (_ ("class %s: %s"), number, text);
  g_autofree char *difference = before ? dup_difference (probability - before[class_index]) : NULL;

  attach_number (grid, 0, row, number, _ ("Class"), FALSE);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), probability);
  gtk_widget_add_css_class (bar, "share");
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_grid_attach (grid, bar, 1, row, 1, 1);
  attach_number (grid, 2, row, text, NULL, FALSE);
  if (difference != NULL)
    attach_number (grid, 3, row, difference, _ ("Change since the run that it is compared with"), TRUE);
}

static void
add_top (GtkBox *box, double *numbers, guint n, const double *before)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  gtk_grid_set_column_spacing (grid, 12);
  gtk_grid_set_row_spacing (grid, 4);
  for (guint k = 0; k < N_TOP && k < n; k++)
    {
      guint best = 0;

      for (guint i = 1; i < n; i++)
        if (numbers[i] > numbers[best])
          best = i;
      add_bar (grid, (int) k, best, numbers[best], before);
      numbers[best] = -1;
    }
  gtk_box_append (box, GTK_WIDGET (grid));
}

static void
add_text (GtkBox *box, AssayTensor *tensor)
{
  g_autofree char *text = assay_tensor_to_text (tensor, ASSAY_ARRAY_STR);
  GtkWidget       *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_box_append (box, label);
}

static void
add_title (GtkBox *box, const char *name, AssayValue *value)
{
  const AssayPartialShape *of = assay_value_get_shape (value);
  g_autofree char         *shape = assay_partial_shape_to_string (of), *title = NULL, *batch = NULL;
  GtkWidget               *label = gtk_label_new (NULL);

  if (of->rank > 1 && of->dims[0] > 1)
    batch = g_strdup_printf (_ ("the first of %" PRId64), of->dims[0]);
  title = g_markup_printf_escaped ("<b>%s</b>  <tt>%s</tt>  %s", name, shape, batch ? batch : "");
  gtk_label_set_markup (GTK_LABEL (label), title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (box, label);
}

/* @before: what it was in another run; NULL if there is none */
static void
add_output (GtkBox *box, const char *name, AssayValue *value, AssayValue *before)
{
  AssayTensor       *tensor = assay_value_get_tensor (value);
  guint              n, n_before;
  g_autofree double *numbers = read_row (value, &n), *others = read_row (before, &n_before);

  add_title (box, name, value);
  if (numbers != NULL && are_probabilities (numbers, n))
    add_top (box, numbers, n, n_before == n ? others : NULL);
  else if (tensor != NULL && assay_tensor_get_n_elements (tensor) <= MAX_SHOWN)
    add_text (box, tensor);
}

static AssayValue *
find_output (AssayRun *run, const char *name)
{
  for (guint i = 0; run != NULL && i < assay_run_get_n_outputs (run); i++)
    {
      const char *other;
      AssayValue *value = assay_run_get_output (run, i, &other);

      if (g_strcmp0 (name, other) == 0)
        return value;
    }
  return NULL;
}

void
assay_run_classes_fill (GtkBox *box, AssayRun *run, AssayRun *base)
{
  guint      n = assay_run_get_n_outputs (run);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))))
    gtk_box_remove (box, child);
  for (guint i = 0; i < MIN (n, MAX_OUTPUTS); i++)
    {
      const char *name;
      AssayValue *value = assay_run_get_output (run, i, &name);

      add_output (box, name, value, find_output (base, name));
    }
  if (n > MAX_OUTPUTS)
    {
      g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more output", "and %u more outputs", n - MAX_OUTPUTS), n - MAX_OUTPUTS);

      child = gtk_label_new (text);
      gtk_label_set_xalign (GTK_LABEL (child), 0);
      gtk_widget_add_css_class (child, "dim-label");
      gtk_box_append (box, child);
    }
}
