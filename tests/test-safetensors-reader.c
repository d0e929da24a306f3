/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-host.h"

/* Each of these is refused in a sentence with this word. The other malformed ones open. */
static const char *const refused[][2] = {
  { "empty_file", "too few" },
  { "seven_bytes", "too few" },
  { "header_len_0", "JSON" },
  { "header_len_beyond_file", "header" },
  { "header_len_2_63", "9223372036854775808" },
  { "header_len_minus_1", "18446744073709551615" },
  { "header_len_over_100mb", "limit" },
  { "header_len_short", "JSON" },
  { "header_array", "“{”" },
  { "header_not_json", "“{”" },
  { "header_trailing_nul", "behind" },
  { "header_trailing_junk", "behind" },
  { "header_trailing_comma", "comma" },
  { "header_bom", "“{”" },
  { "bad_utf8", "UTF-8" },
  { "lone_surrogate", "surrogate" },
  { "control_char_in_key", "control" },
  { "deep_nesting", "JSON" },
  { "offsets_reversed", "“a”" },
  { "offsets_negative", "negative" },
  { "offsets_float", "whole number" },
  { "offsets_exponent", "whole number" },
  { "offsets_too_big_for_u64", "2⁶⁴" },
  { "offsets_one", "JSON" },
  { "offsets_three", "JSON" },
  { "offsets_beyond_file", "bytes" },
  { "overlap", "“b”" },
  { "same_range_twice", "“b”" },
  { "hole_middle", "“b”" },
  { "hole_start", "“a”" },
  { "trailing_bytes", "bytes" },
  { "size_mismatch", "20 bytes" },
  { "shape_overflow", "2⁶⁴" },
  { "shape_overflow_zero", "2⁶⁴" },
  { "shape_negative", "negative" },
  { "shape_null", "JSON" },
  { "shape_string", "whole number" },
  { "dtype_unknown", "F33" },
  { "dtype_lowercase", "f32" },
  { "dtype_missing", "dtype" },
  { "shape_missing", "shape" },
  { "duplicate_field", "twice" },
  { "duplicate_names", "“a”" },
  { "metadata_number", "JSON" },
  { "metadata_nested", "JSON" },
  { "metadata_twice", "__metadata__" },
  { "f4_odd", "whole bytes" },
  { "truncated_data", "bytes" },
};

static const char *const accepted[] = {
  "header_leading_space",
  "header_trailing_spaces",
  "nul_in_key",
  "shape_rank_5000",
  "extra_field",
  "duplicate_names_same",
  "metadata_null",
  "not_in_order",
  "unaligned",
  "header_unaligned",
  "f6_e2m3",
  "f6_e3m2",
  "bool_value_2",
};

static char *
malformed (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".safetensors", NULL);

  return g_test_build_filename (G_TEST_DIST, "data", "safetensors", "malformed", file, NULL);
}

static void
test_refuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *path = malformed (refused[i][0]);

      g_assert_false (reader_host_read_file (&host, path, &error));
      if (strstr (error->message, refused[i][1]) == NULL)
        g_error ("%s: %s", refused[i][0], error->message);
    }
}

static void
test_accepts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *path = malformed (accepted[i]);

      g_assert_true (reader_host_read_file (&host, path, &error));
      g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), >=, 1);
    }
}

static void
test_keeps_odd_names (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = reader_host_data ("safetensors", "shapes.safetensors");

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_cmpint (reader_host_find (&host, ""), >=, 0);
}

static void
test_makes_a_tree (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "safetensors", "sharded", "model-00001-of-00003.safetensors", NULL);

  g_assert_true (reader_host_read_file (&host, path, &error));
  reader_host_expect (&host, "model.layers.0.self_attn.q_proj.weight", "model/layers/0/self_attn/q_proj/weight", ASSAY_DTYPE_BFLOAT16);
}

static void
test_survives_damage (void)
{
  g_autofree char *path = reader_host_data ("safetensors", "no_metadata.safetensors");

  g_assert_cmpuint (reader_host_truncate (path), ==, 0);
  reader_host_scramble (path, 0, 200);
}

static void
test_reads_shards (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "safetensors", "sharded", "model.safetensors.index.json", NULL);

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_cmpstr (assay_manifest_get_format (host.manifest), ==, "safetensors-sharded");
  g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), ==, 31);
  g_assert_cmpuint (host.n_files, ==, 4);
  g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 0);
}

/* The index with one name changed; what the first warning then says. */
static void
read_changed (const char *from, const char *to, guint n_variables, const char *word)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "safetensors", "sharded", "model.safetensors.index.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, from, to, 1), ==, 1);
  host.folder = g_path_get_dirname (path);
  g_assert_true (reader_host_read_bytes (&host, changed->str, changed->len, "model.safetensors.index.json", &error));
  g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), ==, n_variables);
  g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, >=, 1);
  g_assert_nonnull (strstr (assay_manifest_get_warnings (host.manifest)->pdata[0], word));
}

static void
test_warns_of_shards (void)
{
  /* In another shard than the index says: shown from there. */
  read_changed ("\"lm_head.weight\": \"model-00001", "\"lm_head.weight\": \"model-00002", 31, "but the index says");
  read_changed ("\"lm_head.weight\": \"model-00001", "\"lm_head.weight\": \"model-00007", 31, "model-00007-of-00003.safetensors” is missing");
  read_changed ("\"lm_head.weight\": \"model-00001", "\"lm_head.weight\": \"../shapes", 31, "refused");
  read_changed ("\"lm_head.weight\"", "\"nowhere\"", 30, "nowhere");
  read_changed ("total_size", "size", 31, "total_size");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/refuses", test_refuses);
  g_test_add_func ("/safetensors/accepts", test_accepts);
  g_test_add_func ("/safetensors/keeps-odd-names", test_keeps_odd_names);
  g_test_add_func ("/safetensors/makes-a-tree", test_makes_a_tree);
  g_test_add_func ("/safetensors/survives-damage", test_survives_damage);
  g_test_add_func ("/shards/reads", test_reads_shards);
  g_test_add_func ("/shards/warns", test_warns_of_shards);
  return g_test_run ();
}
