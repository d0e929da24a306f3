/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Diagonals and bands of matrices. Source: tensorflow/core/ops/array_ops.cc. */

#include "ops-private.h"

/* Which diagonals: k is one, or the lowest and the highest. FALSE if they aren't known. */
static gboolean
read_diagonals (AssayInference *inference, int input, gint64 *low, gint64 *high)
{
  AssayKnownInts k;

  *low = *high = 0;
  if (input < 0)
    return TRUE;
  if (!assay_rule_ints (inference, input, &k) || k.n < 1 || k.n > 2 || k.known != (1u << k.n) - 1)
    return FALSE;
  *low = k.values[0];
  *high = k.values[k.n - 1];
  return TRUE;
}

static gboolean
check_diagonals (AssayInference *inference, gint64 low, gint64 high, gint64 rows, gint64 columns, GError **error)
{
  if (low > high)
    return assay_rule_fail (inference, error, "lower_diag_index must not be larger than upper_diag_index: %" G_GINT64_FORMAT " > %" G_GINT64_FORMAT, low, high);
  if (rows >= 0 && columns >= 0)
    {
      gint64 ends[2] = { low, high };

      for (int i = 0; i < 2; i++)
        if (!((-rows < ends[i] && ends[i] < columns) || ends[i] == 0))
          return assay_rule_fail (inference, error, "%s is out of bound: %" G_GINT64_FORMAT ". It must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                                  i == 0 ? "lower_diag_index" : "upper_diag_index", ends[i], -rows, columns);
    }
  return TRUE;
}

/* The length of the longest of the diagonals. */
static gint64
longest_diagonal (gint64 rows, gint64 columns, gint64 low, gint64 high)
{
  return MIN (rows + MIN (high, 0), columns - MAX (low, 0));
}

static gboolean
rule_band_part (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[0].shape.rank >= 0 && inference->inputs[0].shape.rank < 2)
    {
      g_autofree char *text = assay_partial_shape_to_string (&inference->inputs[0].shape);

      return assay_rule_fail (inference, error, "input must be at least 2-dim, received shape: %s", text);
    }
  return assay_rule_need_rank (inference, 1, 0, error) && assay_rule_need_rank (inference, 2, 0, error);
}

/* diagonal[…, n] → matrix[…, n, n]; MatrixDiagV2 and V3 say which diagonals, and the size. */
static gboolean
rule_matrix_diag (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   low, high, rows = -1, columns = -1, length;
  gboolean                 wide = inference->n_inputs > 1, known = read_diagonals (inference, wide ? 1 : -1, &low, &high);
  int                      rank;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank == 0)
    return assay_rule_fail (inference, error, "diagonal must be at least 1-dim, received shape: []");
  if (in->rank < 0 || !known)
    return TRUE;
  if (wide && (!assay_rule_int (inference, 2, &rows) || !assay_rule_int (inference, 3, &columns)))
    return TRUE;
  if (!check_diagonals (inference, low, high, -1, -1, error))
    return FALSE;
  rank = in->rank - (low != high);
  if (rank < 1)
    return assay_rule_fail (inference, error, "diagonal must be at least 2-dim, received shape: []");
  if (rank >= ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "The result has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
  length = in->dims[in->rank - 1];
  if (low != high && in->dims[in->rank - 2] >= 0 && in->dims[in->rank - 2] != high - low + 1)
    return assay_rule_fail (inference, error, "The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index range.");
  *out = assay_partial_shape_new (rank + 1, in->dims);
  out->dims[rank - 1] = out->dims[rank] = -1;
  if (length >= 0)
    {
      gint64 least_rows = length - MIN (high, 0), least_columns = length + MAX (low, 0);

      if (rows == -1 && columns == -1)
        rows = columns = MAX (least_rows, least_columns);
      else if (rows == -1)
        rows = least_rows;
      else if (columns == -1)
        columns = least_columns;
      if (rows < least_rows || columns < least_columns || (rows != least_rows && columns != least_columns))
        return assay_rule_fail (inference, error, "The number of rows or columns is too small or doesn't fit the specified diagonals: %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, rows, columns);
      if (!check_diagonals (inference, low, high, rows, columns, error))
        return FALSE;
      out->dims[rank - 1] = rows;
      out->dims[rank] = columns;
    }
  return TRUE;
}

static gboolean
rule_matrix_diag_part (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   low, high;
  gboolean                 known = read_diagonals (inference, inference->n_inputs > 1 ? 1 : -1, &low, &high);

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank >= 0 && in->rank < 2)
    return assay_rule_fail (inference, error, "input must be at least 2-dim, received shape: [%s]", in->rank ? "…" : "");
  if (in->rank < 0 || !known)
    return TRUE;
  if (!check_diagonals (inference, low, high, in->dims[in->rank - 2], in->dims[in->rank - 1], error))
    return FALSE;
  *out = assay_partial_shape_new (in->rank - 1 + (low != high), in->dims);
  if (low != high)
    out->dims[in->rank - 2] = high - low + 1;
  out->dims[out->rank - 1] = in->dims[in->rank - 2] < 0 || in->dims[in->rank - 1] < 0 ? -1 : longest_diagonal (in->dims[in->rank - 2], in->dims[in->rank - 1], low, high);
  return TRUE;
}

static gboolean
rule_matrix_set_diag (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape, *diagonal = &inference->inputs[1].shape;
  AssayPartialShape        wanted;
  gint64                   low, high;
  gboolean                 known = read_diagonals (inference, inference->n_inputs > 2 ? 2 : -1, &low, &high);

  inference->outputs[0] = inference->inputs[0];
  if (!assay_rule_same_dtypes (inference, 0, 2, error))
    return FALSE;
  if (in->rank >= 0 && in->rank < 2)
    return assay_rule_fail (inference, error, "input must be at least 2-dim, received rank: %d", in->rank);
  if (in->rank < 0 || !known)
    return TRUE;
  if (!check_diagonals (inference, low, high, in->dims[in->rank - 2], in->dims[in->rank - 1], error))
    return FALSE;
  wanted = assay_partial_shape_new (in->rank - 1 + (low != high), in->dims);
  if (low != high)
    wanted.dims[in->rank - 2] = high - low + 1;
  wanted.dims[wanted.rank - 1] = in->dims[in->rank - 2] < 0 || in->dims[in->rank - 1] < 0 ? -1 : longest_diagonal (in->dims[in->rank - 2], in->dims[in->rank - 1], low, high);
  if (!assay_partial_shape_accepts (&wanted, diagonal))
    {
      g_autofree char *left = assay_partial_shape_to_string (in), *right = assay_partial_shape_to_string (diagonal);
      g_autofree char *expected = assay_partial_shape_to_string (&wanted);

      return assay_rule_fail (inference, error, "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to the longests diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: %s\nDiagonal shape: %s\nExpected diagonal shape: %s",
                              left, right, expected);
    }
  return TRUE;
}

/* diagonal[n] → tensor[n, n], of any rank: twice as many dimensions. */
static gboolean
rule_diag (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank == 0)
    return assay_rule_fail (inference, error, "Input must be at least rank 1, got 0");
  if (2 * in->rank > ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "The result has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
  if (in->rank < 0)
    return TRUE;
  *out = assay_partial_shape_new (2 * in->rank, NULL);
  for (int i = 0; i < in->rank; i++)
    out->dims[i] = out->dims[in->rank + i] = in->dims[i];
  return TRUE;
}

static gboolean
rule_diag_part (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  int                      half = in->rank / 2;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank < 0)
    return TRUE;
  if (in->rank == 0 || in->rank % 2 != 0)
    return assay_rule_fail (inference, error, "The rank of the tensor should be                                          even and positive, got shape of rank %d", in->rank);
  for (int i = 0; i < half; i++)
    if (in->dims[i] >= 0 && in->dims[half + i] >= 0 && in->dims[i] != in->dims[half + i])
      return assay_rule_fail (inference, error, "Invalid shape: dimensions %d and %d do not match (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")", i, half + i,
                              in->dims[i], in->dims[half + i]);
  inference->outputs[0].shape = assay_partial_shape_new (half, in->dims);
  return TRUE;
}

const AssayOp assay_ops_matrix[] = {
  { "MatrixBandPart", "input num_lower num_upper", "band", NULL, rule_band_part, ASSAY_OP_PURE },
  { "MatrixDiag", "diagonal", "output", NULL, rule_matrix_diag, ASSAY_OP_PURE },
  { "MatrixDiagV2", "diagonal k num_rows num_cols padding_value", "output", NULL, rule_matrix_diag, ASSAY_OP_PURE },
  { "MatrixDiagV3", "diagonal k num_rows num_cols padding_value", "output", "align=RIGHT_LEFT", rule_matrix_diag, ASSAY_OP_PURE },
  { "MatrixDiagPart", "input", "diagonal", NULL, rule_matrix_diag_part, ASSAY_OP_PURE },
  { "MatrixDiagPartV2", "input k padding_value", "diagonal", NULL, rule_matrix_diag_part, ASSAY_OP_PURE },
  { "MatrixDiagPartV3", "input k padding_value", "diagonal", "align=RIGHT_LEFT", rule_matrix_diag_part, ASSAY_OP_PURE },
  { "MatrixSetDiag", "input diagonal", "output", NULL, rule_matrix_set_diag, ASSAY_OP_PURE },
  { "MatrixSetDiagV2", "input diagonal k", "output", NULL, rule_matrix_set_diag, ASSAY_OP_PURE },
  { "MatrixSetDiagV3", "input diagonal k", "output", "align=RIGHT_LEFT", rule_matrix_set_diag, ASSAY_OP_PURE },
  { "Diag", "diagonal", "output", NULL, rule_diag, ASSAY_OP_PURE },
  { "DiagPart", "input", "diagonal", NULL, rule_diag_part, ASSAY_OP_PURE },
  { NULL },
};
