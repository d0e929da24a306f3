/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The NumPy archive writer: a zip of .npy members, stored, or deflated if asked for. */

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../manifest/inflate-private.h"
#include "values-private.h"
#include "writer-private.h"
#include "zip-source-private.h"

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
static int
make_member (const AssayExport *export, guint index, GError **error)
{
  const AssayExportEntry *entry = assay_export_entry (export, index);
  g_autoptr (GByteArray) header = make_npy_header (&entry->facts);
  int              fd = assay_open_unlinked (error);
  AssayValuesPlace place = { .fd = fd, .offset = header->len };

  if (fd >= 0 && assay_pwrite (fd, 0, header->data, header->len, error) && assay_values_write (entry->source, NULL, &place, export->job, error))
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
add_member (zip_t *archive, const AssayExport *export, guint index, GError **error)
{
  g_autofree char *name = assay_export_name (export, index, '/');
  g_autofree char *member = g_strconcat (name, ".npy", NULL);
  int              fd = make_member (export, index, error);
  zip_source_t    *source = fd >= 0 ? assay_zip_source_new_for_fd (archive, fd, error) : NULL;
  zip_int64_t      place;

  if (source == NULL)
    return FALSE;
  place = zip_file_add (archive, member, source, ZIP_FL_ENC_UTF_8);
  if (place < 0)
    zip_source_free (source);
  if (place < 0 || zip_set_file_compression (archive, place, export->deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, export->deflate) != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("“%s” can’t be put into the archive: %s"), member, zip_strerror (archive));
      return FALSE;
    }
  return TRUE;
}

gboolean
assay_write_npz (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  static const guint8 empty[22] = { 'P', 'K', 5, 6 };
  int                 fd = assay_replacement_get_fd (replacement);
  g_autoptr (AssayArchive) archive = NULL;

  /* libzip makes no archive without members. */
  if (export->entries->len == 0)
    return assay_pwrite (fd, 0, empty, sizeof empty, error);
  archive = assay_zip_file_open (-1, 0, fd, error);
  for (guint i = 0; archive != NULL && i < export->entries->len; i++)
    {
      if (!add_member (archive, export, i, error))
        return FALSE;
      assay_job_set_fraction (export->job, 0.5 * (i + 1) / export->entries->len);
    }
  if (archive != NULL && zip_close (archive) == 0)
    {
      g_steal_pointer (&archive);
      return TRUE;
    }
  if (archive != NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("The archive can’t be written: %s"), zip_strerror (archive));
  return FALSE;
}
