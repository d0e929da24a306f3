/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations on one tensor. float16 and bfloat16 go through float32. */

#include "clones-private.h"
#include "half-private.h"
#include "kernel-private.h"
#include "vector-math-private.h"

#include <math.h>

typedef void (*Loop) (void *out, const void *in, gsize n);

#define LOOP_TO(name, type, out_type, expression)     \
  static void                                         \
  name (void *out_data, const void *in_data, gsize n) \
  {                                                   \
    out_type   *out = out_data;                       \
    const type *in = in_data;                         \
                                                      \
    for (gsize i = 0; i < n; i++)                     \
      {                                               \
        type x = in[i];                               \
        out[i] = (expression);                        \
      }                                               \
  }
#define LOOP(name, type, expression) LOOP_TO (name, type, type, expression)

/* Loops of float32 that are worth being compiled for each processor. */
#define FAST(name, expression) ENGINE_CLONES LOOP (name##_f32, float, expression)

#define SIGNED_LOOPS(name, expression)  \
  LOOP (name##_i8, gint8, expression)   \
  LOOP (name##_i16, gint16, expression) \
  LOOP (name##_i32, gint32, expression) \
  LOOP (name##_i64, gint64, expression)
#define UNSIGNED_LOOPS(name, expression) \
  LOOP (name##_u8, guint8, expression)   \
  LOOP (name##_u16, guint16, expression) \
  LOOP (name##_u32, guint32, expression) \
  LOOP (name##_u64, guint64, expression)
#define FLOAT_LOOPS(name, single, double_) \
  LOOP (name##_f32, float, single)         \
  LOOP (name##_f64, double, double_)

/* Below that, exp (x) is all that counts in log (1 + exp (x)); above its negative, x. As tensorflow/core/kernels/softplus_op.h. */
#define SOFTPLUS_F64 (-34.04365338911715)

/* Rational numbers are left to the C library; what models use most is in vector-math-private.h. */
static double
digamma (double x)
{
  double y = 0, z;

  if (x <= 0 && floor (x) == x)
    return x == 0 ? -INFINITY : NAN;
  if (x < 0)
    return digamma (1 - x) - M_PI / tan (M_PI * x);
  for (; x < 10; x++)
    y -= 1 / x;
  z = 1 / (x * x);
  return y + log (x) - 0.5 / x - z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132)))));
}

/* The sign of Γ is of no interest, and must not be written to a global. */
static double
log_gamma (double x)
{
  int sign;

  return lgamma_r (x, &sign);
}

SIGNED_LOOPS (neg, 0 - (guint64) x)
UNSIGNED_LOOPS (neg, 0 - (guint64) x)
FAST (neg, -x)
LOOP (neg_f64, double, -x)
SIGNED_LOOPS (abs, x < 0 ? 0 - (guint64) x : (guint64) x)
FAST (abs, fabsf (x))
LOOP (abs_f64, double, fabs (x))
SIGNED_LOOPS (sign, (x > 0) - (x < 0))
FLOAT_LOOPS (sign, x != x ? x : (x > 0) - (x < 0), x != x ? x : (x > 0) - (x < 0))
SIGNED_LOOPS (square, (guint64) x *(guint64) x)
UNSIGNED_LOOPS (square, (guint64) x *(guint64) x)
FAST (square, x *x)
LOOP (square_f64, double, x *x)
SIGNED_LOOPS (invert, ~x)
UNSIGNED_LOOPS (invert, ~x)
FAST (relu, x > 0 || x != x ? x : 0)
LOOP (relu_f64, double, x > 0 || x != x ? x : 0)
SIGNED_LOOPS (relu, x > 0 ? x : 0)
UNSIGNED_LOOPS (relu, x)
FAST (sqrt, sqrtf (x))
LOOP (sqrt_f64, double, sqrt (x))
FAST (rsqrt, 1 / sqrtf (x))
LOOP (rsqrt_f64, double, 1 / sqrt (x))
FAST (reciprocal, 1 / x)
LOOP (reciprocal_f64, double, 1 / x)
FAST (exp, vector_exp (x))
LOOP (exp_f64, double, exp (x))
FAST (tanh, vector_tanh (x))
LOOP (tanh_f64, double, tanh (x))
FAST (sigmoid, vector_sigmoid (x))
LOOP (sigmoid_f64, double, 1 / (1 + exp (-x)))
FAST (erf, vector_erf (x))
LOOP (erf_f64, double, erf (x))
FAST (erfc, vector_erfc (x))
LOOP (erfc_f64, double, erfc (x))
FAST (softsign, x / (1 + fabsf (x)))
LOOP (softsign_f64, double, x / (1 + fabs (x)))
FAST (softplus, vector_softplus (x))
LOOP (softplus_f64, double, x > -SOFTPLUS_F64 ? x : x < SOFTPLUS_F64 ? exp (x)
                                                                     : log1p (exp (x)))
FLOAT_LOOPS (expm1, expm1f (x), expm1 (x))
FLOAT_LOOPS (log, logf (x), log (x))
FLOAT_LOOPS (log1p, log1pf (x), log1p (x))
FLOAT_LOOPS (sin, sinf (x), sin (x))
FLOAT_LOOPS (cos, cosf (x), cos (x))
FLOAT_LOOPS (tan, tanf (x), tan (x))
FLOAT_LOOPS (asin, asinf (x), asin (x))
FLOAT_LOOPS (acos, acosf (x), acos (x))
FLOAT_LOOPS (atan, atanf (x), atan (x))
FLOAT_LOOPS (sinh, sinhf (x), sinh (x))
FLOAT_LOOPS (cosh, coshf (x), cosh (x))
FLOAT_LOOPS (asinh, asinhf (x), asinh (x))
FLOAT_LOOPS (acosh, acoshf (x), acosh (x))
FLOAT_LOOPS (atanh, atanhf (x), atanh (x))
FLOAT_LOOPS (lgamma, log_gamma (x), log_gamma (x))
FLOAT_LOOPS (digamma, digamma (x), digamma (x))
FAST (rint, rintf (x))
LOOP (rint_f64, double, rint (x))
FAST (ceil, ceilf (x))
LOOP (ceil_f64, double, ceil (x))
FAST (floor, floorf (x))
LOOP (floor_f64, double, floor (x))
SIGNED_LOOPS (same, x)
UNSIGNED_LOOPS (same, x)
LOOP_TO (isnan_f32, float, guint8, x != x)
LOOP_TO (isnan_f64, double, guint8, x != x)
LOOP_TO (isinf_f32, float, guint8, fabsf (x) == INFINITY)
LOOP_TO (isinf_f64, double, guint8, fabs (x) == INFINITY)
LOOP_TO (isfinite_f32, float, guint8, fabsf (x) < INFINITY)
LOOP_TO (isfinite_f64, double, guint8, fabs (x) < INFINITY)
LOOP (not_bool, guint8, x == 0)

#define IN_FLOATS(name) [ASSAY_DTYPE_FLOAT32] = name##_f32, [ASSAY_DTYPE_FLOAT64] = name##_f64
#define IN_SIGNED(name) \
  [ASSAY_DTYPE_INT8] = name##_i8, [ASSAY_DTYPE_INT16] = name##_i16, [ASSAY_DTYPE_INT32] = name##_i32, [ASSAY_DTYPE_INT64] = name##_i64
#define IN_UNSIGNED(name) \
  [ASSAY_DTYPE_UINT8] = name##_u8, [ASSAY_DTYPE_UINT16] = name##_u16, [ASSAY_DTYPE_UINT32] = name##_u32, [ASSAY_DTYPE_UINT64] = name##_u64

static const struct
{
  const char *op;
  Loop        loops[ASSAY_N_DTYPES];
} operations[] = {
  { "Neg", { IN_FLOATS (neg), IN_SIGNED (neg), IN_UNSIGNED (neg) } },
  { "Abs", { IN_FLOATS (abs), IN_SIGNED (abs) } },
  { "Sign", { IN_FLOATS (sign), IN_SIGNED (sign) } },
  { "Square", { IN_FLOATS (square), IN_SIGNED (square), IN_UNSIGNED (square) } },
  { "Invert", { IN_SIGNED (invert), IN_UNSIGNED (invert) } },
  { "Relu", { IN_FLOATS (relu), IN_SIGNED (relu), IN_UNSIGNED (relu) } },
  { "Sqrt", { IN_FLOATS (sqrt) } },
  { "Rsqrt", { IN_FLOATS (rsqrt) } },
  { "Reciprocal", { IN_FLOATS (reciprocal) } },
  { "Inv", { IN_FLOATS (reciprocal) } },
  { "Exp", { IN_FLOATS (exp) } },
  { "Expm1", { IN_FLOATS (expm1) } },
  { "Log", { IN_FLOATS (log) } },
  { "Log1p", { IN_FLOATS (log1p) } },
  { "Sin", { IN_FLOATS (sin) } },
  { "Cos", { IN_FLOATS (cos) } },
  { "Tan", { IN_FLOATS (tan) } },
  { "Asin", { IN_FLOATS (asin) } },
  { "Acos", { IN_FLOATS (acos) } },
  { "Atan", { IN_FLOATS (atan) } },
  { "Sinh", { IN_FLOATS (sinh) } },
  { "Cosh", { IN_FLOATS (cosh) } },
  { "Tanh", { IN_FLOATS (tanh) } },
  { "Asinh", { IN_FLOATS (asinh) } },
  { "Acosh", { IN_FLOATS (acosh) } },
  { "Atanh", { IN_FLOATS (atanh) } },
  { "Erf", { IN_FLOATS (erf) } },
  { "Erfc", { IN_FLOATS (erfc) } },
  { "Lgamma", { IN_FLOATS (lgamma) } },
  { "Digamma", { IN_FLOATS (digamma) } },
  { "Sigmoid", { IN_FLOATS (sigmoid) } },
  { "Softplus", { IN_FLOATS (softplus) } },
  { "Softsign", { IN_FLOATS (softsign) } },
  { "Round", { IN_FLOATS (rint), IN_SIGNED (same), IN_UNSIGNED (same) } },
  { "Rint", { IN_FLOATS (rint) } },
  { "Ceil", { IN_FLOATS (ceil) } },
  { "Floor", { IN_FLOATS (floor) } },
  { "IsNan", { IN_FLOATS (isnan) } },
  { "IsInf", { IN_FLOATS (isinf) } },
  { "IsFinite", { IN_FLOATS (isfinite) } },
  { "LogicalNot", { [ASSAY_DTYPE_BOOL] = not_bool } },
};

typedef struct
{
  Loop        loop;
  char       *out;
  const char *in;
  gsize       item_size, out_size;
  AssayDtype  half; /* to be widened before the loop; INVALID if not */
} Unary;

static void
run_halves (const Unary *self, char *out, const char *in, gsize n)
{
  float wide[512], result[512];

  for (gsize at = 0; at < n; at += G_N_ELEMENTS (wide))
    {
      gsize m = MIN (n - at, G_N_ELEMENTS (wide));

      assay_widen (wide, in + at * self->item_size, self->half, m);
      if (self->out_size == 1)
        self->loop (out + at, wide, m);
      else
        {
          self->loop (result, wide, m);
          assay_narrow (out + at * self->out_size, result, self->half, m);
        }
    }
}

static void
run_piece (gsize first, gsize end, gpointer data)
{
  const Unary *self = data;

  if (self->half)
    run_halves (self, self->out + first * self->out_size, self->in + first * self->item_size, end - first);
  else
    self->loop (self->out + first * self->out_size, self->in + first * self->item_size, end - first);
}

static gboolean
run_unary (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Unary      work = { .item_size = assay_dtype_get_info (dtype)->item_size, .half = assay_is_half (dtype) ? dtype : ASSAY_DTYPE_INVALID };

  for (gsize i = 0; i < G_N_ELEMENTS (operations) && work.loop == NULL; i++)
    if (g_str_equal (operations[i].op, call->op->name))
      work.loop = operations[i].loops[work.half ? ASSAY_DTYPE_FLOAT32 : dtype];
  if (work.loop == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  work.out_size = assay_dtype_get_info (call->specs[0].dtype)->item_size;
  assay_parallel (call->workspace, assay_kernel_n (call, 0), 16384, run_piece, &work);
  return TRUE;
}

#define UNARY(name) \
  {                 \
    name, run_unary \
  }

const AssayKernel assay_kernels_unary[] = {
  UNARY ("Neg"),
  UNARY ("Abs"),
  UNARY ("Sign"),
  UNARY ("Square"),
  UNARY ("Invert"),
  UNARY ("Relu"),
  UNARY ("Sqrt"),
  UNARY ("Rsqrt"),
  UNARY ("Reciprocal"),
  UNARY ("Inv"),
  UNARY ("Exp"),
  UNARY ("Expm1"),
  UNARY ("Log"),
  UNARY ("Log1p"),
  UNARY ("Sin"),
  UNARY ("Cos"),
  UNARY ("Tan"),
  UNARY ("Asin"),
  UNARY ("Acos"),
  UNARY ("Atan"),
  UNARY ("Sinh"),
  UNARY ("Cosh"),
  UNARY ("Tanh"),
  UNARY ("Asinh"),
  UNARY ("Acosh"),
  UNARY ("Atanh"),
  UNARY ("Erf"),
  UNARY ("Erfc"),
  UNARY ("Lgamma"),
  UNARY ("Digamma"),
  UNARY ("Sigmoid"),
  UNARY ("Softplus"),
  UNARY ("Softsign"),
  UNARY ("Round"),
  UNARY ("Rint"),
  UNARY ("Ceil"),
  UNARY ("Floor"),
  UNARY ("IsNan"),
  UNARY ("IsInf"),
  UNARY ("IsFinite"),
  UNARY ("LogicalNot"),
  { NULL },
};
