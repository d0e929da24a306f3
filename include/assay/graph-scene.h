/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a picture of a function shows while some of its groups are open: boxes, what flows between them, and where all that is. */

#pragma once

#include <assay/graph-tree.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AssayGraphRow:
 * @name: what it is: "kernel"
 * @value: a shape or a value: "3 × 3 × 1 × 8"
 * @variable: (nullable): the name of the variable, as the function has it
 *
 * What is written in a box of what belongs to it.
 */
typedef struct
{
  char *name, *value, *variable;
} AssayGraphRow;

/**
 * AssayGraphBox:
 * @key: names it, whatever else is open
 * @kind: what it is
 * @hue: its colour
 * @is_open: what is in it is shown; then it is a frame
 * @can_open: there is something in it
 * @title: its first line
 * @subtitle: (nullable): its second line
 * @note: (nullable): a quiet last line
 * @rows: (element-type AssayGraphRow): variables and constants
 * @frame: the open box it is in, or %ASSAY_GRAPH_NONE
 * @tree: which of the scene's trees it belongs to
 * @item: its item there; of a function its root
 * @x: its left edge in pixels
 * @y: its upper edge
 * @width: its width
 * @height: its height
 *
 * A box. Those in a frame come after it.
 */
typedef struct
{
  char              *key;
  AssayGraphItemKind kind;
  AssayGraphHue      hue;
  gboolean           is_open, can_open;
  char              *title, *subtitle, *note;
  GArray            *rows;
  guint32            frame, tree, item;
  double             x, y, width, height;
} AssayGraphBox;

/**
 * AssayGraphFlow:
 * @from: a box that isn't open, or a frame of another tree
 * @to: another
 * @tree: the tree whose values flow
 * @values: (element-type AssayOutputRef): which they are; none if @to only has to wait for @from
 *
 * What flows from one box to another.
 */
typedef struct
{
  guint32 from, to, tree;
  GArray *values;
} AssayGraphFlow;

/**
 * AssayGraphLine:
 * @flow: number of the flow it is a part of; others may share it
 * @from: the box in which its values are made
 * @to: the box it ends at, or the frame it goes into
 * @is_back: it goes up
 * @is_direct: it goes straight through whatever is there
 * @is_control: nothing flows
 * @has_head: it ends at a box, so it has an arrow's head
 * @label: (nullable): a shape, or how many values
 * @label_x: the middle of the label; NAN if there is no room
 * @label_y: the same
 * @first_point: its first point
 * @n_points: how many points it has; two with the same x are joined by a line, others by a curve that begins and ends vertically
 *
 * A line: a flow, or of one that goes through frames a piece.
 */
typedef struct
{
  guint32  flow, from, to;
  gboolean is_back, is_direct, is_control, has_head;
  char    *label;
  double   label_x, label_y;
  guint    first_point, n_points;
} AssayGraphLine;

/**
 * AssayGraphPoint:
 * @x: x
 * @y: y
 *
 * A point of a line.
 */
typedef struct
{
  double x, y;
} AssayGraphPoint;

/**
 * AssayGraphMeasure:
 * @box: a box with its texts; gets its width and height. Of a frame, the least width that its title needs
 * @data: user data
 *
 * Says how large a box is.
 */
typedef void (*AssayGraphMeasure) (AssayGraphBox *box, gpointer data);

/**
 * AssayGraphOptions:
 * @library: (nullable): where the functions are that operations call
 * @classes: (nullable) (element-type utf8 utf8): path of a module → its class
 * @open: (nullable) (element-type utf8): keys of boxes that are open
 * @trees: (element-type AssayFunction AssayGraphTree): trees that were made before; those that are made are added
 * @measure: says how large boxes are
 * @measure_data: for @measure
 * @label_width: about how wide a letter of a label is
 *
 * What a scene is made from.
 */
typedef struct
{
  AssayLibrary     *library;
  GHashTable       *classes, *open, *trees;
  AssayGraphMeasure measure;
  gpointer          measure_data;
  double            label_width;
} AssayGraphOptions;

/**
 * ASSAY_GRAPH_MAX_BOXES:
 *
 * A scene has not many more boxes: groups that would exceed them stay closed.
 */
#define ASSAY_GRAPH_MAX_BOXES 3000

/**
 * AssayGraphScene:
 *
 * The scene. Immutable, so any thread may use it.
 */
typedef struct _AssayGraphScene AssayGraphScene;

/**
 * assay_graph_scene_new:
 * @function: what is drawn
 * @options: how
 * @cancellable: (nullable): asked between steps
 * @error: return location for an error
 *
 * Makes boxes and lines and says where they are. Takes a few milliseconds a hundred boxes; call it in a worker.
 *
 * Returns: (transfer full): the scene; %NULL if it was cancelled
 */
AssayGraphScene *assay_graph_scene_new (AssayFunction *function, const AssayGraphOptions *options, GCancellable *cancellable, GError **error);

/**
 * assay_graph_scene_ref:
 *
 * Returns: (transfer full): @self
 */
AssayGraphScene *assay_graph_scene_ref (AssayGraphScene *self);

/**
 * assay_graph_scene_unref:
 *
 * Gives up a reference.
 */
void assay_graph_scene_unref (AssayGraphScene *self);

/**
 * assay_graph_scene_get_boxes:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): the boxes
 */
const AssayGraphBox *assay_graph_scene_get_boxes (AssayGraphScene *self, guint *n);

/**
 * assay_graph_scene_get_flows:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): what flows
 */
const AssayGraphFlow *assay_graph_scene_get_flows (AssayGraphScene *self, guint *n);

/**
 * assay_graph_scene_get_lines:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): the lines
 */
const AssayGraphLine *assay_graph_scene_get_lines (AssayGraphScene *self, guint *n);

/**
 * assay_graph_scene_get_points:
 *
 * Returns: (transfer none): the points of all lines
 */
const AssayGraphPoint *assay_graph_scene_get_points (AssayGraphScene *self);

/**
 * assay_graph_scene_get_size:
 * @width: (out): its width
 * @height: (out): its height
 *
 * Says how large all of it is.
 */
void assay_graph_scene_get_size (AssayGraphScene *self, double *width, double *height);

/**
 * assay_graph_scene_get_tree:
 * @tree: number of a tree; 0 is the function's that is drawn
 *
 * Returns: (transfer none): the tree
 */
AssayGraphTree *assay_graph_scene_get_tree (AssayGraphScene *self, guint32 tree);

/**
 * assay_graph_scene_get_n_left_closed:
 *
 * Returns: how many groups should be open but are closed, because there would be more than %ASSAY_GRAPH_MAX_BOXES
 */
guint assay_graph_scene_get_n_left_closed (AssayGraphScene *self);

/**
 * assay_graph_scene_find_key:
 * @key: a box's key
 *
 * Returns: the box, or %ASSAY_GRAPH_NONE
 */
guint32 assay_graph_scene_find_key (AssayGraphScene *self, const char *key);

/**
 * assay_graph_scene_find_operation:
 * @operation: an operation of the function that is drawn
 *
 * Returns: the box that shows it, or in which it is; %ASSAY_GRAPH_NONE if it is folded
 */
guint32 assay_graph_scene_find_operation (AssayGraphScene *self, guint32 operation);

/**
 * assay_graph_scene_find_at:
 * @x: a point
 * @y: the same
 *
 * Returns: the innermost box there, or %ASSAY_GRAPH_NONE
 */
guint32 assay_graph_scene_find_at (AssayGraphScene *self, double x, double y);

/**
 * assay_graph_scene_find_value:
 * @box: a box
 * @ref: (out): a value of the function that is drawn
 *
 * Finds what a box gives: an operation's first output, of a group the last value that leaves it.
 *
 * Returns: whether it gives anything, and is in the function that is drawn rather than in one that is called
 */
gboolean assay_graph_scene_find_value (AssayGraphScene *self, guint32 box, AssayOutputRef *ref);

/**
 * assay_graph_tree_find_value:
 * @item: an item
 * @ref: (out): a value of the function
 *
 * Finds what an item gives, as assay_graph_scene_find_value().
 *
 * Returns: whether it gives anything
 */
gboolean assay_graph_tree_find_value (AssayGraphTree *self, guint32 item, AssayOutputRef *ref);

/**
 * assay_graph_shape_text:
 * @shape: a shape
 *
 * Returns: (transfer full): the shape as it is shown: "? × 8 × 8 × 16", "scalar"; "" if not even its rank is known
 */
char *assay_graph_shape_text (const AssayPartialShape *shape);

/**
 * assay_graph_argument_name:
 * @operation: an operation
 * @input: one of its inputs
 *
 * Returns: (transfer full): what TensorFlow calls it, as in "filter"
 */
char *assay_graph_argument_name (const AssayOperation *operation, guint input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayGraphScene, assay_graph_scene_unref)

G_END_DECLS
