/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow's SavedModels: they give what TensorFlow gave. Then their graphs, changed at random, byte by byte and field by field: each gives a
 * model that runs or one sentence, never a crash, and takes bounded memory. ASSAY_MUTATIONS says how many (300 by default), ASSAY_SEED which.
 * With the files that the project's sessions share, all of their graphs are changed, too. */

#include "keras-model.h"
#include "reader-host.h"

#include "../src/readers/tf-proto-private.h"

#include <math.h>
#include <stdlib.h>

#define MAX_BYTES (256u << 20)
#define MAX_SECONDS 0.3
#define MAX_DEPTH 14

/* A SavedModel: its folder, its variables as they are, its graph. */
typedef struct
{
  char          *folder;
  AssayManifest *manifest;
  guint8        *graph;
  gsize          n;
} Model;

static void
model_clear (gpointer data)
{
  Model *model = data;

  g_free (model->folder);
  g_object_unref (model->manifest);
  g_free (model->graph);
}

static void
add_model (GArray *models, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "saved_model.pb", NULL);
  Model            model = { .folder = g_strdup (folder) };

  if (!g_file_get_contents (path, (char **) &model.graph, &model.n, NULL))
    {
      g_free (model.folder);
      return;
    }
  model.manifest = model_open (folder);
  g_array_append_val (models, model);
}

static void
add_shared_models (GArray *models, const char *root)
{
  static const char *const kinds[] = { "keras", "keras2", "notebook/keras2" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *folder = g_build_filename (root, kinds[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *itself = g_build_filename (folder, name, NULL), *below = g_build_filename (itself, "saved_model", NULL);

          add_model (models, itself);
          add_model (models, below);
        }
    }
}

/* A field of a message: where it begins and what it holds. */
typedef struct
{
  const guint8 *begin, *end;
  AssayProto    proto;
} Field;

static GArray *
list_fields (const guint8 *data, gsize n)
{
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (Field));
  AssayProto proto;

  assay_proto_init (&proto, data, n);
  for (;;)
    {
      Field field = { .begin = proto.p };

      if (!assay_proto_next (&proto))
        break;
      field.end = proto.p;
      field.proto = proto;
      g_array_append_val (fields, field);
    }
  return proto.damaged ? NULL : g_steal_pointer (&fields);
}

static void
put_varint (GByteArray *out, guint64 value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

      g_byte_array_append (out, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

static void
put_bytes (GByteArray *out, guint32 number, const guint8 *data, gsize n)
{
  put_varint (out, (guint64) number << 3 | ASSAY_PROTO_BYTES);
  put_varint (out, n);
  g_byte_array_append (out, data, n);
}

static void
put_number (GRand *rand, GByteArray *out, const Field *field)
{
  static const guint64 numbers[] = { 0, 1, 2, 3, 9, 14, 20, 21, 64, 1000, 65536, 1000000000, G_MAXINT32, 1ull << 31, G_MAXINT64, G_MAXUINT64 };
  guint64              value = numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))];

  put_varint (out, (guint64) field->proto.field << 3 | field->proto.wire);
  if (field->proto.wire == ASSAY_PROTO_VARINT)
    put_varint (out, value);
  else
    g_byte_array_append (out, (const guint8 *) &value, field->proto.wire == ASSAY_PROTO_FIXED32 ? 4 : 8);
}

static GByteArray *mutate_message (GRand *rand, const guint8 *data, gsize n, GPtrArray *seen, guint depth);

/* Another content for a field of bytes: one that stands elsewhere, a long one, or noise. */
static void
put_other (GRand *rand, GByteArray *out, const Field *field, GPtrArray *seen)
{
  int what = g_rand_int_range (rand, 0, 10);

  if (what < 6 && seen->len > 0)
    {
      GBytes *bytes = seen->pdata[g_rand_int_range (rand, 0, seen->len)];

      put_bytes (out, field->proto.field, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  else if (what == 6)
    {
      g_autofree char *text = g_strnfill (g_rand_int_range (rand, 1, 3000000), 'a');

      put_bytes (out, field->proto.field, (const guint8 *) text, strlen (text));
    }
  else
    {
      guint8 noise[16];
      gsize  n_noise = g_rand_int_range (rand, 0, sizeof noise);

      for (gsize i = 0; i < n_noise; i++)
        noise[i] = g_rand_int_range (rand, 0, 256);
      put_bytes (out, field->proto.field, noise, n_noise);
    }
}

static void
put_changed (GRand *rand, GByteArray *out, const Field *field, GPtrArray *seen, guint depth)
{
  int      what = g_rand_int_range (rand, 0, 10);
  gboolean is_bytes = field->proto.wire == ASSAY_PROTO_BYTES;

  if (is_bytes && field->proto.n_bytes > 1 && depth < MAX_DEPTH && what < 8)
    {
      g_autoptr (GByteArray) inner = mutate_message (rand, field->proto.bytes, field->proto.n_bytes, seen, depth + 1);

      if (inner != NULL)
        {
          put_bytes (out, field->proto.field, inner->data, inner->len);
          return;
        }
    }
  what = g_rand_int_range (rand, 0, 6);
  if (what == 0)
    return;
  if (what == 1)
    for (int i = g_rand_int_range (rand, 2, 20); i > 0; i--)
      g_byte_array_append (out, field->begin, field->end - field->begin);
  else if (is_bytes)
    put_other (rand, out, field, seen);
  else
    put_number (rand, out, field);
}

/* A message with one field changed, somewhere in it; NULL if it is none. */
static GByteArray *
mutate_message (GRand *rand, const guint8 *data, gsize n, GPtrArray *seen, guint depth)
{
  g_autoptr (GArray) fields = list_fields (data, n);
  GByteArray *out;
  guint       chosen;

  if (fields == NULL || fields->len == 0)
    return NULL;
  chosen = g_rand_int_range (rand, 0, fields->len);
  for (guint i = 0; i < 4; i++)
    {
      const Field *field = &g_array_index (fields, Field, g_rand_int_range (rand, 0, fields->len));

      if (field->proto.wire == ASSAY_PROTO_BYTES && field->proto.n_bytes < 4096)
        g_ptr_array_add (seen, g_bytes_new (field->proto.bytes, field->proto.n_bytes));
    }
  out = g_byte_array_new ();
  for (guint i = 0; i < fields->len; i++)
    {
      const Field *field = &g_array_index (fields, Field, i);

      if (i == chosen)
        put_changed (rand, out, field, seen, depth);
      else
        g_byte_array_append (out, field->begin, field->end - field->begin);
    }
  return out;
}

static void
scramble (GRand *rand, GByteArray *bytes)
{
  if (bytes->len > 0 && g_rand_int_range (rand, 0, 8) == 0)
    g_byte_array_set_size (bytes, g_rand_int_range (rand, 0, bytes->len));
  for (int i = g_rand_int_range (rand, 1, 5); bytes->len > 0 && i > 0; i--)
    bytes->data[g_rand_int_range (rand, 0, bytes->len)] = g_rand_int_range (rand, 0, 256);
}

static GByteArray *
mutate (GRand *rand, const Model *model)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_byte_array_append (bytes, model->graph, model->n);
  if (g_rand_int_range (rand, 0, 4) == 0)
    scramble (rand, bytes);
  else
    for (int i = g_rand_int_range (rand, 1, 6); i > 0; i--)
      {
        GByteArray *changed = mutate_message (rand, bytes->data, bytes->len, seen, 0);

        if (changed == NULL)
          break;
        g_byte_array_unref (bytes);
        bytes = changed;
      }
  return g_steal_pointer (&bytes);
}

/* The graph that is read next. */
static GByteArray *current_graph;

static gboolean
open_beside (AssayReaderContext *context, const char *name, AssayReaderFile *file, GError **error)
{
  int fd;

  if (strcmp (name, "../saved_model.pb") != 0)
    return reader_host_sibling (context, name, file, error);
  fd = reader_host_scratch ();
  g_assert_cmpint (pwrite (fd, current_graph->data, current_graph->len, 0), ==, (gssize) current_graph->len);
  return reader_host_add (context->host, fd, current_graph->len, file);
}

/* Reads the variables and the changed graph beside them, in this process. */
static gboolean
read_model (ReaderHost *host, const Model *model, GError **error)
{
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (reader_host_frame, host);
  g_autofree char   *path = g_build_filename (model->folder, "variables", "variables.index", NULL);
  int                fd = open (path, O_RDONLY | O_CLOEXEC);
  AssayReaderContext context = { .file_name = "variables.index", .builder = builder, .open_sibling = open_beside, .open_scratch = reader_host_open_scratch, .host = host };
  gboolean           done;

  g_assert_cmpint (fd, >=, 0);
  host->folder = g_path_get_dirname (path);
  host->manifest = assay_manifest_new ();
  reader_host_add (host, fd, lseek (fd, 0, SEEK_END), &context.main);
  done = assay_tensorflow_reader.read (&context, error) && assay_manifest_builder_flush (builder, error);
  assay_tensorflow_reader.close (&context);
  g_assert_no_error (host->lie);
  return done;
}

/* Values come from the file as it is. */
typedef struct
{
  AssayManifest *changed, *real;
} Values;

static AssaySource *
get_source (guint32 variable, gpointer data, GError **error)
{
  Values               *values = data;
  AssayManifestVariable facts;
  gint64                real;

  assay_manifest_get_variable (values->changed, variable, &facts);
  real = model_find (values->real, facts.key);
  if (real >= 0)
    return assay_manifest_dup_source (values->real, real, error);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Constant %s isn't read here", facts.key);
  return NULL;
}

/* A changed graph may run for ever: cancelled after a while. */
static GMutex    mutex;
static AssayJob *running;
static gint64    deadline;
static gboolean  over;

static gpointer
watch (gpointer data)
{
  gboolean done = FALSE;

  while (!done)
    {
      g_mutex_lock (&mutex);
      if (running != NULL && g_get_monotonic_time () > deadline)
        assay_job_cancel (running);
      done = over;
      g_mutex_unlock (&mutex);
      g_usleep (10000);
    }
  return NULL;
}

static void
set_running (AssayJob *job)
{
  g_mutex_lock (&mutex);
  running = job;
  deadline = g_get_monotonic_time () + MAX_SECONDS * G_TIME_SPAN_SECOND;
  g_mutex_unlock (&mutex);
}

static AssayValue *
make_input (GRand *rand, const AssayValueSpec *spec)
{
  guint64 shape[ASSAY_GRAPH_MAX_RANK], n = 1;
  guint   rank = MAX (spec->shape.rank, 0);
  gsize   item_size = spec->dtype == ASSAY_DTYPE_INVALID ? 0 : assay_dtype_get_info (spec->dtype)->item_size;
  guint8 *data;
  g_autoptr (GBytes) bytes = NULL;
  AssayTensor *tensor;

  for (guint i = 0; i < rank; i++)
    {
      shape[i] = spec->shape.dims[i] >= 0 ? spec->shape.dims[i] : 2;
      if (shape[i] > 100000 || (n *= shape[i]) > 100000)
        return NULL;
    }
  if (item_size == 0 || !assay_dtype_is_numeric (spec->dtype))
    return NULL;
  data = g_malloc0 (n * item_size + 1);
  for (guint64 i = 0; i < n; i++)
    if (spec->dtype == ASSAY_DTYPE_FLOAT32)
      ((float *) data)[i] = g_rand_double_range (rand, -2, 2);
    else if (spec->dtype == ASSAY_DTYPE_INT32)
      ((gint32 *) data)[i] = g_rand_int_range (rand, 0, 6);
  bytes = g_bytes_new_take (data, n * item_size);
  tensor = assay_tensor_new (spec->dtype, rank, shape, bytes, NULL);
  return tensor ? assay_value_new_take (tensor) : NULL;
}

static void
assert_sentence (const GError *error, const char *what)
{
  g_assert_nonnull (error);
  if (*error->message == '\0' || strchr (error->message, '\n') != NULL || strlen (error->message) > 5000)
    g_error ("%s: no sentence (%zu bytes): %.1000s", what, strlen (error->message), error->message);
}

static gboolean
run_signature (GRand *rand, AssayRunnable *runnable, guint index, const char *what)
{
  g_autoptr (GError) error = NULL;
  AssayFunction *function = assay_runnable_get_signature (runnable, index, NULL);
  g_autoptr (AssayPlan) plan = assay_plan_new (assay_runnable_get_library (runnable), function, TRUE, &error);
  g_autoptr (AssayJob) job = assay_job_new ("run");
  guint           n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function), n_results;
  AssayRunOptions options = { .max_bytes = MAX_BYTES, .job = job };
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_autofree AssayValue **results = NULL;
  gboolean                good;

  if (plan == NULL)
    {
      assert_sentence (error, what);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      AssayValue *value = make_input (rand, &assay_function_get_operation (function, i)->outputs[0]);

      if (value == NULL)
        return FALSE;
      g_ptr_array_add (values, value);
    }
  assay_function_get_results (function, &n_results);
  results = g_new0 (AssayValue *, MAX (n_results, 1));
  set_running (job);
  good = assay_plan_run (plan, (AssayValue **) values->pdata, n, &options, results, &error);
  set_running (NULL);
  if (!good)
    assert_sentence (error, what);
  for (guint i = 0; i < n_results; i++)
    g_clear_pointer (&results[i], assay_value_unref);
  return good;
}

/* Whether a model was made, and its first signature ran. */
static gboolean
try_one (GRand *rand, const Model *model, const char *what, guint *n_made)
{
  g_auto (ReaderHost) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = NULL;
  Values values = { NULL, model->manifest };

  if (!read_model (&host, model, &error))
    {
      assert_sentence (error, what);
      return FALSE;
    }
  values.changed = host.manifest;
  runnable = assay_import (host.manifest, get_source, &values, NULL, &error);
  if (runnable == NULL)
    {
      assert_sentence (error, what);
      return FALSE;
    }
  ++*n_made;
  return run_signature (rand, runnable, 0, what);
}

static GArray *
list_models (void)
{
  const char      *shared = g_getenv ("ASSAY_SHARED");
  g_autofree char *own = g_test_build_filename (G_TEST_DIST, "data", NULL);
  g_autofree char *fixtures = shared ? g_build_filename (shared, "fixtures/tensorflow", NULL) : NULL;
  g_autofree char *traced = g_build_filename (own, "tensorflow/notebook/the_saved_model", NULL);
  GArray          *models = g_array_new (FALSE, FALSE, sizeof (Model));

  g_array_set_clear_func (models, model_clear);
  add_shared_models (models, fixtures ? fixtures : own);
  add_model (models, traced);
  return models;
}

static void
test_mutations (void)
{
  g_autoptr (GArray) models = list_models ();
  const char *count = g_getenv ("ASSAY_MUTATIONS"), *seed = g_getenv ("ASSAY_SEED");
  guint       n = count ? strtoul (count, NULL, 10) : 300, n_made = 0, n_run = 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ? strtoul (seed, NULL, 10) : 1);
  GThread *thread = g_thread_new ("watch", watch, NULL);

  g_assert_cmpuint (models->len, >, 2);
  for (guint i = 0; i < n; i++)
    {
      const Model     *model = &g_array_index (models, Model, g_rand_int_range (rand, 0, models->len));
      g_autofree char *what = g_strdup_printf ("mutation %u of %s", i, model->folder);

      current_graph = mutate (rand, model);
      if (g_getenv ("ASSAY_LAST") != NULL)
        g_file_set_contents (g_getenv ("ASSAY_LAST"), (const char *) current_graph->data, current_graph->len, NULL);
      n_run += try_one (rand, model, what, &n_made);
      g_clear_pointer (&current_graph, g_byte_array_unref);
    }
  g_mutex_lock (&mutex);
  over = TRUE;
  g_mutex_unlock (&mutex);
  g_thread_join (thread);
  g_test_message ("%u mutations of %u models: %u models were made, %u ran", n, models->len, n_made, n_run);
  /* Some changes do no harm: if none ran, this tests nothing. */
  g_assert_cmpuint (n_run, >, n / 50);
}

/* Compares an output with the array of an .npz. */
static void
assert_close (AssayValue *value, AssayManifest *wanted, const char *name)
{
  gint64 at = model_find (wanted, name);
  g_autoptr (AssayValue) expected = at >= 0 ? model_read (wanted, at) : NULL;
  const float *a = assay_value_get_data (value), *b;

  g_assert_nonnull (expected);
  g_assert_cmpint (assay_value_get_dtype (value), ==, ASSAY_DTYPE_FLOAT32);
  g_assert_true (assay_partial_shape_equal (assay_value_get_shape (value), assay_value_get_shape (expected)));
  b = assay_value_get_data (expected);
  for (gint64 i = 0; i < assay_partial_shape_n_elements (assay_value_get_shape (value)); i++)
    g_assert_cmpfloat (fabsf (a[i] - b[i]), <=, 2e-5f + 1e-4f * fabsf (b[i]));
}

/* Runs a Keras export on its inputs. */
static void
test_fixture (gconstpointer data)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "data/keras", data, NULL), *path = g_build_filename (folder, "saved_model", NULL);
  g_autofree char *inputs_path = g_build_filename (folder, "inputs.npz", NULL), *outputs_path = g_build_filename (folder, "outputs.npz", NULL);
  g_autoptr (AssayManifest) manifest = model_open (path), inputs = model_open (inputs_path), outputs = model_open (outputs_path);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = assay_import (manifest, NULL, NULL, NULL, &error);
  g_autoptr (AssayValue) input = NULL;
  g_autoptr (AssayRun) run = NULL;
  AssayFunction *function;

  g_assert_no_error (error);
  function = assay_runnable_find_signature (runnable, "serving_default", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assay_function_get_n_arguments (function) - assay_function_get_n_captures (function), ==, 1);
  input = model_read (inputs, 0);
  run = assay_runnable_run (runnable, "serving_default", &input, 1, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assay_run_get_n_outputs (run), ==, 1);
  g_assert_cmpuint (assay_run_get_n_activations (run), >, 10);
  assert_close (assay_run_get_output (run, 0, NULL), outputs, "output");
}

/* The notebook's traced module: two functions without arguments, for its lists of numbers are constants. */
static void
test_traced (void)
{
  static const float expected[] = { 0.8852169513702393f, 1.3419936895370483f };
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "data/tensorflow/notebook/the_saved_model", NULL);
  g_autoptr (AssayManifest) manifest = model_open (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = assay_import (manifest, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (assay_runnable_get_n_signatures (runnable), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const char *name;
      g_autoptr (AssayRun) run = NULL;
      const float *values;

      assay_runnable_get_signature (runnable, i, &name);
      g_assert_cmpstr (name, ==, i ? "__call___1" : "__call__");
      run = assay_runnable_run (runnable, name, NULL, 0, FALSE, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (assay_value_get_rank (assay_run_get_output (run, 0, NULL)), ==, 2 + i);
      values = assay_value_get_data (assay_run_get_output (run, 0, NULL));
      for (guint k = 0; k < 2 * (i + 1); k++)
        g_assert_cmpfloat (fabsf (values[k] - expected[k % 2]), <=, 2e-5f);
    }
}

/* A module without tf.function: variables, and nothing to call. */
static void
test_values_only (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data/tensorflow/notebook/my_saved_model", NULL);
  g_autoptr (AssayManifest) manifest = model_open (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = assay_import (manifest, NULL, NULL, NULL, &error);

  g_assert_null (runnable);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, "There is nothing to call in this SavedModel: it holds values only.");
  g_assert_cmpuint (assay_manifest_get_n_variables (manifest), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/saved-graphs/cnn", "sequential_cnn", test_fixture);
  g_test_add_data_func ("/saved-graphs/loops", "embedding_mask_lstm", test_fixture);
  g_test_add_func ("/saved-graphs/traced", test_traced);
  g_test_add_func ("/saved-graphs/values-only", test_values_only);
  g_test_add_func ("/saved-graphs/one-sentence-or-a-model", test_mutations);
  return g_test_run ();
}
