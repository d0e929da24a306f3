/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Typing into cells, copying them, pasting over them. */

#include "values-view-parts-private.h"

#include "settings-private.h"

#include <glib/gi18n-lib.h>

/* Writes text from the cell under the cursor on; what can't be is said in a sentence. */
static gboolean
write_text (AssayValuesView *self, const char *text, gboolean block)
{
  const AssaySlice *slice = &self->look->slice;
  guint64           start[ASSAY_MAX_RANK];
  guint64           count[ASSAY_MAX_RANK];
  AssayCells        cells;
  g_autoptr (GError) error = NULL;
  gboolean done;

  assay_value_table_get_selection (self->table, &cells);
  assay_slice_box (slice, cells.row, cells.column, 1, 1, start, count);
  done = assay_document_edit_text (self->look->document, self->look->node, start, block ? slice->rows : ASSAY_NO_AXIS,
                                   block ? slice->columns : ASSAY_NO_AXIS, text, &error);
  assay_values_view_say (self, error ? error->message : "", !done);
  return done;
}

static gboolean
edit_cb (AssayValuesView *self, const char *text)
{
  return write_text (self, text, FALSE);
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayValuesView) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = assay_cells_write_finish (result, &error);

  if (text)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  else
    assay_values_view_say (self, error->message, TRUE);
}

static void
copy_cb (AssayValuesView *self)
{
  AssayCells cells;

  if (self->look == NULL || self->look->source == NULL)
    return;
  assay_value_table_get_selection (self->table, &cells);
  if (cells.n_rows == 0 || cells.n_rows > ASSAY_MAX_COPIED || cells.n_columns > ASSAY_MAX_COPIED || cells.n_rows * cells.n_columns > ASSAY_MAX_COPIED)
    {
      if (cells.n_rows)
        assay_values_view_say (self, _ ("At most 2,000,000 cells can be copied at once; export the variable instead."), TRUE);
      return;
    }
  assay_cells_write_async (self->look->source, &self->look->slice, &cells, (AssayFormatStyle) gtk_drop_down_get_selected (self->style),
                           NULL, written_cb, g_object_ref (self));
}

static void
pasted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayValuesView) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, &error);

  if (text == NULL || self->look == NULL || self->look->source == NULL)
    return;
  write_text (self, text, TRUE);
}

static void
paste_cb (AssayValuesView *self)
{
  if (self->read_only)
    return;
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, pasted_cb, g_object_ref (self));
}

void
assay_values_view_init_edit (AssayValuesView *self)
{
  g_signal_connect_object (self->table, "edit", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "copy", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "paste", G_CALLBACK (paste_cb), self, G_CONNECT_SWAPPED);
}
