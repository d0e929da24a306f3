/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the program is used, on one page. */

#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

/* Headings and what stands under them. */
static const char *const sections[][2] = {
  { N_ ("Opening"),
    N_ ("Open a file, a folder or any shard of a set; or drop it on the window. No code in a model file is ever executed: a "
        "helper without any rights reads its table of contents, values are read when they are looked at.") },
  { N_ ("The tree"),
    N_ ("Type into the search field to narrow the tree down. Words match names; dtype:float16, shape:[*,64], nan, inf, "
        "zero, constant and edited match what they say. Click on a column’s title to sort.") },
  { N_ ("Values"),
    N_ ("Arrows, Page Up, Page Down, Home and End move; with Ctrl to the edge, with Shift the selection grows. Typing or "
        "Enter edits the cell, Escape leaves it as it was. Ctrl+C copies the selection as a spreadsheet does, Ctrl+V "
        "pastes one, Ctrl+D fills the selection from its first row. Ctrl+G goes to an index, Ctrl+Shift+F finds values beyond a bound, NaN or infinities.") },
  { N_ ("Formulas"),
    N_ ("Ctrl+E leads to the formula. It changes the selection, or while a single cell is selected the whole "
        "variable. x is the value: x * 0.9, where(isnan(x), 0, x), clip(x, -1, 1), abs(x), sqrt(x), exp(x), "
        "log(x), round(x), x - mean(x), x / std(x), x > 0 and x < 1. A number alone fills: 0.") },
  { N_ ("Heat map"),
    N_ ("The wheel zooms about the pointer, dragging moves, + and − zoom, 0 shows all, arrows move from cell to cell. "
        "Zoomed out, a pixel shows the largest magnitude of all that it covers. NaN is yellow.") },
  { N_ ("Comparing"),
    N_ ("Compare shows this model beside another one: one that is open, a file, or a file dropped on the button. Variables of the "
        "same key belong together. A click on a column’s title sorts; Left and Right close and open modules. The three heat maps "
        "show the same part: A and B share a range of colours, B − A has its own. A click on one of the largest changes leads there. "
        "Show Changes compares the file with its edits that aren’t saved.") },
  { N_ ("Running"),
    N_ ("Run goes to the page where the model is called, Ctrl+R calls it: with its edits as they are. Each input is typed, random, "
        "filled, or comes from a file or a picture. What every layer gives is kept with the run and looked at like a variable. Compare "
        "Runs shows what differs from the run before, the first layer on top.") },
  { N_ ("Graph"),
    N_ ("Graph draws the operations of a function, in groups by module and layer. A double click, or Return, opens and closes what has an "
        "arrow: a group, a loop, a function that is called. On the lines are shapes; the pointer tells dtypes and whole names. A click "
        "shows what a layer or an operation gave in the last run; red is what NaN or infinity came out of. Arrows walk along the lines, "
        "Escape goes to the group around, Ctrl with the wheel, + or − zooms, Ctrl+9 shows all of it, Ctrl+F finds an operation.") },
  { N_ ("New Models"),
    N_ ("Ctrl+N makes a model of the classes of TensorFlow’s tutorial: choose a class, type name and sizes, Create. Ctrl+Enter calls it "
        "with the numbers that are typed; layers without a given input size get their variables at the first call. Every step leaves "
        "a cell with what Python would print. Values can be edited as in any model, and count in the next call. Save Checkpoint keeps "
        "the values, Restore gives them to a model of the same structure, also to one that isn’t built yet; Save Model keeps values and "
        "operations.") },
  { N_ ("Saving"),
    N_ ("Saving writes a copy beside the file and puts it in place in one step: a crash leaves the old file or the new "
        "one, whole. Until then edits are kept in a journal and are offered again after a crash. Save As (Ctrl+Shift+S) also writes "
        "another format: HDF5, Keras weights, safetensors, a NumPy archive or a TensorFlow checkpoint.") },
};

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

void
assay_window_show_help (AssayWindow *self)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      gtk_box_append (GTK_BOX (text), make_label (_ (sections[i][0]), "heading"));
      gtk_box_append (GTK_BOX (text), make_label (_ (sections[i][1]), NULL));
    }
  gtk_widget_add_css_class (text, "help");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Help"), -1);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Help"));
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 620);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (self));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
