/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-classes-private.h"

#include <assay/array-text.h>
#include <assay/convert.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define N_TOP 3
#define MAX_CLASSES 100000
#define MAX_SHOWN 16

/* The last axis of the first of a batch: numbers, if there are as many as classes can be. */
static double *
read_row (AssayValue *value, guint *n)
{
  AssayTensor             *tensor = assay_value_get_tensor (value);
  const AssayPartialShape *shape = assay_value_get_shape (value);
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
add_bar (GtkBox *box, guint class_index, double probability)
{
  GtkWidget       *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *bar = gtk_level_bar_new (), *label;
  g_autofree char *number = g_strdup_printf ("%u", class_index), *text = g_strdup_printf ("%.3f", probability);

  label = gtk_label_new (number);
  gtk_label_set_width_chars (GTK_LABEL (label), 4);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_box_append (GTK_BOX (row), label);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), probability);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, number, -1);
  gtk_box_append (GTK_BOX (row), bar);
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (box, row);
}

static void
add_top (GtkBox *box, double *numbers, guint n)
{
  for (guint k = 0; k < N_TOP && k < n; k++)
    {
      guint best = 0;

      for (guint i = 1; i < n; i++)
        if (numbers[i] > numbers[best])
          best = i;
      add_bar (box, best, numbers[best]);
      numbers[best] = -1;
    }
}

static void
add_output (GtkBox *box, const char *name, AssayValue *value)
{
  GtkWidget         *label = gtk_label_new (NULL);
  g_autofree char   *shape = assay_partial_shape_to_string (assay_value_get_shape (value)), *title = NULL;
  guint              n;
  g_autofree double *numbers = read_row (value, &n);

  title = g_markup_printf_escaped ("<b>%s</b>  <tt>%s</tt>", name, shape);
  gtk_label_set_markup (GTK_LABEL (label), title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (box, label);
  if (numbers != NULL && are_probabilities (numbers, n))
    add_top (box, numbers, n);
  else if (assay_value_get_tensor (value) != NULL && assay_tensor_get_n_elements (assay_value_get_tensor (value)) <= MAX_SHOWN)
    {
      g_autofree char *text = assay_tensor_to_text (assay_value_get_tensor (value), ASSAY_ARRAY_STR);

      label = gtk_label_new (text);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "monospace");
      gtk_box_append (box, label);
    }
}

void
assay_run_classes_fill (GtkBox *box, AssayRun *run)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))))
    gtk_box_remove (box, child);
  for (guint i = 0; i < assay_run_get_n_outputs (run) && i < 8; i++)
    {
      const char *name;
      AssayValue *value = assay_run_get_output (run, i, &name);

      add_output (box, name, value);
    }
}
