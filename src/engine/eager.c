/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "eager-private.h"

struct _AssayEager
{
  AssayWorkspace *workspace;
  guint64         max_bytes;
  GCancellable   *before; /* what the thread worked for when it entered */
};

static GPrivate current; /* AssayEager */

AssayEager *
assay_eager_new (guint64 max_bytes)
{
  AssayEager *self = g_new0 (AssayEager, 1);

  self->workspace = assay_workspace_new ();
  self->max_bytes = max_bytes;
  return self;
}

void
assay_eager_free (AssayEager *self)
{
  assay_workspace_unref (self->workspace);
  g_free (self);
}

void
assay_eager_enter (AssayEager *self, GCancellable *cancellable)
{
  g_return_if_fail (g_private_get (&current) == NULL);
  assay_workspace_begin (self->workspace, cancellable, self->max_bytes);
  self->before = assay_work_for (cancellable);
  g_private_set (&current, self);
}

void
assay_eager_leave (AssayEager *self)
{
  g_return_if_fail (g_private_get (&current) == self);
  g_private_set (&current, NULL);
  assay_work_for (self->before);
  assay_workspace_begin (self->workspace, NULL, self->max_bytes);
}

AssayWorkspace *
assay_eager_get_workspace (void)
{
  AssayEager *self = g_private_get (&current);

  return self ? self->workspace : assay_workspace_get_default ();
}
