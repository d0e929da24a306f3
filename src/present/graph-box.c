/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is written in the boxes of a graph. */

#include "graph-scene-private.h"

#include <assay/array-text.h>
#include <assay/shape.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* So many variables and constants are listed in a box; more are counted. */
#define MAX_ROWS 5

/* A group of more operations is no layer, and has no colour of its own. */
#define MAX_LAYER 40

/* A constant is written out if that is no longer. */
#define MAX_VALUE_TEXT 22

char *
assay_graph_shape_text (const AssayPartialShape *shape)
{
  GString *text = g_string_new (NULL);

  if (shape->rank == 0)
    g_string_append (text, _ ("scalar"));
  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      g_string_append (text, i ? " × ?" : "?");
    else
      g_string_append_printf (text, i ? " × %" PRId64 : "%" PRId64, shape->dims[i]);
  return g_string_free (text, FALSE);
}

char *
assay_graph_argument_name (const AssayOperation *operation, guint input)
{
  g_auto (GStrv) words = g_strsplit (operation->op->inputs ? operation->op->inputs : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint n = 1;
      int   at;

      words[i][strcspn (words[i], "*")] = '\0';
      at = assay_op_find (operation->op->inputs, operation->attrs, words[i], &n);
      if (at >= 0 && input >= (guint) at && input < at + n)
        return n > 1 ? g_strdup_printf ("%s[%u]", words[i], input - at) : g_strdup (words[i]);
    }
  return g_strdup_printf ("%u", input);
}

/* The value of a small constant, else its shape. */
static char *
constant_text (AssayTensor *tensor)
{
  g_autofree char *text = NULL;

  if (tensor == NULL)
    return g_strdup ("");
  if (assay_tensor_get_n_elements (tensor) <= 8 && assay_dtype_is_numeric (assay_tensor_get_dtype (tensor)))
    text = assay_tensor_to_text (tensor, ASSAY_ARRAY_STR);
  if (text != NULL && strlen (text) <= MAX_VALUE_TEXT && strchr (text, '\n') == NULL)
    return g_steal_pointer (&text);
  return assay_shape_to_string (assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor));
}

/* The last parts of a path: one, or two if the last is but a number. */
static const char *
tail_of (const char *path, gboolean two)
{
  const char *slash = strrchr (path, '/'), *before;

  if (slash == NULL || slash[1] == '\0')
    return path;
  if (!two && !g_ascii_isdigit (slash[1]))
    return slash + 1;
  before = g_strrstr_len (path, slash - path, "/");
  return before ? before + 1 : path;
}

static void
add_row (AssayGraphBox *box, const char *name, char *value, const char *variable)
{
  AssayGraphRow row = { g_strdup (name), value, g_strdup (variable) };

  g_array_append_val (box->rows, row);
}

static gboolean
has_variable (const AssayGraphBox *box, const char *name)
{
  for (guint i = 0; i < box->rows->len; i++)
    if (g_strcmp0 (g_array_index (box->rows, AssayGraphRow, i).variable, name) == 0)
      return TRUE;
  return FALSE;
}

/* A capture: a variable's handle, or a large constant. */
static void
add_capture (AssayGraphBox *box, AssayFunction *function, guint32 argument)
{
  const char    *name = assay_function_get_operation (function, argument)->name;
  guint          first = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);
  AssayValue    *value = argument >= first ? assay_function_get_capture (function, argument - first) : NULL;
  AssayResource *resource = value ? assay_value_get_resource (value) : NULL;

  if (resource != NULL)
    name = assay_resource_get_name (resource);
  if (has_variable (box, name))
    return;
  if (resource != NULL)
    add_row (box, tail_of (name, FALSE), assay_graph_shape_text (assay_resource_get_shape (resource)), name);
  else
    add_row (box, tail_of (name, FALSE), value ? assay_graph_shape_text (assay_value_get_shape (value)) : g_strdup (""), name);
}

static void
fill_row (AssayGraphBox *box, AssayGraphTree *tree, const AssayOperation *operation, guint input)
{
  AssayFunction        *function = assay_graph_tree_get_function (tree);
  guint32               origin = assay_graph_tree_find_origin (tree, operation->inputs[input].operation);
  const AssayOperation *from = origin == ASSAY_GRAPH_NONE ? NULL : assay_function_get_operation (function, origin);
  g_autofree char      *name = NULL;

  if (from == NULL)
    return;
  if (origin < assay_function_get_n_arguments (function))
    add_capture (box, function, origin);
  else if (box->kind == ASSAY_GRAPH_OPERATION)
    {
      name = assay_graph_argument_name (operation, input);
      add_row (box, name, constant_text (assay_attrs_get_tensor (from->attrs, "value")), NULL);
    }
}

void
assay_graph_scene_fill_rows (AssayGraphScene *self, guint32 number)
{
  const AssayGraphShown *shown = &g_array_index (self->shown, AssayGraphShown, number);
  AssayFunction         *function = assay_graph_tree_get_function (shown->tree);

  for (guint32 i = 0; i < assay_function_get_n_operations (function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);
      guint32               item = assay_graph_tree_find_operation (shown->tree, i);
      AssayGraphBox        *box = item == ASSAY_GRAPH_NONE ? NULL : assay_graph_scene_box (self, shown->box_of[item]);

      for (guint k = 0; box != NULL && k < operation->n_inputs && box->rows->len < 1000; k++)
        fill_row (box, shown->tree, operation, k);
    }
}

/* Too many rows become one that counts them. */
static void
count_rows (AssayGraphBox *box)
{
  guint n = box->rows->len, n_variables = 0;

  for (guint i = 0; i < n; i++)
    n_variables += g_array_index (box->rows, AssayGraphRow, i).variable != NULL;
  if (n <= MAX_ROWS)
    return;
  if (box->kind == ASSAY_GRAPH_OPERATION)
    {
      g_array_set_size (box->rows, MAX_ROWS - 1);
      add_row (box, "…", g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more", "%u more", n - MAX_ROWS + 1), n - MAX_ROWS + 1), NULL);
      return;
    }
  g_array_set_size (box->rows, 0);
  if (n_variables >= 1000)
    add_row (box, _ ("1,000 variables or more"), g_strdup (""), NULL);
  else
    {
      g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u variable", "%u variables", n_variables), n_variables);

      add_row (box, text, g_strdup (""), NULL);
    }
}

/* The variables of a group that is no layer are told with the layer they belong to. */
static void
widen_names (AssayGraphBox *box)
{
  const char *first = box->rows->len > 1 ? g_array_index (box->rows, AssayGraphRow, 0).variable : NULL, *slash = first ? strrchr (first, '/') : NULL;
  gsize       n = slash ? slash - first + 1 : 0;
  gboolean    all_same = n > 0;

  for (guint i = 1; all_same && i < box->rows->len; i++)
    all_same = strncmp (g_array_index (box->rows, AssayGraphRow, i).variable, first, n) == 0 &&
               strchr (g_array_index (box->rows, AssayGraphRow, i).variable + n, '/') == NULL;
  for (guint i = 0; first != NULL && !all_same && i < box->rows->len; i++)
    {
      AssayGraphRow *row = &g_array_index (box->rows, AssayGraphRow, i);

      g_free (row->name);
      row->name = g_strdup (tail_of (row->variable, TRUE));
    }
}

/* The class of the module that a scope is of, if the file says. */
static const char *
find_class (const AssayGraphOptions *options, AssayGraphTree *tree, const char *path)
{
  const char *prefix = assay_graph_tree_get_prefix (tree), *found;
  gsize       n = strlen (prefix);

  if (options->classes == NULL)
    return NULL;
  found = g_hash_table_lookup (options->classes, path);
  if (found == NULL && n > 0 && strncmp (path, prefix, n) == 0 && path[n] == '/')
    found = g_hash_table_lookup (options->classes, path + n + 1);
  return found;
}

void
assay_graph_box_fill (AssayGraphScene *self, guint32 number, const AssayGraphOptions *options)
{
  AssayGraphBox        *box = assay_graph_scene_box (self, number);
  AssayGraphTree       *tree = g_array_index (self->shown, AssayGraphShown, box->tree).tree;
  const AssayGraphItem *item = assay_graph_tree_get_item (tree, box->item);
  const char           *name = item->name;

  if (box->kind == ASSAY_GRAPH_FUNCTION)
    return;
  box->hue = item->kind == ASSAY_GRAPH_GROUP && item->n_operations > MAX_LAYER ? ASSAY_GRAPH_HUE_PLAIN : item->hue;
  if (item->kind == ASSAY_GRAPH_OPERATION)
    {
      box->title = g_strdup (assay_function_get_operation (assay_graph_tree_get_function (tree), item->operation)->op->name);
      box->subtitle = g_str_equal (name, box->title) ? NULL : g_strdup (name);
    }
  else
    {
      box->title = g_strdup (name);
      box->subtitle = item->kind == ASSAY_GRAPH_GROUP ? g_strdup (find_class (options, tree, item->path)) : NULL;
    }
  if (item->kind == ASSAY_GRAPH_GROUP && !box->is_open)
    {
      box->note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u operation", "%u operations", item->n_operations), item->n_operations);
      widen_names (box);
    }
  count_rows (box);
}
