/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Typing into cells, and pasting blocks: text to values, checked before anything is changed. */

#include <assay/convert.h>
#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "document-private.h"

/* A block of cells as a spreadsheet copies it: fields by tabs, lines by newlines; all lines as long as the longest. */
typedef struct
{
  GPtrArray *fields; /* row by row */
  guint      n_rows;
  guint      n_columns;
} Block;

static void
block_clear (Block *block)
{
  g_clear_pointer (&block->fields, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Block, block_clear)

static gboolean
split (const char *text, Block *block, GError **error)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *unix_text = g_strdup (text);

  /* Spreadsheets end lines by CR LF, and the last one too. */
  for (char *p = unix_text, *q = unix_text;; p++)
    if (*p != '\r' && (*q++ = *p) == '\0')
      break;
  if (g_str_has_suffix (unix_text, "\n") && strlen (unix_text) > 1)
    unix_text[strlen (unix_text) - 1] = '\0';
  lines = g_strsplit (unix_text, "\n", -1);
  block->fields = g_ptr_array_new_with_free_func (g_free);
  block->n_rows = MAX (g_strv_length (lines), 1);
  for (guint i = 0; lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      guint n = MAX (g_strv_length (fields), 1);

      if (i == 0)
        block->n_columns = n;
      if (n != block->n_columns)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("Line %u of the pasted text has %u values, the first line has %u"), i + 1, n,
                       block->n_columns);
          return FALSE;
        }
      for (guint k = 0; k < n; k++)
        g_ptr_array_add (block->fields, g_strdup (fields[k] ? fields[k] : ""));
    }
  return TRUE;
}

/* The box that a block takes, from a cell on. */
static gboolean
place (const Block *block, AssaySource *source, const guint64 *start, guint rows, guint columns, guint64 *count, GError **error)
{
  guint          rank = assay_source_get_rank (source);
  const guint64 *shape = assay_source_get_shape (source);
  const guint    sizes[] = { block->n_rows, block->n_columns }, axes[] = { rows, columns };

  for (guint i = 0; i < rank; i++)
    count[i] = 1;
  for (guint k = 0; k < 2; k++)
    {
      if (axes[k] >= rank ? sizes[k] == 1 : sizes[k] <= shape[axes[k]] - start[axes[k]])
        {
          if (axes[k] < rank)
            count[axes[k]] = sizes[k];
          continue;
        }
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("The pasted block of %u × %u values doesn’t fit here: there is room for %" PRIu64),
                   block->n_rows, block->n_columns, axes[k] < rank ? shape[axes[k]] - start[axes[k]] : 1);
      return FALSE;
    }
  return TRUE;
}

/* Field of the block that stands at the n-th element of the box. The box is row-major over all axes; rows may come after columns. */
static const char *
field_at (const Block *block, guint rank, const guint64 *count, guint rows, guint columns, guint64 n)
{
  guint64 index[ASSAY_MAX_RANK], row, column;

  assay_shape_index (rank, count, n, index);
  row = rows < rank ? index[rows] : 0;
  column = columns < rank ? index[columns] : 0;
  return block->fields->pdata[row * block->n_columns + column];
}

static GPtrArray *
take_strings (const Block *block, guint rank, const guint64 *count, guint rows, guint columns)
{
  GPtrArray *strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint64 n = 0; n < block->fields->len; n++)
    {
      const char *field = field_at (block, rank, count, rows, columns, n);

      g_ptr_array_add (strings, g_bytes_new (field, strlen (field)));
    }
  return strings;
}

static GBytes *
take_values (AssaySource *base, const Block *block, const guint64 *count, guint rows, guint columns, GError **error)
{
  guint32            item_size = assay_source_get_item_size (base);
  guint64            n_fields = block->fields->len;
  g_autofree guint8 *values = g_malloc (MAX (n_fields * item_size, 1));

  for (guint64 n = 0; n < n_fields; n++)
    if (!assay_value_parse_named (assay_source_get_dtype (base), assay_source_get_dtype_name (base), item_size,
                                  field_at (block, assay_source_get_rank (base), count, rows, columns, n), values + n * item_size, error))
      return NULL;
  return g_bytes_new_take (g_steal_pointer (&values), n_fields * item_size);
}

static char *
dup_step_name (AssayNode *variable, const Block *block, const guint64 *start, guint rank, const char *text)
{
  g_autofree char *index = assay_shape_to_string (rank, start);
  g_autofree char *shown = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 24));

  if (block->fields->len > 1)
    return g_strdup_printf (_ ("Paste %u × %u values into %s"), block->n_rows, block->n_columns, assay_node_get_name (variable));
  return g_strdup_printf (_ ("Set %s%s to %s"), assay_node_get_name (variable), rank ? index : "", g_strstrip (shown));
}

gboolean
assay_document_edit_text (AssayDocument *self,
                          AssayNode     *variable,
                          const guint64 *start,
                          guint          rows,
                          guint          columns,
                          const char    *text,
                          GError       **error)
{
  g_autoptr (AssaySource) base = NULL;
  g_autoptr (GBytes) values = NULL;
  g_autofree char *name = NULL;
  g_auto (Block) block = { 0 };
  guint64 count[ASSAY_MAX_RANK];
  guint   rank;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self) && text != NULL, FALSE);
  base = assay_document_dup_base (self, variable, error);
  if (base == NULL || !split (text, &block, error) || !place (&block, base, start, rows, columns, count, error))
    return FALSE;
  rank = assay_source_get_rank (base);
  name = dup_step_name (variable, &block, start, rank, text);
  if (assay_source_get_dtype (base) == ASSAY_DTYPE_STRING)
    {
      g_autoptr (GPtrArray) strings = take_strings (&block, rank, count, rows, columns);

      return assay_document_edit_strings (self, variable, start, count, strings, name, error);
    }
  values = take_values (base, &block, count, rows, columns, error);
  return values != NULL && assay_document_edit_box (self, variable, start, count, values, name, error);
}
