/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* .npz: a zip archive of .npy files, each an array whose key is the member's name without ".npy". What is stored is read in
 * place; what is deflated is inflated by the main program when it is looked at.
 *
 * Opening reads headers. The checksums of small members are checked too, until 64 MB were looked at: a warning tells of a wrong
 * one. Larger members aren't read through on opening. */

#include <assay/error.h>
#include <string.h>

#include "npy-private.h"
#include "zip-private.h"

#define CHECKED_MEMBER (1u << 20)
#define CHECKED_IN_ALL (64u << 20)

static gboolean
is_array (const char *name)
{
  return g_str_has_suffix (name, ".npy");
}

/* A first member that is an array, or the name and any archive that isn't something else. */
static gboolean
npz_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  guint n_name;

  if (n_head < 22 || (memcmp (head, "PK\3\4", 4) != 0 && memcmp (head, "PK\5\6", 4) != 0))
    return FALSE;
  if (g_str_has_suffix (context->file_name, ".npz"))
    return TRUE;
  n_name = n_head >= 30 ? head[26] | head[27] << 8 : 0;
  return memcmp (head, "PK\3\4", 4) == 0 && n_name >= 4 && 30 + n_name <= n_head && memcmp (head + 26 + n_name, ".npy", 4) == 0;
}

static gboolean
read_header (const AssayZip *zip, const AssayZipMember *member, AssayNpyHeader *header, guint64 *size, GError **error)
{
  guint8             start[ASSAY_NPY_PREFIX];
  gsize              n;
  g_autofree guint8 *data = NULL;

  if (!assay_zip_read_start (zip, member, start, sizeof start, &n, error) || !assay_npy_measure (start, n, size, error))
    return FALSE;
  data = g_malloc (*size);
  if (*size > member->size || !assay_zip_read_start (zip, member, data, *size, &n, error) || n < *size)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                     "Its header should end at byte %" G_GUINT64_FORMAT ", but it has %" G_GUINT64_FORMAT, *size, member->size);
      return FALSE;
    }
  return assay_npy_header_parse (data, *size, member->size - *size, header, error);
}

static guint32
add_variable (AssayReaderContext *context, const char *key, const AssayNpyHeader *header)
{
  g_autofree char *name = NULL;
  guint32          module = assay_manifest_builder_ensure_path (context->builder, 0, key, '/', &name);

  return assay_manifest_builder_add_variable (context->builder, module, name, key, header->dtype, header->item_size, header->dtype_name,
                                              header->rank, header->shape, 0);
}

/* What is no array, or none that can be read: its bytes, as far as they can be had. */
static guint32
add_bytes (AssayReaderContext *context, const char *key, const AssayZipMember *member, const char *dtype_name)
{
  AssayNpyHeader header = {
    .dtype = dtype_name ? ASSAY_DTYPE_OPAQUE : ASSAY_DTYPE_UINT8,
    .item_size = 1,
    .dtype_name = (char *) dtype_name,
    .rank = 1,
    .shape = { member->size },
  };

  return add_variable (context, key, &header);
}

static void
set_layout (AssayReaderContext *context, guint32 variable, const AssayZipMember *member, const AssayNpyHeader *header, guint64 size)
{
  gboolean    deflated = member->method == ASSAY_ZIP_DEFLATED;
  AssayLayout layout = {
    .kind = deflated ? (header->fortran ? ASSAY_LAYOUT_DEFLATED_FORTRAN : ASSAY_LAYOUT_DEFLATED)
                     : (header->fortran ? ASSAY_LAYOUT_FORTRAN : ASSAY_LAYOUT_RAW),
    .file = context->main.file,
    .big_endian = header->big_endian,
    .offset = context->main.base + member->offset + (deflated ? 0 : size),
    .length = deflated ? member->stored_size : header->n_bytes,
    .inner_offset = size,
    .inner_length = member->size,
  };

  assay_manifest_builder_set_layout (context->builder, variable, &layout);
}

/* Records with big-endian fields, turned round in a scratch file. */
static void
set_swapped (AssayReaderContext *context, guint32 variable, const AssayZip *zip, const AssayZipMember *member, const AssayNpyHeader *header, guint64 size)
{
  AssayReaderFile scratch;
  AssayLayout     layout = { .kind = header->fortran ? ASSAY_LAYOUT_FORTRAN : ASSAY_LAYOUT_RAW, .length = header->n_bytes };
  g_autoptr (GError) error = NULL;

  if (!assay_zip_extract (zip, context, member, &scratch, &error) || !assay_npy_swap_records (header, &scratch, size, &scratch, &error))
    {
      assay_manifest_builder_set_reason (context->builder, variable, "%s", error->message);
      return;
    }
  layout.file = scratch.file;
  layout.offset = scratch.base;
  assay_manifest_builder_set_layout (context->builder, variable, &layout);
}

static void
add_array (AssayReaderContext *context, const AssayZip *zip, const AssayZipMember *member)
{
  g_autofree char *key = g_strndup (member->name, strlen (member->name) - strlen (".npy"));
  g_auto (AssayNpyHeader) header = { 0 };
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  if (member->reason != NULL)
    assay_manifest_builder_set_reason (context->builder, add_bytes (context, key, member, "unknown"), "%s", member->reason);
  else if (!read_header (zip, member, &header, &size, &error))
    assay_manifest_builder_set_reason (context->builder, add_bytes (context, key, member, "unknown"), "%s", error->message);
  else if (header.is_object)
    assay_manifest_builder_set_reason (context->builder, add_variable (context, key, &header),
                                       "It holds Python objects: they are kept as a pickle, which is a program, and it isn’t run");
  else if (header.swaps != NULL)
    set_swapped (context, add_variable (context, key, &header), zip, member, &header, size);
  else
    set_layout (context, add_variable (context, key, &header), member, &header, size);
}

static void
add_other (AssayReaderContext *context, const AssayZipMember *member)
{
  AssayNpyHeader bytes = { .n_bytes = member->size };
  guint32        variable = add_bytes (context, member->name, member, NULL);

  if (member->reason != NULL)
    assay_manifest_builder_set_reason (context->builder, variable, "%s", member->reason);
  else
    set_layout (context, variable, member, &bytes, 0);
}

/* Inflating costs more than reading. */
static void
check_member (AssayReaderContext *context, const AssayZip *zip, const AssayZipMember *member, guint64 *n_checked)
{
  guint64 cost = member->method == ASSAY_ZIP_DEFLATED ? 4 * member->size : member->size;
  g_autoptr (GError) error = NULL;

  if (member->reason != NULL || cost > CHECKED_MEMBER || cost > CHECKED_IN_ALL - *n_checked)
    return;
  *n_checked += cost;
  if (!assay_zip_check (zip, member, &error))
    assay_manifest_builder_add_warning (context->builder, "%s; its values may be wrong", error->message);
}

static gboolean
npz_read (AssayReaderContext *context, GError **error)
{
  g_autoptr (AssayZip) zip = assay_zip_open (&context->main, error);
  guint64 n_checked = 0;

  assay_manifest_builder_set_format (context->builder, "npz");
  if (zip == NULL)
    {
      g_prefix_error (error, "“%s” can’t be opened: ", context->file_name);
      return FALSE;
    }
  for (guint i = 0; i < assay_zip_get_n_members (zip); i++)
    {
      const AssayZipMember *member = assay_zip_get_member (zip, i);

      if (is_array (member->name))
        add_array (context, zip, member);
      else
        add_other (context, member);
      check_member (context, zip, member, &n_checked);
      if (i % 256 == 0 && assay_manifest_builder_is_due (context->builder) && !assay_manifest_builder_flush (context->builder, error))
        return FALSE;
    }
  return TRUE;
}

const AssayReader assay_npz_reader = { .name = "NumPy archive", .sniff = npz_sniff, .read = npz_read };
