/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edited TensorFlow checkpoints, saved in place: each of TensorFlow's own is edited, read again, and edited back, which must give the
 * very files that it was. */

#include <assay/checksum.h>
#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/overlay.h>
#include <assay/reader-session.h>
#include <assay/save.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/store/bundle-files-private.h"
#include "../src/store/bundle-index-private.h"
#include "../src/store/values-private.h"

#define MAX_EDITS 1000

/* A folder of tests/data, and the index in it. */
typedef struct
{
  const char *folder, *index;
} Case;

static const Case cases[] = {
  { "tensorflow/dtypes", "ckpt.index" },
  { "tensorflow/escaping", "ckpt.index" },
  { "tensorflow/iterator_and_table", "ckpt.index" },
  { "tensorflow/keras2_legacy_adam", "ckpt.index" },
  { "tensorflow/keras3_adam", "ckpt.index" },
  { "tensorflow/partitioned", "ckpt.index" },
  { "tensorflow/sliced_grid", "ckpt.index" },
  { "tensorflow/sharded_max_size", "ckpt.index" },
  { "tensorflow/sharded_merged", "ckpt.index" },
  { "tensorflow/sharded_saver", "ckpt.index" },
  { "tensorflow/structures", "ckpt.index" },
  { "tensorflow/v1_saver", "model.ckpt-3.index" },
  { "tensorflow/root_both", "ckpt-1.index" },
  { "tensorflow/saved_model", "variables/variables.index" },
};

static void
copy_all (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  g_mkdir_with_parents (to, 0755);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL), *target = g_build_filename (to, name, NULL), *data = NULL;
      gsize            n;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        copy_all (source, target);
      else
        g_assert_true (g_file_get_contents (source, &data, &n, NULL) && g_file_set_contents (target, data, n, NULL));
    }
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

/* A copy of a case in a folder of its own. */
static char *
begin (const Case *what)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "data", what->folder, NULL);
  char            *folder = g_dir_make_tmp ("assay-bundle-XXXXXX", NULL);

  copy_all (from, folder);
  return folder;
}

/* Names and contents of all files, but for the index: the table may be cut into other blocks. */
static void
add_files (const char *folder, const char *prefix, GHashTable *files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *own = g_strconcat (prefix, name, NULL), *inner = g_strconcat (own, "/", NULL);
      char            *data;
      gsize            n;

      g_assert_null (strstr (name, ".assay-"));
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_files (path, inner, files);
      else if (!g_str_has_suffix (name, ".index"))
        {
          g_assert_true (g_file_get_contents (path, &data, &n, NULL));
          g_hash_table_insert (files, g_steal_pointer (&own), g_bytes_new_take (data, n));
        }
    }
}

static GHashTable *
list_files (const char *folder)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);

  add_files (folder, "", files);
  return files;
}

static AssayManifest *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  AssayManifest *manifest = assay_manifest_load (path, NULL, &error);

  g_assert_no_error (error);
  return manifest;
}

/* All values of a variable, one after the other; strings with their lengths. NULL if they can't be had. */
static GBytes *
read_values (AssaySource *source)
{
  guint64 zeros[ASSAY_MAX_RANK] = { 0 }, n = assay_source_get_n_elements (source);
  gsize   item_size = assay_source_get_item_size (source);
  g_autoptr (GPtrArray) strings = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (assay_source_get_dtype (source) == ASSAY_DTYPE_STRING)
    {
      strings = assay_source_read_strings (source, zeros, assay_source_get_shape (source), NULL, NULL);
      g_assert_nonnull (strings);
      assay_bundle_encode_strings (strings, out);
      return g_byte_array_free_to_bytes (g_steal_pointer (&out));
    }
  g_byte_array_set_size (out, n * item_size);
  g_assert_true (assay_source_read_flat (source, 0, n, out->data, NULL, NULL));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Numbers: a bit of each turned. Strings: a letter more, or less if that was done; NULL if they can't be read. */
static AssaySource *
change (AssaySource *base)
{
  guint64 zeros[ASSAY_MAX_RANK] = { 0 }, n = assay_source_get_n_elements (base);
  gsize   item_size = assay_source_get_item_size (base);
  g_autoptr (GPtrArray) strings = NULL;
  g_autoptr (GBytes) values = NULL, changed = NULL;
  guint8 *data;
  gsize   n_bytes;

  if (assay_source_get_dtype (base) != ASSAY_DTYPE_STRING)
    {
      values = read_values (base);
      data = g_memdup2 (g_bytes_get_data (values, &n_bytes), g_bytes_get_size (values));
      for (guint64 i = 0; i < n; i++)
        data[i * item_size] ^= 1;
      changed = g_bytes_new_take (data, n_bytes);
      return assay_overlay_new (base, zeros, assay_source_get_shape (base), changed, NULL);
    }
  strings = assay_source_read_strings (base, zeros, assay_source_get_shape (base), NULL, NULL);
  for (guint i = 0; strings != NULL && i < strings->len; i++)
    {
      const char *text = g_bytes_get_data (strings->pdata[i], &n_bytes);
      gboolean    longer = n_bytes > 0 && text[n_bytes - 1] == '!';
      char       *other = longer ? g_memdup2 (text, n_bytes - 1) : g_malloc (n_bytes + 1);

      if (!longer)
        {
          memcpy (other, text, n_bytes);
          other[n_bytes] = '!';
        }
      g_bytes_unref (strings->pdata[i]);
      strings->pdata[i] = g_bytes_new_take (other, longer ? n_bytes - 1 : n_bytes + 1);
    }
  return strings ? assay_overlay_new_for_strings (base, zeros, assay_source_get_shape (base), strings, NULL) : NULL;
}

static gboolean
is_wanted (AssayManifest *manifest, guint32 i, guint which)
{
  AssayManifestVariable facts;
  g_autofree char      *why = assay_save_why_not (manifest, i);

  assay_manifest_get_variable (manifest, i, &facts);
  g_assert_true (why != NULL || strcmp (facts.key, "_CHECKPOINTABLE_OBJECT_GRAPH") != 0);
  return why == NULL && facts.n_elements > 0 && (which == G_MAXUINT || i % 2 == which);
}

/* Changes every second variable; @which tells whether the even ones or the odd ones, G_MAXUINT all. */
static guint
make_edits (AssayManifest *manifest, guint which, AssaySaveEdit *edits)
{
  guint n = 0;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest) && n < MAX_EDITS; i++)
    if (is_wanted (manifest, i, which))
      {
        edits[n].variable = i;
        edits[n].base = assay_manifest_dup_source (manifest, i, NULL);
        edits[n].source = change (edits[n].base);
        /* Strings whose entry lies can't be read. */
        if (edits[n].source != NULL)
          n++;
        else
          g_object_unref (edits[n].base);
      }
  return n;
}

static void
free_edits (AssaySaveEdit *edits, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_object_unref (edits[i].base);
      g_object_unref (edits[i].source);
    }
}

/* Each checksum of numbers is that of the bytes. */
static void
check_checksums (AssayManifest *manifest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rows = assay_bundle_rows_read (manifest, &error);
  const char *index = assay_file_get_path (assay_manifest_get_file (manifest, 0));

  g_assert_no_error (error);
  for (guint i = 1; i < rows->len; i++)
    {
      const AssayBundleRow *row = &g_array_index (rows, AssayBundleRow, i);
      g_autofree char      *path = assay_bundle_dup_data_path (index, row->shard, assay_bundle_count_files (manifest)), *data = NULL;
      gsize                 n;

      /* Strings and variants have checksums of another kind. */
      if (row->size == 0 || row->type == 7 || row->type == 21)
        continue;
      g_assert_true (g_file_get_contents (path, &data, &n, NULL));
      g_assert_cmpuint (row->offset + row->size, <=, n);
      g_assert_cmphex (assay_crc32c_mask (assay_crc32c (0, data + row->offset, row->size)), ==, row->crc);
    }
}

/* Every variable is what it was, the edited ones what they were made. */
static void
check_values (AssayManifest *before, AssayManifest *after, const AssaySaveEdit *edits, guint n_edits)
{
  g_assert_cmpuint (assay_manifest_get_n_variables (after), ==, assay_manifest_get_n_variables (before));
  g_assert_cmpuint (assay_manifest_get_warnings (after)->len, ==, assay_manifest_get_warnings (before)->len);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (before); i++)
    {
      g_autoptr (AssaySource) was = assay_manifest_dup_source (before, i, NULL), is = assay_manifest_dup_source (after, i, NULL);
      g_autoptr (GBytes) wanted = NULL, found = NULL;
      AssaySource *source = was;

      for (guint k = 0; k < n_edits; k++)
        if (edits[k].variable == i)
          source = edits[k].source;
      g_assert_true ((was == NULL) == (is == NULL));
      if (was == NULL)
        continue;
      wanted = read_values (source);
      found = read_values (is);
      g_assert_true (g_bytes_equal (wanted, found));
    }
}

/* Rows that no edit concerns are the very same. */
static guint
count_same_rows (AssayManifest *before, AssayManifest *after)
{
  g_autoptr (GArray) was = assay_bundle_rows_read (before, NULL), is = assay_bundle_rows_read (after, NULL);
  guint n = 0;

  g_assert_cmpuint (was->len, ==, is->len);
  for (guint i = 1; i < was->len; i++)
    {
      g_assert_true (g_bytes_equal (g_array_index (was, AssayBundleRow, i).key, g_array_index (is, AssayBundleRow, i).key));
      n += g_bytes_equal (g_array_index (was, AssayBundleRow, i).value, g_array_index (is, AssayBundleRow, i).value);
    }
  return n;
}

static void
save (AssayManifest *manifest, const AssaySaveEdit *edits, guint n, const char *path)
{
  g_autoptr (GError) error = NULL;

  assay_save_edits (manifest, edits, n, path, ASSAY_SAVE_DEFAULT, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
has_strings (AssayManifest *manifest, const AssaySaveEdit *edits, guint n)
{
  gboolean some = FALSE;

  for (guint i = 0; i < n; i++)
    some = some || assay_source_get_dtype (edits[i].source) == ASSAY_DTYPE_STRING;
  return some;
}

/* The very files that were there. */
static void
check_files (GHashTable *files, GHashTable *again)
{
  GHashTableIter iter;
  gpointer       name, bytes;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      g_assert_nonnull (g_hash_table_lookup (again, name));
      g_assert_true (g_bytes_equal (g_hash_table_lookup (again, name), bytes));
    }
}

/* Edits one half of the variables, the other, or all (@which), and back. */
static void
edit_and_back (const Case *what, guint which)
{
  g_autofree char *folder = begin (what), *index = g_build_filename (folder, what->index, NULL);
  g_autoptr (GHashTable) files = list_files (folder), again = NULL;
  g_autoptr (AssayManifest) first = load (index), second = NULL, third = NULL;
  AssaySaveEdit edits[MAX_EDITS];
  guint         n = make_edits (first, which, edits), n_rows;
  gboolean      strings = has_strings (first, edits, n);

  save (first, edits, n, NULL);
  second = load (index);
  check_values (first, second, edits, n);
  check_checksums (second);
  n_rows = count_same_rows (first, second);
  free_edits (edits, n);
  g_assert_cmpuint (make_edits (second, which, edits), ==, n);
  save (second, edits, n, NULL);
  free_edits (edits, n);
  third = load (index);
  check_values (first, third, NULL, 0);
  check_checksums (third);
  again = list_files (folder);
  g_assert_cmpuint (g_hash_table_size (again), ==, g_hash_table_size (files));
  if (!strings)
    check_files (files, again);
  if (n > 0 && !strings)
    g_assert_cmpuint (n_rows, <, count_same_rows (first, third));
  remove_all (folder);
}

static void
test_edits_and_back (gconstpointer data)
{
  edit_and_back (data, 0);
  edit_and_back (data, 1);
  edit_and_back (data, G_MAXUINT);
}

/* A data file without edits isn't written again; modes stay. */
static void
test_links_what_is_not_edited (void)
{
  static const Case what = { "tensorflow/sharded_saver", "ckpt.index" };
  g_autofree char  *folder = begin (&what), *index = g_build_filename (folder, "ckpt.index", NULL);
  g_autofree char  *old = assay_bundle_dup_data_path (index, 1, 3), *new = assay_bundle_dup_data_path (index, 1, 4);
  g_autofree char  *edited_old = assay_bundle_dup_data_path (index, 0, 3), *edited = assay_bundle_dup_data_path (index, 0, 4);
  g_autoptr (AssayManifest) manifest = NULL;
  AssaySaveEdit edit = { 0 };
  struct stat   before, after;

  g_assert_cmpint (chmod (edited_old, 0640), ==, 0);
  g_assert_cmpint (stat (old, &before), ==, 0);
  manifest = load (index);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest) && edit.source == NULL; i++)
    {
      AssayLayout layout;
      guint       shard;

      assay_manifest_get_layout (manifest, i, &layout);
      if (!assay_bundle_find_shard (manifest, layout.file, &shard) || shard != 0)
        continue;
      edit.variable = i;
      edit.base = assay_manifest_dup_source (manifest, i, NULL);
      edit.source = change (edit.base);
    }
  save (manifest, &edit, 1, NULL);
  free_edits (&edit, 1);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_cmpint (stat (new, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
  g_assert_cmpint (stat (edited, &after), ==, 0);
  g_assert_cmpuint (after.st_mode & 0777, ==, 0640);
  remove_all (folder);
}

/* Elsewhere: a whole checkpoint of its own; over one that is there, too. */
static void
test_saves_elsewhere (void)
{
  static const Case what = { "tensorflow/partitioned", "ckpt.index" };
  g_autofree char  *folder = begin (&what), *index = g_build_filename (folder, "ckpt.index", NULL), *other = g_build_filename (folder, "other", NULL);
  g_autofree char  *other_data = g_strconcat (other, ".data-00000-of-00001", NULL), *other_again = g_strconcat (other, ".data-00000-of-00002", NULL);
  g_autoptr (AssayManifest) manifest = load (index);
  g_autoptr (GHashTable) before = list_files (folder), after = NULL;
  AssaySaveEdit edits[MAX_EDITS];
  guint         n = make_edits (manifest, G_MAXUINT, edits);

  g_assert_cmpuint (n, >, 1);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AssayManifest) saved = NULL;

      save (manifest, edits, n, other);
      saved = load (other);
      check_values (manifest, saved, edits, n);
      check_checksums (saved);
      g_assert_cmpint (g_file_test (other_data, G_FILE_TEST_EXISTS), ==, i == 0);
      g_assert_cmpint (g_file_test (other_again, G_FILE_TEST_EXISTS), ==, i == 1);
    }
  after = list_files (folder);
  g_assert_cmpuint (g_hash_table_size (after), ==, g_hash_table_size (before) + 2);
  free_edits (edits, n);
  remove_all (folder);
}

static void
assert_refused (AssayManifest *manifest, const char *path, AssayError code)
{
  AssaySaveEdit edits[MAX_EDITS];
  guint         n = make_edits (manifest, G_MAXUINT, edits);
  g_autoptr (GError) error = NULL;

  g_assert_false (assay_save_edits (manifest, edits, n, path, ASSAY_SAVE_DEFAULT, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, (int) code);
  free_edits (edits, n);
}

/* What another program has changed, a link, a folder for a SavedModel. */
static void
test_refuses (void)
{
  static const Case what = { "tensorflow/saved_model", "variables/variables.index" };
  g_autofree char  *folder = begin (&what), *index = g_build_filename (folder, what.index, NULL), *link = g_build_filename (folder, "link.index", NULL);
  g_autofree char  *elsewhere = g_build_filename (folder, "copy", NULL), *why = NULL;
  g_autoptr (AssayManifest) manifest = load (folder), by_link = NULL;
  g_autofree char *data = assay_bundle_dup_data_path (index, 0, 1);
  struct timespec  times[2] = { { 1, 0 }, { 1, 0 } };

  assert_refused (manifest, elsewhere, ASSAY_ERROR_UNSUPPORTED);
  g_assert_cmpint (symlink ("variables/variables.index", link), ==, 0);
  by_link = load (link);
  why = assay_save_why_not (by_link, G_MAXUINT32);
  g_assert_nonnull (strstr (why, "link"));
  g_assert_cmpint (utimensat (AT_FDCWD, data, times, 0), ==, 0);
  assert_refused (manifest, NULL, ASSAY_ERROR_CHANGED);
  remove_all (folder);
}

/* A document opened by a data file finds its checkpoint when that file is gone. */
static void
test_found_by_former_data_file (void)
{
  static const Case what = { "tensorflow/root_both", "ckpt-1.index" };
  g_autofree char  *folder = begin (&what), *data = g_build_filename (folder, "ckpt-1.data-00000-of-00001", NULL);
  g_autoptr (AssayManifest) manifest = load (data), again = NULL;
  AssaySaveEdit edits[MAX_EDITS];
  guint         n = make_edits (manifest, G_MAXUINT, edits);

  save (manifest, edits, n, NULL);
  g_assert_false (g_file_test (data, G_FILE_TEST_EXISTS));
  again = load (data);
  check_values (manifest, again, edits, n);
  free_edits (edits, n);
  remove_all (folder);
}

/* A value with some bytes turned, cut off or doubled. */
static GBytes *
mutate (GBytes *value, GRand *random)
{
  gsize         n;
  const guint8 *data = g_bytes_get_data (value, &n);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  g_byte_array_append (out, data, n);
  for (int i = g_rand_int_range (random, 1, 4); i > 0 && out->len > 0; i--)
    out->data[g_rand_int_range (random, 0, out->len)] = g_rand_int (random);
  if (g_rand_int_range (random, 0, 8) == 0)
    g_byte_array_set_size (out, g_rand_int_range (random, 0, out->len + 1));
  if (g_rand_int_range (random, 0, 8) == 0)
    g_byte_array_append (out, data, n);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Writes an index some of whose entries lie; its own checksums are right. */
static void
write_lies (const char *index, GArray *rows, guint n_shards, GRand *random)
{
  g_autoptr (GBytes) table = NULL, kept = NULL;
  AssayBundleRow *row = &g_array_index (rows, AssayBundleRow, g_rand_int_range (random, 1, rows->len));
  gsize           n;
  gconstpointer   data;

  kept = row->value;
  row->value = mutate (kept, random);
  table = assay_bundle_rows_to_table (rows, n_shards);
  g_bytes_unref (row->value);
  row->value = g_steal_pointer (&kept);
  data = g_bytes_get_data (table, &n);
  g_assert_true (g_file_set_contents (index, data, n, NULL));
}

/* What the index says may be anything: edits are saved, or refused with a sentence, and what is there can be opened afterwards. */
static void
test_entries_that_lie (gconstpointer data)
{
  const Case      *what = data;
  g_autofree char *folder = begin (what), *index = g_build_filename (folder, what->index, NULL);
  g_autoptr (AssayManifest) manifest = load (index);
  g_autoptr (GArray) rows = assay_bundle_rows_read (manifest, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  guint n_shards = assay_bundle_count_files (manifest), n_saved = 0;
  int   rounds = g_getenv ("ASSAY_ROUNDS") ? atoi (g_getenv ("ASSAY_ROUNDS")) : 40;

  for (int i = 0; i < rounds; i++)
    {
      g_autofree char *other = begin (what), *lying = g_build_filename (other, what->index, NULL);
      g_autoptr (AssayManifest) opened = NULL, again = NULL;
      g_autoptr (GError) error = NULL;
      AssaySaveEdit edits[MAX_EDITS];
      guint         n;

      write_lies (lying, rows, n_shards, random);
      opened = assay_manifest_load (lying, NULL, &error);
      if (opened != NULL)
        {
          n = make_edits (opened, G_MAXUINT, edits);
          n_saved += assay_save_edits (opened, edits, n, NULL, ASSAY_SAVE_DEFAULT, NULL, &error);
          free_edits (edits, n);
          again = load (lying);
        }
      g_assert_true (error == NULL || strlen (error->message) > 10);
      remove_all (other);
    }
  g_assert_cmpuint (n_saved, >, 0);
  remove_all (folder);
}

/* Pieces of more than what is written at once. */
static void
test_boxes (void)
{
  static const guint64 shape[] = { 3, 700, 41, 5 }, boxes[][2][4] = {
    { { 0, 0, 0, 0 }, { 3, 700, 41, 5 } },
    { { 1, 3, 0, 0 }, { 2, 690, 41, 5 } },
    { { 0, 10, 5, 1 }, { 3, 600, 36, 3 } },
    { { 2, 0, 40, 4 }, { 1, 1, 1, 1 } },
  };
  guint64            n = 3 * 700 * 41 * 5;
  g_autofree double *values = g_new (double, n);
  g_autofree char   *path = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AssaySource) source = NULL;
  int fd = g_file_open_tmp ("assay-box-XXXXXX", &path, NULL);

  for (guint64 i = 0; i < n; i++)
    values[i] = i;
  bytes = g_bytes_new_static (values, n * sizeof (double));
  source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT64, sizeof (double), NULL, 4, shape, bytes);
  for (gsize b = 0; b < G_N_ELEMENTS (boxes); b++)
    {
      AssayValuesPlace   place = { .fd = fd, .offset = 13 };
      guint64            n_box = boxes[b][1][0] * boxes[b][1][1] * boxes[b][1][2] * boxes[b][1][3];
      g_autofree double *wanted = g_new (double, n_box), *found = g_new (double, n_box);

      g_assert_true (assay_source_read (source, boxes[b][0], boxes[b][1], wanted, NULL, NULL));
      g_assert_true (assay_values_write_box (source, boxes[b][0], boxes[b][1], &place, NULL, NULL));
      g_assert_cmpint (pread (fd, found, n_box * sizeof (double), 13), ==, n_box * sizeof (double));
      g_assert_cmpmem (found, n_box * sizeof (double), wanted, n_box * sizeof (double));
    }
  close (fd);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdelimit (g_strconcat ("/save-bundle/edits-and-back:", cases[i].folder, NULL), "/", '/');

      g_test_add_data_func (path, &cases[i], test_edits_and_back);
    }
  g_test_add_func ("/save-bundle/links-what-is-not-edited", test_links_what_is_not_edited);
  g_test_add_func ("/save-bundle/saves-elsewhere", test_saves_elsewhere);
  g_test_add_func ("/save-bundle/refuses", test_refuses);
  g_test_add_func ("/save-bundle/found-by-former-data-file", test_found_by_former_data_file);
  g_test_add_func ("/save-bundle/boxes", test_boxes);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (strstr (cases[i].folder, "dtypes") != NULL || strstr (cases[i].folder, "sliced") != NULL || strstr (cases[i].folder, "sharded_saver") != NULL)
      {
        g_autofree char *path = g_strconcat ("/save-bundle/entries-that-lie:", cases[i].folder, NULL);

        g_test_add_data_func (path, &cases[i], test_entries_that_lie);
      }
  return g_test_run ();
}
