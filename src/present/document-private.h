/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A document from the inside: what its files (opening, editing, saving, journal) share. */

#pragma once

#include <assay/document.h>
#include <assay/reader-session.h>

#include "history-private.h"
#include "journal-private.h"
#include "node-private.h"
#include "statistics-queue-private.h"

G_BEGIN_DECLS

struct _AssayDocument
{
  GObject               parent_instance;
  guint                 live;      /* which model without a file it is; 0 for a file's */
  char                 *path;      /* as the user named it */
  char                 *main_path; /* of the file that was opened */
  AssayManifest        *manifest;
  AssayOutline         *outline;
  GHashTable           *modules;   /* number → AssayNode */
  GHashTable           *variables; /* number → AssayNode */
  AssayNode            *root;
  GHashTable           *current;   /* number of a variable → AssaySource with edits */
  GHashTable           *originals; /* number of a variable → the AssaySource of the file that edits were laid over */
  AssayHistory         *history;
  AssayStatisticsQueue *queue;
  guint32               fill_next; /* the next variable to compute in the background, up to fill_end */
  guint32               fill_end;
  guint                 fill_idle;
  AssayJob             *job;
  GError               *error;
  AssayDocumentState    state;
  gboolean              changed_on_disk;
  gboolean              gone;            /* and the change is that it isn't there any more */
  GFileMonitor         *monitor;         /* of the file, in documents of windows */
  guint                 look_later;      /* the file may have changed: it is looked at when writing has rested */
  gboolean              keeps_journal;   /* documents of windows do */
  AssayJournal         *journal;         /* NULL before the first step */
  guint                 journal_base;    /* the position in the history that the journal begins at */
  AssayJournalLeft     *left;            /* what a crash has left */
  GPtrArray            *recovered_names; /* of its steps */
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
 * assay_document_take_statistics:
 * @variable: a variable's number
 * @source: what they were computed of
 * @statistics: (transfer full) (nullable): them; %NULL if that failed
 * @document: the document
 *
 * What the queue of statistics calls.
 */
void assay_document_take_statistics (guint32 variable, AssaySource *source, AssayStatistics *statistics, gpointer document);

/**
 * assay_document_renew_statistics:
 * @variable: a variable's number
 *
 * Forgets the statistics of a variable whose values have changed, and asks for new ones, if there were any.
 */
void assay_document_renew_statistics (AssayDocument *self, guint32 variable);

/**
 * assay_document_stop_statistics:
 *
 * Computes no more in the background.
 */
void assay_document_stop_statistics (AssayDocument *self);

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

/**
 * assay_document_dup_base:
 * @variable: what is to be edited
 * @error: return location for an error
 *
 * As assay_document_dup_source(), but always the same object for values that aren't edited, so that saving can tell what was.
 *
 * Returns: (transfer full): what an edit is laid over
 */
AssaySource *assay_document_dup_base (AssayDocument *self, AssayNode *variable, GError **error);

/**
 * assay_document_has_edit:
 *
 * Returns: whether a variable's values aren't read from the file alone
 */
gboolean assay_document_has_edit (AssayDocument *self, AssayNode *variable);

/**
 * assay_document_exchange_manifest:
 * @manifest: of the same variables, in the file that was written
 * @main_path: that file
 *
 * Goes on with another file. What is edited keeps its sources; the rest is read from the new file.
 */
void assay_document_exchange_manifest (AssayDocument *self, AssayManifest *manifest, const char *main_path);

/**
 * assay_document_update_all_marks:
 *
 * Marks the variables that differ from the file, and no others.
 */
void assay_document_update_all_marks (AssayDocument *self);

/**
 * assay_document_journal:
 * @kind: of journal-private.h
 * @content: a floating reference is taken
 *
 * Adds a record to the journal, if the document keeps one.
 */
void assay_document_journal (AssayDocument *self, const char *kind, GVariant *content);

/* The records of each kind of step. */
void assay_document_journal_box (AssayDocument *self, AssayNode *variable, const char *name, const guint64 *start, const guint64 *count, guint rank, GBytes *values);
void assay_document_journal_strings (AssayDocument *self, AssayNode *variable, const char *name, const guint64 *start, const guint64 *count, guint rank, GPtrArray *strings);
void assay_document_journal_formula (AssayDocument *self, AssayNode *variable, const char *name, gboolean whole, const guint64 *start, const guint64 *count, guint rank, const char *text);

/**
 * assay_document_drop_journal:
 *
 * Deletes the journal: its steps are saved, or given up.
 */
void assay_document_drop_journal (AssayDocument *self);

/**
 * assay_document_take_left:
 * @left: (transfer full) (nullable): what a crash has left
 *
 * Offers edits that were recovered.
 */
void assay_document_take_left (AssayDocument *self, AssayJournalLeft *left);

/**
 * assay_document_new_live:
 *
 * Returns: (transfer full): a document of a model that is in no file, and isn't there yet: it is loading
 */
AssayDocument *assay_document_new_live (void);

/**
 * assay_document_set_live_name:
 * @name: the model's name, which is the document's title
 */
void assay_document_set_live_name (AssayDocument *self, const char *name);

/**
 * assay_document_put_live:
 * @variable: a new variable's number
 * @source: (transfer none): its values
 *
 * Gives a variable its first values.
 */
void assay_document_put_live (AssayDocument *self, guint32 variable, AssaySource *source);

/**
 * assay_document_live_grew:
 *
 * Takes in what its manifest has got, and what assay_document_put_live() said of it. The document is ready then.
 */
void assay_document_live_grew (AssayDocument *self);

/**
 * assay_document_live_saved:
 * @position: of the history, when saving began
 * @sources: (element-type AssaySource): of each variable, what was saved
 *
 * Says that those values are saved.
 */
void assay_document_live_saved (AssayDocument *self, guint position, GPtrArray *sources);

/**
 * assay_document_watch:
 *
 * Begins to watch the file; `changed-on-disk` tells when it is no longer what was opened.
 */
void assay_document_watch (AssayDocument *self);

/**
 * assay_document_unwatch:
 *
 * Ends watching.
 */
void assay_document_unwatch (AssayDocument *self);

G_END_DECLS
