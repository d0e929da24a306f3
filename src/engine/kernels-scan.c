/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running sums and products, ranges, and what else makes a row of numbers from a few. */

#include "half-private.h"
#include "kernel-private.h"

#include <math.h>

typedef struct
{
  AssayDtype  dtype;
  gboolean    exclusive, reverse, product, logs;
  gint64      inner, count;
  const void *in;
  void       *out;
} Scan;

/* One line along the axis; items are @inner apart. */
#define SCAN(type, wide, unit, step, to_wide, from_wide)                         \
  {                                                                              \
    wide sum = unit;                                                             \
                                                                                 \
    for (gint64 k = 0; k < self->count && !assay_stops (k + 1); k++)             \
      {                                                                          \
        gint64 i = at + (self->reverse ? self->count - 1 - k : k) * self->inner; \
        wide   x = to_wide (((const type *) self->in)[i]);                       \
                                                                                 \
        if (self->exclusive)                                                     \
          ((type *) self->out)[i] = from_wide (sum);                             \
        sum = step;                                                              \
        if (!self->exclusive)                                                    \
          ((type *) self->out)[i] = from_wide (sum);                             \
      }                                                                          \
    break;                                                                       \
  }
#define AS_IS(x) (x)

static double
add_logs (double a, double b)
{
  double most = MAX (a, b), least = MIN (a, b);

  return most == -INFINITY ? most : most + log1p (exp (least - most));
}

#define SUM_OR_PRODUCT (self->product ? sum * x : sum + x)
#define FLOAT_STEP (self->logs ? add_logs (sum, x) : SUM_OR_PRODUCT)
#define FLOAT_UNIT (self->logs ? -INFINITY : self->product)

static void
scan_line (const Scan *self, gint64 at)
{
  switch (self->dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      SCAN (float, float, FLOAT_UNIT, FLOAT_STEP, AS_IS, AS_IS)
    case ASSAY_DTYPE_FLOAT64:
      SCAN (double, double, FLOAT_UNIT, FLOAT_STEP, AS_IS, AS_IS)
    case ASSAY_DTYPE_FLOAT16:
      SCAN (guint16, float, FLOAT_UNIT, FLOAT_STEP, assay_float_of_half, assay_half_of_float)
    case ASSAY_DTYPE_BFLOAT16:
      SCAN (guint16, float, FLOAT_UNIT, FLOAT_STEP, assay_float_of_bfloat, assay_bfloat_of_float)
    case ASSAY_DTYPE_INT8:
    case ASSAY_DTYPE_UINT8:
      SCAN (guint8, guint64, self->product, SUM_OR_PRODUCT, AS_IS, AS_IS)
    case ASSAY_DTYPE_INT16:
    case ASSAY_DTYPE_UINT16:
      SCAN (guint16, guint64, self->product, SUM_OR_PRODUCT, AS_IS, AS_IS)
    case ASSAY_DTYPE_INT32:
    case ASSAY_DTYPE_UINT32:
      SCAN (guint32, guint64, self->product, SUM_OR_PRODUCT, AS_IS, AS_IS)
    default:
      SCAN (guint64, guint64, self->product, SUM_OR_PRODUCT, AS_IS, AS_IS)
    }
}

static void
scan_piece (gsize first, gsize end, gpointer data)
{
  const Scan *self = data;

  for (gsize i = first; i < end; i++)
    scan_line (self, i / self->inner * self->inner * self->count + i % self->inner);
}

static gboolean
run_scan (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  AssayKind                kind = assay_dtype_get_info (dtype)->kind;
  Scan                     work = { .dtype = dtype, .inner = 1 };
  gint64                   axis;

  work.logs = g_str_equal (call->op->name, "CumulativeLogsumexp");
  work.product = g_str_equal (call->op->name, "Cumprod");
  work.exclusive = assay_attrs_get_int (call->attrs, "exclusive", FALSE);
  work.reverse = assay_attrs_get_int (call->attrs, "reverse", FALSE);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && !assay_is_half (dtype) &&
      (work.logs || dtype < ASSAY_DTYPE_INT8 || (kind != ASSAY_KIND_INT && kind != ASSAY_KIND_UINT)))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (!assay_kernel_int (call, 1, &axis, error))
    return FALSE;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL || assay_kernel_n (call, 0) == 0)
    return work.out != NULL;
  axis = axis < 0 ? axis + in->rank : axis;
  for (int i = axis + 1; i < in->rank; i++)
    work.inner *= in->dims[i];
  work.count = in->dims[axis];
  work.in = assay_kernel_input (call, 0);
  assay_parallel (call->workspace, assay_kernel_n (call, 0) / work.count, MAX (16384 / work.count, 1), scan_piece, &work);
  return TRUE;
}

#define FILL_RANGE(type, wide)                                                                                       \
  {                                                                                                                  \
    wide start = *(const type *) assay_kernel_input (call, 0), delta = *(const type *) assay_kernel_input (call, 2); \
                                                                                                                     \
    for (gint64 i = 0; i < n && !assay_stops (i); i++)                                                               \
      ((type *) out)[i] = start + (wide) i * delta;                                                                  \
    return TRUE;                                                                                                     \
  }

static gboolean
run_range (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gint64     n;
  void      *out;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  n = call->specs[0].shape.dims[0];
  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      FILL_RANGE (float, float)
    case ASSAY_DTYPE_FLOAT64:
      FILL_RANGE (double, double)
    case ASSAY_DTYPE_INT32:
      FILL_RANGE (gint32, guint32)
    default:
      FILL_RANGE (gint64, guint64)
    }
}

#define FILL_SPACE(type)                                                                                            \
  {                                                                                                                 \
    type start = *(const type *) assay_kernel_input (call, 0), stop = *(const type *) assay_kernel_input (call, 1); \
    type step = n > 1 ? (stop - start) / (n - 1) : 0;                                                               \
                                                                                                                    \
    for (gint64 i = 0; i < n && !assay_stops (i); i++)                                                              \
      ((type *) out)[i] = i > 0 && i == n - 1 ? stop : start + step * i;                                            \
    return TRUE;                                                                                                    \
  }

static gboolean
run_lin_space (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gint64     n;
  void      *out;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (assay_kernel_n (call, 0) != 1 || assay_kernel_n (call, 1) != 1)
    return assay_kernel_fail (call, error, "start and stop must be scalars");
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  n = call->specs[0].shape.dims[0];
  if (dtype == ASSAY_DTYPE_FLOAT32)
    FILL_SPACE (float)
  FILL_SPACE (double)
}

static gboolean
run_l2_loss (AssayKernelCall *call, GError **error)
{
  AssayDtype  dtype = assay_kernel_dtype (call, 0);
  gint64      n = assay_kernel_n (call, 0);
  const void *in;
  void       *out;
  double      sum = 0;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  in = assay_kernel_input (call, 0);
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      double x = dtype == ASSAY_DTYPE_FLOAT32 ? ((const float *) in)[i] : ((const double *) in)[i];

      sum += x * x;
    }
  if (dtype == ASSAY_DTYPE_FLOAT32)
    *(float *) out = sum / 2;
  else
    *(double *) out = sum / 2;
  return TRUE;
}

/* The cross products of vectors of three. */
static gboolean
run_cross (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gint64     n = assay_kernel_n (call, 0);
  void      *out;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      gint64 base = i / 3 * 3, next = base + (i + 1 - base) % 3, last = base + (i + 2 - base) % 3;

      if (dtype == ASSAY_DTYPE_FLOAT32)
        {
          const float *a = assay_kernel_input (call, 0), *b = assay_kernel_input (call, 1);

          ((float *) out)[i] = a[next] * b[last] - a[last] * b[next];
        }
      else
        {
          const double *a = assay_kernel_input (call, 0), *b = assay_kernel_input (call, 1);

          ((double *) out)[i] = a[next] * b[last] - a[last] * b[next];
        }
    }
  return TRUE;
}

const AssayKernel assay_kernels_scan[] = {
  { "Cumsum", run_scan },
  { "Cumprod", run_scan },
  { "CumulativeLogsumexp", run_scan },
  { "Range", run_range },
  { "LinSpace", run_lin_space },
  { "L2Loss", run_l2_loss },
  { "Cross", run_cross },
  { NULL },
};
