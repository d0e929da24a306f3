/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/input-recipe.h>

#include <glib/gi18n-lib.h>
#include <string.h>

AssayInputRecipe *
assay_input_recipe_copy (const AssayInputRecipe *self)
{
  AssayInputRecipe *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  copy->path = g_strdup (self->path);
  return copy;
}

void
assay_input_recipe_free (AssayInputRecipe *self)
{
  g_free (self->text);
  g_free (self->path);
  g_free (self);
}

/* The shape that was typed: numbers with anything between them, but none that isn't whole. */
static gboolean
read_shape (const char *text, AssayPartialShape *shape, GError **error)
{
  *shape = assay_partial_shape_make (0);
  for (const char *at = text ? text : ""; *at != '\0';)
    {
      char *end;

      if (strchr ("+-.?", *at) != NULL || g_ascii_isalpha (*at))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” is no shape: give whole numbers, as in [1, 8, 8, 1]"), text);
          return FALSE;
        }
      if (!g_ascii_isdigit (*at))
        {
          at++;
          continue;
        }
      if (shape->rank == ASSAY_GRAPH_MAX_RANK)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("A shape can’t have more than %d dimensions"), ASSAY_GRAPH_MAX_RANK);
          return FALSE;
        }
      shape->dims[shape->rank++] = g_ascii_strtoll (at, &end, 10);
      at = end;
    }
  return TRUE;
}

static AssayValue *
make (const AssayInputRecipe *self, const AssayValueSpec *spec, const char *name, GCancellable *cancellable, GError **error)
{
  AssayPartialShape shape;

  switch (self->way)
    {
    case ASSAY_INPUT_TYPED:
      return assay_input_new_typed (spec, self->text ? self->text : "", error);
    case ASSAY_INPUT_FILE:
      return assay_input_new_from_file (spec, name, self->path, cancellable, error);
    case ASSAY_INPUT_PICTURE:
      return assay_input_new_from_picture (spec, self->path, &self->picture, error);
    case ASSAY_INPUT_RANDOM:
      return read_shape (self->text, &shape, error) ? assay_input_new_random (spec, &shape, self->seed, error) : NULL;
    default:
      return read_shape (self->text, &shape, error) ? assay_input_new_filled (spec, &shape, self->way == ASSAY_INPUT_ONES, error) : NULL;
    }
}

static gboolean
has_file (const AssayInputRecipe *self, const char *name, GError **error)
{
  if (self->path != NULL || (self->way != ASSAY_INPUT_FILE && self->way != ASSAY_INPUT_PICTURE))
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("No file is chosen for %s"), name);
  return FALSE;
}

gboolean
assay_input_recipe_check (const AssayInputRecipe *self, const AssayValueSpec *spec, const char *name, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayValue) value = NULL;
  AssayPartialShape shape;

  if (!has_file (self, name, error))
    return FALSE;
  if (self->way == ASSAY_INPUT_FILE || self->way == ASSAY_INPUT_PICTURE)
    return TRUE;
  if (self->way == ASSAY_INPUT_TYPED)
    {
      value = make (self, spec, name, NULL, error);
      return value != NULL && assay_input_check (spec, name, value, error);
    }
  return read_shape (self->text, &shape, error) && assay_input_check_shape (spec, name, &shape, error);
}

AssayValue *
assay_input_recipe_make (const AssayInputRecipe *self, const AssayValueSpec *spec, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayValue) value = NULL;

  if (!has_file (self, name, error))
    return NULL;
  value = make (self, spec, name, cancellable, error);
  return value != NULL && assay_input_check (spec, name, value, error) ? g_steal_pointer (&value) : NULL;
}
