/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shapes changed, nothing computed: Flatten to UpSampling. Source: keras/src/layers/reshaping. */

#include "layers-private.h"

#include <string.h>

/* A Sequential that was never built doesn't say what it takes. */
static gboolean
flatten_unknown (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *x = assay_keras_in (call), *sizes[2], *shape = NULL;
  AssayKerasDim dims[2] = { { -1, NULL }, { -1, NULL } };

  sizes[0] = assay_apply ("Shape", assay_attrs_set_dtype (assay_attrs_new (), "out_type", ASSAY_DTYPE_INT32), call->error, x, NULL);
  sizes[0] = assay_apply ("StridedSlice", assay_attrs_set_int (assay_attrs_new (), "shrink_axis_mask", 1), call->error, sizes[0],
                          assay_constant_ints (1, (gint64[]){ 0 }), assay_constant_ints (1, (gint64[]){ 1 }), assay_constant_ints (1, (gint64[]){ 1 }), NULL);
  sizes[1] = assay_keras_int_value (-1);
  if (assay_apply_many ("Pack", assay_attrs_set_int (assay_attrs_new (), "N", 2), 2, sizes, 1, &shape, call->error) != 1)
    return FALSE;
  return assay_keras_give (call, assay_keras_ensure_shape (op2 ("Reshape", x, shape, call->error), 2, dims, call->error));
}

static gboolean
flatten (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *x = assay_keras_in (call);
  int           rank = assay_value_get_rank (x);
  gint64        order[ASSAY_GRAPH_MAX_RANK] = { 0 };
  AssayKerasDim n = assay_keras_dim_known (1);

  if (rank < 0 && !assay_keras_channels_first (self))
    return flatten_unknown (self, call);
  if (rank < 1)
    return assay_keras_fail (self, call, "needs inputs with a batch");
  if (assay_keras_channels_first (self) && rank > 2)
    {
      for (int i = 1; i < rank; i++)
        order[i] = i == rank - 1 ? 1 : i + 1;
      x = assay_keras_transpose (x, order, call->error);
    }
  for (int i = 1; i < rank && x != NULL; i++)
    n = assay_keras_dim_mul (n, assay_keras_dim (x, i, call->error), call->error);
  return assay_keras_give (call, assay_keras_reshape (x, 2, (AssayKerasDim[]){ n.n >= 0 ? (AssayKerasDim){ -1, NULL } : assay_keras_dim (x, 0, call->error), n }, call->error));
}

/* One −1 is whatever is left. */
static gboolean
reshape (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *x = assay_keras_in (call);
  gint64        target[ASSAY_GRAPH_MAX_RANK], known = 1, total = 1;
  int           n = assay_keras_ints (self->config, "target_shape", target, 1, ASSAY_GRAPH_MAX_RANK - 1), free_at = -1;
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK];

  if (n < 0)
    return assay_keras_fail (self, call, "has no sound target_shape");
  dims[0] = assay_keras_dim (x, 0, call->error);
  for (int i = 0; i < n; i++)
    {
      if (target[i] < -1 || (target[i] == -1 && free_at >= 0))
        return assay_keras_fail (self, call, "has no sound target_shape");
      free_at = target[i] == -1 ? i : free_at;
      known *= target[i] == -1 ? 1 : MIN (target[i], 1 << 30);
      known = MIN (known, G_GINT64_CONSTANT (1) << 31);
      dims[i + 1] = assay_keras_dim_known (target[i]);
    }
  for (int i = 1; i < assay_value_get_rank (x); i++)
    {
      gint64 dim = assay_value_get_dim (x, i);

      total = dim < 0 || total < 0 ? -1 : MIN (total * MIN (dim, 1 << 30), G_GINT64_CONSTANT (1) << 31);
    }
  if (free_at >= 0 && total >= 0 && (known == 0 || total % known != 0))
    return assay_keras_fail (self, call, "can't make its target_shape of %" G_GINT64_FORMAT " elements", total);
  if (free_at < 0 && total >= 0 && total != known)
    return assay_keras_fail (self, call, "has a target_shape of %" G_GINT64_FORMAT " elements for inputs of %" G_GINT64_FORMAT, known, total);
  if (free_at >= 0 && total >= 0)
    dims[free_at + 1] = assay_keras_dim_known (total / known);
  else if (free_at >= 0 && dims[0].n < 0)
    {
      gint64      plain[ASSAY_GRAPH_MAX_RANK];
      AssayValue *sizes[ASSAY_GRAPH_MAX_RANK], *shape = NULL;

      for (int i = 0; i <= n; i++)
        sizes[i] = i == 0 ? dims[0].value : assay_keras_int_value (plain[i] = target[i - 1]);
      if (assay_apply_many ("Pack", assay_attrs_set_int (assay_attrs_new (), "N", n + 1), n + 1, sizes, 1, &shape, call->error) != 1)
        return FALSE;
      return assay_keras_give (call, assay_keras_ensure_shape (op2 ("Reshape", x, shape, call->error), n + 1, dims, call->error));
    }
  return assay_keras_give (call, assay_keras_reshape (x, n + 1, dims, call->error));
}

static gboolean
permute (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gint64      dims[ASSAY_GRAPH_MAX_RANK], order[ASSAY_GRAPH_MAX_RANK] = { 0 };
  int         rank = assay_value_get_rank (x), n = assay_keras_ints (self->config, "dims", dims, 1, ASSAY_GRAPH_MAX_RANK - 1);
  guint       seen = 1;

  if (n != rank - 1)
    return assay_keras_fail (self, call, "permutes %d dimensions of inputs that have %d and the batch", n, rank - 1);
  for (int i = 0; i < n; i++)
    {
      if (dims[i] < 1 || dims[i] >= rank || (seen >> dims[i] & 1) != 0)
        return assay_keras_fail (self, call, "has a dimension %" G_GINT64_FORMAT " of %d", dims[i], rank - 1);
      seen |= 1u << dims[i];
      order[i + 1] = dims[i];
    }
  return assay_keras_give (call, assay_keras_transpose (x, order, call->error));
}

static gboolean
repeat_vector (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gint64      n = assay_keras_int (self->config, "n", -1), times[] = { 1, n, 1 };

  if (n < 0 || assay_value_get_rank (x) != 2)
    return assay_keras_fail (self, call, "repeats inputs of %d dimensions %" G_GINT64_FORMAT " times", assay_value_get_rank (x), n);
  return assay_keras_give (call, op2 ("Tile", assay_keras_expand (x, 1, call->error), assay_constant_ints (3, times), call->error));
}

/* 3, [1, 2] or [[1, 2], [3, 4]]: how much at both ends of each dimension. */
static gboolean
read_ends (AssayKerasLayer *self, AssayKerasCall *call, const char *name, int n, gint64 (*ends)[2])
{
  JsonNode  *node = assay_keras_member (self->config, name);
  JsonArray *array = assay_keras_array (self->config, name);
  gint64     plain[3];
  int        found;

  if (n == 1 && assay_keras_node_ints (node, ends[0], 2, 2) == 2)
    return (ends[0][0] >= 0 && ends[0][1] >= 0) || assay_keras_fail (self, call, "has no sound %s", name);
  if (array != NULL && json_array_get_length (array) == (guint) n && JSON_NODE_HOLDS_ARRAY (json_array_get_element (array, 0)))
    {
      for (int i = 0; i < n; i++)
        if (assay_keras_node_ints (json_array_get_element (array, i), ends[i], 2, 2) != 2 || ends[i][0] < 0 || ends[i][1] < 0)
          return assay_keras_fail (self, call, "has no sound %s", name);
      return TRUE;
    }
  found = assay_keras_node_ints (node, plain, n, 3);
  for (int i = 0; i < n && found == n; i++)
    {
      ends[i][0] = ends[i][1] = plain[i];
      if (plain[i] < 0)
        found = -1;
    }
  return found == n || assay_keras_fail (self, call, "has no sound %s", name);
}

static gboolean
check_rank (AssayKerasLayer *self, AssayKerasCall *call)
{
  int rank = assay_value_get_rank (assay_keras_in (call)), n = self->klass->detail + 2;

  return rank == n || assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", n, rank);
}

static gboolean
zero_padding (AssayKerasLayer *self, AssayKerasCall *call)
{
  gint64 ends[3][2], pads[ASSAY_GRAPH_MAX_RANK][2] = { 0 };
  int    n = self->klass->detail, first = assay_keras_channels_first (self);

  if (!check_rank (self, call) || !read_ends (self, call, "padding", n, ends))
    return FALSE;
  memcpy (pads[1 + first], ends, n * sizeof ends[0]);
  return assay_keras_give (call, assay_keras_pad (assay_keras_in (call), (const gint64 (*)[2]) pads, 0, call->error));
}

static gboolean
cropping (AssayKerasLayer *self, AssayKerasCall *call)
{
  gint64      ends[3][2];
  int         n = self->klass->detail, first = assay_keras_channels_first (self);
  AssayValue *x = assay_keras_in (call);

  if (!check_rank (self, call) || !read_ends (self, call, "cropping", n, ends))
    return FALSE;
  for (int i = 0; i < n && x != NULL; i++)
    {
      gint64 length = assay_value_get_dim (x, i + 1 + first);

      if (length >= 0 && ends[i][0] + ends[i][1] >= length)
        return assay_keras_fail (self, call, "cuts %" G_GINT64_FORMAT " off a length of %" G_GINT64_FORMAT, ends[i][0] + ends[i][1], length);
      if (ends[i][0] > 0 || ends[i][1] > 0)
        x = assay_keras_slice (x, i + 1 + first, ends[i][0], ends[i][1] > 0 ? -ends[i][1] : G_MAXINT32, call->error);
    }
  return assay_keras_give (call, x);
}

/* Each element of an axis `times` times, one behind the other. */
static AssayValue *
repeat (AssayValue *x, int axis, gint64 times, GError **error)
{
  int           rank = x ? assay_value_get_rank (x) : -1;
  gint64        tiles[ASSAY_GRAPH_MAX_RANK];
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK];

  if (times == 1 || rank < 0 || rank + 1 >= ASSAY_GRAPH_MAX_RANK)
    return x;
  for (int i = 0; i < rank; i++)
    dims[i] = assay_keras_dim (x, i, error);
  dims[axis] = assay_keras_dim_mul (dims[axis], assay_keras_dim_known (times), error);
  for (int i = 0; i <= rank; i++)
    tiles[i] = i == axis + 1 ? times : 1;
  x = op2 ("Tile", assay_keras_expand (x, axis + 1, error), assay_constant_ints (rank + 1, tiles), error);
  return assay_keras_reshape (x, rank, dims, error);
}

static AssayValue *
resize (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, const gint64 *size, const char *method)
{
  AssayKerasDim dims[2];
  AssayAttrs   *attrs;
  AssayDtype    dtype = assay_value_get_dtype (x);
  const char   *op = g_str_equal (method, "bilinear") ? "ResizeBilinear" : g_str_equal (method, "bicubic") ? "ResizeBicubic"
                                                                                                           : NULL;

  if (op == NULL)
    {
      assay_keras_fail (self, call, "has the interpolation %.100s, which isn't known here", method);
      return NULL;
    }
  for (int i = 0; i < 2; i++)
    dims[i] = assay_keras_dim_mul (assay_keras_dim (x, i + 1, call->error), assay_keras_dim_known (size[i]), call->error);
  attrs = assay_attrs_set_bool (assay_attrs_new (), "half_pixel_centers", TRUE);
  x = assay_apply (op, attrs, call->error, x, assay_keras_ints_value (2, dims, call->error), NULL);
  return assay_keras_cast (x, dtype, call->error);
}

static gboolean
up_sampling (AssayKerasLayer *self, AssayKerasCall *call)
{
  gint64      size[3];
  int         n = self->klass->detail, first = assay_keras_channels_first (self);
  AssayValue *x = assay_keras_in (call);
  const char *method = assay_keras_string (self->config, "interpolation", "nearest");

  if (!check_rank (self, call))
    return FALSE;
  if (assay_keras_ints (self->config, "size", size, n, 3) != n && assay_keras_ints (self->config, "length", size, n, 3) != n)
    return assay_keras_fail (self, call, "has no sound size");
  for (int i = 0; i < n; i++)
    if (size[i] < 1)
      return assay_keras_fail (self, call, "has no sound size");
  if (n == 2 && !g_str_equal (method, "nearest"))
    {
      if (first)
        x = assay_keras_transpose (x, (gint64[]){ 0, 2, 3, 1 }, call->error);
      x = x ? resize (self, call, x, size, method) : NULL;
      return assay_keras_give (call, first ? assay_keras_transpose (x, (gint64[]){ 0, 3, 1, 2 }, call->error) : x);
    }
  for (int i = 0; i < n; i++)
    x = repeat (x, i + 1 + first, size[i], call->error);
  return assay_keras_give (call, x);
}

const AssayKerasClass assay_keras_reshaping_classes[] = {
  { "Flatten", flatten },
  { "Reshape", reshape },
  { "Permute", permute },
  { "RepeatVector", repeat_vector },
  { "ZeroPadding1D", zero_padding, 1 },
  { "ZeroPadding2D", zero_padding, 2 },
  { "ZeroPadding3D", zero_padding, 3 },
  { "Cropping1D", cropping, 1 },
  { "Cropping2D", cropping, 2 },
  { "Cropping3D", cropping, 3 },
  { "UpSampling1D", up_sampling, 1 },
  { "UpSampling2D", up_sampling, 2 },
  { "UpSampling3D", up_sampling, 3 },
  { NULL },
};
