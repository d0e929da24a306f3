/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/random.h>

#include <math.h>
#include <string.h>

static GMutex  mutex;
static GRand  *generator;
static GBytes *stream; /* of float, in the machine's byte order */
static gsize   n_taken;

void
assay_random_set_seed (guint32 seed)
{
  g_mutex_lock (&mutex);
  g_clear_pointer (&generator, g_rand_free);
  generator = g_rand_new_with_seed (seed);
  g_mutex_unlock (&mutex);
}

void
assay_random_set_stream (GBytes *numbers)
{
  g_mutex_lock (&mutex);
  g_clear_pointer (&stream, g_bytes_unref);
  stream = numbers ? g_bytes_ref (numbers) : NULL;
  n_taken = 0;
  g_mutex_unlock (&mutex);
}

/* Box and Muller's way. */
static void
fill_normal (float *values, gsize n)
{
  for (gsize i = 0; i < n; i += 2)
    {
      double radius = sqrt (-2 * log (1 - g_rand_double (generator))), angle = 2 * G_PI * g_rand_double (generator);

      values[i] = radius * cos (angle);
      if (i + 1 < n)
        values[i + 1] = radius * sin (angle);
    }
}

static gsize
count (guint rank, const gint64 *dims)
{
  gsize n = 1;

  for (guint i = 0; i < rank; i++)
    n *= dims[i];
  return n;
}

/* Takes what was given; whether there was enough. */
static gboolean
take_given (float *values, gsize n)
{
  gsize        size;
  const float *given = stream ? g_bytes_get_data (stream, &size) : NULL;

  if (given == NULL || size / sizeof (float) - n_taken < n)
    return FALSE;
  memcpy (values, given + n_taken, n * sizeof (float));
  n_taken += n;
  return TRUE;
}

AssayValue *
assay_random_normal (guint rank, const gint64 *dims)
{
  gsize             n = count (rank, dims);
  g_autofree float *values = g_new (float, MAX (n, 1));

  g_mutex_lock (&mutex);
  if (generator == NULL)
    generator = g_rand_new ();
  if (!take_given (values, n))
    fill_normal (values, n);
  g_mutex_unlock (&mutex);
  return assay_constant (rank, dims, values);
}

AssayValue *
assay_zeros (guint rank, const gint64 *dims)
{
  g_autofree float *values = g_new0 (float, MAX (count (rank, dims), 1));

  return assay_constant (rank, dims, values);
}
