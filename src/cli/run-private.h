/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of assay-cli run share. */

#pragma once

#include "cli-private.h"

#include <assay/run-input.h>

G_BEGIN_DECLS

/* An output or activation of a run: assay_run_get_output(), assay_run_get_activation(). */
typedef AssayValue *(*CliRunGet) (AssayRun *run, guint index, const char **name);

/**
 * CliRunInputs:
 * @values: (nullable) (element-type utf8): "NAME=VALUE", or "VALUE" for a model with one input
 * @file: (nullable): an .npz with what @values leave out
 * @picture: what becomes of pictures
 *
 * What was said of inputs.
 */
typedef struct
{
  char               **values;
  char                *file;
  AssayPictureSettings picture;
} CliRunInputs;

/**
 * cli_run_make_inputs:
 * @function: what will be run
 * @inputs: what was said
 *
 * Makes all inputs of a function. Fails with a sentence that names the input.
 *
 * Returns: (transfer full) (element-type AssayValue): the inputs in their order
 */
GPtrArray *cli_run_make_inputs (AssayFunction *function, const CliRunInputs *inputs, GError **error);

/**
 * cli_run_write_npz:
 * @folder: where to
 * @file: the file's name
 * @n: how many values
 * @get: gives one
 *
 * Writes values by their names, "/" as "|". What NumPy has no dtype for is warned of; bfloat16 is written as float32.
 *
 * Returns: whether it is written
 */
gboolean cli_run_write_npz (const char *folder, const char *file, AssayRun *run, guint n, CliRunGet get, GError **error);

/* Prints the outputs: a table, or as JSON the entries of a list. */
void cli_run_print (AssayRun *run, const CliOptions *options);

/* Prints CLI.md's object of a run. */
void cli_run_print_json (AssayRun *run, const CliOptions *options, double load_ms, const GArray *run_ms, guint64 peak_bytes);

G_END_DECLS
