/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Choosing element by element, clipping, and sums of several tensors. */

#include "clones-private.h"
#include "half-private.h"
#include "kernel-private.h"
#include "strided-private.h"

typedef struct
{
  gsize             item_size;
  char             *out;
  const guint8     *condition;
  const char       *t, *e;
  AssayPartialShape shape;
  gint64            c_strides[ASSAY_GRAPH_MAX_RANK], t_strides[ASSAY_GRAPH_MAX_RANK], e_strides[ASSAY_GRAPH_MAX_RANK];
} Select;

/* Strides of an input inside the output's shape, 0 where it is repeated. */
static void
find_strides (const AssayPartialShape *in, const AssayPartialShape *out, gint64 *strides)
{
  gint64 dense[ASSAY_GRAPH_MAX_RANK];

  strided_dense (in, dense);
  for (int i = 0; i < out->rank; i++)
    {
      int k = i - (out->rank - in->rank);

      strides[i] = k >= 0 && in->dims[k] != 1 ? dense[k] : 0;
    }
}

#define CHOOSE(type)             \
  for (gint64 i = 0; i < n; i++) \
  ((type *) out)[i] = c[i * c_step] ? ((const type *) t)[i * t_step] : ((const type *) e)[i * e_step]

static void
choose (gsize item_size, char *out, const guint8 *c, gint64 c_step, const char *t, gint64 t_step, const char *e, gint64 e_step, gint64 n)
{
  if (item_size == 4 && c_step == 1 && t_step == 1 && e_step == 1)
    for (gint64 i = 0; i < n; i++)
      ((guint32 *) out)[i] = c[i] ? ((const guint32 *) t)[i] : ((const guint32 *) e)[i];
  else if (item_size == 4)
    CHOOSE (guint32);
  else if (item_size == 1)
    CHOOSE (guint8);
  else if (item_size == 2)
    CHOOSE (guint16);
  else if (item_size == 8)
    CHOOSE (guint64);
  else
    for (gint64 i = 0; i < n; i++)
      memcpy (out + i * item_size, (c[i * c_step] ? t + i * t_step * (gint64) item_size : e + i * e_step * (gint64) item_size), item_size);
}

/* Rows of the last dimension. */
static void
select_rows (gsize first, gsize end, gpointer data)
{
  const Select *self = data;
  int           last = self->shape.rank - 1;
  gint64        n = self->shape.dims[last];

  for (gsize row = first; row < end; row++)
    {
      gint64 c = 0, t = 0, e = 0;
      gsize  rest = row;

      for (int i = last - 1; i >= 0; i--)
        {
          gint64 index = rest % self->shape.dims[i];

          rest /= self->shape.dims[i];
          c += index * self->c_strides[i];
          t += index * self->t_strides[i];
          e += index * self->e_strides[i];
        }
      choose (self->item_size, self->out + row * n * self->item_size, self->condition + c, self->c_strides[last], self->t + t * self->item_size,
              self->t_strides[last], self->e + e * self->item_size, self->e_strides[last], n);
    }
}

/* Elements of the only dimension. */
static void
select_part (gsize first, gsize end, gpointer data)
{
  const Select *self = data;

  choose (self->item_size, self->out + first * self->item_size, self->condition + first * self->c_strides[0], self->c_strides[0],
          self->t + first * self->t_strides[0] * self->item_size, self->t_strides[0], self->e + first * self->e_strides[0] * self->item_size,
          self->e_strides[0], end - first);
}

/* Neighbouring dimensions that all inputs walk evenly become one. */
static void
merge_dims (Select *self)
{
  AssayPartialShape *s = &self->shape;
  int                rank = 0;

  for (int i = 0; i < s->rank; i++)
    {
      int k = rank - 1;

      if (k >= 0 && self->c_strides[k] == self->c_strides[i] * s->dims[i] && self->t_strides[k] == self->t_strides[i] * s->dims[i] &&
          self->e_strides[k] == self->e_strides[i] * s->dims[i])
        s->dims[k] *= s->dims[i];
      else
        s->dims[k = rank++] = s->dims[i];
      self->c_strides[k] = self->c_strides[i];
      self->t_strides[k] = self->t_strides[i];
      self->e_strides[k] = self->e_strides[i];
    }
  s->rank = rank;
}

static gboolean
run_select (AssayKernelCall *call, GError **error)
{
  AssayDtype        dtype = assay_kernel_dtype (call, 1);
  AssayPartialShape condition = *assay_kernel_shape (call, 0), out_shape = call->specs[0].shape;
  Select            work = { .item_size = assay_kernel_item_size (dtype), .shape = out_shape };

  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_BOOL)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  work.out = assay_kernel_output_items (call, 0, dtype, &out_shape, error);
  if (work.out == NULL || assay_partial_shape_n_elements (&out_shape) == 0)
    return work.out != NULL;
  /* Select's vector chooses rows: its dimension is the first. */
  if (g_str_equal (call->op->name, "Select") && condition.rank == 1)
    {
      for (int i = 1; i < out_shape.rank; i++)
        condition.dims[i] = 1;
      condition.rank = out_shape.rank;
    }
  work.condition = assay_kernel_input (call, 0);
  work.t = assay_kernel_items (call, 1);
  work.e = assay_kernel_items (call, 2);
  find_strides (&condition, &out_shape, work.c_strides);
  find_strides (assay_kernel_shape (call, 1), &out_shape, work.t_strides);
  find_strides (assay_kernel_shape (call, 2), &out_shape, work.e_strides);
  if (work.shape.rank == 0)
    work.shape = assay_partial_shape_make (1, (gint64) 1);
  merge_dims (&work);
  if (work.shape.rank == 1)
    {
      assay_parallel (call->workspace, work.shape.dims[0], 16384, select_part, &work);
      return TRUE;
    }
  assay_parallel (call->workspace, assay_partial_shape_n_elements (&work.shape) / work.shape.dims[work.shape.rank - 1],
                  MAX (16384 / work.shape.dims[work.shape.rank - 1], 1), select_rows, &work);
  return TRUE;
}

/* out[i] = x[i] between low[i × low_step] and high[i × high_step] */
typedef void (*Clip) (void *out, const void *x, const void *low, gsize low_step, const void *high, gsize high_step, gsize n);

#define CLIP(name, type)                                                                                                  \
  ENGINE_CLONES static void                                                                                               \
  name (void *out, const void *x, const void *low, gsize low_step, const void *high, gsize high_step, gsize n)            \
  {                                                                                                                       \
    for (gsize i = 0; i < n; i++)                                                                                         \
      {                                                                                                                   \
        type l = ((const type *) low)[i * low_step], h = ((const type *) high)[i * high_step], v = ((const type *) x)[i]; \
                                                                                                                          \
        v = v > h ? h : v;                                                                                                \
        ((type *) out)[i] = v < l ? l : v;                                                                                \
      }                                                                                                                   \
  }

CLIP (clip_f32, float)
CLIP (clip_f64, double)
CLIP (clip_i8, gint8)
CLIP (clip_u8, guint8)
CLIP (clip_i16, gint16)
CLIP (clip_u16, guint16)
CLIP (clip_i32, gint32)
CLIP (clip_u32, guint32)
CLIP (clip_i64, gint64)
CLIP (clip_u64, guint64)

static const Clip clips[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_FLOAT32] = clip_f32,
  [ASSAY_DTYPE_FLOAT64] = clip_f64,
  [ASSAY_DTYPE_INT8] = clip_i8,
  [ASSAY_DTYPE_UINT8] = clip_u8,
  [ASSAY_DTYPE_INT16] = clip_i16,
  [ASSAY_DTYPE_UINT16] = clip_u16,
  [ASSAY_DTYPE_INT32] = clip_i32,
  [ASSAY_DTYPE_UINT32] = clip_u32,
  [ASSAY_DTYPE_INT64] = clip_i64,
  [ASSAY_DTYPE_UINT64] = clip_u64,
};

typedef struct
{
  Clip        clip;
  AssayDtype  dtype;
  gsize       item_size, low_step, high_step;
  char       *out;
  const char *x, *low, *high;
} Clipping;

static void
clip_piece (gsize first, gsize end, gpointer data)
{
  const Clipping *self = data;
  gsize           size = self->item_size;
  float           x[256], low[256], high[256];

  if (!assay_is_half (self->dtype))
    {
      self->clip (self->out + first * size, self->x + first * size, self->low + first * self->low_step * size, self->low_step,
                  self->high + first * self->high_step * size, self->high_step, end - first);
      return;
    }
  for (gsize at = first; at < end; at += G_N_ELEMENTS (x))
    {
      gsize n = MIN (end - at, G_N_ELEMENTS (x));

      assay_widen (x, self->x + at * size, self->dtype, n);
      assay_widen (low, self->low + at * self->low_step * size, self->dtype, self->low_step ? n : 1);
      assay_widen (high, self->high + at * self->high_step * size, self->dtype, self->high_step ? n : 1);
      clip_f32 (x, x, low, self->low_step, high, self->high_step, n);
      assay_narrow (self->out + at * size, x, self->dtype, n);
    }
}

static gboolean
run_clip (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gint64     n = assay_kernel_n (call, 0);
  Clipping   work = { .clip = clips[dtype], .dtype = dtype, .item_size = assay_dtype_get_info (dtype)->item_size };

  if ((work.clip == NULL && !assay_is_half (dtype)) || assay_kernel_dtype (call, 1) != dtype || assay_kernel_dtype (call, 2) != dtype)
    return assay_kernel_refuse_dtype (call, dtype, error);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  work.x = assay_kernel_input (call, 0);
  work.low = assay_kernel_input (call, 1);
  work.high = assay_kernel_input (call, 2);
  work.low_step = assay_kernel_n (call, 1) == n && n != 1;
  work.high_step = assay_kernel_n (call, 2) == n && n != 1;
  assay_parallel (call->workspace, n, 16384, clip_piece, &work);
  return TRUE;
}

#define ADD(name, type, wide)                                                       \
  static void                                                                       \
  name (void *out, const void *in, gsize n)                                         \
  {                                                                                 \
    for (gsize i = 0; i < n; i++)                                                   \
      ((type *) out)[i] = (wide) ((type *) out)[i] + (wide) ((const type *) in)[i]; \
  }

ADD (add_f32, float, float)
ADD (add_f64, double, double)
ADD (add_8, guint8, guint8)
ADD (add_16, guint16, guint16)
ADD (add_32, guint32, guint32)
ADD (add_64, guint64, guint64)

/* Wrapping sums don't ask for signs. */
static void (*const adds[ASSAY_N_DTYPES]) (void *out, const void *in, gsize n) = {
  [ASSAY_DTYPE_FLOAT32] = add_f32,
  [ASSAY_DTYPE_FLOAT64] = add_f64,
  [ASSAY_DTYPE_INT8] = add_8,
  [ASSAY_DTYPE_UINT8] = add_8,
  [ASSAY_DTYPE_INT16] = add_16,
  [ASSAY_DTYPE_UINT16] = add_16,
  [ASSAY_DTYPE_INT32] = add_32,
  [ASSAY_DTYPE_UINT32] = add_32,
  [ASSAY_DTYPE_INT64] = add_64,
  [ASSAY_DTYPE_UINT64] = add_64,
};

/* Adds @from to the sum in float16 or bfloat16, rounding each time. */
static void
add_halves (AssayDtype dtype, guint16 *out, const guint16 *in, gsize n)
{
  float x[256], y[256];

  for (gsize at = 0; at < n; at += G_N_ELEMENTS (x))
    {
      gsize m = MIN (n - at, G_N_ELEMENTS (x));

      assay_widen (x, out + at, dtype, m);
      assay_widen (y, in + at, dtype, m);
      add_f32 (x, y, m);
      assay_narrow (out + at, x, dtype, m);
    }
}

typedef struct
{
  AssayKernelCall *call;
  char            *out;
} AddN;

static void
add_n_piece (gsize first, gsize end, gpointer data)
{
  const AddN *self = data;
  AssayDtype  dtype = assay_kernel_dtype (self->call, 0);
  gsize       size = assay_dtype_get_info (dtype)->item_size;
  char       *out = self->out + first * size;

  memmove (out, (const char *) assay_kernel_input (self->call, 0) + first * size, (end - first) * size);
  for (guint i = 1; i < self->call->n_inputs; i++)
    {
      const char *in = (const char *) assay_kernel_input (self->call, i) + first * size;

      if (assay_is_half (dtype))
        add_halves (dtype, (guint16 *) out, (const guint16 *) in, end - first);
      else
        adds[dtype](out, in, end - first);
    }
}

static gboolean
run_add_n (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  AddN       work = { .call = call };

  for (guint i = 0; i < call->n_inputs; i++)
    if ((adds[dtype] == NULL && !assay_is_half (dtype)) || assay_kernel_dtype (call, i) != dtype)
      return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, i), error);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_kernel_n (call, 0), 16384, add_n_piece, &work);
  return TRUE;
}

const AssayKernel assay_kernels_select[] = {
  { "Select", run_select },
  { "SelectV2", run_select },
  { "ClipByValue", run_clip },
  { "AddN", run_add_n },
  { "AccumulateNV2", run_add_n },
  { NULL },
};
