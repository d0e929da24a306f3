/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables of ops, one a family, each ended by an entry without a name; and the shape rules that several share. */

#pragma once

#include <assay/op.h>

G_BEGIN_DECLS

extern const AssayOp assay_ops_array[];
extern const AssayOp assay_ops_control[];
extern const AssayOp assay_ops_image[];
extern const AssayOp assay_ops_gather[];
extern const AssayOp assay_ops_join[];
extern const AssayOp assay_ops_list[];
extern const AssayOp assay_ops_math[];
extern const AssayOp assay_ops_matrix[];
extern const AssayOp assay_ops_nn[];
extern const AssayOp assay_ops_recurrent[];
extern const AssayOp assay_ops_random[];
extern const AssayOp assay_ops_reduce[];

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

/* The same one by one: what is known of a scalar or vector of integers. FALSE if not even their number is known. */
gboolean assay_rule_ints (AssayInference *inference, guint input, AssayKnownInts *ints);

/* One known integer that an input holds; FALSE if it isn't known. */
gboolean assay_rule_int (AssayInference *inference, guint input, gint64 *value);

/* A shape that an input holds; unknown where it isn't known. FALSE with an error if a dimension is negative. */
gboolean assay_rule_shape (AssayInference *inference, guint input, AssayPartialShape *shape, GError **error);

/* As tensorflow's common_shape_fns: "Shape must be rank 2 but is rank 1". */
gboolean assay_rule_need_rank (AssayInference *inference, guint input, int rank, GError **error);

/* Refuses inputs of another dtype than the first of them. */
gboolean assay_rule_same_dtypes (AssayInference *inference, guint first, guint n, GError **error);

/* Integers that an operation gives, if they can be known before it runs. */
gboolean assay_fold (const AssayInference *inference, guint output, AssayKnownInts *ints);

/* What a constant says, if it is a small scalar or vector of integers. */
gboolean assay_fold_tensor (const AssayTensor *tensor, AssayKnownInts *ints);

G_END_DECLS
