/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "workspace-private.h"

#include <assay/error.h>
#include <stdlib.h>
#include <unistd.h>

#define ALIGNMENT 64
/* Freed memory that is kept at most. */
#define MAX_KEPT (1ull << 30)

/* Stands in front of the values, in a piece of ALIGNMENT bytes of its own. */
typedef struct _Buffer Buffer;
struct _Buffer
{
  AssayWorkspace *workspace;
  gsize           n_bytes; /* of values, as rounded up */
  Buffer         *next;    /* of the same size, while it is kept */
};
G_STATIC_ASSERT (sizeof (Buffer) <= ALIGNMENT);

struct _AssayWorkspace
{
  gatomicrefcount ref_count;
  GCancellable   *cancellable;

  GMutex      mutex;
  GHashTable *kept; /* rounded size → Buffer */
  guint64     n_kept, n_used, peak, max_bytes;
};

static guint64
machine_bytes (void)
{
  static gsize bytes;

  if (g_once_init_enter (&bytes))
    g_once_init_leave (&bytes, MAX ((gsize) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE) / 10 * 9, 1));
  return bytes;
}

AssayWorkspace *
assay_workspace_new (void)
{
  AssayWorkspace *self = g_new0 (AssayWorkspace, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->kept = g_hash_table_new (NULL, NULL);
  self->max_bytes = machine_bytes ();
  return self;
}

AssayWorkspace *
assay_workspace_ref (AssayWorkspace *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_kept (AssayWorkspace *self)
{
  GHashTableIter iter;
  gpointer       first;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, NULL, &first))
    for (Buffer *buffer = first; buffer != NULL;)
      {
        Buffer *next = buffer->next;

        free (buffer);
        buffer = next;
      }
  g_hash_table_remove_all (self->kept);
  self->n_kept = 0;
}

void
assay_workspace_unref (AssayWorkspace *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  free_kept (self);
  g_hash_table_unref (self->kept);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

AssayWorkspace *
assay_workspace_get_default (void)
{
  static AssayWorkspace *workspace;

  if (g_once_init_enter (&workspace))
    g_once_init_leave (&workspace, assay_workspace_new ());
  return workspace;
}

void
assay_workspace_begin (AssayWorkspace *self, GCancellable *cancellable, guint64 max_bytes)
{
  g_mutex_lock (&self->mutex);
  g_set_object (&self->cancellable, cancellable);
  self->max_bytes = max_bytes ? max_bytes : machine_bytes ();
  self->peak = self->n_used;
  g_mutex_unlock (&self->mutex);
}

guint64
assay_workspace_get_peak (AssayWorkspace *self)
{
  return self->peak;
}

GCancellable *
assay_workspace_get_cancellable (AssayWorkspace *self)
{
  return self->cancellable;
}

/* Sizes are rounded so that tensors of about the same size can use each other's memory. */
static gsize
round_up (gsize n)
{
  gsize step = ALIGNMENT;

  while (step < n / 8)
    step *= 2;
  return (MAX (n, 1) + step - 1) / step * step;
}

static Buffer *
take_kept (AssayWorkspace *self, gsize n_bytes)
{
  Buffer *buffer = g_hash_table_lookup (self->kept, GSIZE_TO_POINTER (n_bytes));

  if (buffer == NULL)
    return NULL;
  if (buffer->next != NULL)
    g_hash_table_insert (self->kept, GSIZE_TO_POINTER (n_bytes), buffer->next);
  else
    g_hash_table_remove (self->kept, GSIZE_TO_POINTER (n_bytes));
  self->n_kept -= n_bytes;
  return buffer;
}

static Buffer *
buffer_new (AssayWorkspace *self, guint64 wanted, GError **error)
{
  gsize    n_bytes = wanted < G_MAXSIZE / 2 ? round_up (wanted) : 0;
  gboolean fits;
  Buffer  *buffer = NULL;

  g_mutex_lock (&self->mutex);
  fits = n_bytes > 0 && n_bytes <= self->max_bytes && self->n_used <= self->max_bytes - n_bytes;
  if (fits)
    {
      buffer = take_kept (self, n_bytes);
      if (buffer == NULL && self->n_used + self->n_kept + n_bytes > self->max_bytes)
        free_kept (self);
      self->n_used += n_bytes;
      self->peak = MAX (self->peak, self->n_used);
    }
  g_mutex_unlock (&self->mutex);
  if (fits && buffer == NULL)
    {
      buffer = aligned_alloc (ALIGNMENT, n_bytes + ALIGNMENT);
      if (buffer == NULL)
        {
          g_mutex_lock (&self->mutex);
          self->n_used -= n_bytes;
          g_mutex_unlock (&self->mutex);
        }
    }
  if (buffer == NULL)
    {
      g_autofree char *size = g_format_size_full (wanted, G_FORMAT_SIZE_IEC_UNITS), *used = g_format_size_full (self->n_used, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Out of memory: a tensor takes %s more, and %s are in use.", size, used);
      return NULL;
    }
  buffer->workspace = assay_workspace_ref (self);
  buffer->n_bytes = n_bytes;
  buffer->next = NULL;
  return buffer;
}

static void
buffer_release (gpointer data)
{
  Buffer         *buffer = data;
  AssayWorkspace *self = buffer->workspace;

  g_mutex_lock (&self->mutex);
  self->n_used -= buffer->n_bytes;
  if (self->n_kept + buffer->n_bytes <= MAX_KEPT)
    {
      buffer->next = g_hash_table_lookup (self->kept, GSIZE_TO_POINTER (buffer->n_bytes));
      g_hash_table_insert (self->kept, GSIZE_TO_POINTER (buffer->n_bytes), buffer);
      self->n_kept += buffer->n_bytes;
      buffer = NULL;
    }
  g_mutex_unlock (&self->mutex);
  free (buffer);
  assay_workspace_unref (self);
}

AssayTensor *
assay_workspace_tensor (AssayWorkspace *self, AssayDtype dtype, guint rank, const guint64 *shape, void **data, GError **error)
{
  guint64 n, n_bytes;
  guint   item_size = assay_dtype_get_info (dtype)->item_size;
  Buffer *buffer;
  g_autoptr (GBytes) bytes = NULL;

  if (!assay_shape_n_elements (rank, shape, &n) || !g_uint64_checked_mul (&n_bytes, n, item_size))
    n_bytes = G_MAXUINT64;
  buffer = buffer_new (self, n_bytes, error);
  if (buffer == NULL)
    return NULL;
  *data = (char *) buffer + ALIGNMENT;
  bytes = g_bytes_new_with_free_func (*data, n_bytes, buffer_release, buffer);
  return assay_tensor_new (dtype, rank, shape, bytes, error);
}

void *
assay_workspace_scratch (AssayWorkspace *self, gsize n_bytes, GError **error)
{
  Buffer *buffer = buffer_new (self, n_bytes, error);

  return buffer ? (char *) buffer + ALIGNMENT : NULL;
}

void
assay_workspace_free_scratch (AssayWorkspace *self, void *data)
{
  if (data != NULL)
    buffer_release ((char *) data - ALIGNMENT);
}
