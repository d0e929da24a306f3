/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "axis-names-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* No kernel is wider. */
#define MAX_KERNEL 16

static gboolean
is_small (guint64 n)
{
  return n >= 1 && n <= MAX_KERNEL;
}

gboolean
assay_kernel_axes (const char *name, guint rank, const guint64 *shape, AssayKernelAxes *axes)
{
  gboolean torch = name && strstr (name, "weight") != NULL;

  *axes = (AssayKernelAxes){ G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT };
  if (name == NULL)
    return FALSE;
  if (rank == 4 && !torch && is_small (shape[0]) && is_small (shape[1]))
    *axes = (AssayKernelAxes){ 0, 1, 2, 3 };
  else if (rank == 4 && is_small (shape[2]) && is_small (shape[3]))
    *axes = (AssayKernelAxes){ 2, 3, 1, 0 };
  else if (rank == 3 && !torch && is_small (shape[0]) && strstr (name, "kernel"))
    *axes = (AssayKernelAxes){ G_MAXUINT, 0, 1, 2 };
  else if (rank == 3 && torch && is_small (shape[2]))
    *axes = (AssayKernelAxes){ G_MAXUINT, 2, 1, 0 };
  return axes->out != G_MAXUINT;
}

/* Keras' order: a batch of pictures by channel, or of steps by feature. */
static const char *
meaning_in_activation (guint rank, guint axis)
{
  if (axis == 0 && rank > 1)
    return C_ ("axis", "batch");
  if (rank == 4)
    return axis == 1 ? "y" : axis == 2 ? "x"
                                       : C_ ("axis", "channel");
  return NULL;
}

static const char *
meaning (const char *name, guint rank, const guint64 *shape, guint axis)
{
  AssayKernelAxes axes;

  if (name == NULL)
    return meaning_in_activation (rank, axis);
  if (assay_kernel_axes (name, rank, shape, &axes))
    return axis == axes.y ? "y" : axis == axes.x ? "x"
                              : axis == axes.in  ? C_ ("axis", "in")
                                                 : C_ ("axis", "out");
  if (rank == 2 && strstr (name, "kernel"))
    return axis == 0 ? C_ ("axis", "in") : C_ ("axis", "out");
  if (rank == 2 && strstr (name, "weight"))
    return axis == 0 ? C_ ("axis", "out") : C_ ("axis", "in");
  return NULL;
}

char *
assay_axis_dup_name (const char *name, guint rank, const guint64 *shape, guint axis)
{
  const char *what = meaning (name, rank, shape, axis);

  return what ? g_strdup_printf ("%u · %s", axis, what) : g_strdup_printf ("%u", axis);
}
