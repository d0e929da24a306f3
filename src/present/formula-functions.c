/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What formulas can call: one table. Adding a function is one line here. */

#include <assay/statistics.h>
#include <math.h>
#include <string.h>

#include "formula-private.h"

#define UNARY(name, expression)                                                              \
  static void name (double *out, const double *a, const double *b, const double *c, gsize n) \
  {                                                                                          \
    for (gsize i = 0; i < n; i++)                                                            \
      out[i] = (expression);                                                                 \
  }

UNARY (evaluate_add, a[i] + b[i])
UNARY (evaluate_subtract, a[i] - b[i])
UNARY (evaluate_multiply, a[i] * b[i])
UNARY (evaluate_divide, a[i] / b[i])
UNARY (evaluate_floor_divide, floor (a[i] / b[i]))
UNARY (evaluate_modulo, a[i] - b[i] * floor (a[i] / b[i]))
UNARY (evaluate_power, pow (a[i], b[i]))
UNARY (evaluate_negate, -a[i])
UNARY (evaluate_less, a[i] < b[i])
UNARY (evaluate_less_equal, a[i] <= b[i])
UNARY (evaluate_greater, a[i] > b[i])
UNARY (evaluate_greater_equal, a[i] >= b[i])
UNARY (evaluate_equal, a[i] == b[i])
UNARY (evaluate_unequal, a[i] != b[i])
UNARY (evaluate_and, a[i] != 0 && b[i] != 0)
UNARY (evaluate_or, a[i] != 0 || b[i] != 0)
UNARY (evaluate_not, a[i] == 0)
UNARY (evaluate_where, a[i] != 0 ? b[i] : c[i])
/* As numpy.clip: NaN stays NaN. */
UNARY (evaluate_clip, isnan (a[i]) ? a[i] : fmin (fmax (a[i], b[i]), c[i]))
UNARY (evaluate_abs, fabs (a[i]))
UNARY (evaluate_sqrt, sqrt (a[i]))
UNARY (evaluate_exp, exp (a[i]))
UNARY (evaluate_expm1, expm1 (a[i]))
UNARY (evaluate_log, log (a[i]))
UNARY (evaluate_log2, log2 (a[i]))
UNARY (evaluate_log10, log10 (a[i]))
UNARY (evaluate_log1p, log1p (a[i]))
UNARY (evaluate_sin, sin (a[i]))
UNARY (evaluate_cos, cos (a[i]))
UNARY (evaluate_tan, tan (a[i]))
UNARY (evaluate_tanh, tanh (a[i]))
UNARY (evaluate_sigmoid, 1 / (1 + exp (-a[i])))
UNARY (evaluate_sign, isnan (a[i]) ? a[i] : (a[i] > 0) - (a[i] < 0))
UNARY (evaluate_floor, floor (a[i]))
UNARY (evaluate_ceil, ceil (a[i]))
UNARY (evaluate_isnan, isnan (a[i]) != 0)
UNARY (evaluate_isinf, isinf (a[i]) != 0)
UNARY (evaluate_isfinite, isfinite (a[i]) != 0)
/* As numpy.minimum and maximum: NaN wins. */
UNARY (evaluate_min, isnan (a[i]) || isnan (b[i]) ? NAN : fmin (a[i], b[i]))
UNARY (evaluate_max, isnan (a[i]) || isnan (b[i]) ? NAN : fmax (a[i], b[i]))

/* As numpy.round: ties to even; the second argument is a number of decimals. */
static void
evaluate_round (double *out, const double *a, const double *b, const double *c, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double scale = b ? pow (10, b[i]) : 1;

      out[i] = rint (a[i] * scale) / scale;
    }
}

#define REDUCTION(name, expression)        \
  static double name (const gpointer data) \
  {                                        \
    const AssayStatistics *s = data;       \
                                           \
    return (expression);                   \
  }

REDUCTION (reduce_mean, s->mean)
REDUCTION (reduce_std, s->std)
REDUCTION (reduce_min, s->min)
REDUCTION (reduce_max, s->max)
REDUCTION (reduce_sum, s->mean *(double) s->n_finite)
REDUCTION (reduce_median, s->quantiles[3])
REDUCTION (reduce_norm, s->l2)

static const AssayFormulaFunction functions[] = {
  { "+", 2, 2, evaluate_add, NULL },
  { "-", 2, 2, evaluate_subtract, NULL },
  { "*", 2, 2, evaluate_multiply, NULL },
  { "/", 2, 2, evaluate_divide, NULL },
  { "//", 2, 2, evaluate_floor_divide, NULL },
  { "%", 2, 2, evaluate_modulo, NULL },
  { "**", 2, 2, evaluate_power, NULL },
  { "^", 2, 2, evaluate_power, NULL },
  { "negate", 1, 1, evaluate_negate, NULL },
  { "<", 2, 2, evaluate_less, NULL },
  { "<=", 2, 2, evaluate_less_equal, NULL },
  { ">", 2, 2, evaluate_greater, NULL },
  { ">=", 2, 2, evaluate_greater_equal, NULL },
  { "==", 2, 2, evaluate_equal, NULL },
  { "!=", 2, 2, evaluate_unequal, NULL },
  { "and", 2, 2, evaluate_and, NULL },
  { "&", 2, 2, evaluate_and, NULL },
  { "or", 2, 2, evaluate_or, NULL },
  { "|", 2, 2, evaluate_or, NULL },
  { "not", 1, 1, evaluate_not, NULL },
  { "where", 3, 3, evaluate_where, NULL },
  { "clip", 3, 3, evaluate_clip, NULL },
  { "abs", 1, 1, evaluate_abs, NULL },
  { "sqrt", 1, 1, evaluate_sqrt, NULL },
  { "exp", 1, 1, evaluate_exp, NULL },
  { "expm1", 1, 1, evaluate_expm1, NULL },
  { "log", 1, 1, evaluate_log, NULL },
  { "log2", 1, 1, evaluate_log2, NULL },
  { "log10", 1, 1, evaluate_log10, NULL },
  { "log1p", 1, 1, evaluate_log1p, NULL },
  { "sin", 1, 1, evaluate_sin, NULL },
  { "cos", 1, 1, evaluate_cos, NULL },
  { "tan", 1, 1, evaluate_tan, NULL },
  { "tanh", 1, 1, evaluate_tanh, NULL },
  { "sigmoid", 1, 1, evaluate_sigmoid, NULL },
  { "sign", 1, 1, evaluate_sign, NULL },
  { "floor", 1, 1, evaluate_floor, NULL },
  { "ceil", 1, 1, evaluate_ceil, NULL },
  { "round", 1, 2, evaluate_round, NULL },
  { "pow", 2, 2, evaluate_power, NULL },
  { "isnan", 1, 1, evaluate_isnan, NULL },
  { "isinf", 1, 1, evaluate_isinf, NULL },
  { "isfinite", 1, 1, evaluate_isfinite, NULL },
  { "min", 1, 2, evaluate_min, reduce_min },
  { "max", 1, 2, evaluate_max, reduce_max },
  { "mean", 1, 1, NULL, reduce_mean },
  { "std", 1, 1, NULL, reduce_std },
  { "sum", 1, 1, NULL, reduce_sum },
  { "median", 1, 1, NULL, reduce_median },
  { "norm", 1, 1, NULL, reduce_norm },
};

const AssayFormulaFunction *
assay_formula_find_function (const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strlen (functions[i].name) == length && memcmp (functions[i].name, name, length) == 0)
      return &functions[i];
  return NULL;
}
