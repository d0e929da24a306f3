/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics and histogram of 1 GB of float32 in the page cache, beside plain loops that only sum, in the same run: fresh
 * maps on both sides, two threads. usage: bench-statistics [MEGABYTES]; prints the best and the median of some rounds. Fails
 * below half of the plain loops' speed. */

#include <assay/statistics.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_THREADS 2
#define N_ROUNDS 9
#define PIECE (1 << 18)

/* A file of float32, mapped anew each time. */
#define TYPE_MAPPED (mapped_get_type ())
G_DECLARE_FINAL_TYPE (Mapped, mapped, BENCH, MAPPED, AssaySource)

struct _Mapped
{
  AssaySource parent_instance;
  int         fd;
};

G_DEFINE_FINAL_TYPE (Mapped, mapped, ASSAY_TYPE_SOURCE)

static const float *
map_file (int fd, guint64 n)
{
  const float *data = mmap (NULL, n * sizeof (float), PROT_READ, MAP_SHARED, fd, 0);

  if (data == MAP_FAILED)
    g_error ("mmap: %s", g_strerror (errno));
  return data;
}

static gboolean
mapped_map (AssaySource *source, guint64 first, guint64 n, AssaySourceMap *map, GError **error)
{
  guint64 n_all = assay_source_get_n_elements (source);

  g_assert (first == 0 && n == n_all);
  map->data = map_file (BENCH_MAPPED (source)->fd, n);
  map->n_bytes = n * sizeof (float);
  return TRUE;
}

static gboolean
mapped_unmap (AssaySource *source, AssaySourceMap *map, GError **error)
{
  munmap ((void *) map->data, map->n_bytes);
  return TRUE;
}

static void
mapped_class_init (MappedClass *klass)
{
  ASSAY_SOURCE_CLASS (klass)->map = mapped_map;
  ASSAY_SOURCE_CLASS (klass)->unmap = mapped_unmap;
}

static void
mapped_init (Mapped *self)
{
}

/* Numbers as weights are distributed, near enough: sums of uniform ones. */
static int
make_file (guint64 n)
{
  g_autofree char  *path = g_build_filename (g_get_tmp_dir (), "assay-bench-XXXXXX", NULL);
  int               fd = g_mkstemp (path);
  g_autofree float *block = g_new (float, PIECE);
  guint32           state = 1;

  if (fd < 0)
    g_error ("%s: %s", path, g_strerror (errno));
  unlink (path);
  for (guint64 done = 0; done < n; done += PIECE)
    {
      for (gsize i = 0; i < PIECE; i++)
        {
          float sum = 0;

          for (int k = 0; k < 8; k++)
            sum += (state = state * 1664525 + 1013904223) / 0x1p32f;
          block[i] = (sum - 4) / 20;
        }
      if (write (fd, block, PIECE * sizeof (float)) != PIECE * sizeof (float))
        g_error ("%s: %s", path, g_strerror (errno));
    }
  return fd;
}

/* What threads that only sum share. */
typedef struct
{
  const float *data;
  guint64      n;
  guint64      next;
  double       sums[N_THREADS];
  gint         n_threads;
} Plain;

#if defined(__x86_64__) && !defined(__clang__)
__attribute__ ((target_clones ("default", "avx2", "arch=x86-64-v4"), optimize ("O3", "associative-math", "no-signed-zeros", "no-trapping-math")))
#endif
static double
sum (const float *values, gsize n)
{
  double total = 0;

  for (gsize i = 0; i < n; i++)
    total += values[i];
  return total;
}

static void *
plain_thread (void *data)
{
  Plain *plain = data;
  int    self = g_atomic_int_add (&plain->n_threads, 1);
  double total = 0;

  for (;;)
    {
      guint64 first = __atomic_fetch_add (&plain->next, PIECE, __ATOMIC_RELAXED);

      if (first >= plain->n)
        break;
      total += sum (plain->data + first, MIN (PIECE, plain->n - first));
    }
  plain->sums[self] = total;
  return NULL;
}

static double
sum_plainly (int fd, guint64 n)
{
  Plain    plain = { .data = map_file (fd, n), .n = n };
  GThread *other = g_thread_new ("plain", plain_thread, &plain);

  plain_thread (&plain);
  g_thread_join (other);
  munmap ((void *) plain.data, n * sizeof (float));
  return plain.sums[0] + plain.sums[1];
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
report (const char *what, double *seconds, guint64 n)
{
  double bytes = n * sizeof (float) / 1e9;

  qsort (seconds, N_ROUNDS, sizeof (double), compare);
  printf ("%-24s best %6.2f GB/s, median %6.2f GB/s (%.1f ms)\n", what, bytes / seconds[0], bytes / seconds[N_ROUNDS / 2],
          seconds[N_ROUNDS / 2] * 1e3);
  return seconds[N_ROUNDS / 2];
}

int
main (int argc, char **argv)
{
  guint64 n = (argc > 1 ? atoll (argv[1]) : 1024) << 18;
  int     fd = make_file (n);
  g_autoptr (AssaySource) source = g_object_new (TYPE_MAPPED, NULL);
  double   plain[N_ROUNDS], ours[N_ROUNDS], ratio, total = 0, mean = 0;
  gboolean exact = FALSE;

  BENCH_MAPPED (source)->fd = fd;
  assay_source_init_facts (source, ASSAY_DTYPE_FLOAT32, sizeof (float), NULL, 1, &n);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      gint64 begin = g_get_monotonic_time (), middle;
      g_autoptr (AssayStatistics) s = NULL;

      total = sum_plainly (fd, n);
      middle = g_get_monotonic_time ();
      s = assay_statistics_compute (source, N_THREADS, NULL, NULL);
      plain[i] = (middle - begin) / 1e6;
      ours[i] = (g_get_monotonic_time () - middle) / 1e6;
      mean = s->mean;
      exact = s->bins_exact;
    }
  close (fd);
  if (!(fabs (mean - total / n) < 1e-12))
    g_error ("the mean is %g, not %g", mean, total / n);
  ratio = report ("plain sums", plain, n) / report ("statistics, histogram", ours, n);
  printf ("ratio of medians %.2f (wanted: 0.5), %s bins\n", ratio, exact ? "exact" : "divided");
  return ratio >= 0.5 ? EXIT_SUCCESS : EXIT_FAILURE;
}
