/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hdf5-driver-private.h"

#include <assay/error.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* libhdf5 must not look for the file itself: the name is nobody's. */
#define NAME "/assay"
#define BLOCK 65536
#define N_BLOCKS 128

/* Metadata lie scattered and are read in small pieces: blocks of 64 kB are kept, each at the place that its number gives. */
typedef struct
{
  guint64 number; /* block + 1; 0 for none */
  gsize   n_bytes;
  guint8 *data;
} Block;

typedef struct
{
  H5FD_t          parent;
  AssayReaderFile file;
  gboolean        writable;
  haddr_t         eoa;
  haddr_t         eof;
  Block           blocks[N_BLOCKS];
} Driver;

static hid_t                  driver_id = H5I_INVALID_HID;
static AssayHdf5Noted        *noting;
static const AssayReaderFile *opening; /* the window that the next open gets; NULL refuses */
static gboolean               opening_writable;
static guint64                beyond; /* how far libhdf5 wanted to read, where that is behind the end */

static H5FD_t *
driver_open (const char *name, unsigned flags, hid_t fapl, haddr_t max_address)
{
  Driver *self;

  if (opening == NULL || strcmp (name, NAME) != 0)
    return NULL;
  self = g_new0 (Driver, 1);
  self->file = *opening;
  self->writable = opening_writable;
  self->eof = opening->size;
  return &self->parent;
}

static herr_t
driver_close (H5FD_t *file)
{
  Driver *self = (Driver *) file;

  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (self->blocks[i].data);
  g_free (self);
  return 0;
}

static int
driver_cmp (const H5FD_t *a, const H5FD_t *b)
{
  return a < b ? -1 : a > b;
}

static herr_t
driver_query (const H5FD_t *file, unsigned long *flags)
{
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

static haddr_t
driver_get_eoa (const H5FD_t *file, H5FD_mem_t type)
{
  return ((const Driver *) file)->eoa;
}

static herr_t
driver_set_eoa (H5FD_t *file, H5FD_mem_t type, haddr_t address)
{
  ((Driver *) file)->eoa = address;
  return 0;
}

static haddr_t
driver_get_eof (const H5FD_t *file, H5FD_mem_t type)
{
  return ((const Driver *) file)->eof;
}

static gboolean
read_from_file (Driver *self, guint64 address, guint8 *out, gsize n_bytes)
{
  return assay_reader_read (&self->file, address, out, n_bytes, NULL);
}

static Block *
get_block (Driver *self, guint64 number)
{
  Block  *block = &self->blocks[number % N_BLOCKS];
  guint64 start = number * BLOCK;

  if (block->number == number + 1)
    return block;
  if (block->data == NULL)
    block->data = g_malloc (BLOCK);
  block->n_bytes = start < self->file.size ? MIN (BLOCK, self->file.size - start) : 0;
  block->number = 0;
  if (block->n_bytes == 0 || !read_from_file (self, start, block->data, block->n_bytes))
    return NULL;
  block->number = number + 1;
  return block;
}

static herr_t
driver_read (H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t n_bytes, void *out)
{
  Driver *self = (Driver *) file;
  guint8 *p = out;

  if (!self->writable && address + n_bytes > self->file.size)
    beyond = MAX (beyond, address + n_bytes);
  if (noting != NULL && type == H5FD_MEM_DRAW)
    {
      noting->address = address;
      noting->size = n_bytes;
      noting->n++;
      return 0;
    }
  if (self->writable || n_bytes > BLOCK)
    {
      /* Behind the end of a file that grows there are zeros. */
      gsize n = self->writable && address + n_bytes > self->file.size ? (address < self->file.size ? self->file.size - address : 0) : n_bytes;

      memset (p + n, 0, n_bytes - n);
      return n == 0 || read_from_file (self, address, p, n) ? 0 : -1;
    }
  while (n_bytes > 0)
    {
      Block *block = get_block (self, address / BLOCK);
      gsize  offset = address % BLOCK, n;

      if (block == NULL || offset >= block->n_bytes)
        return -1;
      n = MIN (n_bytes, block->n_bytes - offset);
      memcpy (p, block->data + offset, n);
      p += n;
      address += n;
      n_bytes -= n;
    }
  return 0;
}

static herr_t
driver_write (H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t n_bytes, const void *data)
{
  Driver       *self = (Driver *) file;
  const guint8 *p = data;

  if (!self->writable)
    return -1;
  while (n_bytes > 0)
    {
      gssize n = pwrite (self->file.fd, p, n_bytes, self->file.base + address);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return -1;
      p += n;
      address += n;
      n_bytes -= n;
    }
  self->file.size = MAX (self->file.size, address);
  self->eof = MAX (self->eof, address);
  return 0;
}

static herr_t
driver_truncate (H5FD_t *file, hid_t dxpl, hbool_t closing)
{
  Driver *self = (Driver *) file;

  if (!self->writable || self->eoa == self->eof)
    return 0;
  if (ftruncate (self->file.fd, self->file.base + self->eoa) != 0)
    return -1;
  self->eof = self->file.size = self->eoa;
  return 0;
}

static const H5FD_class_t driver_class = {
  .name = "assay",
  .maxaddr = (haddr_t) G_MAXINT64,
  .fc_degree = H5F_CLOSE_STRONG,
  .open = driver_open,
  .close = driver_close,
  .cmp = driver_cmp,
  .query = driver_query,
  .get_eoa = driver_get_eoa,
  .set_eoa = driver_set_eoa,
  .get_eof = driver_get_eof,
  .read = driver_read,
  .write = driver_write,
  .truncate = driver_truncate,
  .fl_map = H5FD_FLMAP_DICHOTOMY,
};

void
assay_hdf5_prepare (void)
{
  /* What the user's environment says to libhdf5 must not change what we do. */
  g_unsetenv ("HDF5_PLUGIN_PATH");
  g_setenv ("HDF5_USE_FILE_LOCKING", "FALSE", TRUE);
  H5open ();
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state (0);
  H5Lunregister (H5L_TYPE_EXTERNAL);
  driver_id = H5FDregister (&driver_class);
}

static hid_t
make_access (void)
{
  hid_t access = H5Pcreate (H5P_FILE_ACCESS);

  if (driver_id < 0)
    assay_hdf5_prepare ();
  H5Pset_driver (access, driver_id, NULL);
  H5Pset_fclose_degree (access, H5F_CLOSE_STRONG);
  return access;
}

/* The innermost function's message says most. */
static herr_t
innermost (unsigned n, const H5E_error2_t *entry, void *data)
{
  char **message = data;

  if (entry->desc != NULL && *entry->desc != '\0')
    {
      g_free (*message);
      *message = g_utf8_make_valid (entry->desc, -1);
    }
  return 0;
}

char *
assay_hdf5_dup_message (void)
{
  char *message = NULL;

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_DOWNWARD, innermost, &message);
  H5Eclear2 (H5E_DEFAULT);
  return message ? message : g_strdup ("libhdf5 says no more");
}

/* A file that was cut short, by far the commonest, is told of in our words; of other damage libhdf5 knows best what it is. */
static void
fail_to_open (const AssayReaderFile *file, GError **error)
{
  g_autofree char   *message = assay_hdf5_dup_message ();
  unsigned long long there, base, whole;

  if (sscanf (message, "truncated file: eof = %llu, sblock->base_addr = %llu, stored_eof = %llu", &there, &base, &whole) == 3)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                 "The file is cut short: %" G_GUINT64_FORMAT " bytes are there of the %" G_GUINT64_FORMAT " it was written with",
                 file->size, (guint64) (base + whole));
  else if (beyond > file->size)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                 "The file is cut short: it has %" G_GUINT64_FORMAT " bytes, but goes on at least to byte %" G_GUINT64_FORMAT,
                 file->size, beyond);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The HDF5 file is damaged (%s)", message);
}

hid_t
assay_hdf5_open (const AssayReaderFile *file, gboolean writable, GError **error)
{
  g_auto (AssayH5Plist) access = make_access ();
  hid_t id;

  opening = file;
  opening_writable = writable;
  beyond = 0;
  id = H5Fopen (NAME, writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY, access);
  opening = NULL;
  if (id < 0)
    fail_to_open (file, error);
  return id;
}

hid_t
assay_hdf5_create (const AssayReaderFile *file, GError **error)
{
  g_auto (AssayH5Plist) access = make_access ();
  hid_t id;

  H5Pset_libver_bounds (access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110);
  H5Pset_alignment (access, 4096, 4096);
  opening = file;
  opening_writable = TRUE;
  id = H5Fcreate (NAME, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  opening = NULL;
  if (id < 0)
    assay_hdf5_fail (error, "The HDF5 file can’t be made");
  return id;
}

void
assay_hdf5_note (AssayHdf5Noted *noted)
{
  noting = noted;
}

gboolean
assay_hdf5_fail (GError **error, const char *what)
{
  g_autofree char *message = assay_hdf5_dup_message ();

  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "%s: %s", what, message);
  return FALSE;
}
