/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* safetensors: u64 LE n · n bytes of JSON header · data.
 *
 *   header  {"__metadata__": {string: string}, name: {"dtype": …, "shape": [uint…], "data_offsets": [begin, end]}, …}
 *
 * The rules and their order are those of the format's reference (safetensors 0.6, SafeTensors::read_metadata and
 * Metadata::validate): the ranges of all tensors, in order, cover the data without holes or overlaps. The header is walked in
 * place, so that a hundred thousand tensors take a tenth of a second.
 */

#include "reader-private.h"

#include <assay/error.h>
#include <assay/names.h>
#include <stdlib.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "safetensors-private.h"

#define MAX_HEADER 100000000u

typedef struct
{
  const char *name;
  AssayDtype  dtype;
} DtypeName;

static const DtypeName dtype_names[] = {
  { "F32", ASSAY_DTYPE_FLOAT32 },
  { "BF16", ASSAY_DTYPE_BFLOAT16 },
  { "F16", ASSAY_DTYPE_FLOAT16 },
  { "F64", ASSAY_DTYPE_FLOAT64 },
  { "I64", ASSAY_DTYPE_INT64 },
  { "I32", ASSAY_DTYPE_INT32 },
  { "I16", ASSAY_DTYPE_INT16 },
  { "I8", ASSAY_DTYPE_INT8 },
  { "U64", ASSAY_DTYPE_UINT64 },
  { "U32", ASSAY_DTYPE_UINT32 },
  { "U16", ASSAY_DTYPE_UINT16 },
  { "U8", ASSAY_DTYPE_UINT8 },
  { "BOOL", ASSAY_DTYPE_BOOL },
  { "C64", ASSAY_DTYPE_COMPLEX64 },
  { "F8_E4M3", ASSAY_DTYPE_FLOAT8_E4M3FN },
  { "F8_E5M2", ASSAY_DTYPE_FLOAT8_E5M2 },
  { "F8_E8M0", ASSAY_DTYPE_FLOAT8_E8M0FNU },
  { "F8_E4M3FNUZ", ASSAY_DTYPE_FLOAT8_E4M3FNUZ },
  { "F8_E5M2FNUZ", ASSAY_DTYPE_FLOAT8_E5M2FNUZ },
  { "F4", ASSAY_DTYPE_FLOAT4_E2M1FN },
  { "F6_E2M3", ASSAY_DTYPE_FLOAT6_E2M3FN },
  { "F6_E3M2", ASSAY_DTYPE_FLOAT6_E3M2FN },
};

/* One entry of the header. The name is an offset into the names read so far. */
typedef struct
{
  gsize      name;
  AssayDtype dtype;
  guint32    order; /* in the header */
  guint32    rank;
  gboolean   is_repeated; /* a later entry has the same name */
  gsize      shape;       /* offset into the dimensions read so far */
  guint64    begin;
  guint64    end;
} Entry;

typedef struct
{
  AssayJsonScan       scan;
  GArray             *entries;
  GArray             *dimensions;
  GString            *names; /* each ended by NUL; a NUL inside a name is U+FFFD */
  GString            *text;
  AssayReaderContext *context;
} Header;

static gboolean
fail_entry (const Header *header, const Entry *entry, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Tensor “%s”: %s", header->names->str + entry->name, what);
  return FALSE;
}

static gboolean
read_dtype (Header *header, Entry *entry, GError **error)
{
  if (!assay_json_scan_string (&header->scan, header->text, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (dtype_names); i++)
    if (strcmp (dtype_names[i].name, header->text->str) == 0)
      {
        entry->dtype = dtype_names[i].dtype;
        return TRUE;
      }
  return fail_entry (header, entry, error, "there is no dtype “%s”", header->text->str);
}

static gboolean
read_shape (Header *header, Entry *entry, GError **error)
{
  gboolean first = TRUE, more;

  entry->shape = header->dimensions->len;
  entry->rank = 0;
  if (!assay_json_scan_expect (&header->scan, '[', error))
    return FALSE;
  for (;;)
    {
      guint64 dimension;

      if (!assay_json_scan_next_member (&header->scan, ']', &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!assay_json_scan_uint (&header->scan, &dimension, error))
        return FALSE;
      g_array_append_val (header->dimensions, dimension);
      entry->rank++;
    }
}

static gboolean
read_offsets (Header *header, Entry *entry, GError **error)
{
  return assay_json_scan_expect (&header->scan, '[', error) && assay_json_scan_uint (&header->scan, &entry->begin, error) &&
         assay_json_scan_expect (&header->scan, ',', error) && assay_json_scan_uint (&header->scan, &entry->end, error) &&
         assay_json_scan_expect (&header->scan, ']', error);
}

/* The fields of an entry; others than the three are allowed and skipped, as the reference does. */
static gboolean
read_entry (Header *header, Entry *entry, GError **error)
{
  static const char *const fields[] = { "dtype", "shape", "data_offsets" };
  static gboolean (*const read[]) (Header *, Entry *, GError **) = { read_dtype, read_shape, read_offsets };
  gboolean seen[G_N_ELEMENTS (fields)] = { FALSE };
  gboolean first = TRUE, more = TRUE;

  if (!assay_json_scan_expect (&header->scan, '{', error))
    return FALSE;
  for (;;)
    {
      gsize field;

      if (!assay_json_scan_next_member (&header->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        break;
      if (!assay_json_scan_string (&header->scan, header->text, error) || !assay_json_scan_expect (&header->scan, ':', error))
        return FALSE;
      for (field = 0; field < G_N_ELEMENTS (fields); field++)
        if (fields[field][0] == header->text->str[0] && strcmp (fields[field], header->text->str) == 0)
          break;
      if (field == G_N_ELEMENTS (fields))
        {
          if (!assay_json_scan_value (&header->scan, 2, error))
            return FALSE;
          continue;
        }
      if (seen[field])
        return fail_entry (header, entry, error, "“%s” stands there twice", fields[field]);
      seen[field] = TRUE;
      if (!read[field](header, entry, error))
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!seen[i])
      return fail_entry (header, entry, error, "“%s” is missing", fields[i]);
  return TRUE;
}

/* __metadata__: strings by strings, or null. */
static gboolean
read_metadata (Header *header, GError **error)
{
  gboolean first = TRUE, more;

  assay_json_scan_skip_blanks (&header->scan);
  if (header->scan.p < header->scan.end && *header->scan.p == 'n')
    return assay_json_scan_value (&header->scan, 1, error);
  if (!assay_json_scan_expect (&header->scan, '{', error))
    return FALSE;
  for (;;)
    {
      const char      *value;
      g_autofree char *name = NULL, *json = NULL;

      if (!assay_json_scan_next_member (&header->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!assay_json_scan_string (&header->scan, header->text, error) || !assay_json_scan_expect (&header->scan, ':', error))
        return FALSE;
      name = g_strdup (header->text->str);
      assay_json_scan_skip_blanks (&header->scan);
      value = header->scan.p;
      if (!assay_json_scan_string (&header->scan, NULL, error))
        return FALSE;
      json = g_strndup (value, header->scan.p - value);
      if (header->context != NULL)
        assay_manifest_builder_set_module_attribute (header->context->builder, 0, name, json);
    }
}

/* Keeps the name that was scanned; a NUL inside is U+FFFD. */
static void
keep_name (Header *header)
{
  const char *name = header->text->str, *end = name + header->text->len, *nul;

  while ((nul = memchr (name, '\0', end - name)) != NULL)
    {
      g_string_append_len (header->names, name, nul - name);
      g_string_append (header->names, "\357\277\275");
      name = nul + 1;
    }
  g_string_append_len (header->names, name, end - name);
  g_string_append_c (header->names, '\0');
}

static gboolean
read_members (Header *header, GError **error)
{
  gboolean first = TRUE, more, seen_metadata = FALSE;

  /* The specification asks for “{” at once; the reference takes blanks before it. */
  if (!assay_json_scan_expect (&header->scan, '{', error))
    return FALSE;
  for (;;)
    {
      Entry entry = { .order = header->entries->len };

      if (!assay_json_scan_next_member (&header->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!assay_json_scan_string (&header->scan, header->text, error) || !assay_json_scan_expect (&header->scan, ':', error))
        return FALSE;
      if (header->text->str[0] == '_' && strcmp (header->text->str, "__metadata__") == 0)
        {
          if (seen_metadata)
            return assay_json_scan_fail (&header->scan, "__metadata__ stands there twice", error);
          seen_metadata = TRUE;
          if (!read_metadata (header, error))
            return FALSE;
          continue;
        }
      entry.name = header->names->len;
      keep_name (header);
      if (!read_entry (header, &entry, error))
        return FALSE;
      g_array_append_val (header->entries, entry);
    }
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;
  if (first->end != second->end)
    return first->end < second->end ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

/* The number of the entry that has a name already, or else its place in a table of open addresses; entries are numbered from 1. */
static guint32 *
find_place (const Header *header, guint32 *table, guint32 mask, const char *name)
{
  guint64 hash = 0xcbf29ce484222325;

  for (const char *p = name; *p; p++)
    hash = (hash ^ (guchar) *p) * 0x100000001b3;
  for (guint32 at = hash ^ hash >> 32;; at++)
    {
      guint32 *place = &table[at & mask];

      if (*place == 0 || strcmp (header->names->str + g_array_index (header->entries, Entry, *place - 1).name, name) == 0)
        return place;
    }
}

/* The reference keeps the last of entries with one name; only its range counts. */
static void
drop_repeated (Header *header)
{
  guint32             n = header->entries->len, n_kept = 0, mask = 1;
  g_autofree guint32 *table = NULL;

  while (mask < 2 * n)
    mask = mask * 2 + 1;
  table = g_new0 (guint32, (gsize) mask + 1);
  for (guint32 i = n; i-- > 0;)
    {
      Entry   *entry = &g_array_index (header->entries, Entry, i);
      guint32 *place = find_place (header, table, mask, header->names->str + entry->name);

      entry->is_repeated = *place != 0;
      if (*place == 0)
        *place = i + 1;
    }
  for (guint32 i = 0; i < n; i++)
    if (!g_array_index (header->entries, Entry, i).is_repeated)
      g_array_index (header->entries, Entry, n_kept++) = g_array_index (header->entries, Entry, i);
  if (n_kept < n && header->context != NULL)
    assay_manifest_builder_add_warning (header->context->builder, "%u names stand in the header more than once; the last of each counts", n - n_kept);
  g_array_set_size (header->entries, n_kept);
}

/* Most headers are in order as they are. */
static void
sort_entries (GArray *entries, GCompareFunc compare)
{
  for (guint i = 1; i < entries->len; i++)
    if (compare (&g_array_index (entries, Entry, i - 1), &g_array_index (entries, Entry, i)) > 0)
      {
        g_array_sort (entries, compare);
        return;
      }
}

static gboolean
check_entry (const Header *header, const Entry *entry, guint64 expected, GError **error)
{
  const guint64 *shape = (const guint64 *) header->dimensions->data + entry->shape;
  guint          bits = assay_dtype_get_info (entry->dtype)->bits;
  guint64        n = 1, n_bits;

  if (entry->begin != expected || entry->end < entry->begin)
    return fail_entry (header, entry, error, "its bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " should begin at %" G_GUINT64_FORMAT,
                       entry->begin, entry->end, expected);
  for (guint32 i = 0; i < entry->rank; i++)
    if (!g_uint64_checked_mul (&n, n, shape[i]))
      return fail_entry (header, entry, error, "the number of its elements is larger than 2⁶⁴−1");
  if (!g_uint64_checked_mul (&n_bits, n, bits))
    return fail_entry (header, entry, error, "the number of its bits is larger than 2⁶⁴−1");
  if (n_bits % 8 != 0)
    return fail_entry (header, entry, error, "%" G_GUINT64_FORMAT " elements of %u bits don’t fill whole bytes", n, bits);
  if (n_bits / 8 != entry->end - entry->begin)
    return fail_entry (header, entry, error, "its shape takes %" G_GUINT64_FORMAT " bytes, but there are %" G_GUINT64_FORMAT, n_bits / 8,
                       entry->end - entry->begin);
  return TRUE;
}

/* More dimensions than can be shown: those of size 1 change nothing, and are left out. */
static gboolean
squeeze_entry (const Header *header, Entry *entry, GError **error)
{
  guint64 *shape = (guint64 *) header->dimensions->data + entry->shape;
  guint32  n = 0, rank = entry->rank;

  if (rank <= ASSAY_MAX_RANK)
    return TRUE;
  for (guint32 i = 0; i < rank; i++)
    if (shape[i] != 1)
      shape[n++] = shape[i];
  entry->rank = n;
  if (n > ASSAY_MAX_RANK)
    return fail_entry (header, entry, error, "%u dimensions are more than the %d that Assay shows", n, ASSAY_MAX_RANK);
  if (header->context != NULL)
    assay_manifest_builder_add_warning (header->context->builder, "Tensor “%s” has %u dimensions; those of size 1 are left out",
                                        header->names->str + entry->name, rank);
  return TRUE;
}

static gboolean
check_entries (Header *header, guint64 n_data, GError **error)
{
  guint64 expected = 0;

  drop_repeated (header);
  sort_entries (header->entries, compare_entries);
  for (guint i = 0; i < header->entries->len; i++)
    {
      Entry *entry = &g_array_index (header->entries, Entry, i);

      if (!check_entry (header, entry, expected, error) || !squeeze_entry (header, entry, error))
        return FALSE;
      expected = entry->end;
    }
  if (expected == n_data)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
               "The tensors take %" G_GUINT64_FORMAT " bytes, but %" G_GUINT64_FORMAT " bytes of data are in the file", expected, n_data);
  return FALSE;
}

static gboolean
read_header_text (const AssayReaderFile *file, char **text, guint64 *length, GError **error)
{
  guint64 n;

  if (file->size < 8)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The file has %" G_GUINT64_FORMAT " bytes, too few for a header", file->size);
      return FALSE;
    }
  if (!assay_reader_read (file, 0, &n, 8, error))
    return FALSE;
  n = GUINT64_FROM_LE (n);
  if (n > MAX_HEADER || n > file->size - 8)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "The header should have %" G_GUINT64_FORMAT " bytes, but the file has %" G_GUINT64_FORMAT " and the limit is %u", n,
                   file->size, MAX_HEADER);
      return FALSE;
    }
  *text = g_malloc (n + 1);
  (*text)[n] = '\0';
  *length = n;
  if (!assay_reader_read (file, 8, *text, n, error))
    return FALSE;
  if (assay_name_is_utf8 (*text, n) || memchr (*text, '\0', n) != NULL)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The header is not UTF-8");
  return FALSE;
}

/* The whole header, and nothing but blanks behind it. */
static gboolean
read_header (Header *header, const AssayReaderFile *file, guint64 length, GError **error)
{
  if (!read_members (header, error))
    return FALSE;
  assay_json_scan_skip_blanks (&header->scan);
  if (header->scan.p != header->scan.end)
    return assay_json_scan_fail (&header->scan, "something stands behind it", error);
  return check_entries (header, file->size - 8 - length, error);
}

static void
add_tensor (const Header *header, const Entry *entry, const AssayReaderFile *file, guint64 data, AssayReaderContext *context)
{
  const char      *key = header->names->str + entry->name;
  const guint64   *shape = (const guint64 *) header->dimensions->data + entry->shape;
  g_autofree char *name = NULL;
  guint32          module = assay_manifest_builder_ensure_path (context->builder, 0, key, '.', &name);
  guint32          variable = assay_manifest_builder_add_variable (context->builder, module, name, key, entry->dtype, 0, NULL, entry->rank, shape, 0);

  assay_manifest_builder_set_raw (context->builder, variable, file->file, file->base + data + entry->begin, entry->end - entry->begin, FALSE);
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  return first->order < second->order ? -1 : 1;
}

gboolean
assay_safetensors_walk (AssayReaderContext    *context,
                        const AssayReaderFile *file,
                        gboolean               add_metadata,
                        AssaySafetensorsFilter filter,
                        gpointer               user_data,
                        GError               **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GArray) dimensions = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) scratch = g_string_new (NULL);
  Header  header = { .entries = entries, .dimensions = dimensions, .names = names, .text = scratch };
  guint64 length;

  if (!read_header_text (file, &text, &length, error))
    return FALSE;
  header.scan = (AssayJsonScan){ text, text, text + length };
  header.context = add_metadata ? context : NULL;
  if (!read_header (&header, file, length, error))
    return FALSE;
  sort_entries (entries, compare_order);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (filter == NULL || filter (names->str + entry->name, user_data))
        add_tensor (&header, entry, file, 8 + length, context);
      if (i % 256 == 0 && assay_manifest_builder_is_due (context->builder) && !assay_manifest_builder_flush (context->builder, error))
        return FALSE;
    }
  return TRUE;
}

/* A web page or a pointer of Git LFS; a length has zeros in its upper bytes. */
static gboolean
begins_as_text (const guint8 *head, gsize n_head)
{
  for (gsize i = 0; i < MIN (n_head, 8); i++)
    if (!g_ascii_isprint (head[i]) && !g_ascii_isspace (head[i]))
      return FALSE;
  return n_head >= 8;
}

/* The length of the header is plausible, and a JSON object follows. A damaged file with the right name is ours too. */
static gboolean
safetensors_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  guint64 n;

  if (g_str_has_suffix (context->file_name, ".safetensors"))
    return !begins_as_text (head, n_head);
  if (n_head < 9)
    return FALSE;
  memcpy (&n, head, 8);
  n = GUINT64_FROM_LE (n);
  return n >= 2 && n <= MAX_HEADER && n <= context->main.size - 8 && head[8] == '{';
}

static gboolean
safetensors_read (AssayReaderContext *context, GError **error)
{
  assay_manifest_builder_set_format (context->builder, "safetensors");
  return assay_safetensors_walk (context, &context->main, TRUE, NULL, NULL, error);
}

const AssayReader assay_safetensors_reader = { .name = "safetensors", .sniff = safetensors_sniff, .read = safetensors_read };
