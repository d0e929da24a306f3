/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hdf5-writer-private.h"

#include <assay/error.h>
#include <assay/overlay.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../manifest/connection-private.h"
#include "values-private.h"

#define PIECE (1u << 20)
#define STRINGS_PIECE 1024

struct _AssayHdf5Writer
{
  GObject          parent_instance;
  AssayConnection *connection;
};

G_DEFINE_FINAL_TYPE (AssayHdf5Writer, assay_hdf5_writer, G_TYPE_OBJECT)

static void
hdf5_writer_finalize (GObject *object)
{
  g_clear_object (&ASSAY_HDF5_WRITER (object)->connection);
  G_OBJECT_CLASS (assay_hdf5_writer_parent_class)->finalize (object);
}

static void
assay_hdf5_writer_class_init (AssayHdf5WriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hdf5_writer_finalize;
}

static void
assay_hdf5_writer_init (AssayHdf5Writer *self)
{
}

/* Sends a command of write mode; its answer's content, or NULL with an error. */
static GVariant *
command (AssayHdf5Writer *self, const char *name, GVariant *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) answer = assay_connection_ask (self->connection, ASSAY_MESSAGE_WRITE, g_variant_new ("(sv)", name, arguments),
                                                      ASSAY_MESSAGE_WRITTEN, cancellable, error);

  return answer ? g_variant_get_variant (answer) : NULL;
}

static gboolean
simple_command (AssayHdf5Writer *self, const char *name, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) answer = command (self, name, arguments, NULL, error);

  return answer != NULL;
}

static AssayHdf5Writer *
start (int fd, const char *name, GError **error)
{
  g_autoptr (AssayHdf5Writer) self = g_object_new (ASSAY_TYPE_HDF5_WRITER, NULL);
  int own_fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  g_autoptr (AssayFile) file = NULL;

  if (own_fd < 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("There are no descriptors left"));
      return NULL;
    }
  file = assay_file_new_for_fd (own_fd, NULL, error);
  self->connection = file ? assay_connection_new (file, NULL, ASSAY_READER_MODE_WRITE, error) : NULL;
  if (self->connection == NULL || !simple_command (self, name, g_variant_new ("()"), error))
    return NULL;
  return g_steal_pointer (&self);
}

AssayHdf5Writer *
assay_hdf5_writer_open (int fd, GError **error)
{
  return start (fd, "open", error);
}

AssayHdf5Writer *
assay_hdf5_writer_create (int fd, GError **error)
{
  return start (fd, "create", error);
}

gboolean
assay_hdf5_writer_add_group (AssayHdf5Writer *self, const char *path, GError **error)
{
  return simple_command (self, "group", g_variant_new ("(s)", path), error);
}

gboolean
assay_hdf5_writer_set_attribute (AssayHdf5Writer *self, const char *path, const char *name, GVariant *value, GError **error)
{
  return simple_command (self, "attribute", g_variant_new ("(ssv)", path, name, value), error);
}

static GVariant *
numbers (const guint64 *values, guint n)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, values, n, sizeof (guint64));
}

gboolean
assay_hdf5_writer_add_dataset (AssayHdf5Writer *self,
                               const char      *path,
                               AssayDtype       dtype,
                               guint32          item_size,
                               guint            rank,
                               const guint64   *shape,
                               guint            deflate,
                               guint64         *offset,
                               GError         **error)
{
  g_autoptr (GVariant) answer = command (self, "dataset",
                                         g_variant_new ("(suu@atu)", path, (guint32) dtype, item_size, numbers (shape, rank), deflate),
                                         NULL, error);

  if (answer == NULL)
    return FALSE;
  if (!g_variant_is_of_type (answer, G_VARIANT_TYPE ("(t)")))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader answered what it wasn’t asked"));
      return FALSE;
    }
  g_variant_get (answer, "(t)", offset);
  return TRUE;
}

/* Writes one box of strings. */
static gboolean
write_strings_box (AssayHdf5Writer *self, const char *path, AssaySource *source, const guint64 *start, const guint64 *count, GError **error)
{
  g_autoptr (GPtrArray) strings = assay_source_read_strings (source, start, count, NULL, error);
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint rank = assay_source_get_rank (source);

  if (strings == NULL)
    return FALSE;
  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n);
      guint64       length = n;

      g_array_append_val (lengths, length);
      g_byte_array_append (blob, data, n);
    }
  return simple_command (self, "write-strings",
                         g_variant_new ("(s@at@at@at@ay)", path, numbers (start, rank), numbers (count, rank),
                                        numbers ((const guint64 *) lengths->data, lengths->len),
                                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, blob->data, blob->len, 1)),
                         error);
}

static gboolean
write_box (AssayHdf5Writer *self,
           const char      *path,
           AssaySource     *source,
           gboolean         big_endian,
           const guint64   *start,
           const guint64   *count,
           guint64          n,
           GCancellable    *cancellable,
           GError         **error)
{
  guint              rank = assay_source_get_rank (source);
  gsize              n_bytes = n * assay_source_get_item_size (source);
  g_autofree guint8 *data = g_malloc (n_bytes);
  g_autoptr (GVariant) answer = NULL;

  if (!assay_source_read (source, start, count, data, cancellable, error))
    return FALSE;
  assay_values_to_file_order (assay_source_get_dtype (source), data, n_bytes, big_endian);
  answer = command (self, "write",
                    g_variant_new ("(s@at@at@ay)", path, numbers (start, rank), numbers (count, rank),
                                   g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, n_bytes, 1)),
                    cancellable, error);
  return answer != NULL;
}

static gboolean
write_run (AssayHdf5Writer *self,
           const char      *path,
           AssaySource     *source,
           gboolean         big_endian,
           guint64          first,
           guint64          n,
           AssayJob        *job,
           GError         **error)
{
  guint32       item_size = assay_source_get_item_size (source);
  guint64       n_piece = item_size ? MAX (PIECE / item_size, 1) : STRINGS_PIECE;
  GCancellable *cancellable = job ? assay_job_get_cancellable (job) : NULL;

  while (n > 0)
    {
      guint64  start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
      guint64  taken = assay_flat_box (assay_source_get_rank (source), assay_source_get_shape (source), first, MIN (n, n_piece), start, count);
      gboolean written = item_size ? write_box (self, path, source, big_endian, start, count, taken, cancellable, error)
                                   : write_strings_box (self, path, source, start, count, error);

      if (!written)
        return FALSE;
      first += taken;
      n -= taken;
    }
  return TRUE;
}

gboolean
assay_hdf5_writer_write (AssayHdf5Writer *self,
                         const char      *path,
                         AssaySource     *source,
                         AssaySource     *base,
                         gboolean         big_endian,
                         AssayJob        *job,
                         GError         **error)
{
  g_autoptr (GArray) ranges = NULL;

  if (base == NULL)
    return write_run (self, path, source, big_endian, 0, assay_source_get_n_elements (source), job, error);
  ranges = assay_source_changed_ranges (source, base);
  for (guint i = 0; i < ranges->len; i++)
    {
      const AssayRange *range = &g_array_index (ranges, AssayRange, i);

      if (!write_run (self, path, source, big_endian, range->first, range->n, job, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_hdf5_writer_close (AssayHdf5Writer *self, GError **error)
{
  gboolean closed = simple_command (self, "close", g_variant_new ("()"), error);

  g_clear_object (&self->connection);
  return closed;
}
