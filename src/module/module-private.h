/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of this layer share. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

/* A text as Python's repr writes it, in single quotes where it can. (transfer full) */
char *assay_python_repr (const char *text);

/* The keys of a dict in the order of their code points. (transfer full) (element-type guint): indices */
GArray *assay_item_sorted (AssayItem *dict);

G_END_DECLS
