/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An activation [n, height, width, channels] as pictures, one a channel. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_CHANNELS_VIEW (assay_channels_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayChannelsView, assay_channels_view, ASSAY, CHANNELS_VIEW, GtkWidget)

/* Signal: "open" (guint64 sample, guint64 channel): that channel is to be looked at alone. */

/**
 * assay_channels_view_can:
 * @source: values
 *
 * Returns: whether they are pictures by channel
 */
gboolean assay_channels_view_can (AssaySource *source);

/**
 * assay_channels_view_look:
 * @look: an activation
 * @change: what is new
 *
 * Shows channels.
 */
void assay_channels_view_look (AssayChannelsView *self, const AssayLook *look, AssayLookChange change);

G_END_DECLS
