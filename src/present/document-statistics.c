/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics in the background: what is asked for at once, last first, and behind it all the rest in the file's order. Of a
 * large model only marks and spreads of what nobody has looked at are kept: a histogram for each of a hundred thousand
 * variables would be memory for nothing. */

#include "document-private.h"

#include <math.h>

/* Models of up to so many variables keep all statistics. */
#define KEEP_ALL 20000

/* So many sources are made ahead of the worker, in turns of the main loop that take so long at most. */
#define FILL_AHEAD 128
#define FILL_TURN_US 2000

static guint
health_from_statistics (const AssayStatistics *s)
{
  guint health = 0;

  if (s == NULL || s->n == 0)
    return 0;
  health |= s->n_nan > 0 ? ASSAY_HEALTH_NAN : 0;
  health |= s->n_pos_inf + s->n_neg_inf > 0 ? ASSAY_HEALTH_INF : 0;
  if (s->n_zero == s->n)
    health |= ASSAY_HEALTH_ALL_ZERO;
  else if (s->n > 1 && s->n_finite == s->n && s->min == s->max)
    health |= ASSAY_HEALTH_CONSTANT;
  return health;
}

/* The module nearest above a variable that has a node; those above that one have theirs. */
static AssayNode *
find_node_above (AssayDocument *self, guint32 variable)
{
  AssayManifestVariable facts;
  AssayManifestModule   module;

  assay_manifest_get_variable (self->manifest, variable, &facts);
  for (guint32 m = facts.module; m < assay_manifest_get_n_modules (self->manifest); m = module.parent)
    {
      AssayNode *node = g_hash_table_lookup (self->modules, GUINT_TO_POINTER (m));

      if (node != NULL)
        return node;
      assay_manifest_get_module (self->manifest, m, &module);
    }
  return NULL;
}

/* Takes @statistics, or that there are none any more. */
static void
set_statistics (AssayDocument *self, guint32 variable, AssayStatistics *statistics)
{
  AssayNode *node = g_hash_table_lookup (self->variables, GUINT_TO_POINTER (variable));
  AssayNode *nearest = node ? node : find_node_above (self, variable);
  gboolean   changed = assay_outline_take_health (self->outline, variable, health_from_statistics (statistics),
                                                statistics ? statistics->std : (double) NAN);

  if (node == NULL && assay_manifest_get_n_variables (self->manifest) <= KEEP_ALL)
    node = assay_document_get_variable (self, variable);
  if (changed && nearest != NULL)
    assay_node_tell_health (nearest);
  if (node != NULL)
    assay_node_take_statistics (node, statistics);
  else if (statistics != NULL)
    assay_statistics_free (statistics);
}

static gboolean
has_statistics (AssayDocument *self, guint32 variable, const AssayManifestVariable *facts)
{
  return assay_dtype_is_numeric (facts->dtype) && !(facts->flags & ASSAY_FLAG_EMPTY);
}

/* Whether that was something to compute. */
static void
fill_variable (AssayDocument *self, guint32 variable)
{
  AssayNode            *node = g_hash_table_lookup (self->variables, GUINT_TO_POINTER (variable));
  AssaySource          *edited = g_hash_table_lookup (self->current, GUINT_TO_POINTER (variable));
  AssayManifestVariable facts;
  g_autoptr (AssaySource) source = NULL;

  assay_manifest_get_variable (self->manifest, variable, &facts);
  if (!has_statistics (self, variable, &facts) || (node != NULL && assay_node_get_statistics (node) != NULL))
    return;
  source = edited ? g_object_ref (edited) : assay_manifest_dup_source (self->manifest, variable, NULL);
  if (source != NULL)
    assay_statistics_queue_push_behind (self->queue, variable, source);
}

static gboolean
fill_cb (gpointer data)
{
  AssayDocument *self = data;
  gint64         end = g_get_monotonic_time () + FILL_TURN_US;

  while (self->fill_next < self->fill_end && assay_statistics_queue_get_n_waiting (self->queue) < FILL_AHEAD)
    {
      fill_variable (self, self->fill_next++);
      if (g_get_monotonic_time () > end)
        return G_SOURCE_CONTINUE;
    }
  self->fill_idle = 0;
  return G_SOURCE_REMOVE;
}

/* Goes on when the worker has little left. */
static void
fill_soon (AssayDocument *self)
{
  if (self->fill_idle == 0 && self->fill_next < self->fill_end &&
      assay_statistics_queue_get_n_waiting (self->queue) <= FILL_AHEAD / 2)
    self->fill_idle = g_idle_add_full (G_PRIORITY_LOW, fill_cb, self, NULL);
}

void
assay_document_take_statistics (guint32 variable, AssaySource *source, AssayStatistics *statistics, gpointer document)
{
  AssayDocument *self = document;
  AssaySource   *edited = g_hash_table_lookup (self->current, GUINT_TO_POINTER (variable));

  fill_soon (self);
  /* If an edit has come meanwhile, these are of the values before. */
  if (statistics == NULL || (edited != NULL && edited != source))
    g_clear_pointer (&statistics, assay_statistics_free);
  else
    set_statistics (self, variable, statistics);
}

void
assay_document_stop_statistics (AssayDocument *self)
{
  g_clear_handle_id (&self->fill_idle, g_source_remove);
  self->fill_end = 0;
  assay_statistics_queue_drop (self->queue);
}

static void
want_variable (AssayDocument *self, guint32 index)
{
  AssayNode            *node = assay_document_get_variable (self, index);
  AssayManifestVariable facts;
  g_autoptr (AssaySource) source = NULL;

  assay_manifest_get_variable (self->manifest, index, &facts);
  if (assay_node_get_statistics (node) != NULL || !has_statistics (self, index, &facts))
    return;
  source = assay_document_dup_source (self, node, NULL);
  if (source != NULL)
    assay_statistics_queue_push (self->queue, index, source);
}

/* Last first, so that the first of the module comes first out of the queue. */
static void
want_module (AssayDocument *self, guint32 index)
{
  g_autoptr (GArray) modules = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) variables = g_array_new (FALSE, FALSE, sizeof (guint32));

  assay_outline_list (self->outline, index, modules, variables);
  for (guint i = modules->len; i-- > 0;)
    want_module (self, g_array_index (modules, guint32, i));
  for (guint i = variables->len; i-- > 0;)
    want_variable (self, g_array_index (variables, guint32, i));
}

void
assay_document_want_statistics (AssayDocument *self, AssayNode *node)
{
  g_return_if_fail (ASSAY_IS_DOCUMENT (self) && ASSAY_IS_NODE (node));
  (assay_node_is_module (node) ? want_module : want_variable) (self, assay_node_get_index (node));
}

void
assay_document_want_all_statistics (AssayDocument *self)
{
  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  self->fill_next = 0;
  self->fill_end = assay_manifest_get_n_variables (self->manifest);
  fill_soon (self);
}

void
assay_document_renew_statistics (AssayDocument *self, guint32 variable)
{
  AssayNode *node = assay_document_get_variable (self, variable);

  if (assay_node_get_statistics (node) == NULL && isnan (assay_outline_get_spread (self->outline, variable)) &&
      assay_outline_get_health (self->outline, variable) == 0)
    return;
  set_statistics (self, variable, NULL);
  want_variable (self, variable);
}
