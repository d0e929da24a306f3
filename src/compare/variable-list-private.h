/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comparing asks of a list of variables. */

#pragma once

#include <assay/comparison.h>

G_BEGIN_DECLS

/**
 * variable_list_is_empty:
 *
 * Returns: whether a variable has no value at all, as HDF5's null dataspace
 */
gboolean variable_list_is_empty (AssayVariableList *self, guint32 index);

/**
 * variable_list_get_n_elements:
 *
 * Returns: a variable's elements
 */
guint64 variable_list_get_n_elements (AssayVariableList *self, guint32 index);

/**
 * variable_list_shares:
 *
 * Returns: whether two variables are the same one, with the same values
 */
gboolean variable_list_shares (AssayVariableList *self, guint32 index, AssayVariableList *other, guint32 other_index);

G_END_DECLS
