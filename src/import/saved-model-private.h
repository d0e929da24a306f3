/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow's SavedModels on their way to functions. The JSON is that of src/readers/tf-saved-model.c. */

#pragma once

#include <json-glib/json-glib.h>

#include "import-private.h"

G_BEGIN_DECLS

/**
 * AssayProgram:
 * @context: values of variables
 * @root: the JSON
 * @functions: name → JsonObject
 * @bound: name of a function → JsonArray of the objects it captures
 * @objects: (nullable): the SavedModel's objects
 * @variables: object → its variable's number in the manifest + 1
 * @by_key: key → number in the manifest + 1
 * @resources: number in the manifest → AssayResource
 * @library: functions that were converted
 * @converting: names of those that are being converted
 * @n_operations: how many operations were made in all
 * @handles: builder and handle, as text → AssayResource (transfer none)
 * @assigned: builder and handle, as text → AssayOutputRef of what was assigned to that variable last
 */
typedef struct
{
  AssayImportContext *context;
  JsonObject         *root;
  GHashTable         *functions, *bound;
  JsonArray          *objects;
  GHashTable         *variables, *by_key, *resources;
  AssayLibrary       *library;
  GHashTable         *converting;
  guint               n_operations;
  GHashTable         *handles, *assigned;
} AssayProgram;

/* Members of JSON objects that may lie about everything. */
const char *assay_program_text (JsonObject *object, const char *name);
gint64      assay_program_number (JsonNode *node);
JsonArray  *assay_program_list (JsonObject *object, const char *name);
JsonObject *assay_program_element (JsonArray *list, guint index);
JsonObject *assay_program_object (JsonObject *object, const char *name);
gboolean    assay_program_damaged (const char *what, GError **error);

/* [1, null], or null for what isn't known. */
AssayPartialShape assay_program_shape (JsonNode *node);

/* A resource of a variable of the file. (transfer none) */
AssayResource *assay_program_resource (AssayProgram *self, guint variable, GError **error);

/**
 * assay_program_attrs:
 * @json: a node's attributes
 * @skip: (nullable): one that is left out
 *
 * Functions that attributes name are converted on the way.
 *
 * Returns: (transfer full): the attributes
 */
AssayAttrs *assay_program_attrs (AssayProgram *self, JsonObject *json, const char *skip, guint depth, GError **error);

/**
 * assay_program_tensor:
 * @json: {"dtype", "shape", "base64" or "fill"}
 *
 * Returns: (transfer full): the tensor; %NULL with an error
 */
AssayTensor *assay_program_tensor (JsonObject *json, GError **error);

/* Strings of a constant. (transfer full) (element-type GBytes) */
GPtrArray *assay_program_strings (JsonObject *json);

/**
 * AssayProgramArgument:
 * @name: what it is called where it is used: a function's argument, or "node:0" in the main graph
 * @ref: where its value comes from
 */
typedef struct
{
  char          *name;
  AssayOutputRef ref;
} AssayProgramArgument;

/**
 * assay_program_emit:
 * @builder: the function that is being made
 * @function: (nullable): the function whose nodes they are; %NULL for the main graph
 * @arguments: what is given
 * @wanted: (array length=n_wanted): names of tensors, as the file has them
 * @refs: (out) (array length=n_wanted): where these come from
 *
 * Adds the operations that some tensors need; calls are put in the place of what they call.
 *
 * Returns: whether all could be made
 */
gboolean assay_program_emit (AssayProgram         *self,
                             AssayFunctionBuilder *builder,
                             JsonObject           *function,
                             GArray               *arguments,
                             const char *const    *wanted,
                             guint                 n_wanted,
                             AssayOutputRef       *refs,
                             guint                 depth,
                             GError              **error);

/**
 * AssayVariableNode:
 * @builder: the function that is being made
 * @json: the node
 * @name: its name
 * @scope: what the function is called
 * @inputs: of AssayOutputRef, the handle first
 * @controls: of guint32
 * @output: (out): the output, if @has_output
 * @control: (out): what those wait for that need it to have run
 *
 * An operation on a variable's handle.
 */
typedef struct
{
  AssayFunctionBuilder *builder;
  JsonObject           *json;
  const char           *name, *scope;
  GArray               *inputs, *controls;
  AssayOutputRef        output;
  gboolean              has_output;
  gint64                control;
} AssayVariableNode;

/* Notes what variable a handle in @builder is of, so that reading it says its shape. */
void assay_program_note_handle (AssayProgram *self, AssayFunctionBuilder *builder, AssayOutputRef ref, AssayResource *resource);

gboolean assay_program_is_variable_op (const char *op);
gboolean assay_program_add_variable_op (AssayProgram *self, AssayVariableNode *node, GError **error);

/* Whether an operation is made of several of ours; those, the last of which is the one. -1 with an error. */
gboolean assay_program_is_rewritten (const char *op, AssayAttrs *attrs);
gint64   assay_program_rewrite (AssayFunctionBuilder *builder, const char *name, AssayAttrs *attrs, GArray *inputs, GArray *controls, GError **error);

/* Converts a function that an operation names, and puts it into the library. */
gboolean assay_program_convert (AssayProgram *self, const char *name, guint depth, GError **error);

G_END_DECLS
