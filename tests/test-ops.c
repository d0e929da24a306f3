/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Math and array operations beside TensorFlow's: each case of data/ops is run at once and through a traced function and its plan.
 * data/ops/make.py tells the file's format and where more than 1e-6 is allowed, and why. */

#include <assay/engine.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#define MAX_VALUES 16

typedef struct
{
  const guint8 *data, *end;
} Cursor;

typedef struct
{
  char       *op;
  AssayAttrs *attrs;
  guint       n_inputs, n_outputs;
  AssayValue *inputs[MAX_VALUES], *outputs[MAX_VALUES];
  double      tolerance;
  gboolean    fails, exact;
  char       *message;
} Case;

static const void *
take (Cursor *cursor, gsize n)
{
  const void *data = cursor->data;

  g_assert_cmpuint (n, <=, cursor->end - cursor->data);
  cursor->data += n;
  return data;
}

#define TAKE(type)                                  \
  static type                                       \
      take_##type (Cursor *cursor)                  \
  {                                                 \
    type x;                                         \
                                                    \
    memcpy (&x, take (cursor, sizeof x), sizeof x); \
    return x;                                       \
  }

TAKE (guint8)
TAKE (gint8)
TAKE (guint32)
TAKE (gint64)
TAKE (double)

static char *
take_text (Cursor *cursor)
{
  guint32 n = take_guint32 (cursor);

  return g_strndup (take (cursor, n), n);
}

static AssayDtype
take_dtype (Cursor *cursor)
{
  g_autofree char *name = take_text (cursor);

  return assay_dtype_from_name (name);
}

static AssayValue *
take_value (Cursor *cursor)
{
  AssayDtype dtype = take_dtype (cursor);
  guint8     rank = take_guint8 (cursor);
  guint64    dims[ASSAY_GRAPH_MAX_RANK], n = 1;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  AssayTensor *tensor;

  for (int i = 0; i < rank; i++)
    n *= dims[i] = take_guint32 (cursor);
  if (dtype == ASSAY_DTYPE_STRING)
    {
      GPtrArray *strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      for (guint64 i = 0; i < n; i++)
        {
          guint32 length = take_guint32 (cursor);

          g_ptr_array_add (strings, g_bytes_new (take (cursor, length), length));
        }
      return assay_pool_take (assay_value_new_strings (rank, dims, strings));
    }
  n *= assay_dtype_get_info (dtype)->item_size;
  bytes = g_bytes_new (take (cursor, n), n);
  tensor = assay_tensor_new (dtype, rank, dims, bytes, &error);
  g_assert_no_error (error);
  return assay_pool_take (assay_value_new_take (tensor));
}

static void
take_list (Cursor *cursor, AssayAttrs *attrs, const char *name, gboolean dtypes)
{
  guint32            n = take_guint32 (cursor);
  g_autofree gint64 *ints = g_new (gint64, n + 1);
  AssayDtype        *types = g_newa (AssayDtype, n + 1);

  for (guint i = 0; i < n; i++)
    if (dtypes)
      types[i] = take_dtype (cursor);
    else
      ints[i] = take_gint64 (cursor);
  if (dtypes)
    assay_attrs_set_dtypes (attrs, name, n, types);
  else
    assay_attrs_set_ints (attrs, name, n, ints);
}

static void
take_attr (Cursor *cursor, AssayAttrs *attrs)
{
  g_autofree char  *name = take_text (cursor), *word = NULL;
  AssayPartialShape shape;

  switch (take_guint8 (cursor))
    {
    case 0:
      assay_attrs_set_int (attrs, name, take_gint64 (cursor));
      break;
    case 1:
      assay_attrs_set_float (attrs, name, take_double (cursor));
      break;
    case 2:
      assay_attrs_set_bool (attrs, name, take_guint8 (cursor));
      break;
    case 3:
      word = take_text (cursor);
      assay_attrs_set_string (attrs, name, word);
      break;
    case 4:
      assay_attrs_set_dtype (attrs, name, take_dtype (cursor));
      break;
    case 5:
      shape = assay_partial_shape_new (take_gint8 (cursor), NULL);
      for (int i = 0; i < shape.rank; i++)
        shape.dims[i] = take_gint64 (cursor);
      assay_attrs_set_shape (attrs, name, &shape);
      break;
    case 6:
      take_list (cursor, attrs, name, FALSE);
      break;
    case 7:
      take_list (cursor, attrs, name, TRUE);
      break;
    case 8:
      {
        AssayAttr attr = { .kind = ASSAY_ATTR_FLOAT, .is_list = TRUE, .n = take_guint32 (cursor) };

        attr.floats = g_new (double, attr.n + 1);
        for (guint i = 0; i < attr.n; i++)
          attr.floats[i] = take_double (cursor);
        assay_attrs_take (attrs, name, &attr);
        break;
      }
    default:
      g_assert_not_reached ();
    }
}

static void
take_case (Cursor *cursor, Case *self)
{
  guint8 n;

  memset (self, 0, sizeof *self);
  self->op = take_text (cursor);
  self->attrs = assay_attrs_new ();
  n = take_guint8 (cursor);
  while (n-- > 0)
    take_attr (cursor, self->attrs);
  self->n_inputs = take_guint8 (cursor);
  g_assert_cmpuint (self->n_inputs, <=, MAX_VALUES);
  for (guint i = 0; i < self->n_inputs; i++)
    self->inputs[i] = take_value (cursor);
  self->tolerance = take_double (cursor);
  self->fails = !take_guint8 (cursor);
  if (self->fails)
    {
      self->exact = take_guint8 (cursor);
      self->message = take_text (cursor);
      return;
    }
  self->n_outputs = take_guint8 (cursor);
  g_assert_cmpuint (self->n_outputs, <=, MAX_VALUES);
  for (guint i = 0; i < self->n_outputs; i++)
    self->outputs[i] = take_value (cursor);
}

static void
clear_case (Case *self)
{
  g_free (self->op);
  g_free (self->message);
  assay_attrs_unref (self->attrs);
}

/* What is wrong with an output; NULL if nothing. */
static char *
compare_numbers (AssayDtype dtype, const void *is, const void *wanted, gint64 n, double tolerance)
{
  gsize size = assay_dtype_get_info (dtype)->item_size;

  for (gint64 i = 0; i < n; i++)
    {
      double x = 0, y = 0;

      if (memcmp ((const char *) is + i * size, (const char *) wanted + i * size, size) == 0)
        continue;
      if (dtype == ASSAY_DTYPE_FLOAT32)
        {
          x = ((const float *) is)[i];
          y = ((const float *) wanted)[i];
        }
      else if (dtype == ASSAY_DTYPE_FLOAT64)
        {
          x = ((const double *) is)[i];
          y = ((const double *) wanted)[i];
        }
      else if (dtype == ASSAY_DTYPE_BFLOAT16 || dtype == ASSAY_DTYPE_FLOAT16)
        {
          /* One unit in the last place; NaNs differ in their bits. */
          guint16 a = ((const guint16 *) is)[i], b = ((const guint16 *) wanted)[i], inf = dtype == ASSAY_DTYPE_FLOAT16 ? 0x7c00 : 0x7f80;

          if (((a & 0x7fff) > inf && (b & 0x7fff) > inf) || (tolerance > 0 && (ABS ((int) a - b) <= 1 || ((a | b) & 0x7fff) == 0)))
            continue;
          return g_strdup_printf ("element %" G_GINT64_FORMAT " is %#x, not %#x", i, a, b);
        }
      else
        {
          gint64 a = 0, b = 0;

          memcpy (&a, (const char *) is + i * size, size);
          memcpy (&b, (const char *) wanted + i * size, size);
          return g_strdup_printf ("element %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, i, a, b);
        }
      if ((isnan (x) && isnan (y)) || x == y || fabs (x - y) <= tolerance * fabs (y))
        continue;
      return g_strdup_printf ("element %" G_GINT64_FORMAT " is %.9g, not %.9g (%.2g of it)", i, x, y, fabs (x - y) / fabs (y));
    }
  return NULL;
}

static char *
compare (AssayValue *is, AssayValue *wanted, double tolerance)
{
  g_autofree char *mine = assay_partial_shape_to_string (assay_value_get_shape (is)), *theirs = assay_partial_shape_to_string (assay_value_get_shape (wanted));
  gint64           n = assay_partial_shape_n_elements (assay_value_get_shape (wanted));
  GPtrArray       *strings = assay_value_get_strings (wanted);

  if (assay_value_get_dtype (is) != assay_value_get_dtype (wanted))
    return g_strdup_printf ("dtype is %s, not %s", assay_dtype_get_info (assay_value_get_dtype (is))->name, assay_dtype_get_info (assay_value_get_dtype (wanted))->name);
  if (strcmp (mine, theirs) != 0)
    return g_strdup_printf ("shape is %s, not %s", mine, theirs);
  if (strings == NULL)
    return compare_numbers (assay_value_get_dtype (is), assay_value_get_data (is), assay_value_get_data (wanted), n, tolerance);
  for (guint i = 0; i < strings->len; i++)
    if (!g_bytes_equal (strings->pdata[i], assay_value_get_strings (is)->pdata[i]))
      return g_strdup_printf ("string %u is another one", i);
  return NULL;
}

/* The words, without where it happened. */
static gboolean
says (const char *message, const char *wanted)
{
  const char *end = g_strrstr (message, " [Op:");

  return end != NULL && strlen (wanted) == (gsize) (end - message) && strncmp (message, wanted, end - message) == 0;
}

static char *
check_at_once (Case *self)
{
  AssayValue *outputs[MAX_VALUES];
  g_autoptr (GError) error = NULL;
  int n = assay_apply_many (self->op, assay_attrs_ref (self->attrs), self->n_inputs, self->inputs, MAX_VALUES, outputs, &error);

  if (self->fails)
    {
      if (error == NULL)
        return g_strdup_printf ("no error, but wanted: %s", self->message);
      return self->exact && !says (error->message, self->message) ? g_strdup_printf ("\n      says: %s\n    wanted: %s", error->message, self->message) : NULL;
    }
  if (error != NULL)
    return g_strdup (error->message);
  if (n != (int) self->n_outputs)
    return g_strdup_printf ("%d outputs, not %u", n, self->n_outputs);
  for (int i = 0; i < n; i++)
    {
      char *wrong = compare (outputs[i], self->outputs[i], self->tolerance);

      if (wrong != NULL)
        return wrong;
    }
  return NULL;
}

/* What the shape rule said while tracing must be true of the outputs. */
static char *
check_rule (Case *self, AssayValue **symbols, int n, gboolean all_known)
{
  for (int i = 0; i < n; i++)
    {
      g_autofree char *told = assay_partial_shape_to_string (assay_value_get_shape (symbols[i]));

      if (assay_value_get_dtype (symbols[i]) != assay_value_get_dtype (self->outputs[i]))
        return g_strdup_printf ("the rule says %s", assay_dtype_get_info (assay_value_get_dtype (symbols[i]))->name);
      if (!assay_partial_shape_accepts (assay_value_get_shape (symbols[i]), assay_value_get_shape (self->outputs[i])))
        return g_strdup_printf ("the rule says %s", told);
    }
  return NULL;
}

typedef enum
{
  ALL_UNKNOWN,    /* arguments of which only the rank is known */
  KNOWN_SHAPES,   /* arguments of known shape */
  KNOWN_INTEGERS, /* integers are constants */
  N_TRACINGS
} Tracing;

static char *
check_traced (Case *self, Tracing tracing)
{
  g_autoptr (AssayLibrary) library = assay_library_new ();
  AssayTrace *trace = assay_trace_begin (library, "case");
  AssayValue *inputs[MAX_VALUES], *arguments[MAX_VALUES], *symbols[MAX_VALUES], *results[MAX_VALUES];
  guint       n_arguments = 0;
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  char *wrong = NULL;
  int   n;

  for (guint i = 0; i < self->n_inputs; i++)
    {
      AssayPartialShape shape = *assay_value_get_shape (self->inputs[i]);
      AssayDtype        dtype = assay_value_get_dtype (self->inputs[i]);

      inputs[i] = self->inputs[i];
      if (tracing == KNOWN_INTEGERS && (dtype == ASSAY_DTYPE_INT32 || dtype == ASSAY_DTYPE_INT64))
        continue;
      if (tracing == ALL_UNKNOWN)
        shape = assay_partial_shape_new (shape.rank, NULL);
      inputs[i] = assay_trace_add_argument (trace, "x", dtype, &shape);
      arguments[n_arguments++] = self->inputs[i];
    }
  n = assay_apply_many (self->op, assay_attrs_ref (self->attrs), self->n_inputs, inputs, MAX_VALUES, symbols, &error);
  if (error == NULL && !self->fails)
    wrong = check_rule (self, symbols, n, tracing == KNOWN_INTEGERS);
  for (int i = 0; i < n; i++)
    g_assert_true (assay_trace_add_result (trace, "y", symbols[i], NULL));
  function = assay_trace_end (trace);
  if (wrong != NULL)
    return wrong;
  if (error == NULL)
    plan = assay_plan_new (library, function, FALSE, &error);
  if (error != NULL)
    return self->fails ? NULL : g_strdup (error->message);
  if (!assay_plan_run (plan, arguments, n_arguments, NULL, results, &error))
    return self->fails ? NULL : g_strdup (error->message);
  for (int i = 0; i < n; i++)
    {
      if (wrong == NULL && !self->fails)
        wrong = compare (results[i], self->outputs[i], self->tolerance);
      assay_value_unref (results[i]);
    }
  /* Nothing is needed of an operation without results, so it doesn't run. */
  return self->fails && n > 0 ? g_strdup ("no error") : wrong;
}

static GBytes *
read_cases (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "ops", name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GConverter) unzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  stream = g_converter_input_stream_new (raw, unzip);
  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
test_ops (gconstpointer name)
{
  static const char *const ways[] = { "at once", "of unknown shapes", "of known shapes", "of known integers" };
  g_autoptr (GBytes) bytes = read_cases (name);
  gsize  size;
  Cursor cursor = { .data = g_bytes_get_data (bytes, &size) };
  guint  n, n_wrong = 0;

  cursor.end = cursor.data + size;
  g_assert_cmpint (memcmp (take (&cursor, 8), "ASSAYOPS", 8), ==, 0);
  n = take_guint32 (&cursor);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AssayPool) pool = assay_pool_push ();
      Case self;

      take_case (&cursor, &self);
      for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
        {
          g_autofree char *wrong = way == 0 ? check_at_once (&self) : check_traced (&self, way - 1);

          if (wrong != NULL)
            {
              g_test_message ("case %u, %s %s %s: %s", i, self.op, self.n_inputs ? assay_dtype_get_info (assay_value_get_dtype (self.inputs[0]))->name : "", ways[way], wrong);
              n_wrong++;
            }
        }
      clear_case (&self);
    }
  g_test_message ("%u cases", n);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n_wrong, ==, 0);
}

/* A tensor that has nothing to do with what an operation wants. */
static AssayValue *
random_value (GRand *rand)
{
  static const AssayDtype dtypes[] = { ASSAY_DTYPE_FLOAT32, ASSAY_DTYPE_INT32, ASSAY_DTYPE_INT64, ASSAY_DTYPE_BOOL, ASSAY_DTYPE_FLOAT16, ASSAY_DTYPE_UINT8,
                                       ASSAY_DTYPE_FLOAT64, ASSAY_DTYPE_UINT64, ASSAY_DTYPE_COMPLEX64, ASSAY_DTYPE_INT4, ASSAY_DTYPE_FLOAT128, ASSAY_DTYPE_STRING, ASSAY_DTYPE_VARIANT };
  AssayDtype              dtype = dtypes[g_rand_int_range (rand, 0, G_N_ELEMENTS (dtypes))];
  guint                   rank = g_rand_int_range (rand, 0, 6), size;
  guint64                 dims[6], n = 1;
  guint8                 *data;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < rank; i++)
    n *= dims[i] = g_rand_int_range (rand, 0, 4);
  if (dtype == ASSAY_DTYPE_VARIANT)
    {
      AssayPartialShape shape = assay_partial_shape_make (1, (gint64) 2);

      return assay_pool_take (assay_value_new_list (ASSAY_DTYPE_FLOAT32, &shape, g_ptr_array_new ()));
    }
  if (dtype == ASSAY_DTYPE_STRING)
    {
      GPtrArray *strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      for (guint64 i = 0; i < n; i++)
        g_ptr_array_add (strings, g_bytes_new ("text", i % 5));
      return assay_pool_take (assay_value_new_strings (rank, dims, strings));
    }
  size = assay_dtype_get_info (dtype)->item_size;
  data = g_malloc0 (n * size + 1);
  /* Small numbers, negative and far too large ones. */
  for (guint64 i = 0; i < n; i++)
    for (guint k = 0; k < size; k++)
      {
        data[i * size + k] = k == 0 ? g_rand_int_range (rand, 0, 4) : 0;
        if (g_rand_int_range (rand, 0, 4) == 0)
          data[i * size + k] = g_rand_int (rand);
      }
  for (guint64 i = 0; i < n && dtype == ASSAY_DTYPE_BOOL; i++)
    data[i] &= 1;
  bytes = g_bytes_new_take (data, n * size);
  return assay_pool_take (assay_value_new_take (assay_tensor_new (dtype, rank, dims, bytes, NULL)));
}

static AssayAttrs *
spoil_attrs (AssayAttrs *attrs, GRand *rand)
{
  static const gint64 numbers[] = { 0, -1, 1, 2, 3, 7, -5, 64, G_MAXINT32, G_MININT64, G_MAXINT64 };
  g_autoptr (GPtrArray) names = assay_attrs_list (attrs);
  AssayAttrs *spoilt = assay_attrs_new ();

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      int         what = g_rand_int_range (rand, 0, 12);

      if (what > 2)
        assay_attrs_copy_one (spoilt, attrs, name);
      else if (what == 1)
        assay_attrs_set_int (spoilt, name, numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))]);
      else if (what == 2)
        assay_attrs_set_string (spoilt, name, "nonsense");
    }
  return spoilt;
}

/* An error or an answer, but no crash: cases with other inputs or attributes than they ask for. */
static void
test_ops_survive_nonsense (gconstpointer name)
{
  g_autoptr (GBytes) bytes = read_cases (name);
  gsize    size;
  Cursor   cursor = { .data = g_bytes_get_data (bytes, &size) };
  guint    n, n_refused = 0, n_runs = 0;
  GRand   *rand = g_rand_new_with_seed (4);
  gboolean thorough = g_test_thorough ();

#ifndef __SANITIZE_ADDRESS__
  /* Absurd sizes shall be refused, not filled with zeros. */
  setrlimit (RLIMIT_AS, &(struct rlimit){ 3ull << 30, RLIM_INFINITY });
#endif
  cursor.end = cursor.data + size;
  take (&cursor, 8);
  n = take_guint32 (&cursor);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AssayPool) pool = assay_pool_push ();
      Case self;

      take_case (&cursor, &self);
      for (guint k = 0; k < (thorough ? 200 : 4); k++)
        {
          AssayValue *inputs[MAX_VALUES], *outputs[MAX_VALUES];
          g_autoptr (AssayAttrs) attrs = k % 2 ? spoil_attrs (self.attrs, rand) : assay_attrs_ref (self.attrs);
          g_autoptr (GError) error = NULL;

          memcpy (inputs, self.inputs, sizeof inputs);
          for (guint j = 0; j < self.n_inputs; j++)
            if (g_rand_int_range (rand, 0, self.n_inputs + 1) == 0)
              inputs[j] = random_value (rand);
          n_runs++;
          n_refused += assay_apply_many (self.op, assay_attrs_ref (attrs), self.n_inputs, inputs, MAX_VALUES, outputs, &error) < 0;
        }
      clear_case (&self);
    }
  g_rand_free (rand);
  g_test_message ("%u of %u refused", n_refused, n_runs);
  g_assert_cmpuint (n_refused, >, 0);
}

/* Every op of the table has a kernel, but for "Argument", which stands for what a function is given. */
static void
test_ops_have_kernels (void)
{
  g_autoptr (GPtrArray) ops = assay_op_list ();
  guint n = 0;

  for (guint i = 0; i < ops->len; i++)
    {
      const AssayOp *op = ops->pdata[i];

      n += assay_engine_has_kernel (op->name);
      if (!assay_engine_has_kernel (op->name) && strcmp (op->name, "Argument") != 0)
        g_test_message ("no kernel: %s", op->name);
    }
  g_test_message ("%u of %u ops have kernels", n, ops->len);
  g_assert_cmpuint (n, ==, ops->len - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ops/math-array", "math-array.gz", test_ops);
  g_test_add_data_func ("/ops/survive-nonsense", "math-array.gz", test_ops_survive_nonsense);
  g_test_add_func ("/ops/have-kernels", test_ops_have_kernels);
  return g_test_run ();
}
