/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* HDF5's attributes as JSON. They are small, so libhdf5 may convert them. */

#include <math.h>
#include <string.h>

#include "hdf5-types-private.h"

#define MAX_BYTES (16u << 20)
#define MAX_SHOWN 1024
#define MAX_ATTRIBUTES 100000
#define MAX_SPLIT 10000

static void
append_json_bytes (GString *out, const char *text, gsize n)
{
  g_autofree char *valid = g_utf8_make_valid (text, n);

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

static void
append_json_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append (out, "\"NaN\"");
  else if (isinf (value))
    g_string_append (out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  else
    g_string_append (out, g_ascii_dtostr (text, sizeof text, value));
}

/* Reads numbers as 64-bit integers or doubles; NULL if that can't be. */
static gpointer
read_numbers (hid_t attribute, hid_t memory_type, gsize n)
{
  gpointer values = g_malloc0 (MAX (n, 1) * 8);

  if (H5Aread (attribute, memory_type, values) >= 0)
    return values;
  H5Eclear2 (H5E_DEFAULT);
  g_free (values);
  return NULL;
}

/* Strings of an attribute, each owned; NULL if they can't be read. Both of HDF5's ways to store them. */
static GPtrArray *
read_strings (hid_t attribute, hid_t type, hid_t space, gsize n)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  gsize size = H5Tget_size (type);

  if (H5Tis_variable_str (type) > 0)
    {
      g_autofree char **pointers = g_new0 (char *, MAX (n, 1));

      if (H5Aread (attribute, type, pointers) < 0)
        return NULL;
      for (gsize i = 0; i < n; i++)
        g_ptr_array_add (strings, g_strdup (pointers[i] ? pointers[i] : ""));
      H5Dvlen_reclaim (type, space, H5P_DEFAULT, pointers);
      return g_steal_pointer (&strings);
    }
  if (size == 0 || n > MAX_BYTES / size)
    return NULL;
  {
    g_autofree char *bytes = g_malloc0 (n * size + 1);

    if (H5Aread (attribute, type, bytes) < 0)
      return NULL;
    for (gsize i = 0; i < n; i++)
      g_ptr_array_add (strings, g_strndup (bytes + i * size, size));
  }
  return g_steal_pointer (&strings);
}

/* How values are written: by the shape, each by a function. */
typedef struct
{
  int            rank;
  const hsize_t *shape;
  gsize          next;
  gconstpointer  values;
  void (*append) (GString *out, gconstpointer values, gsize i);
} Writing;

static void
append_values (GString *out, Writing *writing, int axis)
{
  if (axis == writing->rank)
    {
      writing->append (out, writing->values, writing->next++);
      return;
    }
  g_string_append_c (out, '[');
  for (hsize_t i = 0; i < writing->shape[axis]; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      append_values (out, writing, axis + 1);
    }
  g_string_append_c (out, ']');
}

static void
append_integer (GString *out, gconstpointer values, gsize i)
{
  g_string_append_printf (out, "%" G_GINT64_FORMAT, ((const gint64 *) values)[i]);
}

static void
append_unsigned (GString *out, gconstpointer values, gsize i)
{
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, ((const guint64 *) values)[i]);
}

static void
append_bool (GString *out, gconstpointer values, gsize i)
{
  g_string_append (out, ((const gint8 *) values)[i] ? "true" : "false");
}

static void
append_double (GString *out, gconstpointer values, gsize i)
{
  append_json_double (out, ((const double *) values)[i]);
}

static void
append_text (GString *out, gconstpointer values, gsize i)
{
  const GPtrArray *strings = values;

  append_json_bytes (out, strings->pdata[i], strlen (strings->pdata[i]));
}

/* The value of an attribute that isn't too large; %FALSE if it is of a type that can only be named. */
static gboolean
append_attribute_values (GString *out, hid_t attribute, hid_t type, hid_t space, gsize n)
{
  H5T_class_t class = H5Tget_class (type);
  g_autofree gpointer values = NULL;
  hsize_t             shape[H5S_MAX_RANK];
  Writing             writing = { .rank = H5Sget_simple_extent_dims (space, shape, NULL), .shape = shape, .append = append_integer };

  if (writing.rank < 0)
    return FALSE;
  if (class == H5T_STRING)
    {
      g_autoptr (GPtrArray) strings = read_strings (attribute, type, space, n);

      writing.append = append_text;
      writing.values = strings;
      if (strings != NULL)
        append_values (out, &writing, 0);
      return strings != NULL;
    }
  if (class == H5T_FLOAT)
    {
      values = read_numbers (attribute, H5T_NATIVE_DOUBLE, n);
      writing.append = append_double;
    }
  else if (class == H5T_INTEGER && H5Tget_sign (type) == H5T_SGN_NONE)
    {
      values = read_numbers (attribute, H5T_NATIVE_UINT64, n);
      writing.append = append_unsigned;
    }
  else if (class == H5T_INTEGER)
    values = read_numbers (attribute, H5T_NATIVE_INT64, n);
  else if (class == H5T_ENUM && H5Tget_size (type) == 1)
    {
      values = read_numbers (attribute, type, n);
      writing.append = append_bool;
    }
  if (values == NULL)
    return FALSE;
  writing.values = values;
  append_values (out, &writing, 0);
  return TRUE;
}

static char *
dup_json (hid_t attribute)
{
  g_auto (AssayH5Type) type = H5Aget_type (attribute);
  g_auto (AssayH5Space) space = H5Aget_space (attribute);
  g_auto (AssayHdf5Type) facts = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  hssize_t n;

  if (type < 0 || space < 0)
    return g_strdup ("null");
  if (H5Sget_simple_extent_type (space) == H5S_NULL)
    return g_strdup ("null");
  n = H5Sget_simple_extent_npoints (space);
  assay_hdf5_type_read (type, &facts);
  if (n >= 0 && n <= MAX_SHOWN && facts.n_array == 0 &&
      append_attribute_values (out, attribute, type, space, n))
    return g_string_free (g_steal_pointer (&out), FALSE);
  H5Eclear2 (H5E_DEFAULT);
  {
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " × %s", (gint64) n, facts.name ? facts.name : assay_dtype_get_info (facts.dtype)->name);

    g_string_truncate (out, 0);
    append_json_bytes (out, text, strlen (text));
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  void (*add) (const char *name, const char *json, gpointer user_data);
  gpointer user_data;
  guint    n;
} Each;

static herr_t
each_cb (hid_t object, const char *name, const H5A_info_t *info, void *data)
{
  Each *each = data;
  g_auto (AssayH5Attribute) attribute = H5I_INVALID_HID;
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *json = NULL;

  if (each->n++ > MAX_ATTRIBUTES)
    return 1;
  attribute = info->data_size > MAX_BYTES ? H5I_INVALID_HID : H5Aopen (object, name, H5P_DEFAULT);
  json = attribute >= 0 ? dup_json (attribute) : g_strdup ("null");
  each->add (valid, json, each->user_data);
  return 0;
}

void
assay_hdf5_each_attribute (hid_t object, void (*add) (const char *name, const char *json, gpointer user_data), gpointer user_data)
{
  Each    each = { add, user_data, 0 };
  hsize_t place = 0;

  H5Aiterate2 (object, H5_INDEX_NAME, H5_ITER_INC, &place, each_cb, &each);
  H5Eclear2 (H5E_DEFAULT);
}

static GPtrArray *
read_strings_attribute (hid_t object, const char *name)
{
  g_auto (AssayH5Attribute) attribute = H5I_INVALID_HID;
  g_auto (AssayH5Type) type = H5I_INVALID_HID;
  g_auto (AssayH5Space) space = H5I_INVALID_HID;
  hssize_t n;

  if (H5Aexists (object, name) <= 0)
    {
      H5Eclear2 (H5E_DEFAULT);
      return NULL;
    }
  attribute = H5Aopen (object, name, H5P_DEFAULT);
  type = attribute >= 0 ? H5Aget_type (attribute) : H5I_INVALID_HID;
  space = attribute >= 0 ? H5Aget_space (attribute) : H5I_INVALID_HID;
  if (type < 0 || space < 0)
    return NULL;
  n = H5Sget_simple_extent_npoints (space);
  if (H5Tget_class (type) != H5T_STRING)
    /* Keras writes an empty list as an empty array of floats. */
    return n == 0 ? g_ptr_array_new_with_free_func (g_free) : NULL;
  return n >= 0 && n < (1 << 22) ? read_strings (attribute, type, space, n) : NULL;
}

char *
assay_hdf5_read_string_attribute (hid_t object, const char *name)
{
  g_autoptr (GPtrArray) strings = read_strings_attribute (object, name);

  return strings && strings->len == 1 ? g_strdup (strings->pdata[0]) : NULL;
}

GStrv
assay_hdf5_read_strings_attribute (hid_t object, const char *name)
{
  g_autoptr (GPtrArray) strings = read_strings_attribute (object, name);
  gboolean split = FALSE;
  GStrv    out;

  for (guint i = 0; (strings == NULL || split) && i < MAX_SPLIT; i++)
    {
      g_autofree char *part = g_strdup_printf ("%s%u", name, i);
      g_autoptr (GPtrArray) more = read_strings_attribute (object, part);

      if (more == NULL)
        break;
      split = TRUE;
      if (strings == NULL)
        strings = g_ptr_array_new_with_free_func (g_free);
      for (guint k = 0; k < more->len; k++)
        g_ptr_array_add (strings, g_strdup (more->pdata[k]));
    }
  if (strings == NULL)
    return NULL;
  out = g_new0 (char *, strings->len + 1);
  for (guint i = 0; i < strings->len; i++)
    out[i] = g_strdup (strings->pdata[i]);
  return out;
}
