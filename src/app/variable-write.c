/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The formats of exported variables.
 *
 * npy 1.0: "\x93NUMPY" 1 0, uint16 length of the header, header: a Python dict literal padded by blanks and ended by a newline
 * so that the values begin at a multiple of 64; the values, row-major, little-endian. */

#include "variable-export-private.h"

#include "string-text-private.h"

#include <assay/convert.h>
#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define PIECE 65536

/* NumPy's letters; dtypes that it doesn't have are absent. */
static const char *const npy_letters[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_BOOL] = "|b1",
  [ASSAY_DTYPE_INT8] = "|i1",
  [ASSAY_DTYPE_UINT8] = "|u1",
  [ASSAY_DTYPE_INT16] = "<i2",
  [ASSAY_DTYPE_UINT16] = "<u2",
  [ASSAY_DTYPE_INT32] = "<i4",
  [ASSAY_DTYPE_UINT32] = "<u4",
  [ASSAY_DTYPE_INT64] = "<i8",
  [ASSAY_DTYPE_UINT64] = "<u8",
  [ASSAY_DTYPE_FLOAT16] = "<f2",
  [ASSAY_DTYPE_FLOAT32] = "<f4",
  [ASSAY_DTYPE_FLOAT64] = "<f8",
  [ASSAY_DTYPE_FLOAT128] = "<f16",
  [ASSAY_DTYPE_COMPLEX64] = "<c8",
  [ASSAY_DTYPE_COMPLEX128] = "<c16",
};

static char *
npy_type (AssaySource *source)
{
  AssayDtype dtype = assay_source_get_dtype (source);
  guint32    size = assay_source_get_item_size (source);

  if (dtype == ASSAY_DTYPE_BYTES)
    return g_strdup_printf ("|S%u", size);
  if (dtype == ASSAY_DTYPE_UNICODE)
    return g_strdup_printf ("<U%u", size / 4);
  return g_strdup (npy_letters[dtype]);
}

static gboolean
write_npy_header (AssaySource *source, GOutputStream *stream, GError **error)
{
  g_autofree char *type = npy_type (source);
  g_autoptr (GString) header = g_string_new (NULL);
  guint8 head[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0 };

  if (type == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("NumPy’s files can’t hold %s; export it as CSV"), assay_source_get_dtype_name (source));
      return FALSE;
    }
  g_string_append_printf (header, "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
  for (guint i = 0; i < assay_source_get_rank (source); i++)
    g_string_append_printf (header, "%" G_GUINT64_FORMAT ",%s", assay_source_get_shape (source)[i], i + 1 < assay_source_get_rank (source) ? " " : "");
  g_string_append (header, "), }");
  while ((sizeof head + header->len + 1) % 64)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  head[8] = (guint8) header->len;
  head[9] = (guint8) (header->len >> 8);
  return g_output_stream_write_all (stream, head, sizeof head, NULL, NULL, error) &&
         g_output_stream_write_all (stream, header->str, header->len, NULL, NULL, error);
}

static gboolean
write_piece_as_text (AssaySource *source, const guint8 *values, guint64 first, gsize n, guint64 row, GOutputStream *stream, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AssayDtype  dtype = assay_source_get_dtype (source);
  const char *name = assay_source_get_dtype_name (source);
  guint32     size = assay_source_get_item_size (source);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *value = assay_value_format_named (dtype, name, size, values + i * size, ASSAY_FORMAT_SHORTEST);

      g_string_append (text, value);
      g_string_append_c (text, (first + i + 1) % row == 0 ? '\n' : ',');
    }
  return g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, error);
}

static void
append_quoted (GString *text, const char *field)
{
  g_string_append_c (text, '"');
  for (; *field; field++)
    g_string_append_printf (text, *field == '"' ? "\"%c" : "%c", *field);
  g_string_append_c (text, '"');
}

static gboolean
write_strings (AssaySource *source, guint64 row, GOutputStream *stream, AssayJob *job, GError **error)
{
  guint64 start[ASSAY_MAX_RANK] = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) strings = assay_source_read_strings (source, start, assay_source_get_shape (source), assay_job_get_cancellable (job), error);

  for (guint64 i = 0; strings && i < strings->len; i++)
    {
      g_autofree char *field = assay_string_text (g_ptr_array_index (strings, i), G_MAXSIZE);

      append_quoted (text, field);
      g_string_append_c (text, (i + 1) % row == 0 ? '\n' : ',');
    }
  return strings && g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, error);
}

static gboolean
write_values (AssaySource *source, gboolean npy, GOutputStream *stream, AssayJob *job, GError **error)
{
  guint64            n = assay_source_get_n_elements (source);
  guint              rank = assay_source_get_rank (source);
  guint64            row = rank ? MAX (assay_source_get_shape (source)[rank - 1], 1) : 1;
  gsize              size = assay_source_get_item_size (source);
  g_autofree guint8 *values = g_malloc (PIECE * MAX (size, 1));

  if (npy && !write_npy_header (source, stream, error))
    return FALSE;
  if (assay_source_get_dtype (source) == ASSAY_DTYPE_STRING)
    return n == 0 || write_strings (source, row, stream, job, error);
  for (guint64 at = 0; at < n; at += PIECE)
    {
      gsize    piece = (gsize) MIN (PIECE, n - at);
      gboolean written;

      if (assay_job_is_cancelled (job, error) ||
          !assay_source_read_flat (source, at, piece, values, assay_job_get_cancellable (job), error))
        return FALSE;
      written = npy ? g_output_stream_write_all (stream, values, piece * size, NULL, NULL, error)
                    : write_piece_as_text (source, values, at, piece, row, stream, error);
      if (!written)
        return FALSE;
      assay_job_set_fraction (job, (double) (at + piece) / (double) n);
    }
  return TRUE;
}

gboolean
assay_variable_write (AssaySource *source, const char *path, AssayJob *job, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr (GFile) beside = g_file_new_for_path (part);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream = g_file_replace (beside, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, error);

  if (stream == NULL)
    return FALSE;
  if (write_values (source, g_str_has_suffix (path, ".npy"), G_OUTPUT_STREAM (stream), job, error) &&
      g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error) &&
      g_file_move (beside, file, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
    return TRUE;
  g_file_delete (beside, NULL, NULL);
  return FALSE;
}
