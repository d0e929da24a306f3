/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Small variables are compared first, one a thread; large ones then, one after the other by all threads. A pair's result is written
 * before its status, and read after it, so that no lock is needed. */

#include <assay/comparison.h>

#include <assay/error.h>
#include <string.h>

#include "metrics-private.h"
#include "variable-list-private.h"

/* Elements from which one variable keeps all threads busy. */
#define LARGE (1 << 21)

#define NOTIFY_US (50 * 1000)

typedef struct
{
  guint32      a;
  guint32      b;
  int          status; /* atomic: AssayPairStatus */
  gboolean     has_metrics;
  AssayMetrics metrics;
  char        *reason;
} Result;

struct _AssayComparison
{
  GObject            parent_instance;
  AssayVariableList *a;
  AssayVariableList *b;
  Result            *results;
  guint32            n_results;
};

G_DEFINE_FINAL_TYPE (AssayComparison, assay_comparison, G_TYPE_OBJECT)

/* One run, as its threads share it. */
typedef struct
{
  AssayComparison      *self;
  double                tolerance;
  PairProgress          progress;
  AssayComparisonNotify notify;
  gpointer              user_data;
  gint64                notified; /* atomic */
  int                   next;     /* atomic: the first pair that nobody has taken */
} Run;

const char *
assay_pair_status_get_name (AssayPairStatus status)
{
  static const char *const names[ASSAY_N_PAIR_STATUSES] = {
    [ASSAY_PAIR_WAITING] = "waiting",
    [ASSAY_PAIR_SAME] = "same",
    [ASSAY_PAIR_EQUAL_VALUES] = "equal-values",
    [ASSAY_PAIR_CHANGED] = "changed",
    [ASSAY_PAIR_RESHAPED] = "reshaped",
    [ASSAY_PAIR_DTYPE_CHANGED] = "dtype-changed",
    [ASSAY_PAIR_UNREADABLE] = "unreadable",
    [ASSAY_PAIR_ONLY_A] = "only-a",
    [ASSAY_PAIR_ONLY_B] = "only-b",
  };

  g_return_val_if_fail (status < ASSAY_N_PAIR_STATUSES, NULL);
  return names[status];
}

gboolean
assay_pair_status_differs (AssayPairStatus status)
{
  return status != ASSAY_PAIR_WAITING && status != ASSAY_PAIR_SAME && status != ASSAY_PAIR_EQUAL_VALUES;
}

static void
comparison_finalize (GObject *object)
{
  AssayComparison *self = ASSAY_COMPARISON (object);

  for (guint32 i = 0; i < self->n_results; i++)
    g_free (self->results[i].reason);
  g_free (self->results);
  g_clear_object (&self->a);
  g_clear_object (&self->b);
  G_OBJECT_CLASS (assay_comparison_parent_class)->finalize (object);
}

static void
assay_comparison_class_init (AssayComparisonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = comparison_finalize;
}

static void
assay_comparison_init (AssayComparison *self)
{
}

/* The variables of a list by key: the first of each, and behind each the next of the same key. */
static GHashTable *
index_keys (AssayVariableList *list, guint32 *next)
{
  GHashTable *first = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint32 n = assay_variable_list_get_n (list); n > 0; n--)
    {
      const char *key = assay_variable_list_get_key (list, n - 1);
      gpointer    later;

      next[n - 1] = g_hash_table_lookup_extended (first, key, NULL, &later) ? GPOINTER_TO_UINT (later) : G_MAXUINT32;
      g_hash_table_insert (first, (char *) key, GUINT_TO_POINTER (n - 1));
    }
  return first;
}

static void
add_result (AssayComparison *self, guint32 a, guint32 b)
{
  AssayPairStatus status = a == G_MAXUINT32 ? ASSAY_PAIR_ONLY_B : b == G_MAXUINT32 ? ASSAY_PAIR_ONLY_A
                                                                                   : ASSAY_PAIR_WAITING;

  self->results[self->n_results++] = (Result){ .a = a, .b = b, .status = status };
}

static void
match (AssayComparison *self)
{
  guint32             n_a = assay_variable_list_get_n (self->a), n_b = assay_variable_list_get_n (self->b);
  g_autofree guint32 *next = g_new (guint32, MAX (n_b, 1));
  g_autofree guint8  *taken = g_new0 (guint8, MAX (n_b, 1));
  g_autoptr (GHashTable) first = index_keys (self->b, next);

  self->results = g_new (Result, (gsize) n_a + n_b + 1);
  for (guint32 i = 0; i < n_a; i++)
    {
      const char *key = assay_variable_list_get_key (self->a, i);
      gpointer    value;
      guint32     partner = g_hash_table_lookup_extended (first, key, NULL, &value) ? GPOINTER_TO_UINT (value) : G_MAXUINT32;

      add_result (self, i, partner);
      if (partner == G_MAXUINT32)
        continue;
      taken[partner] = 1;
      if (next[partner] == G_MAXUINT32)
        g_hash_table_remove (first, key);
      else
        g_hash_table_insert (first, (char *) assay_variable_list_get_key (self->b, next[partner]), GUINT_TO_POINTER (next[partner]));
    }
  for (guint32 i = 0; i < n_b; i++)
    if (!taken[i])
      add_result (self, G_MAXUINT32, i);
}

AssayComparison *
assay_comparison_new (AssayVariableList *a, AssayVariableList *b)
{
  AssayComparison *self;

  g_return_val_if_fail (ASSAY_IS_VARIABLE_LIST (a) && ASSAY_IS_VARIABLE_LIST (b), NULL);
  self = g_object_new (ASSAY_TYPE_COMPARISON, NULL);
  self->a = g_object_ref (a);
  self->b = g_object_ref (b);
  match (self);
  return self;
}

AssayVariableList *
assay_comparison_get_a (AssayComparison *self)
{
  return self->a;
}

AssayVariableList *
assay_comparison_get_b (AssayComparison *self)
{
  return self->b;
}

guint32
assay_comparison_get_n_pairs (AssayComparison *self)
{
  return self->n_results;
}

void
assay_comparison_get_pair (AssayComparison *self, guint32 index, AssayPair *pair)
{
  Result         *result = &self->results[index];
  AssayPairStatus status = g_atomic_int_get (&result->status);

  *pair = (AssayPair){ .a = result->a, .b = result->b, .status = status };
  if (status == ASSAY_PAIR_WAITING)
    return;
  pair->metrics = result->has_metrics ? &result->metrics : NULL;
  pair->reason = result->reason;
}

void
assay_comparison_count (AssayComparison *self, guint32 counts[ASSAY_N_PAIR_STATUSES])
{
  memset (counts, 0, ASSAY_N_PAIR_STATUSES * sizeof *counts);
  for (guint32 i = 0; i < self->n_results; i++)
    counts[g_atomic_int_get (&self->results[i].status)]++;
}

static void
notify (Run *run, gboolean now)
{
  gint64 time = g_get_monotonic_time (), last = __atomic_load_n (&run->notified, __ATOMIC_RELAXED);

  if (run->notify == NULL || (!now && time - last < NOTIFY_US))
    return;
  if (__atomic_compare_exchange_n (&run->notified, &last, time, FALSE, __ATOMIC_RELAXED, __ATOMIC_RELAXED) || now)
    run->notify (run->self, run->user_data);
}

/* Says what became of a pair. */
static void
settle (Run *run, Result *result, AssayPairStatus status, GError *error)
{
  if (error != NULL)
    result->reason = g_strdup (error->message);
  g_atomic_int_set (&result->status, status);
  notify (run, FALSE);
}

static gboolean
has_same_shape (AssaySource *a, AssaySource *b)
{
  guint rank = assay_source_get_rank (a);

  return rank == assay_source_get_rank (b) &&
         (rank == 0 || memcmp (assay_source_get_shape (a), assay_source_get_shape (b), rank * sizeof (guint64)) == 0);
}

/* Compares values; FALSE if it was cancelled. */
static gboolean
compare_sources (Run *run, Result *result, AssaySource *a, AssaySource *b, guint n_threads)
{
  gboolean same_shape = has_same_shape (a, b), same_type = pair_has_same_type (a, b);
  g_autoptr (GError) error = NULL;

  result->has_metrics = pair_metrics_compute (a, b, run->tolerance, n_threads, &run->progress, &result->metrics, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  if (error != NULL && !g_error_matches (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE) && !g_error_matches (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE))
    settle (run, result, ASSAY_PAIR_UNREADABLE, error);
  else if (!same_shape)
    settle (run, result, ASSAY_PAIR_RESHAPED, error);
  else if (!same_type)
    settle (run, result, ASSAY_PAIR_DTYPE_CHANGED, error);
  else if (error != NULL)
    settle (run, result, ASSAY_PAIR_UNREADABLE, error);
  else if (result->metrics.bit_equal)
    settle (run, result, ASSAY_PAIR_SAME, NULL);
  else
    settle (run, result, result->metrics.n_changed == 0 ? ASSAY_PAIR_EQUAL_VALUES : ASSAY_PAIR_CHANGED, NULL);
  return TRUE;
}

/* What can be told without values. */
static gboolean
settle_by_facts (Run *run, Result *result)
{
  AssayComparison *self = run->self;
  gboolean         empty_a = variable_list_is_empty (self->a, result->a), empty_b = variable_list_is_empty (self->b, result->b);

  if (variable_list_shares (self->a, result->a, self->b, result->b))
    settle (run, result, ASSAY_PAIR_SAME, NULL);
  else if (empty_a && empty_b)
    settle (run, result,
            strcmp (assay_variable_list_get_dtype_name (self->a, result->a), assay_variable_list_get_dtype_name (self->b, result->b)) == 0
                ? ASSAY_PAIR_SAME
                : ASSAY_PAIR_DTYPE_CHANGED,
            NULL);
  else if (empty_a || empty_b)
    settle (run, result, ASSAY_PAIR_RESHAPED, NULL);
  else
    return FALSE;
  return TRUE;
}

static gboolean
compare_pair (Run *run, Result *result, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssaySource) a = NULL;
  g_autoptr (AssaySource) b = NULL;

  if (settle_by_facts (run, result))
    return TRUE;
  a = assay_variable_list_dup_source (run->self->a, result->a, &error);
  b = a ? assay_variable_list_dup_source (run->self->b, result->b, &error) : NULL;
  if (b != NULL)
    return compare_sources (run, result, a, b, n_threads);
  settle (run, result, ASSAY_PAIR_UNREADABLE, error);
  return TRUE;
}

static guint64
get_n_common (AssayComparison *self, const Result *result)
{
  return MIN (variable_list_get_n_elements (self->a, result->a), variable_list_get_n_elements (self->b, result->b));
}

static gpointer
compare_small (gpointer data)
{
  Run             *run = data;
  AssayComparison *self = run->self;

  for (;;)
    {
      guint32 i = g_atomic_int_add (&run->next, 1);
      Result *result = &self->results[i];

      if (i >= self->n_results || assay_job_is_cancelled (run->progress.job, NULL))
        return NULL;
      if (g_atomic_int_get (&result->status) != ASSAY_PAIR_WAITING || get_n_common (self, result) >= LARGE)
        continue;
      if (!compare_pair (run, result, 1))
        return NULL;
    }
}

static void
run_small (Run *run, guint n_threads)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (guint i = 1; i < n_threads && i < run->self->n_results; i++)
    g_ptr_array_add (threads, g_thread_new ("compare", compare_small, run));
  compare_small (run);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
}

static void
run_large (Run *run, guint n_threads)
{
  for (guint32 i = 0; i < run->self->n_results; i++)
    if (g_atomic_int_get (&run->self->results[i].status) == ASSAY_PAIR_WAITING)
      if (assay_job_is_cancelled (run->progress.job, NULL) || !compare_pair (run, &run->self->results[i], n_threads))
        return;
}

gboolean
assay_comparison_compute (AssayComparison      *self,
                          double                tolerance,
                          guint                 n_threads,
                          AssayJob             *job,
                          AssayComparisonNotify notify_func,
                          gpointer              user_data,
                          GError              **error)
{
  Run run = { .self = self, .tolerance = tolerance, .progress = { .job = job }, .notify = notify_func, .user_data = user_data };

  g_return_val_if_fail (ASSAY_IS_COMPARISON (self), FALSE);
  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  for (guint32 i = 0; i < self->n_results; i++)
    if (self->results[i].status == ASSAY_PAIR_WAITING)
      run.progress.total += get_n_common (self, &self->results[i]);
  run.notified = g_get_monotonic_time ();
  run_small (&run, n_threads);
  run_large (&run, n_threads);
  notify (&run, TRUE);
  return !assay_job_is_cancelled (job, error);
}
