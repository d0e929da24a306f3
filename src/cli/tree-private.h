/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A manifest's children in the order in which they are shown. */

#pragma once

#include "cli-private.h"

G_BEGIN_DECLS

/**
 * CliTree:
 * @first_module: where the children of module m begin in @modules; one entry more than there are modules
 * @modules: child modules, module by module
 * @first_variable: likewise for @variables
 * @parameters: of each module, with all below it that counts
 * @bytes: likewise
 */
typedef struct
{
  guint32 *first_module;
  guint32 *modules;
  guint32 *first_variable;
  guint32 *variables;
  guint64 *parameters;
  guint64 *bytes;
} CliTree;

/**
 * cli_tree_new:
 * @manifest: a complete manifest
 *
 * Groups and sorts modules and variables by what they stand in: as people sort, unless the file has an order.
 *
 * Returns: (transfer full): the tree
 */
CliTree *cli_tree_new (AssayManifest *manifest);

/**
 * cli_tree_free:
 *
 * Frees a tree.
 */
void cli_tree_free (CliTree *tree);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTree, cli_tree_free)

G_END_DECLS
