/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hdf5-types-private.h"

#include <string.h>

#define MAX_DEPTH 16
#define MAX_MEMBERS 4096

void
assay_hdf5_type_clear (AssayHdf5Type *type)
{
  g_clear_pointer (&type->name, g_free);
  g_clear_pointer (&type->labels, g_free);
  g_clear_pointer (&type->reason, g_free);
}

/* Values of a type that is no dtype of ours are bytes with a name. */
static void
set_opaque (AssayHdf5Type *out, const char *reason)
{
  out->dtype = ASSAY_DTYPE_OPAQUE;
  out->big_endian = FALSE;
  if (out->name == NULL)
    out->name = g_strdup_printf ("|V%u", out->item_size);
  if (reason != NULL)
    out->reason = g_strdup (reason);
}

static void
read_order (hid_t type, AssayHdf5Type *out)
{
  H5T_order_t order = H5Tget_order (type);

  out->big_endian = order == H5T_ORDER_BE;
  if (order != H5T_ORDER_BE && order != H5T_ORDER_LE && order != H5T_ORDER_NONE)
    set_opaque (out, "Its bytes are in an order that no machine of today has");
}

static void
read_integer (hid_t type, AssayHdf5Type *out, gboolean is_signed)
{
  static const AssayDtype signed_dtypes[] = { ASSAY_DTYPE_INT8, ASSAY_DTYPE_INT16, ASSAY_DTYPE_INT32, ASSAY_DTYPE_INT64 };
  static const AssayDtype unsigned_dtypes[] = { ASSAY_DTYPE_UINT8, ASSAY_DTYPE_UINT16, ASSAY_DTYPE_UINT32, ASSAY_DTYPE_UINT64 };

  for (guint i = 0; i < 4; i++)
    if (out->item_size == 1u << i && H5Tget_precision (type) == 8u << i && H5Tget_offset (type) == 0)
      {
        out->dtype = is_signed ? signed_dtypes[i] : unsigned_dtypes[i];
        read_order (type, out);
        return;
      }
  for (guint i = 0; i < 4; i++)
    if (out->item_size == 1u << i)
      {
        out->dtype = is_signed ? signed_dtypes[i] : unsigned_dtypes[i];
        out->reason = g_strdup ("Integers whose bits don’t fill whole bytes can’t be read");
        return;
      }
  set_opaque (out, "Integers of this size can’t be read");
}

/* The fields of a floating-point type, as H5Tget_fields has them. */
typedef struct
{
  AssayDtype dtype;
  guint      size;
  size_t     sign, exponent, n_exponent, mantissa, n_mantissa, bias;
} FloatForm;

static const FloatForm float_forms[] = {
  { ASSAY_DTYPE_FLOAT16, 2, 15, 10, 5, 0, 10, 15 },
  { ASSAY_DTYPE_BFLOAT16, 2, 15, 7, 8, 0, 7, 127 },
  { ASSAY_DTYPE_FLOAT32, 4, 31, 23, 8, 0, 23, 127 },
  { ASSAY_DTYPE_FLOAT64, 8, 63, 52, 11, 0, 52, 1023 },
  { ASSAY_DTYPE_FLOAT8_E4M3FN, 1, 7, 3, 4, 0, 3, 7 },
  { ASSAY_DTYPE_FLOAT8_E5M2, 1, 7, 2, 5, 0, 2, 15 },
  { ASSAY_DTYPE_FLOAT128, 16, 79, 64, 15, 0, 64, 16383 },
};

static void
read_float (hid_t type, AssayHdf5Type *out)
{
  FloatForm form = { 0 };

  H5Tget_fields (type, &form.sign, &form.exponent, &form.n_exponent, &form.mantissa, &form.n_mantissa);
  form.bias = H5Tget_ebias (type);
  for (gsize i = 0; i < G_N_ELEMENTS (float_forms); i++)
    {
      const FloatForm *known = &float_forms[i];

      if (known->size == out->item_size && known->sign == form.sign && known->exponent == form.exponent &&
          known->n_exponent == form.n_exponent && known->mantissa == form.mantissa && known->n_mantissa == form.n_mantissa &&
          known->bias == form.bias)
        {
          out->dtype = known->dtype;
          read_order (type, out);
          return;
        }
    }
  /* What it is nearest to still says most. */
  out->dtype = out->item_size == 2 ? ASSAY_DTYPE_FLOAT16 : out->item_size == 4 ? ASSAY_DTYPE_FLOAT32
                                                       : out->item_size == 8   ? ASSAY_DTYPE_FLOAT64
                                                                               : ASSAY_DTYPE_OPAQUE;
  if (out->dtype == ASSAY_DTYPE_OPAQUE)
    set_opaque (out, NULL);
  out->reason = g_strdup ("Floating-point numbers of this form can’t be read");
}

static void
append_json_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p; p++)
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

/* h5py's bool: an enum over int8 with FALSE 0 and TRUE 1. */
static gboolean
is_bool (hid_t type, const AssayHdf5Type *out)
{
  gint8    value = -1;
  gboolean result = FALSE;

  if (out->item_size != 1 || H5Tget_nmembers (type) != 2)
    return FALSE;
  result = H5Tenum_valueof (type, "FALSE", &value) >= 0 && value == 0 && H5Tenum_valueof (type, "TRUE", &value) >= 0 && value == 1;
  H5Eclear2 (H5E_DEFAULT);
  return result;
}

/* An enum's values as numbers, whatever the size; they are of the machine's or the file's order. */
static gint64
enum_value (const guint8 *bytes, const AssayHdf5Type *out)
{
  guint64 value = 0;
  guint   n = MIN (out->item_size, 8);

  for (guint i = 0; i < n; i++)
    value = value << 8 | bytes[out->big_endian ? i : n - 1 - i];
  if (assay_dtype_get_info (out->dtype)->kind == ASSAY_KIND_INT && n < 8 && (value >> (n * 8 - 1)))
    value |= ~G_GUINT64_CONSTANT (0) << (n * 8);
  return (gint64) value;
}

static void
read_enum (hid_t type, AssayHdf5Type *out)
{
  g_auto (AssayH5Type) base = H5Tget_super (type);
  g_autoptr (GString) labels = g_string_new ("{");
  int n = MIN (H5Tget_nmembers (type), MAX_MEMBERS);

  if (is_bool (type, out))
    {
      out->dtype = ASSAY_DTYPE_BOOL;
      return;
    }
  read_integer (base, out, H5Tget_sign (base) != H5T_SGN_NONE);
  for (int i = 0; i < n; i++)
    {
      guint8 value[64] = { 0 };
      char  *name = H5Tget_member_name (type, i);

      if (name == NULL || out->item_size > sizeof value || H5Tget_member_value (type, i, value) < 0)
        {
          H5free_memory (name);
          continue;
        }
      g_string_append (labels, labels->len > 1 ? ", " : "");
      append_json_string (labels, name);
      g_string_append_printf (labels, ": %" G_GINT64_FORMAT, enum_value (value, out));
      H5free_memory (name);
    }
  g_string_append_c (labels, '}');
  out->labels = g_string_free (g_steal_pointer (&labels), FALSE);
}

static void append_numpy_name (GString *name, hid_t type, guint depth); /* types nest */

/* A compound's members as NumPy writes them: a list of fields, or a dictionary if there are gaps. */
static void
append_compound_name (GString *name, hid_t type, guint depth)
{
  int      n = MIN (H5Tget_nmembers (type), MAX_MEMBERS);
  gsize    end = 0;
  gboolean packed = TRUE;
  g_autoptr (GString) names = g_string_new (NULL), formats = g_string_new (NULL), offsets = g_string_new (NULL);
  g_autoptr (GString) list = g_string_new ("[");

  for (int i = 0; i < n; i++)
    {
      g_auto (AssayH5Type) member = H5Tget_member_type (type, i);
      char *label = H5Tget_member_name (type, i);
      g_autoptr (GString) format = g_string_new (NULL);
      gsize       offset = H5Tget_member_offset (type, i);
      const char *separator = i ? ", " : "";

      append_numpy_name (format, member, depth + 1);
      packed = packed && offset == end;
      end = offset + H5Tget_size (member);
      g_string_append_printf (names, "%s'%s'", separator, label ? label : "");
      g_string_append_printf (formats, "%s%s", separator, format->str);
      g_string_append_printf (offsets, "%s%zu", separator, offset);
      /* In a list an array stands beside its format: ('v', '<f4', (3,)). */
      if (format->str[0] == '(')
        g_string_append_printf (list, "%s('%s', %.*s)", separator, label ? label : "", (int) format->len - 2, format->str + 1);
      else
        g_string_append_printf (list, "%s('%s', %s)", separator, label ? label : "", format->str);
      H5free_memory (label);
    }
  if (packed && end == H5Tget_size (type))
    g_string_append_printf (name, "%s]", list->str);
  else
    g_string_append_printf (name, "{'names': [%s], 'formats': [%s], 'offsets': [%s], 'itemsize': %zu}", names->str, formats->str,
                            offsets->str, H5Tget_size (type));
}

/* What NumPy calls a type inside a compound. */
static void
append_numpy_name (GString *name, hid_t type, guint depth)
{
  g_auto (AssayHdf5Type) facts = { 0 };
  H5T_class_t class = H5Tget_class (type);
  static const char kinds[] = { [ASSAY_KIND_BOOL] = '?', [ASSAY_KIND_INT] = 'i', [ASSAY_KIND_UINT] = 'u', [ASSAY_KIND_FLOAT] = 'f', [ASSAY_KIND_COMPLEX] = 'c' };

  if (depth > MAX_DEPTH)
    {
      g_string_append (name, "'O'");
      return;
    }
  if (class == H5T_ARRAY)
    {
      hsize_t dimensions[H5S_MAX_RANK];
      int     rank = H5Tget_array_dims2 (type, dimensions);
      g_auto (AssayH5Type) base = H5Tget_super (type);

      g_string_append_c (name, '(');
      append_numpy_name (name, base, depth + 1);
      g_string_append (name, ", (");
      for (int i = 0; i < rank; i++)
        g_string_append_printf (name, "%s%" G_GUINT64_FORMAT, i ? ", " : "", (guint64) dimensions[i]);
      g_string_append (name, rank == 1 ? ",))" : "))");
      return;
    }
  if (class == H5T_VLEN || class == H5T_REFERENCE || (class == H5T_STRING && H5Tis_variable_str (type) > 0))
    {
      g_string_append (name, "'O'");
      return;
    }
  assay_hdf5_type_read (type, &facts);
  if (facts.dtype == ASSAY_DTYPE_BYTES)
    g_string_append_printf (name, "'S%u'", facts.item_size);
  else if (class == H5T_COMPOUND && facts.dtype == ASSAY_DTYPE_OPAQUE)
    g_string_append (name, facts.name);
  else if (facts.dtype == ASSAY_DTYPE_BOOL)
    g_string_append (name, "'?'");
  else if (assay_dtype_is_numeric (facts.dtype))
    g_string_append_printf (name, "'%s%c%u'", facts.item_size > 1 ? "<" : "", kinds[assay_dtype_get_info (facts.dtype)->kind], facts.item_size);
  else
    g_string_append_printf (name, "'V%u'", facts.item_size);
}

/* h5py's complex: two equal floats named r and i. */
static gboolean
read_complex (hid_t type, AssayHdf5Type *out)
{
  g_auto (AssayHdf5Type) real = { 0 };
  g_auto (AssayHdf5Type) imaginary = { 0 };
  AssayHdf5Type *const     parts[] = { &real, &imaginary };
  static const char *const names[] = { "r", "i" };

  if (H5Tget_nmembers (type) != 2)
    return FALSE;
  for (int i = 0; i < 2; i++)
    {
      g_auto (AssayH5Type) member = H5Tget_member_type (type, i);
      char    *name = H5Tget_member_name (type, i);
      gboolean right = name != NULL && strcmp (name, names[i]) == 0 && H5Tget_class (member) == H5T_FLOAT;

      H5free_memory (name);
      if (!right)
        return FALSE;
      parts[i]->item_size = H5Tget_size (member);
      read_float (member, parts[i]);
    }
  if (real.dtype != imaginary.dtype || real.big_endian != imaginary.big_endian ||
      H5Tget_member_offset (type, 1) != real.item_size || out->item_size != 2 * real.item_size ||
      (real.dtype != ASSAY_DTYPE_FLOAT32 && real.dtype != ASSAY_DTYPE_FLOAT64))
    return FALSE;
  out->dtype = real.dtype == ASSAY_DTYPE_FLOAT32 ? ASSAY_DTYPE_COMPLEX64 : ASSAY_DTYPE_COMPLEX128;
  out->big_endian = real.big_endian;
  return TRUE;
}

static void
read_compound (hid_t type, AssayHdf5Type *out, guint depth)
{
  g_autoptr (GString) name = NULL;

  if (read_complex (type, out))
    return;
  name = g_string_new (NULL);
  append_compound_name (name, type, depth);
  out->name = g_utf8_make_valid (name->str, -1);
  set_opaque (out, H5Tdetect_class (type, H5T_VLEN) > 0 || H5Tdetect_class (type, H5T_STRING) > 0
                       ? "Records with fields of variable length are named, not read"
                       : NULL);
  /* Fixed strings in a record are bytes like any others. */
  if (out->reason != NULL && H5Tdetect_class (type, H5T_VLEN) <= 0)
    {
      for (int i = 0; i < H5Tget_nmembers (type); i++)
        {
          g_auto (AssayH5Type) member = H5Tget_member_type (type, i);

          if (H5Tget_class (member) != H5T_STRING || H5Tis_variable_str (member) <= 0)
            continue;
          return;
        }
      g_clear_pointer (&out->reason, g_free);
    }
}

/* An array type adds its dimensions to the dataset's. */
static void
read_array (hid_t type, AssayHdf5Type *out)
{
  hsize_t dimensions[H5S_MAX_RANK];
  int     rank = H5Tget_array_ndims (type) <= ASSAY_HDF5_MAX_ARRAY_RANK ? H5Tget_array_dims2 (type, dimensions) : -1;
  g_auto (AssayH5Type) base = H5Tget_super (type);
  guint32 size = out->item_size;

  if (rank <= 0 || H5Tget_class (base) == H5T_ARRAY)
    {
      set_opaque (out, "Arrays of arrays as elements can’t be read");
      return;
    }
  assay_hdf5_type_read (base, out);
  if (out->is_variable_string || out->reason != NULL)
    {
      out->item_size = size;
      out->is_variable_string = FALSE;
      g_clear_pointer (&out->name, g_free);
      g_clear_pointer (&out->reason, g_free);
      set_opaque (out, "Arrays of variable length as elements can’t be read");
      return;
    }
  out->n_array = rank;
  for (int i = 0; i < rank; i++)
    out->array[i] = dimensions[i];
}

static void
read_string (hid_t type, AssayHdf5Type *out)
{
  if (H5Tis_variable_str (type) > 0)
    {
      out->dtype = ASSAY_DTYPE_STRING;
      out->is_variable_string = TRUE;
      out->item_size = 0;
      return;
    }
  out->dtype = ASSAY_DTYPE_BYTES;
  out->name = g_strdup_printf ("|S%u", out->item_size);
}

static void
read_sequence (hid_t type, AssayHdf5Type *out)
{
  g_auto (AssayH5Type) base = H5Tget_super (type);
  g_auto (AssayHdf5Type) element = { 0 };

  assay_hdf5_type_read (base, &element);
  out->name = g_strdup_printf ("vlen(%s)", element.name ? element.name : assay_dtype_get_info (element.dtype)->name);
  set_opaque (out, "Sequences of variable length are named, not read");
}

void
assay_hdf5_type_read (hid_t type, AssayHdf5Type *out)
{
  gsize size = H5Tget_size (type);

  memset (out, 0, sizeof *out);
  out->item_size = MIN (size, G_MAXINT32);
  switch (H5Tget_class (type))
    {
    case H5T_INTEGER:
      read_integer (type, out, H5Tget_sign (type) != H5T_SGN_NONE);
      break;
    case H5T_BITFIELD:
      read_integer (type, out, FALSE);
      break;
    case H5T_FLOAT:
      read_float (type, out);
      break;
    case H5T_STRING:
      read_string (type, out);
      break;
    case H5T_ENUM:
      read_enum (type, out);
      break;
    case H5T_COMPOUND:
      read_compound (type, out, 0);
      break;
    case H5T_ARRAY:
      read_array (type, out);
      break;
    case H5T_VLEN:
      read_sequence (type, out);
      break;
    case H5T_REFERENCE:
      out->name = g_strdup ("reference");
      set_opaque (out, "References are named, not read");
      break;
    case H5T_OPAQUE:
      set_opaque (out, NULL);
      break;
    case H5T_TIME:
      set_opaque (out, "HDF5’s time type can’t be read");
      break;
    case H5T_NO_CLASS:
    case H5T_NCLASSES:
    default:
      set_opaque (out, "A type that HDF5 doesn’t know can’t be read");
      break;
    }
  if (!out->is_variable_string && out->item_size == 0)
    {
      out->item_size = 1;
      g_clear_pointer (&out->reason, g_free);
      set_opaque (out, "Elements without size can’t be read");
    }
}
