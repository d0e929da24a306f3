/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations on one tensor. */

#include "kernel-private.h"

#include <math.h>

typedef void (*Loop) (void *out, const void *in, gsize n);

#define LOOP(name, type, expression)                  \
  static void                                         \
  name (void *out_data, const void *in_data, gsize n) \
  {                                                   \
    type       *out = out_data;                       \
    const type *in = in_data;                         \
                                                      \
    for (gsize i = 0; i < n; i++)                     \
      {                                               \
        type x = in[i];                               \
        out[i] = (expression);                        \
      }                                               \
  }

LOOP (neg_f32, float, -x)
LOOP (neg_f64, double, -x)
LOOP (neg_i32, gint32, -x)
LOOP (neg_i64, gint64, -x)
LOOP (abs_f32, float, fabsf (x))
LOOP (abs_f64, double, fabs (x))
LOOP (abs_i32, gint32, x < 0 ? -x : x)
LOOP (abs_i64, gint64, x < 0 ? -x : x)
LOOP (square_f32, float, x *x)
LOOP (square_f64, double, x *x)
LOOP (relu_f32, float, x > 0 || x != x ? x : 0)
LOOP (relu_f64, double, x > 0 || x != x ? x : 0)
LOOP (exp_f32, float, expf (x))
LOOP (exp_f64, double, exp (x))
LOOP (sqrt_f32, float, sqrtf (x))
LOOP (sqrt_f64, double, sqrt (x))
LOOP (tanh_f32, float, tanhf (x))
LOOP (tanh_f64, double, tanh (x))
LOOP (sigmoid_f32, float, 1 / (1 + expf (-x)))
LOOP (sigmoid_f64, double, 1 / (1 + exp (-x)))

#define FLOATS(name)                                                       \
  {                                                                        \
    [ASSAY_DTYPE_FLOAT32] = name##_f32, [ASSAY_DTYPE_FLOAT64] = name##_f64 \
  }
#define FOUR(name)                                                                                                                             \
  {                                                                                                                                            \
    [ASSAY_DTYPE_FLOAT32] = name##_f32, [ASSAY_DTYPE_FLOAT64] = name##_f64, [ASSAY_DTYPE_INT32] = name##_i32, [ASSAY_DTYPE_INT64] = name##_i64 \
  }

static const struct
{
  const char *op;
  Loop        loops[ASSAY_N_DTYPES];
} operations[] = {
  { "Neg", FOUR (neg) },
  { "Abs", FOUR (abs) },
  { "Square", FLOATS (square) },
  { "Relu", FLOATS (relu) },
  { "Exp", FLOATS (exp) },
  { "Sqrt", FLOATS (sqrt) },
  { "Tanh", FLOATS (tanh) },
  { "Sigmoid", FLOATS (sigmoid) },
};

typedef struct
{
  Loop        loop;
  char       *out;
  const char *in;
  gsize       item_size;
} Unary;

static void
run_piece (gsize first, gsize end, gpointer data)
{
  const Unary *self = data;

  self->loop (self->out + first * self->item_size, self->in + first * self->item_size, end - first);
}

static gboolean
run_unary (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Unary      work = { .item_size = assay_dtype_get_info (dtype)->item_size };

  for (gsize i = 0; i < G_N_ELEMENTS (operations) && work.loop == NULL; i++)
    if (g_str_equal (operations[i].op, call->op->name))
      work.loop = operations[i].loops[dtype];
  if (work.loop == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_kernel_n (call, 0), 16384, run_piece, &work);
  return TRUE;
}

const AssayKernel assay_kernels_unary[] = {
  { "Neg", run_unary },
  { "Abs", run_unary },
  { "Square", run_unary },
  { "Relu", run_unary },
  { "Exp", run_unary },
  { "Sqrt", run_unary },
  { "Tanh", run_unary },
  { "Sigmoid", run_unary },
  { NULL },
};
