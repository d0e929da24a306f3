/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Keras' layer classes are made of. A class is one entry in the table of its family's file: what its variables are called and what
 * it does. A layer is made from its entry in a model's config; calling it applies operations, so that it runs or is traced.
 *
 * Configs come from strangers: every number is checked before it is used, nesting and the number of calls are bounded. */

#pragma once

#include <assay/operations.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Layers in layers, and calls of one model. */
#define ASSAY_KERAS_MAX_DEPTH 24
#define ASSAY_KERAS_MAX_CALLS 20000

typedef struct _AssayKerasLayer AssayKerasLayer;
typedef struct _AssayKerasCall  AssayKerasCall;
typedef struct _AssayKerasArg   AssayKerasArg;

/* A variable of a layer: its path below the layer, as in "cell/kernel". */
typedef struct
{
  const char    *path;
  AssayResource *resource;
} AssayKerasWeight;

/* What all layers of a model share while it is made and traced. */
typedef struct
{
  guint       n_calls;
  guint       depth;
  const char *prefix;  /* of activations: "outer." */
  const char *backend; /* nullable: what the file says it was trained with */
  int         version; /* Keras', 1 to 3 */
  gboolean    silent;  /* no activations: inside a layer that has layers of its own */
} AssayKerasContext;

typedef struct
{
  AssayValue *value;
  AssayValue *mask; /* nullable: bool, the leading dimensions of the value */
} AssayKerasTensor;

/* An argument of a call: a tensor, a list of arguments or a constant of the config. */
struct _AssayKerasArg
{
  AssayKerasTensor tensor;
  GPtrArray       *items; /* of AssayKerasArg */
  JsonNode        *json;
};

struct _AssayKerasCall
{
  AssayKerasContext *context;
  GPtrArray         *args;    /* of AssayKerasArg: positional ones */
  GHashTable        *kwargs;  /* char * → AssayKerasArg: named ones */
  GArray            *inputs;  /* of AssayKerasTensor: the tensors of the first argument, one behind the other */
  GArray            *outputs; /* of AssayKerasTensor */
  gboolean           masked;  /* the layer has said what mask its outputs have */
  const char        *label;   /* nullable: what activations call this call: "name", "name@1" */
  GError           **error;
};

/* Does what a layer does: gives outputs by assay_keras_give(). Returns FALSE with call->error set. */
typedef gboolean (*AssayKerasCallFunc) (AssayKerasLayer *self, AssayKerasCall *call);

/* What else has to be made when a layer is: layers inside it. */
typedef gboolean (*AssayKerasSetupFunc) (AssayKerasLayer *self, AssayKerasContext *context, GError **error);

typedef enum
{
  ASSAY_KERAS_PLAIN = 0,
  ASSAY_KERAS_PASSES_MASK = 1 << 0, /* the outputs have the first input's mask */
  ASSAY_KERAS_NO_CAST = 1 << 1,     /* inputs aren't cast to the compute dtype */
  ASSAY_KERAS_IS_MODEL = 1 << 2,
  ASSAY_KERAS_INT8 = 1 << 3, /* knows weights of 8 bits and their scale */
} AssayKerasFlags;

/* `detail` is whatever the class' functions want to know: how many dimensions, which operation. */
typedef struct
{
  const char         *name;
  AssayKerasCallFunc  call;
  int                 detail;
  AssayKerasFlags     flags;
  AssayKerasSetupFunc setup;
  const char         *text;
} AssayKerasClass;

struct _AssayKerasLayer
{
  const AssayKerasClass *klass;
  char                  *name; /* as its config names it */
  JsonObject            *config;
  JsonObject            *entry;
  GArray                *weights; /* of AssayKerasWeight */
  GPtrArray             *children;
  AssayDtype             compute_dtype;
  int                    version;   /* as the context's */
  gboolean               backwards; /* a recurrent layer inside Bidirectional that runs from the end though its config doesn't say so */
  gboolean               is_int8;   /* its weights are of 8 bits, with a scale */
  gboolean               in_both;   /* a recurrent layer inside Bidirectional: masked steps of sequences are zeros */
  gpointer               data;
  GDestroyNotify         data_destroy;
};

/* The tables, each closed by an entry without a name. */
extern const AssayKerasClass assay_keras_array_operator_classes[];
extern const AssayKerasClass assay_keras_attention_classes[];
extern const AssayKerasClass assay_keras_convolution_classes[];
extern const AssayKerasClass assay_keras_core_classes[];
extern const AssayKerasClass assay_keras_merging_classes[];
extern const AssayKerasClass assay_keras_model_classes[];
extern const AssayKerasClass assay_keras_normalization_classes[];
extern const AssayKerasClass assay_keras_operator_classes[];
extern const AssayKerasClass assay_keras_pooling_classes[];
extern const AssayKerasClass assay_keras_preprocessing_classes[];
extern const AssayKerasClass assay_keras_recurrent_classes[];
extern const AssayKerasClass assay_keras_reshaping_classes[];
extern const AssayKerasClass assay_keras_wrapper_classes[];

/* The models among the layers: what they take and give. Refs are "name", node, tensor; those of inputs are InputLayers. */
guint       assay_keras_model_get_n_inputs (AssayKerasLayer *self);
const char *assay_keras_model_get_input (AssayKerasLayer *self, guint index, AssayDtype *dtype, AssayPartialShape *shape);
char       *assay_keras_model_dup_output_name (AssayKerasLayer *self, guint index, guint n);

/* TFOpLambda of Keras 2. */
gboolean assay_keras_tf_operation (AssayKerasLayer *self, AssayKerasCall *call);

/* Makes a layer from its entry {"class_name", "config", …}. @weights are the variables below it. */
AssayKerasLayer *assay_keras_layer_new (JsonObject *entry, GArray *weights, AssayKerasContext *context, GError **error);
void             assay_keras_layer_free (AssayKerasLayer *self);

/* The same for the one layer inside another, with those variables that are below its name, or all if none is. It belongs to @self. */
AssayKerasLayer *assay_keras_layer_add_child (AssayKerasLayer *self, JsonObject *entry, AssayKerasContext *context, GError **error);

/* The variables below @name, with paths from there. */
GArray *assay_keras_weights_below (GArray *weights, const char *name);

/* Calls it: casts inputs, runs, notes the mask. Outputs are in call->outputs. */
gboolean assay_keras_layer_call (AssayKerasLayer *self, AssayKerasCall *call);

/* The same with one tensor in and one out. */
gboolean assay_keras_layer_call_one (AssayKerasLayer *self, AssayKerasContext *context, AssayKerasTensor in, AssayKerasTensor *out, GError **error);

/* "Layer conv1 (Conv2D) …". Always FALSE. */
gboolean assay_keras_fail (AssayKerasLayer *self, AssayKerasCall *call, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean assay_keras_refuse (AssayKerasLayer *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Variables: by name, of a rank and dimensions (-1 is any), cast to the compute dtype. NULL with an error. */
gboolean                 assay_keras_has_weight (AssayKerasLayer *self, const char *name);
const AssayPartialShape *assay_keras_weight_shape (AssayKerasLayer *self, const char *name); /* nullable */
AssayValue              *assay_keras_weight (AssayKerasLayer *self, AssayKerasCall *call, const char *name, int rank, const gint64 *dims);
AssayValue              *assay_keras_read_weight (AssayKerasLayer *self, AssayKerasCall *call, const char *name);
AssayValue              *assay_keras_read_resource (AssayKerasLayer *self, AssayResource *resource, GError **error);

/* Arguments and results. */
AssayKerasCall *assay_keras_call_new (AssayKerasContext *context, GError **error);
void            assay_keras_call_free (AssayKerasCall *call);
AssayKerasArg  *assay_keras_arg_new (AssayKerasTensor tensor);
void            assay_keras_arg_free (AssayKerasArg *arg);
void            assay_keras_call_add (AssayKerasCall *call, AssayKerasTensor tensor);
void            assay_keras_call_set (AssayKerasCall *call, const char *name, AssayKerasTensor tensor);
AssayKerasArg  *assay_keras_find_arg (AssayKerasCall *call, guint position, const char *name);
AssayValue     *assay_keras_find_tensor (AssayKerasCall *call, guint position, const char *name);
AssayValue     *assay_keras_in (AssayKerasCall *call);
AssayValue     *assay_keras_mask (AssayKerasCall *call);
gboolean        assay_keras_give (AssayKerasCall *call, AssayValue *value);
gboolean        assay_keras_give_masked (AssayKerasCall *call, AssayValue *value, AssayValue *mask);

/* Settings. Those of another type than asked for are as if they weren't there. */
gboolean    assay_keras_bool (JsonObject *config, const char *name, gboolean fallback);
gint64      assay_keras_int (JsonObject *config, const char *name, gint64 fallback);
double      assay_keras_float (JsonObject *config, const char *name, double fallback);
double      assay_keras_node_float (JsonNode *node, double fallback);
const char *assay_keras_string (JsonObject *config, const char *name, const char *fallback);
JsonObject *assay_keras_object (JsonObject *config, const char *name);
JsonArray  *assay_keras_array (JsonObject *config, const char *name);
JsonNode   *assay_keras_member (JsonObject *config, const char *name);
/* Integers: a list, or one number for all @n. Returns how many there are, at most @max; -1 if it isn't that. */
int assay_keras_ints (JsonObject *config, const char *name, gint64 *values, int n, int max);
int assay_keras_node_ints (JsonNode *node, gint64 *values, int n, int max);

/* An array that stands in a config. NULL if it is none. */
AssayValue *assay_keras_constant (JsonNode *node);

/* Small expressions in the dtype of @like. */
AssayValue *assay_keras_scalar (AssayValue *like, double value, GError **error);
AssayValue *assay_keras_int_value (gint64 value);
AssayValue *assay_keras_cast (AssayValue *x, AssayDtype dtype, GError **error);
AssayValue *assay_keras_reduce (const char *op, AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep, GError **error);
AssayValue *assay_keras_transpose (AssayValue *x, const gint64 *order, GError **error);
AssayValue *assay_keras_concat (guint n, AssayValue *const *values, int axis, GError **error);
AssayValue *assay_keras_slice (AssayValue *x, int axis, gint64 begin, gint64 end, GError **error); /* G_MAXINT32: to the end */
AssayValue *assay_keras_pad (AssayValue *x, const gint64 (*pads)[2], double value, GError **error);
AssayValue *assay_keras_expand (AssayValue *x, int axis, GError **error);
AssayValue *assay_keras_squeeze (AssayValue *x, int axis, GError **error);

/* A dimension: known (n ≥ 0), or a scalar of int32 that tells it when the graph runs. */
typedef struct
{
  gint64      n;
  AssayValue *value;
} AssayKerasDim;

AssayKerasDim assay_keras_dim (AssayValue *x, int axis, GError **error);
AssayKerasDim assay_keras_dim_mul (AssayKerasDim a, AssayKerasDim b, GError **error);
AssayKerasDim assay_keras_dim_known (gint64 n);
AssayValue   *assay_keras_reshape (AssayValue *x, guint n, const AssayKerasDim *dims, GError **error);
AssayValue   *assay_keras_fill (AssayValue *like, guint n, const AssayKerasDim *dims, double value, GError **error);
AssayValue   *assay_keras_broadcast_to_rank (AssayValue *x, int rank, guint n_axes, const gint64 *axes, GError **error);
/* Says what shape a value has where its operation can't tell. */
AssayValue *assay_keras_ensure_shape (AssayValue *x, guint n, const AssayKerasDim *dims, GError **error);
AssayValue *assay_keras_ints_value (guint n, const AssayKerasDim *dims, GError **error);

/* An activation by what the config says of it: a name, an object, null. */
AssayValue *assay_keras_activate (AssayKerasLayer *self, AssayKerasCall *call, const char *setting, const char *fallback, AssayValue *x);
AssayValue *assay_keras_activation (AssayKerasLayer *self, const char *name, JsonObject *config, AssayValue *x, GError **error);
const char *assay_keras_activation_name (JsonNode *node, const char *fallback, JsonObject **config);
AssayValue *assay_keras_softmax (AssayValue *x, int axis, GError **error);

/* A plain convolution over @n dimensions, channels last. */
AssayValue *assay_keras_convolve (int n, AssayValue *x, AssayValue *kernel, const gint64 *strides, const gint64 *dilations, gboolean same, GError **error);

/* Whether channels come first. */
gboolean assay_keras_channels_first (AssayKerasLayer *self);

/* An operation of one input, of two. */
static inline AssayValue *
op1 (const char *op, AssayValue *x, GError **error)
{
  return assay_apply (op, NULL, error, x, NULL);
}

static inline AssayValue *
op2 (const char *op, AssayValue *x, AssayValue *y, GError **error)
{
  return assay_apply (op, NULL, error, x, y, NULL);
}

/* The same with a number as the second input. */
static inline AssayValue *
op2s (const char *op, AssayValue *x, double y, GError **error)
{
  return x == NULL ? NULL : op2 (op, x, assay_keras_scalar (x, y, error), error);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayKerasLayer, assay_keras_layer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayKerasCall, assay_keras_call_free)

G_END_DECLS
