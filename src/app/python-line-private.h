/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The line of Python that reads a variable. */

#pragma once

#include <assay/document.h>

G_BEGIN_DECLS

/**
 * assay_python_line:
 * @document: a model
 * @node: one of its variables
 *
 * Returns: (transfer full) (nullable): Python that reads the variable by the library the format is for, or %NULL
 */
char *assay_python_line (AssayDocument *document, AssayNode *node);

G_END_DECLS
