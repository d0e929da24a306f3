/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A frame: one message of a manifest on its way from the reader to the main program.
 *
 * A GVariant of columns. Strings lie in blobs, each ended by NUL, in the order of what they belong to.
 *
 *   #  type  what
 *   0  s     format, "" if not said in this frame
 *   1  ay    modules: name, class ("" for none)
 *   2  au    modules: parent
 *   3  au    modules: flags
 *   4  au    facts said later: module
 *   5  au    facts said later: flags that are added
 *   6  ay    facts said later: class ("" for none)
 *   7  au    attributes of modules: module, never falling
 *   8  ay    attributes of modules: name, JSON
 *   9  ay    variables: name, key, dtype name ("" for the dtype's own)
 *  10  au    variables: module
 *  11  au    variables: flags
 *  12  ay    variables: dtype
 *  13  au    variables: item size
 *  14  ay    variables: rank
 *  15  at    variables: shapes, one behind the other
 *  16  ay    layouts: kind | 0x80 if big-endian
 *  17  au    layouts: file
 *  18  at    layouts: offset
 *  19  at    layouts: length
 *  20  at    layouts, by kind: DEFLATED*: inner offset, inner length; CHUNKED: cookie, filters, chunk's shape; STRINGS: cookie;
 *            PIECES: number of pieces, then of each: file, offset, start, count
 *  21  au    layouts INLINE, FILL, CHUNKED: number of inline bytes
 *  22  ay    those bytes, one behind the other
 *  23  ay    layouts NONE: the reason
 *  24  au    attributes of variables: variable, never falling
 *  25  ay    attributes of variables: name, JSON
 *  26  ay    warnings
 */

#pragma once

#include <assay/manifest.h>

G_BEGIN_DECLS

#define ASSAY_FRAME_TYPE "(sayauauauauayauayayauauayauayatayauatatatauayayauayay)"
#define ASSAY_LAYOUT_BIG_ENDIAN 0x80

enum
{
  COLUMN_FORMAT,
  COLUMN_MODULE_NAMES,
  COLUMN_MODULE_PARENT,
  COLUMN_MODULE_FLAGS,
  COLUMN_FACT_MODULE,
  COLUMN_FACT_FLAGS,
  COLUMN_FACT_CLASS,
  COLUMN_MODULE_ATTRIBUTE_MODULE,
  COLUMN_MODULE_ATTRIBUTES,
  COLUMN_VARIABLE_NAMES,
  COLUMN_VARIABLE_MODULE,
  COLUMN_VARIABLE_FLAGS,
  COLUMN_VARIABLE_DTYPE,
  COLUMN_VARIABLE_ITEM_SIZE,
  COLUMN_VARIABLE_RANK,
  COLUMN_VARIABLE_SHAPES,
  COLUMN_LAYOUT_KIND,
  COLUMN_LAYOUT_FILE,
  COLUMN_LAYOUT_OFFSET,
  COLUMN_LAYOUT_LENGTH,
  COLUMN_LAYOUT_EXTRA,
  COLUMN_LAYOUT_N_INLINE,
  COLUMN_LAYOUT_INLINE,
  COLUMN_LAYOUT_REASONS,
  COLUMN_VARIABLE_ATTRIBUTE_VARIABLE,
  COLUMN_VARIABLE_ATTRIBUTES,
  COLUMN_WARNINGS,
  N_COLUMNS
};

/**
 * AssayFrameStrings:
 * @data: the blob
 * @offset: (array length=n): where each string begins
 *
 * A blob of strings, taken apart.
 */
typedef struct
{
  const char *data;
  guint32    *offset;
  guint32     n;
} AssayFrameStrings;

/**
 * AssayManifestFrame:
 *
 * A frame that was checked: all columns have the lengths they must have, and every value is in its range.
 */
struct _AssayManifestFrame
{
  GVariant *variant;

  const char       *format;
  guint32           n_modules;
  AssayFrameStrings module_names;
  const guint32    *module_parent;
  const guint32    *module_flags;
  guint16          *module_depth; /* below the root */

  guint32           n_facts;
  const guint32    *fact_module;
  const guint32    *fact_flags;
  AssayFrameStrings fact_class;

  guint32           n_module_attributes;
  const guint32    *module_attribute_module;
  AssayFrameStrings module_attributes;

  guint32           n_variables;
  AssayFrameStrings variable_names;
  const guint32    *variable_module;
  const guint32    *variable_flags;
  const guint8     *variable_dtype;
  const guint32    *variable_item_size;
  const guint8     *variable_rank;
  const guint64    *shapes;
  guint32          *first_dimension; /* of each variable in shapes */

  const guint8     *layout_kind;
  const guint32    *layout_file;
  const guint64    *layout_offset;
  const guint64    *layout_length;
  const guint64    *extra;
  guint32          *first_extra; /* of each variable in extra */
  const guint8     *inline_bytes;
  guint32          *first_inline; /* of each variable in inline_bytes; one more than there are variables */
  AssayFrameStrings reasons;
  guint32          *reason; /* of each variable in reasons, G_MAXUINT32 for none */

  guint32           n_variable_attributes;
  const guint32    *variable_attribute_variable;
  AssayFrameStrings variable_attributes;

  AssayFrameStrings warnings;
};

/**
 * AssayFrameLimits:
 * @n_modules: how many modules earlier frames have brought
 * @module_depths: (array length=n_modules): how deep each of them stands
 * @n_variables: likewise of variables
 * @n_files: how many files there are
 * @file_sizes: (array length=n_files): their sizes
 *
 * What a frame is checked against.
 */
typedef struct
{
  guint32        n_modules;
  const guint16 *module_depths;
  guint32        n_variables;
  guint32        n_files;
  const guint64 *file_sizes;
} AssayFrameLimits;

/**
 * assay_manifest_frame_check:
 * @variant: (transfer full): a message that claims to be a frame
 * @limits: what it must fit
 * @error: return location for an error
 *
 * Checks everything that a frame says. The reader may have been taken over by the file it reads, so nothing is believed.
 * Fails with `ASSAY_ERROR_HELPER`.
 *
 * Returns: (transfer full): the checked frame
 */
AssayManifestFrame *assay_manifest_frame_check (GVariant *variant, const AssayFrameLimits *limits, GError **error);

/**
 * assay_frame_string:
 * @index: which
 *
 * Returns: (transfer none): a string of a blob
 */
static inline const char *
assay_frame_string (const AssayFrameStrings *strings, guint32 index)
{
  return strings->data + strings->offset[index];
}

/**
 * assay_manifest_set_complete:
 *
 * Says that no more frames will come.
 */
void assay_manifest_set_complete (AssayManifest *self);

G_END_DECLS
