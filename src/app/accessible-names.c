/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "accessible-names-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

static void
name_by (GtkWidget *widget, GtkWidget *other)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY, other, NULL, -1);
}

static gboolean
has_text (GtkWidget *button)
{
  const char *text = GTK_IS_MENU_BUTTON (button) ? gtk_menu_button_get_label (GTK_MENU_BUTTON (button))
                                                 : gtk_button_get_label (GTK_BUTTON (button));

  return text && *text;
}

/* The first label in a widget, or %NULL. */
static GtkWidget *
find_label (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *label = find_label (child);

      if (label)
        return label;
    }
  return NULL;
}

static void
name_button (GtkWidget *widget)
{
  GtkWidget  *parent = gtk_widget_get_parent (widget);
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  if (parent && (GTK_IS_DROP_DOWN (parent) || GTK_IS_MENU_BUTTON (parent)))
    name_by (widget, parent);
  else if (tooltip && !has_text (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
}

/* Lines of tabs and menus that scroll are nothing to stop at: what is in them is. */
static void
pass_over (GtkWidget *widget)
{
  if (gtk_widget_get_ancestor (widget, ADW_TYPE_TAB_BAR) || gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER_MENU))
    gtk_widget_set_focusable (widget, FALSE);
}

/* Private widgets of GTK and libadwaita that can have the focus: what is chosen in a drop-down, and tabs. */
static void
name_private (GtkWidget *widget)
{
  GtkWidget *above = gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN);
  GtkWidget *label = gtk_widget_get_ancestor (widget, ADW_TYPE_TAB_BAR) ? find_label (widget) : NULL;

  if (above || label)
    name_by (widget, above ? above : label);
}

void
assay_accessible_name_parts (GtkWidget *root)
{
  if (GTK_IS_BUTTON (root) || GTK_IS_MENU_BUTTON (root))
    name_button (root);
  else if (GTK_IS_SCROLLED_WINDOW (root))
    pass_over (root);
  else if (GTK_IS_PANED (root))
    gtk_accessible_update_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Divider"), -1);
  else if (gtk_widget_get_focusable (root))
    name_private (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    assay_accessible_name_parts (child);
}
