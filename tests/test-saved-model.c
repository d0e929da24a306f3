/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saved models: saved in one process, loaded in another that never registered the class. */

#include <assay/checkpoint.h>
#include <assay/control.h>
#include <assay/import.h>
#include <assay/literal.h>
#include <assay/module-text.h>
#include <assay/overlay.h>
#include <assay/random.h>
#include <assay/reader-session.h>
#include <assay/save.h>
#include <assay/saved-model.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  AssayModule *self;
  AssayValue  *x;
} Call;

static AssayValue *
when_positive (gpointer data, GError **error)
{
  Call *call = data;

  return assay_matmul (call->x, assay_module_read (call->self, "w"), error);
}

static AssayValue *
when_not (gpointer data, GError **error)
{
  Call *call = data;

  return assay_add (call->x, assay_module_read (call->self, "offset"), error);
}

static AssayValue *
sum (AssayValue *x, GError **error)
{
  const gint64 axes[] = { 0, 1 };

  return assay_apply ("Sum", NULL, error, x, assay_constant_ints (2, axes), NULL);
}

static AssayValue *
is_small (AssayValue **state, guint n, gpointer data, GError **error)
{
  return assay_apply ("Less", NULL, error, sum (state[0], error), assay_constant_scalar (100), NULL);
}

static AssayValue *
twice (AssayValue **state, guint n, gpointer data, GError **error)
{
  Call *call = data;

  state[0] = assay_add (assay_mul (state[0], assay_constant_scalar (2), error), assay_module_read (call->self, "step"), error);
  state[1] = assay_add (state[1], assay_constant_scalar (1), error);
  return state[1];
}

/* Values decide which branch is taken and how often the loop runs. */
static AssayValue *
chooser_call (AssayModule *self, AssayValue *x, GError **error)
{
  Call        call = { self, x };
  AssayValue *y = assay_cond (assay_apply ("Greater", NULL, error, sum (x, error), assay_constant_scalar (0), NULL), when_positive, when_not, &call, error);
  AssayValue *state[] = { y, assay_constant_scalar (0) };

  if (y == NULL || !assay_while (state, 2, is_small, twice, &call, error))
    return NULL;
  return assay_add (state[0], state[1], error);
}
ASSAY_DEFINE_MODULE (Chooser, chooser, ASSAY_TYPE_MODULE)

static AssayModule *
make_chooser (void)
{
  AssayModule *self = assay_module_new (chooser_get_type (), NULL, NULL);
  AssayItem   *list = assay_item_new_list (), *dict = assay_item_new_dict (), *tuple = assay_item_new_tuple ();
  g_autoptr (AssayVariable) inner = assay_variable_new (assay_literal ("[7, 8]", NULL), "inner");

  assay_module_set_variable (self, "w", assay_variable_new (assay_literal ("[[0.1, 0.7], [0.3, 0.9]]", NULL), "w"));
  assay_module_set_variable (self, "step", assay_variable_set_trainable (assay_variable_new (assay_constant_scalar (0.3f), "step"), FALSE));
  assay_module_set_tensor (self, "offset", assay_literal ("[[40.1, 50.3]]", NULL));
  assay_item_append (list, assay_item_new_object (inner));
  assay_item_append (list, assay_item_new_float (0.1));
  assay_item_insert (dict, "name", assay_item_new_string ("Ünïcode"));
  assay_item_insert (dict, "list", list);
  assay_item_append (tuple, assay_item_new_bool (TRUE));
  assay_item_append (tuple, assay_item_new_none ());
  assay_module_set (self, "settings", dict);
  assay_module_set (self, "pair", tuple);
  assay_module_set (self, "itself", assay_item_new_object (self));
  assay_module_set_int (self, "number", -3);
  return self;
}

/* A module that holds itself is only freed once it doesn't any more. */
static void
break_circle (AssayModule *module)
{
  assay_module_set (module, "itself", assay_item_new_none ());
}

static AssayValue *
positive (void)
{
  return assay_literal ("[[1.5, 2.5]]", NULL);
}

static AssayValue *
negative (void)
{
  return assay_literal ("[[-1.5, -2.5]]", NULL);
}

static char *
bits_of (AssayValue *value)
{
  gsize         n;
  const guchar *data = g_bytes_get_data (assay_tensor_get_bytes (assay_value_get_tensor (value)), &n);

  return g_base64_encode (data, n);
}

static char *
call_bits (AssayModule *module, AssayValue *x)
{
  g_autoptr (GError) error = NULL;
  AssayValue *y = assay_module_call (module, x, &error);

  g_assert_no_error (error);
  return bits_of (y);
}

static void
save_to (const char *path, AssayModule *module)
{
  g_autoptr (GError) error = NULL;

  assay_saved_model_save (module, path, NULL, 0, &error);
  g_assert_no_error (error);
}

/* Names of what can be called, with the shapes that it takes. */
static char *
list_functions (AssayModule *loaded)
{
  AssayRunnable *runnable = assay_user_object_get_runnable (ASSAY_USER_OBJECT (loaded));
  GString       *text = g_string_new (NULL);

  for (guint i = 0; i < assay_runnable_get_n_signatures (runnable); i++)
    {
      const char      *name;
      AssayFunction   *function = assay_runnable_get_signature (runnable, i, &name);
      g_autofree char *shape = assay_partial_shape_to_tuple (&assay_function_get_operation (function, 0)->outputs[0].shape);

      g_string_append_printf (text, "%s%s%s", i ? " " : "", name, shape);
    }
  return g_string_free (text, FALSE);
}

/* The other process: loads, looks, calls, prints. */
static int
be_the_other (const char *path)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayModule) loaded = assay_saved_model_load (path, &error);
  g_autoptr (GPtrArray) variables = NULL;
  g_autofree char *first = NULL, *second = NULL, *type = NULL, *functions = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_type_from_name ("Chooser"), ==, 0);
  first = call_bits (loaded, positive ());
  second = call_bits (loaded, negative ());
  variables = assay_module_get_variables (loaded);
  type = assay_module_type_to_text (loaded);
  functions = list_functions (loaded);
  g_print ("%s %s %u %s %s\n", first, second, variables->len, functions, type);
  break_circle (loaded);
  return 0;
}

static char *
run_other (const char *path)
{
  char       *out = NULL;
  const char *argv[] = { "/proc/self/exe", "--load", path, NULL };
  int         status;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return out;
}

static char *
in_folder (const char *name)
{
  return g_build_filename (g_getenv ("ASSAY_TEST_FOLDER"), name, NULL);
}

static void
test_lives_without_its_class (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser ();
  g_autofree char *first = call_bits (chooser, positive ()), *second = call_bits (chooser, negative ()), *path = in_folder ("chooser"), *out = NULL;
  g_autofree char *expected = g_strdup_printf (
      "%s %s 3 serving_default(1, 2) <class 'tensorflow.python.saved_model.load.Loader._recreate_base_user_object.<locals>._UserObject'>\n", first, second);

  save_to (path, chooser);
  out = run_other (path);
  g_assert_cmpstr (out, ==, expected);
  break_circle (chooser);
}

static void
test_keeps_attributes (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser (), loaded = NULL;
  g_autofree char *bits = call_bits (chooser, positive ()), *path = in_folder ("attributes");
  AssayItem       *settings, *pair;

  g_assert_nonnull (bits);
  save_to (path, chooser);
  loaded = assay_saved_model_load (path, NULL);
  g_assert_cmpstr (assay_module_get_class_name (loaded), ==, "_UserObject");
  g_assert_false (G_TYPE_CHECK_INSTANCE_TYPE (loaded, chooser_get_type ()));
  g_assert_cmpstr (assay_module_get_name (loaded), ==, "chooser");
  g_assert_cmpint (assay_module_get_int (loaded, "number"), ==, -3);
  g_assert_true (assay_module_get_module (loaded, "itself") == loaded);
  settings = assay_module_get (loaded, "settings");
  g_assert_cmpstr (assay_item_get_string (assay_item_get_nth (settings, 0, NULL)), ==, "Ünïcode");
  g_assert_cmpfloat (assay_item_get_float (assay_item_get_nth (assay_item_get_nth (settings, 1, NULL), 1, NULL)), ==, 0.1);
  pair = assay_module_get (loaded, "pair");
  g_assert_cmpint (assay_item_get_kind (pair), ==, ASSAY_ITEM_TUPLE);
  g_assert_cmpint (assay_item_get_kind (assay_item_get_nth (pair, 1, NULL)), ==, ASSAY_ITEM_NONE);
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_module_read (loaded, "offset")))[1], ==, 50.3f);
  g_assert_false (assay_variable_get_trainable (assay_item_get_object (assay_module_get (loaded, "step"))));
  break_circle (chooser);
  break_circle (loaded);
}

static void
test_can_be_changed_and_saved_again (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser (), loaded = NULL, again = NULL;
  g_autofree char *bits = call_bits (chooser, positive ()), *path = in_folder ("first"), *second = in_folder ("second"), *values = in_folder ("values");
  g_autofree char *changed = NULL, *as_changed = NULL, *restored = NULL;
  g_autoptr (AssayCheckpoint) original = assay_checkpoint_new_for_root (chooser), target = NULL;
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autofree char *written = assay_checkpoint_write (original, values, NULL);
  g_autoptr (GError) error = NULL;

  save_to (path, chooser);
  loaded = assay_saved_model_load (path, NULL);
  g_assert_true (assay_variable_assign (assay_item_get_object (assay_module_get (loaded, "w")), assay_literal ("[[1, 2], [3, 4]]", NULL), NULL));
  changed = call_bits (loaded, positive ());
  g_assert_cmpstr (changed, !=, bits);
  save_to (second, loaded);
  again = assay_saved_model_load (second, NULL);
  as_changed = call_bits (again, positive ());
  g_assert_cmpstr (as_changed, ==, changed);
  target = assay_checkpoint_new_for_root (again);
  status = assay_checkpoint_status_expect_partial (assay_checkpoint_read (target, written, &error));
  g_assert_no_error (error);
  restored = call_bits (again, positive ());
  g_assert_cmpstr (restored, ==, bits);
  break_circle (chooser);
  break_circle (loaded);
  break_circle (again);
}

static void
test_several_signatures (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser (), loaded = NULL;
  AssaySignature signatures[] = {
    { "any", ASSAY_DTYPE_FLOAT32, { .rank = 2, .dims = { -1, 2 } } },
    { "three", ASSAY_DTYPE_FLOAT32, { .rank = 2, .dims = { 3, 2 } } },
  };
  g_autofree char *path = in_folder ("signatures"), *bits = NULL, *same = NULL;
  g_autoptr (GError) error = NULL;
  const char *three = "[[1, 2], [3, 4], [5, 6]]";

  g_assert_true (assay_saved_model_save (chooser, path, signatures, 2, &error));
  loaded = assay_saved_model_load (path, &error);
  g_assert_no_error (error);
  bits = call_bits (chooser, assay_literal (three, NULL));
  same = call_bits (loaded, assay_literal (three, NULL));
  g_assert_cmpstr (same, ==, bits);
  g_assert_null (assay_module_call (loaded, assay_literal ("[1, 2]", NULL), &error));
  g_assert_cmpstr (error->message, ==,
                   "Could not find matching concrete function to call loaded from the SavedModel. Got:\n  Positional arguments (1 total):\n    * [1, 2]\n  "
                   "Keyword arguments: {}\n\n Expected these arguments to match one of the following 2 option(s):\n\nOption 1:\n  Positional arguments (1 "
                   "total):\n    * TensorSpec(shape=(None, 2), dtype=tf.float32, name='x')\n  Keyword arguments: {}\n\nOption 2:\n  Positional arguments (1 "
                   "total):\n    * TensorSpec(shape=(3, 2), dtype=tf.float32, name='x')\n  Keyword arguments: {}");
  break_circle (chooser);
  break_circle (loaded);
}

/* What the window and the terminal do with such a file. */
static void
test_runs_from_the_file (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser ();
  g_autofree char *bits = call_bits (chooser, positive ()), *path = in_folder ("imported"), *file = g_strconcat (path, ".h5", NULL), *same = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayRunnable) runnable = NULL;
  g_autoptr (AssayRun) run = NULL;
  g_autoptr (GError) error = NULL;
  AssayValue *x = positive ();

  save_to (path, chooser);
  manifest = assay_manifest_load (file, NULL, &error);
  g_assert_no_error (error);
  runnable = assay_import (manifest, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  run = assay_runnable_run (runnable, "serving_default", &x, 1, TRUE, NULL, &error);
  g_assert_no_error (error);
  same = bits_of (assay_run_get_output (run, 0, NULL));
  g_assert_cmpstr (same, ==, bits);
  break_circle (chooser);
}

static void
test_says_there_is_nothing_to_call (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser (), loaded = NULL;
  g_autofree char *path = in_folder ("uncalled");
  g_autoptr (GError) error = NULL;

  save_to (path, chooser);
  loaded = assay_saved_model_load (path, NULL);
  g_assert_null (assay_module_call (loaded, positive (), &error));
  g_assert_cmpstr (error->message, ==, "'_UserObject' object is not callable: the saved model has no functions.");
  break_circle (chooser);
  break_circle (loaded);
}

/* A tensor of more than the functions' text holds: kept beside, and shown as a variable. */
static AssayValue *
table_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_matmul (x, assay_module_read (self, "table"), error);
}
ASSAY_DEFINE_MODULE (Table, table, ASSAY_TYPE_MODULE)

static void
test_captures_large_constants (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) module = assay_module_new (table_get_type (), NULL, NULL), loaded = NULL;
  g_autofree char *path = in_folder ("constants"), *file = g_strconcat (path, ".h5", NULL), *bits = NULL, *found = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  const gint64 dims[] = { 2, 1000 };
  gboolean     shown = FALSE;

  assay_random_set_seed (7);
  assay_module_set_tensor (module, "table", assay_random_normal (2, dims));
  bits = call_bits (module, positive ());
  save_to (path, module);
  loaded = assay_saved_model_load (path, NULL);
  found = call_bits (loaded, positive ());
  g_assert_cmpstr (found, ==, bits);
  manifest = assay_manifest_load (file, NULL, NULL);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      shown = shown || (g_str_has_prefix (facts.key, "saved_model/constants/") && facts.n_elements == 2000);
    }
  g_assert_true (shown);
}

/* The window and the terminal edit the file; what is loaded then gives what the edited variable says. */
static void
test_edited_as_a_file (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser (), loaded = NULL;
  g_autofree char *bits = call_bits (chooser, positive ()), *path = in_folder ("edited"), *file = g_strconcat (path, ".h5", NULL);
  g_autofree char *wanted = NULL, *found = NULL;
  const guint64    zeros[2] = { 0 }, shape[] = { 2, 2 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ((float[]){ 1, 2, 3, 4 }, 4 * sizeof (float));
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (GError) error = NULL;
  AssaySaveEdit edit = { 0 };

  save_to (path, chooser);
  manifest = assay_manifest_load (file, NULL, &error);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      g_autofree char *name = assay_manifest_dup_variable_path (manifest, i);

      if (strcmp (name, "w") == 0)
        edit.variable = i;
    }
  edit.base = assay_manifest_dup_source (manifest, edit.variable, NULL);
  edit.source = assay_overlay_new (edit.base, zeros, shape, bytes, NULL);
  g_assert_true (assay_save_edits (manifest, &edit, 1, NULL, ASSAY_SAVE_DEFAULT, NULL, &error));
  loaded = assay_saved_model_load (path, &error);
  g_assert_no_error (error);
  found = call_bits (loaded, positive ());
  g_assert_cmpstr (found, !=, bits);
  g_assert_true (assay_variable_assign (assay_item_get_object (assay_module_get (chooser, "w")), assay_literal ("[[1, 2], [3, 4]]", NULL), NULL));
  wanted = call_bits (chooser, positive ());
  g_assert_cmpstr (found, ==, wanted);
  g_object_unref (edit.base);
  g_object_unref (edit.source);
  break_circle (chooser);
  break_circle (loaded);
}

static char *
list_names (AssayModule *module)
{
  g_autoptr (GPtrArray) variables = assay_module_get_variables (module);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < variables->len; i++)
    {
      g_autofree char *shape = assay_partial_shape_to_tuple (assay_resource_get_shape (variables->pdata[i]));

      g_string_append_printf (names, "%s%s %s", i ? ", " : "", assay_resource_get_name (variables->pdata[i]), shape);
    }
  return g_string_free (names, FALSE);
}

/* Cell 17 of the notebook: TensorFlow's file has values and nothing to call. */
static void
test_loads_tensorflows_without_functions (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "notebook", "my_saved_model", NULL), *names = NULL;
  g_autofree char *again = in_folder ("from-tensorflow"), *same = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayModule) loaded = assay_saved_model_load (path, &error), ours = NULL;

  g_assert_no_error (error);
  names = list_names (loaded);
  g_assert_cmpstr (names, ==, "w (3, 3), w (3, 2)");
  g_assert_nonnull (assay_module_get_module (loaded, "dense_1"));
  g_assert_null (assay_module_call (loaded, positive (), &error));
  g_assert_cmpstr (error->message, ==, "'_UserObject' object is not callable: the saved model has no functions.");
  save_to (again, loaded);
  ours = assay_saved_model_load (again, NULL);
  same = list_names (ours);
  g_assert_cmpstr (same, ==, names);
}

static void
test_loads_tensorflows_with_functions (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tensorflow", "notebook", "the_saved_model", NULL), *names = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayModule) loaded = assay_saved_model_load (path, &error);

  g_assert_no_error (error);
  names = list_names (loaded);
  g_assert_cmpstr (names, ==, "b (3,), w (3, 3), b (2,), w (3, 2)");
  g_assert_null (assay_module_call (loaded, positive (), &error));
  g_assert_nonnull (strstr (error->message, "assay_import"));
}

/* What a function captures must be held by an object, or it would be lost. */
static AssayVariable *stray;

static AssayValue *
stray_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_mul (x, assay_variable_read (stray), error);
}
ASSAY_DEFINE_MODULE (Stray, stray, ASSAY_TYPE_MODULE)

static void
test_refuses_untracked_variables (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) module = assay_module_new (stray_get_type (), NULL, NULL);
  g_autofree char *path = in_folder ("stray"), *file = g_strconcat (path, ".h5", NULL);
  g_autoptr (GError) error = NULL;

  stray = assay_variable_new (assay_constant_scalar (2), "stray");
  g_assert_nonnull (assay_module_call (module, positive (), NULL));
  g_assert_false (assay_saved_model_save (module, path, NULL, 0, &error));
  g_assert_nonnull (strstr (error->message, "untracked"));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  assay_module_set (module, "held", assay_item_new_object (stray));
  save_to (path, module);
  g_clear_object (&stray);
}

static char *
module_attribute (AssayManifest *manifest, const char *path, const char *name, const char **class_name)
{
  for (guint32 i = 0; i < assay_manifest_get_n_modules (manifest); i++)
    {
      g_autofree char    *own = assay_manifest_dup_module_path (manifest, i);
      AssayManifestModule facts;

      assay_manifest_get_module (manifest, i, &facts);
      *class_name = facts.class_name;
      if (strcmp (own, path) == 0)
        return assay_manifest_dup_module_attribute (manifest, i, name);
    }
  return NULL;
}

static void
assert_attribute (AssayManifest *manifest, const char *path, const char *name, const char *wanted)
{
  const char      *class_name;
  g_autofree char *found = module_attribute (manifest, path, name, &class_name);

  g_assert_cmpstr (found, ==, wanted);
}

/* Whoever looks at the file sees what isn't a variable, too. */
static void
test_shows_plain_attributes (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) chooser = make_chooser ();
  g_autofree char *bits = call_bits (chooser, positive ()), *path = in_folder ("shown"), *file = g_strconcat (path, ".h5", NULL), *none = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (GError) error = NULL;
  const char *class_name;

  g_assert_nonnull (bits);
  save_to (path, chooser);
  manifest = assay_manifest_load (file, NULL, &error);
  g_assert_no_error (error);
  assert_attribute (manifest, "", "number", "-3");
  assert_attribute (manifest, "", "offset", "\"float32 [1,2]: 40.1, 50.3\"");
  assert_attribute (manifest, "", "pair", "[true, null]");
  assert_attribute (manifest, "settings", "name", "\"Ünïcode\"");
  assert_attribute (manifest, "settings/list", "1", "0.10000000000000001");
  none = module_attribute (manifest, "settings", "nothing", &class_name);
  g_assert_null (none);
  g_assert_cmpstr (class_name, ==, "dict");
  break_circle (chooser);
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
  g_autofree char *folder = NULL;
  int              result;

  if (argc == 3 && strcmp (argv[1], "--load") == 0)
    return be_the_other (argv[2]);
  folder = g_dir_make_tmp ("assay-saved-model-XXXXXX", NULL);
  g_test_init (&argc, &argv, NULL);
  g_setenv ("ASSAY_TEST_FOLDER", folder, TRUE);
  g_test_add_func ("/saved-model/lives-without-its-class", test_lives_without_its_class);
  g_test_add_func ("/saved-model/keeps-attributes", test_keeps_attributes);
  g_test_add_func ("/saved-model/can-be-changed-and-saved-again", test_can_be_changed_and_saved_again);
  g_test_add_func ("/saved-model/several-signatures", test_several_signatures);
  g_test_add_func ("/saved-model/runs-from-the-file", test_runs_from_the_file);
  g_test_add_func ("/saved-model/says-there-is-nothing-to-call", test_says_there_is_nothing_to_call);
  g_test_add_func ("/saved-model/edited-as-a-file", test_edited_as_a_file);
  g_test_add_func ("/saved-model/captures-large-constants", test_captures_large_constants);
  g_test_add_func ("/saved-model/loads-tensorflows-without-functions", test_loads_tensorflows_without_functions);
  g_test_add_func ("/saved-model/loads-tensorflows-with-functions", test_loads_tensorflows_with_functions);
  g_test_add_func ("/saved-model/refuses-untracked-variables", test_refuses_untracked_variables);
  g_test_add_func ("/saved-model/shows-plain-attributes", test_shows_plain_attributes);
  result = g_test_run ();
  remove_all (folder);
  return result;
}
