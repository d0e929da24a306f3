/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The insides of a row, for what makes rows. */

#pragma once

#include <assay/run-rows.h>

G_BEGIN_DECLS

struct _AssayRunRow
{
  GObject parent_instance;

  char            *title;
  char            *key;        /* NULL for a scope */
  AssayValue      *value;      /* NULL for a scope */
  AssayRunRow     *stands_for; /* of a scope: the last row in it that has a value; unowned, it is below */
  GPtrArray       *shown_by;   /* scopes that stand for this one; unowned, they are above */
  GListStore      *children;
  AssayStatistics *statistics;
  AssayRunChange   change;
  double           relative;
  gboolean         first_bad;
};

/**
 * assay_run_row_new:
 * @title: its name in what stands above it
 *
 * Returns: (transfer full): a scope without anything in it
 */
AssayRunRow *assay_run_row_new (const char *title);

/**
 * assay_run_row_add_child:
 * @child: a row
 *
 * Puts a row below it, behind the others.
 */
void assay_run_row_add_child (AssayRunRow *self, AssayRunRow *child);

/**
 * assay_run_row_told:
 *
 * Says that numbers have become known, here and in the scopes that stand for it.
 */
void assay_run_row_told (AssayRunRow *self);

/**
 * assay_run_row_close:
 *
 * Once all rows are there: scopes with one thing in it become one with it, the others learn what they stand for.
 */
void assay_run_row_close (AssayRunRow *self);

G_END_DECLS
