/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli ls: the module tree. */

#include "tree-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One line of the table. */
typedef struct
{
  char       *name;
  char       *shape;
  char       *parameters;
  char       *bytes;
  char       *note;
  guint64     n_bytes;
  gboolean    is_module;
  const char *dtype;
} Row;

typedef struct
{
  AssayManifest    *manifest;
  const CliOptions *options;
  const char       *pattern;
  gboolean          flat;
  gboolean          hash;
  GArray           *rows;
} Listing;

static void
row_clear (Row *row)
{
  g_free (row->name);
  g_free (row->shape);
  g_free (row->parameters);
  g_free (row->bytes);
  g_free (row->note);
}

static char *
dup_hash (AssayManifest *manifest, guint32 index, char **reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, &error);
  gboolean packed = strcmp (assay_manifest_get_format (manifest), "tensorflow-checkpoint") != 0;
  char    *hash = source ? cli_hash (source, packed, &error) : NULL;

  if (hash == NULL && reason != NULL)
    *reason = g_strdup (error->message);
  return hash;
}

static char *
dup_indented (const char *name, guint depth)
{
  gsize n = strlen (name);
  char *out = g_malloc (depth * 2 + n + 1);

  memset (out, ' ', depth * 2);
  memcpy (out + depth * 2, name, n + 1);
  return out;
}

static void
add_variable (Listing *listing, guint32 index, guint depth)
{
  AssayManifestVariable variable;
  g_autofree char      *path = NULL;
  Row                   row = { 0 };

  assay_manifest_get_variable (listing->manifest, index, &variable);
  if (listing->flat || listing->pattern != NULL)
    {
      path = assay_manifest_dup_variable_path (listing->manifest, index);
      if (!cli_matches (listing->pattern, path))
        return;
    }
  row.name = listing->flat ? g_strdup (path) : dup_indented (variable.name, depth);
  row.shape = (variable.flags & ASSAY_FLAG_EMPTY) ? g_strdup (_ ("empty")) : assay_shape_to_display (variable.rank, variable.shape);
  row.dtype = variable.dtype_name;
  row.parameters = cli_format_count (variable.n_elements);
  row.n_bytes = variable.n_bytes;
  row.bytes = cli_format_bytes (variable.n_bytes);
  if (listing->hash)
    row.note = dup_hash (listing->manifest, index, NULL);
  if (row.note == NULL)
    row.note = g_strdup (variable.reason);
  g_array_append_val (listing->rows, row);
}

static void
add_module (Listing *listing, const CliTree *tree, guint32 index, guint depth)
{
  AssayManifestModule module;
  Row                 row = { .is_module = TRUE };
  guint               place = listing->rows->len;

  assay_manifest_get_module (listing->manifest, index, &module);
  if (index != 0)
    {
      row.name = dup_indented (module.name, depth - 1);
      row.note = g_strdup (module.class_name);
      row.parameters = (module.flags & ASSAY_FLAG_OPTIMIZER) ? g_strdup ("–") : cli_format_count (tree->parameters[index]);
      row.bytes = (module.flags & ASSAY_FLAG_OPTIMIZER) ? g_strdup ("–") : cli_format_bytes (tree->bytes[index]);
      row.dtype = "";
      row.shape = g_strdup ("");
      g_array_append_val (listing->rows, row);
    }
  for (guint32 i = tree->first_variable[index]; i < tree->first_variable[index + 1]; i++)
    add_variable (listing, tree->variables[i], depth);
  for (guint32 i = tree->first_module[index]; i < tree->first_module[index + 1]; i++)
    add_module (listing, tree, tree->modules[i], depth + 1);
  /* A pattern leaves out modules with nothing that fits. */
  if (index != 0 && listing->pattern != NULL && listing->rows->len == place + 1)
    g_array_set_size (listing->rows, place);
}

static int
compare_bytes (gconstpointer a, gconstpointer b)
{
  const Row *first = a, *second = b;

  return first->n_bytes < second->n_bytes ? 1 : first->n_bytes > second->n_bytes ? -1
                                                                                 : 0;
}

/* Columns of a text on a terminal: characters, which are bytes that don't go on with one. */
static glong
count_columns (const char *text)
{
  glong n = 0;

  for (const char *p = text; *p; p++)
    n += (*p & 0xc0) != 0x80;
  return n;
}

static void
print_blanks (glong n)
{
  static const char blanks[] = "                                                                                ";

  for (; n > 0; n -= sizeof blanks - 1)
    fwrite (blanks, 1, MIN (n, (glong) sizeof blanks - 1), stdout);
}

static void
print_cell (const char *text, glong width, gboolean right)
{
  glong pad = width - count_columns (text);

  if (right)
    print_blanks (pad);
  fputs (text, stdout);
  if (!right)
    print_blanks (pad);
}

static void
print_rows (Listing *listing)
{
  glong widths[5] = { 4, 5, 4, 6, 5 };

  for (guint i = 0; i < listing->rows->len; i++)
    {
      const Row        *row = &g_array_index (listing->rows, Row, i);
      const char *const cells[] = { row->name, row->shape, row->dtype, row->parameters, row->bytes };

      for (int c = 0; c < 5; c++)
        widths[c] = MIN (MAX (widths[c], count_columns (cells[c])), 80);
    }
  for (guint i = 0; i < listing->rows->len; i++)
    {
      const Row *row = &g_array_index (listing->rows, Row, i);

      if (listing->options->color && row->is_module)
        fputs ("\033[1m", stdout);
      print_cell (row->name, widths[0], FALSE);
      if (listing->options->color && row->is_module)
        fputs ("\033[0m", stdout);
      fputs ("  ", stdout);
      print_cell (row->shape, widths[1], FALSE);
      fputs ("  ", stdout);
      print_cell (row->dtype, widths[2], FALSE);
      fputs ("  ", stdout);
      print_cell (row->parameters, widths[3], TRUE);
      fputs ("  ", stdout);
      print_cell (row->bytes, widths[4], TRUE);
      if (row->note != NULL)
        {
          fputs ("  ", stdout);
          fputs (row->note, stdout);
        }
      putchar ('\n');
    }
}

typedef struct
{
  guint64 variables, parameters, trainable, bytes;
} Totals;

static Totals
count (AssayManifest *manifest)
{
  Totals totals = { 0 };

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, i, &variable);
      if ((variable.flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN)) == 0)
        totals.variables++;
      if (!cli_is_parameter (&variable))
        continue;
      totals.parameters += variable.n_elements;
      totals.bytes += variable.n_bytes;
      if (cli_is_trainable (&variable))
        totals.trainable += variable.n_elements;
    }
  return totals;
}

static void
print_human (Listing *listing, const char *sort)
{
  g_autoptr (CliTree) tree = cli_tree_new (listing->manifest);
  Totals           totals = count (listing->manifest);
  g_autofree char *parameters = cli_format_count (totals.parameters);
  g_autofree char *trainable = cli_format_count (totals.trainable);
  g_autofree char *bytes = cli_format_bytes (totals.bytes);
  GPtrArray       *warnings = assay_manifest_get_warnings (listing->manifest);

  if (listing->flat)
    for (guint32 i = 0; i < assay_manifest_get_n_variables (listing->manifest); i++)
      add_variable (listing, i, 0);
  else
    add_module (listing, tree, 0, 0);
  if (g_strcmp0 (sort, "size") == 0)
    g_array_sort (listing->rows, compare_bytes);
  print_rows (listing);
  printf (_ ("%" PRIu64 " variables · %s parameters · trainable %s · %s · %s\n"), totals.variables, parameters, trainable,
          bytes, assay_manifest_get_format (listing->manifest));
  for (guint i = 0; i < warnings->len; i++)
    fprintf (stderr, _ ("warning: %s\n"), (char *) warnings->pdata[i]);
}

static void
print_modules_json (AssayManifest *manifest)
{
  gboolean first_module = TRUE;

  fputs ("\"modules\": [", stdout);
  for (guint32 i = 0; i < assay_manifest_get_n_modules (manifest); i++)
    {
      AssayManifestModule module;
      g_autofree char    *path = assay_manifest_dup_module_path (manifest, i);
      g_autofree char    *attributes = assay_manifest_dup_module_attributes (manifest, i);
      gboolean            first = TRUE;

      assay_manifest_get_module (manifest, i, &module);
      fputs (first_module ? "{" : ",\n{", stdout);
      first_module = FALSE;
      json_print_key (&first, "path");
      json_print_string (path);
      json_print_key (&first, "class");
      if (module.class_name != NULL)
        json_print_string (module.class_name);
      else
        fputs ("null", stdout);
      json_print_key (&first, "name");
      json_print_string (module.name);
      if (module.flags & ASSAY_FLAG_OPTIMIZER)
        fputs (", \"role\": \"optimizer\"", stdout);
      if (attributes != NULL)
        printf (", \"attributes\": %s", attributes);
      putchar ('}');
    }
  fputs ("],\n", stdout);
}

static void
print_variables_json (Listing *listing, GPtrArray *warnings)
{
  gboolean first = TRUE;

  fputs ("\"variables\": [", stdout);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (listing->manifest); i++)
    {
      g_autofree char *hash = NULL, *reason = NULL;

      if (listing->pattern != NULL)
        {
          g_autofree char *path = assay_manifest_dup_variable_path (listing->manifest, i);

          if (!cli_matches (listing->pattern, path))
            continue;
        }
      if (listing->hash)
        {
          AssayManifestVariable variable;

          assay_manifest_get_variable (listing->manifest, i, &variable);
          hash = (variable.flags & ASSAY_FLAG_EMPTY) ? NULL : dup_hash (listing->manifest, i, &reason);
          if (reason != NULL && variable.reason == NULL)
            g_ptr_array_add (warnings, g_strdup_printf ("%s: %s", variable.key, reason));
        }
      fputs (first ? "{" : ",\n{", stdout);
      first = FALSE;
      cli_print_variable_json (listing->manifest, i, hash);
      putchar ('}');
    }
  fputs ("],\n", stdout);
}

static void
print_json (Listing *listing, const char *path)
{
  Totals     totals = count (listing->manifest);
  GPtrArray *from = assay_manifest_get_warnings (listing->manifest);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (warnings, g_strdup (from->pdata[i]));
  fputs ("{\"path\": ", stdout);
  json_print_string (path);
  fputs (", \"format\": ", stdout);
  json_print_string (assay_manifest_get_format (listing->manifest));
  printf (",\n\"totals\": {\"variables\": %" G_GUINT64_FORMAT ", \"parameters\": %" G_GUINT64_FORMAT
          ", \"trainable_parameters\": %" G_GUINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT "},\n",
          totals.variables, totals.parameters, totals.trainable, totals.bytes);
  print_modules_json (listing->manifest);
  print_variables_json (listing, warnings);
  fputs ("\"functions\": [],\n\"warnings\": [", stdout);
  for (guint i = 0; i < warnings->len; i++)
    {
      fputs (i ? ", " : "", stdout);
      json_print_string (warnings->pdata[i]);
    }
  fputs ("]}\n", stdout);
}

static int
ls_run (int argc, char **argv, GError **error)
{
  Listing          listing = { 0 };
  CliOptions       options;
  g_autofree char *sort = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  const GOptionEntry entries[] = {
    { "flat", 0, 0, G_OPTION_ARG_NONE, &listing.flat, N_ ("Whole paths instead of a tree"), NULL },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &sort, N_ ("name or size"), N_ ("KEY") },
    { "hash", 0, 0, G_OPTION_ARG_NONE, &listing.hash, N_ ("SHA-256 of each value"), NULL },
    { NULL },
  };

  if (!cli_parse (&cli_ls_command, entries, argc, argv, 1, 2, &options, &words, error))
    return CLI_TROUBLE;
  if (sort != NULL && strcmp (sort, "size") != 0 && strcmp (sort, "name") != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--sort takes name or size, not “%s”"), sort);
      return CLI_TROUBLE;
    }
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL)
    return CLI_TROUBLE;
  g_array_set_clear_func (rows, (GDestroyNotify) row_clear);
  listing.manifest = manifest;
  listing.options = &options;
  listing.pattern = words[1];
  listing.rows = rows;
  listing.flat = listing.flat || g_strcmp0 (sort, "size") == 0;
  if (options.json)
    print_json (&listing, words[0]);
  else
    print_human (&listing, sort);
  return CLI_FINE;
}

const CliCommand cli_ls_command = {
  "ls",
  N_ ("Lists a model’s modules and variables"),
  "MODEL [PATTERN]",
  "Examples:\n  assay-cli ls model.h5\n  assay-cli ls model.safetensors 'encoder/*/weight' --flat --sort size\n"
  "  assay-cli ls model.npz --json --hash",
  ls_run,
};
