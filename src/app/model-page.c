/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-page-private.h"

#include "accessible-names-private.h"
#include "graph-page-private.h"
#include "model-tree-private.h"
#include "module-page-private.h"
#include "new-model-form-private.h"
#include "notebook-private.h"
#include "recent-private.h"
#include "recovery-window-private.h"
#include "run-page-private.h"
#include "settings-private.h"
#include "text-scale-private.h"
#include "variable-page-private.h"
#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

struct _AssayModelPage
{
  GtkWidget          parent_instance;
  GtkStack          *states;
  GtkLabel          *job_title;
  GtkLabel          *job_message;
  GtkProgressBar    *job_bar;
  AdwStatusPage     *failure;
  GtkInfoBar        *changed_bar;
  GtkLabel          *changed_label;
  GtkWidget         *reload_button;
  GtkWidget         *save_as_button;
  GtkInfoBar        *recovered_bar;
  GtkLabel          *recovered_label;
  GtkWidget         *saving;
  GtkProgressBar    *saving_bar;
  AdwLeaflet        *leaflet;
  GtkWidget         *divider;
  GtkPaned          *side;
  AssayModelTree    *tree;
  GtkStack          *detail;
  AssayVariablePage *variable_page;
  AssayModulePage   *module_page;
  GtkWidget         *back;

  AssayRunPage   *run_page;   /* made when it is first shown */
  AssayGraphPage *graph_page; /* the same */
  AssayDocument  *document;
  AssayLiveModel *live;     /* of a model that is made by hand */
  AssayNotebook  *notebook; /* when it is made */
  guint           n_rows;   /* of its tree */
  AssayJob       *job;
  gboolean        selecting;  /* it is us, not the user */
  int             tree_width; /* where a drag of the divider began */
  guint           late;       /* shows what is being read only if it takes long */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayModelPage, assay_model_page, GTK_TYPE_WIDGET)

static void
told_changed (AssayModelPage *self)
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
show_selected (AssayModelPage *self)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  if (node == NULL)
    return;
  if (assay_node_is_module (node))
    assay_module_page_show (self->module_page, self->document, node);
  else
    assay_variable_page_show (self->variable_page, self->document, node);
  gtk_stack_set_visible_child (self->detail, assay_node_is_module (node) ? GTK_WIDGET (self->module_page) : GTK_WIDGET (self->variable_page));
  told_changed (self);
}

static void
selected_cb (AssayModelPage *self)
{
  show_selected (self);
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
    show_selected (self); /* of a module more has come meanwhile */
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

  if (state == ASSAY_DOCUMENT_FAILED)
    show_failure (self);
  else if (state == ASSAY_DOCUMENT_READY)
    show_model (self);
  told_changed (self);
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
  told_changed (self);
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

static void
follow_document (AssayModelPage *self)
{
  static const char *const told[] = { "title", "path", "dirty", "n-edits", "can-undo", "can-redo" };

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", told[i], NULL);

      g_signal_connect_object (self->document, signal, G_CALLBACK (told_changed), self, G_CONNECT_SWAPPED);
    }
  /* Saved under another name: what is shown of the file is another file's. */
  g_signal_connect_object (self->document, "notify::path", G_CALLBACK (show_selected), self, G_CONNECT_SWAPPED);
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
  follow_document (self);
  return self;
}

/* What was loaded is looked at like any model. */
static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayModelPage) self = data;
  gboolean    good = assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, NULL);
  const char *path = g_object_get_data (G_OBJECT (self), "loading");
  GtkRoot    *window = gtk_widget_get_root (GTK_WIDGET (self));

  if (good && ASSAY_IS_WINDOW (window))
    assay_window_open (ASSAY_WINDOW (window), path);
}

static void
load_cb (AssayModelPage *self, const char *path)
{
  if (assay_live_model_is_busy (self->live))
    return;
  g_object_set_data_full (G_OBJECT (self), "loading", g_strdup (path), g_free);
  assay_live_model_load_async (self->live, path, loaded_cb, g_object_ref (self));
}

/* Once it is made, its notebook stands below its tree. */
static void
add_notebook (AssayModelPage *self)
{
  self->notebook = assay_notebook_new (self->live);
  g_signal_connect_object (self->notebook, "load", G_CALLBACK (load_cb), self, G_CONNECT_SWAPPED);
  gtk_stack_remove (self->states, gtk_stack_get_child_by_name (self->states, "new"));
  gtk_paned_set_end_child (self->side, GTK_WIDGET (self->notebook));
  gtk_widget_grab_focus (GTK_WIDGET (self->notebook));
}

/* A small tree is seen whole, and a large one leaves room for the notebook. */
static void
make_room (AssayModelPage *self)
{
  AssayManifest *manifest = assay_document_get_manifest (self->document);
  guint          n_rows = assay_manifest_get_n_modules (manifest) + assay_manifest_get_n_variables (manifest);

  if (n_rows == self->n_rows)
    return;
  self->n_rows = n_rows;
  gtk_paned_set_position (self->side, assay_text_pixels (124 + 26 * (int) CLAMP (n_rows, 4, 10)));
}

static gboolean
selected_is_module (AssayModelPage *self)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  return node && assay_node_is_module (node);
}

static void
live_changed_cb (AssayModelPage *self)
{
  gboolean made = assay_document_get_state (self->document) == ASSAY_DOCUMENT_READY;

  if (!made && !assay_live_model_is_busy (self->live))
    gtk_stack_set_visible_child_name (self->states, "new");
  if (made && self->notebook == NULL)
    add_notebook (self);
  if (made)
    make_room (self);
  /* Settings and sums of a module may be others; a variable tells of its values itself. */
  if (made && !assay_live_model_is_busy (self->live) && selected_is_module (self))
    show_selected (self);
  told_changed (self);
}

AssayModelPage *
assay_model_page_new_live (void)
{
  AssayModelPage *self = g_object_new (ASSAY_TYPE_MODEL_PAGE, NULL);

  self->live = assay_live_model_new ();
  self->document = g_object_ref (assay_live_model_get_document (self->live));
  follow_document (self);
  gtk_stack_add_named (self->states, GTK_WIDGET (assay_new_model_form_new (self->live)), "new");
  gtk_stack_set_visible_child_name (self->states, "new");
  g_signal_connect_object (self->live, "changed", G_CALLBACK (live_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

AssayLiveModel *
assay_model_page_get_live (AssayModelPage *self)
{
  return self->live;
}

void
assay_model_page_begin (AssayModelPage *self)
{
  GtkWidget *form = gtk_stack_get_child_by_name (self->states, "new");

  if (form)
    gtk_widget_grab_focus (form);
}

void
assay_model_page_offer (AssayModelPage *self, const char *path)
{
  if (self->notebook)
    assay_notebook_offer (self->notebook, path);
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

/* What two runs have left is compared in a tab of its own. */
static void
compare_runs_cb (AssayModelPage *self, AssayRunRecord *a, AssayRunRecord *b)
{
  GtkRoot         *window = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title_a = g_strdup_printf (_ ("Run %u"), assay_run_record_get_number (a));
  g_autofree char *title_b = g_strdup_printf (_ ("Run %u"), assay_run_record_get_number (b));
  g_autoptr (AssayVariableList) list_a = assay_run_record_dup_list (a), list_b = assay_run_record_dup_list (b);

  if (ASSAY_IS_WINDOW (window))
    assay_window_add_compare_page (ASSAY_WINDOW (window), assay_compare_page_new_for_lists (title_a, list_a, title_b, list_b));
}

static void
need_run_page (AssayModelPage *self)
{
  if (self->run_page == NULL)
    {
      self->run_page = g_object_new (ASSAY_TYPE_RUN_PAGE, NULL);
      gtk_stack_add_named (self->states, GTK_WIDGET (self->run_page), "run");
      g_signal_connect_object (self->run_page, "compare", G_CALLBACK (compare_runs_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->run_page, "changed", G_CALLBACK (told_changed), self, G_CONNECT_SWAPPED);
    }
  assay_run_page_set_document (self->run_page, self->document);
}

/* A variable that an operation reads. */
static void
open_variable_cb (AssayModelPage *self, const char *path)
{
  AssayNode *node = assay_document_find (self->document, path);

  if (node == NULL)
    return;
  assay_model_page_show_graph (self, FALSE);
  assay_model_tree_select (self->tree, node);
}

/* If the inputs won't do, their page says why. */
static void
run_graph_cb (AssayModelPage *self)
{
  assay_run_page_run (self->run_page);
  if (assay_run_session_get_runnable (assay_run_page_get_session (self->run_page)) != NULL &&
      assay_run_session_get_job (assay_run_page_get_session (self->run_page)) == NULL)
    assay_model_page_show_run (self, TRUE);
}

void
assay_model_page_show_graph (AssayModelPage *self, gboolean shown)
{
  if (shown)
    need_run_page (self);
  if (shown && self->graph_page == NULL)
    {
      self->graph_page = g_object_new (ASSAY_TYPE_GRAPH_PAGE, NULL);
      gtk_stack_add_named (self->states, GTK_WIDGET (self->graph_page), "graph");
      g_signal_connect_object (self->graph_page, "open-variable", G_CALLBACK (open_variable_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->graph_page, "run", G_CALLBACK (run_graph_cb), self, G_CONNECT_SWAPPED);
      assay_accessible_name_parts (GTK_WIDGET (self->graph_page));
    }
  if (shown)
    assay_graph_page_set_session (self->graph_page, self->document, assay_run_page_get_session (self->run_page));
  gtk_stack_set_visible_child_name (self->states, shown ? "graph" : "model");
  if (shown)
    assay_graph_page_focus (self->graph_page);
  told_changed (self);
}

gboolean
assay_model_page_is_graph_shown (AssayModelPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "graph") == 0;
}

void
assay_model_page_show_run (AssayModelPage *self, gboolean shown)
{
  if (shown)
    need_run_page (self);
  gtk_stack_set_visible_child_name (self->states, shown ? "run" : "model");
  told_changed (self);
}

gboolean
assay_model_page_is_run_shown (AssayModelPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "run") == 0;
}

char *
assay_model_page_dup_run_summary (AssayModelPage *self)
{
  return assay_model_page_is_run_shown (self) ? assay_run_page_dup_summary (self->run_page) : NULL;
}

void
assay_model_page_run (AssayModelPage *self)
{
  if (self->notebook)
    assay_notebook_call (self->notebook);
  else if (assay_model_page_is_graph_shown (self))
    run_graph_cb (self);
  else if (assay_model_page_is_run_shown (self))
    assay_run_page_run (self->run_page);
  else
    assay_model_page_show_run (self, TRUE);
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
