/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "locate-private.h"

#include <assay/error.h>
#include <assay/file.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define MAX_STATE (1 << 20)
#define MAX_INDEX (256 << 20)

static gboolean
exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The text of a small regular file, or NULL: neither a pipe nor a file without end may hold us up. */
static char *
read_text (const char *path, goffset max_bytes, gsize *n_bytes)
{
  g_autoptr (AssayFile) file = assay_file_open (path, NULL);
  g_autofree char *text = NULL;

  if (file == NULL || assay_file_get_identity (file)->size > (guint64) max_bytes)
    return NULL;
  *n_bytes = assay_file_get_identity (file)->size;
  text = g_malloc (*n_bytes + 1);
  text[*n_bytes] = '\0';
  return assay_file_read (file, 0, text, *n_bytes, NULL) ? g_steal_pointer (&text) : NULL;
}

/* The first model_checkpoint_path of a checkpoint state file: text, strings with C escapes. */
static char *
read_state (const char *path)
{
  gsize            length;
  g_autofree char *text = read_text (path, MAX_STATE, &length);
  const char      *line;
  const char      *end;
  g_autofree char *quoted = NULL;

  if (text == NULL)
    return NULL;
  line = g_str_has_prefix (text, "model_checkpoint_path:") ? text : strstr (text, "\nmodel_checkpoint_path:");
  line = line ? strchr (line, '"') : NULL;
  if (line == NULL)
    return NULL;
  for (end = line + 1; *end && *end != '"'; end++)
    if (*end == '\\' && end[1])
      end++;
  quoted = g_strndup (line + 1, end - line - 1);
  return g_strcompress (quoted);
}

/* The checkpoint that a state file names. It often names a folder that isn't there any more: then its last part, here. */
static char *
locate_by_state (const char *state_path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (state_path);
  g_autofree char *named = read_state (state_path);
  g_autofree char *base = named ? g_path_get_basename (named) : NULL;
  g_autofree char *relative = NULL, *beside = NULL, *single = NULL;

  if (named == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, _ ("“%s” names no checkpoint"), state_path);
      return NULL;
    }
  if (!g_path_is_absolute (named) && strstr (named, "..") == NULL)
    {
      relative = g_strdup_printf ("%s/%s.index", folder, named);
      if (exists (relative))
        return g_steal_pointer (&relative);
    }
  beside = g_strdup_printf ("%s/%s.index", folder, base);
  if (exists (beside))
    return g_steal_pointer (&beside);
  /* TensorFlow's first format is a single file without an ending; the reader says so. */
  single = g_build_filename (folder, base, NULL);
  if (g_file_test (single, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&single);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("“%s” names the checkpoint “%s”, which isn’t there"), state_path, named);
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in a folder that end with one of the suffixes. */
static GPtrArray *
list_suffixes (const char *folder, const char *const *suffixes)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL && names->len < 10000)
    for (gsize i = 0; suffixes[i]; i++)
      if (g_str_has_suffix (name, suffixes[i]))
        {
          g_ptr_array_add (names, g_strdup (name));
          break;
        }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* The snapshot that a model's folder in the Hugging Face cache stands for: that of refs/main, or else the only one; NULL if this is no
 * such folder, or has several. */
static char *
find_snapshot (const char *folder)
{
  g_autofree char *ref = g_build_filename (folder, "refs", "main", NULL), *snapshots = g_build_filename (folder, "snapshots", NULL);
  g_autofree char *only = NULL, *revision = NULL, *path = NULL;
  g_autoptr (GDir) dir = g_dir_open (snapshots, 0, NULL);
  const char *name;
  gsize       n_bytes;

  if (dir == NULL)
    return NULL;
  revision = read_text (ref, MAX_STATE, &n_bytes);
  if (revision != NULL && *g_strstrip (revision) != '\0' && *revision != '.' && strchr (revision, '/') == NULL)
    path = g_build_filename (snapshots, revision, NULL);
  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  name = g_dir_read_name (dir);
  only = g_strdup (name);
  return name != NULL && g_dir_read_name (dir) == NULL ? g_build_filename (snapshots, only, NULL) : NULL;
}

static char *
locate_in_folder (const char *folder, GError **error)
{
  static const char *const        fixed[] = { "variables/variables.index", "saved_model.pb", "model.safetensors.index.json", "model.weights.h5", NULL };
  static const char *const        indices[] = { ".safetensors.index.json", ".weights.json", NULL };
  static const char *const        models[] = { ".index", ".safetensors", ".keras", ".h5", ".hdf5", ".npz", ".npy", NULL };
  static const char *const *const groups[] = { indices, models };
  g_autofree char                *state = g_build_filename (folder, "checkpoint", NULL);
  for (gsize i = 0; fixed[i]; i++)
    {
      g_autofree char *path = g_build_filename (folder, fixed[i], NULL);

      if (exists (path))
        return g_steal_pointer (&path);
    }
  if (g_file_test (state, G_FILE_TEST_IS_REGULAR))
    return locate_by_state (state, error);
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autoptr (GPtrArray) names = list_suffixes (folder, groups[i]);

      if (names->len == 1)
        return g_build_filename (folder, names->pdata[0], NULL);
      if (names->len > 1)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is a folder with %u models; name one of them, as “%s”"),
                       folder, names->len, (char *) names->pdata[0]);
          return NULL;
        }
    }
  {
    g_autofree char *snapshot = find_snapshot (folder);
    g_autofree char *below = snapshot ? g_build_filename (snapshot, "snapshots", NULL) : NULL;

    /* Never more than once: links may lead in a circle. */
    if (snapshot != NULL && !exists (below))
      return locate_in_folder (snapshot, error);
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is a folder, and no model is in it"), folder);
  }
  return NULL;
}

/* Where the first number of a name begins that ends with two numbers of five digits or more, with an infix between them. */
static const char *
find_numbered (const char *name, const char *infix)
{
  const char *end = name + strlen (name), *p;

  for (p = end; p > name && g_ascii_isdigit (p[-1]); p--)
    ;
  if (end - p < 5 || p - name < (gssize) strlen (infix) || strncmp (p - strlen (infix), infix, strlen (infix)) != 0)
    return NULL;
  for (p -= strlen (infix), end = p; p > name && g_ascii_isdigit (p[-1]); p--)
    ;
  return end - p >= 5 ? p : NULL;
}

/* The index in the same folder that names a file of safetensors, if there is one. */
static char *
locate_safetensors_index (const char *path)
{
  static const char *const suffixes[] = { ".json", NULL };
  g_autofree char         *folder = g_path_get_dirname (path);
  g_autofree char         *base = g_path_get_basename (path);
  g_autofree char         *quoted = g_strdup_printf ("\"%s\"", base);
  g_autoptr (GPtrArray) names = list_suffixes (folder, suffixes);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *index = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *text = NULL;
      gsize            n_bytes;

      if (strstr (names->pdata[i], ".safetensors.index.") == NULL)
        continue;
      text = read_text (index, MAX_INDEX, &n_bytes);
      if (text != NULL && memmem (text, n_bytes, quoted, strlen (quoted)) != NULL)
        return g_steal_pointer (&index);
    }
  return NULL;
}

/* A graph stands for its SavedModel, if that has variables. */
static char *
locate_by_graph (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *index = g_build_filename (folder, "variables", "variables.index", NULL);

  return exists (index) ? g_steal_pointer (&index) : NULL;
}

/* A shard stands for its set: a file of safetensors for the index that names it, a data file of a checkpoint for its index. */
static char *
locate_by_shard (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *index = NULL;
  const char      *number;

  if (strcmp (base, "saved_model.pb") == 0)
    return locate_by_graph (path);
  if (g_str_has_suffix (path, ".safetensors"))
    return locate_safetensors_index (path);
  number = find_numbered (path, "-of-");
  if (number == NULL || number - path < 6 || strncmp (number - 6, ".data-", 6) != 0)
    return NULL;
  index = g_strdup_printf ("%.*s.index", (int) (number - 6 - path), path);
  return exists (index) ? g_steal_pointer (&index) : NULL;
}

/* A prefix, or "file:/part". */
static char *
locate_missing (const char *path, char **part, GError **error)
{
  g_autofree char *index = g_strconcat (path, ".index", NULL);
  char            *set = locate_by_shard (path);

  /* A data file that was there once: each save gives new names to all of them. */
  if (set != NULL)
    return set;
  if (exists (index))
    return g_steal_pointer (&index);
  for (const char *colon = strchr (path, ':'); colon != NULL; colon = strchr (colon + 1, ':'))
    {
      g_autofree char *file = g_strndup (path, colon - path);

      if (colon[1] == '/' && g_file_test (file, G_FILE_TEST_IS_REGULAR))
        {
          *part = g_strdup (colon + 1);
          return g_steal_pointer (&file);
        }
    }
  if (access (path, F_OK) != 0 && errno == EACCES)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("You may not look into the folder of “%s”"), path);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("There is no file “%s”"), path);
  return NULL;
}

char *
assay_locate (const char *path, char **part, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *named = NULL;
  char            *set;

  *part = NULL;
  if (*path == '\0')
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("An empty name names no file"));
      return NULL;
    }
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *index = g_str_has_suffix (path, "/") ? g_strconcat (path, ".index", NULL) : NULL;

      /* A checkpoint whose prefix is empty. */
      return index && exists (index) ? g_steal_pointer (&index) : locate_in_folder (path, error);
    }
  if (!exists (path) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return locate_missing (path, part, error);
  /* A file of that name may as well be a model. */
  named = strcmp (base, "checkpoint") == 0 ? read_state (path) : NULL;
  if (named != NULL)
    return locate_by_state (path, error);
  set = locate_by_shard (path);
  return set ? set : g_strdup (path);
}
