/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the boxes of a graph are. Each frame is a picture of its own, laid out first, and then one large box where it is; what flows
 * into it or out of it goes through ports in its upper and lower side. So what is inside doesn't change what is outside but in size. */

#include "graph-scene-private.h"
#include "layered-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* An end of a line: a box, or a port in the side of the frame whose inside is laid out. */
typedef struct
{
  guint32  box;    /* of a frame that it goes into or comes out of, that frame */
  guint32  source; /* for a port: where the values come from; else NONE */
  gboolean is_port_out;
} End;

/* A piece of a line, in the frame where it is drawn. */
typedef struct
{
  End     from, to;
  guint32 flow;
} Piece;

/* So many labels are placed at most. */
#define MAX_LABELS 3000

/* A frame, or the whole picture: what is directly in it. */
typedef struct
{
  GArray     *members; /* guint32: boxes */
  GArray     *pieces;  /* Piece */
  GHashTable *known;   /* Piece → 1, but for the flow */
  double      width, height;
  guint       first_line, n_lines; /* of the scene; points are relative to the inside */
} Level;

typedef struct
{
  AssayGraphScene         *scene;
  const AssayGraphOptions *options;
  GCancellable            *cancellable;
  Level                   *levels; /* by box + 1; 0 is the whole picture */
  GHashTable              *ports;  /* port → x, from the middle of the frame */
} Layout;

typedef struct
{
  guint32  frame, source;
  gboolean is_out;
} Port;

static guint
port_hash (gconstpointer data)
{
  const Port *port = data;

  return port->frame * 2654435761u ^ port->source * 40503u ^ (guint) port->is_out;
}

static gboolean
port_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Port)) == 0;
}

static guint
piece_hash (gconstpointer data)
{
  const Piece *piece = data;

  return piece->from.box * 2654435761u ^ piece->from.source * 40503u ^ piece->to.box * 69069u ^ piece->to.source;
}

static gboolean
piece_equal (gconstpointer a, gconstpointer b)
{
  const Piece *x = a, *y = b;

  return memcmp (&x->from, &y->from, sizeof (End)) == 0 && memcmp (&x->to, &y->to, sizeof (End)) == 0;
}

static Level *
level_of (Layout *self, guint32 box)
{
  return &self->levels[box == ASSAY_GRAPH_NONE ? 0 : box + 1];
}

static void
add_piece (Layout *self, guint32 frame, End from, End to, guint32 flow)
{
  Level *level = level_of (self, frame);
  Piece  piece = { from, to, flow };

  if (level->pieces == NULL)
    {
      level->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
      level->known = g_hash_table_new_full (piece_hash, piece_equal, g_free, NULL);
    }
  if (g_hash_table_contains (level->known, &piece))
    return;
  g_hash_table_add (level->known, g_memdup2 (&piece, sizeof piece));
  g_array_append_val (level->pieces, piece);
}

static End
make_end (guint32 box, guint32 source, gboolean is_port_out)
{
  End end;

  memset (&end, 0, sizeof end);
  end.box = box;
  end.source = source;
  end.is_port_out = is_port_out;
  return end;
}

static guint
depth_of (AssayGraphScene *scene, guint32 box)
{
  guint depth = 0;

  for (; box != ASSAY_GRAPH_NONE; box = assay_graph_scene_box (scene, box)->frame)
    depth++;
  return depth;
}

static guint32
frame_of (Layout *self, guint32 box)
{
  return assay_graph_scene_box (self->scene, box)->frame;
}

/* A flow is cut where it goes through the sides of frames: up from its source and down to its end, until both are in the same frame. */
static void
cut_flow (Layout *self, guint32 number)
{
  const AssayGraphFlow *flow = &g_array_index (self->scene->flows, AssayGraphFlow, number);
  guint32               up = flow->from, down = flow->to;
  End                   from = make_end (up, ASSAY_GRAPH_NONE, FALSE), to = make_end (down, ASSAY_GRAPH_NONE, FALSE);

  while (frame_of (self, up) != frame_of (self, down))
    {
      gboolean is_up = depth_of (self->scene, up) >= depth_of (self->scene, down);
      guint32  frame = frame_of (self, is_up ? up : down);
      End      port = make_end (frame, flow->from, is_up);

      if (is_up)
        add_piece (self, frame, from, port, number);
      else
        add_piece (self, frame, port, to, number);
      *(is_up ? &from : &to) = port;
      *(is_up ? &up : &down) = frame;
    }
  add_piece (self, frame_of (self, up), from, to, number);
}

/* The node of an end in the picture of its level: a member, or a port, which is made when it is first met. */
static guint
find_node (GHashTable *numbers, GArray *nodes, guint32 frame, const End *end)
{
  Port     port = { end->box, end->source, end->is_port_out };
  gboolean is_own_port = end->source != ASSAY_GRAPH_NONE && end->box == frame;
  guint    number;

  if (!is_own_port)
    port = (Port){ end->box, ASSAY_GRAPH_NONE, FALSE };
  number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, &port));
  if (number == 0)
    {
      AssayLayeredNode node = { .pin = end->is_port_out ? ASSAY_LAYERED_BOTTOM : ASSAY_LAYERED_TOP };

      g_array_append_val (nodes, node);
      number = nodes->len;
      g_hash_table_insert (numbers, g_memdup2 (&port, sizeof port), GUINT_TO_POINTER (number));
    }
  return number - 1;
}

/* Where an end is, from the middle of its node: the port of a frame that is a member has its place already. */
static double
find_dx (Layout *self, guint32 frame, const End *end, double free)
{
  Port          port = { end->box, end->source, end->is_port_out };
  const double *dx = end->source != ASSAY_GRAPH_NONE && end->box != frame ? g_hash_table_lookup (self->ports, &port) : NULL;

  return dx ? *dx : end->source != ASSAY_GRAPH_NONE ? 0
                                                    : free;
}

static char *
make_label (Layout *self, const AssayGraphFlow *flow)
{
  AssayFunction   *function = assay_graph_tree_get_function (assay_graph_scene_get_tree (self->scene, flow->tree));
  g_autofree char *text = NULL;

  if (flow->values->len == 0)
    return NULL;
  if (flow->values->len > 1)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u tensor", "%u tensors", flow->values->len), flow->values->len);
  text = assay_graph_shape_text (&assay_function_get_spec (function, g_array_index (flow->values, AssayOutputRef, 0))->shape);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
add_line (Layout *self, guint32 frame, const Piece *piece, const AssayLayeredEdge *edge, const GArray *points)
{
  AssayGraphScene      *scene = self->scene;
  const AssayGraphFlow *flow = &g_array_index (scene->flows, AssayGraphFlow, piece->flow);
  AssayGraphLine        line = { .flow = piece->flow, .from = flow->from, .to = piece->to.box };

  line.is_back = edge->is_back;
  line.is_direct = edge->is_direct;
  line.is_control = flow->values->len == 0;
  /* What goes into a frame ends at its title, and begins again below it. */
  line.has_head = piece->to.source == ASSAY_GRAPH_NONE || piece->to.box != frame;
  line.label_x = line.label_y = NAN;
  /* One label a flow: where both ends are outside of ports of this frame. */
  if (!(piece->from.source != ASSAY_GRAPH_NONE && piece->from.box == frame) && !(piece->to.source != ASSAY_GRAPH_NONE && piece->to.box == frame))
    line.label = make_label (self, flow);
  line.first_point = scene->points->len;
  line.n_points = edge->n_points;
  for (guint i = 0; i < edge->n_points; i++)
    {
      const AssayLayeredPoint *point = &g_array_index (points, AssayLayeredPoint, edge->first_point + i);
      AssayGraphPoint          made = { point->x, point->y };

      /* Ports are below the title and in the lower side of the frame, not in the sides of what is in it. */
      if (i == 0 && piece->from.source != ASSAY_GRAPH_NONE && piece->from.box == frame)
        made.y -= ASSAY_GRAPH_FRAME_GAP;
      if (i + 1 == edge->n_points && piece->to.source != ASSAY_GRAPH_NONE && piece->to.box == frame)
        made.y += ASSAY_GRAPH_FRAME_PAD;
      g_array_append_val (scene->points, made);
    }
  g_array_append_val (scene->lines, line);
}

static void
note_ports (Layout *self, guint32 frame, GHashTable *numbers, const GArray *nodes, double middle)
{
  GHashTableIter iter;
  gpointer       key, value;

  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Port *port = key;
      double     *dx;

      if (port->source == ASSAY_GRAPH_NONE || port->frame != frame)
        continue;
      dx = g_new (double, 1);
      *dx = g_array_index (nodes, AssayLayeredNode, GPOINTER_TO_UINT (value) - 1).x - middle;
      g_hash_table_insert (self->ports, g_memdup2 (port, sizeof *port), dx);
    }
}

/* Lays out what is directly in a frame; frames in it have their size already. */
static gboolean
layout_level (Layout *self, guint32 frame)
{
  Level *level = level_of (self, frame);
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (AssayLayeredNode));
  g_autoptr (GArray) edges = g_array_new (FALSE, TRUE, sizeof (AssayLayeredEdge));
  g_autoptr (GArray) points = g_array_new (FALSE, TRUE, sizeof (AssayLayeredPoint));
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (port_hash, port_equal, g_free, NULL);

  for (guint i = 0; level->members != NULL && i < level->members->len; i++)
    {
      guint32              member = g_array_index (level->members, guint32, i);
      const AssayGraphBox *box = assay_graph_scene_box (self->scene, member);
      AssayLayeredNode     node = { .width = box->width, .height = box->height };
      Port                 port = { member, ASSAY_GRAPH_NONE, FALSE };

      g_array_append_val (nodes, node);
      g_hash_table_insert (numbers, g_memdup2 (&port, sizeof port), GUINT_TO_POINTER (nodes->len));
    }
  for (guint i = 0; level->pieces != NULL && i < level->pieces->len; i++)
    {
      const Piece     *piece = &g_array_index (level->pieces, Piece, i);
      AssayLayeredEdge edge = { .from = find_node (numbers, nodes, frame, &piece->from), .to = find_node (numbers, nodes, frame, &piece->to) };

      edge.from_dx = find_dx (self, frame, &piece->from, 0);
      edge.to_dx = find_dx (self, frame, &piece->to, NAN);
      g_array_append_val (edges, edge);
    }
  if (!assay_layered_layout ((AssayLayeredNode *) nodes->data, nodes->len, (AssayLayeredEdge *) edges->data, edges->len, points, &level->width,
                             &level->height, self->cancellable))
    return FALSE;
  for (guint i = 0; level->members != NULL && i < level->members->len; i++)
    {
      AssayGraphBox          *box = assay_graph_scene_box (self->scene, g_array_index (level->members, guint32, i));
      const AssayLayeredNode *node = &g_array_index (nodes, AssayLayeredNode, i);

      box->x = node->x - node->width / 2;
      box->y = node->y - node->height / 2;
    }
  level->first_line = self->scene->lines->len;
  for (guint i = 0; i < edges->len; i++)
    add_line (self, frame, &g_array_index (level->pieces, Piece, i), &g_array_index (edges, AssayLayeredEdge, i), points);
  level->n_lines = self->scene->lines->len - level->first_line;
  note_ports (self, frame, numbers, nodes, level->width / 2);
  return TRUE;
}

/* A frame is as wide as its title or as what is in it. */
static void
size_frame (Layout *self, guint32 frame)
{
  AssayGraphBox *box = assay_graph_scene_box (self->scene, frame);
  const Level   *level = level_of (self, frame);

  box->width = MAX (box->width, level->width + 2 * ASSAY_GRAPH_FRAME_PAD);
  box->height = ASSAY_GRAPH_FRAME_HEAD + ASSAY_GRAPH_FRAME_GAP + level->height + ASSAY_GRAPH_FRAME_PAD;
}

/* Places are in their frame so far. Frames come before what is in them. */
static void
move_into_place (Layout *self)
{
  AssayGraphScene *scene = self->scene;

  for (guint32 i = ASSAY_GRAPH_NONE;; i++)
    {
      const Level   *level = level_of (self, i);
      AssayGraphBox *box = i == ASSAY_GRAPH_NONE ? NULL : assay_graph_scene_box (scene, i);
      double         x = box ? box->x + (box->width - level->width) / 2 : ASSAY_GRAPH_FRAME_PAD;
      double         y = box ? box->y + ASSAY_GRAPH_FRAME_HEAD + ASSAY_GRAPH_FRAME_GAP : ASSAY_GRAPH_FRAME_PAD;

      for (guint k = 0; level->members != NULL && k < level->members->len; k++)
        {
          AssayGraphBox *member = assay_graph_scene_box (scene, g_array_index (level->members, guint32, k));

          member->x += x;
          member->y += y;
        }
      for (guint k = level->first_line; k < level->first_line + level->n_lines; k++)
        {
          const AssayGraphLine *line = &g_array_index (scene->lines, AssayGraphLine, k);

          for (guint j = line->first_point; j < line->first_point + line->n_points; j++)
            {
              g_array_index (scene->points, AssayGraphPoint, j).x += x;
              g_array_index (scene->points, AssayGraphPoint, j).y += y;
            }
        }
      if (i + 1 == scene->boxes->len)
        break;
    }
}

/* Labels go to the first place on their line where nothing is. What flows from one box to several is told once, if they are near. */
#define NEAR 260.0

typedef struct
{
  double x, y, width, height;
} Area;

static gboolean
is_free (const GArray *taken, const Area *area)
{
  for (guint i = 0; i < taken->len; i++)
    {
      const Area *other = &g_array_index (taken, Area, i);

      if (area->x < other->x + other->width && other->x < area->x + area->width && area->y < other->y + other->height &&
          other->y < area->y + area->height)
        return FALSE;
    }
  return TRUE;
}

/* A point of the piece from @a to @b; a curve there is a cubic with vertical ends. */
static AssayGraphPoint
along (const AssayGraphPoint *a, const AssayGraphPoint *b, double t)
{
  double s = 1 - t, middle = (a->y + b->y) / 2;

  return (AssayGraphPoint){ (s * s * s + 3 * s * s * t) * a->x + (3 * s * t * t + t * t * t) * b->x,
                            s * s * s * a->y + 3 * s * t * middle + t * t * t * b->y };
}

static void
place_label (Layout *self, AssayGraphLine *line, GArray *taken)
{
  static const double tries[] = { 0.5, 0.36, 0.64, 0.25, 0.75 };
  double              width = g_utf8_strlen (line->label, -1) * self->options->label_width + 6;

  for (guint i = 1; i < line->n_points; i++)
    {
      const AssayGraphPoint *b = &g_array_index (self->scene->points, AssayGraphPoint, line->first_point + i), *a = b - 1;

      if (fabs (b->y - a->y) < 18)
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (tries); k++)
        {
          AssayGraphPoint at = along (a, b, tries[k]);
          Area            area = { at.x - width / 2, at.y - 8, width, 16 };

          if (!is_free (taken, &area))
            continue;
          line->label_x = at.x;
          line->label_y = at.y;
          g_array_append_val (taken, area);
          return;
        }
    }
}

/* Whether the same label is near on a line from the same box. @last: per box the last line from it that has a label, + 1. */
static gboolean
is_told (AssayGraphScene *scene, const AssayGraphLine *line, const guint *last)
{
  const AssayGraphLine  *other = last[line->from] > 0 ? &g_array_index (scene->lines, AssayGraphLine, last[line->from] - 1) : NULL;
  const AssayGraphPoint *begin = &g_array_index (scene->points, AssayGraphPoint, line->first_point);

  return other != NULL && g_str_equal (other->label, line->label) && fabs (other->label_x - begin->x) < NEAR && fabs (other->label_y - begin->y) < NEAR;
}

static void
place_labels (Layout *self)
{
  AssayGraphScene  *scene = self->scene;
  g_autofree guint *last = g_new0 (guint, scene->boxes->len + 1);
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (Area));

  for (guint i = 0; i < scene->boxes->len; i++)
    {
      const AssayGraphBox *box = assay_graph_scene_box (scene, i);
      Area                 area = { box->x, box->y, box->width, box->is_open ? ASSAY_GRAPH_FRAME_HEAD : box->height };

      g_array_append_val (taken, area);
    }
  for (guint i = 0; i < scene->lines->len && i < MAX_LABELS && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      AssayGraphLine *line = &g_array_index (scene->lines, AssayGraphLine, i);

      if (line->label == NULL || line->is_direct || is_told (scene, line, last))
        continue;
      place_label (self, line, taken);
      last[line->from] = isnan (line->label_x) ? last[line->from] : i + 1;
    }
}

static void
free_levels (Layout *self)
{
  for (guint i = 0; i <= self->scene->boxes->len; i++)
    {
      g_clear_pointer (&self->levels[i].members, g_array_unref);
      g_clear_pointer (&self->levels[i].pieces, g_array_unref);
      g_clear_pointer (&self->levels[i].known, g_hash_table_unref);
    }
  g_free (self->levels);
}

static gboolean
layout_levels (Layout *self)
{
  for (guint32 i = self->scene->boxes->len; i-- > 0;)
    {
      if (!assay_graph_scene_box (self->scene, i)->is_open)
        continue;
      if (!layout_level (self, i))
        return FALSE;
      size_frame (self, i);
    }
  return layout_level (self, ASSAY_GRAPH_NONE);
}

gboolean
assay_graph_scene_layout (AssayGraphScene *scene, const AssayGraphOptions *options, GCancellable *cancellable)
{
  g_autoptr (GHashTable) ports = g_hash_table_new_full (port_hash, port_equal, g_free, g_free);
  Layout   self = { scene, options, cancellable, g_new0 (Level, scene->boxes->len + 1), ports };
  gboolean done;

  for (guint32 i = 0; i < scene->boxes->len; i++)
    {
      Level *level = level_of (&self, assay_graph_scene_box (scene, i)->frame);

      if (level->members == NULL)
        level->members = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_array_append_val (level->members, i);
    }
  for (guint32 i = 0; i < scene->flows->len; i++)
    cut_flow (&self, i);
  done = layout_levels (&self);
  if (done && scene->boxes->len > 0)
    {
      move_into_place (&self);
      place_labels (&self);
    }
  scene->width = self.levels[0].width + 2 * ASSAY_GRAPH_FRAME_PAD;
  scene->height = self.levels[0].height + 2 * ASSAY_GRAPH_FRAME_PAD;
  free_levels (&self);
  return done && !g_cancellable_is_cancelled (cancellable);
}
