/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keyboard and pointer of the graph: a click selects, a double click opens, the wheel with Ctrl zooms about the pointer, dragging moves,
 * arrows walk along lines. */

#include "graph-canvas-parts-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
find_point (AssayGraphCanvas *self, double x, double y, double *scene_x, double *scene_y)
{
  double origin_x, origin_y;

  assay_graph_canvas_get_origin (self, &origin_x, &origin_y);
  *scene_x = (x - origin_x) / self->scale;
  *scene_y = (y - origin_y) / self->scale;
}

static const AssayGraphBox *
find_box (AssayGraphCanvas *self, double x, double y, guint32 *number)
{
  guint  n;
  double scene_x, scene_y;

  *number = ASSAY_GRAPH_NONE;
  if (self->scene == NULL)
    return NULL;
  find_point (self, x, y, &scene_x, &scene_y);
  *number = assay_graph_scene_find_at (self->scene, scene_x, scene_y);
  return *number == ASSAY_GRAPH_NONE ? NULL : &assay_graph_scene_get_boxes (self->scene, &n)[*number];
}

static void
toggle_selected (AssayGraphCanvas *self)
{
  guint                n;
  const AssayGraphBox *boxes = self->scene ? assay_graph_scene_get_boxes (self->scene, &n) : NULL;

  if (self->selected_box != ASSAY_GRAPH_NONE && boxes[self->selected_box].can_open)
    g_signal_emit_by_name (self, "toggle", boxes[self->selected_box].key);
}

/* Whether a point is on the mark by which a box is opened and closed. */
static gboolean
is_on_mark (AssayGraphCanvas *self, const AssayGraphBox *box, double x, double y)
{
  double scene_x, scene_y;

  find_point (self, x, y, &scene_x, &scene_y);
  return box->can_open && scene_x > box->x + box->width - 32 && scene_y < box->y + 30;
}

static void
pressed_cb (AssayGraphCanvas *self, int n_presses, double x, double y)
{
  guint32              number;
  const AssayGraphBox *box = find_box (self, x, y, &number);
  g_autofree char     *key = box ? g_strdup (box->key) : NULL;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  /* What a double click opened is under the pointer of a third. */
  if (box == NULL || n_presses > 2)
    return;
  if (number != self->selected_box)
    assay_graph_canvas_select (self, key);
  if (n_presses == 2 ? box->can_open && !is_on_mark (self, box, x, y) : n_presses == 1 && is_on_mark (self, box, x, y))
    g_signal_emit_by_name (self, "toggle", key);
}

static gboolean
scroll_cb (AssayGraphCanvas *self, double dx, double dy, GtkEventController *controller)
{
  if (!(gtk_event_controller_get_current_event_state (controller) & GDK_CONTROL_MASK))
    return FALSE;
  assay_graph_canvas_zoom_at (self, pow (1.15, -dy), self->pointer_x, self->pointer_y);
  return TRUE;
}

static void
hover (AssayGraphCanvas *self, guint32 number)
{
  if (number == self->hovered)
    return;
  self->hovered = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (AssayGraphCanvas *self, double x, double y)
{
  guint32 number;

  self->pointer_x = x;
  self->pointer_y = y;
  find_box (self, x, y, &number);
  hover (self, number);
}

static void
leave_cb (AssayGraphCanvas *self)
{
  hover (self, ASSAY_GRAPH_NONE);
}

static void
drag_begin_cb (AssayGraphCanvas *self)
{
  self->drag_x = assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  self->drag_y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
}

static void
drag_update_cb (AssayGraphCanvas *self, double dx, double dy)
{
  assay_graph_canvas_move (self, (self->drag_x - dx) / self->scale, (self->drag_y - dy) / self->scale, 0, 0);
}

static void
pinch_cb (AssayGraphCanvas *self, double scale, GtkGestureZoom *gesture)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    assay_graph_canvas_zoom_at (self, scale * self->drag_x / self->scale, x, y);
}

static void
pinch_begin_cb (AssayGraphCanvas *self)
{
  self->drag_x = self->scale;
}

static gboolean
walk (AssayGraphCanvas *self, GtkDirectionType direction)
{
  guint                n;
  guint32              found = assay_graph_canvas_walk (self, direction);
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);
  g_autofree char     *key = found == ASSAY_GRAPH_NONE ? NULL : g_strdup (boxes[found].key);

  if (key != NULL)
    assay_graph_canvas_select (self, key);
  return TRUE;
}

/* First or last box. */
static gboolean
jump (AssayGraphCanvas *self, gboolean last)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);
  g_autofree char     *key = n > 0 ? g_strdup (boxes[last ? n - 1 : 0].key) : NULL;

  assay_graph_canvas_select (self, key);
  return TRUE;
}

/* To the frame around what is selected. */
static gboolean
leave_frame (AssayGraphCanvas *self)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);
  guint32              frame = self->selected_box == ASSAY_GRAPH_NONE ? ASSAY_GRAPH_NONE : boxes[self->selected_box].frame;
  g_autofree char     *key = frame == ASSAY_GRAPH_NONE ? NULL : g_strdup (boxes[frame].key);

  assay_graph_canvas_select (self, key);
  return TRUE;
}

static gboolean
key_pressed_cb (AssayGraphCanvas *self, guint key, guint code, GdkModifierType state)
{
  if (self->scene == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
      return walk (self, GTK_DIR_UP);
    case GDK_KEY_Down:
      return walk (self, GTK_DIR_DOWN);
    case GDK_KEY_Left:
      return walk (self, GTK_DIR_LEFT);
    case GDK_KEY_Right:
      return walk (self, GTK_DIR_RIGHT);
    case GDK_KEY_Home:
    case GDK_KEY_End:
      return jump (self, key == GDK_KEY_End);
    case GDK_KEY_Escape:
      return self->selected_box != ASSAY_GRAPH_NONE && leave_frame (self);
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      toggle_selected (self);
      return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      assay_graph_canvas_zoom (self, 1.25);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      assay_graph_canvas_zoom (self, 0.8);
      return TRUE;
    default:
      return FALSE;
    }
}

/* How far a point is from the piece of a line from @a to @b: some points of the curve are looked at. */
static double
distance (const AssayGraphPoint *a, const AssayGraphPoint *b, double x, double y)
{
  double least = G_MAXDOUBLE;

  for (int i = 0; i <= 24; i++)
    {
      double t = i / 24.0, s = 1 - t, middle = (a->y + b->y) / 2;
      double at_x = (s * s * s + 3 * s * s * t) * a->x + (3 * s * t * t + t * t * t) * b->x;
      double at_y = s * s * s * a->y + 3 * s * t * middle + t * t * t * b->y;

      least = MIN (least, hypot (at_x - x, at_y - y));
    }
  return least;
}

static char *
line_text (AssayGraphCanvas *self, const AssayGraphLine *line)
{
  guint                 n;
  const AssayGraphFlow *flow = &assay_graph_scene_get_flows (self->scene, &n)[line->flow];
  AssayFunction        *function = assay_graph_tree_get_function (assay_graph_scene_get_tree (self->scene, flow->tree));
  GString              *text = g_string_new (flow->values->len == 0 ? _ ("Runs before; nothing flows") : NULL);

  for (guint i = 0; i < flow->values->len && i < 8; i++)
    {
      AssayOutputRef        ref = g_array_index (flow->values, AssayOutputRef, i);
      const AssayValueSpec *spec = assay_function_get_spec (function, ref);
      g_autofree char      *shape = assay_graph_shape_text (&spec->shape);

      g_string_append_printf (text, "%s%s: %s  %s", i ? "\n" : "", assay_function_get_operation (function, ref.operation)->name,
                              spec->dtype == ASSAY_DTYPE_INVALID ? "?" : assay_dtype_get_info (spec->dtype)->name,
                              *shape ? shape : _ ("shape unknown"));
    }
  return g_string_free (text, FALSE);
}

static char *
find_line_text (AssayGraphCanvas *self, double x, double y)
{
  guint                  n;
  const AssayGraphLine  *lines = assay_graph_scene_get_lines (self->scene, &n);
  const AssayGraphPoint *points = assay_graph_scene_get_points (self->scene);

  for (guint i = 0; i < n; i++)
    for (guint k = 1; k < lines[i].n_points; k++)
      {
        const AssayGraphPoint *b = &points[lines[i].first_point + k], *a = b - 1;

        if (MIN (a->x, b->x) - 8 < x && x < MAX (a->x, b->x) + 8 && MIN (a->y, b->y) - 8 < y && y < MAX (a->y, b->y) + 8 && distance (a, b, x, y) < 8)
          return line_text (self, &lines[i]);
      }
  return NULL;
}

static gboolean
tooltip_cb (AssayGraphCanvas *self, int x, int y, gboolean by_keys, GtkTooltip *tooltip)
{
  guint32              number;
  const AssayGraphBox *box = by_keys ? NULL : find_box (self, x, y, &number);
  g_autofree char     *text = NULL;
  double               scene_x, scene_y;

  if (self->scene == NULL || by_keys)
    return FALSE;
  if (box != NULL && !box->is_open)
    {
      const AssayGraphItem *item = assay_graph_tree_get_item (assay_graph_scene_get_tree (self->scene, box->tree), box->item);

      text = g_strdup_printf ("%s\n%s", box->title, box->kind == ASSAY_GRAPH_FUNCTION ? box->subtitle : item->path);
    }
  else
    {
      find_point (self, x, y, &scene_x, &scene_y);
      text = find_line_text (self, scene_x, scene_y);
    }
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

void
assay_graph_canvas_init_input (AssayGraphCanvas *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new ();

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (tooltip_cb), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
}
