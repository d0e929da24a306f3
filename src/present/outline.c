/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "outline-private.h"

#include <math.h>

#define NONE G_MAXUINT32

/* A module's children are two lists through `next_module` and `next_variable`, in the order in which they came. */
typedef struct
{
  guint32            parent;
  guint32            first_module, last_module, next_module;
  guint32            first_variable, last_variable;
  guint32            stamp; /* of the last growth that changed it */
  AssayOutlineTotals totals;
} Module;

/* What is remembered of a variable's statistics, whether they are kept or not. */
typedef struct
{
  float  spread; /* standard deviation; NaN if it isn't known */
  guint8 health;
} Mark;

struct _AssayOutline
{
  AssayManifest *manifest;
  GArray        *modules;       /* of Module */
  GArray        *next_variable; /* of guint32 */
  GArray        *marks;         /* of Mark, one a variable */
  guint32        stamp;
};

gboolean
assay_variable_counts (const AssayManifestVariable *variable)
{
  return (variable->flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN | ASSAY_FLAG_EMPTY)) == 0 &&
         assay_dtype_is_numeric (variable->dtype);
}

gboolean
assay_variable_is_trainable (const AssayManifestVariable *variable)
{
  return (variable->flags & (ASSAY_FLAG_NON_TRAINABLE | ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN | ASSAY_FLAG_EMPTY)) == 0;
}

AssayOutline *
assay_outline_new (AssayManifest *manifest)
{
  AssayOutline *self = g_new0 (AssayOutline, 1);

  self->manifest = g_object_ref (manifest);
  self->modules = g_array_new (FALSE, TRUE, sizeof (Module));
  self->next_variable = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  assay_outline_grow (self, NULL);
  return self;
}

void
assay_outline_free (AssayOutline *self)
{
  g_object_unref (self->manifest);
  g_array_unref (self->modules);
  g_array_unref (self->next_variable);
  g_array_unref (self->marks);
  g_free (self);
}

void
assay_outline_set_manifest (AssayOutline *self, AssayManifest *manifest)
{
  g_set_object (&self->manifest, manifest);
}

static Module *
get_module (AssayOutline *self, guint32 index)
{
  return &g_array_index (self->modules, Module, index);
}

static void
mark (AssayOutline *self, guint32 index, GArray *changed)
{
  Module *module = get_module (self, index);

  if (module->stamp == self->stamp)
    return;
  module->stamp = self->stamp;
  if (changed != NULL)
    g_array_append_val (changed, index);
}

static void
add_module (AssayOutline *self, guint32 index, GArray *changed)
{
  Module              fresh = { NONE, NONE, NONE, NONE, NONE, NONE, 0, { 0 } };
  AssayManifestModule facts;
  Module             *parent;

  assay_manifest_get_module (self->manifest, index, &facts);
  fresh.parent = facts.parent;
  g_array_append_val (self->modules, fresh);
  if (facts.parent == G_MAXUINT32)
    return;
  parent = get_module (self, facts.parent);
  if (parent->last_module == NONE)
    parent->first_module = index;
  else
    get_module (self, parent->last_module)->next_module = index;
  parent->last_module = index;
  mark (self, facts.parent, changed);
}

static void
add_variable (AssayOutline *self, guint32 index, GArray *changed)
{
  AssayManifestVariable facts;
  guint32               none = NONE;
  Mark                  unknown = { .spread = NAN };
  Module               *module;

  assay_manifest_get_variable (self->manifest, index, &facts);
  g_array_append_val (self->next_variable, none);
  g_array_append_val (self->marks, unknown);
  module = get_module (self, facts.module);
  if (module->last_variable == NONE)
    module->first_variable = index;
  else
    g_array_index (self->next_variable, guint32, module->last_variable) = index;
  module->last_variable = index;
  mark (self, facts.module, changed);
  if (facts.flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN))
    return;
  for (guint32 m = facts.module; m != NONE; m = get_module (self, m)->parent)
    {
      AssayOutlineTotals *totals = &get_module (self, m)->totals;

      totals->n_variables++;
      if (assay_variable_counts (&facts))
        {
          totals->n_parameters += facts.n_elements;
          totals->n_bytes += facts.n_bytes;
          totals->n_trainable += assay_variable_is_trainable (&facts) ? facts.n_elements : 0;
        }
      mark (self, m, changed);
    }
}

void
assay_outline_grow (AssayOutline *self, GArray *changed)
{
  self->stamp++;
  for (guint32 i = self->modules->len; i < assay_manifest_get_n_modules (self->manifest); i++)
    add_module (self, i, changed);
  for (guint32 i = self->next_variable->len; i < assay_manifest_get_n_variables (self->manifest); i++)
    add_variable (self, i, changed);
}

const AssayOutlineTotals *
assay_outline_get_totals (AssayOutline *self, guint32 module)
{
  static const AssayOutlineTotals nothing;

  return module < self->modules->len ? &get_module (self, module)->totals : &nothing;
}

void
assay_outline_list (AssayOutline *self, guint32 module, GArray *modules, GArray *variables)
{
  if (module >= self->modules->len)
    return;
  for (guint32 i = get_module (self, module)->first_module; i != NONE; i = get_module (self, i)->next_module)
    g_array_append_val (modules, i);
  for (guint32 i = get_module (self, module)->first_variable; i != NONE; i = g_array_index (self->next_variable, guint32, i))
    g_array_append_val (variables, i);
}

void
assay_outline_add_edited (AssayOutline *self, guint32 module, int change)
{
  for (guint32 m = module; m != NONE; m = get_module (self, m)->parent)
    get_module (self, m)->totals.n_edited += change;
}

static void
change_health (AssayOutline *self, guint32 module, guint before, guint after)
{
  for (guint32 m = module; m != NONE; m = get_module (self, m)->parent)
    for (guint bit = 0; bit < ASSAY_N_HEALTH; bit++)
      get_module (self, m)->totals.n_health[bit] += (int) (after >> bit & 1) - (int) (before >> bit & 1);
}

gboolean
assay_outline_take_health (AssayOutline *self, guint32 variable, guint health, double spread)
{
  Mark                 *mark = &g_array_index (self->marks, Mark, variable);
  guint                 before = mark->health;
  AssayManifestVariable facts;

  mark->spread = (float) spread;
  if (before == health)
    return FALSE;
  mark->health = (guint8) health;
  assay_manifest_get_variable (self->manifest, variable, &facts);
  change_health (self, facts.module, before, health);
  return TRUE;
}

guint
assay_outline_get_health (AssayOutline *self, guint32 variable)
{
  return variable < self->marks->len ? g_array_index (self->marks, Mark, variable).health : 0;
}

double
assay_outline_get_spread (AssayOutline *self, guint32 variable)
{
  return variable < self->marks->len ? g_array_index (self->marks, Mark, variable).spread : (double) NAN;
}
