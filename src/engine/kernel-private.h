/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What kernels are: one family a file, a table each. A kernel's runner checks dtypes, makes room for outputs and calls plain loops
 * (out first, then inputs, then sizes) that don't allocate, fail or keep state. Shapes have been checked by the shape rule. */

#pragma once

#include "workspace-private.h"
#include <assay/engine.h>

G_BEGIN_DECLS

typedef struct _AssayKernelCall AssayKernelCall;

/* What is done to each element of a product, in this order: × scale + shift (one a column), + addend, then cut off. For float32. */
typedef struct
{
  gsize        columns; /* of scale and shift; 0 if there are none */
  const float *scale;   /* nullable */
  const float *shift;   /* nullable */
  const float *addend;  /* nullable; as large as the output */
  float        low, high;
} AssayEpilogue;

/* The dims of each output are known in `specs` where the shape rule could tell, given the inputs' values. */
struct _AssayKernelCall
{
  const AssayOp        *op;
  const char           *name; /* of the node, nullable */
  AssayAttrs           *attrs;
  guint                 n_inputs;
  AssayValue *const    *inputs;
  guint                 n_outputs;
  const AssayValueSpec *specs;
  AssayValue          **outputs; /* the runner sets each, (transfer full) */
  AssayWorkspace       *workspace;
  AssayLibrary         *library;          /* of functions that it may call; nullable */
  guint                 depth;            /* of calls */
  GPtrArray            *lent;             /* arrays of strings that outputs were given without references yet; see assay_kernel_output_items () */
  guint32               reusable;         /* bits of inputs in whose memory output 0 may be */
  const AssayEpilogue  *epilogue;         /* nullable: what is done to output 0 besides */
  gboolean              has_run_epilogue; /* set by the runner if it has done that */
};

typedef gboolean (*AssayKernelFunc) (AssayKernelCall *call, GError **error);

typedef struct
{
  const char     *op;
  AssayKernelFunc run;
} AssayKernel;

extern const AssayKernel assay_kernels_array[];
extern const AssayKernel assay_kernels_binary[];
extern const AssayKernel assay_kernels_cast[];
extern const AssayKernel assay_kernels_control[];
extern const AssayKernel assay_kernels_gather[];
extern const AssayKernel assay_kernels_index[];
extern const AssayKernel assay_kernels_join[];
extern const AssayKernel assay_kernels_list[];
extern const AssayKernel assay_kernels_matmul[];
extern const AssayKernel assay_kernels_matrix[];
extern const AssayKernel assay_kernels_random[];
extern const AssayKernel assay_kernels_reduce[];
extern const AssayKernel assay_kernels_scan[];
extern const AssayKernel assay_kernels_segment[];
extern const AssayKernel assay_kernels_select[];
extern const AssayKernel assay_kernels_slice[];
extern const AssayKernel assay_kernels_sort[];
extern const AssayKernel assay_kernels_transpose[];
extern const AssayKernel assay_kernels_unary[];

/* The kernel of an op, NULL if there is none. */
const AssayKernel *assay_kernel_lookup (const char *op);

/* Runs an operation: shape rule, kernel. Outputs are (transfer full). Used for running at once and by the executor. */
gboolean assay_kernel_run (const AssayKernel *kernel, AssayKernelCall *call, GError **error);

/* Room for an output of that dtype and shape; sets call->outputs[index]. NULL with an error if memory doesn't suffice. */
void *assay_kernel_output (AssayKernelCall *call, guint index, AssayDtype dtype, const AssayPartialShape *shape, GError **error);

/* The same with dtype and shape as the shape rule says. */
void *assay_kernel_output_as_inferred (AssayKernelCall *call, guint index, GError **error);

/* The output is the input's values under another shape (Reshape, Squeeze, Identity). */
gboolean assay_kernel_output_view (AssayKernelCall *call, guint index, guint input, const AssayPartialShape *shape, GError **error);

/* Room for an output whose items are only moved, never looked at: elements of a tensor, or pointers to strings, which are copied
 * like elements of 8 bytes and may stay NULL (the empty string). NULL with an error if an input is neither tensor nor strings. */
void *assay_kernel_output_items (AssayKernelCall *call, guint index, AssayDtype dtype, const AssayPartialShape *shape, GError **error);

/* An input's items in that sense, and how many bytes each takes. */
const void *assay_kernel_items (AssayKernelCall *call, guint index);
gsize       assay_kernel_item_size (AssayDtype dtype);

/* The same of a scalar or vector only: what shape rules look at, so that whatever passes has been checked by them. */
int assay_kernel_vector (AssayKernelCall *call, guint input, gint64 *values, int max, GError **error);

/* An integer that an int32 or int64 scalar holds. */
gboolean assay_kernel_int (AssayKernelCall *call, guint input, gint64 *value, GError **error);

/* All integers of an int32 or int64 input; NULL with an error if it isn't one. Free with g_free(). */
gint64 *assay_kernel_all_ints (AssayKernelCall *call, guint input, gint64 *n, GError **error);

/* An input's elements, shape and count. A list counts as a variant. */
const void              *assay_kernel_input (AssayKernelCall *call, guint index);
const AssayPartialShape *assay_kernel_shape (AssayKernelCall *call, guint index);
AssayDtype               assay_kernel_dtype (AssayKernelCall *call, guint index);
gint64                   assay_kernel_n (AssayKernelCall *call, guint index);

/* Integers that an int32 or int64 input holds. Returns how many, -1 with an error if they aren't integers or more than @max. */
int assay_kernel_ints (AssayKernelCall *call, guint input, gint64 *values, int max, GError **error);

/* "$op can't be done with $dtype". */
gboolean assay_kernel_refuse_dtype (AssayKernelCall *call, AssayDtype dtype, GError **error);

/* An error in TensorFlow's words, with "[Op:…]" or the node's name behind. */
gboolean assay_kernel_fail (AssayKernelCall *call, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Runs a function of the call's library; results are (transfer full). */
gboolean assay_kernel_call_function (AssayKernelCall   *call,
                                     const char        *function,
                                     AssayValue *const *arguments,
                                     guint              n_arguments,
                                     AssayValue       **results,
                                     guint              n_results,
                                     GError           **error);

G_END_DECLS
