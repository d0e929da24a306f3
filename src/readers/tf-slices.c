/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Partitioned variables: an entry that only names its pieces, each of which has an entry under an ordered code of name and place. */

#include <assay/error.h>
#include <string.h>

#include "tf-bundle-private.h"

#define MAX_PIECES 100000
/* Up to so many pieces each is compared with each. */
#define MAX_COMPARED 2000

/* A whole number that isn't negative: its length in bytes, then its bytes, highest first. */
static void
put_number (GByteArray *out, guint64 number)
{
  guint8 bytes[9], n = 0;

  for (guint64 rest = number; rest > 0; rest >>= 8)
    n++;
  bytes[0] = n;
  for (guint i = 0; i < n; i++)
    bytes[1 + i] = number >> (8 * (n - 1 - i));
  g_byte_array_append (out, bytes, n + 1);
}

/* A string: 00 becomes 00 ff, ff becomes ff 00, and 00 01 ends it. */
static void
put_string (GByteArray *out, GBytes *text)
{
  static const guint8 zero[] = { 0x00, 0xff }, ones[] = { 0xff, 0x00 }, end[] = { 0x00, 0x01 };
  gsize               n;
  const guint8       *data = g_bytes_get_data (text, &n);

  for (gsize i = 0; i < n; i++)
    if (data[i] == 0x00)
      g_byte_array_append (out, zero, 2);
    else if (data[i] == 0xff)
      g_byte_array_append (out, ones, 2);
    else
      g_byte_array_append (out, data + i, 1);
  g_byte_array_append (out, end, 2);
}

/* A number with a sign in n bytes, which hold 7n − 1 bits and the sign: the first n bits are ones, or zeros if it is negative. */
static void
put_signed (GByteArray *out, gint64 number)
{
  static const guint8 marks[][2] = { { 0, 0 }, { 0x80, 0 }, { 0xc0, 0 }, { 0xe0, 0 }, { 0xf0, 0 }, { 0xf8, 0 }, { 0xfc, 0 }, { 0xfe, 0 }, { 0xff, 0 }, { 0xff, 0x80 }, { 0xff, 0xc0 } };
  guint64             size = number < 0 ? ~(guint64) number : (guint64) number;
  guint8              bytes[10];
  guint               n = 1;

  while (n < 10 && size >> (7 * n - 1) != 0)
    n++;
  for (guint i = 0; i < 10; i++)
    bytes[i] = i < 2 ? (number < 0 ? 0xff : 0) : (guint64) number >> (8 * (9 - i));
  bytes[10 - n] ^= marks[n][0];
  if (n > 1)
    bytes[10 - n + 1] ^= marks[n][1];
  g_byte_array_append (out, bytes + 10 - n, n);
}

GBytes *
assay_bundle_piece_key (GBytes *name, guint rank, const AssayBundleSlice *slice)
{
  GByteArray *key = g_byte_array_new ();

  put_number (key, 0);
  put_string (key, name);
  put_number (key, rank);
  for (guint i = 0; i < rank; i++)
    {
      put_signed (key, slice->start[i]);
      put_signed (key, slice->count[i]);
    }
  return g_byte_array_free_to_bytes (key);
}

/* The pieces of one variable while they are gathered. */
typedef struct
{
  AssayBundle            *bundle;
  const AssayBundleEntry *entry;
  GArray                 *pieces;  /* of AssayLayoutPiece */
  GArray                 *numbers; /* of guint64: start and count of each */
} Gather;

/* Turns "all that there is" into numbers, and checks the place. */
static gboolean
place_piece (const AssayBundleEntry *entry, const AssayBundleSlice *slice, guint64 *start, guint64 *count)
{
  for (guint i = 0; i < entry->rank; i++)
    {
      gint64 first = slice->start[i], n = slice->count[i];

      if (n < 0 && first == 0)
        n = entry->shape[i];
      if (first < 0 || n < 0 || (guint64) first > entry->shape[i] || (guint64) n > entry->shape[i] - first)
        return FALSE;
      start[i] = first;
      count[i] = n;
    }
  return TRUE;
}

static char *
gather_piece (Gather *gather, const AssayBundleSlice *slice)
{
  const AssayBundleEntry *entry = gather->entry;
  guint64                 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
  g_autoptr (GBytes) key = assay_bundle_piece_key (entry->raw_key, entry->rank, slice);
  const AssayBundleEntry *found = g_hash_table_lookup (gather->bundle->pieces, key);
  AssayLayoutPiece        piece = { 0 };
  AssayReaderFile         file;
  char                   *reason;

  if (!place_piece (entry, slice, start, count))
    return g_strdup ("A piece of it lies outside its shape");
  if (found == NULL)
    return g_strdup ("A piece of it is missing in the index");
  if (found->type != entry->type || found->rank != entry->rank || memcmp (found->shape, count, entry->rank * sizeof (guint64)) != 0)
    return g_strdup ("A piece of it has another shape or dtype than the index says");
  reason = assay_bundle_locate (gather->bundle, found, &file);
  if (reason != NULL)
    return reason;
  piece.file = file.file;
  piece.offset = file.base + found->offset;
  g_array_append_val (gather->pieces, piece);
  g_array_append_vals (gather->numbers, start, entry->rank);
  g_array_append_vals (gather->numbers, count, entry->rank);
  return NULL;
}

static gboolean
do_overlap (guint rank, const AssayLayoutPiece *a, const AssayLayoutPiece *b)
{
  for (guint i = 0; i < rank; i++)
    if (a->start[i] + a->count[i] <= b->start[i] || b->start[i] + b->count[i] <= a->start[i])
      return FALSE;
  return TRUE;
}

/* Whether the pieces have each element, and none twice. */
static gboolean
do_cover (const Gather *gather)
{
  const AssayLayoutPiece *pieces = (const AssayLayoutPiece *) gather->pieces->data;
  guint64                 covered = 0;

  for (guint p = 0; p < gather->pieces->len; p++)
    {
      guint64 n = 1;

      for (guint i = 0; i < gather->entry->rank; i++)
        n *= pieces[p].count[i];
      covered += n;
      for (guint other = 0; n > 0 && other < p && gather->pieces->len <= MAX_COMPARED; other++)
        if (do_overlap (gather->entry->rank, &pieces[p], &pieces[other]))
          return FALSE;
    }
  return covered == gather->entry->n_elements;
}

static char *
gather_pieces (Gather *gather)
{
  const AssayBundleEntry *entry = gather->entry;

  if (entry->dtype == ASSAY_DTYPE_STRING)
    return g_strdup ("Strings that are spread over several pieces can’t be shown");
  if (entry->slices->len > MAX_PIECES)
    return g_strdup_printf ("It is spread over %u pieces; at most %d can be put together", entry->slices->len, MAX_PIECES);
  for (guint i = 0; i < entry->slices->len; i++)
    {
      char *reason = gather_piece (gather, &g_array_index (entry->slices, AssayBundleSlice, i));

      if (reason != NULL)
        return reason;
    }
  for (guint i = 0; i < gather->pieces->len; i++)
    {
      AssayLayoutPiece *piece = &g_array_index (gather->pieces, AssayLayoutPiece, i);

      piece->start = (const guint64 *) gather->numbers->data + 2 * i * entry->rank;
      piece->count = piece->start + entry->rank;
    }
  return do_cover (gather) ? NULL : g_strdup ("Its pieces don’t cover its shape, each element once");
}

void
assay_bundle_set_pieces (AssayBundle *self, const AssayBundleEntry *entry, guint32 variable)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (AssayLayoutPiece));
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  Gather           gather = { self, entry, pieces, numbers };
  g_autofree char *reason = gather_pieces (&gather);
  AssayLayout      layout = { .kind = ASSAY_LAYOUT_PIECES, .big_endian = self->big_endian };

  if (reason != NULL)
    {
      assay_manifest_builder_set_reason (self->context->builder, variable, "%s", reason);
      return;
    }
  layout.n_pieces = pieces->len;
  layout.pieces = (const AssayLayoutPiece *) pieces->data;
  assay_manifest_builder_set_layout (self->context->builder, variable, &layout);
}
