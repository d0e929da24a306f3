/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures as inputs. Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow's mode L). ImageNet's means and deviations are
 * those of keras.applications.imagenet_utils.preprocess_input. */

#include <assay/convert.h>
#include <assay/run-picture.h>
#include <glib/gi18n-lib.h>

#define MAX_SIDE 16384
#define MAX_PIXELS (1 << 26)
#define MIN_GREY_SIDE 8

/* Which axes of an input are what; channels: -1 if there is no such axis. */
typedef struct
{
  int channels, height, width;
  int n_channels;
} Axes;

static gboolean
is_count_of_channels (gint64 n)
{
  return n == 1 || n == 3 || n == 4;
}

static gboolean
find_axes (const AssayPartialShape *shape, Axes *axes)
{
  if (shape->rank == 4 && is_count_of_channels (shape->dims[3]))
    *axes = (Axes){ 3, 1, 2, shape->dims[3] };
  else if (shape->rank == 4 && (shape->dims[1] == 1 || shape->dims[1] == 3))
    *axes = (Axes){ 1, 2, 3, shape->dims[1] };
  else if (shape->rank == 3 && shape->dims[1] == shape->dims[2] && shape->dims[1] >= MIN_GREY_SIDE)
    *axes = (Axes){ -1, 1, 2, 1 };
  else
    return FALSE;
  return shape->dims[0] <= 1 && shape->dims[axes->height] <= MAX_SIDE && shape->dims[axes->width] <= MAX_SIDE;
}

gboolean
assay_input_takes_pictures (const AssayValueSpec *spec)
{
  Axes axes;

  return (spec->dtype == ASSAY_DTYPE_INVALID || assay_dtype_is_numeric (spec->dtype)) && find_axes (&spec->shape, &axes);
}

/* The middle of a picture that has the proportions of width and height. */
static GdkPixbuf *
crop (GdkPixbuf *picture, int width, int height)
{
  int own_width = gdk_pixbuf_get_width (picture), own_height = gdk_pixbuf_get_height (picture);
  int w = MIN (own_width, MAX ((gint64) own_height * width / height, 1)), h = MIN (own_height, MAX ((gint64) own_width * height / width, 1));
  g_autoptr (GdkPixbuf) part = gdk_pixbuf_new_subpixbuf (picture, (own_width - w) / 2, (own_height - h) / 2, w, h);

  return gdk_pixbuf_scale_simple (part, width, height, GDK_INTERP_BILINEAR);
}

/* All of a picture, in the middle of black. */
static GdkPixbuf *
pad (GdkPixbuf *picture, int width, int height)
{
  int        own_width = gdk_pixbuf_get_width (picture), own_height = gdk_pixbuf_get_height (picture);
  double     zoom = MIN ((double) width / own_width, (double) height / own_height);
  int        w = CLAMP ((int) (own_width * zoom + 0.5), 1, width), h = CLAMP ((int) (own_height * zoom + 0.5), 1, height);
  GdkPixbuf *all = gdk_pixbuf_new (GDK_COLORSPACE_RGB, gdk_pixbuf_get_has_alpha (picture), 8, width, height);
  g_autoptr (GdkPixbuf) part = gdk_pixbuf_scale_simple (picture, w, h, GDK_INTERP_BILINEAR);

  if (all == NULL || part == NULL)
    {
      g_clear_object (&all);
      return NULL;
    }
  gdk_pixbuf_fill (all, 0x000000ff);
  gdk_pixbuf_copy_area (part, 0, 0, w, h, all, (width - w) / 2, (height - h) / 2);
  return all;
}

static GdkPixbuf *
fit_picture (GdkPixbuf *picture, const AssayValueSpec *spec, const Axes *axes, AssayPictureFit fit)
{
  int height = spec->shape.dims[axes->height] > 0 ? spec->shape.dims[axes->height] : gdk_pixbuf_get_height (picture);
  int width = spec->shape.dims[axes->width] > 0 ? spec->shape.dims[axes->width] : gdk_pixbuf_get_width (picture);

  if (gdk_pixbuf_get_width (picture) == width && gdk_pixbuf_get_height (picture) == height)
    return g_object_ref (picture);
  if (fit == ASSAY_PICTURE_CROP)
    return crop (picture, width, height);
  if (fit == ASSAY_PICTURE_PAD)
    return pad (picture, width, height);
  return gdk_pixbuf_scale_simple (picture, width, height, GDK_INTERP_BILINEAR);
}

GdkPixbuf *
assay_input_load_picture (const AssayValueSpec *spec, const char *path, AssayPictureFit fit, int *own_width, int *own_height, GError **error)
{
  int        width = 0, height = 0;
  Axes       axes;
  GdkPixbuf *fitted;
  g_autoptr (GdkPixbuf) loaded = NULL;

  if (!assay_input_takes_pictures (spec) || !find_axes (&spec->shape, &axes))
    {
      g_autofree char *shape = assay_partial_shape_to_tuple (&spec->shape);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("The input takes no picture: its shape is %s, not (batch, height, width, 1 or 3)"), shape);
      return NULL;
    }
  /* Looked at before it is decoded: a small file can be a huge picture. */
  if (gdk_pixbuf_get_file_info (path, &width, &height) != NULL && (gint64) width * height > MAX_PIXELS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("“%s” has %d × %d pixels, more than %d"), path, width, height, MAX_PIXELS);
      return NULL;
    }
  loaded = gdk_pixbuf_new_from_file (path, error);
  if (loaded == NULL)
    return NULL;
  fitted = fit_picture (loaded, spec, &axes, fit);
  if (fitted == NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory for “%s” in the size that the model takes"), path);
  if (own_width != NULL)
    *own_width = gdk_pixbuf_get_width (loaded);
  if (own_height != NULL)
    *own_height = gdk_pixbuf_get_height (loaded);
  return fitted;
}

/* @color: 0 to 2 for red, green and blue; 3 for grey. */
static double
scale_brightness (double value, int color, AssayPictureScale scale)
{
  static const double means[] = { 0.485, 0.456, 0.406, 0.449 }, deviations[] = { 0.229, 0.224, 0.225, 0.226 };
  static const double caffe_means[] = { 123.68, 116.779, 103.939, 114.799 };

  switch (scale)
    {
    case ASSAY_PICTURE_255:
      return value;
    case ASSAY_PICTURE_MINUS_1_1:
      return value / 127.5 - 1;
    case ASSAY_PICTURE_16:
      return value / 255 * 16;
    case ASSAY_PICTURE_TORCH:
      return (value / 255 - means[color]) / deviations[color];
    case ASSAY_PICTURE_CAFFE:
      return value - caffe_means[color];
    default:
      return value / 255;
    }
}

static double
get_channel (const guchar *pixel, int n_own, int n_wanted, int channel, const AssayPictureSettings *settings)
{
  int color = settings->bgr && channel < 3 ? 2 - channel : channel;

  if (n_wanted == 1)
    return scale_brightness (0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2], 3, settings->scale);
  if (channel == 3)
    return scale_brightness (n_own == 4 ? pixel[3] : 255, 3, settings->scale == ASSAY_PICTURE_255 ? ASSAY_PICTURE_255 : ASSAY_PICTURE_01);
  return scale_brightness (pixel[color], color, settings->scale);
}

static void
read_pixels (GdkPixbuf *picture, const Axes *axes, const AssayPictureSettings *settings, double *numbers)
{
  int           width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture), n_own = gdk_pixbuf_get_n_channels (picture);
  int           n = axes->n_channels;
  gboolean      first = axes->channels == 1;
  const guchar *pixels = gdk_pixbuf_read_pixels (picture);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n; c++)
        {
          const guchar *pixel = pixels + (gsize) y * gdk_pixbuf_get_rowstride (picture) + (gsize) x * n_own;
          gsize         at = first ? ((gsize) c * height + y) * width + x : ((gsize) y * width + x) * n + c;

          numbers[at] = get_channel (pixel, n_own, n, c, settings);
        }
}

AssayValue *
assay_input_new_from_picture (const AssayValueSpec *spec, const char *path, const AssayPictureSettings *settings, GError **error)
{
  g_autoptr (GdkPixbuf) picture = assay_input_load_picture (spec, path, settings->fit, NULL, NULL, error);
  AssayDtype         dtype = spec->dtype == ASSAY_DTYPE_INVALID ? ASSAY_DTYPE_FLOAT32 : spec->dtype;
  gsize              size = assay_dtype_get_info (dtype)->item_size, n;
  Axes               axes;
  guint64            dims[4] = { 1, 1, 1, 1 };
  g_autofree double *numbers = NULL;
  g_autofree void   *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  AssayTensor *tensor;

  if (picture == NULL)
    return NULL;
  find_axes (&spec->shape, &axes);
  dims[axes.height] = gdk_pixbuf_get_height (picture);
  dims[axes.width] = gdk_pixbuf_get_width (picture);
  if (axes.channels >= 0)
    dims[axes.channels] = axes.n_channels;
  n = dims[0] * dims[1] * dims[2] * dims[3];
  numbers = g_try_new (double, n);
  data = g_try_malloc (n * size);
  if (numbers == NULL || data == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory for %zu values"), n);
      return NULL;
    }
  read_pixels (picture, &axes, settings, numbers);
  if (!assay_convert_from_double (dtype, numbers, data, n, error))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&data), n * size);
  tensor = assay_tensor_new (dtype, spec->shape.rank, dims, bytes, error);
  return tensor ? assay_value_new_take (tensor) : NULL;
}
