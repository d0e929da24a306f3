/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bare operators between layers: what `x * 2 + y` and keras.ops leave in a model, and TFOpLambda of Keras 2. */

#include "layers-private.h"

const AssayKerasClass assay_keras_operator_classes[] = {
  { NULL },
};
