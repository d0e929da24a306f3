/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening: a worker reads, the main thread appends. */

#include "document-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>

/* What the worker tells the main thread: a session, a frame, or the end. */
typedef struct
{
  AssayDocument      *document;
  AssayJob           *job;
  AssayReaderSession *session;
  AssayManifestFrame *frame;
  AssayJournalLeft   *left;
  GError             *error;
  gboolean            is_end;
} Event;

typedef struct
{
  AssayDocument *document; /* kept alive until the worker has ended */
  AssayJob      *job;
  char          *path;
  GMainContext  *context;
} Opening;

static void
event_free (Event *event)
{
  g_object_unref (event->document);
  g_object_unref (event->job);
  g_clear_object (&event->session);
  g_clear_pointer (&event->frame, assay_manifest_frame_free);
  if (event->left != NULL)
    assay_journal_left_free (event->left, FALSE);
  g_clear_error (&event->error);
  g_free (event);
}

/* On the main thread. What comes of an opening that was given up is dropped. */
static gboolean
event_cb (gpointer data)
{
  Event         *event = data;
  AssayDocument *self = event->document;

  if (self->job != event->job)
    return G_SOURCE_REMOVE;
  if (event->is_end)
    {
      AssayDocumentState state = event->error ? ASSAY_DOCUMENT_FAILED : ASSAY_DOCUMENT_READY;

      assay_document_set_job (self, NULL);
      assay_document_set_state (self, state, g_steal_pointer (&event->error));
      if (state == ASSAY_DOCUMENT_READY)
        assay_document_watch (self);
      if (event->left != NULL && state == ASSAY_DOCUMENT_READY)
        assay_document_take_left (self, g_steal_pointer (&event->left));
    }
  else if (event->frame == NULL)
    assay_document_take_manifest (self, assay_reader_session_get_manifest (event->session), assay_reader_session_get_path (event->session));
  else
    {
      assay_manifest_append (self->manifest, g_steal_pointer (&event->frame));
      assay_document_manifest_grew (self);
    }
  return G_SOURCE_REMOVE;
}

static void
send_event (Opening *opening, AssayReaderSession *session, AssayManifestFrame *frame, AssayJournalLeft *left, GError *error, gboolean is_end)
{
  Event *event = g_new0 (Event, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  event->document = g_object_ref (opening->document);
  event->job = g_object_ref (opening->job);
  event->session = session ? g_object_ref (session) : NULL;
  event->frame = frame;
  event->left = left;
  event->error = error;
  event->is_end = is_end;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, event_cb, event, (GDestroyNotify) event_free);
  g_source_attach (source, opening->context);
}

/* The document must not be finalized in the worker. */
static gboolean
release_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static void
opening_free (Opening *opening)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, release_cb, opening->document, g_object_unref);
  g_source_attach (source, opening->context);
  g_object_unref (opening->job);
  g_main_context_unref (opening->context);
  g_free (opening->path);
  g_free (opening);
}

static gpointer
open_thread (gpointer data)
{
  Opening      *opening = data;
  GCancellable *cancellable = assay_job_get_cancellable (opening->job);
  GError       *error = NULL;
  g_autoptr (AssayReaderSession) session = assay_reader_session_new (opening->path, &error);
  AssayManifestFrame *frame;
  AssayJournalLeft   *left = NULL;

  if (session != NULL)
    {
      send_event (opening, session, NULL, NULL, NULL, FALSE);
      while ((frame = assay_reader_session_next (session, cancellable, &error)) != NULL)
        send_event (opening, session, frame, NULL, NULL, FALSE);
    }
  if (session != NULL && error == NULL)
    left = assay_journal_find (assay_reader_session_get_path (session));
  send_event (opening, NULL, NULL, left, error, TRUE);
  opening_free (opening);
  return NULL;
}

void
assay_document_start_opening (AssayDocument *self)
{
  Opening         *opening = g_new0 (Opening, 1);
  g_autofree char *base = g_path_get_basename (self->path);
  g_autofree char *shown = g_filename_display_name (base);
  g_autofree char *title = g_strdup_printf (_ ("Opening %s"), shown);
  g_autoptr (AssayJob) job = assay_job_new (title);

  opening->document = g_object_ref (self);
  opening->job = g_object_ref (job);
  opening->path = g_strdup (self->path);
  opening->context = g_main_context_ref_thread_default ();
  assay_document_set_job (self, job);
  assay_document_set_state (self, ASSAY_DOCUMENT_LOADING, NULL);
  g_thread_unref (g_thread_new ("open", open_thread, opening));
}

AssayDocument *
assay_document_new (const char *path)
{
  AssayDocument *self = g_object_new (ASSAY_TYPE_DOCUMENT, NULL);
  g_autoptr (AssayManifest) nothing = assay_manifest_new ();

  self->path = g_strdup (path);
  self->keeps_journal = TRUE;
  assay_document_take_manifest (self, nothing, path);
  assay_document_start_opening (self);
  return self;
}

AssayDocument *
assay_document_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayDocument) self = g_object_new (ASSAY_TYPE_DOCUMENT, NULL);
  g_autoptr (AssayManifest) manifest = assay_manifest_load (path, cancellable, error);
  const char *main_path;

  self->path = g_strdup (path);
  if (manifest == NULL)
    {
      g_autoptr (AssayManifest) nothing = assay_manifest_new ();

      assay_document_take_manifest (self, nothing, path);
      return NULL;
    }
  main_path = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  assay_document_take_manifest (self, manifest, main_path);
  assay_document_set_state (self, ASSAY_DOCUMENT_READY, NULL);
  return g_steal_pointer (&self);
}

void
assay_document_reload (AssayDocument *self)
{
  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  if (self->job != NULL)
    assay_job_cancel (self->job);
  self->changed_on_disk = FALSE;
  self->gone = FALSE;
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK);
  assay_document_start_opening (self);
}
