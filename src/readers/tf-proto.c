/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tf-proto-private.h"

#include <string.h>

gboolean
assay_varint_take (const guint8 **p, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 64 && *p < end; shift += 7)
    {
      guint8 byte = *(*p)++;

      if (shift == 63 && byte > 1)
        return FALSE;
      *value |= (guint64) (byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return TRUE;
    }
  return FALSE;
}

void
assay_proto_init (AssayProto *self, const void *data, gsize n)
{
  *self = (AssayProto){ .p = data, .end = (const guint8 *) data + n };
}

static gboolean
take_fixed (AssayProto *self, gsize n)
{
  if ((gsize) (self->end - self->p) < n)
    return FALSE;
  self->number = 0;
  for (gsize i = 0; i < n; i++)
    self->number |= (guint64) self->p[i] << (8 * i);
  self->p += n;
  return TRUE;
}

static gboolean
take_bytes (AssayProto *self)
{
  guint64 n;

  if (!assay_varint_take (&self->p, self->end, &n) || n > (gsize) (self->end - self->p))
    return FALSE;
  self->bytes = self->p;
  self->n_bytes = n;
  self->p += n;
  return TRUE;
}

static gboolean
take_value (AssayProto *self)
{
  switch (self->wire)
    {
    case ASSAY_PROTO_VARINT:
      return assay_varint_take (&self->p, self->end, &self->number);
    case ASSAY_PROTO_FIXED64:
      return take_fixed (self, 8);
    case ASSAY_PROTO_BYTES:
      return take_bytes (self);
    case ASSAY_PROTO_FIXED32:
      return take_fixed (self, 4);
    default:
      return FALSE;
    }
}

gboolean
assay_proto_next (AssayProto *self)
{
  guint64 tag;

  if (self->damaged || self->p >= self->end)
    return FALSE;
  if (assay_varint_take (&self->p, self->end, &tag) && tag >> 3 > 0 && tag >> 3 <= 0x1fffffff)
    {
      self->field = tag >> 3;
      self->wire = tag & 7;
      if (take_value (self))
        return TRUE;
    }
  self->damaged = TRUE;
  return FALSE;
}

gboolean
assay_proto_is (const AssayProto *self, guint32 field, AssayProtoWire wire)
{
  return self->field == field && self->wire == wire;
}

char *
assay_proto_dup_string (const AssayProto *self)
{
  g_autoptr (GString) text = g_string_sized_new (self->n_bytes);

  for (gsize i = 0; i < self->n_bytes; i++)
    if (self->bytes[i] == '\0')
      g_string_append (text, "\357\277\275");
    else
      g_string_append_c (text, self->bytes[i]);
  return g_utf8_make_valid (text->str, text->len);
}
