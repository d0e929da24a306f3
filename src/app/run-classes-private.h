/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What came out of a run, in short. */

#pragma once

#include <assay/runnable.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_run_classes_fill:
 * @box: is emptied and filled
 * @run: what came out
 * @base: (nullable): another run, from which changes are told
 *
 * A line for each output; of probabilities the largest, with bars.
 */
void assay_run_classes_fill (GtkBox *box, AssayRun *run, AssayRun *base);

G_END_DECLS
