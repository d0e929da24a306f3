/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/convert.h>
#include <assay/error.h>
#include <assay/formula.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define BLOCK 4096
#define EXACT 9007199254740992.0 /* 2⁵³ */

struct _AssayFormulaSource
{
  AssaySource   parent_instance;
  AssaySource  *base;
  AssayFormula *formula;
  gboolean      whole;
  guint64       start[ASSAY_MAX_RANK];
  guint64       count[ASSAY_MAX_RANK];
};

G_DEFINE_FINAL_TYPE (AssayFormulaSource, assay_formula_source, ASSAY_TYPE_SOURCE)

static gboolean
is_wide_integer (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_UINT64;
}

static gboolean
is_same (double a, double b)
{
  return a == b ? signbit (a) == signbit (b) : isnan (a) && isnan (b);
}

/* Changes n elements in place; those that stay what they are keep their bits. */
static gboolean
apply (AssayFormulaSource *self, guint8 *elements, gsize n, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (ASSAY_SOURCE (self));
  guint32            item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  double             x[BLOCK], y[BLOCK];
  gboolean           same[BLOCK];
  g_autofree guint8 *results = g_malloc (BLOCK * item_size);

  for (gsize done = 0; done < n; done += BLOCK)
    {
      gsize   count = MIN (BLOCK, n - done);
      guint8 *at = elements + done * item_size;

      assay_convert_to_double (dtype, at, x, count);
      assay_formula_evaluate (self->formula, x, y, count);
      for (gsize i = 0; is_wide_integer (dtype) && i < count; i++)
        if (fabs (x[i]) > EXACT || fabs (y[i]) > EXACT)
          {
            g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%.17g can’t be calculated with exactly: it is beyond 2⁵³"),
                         fabs (x[i]) > EXACT ? x[i] : y[i]);
            return FALSE;
          }
      for (gsize i = 0; i < count; i++)
        {
          same[i] = is_same (x[i], y[i]);
          /* What isn't changed isn't converted back: 1 fits any type. */
          if (same[i])
            y[i] = 1;
        }
      if (!assay_convert_from_double (dtype, y, results, count, error))
        return FALSE;
      for (gsize i = 0; i < count; i++)
        if (!same[i])
          memcpy (at + i * item_size, results + i * item_size, item_size);
    }
  return TRUE;
}

/* Changes the runs along the last axis that lie in the formula's box. */
static gboolean
apply_to_box (AssayFormulaSource *self, const guint64 *start, const guint64 *count, guint8 *out, GError **error)
{
  guint   rank = assay_source_get_rank (ASSAY_SOURCE (self));
  guint32 item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  guint64 from[ASSAY_MAX_RANK], size[ASSAY_MAX_RANK], outer[ASSAY_MAX_RANK], n = 1;

  for (guint i = 0; i < rank; i++)
    {
      guint64 low = MAX (start[i], self->start[i]), high = MIN (start[i] + count[i], self->start[i] + self->count[i]);

      if (low >= high)
        return TRUE;
      from[i] = low - start[i];
      size[i] = high - low;
      outer[i] = i + 1 < rank ? size[i] : 1;
      n *= outer[i];
    }
  for (guint64 k = 0; k < n; k++)
    {
      guint64 index[ASSAY_MAX_RANK];

      assay_shape_index (rank, outer, k, index);
      for (guint i = 0; i < rank; i++)
        index[i] += from[i];
      if (!apply (self, out + assay_shape_flat (rank, count, index) * item_size, size[rank - 1], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
formula_source_read (AssaySource   *source,
                     const guint64 *start,
                     const guint64 *count,
                     void          *out,
                     GCancellable  *cancellable,
                     GError       **error)
{
  AssayFormulaSource *self = ASSAY_FORMULA_SOURCE (source);
  guint64             n = 1;

  if (!assay_source_read (self->base, start, count, out, cancellable, error))
    return FALSE;
  for (guint i = 0; i < assay_source_get_rank (source); i++)
    n *= count[i];
  return self->whole ? apply (self, out, n, error) : apply_to_box (self, start, count, out, error);
}

static void
formula_source_finalize (GObject *object)
{
  AssayFormulaSource *self = ASSAY_FORMULA_SOURCE (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->formula, assay_formula_unref);
  G_OBJECT_CLASS (assay_formula_source_parent_class)->finalize (object);
}

static void
assay_formula_source_class_init (AssayFormulaSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = formula_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = formula_source_read;
}

static void
assay_formula_source_init (AssayFormulaSource *self)
{
}

AssaySource *
assay_formula_source_new (AssaySource *base, AssayFormula *formula, const guint64 *start, const guint64 *count, GError **error)
{
  AssayFormulaSource *self;
  AssayDtype          dtype = assay_source_get_dtype (base);
  guint               rank = assay_source_get_rank (base);

  g_return_val_if_fail (!assay_formula_needs_binding (formula), NULL);
  if (!assay_dtype_is_numeric (dtype) || assay_dtype_get_info (dtype)->kind == ASSAY_KIND_COMPLEX)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be changed by a formula"),
                   assay_source_get_dtype_name (base));
      return NULL;
    }
  self = g_object_new (ASSAY_TYPE_FORMULA_SOURCE, NULL);
  assay_source_init_like (ASSAY_SOURCE (self), base);
  self->base = g_object_ref (base);
  self->formula = assay_formula_ref (formula);
  self->whole = start == NULL || rank == 0;
  for (guint i = 0; !self->whole && i < rank; i++)
    {
      self->start[i] = start[i];
      self->count[i] = count[i];
    }
  return ASSAY_SOURCE (self);
}

gboolean
assay_formula_source_check (AssaySource *source, AssayJob *job, GError **error)
{
  AssayFormulaSource *self = ASSAY_FORMULA_SOURCE (source);
  AssayDtype          dtype = assay_source_get_dtype (source);
  guint64             n = assay_source_get_n_elements (source), piece = 1 << 16;
  g_autofree guint8  *buffer = NULL;

  /* Any double is a float64: nothing can fail to fit. */
  if (dtype == ASSAY_DTYPE_FLOAT64 || n == 0)
    return TRUE;
  if (!self->whole)
    {
      guint64 box = 1;

      for (guint i = 0; i < assay_source_get_rank (source); i++)
        box *= self->count[i];
      if (box <= (1 << 24))
        {
          buffer = g_malloc (MAX (box * assay_source_get_item_size (source), 1));
          return assay_source_read (source, self->start, self->count, buffer, job ? assay_job_get_cancellable (job) : NULL, error);
        }
    }
  buffer = g_malloc (piece * assay_source_get_item_size (source));
  for (guint64 first = 0; first < n; first += piece)
    {
      if (!assay_source_read_flat (source, first, MIN (piece, n - first), buffer, job ? assay_job_get_cancellable (job) : NULL, error))
        return FALSE;
      assay_job_set_fraction (job, first / (double) n);
    }
  return TRUE;
}
