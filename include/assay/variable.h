/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A variable: a named tensor that can change, and whether training changes it. As tf.Variable. */

#pragma once

#include <assay/operations.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_VARIABLE (assay_variable_get_type ())
G_DECLARE_FINAL_TYPE (AssayVariable, assay_variable, ASSAY, VARIABLE, AssayResource)

/**
 * assay_variable_new:
 * @initial: a tensor
 * @name: (nullable): its name, "Variable" by default; the name scope is put in front
 *
 * Makes a trainable variable.
 *
 * Returns: (transfer full) (nullable): a variable, or %NULL if @initial is
 */
AssayVariable *assay_variable_new (AssayValue *initial, const char *name);

/**
 * assay_variable_new_full:
 * @tensor: its value
 * @name: its name as it is, without a scope
 * @trainable: whether training changes it
 *
 * Returns: (transfer full): a variable
 */
AssayVariable *assay_variable_new_full (AssayTensor *tensor, const char *name, gboolean trainable);

/**
 * assay_variable_get_trainable:
 *
 * Returns: whether training changes it
 */
gboolean assay_variable_get_trainable (AssayVariable *self);

/**
 * assay_variable_set_trainable:
 *
 * Says whether training changes it.
 *
 * Returns: (transfer none): @self
 */
AssayVariable *assay_variable_set_trainable (AssayVariable *self, gboolean trainable);

/**
 * assay_variable_read:
 *
 * Reads it as an operation: at once, or recorded while tracing.
 *
 * Returns: (transfer none): its value, owned by the pool
 */
AssayValue *assay_variable_read (AssayVariable *self);

/**
 * assay_variable_set_shape:
 * @shape: which values it shall take: its own shape, but for dimensions, or the rank, that needn't be known
 *
 * As tf.Variable (shape=). It must be called before anybody else has the variable.
 *
 * Returns: (transfer none): itself
 */
AssayVariable *assay_variable_set_shape (AssayVariable *self, const AssayPartialShape *shape);

/**
 * assay_variable_assign:
 * @value: a tensor of the same dtype and shape
 * @error: return location for an error
 *
 * Gives it a value. Fails in TensorFlow's words if it doesn't fit.
 *
 * Returns: whether it has the value
 */
gboolean assay_variable_assign (AssayVariable *self, AssayValue *value, GError **error);

/**
 * assay_variable_to_text:
 *
 * Writes it as repr of a tf.Variable does: "<tf.Variable 'w:0' shape=(3,) dtype=float32, numpy=array([…], dtype=float32)>".
 *
 * Returns: (transfer full): the text
 */
char *assay_variable_to_text (AssayVariable *self);

/**
 * assay_name_scope_push:
 * @name: (nullable): a scope; one that ends in "/" is absolute; %NULL for none at all
 *
 * Variables made in this thread from here on have the scope in front of their names. As tf.name_scope.
 */
void assay_name_scope_push (const char *name);

/**
 * assay_name_scope_pop:
 *
 * Ends the innermost scope.
 */
void assay_name_scope_pop (void);

/**
 * assay_name_scope_get:
 *
 * Returns: (transfer none): the scope of this thread, with a slash behind, or ""
 */
const char *assay_name_scope_get (void);

G_END_DECLS
