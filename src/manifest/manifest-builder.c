/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/manifest-builder.h>

#include <assay/names.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "frame-private.h"

#define MAX_WARNINGS 1000
#define DUE_VARIABLES 20000
#define DUE_TIME (G_TIME_SPAN_SECOND / 10)

/* The layout of one variable until it is flushed. */
typedef struct
{
  AssayLayoutKind kind;
  gboolean        big_endian;
  guint32         file;
  guint64         offset, length;
  guint64        *extra;
  guint32         n_extra;
  guint8         *inline_bytes;
  guint32         n_inline;
  char           *reason;
} Pending;

/* An attribute until it is flushed. */
typedef struct
{
  guint32 index;
  guint32 order;
  char   *name;
  char   *json;
} Attribute;

/* Where a module stands. */
typedef struct
{
  guint32 parent;
  guint32 depth;
} Place;

struct _AssayManifestBuilder
{
  GObject               parent_instance;
  AssayManifestSendFunc send;
  gpointer              user_data;
  GByteArray           *columns[N_COLUMNS]; /* those that grow as they go */
  GArray               *pending;            /* of Pending, one a variable since the last flush */
  GArray               *module_attributes;  /* of Attribute */
  GArray               *variable_attributes;
  GArray               *places; /* of Place, one a module */
  GHashTable           *paths;  /* "parent separator path" → module + 1 */
  GString              *path_key;
  char                 *format;
  guint32               n_modules;
  guint32               n_variables;
  guint32               n_flushed; /* variables that are flushed */
  guint                 n_warnings;
  gint64                last_flush;
  gboolean              is_too_deep; /* and was warned of */
};

G_DEFINE_FINAL_TYPE (AssayManifestBuilder, assay_manifest_builder, G_TYPE_OBJECT)

static void
pending_clear (Pending *pending)
{
  g_free (pending->extra);
  g_free (pending->inline_bytes);
  g_free (pending->reason);
}

static void
attribute_clear (Attribute *attribute)
{
  g_free (attribute->name);
  g_free (attribute->json);
}

static void
builder_finalize (GObject *object)
{
  AssayManifestBuilder *self = ASSAY_MANIFEST_BUILDER (object);

  for (guint i = 0; i < N_COLUMNS; i++)
    g_byte_array_unref (self->columns[i]);
  g_array_unref (self->pending);
  g_array_unref (self->module_attributes);
  g_array_unref (self->variable_attributes);
  g_array_unref (self->places);
  g_hash_table_unref (self->paths);
  g_string_free (self->path_key, TRUE);
  g_free (self->format);
  G_OBJECT_CLASS (assay_manifest_builder_parent_class)->finalize (object);
}

static void
assay_manifest_builder_class_init (AssayManifestBuilderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = builder_finalize;
}

static void
assay_manifest_builder_init (AssayManifestBuilder *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    self->columns[i] = g_byte_array_new ();
  self->pending = g_array_new (FALSE, TRUE, sizeof (Pending));
  g_array_set_clear_func (self->pending, (GDestroyNotify) pending_clear);
  self->module_attributes = g_array_new (FALSE, TRUE, sizeof (Attribute));
  g_array_set_clear_func (self->module_attributes, (GDestroyNotify) attribute_clear);
  self->variable_attributes = g_array_new (FALSE, TRUE, sizeof (Attribute));
  g_array_set_clear_func (self->variable_attributes, (GDestroyNotify) attribute_clear);
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->path_key = g_string_new (NULL);
  self->last_flush = g_get_monotonic_time ();
}

static void
put_u32 (AssayManifestBuilder *self, guint column, guint32 value)
{
  g_byte_array_append (self->columns[column], (const guint8 *) &value, sizeof value);
}

static void
put_u64 (AssayManifestBuilder *self, guint column, guint64 value)
{
  g_byte_array_append (self->columns[column], (const guint8 *) &value, sizeof value);
}

/* Names come from files: what isn't UTF-8 is made so, and what is missing is empty. */
static void
put_string (AssayManifestBuilder *self, guint column, const char *text)
{
  g_autofree char *valid = NULL;
  gsize            length = text ? strlen (text) : 0;

  if (!assay_name_is_utf8 (text, length))
    {
      text = valid = g_utf8_make_valid (text, -1);
      length = strlen (text);
    }
  g_byte_array_append (self->columns[column], (const guint8 *) (text ? text : ""), length + 1);
}

AssayManifestBuilder *
assay_manifest_builder_new (AssayManifestSendFunc send, gpointer user_data)
{
  AssayManifestBuilder *self = g_object_new (ASSAY_TYPE_MANIFEST_BUILDER, NULL);

  self->send = send;
  self->user_data = user_data;
  assay_manifest_builder_add_module (self, G_MAXUINT32, "", NULL, 0);
  return self;
}

void
assay_manifest_builder_set_format (AssayManifestBuilder *self, const char *format)
{
  g_free (self->format);
  self->format = g_strdup (format);
}

static void
warn_of_depth (AssayManifestBuilder *self)
{
  if (!self->is_too_deep)
    assay_manifest_builder_add_warning (self, "Modules stand more than %d deep; the deeper ones are shown beside those above them",
                                        ASSAY_MANIFEST_MAX_DEPTH);
  self->is_too_deep = TRUE;
}

guint32
assay_manifest_builder_add_module (AssayManifestBuilder *self,
                                   guint32               parent,
                                   const char           *name,
                                   const char           *class_name,
                                   guint32               flags)
{
  Place place = { parent, 0 };

  g_return_val_if_fail (parent < self->n_modules || self->n_modules == 0, 0);
  if (self->n_modules > 0)
    {
      place.depth = g_array_index (self->places, Place, parent).depth + 1;
      if (place.depth > ASSAY_MANIFEST_MAX_DEPTH)
        {
          place = g_array_index (self->places, Place, parent);
          parent = place.parent;
          warn_of_depth (self);
        }
    }
  g_array_append_val (self->places, place);
  put_u32 (self, COLUMN_MODULE_PARENT, parent);
  put_u32 (self, COLUMN_MODULE_FLAGS, flags);
  put_string (self, COLUMN_MODULE_NAMES, name);
  put_string (self, COLUMN_MODULE_NAMES, class_name);
  return self->n_modules++;
}

/* Parent, separator and path as one string, in the builder's own room. A million names go through here: no printf. */
static const char *
print_path_key (AssayManifestBuilder *self, guint32 parent, char separator, const char *path, gsize length)
{
  char *p;

  g_string_set_size (self->path_key, length + 12);
  p = self->path_key->str;
  do
    *p++ = '0' + parent % 10;
  while ((parent /= 10) > 0);
  *p++ = separator;
  memcpy (p, path, length);
  p[length] = '\0';
  return self->path_key->str;
}

/* The module for the first `length` bytes of path. */
static guint32
ensure_module (AssayManifestBuilder *self, guint32 parent, const char *path, gsize length, char separator)
{
  gpointer         found = g_hash_table_lookup (self->paths, print_path_key (self, parent, separator, path, length));
  const char      *cut = memrchr (path, separator, length);
  g_autofree char *key = NULL, *name = NULL;
  guint32          module;

  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  key = g_strdup (self->path_key->str);
  if (cut != NULL)
    parent = ensure_module (self, parent, path, cut - path, separator);
  name = cut ? g_strndup (cut + 1, length - (cut + 1 - path)) : g_strndup (path, length);
  module = assay_manifest_builder_add_module (self, parent, name, NULL, 0);
  g_hash_table_insert (self->paths, g_steal_pointer (&key), GUINT_TO_POINTER (module + 1));
  return module;
}

guint32
assay_manifest_builder_ensure_path (AssayManifestBuilder *self,
                                    guint32               parent,
                                    const char           *path,
                                    char                  separator,
                                    char                **name)
{
  const char *cut = strrchr (path, separator);
  gsize       n_parts = 0;

  /* A name of a thousand parts is no tree. */
  for (const char *p = path; *p && n_parts <= 256; p++)
    n_parts += *p == separator;
  if (cut == NULL || n_parts > 256)
    {
      if (name != NULL)
        *name = g_strdup (path);
      return parent;
    }
  if (name != NULL)
    *name = g_strdup (cut + 1);
  return ensure_module (self, parent, path, cut - path, separator);
}

void
assay_manifest_builder_set_module_facts (AssayManifestBuilder *self, guint32 module, const char *class_name, guint32 flags)
{
  g_return_if_fail (module < self->n_modules);
  put_u32 (self, COLUMN_FACT_MODULE, module);
  put_u32 (self, COLUMN_FACT_FLAGS, flags);
  put_string (self, COLUMN_FACT_CLASS, class_name);
}

/* A JSON string that holds a text which isn't JSON. */
static char *
quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *out = g_string_new (NULL);

  assay_json_append_string (out, valid);
  return g_string_free (out, FALSE);
}

static void
add_attribute (GArray *attributes, guint32 index, const char *name, const char *json)
{
  gsize     n_bytes = strlen (json);
  Attribute attribute = { index, attributes->len, g_strdup (name), NULL };

  if (n_bytes > ASSAY_MANIFEST_MAX_JSON / 2)
    attribute.json = g_strdup_printf ("\"(%" G_GSIZE_FORMAT " bytes, too long to show)\"", n_bytes);
  else
    attribute.json = assay_json_is_valid (json, n_bytes) ? g_strdup (json) : quote (json);

  g_array_append_val (attributes, attribute);
}

void
assay_manifest_builder_set_module_attribute (AssayManifestBuilder *self, guint32 module, const char *name, const char *json)
{
  g_return_if_fail (module < self->n_modules);
  add_attribute (self->module_attributes, module, name, json);
}

guint32
assay_manifest_builder_add_variable (AssayManifestBuilder *self,
                                     guint32               module,
                                     const char           *name,
                                     const char           *key,
                                     AssayDtype            dtype,
                                     guint32               item_size,
                                     const char           *dtype_name,
                                     guint                 rank,
                                     const guint64        *shape,
                                     guint32               flags)
{
  guint8 small_rank = rank, small_dtype = dtype;

  g_return_val_if_fail (module < self->n_modules && rank <= ASSAY_MAX_RANK, 0);
  put_u32 (self, COLUMN_VARIABLE_MODULE, module);
  put_u32 (self, COLUMN_VARIABLE_FLAGS, flags);
  put_u32 (self, COLUMN_VARIABLE_ITEM_SIZE, item_size ? item_size : assay_dtype_get_info (dtype)->item_size);
  put_string (self, COLUMN_VARIABLE_NAMES, name);
  put_string (self, COLUMN_VARIABLE_NAMES, key);
  put_string (self, COLUMN_VARIABLE_NAMES, dtype_name);
  g_byte_array_append (self->columns[COLUMN_VARIABLE_DTYPE], &small_dtype, 1);
  g_byte_array_append (self->columns[COLUMN_VARIABLE_RANK], &small_rank, 1);
  if (rank > 0)
    g_byte_array_append (self->columns[COLUMN_VARIABLE_SHAPES], (const guint8 *) shape, rank * sizeof (guint64));
  g_array_set_size (self->pending, self->pending->len + 1);
  return self->n_variables++;
}

void
assay_manifest_builder_set_variable_attribute (AssayManifestBuilder *self, guint32 variable, const char *name, const char *json)
{
  g_return_if_fail (variable < self->n_variables);
  add_attribute (self->variable_attributes, variable, name, json);
}

/* What a layout has beyond place and length: see frame-private.h, column 20. */
static void
take_extra (Pending *pending, const AssayLayout *layout, guint rank)
{
  g_autoptr (GArray) extra = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 filters = layout->filters, n_pieces = layout->n_pieces;

  switch (layout->kind)
    {
    case ASSAY_LAYOUT_DEFLATED:
    case ASSAY_LAYOUT_DEFLATED_FORTRAN:
      g_array_append_val (extra, layout->inner_offset);
      g_array_append_val (extra, layout->inner_length);
      break;
    case ASSAY_LAYOUT_CHUNKED:
      g_array_append_val (extra, layout->cookie);
      g_array_append_val (extra, filters);
      g_array_append_vals (extra, layout->chunk, rank);
      break;
    case ASSAY_LAYOUT_STRINGS:
      g_array_append_val (extra, layout->cookie);
      break;
    case ASSAY_LAYOUT_PIECES:
      g_array_append_val (extra, n_pieces);
      for (guint i = 0; i < layout->n_pieces; i++)
        {
          guint64 file = layout->pieces[i].file;

          g_array_append_val (extra, file);
          g_array_append_val (extra, layout->pieces[i].offset);
          g_array_append_vals (extra, layout->pieces[i].start, rank);
          g_array_append_vals (extra, layout->pieces[i].count, rank);
        }
      break;
    default:
      break;
    }
  pending->n_extra = extra->len;
  pending->extra = (guint64 *) g_array_free (g_steal_pointer (&extra), FALSE);
}

static Pending *
get_pending (AssayManifestBuilder *self, guint32 variable)
{
  g_return_val_if_fail (variable >= self->n_flushed && variable < self->n_variables, NULL);
  return &g_array_index (self->pending, Pending, variable - self->n_flushed);
}

void
assay_manifest_builder_set_layout (AssayManifestBuilder *self, guint32 variable, const AssayLayout *layout)
{
  Pending *pending = get_pending (self, variable);
  gboolean has_inline = layout->kind == ASSAY_LAYOUT_INLINE || layout->kind == ASSAY_LAYOUT_FILL || layout->kind == ASSAY_LAYOUT_CHUNKED;

  if (pending == NULL)
    return;
  pending_clear (pending);
  memset (pending, 0, sizeof *pending);
  pending->kind = layout->kind;
  pending->big_endian = layout->big_endian;
  pending->file = layout->file;
  pending->offset = layout->offset;
  pending->length = layout->length;
  take_extra (pending, layout, self->columns[COLUMN_VARIABLE_RANK]->data[variable - self->n_flushed]);
  if (has_inline && layout->n_inline_bytes > 0)
    {
      pending->inline_bytes = g_memdup2 (layout->inline_bytes, layout->n_inline_bytes);
      pending->n_inline = layout->n_inline_bytes;
    }
}

void
assay_manifest_builder_set_raw (AssayManifestBuilder *self,
                                guint32               variable,
                                guint32               file,
                                guint64               offset,
                                guint64               length,
                                gboolean              big_endian)
{
  Pending *pending = get_pending (self, variable);

  if (pending == NULL)
    return;
  pending->kind = ASSAY_LAYOUT_RAW;
  pending->file = file;
  pending->offset = offset;
  pending->length = length;
  pending->big_endian = big_endian;
}

void
assay_manifest_builder_set_reason (AssayManifestBuilder *self, guint32 variable, const char *format, ...)
{
  Pending *pending = get_pending (self, variable);
  va_list  args;

  if (pending == NULL)
    return;
  pending_clear (pending);
  memset (pending, 0, sizeof *pending);
  va_start (args, format);
  pending->reason = g_strdup_vprintf (format, args);
  va_end (args);
}

void
assay_manifest_builder_add_warning (AssayManifestBuilder *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  if (self->n_warnings++ > MAX_WARNINGS)
    return;
  va_start (args, format);
  text = self->n_warnings > MAX_WARNINGS ? g_strdup ("There are more warnings, which aren’t listed") : g_strdup_vprintf (format, args);
  va_end (args);
  put_string (self, COLUMN_WARNINGS, text);
}

guint32
assay_manifest_builder_get_n_variables (AssayManifestBuilder *self)
{
  return self->n_variables;
}

gboolean
assay_manifest_builder_is_due (AssayManifestBuilder *self)
{
  return self->pending->len >= DUE_VARIABLES || g_get_monotonic_time () - self->last_flush >= DUE_TIME;
}

static int
compare_attributes (gconstpointer a, gconstpointer b)
{
  const Attribute *first = a, *second = b;

  if (first->index != second->index)
    return first->index < second->index ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

static void
put_attributes (AssayManifestBuilder *self, GArray *attributes, guint index_column, guint text_column)
{
  g_array_sort (attributes, compare_attributes);
  for (guint i = 0; i < attributes->len; i++)
    {
      const Attribute *attribute = &g_array_index (attributes, Attribute, i);

      put_u32 (self, index_column, attribute->index);
      put_string (self, text_column, attribute->name);
      put_string (self, text_column, attribute->json);
    }
  g_array_set_size (attributes, 0);
}

static void
put_layouts (AssayManifestBuilder *self)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      const Pending *pending = &g_array_index (self->pending, Pending, i);
      guint8         kind = pending->kind | (pending->big_endian ? ASSAY_LAYOUT_BIG_ENDIAN : 0);

      g_byte_array_append (self->columns[COLUMN_LAYOUT_KIND], &kind, 1);
      put_u32 (self, COLUMN_LAYOUT_FILE, pending->file);
      put_u64 (self, COLUMN_LAYOUT_OFFSET, pending->offset);
      put_u64 (self, COLUMN_LAYOUT_LENGTH, pending->length);
      if (pending->n_extra > 0)
        g_byte_array_append (self->columns[COLUMN_LAYOUT_EXTRA], (const guint8 *) pending->extra, pending->n_extra * sizeof (guint64));
      if (pending->kind == ASSAY_LAYOUT_INLINE || pending->kind == ASSAY_LAYOUT_FILL || pending->kind == ASSAY_LAYOUT_CHUNKED)
        put_u32 (self, COLUMN_LAYOUT_N_INLINE, pending->n_inline);
      if (pending->n_inline > 0)
        g_byte_array_append (self->columns[COLUMN_LAYOUT_INLINE], pending->inline_bytes, pending->n_inline);
      if (pending->kind == ASSAY_LAYOUT_NONE)
        put_string (self, COLUMN_LAYOUT_REASONS, pending->reason);
    }
  g_array_set_size (self->pending, 0);
}

/* The type of a column, by the frame's own type string. */
static GVariant *
take_column (AssayManifestBuilder *self, guint column)
{
  const GVariantType *type = g_variant_type_first (G_VARIANT_TYPE (ASSAY_FRAME_TYPE));
  GBytes             *bytes;
  GVariant           *variant;

  if (column == COLUMN_FORMAT)
    return g_variant_new_string (self->format ? self->format : "");
  for (guint i = 0; i < column; i++)
    type = g_variant_type_next (type);
  bytes = g_byte_array_free_to_bytes (self->columns[column]);
  self->columns[column] = g_byte_array_new ();
  variant = g_variant_new_from_bytes (type, bytes, TRUE);
  g_bytes_unref (bytes);
  return variant;
}

gboolean
assay_manifest_builder_flush (AssayManifestBuilder *self, GError **error)
{
  GVariant *columns[N_COLUMNS];
  g_autoptr (GVariant) frame = NULL;

  put_layouts (self);
  put_attributes (self, self->module_attributes, COLUMN_MODULE_ATTRIBUTE_MODULE, COLUMN_MODULE_ATTRIBUTES);
  put_attributes (self, self->variable_attributes, COLUMN_VARIABLE_ATTRIBUTE_VARIABLE, COLUMN_VARIABLE_ATTRIBUTES);
  for (guint i = 0; i < N_COLUMNS; i++)
    columns[i] = take_column (self, i);
  frame = g_variant_ref_sink (g_variant_new_tuple (columns, N_COLUMNS));
  self->n_flushed = self->n_variables;
  self->last_flush = g_get_monotonic_time ();
  return self->send (frame, self->user_data, error);
}
