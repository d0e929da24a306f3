/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pooling: loops along the channels. */

#include "conv-private.h"

#include "clones-private.h"
#include <math.h>
#include <string.h>

typedef struct
{
  AssayConv     conv; /* kernel, strides, padding; out_channels = in_channels */
  const char   *in;
  char         *out;
  gpointer      argmax; /* int32 or int64, nullable */
  gboolean      narrow_argmax, with_batch, is_average, is_integer;
  GCancellable *cancellable;
} Pool;

/* The elements of a window that lie in the image. */
typedef struct
{
  gsize first[3], end[3];
} Part;

#define LOOPS(name, type)                                                            \
  ENGINE_CLONES                                                                      \
  static void                                                                        \
      take_larger_##name (type *out, const type *in, gsize n)                        \
  {                                                                                  \
    for (gsize i = 0; i < n; i++)                                                    \
      out[i] = in[i] > out[i] || in[i] != in[i] ? in[i] : out[i];                    \
  }                                                                                  \
                                                                                     \
  ENGINE_CLONES                                                                      \
  static void                                                                        \
      add_##name (type *out, const type *in, gsize n)                                \
  {                                                                                  \
    for (gsize i = 0; i < n; i++)                                                    \
      out[i] += in[i];                                                               \
  }                                                                                  \
                                                                                     \
  ENGINE_CLONES                                                                      \
  static void                                                                        \
      divide_##name (type *out, type by, gsize n)                                    \
  {                                                                                  \
    for (gsize i = 0; i < n; i++)                                                    \
      out[i] /= by;                                                                  \
  }                                                                                  \
                                                                                     \
  static void                                                                        \
      pool_##name (const Pool *self, type *out, const type *image, const Part *part) \
  {                                                                                  \
    const AssayConv *conv = &self->conv;                                             \
    gsize            n = conv->in_channels, count = 0;                               \
                                                                                     \
    for (gsize z = part->first[0]; z < part->end[0]; z++)                            \
      for (gsize y = part->first[1]; y < part->end[1]; y++)                          \
        for (gsize x = part->first[2]; x < part->end[2]; x++)                        \
          {                                                                          \
            const type *in = image + ((z * conv->in[1] + y) * conv->in[2] + x) * n;  \
                                                                                     \
            if (count++ == 0)                                                        \
              memcpy (out, in, n * sizeof *out);                                     \
            else if (self->is_average)                                               \
              add_##name (out, in, n);                                               \
            else                                                                     \
              take_larger_##name (out, in, n);                                       \
          }                                                                          \
    if (self->is_average && count > 0)                                               \
      divide_##name (out, count, n);                                                 \
    else if (count == 0)                                                             \
      for (gsize i = 0; i < n; i++)                                                  \
        out[i] = self->is_average ? 0 : lowest_##name;                               \
  }

static const float  lowest_f32 = -3.402823466e+38f;
static const double lowest_f64 = -1.7976931348623157e+308;
static const gint32 lowest_i32 = G_MININT32;
LOOPS (f32, float)
LOOPS (f64, double)
LOOPS (i32, gint32)

static void
clip (const AssayConv *conv, int axis, gsize window, Part *part)
{
  gssize at = (gssize) window * conv->stride[axis] - conv->before[axis];

  part->first[axis] = MAX (at, 0);
  part->end[axis] = CLAMP (at + (gssize) conv->kernel[axis], (gssize) part->first[axis], MAX ((gssize) conv->in[axis], (gssize) part->first[axis]));
}

/* The first of the largest, as an index in the image, or in the whole input. */
static void
find_argmax (const Pool *self, gsize window, gsize image, const Part *part)
{
  const AssayConv *conv = &self->conv;
  gsize            n = conv->in_channels, size = conv->in[1] * conv->in[2] * n;
  const float     *in = (const float *) self->in + image * size, *out = (const float *) self->out + window * n;

  for (gsize c = 0; c < n; c++)
    {
      gsize found = 0, base = self->with_batch ? image * size : 0;

      for (gsize y = part->end[1]; y-- > part->first[1];)
        for (gsize x = part->end[2]; x-- > part->first[2];)
          if (in[(y * conv->in[2] + x) * n + c] == out[c])
            found = (y * conv->in[2] + x) * n + c;
      if (self->narrow_argmax)
        ((gint32 *) self->argmax)[window * n + c] = base + found;
      else
        ((gint64 *) self->argmax)[window * n + c] = base + found;
    }
}

/* Lines [first, end) of the output. */
static void
run_lines (gsize first, gsize end, gpointer data)
{
  const Pool      *self = data;
  const AssayConv *conv = &self->conv;
  gsize            n = conv->in_channels, size = conv->in[0] * conv->in[1] * conv->in[2] * n;
  gsize            often = MAX (65536 / MAX (conv->kernel[0] * conv->kernel[1] * conv->kernel[2] * n, 1), 1);

  for (gsize line = first; line < end && !g_cancellable_is_cancelled (self->cancellable); line++)
    {
      gsize image = line / conv->out[1] / conv->out[0];
      Part  part;

      clip (conv, 0, line / conv->out[1] % conv->out[0], &part);
      clip (conv, 1, line % conv->out[1], &part);
      for (gsize x = 0; x < conv->out[2] && (x % often != 0 || !assay_is_stopped ()); x++)
        {
          gsize window = line * conv->out[2] + x;

          clip (conv, 2, x, &part);
          if (conv->item_size == sizeof (double))
            pool_f64 (self, (double *) self->out + window * n, (const double *) self->in + image * size, &part);
          else if (self->is_integer)
            pool_i32 (self, (gint32 *) self->out + window * n, (const gint32 *) self->in + image * size, &part);
          else
            pool_f32 (self, (float *) self->out + window * n, (const float *) self->in + image * size, &part);
          if (self->argmax != NULL)
            find_argmax (self, window, image, &part);
        }
    }
}

/* The windows' sizes come from an attribute, or from an input. */
static gboolean
read_pool (AssayKernelCall *call, Pool *self, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  guint                    n = 0;
  const gint64            *sizes = assay_attrs_get_ints (call->attrs, "ksize", &n);
  AssayPartialShape        kernel = assay_partial_shape_new (in->rank, NULL);

  if (sizes == NULL || n != (guint) in->rank)
    return assay_kernel_fail (call, error, "Sliding window ksize field must specify %d dimensions", in->rank);
  for (int i = 0; i < in->rank - 2; i++)
    kernel.dims[i] = sizes[i + 1];
  kernel.dims[in->rank - 2] = 1;
  if (!assay_conv_read (&self->conv, call, in, &kernel, &call->specs[0].shape, error))
    return FALSE;
  return TRUE;
}

/* Windows over channels: each is a run of elements. */
static gboolean
run_over_channels (AssayKernelCall *call, gsize size, GError **error)
{
  const float *in = assay_kernel_input (call, 0);
  float       *out = assay_kernel_output_as_inferred (call, 0, error);
  gsize        n = assay_partial_shape_n_elements (&call->specs[0].shape);

  if (out == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      out[i] = in[i * size];
      for (gsize k = 1; k < size; k++)
        out[i] = in[i * size + k] > out[i] || in[i * size + k] != in[i * size + k] ? in[i * size + k] : out[i];
    }
  return TRUE;
}

static gboolean
run_pool (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Pool       work = { .in = assay_kernel_input (call, 0), .is_average = g_str_has_prefix (call->op->name, "Avg"), .cancellable = assay_workspace_get_cancellable (call->workspace) };
  guint      n = 0;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_pool, error);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && (dtype != ASSAY_DTYPE_INT32 || work.is_average))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (assay_nn_is_channels_first (call))
    return assay_nn_run_channels_last (call, 0, run_pool, error);
  if (dtype == ASSAY_DTYPE_FLOAT32 && !work.is_average && assay_attrs_get_ints (call->attrs, "ksize", &n) != NULL &&
      assay_attrs_get_ints (call->attrs, "ksize", &n)[assay_kernel_shape (call, 0)->rank - 1] > 1)
    return run_over_channels (call, assay_attrs_get_ints (call->attrs, "ksize", &n)[assay_kernel_shape (call, 0)->rank - 1], error);
  if (!read_pool (call, &work, error))
    return FALSE;
  work.is_integer = dtype == ASSAY_DTYPE_INT32;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (call->n_outputs > 1 && dtype != ASSAY_DTYPE_FLOAT32)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (call->n_outputs > 1)
    {
      work.argmax = assay_kernel_output_as_inferred (call, 1, error);
      work.narrow_argmax = call->specs[1].dtype == ASSAY_DTYPE_INT32;
      work.with_batch = assay_attrs_get_int (call->attrs, "include_batch_in_index", FALSE);
      if (work.argmax == NULL)
        return FALSE;
    }
  if (assay_partial_shape_n_elements (&call->specs[0].shape) == 0)
    return TRUE;
  assay_parallel (call->workspace, work.conv.batch * work.conv.out[0] * work.conv.out[1],
                  MAX (16384 / MAX (work.conv.out[2] * work.conv.kernel[1] * work.conv.kernel[2] * work.conv.in_channels, 1), 1), run_lines, &work);
  return TRUE;
}

/* MaxPoolV2: window and strides are inputs. */
static gboolean
run_pool_inputs (AssayKernelCall *call, GError **error)
{
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  AssayKernelCall inner = *call;
  gint64          sizes[4], strides[4];

  if (assay_kernel_ints (call, 1, sizes, 4, error) != 4 || assay_kernel_ints (call, 2, strides, 4, error) != 4)
    return FALSE;
  assay_attrs_set_string (attrs, "padding", assay_attrs_get_string (call->attrs, "padding", "VALID"));
  assay_attrs_set_string (attrs, "data_format", assay_attrs_get_string (call->attrs, "data_format", "NHWC"));
  assay_attrs_set_ints (attrs, "strides", 4, strides);
  assay_attrs_set_ints (attrs, "ksize", 4, sizes);
  inner.attrs = attrs;
  inner.n_inputs = 1;
  return run_pool (&inner, error);
}

const AssayKernel assay_kernels_pool[] = {
  { "MaxPool", run_pool },
  { "MaxPoolV2", run_pool_inputs },
  { "MaxPoolWithArgmax", run_pool },
  { "AvgPool", run_pool },
  { "MaxPool3D", run_pool },
  { "AvgPool3D", run_pool },
  { NULL },
};
