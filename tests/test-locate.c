/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/reader-session.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/manifest/locate-private.h"

static char *folder;

static void
put (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
link_to (const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

static int
remove_one (const char *path, const struct stat *st, int flag, struct FTW *walk)
{
  return remove (path);
}

static void
set_up (gpointer *fixture, gconstpointer data)
{
  folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
}

static void
tear_down (gpointer *fixture, gconstpointer data)
{
  nftw (folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_clear_pointer (&folder, g_free);
}

/* What a name below the folder stands for, as a name below the folder. */
static void
assert_found (const char *name, const char *expected)
{
  g_autofree char *path = g_strconcat (folder, "/", name, NULL);
  g_autofree char *wanted = g_strconcat (folder, "/", expected, NULL);
  g_autofree char *part = NULL, *got = NULL, *plain = NULL;
  g_autoptr (GError) error = NULL;

  got = assay_locate (path, &part, &error);
  g_assert_no_error (error);
  plain = g_canonicalize_filename (got, NULL);
  g_assert_cmpstr (plain, ==, wanted);
  g_assert_null (part);
}

static void
assert_lost (const char *name, AssayError code, const char *said)
{
  g_autofree char *path = g_strconcat (folder, "/", name, NULL);
  g_autofree char *part = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_locate (path, &part, &error));
  g_assert_error (error, ASSAY_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, said));
}

static void
test_locate_plain_file (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = NULL, *part = NULL, *got = NULL;

  put ("a.h5", "");
  put ("with:/colon.h5", "");
  put ("checkpoint", "\x89HDF\r\n");
  assert_found ("a.h5", "a.h5");
  assert_found ("with:/colon.h5", "with:/colon.h5");
  assert_found ("checkpoint", "checkpoint");
  assert_lost ("b.h5", ASSAY_ERROR_NOT_FOUND, "There is no file");
  path = g_strconcat (folder, "/a.h5:/model/x", NULL);
  got = assay_locate (path, &part, NULL);
  g_assert_true (g_str_has_suffix (got, "/a.h5"));
  g_assert_cmpstr (part, ==, "/model/x");
}

static void
test_locate_checkpoint (gpointer *fixture, gconstpointer data)
{
  put ("ckpt-1.index", "");
  put ("ckpt-1.data-00000-of-00001", "");
  put ("far/ckpt-2.index", "");
  put ("only/.index", "");
  assert_found ("ckpt-1", "ckpt-1.index");
  assert_found ("ckpt-1.index", "ckpt-1.index");
  assert_found ("ckpt-1.data-00000-of-00001", "ckpt-1.index");
  assert_found ("only/", "only/.index");
  put ("checkpoint", "model_checkpoint_path: \"ckpt-1\"\n");
  assert_found ("checkpoint", "ckpt-1.index");
  assert_found ("", "ckpt-1.index");
  put ("checkpoint", "model_checkpoint_path: \"far/ckpt-2\"\n");
  assert_found ("checkpoint", "far/ckpt-2.index");
  put ("checkpoint", "model_checkpoint_path: \"/gone/since/ckpt-1\"\n");
  assert_found ("checkpoint", "ckpt-1.index");
}

/* A state file is a stranger's: it doesn't lead out of its folder, even to what is there. */
static void
test_locate_state_leads_nowhere_else (gpointer *fixture, gconstpointer data)
{
  g_autofree char *absolute = g_strdup_printf ("model_checkpoint_path: \"%s/elsewhere/ckpt-3\"\n", folder);

  put ("elsewhere/ckpt-3.index", "");
  put ("here/checkpoint", absolute);
  assert_lost ("here/checkpoint", ASSAY_ERROR_NOT_FOUND, "ckpt-3");
  put ("here/checkpoint", "model_checkpoint_path: \"../elsewhere/ckpt-3\"\n");
  assert_lost ("here", ASSAY_ERROR_NOT_FOUND, "ckpt-3");
}

/* The folder of a model in the Hugging Face cache is the snapshot of its main branch. */
static void
test_locate_cache (gpointer *fixture, gconstpointer data)
{
  put ("models--a--b/blobs/1234", "");
  link_to ("models--a--b/snapshots/old/model.safetensors", "../../blobs/1234");
  assert_found ("models--a--b", "models--a--b/snapshots/old/model.safetensors");
  link_to ("models--a--b/snapshots/new/model.safetensors", "../../blobs/1234");
  assert_lost ("models--a--b", ASSAY_ERROR_UNSUPPORTED, "no model is in it");
  put ("models--a--b/refs/main", "new\n");
  assert_found ("models--a--b", "models--a--b/snapshots/new/model.safetensors");
  put ("models--a--b/refs/main", "../../elsewhere");
  assert_lost ("models--a--b", ASSAY_ERROR_UNSUPPORTED, "no model is in it");
  link_to ("circle/snapshots/x", "..");
  link_to ("circle/snapshots/snapshots", "..");
  assert_lost ("circle", ASSAY_ERROR_UNSUPPORTED, "no model is in it");
}

static void
test_locate_folder (gpointer *fixture, gconstpointer data)
{
  put ("saved/saved_model.pb", "");
  assert_found ("saved", "saved/saved_model.pb");
  put ("saved/variables/variables.index", "");
  assert_found ("saved", "saved/variables/variables.index");
  assert_found ("saved/saved_model.pb", "saved/variables/variables.index");
  put ("keras/model.weights.h5", "");
  put ("keras/config.json", "{}");
  assert_found ("keras", "keras/model.weights.h5");
  put ("single/x.safetensors", "");
  put ("single/README.md", "");
  assert_found ("single", "single/x.safetensors");
  put ("two/a.npz", "");
  put ("two/b.npz", "");
  assert_lost ("two", ASSAY_ERROR_UNSUPPORTED, "2 models");
  put ("none/README.md", "");
  assert_lost ("none", ASSAY_ERROR_UNSUPPORTED, "no model is in it");
}

static void
test_locate_shard_by_its_index (gpointer *fixture, gconstpointer data)
{
  put ("model-00001-of-00002.safetensors", "");
  put ("model-00002-of-00002.safetensors", "");
  put ("model.fp16-00001-of-00001.safetensors", "");
  put ("other.safetensors", "");
  assert_found ("model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors");
  put ("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"model-00002-of-00002.safetensors\"}}");
  put ("model.safetensors.index.fp16.json", "{\"weight_map\": {\"a\": \"model.fp16-00001-of-00001.safetensors\"}}");
  assert_found ("model-00002-of-00002.safetensors", "model.safetensors.index.json");
  assert_found ("model.fp16-00001-of-00001.safetensors", "model.safetensors.index.fp16.json");
  assert_found ("other.safetensors", "other.safetensors");
}

static void
test_locate_never_waits (gpointer *fixture, gconstpointer data)
{
  static const char *const names[] = { "pipe.h5", "checkpoint", "model.safetensors.index.json" };

  put ("x.safetensors", "");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (mkfifo (path, 0600), ==, 0);
      g_assert_null (assay_reader_session_new (path, &error));
      g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "is not a regular file"));
    }
  assert_found ("x.safetensors", "x.safetensors");
}

static int
open_sibling (const char *main_name, const char *name, GError **error)
{
  g_autofree char *main_path = g_build_filename (folder, main_name, NULL);

  return assay_open_sibling (main_path, name, error);
}

static void
assert_given (const char *main_name, const char *name)
{
  g_autoptr (GError) error = NULL;
  int fd = open_sibling (main_name, name, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
}

/* Refused by name. */
static void
assert_refused (const char *main_name, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (open_sibling (main_name, name, &error), ==, -1);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, name));
}

static void
test_sibling_stays_in_folder (gpointer *fixture, gconstpointer data)
{
  g_autofree char *absolute = g_build_filename (folder, "model/shard", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "model/pipe", NULL);
  g_autoptr (GError) error = NULL;

  put ("secret", "");
  put ("model/index", "");
  put ("model/shard", "");
  put ("model/sub/shard", "");
  put ("model-two/shard", "");
  link_to ("model/inside", "sub/shard");
  link_to ("model/outside", "../secret");
  link_to ("model/passwd", "/etc/passwd");
  link_to ("model/folder-outside", "../model-two");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  assert_given ("model/index", "shard");
  assert_given ("model/index", "sub/shard");
  assert_given ("model/index", "inside");
  assert_refused ("model/index", "../secret");
  assert_refused ("model/index", "sub/../../secret");
  assert_refused ("model/index", absolute);
  assert_refused ("model/index", "./shard");
  assert_refused ("model/index", "sub//shard");
  assert_refused ("model/index", "outside");
  assert_refused ("model/index", "passwd");
  assert_refused ("model/index", "folder-outside/shard");
  assert_refused ("model/index", "pipe");
  assert_refused ("model/index", "sub");
  g_assert_cmpint (open_sibling ("model/index", "missing", &error), ==, -1);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND);
}

static void
test_sibling_of_model_cache (gpointer *fixture, gconstpointer data)
{
  g_autofree char *cached = g_build_filename (folder, "models--a--b/snapshots/1f/index", NULL);
  g_autofree char *plain = g_build_filename (folder, "plain/index", NULL);

  put ("models--a--b/blobs/0123", "");
  put ("models--a--c/blobs/4567", "");
  put ("plain/index", "");
  link_to ("models--a--b/snapshots/1f/index", "../../blobs/0123");
  link_to ("models--a--b/snapshots/1f/shard", "../../blobs/0123");
  link_to ("models--a--b/snapshots/1f/other-model", "../../../models--a--c/blobs/4567");
  assert_given ("models--a--b/snapshots/1f/index", "shard");
  assert_refused ("models--a--b/snapshots/1f/index", "other-model");
  g_assert_true (assay_is_in_model_cache (cached));
  g_assert_false (assay_is_in_model_cache (plain));
}

#define ADD(name, function) g_test_add ("/locate/" name, gpointer, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("plain-file", test_locate_plain_file);
  ADD ("checkpoint", test_locate_checkpoint);
  ADD ("state-leads-nowhere-else", test_locate_state_leads_nowhere_else);
  ADD ("folder", test_locate_folder);
  ADD ("hugging-face-cache", test_locate_cache);
  ADD ("shard-by-its-index", test_locate_shard_by_its_index);
  ADD ("never-waits", test_locate_never_waits);
  ADD ("sibling-stays-in-folder", test_sibling_stays_in_folder);
  ADD ("sibling-of-model-cache", test_sibling_of_model_cache);
  return g_test_run ();
}
