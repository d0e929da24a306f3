/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-host.h"

/* The first bytes of a file, its name, and a word of the sentence. */
static const struct
{
  const char *bytes;
  gsize       n;
  const char *name;
  const char *word;
} cases[] = {
#define CASE(bytes, name, word)         \
  {                                     \
    bytes, sizeof bytes - 1, name, word \
  }
  CASE ("", "a.bin", "empty"),
  CASE ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "model.safetensors", "a Git LFS pointer, not the file itself"),
  CASE ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "model.h5", "a Git LFS pointer, not the file itself"),
  CASE ("<!DOCTYPE html>\n<html><body>404</body></html>", "model.safetensors", "a web page"),
  CASE ("\n <html lang='en'>", "model.safetensors", "a web page"),
  CASE ("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02", "a.pt", "PyTorch can’t be opened yet"),
  CASE ("\x80\x02}q\x00.", "a.pth", "PyTorch can’t be opened yet"),
  CASE ("\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.", "a.dat", "pickle"),
  CASE ("GGUF\x03\x00\x00\x00", "a.gguf", "GGUF"),
  CASE ("\x1c\x00\x00\x00TFL3", "a.tflite", "TensorFlow Lite"),
  CASE ("\x08\x08\x12\x07pytorch:\x00", "a.onnx", "ONNX"),
  CASE ("\x08\x01\x12\x02\x0a\x00", "renamed.pb", "open its folder"),
  CASE ("\x1f\x8b\x08\x00", "a.tar.gz", "gzip"),
  CASE ("\x28\xb5\x2f\xfd\x04", "a.zst", "zstd"),
  CASE ("\x89PNG\r\n\x1a\n\x00", "a.png", "PNG"),
  CASE ("{\"a\": 1}", "a.json", "JSON"),
  CASE ("{\"class_name\": \"Functional\"}", "config.json", "settings"),
  CASE ("hello\n", "a.txt", "text"),
  CASE ("PAR1\x15", "a.parquet", "Parquet"),
  CASE ("\0\0\0\0\0\0\0\0\0\0", "a.h5", "zeros"),
  CASE ("\x01\x02\x03\x04", "ckpt.data-00000-of-00001", "data file of a TensorFlow checkpoint"),
  CASE ("\x01\x02\x03\x04", "a", "no format that Assay knows"),
  CASE ("PK\3\4cut short, so that no directory follows it at all", "a.zip", "damaged"),
#undef CASE
};

static void
test_says_what_files_are (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (reader_host_read_bytes (&host, cases[i].bytes, cases[i].n, cases[i].name, &error));
      if (strstr (error->message, cases[i].word) == NULL || strchr (error->message, '\n') != NULL)
        g_error ("%s: %s", cases[i].name, error->message);
    }
}

static void
test_survives_any_start (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 3000; i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      guint8 bytes[64];

      for (gsize k = 0; k < sizeof bytes; k++)
        bytes[k] = g_rand_int_range (random, 0, k % 3 ? 20 : 256);
      reader_host_read_bytes (&host, bytes, g_rand_int_range (random, 0, sizeof bytes), "a", &error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stranger/says-what-files-are", test_says_what_files_are);
  g_test_add_func ("/stranger/survives-any-start", test_survives_any_start);
  return g_test_run ();
}
