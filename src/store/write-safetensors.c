/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The safetensors writer: as the reference's, tensors sorted by dtype (widest first) and name, header padded to 8 bytes. */

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "values-private.h"
#include "writer-private.h"

/* In the reference's order of alignment, widest last. */
static const struct
{
  AssayDtype  dtype;
  const char *name;
} names[] = {
  { ASSAY_DTYPE_BOOL, "BOOL" },
  { ASSAY_DTYPE_FLOAT4_E2M1FN, "F4" },
  { ASSAY_DTYPE_FLOAT6_E2M3FN, "F6_E2M3" },
  { ASSAY_DTYPE_FLOAT6_E3M2FN, "F6_E3M2" },
  { ASSAY_DTYPE_UINT8, "U8" },
  { ASSAY_DTYPE_INT8, "I8" },
  { ASSAY_DTYPE_FLOAT8_E5M2, "F8_E5M2" },
  { ASSAY_DTYPE_FLOAT8_E4M3FN, "F8_E4M3" },
  { ASSAY_DTYPE_FLOAT8_E8M0FNU, "F8_E8M0" },
  { ASSAY_DTYPE_FLOAT8_E4M3FNUZ, "F8_E4M3FNUZ" },
  { ASSAY_DTYPE_FLOAT8_E5M2FNUZ, "F8_E5M2FNUZ" },
  { ASSAY_DTYPE_INT16, "I16" },
  { ASSAY_DTYPE_UINT16, "U16" },
  { ASSAY_DTYPE_FLOAT16, "F16" },
  { ASSAY_DTYPE_BFLOAT16, "BF16" },
  { ASSAY_DTYPE_INT32, "I32" },
  { ASSAY_DTYPE_UINT32, "U32" },
  { ASSAY_DTYPE_FLOAT32, "F32" },
  { ASSAY_DTYPE_COMPLEX64, "C64" },
  { ASSAY_DTYPE_FLOAT64, "F64" },
  { ASSAY_DTYPE_INT64, "I64" },
  { ASSAY_DTYPE_UINT64, "U64" },
};

typedef struct
{
  guint   index;
  int     rank_of_dtype;
  char   *name;
  guint64 begin;
  guint64 length;
} Place;

static int
find_dtype (AssayDtype dtype)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].dtype == dtype)
      return i;
  return -1;
}

gboolean
assay_safetensors_can_hold (AssayDtype dtype)
{
  return find_dtype (dtype) >= 0;
}

static int
compare_places (const void *a, const void *b)
{
  const Place *first = a, *second = b;

  if (first->rank_of_dtype != second->rank_of_dtype)
    return second->rank_of_dtype - first->rank_of_dtype;
  return strcmp (first->name, second->name);
}

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guchar) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

/* Two variables must not get one name. */
static gboolean
check_names (const Place *places, guint n, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    if (!g_hash_table_add (seen, places[i].name) || strcmp (places[i].name, "__metadata__") == 0)
      {
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("Two variables would be called “%s”"), places[i].name);
        return FALSE;
      }
  return TRUE;
}

static GString *
make_header (const AssayExport *export, const Place *places, guint n)
{
  GString *header = g_string_new ("{\"__metadata__\":{\"format\":\"pt\"}");

  for (guint i = 0; i < n; i++)
    {
      const AssayManifestVariable *facts = &assay_export_entry (export, places[i].index)->facts;

      g_string_append_c (header, ',');
      append_string (header, places[i].name);
      g_string_append_printf (header, ":{\"dtype\":\"%s\",\"shape\":[", names[places[i].rank_of_dtype].name);
      for (guint axis = 0; axis < facts->rank; axis++)
        g_string_append_printf (header, "%s%" G_GUINT64_FORMAT, axis ? "," : "", facts->shape[axis]);
      g_string_append_printf (header, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}", places[i].begin,
                              places[i].begin + places[i].length);
    }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  return header;
}

static gboolean
write_values (const AssayExport *export, const Place *places, guint n, int fd, guint64 data, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      AssayValuesPlace place = { .fd = fd, .offset = data + places[i].begin, .packed = TRUE };

      if (!assay_values_write (assay_export_entry (export, places[i].index)->source, NULL, &place, export->job, error))
        return FALSE;
      assay_job_set_fraction (export->job, (i + 1) / (double) n);
    }
  return TRUE;
}

gboolean
assay_write_safetensors (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  guint             n = export->entries->len;
  g_autofree Place *places = g_new0 (Place, n + 1);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) header = NULL;
  int     fd = assay_replacement_get_fd (replacement);
  guint64 offset = 0, length;

  for (guint i = 0; i < n; i++)
    {
      places[i].index = i;
      places[i].rank_of_dtype = find_dtype (assay_export_entry (export, i)->facts.dtype);
      places[i].name = assay_export_name (export, i, '.');
      places[i].length = assay_export_entry (export, i)->facts.n_bytes;
      g_ptr_array_add (owned, places[i].name);
    }
  qsort (places, n, sizeof *places, compare_places);
  for (guint i = 0; i < n; i++)
    {
      places[i].begin = offset;
      offset += places[i].length;
    }
  if (!check_names (places, n, error))
    return FALSE;
  header = make_header (export, places, n);
  length = GUINT64_TO_LE ((guint64) header->len);
  return assay_pwrite (fd, 0, &length, 8, error) && assay_pwrite (fd, 8, header->str, header->len, error) &&
         write_values (export, places, n, fd, 8 + header->len, error);
}
