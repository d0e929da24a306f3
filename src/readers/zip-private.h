/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Zip archives: what is in them, and where. */

#pragma once

#include "reader-private.h"

G_BEGIN_DECLS

#define ASSAY_ZIP_STORED 0
#define ASSAY_ZIP_DEFLATED 8

/**
 * AssayZipMember:
 * @name: its name, valid UTF-8
 * @method: how it is stored: `ASSAY_ZIP_STORED`, `ASSAY_ZIP_DEFLATED`, or one that can't be read
 * @crc: CRC-32 of its content
 * @stored_size: bytes it takes in the archive
 * @size: bytes of its content
 * @header: of its own header, from the start of the window
 * @offset: of its first stored byte, from the start of the window
 * @reason: (nullable): why it can't be read; then @offset means nothing
 */
typedef struct
{
  char   *name;
  guint16 method;
  guint32 crc;
  guint64 stored_size;
  guint64 size;
  guint64 header;
  guint64 offset;
  char   *reason;
} AssayZipMember;

typedef struct _AssayZip AssayZip;

/**
 * assay_zip_open:
 * @file: a window with an archive
 * @error: return location for an error
 *
 * Reads the central directory and each member's own header. What concerns one member only (encryption, a method that we don't
 * know, a name that leads out of the archive, headers that contradict each other) becomes its `reason`.
 *
 * Fails with `ASSAY_ERROR_FORMAT` if it isn't an archive, is damaged, or has members of one name or one place.
 *
 * Returns: (transfer full): an archive, or %NULL with @error set
 */
AssayZip *assay_zip_open (const AssayReaderFile *file, GError **error);

/**
 * assay_zip_free:
 *
 * Frees what assay_zip_open() has made; not the file.
 */
void assay_zip_free (AssayZip *self);

/**
 * assay_zip_get_file:
 *
 * Returns: (transfer none): the window that the archive lies in
 */
const AssayReaderFile *assay_zip_get_file (const AssayZip *self);

/**
 * assay_zip_get_n_members:
 *
 * Returns: how many members there are; folders aren't counted
 */
guint assay_zip_get_n_members (const AssayZip *self);

/**
 * assay_zip_get_member:
 * @index: which, in the order of the central directory
 *
 * Returns: (transfer none): a member
 */
const AssayZipMember *assay_zip_get_member (const AssayZip *self, guint index);

/**
 * assay_zip_find:
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member of that name
 */
const AssayZipMember *assay_zip_find (const AssayZip *self, const char *name);

/**
 * assay_zip_read_start:
 * @member: a member
 * @out: room for @n_bytes
 * @n_bytes: how many bytes are wanted, from the start of the content
 * @n_read: (out): how many there are: less than @n_bytes only if the content ends
 * @error: return location for an error
 *
 * Reads the start of a member's content. Its checksum isn't looked at.
 *
 * Returns: %FALSE if the member can't be read, or its stream is damaged
 */
gboolean assay_zip_read_start (const AssayZip *self, const AssayZipMember *member, void *out, gsize n_bytes, gsize *n_read, GError **error);

/**
 * assay_zip_read_all:
 * @member: a member
 * @max: the most bytes that it may have
 * @error: return location for an error
 *
 * Reads a small member whole, and checks size and checksum.
 *
 * Returns: (transfer full): its content, or %NULL with @error set
 */
GBytes *assay_zip_read_all (const AssayZip *self, const AssayZipMember *member, gsize max, GError **error);

/**
 * assay_zip_extract:
 * @member: a member
 * @out: (out): a scratch file with its content
 * @error: return location for an error
 *
 * Inflates a member into a scratch file, and checks size and checksum.
 *
 * Returns: whether @out is open
 */
gboolean assay_zip_extract (const AssayZip       *self,
                            AssayReaderContext   *context,
                            const AssayZipMember *member,
                            AssayReaderFile      *out,
                            GError              **error);

/**
 * assay_zip_check:
 * @member: a member
 * @error: return location for an error
 *
 * Reads a member through, and checks size and checksum.
 *
 * Returns: whether both are right
 */
gboolean assay_zip_check (const AssayZip *self, const AssayZipMember *member, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayZip, assay_zip_free)

G_END_DECLS
