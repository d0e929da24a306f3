/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/statistics.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "formula-private.h"

#define BLOCK 1024

AssayFormula *
assay_formula_ref (AssayFormula *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_formula_unref (AssayFormula *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  assay_formula_node_free (self->root);
  g_free (self->text);
  g_free (self);
}

const char *
assay_formula_get_text (const AssayFormula *self)
{
  return self->text;
}

static gboolean
has_reduction (const AssayFormulaNode *node)
{
  if (node->kind == ASSAY_FORMULA_REDUCTION)
    return TRUE;
  for (guint i = 0; i < node->n_arguments; i++)
    if (has_reduction (node->arguments[i]))
      return TRUE;
  return FALSE;
}

gboolean
assay_formula_needs_binding (const AssayFormula *self)
{
  return has_reduction (self->root);
}

/* A copy in which numbers stand for reductions. */
static AssayFormulaNode *
copy_bound (const AssayFormulaNode *node, const AssayStatistics *statistics)
{
  AssayFormulaNode *copy = g_memdup2 (node, sizeof *node);

  if (node->kind == ASSAY_FORMULA_REDUCTION)
    {
      copy->kind = ASSAY_FORMULA_NUMBER;
      copy->number = node->function->reduce ((gpointer) statistics);
      copy->n_arguments = 0;
      return copy;
    }
  for (guint i = 0; i < node->n_arguments; i++)
    copy->arguments[i] = copy_bound (node->arguments[i], statistics);
  return copy;
}

AssayFormula *
assay_formula_bind (AssayFormula *self, AssaySource *source, AssayJob *job, GError **error)
{
  g_autoptr (AssayStatistics) statistics = NULL;
  AssayFormula *bound;

  if (!assay_formula_needs_binding (self))
    return assay_formula_ref (self);
  statistics = assay_statistics_compute (source, 0, job, error);
  if (statistics == NULL)
    return NULL;
  bound = g_new0 (AssayFormula, 1);
  g_atomic_ref_count_init (&bound->ref_count);
  bound->text = g_strdup (self->text);
  bound->root = copy_bound (self->root, statistics);
  return bound;
}

static void
evaluate (const AssayFormulaNode *node, const double *x, double *out, gsize n)
{
  g_autofree double *buffer = NULL;
  const double      *arguments[ASSAY_FORMULA_MAX_ARGUMENTS] = { NULL };

  switch (node->kind)
    {
    case ASSAY_FORMULA_NUMBER:
    case ASSAY_FORMULA_REDUCTION:
      for (gsize i = 0; i < n; i++)
        out[i] = node->number;
      return;
    case ASSAY_FORMULA_X:
      memcpy (out, x, n * sizeof (double));
      return;
    case ASSAY_FORMULA_CALL:
    default:
      buffer = g_new (double, n * node->n_arguments);
      for (guint i = 0; i < node->n_arguments; i++)
        {
          evaluate (node->arguments[i], x, buffer + i * n, n);
          arguments[i] = buffer + i * n;
        }
      node->function->evaluate (out, arguments[0], arguments[1], arguments[2], n);
    }
}

void
assay_formula_evaluate (const AssayFormula *self, const double *x, double *out, gsize n)
{
  double block[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize count = MIN (BLOCK, n - i);

      evaluate (self->root, x + i, block, count);
      memcpy (out + i, block, count * sizeof (double));
    }
}

/* The number of "x * number" or "number * x"; NaN if it isn't that. */
static double
get_scale (const AssayFormulaNode *node)
{
  const AssayFormulaNode *a = node->arguments[0], *b = node->arguments[1];

  if (node->kind != ASSAY_FORMULA_CALL || strcmp (node->function->name, "*") != 0)
    return NAN;
  if (a->kind == ASSAY_FORMULA_X && b->kind == ASSAY_FORMULA_NUMBER)
    return b->number;
  return b->kind == ASSAY_FORMULA_X && a->kind == ASSAY_FORMULA_NUMBER ? a->number : NAN;
}

char *
assay_formula_dup_name (const AssayFormula *self, const char *target)
{
  const AssayFormulaNode *root = self->root;

  if (!isnan (get_scale (root)))
    return g_strdup_printf (_ ("Scale %s by %g"), target, get_scale (root));
  if (root->kind == ASSAY_FORMULA_NUMBER)
    return g_strdup_printf (_ ("Fill %s with %g"), target, root->number);
  if (root->kind == ASSAY_FORMULA_CALL && strcmp (root->function->name, "clip") == 0 && root->arguments[0]->kind == ASSAY_FORMULA_X &&
      root->arguments[1]->kind == ASSAY_FORMULA_NUMBER && root->arguments[2]->kind == ASSAY_FORMULA_NUMBER)
    return g_strdup_printf (_ ("Clip %s to %g…%g"), target, root->arguments[1]->number, root->arguments[2]->number);
  return g_strdup_printf (_ ("Set %s to %s"), target, self->text);
}
