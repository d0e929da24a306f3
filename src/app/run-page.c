/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-page-private.h"

#include "accessible-names-private.h"
#include "numbers-private.h"
#include "run-card-private.h"
#include "run-classes-private.h"
#include "run-list-private.h"
#include "variable-page-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

struct _AssayRunPage
{
  GtkWidget          parent_instance;
  GtkStack          *states;
  AdwStatusPage     *failure;
  AdwLeaflet        *leaflet, *halves;
  GtkWidget         *choices, *list_half, *viewer_half, *back_to_choices, *back_to_list;
  GtkDropDown       *signature;
  GtkBox            *inputs;
  GtkWidget         *run_button;
  GtkWidget         *progress_row;
  GtkProgressBar    *progress;
  GtkWidget         *cancel;
  GtkLabel          *message;
  GtkListBox        *runs;
  GtkWidget         *runs_box;
  GtkWidget         *base_row;
  GtkDropDown       *base;
  GtkWidget         *compare_button;
  GtkStack          *results;
  GtkBox            *classes;
  AssayRunList      *list;
  AssayVariablePage *viewer;

  AssayRunSession *session;
  AssayRunnable   *runnable;
  AssayJob        *job;
  GListStore      *newest; /* of AssayRunRecord, the last one first */
  AssayRunRecord  *shown;
  AssayRunRows    *rows;
  gulong           state_handler; /* of the shown record's document */
  char            *wanted;        /* the activation that was looked at last */
  gboolean         filling;       /* it is us who choose, not the user */
};

enum
{
  COMPARE,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayRunPage, assay_run_page, GTK_TYPE_WIDGET)

static void
show_message (AssayRunPage *self, const char *text, gboolean is_error)
{
  gtk_label_set_text (self->message, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL && *text != '\0');
  gtk_widget_remove_css_class (GTK_WIDGET (self->message), is_error ? "dim-label" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), is_error ? "error" : "dim-label");
}

/* Where the window is narrow one thing is seen at a time, with a way back. */
static void
folded_cb (AssayRunPage *self)
{
  gtk_widget_set_visible (self->back_to_choices, adw_leaflet_get_folded (self->leaflet));
  gtk_widget_set_visible (self->back_to_list, adw_leaflet_get_folded (self->halves));
}

static void
back_to_choices_cb (AssayRunPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->choices);
}

static void
back_to_list_cb (AssayRunPage *self)
{
  adw_leaflet_set_visible_child (self->halves, self->list_half);
}

static void
show_selected (AssayRunPage *self)
{
  AssayRunRow   *row = assay_run_list_get_selected (self->list);
  AssayDocument *document = self->shown ? assay_run_record_get_document (self->shown) : NULL;
  AssayNode     *node;

  if (row == NULL || document == NULL || assay_document_get_state (document) != ASSAY_DOCUMENT_READY)
    return;
  node = assay_document_find (document, assay_run_row_get_key (row));
  if (node != NULL && !assay_node_is_module (node))
    assay_variable_page_show (self->viewer, document, node);
}

static void
selected_cb (AssayRunPage *self)
{
  AssayRunRow *row = assay_run_list_get_selected (self->list);

  if (row == NULL)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (assay_run_row_get_key (row));
  show_selected (self);
  if (!self->filling)
    adw_leaflet_set_visible_child (self->halves, self->viewer_half);
}

static void
activated_cb (AssayRunPage *self)
{
  show_selected (self);
  adw_leaflet_set_visible_child (self->halves, self->viewer_half);
}

static void
select_row (AssayRunPage *self)
{
  self->filling = TRUE;
  if (self->wanted == NULL || !assay_run_list_select (self->list, self->wanted))
    assay_run_list_select_first (self->list, assay_run_get_n_inputs (assay_run_record_get_run (self->shown)));
  self->filling = FALSE;
}

/* The run that the shown one is compared with: chosen, else the one before it; NULL for the first. */
static AssayRunRecord *
dup_base (AssayRunPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->base), n = g_list_model_get_n_items (G_LIST_MODEL (self->newest));
  guint at = 0;

  for (guint i = 0; i < n && self->shown != NULL; i++)
    {
      g_autoptr (AssayRunRecord) record = g_list_model_get_item (G_LIST_MODEL (self->newest), i);

      if (record == self->shown)
        continue;
      if (at == chosen)
        return g_steal_pointer (&record);
      at++;
    }
  return NULL;
}

static void
show_changes (AssayRunPage *self)
{
  g_autoptr (AssayRunRecord) base = dup_base (self);

  assay_run_classes_fill (self->classes, assay_run_record_get_run (self->shown), base ? assay_run_record_get_run (base) : NULL);
  assay_run_rows_set_base (self->rows, base);
  assay_run_list_set_base (self->list, base ? assay_run_record_get_number (base) : 0);
  gtk_widget_set_sensitive (self->compare_button, base != NULL);
}

/* All runs but the one that is shown; the one before it is chosen. */
static void
fill_bases (AssayRunPage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->newest)), before = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AssayRunRecord) record = g_list_model_get_item (G_LIST_MODEL (self->newest), i);
      g_autofree char *name = g_strdup_printf (_ ("run %u"), assay_run_record_get_number (record));

      if (record == self->shown)
        continue;
      if (before == GTK_INVALID_LIST_POSITION && assay_run_record_get_number (record) < assay_run_record_get_number (self->shown))
        before = g_list_model_get_n_items (G_LIST_MODEL (names));
      gtk_string_list_append (names, name);
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->base, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->base, before != GTK_INVALID_LIST_POSITION ? before : 0);
  gtk_widget_set_visible (self->base_row, n > 2);
  self->filling = FALSE;
}

static void
base_cb (AssayRunPage *self)
{
  if (!self->filling && self->shown != NULL)
    show_changes (self);
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
  g_clear_object (&self->rows);
  self->rows = assay_run_rows_new (record);
  /* What came out is a document, which is read like any other: its values can be looked at a little later. */
  document = assay_run_record_get_document (record);
  self->state_handler = g_signal_connect_swapped (document, "notify::state", G_CALLBACK (show_selected), self);
  fill_bases (self);
  show_changes (self);
  assay_run_list_set_rows (self->list, self->rows);
  gtk_stack_set_visible_child_name (self->results, "results");
  select_row (self);
  assay_accessible_name_parts (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

static char *
dup_what (AssayRunRecord *record)
{
  const char *edits = assay_run_record_get_edits (record);

  return *edits ? g_strdup_printf (_ ("after “%s”"), edits) : g_strdup (_ ("unedited"));
}

/* Three digits or so, in the unit that people say. */
static char *
dup_time (AssayRun *run)
{
  double ms = assay_run_get_seconds (run) * 1000;

  if (ms >= 10000)
    return g_strdup_printf (_ ("%.1f s"), ms / 1000);
  return g_strdup_printf (ms < 10 ? _ ("%.2f ms") : ms < 100 ? _ ("%.1f ms")
                                                             : _ ("%.0f ms"),
                          ms);
}

static GtkWidget *
make_run_row (gpointer item, gpointer data)
{
  AssayRunRecord  *record = item;
  g_autofree char *number = g_strdup_printf ("%u", assay_run_record_get_number (record)), *what = dup_what (record);
  g_autofree char *time = dup_time (assay_run_record_get_run (record));
  g_autofree char *spoken = g_strdup_printf (_ ("run %u, %s"), assay_run_record_get_number (record), what);
  GtkWidget       *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label;

  label = gtk_label_new (number);
  gtk_box_append (GTK_BOX (box), label);
  label = gtk_label_new (what);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, what);
  gtk_box_append (GTK_BOX (box), label);
  label = gtk_label_new (time);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
run_selected_cb (AssayRunPage *self, GtkListBoxRow *row)
{
  g_autoptr (AssayRunRecord) record = row ? g_list_model_get_item (G_LIST_MODEL (self->newest), gtk_list_box_row_get_index (row)) : NULL;

  if (record == NULL)
    return;
  show_record (self, record);
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->results));
}

static void
set_running (AssayRunPage *self, AssayJob *job)
{
  g_set_object (&self->job, job);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_progress_bar_set_text (self->progress, "");
  gtk_widget_set_visible (self->progress_row, job != NULL);
  gtk_widget_set_sensitive (self->run_button, job == NULL);
  gtk_widget_set_sensitive (self->cancel, job != NULL);
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
  guint            n = assay_engine_get_n_threads ();
  g_autofree char *size = assay_size_text (assay_run_record_get_n_bytes (record));
  g_autofree char *threads = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u thread", "%u threads", n), n);
  g_autofree char *time = dup_time (run), *text = g_strdup_printf (_ ("%s · %s · %s of activations"), threads, time, size);
  g_autofree char *bad = NULL;

  if (assay_run_get_first_bad (run) != NULL)
    bad = g_strdup_printf (_ ("%s\nNaN or infinity first comes from %s."), text, assay_run_get_first_bad (run));
  show_message (self, bad ? bad : text, bad != NULL);
}

static void
run_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayRunPage) self = data;
  g_autoptr (GError) error = NULL;
  AssayRunRecord *record;

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
  g_list_store_insert (self->newest, 0, record);
  gtk_widget_set_visible (self->runs_box, TRUE);
  gtk_list_box_select_row (self->runs, gtk_list_box_get_row_at_index (self->runs, 0));
}

/* How all inputs are to be made, or NULL if one won't do; its card says why. */
static GPtrArray *
list_recipes (AssayRunPage *self, GError **error)
{
  g_autoptr (GPtrArray) recipes = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_input_recipe_free);

  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->inputs)); card != NULL; card = gtk_widget_get_next_sibling (card))
    {
      if (!assay_run_card_check (ASSAY_RUN_CARD (card), error))
        return NULL;
      g_ptr_array_add (recipes, assay_run_card_dup_recipe (ASSAY_RUN_CARD (card)));
    }
  return g_steal_pointer (&recipes);
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
  g_autoptr (GPtrArray) recipes = name && self->job == NULL ? list_recipes (self, &error) : NULL;
  g_autoptr (AssayJob) job = NULL;

  if (recipes == NULL)
    {
      if (error != NULL)
        show_message (self, error->message, TRUE);
      return;
    }
  job = assay_job_new (_ ("Running"));
  show_message (self, NULL, FALSE);
  set_running (self, job);
  g_signal_connect_object (job, "notify", G_CALLBACK (job_told_cb), self, G_CONNECT_SWAPPED);
  assay_run_session_run_recipes_async (self->session, name, recipes, job, run_done_cb, g_object_ref (self));
}

static void
run_cb (AssayRunPage *self)
{
  assay_run_page_run (self);
}

static void
cancel_cb (AssayRunPage *self)
{
  if (self->job == NULL)
    return;
  assay_job_cancel (self->job);
  gtk_widget_set_sensitive (self->cancel, FALSE);
}

/* The run that is shown, with the one that its changes are told from. The earlier one is A. */
static void
compare_cb (AssayRunPage *self)
{
  g_autoptr (AssayRunRecord) base = dup_base (self);
  gboolean base_is_first = base && assay_run_record_get_number (base) < assay_run_record_get_number (self->shown);

  if (base != NULL)
    g_signal_emit (self, signals[COMPARE], 0, base_is_first ? base : self->shown, base_is_first ? self->shown : base);
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
show_failure (AssayRunPage *self, const GError *problem)
{
  g_autofree char *text = g_markup_escape_text (problem->message, -1);

  adw_status_page_set_description (self->failure, text);
  gtk_stack_set_visible_child_name (self->states, "failed");
}

static void
loaded_cb (AssayRunPage *self)
{
  const GError *problem = assay_run_session_get_problem (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->runnable = assay_run_session_get_runnable (self->session);
  if (problem != NULL)
    show_failure (self, problem);
  if (self->runnable == NULL)
    return;
  for (guint i = 0; i < assay_runnable_get_n_signatures (self->runnable); i++)
    {
      const char *name;

      assay_runnable_get_signature (self->runnable, i, &name);
      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (self->signature, G_LIST_MODEL (names));
  signature_cb (self);
  gtk_stack_set_visible_child_name (self->states, "run");
  assay_accessible_name_parts (GTK_WIDGET (self));
}

AssayRunPage *
assay_run_page_new (AssayRunSession *session)
{
  AssayRunPage *self = g_object_new (ASSAY_TYPE_RUN_PAGE, NULL);

  self->session = g_object_ref (session);
  gtk_list_box_bind_model (self->runs, G_LIST_MODEL (self->newest), make_run_row, NULL, NULL);
  gtk_stack_set_visible_child_name (self->states, "loading");
  g_signal_connect_object (session, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  loaded_cb (self);
  return self;
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
  g_clear_object (&self->rows);
  g_clear_object (&self->newest);
  g_clear_object (&self->session);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (assay_run_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, states);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, failure);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, halves);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, choices);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, list_half);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, viewer_half);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, back_to_choices);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, back_to_list);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, signature);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, inputs);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, run_button);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, progress_row);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, progress);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, message);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, runs);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, runs_box);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, base_row);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, base);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, compare_button);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, results);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, classes);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, list);
  gtk_widget_class_bind_template_child (widget_class, AssayRunPage, viewer);
}

static void
assay_run_page_class_init (AssayRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_RUN_LIST);
  g_type_ensure (ASSAY_TYPE_VARIABLE_PAGE);
  G_OBJECT_CLASS (klass)->dispose = assay_run_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/run-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, signature_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, compare_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, base_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_to_choices_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_to_list_cb);

  /**
   * AssayRunPage::compare:
   * @a: a run
   * @b: another
   *
   * Two runs shall be compared.
   */
  signals[COMPARE] = g_signal_new ("compare", ASSAY_TYPE_RUN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, ASSAY_TYPE_RUN_RECORD,
                                   ASSAY_TYPE_RUN_RECORD);

  /**
   * AssayRunPage::changed:
   *
   * Another run is shown.
   */
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_RUN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_run_page_init (AssayRunPage *self)
{
  self->newest = g_list_store_new (ASSAY_TYPE_RUN_RECORD);
  gtk_widget_init_template (GTK_WIDGET (self));
  assay_variable_page_set_activations (self->viewer, TRUE);
  folded_cb (self);
}

char *
assay_run_page_dup_summary (AssayRunPage *self)
{
  g_autofree char *what = self->shown ? dup_what (self->shown) : NULL;

  if (self->shown == NULL)
    return NULL;
  return g_strdup_printf (_ ("run %u of %u, %s"), assay_run_record_get_number (self->shown),
                          g_list_model_get_n_items (G_LIST_MODEL (self->newest)), what);
}
