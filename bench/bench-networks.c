/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Steady forward runs of networks with random weights: ResNet-50, MobileNetV2, BERT-base, and small ones. bench-networks.py has the same in TensorFlow
 * and runs both in turn.
 *
 *   bench-networks NAME [RUNS [THREADS [profile]]]   prints the median time of a run, and the processors' time, in milliseconds
 */

#include <assay/nn-operations.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static guint32 seed = 1;

static float
next_random (void)
{
  seed = seed * 1664525 + 1013904223;
  return (seed >> 8) / 8388608.0f - 1;
}

/* A weight of that shape, uniform within ±@bound around @middle. */
static AssayValue *
weight (float middle, float bound, guint rank, const gint64 *dims)
{
  guint64 shape[4], n = 1;
  float  *data;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < rank; i++)
    n *= shape[i] = dims[i];
  data = g_new (float, n);
  for (guint64 i = 0; i < n; i++)
    data[i] = middle + bound * next_random ();
  bytes = g_bytes_new_take (data, n * sizeof *data);
  return assay_pool_take (assay_value_new_take (assay_tensor_new (ASSAY_DTYPE_FLOAT32, rank, shape, bytes, NULL)));
}

static AssayValue *
normalize (AssayValue *x, GError **error)
{
  gint64 n = assay_value_get_dim (x, -1);

  return assay_batch_norm (x, weight (1, 0.1, 1, &n), weight (0, 0.1, 1, &n), weight (0, 0.1, 1, &n), weight (1, 0.1, 1, &n), 1e-3, error);
}

static AssayValue *
conv (AssayValue *x, int kernel, int stride, gint64 n, GError **error)
{
  gint64 dims[] = { kernel, kernel, assay_value_get_dim (x, -1), n };

  x = assay_conv_2d (x, weight (0, sqrtf (3.0f / (dims[0] * dims[1] * dims[2])), 4, dims), stride, ASSAY_PADDING_SAME, error);
  return normalize (x, error);
}

static AssayValue *
depthwise (AssayValue *x, int stride, GError **error)
{
  gint64 dims[] = { 3, 3, assay_value_get_dim (x, -1), 1 };

  x = assay_depthwise_conv_2d (x, weight (0, 0.5, 4, dims), stride, ASSAY_PADDING_SAME, error);
  return normalize (x, error);
}

/* Mean over the image, a dense layer, softmax. */
static AssayValue *
classify (AssayValue *x, GError **error)
{
  gint64 dims[] = { assay_value_get_dim (x, -1), 1000 };

  x = assay_apply ("Mean", NULL, error, x, assay_constant_ints (2, (gint64[]){ 1, 2 }));
  x = assay_matmul (x, weight (0, 0.03, 2, dims), error);
  x = assay_bias_add (x, weight (0, 0.1, 1, dims + 1), error);
  return assay_apply ("Softmax", NULL, error, x);
}

static AssayValue *
resnet (AssayValue *x, GError **error)
{
  static const int n_blocks[] = { 3, 4, 6, 3 };

  x = assay_relu (conv (x, 7, 2, 64, error), error);
  x = assay_max_pool_2d (x, 3, 2, ASSAY_PADDING_SAME, error);
  for (int stage = 0; stage < 4; stage++)
    for (int block = 0; block < n_blocks[stage]; block++)
      {
        gint64      n = 64 << stage;
        int         stride = block == 0 && stage > 0 ? 2 : 1;
        AssayValue *shortcut = block == 0 ? conv (x, 1, stride, 4 * n, error) : x;

        x = assay_relu (conv (x, 1, stride, n, error), error);
        x = assay_relu (conv (x, 3, 1, n, error), error);
        x = assay_relu (assay_add (conv (x, 1, 1, 4 * n, error), shortcut, error), error);
      }
  return classify (x, error);
}

static AssayValue *
mobilenet (AssayValue *x, GError **error)
{
  static const struct
  {
    int expansion, channels, count, stride;
  } stages[] = { { 1, 16, 1, 1 }, { 6, 24, 2, 2 }, { 6, 32, 3, 2 }, { 6, 64, 4, 2 }, { 6, 96, 3, 1 }, { 6, 160, 3, 2 }, { 6, 320, 1, 1 } };

  x = assay_apply ("Relu6", NULL, error, conv (x, 3, 2, 32, error));
  for (gsize stage = 0; stage < G_N_ELEMENTS (stages); stage++)
    for (int block = 0; block < stages[stage].count; block++)
      {
        AssayValue *from = x;
        int         stride = block == 0 ? stages[stage].stride : 1;

        if (stages[stage].expansion > 1)
          x = assay_apply ("Relu6", NULL, error, conv (x, 1, 1, stages[stage].expansion * assay_value_get_dim (x, -1), error));
        x = assay_apply ("Relu6", NULL, error, depthwise (x, stride, error));
        x = conv (x, 1, 1, stages[stage].channels, error);
        if (block > 0)
          x = assay_add (x, from, error);
      }
  return classify (assay_apply ("Relu6", NULL, error, conv (x, 1, 1, 1280, error)), error);
}

static AssayValue *
project (AssayValue *x, const char *text, guint rank, const gint64 *dims, guint bias_rank, GError **error)
{
  x = assay_einsum (text, x, weight (0, 0.04, rank, dims), error);
  return assay_add (x, weight (0, 0.1, bias_rank, dims + rank - bias_rank), error);
}

static AssayValue *
layer_norm (AssayValue *x, GError **error)
{
  gint64      n = assay_value_get_dim (x, -1), axis = -1;
  AssayAttrs *keep = assay_attrs_set_bool (assay_attrs_new (), "keep_dims", TRUE);
  AssayValue *mean = assay_apply ("Mean", assay_attrs_ref (keep), error, x, assay_constant_ints (1, &axis));
  AssayValue *d = assay_apply ("Sub", NULL, error, x, mean);
  AssayValue *variance = assay_apply ("Mean", keep, error, assay_apply ("Square", NULL, error, d), assay_constant_ints (1, &axis));

  variance = assay_apply ("Sqrt", NULL, error, assay_add (variance, assay_constant_scalar (1e-6f), error));
  x = assay_apply ("RealDiv", NULL, error, d, variance);
  return assay_add (assay_mul (x, weight (1, 0.1, 1, &n), error), weight (0, 0.1, 1, &n), error);
}

/* By tanh, as BERT's. */
static AssayValue *
gelu (AssayValue *x, GError **error)
{
  AssayValue *cube = assay_mul (x, assay_apply ("Square", NULL, error, x), error);
  AssayValue *inner = assay_mul (assay_add (x, assay_mul (cube, assay_constant_scalar (0.044715f), error), error), assay_constant_scalar (0.7978845608f), error);
  AssayValue *half = assay_mul (x, assay_constant_scalar (0.5f), error);

  return assay_mul (half, assay_add (assay_apply ("Tanh", NULL, error, inner), assay_constant_scalar (1), error), error);
}

static AssayValue *
bert (AssayValue *x, GError **error)
{
  const gint64 in[] = { 768, 12, 64 }, out[] = { 12, 64, 768 }, up[] = { 768, 3072 }, down[] = { 3072, 768 };

  for (int layer = 0; layer < 12; layer++)
    {
      AssayValue *q = project (x, "abc,cde->abde", 3, in, 2, error), *k = project (x, "abc,cde->abde", 3, in, 2, error);
      AssayValue *v = project (x, "abc,cde->abde", 3, in, 2, error), *scores;

      q = assay_mul (q, assay_constant_scalar (0.125f), error);
      scores = assay_apply ("Softmax", NULL, error, assay_einsum ("aecd,abcd->acbe", k, q, error));
      v = assay_einsum ("acbe,aecd->abcd", scores, v, error);
      x = layer_norm (assay_add (x, project (v, "abcd,cde->abe", 3, out, 1, error), error), error);
      v = gelu (project (x, "abc,cd->abd", 2, up, 1, error), error);
      x = layer_norm (assay_add (x, project (v, "abc,cd->abd", 2, down, 1, error), error), error);
    }
  return x;
}

/* Fifty small dense layers: what it costs to run an operation at all. */
static AssayValue *
small_layers (AssayValue *x, GError **error)
{
  const gint64 dims[] = { 64, 64 };

  for (int i = 0; i < 50; i++)
    x = assay_relu (assay_add (assay_matmul (x, weight (0, 0.2, 2, dims), error), weight (0, 0.1, 1, dims), error), error);
  return x;
}

/* A perceptron for digits. */
static AssayValue *
perceptron (AssayValue *x, GError **error)
{
  static const gint64 dims[][2] = { { 784, 512 }, { 512, 512 }, { 512, 10 } };

  for (gsize i = 0; i < G_N_ELEMENTS (dims); i++)
    x = assay_relu (assay_add (assay_matmul (x, weight (0, 0.05, 2, dims[i]), error), weight (0, 0.1, 1, dims[i] + 1), error), error);
  return x;
}

static const struct
{
  const char *name;
  AssayValue *(*build) (AssayValue *x, GError **error);
  guint  rank;
  gint64 dims[4];
} networks[] = {
  { "resnet-50", resnet, 4, { 1, 224, 224, 3 } },
  { "mobilenet-v2", mobilenet, 4, { 1, 224, 224, 3 } },
  { "bert-base", bert, 3, { 1, 128, 768 } },
  { "perceptron", perceptron, 2, { 1, 784 } },
  { "small-layers", small_layers, 2, { 1, 64 } },
  { "resnet-50-batch", resnet, 4, { 8, 224, 224, 3 } },
};

typedef struct
{
  gint64      last;
  GHashTable *times; /* op → gint64 */
} Profile;

static void
observe (AssayFunction *function, guint operation, AssayValue *const *outputs, gpointer data)
{
  Profile    *self = data;
  const char *op = assay_function_get_operation (function, operation)->op->name;
  gint64      now = g_get_monotonic_time ();

  g_hash_table_insert (self->times, (gpointer) op, GSIZE_TO_POINTER (GPOINTER_TO_SIZE (g_hash_table_lookup (self->times, op)) + now - self->last));
  self->last = now;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
print_profile (const Profile *profile, int n_runs)
{
  GHashTableIter iter;
  gpointer       op, time;

  g_hash_table_iter_init (&iter, profile->times);
  while (g_hash_table_iter_next (&iter, &op, &time))
    fprintf (stderr, "%10.3f ms  %s\n", GPOINTER_TO_SIZE (time) / 1e3 / n_runs, (const char *) op);
}

static double
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

int
main (int argc, char *argv[])
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  guint              which = 0, n_runs = argc > 2 ? atoi (argv[2]) : 10;
  g_autofree double *times = g_new (double, n_runs + 1);
  AssayTrace        *trace;
  AssayPartialShape  shape;
  AssayValue        *x;
  double             cpu = 0;
  Profile            profile = { .times = g_hash_table_new (g_str_hash, g_str_equal) };
  AssayRunOptions    options = { .observer = observe, .observer_data = &profile };

  while (argc > 1 && which < G_N_ELEMENTS (networks) && !g_str_equal (networks[which].name, argv[1]))
    which++;
  if (argc < 2 || which == G_N_ELEMENTS (networks))
    {
      fprintf (stderr, "usage: bench-networks NAME [RUNS [THREADS [profile]]]\n");
      return 2;
    }
  assay_engine_set_n_threads (argc > 3 ? atoi (argv[3]) : 0);
  trace = assay_trace_begin (library, "call");
  shape = assay_partial_shape_new (networks[which].rank, networks[which].dims);
  x = assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape);
  x = networks[which].build (x, &error);
  if (x == NULL)
    g_error ("%s", error->message);
  assay_trace_add_result (trace, "y", x, NULL);
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  if (plan == NULL)
    g_error ("%s", error->message);
  x = weight (0, 1, networks[which].rank, networks[which].dims);
  for (guint i = 0; i <= n_runs; i++)
    {
      AssayValue *result = NULL;
      gint64      start = profile.last = g_get_monotonic_time ();

      if (i == 1)
        cpu = cpu_ms ();
      if (!assay_plan_run (plan, &x, 1, argc > 4 && i > 0 ? &options : NULL, &result, &error))
        g_error ("%s", error->message);
      times[i] = (g_get_monotonic_time () - start) / 1e3;
      assay_value_unref (result);
    }
  qsort (times + 1, n_runs, sizeof *times, compare_times);
  printf ("%.3f %.3f\n", times[1 + n_runs / 2], (cpu_ms () - cpu) / n_runs);
  if (argc > 4)
    print_profile (&profile, n_runs);
  g_hash_table_unref (profile.times);
  return 0;
}
