/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "colors-private.h"

#include <adwaita.h>

static void
look_up (GtkStyleContext *context, const char *name, const char *fallback, GdkRGBA *color)
{
  if (!gtk_style_context_lookup_color (context, name, color))
    gdk_rgba_parse (color, fallback);
}

/* @part of @over laid on @under. */
static GdkRGBA
mix (const GdkRGBA *under, const GdkRGBA *over, float part)
{
  return (GdkRGBA){
    .red = under->red + (over->red - under->red) * part,
    .green = under->green + (over->green - under->green) * part,
    .blue = under->blue + (over->blue - under->blue) * part,
    .alpha = 1,
  };
}

void
assay_colors_init (AssayColors *self, GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  gboolean         strong = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  GdkRGBA          opaque;

  look_up (context, "view_fg_color", "#333", &opaque);
  look_up (context, "view_bg_color", "#fff", &self->background);
  look_up (context, "accent_bg_color", "#3584e4", &self->accent);
  look_up (context, "error_color", "#c01c28", &self->error);
  look_up (context, "warning_color", "#9c6e03", &self->warning);
  /* view_fg_color is translucent black in the light theme. */
  self->text = mix (&self->background, &opaque, opaque.alpha);
  self->dim = mix (&self->background, &self->text, strong ? 0.9f : 0.72f);
  self->header = mix (&self->background, &self->text, 0.07f);
  self->line = mix (&self->background, &self->text, strong ? 0.5f : 0.17f);
  self->selected = self->accent;
  self->selected.alpha = strong ? 0.35f : 0.18f;
}
