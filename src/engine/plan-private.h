/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a plan is made of. */

#pragma once

#include "kernel-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint32            operation;                    /* the last of those that it runs */
  guint32            first_released, end_released; /* in AssayLayout.released */
  guint32            first_chained, n_chained;     /* in AssayLayout.chained: operations that run as one; none if it is alone */
  guint32            reusable;                     /* bits of the inputs in whose memory the output may be */
  const AssayKernel *kernel;                       /* of the operation, or of the first in the chain */
} AssayStep;

typedef struct
{
  guint      n_steps;
  AssayStep *steps;
  guint32   *released; /* places of values, by the step after which nobody needs them */
  guint32   *chained;
} AssayLayout;

struct _AssayPlan
{
  GObject parent_instance;

  AssayLibrary   *library;
  AssayFunction  *function;
  AssayWorkspace *workspace;
  gboolean        is_running; /* atomic: the workspace is in use; a second run at once gets one of its own */
  guint           n_values;
  AssayLayout     plain;    /* each operation by itself, for those who want to hear of each */
  AssayLayout     fast;     /* chains as one, memory of inputs used again for outputs */
  guint32        *value_at; /* of each operation: the place of its first output among the values */
};

/* Chains of operations that can run as one: a product or convolution, then biases, normalisation, an addition and a cut at 0, where nobody
 * else needs what is in between. Sets, for each operation, the last one of its chain (itself if it is alone) and the one before it in the chain
 * (G_MAXUINT32 if there is none). Nothing is chained in functions with TensorFlow 1's control flow. */
void assay_chain_find (AssayFunction *function, const gboolean *needed, gboolean keep_activations, guint32 *last_of, guint32 *before);

/* Inputs of an operation, as bits, in whose memory its output may be, going by what they and their other users are; the plan
 * has to see to it that nobody needs them later. */
guint32 assay_chain_reusable (AssayFunction *function, guint32 operation, const guint8 *computed);

/* For each operation: whether it always computes its output into new memory and keeps none of its inputs. */
guint8 *assay_chain_find_computed (AssayFunction *function);

/* Runs a chain. */
gboolean assay_chain_run (AssayPlan         *self,
                          const AssayLayout *layout,
                          const AssayStep   *step,
                          AssayValue       **values,
                          AssayLibrary      *library,
                          AssayWorkspace    *workspace,
                          guint              depth,
                          GError           **error);

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
