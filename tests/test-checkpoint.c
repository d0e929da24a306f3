/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Checkpoints: what TensorFlow does and says when they are written and restored. The cases, texts and numbers
 * are those of tests/data/tensorflow/restore/cases.json, which TensorFlow answered. */

#include <assay/checkpoint.h>
#include <assay/module-text.h>
#include <assay/random.h>
#include <assay/reader-session.h>
#include <assay/save.h>
#include <glib/gstdio.h>
#include <string.h>

static const gint64 two[] = { 2 };

/* A layer that builds its variables at the first call. */
static AssayValue *
late_call (AssayModule *self, AssayValue *x, GError **error)
{
  gint64 units = assay_module_get_int (self, "units"), dims[] = { assay_value_get_dim (x, -1), units };

  if (!assay_module_get_int (self, "built"))
    {
      g_autofree float *ones = g_new (float, dims[0] * dims[1]);

      for (gint64 i = 0; i < dims[0] * dims[1]; i++)
        ones[i] = 1;
      assay_module_set_variable (self, "w", assay_variable_new (assay_constant (2, dims, ones), "w"));
      assay_module_set_variable (self, "b", assay_variable_new (assay_zeros (1, &units), "b"));
      assay_module_set_int (self, "built", 1);
    }
  return assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);
}
ASSAY_DEFINE_MODULE_AS (Late, late, ASSAY_TYPE_MODULE, "Layer", late_call)

static AssayValue *
net_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_module_call_child (self, "second", assay_module_call_child (self, "first", x, error), error);
}
ASSAY_DEFINE_MODULE (Net, net, ASSAY_TYPE_MODULE)

static AssayModule *
make_net (gint64 units)
{
  AssayModule *self = assay_module_new (net_get_type (), "net", NULL);

  assay_module_set_int (assay_module_set_module (self, "first", assay_module_new (late_get_type (), NULL, NULL)), "units", 3);
  assay_module_set_int (assay_module_set_module (self, "second", assay_module_new (late_get_type (), NULL, NULL)), "units", units);
  return self;
}

static AssayValue *
make_input (void)
{
  const gint64 dims[] = { 1, 2 };

  return assay_constant (2, dims, (const float[]){ 1, 2 });
}

/* Numbered values, as the script's built_net. */
static AssayModule *
make_built_net (float scale, gint64 units)
{
  AssayModule *self = make_net (units);
  g_autoptr (GPtrArray) variables = NULL;

  g_assert_nonnull (assay_module_call (self, make_input (), NULL));
  variables = assay_module_get_variables (self);
  for (guint i = 0; i < variables->len; i++)
    {
      g_autoptr (AssayTensor) old = assay_resource_dup_tensor (variables->pdata[i], NULL, NULL);
      g_autofree float *values = g_new (float, 100);
      gint64            dims[2];

      for (guint k = 0; k < assay_tensor_get_rank (old); k++)
        dims[k] = assay_tensor_get_shape (old)[k];
      for (guint64 k = 0; k < assay_tensor_get_n_elements (old); k++)
        values[k] = k * scale + i;
      g_assert_true (assay_variable_assign (variables->pdata[i], assay_constant (assay_tensor_get_rank (old), dims, values), NULL));
    }
  return self;
}

static char *
in_folder (const char *name)
{
  return g_build_filename (g_getenv ("ASSAY_TEST_FOLDER"), name, NULL);
}

/* Our own writing of the same, so that each case is put to both formats. */
static char *
save_own (const char *name, AssayCheckpoint *checkpoint)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *prefix = in_folder (name);
  char            *saved = assay_checkpoint_save (checkpoint, prefix, &error);

  g_assert_no_error (error);
  return saved;
}

static char *
save_net (const char *name, float scale)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) net = make_built_net (scale, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);

  return save_own (name, checkpoint);
}

static void
assert_output (AssayModule *net, float first, float second)
{
  g_autoptr (GError) error = NULL;
  AssayValue  *y = assay_module_call (net, make_input (), &error);
  const float *values;

  g_assert_no_error (error);
  values = assay_value_get_data (y);
  g_assert_cmpfloat (values[0], ==, first);
  g_assert_cmpfloat (values[1], ==, second);
}

static void
assert_fails (gboolean result, GError **error, const char *text)
{
  g_assert_false (result);
  g_assert_nonnull (*error);
  g_assert_cmpstr ((*error)->message, ==, text);
  g_clear_error (error);
}

static char *
unresolved (const char *path, const char *full_name, const char *key)
{
  return g_strdup_printf ("Unresolved object in checkpoint %s: attributes {\n  name: \"VARIABLE_VALUE\"\n  full_name: \"%s\"\n  checkpoint_key: "
                          "\"%s/.ATTRIBUTES/VARIABLE_VALUE\"\n}\nhas_checkpoint_values {\n  value: true\n}\n",
                          path, full_name, key);
}

/* The path of a case: TensorFlow's own checkpoint, or ours of the same. */
static char *
dup_case (gconstpointer data)
{
  if (data != NULL)
    return g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "restore", data, NULL);
  return save_net ("built", 0.5);
}

static void
test_deferred (gconstpointer data)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = dup_case (data);
  g_autoptr (AssayModule) net = make_net (2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_restore (checkpoint, path, &error);
  g_autofree char *first = unresolved ("(root).net.first.w", "w", "net/first/w");
  g_autofree char *second = unresolved ("(root).net.second.w", "w", "net/second/w");
  AssayValue      *x;

  g_assert_no_error (error);
  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, first);
  g_assert_true (assay_checkpoint_status_assert_existing_objects_matched (status, &error));
  x = assay_module_call_child (net, "first", make_input (), &error);
  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, second);
  x = assay_module_call_child (net, "second", x, &error);
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
  g_assert_cmpfloat (((const float *) assay_value_get_data (x))[0], ==, 102);
  g_assert_cmpfloat (((const float *) assay_value_get_data (x))[1], ==, 114.5);
}

static void
test_later_restore_wins (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *older = save_net ("older", 0.5), *newer = save_net ("newer", 2);
  g_autoptr (AssayModule) net = make_net (2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (AssayCheckpointStatus) one = assay_checkpoint_restore (checkpoint, older, NULL);
  g_autoptr (AssayCheckpointStatus) other = assay_checkpoint_restore (checkpoint, newer, NULL);
  AssayModule *first = assay_module_get_module (net, "first");
  const gint64 dims[] = { 2, 3 };

  assert_output (net, 549, 689);
  g_assert_true (assay_variable_assign (assay_item_get_object (assay_module_get (first, "w")), assay_zeros (2, dims), NULL));
  g_assert_nonnull (assay_module_call (net, make_input (), NULL));
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_module_read (first, "w")))[5], ==, 0);
}

static void
test_extra_in_program (gconstpointer data)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = dup_case (data);
  g_autoptr (AssayModule) net = make_built_net (0.5, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autoptr (GError) error = NULL;
  const char *text = "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
                     "unmatched objects: [<tf.Variable 'extra:0' shape=() dtype=float32, numpy=1.0>]";

  assay_module_set_variable (net, "extra", assay_variable_new (assay_constant_scalar (1), "extra"));
  status = assay_checkpoint_restore (checkpoint, path, &error);
  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, text);
  assert_fails (assay_checkpoint_status_assert_existing_objects_matched (status, &error), &error, text);
  g_assert_true (assay_checkpoint_status_assert_nontrivial_match (status, &error));
}

static void
test_extra_in_checkpoint (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) source = make_built_net (0.5, 2), net = make_built_net (1, 2);
  g_autoptr (AssayVariable) other = assay_variable_new (assay_constant_scalar (2), NULL);
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("net", source, "other", other, NULL);
  g_autofree char *path = save_own ("with-extra", saving);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_restore (checkpoint, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = unresolved ("(root).other", "Variable", "other");

  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, text);
  g_assert_true (assay_checkpoint_status_assert_existing_objects_matched (status, &error));
  g_assert_true (assay_checkpoint_status_expect_partial (status) == status);
}

static void
test_tells_unused_values (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = save_net ("unused", 0.5);
  g_autoptr (AssayModule) net = make_built_net (1, 2);
  AssayCheckpoint       *checkpoint = assay_checkpoint_new ("net", net, NULL);
  AssayCheckpointStatus *status = assay_checkpoint_read (checkpoint, path, NULL);

  g_test_expect_message ("Assay", G_LOG_LEVEL_MESSAGE, "Detecting that an object or model or tf.train.Checkpoint is being deleted with unrestored*");
  g_test_expect_message ("Assay", G_LOG_LEVEL_MESSAGE, "Value in checkpoint could not be found in the restored object: (root).save_counter");
  g_object_unref (status);
  g_object_unref (checkpoint);
  g_test_assert_expected_messages ();
}

static void
test_nothing_matches (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = save_net ("nothing", 0.5);
  g_autoptr (AssayVariable) something = assay_variable_new (assay_constant_scalar (1), NULL);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("something", something, NULL);
  g_autoptr (AssayCheckpoint) empty = assay_checkpoint_new (NULL, NULL);
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_status_expect_partial (assay_checkpoint_restore (checkpoint, path, NULL));
  g_autoptr (AssayCheckpointStatus) bare = assay_checkpoint_status_expect_partial (assay_checkpoint_read (empty, path, NULL));
  g_autoptr (GError) error = NULL;
  g_autofree char *counter = unresolved ("(root).save_counter", "save_counter", "save_counter");
  g_autofree char *nothing = g_strdup_printf ("Nothing to load. No dependencies have been added to "
                                              "<tensorflow.python.checkpoint.checkpoint.Checkpoint object at 0x%012" G_GINTPTR_MODIFIER "x> yet.",
                                              (guintptr) empty);

  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error,
                "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
                "unmatched objects: [<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=1.0>]");
  g_assert_true (assay_checkpoint_status_assert_nontrivial_match (status, &error));
  assert_fails (assay_checkpoint_status_assert_nontrivial_match (bare, &error), &error, nothing);
  g_assert_false (assay_checkpoint_status_assert_consumed (bare, &error));
}

static void
test_shapes_must_fit (gconstpointer data)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = dup_case (data);
  g_autoptr (AssayModule) wide = make_built_net (0.25, 5), late = make_net (5);
  g_autoptr (AssayCheckpoint) eager = assay_checkpoint_new ("net", wide, NULL), deferred = assay_checkpoint_new ("net", late, NULL);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autoptr (GError) error = NULL;
  AssayModule *first = assay_module_get_module (wide, "first");

  status = assay_checkpoint_restore (eager, path, &error);
  g_assert_null (status);
  g_assert_true (g_str_has_prefix (error->message, "Received incompatible tensor with shape ("));
  g_assert_true (g_str_has_suffix (error->message, ":0."));
  g_clear_error (&error);
  /* Nothing is changed, not even what fits. */
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_module_read (first, "b")))[1], ==, 0.25);
  status = assay_checkpoint_status_expect_partial (assay_checkpoint_restore (deferred, path, &error));
  g_assert_no_error (error);
  g_assert_null (assay_module_call (late, make_input (), &error));
  g_assert_cmpstr (error->message, ==,
                   "Received incompatible tensor with shape (3, 2) when attempting to restore variable with shape (3, 5) and name w:0.");
}

static void
test_dtypes_must_fit (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayVariable) floats = assay_variable_new (assay_constant (1, two, (const float[]){ 1, 2 }), NULL);
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("v", floats, NULL);
  g_autofree char *path = save_own ("float", saving);
  const double     zeros[] = { 0, 0 };
  guint64          shape[] = { 2 };
  g_autoptr (GBytes) bytes = g_bytes_new (zeros, sizeof zeros);
  g_autoptr (AssayTensor) tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT64, 1, shape, bytes, NULL);
  g_autoptr (AssayVariable) doubles = assay_variable_new_full (tensor, "v", TRUE);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("v", doubles, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_checkpoint_restore (checkpoint, path, &error));
  g_assert_cmpstr (error->message, ==,
                   "tensor_name = v/.ATTRIBUTES/VARIABLE_VALUE; expected dtype double does not equal original dtype float [Op:RestoreV2]");
}

static void
test_missing_files (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) net = make_built_net (1, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_checkpoint_restore (checkpoint, "nowhere/ckpt", &error));
  g_assert_cmpstr (error->message, ==,
                   "Error when restoring from checkpoint or SavedModel at nowhere/ckpt: Unsuccessful TensorSliceReader constructor: Failed to find any "
                   "matching files for nowhere/ckpt\nPlease double-check that the path is correct. You may be missing the checkpoint suffix (e.g. the "
                   "'-1' in 'path/to/ckpt-1').");
  g_clear_error (&error);
  g_assert_null (assay_checkpoint_read (checkpoint, "nowhere/ckpt", &error));
  g_assert_cmpstr (error->message, ==, "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for nowhere/ckpt");
  g_clear_error (&error);
  status = assay_checkpoint_restore (checkpoint, NULL, &error);
  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, "No checkpoint specified (save_path=None); nothing is being restored.");
}

static void
test_write_save_read_restore (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) net = make_built_net (1, 2), second_net = make_built_net (3, 2), third_net = make_built_net (3, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL), other = assay_checkpoint_new ("net", second_net, NULL);
  g_autoptr (AssayCheckpoint) older = assay_checkpoint_new ("net", third_net, NULL);
  g_autofree char *written_prefix = in_folder ("forms/written"), *saved_prefix = in_folder ("forms/saved"), *folder = in_folder ("forms");
  g_autofree char *state = in_folder ("forms/checkpoint"), *text = NULL, *counter = unresolved ("(root).save_counter", "save_counter", "save_counter");
  g_autofree char *written = assay_checkpoint_write (checkpoint, written_prefix, NULL), *listed = NULL, *one = NULL, *two_saved = NULL, *latest = NULL;
  g_autofree char *third = NULL;
  g_autoptr (AssayCheckpointStatus) read = NULL, restored = NULL, of_written = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (written, ==, written_prefix);
  g_assert_null (assay_checkpoint_get_save_counter (checkpoint));
  g_assert_false (g_file_test (state, G_FILE_TEST_EXISTS));
  listed = assay_checkpoint_list_variables (written, NULL);
  g_assert_cmpstr (listed, ==,
                   "[('_CHECKPOINTABLE_OBJECT_GRAPH', []),\n ('net/first/b/.ATTRIBUTES/VARIABLE_VALUE', [3]),\n ('net/first/w/.ATTRIBUTES/VARIABLE_VALUE', "
                   "[2, 3]),\n ('net/second/b/.ATTRIBUTES/VARIABLE_VALUE', [2]),\n ('net/second/w/.ATTRIBUTES/VARIABLE_VALUE', [3, 2])]");
  one = assay_checkpoint_save (checkpoint, saved_prefix, NULL);
  two_saved = assay_checkpoint_save (checkpoint, saved_prefix, NULL);
  g_assert_true (g_str_has_suffix (one, "forms/saved-1") && g_str_has_suffix (two_saved, "forms/saved-2"));
  read = assay_checkpoint_status_expect_partial (assay_checkpoint_read (other, two_saved, NULL));
  assert_fails (assay_checkpoint_status_assert_consumed (read, &error), &error, counter);
  g_assert_null (assay_checkpoint_get_save_counter (other));
  restored = assay_checkpoint_restore (other, two_saved, &error);
  g_assert_no_error (error);
  g_assert_true (assay_checkpoint_status_assert_consumed (restored, &error));
  third = assay_checkpoint_save (other, saved_prefix, NULL);
  g_assert_true (g_str_has_suffix (third, "forms/saved-3"));
  latest = assay_latest_checkpoint (folder);
  g_assert_cmpstr (latest, ==, third);
  g_assert_true (g_file_get_contents (state, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "model_checkpoint_path: \"saved-3\"\nall_model_checkpoint_paths: \"saved-3\"\n");
  of_written = assay_checkpoint_restore (older, written, NULL);
  assert_fails (assay_checkpoint_status_assert_consumed (of_written, &error), &error,
                "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
                "unmatched objects: [<tf.Variable 'save_counter:0' shape=() dtype=int64, numpy=0>]");
}

static void
test_shared_variables (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayVariable) shared = assay_variable_new (assay_constant (1, two, (const float[]){ 1, 2 }), NULL);
  g_autoptr (AssayVariable) a = assay_variable_new (assay_zeros (1, two), "a"), b = assay_variable_new (assay_zeros (1, two), "b");
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("a", shared, "b", shared, NULL), restoring = assay_checkpoint_new ("a", a, "b", b, NULL);
  g_autofree char *path = save_own ("shared", saving);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  g_test_expect_message ("Assay", G_LOG_LEVEL_MESSAGE, "Inconsistent references*");
  status = assay_checkpoint_restore (restoring, path, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_variable_read (a)))[1], ==, 2);
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_variable_read (b)))[1], ==, 0);
  assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error,
                "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
                "unmatched objects: [<tf.Variable 'b:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>]");
}

static void
test_lists_grow (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) box = assay_module_new (net_get_type (), NULL, NULL), brief = assay_module_new (net_get_type (), NULL, NULL);
  AssayItem *items = assay_item_new_list (), *few = assay_item_new_list ();
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("box", box, NULL), restoring = assay_checkpoint_new ("box", brief, NULL);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autofree char *path = NULL, *text = unresolved ("(root).box.items.1", "Variable", "box/items/1");
  g_autoptr (GError) error = NULL;

  assay_module_set (box, "items", items);
  assay_module_set (brief, "items", few);
  for (int i = 1; i <= 3; i++)
    {
      g_autoptr (AssayVariable) variable = assay_variable_new (assay_constant_scalar (i), NULL);

      assay_item_append (items, assay_item_new_object (variable));
    }
  path = save_own ("list", saving);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (AssayVariable) variable = assay_variable_new (assay_constant_scalar (0), NULL);

      assay_item_append (few, assay_item_new_object (variable));
      if (i == 0)
        {
          status = assay_checkpoint_restore (restoring, path, NULL);
          assert_fails (assay_checkpoint_status_assert_consumed (status, &error), &error, text);
        }
      g_assert_cmpfloat (*(const float *) assay_value_get_data (assay_variable_read (variable)), ==, i + 1);
    }
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
}

/* A list of thousands of variables: none of it takes the square of that in time. */
static void
test_long_lists (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) box = assay_module_new (net_get_type (), NULL, NULL), other = assay_module_new (net_get_type (), NULL, NULL);
  AssayItem *items = assay_item_new_list (), *zeros = assay_item_new_list ();
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("box", box, NULL), restoring = assay_checkpoint_new ("box", other, NULL);
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 5000; i++)
    {
      g_autoptr (AssayVariable) one = assay_variable_new (assay_constant_scalar (i), NULL);
      g_autoptr (AssayVariable) zero = assay_variable_new (assay_constant_scalar (0), NULL);

      assay_item_append (items, assay_item_new_object (one));
      assay_item_append (zeros, assay_item_new_object (zero));
    }
  assay_module_set (box, "items", items);
  assay_module_set (other, "items", zeros);
  path = save_own ("long", saving);
  status = assay_checkpoint_restore (restoring, path, &error);
  g_assert_no_error (error);
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
  for (int i = 0; i < 5000; i += 499)
    g_assert_cmpfloat (*(const float *) assay_value_get_data (assay_variable_read (assay_item_get_object (assay_item_get_nth (zeros, i, NULL)))), ==, i);
}

static void
test_manager_keeps_last (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) net = make_built_net (1, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autofree char *folder = in_folder ("manager"), *first = in_folder ("manager/ckpt-1.h5"), *fifth = in_folder ("manager/ckpt-5.h5");
  g_autofree char *state = in_folder ("manager/checkpoint"), *text = NULL, *theirs = NULL, *latest = NULL;
  g_autoptr (AssayCheckpointManager) manager = assay_checkpoint_manager_new (checkpoint, folder, 3, NULL);
  g_autoptr (AssayCheckpointManager) again = NULL;

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *saved = assay_checkpoint_manager_save (manager, NULL);

      g_assert_nonnull (saved);
    }
  g_assert_cmpuint (assay_checkpoint_manager_get_checkpoints (manager)->len, ==, 3);
  g_assert_true (g_file_get_contents (state, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "model_checkpoint_path: \"ckpt-5\"\nall_model_checkpoint_paths: \"ckpt-3\"\nall_model_checkpoint_paths: \"ckpt-4\"\n"
                   "all_model_checkpoint_paths: \"ckpt-5\"\n");
  g_assert_false (g_file_test (first, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fifth, G_FILE_TEST_EXISTS));
  again = assay_checkpoint_manager_new (checkpoint, folder, 3, NULL);
  g_assert_true (g_str_has_suffix (assay_checkpoint_manager_get_latest (again), "manager/ckpt-5"));
  theirs = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "manager", "run", NULL);
  latest = assay_latest_checkpoint (theirs);
  g_assert_true (g_str_has_suffix (latest, "run/ckpt-50"));
}

static void
test_root (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) net = make_built_net (0.5, 2), late = make_net (2);
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new_for_root (net), restoring = assay_checkpoint_new_for_root (late);
  g_autofree char *path = save_own ("root", saving), *listed = assay_checkpoint_list_variables (path, NULL);
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_restore (restoring, path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (strstr (listed, "('first/w/.ATTRIBUTES/VARIABLE_VALUE', [2, 3])"));
  assert_output (late, 102, 114.5);
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
}

/* Ours as TensorFlow's: index, data and object graph, which are read again. */
static void
test_written_for_tensorflow (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *own = save_net ("for-tensorflow", 0.5), *file = g_strconcat (own, ".h5", NULL), *index = in_folder ("theirs.index");
  g_autofree char *prefix = in_folder ("theirs"), *listed = NULL;
  g_autoptr (AssayModule) net = make_net (2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayManifest) manifest = assay_manifest_load (file, NULL, &error);
  g_autoptr (AssayCheckpointStatus) status = NULL;

  g_assert_no_error (error);
  /* Over the one that is there, too: its files make room for files of other names. */
  for (int i = 0; i < 3; i++)
    g_assert_true (assay_convert (manifest, NULL, 0, assay_writers_find (index), index, NULL, NULL, NULL, &error));
  listed = assay_checkpoint_list_variables (prefix, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (listed, "('save_counter/.ATTRIBUTES/VARIABLE_VALUE', [])"));
  status = assay_checkpoint_restore (checkpoint, prefix, &error);
  g_assert_no_error (error);
  assert_output (net, 102, 114.5);
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
}

/* The same without a file of ours between; and TensorFlow's again into ours. */
static void
test_writes_tensorflows (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) source = make_built_net (0.5, 2), net = make_net (2);
  g_autoptr (AssayCheckpoint) saving = assay_checkpoint_new ("net", source, NULL), checkpoint = assay_checkpoint_new ("net", net, NULL);
  g_autofree char *index = in_folder ("direct/ckpt.index"), *prefix = in_folder ("direct/ckpt"), *listed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayCheckpointStatus) status = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *written = assay_checkpoint_write (saving, index, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (written, ==, prefix);
    }
  listed = assay_checkpoint_list_variables (prefix, &error);
  g_assert_cmpstr (listed, ==,
                   "[('_CHECKPOINTABLE_OBJECT_GRAPH', []),\n ('net/first/b/.ATTRIBUTES/VARIABLE_VALUE', [3]),\n ('net/first/w/.ATTRIBUTES/VARIABLE_VALUE', "
                   "[2, 3]),\n ('net/second/b/.ATTRIBUTES/VARIABLE_VALUE', [2]),\n ('net/second/w/.ATTRIBUTES/VARIABLE_VALUE', [3, 2])]");
  status = assay_checkpoint_read (checkpoint, prefix, &error);
  g_assert_no_error (error);
  assert_output (net, 102, 114.5);
  g_assert_true (assay_checkpoint_status_assert_consumed (status, &error));
}

static void
test_by_names (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "restore", "names", "ckpt", NULL);
  g_autoptr (AssayVariable) variable = assay_variable_new (assay_zeros (1, two), "net/w");
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("w", variable, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_restore (checkpoint, path, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_variable_read (variable)))[1], ==, 2);
}

/* A SavedModel's folder can be restored from: its root is the module itself. */
static void
test_from_saved_model (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "restore", "saved_model", NULL);
  g_autoptr (AssayModule) net = make_built_net (9, 2);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new_for_root (net);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayCheckpointStatus) status = assay_checkpoint_restore (checkpoint, path, &error);

  g_assert_no_error (error);
  assert_output (net, 60.75, 65.125);
  assert_fails (assay_checkpoint_status_assert_existing_objects_matched (status, &error), &error,
                "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing 1 of 1 "
                "unmatched objects: [<tf.Variable 'save_counter:0' shape=() dtype=int64, numpy=0>]");
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("assay-checkpoint-XXXXXX", NULL);
  int              result;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("ASSAY_TEST_FOLDER", folder, TRUE);
  g_test_add_data_func ("/checkpoint/deferred/own", NULL, test_deferred);
  g_test_add_data_func ("/checkpoint/deferred/tensorflow", "built/ckpt-1", test_deferred);
  g_test_add_func ("/checkpoint/later-restore-wins", test_later_restore_wins);
  g_test_add_data_func ("/checkpoint/extra-in-program/own", NULL, test_extra_in_program);
  g_test_add_data_func ("/checkpoint/extra-in-program/tensorflow", "built/ckpt-1", test_extra_in_program);
  g_test_add_func ("/checkpoint/extra-in-checkpoint", test_extra_in_checkpoint);
  g_test_add_func ("/checkpoint/tells-unused-values", test_tells_unused_values);
  g_test_add_func ("/checkpoint/nothing-matches", test_nothing_matches);
  g_test_add_data_func ("/checkpoint/shapes-must-fit/own", NULL, test_shapes_must_fit);
  g_test_add_data_func ("/checkpoint/shapes-must-fit/tensorflow", "built/ckpt-1", test_shapes_must_fit);
  g_test_add_func ("/checkpoint/dtypes-must-fit", test_dtypes_must_fit);
  g_test_add_func ("/checkpoint/missing-files", test_missing_files);
  g_test_add_func ("/checkpoint/write-save-read-restore", test_write_save_read_restore);
  g_test_add_func ("/checkpoint/shared-variables", test_shared_variables);
  g_test_add_func ("/checkpoint/lists-grow", test_lists_grow);
  g_test_add_func ("/checkpoint/long-lists", test_long_lists);
  g_test_add_func ("/checkpoint/manager-keeps-last", test_manager_keeps_last);
  g_test_add_func ("/checkpoint/root", test_root);
  g_test_add_func ("/checkpoint/by-names", test_by_names);
  g_test_add_func ("/checkpoint/written-for-tensorflow", test_written_for_tensorflow);
  g_test_add_func ("/checkpoint/writes-tensorflows", test_writes_tensorflows);
  g_test_add_func ("/checkpoint/from-saved-model", test_from_saved_model);
  result = g_test_run ();
  remove_all (folder);
  return result;
}
