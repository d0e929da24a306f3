/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The picture of a function without a window: which groups are open, and the scene that comes of it, made in a worker. */

#pragma once

#include <assay/graph-scene.h>
#include <assay/manifest.h>
#include <assay/runnable.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_GRAPH_VIEW (assay_graph_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayGraphView, assay_graph_view, ASSAY, GRAPH_VIEW, GObject)

/**
 * assay_graph_view_new:
 * @library: the functions that operations call
 * @function: what is drawn
 * @manifest: (nullable): the file, for the classes of its modules; complete
 *
 * Returns: (transfer full): a view; groups that hold groups are open as far as that gives few boxes
 */
AssayGraphView *assay_graph_view_new (AssayLibrary *library, AssayFunction *function, AssayManifest *manifest);

/**
 * assay_graph_view_get_function:
 *
 * Returns: (transfer none): what is drawn
 */
AssayFunction *assay_graph_view_get_function (AssayGraphView *self);

/**
 * assay_graph_view_set_open:
 * @key: a box's key
 * @open: whether it is open from the next scene on
 *
 * Opens or closes a group, a function, or an operation that calls functions.
 */
void assay_graph_view_set_open (AssayGraphView *self, const char *key, gboolean open);

/**
 * assay_graph_view_set_all_open:
 * @scene: a scene of it
 * @open: whether all that can be opened in it is open from the next scene on, or nothing at all
 *
 * Opens the next level of groups, or closes all.
 */
void assay_graph_view_set_all_open (AssayGraphView *self, AssayGraphScene *scene, gboolean open);

/**
 * assay_graph_view_reveal:
 * @tree: the tree of the function, as the scene has it
 * @operation: an operation
 *
 * Opens the groups that it is in.
 *
 * Returns: (transfer full): the key of its box in the next scene; %NULL if it has none
 */
char *assay_graph_view_reveal (AssayGraphView *self, AssayGraphTree *tree, guint32 operation);

/**
 * assay_graph_view_reveal_scope:
 * @tree: the tree of the function, as the scene has it
 * @path: the path of a module
 *
 * Opens the groups that the operations of a module are in.
 *
 * Returns: (transfer full): the key of the box of the module in the next scene; %NULL if it has none
 */
char *assay_graph_view_reveal_scope (AssayGraphView *self, AssayGraphTree *tree, const char *path);

/**
 * assay_graph_view_update_async:
 * @font: (nullable): the font of its texts, as for assay_graph_pen_new()
 * @cancellable: (nullable): to stop
 * @callback: called on the main thread
 *
 * Makes the scene in a worker.
 */
void assay_graph_view_update_async (AssayGraphView *self, const char *font, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_graph_view_update_finish:
 *
 * Returns: (transfer full): the scene; %NULL if it was cancelled
 */
AssayGraphScene *assay_graph_view_update_finish (AssayGraphView *self, GAsyncResult *result, GError **error);

/**
 * assay_graph_view_make:
 * @font: (nullable): the font of its texts
 * @levels: how many levels of groups are open besides; -1 for as many as the view has
 * @error: return location for an error
 *
 * Makes the scene here and now, for programs without windows. Blocks.
 *
 * Returns: (transfer full): the scene
 */
AssayGraphScene *assay_graph_view_make (AssayGraphView *self, const char *font, int levels, GError **error);

G_END_DECLS
