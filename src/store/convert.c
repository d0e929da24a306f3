/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "bundle-files-private.h"
#include "writer-private.h"

/* The formats that can be written: one entry and one file each. */
static const struct
{
  AssayWriter    writer;
  AssayWriteFunc write;
} writers[] = {
  { { "keras-weights", N_ ("Keras weights"), ".weights.h5", assay_hdf5_can_hold }, assay_write_keras_weights },
  { { "assay-hdf5", N_ ("Assay checkpoint (HDF5)"), ".h5", assay_hdf5_can_hold }, assay_write_assay_hdf5 },
  { { "safetensors", N_ ("Safetensors"), ".safetensors", assay_safetensors_can_hold }, assay_write_safetensors },
  { { "npz", N_ ("NumPy archive"), ".npz", assay_npz_can_hold }, assay_write_npz },
  { { "tensorflow-checkpoint", N_ ("TensorFlow checkpoint"), ".index", assay_tensorflow_can_hold }, assay_write_tensorflow },
};

const AssayWriter *
assay_writers_get (guint *n_writers)
{
  static AssayWriter list[G_N_ELEMENTS (writers)];

  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    list[i] = writers[i].writer;
  *n_writers = G_N_ELEMENTS (writers);
  return list;
}

const AssayWriter *
assay_writers_find (const char *path)
{
  const AssayWriter *found = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    if (g_str_has_suffix (path, writers[i].writer.suffix) &&
        (found == NULL || strlen (writers[i].writer.suffix) > strlen (found->suffix)))
      found = &writers[i].writer;
  return found;
}

static void
entry_clear (AssayExportEntry *entry)
{
  g_free (entry->path);
  g_clear_object (&entry->source);
}

char *
assay_export_name (const AssayExport *export, guint index, char separator)
{
  const AssayExportEntry *entry = assay_export_entry (export, index);
  const char             *format = assay_manifest_get_format (export->manifest);
  gboolean                flat = g_str_has_prefix (format, "safetensors") || strcmp (format, "npz") == 0;

  if (flat)
    return g_strdup (entry->facts.key);
  if (*entry->path == '\0')
    return g_strdup ("value");
  return g_strdelimit (g_strdup (entry->path), "/", separator);
}

static AssaySource *
dup_source (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, guint32 variable, GError **error)
{
  for (guint i = 0; i < n_edits; i++)
    if (edits[i].variable == variable)
      return g_object_ref (edits[i].source);
  return assay_manifest_dup_source (manifest, variable, error);
}

/* A checkpoint has counters that no tree shows; the object graph is written by itself. */
static gboolean
keeps_hidden (const AssayWriter *writer, const AssayManifestVariable *facts)
{
  return strcmp (writer->id, "tensorflow-checkpoint") == 0 && strcmp (facts->key, "_CHECKPOINTABLE_OBJECT_GRAPH") != 0 &&
         strcmp (facts->key, "checkpoint/_CHECKPOINTABLE_OBJECT_GRAPH") != 0;
}

/* All variables that have values. What a format can't hold is told before anything is written. */
static gboolean
collect (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const AssayWriter *writer, GArray *entries, GError **error)
{
  g_autoptr (GString) refused = g_string_new (NULL);
  guint n_refused = 0;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayExportEntry entry = { .variable = i };
      g_autoptr (GError) reason = NULL;

      assay_manifest_get_variable (manifest, i, &entry.facts);
      if ((entry.facts.flags & ASSAY_FLAG_EMPTY) || ((entry.facts.flags & ASSAY_FLAG_HIDDEN) && !keeps_hidden (writer, &entry.facts)))
        continue;
      entry.path = assay_manifest_dup_variable_path (manifest, i);
      if (!writer->can_hold (entry.facts.dtype))
        g_set_error (&reason, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "%s", entry.facts.dtype_name);
      else
        entry.source = dup_source (manifest, edits, n_edits, i, &reason);
      if (reason != NULL && n_refused++ < 5)
        g_string_append_printf (refused, "%s%s (%s)", refused->len ? ", " : "", entry.path, reason->message);
      g_array_append_val (entries, entry);
    }
  if (n_refused == 0)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("%s can’t hold %u of the variables: %s"), _ (writer->title), n_refused, refused->str);
  return FALSE;
}

static guint64
count_bytes (GArray *entries)
{
  guint64 n = 1 << 20;

  for (guint i = 0; i < entries->len; i++)
    n += g_array_index (entries, AssayExportEntry, i).facts.n_bytes + 8192;
  return n;
}

static AssayWriteFunc
find_write (const AssayWriter *writer)
{
  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    if (strcmp (writers[i].writer.id, writer->id) == 0)
      return writers[i].write;
  return NULL;
}

gboolean
assay_convert (AssayManifest       *manifest,
               const AssaySaveEdit *edits,
               guint                n_edits,
               const AssayWriter   *writer,
               const char          *path,
               GVariant            *options,
               AssayJob            *job,
               guint               *n_written,
               GError             **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (AssayExportEntry));
  g_autoptr (AssayReplacement) replacement = NULL;
  AssayExport export = { .manifest = manifest, .entries = entries, .path = path, .job = job };
  gint32 deflate = 0;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (manifest) && writer != NULL && path != NULL, FALSE);
  g_array_set_clear_func (entries, (GDestroyNotify) entry_clear);
  if (options != NULL && g_variant_lookup (options, "deflate", "i", &deflate))
    export.deflate = CLAMP (deflate, 0, 9);
  if (!collect (manifest, edits, n_edits, writer, entries, error))
    return FALSE;
  if (find_write (writer) == assay_write_tensorflow)
    {
      if (!assay_bundle_count_old (path, &export.n_old, error))
        return FALSE;
      assay_bundle_redeem (path, export.n_old);
    }
  replacement = assay_replacement_new (path, export.deflate ? 0 : count_bytes (entries), error);
  if (replacement == NULL || !find_write (writer) (&export, replacement, error))
    return FALSE;
  /* A writer of several files has put this one in place, last of all. */
  if (!assay_replacement_is_in_place (replacement) && (assay_job_is_cancelled (job, error) || !assay_replacement_commit (replacement, error)))
    return FALSE;
  if (n_written != NULL)
    *n_written = entries->len;
  return TRUE;
}
