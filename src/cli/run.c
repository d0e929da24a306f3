/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli run: a model is called with inputs, its outputs and activations are written. */

#include "run-private.h"

#include <assay/import.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_REPEAT 1000000

/* What was asked for. */
typedef struct
{
  CliRunInputs inputs;
  CliOptions   options;
  char        *signature, *output, *scale;
  gboolean     activations, crop, pad;
  int          repeat;
} Asked;

static void
asked_clear (Asked *asked)
{
  g_strfreev (asked->inputs.values);
  g_free (asked->inputs.file);
  g_free (asked->signature);
  g_free (asked->output);
  g_free (asked->scale);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

/* A run on its way, in a thread of its own while progress is drawn. */
typedef struct
{
  const Asked   *asked;
  AssayRunnable *runnable;
  GPtrArray     *values;
  AssayJob      *job;
  GError        *error;
  AssayRun      *run;
  int            done;
} Running;

static gpointer
run_once (gpointer data)
{
  Running *self = data;

  self->run = assay_runnable_run (self->runnable, self->asked->signature, (AssayValue **) self->values->pdata, self->values->len,
                                  self->asked->activations, self->job, &self->error);
  g_atomic_int_set (&self->done, TRUE);
  return NULL;
}

static AssayRun *
run_with_progress (Running *self, GError **error)
{
  self->done = FALSE;
  if (g_object_get_data (G_OBJECT (self->job), "shown") == NULL)
    run_once (self);
  else
    {
      GThread *thread = g_thread_new ("run", run_once, self);

      while (!g_atomic_int_get (&self->done))
        {
          cli_progress_tick (self->job);
          g_usleep (2000);
        }
      g_thread_join (thread);
    }
  if (self->run == NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  return g_steal_pointer (&self->run);
}

static AssayRun *
run_repeatedly (Running *self, double *load_ms, GArray *run_ms, guint64 *peak_bytes, GError **error)
{
  g_autoptr (AssayRun) run = NULL;

  for (int i = 0; i < self->asked->repeat; i++)
    {
      double ms;

      g_clear_object (&run);
      run = run_with_progress (self, error);
      if (run == NULL)
        return NULL;
      ms = assay_run_get_seconds (run) * 1000;
      g_array_append_val (run_ms, ms);
      *load_ms += assay_run_get_load_seconds (run) * 1000;
      *peak_bytes = MAX (*peak_bytes, assay_run_get_peak_bytes (run));
    }
  return g_steal_pointer (&run);
}

static gboolean
write_files (const Asked *asked, AssayRun *run, GError **error)
{
  if (asked->output == NULL)
    return TRUE;
  if (g_mkdir_with_parents (asked->output, 0777) != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("%s can’t be made: %s"), asked->output, g_strerror (errno));
      return FALSE;
    }
  if (!cli_run_write_npz (asked->output, "outputs.npz", run, assay_run_get_n_outputs (run), assay_run_get_output, error))
    return FALSE;
  return !asked->activations ||
         cli_run_write_npz (asked->output, "activations.npz", run, assay_run_get_n_activations (run), assay_run_get_activation, error);
}

static gboolean
check_asked (Asked *asked, GError **error)
{
  /* cli_parse() writes a minus in front of a digit as the typographical one. */
  static const struct
  {
    const char       *name;
    AssayPictureScale scale;
  } scales[] = { { "0..1", ASSAY_PICTURE_01 }, { "0..255", ASSAY_PICTURE_255 }, { "-1..1", ASSAY_PICTURE_MINUS_1_1 }, { "−1..1", ASSAY_PICTURE_MINUS_1_1 }, { "0..16", ASSAY_PICTURE_16 }, { "torch", ASSAY_PICTURE_TORCH }, { "caffe", ASSAY_PICTURE_CAFFE } };

  asked->inputs.picture.fit = asked->crop ? ASSAY_PICTURE_CROP : asked->pad ? ASSAY_PICTURE_PAD
                                                                            : ASSAY_PICTURE_STRETCH;
  if (asked->repeat < 1 || asked->repeat > MAX_REPEAT)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--repeat takes a number from 1 to %d, not %d"), MAX_REPEAT, asked->repeat);
      return FALSE;
    }
  if (asked->activations && asked->output == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--activations are written into a folder: say --output DIR, too"));
      return FALSE;
    }
  for (gsize i = 0; asked->scale != NULL && i < G_N_ELEMENTS (scales); i++)
    if (strcmp (asked->scale, scales[i].name) == 0)
      {
        asked->inputs.picture.scale = scales[i].scale;
        asked->inputs.picture.bgr |= scales[i].scale == ASSAY_PICTURE_CAFFE;
        return TRUE;
      }
  if (asked->scale == NULL)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--scale takes 0..1, 0..255, -1..1, 0..16, torch or caffe, not “%s”"), asked->scale);
  return FALSE;
}

static int
run_model (const Asked *asked, const char *path, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (AssayManifest) manifest = cli_open (path, &asked->options, error);
  g_autoptr (AssayRunnable) runnable = manifest ? assay_import (manifest, NULL, NULL, NULL, error) : NULL;
  AssayFunction *function = runnable ? assay_runnable_find_signature (runnable, asked->signature, error) : NULL;
  double         load_ms = (g_get_monotonic_time () - begin) / 1000.0;
  g_autoptr (GPtrArray) values = function ? cli_run_make_inputs (function, &asked->inputs, error) : NULL;
  g_autoptr (AssayJob) job = NULL;
  g_autoptr (AssayRun) run = NULL;
  g_autoptr (GArray) run_ms = g_array_new (FALSE, FALSE, sizeof (double));
  guint64 peak_bytes = 0;

  if (values == NULL)
    return CLI_TROUBLE;
  if (asked->options.n_threads > 0)
    assay_engine_set_n_threads (asked->options.n_threads);
  job = cli_progress_new (_ ("Running"), &asked->options);
  run = run_repeatedly (&(Running){ .asked = asked, .runnable = runnable, .values = values, .job = job }, &load_ms, run_ms, &peak_bytes, error);
  cli_progress_end (job);
  if (run == NULL || !write_files (asked, run, error))
    return CLI_TROUBLE;
  if (asked->options.json)
    cli_run_print_json (run, &asked->options, load_ms, run_ms, peak_bytes);
  else
    cli_run_print (run, &asked->options);
  return CLI_FINE;
}

static int
run_run (int argc, char **argv, GError **error)
{
  g_auto (Asked) asked = { .repeat = 1 };
  g_auto (GStrv) words = NULL;
  const GOptionEntry entries[] = {
    { "signature", 0, 0, G_OPTION_ARG_STRING, &asked.signature, N_ ("Which signature is called"), "S" },
    { "input", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.inputs.values, N_ ("An input: zeros, ones, random:SEED, [[1, 2]], a .npy, .npz, .csv or a picture"), "NAME=VALUE" },
    { "inputs", 0, 0, G_OPTION_ARG_FILENAME, &asked.inputs.file, N_ ("All inputs, by name"), "FILE.npz" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &asked.scale, N_ ("What the brightness of pictures becomes: 0..1, 0..255, -1..1, 0..16, or less ImageNet’s mean as torch or caffe do it"), "RANGE" },
    { "crop", 0, 0, G_OPTION_ARG_NONE, &asked.crop, N_ ("The middle of a picture, instead of stretching it"), NULL },
    { "pad", 0, 0, G_OPTION_ARG_NONE, &asked.pad, N_ ("All of a picture with black beside it, instead of stretching it"), NULL },
    { "bgr", 0, 0, G_OPTION_ARG_NONE, &asked.inputs.picture.bgr, N_ ("Blue first in pictures, rather than red"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output, N_ ("Folder for outputs.npz"), "DIR" },
    { "activations", 0, 0, G_OPTION_ARG_NONE, &asked.activations, N_ ("Also write activations.npz"), NULL },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &asked.repeat, N_ ("How often it is run"), "N" },
    { NULL },
  };

  if (!cli_parse (&cli_run_command, entries, argc, argv, 1, 1, &asked.options, &words, error) || !check_asked (&asked, error))
    return CLI_TROUBLE;
  return run_model (&asked, words[0], error);
}

const CliCommand cli_run_command = {
  "run",
  N_ ("Calls a model"),
  "MODEL",
  "Examples:\n  assay-cli run model.keras --inputs inputs.npz --output results --activations\n"
  "  assay-cli run saved_model --input 'x=[[2, 2, 2]]'\n  assay-cli run cnn.keras --input photo.png --scale 0..255\n"
  "  assay-cli run model.h5 --input random:1 --repeat 20 --json",
  run_run,
};
