/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The axes that were chosen for a variable, remembered. */

#pragma once

#include "look-private.h"

G_BEGIN_DECLS

/**
 * assay_axes_remember:
 * @look: a variable whose axes were chosen
 *
 * Remembers them; the newest 100 are kept.
 */
void assay_axes_remember (const AssayLook *look);

/**
 * assay_axes_recall:
 * @look: a variable; its slice is changed if its axes were chosen before
 *
 * Takes the axes that were chosen last.
 */
void assay_axes_recall (AssayLook *look);

G_END_DECLS
