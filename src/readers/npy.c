/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A .npy file: one array, whose key is "". */

#include <assay/error.h>
#include <string.h>

#include "npy-private.h"

static gboolean
npy_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  return (n_head >= 6 && memcmp (head, "\x93NUMPY", 6) == 0) ||
         (g_str_has_suffix (context->file_name, ".npy") && n_head > 0 && (head[0] == 0x93 || memcmp (head + 1, "NUMPY", MIN (n_head - 1, 5)) == 0));
}

static gboolean
read_header (const AssayReaderFile *file, AssayNpyHeader *header, guint64 *size, GError **error)
{
  guint8             start[ASSAY_NPY_PREFIX];
  gsize              n = MIN (file->size, sizeof start);
  g_autofree guint8 *data = NULL;

  if (!assay_reader_read (file, 0, start, n, error) || !assay_npy_measure (start, n, size, error))
    return FALSE;
  if (*size > file->size)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "Its header should end at byte %" G_GUINT64_FORMAT ", but the file has %" G_GUINT64_FORMAT, *size, file->size);
      return FALSE;
    }
  data = g_malloc (*size);
  return assay_reader_read (file, 0, data, *size, error) && assay_npy_header_parse (data, *size, file->size - *size, header, error);
}

/* The values of records with big-endian fields lie in a scratch file. */
static gboolean
swap_records (AssayReaderContext *context, const AssayNpyHeader *header, guint64 size, AssayLayout *layout, GError **error)
{
  AssayReaderFile scratch;

  if (!assay_reader_open_scratch (context, header->n_bytes, &scratch, error) ||
      !assay_npy_swap_records (header, &context->main, size, &scratch, error))
    return FALSE;
  layout->file = scratch.file;
  layout->offset = scratch.base;
  return TRUE;
}

static gboolean
npy_read (AssayReaderContext *context, GError **error)
{
  g_auto (AssayNpyHeader) header = { 0 };
  AssayLayout      layout = { 0 };
  g_autofree char *name = NULL;
  guint64          size;
  guint32          variable;

  assay_manifest_builder_set_format (context->builder, "npy");
  if (!read_header (&context->main, &header, &size, error))
    {
      g_prefix_error (error, "“%s” is damaged: ", context->file_name);
      return FALSE;
    }
  if (header.is_object)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED,
                   "“%s” holds Python objects: they are kept as a pickle, which is a program, and it isn’t run", context->file_name);
      return FALSE;
    }
  name = g_str_has_suffix (context->file_name, ".npy") ? g_strndup (context->file_name, strlen (context->file_name) - 4)
                                                       : g_strdup (context->file_name);
  variable = assay_manifest_builder_add_variable (context->builder, 0, name, "", header.dtype, header.item_size, header.dtype_name,
                                                  header.rank, header.shape, 0);
  layout.kind = header.fortran ? ASSAY_LAYOUT_FORTRAN : ASSAY_LAYOUT_RAW;
  layout.file = context->main.file;
  layout.big_endian = header.big_endian;
  layout.offset = context->main.base + size;
  layout.length = header.n_bytes;
  if (header.swaps != NULL && !swap_records (context, &header, size, &layout, error))
    return FALSE;
  assay_manifest_builder_set_layout (context->builder, variable, &layout);
  return TRUE;
}

const AssayReader assay_npy_reader = { .name = "NumPy array", .sniff = npy_sniff, .read = npy_read };
