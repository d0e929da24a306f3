/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What plans run as one, or in the memory of inputs, gives what the operations give one after the other; and it can be cancelled. */

#include <assay/nn-operations.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

static AssayValue *
numbers (guint seed, guint rank, const gint64 *dims)
{
  guint64           n = 1;
  g_autofree float *data = NULL;

  for (guint i = 0; i < rank; i++)
    n *= dims[i];
  data = g_new (float, n);
  for (guint64 i = 0; i < n; i++)
    data[i] = (((guint32) i * 2654435761u + seed * 40503u) >> 16) % 257 / 64.0f - 2;
  return assay_constant (rank, dims, data);
}

static AssayAttrs *
windows (const char *format)
{
  AssayAttrs *attrs = assay_attrs_set_string (assay_attrs_new (), "padding", "SAME");

  return assay_attrs_set_string (assay_attrs_set_ints (attrs, "strides", 4, (gint64[]){ 1, 1, 1, 1 }), "data_format", format);
}

static AssayValue *
conv (AssayValue *x, gint64 kernel, gint64 n, GError **error)
{
  return assay_conv_2d (x, numbers (2, 4, (gint64[]){ kernel, kernel, assay_value_get_dim (x, -1), n }), 1, ASSAY_PADDING_SAME, error);
}

static AssayValue *
bias (AssayValue *x, gint64 n, GError **error)
{
  return assay_bias_add (x, numbers (3, 1, &n), error);
}

static AssayValue *
norm (AssayValue *x, AssayValue **mean, GError **error)
{
  gint64      n = assay_value_get_dim (x, -1);
  AssayValue *inputs[] = { x, numbers (4, 1, &n), numbers (5, 1, &n), numbers (6, 1, &n), assay_apply ("Abs", NULL, error, numbers (7, 1, &n)) };
  AssayValue *outputs[6] = { NULL };

  assay_apply_many ("FusedBatchNormV3", assay_attrs_set_bool (assay_attrs_new (), "is_training", FALSE), 5, inputs, 6, outputs, error);
  if (mean != NULL)
    *mean = outputs[1];
  return outputs[0];
}

static AssayValue *
build_conv_bias_norm_relu (AssayValue *x, GError **error)
{
  return assay_relu (norm (bias (conv (x, 3, 5, error), 5, error), NULL, error), error);
}

static AssayValue *
build_residual (AssayValue *x, GError **error)
{
  AssayValue *shortcut = norm (conv (x, 1, 6, error), NULL, error), *y = assay_relu (norm (conv (x, 3, 6, error), NULL, error), error);

  y = assay_relu (assay_add (norm (conv (y, 1, 6, error), NULL, error), shortcut, error), error);
  return assay_apply ("Relu6", NULL, error, assay_add (y, norm (conv (y, 3, 6, error), NULL, error), error));
}

/* What is in between is needed by others, too. */
static AssayValue *
build_used_twice (AssayValue *x, GError **error)
{
  AssayValue *y = conv (x, 3, 4, error), *z = bias (y, 4, error), *mean = NULL;

  z = norm (z, &mean, error);
  return assay_mul (assay_add (assay_add (z, y, error), mean, error), assay_relu (z, error), error);
}

static AssayValue *
build_depthwise (AssayValue *x, GError **error)
{
  gint64 n = assay_value_get_dim (x, -1);

  x = assay_apply ("DepthwiseConv2dNative", windows ("NHWC"), error, x, numbers (2, 4, (gint64[]){ 3, 3, n, 1 }));
  x = assay_apply ("Relu6", NULL, error, norm (x, NULL, error));
  return bias (conv (x, 1, 3, error), 3, error);
}

static AssayValue *
build_channels_first (AssayValue *x, GError **error)
{
  x = assay_apply ("Conv2D", windows ("NCHW"), error, x, numbers (2, 4, (gint64[]){ 3, 3, assay_value_get_dim (x, 1), 4 }));
  x = assay_apply ("BiasAdd", assay_attrs_set_string (assay_attrs_new (), "data_format", "NCHW"), error, x, numbers (3, 1, (gint64[]){ 4 }));
  return assay_relu (x, error);
}

static AssayValue *
build_dense (AssayValue *x, GError **error)
{
  gint64 n = assay_value_get_dim (x, -1);

  x = assay_matmul (x, numbers (2, 2, (gint64[]){ n, 40 }), error);
  x = assay_relu (assay_add (x, numbers (3, 1, (gint64[]){ 40 }), error), error);
  x = assay_matmul (x, numbers (4, 2, (gint64[]){ 40, 3 }), error);
  return assay_apply ("Softmax", NULL, error, assay_add (numbers (5, 2, (gint64[]){ 1, 3 }), x, error));
}

/* A bias that only broadcasting makes fit, and one a row. */
static AssayValue *
build_broadcast (AssayValue *x, GError **error)
{
  gint64 n = assay_value_get_dim (x, -1);

  x = assay_add (assay_matmul (x, numbers (2, 2, (gint64[]){ n, 4 }), error), assay_constant_scalar (3), error);
  x = assay_matmul (x, numbers (2, 2, (gint64[]){ 4, 4 }), error);
  return assay_add (x, numbers (4, 3, (gint64[]){ 2, 1, 4 }), error);
}

static AssayValue *
build_einsum (AssayValue *x, GError **error)
{
  AssayValue *y = assay_einsum ("abc,cde->abde", x, numbers (2, 3, (gint64[]){ assay_value_get_dim (x, -1), 3, 5 }), error);

  y = assay_relu (assay_add (y, numbers (3, 2, (gint64[]){ 3, 5 }), error), error);
  y = assay_einsum ("abcd,cde->eba", y, numbers (4, 3, (gint64[]){ 3, 5, 4 }), error);
  return assay_add (y, numbers (5, 1, (gint64[]){ 2 }), error);
}

/* By name: what pools, normalises and convolves gives what its parts give. */
static AssayValue *
build_by_name (AssayValue *x, GError **error)
{
  gint64      n = assay_value_get_dim (x, -1);
  AssayValue *scale = numbers (4, 1, &n), *variance = assay_square (numbers (5, 1, &n), error);
  AssayValue *y = assay_batch_norm (x, scale, scale, scale, variance, 0.5, error);

  y = assay_add (assay_max_pool_2d (y, 3, 1, ASSAY_PADDING_SAME, error), assay_avg_pool_2d (x, 3, 1, ASSAY_PADDING_SAME, error), error);
  return assay_relu (assay_depthwise_conv_2d (y, numbers (6, 4, (gint64[]){ 2, 2, n, 2 }), 2, ASSAY_PADDING_VALID, error), error);
}

/* Memory of inputs is used again, but not where another needs them. */
static AssayValue *
build_in_place (AssayValue *x, GError **error)
{
  AssayValue *a = assay_apply ("Square", NULL, error, x), *b = assay_apply ("Tanh", NULL, error, a);
  AssayValue *c = assay_add (a, b, error), *d = assay_apply ("Identity", NULL, error, c), *e = assay_relu (c, error);

  return assay_mul (assay_apply ("Sub", NULL, error, assay_mul (e, e, error), d), assay_constant_scalar (2), error);
}

typedef struct
{
  const char *name;
  AssayValue *(*build) (AssayValue *x, GError **error);
  guint  rank;
  gint64 dims[4];
} Case;

static void
ignore (AssayFunction *function, guint operation, AssayValue *const *outputs, gpointer data)
{
  (*(guint *) data)++;
}

static AssayPlan *
make_plan (AssayValue *(*build) (AssayValue *x, GError **error), const AssayPartialShape *shape)
{
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (GError) error = NULL;
  AssayTrace *trace = assay_trace_begin (library, "call");
  AssayValue *y = build (assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, shape), &error);
  AssayPlan  *plan;

  g_assert_no_error (error);
  g_assert_true (assay_trace_add_result (trace, "y", y, &error));
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  g_assert_no_error (error);
  return plan;
}

static void
test_chain_same (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (AssayPool) pool = assay_pool_push ();
  AssayPartialShape shape = assay_partial_shape_new (self->rank, self->dims);
  g_autoptr (AssayPlan) plan = make_plan (self->build, &shape);
  g_autoptr (GError) error = NULL;
  AssayValue     *x = numbers (1, self->rank, self->dims);
  guint           n_heard = 0;
  AssayRunOptions options = { .observer = ignore, .observer_data = &n_heard };

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (AssayValue) plain = NULL;
      g_autoptr (AssayValue) fast = NULL;

      g_assert_true (assay_plan_run (plan, &x, 1, &options, &plain, &error));
      g_assert_true (assay_plan_run (plan, &x, 1, NULL, &fast, &error));
      g_assert_true (assay_partial_shape_equal (assay_value_get_shape (plain), assay_value_get_shape (fast)));
      for (gint64 k = 0; k < assay_partial_shape_n_elements (assay_value_get_shape (plain)); k++)
        {
          float a = ((const float *) assay_value_get_data (plain))[k], b = ((const float *) assay_value_get_data (fast))[k];

          if (!(fabsf (a - b) <= 1e-5f + 1e-5f * fabsf (a)))
            g_error ("element %d is %g, not %g", (int) k, b, a);
        }
    }
  g_assert_cmpuint (n_heard, >, 6);
}

/* The sentence is that of the operation which doesn't fit. */
static void
test_chain_errors (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  AssayPartialShape shape = assay_partial_shape_unknown (), vector = assay_partial_shape_unknown ();
  AssayTrace       *trace = assay_trace_begin (library, "call");
  AssayValue       *x = assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape);
  AssayValue       *b = assay_trace_add_argument (trace, "b", ASSAY_DTYPE_FLOAT32, &vector);
  AssayValue       *arguments[2], *result = NULL;

  x = assay_apply ("Conv2D", windows ("NHWC"), &error, x, numbers (2, 4, (gint64[]){ 1, 1, 2, 4 }));
  x = assay_relu (assay_apply ("BiasAdd", NULL, &error, x, b), &error);
  g_assert_true (assay_trace_add_result (trace, "y", x, &error));
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  arguments[0] = numbers (1, 4, (gint64[]){ 1, 3, 3, 2 });
  arguments[1] = numbers (1, 1, (gint64[]){ 5 });
  g_assert_false (assay_plan_run (plan, arguments, 2, NULL, &result, &error));
  g_assert_nonnull (strstr (error->message, "Must provide as many biases as the last dimension of the input tensor: [5] vs. [1,3,3,4]"));
  g_clear_error (&error);
  arguments[0] = numbers (1, 4, (gint64[]){ 1, 3, 3, 3 });
  g_assert_false (assay_plan_run (plan, arguments, 2, NULL, &result, &error));
  g_assert_nonnull (strstr (error->message, "input depth must be evenly divisible by filter depth: 3 vs 2"));
}

#define N_RANDOM 24

/* An operation on values made before, kept small by tanh now and then. */
static AssayValue *
add_random_operation (GRand *rand, AssayValue *const *values, guint n, GError **error)
{
  static const char *const unary[] = { "Relu", "Relu6", "Tanh", "Neg", "Abs", "Sigmoid", "Softmax", "Identity" };
  static const char *const binary[] = { "AddV2", "Sub", "Maximum", "Minimum", "AddV2" };
  AssayValue              *x = values[n - 1 - g_rand_int_range (rand, 0, MIN (n, 4))], *y = values[g_rand_int_range (rand, 0, n)];

  switch (g_rand_int_range (rand, 0, 7))
    {
    case 0:
    case 1:
      return assay_apply (unary[g_rand_int_range (rand, 0, G_N_ELEMENTS (unary))], NULL, error, x);
    case 2:
      return assay_apply (binary[g_rand_int_range (rand, 0, G_N_ELEMENTS (binary))], NULL, error, x, y);
    case 3:
      return assay_bias_add (x, numbers (g_rand_int (rand), 1, (gint64[]){ 6 }), error);
    case 4:
      return assay_matmul (assay_tanh (x, error), numbers (g_rand_int (rand), 2, (gint64[]){ 6, 6 }), error);
    case 5:
      return assay_reshape (assay_relu (assay_reshape (x, 2, (gint64[]){ 8, 3 }, error), error), 2, (gint64[]){ 4, 6 }, error);
    default:
      return assay_mul (assay_tanh (x, error), assay_add (y, numbers (g_rand_int (rand), 1, (gint64[]){ 6 }), error), error);
    }
}

/* Whatever uses whatever: in the memory of inputs, and in chains, it gives the same. */
static void
test_chain_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  AssayPartialShape shape = assay_partial_shape_make (2, (gint64) 4, (gint64) 6);

  for (int round = 0; round < 300; round++)
    {
      g_autoptr (AssayPool) pool = assay_pool_push ();
      g_autoptr (AssayLibrary) library = assay_library_new ();
      g_autoptr (AssayFunction) function = NULL;
      g_autoptr (AssayPlan) plan = NULL;
      g_autoptr (GError) error = NULL;
      AssayTrace     *trace = assay_trace_begin (library, "call");
      AssayValue     *values[N_RANDOM] = { assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape) };
      AssayValue     *x = numbers (round, 2, shape.dims), *plain[4], *fast[4];
      guint           n_heard = 0, n_results = g_rand_int_range (rand, 1, 5);
      AssayRunOptions options = { .observer = ignore, .observer_data = &n_heard };

      for (guint i = 1; i < N_RANDOM; i++)
        values[i] = add_random_operation (rand, values, i, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < n_results; i++)
        g_assert_true (assay_trace_add_result (trace, "y", values[i == 0 ? N_RANDOM - 1 : g_rand_int_range (rand, 0, N_RANDOM)], &error));
      function = assay_trace_end (trace);
      plan = assay_plan_new (library, function, FALSE, &error);
      g_assert_true (assay_plan_run (plan, &x, 1, &options, plain, &error));
      g_assert_true (assay_plan_run (plan, &x, 1, NULL, fast, &error));
      for (guint i = 0; i < n_results; i++)
        {
          for (int k = 0; k < 24; k++)
            {
              float a = ((const float *) assay_value_get_data (plain[i]))[k], b = ((const float *) assay_value_get_data (fast[i]))[k];

              if (!(fabsf (a - b) <= 1e-4f + 1e-4f * fabsf (a)))
                g_error ("round %d: element %d of result %u is %g, not %g", round, k, i, b, a);
            }
          assay_value_unref (plain[i]);
          assay_value_unref (fast[i]);
        }
    }
}

static AssayValue *
build_large_conv (AssayValue *x, GError **error)
{
  return conv (conv (x, 5, 256, error), 5, 256, error);
}

static AssayValue *
build_large_matmul (AssayValue *x, GError **error)
{
  return assay_matmul (x, numbers (2, 2, (gint64[]){ assay_value_get_dim (x, -1), 6000 }), error);
}

/* Of the processor: what else the machine does makes no difference to that. */
static gint64
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static gpointer
cancel_thread (gpointer data)
{
  gint64 begin = cpu_us ();

  while (cpu_us () < begin + 60000)
    g_usleep (1000);
  g_cancellable_cancel (data);
  return g_memdup2 (&(gint64){ cpu_us () }, sizeof (gint64));
}

/* Within 100 ms on one thread; the sanitizers' code is slower. */
#ifdef __SANITIZE_ADDRESS__
#define LIMIT_US 1000000
#else
#define LIMIT_US 100000
#endif

static void
test_chain_cancels (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (AssayPool) pool = assay_pool_push ();
  AssayPartialShape shape = assay_partial_shape_new (self->rank, self->dims);
  g_autoptr (AssayPlan) plan = make_plan (self->build, &shape);
  g_autoptr (AssayJob) job = assay_job_new ("run");
  g_autoptr (GError) error = NULL;
  AssayValue        *x = numbers (1, self->rank, self->dims), *result = NULL;
  AssayRunOptions    options = { .job = job };
  gboolean           done;
  gint64             end;
  g_autofree gint64 *begin = NULL;
  GThread           *thread;

  assay_engine_set_n_threads (1);
  thread = g_thread_new ("cancel", cancel_thread, assay_job_get_cancellable (job));
  done = assay_plan_run (plan, &x, 1, &options, &result, &error);
  end = cpu_us ();
  begin = g_thread_join (thread);
  assay_engine_set_n_threads (0);
  g_assert_false (done);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_test_message ("%.1f ms", (end - *begin) / 1e3);
  g_assert_cmpint (end - *begin, <, LIMIT_US);
}

static const Case cases[] = {
  { "conv-bias-norm-relu", build_conv_bias_norm_relu, 4, { 2, 9, 8, 3 } },
  { "conv-of-one-window", build_conv_bias_norm_relu, 4, { 1, 1, 1, 3 } },
  { "conv-of-many-blocks", build_conv_bias_norm_relu, 4, { 1, 60, 61, 3 } },
  { "residual", build_residual, 4, { 1, 17, 9, 4 } },
  { "used-twice", build_used_twice, 4, { 2, 7, 5, 4 } },
  { "depthwise", build_depthwise, 4, { 2, 7, 5, 70 } },
  { "channels-first", build_channels_first, 4, { 2, 3, 7, 5 } },
  { "dense", build_dense, 2, { 7, 30 } },
  { "dense-row", build_dense, 2, { 1, 30 } },
  { "dense-large", build_dense, 2, { 300, 200 } },
  { "broadcast", build_broadcast, 2, { 6, 5 } },
  { "einsum", build_einsum, 3, { 2, 6, 7 } },
  { "by-name", build_by_name, 4, { 2, 8, 9, 5 } },
  { "in-place", build_in_place, 2, { 40, 50 } },
};

static const Case large[] = {
  { "conv", build_large_conv, 4, { 4, 128, 128, 256 } },
  { "matmul", build_large_matmul, 2, { 8000, 4000 } },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/chain/same/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_chain_same);
    }
  g_test_add_func ("/chain/random", test_chain_random);
  g_test_add_func ("/chain/errors", test_chain_errors);
  for (gsize i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autofree char *path = g_strconcat ("/chain/cancels/", large[i].name, NULL);

      g_test_add_data_func (path, &large[i], test_chain_cancels);
    }
  return g_test_run ();
}
