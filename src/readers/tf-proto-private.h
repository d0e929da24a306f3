/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Protocol buffers, pulled field by field out of bytes that a stranger wrote. Nothing is copied and nothing recurses. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a field is written. */
typedef enum
{
  ASSAY_PROTO_VARINT = 0,
  ASSAY_PROTO_FIXED64 = 1,
  ASSAY_PROTO_BYTES = 2,
  ASSAY_PROTO_FIXED32 = 5,
} AssayProtoWire;

/**
 * AssayProto:
 * @p: what comes next
 * @end: behind the message
 * @damaged: whether something was found that can't be
 * @field: number of the field that was taken last
 * @wire: how it is written
 * @number: its value, if it is a number
 * @bytes: its value, if it is bytes, text or a message
 * @n_bytes: their number
 *
 * A message while it is read.
 */
typedef struct
{
  const guint8  *p;
  const guint8  *end;
  gboolean       damaged;
  guint32        field;
  AssayProtoWire wire;
  guint64        number;
  const guint8  *bytes;
  gsize          n_bytes;
} AssayProto;

/**
 * assay_proto_init:
 * @data: a message
 * @n: its length
 *
 * Begins to read a message.
 */
void assay_proto_init (AssayProto *self, const void *data, gsize n);

/**
 * assay_proto_next:
 *
 * Takes the next field. Groups, which nobody writes any more, count as damage.
 *
 * Returns: %FALSE at the end, and where the message is damaged (then `damaged` is set)
 */
gboolean assay_proto_next (AssayProto *self);

/**
 * assay_proto_is:
 * @field: a field's number
 * @wire: how it has to be written
 *
 * Returns: whether the field that was taken last is this one
 */
gboolean assay_proto_is (const AssayProto *self, guint32 field, AssayProtoWire wire);

/**
 * assay_proto_dup_string:
 *
 * Returns: (transfer full): the field that was taken last as text; what isn't UTF-8 is made so, NUL becomes U+FFFD
 */
char *assay_proto_dup_string (const AssayProto *self);

/**
 * assay_varint_take:
 * @p: (inout): where it begins; moved behind it
 * @end: behind the bytes
 * @value: (out): the number
 *
 * Takes a number of 7 bits a byte, lowest first, at most 64 bits.
 *
 * Returns: %FALSE if it has no end, or is larger
 */
gboolean assay_varint_take (const guint8 **p, const guint8 *end, guint64 *value);

G_END_DECLS
