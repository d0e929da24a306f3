/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-panel-private.h"

#include "graph-activation-private.h"
#include "graph-details-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _AssayGraphPanel
{
  GtkWidget             parent_instance;
  GtkLabel             *title, *kind, *path;
  GtkWidget            *switcher;
  GtkStack             *pages;
  AssayGraphActivation *activation;
  GtkBox               *details;
  AssayRunSession      *session;
  gboolean              is_chosen; /* the user has chosen a page */
  gboolean              setting;   /* it is us */
};

enum
{
  OPEN_VARIABLE,
  FOLLOW,
  RUN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayGraphPanel, assay_graph_panel, GTK_TYPE_WIDGET)

static void
run_cb (AssayGraphPanel *self)
{
  g_signal_emit (self, signals[RUN], 0);
}

static void
set_page (AssayGraphPanel *self, const char *name)
{
  self->setting = TRUE;
  gtk_stack_set_visible_child_name (self->pages, name);
  self->setting = FALSE;
}

static void
page_cb (AssayGraphPanel *self)
{
  if (!self->setting)
    self->is_chosen = TRUE;
}

/* Before the first run there is more to see of what it is than of what it gave. */
static void
choose_page (AssayGraphPanel *self)
{
  gboolean any = self->session && (g_list_model_get_n_items (assay_run_session_get_records (self->session)) > 0 ||
                                   assay_run_session_get_failure (self->session) != NULL || assay_run_session_get_job (self->session) != NULL);

  if (!self->is_chosen && gtk_widget_get_visible (self->switcher))
    set_page (self, any ? "activation" : "details");
}

static const char *
kind_of (const AssayGraphBox *box)
{
  switch (box->kind)
    {
    case ASSAY_GRAPH_INPUT:
      return _ ("Input");
    case ASSAY_GRAPH_RESULT:
      return _ ("Output");
    case ASSAY_GRAPH_FUNCTION:
      return _ ("Function");
    case ASSAY_GRAPH_GROUP:
      return box->subtitle ? box->subtitle : _ ("Group");
    default:
      return _ ("Operation");
    }
}

static void
show_nothing (AssayGraphPanel *self, const char *signature, AssayGraphScene *scene)
{
  AssayGraphTree  *tree = assay_graph_scene_get_tree (scene, 0);
  guint            n = assay_graph_tree_get_item (tree, 0)->n_operations;
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u operation", "%u operations", n), n);

  if (assay_graph_tree_is_guessed (tree))
    {
      g_autofree char *count = g_steal_pointer (&text);

      text = g_strdup_printf ("%s · %s", count, _ ("grouped by the variables they read, as the function has no scopes"));
    }
  gtk_label_set_text (self->title, signature);
  gtk_label_set_text (self->kind, _ ("Function"));
  gtk_label_set_text (self->path, text);
  gtk_widget_set_visible (self->switcher, FALSE);
  set_page (self, "activation");
  assay_graph_activation_show (self->activation, signature, assay_graph_tree_get_function (tree), NULL,
                               _ ("Click on a box to see what it gave in the last run. A double click opens a group."));
}

void
assay_graph_panel_show (AssayGraphPanel *self, const char *signature, AssayGraphScene *scene, guint32 number)
{
  guint                 n;
  const AssayGraphBox  *boxes = assay_graph_scene_get_boxes (scene, &n), *box;
  const AssayGraphItem *item;
  AssayFunction        *function = assay_graph_tree_get_function (assay_graph_scene_get_tree (scene, 0));
  AssayOutputRef        ref;
  gboolean              has_value;
  g_autofree char      *path = NULL;

  if (number == ASSAY_GRAPH_NONE)
    {
      show_nothing (self, signature, scene);
      return;
    }
  box = &boxes[number];
  item = assay_graph_tree_get_item (assay_graph_scene_get_tree (scene, box->tree), box->item);
  gtk_label_set_text (self->title, box->title);
  gtk_label_set_text (self->kind, kind_of (box));
  /* Parts of large groups have a mark behind the group's path. */
  path = item->kind == ASSAY_GRAPH_GROUP ? g_strndup (item->path, strcspn (item->path, "#")) : g_strdup (item->path);
  gtk_label_set_text (self->path, box->kind == ASSAY_GRAPH_FUNCTION ? box->subtitle : path);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->path), gtk_label_get_text (self->path));
  gtk_widget_set_visible (self->switcher, TRUE);
  choose_page (self);
  assay_graph_details_fill (self->details, GTK_WIDGET (self), scene, number);
  has_value = assay_graph_scene_find_value (scene, number, &ref);
  assay_graph_activation_show (self->activation, signature, function, has_value ? &ref : NULL,
                               box->tree != 0 || box->kind == ASSAY_GRAPH_FUNCTION
                                   ? _ ("What happens inside a function that is called, such as the body of a loop, isn’t kept. Look at the operation that calls it.")
                                   : _ ("It gives nothing that leaves it."));
}

void
assay_graph_panel_set_session (AssayGraphPanel *self, AssayRunSession *session)
{
  if (g_set_object (&self->session, session))
    g_signal_connect_object (session, "running", G_CALLBACK (choose_page), self, G_CONNECT_SWAPPED);
  assay_graph_activation_set_session (self->activation, session);
}

AssayVariablePage *
assay_graph_panel_get_viewer (AssayGraphPanel *self)
{
  return assay_graph_activation_get_viewer (self->activation);
}

static void
graph_panel_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&ASSAY_GRAPH_PANEL (object)->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_graph_panel_parent_class)->dispose (object);
}

static void
assay_graph_panel_class_init (AssayGraphPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_GRAPH_ACTIVATION);
  G_OBJECT_CLASS (klass)->dispose = graph_panel_dispose;
  signals[OPEN_VARIABLE] = g_signal_new ("open-variable", ASSAY_TYPE_GRAPH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FOLLOW] = g_signal_new ("follow", ASSAY_TYPE_GRAPH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[RUN] = g_signal_new ("run", ASSAY_TYPE_GRAPH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/graph-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, title);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, kind);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, path);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, switcher);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, pages);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, activation);
  gtk_widget_class_bind_template_child (widget_class, AssayGraphPanel, details);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_cb);
}

static void
assay_graph_panel_init (AssayGraphPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
