/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* .npy, as numpy/lib/format.py describes it:
 *
 *   \x93NUMPY · major u8 · minor u8 · n u16 LE (version 1) or u32 LE (2, 3) · n bytes of text · values
 *   text   {'descr': type, 'fortran_order': bool, 'shape': (uint, …)}, Latin-1, from version 3 on UTF-8
 *   type   '<f4' | [(name, type[, shape]), …], where name may be (title, name); a nameless '|V7' is padding
 */

#include "npy-private.h"

#include <assay/error.h>
#include <string.h>

#include "python-literal-private.h"

#define MAX_HEADER (16u << 20)
#define MAX_DEPTH 32
#define MAX_ITEM_SIZE (64u << 20)
#define MAX_SWAPS 65536

/* A type while it is read. */
typedef struct
{
  AssayDtype dtype;
  guint64    item_size;
  gboolean   big_endian;
  gboolean   is_object;
  guint64    alignment; /* as C would have it */
  char      *name;      /* as str(dtype) has it; NULL if the dtype's own name does */
  char      *code;      /* as it stands inside a record: '<f4'; in little-endian order */
  GArray    *swaps;     /* of AssayNpySwap, or NULL */
} Type;

static void
type_clear (Type *type)
{
  g_free (type->name);
  g_free (type->code);
  g_clear_pointer (&type->swaps, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Type, type_clear)

/* What a type's letter and size mean. */
typedef struct
{
  char       letter;
  guint8     size;
  AssayDtype dtype;
} SimpleType;

static const SimpleType simple_types[] = {
  { 'b', 1, ASSAY_DTYPE_BOOL },
  { 'i', 1, ASSAY_DTYPE_INT8 },
  { 'i', 2, ASSAY_DTYPE_INT16 },
  { 'i', 4, ASSAY_DTYPE_INT32 },
  { 'i', 8, ASSAY_DTYPE_INT64 },
  { 'u', 1, ASSAY_DTYPE_UINT8 },
  { 'u', 2, ASSAY_DTYPE_UINT16 },
  { 'u', 4, ASSAY_DTYPE_UINT32 },
  { 'u', 8, ASSAY_DTYPE_UINT64 },
  { 'f', 2, ASSAY_DTYPE_FLOAT16 },
  { 'f', 4, ASSAY_DTYPE_FLOAT32 },
  { 'f', 8, ASSAY_DTYPE_FLOAT64 },
  { 'f', 16, ASSAY_DTYPE_FLOAT128 },
  { 'c', 8, ASSAY_DTYPE_COMPLEX64 },
  { 'c', 16, ASSAY_DTYPE_COMPLEX128 },
};

static gboolean
set_simple (Type *type, char letter, guint64 size)
{
  for (gsize i = 0; i < G_N_ELEMENTS (simple_types); i++)
    if (simple_types[i].letter == letter && simple_types[i].size == size)
      {
        type->dtype = simple_types[i].dtype;
        type->item_size = size;
        type->alignment = letter == 'c' ? size / 2 : size;
        return TRUE;
      }
  return FALSE;
}

/* Types whose size the file says, and those with a name of their own. */
static gboolean
set_sized (Type *type, char letter, guint64 size, const char *unit)
{
  type->item_size = letter == 'U' ? size * 4 : size;
  type->alignment = letter == 'U' ? 4 : 1;
  switch (letter)
    {
    case 'S':
    case 'a':
      type->dtype = ASSAY_DTYPE_BYTES;
      type->name = g_strdup_printf ("|S%" G_GUINT64_FORMAT, size);
      return TRUE;
    case 'U':
      type->dtype = ASSAY_DTYPE_UNICODE;
      type->name = g_strdup_printf ("<U%" G_GUINT64_FORMAT, size);
      return TRUE;
    case 'V':
      type->dtype = ASSAY_DTYPE_OPAQUE;
      type->name = g_strdup_printf ("|V%" G_GUINT64_FORMAT, size);
      return TRUE;
    case 'M':
    case 'm':
      type->dtype = letter == 'M' ? ASSAY_DTYPE_DATETIME64 : ASSAY_DTYPE_TIMEDELTA64;
      type->alignment = 8;
      type->name = g_strdup_printf ("%s%s", assay_dtype_get_info (type->dtype)->name, unit);
      return size == 8;
    case 'c': /* two of x87's floats */
      type->dtype = ASSAY_DTYPE_OPAQUE;
      type->alignment = 16;
      type->name = g_strdup ("complex256");
      return size == 32;
    default:
      return FALSE;
    }
}

/* A type in quotes: byte order, letter, size, and for times a unit in brackets. */
static gboolean
parse_code (AssayPythonScan *scan, const char *code, Type *type, GError **error)
{
  const char *p = strchr ("<>|=", *code) && *code ? code + 1 : code;
  char        letter = *p, *end;
  guint64     size;
  gboolean    is_time = letter == 'M' || letter == 'm';

  type->big_endian = *code == '>';
  type->code = type->big_endian ? g_strdup_printf ("<%s", p) : g_strdup (*code == '|' ? p : code);
  if (strcmp (p, "?") == 0)
    return set_simple (type, 'b', 1);
  if (strcmp (p, "O") == 0 || strcmp (p, "O8") == 0 || strcmp (p, "O4") == 0)
    {
      type->is_object = TRUE;
      type->dtype = ASSAY_DTYPE_OPAQUE;
      type->item_size = type->alignment = 8;
      type->name = g_strdup ("object");
      return TRUE;
    }
  size = letter && g_ascii_isdigit (p[1]) ? g_ascii_strtoull (p + 1, &end, 10) : G_MAXUINT64;
  if (size <= MAX_ITEM_SIZE / 4 && (*end == '\0' || (is_time && *end == '[' && g_str_has_suffix (end, "]"))))
    if (set_simple (type, letter, size) || set_sized (type, letter, size, end))
      {
        if (type->dtype == ASSAY_DTYPE_BOOL)
          {
            g_free (type->code);
            type->code = g_strdup ("?");
          }
        return TRUE;
      }
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "There is no dtype “%s” (byte %" G_GSIZE_FORMAT " of the header)", code,
               (gsize) (scan->p - scan->start));
  return FALSE;
}

/* A record while its fields are read. */
typedef struct
{
  GString *fields; /* as a list of tuples */
  GString *names;  /* as a dictionary, for records with holes */
  GString *formats;
  GString *offsets;
  guint64  size;
  guint64  aligned_size; /* as C would lay it out */
  guint64  alignment;
  gboolean is_packed;
  gboolean is_aligned;
} Record;

static void
record_clear (Record *record)
{
  g_string_free (record->fields, TRUE);
  g_string_free (record->names, TRUE);
  g_string_free (record->formats, TRUE);
  g_string_free (record->offsets, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear)

static void
append_quoted (GString *out, const char *text)
{
  char quote = strchr (text, '\'') && !strchr (text, '"') ? '"' : '\'';

  g_string_append_c (out, quote);
  for (; *text; text++)
    {
      if (*text == '\\' || *text == quote)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, quote);
}

static void
append_shape (GString *out, guint rank, const guint64 *shape)
{
  g_string_append_c (out, '(');
  for (guint i = 0; i < rank; i++)
    g_string_append_printf (out, "%s%" G_GUINT64_FORMAT, i ? ", " : "", shape[i]);
  g_string_append (out, rank == 1 ? ",)" : ")");
}

/* A record's type in its parent is written without quotes. */
static void
append_format (GString *out, const Type *type)
{
  if (type->code[0] == '[' || type->code[0] == '{')
    g_string_append (out, type->code);
  else
    append_quoted (out, type->code);
}

/* Writes a field into the list of tuples. */
static void
append_tuple (GString *fields, const char *name, const Type *type, guint rank, const guint64 *shape)
{
  g_string_append (fields, fields->len > 1 ? ", (" : "(");
  append_quoted (fields, name);
  g_string_append (fields, ", ");
  append_format (fields, type);
  if (rank > 0)
    {
      g_string_append (fields, ", ");
      append_shape (fields, rank, shape);
    }
  g_string_append_c (fields, ')');
}

/* Writes a field into the lists of the dictionary. */
static void
append_entry (Record *record, const char *name, const Type *type, guint rank, const guint64 *shape)
{
  const char *comma = record->names->len > 0 ? ", " : "";

  g_string_append (record->names, comma);
  append_quoted (record->names, name);
  g_string_append (record->formats, comma);
  if (rank > 0)
    g_string_append_c (record->formats, '(');
  append_format (record->formats, type);
  if (rank > 0)
    {
      g_string_append (record->formats, ", ");
      append_shape (record->formats, rank, shape);
      g_string_append_c (record->formats, ')');
    }
  g_string_append_printf (record->offsets, "%s%" G_GUINT64_FORMAT, comma, record->size);
}

/* Notes which bytes of a field have to be turned round: of a big-endian number, or of such numbers in a record. */
static gboolean
add_swaps (AssayPythonScan *scan, Type *outer, guint64 offset, const Type *type, guint64 n, GError **error)
{
  guint swap_size = assay_dtype_get_info (type->dtype)->swap_size;

  if (type->big_endian && swap_size > 1)
    {
      AssayNpySwap swap = { offset, swap_size, n * (type->item_size / swap_size) };

      outer->swaps = outer->swaps ? outer->swaps : g_array_new (FALSE, FALSE, sizeof swap);
      g_array_append_val (outer->swaps, swap);
    }
  for (guint64 k = 0; type->swaps != NULL && k < n; k++)
    for (guint i = 0; i < type->swaps->len; i++)
      {
        AssayNpySwap swap = g_array_index (type->swaps, AssayNpySwap, i);

        swap.offset += offset + k * type->item_size;
        outer->swaps = outer->swaps ? outer->swaps : g_array_new (FALSE, FALSE, sizeof swap);
        g_array_append_val (outer->swaps, swap);
        if (outer->swaps->len > MAX_SWAPS)
          return assay_python_scan_fail (scan, "the record has too many big-endian fields", error);
      }
  return TRUE;
}

static gboolean
add_field (AssayPythonScan *scan, Record *record, Type *outer, const char *name, const Type *type, guint rank, const guint64 *shape, GError **error)
{
  gboolean is_padding = *name == '\0' && type->dtype == ASSAY_DTYPE_OPAQUE && type->code[0] == 'V';
  guint64  n = 1, size, alignment = MAX (type->alignment, 1);

  for (guint i = 0; i < rank; i++)
    if (!g_uint64_checked_mul (&n, n, shape[i]))
      return assay_python_scan_fail (scan, "a field is too large", error);
  if (!g_uint64_checked_mul (&size, n, type->item_size) || size > MAX_ITEM_SIZE || record->size + size > MAX_ITEM_SIZE)
    return assay_python_scan_fail (scan, "a record is larger than 64 MB", error);
  if (is_padding)
    record->is_packed = FALSE;
  else
    {
      append_tuple (record->fields, name, type, rank, shape);
      append_entry (record, name, type, rank, shape);
      record->aligned_size = (record->aligned_size + alignment - 1) / alignment * alignment;
      record->is_aligned &= record->aligned_size == record->size;
      record->aligned_size += size;
      record->alignment = MAX (record->alignment, alignment);
    }
  if (!add_swaps (scan, outer, record->size, type, n, error))
    return FALSE;
  record->size += size;
  return TRUE;
}

/* A name, or (title, name). */
static gboolean
parse_field_name (AssayPythonScan *scan, GString *name, GError **error)
{
  if (!assay_python_scan_take (scan, '('))
    return assay_python_scan_string (scan, name, error);
  return assay_python_scan_string (scan, name, error) && assay_python_scan_expect (scan, ',', error) &&
         assay_python_scan_string (scan, name, error) && (assay_python_scan_take (scan, ','), assay_python_scan_expect (scan, ')', error));
}

/* Records stand in records. */
static gboolean parse_type (AssayPythonScan *scan, guint depth, Type *type, GError **error);

/* (name, type[, shape]) */
static gboolean
parse_field (AssayPythonScan *scan, guint depth, Record *record, Type *outer, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_auto (Type) type = { 0 };
  guint64 shape[ASSAY_MAX_RANK];
  guint   rank = 0;

  if (!assay_python_scan_expect (scan, '(', error) || !parse_field_name (scan, name, error) || !assay_python_scan_expect (scan, ',', error) ||
      !parse_type (scan, depth + 1, &type, error))
    return FALSE;
  if (assay_python_scan_take (scan, ',') && assay_python_scan_peek (scan) != ')')
    {
      if (!assay_python_scan_shape (scan, &rank, shape, error))
        return FALSE;
      assay_python_scan_take (scan, ',');
    }
  outer->is_object |= type.is_object;
  return assay_python_scan_expect (scan, ')', error) && add_field (scan, record, outer, name->str, &type, rank, shape, error);
}

static gboolean
parse_record (AssayPythonScan *scan, guint depth, Type *type, GError **error)
{
  g_auto (Record) record = { g_string_new ("["), g_string_new (NULL), g_string_new (NULL), g_string_new (NULL), 0, 0, 1, TRUE, TRUE };
  gboolean comma = TRUE;

  scan->p++;
  while (!assay_python_scan_take (scan, ']'))
    {
      if (!comma)
        return assay_python_scan_fail (scan, "a comma is missing between two fields", error);
      if (!parse_field (scan, depth, &record, type, error))
        return FALSE;
      comma = assay_python_scan_take (scan, ',');
    }
  g_string_append_c (record.fields, ']');
  record.aligned_size = (record.aligned_size + record.alignment - 1) / record.alignment * record.alignment;
  record.is_aligned &= record.aligned_size == record.size;
  type->dtype = ASSAY_DTYPE_OPAQUE;
  type->item_size = record.size;
  type->alignment = record.is_packed ? 1 : record.is_aligned ? record.alignment
                                                             : 1;
  type->code = record.is_packed ? g_strdup (record.fields->str)
                                : g_strdup_printf ("{'names': [%s], 'formats': [%s], 'offsets': [%s], 'itemsize': %" G_GUINT64_FORMAT "%s}",
                                                   record.names->str, record.formats->str, record.offsets->str, record.size,
                                                   record.is_aligned ? ", 'aligned': True" : "");
  type->name = g_strdup (type->code);
  return TRUE;
}

static gboolean
parse_type (AssayPythonScan *scan, guint depth, Type *type, GError **error)
{
  g_autoptr (GString) code = NULL;

  if (depth > MAX_DEPTH)
    return assay_python_scan_fail (scan, "the dtype is nested too deeply", error);
  if (assay_python_scan_peek (scan) == '[')
    return parse_record (scan, depth, type, error);
  code = g_string_new (NULL);
  return assay_python_scan_string (scan, code, error) && parse_code (scan, code->str, type, error);
}

/* The dictionary with exactly these three keys. */
static gboolean
parse_literal (AssayPythonScan *scan, Type *type, AssayNpyHeader *header, GError **error)
{
  static const char *const keys[] = { "descr", "fortran_order", "shape" };
  gboolean                 seen[G_N_ELEMENTS (keys)] = { FALSE }, comma = TRUE, done = TRUE;
  g_autoptr (GString) key = g_string_new (NULL);

  if (!assay_python_scan_expect (scan, '{', error))
    return FALSE;
  while (!assay_python_scan_take (scan, '}'))
    {
      gsize i;

      if (!comma)
        return assay_python_scan_fail (scan, "a comma is missing", error);
      if (!assay_python_scan_string (scan, key, error) || !assay_python_scan_expect (scan, ':', error))
        return FALSE;
      for (i = 0; i < G_N_ELEMENTS (keys) && strcmp (keys[i], key->str) != 0; i++)
        ;
      if (i == G_N_ELEMENTS (keys) || seen[i])
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The header has a key “%s” %s", key->str, i < G_N_ELEMENTS (keys) ? "twice" : "too many");
          return FALSE;
        }
      seen[i] = TRUE;
      done = i == 0   ? parse_type (scan, 0, type, error)
             : i == 1 ? assay_python_scan_bool (scan, &header->fortran, error)
                      : assay_python_scan_shape (scan, &header->rank, header->shape, error);
      if (!done)
        return FALSE;
      comma = assay_python_scan_take (scan, ',');
    }
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!seen[i])
      {
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The header has no key “%s”", keys[i]);
        return FALSE;
      }
  return assay_python_scan_peek (scan) == '\0' || assay_python_scan_fail (scan, "something stands behind it", error);
}

static char *
latin1_to_utf8 (const char *raw, gsize n)
{
  GString *text = g_string_sized_new (n);

  for (gsize i = 0; i < n; i++)
    g_string_append_unichar (text, (guchar) raw[i]);
  return g_string_free (text, FALSE);
}

gboolean
assay_npy_measure (const guint8 *start, gsize n, guint64 *size, GError **error)
{
  if (n < ASSAY_NPY_PREFIX || memcmp (start, "\x93NUMPY", 6) != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "It doesn’t begin as a .npy file does");
      return FALSE;
    }
  if (start[6] < 1 || start[6] > 3 || start[7] != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "It is of version %u.%u of the .npy format; known are 1.0, 2.0 and 3.0", start[6],
                   start[7]);
      return FALSE;
    }
  *size = start[8] | start[9] << 8;
  if (start[6] > 1)
    *size |= (guint64) start[10] << 16 | (guint64) start[11] << 24;
  if (*size > MAX_HEADER)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Its header should have %" G_GUINT64_FORMAT " bytes; more than %u can’t be", *size,
                   MAX_HEADER);
      return FALSE;
    }
  *size += start[6] > 1 ? 12 : 10;
  return TRUE;
}

static gboolean
check_size (AssayNpyHeader *header, guint64 n_after, GError **error)
{
  g_autofree char *shape = NULL;
  guint64          n;

  if (!assay_shape_n_elements (header->rank, header->shape, &n) || !g_uint64_checked_mul (&header->n_bytes, n, header->item_size) ||
      header->n_bytes > G_MAXINT64 || n > G_MAXINT64)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Its shape has more elements than any file can hold");
      return FALSE;
    }
  if (header->is_object || header->n_bytes <= n_after)
    return TRUE;
  shape = assay_shape_to_string (header->rank, header->shape);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
               "Its shape %s takes %" G_GUINT64_FORMAT " bytes, but only %" G_GUINT64_FORMAT " are there", shape, header->n_bytes, n_after);
  return FALSE;
}

gboolean
assay_npy_header_parse (const guint8 *data, gsize size, guint64 n_after, AssayNpyHeader *header, GError **error)
{
  gsize            n_prefix = data[6] > 1 ? 12 : 10;
  const char      *raw = (const char *) data + n_prefix;
  g_autofree char *text = NULL;
  g_auto (Type) type = { 0 };
  AssayPythonScan scan;

  memset (header, 0, sizeof *header);
  if (memchr (raw, '\0', size - n_prefix) != NULL || (data[6] == 3 && !g_utf8_validate_len (raw, size - n_prefix, NULL)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Its header is not text");
      return FALSE;
    }
  text = data[6] == 3 ? g_strndup (raw, size - n_prefix) : latin1_to_utf8 (raw, size - n_prefix);
  scan = (AssayPythonScan){ text, text, text + strlen (text) };
  if (!parse_literal (&scan, &type, header, error))
    return FALSE;
  header->dtype = type.dtype;
  header->item_size = type.item_size;
  header->big_endian = type.big_endian;
  header->is_object = type.is_object;
  if (!check_size (header, n_after, error))
    return FALSE;
  header->dtype_name = g_steal_pointer (&type.name);
  header->swaps = g_steal_pointer (&type.swaps);
  return TRUE;
}

void
assay_npy_header_clear (AssayNpyHeader *header)
{
  g_clear_pointer (&header->dtype_name, g_free);
  g_clear_pointer (&header->swaps, g_array_unref);
}
