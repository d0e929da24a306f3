/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the window share. */

#pragma once

#include "compare-page-private.h"
#include "model-page-private.h"
#include "window-private.h"

G_BEGIN_DECLS

struct _AssayWindow
{
  AdwApplicationWindow parent_instance;
  AdwToastOverlay     *toasts;
  AdwWindowTitle      *title;
  GtkWidget           *save_button;
  GtkMenuButton       *menu_button;
  GtkMenuButton       *compare_button;
  GtkStack            *stack;
  AdwTabView          *tabs;
  AdwTabBar           *tab_bar;
  AdwToast            *toast;       /* weak: the one that is shown */
  gboolean             may_close;   /* the user was asked */
  char                *live_folder; /* where a model made by hand was saved or restored last */
};

/* The model that is looked at, or NULL (window-tabs.c). */
AssayModelPage *assay_window_get_page (AssayWindow *self);
AssayDocument  *assay_window_get_document (AssayWindow *self);

/* The comparison that is looked at, or NULL (window-tabs.c). */
AssayComparePage *assay_window_get_compare_page (AssayWindow *self);

/* Shows a comparison in its tab, and follows it (window-compare.c, window-tabs.c). */
void assay_window_add_compare_page (AssayWindow *self, AssayComparePage *page);
void assay_window_compare_page_changed (AssayWindow *self, AssayComparePage *page);
void assay_window_leave_compare_page (AssayWindow *self, AssayComparePage *page);

/* Adds the actions of comparisons (window-compare.c). */
void assay_window_init_compare (AssayWindow *self);

/* Lights *Compare* up while something is dragged over what @target belongs to (window-compare.c). */
void assay_window_offer_compare (AssayWindow *self, GtkDropTarget *target);

/* Models made by hand (window-live.c). */
void assay_window_init_live (AssayWindow *self);

/* Shows a model in its tab, and follows it (window-tabs.c). */
void assay_window_add_model_page (AssayWindow *self, AssayModelPage *page);

/* Follows title, undo, dirty of the model that is looked at (window-tabs.c). */
void assay_window_init_tabs (AssayWindow *self);
void assay_window_update (AssayWindow *self);

/* Adds actions (window-actions.c). */
void assay_window_init_actions (AssayWindow *self);

/* Lets files be dropped (window-dnd.c). */
void assay_window_init_dnd (AssayWindow *self);

/* Choosers (window-open.c, window-save.c). */
void assay_window_choose (AssayWindow *self, gboolean folder);
void assay_window_open_example (AssayWindow *self);
void assay_window_save (AssayWindow *self);
void assay_window_save_as (AssayWindow *self);

/* Called when a save has ended; saved says whether all went well. */
typedef void (*AssaySavedFunc) (AssayWindow *self, gboolean saved, gpointer data);
void assay_window_save_live (AssayWindow *self, AssayModelPage *page, AssaySavedFunc then, gpointer data);
void assay_window_save_page (AssayWindow *self, AssayModelPage *page, AssaySavedFunc then, gpointer data);

/* Leaving (window-close.c). */
gboolean assay_window_close_page_cb (AssayWindow *self, AdwTabPage *tab);
gboolean assay_window_close_request (GtkWindow *window);

/* Shows how the program is used (help-window.c). */
void assay_window_show_help (AssayWindow *self);

G_END_DECLS
