/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-page-private.h"

#include "graph-canvas-private.h"
#include "graph-export-private.h"
#include "graph-panel-private.h"

#include <assay/graph-view.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _AssayGraphPage
{
  GtkWidget         parent_instance;
  GtkStack         *states;
  AdwStatusPage    *failure;
  GtkDropDown      *signature;
  GtkSearchEntry   *search;
  GtkLabel         *found, *message;
  GtkButton        *percent;
  AssayGraphCanvas *canvas;
  AssayGraphPanel  *panel;

  AssayDocument   *document;
  AssayRunSession *session;
  AssayGraphView  *view;
  GCancellable    *cancellable; /* of the scene that is being made */
  char            *keep;        /* the box that stays where it is */
  char            *wanted;      /* the box that is selected in the next scene */
  char            *module;      /* the path of a module that is looked for when there is a scene */
  GArray          *matches;     /* guint32: operations that were found */
  guint            match;
};

/* More matches than that aren't counted. */
#define MAX_MATCHES 9999

enum
{
  OPEN_VARIABLE,
  RUN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayGraphPage, assay_graph_page, GTK_TYPE_WIDGET)

static AssayFunction *
get_function (AssayGraphPage *self, const char **name)
{
  AssayRunnable *runnable = self->session ? assay_run_session_get_runnable (self->session) : NULL;
  guint          index = gtk_drop_down_get_selected (self->signature);

  *name = NULL;
  return runnable && index < assay_runnable_get_n_signatures (runnable) ? assay_runnable_get_signature (runnable, index, name) : NULL;
}

static void
selected_cb (AssayGraphPage *self)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  const char      *name;

  get_function (self, &name);
  if (scene != NULL && name != NULL)
    assay_graph_panel_show (self->panel, name, scene, assay_graph_canvas_get_selected (self->canvas));
}

/* Marks what NaN or infinity came out of in the last run. */
static void
mark_damaged (AssayGraphPage *self)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  GListModel      *records = self->session ? assay_run_session_get_records (self->session) : NULL;
  guint            n = records ? g_list_model_get_n_items (records) : 0, n_boxes;
  g_autoptr (AssayRunRecord) record = n > 0 ? g_list_model_get_item (records, n - 1) : NULL;
  AssayRun          *run = record ? assay_run_record_get_run (record) : NULL;
  g_autofree guint8 *damaged = NULL;

  if (scene == NULL)
    return;
  if (run == NULL || assay_run_get_function (run) != assay_graph_view_get_function (self->view))
    {
      assay_graph_canvas_set_damaged (self->canvas, NULL);
      return;
    }
  assay_graph_scene_get_boxes (scene, &n_boxes);
  damaged = g_new0 (guint8, n_boxes + 1);
  for (guint32 i = 0; i < assay_function_get_n_operations (assay_run_get_function (run)); i++)
    {
      guint32 box = assay_run_is_bad (run, i) ? assay_graph_scene_find_operation (scene, i) : ASSAY_GRAPH_NONE;

      if (box != ASSAY_GRAPH_NONE)
        damaged[box] = TRUE;
    }
  assay_graph_canvas_set_damaged (self->canvas, g_steal_pointer (&damaged));
}

static void
tell_left_closed (AssayGraphPage *self, AssayGraphScene *scene)
{
  guint            n = assay_graph_scene_get_n_left_closed (scene);
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u group stays closed: more than %u boxes aren’t drawn at once. Close others first.",
                                                        "%u groups stay closed: more than %u boxes aren’t drawn at once. Close others first.", n),
                                           n, ASSAY_GRAPH_MAX_BOXES);

  gtk_label_set_text (self->message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message), n > 0);
}

static void updated_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
update (AssayGraphPage *self)
{
  g_autofree char *font = assay_graph_canvas_dup_font (self->canvas);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  assay_graph_view_update_async (self->view, font, self->cancellable, updated_cb, g_object_ref (self));
}

/* Looks for the module that is wanted. */
static void
reveal_module (AssayGraphPage *self)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  g_autofree char *module = scene ? g_steal_pointer (&self->module) : NULL;
  char            *key = module ? assay_graph_view_reveal_scope (self->view, assay_graph_scene_get_tree (scene, 0), module) : NULL;

  if (key == NULL)
    return;
  g_free (self->wanted);
  self->wanted = key;
  update (self);
}

static void
updated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayGraphPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayGraphScene) scene = assay_graph_view_update_finish (ASSAY_GRAPH_VIEW (source), result, &error);
  g_autofree char *keep = NULL, *wanted = NULL;

  if (scene == NULL || self->view != ASSAY_GRAPH_VIEW (source))
    return;
  keep = g_steal_pointer (&self->keep);
  wanted = g_steal_pointer (&self->wanted);
  gtk_stack_set_visible_child_name (self->states, "graph");
  assay_graph_canvas_set_scene (self->canvas, scene, keep);
  mark_damaged (self);
  if (wanted != NULL)
    assay_graph_canvas_select (self->canvas, wanted);
  tell_left_closed (self, scene);
  reveal_module (self);
}

static void
toggle_cb (AssayGraphPage *self, const char *key)
{
  AssayGraphScene     *scene = assay_graph_canvas_get_scene (self->canvas);
  guint32              box = assay_graph_scene_find_key (scene, key);
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n);

  if (box == ASSAY_GRAPH_NONE)
    return;
  g_free (self->keep);
  self->keep = g_strdup (key);
  assay_graph_view_set_open (self->view, key, !boxes[box].is_open);
  update (self);
}

static void
font_changed_cb (AssayGraphPage *self)
{
  if (self->view != NULL)
    update (self);
}

static void
set_all_open (AssayGraphPage *self, gboolean open)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);

  if (scene == NULL)
    return;
  assay_graph_view_set_all_open (self->view, scene, open);
  update (self);
}

static void
zoomed_cb (AssayGraphPage *self)
{
  g_autofree char *text = g_strdup_printf (_ ("%.0f %%"), assay_graph_canvas_get_scale (self->canvas) * 100);

  gtk_button_set_label (self->percent, text);
}

static void
reveal (AssayGraphPage *self, guint32 operation)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  char            *key = scene ? assay_graph_view_reveal (self->view, assay_graph_scene_get_tree (scene, 0), operation) : NULL;

  if (key == NULL)
    return;
  g_free (self->wanted);
  self->wanted = key;
  update (self);
}

static void
follow_cb (AssayGraphPage *self, guint operation)
{
  reveal (self, operation);
}

static void
tell_matches (AssayGraphPage *self)
{
  gboolean         searching = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
  g_autofree char *text = self->matches->len > 0 ? g_strdup_printf (_ ("%u of %u"), self->match + 1, self->matches->len) : g_strdup (_ ("none"));

  gtk_label_set_text (self->found, text);
  gtk_widget_set_visible (GTK_WIDGET (self->found), searching);
}

static void
go_to_match (AssayGraphPage *self)
{
  tell_matches (self);
  if (self->match < self->matches->len)
    reveal (self, g_array_index (self->matches, guint32, self->match));
}

static void
search_cb (AssayGraphPage *self)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  const char      *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  AssayGraphTree  *tree = scene ? assay_graph_scene_get_tree (scene, 0) : NULL;
  guint32          n = tree ? assay_function_get_n_operations (assay_graph_tree_get_function (tree)) : 0;

  g_array_set_size (self->matches, 0);
  self->match = 0;
  for (guint32 i = 0; *text != '\0' && i < n && self->matches->len < MAX_MATCHES; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (assay_graph_tree_get_function (tree), i);

      if (assay_graph_tree_find_operation (tree, i) != ASSAY_GRAPH_NONE && (strcasestr (operation->name, text) || strcasestr (operation->op->name, text)))
        g_array_append_val (self->matches, i);
    }
  go_to_match (self);
}

static void
step_match (AssayGraphPage *self, gboolean back)
{
  if (self->matches->len == 0)
    return;
  self->match = (self->match + (back ? self->matches->len - 1 : 1)) % self->matches->len;
  go_to_match (self);
}

static void
next_cb (AssayGraphPage *self)
{
  step_match (self, FALSE);
}

static void
previous_cb (AssayGraphPage *self)
{
  step_match (self, TRUE);
}

static void
stop_search_cb (AssayGraphPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
signature_cb (AssayGraphPage *self)
{
  const char    *name;
  AssayFunction *function = get_function (self, &name);

  if (function == NULL || (self->view != NULL && assay_graph_view_get_function (self->view) == function))
    return;
  g_clear_object (&self->view);
  assay_graph_canvas_set_scene (self->canvas, NULL, NULL);
  self->view = assay_graph_view_new (assay_runnable_get_library (assay_run_session_get_runnable (self->session)), function,
                                     assay_document_get_manifest (self->document));
  update (self);
}

static void
show_failure (AssayGraphPage *self)
{
  const GError    *problem = assay_run_session_get_problem (self->session);
  g_autofree char *text = g_markup_escape_text (problem ? problem->message : "", -1);

  adw_status_page_set_description (self->failure, text);
  gtk_stack_set_visible_child_name (self->states, "failed");
}

static void
loaded_cb (AssayGraphPage *self)
{
  AssayRunnable *runnable = assay_run_session_get_runnable (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (runnable == NULL && assay_run_session_get_problem (self->session) != NULL)
    show_failure (self);
  if (runnable == NULL)
    return;
  for (guint i = 0; i < assay_runnable_get_n_signatures (runnable); i++)
    {
      const char *name;

      assay_runnable_get_signature (runnable, i, &name);
      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (self->signature, G_LIST_MODEL (names));
  signature_cb (self);
}

static void
open_variable_cb (AssayGraphPage *self, const char *path)
{
  g_signal_emit (self, signals[OPEN_VARIABLE], 0, path);
}

static void
run_cb (AssayGraphPage *self)
{
  g_signal_emit (self, signals[RUN], 0);
}

void
assay_graph_page_set_session (AssayGraphPage *self, AssayDocument *document, AssayRunSession *session)
{
  if (self->session == session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->document, document);
  g_set_object (&self->session, session);
  g_clear_object (&self->view);
  gtk_stack_set_visible_child_name (self->states, "loading");
  g_signal_connect_object (session, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assay_run_session_get_records (session), "items-changed", G_CALLBACK (mark_damaged), self, G_CONNECT_SWAPPED);
  assay_graph_panel_set_session (self->panel, session);
  loaded_cb (self);
}

void
assay_graph_page_reveal (AssayGraphPage *self, const char *path)
{
  g_free (self->module);
  self->module = *path ? g_strdup (path) : NULL;
  reveal_module (self);
}

void
assay_graph_page_show_function (AssayGraphPage *self, guint index)
{
  gtk_drop_down_set_selected (self->signature, index);
}

void
assay_graph_page_focus (AssayGraphPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void export(AssayGraphPage *self)
{
  AssayGraphScene *scene = assay_graph_canvas_get_scene (self->canvas);
  g_autofree char *font = assay_graph_canvas_dup_font (self->canvas);
  const char      *name;

  get_function (self, &name);
  if (scene != NULL && name != NULL)
    assay_graph_export (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), scene, font, name);
}

/* Commands for the value that is shown; it can't be edited. */
static gboolean
is_for_viewer (const char *command)
{
  return g_str_equal (command, "go-to") || g_str_equal (command, "find-value") || g_str_has_prefix (command, "page");
}

void
assay_graph_page_command (AssayGraphPage *self, const char *command)
{
  AssayVariablePage *viewer = assay_graph_panel_get_viewer (self->panel);

  if (g_str_equal (command, "find"))
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
  else if (g_str_equal (command, "export"))
    export(self);
  else if (viewer != NULL && is_for_viewer (command))
    assay_variable_page_command (viewer, command);
}

gboolean
assay_graph_page_can (AssayGraphPage *self, const char *command)
{
  return g_str_equal (command, "find") || g_str_equal (command, "export") || is_for_viewer (command);
}

/* What the buttons and keys of the page do. */
static void
command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AssayGraphPage *self = ASSAY_GRAPH_PAGE (widget);

  if (g_str_equal (name, "graph.zoom-in"))
    assay_graph_canvas_zoom (self->canvas, 1.25);
  else if (g_str_equal (name, "graph.zoom-out"))
    assay_graph_canvas_zoom (self->canvas, 0.8);
  else if (g_str_equal (name, "graph.zoom-normal"))
    assay_graph_canvas_set_scale (self->canvas, 1);
  else if (g_str_equal (name, "graph.zoom-fit"))
    assay_graph_canvas_set_scale (self->canvas, 0);
  else if (g_str_equal (name, "graph.export"))
    export(self);
  else
    set_all_open (self, g_str_equal (name, "graph.open-all"));
}

static void
graph_page_dispose (GObject *object)
{
  AssayGraphPage *self = ASSAY_GRAPH_PAGE (object);
  GtkWidget      *child;

  g_cancellable_cancel (self->cancellable);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->view);
  g_clear_object (&self->session);
  g_clear_object (&self->document);
  g_clear_pointer (&self->keep, g_free);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->module, g_free);
  g_clear_pointer (&self->matches, g_array_unref);
  G_OBJECT_CLASS (assay_graph_page_parent_class)->dispose (object);
}

static void
add_commands (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    guint       keys[3];
  } commands[] = {
    { "graph.zoom-in", { GDK_KEY_plus, GDK_KEY_equal, GDK_KEY_KP_Add } },
    { "graph.zoom-out", { GDK_KEY_minus, GDK_KEY_KP_Subtract } },
    { "graph.zoom-normal", { GDK_KEY_0, GDK_KEY_KP_0 } },
    { "graph.zoom-fit", { GDK_KEY_9, GDK_KEY_KP_9 } },
    { "graph.open-all", { 0 } },
    { "graph.close-all", { 0 } },
    { "graph.export", { 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gtk_widget_class_install_action (widget_class, commands[i].name, NULL, command_action);
      for (gsize k = 0; k < G_N_ELEMENTS (commands[i].keys) && commands[i].keys[k] != 0; k++)
        gtk_widget_class_add_binding_action (widget_class, commands[i].keys[k], GDK_CONTROL_MASK, commands[i].name, NULL);
    }
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, states);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, failure);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, signature);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, search);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, found);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, message);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, percent);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, canvas);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPage, panel);
}

static void
assay_graph_page_class_init (AssayGraphPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_GRAPH_CANVAS);
  g_type_ensure (ASSAY_TYPE_GRAPH_PANEL);
  G_OBJECT_CLASS (klass)->dispose = graph_page_dispose;
  signals[OPEN_VARIABLE] = g_signal_new ("open-variable", ASSAY_TYPE_GRAPH_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RUN] = g_signal_new ("run", ASSAY_TYPE_GRAPH_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/graph-page.ui");
  bind_children (widget_class);
  add_commands (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, signature_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, toggle_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoomed_cb);
  gtk_widget_class_bind_template_callback (widget_class, font_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_variable_cb);
  gtk_widget_class_bind_template_callback (widget_class, follow_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
}

static void
assay_graph_page_init (AssayGraphPage *self)
{
  self->matches = g_array_new (FALSE, FALSE, sizeof (guint32));
  gtk_widget_init_template (GTK_WIDGET (self));
}
