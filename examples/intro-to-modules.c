/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow's tutorial "Introduction to modules, layers, and models", cell by cell in C. It prints what the notebook prints.
 *
 *     cc intro-to-modules.c $(pkg-config --cflags --libs libassay) && ./a.out
 *
 * With a file of float32 as argument, random numbers are taken from there. */

/* Cell 1: import tensorflow as tf */
#include <assay/assay.h>
#include <stdio.h>
#include <stdlib.h>

/* What a notebook does with the last value of a cell, and print (). */
#define SHOW(text)                     \
  do                                   \
    {                                  \
      g_autofree char *shown = (text); \
      puts (shown);                    \
    }                                  \
  while (0)

/* Cell 2: a module with a variable that is trained and one that isn't. */
static AssayValue *
simple_module_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_add (assay_mul (assay_module_read (self, "a_variable"), x, error), assay_module_read (self, "a_non_trainable_variable"), error);
}
ASSAY_DEFINE_MODULE (SimpleModule, simple_module, ASSAY_TYPE_MODULE)

static AssayModule *
simple_module_new (const char *name)
{
  AssayModule *self = assay_module_new (simple_module_get_type (), name, NULL);

  assay_module_set_variable (self, "a_variable", assay_variable_new (assay_constant_scalar (5), "train_me"));
  assay_module_set_variable (self, "a_non_trainable_variable",
                             assay_variable_set_trainable (assay_variable_new (assay_constant_scalar (5), "do_not_train_me"), FALSE));
  return self;
}

/* Cell 5: a dense layer. */
static AssayValue *
dense_call (AssayModule *self, AssayValue *x, GError **error)
{
  AssayValue *y = assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);

  return assay_relu (y, error);
}
ASSAY_DEFINE_MODULE (Dense, dense, ASSAY_TYPE_MODULE)

static AssayModule *
dense_new (gint64 in_features, gint64 out_features)
{
  AssayModule *self = assay_module_new (dense_get_type (), NULL, NULL);
  gint64       shape[] = { in_features, out_features };

  assay_module_set_variable (self, "w", assay_variable_new (assay_random_normal (2, shape), "w"));
  assay_module_set_variable (self, "b", assay_variable_new (assay_zeros (1, &out_features), "b"));
  return self;
}

/* Cell 6: a model of two. */
static AssayValue *
sequential_model_call (AssayModule *self, AssayValue *x, GError **error)
{
  x = assay_module_call_child (self, "dense_1", x, error);
  return assay_module_call_child (self, "dense_2", x, error);
}
ASSAY_DEFINE_MODULE (SequentialModel, sequential_model, ASSAY_TYPE_MODULE)

static AssayModule *
sequential_model_new (const char *name)
{
  AssayModule *self = assay_module_new (sequential_model_get_type (), name, NULL);

  assay_module_set_module (self, "dense_1", dense_new (3, 3));
  assay_module_set_module (self, "dense_2", dense_new (3, 2));
  return self;
}

/* Cell 10: a dense layer that learns its input's size at the first call. */
static AssayValue *
flexible_dense_call (AssayModule *self, AssayValue *x, GError **error)
{
  gint64 shape[] = { assay_value_get_dim (x, -1), assay_module_get_int (self, "out_features") };

  if (!assay_module_get_int (self, "is_built"))
    {
      assay_module_set_variable (self, "w", assay_variable_new (assay_random_normal (2, shape), "w"));
      assay_module_set_tensor (self, "b", assay_zeros (1, &shape[1])); /* no variable: it isn't collected */
      assay_module_set_int (self, "is_built", TRUE);
    }
  return assay_relu (assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error), error);
}
ASSAY_DEFINE_MODULE (FlexibleDense, flexible_dense, ASSAY_TYPE_MODULE)

static AssayModule *
flexible_dense_new (gint64 out_features)
{
  AssayModule *self = assay_module_new (flexible_dense_get_type (), NULL, NULL);

  assay_module_set_int (self, "is_built", FALSE);
  assay_module_set_int (self, "out_features", out_features);
  return self;
}

/* Cell 11 */
ASSAY_DEFINE_MODULE_AS (MySequentialModel, my_sequential_model, ASSAY_TYPE_MODULE, "MySequentialModel", sequential_model_call)

static AssayModule *
my_sequential_model_new (void)
{
  AssayModule *self = assay_module_new (my_sequential_model_get_type (), NULL, NULL);

  assay_module_set_module (self, "dense_1", flexible_dense_new (3));
  assay_module_set_module (self, "dense_2", flexible_dense_new (2));
  return self;
}

/* Cell 20: a Keras layer whose sizes are given. */
ASSAY_DEFINE_LAYER (MyDense, my_dense, "MyDense", NULL, dense_call)

static AssayModule *
my_dense_new (const char *name, gint64 in_features, gint64 out_features)
{
  AssayModule *self = assay_layer_new (my_dense_get_type (), name);
  gint64       shape[] = { in_features, out_features };

  assay_module_set_variable (self, "w", assay_variable_new (assay_random_normal (2, shape), "w"));
  assay_module_set_variable (self, "b", assay_variable_new (assay_zeros (1, &out_features), "b"));
  return self;
}

/* Cell 23: a Keras layer that is built once, at the first call. */
static gboolean
keras_flexible_dense_build (AssayLayer *layer, const AssayPartialShape *input_shape, GError **error)
{
  AssayModule *self = ASSAY_MODULE (layer);
  gint64       shape[] = { input_shape->dims[input_shape->rank - 1], assay_module_get_int (self, "out_features") };

  assay_module_set_variable (self, "w", assay_variable_new (assay_random_normal (2, shape), "w"));
  assay_module_set_variable (self, "b", assay_variable_new (assay_zeros (1, &shape[1]), "b"));
  return TRUE;
}

static AssayValue *
keras_flexible_dense_call (AssayModule *self, AssayValue *inputs, GError **error)
{
  return assay_add (assay_matmul (inputs, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);
}
ASSAY_DEFINE_LAYER (KerasFlexibleDense, keras_flexible_dense, "FlexibleDense", keras_flexible_dense_build, keras_flexible_dense_call)

static AssayModule *
keras_flexible_dense_new (gint64 out_features)
{
  AssayModule *self = assay_layer_new (keras_flexible_dense_get_type (), NULL);

  assay_module_set_int (self, "out_features", out_features);
  return self;
}

/* Cell 33: a Keras model. Its name is dropped, as in the notebook. */
ASSAY_DEFINE_LAYER (KerasSequentialModel, keras_sequential_model, "MySequentialModel", NULL, sequential_model_call)

static AssayModule *
keras_sequential_model_new (void)
{
  AssayModule *self = assay_layer_new (keras_sequential_model_get_type (), NULL);

  assay_module_set_module (self, "dense_1", keras_flexible_dense_new (3));
  assay_module_set_module (self, "dense_2", keras_flexible_dense_new (2));
  return self;
}

/* From TensorFlow's guide: a module whose call is traced. Here every module can be. */
ASSAY_DEFINE_MODULE_AS (TracedModule, traced_module, ASSAY_TYPE_MODULE, "TracedModule", sequential_model_call)

static AssayModule *
traced_module_new (const char *name)
{
  AssayModule *self = assay_module_new (traced_module_get_type (), name, NULL);

  assay_module_set_module (self, "dense_1", dense_new (3, 3));
  assay_module_set_module (self, "dense_2", dense_new (3, 2));
  return self;
}

static void
show_variables (AssayModule *module, gboolean trainable, const char *brackets, AssayTextStyle style)
{
  g_autoptr (GPtrArray) variables = trainable ? assay_module_get_trainable_variables (module) : assay_module_get_variables (module);

  SHOW (assay_variables_to_text (variables, brackets, style));
}

static void
show_submodules (AssayModule *module)
{
  g_autoptr (GPtrArray) modules = assay_module_get_submodules (module);

  SHOW (assay_modules_to_text (modules));
}

/* What Python would raise. */
static void
stop_on (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

static void
modules (void)
{
  g_autoptr (AssayModule) simple_module = simple_module_new ("simple");
  g_autoptr (AssayModule) my_model = NULL;

  /* Cell 3 */
  SHOW (assay_value_to_text (assay_module_call (simple_module, assay_constant_scalar (5), NULL), TRUE));

  /* Cell 4 */
  show_variables (simple_module, TRUE, "()", ASSAY_TEXT_PRINT);
  show_variables (simple_module, FALSE, "()", ASSAY_TEXT_PRINT);

  /* Cell 7 */
  my_model = sequential_model_new (NULL);
  SHOW (assay_value_to_text (assay_module_call (my_model, assay_literal ("[[2.0, 2.0, 2.0]]", NULL), NULL), FALSE));

  /* Cell 8 */
  show_submodules (my_model);

  /* Cell 9 */
  show_variables (my_model, FALSE, "()", ASSAY_TEXT_PRETTY);
}

static void
saving (void)
{
  g_autoptr (AssayModule) my_model = my_sequential_model_new (), fresh_model = NULL, new_model = NULL;
  g_autoptr (AssayCheckpoint) checkpoint = NULL, new_checkpoint = NULL;
  g_autoptr (AssayCheckpointStatus) status = NULL;
  g_autofree char *written = NULL;
  GError          *error = NULL;
  const char      *chkp_path = "checkpoints/my_checkpoint";

  /* Cell 12 */
  SHOW (assay_value_to_text (assay_module_call (my_model, assay_literal ("[[2.0, 2.0, 2.0]]", NULL), NULL), FALSE));

  /* Cell 13 */
  checkpoint = assay_checkpoint_new ("model", my_model, NULL);
  written = assay_checkpoint_write (checkpoint, chkp_path, &error);
  stop_on (error);
  SHOW (assay_python_repr (written));

  /* Cell 14 */
  SHOW (assay_checkpoint_list_variables (chkp_path, NULL));

  /* Cell 15 */
  fresh_model = my_sequential_model_new ();
  new_checkpoint = assay_checkpoint_new ("model", fresh_model, NULL);
  status = assay_checkpoint_restore (new_checkpoint, chkp_path, &error);
  stop_on (error);
  SHOW (assay_checkpoint_status_to_text (status));

  /* Cell 16: what was restored is used as soon as the variables come into being. */
  SHOW (assay_value_to_text (assay_module_call (fresh_model, assay_literal ("[[2.0, 2.0, 2.0]]", NULL), NULL), TRUE));

  /* Cell 17 */
  assay_saved_model_save (fresh_model, "my_saved_model", NULL, 0, NULL);

  /* Cell 18 */
  new_model = assay_saved_model_load ("my_saved_model", &error);
  stop_on (error);

  /* Cell 19 */
  {
    g_autofree char *type = assay_module_type_to_text (new_model);

    printf ("type: %s\n", type);
    puts (G_TYPE_CHECK_INSTANCE_TYPE (new_model, my_sequential_model_get_type ()) ? "True" : "False");
  }
}

static void
layers (void)
{
  g_autoptr (AssayModule) simple_layer = my_dense_new ("simple", 3, 3), flexible_dense = NULL, my_sequential_model = NULL; /* Cell 21 */
  g_autoptr (GError) error = NULL;

  /* Cell 22 */
  SHOW (assay_value_to_text (assay_module_call (simple_layer, assay_literal ("[[2.0, 2.0, 2.0]]", NULL), NULL), TRUE));

  /* Cell 24 */
  flexible_dense = keras_flexible_dense_new (3);

  /* Cell 26 */
  show_variables (flexible_dense, FALSE, "[]", ASSAY_TEXT_PRETTY);

  /* Cell 29 */
  SHOW (assay_value_to_text (assay_module_call (flexible_dense, assay_literal ("[[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]", NULL), NULL), TRUE));

  /* Cell 31 */
  show_variables (flexible_dense, FALSE, "[]", ASSAY_TEXT_PRETTY);

  /* Cell 32: a layer is built once; another size is an error. */
  if (assay_module_call (flexible_dense, assay_literal ("[[2.0, 2.0, 2.0, 2.0]]", NULL), &error) == NULL)
    puts (error->message);

  /* Cell 34 */
  my_sequential_model = keras_sequential_model_new ();

  /* Cell 35 */
  SHOW (assay_value_to_text (assay_module_call (my_sequential_model, assay_literal ("[[2.0, 2.0, 2.0]]", NULL), NULL), TRUE));

  /* Cell 36 */
  show_variables (my_sequential_model, FALSE, "[]", ASSAY_TEXT_PRETTY);

  /* Cell 37 */
  show_submodules (my_sequential_model);

  /* From the guide */
  SHOW (assay_layer_summary (my_sequential_model));
}

/* From the guide: functions that live on without their class. */
static void
functions (void)
{
  g_autoptr (AssayModule) traced = traced_module_new ("the_model"), new_model = NULL;
  const char *flat = "[[2.0, 2.0, 2.0]]", *deep = "[[[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]]";
  g_autoptr (GError) error = NULL;

  SHOW (assay_value_to_text (assay_module_call (traced, assay_literal (flat, NULL), NULL), FALSE));
  SHOW (assay_value_to_text (assay_module_call (traced, assay_literal (deep, NULL), NULL), FALSE));
  assay_saved_model_save (traced, "the_saved_model", NULL, 0, NULL);
  new_model = assay_saved_model_load ("the_saved_model", &error);
  stop_on (error);
  puts (G_TYPE_CHECK_INSTANCE_TYPE (new_model, traced_module_get_type ()) ? "True" : "False");
  SHOW (assay_value_to_text (assay_module_call (new_model, assay_literal (flat, NULL), NULL), FALSE));
  SHOW (assay_value_to_text (assay_module_call (new_model, assay_literal (deep, NULL), NULL), FALSE));
  if (assay_module_call (new_model, assay_literal ("[[2.0, 2.0]]", NULL), &error) == NULL)
    puts (error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  char *data;
  gsize n;

  if (argc > 1 && g_file_get_contents (argv[1], &data, &n, NULL))
    {
      g_autoptr (GBytes) numbers = g_bytes_new_take (data, n);

      assay_random_set_stream (numbers);
    }
  modules ();
  saving ();
  layers ();
  functions ();
  return 0;
}
