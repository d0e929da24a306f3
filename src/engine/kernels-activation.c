/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Activations that only networks have. */

#include "nn-private.h"

#include "clones-private.h"
#include "vector-math-private.h"

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717

/* @alpha is LeakyRelu's. NaN stays NaN. */
#define LOOP(name, type, expression)                                     \
  ENGINE_CLONES                                                          \
  static void                                                            \
  name (void *out_data, const void *in_data, gsize n, double alpha_wide) \
  {                                                                      \
    type                    *out = out_data;                             \
    const type              *in = in_data;                               \
    const type G_GNUC_UNUSED alpha = alpha_wide;                         \
                                                                         \
    for (gsize i = 0; i < n; i++)                                        \
      {                                                                  \
        type x = in[i];                                                  \
        out[i] = (expression);                                           \
      }                                                                  \
  }

LOOP (relu6_f32, float, x<0 ? 0 : x> 6 ? 6 : x)
LOOP (relu6_f64, double, x<0 ? 0 : x> 6 ? 6 : x)
LOOP (relu6_i32, gint32, x<0 ? 0 : x> 6 ? 6 : x)
LOOP (elu_f32, float, x < 0 ? vector_exp (x) - 1 : x)
LOOP (elu_f64, double, x < 0 ? expm1 (x) : x)
LOOP (selu_f32, float, (float) SELU_SCALE *(x < 0 ? (float) SELU_ALPHA * (vector_exp (x) - 1) : x))
LOOP (selu_f64, double, SELU_SCALE *(x < 0 ? SELU_ALPHA * expm1 (x) : x))
LOOP (leaky_f32, float, x > 0 ? x : x * alpha)
LOOP (leaky_f64, double, x > 0 ? x : x * alpha)

typedef void (*Loop) (void *out, const void *in, gsize n, double alpha);

static const struct
{
  const char *op;
  Loop        f32, f64, i32;
} operations[] = {
  { "Relu6", relu6_f32, relu6_f64, relu6_i32 },
  { "Elu", elu_f32, elu_f64, NULL },
  { "Selu", selu_f32, selu_f64, NULL },
  { "LeakyRelu", leaky_f32, leaky_f64, NULL },
};

typedef struct
{
  Loop        loop;
  char       *out;
  const char *in;
  gsize       item_size;
  double      alpha;
} Activation;

static void
run_piece (gsize first, gsize end, gpointer data)
{
  const Activation *self = data;

  self->loop (self->out + first * self->item_size, self->in + first * self->item_size, end - first, self->alpha);
}

static gboolean
run_activation (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Activation work = { .item_size = assay_dtype_get_info (dtype)->item_size, .alpha = assay_attrs_get_float (call->attrs, "alpha", 0.2) };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_activation, error);
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].op, call->op->name))
      work.loop = dtype == ASSAY_DTYPE_FLOAT32 ? operations[i].f32 : dtype == ASSAY_DTYPE_FLOAT64 ? operations[i].f64
                                                                 : dtype == ASSAY_DTYPE_INT32     ? operations[i].i32
                                                                                                  : NULL;
  if (work.loop == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_kernel_n (call, 0), 16384, run_piece, &work);
  return TRUE;
}

const AssayKernel assay_kernels_activation[] = {
  { "Relu6", run_activation },
  { "Elu", run_activation },
  { "Selu", run_activation },
  { "LeakyRelu", run_activation },
  { NULL },
};
