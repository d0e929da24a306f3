/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A heat map of a billion float32: how long until the first picture, and what sampling takes a frame while panning and
 * zooming, refined and not. The values are a map of zeros, so this is our own work without the disk's. Fails if the first
 * picture takes more than 0.2 s, or the slowest of a hundred frames more than 16 ms. */

#include <assay/memory-source.h>
#include <assay/pyramid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define N_ROWS 31623
#define N_COLUMNS 31623
#define WIDTH 1400
#define HEIGHT 900
#define N_FRAMES 400

static void
first_cb (AssayPyramid *pyramid, gpointer data)
{
  gint64 *first = data;

  if (*first == 0)
    *first = g_get_monotonic_time ();
}

static AssaySource *
make_source (void)
{
  guint64 shape[] = { N_ROWS, N_COLUMNS };
  gsize   size = shape[0] * shape[1] * sizeof (float);
  void   *zeros = mmap (NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (GBytes) bytes = NULL;

  if (zeros == MAP_FAILED)
    g_error ("mmap: %s", g_strerror (errno));
  bytes = g_bytes_new_static (zeros, size);
  return assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, sizeof (float), NULL, 2, shape, bytes);
}

/* Zooms in from everything to some elements while panning, and back. */
static AssayPyramidView
get_view (int frame)
{
  double along = frame < N_FRAMES / 2 ? frame : N_FRAMES - frame, zoom = 1;

  for (int i = 0; i < along; i++)
    zoom *= 0.96;
  return (AssayPyramidView){
    .row = N_ROWS * 0.3 * (1 - zoom) + along,
    .column = N_COLUMNS * 0.7 * (1 - zoom) + along,
    .n_rows = N_ROWS * zoom,
    .n_columns = N_COLUMNS * zoom,
    .width = WIDTH,
    .height = HEIGHT,
  };
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
sample_frames (AssayPyramid *pyramid, gboolean refined, const char *what)
{
  g_autofree float  *min = g_new (float, WIDTH *HEIGHT);
  g_autofree float  *max = g_new (float, WIDTH *HEIGHT);
  g_autofree guint8 *flags = g_new0 (guint8, WIDTH * HEIGHT);
  double             times[N_FRAMES], slowest;

  for (int frame = 0; frame < N_FRAMES; frame++)
    {
      AssayPyramidView view = get_view (frame);
      gint64           begin;

      if (refined)
        assay_pyramid_refine (pyramid, &view, 2, NULL, NULL, NULL, NULL);
      begin = g_get_monotonic_time ();
      assay_pyramid_sample (pyramid, &view, min, max, flags);
      times[frame] = (g_get_monotonic_time () - begin) / 1e3;
    }
  qsort (times, N_FRAMES, sizeof (double), compare);
  slowest = times[N_FRAMES * 99 / 100];
  printf ("%-28s median %5.2f ms, p99 %5.2f ms (wanted: 16)\n", what, times[N_FRAMES / 2], slowest);
  return slowest;
}

int
main (void)
{
  g_autoptr (AssaySource) source = make_source ();
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, 0, 1, NULL);
  AssayPyramidView all = { 0, 0, N_ROWS, N_COLUMNS, WIDTH, HEIGHT };
  gint64           begin = g_get_monotonic_time (), first = 0;
  double           coarse, fine;

  assay_pyramid_refine (pyramid, &all, 2, NULL, first_cb, &first, NULL);
  printf ("first picture of 10^9 elements after %.1f ms (wanted: 200), all of it after %.0f ms\n", (first - begin) / 1e3,
          (g_get_monotonic_time () - begin) / 1e3);
  coarse = sample_frames (pyramid, FALSE, "frames, details not there");
  fine = sample_frames (pyramid, TRUE, "frames, refined");
  return first - begin <= 200000 && coarse <= 16 && fine <= 16 ? EXIT_SUCCESS : EXIT_FAILURE;
}
