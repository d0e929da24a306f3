/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/run-input.h>

#include <assay/convert.h>
#include <assay/literal.h>
#include <assay/memory-source.h>
#include <assay/reader-session.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define MAX_ELEMENTS (G_GINT64_CONSTANT (1) << 32)

const AssayValueSpec *
assay_input_get_spec (AssayFunction *function, guint index, const char **name)
{
  const AssayOperation *argument = assay_function_get_operation (function, index);

  if (name != NULL)
    *name = argument->name;
  return &argument->outputs[0];
}

AssayPartialShape
assay_input_suggest_shape (const AssayValueSpec *spec)
{
  AssayPartialShape shape = spec->shape;

  if (shape.rank < 0)
    return assay_partial_shape_make (1, (gint64) 1);
  for (int i = 0; i < shape.rank; i++)
    if (shape.dims[i] < 0)
      shape.dims[i] = 1;
  return shape;
}

static gboolean
count (const AssayPartialShape *shape, gsize *n, GError **error)
{
  gint64 all = 1;

  for (int i = 0; i < shape->rank; i++)
    {
      if (shape->dims[i] < 0 || (shape->dims[i] > 0 && all > MAX_ELEMENTS / shape->dims[i]))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("An input can’t have more than %" PRId64 " elements"), MAX_ELEMENTS);
          return FALSE;
        }
      all *= shape->dims[i];
    }
  *n = all;
  return TRUE;
}

gboolean
assay_input_check_shape (const AssayValueSpec *spec, const char *name, const AssayPartialShape *shape, GError **error)
{
  gsize n;

  if (!assay_partial_shape_accepts (&spec->shape, shape))
    {
      g_autofree char *wanted = assay_partial_shape_to_tuple (&spec->shape), *found = assay_partial_shape_to_tuple (shape);

      /* As keras.layers.input_spec says it. */
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("Input %s is incompatible with the model: expected shape=%s, found shape=%s"), name, wanted, found);
      return FALSE;
    }
  return count (shape, &n, error);
}

gboolean
assay_input_check (const AssayValueSpec *spec, const char *name, AssayValue *value, GError **error)
{
  if (spec->dtype != ASSAY_DTYPE_INVALID && assay_value_get_dtype (value) != spec->dtype)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Input %s has to be %s, but is %s"), name, assay_dtype_get_info (spec->dtype)->name,
                   assay_dtype_get_info (assay_value_get_dtype (value))->name);
      return FALSE;
    }
  return assay_input_check_shape (spec, name, assay_value_get_shape (value), error);
}

/* A value of a dtype whose elements are given as numbers. */
static AssayValue *
new_of_doubles (AssayDtype dtype, const AssayPartialShape *shape, const double *numbers, gsize n, GError **error)
{
  gsize   size = assay_dtype_get_info (dtype)->item_size;
  void   *data = g_try_malloc (MAX (n * size, 1));
  guint64 dims[ASSAY_GRAPH_MAX_RANK];
  g_autoptr (GBytes) bytes = NULL;
  AssayTensor *tensor;

  if (data == NULL || size == 0)
    {
      g_free (data);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory for %zu values"), n);
      return NULL;
    }
  bytes = g_bytes_new_take (data, n * size);
  if (!assay_convert_from_double (dtype, numbers, data, n, error))
    return NULL;
  for (int i = 0; i < shape->rank; i++)
    dims[i] = shape->dims[i];
  tensor = assay_tensor_new (dtype, shape->rank, dims, bytes, error);
  return tensor ? assay_value_new_take (tensor) : NULL;
}

static AssayDtype
dtype_of (const AssayValueSpec *spec)
{
  return spec->dtype == ASSAY_DTYPE_INVALID ? ASSAY_DTYPE_FLOAT32 : spec->dtype;
}

/* Lists of JSON, so that large integers and texts stay what they are. */
typedef struct
{
  GArray           *numbers;  /* of double */
  GArray           *integers; /* of gint64: exact, for those that are */
  GPtrArray        *texts;
  AssayPartialShape shape;
  gboolean          is_text;
} Typed;

static gboolean
take_typed (Typed *self, JsonNode *node, int depth, GError **error)
{
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  double     number;
  gint64     integer;

  if (list != NULL && depth < ASSAY_GRAPH_MAX_RANK)
    {
      gint64 n = json_array_get_length (list);

      if (self->shape.dims[depth] >= 0 && self->shape.dims[depth] != n)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("Lists side by side have unlike lengths: %" PRId64 " and %" PRId64),
                       self->shape.dims[depth], n);
          return FALSE;
        }
      self->shape.dims[depth] = n;
      self->shape.rank = MAX (self->shape.rank, depth + 1);
      for (guint i = 0; i < n; i++)
        if (!take_typed (self, json_array_get_element (list, i), depth + 1, error))
          return FALSE;
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_VALUE (node) || depth != MAX (self->shape.rank, 0))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("A value stands at another depth than the others"));
      return FALSE;
    }
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      g_ptr_array_add (self->texts, g_bytes_new (text, strlen (text)));
      return TRUE;
    }
  number = json_node_get_value_type (node) == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : json_node_get_double (node);
  integer = json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : (gint64) CLAMP (number, -9e18, 9e18);
  g_array_append_val (self->numbers, number);
  g_array_append_val (self->integers, integer);
  return TRUE;
}

static AssayValue *
typed_to_value (Typed *self, AssayDtype dtype, GError **error)
{
  guint64 dims[ASSAY_GRAPH_MAX_RANK];

  self->shape.rank = MAX (self->shape.rank, 0);
  for (int i = 0; i < self->shape.rank; i++)
    dims[i] = MAX (self->shape.dims[i], 0);
  for (int i = 0; i < self->shape.rank; i++)
    self->shape.dims[i] = dims[i];
  if (dtype == ASSAY_DTYPE_STRING && self->numbers->len == 0)
    return assay_value_new_strings (self->shape.rank, dims, g_ptr_array_ref (self->texts));
  if (self->texts->len > 0 || dtype == ASSAY_DTYPE_STRING)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("The input takes %s"), assay_dtype_get_info (dtype)->name);
      return NULL;
    }
  if (dtype == ASSAY_DTYPE_INT64)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (self->integers->data, self->integers->len * sizeof (gint64));
      AssayTensor *tensor = assay_tensor_new (dtype, self->shape.rank, dims, bytes, error);

      return tensor ? assay_value_new_take (tensor) : NULL;
    }
  return new_of_doubles (dtype, &self->shape, (const double *) self->numbers->data, self->numbers->len, error);
}

static AssayValue *
new_of_json (AssayDtype dtype, const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double)), integers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) problem = NULL;
  Typed self = { .numbers = numbers, .integers = integers, .texts = texts, .shape = { .rank = -1 } };

  memset (self.shape.dims, 0xff, sizeof self.shape.dims);
  if (!json_parser_load_from_data (parser, text, -1, &problem) || json_parser_get_root (parser) == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” is no list of values, as in [[1, 2, 3]]"), text);
      return NULL;
    }
  return take_typed (&self, json_parser_get_root (parser), 0, error) ? typed_to_value (&self, dtype, error) : NULL;
}

/* Floats may be written as Python does, with inf and nan, too. */
static AssayValue *
new_of_literal (AssayDtype dtype, const char *text, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  AssayValue        *value = assay_literal (text, error);
  gsize              n = value ? assay_partial_shape_n_elements (assay_value_get_shape (value)) : 0;
  g_autofree double *numbers = g_new (double, n + 1);

  if (value == NULL)
    return NULL;
  if (dtype == ASSAY_DTYPE_FLOAT32)
    return assay_value_ref (value);
  assay_convert_to_double (ASSAY_DTYPE_FLOAT32, assay_value_get_data (value), numbers, n);
  return new_of_doubles (dtype, assay_value_get_shape (value), numbers, n, error);
}

AssayValue *
assay_input_new_typed (const AssayValueSpec *spec, const char *text, GError **error)
{
  AssayDtype dtype = dtype_of (spec);
  gboolean   is_float = dtype == ASSAY_DTYPE_FLOAT32 || dtype == ASSAY_DTYPE_FLOAT16 || dtype == ASSAY_DTYPE_BFLOAT16;

  return is_float ? new_of_literal (dtype, text, error) : new_of_json (dtype, text, error);
}

AssayValue *
assay_input_new_filled (const AssayValueSpec *spec, const AssayPartialShape *shape, double value, GError **error)
{
  gsize              n;
  g_autofree double *numbers = NULL;

  if (!count (shape, &n, error))
    return NULL;
  numbers = g_try_new (double, MAX (n, 1));
  for (gsize i = 0; numbers != NULL && i < n; i++)
    numbers[i] = value;
  return new_of_doubles (dtype_of (spec), shape, numbers, numbers ? n : 0, error);
}

/* SplitMix64: the same numbers on every machine. */
static double
next_uniform (guint64 *state)
{
  guint64 z = (*state += 0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return ((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

AssayValue *
assay_input_new_random (const AssayValueSpec *spec, const AssayPartialShape *shape, guint64 seed, GError **error)
{
  AssayDtype         dtype = dtype_of (spec);
  AssayKind          kind = assay_dtype_get_info (dtype)->kind;
  gsize              n;
  g_autofree double *numbers = NULL;

  if (!count (shape, &n, error))
    return NULL;
  numbers = g_try_new (double, MAX (n, 1));
  for (gsize i = 0; numbers != NULL && i < n; i++)
    if (dtype == ASSAY_DTYPE_BOOL)
      numbers[i] = next_uniform (&seed) < 0.5;
    else if (kind == ASSAY_KIND_FLOAT || kind == ASSAY_KIND_COMPLEX)
      {
        double radius = sqrt (-2 * log (1 - next_uniform (&seed)));

        numbers[i] = radius * cos (2 * G_PI * next_uniform (&seed));
      }
    else
      numbers[i] = floor (next_uniform (&seed) * 10);
  return new_of_doubles (dtype, shape, numbers, numbers ? n : 0, error);
}

/* Numbers of any dtype as those of the input; a batch dimension that is missing is put in front. */
static AssayValue *
fit_value (const AssayValueSpec *spec, AssayTensor *tensor, GError **error)
{
  AssayDtype         dtype = dtype_of (spec), own = assay_tensor_get_dtype (tensor);
  gsize              n = assay_tensor_get_n_elements (tensor);
  AssayPartialShape  shape = { .rank = assay_tensor_get_rank (tensor) };
  g_autofree double *numbers = NULL;
  gboolean           add_batch = spec->shape.rank == shape.rank + 1 && spec->shape.dims[0] <= 1 && shape.rank < ASSAY_GRAPH_MAX_RANK;
  guint64            dims[ASSAY_GRAPH_MAX_RANK];

  if (shape.rank > ASSAY_GRAPH_MAX_RANK || !assay_dtype_is_numeric (own) || (own != dtype && !assay_dtype_is_numeric (dtype)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("The file has %s, but the input takes %s"), assay_dtype_get_info (own)->name,
                   assay_dtype_get_info (dtype)->name);
      return NULL;
    }
  for (int i = 0; i < shape.rank; i++)
    shape.dims[i] = assay_tensor_get_shape (tensor)[i];
  if (add_batch)
    {
      memmove (shape.dims + 1, shape.dims, shape.rank * sizeof *shape.dims);
      shape.dims[0] = 1;
      shape.rank++;
    }
  for (int i = 0; i < shape.rank; i++)
    dims[i] = shape.dims[i];
  if (own == dtype)
    {
      AssayTensor *same = assay_tensor_new (dtype, shape.rank, dims, assay_tensor_get_bytes (tensor), error);

      return same ? assay_value_new_take (same) : NULL;
    }
  numbers = g_new (double, MAX (n, 1));
  assay_convert_to_double (own, assay_tensor_get_data (tensor), numbers, n);
  return new_of_doubles (dtype, &shape, numbers, n, error);
}

static AssayValue *
new_from_csv (const AssayValueSpec *spec, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  AssayPartialShape shape = { .rank = 2 };

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = NULL;

      if (*g_strstrip (lines[i]) == '\0')
        continue;
      cells = g_strsplit_set (lines[i], strchr (lines[i], ',') ? "," : strchr (lines[i], ';') ? ";"
                                                                                              : "\t ",
                              -1);
      for (guint k = 0; cells[k] != NULL; k++)
        {
          char  *end;
          double number = g_ascii_strtod (cells[k], &end);

          if (end == cells[k] || *g_strchug (end) != '\0')
            {
              g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("Line %u of “%s” has “%s” in column %u, which is no number"), i + 1, path, cells[k], k + 1);
              return NULL;
            }
          g_array_append_val (numbers, number);
        }
      if (shape.dims[0]++ == 0)
        shape.dims[1] = g_strv_length (cells);
      if (numbers->len != shape.dims[0] * shape.dims[1])
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("Line %u of “%s” has %u values, the first line %" PRId64), i + 1, path,
                       g_strv_length (cells), shape.dims[1]);
          return NULL;
        }
    }
  /* A batch of anything but rows: each line is one flat element. */
  if (spec->shape.rank > 2)
    {
      AssayPartialShape wanted = assay_input_suggest_shape (spec);

      wanted.dims[0] = shape.dims[0];
      if (assay_partial_shape_n_elements (&wanted) == numbers->len)
        shape = wanted;
    }
  else if (spec->shape.rank == 1)
    shape = assay_partial_shape_make (1, (gint64) numbers->len);
  return new_of_doubles (dtype_of (spec), &shape, (const double *) numbers->data, numbers->len, error);
}

/* The member of that name; the only one if there is no choice. */
static gint64
find_member (AssayManifest *manifest, const char *name)
{
  guint32 n = assay_manifest_get_n_variables (manifest);

  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      if (strcmp (facts.key, name) == 0)
        return i;
    }
  return n == 1 ? 0 : -1;
}

AssayValue *
assay_input_new_from_file (const AssayValueSpec *spec, const char *name, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssaySource) source = NULL;
  g_autoptr (AssayTensor) tensor = NULL;
  gint64 member;

  if (g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".txt") || g_str_has_suffix (path, ".tsv"))
    return new_from_csv (spec, path, error);
  manifest = assay_manifest_load (path, cancellable, error);
  if (manifest == NULL)
    return NULL;
  member = find_member (manifest, name);
  if (member < 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("“%s” has %u arrays, none called “%s”"), path, assay_manifest_get_n_variables (manifest), name);
      return NULL;
    }
  source = assay_manifest_dup_source (manifest, member, error);
  tensor = source ? assay_source_read_tensor (source, cancellable, error) : NULL;
  return tensor ? fit_value (spec, tensor, error) : NULL;
}
