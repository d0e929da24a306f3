/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../src/readers/zip-private.h"
#include "reader-host.h"

/* An archive while it is made. */
typedef struct
{
  GByteArray *data;
  GByteArray *directory;
  guint       n;
} Maker;

static void
put (GByteArray *out, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 byte = i < 8 ? value >> (8 * i) : 0;

      g_byte_array_append (out, &byte, 1);
    }
}

static void
put_text (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
}

/* Adds a member that says "content". */
static void
add_member (Maker *maker, const char *name, const char *local_name, guint16 flags, guint16 method, guint32 crc)
{
  guint32 offset = maker->data->len;

  put_text (maker->data, "PK\3\4");
  put (maker->data, 20, 2);
  put (maker->data, flags, 2);
  put (maker->data, method, 2);
  put (maker->data, 0, 4);
  put (maker->data, crc, 4);
  put (maker->data, 7, 4);
  put (maker->data, 7, 4);
  put (maker->data, strlen (local_name), 2);
  put (maker->data, 0, 2);
  put_text (maker->data, local_name);
  put_text (maker->data, "content");
  put_text (maker->directory, "PK\1\2");
  put (maker->directory, 20, 2);
  put (maker->directory, 20, 2);
  put (maker->directory, flags, 2);
  put (maker->directory, method, 2);
  put (maker->directory, 0, 4);
  put (maker->directory, crc, 4);
  put (maker->directory, 7, 4);
  put (maker->directory, 7, 4);
  put (maker->directory, strlen (name), 2);
  put (maker->directory, 0, 12);
  put (maker->directory, offset, 4);
  put_text (maker->directory, name);
  maker->n++;
}

static GByteArray *
finish (Maker *maker, const char *comment)
{
  guint offset = maker->data->len;

  g_byte_array_append (maker->data, maker->directory->data, maker->directory->len);
  put_text (maker->data, "PK\5\6");
  put (maker->data, 0, 4);
  put (maker->data, maker->n, 2);
  put (maker->data, maker->n, 2);
  put (maker->data, maker->directory->len, 4);
  put (maker->data, offset, 4);
  put (maker->data, strlen (comment), 2);
  put_text (maker->data, comment);
  g_byte_array_unref (maker->directory);
  return maker->data;
}

/* CRC-32 of "content". */
#define CRC 0xfec530a9

static AssayZip *
open_bytes (GByteArray *data, int *fd, GError **error)
{
  AssayReaderFile file;

  *fd = reader_host_scratch ();
  g_assert_cmpint (pwrite (*fd, data->data, data->len, 0), ==, data->len);
  file = (AssayReaderFile){ .fd = *fd, .size = data->len };
  return assay_zip_open (&file, error);
}

static Maker
maker_new (void)
{
  return (Maker){ g_byte_array_new (), g_byte_array_new (), 0 };
}

static void
test_reads_members (void)
{
  Maker maker = maker_new ();
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayZip) zip = NULL;
  g_autoptr (GBytes) content = NULL;
  const AssayZipMember *member;
  char                  start[4];
  gsize                 n;
  int                   fd;

  put_text (maker.data, "bytes before the archive"); /* offsets count from the archive's own start in such files */
  add_member (&maker, "a", "a", 0, 0, CRC);
  add_member (&maker, "b\x84", "b\x84", 0, 0, CRC);
  data = finish (&maker, "a comment with PK\5\6 in it");
  zip = open_bytes (data, &fd, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assay_zip_get_n_members (zip), ==, 2);
  member = assay_zip_find (zip, "bä");
  g_assert_nonnull (member);
  g_assert_null (member->reason);
  content = assay_zip_read_all (zip, member, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "content", 7);
  g_assert_true (assay_zip_read_start (zip, member, start, 4, &n, &error));
  g_assert_cmpmem (start, n, "cont", 4);
  g_assert_null (assay_zip_read_all (zip, member, 6, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
  close (fd);
}

static void
test_shifts_offsets (void)
{
  Maker maker = maker_new ();
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GByteArray) shifted = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayZip) zip = NULL;
  int fd;

  add_member (&maker, "a", "a", 0, 0, CRC);
  data = finish (&maker, "");
  put_text (shifted, "seventeen bytes …");
  g_byte_array_append (shifted, data->data, data->len);
  zip = open_bytes (shifted, &fd, &error);
  g_assert_no_error (error);
  g_assert_true (assay_zip_check (zip, assay_zip_get_member (zip, 0), &error));
  close (fd);
}

/* What concerns one member is that member's reason; the others can be read. */
static void
test_gives_reasons (void)
{
  static const struct
  {
    const char *name, *local;
    guint16     flags, method;
    const char *word;
  } cases[] = {
    { "../a", "../a", 0, 0, "leads out" },
    { "x/../../a", "x/../../a", 0, 0, "leads out" },
    { "/a", "/a", 0, 0, "leads out" },
    { "c:\\a", "c:\\a", 0, 0, "leads out" },
    { "a", "a", 1, 0, "encrypted" },
    { "a", "a", 0, 12, "bzip2" },
    { "a", "b", 0, 0, "contradict" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Maker maker = maker_new ();
      g_autoptr (GByteArray) data = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayZip) zip = NULL;
      const AssayZipMember *member;
      int                   fd;

      add_member (&maker, cases[i].name, cases[i].local, cases[i].flags, cases[i].method, CRC);
      add_member (&maker, "good", "good", 0, 0, CRC);
      data = finish (&maker, "");
      zip = open_bytes (data, &fd, &error);
      g_assert_no_error (error);
      member = assay_zip_get_member (zip, 0);
      g_assert_nonnull (member->reason);
      g_assert_nonnull (strstr (member->reason, cases[i].word));
      g_assert_false (assay_zip_check (zip, member, &error));
      g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
      g_clear_error (&error);
      g_assert_true (assay_zip_check (zip, assay_zip_find (zip, "good"), &error));
      close (fd);
    }
}

static void
test_refuses_two_of_one_name (void)
{
  Maker maker = maker_new ();
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayZip) zip = NULL;
  int fd;

  add_member (&maker, "a", "a", 0, 0, CRC);
  add_member (&maker, "a", "a", 0, 0, CRC);
  data = finish (&maker, "");
  zip = open_bytes (data, &fd, &error);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "“a”"));
  close (fd);
}

static void
test_refuses_overlaps (void)
{
  Maker maker = maker_new ();
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayZip) zip = NULL;
  int fd;

  add_member (&maker, "a", "a", 0, 0, CRC);
  add_member (&maker, "b", "b", 0, 0, CRC);
  /* The first one's content runs on over the second: its sizes in the directory say so. */
  maker.directory->data[20] = maker.directory->data[24] = 30;
  data = finish (&maker, "");
  zip = open_bytes (data, &fd, &error);
  g_assert_null (zip);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "overlaps"));
  close (fd);
}

static void
test_checks_sums (void)
{
  Maker maker = maker_new ();
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayZip) zip = NULL;
  int fd;

  add_member (&maker, "a", "a", 0, 0, CRC ^ 1);
  data = finish (&maker, "");
  zip = open_bytes (data, &fd, &error);
  g_assert_no_error (error);
  g_assert_false (assay_zip_check (zip, assay_zip_get_member (zip, 0), &error));
  g_assert_nonnull (strstr (error->message, "checksum"));
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zip/reads-members", test_reads_members);
  g_test_add_func ("/zip/shifts-offsets", test_shifts_offsets);
  g_test_add_func ("/zip/gives-reasons", test_gives_reasons);
  g_test_add_func ("/zip/refuses-two-of-one-name", test_refuses_two_of_one_name);
  g_test_add_func ("/zip/refuses-overlaps", test_refuses_overlaps);
  g_test_add_func ("/zip/checks-sums", test_checks_sums);
  return g_test_run ();
}
