/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli show of a module: what it is, what it adds up to, and the variables below it. */

#include "cli-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

typedef struct
{
  AssayManifest      *manifest;
  AssayManifestModule facts;
  char               *path;
  GArray             *below; /* numbers of the variables */
  guint64             n_parameters, n_trainable, n_bytes;
} Shown;

static gboolean
find_module (AssayManifest *manifest, const char *name, guint32 *index)
{
  gsize n = strlen (name);

  /* Without a name it is the one array of a .npy that is meant, "/" is the whole. */
  if (n == 0)
    return FALSE;
  while (n > 0 && name[n - 1] == '/')
    n--;
  for (guint32 i = 0; i < assay_manifest_get_n_modules (manifest); i++)
    {
      g_autofree char *path = assay_manifest_dup_module_path (manifest, i);

      if (strncmp (path, name, n) == 0 && path[n] == '\0')
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
collect (Shown *shown)
{
  gsize n = strlen (shown->path);

  for (guint32 i = 0; i < assay_manifest_get_n_variables (shown->manifest); i++)
    {
      g_autofree char      *path = assay_manifest_dup_variable_path (shown->manifest, i);
      AssayManifestVariable variable;

      if (strncmp (path, shown->path, n) != 0 || path[n] != '/')
        continue;
      g_array_append_val (shown->below, i);
      assay_manifest_get_variable (shown->manifest, i, &variable);
      if (!cli_is_parameter (&variable))
        continue;
      shown->n_parameters += variable.n_elements;
      shown->n_bytes += variable.n_bytes;
      shown->n_trainable += cli_is_trainable (&variable) ? variable.n_elements : 0;
    }
}

static void
print_json (const Shown *shown, const char *attributes)
{
  fputs ("{\"path\": ", stdout);
  json_print_string (shown->path);
  fputs (", \"class\": ", stdout);
  if (shown->facts.class_name != NULL)
    json_print_string (shown->facts.class_name);
  else
    fputs ("null", stdout);
  fputs (", \"name\": ", stdout);
  json_print_string (shown->facts.name);
  printf (", \"parameters\": %" PRIu64 ", \"trainable_parameters\": %" PRIu64 ", \"bytes\": %" PRIu64, shown->n_parameters,
          shown->n_trainable, shown->n_bytes);
  if (attributes != NULL)
    printf (", \"attributes\": %s", attributes);
  fputs (",\n\"variables\": [", stdout);
  for (guint i = 0; i < shown->below->len; i++)
    {
      fputs (i ? ",\n{" : "{", stdout);
      cli_print_variable_json (shown->manifest, g_array_index (shown->below, guint32, i), NULL);
      putchar ('}');
    }
  fputs ("]}\n", stdout);
}

static void
print_human (const Shown *shown, const char *attributes)
{
  g_autofree char *parameters = cli_format_count (shown->n_parameters), *trainable = cli_format_count (shown->n_trainable);
  g_autofree char *bytes = cli_format_bytes (shown->n_bytes);

  printf ("%s%s%s\n", shown->path, shown->facts.class_name ? " · " : "", shown->facts.class_name ? shown->facts.class_name : "");
  printf (_ ("  %u variables · %s parameters · trainable %s · %s\n"), shown->below->len, parameters, trainable, bytes);
  if (attributes != NULL)
    printf ("  %s\n", attributes);
  for (guint i = 0; i < shown->below->len; i++)
    {
      guint32               index = g_array_index (shown->below, guint32, i);
      g_autofree char      *path = assay_manifest_dup_variable_path (shown->manifest, index), *shape = NULL;
      AssayManifestVariable variable;

      assay_manifest_get_variable (shown->manifest, index, &variable);
      shape = assay_shape_to_display (variable.rank, variable.shape);
      printf ("  %s  %s  %s\n", path + strlen (shown->path) + 1, shape, variable.dtype_name);
    }
}

gboolean
cli_show_module (AssayManifest *manifest, const char *name, gboolean json)
{
  Shown            shown = { .manifest = manifest };
  g_autofree char *path = NULL, *attributes = NULL;
  g_autoptr (GArray) below = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 index;

  if (!find_module (manifest, name, &index))
    return FALSE;
  shown.path = path = assay_manifest_dup_module_path (manifest, index);
  shown.below = below;
  assay_manifest_get_module (manifest, index, &shown.facts);
  attributes = assay_manifest_dup_module_attributes (manifest, index);
  collect (&shown);
  if (json)
    print_json (&shown, attributes);
  else
    print_human (&shown, attributes);
  return TRUE;
}
