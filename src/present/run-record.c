/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A run that is kept. What came out of it is looked at like any model: as a file. */

#include "run-record-private.h"

#include <assay/memory-source.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "../base/json-scan-private.h"

/* A value that the run has left; it belongs to the run. */
typedef struct
{
  char       *name;
  AssayValue *value;
} Kept;

static void
kept_clear (gpointer data)
{
  g_free (((Kept *) data)->name);
}

struct _AssayRunRecord
{
  GObject parent_instance;

  AssayRun      *run;
  GArray        *kept;  /* of Kept, in the order of running */
  GHashTable    *found; /* name → place in @kept, plus 1 */
  AssayDocument *document;
  guint          number;
  char          *edits;
  char          *folder, *path;
};

G_DEFINE_FINAL_TYPE (AssayRunRecord, assay_run_record, G_TYPE_OBJECT)

static void
assay_run_record_finalize (GObject *object)
{
  AssayRunRecord *self = ASSAY_RUN_RECORD (object);

  if (self->document != NULL)
    assay_document_close (self->document);
  g_clear_object (&self->document);
  g_clear_pointer (&self->found, g_hash_table_unref);
  g_clear_pointer (&self->kept, g_array_unref);
  g_clear_object (&self->run);
  if (self->path != NULL)
    g_unlink (self->path);
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
  g_free (self->edits);
  G_OBJECT_CLASS (assay_run_record_parent_class)->finalize (object);
}

static void
assay_run_record_class_init (AssayRunRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_run_record_finalize;
}

static void
assay_run_record_init (AssayRunRecord *self)
{
}

static const char *
format_dtype (AssayDtype dtype)
{
  switch (dtype)
    {
    case ASSAY_DTYPE_BOOL:
      return "BOOL";
    case ASSAY_DTYPE_INT8:
      return "I8";
    case ASSAY_DTYPE_UINT8:
      return "U8";
    case ASSAY_DTYPE_INT16:
      return "I16";
    case ASSAY_DTYPE_UINT16:
      return "U16";
    case ASSAY_DTYPE_INT32:
      return "I32";
    case ASSAY_DTYPE_UINT32:
      return "U32";
    case ASSAY_DTYPE_INT64:
      return "I64";
    case ASSAY_DTYPE_UINT64:
      return "U64";
    case ASSAY_DTYPE_FLOAT16:
      return "F16";
    case ASSAY_DTYPE_BFLOAT16:
      return "BF16";
    case ASSAY_DTYPE_FLOAT32:
      return "F32";
    case ASSAY_DTYPE_FLOAT64:
      return "F64";
    default:
      return NULL;
    }
}

static void
add_kept (AssayRunRecord *self, const char *name, AssayValue *value)
{
  Kept kept = { .value = value };

  if (assay_value_get_kind (value) != ASSAY_VALUE_TENSOR || format_dtype (assay_value_get_dtype (value)) == NULL ||
      g_hash_table_contains (self->found, name))
    return;
  kept.name = g_strdup (name);
  g_array_append_val (self->kept, kept);
  g_hash_table_insert (self->found, kept.name, GUINT_TO_POINTER (self->kept->len));
}

/* Whether an output is what a layer gave, under another name. */
static gboolean
is_kept (AssayRunRecord *self, AssayValue *value)
{
  AssayTensor *tensor = assay_value_get_kind (value) == ASSAY_VALUE_TENSOR ? assay_value_get_tensor (value) : NULL;

  for (guint i = 0; tensor != NULL && i < self->kept->len; i++)
    {
      AssayValue *other = g_array_index (self->kept, Kept, i).value;

      if (assay_tensor_get_bytes (assay_value_get_tensor (other)) == assay_tensor_get_bytes (tensor) &&
          assay_partial_shape_equal (assay_value_get_shape (other), assay_value_get_shape (value)))
        return TRUE;
    }
  return FALSE;
}

/* Inputs, activations in the order of running, outputs. */
static void
keep_all (AssayRunRecord *self, AssayRun *run)
{
  const char *name;
  AssayValue *value;
  g_autoptr (GHashTable) layers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < assay_run_get_n_activations (run); i++)
    {
      assay_run_get_activation (run, i, &name);
      g_hash_table_add (layers, (gpointer) name);
    }
  for (guint i = 0; i < assay_run_get_n_inputs (run); i++)
    {
      value = assay_run_get_input (run, i, &name);
      if (!g_hash_table_contains (layers, name))
        add_kept (self, name, value);
    }
  for (guint i = 0; i < assay_run_get_n_activations (run); i++)
    {
      value = assay_run_get_activation (run, i, &name);
      add_kept (self, name, value);
    }
  for (guint i = 0; i < assay_run_get_n_outputs (run); i++)
    {
      value = assay_run_get_output (run, i, &name);
      if (!is_kept (self, value))
        add_kept (self, name, value);
    }
}

static GString *
make_header (GArray *all)
{
  GString *header = g_string_new ("{");
  guint64  at = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const Kept  *kept = &g_array_index (all, Kept, i);
      AssayTensor *tensor = assay_value_get_tensor (kept->value);
      guint64      n = g_bytes_get_size (assay_tensor_get_bytes (tensor));

      g_string_append (header, i ? "," : "");
      assay_json_append_string (header, kept->name);
      g_string_append_printf (header, ":{\"dtype\":\"%s\",\"shape\":[", format_dtype (assay_tensor_get_dtype (tensor)));
      for (guint k = 0; k < assay_tensor_get_rank (tensor); k++)
        g_string_append_printf (header, "%s%" PRIu64, k ? "," : "", assay_tensor_get_shape (tensor)[k]);
      g_string_append_printf (header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", at, at + n);
      at += n;
    }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  return header;
}

static gboolean
write_all (FILE *file, gconstpointer data, gsize n)
{
  return n == 0 || fwrite (data, 1, n, file) == n;
}

static gboolean
write_file (const char *path, GArray *all, GError **error)
{
  g_autoptr (GString) header = make_header (all);
  guint64  length = GUINT64_TO_LE (header->len);
  FILE    *file = g_fopen (path, "wbe");
  gboolean good = file != NULL && write_all (file, &length, sizeof length) && write_all (file, header->str, header->len);

  for (guint i = 0; good && i < all->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (assay_tensor_get_bytes (assay_value_get_tensor (g_array_index (all, Kept, i).value)), &n);

      good = write_all (file, data, n);
    }
  if (file != NULL && fclose (file) != 0)
    good = FALSE;
  if (!good)
    assay_error_set_errno (error, errno, _ ("What came out of the run can’t be kept"));
  return good;
}

AssayRunRecord *
assay_run_record_new (AssayRun *run, guint number, const char *edits, GError **error)
{
  g_autoptr (AssayRunRecord) self = g_object_new (ASSAY_TYPE_RUN_RECORD, NULL);
  g_autofree char *name = g_strdup_printf ("run-%u.safetensors", number);

  self->run = g_object_ref (run);
  self->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (self->kept, kept_clear);
  self->found = g_hash_table_new (g_str_hash, g_str_equal);
  keep_all (self, run);
  self->number = number;
  self->edits = g_strdup (edits ? edits : "");
  self->folder = g_dir_make_tmp ("assay-run-XXXXXX", error);
  if (self->folder == NULL)
    return NULL;
  self->path = g_build_filename (self->folder, name, NULL);
  return write_file (self->path, self->kept, error) ? g_steal_pointer (&self) : NULL;
}

guint
assay_run_record_get_number (AssayRunRecord *self)
{
  return self->number;
}

const char *
assay_run_record_get_edits (AssayRunRecord *self)
{
  return self->edits;
}

AssayRun *
assay_run_record_get_run (AssayRunRecord *self)
{
  return self->run;
}

guint
assay_run_record_get_n_values (AssayRunRecord *self)
{
  return self->kept->len;
}

AssayValue *
assay_run_record_get_value (AssayRunRecord *self, guint index, const char **name)
{
  const Kept *kept = &g_array_index (self->kept, Kept, index);

  if (name != NULL)
    *name = kept->name;
  return kept->value;
}

AssayValue *
assay_run_record_find (AssayRunRecord *self, const char *name)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->found, name));

  return place > 0 ? g_array_index (self->kept, Kept, place - 1).value : NULL;
}

guint64
assay_run_record_get_n_bytes (AssayRunRecord *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->kept->len; i++)
    n += g_bytes_get_size (assay_tensor_get_bytes (assay_value_get_tensor (g_array_index (self->kept, Kept, i).value)));
  return n;
}

AssayDocument *
assay_run_record_get_document (AssayRunRecord *self)
{
  if (self->document == NULL)
    self->document = assay_document_new (self->path);
  return self->document;
}

AssayVariableList *
assay_run_record_dup_list (AssayRunRecord *self)
{
  AssayVariableList *list = assay_variable_list_new ();

  for (guint i = 0; i < self->kept->len; i++)
    {
      const Kept *kept = &g_array_index (self->kept, Kept, i);
      g_autoptr (AssaySource) source = assay_memory_source_new (assay_value_get_tensor (kept->value));

      assay_variable_list_add (list, kept->name, NULL, source, NULL);
    }
  return list;
}
