/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A float32 source of any size without memory: each element is a function of its position. For tests and benchmarks. */

#pragma once

#include <assay/source.h>
#include <math.h>

typedef struct
{
  AssaySource parent_instance;
  guint64     nan_at;
} RampSource;

typedef struct
{
  AssaySourceClass parent_class;
} RampSourceClass;

GType ramp_source_get_type (void);
G_DEFINE_TYPE (RampSource, ramp_source, ASSAY_TYPE_SOURCE)

static inline float
ramp_value (guint64 flat)
{
  return (float) (flat * 2654435761u >> 16 & 2047) / 1024.0f - 1.0f;
}

static gboolean
ramp_source_read (AssaySource *source, const guint64 *start, const guint64 *count, void *out, GCancellable *cancellable, GError **error)
{
  float         *to = out;
  const guint64 *shape = assay_source_get_shape (source);

  for (guint64 row = start[0]; row < start[0] + count[0]; row++)
    for (guint64 column = start[1]; column < start[1] + count[1]; column++)
      {
        guint64 flat = row * shape[1] + column;

        *to++ = flat == ((RampSource *) source)->nan_at ? NAN : ramp_value (flat);
      }
  return TRUE;
}

static void
ramp_source_class_init (RampSourceClass *klass)
{
  ASSAY_SOURCE_CLASS (klass)->read = ramp_source_read;
}

static void
ramp_source_init (RampSource *self)
{
}

static inline AssaySource *
ramp_source_new (guint64 n_rows, guint64 n_columns, guint64 nan_at)
{
  AssaySource *self = g_object_new (ramp_source_get_type (), NULL);

  ((RampSource *) self)->nan_at = nan_at;
  assay_source_init_facts (self, ASSAY_DTYPE_FLOAT32, 4, NULL, 2, (guint64[]){ n_rows, n_columns });
  return self;
}
