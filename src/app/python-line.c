/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "python-line-private.h"

#include <string.h>

/* How each format's own library reads a variable; the first %s is the file, the second the key, both as Python literals.
 * Formats are told by how their names begin; the first line that fits counts. */
static const struct
{
  const char *format;
  const char *line;
} lines[] = {
  { "keras-zip", "import h5py, io, zipfile; value = h5py.File(io.BytesIO(zipfile.ZipFile(%s).read('model.weights.h5')))[%s][()]" },
  { "keras", "import h5py; value = h5py.File(%s, 'r')[%s][()]" },
  { "hdf5", "import h5py; value = h5py.File(%s, 'r')[%s][()]" },
  { "assay", "import h5py; value = h5py.File(%s, 'r')[%s][()]" },
  { "safetensors", "from safetensors import safe_open; value = safe_open(%s, 'np').get_tensor(%s)" },
  { "npz", "import numpy; value = numpy.load(%s)[%s]" },
  { "tensorflow", "import tensorflow as tf; value = tf.train.load_variable(%s, %s)" },
  { "tf", "import tensorflow as tf; value = tf.train.load_variable(%s, %s)" },
};

/* A Python string literal. */
static char *
quote (const char *text)
{
  GString *quoted = g_string_new ("'");

  for (const char *at = text; *at; at++)
    if (*at == '\'' || *at == '\\')
      g_string_append_printf (quoted, "\\%c", *at);
    else if (g_ascii_iscntrl (*at))
      g_string_append_printf (quoted, "\\x%02x", (guint8) *at);
    else
      g_string_append_c (quoted, *at);
  g_string_append_c (quoted, '\'');
  return g_string_free (quoted, FALSE);
}

/* A checkpoint is named by its prefix. */
static char *
dup_path (AssayDocument *document)
{
  const char *path = assay_document_get_path (document);

  return g_str_has_suffix (path, ".index") ? g_strndup (path, strlen (path) - strlen (".index")) : g_strdup (path);
}

char *
assay_python_line (AssayDocument *document, AssayNode *node)
{
  const char      *format = assay_manifest_get_format (assay_document_get_manifest (document));
  const char      *key = assay_node_get_key (node);
  g_autofree char *path = dup_path (document);
  g_autofree char *file = quote (path);
  g_autofree char *quoted = key ? quote (key) : NULL;

  if (key == NULL)
    return NULL;
  if (g_strcmp0 (format, "npy") == 0)
    return g_strdup_printf ("import numpy; value = numpy.load(%s)", file);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (g_str_has_prefix (format, lines[i].format))
      return g_strdup_printf (lines[i].line, file, quoted);
  return NULL;
}
