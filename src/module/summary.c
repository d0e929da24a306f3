/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Source: keras/utils/layer_utils.py of Keras 2, print_summary. */

#include <assay/summary.h>

#include <string.h>

#define WIDTH 65
#define N_COLUMNS 3

static const guint column_end[N_COLUMNS] = { 29, 55, 65 };

/* What doesn't fit into a column goes on in the next line. */
static void
append_row (GString *out, const char *const *fields)
{
  const char *rest[N_COLUMNS];
  gboolean    more = TRUE;

  memcpy (rest, fields, sizeof rest);
  while (more)
    {
      gsize begin = out->len;

      more = FALSE;
      g_string_append_c (out, ' ');
      for (guint i = 0; i < N_COLUMNS; i++)
        {
          guint room = column_end[i] - (i ? column_end[i - 1] : 1) - (i + 1 < N_COLUMNS ? 2 : 0);
          gsize n = MIN (strlen (rest[i]), room);

          g_string_append_len (out, rest[i], n);
          rest[i] += n;
          more = more || *rest[i] != '\0';
          while (out->len - begin < column_end[i])
            g_string_append_c (out, ' ');
        }
      g_string_append_c (out, '\n');
    }
}

static void
append_rule (GString *out, char c)
{
  for (guint i = 0; i < WIDTH; i++)
    g_string_append_c (out, c);
  g_string_append_c (out, '\n');
}

static void
count (GPtrArray *variables, guint64 *parameters, guint64 *bytes)
{
  *parameters = *bytes = 0;
  for (guint i = 0; i < variables->len; i++)
    {
      guint64 n = assay_partial_shape_n_elements (assay_resource_get_shape (variables->pdata[i]));

      *parameters += n;
      *bytes += n * assay_dtype_get_info (assay_resource_get_dtype (variables->pdata[i]))->item_size;
    }
}

static char *
dup_size (guint64 bytes)
{
  static const char *const units[] = { "Byte", "KB", "MB", "GB", "TB", "PB" };
  double                   size = bytes;
  guint                    unit = 0;

  for (; size >= 1024 && unit + 1 < G_N_ELEMENTS (units); unit++)
    size /= 1024;
  return g_strdup_printf ("%.2f %s", size, units[unit]);
}

static void
append_total (GString *out, const char *title, GPtrArray *variables)
{
  guint64          parameters, bytes;
  g_autofree char *size = NULL;

  count (variables, &parameters, &bytes);
  size = dup_size (bytes);
  g_string_append_printf (out, "%s: %" G_GUINT64_FORMAT " (%s)\n", title, parameters, size);
  g_ptr_array_unref (variables);
}

static void
append_layer (GString *out, AssayModule *layer)
{
  g_autoptr (GPtrArray) variables = assay_module_get_variables (layer);
  g_autofree char *title = g_strdup_printf ("%s (%s)", assay_module_get_name (layer), assay_module_get_class_name (layer));
  g_autofree char *number = NULL;
  guint64          parameters, bytes;
  const char *fields[N_COLUMNS] = { title, "multiple", NULL }, *const nothing[N_COLUMNS] = { "", "", "" };

  count (variables, &parameters, &bytes);
  fields[2] = number = g_strdup_printf ("%" G_GUINT64_FORMAT, parameters);
  append_row (out, fields);
  append_row (out, nothing);
}

char *
assay_layer_summary (AssayModule *model)
{
  static const char *const header[N_COLUMNS] = { "Layer (type)", "Output Shape", "Param #" };
  GString                 *out = g_string_new (NULL);
  AssayItem               *attributes = assay_module_get_attributes (model);

  g_string_append_printf (out, "Model: \"%s\"\n", assay_module_get_name (model));
  append_rule (out, '_');
  append_row (out, header);
  append_rule (out, '=');
  for (guint i = 0; i < assay_item_get_n (attributes); i++)
    {
      gpointer object = assay_item_get_object (assay_item_get_nth (attributes, i, NULL));

      if (object != NULL && ASSAY_IS_LAYER (object))
        append_layer (out, object);
    }
  append_rule (out, '=');
  append_total (out, "Total params", assay_module_get_variables (model));
  append_total (out, "Trainable params", assay_module_get_trainable_variables (model));
  append_total (out, "Non-trainable params", assay_module_get_non_trainable_variables (model));
  append_rule (out, '_');
  return g_string_free (out, FALSE);
}
