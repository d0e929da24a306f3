/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations on two tensors, broadcast as NumPy does. */

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
    else                                                                                             \
      for (gsize i = 0; i < n; i++)                                                                  \
        {                                                                                            \
          type x = a[i * a_step], y = b[i * b_step];                                                 \
          out[i] = (expression);                                                                     \
        }                                                                                            \
  }

#define LOOPS(name, expression)                 \
  LOOP (name##_f32, float, float, expression)   \
  LOOP (name##_f64, double, double, expression) \
  LOOP (name##_i32, gint32, gint32, expression) \
  LOOP (name##_i64, gint64, gint64, expression)

#define COMPARISONS(name, expression)           \
  LOOP (name##_f32, float, guint8, expression)  \
  LOOP (name##_f64, double, guint8, expression) \
  LOOP (name##_i32, gint32, guint8, expression) \
  LOOP (name##_i64, gint64, guint8, expression)

LOOPS (add, x + y)
LOOPS (sub, x - y)
LOOPS (mul, x *y)
LOOPS (maximum, x > y || x != x ? x : y)
LOOPS (minimum, x < y || x != x ? x : y)
LOOP (div_f32, float, float, x / y)
LOOP (div_f64, double, double, x / y)
COMPARISONS (greater, x > y)
COMPARISONS (less, x < y)
COMPARISONS (equal, x == y)

#define FOUR(name)                                                                                                                             \
  {                                                                                                                                            \
    [ASSAY_DTYPE_FLOAT32] = name##_f32, [ASSAY_DTYPE_FLOAT64] = name##_f64, [ASSAY_DTYPE_INT32] = name##_i32, [ASSAY_DTYPE_INT64] = name##_i64 \
  }

static const struct
{
  const char *op;
  Loop        loops[ASSAY_N_DTYPES];
} operations[] = {
  { "Add", FOUR (add) },
  { "AddV2", FOUR (add) },
  { "Sub", FOUR (sub) },
  { "Mul", FOUR (mul) },
  { "Maximum", FOUR (maximum) },
  { "Minimum", FOUR (minimum) },
  { "RealDiv", { [ASSAY_DTYPE_FLOAT32] = div_f32, [ASSAY_DTYPE_FLOAT64] = div_f64 } },
  { "Greater", FOUR (greater) },
  { "Less", FOUR (less) },
  { "Equal", FOUR (equal) },
};

typedef struct
{
  Loop          loop;
  char         *out;
  const char   *a, *b;
  gsize         item_size, out_size;
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
      self->loop (self->out + row * self->inner * self->out_size, self->a + a_at * self->item_size, self->a_step,
                  self->b + b_at * self->item_size, self->b_step, self->inner);
    }
}

static void
run_flat (gsize first, gsize end, gpointer data)
{
  const Broadcast *self = data;

  self->loop (self->out + first * self->out_size, self->a + first * self->a_step * self->item_size, self->a_step,
              self->b + first * self->b_step * self->item_size, self->b_step, end - first);
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
run_binary (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Broadcast  work = { 0 };
  gsize      n;

  for (gsize i = 0; i < G_N_ELEMENTS (operations) && work.loop == NULL; i++)
    if (g_str_equal (operations[i].op, call->op->name))
      work.loop = operations[i].loops[dtype];
  if (work.loop == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  n = assay_partial_shape_n_elements (&call->specs[0].shape);
  if (n == 0)
    return TRUE;
  work.a = assay_kernel_input (call, 0);
  work.b = assay_kernel_input (call, 1);
  work.item_size = assay_dtype_get_info (dtype)->item_size;
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

const AssayKernel assay_kernels_binary[] = {
  { "Add", run_binary },
  { "AddV2", run_binary },
  { "Sub", run_binary },
  { "Mul", run_binary },
  { "RealDiv", run_binary },
  { "Maximum", run_binary },
  { "Minimum", run_binary },
  { "Greater", run_binary },
  { "Less", run_binary },
  { "Equal", run_binary },
  { NULL },
};
