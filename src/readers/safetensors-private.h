/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the reader of sharded sets needs of the reader of single files. */

#pragma once

#include "reader-private.h"

G_BEGIN_DECLS

/**
 * AssaySafetensorsFilter:
 * @name: a tensor's name
 *
 * Returns: whether the tensor belongs to the model
 */
typedef gboolean (*AssaySafetensorsFilter) (const char *name, gpointer user_data);

/**
 * assay_safetensors_walk:
 * @file: one file
 * @add_metadata: whether its metadata are the model's
 * @filter: (nullable): which tensors to add
 * @error: return location for an error
 *
 * Checks a file's header and adds its tensors.
 *
 * Returns: whether the header is sound
 */
gboolean assay_safetensors_walk (AssayReaderContext    *context,
                                 const AssayReaderFile *file,
                                 gboolean               add_metadata,
                                 AssaySafetensorsFilter filter,
                                 gpointer               user_data,
                                 GError               **error);

G_END_DECLS
