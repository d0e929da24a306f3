/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running one operation at once, or recording it while the thread is tracing. */

#include "eager-private.h"
#include "kernel-private.h"

#include <string.h>

static int
run_now (const AssayOp *op, AssayAttrs *attrs, guint n_inputs, AssayValue *const *inputs, guint room, AssayValue **outputs, GError **error)
{
  const AssayKernel *kernel = assay_kernel_lookup (op->name);
  g_autoptr (AssayAttrs) full = assay_op_with_defaults (op, attrs);
  int             n_outputs = assay_op_count (op->outputs, full);
  AssayKernelCall call = { .op = op, .attrs = full, .n_inputs = n_inputs, .inputs = inputs, .n_outputs = MAX (n_outputs, 0), .outputs = outputs, .workspace = assay_eager_get_workspace () };

  if (kernel == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s can't be run.", op->name);
      return -1;
    }
  if (n_outputs < 0 || n_outputs > (int) room || assay_op_count (op->inputs, full) != (int) n_inputs)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Operation %s doesn't take %u inputs.", op->name, n_inputs);
      return -1;
    }
  memset (outputs, 0, n_outputs * sizeof *outputs);
  /* A kernel that was stopped leaves values out. */
  if (!assay_kernel_run (kernel, &call, error) || g_cancellable_set_error_if_cancelled (assay_workspace_get_cancellable (call.workspace), error))
    {
      for (int i = 0; i < n_outputs; i++)
        g_clear_pointer (&outputs[i], assay_value_unref);
      return -1;
    }
  for (int i = 0; i < n_outputs; i++)
    assay_pool_take (outputs[i]);
  return n_outputs;
}

int
assay_apply_many (const char        *op,
                  AssayAttrs        *attrs,
                  guint              n_inputs,
                  AssayValue *const *inputs,
                  guint              n_outputs,
                  AssayValue       **outputs,
                  GError           **error)
{
  g_autoptr (AssayAttrs) owned = attrs;
  const AssayOp *entry = assay_op_lookup (op);
  AssayTrace    *trace = assay_trace_get_current ();

  /* An expression of which one part failed already has its error. */
  if (error != NULL && *error != NULL)
    return -1;
  if (entry == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "There is no operation %s.", op);
      return -1;
    }
  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] == NULL)
      return -1;
  if (trace != NULL)
    return assay_trace_record (trace, entry, owned, n_inputs, inputs, outputs, n_outputs, error);
  return run_now (entry, owned, n_inputs, inputs, n_outputs, outputs, error);
}

/* How many inputs an op takes as far as its entry alone tells: one an argument. */
static guint
count_arguments (const char *spec)
{
  guint n = *spec != '\0';

  for (const char *at = spec; *at != '\0'; at++)
    n += *at == ' ';
  return n;
}

AssayValue *
assay_apply (const char *op, AssayAttrs *attrs, GError **error, ...)
{
  const AssayOp *entry = assay_op_lookup (op);
  AssayValue    *inputs[8], *output = NULL;
  guint          n = 0, n_wanted = entry ? count_arguments (entry->inputs) : 0;
  va_list        args;

  va_start (args, error);
  while (n < n_wanted && n < G_N_ELEMENTS (inputs) && (inputs[n] = va_arg (args, AssayValue *)) != NULL)
    n++;
  va_end (args);
  if (entry != NULL && n < n_wanted)
    {
      g_clear_pointer (&attrs, assay_attrs_unref);
      return NULL;
    }
  return assay_apply_many (op, attrs, n, inputs, 1, &output, error) == 1 ? output : NULL;
}
