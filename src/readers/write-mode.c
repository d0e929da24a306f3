/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Write mode: libhdf5 changes or makes a file at the main program's command. A table of commands; the file is that of the one
 * descriptor. */

#include "write-mode-private.h"

#include <assay/error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../manifest/protocol-private.h"
#include "hdf5-types-private.h"

typedef struct
{
  AssayReaderFile window;
  hid_t           file;
} Writer;

/* A command gets its arguments and gives its answer; NULL with an error set if it fails. */
typedef struct
{
  const char *name;
  const char *type;
  gboolean    needs_file;
  GVariant *(*run) (Writer *self, GVariant *arguments, GError **error);
} Command;

static GVariant *
nothing (void)
{
  return g_variant_new ("()");
}

static GVariant *
run_open (Writer *self, GVariant *arguments, GError **error)
{
  self->file = assay_hdf5_open (&self->window, TRUE, error);
  return self->file >= 0 ? nothing () : NULL;
}

static GVariant *
run_create (Writer *self, GVariant *arguments, GError **error)
{
  self->file = assay_hdf5_create (&self->window, error);
  return self->file >= 0 ? nothing () : NULL;
}

static GVariant *
run_close (Writer *self, GVariant *arguments, GError **error)
{
  herr_t flushed = H5Fflush (self->file, H5F_SCOPE_GLOBAL);
  herr_t closed = H5Fclose (self->file);

  self->file = H5I_INVALID_HID;
  if (flushed < 0 || closed < 0)
    {
      assay_hdf5_fail (error, "The HDF5 file can’t be finished");
      return NULL;
    }
  return nothing ();
}

static hid_t
make_link_plist (void)
{
  hid_t plist = H5Pcreate (H5P_LINK_CREATE);

  H5Pset_create_intermediate_group (plist, 1);
  H5Pset_char_encoding (plist, H5T_CSET_UTF8);
  return plist;
}

/* Whether each part of the path is there. */
static gboolean
exists (hid_t file, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) so_far = g_string_new (NULL);

  for (gsize i = 0; parts[i]; i++)
    {
      if (*parts[i] == '\0')
        continue;
      g_string_append_printf (so_far, "/%s", parts[i]);
      if (H5Lexists (file, so_far->str, H5P_DEFAULT) <= 0)
        {
          H5Eclear2 (H5E_DEFAULT);
          return FALSE;
        }
    }
  return TRUE;
}

static GVariant *
run_group (Writer *self, GVariant *arguments, GError **error)
{
  g_auto (AssayH5Plist) plist = make_link_plist ();
  g_auto (AssayH5Group) group = H5I_INVALID_HID;
  const char *path;

  g_variant_get (arguments, "(&s)", &path);
  if (exists (self->file, path))
    return nothing ();
  group = H5Gcreate2 (self->file, path, plist, H5P_DEFAULT, H5P_DEFAULT);
  if (group < 0)
    {
      assay_hdf5_fail (error, "A group can’t be made");
      return NULL;
    }
  return nothing ();
}

static gboolean
write_attribute (hid_t object, const char *name, hid_t type, hid_t space, const void *value, GError **error)
{
  g_auto (AssayH5Attribute) attribute = H5I_INVALID_HID;

  if (H5Aexists (object, name) > 0)
    H5Adelete (object, name);
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  return (attribute >= 0 && H5Awrite (attribute, type, value) >= 0) || assay_hdf5_fail (error, "An attribute can’t be written");
}

static gboolean
write_string_attribute (hid_t object, const char *name, const char *const *strings, gsize n, gboolean is_array, GError **error)
{
  g_auto (AssayH5Type) type = H5Tcopy (H5T_C_S1);
  hsize_t size = n;
  g_auto (AssayH5Space) space = is_array ? H5Screate_simple (1, &size, NULL) : H5Screate (H5S_SCALAR);

  H5Tset_size (type, H5T_VARIABLE);
  H5Tset_cset (type, H5T_CSET_UTF8);
  return write_attribute (object, name, type, space, strings, error);
}

static GVariant *
run_attribute (Writer *self, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  const char *path, *name;
  g_auto (AssayH5Object) object = H5I_INVALID_HID;
  gboolean written = FALSE;

  g_variant_get (arguments, "(&s&sv)", &path, &name, &value);
  object = H5Oopen (self->file, *path ? path : "/", H5P_DEFAULT);
  if (object < 0)
    {
      assay_hdf5_fail (error, "What an attribute belongs to isn’t there");
      return NULL;
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *text = g_variant_get_string (value, NULL);

      written = write_string_attribute (object, name, &text, 1, FALSE, error);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      gsize                   n;
      g_autofree const char **texts = g_variant_get_strv (value, &n);

      written = write_string_attribute (object, name, texts, n, TRUE, error);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    {
      gint64 number = g_variant_get_int64 (value);
      g_auto (AssayH5Space) space = H5Screate (H5S_SCALAR);

      written = write_attribute (object, name, H5T_STD_I64LE, space, &number, error);
    }
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "An attribute can’t be of type %s", g_variant_get_type_string (value));
  return written ? nothing () : NULL;
}

/* An HDF5 type for ours, little-endian; types that HDF5 doesn't have are their bits. To be closed. */
static hid_t
make_type (AssayDtype dtype, guint32 item_size)
{
  hid_t type;

  switch (dtype)
    {
    case ASSAY_DTYPE_INT8:
      return H5Tcopy (H5T_STD_I8LE);
    case ASSAY_DTYPE_INT16:
      return H5Tcopy (H5T_STD_I16LE);
    case ASSAY_DTYPE_INT32:
      return H5Tcopy (H5T_STD_I32LE);
    case ASSAY_DTYPE_INT64:
    case ASSAY_DTYPE_DATETIME64:
    case ASSAY_DTYPE_TIMEDELTA64:
      return H5Tcopy (H5T_STD_I64LE);
    case ASSAY_DTYPE_UINT16:
    case ASSAY_DTYPE_BFLOAT16:
      return H5Tcopy (H5T_STD_U16LE);
    case ASSAY_DTYPE_UINT32:
      return H5Tcopy (H5T_STD_U32LE);
    case ASSAY_DTYPE_UINT64:
      return H5Tcopy (H5T_STD_U64LE);
    case ASSAY_DTYPE_FLOAT32:
      return H5Tcopy (H5T_IEEE_F32LE);
    case ASSAY_DTYPE_FLOAT64:
      return H5Tcopy (H5T_IEEE_F64LE);
    case ASSAY_DTYPE_FLOAT128:
      return H5Tcopy (H5T_NATIVE_LDOUBLE);
    case ASSAY_DTYPE_FLOAT16:
      type = H5Tcopy (H5T_IEEE_F32LE);
      H5Tset_fields (type, 15, 10, 5, 0, 10);
      H5Tset_size (type, 2);
      H5Tset_ebias (type, 15);
      return type;
    case ASSAY_DTYPE_COMPLEX64:
    case ASSAY_DTYPE_COMPLEX128:
      type = H5Tcreate (H5T_COMPOUND, item_size);
      H5Tinsert (type, "r", 0, item_size == 8 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE);
      H5Tinsert (type, "i", item_size / 2, item_size == 8 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE);
      return type;
    case ASSAY_DTYPE_BOOL:
      type = H5Tenum_create (H5T_STD_I8LE);
      H5Tenum_insert (type, "FALSE", &(gint8){ 0 });
      H5Tenum_insert (type, "TRUE", &(gint8){ 1 });
      return type;
    case ASSAY_DTYPE_STRING:
      type = H5Tcopy (H5T_C_S1);
      H5Tset_size (type, H5T_VARIABLE);
      H5Tset_cset (type, H5T_CSET_UTF8);
      return type;
    case ASSAY_DTYPE_BYTES:
      type = H5Tcopy (H5T_C_S1);
      H5Tset_size (type, item_size);
      H5Tset_strpad (type, H5T_STR_NULLPAD);
      return type;
    case ASSAY_DTYPE_UNICODE:
    case ASSAY_DTYPE_OPAQUE:
      return H5Tcreate (H5T_OPAQUE, item_size);
    default:
      return item_size == 1 ? H5Tcopy (H5T_STD_U8LE) : H5I_INVALID_HID;
    }
}

/* Chunks of about 256 kB, whole along the last axes. */
static void
choose_chunk (hsize_t *chunk, const hsize_t *shape, guint rank, guint32 item_size)
{
  guint64 room = MAX ((256u << 10) / MAX (item_size, 1), 1);

  for (guint i = rank; i-- > 0;)
    {
      chunk[i] = MAX (MIN (shape[i], room), 1);
      room = MAX (room / chunk[i], 1);
    }
}

static GVariant *
run_dataset (Writer *self, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) dimensions = NULL;
  g_auto (AssayH5Plist) links = make_link_plist ();
  g_auto (AssayH5Plist) plist = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (AssayH5Type) type = H5I_INVALID_HID;
  g_auto (AssayH5Space) space = H5I_INVALID_HID;
  g_auto (AssayH5Dataset) dataset = H5I_INVALID_HID;
  guint32        dtype, item_size, deflate;
  const char    *path;
  const guint64 *shape;
  gsize          rank;
  hsize_t        size[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
  guint64        offset = G_MAXUINT64, n = 1;

  g_variant_get (arguments, "(&suu@atu)", &path, &dtype, &item_size, &dimensions, &deflate);
  shape = g_variant_get_fixed_array (dimensions, &rank, sizeof (guint64));
  if (rank > H5S_MAX_RANK)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "HDF5 has no more than %d dimensions, “%s” has %zu", H5S_MAX_RANK, path, rank);
      return NULL;
    }
  for (gsize i = 0; i < rank; i++)
    {
      size[i] = shape[i];
      n *= shape[i] != 0;
    }
  type = make_type (dtype, item_size);
  space = rank ? H5Screate_simple (rank, size, NULL) : H5Screate (H5S_SCALAR);
  H5Pset_fill_time (plist, H5D_FILL_TIME_NEVER);
  if (deflate > 0 && rank > 0 && n > 0 && dtype != ASSAY_DTYPE_STRING)
    {
      choose_chunk (chunk, size, rank, item_size);
      H5Pset_chunk (plist, rank, chunk);
      H5Pset_shuffle (plist);
      H5Pset_deflate (plist, MIN (deflate, 9));
    }
  else if (dtype != ASSAY_DTYPE_STRING)
    H5Pset_alloc_time (plist, H5D_ALLOC_TIME_EARLY);
  else
    H5Pset_fill_time (plist, H5D_FILL_TIME_IFSET);
  dataset = type >= 0 ? H5Dcreate2 (self->file, path, type, space, links, plist, H5P_DEFAULT) : H5I_INVALID_HID;
  if (dataset < 0)
    {
      assay_hdf5_fail (error, "A dataset can’t be made");
      return NULL;
    }
  if (H5Pget_layout (plist) != H5D_CHUNKED && dtype != ASSAY_DTYPE_STRING && n > 0)
    offset = H5Dget_offset (dataset);
  H5Eclear2 (H5E_DEFAULT);
  return g_variant_new ("(t)", offset);
}

/* Opens a dataset for writing one box; the space is selected. */
static gboolean
select_box (Writer *self, const char *path, GVariant *start, GVariant *count, hid_t *dataset, hid_t *type, hid_t *space, guint64 *n, GError **error)
{
  gsize          n_start, n_count;
  const guint64 *from = g_variant_get_fixed_array (start, &n_start, sizeof (guint64));
  const guint64 *size = g_variant_get_fixed_array (count, &n_count, sizeof (guint64));
  hsize_t        file_start[H5S_MAX_RANK], file_count[H5S_MAX_RANK];
  int            rank;

  *dataset = H5Dopen2 (self->file, path, H5P_DEFAULT);
  *type = *dataset >= 0 ? H5Dget_type (*dataset) : H5I_INVALID_HID;
  *space = *dataset >= 0 ? H5Dget_space (*dataset) : H5I_INVALID_HID;
  rank = *space >= 0 ? H5Sget_simple_extent_ndims (*space) : -1;
  if (rank < 0)
    return assay_hdf5_fail (error, "A dataset can’t be opened for writing");
  if (n_start != n_count || n_start > H5S_MAX_RANK || (gsize) rank > n_start)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "A box of %zu dimensions doesn’t fit “%s”, which has %d", n_start, path, rank);
      return FALSE;
    }
  *n = 1;
  for (int i = 0; i < rank; i++)
    {
      file_start[i] = from[i];
      file_count[i] = size[i];
      *n *= size[i];
    }
  if (rank > 0 && H5Sselect_hyperslab (*space, H5S_SELECT_SET, file_start, NULL, file_count, NULL) < 0)
    return assay_hdf5_fail (error, "A box can’t be chosen");
  return TRUE;
}

static GVariant *
run_write (Writer *self, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) start = NULL, count = NULL, bytes = NULL;
  g_auto (AssayH5Dataset) dataset = H5I_INVALID_HID;
  g_auto (AssayH5Type) type = H5I_INVALID_HID;
  g_auto (AssayH5Space) space = H5I_INVALID_HID;
  g_auto (AssayH5Space) memory = H5I_INVALID_HID;
  const char *path;
  const void *data;
  gsize       n_bytes;
  guint64     n;
  hsize_t     size;

  g_variant_get (arguments, "(&s@at@at@ay)", &path, &start, &count, &bytes);
  data = g_variant_get_fixed_array (bytes, &n_bytes, 1);
  if (!select_box (self, path, start, count, &dataset, &type, &space, &n, error))
    return NULL;
  if (n == 0)
    return nothing ();
  if (n_bytes % H5Tget_size (type) != 0 || n_bytes / H5Tget_size (type) != n)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%zu bytes don’t fill %" G_GUINT64_FORMAT " elements of “%s”", n_bytes, n, path);
      return NULL;
    }
  size = n;
  memory = H5Screate_simple (1, &size, NULL);
  /* The memory's type is the file's: the main program has put the bytes in the file's order. */
  if (H5Dwrite (dataset, type, memory, space, H5P_DEFAULT, data) < 0)
    {
      assay_hdf5_fail (error, "Values can’t be written");
      return NULL;
    }
  return nothing ();
}

static GVariant *
run_write_strings (Writer *self, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) start = NULL, count = NULL, lengths = NULL, blob = NULL;
  g_auto (AssayH5Dataset) dataset = H5I_INVALID_HID;
  g_auto (AssayH5Type) type = H5I_INVALID_HID;
  g_auto (AssayH5Space) space = H5I_INVALID_HID;
  g_auto (AssayH5Space) memory = H5I_INVALID_HID;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  const char    *path, *bytes;
  const guint64 *length;
  gsize          n_lengths, n_bytes, offset = 0;
  guint64        n;
  hsize_t        size;

  g_variant_get (arguments, "(&s@at@at@at@ay)", &path, &start, &count, &lengths, &blob);
  length = g_variant_get_fixed_array (lengths, &n_lengths, sizeof (guint64));
  bytes = g_variant_get_fixed_array (blob, &n_bytes, 1);
  if (!select_box (self, path, start, count, &dataset, &type, &space, &n, error))
    return NULL;
  for (gsize i = 0; i < n_lengths && length[i] <= n_bytes - offset; i++)
    {
      g_ptr_array_add (strings, g_strndup (bytes + offset, length[i]));
      offset += length[i];
    }
  if (strings->len != n || H5Tis_variable_str (type) <= 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%u strings don’t fill %" G_GUINT64_FORMAT " elements of “%s”", strings->len, n, path);
      return NULL;
    }
  size = n;
  memory = H5Screate_simple (1, &size, NULL);
  if (n > 0 && H5Dwrite (dataset, type, memory, space, H5P_DEFAULT, strings->pdata) < 0)
    {
      assay_hdf5_fail (error, "Strings can’t be written");
      return NULL;
    }
  return nothing ();
}

static const Command commands[] = {
  { "open", "()", FALSE, run_open },
  { "create", "()", FALSE, run_create },
  { "close", "()", TRUE, run_close },
  { "group", "(s)", TRUE, run_group },
  { "attribute", "(ssv)", TRUE, run_attribute },
  { "dataset", "(suuatu)", TRUE, run_dataset },
  { "write", "(satatay)", TRUE, run_write },
  { "write-strings", "(satatatay)", TRUE, run_write_strings },
};

static GVariant *
run (Writer *self, GVariant *body, GError **error)
{
  g_autoptr (GVariant) normal = g_variant_get_normal_form (body);
  g_autoptr (GVariant) arguments = NULL;
  const char *name;

  g_variant_get (normal, "(&sv)", &name, &arguments);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0 && g_variant_is_of_type (arguments, G_VARIANT_TYPE (commands[i].type)) &&
        commands[i].needs_file == (self->file >= 0))
      return commands[i].run (self, arguments, error);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "“%s” is no command of write mode now", name);
  return NULL;
}

int
assay_write_mode_serve (int socket_fd, int fd, const char *name)
{
  Writer self = { .window = { .file = 0, .fd = fd, .base = 0, .size = lseek (fd, 0, SEEK_END) }, .file = H5I_INVALID_HID };

  for (;;)
    {
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GError) error = NULL;
      GVariant *answer;
      gboolean  sent;

      if (assay_message_receive (socket_fd, -1, NULL, &body, NULL, NULL) != ASSAY_MESSAGE_WRITE)
        return 0;
      answer = run (&self, body, &error);
      if (answer != NULL)
        sent = assay_message_send (socket_fd, ASSAY_MESSAGE_WRITTEN, g_variant_new_variant (answer), -1, NULL);
      else
        sent = assay_message_send (socket_fd, ASSAY_MESSAGE_ERROR, g_variant_new ("(us)", (guint32) error->code, error->message), -1, NULL);
      if (!sent)
        return 0;
    }
}
