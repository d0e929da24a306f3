/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/strided-slice.h>

/* One item of the slice, as written: an index, a range, an ellipsis or a new axis. */
typedef struct
{
  const AssayKnownInts *begin, *end, *strides;
  gint64                begin_mask, end_mask, shrink_mask;
} Masks;

static gboolean
known_at (const AssayKnownInts *ints, guint i)
{
  return (ints->known >> i & 1) != 0;
}

/* x clamped to what begin or end of a range may be. */
static gint64
clamp_bound (gint64 x, gint64 dim, gint64 stride)
{
  gint64 low = stride > 0 ? 0 : -1, high = stride > 0 ? dim : dim - 1;

  return CLAMP (x < 0 ? x + dim : x, low, high);
}

static char *
index_one (const Masks *masks, guint i, int axis, gint64 dim, AssayStridedSlice *slice)
{
  gint64 at = masks->begin->values[i];

  if (known_at (masks->strides, i) && masks->strides->values[i] <= 0)
    return g_strdup ("only stride 1 allowed on non-range indexing.");
  slice->stride[axis] = 1;
  slice->count[axis] = 1;
  slice->begin[axis] = 0;
  if (dim < 0 || !known_at (masks->begin, i))
    return NULL;
  if (at < -dim || at >= dim)
    return g_strdup_printf ("slice index %" G_GINT64_FORMAT " of dimension %d out of bounds.", at, axis);
  slice->begin[axis] = at < 0 ? at + dim : at;
  return NULL;
}

static char *
take_range (const Masks *masks, guint i, int axis, gint64 dim, AssayStridedSlice *slice)
{
  gint64   stride = masks->strides->values[i], begin, end;
  gboolean begin_free = masks->begin_mask >> i & 1, end_free = masks->end_mask >> i & 1;

  slice->count[axis] = -1;
  slice->begin[axis] = 0;
  slice->stride[axis] = 1;
  if (!known_at (masks->strides, i))
    return NULL;
  if (stride == 0)
    return g_strdup_printf ("strides[%u] must be non-zero", i);
  if (stride == 1 && begin_free && end_free)
    slice->count[axis] = dim;
  slice->stride[axis] = stride;
  if (dim < 0 || (!begin_free && !known_at (masks->begin, i)) || (!end_free && !known_at (masks->end, i)))
    {
      /* x[a:b] of an unknown dimension still has a known length when both count from the front. */
      gboolean front = !begin_free && !end_free && known_at (masks->begin, i) && known_at (masks->end, i);

      if (dim < 0 && front && stride == 1 && masks->begin->values[i] >= 0 && masks->end->values[i] <= masks->begin->values[i] && masks->end->values[i] >= 0)
        slice->count[axis] = 0;
      return NULL;
    }
  begin = begin_free ? stride > 0 ? 0 : dim - 1 : clamp_bound (masks->begin->values[i], dim, stride);
  end = end_free ? stride > 0 ? dim : -1 : clamp_bound (masks->end->values[i], dim, stride);
  slice->begin[axis] = begin;
  slice->count[axis] = 0;
  if (stride > 0 && end > begin)
    slice->count[axis] = (end - begin - 1) / stride + 1;
  if (stride < 0 && end < begin)
    slice->count[axis] = stride == G_MININT64 ? 1 : (begin - end - 1) / -stride + 1;
  return NULL;
}

static void
take_whole (int axis, gint64 dim, AssayStridedSlice *slice)
{
  slice->begin[axis] = 0;
  slice->stride[axis] = 1;
  slice->count[axis] = dim;
}

static gboolean
append (AssayPartialShape *shape, gint64 dim)
{
  if (shape->rank >= ASSAY_GRAPH_MAX_RANK)
    return FALSE;
  shape->dims[shape->rank++] = dim;
  return TRUE;
}

char *
assay_strided_slice_resolve (AssayAttrs              *attrs,
                             const AssayPartialShape *input,
                             const AssayKnownInts    *begin,
                             const AssayKnownInts    *end,
                             const AssayKnownInts    *strides,
                             AssayStridedSlice       *slice)
{
  guint  n = begin->n, n_axes = 0;
  gint64 ellipsis_mask = assay_attrs_get_int (attrs, "ellipsis_mask", 0), new_mask = assay_attrs_get_int (attrs, "new_axis_mask", 0);
  Masks  masks = { begin, end, strides, assay_attrs_get_int (attrs, "begin_mask", 0), assay_attrs_get_int (attrs, "end_mask", 0), assay_attrs_get_int (attrs, "shrink_axis_mask", 0) };
  int    axis = 0;

  if (begin->rank != 1 || end->n != n || strides->n != n)
    return g_strdup_printf ("Expected begin, end, and strides to be 1D equal size tensors, but got shapes [%u], [%u], and [%u] instead.", n,
                            end->n, strides->n);
  if ((ellipsis_mask & (ellipsis_mask - 1)) != 0)
    return g_strdup ("Multiple ellipses in slice spec not allowed");
  for (guint i = 0; i < n; i++)
    n_axes += !(ellipsis_mask >> i & 1) && !(new_mask >> i & 1);
  if ((int) n_axes > input->rank)
    return g_strdup_printf ("Index out of range using input dim %d; input has only %d dims", input->rank, input->rank);
  slice->rank = input->rank;
  slice->indexed = 0;
  slice->shape = (AssayPartialShape){ .rank = 0 };
  for (guint i = 0; i <= n; i++)
    {
      char    *problem = NULL;
      gboolean whole = i == n || (ellipsis_mask >> i & 1);

      /* The ellipsis, or the end if there is none, stands for all axes that nothing else takes. */
      if (whole && (i < n || ellipsis_mask == 0 || ellipsis_mask >> n != 0))
        for (int k = input->rank - (int) n_axes; k > 0 && axis < input->rank; k--, axis++)
          {
            take_whole (axis, input->dims[axis], slice);
            if (!append (&slice->shape, input->dims[axis]))
              return g_strdup_printf ("A slice has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
          }
      if (whole)
        continue;
      if (new_mask >> i & 1)
        {
          if (!append (&slice->shape, 1))
            return g_strdup_printf ("A slice has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
          continue;
        }
      problem = masks.shrink_mask >> i & 1 ? index_one (&masks, i, axis, input->dims[axis], slice)
                                           : take_range (&masks, i, axis, input->dims[axis], slice);
      if (problem != NULL)
        return problem;
      if (masks.shrink_mask >> i & 1)
        slice->indexed |= 1u << axis;
      else if (!append (&slice->shape, slice->count[axis]))
        return g_strdup_printf ("A slice has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
      axis++;
    }
  return NULL;
}
