/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Searching the tree: words of names, dtype:…, shape:[…], and health. */

#pragma once

#include <assay/document.h>

G_BEGIN_DECLS

/**
 * assay_node_search:
 * @document: a model
 * @query: words, all of which must match: "dtype:float16", "shape:[*,64]", "nan", "inf", "zero", "constant", "edited", or
 *   a part of the path, capitals ignored
 *
 * Looks through names and facts; reads no values.
 *
 * Returns: (transfer full): a list of #AssayNode, in the file's order
 */
GListModel *assay_node_search (AssayDocument *document, const char *query);

G_END_DECLS
