/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli ls: the module tree. */

#include "tree-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum
{
  CELL_NAME,
  CELL_SHAPE,
  CELL_DTYPE,
  CELL_PARAMETERS,
  CELL_BYTES,
  N_CELLS
};

/* One line of the table: its cells, one behind the other in the listing's text, and what else there is to say. A hundred thousand are
 * made and printed, so none has memory of its own. */
typedef struct
{
  gsize    text;
  guint32  lengths[N_CELLS];
  guint32  n_note;
  gboolean is_module;
  guint64  n_bytes;
} Row;

typedef struct
{
  AssayManifest    *manifest;
  const CliOptions *options;
  const char       *pattern;
  gboolean          flat;
  gboolean          hash;
  GArray           *rows;
  GString          *text;
} Listing;

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

static guint32
add_text (Listing *listing, const char *text)
{
  gsize n = MIN (strlen (text), G_MAXINT32);

  g_string_append_len (listing->text, text, n);
  return n;
}

static guint32
add_indented (Listing *listing, const char *name, guint depth)
{
  gsize at = listing->text->len;

  g_string_set_size (listing->text, at + depth * 2);
  memset (listing->text->str + at, ' ', depth * 2);
  return depth * 2 + add_text (listing, name);
}

static guint32
add_count (Listing *listing, guint64 n)
{
  char buffer[CLI_FORMAT_SIZE];

  return add_text (listing, cli_print_count (buffer, n));
}

static guint32
add_bytes (Listing *listing, guint64 n_bytes)
{
  char buffer[CLI_FORMAT_SIZE];

  return add_text (listing, cli_print_bytes (buffer, n_bytes));
}

static guint32
add_shape (Listing *listing, const AssayManifestVariable *variable)
{
  g_autofree char *shape = NULL;

  if (variable->flags & ASSAY_FLAG_EMPTY)
    return add_text (listing, _ ("empty"));
  /* Most have one dimension or two. */
  if (variable->rank == 1)
    return add_text (listing, cli_print_digits ((char[CLI_FORMAT_SIZE]){ 0 }, variable->shape[0]));
  shape = assay_shape_to_display (variable->rank, variable->shape);
  return add_text (listing, shape);
}

static void
add_variable (Listing *listing, guint32 index, guint depth)
{
  AssayManifestVariable variable;
  g_autofree char      *path = NULL, *hash = NULL;
  Row                   row = { .text = listing->text->len };
  gboolean              is_empty;

  assay_manifest_get_variable (listing->manifest, index, &variable);
  if (listing->flat || listing->pattern != NULL)
    {
      path = assay_manifest_dup_variable_path (listing->manifest, index);
      if (!cli_matches (listing->pattern, path))
        return;
    }
  is_empty = (variable.flags & ASSAY_FLAG_EMPTY) != 0;
  row.n_bytes = is_empty ? 0 : variable.n_bytes;
  row.lengths[CELL_NAME] = listing->flat ? add_text (listing, path) : add_indented (listing, variable.name, depth);
  row.lengths[CELL_SHAPE] = add_shape (listing, &variable);
  row.lengths[CELL_DTYPE] = add_text (listing, variable.dtype_name);
  row.lengths[CELL_PARAMETERS] = add_count (listing, is_empty ? 0 : variable.n_elements);
  row.lengths[CELL_BYTES] = add_bytes (listing, row.n_bytes);
  if (listing->hash)
    hash = dup_hash (listing->manifest, index, NULL);
  if (hash != NULL || variable.reason != NULL)
    row.n_note = add_text (listing, hash ? hash : variable.reason);
  g_array_append_val (listing->rows, row);
}

static void
add_module_row (Listing *listing, const CliTree *tree, guint32 index, guint depth)
{
  AssayManifestModule module;
  Row                 row = { .text = listing->text->len, .is_module = TRUE };

  assay_manifest_get_module (listing->manifest, index, &module);
  row.lengths[CELL_NAME] = add_indented (listing, module.name, depth - 1);
  if (module.flags & ASSAY_FLAG_OPTIMIZER)
    {
      row.lengths[CELL_PARAMETERS] = add_text (listing, "–");
      row.lengths[CELL_BYTES] = add_text (listing, "–");
    }
  else
    {
      row.lengths[CELL_PARAMETERS] = add_count (listing, tree->parameters[index]);
      row.lengths[CELL_BYTES] = add_bytes (listing, tree->bytes[index]);
    }
  if (module.class_name != NULL)
    row.n_note = add_text (listing, module.class_name);
  g_array_append_val (listing->rows, row);
}

static void
add_module (Listing *listing, const CliTree *tree, guint32 index, guint depth)
{
  guint place = listing->rows->len;

  if (index != 0)
    add_module_row (listing, tree, index, depth);
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
static guint32
count_columns (const char *text, guint32 n)
{
  guint32 n_columns = 0;

  for (guint32 i = 0; i < n; i++)
    n_columns += (text[i] & 0xc0) != 0x80;
  return n_columns;
}

/* What is printed, until there is enough for a write. */
typedef struct
{
  gsize n;
  char  data[1 << 16];
} Output;

static void
flush_output (Output *output)
{
  fwrite (output->data, 1, output->n, stdout);
  output->n = 0;
}

static void
put (Output *output, const char *text, gsize n)
{
  if (n > sizeof output->data - output->n)
    flush_output (output);
  if (n > sizeof output->data)
    {
      fwrite (text, 1, n, stdout);
      return;
    }
  memcpy (output->data + output->n, text, n);
  output->n += n;
}

static void
put_blanks (Output *output, guint32 n)
{
  static const char blanks[] = "                                                                                ";

  for (; n >= sizeof blanks; n -= sizeof blanks - 1)
    put (output, blanks, sizeof blanks - 1);
  put (output, blanks, n);
}

static void
put_cell (Output *output, const char *text, guint32 n, guint32 width, gboolean right)
{
  guint32 n_columns = count_columns (text, n), pad = width > n_columns ? width - n_columns : 0;

  if (right)
    put_blanks (output, pad);
  put (output, text, n);
  if (!right)
    put_blanks (output, pad);
}

static void
put_row (Output *output, const Listing *listing, const Row *row, const guint32 *widths)
{
  const char *text = listing->text->str + row->text;
  gboolean    bold = listing->options->color && row->is_module;

  for (int c = 0; c < N_CELLS; c++)
    {
      if (c > 0)
        put (output, "  ", 2);
      if (bold && c == CELL_NAME)
        put (output, "\033[1m", 4);
      put_cell (output, text, row->lengths[c], widths[c], c >= CELL_PARAMETERS);
      if (bold && c == CELL_NAME)
        put (output, "\033[0m", 4);
      text += row->lengths[c];
    }
  if (row->n_note > 0)
    {
      put (output, "  ", 2);
      put (output, text, row->n_note);
    }
  put (output, "\n", 1);
}

static void
print_rows (const Listing *listing)
{
  guint32            widths[N_CELLS] = { 4, 5, 4, 6, 5 };
  g_autofree Output *output = g_new (Output, 1);

  output->n = 0;
  for (guint i = 0; i < listing->rows->len; i++)
    {
      const Row  *row = &g_array_index (listing->rows, Row, i);
      const char *text = listing->text->str + row->text;

      for (int c = 0; c < N_CELLS; text += row->lengths[c++])
        if (row->lengths[c] > widths[c])
          widths[c] = MIN (MAX (widths[c], count_columns (text, row->lengths[c])), 80);
    }
  for (guint i = 0; i < listing->rows->len; i++)
    put_row (output, listing, &g_array_index (listing->rows, Row, i), widths);
  flush_output (output);
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
  fputs ("\"functions\": [", stdout);
  cli_print_functions_json (listing->manifest);
  fputs ("],\n\"warnings\": [", stdout);
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
  g_autoptr (GString) text = g_string_new (NULL);
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
  listing.manifest = manifest;
  listing.options = &options;
  listing.pattern = words[1];
  listing.rows = rows;
  listing.text = text;
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
