/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "axis-bar-private.h"

#include "accessible-names-private.h"
#include "axis-names-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

struct _AssayAxisBar
{
  GtkWidget  parent_instance;
  AssaySlice slice;
  char      *name;
  GtkWidget *box;
  gboolean   building;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayAxisBar, assay_axis_bar, GTK_TYPE_WIDGET)

static GtkWidget *
add_label (AssayAxisBar *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (self->box), label);
  return label;
}

static void build (AssayAxisBar *self);

static gboolean
rebuild_cb (gpointer data)
{
  build (data);
  return G_SOURCE_REMOVE;
}

/* The bar is built again when the click is over: its widgets can't go away while they are told of it. */
static void
changed (AssayAxisBar *self, gboolean rebuild)
{
  if (rebuild)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, rebuild_cb, g_object_ref (self), g_object_unref);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* An axis can't go both ways: choosing the other's axis swaps them. */
static void
chosen_cb (GtkDropDown *dropdown, GParamSpec *pspec, AssayAxisBar *self)
{
  guint  chosen = gtk_drop_down_get_selected (dropdown);
  guint *mine = g_object_get_data (G_OBJECT (dropdown), "rows") ? &self->slice.rows : &self->slice.columns;
  guint *other = mine == &self->slice.rows ? &self->slice.columns : &self->slice.rows;

  if (self->building || chosen >= self->slice.rank || chosen == *mine)
    return;
  if (chosen == *other)
    *other = *mine;
  *mine = chosen;
  for (guint i = 0; i < self->slice.rank; i++)
    if (i == self->slice.rows || i == self->slice.columns)
      self->slice.index[i] = 0;
  changed (self, TRUE);
}

static void
add_chooser (AssayAxisBar *self, const char *title, gboolean rows)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *label = add_label (self, title);
  GtkWidget *dropdown;

  for (guint i = 0; i < self->slice.rank; i++)
    {
      g_autofree char *name = assay_axis_dup_name (self->name, self->slice.rank, self->slice.shape, i);

      gtk_string_list_append (names, name);
    }
  dropdown = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (dropdown), rows ? self->slice.rows : self->slice.columns);
  if (rows)
    g_object_set_data (G_OBJECT (dropdown), "rows", self);
  g_signal_connect (dropdown, "notify::selected", G_CALLBACK (chosen_cb), self);
  gtk_widget_set_tooltip_text (dropdown, rows ? _ ("The axis that goes down") : _ ("The axis that goes across"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dropdown), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), dropdown);
  gtk_box_append (GTK_BOX (self->box), dropdown);
}

static void
index_changed_cb (GtkSpinButton *spin, AssayAxisBar *self)
{
  guint   axis = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (spin), "axis"));
  guint64 index = (guint64) gtk_spin_button_get_value (spin);

  if (self->building || self->slice.index[axis] == index)
    return;
  self->slice.index[axis] = index;
  changed (self, FALSE);
}

static void
add_index (AssayAxisBar *self, guint axis)
{
  g_autofree char *name = assay_axis_dup_name (self->name, self->slice.rank, self->slice.shape, axis);
  g_autofree char *tooltip = g_strdup_printf (_ ("Index along axis %s, 0 to %" PRIu64), name, self->slice.shape[axis] - 1);
  GtkWidget       *spin = gtk_spin_button_new_with_range (0, (double) (self->slice.shape[axis] - 1), 1);

  add_label (self, name);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), self->slice.shape[axis] <= 10 ? 1 : 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), (double) self->slice.index[axis]);
  g_object_set_data (G_OBJECT (spin), "axis", GUINT_TO_POINTER (axis));
  g_signal_connect (spin, "value-changed", G_CALLBACK (index_changed_cb), self);
  gtk_widget_set_tooltip_text (spin, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
  gtk_box_append (GTK_BOX (self->box), spin);
}

static void
build (AssayAxisBar *self)
{
  GtkWidget *child;
  gboolean   empty = FALSE;

  while ((child = gtk_widget_get_first_child (self->box)))
    gtk_box_remove (GTK_BOX (self->box), child);
  for (guint i = 0; i < self->slice.rank; i++)
    empty |= self->slice.shape[i] == 0;
  if (self->slice.rank < 2 || empty)
    return;
  self->building = TRUE;
  add_chooser (self, _ ("rows"), TRUE);
  add_chooser (self, _ ("columns"), FALSE);
  for (guint i = 0; i < self->slice.rank; i++)
    if (i != self->slice.rows && i != self->slice.columns)
      add_index (self, i);
  self->building = FALSE;
}

static void
axis_bar_dispose (GObject *object)
{
  AssayAxisBar *self = ASSAY_AXIS_BAR (object);
  GtkWidget    *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (assay_axis_bar_parent_class)->dispose (object);
}

static void
assay_axis_bar_class_init (AssayAxisBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = axis_bar_dispose;
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_AXIS_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_axis_bar_init (AssayAxisBar *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  /* Many axes scroll sideways; what is in there is stopped at, not the line. */
  gtk_widget_set_focusable (scrolled, FALSE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  gtk_widget_add_css_class (GTK_WIDGET (self), "axis-bar");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->box);
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
}

void
assay_axis_bar_set (AssayAxisBar *self, const AssaySlice *slice, const char *name)
{
  self->slice = *slice;
  g_free (self->name);
  self->name = g_strdup (name);
  build (self);
  assay_accessible_name_parts (GTK_WIDGET (self));
}

const AssaySlice *
assay_axis_bar_get_slice (AssayAxisBar *self)
{
  return &self->slice;
}
