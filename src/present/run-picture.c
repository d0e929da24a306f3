/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures as inputs. Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow's mode L). */

#include <assay/convert.h>
#include <assay/run-input.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>

#define MAX_SIDE 16384

gboolean
assay_input_takes_pictures (const AssayValueSpec *spec)
{
  const AssayPartialShape *shape = &spec->shape;

  return shape->rank == 4 && (spec->dtype == ASSAY_DTYPE_INVALID || assay_dtype_is_numeric (spec->dtype)) && shape->dims[0] <= 1 &&
         (shape->dims[3] == 1 || shape->dims[3] == 3 || shape->dims[3] == 4) && shape->dims[1] <= MAX_SIDE && shape->dims[2] <= MAX_SIDE;
}

/* The middle of a picture that has the proportions of width and height. */
static GdkPixbuf *
crop (GdkPixbuf *picture, int width, int height)
{
  int own_width = gdk_pixbuf_get_width (picture), own_height = gdk_pixbuf_get_height (picture);
  int w = MIN (own_width, MAX ((gint64) own_height * width / height, 1)), h = MIN (own_height, MAX ((gint64) own_width * height / width, 1));

  return gdk_pixbuf_new_subpixbuf (picture, (own_width - w) / 2, (own_height - h) / 2, w, h);
}

static GdkPixbuf *
fit_picture (GdkPixbuf *picture, const AssayValueSpec *spec, AssayPictureFit fit)
{
  int height = spec->shape.dims[1] > 0 ? spec->shape.dims[1] : gdk_pixbuf_get_height (picture);
  int width = spec->shape.dims[2] > 0 ? spec->shape.dims[2] : gdk_pixbuf_get_width (picture);
  g_autoptr (GdkPixbuf) part = fit == ASSAY_PICTURE_CROP ? crop (picture, width, height) : g_object_ref (picture);

  if (gdk_pixbuf_get_width (part) == width && gdk_pixbuf_get_height (part) == height)
    return g_steal_pointer (&part);
  return gdk_pixbuf_scale_simple (part, width, height, GDK_INTERP_BILINEAR);
}

static double
scale_brightness (double value, AssayPictureScale scale)
{
  switch (scale)
    {
    case ASSAY_PICTURE_255:
      return value;
    case ASSAY_PICTURE_MINUS_1_1:
      return value / 127.5 - 1;
    case ASSAY_PICTURE_16:
      return value / 255 * 16;
    default:
      return value / 255;
    }
}

static double
get_channel (const guchar *pixel, int n_own, int n_wanted, int channel)
{
  if (n_wanted == 1)
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
  if (channel == 3)
    return n_own == 4 ? pixel[3] : 255;
  return pixel[channel];
}

AssayValue *
assay_input_new_from_picture (const AssayValueSpec *spec, const char *path, AssayPictureScale scale, AssayPictureFit fit, GError **error)
{
  g_autoptr (GdkPixbuf) loaded = NULL, fitted = NULL;
  AssayDtype         dtype = spec->dtype == ASSAY_DTYPE_INVALID ? ASSAY_DTYPE_FLOAT32 : spec->dtype;
  int                n_wanted = spec->shape.rank == 4 ? spec->shape.dims[3] : 0, n_own, width, height;
  g_autofree double *numbers = NULL;
  guint64            dims[4];
  gsize              n;
  void              *data;
  g_autoptr (GBytes) bytes = NULL;
  AssayTensor *tensor;

  if (!assay_input_takes_pictures (spec))
    {
      g_autofree char *shape = assay_partial_shape_to_tuple (&spec->shape);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("The input takes no picture: its shape is %s, not (batch, height, width, 1 or 3)"), shape);
      return NULL;
    }
  loaded = gdk_pixbuf_new_from_file (path, error);
  if (loaded == NULL)
    return NULL;
  if (gdk_pixbuf_get_width (loaded) > MAX_SIDE || gdk_pixbuf_get_height (loaded) > MAX_SIDE)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("“%s” has %d × %d pixels, more than %d a side"), path, gdk_pixbuf_get_width (loaded),
                   gdk_pixbuf_get_height (loaded), MAX_SIDE);
      return NULL;
    }
  fitted = fit_picture (loaded, spec, fit);
  width = gdk_pixbuf_get_width (fitted);
  height = gdk_pixbuf_get_height (fitted);
  n_own = gdk_pixbuf_get_n_channels (fitted);
  n = (gsize) width * height * n_wanted;
  numbers = g_new (double, MAX (n, 1));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n_wanted; c++)
        {
          const guchar *pixel = gdk_pixbuf_read_pixels (fitted) + (gsize) y * gdk_pixbuf_get_rowstride (fitted) + (gsize) x * n_own;

          numbers[((gsize) y * width + x) * n_wanted + c] = scale_brightness (get_channel (pixel, n_own, n_wanted, c), scale);
        }
  data = g_malloc (MAX (n * assay_dtype_get_info (dtype)->item_size, 1));
  bytes = g_bytes_new_take (data, n * assay_dtype_get_info (dtype)->item_size);
  if (!assay_convert_from_double (dtype, numbers, data, n, error))
    return NULL;
  dims[0] = 1;
  dims[1] = height;
  dims[2] = width;
  dims[3] = n_wanted;
  tensor = assay_tensor_new (dtype, 4, dims, bytes, error);
  return tensor ? assay_value_new_take (tensor) : NULL;
}
