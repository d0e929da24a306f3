/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The graph in words, and walking it with the keyboard. */

#include "graph-canvas-parts-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static double
middle_x (const AssayGraphBox *box)
{
  return box->x + box->width / 2;
}

/* Along a line: down to where the values of a box go, up to where they come from; of several the nearest to being straight. */
static guint32
walk_flow (AssayGraphCanvas *self, const AssayGraphBox *boxes, gboolean down)
{
  guint                 n;
  const AssayGraphFlow *flows = assay_graph_scene_get_flows (self->scene, &n);
  guint32               best = ASSAY_GRAPH_NONE;

  for (guint i = 0; i < n; i++)
    {
      guint32 other = down ? flows[i].to : flows[i].from;

      if ((down ? flows[i].from : flows[i].to) != self->selected_box)
        continue;
      if (best == ASSAY_GRAPH_NONE ||
          fabs (middle_x (&boxes[other]) - middle_x (&boxes[self->selected_box])) < fabs (middle_x (&boxes[best]) - middle_x (&boxes[self->selected_box])))
        best = other;
    }
  return best;
}

/* The nearest box on one side that isn't much higher or lower; frames only if there is nothing else. */
static guint32
walk_side (AssayGraphCanvas *self, const AssayGraphBox *boxes, guint n, gboolean right)
{
  const AssayGraphBox *here = &boxes[self->selected_box];
  guint32              best = ASSAY_GRAPH_NONE;
  double               least = G_MAXDOUBLE;

  for (guint32 i = 0; i < n; i++)
    {
      double dx = middle_x (&boxes[i]) - middle_x (here), dy = boxes[i].y + boxes[i].height / 2 - here->y - here->height / 2;
      double far = fabs (dx) + 3 * fabs (dy);

      if (i == self->selected_box || boxes[i].is_open || (right ? dx < 4 : dx > -4) || far >= least)
        continue;
      best = i;
      least = far;
    }
  return best;
}

/* The nearest box above or below, where no line leads. */
static guint32
walk_near (AssayGraphCanvas *self, const AssayGraphBox *boxes, guint n, gboolean down)
{
  const AssayGraphBox *here = &boxes[self->selected_box];
  guint32              best = ASSAY_GRAPH_NONE;
  double               least = G_MAXDOUBLE;

  for (guint32 i = 0; i < n; i++)
    {
      double dx = middle_x (&boxes[i]) - middle_x (here), dy = boxes[i].y - here->y, far = fabs (dx) + fabs (dy);

      if (i == self->selected_box || (down ? dy < 4 : dy > -4) || far >= least)
        continue;
      best = i;
      least = far;
    }
  return best;
}

guint32
assay_graph_canvas_walk (AssayGraphCanvas *self, GtkDirectionType direction)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);
  gboolean             down = direction == GTK_DIR_DOWN;
  guint32              found;

  if (n == 0)
    return ASSAY_GRAPH_NONE;
  if (self->selected_box == ASSAY_GRAPH_NONE)
    return 0;
  if (direction == GTK_DIR_LEFT || direction == GTK_DIR_RIGHT)
    return walk_side (self, boxes, n, direction == GTK_DIR_RIGHT);
  /* What is in a frame comes right behind it. */
  if (down && boxes[self->selected_box].is_open && self->selected_box + 1 < n && boxes[self->selected_box + 1].frame == self->selected_box)
    return self->selected_box + 1;
  found = walk_flow (self, boxes, down);
  return found != ASSAY_GRAPH_NONE ? found : walk_near (self, boxes, n, down);
}

static const char *
kind_text (const AssayGraphBox *box)
{
  switch (box->kind)
    {
    case ASSAY_GRAPH_INPUT:
      return _ ("input");
    case ASSAY_GRAPH_RESULT:
      return _ ("output");
    case ASSAY_GRAPH_FUNCTION:
      return box->is_open ? _ ("function, open") : _ ("function, closed");
    default:
      return box->is_open ? _ ("group, open") : _ ("group, closed");
    }
}

/* "from conv2d (? × 8 × 8 × 16)", for a screen reader. */
static void
append_flows (AssayGraphCanvas *self, GString *text, guint32 box, gboolean out)
{
  guint                 n, n_boxes, n_told = 0;
  const AssayGraphFlow *flows = assay_graph_scene_get_flows (self->scene, &n);
  const AssayGraphBox  *boxes = assay_graph_scene_get_boxes (self->scene, &n_boxes);

  for (guint i = 0; i < n && n_told < 8; i++)
    {
      const AssayGraphBox *other = &boxes[out ? flows[i].to : flows[i].from];
      AssayFunction       *function = assay_graph_tree_get_function (assay_graph_scene_get_tree (self->scene, flows[i].tree));

      if ((out ? flows[i].from : flows[i].to) != box)
        continue;
      g_string_append_printf (text, n_told++ ? ", %s" : out ? _ ("; to %s")
                                                            : _ ("; from %s"),
                              other->title);
      if (other->subtitle != NULL)
        g_string_append_printf (text, " %s", other->subtitle);
      if (flows[i].values->len == 1)
        {
          g_autofree char *shape = assay_graph_shape_text (&assay_function_get_spec (function, g_array_index (flows[i].values, AssayOutputRef, 0))->shape);

          g_string_append_printf (text, *shape ? " (%s)" : "%s", shape);
        }
    }
}

char *
assay_graph_canvas_dup_box_text (AssayGraphCanvas *self, guint32 number)
{
  guint                n;
  const AssayGraphBox *box = &assay_graph_scene_get_boxes (self->scene, &n)[number];
  GString             *text = g_string_new (box->title);

  if (box->subtitle != NULL)
    g_string_append_printf (text, " %s", box->subtitle);
  if (box->kind != ASSAY_GRAPH_OPERATION || box->can_open)
    g_string_append_printf (text, ", %s", kind_text (box));
  if (box->note != NULL)
    g_string_append_printf (text, ", %s", box->note);
  if (self->damaged != NULL && self->damaged[number])
    g_string_append_printf (text, ", %s", _ ("NaN or infinity came out of it"));
  append_flows (self, text, number, FALSE);
  append_flows (self, text, number, TRUE);
  return g_string_free (text, FALSE);
}
