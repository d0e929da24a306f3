/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening files with the reader that misbehaves. */

#pragma once

#include <assay/error.h>
#include <assay/reader-session.h>
#include <glib/gstdio.h>

/* Opens a file whose name tells tests/reader-probe what to do. */
static inline AssayReaderSession *
probe (const char *deed)
{
  g_autofree char *reader = g_test_build_filename (G_TEST_BUILT, "tests", "reader-probe", NULL);
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, deed, NULL);
  g_autoptr (GError) error = NULL;
  AssayReaderSession *session;

  g_setenv ("ASSAY_READER", reader, TRUE);
  g_assert_true (g_file_set_contents (path, "12345678", 8, NULL));
  session = assay_reader_session_new (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  return session;
}

/* Reads all of it; what became of it is an error. */
static inline GError *
probe_error (const char *deed)
{
  g_autoptr (AssayReaderSession) session = probe (deed);
  AssayManifestFrame *frame;
  GError             *error = NULL;

  while ((frame = assay_reader_session_next (session, NULL, &error)) != NULL)
    assay_manifest_append (assay_reader_session_get_manifest (session), frame);
  g_assert_nonnull (error);
  g_assert_null (assay_reader_session_next (session, NULL, NULL));
  return error;
}
