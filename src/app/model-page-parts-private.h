/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of a model's page share. */

#pragma once

#include "graph-page-private.h"
#include "model-page-private.h"
#include "model-tree-private.h"
#include "module-page-private.h"
#include "notebook-private.h"
#include "run-page-private.h"
#include "variable-page-private.h"

G_BEGIN_DECLS

struct _AssayModelPage
{
  GtkWidget          parent_instance;
  GtkStack          *states;
  GtkLabel          *job_title;
  GtkLabel          *job_message;
  GtkProgressBar    *job_bar;
  AdwStatusPage     *failure;
  GtkInfoBar        *changed_bar;
  GtkLabel          *changed_label;
  GtkWidget         *reload_button;
  GtkWidget         *save_as_button;
  GtkInfoBar        *recovered_bar;
  GtkLabel          *recovered_label;
  GtkWidget         *saving;
  GtkProgressBar    *saving_bar;
  AdwLeaflet        *leaflet;
  GtkWidget         *divider;
  GtkPaned          *side;
  AssayModelTree    *tree;
  GtkStack          *detail;
  AssayVariablePage *variable_page;
  AssayModulePage   *module_page;
  GtkWidget         *back;

  AssayRunSession *session;    /* made when its functions are first needed */
  AssayRunPage    *run_page;   /* made when it is first shown */
  AssayGraphPage  *graph_page; /* the same */
  AssayDocument   *document;
  AssayLiveModel  *live;     /* of a model that is made by hand */
  AssayNotebook   *notebook; /* when it is made */
  guint            n_rows;   /* of its tree */
  AssayJob        *job;
  gboolean         selecting;  /* it is us, not the user */
  int              tree_width; /* where a drag of the divider began */
  guint            late;       /* shows what is being read only if it takes long */
};

/* Follows what the page's new document tells (model-page.c). */
void assay_model_page_follow_document (AssayModelPage *self);

/* Shows the module or variable that is selected (model-page.c). */
void assay_model_page_show_selected (AssayModelPage *self);

/* Returns: (transfer none): the model's functions and runs; they are loaded from now on (model-page-run.c). */
AssayRunSession *assay_model_page_need_session (AssayModelPage *self);

/* Lets go of what was made of a file that is read once more: its functions may be others now (model-page-run.c). */
void assay_model_page_drop_session (AssayModelPage *self);

/* Tells the window that something it shows of the page has changed (model-page.c). */
void assay_model_page_tell_changed (AssayModelPage *self);

G_END_DECLS
