/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/reader-session.h>

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "connection-private.h"
#include "frame-private.h"
#include "locate-private.h"
#include "manifest-private.h"

#define MAX_MANIFEST (1u << 30)

struct _AssayReaderSession
{
  GObject          parent_instance;
  AssayConnection *connection;
  AssayManifest   *manifest;
  char            *path;
  GArray          *module_depths; /* guint16: of the modules that frames have brought, appended or not */
  guint32          n_variables;   /* likewise */
  guint64          n_bytes;       /* of all frames */
  gboolean         done;
};

G_DEFINE_FINAL_TYPE (AssayReaderSession, assay_reader_session, G_TYPE_OBJECT)

static void
reader_session_finalize (GObject *object)
{
  AssayReaderSession *self = ASSAY_READER_SESSION (object);

  if (self->connection != NULL)
    assay_connection_give_up (self->connection);
  g_clear_object (&self->connection);
  g_clear_object (&self->manifest);
  g_array_unref (self->module_depths);
  g_free (self->path);
  G_OBJECT_CLASS (assay_reader_session_parent_class)->finalize (object);
}

static void
assay_reader_session_class_init (AssayReaderSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = reader_session_finalize;
}

static void
assay_reader_session_init (AssayReaderSession *self)
{
  self->module_depths = g_array_new (FALSE, FALSE, sizeof (guint16));
}

AssayReaderSession *
assay_reader_session_new (const char *path, GError **error)
{
  g_autoptr (AssayReaderSession) self = g_object_new (ASSAY_TYPE_READER_SESSION, NULL);
  g_autofree char *part = NULL;
  g_autoptr (AssayFile) file = NULL;

  self->path = assay_locate (path, &part, error);
  file = self->path ? assay_file_open (self->path, error) : NULL;
  if (file == NULL)
    return NULL;
  self->connection = assay_connection_new (file, part, ASSAY_READER_MODE_READ, error);
  if (self->connection == NULL)
    return NULL;
  self->manifest = assay_manifest_new ();
  assay_manifest_set_session (self->manifest, G_OBJECT (self->connection));
  return g_steal_pointer (&self);
}

static AssayManifestFrame *
check (AssayReaderSession *self, GVariant *body, GError **error)
{
  guint32             n_files = assay_connection_get_n_files (self->connection);
  g_autofree guint64 *sizes = g_new (guint64, n_files);
  AssayFrameLimits    limits = {
       .n_modules = self->module_depths->len,
       .module_depths = (const guint16 *) self->module_depths->data,
       .n_variables = self->n_variables,
       .n_files = n_files,
       .file_sizes = sizes,
  };
  AssayManifestFrame *frame = NULL;

  for (guint32 i = 0; i < n_files; i++)
    sizes[i] = assay_file_get_identity (assay_connection_get_file (self->connection, i))->size;
  self->n_bytes += g_variant_get_size (body);
  if (self->n_bytes <= MAX_MANIFEST)
    frame = assay_manifest_frame_check (body, &limits, error);
  else
    {
      g_variant_unref (body);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("What “%s” says of its variables takes more than %u MB; the file is damaged or hostile"),
                   self->path, MAX_MANIFEST >> 20);
    }
  if (frame == NULL)
    return NULL;
  g_array_append_vals (self->module_depths, frame->module_depth, frame->n_modules);
  self->n_variables += frame->n_variables;
  return frame;
}

AssayManifestFrame *
assay_reader_session_next (AssayReaderSession *self, GCancellable *cancellable, GError **error)
{
  AssayManifestFrame *frame;
  GVariant           *body;
  AssayMessageType    type;

  g_return_val_if_fail (ASSAY_IS_READER_SESSION (self), NULL);
  if (self->done)
    return NULL;
  type = assay_connection_receive (self->connection, cancellable, &body, error);
  if (type == ASSAY_MESSAGE_FRAME)
    {
      frame = check (self, body, error);
      self->done = frame == NULL;
      if (self->done)
        assay_connection_give_up (self->connection);
      return frame;
    }
  g_clear_pointer (&body, g_variant_unref);
  self->done = TRUE;
  if (type == ASSAY_MESSAGE_DONE && self->module_depths->len > 0)
    assay_manifest_set_complete (self->manifest);
  else if (type != ASSAY_MESSAGE_NONE)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader answered what it wasn’t asked"));
  return NULL;
}

AssayManifest *
assay_reader_session_get_manifest (AssayReaderSession *self)
{
  g_return_val_if_fail (ASSAY_IS_READER_SESSION (self), NULL);
  return self->manifest;
}

const char *
assay_reader_session_get_path (AssayReaderSession *self)
{
  g_return_val_if_fail (ASSAY_IS_READER_SESSION (self), NULL);
  return self->path;
}

AssayManifest *
assay_manifest_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayReaderSession) session = assay_reader_session_new (path, error);
  g_autoptr (GError) local_error = NULL;
  AssayManifestFrame *frame;

  if (session == NULL)
    return NULL;
  while ((frame = assay_reader_session_next (session, cancellable, &local_error)) != NULL)
    assay_manifest_append (session->manifest, frame);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_object_ref (session->manifest);
}

guint32
assay_manifest_get_n_files (AssayManifest *self)
{
  return assay_connection_get_n_files (ASSAY_CONNECTION (assay_manifest_get_session (self)));
}

AssayFile *
assay_manifest_get_file (AssayManifest *self, guint32 index)
{
  return assay_connection_get_file (ASSAY_CONNECTION (assay_manifest_get_session (self)), index);
}
