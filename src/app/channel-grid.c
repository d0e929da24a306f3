/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "channel-grid-private.h"

#include "channel-paint-private.h"
#include "colors-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#define GAP 6
#define LABEL_HEIGHT 20
/* Small channels are enlarged to about so many pixels a side, large ones made smaller. */
#define SMALL_SIDE 80
#define LARGE_SIDE 128

struct _AssayChannelGrid
{
  AssayScrollArea parent_instance;
  AssaySource    *source;
  guint64         sample, n_channels, selected;
  double          bound;
  guint           block, zoom, tile_width, tile_height;

  GdkTexture        *texture;
  AssayChannelPaint *painted; /* what @texture shows */
  gboolean           painting, again;
  guint              generation;
};

enum
{
  SELECTED,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayChannelGrid, assay_channel_grid, ASSAY_TYPE_SCROLL_AREA)

static guint
step_x (AssayChannelGrid *self)
{
  return self->tile_width + GAP;
}

static guint
step_y (AssayChannelGrid *self)
{
  return self->tile_height + LABEL_HEIGHT + GAP;
}

static guint
get_n_columns (AssayChannelGrid *self)
{
  guint n = (guint) (gtk_widget_get_width (GTK_WIDGET (self)) + GAP) / MAX (step_x (self), 1);

  return (guint) CLAMP (n, 1, MAX (self->n_channels, 1));
}

static guint64
get_n_rows (AssayChannelGrid *self)
{
  guint n = get_n_columns (self);

  return (self->n_channels + n - 1) / n;
}

static void
paint_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, assay_channel_paint (data, cancellable), g_object_unref);
}

static void paint (AssayChannelGrid *self);

/* Takes over what a worker has painted. */
static void
painted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayChannelGrid  *self = ASSAY_CHANNEL_GRID (object);
  AssayChannelPaint *done = g_task_get_task_data (G_TASK (result));
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), NULL);

  self->painting = FALSE;
  if (done->generation == self->generation && texture != NULL)
    {
      g_set_object (&self->texture, texture);
      g_clear_pointer (&self->painted, assay_channel_paint_free);
      self->painted = g_memdup2 (done, sizeof *done);
      self->painted->source = g_object_ref (done->source);
      done->min = done->max = NULL;
      gtk_widget_queue_draw (GTK_WIDGET (self));
      g_signal_emit (self, signals[SELECTED], 0);
    }
  if (self->again)
    paint (self);
}

static void
paint (AssayChannelGrid *self)
{
  double             y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
  guint64            first_row, n_rows;
  AssayChannelPaint *work;
  g_autoptr (GTask) task = NULL;

  self->again = self->painting;
  if (self->painting || self->source == NULL || self->n_channels == 0 || gtk_widget_get_width (GTK_WIDGET (self)) < 1)
    return;
  first_row = (guint64) (y / step_y (self));
  n_rows = (guint64) gtk_widget_get_height (GTK_WIDGET (self)) / step_y (self) + 2;
  work = g_new0 (AssayChannelPaint, 1);
  *work = (AssayChannelPaint){ .source = g_object_ref (self->source), .sample = self->sample, .n_columns = get_n_columns (self), .block = self->block, .zoom = self->zoom, .step_x = step_x (self), .step_y = step_y (self), .bound = self->bound, .generation = self->generation };
  work->first = MIN (first_row * work->n_columns, self->n_channels - 1);
  work->n = (guint) MIN (n_rows * work->n_columns, self->n_channels - work->first);
  self->painting = TRUE;
  task = g_task_new (self, NULL, painted_cb, NULL);
  g_task_set_task_data (task, work, assay_channel_paint_free);
  g_task_run_in_thread (task, paint_thread);
}

gboolean
assay_channel_grid_get_range (AssayChannelGrid *self, guint64 channel, double *min, double *max)
{
  const AssayChannelPaint *painted = self->painted;

  if (painted == NULL || painted->generation != self->generation || channel < painted->first || channel >= painted->first + painted->n)
    return FALSE;
  *min = painted->min[channel - painted->first];
  *max = painted->max[channel - painted->first];
  return TRUE;
}

static gboolean
is_dead (AssayChannelGrid *self, guint64 channel)
{
  double min, max;

  return assay_channel_grid_get_range (self, channel, &min, &max) && min == 0 && max == 0;
}

static void
draw_label (AssayChannelGrid *self, GtkSnapshot *snapshot, guint64 channel, double x, double y, const AssayColors *colors)
{
  gboolean         dead = is_dead (self, channel);
  g_autofree char *number = g_strdup_printf ("%" PRIu64, channel);
  g_autofree char *text = dead ? g_strdup_printf (_ ("%s dead"), number) : g_steal_pointer (&number);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) small = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (small, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, small);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x + ((double) self->tile_width - width) / 2), (float) (y + self->tile_height + 1)));
  gtk_snapshot_append_layout (snapshot, layout, dead ? &colors->warning : &colors->dim);
  gtk_snapshot_restore (snapshot);
}

static void
draw_channel (AssayChannelGrid *self, GtkSnapshot *snapshot, guint64 channel, const AssayColors *colors)
{
  guint          n = get_n_columns (self);
  double         x = (double) (channel % n * step_x (self)), y = (double) (channel / n) * step_y (self) - assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
  gboolean       selected = channel == self->selected;
  GskRoundedRect outline;
  const GdkRGBA *color = selected ? &colors->accent : &colors->line;
  float          width = selected ? 2 : 1;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT ((float) x, (float) y, self->tile_width, self->tile_height), 2);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ width, width, width, width }, (GdkRGBA[4]){ *color, *color, *color, *color });
  draw_label (self, snapshot, channel, x, y, colors);
}

static void
channel_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayChannelGrid        *self = ASSAY_CHANNEL_GRID (widget);
  const AssayChannelPaint *painted = self->painted;
  double                   y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
  AssayColors              colors;
  guint64                  first, end;

  if (self->texture == NULL || painted == NULL || self->source == NULL || painted->n_columns != get_n_columns (self))
    return;
  assay_colors_init (&colors, widget);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT (0, (float) ((double) (painted->first / painted->n_columns) * painted->step_y - y),
                                                    gdk_texture_get_width (self->texture), gdk_texture_get_height (self->texture)));
  first = (guint64) (y / step_y (self)) * painted->n_columns;
  end = first + ((guint64) gtk_widget_get_height (widget) / step_y (self) + 2) * painted->n_columns;
  for (guint64 channel = first; channel < MIN (end, self->n_channels); channel++)
    draw_channel (self, snapshot, channel, &colors);
}

static void
update_content (AssayChannelGrid *self)
{
  assay_scroll_area_set_content (ASSAY_SCROLL_AREA (self), 0, (double) get_n_rows (self) * step_y (self), step_x (self), step_y (self), 0, 0);
}

static void
channel_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  update_content (ASSAY_CHANNEL_GRID (widget));
  GTK_WIDGET_CLASS (assay_channel_grid_parent_class)->size_allocate (widget, width, height, baseline);
  paint (ASSAY_CHANNEL_GRID (widget));
}

static void
channel_grid_scrolled (AssayScrollArea *area)
{
  paint (ASSAY_CHANNEL_GRID (area));
}

static void
tell_selected (AssayChannelGrid *self)
{
  g_autofree char *text = g_strdup_printf (is_dead (self, self->selected) ? _ ("channel %" PRIu64 ", dead") : _ ("channel %" PRIu64), self->selected);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
select_channel (AssayChannelGrid *self, guint64 channel)
{
  guint n = get_n_columns (self);

  if (self->source == NULL || self->n_channels == 0)
    return;
  self->selected = MIN (channel, self->n_channels - 1);
  tell_selected (self);
  assay_scroll_area_scroll_to (ASSAY_SCROLL_AREA (self), 0, (double) (self->selected / n) * step_y (self), 1, step_y (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
pressed_cb (AssayChannelGrid *self, int n_press, double x, double y)
{
  guint   n = get_n_columns (self);
  guint64 row = (guint64) ((y + assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self))) / step_y (self));
  guint64 channel = row * n + (guint64) (x / step_x (self));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->source == NULL || x >= (double) n * step_x (self) || channel >= self->n_channels)
    return;
  select_channel (self, channel);
  if (n_press == 2)
    g_signal_emit (self, signals[ACTIVATED], 0);
}

static gboolean
key_pressed_cb (AssayChannelGrid *self, guint key, guint code, GdkModifierType state)
{
  guint64 n = get_n_columns (self), at = self->selected;

  if (self->source == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
      select_channel (self, at >= n ? at - n : at);
      return TRUE;
    case GDK_KEY_Down:
      select_channel (self, at + n < self->n_channels ? at + n : at);
      return TRUE;
    case GDK_KEY_Left:
      select_channel (self, at - (at > 0));
      return TRUE;
    case GDK_KEY_Right:
      select_channel (self, at + 1);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      g_signal_emit (self, signals[ACTIVATED], 0);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
channel_grid_dispose (GObject *object)
{
  AssayChannelGrid *self = ASSAY_CHANNEL_GRID (object);

  self->generation++;
  g_clear_object (&self->source);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->painted, assay_channel_paint_free);
  G_OBJECT_CLASS (assay_channel_grid_parent_class)->dispose (object);
}

static void
assay_channel_grid_class_init (AssayChannelGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = channel_grid_dispose;
  widget_class->snapshot = channel_grid_snapshot;
  widget_class->size_allocate = channel_grid_size_allocate;
  ASSAY_SCROLL_AREA_CLASS (klass)->scrolled = channel_grid_scrolled;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_CHANNEL_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", ASSAY_TYPE_CHANNEL_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "channelgrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
assay_channel_grid_init (AssayChannelGrid *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *click = gtk_gesture_click_new ();

  self->tile_width = self->tile_height = self->zoom = self->block = 1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Channels"), -1);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

void
assay_channel_grid_set (AssayChannelGrid *self, AssaySource *source, guint64 sample, double bound)
{
  const guint64 *shape = assay_source_get_shape (source);
  guint64        side = MAX (MAX (shape[1], shape[2]), 1);

  self->generation++;
  g_set_object (&self->source, source);
  self->sample = sample;
  self->bound = bound > 0 ? bound : 1;
  self->n_channels = shape[3];
  self->block = (guint) ((side + LARGE_SIDE - 1) / LARGE_SIDE);
  self->zoom = (guint) MAX (SMALL_SIDE / side, 1);
  self->tile_width = (guint) ((shape[2] + self->block - 1) / self->block) * self->zoom;
  self->tile_height = (guint) ((shape[1] + self->block - 1) / self->block) * self->zoom;
  self->selected = MIN (self->selected, self->n_channels - MIN (self->n_channels, 1));
  update_content (self);
  tell_selected (self);
  paint (self);
}

guint64
assay_channel_grid_get_selected (AssayChannelGrid *self)
{
  return self->selected;
}
