/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of a live model share. The module is touched by one thread at a time: by the worker while something is being done,
 * by the main thread otherwise. */

#pragma once

#include <assay/checkpoint.h>
#include <assay/eager.h>
#include <assay/live-model.h>
#include <assay/random.h>

G_BEGIN_DECLS

/* A variable and what it holds. */
typedef struct
{
  AssayVariable *variable;
  AssayTensor   *tensor;
  AssaySource   *source; /* the same values, as the document has them */
} AssayLivePlace;

/* The tree of modules as a manifest has it (live-tree.c). */
typedef struct
{
  AssayManifestBuilder *builder;
  GHashTable           *modules;    /* AssayModule → number + 1 */
  GHashTable           *variables;  /* AssayVariable → number + 1 */
  GHashTable           *attributes; /* "number/name" → JSON */
  GArray               *places;     /* of AssayLivePlace, by number */
  AssayDocument        *document;
} AssayLiveTree;

void assay_live_tree_init (AssayLiveTree *self, AssayDocument *document);
void assay_live_tree_clear (AssayLiveTree *self);

/* Takes in modules, variables and settings that are new. */
void assay_live_tree_update (AssayLiveTree *self, AssayModule *root);

/* Takes in values that have changed, as steps of this name. */
void assay_live_tree_take_values (AssayLiveTree *self, const char *name);

/* What is done in a worker, and what comes of it (live-work.c). */
typedef struct _AssayLiveWork AssayLiveWork;
typedef gboolean (*AssayLiveFunc) (AssayLiveWork *work, GError **error);

struct _AssayLiveWork
{
  AssayLiveFunc run;
  AssayJob     *job;
  GString      *source; /* of the cell */
  GString      *output;

  /* What it works on; lent by the model, which waits. */
  AssayModule       *module;
  AssayEager        *eager;
  AssayRandomSource *random;

  /* Edits that the variables shall have first. */
  GPtrArray *sync_variables; /* AssayVariable */
  GPtrArray *sync_sources;   /* AssaySource */
  GPtrArray *sync_tensors;   /* AssayTensor, as far as it was done */

  /* What is asked for. */
  const AssayBuiltinModule *klass;
  char                    **values;
  char                     *text; /* a path, an input, a seed */
  AssayLiveQuestion         question;

  /* What comes of it. */
  AssayModule           *made;
  AssayCheckpointStatus *status;
  gboolean               is_save;
  guint                  position; /* of the history */
  GPtrArray             *saved;    /* AssaySource of each variable, of a save */
};

AssayLiveWork *assay_live_work_new (AssayLiveFunc run, const char *text);
void           assay_live_work_free (AssayLiveWork *work);

/* Runs it, in the worker: edits first. */
gboolean assay_live_work_do (AssayLiveWork *work, GError **error);

gboolean assay_live_make (AssayLiveWork *work, GError **error);
gboolean assay_live_call (AssayLiveWork *work, GError **error);
gboolean assay_live_ask (AssayLiveWork *work, GError **error);
gboolean assay_live_write (AssayLiveWork *work, GError **error);
gboolean assay_live_restore (AssayLiveWork *work, GError **error);
gboolean assay_live_save (AssayLiveWork *work, GError **error);
gboolean assay_live_load (AssayLiveWork *work, GError **error);

/* Numbers as Python writes floats: "[[2, 2.5]]" is "[[2.0, 2.5]]" (live-text.c). */
char *assay_live_floats (const char *input);

/* How a model stands, in a sentence (live-text.c). */
char *assay_live_describe (AssayModule *module, AssayCheckpointStatus *status, gboolean saved_without_functions);

AssayLiveCell *assay_live_cell_new (const char *source, const char *output, gboolean is_error);

G_END_DECLS
