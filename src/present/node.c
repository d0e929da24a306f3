/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/node.h>

#include <math.h>

#include "node-list-private.h"
#include "node-private.h"

struct _AssayNode
{
  GObject          parent_instance;
  AssayDocument   *document; /* not owned; NULL once it is gone */
  AssayNode       *parent;   /* not owned: the document keeps all nodes */
  AssayNodeList   *children;
  AssayStatistics *statistics;
  guint32          index;
  gboolean         is_module;
  gboolean         edited;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_IS_MODULE,
  PROP_CLASS_NAME,
  PROP_PATH,
  PROP_KEY,
  PROP_DTYPE_NAME,
  PROP_SHORT_DTYPE,
  PROP_SHAPE_TEXT,
  PROP_N_PARAMETERS,
  PROP_N_BYTES,
  PROP_TRAINABLE,
  PROP_OPTIMIZER,
  PROP_EDITED,
  PROP_HEALTH,
  PROP_STATISTICS,
  PROP_REASON,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AssayNode, assay_node, G_TYPE_OBJECT)

/* What the manifest says; nothing once the document is gone. */
static AssayManifestVariable
get_variable (AssayNode *self)
{
  AssayManifestVariable facts = { .name = "", .key = "", .dtype_name = "", .dtype = ASSAY_DTYPE_OPAQUE };

  if (self->document != NULL && !self->is_module)
    assay_manifest_get_variable (assay_document_get_manifest (self->document), self->index, &facts);
  return facts;
}

static AssayManifestModule
get_module (AssayNode *self)
{
  AssayManifestModule facts = { .name = "" };

  if (self->document != NULL && self->is_module)
    assay_manifest_get_module (assay_document_get_manifest (self->document), self->index, &facts);
  return facts;
}

static const AssayOutlineTotals *
get_totals (AssayNode *self)
{
  static const AssayOutlineTotals nothing;

  return self->document ? assay_outline_get_totals (assay_document_get_outline (self->document), self->index) : &nothing;
}

static char *
dup_shape_text (AssayNode *self)
{
  AssayManifestVariable facts = get_variable (self);

  if (self->is_module || (facts.flags & ASSAY_FLAG_EMPTY))
    return g_strdup ("");
  return assay_shape_to_display (facts.rank, facts.shape);
}

static void
node_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AssayNode *self = ASSAY_NODE (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, assay_node_get_name (self));
      break;
    case PROP_IS_MODULE:
      g_value_set_boolean (value, self->is_module);
      break;
    case PROP_CLASS_NAME:
      g_value_set_string (value, assay_node_get_class_name (self));
      break;
    case PROP_PATH:
      g_value_take_string (value, assay_node_dup_path (self));
      break;
    case PROP_KEY:
      g_value_set_string (value, assay_node_get_key (self));
      break;
    case PROP_DTYPE_NAME:
      g_value_set_string (value, self->is_module ? "" : get_variable (self).dtype_name);
      break;
    case PROP_SHORT_DTYPE:
      g_value_set_string (value, self->is_module ? "" : assay_dtype_get_info (get_variable (self).dtype)->short_name);
      break;
    case PROP_SHAPE_TEXT:
      g_value_take_string (value, dup_shape_text (self));
      break;
    case PROP_N_PARAMETERS:
      g_value_set_uint64 (value, assay_node_get_n_parameters (self));
      break;
    case PROP_N_BYTES:
      g_value_set_uint64 (value, assay_node_get_n_bytes (self));
      break;
    case PROP_TRAINABLE:
      g_value_set_boolean (value, assay_node_is_trainable (self));
      break;
    case PROP_OPTIMIZER:
      g_value_set_boolean (value, (assay_node_get_flags (self) & ASSAY_FLAG_OPTIMIZER) != 0);
      break;
    case PROP_EDITED:
      g_value_set_boolean (value, assay_node_is_edited (self));
      break;
    case PROP_HEALTH:
      g_value_set_uint (value, assay_node_get_health (self));
      break;
    case PROP_STATISTICS:
      g_value_set_boxed (value, self->statistics);
      break;
    case PROP_REASON:
      g_value_set_string (value, assay_node_get_reason (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
node_finalize (GObject *object)
{
  AssayNode *self = ASSAY_NODE (object);

  g_clear_object (&self->children);
  g_clear_pointer (&self->statistics, assay_statistics_free);
  G_OBJECT_CLASS (assay_node_parent_class)->finalize (object);
}

static void
assay_node_class_init (AssayNodeClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = node_get_property;
  object_class->finalize = node_finalize;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_IS_MODULE] = g_param_spec_boolean ("is-module", NULL, NULL, FALSE, flags);
  properties[PROP_CLASS_NAME] = g_param_spec_string ("class-name", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  properties[PROP_DTYPE_NAME] = g_param_spec_string ("dtype-name", NULL, NULL, NULL, flags);
  properties[PROP_SHORT_DTYPE] = g_param_spec_string ("short-dtype", NULL, NULL, NULL, flags);
  properties[PROP_SHAPE_TEXT] = g_param_spec_string ("shape-text", NULL, NULL, NULL, flags);
  properties[PROP_N_PARAMETERS] = g_param_spec_uint64 ("n-parameters", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_BYTES] = g_param_spec_uint64 ("n-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_TRAINABLE] = g_param_spec_boolean ("trainable", NULL, NULL, FALSE, flags);
  properties[PROP_OPTIMIZER] = g_param_spec_boolean ("optimizer", NULL, NULL, FALSE, flags);
  properties[PROP_EDITED] = g_param_spec_boolean ("edited", NULL, NULL, FALSE, flags);
  properties[PROP_HEALTH] = g_param_spec_uint ("health", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STATISTICS] = g_param_spec_boxed ("statistics", NULL, NULL, ASSAY_TYPE_STATISTICS, flags);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
assay_node_init (AssayNode *self)
{
}

AssayNode *
assay_node_new (AssayDocument *document, AssayNode *parent, gboolean is_module, guint32 index)
{
  AssayNode *self = g_object_new (ASSAY_TYPE_NODE, NULL);

  self->document = document;
  self->parent = parent;
  self->is_module = is_module;
  self->index = index;
  return self;
}

gboolean
assay_node_is_module (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), FALSE);
  return self->is_module;
}

const char *
assay_node_get_name (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return self->is_module ? get_module (self).name : get_variable (self).name;
}

const char *
assay_node_get_class_name (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return get_module (self).class_name;
}

char *
assay_node_dup_path (AssayNode *self)
{
  AssayManifest *manifest;

  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  if (self->document == NULL)
    return g_strdup ("");
  manifest = assay_document_get_manifest (self->document);
  return self->is_module ? assay_manifest_dup_module_path (manifest, self->index)
                         : assay_manifest_dup_variable_path (manifest, self->index);
}

char *
assay_node_dup_title (AssayNode *self)
{
  const char *name;

  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  name = assay_node_get_name (self);
  if (*name != '\0' || self->parent != NULL || self->document == NULL)
    return g_strdup (name);
  return g_path_get_basename (assay_document_get_path (self->document));
}

const char *
assay_node_get_key (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return self->is_module ? NULL : get_variable (self).key;
}

guint32
assay_node_get_index (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), 0);
  return self->index;
}

guint32
assay_node_get_flags (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), 0);
  return self->is_module ? get_module (self).flags : get_variable (self).flags;
}

/* What a variable of HDF5's null space has a shape for: it has no value at all. */
static gboolean
is_null (AssayNode *self)
{
  return !self->is_module && (get_variable (self).flags & ASSAY_FLAG_EMPTY) != 0;
}

guint64
assay_node_get_n_parameters (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), 0);
  if (is_null (self))
    return 0;
  return self->is_module ? get_totals (self)->n_parameters : get_variable (self).n_elements;
}

guint64
assay_node_get_n_bytes (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), 0);
  if (is_null (self))
    return 0;
  return self->is_module ? get_totals (self)->n_bytes : get_variable (self).n_bytes;
}

gboolean
assay_node_is_trainable (AssayNode *self)
{
  AssayManifestVariable facts;

  g_return_val_if_fail (ASSAY_IS_NODE (self), FALSE);
  facts = get_variable (self);
  return self->is_module ? get_totals (self)->n_trainable > 0 : assay_variable_is_trainable (&facts);
}

gboolean
assay_node_is_edited (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), FALSE);
  return self->is_module ? get_totals (self)->n_edited > 0 : self->edited;
}

guint
assay_node_get_health (AssayNode *self)
{
  guint health = 0;

  g_return_val_if_fail (ASSAY_IS_NODE (self), 0);
  if (!self->is_module)
    return self->document ? assay_outline_get_health (assay_document_get_outline (self->document), self->index) : 0;
  for (guint bit = 0; bit < ASSAY_N_HEALTH; bit++)
    health |= get_totals (self)->n_health[bit] > 0 ? 1u << bit : 0;
  return health;
}

double
assay_node_get_spread (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NAN);
  if (self->is_module || self->document == NULL)
    return NAN;
  return assay_outline_get_spread (assay_document_get_outline (self->document), self->index);
}

const AssayStatistics *
assay_node_get_statistics (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return self->statistics;
}

const char *
assay_node_get_reason (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return self->is_module ? NULL : get_variable (self).reason;
}

GListModel *
assay_node_get_children (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  if (!self->is_module)
    return NULL;
  if (self->children == NULL && self->document != NULL)
    self->children = assay_node_list_new (self->document, self->index);
  return G_LIST_MODEL (self->children);
}

AssayNode *
assay_node_get_parent (AssayNode *self)
{
  g_return_val_if_fail (ASSAY_IS_NODE (self), NULL);
  return self->parent;
}

void
assay_node_grow (AssayNode *self)
{
  if (self->children != NULL)
    assay_node_list_refresh (self->children);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PARAMETERS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_BYTES]);
}

/* Tells of a change in a node and in all modules above it. */
static void
notify_up (AssayNode *self, guint property)
{
  for (AssayNode *node = self; node != NULL; node = node->parent)
    g_object_notify_by_pspec (G_OBJECT (node), properties[property]);
}

void
assay_node_tell_health (AssayNode *self)
{
  notify_up (self, PROP_HEALTH);
}

void
assay_node_take_statistics (AssayNode *self, AssayStatistics *statistics)
{
  g_clear_pointer (&self->statistics, assay_statistics_free);
  self->statistics = statistics;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATISTICS]);
}

void
assay_node_set_edited (AssayNode *self, gboolean edited)
{
  if (self->edited == edited || self->document == NULL)
    return;
  self->edited = edited;
  assay_outline_add_edited (assay_document_get_outline (self->document), get_variable (self).module, edited ? 1 : -1);
  notify_up (self, PROP_EDITED);
}

void
assay_node_detach (AssayNode *self)
{
  self->document = NULL;
  self->parent = NULL;
  if (self->children != NULL)
    assay_node_list_detach (self->children);
}
