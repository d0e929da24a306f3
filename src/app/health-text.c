/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "health-text-private.h"

#include "numbers-private.h"

#include <glib/gi18n-lib.h>

static void
add (GString *text, const char *what)
{
  if (text->len)
    g_string_append (text, ", ");
  g_string_append (text, what);
}

static void
add_count (GString *text, guint64 count, const char *what)
{
  g_autofree char *number = assay_count_text (count);
  g_autofree char *words = g_strdup_printf ("%s %s", number, what);

  add (text, count ? words : what);
}

char *
assay_health_dup_text (AssayNode *node)
{
  guint                  health = assay_node_get_health (node);
  const AssayStatistics *statistics = assay_node_get_statistics (node);
  GString               *text = g_string_new (NULL);

  if (health & ASSAY_HEALTH_NAN)
    add_count (text, statistics ? statistics->n_nan : 0, _ ("NaN"));
  if (health & ASSAY_HEALTH_INF)
    add_count (text, statistics ? statistics->n_pos_inf + statistics->n_neg_inf : 0, _ ("Inf"));
  if (!assay_node_is_module (node) && (health & ASSAY_HEALTH_ALL_ZERO))
    add (text, _ ("all zero"));
  else if (!assay_node_is_module (node) && (health & ASSAY_HEALTH_CONSTANT))
    add (text, _ ("constant"));
  return g_string_free (text, text->len == 0);
}
