/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows that belong together become one; counting; buckets. */

#include "half-private.h"
#include "kernel-private.h"

#include <math.h>

typedef enum
{
  SEGMENT_SUM,
  SEGMENT_MEAN,
  SEGMENT_PROD,
  SEGMENT_MAX,
  SEGMENT_MIN,
} How;

typedef struct
{
  How           how;
  const gint64 *ids;
  gint64        n, n_segments, width; /* rows, results, elements a row */
  gboolean      sorted;
  gint64       *counts; /* rows of each segment, 0 before */
  const void   *in;
  void         *out;
} Segments;

/* What a segment without rows is. */
#define SEGMENT(name, type, wide, least, greatest, to_wide, from_wide)                                           \
  static void                                                                                                    \
  name (const Segments *self)                                                                                    \
  {                                                                                                              \
    const type *in = self->in;                                                                                   \
    type       *out = self->out;                                                                                 \
    wide        empty = self->how == SEGMENT_PROD ? 1 : self->how <= SEGMENT_MEAN || self->sorted ? 0            \
                                                    : self->how == SEGMENT_MAX                    ? (wide) least \
                                                                                                  : (wide) greatest;                \
    gint64     *counts = self->counts;                                                                           \
                                                                                                                 \
    for (gint64 i = 0; i < self->n_segments * self->width && !assay_stops (i); i++)                              \
      out[i] = from_wide (empty);                                                                                \
    for (gint64 row = 0; row < self->n && !assay_stops (row); row++)                                             \
      {                                                                                                          \
        gint64 id = self->ids[row];                                                                              \
                                                                                                                 \
        if (id < 0)                                                                                              \
          continue;                                                                                              \
        for (gint64 k = 0; k < self->width && !assay_stops (k + 1); k++)                                         \
          {                                                                                                      \
            wide x = to_wide (in[row * self->width + k]), now = to_wide (out[id * self->width + k]);             \
                                                                                                                 \
            now = self->how <= SEGMENT_MEAN                        ? now + x                                     \
                  : self->how == SEGMENT_PROD                      ? now * x                                     \
                  : counts[id] == 0 && self->sorted                ? x                                           \
                  : (self->how == SEGMENT_MAX ? x > now : x < now) ? x                                           \
                                                                   : now;                                        \
            out[id * self->width + k] = from_wide (now);                                                         \
          }                                                                                                      \
        counts[id]++;                                                                                            \
      }                                                                                                          \
    for (gint64 i = 0; self->how == SEGMENT_MEAN && i < self->n_segments * self->width && !assay_stops (i); i++) \
      if (counts[i / self->width] > 0)                                                                           \
        out[i] = from_wide (to_wide (out[i]) / (wide) counts[i / self->width]);                                  \
  }
#define AS_IS(x) (x)

/* Integers wrap round: sums and products are unsigned, comparisons are not. */
SEGMENT (segment_f32, float, float, -3.40282347e38f, 3.40282347e38f, AS_IS, AS_IS)
SEGMENT (segment_f64, double, double, -G_MAXDOUBLE, G_MAXDOUBLE, AS_IS, AS_IS)
SEGMENT (segment_f16, guint16, float, -65504, 65504, assay_float_of_half, assay_half_of_float)
SEGMENT (segment_bf16, guint16, float, -3.38953139e38f, 3.38953139e38f, assay_float_of_bfloat, assay_bfloat_of_float)
SEGMENT (segment_i8, gint8, gint32, G_MININT8, G_MAXINT8, AS_IS, AS_IS)
SEGMENT (segment_u8, guint8, guint32, 0, G_MAXUINT8, AS_IS, AS_IS)
SEGMENT (segment_i16, gint16, gint32, G_MININT16, G_MAXINT16, AS_IS, AS_IS)
SEGMENT (segment_u16, guint16, guint32, 0, G_MAXUINT16, AS_IS, AS_IS)
SEGMENT (segment_u32, guint32, guint32, 0, G_MAXUINT32, AS_IS, AS_IS)
SEGMENT (segment_u64, guint64, guint64, 0, G_MAXUINT64, AS_IS, AS_IS)
/* The product of two int32 fits into 64 bits; that of two int64 into 128. */
SEGMENT (segment_i32, gint32, gint64, G_MININT32, G_MAXINT32, AS_IS, AS_IS)
SEGMENT (segment_i64, gint64, __int128, G_MININT64, G_MAXINT64, AS_IS, AS_IS)

static void (*const segments[ASSAY_N_DTYPES]) (const Segments *self) = {
  [ASSAY_DTYPE_FLOAT32] = segment_f32,
  [ASSAY_DTYPE_FLOAT64] = segment_f64,
  [ASSAY_DTYPE_FLOAT16] = segment_f16,
  [ASSAY_DTYPE_BFLOAT16] = segment_bf16,
  [ASSAY_DTYPE_INT8] = segment_i8,
  [ASSAY_DTYPE_UINT8] = segment_u8,
  [ASSAY_DTYPE_INT16] = segment_i16,
  [ASSAY_DTYPE_UINT16] = segment_u16,
  [ASSAY_DTYPE_INT32] = segment_i32,
  [ASSAY_DTYPE_UINT32] = segment_u32,
  [ASSAY_DTYPE_INT64] = segment_i64,
  [ASSAY_DTYPE_UINT64] = segment_u64,
};

static How
find_how (const char *op)
{
  static const char *const names[] = { "Sum", "Mean", "Prod", "Max", "Min" };
  How                      how = SEGMENT_SUM;

  while (!g_str_has_suffix (op, names[how]))
    how++;
  return how;
}

static gboolean
check_ids (AssayKernelCall *call, const Segments *work, GError **error)
{
  for (gint64 i = 1; i < work->n && work->sorted && !assay_stops (i); i++)
    if (work->ids[i] < work->ids[i - 1])
      return assay_kernel_fail (call, error, "segment ids are not increasing");
  for (gint64 i = 0; i < work->n && !assay_stops (i); i++)
    {
      gint64 id = work->ids[i];

      if (work->sorted && (id < 0 || id >= work->n_segments))
        return assay_kernel_fail (call, error, "segment ids must be >= 0");
      if (!work->sorted && id >= work->n_segments)
        return assay_kernel_fail (call, error, "segment_ids[%" G_GINT64_FORMAT "] = %" G_GINT64_FORMAT " is out of range [0, %" G_GINT64_FORMAT ")", i, id, work->n_segments);
    }
  return assay_goes_on (error);
}

static gboolean
run_segments (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0);
  Segments           work = { .how = find_how (call->op->name), .sorted = call->n_inputs == 2, .width = 1 };
  g_autofree gint64 *ids = NULL, *counts = NULL;

  if (segments[dtype] == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  ids = assay_kernel_all_ints (call, 1, &work.n, error);
  if (ids == NULL)
    return FALSE;
  work.ids = ids;
  if (!assay_partial_shape_is_full (&call->specs[0].shape))
    return assay_kernel_fail (call, error, "The number of segments isn't known");
  work.n_segments = call->specs[0].shape.dims[0];
  if (!check_ids (call, &work, error))
    return FALSE;
  counts = g_try_new0 (gint64, work.n_segments + 1);
  if (counts == NULL)
    return assay_kernel_fail (call, error, "Out of memory: %" G_GINT64_FORMAT " segments are too many", work.n_segments);
  work.counts = counts;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  for (int i = 1; i < call->specs[0].shape.rank; i++)
    work.width *= call->specs[0].shape.dims[i];
  work.in = assay_kernel_input (call, 0);
  segments[dtype](&work);
  return TRUE;
}

#define COUNT(type)                                                            \
  {                                                                            \
    const type *weights = n_weights > 0 ? assay_kernel_input (call, 2) : NULL; \
    type       *bins = out;                                                    \
                                                                               \
    memset (bins, 0, rows *size * sizeof (type));                              \
    for (gint64 i = 0; i < n && !assay_stops (i); i++)                         \
      if (values[i] < size && binary)                                          \
        bins[i / columns * size + values[i]] = 1;                              \
      else if (values[i] < size)                                               \
        bins[i / columns * size + values[i]] += weights ? weights[i] : 1;      \
    return TRUE;                                                               \
  }

/* How often each number is there; or the sum of its weights. */
static gboolean
run_bincount (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 2);
  gint64             n, size, rows = call->specs[0].shape.rank == 2 ? call->specs[0].shape.dims[0] : 1, columns, n_weights = assay_kernel_n (call, 2);
  g_autofree gint64 *values = assay_kernel_all_ints (call, 0, &n, error);
  gboolean           binary = assay_attrs_get_int (call->attrs, "binary_output", FALSE);
  void              *out;

  if (values == NULL)
    return FALSE;
  if (n_weights > 0 && n_weights != n)
    return assay_kernel_fail (call, error, "weights must have the same shape as arr, or be empty");
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    if (values[i] < 0)
      return assay_kernel_fail (call, error, "Input arr must be non-negative!");
  if (!assay_goes_on (error))
    return FALSE;
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  size = call->specs[0].shape.dims[call->specs[0].shape.rank - 1];
  columns = MAX (n / MAX (rows, 1), 1);
  switch (dtype)
    {
    case ASSAY_DTYPE_INT32:
      COUNT (guint32)
    case ASSAY_DTYPE_INT64:
      COUNT (guint64)
    case ASSAY_DTYPE_FLOAT32:
      COUNT (float)
    case ASSAY_DTYPE_FLOAT64:
      COUNT (double)
    default:
      return assay_kernel_refuse_dtype (call, dtype, error);
    }
}

/* An element of a float or integer input as a double. */
static double
number_at (AssayDtype dtype, const void *data, gint64 i)
{
  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      return ((const float *) data)[i];
    case ASSAY_DTYPE_FLOAT64:
      return ((const double *) data)[i];
    case ASSAY_DTYPE_INT32:
      return ((const gint32 *) data)[i];
    default:
      return ((const gint64 *) data)[i];
    }
}

static gboolean
is_plain (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT32 || dtype == ASSAY_DTYPE_FLOAT64 || dtype == ASSAY_DTYPE_INT32 || dtype == ASSAY_DTYPE_INT64;
}

static gboolean
run_histogram (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0), out_dtype = call->specs[0].dtype;
  gint64     n = assay_kernel_n (call, 0), n_bins;
  double     low, high, step;
  void      *out;

  if (!is_plain (dtype) || assay_kernel_dtype (call, 1) != dtype)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (out_dtype != ASSAY_DTYPE_INT32 && out_dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, out_dtype, error);
  if (assay_kernel_n (call, 1) != 2)
    return assay_kernel_fail (call, error, "value_range should be a vector of 2 elements.");
  low = number_at (dtype, assay_kernel_input (call, 1), 0);
  high = number_at (dtype, assay_kernel_input (call, 1), 1);
  if (!(low < high))
    return assay_kernel_fail (call, error, "value_range should satisfy value_range[0] < value_range[1], but got '[%g, %g]'", low, high);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  n_bins = call->specs[0].shape.dims[0];
  step = (high - low) / n_bins;
  memset (out, 0, n_bins * assay_dtype_get_info (out_dtype)->item_size);
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      double at = floor ((number_at (dtype, assay_kernel_input (call, 0), i) - low) / step);
      gint64 bin = at > 0 ? at < n_bins - 1 ? (gint64) at : n_bins - 1 : 0;

      if (out_dtype == ASSAY_DTYPE_INT32)
        ((gint32 *) out)[bin]++;
      else
        ((gint64 *) out)[bin]++;
    }
  return TRUE;
}

/* How many boundaries aren't larger. */
static gboolean
run_bucketize (AssayKernelCall *call, GError **error)
{
  const AssayAttr *boundaries = assay_attrs_get (call->attrs, "boundaries");
  AssayDtype       dtype = assay_kernel_dtype (call, 0);
  gint64           n = assay_kernel_n (call, 0);
  gint32          *out;

  if (!is_plain (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (boundaries == NULL || (boundaries->n > 0 && boundaries->kind != ASSAY_ATTR_FLOAT))
    return assay_kernel_fail (call, error, "Expected boundaries, a list of numbers");
  for (guint i = 1; i < boundaries->n; i++)
    if (boundaries->floats[i] < boundaries->floats[i - 1])
      return assay_kernel_fail (call, error, "Expected sorted boundaries");
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      double x = number_at (dtype, assay_kernel_input (call, 0), i);
      guint  low = 0, high = boundaries->n;

      while (low < high)
        {
          guint middle = low + (high - low) / 2;

          if ((float) boundaries->floats[middle] <= x)
            low = middle + 1;
          else
            high = middle;
        }
      out[i] = low;
    }
  return TRUE;
}

const AssayKernel assay_kernels_segment[] = {
  { "SegmentSum", run_segments },
  { "SegmentMean", run_segments },
  { "SegmentProd", run_segments },
  { "SegmentMax", run_segments },
  { "SegmentMin", run_segments },
  { "UnsortedSegmentSum", run_segments },
  { "UnsortedSegmentProd", run_segments },
  { "UnsortedSegmentMax", run_segments },
  { "UnsortedSegmentMin", run_segments },
  { "Bincount", run_bincount },
  { "DenseBincount", run_bincount },
  { "HistogramFixedWidth", run_histogram },
  { "Bucketize", run_bucketize },
  { NULL },
};
