/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "function-list-private.h"

#include <assay/graph-scene.h>
#include <glib/gi18n-lib.h>

/* Of a function that takes or gives more, the first are told. */
#define MAX_VALUES 8

struct _AssayFunctionList
{
  GtkWidget        parent_instance;
  GtkLabel        *message;
  GtkListBox      *list;
  GtkLabel        *more;
  AssayRunSession *session;
  AssayRunnable   *listed; /* whose functions are in the list */
};

enum
{
  SHOW_FUNCTION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayFunctionList, assay_function_list, GTK_TYPE_WIDGET)

/* Adds "x float32 ? × 8" to a list of such. */
static void
append_value (GString *text, const char *name, const AssayValueSpec *spec)
{
  g_autofree char *shape = assay_graph_shape_text (&spec->shape);
  const char      *dtype = spec->dtype == ASSAY_DTYPE_INVALID ? "?" : assay_dtype_get_info (spec->dtype)->name;

  g_string_append_printf (text, "%s%s %s %s", text->len > 0 ? ", " : "", name, dtype, *shape ? shape : _ ("shape unknown"));
}

static void
append_rest (GString *text, guint n)
{
  g_autofree char *more = n > MAX_VALUES ? g_strdup_printf (_ ("and %u more"), n - MAX_VALUES) : NULL;

  if (more != NULL)
    g_string_append_printf (text, ", %s", more);
}

static char *
inputs_text (AssayFunction *function)
{
  guint    n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, MAX_VALUES); i++)
    {
      const AssayOperation *argument = assay_function_get_operation (function, i);

      append_value (text, argument->name, &argument->outputs[0]);
    }
  append_rest (text, n);
  return g_string_free (g_string_append (text, n == 0 ? _ ("no inputs") : ""), FALSE);
}

static char *
outputs_text (AssayFunction *function)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (function, &n);
  GString             *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, MAX_VALUES); i++)
    append_value (text, results[i].name, assay_function_get_spec (function, results[i].ref));
  append_rest (text, n);
  return g_string_free (g_string_append (text, n == 0 ? _ ("no outputs") : ""), FALSE);
}

/* What a function takes and gives is told on as many lines as it needs, up to three. */
static GtkWidget *
make_signature (const char *inputs, const char *outputs)
{
  g_autofree char *text = g_strdup_printf ("%s → %s", inputs, outputs);
  GtkWidget       *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
make_name (const char *name)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  return label;
}

static GtkWidget *
make_row (const char *name, AssayFunction *function)
{
  g_autofree char *inputs = inputs_text (function), *outputs = outputs_text (function);
  g_autofree char *spoken = g_strdup_printf (_ ("%s, takes %s, gives %s"), name, inputs, outputs);
  g_autofree char *tooltip = g_strdup_printf ("%s\n%s\n→ %s", name, inputs, outputs);
  GtkWidget       *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *icon = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_box_append (GTK_BOX (texts), make_name (name));
  gtk_box_append (GTK_BOX (texts), make_signature (inputs, outputs));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_add_css_class (icon, "dim-label");
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ ("Shows its operations in the graph"), -1);
  return row;
}

static void
show_message (AssayFunctionList *self, const char *text)
{
  gtk_label_set_text (self->message, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

static void
show_functions (AssayFunctionList *self, AssayRunnable *runnable)
{
  guint            n = assay_runnable_get_n_signatures (runnable), n_more = n > ASSAY_MAX_FUNCTIONS ? n - ASSAY_MAX_FUNCTIONS : 0;
  g_autofree char *more = g_strdup_printf (_ ("and %u more"), n_more);

  for (guint i = 0; i < n - n_more; i++)
    {
      const char    *name;
      AssayFunction *function = assay_runnable_get_signature (runnable, i, &name);

      gtk_list_box_append (self->list, make_row (name, function));
    }
  gtk_label_set_text (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), n_more > 0);
}

static void
update (AssayFunctionList *self)
{
  AssayRunnable *runnable = self->session ? assay_run_session_get_runnable (self->session) : NULL;
  const GError  *problem = self->session ? assay_run_session_get_problem (self->session) : NULL;
  GtkWidget     *child;

  show_message (self, problem ? problem->message : runnable ? NULL
                                                            : _ ("Reading the functions…"));
  gtk_widget_set_visible (GTK_WIDGET (self->list), runnable != NULL);
  /* Rows that stay keep the keyboard where it is. */
  if (!g_set_object (&self->listed, runnable))
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, child);
  gtk_widget_set_visible (GTK_WIDGET (self->more), FALSE);
  if (runnable != NULL)
    show_functions (self, runnable);
}

void
assay_function_list_set_session (AssayFunctionList *self, AssayRunSession *session)
{
  if (self->session == session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session != NULL)
    g_signal_connect_object (session, "loaded", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
activated_cb (AssayFunctionList *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[SHOW_FUNCTION], 0, (guint) gtk_list_box_row_get_index (row));
}

static void
function_list_dispose (GObject *object)
{
  AssayFunctionList *self = ASSAY_FUNCTION_LIST (object);
  GtkWidget         *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->listed);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (assay_function_list_parent_class)->dispose (object);
}

static void
assay_function_list_class_init (AssayFunctionListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = function_list_dispose;
  signals[SHOW_FUNCTION] = g_signal_new ("show-function", ASSAY_TYPE_FUNCTION_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/function-list.ui");
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_child (widget_class, AssayFunctionList, message);
  gtk_widget_class_bind_template_child (widget_class, AssayFunctionList, list);
  gtk_widget_class_bind_template_child (widget_class, AssayFunctionList, more);
}

static void
assay_function_list_init (AssayFunctionList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
