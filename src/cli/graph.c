/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli graph: the operations of a function, as a list, as JSON, or for Graphviz. */

#include "cli-private.h"

#include <assay/graph-pen.h>
#include <assay/graph-view.h>
#include <assay/import.h>
#include <glib/gi18n-lib.h>

/* By a signature's name, or that of a function which operations call, such as the body of a loop. */
static AssayFunction *
find_function (AssayRunnable *runnable, const char *name, GError **error)
{
  g_autoptr (GError) problem = NULL;
  AssayFunction *function = assay_runnable_find_signature (runnable, name, &problem);

  if (function == NULL && name != NULL)
    function = assay_library_get (assay_runnable_get_library (runnable), name);
  if (function == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return function;
}

static const char *
dtype_name (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_INVALID ? "?" : assay_dtype_get_info (dtype)->name;
}

static void
print_operation (AssayFunction *function, guint index)
{
  const AssayOperation *operation = assay_function_get_operation (function, index);

  printf ("%u\t%s\t%s\t", index, operation->op->name, operation->name);
  for (guint i = 0; i < operation->n_outputs; i++)
    {
      g_autofree char *shape = assay_partial_shape_to_string (&operation->outputs[i].shape);

      printf ("%s%s%s", i ? " " : "", dtype_name (operation->outputs[i].dtype), shape);
    }
  putchar ('\t');
  for (guint i = 0; i < operation->n_inputs; i++)
    printf (operation->inputs[i].output ? "%s%u:%u" : "%s%u", i ? " " : "", operation->inputs[i].operation, operation->inputs[i].output);
  for (guint i = 0; i < operation->n_controls; i++)
    printf (" ^%u", operation->controls[i]);
  putchar ('\n');
}

static void
print_list (AssayFunction *function)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (function, &n);

  for (guint i = 0; i < assay_function_get_n_operations (function); i++)
    print_operation (function, i);
  for (guint i = 0; i < n; i++)
    printf (results[i].ref.output ? "→\t%s\t%u:%u\n" : "→\t%s\t%u\n", results[i].name, results[i].ref.operation, results[i].ref.output);
}

static void
print_refs_json (guint n, const AssayOutputRef *refs)
{
  putchar ('[');
  for (guint i = 0; i < n; i++)
    printf ("%s[%u, %u]", i ? ", " : "", refs[i].operation, refs[i].output);
  putchar (']');
}

static void
print_operation_json (const AssayOperation *operation)
{
  fputs ("{\"name\": ", stdout);
  json_print_string (operation->name);
  fputs (", \"op\": ", stdout);
  json_print_string (operation->op->name);
  fputs (", \"inputs\": ", stdout);
  print_refs_json (operation->n_inputs, operation->inputs);
  fputs (", \"controls\": [", stdout);
  for (guint i = 0; i < operation->n_controls; i++)
    printf (i ? ", %u" : "%u", operation->controls[i]);
  fputs ("], \"outputs\": [", stdout);
  for (guint i = 0; i < operation->n_outputs; i++)
    {
      fputs (i ? ", " : "", stdout);
      cli_print_spec_json (NULL, &operation->outputs[i]);
    }
  fputs ("]}", stdout);
}

static void
print_json (AssayFunction *function)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (function, &n);

  fputs ("{\"function\": ", stdout);
  json_print_string (assay_function_get_name (function));
  printf (", \"arguments\": %u, \"captures\": %u,\n\"operations\": [", assay_function_get_n_arguments (function),
          assay_function_get_n_captures (function));
  for (guint i = 0; i < assay_function_get_n_operations (function); i++)
    {
      fputs (i ? ",\n" : "", stdout);
      print_operation_json (assay_function_get_operation (function, i));
    }
  fputs ("],\n\"results\": [", stdout);
  for (guint i = 0; i < n; i++)
    {
      fputs (i ? ", {\"name\": " : "{\"name\": ", stdout);
      json_print_string (results[i].name);
      printf (", \"from\": [%u, %u]}", results[i].ref.operation, results[i].ref.output);
    }
  fputs ("]}\n", stdout);
}

/* A text in quotes; "\n" stays Graphviz' line break. */
static void
print_label (const char *first, const char *second)
{
  putchar ('"');
  for (const char *p = first; *p; p++)
    printf (*p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
  if (second != NULL)
    fputs ("\\n", stdout);
  for (const char *p = second; p != NULL && *p; p++)
    printf (*p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
  putchar ('"');
}

static void
print_edges (AssayFunction *function, guint index)
{
  const AssayOperation *operation = assay_function_get_operation (function, index);

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      g_autofree char *shape = assay_partial_shape_to_string (&assay_function_get_spec (function, operation->inputs[i])->shape);

      printf ("  n%u -> n%u [label=", operation->inputs[i].operation, index);
      print_label (shape, NULL);
      puts ("];");
    }
  for (guint i = 0; i < operation->n_controls; i++)
    printf ("  n%u -> n%u [style=dashed];\n", operation->controls[i], index);
}

static void
print_dot (AssayFunction *function)
{
  guint                n, n_arguments = assay_function_get_n_arguments (function);
  const AssayNamedRef *results = assay_function_get_results (function, &n);

  fputs ("digraph ", stdout);
  print_label (assay_function_get_name (function), NULL);
  puts (" {\n  node [shape=box];");
  for (guint i = 0; i < assay_function_get_n_operations (function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      printf ("  n%u [label=", i);
      print_label (operation->op->name, operation->name);
      puts (i < n_arguments ? ", shape=ellipse];" : "];");
      print_edges (function, i);
    }
  for (guint i = 0; i < n; i++)
    {
      printf ("  r%u [shape=ellipse, label=", i);
      print_label (results[i].name, NULL);
      printf ("];\n  n%u -> r%u;\n", results[i].ref.operation, i);
    }
  puts ("}");
}

static gboolean
write_picture (AssayManifest *manifest, AssayRunnable *runnable, AssayFunction *function, const char *path, int levels, GError **error)
{
  g_autoptr (AssayGraphView) view = assay_graph_view_new (assay_runnable_get_library (runnable), function, manifest);
  AssayGraphPalette palette;
  g_autoptr (AssayGraphScene) scene = assay_graph_view_make (view, NULL, levels, error);

  assay_graph_palette_init (&palette, FALSE);
  return scene != NULL && assay_graph_write (scene, &palette, NULL, path, error);
}

static int
graph_run (int argc, char **argv, GError **error)
{
  gboolean           dot = FALSE;
  g_autofree char   *picture = NULL;
  int                levels = -1;
  const GOptionEntry entries[] = {
    { "dot", 0, 0, G_OPTION_ARG_NONE, &dot, N_ ("For Graphviz"), NULL },
    { "picture", 0, 0, G_OPTION_ARG_FILENAME, &picture, N_ ("Draw it into a file: .svg, .png or .pdf"), N_ ("FILE") },
    { "open", 0, 0, G_OPTION_ARG_INT, &levels, N_ ("Levels of groups that are open in the picture; by default as many as are easily looked over"), N_ ("LEVELS") },
    { NULL },
  };
  CliOptions options;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayRunnable) runnable = NULL;
  AssayFunction *function;

  if (!cli_parse (&cli_graph_command, entries, argc, argv, 1, 2, &options, &words, error))
    return CLI_TROUBLE;
  manifest = cli_open (words[0], &options, error);
  runnable = manifest ? assay_import (manifest, NULL, NULL, NULL, error) : NULL;
  function = runnable ? find_function (runnable, words[1], error) : NULL;
  if (function == NULL)
    return CLI_TROUBLE;
  if (picture != NULL)
    return write_picture (manifest, runnable, function, picture, levels, error) ? CLI_FINE : CLI_TROUBLE;
  if (options.json)
    print_json (function);
  else if (dot)
    print_dot (function);
  else
    print_list (function);
  return CLI_FINE;
}

const CliCommand cli_graph_command = {
  "graph",
  N_ ("Lists the operations of a function"),
  "MODEL [FUNCTION]",
  "Examples:\n  assay-cli graph model.keras\n  assay-cli graph saved_model serving_default --dot | dot -Tsvg -o graph.svg",
  graph_run,
};
