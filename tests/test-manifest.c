/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From a builder by frames to a manifest, and every lie that a frame can tell. */

#include <assay/error.h>
#include <assay/manifest.h>
#include <string.h>

#include "../src/manifest/frame-private.h"

#define FILE_SIZE 10000

static const guint64 sizes[] = { FILE_SIZE, 100 };

static gboolean
keep_frame (GVariant *frame, gpointer user_data, GError **error)
{
  /* As it comes over a socket: bytes without a past. */
  gsize     n_bytes = g_variant_get_size (frame);
  gpointer  bytes = g_memdup2 (g_variant_get_data (frame), n_bytes);
  GVariant *copy = g_variant_new_from_data (g_variant_get_type (frame), bytes, n_bytes, FALSE, g_free, bytes);

  g_ptr_array_add (user_data, g_variant_ref_sink (copy));
  return TRUE;
}

static AssayManifestFrame *
check (GVariant *frame, GError **error)
{
  AssayFrameLimits limits = { .n_files = G_N_ELEMENTS (sizes), .file_sizes = sizes };

  return assay_manifest_frame_check (g_variant_ref (frame), &limits, error);
}

/* A variable of every layout, in this order: see the enum below. */
enum
{
  RAW,
  PACKED,
  DEFLATED,
  CHUNKED,
  PIECES,
  INLINE,
  FILL,
  STRINGS,
  NONE,
  N_VARIABLES
};

static guint32
add (AssayManifestBuilder *builder, guint32 module, const char *name, AssayDtype dtype, guint64 rows, guint64 columns, const AssayLayout *layout)
{
  guint32 v = assay_manifest_builder_add_variable (builder, module, name, name, dtype, 0, NULL, 2, (guint64[]){ rows, columns }, 0);

  assay_manifest_builder_set_layout (builder, v, layout);
  return v;
}

static void
add_variables (AssayManifestBuilder *builder, guint32 module)
{
  static const guint64    chunk[] = { 4, 4 }, start[][2] = { { 0, 0 }, { 0, 2 } }, count[][2] = { { 4, 2 }, { 4, 2 } };
  const AssayLayoutPiece  pieces[] = { { 0, 100, start[0], count[0] }, { 1, 68, start[1], count[1] } };
  static const guint8     bytes[24] = { 1, 2, 3 };
  static const AssayDtype f4 = ASSAY_DTYPE_FLOAT32;

  add (builder, module, "raw", f4, 5, 5, &(AssayLayout){ .kind = ASSAY_LAYOUT_RAW, .offset = FILE_SIZE - 100, .length = 100, .big_endian = TRUE });
  add (builder, module, "packed", ASSAY_DTYPE_INT4, 3, 5, &(AssayLayout){ .kind = ASSAY_LAYOUT_RAW, .offset = 8, .length = 8 });
  add (builder, module, "deflated", f4, 5, 5, &(AssayLayout){ .kind = ASSAY_LAYOUT_DEFLATED, .offset = 9, .length = 50, .inner_offset = 28, .inner_length = 128 });
  add (builder, module, "chunked", f4, 10, 9, &(AssayLayout){ .kind = ASSAY_LAYOUT_CHUNKED, .cookie = 77, .filters = ASSAY_FILTER_DEFLATE, .chunk = chunk, .inline_bytes = bytes, .n_inline_bytes = 4 });
  add (builder, module, "pieces", f4, 4, 4, &(AssayLayout){ .kind = ASSAY_LAYOUT_PIECES, .n_pieces = 2, .pieces = pieces });
  add (builder, module, "inline", f4, 2, 3, &(AssayLayout){ .kind = ASSAY_LAYOUT_INLINE, .inline_bytes = bytes, .n_inline_bytes = 24 });
  add (builder, module, "fill", f4, 1000000, 1000000, &(AssayLayout){ .kind = ASSAY_LAYOUT_FILL, .inline_bytes = bytes, .n_inline_bytes = 4 });
  add (builder, module, "strings", ASSAY_DTYPE_STRING, 2, 2, &(AssayLayout){ .kind = ASSAY_LAYOUT_STRINGS, .cookie = 5 });
  assay_manifest_builder_set_reason (builder, add (builder, module, "none", f4, 1, 1, &(AssayLayout){ 0 }), "It is %s", "elsewhere");
}

/* A frame with something in every column. */
static GVariant *
make_frame (void)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (keep_frame, frames);
  guint32 layers = assay_manifest_builder_add_module (builder, 0, "layers", NULL, ASSAY_FLAG_ORDERED);
  guint32 dense = assay_manifest_builder_add_module (builder, layers, "dense", "Dense", 0);

  assay_manifest_builder_set_format (builder, "hdf5");
  add_variables (builder, dense);
  assay_manifest_builder_set_module_facts (builder, layers, "Sequential", ASSAY_FLAG_TRAINABLE);
  assay_manifest_builder_set_module_attribute (builder, dense, "units", "16");
  assay_manifest_builder_set_module_attribute (builder, layers, "config", "{\"name\": \"a\"}");
  assay_manifest_builder_set_module_attribute (builder, dense, "nan", "[NaN, \"x\"]");
  assay_manifest_builder_set_variable_attribute (builder, INLINE, "unit", "\"m/s\"");
  assay_manifest_builder_add_warning (builder, "It is %s", "odd");
  g_assert_true (assay_manifest_builder_flush (builder, NULL));
  return g_variant_ref (frames->pdata[0]);
}

static void
assert_modules (AssayManifest *manifest)
{
  AssayManifestModule module;
  g_autofree char    *path = assay_manifest_dup_module_path (manifest, 2);
  g_autofree char    *attributes = assay_manifest_dup_module_attributes (manifest, 2);
  g_autofree char    *config = assay_manifest_dup_module_attributes (manifest, 1);

  g_assert_cmpuint (assay_manifest_get_n_modules (manifest), ==, 3);
  assay_manifest_get_module (manifest, 0, &module);
  g_assert_cmpuint (module.parent, ==, G_MAXUINT32);
  assay_manifest_get_module (manifest, 1, &module);
  g_assert_cmpstr (module.class_name, ==, "Sequential");
  g_assert_cmpuint (module.flags, ==, ASSAY_FLAG_ORDERED | ASSAY_FLAG_TRAINABLE);
  g_assert_cmpstr (path, ==, "layers/dense");
  g_assert_cmpstr (config, ==, "{\"config\": {\"name\": \"a\"}}");
  g_assert_cmpstr (attributes, ==, "{\"units\": 16, \"nan\": \"[NaN, \\\"x\\\"]\"}");
}

static void
assert_layouts (AssayManifest *manifest)
{
  AssayLayout layout;

  assay_manifest_get_layout (manifest, RAW, &layout);
  g_assert_true (layout.kind == ASSAY_LAYOUT_RAW && layout.big_endian && layout.offset == FILE_SIZE - 100 && layout.length == 100);
  assay_manifest_get_layout (manifest, DEFLATED, &layout);
  g_assert_true (layout.inner_offset == 28 && layout.inner_length == 128 && !layout.big_endian);
  assay_manifest_get_layout (manifest, CHUNKED, &layout);
  g_assert_true (layout.cookie == 77 && layout.filters == ASSAY_FILTER_DEFLATE && layout.chunk[1] == 4 && layout.n_inline_bytes == 4);
  assay_manifest_get_layout (manifest, PIECES, &layout);
  g_assert_true (layout.n_pieces == 2 && layout.extra_pieces[6] == 1 && layout.extra_pieces[7] == 68 && layout.extra_pieces[9] == 2);
  assay_manifest_get_layout (manifest, INLINE, &layout);
  g_assert_cmpmem (layout.inline_bytes, layout.n_inline_bytes, ((guint8[24]){ 1, 2, 3 }), 24);
  assay_manifest_get_layout (manifest, STRINGS, &layout);
  g_assert_cmpuint (layout.cookie, ==, 5);
}

static void
test_manifest_says_what_was_built (void)
{
  g_autoptr (AssayManifest) manifest = assay_manifest_new ();
  g_autoptr (GVariant) variant = make_frame ();
  g_autoptr (GError) error = NULL;
  AssayManifestFrame   *frame = check (variant, &error);
  AssayManifestVariable variable;
  g_autofree char      *path = NULL, *attributes = NULL;

  g_assert_no_error (error);
  assay_manifest_append (manifest, frame);
  g_assert_cmpstr (assay_manifest_get_format (manifest), ==, "hdf5");
  assert_modules (manifest);
  assert_layouts (manifest);
  g_assert_cmpuint (assay_manifest_get_n_variables (manifest), ==, N_VARIABLES);
  assay_manifest_get_variable (manifest, NONE, &variable);
  g_assert_cmpstr (variable.reason, ==, "It is elsewhere");
  assay_manifest_get_variable (manifest, PACKED, &variable);
  g_assert_true (variable.reason == NULL && variable.n_elements == 15 && variable.n_bytes == 8 && variable.shape[1] == 5);
  g_assert_cmpstr (variable.dtype_name, ==, assay_dtype_get_info (ASSAY_DTYPE_INT4)->name);
  path = assay_manifest_dup_variable_path (manifest, INLINE);
  attributes = assay_manifest_dup_variable_attributes (manifest, INLINE);
  g_assert_cmpstr (path, ==, "layers/dense/inline");
  g_assert_cmpstr (attributes, ==, "{\"unit\": \"m/s\"}");
  g_assert_cmpstr (assay_manifest_get_warnings (manifest)->pdata[0], ==, "It is odd");
  g_assert_false (assay_manifest_is_complete (manifest));
}

static void
count_cb (AssayManifest *manifest, guint *n)
{
  ++*n;
}

/* Later frames go on counting where earlier ones stopped, and may speak of what those brought. */
static void
test_manifest_grows (void)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (keep_frame, frames);
  g_autoptr (AssayManifest) manifest = assay_manifest_new ();
  guint16               depths[4] = { 0, 1, 2, 3 };
  AssayFrameLimits      limits = { .module_depths = depths, .n_files = 1, .file_sizes = sizes };
  AssayManifestVariable variable;
  AssayManifestModule   module;
  guint                 n_grown = 0;

  g_signal_connect (manifest, "grown", G_CALLBACK (count_cb), &n_grown);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%u", i);
      guint32          m = assay_manifest_builder_add_module (builder, i, name, NULL, 0);

      assay_manifest_builder_set_raw (builder, assay_manifest_builder_add_variable (builder, m, name, name, ASSAY_DTYPE_UINT8, 0, NULL, 0, NULL, 0), 0, i, 1, FALSE);
      if (i == 2)
        assay_manifest_builder_set_module_facts (builder, 1, "Late", 0);
      g_assert_true (assay_manifest_builder_flush (builder, NULL));
      assay_manifest_append (manifest, assay_manifest_frame_check (g_variant_ref (frames->pdata[i]), &limits, NULL));
      limits.n_modules = assay_manifest_get_n_modules (manifest);
      limits.n_variables = assay_manifest_get_n_variables (manifest);
      g_assert_cmpuint (n_grown, ==, i + 1);
    }
  for (guint i = 0; i < 3; i++)
    {
      AssayLayout layout;

      assay_manifest_get_variable (manifest, i, &variable);
      assay_manifest_get_layout (manifest, i, &layout);
      g_assert_true (variable.module == i + 1 && variable.rank == 0 && variable.n_elements == 1 && layout.offset == i);
    }
  assay_manifest_get_module (manifest, 1, &module);
  g_assert_cmpstr (module.class_name, ==, "Late");
}

/* A frame in which one column is another. */
static GVariant *
with_column (GVariant *frame, guint column, GVariant *value)
{
  GVariant *columns[N_COLUMNS];
  GVariant *changed;

  for (guint i = 0; i < N_COLUMNS; i++)
    columns[i] = i == column ? g_variant_ref_sink (value) : g_variant_get_child_value (frame, i);
  changed = g_variant_ref_sink (g_variant_new_tuple (columns, N_COLUMNS));
  for (guint i = 0; i < N_COLUMNS; i++)
    g_variant_unref (columns[i]);
  return changed;
}

static gsize
get_item_size (GVariant *column)
{
  switch (g_variant_get_type_string (column)[1])
    {
    case 't':
      return 8;
    case 'u':
      return 4;
    default:
      return 1;
    }
}

/* A column of numbers in which item `index` is another; behind the end it grows by one; G_MAXUINT leaves out the last. */
static GVariant *
with_item (GVariant *frame, guint column, guint index, guint64 value)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (frame, column);
  gsize              item_size = get_item_size (child), n;
  gconstpointer      items = g_variant_get_fixed_array (child, &n, item_size);
  g_autofree guint8 *changed = g_malloc0 ((n + 1) * item_size);

  memcpy (changed, items, n * item_size);
  if (index == G_MAXUINT)
    n--;
  else
    memcpy (changed + index * item_size, &value, item_size);
  return with_column (frame, column,
                      g_variant_new_fixed_array (g_variant_type_element (g_variant_get_type (child)), changed, MAX (n, index + 1), item_size));
}

/* One number that isn't what it was, and what is said of it. */
static const struct
{
  guint       column, index;
  guint64     value;
  const char *said;
} lies[] = {
  { COLUMN_MODULE_PARENT, 0, 0, "a module that stands in a later one" },
  { COLUMN_MODULE_PARENT, 1, 1, "a module that stands in a later one" },
  { COLUMN_MODULE_PARENT, 2, G_MAXUINT32, "a module that stands in a later one" },
  { COLUMN_MODULE_PARENT, 3, 0, "columns of unlike lengths" },
  { COLUMN_MODULE_FLAGS, 1, 1 << 6, "a flag that does not exist" },
  { COLUMN_FACT_MODULE, 0, 3, "a fact about no module" },
  { COLUMN_FACT_FLAGS, 0, 1u << 31, "a flag that does not exist" },
  { COLUMN_MODULE_ATTRIBUTE_MODULE, 2, 3, "an attribute of no module" },
  { COLUMN_MODULE_ATTRIBUTE_MODULE, 2, 0, "an attribute of no module" },
  { COLUMN_MODULE_ATTRIBUTE_MODULE, 3, 2, "names missing" },
  { COLUMN_VARIABLE_ATTRIBUTE_VARIABLE, 0, N_VARIABLES, "an attribute of no variable" },
  { COLUMN_VARIABLE_MODULE, RAW, 3, "a variable in no module" },
  { COLUMN_VARIABLE_MODULE, N_VARIABLES, 0, "columns of unlike lengths" },
  { COLUMN_VARIABLE_FLAGS, RAW, 1 << 6, "a flag that does not exist" },
  { COLUMN_VARIABLE_DTYPE, RAW, 0, "a dtype that does not exist" },
  { COLUMN_VARIABLE_DTYPE, RAW, ASSAY_N_DTYPES, "a dtype that does not exist" },
  { COLUMN_VARIABLE_DTYPE, RAW, 255, "a dtype that does not exist" },
  { COLUMN_VARIABLE_DTYPE, RAW, ASSAY_DTYPE_FLOAT64, "elements of a wrong size" },
  { COLUMN_VARIABLE_ITEM_SIZE, RAW, 8, "elements of a wrong size" },
  { COLUMN_VARIABLE_ITEM_SIZE, STRINGS, 1, "elements of a wrong size" },
  { COLUMN_VARIABLE_RANK, RAW, 1, "columns of unlike lengths" },
  { COLUMN_VARIABLE_RANK, RAW, 3, "columns of unlike lengths" },
  { COLUMN_VARIABLE_RANK, RAW, ASSAY_MAX_RANK + 1, "too many dimensions" },
  { COLUMN_VARIABLE_SHAPES, 0, 6, "a value whose size is not its shape’s" },
  { COLUMN_VARIABLE_SHAPES, 0, G_MAXUINT64, "a variable larger than can be" },
  { COLUMN_VARIABLE_SHAPES, 2 * FILL, G_GUINT64_CONSTANT (1) << 50, "a variable larger than can be" },
  { COLUMN_VARIABLE_SHAPES, 2 * N_VARIABLES, 1, "columns of unlike lengths" },
  { COLUMN_VARIABLE_SHAPES, G_MAXUINT, 0, "columns of unlike lengths" },
  { COLUMN_LAYOUT_KIND, RAW, ASSAY_N_LAYOUTS, "a layout that does not exist" },
  { COLUMN_LAYOUT_KIND, RAW, 127, "a layout that does not exist" },
  { COLUMN_LAYOUT_KIND, RAW, ASSAY_LAYOUT_STRINGS, "strings that are not strings" },
  { COLUMN_LAYOUT_KIND, STRINGS, ASSAY_LAYOUT_RAW, "strings that are not strings" },
  { COLUMN_LAYOUT_KIND, RAW, ASSAY_LAYOUT_INLINE, "columns of unlike lengths" },
  { COLUMN_LAYOUT_KIND, RAW, ASSAY_LAYOUT_NONE, "names missing" },
  { COLUMN_LAYOUT_FILE, RAW, 2, "a value outside its file" },
  { COLUMN_LAYOUT_FILE, RAW, 1, "a value outside its file" },
  { COLUMN_LAYOUT_FILE, DEFLATED, 2, "a value outside its file" },
  { COLUMN_LAYOUT_FILE, CHUNKED, 2, "chunks in no file" },
  { COLUMN_LAYOUT_OFFSET, RAW, FILE_SIZE - 99, "a value outside its file" },
  { COLUMN_LAYOUT_OFFSET, RAW, G_MAXUINT64 - 50, "a value outside its file" },
  { COLUMN_LAYOUT_OFFSET, DEFLATED, FILE_SIZE - 49, "a value outside its file" },
  { COLUMN_LAYOUT_LENGTH, RAW, 99, "a value whose size is not its shape’s" },
  { COLUMN_LAYOUT_LENGTH, RAW, G_MAXUINT64, "a value whose size is not its shape’s" },
  { COLUMN_LAYOUT_LENGTH, PACKED, 7, "a value whose size is not its shape’s" },
  { COLUMN_LAYOUT_LENGTH, DEFLATED, G_MAXUINT64, "a value outside its file" },
  { COLUMN_LAYOUT_EXTRA, 0, 29, "a value outside its member" },          /* inner offset */
  { COLUMN_LAYOUT_EXTRA, 0, G_MAXUINT64, "a value outside its member" }, /* inner offset */
  { COLUMN_LAYOUT_EXTRA, 1, G_MAXUINT64, "a value outside its member" }, /* inner length */
  { COLUMN_LAYOUT_EXTRA, 1, 1 << 20, "a member that can’t inflate to so much" },
  { COLUMN_LAYOUT_EXTRA, 3, 8, "a chunk grid without a shape" },           /* filters */
  { COLUMN_LAYOUT_EXTRA, 4, 0, "chunks of an impossible size" },           /* chunk */
  { COLUMN_LAYOUT_EXTRA, 5, G_MAXUINT64, "chunks of an impossible size" }, /* chunk */
  { COLUMN_LAYOUT_EXTRA, 5, 1 << 29, "chunks of more than 4 GB" },         /* chunk */
  { COLUMN_LAYOUT_EXTRA, 6, 1000, "pieces without number" },               /* number of pieces */
  { COLUMN_LAYOUT_EXTRA, 6, 3, "a piece without a place" },                /* number of pieces */
  { COLUMN_LAYOUT_EXTRA, 6, 1, "columns of unlike lengths" },              /* number of pieces */
  { COLUMN_LAYOUT_EXTRA, 7, 2, "a piece outside its file" },               /* file */
  { COLUMN_LAYOUT_EXTRA, 8, FILE_SIZE, "a piece outside its file" },       /* offset */
  { COLUMN_LAYOUT_EXTRA, 9, 1, "a piece outside its variable" },           /* start */
  { COLUMN_LAYOUT_EXTRA, 9, G_MAXUINT64, "a piece outside its variable" }, /* start */
  { COLUMN_LAYOUT_EXTRA, 11, 5, "a piece outside its variable" },          /* count */
  { COLUMN_LAYOUT_EXTRA, 20, 0, "columns of unlike lengths" },             /* behind the end */
  { COLUMN_LAYOUT_N_INLINE, 0, 3, "columns of unlike lengths" },
  { COLUMN_LAYOUT_N_INLINE, 1, 1 << 30, "columns of unlike lengths" },
  { COLUMN_LAYOUT_N_INLINE, G_MAXUINT, 0, "columns of unlike lengths" },
  { COLUMN_LAYOUT_INLINE, 32, 0, "columns of unlike lengths" },
};

static void
assert_refused (GVariant *frame, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = g_strdup_printf ("The reader sent what can’t be true (%s); the file is damaged or hostile", said);

  g_assert_null (check (frame, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_manifest_refuses_every_lie (void)
{
  g_autoptr (GVariant) frame = make_frame ();

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GVariant) lie = with_item (frame, lies[i].column, lies[i].index, lies[i].value);

      g_test_message ("column %u, item %u", lies[i].column, lies[i].index);
      assert_refused (lie, lies[i].said);
    }
}

/* Fill values and inline values keep their sums, but not their sizes. */
static void
test_manifest_refuses_inline_of_wrong_size (void)
{
  g_autoptr (GVariant) frame = make_frame ();
  g_autoptr (GVariant) one = with_item (frame, COLUMN_LAYOUT_N_INLINE, 0, 3);
  g_autoptr (GVariant) chunked = with_item (one, COLUMN_LAYOUT_N_INLINE, 1, 25);
  g_autoptr (GVariant) two = with_item (frame, COLUMN_LAYOUT_N_INLINE, 1, 23);
  g_autoptr (GVariant) inlined = with_item (two, COLUMN_LAYOUT_N_INLINE, 2, 5);

  assert_refused (chunked, "a fill value of a wrong size");
  assert_refused (inlined, "an inline value whose size is not its shape’s");
}

static GVariant *
with_text (GVariant *frame, guint column, const char *text, gsize n_bytes)
{
  return with_column (frame, column, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, n_bytes, 1));
}

#define TEXT(text) text, sizeof text - 1

static void
test_manifest_refuses_bad_texts (void)
{
  g_autoptr (GVariant) frame = make_frame ();
  const struct
  {
    guint       column;
    const char *text;
    gsize       n_bytes;
    const char *said;
  } texts[] = {
    { COLUMN_MODULE_NAMES, TEXT ("\0\0layers\0\0dense\0Dense"), "a name without an end" },
    { COLUMN_MODULE_NAMES, TEXT ("\0\0layers\0\0dense\0"), "names missing" },
    { COLUMN_MODULE_NAMES, TEXT ("\0\0layers\0\0dense\0Dense\0more\0"), "names missing" },
    { COLUMN_MODULE_NAMES, TEXT ("\0\0layers\0\0d\xffnse\0Dense\0"), "a name that is not UTF-8" },
    { COLUMN_MODULE_NAMES, TEXT (""), "names missing" },
    { COLUMN_VARIABLE_NAMES, TEXT ("\0"), "names missing" },
    { COLUMN_WARNINGS, TEXT ("\xc3\0"), "a name that is not UTF-8" },
    { COLUMN_VARIABLE_ATTRIBUTES, TEXT ("unit\0m/s\0"), "an attribute that is not JSON" },
    { COLUMN_VARIABLE_ATTRIBUTES, TEXT ("unit\0\"m\", \"key\": 1\0"), "an attribute that is not JSON" },
    { COLUMN_VARIABLE_ATTRIBUTES, TEXT ("unit\0\0"), "an attribute that is not JSON" },
    { COLUMN_VARIABLE_ATTRIBUTES, TEXT ("unit\0"), "names missing" },
    { COLUMN_LAYOUT_REASONS, TEXT ("one\0two\0"), "names missing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) lie = with_text (frame, texts[i].column, texts[i].text, texts[i].n_bytes);

      assert_refused (lie, texts[i].said);
    }
}

static void
test_manifest_refuses_what_is_no_frame (void)
{
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("frame"));
  g_autoptr (GVariant) frame = make_frame ();
  g_autoptr (GVariant) cut = g_variant_ref_sink (g_variant_new_from_data (g_variant_get_type (frame), g_variant_get_data (frame),
                                                                          g_variant_get_size (frame) - 1, FALSE, NULL, NULL));
  g_autofree guint8 *long_bytes = g_malloc0 (g_variant_get_size (frame) + 1000);
  g_autoptr (GVariant) longer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new_from_data (g_variant_get_type (frame), "", 0, FALSE, NULL, NULL));

  memcpy (long_bytes, g_variant_get_data (frame), g_variant_get_size (frame));
  longer = g_variant_ref_sink (g_variant_new_from_data (g_variant_get_type (frame), long_bytes, g_variant_get_size (frame) + 1000, FALSE, NULL, NULL));
  assert_refused (other, "no frame");
  g_assert_null (check (cut, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
  assert_refused (longer, "a manifest without a root");
  assert_refused (empty, "a manifest without a root");
}

/* Reads all that a manifest says, so that the sanitizers see it. Returns something of it. */
static guint64
walk (AssayManifest *manifest)
{
  guint64 sum = 0;

  for (guint32 i = 0; i < assay_manifest_get_n_modules (manifest); i++)
    {
      g_autofree char *path = assay_manifest_dup_module_path (manifest, i);
      g_autofree char *attributes = assay_manifest_dup_module_attributes (manifest, i);

      sum += strlen (path) + (attributes ? strlen (attributes) : 0);
    }
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, i);
      g_autofree char      *attributes = assay_manifest_dup_variable_attributes (manifest, i);
      AssayManifestVariable variable;
      AssayLayout           layout;

      assay_manifest_get_variable (manifest, i, &variable);
      assay_manifest_get_layout (manifest, i, &layout);
      for (guint axis = 0; axis < variable.rank; axis++)
        sum += variable.shape[axis] + (layout.chunk ? layout.chunk[axis] : 0);
      for (gsize b = 0; b < layout.n_inline_bytes; b++)
        sum += layout.inline_bytes[b];
      for (gsize p = 0; p < layout.n_pieces * (2 + 2 * (gsize) variable.rank); p++)
        sum += layout.extra_pieces[p];
      sum += strlen (path) + strlen (variable.key) + strlen (variable.dtype_name);
      if (layout.kind == ASSAY_LAYOUT_RAW)
        g_assert_true (layout.file < G_N_ELEMENTS (sizes) && layout.offset + layout.length <= sizes[layout.file]);
    }
  return sum;
}

/* Whatever the bytes are, a frame is refused or can be used. */
static void
test_manifest_any_bytes_are_safe (void)
{
  g_autoptr (GVariant) frame = make_frame ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20);
  gsize n_bytes = g_variant_get_size (frame);
  guint n_taken = 0, n_refused = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree guint8 *bytes = g_memdup2 (g_variant_get_data (frame), n_bytes);
      g_autoptr (AssayManifest) manifest = assay_manifest_new ();
      g_autoptr (GVariant) changed = NULL;
      AssayManifestFrame *taken;

      for (int i = g_rand_int_range (random, 1, 4); i > 0; i--)
        bytes[g_rand_int_range (random, 0, n_bytes)] = g_rand_int_range (random, 0, 256);
      changed = g_variant_ref_sink (g_variant_new_from_data (g_variant_get_type (frame), bytes, n_bytes, FALSE, NULL, NULL));
      taken = check (changed, NULL);
      if (taken != NULL)
        {
          assay_manifest_append (manifest, taken);
          walk (manifest);
          n_taken++;
        }
      else
        n_refused++;
    }
  g_test_message ("%u taken, %u refused", n_taken, n_refused);
  g_assert_cmpuint (n_taken, >, 100);
  g_assert_cmpuint (n_refused, >, 1000);
}

static void
test_manifest_depth_is_bounded (void)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (keep_frame, frames);
  g_autoptr (AssayManifest) manifest = assay_manifest_new ();
  g_autoptr (GError) error = NULL;
  AssayManifestFrame *frame;
  g_autoptr (GVariant) lie = NULL;
  g_autofree char *path = NULL;
  guint32          m = 0;

  for (guint i = 0; i < 3 * ASSAY_MANIFEST_MAX_DEPTH; i++)
    m = assay_manifest_builder_add_module (builder, m, "m", NULL, 0);
  g_assert_true (assay_manifest_builder_flush (builder, NULL));
  frame = check (frames->pdata[0], &error);
  g_assert_no_error (error);
  assay_manifest_append (manifest, frame);
  path = assay_manifest_dup_module_path (manifest, m);
  g_assert_cmpuint (strlen (path), ==, 2 * ASSAY_MANIFEST_MAX_DEPTH - 1);
  g_assert_cmpuint (assay_manifest_get_warnings (manifest)->len, ==, 1);

  lie = with_item (frames->pdata[0], COLUMN_MODULE_PARENT, ASSAY_MANIFEST_MAX_DEPTH + 1, ASSAY_MANIFEST_MAX_DEPTH);
  assert_refused (lie, "modules that stand too deep");
}

static void
test_manifest_paths_become_modules (void)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (keep_frame, frames);
  g_autofree char *name = NULL, *second = NULL, *plain = NULL, *deep = g_strnfill (100000, '.'), *whole = NULL;
  guint32          a = assay_manifest_builder_ensure_path (builder, 0, "encoder.layer.3.weight", '.', &name);
  guint32          b = assay_manifest_builder_ensure_path (builder, 0, "encoder.layer.3.bias", '.', &second);

  g_assert_cmpuint (a, ==, 3);
  g_assert_cmpuint (b, ==, a);
  g_assert_cmpstr (name, ==, "weight");
  g_assert_cmpstr (second, ==, "bias");
  g_assert_cmpuint (assay_manifest_builder_ensure_path (builder, 0, "alone", '.', &plain), ==, 0);
  g_assert_cmpstr (plain, ==, "alone");
  g_assert_cmpuint (assay_manifest_builder_ensure_path (builder, 0, deep, '.', &whole), ==, 0);
  g_assert_cmpstr (whole, ==, deep);
}

/* What 100,000 variables take, told with -m perf. */
static void
test_manifest_is_fast (void)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (keep_frame, frames);
  AssayManifestFrame *frame;
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time (), built, checked;

  for (guint i = 0; i < 100000; i++)
    {
      char    key[64];
      guint32 v;

      g_snprintf (key, sizeof key, "encoder.layer.%u.attention.weight", i);
      v = assay_manifest_builder_add_variable (builder, 0, key + 14, key, ASSAY_DTYPE_FLOAT32, 0, NULL, 2, (guint64[]){ 4, 4 }, 0);
      assay_manifest_builder_set_raw (builder, v, 0, i % 1000, 64, FALSE);
    }
  g_assert_true (assay_manifest_builder_flush (builder, NULL));
  built = g_get_monotonic_time ();
  frame = check (frames->pdata[0], &error);
  g_assert_no_error (error);
  checked = g_get_monotonic_time ();
  g_test_message ("100,000 variables: built in %.1f ms, checked in %.1f ms, %.1f MB", (built - begin) / 1e3, (checked - built) / 1e3,
                  (g_variant_get_size (frame->variant) + frame->n_variables * 7 * sizeof (guint32)) / 1e6);
  if (g_test_perf ())
    {
      g_assert_cmpint (built - begin, <, 50000);
      g_assert_cmpint (checked - built, <, 10000);
    }
  g_assert_cmpuint (g_variant_get_size (frame->variant), <, 20000000);
  assay_manifest_frame_free (frame);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/says-what-was-built", test_manifest_says_what_was_built);
  g_test_add_func ("/manifest/grows", test_manifest_grows);
  g_test_add_func ("/manifest/refuses-every-lie", test_manifest_refuses_every_lie);
  g_test_add_func ("/manifest/refuses-inline-of-wrong-size", test_manifest_refuses_inline_of_wrong_size);
  g_test_add_func ("/manifest/refuses-bad-texts", test_manifest_refuses_bad_texts);
  g_test_add_func ("/manifest/refuses-what-is-no-frame", test_manifest_refuses_what_is_no_frame);
  g_test_add_func ("/manifest/any-bytes-are-safe", test_manifest_any_bytes_are_safe);
  g_test_add_func ("/manifest/depth-is-bounded", test_manifest_depth_is_bounded);
  g_test_add_func ("/manifest/paths-become-modules", test_manifest_paths_become_modules);
  g_test_add_func ("/manifest/is-fast", test_manifest_is_fast);
  return g_test_run ();
}
