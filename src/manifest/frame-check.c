/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "frame-private.h"

#include <assay/error.h>
#include <assay/names.h>
#include <string.h>

#include "../base/json-scan-private.h"

#define MAX_VARIABLES 20000000u
#define MAX_ITEM_SIZE (64u << 20)

static gboolean
lie (GError **error, const char *what)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, "The reader sent what can’t be true (%s); the file is damaged or hostile", what);
  return FALSE;
}

/* A column of fixed-size items; its length is -1 for "any". */
static gboolean
take_column (AssayManifestFrame *frame, guint column, gsize item_size, gint64 expected, const void **out, gsize *n_out, GError **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (frame->variant, column);
  gsize n;

  *out = g_variant_get_fixed_array (child, &n, item_size);
  if (n_out != NULL)
    *n_out = n;
  if (n > G_MAXUINT32 || (expected >= 0 && n != (guint64) expected))
    return lie (error, "columns of unlike lengths");
  return TRUE;
}

/* A blob of `expected` strings, each valid UTF-8 and ended by NUL; -1 for any number. */
static gboolean
take_strings (AssayManifestFrame *frame, guint column, gint64 expected, AssayFrameStrings *out, GError **error)
{
  const void *data;
  const char *p;
  gsize       n_bytes, n = 0, n_room;
  gboolean    ascii;

  if (!take_column (frame, column, 1, -1, &data, &n_bytes, error))
    return FALSE;
  p = data;
  if (n_bytes > 0 && p[n_bytes - 1] != '\0')
    return lie (error, "a name without an end");
  n_room = expected < 0 ? n_bytes : MIN (n_bytes, (guint64) expected);
  out->data = p;
  out->offset = g_new (guint32, n_room + 1);
  /* With the NULs between them, only names of ASCII alone pass. */
  ascii = assay_name_is_utf8 (p, n_bytes);
  for (gsize i = 0; i < n_bytes; n++)
    {
      gsize length = strlen (p + i);

      if (!ascii && !g_utf8_validate (p + i, length, NULL))
        return lie (error, "a name that is not UTF-8");
      if (n == n_room)
        return lie (error, "names missing");
      out->offset[n] = i;
      i += length + 1;
    }
  out->n = n;
  return expected < 0 || n == (guint64) expected || lie (error, "names missing");
}

static gboolean
never_falls (const guint32 *column, gsize n, guint32 below)
{
  for (gsize i = 0; i < n; i++)
    if (column[i] >= below || (i > 0 && column[i] < column[i - 1]))
      return FALSE;
  return TRUE;
}

static gboolean
check_flags (const guint32 *flags, gsize n, GError **error)
{
  guint32 all = 0;

  for (gsize i = 0; i < n; i++)
    all |= flags[i];
  return (all & ~ASSAY_FLAG_ALL) == 0 || lie (error, "a flag that does not exist");
}

/* A module stands in an earlier one, and not too deep: views and paths go down by recursion. */
static gboolean
check_parents (AssayManifestFrame *frame, const AssayFrameLimits *limits, GError **error)
{
  frame->module_depth = g_new (guint16, frame->n_modules + 1);
  for (guint32 i = 0; i < frame->n_modules; i++)
    {
      guint32 self = limits->n_modules + i, parent = frame->module_parent[i];

      if (self == 0 ? parent != G_MAXUINT32 : parent >= self)
        return lie (error, "a module that stands in a later one");
      if (self == 0)
        frame->module_depth[i] = 0;
      else if (parent < limits->n_modules)
        frame->module_depth[i] = limits->module_depths[parent] + 1;
      else
        frame->module_depth[i] = frame->module_depth[parent - limits->n_modules] + 1;
      if (frame->module_depth[i] > ASSAY_MANIFEST_MAX_DEPTH)
        return lie (error, "modules that stand too deep");
    }
  return TRUE;
}

static gboolean
check_modules (AssayManifestFrame *frame, const AssayFrameLimits *limits, GError **error)
{
  gsize n;

  if (!take_column (frame, COLUMN_MODULE_PARENT, 4, -1, (const void **) &frame->module_parent, &n, error) ||
      !take_column (frame, COLUMN_MODULE_FLAGS, 4, n, (const void **) &frame->module_flags, NULL, error) ||
      !take_strings (frame, COLUMN_MODULE_NAMES, n * 2, &frame->module_names, error))
    return FALSE;
  frame->n_modules = n;
  if (n + limits->n_modules == 0)
    return lie (error, "a manifest without a root");
  if (n + limits->n_modules > MAX_VARIABLES)
    return lie (error, "more modules than can be");
  if (!check_flags (frame->module_flags, n, error) || !check_parents (frame, limits, error))
    return FALSE;
  if (!take_column (frame, COLUMN_FACT_MODULE, 4, -1, (const void **) &frame->fact_module, &n, error) ||
      !take_column (frame, COLUMN_FACT_FLAGS, 4, n, (const void **) &frame->fact_flags, NULL, error) ||
      !take_strings (frame, COLUMN_FACT_CLASS, n, &frame->fact_class, error))
    return FALSE;
  frame->n_facts = n;
  if (!check_flags (frame->fact_flags, n, error))
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (frame->fact_module[i] >= limits->n_modules + frame->n_modules)
      return lie (error, "a fact about no module");
  return TRUE;
}

/* Names and JSON texts, by turns. Who prints an attribute must be able to trust that it is one value. */
static gboolean
check_json (const AssayFrameStrings *texts, GError **error)
{
  for (guint32 i = 1; i < texts->n; i += 2)
    {
      const char *json = assay_frame_string (texts, i);
      gsize       n_bytes = strlen (json);

      if (n_bytes > ASSAY_MANIFEST_MAX_JSON || !assay_json_is_valid (json, n_bytes))
        return lie (error, "an attribute that is not JSON");
    }
  return TRUE;
}

static gboolean
check_attributes (AssayManifestFrame *frame, const AssayFrameLimits *limits, GError **error)
{
  gsize n;

  if (!take_column (frame, COLUMN_MODULE_ATTRIBUTE_MODULE, 4, -1, (const void **) &frame->module_attribute_module, &n, error) ||
      !take_strings (frame, COLUMN_MODULE_ATTRIBUTES, n * 2, &frame->module_attributes, error))
    return FALSE;
  frame->n_module_attributes = n;
  if (!never_falls (frame->module_attribute_module, n, limits->n_modules + frame->n_modules))
    return lie (error, "an attribute of no module");
  if (!check_json (&frame->module_attributes, error))
    return FALSE;
  if (!take_column (frame, COLUMN_VARIABLE_ATTRIBUTE_VARIABLE, 4, -1, (const void **) &frame->variable_attribute_variable, &n, error) ||
      !take_strings (frame, COLUMN_VARIABLE_ATTRIBUTES, n * 2, &frame->variable_attributes, error))
    return FALSE;
  frame->n_variable_attributes = n;
  if (!never_falls (frame->variable_attribute_variable, n, limits->n_variables + frame->n_variables))
    return lie (error, "an attribute of no variable");
  return check_json (&frame->variable_attributes, error) &&
         take_strings (frame, COLUMN_WARNINGS, -1, &frame->warnings, error);
}

static gboolean
take_variables (AssayManifestFrame *frame, GError **error)
{
  gsize n;

  if (!take_column (frame, COLUMN_VARIABLE_MODULE, 4, -1, (const void **) &frame->variable_module, &n, error) ||
      !take_column (frame, COLUMN_VARIABLE_FLAGS, 4, n, (const void **) &frame->variable_flags, NULL, error) ||
      !take_column (frame, COLUMN_VARIABLE_DTYPE, 1, n, (const void **) &frame->variable_dtype, NULL, error) ||
      !take_column (frame, COLUMN_VARIABLE_ITEM_SIZE, 4, n, (const void **) &frame->variable_item_size, NULL, error) ||
      !take_column (frame, COLUMN_VARIABLE_RANK, 1, n, (const void **) &frame->variable_rank, NULL, error) ||
      !take_column (frame, COLUMN_LAYOUT_KIND, 1, n, (const void **) &frame->layout_kind, NULL, error) ||
      !take_column (frame, COLUMN_LAYOUT_FILE, 4, n, (const void **) &frame->layout_file, NULL, error) ||
      !take_column (frame, COLUMN_LAYOUT_OFFSET, 8, n, (const void **) &frame->layout_offset, NULL, error) ||
      !take_column (frame, COLUMN_LAYOUT_LENGTH, 8, n, (const void **) &frame->layout_length, NULL, error) ||
      !take_strings (frame, COLUMN_VARIABLE_NAMES, n * 3, &frame->variable_names, error))
    return FALSE;
  frame->n_variables = n;
  return check_flags (frame->variable_flags, n, error);
}

/* Sizes of one variable: its dtype, item size and shape. Sets what it takes in memory and densely. */
static gboolean
check_variable (AssayManifestFrame *frame, const AssayFrameLimits *limits, guint32 i, guint64 *n_elements, guint64 *n_memory, guint64 *n_dense, GError **error)
{
  AssayDtype            dtype = frame->variable_dtype[i];
  const guint64        *shape = frame->shapes + frame->first_dimension[i];
  guint32               item_size = frame->variable_item_size[i];
  const AssayDtypeInfo *info;

  if (dtype <= ASSAY_DTYPE_INVALID || dtype >= ASSAY_DTYPE_RESOURCE)
    return lie (error, "a dtype that does not exist");
  info = assay_dtype_get_info (dtype);
  if ((info->item_size != 0 && item_size != info->item_size) || item_size > MAX_ITEM_SIZE ||
      (dtype == ASSAY_DTYPE_STRING && item_size != 0) || (dtype == ASSAY_DTYPE_UNICODE && item_size % 4 != 0))
    return lie (error, "elements of a wrong size");
  if (frame->variable_module[i] >= limits->n_modules + frame->n_modules)
    return lie (error, "a variable in no module");
  if (!assay_shape_n_elements (frame->variable_rank[i], shape, n_elements) ||
      !g_uint64_checked_mul (n_memory, *n_elements, MAX (item_size, 1)) || *n_memory > G_MAXINT64 ||
      !assay_dtype_n_bytes (dtype, item_size, *n_elements, n_dense))
    return lie (error, "a variable larger than can be");
  return TRUE;
}

static gboolean
inside (const AssayFrameLimits *limits, guint64 file, guint64 offset, guint64 length)
{
  return file < limits->n_files && offset <= limits->file_sizes[file] && length <= limits->file_sizes[file] - offset;
}

/* Takes n numbers off the extra column; NULL if it ends before. */
static const guint64 *
take_extra (AssayManifestFrame *frame, gsize n_extra, gsize *next, guint64 n)
{
  const guint64 *extra = frame->extra + *next;

  if (n > n_extra - *next)
    return NULL;
  *next += n;
  return extra;
}

static gboolean
check_chunked (AssayManifestFrame *frame, guint32 i, gsize n_extra, gsize *next, GError **error)
{
  guint          rank = frame->variable_rank[i];
  const guint64 *extra = take_extra (frame, n_extra, next, 2 + rank);
  guint64        n_chunk = 1, n_grid = 1;

  if (extra == NULL || rank == 0 || extra[1] > 7)
    return lie (error, "a chunk grid without a shape");
  for (guint axis = 0; axis < rank; axis++)
    {
      guint64 chunk = extra[2 + axis], size = frame->shapes[frame->first_dimension[i] + axis];

      if (chunk == 0 || !g_uint64_checked_mul (&n_chunk, n_chunk, chunk) || n_chunk > G_MAXUINT32 ||
          !g_uint64_checked_mul (&n_grid, n_grid, MAX (size / chunk + (size % chunk != 0), 1)))
        return lie (error, "chunks of an impossible size");
    }
  if (n_chunk * MAX (frame->variable_item_size[i], 1) > G_MAXUINT32)
    return lie (error, "chunks of more than 4 GB");
  return TRUE;
}

static gboolean
check_pieces (AssayManifestFrame *frame, const AssayFrameLimits *limits, guint32 i, gsize n_extra, gsize *next, GError **error)
{
  guint          rank = frame->variable_rank[i];
  const guint64 *head = take_extra (frame, n_extra, next, 1);
  const guint64 *shape = frame->shapes + frame->first_dimension[i];

  if (head == NULL || head[0] > n_extra)
    return lie (error, "pieces without number");
  for (guint64 p = 0; p < head[0]; p++)
    {
      const guint64 *piece = take_extra (frame, n_extra, next, 2 + 2 * rank);
      guint64        n = MAX (frame->variable_item_size[i], 1);

      if (piece == NULL)
        return lie (error, "a piece without a place");
      for (guint axis = 0; axis < rank; axis++)
        {
          guint64 start = piece[2 + axis], count = piece[2 + rank + axis];

          if (start > shape[axis] || count > shape[axis] - start || !g_uint64_checked_mul (&n, n, count))
            return lie (error, "a piece outside its variable");
        }
      if (!inside (limits, piece[0], piece[1], n))
        return lie (error, "a piece outside its file");
    }
  return TRUE;
}

static gboolean
check_layout (AssayManifestFrame *frame, const AssayFrameLimits *limits, guint32 i, guint64 n_elements, guint64 n_memory, guint64 n_dense, gsize n_extra, gsize *next, GError **error)
{
  guint          kind = frame->layout_kind[i] & ~ASSAY_LAYOUT_BIG_ENDIAN;
  guint64        file = frame->layout_file[i], offset = frame->layout_offset[i], length = frame->layout_length[i];
  gboolean       is_string = frame->variable_dtype[i] == ASSAY_DTYPE_STRING;
  guint32        n_inline = frame->first_inline[i + 1] - frame->first_inline[i];
  const guint64 *extra;

  if (kind != ASSAY_LAYOUT_NONE && kind != ASSAY_LAYOUT_STRINGS && is_string)
    return lie (error, "strings that are not strings");
  switch (kind)
    {
    case ASSAY_LAYOUT_NONE:
      return TRUE;
    case ASSAY_LAYOUT_RAW:
    case ASSAY_LAYOUT_FORTRAN:
      if (length != n_dense && length != n_memory)
        return lie (error, "a value whose size is not its shape’s");
      return inside (limits, file, offset, length) || lie (error, "a value outside its file");
    case ASSAY_LAYOUT_DEFLATED:
    case ASSAY_LAYOUT_DEFLATED_FORTRAN:
      extra = take_extra (frame, n_extra, next, 2);
      if (extra == NULL || extra[0] > extra[1] || n_memory > extra[1] - extra[0] || extra[1] > G_MAXINT64)
        return lie (error, "a value outside its member");
      if (extra[1] / 1100 > length)
        return lie (error, "a member that can’t inflate to so much");
      return inside (limits, file, offset, length) || lie (error, "a value outside its file");
    case ASSAY_LAYOUT_CHUNKED:
      if (n_inline != 0 && n_inline != frame->variable_item_size[i])
        return lie (error, "a fill value of a wrong size");
      if (length > MAX_ITEM_SIZE)
        return lie (error, "elements of a wrong size");
      return file < limits->n_files ? check_chunked (frame, i, n_extra, next, error) : lie (error, "chunks in no file");
    case ASSAY_LAYOUT_PIECES:
      return check_pieces (frame, limits, i, n_extra, next, error);
    case ASSAY_LAYOUT_INLINE:
      if (n_inline != n_memory && n_inline != n_dense)
        return lie (error, "an inline value whose size is not its shape’s");
      return n_inline <= ASSAY_LAYOUT_MAX_INLINE || lie (error, "an inline value that is too large");
    case ASSAY_LAYOUT_FILL:
      return n_inline == 0 || n_inline == frame->variable_item_size[i] || lie (error, "a fill value of a wrong size");
    case ASSAY_LAYOUT_STRINGS:
      if (take_extra (frame, n_extra, next, 1) == NULL || !is_string)
        return lie (error, "strings that are not strings");
      return TRUE;
    default:
      return lie (error, "a layout that does not exist");
    }
}

/* Where in the columns of variable length each variable's part begins. */
static gboolean
find_parts (AssayManifestFrame *frame, const guint32 *n_inline, gsize n_shapes, gsize n_inline_bytes, GError **error)
{
  guint64 dimension = 0, bytes = 0;
  guint32 n_reasons = 0, n_counts = 0;

  frame->first_dimension = g_new (guint32, frame->n_variables + 1);
  frame->first_inline = g_new (guint32, frame->n_variables + 1);
  frame->first_extra = g_new0 (guint32, frame->n_variables + 1);
  frame->reason = g_new (guint32, frame->n_variables + 1);
  for (guint32 i = 0; i < frame->n_variables; i++)
    {
      guint    kind = frame->layout_kind[i] & ~ASSAY_LAYOUT_BIG_ENDIAN;
      gboolean has_inline = kind == ASSAY_LAYOUT_INLINE || kind == ASSAY_LAYOUT_FILL || kind == ASSAY_LAYOUT_CHUNKED;

      if (frame->variable_rank[i] > ASSAY_MAX_RANK)
        return lie (error, "too many dimensions");
      frame->first_dimension[i] = dimension;
      frame->first_inline[i] = bytes;
      dimension += frame->variable_rank[i];
      bytes += has_inline ? n_inline[n_counts++] : 0;
      frame->reason[i] = kind == ASSAY_LAYOUT_NONE ? n_reasons++ : G_MAXUINT32;
      if (dimension > n_shapes || bytes > n_inline_bytes)
        return lie (error, "columns of unlike lengths");
    }
  frame->first_inline[frame->n_variables] = bytes;
  if (dimension != n_shapes || bytes != n_inline_bytes)
    return lie (error, "columns of unlike lengths");
  return take_strings (frame, COLUMN_LAYOUT_REASONS, n_reasons, &frame->reasons, error);
}

static guint32
count_inline (AssayManifestFrame *frame)
{
  guint32 n = 0;

  for (guint32 i = 0; i < frame->n_variables; i++)
    {
      guint kind = frame->layout_kind[i] & ~ASSAY_LAYOUT_BIG_ENDIAN;

      n += kind == ASSAY_LAYOUT_INLINE || kind == ASSAY_LAYOUT_FILL || kind == ASSAY_LAYOUT_CHUNKED;
    }
  return n;
}

static gboolean
check_variables (AssayManifestFrame *frame, const AssayFrameLimits *limits, GError **error)
{
  const guint32 *n_inline;
  gsize          n_shapes, n_extra, n_inline_bytes, next = 0;

  if (!take_variables (frame, error) ||
      !take_column (frame, COLUMN_VARIABLE_SHAPES, 8, -1, (const void **) &frame->shapes, &n_shapes, error) ||
      !take_column (frame, COLUMN_LAYOUT_EXTRA, 8, -1, (const void **) &frame->extra, &n_extra, error) ||
      !take_column (frame, COLUMN_LAYOUT_N_INLINE, 4, count_inline (frame), (const void **) &n_inline, NULL, error) ||
      !take_column (frame, COLUMN_LAYOUT_INLINE, 1, -1, (const void **) &frame->inline_bytes, &n_inline_bytes, error) ||
      !find_parts (frame, n_inline, n_shapes, n_inline_bytes, error))
    return FALSE;
  if ((guint64) frame->n_variables + limits->n_variables > MAX_VARIABLES)
    return lie (error, "more variables than can be");
  for (guint32 i = 0; i < frame->n_variables; i++)
    {
      guint64 n_elements, n_memory, n_dense;

      frame->first_extra[i] = next;
      if (!check_variable (frame, limits, i, &n_elements, &n_memory, &n_dense, error) ||
          !check_layout (frame, limits, i, n_elements, n_memory, n_dense, n_extra, &next, error))
        return FALSE;
    }
  return next == n_extra || lie (error, "columns of unlike lengths");
}

/* Whether the columns make up the whole message. Not asked: g_variant_is_normal_form (), which takes 100 ms for 100,000
 * variables; columns of fixed size are safe without, but a column that isn't there would just be empty. */
static gboolean
is_whole (GVariant *variant)
{
  gsize n_bytes = g_variant_get_size (variant), n_columns = 0;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (ASSAY_FRAME_TYPE)))
    return FALSE;
  for (gsize i = 0; i < N_COLUMNS; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);

      n_columns += g_variant_get_size (child);
    }
  /* Besides, there are where each column ends, and what aligns them. */
  return n_columns <= n_bytes && n_bytes - n_columns <= N_COLUMNS * 2 * sizeof (guint64);
}

AssayManifestFrame *
assay_manifest_frame_check (GVariant *variant, const AssayFrameLimits *limits, GError **error)
{
  g_autoptr (AssayManifestFrame) frame = g_new0 (AssayManifestFrame, 1);

  frame->variant = g_variant_take_ref (variant);
  if (!is_whole (frame->variant))
    {
      lie (error, "no frame");
      return NULL;
    }
  g_variant_get_child (frame->variant, COLUMN_FORMAT, "&s", &frame->format);
  if (!check_modules (frame, limits, error) || !check_variables (frame, limits, error) || !check_attributes (frame, limits, error))
    return NULL;
  return g_steal_pointer (&frame);
}

void
assay_manifest_frame_free (AssayManifestFrame *frame)
{
  if (frame == NULL)
    return;
  g_free (frame->module_names.offset);
  g_free (frame->module_depth);
  g_free (frame->fact_class.offset);
  g_free (frame->module_attributes.offset);
  g_free (frame->variable_names.offset);
  g_free (frame->reasons.offset);
  g_free (frame->variable_attributes.offset);
  g_free (frame->warnings.offset);
  g_free (frame->first_dimension);
  g_free (frame->first_extra);
  g_free (frame->first_inline);
  g_free (frame->reason);
  g_variant_unref (frame->variant);
  g_free (frame);
}
