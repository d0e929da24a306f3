/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Diagonals and bands of matrices. */

#include "kernel-private.h"
#include "strided-private.h"

typedef struct
{
  gint64 n, rows, columns; /* how many matrices, and their size */
  gint64 low, high;        /* which diagonals */
  gint64 longest;          /* the length that diagonals are stored with */
} Matrices;

static void
read_matrices (const AssayPartialShape *shape, Matrices *m)
{
  m->n = 1;
  for (int i = 0; i < shape->rank - 2; i++)
    m->n *= shape->dims[i];
  m->rows = shape->dims[shape->rank - 2];
  m->columns = shape->dims[shape->rank - 1];
}

static gboolean
read_diagonals (AssayKernelCall *call, int input, Matrices *m, GError **error)
{
  gint64 k[2] = { 0, 0 };
  int    n = 1;

  if (input >= 0)
    n = assay_kernel_vector (call, input, k, 2, error);
  if (n < 0)
    return FALSE;
  if (n == 0)
    return assay_kernel_fail (call, error, "diag_index must be a scalar or vector");
  m->low = k[0];
  m->high = k[n - 1];
  m->longest = MIN (m->rows + MIN (m->high, 0), m->columns - MAX (m->low, 0));
  return TRUE;
}

static gboolean
run_band_part (AssayKernelCall *call, GError **error)
{
  static const guint64     zero[2];
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    size = assay_kernel_item_size (dtype);
  const char              *in;
  char                    *out;
  Matrices                 m = { 0 };
  gint64                   lower, upper;

  if (!assay_kernel_int (call, 1, &lower, error) || !assay_kernel_int (call, 2, &upper, error))
    return FALSE;
  read_matrices (shape, &m);
  if (lower > m.rows)
    return assay_kernel_fail (call, error, "num_lower must be negative or less or equal to number of rows (%" G_GINT64_FORMAT ") got: %" G_GINT64_FORMAT, m.rows, lower);
  if (upper > m.columns)
    return assay_kernel_fail (call, error, "num_upper must be negative or less or equal to number of columns (%" G_GINT64_FORMAT ") got: %" G_GINT64_FORMAT, m.columns, upper);
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  in = assay_kernel_items (call, 0);
  strided_fill (call->workspace, size, out, zero, assay_kernel_n (call, 0));
  if (assay_kernel_n (call, 0) == 0)
    return TRUE;
  for (gint64 row = 0; row < m.n * m.rows && !assay_is_stopped (); row++)
    {
      gint64 i = row % m.rows, first = lower < 0 ? 0 : MAX (i - lower, 0), end = upper < 0 ? m.columns : MIN (i + upper + 1, m.columns);

      if (end > first)
        memcpy (out + (row * m.columns + first) * size, in + (row * m.columns + first) * size, (end - first) * size);
    }
  return TRUE;
}

/* Where the diagonal @d begins in its row of the stored diagonals: shorter ones stand left or right. */
static gint64
diagonal_offset (const Matrices *m, const char *align, gint64 d, gint64 length)
{
  gboolean right = (d >= 0 && g_str_has_prefix (align, "RIGHT")) || (d <= 0 && g_str_has_suffix (align, "RIGHT"));

  return right ? m->longest - length : 0;
}

/* Calls for each element of the wanted diagonals: its place among the diagonals, and in the matrices. */
typedef void (*OnDiagonal) (char *diagonals, char *matrices, gsize size);

static void
to_diagonals (char *diagonals, char *matrices, gsize size)
{
  memcpy (diagonals, matrices, size);
}

static void
to_matrices (char *diagonals, char *matrices, gsize size)
{
  memcpy (matrices, diagonals, size);
}

static void
walk_diagonals (const Matrices *m, const char *align, char *diagonals, char *matrices, gsize size, OnDiagonal visit)
{
  gint64 n_diagonals = m->high - m->low + 1;

  for (gint64 k = 0; k < m->n; k++)
    for (gint64 d = m->high; d >= m->low; d--)
      {
        gint64 length = MIN (m->rows + MIN (d, 0), m->columns - MAX (d, 0)), offset = diagonal_offset (m, align, d, length);
        char  *to = diagonals + ((k * n_diagonals + m->high - d) * m->longest + offset) * size;

        for (gint64 i = 0; i < length && !assay_stops (i); i++)
          visit (to + i * size, matrices + ((k * m->rows + i - MIN (d, 0)) * m->columns + i + MAX (d, 0)) * size, size);
      }
}

/* Before V3 short diagonals stood left. */
static const char *
read_align (AssayKernelCall *call)
{
  return assay_attrs_get_string (call->attrs, "align", "LEFT_LEFT");
}

static gboolean
padding_item (AssayKernelCall *call, int input, AssayDtype dtype, const void **item, GError **error)
{
  static const guint64 zero[2];

  *item = zero;
  if (input < 0 || input >= (int) call->n_inputs)
    return TRUE;
  if (assay_kernel_dtype (call, input) != dtype || assay_kernel_n (call, input) != 1)
    return assay_kernel_fail (call, error, "padding_value must have only one element");
  *item = assay_kernel_items (call, input);
  return TRUE;
}

static gboolean
run_matrix_diag (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    size = assay_kernel_item_size (dtype);
  const void              *padding;
  Matrices                 m = { 0 };
  char                    *out = assay_kernel_output_items (call, 0, dtype, shape, error);

  if (out == NULL || !padding_item (call, 4, dtype, &padding, error))
    return FALSE;
  read_matrices (shape, &m);
  if (!read_diagonals (call, call->n_inputs > 1 ? 1 : -1, &m, error))
    return FALSE;
  m.longest = assay_kernel_shape (call, 0)->dims[assay_kernel_shape (call, 0)->rank - 1];
  strided_fill (call->workspace, size, out, padding, assay_partial_shape_n_elements (shape));
  if (m.longest > 0 && assay_partial_shape_n_elements (shape) > 0)
    walk_diagonals (&m, read_align (call), (char *) assay_kernel_items (call, 0), out, size, to_matrices);
  return TRUE;
}

static gboolean
run_matrix_diag_part (AssayKernelCall *call, GError **error)
{
  AssayDtype  dtype = assay_kernel_dtype (call, 0);
  gsize       size = assay_kernel_item_size (dtype);
  const void *padding;
  Matrices    m = { 0 };
  char       *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out == NULL || !padding_item (call, 2, dtype, &padding, error))
    return FALSE;
  read_matrices (assay_kernel_shape (call, 0), &m);
  if (!read_diagonals (call, call->n_inputs > 1 ? 1 : -1, &m, error))
    return FALSE;
  strided_fill (call->workspace, size, out, padding, assay_partial_shape_n_elements (&call->specs[0].shape));
  if (assay_kernel_n (call, 0) > 0)
    walk_diagonals (&m, read_align (call), out, (char *) assay_kernel_items (call, 0), size, to_diagonals);
  return TRUE;
}

static gboolean
run_matrix_set_diag (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    size = assay_kernel_item_size (dtype);
  Strided                  all = { 0 };
  Matrices                 m = { 0 };
  char                    *out;

  if (assay_kernel_dtype (call, 1) != dtype)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 1), error);
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  read_matrices (shape, &m);
  if (!read_diagonals (call, call->n_inputs > 2 ? 2 : -1, &m, error))
    return FALSE;
  strided_add (&all, assay_kernel_n (call, 0), 1, 1);
  strided_copy (call->workspace, size, out, assay_kernel_items (call, 0), &all);
  if (assay_kernel_n (call, 0) > 0)
    walk_diagonals (&m, read_align (call), (char *) assay_kernel_items (call, 1), out, size, to_matrices);
  return TRUE;
}

/* Every element goes on the diagonal of a matrix n × n, whatever shape n has. */
static gboolean
run_diag (AssayKernelCall *call, GError **error)
{
  static const guint64 zero[2];
  AssayDtype           dtype = assay_kernel_dtype (call, 0);
  gsize                size = assay_kernel_item_size (dtype);
  gint64               n = assay_kernel_n (call, 0);
  Strided              s = { 0 };
  void                *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out == NULL)
    return FALSE;
  strided_fill (call->workspace, size, out, zero, n * n);
  strided_add (&s, n, n + 1, 1);
  strided_copy (call->workspace, size, out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

static gboolean
run_diag_part (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gint64     n = assay_partial_shape_n_elements (&call->specs[0].shape);
  Strided    s = { 0 };
  void      *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out == NULL)
    return FALSE;
  strided_add (&s, n, 1, n + 1);
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

const AssayKernel assay_kernels_matrix[] = {
  { "MatrixBandPart", run_band_part },
  { "MatrixDiag", run_matrix_diag },
  { "MatrixDiagV2", run_matrix_diag },
  { "MatrixDiagV3", run_matrix_diag },
  { "MatrixDiagPart", run_matrix_diag_part },
  { "MatrixDiagPartV2", run_matrix_diag_part },
  { "MatrixDiagPartV3", run_matrix_diag_part },
  { "MatrixSetDiag", run_matrix_set_diag },
  { "MatrixSetDiagV2", run_matrix_set_diag },
  { "MatrixSetDiagV3", run_matrix_set_diag },
  { "Diag", run_diag },
  { "DiagPart", run_diag_part },
  { NULL },
};
