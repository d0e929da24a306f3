/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a file is that none of our formats claims: one sentence, known by its content. */

#include <assay/error.h>
#include <string.h>

#include "tf-proto-private.h"
#include "zip-private.h"

/* A format that is known by bytes at a fixed place. */
typedef struct
{
  guint16     offset;
  guint16     n;
  const char *bytes;
  const char *what; /* goes on from "“x” is " */
} Magic;

#define MAGIC(offset, bytes, what)        \
  {                                       \
    offset, sizeof bytes - 1, bytes, what \
  }

static const Magic magics[] = {
  MAGIC (0, "version https://git-lfs.github.com/spec/", "a Git LFS pointer, not the file itself: run “git lfs pull” to get that"),
  MAGIC (0, "version https://hawser.github.com/spec/", "a Git LFS pointer, not the file itself: run “git lfs pull” to get that"),
  MAGIC (0, "GGUF", "a GGUF model, which can’t be opened yet"),
  MAGIC (0, "ggml", "a model in an old format of GGML, which can’t be opened"),
  MAGIC (0, "lmgg", "a model in an old format of GGML, which can’t be opened"),
  MAGIC (0, "fmgg", "a model in an old format of GGML, which can’t be opened"),
  MAGIC (0, "tjgg", "a model in an old format of GGML, which can’t be opened"),
  MAGIC (4, "TFL3", "a TensorFlow Lite model, which can’t be opened yet"),
  MAGIC (0, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", "a PyTorch file: PyTorch can’t be opened yet"),
  MAGIC (257, "ustar", "a tar archive; unpack it, and open what is in it"),
  MAGIC (0, "\x1f\x8b", "compressed by gzip; unpack it, and open what is in it"),
  MAGIC (0, "BZh", "compressed by bzip2; unpack it, and open what is in it"),
  MAGIC (0, "\xfd"
            "7zXZ",
         "compressed by xz; unpack it, and open what is in it"),
  MAGIC (0, "\x28\xb5\x2f\xfd", "compressed by zstd; unpack it, and open what is in it"),
  MAGIC (0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it, and open what is in it"),
  MAGIC (0, "Rar!", "a RAR archive; unpack it, and open what is in it"),
  MAGIC (0, "\x89PNG\r\n\x1a\n", "a PNG picture, not a model"),
  MAGIC (0, "\xff\xd8\xff", "a JPEG picture, not a model"),
  MAGIC (0, "GIF8", "a GIF picture, not a model"),
  MAGIC (8, "WEBP", "a WebP picture, not a model"),
  MAGIC (8, "WAVE", "a sound, not a model"),
  MAGIC (0, "%PDF", "a PDF document, not a model"),
  MAGIC (0, "\x7f"
            "ELF",
         "a program, not a model"),
  MAGIC (0, "MZ", "a program, not a model"),
  MAGIC (0, "PAR1", "a Parquet table, not a model"),
  MAGIC (0, "ARROW1", "an Arrow table, not a model"),
  MAGIC (0, "ORC", "an ORC table, not a model"),
  MAGIC (0, "SQLite format 3", "an SQLite database, not a model"),
  MAGIC (0, "CDF\x01", "a netCDF file of the old kind, which isn’t HDF5"),
  MAGIC (0, "CDF\x02", "a netCDF file of the old kind, which isn’t HDF5"),
  MAGIC (0, "\x0e\x03\x13\x01", "an HDF4 file, which isn’t HDF5"),
  MAGIC (0, "MATLAB 5.0", "a MATLAB file of the old kind, which isn’t HDF5"),
  MAGIC (0, "bplist", "a property list, not a model"),
  MAGIC (0, "PK\7\10", "one piece of a zip archive that was split"),
};

static gboolean
stranger_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  return TRUE;
}

/* PyTorch before 0.1.10 wrote tar archives with these members. */
static gboolean
is_torch_tar (const guint8 *head, gsize n_head)
{
  static const char *const members[] = { "sys_info", "pickle", "storages", "tensors" };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (n_head >= 512 && memcmp (head + 257, "ustar", 5) == 0 && memcmp (head, members[i], strlen (members[i]) + 1) == 0)
      return TRUE;
  return FALSE;
}

static const char *
find_magic (const guint8 *head, gsize n_head)
{
  if (is_torch_tar (head, n_head))
    return "a PyTorch file: PyTorch can’t be opened yet";
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (magics[i].offset + (gsize) magics[i].n <= n_head && memcmp (head + magics[i].offset, magics[i].bytes, magics[i].n) == 0)
      return magics[i].what;
  return NULL;
}

/* A zip archive tells by its members. */
static const char *
find_zip (const AssayReaderContext *context, const guint8 *head, gsize n_head)
{
  g_autoptr (AssayZip) zip = NULL;
  gboolean has_pickle = FALSE, has_weights = FALSE, has_word = FALSE, has_code = FALSE;

  if (n_head < 4 || (memcmp (head, "PK\3\4", 4) != 0 && memcmp (head, "PK\5\6", 4) != 0))
    return NULL;
  zip = assay_zip_open (&context->main, NULL);
  if (zip == NULL)
    return "a zip archive that is damaged or was cut short";
  for (guint i = 0; i < assay_zip_get_n_members (zip); i++)
    {
      const char *name = assay_zip_get_member (zip, i)->name;

      has_pickle |= strcmp (name, "data.pkl") == 0 || g_str_has_suffix (name, "/data.pkl");
      has_code |= g_str_has_suffix (name, "/constants.pkl") || g_str_has_suffix (name, "/archive_format");
      has_weights |= strcmp (name, "model.weights.h5") == 0 || strcmp (name, "config.json") == 0;
      has_word |= strcmp (name, "[Content_Types].xml") == 0;
    }
  if (has_pickle || has_code)
    return "a PyTorch file: PyTorch can’t be opened yet";
  if (has_weights)
    return "a Keras model that lacks some of its parts";
  return has_word ? "an office document, not a model" : "a zip archive without a model; unpack it, and open what is in it";
}

/* Pickles of protocol 2 and later begin with 80 and their protocol; older ones hardly tell. */
static const char *
find_pickle (const guint8 *head, gsize n_head, const char *name)
{
  static const char *const endings[] = { ".pkl", ".pickle", ".joblib" };
  static const char *const torch[] = { ".pt", ".pth", ".bin", ".ckpt" };
  gboolean                 is_new = n_head >= 3 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 && (head[2] == 0x95 || head[1] < 4);

  for (gsize i = 0; i < G_N_ELEMENTS (torch); i++)
    if (g_str_has_suffix (name, torch[i]) && is_new)
      return "a PyTorch file: PyTorch can’t be opened yet";
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    is_new |= g_str_has_suffix (name, endings[i]);
  return is_new ? "a Python pickle, which is a program: it isn’t run" : NULL;
}

static gboolean
begins_with (const char *text, const char *const *words)
{
  for (; *words != NULL; words++)
    if (g_ascii_strncasecmp (text, *words, strlen (*words)) == 0)
      return TRUE;
  return FALSE;
}

/* Text, if it is UTF-8 without control characters. */
static const char *
find_text (const guint8 *head, gsize n_head, const char *name)
{
  static const char *const pages[] = { "<!doctype html", "<html", "<head", "<body", NULL };
  g_autofree char         *text = g_strndup ((const char *) head, n_head);
  const char              *end, *start = text;

  /* The last character may be cut by the end of what was read. */
  if (!g_utf8_validate (text, -1, &end) && (n_head < 4096 || text + n_head - end > 3))
    return NULL;
  for (gsize i = 0; i < n_head; i++)
    if (head[i] < 0x20 && strchr ("\t\n\r\f", head[i]) == NULL)
      return NULL;
  if (g_str_has_prefix (start, "\357\273\277"))
    start += 3;
  while (g_ascii_isspace (*start))
    start++;
  if (begins_with (start, pages) || (*start == '<' && strstr (start, "<html") != NULL))
    return "a web page, not the file itself: the download went wrong";
  if (g_str_has_prefix (start, "<?xml"))
    return "XML, not a model";
  if (*start == '{' && (strstr (start, "\"weightsManifest\"") != NULL || strstr (start, "\"modelTopology\"") != NULL))
    return "a TensorFlow.js model, which can’t be opened";
  if (*start == '{' && strstr (start, "\"weight_map\"") != NULL)
    return "an index of shards of another format than safetensors, which can’t be opened yet";
  if (*start == '{' && (strstr (start, "\"class_name\"") != NULL || g_str_has_suffix (name, "config.json")))
    return "a model’s settings as JSON, without values";
  if (*start == '{' || (*start == '[' && start[1] && strchr ("[{\"]-0123456789 \n", start[1]) != NULL))
    return "JSON, not a model";
  if (g_str_has_prefix (start, "saved_model_schema_version") || g_str_has_suffix (name, ".pbtxt"))
    return "a TensorFlow graph as text, without values";
  return *start ? "text, not a model" : "only blanks";
}

/* What the first fields of a message of protocol buffers are: bit n for field n, up to 31; 0 if it isn't one. */
static guint32
list_fields (const AssayReaderContext *context, const guint8 *head, gsize n_head, GArray *bytes)
{
  guint32       fields = 0;
  const guint8 *p = head, *end = head + n_head;

  while (p < end)
    {
      guint64       tag, value;
      const guint8 *start;
      guint         wire;

      if (!assay_varint_take (&p, end, &tag) || tag >> 3 == 0)
        break;
      wire = tag & 7;
      if ((wire != 0 && wire != 2) || tag >> 3 > 31 || !assay_varint_take (&p, end, &value))
        return 0;
      fields |= 1u << (tag >> 3);
      start = p;
      if (wire == 2)
        {
          /* A message may go on behind what was read, but not behind the file. */
          if (value > context->main.size - (guint64) (start - head))
            return 0;
          p = value < (guint64) (end - p) ? p + value : end;
        }
      g_array_append_val (bytes, tag);
    }
  return fields;
}

/* Graphs have no magic; the first fields tell. */
static const char *
find_message (const AssayReaderContext *context, const guint8 *head, gsize n_head)
{
  const char *name = context->file_name;
  g_autoptr (GArray) tags = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint32 fields = list_fields (context, head, n_head, tags);
  guint64 first = tags->len > 0 ? g_array_index (tags, guint64, 0) : 0;

  if (fields == 0)
    return NULL;
  /* SavedModel: saved_model_schema_version=1 varint, meta_graphs=2. */
  if (first == (1 << 3 | 0) && n_head > 4 && head[1] == 1 && head[2] == (2 << 3 | 2) && (fields & ~6u) == 0)
    return "a TensorFlow SavedModel graph; open its folder";
  if (g_str_has_suffix (name, "saved_model.pb"))
    return "a TensorFlow SavedModel graph; open its folder";
  /* ModelProto: ir_version=1 varint, then the producer's name=2 … graph=7. */
  if (g_str_has_suffix (name, ".onnx") || (first == (1 << 3 | 0) && head[1] < 32 && n_head > 3 && (head[2] == (2 << 3 | 2) || head[2] == (7 << 3 | 2) || head[2] == (8 << 3 | 2))))
    return "an ONNX model, which can’t be opened yet";
  if (g_str_has_suffix (name, ".pb") || g_str_has_suffix (name, ".meta"))
    return "a TensorFlow graph, which can’t be opened yet";
  return NULL;
}

/* TFRecord: length u64, its masked CRC u32, data, CRC. Event files begin with a version as text. */
static const char *
find_records (const AssayReaderContext *context, const guint8 *head, gsize n_head)
{
  guint64 n;

  if (n_head < 16)
    return NULL;
  memcpy (&n, head, 8);
  n = GUINT64_FROM_LE (n);
  if (n + 16 > context->main.size || n > (1u << 30))
    return NULL;
  if (g_strstr_len ((const char *) head, MIN (n_head, 64), "brain.Event:") != NULL)
    return "a log for TensorBoard, not a model";
  return g_str_has_suffix (context->file_name, ".tfrecord") || g_str_has_suffix (context->file_name, ".tfrecords") ? "TensorFlow records, not a model"
                                                                                                                   : NULL;
}

/* What nothing but the name or the folder tells. */
static const char *
find_by_name (const char *name)
{
  static const char *const endings[][2] = {
    { ".msgpack", "a file of MessagePack (Flax), which can’t be opened" },
    { ".pt", "no PyTorch file that is whole" },
    { ".pth", "no PyTorch file that is whole" },
    { ".index", "no index of a checkpoint" },
    { ".keras", "no Keras model: those are zip archives" },
    { ".npz", "no NumPy archive: those are zip archives" },
    { ".npy", "no NumPy array" },
    { ".h5", "no HDF5 file: it has no HDF5 signature" },
    { ".hdf5", "no HDF5 file: it has no HDF5 signature" },
    { ".onnx", "no ONNX model that is whole" },
    { ".gguf", "no GGUF model" },
    { ".tflite", "no TensorFlow Lite model" },
  };

  if (strstr (name, ".data-") != NULL && strstr (name, "-of-") != NULL)
    return "a data file of a TensorFlow checkpoint, whose index isn’t beside it";
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i][0]))
      return endings[i][1];
  return "of no format that Assay knows";
}

static const char *
find_all_zero (const guint8 *head, gsize n_head)
{
  for (gsize i = 0; i < n_head; i++)
    if (head[i] != 0)
      return NULL;
  return "empty: it begins with nothing but zeros, as a download that was broken off";
}

static gboolean
stranger_read (AssayReaderContext *context, GError **error)
{
  guint8      head[4096];
  gsize       n = MIN (context->main.size, sizeof head);
  const char *what = NULL;

  if (!assay_reader_read (&context->main, 0, head, n, error))
    return FALSE;
  if (n == 0)
    what = "empty: it has no bytes";
  what = what ? what : find_magic (head, n);
  what = what ? what : find_zip (context, head, n);
  what = what ? what : find_all_zero (head, n);
  what = what ? what : find_records (context, head, n);
  what = what ? what : find_text (head, n, context->file_name);
  what = what ? what : find_pickle (head, n, context->file_name);
  what = what ? what : find_message (context, head, n);
  what = what ? what : find_by_name (context->file_name);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "“%s” is %s", context->file_name, what);
  return FALSE;
}

const AssayReader assay_stranger_reader = { .name = "unknown", .sniff = stranger_sniff, .read = stranger_read };
