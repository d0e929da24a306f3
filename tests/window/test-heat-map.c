/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "heat-map-private.h"

#include "heat-colors-private.h"
#include "ramp-source.h"

#include <adwaita.h>
#include <string.h>

static GdkTexture *
wait_texture (AssayHeatMap *map, GdkTexture *not_this)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while ((assay_heat_map_get_texture (map) == NULL || assay_heat_map_get_texture (map) == not_this) && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  return assay_heat_map_get_texture (map);
}

static void
spin (int ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
}

static guint
count_pixels (GdkTexture *texture, guint32 color)
{
  gsize               width = (gsize) gdk_texture_get_width (texture);
  gsize               height = (gsize) gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);
  guint               n = 0;
  /* gdk_texture_download() gives premultiplied BGRA. */
  guint32 wanted = (color & 0xff00ff00u) | (color & 0xff) << 16 | (color >> 16 & 0xff);

  gdk_texture_download (texture, (guchar *) pixels, width * 4);
  for (gsize i = 0; i < width * height; i++)
    n += pixels[i] == wanted;
  return n;
}

/* One NaN among 25 million values must not be lost, whatever the zoom. */
static void
test_no_spike_is_lost (void)
{
  g_autoptr (AssaySource) source = ramp_source_new (5000, 5000, 12345678);
  GtkWidget    *window = gtk_window_new ();
  AssayHeatMap *map = ASSAY_HEAT_MAP (assay_heat_map_new ());
  AssaySlice    slice;
  gint64        end;

  assay_slice_init (&slice, source);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (map));
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 200);
  assay_heat_map_set (map, source, &slice, FALSE);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_nonnull (wait_texture (map, NULL));
  end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (count_pixels (assay_heat_map_get_texture (map), assay_heat_color (NAN, 1)) == 0 && g_get_monotonic_time () < end)
    spin (50);
  g_assert_cmpuint (count_pixels (assay_heat_map_get_texture (map), assay_heat_color (NAN, 1)), >, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_zoom_stays_inside (void)
{
  g_autoptr (AssaySource) source = ramp_source_new (16, 32, G_MAXUINT64);
  GtkWidget    *window = gtk_window_new ();
  AssayHeatMap *map = ASSAY_HEAT_MAP (assay_heat_map_new ());
  AssaySlice    slice;
  GdkTexture   *texture;

  assay_slice_init (&slice, source);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (map));
  gtk_window_set_default_size (GTK_WINDOW (window), 320, 160);
  assay_heat_map_set (map, source, &slice, FALSE);
  gtk_window_present (GTK_WINDOW (window));
  texture = wait_texture (map, NULL);
  g_assert_nonnull (texture);
  spin (300);
  for (int i = 0; i < 40; i++)
    assay_heat_map_zoom (map, 1.5);
  spin (300);
  for (int i = 0; i < 40; i++)
    assay_heat_map_zoom (map, 0.5);
  spin (300);
  texture = assay_heat_map_get_texture (map);
  /* All is seen again, nothing beside it. */
  g_assert_cmpuint (count_pixels (texture, 0), ==, 0);
  g_assert_cmpfloat (assay_heat_map_get_bound (map), >, 0.5);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/heat-map/no-spike-is-lost", test_no_spike_is_lost);
  g_test_add_func ("/heat-map/zoom-stays-inside", test_zoom_stays_inside);
  return g_test_run ();
}
