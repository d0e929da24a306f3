/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reductions over any axes. Floats are summed in double, integers wrap round. */

#include "clones-private.h"
#include "half-private.h"
#include "kernel-private.h"

#include <math.h>

typedef enum
{
  REDUCE_SUM,
  REDUCE_MEAN,
  REDUCE_PROD,
  REDUCE_MAX,
  REDUCE_MIN,
  REDUCE_NORM,
  REDUCE_ALL,
  REDUCE_ANY,
  N_REDUCTIONS
} Reduction;

typedef struct _Reduce Reduce;

/* Writes result @i of @self from the values that begin at @in. */
typedef void (*ReduceOne) (const Reduce *self, gsize i, const char *in);

struct _Reduce
{
  Reduction   reduction;
  ReduceOne   one;
  AssayDtype  dtype;
  gsize       item_size;
  int         n_kept, n_reduced;
  gint64      kept_dims[ASSAY_GRAPH_MAX_RANK], reduced_dims[ASSAY_GRAPH_MAX_RANK];
  gsize       kept_strides[ASSAY_GRAPH_MAX_RANK], reduced_strides[ASSAY_GRAPH_MAX_RANK];
  gsize       n_each, n_runs; /* each result is made of n_runs runs along the last reduced dimension */
  const char *in;
  char       *out;
};

static gsize
offset_of (gsize index, int rank, const gint64 *dims, const gsize *strides)
{
  gsize offset = 0;

  for (int i = rank - 1; i >= 0; i--)
    {
      offset += index % dims[i] * strides[i];
      index /= dims[i];
    }
  return offset;
}

/* A run that is cancelled may end after so many values. */
#define PART 65536

/* Walks the values that make one result: @body sees each as x. */
#define WALK(type, body)                                                                                                    \
  for (gsize run = 0; run < self->n_runs && (run % 64 != 0 || !assay_is_stopped ()); run++)                                 \
    {                                                                                                                       \
      const type *at = (const type *) in + offset_of (run, self->n_reduced - 1, self->reduced_dims, self->reduced_strides); \
      gsize       stride = self->reduced_strides[self->n_reduced - 1], count = self->reduced_dims[self->n_reduced - 1];     \
                                                                                                                            \
      for (gsize part = 0; part < count && (part == 0 || !assay_is_stopped ()); part += PART)                               \
        for (gsize k = part; k < MIN (part + PART, count); k++)                                                             \
          {                                                                                                                 \
            type x = at[k * stride];                                                                                        \
                                                                                                                            \
            body;                                                                                                           \
          }                                                                                                                 \
    }

/* Eight sums side by side, so that they can be added in any order the processor likes. */
ENGINE_CLONES static double
sum_dense_f32 (const float *x, gsize n)
{
  double sums[8] = { 0 }, sum = 0;
  gsize  i = 0;

  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      sums[k] += x[i + k];
  for (; i < n; i++)
    sum += x[i];
  for (int k = 0; k < 8; k++)
    sum += sums[k];
  return sum;
}

ENGINE_CLONES static float
max_dense_f32 (const float *x, gsize n)
{
  float    most[16], max = -INFINITY;
  gboolean nan = FALSE;
  gsize    i = 0;

  for (int k = 0; k < 16; k++)
    most[k] = -INFINITY;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < 16; k++)
      {
        most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
        nan |= x[i + k] != x[i + k];
      }
  for (; i < n; i++)
    {
      max = x[i] > max ? x[i] : max;
      nan |= x[i] != x[i];
    }
  for (int k = 0; k < 16; k++)
    max = most[k] > max ? most[k] : max;
  return nan ? NAN : max;
}

#define FLOAT_REDUCE(name, type)                                          \
  static double                                                           \
      name##_value (const Reduce *self, const char *in)                   \
  {                                                                       \
    double sum = 0, product = 1;                                          \
    type   most = self->reduction == REDUCE_MAX ? -INFINITY : INFINITY;   \
                                                                          \
    switch (self->reduction)                                              \
      {                                                                   \
      case REDUCE_PROD:                                                   \
        WALK (type, product *= x)                                         \
        return product;                                                   \
      case REDUCE_MAX:                                                    \
        WALK (type, most = x > most || x != x ? x : most)                 \
        return most;                                                      \
      case REDUCE_MIN:                                                    \
        WALK (type, most = x < most || x != x ? x : most)                 \
        return most;                                                      \
      case REDUCE_NORM:                                                   \
        WALK (type, sum += (double) x * x)                                \
        return sqrt (sum);                                                \
      default:                                                            \
        WALK (type, sum += x)                                             \
        return self->reduction == REDUCE_MEAN ? sum / self->n_each : sum; \
      }                                                                   \
  }

FLOAT_REDUCE (f32, float)
FLOAT_REDUCE (f64, double)

static double
sum_parts_f32 (const float *x, gsize n)
{
  double sum = 0;

  for (gsize part = 0; part < n && (part == 0 || !assay_is_stopped ()); part += PART)
    sum += sum_dense_f32 (x + part, MIN (PART, n - part));
  return sum;
}

static float
max_parts_f32 (const float *x, gsize n)
{
  float max = -INFINITY;

  for (gsize part = 0; part < n && (part == 0 || !assay_is_stopped ()); part += PART)
    {
      float most = max_dense_f32 (x + part, MIN (PART, n - part));

      max = most > max || most != most ? most : max;
    }
  return max;
}

static void
f32_one (const Reduce *self, gsize i, const char *in)
{
  gboolean dense = self->n_runs == 1 && self->reduced_strides[self->n_reduced - 1] == 1;

  if (dense && self->reduction <= REDUCE_MEAN)
    ((float *) self->out)[i] = sum_parts_f32 ((const float *) in, self->n_each) / (self->reduction == REDUCE_MEAN ? self->n_each : 1);
  else if (dense && self->reduction == REDUCE_MAX)
    ((float *) self->out)[i] = max_parts_f32 ((const float *) in, self->n_each);
  else
    ((float *) self->out)[i] = f32_value (self, in);
}

static void
f64_one (const Reduce *self, gsize i, const char *in)
{
  ((double *) self->out)[i] = f64_value (self, in);
}

/* Halves are widened one by one; their sums are kept in double and rounded once. */
static void
half_one (const Reduce *self, gsize i, const char *in)
{
  gboolean half = self->dtype == ASSAY_DTYPE_FLOAT16;
  double   sum = 0, squares = 0, product = 1;
  float    most = self->reduction == REDUCE_MAX ? -INFINITY : INFINITY, y, result;

  WALK (guint16, y = half ? assay_float_of_half (x) : assay_float_of_bfloat (x);
        sum += y;
        squares += (double) y * y;
        product *= y;
        most = y != y || (self->reduction == REDUCE_MAX ? y > most : y < most) ? y : most)
  result = self->reduction == REDUCE_SUM    ? sum
           : self->reduction == REDUCE_MEAN ? sum / self->n_each
           : self->reduction == REDUCE_PROD ? product
           : self->reduction == REDUCE_NORM ? sqrt (squares)
                                            : most;
  ((guint16 *) self->out)[i] = half ? assay_half_of_float (result) : assay_bfloat_of_float (result);
}

/* Counts need not fit into the dtype, so means are divided as @wide. */
#define INT_REDUCE(name, type, wide, least, greatest)                                                                                           \
  static void                                                                                                                                   \
      name##_one (const Reduce *self, gsize i, const char *in)                                                                                  \
  {                                                                                                                                             \
    guint64 sum = 0, product = 1;                                                                                                               \
    type    most = self->reduction == REDUCE_MAX ? least : greatest;                                                                            \
                                                                                                                                                \
    if (self->reduction == REDUCE_MAX)                                                                                                          \
      WALK (type, most = x > most ? x : most)                                                                                                   \
    else if (self->reduction == REDUCE_MIN)                                                                                                     \
      WALK (type, most = x < most ? x : most)                                                                                                   \
    else if (self->reduction == REDUCE_PROD)                                                                                                    \
      WALK (type, product *= (guint64) x)                                                                                                       \
    else if (self->reduction == REDUCE_NORM)                                                                                                    \
      WALK (type, sum += (guint64) x * (guint64) x)                                                                                             \
    else                                                                                                                                        \
      WALK (type, sum += (guint64) x)                                                                                                           \
    ((type *) self->out)[i] = self->reduction == REDUCE_MAX || self->reduction == REDUCE_MIN ? most                                             \
                              : self->reduction == REDUCE_PROD                               ? (type) product                                   \
                              : self->reduction == REDUCE_NORM                               ? (type) sqrt ((double) (type) sum)                \
                              : self->reduction == REDUCE_MEAN && self->n_each > 0           ? (type) ((wide) (type) sum / (wide) self->n_each) \
                                                                                             : (type) sum;                                                \
  }

INT_REDUCE (i8, gint8, gint64, G_MININT8, G_MAXINT8)
INT_REDUCE (u8, guint8, guint64, 0, G_MAXUINT8)
INT_REDUCE (i16, gint16, gint64, G_MININT16, G_MAXINT16)
INT_REDUCE (u16, guint16, guint64, 0, G_MAXUINT16)
INT_REDUCE (i32, gint32, gint64, G_MININT32, G_MAXINT32)
INT_REDUCE (u32, guint32, guint64, 0, G_MAXUINT32)
INT_REDUCE (i64, gint64, gint64, G_MININT64, G_MAXINT64)
INT_REDUCE (u64, guint64, guint64, 0, G_MAXUINT64)

static void
bool_one (const Reduce *self, gsize i, const char *in)
{
  gboolean all = TRUE, any = FALSE;

  WALK (guint8, all = all && x; any = any || x)
  ((guint8 *) self->out)[i] = self->reduction == REDUCE_ALL ? all : any;
}

static const ReduceOne ones[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_FLOAT32] = f32_one,
  [ASSAY_DTYPE_FLOAT64] = f64_one,
  [ASSAY_DTYPE_FLOAT16] = half_one,
  [ASSAY_DTYPE_BFLOAT16] = half_one,
  [ASSAY_DTYPE_INT8] = i8_one,
  [ASSAY_DTYPE_UINT8] = u8_one,
  [ASSAY_DTYPE_INT16] = i16_one,
  [ASSAY_DTYPE_UINT16] = u16_one,
  [ASSAY_DTYPE_INT32] = i32_one,
  [ASSAY_DTYPE_UINT32] = u32_one,
  [ASSAY_DTYPE_INT64] = i64_one,
  [ASSAY_DTYPE_UINT64] = u64_one,
};

static void
reduce_piece (gsize first, gsize end, gpointer data)
{
  const Reduce *self = data;

  for (gsize i = first; i < end; i++)
    self->one (self, i, self->in + offset_of (i, self->n_kept, self->kept_dims, self->kept_strides) * self->item_size);
}

/* Columns of float32: out[o,j] over the rows of a dense [outer, rows, columns], in blocks of columns that stay in the cache. */
typedef struct
{
  Reduction    reduction; /* up to REDUCE_MEAN, or REDUCE_MAX or REDUCE_MIN */
  float       *out;
  const float *in;
  gsize        rows, columns;
} Columns;

#define BLOCK 256
#define BLOCK_ROWS 4096

ENGINE_CLONES static void
add_rows (double *sums, const float *in, gsize rows, gsize stride, gsize n)
{
  for (gsize row = 0; row < rows; row++)
    for (gsize i = 0; i < n; i++)
      sums[i] += in[row * stride + i];
}

ENGINE_CLONES static void
max_rows (float *most, const float *in, gsize rows, gsize stride, gsize n)
{
  for (gsize row = 0; row < rows; row++)
    for (gsize i = 0; i < n; i++)
      {
        float x = in[row * stride + i];

        most[i] = x > most[i] || x != x ? x : most[i];
      }
}

ENGINE_CLONES static void
min_rows (float *least, const float *in, gsize rows, gsize stride, gsize n)
{
  for (gsize row = 0; row < rows; row++)
    for (gsize i = 0; i < n; i++)
      {
        float x = in[row * stride + i];

        least[i] = x < least[i] || x != x ? x : least[i];
      }
}

static void
sum_block (const Columns *self, float *out, const float *in, gsize n)
{
  double sums[BLOCK] = { 0 };

  for (gsize row = 0; row < self->rows && !assay_is_stopped (); row += BLOCK_ROWS)
    add_rows (sums, in + row * self->columns, MIN (BLOCK_ROWS, self->rows - row), self->columns, n);
  for (gsize i = 0; i < n; i++)
    out[i] = self->reduction == REDUCE_MEAN ? sums[i] / self->rows : sums[i];
}

static void
reduce_columns (gsize first, gsize end, gpointer data)
{
  const Columns *self = data;
  gsize          n_blocks = (self->columns + BLOCK - 1) / BLOCK;

  for (gsize block = first; block < end; block++)
    {
      gsize        outer = block / n_blocks, from = block % n_blocks * BLOCK, n = MIN (self->columns - from, BLOCK);
      const float *in = self->in + outer * self->rows * self->columns + from;
      float       *out = self->out + outer * self->columns + from;

      if (self->reduction <= REDUCE_MEAN)
        {
          sum_block (self, out, in, n);
          continue;
        }
      memcpy (out, in, n * sizeof *out);
      for (gsize row = 0; row < self->rows && !assay_is_stopped (); row += BLOCK_ROWS)
        (self->reduction == REDUCE_MAX ? max_rows : min_rows) (out, in + row * self->columns, MIN (BLOCK_ROWS, self->rows - row), self->columns, n);
    }
}

/* Appends a dimension to a list of them, joined with the one before where both lie in one run. */
static void
add_dim (int *n, gint64 *dims, gsize *strides, gint64 dim, gsize stride)
{
  if (dim == 1)
    return;
  if (*n > 0 && strides[*n - 1] == stride * dim)
    {
      dims[*n - 1] *= dim;
      strides[*n - 1] = stride;
      return;
    }
  dims[*n] = dim;
  strides[(*n)++] = stride;
}

static gboolean
prepare (AssayKernelCall *call, Reduce *work, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  gboolean                 reduced[ASSAY_GRAPH_MAX_RANK] = { FALSE };
  gint64                   axes[ASSAY_GRAPH_MAX_RANK];
  int                      n = assay_kernel_ints (call, 1, axes, ASSAY_GRAPH_MAX_RANK, error);
  gsize                    strides[ASSAY_GRAPH_MAX_RANK], stride = 1;

  if (n < 0)
    return FALSE;
  for (int i = 0; i < n; i++)
    reduced[axes[i] < 0 ? axes[i] + in->rank : axes[i]] = TRUE;
  for (int i = in->rank - 1; i >= 0; i--)
    {
      strides[i] = stride;
      stride *= MAX (in->dims[i], 1);
    }
  work->n_each = work->n_runs = 1;
  for (int i = 0; i < in->rank; i++)
    {
      if (reduced[i])
        add_dim (&work->n_reduced, work->reduced_dims, work->reduced_strides, in->dims[i], strides[i]);
      else
        add_dim (&work->n_kept, work->kept_dims, work->kept_strides, in->dims[i], strides[i]);
      if (reduced[i])
        work->n_each *= in->dims[i];
    }
  if (work->n_reduced == 0)
    {
      work->n_reduced = 1;
      work->reduced_dims[0] = work->reduced_strides[0] = 1;
    }
  for (int i = 0; i < work->n_reduced - 1 && work->n_each > 0; i++)
    work->n_runs *= work->reduced_dims[i];
  if (work->n_each == 0)
    work->n_runs = 0;
  return TRUE;
}

/* Whether what is kept lies densely behind what is reduced, and perhaps more of it before. */
static gboolean
is_columns (const Reduce *work)
{
  int   last = work->n_kept - 1;
  gsize columns = last >= 0 ? work->kept_dims[last] : 0;

  return (work->reduction <= REDUCE_MEAN || work->reduction == REDUCE_MAX || work->reduction == REDUCE_MIN) && work->n_reduced == 1 &&
         work->n_each > 0 && (last == 0 || last == 1) && work->kept_strides[last] == 1 && work->reduced_strides[0] == columns &&
         (last == 0 || work->kept_strides[0] == columns * work->n_each);
}

static gboolean
run_reduce (AssayKernelCall *call, GError **error)
{
  static const char *const names[] = {
    [REDUCE_SUM] = "Sum",
    [REDUCE_MEAN] = "Mean",
    [REDUCE_PROD] = "Prod",
    [REDUCE_MAX] = "Max",
    [REDUCE_MIN] = "Min",
    [REDUCE_NORM] = "EuclideanNorm",
    [REDUCE_ALL] = "All",
    [REDUCE_ANY] = "Any",
  };
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Reduce     work = { .dtype = dtype, .item_size = assay_dtype_get_info (dtype)->item_size };
  gsize      n;

  while (work.reduction < N_REDUCTIONS && !g_str_equal (names[work.reduction], call->op->name))
    work.reduction++;
  if (work.reduction >= REDUCE_ALL)
    work.one = dtype == ASSAY_DTYPE_BOOL ? bool_one : NULL;
  else
    work.one = ones[dtype];
  if (work.one == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (!prepare (call, &work, error))
    return FALSE;
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  n = assay_partial_shape_n_elements (&call->specs[0].shape);
  if (dtype == ASSAY_DTYPE_FLOAT32 && n > 0 && is_columns (&work))
    {
      gsize   n_columns = work.kept_dims[work.n_kept - 1];
      Columns columns = { work.reduction, (float *) work.out, (const float *) work.in, work.n_each, n_columns };

      assay_parallel (call->workspace, n / n_columns * ((n_columns + BLOCK - 1) / BLOCK), MAX (16384 / (work.n_each * MIN (n_columns, BLOCK)), 1),
                      reduce_columns, &columns);
      return TRUE;
    }
  assay_parallel (call->workspace, n, MAX (16384 / MAX (work.n_each, 1), 1), reduce_piece, &work);
  return TRUE;
}

typedef struct
{
  const void *in;
  AssayDtype  dtype, out_dtype;
  gboolean    least;
  gint64      inner, count;
  void       *out;
} Arg;

/* The first of the largest; a NaN is never larger. */
#define FIND(type, value)                                                                          \
  {                                                                                                \
    const type *x = (const type *) self->in + at;                                                  \
                                                                                                   \
    for (gint64 k = 1; k < self->count && !assay_stops (k); k++)                                   \
      {                                                                                            \
        type raw = x[k * self->inner];                                                             \
        type best_raw = x[best * self->inner];                                                     \
                                                                                                   \
        if (self->least ? (value (raw)) < (value (best_raw)) : (value (raw)) > (value (best_raw))) \
          best = k;                                                                                \
      }                                                                                            \
    break;                                                                                         \
  }
#define AS_IS(x) (x)

static gint64
find_best (const Arg *self, gint64 at)
{
  gint64 best = 0;

  switch (self->dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      FIND (float, AS_IS)
    case ASSAY_DTYPE_FLOAT64:
      FIND (double, AS_IS)
    case ASSAY_DTYPE_FLOAT16:
      FIND (guint16, assay_float_of_half)
    case ASSAY_DTYPE_BFLOAT16:
      FIND (guint16, assay_float_of_bfloat)
    case ASSAY_DTYPE_INT8:
      FIND (gint8, AS_IS)
    case ASSAY_DTYPE_BOOL:
    case ASSAY_DTYPE_UINT8:
      FIND (guint8, AS_IS)
    case ASSAY_DTYPE_INT16:
      FIND (gint16, AS_IS)
    case ASSAY_DTYPE_UINT16:
      FIND (guint16, AS_IS)
    case ASSAY_DTYPE_INT32:
      FIND (gint32, AS_IS)
    case ASSAY_DTYPE_UINT32:
      FIND (guint32, AS_IS)
    case ASSAY_DTYPE_INT64:
      FIND (gint64, AS_IS)
    case ASSAY_DTYPE_UINT64:
      FIND (guint64, AS_IS)
    default:
      return -1;
    }
  return best;
}

static void
arg_piece (gsize first, gsize end, gpointer data)
{
  const Arg *self = data;

  for (gsize i = first; i < end; i++)
    {
      gint64 best = find_best (self, i / self->inner * self->inner * self->count + i % self->inner);

      if (self->out_dtype == ASSAY_DTYPE_INT64)
        ((gint64 *) self->out)[i] = best;
      else if (self->out_dtype == ASSAY_DTYPE_INT32)
        ((gint32 *) self->out)[i] = best;
      else
        ((guint16 *) self->out)[i] = best;
    }
}

static gboolean
run_arg (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  Arg                      work = { .dtype = assay_kernel_dtype (call, 0), .out_dtype = call->specs[0].dtype, .inner = 1 };
  gint64                   axis;

  work.least = g_str_equal (call->op->name, "ArgMin");
  if (ones[work.dtype] == NULL && work.dtype != ASSAY_DTYPE_BOOL)
    return assay_kernel_refuse_dtype (call, work.dtype, error);
  if (work.out_dtype != ASSAY_DTYPE_INT64 && work.out_dtype != ASSAY_DTYPE_INT32 && work.out_dtype != ASSAY_DTYPE_INT16 && work.out_dtype != ASSAY_DTYPE_UINT16)
    return assay_kernel_refuse_dtype (call, work.out_dtype, error);
  if (!assay_kernel_int (call, 1, &axis, error))
    return FALSE;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  axis = axis < 0 ? axis + in->rank : axis;
  for (int i = axis + 1; i < in->rank; i++)
    work.inner *= in->dims[i];
  work.count = in->dims[axis];
  work.in = assay_kernel_input (call, 0);
  assay_parallel (call->workspace, assay_partial_shape_n_elements (&call->specs[0].shape), MAX (16384 / work.count, 1), arg_piece, &work);
  return TRUE;
}

const AssayKernel assay_kernels_reduce[] = {
  { "Sum", run_reduce },
  { "Mean", run_reduce },
  { "Prod", run_reduce },
  { "Max", run_reduce },
  { "Min", run_reduce },
  { "EuclideanNorm", run_reduce },
  { "All", run_reduce },
  { "Any", run_reduce },
  { "ArgMax", run_arg },
  { "ArgMin", run_arg },
  { NULL },
};
