/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "formula-preview-private.h"

#include "numbers-private.h"

#include <assay/convert.h>
#include <assay/error.h>
#include <assay/formula.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#define MOST (1u << 20)

typedef struct
{
  AssaySource *source;
  gboolean     whole;
  guint64      start[ASSAY_MAX_RANK];
  guint64      count[ASSAY_MAX_RANK];
  char        *formula;
} Preview;

static void
preview_free (Preview *preview)
{
  g_object_unref (preview->source);
  g_free (preview->formula);
  g_free (preview);
}

/* Smallest and largest of what is no NaN. */
static void
find_range (const double *values, gsize n, double *low, double *high)
{
  *low = *high = NAN;
  for (gsize i = 0; i < n; i++)
    {
      *low = fmin (*low, values[i]);
      *high = fmax (*high, values[i]);
    }
}

/* The values that are looked at: the box, or the first million of the variable. */
static double *
read_values (const Preview *preview, gsize *n_read, guint64 *n_all, GCancellable *cancellable, GError **error)
{
  guint              rank = assay_source_get_rank (preview->source);
  guint64            count[ASSAY_MAX_RANK], n = 1;
  g_autofree guint8 *raw = NULL;
  double            *values;
  gboolean           done;

  *n_all = 1;
  for (guint i = 0; i < rank; i++)
    {
      *n_all *= preview->count[i];
      count[i] = MIN (preview->count[i], MAX (MOST / MAX (n, 1), 1));
      n *= count[i];
    }
  if (preview->whole)
    {
      *n_all = assay_source_get_n_elements (preview->source);
      n = MIN (*n_all, MOST);
    }
  raw = g_malloc (MAX (n * assay_source_get_item_size (preview->source), 1));
  done = preview->whole ? assay_source_read_flat (preview->source, 0, n, raw, cancellable, error)
                        : assay_source_read (preview->source, preview->start, count, raw, cancellable, error);
  if (!done)
    return NULL;
  values = g_new (double, MAX (n, 1));
  assay_convert_to_double (assay_source_get_dtype (preview->source), raw, values, n);
  *n_read = n;
  return values;
}

static char *
dup_text (const Preview *preview, guint64 n, double new_low, double new_high, double low, double high)
{
  g_autofree char *count = assay_count_text (n);
  g_autofree char *from = assay_number_text (new_low, FALSE);
  g_autofree char *to = assay_number_text (new_high, FALSE);
  g_autofree char *old_from = assay_number_text (low, FALSE);
  g_autofree char *old_to = assay_number_text (high, FALSE);

  return g_strdup_printf (preview->whole ? _ ("%s values → %s … %s (was %s … %s)") : _ ("%s selected values → %s … %s (was %s … %s)"),
                          count, from, to, old_from, old_to);
}

static void
preview_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
  Preview *preview = task_data;
  GError  *error = NULL;
  g_autoptr (AssayFormula) formula = assay_formula_parse (preview->formula, &error);
  g_autoptr (AssayFormula) bound = formula ? assay_formula_bind (formula, preview->source, NULL, &error) : NULL;
  g_autofree double *values = NULL;
  double             low, high, new_low, new_high;
  gsize              n = 0;
  guint64            n_all;

  if (bound != NULL && !assay_dtype_is_numeric (assay_source_get_dtype (preview->source)))
    g_set_error (&error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be changed by a formula"),
                 assay_source_get_dtype_name (preview->source));
  else if (bound != NULL)
    values = read_values (preview, &n, &n_all, cancellable, &error);
  if (values == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  find_range (values, n, &low, &high);
  assay_formula_evaluate (bound, values, values, n);
  find_range (values, n, &new_low, &new_high);
  g_task_return_pointer (task, dup_text (preview, n_all, new_low, new_high, low, high), g_free);
}

void
assay_formula_preview_async (AssaySource        *source,
                             const guint64      *start,
                             const guint64      *count,
                             const char         *formula,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Preview *preview = g_new0 (Preview, 1);

  preview->source = g_object_ref (source);
  preview->whole = start == NULL;
  preview->formula = g_strdup (formula);
  for (guint i = 0; start != NULL && i < assay_source_get_rank (source); i++)
    {
      preview->start[i] = start[i];
      preview->count[i] = count[i];
    }
  g_task_set_source_tag (task, assay_formula_preview_async);
  g_task_set_task_data (task, preview, (GDestroyNotify) preview_free);
  g_task_run_in_thread (task, preview_thread);
}

char *
assay_formula_preview_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
