/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our own HDF5 file (docs/file-format.md), and Keras' weights file. */

#include <assay/error.h>
#include <assay/names.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "hdf5-writer-private.h"
#include "values-private.h"
#include "write-hdf5-private.h"
#include "writer-private.h"

gboolean
assay_hdf5_can_hold (AssayDtype dtype)
{
  return dtype != ASSAY_DTYPE_INVALID;
}

gboolean
assay_hdf5_needs_mark (AssayDtype dtype)
{
  switch (dtype)
    {
    case ASSAY_DTYPE_BOOL:
    case ASSAY_DTYPE_INT8:
    case ASSAY_DTYPE_INT16:
    case ASSAY_DTYPE_INT32:
    case ASSAY_DTYPE_INT64:
    case ASSAY_DTYPE_UINT8:
    case ASSAY_DTYPE_UINT16:
    case ASSAY_DTYPE_UINT32:
    case ASSAY_DTYPE_UINT64:
    case ASSAY_DTYPE_FLOAT16:
    case ASSAY_DTYPE_FLOAT32:
    case ASSAY_DTYPE_FLOAT64:
    case ASSAY_DTYPE_FLOAT128:
    case ASSAY_DTYPE_COMPLEX64:
    case ASSAY_DTYPE_COMPLEX128:
    case ASSAY_DTYPE_STRING:
    case ASSAY_DTYPE_BYTES:
      return FALSE;
    default:
      return TRUE;
    }
}

/* Makes a dataset and writes its values: contiguous ones straight into the file, when libhdf5 has closed it. */
typedef struct
{
  guint   index;
  guint64 offset;
} Later;

static gboolean
add_dataset (AssayHdf5Writer *writer, const AssayExport *export, guint index, const char *path, gboolean for_keras, GArray *later, GError **error)
{
  const AssayExportEntry      *entry = assay_export_entry (export, index);
  const AssayManifestVariable *facts = &entry->facts;
  Later                        place = { .index = index };
  /* Keras has bfloat16 as bytes without a meaning, and an attribute; it can't load another form. */
  gboolean as_bytes = for_keras && facts->dtype == ASSAY_DTYPE_BFLOAT16;

  if (!assay_hdf5_writer_add_dataset (writer, path, as_bytes ? ASSAY_DTYPE_OPAQUE : facts->dtype, facts->item_size, facts->rank, facts->shape, export->deflate,
                                      &place.offset, error))
    return FALSE;
  if (assay_hdf5_needs_mark (facts->dtype) &&
      !assay_hdf5_writer_set_attribute (writer, path, as_bytes ? "dtype" : "assay_dtype", g_variant_new_string (facts->dtype_name), error))
    return FALSE;
  if (facts->n_elements == 0)
    return TRUE;
  if (place.offset == G_MAXUINT64)
    return assay_hdf5_writer_write (writer, path, entry->source, NULL, FALSE, export->job, error);
  g_array_append_val (later, place);
  return TRUE;
}

static gboolean
write_later (const AssayExport *export, GArray *later, int fd, GError **error)
{
  for (guint i = 0; i < later->len; i++)
    {
      const Later     *at = &g_array_index (later, Later, i);
      AssayValuesPlace place = { .fd = fd, .offset = at->offset };

      if (!assay_values_write (assay_export_entry (export, at->index)->source, NULL, &place, export->job, error))
        return FALSE;
      assay_job_set_fraction (export->job, (i + 1) / (double) later->len);
    }
  return TRUE;
}

/* The checkpoint key of a path: each part escaped, and where TensorFlow has the value. */
static char *
dup_key_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  GString *out = g_string_new ("/checkpoint");

  for (gsize i = 0; parts[i]; i++)
    {
      g_autofree char *escaped = assay_name_escape (*parts[i] ? parts[i] : "value");

      g_string_append_printf (out, "/%s", escaped);
    }
  g_string_append (out, "/.ATTRIBUTES/VARIABLE_VALUE");
  return g_string_free (out, FALSE);
}

gboolean
assay_write_assay_hdf5 (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  int fd = assay_replacement_get_fd (replacement);
  g_autoptr (AssayHdf5Writer) writer = assay_hdf5_writer_create (fd, error);
  g_autoptr (GArray) later = g_array_new (FALSE, FALSE, sizeof (Later));

  if (writer == NULL || !assay_hdf5_writer_set_attribute (writer, "/", "assay_format", g_variant_new_string ("model"), error) ||
      !assay_hdf5_writer_set_attribute (writer, "/", "assay_version", g_variant_new_int64 (1), error) ||
      !assay_hdf5_writer_add_group (writer, "/checkpoint", error))
    return FALSE;
  for (guint i = 0; i < export->entries->len; i++)
    {
      g_autofree char *path = dup_key_path (assay_export_entry (export, i)->path);

      if (!add_dataset (writer, export, i, path, FALSE, later, error))
        return FALSE;
    }
  return assay_hdf5_writer_close (writer, error) && write_later (export, later, fd, error);
}

/* Keras' snake case: "Conv2D" is "conv2d", "BatchNormalization" is "batch_normalization". As keras.src.utils.naming.to_snake_case. */
static char *
to_snake_case (const char *name)
{
  g_autoptr (GRegex) words = g_regex_new ("(.)([A-Z][a-z]+)", 0, 0, NULL);
  g_autoptr (GRegex) capitals = g_regex_new ("([a-z])([A-Z])", 0, 0, NULL);
  g_autofree char *first = g_regex_replace (words, name, -1, 0, "\\1_\\2", 0, NULL);
  g_autofree char *second = g_regex_replace (capitals, first, -1, 0, "\\1_\\2", 0, NULL);

  return g_ascii_strdown (second, -1);
}

static gboolean
is_recurrent (const char *class_name)
{
  return class_name != NULL && (strcmp (class_name, "LSTM") == 0 || strcmp (class_name, "GRU") == 0 || strcmp (class_name, "SimpleRNN") == 0);
}

static gboolean
is_container (const char *class_name)
{
  return class_name != NULL && (strcmp (class_name, "Sequential") == 0 || strcmp (class_name, "Functional") == 0);
}

/* Where Keras puts the variables of each module: layers by class and number within their container, other modules by name. */
static GPtrArray *
name_modules (AssayManifest *manifest)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint32 i = 0; i < assay_manifest_get_n_modules (manifest); i++)
    {
      AssayManifestModule module, parent = { 0 };
      g_autofree char    *snake = NULL, *counted = NULL;
      const char         *above = "";
      gboolean            in_layers;
      guint               n;

      assay_manifest_get_module (manifest, i, &module);
      if (module.parent == G_MAXUINT32)
        {
          g_ptr_array_add (paths, g_strdup (""));
          continue;
        }
      above = paths->pdata[module.parent];
      assay_manifest_get_module (manifest, module.parent, &parent);
      in_layers = module.class_name != NULL && (module.parent == 0 || is_container (parent.class_name));
      if (!in_layers)
        {
          g_ptr_array_add (paths, g_strconcat (above, "/", module.name, NULL));
          continue;
        }
      snake = to_snake_case (module.class_name);
      counted = g_strconcat (above, "/layers/", snake, NULL);
      n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, counted));
      g_ptr_array_add (paths, n ? g_strdup_printf ("%s_%u%s", counted, n, is_recurrent (module.class_name) ? "/cell" : "")
                                : g_strconcat (counted, is_recurrent (module.class_name) ? "/cell" : "", NULL));
      g_hash_table_insert (counts, g_steal_pointer (&counted), GUINT_TO_POINTER (n + 1));
    }
  return paths;
}

gboolean
assay_write_keras_weights (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  int fd = assay_replacement_get_fd (replacement);
  g_autoptr (AssayHdf5Writer) writer = assay_hdf5_writer_create (fd, error);
  g_autoptr (GArray) later = g_array_new (FALSE, FALSE, sizeof (Later));
  g_autoptr (GPtrArray) modules = name_modules (export->manifest);
  g_autofree guint *n_in_module = g_new0 (guint, modules->len + 1);

  if (writer == NULL)
    return FALSE;
  for (guint i = 0; i < export->entries->len; i++)
    {
      const AssayManifestVariable *facts = &assay_export_entry (export, i)->facts;
      g_autofree char             *path = NULL;

      /* Keras loads weights without their optimizer. */
      if (facts->flags & ASSAY_FLAG_OPTIMIZER)
        continue;
      path = g_strdup_printf ("%s/vars/%u", (char *) modules->pdata[facts->module], n_in_module[facts->module]++);
      if (!add_dataset (writer, export, i, path, TRUE, later, error))
        return FALSE;
    }
  return assay_hdf5_writer_close (writer, error) && write_later (export, later, fd, error);
}
