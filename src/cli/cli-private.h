/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the commands of assay-cli share: options, errors, progress, output. */

#pragma once

#include <assay/error.h>
#include <assay/job.h>
#include <assay/op.h>
#include <assay/reader-session.h>
#include <assay/statistics.h>
#include <stdio.h>

G_BEGIN_DECLS

/* Exit codes of CLI.md. */
enum
{
  CLI_FINE = 0,
  CLI_FINDINGS = 1,
  CLI_TROUBLE = 2,
};

/* The options that every command has. */
typedef struct
{
  gboolean json;
  gboolean quiet;
  gboolean color; /* what auto came to */
  int      n_threads;
} CliOptions;

/**
 * CliCommand:
 * @run: gets the words behind the command's name; returns an exit code, or sets an error, which becomes 2
 *
 * One entry of the table of commands.
 */
typedef struct
{
  const char *name;
  const char *summary;
  const char *arguments;
  const char *examples;
  int (*run) (int argc, char **argv, GError **error);
} CliCommand;

extern const CliCommand cli_ls_command;
extern const CliCommand cli_show_command;
extern const CliCommand cli_stats_command;
extern const CliCommand cli_diff_command;
extern const CliCommand cli_set_command;
extern const CliCommand cli_convert_command;
extern const CliCommand cli_plot_command;
extern const CliCommand cli_run_command;
extern const CliCommand cli_graph_command;

/**
 * cli_parse:
 * @command: whose arguments
 * @entries: (array zero-terminated=1): the command's own options
 * @options: (out): the common ones
 * @words: (out) (transfer full): what is left, the command's name not included
 *
 * Parses options; `--help` prints help with examples and ends the program.
 *
 * Returns: %FALSE with @error set if an option is wrong, or there are fewer than @min or more than @max words
 */
gboolean cli_parse (const CliCommand   *command,
                    const GOptionEntry *entries,
                    int                 argc,
                    char              **argv,
                    guint               min,
                    guint               max,
                    CliOptions         *options,
                    char             ***words,
                    GError            **error);

/**
 * cli_open:
 * @path: a model
 * @options: whether progress may be shown
 *
 * Opens a model and waits for its whole manifest.
 *
 * Returns: (transfer full): the manifest
 */
AssayManifest *cli_open (const char *path, const CliOptions *options, GError **error);

/**
 * cli_find_variable:
 * @file: what the user called the model, for the error
 * @name: a key, a path, or the end of a path that only one variable has
 * @index: (out): its number
 *
 * Finds a variable by what the user typed.
 *
 * Returns: whether there is exactly one
 */
gboolean cli_find_variable (AssayManifest *manifest, const char *file, const char *name, guint32 *index, GError **error);

/**
 * cli_show_module:
 * @name: a module's path
 * @json: whether as a JSON object
 *
 * Prints a module: its class, settings, sums, and the variables below it.
 *
 * Returns: %FALSE if there is no such module
 */
gboolean cli_show_module (AssayManifest *manifest, const char *name, gboolean json);

/**
 * cli_matches:
 * @pattern: (nullable): a shell pattern, or part of a path
 *
 * Returns: whether a path fits the pattern
 */
gboolean cli_matches (const char *pattern, const char *path);

/**
 * cli_progress_new:
 * @title: what is being done
 * @options: quiet or not
 *
 * Makes a job whose progress is drawn on stderr if that is a terminal.
 *
 * Returns: (transfer full): a job; draw with cli_progress_tick(), end with cli_progress_end()
 */
AssayJob *cli_progress_new (const char *title, const CliOptions *options);

/**
 * cli_progress_tick:
 *
 * Draws the job's progress, at most ten times a second.
 */
void cli_progress_tick (AssayJob *job);

/**
 * cli_progress_end:
 *
 * Removes what was drawn.
 */
void cli_progress_end (AssayJob *job);

/**
 * cli_is_parameter:
 *
 * Returns: whether a variable's elements count as the model's parameters
 */
gboolean cli_is_parameter (const AssayManifestVariable *variable);

/**
 * cli_is_trainable:
 *
 * Returns: whether a variable is trained, as far as the file tells
 */
gboolean cli_is_trainable (const AssayManifestVariable *variable);

/* Room for whatever the three below print, with its NUL. */
#define CLI_FORMAT_SIZE 40

/**
 * cli_print_digits:
 * @buffer: room
 *
 * Returns: a plain number, somewhere in @buffer
 */
char *cli_print_digits (char buffer[CLI_FORMAT_SIZE], guint64 n);

/**
 * cli_print_bytes:
 * @buffer: room
 *
 * Returns: a size as people read it: "18.4 kB", somewhere in @buffer
 */
char *cli_print_bytes (char buffer[CLI_FORMAT_SIZE], guint64 n_bytes);

/**
 * cli_print_count:
 * @buffer: room
 *
 * Returns: a number with its digits in groups of three, somewhere in @buffer
 */
char *cli_print_count (char buffer[CLI_FORMAT_SIZE], guint64 n);

/**
 * cli_format_bytes:
 *
 * Returns: (transfer full): a size as people read it: "18.4 kB"
 */
char *cli_format_bytes (guint64 n_bytes);

/**
 * cli_format_count:
 *
 * Returns: (transfer full): a number with its digits in groups of three
 */
char *cli_format_count (guint64 n);

/**
 * cli_print_variable_json:
 * @index: which variable
 * @sha256: (nullable): its hash, if it was asked for
 *
 * Prints the fields of a variable's entry, without braces, for ls and show.
 */
void cli_print_variable_json (AssayManifest *manifest, guint32 index, const char *sha256);

/**
 * cli_print_functions_json:
 *
 * Prints the entries of all functions that can be called, without brackets; nothing for a file that has values only.
 */
void cli_print_functions_json (AssayManifest *manifest);

/**
 * cli_print_shape_json:
 *
 * Prints a shape as a list, null for what isn't known.
 */
void cli_print_shape_json (const AssayPartialShape *shape);

/**
 * cli_print_spec_json:
 * @name: (nullable): what it is called
 *
 * Prints an object with name, dtype and shape of a value.
 */
void cli_print_spec_json (const char *name, const AssayValueSpec *spec);

/**
 * cli_hash:
 * @source: a variable's values
 *
 * SHA-256 as CLI.md says: over the stored value's bytes, little-endian, row-major; packed where the type is; for strings each
 * as 8 bytes of length and its bytes.
 *
 * Returns: (transfer full): 64 hexadecimal digits, or %NULL with @error set
 */
char *cli_hash (AssaySource *source, gboolean packed, GError **error);

/**
 * cli_print_statistics_json:
 * @statistics: an AssayStatistics
 *
 * Prints statistics as a JSON object.
 */
void cli_print_statistics_json (const AssayStatistics *statistics);

/* JSON, written as it comes. */

/**
 * json_print_string:
 * @text: valid UTF-8
 *
 * Prints a string with its quotes.
 */
void json_print_string (const char *text);

/**
 * json_print_double:
 *
 * Prints a number with all its digits; NaN and infinities as the strings "NaN", "Infinity", "-Infinity".
 */
void json_print_double (double value);

/**
 * json_print_key:
 * @first: whether it is the object's first; set to %FALSE
 *
 * Prints a comma if needed, and a member's name.
 */
void json_print_key (gboolean *first, const char *key);

G_END_DECLS
