/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli diff: what changed from one model to another. */

#include "cli-private.h"

#include <assay/comparison.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A metric that rows can be sorted by. */
typedef struct
{
  const char *name;
  const char *title;
  gsize       offset;
  gboolean    is_count;
} Metric;

static const Metric metrics[] = {
  { "relative_l2", N_ ("relative L2"), G_STRUCT_OFFSET (AssayMetrics, relative_l2), FALSE },
  { "max_abs", N_ ("max |Δ|"), G_STRUCT_OFFSET (AssayMetrics, max_abs), FALSE },
  { "cosine_distance", N_ ("1 − cos"), G_STRUCT_OFFSET (AssayMetrics, cosine_distance), FALSE },
  { "l1", N_ ("L1"), G_STRUCT_OFFSET (AssayMetrics, l1), FALSE },
  { "l2", N_ ("L2"), G_STRUCT_OFFSET (AssayMetrics, l2), FALSE },
  { "fraction_changed", N_ ("changed"), G_STRUCT_OFFSET (AssayMetrics, fraction_changed), FALSE },
  { "n_changed", N_ ("values changed"), G_STRUCT_OFFSET (AssayMetrics, n_changed), TRUE },
  { "max_ulp", N_ ("max ULP"), G_STRUCT_OFFSET (AssayMetrics, max_ulp), TRUE },
};

/* The columns that are always there; another metric that rows are sorted by gets one more. */
enum
{
  METRIC_RELATIVE_L2,
  METRIC_MAX_ABS,
  METRIC_COSINE_DISTANCE,
  N_COLUMNS,
  METRIC_FRACTION_CHANGED = 5,
};

typedef struct
{
  AssayComparison  *comparison;
  const CliOptions *options;
  const char       *paths[2];
  const Metric     *metric;
  int               top;
  gboolean          all;
  guint32           counts[ASSAY_N_PAIR_STATUSES];
  GArray           *rows; /* of guint32: pairs to print, in their order */
} Diff;

static const Metric *
find_metric (const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      if (name == NULL || strcmp (metrics[i].name, name) == 0)
        return &metrics[i];
      g_string_append_printf (names, "%s%s", i ? ", " : "", metrics[i].name);
    }
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("There is no metric “%s”; there are %s"), name, names->str);
  return NULL;
}

static double
get_value (const Metric *metric, const AssayMetrics *values)
{
  const void *at = (const guint8 *) values + metric->offset;

  return metric->is_count ? (double) *(const guint64 *) at : *(const double *) at;
}

/* A change from nothing but zeros is larger than any number; what can't be measured comes last. */
static double
get_weight (const Diff *diff, const AssayPair *pair)
{
  double value = pair->metrics ? get_value (diff->metric, pair->metrics) : -1;

  if (!isnan (value))
    return value;
  return assay_pair_status_differs (pair->status) ? INFINITY : 0;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const Diff *diff = data;
  guint32     first = *(const guint32 *) a, second = *(const guint32 *) b;
  AssayPair   x, y;
  double      weight_x, weight_y;

  assay_comparison_get_pair (diff->comparison, first, &x);
  assay_comparison_get_pair (diff->comparison, second, &y);
  weight_x = get_weight (diff, &x);
  weight_y = get_weight (diff, &y);
  if (weight_x != weight_y)
    return weight_x > weight_y ? -1 : 1;
  return first < second ? -1 : first > second;
}

/* Which pairs are printed: in the table those that differ, largest first; in JSON all, in the order of A, unless only some are wanted. */
static void
choose_rows (Diff *diff)
{
  gboolean sorted = !diff->options->json || diff->top > 0;

  diff->rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < assay_comparison_get_n_pairs (diff->comparison); i++)
    {
      AssayPair pair;

      assay_comparison_get_pair (diff->comparison, i, &pair);
      if (diff->options->json ? pair.status != ASSAY_PAIR_ONLY_A && pair.status != ASSAY_PAIR_ONLY_B
                              : diff->all || assay_pair_status_differs (pair.status))
        g_array_append_val (diff->rows, i);
    }
  if (sorted)
    g_array_sort_with_data (diff->rows, compare_rows, diff);
  if (diff->top > 0 && diff->rows->len > (guint) diff->top)
    g_array_set_size (diff->rows, diff->top);
}

static const char *
get_key (const Diff *diff, const AssayPair *pair)
{
  if (pair->a != G_MAXUINT32)
    return assay_variable_list_get_key (assay_comparison_get_a (diff->comparison), pair->a);
  return assay_variable_list_get_key (assay_comparison_get_b (diff->comparison), pair->b);
}

/* What a row is called: the key, or of a file's only array, which has none, the path. */
static char *
dup_name (const Diff *diff, const AssayPair *pair)
{
  const char *key = get_key (diff, pair);

  if (*key == '\0' && pair->a != G_MAXUINT32)
    return assay_variable_list_dup_path (assay_comparison_get_a (diff->comparison), pair->a);
  return g_strdelimit (g_strdup (key), "\n\r\t", ' ');
}

static const char *
get_state (AssayPairStatus status)
{
  static const char *const states[ASSAY_N_PAIR_STATUSES] = {
    [ASSAY_PAIR_WAITING] = N_ ("waiting"),
    [ASSAY_PAIR_SAME] = N_ ("same"),
    [ASSAY_PAIR_EQUAL_VALUES] = N_ ("equal values"),
    [ASSAY_PAIR_CHANGED] = N_ ("changed"),
    [ASSAY_PAIR_RESHAPED] = N_ ("reshaped"),
    [ASSAY_PAIR_DTYPE_CHANGED] = N_ ("other type"),
    [ASSAY_PAIR_UNREADABLE] = N_ ("unreadable"),
    [ASSAY_PAIR_ONLY_A] = N_ ("only in A"),
    [ASSAY_PAIR_ONLY_B] = N_ ("only in B"),
  };

  return _ (states[status]);
}

/* A shape, or both: "12 × 64 → 768"; likewise a dtype. */
static char *
dup_facts (const Diff *diff, const AssayPair *pair)
{
  AssayVariableList *a = assay_comparison_get_a (diff->comparison), *b = assay_comparison_get_b (diff->comparison);
  g_autofree char   *first = pair->a != G_MAXUINT32 ? assay_variable_list_dup_shape_text (a, pair->a) : NULL;
  g_autofree char   *second = pair->b != G_MAXUINT32 ? assay_variable_list_dup_shape_text (b, pair->b) : NULL;
  const char        *type_a = first ? assay_variable_list_get_dtype_name (a, pair->a) : NULL;
  const char        *type_b = second ? assay_variable_list_get_dtype_name (b, pair->b) : NULL;
  GString           *text = g_string_new (first ? first : second);

  if (first && second && strcmp (first, second) != 0)
    g_string_append_printf (text, " → %s", second);
  g_string_append_printf (text, "  %s", type_a ? type_a : type_b);
  if (type_a && type_b && strcmp (type_a, type_b) != 0)
    g_string_append_printf (text, " → %s", type_b);
  return g_string_free (text, FALSE);
}

static void
print_padded (const char *text, int width, gboolean right)
{
  int pad = MAX (width - (int) g_utf8_strlen (text, -1), 0);

  if (right)
    printf ("%*s%s", pad, "", text);
  else
    printf ("%s%*s", text, pad, "");
}

static void
print_metric (const Metric *metric, const AssayMetrics *values)
{
  double value = values ? get_value (metric, values) : NAN;

  if (values == NULL || (!values->numeric && !metric->is_count && metric != &metrics[METRIC_FRACTION_CHANGED]))
    printf ("  %11s", "");
  else if (isnan (value))
    printf ("  %11s", "NaN");
  else if (metric->is_count)
    printf ("  %11.0f", value);
  else
    printf ("  %11.4g", value);
}

/* Few changed values of many aren't told as 0 %. */
static void
print_changed (const AssayMetrics *values)
{
  double share = values ? values->fraction_changed * 100 : 0;

  if (values == NULL)
    return;
  if (share > 0 && share < 0.1)
    printf ("  %8" PRIu64, values->n_changed);
  else
    printf ("  %6.*f %%", share == 0 || share == 100 ? 0 : 1, share);
}

static const char *
get_color (const Diff *diff, AssayPairStatus status)
{
  if (!diff->options->color)
    return "";
  return status == ASSAY_PAIR_ONLY_A || status == ASSAY_PAIR_UNREADABLE ? "\033[31m"
         : status == ASSAY_PAIR_ONLY_B                                  ? "\033[32m"
         : assay_pair_status_differs (status)                           ? "\033[34m"
                                                                        : "\033[2m";
}

static void
print_row (const Diff *diff, guint32 index, int name_width, int facts_width)
{
  AssayPair        pair;
  g_autofree char *facts = NULL, *name = NULL;

  assay_comparison_get_pair (diff->comparison, index, &pair);
  name = dup_name (diff, &pair);
  facts = dup_facts (diff, &pair);
  print_padded (name, name_width, FALSE);
  printf ("  %s", get_color (diff, pair.status));
  print_padded (get_state (pair.status), 12, FALSE);
  printf ("%s  ", diff->options->color ? "\033[0m" : "");
  print_padded (facts, facts_width, FALSE);
  for (int i = 0; i < N_COLUMNS; i++)
    print_metric (&metrics[i], pair.metrics);
  if (diff->metric >= &metrics[N_COLUMNS] && diff->metric != &metrics[METRIC_FRACTION_CHANGED])
    print_metric (diff->metric, pair.metrics);
  print_changed (pair.metrics);
  printf ("%s%s\n", pair.reason ? "  " : "", pair.reason ? pair.reason : "");
}

static void
print_head (const Diff *diff, int name_width, int facts_width)
{
  print_padded (_ ("variable"), name_width, FALSE);
  printf ("  ");
  print_padded (_ ("state"), 12, FALSE);
  printf ("  ");
  print_padded (_ ("shape and type"), facts_width, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (i < N_COLUMNS || (diff->metric == &metrics[i] && i != METRIC_FRACTION_CHANGED))
      {
        printf ("  ");
        print_padded (_ (metrics[i].title), 11, TRUE);
      }
  printf ("  ");
  print_padded (_ ("changed"), 8, TRUE);
  putchar ('\n');
}

static void
print_summary (const Diff *diff)
{
  gboolean first = TRUE;

  for (AssayPairStatus status = ASSAY_PAIR_SAME; status < ASSAY_N_PAIR_STATUSES; status++)
    {
      g_autofree char *count = NULL;

      if (diff->counts[status] == 0)
        continue;
      count = cli_format_count (diff->counts[status]);
      printf ("%s%s %s", first ? "" : " · ", count, get_state (status));
      first = FALSE;
    }
  printf ("%s\n", first ? _ ("Neither has any variables") : "");
}

static void
print_table (const Diff *diff)
{
  int name_width = 8, facts_width = 14;

  for (guint i = 0; i < diff->rows->len; i++)
    {
      AssayPair        pair;
      g_autofree char *facts = NULL, *name = NULL;

      assay_comparison_get_pair (diff->comparison, g_array_index (diff->rows, guint32, i), &pair);
      facts = dup_facts (diff, &pair);
      name = dup_name (diff, &pair);
      name_width = MAX (name_width, MIN ((int) g_utf8_strlen (name, -1), 60));
      facts_width = MAX (facts_width, MIN ((int) g_utf8_strlen (facts, -1), 40));
    }
  if (diff->rows->len > 0)
    print_head (diff, name_width, facts_width);
  for (guint i = 0; i < diff->rows->len; i++)
    print_row (diff, g_array_index (diff->rows, guint32, i), name_width, facts_width);
  print_summary (diff);
}

static void
print_number (gboolean *first, const char *key, gboolean there, double value)
{
  json_print_key (first, key);
  if (there)
    json_print_double (value);
  else
    fputs ("null", stdout);
}

static void
print_count (gboolean *first, const char *key, gboolean there, guint64 value)
{
  json_print_key (first, key);
  if (there)
    printf ("%" PRIu64, value);
  else
    fputs ("null", stdout);
}

static void
print_metrics_json (const AssayMetrics *m)
{
  gboolean first = TRUE;

  if (m == NULL)
    {
      fputs ("null", stdout);
      return;
    }
  putchar ('{');
  json_print_key (&first, "bit_equal");
  fputs (m->bit_equal ? "true" : "false", stdout);
  print_count (&first, "n", TRUE, m->n);
  print_number (&first, "max_abs", m->numeric, m->max_abs);
  print_number (&first, "l1", m->numeric, m->l1);
  print_number (&first, "l2", m->numeric, m->l2);
  print_number (&first, "relative_l2", m->numeric, m->relative_l2);
  print_number (&first, "cosine_distance", m->numeric, m->cosine_distance);
  print_count (&first, "n_changed", TRUE, m->n_changed);
  print_number (&first, "fraction_changed", TRUE, m->fraction_changed);
  print_count (&first, "n_bits_changed", m->has_bits, m->n_bits_changed);
  print_count (&first, "max_ulp", m->has_ulp, m->max_ulp);
  print_count (&first, "n_nan_a", m->numeric, m->n_nan_a);
  print_count (&first, "n_nan_b", m->numeric, m->n_nan_b);
  print_count (&first, "n_nan_both", m->numeric, m->n_nan_both);
  putchar ('}');
}

static void
print_pair_json (const Diff *diff, const AssayPair *pair)
{
  fputs ("{\"a\": ", stdout);
  json_print_string (assay_variable_list_get_key (assay_comparison_get_a (diff->comparison), pair->a));
  fputs (", \"b\": ", stdout);
  json_print_string (assay_variable_list_get_key (assay_comparison_get_b (diff->comparison), pair->b));
  fputs (", \"status\": ", stdout);
  json_print_string (assay_pair_status_get_name (pair->status));
  fputs (", \"renamed\": false, \"transform\": null, \"match\": \"exact\", \"why\": \"The keys are the same\", \"sure\": 1, \"metrics\": ", stdout);
  print_metrics_json (pair->metrics);
  if (pair->reason != NULL)
    {
      fputs (", \"reason\": ", stdout);
      json_print_string (pair->reason);
    }
  putchar ('}');
}

static void
print_alone_json (const Diff *diff, const char *name, AssayPairStatus status)
{
  gboolean first = TRUE;

  printf (",\n\"%s\": [", name);
  for (guint32 i = 0; i < assay_comparison_get_n_pairs (diff->comparison); i++)
    {
      AssayPair pair;

      assay_comparison_get_pair (diff->comparison, i, &pair);
      if (pair.status != status)
        continue;
      fputs (first ? "" : ", ", stdout);
      first = FALSE;
      json_print_string (get_key (diff, &pair));
    }
  putchar (']');
}

static void
print_summary_json (const Diff *diff)
{
  static const struct
  {
    const char     *name;
    AssayPairStatus status;
  } entries[] = {
    { "same", ASSAY_PAIR_SAME },
    { "equal-values", ASSAY_PAIR_EQUAL_VALUES },
    { "changed", ASSAY_PAIR_CHANGED },
    { "reshaped", ASSAY_PAIR_RESHAPED },
    { "dtype-changed", ASSAY_PAIR_DTYPE_CHANGED },
    { "only_a", ASSAY_PAIR_ONLY_A },
    { "only_b", ASSAY_PAIR_ONLY_B },
    { "unreadable", ASSAY_PAIR_UNREADABLE },
  };

  fputs (",\n\"summary\": {", stdout);
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].status != ASSAY_PAIR_UNREADABLE || diff->counts[ASSAY_PAIR_UNREADABLE] > 0)
      printf ("%s\"%s\": %u", i ? ", " : "", entries[i].name, diff->counts[entries[i].status]);
  fputs ("},\n\"pairs\": [", stdout);
}

static gboolean
is_same (const Diff *diff)
{
  for (AssayPairStatus status = ASSAY_PAIR_WAITING; status < ASSAY_N_PAIR_STATUSES; status++)
    if (diff->counts[status] > 0 && assay_pair_status_differs (status))
      return FALSE;
  return TRUE;
}

static void
print_json (const Diff *diff)
{
  fputs ("{\"a\": ", stdout);
  json_print_string (diff->paths[0]);
  fputs (", \"b\": ", stdout);
  json_print_string (diff->paths[1]);
  printf (", \"same\": %s", is_same (diff) ? "true" : "false");
  print_summary_json (diff);
  for (guint i = 0; i < diff->rows->len; i++)
    {
      AssayPair pair;

      assay_comparison_get_pair (diff->comparison, g_array_index (diff->rows, guint32, i), &pair);
      fputs (i ? ",\n" : "", stdout);
      print_pair_json (diff, &pair);
    }
  putchar (']');
  print_alone_json (diff, "only_a", ASSAY_PAIR_ONLY_A);
  print_alone_json (diff, "only_b", ASSAY_PAIR_ONLY_B);
  fputs ("}\n", stdout);
}

static void
tick_cb (AssayComparison *comparison, gpointer data)
{
  cli_progress_tick (data);
}

/* Of two files, the message says which one it is about. */
static AssayManifest *
open_model (const char *path, const CliOptions *options, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  AssayManifest   *manifest = cli_open (path, options, error);

  if (manifest == NULL && error != NULL && strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", path);
  return manifest;
}

static AssayComparison *
compare (const char *const *paths, double tolerance, const CliOptions *options, GError **error)
{
  g_autoptr (AssayManifest) a = open_model (paths[0], options, error);
  g_autoptr (AssayManifest) b = a ? open_model (paths[1], options, error) : NULL;
  g_autoptr (AssayVariableList) first = b ? assay_variable_list_new_for_manifest (a) : NULL;
  g_autoptr (AssayVariableList) second = b ? assay_variable_list_new_for_manifest (b) : NULL;
  g_autoptr (AssayJob) job = cli_progress_new (_ ("Comparing"), options);
  g_autoptr (AssayComparison) comparison = NULL;
  gboolean done;

  if (b == NULL)
    return NULL;
  comparison = assay_comparison_new (first, second);
  done = assay_comparison_compute (comparison, tolerance, options->n_threads, job, tick_cb, job, error);
  cli_progress_end (job);
  return done ? g_steal_pointer (&comparison) : NULL;
}

/* Values that can't be had are trouble: nobody knows whether the models are the same. */
static int
finish (const Diff *diff, GError **error)
{
  if (diff->counts[ASSAY_PAIR_UNREADABLE] == 0)
    return is_same (diff) ? CLI_FINE : CLI_FINDINGS;
  for (guint32 i = 0; i < assay_comparison_get_n_pairs (diff->comparison); i++)
    {
      AssayPair pair;

      assay_comparison_get_pair (diff->comparison, i, &pair);
      if (pair.status != ASSAY_PAIR_UNREADABLE)
        continue;
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   g_dngettext (GETTEXT_PACKAGE, "%u variable of “%s” and “%s” can’t be compared: “%s”: %s",
                                "%u variables of “%s” and “%s” can’t be compared, first “%s”: %s", diff->counts[ASSAY_PAIR_UNREADABLE]),
                   diff->counts[ASSAY_PAIR_UNREADABLE], diff->paths[0], diff->paths[1], get_key (diff, &pair), pair.reason);
      break;
    }
  return CLI_TROUBLE;
}

static gboolean
refuse_later (const char *const *names, char *const *values, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (values[i] != NULL)
      {
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                     _ ("%s isn’t possible yet: this version compares variables of the same key, and writes no patch"), names[i]);
        return FALSE;
      }
  return TRUE;
}

static int
diff_run (int argc, char **argv, GError **error)
{
  CliOptions options;
  Diff       diff = { .options = &options };
  double     tolerance = 0;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayComparison) comparison = NULL;
  g_autofree char *metric = NULL, *map = NULL, *rename = NULL, *patch = NULL;
  int              code;

  const GOptionEntry entries[] = {
    { "tolerance", 0, 0, G_OPTION_ARG_DOUBLE, &tolerance, N_ ("Differences up to T are no change"), "T" },
    { "metric", 0, 0, G_OPTION_ARG_STRING, &metric, N_ ("Sort by relative_l2, max_abs, cosine_distance, l1, l2, fraction_changed, n_changed or max_ulp"), "M" },
    { "top", 0, 0, G_OPTION_ARG_INT, &diff.top, N_ ("Only the N that differ most"), "N" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &diff.all, N_ ("Also what is the same"), NULL },
    { "map", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &map, "", "FILE" },
    { "rename", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &rename, "", "RULE" },
    { "patch", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &patch, "", "OUT" },
    { NULL },
  };

  if (!cli_parse (&cli_diff_command, entries, argc, argv, 2, 2, &options, &words, error) ||
      !refuse_later ((const char *[]){ "--map", "--rename", "--patch" }, (char *[]){ map, rename, patch }, 3, error))
    return CLI_TROUBLE;
  diff.metric = find_metric (metric, error);
  if (diff.metric == NULL)
    return CLI_TROUBLE;
  if (!(tolerance >= 0) || diff.top < 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--tolerance and --top take numbers that aren’t negative"));
      return CLI_TROUBLE;
    }
  comparison = compare ((const char *const *) words, tolerance, &options, error);
  if (comparison == NULL)
    return CLI_TROUBLE;
  diff.comparison = comparison;
  diff.paths[0] = words[0];
  diff.paths[1] = words[1];
  assay_comparison_count (comparison, diff.counts);
  choose_rows (&diff);
  if (options.json)
    print_json (&diff);
  else if (!options.quiet || !is_same (&diff))
    print_table (&diff);
  code = finish (&diff, error);
  g_array_unref (diff.rows);
  return code;
}

const CliCommand cli_diff_command = {
  "diff",
  N_ ("Says what changed from one model to another"),
  "A B",
  "Examples:\n  assay-cli diff base.h5 tuned.h5\n  assay-cli diff a.safetensors b.safetensors --metric max_abs --top 10\n"
  "  assay-cli diff a.npz b.npz --tolerance 1e-6 --json\n\nExit: 0 the same, 1 different, 2 trouble.",
  diff_run,
};
