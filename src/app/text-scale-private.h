/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How large the user has text: widths that are made for text grow with it. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pixels for what takes so many with text of the usual size. */
static inline int
assay_text_pixels (int pixels)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int          dpi = 0;

  if (settings)
    g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  return dpi > 96 * 1024 ? (int) (pixels * (dpi / (96.0 * 1024.0))) : pixels;
}

G_END_DECLS
