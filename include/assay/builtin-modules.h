/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The classes of TensorFlow's tutorial on modules, ready to be made from typed settings. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

/**
 * AssaySettingKind:
 * @ASSAY_SETTING_NAME: a module's name; empty for the class' own
 * @ASSAY_SETTING_NUMBER: a number
 * @ASSAY_SETTING_SIZE: how many features, from 1 to 2³¹ − 1
 * @ASSAY_SETTING_SIZES: the sizes of layers, one after the other: "3, 2"
 */
typedef enum
{
  ASSAY_SETTING_NAME,
  ASSAY_SETTING_NUMBER,
  ASSAY_SETTING_SIZE,
  ASSAY_SETTING_SIZES,
} AssaySettingKind;

/**
 * AssaySetting:
 * @name: what Python calls it
 * @title: what to call it on screen, untranslated
 * @fallback: what it is in the tutorial
 * @kind: what can be typed
 *
 * A setting of a class.
 */
typedef struct
{
  const char      *name;
  const char      *title;
  const char      *fallback;
  AssaySettingKind kind;
} AssaySetting;

#define ASSAY_BUILTIN_MAX_SETTINGS 4

/**
 * AssayBuiltinModule:
 * @id: a name for the class that no other has: "keras-flexible-dense"
 * @class_name: what it is called in texts
 * @is_keras: whether it is a layer or model of Keras
 * @description: what it is, in a sentence, untranslated
 * @example: an input that the tutorial calls it with, as it is typed
 * @settings: its settings; the last one has no name
 * @make: makes one of checked settings
 *
 * A class.
 */
typedef struct _AssayBuiltinModule AssayBuiltinModule;
struct _AssayBuiltinModule
{
  const char  *id;
  const char  *class_name;
  gboolean     is_keras;
  const char  *description;
  const char  *example;
  AssaySetting settings[ASSAY_BUILTIN_MAX_SETTINGS];

  AssayModule *(*make) (const char *const *values, GError **error);
};

/**
 * assay_builtin_modules_get:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): the classes
 */
const AssayBuiltinModule *assay_builtin_modules_get (guint *n);

/**
 * assay_builtin_modules_find:
 * @id: a class' id
 *
 * Returns: (transfer none) (nullable): the class
 */
const AssayBuiltinModule *assay_builtin_modules_find (const char *id);

/**
 * assay_builtin_module_check:
 * @values: what was typed for each setting
 * @error: return location for an error
 *
 * Checks what was typed, but for names. Fails with `ASSAY_ERROR_SYNTAX` or `ASSAY_ERROR_RANGE` in a sentence that names the setting.
 *
 * Returns: whether a module can be made of it
 */
gboolean assay_builtin_module_check (const AssayBuiltinModule *self, const char *const *values, GError **error);

/**
 * assay_builtin_module_new:
 * @values: what was typed for each setting
 * @error: return location for an error
 *
 * Makes a module. Its initial values come from the thread's source (assay_random_source_enter()). Fails as assay_builtin_module_check();
 * in TensorFlow's words if the name isn't valid; with `ASSAY_ERROR_FAILED` if memory doesn't suffice (assay_eager_enter()). Blocks for
 * as long as drawing its values takes.
 *
 * Returns: (transfer full) (nullable): the module
 */
AssayModule *assay_builtin_module_new (const AssayBuiltinModule *self, const char *const *values, GError **error);

/**
 * assay_builtin_module_to_python:
 * @values: what was typed for each setting
 *
 * Returns: (transfer full): how Python would make it, settings that are the tutorial's left out: "MySequentialModel(name='the_model')"
 */
char *assay_builtin_module_to_python (const AssayBuiltinModule *self, const char *const *values);

/**
 * assay_builtin_module_is_built:
 *
 * Returns: whether all of a module's variables are there: no layer in it waits for its first call
 */
gboolean assay_builtin_module_is_built (AssayModule *module);

G_END_DECLS
