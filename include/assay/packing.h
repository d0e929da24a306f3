/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elements of less than 8 bits: dense where they are stored, one code a byte in memory. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_unpack_elements:
 * @out: room for @n codes, one a byte, in its low bits
 * @in: dense elements, the first in the lowest bits (so a 4-bit pair has its first value in the low nibble)
 * @bits: bits an element takes: 2, 4 or 6
 * @first_bit: the bit of @in[0] at which the first element begins
 * @n: how many
 *
 * Unpacks elements. As safetensors and ml_dtypes store sub-byte types.
 */
void assay_unpack_elements (guint8 *out, const guint8 *in, guint bits, guint first_bit, gsize n);

/**
 * assay_pack_elements:
 * @out: room for (@n × @bits + 7) / 8 bytes; bits behind the last element become 0
 * @in: codes, one a byte; bits above @bits don't count
 * @bits: bits an element takes: 2, 4 or 6
 * @n: how many
 *
 * The opposite of assay_unpack_elements().
 */
void assay_pack_elements (guint8 *out, const guint8 *in, guint bits, gsize n);

G_END_DECLS
