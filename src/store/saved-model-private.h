/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What saving and loading of saved models share. */

#pragma once

#include <assay/saved-model.h>

#include "../graph/json-private.h"
#include "object-graph-private.h"

G_BEGIN_DECLS

/**
 * assay_objects_to_json:
 * @graph: the object graph
 * @objects: the object of each node
 *
 * Returns: (transfer full): what each object is: its class and name, and all its attributes, plain ones too
 */
JsonNode *assay_objects_to_json (AssayObjectGraph *graph, GArray *objects);

/**
 * assay_objects_from_json:
 * @node: what assay_objects_to_json() wrote
 * @variables: (element-type AssayResource): of each node its variable, or %NULL
 * @error: return location for an error
 *
 * Makes the objects again; modules become user objects.
 *
 * Returns: (transfer full): the root
 */
AssayModule *assay_objects_from_json (JsonNode *node, GPtrArray *variables, GError **error);

/**
 * assay_objects_from_graph:
 * @graph: an object graph
 * @variables: (element-type AssayResource): of each node its variable, or %NULL
 *
 * Makes objects of which only the names are known that lead to them: user objects, and lists where the names are numbers.
 *
 * Returns: (transfer full): the root
 */
AssayModule *assay_objects_from_graph (AssayObjectGraph *graph, GPtrArray *variables);

/* It was loaded from a SavedModel of TensorFlow's, with functions or without. */
void assay_user_object_set_foreign (AssayUserObject *self, gboolean has_functions);

/* Gives a loaded root its functions; @literals are how its inputs were typed, or NULL. */
void assay_user_object_set_runnable (AssayUserObject *self, AssayRunnable *runnable, char **literals);

/* How the inputs of its signatures were typed; NULL if they weren't. */
char **assay_user_object_get_literals (AssayUserObject *self);

/**
 * assay_signatures_to_json:
 *
 * Returns: (transfer full): [{"name", "function", "literal"}]
 */
JsonNode *assay_signatures_to_json (AssayRunnable *runnable, char **literals);

/**
 * assay_runnable_from_json:
 * @json: {"functions": […], "signatures": […]}
 * @store: where captures and constants come from
 * @literals: (out) (optional): how the inputs were typed; g_strfreev()
 *
 * Returns: (transfer full): what can be called
 */
AssayRunnable *assay_runnable_from_json (const char *json, const AssayFunctionStore *store, char ***literals, GError **error);

G_END_DECLS
