/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "node-search-private.h"

#include <string.h>

/* What a variable is asked. */
typedef struct
{
  AssayDocument               *document;
  guint32                      index;
  const AssayManifestVariable *variable;
  const char                  *path; /* folded */
} Candidate;

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

static gboolean
matches_health (const Candidate *candidate, guint health)
{
  return (assay_node_get_health (assay_document_get_variable (candidate->document, candidate->index)) & health) != 0;
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
    return assay_node_is_edited (assay_document_get_variable (candidate->document, candidate->index));
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_strcmp0 (word, marks[i].word) == 0)
      return matches_health (candidate, marks[i].health);
  return strstr (candidate->path, word) != NULL;
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

GListModel *
assay_node_search (AssayDocument *document, const char *query)
{
  AssayManifest *manifest = assay_document_get_manifest (document);
  g_auto (GStrv) words = split (query);
  GListStore *found = g_list_store_new (ASSAY_TYPE_NODE);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, i);
      g_autofree char      *folded = g_utf8_strdown (path, -1);
      Candidate             candidate = { document, i, &variable, folded };
      gboolean              all = TRUE;

      assay_manifest_get_variable (manifest, i, &variable);
      for (char **word = words; *word && all; word++)
        all = matches_word (&candidate, *word);
      if (all)
        g_ptr_array_add (nodes, assay_document_get_variable (document, i));
    }
  g_list_store_splice (found, 0, 0, nodes->pdata, nodes->len);
  return G_LIST_MODEL (found);
}
