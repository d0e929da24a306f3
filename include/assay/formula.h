/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Formulas over a variable's values: "x * 0.9", "where(isnan(x), 0, x)". Kept as formulas, evaluated where values are read. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * AssayFormula:
 *
 * A parsed formula. Immutable; any thread may evaluate it.
 *
 *   or        = and { ("or" | "|") and }
 *   and       = not { ("and" | "&") not }
 *   not       = ("not" | "!" | "~") not | compare
 *   compare   = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
 *   sum       = product { ("+" | "-") product }
 *   product   = unary { ("*" | "/" | "%" | "//") unary }
 *   unary     = ("-" | "+") unary | power
 *   power     = primary [ ("**" | "^") unary ]
 *   primary   = number | "x" | "pi" | "e" | "nan" | "inf" | name "(" or { "," or } ")" | "(" or ")"
 *
 * Values are doubles; truth is 1 or 0. `mean(x)`, `std(x)`, `sum(x)`, `min(x)`, `max(x)`, `median(x)` and `norm(x)` with the one
 * argument x look at the whole variable.
 */
typedef struct _AssayFormula AssayFormula;

/**
 * assay_formula_parse:
 * @text: what the user typed
 * @error: return location for an error
 *
 * Parses a formula. Fails with `ASSAY_ERROR_SYNTAX`, telling the column and what stands there.
 *
 * Returns: (transfer full): the formula, or %NULL with @error set
 */
AssayFormula *assay_formula_parse (const char *text, GError **error);

/**
 * assay_formula_bind:
 * @self: a formula
 * @source: the variable that `mean(x)` and its like are of
 * @job: (nullable): told of progress, asked for cancelling
 * @error: return location for an error
 *
 * Calculates what the formula wants to know of the whole variable. Blocks if there is such a thing; call it from a worker.
 *
 * Returns: (transfer full): a formula in which those are numbers, or %NULL with @error set
 */
AssayFormula *assay_formula_bind (AssayFormula *self, AssaySource *source, AssayJob *job, GError **error);

/**
 * assay_formula_needs_binding:
 *
 * Returns: whether it asks for something of the whole variable
 */
gboolean assay_formula_needs_binding (const AssayFormula *self);

/**
 * assay_formula_evaluate:
 * @x: (array length=n): values
 * @out: (array length=n): room for results; may be @x
 * @n: how many
 *
 * Evaluates a formula that needs no binding, element by element.
 */
void assay_formula_evaluate (const AssayFormula *self, const double *x, double *out, gsize n);

/**
 * assay_formula_get_text:
 *
 * Returns: (transfer none): what was parsed
 */
const char *assay_formula_get_text (const AssayFormula *self);

/**
 * assay_formula_dup_name:
 * @target: what is changed, as in "kernel" or "[1, 3:6]"
 *
 * What undo says: "Scale kernel by 0.9", "Clip kernel to −1…1", else "kernel = formula".
 *
 * Returns: (transfer full): the name, translated
 */
char *assay_formula_dup_name (const AssayFormula *self, const char *target);

/**
 * assay_formula_ref:
 *
 * Returns: (transfer full): @self
 */
AssayFormula *assay_formula_ref (AssayFormula *self);

/**
 * assay_formula_unref:
 *
 * Gives up a reference.
 */
void assay_formula_unref (AssayFormula *self);

#define ASSAY_TYPE_FORMULA_SOURCE (assay_formula_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayFormulaSource, assay_formula_source, ASSAY, FORMULA_SOURCE, AssaySource)

/**
 * assay_formula_source_new:
 * @base: real numeric values
 * @formula: a formula that needs no binding
 * @start: (nullable) (array): where the box begins that it changes; %NULL for all
 * @count: (nullable) (array): how large that box is
 * @error: return location for an error
 *
 * A source that reads as @base with a formula over it: it takes no memory, whatever the size. A value that the formula
 * doesn't change keeps its bits. Reading fails with `ASSAY_ERROR_RANGE` where a result doesn't fit the dtype; 64-bit integers
 * beyond 2⁵³ can't be calculated with exactly, and are an error.
 *
 * Fails with `ASSAY_ERROR_DTYPE` for complex values, text and the like.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
AssaySource *assay_formula_source_new (AssaySource   *base,
                                       AssayFormula  *formula,
                                       const guint64 *start,
                                       const guint64 *count,
                                       GError       **error);

/**
 * assay_formula_source_check:
 * @self: a source with a formula
 * @job: (nullable): told of progress, asked for cancelling
 * @error: return location for an error
 *
 * Reads all that the formula changes, to see that every result fits. Quick where the dtype can take any number.
 *
 * Returns: whether all fit
 */
gboolean assay_formula_source_check (AssaySource *self, AssayJob *job, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayFormula, assay_formula_unref)

G_END_DECLS
