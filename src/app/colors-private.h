/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The theme's colours for widgets that draw themselves. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AssayColors:
 *
 * What drawn widgets need; follows light, dark and high contrast.
 */
typedef struct
{
  GdkRGBA text;
  GdkRGBA dim;
  GdkRGBA background;
  GdkRGBA header;
  GdkRGBA line;
  GdkRGBA accent;
  GdkRGBA selected;
  GdkRGBA warning;
  GdkRGBA error;
} AssayColors;

/**
 * assay_colors_init:
 * @widget: whose style
 *
 * Looks the colours up.
 */
void assay_colors_init (AssayColors *self, GtkWidget *widget);

G_END_DECLS
