/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The NumPy archive writer: a zip of .npy members, stored, or deflated if asked for. */

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "../manifest/inflate-private.h"
#include "values-private.h"
#include "writer-private.h"

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
  { ASSAY_DTYPE_FLOAT32, "<f4" },
  { ASSAY_DTYPE_FLOAT64, "<f8" },
  { ASSAY_DTYPE_FLOAT128, "<f16" },
  { ASSAY_DTYPE_COMPLEX64, "<c8" },
  { ASSAY_DTYPE_COMPLEX128, "<c16" },
  { ASSAY_DTYPE_BYTES, "|S" },
  { ASSAY_DTYPE_UNICODE, "<U" },
};

gboolean
assay_npz_can_hold (AssayDtype dtype)
{
  for (gsize i = 0; i < G_N_ELEMENTS (descrs); i++)
    if (descrs[i].dtype == dtype)
      return TRUE;
  return FALSE;
}

static char *
dup_descr (const AssayManifestVariable *facts)
{
  for (gsize i = 0; i < G_N_ELEMENTS (descrs); i++)
    if (descrs[i].dtype == facts->dtype)
      {
        if (facts->dtype == ASSAY_DTYPE_BYTES)
          return g_strdup_printf ("|S%u", facts->item_size);
        if (facts->dtype == ASSAY_DTYPE_UNICODE)
          return g_strdup_printf ("<U%u", facts->item_size / 4);
        return g_strdup (descrs[i].descr);
      }
  return NULL;
}

/* Magic, version 1.0 (or 2.0 if it is long), length, and the dictionary, padded so that values begin at a multiple of 64. */
static GByteArray *
make_npy_header (const AssayManifestVariable *facts)
{
  g_autofree char *descr = dup_descr (facts);
  g_autoptr (GString) text = g_string_new (NULL);
  GByteArray *header = g_byte_array_new ();
  gsize       fixed;
  guint8      length[4];

  g_string_append_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
  for (guint i = 0; i < facts->rank; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT "%s", facts->shape[i], i + 1 < facts->rank ? ", " : facts->rank == 1 ? ","
                                                                                                                            : "");
  g_string_append (text, "), }");
  fixed = text->len + 10 + 64 > G_MAXUINT16 ? 12 : 10;
  while ((fixed + text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  g_byte_array_append (header, (const guint8 *) (fixed == 10 ? "\223NUMPY\001\000" : "\223NUMPY\002\000"), 8);
  for (guint i = 0; i < 4; i++)
    length[i] = text->len >> (8 * i);
  g_byte_array_append (header, length, fixed - 8);
  g_byte_array_append (header, (const guint8 *) text->str, text->len);
  return header;
}

/* Each member is written to an unlinked file first; libzip takes it from there. */
static FILE *
make_member (const AssayExport *export, guint index, GError **error)
{
  const AssayExportEntry *entry = assay_export_entry (export, index);
  g_autoptr (GByteArray) header = make_npy_header (&entry->facts);
  int              fd = assay_open_unlinked (error);
  AssayValuesPlace place = { .fd = fd, .offset = header->len };
  FILE            *stream = NULL;

  if (fd < 0)
    return NULL;
  if (assay_pwrite (fd, 0, header->data, header->len, error) && assay_values_write (entry->source, NULL, &place, export->job, error))
    {
      stream = fdopen (fd, "rb");
      if (stream == NULL)
        assay_error_set_errno (error, errno, _ ("Can’t read a temporary file"));
    }
  if (stream == NULL)
    close (fd);
  else
    rewind (stream);
  return stream;
}

static gboolean
add_member (zip_t *archive, const AssayExport *export, guint index, GError **error)
{
  g_autofree char *name = assay_export_name (export, index, '/');
  g_autofree char *member = g_strconcat (name, ".npy", NULL);
  FILE            *stream = make_member (export, index, error);
  zip_source_t    *source = stream ? zip_source_filep (archive, stream, 0, -1) : NULL;
  zip_int64_t      place;

  if (stream == NULL)
    return FALSE;
  place = source ? zip_file_add (archive, member, source, ZIP_FL_ENC_UTF_8) : -1;
  if (place < 0)
    {
      if (source != NULL)
        zip_source_free (source);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("“%s” can’t be put into the archive: %s"), member, zip_strerror (archive));
      return FALSE;
    }
  zip_set_file_compression (archive, place, export->deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, export->deflate);
  return TRUE;
}

gboolean
assay_write_npz (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  int    code = 0;
  zip_t *archive = zip_open (assay_replacement_get_path (replacement), ZIP_TRUNCATE | ZIP_CREATE, &code);

  if (archive == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("The archive can’t be made"));
      return FALSE;
    }
  for (guint i = 0; i < export->entries->len; i++)
    {
      if (!add_member (archive, export, i, error))
        {
          zip_discard (archive);
          return FALSE;
        }
      assay_job_set_fraction (export->job, 0.5 * (i + 1) / export->entries->len);
    }
  if (zip_close (archive) != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("The archive can’t be written: %s"), zip_strerror (archive));
      zip_discard (archive);
      return FALSE;
    }
  return assay_replacement_reopen (replacement, error);
}
