/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations on two tensors, broadcast as NumPy does. float16 and bfloat16 go through float32. */

#include "clones-private.h"
#include "half-private.h"
#include "kernel-private.h"

#include <math.h>

/* out[i] = a[i × a_step] ∘ b[i × b_step]; a step is 0 or 1. */
typedef void (*Loop) (void *out, const void *a, gsize a_step, const void *b, gsize b_step, gsize n);

#define LOOP(name, type, out_type, expression)                                                       \
  static void                                                                                        \
  name (void *out_data, const void *a_data, gsize a_step, const void *b_data, gsize b_step, gsize n) \
  {                                                                                                  \
    out_type   *out = out_data;                                                                      \
    const type *a = a_data, *b = b_data;                                                             \
                                                                                                     \
    if (a_step == 1 && b_step == 1)                                                                  \
      for (gsize i = 0; i < n; i++)                                                                  \
        {                                                                                            \
          type x = a[i], y = b[i];                                                                   \
          out[i] = (expression);                                                                     \
        }                                                                                            \
    else if (a_step == 1)                                                                            \
      {                                                                                              \
        type y = b[0];                                                                               \
                                                                                                     \
        for (gsize i = 0; i < n; i++)                                                                \
          {                                                                                          \
            type x = a[i];                                                                           \
            out[i] = (expression);                                                                   \
          }                                                                                          \
      }                                                                                              \
    else                                                                                             \
      {                                                                                              \
        type x = a[0];                                                                               \
                                                                                                     \
        for (gsize i = 0; i < n; i++)                                                                \
          {                                                                                          \
            type y = b[i * b_step];                                                                  \
            out[i] = (expression);                                                                   \
          }                                                                                          \
      }                                                                                              \
  }

/* Loops of float32 that are worth being compiled for each processor. */
#define FAST(name, expression) ENGINE_CLONES LOOP (name##_f32, float, float, expression)
#define FLOAT_LOOPS(name, single, double_) \
  LOOP (name##_f32, float, float, single)  \
  LOOP (name##_f64, double, double, double_)
#define SIGNED_LOOPS(name, expression)          \
  LOOP (name##_i8, gint8, gint8, expression)    \
  LOOP (name##_i16, gint16, gint16, expression) \
  LOOP (name##_i32, gint32, gint32, expression) \
  LOOP (name##_i64, gint64, gint64, expression)
#define UNSIGNED_LOOPS(name, expression)          \
  LOOP (name##_u8, guint8, guint8, expression)    \
  LOOP (name##_u16, guint16, guint16, expression) \
  LOOP (name##_u32, guint32, guint32, expression) \
  LOOP (name##_u64, guint64, guint64, expression)
#define INT_LOOPS(name, expression) \
  SIGNED_LOOPS (name, expression)   \
  UNSIGNED_LOOPS (name, expression)
#define COMPARISONS(name, expression)                                            \
  ENGINE_CLONES LOOP (name##_f32, float, guint8, expression)                     \
      LOOP (name##_f64, double, guint8, expression)                              \
          LOOP (name##_i8, gint8, guint8, expression)                            \
              LOOP (name##_i16, gint16, guint8, expression)                      \
                  LOOP (name##_i32, gint32, guint8, expression)                  \
                      LOOP (name##_i64, gint64, guint8, expression)              \
                          LOOP (name##_u8, guint8, guint8, expression)           \
                              LOOP (name##_u16, guint16, guint8, expression)     \
                                  LOOP (name##_u32, guint32, guint8, expression) \
                                      LOOP (name##_u64, guint64, guint8, expression)

/* Integers wrap round. Divisors were found not to be 0; −1 would overflow. */
#define FLOOR_DIV(x, y) (x / y - (x % y != 0 && (x % y < 0) != (y < 0)))
#define SIGNED_FLOOR_DIV(x, y) (y == -1 ? (gint64) (0 - (guint64) x) : (gint64) FLOOR_DIV (x, y))
#define SIGNED_FLOOR_MOD(x, y) (y == -1 ? 0 : x % y + (x % y != 0 && (x % y < 0) != (y < 0) ? y : 0))

static float
floor_mod_f (float x, float y)
{
  float rest = fmodf (x, y);

  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static double
floor_mod_d (double x, double y)
{
  double rest = fmod (x, y);

  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static guint64
power (guint64 x, guint64 y)
{
  guint64 z = 1;

  for (; y > 0; y >>= 1, x *= x)
    if (y & 1)
      z *= x;
  return z;
}

/* Shifts by less than nothing are none, by more than there are bits those by all but one. */
#define SHIFT(x, y) ((guint) (y < 0 ? 0 : (guint64) y >= sizeof (x) * 8 ? sizeof (x) * 8 - 1 \
                                                                        : (guint64) y))
#define SHIFT_UNSIGNED(x, y) ((guint) ((guint64) y >= sizeof (x) * 8 ? sizeof (x) * 8 - 1 : (guint64) y))

FAST (add, x + y)
LOOP (add_f64, double, double, x + y)
INT_LOOPS (add, (guint64) x + (guint64) y)
FAST (sub, x - y)
LOOP (sub_f64, double, double, x - y)
INT_LOOPS (sub, (guint64) x - (guint64) y)
FAST (mul, x *y)
LOOP (mul_f64, double, double, x *y)
INT_LOOPS (mul, (guint64) x *(guint64) y)
FAST (maximum, x > y || x != x ? x : y)
LOOP (maximum_f64, double, double, x > y || x != x ? x : y)
INT_LOOPS (maximum, x > y ? x : y)
FAST (minimum, x < y || x != x ? x : y)
LOOP (minimum_f64, double, double, x < y || x != x ? x : y)
INT_LOOPS (minimum, x < y ? x : y)
FAST (difference, (x - y) * (x - y))
LOOP (difference_f64, double, double, (x - y) * (x - y))
SIGNED_LOOPS (difference, ((guint64) x - (guint64) y) * ((guint64) x - (guint64) y))
FAST (div, x / y)
LOOP (div_f64, double, double, x / y)
SIGNED_LOOPS (div, y == -1 ? (gint64) (0 - (guint64) x) : (gint64) (x / y))
UNSIGNED_LOOPS (div, x / y)
FLOAT_LOOPS (truncate, truncf (x / y), trunc (x / y))
FLOAT_LOOPS (floor_div, floorf (x / y), floor (x / y))
SIGNED_LOOPS (floor_div, SIGNED_FLOOR_DIV (x, y))
UNSIGNED_LOOPS (floor_div, x / y)
FLOAT_LOOPS (floor_mod, floor_mod_f (x, y), floor_mod_d (x, y))
SIGNED_LOOPS (floor_mod, SIGNED_FLOOR_MOD (x, y))
UNSIGNED_LOOPS (floor_mod, x % y)
FLOAT_LOOPS (mod, fmodf (x, y), fmod (x, y))
SIGNED_LOOPS (mod, y == -1 ? 0 : x % y)
UNSIGNED_LOOPS (mod, x % y)
FLOAT_LOOPS (pow, powf (x, y), pow (x, y))
INT_LOOPS (pow, power (x, y))
FLOAT_LOOPS (xdivy, x == 0 ? 0 : x / y, x == 0 ? 0 : x / y)
FLOAT_LOOPS (xlogy, x == 0 ? 0 : x * logf (y), x == 0 ? 0 : x * log (y))
FLOAT_LOOPS (xlog1py, x == 0 ? 0 : x * log1pf (y), x == 0 ? 0 : x * log1p (y))
FLOAT_LOOPS (div_no_nan, y == 0 ? 0 : x / y, y == 0 ? 0 : x / y)
FLOAT_LOOPS (mul_no_nan, y == 0 ? 0 : x * y, y == 0 ? 0 : x * y)
FLOAT_LOOPS (atan2, atan2f (x, y), atan2 (x, y))
INT_LOOPS (bit_and, x &y)
INT_LOOPS (bit_or, x | y)
INT_LOOPS (bit_xor, x ^ y)
SIGNED_LOOPS (left, (guint64) x << SHIFT (x, y))
UNSIGNED_LOOPS (left, (guint64) x << SHIFT_UNSIGNED (x, y))
SIGNED_LOOPS (right, x >> SHIFT (x, y))
UNSIGNED_LOOPS (right, x >> SHIFT_UNSIGNED (x, y))
LOOP (and_bool, guint8, guint8, x &&y)
LOOP (or_bool, guint8, guint8, x || y)
COMPARISONS (greater, x > y)
COMPARISONS (greater_equal, x >= y)
COMPARISONS (less, x < y)
COMPARISONS (less_equal, x <= y)
COMPARISONS (equal, x == y)
COMPARISONS (not_equal, x != y)
LOOP (equal_bool, guint8, guint8, !x == !y)
LOOP (not_equal_bool, guint8, guint8, !x != !y)
typedef GBytes *Text;

LOOP (equal_string, Text, guint8, g_bytes_equal (x, y))
LOOP (not_equal_string, Text, guint8, !g_bytes_equal (x, y))

#define IN_FLOATS(name) [ASSAY_DTYPE_FLOAT32] = name##_f32, [ASSAY_DTYPE_FLOAT64] = name##_f64
#define IN_SIGNED(name) \
  [ASSAY_DTYPE_INT8] = name##_i8, [ASSAY_DTYPE_INT16] = name##_i16, [ASSAY_DTYPE_INT32] = name##_i32, [ASSAY_DTYPE_INT64] = name##_i64
#define IN_UNSIGNED(name) \
  [ASSAY_DTYPE_UINT8] = name##_u8, [ASSAY_DTYPE_UINT16] = name##_u16, [ASSAY_DTYPE_UINT32] = name##_u32, [ASSAY_DTYPE_UINT64] = name##_u64
#define IN_INTS(name) IN_SIGNED (name), IN_UNSIGNED (name)
#define IN_ALL(name) IN_FLOATS (name), IN_SIGNED (name), IN_UNSIGNED (name)

typedef enum
{
  ANY_DIVISOR,
  NO_ZERO,     /* of integers */
  NO_NEGATIVE, /* likewise */
} Demand;

static const struct
{
  const char *op;
  Loop        loops[ASSAY_N_DTYPES];
  Demand      demand; /* what the second input may not have */
} operations[] = {
  { "Add", { IN_ALL (add) } },
  { "AddV2", { IN_ALL (add) } },
  { "Sub", { IN_ALL (sub) } },
  { "Mul", { IN_ALL (mul) } },
  { "Maximum", { IN_ALL (maximum) } },
  { "Minimum", { IN_ALL (minimum) } },
  { "SquaredDifference", { IN_FLOATS (difference), IN_SIGNED (difference) } },
  { "RealDiv", { IN_FLOATS (div) } },
  { "Div", { IN_ALL (div) }, NO_ZERO },
  { "TruncateDiv", { IN_FLOATS (truncate), IN_INTS (div) }, NO_ZERO },
  { "FloorDiv", { IN_ALL (floor_div) }, NO_ZERO },
  { "FloorMod", { IN_ALL (floor_mod) }, NO_ZERO },
  { "Mod", { IN_ALL (mod) }, NO_ZERO },
  { "TruncateMod", { IN_ALL (mod) }, NO_ZERO },
  { "Pow", { IN_ALL (pow) }, NO_NEGATIVE },
  { "Xdivy", { IN_FLOATS (xdivy) } },
  { "Xlogy", { IN_FLOATS (xlogy) } },
  { "Xlog1py", { IN_FLOATS (xlog1py) } },
  { "DivNoNan", { IN_FLOATS (div_no_nan) } },
  { "MulNoNan", { IN_FLOATS (mul_no_nan) } },
  { "Atan2", { IN_FLOATS (atan2) } },
  { "BitwiseAnd", { IN_INTS (bit_and) } },
  { "BitwiseOr", { IN_INTS (bit_or) } },
  { "BitwiseXor", { IN_INTS (bit_xor) } },
  { "LeftShift", { IN_INTS (left) } },
  { "RightShift", { IN_INTS (right) } },
  { "LogicalAnd", { [ASSAY_DTYPE_BOOL] = and_bool } },
  { "LogicalOr", { [ASSAY_DTYPE_BOOL] = or_bool } },
  { "Greater", { IN_ALL (greater) } },
  { "GreaterEqual", { IN_ALL (greater_equal) } },
  { "Less", { IN_ALL (less) } },
  { "LessEqual", { IN_ALL (less_equal) } },
  { "Equal", { IN_ALL (equal), [ASSAY_DTYPE_BOOL] = equal_bool, [ASSAY_DTYPE_STRING] = equal_string } },
  { "NotEqual", { IN_ALL (not_equal), [ASSAY_DTYPE_BOOL] = not_equal_bool, [ASSAY_DTYPE_STRING] = not_equal_string } },
};

typedef struct
{
  Loop          loop;
  Demand        demand;
  char         *out;
  const char   *a, *b;
  gsize         item_size, out_size;
  AssayDtype    half; /* to be widened before the loop; INVALID if not */
  int           rank; /* of the outer dimensions */
  const gint64 *dims;
  gsize         a_strides[ASSAY_GRAPH_MAX_RANK], b_strides[ASSAY_GRAPH_MAX_RANK]; /* in elements, 0 where broadcast */
  gsize         inner, a_step, b_step;
} Broadcast;

/* Elements between neighbours along each dimension of the output, 0 where the input has only one. */
static void
find_strides (const AssayPartialShape *in, const AssayPartialShape *out, gsize *strides)
{
  gsize stride = 1;

  for (int i = out->rank - 1; i >= 0; i--)
    {
      int k = i - (out->rank - in->rank);

      strides[i] = k >= 0 && in->dims[k] != 1 ? stride : 0;
      if (k >= 0)
        stride *= in->dims[k];
    }
}

static void
run_halves (const Broadcast *self, char *out, const char *a, const char *b, gsize n)
{
  float x[512], y[512], z[512];

  for (gsize at = 0; at < n; at += G_N_ELEMENTS (x))
    {
      gsize m = MIN (n - at, G_N_ELEMENTS (x));

      assay_widen (x, a + at * self->a_step * self->item_size, self->half, self->a_step ? m : 1);
      assay_widen (y, b + at * self->b_step * self->item_size, self->half, self->b_step ? m : 1);
      if (self->out_size == 1)
        self->loop (out + at, x, self->a_step, y, self->b_step, m);
      else
        {
          self->loop (z, x, self->a_step, y, self->b_step, m);
          assay_narrow (out + at * self->out_size, z, self->half, m);
        }
    }
}

static void
run_row (const Broadcast *self, gsize out, gsize a, gsize b, gsize n)
{
  char       *to = self->out + out * self->out_size;
  const char *left = self->a + a * self->item_size, *right = self->b + b * self->item_size;

  if (self->half)
    run_halves (self, to, left, right, n);
  else
    self->loop (to, left, self->a_step, right, self->b_step, n);
}

/* Runs rows [first, end) of the output, a row being the dimensions that both inputs walk evenly. */
static void
run_rows (gsize first, gsize end, gpointer data)
{
  const Broadcast *self = data;

  for (gsize row = first; row < end; row++)
    {
      gsize a_at = 0, b_at = 0, rest = row;

      for (int i = self->rank - 1; i >= 0; i--)
        {
          gsize index = rest % self->dims[i];

          rest /= self->dims[i];
          a_at += index * self->a_strides[i];
          b_at += index * self->b_strides[i];
        }
      run_row (self, row * self->inner, a_at, b_at, self->inner);
    }
}

static void
run_flat (gsize first, gsize end, gpointer data)
{
  const Broadcast *self = data;

  run_row (self, first, first * self->a_step, first * self->b_step, end - first);
}

/* Takes dimensions from the end into the inner loop while both inputs have step 0 or 1 throughout. */
static void
find_inner (Broadcast *self, const AssayPartialShape *shape)
{
  self->dims = shape->dims;
  self->rank = shape->rank;
  self->inner = 1;
  self->a_step = self->b_step = 0;
  while (self->rank > 0)
    {
      int   i = self->rank - 1;
      gsize a_wanted = self->a_step * self->inner, b_wanted = self->b_step * self->inner;

      if (self->inner == 1)
        {
          self->a_step = self->a_strides[i];
          self->b_step = self->b_strides[i];
        }
      else if (shape->dims[i] != 1 && (self->a_strides[i] != a_wanted || self->b_strides[i] != b_wanted))
        break;
      self->inner *= shape->dims[i];
      self->rank--;
    }
}

static gboolean
find_loop (Broadcast *work, const char *op, AssayDtype dtype)
{
  work->half = assay_is_half (dtype) ? dtype : ASSAY_DTYPE_INVALID;
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].op, op))
      {
        work->loop = operations[i].loops[work->half ? ASSAY_DTYPE_FLOAT32 : dtype];
        work->demand = operations[i].demand;
      }
  return work->loop != NULL;
}

/* Integers can't be divided by 0, nor have negative powers. */
static gboolean
check_divisors (AssayKernelCall *call, Demand demand, AssayDtype dtype, GError **error)
{
  AssayKind     kind = assay_dtype_get_info (dtype)->kind;
  gsize         size = assay_dtype_get_info (dtype)->item_size;
  const guint8 *data = assay_kernel_input (call, 1);
  gint64        n = assay_kernel_n (call, 1);

  if (demand == ANY_DIVISOR || (kind != ASSAY_KIND_INT && kind != ASSAY_KIND_UINT) || (demand == NO_NEGATIVE && kind == ASSAY_KIND_UINT))
    return TRUE;
  for (gint64 i = 0; i < n; i++)
    {
      guint64 bits = 0;

      if (demand == NO_NEGATIVE)
        {
          if (data[i * size + (G_BYTE_ORDER == G_LITTLE_ENDIAN ? size - 1 : 0)] & 0x80)
            return assay_kernel_fail (call, error, "Integers to negative integer powers are not allowed");
          continue;
        }
      memcpy (&bits, data + i * size, size);
      if (bits == 0)
        return assay_kernel_fail (call, error, "Integer division by zero");
    }
  return TRUE;
}

static gboolean
run_binary (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Broadcast  work = { 0 };
  gsize      n;

  if (!find_loop (&work, call->op->name, dtype) || assay_kernel_dtype (call, 1) != dtype)
    return assay_kernel_refuse_dtype (call, dtype, error);
  n = assay_partial_shape_n_elements (&call->specs[0].shape);
  if (n > 0 && work.demand != ANY_DIVISOR && !check_divisors (call, work.demand, dtype, error))
    return FALSE;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (n == 0)
    return TRUE;
  work.a = assay_kernel_items (call, 0);
  work.b = assay_kernel_items (call, 1);
  work.item_size = assay_kernel_item_size (dtype);
  work.out_size = assay_dtype_get_info (call->specs[0].dtype)->item_size;
  find_strides (assay_kernel_shape (call, 0), &call->specs[0].shape, work.a_strides);
  find_strides (assay_kernel_shape (call, 1), &call->specs[0].shape, work.b_strides);
  find_inner (&work, &call->specs[0].shape);
  if (work.rank == 0)
    assay_parallel (call->workspace, n, 16384, run_flat, &work);
  else
    assay_parallel (call->workspace, n / work.inner, MAX (16384 / work.inner, 1), run_rows, &work);
  return TRUE;
}

#define BINARY(name) \
  {                  \
    name, run_binary \
  }

const AssayKernel assay_kernels_binary[] = {
  BINARY ("Add"),
  BINARY ("AddV2"),
  BINARY ("Sub"),
  BINARY ("Mul"),
  BINARY ("Maximum"),
  BINARY ("Minimum"),
  BINARY ("SquaredDifference"),
  BINARY ("RealDiv"),
  BINARY ("Div"),
  BINARY ("TruncateDiv"),
  BINARY ("FloorDiv"),
  BINARY ("FloorMod"),
  BINARY ("Mod"),
  BINARY ("TruncateMod"),
  BINARY ("Pow"),
  BINARY ("Xdivy"),
  BINARY ("Xlogy"),
  BINARY ("Xlog1py"),
  BINARY ("DivNoNan"),
  BINARY ("MulNoNan"),
  BINARY ("Atan2"),
  BINARY ("BitwiseAnd"),
  BINARY ("BitwiseOr"),
  BINARY ("BitwiseXor"),
  BINARY ("LeftShift"),
  BINARY ("RightShift"),
  BINARY ("LogicalAnd"),
  BINARY ("LogicalOr"),
  BINARY ("Greater"),
  BINARY ("GreaterEqual"),
  BINARY ("Less"),
  BINARY ("LessEqual"),
  BINARY ("Equal"),
  BINARY ("NotEqual"),
  { NULL },
};
