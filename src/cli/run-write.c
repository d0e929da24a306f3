/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a run leaves: .npz files, a table, JSON. */

#include "run-private.h"

#include <assay/array-text.h>
#include <assay/convert.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <zip.h>

/* The longest text of an output on a terminal: more is for a file. */
#define MAX_SHOWN 1000
#define BLOCK 4096

/* bfloat16, which NumPy hasn't, becomes float32. */
static const char *
npy_descr (AssayDtype dtype)
{
  static const struct
  {
    AssayDtype  dtype;
    const char *descr;
  } descrs[] = {
    { ASSAY_DTYPE_BOOL, "|b1" },
    { ASSAY_DTYPE_INT8, "|i1" },
    { ASSAY_DTYPE_UINT8, "|u1" },
    { ASSAY_DTYPE_INT16, "<i2" },
    { ASSAY_DTYPE_UINT16, "<u2" },
    { ASSAY_DTYPE_INT32, "<i4" },
    { ASSAY_DTYPE_UINT32, "<u4" },
    { ASSAY_DTYPE_INT64, "<i8" },
    { ASSAY_DTYPE_UINT64, "<u8" },
    { ASSAY_DTYPE_FLOAT16, "<f2" },
    { ASSAY_DTYPE_BFLOAT16, "<f4" },
    { ASSAY_DTYPE_FLOAT32, "<f4" },
    { ASSAY_DTYPE_FLOAT64, "<f8" },
    { ASSAY_DTYPE_COMPLEX64, "<c8" },
    { ASSAY_DTYPE_COMPLEX128, "<c16" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (descrs); i++)
    if (descrs[i].dtype == dtype)
      return descrs[i].descr;
  return NULL;
}

/* Magic, version, length, dictionary, padded to 64 bytes; then the values. NULL for what NumPy can't hold. */
static GByteArray *
make_npy (AssayTensor *tensor)
{
  const char *descr = npy_descr (assay_tensor_get_dtype (tensor));
  GByteArray *npy;
  g_autoptr (GString) text = g_string_new (NULL);
  guint16        length;
  const guint16 *halves = assay_tensor_get_data (tensor);

  if (descr == NULL)
    return NULL;
  npy = g_byte_array_new ();
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
  if (assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_BFLOAT16)
    g_byte_array_append (npy, assay_tensor_get_data (tensor), g_bytes_get_size (assay_tensor_get_bytes (tensor)));
  else
    for (guint64 i = 0; i < assay_tensor_get_n_elements (tensor); i++)
      {
        guint32 word = (guint32) halves[i] << 16;

        g_byte_array_append (npy, (const guint8 *) &word, 4);
      }
  return npy;
}

/* Adds a member; the zip takes the bytes over. */
static gboolean
add_member (zip_t *zip, const char *name, GByteArray *npy)
{
  g_autofree char *member = g_strconcat (name, ".npy", NULL);
  gsize            n;
  guint8          *data = g_byte_array_steal (npy, &n);
  zip_source_t    *source = zip_source_buffer (zip, data, n, 1);
  zip_int64_t      at;

  g_byte_array_unref (npy);
  g_strdelimit (member, "/", '|');
  at = source ? zip_file_add (zip, member, source, ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8) : -1;
  if (at < 0)
    {
      zip_source_free (source);
      return FALSE;
    }
  return zip_set_file_compression (zip, at, ZIP_CM_STORE, 0) == 0;
}

gboolean
cli_run_write_npz (const char *folder, const char *file, AssayRun *run, guint n, CliRunGet get, GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  zip_t           *zip = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  gboolean         good = zip != NULL;

  for (guint i = 0; i < n && good; i++)
    {
      const char  *name;
      AssayValue  *value = get (run, i, &name);
      AssayTensor *tensor = assay_value_get_tensor (value);
      GByteArray  *npy = tensor ? make_npy (tensor) : NULL;

      if (npy != NULL)
        good = add_member (zip, name, npy);
      else
        fprintf (stderr, _ ("warning: %s: %s values can’t be in an .npz file\n"), name, assay_dtype_get_info (assay_value_get_dtype (value))->name);
    }
  if (good && zip_close (zip) == 0)
    return TRUE;
  if (zip != NULL)
    zip_discard (zip);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("%s can’t be written"), path);
  return FALSE;
}

/* What is said of an output's numbers. */
typedef struct
{
  guint64 n, n_nan;
  double  min, max, sum;
} Numbers;

static Numbers
look_at (AssayTensor *tensor)
{
  Numbers     numbers = { .min = NAN, .max = NAN };
  AssayDtype  dtype = assay_tensor_get_dtype (tensor);
  guint64     n = assay_tensor_get_n_elements (tensor);
  const char *data = assay_tensor_get_data (tensor);
  double      block[BLOCK];

  for (guint64 i = 0; i < n; i += BLOCK)
    {
      guint64 n_block = MIN (n - i, BLOCK);

      assay_convert_to_double (dtype, data + i * assay_dtype_get_info (dtype)->item_size, block, n_block);
      for (guint64 k = 0; k < n_block; k++)
        if (isnan (block[k]))
          numbers.n_nan++;
        else
          {
            numbers.n++;
            numbers.sum += block[k];
            numbers.min = numbers.min <= block[k] ? numbers.min : block[k];
            numbers.max = numbers.max >= block[k] ? numbers.max : block[k];
          }
    }
  return numbers;
}

static gboolean
is_numeric (AssayValue *value)
{
  return assay_value_get_tensor (value) != NULL && assay_dtype_is_numeric (assay_value_get_dtype (value));
}

static void
print_output (AssayValue *value, const char *name)
{
  g_autofree char *shape = assay_partial_shape_to_string (assay_value_get_shape (value));
  g_autofree char *text = NULL;

  printf ("%s\t%s%s", name, assay_dtype_get_info (assay_value_get_dtype (value))->name, shape);
  if (is_numeric (value))
    {
      Numbers numbers = look_at (assay_value_get_tensor (value));

      printf ("\tmin %.6g  max %.6g  mean %.6g", numbers.min, numbers.max, numbers.sum / numbers.n);
      if (numbers.n_nan > 0)
        printf ("  NaN %" PRIu64, numbers.n_nan);
    }
  putchar ('\n');
  if (assay_value_get_tensor (value) != NULL && assay_tensor_get_n_elements (assay_value_get_tensor (value)) <= MAX_SHOWN)
    {
      text = assay_tensor_to_text (assay_value_get_tensor (value), ASSAY_ARRAY_STR);
      puts (text);
    }
}

static void
print_output_json (AssayValue *value, const char *name)
{
  AssayValueSpec spec = { assay_value_get_dtype (value), *assay_value_get_shape (value) };
  gboolean       first = TRUE;

  putchar ('{');
  json_print_key (&first, "name");
  json_print_string (name);
  json_print_key (&first, "dtype");
  json_print_string (assay_dtype_get_info (spec.dtype)->name);
  json_print_key (&first, "shape");
  cli_print_shape_json (&spec.shape);
  if (is_numeric (value))
    {
      Numbers numbers = look_at (assay_value_get_tensor (value));

      json_print_key (&first, "min");
      json_print_double (numbers.min);
      json_print_key (&first, "max");
      json_print_double (numbers.max);
      json_print_key (&first, "mean");
      json_print_double (numbers.sum / numbers.n);
      printf (", \"n_nan\": %" PRIu64, numbers.n_nan);
    }
  putchar ('}');
}

void
cli_run_print (AssayRun *run, const CliOptions *options)
{
  const char *name;

  if (options->quiet && !options->json)
    return;
  for (guint i = 0; i < assay_run_get_n_outputs (run); i++)
    {
      AssayValue *value = assay_run_get_output (run, i, &name);

      if (!options->json)
        print_output (value, name);
      else
        {
          fputs (i ? ", " : "", stdout);
          print_output_json (value, name);
        }
    }
  if (!options->json && assay_run_get_first_bad (run) != NULL)
    fprintf (stderr, _ ("warning: NaN or infinity first appears in %s\n"), assay_run_get_first_bad (run));
}

void
cli_run_print_json (AssayRun *run, const CliOptions *options, double load_ms, const GArray *run_ms, guint64 peak_bytes)
{
  const char *name;

  fputs ("{\"signature\": ", stdout);
  json_print_string (assay_run_get_signature (run));
  fputs (", \"inputs\": [", stdout);
  for (guint i = 0; i < assay_run_get_n_inputs (run); i++)
    {
      AssayValue    *value = assay_run_get_input (run, i, &name);
      AssayValueSpec spec = { assay_value_get_dtype (value), *assay_value_get_shape (value) };

      fputs (i ? ", " : "", stdout);
      cli_print_spec_json (name, &spec);
    }
  fputs ("], \"outputs\": [", stdout);
  cli_run_print (run, options);
  printf ("], \"load_ms\": %.3f, \"run_ms\": [", load_ms);
  for (guint i = 0; i < run_ms->len; i++)
    printf ("%s%.3f", i ? ", " : "", g_array_index (run_ms, double, i));
  printf ("], \"peak_bytes\": %" PRIu64 ", \"first_bad\": ", peak_bytes);
  if (assay_run_get_first_bad (run) != NULL)
    json_print_string (assay_run_get_first_bad (run));
  else
    fputs ("null", stdout);
  fputs ("}\n", stdout);
}
