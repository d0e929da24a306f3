/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "comparison-tree-private.h"

#include <string.h>

/* A stranger's path may have as many parts as bytes; deeper ones stay one name. */
#define MAX_DEPTH 64

/* Adds a node, and returns its number. The texts are the tree's. */
static guint32
add_node (AssayComparisonTree *tree, GArray *nodes, const char *path, const char *name, guint32 parent, guint32 pair)
{
  guint32             depth = parent == G_MAXUINT32 || parent == 0 ? 0 : g_array_index (nodes, AssayComparisonNode, parent).depth + 1;
  AssayComparisonNode node = { .name = name, .path = path, .parent = parent, .pair = pair, .depth = depth };

  g_array_append_val (nodes, node);
  if (!g_hash_table_contains (tree->by_path, path))
    g_hash_table_insert (tree->by_path, (char *) path, GUINT_TO_POINTER (nodes->len - 1));
  return nodes->len - 1;
}

/* The module that a path stands in; those that are missing are made. */
static guint32
find_parent (AssayComparisonTree *tree, GArray *nodes, GHashTable *modules, char *path)
{
  guint32 parent = 0, depth = 0;

  for (char *slash = strchr (path, '/'); slash != NULL && depth < MAX_DEPTH; slash = strchr (slash + 1, '/'))
    {
      gpointer found;

      *slash = '\0';
      if (g_hash_table_lookup_extended (modules, path, NULL, &found))
        parent = GPOINTER_TO_UINT (found);
      else
        {
          const char *text = g_string_chunk_insert (tree->texts, path);
          const char *last = strrchr (text, '/');

          parent = add_node (tree, nodes, text, last ? last + 1 : text, parent, G_MAXUINT32);
          g_hash_table_insert (modules, (char *) text, GUINT_TO_POINTER (parent));
        }
      *slash = '/';
      depth++;
    }
  return parent;
}

/* Where the name begins: behind the module's path. */
static const char *
get_name (const char *path, const AssayComparisonNode *parent)
{
  gsize n = strlen (parent->path);

  return n > 0 ? path + n + 1 : path;
}

static void
add_pair (AssayComparisonTree *tree, GArray *nodes, GHashTable *modules, AssayComparison *comparison, guint32 index)
{
  AssayPair          pair;
  AssayVariableList *list;
  g_autofree char   *path = NULL;
  const char        *text;
  guint32            number, parent = 0;

  assay_comparison_get_pair (comparison, index, &pair);
  list = pair.a != G_MAXUINT32 ? assay_comparison_get_a (comparison) : assay_comparison_get_b (comparison);
  number = pair.a != G_MAXUINT32 ? pair.a : pair.b;
  path = assay_variable_list_dup_path (list, number);
  if (!assay_variable_list_is_flat (list))
    parent = find_parent (tree, nodes, modules, path);
  text = g_string_chunk_insert (tree->texts, path);
  add_node (tree, nodes, text, get_name (text, &g_array_index (nodes, AssayComparisonNode, parent)), parent, index);
}

/* Counting sort by parent, which keeps the order of the pairs. */
static void
list_children (AssayComparisonTree *tree)
{
  guint32 n = tree->n_nodes;

  tree->first_child = g_new0 (guint32, n + 2);
  tree->children = g_new (guint32, n);
  for (guint32 i = 1; i < n; i++)
    tree->first_child[tree->nodes[i].parent + 2]++;
  for (guint32 i = 2; i < n + 2; i++)
    tree->first_child[i] += tree->first_child[i - 1];
  for (guint32 i = 1; i < n; i++)
    tree->children[tree->first_child[tree->nodes[i].parent + 1]++] = i;
}

AssayComparisonTree *
assay_comparison_tree_new (AssayComparison *comparison)
{
  AssayComparisonTree *tree = g_new0 (AssayComparisonTree, 1);
  GArray              *nodes = g_array_new (FALSE, FALSE, sizeof (AssayComparisonNode));
  g_autoptr (GHashTable) modules = g_hash_table_new (g_str_hash, g_str_equal);

  tree->texts = g_string_chunk_new (1 << 16);
  tree->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  add_node (tree, nodes, "", "", G_MAXUINT32, G_MAXUINT32);
  for (guint32 i = 0; i < assay_comparison_get_n_pairs (comparison); i++)
    add_pair (tree, nodes, modules, comparison, i);
  tree->n_nodes = nodes->len;
  tree->nodes = (AssayComparisonNode *) (void *) g_array_free (nodes, FALSE);
  list_children (tree);
  return tree;
}

void
assay_comparison_tree_free (AssayComparisonTree *self)
{
  g_free (self->nodes);
  g_free (self->first_child);
  g_free (self->children);
  g_hash_table_unref (self->by_path);
  g_string_chunk_free (self->texts);
  g_free (self);
}
