/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An open model: its tree, its edits with undo, its state on disk. Belongs to the main thread; knows nothing of GTK. */

#pragma once

#include <assay/job.h>
#include <assay/manifest.h>
#include <assay/node.h>
#include <assay/save.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_DOCUMENT (assay_document_get_type ())
G_DECLARE_FINAL_TYPE (AssayDocument, assay_document, ASSAY, DOCUMENT, GObject)

/* Properties (notified on the main thread): path, title, format, state (AssayDocumentState), error-message, root (AssayNode), n-variables,
 * n-parameters, n-trainable, n-bytes, n-edits, dirty, can-undo, can-redo, undo-name, redo-name, changed-on-disk, job (AssayJob or NULL).
 * Signals: "edited" (AssayNode *node): a variable's values changed; "recovered" (guint n_edits): a journal was found.  */

typedef enum
{
  ASSAY_DOCUMENT_LOADING,
  ASSAY_DOCUMENT_READY,
  ASSAY_DOCUMENT_FAILED,
} AssayDocumentState;

/**
 * assay_document_new:
 * @path: as for assay_reader_session_new()
 *
 * Starts opening a model. The tree can be used as soon as `root` has children; `state` becomes ready or failed.
 *
 * Returns: (transfer full): a document
 */
AssayDocument *assay_document_new (const char *path);

/**
 * assay_document_open:
 * @path: as for assay_reader_session_new()
 * @cancellable: (nullable): ends it
 * @error: return location for an error
 *
 * Opens a model and waits for it. For the terminal and for tests.
 *
 * Returns: (transfer full): a ready document, or %NULL with @error set
 */
AssayDocument *assay_document_open (const char *path, GCancellable *cancellable, GError **error);

/**
 * assay_document_get_state:
 *
 * Returns: whether it is loading, ready or failed
 */
AssayDocumentState assay_document_get_state (AssayDocument *self);

/**
 * assay_document_get_error:
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *assay_document_get_error (AssayDocument *self);

/**
 * assay_document_get_job:
 *
 * Returns: (transfer none) (nullable): the opening or saving that goes on
 */
AssayJob *assay_document_get_job (AssayDocument *self);

/**
 * assay_document_get_path:
 *
 * Returns: (transfer none): the path it was opened by
 */
const char *assay_document_get_path (AssayDocument *self);

/**
 * assay_document_is_live:
 *
 * Returns: whether it is a model of this process that is in no file (#AssayLiveModel); its path is a name then
 */
gboolean assay_document_is_live (AssayDocument *self);

/**
 * assay_document_is_at:
 * @path: an absolute path
 *
 * Whether @path leads to the file of this model: it is the path that it was opened by, or a link to its file. Asks the disk which
 * files these are, and reads nothing.
 *
 * Returns: %TRUE if it does
 */
gboolean assay_document_is_at (AssayDocument *self, const char *path);

/**
 * assay_document_is_same:
 * @other: another model
 *
 * Whether both are one model, though named in two ways: by a link, or by a shard and by the index of its set. That is known once
 * both have been opened.
 *
 * Returns: %TRUE if they are
 */
gboolean assay_document_is_same (AssayDocument *self, AssayDocument *other);

/**
 * assay_document_is_gone:
 *
 * Returns: whether the file has changed on disk in that it isn't there any more
 */
gboolean assay_document_is_gone (AssayDocument *self);

/**
 * assay_document_get_manifest:
 *
 * Returns: (transfer none): what the file holds; it grows while loading
 */
AssayManifest *assay_document_get_manifest (AssayDocument *self);

/**
 * assay_document_get_root:
 *
 * Returns: (transfer none): the root of the tree
 */
AssayNode *assay_document_get_root (AssayDocument *self);

/**
 * assay_document_get_variable:
 * @index: its number in the manifest
 *
 * Returns: (transfer none): the node of a variable
 */
AssayNode *assay_document_get_variable (AssayDocument *self, guint32 index);

/**
 * assay_document_find:
 * @name: a path, a key, or the unique end of one
 *
 * Returns: (transfer none) (nullable): the module or variable
 */
AssayNode *assay_document_find (AssayDocument *self, const char *name);

/**
 * assay_document_dup_source:
 * @variable: a variable
 * @error: return location for an error
 *
 * Returns: (transfer full): its values as they are now, edits included; immutable, for any thread
 */
AssaySource *assay_document_dup_source (AssayDocument *self, AssayNode *variable, GError **error);

/**
 * assay_document_dup_saved_source:
 * @variable: a variable
 * @error: return location for an error
 *
 * Returns: (transfer full): its values as they are in the file
 */
AssaySource *assay_document_dup_saved_source (AssayDocument *self, AssayNode *variable, GError **error);

/**
 * assay_document_want_statistics:
 * @node: a variable, or a module for all that is below it
 *
 * Asks for statistics: what was asked for last comes first. They arrive as the node's `statistics`.
 */
void assay_document_want_statistics (AssayDocument *self, AssayNode *node);

/**
 * assay_document_want_all_statistics:
 *
 * Asks for statistics of everything, behind what is asked for by assay_document_want_statistics(). Small models keep all of
 * them; of large ones, variables that have no node yet get only their health and spread.
 */
void assay_document_want_all_statistics (AssayDocument *self);

/**
 * assay_document_search_async:
 * @query: words, all of which must match: "dtype:float16", "shape:[*,64]", "nan", "inf", "zero", "constant", "edited", or
 *   a part of the path or of the file's key, capitals ignored
 * @cancellable: (nullable): ends it
 * @callback: called on the main thread
 *
 * Looks through names and facts of a ready document in a worker; reads no values.
 */
void assay_document_search_async (AssayDocument      *self,
                                  const char         *query,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/**
 * assay_document_search_finish:
 *
 * Returns: (transfer full): a list of #AssayNode in the file's order, or %NULL with @error set (cancelled)
 */
GListModel *assay_document_search_finish (AssayDocument *self, GAsyncResult *result, GError **error);

/**
 * assay_document_edit_box:
 * @variable: a variable
 * @start: (array): where the box begins
 * @count: (array): how large it is
 * @values: (nullable): its new values in the machine's byte order, row-major; for `STRING` see assay_document_edit_strings()
 * @name: what undo says, as in "Set kernel[0, 2] to 0.5"
 * @error: return location for an error
 *
 * Changes values: one step in the history. Fails with `ASSAY_ERROR_UNSUPPORTED` if this variable can't be edited.
 *
 * Returns: whether it is done
 */
gboolean assay_document_edit_box (AssayDocument *self,
                                  AssayNode     *variable,
                                  const guint64 *start,
                                  const guint64 *count,
                                  GBytes        *values,
                                  const char    *name,
                                  GError       **error);

/**
 * assay_document_edit_strings:
 * @variable: a `STRING` variable
 * @start: (array): where the box begins
 * @count: (array): how large it is
 * @strings: (element-type GBytes): its new values, row-major
 * @name: what undo says
 * @error: return location for an error
 *
 * Changes strings: one step in the history.
 *
 * Returns: whether it is done
 */
gboolean assay_document_edit_strings (AssayDocument *self,
                                      AssayNode     *variable,
                                      const guint64 *start,
                                      const guint64 *count,
                                      GPtrArray     *strings,
                                      const char    *name,
                                      GError       **error);

/**
 * assay_document_edit_text:
 * @variable: a variable
 * @start: (array): a cell
 * @rows: (nullable): axis along which lines go; G_MAXUINT for none
 * @columns: axis along which tab-separated fields go; G_MAXUINT for none
 * @text: a value, or a block of them as a spreadsheet copies it: fields by tabs, lines by newlines
 * @error: return location for an error
 *
 * Types into a cell, or pastes a block from there on: one step in the history. Values are checked against the dtype: 300
 * into uint8 fails with `ASSAY_ERROR_RANGE` in a sentence, and nothing is changed.
 *
 * Returns: whether it is done
 */
gboolean assay_document_edit_text (AssayDocument *self,
                                   AssayNode     *variable,
                                   const guint64 *start,
                                   guint          rows,
                                   guint          columns,
                                   const char    *text,
                                   GError       **error);

/**
 * assay_document_edit_formula_async:
 * @variable: a variable
 * @start: (nullable) (array): where the box begins; %NULL for the whole variable
 * @count: (nullable) (array): how large it is
 * @formula: as in "x * 0.9"
 * @job: (nullable): told of progress (mean(x) has to look at everything; the range is checked)
 * @callback: called on the main thread
 *
 * Changes values by a formula, kept as a formula: one step in the history. Fails with `ASSAY_ERROR_SYNTAX` (saying where),
 * `ASSAY_ERROR_RANGE` (a result doesn't fit the dtype).
 */
void assay_document_edit_formula_async (AssayDocument      *self,
                                        AssayNode          *variable,
                                        const guint64      *start,
                                        const guint64      *count,
                                        const char         *formula,
                                        AssayJob           *job,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);

/**
 * assay_document_edit_formula_finish:
 *
 * Returns: whether it is done
 */
gboolean assay_document_edit_formula_finish (AssayDocument *self, GAsyncResult *result, GError **error);

/**
 * assay_document_undo:
 *
 * Takes back the last step; does nothing if there is none.
 */
void assay_document_undo (AssayDocument *self);

/**
 * assay_document_redo:
 *
 * Does again what was taken back last; does nothing if there is nothing.
 */
void assay_document_redo (AssayDocument *self);

/**
 * assay_document_get_history:
 *
 * Returns: (transfer none): the steps, oldest first, as a list of #GtkStringObject-like objects with a `name` property
 */
GListModel *assay_document_get_history (AssayDocument *self);

/**
 * assay_document_get_position:
 *
 * Returns: how many steps of the history are done
 */
guint assay_document_get_position (AssayDocument *self);

/**
 * assay_document_set_position:
 * @position: how many steps shall be done
 *
 * Undoes or redoes until so many steps are done.
 */
void assay_document_set_position (AssayDocument *self, guint position);

/**
 * assay_document_is_dirty:
 *
 * Returns: whether there are edits that aren't saved
 */
gboolean assay_document_is_dirty (AssayDocument *self);

/**
 * assay_document_why_not_save:
 *
 * Returns: (transfer full) (nullable): why edits can't go back into this file (then only Save as is left), or %NULL
 */
char *assay_document_why_not_save (AssayDocument *self);

/**
 * assay_document_save_async:
 * @path: (nullable): where to; %NULL for the file itself
 * @writer: (nullable): the format; %NULL for the file's own
 * @flags: what the user has agreed to
 * @callback: called on the main thread
 *
 * Saves. After saving to the file itself, or to another path in the same format, the document goes on with what is saved;
 * history stays, so that undo works across a save.
 */
void assay_document_save_async (AssayDocument      *self,
                                const char         *path,
                                const AssayWriter  *writer,
                                AssaySaveFlags      flags,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);

/**
 * assay_document_save_finish:
 *
 * Returns: whether it is saved
 */
gboolean assay_document_save_finish (AssayDocument *self, GAsyncResult *result, GError **error);

/**
 * assay_document_get_recovered:
 *
 * Returns: (transfer none) (nullable) (element-type utf8): names of the edits that a crash has left, until they are restored
 *   or dropped
 */
GPtrArray *assay_document_get_recovered (AssayDocument *self);

/**
 * assay_document_recovered_fit:
 *
 * Returns: whether the file is still the one that the recovered edits were made on
 */
gboolean assay_document_recovered_fit (AssayDocument *self);

/**
 * assay_document_apply_recovered:
 * @index: which of the recovered edits
 * @error: return location for an error
 *
 * Does one recovered edit again, as a step of the history, also where the file has changed since: if there still is a variable of
 * that key that has those cells. It stays among the recovered ones.
 *
 * Fails with %ASSAY_ERROR_NOT_FOUND or %ASSAY_ERROR_SHAPE if it doesn't fit any more.
 *
 * Returns: %TRUE if it is done
 */
gboolean assay_document_apply_recovered (AssayDocument *self, guint index, GError **error);

/**
 * assay_document_restore_recovered:
 * @error: return location for an error
 *
 * Does the recovered edits again, as steps of the history.
 *
 * Returns: whether all could be done
 */
gboolean assay_document_restore_recovered (AssayDocument *self, GError **error);

/**
 * assay_document_drop_recovered:
 *
 * Forgets the recovered edits and deletes their journal.
 */
void assay_document_drop_recovered (AssayDocument *self);

/**
 * assay_document_reload:
 *
 * Opens the file again after it changed on disk; edits are dropped (ask before).
 */
void assay_document_reload (AssayDocument *self);

/**
 * assay_document_close:
 *
 * Ends jobs and deletes the journal: the user has decided to leave without saving, or all is saved.
 */
void assay_document_close (AssayDocument *self);

G_END_DECLS
