/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-preview-private.h"

#define SIDE 192

typedef struct
{
  AssayValueSpec    spec;
  char             *name;
  AssayInputRecipe *recipe;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_free (look->name);
  assay_input_recipe_free (look->recipe);
  g_free (look);
}

void
assay_run_preview_free (AssayRunPreview *self)
{
  g_clear_object (&self->texture);
  g_free (self->facts);
  g_free (self);
}

/* Small pictures are shown with their pixels as squares. */
static GdkTexture *
make_texture (GdkPixbuf *picture, gboolean grey)
{
  int    width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture), side = MAX (width, height);
  double zoom = side <= SIDE ? MAX (SIDE / side, 1) : (double) SIDE / side;
  g_autoptr (GdkPixbuf) scaled = gdk_pixbuf_scale_simple (picture, MAX ((int) (width * zoom), 1), MAX ((int) (height * zoom), 1),
                                                          side <= SIDE ? GDK_INTERP_NEAREST : GDK_INTERP_BILINEAR);

  if (scaled == NULL)
    return NULL;
  if (grey)
    gdk_pixbuf_saturate_and_pixelate (scaled, scaled, 0, FALSE);
  return gdk_texture_new_for_pixbuf (scaled);
}

static AssayRunPreview *
look_at_picture (const Look *look, GError **error)
{
  int              width, height;
  g_autofree char *name = g_path_get_basename (look->recipe->path);
  const gint64    *dims = look->spec.shape.dims;
  gboolean         grey = look->spec.shape.rank == 3 || dims[3] == 1 || (dims[1] == 1 && dims[3] != 3 && dims[3] != 4);
  g_autoptr (GdkPixbuf) picture = assay_input_load_picture (&look->spec, look->recipe->path, look->recipe->picture.fit, &width, &height, error);
  AssayRunPreview *preview;

  if (picture == NULL)
    return NULL;
  preview = g_new0 (AssayRunPreview, 1);
  preview->texture = make_texture (picture, grey);
  if (width == gdk_pixbuf_get_width (picture) && height == gdk_pixbuf_get_height (picture))
    preview->facts = g_strdup_printf ("%s, %d × %d", name, width, height);
  else
    preview->facts = g_strdup_printf ("%s, %d × %d → %d × %d", name, width, height, gdk_pixbuf_get_width (picture), gdk_pixbuf_get_height (picture));
  return preview;
}

static AssayRunPreview *
look_at_numbers (const Look *look, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayValue) value = assay_input_recipe_make (look->recipe, &look->spec, look->name, cancellable, error);
  g_autofree char *shape = value ? assay_partial_shape_to_string (assay_value_get_shape (value)) : NULL;
  AssayRunPreview *preview;

  if (value == NULL)
    return NULL;
  preview = g_new0 (AssayRunPreview, 1);
  preview->facts = g_strdup_printf ("%s %s", assay_dtype_get_info (assay_value_get_dtype (value))->name, shape);
  return preview;
}

static void
look_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Look      *look = data;
  GError          *error = NULL;
  AssayRunPreview *preview = look->recipe->way == ASSAY_INPUT_PICTURE ? look_at_picture (look, &error) : look_at_numbers (look, cancellable, &error);

  if (preview != NULL)
    g_task_return_pointer (task, preview, (GDestroyNotify) assay_run_preview_free);
  else
    g_task_return_error (task, error);
}

void
assay_run_preview_async (gpointer                object,
                         const AssayValueSpec   *spec,
                         const char             *name,
                         const AssayInputRecipe *recipe,
                         GCancellable           *cancellable,
                         GAsyncReadyCallback     callback)
{
  g_autoptr (GTask) task = g_task_new (object, cancellable, callback, NULL);
  Look *look = g_new0 (Look, 1);

  look->spec = *spec;
  look->name = g_strdup (name);
  look->recipe = assay_input_recipe_copy (recipe);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_worker);
}

AssayRunPreview *
assay_run_preview_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
