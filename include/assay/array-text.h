/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tensors as NumPy writes them. */

#pragma once

#include <assay/tensor.h>

G_BEGIN_DECLS

/**
 * AssayArrayStyle:
 * @ASSAY_ARRAY_STR: as str (array): items separated by spaces
 * @ASSAY_ARRAY_REPR: as repr (array): "array([1., 2.], dtype=float32)"
 */
typedef enum
{
  ASSAY_ARRAY_STR,
  ASSAY_ARRAY_REPR,
} AssayArrayStyle;

/**
 * assay_tensor_to_text:
 * @tensor: a tensor of numbers or booleans
 * @style: str or repr
 *
 * Writes a tensor as NumPy does with its default options: 8 digits at most, lines of 75 characters, more than 1,000 elements summarised.
 * A scalar is its value alone in either style. As numpy/_core/arrayprint.py, array2string.
 *
 * Returns: (transfer full): the text
 */
char *assay_tensor_to_text (AssayTensor *tensor, AssayArrayStyle style);

G_END_DECLS
