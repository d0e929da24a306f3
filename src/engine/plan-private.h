/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a plan is made of. */

#pragma once

#include "kernel-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint32            operation;
  guint32            first_released, end_released; /* in AssayPlan.released */
  const AssayKernel *kernel;
} AssayStep;

struct _AssayPlan
{
  GObject parent_instance;

  AssayLibrary   *library;
  AssayFunction  *function;
  AssayWorkspace *workspace;
  guint           n_steps, n_values;
  AssayStep      *steps;
  guint32        *value_at; /* of each operation: the place of its first output among the values */
  guint32        *released; /* places of values, by the step after which nobody needs them */
};

/* Whether all that has to run can be run. @checked keeps functions from being looked at twice. */
gboolean assay_plan_check (AssayLibrary  *library,
                           AssayFunction *function,
                           gboolean       keep_activations,
                           guint          depth,
                           GHashTable    *checked,
                           GError       **error);

AssayPlan *assay_plan_of_called (AssayLibrary *library, AssayFunction *function, AssayWorkspace *workspace);
void       assay_plan_free_called (gpointer data);

/* Runs a plan's steps with a workspace and library of its caller's. @arguments are all but the captures. */
gboolean assay_plan_execute (AssayPlan             *self,
                             AssayLibrary          *library,
                             AssayWorkspace        *workspace,
                             AssayValue *const     *arguments,
                             guint                  n_arguments,
                             guint                  depth,
                             const AssayRunOptions *options,
                             AssayValue           **results,
                             GError               **error);

G_END_DECLS
