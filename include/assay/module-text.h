/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Modules, variables and tensors as Python writes them. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

/**
 * assay_value_to_text:
 * @repr: whether as repr ("<tf.Tensor: shape=(), dtype=float32, numpy=30.0>") instead of as str ("tf.Tensor(30.0, shape=(), dtype=float32)")
 *
 * Writes a tensor as TensorFlow does.
 *
 * Returns: (transfer full): the text
 */
char *assay_value_to_text (AssayValue *value, gboolean repr);

/**
 * assay_python_repr:
 * @text: a text
 *
 * Returns: (transfer full): @text as Python's repr() writes it: 'dense_1'
 */
char *assay_python_repr (const char *text);

/**
 * AssayTextStyle:
 * @ASSAY_TEXT_PRINT: as print does: all in one line but for the lines of the items
 * @ASSAY_TEXT_PRETTY: as a notebook shows a result: one item a line if it doesn't fit
 */
typedef enum
{
  ASSAY_TEXT_PRINT,
  ASSAY_TEXT_PRETTY,
} AssayTextStyle;

/**
 * assay_variables_to_text:
 * @variables: (element-type AssayVariable): variables
 * @brackets: "()" or "[]"
 * @style: how
 *
 * Writes variables as a Python tuple or list of them.
 *
 * Returns: (transfer full): the text
 */
char *assay_variables_to_text (GPtrArray *variables, const char *brackets, AssayTextStyle style);

/**
 * assay_item_to_text:
 * @item: what an attribute can be
 *
 * Writes it as Python's repr: "3.0", "None", "ListWrapper([<tf.Variable …>])", "<__main__.Dense object at 0x…>".
 *
 * Returns: (transfer full): the text
 */
char *assay_item_to_text (AssayItem *item);

/**
 * assay_module_type_to_text:
 *
 * Returns: (transfer full): a module's class: <class '__main__.Dense'>
 */
char *assay_module_type_to_text (AssayModule *self);

/**
 * assay_modules_to_text:
 * @modules: (element-type AssayModule): modules
 *
 * Writes modules as a notebook shows a tuple of them: "(<__main__.Dense at 0x…>, <__main__.Dense at 0x…>)".
 *
 * Returns: (transfer full): the text
 */
char *assay_modules_to_text (GPtrArray *modules);

G_END_DECLS
