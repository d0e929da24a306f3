/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-host.h"

/* Each of these is refused in a sentence with this word. */
static const char *const refused[][2] = {
  { "object.npy", "pickle" },
  { "bad_magic.npy", "doesn’t begin" },
  { "bad_version.npy", "version 9.0" },
  { "truncated_header.npy", "128" },
  { "truncated_data.npy", "24 bytes" },
  { "header_len_huge.npy", "2147483647" },
  { "shape_negative.npy", "negative" },
  { "shape_overflow.npy", "more elements" },
  { "shape_float.npy", "whole number" },
  { "shape_not_tuple.npy", "tuple" },
  { "header_code.npy", "damaged" },
  { "header_extra_key.npy", "“x”" },
  { "header_missing_key.npy", "fortran_order" },
  { "descr_unknown.npy", "<q9" },
  { "header_deep.npy", "damaged" },
};

static void
test_refuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *path = reader_host_data ("numpy", refused[i][0]);

      g_assert_false (reader_host_read_file (&host, path, &error));
      if (strstr (error->message, refused[i][1]) == NULL)
        g_error ("%s: %s", refused[i][0], error->message);
    }
}

static void
test_reads_orders (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char      *path = reader_host_data ("numpy", "big_endian_fortran_f32.npy");
  AssayManifestVariable variable;
  AssayLayout           layout;

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (assay_manifest_get_format (host.manifest), ==, "npy");
  variable = reader_host_expect (&host, "", "big_endian_fortran_f32", ASSAY_DTYPE_FLOAT32);
  g_assert_cmpuint (variable.rank, ==, 2);
  g_assert_cmpuint (variable.shape[0], ==, 4);
  g_assert_cmpuint (variable.shape[1], ==, 5);
  assay_manifest_get_layout (host.manifest, 0, &layout);
  g_assert_cmpint (layout.kind, ==, ASSAY_LAYOUT_FORTRAN);
  g_assert_true (layout.big_endian);
  g_assert_cmpuint (layout.offset, ==, 128);
}

static void
test_names_records (void)
{
  static const char *const names[][2] = {
    { "structured.npy", "[('name', 'S8'), ('pos', '<f4', (2,)), ('id', '<i4'), ('in', [('a', 'u1'), ('b', '<f8')])]" },
    { "structured_padded.npy", "{'names': ['a', 'b'], 'formats': ['u1', '<f8'], 'offsets': [0, 8], 'itemsize': 16, 'aligned': True}" },
    { "structured_utf8_v3.npy", "[('größe', '<i4'), ('重み', '<f4')]" },
    { "unicode.npy", "<U12" },
    { "bytes_s6.npy", "|S6" },
    { "void_v5.npy", "|V5" },
    { "datetime_ns.npy", "datetime64[ns]" },
    { "timedelta_s.npy", "timedelta64[s]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char      *path = reader_host_data ("numpy", names[i][0]);
      AssayManifestVariable variable;

      g_assert_true (reader_host_read_file (&host, path, &error));
      assay_manifest_get_variable (host.manifest, 0, &variable);
      g_assert_cmpstr (variable.dtype_name, ==, names[i][1]);
    }
}

/* The big-endian field “id” of each record is turned round in a scratch file; what stands beside it isn't. */
static void
test_swaps_records (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = reader_host_data ("numpy", "structured.npy");
  guint8           stored[29], swapped[29];

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_cmpuint (host.n_files, ==, 2);
  g_assert_cmpint (pread (host.fds[0], stored, 29, host.sizes[0] - 29), ==, 29);
  g_assert_cmpint (pread (host.fds[1], swapped, 29, host.sizes[1] - 29), ==, 29);
  g_assert_cmpmem (stored, 16, swapped, 16);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (stored[16 + i], ==, swapped[19 - i]);
  g_assert_cmpmem (stored + 20, 9, swapped + 20, 9);
}

static void
test_survives_damage (void)
{
  g_autofree char *plain = reader_host_data ("numpy", "v1_f32.npy"), *record = reader_host_data ("numpy", "structured.npy");

  g_assert_cmpuint (reader_host_truncate (plain), ==, 0);
  g_assert_cmpuint (reader_host_truncate (record), ==, 0);
  reader_host_scramble (plain, 0, 128);
  reader_host_scramble (record, 0, 200);
}

static void
test_reads_archives (void)
{
  static const char *const names[] = { "stored.npz", "deflated.npz" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char      *path = reader_host_data ("numpy", names[i]);
      AssayManifestVariable variable;

      g_assert_true (reader_host_read_file (&host, path, &error));
      g_assert_cmpstr (assay_manifest_get_format (host.manifest), ==, "npz");
      reader_host_expect (&host, "w", "w", ASSAY_DTYPE_FLOAT32);
      variable = reader_host_expect (&host, "layer/kernel", "layer/kernel", ASSAY_DTYPE_FLOAT32);
      g_assert_null (variable.reason);
      g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 0);
    }
}

static void
test_refuses_bad_members_alone (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char      *path = reader_host_data ("numpy", "one_bad_member.npz");
  AssayManifestVariable variable;

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_null (reader_host_expect (&host, "good", "good", ASSAY_DTYPE_FLOAT32).reason);
  variable = reader_host_expect (&host, "object", "object", ASSAY_DTYPE_OPAQUE);
  g_assert_nonnull (strstr (variable.reason, "pickle"));
  g_assert_nonnull (reader_host_expect (&host, "broken", "broken", ASSAY_DTYPE_OPAQUE).reason);
}

static void
test_lists_what_is_no_array (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = reader_host_data ("numpy", "other_member.npz");

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_null (reader_host_expect (&host, "readme.txt", "readme.txt", ASSAY_DTYPE_UINT8).reason);
}

static void
test_warns_of_wrong_checksums (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = reader_host_data ("numpy", "bad_crc.npz");
  GPtrArray       *warnings;

  g_assert_true (reader_host_read_file (&host, path, &error));
  warnings = assay_manifest_get_warnings (host.manifest);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_nonnull (strstr (warnings->pdata[0], "checksum of “w.npy”"));
}

static void
test_survives_damaged_archives (void)
{
  g_autofree char *deflated = reader_host_data ("numpy", "deflated.npz"), *zip64 = reader_host_data ("numpy", "zip64_streamed.npz");

  g_assert_cmpuint (reader_host_truncate (deflated), ==, 0);
  g_assert_cmpuint (reader_host_truncate (zip64), ==, 0);
  reader_host_scramble (deflated, 0, G_MAXSIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/refuses", test_refuses);
  g_test_add_func ("/npy/reads-orders", test_reads_orders);
  g_test_add_func ("/npy/names-records", test_names_records);
  g_test_add_func ("/npy/swaps-records", test_swaps_records);
  g_test_add_func ("/npy/survives-damage", test_survives_damage);
  g_test_add_func ("/npz/reads-archives", test_reads_archives);
  g_test_add_func ("/npz/refuses-bad-members-alone", test_refuses_bad_members_alone);
  g_test_add_func ("/npz/lists-what-is-no-array", test_lists_what_is_no_array);
  g_test_add_func ("/npz/warns-of-wrong-checksums", test_warns_of_wrong_checksums);
  g_test_add_func ("/npz/survives-damaged-archives", test_survives_damaged_archives);
  return g_test_run ();
}
