/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recent-private.h"

#include "settings-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _AssayRecentList
{
  GtkWidget   parent_instance;
  GtkListBox *list;
  gboolean    empty;
};

enum
{
  PROP_0,
  PROP_EMPTY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AssayRecentList, assay_recent_list, GTK_TYPE_WIDGET)

void
assay_recent_add (const char *path, guint64 n_bytes)
{
  GSettings *settings = assay_settings_get ();
  g_autoptr (GVariant) old = NULL;
  GVariantBuilder builder;
  GVariantIter    iter;
  const char     *address;
  gint64          size;
  gint64          when;
  int             room = assay_settings_get_int ("recent-limit", 0);

  if (settings == NULL || room == 0)
    return;
  old = g_settings_get_value (settings, "recent");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sxx)"));
  g_variant_builder_add (&builder, "(sxx)", path, (gint64) n_bytes, g_get_real_time () / G_USEC_PER_SEC);
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "(&sxx)", &address, &size, &when) && --room > 0)
    if (g_strcmp0 (address, path) != 0)
      g_variant_builder_add (&builder, "(sxx)", address, size, when);
  g_settings_set_value (settings, "recent", g_variant_builder_end (&builder));
}

static char *
age_text (gint64 when)
{
  gint64 minutes = MAX (0, g_get_real_time () / G_USEC_PER_SEC - when) / 60;

  if (minutes < 1)
    return g_strdup (_ ("now"));
  if (minutes < 60)
    return g_strdup_printf (_ ("%d min"), (int) minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf (_ ("%d h"), (int) (minutes / 60));
  return g_strdup_printf (_ ("%d d"), (int) (minutes / 60 / 24));
}

/* "~/models" for a folder in the user's home. */
static char *
folder_text (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char      *home = g_get_home_dir ();

  if (g_str_has_prefix (folder, home) && (folder[strlen (home)] == '/' || folder[strlen (home)] == 0))
    return g_strconcat ("~", folder + strlen (home), NULL);
  return g_steal_pointer (&folder);
}

static GtkWidget *
make_label (const char *text, float align, gboolean grow)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (label, grow);
  return label;
}

static GtkWidget *
make_row (const char *path, guint64 size, gint64 when)
{
  GtkWidget       *row = gtk_list_box_row_new ();
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget       *facts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = folder_text (path);
  g_autofree char *bytes = g_format_size (size);
  g_autofree char *age = age_text (when);
  GtkWidget       *label = make_label (folder, 0, TRUE);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (facts), make_label (name, 0, TRUE));
  gtk_box_append (GTK_BOX (facts), label);
  gtk_widget_add_css_class (box, "recent-row");
  gtk_box_append (GTK_BOX (box), facts);
  label = make_label (bytes, 1, FALSE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  label = make_label (age, 1, FALSE);
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, path, -1);
  g_object_set_data_full (G_OBJECT (row), "path", g_strdup (path), g_free);
  return row;
}

static void
set_empty (AssayRecentList *self, gboolean empty)
{
  if (self->empty == empty)
    return;
  self->empty = empty;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMPTY]);
}

static void
fill (AssayRecentList *self)
{
  g_autoptr (GVariant) recent = NULL;
  GVariantIter iter;
  GtkWidget   *child;
  const char  *path;
  gint64       size;
  gint64       when;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, child);
  if (assay_settings_get ())
    {
      recent = g_settings_get_value (assay_settings_get (), "recent");
      g_variant_iter_init (&iter, recent);
      while (g_variant_iter_next (&iter, "(&sxx)", &path, &size, &when))
        gtk_list_box_append (self->list, make_row (path, (guint64) size, when));
    }
  set_empty (self, gtk_widget_get_first_child (GTK_WIDGET (self->list)) == NULL);
}

static void
row_activated_cb (AssayRecentList *self, GtkListBoxRow *row)
{
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (row), "path"));
  GtkWidget       *popover = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_POPOVER);

  if (popover)
    gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-path", "s", path);
}

static void
recent_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, ASSAY_RECENT_LIST (object)->empty);
}

static void
recent_list_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_recent_list_parent_class)->dispose (object);
}

static void
assay_recent_list_class_init (AssayRecentListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = recent_list_dispose;
  G_OBJECT_CLASS (klass)->get_property = recent_list_get_property;
  properties[PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_recent_list_init (AssayRecentList *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Recent models"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  if (assay_settings_get ())
    g_signal_connect_object (assay_settings_get (), "changed::recent", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  fill (self);
}
