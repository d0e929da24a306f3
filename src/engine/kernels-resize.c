/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Images in another size. Sources: tensorflow/core/kernels/image/resize_{bilinear,nearest_neighbor,bicubic,area}_op.cc, crop_and_resize_op.cc. */

#include "clones-private.h"
#include "nn-private.h"
#include <assay/convert.h>

#include <math.h>
#include <string.h>

/* Up to four elements along an axis that make one of the output. */
typedef struct
{
  gint64 index[4];
  float  weight[4];
} Taps;

typedef struct
{
  const float *in;
  float       *out;
  gsize        height, width, channels, out_height, out_width;
  guint        n_taps;
  const Taps  *rows, *columns;
} Resize;

static float
find_scale (AssayKernelCall *call, gint64 in, gint64 out)
{
  if (assay_attrs_get_int (call->attrs, "align_corners", FALSE) && out > 1)
    return (in - 1) / (float) (out - 1);
  return in / (float) out;
}

static float
find_place (AssayKernelCall *call, gint64 x, float scale)
{
  if (assay_attrs_get_int (call->attrs, "half_pixel_centers", FALSE))
    return ((float) x + 0.5f) * scale - 0.5f;
  return (float) x * scale;
}

static void
find_bilinear (AssayKernelCall *call, Taps *taps, gint64 in, gint64 out)
{
  float scale = find_scale (call, in, out);

  for (gint64 i = 0; i < out; i++)
    {
      float place = find_place (call, i, scale), below = floorf (place);

      taps[i].index[0] = CLAMP ((gint64) below, 0, in - 1);
      taps[i].index[1] = CLAMP ((gint64) ceilf (place), 0, in - 1);
      taps[i].weight[1] = place - below;
      taps[i].weight[0] = 1 - taps[i].weight[1];
    }
}

/* The cubic of Keys, as a table has it: @a is -0.5 or -0.75. */
static float
cubic (float a, int offset, gboolean is_far)
{
  float x = offset / 1024.0f;

  if (!is_far)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  x += 1;
  return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

static void
find_bicubic (AssayKernelCall *call, Taps *taps, gint64 in, gint64 out)
{
  gboolean half = assay_attrs_get_int (call->attrs, "half_pixel_centers", FALSE);
  float    scale = find_scale (call, in, out), a = half ? -0.5f : -0.75f;

  for (gint64 i = 0; i < out; i++)
    {
      float  place = find_place (call, i, scale), sum = 0;
      gint64 at = floorf (place);
      int    offset = lrintf ((place - at) * 1024);

      taps[i].weight[0] = cubic (a, offset, TRUE);
      taps[i].weight[1] = cubic (a, offset, FALSE);
      taps[i].weight[2] = cubic (a, 1024 - offset, FALSE);
      taps[i].weight[3] = cubic (a, 1024 - offset, TRUE);
      for (int k = 0; k < 4; k++)
        {
          taps[i].index[k] = CLAMP (at - 1 + k, 0, in - 1);
          if (half && taps[i].index[k] != at - 1 + k)
            taps[i].weight[k] = 0;
          sum += taps[i].weight[k];
        }
      for (int k = 0; k < 4 && half && fabsf (sum) >= 1000 * 1.17549435e-38f; k++)
        taps[i].weight[k] /= sum;
    }
}

/* Lines [first, end) of the output. */
ENGINE_CLONES
static void
resize_lines (gsize first, gsize end, gpointer data)
{
  const Resize *self = data;
  gsize         n = self->channels;

  for (gsize line = first; line < end; line++)
    {
      const float *image = self->in + line / self->out_height * self->height * self->width * n;
      const Taps  *row = &self->rows[line % self->out_height];

      for (gsize x = 0; x < self->out_width; x++)
        {
          float      *out = self->out + (line * self->out_width + x) * n;
          const Taps *column = &self->columns[x];

          memset (out, 0, n * sizeof *out);
          for (guint j = 0; j < self->n_taps; j++)
            for (guint k = 0; k < self->n_taps; k++)
              {
                const float *in = image + (row->index[j] * self->width + column->index[k]) * n;
                float        weight = row->weight[j] * column->weight[k];

                if (weight != 0)
                  for (gsize c = 0; c < n; c++)
                    out[c] += weight * in[c];
              }
        }
    }
}

/* Images of other dtypes are turned to float32 first. */
static AssayValue *
to_float (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0);
  AssayTensor       *tensor = assay_value_get_tensor (call->inputs[0]), *wide;
  gsize              n = assay_kernel_n (call, 0);
  g_autofree double *numbers = NULL;
  void              *data;

  if (dtype == ASSAY_DTYPE_FLOAT32)
    return assay_value_ref (call->inputs[0]);
  wide = assay_workspace_tensor (call->workspace, ASSAY_DTYPE_FLOAT32, assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor), &data, error);
  if (wide == NULL)
    return NULL;
  numbers = g_new (double, 4096);
  for (gsize i = 0; i < n; i += 4096)
    {
      gsize piece = MIN (4096, n - i);

      assay_convert_to_double (dtype, (const char *) assay_kernel_input (call, 0) + i * assay_dtype_get_info (dtype)->item_size, numbers, piece);
      for (gsize k = 0; k < piece; k++)
        ((float *) data)[i + k] = numbers[k];
    }
  return assay_value_new_take (wide);
}

static gboolean
is_numeric (AssayDtype dtype)
{
  static const AssayDtype allowed[] = { ASSAY_DTYPE_INT8, ASSAY_DTYPE_UINT8, ASSAY_DTYPE_INT16, ASSAY_DTYPE_UINT16, ASSAY_DTYPE_INT32, ASSAY_DTYPE_INT64, ASSAY_DTYPE_FLOAT16, ASSAY_DTYPE_BFLOAT16, ASSAY_DTYPE_FLOAT32, ASSAY_DTYPE_FLOAT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    if (allowed[i] == dtype)
      return TRUE;
  return FALSE;
}

static gboolean
run_resize (AssayKernelCall *call, GError **error)
{
  const gint64 *in = assay_kernel_shape (call, 0)->dims, *out = call->specs[0].shape.dims;
  gboolean      is_cubic = g_str_equal (call->op->name, "ResizeBicubic");
  Resize        work = { .height = in[1], .width = in[2], .channels = in[3], .out_height = out[1], .out_width = out[2], .n_taps = is_cubic ? 4 : 2 };
  g_autoptr (AssayValue) images = NULL;
  Taps *taps;

  if (!is_numeric (assay_kernel_dtype (call, 0)))
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) == 0)
    return TRUE;
  images = to_float (call, error);
  taps = images ? assay_workspace_scratch (call->workspace, (work.out_height + work.out_width) * sizeof *taps, error) : NULL;
  if (taps == NULL)
    return FALSE;
  work.in = assay_value_get_data (images);
  (is_cubic ? find_bicubic : find_bilinear) (call, taps, in[1], out[1]);
  (is_cubic ? find_bicubic : find_bilinear) (call, taps + out[1], in[2], out[2]);
  work.rows = taps;
  work.columns = taps + out[1];
  assay_parallel (call->workspace, in[0] * work.out_height, MAX (8192 / (work.out_width * work.channels), 1), resize_lines, &work);
  assay_workspace_free_scratch (call->workspace, taps);
  return TRUE;
}

static gint64
find_nearest (AssayKernelCall *call, gint64 i, float scale, gint64 in)
{
  gboolean align = assay_attrs_get_int (call->attrs, "align_corners", FALSE);
  float    place = assay_attrs_get_int (call->attrs, "half_pixel_centers", FALSE) ? ((float) i + 0.5f) * scale : (float) i * scale;

  return CLAMP ((gint64) (align ? roundf (place) : floorf (place)), 0, in - 1);
}

typedef struct
{
  AssayKernelCall *call;
  const gint64    *in, *size; /* shapes */
  const char      *data;
  char            *out;
  gsize            pixel;
  float            y_scale, x_scale;
} Nearest;

/* Lines [first, end) of the output. */
static void
nearest_lines (gsize first, gsize end, gpointer data)
{
  const Nearest *self = data;

  for (gsize i = first; i < end; i++)
    {
      gint64      image = i / self->size[1], y = find_nearest (self->call, i % self->size[1], self->y_scale, self->in[1]);
      const char *line = self->data + (image * self->in[1] + y) * self->in[2] * self->pixel;
      char       *out = self->out + i * self->size[2] * self->pixel;

      for (gint64 x = 0; x < self->size[2]; x++, out += self->pixel)
        memcpy (out, line + find_nearest (self->call, x, self->x_scale, self->in[2]) * self->pixel, self->pixel);
    }
}

static gboolean
run_nearest (AssayKernelCall *call, GError **error)
{
  const gint64 *in = assay_kernel_shape (call, 0)->dims, *size = call->specs[0].shape.dims;
  Nearest       work = { .call = call, .in = in, .size = size, .data = assay_kernel_input (call, 0) };

  if (!is_numeric (assay_kernel_dtype (call, 0)))
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  work.pixel = in[3] * assay_dtype_get_info (assay_kernel_dtype (call, 0))->item_size;
  work.y_scale = find_scale (call, in[1], size[1]);
  work.x_scale = find_scale (call, in[2], size[2]);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (&call->specs[0].shape) > 0)
    assay_parallel (call->workspace, in[0] * size[1], MAX (8192 / (size[2] * in[3]), 1), nearest_lines, &work);
  return TRUE;
}

/* The mean of what a pixel covers of the input. */
static gboolean
run_area (AssayKernelCall *call, GError **error)
{
  const gint64 *in = assay_kernel_shape (call, 0)->dims, *size = call->specs[0].shape.dims;
  float         y_scale = find_scale (call, in[1], size[1]), x_scale = find_scale (call, in[2], size[2]);
  float        *out = assay_kernel_output_as_inferred (call, 0, error);
  g_autoptr (AssayValue) images = NULL;

  if (out == NULL)
    return FALSE;
  if (!is_numeric (assay_kernel_dtype (call, 0)))
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  images = to_float (call, error);
  if (images == NULL)
    return FALSE;
  for (gint64 i = 0; i < in[0] * size[1] * size[2]; i++, out += in[3])
    {
      gint64       x = i % size[2], y = i / size[2] % size[1];
      const float *image = (const float *) assay_value_get_data (images) + i / size[2] / size[1] * in[1] * in[2] * in[3];
      float        y_size = y_scale > 0 ? y_scale : 1, x_size = x_scale > 0 ? x_scale : 1; /* one pixel aligned with both corners is all there is */
      float        top = y * y_scale, bottom = y * y_scale + y_size, left = x * x_scale, right = left + x_size;

      memset (out, 0, in[3] * sizeof *out);
      for (gint64 v = floorf (top); v < ceilf (bottom); v++)
        for (gint64 u = floorf (left); u < ceilf (right); u++)
          {
            float        height = MIN (v + 1, bottom) - MAX (v, top), width = MIN (u + 1, right) - MAX (u, left);
            const float *pixel = image + (CLAMP (v, 0, in[1] - 1) * in[2] + CLAMP (u, 0, in[2] - 1)) * in[3];

            for (gint64 c = 0; c < in[3]; c++)
              out[c] += pixel[c] * height * width / (y_size * x_size);
          }
      if (g_cancellable_is_cancelled (assay_workspace_get_cancellable (call->workspace)))
        break;
    }
  return TRUE;
}

typedef struct
{
  const float *image, *box;
  gint64       height, width, channels, out_height, out_width;
  float        extrapolation;
  gboolean     is_nearest;
} Crop;

/* Where index @i of @n falls between @from and @to of an axis. */
static float
crop_place (float from, float to, gint64 size, gint64 i, gint64 n)
{
  float scale = n > 1 ? (to - from) * (size - 1) / (n - 1) : 0;

  return n > 1 ? from * (size - 1) + i * scale : 0.5f * (from + to) * (size - 1);
}

static void
crop_pixel (const Crop *self, float *out, float y, float x)
{
  gsize row = self->width * self->channels;

  if (!(y >= 0 && y <= self->height - 1 && x >= 0 && x <= self->width - 1))
    {
      for (gint64 c = 0; c < self->channels; c++)
        out[c] = self->extrapolation;
      return;
    }
  for (gint64 c = 0; c < self->channels && self->is_nearest; c++)
    out[c] = self->image[(gint64) roundf (y) * row + (gint64) roundf (x) * self->channels + c];
  for (gint64 c = 0; c < self->channels && !self->is_nearest; c++)
    {
      const float *top = self->image + (gint64) floorf (y) * row + c, *bottom = self->image + (gint64) ceilf (y) * row + c;
      gint64       left = floorf (x) * self->channels, right = ceilf (x) * self->channels;
      float        above = top[left] + (top[right] - top[left]) * (x - floorf (x));
      float        below = bottom[left] + (bottom[right] - bottom[left]) * (x - floorf (x));

      out[c] = above + (below - above) * (y - floorf (y));
    }
}

static gboolean
run_crop (AssayKernelCall *call, GError **error)
{
  const gint64 *in = assay_kernel_shape (call, 0)->dims, *size = call->specs[0].shape.dims;
  const gint32 *index = assay_kernel_input (call, 2);
  Crop          crop = { .height = in[1], .width = in[2], .channels = in[3], .extrapolation = assay_attrs_get_float (call->attrs, "extrapolation_value", 0) };
  g_autoptr (AssayValue) images = NULL;
  float *out;

  if (!is_numeric (assay_kernel_dtype (call, 0)) || assay_kernel_dtype (call, 1) != ASSAY_DTYPE_FLOAT32 || assay_kernel_dtype (call, 2) != ASSAY_DTYPE_INT32)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  crop.is_nearest = g_str_equal (assay_attrs_get_string (call->attrs, "method", "bilinear"), "nearest");
  out = assay_kernel_output_as_inferred (call, 0, error);
  images = out ? to_float (call, error) : NULL;
  if (images == NULL)
    return FALSE;
  for (gint64 i = 0; i < size[0]; i++)
    {
      if (index[i] < 0 || index[i] >= in[0])
        return assay_kernel_fail (call, error, "box_index has values outside [0, batch_size)");
      if (g_cancellable_is_cancelled (assay_workspace_get_cancellable (call->workspace)))
        break;
      crop.image = (const float *) assay_value_get_data (images) + index[i] * in[1] * in[2] * in[3];
      crop.box = (const float *) assay_kernel_input (call, 1) + i * 4;
      for (gint64 y = 0; y < size[1]; y++)
        for (gint64 x = 0; x < size[2]; x++, out += in[3])
          crop_pixel (&crop, out, crop_place (crop.box[0], crop.box[2], in[1], y, size[1]), crop_place (crop.box[1], crop.box[3], in[2], x, size[2]));
    }
  return TRUE;
}

const AssayKernel assay_kernels_resize[] = {
  { "ResizeBilinear", run_resize },
  { "ResizeBicubic", run_resize },
  { "ResizeNearestNeighbor", run_nearest },
  { "ResizeArea", run_area },
  { "CropAndResize", run_crop },
  { NULL },
};
