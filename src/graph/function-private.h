/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a function is made of; the builder fills it. */

#pragma once

#include <assay/function.h>

G_BEGIN_DECLS

struct _AssayFunction
{
  GObject parent_instance;

  char           *name;
  guint           n_arguments; /* captures included */
  guint           n_operations;
  AssayOperation *operations;
  GPtrArray      *captures;    /* AssayValue */
  GArray         *results;     /* AssayNamedRef */
  GArray         *activations; /* AssayNamedRef */
};

void assay_operation_clear (AssayOperation *self);
void assay_named_ref_clear (gpointer data);

G_END_DECLS
