/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "conv-private.h"

#include <string.h>

gsize
assay_conv_patch (const AssayConv *self)
{
  return self->kernel[0] * self->kernel[1] * self->kernel[2] * (self->in_channels / self->groups);
}

gsize
assay_conv_n_windows (const AssayConv *self)
{
  return self->batch * self->out[0] * self->out[1] * self->out[2];
}

/* Inputs and outputs are in memory, or will be refused; a patch and a row of them needn't be. */
static gboolean
check_sizes (const AssayConv *self, AssayKernelCall *call, GError **error)
{
  gsize patch = self->item_size;

  for (int i = 0; i < 3; i++)
    if (!g_size_checked_mul (&patch, patch, MAX (self->kernel[i], 1)))
      return assay_kernel_fail (call, error, "The filter is too large");
  if (!g_size_checked_mul (&patch, patch, MAX (self->in_channels, 1)) || patch > G_MAXSIZE / 4)
    return assay_kernel_fail (call, error, "The filter is too large");
  return TRUE;
}

gboolean
assay_conv_read (AssayConv               *self,
                 AssayKernelCall         *call,
                 const AssayPartialShape *in,
                 const AssayPartialShape *filter,
                 const AssayPartialShape *out,
                 GError                 **error)
{
  guint        n = in->rank - 2, skip = 3 - n;
  AssayWindows windows;

  if (!assay_windows_read (&windows, call->attrs, n, error))
    return FALSE;
  *self = (AssayConv){ .batch = in->dims[0], .in_channels = in->dims[n + 1], .out_channels = out->dims[n + 1], .groups = 1 };
  self->item_size = assay_dtype_get_info (call->specs[0].dtype)->item_size;
  for (guint i = 0; i < skip; i++)
    self->in[i] = self->out[i] = self->kernel[i] = self->stride[i] = self->dilation[i] = 1;
  for (guint i = 0; i < n; i++)
    {
      windows.along[i].input = in->dims[i + 1];
      windows.along[i].kernel = filter->dims[i];
    }
  if (!assay_windows_solve (&windows, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      self->in[skip + i] = in->dims[i + 1];
      self->out[skip + i] = out->dims[i + 1];
      self->kernel[skip + i] = filter->dims[i];
      self->stride[skip + i] = windows.along[i].stride;
      self->dilation[skip + i] = windows.along[i].dilation;
      self->before[skip + i] = windows.along[i].before;
    }
  self->is_depthwise = g_str_has_prefix (call->op->name, "Depthwise");
  if (!self->is_depthwise && filter->dims[n] > 0 && self->in_channels > 0)
    self->groups = self->in_channels / filter->dims[n];
  return check_sizes (self, call, error);
}

/* One row of a window: elements [0, n) along the last axis, each of @size bytes. Returns the end. */
static char *
gather_row (const AssayConv *self, char *out, const char *line, gssize x, gsize size)
{
  gsize pixel = self->in_channels * self->item_size;

  if (self->dilation[2] == 1 && x >= 0 && x + (gssize) self->kernel[2] <= (gssize) self->in[2] && size == pixel)
    {
      memcpy (out, line + x * pixel, self->kernel[2] * pixel);
      return out + self->kernel[2] * pixel;
    }
  for (gsize k = 0; k < self->kernel[2]; k++, x += self->dilation[2], out += size)
    if (x >= 0 && x < (gssize) self->in[2])
      memcpy (out, line + x * pixel, size);
    else
      memset (out, 0, size);
  return out;
}

void
assay_conv_gather (const AssayConv *self, void *patches, const void *in, gsize group, gsize first, gsize end)
{
  gsize size = self->in_channels / self->groups * self->item_size, row = self->in[2] * self->in_channels * self->item_size;
  char *out = patches;

  for (gsize window = first; window < end; window++)
    {
      gsize  x = window % self->out[2], y = window / self->out[2] % self->out[1];
      gsize  z = window / self->out[2] / self->out[1] % self->out[0], image = window / self->out[2] / self->out[1] / self->out[0];
      gssize at_x = (gssize) x * self->stride[2] - self->before[2];

      for (gsize i = 0; i < self->kernel[0]; i++)
        for (gsize j = 0; j < self->kernel[1]; j++)
          {
            gssize at_z = (gssize) (z * self->stride[0] + i * self->dilation[0]) - self->before[0];
            gssize at_y = (gssize) (y * self->stride[1] + j * self->dilation[1]) - self->before[1];

            if (at_z < 0 || at_z >= (gssize) self->in[0] || at_y < 0 || at_y >= (gssize) self->in[1])
              {
                memset (out, 0, self->kernel[2] * size);
                out += self->kernel[2] * size;
              }
            else
              out = gather_row (self, out, (const char *) in + ((image * self->in[0] + at_z) * self->in[1] + at_y) * row + group * size, at_x, size);
          }
    }
}
