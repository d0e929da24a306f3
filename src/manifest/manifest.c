/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/manifest.h>

#include <string.h>

#include "../base/json-scan-private.h"
#include "frame-private.h"
#include "manifest-private.h"

/* What later frames say of a module. */
typedef struct
{
  guint32     flags;
  const char *class_name;
} Facts;

struct _AssayManifest
{
  GObject     parent_instance;
  GPtrArray  *frames;         /* of AssayManifestFrame */
  GArray     *first_module;   /* guint32: of each frame */
  GArray     *first_variable; /* likewise */
  GHashTable *facts;          /* module → Facts */
  GPtrArray  *warnings;
  const char *format;
  guint32     n_modules;
  guint32     n_variables;
  int         complete; /* atomic: a session says so from its worker */
  GMutex      memory_mutex;
  GHashTable *memory;  /* variable → AssaySource, of values that are in memory; NULL if none are */
  GObject    *session; /* who answers requests; see assay_manifest_set_session() */
};

enum
{
  GROWN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayManifest, assay_manifest, G_TYPE_OBJECT)

static void
manifest_finalize (GObject *object)
{
  AssayManifest *self = ASSAY_MANIFEST (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->memory, g_hash_table_unref);
  g_mutex_clear (&self->memory_mutex);
  g_ptr_array_unref (self->frames);
  g_array_unref (self->first_module);
  g_array_unref (self->first_variable);
  g_hash_table_unref (self->facts);
  g_ptr_array_unref (self->warnings);
  G_OBJECT_CLASS (assay_manifest_parent_class)->finalize (object);
}

static void
assay_manifest_class_init (AssayManifestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = manifest_finalize;
  /**
   * AssayManifest::grown:
   *
   * More modules and variables are there, or facts about them.
   */
  signals[GROWN] = g_signal_new ("grown", ASSAY_TYPE_MANIFEST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_manifest_init (AssayManifest *self)
{
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_manifest_frame_free);
  self->first_module = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->first_variable = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->facts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->warnings = g_ptr_array_new ();
  self->format = "";
  g_mutex_init (&self->memory_mutex);
}

AssayManifest *
assay_manifest_new (void)
{
  return g_object_new (ASSAY_TYPE_MANIFEST, NULL);
}

static void
add_facts (AssayManifest *self, const AssayManifestFrame *frame)
{
  for (guint32 i = 0; i < frame->n_facts; i++)
    {
      gpointer    key = GUINT_TO_POINTER (frame->fact_module[i]);
      const char *class_name = assay_frame_string (&frame->fact_class, i);
      Facts      *facts = g_hash_table_lookup (self->facts, key);

      if (facts == NULL)
        {
          facts = g_new0 (Facts, 1);
          g_hash_table_insert (self->facts, key, facts);
        }
      facts->flags |= frame->fact_flags[i];
      if (*class_name)
        facts->class_name = class_name;
    }
}

void
assay_manifest_append (AssayManifest *self, AssayManifestFrame *frame)
{
  g_return_if_fail (ASSAY_IS_MANIFEST (self));
  g_array_append_val (self->first_module, self->n_modules);
  g_array_append_val (self->first_variable, self->n_variables);
  g_ptr_array_add (self->frames, frame);
  self->n_modules += frame->n_modules;
  self->n_variables += frame->n_variables;
  if (*frame->format)
    self->format = frame->format;
  add_facts (self, frame);
  for (guint32 i = 0; i < frame->warnings.n; i++)
    g_ptr_array_add (self->warnings, (char *) assay_frame_string (&frame->warnings, i));
  g_signal_emit (self, signals[GROWN], 0);
}

/* The frame that has item `index`, and its number there. */
static const AssayManifestFrame *
find_frame (AssayManifest *self, const GArray *first, guint32 index, guint32 *inner)
{
  guint low = 0, high = first->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (first, guint32, middle) <= index)
        low = middle;
      else
        high = middle;
    }
  *inner = index - g_array_index (first, guint32, low);
  return self->frames->pdata[low];
}

const char *
assay_manifest_get_format (AssayManifest *self)
{
  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), NULL);
  return self->format;
}

guint32
assay_manifest_get_n_modules (AssayManifest *self)
{
  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), 0);
  return self->n_modules;
}

void
assay_manifest_get_module (AssayManifest *self, guint32 index, AssayManifestModule *module)
{
  const AssayManifestFrame *frame;
  const Facts              *facts;
  const char               *class_name;
  guint32                   i;

  g_return_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_modules);
  frame = find_frame (self, self->first_module, index, &i);
  facts = g_hash_table_lookup (self->facts, GUINT_TO_POINTER (index));
  class_name = assay_frame_string (&frame->module_names, i * 2 + 1);
  module->parent = frame->module_parent[i];
  module->flags = frame->module_flags[i] | (facts ? facts->flags : 0);
  module->name = assay_frame_string (&frame->module_names, i * 2);
  module->class_name = *class_name ? class_name : NULL;
  if (facts != NULL && facts->class_name != NULL)
    module->class_name = facts->class_name;
}

guint32
assay_manifest_get_n_variables (AssayManifest *self)
{
  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), 0);
  return self->n_variables;
}

void
assay_manifest_get_variable (AssayManifest *self, guint32 index, AssayManifestVariable *variable)
{
  const AssayManifestFrame *frame;
  const char               *dtype_name;
  guint32                   i;

  g_return_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_variables);
  frame = find_frame (self, self->first_variable, index, &i);
  dtype_name = assay_frame_string (&frame->variable_names, i * 3 + 2);
  variable->module = frame->variable_module[i];
  variable->flags = frame->variable_flags[i];
  variable->name = assay_frame_string (&frame->variable_names, i * 3);
  variable->key = assay_frame_string (&frame->variable_names, i * 3 + 1);
  variable->dtype = frame->variable_dtype[i];
  variable->item_size = frame->variable_item_size[i];
  variable->dtype_name = *dtype_name ? dtype_name : assay_dtype_get_info (variable->dtype)->name;
  variable->rank = frame->variable_rank[i];
  variable->shape = frame->shapes + frame->first_dimension[i];
  assay_shape_n_elements (variable->rank, variable->shape, &variable->n_elements);
  assay_dtype_n_bytes (variable->dtype, variable->item_size, variable->n_elements, &variable->n_bytes);
  variable->reason = frame->reason[i] != G_MAXUINT32 ? assay_frame_string (&frame->reasons, frame->reason[i]) : NULL;
}

/* Takes the extra numbers of a layout apart: see frame-private.h, column 20. */
static void
get_extra (const guint64 *extra, guint rank, AssayLayout *layout)
{
  switch (layout->kind)
    {
    case ASSAY_LAYOUT_DEFLATED:
    case ASSAY_LAYOUT_DEFLATED_FORTRAN:
      layout->inner_offset = extra[0];
      layout->inner_length = extra[1];
      break;
    case ASSAY_LAYOUT_CHUNKED:
      layout->cookie = extra[0];
      layout->filters = extra[1];
      layout->chunk = extra + 2;
      break;
    case ASSAY_LAYOUT_STRINGS:
      layout->cookie = extra[0];
      break;
    case ASSAY_LAYOUT_PIECES:
      layout->n_pieces = extra[0];
      layout->extra_pieces = extra + 1;
      break;
    default:
      break;
    }
}

void
assay_manifest_get_layout (AssayManifest *self, guint32 index, AssayLayout *layout)
{
  const AssayManifestFrame *frame;
  guint32                   i;

  g_return_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_variables);
  frame = find_frame (self, self->first_variable, index, &i);
  memset (layout, 0, sizeof *layout);
  layout->kind = frame->layout_kind[i] & ~ASSAY_LAYOUT_BIG_ENDIAN;
  layout->big_endian = (frame->layout_kind[i] & ASSAY_LAYOUT_BIG_ENDIAN) != 0;
  layout->file = frame->layout_file[i];
  layout->offset = frame->layout_offset[i];
  layout->length = frame->layout_length[i];
  layout->inline_bytes = frame->inline_bytes + frame->first_inline[i];
  layout->n_inline_bytes = frame->first_inline[i + 1] - frame->first_inline[i];
  get_extra (frame->extra + frame->first_extra[i], frame->variable_rank[i], layout);
}

/* First row of a rising column that is at least `value`. */
static guint32
lower_bound (const guint32 *column, guint32 n, guint32 value)
{
  guint32 low = 0, high = n;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;

      if (column[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
append_attributes (GString *out, const guint32 *column, guint32 n, const AssayFrameStrings *texts, guint32 index)
{
  for (guint32 i = lower_bound (column, n, index); i < n && column[i] == index; i++)
    {
      if (*assay_frame_string (texts, i * 2) == '.')
        continue;
      g_string_append (out, out->len > 1 ? ", " : "");
      assay_json_append_string (out, assay_frame_string (texts, i * 2));
      g_string_append_printf (out, ": %s", assay_frame_string (texts, i * 2 + 1));
    }
}

static char *
finish_object (GString *out)
{
  if (out->len == 1)
    {
      g_string_free (out, TRUE);
      return NULL;
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

char *
assay_manifest_dup_module_attributes (AssayManifest *self, guint32 index)
{
  GString *out = g_string_new ("{");

  for (guint f = 0; f < self->frames->len; f++)
    {
      const AssayManifestFrame *frame = self->frames->pdata[f];

      append_attributes (out, frame->module_attribute_module, frame->n_module_attributes, &frame->module_attributes, index);
    }
  return finish_object (out);
}

char *
assay_manifest_dup_module_attribute (AssayManifest *self, guint32 index, const char *name)
{
  for (guint f = 0; f < self->frames->len; f++)
    {
      const AssayManifestFrame *frame = self->frames->pdata[f];
      const guint32            *column = frame->module_attribute_module;

      for (guint32 i = lower_bound (column, frame->n_module_attributes, index); i < frame->n_module_attributes && column[i] == index; i++)
        if (strcmp (assay_frame_string (&frame->module_attributes, i * 2), name) == 0)
          return g_strdup (assay_frame_string (&frame->module_attributes, i * 2 + 1));
    }
  return NULL;
}

char *
assay_manifest_dup_variable_attributes (AssayManifest *self, guint32 index)
{
  GString *out = g_string_new ("{");

  for (guint f = 0; f < self->frames->len; f++)
    {
      const AssayManifestFrame *frame = self->frames->pdata[f];

      append_attributes (out, frame->variable_attribute_variable, frame->n_variable_attributes, &frame->variable_attributes, index);
    }
  return finish_object (out);
}

/* Names from the root down to a module, each followed by "/". */
static void
append_path (AssayManifest *self, GString *out, guint32 module)
{
  const char *names[1024];
  guint       n = 0;

  while (module != 0 && n < G_N_ELEMENTS (names))
    {
      AssayManifestModule facts;

      assay_manifest_get_module (self, module, &facts);
      names[n++] = facts.name;
      module = facts.parent;
    }
  while (n > 0)
    {
      g_string_append (out, names[--n]);
      g_string_append_c (out, '/');
    }
}

char *
assay_manifest_dup_module_path (AssayManifest *self, guint32 index)
{
  GString *out = g_string_new (NULL);

  g_return_val_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_modules, NULL);
  append_path (self, out, index);
  if (out->len > 0)
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

char *
assay_manifest_dup_variable_path (AssayManifest *self, guint32 index)
{
  GString              *out = g_string_new (NULL);
  AssayManifestVariable variable;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_variables, NULL);
  assay_manifest_get_variable (self, index, &variable);
  append_path (self, out, variable.module);
  g_string_append (out, variable.name);
  return g_string_free (out, FALSE);
}

GPtrArray *
assay_manifest_get_warnings (AssayManifest *self)
{
  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), NULL);
  return self->warnings;
}

gboolean
assay_manifest_is_complete (AssayManifest *self)
{
  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), FALSE);
  return g_atomic_int_get (&self->complete);
}

void
assay_manifest_set_complete (AssayManifest *self)
{
  g_atomic_int_set (&self->complete, TRUE);
}

void
assay_manifest_set_memory (AssayManifest *self, guint32 index, AssaySource *source)
{
  g_return_if_fail (ASSAY_IS_MANIFEST (self) && index < self->n_variables);
  g_mutex_lock (&self->memory_mutex);
  if (self->memory == NULL)
    self->memory = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  g_hash_table_insert (self->memory, GUINT_TO_POINTER (index), g_object_ref (source));
  g_mutex_unlock (&self->memory_mutex);
}

AssaySource *
assay_manifest_dup_memory (AssayManifest *self, guint32 index)
{
  AssaySource *source;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), NULL);
  g_mutex_lock (&self->memory_mutex);
  source = self->memory ? g_hash_table_lookup (self->memory, GUINT_TO_POINTER (index)) : NULL;
  if (source != NULL)
    g_object_ref (source);
  g_mutex_unlock (&self->memory_mutex);
  return source;
}

void
assay_manifest_set_session (AssayManifest *self, GObject *session)
{
  g_set_object (&self->session, session);
}

GObject *
assay_manifest_get_session (AssayManifest *self)
{
  return self->session;
}
