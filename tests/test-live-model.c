/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tutorial by hand, without a window. What is printed is compared with what TensorFlow 2.21 with Keras 2 printed for the same seed
 * (tests/data/tensorflow/notebook-keras2/transcript.json: tf.random.set_seed (31) before its first cell). */

#include <assay/layer.h>
#include <assay/live-model.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  AssayLiveModel *model;
  gboolean        done, good;
  GError         *error;
} Step;

static void
done_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Step *step = data;

  g_clear_error (&step->error);
  step->good = assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, &step->error);
  step->done = TRUE;
}

static gboolean
wait_for (Step *step)
{
  while (!step->done)
    g_main_context_iteration (NULL, TRUE);
  step->done = FALSE;
  return step->good;
}

static void
step_clear (Step *step)
{
  g_clear_error (&step->error);
  g_clear_object (&step->model);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

static gboolean
make (Step *step, const char *id, const char *seed, const char *a, const char *b, const char *c)
{
  const char *values[] = { a, b, c, NULL };

  assay_live_model_make_async (step->model, assay_builtin_modules_find (id), values, seed, done_cb, step);
  return wait_for (step);
}

static gboolean
call (Step *step, const char *input)
{
  assay_live_model_call_async (step->model, input, done_cb, step);
  return wait_for (step);
}

static gboolean
ask (Step *step, AssayLiveQuestion question)
{
  assay_live_model_ask_async (step->model, question, done_cb, step);
  return wait_for (step);
}

static gboolean
with_path (Step *step, void (*function) (AssayLiveModel *, const char *, GAsyncReadyCallback, gpointer), const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  function (step->model, path, done_cb, step);
  return wait_for (step);
}

static AssayLiveCell *
dup_last (AssayLiveModel *model)
{
  GListModel *cells = assay_live_model_get_cells (model);

  return g_list_model_get_item (cells, g_list_model_get_n_items (cells) - 1);
}

static void
expect (Step *step, const char *source, const char *output, gboolean is_error)
{
  g_autoptr (AssayLiveCell) cell = dup_last (step->model);

  if (source != NULL)
    g_assert_cmpstr (assay_live_cell_get_source (cell), ==, source);
  if (output != NULL)
    g_assert_cmpstr (assay_live_cell_get_output (cell), ==, output);
  g_assert_cmpint (assay_live_cell_is_error (cell), ==, is_error);
}

static AssayNode *
find (Step *step, const char *name)
{
  return assay_document_find (assay_live_model_get_document (step->model), name);
}

static char *
dup_shape (Step *step, const char *name)
{
  char      *text = NULL;
  AssayNode *node = find (step, name);

  g_assert_nonnull (node);
  g_object_get (node, "shape-text", &text, NULL);
  return text;
}

static float
read_first (Step *step, const char *name)
{
  g_autoptr (AssaySource) source = assay_document_dup_source (assay_live_model_get_document (step->model), find (step, name), NULL);
  float value = -1;

  g_assert_true (assay_source_read_flat (source, 0, 1, &value, NULL, NULL));
  return value;
}

/* A live model, in a folder of its own. */
static Step
begin (void)
{
  assay_layer_reset_names ();
  return (Step){ .model = assay_live_model_new () };
}

static char *
make_folder (void)
{
  char *folder = g_dir_make_tmp ("assay-live-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
test_simple_module (void)
{
  g_auto (Step) step = begin ();

  g_assert_true (make (&step, "simple-module", "", "simple", "5.0", "5.0"));
  expect (&step, "model = SimpleModule(name='simple')", "", FALSE);
  g_assert_true (call (&step, "5"));
  expect (&step, "model(tf.constant(5.0))", "<tf.Tensor: shape=(), dtype=float32, numpy=30.0>", FALSE);
  g_assert_true (ask (&step, ASSAY_LIVE_TRAINABLE_VARIABLES));
  expect (&step, "model.trainable_variables", "(<tf.Variable 'train_me:0' shape=() dtype=float32, numpy=5.0>,)", FALSE);
  g_assert_true (ask (&step, ASSAY_LIVE_VARIABLES));
  expect (&step, NULL, "(<tf.Variable 'do_not_train_me:0' shape=() dtype=float32, numpy=5.0>,\n <tf.Variable 'train_me:0' shape=() dtype=float32, numpy=5.0>)", FALSE);
  g_assert_false (assay_live_model_can_ask (step.model, ASSAY_LIVE_SUMMARY));
}

/* Cells 7 and 9. */
static void
test_seed_is_tensorflows (void)
{
  g_auto (Step) step = begin ();

  g_assert_true (make (&step, "sequential-model", "31", "3", "3, 2", ""));
  expect (&step, "tf.random.set_seed(31)\nmodel = SequentialModel()", "", FALSE);
  g_assert_true (call (&step, "[[2, 2.0, 2]]"));
  expect (&step, "model(tf.constant([[2.0, 2.0, 2.0]]))", "<tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[5.342552 , 1.0393705]], dtype=float32)>", FALSE);
  g_assert_true (ask (&step, ASSAY_LIVE_VARIABLES));
  expect (&step, NULL,
          "(<tf.Variable 'b:0' shape=(3,) dtype=float32, numpy=array([0., 0., 0.], dtype=float32)>,\n"
          " <tf.Variable 'w:0' shape=(3, 3) dtype=float32, numpy=\n"
          " array([[-0.3594139 ,  0.18532915,  2.3871737 ],\n"
          "        [ 0.9996345 ,  0.09981808, -0.06186233],\n"
          "        [ 0.502483  , -0.09153344, -0.89259005]], dtype=float32)>,\n"
          " <tf.Variable 'b:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>,\n"
          " <tf.Variable 'w:0' shape=(3, 2) dtype=float32, numpy=\n"
          " array([[ 0.15100643, -0.07745571],\n"
          "        [ 0.4457503 ,  1.0613382 ],\n"
          "        [ 1.6838006 ,  0.2810766 ]], dtype=float32)>)",
          FALSE);
}

/* Variables come into being at the first call; another size is TensorFlow's error. */
static void
test_builds_at_the_first_call (void)
{
  g_auto (Step) step = begin ();
  AssayDocument   *document = assay_live_model_get_document (step.model);
  g_autofree char *shape = NULL, *settings = NULL;
  guint            n = 1;

  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_LOADING);
  g_assert_true (make (&step, "my-sequential-model", "1", "3, 2", "the_model", NULL));
  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_READY);
  g_assert_false (assay_live_model_is_built (step.model));
  g_assert_cmpstr (assay_live_model_get_status (step.model), ==, "Not built yet: variables come into being at the first call.");
  g_object_get (document, "n-variables", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (assay_node_get_children (assay_document_get_root (document))), ==, 2);
  settings = assay_manifest_dup_module_attributes (assay_document_get_manifest (document), assay_node_get_index (find (&step, "dense_1")));
  g_assert_cmpstr (settings, ==, "{\"is_built\": false, \"out_features\": 3}");
  g_assert_true (call (&step, "[[1, 2, 3, 4, 5]]"));
  shape = dup_shape (&step, "dense_1/w");
  g_assert_cmpstr (shape, ==, "5 × 3");
  g_assert_true (assay_live_model_is_built (step.model));
  g_object_get (document, "n-variables", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  /* b is a plain tensor: kept, not collected. */
  g_assert_null (find (&step, "dense_1/b"));
  g_free (settings);
  settings = assay_manifest_dup_module_attributes (assay_document_get_manifest (document), assay_node_get_index (find (&step, "dense_1")));
  g_assert_nonnull (strstr (settings, "\"b\": \"<tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 0., 0.], dtype=float32)>\""));
  g_assert_nonnull (strstr (settings, "\"is_built\": true"));
  g_assert_false (call (&step, "[[1, 2, 3, 4]]"));
  expect (&step, "model(tf.constant([[1.0, 2.0, 3.0, 4.0]]))", "Matrix size-incompatible: In[0]: [1,4], In[1]: [5,3] [Op:MatMul]", TRUE);
}

/* Cells 24 to 36: Keras' names, its error, its summary. */
static void
test_keras (void)
{
  g_auto (Step) step = begin ();

  g_assert_true (make (&step, "keras-flexible-dense", "", "3", "", NULL));
  g_assert_true (ask (&step, ASSAY_LIVE_VARIABLES));
  expect (&step, NULL, "[]", FALSE);
  g_assert_true (call (&step, "[[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]"));
  g_assert_false (call (&step, "[[2, 2, 2, 2]]"));
  expect (&step, NULL,
          "Exception encountered when calling layer 'flexible_dense' (type FlexibleDense).\n\n"
          "Matrix size-incompatible: In[0]: [1,4], In[1]: [3,3] [Op:MatMul] name: \n\n"
          "Call arguments received by layer 'flexible_dense' (type FlexibleDense):\n"
          "  • inputs=tf.Tensor(shape=(1, 4), dtype=float32)",
          TRUE);
  step_clear (&step);
  step.model = assay_live_model_new ();
  g_assert_true (make (&step, "keras-my-sequential-model", "", "3, 2", "", NULL));
  g_assert_true (call (&step, "[[2, 2, 2]]"));
  g_assert_true (ask (&step, ASSAY_LIVE_SUMMARY));
  expect (&step, "model.summary()",
          "Model: \"my_sequential_model\"\n"
          "_________________________________________________________________\n"
          " Layer (type)                Output Shape              Param #   \n"
          "=================================================================\n"
          " flexible_dense_1 (Flexible  multiple                  12        \n"
          " Dense)                                                          \n"
          "                                                                 \n"
          " flexible_dense_2 (Flexible  multiple                  8         \n"
          " Dense)                                                          \n"
          "                                                                 \n"
          "=================================================================\n"
          "Total params: 20 (80.00 Byte)\n"
          "Trainable params: 20 (80.00 Byte)\n"
          "Non-trainable params: 0 (0.00 Byte)\n"
          "_________________________________________________________________",
          FALSE);
}

static void
test_edits_count (void)
{
  static const guint64 start[2] = { 0, 0 }, count[2] = { 1, 1 };
  static const float   one = 100;
  g_auto (Step) step = begin ();
  AssayDocument *document = assay_live_model_get_document (step.model);
  g_autoptr (GBytes) value = g_bytes_new_static (&one, sizeof one);
  g_autoptr (AssayLiveCell) before = NULL, edited = NULL, undone = NULL;

  g_assert_true (make (&step, "dense", "7", "3", "2", ""));
  g_assert_true (call (&step, "[[1, 0, 0]]"));
  before = dup_last (step.model);
  g_assert_true (assay_document_edit_box (document, find (&step, "w"), start, count, value, "Set w[0, 0] to 100", NULL));
  g_assert_true (assay_document_is_dirty (document));
  g_assert_true (call (&step, "[[1, 0, 0]]"));
  edited = dup_last (step.model);
  g_assert_nonnull (strstr (assay_live_cell_get_output (edited), "[[1.0000000e+02"));
  g_assert_true (ask (&step, ASSAY_LIVE_VARIABLES));
  assay_document_undo (document);
  g_assert_true (call (&step, "[[1, 0, 0]]"));
  undone = dup_last (step.model);
  g_assert_cmpstr (assay_live_cell_get_output (undone), ==, assay_live_cell_get_output (before));
}

/* Cells 12 to 16: restored into a model that isn't built, used as soon as it is. */
static void
test_restores_into_unbuilt (void)
{
  g_autofree char *folder = make_folder (), *path = g_build_filename (folder, "my_checkpoint.h5", NULL);
  g_auto (Step) step = begin (), fresh = begin ();
  g_autoptr (AssayLiveCell) first = NULL, second = NULL;
  g_autoptr (AssayDocument) written = NULL;
  AssayDocument *document = assay_live_model_get_document (step.model);

  g_assert_true (make (&step, "my-sequential-model", "31", "3, 2", "", NULL));
  g_assert_true (call (&step, "[[2, 2, 2]]"));
  first = dup_last (step.model);
  g_assert_true (with_path (&step, assay_live_model_write_async, folder, "my_checkpoint.h5"));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  /* The file has the same keys as the model, so both can be compared. */
  written = assay_document_open (path, NULL, NULL);
  g_assert_nonnull (assay_document_find (written, assay_node_get_key (find (&step, "dense_1/w"))));
  g_assert_true (make (&fresh, "my-sequential-model", "", "3, 2", "", NULL));
  g_assert_true (with_path (&fresh, assay_live_model_restore_async, folder, "my_checkpoint.h5"));
  g_assert_cmpstr (assay_live_model_get_status (fresh.model), ==,
                   "Not built yet: variables come into being at the first call. "
                   "Deferred: 2 restored values wait for their variables: model/dense_1/w, model/dense_2/w.");
  g_assert_false (ask (&fresh, ASSAY_LIVE_ASSERT_CONSUMED));
  g_assert_true (call (&fresh, "[[2, 2, 2]]"));
  second = dup_last (fresh.model);
  g_assert_cmpstr (assay_live_cell_get_output (first), ==, assay_live_cell_get_output (second));
  g_assert_cmpfloat (read_first (&step, "dense_1/w"), ==, read_first (&fresh, "dense_1/w"));
  g_assert_cmpstr (assay_live_model_get_status (fresh.model), ==, "Restored: all 2 values of the checkpoint are in their variables.");
  /* As in TensorFlow: restore makes a counter of saves, and what was written by write has none. */
  g_assert_false (ask (&fresh, ASSAY_LIVE_ASSERT_CONSUMED));
  expect (&fresh, "status.assert_consumed()",
          "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
          "unmatched objects: [<tf.Variable 'save_counter:0' shape=() dtype=int64, numpy=0>]",
          TRUE);
  g_assert_false (assay_document_is_dirty (document));
  remove_folder (folder);
}

/* Restoring over values is shown, saved, and can be undone. */
static void
test_restoring_is_one_step (void)
{
  g_autofree char *folder = make_folder ();
  g_auto (Step) step = begin (), other = begin ();
  AssayDocument *document = assay_live_model_get_document (step.model);
  float          old[2], restored[2];

  g_assert_true (make (&other, "sequential-model", "4", "2", "2, 2", ""));
  g_assert_true (with_path (&other, assay_live_model_write_async, folder, "a"));
  g_assert_true (make (&step, "sequential-model", "5", "2", "2, 2", ""));
  old[0] = read_first (&step, "dense_1/w");
  old[1] = read_first (&step, "dense_2/w");
  g_assert_true (with_path (&step, assay_live_model_restore_async, folder, "a"));
  restored[0] = read_first (&step, "dense_1/w");
  restored[1] = read_first (&step, "dense_2/w");
  g_assert_cmpfloat (restored[1], ==, read_first (&other, "dense_2/w"));
  g_assert_false (assay_document_is_dirty (document));
  assay_document_undo (document);
  g_assert_cmpfloat (read_first (&step, "dense_1/w"), ==, old[0]);
  g_assert_cmpfloat (read_first (&step, "dense_2/w"), ==, old[1]);
  g_assert_cmpuint (assay_document_get_position (document), ==, 0);
  g_assert_true (assay_document_is_dirty (document));
  assay_document_redo (document);
  g_assert_cmpfloat (read_first (&step, "dense_1/w"), ==, restored[0]);
  g_assert_cmpfloat (read_first (&step, "dense_2/w"), ==, restored[1]);
  remove_folder (folder);
}

static void
test_restores_over_values (void)
{
  static const guint64 start[2] = { 0, 0 }, count[2] = { 1, 1 };
  static const float   one = 100;
  g_autofree char     *folder = make_folder ();
  g_auto (Step) step = begin ();
  AssayDocument *document = assay_live_model_get_document (step.model);
  g_autoptr (GBytes) value = g_bytes_new_static (&one, sizeof one);
  float first;

  g_assert_true (make (&step, "keras-my-dense", "3", "2", "2", ""));
  first = read_first (&step, "w");
  g_assert_true (with_path (&step, assay_live_model_write_async, folder, "a"));
  g_assert_true (assay_document_edit_box (document, find (&step, "w"), start, count, value, "Set w[0, 0] to 100", NULL));
  g_assert_true (assay_document_is_dirty (document));
  g_assert_true (with_path (&step, assay_live_model_write_async, folder, "b"));
  g_assert_false (assay_document_is_dirty (document));
  g_assert_true (with_path (&step, assay_live_model_restore_async, folder, "a.h5"));
  g_assert_cmpfloat (read_first (&step, "w"), ==, first);
  assay_document_undo (document);
  g_assert_cmpfloat (read_first (&step, "w"), ==, 100);
  g_assert_true (with_path (&step, assay_live_model_restore_async, folder, "b"));
  g_assert_cmpfloat (read_first (&step, "w"), ==, 100);
  assay_document_set_position (document, 0);
  g_assert_cmpfloat (read_first (&step, "w"), ==, first);
  remove_folder (folder);
}

/* Cells 17 to 19. What is loaded is of no class, and restores into the class. */
static void
test_saves_a_model (void)
{
  g_autofree char *folder = make_folder (), *path = g_build_filename (folder, "my_saved_model.h5", NULL);
  g_auto (Step) step = begin (), fresh = begin ();
  g_autoptr (AssayLiveCell) cell = NULL;
  g_autoptr (AssayDocument) document = NULL;

  g_assert_true (make (&step, "my-sequential-model", "31", "3, 2", "", NULL));
  g_assert_true (with_path (&step, assay_live_model_save_async, folder, "my_saved_model"));
  g_assert_nonnull (strstr (assay_live_model_get_status (step.model), "saved without functions"));
  g_assert_true (call (&step, "[[2, 2, 2]]"));
  g_assert_true (with_path (&step, assay_live_model_save_async, folder, "my_saved_model.h5"));
  g_assert_true (with_path (&step, assay_live_model_load_async, folder, "my_saved_model.h5"));
  cell = dup_last (step.model);
  g_assert_cmpstr (assay_live_cell_get_output (cell), ==, "<class 'tensorflow.python.saved_model.load.Loader._recreate_base_user_object.<locals>._UserObject'>\nFalse");
  document = assay_document_open (path, NULL, NULL);
  g_assert_cmpstr (assay_node_get_class_name (assay_document_get_root (document)), ==, "_UserObject");
  g_assert_true (make (&fresh, "my-sequential-model", "", "3, 2", "", NULL));
  g_assert_true (with_path (&fresh, assay_live_model_restore_async, folder, "my_saved_model.h5"));
  g_assert_true (call (&fresh, "[[2, 2, 2]]"));
  g_assert_cmpfloat (read_first (&step, "dense_2/w"), ==, read_first (&fresh, "dense_2/w"));
  remove_folder (folder);
}

/* What is done wrong by hand gives a sentence, and changes nothing. */
static void
test_wrong_things (void)
{
  g_autofree char *folder = make_folder (), *text = g_build_filename (folder, "text.h5", NULL);
  g_auto (Step) step = begin ();
  static const char *const inputs[] = { "", "[[1, 2", "[[1, 2], [3]]", "[[a]]", "[[1, 2, 3]] 4", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "{}" };

  g_assert_false (make (&step, "flexible-dense", "", "0", "", NULL));
  g_assert_cmpstr (step.error->message, ==, "out_features must be a whole number from 1 to 2147483647, not “0”");
  g_assert_false (make (&step, "flexible-dense", "", "three", "", NULL));
  g_assert_false (make (&step, "my-sequential-model", "", "3,,2", "", NULL));
  g_assert_false (make (&step, "my-sequential-model", "", "3, 2,", "", NULL));
  g_assert_false (make (&step, "my-sequential-model", "", "", "", NULL));
  g_assert_false (make (&step, "flexible-dense", "-1", "3", "", NULL));
  g_assert_false (make (&step, "simple-module", "", "simple", "x", "5"));
  g_assert_false (make (&step, "flexible-dense", "", "3", "bad name", NULL));
  g_assert_cmpstr (step.error->message, ==, "'bad name' is not a valid module name. Module names must be valid Python identifiers (e.g. a valid class name).");
  g_assert_cmpuint (g_list_model_get_n_items (assay_live_model_get_cells (step.model)), ==, 0);
  g_assert_true (make (&step, "flexible-dense", "", "3", "", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_assert_false (call (&step, inputs[i]));
      expect (&step, NULL, NULL, TRUE);
    }
  g_assert_false (assay_live_model_is_built (step.model));
  g_assert_false (call (&step, "5"));
  g_assert_true (g_file_set_contents (text, "This is no checkpoint.", -1, NULL));
  g_assert_false (with_path (&step, assay_live_model_restore_async, folder, "text.h5"));
  g_assert_false (with_path (&step, assay_live_model_restore_async, folder, "nothing.h5"));
  g_assert_true (call (&step, "[[1, 2, 3]]"));
  g_assert_false (with_path (&step, assay_live_model_write_async, text, "below-a-file"));
  g_assert_false (with_path (&step, assay_live_model_save_async, text, "below-a-file"));
  expect (&step, NULL, NULL, TRUE);
  remove_folder (folder);
}

/* A checkpoint of another model: TensorFlow's words, and nothing is changed. */
static void
test_another_models_checkpoint (void)
{
  g_autofree char *folder = make_folder ();
  g_auto (Step) dense = begin (), flexible = begin (), model = begin ();
  float first;

  g_assert_true (make (&dense, "dense", "1", "3", "3", ""));
  g_assert_true (with_path (&dense, assay_live_model_write_async, folder, "dense"));
  g_assert_true (make (&flexible, "flexible-dense", "2", "2", "", NULL));
  g_assert_true (call (&flexible, "[[1, 2]]"));
  first = read_first (&flexible, "w");
  g_assert_false (with_path (&flexible, assay_live_model_restore_async, folder, "dense"));
  expect (&flexible, NULL, "Received incompatible tensor with shape (3, 3) when attempting to restore variable with shape (2, 2) and name w:0.", TRUE);
  g_assert_cmpfloat (read_first (&flexible, "w"), ==, first);
  g_assert_true (make (&model, "sequential-model", "2", "3", "3, 2", ""));
  first = read_first (&model, "dense_1/w");
  with_path (&model, assay_live_model_restore_async, folder, "dense");
  g_assert_false (ask (&model, ASSAY_LIVE_ASSERT_EXISTING_OBJECTS_MATCHED));
  {
    g_autoptr (AssayLiveCell) cell = dup_last (model.model);

    g_assert_true (g_str_has_prefix (assay_live_cell_get_output (cell), "Found 5 Python objects that were not bound to checkpointed values"));
  }
  g_assert_cmpfloat (read_first (&model, "dense_1/w"), ==, first);
  remove_folder (folder);
}

static gint64
own_memory (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  line = strstr (text, "VmHWM:");
  return line ? g_ascii_strtoll (line + 6, NULL, 10) << 10 : 0;
}

/* 10⁹ units are a sentence, in the layer as in the model, and take no memory. */
static void
test_absurd_sizes (void)
{
  g_auto (Step) dense = begin (), flexible = begin (), keras = begin (), overflow = begin ();
  gint64 before = own_memory ();

  g_assert_false (make (&dense, "dense", "", "1000000000", "1000000000", ""));
  g_assert_error (dense.error, ASSAY_ERROR, ASSAY_ERROR_FAILED);
  g_assert_false (make (&dense, "dense", "", "2147483647", "2147483647", ""));
  g_assert_true (make (&flexible, "my-sequential-model", "", "1000000000, 2", "", NULL));
  g_assert_false (call (&flexible, "[[2, 2, 2]]"));
  g_assert_nonnull (strstr (flexible.error->message, "Out of memory"));
  g_assert_false (assay_live_model_is_built (flexible.model));
  g_assert_true (make (&keras, "keras-flexible-dense", "", "1000000000", "", NULL));
  g_assert_false (call (&keras, "[[2, 2, 2]]"));
  g_assert_cmpint (own_memory () - before, <, 64 << 20);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  g_autoptr (GListModel) found = assay_document_search_finish (ASSAY_DOCUMENT (object), result, NULL);

  step->good = g_list_model_get_n_items (found) == 1;
  step->done = TRUE;
}

/* What is edited is found, and nothing else: all values of such a model are in memory. */
static void
test_search_for_edits (void)
{
  static const guint64 start[2] = { 0, 0 }, count[2] = { 1, 1 };
  static const float   one = 100;
  g_auto (Step) step = begin ();
  AssayDocument *document = assay_live_model_get_document (step.model);
  g_autoptr (GBytes) value = g_bytes_new_static (&one, sizeof one);

  g_assert_true (make (&step, "sequential-model", "7", "3", "2, 2, 2", ""));
  g_assert_true (assay_document_edit_box (document, find (&step, "dense_2/w"), start, count, value, "Set w[0, 0] to 100", NULL));
  assay_document_search_async (document, "edited", NULL, found_cb, &step);
  g_assert_true (wait_for (&step));
  assay_document_search_async (document, "dense_3 shape:[2,2]", NULL, found_cb, &step);
  g_assert_true (wait_for (&step));
}

static void
count_cb (AssayLiveModel *model, guint *n)
{
  *n += 1;
}

/* Drawing 80 million numbers can be stopped at once; the model isn't built then. */
static void
test_cancel (void)
{
  g_auto (Step) step = begin (), tenth = begin ();
  AssayDocument *document = assay_live_model_get_document (step.model);
  gint64         began, taken;
  guint          n = 0;

  /* How long a tenth takes here and now, to the end. */
  g_assert_true (make (&tenth, "flexible-dense", "", "4000000", "", NULL));
  began = g_get_monotonic_time ();
  g_assert_true (call (&tenth, "[[1, 2]]"));
  taken = g_get_monotonic_time () - began;
  g_assert_true (make (&step, "flexible-dense", "", "40000000", "", NULL));
  g_signal_connect (step.model, "changed", G_CALLBACK (count_cb), &n);
  assay_live_model_call_async (step.model, "[[1, 2]]", done_cb, &step);
  g_assert_true (assay_live_model_is_busy (step.model));
  assay_live_model_call_async (step.model, "[[1, 2]]", done_cb, &step);
  g_assert_false (wait_for (&step));
  g_assert_cmpstr (step.error->message, ==, "The model is busy; wait until it is done");
  g_usleep (30000);
  assay_job_cancel (assay_document_get_job (document));
  began = g_get_monotonic_time ();
  g_assert_false (wait_for (&step));
  g_assert_error (step.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * taken + 500000);
  g_test_message ("stopped after %.3f s", (double) (g_get_monotonic_time () - began) / 1e6);
  expect (&step, NULL, "Cancelled", TRUE);
  g_assert_false (assay_live_model_is_built (step.model));
  g_assert_cmpuint (n, ==, 2);
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Step *step = data;

  step->good = assay_document_save_finish (ASSAY_DOCUMENT (object), result, &step->error);
  step->done = TRUE;
}

/* Any format of Save As. */
static void
test_saves_as_another_format (void)
{
  g_autofree char *folder = make_folder (), *path = g_build_filename (folder, "model.npz", NULL);
  g_auto (Step) step = begin ();
  AssayDocument     *document = assay_live_model_get_document (step.model);
  const AssayWriter *writer = assay_writers_find (path);
  g_autofree char   *why = NULL;
  g_autoptr (AssayDocument) saved = NULL;
  g_autoptr (AssaySource) source = NULL;
  float first = 0;

  g_assert_true (make (&step, "dense", "5", "3", "2", ""));
  why = assay_document_why_not_save (document);
  g_assert_nonnull (why);
  assay_document_save_async (document, path, writer, ASSAY_SAVE_DEFAULT, saved_cb, &step);
  g_assert_true (wait_for (&step));
  saved = assay_document_open (path, NULL, NULL);
  g_assert_nonnull (saved);
  source = assay_document_dup_source (saved, assay_document_find (saved, "w"), NULL);
  g_assert_true (assay_source_read_flat (source, 0, 1, &first, NULL, NULL));
  g_assert_cmpfloat (first, ==, read_first (&step, "w"));
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-model/simple-module", test_simple_module);
  g_test_add_func ("/live-model/seed-is-tensorflows", test_seed_is_tensorflows);
  g_test_add_func ("/live-model/builds-at-the-first-call", test_builds_at_the_first_call);
  g_test_add_func ("/live-model/keras", test_keras);
  g_test_add_func ("/live-model/edits-count", test_edits_count);
  g_test_add_func ("/live-model/restores-into-unbuilt", test_restores_into_unbuilt);
  g_test_add_func ("/live-model/restores-over-values", test_restores_over_values);
  g_test_add_func ("/live-model/restoring-is-one-step", test_restoring_is_one_step);
  g_test_add_func ("/live-model/saves-a-model", test_saves_a_model);
  g_test_add_func ("/live-model/wrong-things", test_wrong_things);
  g_test_add_func ("/live-model/another-models-checkpoint", test_another_models_checkpoint);
  g_test_add_func ("/live-model/absurd-sizes", test_absurd_sizes);
  g_test_add_func ("/live-model/search-for-edits", test_search_for_edits);
  g_test_add_func ("/live-model/cancel", test_cancel);
  g_test_add_func ("/live-model/saves-as-another-format", test_saves_as_another_format);
  return g_test_run ();
}
