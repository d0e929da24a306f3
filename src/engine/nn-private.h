/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What kernels of neural networks share. */

#pragma once

#include "kernel-private.h"

G_BEGIN_DECLS

extern const AssayKernel assay_kernels_activation[];
extern const AssayKernel assay_kernels_conv[];
extern const AssayKernel assay_kernels_einsum[];
extern const AssayKernel assay_kernels_normalization[];
extern const AssayKernel assay_kernels_pool[];
extern const AssayKernel assay_kernels_quantize[];
extern const AssayKernel assay_kernels_recurrent[];
extern const AssayKernel assay_kernels_resize[];
extern const AssayKernel assay_kernels_softmax[];
extern const AssayKernel assay_kernels_space[];

/* Whether an input is float16 or bfloat16. */
gboolean assay_nn_is_narrow (AssayKernelCall *call);

/* Runs @run with such inputs turned to float32, and its outputs turned back. */
gboolean assay_nn_run_wide (AssayKernelCall *call, AssayKernelFunc run, GError **error);

/* Whether the attribute says that channels come before the spatial axes. */
gboolean assay_nn_is_channels_first (AssayKernelCall *call);

/* Runs @run on data with channels last, given and wanted with channels first; @input and output 0 are turned. */
gboolean assay_nn_run_channels_last (AssayKernelCall *call, guint input, AssayKernelFunc run, GError **error);

G_END_DECLS
