/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a search has found: a list of variables that become nodes when they are shown. */

#pragma once

#include <assay/document.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_FOUND_LIST (assay_found_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayFoundList, assay_found_list, ASSAY, FOUND_LIST, GObject)

/**
 * assay_found_list_new:
 * @document: the model
 * @variables: (transfer full): numbers (guint32) of variables of its manifest as it is now
 *
 * Returns: (transfer full): a list of #AssayNode; empty once the document has read its file again
 */
AssayFoundList *assay_found_list_new (AssayDocument *document, GArray *variables);

G_END_DECLS
