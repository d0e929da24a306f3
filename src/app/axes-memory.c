/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "axes-memory-private.h"

#include "settings-private.h"

#define MAX_REMEMBERED 100

static char *
dup_address (const AssayLook *look)
{
  g_autofree char *path = assay_node_dup_path (look->node);

  return g_strdup_printf ("%s:/%s", assay_document_get_path (look->document), path);
}

void
assay_axes_remember (const AssayLook *look)
{
  g_autofree char *address = dup_address (look);
  g_autoptr (GVariant) old = NULL;
  GVariantBuilder builder;
  GVariantIter    iter;
  const char     *name;
  int             rows;
  int             columns;
  guint           n = 1;

  if (assay_settings_get () == NULL || look->slice.rank < 2)
    return;
  old = g_settings_get_value (assay_settings_get (), "axes");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sii)"));
  g_variant_builder_add (&builder, "(sii)", address, (int) look->slice.rows, (int) look->slice.columns);
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "(&sii)", &name, &rows, &columns) && n < MAX_REMEMBERED)
    if (g_strcmp0 (name, address) != 0)
      {
        g_variant_builder_add (&builder, "(sii)", name, rows, columns);
        n++;
      }
  g_settings_set_value (assay_settings_get (), "axes", g_variant_builder_end (&builder));
}

void
assay_axes_recall (AssayLook *look)
{
  g_autofree char *address = dup_address (look);
  g_autoptr (GVariant) remembered = NULL;
  GVariantIter iter;
  const char  *name;
  int          rows;
  int          columns;
  int          rank = (int) look->slice.rank;

  if (assay_settings_get () == NULL || rank < 2)
    return;
  remembered = g_settings_get_value (assay_settings_get (), "axes");
  g_variant_iter_init (&iter, remembered);
  while (g_variant_iter_next (&iter, "(&sii)", &name, &rows, &columns))
    if (g_strcmp0 (name, address) == 0 && rows >= 0 && columns >= 0 && rows < rank && columns < rank && rows != columns)
      {
        look->slice.rows = (guint) rows;
        look->slice.columns = (guint) columns;
        return;
      }
}
