/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of layers that Keras prints. */

#pragma once

#include <assay/layer.h>

G_BEGIN_DECLS

/**
 * assay_layer_summary:
 * @model: a model written as a class: a layer with layers in it
 *
 * As Keras 2's Model.summary: layer and class, output shape ("multiple": a class may call its layers with any), parameters; 65 columns.
 *
 * Returns: (transfer full): the table, with a line feed behind its last line
 */
char *assay_layer_summary (AssayModule *model);

G_END_DECLS
