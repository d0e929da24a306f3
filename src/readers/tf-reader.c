/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow checkpoints (tf.train.Checkpoint, tf.compat.v1.train.Saver), and the variables of a SavedModel. What is opened is the
 * `.index`; data files are siblings. */

#include <assay/error.h>

#include "tf-bundle-private.h"
#include "tf-saved-private.h"
#include "tf-table-private.h"

static gboolean
tensorflow_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  return assay_table_is_one (&context->main) || (g_str_has_suffix (context->file_name, ".index") && n_head > 0 && head[0] == '\0');
}

static gboolean
tensorflow_read (AssayReaderContext *context, GError **error)
{
  AssayBundle *bundle = assay_bundle_read_index (context, error);

  if (bundle == NULL)
    return FALSE;
  context->reader_data = bundle;
  assay_manifest_builder_set_format (context->builder, "tensorflow-checkpoint");
  if (!assay_bundle_add_tree (bundle, error))
    return FALSE;
  assay_saved_model_read (context);
  return TRUE;
}

static gboolean
tensorflow_read_strings (AssayReaderContext *context, guint64 cookie, guint64 first, guint64 n, GPtrArray *out, GError **error)
{
  AssayBundle *bundle = context->reader_data;
  GBytes      *rows;

  if (cookie == ASSAY_COOKIE_ROWS && first == 0 && n == 1)
    {
      rows = assay_bundle_read_rows (bundle, error);
      if (rows != NULL)
        g_ptr_array_add (out, rows);
      return rows != NULL;
    }
  if (cookie < bundle->entries->len)
    return assay_bundle_read_strings (bundle, bundle->entries->pdata[cookie], first, n, out, error);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There are no such strings");
  return FALSE;
}

static void
tensorflow_close (AssayReaderContext *context)
{
  g_clear_pointer ((AssayBundle **) &context->reader_data, assay_bundle_free);
}

const AssayReader assay_tensorflow_reader = {
  .name = "TensorFlow checkpoint",
  .sniff = tensorflow_sniff,
  .read = tensorflow_read,
  .read_strings = tensorflow_read_strings,
  .close = tensorflow_close,
};
