/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs that are kept, and their rows: the order of running, nested models, what changes from run to run; pictures as inputs. */

#include <assay/input-recipe.h>
#include <assay/run-rows.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static void
step_until (gboolean *done)
{
  while (!*done)
    g_main_context_iteration (NULL, TRUE);
}

static AssayDocument *
open_model (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", name, NULL);
  g_autoptr (GError) error = NULL;
  AssayDocument *document = assay_document_open (path, NULL, &error);

  g_assert_no_error (error);
  return document;
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  assay_run_session_load_finish (ASSAY_RUN_SESSION (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static AssayRunSession *
load (AssayDocument *document)
{
  AssayRunSession *session = assay_run_session_new (document);
  gboolean         done = FALSE;

  assay_run_session_load_async (session, loaded_cb, &done);
  step_until (&done);
  return session;
}

typedef struct
{
  gboolean        done;
  AssayRunRecord *record; /* the session's */
  GError         *error;
} Ran;

static void
ran_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Ran *ran = data;

  ran->record = assay_run_session_run_finish (ASSAY_RUN_SESSION (object), result, &ran->error);
  ran->done = TRUE;
}

/* Takes the recipe over. */
static AssayRunRecord *
run_with (AssayRunSession *session, AssayInputRecipe *recipe, AssayJob *job, GError **error)
{
  g_autoptr (GPtrArray) recipes = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_input_recipe_free);
  Ran ran = { 0 };

  g_ptr_array_add (recipes, recipe);
  assay_run_session_run_recipes_async (session, "serving_default", recipes, job, ran_cb, &ran);
  step_until (&ran.done);
  if (ran.error != NULL)
    g_propagate_error (error, ran.error);
  return ran.record;
}

static AssayInputRecipe *
recipe_new (AssayInputWay way, const char *text, const char *path)
{
  AssayInputRecipe recipe = { .way = way, .text = (char *) text, .path = (char *) path, .seed = 1, .picture = { .scale = ASSAY_PICTURE_16 } };

  return assay_input_recipe_copy (&recipe);
}

static AssayRunRecord *
run_on_seven (AssayRunSession *session)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "example", "pictures", "seven.png", NULL);
  g_autoptr (GError) error = NULL;
  AssayRunRecord *record = run_with (session, recipe_new (ASSAY_INPUT_PICTURE, NULL, path), NULL, &error);

  g_assert_no_error (error);
  return record;
}

/* Titles as a tree: "a(b c) d". */
static void
write_titles (GListModel *rows, GString *text)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (AssayRunRow) row = g_list_model_get_item (rows, i);

      g_string_append_printf (text, "%s%s", i ? " " : "", assay_run_row_get_title (row));
      if (assay_run_row_get_children (row) != NULL)
        {
          g_string_append_c (text, '(');
          write_titles (assay_run_row_get_children (row), text);
          g_string_append_c (text, ')');
        }
    }
}

static void
wait_for_numbers (AssayRunRow *row, gboolean change)
{
  while (assay_run_row_get_statistics (row) == NULL || (change && assay_run_row_get_change (row, NULL) == ASSAY_RUN_CHANGE_NONE))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_rows_are_in_the_order_of_running (void)
{
  g_autoptr (AssayDocument) document = open_model ("data/example/digits.h5");
  g_autoptr (AssayRunSession) session = load (document);
  g_autoptr (AssayRunRows) rows = assay_run_rows_new (run_on_seven (session));
  g_autoptr (GString) text = g_string_new (NULL);
  AssayRunRow *input = assay_run_rows_find (rows, "picture");
  AssayValue  *value;

  write_titles (assay_run_rows_get_list (rows), text);
  g_assert_cmpstr (text->str, ==, "picture features(conv2d max_pooling2d conv2d_1 batch_normalization) classifier(flatten dense dense_1)");
  wait_for_numbers (input, FALSE);
  g_assert_cmpfloat (assay_run_row_get_statistics (input)->max, ==, 16);
  value = assay_run_row_get_value (assay_run_rows_find (rows, "features.conv2d_1"));
  g_assert_cmpint (assay_value_get_shape (value)->dims[3], ==, 16);
  g_assert_cmpint (assay_run_row_get_change (input, NULL), ==, ASSAY_RUN_CHANGE_NONE);
  assay_document_close (document);
}

static void
edited_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_assert_true (assay_document_edit_formula_finish (ASSAY_DOCUMENT (object), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
halve (AssayDocument *document, const char *name)
{
  AssayNode *node = assay_document_find (document, name);
  gboolean   done = FALSE;

  g_assert_nonnull (node);
  assay_document_edit_formula_async (document, node, NULL, NULL, "x * 0.5", NULL, edited_cb, &done);
  step_until (&done);
}

static void
test_an_edit_shows_in_the_rows (void)
{
  g_autoptr (AssayDocument) document = open_model ("data/example/digits.h5");
  g_autoptr (AssayRunSession) session = load (document);
  AssayRunRecord *before = run_on_seven (session), *after;
  g_autoptr (AssayRunRows) rows = NULL;
  double relative;

  halve (document, "features/conv2d/kernel");
  after = run_on_seven (session);
  g_assert_cmpstr (assay_run_record_get_edits (before), ==, "");
  g_assert_cmpstr (assay_run_record_get_edits (after), !=, "");
  rows = assay_run_rows_new (after);
  assay_run_rows_set_base (rows, before);
  wait_for_numbers (assay_run_rows_find (rows, "classifier.dense_1"), TRUE);
  g_assert_cmpint (assay_run_row_get_change (assay_run_rows_find (rows, "picture"), NULL), ==, ASSAY_RUN_CHANGE_SAME);
  g_assert_cmpint (assay_run_row_get_change (assay_run_rows_find (rows, "features.conv2d"), &relative), ==, ASSAY_RUN_CHANGE_VALUES);
  /* conv2d is ReLU (w x + b) with a small b: half of w gives nearly half of it. */
  g_assert_cmpfloat (fabs (relative - 0.5), <, 0.05);
  /* Without a base nothing is said. */
  assay_run_rows_set_base (rows, NULL);
  g_assert_cmpint (assay_run_row_get_change (assay_run_rows_find (rows, "features.conv2d"), NULL), ==, ASSAY_RUN_CHANGE_NONE);
  assay_document_close (document);
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  assay_document_save_finish (ASSAY_DOCUMENT (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* A copy of the example that may be changed. */
static char *
copy_example (void)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "data", "example", "digits.h5", NULL), *bytes = NULL;
  g_autoptr (GError) error = NULL;
  char *path;
  gsize n_bytes;
  int   fd = g_file_open_tmp ("run-XXXXXX.h5", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_get_contents (from, &bytes, &n_bytes, NULL) && g_file_set_contents (path, bytes, n_bytes, NULL));
  return path;
}

static void
assert_same_value (AssayRunRecord *a, AssayRunRecord *b, const char *key, gboolean same)
{
  AssayValue *values[] = { assay_run_record_find (a, key), assay_run_record_find (b, key) };

  g_assert_true (values[0] != NULL && values[1] != NULL);
  g_assert_cmpint (memcmp (assay_value_get_data (values[0]), assay_value_get_data (values[1]), 10 * sizeof (float)) == 0, ==, same);
}

static void
test_what_was_saved_is_run (void)
{
  g_autofree char *path = copy_example ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayDocument) document = assay_document_open (path, NULL, &error);
  g_autoptr (AssayRunSession) session = load (document);
  AssayRunRecord *before = run_on_seven (session), *edited, *saved;
  gboolean        done = FALSE;

  halve (document, "features/conv2d/kernel");
  edited = run_on_seven (session);
  assert_same_value (before, edited, "classifier.dense_1", FALSE);
  assay_document_save_async (document, NULL, NULL, 0, saved_cb, &done);
  step_until (&done);
  saved = run_on_seven (session);
  g_assert_cmpstr (assay_run_record_get_edits (saved), ==, "");
  assert_same_value (edited, saved, "classifier.dense_1", TRUE);
  assay_document_close (document);
  g_unlink (path);
}

static void
test_operations_stand_in_their_scopes (void)
{
  g_autoptr (AssayDocument) document = open_model ("tests/data/keras/sequential_cnn/saved_model");
  g_autoptr (AssayRunSession) session = load (document);
  g_autoptr (GError) error = NULL;
  AssayRunRecord *record = run_with (session, recipe_new (ASSAY_INPUT_RANDOM, "[1, 8, 8, 1]", NULL), NULL, &error);
  g_autoptr (AssayRunRows) rows = NULL;
  g_autoptr (AssayRunRow) model = NULL, layer = NULL;

  g_assert_no_error (error);
  rows = assay_run_rows_new (record);
  model = g_list_model_get_item (assay_run_rows_get_list (rows), 1);
  layer = g_list_model_get_item (assay_run_row_get_children (model), 0);
  g_assert_cmpstr (assay_run_row_get_title (layer), ==, "conv_1");
  g_assert_true (assay_run_row_is_scope (layer));
  /* A layer is what its last operation gives. */
  g_assert_cmpstr (assay_run_row_get_key (layer), ==, "sequential_cnn_1/conv_1/Relu");
  g_assert_true (assay_run_row_get_value (layer) == assay_run_record_find (record, "sequential_cnn_1/conv_1/Relu"));
  wait_for_numbers (layer, FALSE);
  g_assert_cmpfloat (assay_run_row_get_statistics (layer)->min, >=, 0);
  assay_document_close (document);
}

static void
test_the_first_nan_is_marked (void)
{
  g_autoptr (AssayDocument) document = open_model ("data/example/digits.h5");
  g_autoptr (AssayRunSession) session = load (document);
  AssayNode *node = assay_document_find (document, "features/conv2d_1/bias");
  gboolean   done = FALSE;
  g_autoptr (AssayRunRows) rows = NULL;

  assay_document_edit_formula_async (document, node, NULL, NULL, "x / 0", NULL, edited_cb, &done);
  step_until (&done);
  rows = assay_run_rows_new (run_on_seven (session));
  wait_for_numbers (assay_run_rows_find (rows, "classifier.dense_1"), FALSE);
  g_assert_false (assay_run_row_is_first_bad (assay_run_rows_find (rows, "features.max_pooling2d")));
  g_assert_true (assay_run_row_is_first_bad (assay_run_rows_find (rows, "features.conv2d_1")));
  g_assert_false (assay_run_row_is_first_bad (assay_run_rows_find (rows, "classifier.dense_1")));
  assay_document_close (document);
}

static void
test_what_will_not_do_is_refused (void)
{
  const AssayValueSpec spec = { ASSAY_DTYPE_FLOAT32, assay_partial_shape_make (4, (gint64) -1, (gint64) 8, (gint64) 8, (gint64) 1) };
  static const struct
  {
    AssayInputWay way;
    const char   *text, *said;
  } cases[] = {
    { ASSAY_INPUT_RANDOM, "[1, 9, 8, 1]", "Input x is incompatible with the model: expected shape=(None, 8, 8, 1), found shape=(1, 9, 8, 1)" },
    { ASSAY_INPUT_TYPED, "[[1, 2]]", "Input x is incompatible with the model: expected shape=(None, 8, 8, 1), found shape=(1, 2)" },
    { ASSAY_INPUT_ZEROS, "[-1, 8, 8, 1]", "“[-1, 8, 8, 1]” is no shape: give whole numbers, as in [1, 8, 8, 1]" },
    { ASSAY_INPUT_ONES, "[90000000000, 8, 8, 1]", "An input can’t have more than 4294967296 elements" },
    { ASSAY_INPUT_FILE, NULL, "No file is chosen for x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AssayInputRecipe) recipe = recipe_new (cases[i].way, cases[i].text, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (assay_input_recipe_check (recipe, &spec, "x", &error));
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, cases[i].said);
    }
}

static void
test_a_cancelled_run_leaves_nothing (void)
{
  g_autoptr (AssayDocument) document = open_model ("data/example/digits.h5");
  g_autoptr (AssayRunSession) session = load (document);
  g_autoptr (AssayJob) job = assay_job_new ("Running");
  g_autoptr (GError) error = NULL;

  assay_job_cancel (job);
  g_assert_null (run_with (session, recipe_new (ASSAY_INPUT_RANDOM, "[1, 8, 8, 1]", NULL), job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (g_list_model_get_n_items (assay_run_session_get_records (session)), ==, 0);
  /* The next one is the first. */
  g_assert_cmpuint (assay_run_record_get_number (run_on_seven (session)), ==, 1);
  assay_document_close (document);
}

/* A picture of 2 × 2: red, green / blue, white. */
static char *
write_colors (void)
{
  static const guchar pixels[] = { 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0 };
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new_from_data (pixels, GDK_COLORSPACE_RGB, FALSE, 8, 2, 2, 8, NULL, NULL);
  char *path = g_build_filename (g_get_tmp_dir (), "assay-colors-XXXXXX.png", NULL);
  int   file = g_mkstemp (path);

  g_assert_cmpint (file, >=, 0);
  close (file);
  g_assert_true (gdk_pixbuf_save (picture, path, "png", NULL, NULL));
  return path;
}

/* As keras.applications.imagenet_utils.preprocess_input() of keras 3 has them, for the red pixel. */
static void
test_pictures_become_numbers_as_keras_makes_them (void)
{
  static const struct
  {
    AssayPictureSettings settings;
    float                red[3];
  } cases[] = {
    { { ASSAY_PICTURE_01, ASSAY_PICTURE_STRETCH, FALSE }, { 1, 0, 0 } },
    { { ASSAY_PICTURE_255, ASSAY_PICTURE_STRETCH, TRUE }, { 0, 0, 255 } },
    { { ASSAY_PICTURE_MINUS_1_1, ASSAY_PICTURE_STRETCH, FALSE }, { 1, -1, -1 } },
    { { ASSAY_PICTURE_TORCH, ASSAY_PICTURE_STRETCH, FALSE }, { 2.2489083f, -2.0357144f, -1.8044444f } },
    { { ASSAY_PICTURE_CAFFE, ASSAY_PICTURE_STRETCH, TRUE }, { -103.939f, -116.779f, 131.32f } },
  };
  g_autofree char *path = write_colors ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int first = 0; first < 2; first++)
      {
        AssayValueSpec spec = { ASSAY_DTYPE_FLOAT32, assay_partial_shape_make (4, (gint64) -1, (gint64) (first ? 3 : 2), (gint64) 2, (gint64) (first ? 2 : 3)) };
        g_autoptr (GError) error = NULL;
        g_autoptr (AssayValue) value = assay_input_new_from_picture (&spec, path, &cases[i].settings, &error);
        const float *numbers;

        g_assert_no_error (error);
        numbers = assay_value_get_data (value);
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat (fabsf (numbers[first ? 4 * c : c] - cases[i].red[c]), <=, 1e-5f * fabsf (cases[i].red[c]) + 1e-6f);
      }
  g_unlink (path);
}

static void
test_pictures_come_to_size (void)
{
  AssayValueSpec   spec = { ASSAY_DTYPE_FLOAT32, assay_partial_shape_make (3, (gint64) -1, (gint64) 8, (gint64) 8) };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "README.md", NULL), *colors = write_colors ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayValue) value = assay_input_new_from_picture (&spec, colors, &(AssayPictureSettings){ .scale = ASSAY_PICTURE_255 }, &error);

  g_assert_no_error (error);
  g_assert_cmpint (assay_value_get_shape (value)->rank, ==, 3);
  /* Grey as Pillow's. */
  g_assert_cmpfloat (fabsf (((const float *) assay_value_get_data (value))[0] - 76.245f), <, 1e-3f);
  g_unlink (colors);
  g_assert_null (assay_input_new_from_picture (&spec, path, &(AssayPictureSettings){ 0 }, &error));
  g_assert_nonnull (error);
  spec.shape = assay_partial_shape_make (2, (gint64) -1, (gint64) 8);
  g_assert_false (assay_input_takes_pictures (&spec));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/rows-are-in-the-order-of-running", test_rows_are_in_the_order_of_running);
  g_test_add_func ("/run/an-edit-shows-in-the-rows", test_an_edit_shows_in_the_rows);
  g_test_add_func ("/run/what-was-saved-is-run", test_what_was_saved_is_run);
  g_test_add_func ("/run/operations-stand-in-their-scopes", test_operations_stand_in_their_scopes);
  g_test_add_func ("/run/the-first-nan-is-marked", test_the_first_nan_is_marked);
  g_test_add_func ("/run/what-will-not-do-is-refused", test_what_will_not_do_is_refused);
  g_test_add_func ("/run/a-cancelled-run-leaves-nothing", test_a_cancelled_run_leaves_nothing);
  g_test_add_func ("/run/pictures-become-numbers-as-keras-makes-them", test_pictures_become_numbers_as_keras_makes_them);
  g_test_add_func ("/run/pictures-come-to-size", test_pictures_come_to_size);
  return g_test_run ();
}
