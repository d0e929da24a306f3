/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables of ops, one a family, each ended by an entry without a name; and the shape rules that several share. */

#pragma once

#include <assay/op.h>

G_BEGIN_DECLS

extern const AssayOp assay_ops_array[];
extern const AssayOp assay_ops_control[];
extern const AssayOp assay_ops_image[];
extern const AssayOp assay_ops_math[];
extern const AssayOp assay_ops_nn[];

/* One output, of the first input's dtype (or attribute T's), of unknown shape. */
gboolean assay_rule_unknown (AssayInference *inference, GError **error);

/* Each output is like the input at its place (of one input: all are like it). */
gboolean assay_rule_same (AssayInference *inference, GError **error);

/* Two inputs of one dtype, broadcast; the output has that dtype. */
gboolean assay_rule_broadcast (AssayInference *inference, GError **error);

/* The same, but the output is bool. */
gboolean assay_rule_compare (AssayInference *inference, GError **error);

/* The input's shape, bool. */
gboolean assay_rule_predicate (AssayInference *inference, GError **error);

/* A reduction over the axes that the second input names; keep_dims. */
gboolean assay_rule_reduce (AssayInference *inference, GError **error);

/* An error in TensorFlow's words: "$text for '{{node …}} = …' with input shapes: …" while tracing. */
gboolean assay_rule_fail (AssayInference *inference, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Integers that an input holds, if they are known: at most @max of them. Returns how many, -1 if not known. */
int assay_rule_constant_ints (AssayInference *inference, guint input, gint64 *values, int max);

G_END_DECLS
