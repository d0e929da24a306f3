/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define MAX_READ (G_GUINT64_CONSTANT (4) << 30)

static gboolean
fail_syntax (const char *part, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” is no index or slice"), part);
  return FALSE;
}

static gboolean
parse_number (const char *text, gint64 *value)
{
  char            *end;
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (*stripped == '\0')
    return FALSE;
  *value = g_ascii_strtoll (stripped, &end, 10);
  return *end == '\0';
}

/* An index: from the end if it is negative. */
static gboolean
take_index (const char *part, guint64 size, CliSlice *slice, guint axis, GError **error)
{
  gint64 index;

  if (!parse_number (part, &index))
    return fail_syntax (part, error);
  if (index < 0)
    index += size;
  if (index < 0 || (guint64) index >= size)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("Index %s is outside axis %u, which has %" PRIu64 " elements"), part, axis, size);
      return FALSE;
    }
  slice->start[axis] = index;
  slice->step[axis] = 1;
  slice->count[axis] = 1;
  slice->dropped[axis] = TRUE;
  return TRUE;
}

/* Python's rules for start, stop and step (PySlice_AdjustIndices). */
static gboolean
take_range (const char *part, guint64 size, CliSlice *slice, guint axis, GError **error)
{
  g_auto (GStrv) bounds = g_strsplit (part, ":", -1);
  guint    n = g_strv_length (bounds);
  gint64   length = size, step = 1, start, stop;
  gboolean has_start, has_stop;

  for (guint i = 0; i < n; i++)
    g_strstrip (bounds[i]);
  if (n > 3 || (n == 3 && *bounds[2] && !parse_number (bounds[2], &step)) || step == 0)
    return fail_syntax (part, error);
  has_start = *bounds[0] != '\0';
  has_stop = *bounds[1] != '\0';
  if ((has_start && !parse_number (bounds[0], &start)) || (has_stop && !parse_number (bounds[1], &stop)))
    return fail_syntax (part, error);
  if (!has_start)
    start = step > 0 ? 0 : length - 1;
  else
    {
      start += start < 0 ? length : 0;
      start = step > 0 ? CLAMP (start, 0, length) : CLAMP (start, -1, length - 1);
    }
  if (!has_stop)
    stop = step > 0 ? length : -1;
  else
    {
      stop += stop < 0 ? length : 0;
      stop = step > 0 ? CLAMP (stop, 0, length) : CLAMP (stop, -1, length - 1);
    }
  slice->step[axis] = step;
  slice->count[axis] = step > 0 ? (stop > start ? (stop - start - 1) / step + 1 : 0) : (start > stop ? (start - stop - 1) / -step + 1 : 0);
  slice->start[axis] = slice->count[axis] ? start : 0;
  return TRUE;
}

static void
take_all (guint64 size, CliSlice *slice, guint axis)
{
  slice->start[axis] = 0;
  slice->step[axis] = 1;
  slice->count[axis] = size;
}

gboolean
cli_slice_parse (const char *text, guint rank, const guint64 *shape, CliSlice *slice, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);
  guint n = g_strv_length (parts), axis = 0, n_ellipsis = 0;

  memset (slice, 0, sizeof *slice);
  slice->rank = rank;
  if (n == 1 && *g_strstrip (parts[0]) == '\0')
    n = 0;
  for (guint i = 0; i < n; i++)
    n_ellipsis += strcmp (g_strstrip (parts[i]), "...") == 0;
  if (n_ellipsis > 1 || n - n_ellipsis > rank)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” has too many indices for %u dimensions"), text, rank);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      if (strcmp (parts[i], "...") == 0)
        {
          for (guint k = 0; k < rank - (n - 1); k++, axis++)
            take_all (shape[axis], slice, axis);
          continue;
        }
      if (!(strchr (parts[i], ':') ? take_range : take_index) (parts[i], shape[axis], slice, axis, error))
        return FALSE;
      axis++;
    }
  for (; axis < rank; axis++)
    take_all (shape[axis], slice, axis);
  return TRUE;
}

guint64
cli_slice_n_elements (const CliSlice *slice)
{
  guint64 n = 1;

  for (guint i = 0; i < slice->rank; i++)
    n *= slice->count[i];
  return n;
}

guint
cli_slice_get_shape (const CliSlice *slice, guint64 *shape)
{
  guint rank = 0;

  for (guint i = 0; i < slice->rank; i++)
    if (!slice->dropped[i])
      shape[rank++] = slice->count[i];
  return rank;
}

/* The smallest box that has all of the slice. */
static void
get_box (const CliSlice *slice, guint64 *start, guint64 *count)
{
  for (guint i = 0; i < slice->rank; i++)
    {
      guint64 span = slice->count[i] ? (slice->count[i] - 1) * (guint64) ABS (slice->step[i]) : 0;

      start[i] = slice->step[i] > 0 ? slice->start[i] : slice->start[i] - span;
      count[i] = slice->count[i] ? span + 1 : 0;
    }
}

/* Position in the box of the slice's n-th element. */
static guint64
place_in_box (const CliSlice *slice, const guint64 *box, guint64 n)
{
  guint64 index[ASSAY_MAX_RANK];

  assay_shape_index (slice->rank, slice->count, n, index);
  for (guint i = 0; i < slice->rank; i++)
    index[i] = slice->step[i] > 0 ? index[i] * slice->step[i] : (slice->count[i] - 1 - index[i]) * (guint64) -slice->step[i];
  return assay_shape_flat (slice->rank, box, index);
}

GBytes *
cli_slice_read (AssaySource *source, const CliSlice *slice, GError **error)
{
  guint32            item_size = assay_source_get_item_size (source);
  guint64            start[ASSAY_MAX_RANK], box[ASSAY_MAX_RANK], n = cli_slice_n_elements (slice), n_box = 1;
  g_autofree guint8 *whole = NULL, *out = NULL;

  get_box (slice, start, box);
  for (guint i = 0; i < slice->rank; i++)
    n_box *= box[i];
  if (n_box > MAX_READ / MAX (item_size, 1))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("%" PRIu64 " elements are too many to show; choose a slice"), n_box);
      return NULL;
    }
  whole = g_malloc (MAX (n_box * item_size, 1));
  if (!assay_source_read (source, start, box, whole, NULL, error))
    return NULL;
  if (n == n_box && slice->rank > 0)
    {
      gboolean forwards = TRUE;

      for (guint i = 0; i < slice->rank; i++)
        forwards = forwards && (slice->step[i] > 0 || slice->count[i] == 1);
      if (forwards)
        return g_bytes_new_take (g_steal_pointer (&whole), n * item_size);
    }
  out = g_malloc (MAX (n * item_size, 1));
  for (guint64 i = 0; i < n; i++)
    memcpy (out + i * item_size, whole + place_in_box (slice, box, i) * item_size, item_size);
  return g_bytes_new_take (g_steal_pointer (&out), n * item_size);
}

GPtrArray *
cli_slice_read_strings (AssaySource *source, const CliSlice *slice, GError **error)
{
  guint64 start[ASSAY_MAX_RANK], box[ASSAY_MAX_RANK], n = cli_slice_n_elements (slice);
  g_autoptr (GPtrArray) whole = NULL;
  GPtrArray *out;

  get_box (slice, start, box);
  whole = assay_source_read_strings (source, start, box, NULL, error);
  if (whole == NULL)
    return NULL;
  out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (out, g_bytes_ref (whole->pdata[place_in_box (slice, box, i)]));
  return out;
}
