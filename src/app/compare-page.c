/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "compare-page-private.h"

#include "compare-cell-private.h"
#include "compare-detail-private.h"
#include "compare-list-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

/* So long edits that follow each other are waited for. */
#define REST_MS 80

/* One of the two. */
typedef struct
{
  char              *title;
  AssayDocument     *document; /* NULL: the list is given */
  gboolean           saved;    /* as it is in the file */
  AssayVariableList *list;
} Side;

struct _AssayComparePage
{
  GtkWidget           parent_instance;
  GtkStack           *states;
  AdwStatusPage      *failure;
  GtkLabel           *loading;
  GtkProgressBar     *loading_bar;
  GtkToggleButton    *differences;
  GtkToggleButton    *flat;
  GtkSearchEntry     *search;
  GtkLabel           *summary;
  GtkLabel           *side_a;
  GtkLabel           *side_b;
  GtkWidget          *progress_box;
  GtkProgressBar     *progress;
  GtkButton          *stop;
  AssayCompareList   *list;
  GtkWidget          *nothing;
  GtkStack           *list_stack;
  AssayCompareDetail *detail;
  GtkPaned           *paned;

  Side     sides[2];
  gboolean changes; /* of one model */
  gboolean chosen;  /* a row was selected, by us or by the user */
  guint    again;   /* compares again soon */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayComparePage, assay_compare_page, GTK_TYPE_WIDGET)

static AssayComparisonRows *
get_rows (AssayComparePage *self)
{
  return assay_compare_list_get_rows (self->list);
}

static char *
dup_side_title (AssayComparePage *self, int side)
{
  const Side      *s = &self->sides[side];
  g_autofree char *name = s->document ? g_path_get_basename (assay_document_get_path (s->document)) : g_strdup (s->title);

  if (!self->changes)
    return g_steal_pointer (&name);
  return g_strdup_printf (s->saved ? _ ("%s as saved") : _ ("%s as edited"), name);
}

char *
assay_compare_page_dup_title (AssayComparePage *self)
{
  g_autofree char *a = dup_side_title (self, 0);
  g_autofree char *b = dup_side_title (self, 1);
  g_autofree char *name = self->changes ? g_path_get_basename (assay_document_get_path (self->sides[0].document)) : NULL;

  return self->changes ? g_strdup_printf (_ ("Changes of %s"), name) : g_strdup_printf ("%s ⇄ %s", a, b);
}

char *
assay_compare_page_dup_summary (AssayComparePage *self)
{
  guint32  counts[ASSAY_N_PAIR_STATUSES];
  GString *text = g_string_new (NULL);

  assay_comparison_rows_count (get_rows (self), counts);
  for (AssayPairStatus status = ASSAY_PAIR_WAITING; status < ASSAY_N_PAIR_STATUSES; status++)
    {
      g_autofree char *count = assay_count_text (counts[status]);

      if (counts[status] > 0)
        g_string_append_printf (text, "%s%s %s", text->len ? " · " : "", count, assay_pair_status_text (status));
    }
  return g_string_free (text, FALSE);
}

/* What there is to say where no row is. */
static const char *
get_nothing (AssayComparePage *self)
{
  AssayComparison *comparison = assay_comparison_rows_get_comparison (get_rows (self));

  if (comparison == NULL || assay_comparison_rows_get_job (get_rows (self)) != NULL)
    return _ ("Comparing…");
  if (assay_comparison_get_n_pairs (comparison) == 0)
    return _ ("Neither side has any variables.");
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)))
    return _ ("Nothing fits the search.");
  return self->changes ? _ ("There are no unsaved changes.") : _ ("Nothing differs.");
}

static void
show_progress (AssayComparePage *self)
{
  AssayJob *job = assay_comparison_rows_get_job (get_rows (self));
  guint32   counts[ASSAY_N_PAIR_STATUSES];

  assay_comparison_rows_count (get_rows (self), counts);
  gtk_widget_set_visible (self->progress_box, job != NULL || counts[ASSAY_PAIR_WAITING] > 0);
  gtk_button_set_label (self->stop, job ? _ ("Cancel") : _ ("Continue"));
  gtk_progress_bar_set_fraction (self->progress, job ? assay_job_get_fraction (job) : 0);
  gtk_progress_bar_set_text (self->progress, job ? _ ("Comparing") : _ ("Cancelled"));
}

static void
show_list (AssayComparePage *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (get_rows (self))) == 0;

  gtk_label_set_text (GTK_LABEL (self->nothing), get_nothing (self));
  gtk_stack_set_visible_child_name (self->list_stack, empty ? "nothing" : "rows");
}

/* The first variable is shown, so that there is something to see; which one that is is known when the work is done. */
static void
choose_first (AssayComparePage *self)
{
  GListModel *rows = G_LIST_MODEL (get_rows (self));

  if (self->chosen || assay_comparison_rows_get_job (get_rows (self)) != NULL || assay_compare_list_get_selected (self->list))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (AssayComparisonRow) row = g_list_model_get_item (rows, i);

      if (assay_comparison_row_is_module (row))
        continue;
      self->chosen = TRUE;
      assay_compare_list_select (self->list, assay_comparison_row_get_path (row));
      if (gtk_widget_get_mapped (GTK_WIDGET (self)))
        assay_compare_list_focus (self->list);
      return;
    }
}

static void
told_cb (AssayComparePage *self)
{
  g_autofree char *summary = assay_compare_page_dup_summary (self);

  gtk_label_set_text (self->summary, summary);
  show_progress (self);
  show_list (self);
  choose_first (self);
  assay_compare_detail_show (self->detail, get_rows (self), assay_compare_list_get_selected (self->list));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
selected_cb (AssayComparePage *self)
{
  self->chosen = self->chosen || assay_compare_list_get_selected (self->list) != NULL;
  assay_compare_detail_show (self->detail, get_rows (self), assay_compare_list_get_selected (self->list));
}

static void
show_titles (AssayComparePage *self)
{
  g_autofree char *a = dup_side_title (self, 0);
  g_autofree char *b = dup_side_title (self, 1);

  gtk_label_set_text (self->side_a, a);
  gtk_label_set_text (self->side_b, b);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->side_a), self->sides[0].document ? assay_document_get_path (self->sides[0].document) : a);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->side_b), self->sides[1].document ? assay_document_get_path (self->sides[1].document) : b);
  assay_compare_detail_set_titles (self->detail, a, b);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_failure (AssayComparePage *self, AssayDocument *document)
{
  const GError    *error = assay_document_get_error (document);
  g_autofree char *name = g_path_get_basename (assay_document_get_path (document));
  g_autofree char *title = g_strdup_printf (_ ("“%s” Can’t Be Opened"), name);
  g_autofree char *text = g_markup_escape_text (error ? error->message : _ ("No reason is known."), -1);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_free (text);
      text = g_strdup (_ ("Opening was cancelled."));
    }
  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, text);
  gtk_stack_set_visible_child_name (self->states, "failed");
}

/* Says which model is being read. */
static void
show_loading (AssayComparePage *self, AssayDocument *document)
{
  g_autofree char *name = g_path_get_basename (assay_document_get_path (document));
  g_autofree char *text = g_strdup_printf (_ ("Reading “%s”"), name);
  AssayJob        *job = assay_document_get_job (document);

  gtk_label_set_text (self->loading, text);
  gtk_progress_bar_set_fraction (self->loading_bar, job ? assay_job_get_fraction (job) : 0);
  if (assay_comparison_rows_get_comparison (get_rows (self)) == NULL)
    gtk_stack_set_visible_child_name (self->states, "loading");
}

/* Whether both models are there. */
static gboolean
are_ready (AssayComparePage *self)
{
  for (int side = 0; side < 2; side++)
    {
      AssayDocument *document = self->sides[side].document;

      if (document && assay_document_get_state (document) == ASSAY_DOCUMENT_FAILED)
        show_failure (self, document);
      else if (document && assay_document_get_state (document) == ASSAY_DOCUMENT_LOADING)
        show_loading (self, document);
      else
        continue;
      return FALSE;
    }
  return TRUE;
}

static AssayVariableList *
dup_list (const Side *side)
{
  return side->document ? assay_document_dup_variable_list (side->document, side->saved) : g_object_ref (side->list);
}

static void
compare (AssayComparePage *self)
{
  g_autoptr (AssayVariableList) a = NULL;
  g_autoptr (AssayVariableList) b = NULL;

  if (!are_ready (self))
    return;
  a = dup_list (&self->sides[0]);
  b = dup_list (&self->sides[1]);
  gtk_stack_set_visible_child_name (self->states, "comparison");
  assay_comparison_rows_compare (get_rows (self), a, b);
  show_titles (self);
  told_cb (self);
}

static gboolean
again_cb (gpointer data)
{
  AssayComparePage *self = data;

  self->again = 0;
  compare (self);
  return G_SOURCE_REMOVE;
}

static void
compare_soon (AssayComparePage *self)
{
  if (self->again == 0)
    self->again = g_timeout_add (REST_MS, again_cb, self);
}

static void
loading_told_cb (AssayComparePage *self)
{
  are_ready (self);
}

static void
cancel_loading_cb (AssayComparePage *self)
{
  for (int side = 0; side < 2; side++)
    {
      AssayJob *job = self->sides[side].document ? assay_document_get_job (self->sides[side].document) : NULL;

      if (job)
        assay_job_cancel (job);
    }
}

static void
stop_cb (AssayComparePage *self)
{
  if (assay_comparison_rows_get_job (get_rows (self)))
    assay_comparison_rows_stop (get_rows (self));
  else
    assay_comparison_rows_resume (get_rows (self));
  told_cb (self);
}

/* What the user chooses of the list; the selected row stays selected if it is still there. */
static void
options_cb (AssayComparePage *self)
{
  assay_compare_list_begin (self->list);
  assay_comparison_rows_set_differences_only (get_rows (self), gtk_toggle_button_get_active (self->differences));
  assay_comparison_rows_set_flat (get_rows (self), gtk_toggle_button_get_active (self->flat));
  assay_comparison_rows_set_search (get_rows (self), gtk_editable_get_text (GTK_EDITABLE (self->search)));
  assay_compare_list_end (self->list);
  show_list (self);
}

static void
stop_search_cb (AssayComparePage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

void
assay_compare_page_swap (AssayComparePage *self)
{
  Side a = self->sides[0];

  self->sides[0] = self->sides[1];
  self->sides[1] = a;
  compare (self);
}

void
assay_compare_page_find (AssayComparePage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

void
assay_compare_page_toggle_differences (AssayComparePage *self)
{
  gtk_toggle_button_set_active (self->differences, !gtk_toggle_button_get_active (self->differences));
}

static void
clear_side (AssayComparePage *self, Side *side)
{
  if (side->document)
    g_signal_handlers_disconnect_by_data (side->document, self);
  g_clear_object (&side->document);
  g_clear_object (&side->list);
  g_clear_pointer (&side->title, g_free);
}

static void
compare_page_dispose (GObject *object)
{
  AssayComparePage *self = ASSAY_COMPARE_PAGE (object);
  GtkWidget        *child;

  g_clear_handle_id (&self->again, g_source_remove);
  clear_side (self, &self->sides[0]);
  clear_side (self, &self->sides[1]);
  if (self->list)
    {
      assay_comparison_rows_stop (get_rows (self));
      g_signal_handlers_disconnect_by_data (get_rows (self), self);
      g_signal_handlers_disconnect_by_data (self->list, self);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  self->list = NULL;
  G_OBJECT_CLASS (assay_compare_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, states);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, failure);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, loading);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, loading_bar);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, differences);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, flat);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, search);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, summary);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, side_a);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, side_b);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, progress);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, stop);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, list);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, nothing);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, detail);
  gtk_widget_class_bind_template_child (widget_class, AssayComparePage, paned);
}

static void
assay_compare_page_class_init (AssayComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_COMPARE_DETAIL);
  g_type_ensure (ASSAY_TYPE_COMPARE_LIST);
  G_OBJECT_CLASS (klass)->dispose = compare_page_dispose;
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/compare-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, options_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_loading_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, compare);
}

static void
assay_compare_page_init (AssayComparePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (get_rows (self), "told", G_CALLBACK (told_cb), self);
  g_signal_connect_swapped (get_rows (self), "items-changed", G_CALLBACK (show_list), self);
}

/* Follows a model: what it holds, what is edited, what is saved. */
static void
set_document (AssayComparePage *self, int side, AssayDocument *document, gboolean saved)
{
  self->sides[side].document = g_object_ref (document);
  self->sides[side].saved = saved;
  g_signal_connect_swapped (document, "edited", G_CALLBACK (compare_soon), self);
  g_signal_connect_swapped (document, "notify::dirty", G_CALLBACK (compare_soon), self);
  g_signal_connect_swapped (document, "notify::state", G_CALLBACK (compare_soon), self);
  g_signal_connect_swapped (document, "notify::path", G_CALLBACK (show_titles), self);
  g_signal_connect_swapped (document, "notify::n-variables", G_CALLBACK (loading_told_cb), self);
}

AssayComparePage *
assay_compare_page_new (AssayDocument *a, AssayDocument *b)
{
  AssayComparePage *self;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (a) && ASSAY_IS_DOCUMENT (b), NULL);
  self = g_object_new (ASSAY_TYPE_COMPARE_PAGE, NULL);
  set_document (self, 0, a, FALSE);
  set_document (self, 1, b, FALSE);
  assay_compare_list_sort (self->list, ASSAY_COMPARE_BY_RELATIVE_L2, TRUE);
  show_titles (self);
  compare (self);
  return self;
}

AssayComparePage *
assay_compare_page_new_for_changes (AssayDocument *document)
{
  AssayComparePage *self;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (document), NULL);
  self = g_object_new (ASSAY_TYPE_COMPARE_PAGE, NULL);
  self->changes = TRUE;
  set_document (self, 0, document, TRUE);
  set_document (self, 1, document, FALSE);
  assay_compare_list_sort (self->list, ASSAY_COMPARE_BY_RELATIVE_L2, TRUE);
  show_titles (self);
  compare (self);
  return self;
}

AssayComparePage *
assay_compare_page_new_for_lists (const char *title_a, AssayVariableList *a, const char *title_b, AssayVariableList *b)
{
  AssayComparePage *self;

  g_return_val_if_fail (ASSAY_IS_VARIABLE_LIST (a) && ASSAY_IS_VARIABLE_LIST (b), NULL);
  self = g_object_new (ASSAY_TYPE_COMPARE_PAGE, NULL);
  self->sides[0] = (Side){ .title = g_strdup (title_a), .list = g_object_ref (a) };
  self->sides[1] = (Side){ .title = g_strdup (title_b), .list = g_object_ref (b) };
  gtk_widget_set_visible (GTK_WIDGET (self->flat), !assay_variable_list_is_flat (a));
  show_titles (self);
  compare (self);
  return self;
}

gboolean
assay_compare_page_is_of_changes (AssayComparePage *self, AssayDocument *document)
{
  return self->changes && self->sides[0].document == document;
}

gboolean
assay_compare_page_is_of (AssayComparePage *self, AssayDocument *a, AssayDocument *b)
{
  return !self->changes && self->sides[0].document == a && self->sides[1].document == b;
}

AssayDocument *
assay_compare_page_get_document (AssayComparePage *self, int side)
{
  return self->sides[side].document;
}
