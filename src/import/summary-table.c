/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "summary-table-private.h"

#include <math.h>
#include <string.h>

#define TRAINABLE_WIDTH 11

static void
append_times (GString *out, const char *text, guint n)
{
  while (n-- > 0)
    g_string_append (out, text);
}

/* How much of a cell stands in a line: at most @room characters, and no more than to the end of a tuple, list or name. */
static gsize
cut_cell (const char *text, gsize room)
{
  static const char *const ends[] = { "),", "},", "],", "'," };
  glong                    length = g_utf8_strlen (text, -1);
  gsize                    n = g_utf8_offset_to_pointer (text, MIN (length, (glong) room)) - text, cut = n;

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const char *end = g_strstr_len (text, n, ends[i]);

      if (end != NULL)
        cut = MIN (cut, (gsize) (end - text) + 2);
    }
  return cut;
}

static void
append_plain_line (GString *out, const char **rest, const guint *ends, guint n_columns, guint level)
{
  gsize begin = out->len;

  for (guint i = 0; i < n_columns; i++)
    {
      gboolean last = i + 1 == n_columns;
      guint    room = ends[i] - (i ? ends[i - 1] : level) - (last ? 0 : 3);
      gsize    n = cut_cell (rest[i], room);

      if (i == 0)
        {
          append_times (out, "|", level);
          g_string_append_c (out, ' ');
        }
      g_string_append_len (out, rest[i], n);
      rest[i] += n;
      append_times (out, " ", last ? 0 : 2);
      while (g_utf8_strlen (out->str + begin, out->len - begin) < (glong) (ends[i] - (last ? level : 0)))
        g_string_append_c (out, ' ');
    }
  append_times (out, "|", level);
  g_string_append_c (out, '\n');
}

static void
append_plain_row (GString *out, const char *const *fields, const guint *ends, guint n_columns, guint level)
{
  const char *rest[ASSAY_SUMMARY_MAX_COLUMNS];
  gboolean    more = FALSE;

  memcpy (rest, fields, n_columns * sizeof *rest);
  do
    {
      append_plain_line (out, rest, ends, n_columns, level);
      more = FALSE;
      for (guint i = 0; i < n_columns; i++)
        more = more || *rest[i] != '\0';
    }
  while (more);
}

guint
assay_summary_table_plain (const AssaySummaryTable *self, GString *out)
{
  guint       ends[ASSAY_SUMMARY_MAX_COLUMNS] = { 0 }, width = self->width + (self->shows_trainable ? TRAINABLE_WIDTH : 0);
  const char *nothing[ASSAY_SUMMARY_MAX_COLUMNS] = { "", "", "", "", "" };

  for (guint i = 0; i < self->n_columns; i++)
    ends[i] = self->shows_trainable && i + 1 == self->n_columns ? width : (guint) (self->width * self->positions[i]);
  append_times (out, "_", width);
  g_string_append_c (out, '\n');
  append_plain_row (out, self->header, ends, self->n_columns, 0);
  append_times (out, "=", width);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < self->rows->len; i++)
    {
      const AssaySummaryRow *row = &g_array_index (self->rows, AssaySummaryRow, i);

      append_plain_row (out, (const char *const *) row->fields, ends, self->n_columns, row->level);
      append_plain_row (out, nothing, ends, self->n_columns, row->level);
    }
  append_times (out, "=", width);
  g_string_append_c (out, '\n');
  return width;
}

/* What is too wide is taken from all columns evenly, in rich's way of rounding. */
static void
fit_columns (guint *widths, guint n, guint room)
{
  guint  sum = 0;
  double left;

  for (guint i = 0; i < n; i++)
    sum += widths[i];
  left = sum > room ? sum - room : 0;
  for (guint i = 0; i < n && left > 0; i++)
    {
      double taken = MIN (widths[i], rint (left / (n - i)));

      widths[i] -= taken;
      left -= taken;
    }
}

/* The end of the word that begins at @p, with the blanks before and behind it; @core is where its letters end. */
static const char *
find_word (const char *p, const char **core)
{
  while (*p == ' ')
    p++;
  while (*p != '\0' && *p != ' ')
    p++;
  *core = p;
  while (*p == ' ')
    p++;
  return p;
}

/* Takes one line of a text: as many words as fit. One that fits into no line has a line of its own, and is cut. */
static char *
take_line (const char **text, guint width)
{
  const char      *begin = *text, *p = begin, *core;
  g_autofree char *line = NULL;

  while (*p != '\0')
    {
      const char *next = find_word (p, &core);

      if (p > begin && g_utf8_strlen (begin, core - begin) > (glong) width)
        break;
      p = next;
    }
  line = g_strchomp (g_strndup (begin, p - begin));
  *text = p;
  if (g_utf8_strlen (line, -1) > (glong) width)
    *g_utf8_offset_to_pointer (line, width - 1) = '\0';
  else
    return g_steal_pointer (&line);
  return g_strconcat (line, "…", NULL);
}

typedef enum
{
  LEFT,
  CENTER,
  RIGHT,
} Side;

static void
append_cell (GString *out, const char *line, guint width, Side side)
{
  guint length = g_utf8_strlen (line, -1), blanks = width > length ? width - length : 0;
  guint before = side == LEFT ? 0 : side == RIGHT ? blanks
                                                  : blanks / 2;

  g_string_append_c (out, ' ');
  append_times (out, " ", before);
  g_string_append (out, line);
  append_times (out, " ", blanks - before + 1);
}

static void
append_boxed_row (GString *out, const AssaySummaryTable *self, const char *const *fields, const guint *widths, const char *bar)
{
  const char *rest[ASSAY_SUMMARY_MAX_COLUMNS];
  gboolean    more = TRUE;

  memcpy (rest, fields, self->n_columns * sizeof *rest);
  while (more)
    {
      more = FALSE;
      for (guint i = 0; i < self->n_columns; i++)
        {
          gboolean         is_last = self->shows_trainable && i + 1 == self->n_columns;
          g_autofree char *line = take_line (&rest[i], widths[i] - 2);

          g_string_append (out, bar);
          append_cell (out, line, widths[i] - 2, i == 2 ? RIGHT : is_last ? CENTER
                                                                          : LEFT);
          more = more || *rest[i] != '\0';
        }
      g_string_append_printf (out, "%s\n", bar);
    }
}

static void
append_rule (GString *out, const AssaySummaryTable *self, const guint *widths, const char *const *signs)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      g_string_append (out, i ? signs[2] : signs[0]);
      append_times (out, signs[1], widths[i]);
    }
  g_string_append_printf (out, "%s\n", signs[3]);
}

void
assay_summary_table_boxed (const AssaySummaryTable *self, GString *out)
{
  static const char *const top[] = { "┏", "━", "┳", "┓" }, *const head[] = { "┡", "━", "╇", "┩" }, *const middle[] = { "├", "─", "┼", "┤" },
                           *const bottom[] = { "└", "─", "┴", "┘" };
  guint                           widths[ASSAY_SUMMARY_MAX_COLUMNS], at = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      double position = !self->shows_trainable ? self->positions[i] : i + 1 == self->n_columns ? 1
                                                                                               : self->positions[i] * 0.9;
      guint  end = position * self->width;

      widths[i] = end - at + 2;
      at = end;
    }
  fit_columns (widths, self->n_columns, self->width - self->n_columns - 1);
  append_rule (out, self, widths, top);
  append_boxed_row (out, self, self->header, widths, "┃");
  append_rule (out, self, widths, head);
  for (guint i = 0; i < self->rows->len; i++)
    {
      if (i > 0)
        append_rule (out, self, widths, middle);
      append_boxed_row (out, self, (const char *const *) g_array_index (self->rows, AssaySummaryRow, i).fields, widths, "│");
    }
  append_rule (out, self, widths, bottom);
}
