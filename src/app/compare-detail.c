/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "compare-detail-private.h"

#include "axis-bar-private.h"
#include "compare-cell-private.h"
#include "compare-work-private.h"
#include "facts-private.h"
#include "heat-map-private.h"
#include "numbers-private.h"
#include "overlay-histogram-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

enum
{
  SIDE_A,
  SIDE_B,
  SIDE_DIFFERENCE,
  N_SIDES
};

struct _AssayCompareDetail
{
  GtkWidget              parent_instance;
  GtkStack              *states;
  GtkLabel              *name;
  GtkLabel              *shape;
  AssayAxisBar          *axes;
  GtkWidget             *zoom_box;
  GtkGrid               *maps;
  GtkLabel              *title_a;
  GtkLabel              *title_b;
  GtkLabel              *title_difference;
  GtkStack              *stack_a;
  GtkStack              *stack_b;
  GtkStack              *stack_difference;
  GtkWidget             *histogram_panel;
  AssayOverlayHistogram *histogram;
  GtkLabel              *changes_note;
  GtkListBox            *changes;
  GtkLabel              *match;
  GtkGrid               *facts;

  AssayHeatMap    *heat[N_SIDES];
  GtkLabel        *notes[N_SIDES];
  char            *names[2]; /* of A and B */
  AssaySource     *sources[N_SIDES];
  char            *path;
  AssayPairStatus  status;
  gboolean         measured;
  gboolean         fresh; /* the slice was not chosen by anybody yet */
  AssayMetrics     metrics;
  AssayJob        *job;
  AssayPairFacts  *found;
  AssayComparison *comparison; /* of what is shown */
};

G_DEFINE_FINAL_TYPE (AssayCompareDetail, assay_compare_detail, GTK_TYPE_WIDGET)

static void
set_markup (GtkLabel *label, const char *side, const char *name, const char *range)
{
  g_autofree char *text = g_markup_printf_escaped ("<b>%s</b> %s%s%s", side, name ? name : "", name && range ? " · " : "", range ? range : "");

  gtk_label_set_markup (label, text);
}

static char *
dup_range (double bound)
{
  g_autofree char *text = bound > 0 ? assay_number_text (bound, FALSE) : NULL;

  return text ? g_strdup_printf (_ ("range ±%s"), text) : NULL;
}

/* A and B share a range: the larger of both, once it is known. */
static double
get_shared_bound (AssayCompareDetail *self)
{
  const AssayStatistics *const sides[] = { self->found ? self->found->a : NULL, self->found ? self->found->b : NULL };
  double                       bound = 0;

  for (int i = 0; i < 2; i++)
    if (sides[i] && sides[i]->n_finite)
      bound = MAX (bound, MAX (fabs (sides[i]->min), fabs (sides[i]->max)));
  return bound;
}

static void
update_ranges (AssayCompareDetail *self)
{
  double           shared = get_shared_bound (self);
  double           own = self->measured && isfinite (self->metrics.max_abs) ? self->metrics.max_abs : 0;
  g_autofree char *shared_text = dup_range (shared);
  g_autofree char *own_text = self->sources[SIDE_DIFFERENCE] ? dup_range (own) : NULL;

  assay_heat_map_set_bound (self->heat[SIDE_A], shared);
  assay_heat_map_set_bound (self->heat[SIDE_B], shared);
  assay_heat_map_set_bound (self->heat[SIDE_DIFFERENCE], own);
  set_markup (self->title_a, "A", self->names[0], self->sources[SIDE_A] ? shared_text : NULL);
  set_markup (self->title_b, "B", self->names[1], self->sources[SIDE_B] ? shared_text : NULL);
  set_markup (self->title_difference, "B − A", NULL, own_text);
}

static gboolean
is_picture (AssaySource *source)
{
  return source && assay_dtype_is_numeric (assay_source_get_dtype (source)) && assay_source_get_n_elements (source) > 0;
}

/* The chosen slice with a side's own shape. */
static void
set_map (AssayCompareDetail *self, int side, gboolean keep_view)
{
  AssaySource *source = self->sources[side];
  AssaySlice   slice = *assay_axis_bar_get_slice (self->axes);

  if (!is_picture (source))
    {
      assay_heat_map_set (self->heat[side], NULL, &slice, FALSE);
      return;
    }
  if (assay_source_get_rank (source) != slice.rank)
    assay_slice_init (&slice, source);
  memcpy (slice.shape, assay_source_get_shape (source), slice.rank * sizeof (guint64));
  for (guint i = 0; i < slice.rank; i++)
    slice.index[i] = MIN (slice.index[i], slice.shape[i] - 1);
  assay_heat_map_set (self->heat[side], source, &slice, keep_view);
}

static void
set_maps (AssayCompareDetail *self, gboolean keep_view)
{
  for (int side = 0; side < N_SIDES; side++)
    set_map (self, side, keep_view);
  update_ranges (self);
}

static void
show_note (AssayCompareDetail *self, int side, const char *note)
{
  GtkStack *const stacks[] = { self->stack_a, self->stack_b, self->stack_difference };

  gtk_label_set_text (self->notes[side], note ? note : "");
  gtk_stack_set_visible_child_name (stacks[side], note ? "note" : "map");
}

static const char *
get_note (AssayCompareDetail *self, int side)
{
  AssaySource *source = self->sources[side];

  if (is_picture (source))
    return NULL;
  if (side == SIDE_A && self->status == ASSAY_PAIR_ONLY_B)
    return _ ("A has no such variable");
  if (side == SIDE_B && self->status == ASSAY_PAIR_ONLY_A)
    return _ ("B has no such variable");
  if (source == NULL)
    return side == SIDE_DIFFERENCE ? _ ("There is no difference to draw") : _ ("The values can’t be had");
  return assay_source_get_n_elements (source) == 0 ? _ ("There are no values") : _ ("Text can’t be drawn");
}

/* Numbers have a true minus here too. */
static char *
dup_minus (AssayCompareDetail *self, const char *text)
{
  g_auto (GStrv) parts = NULL;

  if (self->sources[SIDE_DIFFERENCE] == NULL)
    return g_strdup (text);
  parts = g_strsplit (text, "-", -1);
  return g_strjoinv ("−", parts);
}

static GtkWidget *
make_value (const char *text, gboolean is_index)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), is_index ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), is_index ? 6 : 5);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, is_index ? "dim-label" : "numeric");
  return label;
}

static char *
dup_index (AssayCompareDetail *self, guint64 flat)
{
  AssaySource *source = self->sources[SIDE_DIFFERENCE] ? self->sources[SIDE_DIFFERENCE] : self->sources[SIDE_A];
  guint64      index[ASSAY_MAX_RANK];

  assay_shape_index (assay_source_get_rank (source), assay_source_get_shape (source), flat, index);
  return assay_shape_to_string (assay_source_get_rank (source), index);
}

static GtkWidget *
make_change (AssayCompareDetail *self, const AssayChange *change)
{
  GtkWidget       *row = gtk_list_box_row_new ();
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *index = dup_index (self, change->flat);
  g_autofree char *difference = self->sources[SIDE_DIFFERENCE] ? assay_number_text (change->difference, TRUE) : g_strdup ("");
  g_autofree char *a = dup_minus (self, change->a);
  g_autofree char *b = dup_minus (self, change->b);
  g_autofree char *text = g_strdup_printf ("%s %s → %s %s", index, a, b, difference);
  GtkWidget       *last = make_value (difference, FALSE);

  gtk_widget_add_css_class (last, "change");
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_add_css_class (box, "caption");
  gtk_box_append (GTK_BOX (box), make_value (index, TRUE));
  gtk_box_append (GTK_BOX (box), make_value (a, FALSE));
  gtk_box_append (GTK_BOX (box), make_value (b, FALSE));
  gtk_box_append (GTK_BOX (box), last);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return row;
}

static void
fill_changes (AssayCompareDetail *self)
{
  GArray          *changes = self->found ? self->found->changes : NULL;
  g_autofree char *note = NULL;
  GtkWidget       *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->changes))))
    gtk_list_box_remove (self->changes, child);
  for (guint i = 0; changes && i < changes->len; i++)
    gtk_list_box_append (self->changes, make_change (self, &g_array_index (changes, AssayChange, i)));
  if (changes && self->measured && self->metrics.n_changed > changes->len)
    {
      g_autofree char *shown = assay_count_text (changes->len);
      g_autofree char *all = assay_count_text (self->metrics.n_changed);

      note = g_strdup_printf (_ ("%s of %s"), shown, all);
    }
  else if (changes && changes->len == 0)
    note = g_strdup (_ ("no value differs"));
  gtk_label_set_text (self->changes_note, note ? note : "");
}

static void
add_number (AssayCompareDetail *self, const char *name, gboolean there, double value)
{
  g_autofree char *text = there ? assay_number_text (value, FALSE) : NULL;

  if (there)
    assay_facts_add (self->facts, name, text);
}

static void
add_count (AssayCompareDetail *self, const char *name, gboolean there, guint64 value)
{
  g_autofree char *text = there ? assay_count_text (value) : NULL;

  if (there)
    assay_facts_add (self->facts, name, text);
}

static void
add_facts (AssayCompareDetail *self)
{
  const AssayMetrics *m = &self->metrics;

  add_number (self, _ ("relative L2"), m->numeric, m->relative_l2);
  add_number (self, _ ("max |Δ|"), m->numeric, m->max_abs);
  add_number (self, _ ("1 − cos"), m->numeric, m->cosine_distance);
  {
    g_autofree char *changed = assay_count_text (m->n_changed);
    g_autofree char *all = assay_count_text (m->n);
    g_autofree char *text = g_strdup_printf (_ ("%s of %s"), changed, all);

    assay_facts_add (self->facts, _ ("values changed"), text);
  }
  add_count (self, _ ("max ULP"), m->has_ulp, m->max_ulp);
  if (m->n_nan_a || m->n_nan_b)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT, m->n_nan_a, m->n_nan_b);

      assay_facts_add (self->facts, _ ("NaN in A, in B"), text);
    }
}

static void
fill_facts (AssayCompareDetail *self)
{
  assay_facts_begin (self->facts);
  if (self->measured)
    add_facts (self);
  assay_facts_end (self->facts);
}

static void
show_found (AssayCompareDetail *self)
{
  assay_overlay_histogram_set (self->histogram, self->found ? self->found->a : NULL, self->found ? self->found->b : NULL);
  fill_changes (self);
  update_ranges (self);
}

/* Shows the slice that an element stands in; returns its row and column. */
static void
show_slice_of (AssayCompareDetail *self, guint64 flat, guint64 *row, guint64 *column)
{
  AssaySlice slice = *assay_axis_bar_get_slice (self->axes);
  guint64    index[ASSAY_MAX_RANK];
  gboolean   moved = FALSE;

  assay_shape_index (slice.rank, slice.shape, flat, index);
  for (guint i = 0; i < slice.rank; i++)
    if (i != slice.rows && i != slice.columns && slice.index[i] != index[i])
      {
        slice.index[i] = index[i];
        moved = TRUE;
      }
  if (moved)
    {
      assay_axis_bar_set (self->axes, &slice, gtk_label_get_text (self->name));
      set_maps (self, TRUE);
    }
  *row = slice.rows == ASSAY_NO_AXIS ? 0 : index[slice.rows];
  *column = slice.columns == ASSAY_NO_AXIS ? 0 : index[slice.columns];
}

typedef struct
{
  AssayCompareDetail *self;
  AssayJob           *job;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->self);
  g_object_unref (asked->job);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (AssayPairFacts) found = assay_pair_facts_finish (result, NULL);
  AssayCompareDetail *self = asked->self;
  guint64             row, column;

  /* Another job is of another pair. */
  if (found == NULL || asked->job != self->job)
    return;
  g_clear_pointer (&self->found, assay_pair_facts_free);
  self->found = g_steal_pointer (&found);
  show_found (self);
  /* Of many slices, one in which there is something to see. */
  if (self->fresh && self->sources[SIDE_DIFFERENCE] && self->found->changes && self->found->changes->len > 0)
    show_slice_of (self, g_array_index (self->found->changes, AssayChange, 0).flat, &row, &column);
  self->fresh = FALSE;
}

static void
axes_changed_cb (AssayCompareDetail *self)
{
  self->fresh = FALSE;
  set_maps (self, FALSE);
}

static void
zoom_in_cb (AssayCompareDetail *self)
{
  assay_heat_map_zoom (self->heat[self->sources[SIDE_A] ? SIDE_A : SIDE_B], 1.5);
}

static void
zoom_out_cb (AssayCompareDetail *self)
{
  assay_heat_map_zoom (self->heat[self->sources[SIDE_A] ? SIDE_A : SIDE_B], 1 / 1.5);
}

static void
fit_cb (AssayCompareDetail *self)
{
  assay_heat_map_fit (self->heat[self->sources[SIDE_A] ? SIDE_A : SIDE_B]);
}

/* Goes to a changed value in all three pictures. */
static void
change_selected_cb (AssayCompareDetail *self, GtkListBoxRow *row)
{
  const AssayChange *change;
  guint64            at_row, at_column;

  if (row == NULL || self->found == NULL || self->found->changes == NULL || self->sources[SIDE_DIFFERENCE] == NULL)
    return;
  change = &g_array_index (self->found->changes, AssayChange, (guint) gtk_list_box_row_get_index (row));
  show_slice_of (self, change->flat, &at_row, &at_column);
  assay_heat_map_show_cell (self->heat[SIDE_DIFFERENCE], at_row, at_column);
}

static void
drop_job (AssayCompareDetail *self)
{
  if (self->job)
    assay_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
forget (AssayCompareDetail *self)
{
  drop_job (self);
  for (int side = 0; side < N_SIDES; side++)
    g_clear_object (&self->sources[side]);
  g_clear_pointer (&self->found, assay_pair_facts_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->comparison);
}

static void
compare_detail_dispose (GObject *object)
{
  AssayCompareDetail *self = ASSAY_COMPARE_DETAIL (object);
  GtkWidget          *child;

  forget (self);
  g_clear_pointer (&self->names[0], g_free);
  g_clear_pointer (&self->names[1], g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_compare_detail_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, states);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, name);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, shape);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, axes);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, zoom_box);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, maps);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, title_a);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, title_b);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, title_difference);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, stack_a);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, stack_b);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, stack_difference);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, histogram_panel);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, histogram);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, changes_note);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, changes);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, match);
  gtk_widget_class_bind_template_child (widget_class, AssayCompareDetail, facts);
}

static void
assay_compare_detail_class_init (AssayCompareDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_AXIS_BAR);
  g_type_ensure (ASSAY_TYPE_OVERLAY_HISTOGRAM);
  G_OBJECT_CLASS (klass)->dispose = compare_detail_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/compare-detail.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, zoom_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoom_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, fit_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_selected_cb);
}

static void
assay_compare_detail_init (AssayCompareDetail *self)
{
  static const char *const labels[] = { N_ ("Heat map of A"), N_ ("Heat map of B"), N_ ("Heat map of B − A") };
  GtkStack                *stacks[N_SIDES];

  gtk_widget_init_template (GTK_WIDGET (self));
  stacks[SIDE_A] = self->stack_a;
  stacks[SIDE_B] = self->stack_b;
  stacks[SIDE_DIFFERENCE] = self->stack_difference;
  for (int side = 0; side < N_SIDES; side++)
    {
      self->heat[side] = ASSAY_HEAT_MAP (assay_heat_map_new ());
      self->notes[side] = GTK_LABEL (gtk_label_new (NULL));
      gtk_label_set_wrap (self->notes[side], TRUE);
      gtk_widget_add_css_class (GTK_WIDGET (self->notes[side]), "dim-label");
      gtk_widget_set_vexpand (GTK_WIDGET (self->heat[side]), TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->heat[side]), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (labels[side]), -1);
      gtk_stack_add_named (stacks[side], GTK_WIDGET (self->heat[side]), "map");
      gtk_stack_add_named (stacks[side], GTK_WIDGET (self->notes[side]), "note");
      for (int other = 0; other < side; other++)
        assay_heat_map_link (self->heat[side], self->heat[other]);
    }
  g_signal_connect_object (self->axes, "changed", G_CALLBACK (axes_changed_cb), self, G_CONNECT_SWAPPED);
}

/* Sources of a row's pair; what can't be had stays NULL. */
static void
take_sources (AssayCompareDetail *self, AssayComparison *comparison, const AssayPair *pair)
{
  if (pair->a != G_MAXUINT32)
    self->sources[SIDE_A] = assay_variable_list_dup_source (assay_comparison_get_a (comparison), pair->a, NULL);
  if (pair->b != G_MAXUINT32)
    self->sources[SIDE_B] = assay_variable_list_dup_source (assay_comparison_get_b (comparison), pair->b, NULL);
  if (self->sources[SIDE_A] && self->sources[SIDE_B])
    self->sources[SIDE_DIFFERENCE] = assay_difference_new (self->sources[SIDE_A], self->sources[SIDE_B], NULL);
}

/* The axes are those of what both have, or of the one that there is. */
static void
set_axes (AssayCompareDetail *self, gboolean keep, const char *name)
{
  AssaySource *source = self->sources[SIDE_DIFFERENCE] ? self->sources[SIDE_DIFFERENCE] : self->sources[SIDE_A] ? self->sources[SIDE_A]
                                                                                                                : self->sources[SIDE_B];
  AssaySlice   slice = { .rows = ASSAY_NO_AXIS, .columns = ASSAY_NO_AXIS };
  AssaySlice   before = *assay_axis_bar_get_slice (self->axes);

  if (source)
    assay_slice_init (&slice, source);
  if (keep && before.rank == slice.rank && memcmp (before.shape, slice.shape, slice.rank * sizeof (guint64)) == 0)
    slice = before;
  assay_axis_bar_set (self->axes, &slice, name);
}

static char *
dup_match (const AssayPair *pair)
{
  const char *status = assay_pair_status_text (pair->status);

  if (pair->status == ASSAY_PAIR_ONLY_A || pair->status == ASSAY_PAIR_ONLY_B)
    return g_strdup_printf (_ ("<b>%s</b>: the other side has no variable of this key"), status);
  if (pair->reason)
    return g_markup_printf_escaped ("<b>%s</b>: %s", status, pair->reason);
  if (pair->status == ASSAY_PAIR_RESHAPED)
    return g_strdup_printf (_ ("<b>%s</b>: the part that both have is compared, from the first index of each axis"), status);
  return g_strdup_printf (_ ("<b>%s</b>, matched by the same key"), status);
}

static void
start_work (AssayCompareDetail *self)
{
  Asked *asked = g_new0 (Asked, 1);

  self->job = assay_job_new (_ ("Comparing"));
  asked->self = g_object_ref (self);
  asked->job = g_object_ref (self->job);
  assay_pair_facts_async (self->sources[SIDE_A], self->sources[SIDE_B], self->job, found_cb, asked);
}

static gboolean
is_shown (AssayCompareDetail *self, AssayComparison *comparison, const char *path, const AssayPair *pair)
{
  return self->comparison == comparison && g_strcmp0 (self->path, path) == 0 && self->status == pair->status &&
         self->measured == (pair->metrics != NULL);
}

void
assay_compare_detail_show (AssayCompareDetail *self, AssayComparisonRows *rows, AssayComparisonRow *row)
{
  AssayComparison *comparison = assay_comparison_rows_get_comparison (rows);
  g_autofree char *shape = row ? assay_comparison_row_dup_shape_text (row) : NULL;
  g_autofree char *dtype = row ? assay_comparison_row_dup_dtype_text (row) : NULL;
  g_autofree char *chip = g_strdup_printf ("%s · %s", shape ? shape : "", dtype ? dtype : "");
  g_autofree char *match = NULL;
  AssayPair        pair;
  gboolean         again;

  if (row == NULL || !assay_comparison_row_get_pair (row, &pair))
    {
      forget (self);
      gtk_stack_set_visible_child_name (self->states, "none");
      return;
    }
  if (is_shown (self, comparison, assay_comparison_row_get_path (row), &pair))
    return;
  again = g_strcmp0 (self->path, assay_comparison_row_get_path (row)) == 0;
  forget (self);
  self->path = g_strdup (assay_comparison_row_get_path (row));
  self->comparison = g_object_ref (comparison);
  self->status = pair.status;
  self->measured = pair.metrics != NULL;
  if (self->measured)
    self->metrics = *pair.metrics;
  take_sources (self, comparison, &pair);
  match = dup_match (&pair);
  gtk_label_set_text (self->name, self->path);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), self->path);
  gtk_label_set_text (self->shape, chip);
  gtk_label_set_markup (self->match, match);
  self->fresh = !again;
  set_axes (self, again, self->path);
  for (int side = 0; side < N_SIDES; side++)
    show_note (self, side, get_note (self, side));
  fill_facts (self);
  if (!again)
    show_found (self);
  set_maps (self, again);
  gtk_stack_set_visible_child_name (self->states, "pair");
  start_work (self);
}

void
assay_compare_detail_set_titles (AssayCompareDetail *self, const char *a, const char *b)
{
  g_free (self->names[0]);
  g_free (self->names[1]);
  self->names[0] = g_strdup (a);
  self->names[1] = g_strdup (b);
  update_ranges (self);
}
