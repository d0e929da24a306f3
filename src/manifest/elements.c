/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Moving elements about: byte order, boxes. */

#include "extent-source-private.h"

#include <string.h>

void
assay_swap_elements (void *data, gsize n_bytes, guint swap_size)
{
  guint8 *p = data;

  switch (swap_size)
    {
    case 2:
      for (gsize i = 0; i + 2 <= n_bytes; i += 2)
        {
          guint8 first = p[i];

          p[i] = p[i + 1];
          p[i + 1] = first;
        }
      break;
    case 4:
    case 8:
    case 16:
      for (gsize i = 0; i + swap_size <= n_bytes; i += swap_size)
        for (guint b = 0; b < swap_size / 2; b++)
          {
            guint8 first = p[i + b];

            p[i + b] = p[i + swap_size - 1 - b];
            p[i + swap_size - 1 - b] = first;
          }
      break;
    default:
      break;
    }
}

void
assay_scatter_box (void          *out,
                   const void    *in,
                   gsize          item_size,
                   guint          rank,
                   const guint64 *shape,
                   const guint64 *start,
                   const guint64 *count,
                   const guint64 *in_shape)
{
  guint64 index[ASSAY_MAX_RANK] = { 0 };
  gsize   run = (rank ? count[rank - 1] : 1) * item_size;

  for (;;)
    {
      guint   axis = rank ? rank - 1 : 0;
      guint64 to = 0, from = 0;

      for (guint i = 0; i < rank; i++)
        {
          to = to * shape[i] + start[i] + index[i];
          from = from * in_shape[i] + index[i];
        }
      memcpy ((guint8 *) out + to * item_size, (const guint8 *) in + from * item_size, run);
      while (axis > 0 && ++index[axis - 1] == count[axis - 1])
        index[--axis] = 0;
      if (axis == 0)
        return;
    }
}
