/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations run at once, traced and run by a plan. */

#include <assay/operations.h>
#include <sys/resource.h>

static void
assert_values (AssayValue *value, guint n, const float *wanted)
{
  g_assert_nonnull (value);
  g_assert_cmpint (assay_partial_shape_n_elements (assay_value_get_shape (value)), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (((const float *) assay_value_get_data (value))[i], wanted[i], 1e-6);
}

/* The notebook's cell 7, from the weights that its text prints. */
static AssayValue *
two_layers (AssayValue *x, GError **error)
{
  AssayValue *w1 = assay_constant (2, (gint64[]){ 3, 3 }, (float[]){ 1, 2, 3, 4, 5, 6, -7, -8, -9 });
  AssayValue *b1 = assay_constant (1, (gint64[]){ 3 }, (float[]){ 0.5f, 0, -1 });
  AssayValue *w2 = assay_constant (2, (gint64[]){ 3, 2 }, (float[]){ 1, -1, 2, 1, 0.5f, 1 });

  return assay_matmul (assay_relu (assay_add (assay_matmul (x, w1, error), b1, error), error), w2, error);
}

static void
test_engine_runs_at_once (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *y = two_layers (assay_constant (2, (gint64[]){ 1, 3 }, (float[]){ 2, 2, 1 }), &error);

  g_assert_no_error (error);
  /* relu ([3, 6, 9] + [0.5, 0, -1]) = [3.5, 6, 8] */
  assert_values (y, 2, (float[]){ 3.5f + 12 + 4, -3.5f + 6 + 8 });
}

static void
test_engine_says_what_does_not_fit (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *y = two_layers (assay_constant (2, (gint64[]){ 1, 4 }, (float[]){ 2, 2, 2, 2 }), &error);

  g_assert_null (y);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "Matrix size-incompatible: In[0]: [1,4], In[1]: [3,3] [Op:MatMul]");
}

static AssayFunction *
trace_two_layers (AssayLibrary *library)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayTrace       *trace = assay_trace_begin (library, "call");
  AssayPartialShape shape = assay_partial_shape_make (2, (gint64) -1, (gint64) 3);
  AssayValue       *x = assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape);
  AssayValue       *y;

  assay_trace_push_scope (trace, "layers");
  y = two_layers (x, &error);
  assay_trace_pop_scope (trace);
  g_assert_no_error (error);
  assay_trace_activation (trace, "layers", y);
  g_assert_true (assay_trace_add_result (trace, "output_0", y, &error));
  return assay_trace_end (trace);
}

static void
test_engine_traces_and_plans (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = trace_two_layers (library);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayPlan) plan = assay_plan_new (library, function, TRUE, &error);
  AssayValue *x = assay_constant (2, (gint64[]){ 2, 3 }, (float[]){ 2, 2, 1, 0, 0, 0 });
  g_autoptr (AssayValue) result = NULL;
  guint                n;
  g_autofree char     *shape = NULL;
  const AssayNamedRef *refs = assay_function_get_results (function, &n);

  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  shape = assay_partial_shape_to_tuple (&assay_function_get_spec (function, refs[0].ref)->shape);
  g_assert_cmpstr (shape, ==, "(None, 2)");
  g_assert_cmpstr (assay_function_get_operation (function, refs[0].ref.operation)->name, ==, "layers/MatMul_1");
  for (int i = 0; i < 3; i++)
    {
      g_clear_pointer (&result, assay_value_unref);
      g_assert_true (assay_plan_run (plan, &x, 1, NULL, &result, &error));
      assert_values (result, 4, (float[]){ 19.5f, 10.5f, 0.5f, -0.5f });
    }
}

static void
test_engine_broadcasts (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *a = assay_constant (3, (gint64[]){ 2, 1, 2 }, (float[]){ 1, 2, 3, 4 });
  AssayValue *b = assay_constant (2, (gint64[]){ 3, 1 }, (float[]){ 10, 20, 30 });

  assert_values (assay_add (a, b, &error), 12, (float[]){ 11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34 });
  assert_values (assay_apply ("Sub", NULL, &error, b, assay_constant_scalar (1)), 3, (float[]){ 9, 19, 29 });
}

static void
test_engine_reduces (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *x = assay_constant (3, (gint64[]){ 2, 2, 2 }, (float[]){ 1, 2, 3, 4, 5, 6, 7, 8 });

  assert_values (assay_apply ("Sum", NULL, &error, x, assay_constant_ints (2, (gint64[]){ 0, -1 })), 2, (float[]){ 14, 22 });
  assert_values (assay_apply ("Mean", NULL, &error, x, assay_constant_ints (1, (gint64[]){ 1 })), 4, (float[]){ 2, 3, 6, 7 });
  assert_values (assay_apply ("Max", NULL, &error, x, assay_constant_ints (1, (gint64[]){ 0 })), 4, (float[]){ 5, 6, 7, 8 });
}

static void
test_engine_has_helpers (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *x = assay_constant (2, (gint64[]){ 2, 3 }, (float[]){ 1, 2, 3, 4, 5, 6 }), *parts[3];
  AssayValue *turned = assay_transpose (x, 2, (gint64[]){ 1, 0 }, &error);

  assert_values (turned, 6, (float[]){ 1, 4, 2, 5, 3, 6 });
  assert_values (assay_reshape (turned, 1, (gint64[]){ -1 }, &error), 6, (float[]){ 1, 4, 2, 5, 3, 6 });
  assert_values (assay_concat (2, (AssayValue *[]){ x, x }, 1, &error), 12, (float[]){ 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6 });
  g_assert_cmpint (assay_value_get_rank (assay_stack (2, (AssayValue *[]){ x, x }, 0, &error)), ==, 3);
  g_assert_true (assay_split (x, 1, 3, parts, &error));
  assert_values (parts[2], 2, (float[]){ 3, 6 });
  assert_values (assay_slice (x, 2, (gint64[]){ 1, 0 }, (gint64[]){ 1, -1 }, &error), 3, (float[]){ 4, 5, 6 });
  assert_values (assay_gather (x, assay_constant_ints (2, (gint64[]){ 2, 0 }), 1, &error), 4, (float[]){ 3, 1, 6, 4 });
  assert_values (assay_reduce_mean (assay_div (assay_sub (x, assay_constant_scalar (1), &error), assay_constant_scalar (2), &error), 1, (gint64[]){ 1 }, TRUE, &error),
                 2, (float[]){ 0.5f, 2 });
  assert_values (assay_cast (assay_cast (assay_mul (x, assay_constant_scalar (0.5f), &error), ASSAY_DTYPE_INT32, &error), ASSAY_DTYPE_FLOAT32, &error),
                 6, (float[]){ 0, 1, 1, 2, 2, 3 });
  g_assert_no_error (error);
  g_assert_null (assay_squeeze (x, 1, (gint64[]){ 1 }, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "Can not squeeze dim[1], expected a dimension of 1, got 3 [Op:Squeeze]");
}

/* x[None, 4, 6]: reshape (x, [shape (x)[0], 4 × 6]) and what einsum-like code makes of shapes. */
static AssayValue *
flatten (AssayValue *x, GError **error)
{
  AssayValue *shape = assay_apply ("Shape", NULL, error, x);
  AssayAttrs *one = assay_attrs_set_int (assay_attrs_new (), "shrink_axis_mask", 1);
  AssayValue *batch = assay_apply ("StridedSlice", one, error, shape, assay_constant_ints (1, (gint64[]){ 0 }), assay_constant_ints (1, (gint64[]){ 1 }),
                                   assay_constant_ints (1, (gint64[]){ 1 }));
  AssayValue *rest = assay_apply ("GatherV2", NULL, error, shape, assay_constant_ints (2, (gint64[]){ 1, 2 }), assay_apply ("Rank", NULL, error, batch));
  AssayValue *size = assay_apply ("Prod", NULL, error, rest, assay_constant_ints (1, (gint64[]){ 0 }));

  return assay_apply ("Reshape", NULL, error, x, assay_stack (2, (AssayValue *[]){ batch, size }, 0, error));
}

static void
test_engine_knows_shapes_while_tracing (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (GError) error = NULL;
  AssayTrace       *trace = assay_trace_begin (library, "call");
  AssayPartialShape shape = assay_partial_shape_make (3, (gint64) -1, (gint64) 4, (gint64) 6);
  AssayValue       *y = flatten (assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape), &error);
  g_autofree char  *text = NULL;

  g_assert_no_error (error);
  text = assay_partial_shape_to_tuple (assay_value_get_shape (y));
  g_assert_cmpstr (text, ==, "(None, 24)");
  assay_trace_abandon (trace);
}

/* What a thread runs again and again, and what must come of it. */
typedef struct
{
  AssayPlan *plan;
  float      factor;
  gboolean   cancels;
} Runner;

static gpointer
runner_thread (gpointer data)
{
  const Runner *self = data;
  g_autoptr (AssayPool) pool = assay_pool_push ();
  const gint64      dims[] = { 64, 3 };
  g_autofree float *numbers = g_new (float, 64 * 3);
  AssayValue       *x;

  for (int i = 0; i < 64; i++)
    {
      numbers[3 * i] = numbers[3 * i + 1] = 2 * self->factor;
      numbers[3 * i + 2] = self->factor;
    }
  x = assay_constant (2, dims, numbers);
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (AssayJob) job = assay_job_new ("run");
      g_autoptr (AssayValue) result = NULL;
      g_autoptr (GError) error = NULL;
      guint64         peak = 0;
      AssayRunOptions options = { .job = job, .peak_bytes = &peak };

      if (self->cancels)
        assay_job_cancel (job);
      if (!assay_plan_run (self->plan, &x, 1, &options, &result, &error))
        {
          g_assert_true (self->cancels);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          continue;
        }
      g_assert_false (self->cancels);
      g_assert_cmpuint (peak, >, 0);
      for (int k = 0; k < 64; k++)
        {
          const float *y = (const float *) assay_value_get_data (result) + 2 * k;
          float        a = 3 * self->factor + 0.5f, b = 6 * self->factor, c = 9 * self->factor - 1;

          g_assert_cmpfloat_with_epsilon (y[0], a + 2 * b + 0.5f * c, 1e-4);
          g_assert_cmpfloat_with_epsilon (y[1], -a + b + c, 1e-4);
        }
    }
  return NULL;
}

/* One plan in several threads at once, some of whose runs are cancelled: none hears of the others. */
static void
test_engine_runs_in_threads (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = trace_two_layers (library);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayPlan) plan = assay_plan_new (library, function, FALSE, &error);
  Runner   runners[] = { { plan, 1 }, { plan, 2 }, { plan, 3, TRUE }, { plan, 4 } };
  GThread *threads[G_N_ELEMENTS (runners)];

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (runners); i++)
    threads[i] = g_thread_new ("runner", runner_thread, &runners[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (runners); i++)
    g_thread_join (threads[i]);
}

/* relu (x) · transpose (x) of [n, 3]: the second needs n × n. */
static AssayPlan *
plan_square (AssayLibrary *library)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayFunction) function = NULL;
  AssayPartialShape shape = assay_partial_shape_make (2, (gint64) -1, (gint64) 3);
  AssayTrace       *trace = assay_trace_begin (library, "square");
  AssayValue       *x = assay_relu (assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape), &error);
  AssayPlan        *plan;

  g_assert_true (assay_trace_add_result (trace, "y", assay_matmul (x, assay_transpose (x, 2, (gint64[]){ 1, 0 }, &error), &error), &error));
  function = assay_trace_end (trace);
  plan = assay_plan_new (library, function, FALSE, &error);
  g_assert_no_error (error);
  return plan;
}

static AssayValue *
zeros (gint64 rows)
{
  g_autofree float *numbers = g_new0 (float, rows * 3);

  return assay_constant (2, (gint64[]){ rows, 3 }, numbers);
}

static void
test_engine_runs_out_of_memory (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayPlan) plan = plan_square (library);
  g_autoptr (GError) error = NULL;
  AssayRunOptions options = { .max_bytes = 1 << 20 };
  AssayValue     *small = zeros (100), *large = zeros (1000), *absurd = zeros (10000000), *result = NULL;

  g_assert_true (assay_plan_run (plan, &small, 1, &options, &result, &error));
  g_clear_pointer (&result, assay_value_unref);
  g_assert_false (assay_plan_run (plan, &large, 1, &options, &result, &error));
  g_assert_null (result);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "Operation MatMul: Out of memory: a tensor takes 3.8\302\240MiB more, and 24.0\302\240KiB are in use.");
  g_clear_error (&error);
  /* 10⁷ × 10⁷ floats: more than any machine has. */
  g_assert_false (assay_plan_run (plan, &absurd, 1, NULL, &result, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED);
  g_assert_true (g_str_has_prefix (error->message, "Operation MatMul: Out of memory: a tensor takes 363.8\302\240TiB more"));
  g_clear_error (&error);
  /* And the plan still works. */
  g_assert_true (assay_plan_run (plan, &small, 1, NULL, &result, &error));
  g_clear_pointer (&result, assay_value_unref);
}

/* The system refuses what we thought there was. In a process of its own. */
static void
test_engine_is_refused_memory (void)
{
#ifndef __SANITIZE_ADDRESS__
  if (g_test_subprocess ())
    {
      g_autoptr (AssayPool) pool = assay_pool_push ();
      g_autoptr (AssayLibrary) library = assay_library_new ();
      g_autoptr (AssayPlan) plan = plan_square (library);
      g_autoptr (GError) error = NULL;
      AssayValue         *x = zeros (20000), *result = NULL;
      const struct rlimit limit = { (rlim_t) 1 << 30, (rlim_t) 1 << 30 };

      g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
      g_assert_false (assay_plan_run (plan, &x, 1, NULL, &result, &error));
      g_assert_true (g_str_has_prefix (error->message, "Operation MatMul: Out of memory: a tensor takes 1.5\302\240GiB more"));
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
#else
  g_test_skip ("the sanitizer needs the addresses");
#endif
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/runs-in-threads", test_engine_runs_in_threads);
  g_test_add_func ("/engine/runs-out-of-memory", test_engine_runs_out_of_memory);
  g_test_add_func ("/engine/is-refused-memory", test_engine_is_refused_memory);
  g_test_add_func ("/engine/runs-at-once", test_engine_runs_at_once);
  g_test_add_func ("/engine/says-what-does-not-fit", test_engine_says_what_does_not_fit);
  g_test_add_func ("/engine/traces-and-plans", test_engine_traces_and_plans);
  g_test_add_func ("/engine/broadcasts", test_engine_broadcasts);
  g_test_add_func ("/engine/reduces", test_engine_reduces);
  g_test_add_func ("/engine/has-helpers", test_engine_has_helpers);
  g_test_add_func ("/engine/knows-shapes-while-tracing", test_engine_knows_shapes_while_tracing);
  return g_test_run ();
}
