/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests of Keras models share: files opened, arrays of an npz as values. */

#pragma once

#include "../src/import/keras-private.h"

#include <assay/reader-session.h>
#include <assay/source.h>
#include <string.h>

static inline AssayManifest *
model_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayReaderSession) session = assay_reader_session_new (path, &error);
  AssayManifest      *manifest;
  AssayManifestFrame *frame;

  g_assert_no_error (error);
  manifest = assay_reader_session_get_manifest (session);
  while ((frame = assay_reader_session_next (session, NULL, &error)) != NULL)
    assay_manifest_append (manifest, frame);
  g_assert_no_error (error);
  return g_object_ref (manifest);
}

static inline AssayValue *
model_read (AssayManifest *manifest, guint32 index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, &error);
  guint64 n;
  gsize   size;
  guint8 *data;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  n = assay_source_get_n_elements (source);
  size = n * assay_source_get_item_size (source);
  data = g_malloc (size + 1);
  g_assert_true (n == 0 || assay_source_read_flat (source, 0, n, data, NULL, &error));
  bytes = g_bytes_new_take (data, size);
  return assay_value_new_take (assay_tensor_new (assay_source_get_dtype (source), assay_source_get_rank (source), assay_source_get_shape (source), bytes, &error));
}

/* The array of that name, -1 if there is none. */
static inline gint64
model_find (AssayManifest *manifest, const char *name)
{
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      if (g_str_equal (facts.key, name))
        return i;
    }
  return -1;
}
