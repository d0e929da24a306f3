/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations of neural networks beside TensorFlow's own results (tests/data/nn-ops/cases.txt, whose grammar is in make.py there), run at once and
 * by a plan. */

#include <assay/convert.h>
#include <assay/operations.h>
#include <math.h>
#include <string.h>

#define MAX_VALUES 8

typedef struct
{
  char       *name, *op, *error;
  AssayAttrs *attrs;
  guint       n_inputs, n_outputs;
  AssayValue *inputs[MAX_VALUES], *outputs[MAX_VALUES]; /* an output is NULL if it isn't to be compared */
} Case;

static Case *
case_new (const char *name, const char *op)
{
  Case *self = g_new0 (Case, 1);

  self->name = g_strdup (name);
  self->op = g_strdup (op);
  self->attrs = assay_attrs_new ();
  return self;
}

static void
case_free (Case *self)
{
  for (guint i = 0; i < MAX_VALUES; i++)
    {
      g_clear_pointer (&self->inputs[i], assay_value_unref);
      g_clear_pointer (&self->outputs[i], assay_value_unref);
    }
  assay_attrs_unref (self->attrs);
  g_free (self->name);
  g_free (self->op);
  g_free (self->error);
  g_free (self);
}

static guint
read_numbers (const char *text, guint64 *numbers)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint n = 0;

  if (g_str_equal (text, "-"))
    return 0;
  for (; words[n] != NULL; n++)
    numbers[n] = g_ascii_strtoll (words[n], NULL, 10);
  return n;
}

/* The numbers that make.py generates, too. */
static GBytes *
generate (AssayDtype dtype, guint64 n, guint64 seed, gboolean positive)
{
  gsize              size = assay_dtype_get_info (dtype)->item_size;
  guint8            *data = g_malloc0 (n * size + 1);
  g_autofree double *numbers = g_new (double, n + 1);
  g_autoptr (GError) error = NULL;
  gboolean is_int = dtype == ASSAY_DTYPE_INT32 || dtype == ASSAY_DTYPE_INT64;

  for (guint64 i = 0; i < n; i++)
    {
      guint32 u = i * 2654435761u + seed * 40503 + 12345;
      int     k = ((u ^ u >> 13) * 2246822519u >> 16) % 257;

      numbers[i] = is_int ? k % 17 - 8 : positive ? (k + 32) / 64.0
                                                  : (k - 128) / 64.0;
    }
  g_assert_true (assay_convert_from_double (dtype, numbers, data, n, &error));
  return g_bytes_new_take (data, n * size);
}

static AssayValue *
make_value (const char *dtype_name, const char *shape_text, const char *how, const char *what)
{
  AssayDtype dtype = assay_dtype_from_name (dtype_name);
  guint64    shape[ASSAY_GRAPH_MAX_RANK], n;
  guint      rank = read_numbers (shape_text, shape);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  AssayTensor *tensor;

  g_assert_true (assay_shape_n_elements (rank, shape, &n));
  if (!g_str_equal (how, "data"))
    bytes = generate (dtype, n, g_ascii_strtoull (what, NULL, 10), g_str_equal (how, "positive"));
  else
    {
      gsize   length = 0;
      guchar *data = g_base64_decode (g_str_equal (what, "=") ? "" : what, &length);

      bytes = g_bytes_new_take (data, length);
    }
  tensor = assay_tensor_new (dtype, rank, shape, bytes, &error);
  g_assert_no_error (error);
  return assay_value_new_take (tensor);
}

static void
read_attr (Case *self, char **words)
{
  const char *name = words[1], *kind = words[2], *value = words[3];

  if (g_str_equal (kind, "ints"))
    {
      guint64 numbers[64];
      guint   n = read_numbers (value, numbers);

      assay_attrs_set_ints (self->attrs, name, n, (const gint64 *) numbers);
    }
  else if (g_str_equal (kind, "int"))
    assay_attrs_set_int (self->attrs, name, g_ascii_strtoll (value, NULL, 10));
  else if (g_str_equal (kind, "bool"))
    assay_attrs_set_bool (self->attrs, name, *value == '1');
  else if (g_str_equal (kind, "float"))
    assay_attrs_set_float (self->attrs, name, g_ascii_strtod (value, NULL));
  else if (g_str_equal (kind, "dtype"))
    assay_attrs_set_dtype (self->attrs, name, assay_dtype_from_name (value));
  else if (g_str_equal (kind, "string"))
    assay_attrs_set_string (self->attrs, name, value);
  else
    g_error ("attribute of kind %s", kind);
}

static GPtrArray *
read_cases (void)
{
  GPtrArray       *cases = g_ptr_array_new_with_free_func ((GDestroyNotify) case_free);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "nn-ops", "cases.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  Case *self = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", 5);

      if (g_str_has_prefix (*line, "case "))
        g_ptr_array_add (cases, self = case_new (words[1], words[2]));
      else if (g_str_has_prefix (*line, "attr "))
        read_attr (self, words);
      else if (g_str_has_prefix (*line, "in "))
        self->inputs[self->n_inputs++] = make_value (words[1], words[2], words[3], words[4]);
      else if (g_str_equal (*line, "out skip"))
        self->n_outputs++;
      else if (g_str_has_prefix (*line, "out "))
        self->outputs[self->n_outputs++] = make_value (words[1], words[2], "data", words[3]);
      else if (g_str_has_prefix (*line, "error "))
        self->error = g_strdup (*line + 6);
    }
  return cases;
}

/* 1e-5 + 1e-5·|x|; TensorFlow adds up some of the 16-bit floats as such, so these are compared by what they can tell apart. */
static gboolean
is_near (AssayDtype dtype, double x, double wanted)
{
  double relative = dtype == ASSAY_DTYPE_FLOAT16 ? 0x1p-9 : dtype == ASSAY_DTYPE_BFLOAT16 ? 0x1p-6
                                                                                          : 1e-5;
  double absolute = dtype == ASSAY_DTYPE_FLOAT16 ? 4e-3 : dtype == ASSAY_DTYPE_BFLOAT16 ? 1e-2
                                                                                        : 1e-5;

  if (isnan (wanted) || isinf (wanted))
    return isnan (wanted) ? isnan (x) : x == wanted;
  return fabs (x - wanted) <= absolute + relative * fabs (wanted);
}

static void
compare (const Case *self, const char *how, AssayValue *value, AssayValue *wanted)
{
  g_autofree char   *shape = assay_partial_shape_to_string (assay_value_get_shape (value));
  g_autofree char   *wanted_shape = assay_partial_shape_to_string (assay_value_get_shape (wanted));
  gint64             n = assay_partial_shape_n_elements (assay_value_get_shape (wanted));
  g_autofree double *x = g_new (double, n + 1), *y = NULL;

  g_assert_cmpstr (assay_dtype_get_info (assay_value_get_dtype (value))->name, ==, assay_dtype_get_info (assay_value_get_dtype (wanted))->name);
  g_assert_cmpstr (shape, ==, wanted_shape);
  y = g_new (double, n + 1);
  assay_convert_to_double (assay_value_get_dtype (value), assay_value_get_data (value), x, n);
  assay_convert_to_double (assay_value_get_dtype (wanted), assay_value_get_data (wanted), y, n);
  for (gint64 i = 0; i < n; i++)
    if (!is_near (assay_value_get_dtype (wanted), x[i], y[i]))
      {
        g_test_message ("%s (%s): element %" G_GINT64_FORMAT " of %s is %.9g, not %.9g", self->name, how, i, shape, x[i], y[i]);
        g_test_fail ();
        return;
      }
}

/* Whether our sentence has TensorFlow's in it. */
static void
check_error (const Case *self, const char *how, const GError *error)
{
  if (error == NULL || self->error == NULL || strstr (error->message, self->error) == NULL)
    {
      g_test_message ("%s (%s): \"%s\", not \"%s\"", self->name, how, error ? error->message : "(no error)", self->error ? self->error : "(none)");
      g_test_fail ();
    }
}

static void
run_at_once (const Case *self)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue *outputs[MAX_VALUES] = { NULL };
  int         n = assay_apply_many (self->op, assay_attrs_ref (self->attrs), self->n_inputs, self->inputs, MAX_VALUES, outputs, &error);

  if (n < 0 || self->error != NULL)
    {
      check_error (self, "at once", error);
      return;
    }
  g_assert_cmpint (n, ==, self->n_outputs);
  for (int i = 0; i < n; i++)
    if (self->outputs[i] != NULL)
      compare (self, "at once", outputs[i], self->outputs[i]);
}

/* Traces the operation: the first dimension of floats isn't known; small vectors of integers are constants. */
static AssayFunction *
trace_case (const Case *self, AssayLibrary *library, GPtrArray *arguments, GError **error)
{
  AssayTrace *trace = assay_trace_begin (library, "call");
  AssayValue *inputs[MAX_VALUES], *outputs[MAX_VALUES] = { NULL };
  int         n;

  for (guint i = 0; i < self->n_inputs; i++)
    {
      AssayPartialShape shape = *assay_value_get_shape (self->inputs[i]);

      inputs[i] = self->inputs[i];
      if (assay_value_get_dtype (inputs[i]) == ASSAY_DTYPE_INT32 && shape.rank <= 2 && i > 0)
        continue;
      if (shape.rank > 0 && self->error == NULL)
        shape.dims[0] = -1;
      g_ptr_array_add (arguments, self->inputs[i]);
      inputs[i] = assay_trace_add_argument (trace, "x", assay_value_get_dtype (inputs[i]), &shape);
    }
  n = assay_apply_many (self->op, assay_attrs_ref (self->attrs), self->n_inputs, inputs, MAX_VALUES, outputs, error);
  for (int i = 0; i < n; i++)
    g_assert_true (assay_trace_add_result (trace, "y", outputs[i], NULL));
  if (n >= 0)
    return assay_trace_end (trace);
  assay_trace_abandon (trace);
  return NULL;
}

static void
run_by_plan (const Case *self)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (AssayFunction) function = trace_case (self, library, arguments, &error);
  g_autoptr (AssayPlan) plan = function ? assay_plan_new (library, function, FALSE, &error) : NULL;
  AssayValue *results[MAX_VALUES] = { NULL };

  if (plan == NULL || !assay_plan_run (plan, (AssayValue *const *) arguments->pdata, arguments->len, NULL, results, &error))
    {
      check_error (self, "by plan", error);
      return;
    }
  for (guint i = 0; i < self->n_outputs; i++)
    {
      guint                 n;
      const AssayNamedRef  *refs = assay_function_get_results (function, &n);
      const AssayValueSpec *spec = assay_function_get_spec (function, refs[i].ref);

      if (!assay_partial_shape_accepts (&spec->shape, assay_value_get_shape (results[i])) || spec->dtype != assay_value_get_dtype (results[i]))
        {
          g_test_message ("%s: while tracing, output %u was to be something else", self->name, i);
          g_test_fail ();
        }
      if (self->outputs[i] != NULL)
        compare (self, "by plan", results[i], self->outputs[i]);
      assay_value_unref (results[i]);
    }
}

static void
test_nn_ops (gconstpointer data)
{
  const Case *self = data;

  run_at_once (self);
  run_by_plan (self);
}

/* One of some numbers that code forgets. */
static gint64
odd_number (GRand *rand)
{
  static const gint64 numbers[] = { -1, 0, 1, 2, 3, 4, 5, 7, 64, 1 << 20, G_MAXINT32, (gint64) G_MAXINT32 + 1, (gint64) 1 << 53, G_MAXINT64, G_MININT64 };

  return numbers[g_rand_int_range (rand, 0, g_rand_boolean (rand) ? 8 : G_N_ELEMENTS (numbers))];
}

/* Some attributes changed, or left out. */
static AssayAttrs *
mutate_attrs (const Case *self, GRand *rand)
{
  AssayAttrs *attrs = assay_attrs_new ();
  g_autoptr (GPtrArray) names = assay_attrs_list (self->attrs);

  for (guint i = 0; i < names->len; i++)
    {
      const char   *name = names->pdata[i];
      guint         n = 0;
      const gint64 *old = assay_attrs_get_ints (self->attrs, name, &n);
      gint64        ints[64];

      if (g_rand_int_range (rand, 0, 3) != 0)
        assay_attrs_copy_one (attrs, self->attrs, name);
      else if (old != NULL && n > 0)
        {
          memcpy (ints, old, n * sizeof *ints);
          ints[g_rand_int_range (rand, 0, n)] = odd_number (rand);
          assay_attrs_set_ints (attrs, name, g_rand_int_range (rand, 0, 4) ? n : n - 1, ints);
        }
      else if (assay_attrs_get (self->attrs, name)->kind == ASSAY_ATTR_INT && !g_str_equal (name, "N"))
        assay_attrs_set_int (attrs, name, odd_number (rand));
      else if (g_str_equal (name, "data_format"))
        assay_attrs_set_string (attrs, name, g_rand_boolean (rand) ? "NCHW" : "NHWC");
      else if (g_str_equal (name, "padding"))
        assay_attrs_set_string (attrs, name, g_rand_boolean (rand) ? "EXPLICIT" : "SAME");
      else if (g_str_equal (name, "N") || g_rand_boolean (rand))
        assay_attrs_copy_one (attrs, self->attrs, name);
    }
  return attrs;
}

/* Another shape or dtype; integers of a small vector become odd ones. */
static AssayValue *
mutate_input (AssayValue *value, GRand *rand)
{
  static const AssayDtype dtypes[] = { ASSAY_DTYPE_FLOAT32, ASSAY_DTYPE_FLOAT64, ASSAY_DTYPE_INT32, ASSAY_DTYPE_BFLOAT16, ASSAY_DTYPE_UINT8, ASSAY_DTYPE_BOOL };
  AssayDtype              dtype = g_rand_int_range (rand, 0, 6) ? assay_value_get_dtype (value) : dtypes[g_rand_int_range (rand, 0, G_N_ELEMENTS (dtypes))];
  AssayPartialShape       shape = *assay_value_get_shape (value);
  guint64                 dims[ASSAY_GRAPH_MAX_RANK], n;
  gsize                   size = assay_dtype_get_info (dtype)->item_size;
  guint8                 *data;
  g_autoptr (GBytes) bytes = NULL;

  if (g_rand_int_range (rand, 0, 6) == 0)
    shape.rank = g_rand_int_range (rand, 0, 6);
  for (int i = 0; i < shape.rank; i++)
    {
      dims[i] = i < assay_value_get_shape (value)->rank ? shape.dims[i] : 2;
      if (g_rand_int_range (rand, 0, 5) == 0)
        dims[i] = g_rand_int_range (rand, 0, 8);
    }
  g_assert_true (assay_shape_n_elements (shape.rank, dims, &n));
  data = g_malloc0 (n * size + 1);
  for (guint64 i = 0; i < n; i++)
    if (dtype == ASSAY_DTYPE_INT32)
      ((gint32 *) data)[i] = odd_number (rand);
    else if (dtype == ASSAY_DTYPE_FLOAT32)
      ((float *) data)[i] = g_rand_int_range (rand, 0, 30) ? g_rand_double_range (rand, -3, 3) : odd_number (rand) * (g_rand_boolean (rand) ? 1.0f : INFINITY);
  bytes = g_bytes_new_take (data, n * size);
  return assay_value_new_take (assay_tensor_new (dtype, shape.rank, dims, bytes, NULL));
}

/* Whatever an operation is given, it says what is wrong or gives something of the shape it promised. */
static void
test_nn_ops_mutated (gconstpointer data)
{
  const GPtrArray *cases = data;
  guint32          n_rounds = g_getenv ("ASSAY_MUTATIONS") ? g_ascii_strtoull (g_getenv ("ASSAY_MUTATIONS"), NULL, 10) : 600;
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_getenv ("ASSAY_SEED") ? g_ascii_strtoull (g_getenv ("ASSAY_SEED"), NULL, 10) : 17);

  for (guint32 i = 0; i < n_rounds; i++)
    {
      const Case *original = cases->pdata[g_rand_int_range (rand, 0, cases->len)];
      Case        self = *original;
      g_autoptr (AssayPool) pool = assay_pool_push ();
      g_autoptr (AssayLibrary) library = assay_library_new ();
      g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
      g_autoptr (AssayFunction) function = NULL;
      g_autoptr (AssayPlan) plan = NULL;
      AssayValue          *results[MAX_VALUES] = { NULL };
      AssayRunOptions      options = { .max_bytes = 64 << 20 };
      const AssayNamedRef *refs;
      guint                n_results = 0;

      if (g_test_verbose ())
        g_test_message ("round %u: %s", i, self.name);
      self.error = g_rand_boolean (rand) ? NULL : (char *) "";
      self.attrs = mutate_attrs (original, rand);
      for (guint k = 0; k < self.n_inputs; k++)
        self.inputs[k] = g_rand_boolean (rand) ? assay_value_ref (original->inputs[k]) : mutate_input (original->inputs[k], rand);
      function = trace_case (&self, library, arguments, NULL);
      plan = function ? assay_plan_new (library, function, FALSE, NULL) : NULL;
      if (plan != NULL && assay_plan_run (plan, (AssayValue *const *) arguments->pdata, arguments->len, &options, results, NULL))
        {
          refs = assay_function_get_results (function, &n_results);
          for (guint k = 0; k < n_results; k++)
            {
              const AssayPartialShape *promised = &assay_function_get_spec (function, refs[k].ref)->shape;
              g_autofree char         *wanted = assay_partial_shape_to_string (promised);
              g_autofree char         *shape = assay_partial_shape_to_string (assay_value_get_shape (results[k]));

              if (!assay_partial_shape_accepts (promised, assay_value_get_shape (results[k])))
                g_error ("round %u, %s: output %u has shape %s, not %s", i, self.name, k, shape, wanted);
            }
        }
      for (guint k = 0; k < n_results; k++)
        assay_value_unref (results[k]);
      for (guint k = 0; k < self.n_inputs; k++)
        assay_value_unref (self.inputs[k]);
      assay_attrs_unref (self.attrs);
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) cases = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  cases = read_cases ();
  for (guint i = 0; i < cases->len; i++)
    {
      const Case      *self = cases->pdata[i];
      g_autofree char *path = g_strconcat ("/nn-ops/", self->name, NULL);

      g_test_add_data_func (path, self, test_nn_ops);
    }
  g_test_add_data_func ("/nn-ops/mutated", cases, test_nn_ops_mutated);
  result = g_test_run ();
  return result;
}
