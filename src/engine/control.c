/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Control flow. Each branch is traced twice: first to learn what it captures, then so that all branches take the same arguments. */

#include <assay/control.h>

#include <string.h>

#define MAX_STATE 32
#define MAX_ARGUMENTS 256

/* A function traced inside another. */
typedef struct
{
  AssayTrace    *outer;
  AssayFunction *function;
  GPtrArray     *captured; /* of AssayValue: of the outer trace */
  AssayDtype     dtype;    /* of the first result */
} Branch;

static void
branch_clear (Branch *self)
{
  g_clear_object (&self->function);
  g_clear_pointer (&self->captured, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Branch, branch_clear)

static void
add_all (GPtrArray *all, GPtrArray *more)
{
  for (guint i = 0; more != NULL && i < more->len; i++)
    if (!g_ptr_array_find (all, more->pdata[i], NULL))
      g_ptr_array_add (all, assay_value_ref (more->pdata[i]));
}

/* Makes arguments of what all branches capture together, in one order. */
static gboolean
bring_in (GPtrArray *wanted, GError **error)
{
  for (guint i = 0; wanted != NULL && i < wanted->len; i++)
    if (assay_apply ("Identity", NULL, error, wanted->pdata[i], NULL) == NULL)
      return FALSE;
  return TRUE;
}

static GPtrArray *
list_captured (AssayTrace *trace)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);

  for (guint i = 0; i < assay_trace_get_n_outer (trace); i++)
    g_ptr_array_add (all, assay_value_ref (assay_trace_get_outer (trace, i)));
  return all;
}

/* What is traced: a branch, or a condition or body with its state. */
typedef struct
{
  const char     *name;
  AssayBranchFunc branch;
  AssayLoopFunc   loop;
  gboolean        is_body;
  AssayValue    **state;
  guint           n;
  gpointer        data;
} Part;

static gboolean
call_part (const Part *part, AssayTrace *trace, GPtrArray *wanted, Branch *out, GError **error)
{
  AssayValue *state[MAX_STATE], *value;
  gboolean    good = TRUE;

  for (guint i = 0; i < part->n; i++)
    state[i] = assay_trace_add_argument (trace, "state", assay_value_get_dtype (part->state[i]), assay_value_get_shape (part->state[i]));
  if (!bring_in (wanted, error))
    return FALSE;
  value = part->branch ? part->branch (part->data, error) : part->loop (state, part->n, part->data, error);
  if (value == NULL)
    return FALSE;
  out->dtype = assay_value_get_dtype (value);
  if (!part->is_body)
    return assay_trace_add_result (trace, "value", value, error);
  for (guint i = 0; i < part->n && good; i++)
    good = state[i] != NULL && assay_trace_add_result (trace, "state", state[i], error);
  for (guint i = 0; wanted != NULL && i < wanted->len && good; i++)
    good = assay_trace_add_result (trace, "captured", wanted->pdata[i], error);
  return good;
}

static gboolean
trace_part (const Part *part, GPtrArray *wanted, Branch *out, GError **error)
{
  AssayTrace      *outer = assay_trace_get_current ();
  g_autofree char *name = assay_library_make_name (assay_trace_get_library (outer), part->name);
  AssayTrace      *trace = assay_trace_begin (assay_trace_get_library (outer), name);

  if (!call_part (part, trace, wanted, out, error))
    {
      assay_trace_abandon (trace);
      return FALSE;
    }
  out->captured = list_captured (trace);
  /* The first time is only to learn; its function isn't kept. */
  if (wanted == NULL)
    assay_trace_abandon (trace);
  else
    out->function = assay_trace_end (trace);
  return TRUE;
}

/* Traces two parts so that they take the same captures, which are put into @all. */
static gboolean
trace_both (const Part *first, const Part *second, Branch *one, Branch *other, GPtrArray *all, GError **error)
{
  g_auto (Branch) learned = { 0 }, also = { 0 };

  if (!trace_part (first, NULL, &learned, error) || !trace_part (second, NULL, &also, error))
    return FALSE;
  add_all (all, learned.captured);
  add_all (all, also.captured);
  return trace_part (first, all, one, error) && trace_part (second, all, other, error);
}

static AssayValue *
record_cond (AssayValue *predicate, AssayBranchFunc then_branch, AssayBranchFunc else_branch, gpointer data, GError **error)
{
  Part parts[] = { { .name = "cond_true", .branch = then_branch, .data = data }, { .name = "cond_false", .branch = else_branch, .data = data } };
  g_auto (Branch) yes = { 0 }, no = { 0 };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_autofree AssayDtype  *dtypes = NULL;
  g_autofree AssayValue **inputs = NULL;
  AssayAttrs             *attrs;
  AssayValue             *output = NULL;

  if (!trace_both (&parts[0], &parts[1], &yes, &no, all, error))
    return NULL;
  if (yes.dtype != no.dtype)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "true_fn and false_fn must have the same type, but they return %s and %s",
                   assay_dtype_get_info (yes.dtype)->name, assay_dtype_get_info (no.dtype)->name);
      return NULL;
    }
  dtypes = g_new (AssayDtype, all->len + 1);
  inputs = g_new (AssayValue *, all->len + 1);
  inputs[0] = predicate;
  for (guint i = 0; i < all->len; i++)
    {
      inputs[i + 1] = all->pdata[i];
      dtypes[i] = assay_value_get_dtype (all->pdata[i]);
    }
  attrs = assay_attrs_new ();
  assay_attrs_set_dtype (attrs, "Tcond", ASSAY_DTYPE_BOOL);
  assay_attrs_set_dtypes (attrs, "Tin", all->len, dtypes);
  assay_attrs_set_dtypes (attrs, "Tout", 1, &yes.dtype);
  assay_attrs_set_function (attrs, "then_branch", assay_function_get_name (yes.function));
  assay_attrs_set_function (attrs, "else_branch", assay_function_get_name (no.function));
  return assay_apply_many ("If", attrs, all->len + 1, inputs, 1, &output, error) == 1 ? output : NULL;
}

static gboolean
read_bool (AssayValue *value, gboolean *out, GError **error)
{
  if (value == NULL)
    return FALSE;
  if (assay_value_get_dtype (value) != ASSAY_DTYPE_BOOL || assay_value_get_tensor (value) == NULL || assay_tensor_get_n_elements (assay_value_get_tensor (value)) != 1)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "A condition has to be one bool, not %s", assay_dtype_get_info (assay_value_get_dtype (value))->name);
      return FALSE;
    }
  *out = *(const guint8 *) assay_value_get_data (value) != 0;
  return TRUE;
}

AssayValue *
assay_cond (AssayValue *predicate, AssayBranchFunc then_branch, AssayBranchFunc else_branch, gpointer data, GError **error)
{
  gboolean holds;

  if (predicate == NULL)
    return NULL;
  if (assay_value_get_kind (predicate) == ASSAY_VALUE_SYMBOL)
    return record_cond (predicate, then_branch, else_branch, data, error);
  if (!read_bool (predicate, &holds, error))
    return NULL;
  return holds ? then_branch (data, error) : else_branch (data, error);
}

static gboolean
record_while (AssayValue **state, guint n, AssayLoopFunc condition, AssayLoopFunc body, gpointer data, GError **error)
{
  Part parts[] = { { .name = "while_cond", .loop = condition, .state = state, .n = n, .data = data },
                   { .name = "while_body", .loop = body, .is_body = TRUE, .state = state, .n = n, .data = data } };
  g_auto (Branch) go_on = { 0 }, next = { 0 };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  AssayDtype  dtypes[MAX_ARGUMENTS];
  AssayValue *inputs[MAX_ARGUMENTS], *outputs[MAX_ARGUMENTS];
  AssayAttrs *attrs;
  guint       n_all;

  if (!trace_both (&parts[0], &parts[1], &go_on, &next, all, error))
    return FALSE;
  n_all = n + all->len;
  if (n_all > MAX_ARGUMENTS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "A loop uses %u values from outside, more than %d", all->len, MAX_ARGUMENTS);
      return FALSE;
    }
  for (guint i = 0; i < n_all; i++)
    {
      inputs[i] = i < n ? state[i] : all->pdata[i - n];
      dtypes[i] = assay_value_get_dtype (inputs[i]);
    }
  attrs = assay_attrs_new ();
  assay_attrs_set_dtypes (attrs, "T", n_all, dtypes);
  assay_attrs_set_function (attrs, "cond", assay_function_get_name (go_on.function));
  assay_attrs_set_function (attrs, "body", assay_function_get_name (next.function));
  if (assay_apply_many ("While", attrs, n_all, inputs, n_all, outputs, error) < 0)
    return FALSE;
  memcpy (state, outputs, n * sizeof *state);
  return TRUE;
}

gboolean
assay_while (AssayValue **state, guint n, AssayLoopFunc condition, AssayLoopFunc body, gpointer data, GError **error)
{
  gboolean holds;

  g_return_val_if_fail (n <= MAX_STATE, FALSE);
  for (guint i = 0; i < n; i++)
    if (state[i] == NULL)
      return FALSE;
  if (assay_trace_get_current () != NULL)
    return record_while (state, n, condition, body, data, error);
  for (;;)
    {
      AssayValue *test[MAX_STATE];

      memcpy (test, state, n * sizeof *state);
      if (!read_bool (condition (test, n, data, error), &holds, error))
        return FALSE;
      if (!holds)
        return TRUE;
      if (body (state, n, data, error) == NULL)
        return FALSE;
    }
}
