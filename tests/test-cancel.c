/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A run that is cancelled ends within 100 ms, whatever operation it is at. Each is given work for much longer, on one thread, and what counts is the
 * processor's time from the cancel to the end: a machine that does other things, too, makes no difference to that. */

#include <assay/control.h>
#include <assay/nn-operations.h>
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>

#define MAX_INPUTS 6
/* The sanitizers' code is slower. */
#ifdef __SANITIZE_ADDRESS__
#define LIMIT_MS 1500
#else
#define LIMIT_MS 100
#endif
/* The run is cancelled after so much. */
#define BEFORE_MS 30

typedef enum
{
  ZEROS,
  RANDOM, /* whole numbers from 0 to below `most` */
  COUNTING,
  GIVEN, /* `most`, in each element */
} Fill;

typedef struct
{
  AssayDtype dtype; /* INVALID: there is no such input */
  int        rank;
  gint64     dims[5];
  Fill       fill;
  gint64     most;
} Input;

typedef struct
{
  const char *op;
  Input       inputs[MAX_INPUTS];
  AssayAttrs *(*attrs) (void);
  const char *name;
} Case;

#define SCALAR_INT(x)                     \
  {                                       \
    ASSAY_DTYPE_INT32, 0, { 0 }, GIVEN, x \
  }
#define VECTOR_INT(n, x)                  \
  {                                       \
    ASSAY_DTYPE_INT32, 1, { n }, GIVEN, x \
  }
#define MATRIX_INT(n, m, x)                  \
  {                                          \
    ASSAY_DTYPE_INT32, 2, { n, m }, GIVEN, x \
  }
#define FLOATS(...)                                                                  \
  {                                                                                  \
    ASSAY_DTYPE_FLOAT32, G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), { __VA_ARGS__ } \
  }
#define INTS(...)                                                                  \
  {                                                                                \
    ASSAY_DTYPE_INT32, G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), { __VA_ARGS__ } \
  }
#define RANDOM_FLOATS(most, ...)                                                                   \
  {                                                                                                \
    ASSAY_DTYPE_FLOAT32, G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), { __VA_ARGS__ }, RANDOM, most \
  }
#define RANDOM_INTS(most, ...)                                                                   \
  {                                                                                              \
    ASSAY_DTYPE_INT32, G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), { __VA_ARGS__ }, RANDOM, most \
  }
#define NONE               \
  {                        \
    ASSAY_DTYPE_FLOAT32, 0 \
  }

static AssayAttrs *
windows (const char *size_name, gint64 size, gint64 stride, const char *padding)
{
  const gint64 sizes[] = { 1, size, size, 1 }, strides[] = { 1, stride, stride, 1 };
  AssayAttrs  *attrs = assay_attrs_new ();

  if (size_name != NULL)
    assay_attrs_set_ints (attrs, size_name, 4, sizes);
  assay_attrs_set_ints (attrs, "strides", 4, strides);
  return assay_attrs_set_string (attrs, "padding", padding);
}

static AssayAttrs *
conv_attrs (void)
{
  return windows (NULL, 0, 1, "SAME");
}

static AssayAttrs *
pool_attrs (void)
{
  return windows ("ksize", 200, 1, "VALID");
}

static AssayAttrs *
patches_attrs (void)
{
  const gint64 rates[] = { 1, 1, 1, 1 };

  return assay_attrs_set_ints (windows ("ksizes", 9, 1, "SAME"), "rates", 4, rates);
}

static AssayAttrs *
dilation_attrs (void)
{
  const gint64 rates[] = { 1, 1, 1, 1 };

  return assay_attrs_set_ints (windows (NULL, 0, 1, "SAME"), "rates", 4, rates);
}

static AssayAttrs *
conv_3d_attrs (void)
{
  const gint64 strides[] = { 1, 1, 1, 1, 1 };

  return assay_attrs_set_string (assay_attrs_set_ints (assay_attrs_new (), "strides", 5, strides), "padding", "SAME");
}

static AssayAttrs *
pool_3d_attrs (void)
{
  const gint64 size[] = { 1, 30, 30, 30, 1 }, strides[] = { 1, 1, 1, 1, 1 };

  return assay_attrs_set_string (assay_attrs_set_ints (assay_attrs_set_ints (assay_attrs_new (), "strides", 5, strides), "ksize", 5, size), "padding", "SAME");
}

static AssayAttrs *
lstm_attrs (void)
{
  AssayAttrs *attrs = assay_attrs_set_string (assay_attrs_new (), "cell", "lstm");

  return assay_attrs_set_string (assay_attrs_set_string (attrs, "activation", "tanh"), "recurrent_activation", "sigmoid");
}

static AssayAttrs *
einsum_attrs (void)
{
  return assay_attrs_set_string (assay_attrs_set_int (assay_attrs_new (), "N", 2), "equation", "abc,abc->a");
}

static AssayAttrs *
one_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "N", 1);
}

static AssayAttrs *
two_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "N", 2);
}

static AssayAttrs *
three_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "N", 3);
}

static AssayAttrs *
parts_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "num_partitions", 3);
}

static AssayAttrs *
reverse_attrs (void)
{
  return assay_attrs_set_bool (assay_attrs_new (), "reverse", TRUE);
}

static AssayAttrs *
to_half (void)
{
  return assay_attrs_set_dtype (assay_attrs_new (), "DstT", ASSAY_DTYPE_FLOAT16);
}

static AssayAttrs *
to_float (void)
{
  return assay_attrs_set_dtype (assay_attrs_new (), "dtype", ASSAY_DTYPE_FLOAT32);
}

static AssayAttrs *
lrn_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "depth_radius", 200);
}

static AssayAttrs *
in_top_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "k", 3);
}

static AssayAttrs *
block_attrs (void)
{
  return assay_attrs_set_int (assay_attrs_new (), "block_size", 2);
}

static const Case cases[] = {
  /* Products. */
  { "MatMul", { FLOATS (8000, 4000), FLOATS (4000, 6000) } },
  { "MatMul", { { ASSAY_DTYPE_FLOAT64, 2, { 4000, 3000 } }, { ASSAY_DTYPE_FLOAT64, 2, { 3000, 4000 } } }, .name = "MatMul/float64" },
  { "MatMul", { INTS (3000, 3000), INTS (3000, 3000) }, .name = "MatMul/int32" },
  { "MatMul", { { ASSAY_DTYPE_INT64, 2, { 2000, 3000 } }, { ASSAY_DTYPE_INT64, 2, { 3000, 3000 } } }, .name = "MatMul/int64" },
  { "MatMul", { { ASSAY_DTYPE_BFLOAT16, 2, { 6000, 4000 } }, { ASSAY_DTYPE_BFLOAT16, 2, { 4000, 6000 } } }, .name = "MatMul/bfloat16" },
  { "BatchMatMulV2", { FLOATS (60, 1000, 1000), FLOATS (60, 1000, 1000) } },
  { "Einsum", { FLOATS (10, 3000, 3000), FLOATS (10, 3000, 3000) }, einsum_attrs },
  /* Windows. */
  { "Conv2D", { FLOATS (4, 128, 128, 256), FLOATS (5, 5, 256, 256) }, conv_attrs },
  { "Conv2D", { FLOATS (1, 5, 5, 3000), FLOATS (5, 5, 3000, 1500) }, conv_attrs, .name = "Conv2D/few-windows" },
  { "Conv2D", { INTS (1, 200, 200, 128), INTS (5, 5, 128, 128) }, conv_attrs, .name = "Conv2D/int32" },
  { "Conv3D", { FLOATS (2, 48, 48, 48, 64), FLOATS (5, 5, 5, 64, 64) }, conv_3d_attrs },
  { "Conv2DBackpropInput", { { ASSAY_DTYPE_INT32, 1, { 4 }, GIVEN, 128 }, FLOATS (5, 5, 128, 128), FLOATS (128, 128, 128, 128) }, conv_attrs },
  { "DepthwiseConv2dNative", { FLOATS (1, 500, 500, 64), FLOATS (50, 50, 64, 1) }, conv_attrs },
  { "MaxPool", { FLOATS (1, 500, 500, 16) }, pool_attrs },
  { "AvgPool", { FLOATS (1, 500, 500, 16) }, pool_attrs },
  { "MaxPool3D", { FLOATS (1, 80, 80, 80, 16) }, pool_3d_attrs },
  { "ExtractImagePatches", { FLOATS (1, 1000, 1000, 2) }, patches_attrs },
  { "Dilation2D", { FLOATS (1, 1000, 1000, 8), FLOATS (15, 15, 8) }, dilation_attrs },
  { "ResizeBilinear", { FLOATS (1, 10, 10, 8), VECTOR_INT (2, 4000) } },
  { "ResizeBicubic", { FLOATS (1, 10, 10, 8), VECTOR_INT (2, 4000) } },
  { "ResizeArea", { FLOATS (1, 4000, 4000, 8), VECTOR_INT (2, 3000) } },
  { "ResizeNearestNeighbor", { FLOATS (1, 10, 10, 8), VECTOR_INT (2, 4000) } },
  { "CropAndResize", { FLOATS (1, 10, 10, 8), FLOATS (100, 4), INTS (100), VECTOR_INT (2, 400) } },
  { "SpaceToDepth", { FLOATS (1, 8000, 8000, 2) }, block_attrs },
  { "LRN", { FLOATS (1, 200, 200, 512) }, lrn_attrs },
  { "Softmax", { FLOATS (2, 50000000) } },
  /* Recurrent. */
  { "_AssayRecurrent", { FLOATS (1, 100000, 1024), FLOATS (256, 1024), FLOATS (0), { ASSAY_DTYPE_BOOL, 2, { 1, 100000 }, GIVEN, 1 }, FLOATS (1, 256), FLOATS (1, 256) }, lstm_attrs },
  { "_AssayRecurrent", { FLOATS (2000, 20, 4096), FLOATS (1024, 4096), FLOATS (0), { ASSAY_DTYPE_BOOL, 2, { 2000, 20 }, GIVEN, 1 }, FLOATS (2000, 1024), FLOATS (2000, 1024) }, lstm_attrs, .name = "_AssayRecurrent/large-steps" },
  /* Sums along axes, and running ones. */
  { "Sum", { { ASSAY_DTYPE_FLOAT16, 3, { 2, 100000000, 2 } }, VECTOR_INT (1, 1) } },
  { "Mean", { FLOATS (30000, 10000), VECTOR_INT (1, 0) } },
  { "Max", { { ASSAY_DTYPE_BFLOAT16, 1, { 300000000 } }, VECTOR_INT (1, 0) } },
  { "Prod", { { ASSAY_DTYPE_INT8, 1, { 500000000 } }, VECTOR_INT (1, 0) } },
  { "ArgMax", { { ASSAY_DTYPE_FLOAT16, 2, { 2, 100000000 } }, SCALAR_INT (1) } },
  { "Any", { { ASSAY_DTYPE_BOOL, 1, { 1000000000 } }, VECTOR_INT (1, 0) } },
  { "L2Loss", { FLOATS (400000000) } },
  { "Cumsum", { { ASSAY_DTYPE_FLOAT16, 2, { 1, 100000000 } }, SCALAR_INT (1) } },
  { "CumulativeLogsumexp", { FLOATS (1, 40000000), SCALAR_INT (1) } },
  /* What sorts and counts. */
  { "TopKV2", { RANDOM_FLOATS (1000000000, 8000000), SCALAR_INT (8000000) } },
  { "TopKV2", { RANDOM_FLOATS (1000000000, 20000000), SCALAR_INT (5) }, .name = "TopKV2/few" },
  { "NthElement", { RANDOM_FLOATS (1000000000, 20000000), SCALAR_INT (10000000) }, reverse_attrs },
  { "InTopKV2", { FLOATS (3000, 100000), INTS (3000), SCALAR_INT (3) }, in_top_attrs },
  { "UpperBound", { FLOATS (1, 1000000), FLOATS (1, 20000000) } },
  { "Unique", { RANDOM_INTS (1000000000, 8000000) } },
  { "ListDiff", { RANDOM_INTS (1000000000, 6000000), RANDOM_INTS (1000000000, 6000000) } },
  { "InvertPermutation", { { ASSAY_DTYPE_INT32, 1, { 40000000 }, COUNTING } } },
  { "Where", { RANDOM_FLOATS (2, 20000000) } },
  { "SegmentSum", { FLOATS (40000000), INTS (40000000) } },
  { "UnsortedSegmentMax", { FLOATS (40000000), INTS (40000000), SCALAR_INT (10) } },
  { "Bincount", { INTS (40000000), SCALAR_INT (10), FLOATS (0) } },
  { "HistogramFixedWidth", { FLOATS (100000000), { ASSAY_DTYPE_FLOAT32, 1, { 2 }, COUNTING }, SCALAR_INT (10) } },
  /* By index. */
  { "GatherV2", { FLOATS (100), INTS (40000000), SCALAR_INT (0) } },
  { "GatherNd", { FLOATS (100), INTS (40000000, 1) } },
  { "ScatterNd", { INTS (40000000, 1), FLOATS (40000000), VECTOR_INT (1, 100) } },
  { "TensorScatterUpdate", { FLOATS (100), INTS (40000000, 1), FLOATS (40000000) } },
  { "SparseToDense", { RANDOM_INTS (100, 40000000), VECTOR_INT (1, 100), FLOATS (40000000), NONE } },
  { "OneHot", { INTS (20000000), SCALAR_INT (8), NONE, NONE } },
  { "DynamicPartition", { FLOATS (40000000), INTS (40000000) }, parts_attrs },
  { "DynamicStitch", { { ASSAY_DTYPE_INT32, 1, { 40000000 }, COUNTING }, FLOATS (40000000) }, one_attrs },
  /* What moves. */
  { "Transpose", { { ASSAY_DTYPE_INT8, 2, { 20000, 20000 } }, { ASSAY_DTYPE_INT32, 1, { 2 }, RANDOM, 2 } } },
  { "Tile", { FLOATS (3), VECTOR_INT (1, 60000000) } },
  { "BroadcastTo", { FLOATS (1, 1), VECTOR_INT (2, 12000) } },
  { "Pad", { FLOATS (10, 10), MATRIX_INT (2, 2, 6000) } },
  { "ReverseV2", { FLOATS (20000, 10000), VECTOR_INT (1, 1) } },
  { "Roll", { FLOATS (200000000), SCALAR_INT (7), SCALAR_INT (0) } },
  { "ConcatV2", { FLOATS (100000000, 1), FLOATS (100000000, 1), SCALAR_INT (1) }, two_attrs },
  { "MatrixDiag", { FLOATS (12000) } },
  { "MatrixBandPart", { FLOATS (12000, 12000), SCALAR_INT (1), SCALAR_INT (1) } },
  { "MatrixSetDiag", { FLOATS (12000, 12000), FLOATS (12000) } },
  { "Fill", { VECTOR_INT (1, 200000000), NONE } },
  { "Range", { NONE, { ASSAY_DTYPE_FLOAT32, 0, { 0 }, GIVEN, 150000000 }, { ASSAY_DTYPE_FLOAT32, 0, { 0 }, GIVEN, 1 } } },
  /* Element by element. */
  { "Lgamma", { FLOATS (50000000) } },
  { "Pow", { { ASSAY_DTYPE_FLOAT64, 1, { 50000000 } }, { ASSAY_DTYPE_FLOAT64, 1, { 50000000 } } } },
  { "Add", { { ASSAY_DTYPE_FLOAT16, 2, { 10000, 10000 } }, { ASSAY_DTYPE_FLOAT16, 1, { 10000 } } } },
  { "SelectV2", { { ASSAY_DTYPE_BOOL, 1, { 150000000 } }, NONE, NONE } },
  { "ClipByValue", { { ASSAY_DTYPE_FLOAT16, 1, { 150000000 } }, { ASSAY_DTYPE_FLOAT16, 0 }, { ASSAY_DTYPE_FLOAT16, 0 } } },
  { "AddN", { FLOATS (150000000), FLOATS (150000000), FLOATS (150000000) }, three_attrs },
  { "Cast", { { ASSAY_DTYPE_FLOAT64, 1, { 150000000 } } }, to_half },
  { "TruncatedNormal", { VECTOR_INT (1, 60000000) }, to_float },
  { "QuantizeAndDequantizeV2", { FLOATS (100000000), NONE, NONE } },
  { "FusedBatchNormV3", { FLOATS (1, 3000, 3000, 8), FLOATS (8), FLOATS (8), FLOATS (8), FLOATS (8) } },
};

static void
fill (const Input *input, void *data, guint64 n)
{
  guint32 seed = 1;

  for (guint64 i = 0; i < n && input->fill != ZEROS; i++)
    {
      gint64 x = input->fill == COUNTING ? (gint64) i : input->most;

      if (input->fill == RANDOM)
        {
          seed = seed * 1664525 + 1013904223;
          x = ((guint64) seed * input->most) >> 32;
        }
      if (input->dtype == ASSAY_DTYPE_FLOAT32)
        ((float *) data)[i] = x;
      else if (input->dtype == ASSAY_DTYPE_BOOL)
        ((guint8 *) data)[i] = x;
      else
        ((gint32 *) data)[i] = x;
    }
}

/* Zeros are pages that the system hasn't got to find. */
static AssayValue *
make_input (const Input *input)
{
  guint64 shape[5], n = 1;
  void   *data;
  g_autoptr (GBytes) bytes = NULL;
  gsize item_size = assay_dtype_get_info (input->dtype)->item_size;

  for (int i = 0; i < input->rank; i++)
    n *= shape[i] = input->dims[i];
  data = g_malloc0 (MAX (n, 1) * item_size);
  fill (input, data, n);
  if (input->rank == 1 && n == 2 && input->fill == RANDOM)
    memcpy (data, (gint32[]){ 1, 0 }, 8); /* a permutation */
  bytes = g_bytes_new_take (data, n * item_size);
  return assay_pool_take (assay_value_new_take (assay_tensor_new (input->dtype, input->rank, shape, bytes, NULL)));
}

static double
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

typedef struct
{
  GCancellable *cancellable;
  double        begin, at; /* processor's time */
  int           ended;     /* atomic */
} Watch;

static gpointer
cancel_thread (gpointer data)
{
  Watch *self = data;

  while (cpu_ms () < self->begin + BEFORE_MS && !g_atomic_int_get (&self->ended))
    g_usleep (1000);
  self->at = cpu_ms ();
  g_cancellable_cancel (self->cancellable);
  return NULL;
}

/* Returns the milliseconds from the cancel to the end; 0 if the run was done before. */
static double
run_and_cancel (AssayPlan *plan, AssayValue *const *inputs, guint n_inputs, AssayValue **results)
{
  g_autoptr (AssayJob) job = assay_job_new ("run");
  g_autoptr (GError) error = NULL;
  AssayRunOptions options = { .job = job, .max_bytes = (guint64) 3 << 30 };
  Watch           watch = { .cancellable = assay_job_get_cancellable (job), .begin = cpu_ms () };
  GThread        *thread = g_thread_new ("cancel", cancel_thread, &watch);
  gboolean        done = assay_plan_run (plan, inputs, n_inputs, &options, results, &error);
  double          end = cpu_ms ();

  g_atomic_int_set (&watch.ended, 1);
  g_thread_join (thread);
  if (done)
    {
      g_assert_cmpfloat (end - watch.begin, <, BEFORE_MS + LIMIT_MS);
      g_test_message ("done after %.0f ms", end - watch.begin);
      return 0;
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return MAX (end - watch.at, 0);
}

static void
test_cancel_operation (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  AssayValue *inputs[MAX_INPUTS], *symbols[MAX_INPUTS], *outputs[8] = { NULL }, *results[8] = { NULL };
  AssayTrace *trace = assay_trace_begin (library, "call");
  guint       n = 0;
  int         n_outputs;
  double      ms;

  for (; n < MAX_INPUTS && self->inputs[n].dtype != ASSAY_DTYPE_INVALID; n++)
    {
      inputs[n] = make_input (&self->inputs[n]);
      symbols[n] = assay_trace_add_argument (trace, "x", self->inputs[n].dtype, assay_value_get_shape (inputs[n]));
    }
  n_outputs = assay_apply_many (self->op, self->attrs ? self->attrs () : NULL, n, symbols, 8, outputs, &error);
  g_assert_no_error (error);
  for (int i = 0; i < n_outputs; i++)
    assay_trace_add_result (trace, "y", outputs[i], NULL);
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  g_assert_no_error (error);
  ms = run_and_cancel (plan, inputs, n, results);
  g_test_message ("%.1f ms", ms);
  g_assert_cmpfloat (ms, <, LIMIT_MS);
  for (int i = 0; i < n_outputs; i++)
    g_clear_pointer (&results[i], assay_value_unref);
}

static AssayValue *
go_on (AssayValue **state, guint n, gpointer data, GError **error)
{
  return assay_apply ("Less", NULL, error, state[0], assay_constant_scalar (1));
}

static AssayValue *
stay (AssayValue **state, guint n, gpointer data, GError **error)
{
  return state[0] = assay_mul (state[0], assay_constant_scalar (0.5f), error);
}

static void
test_cancel_endless_loop (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  AssayPartialShape shape = assay_partial_shape_make (0);
  AssayTrace       *trace = assay_trace_begin (library, "call");
  AssayValue       *state = assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape), *x = assay_constant_scalar (0.5f), *result = NULL;
  double            ms;

  g_assert_true (assay_while (&state, 1, go_on, stay, NULL, &error));
  assay_trace_add_result (trace, "y", state, NULL);
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  g_assert_no_error (error);
  ms = run_and_cancel (plan, &x, 1, &result);
  g_assert_null (result);
  g_test_message ("%.1f ms", ms);
  g_assert_cmpfloat (ms, <, LIMIT_MS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Memory that is given out and taken back shall not be painted over, as meson asks for: that takes long, too. */
  mallopt (M_PERTURB, 0);
  assay_engine_set_n_threads (1);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/cancel/", cases[i].name ? cases[i].name : cases[i].op, NULL);

      g_test_add_data_func (path, &cases[i], test_cancel_operation);
    }
  g_test_add_func ("/cancel/endless-loop", test_cancel_endless_loop);
  return g_test_run ();
}
