/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "probe.h"

#include <string.h>

#define CANCEL_MS 100

static void
assert_sentence (const char *deed, const char *sentence)
{
  g_autoptr (GError) error = probe_error (deed);

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_session_crash_is_one_sentence (void)
{
  assert_sentence ("crash", "The reader stopped (Segmentation fault) while reading “crash”; the file is damaged or hostile");
  assert_sentence ("exit", "The reader of “exit” ended too early; the file is damaged or hostile");
  assert_sentence ("half", "The reader of “half” ended too early; the file is damaged or hostile");
}

static void
test_session_hang_is_one_sentence (void)
{
  g_setenv ("ASSAY_READER_TIMEOUT_MS", "300", TRUE);
  assert_sentence ("hang", "The reader of “hang” didn’t answer and was stopped; the file is damaged or hostile");
  assert_sentence ("drip", "The reader of “drip” didn’t answer and was stopped; the file is damaged or hostile");
  assert_sentence ("deaf", "The reader of “deaf” didn’t answer and was stopped; the file is damaged or hostile");
  g_unsetenv ("ASSAY_READER_TIMEOUT_MS");
  assert_sentence ("hangup", "The reader of “hangup” ended too early; the file is damaged or hostile");
}

static void
test_session_garbage_is_one_sentence (void)
{
  assert_sentence ("garbage", "The reader sent what is no message");
  assert_sentence ("huge", "The reader sent what is no message");
  assert_sentence ("no-frame", "The reader sent what can’t be true (a manifest without a root); the file is damaged or hostile");
  assert_sentence ("nothing", "assay-reader answered what it wasn’t asked");
  assert_sentence ("unasked", "assay-reader answered what it wasn’t asked");
}

static void
test_session_value_outside_its_file_is_refused (void)
{
  assert_sentence ("outside", "The reader sent what can’t be true (a value outside its file); the file is damaged or hostile");
}

static void
test_session_readers_sentence_is_plain_text (void)
{
  g_autoptr (GError) error = probe_error ("escape");

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
  g_assert_true (g_str_has_prefix (error->message, "red [31m and morexxx"));
  g_assert_cmpuint (strlen (error->message), <=, 2004);
}

/* Cancels after a while. Returns the millisecond in which it did. */
static gpointer
cancel_thread (gpointer cancellable)
{
  gint64 now;

  g_usleep (50000);
  now = g_get_monotonic_time ();
  g_cancellable_cancel (cancellable);
  return GINT_TO_POINTER ((int) (now / 1000));
}

static void
assert_cancelled_in_time (GThread *thread)
{
  int now = g_get_monotonic_time () / 1000;

  g_assert_cmpint (now - GPOINTER_TO_INT (g_thread_join (thread)), <=, CANCEL_MS);
}

/* Cancelling while the helper says nothing, while it is in the middle of something, and while it doesn't listen. */
static void
test_session_cancels_within_100_ms (void)
{
  static const char *const deeds[] = { "slow", "drip", "deaf", "hang" };

  for (gsize i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      g_autoptr (AssayReaderSession) session = probe (deeds[i]);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread            *thread = g_thread_new ("cancel", cancel_thread, cancellable);
      AssayManifestFrame *frame;

      while ((frame = assay_reader_session_next (session, cancellable, &error)) != NULL)
        assay_manifest_frame_free (frame);
      assert_cancelled_in_time (thread);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static AssayManifest *
load_strings (const char *deed)
{
  g_autoptr (AssayReaderSession) session = probe (deed);
  AssayManifest      *manifest = g_object_ref (assay_reader_session_get_manifest (session));
  AssayManifestFrame *frame;
  g_autoptr (GError) error = NULL;

  while ((frame = assay_reader_session_next (session, NULL, &error)) != NULL)
    assay_manifest_append (manifest, frame);
  g_assert_no_error (error);
  g_assert_true (assay_manifest_is_complete (manifest));
  return manifest;
}

/* What the probe answers: "<process> <position>". Returns the process. */
static int
read_one (AssayManifest *manifest, guint64 first)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) strings = assay_manifest_read_strings (manifest, 0, first, 2, NULL, &error);
  g_autofree char *text = NULL;
  gsize            n;
  const char      *data;

  g_assert_no_error (error);
  g_assert_cmpuint (strings->len, ==, 2);
  data = g_bytes_get_data (strings->pdata[1], &n);
  text = g_strndup (data, n);
  g_assert_cmpuint (g_ascii_strtoull (strchr (text, ' ') + 1, NULL, 10), ==, first + 1);
  return atoi (text);
}

static void
test_session_starts_helper_again (void)
{
  g_autoptr (AssayManifest) manifest = load_strings ("mortal");
  int first = read_one (manifest, 10), second = read_one (manifest, 20);

  g_assert_cmpint (first, !=, second);
}

static gpointer
read_thread (gpointer manifest)
{
  return GINT_TO_POINTER (read_one (manifest, 500));
}

/* A view may want strings while the file is still being walked. */
static void
test_session_requests_wait_for_manifest (void)
{
  g_autoptr (AssayReaderSession) session = probe ("strings");
  AssayManifest *manifest = assay_reader_session_get_manifest (session);
  GThread       *threads[3];
  g_autoptr (GError) error = NULL;
  int process;

  assay_manifest_append (manifest, assay_reader_session_next (session, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_thread, manifest);
  g_assert_null (assay_reader_session_next (session, NULL, &error));
  g_assert_no_error (error);
  process = GPOINTER_TO_INT (g_thread_join (threads[0]));
  for (gsize i = 1; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (threads[i])), ==, process);
}

/* Who scrolls on gives up what was asked for; the late answer must not be taken for the next one's. */
static void
test_session_given_up_request_keeps_helper (void)
{
  g_autoptr (AssayManifest) manifest = load_strings ("strings");
  int process = read_one (manifest, 1);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

      g_assert_null (assay_manifest_read_strings (manifest, 0, 100 + i, 2, cancellable, &error));
      assert_cancelled_in_time (thread);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpint (read_one (manifest, 300), ==, process);
}

/* A session dropped half-way stops its helper; the manifest's requests start it again. */
static void
test_session_dropped_half_way_can_be_asked (void)
{
  g_autoptr (AssayReaderSession) session = probe ("strings");
  g_autoptr (AssayManifest) manifest = g_object_ref (assay_reader_session_get_manifest (session));

  assay_manifest_append (manifest, assay_reader_session_next (session, NULL, NULL));
  g_clear_object (&session);
  g_assert_cmpint (read_one (manifest, 5), >, 0);
}

static void
test_session_refuses_fewer_strings (void)
{
  g_autoptr (AssayManifest) manifest = load_strings ("fewer");
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_manifest_read_strings (manifest, 0, 0, 3, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
}

static void
test_session_missing_reader_is_one_sentence (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "meson.build", NULL);

  g_setenv ("ASSAY_READER", "/nonexistent/assay-reader", TRUE);
  g_assert_null (assay_reader_session_new (file, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
  g_assert_true (g_str_has_prefix (error->message, "Can’t start assay-reader: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/crash-is-one-sentence", test_session_crash_is_one_sentence);
  g_test_add_func ("/session/hang-is-one-sentence", test_session_hang_is_one_sentence);
  g_test_add_func ("/session/garbage-is-one-sentence", test_session_garbage_is_one_sentence);
  g_test_add_func ("/session/value-outside-its-file-is-refused", test_session_value_outside_its_file_is_refused);
  g_test_add_func ("/session/readers-sentence-is-plain-text", test_session_readers_sentence_is_plain_text);
  g_test_add_func ("/session/cancels-within-100-ms", test_session_cancels_within_100_ms);
  g_test_add_func ("/session/starts-helper-again", test_session_starts_helper_again);
  g_test_add_func ("/session/requests-wait-for-manifest", test_session_requests_wait_for_manifest);
  g_test_add_func ("/session/given-up-request-keeps-helper", test_session_given_up_request_keeps_helper);
  g_test_add_func ("/session/dropped-half-way-can-be-asked", test_session_dropped_half_way_can_be_asked);
  g_test_add_func ("/session/refuses-fewer-strings", test_session_refuses_fewer_strings);
  g_test_add_func ("/session/missing-reader-is-one-sentence", test_session_missing_reader_is_one_sentence);
  return g_test_run ();
}
