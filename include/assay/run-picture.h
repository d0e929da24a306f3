/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures as inputs of a run: what becomes of size, brightness and channels. */

#pragma once

#include <assay/op.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/**
 * AssayPictureScale:
 * @ASSAY_PICTURE_01: 0 to 1
 * @ASSAY_PICTURE_255: 0 to 255, as the file has them
 * @ASSAY_PICTURE_MINUS_1_1: −1 to 1, as keras.applications does it in mode "tf"
 * @ASSAY_PICTURE_16: 0 to 16, as scikit-learn's digits are
 * @ASSAY_PICTURE_TORCH: 0 to 1, less ImageNet's mean, by its standard deviation; mode "torch"
 * @ASSAY_PICTURE_CAFFE: 0 to 255, less ImageNet's mean; mode "caffe", which goes with BGR
 *
 * What the brightness of a picture becomes.
 */
typedef enum
{
  ASSAY_PICTURE_01,
  ASSAY_PICTURE_255,
  ASSAY_PICTURE_MINUS_1_1,
  ASSAY_PICTURE_16,
  ASSAY_PICTURE_TORCH,
  ASSAY_PICTURE_CAFFE,
  ASSAY_N_PICTURE_SCALES
} AssayPictureScale;

/**
 * AssayPictureFit:
 * @ASSAY_PICTURE_STRETCH: the whole picture, its sides stretched
 * @ASSAY_PICTURE_CROP: the middle of the picture, as much as fits
 * @ASSAY_PICTURE_PAD: the whole picture, black beside it
 *
 * How a picture comes to the size that a model takes.
 */
typedef enum
{
  ASSAY_PICTURE_STRETCH,
  ASSAY_PICTURE_CROP,
  ASSAY_PICTURE_PAD,
} AssayPictureFit;

/**
 * AssayPictureSettings:
 * @scale: what brightness becomes
 * @fit: how it comes to the model's size
 * @bgr: blue first, rather than red
 *
 * All that can be chosen for a picture.
 */
typedef struct
{
  AssayPictureScale scale;
  AssayPictureFit   fit;
  gboolean          bgr;
} AssayPictureSettings;

/**
 * assay_input_takes_pictures:
 * @spec: what an input has to be
 *
 * Returns: whether an input is a picture: numeric, [1, height, width, 1, 3 or 4], [1, 1 or 3, height, width], or [1, height, width] with
 * equal sides of 8 or more
 */
gboolean assay_input_takes_pictures (const AssayValueSpec *spec);

/**
 * assay_input_load_picture:
 * @spec: an input that takes pictures
 * @path: a PNG, JPEG or whatever the system can read
 * @fit: how it comes to the model's size; where the size isn't fixed the picture keeps its own
 * @own_width: (out) (optional): how wide the file's picture is
 * @own_height: (out) (optional): likewise its height
 * @error: return location for an error
 *
 * Reads a picture and brings it to size. Blocks. Fails with `ASSAY_ERROR_RANGE` for pictures of more than 2²⁶ pixels, before they are
 * decoded.
 *
 * Returns: (transfer full): what the model gets to see, in colour
 */
GdkPixbuf *assay_input_load_picture (const AssayValueSpec *spec, const char *path, AssayPictureFit fit, int *own_width, int *own_height, GError **error);

/**
 * assay_input_new_from_picture:
 * @spec: an input that takes pictures
 * @path: a PNG, JPEG or whatever the system can read
 * @settings: what becomes of it
 * @error: return location for an error
 *
 * Blocks. Fails as assay_input_load_picture() does.
 *
 * Returns: (transfer full): a batch of one
 */
AssayValue *assay_input_new_from_picture (const AssayValueSpec *spec, const char *path, const AssayPictureSettings *settings, GError **error);

G_END_DECLS
