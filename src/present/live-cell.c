/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "live-private.h"

struct _AssayLiveCell
{
  GObject  parent_instance;
  char    *source, *output;
  gboolean is_error;
};

G_DEFINE_FINAL_TYPE (AssayLiveCell, assay_live_cell, G_TYPE_OBJECT)

static void
assay_live_cell_finalize (GObject *object)
{
  AssayLiveCell *self = ASSAY_LIVE_CELL (object);

  g_free (self->source);
  g_free (self->output);
  G_OBJECT_CLASS (assay_live_cell_parent_class)->finalize (object);
}

static void
assay_live_cell_class_init (AssayLiveCellClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_live_cell_finalize;
}

static void
assay_live_cell_init (AssayLiveCell *self)
{
}

AssayLiveCell *
assay_live_cell_new (const char *source, const char *output, gboolean is_error)
{
  AssayLiveCell *self = g_object_new (ASSAY_TYPE_LIVE_CELL, NULL);

  self->source = g_strdup (source);
  self->output = g_strchomp (g_strdup (output));
  self->is_error = is_error;
  return self;
}

const char *
assay_live_cell_get_source (AssayLiveCell *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_CELL (self), NULL);
  return self->source;
}

const char *
assay_live_cell_get_output (AssayLiveCell *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_CELL (self), NULL);
  return self->output;
}

gboolean
assay_live_cell_is_error (AssayLiveCell *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_CELL (self), FALSE);
  return self->is_error;
}
