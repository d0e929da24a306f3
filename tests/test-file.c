/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/file.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "../src/manifest/guarded-map-private.h"

static char *
make_file (gsize n_bytes)
{
  char            *path = NULL;
  g_autofree char *data = g_malloc (n_bytes);
  int              fd = g_file_open_tmp ("assay-XXXXXX", &path, NULL);

  memset (data, 'x', n_bytes);
  g_assert_true (g_file_set_contents (path, data, n_bytes, NULL));
  close (fd);
  return path;
}

static void
test_file_cut_short_is_an_error (void)
{
  g_autofree char *path = make_file (100);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayFile) file = assay_file_open (path, &error);
  char out[100];

  g_assert_no_error (error);
  g_assert_true (assay_file_is_unchanged (file));
  g_assert_true (assay_file_read (file, 0, out, 100, &error));
  g_assert_cmpint (truncate (path, 50), ==, 0);
  g_assert_false (assay_file_is_unchanged (file));
  g_assert_false (assay_file_read (file, 40, out, 60, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_IO);
  g_unlink (path);
}

static void
test_file_refuses_folders_and_devices (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayFile) folder = assay_file_open (g_get_tmp_dir (), &error);
  g_autoptr (AssayFile) device = NULL;

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  device = assay_file_open ("/dev/zero", &error);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
  g_assert_null (folder);
  g_assert_null (device);
}

static void
test_file_map_survives_truncation (void)
{
  gsize            n_bytes = 1 << 20, sum = 0;
  g_autofree char *path = make_file (n_bytes);
  g_autoptr (AssayFile) file = assay_file_open (path, NULL);
  AssayGuardedMap map;

  g_assert_true (assay_guarded_map_open (assay_file_get_fd (file), 10, n_bytes - 10, &map));
  g_assert_cmpint (map.data[0], ==, 'x');
  g_assert_true (assay_guarded_map_close (&map));

  g_assert_true (assay_guarded_map_open (assay_file_get_fd (file), 0, n_bytes, &map));
  g_assert_cmpint (truncate (path, 8192), ==, 0);
  for (gsize i = 0; i < n_bytes; i++)
    sum += map.data[i];
  g_assert_cmpuint (sum, ==, 8192 * 'x');
  g_assert_false (assay_guarded_map_close (&map));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/cut-short-is-an-error", test_file_cut_short_is_an_error);
  g_test_add_func ("/file/refuses-folders-and-devices", test_file_refuses_folders_and_devices);
  g_test_add_func ("/file/map-survives-truncation", test_file_map_survives_truncation);
  return g_test_run ();
}
