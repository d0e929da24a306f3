/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "find-bar-private.h"

#include "numbers-private.h"
#include "value-search-private.h"

#include <glib/gi18n-lib.h>

struct _AssayFindBar
{
  GtkWidget    parent_instance;
  GtkDropDown *what;
  GtkEntry    *bound;
  GtkWidget   *previous;
  GtkWidget   *next;
  GtkLabel    *place;
  GtkWidget   *cancel;
  AssaySource *source;
  AssayJob    *job;
  AssayFound  *found;
  guint        at;
};

G_DEFINE_FINAL_TYPE (AssayFindBar, assay_find_bar, GTK_TYPE_WIDGET)

static void
update (AssayFindBar *self)
{
  g_autofree char *at = assay_count_text (self->at + 1);
  g_autofree char *n = assay_count_text (self->found ? self->found->n : 0);
  g_autofree char *text = NULL;

  if (self->job)
    text = g_strdup_printf ("%d %%", (int) (assay_job_get_fraction (self->job) * 100));
  else if (self->found && self->found->n)
    text = g_strdup_printf (_ ("%s of %s"), at, n);
  else
    text = g_strdup (self->found ? _ ("none") : "");
  gtk_label_set_text (self->place, text);
  gtk_widget_set_visible (self->cancel, self->job != NULL);
  gtk_widget_set_sensitive (self->previous, self->found && self->found->n);
  gtk_widget_set_sensitive (self->next, self->source && !self->job);
  gtk_widget_set_visible (GTK_WIDGET (self->bound), gtk_drop_down_get_selected (self->what) == ASSAY_FIND_BEYOND);
}

static void
show (AssayFindBar *self)
{
  update (self);
  if (self->found && self->at < self->found->positions->len)
    g_signal_emit_by_name (self, "found", g_array_index (self->found->positions, guint64, self->at));
}

static void
forget (AssayFindBar *self)
{
  if (self->job)
    assay_job_cancel (self->job);
  g_clear_object (&self->job);
  g_clear_pointer (&self->found, assay_found_free);
  self->at = 0;
  update (self);
}

/* What a callback needs to know that it still concerns us. */
typedef struct
{
  AssayFindBar *bar;
  AssayJob     *job;
} Asked;

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Asked        *asked = data;
  AssayFindBar *self = asked->bar;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayFound) found = assay_value_search_finish (result, &error);

  if (self->job == asked->job)
    {
      g_clear_object (&self->job);
      self->found = g_steal_pointer (&found);
      show (self);
      if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gtk_label_set_text (self->place, error->message);
    }
  g_object_unref (asked->bar);
  g_object_unref (asked->job);
  g_free (asked);
}

static void
search (AssayFindBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->bound));
  AssayFind   find = gtk_drop_down_get_selected (self->what);
  char       *end;
  double      bound = g_ascii_strtod (text, &end);
  Asked      *asked;

  forget (self);
  if (find == ASSAY_FIND_BEYOND && (end == text || *end))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->bound), "error");
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->bound), "error");
  self->job = assay_job_new (_ ("Finding values"));
  g_signal_connect_object (self->job, "notify::fraction", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  asked = g_new0 (Asked, 1);
  asked->bar = g_object_ref (self);
  asked->job = g_object_ref (self->job);
  assay_value_search_async (self->source, find, bound, self->job, searched_cb, asked);
  update (self);
}

static void
step (AssayFindBar *self, gboolean forth)
{
  guint n = self->found ? self->found->positions->len : 0;

  if (self->found == NULL && self->source)
    {
      search (self);
      return;
    }
  if (n == 0)
    return;
  self->at = forth ? (self->at + 1) % n : (self->at + n - 1) % n;
  show (self);
}

static void
previous_cb (AssayFindBar *self)
{
  step (self, FALSE);
}

static void
next_cb (AssayFindBar *self)
{
  step (self, TRUE);
}

static void
what_changed_cb (AssayFindBar *self)
{
  if (gtk_drop_down_get_selected (self->what) == ASSAY_FIND_BEYOND || self->source == NULL)
    forget (self);
  else
    search (self);
}

static GtkWidget *
add_button (GtkWidget *box, const char *icon, const char *label, GCallback callback, gpointer data)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_swapped (button, "clicked", callback, data);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
find_bar_dispose (GObject *object)
{
  AssayFindBar *self = ASSAY_FIND_BAR (object);
  GtkWidget    *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  if (self->job)
    assay_job_cancel (self->job);
  g_clear_object (&self->job);
  g_clear_object (&self->source);
  g_clear_pointer (&self->found, assay_found_free);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_find_bar_parent_class)->dispose (object);
}

static void
assay_find_bar_class_init (AssayFindBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = find_bar_dispose;
  g_signal_new ("found", ASSAY_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_find_bar_init (AssayFindBar *self)
{
  const char *const choices[] = { _ ("|x| >"), _ ("NaN"), _ ("Inf"), NULL };
  GtkWidget        *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->what = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (choices));
  self->bound = GTK_ENTRY (gtk_entry_new ());
  self->place = GTK_LABEL (gtk_label_new (NULL));
  gtk_editable_set_text (GTK_EDITABLE (self->bound), "1");
  gtk_editable_set_width_chars (GTK_EDITABLE (self->bound), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->bound), 8);
  gtk_label_set_width_chars (self->place, 6);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what), _ ("What to find"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->bound), _ ("Find values whose magnitude is larger"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->what), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What to find"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bound), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Bound"), -1);
  gtk_box_append (GTK_BOX (box), gtk_label_new (_ ("Find")));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->what));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bound));
  self->previous = add_button (box, "go-previous-symbolic", _ ("Previous value found"), G_CALLBACK (previous_cb), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->place));
  self->next = add_button (box, "go-next-symbolic", _ ("Find, or next value found"), G_CALLBACK (next_cb), self);
  self->cancel = add_button (box, "process-stop-symbolic", _ ("Stop finding"), G_CALLBACK (forget), self);
  g_signal_connect_swapped (self->what, "notify::selected", G_CALLBACK (what_changed_cb), self);
  g_signal_connect_swapped (self->bound, "changed", G_CALLBACK (forget), self);
  g_signal_connect_swapped (self->bound, "activate", G_CALLBACK (next_cb), self);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  update (self);
}

void
assay_find_bar_set_source (AssayFindBar *self, AssaySource *source)
{
  if (source && !assay_dtype_is_numeric (assay_source_get_dtype (source)))
    source = NULL;
  g_set_object (&self->source, source);
  forget (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self), source != NULL);
}

void
assay_find_bar_focus (AssayFindBar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->bound));
}
