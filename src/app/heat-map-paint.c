/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Making the picture: sampled and coloured in a worker, while another refines what can be sampled. */

#include "heat-map-parts-private.h"

#include "heat-colors-private.h"

#include <math.h>

/* What a worker needs. */
typedef struct
{
  AssayPyramid    *pyramid;
  AssayPyramidView view;
  double           bound;
  guint            generation;
  gboolean         complete;
} Paint;

static void
paint_free (gpointer data)
{
  g_object_unref (((Paint *) data)->pyramid);
  g_free (data);
}

static guint32
pixel_color (float min, float max, guint8 flags, double bound)
{
  if (flags & ASSAY_PIXEL_OUTSIDE)
    return 0;
  if (flags & ASSAY_PIXEL_UNKNOWN)
    return assay_heat_color_unknown ();
  if (flags & ASSAY_PIXEL_NAN)
    return assay_heat_color (NAN, bound);
  return assay_heat_color (fabsf (min) > fabsf (max) ? min : max, bound);
}

/* 0 while nothing is known. */
static double
known_bound (AssayPyramid *pyramid)
{
  float min;
  float max;

  if (!assay_pyramid_get_extremes (pyramid, &min, &max))
    return 0;
  return MAX (fabs (min), fabs (max)) > 0 ? MAX (fabs (min), fabs (max)) : 1;
}

static void
paint_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Paint             *paint = data;
  gsize              n = (gsize) paint->view.width * paint->view.height;
  g_autofree float  *min = g_new (float, n);
  g_autofree float  *max = g_new (float, n);
  g_autofree guint8 *flags = g_new (guint8, n);
  guint32           *pixels = g_new (guint32, n);
  g_autoptr (GBytes) bytes = NULL;

  paint->complete = assay_pyramid_sample (paint->pyramid, &paint->view, min, max, flags);
  if (paint->bound <= 0)
    paint->bound = known_bound (paint->pyramid);
  for (gsize i = 0; i < n; i++)
    pixels[i] = pixel_color (min[i], max[i], flags[i], paint->bound > 0 ? paint->bound : 1);
  bytes = g_bytes_new_take (pixels, n * sizeof (guint32));
  g_task_return_pointer (task, gdk_memory_texture_new ((int) paint->view.width, (int) paint->view.height, GDK_MEMORY_R8G8B8A8, bytes, paint->view.width * sizeof (guint32)),
                         g_object_unref);
}

typedef struct
{
  GWeakRef widget;
  guint    generation;
} Told;

static gboolean
more_cb (gpointer data)
{
  Told         *told = data;
  AssayHeatMap *self = g_weak_ref_get (&told->widget);

  if (self && self->generation == told->generation)
    assay_heat_map_paint (self);
  g_clear_object (&self);
  return G_SOURCE_REMOVE;
}

static void
told_free (gpointer data)
{
  g_weak_ref_clear (&((Told *) data)->widget);
  g_free (data);
}

static Told *
told_new (AssayHeatMap *self)
{
  Told *told = g_new0 (Told, 1);

  g_weak_ref_init (&told->widget, self);
  told->generation = self->generation;
  return told;
}

typedef struct
{
  AssayPyramid    *pyramid;
  AssayPyramidView view;
  AssayJob        *job;
  Told            *told;
} Refine;

static void
refine_free (gpointer data)
{
  Refine *refine = data;

  g_object_unref (refine->pyramid);
  g_object_unref (refine->job);
  told_free (refine->told);
  g_free (refine);
}

static gboolean
drop_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* In the worker: the main thread is asked to paint again. */
static void
notify (AssayPyramid *pyramid, gpointer data)
{
  Refine       *refine = data;
  AssayHeatMap *self = g_weak_ref_get (&refine->told->widget);
  Told         *told;

  if (self == NULL)
    return;
  told = told_new (self);
  told->generation = refine->told->generation;
  g_idle_add_full (G_PRIORITY_DEFAULT, more_cb, told, told_free);
  /* The last reference must not be dropped in a worker. */
  g_idle_add_full (G_PRIORITY_DEFAULT, drop_cb, self, g_object_unref);
}

static void
refine_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Refine *refine = data;
  GError *error = NULL;

  if (assay_pyramid_refine (refine->pyramid, &refine->view, 0, refine->job, notify, refine, &error) || error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
refine_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayHeatMap *self = ASSAY_HEAT_MAP (object);
  Refine       *refine = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (self->refining != refine->job)
    return;
  g_clear_object (&self->refining);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    assay_heat_map_paint (self);
  g_signal_emit_by_name (self, "extremes-changed");
}

static void
start_refining (AssayHeatMap *self, const AssayPyramidView *view)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, refine_cb, NULL);
  Refine *refine = g_new0 (Refine, 1);

  if (self->refining)
    assay_job_cancel (self->refining);
  g_clear_object (&self->refining);
  self->refining = assay_job_new ("");
  refine->pyramid = g_object_ref (self->pyramid);
  refine->view = *view;
  refine->job = g_object_ref (self->refining);
  refine->told = told_new (self);
  g_task_set_task_data (task, refine, refine_free);
  g_task_run_in_thread (task, refine_thread);
}

static gboolean
same_view (const AssayPyramidView *a, const AssayPyramidView *b)
{
  return a->row == b->row && a->column == b->column && a->n_rows == b->n_rows && a->n_columns == b->n_columns &&
         a->width == b->width && a->height == b->height;
}

static void
paint_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayHeatMap *self = ASSAY_HEAT_MAP (object);
  Paint        *paint = g_task_get_task_data (G_TASK (result));
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), NULL);
  gboolean moved;

  self->painting = FALSE;
  if (paint->generation == self->generation && texture)
    {
      moved = !same_view (&self->texture_view, &paint->view) || self->texture == NULL;
      g_set_object (&self->texture, texture);
      self->texture_view = paint->view;
      self->texture_bound = paint->bound;
      self->complete = paint->complete;
      if (!paint->complete && (moved || self->refining == NULL))
        start_refining (self, &paint->view);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      g_signal_emit_by_name (self, "extremes-changed");
    }
  if (self->paint_again)
    assay_heat_map_paint (self);
}

static AssayPyramidView
current_view (AssayHeatMap *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return (AssayPyramidView){ self->row,
                             self->column,
                             self->n_rows,
                             self->n_columns,
                             (guint) (gtk_widget_get_width (GTK_WIDGET (self)) * scale),
                             (guint) (gtk_widget_get_height (GTK_WIDGET (self)) * scale) };
}

void
assay_heat_map_paint (AssayHeatMap *self)
{
  AssayPyramidView view = current_view (self);
  g_autoptr (GTask) task = NULL;
  Paint *paint;

  self->paint_again = self->painting;
  if (self->painting || self->pyramid == NULL || view.width < 1 || view.height < 1)
    return;
  if (!self->asked)
    {
      self->asked = TRUE;
      start_refining (self, &view);
      return;
    }
  self->painting = TRUE;
  paint = g_new0 (Paint, 1);
  paint->pyramid = g_object_ref (self->pyramid);
  paint->generation = self->generation;
  paint->bound = self->bound;
  paint->view = view;
  task = g_task_new (self, NULL, paint_cb, NULL);
  g_task_set_task_data (task, paint, paint_free);
  g_task_run_in_thread (task, paint_thread);
}

void
assay_heat_map_drop_work (AssayHeatMap *self)
{
  self->generation++;
  self->asked = FALSE;
  if (self->refining)
    assay_job_cancel (self->refining);
  g_clear_object (&self->refining);
}
