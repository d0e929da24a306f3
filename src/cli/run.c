/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli run: a model is called with inputs, its outputs and activations are written. */

#include "cli-private.h"
#include "tree-private.h"

#include <assay/import.h>
#include <assay/source.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <zip.h>

static AssayValue *
read_value (AssayManifest *manifest, guint32 index, GError **error)
{
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, error);
  guint64      n = source ? assay_source_get_n_elements (source) : 0, size;
  void        *data;
  AssayTensor *tensor;

  if (source == NULL)
    return NULL;
  if (!g_uint64_checked_mul (&size, n, assay_source_get_item_size (source)) || (data = g_try_malloc (size + 1)) == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory for %" PRIu64 " values"), n);
      return NULL;
    }
  if (n > 0 && !assay_source_read_flat (source, 0, n, data, NULL, error))
    {
      g_free (data);
      return NULL;
    }
  {
    g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);

    tensor = assay_tensor_new (assay_source_get_dtype (source), assay_source_get_rank (source), assay_source_get_shape (source), bytes, error);
  }
  return tensor ? assay_value_new_take (tensor) : NULL;
}

static gboolean
read_inputs (AssayFunction *function, const char *path, const CliOptions *options, GPtrArray *values, GError **error)
{
  g_autoptr (AssayManifest) manifest = cli_open (path, options, error);
  guint n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);

  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const char *name = assay_function_get_operation (function, i)->name;
      guint32     index = 0;
      AssayValue *value;

      if (!(n == 1 && assay_manifest_get_n_variables (manifest) == 1) && !cli_find_variable (manifest, name, &index, error))
        return FALSE;
      value = read_value (manifest, index, error);
      if (value == NULL)
        return FALSE;
      g_ptr_array_add (values, value);
    }
  return TRUE;
}

/* Magic, version, length, dictionary, padded to 64 bytes; then the values. bfloat16, which NumPy hasn't, becomes float32. */
static GByteArray *
make_npy (AssayTensor *tensor)
{
  AssayDtype  dtype = assay_tensor_get_dtype (tensor);
  gboolean    brain = dtype == ASSAY_DTYPE_BFLOAT16;
  const char *descr = dtype == ASSAY_DTYPE_FLOAT16 ? "<f2" : dtype == ASSAY_DTYPE_FLOAT64 ? "<f8"
                                                         : dtype == ASSAY_DTYPE_INT32     ? "<i4"
                                                         : dtype == ASSAY_DTYPE_INT64     ? "<i8"
                                                         : dtype == ASSAY_DTYPE_BOOL      ? "|b1"
                                                         : dtype == ASSAY_DTYPE_UINT8     ? "|u1"
                                                                                          : "<f4";
  GByteArray *npy = g_byte_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  guint16        length;
  const guint16 *halves = assay_tensor_get_data (tensor);

  g_string_append_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
  for (guint i = 0; i < assay_tensor_get_rank (tensor); i++)
    g_string_append_printf (text, "%" PRIu64 ", ", assay_tensor_get_shape (tensor)[i]);
  g_string_append (text, "), }");
  while ((text->len + 11) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  length = GUINT16_TO_LE (text->len);
  g_byte_array_append (npy, (const guint8 *) "\x93NUMPY\x01\x00", 8);
  g_byte_array_append (npy, (const guint8 *) &length, 2);
  g_byte_array_append (npy, (const guint8 *) text->str, text->len);
  if (!brain)
    g_byte_array_append (npy, assay_tensor_get_data (tensor), g_bytes_get_size (assay_tensor_get_bytes (tensor)));
  for (guint64 i = 0; brain && i < assay_tensor_get_n_elements (tensor); i++)
    {
      guint32 word = (guint32) halves[i] << 16;

      g_byte_array_append (npy, (const guint8 *) &word, 4);
    }
  return npy;
}

typedef AssayValue *(*GetValue) (AssayRun *run, guint index, const char **name);

static gboolean
write_npz (const char *folder, const char *file, AssayRun *run, guint n, GetValue get, GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  zip_t           *zip = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  gboolean         good = zip != NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);

  for (guint i = 0; i < n && good; i++)
    {
      const char      *name;
      AssayTensor     *tensor = assay_value_get_tensor (get (run, i, &name));
      g_autofree char *member = g_strconcat (name, ".npy", NULL);
      GByteArray      *npy = tensor ? make_npy (tensor) : NULL;
      zip_source_t    *source;
      zip_int64_t      at;

      if (npy == NULL)
        continue;
      g_ptr_array_add (kept, npy);
      g_strdelimit (member, "/", '|');
      source = zip_source_buffer (zip, npy->data, npy->len, 0);
      at = zip_file_add (zip, member, source, ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8);
      good = at >= 0 && zip_set_file_compression (zip, at, ZIP_CM_STORE, 0) == 0;
    }
  good = good && zip_close (zip) == 0;
  if (!good)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("%s can’t be written"), path);
  return good;
}

static void
print_value (AssayValue *value, const char *name, const CliOptions *options, gboolean last)
{
  g_autofree char *shape = assay_partial_shape_to_string (assay_value_get_shape (value));

  if (options->json)
    {
      fputs ("{\"name\": ", stdout);
      json_print_string (name);
      printf (", \"dtype\": \"%s\", \"shape\": %s}%s", assay_dtype_get_info (assay_value_get_dtype (value))->name, shape, last ? "" : ", ");
    }
  else if (!options->quiet)
    printf ("%s\t%s\t%s\n", name, assay_dtype_get_info (assay_value_get_dtype (value))->name, shape);
}

static void
print_run (AssayRun *run, double load_ms, const CliOptions *options)
{
  guint       n = assay_run_get_n_outputs (run), n_inputs = assay_run_get_n_inputs (run);
  const char *name;

  if (options->json)
    printf ("{\"signature\": \"%s\", \"inputs\": [", assay_run_get_signature (run));
  for (guint i = 0; options->json && i < n_inputs; i++)
    {
      AssayValue *value = assay_run_get_input (run, i, &name);

      print_value (value, name, options, i + 1 == n_inputs);
    }
  if (options->json)
    fputs ("], \"outputs\": [", stdout);
  for (guint i = 0; i < n; i++)
    {
      AssayValue *value = assay_run_get_output (run, i, &name);

      print_value (value, name, options, i + 1 == n);
    }
  if (options->json)
    printf ("], \"load_ms\": %.3f, \"run_ms\": [%.3f], \"peak_bytes\": %" PRIu64 "}\n", load_ms, assay_run_get_seconds (run) * 1000,
            assay_run_get_peak_bytes (run));
}

static int
run_run (int argc, char **argv, GError **error)
{
  g_autofree char   *signature = NULL, *inputs = NULL, *output = NULL;
  gboolean           activations = FALSE;
  const GOptionEntry entries[] = {
    { "signature", 0, 0, G_OPTION_ARG_STRING, &signature, N_ ("Which signature is called"), "S" },
    { "inputs", 0, 0, G_OPTION_ARG_FILENAME, &inputs, N_ ("All inputs, by name"), "FILE.npz" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Folder for outputs.npz"), "DIR" },
    { "activations", 0, 0, G_OPTION_ARG_NONE, &activations, N_ ("Also write activations.npz"), NULL },
    { NULL },
  };
  CliOptions options;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayRunnable) runnable = NULL;
  g_autoptr (AssayRun) run = NULL;
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  AssayFunction *function;
  gint64         begin = g_get_monotonic_time ();

  if (!cli_parse (&cli_run_command, entries, argc, argv, 1, 1, &options, &words, error))
    return CLI_TROUBLE;
  manifest = cli_open (words[0], &options, error);
  runnable = manifest ? assay_import (manifest, NULL, NULL, NULL, error) : NULL;
  function = runnable ? assay_runnable_find_signature (runnable, signature, error) : NULL;
  if (function == NULL)
    return CLI_TROUBLE;
  if (inputs == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("There are no inputs: give --inputs FILE.npz"));
      return CLI_TROUBLE;
    }
  if (!read_inputs (function, inputs, &options, values, error))
    return CLI_TROUBLE;
  begin = g_get_monotonic_time () - begin;
  run = assay_runnable_run (runnable, signature, (AssayValue **) values->pdata, values->len, activations, NULL, error);
  if (run == NULL)
    return CLI_TROUBLE;
  if (output != NULL)
    {
      g_mkdir_with_parents (output, 0777);
      if (!write_npz (output, "outputs.npz", run, assay_run_get_n_outputs (run), assay_run_get_output, error) ||
          (activations && !write_npz (output, "activations.npz", run, assay_run_get_n_activations (run), assay_run_get_activation, error)))
        return CLI_TROUBLE;
    }
  print_run (run, begin / 1000.0, &options);
  return CLI_FINE;
}

const CliCommand cli_run_command = {
  "run",
  N_ ("Calls a model"),
  N_ ("MODEL"),
  N_ ("Examples:\n  assay-cli run model.keras --inputs inputs.npz --output results --activations"),
  run_run,
};
