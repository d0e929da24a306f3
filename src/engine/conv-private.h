/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Convolutions' geometry, with channels last; images are volumes of one layer. */

#pragma once

#include "gemm-private.h"
#include "nn-private.h"
#include <assay/window.h>

G_BEGIN_DECLS

/* Input [batch, in[0], in[1], in[2], in_channels], filter [kernel[0], kernel[1], kernel[2], in_channels / groups, out_channels], output
 * [batch, out[0], out[1], out[2], out_channels]. */
typedef struct
{
  gsize    batch, in_channels, out_channels, groups;
  gsize    in[3], out[3], kernel[3];
  gssize   stride[3], dilation[3], before[3];
  gsize    item_size;
  gboolean is_depthwise; /* the filter has one row an input channel: out_channels / in_channels outputs each */
} AssayConv;

/* Reads it from a call's attributes and the shapes of what goes in and out. Fails if sizes can't be computed with. */
gboolean assay_conv_read (AssayConv               *self,
                          AssayKernelCall         *call,
                          const AssayPartialShape *in,
                          const AssayPartialShape *filter,
                          const AssayPartialShape *out,
                          GError                 **error);

/* Elements in a window of one group, and number of windows. */
gsize assay_conv_patch (const AssayConv *self);
gsize assay_conv_n_windows (const AssayConv *self);

/* Windows [first, end) of group @group as rows of @patches, which is [end - first, kernel… × in_channels / groups]. */
void assay_conv_gather (const AssayConv *self, void *patches, const void *in, gsize group, gsize first, gsize end);

/* A depthwise convolution: filter [kernel…, in_channels, multiplier]. */
gboolean assay_conv_run_depthwise (AssayKernelCall *call, const AssayConv *self, const void *in, const void *filter, void *out, const AssayEpilogue *epilogue, GError **error);

G_END_DECLS
