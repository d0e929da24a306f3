/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/comparison-rows.h>
#include <assay/memory-source.h>
#include <math.h>
#include <string.h>

typedef struct
{
  GString *changes; /* the story: "position-removed+added " */
  guint    n_told;
  guint    n_exchanged;
} Story;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, Story *story)
{
  g_string_append_printf (story->changes, "%u-%u+%u ", position, removed, added);
}

static void
told_cb (AssayComparisonRows *rows, Story *story)
{
  story->n_told++;
}

static void
exchanged_cb (AssayComparisonRows *rows, Story *story)
{
  story->n_exchanged++;
}

static void
follow (AssayComparisonRows *rows, Story *story)
{
  *story = (Story){ .changes = g_string_new (NULL) };
  g_signal_connect (rows, "items-changed", G_CALLBACK (items_changed_cb), story);
  g_signal_connect (rows, "told", G_CALLBACK (told_cb), story);
  g_signal_connect (rows, "exchanged", G_CALLBACK (exchanged_cb), story);
}

static void
assert_changes (Story *story, const char *wanted)
{
  g_assert_cmpstr (story->changes->str, ==, wanted);
  g_string_set_size (story->changes, 0);
}

static void
add (AssayVariableList *list, const char *path, float x, float y)
{
  const float values[] = { x, y };
  g_autoptr (GBytes) bytes = g_bytes_new (values, sizeof values);
  g_autoptr (AssaySource) source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, 4, NULL, 1, &(guint64){ 2 }, bytes);

  assay_variable_list_add (list, path, path, source, NULL);
}

static void
make_lists (AssayVariableList **a, AssayVariableList **b)
{
  *a = assay_variable_list_new ();
  *b = assay_variable_list_new ();
  add (*a, "conv/kernel", 3, 4);
  add (*b, "conv/kernel", 3, 4.5);
  add (*a, "conv/bias", 1, 1);
  add (*b, "conv/bias", 1, 1);
  add (*a, "dense/kernel", 0, 1);
  add (*b, "dense/kernel", 2, 1);
  add (*a, "dense/old", 1, 2);
  add (*b, "head/new", 1, 2);
}

static void
wait (AssayComparisonRows *rows)
{
  while (assay_comparison_rows_get_job (rows) != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
dup_list (AssayComparisonRows *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++)
    {
      g_autoptr (AssayComparisonRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i);

      g_string_append_printf (text, "%s%s:%s", i ? " " : "", assay_comparison_row_get_name (row),
                              assay_pair_status_get_name (assay_comparison_row_get_status (row)));
    }
  return g_string_free (text, FALSE);
}

static void
assert_rows (AssayComparisonRows *rows, const char *wanted)
{
  g_autofree char *got = dup_list (rows);

  g_assert_cmpstr (got, ==, wanted);
}

static AssayComparisonRows *
make_rows (Story *story)
{
  AssayComparisonRows *rows = assay_comparison_rows_new ();
  g_autoptr (AssayVariableList) a = NULL;
  g_autoptr (AssayVariableList) b = NULL;

  make_lists (&a, &b);
  if (story != NULL)
    follow (rows, story);
  assay_comparison_rows_compare (rows, a, b);
  wait (rows);
  return rows;
}

static void
test_differences (void)
{
  Story story;
  g_autoptr (AssayComparisonRows) rows = make_rows (&story);
  guint32 counts[ASSAY_N_PAIR_STATUSES];

  assert_rows (rows, "conv:changed kernel:changed dense:changed kernel:changed old:only-a head:only-b new:only-b");
  g_assert_cmpuint (story.n_told, >=, 1);
  g_assert_cmpuint (story.n_exchanged, ==, 1);
  assay_comparison_rows_count (rows, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_SAME], ==, 1);
  g_assert_cmpuint (counts[ASSAY_PAIR_CHANGED], ==, 2);
  g_string_set_size (story.changes, 0);
  assay_comparison_rows_set_differences_only (rows, FALSE);
  assert_changes (&story, "2-0+1 ");
  assert_rows (rows, "conv:changed kernel:changed bias:same dense:changed kernel:changed old:only-a head:only-b new:only-b");
  g_string_free (story.changes, TRUE);
}

/* A module counts as its variables in one: ‖B − A‖ / ‖A‖ of (3, 4, 1, 1) and (3, 4.5, 1, 1). */
static void
test_modules_sum_up (void)
{
  g_autoptr (AssayComparisonRows) rows = make_rows (NULL);
  g_autoptr (AssayComparisonRow) conv = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  g_autoptr (AssayComparisonRow) kernel = g_list_model_get_item (G_LIST_MODEL (rows), 1);
  AssayMetrics m;

  g_assert_true (assay_comparison_row_is_module (conv));
  g_assert_true (assay_comparison_row_get_metrics (conv, &m));
  g_assert_cmpuint (m.n, ==, 4);
  g_assert_cmpuint (m.n_changed, ==, 1);
  g_assert_cmpfloat (m.max_abs, ==, 0.5);
  g_assert_cmpfloat_with_epsilon (m.relative_l2, 0.5 / sqrt (27), 1e-15);
  g_assert_cmpfloat_with_epsilon (m.cosine_distance, 1 - 29 / (sqrt (27) * sqrt (31.25)), 1e-15);
  g_assert_true (assay_comparison_row_get_metrics (kernel, &m));
  g_assert_cmpfloat (m.relative_l2, ==, 0.1);
  g_assert_cmpfloat (assay_comparison_rows_get_largest (rows), ==, 2);
  g_assert_cmpfloat (assay_comparison_row_get_share (kernel), ==, 0.05);
}

static void
test_sorts (void)
{
  g_autoptr (AssayComparisonRows) rows = make_rows (NULL);

  assay_comparison_rows_sort (rows, ASSAY_COMPARE_BY_RELATIVE_L2, TRUE);
  assert_rows (rows, "dense:changed kernel:changed old:only-a conv:changed kernel:changed head:only-b new:only-b");
  assay_comparison_rows_sort (rows, ASSAY_COMPARE_BY_RELATIVE_L2, FALSE);
  assert_rows (rows, "head:only-b new:only-b conv:changed kernel:changed dense:changed old:only-a kernel:changed");
  assay_comparison_rows_sort (rows, ASSAY_COMPARE_BY_NAME, TRUE);
  assert_rows (rows, "head:only-b new:only-b dense:changed old:only-a kernel:changed conv:changed kernel:changed");
  assay_comparison_rows_set_flat (rows, TRUE);
  assay_comparison_rows_sort (rows, ASSAY_COMPARE_BY_MAX_ABS, TRUE);
  assert_rows (rows, "dense/kernel:changed conv/kernel:changed dense/old:only-a head/new:only-b");
}

static void
test_opens_and_closes (void)
{
  Story story;
  g_autoptr (AssayComparisonRows) rows = make_rows (&story);
  g_autoptr (AssayComparisonRow) dense = g_list_model_get_item (G_LIST_MODEL (rows), 2);

  g_string_set_size (story.changes, 0);
  g_assert_true (assay_comparison_row_is_open (dense));
  assay_comparison_rows_set_open (rows, dense, FALSE);
  assert_changes (&story, "3-2+0 ");
  g_assert_cmpuint (assay_comparison_rows_find (rows, "dense/old"), ==, G_MAXUINT);
  assay_comparison_rows_set_open (rows, dense, TRUE);
  assert_changes (&story, "3-0+2 ");
  g_assert_cmpuint (assay_comparison_rows_find (rows, "dense/old"), ==, 4);
  assay_comparison_rows_set_open (rows, dense, FALSE);
  assay_comparison_rows_set_search (rows, "KERN");
  assert_rows (rows, "conv:changed kernel:changed dense:changed kernel:changed");
  assay_comparison_rows_set_search (rows, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 5);
  g_string_free (story.changes, TRUE);
}

/* What a flat list has stays in its order: the first that differs stands on top. */
static void
test_runs (void)
{
  g_autoptr (AssayComparisonRows) rows = assay_comparison_rows_new ();
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  static const char *const names[] = { "input", "z/conv1", "conv2", "out" };

  for (int i = 0; i < 4; i++)
    {
      const float values[] = { i, i > 0 ? 10 - i : 0 };
      g_autoptr (GBytes) one = g_bytes_new (&values[0], 4);
      g_autoptr (GBytes) other = g_bytes_new (&values[1], 4);
      g_autoptr (AssaySource) x = assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, 4, NULL, 0, NULL, one);
      g_autoptr (AssaySource) y = assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, 4, NULL, 0, NULL, other);

      assay_variable_list_add (a, names[i], NULL, x, NULL);
      assay_variable_list_add (b, names[i], NULL, y, NULL);
    }
  assay_comparison_rows_compare (rows, a, b);
  wait (rows);
  assert_rows (rows, "z/conv1:changed conv2:changed out:changed");
}

/* Rows that are held outlive the comparison that they were of. */
static void
test_compares_again (void)
{
  Story story;
  g_autoptr (AssayComparisonRows) rows = make_rows (&story);
  g_autoptr (AssayComparisonRow) old = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  g_autoptr (AssayVariableList) a = NULL;
  g_autoptr (AssayVariableList) b = NULL;

  make_lists (&a, &b);
  assay_comparison_rows_compare (rows, a, a);
  wait (rows);
  g_assert_cmpuint (story.n_exchanged, ==, 2);
  assert_rows (rows, "");
  g_assert_cmpstr (assay_comparison_row_get_path (old), ==, "");
  g_assert_cmpint (assay_comparison_row_get_status (old), ==, ASSAY_PAIR_WAITING);
  assay_comparison_rows_compare (rows, a, b);
  assay_comparison_rows_compare (rows, b, a);
  wait (rows);
  assert_rows (rows, "conv:changed kernel:changed dense:changed kernel:changed old:only-b head:only-a new:only-a");
  g_string_free (story.changes, TRUE);
}

/* A source that waits until it is cancelled. */
#define TYPE_SLOW_SOURCE (slow_source_get_type ())
G_DECLARE_FINAL_TYPE (SlowSource, slow_source, SLOW, SOURCE, AssaySource)

struct _SlowSource
{
  AssaySource parent_instance;
};

G_DEFINE_FINAL_TYPE (SlowSource, slow_source, ASSAY_TYPE_SOURCE)

static int n_quick; /* reads that don't wait any more */

static gboolean
slow_source_read (AssaySource *source, const guint64 *start, const guint64 *count, void *out, GCancellable *cancellable, GError **error)
{
  while (g_atomic_int_get (&n_quick) == 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (1000);
    }
  memset (out, 0, count[0] * 4);
  return TRUE;
}

static void
slow_source_class_init (SlowSourceClass *klass)
{
  ASSAY_SOURCE_CLASS (klass)->read = slow_source_read;
}

static void
slow_source_init (SlowSource *self)
{
}

static void
add_slow (AssayVariableList *list)
{
  g_autoptr (AssaySource) source = g_object_new (TYPE_SLOW_SOURCE, NULL);

  assay_source_init_facts (source, ASSAY_DTYPE_FLOAT32, 4, NULL, 1, &(guint64){ 10 });
  assay_variable_list_add (list, "slow", NULL, source, NULL);
}

static void
test_stops_half_way_and_resumes (void)
{
  g_autoptr (AssayComparisonRows) rows = assay_comparison_rows_new ();
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  guint32 counts[ASSAY_N_PAIR_STATUSES];
  gint64  stopped;

  add (a, "quick", 1, 2);
  add (b, "quick", 1, 3);
  add_slow (a);
  add_slow (b);
  assay_comparison_rows_compare (rows, a, b);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      assay_comparison_rows_count (rows, counts);
    }
  while (counts[ASSAY_PAIR_CHANGED] == 0);
  g_assert_nonnull (assay_comparison_rows_get_job (rows));
  stopped = g_get_monotonic_time ();
  assay_comparison_rows_stop (rows);
  wait (rows);
  g_assert_cmpint (g_get_monotonic_time () - stopped, <, G_USEC_PER_SEC);
  assay_comparison_rows_count (rows, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_WAITING], ==, 1);
  assert_rows (rows, "quick:changed");
  g_atomic_int_set (&n_quick, 1);
  assay_comparison_rows_resume (rows);
  wait (rows);
  assay_comparison_rows_count (rows, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_WAITING], ==, 0);
  g_assert_cmpuint (counts[ASSAY_PAIR_SAME], ==, 1);
}

/* How long the main thread is kept by a hundred thousand variables. */
static void
test_hundred_thousand (void)
{
  g_autoptr (AssayComparisonRows) rows = assay_comparison_rows_new ();
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  gint64 longest = 0, begun;

  for (int i = 0; i < 100000; i++)
    {
      g_autofree char *path = g_strdup_printf ("layers/%d/block%d/w%d", i / 100, i / 10 % 10, i % 10);

      add (a, path, i, 1);
      add (b, path, i, i % 3 ? 1 : i);
    }
  assay_comparison_rows_compare (rows, a, b);
  while (assay_comparison_rows_get_job (rows) != NULL)
    {
      g_poll (NULL, 0, 5);
      begun = g_get_monotonic_time ();
      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, g_get_monotonic_time () - begun);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 33334 + 1 + 1000 + 10000);
  begun = g_get_monotonic_time ();
  assay_comparison_rows_sort (rows, ASSAY_COMPARE_BY_RELATIVE_L2, TRUE);
  g_test_message ("longest turn of the main loop %.1f ms, sorting %.1f ms", longest / 1e3, (g_get_monotonic_time () - begun) / 1e3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/comparison-rows/differences", test_differences);
  g_test_add_func ("/comparison-rows/modules-sum-up", test_modules_sum_up);
  g_test_add_func ("/comparison-rows/sorts", test_sorts);
  g_test_add_func ("/comparison-rows/opens-and-closes", test_opens_and_closes);
  g_test_add_func ("/comparison-rows/runs", test_runs);
  g_test_add_func ("/comparison-rows/compares-again", test_compares_again);
  g_test_add_func ("/comparison-rows/stops-half-way-and-resumes", test_stops_half_way_and_resumes);
  g_test_add_func ("/comparison-rows/hundred-thousand", test_hundred_thousand);
  return g_test_run ();
}
