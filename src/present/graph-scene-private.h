/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of a scene share. */

#pragma once

#include <assay/graph-scene.h>

G_BEGIN_DECLS

/* Room in frames: around what is in them, for the title above, and below that. */
#define ASSAY_GRAPH_FRAME_PAD 16.0
#define ASSAY_GRAPH_FRAME_HEAD 30.0
#define ASSAY_GRAPH_FRAME_GAP 10.0

/* A function that is shown: the one that is drawn, or one that an open operation calls. */
typedef struct
{
  AssayGraphTree *tree;
  guint32         box;    /* of the function, NONE for the one that is drawn */
  guint32        *box_of; /* per item: the box that shows it, or in which it is */
} AssayGraphShown;

struct _AssayGraphScene
{
  gatomicrefcount ref_count;
  GArray         *boxes;  /* AssayGraphBox */
  GArray         *flows;  /* AssayGraphFlow */
  GArray         *lines;  /* AssayGraphLine */
  GArray         *points; /* AssayGraphPoint */
  GArray         *shown;  /* AssayGraphShown */
  GHashTable     *keys;   /* key → box + 1 */
  double          width, height;
  guint           n_left_closed;
};

static inline AssayGraphBox *
assay_graph_scene_box (AssayGraphScene *self, guint32 box)
{
  return &g_array_index (self->boxes, AssayGraphBox, box);
}

/* Writes what is in a box (graph-box.c). */
void assay_graph_box_fill (AssayGraphScene *self, guint32 box, const AssayGraphOptions *options);

/* Writes variables and constants into the boxes that take them (graph-box.c). */
void assay_graph_scene_fill_rows (AssayGraphScene *self, guint32 shown);

/* Says where everything is (graph-layout.c). */
gboolean assay_graph_scene_layout (AssayGraphScene *self, const AssayGraphOptions *options, GCancellable *cancellable);

G_END_DECLS
