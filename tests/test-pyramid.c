/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../src/tensor/pyramid-private.h"

#include <assay/convert.h>
#include <assay/memory-source.h>
#include <assay/overlay.h>
#include <math.h>

typedef struct
{
  guint   width, height;
  float  *min, *max;
  guint8 *flags;
} Picture;

static void
picture_clear (Picture *picture)
{
  g_free (picture->min);
  g_free (picture->max);
  g_free (picture->flags);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static gboolean
take_picture (AssayPyramid *pyramid, const AssayPyramidView *view, Picture *picture)
{
  gsize n = (gsize) view->width * view->height;

  picture_clear (picture);
  picture->width = view->width;
  picture->height = view->height;
  picture->min = g_new (float, n);
  picture->max = g_new (float, n);
  picture->flags = g_new (guint8, n);
  return assay_pyramid_sample (pyramid, view, picture->min, picture->max, picture->flags);
}

/* Smooth noise with rare spikes and NaNs, the same each time. */
static AssaySource *
make_source (AssayDtype dtype, guint rank, const guint64 *shape, gboolean with_nan)
{
  gsize item_size = assay_dtype_get_info (dtype)->item_size;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree double *values = NULL;
  guint32            state = 1;
  guint64            n;
  guint8            *data;

  g_assert_true (assay_shape_n_elements (rank, shape, &n));
  values = g_new (double, MAX (n, 1));
  for (guint64 i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      values[i] = (state >> 16) % 50;
      if (state >> 16 == 7)
        values[i] = 100 + i % 20;
      else if (with_nan && state >> 16 == 8)
        values[i] = NAN;
    }
  data = g_malloc (MAX (n * item_size, 1));
  assay_convert_from_double (dtype, values, data, n, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (data, n * item_size);
  return assay_memory_source_new_for_bytes (dtype, item_size, NULL, rank, shape, bytes);
}

/* What rows a pixel covers, as the header says. */
static void
get_cover (double from, double length, guint n_pixels, guint pixel, double n, double *first, double *end)
{
  double step = length / n_pixels;

  *first = floor (from + (step < 1 ? pixel + 0.5 : pixel) * step);
  *end = step < 1 ? *first + 1 : pixel + 1 < n_pixels ? floor (from + (pixel + 1) * step)
                                                      : ceil (from + length);
  *first = MAX (*first, 0);
  *end = MIN (*end, n);
}

/* Compares each pixel with all elements that it covers. With slack, blocks of that many rows and columns may have
 * brought in surroundings; what is covered must be there in any case. */
static void
assert_right (AssayPyramid           *pyramid,
              const AssayPyramidView *view,
              const Picture          *picture,
              const double           *values, /* of the rows and columns, row-major */
              double                  row_slack,
              double                  column_slack)
{
  double n_rows = assay_pyramid_get_n_rows (pyramid), n_columns = assay_pyramid_get_n_columns (pyramid);

  for (guint y = 0; y < view->height; y++)
    for (guint x = 0; x < view->width; x++)
      {
        double   low = INFINITY, high = -INFINITY, outer_low = INFINITY, outer_high = -INFINITY, r0, r1, c0, c1;
        gboolean nan = FALSE, outer_nan = FALSE;
        gsize    at = (gsize) y * view->width + x;

        get_cover (view->row, view->n_rows, view->height, y, n_rows, &r0, &r1);
        get_cover (view->column, view->n_columns, view->width, x, n_columns, &c0, &c1);
        if (r0 >= r1 || c0 >= c1)
          {
            g_assert_cmpuint (picture->flags[at], ==, ASSAY_PIXEL_OUTSIDE);
            g_assert_true (isnan (picture->min[at]) && isnan (picture->max[at]));
            continue;
          }
        for (double r = MAX (r0 - row_slack, 0); r < MIN (r1 + row_slack, n_rows); r++)
          for (double c = MAX (c0 - column_slack, 0); c < MIN (c1 + column_slack, n_columns); c++)
            {
              double   value = values[(gsize) (r * n_columns + c)];
              gboolean inside = r >= r0 && r < r1 && c >= c0 && c < c1;

              outer_nan |= isnan (value);
              outer_low = fmin (outer_low, value);
              outer_high = fmax (outer_high, value);
              if (!inside)
                continue;
              nan |= isnan (value);
              low = fmin (low, value);
              high = fmax (high, value);
            }
        g_assert_true (!nan || (picture->flags[at] & ASSAY_PIXEL_NAN));
        g_assert_true (outer_nan || !(picture->flags[at] & ASSAY_PIXEL_NAN));
        if (low > high && row_slack == 0)
          {
            g_assert_true (isnan (picture->min[at]) && isnan (picture->max[at]));
            continue;
          }
        if (isnan (picture->min[at]))
          g_assert_true (low > high);
        else if (!(picture->min[at] <= low && picture->min[at] >= outer_low && picture->max[at] >= high &&
                   picture->max[at] <= outer_high))
          g_error ("pixel %u, %u: %g to %g, not %g to %g", y, x, picture->min[at], picture->max[at], low, high);
      }
}

static void
refine (AssayPyramid *pyramid, const AssayPyramidView *view)
{
  g_autoptr (GError) error = NULL;

  assay_pyramid_refine (pyramid, view, 2, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static double *
read_plane (AssaySource *source, guint row_axis, guint column_axis, const guint64 *index)
{
  guint          rank = assay_source_get_rank (source);
  const guint64 *shape = assay_source_get_shape (source);
  guint64        n_rows = row_axis == G_MAXUINT ? 1 : shape[row_axis], n_columns = column_axis == G_MAXUINT ? 1 : shape[column_axis];
  double        *values = g_new (double, n_rows *n_columns);
  gsize          item_size = assay_source_get_item_size (source);
  AssaySourceMap map;

  g_assert_true (assay_source_map_flat (source, 0, assay_source_get_n_elements (source), &map, NULL));
  for (guint64 r = 0; r < n_rows; r++)
    for (guint64 c = 0; c < n_columns; c++)
      {
        guint64 at[4];

        for (guint i = 0; i < rank; i++)
          at[i] = i == row_axis ? r : i == column_axis ? c
                                                       : index[i];
        assay_convert_to_double (assay_source_get_dtype (source),
                                 (const guint8 *) map.data + assay_shape_flat (rank, shape, at) * item_size,
                                 &values[r * n_columns + c], 1);
      }
  return values;
}

/* Every pixel of small planes is exact, whichever axes, at many zooms. */
static void
test_pyramid_small_is_exact (void)
{
  static const guint64    shape[] = { 30, 4, 50, 70 }, index[] = { 3, 2, 7, 11 };
  static const guint      axes[][2] = { { 0, 3 }, { 3, 0 }, { 2, 3 }, { 3, 2 }, { 0, 1 }, { 1, 2 }, { 2, G_MAXUINT }, { G_MAXUINT, 3 }, { G_MAXUINT, G_MAXUINT } };
  static const AssayDtype dtypes[] = { ASSAY_DTYPE_FLOAT32, ASSAY_DTYPE_FLOAT64, ASSAY_DTYPE_BFLOAT16, ASSAY_DTYPE_INT8 };

  for (gsize d = 0; d < G_N_ELEMENTS (dtypes); d++)
    {
      g_autoptr (AssaySource) source = make_source (dtypes[d], 4, shape, dtypes[d] != ASSAY_DTYPE_INT8);

      for (gsize a = 0; a < G_N_ELEMENTS (axes); a++)
        {
          g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, axes[a][0], axes[a][1], index);
          g_autofree double *values = read_plane (source, axes[a][0], axes[a][1], index);
          double             n_rows = assay_pyramid_get_n_rows (pyramid), n_columns = assay_pyramid_get_n_columns (pyramid);
          AssayPyramidView   views[] = {
              { 0, 0, n_rows, n_columns, 7, 5 },
              { 0, 0, n_rows, n_columns, 200, 151 },
              { -3, -2.5, n_rows + 9, n_columns + 4, 33, 20 },
              { n_rows / 3, n_columns / 3, 2.5, 3.7, 64, 48 },
              { n_rows + 1, 0, 4, 4, 5, 5 },
              { 0, 0, n_rows, n_columns, 1, 1 },
          };

          for (gsize v = 0; v < G_N_ELEMENTS (views); v++)
            {
              g_auto (Picture) picture = { 0 };

              refine (pyramid, &views[v]);
              g_assert_true (take_picture (pyramid, &views[v], &picture));
              assert_right (pyramid, &views[v], &picture, values, 0, 0);
            }
        }
    }
}

/* A plane of 9 million elements: blocks are larger than elements, details come when they are looked at. */
static void
test_pyramid_large_loses_nothing (void)
{
  static const guint64 shape[] = { 2500, 3600 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_FLOAT32, 2, shape, TRUE);

  for (guint turned = 0; turned < 2; turned++)
    {
      g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, turned, 1 - turned, NULL);
      g_autofree double *values = read_plane (source, turned, 1 - turned, NULL);
      double             n_rows = assay_pyramid_get_n_rows (pyramid), n_columns = assay_pyramid_get_n_columns (pyramid);
      AssayPyramidView   all = { 0, 0, n_rows, n_columns, 180, 140 }, near = { 1000.25, 2000.5, 90, 120, 180, 140 };
      AssayPyramidView   middle = { 700, 100, 500, 500, 180, 140 };
      g_auto (Picture) picture = { 0 };

      g_assert_false (take_picture (pyramid, &all, &picture));
      for (gsize i = 0; i < 180 * 140; i++)
        g_assert_cmpuint (picture.flags[i], ==, ASSAY_PIXEL_UNKNOWN);
      refine (pyramid, &all);
      g_assert_true (take_picture (pyramid, &all, &picture));
      assert_right (pyramid, &all, &picture, values, 4, 4);
      /* Near: coarse at first, still without a loss; then exact. */
      g_assert_false (take_picture (pyramid, &near, &picture));
      assert_right (pyramid, &near, &picture, values, 4, 4);
      refine (pyramid, &near);
      g_assert_true (take_picture (pyramid, &near, &picture));
      assert_right (pyramid, &near, &picture, values, 0, 0);
      refine (pyramid, &middle);
      g_assert_true (take_picture (pyramid, &middle, &picture));
      assert_right (pyramid, &middle, &picture, values, 2, 2);
    }
}

typedef struct
{
  AssayJob *job;
  int       n_calls;
} Watch;

static void
cancel_cb (AssayPyramid *pyramid, gpointer data)
{
  Watch *watch = data;

  g_atomic_int_inc (&watch->n_calls);
  if (watch->job != NULL)
    assay_job_cancel (watch->job);
}

/* The preview is there before anything else, and cancelling keeps what is done. */
static void
test_pyramid_previews_and_cancels (void)
{
  static const guint64 shape[] = { 2500, 3600 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_FLOAT32, 2, shape, FALSE);
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, 0, 1, NULL);
  g_autoptr (AssayJob) job = assay_job_new ("test");
  AssayPyramidView view = { 0, 0, 2500, 3600, 100, 100 };
  Watch            watch = { job, 0 };
  g_autoptr (GError) error = NULL;
  g_auto (Picture) picture = { 0 };
  float min, max;

  g_assert_false (assay_pyramid_get_extremes (pyramid, &min, &max));
  g_assert_false (assay_pyramid_refine (pyramid, &view, 1, job, cancel_cb, &watch, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (watch.n_calls, ==, 1);
  g_assert_false (take_picture (pyramid, &view, &picture));
  for (gsize i = 0; i < 10000; i++)
    {
      g_assert_cmpuint (picture.flags[i], ==, ASSAY_PIXEL_COARSE);
      g_assert_true (picture.min[i] >= 0 && picture.max[i] < 120 && picture.min[i] <= picture.max[i]);
    }
  watch = (Watch){ NULL, 0 };
  g_assert_true (assay_pyramid_refine (pyramid, &view, 2, NULL, cancel_cb, &watch, NULL));
  g_assert_cmpint (watch.n_calls, >=, 1);
  g_assert_true (take_picture (pyramid, &view, &picture));
  g_assert_true (assay_pyramid_get_extremes (pyramid, &min, &max));
  g_assert_cmpfloat (min, ==, 0);
  g_assert_cmpfloat (max, >=, 100);
}

/* An edited plane can't be mapped as a whole; the edit shows nevertheless. */
static void
test_pyramid_over_overlay (void)
{
  static const guint64 shape[] = { 2100, 1100 };
  g_autoptr (AssaySource) base = make_source (ASSAY_DTYPE_FLOAT32, 2, shape, FALSE);
  g_autoptr (GBytes) value = g_bytes_new (&(float){ 1000 }, 4);
  g_autoptr (AssaySource) source = assay_overlay_new (base, (guint64[]){ 1234, 567 }, (guint64[]){ 1, 1 }, value, NULL);
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, 0, 1, NULL);
  AssayPyramidView view = { 0, 0, 2100, 1100, 21, 11 };
  g_auto (Picture) picture = { 0 };
  int n = 0;

  refine (pyramid, &view);
  g_assert_true (take_picture (pyramid, &view, &picture));
  for (int i = 0; i < 21 * 11; i++)
    n += picture.max[i] == 1000;
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpfloat (picture.max[6 * 21 + 10], ==, 1000);
}

static void
test_pyramid_of_nothing (void)
{
  static const guint64 shape[] = { 0, 3 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_FLOAT32, 2, shape, FALSE);
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, 0, 1, NULL);
  AssayPyramidView view = { 0, 0, 2, 3, 2, 3 };
  g_auto (Picture) picture = { 0 };

  refine (pyramid, &view);
  g_assert_true (take_picture (pyramid, &view, &picture));
  for (int i = 0; i < 6; i++)
    g_assert_cmpuint (picture.flags[i], ==, ASSAY_PIXEL_OUTSIDE);
}

static gsize
count_bytes (AssayPyramid *pyramid)
{
  gsize n = pyramid->detail_bytes + (pyramid->preview ? pyramid->preview->n_bytes : 0);

  for (guint64 i = 0; i < pyramid->n_base_rows * pyramid->n_base_columns; i++)
    n += pyramid->base[i] ? pyramid->base[i]->n_bytes : 0;
  return n;
}

/* Panning about keeps within the 64 MB. */
static void
test_pyramid_memory_is_bounded (void)
{
  static const guint64 shape[] = { 5000, 6000 };
  g_autofree guint8   *zeros = g_malloc0 (30000000);
  g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, 30000000);
  g_autoptr (AssaySource) source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_UINT8, 1, NULL, 2, shape, bytes);
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, 0, 1, NULL);
  g_auto (Picture) picture = { 0 };

  for (int i = 0; i < 12; i++)
    {
      AssayPyramidView view = { i * 300, i * 350, 1200 - i * 50, 1900 - i * 50, 1900, 1200 };

      refine (pyramid, &view);
      g_assert_true (take_picture (pyramid, &view, &picture));
      g_assert_cmpuint (count_bytes (pyramid), <=, 64 << 20);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pyramid/small-is-exact", test_pyramid_small_is_exact);
  g_test_add_func ("/pyramid/large-loses-nothing", test_pyramid_large_loses_nothing);
  g_test_add_func ("/pyramid/previews-and-cancels", test_pyramid_previews_and_cancels);
  g_test_add_func ("/pyramid/over-overlay", test_pyramid_over_overlay);
  g_test_add_func ("/pyramid/of-nothing", test_pyramid_of_nothing);
  g_test_add_func ("/pyramid/memory-is-bounded", test_pyramid_memory_is_bounded);
  return g_test_run ();
}
