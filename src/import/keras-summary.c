/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/keras-summary.h>

#include <assay/import.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "summary-table-private.h"

#define MAX_DEPTH 24

/* One output of one call of another layer. */
typedef struct
{
  const char *layer;
  gint64      call, tensor;
} Ref;

typedef struct
{
  AssayManifest         *manifest;
  AssayKerasSummaryFlags flags;
  gboolean               is_new;   /* Keras 3 */
  GHashTable            *shapes;   /* of activations: label → char */
  GArray                *rows;     /* of AssaySummaryRow */
  gboolean               connects; /* whether "Connected to" is shown */
} Summary;

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
get_text (JsonObject *object, const char *name, const char *otherwise)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : otherwise;
}

static JsonObject *
get_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
layer_name (JsonObject *layer)
{
  return get_text (get_object (layer, "config"), "name", get_text (layer, "name", ""));
}

static gboolean
is_class (JsonObject *layer, const char *name)
{
  return strcmp (get_text (layer, "class_name", ""), name) == 0;
}

static JsonArray *
get_layers (JsonObject *model)
{
  JsonNode *config = json_object_get_member (model, "config");

  /* Keras 1 and early 2: a Sequential's config is the list. */
  return config && JSON_NODE_HOLDS_ARRAY (config) ? json_node_get_array (config) : get_array (get_object (model, "config"), "layers");
}

static gboolean
is_functional (JsonObject *model)
{
  return is_class (model, "Functional") || is_class (model, "Model");
}

/* Refs wherever they stand: ["name", call, tensor, …] or {"class_name": "__keras_tensor__", "config": {"keras_history": […]}}. */
static void
find_refs (JsonNode *node, GArray *refs, guint depth)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray  *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : get_array (get_object (object, "config"), "keras_history");
  guint       n = array ? json_array_get_length (array) : 0;
  JsonNode   *name = n > 2 ? json_array_get_element (array, 0) : NULL;

  if (depth > MAX_DEPTH)
    return;
  if (name != NULL && JSON_NODE_HOLDS_VALUE (name) && json_node_get_value_type (name) == G_TYPE_STRING &&
      JSON_NODE_HOLDS_VALUE (json_array_get_element (array, 1)))
    {
      Ref ref = { json_node_get_string (name), json_array_get_int_element (array, 1), json_array_get_int_element (array, 2) };

      if (ref.call >= 0)
        g_array_append_val (refs, ref);
      /* Keras 2 has named arguments behind. */
      if (n > 3)
        find_refs (json_array_get_element (array, 3), refs, depth + 1);
      return;
    }
  for (guint i = 0; i < n; i++)
    find_refs (json_array_get_element (array, i), refs, depth + 1);
  if (object != NULL && n == 0)
    {
      g_autoptr (GList) members = g_list_sort (json_object_get_members (object), (GCompareFunc) strcmp);

      for (GList *at = members; at != NULL; at = at->next)
        find_refs (json_object_get_member (object, at->data), refs, depth + 1);
    }
}

/* What each call of a layer takes. (element-type GArray) */
static GPtrArray *
list_calls (JsonObject *layer)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  JsonArray *inbound = get_array (layer, "inbound_nodes");

  for (guint i = 0; inbound != NULL && i < json_array_get_length (inbound); i++)
    {
      GArray *refs = g_array_new (FALSE, FALSE, sizeof (Ref));

      find_refs (json_array_get_element (inbound, i), refs, 0);
      g_ptr_array_add (calls, refs);
    }
  return calls;
}

/* Whether layers follow each other in one row: then what they are connected to needn't be said. */
static gboolean
is_row (JsonArray *layers)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_inputs = 0;

  for (guint i = 0; i < json_array_get_length (layers); i++)
    {
      JsonObject *layer = get_element (layers, i);
      g_autoptr (GPtrArray) calls = layer ? list_calls (layer) : NULL;

      n_inputs += layer != NULL && is_class (layer, "InputLayer");
      if (calls == NULL || calls->len > 1 || n_inputs > 1)
        return FALSE;
      for (guint k = 0; k < calls->len; k++)
        {
          const GArray *refs = calls->pdata[k];

          if (refs->len > 1)
            return FALSE;
          if (refs->len == 1 && !g_hash_table_add (taken, g_strdup (g_array_index (refs, Ref, 0).layer)))
            return FALSE;
        }
    }
  return TRUE;
}

static char *
dup_connections (Summary *self, JsonObject *layer, guint level)
{
  g_autoptr (GPtrArray) calls = list_calls (layer);
  GString *text = g_string_new (self->is_new ? "" : "[");

  for (guint i = 0; i < calls->len && level == 0; i++)
    {
      const GArray *refs = calls->pdata[i];

      for (guint k = 0; k < refs->len; k++)
        {
          const Ref *ref = &g_array_index (refs, Ref, k);

          g_string_append_printf (text, "%s%s%s[%" G_GINT64_FORMAT "][%" G_GINT64_FORMAT "]%s", text->len > !self->is_new ? ", " : "",
                                  self->is_new ? "" : "'", ref->layer, ref->call, ref->tensor, self->is_new ? "" : "'");
        }
    }
  if (self->is_new && text->len == 0)
    g_string_append_c (text, '-');
  if (!self->is_new)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static gboolean
read_shape (JsonArray *array, AssayPartialShape *shape)
{
  if (array == NULL)
    return FALSE;
  shape->rank = MIN (json_array_get_length (array), ASSAY_GRAPH_MAX_RANK);
  for (int i = 0; i < shape->rank; i++)
    shape->dims[i] = json_array_get_null_element (array, i) ? -1 : json_array_get_int_element (array, i);
  return TRUE;
}

static char *
dup_input_shape (Summary *self, JsonObject *layer)
{
  JsonObject       *config = get_object (layer, "config");
  JsonArray        *array = get_array (config, "batch_shape");
  g_autofree char  *tuple = NULL;
  AssayPartialShape shape;

  if (!read_shape (array ? array : get_array (config, "batch_input_shape"), &shape))
    return g_strdup ("?");
  tuple = assay_partial_shape_to_tuple (&shape);
  return self->is_new ? g_steal_pointer (&tuple) : g_strdup_printf ("[%s]", tuple);
}

/* What a layer gave when it was called last. */
static char *
dup_output_shape (Summary *self, JsonObject *layer, const char *label)
{
  guint            n_calls;
  g_autofree char *last = NULL, *first = NULL;
  g_autoptr (GPtrArray) calls = list_calls (layer);
  GString *several;

  if (is_class (layer, "InputLayer"))
    return dup_input_shape (self, layer);
  n_calls = MAX (calls->len, 1);
  last = n_calls > 1 ? g_strdup_printf ("%s@%u", label, n_calls - 1) : g_strdup (label);
  first = g_strdup_printf ("%s:0", last);
  if (g_hash_table_contains (self->shapes, last))
    return g_strdup (g_hash_table_lookup (self->shapes, last));
  if (!g_hash_table_contains (self->shapes, first))
    return g_strdup ("?");
  several = g_string_new ("[");
  for (guint i = 0;; i++)
    {
      g_autofree char *one = g_strdup_printf ("%s:%u", last, i);
      const char      *shape = g_hash_table_lookup (self->shapes, one);

      if (shape == NULL)
        break;
      g_string_append_printf (several, "%s%s", i ? ", " : "", shape);
    }
  g_string_append_c (several, ']');
  return g_string_free (several, FALSE);
}

static gboolean
is_weight (const AssayManifestVariable *facts, const char *path)
{
  return (facts->flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN | ASSAY_FLAG_EMPTY)) == 0 && strstr (path, "seed_generator") == NULL;
}

typedef struct
{
  guint64 parameters, bytes;
} Count;

static void
add_count (Count *count, const AssayManifestVariable *facts)
{
  count->parameters += facts->n_elements;
  count->bytes += facts->n_bytes;
}

/* All weights below a path. */
static Count
count_below (Summary *self, const char *path)
{
  Count count = { 0 };
  gsize n = strlen (path);

  for (guint32 i = 0; i < assay_manifest_get_n_variables (self->manifest); i++)
    {
      AssayManifestVariable facts;
      g_autofree char      *own = assay_manifest_dup_variable_path (self->manifest, i);

      assay_manifest_get_variable (self->manifest, i, &facts);
      if (is_weight (&facts, own) && strncmp (own, path, n) == 0 && own[n] == '/')
        add_count (&count, &facts);
    }
  return count;
}

/* With commas between thousands, as Keras 3 does. */
static char *
dup_number (Summary *self, guint64 number)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  gsize            n = strlen (plain);
  GString         *text;

  if (!self->is_new)
    return g_steal_pointer (&plain);
  text = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%c", i > 0 && (n - i) % 3 == 0 ? "," : "", plain[i]);
  return g_string_free (text, FALSE);
}

static const char *
get_trainable (Summary *self, JsonObject *layer, guint64 n_parameters)
{
  JsonObject *config = get_object (layer, "config");

  if (self->is_new && n_parameters == 0)
    return "-";
  return config == NULL || json_object_get_boolean_member_with_default (config, "trainable", TRUE) ? "Y" : "N";
}

/* "Package>Gate" is the class Gate; one class calls itself otherwise in files. */
static const char *
class_name (JsonObject *layer)
{
  const char *name = get_text (layer, "class_name", ""), *behind = strrchr (name, '>');

  if (strcmp (name, "GroupQueryAttention") == 0)
    return "GroupedQueryAttention";
  return behind ? behind + 1 : name;
}

static void add_layers (Summary *self, JsonObject *model, const char *path, const char *label, guint level);

static void
add_layer (Summary *self, JsonObject *layer, const char *path, const char *label, guint level)
{
  const char      *name = layer_name (layer);
  g_autofree char *own_path = *path ? g_strdup_printf ("%s/%s", path, name) : g_strdup (name);
  g_autofree char *own_label = g_strconcat (label, name, NULL), *below = g_strconcat (own_label, ".", NULL);
  Count            count = count_below (self, own_path);
  AssaySummaryRow  row = { .level = self->is_new ? 0 : level };
  guint            n = 0;
  GString         *title = g_string_new (NULL);

  for (guint i = 0; i < level && self->is_new; i++)
    g_string_append (title, "   ");
  g_string_append (title, level > 0 && self->is_new ? "└ " : "");
  g_string_append_printf (title, "%s (%s)", name, class_name (layer));
  row.fields[n++] = g_string_free (title, FALSE);
  row.fields[n++] = dup_output_shape (self, layer, own_label);
  row.fields[n++] = dup_number (self, count.parameters);
  if (self->connects)
    row.fields[n++] = dup_connections (self, layer, level);
  if (self->flags & ASSAY_KERAS_SUMMARY_SHOW_TRAINABLE)
    row.fields[n++] = g_strdup (get_trainable (self, layer, count.parameters));
  g_array_append_val (self->rows, row);
  if ((self->flags & ASSAY_KERAS_SUMMARY_EXPAND_NESTED) && level < MAX_DEPTH && (is_functional (layer) || is_class (layer, "Sequential")))
    add_layers (self, layer, own_path, below, level + 1);
}

/* A Sequential doesn't count its InputLayer; only the outermost model tells of operators, which are no layers. */
static void
add_layers (Summary *self, JsonObject *model, const char *path, const char *label, guint level)
{
  JsonArray *layers = get_layers (model);

  for (guint i = 0; layers != NULL && i < json_array_get_length (layers); i++)
    {
      JsonObject *layer = get_element (layers, i);
      gboolean    is_operator = layer && g_str_has_prefix (get_text (layer, "module", ""), "keras.src.ops");

      if (layer != NULL && !(is_class (model, "Sequential") && is_class (layer, "InputLayer")) && !(level > 0 && is_operator))
        add_layer (self, layer, path, label, level);
    }
}

static void
row_clear (gpointer data)
{
  for (guint i = 0; i < ASSAY_SUMMARY_MAX_COLUMNS; i++)
    g_free (((AssaySummaryRow *) data)->fields[i]);
}

static AssaySummaryTable
make_table (Summary *self, guint line_length)
{
  static const double rows[2][ASSAY_SUMMARY_MAX_COLUMNS] = { { 0.45, 0.85, 1 }, { 0.45, 0.80, 1 } };
  static const double nets[2][ASSAY_SUMMARY_MAX_COLUMNS] = { { 0.3, 0.6, 0.7, 1 }, { 0.3, 0.56, 0.74, 1 } };
  static const guint  lengths[2][2] = { { 65, 98 }, { 88, 108 } };
  gboolean            trainable = (self->flags & ASSAY_KERAS_SUMMARY_SHOW_TRAINABLE) != 0;
  AssaySummaryTable   table = { .header = { "Layer (type)", "Output Shape", "Param #" }, .rows = self->rows, .shows_trainable = trainable };

  table.width = line_length ? line_length : lengths[self->is_new][self->connects] + (self->is_new && trainable ? 12 : 0);
  memcpy (table.positions, self->connects ? nets[self->is_new] : rows[self->is_new], sizeof table.positions);
  table.n_columns = 3;
  if (self->connects)
    table.header[table.n_columns++] = "Connected to";
  if (trainable)
    table.header[table.n_columns++] = "Trainable";
  return table;
}

static void
append_total (Summary *self, GString *out, const char *title, Count count)
{
  static const char *const units[] = { "Byte", "KB", "MB", "GB", "TB", "PB" };
  g_autofree char         *number = dup_number (self, count.parameters);
  double                   size = count.bytes;
  guint                    unit = 0;

  for (; size >= 1024 && unit + 1 < G_N_ELEMENTS (units); unit++)
    size /= 1024;
  g_string_append_printf (out, "%s%s: %s (%.2f %s)\n", self->is_new ? " " : "", title, number, size, unit == 0 && self->is_new ? "B" : units[unit]);
}

static void
append_totals (Summary *self, GString *out)
{
  Count trainable = { 0 }, others = { 0 }, optimizer = { 0 }, all;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (self->manifest); i++)
    {
      AssayManifestVariable facts;
      g_autofree char      *path = assay_manifest_dup_variable_path (self->manifest, i);

      assay_manifest_get_variable (self->manifest, i, &facts);
      if (facts.flags & ASSAY_FLAG_OPTIMIZER && self->is_new)
        add_count (&optimizer, &facts);
      else if (is_weight (&facts, path))
        add_count (facts.flags & ASSAY_FLAG_NON_TRAINABLE ? &others : &trainable, &facts);
    }
  all = (Count){ trainable.parameters + others.parameters + optimizer.parameters, trainable.bytes + others.bytes + optimizer.bytes };
  append_total (self, out, "Total params", all);
  append_total (self, out, "Trainable params", trainable);
  append_total (self, out, "Non-trainable params", others);
  if (optimizer.parameters > 0)
    append_total (self, out, "Optimizer params", optimizer);
}

/* Notes the shapes that Keras 3 says tensors have which layers are called with: what the layers before give. */
static void
note_shapes (GHashTable *shapes, JsonNode *node, guint depth)
{
  JsonObject       *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray        *history = get_array (get_object (object, "config"), "keras_history");
  AssayPartialShape shape;
  g_autoptr (GList) values = object && history == NULL ? json_object_get_values (object) : NULL;

  if (history != NULL && json_array_get_length (history) == 3 && read_shape (get_array (get_object (object, "config"), "shape"), &shape))
    {
      gint64           call = json_array_get_int_element (history, 1);
      const char      *name = json_array_get_string_element (history, 0);
      g_autofree char *label = call > 0 ? g_strdup_printf ("%s@%" G_GINT64_FORMAT, name, call) : g_strdup (name);

      g_hash_table_insert (shapes, g_steal_pointer (&label), assay_partial_shape_to_tuple (&shape));
    }
  for (GList *at = values; at != NULL && depth < MAX_DEPTH; at = at->next)
    note_shapes (shapes, at->data, depth + 1);
  if (JSON_NODE_HOLDS_ARRAY (node) && depth < MAX_DEPTH)
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      note_shapes (shapes, json_array_get_element (json_node_get_array (node), i), depth + 1);
}

/* What the last layers give nobody takes; a Dense one gives what it takes, but for the last dimension. */
static void
guess_last (GHashTable *shapes, JsonArray *layers)
{
  for (guint i = 0; layers != NULL && i < json_array_get_length (layers); i++)
    {
      JsonObject *layer = get_element (layers, i), *config = layer ? get_object (layer, "config") : NULL;
      g_autoptr (GPtrArray) calls = config && is_class (layer, "Dense") ? list_calls (layer) : NULL;
      GArray     *refs = calls && calls->len == 1 ? calls->pdata[0] : NULL;
      const char *taken = refs && refs->len == 1 ? g_hash_table_lookup (shapes, g_array_index (refs, Ref, 0).layer) : NULL;
      const char *last = taken ? g_strrstr (taken, ", ") : NULL;

      if (last != NULL && !g_hash_table_contains (shapes, layer_name (layer)))
        g_hash_table_insert (shapes, g_strdup (layer_name (layer)),
                             g_strdup_printf ("%.*s, %" G_GINT64_FORMAT ")", (int) (last - taken), taken,
                                              json_object_get_int_member_with_default (config, "units", -1)));
    }
}

/* The shapes of what layers give, by tracing the model; or, if that can't be, as far as its config tells. */
static GHashTable *
find_shapes (AssayManifest *manifest, JsonNode *config)
{
  g_autoptr (AssayRunnable) runnable = assay_import (manifest, NULL, NULL, NULL, NULL);
  AssayFunction       *function = runnable ? assay_runnable_get_signature (runnable, 0, NULL) : NULL;
  GHashTable          *shapes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const AssayNamedRef *activations;
  guint                n;

  if (runnable == NULL)
    {
      note_shapes (shapes, config, 0);
      guess_last (shapes, get_layers (json_node_get_object (config)));
      return shapes;
    }
  activations = assay_function_get_activations (function, &n);
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (shapes, g_strdup (activations[i].name),
                         assay_partial_shape_to_tuple (&assay_function_get_spec (function, activations[i].ref)->shape));
  return shapes;
}

/* Keras 3 says so of itself, or writes what layers are called with in its way. */
static gboolean
is_keras_3 (AssayManifest *manifest, const char *config)
{
  g_autofree char *version = assay_manifest_dup_module_attribute (manifest, 0, "keras_version");
  g_autofree char *metadata = assay_manifest_dup_module_attribute (manifest, 0, "metadata");

  return (version != NULL && g_str_has_prefix (version, "\"3")) || (metadata != NULL && strstr (metadata, "\"keras_version\":\"3") != NULL) ||
         strstr (config, "__keras_tensor__") != NULL || strstr (config, "DTypePolicy") != NULL;
}

char *
assay_keras_summary (AssayManifest *manifest, guint line_length, AssayKerasSummaryFlags flags, GError **error)
{
  g_autofree char *config = assay_manifest_dup_module_attribute (manifest, 0, ".config");
  g_autoptr (GHashTable) shapes = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (AssaySummaryRow));
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  Summary           self = { .manifest = manifest, .flags = flags, .rows = rows };
  JsonObject       *model;
  AssaySummaryTable table;
  GString          *out;
  guint             width;

  if (config == NULL || !json_parser_load_from_data (parser, config, -1, NULL) || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "There is no Keras config in this file.");
      return NULL;
    }
  g_array_set_clear_func (rows, row_clear);
  model = json_node_get_object (json_parser_get_root (parser));
  self.shapes = shapes = find_shapes (manifest, json_parser_get_root (parser));
  self.is_new = is_keras_3 (manifest, config);
  self.connects = is_functional (model) && get_layers (model) != NULL && !is_row (get_layers (model));
  add_layers (&self, model, "", "", 0);
  table = make_table (&self, line_length);
  out = g_string_new (NULL);
  g_string_append_printf (out, "Model: \"%s\"\n", layer_name (model));
  width = table.width;
  if (self.is_new)
    assay_summary_table_boxed (&table, out);
  else
    width = assay_summary_table_plain (&table, out);
  append_totals (&self, out);
  if (!self.is_new)
    {
      for (guint i = 0; i < width; i++)
        g_string_append_c (out, '_');
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
