/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our own saved models: their functions are JSON (docs/file-format.md), their captures variables of the file. */

#include <assay/memory-source.h>
#include <string.h>

#include "../store/restore-private.h"
#include "../store/saved-model-private.h"
#include "import-private.h"

typedef struct
{
  AssayImportContext *context;
  AssayObjectGraph   *graph;
  GHashTable         *by_key;    /* key → number in the manifest + 1 */
  GHashTable         *resources; /* number in the manifest → AssayResource; one variable is one resource */
} Importing;

static guint
find_key (Importing *self, const char *key, GError **error)
{
  guint number = key ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, key)) : 0;

  if (number == 0)
    assay_json_damaged ("a value is missing", error);
  return number;
}

static AssayValue *
get_capture (gint64 node, gpointer data, GError **error)
{
  Importing     *self = data;
  guint          number = find_key (self, node >= 0 && node < self->graph->nodes->len ? assay_object_graph_get (self->graph, node)->key : NULL, error);
  AssayResource *resource = number ? g_hash_table_lookup (self->resources, GUINT_TO_POINTER (number)) : NULL;

  if (number == 0)
    return NULL;
  if (resource == NULL)
    {
      resource = assay_import_variable (self->context, number - 1, error);
      if (resource == NULL)
        return NULL;
      g_hash_table_insert (self->resources, GUINT_TO_POINTER (number), resource);
    }
  return assay_value_new_resource (resource);
}

static AssayTensor *
get_tensor (gint64 index, gpointer data, GError **error)
{
  Importing       *self = data;
  g_autofree char *key = g_strdup_printf ("saved_model/constants/%" G_GINT64_FORMAT, index);
  guint            number = find_key (self, key, error);
  g_autoptr (AssaySource) source = number ? assay_import_context_dup_source (self->context, number - 1, error) : NULL;

  return source ? assay_source_read_tensor (source, NULL, error) : NULL;
}

static gboolean
fits (AssayManifest *manifest)
{
  g_autofree char *functions = assay_manifest_dup_module_attribute (manifest, 0, ".functions");

  return functions != NULL && strcmp (assay_manifest_get_format (manifest), "assay-hdf5") == 0;
}

static AssayRunnable *
import (AssayImportContext *context, GError **error)
{
  AssayManifest   *manifest = assay_import_context_get_manifest (context);
  g_autofree char *functions = assay_manifest_dup_module_attribute (manifest, 0, ".functions");
  g_autofree char *graph_json = assay_manifest_dup_module_attribute (manifest, 0, ".object_graph");
  g_autoptr (AssayObjectGraph) graph = assay_object_graph_parse (graph_json, error);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) resources = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  Importing          self = { context, graph, by_key, resources };
  AssayFunctionStore store = { .get_capture = get_capture, .get_tensor = get_tensor, .data = &self };

  if (graph == NULL)
    return NULL;
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      g_hash_table_insert (by_key, (gpointer) assay_checkpoint_strip_key (manifest, facts.key), GUINT_TO_POINTER (i + 1));
    }
  return assay_runnable_from_json (functions, &store, NULL, error);
}

const AssayImporter assay_own_saved_model_importer = { fits, import };
