/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC "ASSAYJ01"
#define MAX_RECORD (1u << 30)

struct _AssayJournal
{
  char             *target;
  AssayFileIdentity identity;
  char             *path;
  int               fd;
  GThread          *thread;
  GMutex            lock; /* guards what follows */
  GCond             cond;
  GQueue            waiting; /* of GVariant "(sv)" */
  gboolean          busy;
  gboolean          ended;
};

static char *
dup_folder (void)
{
  const char *named = g_getenv ("ASSAY_STATE_DIR");

  return named ? g_strdup (named) : g_build_filename (g_get_user_state_dir (), "assay", "journals", NULL);
}

/* Journals of one file share the beginning of their names. */
static char *
dup_stem (const char *target)
{
  g_autofree char *absolute = realpath (target, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, absolute ? absolute : target, -1);
}

AssayJournal *
assay_journal_new (const char *path, const AssayFileIdentity *identity)
{
  AssayJournal *self = g_new0 (AssayJournal, 1);

  self->target = g_strdup (path);
  self->identity = *identity;
  self->fd = -1;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->waiting);
  return self;
}

static gboolean
write_all (int fd, const void *data, gsize n_bytes)
{
  const guint8 *p = data;

  while (n_bytes > 0)
    {
      gssize n = write (fd, p, n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      p += n;
      n_bytes -= n;
    }
  return TRUE;
}

static gboolean
write_record (int fd, GVariant *record)
{
  gsize   n = g_variant_get_size (record);
  guint32 head[2] = { n, crc32 (0, g_variant_get_data (record), n) };

  return n <= MAX_RECORD && write_all (fd, head, sizeof head) && write_all (fd, g_variant_get_data (record), n);
}

/* Makes the file with a name of its own, locks it, and says what it belongs to. */
static gboolean
start_file (AssayJournal *self)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *stem = dup_stem (self->target);
  g_autofree char *template = g_strdup_printf ("%s/%s-XXXXXX", folder, stem);
  g_autoptr (GVariant) header = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return FALSE;
  self->fd = g_mkstemp_full (template, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return FALSE;
  self->path = g_steal_pointer (&template);
  flock (self->fd, LOCK_EX | LOCK_NB);
  header = g_variant_ref_sink (g_variant_new ("(sv)", "file",
                                              g_variant_new ("(stttx)", self->target, self->identity.device, self->identity.inode,
                                                             self->identity.size, self->identity.mtime_ns)));
  return write_all (self->fd, MAGIC, 8) && write_record (self->fd, header);
}

static gpointer
journal_thread (gpointer data)
{
  AssayJournal *self = data;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      GVariant *record = g_queue_pop_head (&self->waiting);

      self->busy = record != NULL;
      if (record == NULL)
        {
          g_cond_broadcast (&self->cond);
          if (self->ended)
            break;
          g_cond_wait (&self->cond, &self->lock);
          continue;
        }
      g_mutex_unlock (&self->lock);
      /* A journal that can't be written must not keep anyone from working. */
      if (self->fd >= 0 || (self->path == NULL && start_file (self)))
        if (write_record (self->fd, record))
          fdatasync (self->fd);
      g_variant_unref (record);
      g_mutex_lock (&self->lock);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

void
assay_journal_append (AssayJournal *self, const char *kind, GVariant *content)
{
  GVariant *record = g_variant_ref_sink (g_variant_new ("(sv)", kind, content));

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, record);
  self->busy = TRUE;
  if (self->thread == NULL)
    self->thread = g_thread_new ("journal", journal_thread, self);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
assay_journal_flush (AssayJournal *self)
{
  g_mutex_lock (&self->lock);
  while (self->thread != NULL && (self->busy || !g_queue_is_empty (&self->waiting)))
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
assay_journal_free (AssayJournal *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_variant_unref);
  g_queue_init (&self->waiting);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  if (self->path != NULL)
    g_unlink (self->path);
  if (self->fd >= 0)
    close (self->fd);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->path);
  g_free (self->target);
  g_free (self);
}

static gboolean
read_exactly (int fd, void *out, gsize n_bytes)
{
  guint8 *p = out;

  while (n_bytes > 0)
    {
      gssize n = read (fd, p, n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      p += n;
      n_bytes -= n;
    }
  return TRUE;
}

/* The next whole record; NULL at the end, and at what a crash has cut off. */
static GVariant *
read_record (int fd, guint64 size)
{
  guint32   head[2];
  guint8   *body;
  GVariant *record;

  if (!read_exactly (fd, head, sizeof head) || head[0] > MAX_RECORD || head[0] > size)
    return NULL;
  body = g_malloc (MAX (head[0], 1));
  if (!read_exactly (fd, body, head[0]) || crc32 (0, body, head[0]) != head[1])
    {
      g_free (body);
      return NULL;
    }
  record = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("(sv)"), body, head[0], FALSE, g_free, body));
  if (g_variant_is_normal_form (record))
    return record;
  g_variant_unref (record);
  return NULL;
}

static gboolean
take_header (AssayJournalLeft *left, GVariant *record)
{
  g_autoptr (GVariant) content = NULL;
  const char *kind;

  g_variant_get (record, "(&sv)", &kind, &content);
  if (strcmp (kind, "file") != 0 || !g_variant_is_of_type (content, G_VARIANT_TYPE ("(stttx)")))
    return FALSE;
  g_variant_get (content, "(&stttx)", NULL, &left->identity.device, &left->identity.inode, &left->identity.size, &left->identity.mtime_ns);
  return TRUE;
}

static void
take_record (AssayJournalLeft *left, GVariant *record)
{
  g_autoptr (GVariant) content = NULL;
  const char *kind;

  g_variant_get (record, "(&sv)", &kind, &content);
  if (strcmp (kind, "position") == 0 && g_variant_is_of_type (content, G_VARIANT_TYPE_UINT32))
    {
      left->position = MIN (g_variant_get_uint32 (content), left->records->len);
      return;
    }
  /* A new step drops those that were undone. */
  g_ptr_array_set_size (left->records, left->position);
  g_ptr_array_add (left->records, g_variant_ref (record));
  left->position++;
}

static AssayJournalLeft *
read_journal (const char *path)
{
  AssayJournalLeft *left = g_new0 (AssayJournalLeft, 1);
  char              magic[8];
  GVariant         *record = NULL;
  struct stat       st;
  gboolean          sound;

  left->path = g_strdup (path);
  left->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  left->fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  /* Whoever writes it holds the lock. */
  sound = left->fd >= 0 && fstat (left->fd, &st) == 0 && flock (left->fd, LOCK_EX | LOCK_NB) == 0;
  if (!sound)
    {
      assay_journal_left_free (left, FALSE);
      return NULL;
    }
  sound = read_exactly (left->fd, magic, 8) && memcmp (magic, MAGIC, 8) == 0 && (record = read_record (left->fd, st.st_size)) != NULL &&
          take_header (left, record);
  g_clear_pointer (&record, g_variant_unref);
  while (sound && (record = read_record (left->fd, st.st_size)) != NULL)
    {
      take_record (left, record);
      g_variant_unref (record);
    }
  if (sound && left->position > 0)
    return left;
  assay_journal_left_free (left, TRUE);
  return NULL;
}

AssayJournalLeft *
assay_journal_find (const char *path)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *stem = dup_stem (path);
  g_autofree char *prefix = g_strconcat (stem, "-", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  AssayJournalLeft *best = NULL;
  const char       *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char  *journal = g_str_has_prefix (name, prefix) ? g_build_filename (folder, name, NULL) : NULL;
      AssayJournalLeft *left = journal ? read_journal (journal) : NULL;

      if (left == NULL)
        continue;
      if (best != NULL && best->records->len >= left->records->len)
        assay_journal_left_free (left, FALSE);
      else
        {
          if (best != NULL)
            assay_journal_left_free (best, FALSE);
          best = left;
        }
    }
  return best;
}

void
assay_journal_left_free (AssayJournalLeft *left, gboolean forget)
{
  if (forget)
    g_unlink (left->path);
  if (left->fd >= 0)
    close (left->fd);
  g_ptr_array_unref (left->records);
  g_free (left->path);
  g_free (left);
}
