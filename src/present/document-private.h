/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A document from the inside: what its files (opening, editing, saving, journal) share. */

#pragma once

#include <assay/document.h>
#include <assay/reader-session.h>

#include "history-private.h"
#include "node-private.h"
#include "statistics-queue-private.h"

G_BEGIN_DECLS

struct _AssayDocument
{
  GObject               parent_instance;
  char                 *path;      /* as the user named it */
  char                 *main_path; /* of the file that was opened */
  AssayManifest        *manifest;
  AssayOutline         *outline;
  GHashTable           *modules;   /* number → AssayNode */
  GHashTable           *variables; /* number → AssayNode */
  AssayNode            *root;
  GHashTable           *current; /* number of a variable → AssaySource with edits */
  AssayHistory         *history;
  AssayStatisticsQueue *queue;
  AssayJob             *job;
  GError               *error;
  AssayDocumentState    state;
  gboolean              changed_on_disk;
};

typedef enum
{
  ASSAY_DOCUMENT_PROP_0,
  ASSAY_DOCUMENT_PROP_PATH,
  ASSAY_DOCUMENT_PROP_TITLE,
  ASSAY_DOCUMENT_PROP_FORMAT,
  ASSAY_DOCUMENT_PROP_STATE,
  ASSAY_DOCUMENT_PROP_ERROR_MESSAGE,
  ASSAY_DOCUMENT_PROP_ROOT,
  ASSAY_DOCUMENT_PROP_N_VARIABLES,
  ASSAY_DOCUMENT_PROP_N_PARAMETERS,
  ASSAY_DOCUMENT_PROP_N_TRAINABLE,
  ASSAY_DOCUMENT_PROP_N_BYTES,
  ASSAY_DOCUMENT_PROP_N_EDITS,
  ASSAY_DOCUMENT_PROP_DIRTY,
  ASSAY_DOCUMENT_PROP_CAN_UNDO,
  ASSAY_DOCUMENT_PROP_CAN_REDO,
  ASSAY_DOCUMENT_PROP_UNDO_NAME,
  ASSAY_DOCUMENT_PROP_REDO_NAME,
  ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK,
  ASSAY_DOCUMENT_PROP_JOB,
  ASSAY_DOCUMENT_N_PROPS
} AssayDocumentProp;

/**
 * assay_document_notify:
 * @prop: a property that has changed
 *
 * Tells of a change.
 */
void assay_document_notify (AssayDocument *self, AssayDocumentProp prop);

/**
 * assay_document_take_manifest:
 * @manifest: (transfer none): what is being read
 * @main_path: the file that was opened
 *
 * Begins anew with a manifest: tree, statistics, edits.
 */
void assay_document_take_manifest (AssayDocument *self, AssayManifest *manifest, const char *main_path);

/**
 * assay_document_manifest_grew:
 *
 * Takes in what the manifest has got since.
 */
void assay_document_manifest_grew (AssayDocument *self);

/**
 * assay_document_set_state:
 * @error: (transfer full) (nullable): why it failed
 *
 * Sets the state, and what is known of a failure.
 */
void assay_document_set_state (AssayDocument *self, AssayDocumentState state, GError *error);

/**
 * assay_document_set_job:
 * @job: (nullable): what goes on
 *
 * Sets the job that the user sees.
 */
void assay_document_set_job (AssayDocument *self, AssayJob *job);

/**
 * assay_document_start_opening:
 *
 * Starts a worker that opens the document's path.
 */
void assay_document_start_opening (AssayDocument *self);

/**
 * assay_document_apply:
 * @variable: number of a variable
 * @source: (nullable): its values from now on; %NULL for those in the file
 *
 * Puts values in place, without history: marks, statistics and views follow.
 */
void assay_document_apply (AssayDocument *self, guint32 variable, AssaySource *source);

/**
 * assay_document_push:
 * @variable: what is edited
 * @source: (transfer none): its new values
 * @name: (transfer full): what undo says
 *
 * Adds a step to the history and does it.
 */
void assay_document_push (AssayDocument *self, AssayNode *variable, AssaySource *source, char *name);

/**
 * assay_document_history_changed:
 *
 * Tells of changes in history and dirt.
 */
void assay_document_history_changed (AssayDocument *self);

G_END_DECLS
