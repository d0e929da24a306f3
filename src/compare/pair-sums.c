/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Blocks stay in the nearest cache and are looked at twice: once as bits (what differs, by how many ULP, whether all is finite), once as
 * numbers. Only blocks that are finite throughout are added up by loops in which the compiler may reorder. */

#include "pair-sums-private.h"

#include <assay/convert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "../tensor/clones-private.h"
#include "pair-wide-private.h"

#define BLOCK 2048

#ifdef __clang__
#define FINITE_ONLY
#else
#define FINITE_ONLY \
  __attribute__ ((optimize ("O3", "associative-math", "finite-math-only", "no-signed-zeros", "no-trapping-math")))
#endif

#define DEFINE_ANY(Name, Type) \
  typedef struct               \
  {                            \
    Type value;                \
  } __attribute__ ((packed, may_alias)) Name;

DEFINE_ANY (AnyFloat, float)
DEFINE_ANY (Any8, guint8)
DEFINE_ANY (Any16, guint16)
DEFINE_ANY (Any32, guint32)
DEFINE_ANY (Any64, guint64)

/* What the bits of a block of float32 tell. */
typedef struct
{
  guint32 largest; /* magnitude of either */
  guint32 n_bits;
  guint32 max_ulp;
} FloatBits;

ASSAY_CLONES static void
inspect_floats (const Any32 *a, const Any32 *b, gsize n, FloatBits *result)
{
  guint32 largest = 0, n_bits = 0, max_ulp = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint32 x = a[i].value, y = b[i].value, mx = x & 0x7fffffff, my = y & 0x7fffffff;
      /* Integers in which neighbouring floats are neighbours; +0 and −0 are both 0. */
      gint32  ox = (gint32) x < 0 ? -(gint32) mx : (gint32) mx, oy = (gint32) y < 0 ? -(gint32) my : (gint32) my;
      guint32 ulp = ox > oy ? (guint32) ox - (guint32) oy : (guint32) oy - (guint32) ox;

      largest = mx > largest ? mx : largest;
      largest = my > largest ? my : largest;
      max_ulp = ulp > max_ulp ? ulp : max_ulp;
      n_bits += x != y;
    }
  *result = (FloatBits){ .largest = largest, .n_bits = n_bits, .max_ulp = max_ulp };
}

ASSAY_CLONES FINITE_ONLY static double
sum_float_squares (const AnyFloat *a, gsize n)
{
  double squares = 0;

  for (gsize i = 0; i < n; i++)
    squares += (double) a[i].value * (double) a[i].value;
  return squares;
}

ASSAY_CLONES FINITE_ONLY static void
sum_floats (const AnyFloat *a, const AnyFloat *b, gsize n, double tolerance, PairSums *sums)
{
  double  max_abs = 0, l1 = 0, squares = 0, squares_a = 0, squares_b = 0, dot = 0;
  guint64 n_changed = 0, n_differing = 0;

  for (gsize i = 0; i < n; i++)
    {
      double x = a[i].value, y = b[i].value, d = y - x, m = fabs (d);

      max_abs = m > max_abs ? m : max_abs;
      l1 += m;
      squares += d * d;
      squares_a += x * x;
      squares_b += y * y;
      dot += x * y;
      n_changed += m > tolerance;
      n_differing += m > 0;
    }
  *sums = (PairSums){ .max_abs = max_abs, .l1 = l1, .squares = squares, .squares_a = squares_a, .squares_b = squares_b, .dot = dot, .n_changed = n_changed, .n_differing = n_differing };
}

ASSAY_CLONES FINITE_ONLY static void
sum_doubles (const double *a, const double *b, gsize n, double tolerance, PairSums *sums)
{
  double  max_abs = 0, l1 = 0, squares = 0, squares_a = 0, squares_b = 0, dot = 0;
  guint64 n_changed = 0, n_differing = 0;

  for (gsize i = 0; i < n; i++)
    {
      double x = a[i], y = b[i], d = y - x, m = fabs (d);

      max_abs = m > max_abs ? m : max_abs;
      l1 += m;
      squares += d * d;
      squares_a += x * x;
      squares_b += y * y;
      dot += x * y;
      n_changed += m > tolerance;
      n_differing += m > 0;
    }
  *sums = (PairSums){ .max_abs = max_abs, .l1 = l1, .squares = squares, .squares_a = squares_a, .squares_b = squares_b, .dot = dot, .n_changed = n_changed, .n_differing = n_differing };
}

/* Whether no number of a block is NaN or infinite. */
ASSAY_CLONES static gboolean
all_finite (const double *values, gsize n)
{
  const Any64 *bits = (const void *) values;
  guint64      n_special = 0;

  for (gsize i = 0; i < n; i++)
    n_special += (bits[i].value & 0x7fffffffffffffff) >= 0x7ff0000000000000;
  return n_special == 0;
}

/* With NaN and infinities among them. */
static void
sum_any_doubles (const double *a, const double *b, gsize n, double tolerance, PairSums *sums)
{
  *sums = (PairSums){ 0 };
  for (gsize i = 0; i < n; i++)
    {
      double   x = a[i], y = b[i], d, m;
      gboolean nan_x = isnan (x), nan_y = isnan (y);

      sums->n_nan_a += nan_x;
      sums->n_nan_b += nan_y;
      sums->n_nan_both += nan_x && nan_y;
      sums->n_changed += nan_x != nan_y;
      sums->n_differing += nan_x != nan_y;
      if (nan_x || nan_y)
        continue;
      d = x == y ? 0 : y - x;
      m = fabs (d);
      sums->max_abs = MAX (sums->max_abs, m);
      sums->l1 += m;
      sums->squares += d * d;
      sums->squares_a += x * x;
      sums->squares_b += y * y;
      sums->dot += x * y;
      sums->n_changed += m > tolerance;
      sums->n_differing += x != y;
    }
}

static void
add_doubles (PairSums *self, const double *a, const double *b, gsize n, double tolerance)
{
  PairSums sums;

  if (all_finite (a, n) && all_finite (b, n))
    sum_doubles (a, b, n, tolerance, &sums);
  else
    sum_any_doubles (a, b, n, tolerance, &sums);
  pair_sums_merge (self, &sums);
}

/* ULP of pairs of which neither is NaN. */
static guint32
find_max_ulp (const void *a, const void *b, const double *x, const double *y, gsize n)
{
  guint32 max_ulp = 0;

  for (gsize i = 0; i < n; i++)
    {
      FloatBits bits;

      if (isnan (x[i]) || isnan (y[i]))
        continue;
      inspect_floats ((const Any32 *) a + i, (const Any32 *) b + i, 1, &bits);
      max_ulp = MAX (max_ulp, bits.max_ulp);
    }
  return max_ulp;
}

static void
add_floats (PairSums *self, const void *a, const void *b, gsize n, double tolerance)
{
  double    x[BLOCK], y[BLOCK];
  FloatBits bits;
  PairSums  sums;

  inspect_floats (a, b, n, &bits);
  self->n_bits += bits.n_bits;
  if (bits.largest >= 0x7f800000)
    {
      assay_convert_to_double (ASSAY_DTYPE_FLOAT32, a, x, n);
      assay_convert_to_double (ASSAY_DTYPE_FLOAT32, b, y, n);
      self->max_ulp = MAX (self->max_ulp, find_max_ulp (a, b, x, y, n));
      add_doubles (self, x, y, n, tolerance);
      return;
    }
  self->max_ulp = MAX (self->max_ulp, bits.max_ulp);
  if (bits.n_bits == 0)
    {
      double squares = sum_float_squares (a, n);

      sums = (PairSums){ .squares_a = squares, .squares_b = squares, .dot = squares };
    }
  else
    sum_floats (a, b, n, tolerance, &sums);
  pair_sums_merge (self, &sums);
}

#define DEFINE_COUNT_BITS(name, Any, Mask)                                          \
  ASSAY_CLONES static guint64 name (const Any *a, const Any *b, gsize n, Mask mask) \
  {                                                                                 \
    guint64 n_bits = 0;                                                             \
                                                                                    \
    for (gsize i = 0; i < n; i++)                                                   \
      n_bits += ((a[i].value ^ b[i].value) & mask) != 0;                            \
    return n_bits;                                                                  \
  }

DEFINE_COUNT_BITS (count_bits_8, Any8, guint8)
DEFINE_COUNT_BITS (count_bits_16, Any16, guint16)
DEFINE_COUNT_BITS (count_bits_32, Any32, guint32)
DEFINE_COUNT_BITS (count_bits_64, Any64, guint64)

/* Elements of one dtype of which any bit differs. */
static guint64
count_bits (const PairKind *kind, const void *a, const void *b, gsize n)
{
  guint   bits = assay_dtype_get_info (kind->a)->bits;
  guint64 n_bits = 0;

  switch (kind->item_a)
    {
    case 1:
      return count_bits_8 (a, b, n, bits > 0 && bits < 8 ? (1u << bits) - 1 : 0xff);
    case 2:
      return count_bits_16 (a, b, n, 0xffff);
    case 4:
      return count_bits_32 (a, b, n, 0xffffffff);
    case 8:
      return count_bits_64 (a, b, n, G_MAXUINT64);
    default:
      for (gsize i = 0; i < n; i++)
        n_bits += memcmp ((const guint8 *) a + i * kind->item_a, (const guint8 *) b + i * kind->item_a, kind->item_a) != 0;
      return n_bits;
    }
}

gboolean
pair_kind_is_text (const PairKind *kind)
{
  return !assay_dtype_is_numeric (kind->a) || !assay_dtype_is_numeric (kind->b);
}

/* Texts of fixed size are padded with NUL. */
static gboolean
is_same_text (const guint8 *a, guint32 n_a, const guint8 *b, guint32 n_b)
{
  guint32       n = MIN (n_a, n_b), longest = MAX (n_a, n_b);
  const guint8 *rest = n_a > n_b ? a : b;

  if (memcmp (a, b, n) != 0)
    return FALSE;
  while (n < longest && rest[n] == 0)
    n++;
  return n == longest;
}

static void
add_texts (PairSums *self, const PairKind *kind, const guint8 *a, const guint8 *b, gsize n)
{
  guint64 n_differing = 0;

  for (gsize i = 0; i < n; i++)
    n_differing += !is_same_text (a + i * kind->item_a, kind->item_a, b + i * kind->item_b, kind->item_b);
  self->n_bits += n_differing;
  self->n_changed += n_differing;
  self->n_differing += n_differing;
}

/* Whether a double holds all numbers of a block: 64-bit integers seldom are beyond 2⁵³. */
ASSAY_CLONES static gboolean
all_small (const Any64 *values, gsize n, gboolean is_signed)
{
  const guint64 limit = G_GUINT64_CONSTANT (1) << 53, offset = is_signed ? limit : 0;
  guint64       n_large = 0;

  for (gsize i = 0; i < n; i++)
    n_large += values[i].value + offset > limit + offset;
  return n_large == 0;
}

static gboolean
is_narrow (AssayDtype dtype, const void *values, gsize n)
{
  if (dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_UINT64)
    return all_small (values, n, dtype == ASSAY_DTYPE_INT64);
  return !pair_is_wide (dtype);
}

static void
add_block (PairSums *self, const PairKind *kind, const guint8 *a, const guint8 *b, gsize n)
{
  double x[BLOCK], y[BLOCK];

  if (kind->a == ASSAY_DTYPE_FLOAT32 && kind->b == ASSAY_DTYPE_FLOAT32)
    {
      add_floats (self, a, b, n, kind->tolerance);
      return;
    }
  if (kind->a == kind->b)
    self->n_bits += count_bits (kind, a, b, n);
  if (!is_narrow (kind->a, a, n) || !is_narrow (kind->b, b, n))
    {
      pair_wide_add (self, kind, a, b, n);
      return;
    }
  assay_convert_to_double (kind->a, a, x, n);
  assay_convert_to_double (kind->b, b, y, n);
  add_doubles (self, x, y, n, kind->tolerance);
}

void
pair_sums_add (PairSums *self, const PairKind *kind, const void *a, const void *b, gsize n)
{
  const guint8 *first = a, *second = b;

  if (pair_kind_is_text (kind))
    {
      add_texts (self, kind, a, b, n);
      return;
    }
  for (gsize i = 0; i < n; i += BLOCK)
    add_block (self, kind, first + i * kind->item_a, second + i * kind->item_b, MIN (BLOCK, n - i));
}

void
pair_sums_merge (PairSums *self, const PairSums *other)
{
  self->max_abs = MAX (self->max_abs, other->max_abs);
  self->l1 += other->l1;
  self->squares += other->squares;
  self->squares_a += other->squares_a;
  self->squares_b += other->squares_b;
  self->dot += other->dot;
  self->n_changed += other->n_changed;
  self->n_differing += other->n_differing;
  self->n_bits += other->n_bits;
  self->n_nan_a += other->n_nan_a;
  self->n_nan_b += other->n_nan_b;
  self->n_nan_both += other->n_nan_both;
  self->max_ulp = MAX (self->max_ulp, other->max_ulp);
}

static void
subtract_block (const PairKind *kind, const void *a, const void *b, double *out, gsize n)
{
  double x[BLOCK], y[BLOCK];

  if (pair_is_wide (kind->a) || pair_is_wide (kind->b))
    {
      pair_wide_subtract (kind, a, b, out, NULL, n);
      return;
    }
  assay_convert_to_double (kind->a, a, x, n);
  assay_convert_to_double (kind->b, b, y, n);
  for (gsize i = 0; i < n; i++)
    out[i] = x[i] == y[i] || (isnan (x[i]) && isnan (y[i])) ? 0 : y[i] - x[i];
}

void
pair_differences (const PairKind *kind, const void *a, const void *b, double *out, gsize n)
{
  const guint8 *first = a, *second = b;

  for (gsize i = 0; i < n; i += BLOCK)
    subtract_block (kind, first + i * kind->item_a, second + i * kind->item_b, out + i, MIN (BLOCK, n - i));
}

void
pair_complex_differences (const PairKind *kind, const void *a, const void *b, double *out, gsize n)
{
  const guint8 *first = a, *second = b;
  double        re[BLOCK], im[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_block = MIN (BLOCK, n - i);

      pair_wide_subtract (kind, first + i * kind->item_a, second + i * kind->item_b, re, im, n_block);
      for (gsize k = 0; k < n_block; k++)
        {
          out[2 * (i + k)] = re[k];
          out[2 * (i + k) + 1] = im[k];
        }
    }
}
