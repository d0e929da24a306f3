/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Walking an HDF5 file: groups as modules, datasets as variables, links told of and not followed. */

#include <assay/error.h>
#include <string.h>

#include "hdf5-private.h"

#define MAX_DEPTH 200
#define MAX_LINKS 20000000

/* One link of a group. */
typedef struct
{
  char      *name;
  H5L_type_t type;
  guint64    address;
} Link;

typedef struct
{
  GArray *links;
} Listing;

static void
link_clear (Link *link)
{
  g_free (link->name);
}

static herr_t
list_cb (hid_t group, const char *name, const H5L_info_t *info, void *data)
{
  Listing *listing = data;
  Link     link = { g_strdup (name), info->type, info->type == H5L_TYPE_HARD ? info->u.address : HADDR_UNDEF };

  g_array_append_val (listing->links, link);
  return listing->links->len < MAX_LINKS ? 0 : 1;
}

static void
add_module_attribute (const char *name, const char *json, gpointer user_data)
{
  gpointer  *target = user_data;
  AssayHdf5 *self = target[0];

  assay_manifest_builder_set_module_attribute (self->context->builder, GPOINTER_TO_UINT (target[1]), name, json);
}

void
assay_hdf5_add_attributes (AssayHdf5 *self, hid_t object, guint32 module)
{
  gpointer target[] = { self, GUINT_TO_POINTER (module) };

  assay_hdf5_each_attribute (object, add_module_attribute, target);
}

static gboolean
is_parent (AssayHdf5 *self, guint64 address)
{
  for (guint i = 0; i < self->parents->len; i++)
    if (g_array_index (self->parents, guint64, i) == address)
      return TRUE;
  return FALSE;
}

/* An entry that has a place and a reason, and no value. */
static void
add_unreadable (AssayHdf5 *self, guint32 module, const char *name, const char *path, const char *kind, const char *reason)
{
  g_autofree char *key = g_strconcat (self->key_prefix, path, NULL);
  guint32          variable = assay_manifest_builder_add_variable (self->context->builder, module, name, key, ASSAY_DTYPE_OPAQUE, 1, kind,
                                                                   0, NULL, ASSAY_FLAG_EMPTY);

  assay_manifest_builder_set_reason (self->context->builder, variable, "%s", reason);
}

static char *
dup_soft_target (hid_t group, const Link *link)
{
  char       target[1024] = "";
  H5L_info_t info;

  if (H5Lget_info (group, link->name, &info, H5P_DEFAULT) >= 0 && info.u.val_size < sizeof target)
    H5Lget_val (group, link->name, target, sizeof target - 1, H5P_DEFAULT);
  return g_utf8_make_valid (target, -1);
}

/* Links are never followed: one to a place in this file is told of, for the place is shown; any other is an entry without a value. */
static void
visit_link (AssayHdf5 *self, hid_t group, const Link *link, guint32 module, const char *name, const char *path)
{
  if (link->type == H5L_TYPE_SOFT)
    {
      g_autofree char *target = dup_soft_target (group, link);
      g_autofree char *reason = NULL;

      if (H5Oexists_by_name (group, link->name, H5P_DEFAULT) > 0)
        assay_manifest_builder_add_warning (self->context->builder, "“%s” is a link to “%s” in this file; it is shown there", path, target);
      else
        {
          reason = g_strdup_printf ("It is a link to “%s”, where nothing is", target);
          add_unreadable (self, module, name, path, "link", reason);
        }
    }
  else if (link->type == H5L_TYPE_EXTERNAL)
    add_unreadable (self, module, name, path, "link", "It is a link into another file (external), which is not opened");
  else
    add_unreadable (self, module, name, path, "link", "It is a link of a kind that Assay doesn’t know");
  H5Eclear2 (H5E_DEFAULT);
}

static gboolean
flush_if_due (AssayHdf5 *self, GError **error)
{
  return !assay_manifest_builder_is_due (self->context->builder) || assay_manifest_builder_flush (self->context->builder, error);
}

/* A group that is found while its parent is walked: opened after all of the parent's links are known. */
typedef struct
{
  char   *name;
  char   *path;
  guint32 module;
  guint64 address;
} Below;

static void
below_clear (Below *below)
{
  g_free (below->name);
  g_free (below->path);
}

static void
visit_group (AssayHdf5 *self, const Link *link, const char *path, guint32 module, guint32 flags, GArray *groups)
{
  Below below = { .name = g_strdup (link->name), .path = g_strdup (path), .address = link->address };

  if (is_parent (self, link->address) || self->parents->len >= MAX_DEPTH)
    {
      if (is_parent (self, link->address))
        assay_manifest_builder_add_warning (self->context->builder, "“%s” leads back to a group that it stands in; the circle ends there", path);
      else
        assay_manifest_builder_add_warning (self->context->builder, "What is more than %d groups deep isn’t shown: “%s”", MAX_DEPTH, path);
      below_clear (&below);
      return;
    }
  below.module = assay_manifest_builder_add_module (self->context->builder, module, link->name, NULL, flags);
  g_array_append_val (groups, below);
}

static void
visit_object (AssayHdf5 *self, hid_t group, const Link *link, guint32 module, const char *path, guint32 flags, GArray *groups)
{
  g_auto (AssayH5Object) object = H5Oopen (group, link->name, H5P_DEFAULT);
  H5I_type_t type = object >= 0 ? H5Iget_type (object) : H5I_BADID;

  if (object < 0)
    {
      g_autofree char *message = assay_hdf5_dup_message ();
      g_autofree char *reason = g_strdup_printf (strstr (message, "bad version number") ? "It can’t be opened: %s; a newer HDF5 may have written it"
                                                                                        : "It can’t be opened: %s",
                                                 message);
      g_autofree char *name = g_utf8_make_valid (link->name, -1);

      add_unreadable (self, module, name, path, "unknown", reason);
    }
  else if (type == H5I_GROUP)
    visit_group (self, link, path, module, flags, groups);
  else if (type == H5I_DATASET)
    assay_hdf5_add_dataset (self, object, module, link->name, path, flags);
  else if (type == H5I_DATATYPE)
    assay_manifest_builder_set_module_attribute (self->context->builder, module, link->name, "\"named datatype\"");
}

/* Names of links in order; those that were seen before a damaged one still count. */
static GArray *
list_links (AssayHdf5 *self, hid_t group, const char *path)
{
  Listing listing = { g_array_new (FALSE, FALSE, sizeof (Link)) };
  hsize_t place = 0;

  g_array_set_clear_func (listing.links, (GDestroyNotify) link_clear);
  if (H5Literate (group, H5_INDEX_NAME, H5_ITER_INC, &place, list_cb, &listing) < 0)
    {
      g_autofree char *message = assay_hdf5_dup_message ();

      assay_manifest_builder_add_warning (self->context->builder, "The group “/%s” is damaged: %s", path, message);
    }
  return listing.links;
}

static gboolean
walk_groups (AssayHdf5 *self, hid_t group, const GArray *groups, guint32 flags, GError **error)
{
  for (guint i = 0; i < groups->len; i++)
    {
      const Below *below = &g_array_index (groups, Below, i);
      g_auto (AssayH5Group) inner = H5Gopen2 (group, below->name, H5P_DEFAULT);
      gboolean walked;

      if (inner < 0)
        {
          H5Eclear2 (H5E_DEFAULT);
          continue;
        }
      assay_hdf5_add_attributes (self, inner, below->module);
      g_array_append_val (self->parents, below->address);
      walked = assay_hdf5_walk (self, inner, below->module, below->path, flags, error);
      g_array_set_size (self->parents, self->parents->len - 1);
      if (!walked)
        return FALSE;
    }
  return TRUE;
}

static gboolean
was_added (AssayHdf5 *self, const Link *link)
{
  return link->type == H5L_TYPE_HARD && g_hash_table_contains (self->seen, &link->address);
}

gboolean
assay_hdf5_walk (AssayHdf5 *self, hid_t group, guint32 module, const char *path, guint32 flags, GError **error)
{
  g_autoptr (GArray) links = list_links (self, group, path);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Below));
  gboolean is_first_level = self->parents->len <= 1;

  g_array_set_clear_func (groups, (GDestroyNotify) below_clear);
  for (guint i = 0; i < links->len; i++)
    {
      const Link      *link = &g_array_index (links, Link, i);
      g_autofree char *name = g_utf8_make_valid (link->name, -1);
      g_autofree char *key = *path ? g_strconcat (path, "/", name, NULL) : g_strdup (name);

      if (link->type != H5L_TYPE_HARD)
        visit_link (self, group, link, module, name, key);
      else if (!self->skip_seen || !was_added (self, link))
        visit_object (self, group, link, module, key, flags, groups);
      if (i % 64 == 0 && !flush_if_due (self, error))
        return FALSE;
    }
  if (is_first_level && groups->len > 0 && !assay_manifest_builder_flush (self->context->builder, error))
    return FALSE;
  return walk_groups (self, group, groups, flags, error);
}

typedef struct
{
  AssayHdf5 *self;
  guint32    module;
  char      *path;
} Unseen;

static herr_t
unseen_cb (hid_t group, const char *name, const H5O_info_t *info, void *data)
{
  Unseen          *unseen = data;
  AssayHdf5       *self = unseen->self;
  guint64          address = info->addr;
  g_autofree char *key = NULL, *last = NULL;
  g_auto (AssayH5Object) object = H5I_INVALID_HID;
  guint32 module;

  if (info->type != H5O_TYPE_DATASET || g_hash_table_contains (self->seen, &address))
    return 0;
  object = H5Oopen (group, name, H5P_DEFAULT);
  if (object < 0)
    return 0;
  key = *unseen->path ? g_strdup_printf ("%s/%s", unseen->path, name) : g_strdup (name);
  module = assay_manifest_builder_ensure_path (self->context->builder, unseen->module, key, '/', &last);
  assay_hdf5_add_dataset (self, object, module, last, key, 0);
  return 0;
}

gboolean
assay_hdf5_walk_unseen (AssayHdf5 *self, hid_t group, guint32 module, const char *path, GError **error)
{
  Unseen unseen = { self, module, g_strdup (path) };

  H5Ovisit2 (group, H5_INDEX_NAME, H5_ITER_INC, unseen_cb, &unseen, H5O_INFO_BASIC);
  H5Eclear2 (H5E_DEFAULT);
  g_free (unseen.path);
  return TRUE;
}
