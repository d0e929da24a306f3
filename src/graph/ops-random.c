/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Random numbers. Sources: tensorflow/core/ops/{random,stateless_random}_ops.cc. */

#include "ops-private.h"

#include <string.h>

/* The first input is the shape, attribute dtype (or T) the dtype. */
static gboolean
rule_random (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
  return assay_rule_shape (inference, 0, &inference->outputs[0].shape, error);
}

/* The same; the dtype is that of the bounds, behind the seeds. */
static gboolean
rule_random_int (AssayInference *inference, GError **error)
{
  guint n = inference->n_inputs;

  inference->outputs[0].dtype = inference->inputs[n - 1].dtype;
  if (!assay_rule_same_dtypes (inference, n - 2, 2, error) || !assay_rule_need_rank (inference, n - 2, 0, error) ||
      !assay_rule_need_rank (inference, n - 1, 0, error))
    return FALSE;
  return assay_rule_shape (inference, 0, &inference->outputs[0].shape, error);
}

static gboolean
rule_key_counter (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_UINT64, assay_partial_shape_make (1, (gint64) 1) };
  inference->outputs[1] = (AssayValueSpec){ ASSAY_DTYPE_UINT64, assay_partial_shape_make (1, (gint64) 2) };
  if (inference->n_outputs > 2)
    inference->outputs[2] = (AssayValueSpec){ ASSAY_DTYPE_INT32, assay_partial_shape_make (0) };
  return TRUE;
}

static gboolean
rule_alg (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_INT32, assay_partial_shape_make (0) };
  return TRUE;
}

#define SEEDS "seed=0 seed2=0"

const AssayOp assay_ops_random[] = {
  { "RandomUniform", "shape", "output", SEEDS, rule_random, ASSAY_OP_STATEFUL },
  { "RandomStandardNormal", "shape", "output", SEEDS, rule_random, ASSAY_OP_STATEFUL },
  { "TruncatedNormal", "shape", "output", SEEDS, rule_random, ASSAY_OP_STATEFUL },
  { "RandomUniformInt", "shape minval maxval", "output", SEEDS, rule_random_int, ASSAY_OP_STATEFUL },
  { "StatelessRandomUniform", "shape seed", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessRandomNormal", "shape seed", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessTruncatedNormal", "shape seed", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessRandomUniformInt", "shape seed minval maxval", "output", NULL, rule_random_int, ASSAY_OP_PURE },
  { "StatelessRandomUniformFullInt", "shape seed", "output", "dtype=uint64", rule_random, ASSAY_OP_PURE },
  { "StatelessRandomUniformV2", "shape key counter alg", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessRandomNormalV2", "shape key counter alg", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessTruncatedNormalV2", "shape key counter alg", "output", "dtype=float32", rule_random, ASSAY_OP_PURE },
  { "StatelessRandomUniformIntV2", "shape key counter alg minval maxval", "output", NULL, rule_random_int, ASSAY_OP_PURE },
  { "StatelessRandomGetKeyCounter", "seed", "key counter", NULL, rule_key_counter, ASSAY_OP_PURE },
  { "StatelessRandomGetAlg", "", "alg", NULL, rule_alg, ASSAY_OP_PURE },
  { "StatelessRandomGetKeyCounterAlg", "seed", "key counter alg", NULL, rule_key_counter, ASSAY_OP_PURE },
  { NULL },
};
