/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "filter-grid-private.h"

#include "colors-private.h"
#include "heat-colors-private.h"

#include <assay/convert.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define GAP 4

/* What a picture shows, in filters; and how large one is. */
typedef struct
{
  guint64 in;
  guint64 out;
  guint   n_in;
  guint   n_out;
} Part;

struct _AssayFilterGrid
{
  AssayScrollArea parent_instance;
  AssaySource    *source;
  AssayKernelAxes axes;
  double          bound;
  guint64         n_in;
  guint64         n_out;
  guint           ky;
  guint           kx;
  int             pixel; /* screen pixels an element takes */
  guint64         in;
  guint64         out;

  GdkTexture *texture;
  Part        part;
  gboolean    painting;
  gboolean    again;
  guint       generation;
};

enum
{
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayFilterGrid, assay_filter_grid, ASSAY_TYPE_SCROLL_AREA)

typedef struct
{
  AssaySource    *source;
  AssayKernelAxes axes;
  Part            part;
  double          bound;
  guint           ky;
  guint           kx;
  int             pixel;
  guint           generation;
} Paint;

static void
paint_free (gpointer data)
{
  g_object_unref (((Paint *) data)->source);
  g_free (data);
}

static double *
read_part (const Paint *paint, guint64 *count, GCancellable *cancellable)
{
  guint              rank = assay_source_get_rank (paint->source);
  guint64            start[4] = { 0 };
  gsize              n = 1;
  g_autofree guint8 *values = NULL;
  double            *numbers;

  for (guint i = 0; i < rank; i++)
    {
      start[i] = i == paint->axes.in ? paint->part.in : i == paint->axes.out ? paint->part.out
                                                                             : 0;
      count[i] = i == paint->axes.in ? paint->part.n_in : i == paint->axes.out ? paint->part.n_out
                                                      : i == paint->axes.y     ? paint->ky
                                                                               : paint->kx;
      n *= count[i];
    }
  values = g_malloc (n * assay_source_get_item_size (paint->source));
  if (!assay_source_read (paint->source, start, count, values, cancellable, NULL))
    return NULL;
  numbers = g_new (double, n);
  assay_convert_to_double (assay_source_get_dtype (paint->source), values, numbers, n);
  return numbers;
}

/* One filter becomes kx × ky squares of `pixel` pixels. */
static void
paint_filter (const Paint *paint, const double *numbers, const guint64 *count, guint in, guint out, guint32 *pixels, gsize width)
{
  guint rank = assay_source_get_rank (paint->source);
  gsize left = out * (paint->kx * paint->pixel + GAP);
  gsize top = in * (paint->ky * paint->pixel + GAP);

  for (guint y = 0; y < paint->ky * paint->pixel; y++)
    for (guint x = 0; x < paint->kx * paint->pixel; x++)
      {
        guint64 index[4] = { 0 };

        for (guint i = 0; i < rank; i++)
          index[i] = i == paint->axes.in ? in : i == paint->axes.out ? out
                                            : i == paint->axes.y     ? y / paint->pixel
                                                                     : x / paint->pixel;
        pixels[(top + y) * width + left + x] = assay_heat_color (numbers[assay_shape_flat (rank, count, index)], paint->bound);
      }
}

static void
paint_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Paint       *paint = data;
  guint64            count[4];
  g_autofree double *numbers = read_part (paint, count, cancellable);
  gsize              width = paint->part.n_out * (paint->kx * paint->pixel + GAP);
  gsize              height = paint->part.n_in * (paint->ky * paint->pixel + GAP);
  guint32           *pixels;
  g_autoptr (GBytes) bytes = NULL;

  if (numbers == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  pixels = g_new0 (guint32, width * height);
  for (guint in = 0; in < paint->part.n_in; in++)
    for (guint out = 0; out < paint->part.n_out; out++)
      paint_filter (paint, numbers, count, in, out, pixels, width);
  bytes = g_bytes_new_take (pixels, width * height * sizeof (guint32));
  g_task_return_pointer (task, gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8A8, bytes, width * 4), g_object_unref);
}

static int
step_x (AssayFilterGrid *self)
{
  return (int) self->kx * self->pixel + GAP;
}

static int
step_y (AssayFilterGrid *self)
{
  return (int) self->ky * self->pixel + GAP;
}

static void paint (AssayFilterGrid *self);

static void
painted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayFilterGrid *self = ASSAY_FILTER_GRID (object);
  Paint           *done = g_task_get_task_data (G_TASK (result));
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), NULL);

  self->painting = FALSE;
  if (done->generation == self->generation && texture)
    {
      g_set_object (&self->texture, texture);
      self->part = done->part;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->again)
    paint (self);
}

static void
paint (AssayFilterGrid *self)
{
  double x = assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  double y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
  g_autoptr (GTask) task = NULL;
  Paint *work;

  self->again = self->painting;
  if (self->painting || self->source == NULL || gtk_widget_get_width (GTK_WIDGET (self)) < 1)
    return;
  self->painting = TRUE;
  work = g_new0 (Paint, 1);
  work->source = g_object_ref (self->source);
  work->axes = self->axes;
  work->bound = self->bound;
  work->ky = self->ky;
  work->kx = self->kx;
  work->pixel = self->pixel;
  work->generation = self->generation;
  work->part.in = (guint64) (y / step_y (self));
  work->part.out = (guint64) (x / step_x (self));
  work->part.n_in = (guint) MIN (self->n_in - MIN (self->n_in, work->part.in), (guint64) (gtk_widget_get_height (GTK_WIDGET (self)) / step_y (self) + 2));
  work->part.n_out = (guint) MIN (self->n_out - MIN (self->n_out, work->part.out), (guint64) (gtk_widget_get_width (GTK_WIDGET (self)) / step_x (self) + 2));
  task = g_task_new (self, NULL, painted_cb, NULL);
  g_task_set_task_data (task, work, paint_free);
  g_task_run_in_thread (task, paint_thread);
}

static void
filter_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayFilterGrid *self = ASSAY_FILTER_GRID (widget);
  double           x = assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  double           y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
  AssayColors      colors;
  GskRoundedRect   outline;

  if (self->texture == NULL)
    return;
  assay_colors_init (&colors, widget);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) ((double) self->part.out * step_x (self) - x),
                                                    (float) ((double) self->part.in * step_y (self) - y),
                                                    gdk_texture_get_width (self->texture), gdk_texture_get_height (self->texture)));
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) ((double) self->out * step_x (self) - x) - 2,
                                                        (float) ((double) self->in * step_y (self) - y) - 2, step_x (self), step_y (self)),
                                   3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ colors.accent, colors.accent, colors.accent, colors.accent });
}

static void
filter_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (assay_filter_grid_parent_class)->size_allocate (widget, width, height, baseline);
  paint (ASSAY_FILTER_GRID (widget));
}

static void
filter_grid_scrolled (AssayScrollArea *area)
{
  paint (ASSAY_FILTER_GRID (area));
}

static void
select_filter (AssayFilterGrid *self, guint64 in, guint64 out)
{
  g_autofree char *text = NULL;

  if (self->source == NULL)
    return;
  self->in = MIN (in, self->n_in - 1);
  self->out = MIN (out, self->n_out - 1);
  text = g_strdup_printf (_ ("input %" PRIu64 ", output %" PRIu64), self->in, self->out);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  assay_scroll_area_scroll_to (ASSAY_SCROLL_AREA (self), (double) self->out * step_x (self), (double) self->in * step_y (self),
                               step_x (self), step_y (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
pressed_cb (AssayFilterGrid *self, int n_press, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->source)
    select_filter (self, (guint64) ((y + assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self))) / step_y (self)),
                   (guint64) ((x + assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self))) / step_x (self)));
}

static gboolean
key_pressed_cb (AssayFilterGrid *self, guint key, guint code, GdkModifierType state)
{
  if (self->source == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
      select_filter (self, self->in - (self->in > 0), self->out);
      return TRUE;
    case GDK_KEY_Down:
      select_filter (self, self->in + 1, self->out);
      return TRUE;
    case GDK_KEY_Left:
      select_filter (self, self->in, self->out - (self->out > 0));
      return TRUE;
    case GDK_KEY_Right:
      select_filter (self, self->in, self->out + 1);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
filter_grid_dispose (GObject *object)
{
  AssayFilterGrid *self = ASSAY_FILTER_GRID (object);

  self->generation++;
  g_clear_object (&self->source);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (assay_filter_grid_parent_class)->dispose (object);
}

static void
assay_filter_grid_class_init (AssayFilterGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = filter_grid_dispose;
  widget_class->snapshot = filter_grid_snapshot;
  widget_class->size_allocate = filter_grid_size_allocate;
  ASSAY_SCROLL_AREA_CLASS (klass)->scrolled = filter_grid_scrolled;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_FILTER_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "filtergrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
assay_filter_grid_init (AssayFilterGrid *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *click = gtk_gesture_click_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Filters"), -1);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

void
assay_filter_grid_set (AssayFilterGrid *self, AssaySource *source, const AssayKernelAxes *axes, double bound)
{
  const guint64 *shape = assay_source_get_shape (source);

  self->generation++;
  g_set_object (&self->source, source);
  self->axes = *axes;
  self->bound = bound > 0 ? bound : 1;
  self->n_in = shape[axes->in];
  self->n_out = shape[axes->out];
  self->ky = axes->y == G_MAXUINT ? 1 : (guint) shape[axes->y];
  self->kx = (guint) shape[axes->x];
  self->pixel = CLAMP (36 / (int) MAX (self->kx, self->ky), 3, 12);
  assay_scroll_area_set_content (ASSAY_SCROLL_AREA (self), (double) self->n_out * step_x (self), (double) self->n_in * step_y (self),
                                 step_x (self), step_y (self), 0, 0);
  select_filter (self, self->in, self->out);
  paint (self);
}

void
assay_filter_grid_get_selected (AssayFilterGrid *self, guint64 *in, guint64 *out)
{
  *in = self->in;
  *out = self->out;
}
