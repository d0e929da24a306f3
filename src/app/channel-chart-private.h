/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Smallest, mean and largest value of each channel as bars with a line. */

#pragma once

#include "value-passes-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_CHANNEL_CHART (assay_channel_chart_get_type ())
G_DECLARE_FINAL_TYPE (AssayChannelChart, assay_channel_chart, ASSAY, CHANNEL_CHART, GtkWidget)

/**
 * assay_channel_chart_take:
 * @channels: (transfer full) (nullable): channels
 *
 * Shows channels.
 */
void assay_channel_chart_take (AssayChannelChart *self, AssayChannels *channels);

G_END_DECLS
