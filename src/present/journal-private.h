/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The journal of a document's unsaved edits: written by a thread of its own, so that a crash at any moment loses no edit that was
 * there a moment before.
 *
 *   journal  "ASSAYJ01" record*
 *   record   u32 length · u32 CRC-32 of the body · body: a GVariant "(sv)" of a kind and its content
 *
 *   file     (stttx)        path, device, inode, size, time in ns: what the edits belong to; the first record
 *   box      (ssatatay)     key, name of the step, start, count, values in the machine's byte order
 *   strings  (ssatatatay)   key, name, start, count, lengths, bytes
 *   formula  (ssbatats)     key, name, whether all of it, start, count, text
 *   position u              how many of the steps are done: undo and redo
 *
 * A record that is cut off or doesn't fit its checksum ends the journal. A lock tells whether the journal's writer is alive.
 */

#pragma once

#include <assay/file.h>

G_BEGIN_DECLS

typedef struct _AssayJournal AssayJournal;

/**
 * assay_journal_new:
 * @path: the file that is edited
 * @identity: what it is
 *
 * Makes a journal. Nothing is on disk before the first record.
 *
 * Returns: (transfer full): a journal
 */
AssayJournal *assay_journal_new (const char *path, const AssayFileIdentity *identity);

/**
 * assay_journal_append:
 * @kind: a record's kind
 * @content: its content; a floating reference is taken
 *
 * Adds a record. Returns at once; a thread writes and syncs it.
 */
void assay_journal_append (AssayJournal *self, const char *kind, GVariant *content);

/**
 * assay_journal_flush:
 *
 * Waits until all records are on disk. For tests.
 */
void assay_journal_flush (AssayJournal *self);

/**
 * assay_journal_free:
 *
 * Ends the journal and deletes its file: its edits are saved, or given up.
 */
void assay_journal_free (AssayJournal *self);

/**
 * AssayJournalLeft:
 * @path: of the journal's own file
 * @fd: holds its lock
 * @identity: of the file that was edited
 * @records: (element-type GVariant): the steps, each "(sv)"
 * @position: how many of them were done
 *
 * A journal that a crash has left.
 */
typedef struct
{
  char             *path;
  int               fd;
  AssayFileIdentity identity;
  GPtrArray        *records;
  guint             position;
} AssayJournalLeft;

/**
 * assay_journal_find:
 * @path: a file that is being opened
 *
 * Looks for a journal that a process has left which isn't there any more. Touches the disk: call it from a worker.
 *
 * Returns: (transfer full) (nullable): the journal with the most steps, if any has one
 */
AssayJournalLeft *assay_journal_find (const char *path);

/**
 * assay_journal_left_free:
 * @forget: whether to delete the journal's file
 *
 * Lets go of a journal that was left.
 */
void assay_journal_left_free (AssayJournalLeft *left, gboolean forget);

G_END_DECLS
