/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sequential and functional models, which are layers themselves. A functional model's layers have inbound nodes, one a call:
 *
 *   Keras 3:  {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["dense", 0, 0]}}], "kwargs": {…}}
 *   Keras 2:  [["dense", 0, 0, {…}], …], or just ["dense", 0, 0, {…}]; a constant is ["_CONSTANT_VALUE", -1, 2.0, {…}]
 *
 * "dense", 0, 0 is the first output of the first call of dense. */

#include "layers-private.h"

#include <string.h>

/* A call of a layer. */
typedef struct
{
  guint     layer;
  guint     index; /* which call of that layer */
  JsonNode *inbound;
  int       state;   /* of the search: 0 not seen, 1 on the way, 2 done */
  GArray   *outputs; /* of AssayKerasTensor, while the model is called */
} Node;

typedef struct
{
  GPtrArray  *nodes;        /* of Node, each layer's one behind the other */
  GHashTable *first;        /* char * → index of a layer's first node + 1 */
  GPtrArray  *inputs;       /* of Node: in the order of the arguments */
  GArray     *outputs;      /* of Ref */
  GPtrArray  *output_names; /* of char, nullable */
  gboolean    at_ends;      /* while input_layers and output_layers are looked at */
  int         version;
  GPtrArray  *children; /* the layer's own */
} Model;

typedef struct
{
  Node *node;
  guint tensor;
} Ref;

static void
node_free (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->outputs, g_array_unref);
  g_free (node);
}

static void
model_free (gpointer data)
{
  Model *model = data;

  g_ptr_array_unref (model->nodes);
  g_hash_table_unref (model->first);
  g_ptr_array_unref (model->inputs);
  g_array_unref (model->outputs);
  g_ptr_array_unref (model->output_names);
  g_free (model);
}

static gboolean
is_input (AssayKerasLayer *layer)
{
  return g_str_equal (layer->klass->name, "InputLayer");
}

static Model *
model_new (AssayKerasLayer *self)
{
  Model *model = g_new0 (Model, 1);

  model->nodes = g_ptr_array_new_with_free_func (node_free);
  model->first = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  model->inputs = g_ptr_array_new ();
  model->outputs = g_array_new (FALSE, FALSE, sizeof (Ref));
  model->output_names = g_ptr_array_new_with_free_func (g_free);
  model->version = self->version;
  model->children = self->children;
  self->data = model;
  self->data_destroy = model_free;
  return model;
}

static JsonArray *
get_layers (AssayKerasLayer *self)
{
  JsonNode *config = assay_keras_member (self->entry, "config");

  /* Keras 1, and 2 up to 2.2.2: a Sequential's config is the list. */
  if (config != NULL && JSON_NODE_HOLDS_ARRAY (config))
    return json_node_get_array (config);
  return assay_keras_array (self->config, "layers");
}

/* Variables by the first name of their paths, so that each layer needn't look at all. */
static GHashTable *
group_weights (GArray *weights)
{
  GHashTable *groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);

  for (guint i = 0; i < weights->len; i++)
    {
      AssayKerasWeight weight = g_array_index (weights, AssayKerasWeight, i);
      const char      *slash = strchr (weight.path, '/');
      g_autofree char *name = slash ? g_strndup (weight.path, slash - weight.path) : NULL;
      GArray          *group = name ? g_hash_table_lookup (groups, name) : NULL;

      if (slash == NULL)
        continue;
      if (group == NULL)
        g_hash_table_insert (groups, g_steal_pointer (&name), group = g_array_new (FALSE, FALSE, sizeof weight));
      weight.path = slash + 1;
      g_array_append_val (group, weight);
    }
  return groups;
}

static AssayKerasLayer *
add_layer (AssayKerasLayer *self, JsonObject *entry, GHashTable *groups, AssayKerasContext *context, GError **error)
{
  const char *name = assay_keras_string (assay_keras_object (entry, "config"), "name", assay_keras_string (entry, "name", ""));
  GArray     *group = g_hash_table_lookup (groups, name);
  g_autoptr (GArray) own = group ? g_array_ref (group) : NULL;
  AssayKerasLayer *layer;

  if (own == NULL)
    own = strchr (name, '/') ? assay_keras_weights_below (self->weights, name) : g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));
  layer = assay_keras_layer_new (entry, own, context, error);
  if (layer != NULL)
    g_ptr_array_add (self->children, layer);
  return layer;
}

static gboolean
add_layers (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  JsonArray *layers = get_layers (self);
  guint      n = layers ? json_array_get_length (layers) : 0;
  g_autoptr (GHashTable) groups = group_weights (self->weights);

  if (n == 0)
    return assay_keras_refuse (self, error, "has no layers in its config");
  if (n > ASSAY_KERAS_MAX_CALLS || (context->n_calls += n) > ASSAY_KERAS_MAX_CALLS)
    return assay_keras_refuse (self, error, "has %u layers, which are more than the %d that a model may have", n, ASSAY_KERAS_MAX_CALLS);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *entry = json_array_get_element (layers, i);

      if (!JSON_NODE_HOLDS_OBJECT (entry))
        return assay_keras_refuse (self, error, "has an entry %u that is no layer", i);
      if (add_layer (self, json_node_get_object (entry), groups, context, error) == NULL)
        return FALSE;
    }
  return TRUE;
}

static Node *
add_node (Model *model, guint layer, guint index, JsonNode *inbound)
{
  Node *node = g_new0 (Node, 1);

  node->layer = layer;
  node->index = index;
  node->inbound = inbound;
  g_ptr_array_add (model->nodes, node);
  return node;
}

static gboolean
add_nodes (AssayKerasLayer *self, Model *model, guint index, GError **error)
{
  AssayKerasLayer *layer = self->children->pdata[index];
  JsonArray       *inbound = assay_keras_array (layer->entry, "inbound_nodes");
  const char      *name = assay_keras_string (layer->entry, "name", layer->name);
  guint            n = inbound ? json_array_get_length (inbound) : 0;

  if (g_hash_table_contains (model->first, name))
    return assay_keras_refuse (self, error, "has two layers that are called %.200s", name);
  g_hash_table_insert (model->first, g_strdup (name), GUINT_TO_POINTER (model->nodes->len + 1));
  if (n + model->nodes->len > ASSAY_KERAS_MAX_CALLS)
    return assay_keras_refuse (self, error, "has more than the %d calls that a model may have", ASSAY_KERAS_MAX_CALLS);
  if (is_input (layer) || n == 0)
    add_node (model, index, 0, NULL);
  else
    for (guint i = 0; i < n; i++)
      add_node (model, index, i, json_array_get_element (inbound, i));
  return TRUE;
}

/* The call that "name", index means. */
static Node *
find_node (Model *model, const char *name, gint64 index)
{
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (model->first, name));
  Node *node;

  if (first == 0 || index < 0 || index > ASSAY_KERAS_MAX_CALLS || first - 1 + index >= model->nodes->len)
    return NULL;
  node = model->nodes->pdata[first - 1 + index];
  return node->layer == ((Node *) model->nodes->pdata[first - 1])->layer ? node : NULL;
}

/* How many calls of a layer were counted before the first that is in the config: a model begins with one that leads from its inputs to its outputs.
 * Keras 3 leaves it out in the arguments of calls, but not among the model's ends. Source: Functional.get_config and its deserialization. */
static gint64
calls_before (Model *model, const char *name)
{
  guint            first = GPOINTER_TO_UINT (g_hash_table_lookup (model->first, name));
  AssayKerasLayer *layer = first ? model->children->pdata[((Node *) model->nodes->pdata[first - 1])->layer] : NULL;
  gboolean         is_sequential;

  if (layer == NULL || !(layer->klass->flags & ASSAY_KERAS_IS_MODEL) || layer->children->len == 0)
    return 0;
  is_sequential = g_str_equal (layer->klass->name, "Sequential");
  if (model->version >= 3)
    return model->at_ends && !is_sequential ? 1 : 0;
  if (!is_sequential)
    return 1;
  layer = layer->children->pdata[0];
  return is_input (layer) || assay_keras_member (layer->config, "batch_input_shape") != NULL ? 1 : 0;
}

/* ["name", node, tensor] or ["name", node, tensor, {…}]. */
static gboolean
parse_ref (Model *model, JsonNode *json, Ref *ref)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (json) ? json_node_get_array (json) : NULL;
  guint      n = array ? json_array_get_length (array) : 0;
  gint64     numbers[2];
  JsonNode  *name = n > 0 ? json_array_get_element (array, 0) : NULL;

  if (n < 3 || n > 4 || !JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (assay_keras_node_ints (json_array_get_element (array, i + 1), &numbers[i], 1, 0) != 1 || numbers[i] < 0 || numbers[i] > 100000)
      return FALSE;
  ref->node = find_node (model, json_node_get_string (name), MAX (numbers[0] - calls_before (model, json_node_get_string (name)), 0));
  ref->tensor = numbers[1];
  return ref->node != NULL;
}

/* {"class_name": "__keras_tensor__", …}. */
static JsonNode *
get_history (JsonNode *json)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (json) ? json_node_get_object (json) : NULL;

  if (g_strcmp0 (assay_keras_string (object, "class_name", NULL), "__keras_tensor__") != 0)
    return NULL;
  return assay_keras_member (assay_keras_object (object, "config"), "keras_history");
}

static gboolean
looks_like_ref (JsonNode *json)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (json) ? json_node_get_array (json) : NULL;
  guint      n = array ? json_array_get_length (array) : 0;
  JsonNode  *name = n > 0 ? json_array_get_element (array, 0) : NULL;

  return n >= 3 && n <= 4 && JSON_NODE_HOLDS_VALUE (name) && json_node_get_value_type (name) == G_TYPE_STRING &&
         JSON_NODE_HOLDS_VALUE (json_array_get_element (array, 1));
}

/* Refs in lists, and in objects by their names in order, as tf.nest has them. */
static gboolean
flatten_refs (Model *model, JsonNode *json, GArray *refs, GPtrArray *names, guint depth)
{
  Ref ref;

  if (json == NULL || depth > 8 || refs->len > ASSAY_KERAS_MAX_CALLS)
    return FALSE;
  if (get_history (json) != NULL)
    json = get_history (json);
  if (looks_like_ref (json))
    {
      if (!parse_ref (model, json, &ref))
        return FALSE;
      g_array_append_val (refs, ref);
      return TRUE;
    }
  if (JSON_NODE_HOLDS_ARRAY (json))
    {
      for (guint i = 0; i < json_array_get_length (json_node_get_array (json)); i++)
        if (!flatten_refs (model, json_array_get_element (json_node_get_array (json), i), refs, names, depth + 1))
          return FALSE;
      return TRUE;
    }
  if (JSON_NODE_HOLDS_OBJECT (json))
    {
      g_autoptr (GList) members = g_list_sort (json_object_get_members (json_node_get_object (json)), (GCompareFunc) strcmp);

      for (GList *l = members; l != NULL; l = l->next)
        {
          if (!flatten_refs (model, json_object_get_member (json_node_get_object (json), l->data), refs, names, depth + 1))
            return FALSE;
          while (names->len < refs->len)
            g_ptr_array_add (names, g_strdup (l->data));
        }
      return TRUE;
    }
  return FALSE;
}

static gboolean
setup_ends (AssayKerasLayer *self, Model *model, GError **error)
{
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (Ref));
  g_autoptr (GPtrArray) unused = g_ptr_array_new_with_free_func (g_free);

  model->at_ends = TRUE;
  if (!flatten_refs (model, assay_keras_member (self->config, "input_layers"), inputs, unused, 0) || inputs->len == 0)
    return assay_keras_refuse (self, error, "names inputs (input_layers) that are not among its layers");
  if (!flatten_refs (model, assay_keras_member (self->config, "output_layers"), model->outputs, model->output_names, 0) || model->outputs->len == 0)
    return assay_keras_refuse (self, error, "names outputs (output_layers) that are not among its layers");
  model->at_ends = FALSE;
  for (guint i = 0; i < inputs->len; i++)
    g_ptr_array_add (model->inputs, g_array_index (inputs, Ref, i).node);
  return TRUE;
}

static gboolean
setup_functional (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  Model *model = model_new (self);

  if (!add_layers (self, context, error))
    return FALSE;
  for (guint i = 0; i < self->children->len; i++)
    if (!add_nodes (self, model, i, error))
      return FALSE;
  return setup_ends (self, model, error);
}

static gboolean
setup_sequential (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  return add_layers (self, context, error);
}

/* Notes what a call gave: "name", with several outputs "name:0"… */
static void
note_activations (AssayKerasContext *context, const char *label, GArray *outputs)
{
  for (guint i = 0; i < outputs->len && !context->silent; i++)
    {
      g_autofree char *name = outputs->len > 1 ? g_strdup_printf ("%s%s:%u", context->prefix, label, i) : g_strconcat (context->prefix, label, NULL);

      assay_trace_activation (assay_trace_get_current (), name, g_array_index (outputs, AssayKerasTensor, i).value);
    }
}

/* What stands in a call's arguments: tensors, lists, constants. */
static AssayKerasArg *
make_arg (Model *model, JsonNode *json, gboolean new_style, guint depth)
{
  AssayKerasArg *arg = g_new0 (AssayKerasArg, 1);
  JsonNode      *history = get_history (json);
  Ref            ref;

  if ((history != NULL && parse_ref (model, history, &ref)) || (!new_style && parse_ref (model, json, &ref)))
    {
      if (ref.node->outputs != NULL && ref.tensor < ref.node->outputs->len)
        arg->tensor = g_array_index (ref.node->outputs, AssayKerasTensor, ref.tensor);
      return arg;
    }
  arg->json = json_node_ref (json);
  arg->tensor.value = assay_keras_constant (json);
  if (arg->tensor.value != NULL)
    return arg;
  if (JSON_NODE_HOLDS_ARRAY (json) && depth < 8)
    {
      arg->items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
      for (guint i = 0; i < json_array_get_length (json_node_get_array (json)); i++)
        g_ptr_array_add (arg->items, make_arg (model, json_array_get_element (json_node_get_array (json), i), new_style, depth + 1));
    }
  else if (JSON_NODE_HOLDS_OBJECT (json) && depth < 8)
    {
      g_autoptr (GList) members = g_list_sort (json_object_get_members (json_node_get_object (json)), (GCompareFunc) strcmp);

      arg->items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
      for (GList *l = members; l != NULL; l = l->next)
        g_ptr_array_add (arg->items, make_arg (model, json_object_get_member (json_node_get_object (json), l->data), new_style, depth + 1));
    }
  return arg;
}

static void
add_kwargs (Model *model, JsonObject *kwargs, gboolean new_style, AssayKerasCall *call)
{
  g_autoptr (GList) members = kwargs ? json_object_get_members (kwargs) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    g_hash_table_insert (call->kwargs, g_strdup (l->data), make_arg (model, json_object_get_member (kwargs, l->data), new_style, 0));
}

static void
add_new_arguments (Model *model, JsonObject *inbound, AssayKerasCall *call)
{
  JsonArray *args = assay_keras_array (inbound, "args");

  for (guint i = 0; args && i < json_array_get_length (args); i++)
    g_ptr_array_add (call->args, make_arg (model, json_array_get_element (args, i), TRUE, 0));
  add_kwargs (model, assay_keras_object (inbound, "kwargs"), TRUE, call);
}

/* ["name", node, tensor, {…}] or ["_CONSTANT_VALUE", -1, value, {…}]. */
static AssayKerasArg *
make_old_arg (Model *model, JsonNode *json, AssayKerasCall *call)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (json) ? json_node_get_array (json) : NULL;
  JsonNode  *last = array && json_array_get_length (array) == 4 ? json_array_get_element (array, 3) : NULL;

  if (last != NULL && JSON_NODE_HOLDS_OBJECT (last))
    add_kwargs (model, json_node_get_object (last), FALSE, call);
  if (looks_like_ref (json) && g_strcmp0 (json_node_get_string (json_array_get_element (array, 0)), "_CONSTANT_VALUE") == 0)
    {
      AssayKerasArg *arg = g_new0 (AssayKerasArg, 1);

      arg->json = json_node_ref (json_array_get_element (array, 2));
      return arg;
    }
  return make_arg (model, json, FALSE, 0);
}

static void
add_old_arguments (Model *model, JsonNode *inbound, AssayKerasCall *call)
{
  JsonArray     *array = json_node_get_array (inbound);
  AssayKerasArg *list;

  if (looks_like_ref (inbound))
    {
      g_ptr_array_add (call->args, make_old_arg (model, inbound, call));
      return;
    }
  list = g_new0 (AssayKerasArg, 1);
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_ptr_array_add (list->items, make_old_arg (model, json_array_get_element (array, i), call));
  /* One tensor is no list. */
  if (list->items->len == 1)
    {
      g_ptr_array_add (call->args, g_ptr_array_steal_index (list->items, 0));
      assay_keras_arg_free (list);
    }
  else
    g_ptr_array_add (call->args, list);
}

static gboolean
run_node (AssayKerasLayer *self, Model *model, Node *node, AssayKerasCall *outer)
{
  AssayKerasLayer *layer = self->children->pdata[node->layer];
  g_autoptr (AssayKerasCall) call = assay_keras_call_new (outer->context, outer->error);
  g_autofree char *label = node->index > 0 ? g_strdup_printf ("%s@%u", layer->name, node->index) : g_strdup (layer->name);

  if (node->inbound == NULL)
    return assay_keras_fail (layer, outer, "has no inputs");
  if (JSON_NODE_HOLDS_OBJECT (node->inbound))
    add_new_arguments (model, json_node_get_object (node->inbound), call);
  else if (JSON_NODE_HOLDS_ARRAY (node->inbound))
    add_old_arguments (model, node->inbound, call);
  call->label = label;
  if (!assay_keras_layer_call (layer, call))
    return FALSE;
  node->outputs = g_array_ref (call->outputs);
  note_activations (outer->context, label, node->outputs);
  return TRUE;
}

/* The calls whose outputs a call's arguments are. */
static void
find_needed (Model *model, JsonNode *json, GPtrArray *needed, guint depth)
{
  JsonNode *history = get_history (json);
  Ref       ref;

  if (parse_ref (model, history ? history : json, &ref))
    g_ptr_array_add (needed, ref.node);
  if (history != NULL || depth > 12)
    return;
  if (JSON_NODE_HOLDS_ARRAY (json))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (json)); i++)
      find_needed (model, json_array_get_element (json_node_get_array (json), i), needed, depth + 1);
  else if (JSON_NODE_HOLDS_OBJECT (json))
    {
      g_autoptr (GList) values = json_object_get_values (json_node_get_object (json));

      for (GList *l = values; l != NULL; l = l->next)
        find_needed (model, l->data, needed, depth + 1);
    }
}

/* Runs what a call needs, then the call. No recursion: a chain of calls may be long. */
static gboolean
run_with_needed (AssayKerasLayer *self, Model *model, Node *node, AssayKerasCall *call)
{
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();

  g_ptr_array_add (stack, node);
  while (stack->len > 0)
    {
      Node *top = stack->pdata[stack->len - 1];
      g_autoptr (GPtrArray) needed = g_ptr_array_new ();
      gboolean ready = TRUE;

      if (top->state == 2)
        {
          g_ptr_array_set_size (stack, stack->len - 1);
          continue;
        }
      if (top->state == 0 && top->inbound != NULL)
        find_needed (model, top->inbound, needed, 0);
      top->state = 1;
      for (guint i = 0; i < needed->len; i++)
        {
          Node *other = needed->pdata[i];

          if (other->state == 1)
            return assay_keras_fail (self->children->pdata[other->layer], call, "needs its own output: the model's layers form a circle");
          if (other->state == 0)
            {
              ready = FALSE;
              g_ptr_array_add (stack, other);
            }
        }
      if (!ready)
        continue;
      if (!run_node (self, model, top, call))
        return FALSE;
      top->state = 2;
    }
  return TRUE;
}

static void
forget_outputs (Model *model)
{
  for (guint i = 0; i < model->nodes->len; i++)
    {
      Node *node = model->nodes->pdata[i];

      g_clear_pointer (&node->outputs, g_array_unref);
      node->state = 0;
    }
}

/* The tensors it is called with become its InputLayers' outputs, in their dtypes. */
static gboolean
feed (AssayKerasLayer *self, Model *model, AssayKerasCall *call)
{
  if (call->inputs->len != model->inputs->len)
    return assay_keras_fail (self, call, "is called with %u tensors, but has %u inputs", call->inputs->len, model->inputs->len);
  for (guint i = 0; i < model->inputs->len; i++)
    {
      Node             *node = model->inputs->pdata[i];
      AssayKerasLayer  *layer = self->children->pdata[node->layer];
      AssayKerasTensor *tensor = &g_array_index (call->inputs, AssayKerasTensor, i);
      AssayKerasTensor  cast = { assay_keras_cast (tensor->value, layer->compute_dtype, call->error), tensor->mask };

      if (cast.value == NULL)
        return FALSE;
      g_clear_pointer (&node->outputs, g_array_unref);
      node->outputs = g_array_new (FALSE, FALSE, sizeof cast);
      g_array_append_val (node->outputs, cast);
      node->state = 2;
      note_activations (call->context, layer->name, node->outputs);
    }
  return TRUE;
}

static gboolean
run_nodes (AssayKerasLayer *self, Model *model, AssayKerasCall *call)
{
  for (guint i = 0; i < model->nodes->len; i++)
    {
      Node *node = model->nodes->pdata[i];

      /* Layers that aren't called are no part of the function. */
      if (node->inbound != NULL && !run_with_needed (self, model, node, call))
        return FALSE;
    }
  for (guint i = 0; i < model->outputs->len; i++)
    {
      const Ref *ref = &g_array_index (model->outputs, Ref, i);

      if (ref->node->outputs == NULL || ref->tensor >= ref->node->outputs->len)
        return assay_keras_fail (self, call, "has an output %u that no layer gives", i);
      assay_keras_give_masked (call, g_array_index (ref->node->outputs, AssayKerasTensor, ref->tensor).value,
                               g_array_index (ref->node->outputs, AssayKerasTensor, ref->tensor).mask);
    }
  return TRUE;
}

static char *
inner_prefix (AssayKerasCall *call)
{
  return call->label ? g_strconcat (call->context->prefix, call->label, ".", NULL) : g_strdup (call->context->prefix);
}

static gboolean
functional (AssayKerasLayer *self, AssayKerasCall *call)
{
  Model           *model = self->data;
  const char      *outer = call->context->prefix;
  g_autofree char *prefix = inner_prefix (call);
  gboolean         good;

  call->context->prefix = prefix;
  good = feed (self, model, call) && run_nodes (self, model, call);
  call->context->prefix = outer;
  forget_outputs (model);
  return good;
}

static gboolean
sequential (AssayKerasLayer *self, AssayKerasCall *call)
{
  const char      *outer = call->context->prefix;
  g_autofree char *prefix = inner_prefix (call);
  AssayKerasTensor tensor = g_array_index (call->inputs, AssayKerasTensor, 0);
  gboolean         good = TRUE;

  tensor.mask = assay_keras_mask (call);
  call->context->prefix = prefix;
  for (guint i = 0; i < self->children->len && good; i++)
    {
      AssayKerasLayer *layer = self->children->pdata[i];
      g_autoptr (AssayKerasCall) inner = assay_keras_call_new (call->context, call->error);

      if (is_input (layer))
        {
          tensor.value = assay_keras_cast (tensor.value, layer->compute_dtype, call->error);
          good = tensor.value != NULL;
          continue;
        }
      assay_keras_call_add (inner, tensor);
      inner->label = layer->name;
      good = assay_keras_layer_call (layer, inner);
      if (!good)
        break;
      note_activations (call->context, layer->name, inner->outputs);
      tensor = g_array_index (inner->outputs, AssayKerasTensor, 0);
      /* What the last layer gives besides (states, say), the model gives. */
      for (guint j = 0; i + 1 == self->children->len && inner->outputs->len > 1 && j < inner->outputs->len; j++)
        assay_keras_give (call, g_array_index (inner->outputs, AssayKerasTensor, j).value);
    }
  call->context->prefix = outer;
  return good && (call->outputs->len > 0 || assay_keras_give_masked (call, tensor.value, tensor.mask));
}

guint
assay_keras_model_get_n_inputs (AssayKerasLayer *self)
{
  return self->klass->setup == setup_functional ? ((Model *) self->data)->inputs->len : 1;
}

/* [null, 4], with the batch; or [4] in Keras 1's input_shape. */
static gboolean
parse_shape (JsonNode *node, gboolean has_batch, AssayPartialShape *shape)
{
  gint64 dims[ASSAY_GRAPH_MAX_RANK];
  int    n = node && !JSON_NODE_HOLDS_NULL (node) && !JSON_NODE_HOLDS_VALUE (node) ? assay_keras_node_ints (node, dims, 0, ASSAY_GRAPH_MAX_RANK - 1) : -1;

  if (n < 0)
    return FALSE;
  *shape = assay_partial_shape_new (n + !has_batch, NULL);
  for (int i = 0; i < n; i++)
    shape->dims[i + !has_batch] = dims[i] >= 0 ? dims[i] : -1;
  return TRUE;
}

static AssayPartialShape
input_shape_of (AssayKerasLayer *layer)
{
  AssayPartialShape shape = assay_partial_shape_unknown ();

  if (parse_shape (assay_keras_member (layer->config, "batch_shape"), TRUE, &shape) ||
      parse_shape (assay_keras_member (layer->config, "batch_input_shape"), TRUE, &shape) ||
      parse_shape (assay_keras_member (layer->config, "input_shape"), FALSE, &shape))
    return shape;
  return shape;
}

const char *
assay_keras_model_get_input (AssayKerasLayer *self, guint index, AssayDtype *dtype, AssayPartialShape *shape)
{
  Model           *model = self->klass->setup == setup_functional ? self->data : NULL;
  AssayKerasLayer *layer = self->children->pdata[model ? ((Node *) model->inputs->pdata[index])->layer : 0];
  JsonObject      *build = assay_keras_object (self->entry, "build_config");

  *shape = input_shape_of (layer);
  /* As Keras has it, any batch will do. */
  if (shape->rank > 0)
    shape->dims[0] = -1;
  if (shape->rank < 0 && model == NULL && !parse_shape (assay_keras_member (self->config, "build_input_shape"), TRUE, shape))
    parse_shape (assay_keras_member (build, "input_shape"), TRUE, shape);
  /* A model of models: the innermost first layer says it. */
  if (shape->rank < 0 && (layer->klass->flags & ASSAY_KERAS_IS_MODEL) && layer->children->len > 0)
    return assay_keras_model_get_input (layer, 0, dtype, shape);
  /* Its first kernel tells what an unbuilt Sequential takes. */
  if (shape->rank < 0 && g_str_equal (layer->klass->name, "Dense"))
    {
      const AssayPartialShape *kernel = assay_keras_weight_shape (layer, "kernel");

      if (kernel != NULL && kernel->rank == 2)
        *shape = assay_partial_shape_make (2, (gint64) -1, kernel->dims[0]);
    }
  *dtype = assay_dtype_from_name (assay_keras_string (layer->config, "dtype", "float32"));
  if (*dtype == ASSAY_DTYPE_INVALID || !is_input (layer))
    *dtype = g_str_equal (layer->klass->name, "Embedding") ? ASSAY_DTYPE_INT32 : ASSAY_DTYPE_FLOAT32;
  return is_input (layer) ? layer->name : "x";
}

char *
assay_keras_model_dup_output_name (AssayKerasLayer *self, guint index, guint n)
{
  Model *model = self->klass->setup == setup_functional ? self->data : NULL;

  if (model != NULL && index < model->output_names->len)
    return g_strdup_printf ("output.%s", (const char *) model->output_names->pdata[index]);
  return n == 1 ? g_strdup ("output") : g_strdup_printf ("output.%u", index);
}

const AssayKerasClass assay_keras_model_classes[] = {
  { "Sequential", sequential, 0, ASSAY_KERAS_NO_CAST | ASSAY_KERAS_IS_MODEL, setup_sequential },
  { "Functional", functional, 0, ASSAY_KERAS_NO_CAST | ASSAY_KERAS_IS_MODEL, setup_functional },
  { "Model", functional, 0, ASSAY_KERAS_NO_CAST | ASSAY_KERAS_IS_MODEL, setup_functional },
  { NULL },
};
