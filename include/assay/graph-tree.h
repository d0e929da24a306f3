/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A function's operations as a tree of groups, by the modules and layers they were made in: what a picture of the function opens and
 * closes. Constants and variables that only feed operations are no items: they belong to the operation that takes them. */

#pragma once

#include <assay/function.h>

G_BEGIN_DECLS

/**
 * ASSAY_GRAPH_NONE:
 *
 * No item, no box.
 */
#define ASSAY_GRAPH_NONE G_MAXUINT32

/**
 * AssayGraphItemKind:
 * @ASSAY_GRAPH_GROUP: a group of items
 * @ASSAY_GRAPH_OPERATION: an operation
 * @ASSAY_GRAPH_INPUT: an argument of the function
 * @ASSAY_GRAPH_RESULT: a result of the function
 * @ASSAY_GRAPH_FUNCTION: a function that an operation calls; only in a #AssayGraphScene
 *
 * What an item is.
 */
typedef enum
{
  ASSAY_GRAPH_GROUP,
  ASSAY_GRAPH_OPERATION,
  ASSAY_GRAPH_INPUT,
  ASSAY_GRAPH_RESULT,
  ASSAY_GRAPH_FUNCTION,
} AssayGraphItemKind;

/**
 * AssayGraphHue:
 * @ASSAY_GRAPH_HUE_PLAIN: none of the others
 * @ASSAY_GRAPH_HUE_SHAPE: moves and measures: Reshape, Concat, Shape
 * @ASSAY_GRAPH_HUE_MATH: element by element: Add, Mul
 * @ASSAY_GRAPH_HUE_REDUCTION: Mean, Sum, ArgMax
 * @ASSAY_GRAPH_HUE_ACTIVATION: Relu, Softmax
 * @ASSAY_GRAPH_HUE_POOLING: MaxPool
 * @ASSAY_GRAPH_HUE_NORMALIZATION: FusedBatchNorm
 * @ASSAY_GRAPH_HUE_CONTROL: While, If, calls
 * @ASSAY_GRAPH_HUE_PRODUCT: MatMul, Conv2D, Gather of an embedding
 *
 * Kinds of operations, that have a colour each; of a layer's operations the last in this order gives it its colour.
 */
typedef enum
{
  ASSAY_GRAPH_HUE_PLAIN,
  ASSAY_GRAPH_HUE_SHAPE,
  ASSAY_GRAPH_HUE_MATH,
  ASSAY_GRAPH_HUE_REDUCTION,
  ASSAY_GRAPH_HUE_ACTIVATION,
  ASSAY_GRAPH_HUE_POOLING,
  ASSAY_GRAPH_HUE_NORMALIZATION,
  ASSAY_GRAPH_HUE_CONTROL,
  ASSAY_GRAPH_HUE_PRODUCT,
  ASSAY_GRAPH_N_HUES
} AssayGraphHue;

/**
 * AssayGraphItem:
 * @kind: what it is
 * @hue: its colour
 * @name: what it is called where it is: the last part of @path, or several if there was nothing else in a group
 * @path: a group's whole scope, an operation's whole name
 * @parent: the group it is in; %ASSAY_GRAPH_NONE for the root
 * @operation: the operation or argument; number of the result; of a group its first operation
 * @n_operations: how many operations are in it, itself included
 * @n_children: how many items are directly in it; they come after it
 *
 * An item. Items come in an order in which each is before those that are in it.
 */
typedef struct
{
  AssayGraphItemKind kind;
  AssayGraphHue      hue;
  const char        *name, *path;
  guint32            parent, operation, n_operations, n_children;
} AssayGraphItem;

/**
 * AssayGraphTree:
 *
 * The tree. Immutable, so any thread may use it.
 */
typedef struct _AssayGraphTree AssayGraphTree;

/**
 * assay_graph_tree_new:
 * @function: a function
 *
 * Makes the tree. No group has more than a few hundred children: of more, each few hundred in the order of running become a group.
 * Takes about half a second for a million operations; call it in a worker.
 *
 * Returns: (transfer full): the tree
 */
AssayGraphTree *assay_graph_tree_new (AssayFunction *function);

/**
 * assay_graph_tree_ref:
 *
 * Returns: (transfer full): @self
 */
AssayGraphTree *assay_graph_tree_ref (AssayGraphTree *self);

/**
 * assay_graph_tree_unref:
 *
 * Gives up a reference.
 */
void assay_graph_tree_unref (AssayGraphTree *self);

/**
 * assay_graph_tree_get_function:
 *
 * Returns: (transfer none): the function
 */
AssayFunction *assay_graph_tree_get_function (AssayGraphTree *self);

/**
 * assay_graph_tree_get_n_items:
 *
 * Returns: how many items there are, the root included
 */
guint32 assay_graph_tree_get_n_items (AssayGraphTree *self);

/**
 * assay_graph_tree_get_item:
 *
 * Returns: (transfer none): an item; 0 is the root, a group
 */
const AssayGraphItem *assay_graph_tree_get_item (AssayGraphTree *self, guint32 item);

/**
 * assay_graph_tree_find_operation:
 * @operation: an operation of the function
 *
 * Returns: its item, or %ASSAY_GRAPH_NONE if it is folded into those that take it
 */
guint32 assay_graph_tree_find_operation (AssayGraphTree *self, guint32 operation);

/**
 * assay_graph_tree_find_origin:
 * @operation: an operation that is folded
 *
 * Returns: the constant, argument or capture that it comes from
 */
guint32 assay_graph_tree_find_origin (AssayGraphTree *self, guint32 operation);

/**
 * assay_graph_tree_get_prefix:
 *
 * Returns: (transfer none): the scope that all operations are in, as in "digits"; it is no item; "" if there is none
 */
const char *assay_graph_tree_get_prefix (AssayGraphTree *self);

/**
 * assay_graph_tree_is_guessed:
 *
 * Returns: whether the function has no scopes, so that its groups are those of the variables that operations read
 */
gboolean assay_graph_tree_is_guessed (AssayGraphTree *self);

/**
 * assay_graph_hue_of:
 * @op: TensorFlow's name of an operation
 *
 * Returns: its kind
 */
AssayGraphHue assay_graph_hue_of (const char *op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayGraphTree, assay_graph_tree_unref)

G_END_DECLS
