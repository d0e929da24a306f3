/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nested lists of numbers, as Python writes them. */

#pragma once

#include <assay/operations.h>

G_BEGIN_DECLS

/**
 * assay_literal:
 * @text: numbers in nested lists, as in "[[2.0, 2.0, 2.0]]"; a bare number is a scalar
 * @error: return location for an error
 *
 * Makes a tensor of float32 of what was typed. Fails with `ASSAY_ERROR_SYNTAX`, saying where.
 *
 * Returns: (transfer none) (nullable): the value, owned by the pool
 */
AssayValue *assay_literal (const char *text, GError **error);

G_END_DECLS
