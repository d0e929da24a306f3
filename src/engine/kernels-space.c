/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Blocks of space moved to the batch and back, windows laid out as channels, morphological dilation. */

#include "conv-private.h"

#include <math.h>
#include <string.h>

/* Between an image in space, padded or cropped, and a batch of images that take every n-th element of it. */
typedef struct
{
  int    n; /* blocked axes */
  gint64 blocks[ASSAY_GRAPH_MAX_RANK], before[ASSAY_GRAPH_MAX_RANK];
  gint64 space[ASSAY_GRAPH_MAX_RANK], small[ASSAY_GRAPH_MAX_RANK]; /* sizes along them */
  gsize  batch, item;                                              /* images in space; bytes of what isn't blocked */
} Blocks;

static gboolean
read_blocks (AssayKernelCall *call, Blocks *self, gboolean to_batch, GError **error)
{
  gboolean                 with_input = g_str_has_suffix (call->op->name, "ND");
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *out = &call->specs[0].shape;
  gint64                   pads[2 * ASSAY_GRAPH_MAX_RANK];

  self->n = 2;
  if (with_input)
    self->n = assay_kernel_ints (call, 1, self->blocks, ASSAY_GRAPH_MAX_RANK, error);
  else
    self->blocks[0] = self->blocks[1] = assay_attrs_get_int (call->attrs, "block_size", 2);
  if (self->n < 0 || assay_kernel_ints (call, with_input ? 2 : 1, pads, 2 * ASSAY_GRAPH_MAX_RANK, error) < 0)
    return FALSE;
  self->batch = (to_batch ? in : out)->dims[0];
  self->item = assay_dtype_get_info (assay_kernel_dtype (call, 0))->item_size;
  for (int i = self->n + 1; i < in->rank; i++)
    self->item *= in->dims[i];
  for (int i = 0; i < self->n; i++)
    {
      self->before[i] = pads[2 * i];
      self->space[i] = (to_batch ? in : out)->dims[i + 1];
      self->small[i] = (to_batch ? out : in)->dims[i + 1];
    }
  return TRUE;
}

/* Copies each item of the batch's images to or from its place in space, if it has one. */
static void
move_blocks (const Blocks *self, char *space, char *small, gboolean to_batch, GCancellable *cancellable)
{
  gsize n_blocks = 1, n_small = 1;

  for (int i = 0; i < self->n; i++)
    {
      n_blocks *= self->blocks[i];
      n_small *= self->small[i];
    }
  for (gsize image = 0; image < self->batch * n_blocks && !g_cancellable_is_cancelled (cancellable); image++)
    for (gsize at = 0; at < n_small; at++, small += self->item)
      {
        gsize    block = image / self->batch, rest = at, place = 0, stride = 1;
        gboolean inside = TRUE;

        for (int i = self->n - 1; i >= 0; i--)
          {
            gint64 here = (gint64) (rest % self->small[i]) * self->blocks[i] + block % self->blocks[i] - self->before[i];

            rest /= self->small[i];
            block /= self->blocks[i];
            inside = inside && here >= 0 && here < self->space[i];
            place += here * stride;
            stride *= self->space[i];
          }
        place += image % self->batch * stride;
        if (!inside && to_batch)
          memset (small, 0, self->item);
        else if (inside && to_batch)
          memcpy (small, space + place * self->item, self->item);
        else if (inside)
          memcpy (space + place * self->item, small, self->item);
      }
}

static gboolean
run_blocks (AssayKernelCall *call, GError **error)
{
  gboolean to_batch = g_str_has_prefix (call->op->name, "SpaceToBatch");
  Blocks   blocks = { 0 };
  char    *out, *in = (char *) assay_kernel_input (call, 0);

  if (assay_value_get_tensor (call->inputs[0]) == NULL)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  if (!read_blocks (call, &blocks, to_batch, error))
    return FALSE;
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) > 0 && assay_kernel_n (call, 0) > 0)
    move_blocks (&blocks, to_batch ? in : out, to_batch ? out : in, to_batch, assay_workspace_get_cancellable (call->workspace));
  else
    memset (out, 0, assay_partial_shape_n_elements (&call->specs[0].shape) * assay_dtype_get_info (assay_kernel_dtype (call, 0))->item_size);
  return TRUE;
}

/* The geometry of ops that have `rates` instead of dilations. */
static gboolean
read_rates (AssayKernelCall *call, AssayConv *conv, gint64 height, gint64 width, GError **error)
{
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  AssayKernelCall   inner = *call;
  AssayPartialShape filter = assay_partial_shape_make (4, height, width, (gint64) 1, (gint64) 1);
  guint             n;
  const gint64     *strides = assay_attrs_get_ints (call->attrs, "strides", &n);

  assay_attrs_set_ints (attrs, "strides", n, strides);
  assay_attrs_set_ints (attrs, "dilations", 4, assay_attrs_get_ints (call->attrs, "rates", &n));
  assay_attrs_set_string (attrs, "padding", assay_attrs_get_string (call->attrs, "padding", "VALID"));
  inner.attrs = attrs;
  if (!assay_conv_read (conv, &inner, assay_kernel_shape (call, 0), &filter, &call->specs[0].shape, error))
    return FALSE;
  conv->groups = 1;
  return TRUE;
}

typedef struct
{
  const AssayConv *conv;
  const char      *in;
  char            *out;
} Patches;

static void
gather_patches (gsize first, gsize end, gpointer data)
{
  const Patches *self = data;

  assay_conv_gather (self->conv, self->out + first * assay_conv_patch (self->conv) * self->conv->item_size, self->in, 0, first, end);
}

static gboolean
run_patches (AssayKernelCall *call, GError **error)
{
  guint         n;
  const gint64 *sizes = assay_attrs_get_ints (call->attrs, "ksizes", &n);
  AssayConv     conv;
  Patches       work = { .conv = &conv, .in = assay_kernel_input (call, 0) };

  if (!read_rates (call, &conv, sizes[1], sizes[2], error))
    return FALSE;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) > 0)
    assay_parallel (call->workspace, assay_conv_n_windows (&conv), MAX (16384 / assay_conv_patch (&conv), 1), gather_patches, &work);
  return TRUE;
}

typedef struct
{
  const AssayConv *conv;
  const float     *in, *filter;
  float           *out;
} Dilation;

/* out = the largest of in + filter in each window. */
static void
dilate_windows (gsize first, gsize end, gpointer data)
{
  const Dilation  *self = data;
  const AssayConv *conv = self->conv;
  gsize            n = conv->in_channels;

  for (gsize window = first; window < end; window++)
    {
      float *out = self->out + window * n;
      gsize  image = window / conv->out[2] / conv->out[1];

      for (gsize c = 0; c < n; c++)
        out[c] = -3.402823466e+38f;
      for (gsize j = 0; j < conv->kernel[1]; j++)
        for (gsize k = 0; k < conv->kernel[2]; k++)
          {
            gssize       y = (gssize) (window / conv->out[2] % conv->out[1] * conv->stride[1] + j * conv->dilation[1]) - conv->before[1];
            gssize       x = (gssize) (window % conv->out[2] * conv->stride[2] + k * conv->dilation[2]) - conv->before[2];
            const float *in = self->in + ((image * conv->in[1] + y) * conv->in[2] + x) * n, *filter = self->filter + (j * conv->kernel[2] + k) * n;

            if (y < 0 || y >= (gssize) conv->in[1] || x < 0 || x >= (gssize) conv->in[2])
              continue;
            for (gsize c = 0; c < n; c++)
              out[c] = in[c] + filter[c] > out[c] ? in[c] + filter[c] : out[c];
          }
    }
}

static gboolean
run_dilation (AssayKernelCall *call, GError **error)
{
  const gint64 *filter = assay_kernel_shape (call, 1)->dims;
  AssayConv     conv;
  Dilation      work = { .conv = &conv };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_dilation, error);
  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_FLOAT32)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  if (!read_rates (call, &conv, filter[0], filter[1], error))
    return FALSE;
  work.in = assay_kernel_input (call, 0);
  work.filter = assay_kernel_input (call, 1);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) > 0)
    assay_parallel (call->workspace, assay_conv_n_windows (&conv), MAX (16384 / MAX (assay_conv_patch (&conv), 1), 1), dilate_windows, &work);
  return TRUE;
}

const AssayKernel assay_kernels_space[] = {
  { "SpaceToBatchND", run_blocks },
  { "BatchToSpaceND", run_blocks },
  { "SpaceToBatch", run_blocks },
  { "BatchToSpace", run_blocks },
  { "ExtractImagePatches", run_patches },
  { "Dilation2D", run_dilation },
  { NULL },
};
