/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From text to tree: recursive descent, one function a line of the grammar in formula.h. */

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "formula-private.h"

typedef struct
{
  const char *text;
  const char *p;
  guint       depth;
} Parser;

static AssayFormulaNode *parse_or (Parser *parser, GError **error); /* the grammar goes round */

void
assay_formula_node_free (AssayFormulaNode *node)
{
  if (node == NULL)
    return;
  for (guint i = 0; i < node->n_arguments; i++)
    assay_formula_node_free (node->arguments[i]);
  g_free (node);
}

static gpointer
fail (Parser *parser, const char *what, GError **error)
{
  glong            column = g_utf8_strlen (parser->text, parser->p - parser->text) + 1;
  g_autofree char *rest = g_utf8_substring (parser->p, 0, MIN (g_utf8_strlen (parser->p, -1), 12));

  if (*parser->p == '\0')
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("At the end of the formula: %s"), what);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("At column %ld, “%s”: %s"), column, rest, what);
  return NULL;
}

static void
skip_blanks (Parser *parser)
{
  while (g_ascii_isspace (*parser->p))
    parser->p++;
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Takes a sign or word if it comes next; a word must end there. */
static gboolean
take (Parser *parser, const char *token)
{
  gsize n = strlen (token);

  skip_blanks (parser);
  if (strncmp (parser->p, token, n) != 0 || (is_word (token[0]) && is_word (parser->p[n])))
    return FALSE;
  parser->p += n;
  return TRUE;
}

static AssayFormulaNode *
make_number (double value)
{
  AssayFormulaNode *node = g_new0 (AssayFormulaNode, 1);

  node->kind = ASSAY_FORMULA_NUMBER;
  node->number = value;
  return node;
}

static AssayFormulaNode *
make_call (const char *name, AssayFormulaNode *a, AssayFormulaNode *b)
{
  AssayFormulaNode *node = g_new0 (AssayFormulaNode, 1);

  node->kind = ASSAY_FORMULA_CALL;
  node->function = assay_formula_find_function (name, strlen (name));
  node->arguments[0] = a;
  node->arguments[1] = b;
  node->n_arguments = b ? 2 : 1;
  return node;
}

static AssayFormulaNode *
parse_number (Parser *parser, GError **error)
{
  char  *end;
  double value = g_ascii_strtod (parser->p, &end);

  if (end == parser->p)
    return fail (parser, _ ("a value is needed here"), error);
  parser->p = end;
  if (is_word (*parser->p))
    return fail (parser, _ ("a number ends before this"), error);
  return make_number (value);
}

static gboolean
parse_arguments (Parser *parser, AssayFormulaNode *call, GError **error)
{
  do
    {
      if (call->n_arguments == call->function->n_max)
        return fail (parser, _ ("this function takes fewer values"), error) != NULL;
      call->arguments[call->n_arguments] = parse_or (parser, error);
      if (call->arguments[call->n_arguments] == NULL)
        return FALSE;
      call->n_arguments++;
    }
  while (take (parser, ","));
  if (!take (parser, ")"))
    return fail (parser, _ ("“)” is missing"), error) != NULL;
  return TRUE;
}

/* min(x) is the variable's, min(x, 3) each element's. */
static AssayFormulaNode *
finish_call (Parser *parser, AssayFormulaNode *call, const char *start, GError **error)
{
  const AssayFormulaFunction *function = call->function;

  if (function->reduce != NULL && call->n_arguments == 1)
    {
      if (call->arguments[0]->kind != ASSAY_FORMULA_X)
        {
          parser->p = start;
          return fail (parser, _ ("this function takes just x"), error);
        }
      call->kind = ASSAY_FORMULA_REDUCTION;
      return call;
    }
  if (call->n_arguments < function->n_min || function->evaluate == NULL)
    {
      parser->p = start;
      return fail (parser, _ ("this function takes more values"), error);
    }
  return call;
}

static AssayFormulaNode *
parse_call (Parser *parser, const char *start, gsize length, GError **error)
{
  g_autoptr (AssayFormulaNode) call = g_new0 (AssayFormulaNode, 1);

  call->kind = ASSAY_FORMULA_CALL;
  call->function = g_ascii_isalpha (*start) ? assay_formula_find_function (start, length) : NULL;
  if (call->function == NULL || strncmp (start, "negate", length) == 0)
    {
      parser->p = start;
      return fail (parser, _ ("there is no such function"), error);
    }
  if (!parse_arguments (parser, call, error) || finish_call (parser, call, start, error) == NULL)
    return NULL;
  return g_steal_pointer (&call);
}

static AssayFormulaNode *
parse_name (Parser *parser, GError **error)
{
  static const struct
  {
    const char *name;
    double      value;
  } constants[] = { { "pi", G_PI }, { "e", G_E }, { "nan", NAN }, { "NaN", NAN }, { "inf", INFINITY }, { "Inf", INFINITY }, { "true", 1 }, { "false", 0 } };
  const char *start = parser->p;
  gsize       length;

  while (is_word (*parser->p))
    parser->p++;
  length = parser->p - start;
  if (take (parser, "("))
    return parse_call (parser, start, length, error);
  if (length == 1 && *start == 'x')
    {
      AssayFormulaNode *node = g_new0 (AssayFormulaNode, 1);

      node->kind = ASSAY_FORMULA_X;
      return node;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (constants); i++)
    if (strlen (constants[i].name) == length && memcmp (start, constants[i].name, length) == 0)
      return make_number (constants[i].value);
  parser->p = start;
  return fail (parser, _ ("this name means nothing; the value is called x"), error);
}

static AssayFormulaNode *
parse_primary (Parser *parser, GError **error)
{
  g_autoptr (AssayFormulaNode) inner = NULL;

  skip_blanks (parser);
  if (take (parser, "("))
    {
      inner = parse_or (parser, error);
      if (inner == NULL)
        return NULL;
      if (!take (parser, ")"))
        return fail (parser, _ ("“)” is missing"), error);
      return g_steal_pointer (&inner);
    }
  return g_ascii_isalpha (*parser->p) || *parser->p == '_' ? parse_name (parser, error) : parse_number (parser, error);
}

static AssayFormulaNode *
parse_unary (Parser *parser, GError **error)
{
  AssayFormulaNode *inner;
  g_autoptr (AssayFormulaNode) base = NULL;

  if (parser->depth++ > ASSAY_FORMULA_MAX_DEPTH)
    return fail (parser, _ ("it is nested too deeply"), error);
  if (take (parser, "-") || take (parser, "−"))
    {
      inner = parse_unary (parser, error);
      parser->depth--;
      return inner ? make_call ("negate", inner, NULL) : NULL;
    }
  if (take (parser, "+"))
    {
      inner = parse_unary (parser, error);
      parser->depth--;
      return inner;
    }
  base = parse_primary (parser, error);
  if (base != NULL && (take (parser, "**") || take (parser, "^")))
    {
      inner = parse_unary (parser, error);
      parser->depth--;
      return inner ? make_call ("**", g_steal_pointer (&base), inner) : NULL;
    }
  parser->depth--;
  return g_steal_pointer (&base);
}

/* A level of left-associative operators; longer signs stand first. */
static AssayFormulaNode *
parse_level (Parser *parser, const char *const *signs, AssayFormulaNode *(*below) (Parser *, GError **), gboolean once, GError **error)
{
  g_autoptr (AssayFormulaNode) left = below (parser, error);
  gboolean more = left != NULL;

  while (more)
    {
      more = FALSE;
      for (gsize i = 0; signs[i] && !more; i++)
        {
          AssayFormulaNode *right;

          /* "*" must not take the first half of "**". */
          skip_blanks (parser);
          if (strcmp (signs[i], "*") == 0 && g_str_has_prefix (parser->p, "**"))
            continue;
          if (!take (parser, signs[i]))
            continue;
          right = below (parser, error);
          if (right == NULL)
            return NULL;
          left = make_call (signs[i], g_steal_pointer (&left), right);
          more = !once;
          if (once)
            return g_steal_pointer (&left);
        }
    }
  return g_steal_pointer (&left);
}

static AssayFormulaNode *
parse_product (Parser *parser, GError **error)
{
  static const char *const signs[] = { "*", "//", "/", "%", NULL };

  return parse_level (parser, signs, parse_unary, FALSE, error);
}

static AssayFormulaNode *
parse_sum (Parser *parser, GError **error)
{
  static const char *const signs[] = { "+", "-", NULL };

  return parse_level (parser, signs, parse_product, FALSE, error);
}

static AssayFormulaNode *
parse_compare (Parser *parser, GError **error)
{
  static const char *const signs[] = { "<=", ">=", "==", "!=", "<", ">", NULL };

  return parse_level (parser, signs, parse_sum, TRUE, error);
}

static AssayFormulaNode *
parse_not (Parser *parser, GError **error)
{
  AssayFormulaNode *inner;

  if (parser->depth++ > ASSAY_FORMULA_MAX_DEPTH)
    return fail (parser, _ ("it is nested too deeply"), error);
  skip_blanks (parser);
  if (take (parser, "not") || take (parser, "~") || (!g_str_has_prefix (parser->p, "!=") && take (parser, "!")))
    {
      inner = parse_not (parser, error);
      inner = inner ? make_call ("not", inner, NULL) : NULL;
    }
  else
    inner = parse_compare (parser, error);
  parser->depth--;
  return inner;
}

static AssayFormulaNode *
parse_and (Parser *parser, GError **error)
{
  static const char *const signs[] = { "and", "&", NULL };

  return parse_level (parser, signs, parse_not, FALSE, error);
}

static AssayFormulaNode *
parse_or (Parser *parser, GError **error)
{
  static const char *const signs[] = { "or", "|", NULL };

  return parse_level (parser, signs, parse_and, FALSE, error);
}

AssayFormula *
assay_formula_parse (const char *text, GError **error)
{
  Parser parser = { text, text, 0 };
  g_autoptr (AssayFormulaNode) root = parse_or (&parser, error);
  AssayFormula *self;

  if (root == NULL)
    return NULL;
  skip_blanks (&parser);
  if (*parser.p != '\0')
    return fail (&parser, _ ("this doesn’t belong here"), error);
  self = g_new0 (AssayFormula, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_strdup (text);
  self->root = g_steal_pointer (&root);
  return self;
}
