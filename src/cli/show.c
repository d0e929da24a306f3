/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli show: one variable or module: facts, statistics, values. */

#include "slice-private.h"
#include "tree-private.h"

#include <assay/convert.h>
#include <assay/statistics.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define MAX_SHOWN 1000

typedef struct
{
  AssayManifest        *manifest;
  const CliOptions     *options;
  guint32               index;
  AssayManifestVariable facts;
  AssaySource          *source;
  CliSlice              slice;
  GBytes               *values; /* one of these two, once it is read */
  GPtrArray            *strings;
} Showing;

static char *
dup_value (const Showing *showing, guint64 i)
{
  const guint8 *data;
  gsize         n;

  if (showing->strings != NULL)
    {
      data = g_bytes_get_data (showing->strings->pdata[i], &n);
      return g_utf8_make_valid ((const char *) data, n);
    }
  data = g_bytes_get_data (showing->values, NULL);
  return assay_value_format_named (showing->facts.dtype, showing->facts.dtype_name, showing->facts.item_size,
                                   data + i * showing->facts.item_size, ASSAY_FORMAT_SHORTEST);
}

static gboolean
read_values (Showing *showing, GError **error)
{
  if (showing->facts.dtype == ASSAY_DTYPE_STRING)
    showing->strings = cli_slice_read_strings (showing->source, &showing->slice, error);
  else
    showing->values = cli_slice_read (showing->source, &showing->slice, error);
  return showing->values != NULL || showing->strings != NULL;
}

/* A value in JSON: numbers as numbers, what JSON can't say as strings. */
static void
print_json_value (const Showing *showing, guint64 i)
{
  AssayKind        kind = assay_dtype_get_info (showing->facts.dtype)->kind;
  g_autofree char *text = dup_value (showing, i);

  if (kind == ASSAY_KIND_BOOL)
    fputs (strcmp (text, "True") == 0 ? "true" : "false", stdout);
  else if (kind == ASSAY_KIND_INT || kind == ASSAY_KIND_UINT)
    fputs (text, stdout);
  else if (kind == ASSAY_KIND_FLOAT)
    {
      double value;

      assay_convert_to_double (showing->facts.dtype,
                               (const guint8 *) g_bytes_get_data (showing->values, NULL) + i * showing->facts.item_size, &value, 1);
      json_print_double (value);
    }
  else
    json_print_string (text);
}

static void
print_json_values (const Showing *showing, const guint64 *shape, guint rank, guint axis, guint64 *next)
{
  if (axis == rank)
    {
      print_json_value (showing, (*next)++);
      return;
    }
  putchar ('[');
  for (guint64 i = 0; i < shape[axis]; i++)
    {
      if (i > 0)
        fputs (", ", stdout);
      print_json_values (showing, shape, rank, axis + 1, next);
    }
  putchar (']');
}

static AssayStatistics *
compute (Showing *showing)
{
  return assay_dtype_is_numeric (showing->facts.dtype) ? assay_statistics_compute (showing->source, showing->options->n_threads, NULL, NULL)
                                                       : NULL;
}

static int
print_json (Showing *showing, gboolean has_slice, GError **error)
{
  guint64 shape[ASSAY_MAX_RANK], next = 0;
  guint   rank = cli_slice_get_shape (&showing->slice, shape);
  g_autoptr (AssayStatistics) statistics = compute (showing);

  if ((has_slice || cli_slice_n_elements (&showing->slice) <= MAX_SHOWN) && !read_values (showing, error))
    return CLI_TROUBLE;
  putchar ('{');
  cli_print_variable_json (showing->manifest, showing->index, NULL);
  if (statistics != NULL)
    {
      fputs (",\n\"statistics\": ", stdout);
      cli_print_statistics_json (statistics);
    }
  if (showing->values != NULL || showing->strings != NULL)
    {
      fputs (",\n\"values\": ", stdout);
      print_json_values (showing, shape, rank, 0, &next);
    }
  fputs ("}\n", stdout);
  return CLI_FINE;
}

/* Lines of the last axis; blocks of the others get their index. */
static void
print_lines (const Showing *showing, const char *separator, gboolean with_index)
{
  guint64 shape[ASSAY_MAX_RANK], n = cli_slice_n_elements (&showing->slice);
  guint   rank = cli_slice_get_shape (&showing->slice, shape);
  guint64 n_columns = rank ? shape[rank - 1] : 1;
  int     width = 0;

  if (with_index)
    for (guint64 i = 0; i < n; i++)
      {
        g_autofree char *text = dup_value (showing, i);

        width = MAX (width, (int) g_utf8_strlen (text, -1));
      }
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *text = dup_value (showing, i);
      int              pad = MAX (width - (int) g_utf8_strlen (text, -1), 0);

      if (with_index && rank > 2 && i % (n_columns * shape[rank - 2]) == 0)
        {
          guint64 index[ASSAY_MAX_RANK];

          assay_shape_index (rank, shape, i, index);
          printf ("%s[", i ? "\n" : "");
          for (guint axis = 0; axis < rank - 2; axis++)
            printf ("%" PRIu64 ", ", index[axis]);
          fputs (":, :]\n", stdout);
        }
      if (!with_index && strpbrk (text, ",\"\n") != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
          g_autofree char *doubled = g_strjoinv ("\"\"", parts);

          printf ("\"%s\"", doubled);
        }
      else
        printf ("%*s%s", pad, "", text);
      fputs ((i + 1) % MAX (n_columns, 1) == 0 ? "\n" : separator, stdout);
    }
}

/* What numpy.save would write of the slice. */
static gboolean
print_npy (const Showing *showing, GError **error)
{
  static const char     kinds[] = { [ASSAY_KIND_BOOL] = 'b', [ASSAY_KIND_INT] = 'i', [ASSAY_KIND_UINT] = 'u', [ASSAY_KIND_FLOAT] = 'f', [ASSAY_KIND_COMPLEX] = 'c' };
  const AssayDtypeInfo *info = assay_dtype_get_info (showing->facts.dtype);
  g_autoptr (GString) text = g_string_new (NULL);
  guint64       shape[ASSAY_MAX_RANK];
  guint         rank = cli_slice_get_shape (&showing->slice, shape);
  gsize         n_bytes = 0;
  gconstpointer data;

  if (showing->values == NULL || info->kind > ASSAY_KIND_COMPLEX || info->bits % 8 != 0 || showing->facts.dtype == ASSAY_DTYPE_BFLOAT16 ||
      g_str_has_prefix (info->name, "float8"))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("NumPy’s format has no type for %s"), showing->facts.dtype_name);
      return FALSE;
    }
  g_string_append_printf (text, "{'descr': '%c%c%u', 'fortran_order': False, 'shape': (", info->item_size > 1 ? '<' : '|', kinds[info->kind],
                          info->item_size);
  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%" PRIu64 "%s", shape[i], i + 1 < rank ? ", " : rank == 1 ? ","
                                                                                             : "");
  g_string_append (text, "), }");
  while ((10 + text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  fwrite ("\223NUMPY\001\000", 1, 8, stdout);
  putchar (text->len & 0xff);
  putchar (text->len >> 8);
  fwrite (text->str, 1, text->len, stdout);
  data = g_bytes_get_data (showing->values, &n_bytes);
  fwrite (data, 1, n_bytes, stdout);
  return TRUE;
}

static void
print_facts (Showing *showing)
{
  g_autofree char *path = assay_manifest_dup_variable_path (showing->manifest, showing->index);
  g_autofree char *shape = assay_shape_to_display (showing->facts.rank, showing->facts.shape);
  g_autofree char *bytes = cli_format_bytes (showing->facts.n_bytes);
  g_autofree char *count = cli_format_count (showing->facts.n_elements);
  g_autofree char *attributes = assay_manifest_dup_variable_attributes (showing->manifest, showing->index);
  g_autoptr (AssayStatistics) s = showing->source ? compute (showing) : NULL;
  AssayLayout layout;

  assay_manifest_get_layout (showing->manifest, showing->index, &layout);
  printf ("%s\n  %s · %s · %s · %s · %s\n  %s: %s\n", path, showing->facts.dtype_name, shape, count, bytes,
          assay_layout_kind_get_name (layout.kind), _ ("key"), showing->facts.key);
  if (s != NULL)
    printf (_ ("  min %.6g  max %.6g  mean %.6g  std %.6g  zeros %" PRIu64 "  NaN %" PRIu64 "  Inf %" PRIu64 "\n"), s->min, s->max, s->mean,
            s->std, s->n_zero, s->n_nan, s->n_pos_inf + s->n_neg_inf);
  if (attributes != NULL)
    printf ("  %s\n", attributes);
}

/* What is known of a variable whose values can't be read, and why they can't. */
static int
show_unreadable (Showing *showing)
{
  if (showing->options->json)
    {
      putchar ('{');
      cli_print_variable_json (showing->manifest, showing->index, NULL);
      fputs ("}\n", stdout);
      return CLI_FINE;
    }
  print_facts (showing);
  printf ("  %s\n", showing->facts.reason);
  return CLI_FINE;
}

static int
print_human (Showing *showing, gboolean has_slice, const char *format, GError **error)
{
  guint64 n = cli_slice_n_elements (&showing->slice);

  if (format == NULL)
    print_facts (showing);
  if (format == NULL && !has_slice && n > MAX_SHOWN)
    {
      printf (_ ("  %" PRIu64 " values; choose some by --slice\n"), n);
      return CLI_FINE;
    }
  if (!read_values (showing, error))
    return CLI_TROUBLE;
  if (g_strcmp0 (format, "npy") == 0)
    return print_npy (showing, error) ? CLI_FINE : CLI_TROUBLE;
  print_lines (showing, g_strcmp0 (format, "csv") == 0 ? "," : "  ", g_strcmp0 (format, "csv") != 0);
  return CLI_FINE;
}

static gboolean
check_format (const char *format, GError **error)
{
  static const char *const formats[] = { "table", "csv", "npy", NULL };

  if (format == NULL || g_strv_contains (formats, format))
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--format takes table, csv or npy, not “%s”"), format);
  return FALSE;
}

static int
show_run (int argc, char **argv, GError **error)
{
  CliOptions       options;
  g_autofree char *slice = NULL, *format = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssaySource) source = NULL;
  g_autoptr (GBytes) values = NULL;
  g_autoptr (GPtrArray) strings = NULL;
  Showing            showing = { .options = &options };
  const GOptionEntry entries[] = {
    { "slice", 0, 0, G_OPTION_ARG_STRING, &slice, N_ ("Which values, by NumPy’s rules: '0,:,2:8'"), N_ ("SLICE") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("table, csv or npy: only values, nothing else"), N_ ("FORMAT") },
    { NULL },
  };
  int code;

  if (!cli_parse (&cli_show_command, entries, argc, argv, 2, 2, &options, &words, error) || !check_format (format, error))
    return CLI_TROUBLE;
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL)
    return CLI_TROUBLE;
  showing.manifest = manifest;
  if (cli_show_module (manifest, words[1], options.json))
    return CLI_FINE;
  if (!cli_find_variable (manifest, words[0], words[1], &showing.index, error))
    return CLI_TROUBLE;
  assay_manifest_get_variable (manifest, showing.index, &showing.facts);
  if (showing.facts.reason != NULL && slice == NULL && format == NULL)
    return show_unreadable (&showing);
  source = assay_manifest_dup_source (manifest, showing.index, error);
  if (source == NULL || !cli_slice_parse (slice, showing.facts.rank, showing.facts.shape, &showing.slice, error))
    {
      g_prefix_error (error, "%s: %s: ", words[0], words[1]);
      return CLI_TROUBLE;
    }
  showing.source = source;
  code = options.json ? print_json (&showing, slice != NULL, error) : print_human (&showing, slice != NULL, format, error);
  if (code == CLI_TROUBLE)
    g_prefix_error (error, "%s: %s: ", words[0], words[1]);
  values = showing.values;
  strings = showing.strings;
  return code;
}

const CliCommand cli_show_command = {
  "show",
  N_ ("Shows one variable or module: facts, statistics, values"),
  "MODEL NAME",
  "Examples:\n  assay-cli show model.h5 conv/kernel --slice '0,0'\n  assay-cli show model.npz w --format csv > w.csv",
  show_run,
};
