/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "new-model-form-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What is chosen at first: the tutorial's own way from an unbuilt model to a saved one. */
#define FIRST "my-sequential-model"

struct _AssayNewModelForm
{
  GtkWidget   parent_instance;
  GtkFlowBox *classes;
  GtkListBox *settings;
  GtkLabel   *python;
  GtkLabel   *message;
  GtkWidget  *create;

  GtkWidget                *rows[ASSAY_BUILTIN_MAX_SETTINGS]; /* of the class' settings */
  GtkWidget                *seed;
  AssayLiveModel           *model;
  const AssayBuiltinModule *klass;
};

G_DEFINE_FINAL_TYPE (AssayNewModelForm, assay_new_model_form, GTK_TYPE_WIDGET)

static void
show_message (AssayNewModelForm *self, const char *text)
{
  gtk_label_set_text (self->message, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

/* What is typed, one text a setting, and a NULL. */
static const char **
list_values (AssayNewModelForm *self)
{
  const char **values = g_new0 (const char *, ASSAY_BUILTIN_MAX_SETTINGS + 1);

  for (guint i = 0; i < ASSAY_BUILTIN_MAX_SETTINGS && self->rows[i] != NULL; i++)
    values[i] = gtk_editable_get_text (GTK_EDITABLE (self->rows[i]));
  return values;
}

/* What Python would say, as it is typed. */
static void
typed_cb (AssayNewModelForm *self)
{
  g_autofree const char **values = list_values (self);
  g_autofree char        *made = assay_builtin_module_to_python (self->klass, values);
  g_autofree char        *seed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->seed))));
  g_autofree char        *text = g_strdup_printf ("%s%s%smodel = %s", *seed ? "tf.random.set_seed(" : "", seed, *seed ? ")\n" : "", made);
  g_autoptr (GError) error = NULL;

  gtk_label_set_text (self->python, text);
  show_message (self, assay_builtin_module_check (self->klass, values, &error) ? NULL : error->message);
}

static void
made_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayNewModelForm) self = data;
  g_autoptr (GError) error = NULL;
  gboolean made = assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, &error);

  if (self->model == NULL)
    return;
  gtk_widget_set_sensitive (self->create, TRUE);
  if (made)
    return;
  show_message (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("Cancelled") : error->message);
}

static void
create_cb (AssayNewModelForm *self)
{
  g_autofree const char **values = list_values (self);

  if (assay_live_model_is_busy (self->model))
    return;
  show_message (self, NULL);
  gtk_widget_set_sensitive (self->create, FALSE);
  assay_live_model_make_async (self->model, self->klass, values, gtk_editable_get_text (GTK_EDITABLE (self->seed)), made_cb, g_object_ref (self));
}

static GtkWidget *
add_row (AssayNewModelForm *self, const char *title, const char *text)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (row))), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (create_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->settings, row);
  return row;
}

static void
fill_settings (AssayNewModelForm *self)
{
  g_autofree char *seed = self->seed ? g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->seed))) : NULL;
  GtkWidget       *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->settings))))
    gtk_list_box_remove (self->settings, child);
  memset (self->rows, 0, sizeof self->rows);
  for (guint i = 0; i < ASSAY_BUILTIN_MAX_SETTINGS && self->klass->settings[i].name != NULL; i++)
    self->rows[i] = add_row (self, _ (self->klass->settings[i].title), self->klass->settings[i].fallback);
  self->seed = add_row (self, _ ("Seed of Random Values (Empty for Any)"), seed ? seed : "");
}

static void
class_cb (AssayNewModelForm *self)
{
  g_autoptr (GList) chosen = gtk_flow_box_get_selected_children (self->classes);
  guint                     n;
  const AssayBuiltinModule *all = assay_builtin_modules_get (&n);

  if (chosen == NULL || self->klass == &all[gtk_flow_box_child_get_index (chosen->data)])
    return;
  self->klass = &all[gtk_flow_box_child_get_index (chosen->data)];
  fill_settings (self);
  typed_cb (self);
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_class (AssayNewModelForm *self, const AssayBuiltinModule *klass)
{
  GtkWidget       *child = gtk_flow_box_child_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *chip;
  const char      *kind = klass->is_keras ? "Keras" : "tf.Module";
  g_autofree char *name = g_strdup_printf ("%s, %s", klass->class_name, kind);
  GtkWidget       *description = make_label (_ (klass->description), "caption");

  chip = make_label (kind, "chip");
  gtk_widget_set_halign (chip, GTK_ALIGN_START);
  gtk_widget_add_css_class (description, "dim-label");
  gtk_box_append (GTK_BOX (box), make_label (klass->class_name, "heading"));
  gtk_box_append (GTK_BOX (box), chip);
  gtk_box_append (GTK_BOX (box), description);
  gtk_label_set_max_width_chars (GTK_LABEL (description), 22);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_add_css_class (child, "class-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (klass->description), -1);
  gtk_flow_box_append (self->classes, child);
  if (strcmp (klass->id, FIRST) == 0)
    gtk_flow_box_select_child (self->classes, GTK_FLOW_BOX_CHILD (child));
}

static void
new_model_form_dispose (GObject *object)
{
  AssayNewModelForm *self = ASSAY_NEW_MODEL_FORM (object);
  GtkWidget         *child;

  g_clear_object (&self->model);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_new_model_form_parent_class)->dispose (object);
}

/* What is typed comes first, once there is something to type into. */
static gboolean
new_model_form_grab_focus (GtkWidget *widget)
{
  AssayNewModelForm *self = ASSAY_NEW_MODEL_FORM (widget);

  return self->rows[0] != NULL && gtk_widget_grab_focus (self->rows[0]);
}

static void
assay_new_model_form_class_init (AssayNewModelFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = new_model_form_dispose;
  widget_class->grab_focus = new_model_form_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/new-model-form.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayNewModelForm, classes);
  gtk_widget_class_bind_template_child (widget_class, AssayNewModelForm, settings);
  gtk_widget_class_bind_template_child (widget_class, AssayNewModelForm, python);
  gtk_widget_class_bind_template_child (widget_class, AssayNewModelForm, message);
  gtk_widget_class_bind_template_child (widget_class, AssayNewModelForm, create);
  gtk_widget_class_bind_template_callback (widget_class, class_cb);
  gtk_widget_class_bind_template_callback (widget_class, create_cb);
}

static void
assay_new_model_form_init (AssayNewModelForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AssayNewModelForm *
assay_new_model_form_new (AssayLiveModel *model)
{
  AssayNewModelForm        *self = g_object_new (ASSAY_TYPE_NEW_MODEL_FORM, NULL);
  guint                     n;
  const AssayBuiltinModule *all = assay_builtin_modules_get (&n);

  self->model = g_object_ref (model);
  for (guint i = 0; i < n; i++)
    add_class (self, &all[i]);
  class_cb (self);
  return self;
}
