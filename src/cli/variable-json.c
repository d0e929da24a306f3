/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-private.h"

void
cli_print_variable_json (AssayManifest *manifest, guint32 index, const char *sha256)
{
  AssayManifestVariable variable;
  g_autofree char      *path = assay_manifest_dup_variable_path (manifest, index);
  g_autofree char      *attributes = assay_manifest_dup_variable_attributes (manifest, index);
  gboolean              first = TRUE, is_empty;

  assay_manifest_get_variable (manifest, index, &variable);
  is_empty = (variable.flags & ASSAY_FLAG_EMPTY) != 0;
  json_print_key (&first, "path");
  json_print_string (path);
  json_print_key (&first, "key");
  json_print_string (variable.key);
  json_print_key (&first, "dtype");
  json_print_string (variable.dtype_name);
  json_print_key (&first, "shape");
  if (is_empty)
    fputs ("null", stdout);
  else
    {
      g_autofree char *shape = assay_shape_to_string (variable.rank, variable.shape);

      fputs (shape, stdout);
    }
  printf (", \"parameters\": %" G_GUINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT ", \"trainable\": %s",
          assay_dtype_is_numeric (variable.dtype) && !is_empty ? variable.n_elements : 0, is_empty ? 0 : variable.n_bytes,
          cli_is_trainable (&variable) ? "true" : "false");
  if (variable.flags & ASSAY_FLAG_OPTIMIZER)
    fputs (", \"role\": \"optimizer\"", stdout);
  else if (variable.flags & ASSAY_FLAG_HIDDEN)
    fputs (", \"role\": \"bookkeeping\"", stdout);
  if (sha256 != NULL)
    {
      json_print_key (&first, "sha256");
      json_print_string (sha256);
    }
  if (variable.reason != NULL)
    {
      json_print_key (&first, "reason");
      json_print_string (variable.reason);
    }
  if (attributes != NULL)
    printf (", \"attributes\": %s", attributes);
}
