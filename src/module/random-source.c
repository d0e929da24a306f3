/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow's random numbers for a seed. Sources: tensorflow/python/framework/random_seed.py, get_seed; eager/context.py,
 * internal_operation_seed; CPython's Lib/random.py, _randbelow_with_getrandbits. */

#include <assay/random.h>
#include <assay/trace.h>

#define MAX_SEED 0x7fffffff

struct _AssayRandomSource
{
  GRand  *generator; /* the Mersenne Twister, seeded as Python seeds it */
  guint32 seed;
};

static GPrivate current; /* AssayRandomSource */

AssayRandomSource *
assay_random_source_new (const guint32 *seed)
{
  AssayRandomSource *self = g_new0 (AssayRandomSource, 1);

  self->seed = seed ? *seed : g_random_int ();
  self->generator = g_rand_new_with_seed_array (&self->seed, 1);
  return self;
}

void
assay_random_source_free (AssayRandomSource *self)
{
  if (g_private_get (&current) == self)
    g_private_set (&current, NULL);
  g_rand_free (self->generator);
  g_free (self);
}

void
assay_random_source_enter (AssayRandomSource *self)
{
  g_private_set (&current, self);
}

/* Python's randint (0, 2³¹ − 1): 32 bits are drawn until they fit. */
static guint32
draw_seed (AssayRandomSource *self)
{
  guint32 drawn;

  do
    drawn = g_rand_int (self->generator);
  while (drawn > MAX_SEED);
  return drawn;
}

static AssayAttrs *
make_seeds (void)
{
  AssayAttrs        *attrs = assay_attrs_new ();
  AssayRandomSource *self = g_private_get (&current);
  gint64             graph_seed = self ? self->seed % MAX_SEED : 0, seed = self ? draw_seed (self) % MAX_SEED : 0;

  if (self != NULL && graph_seed == 0 && seed == 0)
    seed = MAX_SEED;
  assay_attrs_set_int (attrs, "seed", graph_seed);
  assay_attrs_set_int (attrs, "seed2", seed);
  return assay_attrs_set_dtype (attrs, "dtype", ASSAY_DTYPE_FLOAT32);
}

AssayValue *
assay_random_normal_or_error (guint rank, const gint64 *dims, GError **error)
{
  AssayTrace *trace = assay_trace_suspend ();
  AssayValue *value = assay_apply ("RandomStandardNormal", make_seeds (), error, assay_constant_ints (rank, dims));

  assay_trace_resume (trace);
  return value;
}

AssayValue *
assay_zeros_or_error (guint rank, const gint64 *dims, GError **error)
{
  AssayTrace *trace = assay_trace_suspend ();
  AssayValue *value = assay_apply ("Fill", NULL, error, assay_constant_ints (rank, dims), assay_constant_scalar (0));

  assay_trace_resume (trace);
  return value;
}
