/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a format's reader is, and what it may ask for. Only assay-reader and tests link readers. */

#pragma once

#include <assay/manifest-builder.h>

G_BEGIN_DECLS

typedef struct _AssayReaderContext AssayReaderContext;

/**
 * AssayReaderFile:
 *
 * A window into an open file: bytes [base, base + size) of the descriptor. Offsets that go into a manifest count from the
 * start of the file, so add @base.
 */
typedef struct
{
  guint32 file; /* its number in the manifest */
  int     fd;
  guint64 base;
  guint64 size;
} AssayReaderFile;

/**
 * AssayReader:
 * @name: the format, as messages say it
 * @sniff: whether a file is of this format, by its first bytes (up to 4096) and its name
 * @read: fills the manifest. An error is the one sentence that the user reads.
 * @read_chunks: (nullable): where the chunks of a variable are, by the cookie that its layout has
 * @read_strings: (nullable): @n strings from position @first on in row-major order, each a #GBytes, appended to @out
 * @close: (nullable): drops what @read has kept in the context's `reader_data`
 *
 * One format. The table of all formats is in readers/readers.c.
 */
typedef struct
{
  const char *name;
  gboolean (*sniff) (const guint8 *head, gsize n_head, const AssayReaderContext *context);
  gboolean (*read) (AssayReaderContext *context, GError **error);
  AssayChunkTable *(*read_chunks) (AssayReaderContext *context, guint64 cookie, GError **error);
  gboolean (*read_strings) (AssayReaderContext *context, guint64 cookie, guint64 first, guint64 n, GPtrArray *out, GError **error);
  void (*close) (AssayReaderContext *context);
} AssayReader;

struct _AssayReaderContext
{
  AssayReaderFile       main;      /* what was opened */
  const char           *file_name; /* its last path component, without folder */
  const char           *part;      /* (nullable): the part inside that the user named, as "/checkpoint" */
  AssayManifestBuilder *builder;
  gpointer              reader_data; /* the reader's own, kept for read_chunks and read_strings */

  /* The other side: sockets in the helper, plain files in tests. */
  gboolean (*open_sibling) (AssayReaderContext *self, const char *name, AssayReaderFile *file, GError **error);
  gboolean (*open_scratch) (AssayReaderContext *self, guint64 size, AssayReaderFile *file, GError **error);
  gpointer host;
};

/**
 * assay_reader_open_sibling:
 * @name: a file's name relative to the folder of the main file, "/" between parts; the parent refuses absolute names, ".."
 *   and links that lead out
 * @file: (out): the open file
 *
 * Asks for another file of the same model. Fails with `ASSAY_ERROR_NOT_FOUND` if there is none, `ASSAY_ERROR_REFUSED`.
 *
 * Returns: whether @file is open
 */
gboolean assay_reader_open_sibling (AssayReaderContext *self, const char *name, AssayReaderFile *file, GError **error);

/**
 * assay_reader_open_scratch:
 * @size: how many bytes will be written, at most; the parent refuses absurd sizes
 * @file: (out): an empty, unlinked file that can be written
 *
 * Asks for a file to inflate a member into.
 *
 * Returns: whether @file is open
 */
gboolean assay_reader_open_scratch (AssayReaderContext *self, guint64 size, AssayReaderFile *file, GError **error);

/**
 * assay_reader_read:
 * @file: an open file
 * @offset: from its window's start
 * @out: room for @n_bytes
 *
 * Reads exactly so many bytes; fails with `ASSAY_ERROR_FORMAT` if the window ends before.
 *
 * Returns: whether @out is filled
 */
gboolean assay_reader_read (const AssayReaderFile *file, guint64 offset, void *out, gsize n_bytes, GError **error);

/**
 * assay_reader_write:
 * @file: a scratch file
 * @offset: from its window's start
 * @data: what to write
 * @n_bytes: how much
 *
 * Writes exactly so many bytes; fails with `ASSAY_ERROR_NO_SPACE`, `ASSAY_ERROR_IO`.
 *
 * Returns: whether all is written
 */
gboolean assay_reader_write (const AssayReaderFile *file, guint64 offset, const void *data, gsize n_bytes, GError **error);

/* One entry a format. */
extern const AssayReader assay_hdf5_reader;         /* any HDF5, Keras .h5 and ours */
extern const AssayReader assay_keras_zip_reader;    /* .keras */
extern const AssayReader assay_tensorflow_reader;   /* checkpoints (.index), SavedModel's variables */
extern const AssayReader assay_saved_graph_reader;  /* saved_model.pb, where there are no variables beside it */
extern const AssayReader assay_safetensors_reader;  /* single files */
extern const AssayReader assay_shards_reader;       /* *.safetensors.index.json */
extern const AssayReader assay_keras_shards_reader; /* Keras' *.weights.json */
extern const AssayReader assay_npy_reader;
extern const AssayReader assay_npz_reader;
extern const AssayReader assay_stranger_reader; /* always fails, saying what the file is instead */

/**
 * assay_readers_find:
 * @head: the first bytes of the file
 * @n_head: how many, up to 4096
 *
 * Returns: (transfer none): the reader for a file; the stranger's if no format claims it
 */
const AssayReader *assay_readers_find (const guint8 *head, gsize n_head, const AssayReaderContext *context);

G_END_DECLS
