/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-card-private.h"

#include "run-preview-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the ways are called, and the page of settings of each. */
static const struct
{
  const char *title, *page;
} ways[ASSAY_N_INPUT_WAYS] = {
  [ASSAY_INPUT_TYPED] = { N_ ("Typed"), "typed" },
  [ASSAY_INPUT_RANDOM] = { N_ ("Random"), "random" },
  [ASSAY_INPUT_ZEROS] = { NC_ ("values of an input", "Zeros"), "filled" },
  [ASSAY_INPUT_ONES] = { NC_ ("values of an input", "Ones"), "filled" },
  [ASSAY_INPUT_FILE] = { N_ ("File"), "file" },
  [ASSAY_INPUT_PICTURE] = { N_ ("Image"), "picture" },
};

/* In the order of the buttons; what a picture model is run on most comes before files of numbers. */
static const AssayInputWay order_of_ways[] = { ASSAY_INPUT_TYPED, ASSAY_INPUT_RANDOM, ASSAY_INPUT_ZEROS, ASSAY_INPUT_ONES, ASSAY_INPUT_PICTURE, ASSAY_INPUT_FILE };

/* What brightness becomes: in the list, and in a few words beside the preview. */
static const struct
{
  const char *title, *words;
} scales[ASSAY_N_PICTURE_SCALES] = {
  [ASSAY_PICTURE_01] = { N_ ("0 to 1 (divided by 255)"), N_ ("divided by 255") },
  [ASSAY_PICTURE_255] = { N_ ("0 to 255 (as it is)"), N_ ("0 to 255") },
  [ASSAY_PICTURE_MINUS_1_1] = { N_ ("−1 to 1"), N_ ("from −1 to 1") },
  [ASSAY_PICTURE_16] = { N_ ("0 to 16"), N_ ("from 0 to 16") },
  [ASSAY_PICTURE_TORCH] = { N_ ("ImageNet mean and deviation (torch)"), N_ ("ImageNet, as torch") },
  [ASSAY_PICTURE_CAFFE] = { N_ ("Less ImageNet’s mean (caffe)"), N_ ("ImageNet, as caffe") },
};

struct _AssayRunCard
{
  GtkWidget parent_instance;

  AssayFunction   *function;
  guint            index;
  AssayInputWay    way;
  GtkToggleButton *buttons[ASSAY_N_INPUT_WAYS];
  GtkLabel        *title, *kind;
  GtkBox          *ways;
  GtkStack        *settings, *preview_stack;
  GtkEntry        *typed, *shape;
  GtkWidget       *shape_row;
  GtkSpinButton   *seed;
  GtkButton       *file, *picture;
  GtkLabel        *file_facts, *picture_facts, *picture_scale;
  GtkPicture      *preview;
  GtkWidget       *scaling_button;
  GtkDropDown     *scale, *fit, *order;
  GtkWidget       *order_label;
  GtkLabel        *problem;
  char            *path;
  GCancellable    *looking; /* at a file */
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

/* Where it is typed. */
static GtkWidget *
get_entry (AssayRunCard *self)
{
  return GTK_WIDGET (self->way == ASSAY_INPUT_TYPED ? self->typed : self->shape);
}

static void
show_problem (AssayRunCard *self, const char *text)
{
  gtk_label_set_text (self->problem, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->typed), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->shape), "error");
  if (text != NULL && self->way <= ASSAY_INPUT_ONES)
    gtk_widget_add_css_class (get_entry (self), "error");
  if (text != NULL)
    gtk_accessible_update_state (GTK_ACCESSIBLE (get_entry (self)), GTK_ACCESSIBLE_STATE_INVALID,
                                 self->way <= ASSAY_INPUT_ONES ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  else
    {
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->typed), GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->shape), GTK_ACCESSIBLE_STATE_INVALID);
    }
}

AssayInputRecipe *
assay_run_card_dup_recipe (AssayRunCard *self)
{
  AssayInputRecipe recipe = {
    .way = self->way,
    .text = (char *) gtk_editable_get_text (GTK_EDITABLE (get_entry (self))),
    .seed = gtk_spin_button_get_value_as_int (self->seed),
    .path = self->path,
    .picture = { gtk_drop_down_get_selected (self->scale), gtk_drop_down_get_selected (self->fit), gtk_drop_down_get_selected (self->order) == 1 },
  };

  return assay_input_recipe_copy (&recipe);
}

gboolean
assay_run_card_check (AssayRunCard *self, GError **error)
{
  g_autoptr (AssayInputRecipe) recipe = assay_run_card_dup_recipe (self);
  const char           *name;
  const AssayValueSpec *spec = get_spec (self, &name);
  g_autoptr (GError) problem = NULL;

  if (assay_input_recipe_check (recipe, spec, name, &problem))
    return TRUE;
  show_problem (self, problem->message);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The file's name and what is in it, or what is wrong with it. */
static void
looked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayRunCard *self = ASSAY_RUN_CARD (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunPreview) preview = assay_run_preview_finish (result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;
  g_clear_object (&self->looking);
  if (preview != NULL && preview->texture != NULL)
    gtk_picture_set_paintable (self->preview, GDK_PAINTABLE (preview->texture));
  gtk_stack_set_visible_child_name (self->preview_stack, preview && preview->texture ? "picture" : "nothing");
  if (preview != NULL)
    {
      gtk_label_set_text (self->way == ASSAY_INPUT_PICTURE ? self->picture_facts : self->file_facts, preview->facts);
      gtk_widget_set_visible (GTK_WIDGET (self->file_facts), TRUE);
    }
  show_problem (self, error ? error->message : NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
look_at_file (AssayRunCard *self)
{
  g_autoptr (AssayInputRecipe) recipe = assay_run_card_dup_recipe (self);
  g_autofree char      *name = self->path ? g_path_get_basename (self->path) : NULL;
  const char           *input;
  const AssayValueSpec *spec = get_spec (self, &input);

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  if (self->path == NULL || self->way < ASSAY_INPUT_FILE)
    return;
  self->looking = g_cancellable_new ();
  gtk_button_set_label (self->file, name);
  gtk_label_set_text (self->way == ASSAY_INPUT_PICTURE ? self->picture_facts : self->file_facts, name);
  assay_run_preview_async (self, spec, input, recipe, self->looking, looked_cb);
}

static void
show_scaling (AssayRunCard *self)
{
  guint            n = gtk_drop_down_get_selected (self->scale);
  gint64           n_channels = get_spec (self, NULL)->shape.dims[MAX (get_spec (self, NULL)->shape.rank, 1) - 1];
  gboolean         grey = get_spec (self, NULL)->shape.rank == 3 || n_channels == 1;
  const char      *order = gtk_drop_down_get_selected (self->order) == 1 ? _ ("blue first") : _ ("red first");
  const char      *words = n < ASSAY_N_PICTURE_SCALES ? _ (scales[n].words) : "";
  g_autofree char *text = g_strdup_printf ("%s, %s", grey ? _ ("grey") : order, words);

  gtk_widget_set_visible (self->order_label, !grey);
  gtk_widget_set_visible (GTK_WIDGET (self->order), !grey);
  gtk_label_set_text (self->picture_scale, text);
}

/* What is wrong is told where it is typed; files are looked at in a worker. */
static void
changed_cb (AssayRunCard *self)
{
  if (self->function == NULL)
    return;
  show_problem (self, NULL);
  if (self->way < ASSAY_INPUT_FILE && *gtk_editable_get_text (GTK_EDITABLE (get_entry (self))) != '\0')
    assay_run_card_check (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
picture_cb (AssayRunCard *self)
{
  if (self->function == NULL)
    return;
  show_scaling (self);
  if (self->way == ASSAY_INPUT_PICTURE)
    look_at_file (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Networks that were trained in Caffe's way want blue first. */
static void
scale_cb (AssayRunCard *self)
{
  if (self->function != NULL)
    gtk_drop_down_set_selected (self->order, gtk_drop_down_get_selected (self->scale) == ASSAY_PICTURE_CAFFE ? 1 : 0);
  picture_cb (self);
}

static void
set_way (AssayRunCard *self, AssayInputWay way)
{
  self->way = way;
  gtk_toggle_button_set_active (self->buttons[way], TRUE);
  gtk_stack_set_visible_child_name (self->settings, ways[way].page);
  gtk_widget_set_visible (GTK_WIDGET (self->settings), strcmp (ways[way].page, "filled") != 0);
  gtk_widget_set_visible (self->shape_row, way >= ASSAY_INPUT_RANDOM && way <= ASSAY_INPUT_ONES);
  changed_cb (self);
  look_at_file (self);
}

static void
way_cb (AssayRunCard *self, GtkToggleButton *button)
{
  AssayInputWay way = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "way"));

  if (gtk_toggle_button_get_active (button) && self->function != NULL && way != self->way)
    set_way (self, way);
}

void
assay_run_card_set_file (AssayRunCard *self, const char *path)
{
  gboolean is_numbers = g_str_has_suffix (path, ".npy") || g_str_has_suffix (path, ".npz") || g_str_has_suffix (path, ".csv");
  gboolean is_picture = !is_numbers && assay_input_takes_pictures (get_spec (self, NULL));

  if (get_spec (self, NULL)->dtype == ASSAY_DTYPE_STRING)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  set_way (self, is_picture ? ASSAY_INPUT_PICTURE : ASSAY_INPUT_FILE);
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
      set_way (self, self->way);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
choose_cb (AssayRunCard *self)
{
  GtkWindow            *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ ("Choose an Input"), window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
  g_autofree char      *parent = self->path ? g_path_get_dirname (self->path) : NULL;
  g_autoptr (GFile) folder = parent ? g_file_new_for_path (parent) : NULL;

  if (folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
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

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_object (&self->function);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (assay_run_card_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, title);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, kind);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, ways);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, settings);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, preview_stack);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, typed);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, shape);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, shape_row);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, seed);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, file);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, picture);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, file_facts);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, picture_facts);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, picture_scale);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, preview);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, scaling_button);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, scale);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, fit);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, order);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, order_label);
  gtk_widget_class_bind_template_child (widget_class, AssayRunCard, problem);
}

static void
assay_run_card_class_init (AssayRunCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = assay_run_card_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/run-card.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, picture_cb);
  gtk_widget_class_bind_template_callback (widget_class, scale_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);

  /**
   * AssayRunCard::changed:
   *
   * Something else was chosen.
   */
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_RUN_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_scales (AssayRunCard *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < ASSAY_N_PICTURE_SCALES; i++)
    gtk_string_list_append (names, _ (scales[i].title));
  gtk_drop_down_set_model (self->scale, G_LIST_MODEL (names));
}

static void
assay_run_card_init (AssayRunCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  add_scales (self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* A button for each way that the input can take. */
static void
add_ways (AssayRunCard *self)
{
  const AssayValueSpec *spec = get_spec (self, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (order_of_ways); i++)
    {
      AssayInputWay way = order_of_ways[i];
      const char   *title = way == ASSAY_INPUT_ZEROS || way == ASSAY_INPUT_ONES ? g_dpgettext2 (GETTEXT_PACKAGE, "values of an input", ways[way].title) : _ (ways[way].title);
      GtkWidget    *button = gtk_toggle_button_new_with_label (title);

      self->buttons[way] = GTK_TOGGLE_BUTTON (button);
      g_object_set_data (G_OBJECT (button), "way", GINT_TO_POINTER (way));
      gtk_toggle_button_set_group (self->buttons[way], i > 0 ? self->buttons[order_of_ways[0]] : NULL);
      gtk_widget_set_hexpand (button, TRUE);
      gtk_widget_set_visible (button, (way == ASSAY_INPUT_TYPED || spec->dtype != ASSAY_DTYPE_STRING) &&
                                          (way != ASSAY_INPUT_PICTURE || assay_input_takes_pictures (spec)));
      g_signal_connect_swapped (button, "toggled", G_CALLBACK (way_cb), self);
      gtk_box_append (self->ways, button);
    }
}

/* Nested brackets for what the user may type, as [[0, 0, 0]]; nothing if that would be long. */
static char *
suggest_text (const AssayValueSpec *spec)
{
  AssayPartialShape shape = assay_input_suggest_shape (spec);
  const char       *element = spec->dtype == ASSAY_DTYPE_STRING ? "\"\"" : "0";
  g_autofree char  *text = g_strdup (element);

  if (assay_partial_shape_n_elements (&shape) > 12)
    return g_strdup ("");
  for (int axis = shape.rank; axis-- > 0;)
    {
      g_autoptr (GString) list = g_string_new ("[");

      for (gint64 i = 0; i < shape.dims[axis]; i++)
        g_string_append_printf (list, "%s%s", i ? ", " : "", text);
      g_string_append_c (list, ']');
      g_free (text);
      text = g_string_free (g_steal_pointer (&list), FALSE);
    }
  return g_steal_pointer (&text);
}

static void
show_spec (AssayRunCard *self, AssayFunction *function)
{
  const char           *name;
  const AssayValueSpec *spec = assay_input_get_spec (function, self->index, &name);
  AssayPartialShape     suggested = assay_input_suggest_shape (spec);
  g_autofree char      *shape = assay_partial_shape_to_string (&suggested), *accepted = assay_partial_shape_to_string (&spec->shape);
  g_autofree char      *facts = g_strdup_printf ("%s %s", spec->dtype == ASSAY_DTYPE_INVALID ? "" : assay_dtype_get_info (spec->dtype)->name, accepted);
  g_autofree char      *text = suggest_text (spec), *hint = g_strdup_printf (_ ("nested lists, %s"), shape);

  gtk_label_set_text (self->title, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), name);
  gtk_label_set_text (self->kind, facts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->kind), facts);
  gtk_editable_set_text (GTK_EDITABLE (self->shape), shape);
  gtk_editable_set_text (GTK_EDITABLE (self->typed), text);
  gtk_entry_set_placeholder_text (self->typed, hint);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->typed), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Few numbers are typed, a picture is chosen, anything else is random to begin with. */
static AssayInputWay
suggest_way (const AssayValueSpec *spec)
{
  AssayPartialShape shape = assay_input_suggest_shape (spec);

  if (spec->dtype == ASSAY_DTYPE_STRING || assay_partial_shape_n_elements (&shape) <= 12)
    return ASSAY_INPUT_TYPED;
  return ASSAY_INPUT_RANDOM;
}

AssayRunCard *
assay_run_card_new (AssayFunction *function, guint index)
{
  AssayRunCard *self = g_object_new (ASSAY_TYPE_RUN_CARD, NULL);

  self->index = index;
  show_spec (self, function);
  self->function = g_object_ref (function);
  add_ways (self);
  show_scaling (self);
  set_way (self, suggest_way (get_spec (self, NULL)));
  return self;
}
