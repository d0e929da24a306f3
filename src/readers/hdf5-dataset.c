/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A dataset as a variable: type, shape, and where its values lie. Layout and external files are looked at before anything that
 * could make libhdf5 open another file. */

#include <string.h>

#include "hdf5-private.h"

typedef struct
{
  AssayHdf5 *reader;
  guint32    index;
} Target;

static void
add_variable_attribute (const char *name, const char *json, gpointer user_data)
{
  Target *target = user_data;

  assay_manifest_builder_set_variable_attribute (target->reader->context->builder, target->index, name, json);
}

static guint64
get_address (hid_t object)
{
  H5O_info_t info;

  return H5Oget_info2 (object, &info, H5O_INFO_BASIC) >= 0 ? info.addr : HADDR_UNDEF;
}

/* Why values behind these filters can't be had; NULL if they can, with the filters' bits set. */
static char *
read_filters (hid_t plist, guint32 *filters)
{
  static const struct
  {
    H5Z_filter_t id;
    guint32      bit;
  } known[] = { { H5Z_FILTER_SHUFFLE, ASSAY_FILTER_SHUFFLE },
                { H5Z_FILTER_DEFLATE, ASSAY_FILTER_DEFLATE },
                { H5Z_FILTER_FLETCHER32, ASSAY_FILTER_FLETCHER32 } };
  int   n = H5Pget_nfilters (plist);
  gsize next = 0;

  *filters = 0;
  for (int i = 0; i < n; i++)
    {
      unsigned         flags = 0, config = 0;
      size_t           n_values = 0;
      char             name[64] = "";
      H5Z_filter_t     id = H5Pget_filter2 (plist, i, &flags, &n_values, NULL, sizeof name, name, &config);
      gsize            k = next;
      g_autofree char *valid = g_utf8_make_valid (name, strnlen (name, sizeof name));

      while (k < G_N_ELEMENTS (known) && known[k].id != id)
        k++;
      if (k == G_N_ELEMENTS (known))
        {
          for (k = 0; k < next; k++)
            if (known[k].id == id)
              return g_strdup ("Its filters stand in an order that Assay doesn’t know");
          return g_strdup_printf ("It is compressed by filter %d (%s), which Assay doesn’t know", (int) id, *valid ? valid : "without a name");
        }
      *filters |= known[k].bit;
      next = k + 1;
    }
  return NULL;
}

/* The fill value as the file has it; NULL for zeros. */
static guint8 *
read_fill (hid_t plist, hid_t type, guint32 item_size)
{
  H5D_fill_value_t   status;
  g_autofree guint8 *fill = NULL;

  if (H5Pfill_value_defined (plist, &status) < 0 || status != H5D_FILL_VALUE_USER_DEFINED)
    return NULL;
  fill = g_malloc0 (item_size);
  return H5Pget_fill_value (plist, type, fill) >= 0 ? g_steal_pointer (&fill) : NULL;
}

typedef struct
{
  AssayHdf5           *reader;
  hid_t                dataset;
  hid_t                type;
  hid_t                plist;
  const AssayHdf5Type *facts;
  guint32              variable;
  guint                rank; /* with an array type's dimensions */
  guint64              shape[ASSAY_MAX_RANK];
  guint64              n_elements;
  guint64              n_bytes;
} Placing;

static void
set_fill (Placing *p, AssayLayout *layout)
{
  gsize              n_array = 1;
  g_autofree guint8 *fill = NULL;

  for (guint i = 0; i < p->facts->n_array; i++)
    n_array *= p->facts->array[i];
  fill = n_array == 1 ? read_fill (p->plist, p->type, p->facts->item_size) : NULL;
  layout->big_endian = p->facts->big_endian;
  layout->inline_bytes = fill;
  layout->n_inline_bytes = fill ? p->facts->item_size : 0;
  assay_manifest_builder_set_layout (p->reader->context->builder, p->variable, layout);
}

static void
place_contiguous (Placing *p)
{
  AssayManifestBuilder *builder = p->reader->context->builder;
  haddr_t               offset = H5Dget_offset (p->dataset);
  guint64               begin = p->reader->window.base + offset;

  if (p->n_bytes == 0 || offset == HADDR_UNDEF)
    {
      AssayLayout layout = { .kind = ASSAY_LAYOUT_FILL };

      H5Eclear2 (H5E_DEFAULT);
      set_fill (p, &layout);
    }
  else if (H5Dget_storage_size (p->dataset) < p->n_bytes || offset > p->reader->window.size || p->n_bytes > p->reader->window.size - offset)
    assay_manifest_builder_set_reason (builder, p->variable,
                                       "Its %" G_GUINT64_FORMAT " bytes at byte %" G_GUINT64_FORMAT " aren’t all in the file", p->n_bytes, begin);
  else
    assay_manifest_builder_set_raw (builder, p->variable, p->reader->window.file, begin, p->n_bytes, p->facts->big_endian);
}

static void
place_compact (Placing *p)
{
  AssayManifestBuilder *builder = p->reader->context->builder;
  AssayLayout           layout = { .kind = ASSAY_LAYOUT_INLINE, .big_endian = p->facts->big_endian };
  g_autofree guint8    *bytes = p->n_bytes <= ASSAY_LAYOUT_MAX_INLINE ? g_malloc0 (MAX (p->n_bytes, 1)) : NULL;

  /* The memory's type is the file's: nothing is converted. */
  if (bytes == NULL || (p->n_bytes > 0 && H5Dread (p->dataset, p->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0))
    {
      g_autofree char *message = assay_hdf5_dup_message ();

      assay_manifest_builder_set_reason (builder, p->variable, "Its values can’t be read: %s", message);
      return;
    }
  layout.inline_bytes = bytes;
  layout.n_inline_bytes = p->n_bytes;
  assay_manifest_builder_set_layout (builder, p->variable, &layout);
}

static void
place_chunked (Placing *p)
{
  AssayManifestBuilder *builder = p->reader->context->builder;
  AssayLayout           layout = { .kind = ASSAY_LAYOUT_CHUNKED, .file = p->reader->window.file, .cookie = p->reader->cookie_base | get_address (p->dataset), .length = H5Tget_size (p->type) };
  hsize_t               dimensions[H5S_MAX_RANK];
  guint64               chunk[ASSAY_MAX_RANK], n = p->facts->item_size;
  g_autofree char      *reason = read_filters (p->plist, &layout.filters);
  int                   rank = H5Pget_chunk (p->plist, H5S_MAX_RANK, dimensions);

  if (rank < 0 || (guint) rank + p->facts->n_array != p->rank || p->rank == 0)
    reason = g_strdup ("Its chunks don’t fit its shape");
  for (guint i = 0; reason == NULL && i < p->rank; i++)
    {
      chunk[i] = i < (guint) rank ? dimensions[i] : p->facts->array[i - rank];
      if (chunk[i] == 0 || !g_uint64_checked_mul (&n, n, chunk[i]) || n > G_MAXUINT32)
        reason = g_strdup ("Its chunks are of an impossible size");
    }
  if (reason != NULL)
    {
      assay_manifest_builder_set_reason (builder, p->variable, "%s", reason);
      return;
    }
  layout.chunk = chunk;
  set_fill (p, &layout);
}

static void
place (Placing *p, H5D_layout_t kind)
{
  AssayManifestBuilder *builder = p->reader->context->builder;

  if (p->facts->reason != NULL)
    assay_manifest_builder_set_reason (builder, p->variable, "%s", p->facts->reason);
  else if (p->facts->is_variable_string)
    {
      AssayLayout      layout = { .kind = ASSAY_LAYOUT_STRINGS, .cookie = p->reader->cookie_base | get_address (p->dataset) };
      guint32          filters;
      g_autofree char *reason = kind == H5D_CHUNKED ? read_filters (p->plist, &filters) : NULL;

      if (reason != NULL)
        assay_manifest_builder_set_reason (builder, p->variable, "%s", reason);
      else
        assay_manifest_builder_set_layout (builder, p->variable, &layout);
    }
  else if (kind == H5D_COMPACT)
    place_compact (p);
  else if (kind == H5D_CONTIGUOUS)
    place_contiguous (p);
  else if (kind == H5D_CHUNKED)
    place_chunked (p);
  else
    assay_manifest_builder_set_reason (builder, p->variable, "Its layout is unknown");
}

/* Shape of the dataset, with an array type's dimensions behind. %FALSE for one without a value. */
static gboolean
read_shape (Placing *p, gboolean *too_large)
{
  g_auto (AssayH5Space) space = H5Dget_space (p->dataset);
  hsize_t dimensions[H5S_MAX_RANK];
  int     rank;

  *too_large = FALSE;
  if (space < 0 || H5Sget_simple_extent_type (space) == H5S_NULL)
    return FALSE;
  rank = H5Sget_simple_extent_dims (space, dimensions, NULL);
  if (rank < 0)
    return FALSE;
  p->rank = rank + p->facts->n_array;
  for (guint i = 0; i < p->rank; i++)
    p->shape[i] = i < (guint) rank ? dimensions[i] : p->facts->array[i - rank];
  *too_large = !assay_shape_n_elements (p->rank, p->shape, &p->n_elements) ||
               !g_uint64_checked_mul (&p->n_bytes, p->n_elements, MAX (p->facts->item_size, 1)) || p->n_bytes > G_MAXINT64;
  return TRUE;
}

/* What must not even be asked for its shape. */
static const char *
find_danger (hid_t plist, H5D_layout_t *kind)
{
  *kind = plist >= 0 ? H5Pget_layout (plist) : H5D_LAYOUT_ERROR;
  if (*kind == H5D_VIRTUAL)
    return "It is virtual: its values lie in other datasets, which are not opened";
  if (*kind == H5D_CONTIGUOUS && H5Pget_external_count (plist) > 0)
    return "Its values lie in an external file, which is not opened";
  return NULL;
}

static guint32
add (AssayHdf5 *self, guint32 module, const char *name, const char *key, const Placing *p, guint32 flags)
{
  g_autofree char     *whole = g_strconcat (self->key_prefix, key, NULL);
  const AssayHdf5Type *facts = p->facts;

  return assay_manifest_builder_add_variable (self->context->builder, module, name, whole, facts->dtype, facts->item_size, facts->name,
                                              p->rank, p->shape, flags);
}

/* ml_dtypes' types are opaque to HDF5; Keras says in an attribute which it is, and our own files, and Keras weights
 * that we write, do so for all that HDF5 lacks. */
static void
take_marked_dtype (AssayHdf5 *self, hid_t dataset, AssayHdf5Type *facts)
{
  g_autofree char *marked = NULL;
  AssayDtype       dtype;

  if (self->marked_types || (self->is_keras && (facts->dtype == ASSAY_DTYPE_UINT8 || facts->dtype == ASSAY_DTYPE_UINT16)))
    marked = assay_hdf5_read_string_attribute (dataset, "assay_dtype");
  else if (facts->dtype == ASSAY_DTYPE_OPAQUE && facts->item_size <= 2 && facts->reason == NULL)
    marked = assay_hdf5_read_string_attribute (dataset, "dtype");
  dtype = marked ? assay_dtype_from_name (marked) : ASSAY_DTYPE_INVALID;
  if (marked == NULL && self->is_keras && facts->dtype == ASSAY_DTYPE_OPAQUE && facts->item_size == 2 && facts->reason == NULL)
    dtype = ASSAY_DTYPE_BFLOAT16;
  if (dtype == ASSAY_DTYPE_INVALID || assay_dtype_get_info (dtype)->item_size != facts->item_size)
    return;
  facts->dtype = dtype;
  g_clear_pointer (&facts->name, g_free);
}

guint32
assay_hdf5_add_dataset (AssayHdf5 *self, hid_t dataset, guint32 module, const char *name, const char *key, guint32 flags)
{
  g_auto (AssayH5Plist) plist = H5Dget_create_plist (dataset);
  g_auto (AssayH5Type) type = H5Dget_type (dataset);
  g_auto (AssayHdf5Type) facts = { 0 };
  Placing      p = { .reader = self, .dataset = dataset, .type = type, .plist = plist, .facts = &facts };
  H5D_layout_t kind;
  const char  *danger = find_danger (plist, &kind);
  gboolean     too_large = FALSE, has_shape = FALSE;
  guint64      address = get_address (dataset);
  Target       target = { self, 0 };

  g_hash_table_add (self->seen, g_memdup2 (&address, sizeof address));
  assay_hdf5_type_read (type, &facts);
  take_marked_dtype (self, dataset, &facts);
  has_shape = kind != H5D_VIRTUAL && read_shape (&p, &too_large);
  if (too_large)
    p.rank = 0;
  p.variable = add (self, module, name, key, &p, flags | (has_shape ? 0 : ASSAY_FLAG_EMPTY));
  if (danger != NULL)
    assay_manifest_builder_set_reason (self->context->builder, p.variable, "%s", danger);
  else if (too_large)
    assay_manifest_builder_set_reason (self->context->builder, p.variable, "It says that it has more elements than can be");
  else if (!has_shape)
    assay_manifest_builder_set_reason (self->context->builder, p.variable, "It is empty: it has no value at all");
  else
    place (&p, kind);
  target.index = p.variable;
  if (facts.labels != NULL)
    add_variable_attribute ("enum", facts.labels, &target);
  assay_hdf5_each_attribute (dataset, add_variable_attribute, &target);
  H5Eclear2 (H5E_DEFAULT);
  return p.variable;
}
