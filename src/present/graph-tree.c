/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/graph-tree.h>

#include <glib/gi18n-lib.h>
#include <string.h>

/* A group of more children is divided into groups of so many. */
#define MAX_CHILDREN 300
#define PART 200

/* Scopes are told apart to that depth; names come from strangers. */
#define MAX_DEPTH 24

struct _AssayGraphTree
{
  gatomicrefcount ref_count;
  AssayFunction  *function;
  GArray         *items;   /* AssayGraphItem */
  guint32        *item_of; /* per operation */
  guint32        *origin;  /* per operation: what a folded one comes from; else NONE */
  GStringChunk   *strings;
  char           *prefix;
  gboolean        is_guessed;
};

/* What is in a scope: numbers of operations, and of scopes with the highest bit set. */
#define IS_SCOPE 0x80000000u

typedef struct
{
  char    *path; /* "" for the outermost, else without a "/" at the end */
  guint    parent;
  gboolean is_placed; /* it is among the entries of its parent */
  GArray  *entries;
} Scope;

typedef struct
{
  AssayGraphTree *tree;
  GArray         *scopes;  /* Scope */
  GHashTable     *numbers; /* path → number + 1 */
} Making;

static void
scope_clear (gpointer data)
{
  g_free (((Scope *) data)->path);
  g_array_unref (((Scope *) data)->entries);
}

static gboolean
passes_on (const char *op)
{
  return g_str_equal (op, "Identity") || g_str_equal (op, "ReadVariableOp") || g_str_equal (op, "Cast") || g_str_equal (op, "Enter");
}

/* What @index comes from, if that is a constant or a variable, unchanged or cast. */
static guint32
find_origin (AssayGraphTree *self, guint32 index, guint n_arguments, guint n_inputs)
{
  const AssayOperation *operation = assay_function_get_operation (self->function, index);

  if (index < n_arguments)
    return index >= n_inputs || operation->outputs[0].dtype == ASSAY_DTYPE_RESOURCE ? index : ASSAY_GRAPH_NONE;
  if (operation->n_inputs == 0 && operation->n_controls == 0 && g_str_equal (operation->op->name, "Const"))
    return index;
  if (operation->n_inputs == 1 && operation->inputs[0].operation < index && passes_on (operation->op->name))
    return self->origin[operation->inputs[0].operation];
  return ASSAY_GRAPH_NONE;
}

/* A constant that is a result is drawn: nothing takes it. */
static void
unfold_results (AssayGraphTree *self)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (self->function, &n);

  for (guint i = 0; i < n; i++)
    self->origin[results[i].ref.operation] = ASSAY_GRAPH_NONE;
}

static void
fold (AssayGraphTree *self)
{
  guint n_arguments = assay_function_get_n_arguments (self->function), n = assay_function_get_n_operations (self->function);

  self->origin = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    self->origin[i] = find_origin (self, i, n_arguments, n_arguments - assay_function_get_n_captures (self->function));
  unfold_results (self);
}

/* The number of a scope, which is made with those around it if it isn't there yet. */
static guint
get_scope (Making *making, const char *path, gsize length, guint depth)
{
  g_autofree char *own = g_strndup (path, length);
  guint            known = GPOINTER_TO_UINT (g_hash_table_lookup (making->numbers, own)), parent;
  const char      *slash;
  Scope            scope;

  if (known > 0)
    return known - 1;
  slash = depth < MAX_DEPTH ? g_strrstr_len (path, length, "/") : NULL;
  parent = slash ? get_scope (making, path, slash - path, depth + 1) : 0;
  scope = (Scope){ g_steal_pointer (&own), parent, FALSE, g_array_new (FALSE, FALSE, sizeof (guint32)) };
  g_array_append_val (making->scopes, scope);
  g_hash_table_insert (making->numbers, scope.path, GUINT_TO_POINTER (making->scopes->len));
  return making->scopes->len - 1;
}

static guint
scope_of (Making *making, const AssayOperation *operation)
{
  const char *slash = strrchr (operation->name, '/');

  return slash != NULL && slash != operation->name ? get_scope (making, operation->name, slash - operation->name, 0) : 0;
}

static gboolean
is_drawn (Making *making, guint32 index)
{
  const char *op = assay_function_get_operation (making->tree->function, index)->op->name;

  return making->tree->origin[index] == ASSAY_GRAPH_NONE && !g_str_equal (op, "NoOp");
}

/* The scopes around an operation get their places where their first operation is. */
static void
place_operation (Making *making, guint32 index, guint number)
{
  Scope *scope = &g_array_index (making->scopes, Scope, number);

  g_array_append_val (scope->entries, index);
  while (number != 0 && !scope->is_placed)
    {
      guint32 entry = number | IS_SCOPE;

      scope->is_placed = TRUE;
      number = scope->parent;
      scope = &g_array_index (making->scopes, Scope, number);
      g_array_append_val (scope->entries, entry);
    }
}

/* The module whose variable an operation reads: all but the last part of its name. */
static guint
module_of (Making *making, const AssayOperation *operation)
{
  AssayFunction *function = making->tree->function;
  guint          n_arguments = assay_function_get_n_arguments (function), first = n_arguments - assay_function_get_n_captures (function);

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      guint32        origin = making->tree->origin[operation->inputs[i].operation];
      AssayValue    *value = origin >= first && origin < n_arguments ? assay_function_get_capture (function, origin - first) : NULL;
      AssayResource *resource = value ? assay_value_get_resource (value) : NULL;
      const char    *name = resource ? assay_resource_get_name (resource) : "", *slash = strrchr (name, '/');

      if (slash != NULL && slash != name)
        return get_scope (making, name, slash - name, 0);
    }
  return 0;
}

/* What works on nothing but what a module gave belongs to it, too. */
static guint
follow_inputs (const AssayOperation *operation, const guint *guessed, guint n_arguments)
{
  guint found = 0;

  if (g_str_equal (operation->op->name, "Identity"))
    return 0;
  for (guint i = 0; i < operation->n_inputs; i++)
    {
      guint from = operation->inputs[i].operation < n_arguments ? 0 : guessed[operation->inputs[i].operation];

      /* Constants are of no module, and of any. */
      if (from == G_MAXUINT)
        continue;
      if (from == 0 || (found != 0 && found != from))
        return 0;
      found = from;
    }
  return found;
}

/* tf.functions of plain modules have no scopes: there the variables say which module an operation belongs to.
 * Returns the scope of each operation; NULL if there are scopes, or no two modules. */
static guint *
guess_scopes (Making *making)
{
  AssayFunction    *function = making->tree->function;
  guint             n = assay_function_get_n_operations (function), n_arguments = assay_function_get_n_arguments (function), first = 0;
  g_autofree guint *guessed = NULL;

  if (making->scopes->len > 1)
    return NULL;
  guessed = g_new0 (guint, n + 1);
  for (guint32 i = n_arguments; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      guessed[i] = making->tree->origin[i] != ASSAY_GRAPH_NONE ? G_MAXUINT : module_of (making, operation);
      if (guessed[i] == 0)
        guessed[i] = follow_inputs (operation, guessed, n_arguments);
      if (guessed[i] == G_MAXUINT || guessed[i] == 0)
        continue;
      first = first ? first : guessed[i];
      making->tree->is_guessed |= guessed[i] != first;
    }
  return making->tree->is_guessed ? g_steal_pointer (&guessed) : NULL;
}

/* All scopes are made first: an operation "zeros" belongs into the scope of "zeros/packed". */
static void
fill_scopes (Making *making)
{
  AssayFunction    *function = making->tree->function;
  guint             n = assay_function_get_n_operations (function), n_arguments = assay_function_get_n_arguments (function);
  g_autofree guint *guessed = NULL;

  for (guint32 i = n_arguments; i < n; i++)
    if (is_drawn (making, i))
      scope_of (making, assay_function_get_operation (function, i));
  guessed = guess_scopes (making);
  for (guint32 i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);
      guint                 own = i < n_arguments ? 1 : GPOINTER_TO_UINT (g_hash_table_lookup (making->numbers, operation->name));

      if (is_drawn (making, i) && guessed != NULL)
        place_operation (making, i, guessed[i]);
      else if (is_drawn (making, i))
        place_operation (making, i, own > 0 ? own - 1 : scope_of (making, operation));
    }
}

static guint32
add_item (Making *making, AssayGraphItemKind kind, const char *name, const char *path, guint32 parent, guint32 operation)
{
  AssayGraphTree *tree = making->tree;
  AssayGraphItem  item = { .kind = kind, .parent = parent, .operation = operation };

  item.name = g_string_chunk_insert_const (tree->strings, name);
  item.path = g_string_chunk_insert_const (tree->strings, path);
  g_array_append_val (tree->items, item);
  if (parent != ASSAY_GRAPH_NONE)
    g_array_index (tree->items, AssayGraphItem, parent).n_children++;
  return tree->items->len - 1;
}

/* What is left of @path behind the scope @outer. */
static const char *
strip (const char *path, const char *outer)
{
  gsize n = strlen (outer);

  return n > 0 && strncmp (path, outer, n) == 0 && path[n] == '/' && path[n + 1] != '\0' ? path + n + 1 : path;
}

static void
add_operation (Making *making, guint32 index, const char *name, guint32 parent)
{
  AssayFunction        *function = making->tree->function;
  const AssayOperation *operation = assay_function_get_operation (function, index);
  gboolean              is_input = index < assay_function_get_n_arguments (function);
  guint32               item = add_item (making, is_input ? ASSAY_GRAPH_INPUT : ASSAY_GRAPH_OPERATION, name, operation->name, parent, index);
  AssayGraphItem       *made = &g_array_index (making->tree->items, AssayGraphItem, item);

  made->hue = is_input ? ASSAY_GRAPH_HUE_PLAIN : assay_graph_hue_of (operation->op->name);
  made->n_operations = is_input ? 0 : 1;
  making->tree->item_of[index] = item;
}

static void add_entries (Making *making, const guint32 *entries, guint n, const char *outer, guint32 parent);

/* A scope that only holds another is told together with it; one that only holds an operation is that operation. */
static void
add_scope (Making *making, guint number, const char *outer, guint32 parent)
{
  const Scope *scope = &g_array_index (making->scopes, Scope, number);
  const char  *name;

  while (scope->entries->len == 1 && (g_array_index (scope->entries, guint32, 0) & IS_SCOPE))
    scope = &g_array_index (making->scopes, Scope, g_array_index (scope->entries, guint32, 0) & ~IS_SCOPE);
  name = strip (scope->path, outer);
  if (scope->entries->len == 1)
    add_operation (making, g_array_index (scope->entries, guint32, 0), name, parent);
  else
    {
      guint32 item = add_item (making, ASSAY_GRAPH_GROUP, name, scope->path, parent, 0);

      add_entries (making, (guint32 *) scope->entries->data, scope->entries->len, scope->path, item);
    }
}

/* A part of what is in a scope with too much in it. */
static void
add_part (Making *making, const guint32 *entries, guint n, guint first, const char *outer, guint32 parent)
{
  g_autofree char *name = g_strdup_printf (_ ("operations %u–%u"), first + 1, first + n);
  g_autofree char *path = g_strdup_printf ("%s#%u", outer, first);
  guint32          item = add_item (making, ASSAY_GRAPH_GROUP, name, path, parent, 0);

  add_entries (making, entries, n, outer, item);
}

static void
add_entries (Making *making, const guint32 *entries, guint n, const char *outer, guint32 parent)
{
  guint size = PART;

  while (n > MAX_CHILDREN && n / size > PART)
    size *= PART;
  for (guint i = 0; n > MAX_CHILDREN && i < n; i += size)
    add_part (making, entries + i, MIN (size, n - i), i, outer, parent);
  for (guint i = 0; n <= MAX_CHILDREN && i < n; i++)
    {
      if (entries[i] & IS_SCOPE)
        add_scope (making, entries[i] & ~IS_SCOPE, outer, parent);
      else
        add_operation (making, entries[i], strip (assay_function_get_operation (making->tree->function, entries[i])->name, outer), parent);
    }
}

/* The entries of the root: if all operations are in one scope, as in a model's, what is in that. */
static GArray *
list_root (Making *making)
{
  guint   n_arguments = assay_function_get_n_arguments (making->tree->function);
  Scope  *scope = &g_array_index (making->scopes, Scope, 0);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint   n_inputs = 0;

  while (n_inputs < scope->entries->len && g_array_index (scope->entries, guint32, n_inputs) < n_arguments)
    n_inputs++;
  g_array_append_vals (all, scope->entries->data, n_inputs);
  g_array_append_vals (all, (guint32 *) scope->entries->data + n_inputs, scope->entries->len - n_inputs);
  while (all->len == n_inputs + 1 && (g_array_index (all, guint32, n_inputs) & IS_SCOPE))
    {
      scope = &g_array_index (making->scopes, Scope, g_array_index (all, guint32, n_inputs) & ~IS_SCOPE);
      g_free (making->tree->prefix);
      making->tree->prefix = g_strdup (scope->path);
      g_array_set_size (all, n_inputs);
      g_array_append_vals (all, scope->entries->data, scope->entries->len);
    }
  return all;
}

static void
add_results (Making *making)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (making->tree->function, &n);

  /* More than that are told by the last of them. */
  for (guint i = 0; i < n && i < MAX_CHILDREN; i++)
    add_item (making, ASSAY_GRAPH_RESULT, results[i].name, results[i].name, 0, i);
}

/* Items come after the groups they are in, so sums go backwards. */
static void
sum_up (AssayGraphTree *self)
{
  for (guint i = self->items->len; i-- > 1;)
    {
      AssayGraphItem *item = &g_array_index (self->items, AssayGraphItem, i);
      AssayGraphItem *parent = &g_array_index (self->items, AssayGraphItem, item->parent);

      parent->n_operations += item->n_operations;
      parent->hue = MAX (parent->hue, item->hue);
      if (item->kind != ASSAY_GRAPH_RESULT)
        parent->operation = item->operation;
    }
}

AssayGraphTree *
assay_graph_tree_new (AssayFunction *function)
{
  AssayGraphTree *self = g_new0 (AssayGraphTree, 1);
  Making          making = { .tree = self };
  Scope           outermost = { g_strdup (""), 0, TRUE, g_array_new (FALSE, FALSE, sizeof (guint32)) };
  guint           n = assay_function_get_n_operations (function);
  g_autoptr (GArray) scopes = g_array_new (FALSE, FALSE, sizeof (Scope));
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) entries = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->function = g_object_ref (function);
  self->items = g_array_new (FALSE, FALSE, sizeof (AssayGraphItem));
  self->strings = g_string_chunk_new (4096);
  self->prefix = g_strdup ("");
  self->item_of = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    self->item_of[i] = ASSAY_GRAPH_NONE;
  fold (self);
  g_array_set_clear_func (scopes, scope_clear);
  g_array_append_val (scopes, outermost);
  g_hash_table_insert (numbers, outermost.path, GUINT_TO_POINTER (1));
  making.scopes = scopes;
  making.numbers = numbers;
  fill_scopes (&making);
  entries = list_root (&making);
  add_item (&making, ASSAY_GRAPH_GROUP, assay_function_get_name (function), self->prefix, ASSAY_GRAPH_NONE, 0);
  add_entries (&making, (guint32 *) entries->data, entries->len, self->prefix, 0);
  add_results (&making);
  sum_up (self);
  return self;
}

AssayGraphTree *
assay_graph_tree_ref (AssayGraphTree *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_graph_tree_unref (AssayGraphTree *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_object_unref (self->function);
  g_array_unref (self->items);
  g_string_chunk_free (self->strings);
  g_free (self->prefix);
  g_free (self->item_of);
  g_free (self->origin);
  g_free (self);
}

AssayFunction *
assay_graph_tree_get_function (AssayGraphTree *self)
{
  return self->function;
}

guint32
assay_graph_tree_get_n_items (AssayGraphTree *self)
{
  return self->items->len;
}

const AssayGraphItem *
assay_graph_tree_get_item (AssayGraphTree *self, guint32 item)
{
  g_return_val_if_fail (item < self->items->len, NULL);
  return &g_array_index (self->items, AssayGraphItem, item);
}

guint32
assay_graph_tree_find_operation (AssayGraphTree *self, guint32 operation)
{
  g_return_val_if_fail (operation < assay_function_get_n_operations (self->function), ASSAY_GRAPH_NONE);
  return self->item_of[operation];
}

guint32
assay_graph_tree_find_origin (AssayGraphTree *self, guint32 operation)
{
  g_return_val_if_fail (operation < assay_function_get_n_operations (self->function), ASSAY_GRAPH_NONE);
  return self->origin[operation];
}

const char *
assay_graph_tree_get_prefix (AssayGraphTree *self)
{
  return self->prefix;
}

gboolean
assay_graph_tree_is_guessed (AssayGraphTree *self)
{
  return self->is_guessed;
}
