/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "name-label-private.h"

/* Between the name and the class. */
#define GAP 7

struct _AssayNameLabel
{
  GtkWidget  parent_instance;
  GtkWidget *name;
  GtkWidget *kind;
};

G_DEFINE_FINAL_TYPE (AssayNameLabel, assay_name_label, GTK_TYPE_WIDGET)

static int
natural_width (GtkWidget *widget)
{
  int width = 0;

  if (gtk_widget_get_visible (widget))
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  return width;
}

static void
name_label_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  AssayNameLabel *self = ASSAY_NAME_LABEL (widget);
  int             kind;

  gtk_widget_measure (self->name, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation != GTK_ORIENTATION_HORIZONTAL)
    return;
  kind = natural_width (self->kind);
  *natural += kind ? GAP + kind : 0;
}

static int
natural_height (GtkWidget *widget, int *baseline)
{
  int height;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, baseline);
  return height;
}

/* Both stand on one line. */
static void
name_label_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AssayNameLabel *self = ASSAY_NAME_LABEL (widget);
  int             kind = natural_width (self->kind);
  int             name = MIN (natural_width (self->name), width);
  gboolean        fits = kind > 0 && name + GAP + kind <= width;
  gboolean        to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int             name_line, kind_line;
  int             name_height = natural_height (self->name, &name_line);
  int             kind_height = natural_height (self->kind, &kind_line);
  int             top = (height - name_height) / 2;

  gtk_widget_size_allocate (self->name, &(GtkAllocation){ to_left ? width - name : 0, top, name, name_height }, -1);
  gtk_widget_set_child_visible (self->kind, fits);
  if (fits)
    gtk_widget_size_allocate (self->kind,
                              &(GtkAllocation){ to_left ? width - name - GAP - kind : name + GAP, top + name_line - kind_line, kind, kind_height }, -1);
}

static void
name_label_dispose (GObject *object)
{
  AssayNameLabel *self = ASSAY_NAME_LABEL (object);

  g_clear_pointer (&self->name, gtk_widget_unparent);
  g_clear_pointer (&self->kind, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_name_label_parent_class)->dispose (object);
}

static void
assay_name_label_class_init (AssayNameLabelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = name_label_dispose;
  GTK_WIDGET_CLASS (klass)->measure = name_label_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = name_label_size_allocate;
}

static GtkWidget *
add_label (AssayNameLabel *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
assay_name_label_init (AssayNameLabel *self)
{
  self->name = add_label (self);
  self->kind = add_label (self);
  gtk_widget_add_css_class (self->kind, "class-name");
}

GtkWidget *
assay_name_label_new (void)
{
  return g_object_new (ASSAY_TYPE_NAME_LABEL, NULL);
}

/* Whether a name is that of a class, in other letters and numbered: max_pooling2d_1, MaxPooling2D. */
static gboolean
says_class (const char *name, const char *class_name)
{
  while (*class_name)
    {
      while (*name == '_')
        name++;
      if (g_ascii_tolower (*name) != g_ascii_tolower (*class_name))
        return FALSE;
      name++;
      class_name++;
    }
  return name[strspn (name, "_0123456789")] == 0;
}

void
assay_name_label_set (AssayNameLabel *self, const char *name, const char *class_name, gboolean strong, PangoEllipsizeMode ellipsize)
{
  gboolean told = class_name && *class_name && !says_class (name, class_name);

  gtk_label_set_text (GTK_LABEL (self->name), name);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), ellipsize);
  gtk_label_set_text (GTK_LABEL (self->kind), told ? class_name : "");
  gtk_widget_set_visible (self->kind, told);
  if (strong)
    gtk_widget_add_css_class (self->name, "module-name");
  else
    gtk_widget_remove_css_class (self->name, "module-name");
}
