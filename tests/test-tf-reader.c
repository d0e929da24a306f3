/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-host.h"

#include <assay/checksum.h>

#include "../src/readers/tf-bundle-private.h"
#include "../src/readers/tf-snappy-private.h"

static char *
checkpoint (const char *folder, const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "tensorflow", folder, name, NULL);
}

static void
open_checkpoint (ReaderHost *host, const char *folder, const char *name)
{
  g_autofree char *path = checkpoint (folder, name);
  g_autoptr (GError) error = NULL;

  g_assert_true (reader_host_read_file (host, path, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (assay_manifest_get_format (host->manifest), ==, "tensorflow-checkpoint");
}

/* The vectors of TensorFlow's own tests of ordered codes, and the one that a real file has. */
static void
test_writes_piece_keys (void)
{
  static const struct
  {
    gint64      start, count;
    const char *hex;
  } cases[] = {
    { 0, 2, "0070000101018082" },
    { 0, -1, "007000010101807f" },
    { 63, 64, "0070000101 01bfc040" },
    { 8191, 8192, "0070000101 01dfffe02000" },
  };
  g_autoptr (GBytes) name = g_bytes_new_static ("p", 1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AssayBundleSlice slice = { { cases[i].start }, { cases[i].count } };
      g_autoptr (GBytes) key = assay_bundle_piece_key (name, 1, &slice);
      g_autoptr (GString) hex = g_string_new (NULL);
      g_autofree char *expected = g_strdup (cases[i].hex);
      gsize            n;
      const guint8    *data = g_bytes_get_data (key, &n);

      for (gsize k = 0; k < n; k++)
        g_string_append_printf (hex, "%02x", data[k]);
      for (char *from = expected, *to = expected;; from++)
        if (*from != ' ' && (*to++ = *from) == '\0')
          break;
      g_assert_cmpstr (hex->str, ==, expected);
    }
}

static void
test_inflates_snappy (void)
{
  /* "ab", then a copy of 10 from 2 back, which reaches into itself; a copy with two bytes of offset; one with four. */
  static const guint8 good[] = { 20, 1 << 2, 'a', 'b', 1 | 6 << 2, 2, 2 | 3 << 2, 12, 0, 3 | 3 << 2, 1, 0, 0, 0 };
  static const guint8 far[] = { 4, 1 << 2, 'a', 'b', 2 | 1 << 2, 3, 0 };
  static const guint8 bomb[] = { 0xff, 0xff, 0xff, 0xff, 0x0f, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = assay_snappy_inflate (good, sizeof good, 100, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), "abababababab"
                                                                         "abab"
                                                                         "bbbb",
                   20);
  for (gsize n = 0; n < sizeof good; n++)
    g_assert_null (assay_snappy_inflate (good, n, 100, NULL));
  g_assert_null (assay_snappy_inflate (far, sizeof far, 100, NULL));
  g_assert_null (assay_snappy_inflate (bomb, sizeof bomb, 100, NULL));
}

static void
test_reads_every_dtype (void)
{
  g_auto (ReaderHost) host = { 0 };

  open_checkpoint (&host, "dtypes", "ckpt.index");
  reader_host_expect (&host, "dtype/bfloat16", "dtype/bfloat16", ASSAY_DTYPE_BFLOAT16);
  g_assert_cmpstr (reader_host_expect (&host, "dtype/qint8", "dtype/qint8", ASSAY_DTYPE_INT8).dtype_name, ==, "qint8");
  g_assert_null (reader_host_expect (&host, "dtype/int4", "dtype/int4", ASSAY_DTYPE_INT4).reason);
  g_assert_null (reader_host_expect (&host, "empty/string_0", "empty/string_0", ASSAY_DTYPE_STRING).reason);
  g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 0);
}

/* Keras 3 keeps trainable weights by the optimizer's key; they stand in the model. */
static void
test_finds_weights_in_the_model (void)
{
  g_auto (ReaderHost) host = { 0 };
  AssayManifestVariable variable;

  open_checkpoint (&host, "keras3_adam", "ckpt.index");
  variable = reader_host_expect (&host, "optimizer/_trainable_variables/0/.ATTRIBUTES/VARIABLE_VALUE", "model/_functional/_operations/1/_kernel",
                                 ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.flags, ==, ASSAY_FLAG_TRAINABLE);
  variable = reader_host_expect (&host, "optimizer/_variables/2/.ATTRIBUTES/VARIABLE_VALUE", "optimizer/mlp_hidden_kernel_momentum",
                                 ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.flags, ==, ASSAY_FLAG_OPTIMIZER);
}

static void
test_folds_slots (void)
{
  g_auto (ReaderHost) objects = { 0 };
  g_auto (ReaderHost) names = { 0 };
  AssayManifestVariable variable;

  open_checkpoint (&objects, "keras2_legacy_adam", "ckpt.index");
  variable = reader_host_expect (&objects, "model/layer_with_weights-0/bias/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE",
                                 "optimizer/m/model/layer_with_weights-0/bias", ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.flags, ==, ASSAY_FLAG_OPTIMIZER);
  open_checkpoint (&names, "v1_saver", "model.ckpt-3.index");
  variable = reader_host_expect (&names, "dense/kernel/Adam_1", "optimizer/Adam_1/dense/kernel", ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.flags, ==, ASSAY_FLAG_OPTIMIZER);
  variable = reader_host_expect (&names, "dense/kernel", "dense/kernel", ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.flags, ==, 0);
}

static void
test_hides_bookkeeping (void)
{
  g_auto (ReaderHost) host = { 0 };

  open_checkpoint (&host, "root_both", "ckpt-1.index");
  g_assert_cmpuint (reader_host_expect (&host, "save_counter/.ATTRIBUTES/VARIABLE_VALUE", "save_counter", ASSAY_DTYPE_INT64).flags, ==,
                    ASSAY_FLAG_HIDDEN);
  g_assert_cmpuint (
      reader_host_expect (&host, "_CHECKPOINTABLE_OBJECT_GRAPH", "_CHECKPOINTABLE_OBJECT_GRAPH", ASSAY_DTYPE_STRING).flags, ==,
      ASSAY_FLAG_HIDDEN);
}

static void
test_puts_pieces_together (void)
{
  g_auto (ReaderHost) host = { 0 };
  AssayLayout layout;

  open_checkpoint (&host, "partitioned", "ckpt.index");
  g_assert_cmpint (reader_host_find (&host, "columns"), ==, 0);
  assay_manifest_get_layout (host.manifest, 0, &layout);
  g_assert_cmpint (layout.kind, ==, ASSAY_LAYOUT_PIECES);
  g_assert_cmpuint (layout.n_pieces, ==, 3);
}

static void
test_names_what_has_no_values (void)
{
  g_auto (ReaderHost) host = { 0 };
  gint64                index;
  AssayManifestVariable variable;

  open_checkpoint (&host, "iterator_and_table", "ckpt.index");
  index = reader_host_find (&host, "iterator/.ATTRIBUTES/ITERATOR_STATE");
  g_assert_cmpint (index, >=, 0);
  assay_manifest_get_variable (host.manifest, index, &variable);
  g_assert_nonnull (strstr (variable.reason, "variant"));
}

static void
test_reads_several_files (void)
{
  g_auto (ReaderHost) host = { 0 };

  open_checkpoint (&host, "sharded_saver", "ckpt.index");
  g_assert_cmpuint (host.n_files, ==, 4);
}

static void
test_refuses_the_first_format (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autofree char *path = checkpoint ("v1_format_file", "old.ckpt");
  g_autoptr (GError) error = NULL;

  g_assert_false (reader_host_read_file (&host, path, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "first, single-file format"));
}

static void
test_tells_what_is_broken (void)
{
  static const char *const warned[] = { "data_bit_flipped", "data_cut_short", "data_missing", "data_empty" };
  static const char *const refused[] = { "index_bit_flipped", "index_cut_short", "index_empty", "index_is_text" };

  for (gsize i = 0; i < 8; i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autofree char *name = g_strconcat (i < 4 ? warned[i] : refused[i - 4], ".index", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "restore", "broken", name, NULL);
      g_autoptr (GError) error = NULL;
      guint n_odd = 0;

      g_assert_cmpint (reader_host_read_file (&host, path, &error), ==, i < 4);
      if (i >= 4)
        continue;
      n_odd = assay_manifest_get_warnings (host.manifest)->len;
      for (guint32 k = 0; k < assay_manifest_get_n_variables (host.manifest); k++)
        {
          AssayManifestVariable variable;

          assay_manifest_get_variable (host.manifest, k, &variable);
          n_odd += variable.reason != NULL;
        }
      g_assert_cmpuint (n_odd, >, 0);
    }
}

static void
put_block (GByteArray *out, const guint8 *entries, gsize n)
{
  static const guint8 restarts[] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 /* the block's type */ };
  guint32             crc = assay_crc32c (assay_crc32c (0, entries, n), restarts, sizeof restarts);

  crc = GUINT32_TO_LE (assay_crc32c_mask (crc));
  g_byte_array_append (out, entries, n);
  g_byte_array_append (out, restarts, sizeof restarts);
  g_byte_array_append (out, (const guint8 *) &crc, 4);
}

/* An index with one block of entries, each less than 128 bytes. */
static GByteArray *
make_index (const guint8 *entries, gsize n)
{
  static const guint8 magic[] = { 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb };
  GByteArray         *out = g_byte_array_new ();
  guint8              footer[40] = { 0 }, index[] = { 0, 1, 2, 'z', 0, n + 8 };

  put_block (out, entries, n);
  footer[0] = footer[2] = out->len;
  footer[1] = footer[3] = sizeof index + 8;
  put_block (out, index, sizeof index);
  g_byte_array_append (out, footer, sizeof footer);
  g_byte_array_append (out, magic, sizeof magic);
  return out;
}

/* A prefix that is empty, written on a big-endian machine: two numbers in ".data-00000-of-00001". */
static void
test_reads_big_endian (void)
{
  static const guint8 entries[] = {
    0,
    0,
    4,
    0x08,
    1,
    0x10,
    1, /* one data file, big-endian */
    0,
    1,
    17,
    'w',
    0x08,
    3,
    0x12,
    4,
    0x12,
    2,
    0x08,
    2,
    0x28,
    8,
    0x35,
    0,
    0,
    0,
    0, /* int32 [2], 8 bytes, checksum */
    0x18,
    0,
  };
  static const guint8 values[] = { 0, 0, 0, 1, 0, 0, 0, 2 };
  g_autofree char    *folder = g_dir_make_tmp ("assay-XXXXXX", NULL), *data = g_build_filename (folder, ".data-00000-of-00001", NULL);
  g_autofree guint8  *own = g_memdup2 (entries, sizeof entries);
  guint32             crc = GUINT32_TO_LE (assay_crc32c_mask (assay_crc32c (0, values, sizeof values)));
  g_autoptr (GByteArray) index = NULL;
  g_auto (ReaderHost) host = { .folder = g_strdup (folder) };
  g_autoptr (GError) error = NULL;
  AssayManifestVariable variable;
  AssayLayout           layout;

  memcpy (own + 22, &crc, 4);
  index = make_index (own, sizeof entries);
  g_assert_true (g_file_set_contents (data, (const char *) values, sizeof values, NULL));
  g_assert_true (reader_host_read_bytes (&host, index->data, index->len, ".index", &error));
  g_assert_no_error (error);
  variable = reader_host_expect (&host, "w", "w", ASSAY_DTYPE_INT32);
  g_assert_null (variable.reason);
  g_assert_cmpuint (variable.shape[0], ==, 2);
  assay_manifest_get_layout (host.manifest, 0, &layout);
  g_assert_true (layout.big_endian);
  g_assert_cmpuint (layout.length, ==, 8);
  g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 0);
  g_unlink (data);
  g_rmdir (folder);
}

/* Strings are read by position, as the main program asks for them. */
static void
test_reads_strings (void)
{
  g_autofree char *path = checkpoint ("iterator_and_table", "ckpt.index");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  ReaderHost         host = { .folder = folder };
  AssayReaderContext context = { .file_name = "ckpt.index", .open_sibling = reader_host_sibling, .host = &host };
  int                fd = open (path, O_RDONLY | O_CLOEXEC);
  AssayBundle       *bundle;

  reader_host_add (&host, fd, lseek (fd, 0, SEEK_END), &context.main);
  bundle = assay_bundle_read_index (&context, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < bundle->entries->len; i++)
    {
      AssayBundleEntry *entry = bundle->entries->pdata[i];

      if (strcmp (entry->key, "table/.ATTRIBUTES/table-keys") != 0)
        continue;
      g_assert_true (assay_bundle_read_strings (bundle, entry, 1, 1, strings, &error));
      g_assert_cmpmem (g_bytes_get_data (strings->pdata[0], NULL), g_bytes_get_size (strings->pdata[0]), "a", 1);
      g_assert_false (assay_bundle_read_strings (bundle, entry, 1, 2, strings, &error));
      g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
    }
  g_assert_cmpuint (strings->len, ==, 1);
  assay_bundle_free (bundle);
  host.folder = NULL;
  reader_host_clear (&host);
}

/* Where the first block ends: where its checksum fits. */
static gsize
find_block_end (const guint8 *data, gsize n)
{
  for (gsize i = 0; i + 5 <= n; i++)
    {
      guint32 stored;

      memcpy (&stored, data + i + 1, 4);
      if (GUINT32_FROM_LE (stored) == assay_crc32c_mask (assay_crc32c (0, data, i + 1)))
        return i;
    }
  g_assert_not_reached ();
}

/* Damage that the checksum doesn't tell, for it is made right again: what a hostile file would have. */
static void
test_survives_hostile_entries (void)
{
  static const char *const files[][2] = { { "root_both", "ckpt-1.index" }, { "sliced_grid", "ckpt.index" }, { "iterator_and_table", "ckpt.index" } };

  for (gsize f = 0; f < G_N_ELEMENTS (files); f++)
    {
      g_autofree char *path = checkpoint (files[f][0], files[f][1]), *folder = g_path_get_dirname (path), *text = NULL;
      guint8          *data;
      gsize            n, end;

      g_assert_true (g_file_get_contents (path, &text, &n, NULL));
      data = (guint8 *) text;
      end = find_block_end (data, n);
      for (gsize i = 0; i < end * 4; i++)
        {
          static const guint8 flips[] = { 0x01, 0x80, 0xff, 0x04 };
          g_auto (ReaderHost) host = { .folder = g_strdup (folder) };
          g_autoptr (GError) error = NULL;
          guint32 crc;

          data[i / 4] ^= flips[i % 4];
          crc = GUINT32_TO_LE (assay_crc32c_mask (assay_crc32c (0, data, end + 1)));
          memcpy (data + end + 1, &crc, 4);
          reader_host_read_bytes (&host, data, n, files[f][1], &error);
          data[i / 4] ^= flips[i % 4];
        }
    }
}

static void
test_survives_damage (void)
{
  g_autofree char *objects = checkpoint ("root_both", "ckpt-1.index"), *pieces = checkpoint ("partitioned", "ckpt.index");

  g_assert_cmpuint (reader_host_truncate (objects), ==, 0);
  g_assert_cmpuint (reader_host_truncate (pieces), ==, 0);
  reader_host_scramble (objects, 0, G_MAXSIZE);
  reader_host_scramble (pieces, 0, G_MAXSIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensorflow/writes-piece-keys", test_writes_piece_keys);
  g_test_add_func ("/tensorflow/inflates-snappy", test_inflates_snappy);
  g_test_add_func ("/tensorflow/reads-every-dtype", test_reads_every_dtype);
  g_test_add_func ("/tensorflow/finds-weights-in-the-model", test_finds_weights_in_the_model);
  g_test_add_func ("/tensorflow/folds-slots", test_folds_slots);
  g_test_add_func ("/tensorflow/hides-bookkeeping", test_hides_bookkeeping);
  g_test_add_func ("/tensorflow/puts-pieces-together", test_puts_pieces_together);
  g_test_add_func ("/tensorflow/names-what-has-no-values", test_names_what_has_no_values);
  g_test_add_func ("/tensorflow/reads-several-files", test_reads_several_files);
  g_test_add_func ("/tensorflow/refuses-the-first-format", test_refuses_the_first_format);
  g_test_add_func ("/tensorflow/tells-what-is-broken", test_tells_what_is_broken);
  g_test_add_func ("/tensorflow/reads-big-endian", test_reads_big_endian);
  g_test_add_func ("/tensorflow/reads-strings", test_reads_strings);
  g_test_add_func ("/tensorflow/survives-hostile-entries", test_survives_hostile_entries);
  g_test_add_func ("/tensorflow/survives-damage", test_survives_damage);
  return g_test_run ();
}
