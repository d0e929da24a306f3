/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Values to colours: diverging about zero, blue below and red above. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_heat_color:
 * @value: a value
 * @bound: its magnitude at the ends of the scale, above 0
 *
 * Any thread may call this.
 *
 * Returns: 0xAABBGGRR, opaque; a colour of its own for NaN
 */
guint32 assay_heat_color (double value, double bound);

/**
 * assay_heat_color_unknown:
 *
 * Returns: what stands where nothing is known yet
 */
guint32 assay_heat_color_unknown (void);

G_END_DECLS
