/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a reader in the test's own process, over plain files, and checks what it says as the main program does. */

#pragma once

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/manifest/frame-private.h"
#include "../src/readers/reader-private.h"

#define READER_HOST_MAX_FILES 64

typedef struct
{
  char          *folder; /* nullable: where siblings are */
  int            fds[READER_HOST_MAX_FILES];
  guint64        sizes[READER_HOST_MAX_FILES];
  guint32        n_files;
  AssayManifest *manifest;
  GError        *lie; /* what the main program would refuse */
} ReaderHost;

static inline int
reader_host_scratch (void)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static inline gboolean
reader_host_add (ReaderHost *host, int fd, guint64 size, AssayReaderFile *file)
{
  g_assert_cmpuint (host->n_files, <, READER_HOST_MAX_FILES);
  host->fds[host->n_files] = fd;
  host->sizes[host->n_files] = size;
  *file = (AssayReaderFile){ .file = host->n_files++, .fd = fd, .size = size };
  return TRUE;
}

static inline gboolean
reader_host_sibling (AssayReaderContext *context, const char *name, AssayReaderFile *file, GError **error)
{
  ReaderHost      *host = context->host;
  g_autofree char *path = host->folder ? g_build_filename (host->folder, name, NULL) : NULL;
  int              fd = path && strstr (name, "..") == NULL && *name != '/' ? open (path, O_RDONLY | O_CLOEXEC) : -1;

  if (fd >= 0)
    return reader_host_add (host, fd, lseek (fd, 0, SEEK_END), file);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There is no “%s”", name);
  return FALSE;
}

static inline gboolean
reader_host_open_scratch (AssayReaderContext *context, guint64 size, AssayReaderFile *file, GError **error)
{
  return reader_host_add (context->host, reader_host_scratch (), size, file);
}

/* How deep the modules stand that have come. */
static inline guint16 *
reader_host_dup_depths (AssayManifest *manifest)
{
  guint32  n = assay_manifest_get_n_modules (manifest);
  guint16 *depths = g_new0 (guint16, n + 1);

  for (guint32 i = 1; i < n; i++)
    {
      AssayManifestModule module;

      assay_manifest_get_module (manifest, i, &module);
      depths[i] = depths[module.parent] + 1;
    }
  return depths;
}

static inline gboolean
reader_host_frame (GVariant *frame, gpointer user_data, GError **error)
{
  ReaderHost         *host = user_data;
  AssayFrameLimits    limits = { .n_files = host->n_files, .file_sizes = host->sizes };
  AssayManifestFrame *checked;
  g_autofree guint16 *depths = reader_host_dup_depths (host->manifest);
  g_autoptr (GBytes) bytes = NULL;

  limits.n_modules = assay_manifest_get_n_modules (host->manifest);
  limits.module_depths = depths;
  limits.n_variables = assay_manifest_get_n_variables (host->manifest);
  bytes = g_variant_get_data_as_bytes (frame);
  checked = assay_manifest_frame_check (g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (frame), bytes, FALSE)), &limits, error);
  if (checked == NULL)
    {
      host->lie = g_error_copy (*error);
      return FALSE;
    }
  assay_manifest_append (host->manifest, checked);
  return TRUE;
}

static inline void
reader_host_clear (ReaderHost *host)
{
  for (guint32 i = 0; i < host->n_files; i++)
    close (host->fds[i]);
  host->n_files = 0;
  g_clear_pointer (&host->folder, g_free);
  g_clear_object (&host->manifest);
  g_clear_error (&host->lie);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReaderHost, reader_host_clear)

/* Reads a file by the reader that claims it; FALSE with the one sentence if it can't be read. */
static inline gboolean
reader_host_run (ReaderHost *host, int fd, guint64 size, const char *name, GError **error)
{
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (reader_host_frame, host);
  AssayReaderContext context = {
    .file_name = name,
    .builder = builder,
    .open_sibling = reader_host_sibling,
    .open_scratch = reader_host_open_scratch,
    .host = host,
  };
  const AssayReader *reader;
  guint8             head[4096];
  gboolean           done;

  host->manifest = assay_manifest_new ();
  reader_host_add (host, fd, size, &context.main);
  g_assert_true (assay_reader_read (&context.main, 0, head, MIN (size, sizeof head), NULL));
  reader = assay_readers_find (head, MIN (size, sizeof head), &context);
  done = reader->read (&context, error) && assay_manifest_builder_flush (builder, error);
  if (reader->close != NULL)
    reader->close (&context);
  g_assert_no_error (host->lie);
  g_assert_true (done == (error == NULL || *error == NULL));
  return done;
}

/* Bytes as a file of some name. */
static inline gboolean
reader_host_read_bytes (ReaderHost *host, const void *data, gsize n, const char *name, GError **error)
{
  int fd = reader_host_scratch ();

  g_assert_cmpint (pwrite (fd, data, n, 0), ==, (gssize) n);
  return reader_host_run (host, fd, n, name, error);
}

static inline gboolean
reader_host_read_file (ReaderHost *host, const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  int              fd = open (path, O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  host->folder = g_path_get_dirname (path);
  return reader_host_run (host, fd, lseek (fd, 0, SEEK_END), name, error);
}

/* A file cut short at every byte: a tree or one sentence, never a crash. Returns at how many lengths it could be read. */
static inline guint
reader_host_truncate (const char *path)
{
  g_autofree char *name = g_path_get_basename (path), *data = NULL;
  guint            n_read = 0;
  gsize            n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize length = 0; length < n; length++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;

      host.folder = g_path_get_dirname (path);
      n_read += reader_host_read_bytes (&host, data, length, name, &error);
      g_assert_true (error == NULL || (strlen (error->message) > 0 && strchr (error->message, '\n') == NULL));
    }
  return n_read;
}

/* A file with each byte turned into others, one after the other: no crash. */
static inline void
reader_host_scramble (const char *path, gsize from, gsize to)
{
  g_autofree char *name = g_path_get_basename (path), *data = NULL;
  gsize            n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize at = from; at < MIN (to, n); at++)
    for (guint i = 0; i < 3; i++)
      {
        static const guint8 flips[] = { 0x01, 0x80, 0xff };
        g_auto (ReaderHost) host = { 0 };
        g_autoptr (GError) error = NULL;

        data[at] ^= flips[i];
        host.folder = g_path_get_dirname (path);
        reader_host_read_bytes (&host, data, n, name, &error);
        data[at] ^= flips[i];
      }
}

/* The number of a variable by its key; -1 if there is none. */
static inline gint64
reader_host_find (ReaderHost *host, const char *key)
{
  for (guint32 i = 0; i < assay_manifest_get_n_variables (host->manifest); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (host->manifest, i, &variable);
      if (strcmp (variable.key, key) == 0)
        return i;
    }
  return -1;
}

/* Asserts a variable's path in the tree, and lends what is known of it. */
static inline AssayManifestVariable
reader_host_expect (ReaderHost *host, const char *key, const char *path, AssayDtype dtype)
{
  gint64                index = reader_host_find (host, key);
  AssayManifestVariable variable;
  g_autofree char      *found = NULL;

  g_assert_cmpint (index, >=, 0);
  assay_manifest_get_variable (host->manifest, index, &variable);
  found = assay_manifest_dup_variable_path (host->manifest, index);
  g_assert_cmpstr (found, ==, path);
  g_assert_cmpint (variable.dtype, ==, dtype);
  return variable;
}

static inline char *
reader_host_data (const char *folder, const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", folder, name, NULL);
}
