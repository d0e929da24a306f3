/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "strided-private.h"

#include "clones-private.h"
#include <string.h>

/* Items that one thread should have to move at least. */
#define GRAIN 32768
/* Edge of the squares in which two dimensions are exchanged. */
#define TILE 16

void
strided_add (Strided *self, gint64 dim, gint64 out_stride, gint64 in_stride)
{
  g_return_if_fail (self->rank < STRIDED_MAX_RANK);
  self->dims[self->rank] = dim;
  self->out[self->rank] = out_stride;
  self->in[self->rank++] = in_stride;
}

void
strided_dense (const AssayPartialShape *shape, gint64 *strides)
{
  gint64 stride = 1;

  for (int i = shape->rank - 1; i >= 0; i--)
    {
      strides[i] = stride;
      stride *= MAX (shape->dims[i], 1);
    }
}

/* One row: n items from in to out, each with its step. */
typedef void (*Row) (void *out, const void *in, gint64 out_step, gint64 in_step, gint64 n);

typedef struct
{
  guint64 low, high;
} Item16;

#define ROW(name, type)                                                       \
  static void                                                                 \
  name (void *out, const void *in, gint64 out_step, gint64 in_step, gint64 n) \
  {                                                                           \
    if (out_step == 1 && in_step == 1)                                        \
      memcpy (out, in, n * sizeof (type));                                    \
    else if (out_step == 1 && in_step == 0)                                   \
      for (gint64 i = 0; i < n; i++)                                          \
        ((type *) out)[i] = *(const type *) in;                               \
    else                                                                      \
      for (gint64 i = 0; i < n; i++)                                          \
        ((type *) out)[i * out_step] = ((const type *) in)[i * in_step];      \
  }

ROW (row_1, guint8)
ROW (row_2, guint16)
ROW (row_4, guint32)
ROW (row_8, guint64)
ROW (row_16, Item16)

/* A square of rows × columns: out[r × out_row + c], in[r + c × in_column]. */
typedef void (*Square) (void *out, const void *in, gint64 out_row, gint64 in_column, gint64 rows, gint64 columns);

#define SQUARE(name, type)                                                                        \
  static void                                                                                     \
  name (void *out, const void *in, gint64 out_row, gint64 in_column, gint64 rows, gint64 columns) \
  {                                                                                               \
    for (gint64 r = 0; r < rows; r++)                                                             \
      for (gint64 c = 0; c < columns; c++)                                                        \
        ((type *) out)[r * out_row + c] = ((const type *) in)[r + c * in_column];                 \
  }

SQUARE (square_1, guint8)
SQUARE (square_2, guint16)
SQUARE (square_4, guint32)
SQUARE (square_8, guint64)
SQUARE (square_16, Item16)

typedef struct
{
  gsize       item_size;
  char       *out;
  const char *in;
  Strided     s;
  Row         row;
  Square      square;
  int         turned; /* the dimension along which in is dense, if squares are exchanged */
} Copy;

/* Without dimensions of one item; those that both sides walk evenly become one. */
static void
simplify (Strided *out, const Strided *in)
{
  out->rank = 0;
  for (int i = 0; i < in->rank; i++)
    {
      int k = out->rank - 1;

      if (in->dims[i] == 1)
        continue;
      if (k >= 0 && out->out[k] == in->out[i] * in->dims[i] && out->in[k] == in->in[i] * in->dims[i])
        {
          out->dims[k] *= in->dims[i];
          out->out[k] = in->out[i];
          out->in[k] = in->in[i];
        }
      else
        strided_add (out, in->dims[i], in->out[i], in->in[i]);
    }
  if (out->rank == 0)
    strided_add (out, 1, 1, 1);
}

/* Where row @index of the first @rank dimensions begins. */
static void
find_row (const Copy *self, gsize index, int rank, gint64 *out, gint64 *in)
{
  *out = *in = 0;
  for (int i = rank - 1; i >= 0; i--)
    {
      gint64 at = index % self->s.dims[i];

      index /= self->s.dims[i];
      *out += at * self->s.out[i];
      *in += at * self->s.in[i];
    }
}

static void
copy_rows (gsize first, gsize end, gpointer data)
{
  const Copy *self = data;
  int         last = self->s.rank - 1;

  for (gsize row = first; row < end; row++)
    {
      gint64 out, in;

      find_row (self, row, last, &out, &in);
      self->row (self->out + out * (gint64) self->item_size, self->in + in * (gint64) self->item_size, self->s.out[last], self->s.in[last], self->s.dims[last]);
    }
}

/* A single row that is shared among threads. */
static void
copy_part (gsize first, gsize end, gpointer data)
{
  const Copy *self = data;

  self->row (self->out + (gint64) first * self->s.out[0] * (gint64) self->item_size, self->in + (gint64) first * self->s.in[0] * (gint64) self->item_size,
             self->s.out[0], self->s.in[0], end - first);
}

/* Planes of the last dimension and the turned one (which stands before it), a strip of TILE rows at a time. */
static void
copy_strips (gsize first, gsize end, gpointer data)
{
  const Copy *self = data;
  int         last = self->s.rank - 1, turned = last - 1;
  gint64      rows = self->s.dims[turned], columns = self->s.dims[last];
  gsize       n_strips = (rows + TILE - 1) / TILE;

  for (gsize strip = first; strip < end; strip++)
    {
      gint64 out, in, r = strip % n_strips * TILE;

      find_row (self, strip / n_strips, turned, &out, &in);
      for (gint64 c = 0; c < columns; c += TILE)
        self->square (self->out + (out + r * self->s.out[turned] + c) * (gint64) self->item_size,
                      self->in + (in + r + c * self->s.in[last]) * (gint64) self->item_size, self->s.out[turned], self->s.in[last],
                      MIN (TILE, rows - r), MIN (TILE, columns - c));
    }
}

/* Brings the dimension along which the input is dense next to the last, if there is one and it is worth it. */
static gboolean
find_turned (Strided *s)
{
  int last = s->rank - 1, turned = -1;

  for (int i = 0; i < last; i++)
    if (s->in[i] == 1)
      turned = i;
  if (turned < 0 || s->out[last] != 1 || s->in[last] == 1 || s->in[last] == 0 || s->dims[turned] < 4 || s->dims[last] < 4)
    return FALSE;
  for (int i = turned; i < last - 1; i++)
    {
      gint64 dim = s->dims[i], out = s->out[i], in = s->in[i];

      s->dims[i] = s->dims[i + 1];
      s->out[i] = s->out[i + 1];
      s->in[i] = s->in[i + 1];
      s->dims[i + 1] = dim;
      s->out[i + 1] = out;
      s->in[i + 1] = in;
    }
  return TRUE;
}

static gboolean
choose (Copy *self)
{
  static const struct
  {
    gsize  item_size;
    Row    row;
    Square square;
  } loops[] = {
    { 1, row_1, square_1 },
    { 2, row_2, square_2 },
    { 4, row_4, square_4 },
    { 8, row_8, square_8 },
    { 16, row_16, square_16 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (loops); i++)
    if (loops[i].item_size == self->item_size)
      {
        self->row = loops[i].row;
        self->square = loops[i].square;
      }
  return self->row != NULL;
}

void
strided_copy (AssayWorkspace *workspace, gsize item_size, void *out, const void *in, const Strided *strided)
{
  Copy  work = { .item_size = item_size, .out = out, .in = in };
  gsize n_rows = 1;
  int   last;

  for (int i = 0; i < strided->rank; i++)
    if (strided->dims[i] == 0)
      return;
  simplify (&work.s, strided);
  last = work.s.rank - 1;
  if (!choose (&work))
    g_assert_not_reached ();
  if (work.s.rank == 1)
    {
      assay_parallel (workspace, work.s.dims[0], GRAIN, copy_part, &work);
      return;
    }
  if (find_turned (&work.s))
    {
      for (int i = 0; i < last - 1; i++)
        n_rows *= work.s.dims[i];
      n_rows *= (work.s.dims[last - 1] + TILE - 1) / TILE;
      assay_parallel (workspace, n_rows, MAX (GRAIN / (TILE * work.s.dims[last]), 1), copy_strips, &work);
      return;
    }
  for (int i = 0; i < last; i++)
    n_rows *= work.s.dims[i];
  assay_parallel (workspace, n_rows, MAX (GRAIN / work.s.dims[last], 1), copy_rows, &work);
}

void
strided_fill (AssayWorkspace *workspace, gsize item_size, void *out, const void *item, gsize n)
{
  Strided s = { 0 };

  strided_add (&s, n, 1, 0);
  strided_copy (workspace, item_size, out, item, &s);
}
