/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "history-private.h"

struct _AssayStep
{
  GObject      parent_instance;
  char        *name;
  guint32      variable;
  AssaySource *before;
  AssaySource *after;
  gboolean     joined;
};

enum
{
  PROP_0,
  PROP_NAME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AssayStep, assay_step, G_TYPE_OBJECT)

static void
step_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NAME)
    g_value_set_string (value, ASSAY_STEP (object)->name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
step_finalize (GObject *object)
{
  AssayStep *self = ASSAY_STEP (object);

  g_free (self->name);
  g_clear_object (&self->before);
  g_clear_object (&self->after);
  G_OBJECT_CLASS (assay_step_parent_class)->finalize (object);
}

static void
assay_step_class_init (AssayStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = step_get_property;
  object_class->finalize = step_finalize;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
assay_step_init (AssayStep *self)
{
}

const char *
assay_step_get_name (AssayStep *self)
{
  return self->name;
}

guint32
assay_step_get_variable (AssayStep *self)
{
  return self->variable;
}

void
assay_step_join (AssayStep *self)
{
  self->joined = TRUE;
}

gboolean
assay_step_is_joined (AssayStep *self)
{
  return self->joined;
}

AssaySource *
assay_step_get_before (AssayStep *self)
{
  return self->before;
}

AssaySource *
assay_step_get_after (AssayStep *self)
{
  return self->after;
}

struct _AssayHistory
{
  GObject    parent_instance;
  GPtrArray *steps;
  guint      position;
  guint      saved; /* the position that the file has; G_MAXUINT if it can't be reached any more */
};

static GType
history_get_item_type (GListModel *model)
{
  return ASSAY_TYPE_STEP;
}

static guint
history_get_n_items (GListModel *model)
{
  return ASSAY_HISTORY (model)->steps->len;
}

static gpointer
history_get_item (GListModel *model, guint position)
{
  AssayHistory *self = ASSAY_HISTORY (model);

  return position < self->steps->len ? g_object_ref (self->steps->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = history_get_item_type;
  iface->get_n_items = history_get_n_items;
  iface->get_item = history_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AssayHistory, assay_history, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
history_finalize (GObject *object)
{
  g_ptr_array_unref (ASSAY_HISTORY (object)->steps);
  G_OBJECT_CLASS (assay_history_parent_class)->finalize (object);
}

static void
assay_history_class_init (AssayHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = history_finalize;
}

static void
assay_history_init (AssayHistory *self)
{
  self->steps = g_ptr_array_new_with_free_func (g_object_unref);
}

AssayHistory *
assay_history_new (void)
{
  return g_object_new (ASSAY_TYPE_HISTORY, NULL);
}

void
assay_history_push (AssayHistory *self, const char *name, guint32 variable, AssaySource *before, AssaySource *after)
{
  AssayStep *step = g_object_new (ASSAY_TYPE_STEP, NULL);
  guint      dropped = self->steps->len - self->position;

  step->name = g_strdup (name);
  step->variable = variable;
  step->before = before ? g_object_ref (before) : NULL;
  step->after = g_object_ref (after);
  if (self->saved != G_MAXUINT && self->saved > self->position)
    self->saved = G_MAXUINT;
  g_ptr_array_set_size (self->steps, self->position);
  g_ptr_array_add (self->steps, step);
  self->position++;
  g_list_model_items_changed (G_LIST_MODEL (self), self->position - 1, dropped, 1);
}

guint
assay_history_get_position (AssayHistory *self)
{
  return self->position;
}

void
assay_history_set_position (AssayHistory *self, guint position)
{
  g_return_if_fail (position <= self->steps->len);
  self->position = position;
}

guint
assay_history_get_n_steps (AssayHistory *self)
{
  return self->steps->len;
}

AssayStep *
assay_history_get_step (AssayHistory *self, guint index)
{
  g_return_val_if_fail (index < self->steps->len, NULL);
  return self->steps->pdata[index];
}

void
assay_history_mark_saved_at (AssayHistory *self, guint position)
{
  self->saved = position <= self->steps->len ? position : G_MAXUINT;
}

gboolean
assay_history_is_saved (AssayHistory *self)
{
  return self->saved == self->position;
}

guint
assay_history_count_unsaved (AssayHistory *self)
{
  if (self->saved == G_MAXUINT)
    return MAX (self->position, 1);
  return self->saved > self->position ? self->saved - self->position : self->position - self->saved;
}

gboolean
assay_history_is_ahead (AssayHistory *self)
{
  return self->saved != G_MAXUINT && self->saved > self->position;
}

void
assay_history_clear (AssayHistory *self)
{
  guint n = self->steps->len;

  g_ptr_array_set_size (self->steps, 0);
  self->position = self->saved = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
