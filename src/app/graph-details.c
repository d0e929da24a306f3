/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-details-private.h"

#include "facts-private.h"

#include <assay/array-text.h>
#include <assay/shape.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* So many rows of a kind are shown. */
#define MAX_ROWS 64

/* So many items of a list, and letters of a text. */
#define MAX_ITEMS 16
#define MAX_TEXT 200

typedef struct
{
  GtkBox               *box;
  GtkWidget            *panel;
  AssayGraphScene      *scene;
  AssayGraphTree       *tree;
  AssayFunction        *function;
  const AssayGraphBox  *what;
  const AssayGraphItem *item;
} Filling;

static const char *
dtype_name (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_INVALID ? "?" : assay_dtype_get_info (dtype)->name;
}

/* Bytes of a file as text: what is no UTF-8 is told by its length. */
static void
append_bytes (GString *text, GBytes *bytes)
{
  gsize       n;
  const char *data = g_bytes_get_data (bytes, &n);

  if (n > 0 && !g_utf8_validate (data, n, NULL))
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%zu byte", "%zu bytes", n), n);
  else if (n > MAX_TEXT)
    {
      g_autofree char *begin = g_utf8_substring (data, 0, MIN (g_utf8_strlen (data, n), 60));

      g_string_append_printf (text, "%s…", begin);
    }
  else
    g_string_append_len (text, data ? data : "", n);
}

static void
append_tensor (GString *text, AssayTensor *tensor)
{
  g_autofree char *value = assay_tensor_get_n_elements (tensor) <= 64 && assay_dtype_is_numeric (assay_tensor_get_dtype (tensor))
                               ? assay_tensor_to_text (tensor, ASSAY_ARRAY_STR)
                               : NULL;
  g_autofree char *shape = assay_shape_to_string (assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor));

  g_string_append_printf (text, "%s  %s", dtype_name (assay_tensor_get_dtype (tensor)), value ? value : shape);
}

static void
append_item (GString *text, const AssayAttr *attr, guint i)
{
  g_autofree char *shape = NULL;

  switch (attr->kind)
    {
    case ASSAY_ATTR_INT:
      g_string_append_printf (text, "%" PRId64, attr->ints[i]);
      break;
    case ASSAY_ATTR_BOOL:
      g_string_append (text, attr->ints[i] ? _ ("yes") : _ ("no"));
      break;
    case ASSAY_ATTR_DTYPE:
      g_string_append (text, dtype_name (attr->ints[i]));
      break;
    case ASSAY_ATTR_FLOAT:
      g_string_append_printf (text, "%.9g", attr->floats[i]);
      break;
    case ASSAY_ATTR_SHAPE:
      shape = assay_graph_shape_text (&attr->shapes[i]);
      g_string_append (text, *shape ? shape : _ ("shape unknown"));
      break;
    case ASSAY_ATTR_TENSOR:
      append_tensor (text, attr->tensors[i]);
      break;
    default:
      append_bytes (text, attr->strings[i]);
      break;
    }
}

char *
assay_graph_attr_text (const AssayAttr *attr)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < attr->n && i < MAX_ITEMS; i++)
    {
      g_string_append (text, i ? ", " : "");
      append_item (text, attr, i);
    }
  if (attr->n > MAX_ITEMS)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

static void
add_heading (Filling *self, const char *title)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 10);
  gtk_box_append (self->box, label);
}

static GtkGrid *
add_grid (Filling *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_widget_set_margin_start (grid, 8);
  gtk_widget_set_margin_end (grid, 8);
  gtk_box_append (self->box, grid);
  return GTK_GRID (grid);
}

static GtkGrid *
add_section (Filling *self, const char *title)
{
  add_heading (self, title);
  return add_grid (self);
}

/* The name of an operation without the scope that all are in. */
static const char *
short_name (Filling *self, const char *name)
{
  const char *prefix = assay_graph_tree_get_prefix (self->tree);
  gsize       n = strlen (prefix);

  return n > 0 && strncmp (name, prefix, n) == 0 && name[n] == '/' && name[n + 1] != '\0' ? name + n + 1 : name;
}

static void
variable_cb (GtkWidget *panel, GtkWidget *button)
{
  g_signal_emit_by_name (panel, "open-variable", g_object_get_data (G_OBJECT (button), "variable"));
}

static void
follow_cb (GtkWidget *panel, GtkWidget *button)
{
  g_signal_emit_by_name (panel, "follow", GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "operation")) - 1);
}

/* A row that leads somewhere. */
static GtkWidget *
add_link (Filling *self, const char *name, const char *value, const char *tooltip, GCallback callback)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *left = gtk_label_new (name), *right = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_ellipsize (GTK_LABEL (left), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_widget_add_css_class (right, "dim-label");
  gtk_widget_add_css_class (right, "numeric");
  gtk_box_append (GTK_BOX (box), left);
  gtk_box_append (GTK_BOX (box), right);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "graph-link");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", callback, self->panel, G_CONNECT_SWAPPED);
  gtk_box_append (self->box, button);
  return button;
}

static void
add_variable (Filling *self, const AssayGraphRow *row)
{
  GtkWidget *button = add_link (self, row->variable, row->value, _ ("Show this variable"), G_CALLBACK (variable_cb));

  g_object_set_data_full (G_OBJECT (button), "variable", g_strdup (row->variable), g_free);
}

/* The variables that are read in a group are too many for its box, but not for here. */
static void
add_variables (Filling *self)
{
  guint   n_arguments = assay_function_get_n_arguments (self->function), first = n_arguments - assay_function_get_n_captures (self->function);
  guint32 n_items = assay_graph_tree_get_n_items (self->tree);
  guint   n = 0;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint32 i = 0; i < assay_function_get_n_operations (self->function) && n <= MAX_ROWS; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (self->function, i);
      guint32               item = assay_graph_tree_find_operation (self->tree, i);

      while (item < n_items && item > self->what->item)
        item = assay_graph_tree_get_item (self->tree, item)->parent;
      for (guint k = 0; item == self->what->item && k < operation->n_inputs && n <= MAX_ROWS; k++)
        {
          guint32        origin = assay_graph_tree_find_origin (self->tree, operation->inputs[k].operation);
          AssayValue    *value = origin >= first && origin < n_arguments ? assay_function_get_capture (self->function, origin - first) : NULL;
          AssayResource *resource = value ? assay_value_get_resource (value) : NULL;
          AssayGraphRow  row;

          if (resource == NULL || !g_hash_table_add (seen, resource))
            continue;
          row = (AssayGraphRow){ NULL, assay_graph_shape_text (assay_resource_get_shape (resource)), (char *) assay_resource_get_name (resource) };
          if (n == 0)
            add_heading (self, _ ("Variables"));
          if (n++ < MAX_ROWS)
            add_variable (self, &row);
          g_free (row.value);
        }
    }
  if (n > MAX_ROWS)
    gtk_box_append (self->box, gtk_label_new (_ ("… and more")));
}

static void
add_attributes (Filling *self, const AssayOperation *operation)
{
  g_autoptr (GPtrArray) names = assay_attrs_list (operation->attrs);
  GtkGrid *grid = NULL;

  for (guint i = 0; i < names->len && i < MAX_ROWS; i++)
    {
      g_autofree char *text = assay_graph_attr_text (assay_attrs_get (operation->attrs, names->pdata[i]));

      /* TensorFlow's notes to itself. */
      if (*(const char *) names->pdata[i] == '_')
        continue;
      if (grid == NULL)
        grid = add_section (self, _ ("Attributes"));
      assay_facts_add (grid, names->pdata[i], text);
    }
}

static char *
spec_text (const AssayValueSpec *spec)
{
  g_autofree char *shape = assay_graph_shape_text (&spec->shape);

  return g_strdup_printf ("%s  %s", dtype_name (spec->dtype), *shape ? shape : _ ("shape unknown"));
}

/* The variable that a folded operation reads; or NULL. */
static const char *
find_variable (Filling *self, guint32 origin)
{
  guint          n_arguments = assay_function_get_n_arguments (self->function), first = n_arguments - assay_function_get_n_captures (self->function);
  AssayValue    *value = origin >= first && origin < n_arguments ? assay_function_get_capture (self->function, origin - first) : NULL;
  AssayResource *resource = value ? assay_value_get_resource (value) : NULL;

  return resource ? assay_resource_get_name (resource) : NULL;
}

/* An input leads to the operation it comes from, or to the variable; constants are told. */
static void
add_input (Filling *self, const AssayOperation *operation, guint i)
{
  AssayOutputRef        ref = operation->inputs[i];
  guint32               origin = assay_graph_tree_find_origin (self->tree, ref.operation);
  const AssayOperation *from = assay_function_get_operation (self->function, origin == ASSAY_GRAPH_NONE ? ref.operation : origin);
  const char           *variable = find_variable (self, origin);
  g_autofree char      *name = assay_graph_argument_name (operation, i), *text = spec_text (assay_function_get_spec (self->function, ref));
  g_autofree char      *label = g_strdup_printf ("%s: %s", name, variable ? variable : short_name (self, from->name));
  AssayTensor          *constant = origin == ASSAY_GRAPH_NONE ? NULL : assay_attrs_get_tensor (from->attrs, "value");

  if (constant != NULL)
    {
      g_autoptr (GString) value = g_string_new (NULL);

      append_tensor (value, constant);
      assay_facts_add (add_grid (self), name, value->str);
    }
  else if (variable != NULL)
    g_object_set_data_full (G_OBJECT (add_link (self, label, text, _ ("Show this variable"), G_CALLBACK (variable_cb))), "variable",
                            g_strdup (variable), g_free);
  else if (origin == ASSAY_GRAPH_NONE && self->what->tree == 0)
    g_object_set_data (G_OBJECT (add_link (self, label, text, _ ("Select where it comes from"), G_CALLBACK (follow_cb))), "operation",
                       GUINT_TO_POINTER (ref.operation + 1));
  else
    assay_facts_add (add_grid (self), label, text);
}

static void
add_inputs (Filling *self, const AssayOperation *operation)
{
  if (operation->n_inputs > 0)
    add_heading (self, _ ("Inputs"));
  for (guint i = 0; i < operation->n_inputs && i < MAX_ROWS; i++)
    add_input (self, operation, i);
}

static void
add_outputs (Filling *self, const AssayOperation *operation)
{
  GtkGrid *grid = operation->n_outputs > 0 ? add_section (self, _ ("Outputs")) : NULL;

  for (guint i = 0; i < operation->n_outputs && i < MAX_ROWS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i), *text = spec_text (&operation->outputs[i]);

      assay_facts_add (grid, name, text);
    }
}

static gboolean
is_inside (Filling *self, guint32 operation)
{
  guint32 item = assay_graph_tree_find_operation (self->tree, operation);

  while (item != ASSAY_GRAPH_NONE && item > self->what->item)
    item = assay_graph_tree_get_item (self->tree, item)->parent;
  return item == self->what->item;
}

/* A value that goes into a group or comes out of it, once. */
static void
add_passing (Filling *self, GtkGrid **grid, GHashTable *seen, AssayOutputRef ref, gboolean out)
{
  const AssayOperation *from = assay_function_get_operation (self->function, ref.operation);
  g_autofree char      *name = ref.output > 0 ? g_strdup_printf ("%s:%u", short_name (self, from->name), ref.output)
                                              : g_strdup (short_name (self, from->name));
  g_autofree char      *text = spec_text (&from->outputs[ref.output]);

  if (assay_graph_tree_find_operation (self->tree, ref.operation) == ASSAY_GRAPH_NONE || g_hash_table_size (seen) >= MAX_ROWS ||
      !g_hash_table_add (seen, g_strdup (name)))
    return;
  if (*grid == NULL)
    *grid = add_section (self, out ? _ ("Outputs") : _ ("Inputs"));
  assay_facts_add (*grid, name, text);
}

static void
add_group_flows (Filling *self, gboolean out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint                n_results;
  const AssayNamedRef *results = assay_function_get_results (self->function, &n_results);
  GtkGrid             *grid = NULL;

  for (guint32 i = 0; i < assay_function_get_n_operations (self->function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (self->function, i);
      gboolean              inside = operation->n_inputs > 0 && is_inside (self, i);

      for (guint k = 0; k < operation->n_inputs && inside != out; k++)
        if (is_inside (self, operation->inputs[k].operation) == out)
          add_passing (self, &grid, seen, operation->inputs[k], out);
    }
  for (guint i = 0; out && i < n_results; i++)
    if (is_inside (self, results[i].ref.operation))
      add_passing (self, &grid, seen, results[i].ref, TRUE);
}

void
assay_graph_details_fill (GtkBox *box, GtkWidget *panel, AssayGraphScene *scene, guint32 number)
{
  guint                n;
  const AssayGraphBox *what = &assay_graph_scene_get_boxes (scene, &n)[number];
  AssayGraphTree      *tree = assay_graph_scene_get_tree (scene, what->tree);
  Filling              self = { box, panel, scene, tree, assay_graph_tree_get_function (tree), what, assay_graph_tree_get_item (tree, what->item) };
  GtkWidget           *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))))
    gtk_box_remove (box, child);
  if (what->kind == ASSAY_GRAPH_FUNCTION)
    {
      GtkGrid *grid = add_section (&self, _ ("Function"));

      assay_facts_add (grid, _ ("Name"), what->subtitle);
      assay_facts_add (grid, _ ("Called by"), self.item->path);
      return;
    }
  if (self.item->kind == ASSAY_GRAPH_GROUP)
    {
      add_group_flows (&self, FALSE);
      add_group_flows (&self, TRUE);
      add_variables (&self);
    }
  else
    {
      guint                 n_results;
      guint32               index = self.item->kind == ASSAY_GRAPH_RESULT
                                        ? assay_function_get_results (self.function, &n_results)[self.item->operation].ref.operation
                                        : self.item->operation;
      const AssayOperation *operation = assay_function_get_operation (self.function, index);

      if (self.item->kind == ASSAY_GRAPH_OPERATION)
        {
          add_inputs (&self, operation);
          add_outputs (&self, operation);
          add_attributes (&self, operation);
        }
      else
        add_outputs (&self, operation);
    }
}
