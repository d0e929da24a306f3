/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The heat map of 10⁹ elements: first picture within 0.2 s, then at most 16 ms of the main thread a frame while panning and
 * zooming. The peer is the same frame with the picture made in the main thread. */

#include "heat-map-private.h"

#include "../tests/window/ramp-source.h"

#include <adwaita.h>
#include <assay/pyramid.h>
#include <stdlib.h>

#define N_FRAMES 200
#define FIRST_MS 200.0
#define FRAME_MS 16.0

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* A frame: what an input event makes us do, what the main loop brings, and drawing. */
static double
frame_ms (GtkWidget *map, int i)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  assay_heat_map_zoom (ASSAY_HEAT_MAP (map), i % 40 < 20 ? 1.2 : 1 / 1.2);
  GTK_WIDGET_GET_CLASS (map)->snapshot (map, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_clear_pointer (&node, gsk_render_node_unref);
  return (double) (g_get_monotonic_time () - begin) / 1000;
}

static double
peer_ms (AssayPyramid *pyramid)
{
  AssayPyramidView   view = { 0, 0, 31250, 32000, 1240, 700 };
  gsize              n = (gsize) view.width * view.height;
  g_autofree float  *min = g_new (float, n);
  g_autofree float  *max = g_new (float, n);
  g_autofree guint8 *flags = g_new (guint8, n);
  gint64             begin = g_get_monotonic_time ();

  assay_pyramid_sample (pyramid, &view, min, max, flags);
  return (double) (g_get_monotonic_time () - begin) / 1000;
}

static double
first_picture_ms (GtkWidget *map, AssaySource *source)
{
  AssaySlice slice;
  gint64     begin;

  assay_slice_init (&slice, source);
  begin = g_get_monotonic_time ();
  assay_heat_map_set (ASSAY_HEAT_MAP (map), source, &slice, FALSE);
  while (assay_heat_map_get_bound (ASSAY_HEAT_MAP (map)) <= 0 && g_get_monotonic_time () - begin < 5 * G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);
  return (double) (g_get_monotonic_time () - begin) / 1000;
}

int
main (int argc, char **argv)
{
  g_autoptr (AssaySource) source = NULL;
  g_autoptr (AssayPyramid) pyramid = NULL;
  GtkWidget *window;
  GtkWidget *map;
  double     frames[N_FRAMES];
  double     first;

  if (!gtk_init_check ())
    {
      g_print ("no display: skipped\n");
      return 77;
    }
  adw_init ();
  source = ramp_source_new (31250, 32000, G_MAXUINT64);
  window = gtk_window_new ();
  map = assay_heat_map_new ();
  gtk_window_set_child (GTK_WINDOW (window), map);
  gtk_window_set_default_size (GTK_WINDOW (window), 1240, 700);
  gtk_window_present (GTK_WINDOW (window));
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  first = first_picture_ms (map, source);
  for (int i = 0; i < N_FRAMES; i++)
    {
      gint64 end = g_get_monotonic_time () + 16000;

      frames[i] = frame_ms (map, i);
      while (g_get_monotonic_time () < end)
        g_main_context_iteration (NULL, FALSE);
    }
  qsort (frames, N_FRAMES, sizeof (double), compare_doubles);
  pyramid = assay_pyramid_new (source, 0, 1, NULL);
  g_print ("first picture %6.1f ms (at most %.0f)\n", first, FIRST_MS);
  g_print ("frames        median %5.2f ms   p99 %5.2f ms (at most %.0f)\n", frames[N_FRAMES / 2], frames[N_FRAMES * 99 / 100], FRAME_MS);
  g_print ("peer          %5.2f ms: sampling one picture in the main thread\n", peer_ms (pyramid));
  gtk_window_destroy (GTK_WINDOW (window));
  return first <= FIRST_MS && frames[N_FRAMES * 99 / 100] <= FRAME_MS ? EXIT_SUCCESS : EXIT_FAILURE;
}
