/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Health marks in words. */

#pragma once

#include <assay/node.h>

G_BEGIN_DECLS

/**
 * assay_health_dup_text:
 * @node: a module or variable
 *
 * Returns: (transfer full) (nullable): "2 NaN, 1 Inf", "all zero", or %NULL if it is fine
 */
char *assay_health_dup_text (AssayNode *node);

G_END_DECLS
