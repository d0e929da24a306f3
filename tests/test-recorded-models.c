/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Models of many kinds (tests/data/models, written by tests/check-models.py --record) give what Keras or TensorFlow gave for the same inputs. */

#include "keras-model.h"

#include <math.h>

static double
element (AssayValue *value, guint64 i)
{
  const void *data = assay_value_get_data (value);

  switch (assay_value_get_dtype (value))
    {
    case ASSAY_DTYPE_FLOAT32:
      return ((const float *) data)[i];
    case ASSAY_DTYPE_FLOAT64:
      return ((const double *) data)[i];
    case ASSAY_DTYPE_INT32:
      return ((const gint32 *) data)[i];
    case ASSAY_DTYPE_INT64:
      return ((const gint64 *) data)[i];
    case ASSAY_DTYPE_UINT8:
    case ASSAY_DTYPE_BOOL:
      return ((const guint8 *) data)[i];
    default:
      g_error ("element: %s", assay_dtype_get_info (assay_value_get_dtype (value))->name);
    }
}

/* |Δ| ≤ 2e-5 + 1e-4 |x|. */
static void
assert_close (const char *name, AssayValue *found, AssayValue *wanted)
{
  guint64 n = assay_tensor_get_n_elements (assay_value_get_tensor (wanted));

  if (assay_value_get_dtype (found) != assay_value_get_dtype (wanted) || !assay_partial_shape_equal (assay_value_get_shape (found), assay_value_get_shape (wanted)))
    g_error ("%s has another dtype or shape", name);
  for (guint64 i = 0; i < n; i++)
    {
      double a = element (found, i), b = element (wanted, i);

      if (!(fabs (a - b) <= 2e-5 + 1e-4 * fabs (b) || a == b || (isnan (a) && isnan (b))))
        g_error ("%s[%" G_GUINT64_FORMAT "] is %g, not %g", name, i, a, b);
    }
}

static void
assert_outputs (const char *folder, AssayRun *run)
{
  g_autofree char *path = g_build_filename (folder, "outputs.npz", NULL);
  g_autoptr (AssayManifest) wanted = model_open (path);

  g_assert_cmpuint (assay_manifest_get_n_variables (wanted), ==, assay_run_get_n_outputs (run));
  for (guint i = 0; i < assay_run_get_n_outputs (run); i++)
    {
      const char *name;
      AssayValue *found = assay_run_get_output (run, i, &name);
      gint64      index = model_find (wanted, name);
      g_autoptr (AssayValue) value = NULL;

      if (index < 0)
        g_error ("%s: %s isn't recorded", folder, name);
      value = model_read (wanted, index);
      assert_close (name, found, value);
    }
}

static AssayRunnable *
open_model (const char *folder)
{
  static const char *const names[] = { "model.keras", "model.h5", "saved_model" };
  g_autoptr (GError) error = NULL;
  AssayRunnable *runnable = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && runnable == NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (AssayManifest) manifest = g_file_test (path, G_FILE_TEST_EXISTS) ? model_open (path) : NULL;

      if (manifest != NULL)
        runnable = assay_import (manifest, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_nonnull (runnable);
  return runnable;
}

static void
test_model (gconstpointer data)
{
  const char *folder = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = open_model (folder);
  g_autofree char *path = g_build_filename (folder, "inputs.npz", NULL);
  g_autoptr (AssayManifest) inputs = model_open (path);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  AssayFunction *function = assay_runnable_find_signature (runnable, NULL, &error);
  guint          n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);

  for (guint i = 0; i < n; i++)
    {
      gint64 index = model_find (inputs, assay_function_get_operation (function, i)->name);

      g_assert_cmpint (index, >=, 0);
      g_ptr_array_add (values, model_read (inputs, index));
    }
  /* A run leaves no traces: the second is like the first, though the graph may count its calls. */
  for (int repeat = 0; repeat < 2; repeat++)
    {
      g_autoptr (AssayRun) run = assay_runnable_run (runnable, NULL, (AssayValue **) values->pdata, n, repeat == 1, NULL, &error);

      g_assert_no_error (error);
      assert_outputs (folder, run);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *root = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint       n = 0;

  g_test_init (&argc, &argv, NULL);
  root = g_test_build_filename (G_TEST_DIST, "data", "models", NULL);
  dir = g_dir_open (root, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char            *folder = g_build_filename (root, name, NULL);
      g_autofree char *path = g_strdup_printf ("/recorded-models/%s", name);

      if (g_file_test (folder, G_FILE_TEST_IS_DIR))
        g_test_add_data_func_full (path, folder, test_model, g_free);
      else
        g_free (folder);
      n++;
    }
  g_assert_cmpuint (n, >, 5);
  return g_test_run ();
}
