/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-page-parts-private.h"

#include "recent-private.h"
#include "recovery-window-private.h"
#include "settings-private.h"
#include "text-scale-private.h"

#include <glib/gi18n-lib.h>

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayModelPage, assay_model_page, GTK_TYPE_WIDGET)

void
assay_model_page_tell_changed (AssayModelPage *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
job_told_cb (AssayModelPage *self)
{
  g_autofree char *message = assay_job_dup_message (self->job);

  gtk_label_set_text (self->job_title, assay_job_get_title (self->job));
  gtk_label_set_text (self->job_message, message ? message : self->live ? ""
                                                                        : assay_document_get_path (self->document));
  gtk_progress_bar_set_fraction (self->job_bar, assay_job_get_fraction (self->job));
  gtk_progress_bar_set_fraction (self->saving_bar, assay_job_get_fraction (self->job));
  gtk_progress_bar_set_text (self->saving_bar, assay_job_get_title (self->job));
}

static void
set_job (AssayModelPage *self, AssayJob *job)
{
  if (self->job)
    g_signal_handlers_disconnect_by_func (self->job, job_told_cb, self);
  if (g_set_object (&self->job, job) && job)
    {
      g_signal_connect_object (job, "notify", G_CALLBACK (job_told_cb), self, G_CONNECT_SWAPPED);
      job_told_cb (self);
    }
}

static void
cancel_cb (AssayModelPage *self)
{
  if (self->job)
    assay_job_cancel (self->job);
}

static gboolean
late_cb (gpointer data)
{
  AssayModelPage *self = data;

  self->late = 0;
  if (assay_document_get_state (self->document) == ASSAY_DOCUMENT_LOADING &&
      g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "model") != 0)
    gtk_stack_set_visible_child_name (self->states, "loading");
  else
    gtk_widget_set_visible (self->saving, self->job != NULL);
  return G_SOURCE_REMOVE;
}

static void
job_changed_cb (AssayModelPage *self)
{
  set_job (self, assay_document_get_job (self->document));
  if (self->job == NULL)
    {
      g_clear_handle_id (&self->late, g_source_remove);
      gtk_widget_set_visible (self->saving, FALSE);
    }
  else if (self->late == 0)
    self->late = g_timeout_add (400, late_cb, self);
}

static void
show_failure (AssayModelPage *self)
{
  const GError    *error = assay_document_get_error (self->document);
  g_autofree char *name = g_path_get_basename (assay_document_get_path (self->document));
  g_autofree char *title = g_strdup_printf (_ ("“%s” Can’t Be Opened"), name);
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_ ("Opening was cancelled."));
  else
    text = g_markup_escape_text (error ? error->message : _ ("No reason is known."), -1);
  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, text);
  gtk_stack_set_visible_child_name (self->states, "failed");
}

static void
show_module (AssayModelPage *self, AssayNode *node)
{
  AssayFunctionList *functions;

  assay_module_page_show (self->module_page, self->document, node);
  functions = assay_module_page_get_functions (self->module_page);
  if (functions != NULL)
    assay_function_list_set_session (functions, assay_model_page_need_session (self));
}

void
assay_model_page_show_selected (AssayModelPage *self)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  if (node == NULL)
    return;
  if (assay_node_is_module (node))
    show_module (self, node);
  else
    assay_variable_page_show (self->variable_page, self->document, node);
  gtk_stack_set_visible_child (self->detail, assay_node_is_module (node) ? GTK_WIDGET (self->module_page) : GTK_WIDGET (self->variable_page));
  assay_model_page_tell_changed (self);
}

static void
selected_cb (AssayModelPage *self)
{
  assay_model_page_show_selected (self);
  if (!self->selecting)
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
open_node_cb (AssayModelPage *self, AssayNode *node)
{
  assay_model_tree_select (self->tree, node);
}

static void
show_module_graph_cb (AssayModelPage *self, AssayNode *node)
{
  g_autofree char *path = assay_node_dup_path (node);

  assay_model_page_show_graph (self, TRUE);
  assay_graph_page_reveal (self->graph_page, path);
}

static void
show_function_cb (AssayModelPage *self, guint index)
{
  assay_model_page_show_graph (self, TRUE);
  assay_graph_page_show_function (self->graph_page, index);
}

static void
back_cb (AssayModelPage *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* The keyboard goes on in the tree, unless it is in the page already. */
static void
take_focus (AssayModelPage *self)
{
  GtkRoot   *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self))))
    assay_model_tree_focus (self->tree);
}

static void
show_model (AssayModelPage *self)
{
  guint64 n_bytes = 0;

  gtk_stack_set_visible_child_name (self->states, "model");
  if (assay_document_get_state (self->document) != ASSAY_DOCUMENT_READY)
    return;
  /* The whole model is shown beside the tree, but doesn't slide over it. */
  self->selecting = TRUE;
  if (assay_model_tree_get_selected (self->tree) == NULL)
    assay_model_tree_select (self->tree, assay_document_get_root (self->document));
  else
    assay_model_page_show_selected (self); /* of a module more has come meanwhile */
  self->selecting = FALSE;
  take_focus (self);
  if (self->live)
    return;
  g_object_get (self->document, "n-bytes", &n_bytes, NULL);
  assay_recent_add (assay_document_get_path (self->document), n_bytes);
}

/* The tree is of use as soon as there are names, though more come. */
static void
grown_cb (AssayModelPage *self)
{
  if (assay_document_get_state (self->document) == ASSAY_DOCUMENT_LOADING &&
      assay_manifest_get_n_variables (assay_document_get_manifest (self->document)) > 0)
    gtk_stack_set_visible_child_name (self->states, "model");
}

static void
state_cb (AssayModelPage *self)
{
  AssayDocumentState state = assay_document_get_state (self->document);

  /* What is read anew may have other variables. */
  if (state == ASSAY_DOCUMENT_LOADING)
    assay_model_page_drop_session (self);
  if (state == ASSAY_DOCUMENT_FAILED)
    show_failure (self);
  else if (state == ASSAY_DOCUMENT_READY)
    show_model (self);
  assay_model_page_tell_changed (self);
}

static void
changed_on_disk_cb (AssayModelPage *self)
{
  gboolean changed;
  gboolean gone = assay_document_is_gone (self->document);

  g_object_get (self->document, "changed-on-disk", &changed, NULL);
  gtk_label_set_text (self->changed_label,
                      gone ? _ ("The file has been moved or deleted. What is open can still be saved as another file.")
                           : _ ("The file has changed on disk. Reloading drops edits that aren’t saved."));
  gtk_widget_set_visible (self->reload_button, !gone);
  gtk_widget_set_visible (self->save_as_button, gone);
  gtk_info_bar_set_revealed (self->changed_bar, changed);
  gtk_widget_set_visible (GTK_WIDGET (self->changed_bar), changed);
}

static void
changed_response_cb (AssayModelPage *self, int response)
{
  gtk_info_bar_set_revealed (self->changed_bar, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->changed_bar), FALSE);
  if (response == GTK_RESPONSE_ACCEPT)
    assay_document_reload (self->document);
}

static void
recovered_cb (AssayModelPage *self)
{
  GPtrArray       *names = assay_document_get_recovered (self->document);
  guint            n = names ? names->len : 0;
  gboolean         fit = n && assay_document_recovered_fit (self->document);
  g_autofree char *text = NULL;

  text = g_strdup_printf (fit ? g_dngettext (GETTEXT_PACKAGE, "%u edit was left by a crash.", "%u edits were left by a crash.", n)
                              : g_dngettext (GETTEXT_PACKAGE, "%u edit was left by a crash, but the file has changed since.",
                                             "%u edits were left by a crash, but the file has changed since.", n),
                          n);
  gtk_label_set_text (self->recovered_label, text);
  gtk_info_bar_set_response_sensitive (self->recovered_bar, GTK_RESPONSE_ACCEPT, fit);
  gtk_widget_set_visible (GTK_WIDGET (self->recovered_bar), n > 0);
  gtk_info_bar_set_revealed (self->recovered_bar, n > 0);
}

static void
recovered_response_cb (AssayModelPage *self, int response)
{
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_HELP)
    {
      assay_recovery_window_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->document);
      return;
    }
  if (response == GTK_RESPONSE_REJECT)
    assay_document_drop_recovered (self->document);
  else if (response == GTK_RESPONSE_ACCEPT && !assay_document_restore_recovered (self->document, &error))
    {
      gtk_label_set_text (self->recovered_label, error->message);
      return;
    }
  recovered_cb (self);
}

static void
again_cb (AssayModelPage *self)
{
  gtk_stack_set_visible_child_name (self->states, "wait");
  assay_document_reload (self->document);
}

/* What an edit changes is shown again. */
static void
edited_cb (AssayModelPage *self, AssayNode *node)
{
  if (node == assay_model_tree_get_selected (self->tree))
    assay_variable_page_edited (self->variable_page);
  assay_model_page_tell_changed (self);
}

static void
folded_cb (AssayModelPage *self)
{
  gtk_widget_set_visible (self->back, adw_leaflet_get_folded (self->leaflet));
}

static void
model_page_dispose (GObject *object)
{
  AssayModelPage *self = ASSAY_MODEL_PAGE (object);
  GtkWidget      *child;

  g_clear_handle_id (&self->late, g_source_remove);
  set_job (self, NULL);
  /* Both may outlive the page: a worker, or a comparison, has them. */
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->live)
    g_signal_handlers_disconnect_by_data (self->live, self);
  self->notebook = NULL;
  g_clear_object (&self->session);
  g_clear_object (&self->document);
  g_clear_object (&self->live);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_model_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, states);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, job_title);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, job_message);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, job_bar);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, failure);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, changed_bar);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, changed_label);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, reload_button);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, save_as_button);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, recovered_bar);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, recovered_label);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, saving);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, saving_bar);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, side);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, tree);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, divider);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, detail);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, variable_page);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, module_page);
  gtk_widget_class_bind_template_child (widget_class, AssayModelPage, back);
}

static void
assay_model_page_class_init (AssayModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_MODEL_TREE);
  g_type_ensure (ASSAY_TYPE_MODULE_PAGE);
  g_type_ensure (ASSAY_TYPE_VARIABLE_PAGE);
  G_OBJECT_CLASS (klass)->dispose = model_page_dispose;
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_MODEL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/model-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_node_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_module_graph_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_function_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_response_cb);
  gtk_widget_class_bind_template_callback (widget_class, recovered_response_cb);
}

/* The divider is dragged by a gesture of what holds it: its own coordinates move with it. */
static void
divider_begin_cb (AssayModelPage *self, double x, double y, GtkGesture *gesture)
{
  double at;

  if (adw_leaflet_get_folded (self->leaflet) ||
      !gtk_widget_translate_coordinates (self->divider, GTK_WIDGET (self->leaflet), 0, 0, &at, NULL) || x < at - 5 || x > at + 6)
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
  else
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  self->tree_width = gtk_widget_get_width (GTK_WIDGET (self->tree));
}

static void
set_tree_width (AssayModelPage *self, int width)
{
  int room = gtk_widget_get_width (GTK_WIDGET (self->leaflet));

  width = CLAMP (width, assay_text_pixels (240), room > 0 ? MAX (assay_text_pixels (240), room - assay_text_pixels (420)) : G_MAXINT);
  gtk_widget_set_size_request (GTK_WIDGET (self->side), width, -1);
}

static void
divider_update_cb (AssayModelPage *self, double dx, double dy)
{
  set_tree_width (self, self->tree_width + (int) dx);
}

static void
divider_end_cb (AssayModelPage *self)
{
  assay_settings_set_int ("tree-width", gtk_widget_get_width (GTK_WIDGET (self->side)) * 1000 / assay_text_pixels (1000));
}

static void
assay_model_page_init (AssayModelPage *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  set_tree_width (self, assay_text_pixels (assay_settings_get_int ("tree-width", 563)));
  /* Less than that and the details slide over the tree. */
  gtk_widget_set_size_request (GTK_WIDGET (self->detail), assay_text_pixels (340), -1);
  gtk_widget_set_cursor_from_name (self->divider, "col-resize");
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (divider_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (divider_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (divider_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->leaflet), GTK_EVENT_CONTROLLER (drag));
}

void
assay_model_page_follow_document (AssayModelPage *self)
{
  static const char *const told[] = { "title", "path", "dirty", "n-edits", "can-undo", "can-redo" };

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", told[i], NULL);

      g_signal_connect_object (self->document, signal, G_CALLBACK (assay_model_page_tell_changed), self, G_CONNECT_SWAPPED);
    }
  /* Saved under another name: what is shown of the file is another file's. */
  g_signal_connect_object (self->document, "notify::path", G_CALLBACK (assay_model_page_show_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::n-variables", G_CALLBACK (grown_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::job", G_CALLBACK (job_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::changed-on-disk", G_CALLBACK (changed_on_disk_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "recovered", G_CALLBACK (recovered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  assay_model_tree_set_document (self->tree, self->document);
  job_changed_cb (self);
  state_cb (self);
}

AssayModelPage *
assay_model_page_new (const char *path)
{
  AssayModelPage *self = g_object_new (ASSAY_TYPE_MODEL_PAGE, NULL);

  self->document = assay_document_new (path);
  assay_model_page_follow_document (self);
  return self;
}

AssayDocument *
assay_model_page_get_document (AssayModelPage *self)
{
  return self->document;
}

AssayNode *
assay_model_page_get_node (AssayModelPage *self)
{
  return assay_model_tree_get_selected (self->tree);
}

/* Where only one side is seen, the other one comes; else the focus stays where it is. */
static void
navigate (AssayModelPage *self, AdwNavigationDirection direction)
{
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_navigate (self->leaflet, direction);
}

void
assay_model_page_command (AssayModelPage *self, const char *command)
{
  if (assay_model_page_is_graph_shown (self) && assay_graph_page_can (self->graph_page, command))
    assay_graph_page_command (self->graph_page, command);
  else if (g_strcmp0 (command, "find") == 0)
    {
      navigate (self, ADW_NAVIGATION_DIRECTION_BACK);
      assay_model_tree_begin_search (self->tree);
    }
  else if (g_strcmp0 (command, "focus-tree") == 0)
    {
      navigate (self, ADW_NAVIGATION_DIRECTION_BACK);
      assay_model_tree_focus (self->tree);
    }
  else
    {
      navigate (self, ADW_NAVIGATION_DIRECTION_FORWARD);
      assay_variable_page_command (self->variable_page, command);
    }
}

gboolean
assay_model_page_can (AssayModelPage *self, const char *command)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  if (assay_model_page_is_graph_shown (self))
    return assay_graph_page_can (self->graph_page, command);
  if (g_strcmp0 (command, "find") == 0 || g_strcmp0 (command, "focus-tree") == 0)
    return assay_document_get_state (self->document) == ASSAY_DOCUMENT_READY;
  return node && !assay_node_is_module (node) && assay_variable_page_can (self->variable_page, command);
}
