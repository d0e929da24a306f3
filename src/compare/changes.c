/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each piece keeps its largest; what is below the smallest of those that are already known can't be among them, and most is passed over
 * by that. */

#include <assay/difference.h>

#include <assay/convert.h>
#include <assay/error.h>
#include <math.h>
#include <string.h>

#include "metrics-private.h"
#include "pair-sums-private.h"

#define BLOCK 2048
#define STRINGS 4096

typedef struct
{
  PairKind kind;
  guint    n_max;
  GMutex   lock;
  GArray  *changes; /* of AssayChange without texts, largest first, at most n_max */
  double   least;   /* magnitude below which nothing is wanted */
  guint64  last;    /* and of that magnitude, nothing behind this */
} Search;

static void
clear_change (gpointer data)
{
  AssayChange *change = data;

  g_free (change->a);
  g_free (change->b);
}

/* How much a change counts: where just one is NaN, most. */
static double
get_weight (double difference)
{
  return isnan (difference) ? INFINITY : fabs (difference);
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const AssayChange *first = a, *second = b;
  double             x = get_weight (first->difference), y = get_weight (second->difference);

  if (isnan (first->difference) != isnan (second->difference))
    return isnan (first->difference) ? -1 : 1;
  if (x != y)
    return x > y ? -1 : 1;
  return first->flat < second->flat ? -1 : first->flat > second->flat;
}

/* Takes over what a piece has found. */
static void
add_found (Search *search, GArray *found)
{
  if (found->len == 0)
    return;
  g_mutex_lock (&search->lock);
  g_array_append_vals (search->changes, found->data, found->len);
  g_array_sort (search->changes, compare_changes);
  if (search->changes->len > search->n_max)
    g_array_set_size (search->changes, search->n_max);
  if (search->changes->len == search->n_max)
    {
      search->least = get_weight (g_array_index (search->changes, AssayChange, search->n_max - 1).difference);
      search->last = g_array_index (search->changes, AssayChange, search->n_max - 1).flat;
    }
  g_mutex_unlock (&search->lock);
  g_array_set_size (found, 0);
}

/* Numbers of a block that may be among the largest. Of equal ones an earlier element comes first. */
static void
search_numbers (Search *search, guint64 first, const double *differences, gsize n, GArray *found)
{
  double  least;
  guint64 last;

  g_mutex_lock (&search->lock);
  least = search->least;
  last = search->last;
  g_mutex_unlock (&search->lock);
  for (gsize i = 0; i < n; i++)
    {
      AssayChange change = { .flat = first + i, .difference = differences[i] };
      double      magnitude = fabs (differences[i]);

      if (differences[i] == 0 || magnitude < least || (magnitude == least && first + i > last))
        continue;
      g_array_append_val (found, change);
    }
}

static void
search_texts (Search *search, guint64 first, const guint8 *a, const guint8 *b, gsize n, GArray *found)
{
  for (gsize i = 0; i < n && found->len < search->n_max; i++)
    {
      AssayChange change = { .flat = first + i, .difference = NAN };
      PairSums    sums = { 0 };

      pair_sums_add (&sums, &search->kind, a + i * search->kind.item_a, b + i * search->kind.item_b, 1);
      if (sums.n_changed > 0)
        g_array_append_val (found, change);
    }
}

static void
search_piece (gpointer data, guint64 piece, guint64 first, const void *a, const void *b, gsize n)
{
  Search       *search = data;
  const guint8 *p = a, *q = b;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (AssayChange));
  double differences[BLOCK];

  if (pair_kind_is_text (&search->kind))
    {
      search_texts (search, first, a, b, n, found);
      add_found (search, found);
      return;
    }
  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_block = MIN (BLOCK, n - i);

      pair_differences (&search->kind, p + i * search->kind.item_a, q + i * search->kind.item_b, differences, n_block);
      search_numbers (search, first + i, differences, n_block, found);
      add_found (search, found);
    }
}

/* The first strings that differ. */
static gboolean
search_strings (Search *search, PairScan *scan, PairProgress *progress, GError **error)
{
  GCancellable *cancellable = progress->job ? assay_job_get_cancellable (progress->job) : NULL;

  for (guint64 first = 0; first < scan->n && search->changes->len < search->n_max;)
    {
      guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
      guint64 n = assay_flat_box (scan->rank, scan->shape, first, MIN (scan->n - first, STRINGS), start, count);
      g_autoptr (GPtrArray) a = assay_source_read_strings (scan->a, start, count, cancellable, error);
      g_autoptr (GPtrArray) b = a ? assay_source_read_strings (scan->b, start, count, cancellable, error) : NULL;

      if (b == NULL)
        return FALSE;
      for (guint64 i = 0; i < n && search->changes->len < search->n_max; i++)
        {
          AssayChange change = { .flat = first + i, .difference = NAN };

          if (!g_bytes_equal (a->pdata[i], b->pdata[i]))
            g_array_append_val (search->changes, change);
        }
      first += n;
      pair_progress_add (progress, n);
    }
  return TRUE;
}

/* Long strings are cut: this is for a list. */
static char *
dup_value (AssaySource *source, const guint64 *index, GCancellable *cancellable, GError **error)
{
  guint64          ones[ASSAY_MAX_RANK];
  g_autofree void *value = NULL;

  for (guint i = 0; i < ASSAY_MAX_RANK; i++)
    ones[i] = 1;
  if (assay_source_get_dtype (source) == ASSAY_DTYPE_STRING)
    {
      g_autoptr (GPtrArray) strings = assay_source_read_strings (source, index, ones, cancellable, error);

      return strings == NULL ? NULL : assay_text_escape (g_bytes_get_data (strings->pdata[0], NULL), MIN (g_bytes_get_size (strings->pdata[0]), 200));
    }
  value = g_malloc (assay_source_get_item_size (source));
  if (!assay_source_read (source, index, ones, value, cancellable, error))
    return NULL;
  return assay_value_format_named (assay_source_get_dtype (source), assay_source_get_dtype_name (source), assay_source_get_item_size (source),
                                   value, ASSAY_FORMAT_SHORTEST);
}

static gboolean
add_texts (const PairScan *scan, GArray *changes, AssayJob *job, GError **error)
{
  GCancellable *cancellable = job ? assay_job_get_cancellable (job) : NULL;

  for (guint i = 0; i < changes->len; i++)
    {
      AssayChange *change = &g_array_index (changes, AssayChange, i);
      guint64      index[ASSAY_MAX_RANK];

      assay_shape_index (scan->rank, scan->shape, change->flat, index);
      change->a = dup_value (scan->a, index, cancellable, error);
      change->b = change->a ? dup_value (scan->b, index, cancellable, error) : NULL;
      if (change->b == NULL)
        return FALSE;
    }
  return TRUE;
}

GArray *
assay_changes_find (AssaySource *a, AssaySource *b, guint n_max, guint n_threads, AssayJob *job, GError **error)
{
  Search       search = { .n_max = MAX (n_max, 1), .last = G_MAXUINT64 };
  PairProgress progress = { .job = job };
  PairScan     scan;
  gboolean     found;
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (AssayChange));

  g_return_val_if_fail (ASSAY_IS_SOURCE (a) && ASSAY_IS_SOURCE (b), NULL);
  if (!pair_can_compare (a, b, error) || !pair_scan_init (&scan, a, b, error))
    return NULL;
  search.kind = (PairKind){ .a = assay_source_get_dtype (a), .b = assay_source_get_dtype (b), .item_a = assay_source_get_item_size (a), .item_b = assay_source_get_item_size (b) };
  search.changes = changes;
  progress.total = scan.n;
  g_mutex_init (&search.lock);
  if (search.kind.a == ASSAY_DTYPE_STRING)
    found = search_strings (&search, &scan, &progress, error);
  else
    found = pair_scan_run (&scan, n_threads, &progress, search_piece, &search, error);
  g_mutex_clear (&search.lock);
  g_array_set_clear_func (changes, clear_change);
  return found && add_texts (&scan, changes, job, error) ? g_steal_pointer (&changes) : NULL;
}
