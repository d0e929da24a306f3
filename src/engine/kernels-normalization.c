/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Biases, batch normalisation, local response normalisation. */

#include "nn-private.h"

#include "clones-private.h"
#include <math.h>
#include <string.h>

/* A tensor as [outer, channels, inner]: inner is 1 if channels are last. */
typedef struct
{
  AssayDtype  dtype;
  gsize       outer, channels, inner;
  const void *in;
  void       *out;
  const void *scale; /* nullable */
  const void *shift;
} Affine;

#define LOOPS(name, type)                                                                                  \
  ENGINE_CLONES                                                                                            \
  static void                                                                                              \
      add_row_##name (type *out, const type *in, const type *shift, gsize n)                               \
  {                                                                                                        \
    for (gsize i = 0; i < n; i++)                                                                          \
      out[i] = in[i] + shift[i];                                                                           \
  }                                                                                                        \
                                                                                                           \
  ENGINE_CLONES                                                                                            \
  static void                                                                                              \
      scale_row_##name (type *out, const type *in, const type *scale, const type *shift, gsize n)          \
  {                                                                                                        \
    for (gsize i = 0; i < n; i++)                                                                          \
      out[i] = in[i] * scale[i] + shift[i];                                                                \
  }                                                                                                        \
                                                                                                           \
  ENGINE_CLONES                                                                                            \
  static void                                                                                              \
      scale_run_##name (type *out, const type *in, type scale, type shift, gsize n)                        \
  {                                                                                                        \
    for (gsize i = 0; i < n; i++)                                                                          \
      out[i] = in[i] * scale + shift;                                                                      \
  }                                                                                                        \
                                                                                                           \
  /* Rows [first, end): of channels if they are last, else of what a channel has. */                       \
  static void                                                                                              \
      affine_##name (const Affine *self, gsize first, gsize end)                                           \
  {                                                                                                        \
    gsize       n = self->inner == 1 ? self->channels : self->inner;                                       \
    const type *scale = self->scale, *shift = self->shift;                                                 \
                                                                                                           \
    for (gsize i = first; i < end; i++)                                                                    \
      {                                                                                                    \
        const type *in = (const type *) self->in + i * n;                                                  \
        type       *out = (type *) self->out + i * n;                                                      \
                                                                                                           \
        if (self->inner != 1)                                                                              \
          scale_run_##name (out, in, scale ? scale[i % self->channels] : 1, shift[i % self->channels], n); \
        else if (scale != NULL)                                                                            \
          scale_row_##name (out, in, scale, shift, n);                                                     \
        else                                                                                               \
          add_row_##name (out, in, shift, n);                                                              \
      }                                                                                                    \
  }

LOOPS (f32, float)
LOOPS (f64, double)
/* Overflow wraps around, as there. */
LOOPS (u32, guint32)
LOOPS (u64, guint64)

static void
affine_rows (gsize first, gsize end, gpointer data)
{
  const Affine *self = data;

  if (self->dtype == ASSAY_DTYPE_FLOAT32)
    affine_f32 (self, first, end);
  else if (self->dtype == ASSAY_DTYPE_FLOAT64)
    affine_f64 (self, first, end);
  else if (assay_dtype_get_info (self->dtype)->item_size == 4)
    affine_u32 (self, first, end);
  else
    affine_u64 (self, first, end);
}

static void
affine_run (Affine *self, AssayWorkspace *workspace)
{
  gsize n = self->inner == 1 ? self->channels : self->inner;

  assay_parallel (workspace, self->inner == 1 ? self->outer : self->outer * self->channels, MAX (32768 / MAX (n, 1), 1), affine_rows, self);
}

static void
read_layout (AssayKernelCall *call, Affine *self)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  int                      axis = assay_nn_is_channels_first (call) ? 1 : shape->rank - 1;

  self->dtype = assay_kernel_dtype (call, 0);
  self->in = assay_kernel_input (call, 0);
  self->outer = self->inner = 1;
  for (int i = 0; i < shape->rank; i++)
    *(i < axis ? &self->outer : i > axis ? &self->inner
                                         : &self->channels) *= shape->dims[i];
}

static gboolean
run_bias_add (AssayKernelCall *call, GError **error)
{
  Affine work = { .channels = 1 };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_bias_add, error);
  read_layout (call, &work);
  if (work.dtype != ASSAY_DTYPE_FLOAT32 && work.dtype != ASSAY_DTYPE_FLOAT64 && work.dtype != ASSAY_DTYPE_INT32 && work.dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, work.dtype, error);
  work.shift = assay_kernel_input (call, 1);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  affine_run (&work, call->workspace);
  return TRUE;
}

/* Mean and variance (of the population) of each channel. */
static void
find_moments (const Affine *self, double *mean, double *variance)
{
  const float *in = self->in;
  gsize        n = self->outer * self->inner, often = MAX (65536 / MAX (self->channels * self->inner, 1), 1);

  memset (mean, 0, self->channels * sizeof *mean);
  memset (variance, 0, self->channels * sizeof *variance);
  for (gsize i = 0; i < self->outer && (i % often != 0 || !assay_is_stopped ()); i++)
    for (gsize c = 0; c < self->channels; c++)
      for (gsize k = 0; k < self->inner; k++)
        mean[c] += in[(i * self->channels + c) * self->inner + k];
  for (gsize c = 0; c < self->channels; c++)
    mean[c] /= n;
  for (gsize i = 0; i < self->outer && (i % often != 0 || !assay_is_stopped ()); i++)
    for (gsize c = 0; c < self->channels; c++)
      for (gsize k = 0; k < self->inner; k++)
        {
          double d = in[(i * self->channels + c) * self->inner + k] - mean[c];

          variance[c] += d * d;
        }
  for (gsize c = 0; c < self->channels; c++)
    variance[c] /= n;
}

/* Outputs 1 to 4 while training: averages carried on with the new mean and variance (of the sample), then these themselves. */
static void
write_averages (AssayKernelCall *call, const Affine *work, float *const *sides, const double *mean, const double *variance)
{
  double       factor = assay_attrs_get_float (call->attrs, "exponential_avg_factor", 1), n = work->outer * work->inner;
  const float *old_mean = assay_kernel_input (call, 3), *old_variance = assay_kernel_input (call, 4);

  for (gsize c = 0; c < work->channels; c++)
    {
      double sample = variance[c] * (n > 1 ? n / (n - 1) : 1);

      sides[0][c] = factor == 1 ? mean[c] : (1 - factor) * old_mean[c] + factor * mean[c];
      sides[1][c] = factor == 1 ? sample : (1 - factor) * old_variance[c] + factor * sample;
      sides[2][c] = mean[c];
      sides[3][c] = variance[c];
    }
}

static gboolean
normalize (AssayKernelCall *call, Affine *work, float *const *sides, double *moments)
{
  const float *scale = assay_kernel_input (call, 1), *offset = assay_kernel_input (call, 2);
  double       epsilon = assay_attrs_get_float (call->attrs, "epsilon", 0.0001);
  float       *factors = (float *) (moments + 2 * work->channels);

  if (assay_attrs_get_int (call->attrs, "is_training", TRUE))
    {
      find_moments (work, moments, moments + work->channels);
      write_averages (call, work, sides, moments, moments + work->channels);
    }
  else
    for (gsize c = 0; c < work->channels; c++)
      {
        sides[0][c] = sides[2][c] = moments[c] = ((const float *) assay_kernel_input (call, 3))[c];
        sides[1][c] = sides[3][c] = moments[work->channels + c] = ((const float *) assay_kernel_input (call, 4))[c];
      }
  for (gsize c = 0; c < work->channels; c++)
    {
      double factor = scale[c] / sqrt (moments[work->channels + c] + epsilon);

      factors[c] = factor;
      factors[work->channels + c] = offset[c] - moments[c] * factor;
    }
  work->scale = factors;
  work->shift = factors + work->channels;
  affine_run (work, call->workspace);
  return TRUE;
}

static gboolean
run_batch_norm (AssayKernelCall *call, GError **error)
{
  Affine  work = { .channels = 1 };
  float  *sides[4];
  double *moments;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_batch_norm, error);
  read_layout (call, &work);
  for (guint i = 0; i < 5; i++)
    if (assay_kernel_dtype (call, i) != ASSAY_DTYPE_FLOAT32)
      return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, i), error);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  for (guint i = 1; i < call->n_outputs && work.out != NULL; i++)
    {
      float *side = assay_kernel_output_as_inferred (call, i, error);

      if (side == NULL)
        return FALSE;
      if (i < 5)
        sides[i - 1] = side;
    }
  if (work.out == NULL)
    return FALSE;
  moments = assay_workspace_scratch (call->workspace, work.channels * 2 * (sizeof (double) + sizeof (float)), error);
  if (moments == NULL)
    return FALSE;
  normalize (call, &work, sides, moments);
  assay_workspace_free_scratch (call->workspace, moments);
  return TRUE;
}

typedef struct
{
  const float *in;
  float       *out;
  gsize        channels;
  gint64       radius;
  float        bias, alpha, beta;
} Response;

/* out[c] = in[c] / (bias + alpha × Σ in²)^beta over the channels around c. */
static void
respond (gsize first, gsize end, gpointer data)
{
  const Response *self = data;

  for (gsize row = first; row < end; row++)
    {
      const float *in = self->in + row * self->channels;

      for (gint64 c = 0; c < (gint64) self->channels; c++)
        {
          double sum = 0;

          for (gint64 k = MAX (c - self->radius, 0); k <= MIN (c + self->radius, (gint64) self->channels - 1); k++)
            sum += (double) in[k] * in[k];
          self->out[row * self->channels + c] = in[c] * powf (self->bias + self->alpha * sum, -self->beta);
        }
    }
}

static gboolean
run_response (AssayKernelCall *call, GError **error)
{
  Response work = { .channels = assay_kernel_shape (call, 0)->dims[3], .in = assay_kernel_input (call, 0) };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_response, error);
  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_FLOAT32)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  work.radius = CLAMP (assay_attrs_get_int (call->attrs, "depth_radius", 5), 0, G_MAXINT32);
  work.bias = assay_attrs_get_float (call->attrs, "bias", 1);
  work.alpha = assay_attrs_get_float (call->attrs, "alpha", 1);
  work.beta = assay_attrs_get_float (call->attrs, "beta", 0.5);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_kernel_n (call, 0) > 0)
    assay_parallel (call->workspace, assay_kernel_n (call, 0) / work.channels, MAX (2048 / work.channels, 1), respond, &work);
  return TRUE;
}

const AssayKernel assay_kernels_normalization[] = {
  { "BiasAdd", run_bias_add },
  { "BiasAddV1", run_bias_add },
  { "FusedBatchNorm", run_batch_norm },
  { "FusedBatchNormV2", run_batch_norm },
  { "FusedBatchNormV3", run_batch_norm },
  { "LRN", run_response },
  { NULL },
};
