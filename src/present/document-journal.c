/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a crash must not lose: each step goes to a journal, and is offered again when the file is opened the next time. */

#include <assay/error.h>
#include <assay/formula.h>
#include <assay/overlay.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "document-private.h"

static GVariant *
numbers (const guint64 *values, guint n)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, values, n, sizeof (guint64));
}

void
assay_document_journal (AssayDocument *self, const char *kind, GVariant *content)
{
  if (!self->keeps_journal)
    {
      g_variant_unref (g_variant_ref_sink (content));
      return;
    }
  if (self->journal == NULL)
    self->journal_base = assay_history_get_position (self->history);
  if (self->journal == NULL)
    self->journal = assay_journal_new (self->main_path, assay_file_get_identity (assay_manifest_get_file (self->manifest, 0)));
  assay_journal_append (self->journal, kind, content);
}

void
assay_document_journal_box (AssayDocument *self, AssayNode *variable, const char *name, const guint64 *start, const guint64 *count, guint rank, GBytes *values)
{
  g_autofree char *dtype = NULL;

  g_object_get (variable, "dtype-name", &dtype, NULL);
  assay_document_journal (self, "box",
                          g_variant_new ("(ss@at@at@ays)", assay_node_get_key (variable), name, numbers (start, rank), numbers (count, rank),
                                         g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, values, TRUE), dtype));
}

void
assay_document_journal_strings (AssayDocument *self, AssayNode *variable, const char *name, const guint64 *start, const guint64 *count, guint rank, GPtrArray *strings)
{
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n);
      guint64       length = n;

      g_array_append_val (lengths, length);
      g_byte_array_append (bytes, data, n);
    }
  assay_document_journal (self, "strings",
                          g_variant_new ("(ss@at@at@at@ay)", assay_node_get_key (variable), name, numbers (start, rank), numbers (count, rank),
                                         numbers ((const guint64 *) lengths->data, lengths->len),
                                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes->data, bytes->len, 1)));
}

void
assay_document_journal_formula (AssayDocument *self, AssayNode *variable, const char *name, gboolean whole, const guint64 *start, const guint64 *count, guint rank, const char *text)
{
  assay_document_journal (self, "formula",
                          g_variant_new ("(ssb@at@ats)", assay_node_get_key (variable), name, whole, numbers (start, whole ? 0 : rank),
                                         numbers (count, whole ? 0 : rank), text));
}

void
assay_document_drop_journal (AssayDocument *self)
{
  g_clear_pointer (&self->journal, assay_journal_free);
}

/* The variable of a step, if it is still there with the box inside. */
static AssayNode *
find_variable (AssayDocument *self, const char *key, const guint64 *start, gsize n_start, const guint64 *count, gsize n_count, GError **error)
{
  for (guint32 i = 0; i < assay_manifest_get_n_variables (self->manifest); i++)
    {
      AssayManifestVariable facts;
      gboolean              fits;

      assay_manifest_get_variable (self->manifest, i, &facts);
      if (strcmp (facts.key, key) != 0)
        continue;
      fits = n_start == n_count && (n_start == facts.rank || n_start == 0);
      for (gsize k = 0; fits && k < n_start; k++)
        fits = start[k] <= facts.shape[k] && count[k] <= facts.shape[k] - start[k];
      if (fits)
        return assay_document_get_variable (self, i);
      break;
    }
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("“%s” isn’t in the file as it was when it was edited"), key);
  return NULL;
}

static gboolean
redo_box (AssayDocument *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) start = NULL, count = NULL, values = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *now = NULL;
  const char      *key, *name, *dtype;
  const guint64   *from, *size;
  gsize            n_from, n_size;
  AssayNode       *variable;

  g_variant_get (content, "(&s&s@at@at@ay&s)", &key, &name, &start, &count, &values, &dtype);
  from = g_variant_get_fixed_array (start, &n_from, sizeof (guint64));
  size = g_variant_get_fixed_array (count, &n_size, sizeof (guint64));
  variable = find_variable (self, key, from, n_from, size, n_size, error);
  bytes = g_variant_get_data_as_bytes (values);
  if (variable)
    g_object_get (variable, "dtype-name", &now, NULL);
  /* The bits of a value say nothing of another type. */
  if (variable && strcmp (now, dtype) != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("“%s” is %s now; it was %s when it was edited"), key, now, dtype);
      return FALSE;
    }
  return variable != NULL && assay_document_edit_box (self, variable, from, size, bytes, name, error);
}

static gboolean
redo_strings (AssayDocument *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) start = NULL, count = NULL, lengths = NULL, bytes = NULL;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char    *key, *name, *data;
  const guint64 *from, *size, *length;
  gsize          n_from, n_size, n_lengths, n_bytes, offset = 0;
  AssayNode     *variable;

  g_variant_get (content, "(&s&s@at@at@at@ay)", &key, &name, &start, &count, &lengths, &bytes);
  from = g_variant_get_fixed_array (start, &n_from, sizeof (guint64));
  size = g_variant_get_fixed_array (count, &n_size, sizeof (guint64));
  length = g_variant_get_fixed_array (lengths, &n_lengths, sizeof (guint64));
  data = g_variant_get_fixed_array (bytes, &n_bytes, 1);
  for (gsize i = 0; i < n_lengths && length[i] <= n_bytes - offset; i++)
    {
      g_ptr_array_add (strings, g_bytes_new (data + offset, length[i]));
      offset += length[i];
    }
  variable = find_variable (self, key, from, n_from, size, n_size, error);
  return variable != NULL && assay_document_edit_strings (self, variable, from, size, strings, name, error);
}

static gboolean
redo_formula (AssayDocument *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) start = NULL, count = NULL;
  g_autoptr (AssayFormula) formula = NULL, bound = NULL;
  g_autoptr (AssaySource) base = NULL, edited = NULL;
  const char    *key, *name, *text;
  const guint64 *from, *size;
  gsize          n_from, n_size;
  gboolean       whole;
  AssayNode     *variable;

  g_variant_get (content, "(&s&sb@at@at&s)", &key, &name, &whole, &start, &count, &text);
  from = g_variant_get_fixed_array (start, &n_from, sizeof (guint64));
  size = g_variant_get_fixed_array (count, &n_size, sizeof (guint64));
  variable = find_variable (self, key, from, n_from, size, n_size, error);
  base = variable ? assay_document_dup_base (self, variable, error) : NULL;
  formula = base ? assay_formula_parse (text, error) : NULL;
  bound = formula ? assay_formula_bind (formula, base, NULL, error) : NULL;
  edited = bound ? assay_formula_source_new (base, bound, whole ? NULL : from, whole ? NULL : size, error) : NULL;
  if (edited == NULL)
    return FALSE;
  assay_document_journal_formula (self, variable, name, whole, from, size, n_from, text);
  assay_document_push (self, variable, edited, g_strdup (name));
  return TRUE;
}

/* Kinds of steps: one entry each. */
static const struct
{
  const char *kind;
  const char *type;
  gboolean (*redo) (AssayDocument *self, GVariant *content, GError **error);
} kinds[] = {
  { "box", "(ssatatays)", redo_box },
  { "strings", "(ssatatatay)", redo_strings },
  { "formula", "(ssbatats)", redo_formula },
};

static gboolean
redo (AssayDocument *self, GVariant *record, GError **error)
{
  g_autoptr (GVariant) content = NULL;
  const char *kind;

  g_variant_get (record, "(&sv)", &kind, &content);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, kind) == 0 && g_variant_is_of_type (content, G_VARIANT_TYPE (kinds[i].type)))
      return kinds[i].redo (self, content, error);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, _ ("The journal has a step that this version doesn’t know"));
  return FALSE;
}

GPtrArray *
assay_document_get_recovered (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->recovered_names;
}

gboolean
assay_document_recovered_fit (AssayDocument *self)
{
  const AssayFileIdentity *now;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  if (self->left == NULL || self->state != ASSAY_DOCUMENT_READY)
    return FALSE;
  now = assay_file_get_identity (assay_manifest_get_file (self->manifest, 0));
  return now->device == self->left->identity.device && now->inode == self->left->identity.inode &&
         now->size == self->left->identity.size && now->mtime_ns == self->left->identity.mtime_ns;
}

gboolean
assay_document_apply_recovered (AssayDocument *self, guint index, GError **error)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  if (self->left == NULL || index >= self->left->position || self->state != ASSAY_DOCUMENT_READY)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("The recovered edit isn’t there any more"));
      return FALSE;
    }
  return redo (self, self->left->records->pdata[index], error);
}

gboolean
assay_document_restore_recovered (AssayDocument *self, GError **error)
{
  gboolean done = TRUE;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  if (self->left == NULL)
    return TRUE;
  for (guint i = 0; i < self->left->position && done; i++)
    done = redo (self, self->left->records->pdata[i], error);
  if (done)
    assay_document_drop_recovered (self);
  return done;
}

void
assay_document_drop_recovered (AssayDocument *self)
{
  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  if (self->left != NULL)
    assay_journal_left_free (g_steal_pointer (&self->left), TRUE);
  g_clear_pointer (&self->recovered_names, g_ptr_array_unref);
}

void
assay_document_take_left (AssayDocument *self, AssayJournalLeft *left)
{
  if (self->left != NULL)
    assay_journal_left_free (g_steal_pointer (&self->left), FALSE);
  g_clear_pointer (&self->recovered_names, g_ptr_array_unref);
  self->left = left;
  if (left == NULL)
    return;
  self->recovered_names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < left->position; i++)
    {
      g_autoptr (GVariant) content = g_variant_get_child_value (left->records->pdata[i], 1);
      g_autoptr (GVariant) inner = g_variant_get_variant (content);
      g_autoptr (GVariant) name = g_variant_is_container (inner) && g_variant_n_children (inner) > 1 ? g_variant_get_child_value (inner, 1) : NULL;

      /* One name a step, though a stranger's journal may have none. */
      g_ptr_array_add (self->recovered_names, name != NULL && g_variant_is_of_type (name, G_VARIANT_TYPE_STRING)
                                                  ? g_variant_dup_string (name, NULL)
                                                  : g_strdup (_ ("A step without a name")));
    }
  g_signal_emit_by_name (self, "recovered", self->recovered_names->len);
}

void
assay_document_close (AssayDocument *self)
{
  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  if (self->job != NULL)
    assay_job_cancel (self->job);
  assay_document_stop_statistics (self);
  assay_document_drop_journal (self);
}
