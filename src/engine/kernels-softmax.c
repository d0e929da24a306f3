/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Softmax and its logarithm, over the last axis. */

#include "nn-private.h"

#include "clones-private.h"
#include "vector-math-private.h"

typedef struct
{
  AssayDtype  dtype;
  gboolean    logarithm;
  gsize       n; /* of a row */
  const void *in;
  void       *out;
} Softmax;

ENGINE_CLONES
static float
find_max (const float *in, gsize n)
{
  float maxima[16];
  float max = in[0];
  gsize i = 0;

  for (gsize k = 0; k < 16; k++)
    maxima[k] = in[0];
  for (; i + 16 <= n; i += 16)
    for (gsize k = 0; k < 16; k++)
      maxima[k] = in[i + k] > maxima[k] ? in[i + k] : maxima[k];
  for (; i < n; i++)
    max = in[i] > max ? in[i] : max;
  for (gsize k = 0; k < 16; k++)
    max = maxima[k] > max ? maxima[k] : max;
  return max;
}

/* Exponentials of in − max into @out; returns their sum. */
ENGINE_CLONES
static float
exponentials (float *out, const float *in, float max, gsize n)
{
  float sums[16] = { 0 };
  float sum = 0;
  gsize i = 0;

  for (; i + 16 <= n; i += 16)
    for (gsize k = 0; k < 16; k++)
      {
        out[i + k] = vector_exp (in[i + k] - max);
        sums[k] += out[i + k];
      }
  for (; i < n; i++)
    sum += out[i] = vector_exp (in[i] - max);
  for (gsize k = 0; k < 16; k++)
    sum += sums[k];
  return sum;
}

ENGINE_CLONES
static void
scale_f32 (float *out, float by, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] *= by;
}

/* A run that is cancelled may end after so many values. */
#define PART 262144

static void
row_f32 (const Softmax *self, float *out, const float *in)
{
  float max = find_max (in, MIN (PART, self->n)), sum = 0;

  for (gsize part = PART; part < self->n && !assay_is_stopped (); part += PART)
    max = MAX (max, find_max (in + part, MIN (PART, self->n - part)));
  for (gsize part = 0; part < self->n && (part == 0 || !assay_is_stopped ()); part += PART)
    sum += exponentials (out + part, in + part, max, MIN (PART, self->n - part));
  if (self->logarithm)
    for (gsize i = 0; i < self->n && !assay_stops (i + 1); i++)
      out[i] = in[i] - max - logf (sum);
  else
    for (gsize part = 0; part < self->n && (part == 0 || !assay_is_stopped ()); part += PART)
      scale_f32 (out + part, 1 / sum, MIN (PART, self->n - part));
}

static void
row_f64 (const Softmax *self, double *out, const double *in)
{
  double max = in[0], sum = 0;

  for (gsize i = 1; i < self->n && !assay_stops (i); i++)
    max = in[i] > max ? in[i] : max;
  for (gsize i = 0; i < self->n && !assay_stops (i + 1); i++)
    sum += out[i] = exp (in[i] - max);
  for (gsize i = 0; i < self->n && !assay_stops (i + 1); i++)
    out[i] = self->logarithm ? in[i] - max - log (sum) : out[i] / sum;
}

static void
run_rows (gsize first, gsize end, gpointer data)
{
  const Softmax *self = data;

  for (gsize i = first; i < end; i++)
    if (self->dtype == ASSAY_DTYPE_FLOAT32)
      row_f32 (self, (float *) self->out + i * self->n, (const float *) self->in + i * self->n);
    else
      row_f64 (self, (double *) self->out + i * self->n, (const double *) self->in + i * self->n);
}

static gboolean
run_softmax (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  Softmax                  work = { .dtype = assay_kernel_dtype (call, 0), .logarithm = g_str_equal (call->op->name, "LogSoftmax") };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_softmax, error);
  if (work.dtype != ASSAY_DTYPE_FLOAT32 && work.dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, work.dtype, error);
  work.n = shape->dims[shape->rank - 1];
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  if (assay_kernel_n (call, 0) > 0)
    assay_parallel (call->workspace, assay_kernel_n (call, 0) / work.n, MAX (4096 / work.n, 1), run_rows, &work);
  return TRUE;
}

const AssayKernel assay_kernels_softmax[] = {
  { "Softmax", run_softmax },
  { "LogSoftmax", run_softmax },
  { NULL },
};
