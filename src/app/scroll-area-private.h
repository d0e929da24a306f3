/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A scrollable widget that draws itself: content of any size, positions as doubles (exact to 2⁵³ pixels). */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_SCROLL_AREA (assay_scroll_area_get_type ())
G_DECLARE_DERIVABLE_TYPE (AssayScrollArea, assay_scroll_area, ASSAY, SCROLL_AREA, GtkWidget)

/**
 * AssayScrollAreaClass:
 * @scrolled: the position or the room for content has changed
 */
struct _AssayScrollAreaClass
{
  GtkWidgetClass parent_class;

  void (*scrolled) (AssayScrollArea *self);
};

/**
 * assay_scroll_area_set_content:
 * @width: pixels the content is wide
 * @height: pixels the content is high
 * @step_x: pixels one step of the wheel goes sideways
 * @step_y: likewise downwards
 * @header_x: pixels at the left that don't scroll
 * @header_y: likewise at the top
 *
 * Says how large the content is.
 */
void assay_scroll_area_set_content (AssayScrollArea *self,
                                    double           width,
                                    double           height,
                                    double           step_x,
                                    double           step_y,
                                    int              header_x,
                                    int              header_y);

/**
 * assay_scroll_area_get_x:
 *
 * Returns: pixels of content left of what is seen
 */
double assay_scroll_area_get_x (AssayScrollArea *self);

/**
 * assay_scroll_area_get_y:
 *
 * Returns: pixels of content above what is seen
 */
double assay_scroll_area_get_y (AssayScrollArea *self);

/**
 * assay_scroll_area_scroll_to:
 * @x: left edge of what shall be seen, in content pixels
 * @y: its top edge
 * @width: its width
 * @height: its height
 *
 * Scrolls as little as needed to show a rectangle of the content.
 */
void assay_scroll_area_scroll_to (AssayScrollArea *self, double x, double y, double width, double height);

G_END_DECLS
