/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Snappy's block format, inflating only. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_snappy_inflate:
 * @data: a compressed block
 * @n: its length
 * @max: the most bytes that it may inflate to
 * @error: return location for an error
 *
 * Inflates a block. Fails with `ASSAY_ERROR_FORMAT`.
 *
 * Returns: (transfer full): what it inflates to, or %NULL with @error set
 */
GBytes *assay_snappy_inflate (const guint8 *data, gsize n, gsize max, GError **error);

G_END_DECLS
