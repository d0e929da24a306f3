/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Recurrent layers step by step: a product with the state, then the gates. Source: keras/src/layers/rnn/{simple_rnn,gru,lstm}.py. */

#include "../tensor/clones-private.h"
#include "gemm-private.h"
#include "nn-private.h"
#include "vector-math-private.h"

typedef void (*Activate) (float *x, gsize n);

static void
linear (float *x, gsize n)
{
}

ASSAY_CLONES static void
sigmoid (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = 1 / (1 + vector_exp (-x[i]));
}

/* Near 0 by its series, for the quotient of exponentials would lose digits there. */
ASSAY_CLONES static void
tanh_of (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float v = x[i], square = v * v, far = 1 - 2 / (1 + vector_exp (2 * v));
      float near = v * (1 + square * (-1.0f / 3 + square * (2.0f / 15 + square * (-17.0f / 315))));

      x[i] = square < 0.0225f ? near : far;
    }
}

ASSAY_CLONES static void
relu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < 0 ? 0 : x[i];
}

static void
relu6 (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < 0 ? 0 : x[i] > 6 ? 6
                                   : x[i];
}

static void
leaky_relu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < 0 ? 0.2f * x[i] : x[i];
}

static void
hard_sigmoid (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < -3 ? 0 : x[i] > 3 ? 1
                                    : (x[i] + 3) / 6;
}

/* Keras 1 and 2. */
static void
hard_sigmoid_2 (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < -2.5f ? 0 : x[i] > 2.5f ? 1
                                          : 0.2f * x[i] + 0.5f;
}

static void
hard_tanh (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < -1 ? -1 : x[i] > 1 ? 1
                                     : x[i];
}

static void
elu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] < 0 ? expm1f (x[i]) : x[i];
}

static void
selu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = 1.0507009873554805f * (x[i] < 0 ? 1.6732632423543772f * expm1f (x[i]) : x[i]);
}

static void
exponential (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = expf (x[i]);
}

static void
softplus (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = (x[i] > 0 ? x[i] : 0) + log1pf (expf (-fabsf (x[i])));
}

static void
softsign (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] / (1 + fabsf (x[i]));
}

static void
silu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] / (1 + expf (-x[i]));
}

static void
gelu (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = 0.5f * x[i] * (1 + erff (x[i] * (float) M_SQRT1_2));
}

static const struct
{
  const char *name;
  Activate    activate;
} activations[] = {
  { "linear", linear },
  { "tanh", tanh_of },
  { "sigmoid", sigmoid },
  { "relu", relu },
  { "relu6", relu6 },
  { "leaky_relu", leaky_relu },
  { "hard_sigmoid", hard_sigmoid },
  { "hard_sigmoid_2", hard_sigmoid_2 },
  { "hard_tanh", hard_tanh },
  { "elu", elu },
  { "selu", selu },
  { "exponential", exponential },
  { "softplus", softplus },
  { "softsign", softsign },
  { "silu", silu },
  { "swish", silu },
  { "gelu", gelu },
};

static Activate
find_activation (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (activations); i++)
    if (g_str_equal (activations[i].name, name))
      return activations[i].activate;
  return NULL;
}

/* All that a step works on. b: batch, u: units, g: gates × units, t: steps. */
typedef struct
{
  gsize         b, t, u, g;
  const float  *z, *kernel, *bias;
  const guint8 *mask;
  float        *h, *c; /* the state, b × u */
  float        *gates; /* b × g */
  float        *new_h, *new_c;
  float        *scratch; /* b × u */
  Activate      activate, activate_gates;
} Steps;

typedef gboolean (*StepFunc) (Steps *self, AssayWorkspace *workspace, gsize step, GError **error);

/* What is done to one row of gates, of sample @i. */
typedef void (*RowFunc) (Steps *self, gsize step, gsize i);

typedef struct
{
  Steps  *steps;
  gsize   step;
  RowFunc row;
} Rows;

static void
run_rows (gsize first, gsize end, gpointer data)
{
  const Rows *self = data;

  for (gsize i = first; i < end; i++)
    self->row (self->steps, self->step, i);
}

static void
each_row (Steps *self, AssayWorkspace *workspace, gsize step, RowFunc row)
{
  assay_parallel (workspace, self->b, MAX (4096 / MAX (self->g, 1), 1), run_rows, &(Rows){ self, step, row });
}

/* out[b, columns] = state[b, u] · kernel[u, from … from + columns] */
static gboolean
product (Steps *self, AssayWorkspace *workspace, const float *state, float *out, gsize from, gsize columns, GError **error)
{
  AssayGemm gemm = {
    .dtype = ASSAY_DTYPE_FLOAT32,
    .m = self->b,
    .n = columns,
    .k = self->u,
    .a = state,
    .b = self->kernel + from,
    .c = out + from,
    .lda = self->u,
    .ldb = self->g,
    .ldc = self->g,
    .count = 1,
  };

  return assay_gemm (workspace, &gemm, error);
}

/* gates += z of that step, for some columns. */
static void
add_inputs (Steps *self, gsize step, gsize i, gsize from, gsize columns)
{
  float       *gates = self->gates + i * self->g + from;
  const float *z = self->z + (i * self->t + step) * self->g + from;

  for (gsize k = 0; k < columns; k++)
    gates[k] += z[k];
}

static void
row_simple (Steps *self, gsize step, gsize i)
{
  add_inputs (self, step, i, 0, self->g);
  memcpy (self->new_h + i * self->u, self->gates + i * self->g, self->u * sizeof (float));
  self->activate (self->new_h + i * self->u, self->u);
}

static gboolean
step_simple (Steps *self, AssayWorkspace *workspace, gsize step, GError **error)
{
  if (!product (self, workspace, self->h, self->gates, 0, self->g, error))
    return FALSE;
  each_row (self, workspace, step, row_simple);
  return TRUE;
}

/* i, f, c, o. */
static void
row_lstm (Steps *self, gsize step, gsize i)
{
  gsize  u = self->u;
  float *gates = self->gates + i * self->g, *c = self->new_c + i * u, *h = self->new_h + i * u;

  add_inputs (self, step, i, 0, self->g);
  self->activate_gates (gates, 2 * u);
  self->activate (gates + 2 * u, u);
  self->activate_gates (gates + 3 * u, u);
  for (gsize k = 0; k < u; k++)
    h[k] = c[k] = gates[u + k] * self->c[i * u + k] + gates[k] * gates[2 * u + k];
  self->activate (h, u);
  for (gsize k = 0; k < u; k++)
    h[k] *= gates[3 * u + k];
}

static gboolean
step_lstm (Steps *self, AssayWorkspace *workspace, gsize step, GError **error)
{
  if (!product (self, workspace, self->h, self->gates, 0, self->g, error))
    return FALSE;
  each_row (self, workspace, step, row_lstm);
  return TRUE;
}

static void
mix_gru (Steps *self, gsize i)
{
  const float *gates = self->gates + i * self->g, *old = self->h + i * self->u;

  for (gsize k = 0; k < self->u; k++)
    self->new_h[i * self->u + k] = gates[k] * old[k] + (1 - gates[k]) * gates[2 * self->u + k];
}

static void
row_gru_gates (Steps *self, gsize step, gsize i)
{
  gsize  u = self->u;
  float *gates = self->gates + i * self->g;

  add_inputs (self, step, i, 0, 2 * u);
  self->activate_gates (gates, 2 * u);
  for (gsize k = 0; k < u; k++)
    self->scratch[i * u + k] = gates[u + k] * self->h[i * u + k];
}

static void
row_gru_candidate (Steps *self, gsize step, gsize i)
{
  add_inputs (self, step, i, 2 * self->u, self->u);
  self->activate (self->gates + i * self->g + 2 * self->u, self->u);
  mix_gru (self, i);
}

/* z, r, h; the candidate's product comes from the state times r. */
static gboolean
step_gru (Steps *self, AssayWorkspace *workspace, gsize step, GError **error)
{
  if (!product (self, workspace, self->h, self->gates, 0, 2 * self->u, error))
    return FALSE;
  each_row (self, workspace, step, row_gru_gates);
  if (!product (self, workspace, self->scratch, self->gates, 2 * self->u, self->u, error))
    return FALSE;
  each_row (self, workspace, step, row_gru_candidate);
  return TRUE;
}

static void
row_gru_reset_after (Steps *self, gsize step, gsize i)
{
  gsize        u = self->u;
  float       *gates = self->gates + i * self->g;
  const float *z = self->z + (i * self->t + step) * self->g + 2 * u;

  for (gsize k = 0; k < self->g && self->bias != NULL; k++)
    gates[k] += self->bias[k];
  add_inputs (self, step, i, 0, 2 * u);
  self->activate_gates (gates, 2 * u);
  for (gsize k = 0; k < u; k++)
    gates[2 * u + k] = z[k] + gates[u + k] * gates[2 * u + k];
  self->activate (gates + 2 * u, u);
  mix_gru (self, i);
}

/* z, r, h; the candidate's product, with its bias, is multiplied by r. */
static gboolean
step_gru_reset_after (Steps *self, AssayWorkspace *workspace, gsize step, GError **error)
{
  if (!product (self, workspace, self->h, self->gates, 0, self->g, error))
    return FALSE;
  each_row (self, workspace, step, row_gru_reset_after);
  return TRUE;
}

static const struct
{
  const char *name;
  StepFunc    step;
} cells[] = {
  { "simple", step_simple },
  { "gru", step_gru },
  { "gru_reset_after", step_gru_reset_after },
  { "lstm", step_lstm },
};

/* The new state becomes the state, and the output, but where the step is masked: there all stays as it was. */
static void
end_step (Steps *self, gsize step, float *out, const float *previous, gsize stride, gboolean zero)
{
  for (gsize i = 0; i < self->b; i++)
    {
      gsize    at = i * self->u, size = self->u * sizeof (float);
      gboolean masked = self->mask != NULL && !self->mask[i * self->t + step];

      if (masked && (zero || previous == NULL))
        memset (out + i * stride, 0, size);
      else
        memcpy (out + i * stride, masked ? previous + i * stride : self->new_h + at, size);
      if (masked)
        continue;
      memcpy (self->h + at, self->new_h + at, size);
      memcpy (self->c + at, self->new_c + at, size);
    }
}

static gboolean
run_steps (Steps *self, AssayKernelCall *call, StepFunc step, float *sequence, GError **error)
{
  gboolean      backwards = assay_attrs_get_int (call->attrs, "go_backwards", FALSE);
  gboolean      zero = assay_attrs_get_int (call->attrs, "zero_output_for_mask", FALSE);
  GCancellable *cancellable = assay_workspace_get_cancellable (call->workspace);

  for (gsize i = 0; i < self->t && !g_cancellable_is_cancelled (cancellable); i++)
    {
      gsize at = backwards ? self->t - 1 - i : i;

      if (!step (self, call->workspace, at, error))
        return FALSE;
      end_step (self, at, sequence + i * self->u, i > 0 ? sequence + (i - 1) * self->u : NULL, self->t * self->u, zero);
    }
  return TRUE;
}

static gboolean
run_recurrent (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *z = assay_kernel_shape (call, 0);
  const char              *cell = assay_attrs_get_string (call->attrs, "cell", ""), *name;
  StepFunc                 step = NULL;
  Steps                    self = { .b = z->dims[0], .t = z->dims[1], .g = z->dims[2], .u = assay_kernel_shape (call, 1)->dims[0] };
  gsize                    n = self.b * self.u;
  float                   *sequence, *last;
  g_autofree float        *room = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    if (g_str_equal (cells[i].name, cell))
      step = cells[i].step;
  name = assay_attrs_get_string (call->attrs, "activation", "");
  self.activate = find_activation (name);
  if (self.activate != NULL)
    self.activate_gates = find_activation (name = assay_attrs_get_string (call->attrs, "recurrent_activation", ""));
  if (step == NULL || self.activate == NULL || self.activate_gates == NULL)
    return assay_kernel_fail (call, error, "There is no activation %s in a recurrent layer", name);
  self.z = assay_kernel_input (call, 0);
  self.kernel = assay_kernel_input (call, 1);
  self.bias = assay_kernel_n (call, 2) > 0 ? assay_kernel_input (call, 2) : NULL;
  self.mask = assay_kernel_shape (call, 3)->rank == 2 ? assay_kernel_input (call, 3) : NULL;
  sequence = assay_kernel_output_as_inferred (call, 0, error);
  last = sequence ? assay_kernel_output_as_inferred (call, 1, error) : NULL;
  self.h = last ? assay_kernel_output_as_inferred (call, 2, error) : NULL;
  self.c = self.h ? assay_kernel_output_as_inferred (call, 3, error) : NULL;
  room = self.c ? g_try_new0 (float, MAX (self.b * self.g + 3 * n, 1)) : NULL;
  if (room == NULL)
    return self.c == NULL ? FALSE : assay_kernel_fail (call, error, "There is no memory for %" G_GSIZE_FORMAT " gates", self.b * self.g);
  self.gates = room;
  self.new_h = room + self.b * self.g;
  self.new_c = self.new_h + n;
  self.scratch = self.new_c + n;
  memcpy (self.h, assay_kernel_input (call, 4), n * sizeof (float));
  memcpy (self.c, assay_kernel_input (call, 5), n * sizeof (float));
  if (n > 0 && !run_steps (&self, call, step, sequence, error))
    return FALSE;
  for (gsize i = 0; i < self.b; i++)
    if (self.t > 0)
      memcpy (last + i * self.u, sequence + ((i + 1) * self.t - 1) * self.u, self.u * sizeof (float));
    else
      memset (last + i * self.u, 0, self.u * sizeof (float));
  return TRUE;
}

const AssayKernel assay_kernels_recurrent[] = {
  { "_AssayRecurrent", run_recurrent },
  { NULL },
};
