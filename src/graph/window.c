/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Source: tensorflow/core/framework/kernel_shape_util.cc. */

#include <assay/window.h>

#include <assay/error.h>
#include <string.h>

/* No input is longer; so no sum or product here overflows. */
#define MAX_SIZE ((gint64) 1 << 53)

int
assay_windows_axis (const AssayWindows *self, guint index)
{
  return index + (self->channels_first ? 2 : 1);
}

int
assay_windows_channel_axis (const AssayWindows *self)
{
  return self->channels_first ? 1 : self->n + 1;
}

static gboolean
fail (GError **error, const char *format, gint64 value)
{
  g_autofree char *text = g_strdup_printf (format, value);

  g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, text);
  return FALSE;
}

static gboolean
read_steps (AssayWindows *self, AssayAttrs *attrs, GError **error)
{
  guint         n_strides = 0, n_dilations = 0;
  const gint64 *strides = assay_attrs_get_ints (attrs, "strides", &n_strides);
  const gint64 *dilations = assay_attrs_get_ints (attrs, "dilations", &n_dilations);

  if (strides == NULL || n_strides != self->n + 2)
    return fail (error, "Sliding window strides field must specify %" G_GINT64_FORMAT " dimensions", self->n + 2);
  if (n_dilations != 0 && n_dilations != self->n + 2)
    return fail (error, "Sliding window dilations field must specify %" G_GINT64_FORMAT " dimensions", self->n + 2);
  self->batch_stride = strides[0];
  self->channel_stride = strides[assay_windows_channel_axis (self)];
  for (guint i = 0; i < self->n; i++)
    {
      AssayWindow *window = &self->along[i];

      window->stride = strides[assay_windows_axis (self, i)];
      window->dilation = n_dilations ? dilations[assay_windows_axis (self, i)] : 1;
      if (window->stride <= 0 || window->stride > G_MAXINT32)
        return fail (error, "Stride must be > 0, but got %" G_GINT64_FORMAT, window->stride);
      if (window->dilation <= 0 || window->dilation > G_MAXINT32)
        return fail (error, "Dilated rates should be larger than 0.", 0);
    }
  return TRUE;
}

static gboolean
read_padding (AssayWindows *self, AssayAttrs *attrs, GError **error)
{
  const char   *padding = assay_attrs_get_string (attrs, "padding", "VALID");
  guint         n = 0;
  const gint64 *pads = assay_attrs_get_ints (attrs, "explicit_paddings", &n);

  self->padding = strcmp (padding, "SAME") == 0 ? ASSAY_PADDING_SAME : strcmp (padding, "EXPLICIT") == 0 ? ASSAY_PADDING_EXPLICIT
                                                                                                         : ASSAY_PADDING_VALID;
  if (self->padding != ASSAY_PADDING_EXPLICIT)
    return TRUE;
  if (pads == NULL || n != 2 * (self->n + 2))
    return fail (error, "explicit_paddings attribute must contain %" G_GINT64_FORMAT " values", 2 * (self->n + 2));
  for (guint i = 0; i < n; i++)
    if (pads[i] < 0 || pads[i] > G_MAXINT32)
      return fail (error, "All elements of explicit_paddings must be nonnegative, but one is %" G_GINT64_FORMAT, pads[i]);
  for (guint i = 0; i < self->n; i++)
    {
      self->along[i].before = pads[2 * assay_windows_axis (self, i)];
      self->along[i].after = pads[2 * assay_windows_axis (self, i) + 1];
    }
  return TRUE;
}

gboolean
assay_windows_read (AssayWindows *self, AssayAttrs *attrs, guint n, GError **error)
{
  *self = (AssayWindows){ .n = n };
  self->channels_first = g_str_has_prefix (assay_attrs_get_string (attrs, "data_format", "N"), "NC");
  for (guint i = 0; i < n; i++)
    self->along[i].input = self->along[i].kernel = self->along[i].output = -1;
  return read_steps (self, attrs, error) && read_padding (self, attrs, error);
}

static gboolean
solve_one (AssayWindow *self, AssayPadding padding, GError **error)
{
  gint64 extent;

  self->output = -1;
  if (padding != ASSAY_PADDING_EXPLICIT)
    self->before = self->after = 0;
  if (self->input > MAX_SIZE || self->kernel > G_MAXINT32)
    return fail (error, "A dimension of %" G_GINT64_FORMAT " elements is too large", MAX (self->input, self->kernel));
  if (self->input < 0 || (self->kernel < 0 && padding != ASSAY_PADDING_SAME))
    return TRUE;
  if (padding == ASSAY_PADDING_SAME)
    {
      self->output = (self->input + self->stride - 1) / self->stride;
      if (self->kernel < 0)
        return TRUE;
      extent = (self->kernel - 1) * self->dilation + 1;
      self->before = MAX ((self->output - 1) * self->stride + extent - self->input, 0) / 2;
      self->after = MAX ((self->output - 1) * self->stride + extent - self->input, 0) - self->before;
      return TRUE;
    }
  extent = (self->kernel - 1) * self->dilation + 1;
  self->output = (self->input + self->before + self->after - extent + self->stride) / self->stride;
  if (self->output < 0)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE,
                 "Computed output size would be negative: %" G_GINT64_FORMAT " [input_size: %" G_GINT64_FORMAT
                 ", effective_filter_size: %" G_GINT64_FORMAT ", stride: %" G_GINT64_FORMAT "]",
                 self->output, self->input, extent, self->stride);
  return self->output >= 0;
}

gboolean
assay_windows_solve (AssayWindows *self, GError **error)
{
  for (guint i = 0; i < self->n; i++)
    if (!solve_one (&self->along[i], self->padding, error))
      return FALSE;
  return TRUE;
}
