/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* LevelDB tables and protocol buffers, written: what the index of a TensorFlow checkpoint is made of. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void assay_proto_put_varint (GByteArray *out, guint64 value);
void assay_proto_put_number (GByteArray *out, guint field, guint64 value); /* left out if it is 0 */
void assay_proto_put_bytes (GByteArray *out, guint field, gconstpointer data, gsize n);
void assay_proto_put_text (GByteArray *out, guint field, const char *text); /* left out if it is empty */

/**
 * AssayTableWriter:
 *
 * A table that is being made. Source: tensorflow/core/lib/io/table_builder.cc, without compression.
 */
typedef struct
{
  GByteArray *out, *block, *restarts, *index;
  GByteArray *last_key; /* of the block */
  guint       n_since_restart;
} AssayTableWriter;

void assay_table_writer_init (AssayTableWriter *self);
void assay_table_writer_clear (AssayTableWriter *self);

/* Keys come in the order of their bytes. */
void assay_table_writer_add (AssayTableWriter *self, gconstpointer key, gsize n_key, gconstpointer value, gsize n_value);

/* (transfer none): the whole table */
GByteArray *assay_table_writer_finish (AssayTableWriter *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayTableWriter, assay_table_writer_clear)

G_END_DECLS
