/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reductions over any axes. */

#include "kernel-private.h"

#include <math.h>
#include <string.h>

typedef enum
{
  REDUCE_SUM,
  REDUCE_MEAN,
  REDUCE_MAX,
} Reduction;

typedef struct
{
  Reduction    reduction;
  int          n_kept, n_reduced;
  gint64       kept_dims[ASSAY_GRAPH_MAX_RANK], reduced_dims[ASSAY_GRAPH_MAX_RANK];
  gsize        kept_strides[ASSAY_GRAPH_MAX_RANK], reduced_strides[ASSAY_GRAPH_MAX_RANK];
  gsize        n_each;
  const float *in;
  float       *out;
} Reduce;

static gsize
offset_of (gsize index, int rank, const gint64 *dims, const gsize *strides)
{
  gsize offset = 0;

  for (int i = rank - 1; i >= 0; i--)
    {
      offset += index % dims[i] * strides[i];
      index /= dims[i];
    }
  return offset;
}

static void
reduce_f32 (gsize first, gsize end, gpointer data)
{
  const Reduce *self = data;

  for (gsize i = first; i < end; i++)
    {
      const float *in = self->in + offset_of (i, self->n_kept, self->kept_dims, self->kept_strides);
      double       sum = 0;
      float        max = -INFINITY;

      for (gsize k = 0; k < self->n_each; k++)
        {
          float x = in[offset_of (k, self->n_reduced, self->reduced_dims, self->reduced_strides)];

          sum += x;
          max = x > max || x != x ? x : max;
        }
      self->out[i] = self->reduction == REDUCE_MAX ? max : self->reduction == REDUCE_MEAN ? sum / self->n_each
                                                                                          : sum;
    }
}

static gboolean
prepare (AssayKernelCall *call, Reduce *work, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  gboolean                 reduced[ASSAY_GRAPH_MAX_RANK] = { FALSE };
  gint64                   axes[ASSAY_GRAPH_MAX_RANK];
  int                      n = assay_kernel_ints (call, 1, axes, ASSAY_GRAPH_MAX_RANK, error);
  gsize                    stride = 1;

  if (n < 0)
    return FALSE;
  for (int i = 0; i < n; i++)
    reduced[axes[i] < 0 ? axes[i] + in->rank : axes[i]] = TRUE;
  work->n_each = 1;
  for (int i = in->rank - 1; i >= 0; i--, stride *= in->dims[i + 1])
    if (reduced[i])
      {
        work->n_each *= in->dims[i];
        work->reduced_strides[ASSAY_GRAPH_MAX_RANK - ++work->n_reduced] = stride;
        work->reduced_dims[ASSAY_GRAPH_MAX_RANK - work->n_reduced] = in->dims[i];
      }
    else
      {
        work->kept_strides[ASSAY_GRAPH_MAX_RANK - ++work->n_kept] = stride;
        work->kept_dims[ASSAY_GRAPH_MAX_RANK - work->n_kept] = in->dims[i];
      }
  memmove (work->reduced_strides, work->reduced_strides + ASSAY_GRAPH_MAX_RANK - work->n_reduced, work->n_reduced * sizeof (gsize));
  memmove (work->reduced_dims, work->reduced_dims + ASSAY_GRAPH_MAX_RANK - work->n_reduced, work->n_reduced * sizeof (gint64));
  memmove (work->kept_strides, work->kept_strides + ASSAY_GRAPH_MAX_RANK - work->n_kept, work->n_kept * sizeof (gsize));
  memmove (work->kept_dims, work->kept_dims + ASSAY_GRAPH_MAX_RANK - work->n_kept, work->n_kept * sizeof (gint64));
  return TRUE;
}

static gboolean
run_reduce (AssayKernelCall *call, GError **error)
{
  static const char *const names[] = { [REDUCE_SUM] = "Sum", [REDUCE_MEAN] = "Mean", [REDUCE_MAX] = "Max" };
  Reduce                   work = { 0 };

  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_FLOAT32)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  while (!g_str_equal (names[work.reduction], call->op->name))
    work.reduction++;
  if (!prepare (call, &work, error))
    return FALSE;
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_partial_shape_n_elements (&call->specs[0].shape), MAX (16384 / MAX (work.n_each, 1), 1), reduce_f32, &work);
  return TRUE;
}

const AssayKernel assay_kernels_reduce[] = {
  { "Sum", run_reduce },
  { "Mean", run_reduce },
  { "Max", run_reduce },
  { NULL },
};
