/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli set: edits and saves. */

#include "slice-private.h"

#include "cli-private.h"

#include <assay/convert.h>
#include <assay/formula.h>
#include <assay/overlay.h>
#include <assay/save.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* "kernel[0, 2:4]" is "kernel" and "0, 2:4". A name may itself have brackets: then it is taken whole if such a variable exists. */
static gboolean
find_target (AssayManifest *manifest, const char *file, const char *text, guint32 *index, char **slice, GError **error)
{
  const char      *open = strrchr (text, '[');
  gsize            n = strlen (text);
  g_autofree char *name = NULL;

  *slice = NULL;
  if (cli_find_variable (manifest, file, text, index, NULL) || open == NULL || text[n - 1] != ']')
    return cli_find_variable (manifest, file, text, index, error);
  name = g_strndup (text, open - text);
  *slice = g_strndup (open + 1, text + n - 1 - (open + 1));
  return cli_find_variable (manifest, file, name, index, error);
}

static gboolean
get_box (const CliSlice *slice, guint64 *start, guint64 *count, GError **error)
{
  for (guint i = 0; i < slice->rank; i++)
    {
      if (slice->step[i] != 1 && slice->count[i] > 1)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("A slice that is set can’t have steps"));
          return FALSE;
        }
      start[i] = slice->start[i];
      count[i] = slice->count[i];
    }
  return TRUE;
}

static AssaySource *
fill_strings (AssaySource *base, const guint64 *start, const guint64 *count, guint64 n, const char *text, GError **error)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (strings, g_bytes_new (text, strlen (text)));
  return assay_overlay_new_for_strings (base, start, count, strings, error);
}

static AssaySource *
fill_value (AssaySource *base, const guint64 *start, const guint64 *count, guint64 n, const void *value, GError **error)
{
  guint32            item_size = assay_source_get_item_size (base);
  g_autofree guint8 *values = g_try_malloc (MAX (n * item_size, 1));
  g_autoptr (GBytes) bytes = NULL;

  if (values == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory for %" PRIu64 " values"), n);
      return NULL;
    }
  for (guint64 i = 0; i < n; i++)
    memcpy (values + i * item_size, value, item_size);
  bytes = g_bytes_new_take (g_steal_pointer (&values), n * item_size);
  return assay_overlay_new (base, start, count, bytes, error);
}

static AssaySource *
apply_formula (AssaySource *base, const guint64 *start, const guint64 *count, const char *text, AssayJob *job, GError **error)
{
  g_autoptr (AssayFormula) formula = assay_formula_parse (text, error);
  g_autoptr (AssayFormula) bound = formula ? assay_formula_bind (formula, base, job, error) : NULL;
  g_autoptr (AssaySource) edited = bound ? assay_formula_source_new (base, bound, start, count, error) : NULL;

  return edited && assay_formula_source_check (edited, job, error) ? g_steal_pointer (&edited) : NULL;
}

/* What isn't a value of the dtype is a formula. A number that doesn't fit stays an error. */
static AssaySource *
edit (AssaySource *base, const guint64 *start, const guint64 *count, guint64 n, const char *text, AssayJob *job, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (base);
  g_autofree guint8 *value = g_malloc0 (MAX (assay_source_get_item_size (base), 1));
  g_autoptr (GError) reason = NULL;

  if (assay_dtype_get_info (dtype)->kind == ASSAY_KIND_OPAQUE)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("Values of type %s can’t be edited"), assay_source_get_dtype_name (base));
      return NULL;
    }
  if (dtype == ASSAY_DTYPE_STRING)
    return fill_strings (base, start, count, n, text, error);
  if (assay_value_parse_named (dtype, assay_source_get_dtype_name (base), assay_source_get_item_size (base), text, value, &reason))
    return fill_value (base, start, count, n, value, error);
  if (assay_dtype_is_numeric (dtype) && g_error_matches (reason, ASSAY_ERROR, ASSAY_ERROR_SYNTAX))
    return apply_formula (base, start, count, text, job, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

static void
tick_cb (AssayJob *job, GParamSpec *pspec, gpointer data)
{
  cli_progress_tick (job);
}

/* In the file's own format, or in the one that a new name says. */
static gboolean
save (AssayManifest *manifest, const AssaySaveEdit *edit_one, const char *output, AssayJob *job, GError **error)
{
  const AssayWriter *writer = output ? assay_writers_find (output) : NULL;
  g_autofree char   *why = assay_save_why_not (manifest, edit_one->variable);
  const char        *path = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  gboolean           same_end = output && strrchr (path, '.') && g_str_has_suffix (output, strrchr (path, '.'));

  if (writer != NULL && (why != NULL || !same_end))
    return assay_convert (manifest, edit_one, 1, writer, output, NULL, job, NULL, error);
  return assay_save_edits (manifest, edit_one, 1, output, ASSAY_SAVE_DEFAULT, job, error);
}

static void
print_result (const char *written, guint64 n, const CliOptions *options)
{
  if (options->json)
    {
      fputs ("{\"written\": ", stdout);
      json_print_string (written);
      printf (", \"changed\": %" PRIu64 "}\n", n);
    }
  else if (!options->quiet)
    printf (_ ("%s: %" PRIu64 " values set\n"), written, n);
}

static int
set_run (int argc, char **argv, GError **error)
{
  CliOptions       options;
  g_autofree char *output = NULL, *slice_text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssaySource) base = NULL;
  g_autoptr (AssaySource) edited = NULL;
  g_autoptr (AssayJob) job = NULL;
  AssaySaveEdit      edit_one = { 0 };
  CliSlice           slice;
  gboolean           saved;
  guint64            start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Save here instead of in place"), N_ ("OUT") },
    { NULL },
  };

  if (!cli_parse (&cli_set_command, entries, argc, argv, 3, 3, &options, &words, error))
    return CLI_TROUBLE;
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL || !find_target (manifest, words[0], words[1], &edit_one.variable, &slice_text, error))
    return CLI_TROUBLE;
  base = assay_manifest_dup_source (manifest, edit_one.variable, error);
  if (base == NULL ||
      !cli_slice_parse (slice_text, assay_source_get_rank (base), assay_source_get_shape (base), &slice, error) ||
      !get_box (&slice, start, count, error))
    return CLI_TROUBLE;
  job = cli_progress_new (_ ("Setting"), &options);
  g_signal_connect (job, "notify::fraction", G_CALLBACK (tick_cb), NULL);
  edited = edit (base, start, count, cli_slice_n_elements (&slice), words[2], job, error);
  edit_one.source = edited;
  edit_one.base = base;
  saved = edited != NULL && save (manifest, &edit_one, output, job, error);
  cli_progress_end (job);
  if (!saved)
    return CLI_TROUBLE;
  print_result (output ? output : words[0], cli_slice_n_elements (&slice), &options);
  return CLI_FINE;
}

const CliCommand cli_set_command = {
  "set",
  N_ ("Changes values, by a value or a formula, and saves"),
  "MODEL NAME[SLICE] VALUE|FORMULA",
  "Examples:\n  assay-cli set model.h5 'conv/kernel[0,0]' 0.5\n  assay-cli set model.safetensors encoder.weight 'where(isnan(x), 0, x)' -o mended.safetensors",
  set_run,
};
