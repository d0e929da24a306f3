/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "heat-colors-private.h"

#include <math.h>

#define N_STEPS 512

/* Equally spaced from −1 to 1; lightness falls evenly to both sides, so that they are told apart without colours too. */
static const guint8 stops[9][3] = {
  { 13, 70, 140 },
  { 45, 113, 182 },
  { 112, 160, 206 },
  { 182, 207, 228 },
  { 246, 246, 246 },
  { 237, 197, 199 },
  { 218, 130, 136 },
  { 196, 52, 66 },
  { 148, 10, 30 },
};

static guint32 table[N_STEPS + 1];

static guint32
pack (double r, double g, double b)
{
  return 0xff000000u | (guint32) b << 16 | (guint32) g << 8 | (guint32) r;
}

static void
fill_table (void)
{
  for (int i = 0; i <= N_STEPS; i++)
    {
      double        at = (double) i * 8 / N_STEPS;
      int           low = MIN ((int) at, 7);
      double        part = at - low;
      const guint8 *a = stops[low];
      const guint8 *b = stops[low + 1];

      table[i] = pack (a[0] + part * (b[0] - a[0]) + 0.5, a[1] + part * (b[1] - a[1]) + 0.5, a[2] + part * (b[2] - a[2]) + 0.5);
    }
}

guint32
assay_heat_color (double value, double bound)
{
  static gsize ready;
  double       at;

  if (g_once_init_enter (&ready))
    {
      fill_table ();
      g_once_init_leave (&ready, 1);
    }
  if (isnan (value))
    return pack (255, 200, 0);
  at = (value / bound + 1) / 2 * N_STEPS;
  return table[at <= 0 ? 0 : at >= N_STEPS ? N_STEPS
                                           : (int) (at + 0.5)];
}

guint32
assay_heat_color_unknown (void)
{
  return pack (128, 128, 128) & 0x40ffffffu;
}
