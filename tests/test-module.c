/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Modules: what they collect, how they and their variables are named, and running what was traced. */

#include <assay/layer.h>
#include <assay/module-text.h>
#include <assay/random.h>
#include <assay/runnable.h>
#include <string.h>

static AssayValue *
plain_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);
}
ASSAY_DEFINE_MODULE (Plain, plain, ASSAY_TYPE_MODULE)

static AssayVariable *
make_variable (guint rank, const gint64 *dims, const char *name)
{
  return assay_variable_new (assay_zeros (rank, dims), name);
}

static void
assert_names (GPtrArray *variables, const char *names)
{
  g_autoptr (GString) all = g_string_new ("");

  for (guint i = 0; i < variables->len; i++)
    g_string_append_printf (all, "%s%s", i ? " " : "", assay_resource_get_name (variables->pdata[i]));
  g_assert_cmpstr (all->str, ==, names);
}

static void
test_collects (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) self = assay_module_new (plain_get_type (), NULL, NULL);
  g_autoptr (GPtrArray) variables = NULL, frozen = NULL, modules = NULL;
  AssayModule *child = assay_module_new (plain_get_type (), "child", NULL);
  AssayItem   *list = assay_item_new_list (), *dict = assay_item_new_dict ();
  const gint64 two[] = { 2 };
  g_autoptr (AssayVariable) k1 = make_variable (1, two, "k1"), k2 = make_variable (1, two, "k2");

  assay_module_set_variable (self, "z", make_variable (1, two, "z"));
  assay_module_set_variable (self, "a", assay_variable_set_trainable (make_variable (1, two, "a"), FALSE));
  assay_module_set_tensor (self, "plain", assay_zeros (1, two));
  assay_module_set_int (self, "number", 3);
  assay_module_set_module (self, "m", child);
  assay_module_set_variable (child, "inner", make_variable (1, two, "inner"));
  assay_module_set (child, "back", assay_item_new_object (self));
  assay_item_insert (dict, "k2", assay_item_new_object (k2));
  assay_item_insert (dict, "k1", assay_item_new_object (k1));
  assay_item_append (list, dict);
  assay_item_append (list, assay_item_new_object (child));
  assay_module_set (self, "list", list);
  variables = assay_module_get_variables (self);
  assert_names (variables, "a k1 k2 z inner");
  frozen = assay_module_get_non_trainable_variables (self);
  assert_names (frozen, "a");
  modules = assay_module_get_submodules (self);
  g_assert_cmpuint (modules->len, ==, 1);
  g_assert_cmpint (assay_module_get_int (self, "number"), ==, 3);
  assay_module_set (child, "back", assay_item_new_none ());
}

static void
test_refuses_names (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_module_new (plain_get_type (), "not a name", &error));
  g_assert_cmpstr (error->message, ==, "'not a name' is not a valid module name. Module names must be valid Python identifiers (e.g. a valid class name).");
}

/* Tuples, lists in dicts in tuples; a variable under three names, a list under two, a dict that holds itself: each variable once. */
static void
test_collects_shared_and_cyclic (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) self = assay_module_new (plain_get_type (), NULL, NULL);
  g_autoptr (GPtrArray) variables = NULL, modules = NULL;
  const gint64 two[] = { 2 };
  g_autoptr (AssayVariable) shared = make_variable (1, two, "shared"), deep = make_variable (1, two, "deep");
  AssayItem   *tuple = assay_item_new_tuple (), *dict = assay_item_new_dict (), *list = assay_item_new_list (), *circle = assay_item_new_dict ();
  AssayModule *child = assay_module_set_module (self, "child", assay_module_new (plain_get_type (), "child", NULL));

  assay_module_set (self, "x", assay_item_new_object (shared));
  assay_module_set (child, "y", assay_item_new_object (shared));
  assay_module_set_module (child, "parent", g_object_ref (self));
  assay_item_append (list, assay_item_new_object (deep));
  assay_item_append (list, assay_item_new_object (shared));
  assay_item_append (list, assay_item_new_object (child));
  assay_item_insert (dict, "list", list);
  assay_item_insert (dict, "again", assay_item_ref (list));
  assay_item_append (tuple, dict);
  assay_item_append (tuple, assay_item_new_int (3));
  assay_module_set (self, "tuple", tuple);
  assay_item_insert (circle, "a", assay_item_ref (circle));
  assay_item_insert (circle, "b", assay_item_ref (circle));
  assay_module_set (self, "circle", circle);
  variables = assay_module_get_variables (self);
  assert_names (variables, "deep shared");
  modules = assay_module_get_submodules (self);
  g_assert_cmpuint (modules->len, ==, 1);
  assay_module_set (child, "parent", assay_item_new_none ());
  assay_item_insert (circle, "a", assay_item_new_none ());
  assay_item_insert (circle, "b", assay_item_new_none ());
}

/* A scope is in front of variables' names, and of the modules' own scopes; one that ends in a slash is absolute. */
static void
test_name_scopes (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  const gint64 two[] = { 2 };
  g_autoptr (AssayModule) self = NULL;
  g_autoptr (AssayVariable) plain = make_variable (1, two, "w"), inner = NULL, absolute = NULL, none = NULL;

  assay_name_scope_push ("outer");
  self = assay_module_new (plain_get_type (), "dense", NULL);
  assay_name_scope_push ("inner");
  inner = make_variable (1, two, "w");
  assay_name_scope_push (assay_module_get_name_scope (self));
  absolute = make_variable (1, two, "w");
  assay_name_scope_push (NULL);
  none = make_variable (1, two, "w");
  for (int i = 0; i < 4; i++)
    assay_name_scope_pop ();
  g_assert_cmpstr (assay_module_get_name_scope (self), ==, "outer/dense/");
  g_assert_cmpstr (assay_resource_get_name (ASSAY_RESOURCE (plain)), ==, "w");
  g_assert_cmpstr (assay_resource_get_name (ASSAY_RESOURCE (inner)), ==, "outer/inner/w");
  g_assert_cmpstr (assay_resource_get_name (ASSAY_RESOURCE (absolute)), ==, "outer/dense/w");
  g_assert_cmpstr (assay_resource_get_name (ASSAY_RESOURCE (none)), ==, "w");
  g_assert_cmpstr (assay_name_scope_get (), ==, "");
}

/* Layers: variables as they were made, trainable ones first; built once; numbered names; the shape stays. */
static gboolean
dense_build (AssayLayer *layer, const AssayPartialShape *shape, GError **error)
{
  AssayModule *self = ASSAY_MODULE (layer);
  const gint64 dims[] = { shape->dims[shape->rank - 1], 2 };

  assay_module_set_int (self, "n_built", assay_module_get_int (self, "n_built") + 1);
  assay_module_set_variable (self, "moving", assay_variable_set_trainable (make_variable (1, dims + 1, "moving"), FALSE));
  assay_module_set_variable (self, "w", make_variable (2, dims, "w"));
  assay_module_set_variable (self, "b", make_variable (1, dims + 1, "b"));
  return TRUE;
}

static AssayValue *
flexible_dense_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);
}
ASSAY_DEFINE_LAYER (FlexibleDense, flexible_dense, "FlexibleDense", dense_build, flexible_dense_call)

static void
test_layers (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) first = NULL, second = NULL;
  g_autoptr (GPtrArray) none = NULL, variables = NULL, trainable = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 three[] = { 1, 3 }, four[] = { 1, 4 };

  assay_layer_reset_names ();
  first = assay_layer_new (flexible_dense_get_type (), NULL);
  second = assay_layer_new (flexible_dense_get_type (), NULL);
  g_assert_cmpstr (assay_module_get_name (second), ==, "flexible_dense_1");
  none = assay_module_get_variables (second);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (assay_layer_get_built (ASSAY_LAYER (second)));
  for (int i = 0; i < 2; i++)
    g_assert_nonnull (assay_module_call (second, assay_zeros (2, three), &error));
  g_assert_cmpint (assay_module_get_int (second, "n_built"), ==, 1);
  variables = assay_module_get_variables (second);
  assert_names (variables, "flexible_dense_1/w flexible_dense_1/b flexible_dense_1/moving");
  trainable = assay_module_get_trainable_variables (second);
  g_assert_cmpuint (trainable->len, ==, 2);
  g_assert_null (assay_module_call (second, assay_zeros (2, four), &error));
  g_assert_nonnull (strstr (error->message, "Matrix size-incompatible: In[0]: [1,4], In[1]: [3,2] [Op:MatMul]"));
}

static void
test_runs_what_was_traced (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) self = assay_module_new (plain_get_type (), NULL, NULL);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (library);
  g_autoptr (AssayRun) run = NULL;
  g_autoptr (GError) error = NULL;
  const gint64      w_dims[] = { 3, 2 }, b_dims[] = { 2 }, x_dims[] = { 1, 3 };
  const float       w[] = { 1, 2, 3, 4, 5, 6 }, b[] = { 0.5, -0.5 }, x[] = { 1, 1, 2 };
  AssayPartialShape shape = { .rank = 2, .dims = { -1, 3 } };
  AssayTrace       *trace;
  AssayValue       *input = assay_constant (2, x_dims, x);
  const char       *name;

  assay_module_set_variable (self, "w", assay_variable_new (assay_constant (2, w_dims, w), "w"));
  assay_module_set_variable (self, "b", assay_variable_new (assay_constant (1, b_dims, b), "b"));
  trace = assay_trace_begin (library, "call");
  g_assert_true (assay_trace_add_result (trace, "output_0", assay_module_call (self, assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape), &error), &error));
  function = assay_trace_end (trace);
  assay_runnable_add_signature (runnable, "serving_default", function);
  run = assay_runnable_run (runnable, NULL, &input, 1, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (((const float *) assay_value_get_data (assay_run_get_output (run, 0, &name)))[1], ==, 17.5);
  g_assert_cmpstr (name, ==, "output_0");
  g_assert_cmpuint (assay_run_get_n_activations (run), ==, 1);
  assay_run_get_activation (run, 0, &name);
  g_assert_cmpstr (name, ==, "plain");
  g_assert_null (assay_run_get_first_bad (run));
  g_assert_null (assay_runnable_run (runnable, "other", &input, 1, FALSE, NULL, &error));
  g_assert_cmpstr (error->message, ==, "There is no signature other, only serving_default.");
}

static void
test_finds_first_bad (void)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayModule) self = assay_module_new (plain_get_type (), NULL, NULL);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (library);
  g_autoptr (AssayRun) run = NULL;
  const gint64      one[] = { 1, 1 };
  const float       big[] = { 3e38f }, two[] = { 2 };
  AssayPartialShape shape = { .rank = 2, .dims = { 1, 1 } };
  AssayTrace       *trace;
  AssayValue       *input = assay_constant (2, one, two);

  assay_module_set_variable (self, "w", assay_variable_new (assay_constant (2, one, big), "w"));
  assay_module_set_variable (self, "b", assay_variable_new (assay_constant (2, one, two), "b"));
  trace = assay_trace_begin (library, "call");
  assay_trace_add_result (trace, "y", assay_module_call (self, assay_trace_add_argument (trace, "x", ASSAY_DTYPE_FLOAT32, &shape), NULL), NULL);
  function = assay_trace_end (trace);
  assay_runnable_add_signature (runnable, "s", function);
  run = assay_runnable_run (runnable, NULL, &input, 1, TRUE, NULL, NULL);
  g_assert_cmpstr (assay_run_get_first_bad (run), ==, "plain/MatMul");
  /* Without activations, too: it is looked for when the output has them. */
  g_clear_object (&run);
  run = assay_runnable_run (runnable, NULL, &input, 1, FALSE, NULL, NULL);
  g_assert_cmpuint (assay_run_get_n_activations (run), ==, 0);
  g_assert_cmpstr (assay_run_get_first_bad (run), ==, "plain/MatMul");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module/collects", test_collects);
  g_test_add_func ("/module/refuses-names", test_refuses_names);
  g_test_add_func ("/module/collects-shared-and-cyclic", test_collects_shared_and_cyclic);
  g_test_add_func ("/module/name-scopes", test_name_scopes);
  g_test_add_func ("/module/layers", test_layers);
  g_test_add_func ("/module/runs-what-was-traced", test_runs_what_was_traced);
  g_test_add_func ("/module/finds-first-bad", test_finds_first_bad);
  return g_test_run ();
}
