/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Zip, after PKWARE's APPNOTE 6.3.10, read from its end:
 *
 *   member*: local header, content [, data descriptor]
 *   central directory: an entry a member
 *   [zip64 end of central directory, 56 bytes · its locator, 20 bytes]
 *   end of central directory, 22 bytes · comment
 *
 * Only the central directory tells sizes and checksums; local headers tell where content begins, and must name the same
 * member. Bytes before the first member move all offsets, as Python's zipfile has it.
 */

#include "zip-private.h"

#include <assay/error.h>
#include <stdlib.h>
#include <string.h>

#define END_SIZE 22
#define LOCATOR_SIZE 20
#define END64_SIZE 56
#define ENTRY_SIZE 46
#define LOCAL_SIZE 30
#define MAX_DIRECTORY (G_GUINT64_CONSTANT (256) << 20)
#define MAX_COMMENT 65535

#define FLAG_ENCRYPTED (1 << 0)
#define FLAG_STRONG (1 << 6)
#define FLAG_UTF8 (1 << 11)
#define FLAG_MASKED (1 << 13)

/* No deflated stream gives more than 1032 bytes for one; no honest one of this size gives more than 100. */
#define MAX_RATIO 1032
#define SUSPECT_SIZE (G_GUINT64_CONSTANT (256) << 20)
#define SUSPECT_RATIO 100

struct _AssayZip
{
  AssayReaderFile file;
  GArray         *members; /* of AssayZipMember */
  GHashTable     *by_name; /* name → AssayZipMember */
};

/* Where the central directory is. */
typedef struct
{
  guint64 offset;
  guint64 size;
  guint64 n_entries;
  guint64 shift; /* bytes before the archive */
} Directory;

/* One entry while it is read: where its header is and how its name is written there. */
typedef struct
{
  AssayZipMember member;
  guint16        flags;
  const guint8  *raw_name;
  guint16        n_name;
  guint16        n_extra;
  guint16        n_comment;
} Entry;

static guint16
get_u16 (const guint8 *p)
{
  return p[0] | p[1] << 8;
}

static guint32
get_u32 (const guint8 *p)
{
  return get_u16 (p) | (guint32) get_u16 (p + 2) << 16;
}

static guint64
get_u64 (const guint8 *p)
{
  return get_u32 (p) | (guint64) get_u32 (p + 4) << 32;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The zip archive is damaged: %s", what);
  return FALSE;
}

/* The code page of DOS, upper half: names without the UTF-8 flag are written in it. */
static const char dos_upper[] =
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
    "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
    "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

static char *
decode_name (const guint8 *raw, gsize n, gboolean is_utf8)
{
  GString *name;

  if (is_utf8)
    return g_utf8_make_valid ((const char *) raw, n);
  name = g_string_sized_new (n);
  for (gsize i = 0; i < n; i++)
    g_string_append_unichar (name, raw[i] < 0x80 ? raw[i] : g_utf8_get_char (g_utf8_offset_to_pointer (dos_upper, raw[i] - 0x80)));
  return g_string_free (name, FALSE);
}

/* Finds the record at the end: the last place from which its comment reaches exactly to the end. */
static gboolean
find_end (const AssayReaderFile *file, guint8 end[END_SIZE], guint64 *position, GError **error)
{
  gsize              n = MIN (file->size, END_SIZE + MAX_COMMENT);
  g_autofree guint8 *tail = g_malloc (n + 1);

  if (n < END_SIZE)
    return fail (error, "the file is too short");
  if (!assay_reader_read (file, file->size - n, tail, n, error))
    return FALSE;
  for (gsize i = n - END_SIZE + 1; i-- > 0;)
    if (memcmp (tail + i, "PK\5\6", 4) == 0 && get_u16 (tail + i + 20) == n - i - END_SIZE)
      {
        memcpy (end, tail + i, END_SIZE);
        *position = file->size - n + i;
        return TRUE;
      }
  return fail (error, "the directory at its end is missing");
}

/* Takes what the zip64 records say instead of the numbers that didn't fit. */
static gboolean
read_end64 (const AssayReaderFile *file, guint64 locator_position, Directory *directory, guint64 *end, GError **error)
{
  guint8  locator[LOCATOR_SIZE], end64[END64_SIZE];
  guint64 position;

  if (!assay_reader_read (file, locator_position, locator, LOCATOR_SIZE, error))
    return FALSE;
  if (get_u32 (locator + 4) != 0 || get_u32 (locator + 16) > 1)
    return fail (error, "it is spread over several disks");
  position = get_u64 (locator + 8);
  /* With bytes before the archive the record isn't where the locator says, but right before it. */
  if (!assay_reader_read (file, position, end64, END64_SIZE, NULL) || memcmp (end64, "PK\6\6", 4) != 0)
    {
      if (locator_position < END64_SIZE)
        return fail (error, "its zip64 record is missing");
      position = locator_position - END64_SIZE;
      if (!assay_reader_read (file, position, end64, END64_SIZE, error))
        return FALSE;
    }
  if (memcmp (end64, "PK\6\6", 4) != 0)
    return fail (error, "its zip64 record is missing");
  if (get_u32 (end64 + 16) != 0 || get_u32 (end64 + 20) != 0 || get_u64 (end64 + 24) != get_u64 (end64 + 32))
    return fail (error, "it is spread over several disks");
  directory->n_entries = get_u64 (end64 + 32);
  directory->size = get_u64 (end64 + 40);
  directory->offset = get_u64 (end64 + 48);
  *end = position;
  return TRUE;
}

static gboolean
find_directory (const AssayReaderFile *file, Directory *directory, GError **error)
{
  guint8  end[END_SIZE], locator[4];
  guint64 position;

  if (!find_end (file, end, &position, error))
    return FALSE;
  directory->n_entries = get_u16 (end + 10);
  directory->size = get_u32 (end + 12);
  directory->offset = get_u32 (end + 16);
  if (position >= LOCATOR_SIZE && assay_reader_read (file, position - LOCATOR_SIZE, locator, 4, NULL) && memcmp (locator, "PK\6\7", 4) == 0)
    {
      if (!read_end64 (file, position - LOCATOR_SIZE, directory, &position, error))
        return FALSE;
    }
  else if (get_u16 (end + 4) != 0 || get_u16 (end + 6) != 0 || get_u16 (end + 8) != get_u16 (end + 10))
    return fail (error, "it is spread over several disks");
  if (directory->size > MAX_DIRECTORY || directory->size > position || directory->offset > position - directory->size)
    return fail (error, "its directory lies outside the file");
  if (directory->n_entries > directory->size / ENTRY_SIZE)
    return fail (error, "its directory is too small for its members");
  directory->shift = position - directory->size - directory->offset;
  directory->offset += directory->shift;
  return TRUE;
}

/* A member's sizes and place where they don't fit into 32 bits: in extra field 1, in this order. */
static gboolean
read_extra64 (Entry *entry, const guint8 *extra, GError **error)
{
  guint64 *const numbers[] = { &entry->member.size, &entry->member.stored_size, &entry->member.header };
  gsize          n = entry->n_extra;

  for (gsize i = 0; i + 4 <= n;)
    {
      gsize id = get_u16 (extra + i), size = get_u16 (extra + i + 2), at = i + 4;

      if (size > n - at)
        return TRUE; /* not for us to judge: some writers pad with zeros */
      for (gsize k = 0; id == 1 && k < G_N_ELEMENTS (numbers); k++)
        if (*numbers[k] == G_MAXUINT32)
          {
            if (at + 8 > i + 4 + size)
              return fail (error, "a size of more than 4 GB is missing");
            *numbers[k] = get_u64 (extra + at);
            at += 8;
          }
      if (id == 1)
        return TRUE;
      i += 4 + size;
    }
  return TRUE;
}

static gboolean
is_name_safe (const char *name, gsize n_raw, const guint8 *raw)
{
  if (*name == '\0' || *name == '/' || strchr (name, '\\') != NULL || memchr (raw, '\0', n_raw) != NULL)
    return FALSE;
  for (const char *p = name; p != NULL; p = strchr (p, '/') ? strchr (p, '/') + 1 : NULL)
    if (strcmp (p, "..") == 0 || g_str_has_prefix (p, "../"))
      return FALSE;
  return TRUE;
}

/* What makes this one member unreadable, the archive around it being sound. */
static char *
find_reason (const Entry *entry)
{
  const AssayZipMember *member = &entry->member;
  guint64               stored = MAX (member->stored_size, 1);

  if (!is_name_safe (member->name, entry->n_name, entry->raw_name))
    return g_strdup ("Its name leads out of the archive");
  if (entry->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
    return g_strdup ("It is encrypted");
  if (member->method != ASSAY_ZIP_STORED && member->method != ASSAY_ZIP_DEFLATED)
    return g_strdup_printf ("It is compressed by method %u%s: unsupported compression", member->method,
                            member->method == 12 ? " (bzip2)" : member->method == 14 ? " (LZMA)"
                                                                                     : "");
  if (member->method == ASSAY_ZIP_STORED && member->stored_size != member->size)
    return g_strdup_printf ("It is not compressed, but takes %" G_GUINT64_FORMAT " bytes for %" G_GUINT64_FORMAT, member->stored_size,
                            member->size);
  if (member->method == ASSAY_ZIP_DEFLATED &&
      (member->size / MAX_RATIO > stored || (member->size > SUSPECT_SIZE && member->size / SUSPECT_RATIO > stored)))
    return g_strdup_printf ("It says that its %" G_GUINT64_FORMAT " bytes inflate to %" G_GUINT64_FORMAT ": too many to be honest",
                            member->stored_size, member->size);
  return NULL;
}

/* Where a member's content begins, told by its own header, which must speak of the same member. */
static char *
locate_content (const AssayReaderFile *file, Entry *entry)
{
  guint8             local[LOCAL_SIZE];
  guint16            n_name;
  g_autofree guint8 *name = NULL;

  if (!assay_reader_read (file, entry->member.header, local, LOCAL_SIZE, NULL) || memcmp (local, "PK\3\4", 4) != 0)
    return g_strdup ("Its header is not where the archive’s directory says");
  n_name = get_u16 (local + 26);
  name = g_malloc (n_name + 1);
  if (!assay_reader_read (file, entry->member.header + LOCAL_SIZE, name, n_name, NULL) || n_name != entry->n_name ||
      memcmp (name, entry->raw_name, n_name) != 0 || get_u16 (local + 8) != entry->member.method)
    return g_strdup ("Its header and the archive’s directory contradict each other");
  entry->member.offset = entry->member.header + LOCAL_SIZE + n_name + get_u16 (local + 28);
  if (entry->member.offset > file->size || entry->member.stored_size > file->size - entry->member.offset)
    return g_strdup ("It reaches beyond the end of the file");
  return NULL;
}

/* Takes one entry of the central directory; entry's names point into it. */
static gboolean
read_entry (const Directory *directory, const guint8 *data, gsize n_left, Entry *entry, GError **error)
{
  gsize n_all;

  if (n_left < ENTRY_SIZE || memcmp (data, "PK\1\2", 4) != 0)
    return fail (error, "its directory ends too early");
  *entry = (Entry){
    .flags = get_u16 (data + 8),
    .n_name = get_u16 (data + 28),
    .n_extra = get_u16 (data + 30),
    .n_comment = get_u16 (data + 32),
    .raw_name = data + ENTRY_SIZE,
    .member = {
        .method = get_u16 (data + 10),
        .crc = get_u32 (data + 16),
        .stored_size = get_u32 (data + 20),
        .size = get_u32 (data + 24),
        .header = get_u32 (data + 42),
    },
  };
  n_all = (gsize) ENTRY_SIZE + entry->n_name + entry->n_extra + entry->n_comment;
  if (n_all > n_left)
    return fail (error, "its directory ends too early");
  if (!read_extra64 (entry, entry->raw_name + entry->n_name, error))
    return FALSE;
  if (entry->member.header > G_MAXINT64 || entry->member.size > G_MAXINT64 || entry->member.stored_size > G_MAXINT64 ||
      entry->member.header + directory->shift >= directory->offset)
    return fail (error, "a member lies outside the file");
  entry->member.header += directory->shift;
  return TRUE;
}

static void
member_clear (AssayZipMember *member)
{
  g_free (member->name);
  g_free (member->reason);
}

static gboolean
read_directory (AssayZip *self, const Directory *directory, GError **error)
{
  g_autofree guint8 *data = g_malloc (directory->size + 1);
  gsize              at = 0;

  if (!assay_reader_read (&self->file, directory->offset, data, directory->size, error))
    return FALSE;
  for (guint64 i = 0; i < directory->n_entries; i++)
    {
      Entry entry;

      if (!read_entry (directory, data + at, directory->size - at, &entry, error))
        return FALSE;
      at += (gsize) ENTRY_SIZE + entry.n_name + entry.n_extra + entry.n_comment;
      /* A folder is a name that ends with a slash. */
      if (entry.n_name > 0 && entry.raw_name[entry.n_name - 1] == '/' && entry.member.size == 0)
        continue;
      entry.member.name = decode_name (entry.raw_name, entry.n_name, entry.flags & FLAG_UTF8);
      entry.member.reason = find_reason (&entry);
      if (entry.member.reason == NULL)
        entry.member.reason = locate_content (&self->file, &entry);
      g_array_append_val (self->members, entry.member);
    }
  return TRUE;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const AssayZipMember *first = *(const AssayZipMember *const *) a, *second = *(const AssayZipMember *const *) b;

  return first->header < second->header ? -1 : first->header > second->header;
}

/* No two members of one name, and no two in one place: what one program sees must be what another does. */
static gboolean
check_members (AssayZip *self, const Directory *directory, GError **error)
{
  g_autoptr (GPtrArray) placed = g_ptr_array_new ();
  guint64 end = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      AssayZipMember *member = &g_array_index (self->members, AssayZipMember, i);

      if (!g_hash_table_insert (self->by_name, member->name, member))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The zip archive has two members that are called “%s”", member->name);
          return FALSE;
        }
      if (member->reason == NULL)
        g_ptr_array_add (placed, member);
    }
  g_ptr_array_sort (placed, compare_places);
  for (guint i = 0; i < placed->len; i++)
    {
      const AssayZipMember *member = placed->pdata[i];

      if (member->header < end || member->offset + member->stored_size > directory->offset)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "In the zip archive, “%s” overlaps what stands beside it", member->name);
          return FALSE;
        }
      end = member->offset + member->stored_size;
    }
  return TRUE;
}

AssayZip *
assay_zip_open (const AssayReaderFile *file, GError **error)
{
  g_autoptr (AssayZip) self = g_new0 (AssayZip, 1);
  Directory directory;

  self->file = *file;
  self->members = g_array_new (FALSE, FALSE, sizeof (AssayZipMember));
  g_array_set_clear_func (self->members, (GDestroyNotify) member_clear);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (!find_directory (file, &directory, error) || !read_directory (self, &directory, error) || !check_members (self, &directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
assay_zip_free (AssayZip *self)
{
  g_hash_table_unref (self->by_name);
  g_array_unref (self->members);
  g_free (self);
}

guint
assay_zip_get_n_members (const AssayZip *self)
{
  return self->members->len;
}

const AssayZipMember *
assay_zip_get_member (const AssayZip *self, guint index)
{
  return &g_array_index (self->members, AssayZipMember, index);
}

const AssayZipMember *
assay_zip_find (const AssayZip *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

const AssayReaderFile *
assay_zip_get_file (const AssayZip *self)
{
  return &self->file;
}
