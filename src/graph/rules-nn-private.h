/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shape rules of the ops of ops-nn.c. */

#pragma once

#include "ops-private.h"
#include <assay/einsum.h>
#include <assay/window.h>

G_BEGIN_DECLS

/* Whether inputs 0…n are of one dtype; fails in TensorFlow's words. */
gboolean assay_rule_same_dtype (AssayInference *inference, guint last, GError **error);

/* rules-window.c */
gboolean assay_rule_conv_2d (AssayInference *inference, GError **error);
gboolean assay_rule_conv_3d (AssayInference *inference, GError **error);
gboolean assay_rule_depthwise_conv (AssayInference *inference, GError **error);
gboolean assay_rule_conv_2d_backprop (AssayInference *inference, GError **error);
gboolean assay_rule_conv_3d_backprop (AssayInference *inference, GError **error);
gboolean assay_rule_pool_2d (AssayInference *inference, GError **error);
gboolean assay_rule_pool_3d (AssayInference *inference, GError **error);
gboolean assay_rule_pool_argmax (AssayInference *inference, GError **error);
gboolean assay_rule_pool_inputs (AssayInference *inference, GError **error);

G_END_DECLS
