/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Einstein sums, as batches of matrix products. What isn't a matrix with one stride a side is copied into one first. */

#include "gemm-private.h"
#include "nn-private.h"
#include <assay/einsum.h>

#include <string.h>

/* Some labels in an order. */
typedef struct
{
  int n;
  int labels[ASSAY_EINSUM_N_LABELS];
} Labels;

/* A tensor whose elements lie at the sum of label × stride. */
typedef struct
{
  const char *data;
  void       *copy; /* scratch, nullable */
  guint64     has;
  gsize       strides[ASSAY_EINSUM_N_LABELS]; /* in elements; 0 if broadcast */
} Operand;

typedef struct
{
  AssayKernelCall *call;
  AssayDtype       dtype;
  gsize            item_size;
  gint64           dims[ASSAY_EINSUM_N_LABELS];
} Sum;

typedef struct
{
  const Sum     *sum;
  const Operand *from;
  const Labels  *kept, *reduced;
  gsize          n_reduced;
  void          *out;
} Copy;

static guint64
bit (int label)
{
  return (guint64) 1 << label;
}

static gsize
count (const Sum *self, const Labels *labels)
{
  gsize n = 1;

  for (int i = 0; i < labels->n; i++)
    n *= self->dims[labels->labels[i]];
  return n;
}

static gsize
offset_of (const Sum *self, const Operand *operand, const Labels *labels, gsize index)
{
  gsize offset = 0;

  for (int i = labels->n - 1; i >= 0; i--)
    {
      gsize dim = self->dims[labels->labels[i]];

      offset += index % dim * operand->strides[labels->labels[i]];
      index /= dim;
    }
  return offset;
}

#define PIECE(name, type, sum_type)                                                                                \
  static void                                                                                                      \
  name (const Copy *self, gsize first, gsize end)                                                                  \
  {                                                                                                                \
    const Labels *kept = self->kept;                                                                               \
    int           last = kept->n ? kept->labels[kept->n - 1] : -1;                                                 \
    gsize         inner = last >= 0 ? self->sum->dims[last] : 1, step = last >= 0 ? self->from->strides[last] : 0; \
    Labels        outer = { .n = MAX (kept->n - 1, 0) };                                                           \
                                                                                                                   \
    memcpy (outer.labels, kept->labels, outer.n * sizeof (int));                                                   \
    for (gsize row = first; row < end; row++)                                                                      \
      {                                                                                                            \
        const type *in = (const type *) self->from->data + offset_of (self->sum, self->from, &outer, row);         \
        type       *out = (type *) self->out + row * inner;                                                        \
                                                                                                                   \
        if (self->reduced->n == 0)                                                                                 \
          for (gsize i = 0; i < inner; i++)                                                                        \
            out[i] = in[i * step];                                                                                 \
        else                                                                                                       \
          for (gsize i = 0; i < inner; i++)                                                                        \
            {                                                                                                      \
              sum_type total = 0;                                                                                  \
                                                                                                                   \
              for (gsize k = 0; k < self->n_reduced; k++)                                                          \
                total += in[i * step + offset_of (self->sum, self->from, self->reduced, k)];                       \
              out[i] = total;                                                                                      \
            }                                                                                                      \
      }                                                                                                            \
  }

PIECE (piece_f32, float, double)
PIECE (piece_f64, double, double)
PIECE (piece_u32, guint32, guint32)
PIECE (piece_u64, guint64, guint64)

static void
copy_rows (gsize first, gsize end, gpointer data)
{
  const Copy *self = data;

  if (self->sum->dtype == ASSAY_DTYPE_FLOAT32)
    piece_f32 (self, first, end);
  else if (self->sum->dtype == ASSAY_DTYPE_FLOAT64)
    piece_f64 (self, first, end);
  else if (self->sum->item_size == 4)
    piece_u32 (self, first, end);
  else
    piece_u64 (self, first, end);
}

/* Writes an operand's elements in the order of @kept, summed over @reduced. */
static void
write_copy (const Sum *self, const Operand *from, const Labels *kept, const Labels *reduced, void *out)
{
  Copy  copy = { .sum = self, .from = from, .kept = kept, .reduced = reduced, .n_reduced = count (self, reduced), .out = out };
  gsize n = count (self, kept), inner = kept->n ? self->dims[kept->labels[kept->n - 1]] : 1;

  if (n > 0)
    assay_parallel (self->call->workspace, n / inner, MAX (16384 / MAX (inner * MAX (copy.n_reduced, 1), 1), 1), copy_rows, &copy);
}

static void
set_strides (const Sum *self, Operand *operand, const Labels *labels)
{
  gsize stride = 1;

  operand->has = 0;
  for (int i = labels->n - 1; i >= 0; i--)
    {
      operand->has |= bit (labels->labels[i]);
      operand->strides[labels->labels[i]] = stride;
      stride *= self->dims[labels->labels[i]];
    }
}

/* Replaces an operand by a copy in the order of @kept. */
static gboolean
replace (const Sum *self, Operand *operand, const Labels *kept, const Labels *reduced, GError **error)
{
  gsize n_bytes;
  void *copy;

  if (!g_size_checked_mul (&n_bytes, count (self, kept), self->item_size))
    return assay_kernel_fail (self->call, error, "A value in between is too large");
  copy = assay_workspace_scratch (self->call->workspace, n_bytes, error);
  if (copy == NULL)
    return FALSE;
  write_copy (self, operand, kept, reduced, copy);
  assay_workspace_free_scratch (self->call->workspace, operand->copy);
  operand->copy = copy;
  operand->data = copy;
  set_strides (self, operand, kept);
  return TRUE;
}

static void
read_operand (const Sum *self, const AssayEinsum *einsum, guint input, Operand *operand)
{
  const AssayPartialShape *shape = assay_kernel_shape (self->call, input);
  gsize                    stride = 1;

  *operand = (Operand){ .data = assay_kernel_input (self->call, input) };
  for (int i = shape->rank - 1; i >= 0; i--)
    {
      int label = einsum->labels[input][i];

      operand->has |= bit (label);
      if (shape->dims[i] != 1)
        operand->strides[label] += stride;
      stride *= shape->dims[i];
    }
}

/* Sums over the labels that neither the other operand nor the output has. */
static gboolean
reduce_alone (const Sum *self, Operand *operand, guint64 others, GError **error)
{
  Labels kept = { 0 }, reduced = { 0 };

  if ((operand->has & ~others) == 0)
    return TRUE;
  for (int label = 0; label < ASSAY_EINSUM_N_LABELS; label++)
    if (operand->has & bit (label))
      {
        Labels *labels = others & bit (label) ? &kept : &reduced;

        labels->labels[labels->n++] = label;
      }
  return replace (self, operand, &kept, &reduced, error);
}

/* Whether an operand walks through @labels with one stride; size 1 has any. */
static gboolean
collapse (const Sum *self, const Operand *operand, const Labels *labels, gsize *stride)
{
  gsize wanted = 0;

  *stride = 0;
  for (int i = labels->n - 1; i >= 0; i--)
    {
      gsize dim = self->dims[labels->labels[i]], here = operand->strides[labels->labels[i]];

      if (dim == 1)
        continue;
      if (wanted == 0)
        *stride = here;
      else if (here != wanted)
        return FALSE;
      if (here == 0)
        return FALSE;
      wanted = here * dim;
    }
  return TRUE;
}

/* Whether an operand is a matrix of @rows × @columns for BLAS. */
static gboolean
find_matrix (const Sum *self, const Operand *operand, const Labels *rows, const Labels *columns, gboolean *turned, gsize *ld)
{
  gsize n_rows = count (self, rows), n_columns = count (self, columns), row, column;

  if (!collapse (self, operand, rows, &row) || !collapse (self, operand, columns, &column))
    return FALSE;
  *turned = FALSE;
  *ld = n_rows == 1 ? n_columns : row;
  if ((n_columns == 1 || column == 1) && *ld >= n_columns)
    return TRUE;
  *turned = TRUE;
  *ld = n_columns == 1 ? n_rows : column;
  return (n_rows == 1 || row == 1) && *ld >= n_rows;
}

static void
join (Labels *out, const Labels *a, const Labels *b, const Labels *c)
{
  const Labels *all[] = { a, b, c };

  out->n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    for (int k = 0; k < all[i]->n; k++)
      out->labels[out->n++] = all[i]->labels[k];
}

typedef struct
{
  Labels batch, left, right, contracted;
} Roles;

/* What each label is for: in both and the output; in one of them; in both only. */
static void
find_roles (const Operand *a, const Operand *b, const Labels *out, Roles *roles)
{
  guint64 seen = 0;

  *roles = (Roles){ 0 };
  for (int i = 0; i < out->n; i++)
    {
      int     label = out->labels[i];
      Labels *list = !(a->has & bit (label)) ? &roles->right : !(b->has & bit (label)) ? &roles->left
                                                                                       : &roles->batch;

      list->labels[list->n++] = label;
      seen |= bit (label);
    }
  for (int label = 0; label < ASSAY_EINSUM_N_LABELS; label++)
    if (a->has & b->has & ~seen & bit (label))
      roles->contracted.labels[roles->contracted.n++] = label;
  /* In the order in which b has them, so that it needn't be copied. */
  for (int i = 1; i < roles->contracted.n; i++)
    for (int k = i; k > 0 && b->strides[roles->contracted.labels[k]] > b->strides[roles->contracted.labels[k - 1]]; k--)
      {
        int label = roles->contracted.labels[k];

        roles->contracted.labels[k] = roles->contracted.labels[k - 1];
        roles->contracted.labels[k - 1] = label;
      }
}

static gboolean
multiply (const Sum *self, const Roles *roles, Operand *a, Operand *b, Operand *c, AssayGemm *gemm, GError **error)
{
  gsize   *at;
  gboolean good;

  gemm->count = count (self, &roles->batch);
  at = assay_workspace_scratch (self->call->workspace, 3 * gemm->count * sizeof *at, error);
  if (at == NULL)
    return FALSE;
  for (gsize i = 0; i < gemm->count; i++)
    {
      at[i] = offset_of (self, a, &roles->batch, i);
      at[gemm->count + i] = offset_of (self, b, &roles->batch, i);
      at[2 * gemm->count + i] = offset_of (self, c, &roles->batch, i);
    }
  gemm->dtype = self->dtype;
  gemm->m = count (self, &roles->left);
  gemm->n = count (self, &roles->right);
  gemm->k = count (self, &roles->contracted);
  gemm->a = a->data;
  gemm->b = b->data;
  gemm->c = (void *) c->data;
  gemm->a_at = at;
  gemm->b_at = at + gemm->count;
  gemm->c_at = at + 2 * gemm->count;
  good = assay_gemm (self->call->workspace, gemm, error);
  assay_workspace_free_scratch (self->call->workspace, at);
  return good;
}

/* @out: where the output goes, in the order of @wanted. */
static gboolean
contract (const Sum *self, Operand *a, Operand *b, const Labels *wanted, void *out, GError **error)
{
  AssayGemm gemm = { 0 };
  Labels    order, none = { 0 };
  Operand   c = { .data = out };
  Roles     roles;
  gboolean  turned = FALSE, good;

  find_roles (a, b, wanted, &roles);
  if (!find_matrix (self, a, &roles.left, &roles.contracted, &gemm.a_turned, &gemm.lda))
    {
      join (&order, &roles.batch, &roles.left, &roles.contracted);
      if (!replace (self, a, &order, &none, error))
        return FALSE;
      find_matrix (self, a, &roles.left, &roles.contracted, &gemm.a_turned, &gemm.lda);
    }
  if (!find_matrix (self, b, &roles.contracted, &roles.right, &gemm.b_turned, &gemm.ldb))
    {
      join (&order, &roles.batch, &roles.contracted, &roles.right);
      if (!replace (self, b, &order, &none, error))
        return FALSE;
      find_matrix (self, b, &roles.contracted, &roles.right, &gemm.b_turned, &gemm.ldb);
    }
  set_strides (self, &c, wanted);
  if (find_matrix (self, &c, &roles.left, &roles.right, &turned, &gemm.ldc) && !turned)
    {
      if (roles.batch.n == 0 && gemm.ldc == count (self, &roles.right) && self->dtype == ASSAY_DTYPE_FLOAT32)
        gemm.epilogue = assay_epilogue_take (self->call, gemm.ldc);
      return multiply (self, &roles, a, b, &c, &gemm, error);
    }

  /* In an order of its own first. */
  join (&order, &roles.batch, &roles.left, &roles.right);
  c.data = c.copy = assay_workspace_scratch (self->call->workspace, count (self, wanted) * self->item_size, error);
  if (c.copy == NULL)
    return FALSE;
  set_strides (self, &c, &order);
  find_matrix (self, &c, &roles.left, &roles.right, &turned, &gemm.ldc);
  good = multiply (self, &roles, a, b, &c, &gemm, error);
  if (good)
    write_copy (self, &c, wanted, &none, out);
  assay_workspace_free_scratch (self->call->workspace, c.copy);
  return good;
}

static gboolean
run_two (const Sum *self, const AssayEinsum *einsum, const Labels *wanted, void *out, GError **error)
{
  Operand  a, b;
  guint64  has = 0;
  gboolean good, swap;

  for (int i = 0; i < wanted->n; i++)
    has |= bit (wanted->labels[i]);
  read_operand (self, einsum, 0, &a);
  read_operand (self, einsum, 1, &b);
  good = reduce_alone (self, &a, has | b.has, error) && reduce_alone (self, &b, has | a.has, error);
  /* The output's last label shall be a column. */
  swap = wanted->n > 0 && !(b.has & bit (wanted->labels[wanted->n - 1]));
  good = good && contract (self, swap ? &b : &a, swap ? &a : &b, wanted, out, error);
  assay_workspace_free_scratch (self->call->workspace, a.copy);
  assay_workspace_free_scratch (self->call->workspace, b.copy);
  return good;
}

static void
run_one (const Sum *self, const AssayEinsum *einsum, const Labels *wanted, void *out)
{
  Labels  reduced = { 0 };
  Operand operand;

  read_operand (self, einsum, 0, &operand);
  for (int label = 0; label < ASSAY_EINSUM_N_LABELS; label++)
    {
      gboolean is_wanted = FALSE;

      for (int i = 0; i < wanted->n; i++)
        is_wanted = is_wanted || wanted->labels[i] == label;
      if (operand.has & bit (label) && !is_wanted)
        reduced.labels[reduced.n++] = label;
    }
  write_copy (self, &operand, wanted, &reduced, out);
}

static gboolean
run_einsum (AssayKernelCall *call, GError **error)
{
  Sum                      sum = { .call = call, .dtype = assay_kernel_dtype (call, 0) };
  const AssayPartialShape *shapes[2] = { NULL };
  int                      ranks[2] = { 0 };
  Labels                   wanted = { 0 };
  AssayPartialShape        shape;
  AssayEinsum              einsum;
  void                    *out;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_einsum, error);
  if (sum.dtype != ASSAY_DTYPE_FLOAT32 && sum.dtype != ASSAY_DTYPE_FLOAT64 && sum.dtype != ASSAY_DTYPE_INT32 && sum.dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, sum.dtype, error);
  for (guint i = 0; i < call->n_inputs && i < 2; i++)
    {
      shapes[i] = assay_kernel_shape (call, i);
      ranks[i] = shapes[i]->rank;
    }
  if (!assay_einsum_parse (&einsum, assay_attrs_get_string (call->attrs, "equation", ""), call->n_inputs, ranks, error) ||
      !assay_einsum_solve (&einsum, shapes, sum.dims, &shape, error))
    return FALSE;
  sum.item_size = assay_dtype_get_info (sum.dtype)->item_size;
  out = assay_kernel_output (call, 0, sum.dtype, &shape, error);
  if (out == NULL)
    return FALSE;
  wanted.n = einsum.rank[2];
  for (int i = 0; i < wanted.n; i++)
    wanted.labels[i] = einsum.labels[2][i];
  if (count (&sum, &wanted) == 0)
    return TRUE;
  if (call->n_inputs == 2)
    return run_two (&sum, &einsum, &wanted, out, error);
  run_one (&sum, &einsum, &wanted, out);
  return TRUE;
}

const AssayKernel assay_kernels_einsum[] = {
  { "Einsum", run_einsum },
  { NULL },
};
