/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-page-private.h"

#include "model-tree-private.h"
#include "run-card-private.h"
#include "run-classes-private.h"
#include "variable-page-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

struct _AssayRunPage
{
  GtkWidget          parent_instance;
  GtkStack          *states;
  AdwStatusPage     *failure;
  GtkDropDown       *signature;
  GtkBox            *inputs;
  GtkButton         *run_button;
  GtkWidget         *progress_row;
  GtkProgressBar    *progress;
  GtkLabel          *message;
  GtkListBox        *runs;
  GtkWidget         *runs_box;
  GtkWidget         *compare_button;
  GtkStack          *results;
  GtkBox            *classes;
  AdwBin            *tree_place;
  AssayModelTree    *tree; /* of the run that is shown */
  AssayVariablePage *viewer;

  AssayDocument   *document;
  AssayRunSession *session;
  AssayRunnable   *runnable;
  AssayJob        *job;
  AssayRunRecord  *shown;
  gulong           state_handler; /* of the shown record's document */
  char            *wanted;        /* the activation that was looked at last */
};

enum
{
  COMPARE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayRunPage, assay_run_page, GTK_TYPE_WIDGET)

static void
show_message (AssayRunPage *self, const char *text, gboolean is_error)
{
  gtk_label_set_text (self->message, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL && *text != '\0');
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
selected_cb (AssayRunPage *self)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  if (node == NULL || assay_node_is_module (node) || self->shown == NULL)
    return;
  g_free (self->wanted);
  self->wanted = assay_node_dup_path (node);
  assay_variable_page_show (self->viewer, assay_run_record_get_document (self->shown), node);
}

/* What came out is a document, which is read like any other: its tree comes a little later. */
static void
record_ready_cb (AssayRunPage *self)
{
  AssayDocument *document = assay_run_record_get_document (self->shown);
  AssayNode     *node;
  const char    *name = NULL;

  if (assay_document_get_state (document) != ASSAY_DOCUMENT_READY)
    return;
  assay_run_get_output (assay_run_record_get_run (self->shown), 0, &name);
  node = self->wanted ? assay_document_find (document, self->wanted) : NULL;
  if (node == NULL && name != NULL)
    node = assay_document_find (document, name);
  if (node == NULL && assay_manifest_get_n_variables (assay_document_get_manifest (document)) > 0)
    node = assay_document_get_variable (document, 0);
  if (node != NULL)
    assay_model_tree_select (self->tree, node);
  selected_cb (self);
}

static void
show_record (AssayRunPage *self, AssayRunRecord *record)
{
  AssayDocument *document;

  if (self->shown == record)
    return;
  if (self->shown != NULL && self->state_handler != 0)
    g_signal_handler_disconnect (assay_run_record_get_document (self->shown), self->state_handler);
  self->state_handler = 0;
  g_set_object (&self->shown, record);
  document = assay_run_record_get_document (record);
  assay_run_classes_fill (self->classes, assay_run_record_get_run (record));
  self->tree = g_object_new (ASSAY_TYPE_MODEL_TREE, NULL);
  g_signal_connect_object (self->tree, "selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->tree_place, GTK_WIDGET (self->tree));
  assay_model_tree_set_document (self->tree, document);
  self->state_handler = g_signal_connect_swapped (document, "notify::state", G_CALLBACK (record_ready_cb), self);
  gtk_stack_set_visible_child_name (self->results, "results");
  record_ready_cb (self);
}

static GtkWidget *
make_run_row (gpointer item, gpointer data)
{
  AssayRunRecord  *record = item;
  const char      *edits = assay_run_record_get_edits (record);
  g_autofree char *number = g_strdup_printf ("%u", assay_run_record_get_number (record));
  g_autofree char *what = *edits ? g_strdup_printf (_ ("after “%s”"), edits) : g_strdup (_ ("unedited"));
  g_autofree char *time = g_strdup_printf (_ ("%.2f ms"), assay_run_get_seconds (assay_run_record_get_run (record)) * 1000);
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label;

  label = gtk_label_new (number);
  gtk_box_append (GTK_BOX (box), label);
  label = gtk_label_new (what);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  label = gtk_label_new (time);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static void
run_selected_cb (AssayRunPage *self, GtkListBoxRow *row)
{
  g_autoptr (AssayRunRecord) record = row ? g_list_model_get_item (assay_run_session_get_records (self->session), gtk_list_box_row_get_index (row)) : NULL;

  if (record != NULL)
    show_record (self, record);
}

static void
set_running (AssayRunPage *self, AssayJob *job)
{
  g_set_object (&self->job, job);
  gtk_widget_set_visible (self->progress_row, job != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->run_button), job == NULL);
}

static void
job_told_cb (AssayRunPage *self)
{
  g_autofree char *message = self->job ? assay_job_dup_message (self->job) : NULL;

  if (self->job == NULL)
    return;
  gtk_progress_bar_set_fraction (self->progress, assay_job_get_fraction (self->job));
  gtk_progress_bar_set_text (self->progress, message ? message : "");
}

static void
tell_of_run (AssayRunPage *self, AssayRunRecord *record)
{
  AssayRun        *run = assay_run_record_get_run (record);
  g_autofree char *size = g_format_size (assay_run_get_peak_bytes (run));
  g_autofree char *text = NULL;

  if (assay_run_get_first_bad (run) != NULL)
    text = g_strdup_printf (_ ("NaN or infinity first comes from %s."), assay_run_get_first_bad (run));
  else
    text = g_strdup_printf (_ ("%.2f ms · %s of values at most"), assay_run_get_seconds (run) * 1000, size);
  show_message (self, text, assay_run_get_first_bad (run) != NULL);
}

static void
run_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayRunPage) self = data;
  g_autoptr (GError) error = NULL;
  AssayRunRecord *record;
  guint           n;

  if (self->session == NULL || source != G_OBJECT (self->session))
    return;
  record = assay_run_session_run_finish (self->session, result, &error);
  set_running (self, NULL);
  if (record == NULL)
    {
      show_message (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("The run was cancelled.") : error->message, TRUE);
      return;
    }
  tell_of_run (self, record);
  n = g_list_model_get_n_items (assay_run_session_get_records (self->session));
  gtk_widget_set_visible (self->runs_box, TRUE);
  gtk_widget_set_sensitive (self->compare_button, n >= 2);
  gtk_list_box_select_row (self->runs, gtk_list_box_get_row_at_index (self->runs, n - 1));
}

/* All inputs, or NULL if one won't do; its card says why. */
static GPtrArray *
make_inputs (AssayRunPage *self, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);

  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->inputs)); card != NULL; card = gtk_widget_get_next_sibling (card))
    {
      AssayValue *value = assay_run_card_make (ASSAY_RUN_CARD (card), error);

      if (value == NULL)
        return NULL;
      g_ptr_array_add (values, value);
    }
  return g_steal_pointer (&values);
}

static const char *
get_signature (AssayRunPage *self, AssayFunction **function)
{
  guint       index = gtk_drop_down_get_selected (self->signature);
  const char *name = NULL;

  *function = NULL;
  if (self->runnable != NULL && index < assay_runnable_get_n_signatures (self->runnable))
    *function = assay_runnable_get_signature (self->runnable, index, &name);
  return name;
}

void
assay_run_page_run (AssayRunPage *self)
{
  AssayFunction *function;
  const char    *name = get_signature (self, &function);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) values = name && self->job == NULL ? make_inputs (self, &error) : NULL;
  g_autoptr (AssayJob) job = NULL;

  if (values == NULL)
    {
      if (error != NULL)
        show_message (self, error->message, TRUE);
      return;
    }
  job = assay_job_new (_ ("Running"));
  show_message (self, NULL, FALSE);
  set_running (self, job);
  g_signal_connect_object (job, "notify", G_CALLBACK (job_told_cb), self, G_CONNECT_SWAPPED);
  assay_run_session_run_async (self->session, name, values, job, run_done_cb, g_object_ref (self));
}

static void
run_cb (AssayRunPage *self)
{
  assay_run_page_run (self);
}

static void
cancel_cb (AssayRunPage *self)
{
  if (self->job != NULL)
    assay_job_cancel (self->job);
}

/* The run that is shown, with the one before it; of the first run, with the last. */
static void
compare_cb (AssayRunPage *self)
{
  GListModel *records = assay_run_session_get_records (self->session);
  guint       n = g_list_model_get_n_items (records), at = self->shown ? assay_run_record_get_number (self->shown) : n;
  g_autoptr (AssayRunRecord) a = NULL, b = NULL;

  if (n < 2)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AssayRunRecord) record = g_list_model_get_item (records, i);

      if (record == self->shown)
        at = i;
    }
  a = g_list_model_get_item (records, at == 0 ? 0 : at - 1);
  b = g_list_model_get_item (records, at == 0 ? n - 1 : at);
  g_signal_emit (self, signals[COMPARE], 0, a, b);
}

static void
signature_cb (AssayRunPage *self)
{
  AssayFunction *function;
  GtkWidget     *child;
  guint          n;

  get_signature (self, &function);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->inputs))))
    gtk_box_remove (self->inputs, child);
  if (function == NULL)
    return;
  n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);
  for (guint i = 0; i < n; i++)
    gtk_box_append (self->inputs, GTK_WIDGET (assay_run_card_new (function, i)));
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayRunPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (self->session == NULL || source != G_OBJECT (self->session))
    return;
  self->runnable = assay_run_session_load_finish (self->session, result, &error);
  if (self->runnable == NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->failure, text);
      gtk_stack_set_visible_child_name (self->states, "failed");
      return;
    }
  for (guint i = 0; i < assay_runnable_get_n_signatures (self->runnable); i++)
    {
      const char *name;

      assay_runnable_get_signature (self->runnable, i, &name);
      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (self->signature, G_LIST_MODEL (names));
  signature_cb (self);
  gtk_stack_set_visible_child_name (self->states, "run");
}

AssayRunSession *
assay_run_page_get_session (AssayRunPage *self)
{
  return self->session;
}

void
assay_run_page_set_document (AssayRunPage *self, AssayDocument *document)
{
  if (self->document == document)
    return;
  g_set_object (&self->document, document);
  g_clear_object (&self->session);
  self->runnable = NULL;
  self->session = assay_run_session_new (document);
  gtk_list_box_bind_model (self->runs, assay_run_session_get_records (self->session), make_run_row, NULL, NULL);
  gtk_stack_set_visible_child_name (self->states, "loading");
  assay_run_session_load_async (self->session, loaded_cb, g_object_ref (self));
}

static void
assay_run_page_dispose (GObject *object)
{
  AssayRunPage *self = ASSAY_RUN_PAGE (object);
  GtkWidget    *child;

  if (self->job != NULL)
    assay_job_cancel (self->job);
  if (self->shown != NULL && self->state_handler != 0)
    g_signal_handler_disconnect (assay_run_record_get_document (self->shown), self->state_handler);
  self->state_handler = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  self->runnable = NULL;
  g_clear_object (&self->job);
  g_clear_object (&self->shown);
  g_clear_object (&self->session);
  g_clear_object (&self->document);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (assay_run_page_parent_class)->dispose (object);
}

static void
assay_run_page_class_init (AssayRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_MODEL_TREE);
  g_type_ensure (ASSAY_TYPE_VARIABLE_PAGE);
  G_OBJECT_CLASS (klass)->dispose = assay_run_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, states);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, failure);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, signature);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, inputs);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, run_button);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, progress_row);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, progress);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, message);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, runs);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, runs_box);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, compare_button);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, results);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, classes);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, tree_place);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, viewer);
  gtk_widget_class_bind_template_callback (widget_class, signature_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, compare_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_selected_cb);

  /**
   * AssayRunPage::compare:
   * @a: a run
   * @b: another
   *
   * Two runs shall be compared.
   */
  signals[COMPARE] = g_signal_new ("compare", ASSAY_TYPE_RUN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, ASSAY_TYPE_RUN_RECORD,
                                   ASSAY_TYPE_RUN_RECORD);
}

static void
assay_run_page_init (AssayRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
