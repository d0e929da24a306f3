/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Convolutions: windows are laid out as rows, a block at a time, and multiplied with the filter. */

#include "conv-private.h"

#include "clones-private.h"
#include <string.h>

/* The rows of a block take about so many bytes: they shall stay in the processor's cache. But each block looks at the whole filter, so
 * that few rows don't pay. */
#define BLOCK_BYTES (768 * 1024)
#define BLOCK_ROWS 160
#define MAX_SLOTS 64
#define LONG (1 << 28)

typedef struct
{
  const AssayConv *conv;
  AssayGemm        gemm; /* a: the rows; b, c: of group 0 */
  const void      *in;
  GCancellable    *cancellable;
  gsize            block; /* windows */
  char            *rows;
  gsize            rows_bytes; /* of a block */
  guint64          free_slots; /* atomic: bits of the blocks that no thread has */
} ConvWork;

static guint
take_slot (ConvWork *self)
{
  for (;;)
    {
      guint64 free_slots = __atomic_load_n (&self->free_slots, __ATOMIC_RELAXED);
      guint   slot = __builtin_ctzll (free_slots);

      g_assert (free_slots != 0);
      if (__atomic_compare_exchange_n (&self->free_slots, &free_slots, free_slots & ~((guint64) 1 << slot), FALSE, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return slot;
    }
}

static void
run_block (const ConvWork *self, char *rows, gsize group, gsize first, gsize end)
{
  const AssayConv *conv = self->conv;
  AssayGemm        gemm = self->gemm;
  gsize            out_each = conv->out_channels / conv->groups;

  assay_conv_gather (conv, rows, self->in, group, first, end);
  gemm.m = end - first;
  gemm.a = rows;
  gemm.b = (const char *) gemm.b + group * out_each * conv->item_size;
  gemm.c = (char *) gemm.c + (first * conv->out_channels + group * out_each) * conv->item_size;
  assay_gemm_piece (&gemm, 0, 0, gemm.m, 0, out_each);
  if (gemm.epilogue != NULL)
    assay_epilogue_run (gemm.epilogue, gemm.c, gemm.ldc, gemm.m, out_each, group * out_each, first * conv->out_channels + group * out_each);
}

/* Blocks [first, end), those of a group behind each other. */
static void
run_blocks (gsize first, gsize end, gpointer data)
{
  ConvWork *self = data;
  guint     slot = take_slot (self);
  gsize     n_windows = assay_conv_n_windows (self->conv), n_blocks = (n_windows + self->block - 1) / self->block;

  for (gsize i = first; i < end && !g_cancellable_is_cancelled (self->cancellable); i++)
    run_block (self, self->rows + slot * self->rows_bytes, i / n_blocks, i % n_blocks * self->block, MIN ((i % n_blocks + 1) * self->block, n_windows));
  __atomic_fetch_or (&self->free_slots, (guint64) 1 << slot, __ATOMIC_RELEASE);
}

static gboolean
run_in_blocks (AssayKernelCall *call, ConvWork *work, GError **error)
{
  gsize n_windows = assay_conv_n_windows (work->conv), n_threads = MIN (assay_parallel_n_threads (), MAX_SLOTS);
  gsize row_bytes = assay_conv_patch (work->conv) * work->conv->item_size, n_blocks;

  work->block = CLAMP (BLOCK_BYTES / row_bytes, BLOCK_ROWS, 1024);
  /* Long work shall end soon if it is cancelled. */
  while (work->block > 32 && (double) work->block * assay_conv_patch (work->conv) * work->conv->out_channels > LONG)
    work->block /= 2;
  n_blocks = (n_windows + work->block - 1) / work->block;
  n_blocks = (n_blocks + n_threads - 1) / n_threads * n_threads;
  work->block = (n_windows + n_blocks - 1) / n_blocks;
  n_blocks = (n_windows + work->block - 1) / work->block;
  n_threads = MIN (n_threads, n_blocks * work->conv->groups);
  work->free_slots = n_threads >= 64 ? ~(guint64) 0 : ((guint64) 1 << n_threads) - 1;
  if (!g_size_checked_mul (&work->rows_bytes, row_bytes, work->block) || work->rows_bytes > G_MAXSIZE / 128)
    return assay_kernel_fail (call, error, "The filter is too large");
  work->rows_bytes = (work->rows_bytes + 63) / 64 * 64;
  work->rows = assay_workspace_scratch (call->workspace, work->rows_bytes * n_threads, error);
  if (work->rows == NULL)
    return FALSE;
  assay_parallel (call->workspace, n_blocks * work->conv->groups, 1, run_blocks, work);
  assay_workspace_free_scratch (call->workspace, work->rows);
  return TRUE;
}

/* Few windows, many channels: all rows first, then the product in pieces of columns, too. */
static gboolean
run_in_two_passes (AssayKernelCall *call, ConvWork *work, GError **error)
{
  gsize    n_windows = assay_conv_n_windows (work->conv);
  char    *rows = assay_workspace_scratch (call->workspace, n_windows * assay_conv_patch (work->conv) * work->conv->item_size, error);
  gboolean good;

  if (rows == NULL)
    return FALSE;
  assay_conv_gather (work->conv, rows, work->in, 0, 0, n_windows);
  work->gemm.a = rows;
  work->gemm.m = n_windows;
  good = assay_gemm (call->workspace, &work->gemm, error);
  assay_workspace_free_scratch (call->workspace, rows);
  return good;
}

static gboolean
is_plain (const AssayConv *self)
{
  for (int i = 0; i < 3; i++)
    if (self->kernel[i] != 1 || self->stride[i] != 1 || self->before[i] != 0 || self->in[i] != self->out[i])
      return FALSE;
  return self->groups == 1;
}

static gboolean
run_conv (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  AssayConv  conv;
  ConvWork   work = { .conv = &conv, .cancellable = assay_workspace_get_cancellable (call->workspace) };
  gsize      n_windows;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_conv, error);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && dtype != ASSAY_DTYPE_INT32)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (assay_nn_is_channels_first (call))
    return assay_nn_run_channels_last (call, 0, run_conv, error);
  if (!assay_conv_read (&conv, call, assay_kernel_shape (call, 0), assay_kernel_shape (call, 1), &call->specs[0].shape, error))
    return FALSE;
  work.in = assay_kernel_input (call, 0);
  work.gemm = (AssayGemm){ .dtype = dtype, .n = conv.out_channels, .k = assay_conv_patch (&conv), .lda = assay_conv_patch (&conv), .ldb = conv.out_channels, .ldc = conv.out_channels, .count = 1 };
  work.gemm.b = assay_kernel_input (call, 1);
  work.gemm.c = assay_kernel_output_as_inferred (call, 0, error);
  if (work.gemm.c == NULL)
    return FALSE;
  work.gemm.epilogue = assay_epilogue_take (call, conv.out_channels);
  n_windows = assay_conv_n_windows (&conv);
  if (n_windows == 0 || conv.out_channels == 0)
    return TRUE;
  if (!assay_gemm_check (&work.gemm, error))
    return FALSE;
  if (is_plain (&conv) || conv.in_channels == 0)
    {
      work.gemm.a = work.in;
      work.gemm.m = n_windows;
      return assay_gemm (call->workspace, &work.gemm, error);
    }
  if (conv.groups == conv.in_channels && conv.groups > 1 && dtype != ASSAY_DTYPE_INT32)
    return assay_conv_run_depthwise (call, &conv, work.in, work.gemm.b, work.gemm.c, work.gemm.epilogue, error);
  if (conv.groups == 1 && n_windows < 32 * assay_parallel_n_threads () && n_windows < 1024)
    return run_in_two_passes (call, &work, error);
  return run_in_blocks (call, &work, error);
}

static gboolean
run_depthwise (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  AssayConv  conv;
  void      *out;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_depthwise, error);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (assay_nn_is_channels_first (call))
    return assay_nn_run_channels_last (call, 0, run_depthwise, error);
  if (!assay_conv_read (&conv, call, assay_kernel_shape (call, 0), assay_kernel_shape (call, 1), &call->specs[0].shape, error))
    return FALSE;
  out = assay_kernel_output_as_inferred (call, 0, error);
  return out != NULL && assay_conv_run_depthwise (call, &conv, assay_kernel_input (call, 0), assay_kernel_input (call, 1), out,
                                                  assay_epilogue_take (call, conv.out_channels), error);
}

typedef struct
{
  const AssayConv *conv;
  const char      *rows; /* [n_windows, groups, patch of a group] */
  char            *out;
  gsize            image;
} Scatter;

/* Adds up what windows give to lines [first, end) of an image, a line being all elements along the last axis. */
ENGINE_CLONES
static void
scatter_lines (gsize first, gsize end, gpointer data)
{
  const Scatter   *self = data;
  const AssayConv *conv = self->conv;
  gsize            each = conv->in_channels / conv->groups, patch = assay_conv_patch (conv), line = conv->in[2] * conv->in_channels;

  for (gsize at = first; at < end; at++)
    {
      gsize y = at % conv->in[1], z = at / conv->in[1];
      char *out = self->out + (self->image * conv->in[0] * conv->in[1] + at) * line * conv->item_size;

      memset (out, 0, line * conv->item_size);
      for (gsize i = 0; i < conv->kernel[0]; i++)
        for (gsize j = 0; j < conv->kernel[1]; j++)
          {
            gssize from_z = (gssize) (z - i * conv->dilation[0]) + conv->before[0], from_y = (gssize) (y - j * conv->dilation[1]) + conv->before[1];

            if (from_z < 0 || from_y < 0 || from_z % conv->stride[0] != 0 || from_y % conv->stride[1] != 0)
              continue;
            from_z /= conv->stride[0];
            from_y /= conv->stride[1];
            if (from_z >= (gssize) conv->out[0] || from_y >= (gssize) conv->out[1])
              continue;
            for (gsize window = 0; window < conv->out[2]; window++)
              for (gsize k = 0; k < conv->kernel[2]; k++)
                {
                  gssize x = (gssize) (window * conv->stride[2] + k * conv->dilation[2]) - conv->before[2];
                  gsize  row = (from_z * conv->out[1] + from_y) * conv->out[2] + window;

                  if (x < 0 || x >= (gssize) conv->in[2])
                    continue;
                  for (gsize group = 0; group < conv->groups; group++)
                    {
                      gsize from = (row * conv->groups + group) * patch + ((i * conv->kernel[1] + j) * conv->kernel[2] + k) * each;
                      gsize to = x * conv->in_channels + group * each;

                      if (conv->item_size == 4)
                        for (gsize c = 0; c < each; c++)
                          ((float *) out)[to + c] += ((const float *) self->rows)[from + c];
                      else
                        for (gsize c = 0; c < each; c++)
                          ((double *) out)[to + c] += ((const double *) self->rows)[from + c];
                    }
                }
          }
    }
}

/* Image by image: what each window gives is a product with the filter; then each element of the image adds up its windows. */
static gboolean
run_conv_backprop (AssayKernelCall *call, GError **error)
{
  AssayDtype  dtype = assay_kernel_dtype (call, 1);
  AssayConv   conv;
  Scatter     scatter = { .conv = &conv };
  const char *in;
  gsize       n_rows, n_bytes, out_each;
  gboolean    good = TRUE;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_conv_backprop, error);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (assay_nn_is_channels_first (call))
    return assay_nn_run_channels_last (call, 2, run_conv_backprop, error);
  if (!assay_conv_read (&conv, call, &call->specs[0].shape, assay_kernel_shape (call, 1), assay_kernel_shape (call, 2), error))
    return FALSE;
  scatter.out = assay_kernel_output_as_inferred (call, 0, error);
  if (scatter.out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) == 0)
    return TRUE;
  in = assay_kernel_input (call, 2);
  n_rows = conv.out[0] * conv.out[1] * conv.out[2];
  out_each = conv.out_channels / conv.groups;
  if (n_rows == 0 || conv.out_channels == 0)
    {
      memset (scatter.out, 0, assay_partial_shape_n_elements (&call->specs[0].shape) * conv.item_size);
      return TRUE;
    }
  if (!g_size_checked_mul (&n_bytes, n_rows, assay_conv_patch (&conv) * conv.groups) || !g_size_checked_mul (&n_bytes, n_bytes, conv.item_size))
    return assay_kernel_fail (call, error, "The filter is too large");
  scatter.rows = assay_workspace_scratch (call->workspace, n_bytes, error);
  if (scatter.rows == NULL)
    return FALSE;
  for (scatter.image = 0; scatter.image < conv.batch && good; scatter.image++)
    {
      for (gsize group = 0; group < conv.groups && good; group++)
        {
          AssayGemm gemm = { .dtype = dtype, .b_turned = TRUE, .m = n_rows, .n = assay_conv_patch (&conv), .k = out_each, .lda = conv.out_channels, .ldb = conv.out_channels, .ldc = assay_conv_patch (&conv) * conv.groups, .count = 1 };

          gemm.a = in + (scatter.image * n_rows * conv.out_channels + group * out_each) * conv.item_size;
          gemm.b = (const char *) assay_kernel_input (call, 1) + group * out_each * conv.item_size;
          gemm.c = (char *) scatter.rows + group * assay_conv_patch (&conv) * conv.item_size;
          good = assay_gemm (call->workspace, &gemm, error);
        }
      if (good)
        assay_parallel (call->workspace, conv.in[0] * conv.in[1], MAX (65536 / MAX (n_rows / conv.out[1] * assay_conv_patch (&conv), 1), 1),
                        scatter_lines, &scatter);
    }
  assay_workspace_free_scratch (call->workspace, (char *) scatter.rows);
  return good;
}

const AssayKernel assay_kernels_conv[] = {
  { "Conv2D", run_conv },
  { "Conv3D", run_conv },
  { "DepthwiseConv2dNative", run_depthwise },
  { "Conv2DBackpropInput", run_conv_backprop },
  { "Conv3DBackpropInputV2", run_conv_backprop },
  { NULL },
};
