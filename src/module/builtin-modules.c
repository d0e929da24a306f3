/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of classes, and what is typed for their settings. */

#include "builtin-private.h"

#include <assay/module-text.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define NAME                                    \
  {                                             \
    "name", N_ ("Name"), "", ASSAY_SETTING_NAME \
  }
#define IN_FEATURES                                               \
  {                                                               \
    "in_features", N_ ("Input Features"), "3", ASSAY_SETTING_SIZE \
  }
#define OUT_FEATURES                                                \
  {                                                                 \
    "out_features", N_ ("Output Features"), "3", ASSAY_SETTING_SIZE \
  }
#define SIZES                                                                  \
  {                                                                            \
    "sizes", N_ ("Output Features of Each Layer"), "3, 2", ASSAY_SETTING_SIZES \
  }

static const AssayBuiltinModule builtins[] = {
  { "simple-module", "SimpleModule", FALSE, N_ ("Multiplies by one variable and adds another one, which isn’t trained."), "5", { NAME, { "a_variable", N_ ("Trained Variable"), "5.0", ASSAY_SETTING_NUMBER }, { "a_non_trainable_variable", N_ ("Variable That Isn’t Trained"), "5.0", ASSAY_SETTING_NUMBER } }, assay_builtin_make_simple },
  { "dense", "Dense", FALSE, N_ ("A layer of given sizes: input times w, plus b, cut at zero."), "[[2.0, 2.0, 2.0]]", { IN_FEATURES, OUT_FEATURES, NAME }, assay_builtin_make_dense },
  { "sequential-model", "SequentialModel", FALSE, N_ ("Dense layers one after the other."), "[[2.0, 2.0, 2.0]]", { IN_FEATURES, SIZES, NAME }, assay_builtin_make_sequential },
  { "flexible-dense", "FlexibleDense", FALSE, N_ ("A layer that learns its input’s size at the first call."), "[[2.0, 2.0, 2.0]]", { OUT_FEATURES, NAME }, assay_builtin_make_flexible },
  { "my-sequential-model", "MySequentialModel", FALSE, N_ ("Flexible layers one after the other: nothing but output sizes has to be known."), "[[2.0, 2.0, 2.0]]", { SIZES, NAME }, assay_builtin_make_my_sequential },
  { "keras-my-dense", "MyDense", TRUE, N_ ("A Keras layer of given sizes."), "[[2.0, 2.0, 2.0]]", { IN_FEATURES, OUT_FEATURES, NAME }, assay_builtin_make_my_dense },
  { "keras-flexible-dense", "FlexibleDense", TRUE, N_ ("A Keras layer that is built once, at the first call."), "[[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]", { OUT_FEATURES, NAME }, assay_builtin_make_keras_flexible },
  { "keras-my-sequential-model", "MySequentialModel", TRUE, N_ ("A Keras model of flexible layers."), "[[2.0, 2.0, 2.0]]", { SIZES, NAME }, assay_builtin_make_keras_sequential },
};

const AssayBuiltinModule *
assay_builtin_modules_get (guint *n)
{
  *n = G_N_ELEMENTS (builtins);
  return builtins;
}

const AssayBuiltinModule *
assay_builtin_modules_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
    if (strcmp (builtins[i].id, id) == 0)
      return &builtins[i];
  return NULL;
}

static const char *
skip_blanks (const char *at)
{
  while (g_ascii_isspace (*at))
    at++;
  return at;
}

gboolean
assay_builtin_read_size (const char *text, const char **end, gint64 *size)
{
  const char *at = skip_blanks (text), *digits = at;
  guint64     value = 0;

  while (g_ascii_isdigit (*at) && value <= G_MAXINT32)
    value = value * 10 + (guint64) (*at++ - '0');
  while (g_ascii_isdigit (*at))
    at++;
  *size = MIN (value, G_MAXINT64);
  if (end != NULL)
    *end = skip_blanks (at);
  return at > digits && value >= 1 && value <= G_MAXINT32;
}

guint
assay_builtin_read_sizes (const char *text, gint64 *sizes)
{
  guint n = 0;

  while (n < ASSAY_BUILTIN_MAX_LAYERS && assay_builtin_read_size (text, &text, &sizes[n]))
    {
      n++;
      text += *text == ',';
    }
  return n;
}

static gboolean
check_size (const AssaySetting *setting, const char *text, GError **error)
{
  const char *end;
  gint64      size;

  if (assay_builtin_read_size (text, &end, &size) && *end == '\0')
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s must be a whole number from 1 to 2147483647, not “%s”"), setting->name, text);
  return FALSE;
}

static gboolean
check_sizes (const AssaySetting *setting, const char *text, GError **error)
{
  const char *at = text;
  gint64      size;
  guint       n = 0;

  while (assay_builtin_read_size (at, &at, &size))
    {
      n++;
      if (*at != ',')
        break;
      at++;
    }
  if (n > ASSAY_BUILTIN_MAX_LAYERS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s: %u layers are too many; %d are possible"), setting->name, n, ASSAY_BUILTIN_MAX_LAYERS);
      return FALSE;
    }
  if (n > 0 && *at == '\0' && at[-1] != ',')
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("%s must be whole numbers with commas between them, as in “3, 2”, not “%s”"), setting->name, text);
  return FALSE;
}

static gboolean
check_number (const AssaySetting *setting, const char *text, GError **error)
{
  char *end;

  g_ascii_strtod (text, &end);
  if (end != text && *skip_blanks (end) == '\0')
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("%s must be a number, not “%s”"), setting->name, text);
  return FALSE;
}

/* What isn't a valid name TensorFlow says itself. */
static gboolean
check_name (const AssaySetting *setting, const char *text, GError **error)
{
  if (strlen (text) <= 200)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s is longer than %d bytes"), setting->name, 200);
  return FALSE;
}

gboolean
assay_builtin_module_check (const AssayBuiltinModule *self, const char *const *values, GError **error)
{
  static gboolean (*const checks[]) (const AssaySetting *, const char *, GError **) = {
    [ASSAY_SETTING_NAME] = check_name,
    [ASSAY_SETTING_NUMBER] = check_number,
    [ASSAY_SETTING_SIZE] = check_size,
    [ASSAY_SETTING_SIZES] = check_sizes,
  };

  for (guint i = 0; i < ASSAY_BUILTIN_MAX_SETTINGS && self->settings[i].name != NULL; i++)
    if (!checks[self->settings[i].kind](&self->settings[i], values[i], error))
      return FALSE;
  return TRUE;
}

AssayModule *
assay_builtin_module_new (const AssayBuiltinModule *self, const char *const *values, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();

  return assay_builtin_module_check (self, values, error) ? self->make (values, error) : NULL;
}

/* Whether it is made of layers. */
static gboolean
is_model (const AssayBuiltinModule *self)
{
  for (guint i = 0; i < ASSAY_BUILTIN_MAX_SETTINGS && self->settings[i].name != NULL; i++)
    if (self->settings[i].kind == ASSAY_SETTING_SIZES)
      return TRUE;
  return FALSE;
}

char *
assay_builtin_module_to_python (const AssayBuiltinModule *self, const char *const *values)
{
  GString *text = g_string_new (self->class_name);
  guint    n = 0;

  g_string_append_c (text, '(');
  for (guint i = 0; i < ASSAY_BUILTIN_MAX_SETTINGS && self->settings[i].name != NULL; i++)
    {
      const AssaySetting *setting = &self->settings[i];
      g_autofree char    *quoted = setting->kind == ASSAY_SETTING_NAME ? assay_python_repr (values[i]) : NULL;

      /* The tutorial's models have their sizes in them; its layers are given theirs. */
      if (strcmp (values[i], setting->fallback) == 0 && (is_model (self) || setting->kind == ASSAY_SETTING_NAME || setting->kind == ASSAY_SETTING_NUMBER))
        continue;
      g_string_append_printf (text, "%s%s=", n++ ? ", " : "", setting->name);
      if (quoted != NULL)
        g_string_append (text, quoted);
      else if (setting->kind == ASSAY_SETTING_SIZES)
        g_string_append_printf (text, "[%s]", values[i]);
      else
        g_string_append (text, values[i]);
    }
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}
