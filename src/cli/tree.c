/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tree-private.h"

#include <assay/names.h>
#include <stdlib.h>

typedef struct
{
  const char *name;
  guint32     index;
} Named;

static int
compare_named (const void *a, const void *b)
{
  const Named *first = a, *second = b;
  int          order = assay_name_compare (first->name, second->name);

  return order != 0 ? order : (first->index < second->index ? -1 : first->index > second->index);
}

/* Sorts one module's children by name. */
static void
sort_run (AssayManifest *manifest, guint32 *run, guint32 n, gboolean modules)
{
  g_autofree Named *named = NULL;

  if (n < 2)
    return;
  named = g_new (Named, n);
  for (guint32 i = 0; i < n; i++)
    {
      named[i].index = run[i];
      if (modules)
        {
          AssayManifestModule module;

          assay_manifest_get_module (manifest, run[i], &module);
          named[i].name = module.name;
        }
      else
        {
          AssayManifestVariable variable;

          assay_manifest_get_variable (manifest, run[i], &variable);
          named[i].name = variable.name;
        }
    }
  qsort (named, n, sizeof *named, compare_named);
  for (guint32 i = 0; i < n; i++)
    run[i] = named[i].index;
}

/* Groups n things by the module that `parent` tells, by counting. */
static void
group (guint32 n_modules, const guint32 *parent, guint32 n, guint32 **first, guint32 **members)
{
  g_autofree guint32 *next = NULL;

  *first = g_new0 (guint32, n_modules + 1);
  *members = g_new (guint32, MAX (n, 1));
  for (guint32 i = 0; i < n; i++)
    if (parent[i] < n_modules)
      (*first)[parent[i] + 1]++;
  for (guint32 m = 0; m < n_modules; m++)
    (*first)[m + 1] += (*first)[m];
  next = g_memdup2 (*first, (n_modules + 1) * sizeof (guint32));
  for (guint32 i = 0; i < n; i++)
    if (parent[i] < n_modules)
      (*members)[next[parent[i]]++] = i;
}

CliTree *
cli_tree_new (AssayManifest *manifest)
{
  CliTree             *tree = g_new0 (CliTree, 1);
  guint32              n_modules = assay_manifest_get_n_modules (manifest), n_variables = assay_manifest_get_n_variables (manifest);
  g_autofree guint32  *module_parent = g_new (guint32, MAX (n_modules, 1));
  g_autofree guint32  *variable_parent = g_new (guint32, MAX (n_variables, 1));
  g_autofree gboolean *ordered = g_new (gboolean, MAX (n_modules, 1));

  tree->parameters = g_new0 (guint64, MAX (n_modules, 1));
  tree->bytes = g_new0 (guint64, MAX (n_modules, 1));
  for (guint32 i = 0; i < n_modules; i++)
    {
      AssayManifestModule module;

      assay_manifest_get_module (manifest, i, &module);
      module_parent[i] = module.parent;
      ordered[i] = (module.flags & ASSAY_FLAG_ORDERED) != 0;
    }
  for (guint32 i = 0; i < n_variables; i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, i, &variable);
      variable_parent[i] = variable.module;
      if (cli_is_parameter (&variable))
        {
          tree->parameters[variable.module] += variable.n_elements;
          tree->bytes[variable.module] += variable.n_bytes;
        }
    }
  for (guint32 i = n_modules; i-- > 1;)
    {
      tree->parameters[module_parent[i]] += tree->parameters[i];
      tree->bytes[module_parent[i]] += tree->bytes[i];
    }
  group (n_modules, module_parent, n_modules, &tree->first_module, &tree->modules);
  group (n_modules, variable_parent, n_variables, &tree->first_variable, &tree->variables);
  for (guint32 i = 0; i < n_modules; i++)
    if (!ordered[i])
      {
        sort_run (manifest, tree->modules + tree->first_module[i], tree->first_module[i + 1] - tree->first_module[i], TRUE);
        sort_run (manifest, tree->variables + tree->first_variable[i], tree->first_variable[i + 1] - tree->first_variable[i], FALSE);
      }
  return tree;
}

void
cli_tree_free (CliTree *tree)
{
  g_free (tree->first_module);
  g_free (tree->modules);
  g_free (tree->first_variable);
  g_free (tree->variables);
  g_free (tree->parameters);
  g_free (tree->bytes);
  g_free (tree);
}
