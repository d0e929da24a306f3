/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each way of saving, with its processes killed at system calls and each call on a file failing once (tests/fault/fault-run.c):
 * the old model or the new one, whole, every time; a failure is one sentence; what a kill leaves behind, the next save removes.
 *
 * Each run takes a sample of the faults, by the test's random seed (--seed repeats it). All of them, in some minutes:
 *
 *   ASSAY_FAULTS_ALL=1 meson test -C build save-faults -t 20 */

#include <assay/overlay.h>
#include <assay/reader-session.h>
#include <assay/save.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FILES 5
#define MAX_EDITS 3
#define N_SAMPLE 24

/* One way of saving. The new values of a variable are the old ones with a bit of each turned, so that a second save turns them back. */
typedef struct
{
  const char *name;
  const char *from;             /* folder of the files below tests/data */
  const char *files[MAX_FILES]; /* the first is the one that is opened */
  const char *keys[MAX_EDITS];  /* what is edited */
  const char *output;           /* NULL for saving in place */
  gboolean    converts;         /* to what the output's name says */
  gboolean    helper;           /* whether assay-reader writes, too */
} Case;

#define SHARDS "model.safetensors.index.json", "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"

#define BUNDLE "ckpt.index", "ckpt.data-00000-of-00003", "ckpt.data-00001-of-00003", "ckpt.data-00002-of-00003"

static const Case cases[] = {
  { "safetensors", "safetensors", { "special_values.safetensors" }, { "f32" }, NULL, FALSE, FALSE },
  { "safetensors-elsewhere", "safetensors", { "special_values.safetensors" }, { "f32" }, "new.safetensors", FALSE, FALSE },
  { "shard", "safetensors/sharded", { SHARDS }, { "model.norm.weight" }, NULL, FALSE, FALSE },
  { "shards", "safetensors/sharded", { SHARDS }, { "model.norm.weight", "model.layers.1.mlp.up_proj.weight" }, NULL, FALSE, FALSE },
  { "shards-elsewhere", "safetensors/sharded", { SHARDS }, { "model.norm.weight" }, "new/model.safetensors.index.json", FALSE, FALSE },
  { "npy", "numpy", { "fortran_f32.npy" }, { "" }, NULL, FALSE, FALSE },
  { "npz-stored", "numpy", { "stored.npz" }, { "w" }, NULL, FALSE, FALSE },
  { "npz-deflated", "numpy", { "deflated.npz" }, { "w", "b" }, NULL, FALSE, FALSE },
  { "hdf5-extents", "hdf5", { "types.h5" }, { "target", "array/be_scalar" }, NULL, FALSE, FALSE },
  { "hdf5-helper", "hdf5", { "chunks-latest.h5" }, { "index/btree_2_deflate", "index/single" }, NULL, FALSE, TRUE },
  { "keras-h5", "keras/sequential_cnn", { "model.h5" }, { "model_weights/conv/sequential_cnn/conv/bias" }, NULL, FALSE, FALSE },
  { "keras-zip", "keras/sequential_cnn", { "model.keras" }, { "model.weights.h5/layers/conv2d/vars/1" }, NULL, FALSE, TRUE },
  { "weights-h5", "keras/sequential_cnn", { "model.weights.h5" }, { "layers/conv2d/vars/1" }, NULL, FALSE, FALSE },
  { "checkpoint", "tensorflow/v1_saver", { "model.ckpt-3.index", "model.ckpt-3.data-00000-of-00001" }, { "dense/kernel" }, NULL, FALSE, FALSE },
  { "checkpoint-shards", "tensorflow/sharded_saver", { BUNDLE }, { "on_cpu_1" }, NULL, FALSE, FALSE },
  { "checkpoint-elsewhere", "tensorflow/v1_saver", { "model.ckpt-3.index", "model.ckpt-3.data-00000-of-00001" }, { "dense/kernel" }, "new.index", FALSE, FALSE },
  { "to-checkpoint", "safetensors", { "special_values.safetensors" }, { "f32" }, "new.index", TRUE, FALSE },
  { "to-hdf5", "safetensors", { "special_values.safetensors" }, { "f32" }, "new.h5", TRUE, TRUE },
  { "to-keras-weights", "safetensors", { "special_values.safetensors" }, { "f32" }, "new.weights.h5", TRUE, TRUE },
  { "to-safetensors", "numpy", { "v1_f32.npy" }, { "" }, "new.safetensors", TRUE, FALSE },
  { "to-npz", "safetensors", { "special_values.safetensors" }, { "f32" }, "new.npz", TRUE, FALSE },
};

/* In a process of its own: saving. */

static guint32
find_key (AssayManifest *manifest, const char *key)
{
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      if (strcmp (facts.key, key) == 0)
        return i;
    }
  g_error ("There is no “%s”", key);
}

static AssaySource *
turn_a_bit (AssaySource *base)
{
  gsize   item_size = assay_source_get_item_size (base), n_bytes = assay_source_get_n_elements (base) * item_size;
  guint8 *values = g_malloc (n_bytes);
  guint64 start[ASSAY_MAX_RANK] = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (assay_source_read_flat (base, 0, n_bytes / item_size, values, NULL, NULL));
  for (gsize i = 0; i < n_bytes; i += item_size)
    values[i] ^= 1;
  bytes = g_bytes_new_take (values, n_bytes);
  return assay_overlay_new (base, start, assay_source_get_shape (base), bytes, NULL);
}

static int
save (const Case *what, const char *folder, gboolean stops)
{
  g_autofree char *path = g_build_filename (folder, what->files[0], NULL);
  g_autofree char *output = what->output ? g_build_filename (folder, what->output, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayManifest) manifest = assay_manifest_load (path, NULL, &error);
  AssaySaveEdit edits[MAX_EDITS];
  guint         n = 0;
  gboolean      done;

  for (; manifest != NULL && n < MAX_EDITS && what->keys[n] != NULL; n++)
    {
      edits[n].variable = find_key (manifest, what->keys[n]);
      edits[n].base = assay_manifest_dup_source (manifest, edits[n].variable, NULL);
      edits[n].source = turn_a_bit (edits[n].base);
    }
  if (stops)
    raise (SIGSTOP);
  done = manifest != NULL;
  if (done && what->converts)
    done = assay_convert (manifest, edits, n, assay_writers_find (output), output, NULL, NULL, NULL, &error);
  else if (done)
    done = assay_save_edits (manifest, edits, n, output, ASSAY_SAVE_DEFAULT, NULL, &error);
  if (!done)
    g_printerr ("%s\n", error ? error->message : "no reason");
  _exit (done ? 0 : 1);
}

/* What is in a folder. */

static gboolean
is_temporary (const char *name)
{
  return strstr (name, ".assay-") != NULL;
}

/* Names of all files, those in folders with the folder's name before. */
static void
list_names (const char *folder, const char *prefix, GPtrArray *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char            *own = g_strconcat (prefix, name, NULL);
      g_autofree char *inner = g_strconcat (own, "/", NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        list_names (path, inner, names);
      else
        g_ptr_array_add (names, g_steal_pointer (&own));
      g_free (own);
    }
}

static void
remove_files (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  list_names (folder, "", names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      g_unlink (path);
    }
}

typedef struct
{
  GHashTable *files; /* name → GBytes; temporary ones aren't among them */
  guint       n_temporary;
} Snapshot;

static void
snapshot_free (Snapshot *self)
{
  g_hash_table_unref (self->files);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Snapshot, snapshot_free)

static Snapshot *
take_snapshot (const char *folder)
{
  Snapshot *self = g_new0 (Snapshot, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  list_names (folder, "", names);
  for (guint i = 0; i < names->len; i++)
    {
      const char      *name = names->pdata[i];
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char            *data;
      gsize            n;

      self->n_temporary += is_temporary (name);
      if (is_temporary (name))
        continue;
      g_assert_true (g_file_get_contents (path, &data, &n, NULL));
      g_hash_table_insert (self->files, g_strdup (name), g_bytes_new_take (data, n));
    }
  return self;
}

static gboolean
is_same_snapshot (const Snapshot *a, const Snapshot *b)
{
  GHashTableIter iter;
  gpointer       name, bytes;

  if (g_hash_table_size (a->files) != g_hash_table_size (b->files))
    return FALSE;
  g_hash_table_iter_init (&iter, a->files);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      GBytes *other = g_hash_table_lookup (b->files, name);

      if (other == NULL || !g_bytes_equal (bytes, other))
        return FALSE;
    }
  return TRUE;
}

static void
add_values (GChecksum *sum, AssayManifest *manifest, guint32 index)
{
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, NULL);
  guint32            item_size = source ? assay_source_get_item_size (source) : 0;
  guint64            n = source ? assay_source_get_n_elements (source) : 0;
  g_autofree guint8 *values = g_malloc (n * item_size + 1);

  if (item_size > 0 && assay_source_read_flat (source, 0, n, values, NULL, NULL))
    g_checksum_update (sum, values, n * item_size);
  else
    g_checksum_update (sum, (const guchar *) "unread", 6);
}

/* Every variable with its values as one hash; NULL if the model can't be opened. */
static char *
fingerprint (const Case *what, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, what->output ? what->output : what->files[0], NULL);
  g_autoptr (AssayManifest) manifest = assay_manifest_load (path, NULL, NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  if (manifest == NULL)
    return NULL;
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      g_checksum_update (sum, (const guchar *) facts.key, strlen (facts.key) + 1);
      g_checksum_update (sum, (const guchar *) &facts.dtype, sizeof facts.dtype);
      g_checksum_update (sum, (const guchar *) facts.shape, facts.rank * sizeof *facts.shape);
      add_values (sum, manifest, i);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* One case at work. */

typedef struct
{
  const Case *what;
  char       *folder, *inner;
  Snapshot   *before, *after;
  char       *old, *new; /* fingerprints; old is NULL where nothing was */
} Trial;

static char *
make_folder (void)
{
  /* Memory is quicker than a disk, which fsync waits for. */
  char *folder = g_strdup ("/dev/shm/assay-faults-XXXXXX");

  if (g_mkdtemp (folder) != NULL)
    return folder;
  g_free (folder);
  return g_dir_make_tmp ("assay-faults-XXXXXX", NULL);
}

static void
write_file (const char *path, const void *data, gsize n)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, n), ==, n);
  close (fd);
}

/* Puts the old files there, and nothing else. */
static void
reset (Trial *trial)
{
  remove_files (trial->folder);
  for (gsize i = 0; i < MAX_FILES && trial->what->files[i] != NULL; i++)
    {
      g_autofree char *from = g_test_build_filename (G_TEST_DIST, "data", trial->what->from, trial->what->files[i], NULL);
      g_autofree char *to = g_build_filename (trial->folder, trial->what->files[i], NULL);
      g_autofree char *data = NULL;
      gsize            n;

      g_assert_true (g_file_get_contents (from, &data, &n, NULL));
      write_file (to, data, n);
    }
}

typedef struct
{
  int    status, signal;
  guint  n_calls, n_touching;
  char **lines;
  char  *sentence;
} Outcome;

static void
outcome_free (Outcome *outcome)
{
  g_strfreev (outcome->lines);
  g_free (outcome->sentence);
  g_free (outcome);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

static Outcome *
run (Trial *trial, const char *deed, guint at, int number)
{
  g_autofree char *runner = g_test_build_filename (G_TEST_BUILT, "tests", "fault-run", NULL);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *call = g_strdup_printf ("%u", at), *reason = g_strdup_printf ("%d", number);
  const char      *argv[] = { runner, trial->folder, deed, call, reason, self, "--save", trial->what->name, trial->folder, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  Outcome         *outcome = g_new0 (Outcome, 1);
  int              status;
  guint            n;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &outcome->sentence, &status, &error));
  outcome->lines = g_strsplit (output, "\n", -1);
  n = g_strv_length (outcome->lines);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    outcome->status = 77;
  else if (n < 2 || sscanf (outcome->lines[n - 2], "end %d %d %u %u", &outcome->status, &outcome->signal, &outcome->n_calls, &outcome->n_touching) != 4)
    g_error ("%s: %s %u %d: %s%s", trial->what->name, deed, at, number, output, outcome->sentence);
  return outcome;
}

/* Saves without any fault. */
static gboolean
save_plainly (Trial *trial, char **sentence)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char      *argv[] = { self, "--save-now", trial->what->name, trial->folder, NULL };
  int              status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, sentence, &status, NULL));
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

/* A checkpoint that is saved over another has an empty data file more, so that the names are others. */
static guint
count_filled (const Snapshot *self)
{
  GHashTableIter iter;
  gpointer       bytes;
  guint          n = 0;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    n += g_bytes_get_size (bytes) > 0;
  return n;
}

typedef enum
{
  OLD,
  NEW,
  BROKEN,
} State;

static State
look (Trial *trial, guint *n_left)
{
  g_autoptr (Snapshot) now = take_snapshot (trial->folder);
  g_autofree char *print = NULL;
  State            state;

  *n_left = now->n_temporary;
  if (is_same_snapshot (now, trial->before))
    return OLD;
  if (is_same_snapshot (now, trial->after))
    return NEW;
  print = fingerprint (trial->what, trial->folder);
  state = g_strcmp0 (print, trial->new) == 0 ? NEW : g_strcmp0 (print, trial->old) == 0 ? OLD
                                                                                        : BROKEN;
  *n_left += count_filled (now) - count_filled (state == NEW ? trial->after : trial->before);
  return state;
}

/* After a kill: a save goes through, and takes away what the kill has left. */
static void
check_recovery (Trial *trial, const char *deed, guint at, State state)
{
  g_autofree char *sentence = NULL;
  gboolean         turns_back = trial->what->output == NULL && state == NEW;
  gboolean         is_elsewhere = trial->what->output != NULL && strchr (trial->what->output, '/') != NULL;
  guint            n_left;

  /* Shards aren't written over others: once all are there, saving is refused, and what was left goes all the same. */
  if (save_plainly (trial, &sentence) == (is_elsewhere && state == NEW))
    g_error ("%s: saving after %s %u failed: %s", trial->what->name, deed, at, sentence);
  state = look (trial, &n_left);
  if (state != (turns_back ? OLD : NEW) || n_left > 0)
    g_error ("%s: after %s %u and another save the model is in state %d, and %u files are left", trial->what->name, deed, at, state, n_left);
}

static void
try_kill (Trial *trial, const char *deed, guint at)
{
  g_autoptr (Outcome) outcome = NULL;
  guint n_left;
  State state;

  reset (trial);
  outcome = run (trial, deed, at, 0);
  state = look (trial, &n_left);
  if (state == BROKEN)
    g_error ("%s: %s %u left neither the old model nor the new one", trial->what->name, deed, at);
  if (outcome->signal == 0 && (outcome->status == 0) != (state == NEW))
    g_error ("%s: %s %u: status %d, state %d: %s", trial->what->name, deed, at, outcome->status, state, outcome->sentence);
  if (n_left > 0)
    check_recovery (trial, deed, at, state);
}

static gboolean
is_sentence (const char *text)
{
  const char *end = strchr (text, '\n');

  return end != NULL && end > text + 10 && end[1] == '\0' && g_utf8_validate (text, -1, NULL);
}

static void
try_failure (Trial *trial, const char *deed, guint at, int number, const char *call)
{
  g_autoptr (Outcome) outcome = NULL;
  guint    n_left;
  State    state;
  gboolean removes;

  reset (trial);
  outcome = run (trial, deed, at, number);
  state = look (trial, &n_left);
  removes = g_str_has_prefix (call, "call unlink");
  if (state == BROKEN || outcome->signal != 0)
    g_error ("%s: %s %u %d at “%s”: signal %d, state %d: %s", trial->what->name, deed, at, number, call, outcome->signal, state, outcome->sentence);
  if (outcome->status == 0 ? state != NEW || *outcome->sentence : !is_sentence (outcome->sentence))
    g_error ("%s: %s %u %d at “%s”: status %d, state %d: %s", trial->what->name, deed, at, number, call, outcome->status, state, outcome->sentence);
  /* What wasn't deleted, or may be needed until the disk confirms the new file, goes with the next save. */
  if (n_left > 0 && (removes || (state == NEW && outcome->status != 0)))
    check_recovery (trial, deed, at, state);
  else if (n_left > 0)
    g_error ("%s: %s %u %d at “%s” leaves %u files behind", trial->what->name, deed, at, number, call, n_left);
  if (g_test_verbose () && outcome->status != 0)
    g_test_message ("%s %s %d, %s: %s", call, deed, number, state == NEW ? "new" : "old", outcome->sentence);
}

/* The flags of a touching call, as fault-run lists them. */
static gboolean
has_flag (const char *call, char flag)
{
  const char *flags = strrchr (call, ' ');

  return flags != NULL && strchr (flags, flag) != NULL;
}

static void
begin (Trial *trial)
{
  g_autofree char *sentence = NULL;
  guint            n_left;

  trial->folder = make_folder ();
  trial->inner = g_build_filename (trial->folder, "new", NULL);
  g_assert_cmpint (g_mkdir (trial->inner, 0755), ==, 0);
  reset (trial);
  trial->before = take_snapshot (trial->folder);
  trial->old = fingerprint (trial->what, trial->folder);
  if (!save_plainly (trial, &sentence))
    g_error ("%s: %s", trial->what->name, sentence);
  trial->after = take_snapshot (trial->folder);
  trial->new = fingerprint (trial->what, trial->folder);
  g_assert_nonnull (trial->new);
  g_assert_cmpstr (trial->old, !=, trial->new);
  g_assert_cmpint (look (trial, &n_left), ==, NEW);
  g_assert_cmpuint (n_left, ==, 0);
}

static void
end (Trial *trial)
{
  remove_files (trial->folder);
  g_rmdir (trial->inner);
  g_rmdir (trial->folder);
  g_free (trial->inner);
  g_free (trial->folder);
  snapshot_free (trial->before);
  snapshot_free (trial->after);
  g_free (trial->old);
  g_free (trial->new);
}

typedef struct
{
  const char *deed;
  guint       at;
  int         number;
  const char *call;   /* NULL for kills */
  gboolean    always; /* whether no sample leaves it out */
} Fault;

static void
add_fault (GArray *faults, const char *deed, guint at, int number, const char *call, gboolean always)
{
  Fault fault = { deed, at, number, call, always };

  g_array_append_val (faults, fault);
}

/* Kills at each system call; each call on a file failing. Around renaming and removing it is decided what is there afterwards. */
static GArray *
list_faults (const Case *what, const Outcome *list)
{
  GArray *faults = g_array_new (FALSE, FALSE, sizeof (Fault));

  for (guint i = 0; i < list->n_touching; i++)
    {
      const char *call = list->lines[i];
      gboolean    decides = g_str_has_prefix (call, "call rename") || g_str_has_prefix (call, "call unlink");

      add_fault (faults, "kill", i, 0, NULL, decides);
      if (what->helper)
        add_fault (faults, "kill-all", i, 0, NULL, FALSE);
      add_fault (faults, "fail", i, EIO, call, decides);
      if (has_flag (call, 's'))
        add_fault (faults, "fail", i, ENOSPC, call, FALSE);
      if (has_flag (call, 'p'))
        add_fault (faults, "part", i, 0, call, FALSE);
    }
  for (guint i = 0; i < list->n_calls; i++)
    add_fault (faults, "kill-any", i, 0, NULL, FALSE);
  return faults;
}

/* Of n faults that a sample may leave out, N_SAMPLE are taken. */
static void
try_faults (Trial *trial, const Outcome *list)
{
  gboolean all = g_getenv ("ASSAY_FAULTS_ALL") != NULL;
  g_autoptr (GArray) faults = list_faults (trial->what, list);

  for (guint i = 0; i < faults->len; i++)
    {
      const Fault *fault = &g_array_index (faults, Fault, i);

      if (!all && !fault->always && g_test_rand_int_range (0, faults->len) >= N_SAMPLE)
        continue;
      if (fault->call == NULL)
        try_kill (trial, fault->deed, fault->at);
      else
        try_failure (trial, fault->deed, fault->at, fault->number, fault->call);
    }
}

static void
test_save_survives (gconstpointer data)
{
  Trial trial = { .what = data };
  g_autoptr (Outcome) list = NULL;

  begin (&trial);
  reset (&trial);
  list = run (&trial, "list", 0, 0);
  if (list->status == 77)
    {
      g_test_skip ("programs can’t be followed here");
      end (&trial);
      return;
    }
  g_assert_cmpint (list->status, ==, 0);
  g_assert_cmpuint (list->n_touching, >, 5);
  g_test_message ("%u system calls, %u of them on files", list->n_calls, list->n_touching);
  try_faults (&trial, list);
  end (&trial);
}

int
main (int argc, char **argv)
{
  for (gsize i = 0; argc == 4 && i < G_N_ELEMENTS (cases); i++)
    if (strcmp (cases[i].name, argv[2]) == 0)
      return save (&cases[i], argv[3], strcmp (argv[1], "--save") == 0);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/save-faults/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_save_survives);
    }
  return g_test_run ();
}
