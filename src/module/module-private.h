/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of this layer share. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

/* The keys of a dict in the order of their code points. (transfer full) (element-type guint): indices */
GArray *assay_item_sorted (AssayItem *dict);

G_END_DECLS
