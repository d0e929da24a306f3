/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Depthwise convolutions: plain loops along the channels. */

#include "conv-private.h"

#include "clones-private.h"
#include <string.h>

/* Channels whose sums stay in registers. */
#define TILE 64

typedef struct
{
  const AssayConv     *conv;
  const char          *in, *filter;
  char                *out;
  GCancellable        *cancellable;
  const AssayEpilogue *epilogue;
} Depthwise;

/* The elements of a window that lie in the image. */
typedef struct
{
  gsize first[3], end[3]; /* of the window */
  gsize at[3];            /* of the image */
} Part;

/* out[c] = Σ in[k][c] · filter[k][c], for one window of @n elements. */
#define LOOPS(name, type)                                                                                               \
  ENGINE_CLONES                                                                                                         \
  static void                                                                                                           \
      window_##name (type *out, const type *const *in, const type *const *filter, gsize n, gsize channels)              \
  {                                                                                                                     \
    gsize c = 0;                                                                                                        \
                                                                                                                        \
    for (; c + TILE <= channels; c += TILE)                                                                             \
      {                                                                                                                 \
        type sums[TILE] = { 0 };                                                                                        \
                                                                                                                        \
        for (gsize k = 0; k < n; k++)                                                                                   \
          for (gsize i = 0; i < TILE; i++)                                                                              \
            sums[i] += in[k][c + i] * filter[k][c + i];                                                                 \
        memcpy (out + c, sums, sizeof sums);                                                                            \
      }                                                                                                                 \
    for (; c + 16 <= channels; c += 16)                                                                                 \
      {                                                                                                                 \
        type sums[16] = { 0 };                                                                                          \
                                                                                                                        \
        for (gsize k = 0; k < n; k++)                                                                                   \
          for (gsize i = 0; i < 16; i++)                                                                                \
            sums[i] += in[k][c + i] * filter[k][c + i];                                                                 \
        memcpy (out + c, sums, sizeof sums);                                                                            \
      }                                                                                                                 \
    for (; c < channels; c++)                                                                                           \
      {                                                                                                                 \
        type sum = 0;                                                                                                   \
                                                                                                                        \
        for (gsize k = 0; k < n; k++)                                                                                   \
          sum += in[k][c] * filter[k][c];                                                                               \
        out[c] = sum;                                                                                                   \
      }                                                                                                                 \
  }                                                                                                                     \
                                                                                                                        \
  /* Four windows that are @step elements apart: each element of the filter is loaded once for them. */                 \
  ENGINE_CLONES                                                                                                         \
  static void                                                                                                           \
      windows_##name (type *out, const type *const *in, const type *const *filter, gsize n, gsize channels, gsize step) \
  {                                                                                                                     \
    gsize c = 0;                                                                                                        \
                                                                                                                        \
    for (; c + 16 <= channels; c += 16)                                                                                 \
      {                                                                                                                 \
        type sums[4][16] = { 0 };                                                                                       \
                                                                                                                        \
        for (gsize k = 0; k < n; k++)                                                                                   \
          {                                                                                                             \
            const type *from = in[k] + c, *by = filter[k] + c;                                                          \
                                                                                                                        \
            for (gsize w = 0; w < 4; w++)                                                                               \
              for (gsize i = 0; i < 16; i++)                                                                            \
                sums[w][i] += from[w * step + i] * by[i];                                                               \
          }                                                                                                             \
        for (gsize w = 0; w < 4; w++)                                                                                   \
          memcpy (out + w * channels + c, sums[w], sizeof sums[w]);                                                     \
      }                                                                                                                 \
    for (; c < channels; c++)                                                                                           \
      for (gsize w = 0; w < 4; w++)                                                                                     \
        {                                                                                                               \
          type sum = 0;                                                                                                 \
                                                                                                                        \
          for (gsize k = 0; k < n; k++)                                                                                 \
            sum += in[k][w * step + c] * filter[k][c];                                                                  \
          out[w * channels + c] = sum;                                                                                  \
        }                                                                                                               \
  }

LOOPS (f32, float)
LOOPS (f64, double)

/* What of a window lies in the image along one axis. */
static void
clip (const AssayConv *conv, int axis, gsize window, Part *part)
{
  gssize at = (gssize) window * conv->stride[axis] - conv->before[axis], step = conv->dilation[axis];
  gssize first = at < 0 ? (-at + step - 1) / step : 0;
  gssize end = at >= (gssize) conv->in[axis] ? 0 : ((gssize) conv->in[axis] - at + step - 1) / step;

  part->first[axis] = first;
  part->end[axis] = CLAMP (end, first, MAX ((gssize) conv->kernel[axis], first));
  part->at[axis] = at + first * step;
}

/* One window, or four in a row. */
static void
run_windows (const Depthwise *self, gsize window, guint count, const char *image, const Part *part, const void **in, const void **filter)
{
  const AssayConv *conv = self->conv;
  gsize            pixel = conv->in_channels * conv->item_size, n = 0;
  char            *out = self->out + window * pixel;

  for (gsize j = part->first[1]; j < part->end[1]; j++)
    for (gsize k = part->first[2]; k < part->end[2]; k++)
      {
        in[n] = image + ((part->at[1] + (j - part->first[1]) * conv->dilation[1]) * conv->in[2] + part->at[2] + (k - part->first[2]) * conv->dilation[2]) * pixel;
        filter[n++] = self->filter + (j * conv->kernel[2] + k) * pixel;
      }
  if (count == 4 && conv->item_size == 4)
    windows_f32 ((float *) out, (const float *const *) in, (const float *const *) filter, n, conv->in_channels, conv->stride[2] * conv->in_channels);
  else if (count == 4)
    windows_f64 ((double *) out, (const double *const *) in, (const double *const *) filter, n, conv->in_channels, conv->stride[2] * conv->in_channels);
  else if (conv->item_size == 4)
    window_f32 ((float *) out, (const float *const *) in, (const float *const *) filter, n, conv->in_channels);
  else
    window_f64 ((double *) out, (const double *const *) in, (const double *const *) filter, n, conv->in_channels);
}

/* 4 if this window and the next three lie in the image as a whole along the last axis, else 1. */
static guint
count_alike (const Depthwise *self, gsize x, const Part *part)
{
  Part last;

  if (x + 4 > self->conv->out[2] || part->first[2] != 0 || part->end[2] != self->conv->kernel[2])
    return 1;
  clip (self->conv, 2, x + 3, &last);
  return last.first[2] == 0 && last.end[2] == self->conv->kernel[2] ? 4 : 1;
}

/* Lines [first, end) of the output. */
static void
run_lines (gsize first, gsize end, gpointer data)
{
  const Depthwise        *self = data;
  const AssayConv        *conv = self->conv;
  gsize                   n_taps = conv->kernel[1] * conv->kernel[2];
  g_autofree const void **pointers = g_new (const void *, 2 * n_taps);
  gsize                   image_bytes = conv->in[1] * conv->in[2] * conv->in_channels * conv->item_size;

  for (gsize line = first; line < end && !g_cancellable_is_cancelled (self->cancellable); line++)
    {
      gsize image = line / conv->out[1];
      Part  part;

      clip (conv, 1, line % conv->out[1], &part);
      for (gsize x = 0, count; x < conv->out[2]; x += count)
        {
          clip (conv, 2, x, &part);
          count = count_alike (self, x, &part);
          run_windows (self, line * conv->out[2] + x, count, self->in + image * image_bytes, &part, pointers, pointers + n_taps);
        }
      if (self->epilogue != NULL)
        assay_epilogue_run (self->epilogue, (float *) self->out + line * conv->out[2] * conv->out_channels, conv->out_channels, conv->out[2],
                            conv->out_channels, 0, line * conv->out[2] * conv->out_channels);
    }
}

typedef struct
{
  const AssayConv *conv;
  gsize            multiplier;
  const void      *in;
  void            *out;
} Repeat;

/* Each channel of pixels [first, end) as often as the filter has elements for it. */
static void
repeat_pixels (gsize first, gsize end, gpointer data)
{
  const Repeat *self = data;
  gsize         n = self->conv->in_channels, multiplier = self->multiplier;

  for (gsize i = first * n; i < end * n; i++)
    for (gsize m = 0; m < multiplier; m++)
      if (self->conv->item_size == 4)
        ((float *) self->out)[i * multiplier + m] = ((const float *) self->in)[i];
      else
        ((double *) self->out)[i * multiplier + m] = ((const double *) self->in)[i];
}

static void
run (Depthwise *self, AssayWorkspace *workspace)
{
  const AssayConv *conv = self->conv;
  gsize            n_taps = conv->kernel[0] * conv->kernel[1] * conv->kernel[2];

  assay_parallel (workspace, conv->batch * conv->out[1], MAX (65536 / MAX (conv->out[2] * n_taps * conv->out_channels, 1), 1), run_lines, self);
}

gboolean
assay_conv_run_depthwise (AssayKernelCall *call, const AssayConv *conv, const void *in, const void *filter, void *out, const AssayEpilogue *epilogue, GError **error)
{
  AssayConv repeated = *conv;
  Depthwise work = { .conv = &repeated, .in = in, .filter = filter, .out = out, .epilogue = epilogue, .cancellable = assay_workspace_get_cancellable (call->workspace) };
  gsize     n_pixels = conv->batch * conv->in[0] * conv->in[1] * conv->in[2], n_bytes;
  Repeat    repeat = { .conv = conv, .in = in };

  if (conv->in_channels == 0 || conv->out_channels == 0 || assay_conv_n_windows (conv) == 0)
    return TRUE;
  repeat.multiplier = conv->out_channels / conv->in_channels;
  if (repeat.multiplier == 1)
    {
      run (&work, call->workspace);
      return TRUE;
    }
  if (!g_size_checked_mul (&n_bytes, n_pixels, conv->out_channels * conv->item_size))
    return assay_kernel_fail (call, error, "The filter is too large");
  work.in = repeat.out = assay_workspace_scratch (call->workspace, n_bytes, error);
  if (repeat.out == NULL)
    return FALSE;
  repeated.in_channels = conv->out_channels;
  assay_parallel (call->workspace, n_pixels, MAX (16384 / conv->out_channels, 1), repeat_pixels, &repeat);
  run (&work, call->workspace);
  assay_workspace_free_scratch (call->workspace, repeat.out);
  return TRUE;
}
