/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Windows that slide over an image: what strides, dilations and padding of convolutions and pooling come to. */

#pragma once

#include <assay/attrs.h>

G_BEGIN_DECLS

/**
 * AssayPadding:
 * @ASSAY_PADDING_VALID: none
 * @ASSAY_PADDING_SAME: as much as it takes for input / stride outputs, more behind than before
 * @ASSAY_PADDING_EXPLICIT: as attribute `explicit_paddings` says
 */
typedef enum
{
  ASSAY_PADDING_VALID,
  ASSAY_PADDING_SAME,
  ASSAY_PADDING_EXPLICIT,
} AssayPadding;

/**
 * AssayWindow:
 * @input: size of the input, -1 if it isn't known
 * @kernel: size of the window, -1 if it isn't known
 * @stride: from one window to the next
 * @dilation: from one element of the window to the next
 * @output: number of windows, -1 if it isn't known
 * @before: padding in front of the input
 * @after: padding behind it
 *
 * A window along one axis.
 */
typedef struct
{
  gint64 input, kernel, stride, dilation;
  gint64 output, before, after;
} AssayWindow;

/**
 * AssayWindows:
 * @n: number of spatial axes
 * @channels_first: whether the data's format is NCHW or NCDHW
 * @padding: what is done at the edges
 * @batch_stride: stride of the batch axis, 1 but for mistakes
 * @channel_stride: stride of the channel axis, 1 but for pooling over channels
 * @along: the windows along each spatial axis
 *
 * Windows along all axes of an image or volume.
 */
typedef struct
{
  guint        n;
  gboolean     channels_first;
  AssayPadding padding;
  gint64       batch_stride, channel_stride;
  AssayWindow  along[3];
} AssayWindows;

/**
 * assay_windows_read:
 * @self: (out): strides, dilations, padding, format; sizes not yet known
 * @attrs: the attributes `strides`, `dilations`, `padding`, `explicit_paddings`, `data_format` of an operation
 * @n: number of spatial axes, 2 or 3
 * @error: return location for an error
 *
 * Reads what an operation says of its windows. Fails with `ASSAY_ERROR_SHAPE` in TensorFlow's words.
 *
 * Returns: whether it makes sense
 */
gboolean assay_windows_read (AssayWindows *self, AssayAttrs *attrs, guint n, GError **error);

/**
 * assay_windows_solve:
 * @self: (inout): input and kernel of each axis set, @output and, unless it is explicit, padding are computed
 * @error: return location for an error
 *
 * Computes number of outputs and padding. Fails with `ASSAY_ERROR_SHAPE` if a window doesn't fit even once ("Computed output size would
 * be negative: …").
 *
 * Returns: whether windows fit
 */
gboolean assay_windows_solve (AssayWindows *self, GError **error);

/**
 * assay_windows_axis:
 * @index: which spatial axis
 *
 * Returns: its place in the shape of input and output
 */
int assay_windows_axis (const AssayWindows *self, guint index);

/**
 * assay_windows_channel_axis:
 *
 * Returns: the place of the channels in the shape of input and output
 */
int assay_windows_channel_axis (const AssayWindows *self);

G_END_DECLS
