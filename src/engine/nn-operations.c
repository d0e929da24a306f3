/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/nn-operations.h>

AssayValue *
assay_bias_add (AssayValue *x, AssayValue *bias, GError **error)
{
  return assay_apply ("BiasAdd", NULL, error, x, bias);
}

/* @size: of a pooling window; 0 for convolutions, whose filter says it. */
static AssayAttrs *
make_windows (guint size, guint stride, AssayPadding padding)
{
  AssayAttrs *attrs = assay_attrs_new ();

  assay_attrs_set_ints (attrs, "strides", 4, (gint64[]){ 1, stride, stride, 1 });
  if (size > 0)
    assay_attrs_set_ints (attrs, "ksize", 4, (gint64[]){ 1, size, size, 1 });
  return assay_attrs_set_string (attrs, "padding", padding == ASSAY_PADDING_SAME ? "SAME" : "VALID");
}

AssayValue *
assay_conv_2d (AssayValue *x, AssayValue *filter, guint stride, AssayPadding padding, GError **error)
{
  return assay_apply ("Conv2D", make_windows (0, stride, padding), error, x, filter);
}

AssayValue *
assay_depthwise_conv_2d (AssayValue *x, AssayValue *filter, guint stride, AssayPadding padding, GError **error)
{
  return assay_apply ("DepthwiseConv2dNative", make_windows (0, stride, padding), error, x, filter);
}

AssayValue *
assay_max_pool_2d (AssayValue *x, guint size, guint stride, AssayPadding padding, GError **error)
{
  return assay_apply ("MaxPool", make_windows (size, stride, padding), error, x);
}

AssayValue *
assay_avg_pool_2d (AssayValue *x, guint size, guint stride, AssayPadding padding, GError **error)
{
  return assay_apply ("AvgPool", make_windows (size, stride, padding), error, x);
}

AssayValue *
assay_batch_norm (AssayValue *x,
                  AssayValue *scale,
                  AssayValue *offset,
                  AssayValue *mean,
                  AssayValue *variance,
                  double      epsilon,
                  GError    **error)
{
  AssayValue *inputs[] = { x, scale, offset, mean, variance }, *outputs[6] = { NULL };
  AssayAttrs *attrs = assay_attrs_set_bool (assay_attrs_new (), "is_training", FALSE);

  assay_attrs_set_float (attrs, "epsilon", epsilon);
  return assay_apply_many ("FusedBatchNormV3", attrs, 5, inputs, 6, outputs, error) > 0 ? outputs[0] : NULL;
}

AssayValue *
assay_einsum (const char *equation, AssayValue *a, AssayValue *b, GError **error)
{
  AssayValue *inputs[] = { a, b }, *output = NULL;
  AssayAttrs *attrs = assay_attrs_set_string (assay_attrs_set_int (assay_attrs_new (), "N", 2), "equation", equation);

  return assay_apply_many ("Einsum", attrs, 2, inputs, 1, &output, error) == 1 ? output : NULL;
}
