/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-row-private.h"

enum
{
  PROP_0,
  PROP_NUMBERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AssayRunRow, assay_run_row, G_TYPE_OBJECT)

static void
assay_run_row_finalize (GObject *object)
{
  AssayRunRow *self = ASSAY_RUN_ROW (object);

  g_free (self->title);
  g_free (self->key);
  g_clear_pointer (&self->value, assay_value_unref);
  g_clear_pointer (&self->statistics, assay_statistics_free);
  g_clear_pointer (&self->shown_by, g_ptr_array_unref);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (assay_run_row_parent_class)->finalize (object);
}

static void
assay_run_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, assay_run_row_get_statistics (ASSAY_RUN_ROW (object)) != NULL);
}

static void
assay_run_row_class_init (AssayRunRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = assay_run_row_finalize;
  object_class->get_property = assay_run_row_get_property;

  /**
   * AssayRunRow:numbers:
   *
   * Whether there are statistics; notified when these or the change have become known.
   */
  properties[PROP_NUMBERS] = g_param_spec_boolean ("numbers", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
assay_run_row_init (AssayRunRow *self)
{
}

AssayRunRow *
assay_run_row_new (const char *title)
{
  AssayRunRow *self = g_object_new (ASSAY_TYPE_RUN_ROW, NULL);

  self->title = g_strdup (title);
  return self;
}

void
assay_run_row_add_child (AssayRunRow *self, AssayRunRow *child)
{
  if (self->children == NULL)
    self->children = g_list_store_new (ASSAY_TYPE_RUN_ROW);
  g_list_store_append (self->children, child);
}

static AssayRunRow *
get_meant (AssayRunRow *self)
{
  return self->stands_for ? self->stands_for : self;
}

/* A scope with one row in it takes over what that one is. */
static void
join_only_child (AssayRunRow *self)
{
  while (self->value == NULL && self->children != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->children)) == 1)
    {
      g_autoptr (AssayRunRow) child = g_list_model_get_item (G_LIST_MODEL (self->children), 0);
      g_autofree char *title = g_strconcat (self->title, "/", child->title, NULL);

      g_free (self->title);
      self->title = g_steal_pointer (&title);
      self->key = g_steal_pointer (&child->key);
      self->value = g_steal_pointer (&child->value);
      g_clear_object (&self->children);
      self->children = g_steal_pointer (&child->children);
    }
}

void
assay_run_row_close (AssayRunRow *self)
{
  guint n;

  join_only_child (self);
  n = self->children ? g_list_model_get_n_items (G_LIST_MODEL (self->children)) : 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AssayRunRow) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      assay_run_row_close (child);
      if (self->value == NULL && i == n - 1)
        self->stands_for = get_meant (child);
    }
  if (self->stands_for == NULL)
    return;
  if (self->stands_for->shown_by == NULL)
    self->stands_for->shown_by = g_ptr_array_new ();
  g_ptr_array_add (self->stands_for->shown_by, self);
}

void
assay_run_row_told (AssayRunRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NUMBERS]);
  for (guint i = 0; self->shown_by != NULL && i < self->shown_by->len; i++)
    g_object_notify_by_pspec (self->shown_by->pdata[i], properties[PROP_NUMBERS]);
}

const char *
assay_run_row_get_title (AssayRunRow *self)
{
  return self->title;
}

const char *
assay_run_row_get_key (AssayRunRow *self)
{
  return get_meant (self)->key;
}

gboolean
assay_run_row_is_scope (AssayRunRow *self)
{
  return self->value == NULL;
}

AssayValue *
assay_run_row_get_value (AssayRunRow *self)
{
  return get_meant (self)->value;
}

GListModel *
assay_run_row_get_children (AssayRunRow *self)
{
  return self->children ? G_LIST_MODEL (self->children) : NULL;
}

const AssayStatistics *
assay_run_row_get_statistics (AssayRunRow *self)
{
  return get_meant (self)->statistics;
}

AssayRunChange
assay_run_row_get_change (AssayRunRow *self, double *relative)
{
  AssayRunRow *meant = get_meant (self);

  if (relative != NULL)
    *relative = meant->relative;
  return meant->change;
}

gboolean
assay_run_row_is_first_bad (AssayRunRow *self)
{
  return get_meant (self)->first_bad;
}
