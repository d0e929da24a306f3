/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations that are several of ours. */

#include <string.h>

#include "saved-model-private.h"

typedef struct
{
  AssayFunctionBuilder *builder;
  const char           *name;
  GArray               *controls;
} Place;

static gint64
add (Place *place, const char *op, const char *what, AssayAttrs *attrs, guint n, const AssayOutputRef *inputs, GError **error)
{
  g_autofree char *name = g_strconcat (place->name, what, NULL);
  gint64           index = assay_function_builder_add (place->builder, assay_op_lookup (op), name, attrs, n, inputs, place->controls->len,
                                                       (const guint32 *) place->controls->data, error);

  if (index < 0)
    g_prefix_error (error, "%s: ", name);
  return index;
}

static gboolean
cast (Place *place, const char *what, AssayDtype dtype, AssayOutputRef *ref, GError **error)
{
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  gint64 index;

  assay_attrs_set_dtype (attrs, "DstT", dtype);
  index = add (place, "Cast", what, attrs, 1, ref, error);
  *ref = (AssayOutputRef){ MAX (index, 0), 0 };
  return index >= 0;
}

/* A product of 8-bit integers, of quantised layers: doubles hold every sum exactly. */
static gint64
multiply_integers (Place *place, AssayAttrs *attrs, const AssayOutputRef *inputs, GError **error)
{
  AssayOutputRef refs[] = { inputs[0], inputs[1] };
  AssayDtype     dtype = assay_attrs_get_dtype (attrs, "Tout", ASSAY_DTYPE_INT32);
  g_autoptr (AssayAttrs) turned = assay_attrs_new ();
  gint64 index;

  if (!cast (place, "/x", ASSAY_DTYPE_FLOAT64, &refs[0], error) || !cast (place, "/y", ASSAY_DTYPE_FLOAT64, &refs[1], error))
    return -1;
  assay_attrs_set_bool (turned, "adj_x", assay_attrs_get_int (attrs, "adj_x", FALSE));
  assay_attrs_set_bool (turned, "adj_y", assay_attrs_get_int (attrs, "adj_y", FALSE));
  index = add (place, "BatchMatMulV2", "/product", turned, 2, refs, error);
  refs[0] = (AssayOutputRef){ MAX (index, 0), 0 };
  return index >= 0 && cast (place, "", dtype, &refs[0], error) ? (gint64) refs[0].operation : -1;
}

gboolean
assay_program_is_rewritten (const char *op, AssayAttrs *attrs)
{
  return strcmp (op, "BatchMatMulV3") == 0 && assay_attrs_get_dtype (attrs, "Ta", ASSAY_DTYPE_FLOAT32) == ASSAY_DTYPE_INT8 &&
         assay_attrs_get_dtype (attrs, "Tb", ASSAY_DTYPE_FLOAT32) == ASSAY_DTYPE_INT8;
}

gint64
assay_program_rewrite (AssayFunctionBuilder *builder, const char *name, AssayAttrs *attrs, GArray *inputs, GArray *controls, GError **error)
{
  Place place = { builder, name, controls };

  if (inputs->len != 2)
    return assay_program_damaged ("a product has another number of inputs", error) - 1;
  return multiply_integers (&place, attrs, (const AssayOutputRef *) inputs->data, error);
}
