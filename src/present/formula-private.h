/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A formula as a tree, for its parser and its evaluator. */

#pragma once

#include <assay/formula.h>

G_BEGIN_DECLS

#define ASSAY_FORMULA_MAX_ARGUMENTS 3
#define ASSAY_FORMULA_MAX_DEPTH 100

typedef struct _AssayFormulaNode AssayFormulaNode;

/**
 * AssayFormulaFunction:
 * @name: as it is written; operators by their sign
 * @n_min: fewest arguments
 * @n_max: most arguments
 * @evaluate: n results from arguments a, b, c (those it has)
 * @reduce: (nullable): what it means with the one argument x: a number of the whole variable
 *
 * One function or operator: an entry of the table in formula-functions.c.
 */
typedef struct
{
  const char *name;
  guint       n_min;
  guint       n_max;
  void (*evaluate) (double *out, const double *a, const double *b, const double *c, gsize n);
  double (*reduce) (const gpointer statistics);
} AssayFormulaFunction;

typedef enum
{
  ASSAY_FORMULA_NUMBER,
  ASSAY_FORMULA_X,
  ASSAY_FORMULA_CALL,
  ASSAY_FORMULA_REDUCTION,
} AssayFormulaNodeKind;

struct _AssayFormulaNode
{
  AssayFormulaNodeKind        kind;
  double                      number;
  const AssayFormulaFunction *function;
  guint                       n_arguments;
  AssayFormulaNode           *arguments[ASSAY_FORMULA_MAX_ARGUMENTS];
};

struct _AssayFormula
{
  gatomicrefcount   ref_count;
  char             *text;
  AssayFormulaNode *root;
};

/**
 * assay_formula_find_function:
 * @name: a name or a sign
 *
 * Returns: (transfer none) (nullable): its entry
 */
const AssayFormulaFunction *assay_formula_find_function (const char *name, gsize length);

/**
 * assay_formula_node_free:
 *
 * Frees a tree.
 */
void assay_formula_node_free (AssayFormulaNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayFormulaNode, assay_formula_node_free)

G_END_DECLS
