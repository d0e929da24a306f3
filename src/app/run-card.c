/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-card-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

enum
{
  WAY_TYPED,
  WAY_RANDOM,
  WAY_ZEROS,
  WAY_ONES,
  WAY_FILE,
  WAY_PICTURE,
  N_WAYS
};

struct _AssayRunCard
{
  GtkWidget parent_instance;

  AssayFunction *function;
  guint          index;
  GtkLabel      *title, *kind;
  GtkDropDown   *way;
  GtkStack      *settings;
  GtkEntry      *typed, *shape;
  GtkWidget     *shape_row;
  GtkSpinButton *seed;
  GtkButton     *file, *picture;
  GtkPicture    *preview;
  GtkDropDown   *scale, *fit;
  GtkLabel      *problem;
  char          *path;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayRunCard, assay_run_card, GTK_TYPE_WIDGET)

static const AssayValueSpec *
get_spec (AssayRunCard *self, const char **name)
{
  return assay_input_get_spec (self->function, self->index, name);
}

static void
show_problem (AssayRunCard *self, const char *text)
{
  gtk_label_set_text (self->problem, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* The shape that is typed: numbers with anything between them. */
static gboolean
read_shape (AssayRunCard *self, AssayPartialShape *shape, GError **error)
{
  const char *at = gtk_editable_get_text (GTK_EDITABLE (self->shape));

  *shape = assay_partial_shape_make (0);
  for (; *at != '\0'; at++)
    {
      char  *end;
      gint64 dim;

      if (!g_ascii_isdigit (*at))
        continue;
      dim = g_ascii_strtoll (at, &end, 10);
      if (shape->rank == ASSAY_GRAPH_MAX_RANK)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("A shape can’t have more than %d dimensions"), ASSAY_GRAPH_MAX_RANK);
          return FALSE;
        }
      shape->dims[shape->rank++] = dim;
      at = end - 1;
    }
  return TRUE;
}

static AssayValue *
make_filled (AssayRunCard *self, guint way, GError **error)
{
  const AssayValueSpec *spec = get_spec (self, NULL);
  AssayPartialShape     shape;

  if (!read_shape (self, &shape, error))
    return NULL;
  if (way == WAY_RANDOM)
    return assay_input_new_random (spec, &shape, gtk_spin_button_get_value_as_int (self->seed), error);
  return assay_input_new_filled (spec, &shape, way == WAY_ONES, error);
}

static AssayValue *
make (AssayRunCard *self, GError **error)
{
  const char           *name;
  const AssayValueSpec *spec = get_spec (self, &name);
  guint                 way = gtk_drop_down_get_selected (self->way);

  if (way == WAY_TYPED)
    return assay_input_new_typed (spec, gtk_editable_get_text (GTK_EDITABLE (self->typed)), error);
  if (way != WAY_FILE && way != WAY_PICTURE)
    return make_filled (self, way, error);
  if (self->path == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("No file is chosen for %s"), name);
      return NULL;
    }
  if (way == WAY_FILE)
    return assay_input_new_from_file (spec, name, self->path, NULL, error);
  return assay_input_new_from_picture (spec, self->path, gtk_drop_down_get_selected (self->scale), gtk_drop_down_get_selected (self->fit), error);
}

AssayValue *
assay_run_card_make (AssayRunCard *self, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  const char           *name;
  const AssayValueSpec *spec = get_spec (self, &name);
  g_autoptr (GError) problem = NULL;
  AssayValue *value = make (self, &problem);

  if (value != NULL && !assay_input_check (spec, name, value, &problem))
    g_clear_pointer (&value, assay_value_unref);
  show_problem (self, problem ? problem->message : NULL);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return value;
}

/* What is wrong is told where it is typed, but files are only read when they are needed. */
static void
changed_cb (AssayRunCard *self)
{
  guint way = gtk_drop_down_get_selected (self->way);

  show_problem (self, NULL);
  if (way < WAY_FILE)
    {
      AssayValue *value = assay_run_card_make (self, NULL);

      g_clear_pointer (&value, assay_value_unref);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
way_cb (AssayRunCard *self)
{
  static const char *const pages[N_WAYS] = { "typed", "random", "filled", "filled", "file", "picture" };
  guint                    way = gtk_drop_down_get_selected (self->way);

  if (way >= N_WAYS)
    return;
  gtk_stack_set_visible_child_name (self->settings, pages[way]);
  gtk_widget_set_visible (self->shape_row, way >= WAY_RANDOM && way <= WAY_ONES);
  changed_cb (self);
}

static void
show_file (AssayRunCard *self)
{
  g_autofree char *name = g_path_get_basename (self->path);
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  gtk_button_set_label (self->file, name);
  gtk_button_set_label (self->picture, name);
  gtk_picture_set_file (self->preview, gtk_drop_down_get_selected (self->way) == WAY_PICTURE ? file : NULL);
}

void
assay_run_card_set_file (AssayRunCard *self, const char *path)
{
  gboolean is_numbers = g_str_has_suffix (path, ".npy") || g_str_has_suffix (path, ".npz") || g_str_has_suffix (path, ".csv");

  g_free (self->path);
  self->path = g_strdup (path);
  gtk_drop_down_set_selected (self->way, is_numbers || !assay_input_takes_pictures (get_spec (self, NULL)) ? WAY_FILE : WAY_PICTURE);
  show_file (self);
  changed_cb (self);
}

static void
chosen_cb (AssayRunCard *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path != NULL)
    {
      g_free (self->path);
      self->path = g_steal_pointer (&path);
      show_file (self);
      changed_cb (self);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
choose_cb (AssayRunCard *self)
{
  GtkWindow            *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ ("Choose an Input"), window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
drop_cb (AssayRunCard *self, const GValue *value)
{
  GSList          *files = g_value_get_boxed (value);
  g_autofree char *path = files ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    return FALSE;
  assay_run_card_set_file (self, path);
  return TRUE;
}

static void
assay_run_card_dispose (GObject *object)
{
  AssayRunCard *self = ASSAY_RUN_CARD (object);
  GtkWidget    *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->function);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (assay_run_card_parent_class)->dispose (object);
}

static void
assay_run_card_class_init (AssayRunCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = assay_run_card_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/run-card.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, title);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, kind);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, way);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, settings);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, typed);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, shape);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, shape_row);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, seed);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, file);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, picture);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, preview);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, scale);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, fit);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, problem);
  gtk_widget_class_bind_template_callback (widget_class, way_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);

  /**
   * AssayRunCard::changed:
   *
   * Something else was chosen.
   */
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_RUN_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_run_card_init (AssayRunCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* Nested brackets for what the user may type: [[0, 0, 0]], or a hint if that would be long. */
static char *
suggest_text (const AssayValueSpec *spec)
{
  AssayPartialShape shape = assay_input_suggest_shape (spec);
  GString          *text = g_string_new (NULL);

  if (assay_partial_shape_n_elements (&shape) > 12 || shape.rank == 0)
    return g_string_free (g_string_append (text, shape.rank == 0 ? "0" : "[]"), FALSE);
  for (int i = 0; i < shape.rank; i++)
    g_string_append_c (text, '[');
  for (gint64 i = 0; i < assay_partial_shape_n_elements (&shape); i++)
    {
      gint64 inner = 1;

      if (i > 0)
        for (int axis = shape.rank - 1; axis > 0; axis--)
          {
            inner *= shape.dims[axis];
            if (i % inner == 0)
              g_string_append (text, "]");
          }
      if (i > 0)
        g_string_append (text, ", ");
      inner = 1;
      if (i > 0)
        for (int axis = shape.rank - 1; axis > 0; axis--)
          {
            inner *= shape.dims[axis];
            if (i % inner == 0)
              g_string_append (text, "[");
          }
      g_string_append (text, spec->dtype == ASSAY_DTYPE_STRING ? "\"\"" : "0");
    }
  for (int i = 0; i < shape.rank; i++)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

AssayRunCard *
assay_run_card_new (AssayFunction *function, guint index)
{
  AssayRunCard         *self = g_object_new (ASSAY_TYPE_RUN_CARD, NULL);
  const char           *name;
  const AssayValueSpec *spec;
  AssayPartialShape     suggested;
  g_autofree char      *shape = NULL, *facts = NULL, *text = NULL, *accepted = NULL;

  self->function = g_object_ref (function);
  self->index = index;
  spec = get_spec (self, &name);
  suggested = assay_input_suggest_shape (spec);
  shape = assay_partial_shape_to_string (&suggested);
  accepted = assay_partial_shape_to_string (&spec->shape);
  facts = g_strdup_printf ("%s %s", spec->dtype == ASSAY_DTYPE_INVALID ? "" : assay_dtype_get_info (spec->dtype)->name, accepted);
  text = suggest_text (spec);
  gtk_label_set_text (self->title, name);
  gtk_label_set_text (self->kind, facts);
  gtk_editable_set_text (GTK_EDITABLE (self->shape), shape);
  gtk_editable_set_text (GTK_EDITABLE (self->typed), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->typed), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_drop_down_set_selected (self->way, assay_partial_shape_n_elements (&suggested) <= 12 ? WAY_TYPED : WAY_RANDOM);
  way_cb (self);
  return self;
}
