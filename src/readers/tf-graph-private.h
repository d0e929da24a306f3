/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The object graph of a checkpoint: which object has which value, and by which path people know it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is between the parts of a path: no name has it. */
#define ASSAY_TF_SEPARATOR '\x1f'

typedef struct _AssayTfGraph AssayTfGraph;

/**
 * AssayTfPlace:
 * @path: (nullable): the names from the root down, joined by `ASSAY_TF_SEPARATOR`; %NULL if the object can't be reached
 * @full_name: what TensorFlow calls the variable, "" if it has no name
 * @flags: #AssayFlags
 */
typedef struct
{
  char       *path;
  const char *full_name;
  guint32     flags;
} AssayTfPlace;

/**
 * assay_tf_graph_parse:
 * @data: a serialized TrackableObjectGraph
 * @n: its length
 * @error: return location for an error
 *
 * Reads an object graph. Fails with `ASSAY_ERROR_FORMAT`.
 *
 * Returns: (transfer full): the graph, or %NULL with @error set
 */
AssayTfGraph *assay_tf_graph_parse (const guint8 *data, gsize n, GError **error);

/**
 * assay_tf_graph_free:
 *
 * Frees it.
 */
void assay_tf_graph_free (AssayTfGraph *self);

/**
 * assay_tf_graph_find:
 * @key: a key of the checkpoint
 * @place: (out caller-allocates): where its value stands
 *
 * Finds the object that has a value. The path goes through the model where it can, though keys often go through the optimizer
 * or through lists of variables; what only the optimizer has stands under "optimizer".
 *
 * Returns: whether an object claims the key; then free `path`
 */
gboolean assay_tf_graph_find (AssayTfGraph *self, const char *key, AssayTfPlace *place);

/**
 * assay_tf_graph_to_json:
 * @data: a serialized TrackableObjectGraph
 * @n: its length
 *
 * Returns: (transfer full) (nullable): it as JSON; %NULL if it is damaged
 */
char *assay_tf_graph_to_json (const guint8 *data, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayTfGraph, assay_tf_graph_free)

G_END_DECLS
