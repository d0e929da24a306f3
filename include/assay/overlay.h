/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits over a source: a source that reads as another, but for some boxes of new values. */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

/**
 * AssayOverlay:
 *
 * A source with boxes of new values over another. Immutable; what it keeps is proportional to the edited cells. An overlay over an
 * overlay takes over its edits (sharing them), so that thousands of edits one after the other don't become thousands of layers.
 */
#define ASSAY_TYPE_OVERLAY (assay_overlay_get_type ())
G_DECLARE_FINAL_TYPE (AssayOverlay, assay_overlay, ASSAY, OVERLAY, AssaySource)

/**
 * assay_overlay_new:
 * @base: what is edited; any source but a `STRING` one
 * @start: (array): where the box begins
 * @count: (array): how large it is
 * @values: its new values, row-major, in the machine's byte order, exactly as many bytes as the box takes
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_RANGE` if the box isn't inside the shape, `ASSAY_ERROR_SHAPE` if @values has another length,
 * `ASSAY_ERROR_DTYPE` if @base holds strings.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
AssaySource *assay_overlay_new (AssaySource   *base,
                                const guint64 *start,
                                const guint64 *count,
                                GBytes        *values,
                                GError       **error);

/**
 * assay_overlay_new_for_strings:
 * @base: a `STRING` source
 * @start: (array): where the box begins
 * @count: (array): how large it is
 * @strings: (element-type GBytes) (transfer none): its new values, row-major
 * @error: return location for an error
 *
 * Does the same for strings.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
AssaySource *assay_overlay_new_for_strings (AssaySource   *base,
                                            const guint64 *start,
                                            const guint64 *count,
                                            GPtrArray     *strings,
                                            GError       **error);

/**
 * AssayRange:
 * @first: position of the first element in row-major order
 * @n: how many elements
 */
typedef struct
{
  guint64 first;
  guint64 n;
} AssayRange;

/**
 * assay_source_changed_ranges:
 * @self: a source
 * @base: what it may be an edit of
 *
 * Tells which elements of @self may differ from @base: none if they are the same object; what was edited if @self is an overlay
 * over @base; else everything.
 *
 * Returns: (transfer full) (element-type AssayRange): ranges in ascending order that neither touch nor overlap
 */
GArray *assay_source_changed_ranges (AssaySource *self, AssaySource *base);

G_END_DECLS
