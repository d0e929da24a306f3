/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our own HDF5 files: docs/file-format.md. A checkpoint's groups are the parts of its keys, escaped; the dataset
 * .ATTRIBUTES/VARIABLE_VALUE is the value of the object that the path names. */

#include <assay/names.h>
#include <string.h>

#include "keras-private.h"

#define ATTRIBUTES ".ATTRIBUTES"
#define GRAPH "_CHECKPOINTABLE_OBJECT_GRAPH"
#define VALUE ".ATTRIBUTES/VARIABLE_VALUE"
#define MAX_DEPTH 200
#define SEPARATOR '\x1f'

static gboolean
walk (AssayHdf5 *hdf5, hid_t group, const char *path, guint32 module, guint depth, GError **error)
{
  g_autoptr (GPtrArray) names = assay_hdf5_list_names (group);

  for (guint i = 0; i < names->len && depth < MAX_DEPTH; i++)
    {
      const char      *name = names->pdata[i];
      g_autofree char *inner_path = g_strdup_printf ("%s/%s", path, name);
      g_autofree char *local = assay_name_unescape (name);
      g_auto (AssayH5Group) child = assay_hdf5_open_group (group, name);
      g_auto (AssayH5Dataset) value = child >= 0 ? assay_hdf5_open_dataset (child, VALUE) : H5I_INVALID_HID;
      g_autofree char *key = g_strdup_printf ("%s/%s", inner_path, VALUE);
      g_autoptr (GPtrArray) inside = child >= 0 ? assay_hdf5_list_names (child) : NULL;
      gboolean has_more = inside != NULL && inside->len > (value >= 0 ? 1u : 0u);

      if (strcmp (name, ATTRIBUTES) == 0)
        continue;
      if (value >= 0)
        assay_hdf5_add_dataset (hdf5, value, module, local, key, 0);
      if (has_more)
        {
          g_autofree char *below = g_strdup_printf ("%s%c", local, SEPARATOR);
          guint32          inner = assay_manifest_builder_ensure_path (hdf5->context->builder, module, below, SEPARATOR, NULL);

          if (!walk (hdf5, child, inner_path, inner, depth + 1, error))
            return FALSE;
        }
      if (child < 0)
        {
          g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (group, name);

          if (dataset >= 0)
            assay_hdf5_add_dataset (hdf5, dataset, module, local, inner_path, ASSAY_FLAG_HIDDEN);
        }
      if (assay_manifest_builder_is_due (hdf5->context->builder) && !assay_manifest_builder_flush (hdf5->context->builder, error))
        return FALSE;
    }
  return TRUE;
}

/* Restoring goes by the object graph: a dataset with JSON, which is given back. Files that were converted from another format have none. Saved models have two
 * more such texts. */
static char *
hand_on (AssayHdf5 *hdf5, hid_t group, const char *path, const char *name)
{
  g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (group, path);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *json = NULL;
  H5O_info_t       info;
  gsize            n;
  const char      *data;

  if (dataset < 0 || H5Oget_info (dataset, &info) < 0 || !assay_hdf5_read_strings (hdf5, info.addr, 0, 1, strings, NULL))
    return NULL;
  data = g_bytes_get_data (strings->pdata[0], &n);
  json = g_strndup (data, n);
  assay_manifest_builder_set_module_attribute (hdf5->context->builder, 0, name, json);
  return g_steal_pointer (&json);
}

/* Large constants of the functions are shown as variables. */
static void
add_constants (AssayHdf5 *hdf5, hid_t group)
{
  g_autoptr (GPtrArray) names = assay_hdf5_list_names (group);
  guint32 module = assay_manifest_builder_add_module (hdf5->context->builder, 0, "constants", NULL, 0);

  for (guint i = 0; i < names->len; i++)
    {
      g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (group, names->pdata[i]);
      g_autofree char *key = g_strdup_printf ("saved_model/constants/%s", (const char *) names->pdata[i]);

      if (dataset >= 0)
        assay_hdf5_add_dataset (hdf5, dataset, module, names->pdata[i], key, 0);
    }
}

gboolean
assay_own_read_hdf5 (AssayHdf5 *hdf5, gboolean *done, GError **error)
{
  g_auto (AssayH5Group) root = assay_hdf5_open_group (hdf5->file, "/");
  g_auto (AssayH5Group) checkpoint = assay_hdf5_open_group (hdf5->file, "checkpoint");
  g_autofree char *format = root >= 0 ? assay_hdf5_read_string_attribute (root, "assay_format") : NULL;
  g_autofree char *graph = NULL, *objects = NULL;
  const char      *part = hdf5->context->part;
  g_auto (AssayH5Group) saved_model = checkpoint >= 0 ? assay_hdf5_open_group (hdf5->file, "saved_model") : H5I_INVALID_HID;
  g_auto (AssayH5Group) constants = saved_model >= 0 ? assay_hdf5_open_group (saved_model, "constants") : H5I_INVALID_HID;

  *done = g_strcmp0 (format, "model") == 0 && checkpoint >= 0 && (part == NULL || strcmp (part, "/checkpoint") == 0);
  if (!*done)
    return TRUE;
  assay_manifest_builder_set_format (hdf5->context->builder, "assay-hdf5");
  hdf5->marked_types = TRUE;
  assay_hdf5_add_attributes (hdf5, root, 0);
  graph = hand_on (hdf5, checkpoint, GRAPH, ".object_graph");
  if (saved_model >= 0)
    {
      objects = hand_on (hdf5, saved_model, "objects", ".objects");
      g_free (hand_on (hdf5, saved_model, "functions", ".functions"));
      /* What is loaded is of no class of its own. */
      assay_manifest_builder_set_module_facts (hdf5->context->builder, 0, "_UserObject", 0);
    }
  if (constants >= 0)
    add_constants (hdf5, constants);
  if (!walk (hdf5, checkpoint, "checkpoint", 0, 0, error))
    return FALSE;
  assay_own_read_objects (hdf5->context->builder, objects, graph);
  return TRUE;
}
