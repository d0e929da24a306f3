/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Random numbers by Philox 4×32-10, the same as TensorFlow's for the same seeds (J. K. Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", 2011; tensorflow/core/lib/random/random_distributions.h). An operation with a state of its own gives with every
 * run what TensorFlow's gives with its first; without seeds it gives other numbers each time. */

#include "half-private.h"
#include "kernel-private.h"

#include <math.h>

typedef struct
{
  guint32 counter[4], key[2];
} Philox;

static void
philox_skip (Philox *self, guint64 count)
{
  guint64 low = self->counter[0] | (guint64) self->counter[1] << 32, high = self->counter[2] | (guint64) self->counter[3] << 32;
  guint64 sum = low + count;

  high += sum < low;
  self->counter[0] = sum;
  self->counter[1] = sum >> 32;
  self->counter[2] = high;
  self->counter[3] = high >> 32;
}

/* The next four numbers. */
static void
philox_next (Philox *self, guint32 *out)
{
  guint32 c[4] = { self->counter[0], self->counter[1], self->counter[2], self->counter[3] }, key[2] = { self->key[0], self->key[1] };

  for (int round = 0; round < 10; round++)
    {
      guint64 a = (guint64) 0xd2511f53 * c[0], b = (guint64) 0xcd9e8d57 * c[2];
      guint32 next[4] = { (guint32) (b >> 32) ^ c[1] ^ key[0], (guint32) b, (guint32) (a >> 32) ^ c[3] ^ key[1], (guint32) a };

      memcpy (c, next, sizeof c);
      key[0] += 0x9e3779b9;
      key[1] += 0xbb67ae85;
    }
  memcpy (out, c, sizeof c);
  philox_skip (self, 1);
}

/* From 0 up to but without 1, by the bits of the mantissa. */
static float
to_float (guint32 bits)
{
  return assay_float_of_bits (0x3f800000 | (bits & 0x7fffff)) - 1;
}

static double
to_double (guint32 high, guint32 low)
{
  guint64 bits = 0x3ff0000000000000 | (guint64) (high & 0xfffff) << 32 | low;
  double  x;

  memcpy (&x, &bits, sizeof x);
  return x - 1;
}

static void
box_muller_float (guint32 a, guint32 b, float *x, float *y)
{
  float u = MAX (to_float (a), 1e-7f), angle = 2 * G_PI * to_float (b), radius = sqrtf (-2 * logf (u));

  *x = sinf (angle) * radius;
  *y = cosf (angle) * radius;
}

static void
box_muller_double (const guint32 *bits, double *x, double *y)
{
  double u = MAX (to_double (bits[0], bits[1]), 1e-7), angle = 2 * G_PI * to_double (bits[2], bits[3]), radius = sqrt (-2 * log (u));

  *x = sin (angle) * radius;
  *y = cos (angle) * radius;
}

typedef enum
{
  UNIFORM,
  NORMAL,
  TRUNCATED,
  INTEGERS, /* within bounds */
  FULL_INTEGERS,
} Distribution;

typedef struct
{
  Philox       start;
  Distribution distribution;
  AssayDtype   dtype;
  guint64      low, range; /* of INTEGERS */
  gsize        n, n_group; /* numbers in all, and those that one group has */
  char        *out;
} Random;

/* Normal numbers, but those beyond ±2 are thrown again. Each group has 256 fours of its own to draw from. */
static void
truncated_group (const Random *self, gsize group, double *numbers)
{
  Philox  gen = self->start;
  guint32 bits[4];
  gsize   n = 0;

  philox_skip (&gen, group * 64 * self->n_group);
  while (n < self->n_group)
    {
      philox_next (&gen, bits);
      for (int i = 0; i < 4 && n < self->n_group; i += 2)
        {
          double pair[2];
          float  x, y;

          if (self->dtype == ASSAY_DTYPE_FLOAT64)
            {
              if (i > 0)
                break;
              box_muller_double (bits, &pair[0], &pair[1]);
            }
          else
            {
              box_muller_float (bits[i], bits[i + 1], &x, &y);
              pair[0] = x;
              pair[1] = y;
            }
          for (int k = 0; k < 2 && n < self->n_group; k++)
            if (fabs (pair[k]) < 2)
              numbers[n++] = pair[k];
        }
    }
}

static void
float_group (const Random *self, gsize group, double *numbers)
{
  Philox  gen = self->start;
  guint32 bits[4];

  philox_skip (&gen, group);
  philox_next (&gen, bits);
  if (self->dtype == ASSAY_DTYPE_FLOAT64 && self->distribution == NORMAL)
    box_muller_double (bits, &numbers[0], &numbers[1]);
  else if (self->dtype == ASSAY_DTYPE_FLOAT64)
    for (int i = 0; i < 2; i++)
      numbers[i] = to_double (bits[2 * i], bits[2 * i + 1]);
  else if (self->distribution == NORMAL)
    for (int i = 0; i < 4; i += 2)
      {
        float x, y;

        box_muller_float (bits[i], bits[i + 1], &x, &y);
        numbers[i] = x;
        numbers[i + 1] = y;
      }
  else
    for (int i = 0; i < 4; i++)
      numbers[i] = self->dtype == ASSAY_DTYPE_FLOAT32   ? to_float (bits[i])
                   : self->dtype == ASSAY_DTYPE_FLOAT16 ? assay_float_of_half (0x3c00 | (bits[i] & 0x3ff)) - 1
                                                        : assay_float_of_bfloat (0x3f80 | (bits[i] & 0x7f)) - 1;
}

static void
put_number (const Random *self, gsize i, double x)
{
  if (self->dtype == ASSAY_DTYPE_FLOAT32)
    ((float *) self->out)[i] = x;
  else if (self->dtype == ASSAY_DTYPE_FLOAT64)
    ((double *) self->out)[i] = x;
  else if (self->dtype == ASSAY_DTYPE_FLOAT16)
    ((guint16 *) self->out)[i] = assay_half_of_float (x);
  else
    ((guint16 *) self->out)[i] = assay_bfloat_of_float (x);
}

static void
put_integers (const Random *self, gsize group)
{
  Philox   gen = self->start;
  guint32  bits[4];
  gboolean wide = self->n_group == 2;

  philox_skip (&gen, group);
  philox_next (&gen, bits);
  for (gsize i = 0; i < self->n_group && group * self->n_group + i < self->n; i++)
    {
      guint64 x = wide ? bits[2 * i] | (guint64) bits[2 * i + 1] << 32 : bits[i];

      if (self->distribution == INTEGERS)
        x = self->low + x % self->range;
      if (wide)
        ((guint64 *) self->out)[group * 2 + i] = x;
      else
        ((guint32 *) self->out)[group * 4 + i] = x;
    }
}

static void
random_piece (gsize first, gsize end, gpointer data)
{
  const Random *self = data;
  double        numbers[4];

  for (gsize group = first; group < end; group++)
    {
      if (self->distribution >= INTEGERS)
        {
          put_integers (self, group);
          continue;
        }
      if (self->distribution == TRUNCATED)
        truncated_group (self, group, numbers);
      else
        float_group (self, group, numbers);
      for (gsize i = 0; i < self->n_group && group * self->n_group + i < self->n; i++)
        put_number (self, group * self->n_group + i, numbers[i]);
    }
}

/* Mixes two seeds of the user's into key and counter, as tensorflow/core/kernels/stateless_random_ops.cc (GenerateKey). */
static gboolean
mix_seeds (AssayKernelCall *call, guint input, Philox *gen, GError **error)
{
  gint64  seeds[2];
  guint32 mix[4];
  int     n = assay_kernel_vector (call, input, seeds, 2, error);

  if (n < 0)
    return FALSE;
  if (n != 2)
    return assay_kernel_fail (call, error, "seed must have shape [2], not [%d]", n);
  *gen = (Philox){ { (guint32) seeds[0], (guint64) seeds[0] >> 32, (guint32) seeds[1], (guint64) seeds[1] >> 32 }, { 0x3ec8f720, 0x02461e29 } };
  philox_next (gen, mix);
  *gen = (Philox){ { 0, 0, mix[2], mix[3] }, { mix[0], mix[1] } };
  return TRUE;
}

/* Seeds in attributes; without them, any. */
static void
own_seeds (AssayKernelCall *call, Philox *gen)
{
  guint64 low = assay_attrs_get_int (call->attrs, "seed", 0), high = assay_attrs_get_int (call->attrs, "seed2", 0);

  if (low == 0 && high == 0)
    {
      low = (guint64) g_random_int () << 32 | g_random_int ();
      high = (guint64) g_random_int () << 32 | g_random_int ();
    }
  *gen = (Philox){ { 0, 0, (guint32) high, high >> 32 }, { (guint32) low, low >> 32 } };
}

/* Inputs key, counter, alg of the operations whose names end on V2. */
static gboolean
read_key (AssayKernelCall *call, Philox *gen, GError **error)
{
  const guint64 *key, *counter;
  gint64         alg;

  if (assay_kernel_dtype (call, 1) != ASSAY_DTYPE_UINT64 || assay_kernel_dtype (call, 2) != ASSAY_DTYPE_UINT64 || assay_kernel_n (call, 1) < 1 ||
      assay_kernel_n (call, 2) < 2)
    return assay_kernel_fail (call, error, "key must be a uint64 vector of 1 element, and counter one of 2");
  if (!assay_kernel_int (call, 3, &alg, error))
    return FALSE;
  if (alg != 1 && alg != 3)
    return assay_kernel_fail (call, error, "Unsupported algorithm id: %" G_GINT64_FORMAT, alg);
  key = assay_kernel_input (call, 1);
  counter = assay_kernel_input (call, 2);
  *gen = (Philox){ { (guint32) counter[0], counter[0] >> 32, (guint32) counter[1], counter[1] >> 32 }, { (guint32) key[0], key[0] >> 32 } };
  return TRUE;
}

static gboolean
read_bounds (AssayKernelCall *call, Random *work, GError **error)
{
  gint64 low, high;

  if (!assay_kernel_int (call, call->n_inputs - 2, &low, error) || !assay_kernel_int (call, call->n_inputs - 1, &high, error))
    return FALSE;
  if (low >= high)
    return assay_kernel_fail (call, error, "Need minval < maxval, got %" G_GINT64_FORMAT " >= %" G_GINT64_FORMAT, low, high);
  work->low = low;
  work->range = (guint64) high - (guint64) low;
  return TRUE;
}

static Distribution
find_distribution (const char *op)
{
  return strstr (op, "FullInt") ? FULL_INTEGERS : strstr (op, "UniformInt") ? INTEGERS
                                              : strstr (op, "Truncated")    ? TRUNCATED
                                              : strstr (op, "Normal")       ? NORMAL
                                                                            : UNIFORM;
}

static gboolean
run_random (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = call->specs[0].dtype;
  Random     work = { .distribution = find_distribution (call->op->name), .dtype = dtype };
  gboolean   integer = work.distribution >= INTEGERS, stateless = g_str_has_prefix (call->op->name, "Stateless");
  gboolean   wide = dtype == ASSAY_DTYPE_FLOAT64 || dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_UINT64;

  if (integer ? dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64 && (work.distribution == INTEGERS || (dtype != ASSAY_DTYPE_UINT32 && dtype != ASSAY_DTYPE_UINT64))
              : dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && !assay_is_half (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (stateless && g_str_has_suffix (call->op->name, "V2") ? !read_key (call, &work.start, error) : stateless && !mix_seeds (call, 1, &work.start, error))
    return FALSE;
  if (!stateless)
    own_seeds (call, &work.start);
  if (work.distribution == INTEGERS && !read_bounds (call, &work, error))
    return FALSE;
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  work.n = assay_partial_shape_n_elements (&call->specs[0].shape);
  work.n_group = wide ? 2 : 4;
  /* Four numbers take about as long as a hundred additions: pieces that end soon are small ones. */
  assay_parallel (call->workspace, (work.n + work.n_group - 1) / work.n_group, 256, random_piece, &work);
  return TRUE;
}

static gboolean
put_alg (AssayKernelCall *call, guint output, GError **error)
{
  gint32 *alg = assay_kernel_output_as_inferred (call, output, error);

  if (alg != NULL)
    *alg = 1;
  return alg != NULL;
}

static gboolean
run_key_counter (AssayKernelCall *call, GError **error)
{
  Philox   gen;
  guint64 *key, *counter;

  if (!mix_seeds (call, 0, &gen, error))
    return FALSE;
  key = assay_kernel_output_as_inferred (call, 0, error);
  counter = key ? assay_kernel_output_as_inferred (call, 1, error) : NULL;
  if (counter == NULL)
    return FALSE;
  key[0] = gen.key[0] | (guint64) gen.key[1] << 32;
  counter[0] = 0;
  counter[1] = gen.counter[2] | (guint64) gen.counter[3] << 32;
  return call->n_outputs < 3 || put_alg (call, 2, error);
}

static gboolean
run_alg (AssayKernelCall *call, GError **error)
{
  return put_alg (call, 0, error);
}

const AssayKernel assay_kernels_random[] = {
  { "RandomUniform", run_random },
  { "RandomStandardNormal", run_random },
  { "TruncatedNormal", run_random },
  { "RandomUniformInt", run_random },
  { "StatelessRandomUniform", run_random },
  { "StatelessRandomNormal", run_random },
  { "StatelessTruncatedNormal", run_random },
  { "StatelessRandomUniformInt", run_random },
  { "StatelessRandomUniformFullInt", run_random },
  { "StatelessRandomUniformV2", run_random },
  { "StatelessRandomNormalV2", run_random },
  { "StatelessTruncatedNormalV2", run_random },
  { "StatelessRandomUniformIntV2", run_random },
  { "StatelessRandomGetKeyCounter", run_key_counter },
  { "StatelessRandomGetKeyCounterAlg", run_key_counter },
  { "StatelessRandomGetAlg", run_alg },
  { NULL },
};
