/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Functions as pictures: which boxes there are, what flows between them, and that they don't lie on each other. */

#include "keras-model.h"

#include <assay/graph-pen.h>
#include <assay/graph-view.h>
#include <assay/import.h>
#include <glib/gstdio.h>
#include <math.h>

typedef struct
{
  AssayManifest *manifest;
  AssayRunnable *runnable;
  AssayFunction *function;
} Model;

static void
model_clear (Model *model)
{
  g_clear_object (&model->manifest);
  g_clear_object (&model->runnable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Model, model_clear)

static Model
model_load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autoptr (GError) error = NULL;
  Model model = { .manifest = model_open (path) };

  model.runnable = assay_import (model.manifest, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  model.function = assay_runnable_get_signature (model.runnable, 0, NULL);
  return model;
}

/* As large as the letters of a typewriter. */
static void
measure (AssayGraphBox *box, gpointer data)
{
  gsize longest = strlen (box->title);

  if (box->subtitle != NULL)
    longest = MAX (longest, strlen (box->subtitle));
  box->width = 24 + 7.0 * MIN (longest, 40);
  box->height = 20 + 15.0 * (1 + (box->subtitle != NULL) + (box->note != NULL) + box->rows->len);
}

static AssayGraphScene *
make_scene (AssayLibrary *library, AssayFunction *function, GHashTable *open)
{
  g_autoptr (GHashTable) trees = g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) assay_graph_tree_unref);
  g_autoptr (GError) error = NULL;
  AssayGraphOptions options = { .library = library, .open = open, .trees = trees, .measure = measure, .label_width = 6 };
  AssayGraphScene  *scene = assay_graph_scene_new (function, &options, NULL, &error);

  g_assert_no_error (error);
  return scene;
}

static gboolean
is_apart (const AssayGraphBox *a, const AssayGraphBox *b)
{
  return a->x + a->width <= b->x + 0.01 || b->x + b->width <= a->x + 0.01 || a->y + a->height <= b->y + 0.01 || b->y + b->height <= a->y + 0.01;
}

/* Boxes are in their frames and not on each other; whatever flows has a line that begins and one that ends at its boxes. */
static void
check_scene (AssayGraphScene *scene)
{
  guint                  n_boxes, n_flows, n_lines;
  const AssayGraphBox   *boxes = assay_graph_scene_get_boxes (scene, &n_boxes);
  const AssayGraphFlow  *flows = assay_graph_scene_get_flows (scene, &n_flows);
  const AssayGraphLine  *lines = assay_graph_scene_get_lines (scene, &n_lines);
  const AssayGraphPoint *points = assay_graph_scene_get_points (scene);
  double                 width, height;

  assay_graph_scene_get_size (scene, &width, &height);
  for (guint i = 0; i < n_boxes; i++)
    {
      g_assert_cmpuint (assay_graph_scene_find_key (scene, boxes[i].key), ==, i);
      g_assert_cmpfloat (boxes[i].x, >=, 0);
      g_assert_cmpfloat (boxes[i].x + boxes[i].width, <=, width + 0.01);
      g_assert_cmpfloat (boxes[i].y + boxes[i].height, <=, height + 0.01);
      g_assert_cmpuint (assay_graph_scene_find_at (scene, boxes[i].x + 1, boxes[i].y + 1), ==, i);
      if (boxes[i].frame != ASSAY_GRAPH_NONE)
        {
          const AssayGraphBox *frame = &boxes[boxes[i].frame];

          g_assert_true (boxes[i].frame < i && frame->is_open);
          g_assert_true (boxes[i].x >= frame->x && boxes[i].y >= frame->y && boxes[i].x + boxes[i].width <= frame->x + frame->width + 0.01 &&
                         boxes[i].y + boxes[i].height <= frame->y + frame->height + 0.01);
        }
      for (guint k = 0; k < i; k++)
        g_assert_true (boxes[k].frame != boxes[i].frame || is_apart (&boxes[k], &boxes[i]));
    }
  for (guint i = 0; i < n_flows; i++)
    {
      gboolean begins = FALSE, ends = FALSE;

      g_assert_true (flows[i].from != flows[i].to && flows[i].from < n_boxes && flows[i].to < n_boxes);
      for (guint k = 0; k < n_lines; k++)
        {
          begins |= lines[k].from == flows[i].from;
          ends |= lines[k].to == flows[i].to && lines[k].has_head;
        }
      g_assert_true (begins && ends);
    }
  for (guint i = 0; i < n_lines; i++)
    {
      const AssayGraphBox   *to = &boxes[lines[i].to];
      const AssayGraphPoint *last = &points[lines[i].first_point + lines[i].n_points - 1];

      g_assert_cmpuint (lines[i].n_points, >=, 2);
      g_assert_true (last->x >= to->x - 0.01 && last->x <= to->x + to->width + 0.01 && last->y >= to->y - 0.01 && last->y <= to->y + to->height + 0.01);
    }
}

static guint32
find_box (AssayGraphScene *scene, const char *title, const char *subtitle)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n);

  for (guint32 i = 0; i < n; i++)
    if (g_str_equal (boxes[i].title, title) && (subtitle == NULL || g_strcmp0 (boxes[i].subtitle, subtitle) == 0))
      return i;
  g_test_message ("no box %s %s", title, subtitle ? subtitle : "");
  g_assert_not_reached ();
}

static gboolean
flows (AssayGraphScene *scene, guint32 from, guint32 to)
{
  guint                 n;
  const AssayGraphFlow *all = assay_graph_scene_get_flows (scene, &n);

  for (guint i = 0; i < n; i++)
    if (all[i].from == from && all[i].to == to)
      return TRUE;
  return FALSE;
}

static void
open_box (AssayGraphScene *scene, GHashTable *open, const char *title)
{
  guint n;

  g_hash_table_add (open, g_strdup (assay_graph_scene_get_boxes (scene, &n)[find_box (scene, title, NULL)].key));
}

static GHashTable *
new_open (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* The example: a Sequential of two. */
static void
test_layers_are_groups (void)
{
  g_auto (Model) model = model_load ("../data/example/digits.h5");
  g_autoptr (GHashTable) open = new_open ();
  g_autoptr (AssayGraphScene) closed = make_scene (assay_runnable_get_library (model.runnable), model.function, open), scene = NULL;
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (closed, &n);

  check_scene (closed);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (assay_graph_tree_get_prefix (assay_graph_scene_get_tree (closed, 0)), ==, "digits");
  g_assert_true (flows (closed, find_box (closed, "picture", NULL), find_box (closed, "features", NULL)));
  g_assert_true (flows (closed, find_box (closed, "features", NULL), find_box (closed, "classifier", NULL)));
  g_assert_true (flows (closed, find_box (closed, "classifier", NULL), find_box (closed, "output", NULL)));
  g_assert_cmpstr (boxes[find_box (closed, "features", NULL)].note, ==, "8 operations");
  open_box (closed, open, "features");
  scene = make_scene (assay_runnable_get_library (model.runnable), model.function, open);
  check_scene (scene);
  boxes = assay_graph_scene_get_boxes (scene, &n);
  g_assert_cmpuint (n, ==, 8);
  /* What a layer is alone, it is by itself; kernels are told in the layers that have them. */
  find_box (scene, "MaxPool", "max_pooling2d");
  g_assert_cmpuint (boxes[find_box (scene, "conv2d_1", NULL)].rows->len, ==, 2);
  g_assert_cmpstr (g_array_index (boxes[find_box (scene, "conv2d_1", NULL)].rows, AssayGraphRow, 0).name, ==, "kernel");
  g_assert_cmpstr (g_array_index (boxes[find_box (scene, "conv2d_1", NULL)].rows, AssayGraphRow, 0).value, ==, "3 × 3 × 8 × 16");
  g_assert_true (flows (scene, find_box (scene, "picture", NULL), find_box (scene, "conv2d", NULL)));
}

static void
test_shapes_are_on_lines (void)
{
  g_auto (Model) model = model_load ("../data/example/digits.h5");
  g_autoptr (AssayGraphScene) scene = make_scene (assay_runnable_get_library (model.runnable), model.function, NULL);
  guint                 n, n_labels = 0;
  const AssayGraphLine *lines = assay_graph_scene_get_lines (scene, &n);

  for (guint i = 0; i < n; i++)
    {
      n_labels += !isnan (lines[i].label_x);
      if (lines[i].from == find_box (scene, "picture", NULL))
        g_assert_cmpstr (lines[i].label, ==, "? × 8 × 8 × 1");
    }
  g_assert_cmpuint (n_labels, ==, 3);
}

/* Clicking a layer shows what it gave: the value that leaves it is the one that the run keeps as its activation. */
static void
test_values_are_activations (void)
{
  g_auto (Model) model = model_load ("../data/example/digits.h5");
  g_autoptr (GHashTable) open = new_open ();
  g_autoptr (AssayGraphScene) closed = make_scene (assay_runnable_get_library (model.runnable), model.function, open), scene = NULL;
  guint                n;
  const AssayNamedRef *named = assay_function_get_activations (model.function, &n);
  AssayOutputRef       ref;

  open_box (closed, open, "features");
  scene = make_scene (assay_runnable_get_library (model.runnable), model.function, open);
  g_assert_true (assay_graph_scene_find_value (scene, find_box (scene, "conv2d_1", NULL), &ref));
  for (guint i = 0; i < n; i++)
    if (g_str_has_suffix (named[i].name, "conv2d_1"))
      g_assert_true (named[i].ref.operation == ref.operation && named[i].ref.output == ref.output);
  g_assert_cmpstr (assay_function_get_operation (model.function, ref.operation)->op->name, ==, "Relu");
  g_assert_true (assay_graph_scene_find_value (scene, find_box (scene, "picture", NULL), &ref));
  g_assert_cmpuint (ref.operation, ==, 0);
  g_assert_true (assay_graph_scene_find_value (scene, find_box (scene, "output", NULL), &ref));
  g_assert_cmpstr (assay_function_get_operation (model.function, ref.operation)->op->name, ==, "Softmax");
}

static AssayValue *
make_picture (void)
{
  g_autofree float *pixels = g_new (float, 64);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 64; i++)
    pixels[i] = i / 64.0f;
  bytes = g_bytes_new (pixels, 64 * sizeof (float));
  return assay_value_new_take (assay_tensor_new (ASSAY_DTYPE_FLOAT32, 4, (guint64[]){ 1, 8, 8, 1 }, bytes, NULL));
}

static gboolean
is_same (AssayValue *a, AssayValue *b)
{
  return g_bytes_equal (assay_tensor_get_bytes (assay_value_get_tensor (a)), assay_tensor_get_bytes (assay_value_get_tensor (b)));
}

/* What one operation gave is had by running once more: it is what the layer gave, bit by bit. */
static void
test_one_operation_runs_again (void)
{
  g_auto (Model) model = model_load ("../data/example/digits.h5");
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayValue) picture = make_picture ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRun) run = assay_runnable_run (model.runnable, NULL, &picture, 1, TRUE, NULL, &error), once = NULL;
  guint n_found = 0;

  g_assert_no_error (error);
  g_assert_true (assay_run_get_function (run) == model.function);
  for (guint32 i = 0; i < assay_function_get_n_operations (model.function); i++)
    {
      const char *name = assay_function_get_operation (model.function, i)->name, *kept;

      g_assert_false (assay_run_is_bad (run, i));
      if (!g_str_has_suffix (name, "conv2d_1/Relu"))
        continue;
      once = assay_runnable_run_for (model.runnable, NULL, &picture, 1, i, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (assay_run_get_n_activations (once), ==, 1);
      for (guint k = 0; k < assay_run_get_n_activations (run); k++)
        {
          AssayValue *value = assay_run_get_activation (run, k, &kept);

          n_found += g_str_has_suffix (kept, "conv2d_1") && is_same (value, assay_run_get_activation (once, 0, NULL));
        }
    }
  g_assert_cmpuint (n_found, ==, 1);
  /* A variable's handle is no tensor. */
  g_assert_null (assay_runnable_run_for (model.runnable, NULL, &picture, 1, 1, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND);
}

/* Opens all that can be opened, level by level. */
static void
open_levels (AssayLibrary *library, AssayFunction *function, guint n_levels)
{
  g_autoptr (GHashTable) open = new_open ();

  for (guint level = 0; level <= n_levels; level++)
    {
      g_autoptr (AssayGraphScene) scene = make_scene (library, function, open);
      guint                n;
      const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n);

      check_scene (scene);
      for (guint i = 0; i < n; i++)
        if (boxes[i].can_open)
          g_hash_table_add (open, g_strdup (boxes[i].key));
    }
}

/* Loops and what is in them open, too. */
static void
test_files_open_to_the_bottom (void)
{
  static const char *const files[] = { "data/keras/merges_multi_io/model.keras", "data/keras/sequential_cnn/saved_model",
                                       "data/keras/embedding_mask_lstm/saved_model", "data/tensorflow/notebook/the_saved_model",
                                       "data/keras2/rnn_sequential/model.keras" };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_auto (Model) model = model_load (files[i]);

      for (guint k = 0; k < assay_runnable_get_n_signatures (model.runnable); k++)
        open_levels (assay_runnable_get_library (model.runnable), assay_runnable_get_signature (model.runnable, k, NULL), 6);
    }
}

static void
test_loop_bodies_open (void)
{
  g_auto (Model) model = model_load ("data/keras/embedding_mask_lstm/saved_model");
  g_autoptr (AssayGraphView) view = assay_graph_view_new (assay_runnable_get_library (model.runnable), model.function, model.manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayGraphScene) scene = assay_graph_view_make (view, NULL, 5, &error);
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n);
  AssayOutputRef       ref;
  guint                n_bodies = 0;

  g_assert_no_error (error);
  check_scene (scene);
  for (guint i = 0; i < n; i++)
    if (boxes[i].kind == ASSAY_GRAPH_FUNCTION && g_str_equal (boxes[i].title, "body"))
      {
        n_bodies++;
        g_assert_true (boxes[i].is_open);
        g_assert_cmpstr (boxes[boxes[i].frame].title, ==, "While");
        g_assert_false (assay_graph_scene_find_value (scene, i, &ref));
      }
  g_assert_cmpuint (n_bodies, >=, 2);
}

/* The notebook's module, as TensorFlow saves it, has no scopes: the variables say what belongs together. */
static void
test_modules_without_scopes (void)
{
  g_auto (Model) model = model_load ("data/tensorflow/notebook/the_saved_model");
  g_autoptr (AssayGraphScene) scene = make_scene (assay_runnable_get_library (model.runnable), model.function, NULL);
  guint                 n;
  const AssayGraphLine *lines = assay_graph_scene_get_lines (scene, &n);

  check_scene (scene);
  g_assert_true (assay_graph_tree_is_guessed (assay_graph_scene_get_tree (scene, 0)));
  g_assert_true (flows (scene, find_box (scene, "dense_1", NULL), find_box (scene, "dense_2", NULL)));
  for (guint i = 0; i < n; i++)
    if (lines[i].from == find_box (scene, "dense_1", NULL))
      g_assert_cmpstr (lines[i].label, ==, "1 × 3");
}

/* From a module in the tree to its operations. */
static void
test_modules_are_found (void)
{
  g_auto (Model) model = model_load ("../data/example/digits.h5");
  g_autoptr (AssayGraphView) view = assay_graph_view_new (assay_runnable_get_library (model.runnable), model.function, model.manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayGraphScene) closed = assay_graph_view_make (view, NULL, 0, &error), scene = NULL;
  AssayGraphTree      *tree = assay_graph_scene_get_tree (closed, 0);
  g_autofree char     *layer = assay_graph_view_reveal_scope (view, tree, "features/conv2d_1");
  g_autofree char     *single = assay_graph_view_reveal_scope (view, tree, "classifier/flatten");
  guint                n;
  const AssayGraphBox *boxes;

  g_assert_null (assay_graph_view_reveal_scope (view, tree, "features/conv2d_7"));
  g_assert_null (assay_graph_view_reveal_scope (view, tree, "features/conv"));
  scene = assay_graph_view_make (view, NULL, -1, &error);
  boxes = assay_graph_scene_get_boxes (scene, &n);
  g_assert_cmpstr (boxes[assay_graph_scene_find_key (scene, layer)].title, ==, "conv2d_1");
  g_assert_cmpstr (boxes[assay_graph_scene_find_key (scene, layer)].subtitle, ==, "Conv2D");
  g_assert_cmpstr (boxes[assay_graph_scene_find_key (scene, single)].subtitle, ==, "flatten");
}

static guint32
add_operation (AssayFunctionBuilder *builder, const char *op, const char *name, guint n, const AssayOutputRef *inputs)
{
  g_autoptr (GError) error = NULL;
  gint64 index = assay_function_builder_add (builder, assay_op_lookup (op), name, NULL, n, inputs, 0, NULL, &error);

  g_assert_no_error (error);
  return index;
}

static AssayOutputRef
begin (AssayFunctionBuilder *builder)
{
  AssayValueSpec spec = { ASSAY_DTYPE_FLOAT32, assay_partial_shape_make (2, -1, 3) };

  return assay_function_builder_add_argument (builder, "x", &spec);
}

/* A hundred thousand operations in a row, without scopes: groups are made of them, and it opens at once. */
static void
test_flat_function_is_divided (void)
{
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new ("flat");
  AssayOutputRef at = begin (builder);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayGraphScene) scene = NULL;
  g_autoptr (GHashTable) open = new_open ();
  gint64 start;
  guint  n;

  for (guint i = 0; i < 100000; i++)
    at.operation = add_operation (builder, "Relu", "r", 1, &at);
  assay_function_builder_add_result (builder, "y", at);
  function = assay_function_builder_finish (builder);
  start = g_get_monotonic_time ();
  scene = make_scene (library, function, open);
  g_test_message ("100,000 operations: %.0f ms", (g_get_monotonic_time () - start) / 1e3);
  check_scene (scene);
  assay_graph_scene_get_boxes (scene, &n);
  g_assert_cmpuint (n, <=, 302);
  open_box (scene, open, "operations 1–40000");
  g_clear_pointer (&scene, assay_graph_scene_unref);
  scene = make_scene (library, function, open);
  check_scene (scene);
  assay_graph_scene_get_boxes (scene, &n);
  g_assert_cmpuint (n, >, 100);
  g_assert_cmpuint (n, <=, 602);
}

/* A stranger's names: nothing between slashes, deep, alike. */
static void
test_names_of_strangers (void)
{
  static const char *const names[] = { "/", "//", "a//b", "/a", "a/", "a", "a/a", "a/a/a", "a/b", "b/", "", "x/y/z/../w", "a/a/a/a" };
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new ("strange");
  AssayOutputRef at = begin (builder);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (GString) deep = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    at.operation = add_operation (builder, "Relu", names[i], 1, &at);
  for (guint i = 0; i < 400; i++)
    g_string_append_printf (deep, "s%u/", i);
  for (guint i = 0; i < 3; i++)
    at.operation = add_operation (builder, "Neg", deep->str, 1, &at);
  assay_function_builder_add_result (builder, "y", at);
  function = assay_function_builder_finish (builder);
  open_levels (library, function, 30);
}

/* TensorFlow 1's loops are cycles in the graph. */
static void
test_cycle (void)
{
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new ("cycle");
  AssayOutputRef x = begin (builder), inputs[2] = { x, { 3, 0 } };
  g_autoptr (AssayAttrs) attrs = assay_attrs_set_int (assay_attrs_new (), "N", 2);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (AssayGraphScene) scene = NULL;
  g_autoptr (GError) error = NULL;
  AssayOutputRef at;

  at = (AssayOutputRef){ assay_function_builder_add (builder, assay_op_lookup ("Merge"), "loop/Merge", attrs, 2, inputs, 0, NULL, &error), 0 };
  g_assert_no_error (error);
  at.operation = add_operation (builder, "Relu", "loop/Relu", 1, &at);
  at.operation = add_operation (builder, "Identity", "loop/Next", 1, &at);
  g_assert_cmpuint (at.operation, ==, 3);
  assay_function_builder_add_result (builder, "y", at);
  function = assay_function_builder_finish (builder);
  scene = make_scene (library, function, NULL);
  check_scene (scene);
  g_assert_true (flows (scene, find_box (scene, "Identity", NULL), find_box (scene, "Merge", NULL)));
}

/* A function that calls itself opens as deep as one opens it. */
static void
test_recursion (void)
{
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new ("again");
  AssayOutputRef x = begin (builder), at = x;
  g_autoptr (AssayAttrs) attrs = assay_attrs_set_function (assay_attrs_new (), "f", "again");
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayFunction) function = NULL;
  g_autoptr (GError) error = NULL;

  assay_attrs_set_dtypes (attrs, "Tin", 1, (AssayDtype[]){ ASSAY_DTYPE_FLOAT32 });
  assay_attrs_set_dtypes (attrs, "Tout", 1, (AssayDtype[]){ ASSAY_DTYPE_FLOAT32 });
  for (guint i = 0; i < 3; i++)
    at.operation = assay_function_builder_add (builder, assay_op_lookup ("PartitionedCall"), "call", attrs, 1, &at, 0, NULL, &error);
  g_assert_no_error (error);
  assay_function_builder_add_result (builder, "y", at);
  function = assay_function_builder_finish (builder);
  assay_library_add (library, function);
  open_levels (library, function, 9);
}

/* Random graphs in random scopes, with anything open. */
static void
test_anything_open (void)
{
  for (guint seed = 0; seed < 300; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new ("random");
      g_autoptr (AssayLibrary) library = assay_library_new ();
      g_autoptr (GHashTable) open = new_open ();
      g_autoptr (AssayFunction) function = NULL;
      guint n = g_rand_int_range (rand, 1, 60);

      begin (builder);
      for (guint i = 0; i < n; i++)
        {
          AssayOutputRef   inputs[2] = { { g_rand_int_range (rand, 0, i + 1), 0 }, { g_rand_int_range (rand, 0, i + 1), 0 } };
          g_autofree char *name = g_strdup_printf ("s%d/t%d/u%d/op", g_rand_int_range (rand, 0, 3), g_rand_int_range (rand, 0, 3), g_rand_int_range (rand, 0, 2));

          add_operation (builder, "AddV2", name + 3 * g_rand_int_range (rand, 0, 4), 2, inputs);
        }
      assay_function_builder_add_result (builder, "y", (AssayOutputRef){ n, 0 });
      function = assay_function_builder_finish (builder);
      for (guint round = 0; round < 5; round++)
        {
          g_autoptr (AssayGraphScene) scene = make_scene (library, function, open);
          guint                n_boxes;
          const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n_boxes);

          check_scene (scene);
          for (guint i = 0; i < n_boxes; i++)
            if (boxes[i].can_open && g_rand_boolean (rand))
              g_hash_table_add (open, g_strdup (boxes[i].key));
        }
    }
}

static void
test_pictures_are_written (void)
{
  static const char *const names[] = { "graph.svg", "graph.png", "graph.pdf" };
  g_auto (Model) model = model_load ("data/keras/merges_multi_io/model.keras");
  g_autoptr (AssayGraphView) view = assay_graph_view_new (assay_runnable_get_library (model.runnable), model.function, model.manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayGraphScene) scene = assay_graph_view_make (view, NULL, -1, &error);
  g_autofree char  *folder = g_dir_make_tmp ("graph-XXXXXX", NULL);
  AssayGraphPalette palette;

  assay_graph_palette_init (&palette, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL), *contents = NULL;
      gsize            n;

      g_assert_true (assay_graph_write (scene, &palette, NULL, path, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
      g_assert_cmpuint (n, >, 5000);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_false (assay_graph_write (scene, &palette, NULL, "/nowhere/at/all.png", &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_IO);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph-scene/layers-are-groups", test_layers_are_groups);
  g_test_add_func ("/graph-scene/shapes-are-on-lines", test_shapes_are_on_lines);
  g_test_add_func ("/graph-scene/values-are-activations", test_values_are_activations);
  g_test_add_func ("/graph-scene/one-operation-runs-again", test_one_operation_runs_again);
  g_test_add_func ("/graph-scene/files-open-to-the-bottom", test_files_open_to_the_bottom);
  g_test_add_func ("/graph-scene/loop-bodies-open", test_loop_bodies_open);
  g_test_add_func ("/graph-scene/modules-without-scopes", test_modules_without_scopes);
  g_test_add_func ("/graph-scene/modules-are-found", test_modules_are_found);
  g_test_add_func ("/graph-scene/a-flat-function-is-divided", test_flat_function_is_divided);
  g_test_add_func ("/graph-scene/names-of-strangers", test_names_of_strangers);
  g_test_add_func ("/graph-scene/cycle", test_cycle);
  g_test_add_func ("/graph-scene/recursion", test_recursion);
  g_test_add_func ("/graph-scene/anything-open", test_anything_open);
  g_test_add_func ("/graph-scene/pictures-are-written", test_pictures_are_written);
  return g_test_run ();
}
