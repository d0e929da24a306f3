/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-activation-private.h"

#include <glib/gi18n-lib.h>

struct _AssayGraphActivation
{
  GtkWidget          parent_instance;
  GtkStack          *states;
  AdwStatusPage     *no_run, *message;
  GtkLabel          *busy_label;
  GtkProgressBar    *progress;
  GtkWidget         *cancel;
  GtkWidget         *output_row;
  GtkDropDown       *output;
  AssayVariablePage *viewer;

  AssayRunSession *session;
  char            *signature;
  AssayFunction   *function;
  AssayOutputRef   ref;
  gboolean         has_ref;
  AssayRunRecord  *last;   /* the last run of the signature */
  AssayRunRecord  *looked; /* what was computed once more, for @ref of @last */
  AssayRunRecord  *shown;  /* one of both, whose document is followed */
  gulong           state_handler;
  char            *wanted; /* the name of the value in @shown */
  AssayJob        *job;
  gboolean         filling; /* the choice of outputs is being made */
};

enum
{
  RUN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayGraphActivation, assay_graph_activation, GTK_TYPE_WIDGET)

static void
show_message (AssayGraphActivation *self, const char *title, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, escaped);
  gtk_stack_set_visible_child_name (self->states, "message");
}

static void
show_busy (AssayGraphActivation *self, const char *text, gboolean can_cancel)
{
  gtk_label_set_text (self->busy_label, text);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_widget_set_visible (self->cancel, can_cancel);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), can_cancel);
  gtk_stack_set_visible_child_name (self->states, "busy");
}

/* The variable of that name, which in a run's document is its key. */
static AssayNode *
find_node (AssayDocument *document, const char *name)
{
  AssayManifest *manifest = assay_document_get_manifest (document);
  AssayNode     *node = assay_document_find (document, name);

  for (guint32 i = 0; node == NULL && i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      if (g_strcmp0 (facts.key, name) == 0)
        node = assay_document_get_variable (document, i);
    }
  return node && !assay_node_is_module (node) ? node : NULL;
}

static void
follow (AssayGraphActivation *self, AssayRunRecord *record)
{
  if (self->shown == record)
    return;
  if (self->state_handler != 0)
    g_signal_handler_disconnect (assay_run_record_get_document (self->shown), self->state_handler);
  self->state_handler = 0;
  g_set_object (&self->shown, record);
}

/* What came out of a run is a document, which is read like any other: it comes a little later. */
static void
document_ready_cb (AssayGraphActivation *self)
{
  AssayDocument *document = assay_run_record_get_document (self->shown);
  AssayNode     *node;

  if (assay_document_get_state (document) == ASSAY_DOCUMENT_FAILED)
    show_message (self, _ ("No Values"), assay_document_get_error (document) ? assay_document_get_error (document)->message : "");
  if (assay_document_get_state (document) != ASSAY_DOCUMENT_READY)
    return;
  node = find_node (document, self->wanted);
  if (node == NULL)
    {
      show_message (self, _ ("No Values"), _ ("What it gave is no tensor that can be shown."));
      return;
    }
  assay_variable_page_show (self->viewer, document, node);
  gtk_stack_set_visible_child_name (self->states, "values");
}

/* Shows the value called @name; takes @name. */
static void
show_value (AssayGraphActivation *self, AssayRunRecord *record, char *name)
{
  g_free (self->wanted);
  self->wanted = name;
  follow (self, record);
  if (self->state_handler == 0)
    self->state_handler = g_signal_connect_swapped (assay_run_record_get_document (record), "notify::state", G_CALLBACK (document_ready_cb), self);
  if (assay_document_get_state (assay_run_record_get_document (record)) == ASSAY_DOCUMENT_LOADING)
    show_busy (self, _ ("The values are being read"), FALSE);
  document_ready_cb (self);
}

/* The name under which a run has kept a value; or NULL. */
static char *
find_kept (AssayGraphActivation *self)
{
  guint                n;
  const AssayNamedRef *named = assay_function_get_activations (self->function, &n);
  AssayRun            *run = assay_run_record_get_run (self->last);
  const char          *base = assay_function_get_operation (self->function, self->ref.operation)->name;
  g_autofree char     *own = self->ref.output > 0 ? g_strdup_printf ("%s:%u", base, self->ref.output) : g_strdup (base);
  const char          *wanted = NULL;

  for (guint i = 0; i < n && wanted == NULL; i++)
    if (named[i].ref.operation == self->ref.operation && named[i].ref.output == self->ref.output)
      wanted = named[i].name;
  if (n > 0 && wanted == NULL)
    return NULL;
  for (guint i = 0; i < assay_run_get_n_activations (run); i++)
    {
      const char *name;

      assay_run_get_activation (run, i, &name);
      if (g_str_equal (name, wanted ? wanted : own))
        return g_strdup (name);
    }
  return NULL;
}

static char *
name_output (AssayGraphActivation *self)
{
  const char *base = assay_function_get_operation (self->function, self->ref.operation)->name;

  return self->ref.output > 0 ? g_strdup_printf ("%s:%u", base, self->ref.output) : g_strdup (base);
}

static void
stop (AssayGraphActivation *self)
{
  if (self->job != NULL)
    assay_job_cancel (self->job);
  g_clear_object (&self->job);
}

typedef struct
{
  AssayGraphActivation *self;
  AssayJob             *job;
} Looking;

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Looking *looking = data;
  g_autoptr (AssayGraphActivation) self = looking->self;
  g_autoptr (AssayJob) job = looking->job;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunRecord) record = assay_run_session_look_finish (ASSAY_RUN_SESSION (source), result, &error);

  g_free (looking);
  /* Something else is wanted meanwhile. */
  if (self->job != job)
    return;
  g_clear_object (&self->job);
  if (record == NULL)
    {
      show_message (self, _ ("No Values"), g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("The run was cancelled.") : error->message);
      return;
    }
  g_set_object (&self->looked, record);
  show_value (self, record, name_output (self));
}

static void
job_told_cb (AssayGraphActivation *self)
{
  if (self->job != NULL)
    gtk_progress_bar_set_fraction (self->progress, assay_job_get_fraction (self->job));
}

/* Runs once more for a value that wasn't kept. */
static void
look (AssayGraphActivation *self)
{
  Looking *looking = g_new (Looking, 1);

  self->job = assay_job_new (_ ("Running"));
  *looking = (Looking){ g_object_ref (self), g_object_ref (self->job) };
  g_signal_connect_object (self->job, "notify", G_CALLBACK (job_told_cb), self, G_CONNECT_SWAPPED);
  show_busy (self, _ ("This value wasn’t kept. The model is run once more, with the same inputs and values."), TRUE);
  assay_run_session_look_async (self->session, self->last, self->ref.operation, self->job, looked_cb, looking);
}

/* A run of the model that is on its way. */
static void
running_told_cb (AssayGraphActivation *self)
{
  AssayJob *job = self->session ? assay_run_session_get_job (self->session) : NULL;

  if (job != NULL && self->job == NULL)
    gtk_progress_bar_set_fraction (self->progress, assay_job_get_fraction (job));
}

static AssayRunRecord *
find_last (AssayGraphActivation *self)
{
  GListModel *records = self->session ? assay_run_session_get_records (self->session) : NULL;
  guint       n = records ? g_list_model_get_n_items (records) : 0;
  g_autoptr (AssayRunRecord) record = n > 0 ? g_list_model_get_item (records, n - 1) : NULL;

  if (record == NULL || assay_run_get_function (assay_run_record_get_run (record)) != self->function)
    return NULL;
  return g_steal_pointer (&record);
}

/* A run that goes on, or that failed, is told rather than the values of the one before. */
static gboolean
tell_running (AssayGraphActivation *self)
{
  const GError *failure = self->session ? assay_run_session_get_failure (self->session) : NULL;

  if (self->session != NULL && assay_run_session_get_job (self->session) != NULL)
    {
      show_busy (self, _ ("The model is running"), TRUE);
      running_told_cb (self);
      return TRUE;
    }
  if (failure == NULL)
    return FALSE;
  show_message (self, _ ("The Run Failed"), g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("The run was cancelled.") : failure->message);
  return TRUE;
}

/* There may have been runs, but of another function. */
static void
show_no_run (AssayGraphActivation *self)
{
  gboolean         any = self->session && g_list_model_get_n_items (assay_run_session_get_records (self->session)) > 0;
  g_autofree char *name = g_markup_escape_text (self->signature ? self->signature : "", -1);
  g_autofree char *other = g_strdup_printf (_ ("The last run was of another function. Choose “%s” on the Run page."), name);

  adw_status_page_set_description (self->no_run, any ? other : _ ("Run the model to see its values."));
  gtk_stack_set_visible_child_name (self->states, "no-run");
}

static void
update (AssayGraphActivation *self)
{
  g_autoptr (AssayRunRecord) last = find_last (self);
  char *kept;

  stop (self);
  if (last != self->last)
    g_clear_object (&self->looked);
  g_set_object (&self->last, last);
  if (!self->has_ref || tell_running (self))
    return;
  if (last == NULL)
    {
      show_no_run (self);
      return;
    }
  kept = find_kept (self);
  if (kept != NULL)
    show_value (self, last, kept);
  else if (self->looked != NULL && assay_run_get_n_activations (assay_run_record_get_run (self->looked)) > 0)
    show_value (self, self->looked, name_output (self));
  else if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    look (self);
}

/* Nothing is computed once more for what nobody looks at. */
static void
graph_activation_map (GtkWidget *widget)
{
  AssayGraphActivation *self = ASSAY_GRAPH_ACTIVATION (widget);

  GTK_WIDGET_CLASS (assay_graph_activation_parent_class)->map (widget);
  if (self->has_ref && self->last != NULL && self->job == NULL)
    update (self);
}

/* An operation with several outputs has a choice of them. */
static void
fill_outputs (AssayGraphActivation *self)
{
  const AssayOperation *operation = assay_function_get_operation (self->function, self->ref.operation);
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  self->filling = TRUE;
  for (guint i = 0; i < operation->n_outputs && i < 256; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      gtk_string_list_append (list, text);
    }
  gtk_drop_down_set_model (self->output, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->output, MIN (self->ref.output, 255));
  gtk_widget_set_visible (self->output_row, operation->n_outputs > 1);
  self->filling = FALSE;
}

static void
output_cb (AssayGraphActivation *self)
{
  guint output = gtk_drop_down_get_selected (self->output);

  if (self->filling || !self->has_ref || output == GTK_INVALID_LIST_POSITION || output == self->ref.output)
    return;
  self->ref.output = output;
  update (self);
}

static void
run_cb (AssayGraphActivation *self)
{
  g_signal_emit (self, signals[RUN], 0);
}

static void
cancel_cb (AssayGraphActivation *self)
{
  AssayJob *job = self->job ? self->job : self->session ? assay_run_session_get_job (self->session)
                                                        : NULL;

  if (job != NULL)
    assay_job_cancel (job);
}

static void
running_cb (AssayGraphActivation *self)
{
  AssayJob *job = assay_run_session_get_job (self->session);

  if (job != NULL)
    g_signal_connect_object (job, "notify", G_CALLBACK (running_told_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

void
assay_graph_activation_show (AssayGraphActivation *self, const char *signature, AssayFunction *function, const AssayOutputRef *ref, const char *reason)
{
  if (ref != NULL && self->has_ref && self->function == function && self->ref.operation != ref->operation)
    g_clear_object (&self->looked);
  if (self->function != function)
    {
      g_clear_object (&self->looked);
      g_clear_object (&self->last);
    }
  g_set_object (&self->function, function);
  g_free (self->signature);
  self->signature = g_strdup (signature);
  self->has_ref = ref != NULL;
  if (ref == NULL)
    {
      stop (self);
      show_message (self, _ ("No Values"), reason ? reason : "");
      return;
    }
  self->ref = *ref;
  fill_outputs (self);
  update (self);
}

AssayVariablePage *
assay_graph_activation_get_viewer (AssayGraphActivation *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->viewer)) ? self->viewer : NULL;
}

void
assay_graph_activation_set_session (AssayGraphActivation *self, AssayRunSession *session)
{
  if (g_set_object (&self->session, session) && session != NULL)
    {
      g_signal_connect_object (assay_run_session_get_records (session), "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "running", G_CALLBACK (running_cb), self, G_CONNECT_SWAPPED);
    }
}

static void
graph_activation_dispose (GObject *object)
{
  AssayGraphActivation *self = ASSAY_GRAPH_ACTIVATION (object);
  GtkWidget            *child;

  stop (self);
  if (self->shown != NULL)
    follow (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->looked);
  g_clear_object (&self->last);
  g_clear_object (&self->function);
  g_clear_object (&self->session);
  g_clear_pointer (&self->signature, g_free);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (assay_graph_activation_parent_class)->dispose (object);
}

static void
assay_graph_activation_class_init (AssayGraphActivationClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_VARIABLE_PAGE);
  G_OBJECT_CLASS (klass)->dispose = graph_activation_dispose;
  widget_class->map = graph_activation_map;
  signals[RUN] = g_signal_new ("run", ASSAY_TYPE_GRAPH_ACTIVATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/graph-activation.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, states);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, no_run);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, message);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, busy_label);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, progress);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, cancel);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, output_row);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, output);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphActivation, viewer);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, output_cb);
}

static void
assay_graph_activation_init (AssayGraphActivation *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  assay_variable_page_set_activations (self->viewer, TRUE);
}
