/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is asked from the helper after the manifest: tables of chunks, and strings. */

#include <assay/error.h>
#include <assay/reader-session.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "connection-private.h"
#include "manifest-private.h"

#define MAX_STRINGS (1u << 24)

static gboolean
lie (GError **error, const char *what)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, "The reader sent what can’t be true (%s); the file is damaged or hostile", what);
  return FALSE;
}

/* Copies a column of the answer; its length must be *n, unless that is still G_MAXSIZE. */
static gpointer
dup_column (GVariant *body, guint column, gsize item_size, gsize *n)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (body, column);
  gsize         n_items;
  gconstpointer items = g_variant_get_fixed_array (child, &n_items, item_size);

  if (*n != G_MAXSIZE && *n != n_items)
    return NULL;
  *n = n_items;
  return n_items ? g_memdup2 (items, n_items * item_size) : g_malloc0 (item_size);
}

static gboolean
check_chunks (const AssayChunkTable *table, guint64 n_grid, guint64 file_size, GError **error)
{
  for (guint64 i = 0; i < table->n_chunks; i++)
    {
      if (table->index[i] >= n_grid || (i > 0 && table->index[i] <= table->index[i - 1]))
        return lie (error, "chunks out of order");
      if (table->offset[i] > file_size || table->size[i] > file_size - table->offset[i])
        return lie (error, "a chunk outside its file");
    }
  return TRUE;
}

static AssayChunkTable *
table_from_body (GVariant *body, guint64 n_grid, guint64 file_size, GError **error)
{
  g_autoptr (AssayChunkTable) table = g_new0 (AssayChunkTable, 1);
  gsize n = G_MAXSIZE;

  table->index = dup_column (body, 0, 8, &n);
  table->offset = dup_column (body, 1, 8, &n);
  table->size = dup_column (body, 2, 4, &n);
  table->mask = dup_column (body, 3, 4, &n);
  table->n_chunks = n;
  if (!table->index || !table->offset || !table->size || !table->mask)
    {
      lie (error, "columns of unlike lengths");
      return NULL;
    }
  return check_chunks (table, n_grid, file_size, error) ? g_steal_pointer (&table) : NULL;
}

const AssayChunkTable *
assay_manifest_get_chunk_table (AssayManifest *self, guint32 variable, GCancellable *cancellable, GError **error)
{
  AssayConnection       *connection = ASSAY_CONNECTION (assay_manifest_get_session (self));
  const AssayChunkTable *kept = assay_connection_get_table (connection, variable);
  AssayChunkTable       *table = NULL;
  AssayManifestVariable  facts;
  AssayLayout            layout;
  guint64                n_grid = 1;
  g_autoptr (GVariant) body = NULL;

  if (kept != NULL)
    return kept;
  assay_manifest_get_variable (self, variable, &facts);
  assay_manifest_get_layout (self, variable, &layout);
  g_return_val_if_fail (layout.kind == ASSAY_LAYOUT_CHUNKED, NULL);
  for (guint i = 0; i < facts.rank; i++)
    n_grid *= facts.shape[i] / layout.chunk[i] + (facts.shape[i] % layout.chunk[i] != 0);
  body = assay_connection_ask (connection, ASSAY_MESSAGE_GET_CHUNKS, g_variant_new ("(t)", layout.cookie), ASSAY_MESSAGE_CHUNKS,
                               cancellable, error);
  if (body != NULL)
    table = table_from_body (body, n_grid, assay_file_get_identity (assay_manifest_get_file (self, layout.file))->size, error);
  return table ? assay_connection_keep_table (connection, variable, table) : NULL;
}

static GPtrArray *
strings_from_body (GVariant *body, guint64 n, GError **error)
{
  g_autoptr (GVariant) lengths = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) blob = g_variant_get_child_value (body, 1);
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (blob);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize          n_lengths, n_bytes = g_bytes_get_size (bytes), offset = 0;
  const guint64 *length = g_variant_get_fixed_array (lengths, &n_lengths, 8);

  if (n_lengths != n)
    {
      lie (error, "fewer strings than asked for");
      return NULL;
    }
  for (guint64 i = 0; i < n; i++)
    {
      if (length[i] > n_bytes - offset)
        {
          lie (error, "a string without an end");
          return NULL;
        }
      g_ptr_array_add (strings, g_bytes_new_from_bytes (bytes, offset, length[i]));
      offset += length[i];
    }
  return g_steal_pointer (&strings);
}

static GPtrArray *
ask_for_strings (AssayManifest *self, guint64 cookie, guint64 first, guint64 n, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) body = assay_connection_ask (ASSAY_CONNECTION (assay_manifest_get_session (self)), ASSAY_MESSAGE_GET_STRINGS,
                                                    g_variant_new ("(ttt)", cookie, first, n), ASSAY_MESSAGE_STRINGS, cancellable, error);

  return body ? strings_from_body (body, n, error) : NULL;
}

GPtrArray *
assay_manifest_read_strings (AssayManifest *self, guint32 variable, guint64 first, guint64 n, GCancellable *cancellable, GError **error)
{
  AssayLayout layout;

  if (n > MAX_STRINGS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("%" PRIu64 " strings are too many to read at once"), n);
      return NULL;
    }
  assay_manifest_get_layout (self, variable, &layout);
  g_return_val_if_fail (layout.kind == ASSAY_LAYOUT_STRINGS, NULL);
  return ask_for_strings (self, layout.cookie, first, n, cancellable, error);
}

GBytes *
assay_manifest_read_rows (AssayManifest *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) rows = ask_for_strings (self, ASSAY_COOKIE_ROWS, 0, 1, cancellable, error);

  return rows ? g_bytes_ref (rows->pdata[0]) : NULL;
}
