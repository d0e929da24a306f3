/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Checksums of file formats: CRC-32C and TensorFlow's mask over it. CRC-32 is zlib's, SHA-256 GLib's. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_crc32c:
 * @crc: the checksum so far, 0 to begin
 * @data: bytes
 * @n_bytes: how many
 *
 * Extends a CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, as RFC 3720 B.4 has it).
 *
 * Returns: the checksum of all bytes so far
 */
guint32 assay_crc32c (guint32 crc, const void *data, gsize n_bytes);

/**
 * assay_crc32c_mask:
 * @crc: a CRC-32C
 *
 * Masks a checksum that is stored beside its data, as LevelDB and TensorFlow do.
 *
 * Returns: the masked checksum
 */
guint32 assay_crc32c_mask (guint32 crc);

/**
 * assay_crc32c_unmask:
 * @masked: a masked CRC-32C
 *
 * Returns: the checksum that assay_crc32c_mask() was given
 */
guint32 assay_crc32c_unmask (guint32 masked);

G_END_DECLS
