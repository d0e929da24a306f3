/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Searching a model by name, dtype, shape, health and edits. A worker goes through the names; what else it is to know it gets
 * as a copy. */

#include "document-private.h"
#include "found-list-private.h"

#include <string.h>

/* How often the worker asks whether it is still wanted. */
#define ASK_EVERY 1024

typedef struct
{
  AssayManifest *manifest; /* complete: it grows no more */
  guint32        n;
  GStrv          words;
  guint8        *health; /* one a variable */
  GHashTable    *edited; /* numbers of variables */
} Search;

/* What a variable is asked. */
typedef struct
{
  const Search                *search;
  guint32                      index;
  const AssayManifestVariable *variable;
  const char                  *path; /* folded */
} Candidate;

static void
search_free (Search *search)
{
  g_object_unref (search->manifest);
  g_strfreev (search->words);
  g_free (search->health);
  g_hash_table_unref (search->edited);
  g_free (search);
}

static gboolean
matches_dtype (const Candidate *candidate, const char *wanted)
{
  const char *name = candidate->variable->dtype_name;

  return g_str_has_prefix (name, wanted) ||
         g_strcmp0 (assay_dtype_get_info (candidate->variable->dtype)->short_name, wanted) == 0;
}

/* "[*,64]", "3x3x*x*": a star stands for any dimension. */
static gboolean
matches_shape (const Candidate *candidate, const char *wanted)
{
  guint n = 0;

  for (const char *at = wanted; *at;)
    {
      if (*at == '*' || g_ascii_isdigit (*at))
        {
          char   *end = (char *) at + 1;
          guint64 size = *at == '*' ? 0 : g_ascii_strtoull (at, &end, 10);

          if (n >= candidate->variable->rank || (*at != '*' && candidate->variable->shape[n] != size))
            return FALSE;
          n++;
          at = end;
        }
      else
        at++;
    }
  return n == candidate->variable->rank;
}

/* The file's own name of it may be written otherwise: "layers.50.weight". */
static gboolean
has_key (const Candidate *candidate, const char *word)
{
  g_autofree char *key = g_utf8_strdown (candidate->variable->key, -1);

  return strstr (key, word) != NULL;
}

static gboolean
matches_word (const Candidate *candidate, const char *word)
{
  static const struct
  {
    const char *word;
    guint       health;
  } marks[] = {
    { "nan", ASSAY_HEALTH_NAN },
    { "inf", ASSAY_HEALTH_INF },
    { "zero", ASSAY_HEALTH_ALL_ZERO },
    { "constant", ASSAY_HEALTH_CONSTANT },
  };

  if (g_str_has_prefix (word, "dtype:"))
    return matches_dtype (candidate, word + strlen ("dtype:"));
  if (g_str_has_prefix (word, "shape:"))
    return matches_shape (candidate, word + strlen ("shape:"));
  if (g_strcmp0 (word, "edited") == 0)
    return g_hash_table_contains (candidate->search->edited, GUINT_TO_POINTER (candidate->index));
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_strcmp0 (word, marks[i].word) == 0)
      return (candidate->search->health[candidate->index] & marks[i].health) != 0;
  return strstr (candidate->path, word) != NULL || has_key (candidate, word);
}

static gboolean
matches (const Search *search, guint32 index)
{
  AssayManifestVariable variable;
  g_autofree char      *path = assay_manifest_dup_variable_path (search->manifest, index);
  g_autofree char      *folded = g_utf8_strdown (path, -1);
  Candidate             candidate = { search, index, &variable, folded };

  assay_manifest_get_variable (search->manifest, index, &variable);
  for (char **word = search->words; *word; word++)
    if (!matches_word (&candidate, *word))
      return FALSE;
  return TRUE;
}

static void
search_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search *search = data;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < search->n; i++)
    {
      if (i % ASK_EVERY == 0 && g_cancellable_is_cancelled (cancellable))
        break;
      if (matches (search, i))
        g_array_append_val (found, i);
    }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) g_array_unref);
}

/* Splits at blanks and commas, but not inside brackets: "dtype:f32, shape:[*, 64]". */
static GStrv
split (const char *query)
{
  GPtrArray       *words = g_ptr_array_new ();
  g_autofree char *folded = g_utf8_strdown (query, -1);
  g_autoptr (GString) word = g_string_new (NULL);
  int depth = 0;

  for (const char *at = folded;; at++)
    {
      depth += (*at == '[') - (*at == ']');
      if (*at == 0 || (depth <= 0 && (*at == ' ' || *at == ',')))
        {
          if (word->len)
            g_ptr_array_add (words, g_strdup (word->str));
          g_string_truncate (word, 0);
          if (*at == 0)
            break;
        }
      else if (*at != ' ')
        g_string_append_c (word, *at);
    }
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (words, FALSE);
}

void
assay_document_search_async (AssayDocument      *self,
                             const char         *query,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Search        *search;
  GHashTableIter iter;
  gpointer       variable;

  g_return_if_fail (ASSAY_IS_DOCUMENT (self) && self->state == ASSAY_DOCUMENT_READY);
  task = g_task_new (self, cancellable, callback, user_data);
  search = g_new0 (Search, 1);
  search->manifest = g_object_ref (self->manifest);
  search->n = assay_manifest_get_n_variables (self->manifest);
  search->words = split (query);
  search->health = g_malloc (MAX (search->n, 1));
  for (guint32 i = 0; i < search->n; i++)
    search->health[i] = (guint8) assay_outline_get_health (self->outline, i);
  search->edited = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, self->current);
  while (g_hash_table_iter_next (&iter, &variable, NULL))
    if (!assay_document_is_live (self) || assay_node_is_edited (assay_document_get_variable (self, GPOINTER_TO_UINT (variable))))
      g_hash_table_add (search->edited, variable);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  /* A model by hand is small, and may grow. */
  if (assay_document_is_live (self))
    search_thread (task, self, search, cancellable);
  else
    g_task_run_in_thread (task, search_thread);
}

GListModel *
assay_document_search_finish (AssayDocument *self, GAsyncResult *result, GError **error)
{
  GArray *found;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  found = g_task_propagate_pointer (G_TASK (result), error);
  return found ? G_LIST_MODEL (assay_found_list_new (self, found)) : NULL;
}
