/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* saved_model.pb as JSON for the importer: FORMATS of the messages are those of tensorflow/core/protobuf and core/framework. */

#pragma once

#include "reader-private.h"
#include "tf-proto-private.h"

G_BEGIN_DECLS

/**
 * AssaySavedGraph:
 * @context: who reads
 * @file: saved_model.pb
 * @start: the whole file in memory
 * @out: the JSON that is being written
 * @module: where large constants are shown, G_MAXUINT32 until there is one
 * @function: the function that is being read, "" for the graph
 * @node: the node that is being read; nullable
 * @keep_shapes: whether the attribute "_output_shapes" is wanted
 *
 * A SavedModel's graph while it is read.
 */
typedef struct
{
  AssayReaderContext *context;
  AssayReaderFile     file;
  const guint8       *start;
  GString            *out;
  guint32             module;
  const char         *function, *node;
  gboolean            keep_shapes;
} AssaySavedGraph;

/* Begins a member or element: a comma unless it is the first. */
void assay_saved_next (AssaySavedGraph *self);

/* A name as text of one line, cut if it is absurdly long. */
char *assay_saved_dup_name (const AssayProto *field);

/* "name": text, as a member. */
void assay_saved_text (AssaySavedGraph *self, const char *name, const AssayProto *field);

/* TensorShapeProto as [1, null] or null. */
gboolean assay_saved_shape (AssaySavedGraph *self, const AssayProto *field);

/* DataType as a dtype's name. */
void assay_saved_type (AssaySavedGraph *self, guint64 type);

/* A map<string, AttrValue>: one entry as a member. */
gboolean assay_saved_attr (AssaySavedGraph *self, const AssayProto *entry);

/**
 * assay_saved_model_read:
 * @context: who reads the variables of a SavedModel
 *
 * Hands the graph beside them on as the root's attribute ".program". A graph that is missing or damaged is warned of: the variables can be
 * looked at without.
 */
void assay_saved_model_read (AssayReaderContext *context);

G_END_DECLS
