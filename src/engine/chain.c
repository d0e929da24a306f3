/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations that run as one, and outputs that take over their inputs' memory. */

#include "gemm-private.h"
#include "plan-private.h"

#include <math.h>
#include <string.h>

#define MAX_CHAINED 8

typedef enum
{
  COMPUTES = 1 << 0,   /* makes its output anew, keeps no input */
  HEAD = 1 << 1,       /* may begin a chain */
  AFFINE = 1 << 2,     /* may follow: × and + by column */
  ADDS = 1 << 3,       /* may follow: + a tensor, or by column */
  CUTS = 1 << 4,       /* may follow, as the last one: cuts off at 0, or at 0 and 6 */
  ELEMENTWISE = 1 << 5 /* each element of output 0 depends on that element of inputs of its shape */
} Traits;

static const struct
{
  const char *op;
  Traits      traits;
} traits[] = {
  { "Conv2D", COMPUTES | HEAD },
  { "Conv3D", COMPUTES | HEAD },
  { "DepthwiseConv2dNative", COMPUTES | HEAD },
  { "Conv2DBackpropInput", COMPUTES | HEAD },
  { "MatMul", COMPUTES | HEAD },
  { "BatchMatMul", COMPUTES | HEAD },
  { "BatchMatMulV2", COMPUTES | HEAD },
  { "Einsum", COMPUTES | HEAD },
  { "BiasAdd", COMPUTES | AFFINE | ELEMENTWISE },
  { "FusedBatchNormV3", COMPUTES | AFFINE | ELEMENTWISE },
  { "Add", COMPUTES | ADDS | ELEMENTWISE },
  { "AddV2", COMPUTES | ADDS | ELEMENTWISE },
  { "Relu", COMPUTES | CUTS | ELEMENTWISE },
  { "Relu6", COMPUTES | CUTS | ELEMENTWISE },
  { "Elu", COMPUTES | ELEMENTWISE },
  { "Selu", COMPUTES | ELEMENTWISE },
  { "LeakyRelu", COMPUTES | ELEMENTWISE },
  { "Softplus", COMPUTES | ELEMENTWISE },
  { "Softsign", COMPUTES | ELEMENTWISE },
  { "Sub", COMPUTES | ELEMENTWISE },
  { "Mul", COMPUTES | ELEMENTWISE },
  { "RealDiv", COMPUTES | ELEMENTWISE },
  { "Maximum", COMPUTES | ELEMENTWISE },
  { "Minimum", COMPUTES | ELEMENTWISE },
  { "SquaredDifference", COMPUTES | ELEMENTWISE },
  { "Neg", COMPUTES | ELEMENTWISE },
  { "Abs", COMPUTES | ELEMENTWISE },
  { "Square", COMPUTES | ELEMENTWISE },
  { "Sqrt", COMPUTES | ELEMENTWISE },
  { "Rsqrt", COMPUTES | ELEMENTWISE },
  { "Exp", COMPUTES | ELEMENTWISE },
  { "Tanh", COMPUTES | ELEMENTWISE },
  { "Sigmoid", COMPUTES | ELEMENTWISE },
  { "Erf", COMPUTES | ELEMENTWISE },
  { "Erfc", COMPUTES | ELEMENTWISE },
  { "Softmax", COMPUTES | ELEMENTWISE }, /* each row is read before it is written */
  { "Mean", COMPUTES },
  { "MaxPool", COMPUTES },
  { "AvgPool", COMPUTES },
};

static Traits
traits_of (const AssayOp *op)
{
  for (gsize i = 0; i < G_N_ELEMENTS (traits); i++)
    if (strcmp (traits[i].op, op->name) == 0)
      return traits[i].traits;
  return 0;
}

guint8 *
assay_chain_find_computed (AssayFunction *function)
{
  guint   n = assay_function_get_n_operations (function);
  guint8 *computed = g_malloc0 (n + 1);

  for (guint i = 0; i < n; i++)
    computed[i] = (traits_of (assay_function_get_operation (function, i)->op) & COMPUTES) != 0;
  /* Who is looked at by an operation that may keep it isn't overwritten. */
  for (guint i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      for (guint k = 0; k < operation->n_inputs && !(traits_of (operation->op) & COMPUTES); k++)
        computed[operation->inputs[k].operation] = FALSE;
    }
  return computed;
}

guint32
assay_chain_reusable (AssayFunction *function, guint32 index, const guint8 *computed)
{
  const AssayOperation *operation = assay_function_get_operation (function, index);
  guint32               bits = 0;

  if (!(traits_of (operation->op) & ELEMENTWISE))
    return 0;
  for (guint k = 0; k < MIN (operation->n_inputs, 2); k++)
    if (computed[operation->inputs[k].operation] && operation->inputs[k].output == 0)
      bits |= 1u << k;
  return bits;
}

#define SIDE_USER ((guint64) 1 << 32)

/* How many operations use each operation's first output: results count twice, since what they need has to be there; users of other
 * outputs count as SIDE_USER. */
static guint64 *
count_users (AssayFunction *function, const gboolean *needed, gboolean keep_activations)
{
  guint                n = assay_function_get_n_operations (function), n_refs;
  guint64             *users = g_new0 (guint64, n + 1);
  const AssayNamedRef *refs = assay_function_get_results (function, &n_refs);

  for (guint i = 0; i < n_refs; i++)
    users[refs[i].ref.operation] += refs[i].ref.output == 0 ? 2 : SIDE_USER;
  refs = assay_function_get_activations (function, &n_refs);
  for (guint i = 0; keep_activations && i < n_refs; i++)
    users[refs[i].ref.operation] += refs[i].ref.output == 0 ? 2 : SIDE_USER;
  for (guint i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      for (guint k = 0; needed[i] && k < operation->n_inputs; k++)
        users[operation->inputs[k].operation] += operation->inputs[k].output == 0 ? 1 : SIDE_USER;
    }
  return users;
}

static gboolean
has_switches (AssayFunction *function)
{
  for (guint i = 0; i < assay_function_get_n_operations (function); i++)
    if (assay_function_get_operation (function, i)->op->flags & ASSAY_OP_SWITCH)
      return TRUE;
  return FALSE;
}

/* What a chain has had so far, to see what may follow. */
typedef enum
{
  STAGE_NONE,
  STAGE_AFFINE,
  STAGE_ADDED,
  STAGE_CUT,
} Stage;

static Stage
stage_after (Traits trait, Stage stage)
{
  if (trait & HEAD)
    return STAGE_AFFINE;
  if ((trait & AFFINE) && stage <= STAGE_AFFINE)
    return STAGE_AFFINE;
  if ((trait & ADDS) && stage <= STAGE_AFFINE)
    return STAGE_ADDED;
  return trait & CUTS ? STAGE_CUT : STAGE_NONE;
}

/* The input that continues a chain: its only user is @operation. Additions may have it on either side. */
static int
find_chained_input (const AssayOperation *operation, Traits trait, const guint64 *users, const Stage *stages)
{
  guint n = trait & ADDS ? 2 : 1;

  if (!(trait & (AFFINE | ADDS | CUTS)) || operation->n_inputs < n)
    return -1;
  for (int k = n - 1; k >= 0; k--)
    if (operation->inputs[k].output == 0 && users[operation->inputs[k].operation] == 1 && stages[operation->inputs[k].operation] != STAGE_NONE &&
        stage_after (trait, stages[operation->inputs[k].operation]) != STAGE_NONE && stages[operation->inputs[k].operation] != STAGE_CUT)
      return k;
  return -1;
}

void
assay_chain_find (AssayFunction *function, const gboolean *needed, gboolean keep_activations, guint32 *last_of, guint32 *before)
{
  guint               n = assay_function_get_n_operations (function);
  g_autofree guint64 *users = count_users (function, needed, keep_activations);
  g_autofree guint8  *lengths = g_malloc0 (n + 1);
  g_autofree Stage   *stages = g_new0 (Stage, n + 1);
  gboolean            is_plain = !has_switches (function);

  for (guint i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);
      Traits                trait = traits_of (operation->op);
      int                   input;

      last_of[i] = i;
      before[i] = G_MAXUINT32;
      if (!needed[i] || !is_plain)
        continue;
      lengths[i] = 1;
      if (trait & HEAD)
        stages[i] = STAGE_AFFINE;
      input = find_chained_input (operation, trait, users, stages);
      if (input < 0 || users[i] >= SIDE_USER || lengths[operation->inputs[input].operation] == MAX_CHAINED)
        continue;
      before[i] = operation->inputs[input].operation;
      stages[i] = stage_after (trait, stages[before[i]]);
      lengths[i] = lengths[before[i]] + 1;
    }
  for (guint i = n; i-- > 0;)
    if (before[i] != G_MAXUINT32)
      last_of[before[i]] = last_of[i];
}

/* One that runs: the epilogue as it comes together. */
typedef struct
{
  AssayEpilogue     epilogue;
  AssayPartialShape shape;  /* of the head's output */
  gsize             n;      /* elements of it */
  float            *affine; /* scale, then shift, of columns each */
} Chain;

static AssayValue *
value_of (AssayPlan *self, AssayValue *const *values, AssayOutputRef ref)
{
  return values[self->value_at[ref.operation] + ref.output];
}

static gboolean
is_float_tensor (AssayValue *value)
{
  return value != NULL && assay_value_get_kind (value) == ASSAY_VALUE_TENSOR && assay_value_get_dtype (value) == ASSAY_DTYPE_FLOAT32;
}

/* Whether a value has one element a column, for what is the columns of @shape: its last dimensions. */
static gboolean
find_columns (const Chain *self, AssayValue *value, gsize *columns)
{
  const AssayPartialShape *shape = assay_value_get_shape (value);
  int                      skip = 0;

  while (skip < shape->rank && shape->dims[skip] == 1)
    skip++;
  if (shape->rank > self->shape.rank || shape->rank - skip > self->shape.rank)
    return FALSE;
  *columns = 1;
  for (int i = skip; i < shape->rank; i++)
    {
      if (shape->dims[i] != self->shape.dims[self->shape.rank - shape->rank + i])
        return FALSE;
      *columns *= shape->dims[i];
    }
  return *columns > 1 && *columns <= 65536;
}

static gboolean
begin_affine (Chain *self, AssayWorkspace *workspace, gsize columns)
{
  if (self->epilogue.columns != 0)
    return self->epilogue.columns == columns;
  self->affine = assay_workspace_scratch (workspace, 2 * columns * sizeof (float), NULL);
  if (self->affine == NULL)
    return FALSE;
  self->epilogue.columns = columns;
  self->epilogue.shift = self->affine + columns;
  for (gsize i = 0; i < columns; i++)
    {
      self->affine[i] = 1;
      self->affine[columns + i] = 0;
    }
  return TRUE;
}

static gboolean
add_shift (Chain *self, AssayWorkspace *workspace, AssayValue *bias)
{
  const float *from = assay_value_get_data (bias);
  gsize        columns;

  if (!find_columns (self, bias, &columns) || !begin_affine (self, workspace, columns))
    return FALSE;
  for (gsize i = 0; i < columns; i++)
    self->affine[columns + i] += from[i];
  return TRUE;
}

static gboolean
add_bias (Chain *self, AssayWorkspace *workspace, const AssayOperation *operation, AssayValue *bias)
{
  const char *format = assay_attrs_get_string (operation->attrs, "data_format", "NHWC");

  return !g_str_has_prefix (format, "NC") && self->shape.rank >= 2 && is_float_tensor (bias) && assay_value_get_rank (bias) == 1 &&
         assay_value_get_dim (bias, 0) == self->shape.dims[self->shape.rank - 1] && add_shift (self, workspace, bias);
}

static gboolean
add_normalization (Chain *self, AssayWorkspace *workspace, const AssayOperation *operation, AssayValue *const *inputs)
{
  gint64       columns = self->shape.rank > 0 ? self->shape.dims[self->shape.rank - 1] : 0;
  double       epsilon = assay_attrs_get_float (operation->attrs, "epsilon", 0.0001);
  const float *sides[5];

  if (self->shape.rank != 4 || columns < 2 || columns > 65536 || assay_attrs_get_int (operation->attrs, "is_training", TRUE) ||
      g_str_has_prefix (assay_attrs_get_string (operation->attrs, "data_format", "NHWC"), "NC"))
    return FALSE;
  for (int i = 1; i < 5; i++)
    {
      if (!is_float_tensor (inputs[i]) || assay_value_get_rank (inputs[i]) != 1 || assay_value_get_dim (inputs[i], 0) != columns)
        return FALSE;
      sides[i] = assay_value_get_data (inputs[i]);
    }
  if (!begin_affine (self, workspace, columns))
    return FALSE;
  for (gint64 i = 0; i < columns; i++)
    {
      double factor = sides[1][i] / sqrt (sides[4][i] + epsilon);

      self->affine[i] *= factor;
      self->affine[columns + i] = (self->affine[columns + i] - sides[3][i]) * factor + sides[2][i];
    }
  self->epilogue.scale = self->affine;
  return TRUE;
}

static gboolean
add_other (Chain *self, AssayWorkspace *workspace, AssayValue *other)
{
  if (!is_float_tensor (other) || self->epilogue.addend != NULL)
    return FALSE;
  if (!assay_partial_shape_equal (assay_value_get_shape (other), &self->shape))
    return add_shift (self, workspace, other);
  self->epilogue.addend = assay_value_get_data (other);
  return TRUE;
}

static gboolean
add_operation (Chain *self, AssayPlan *plan, AssayWorkspace *workspace, guint32 index, guint32 before, AssayValue *const *values)
{
  const AssayOperation *operation = assay_function_get_operation (plan->function, index);
  Traits                trait = traits_of (operation->op);
  AssayValue           *inputs[5];

  for (guint i = 0; i < MIN (operation->n_inputs, G_N_ELEMENTS (inputs)); i++)
    inputs[i] = value_of (plan, values, operation->inputs[i]);
  if (trait & CUTS)
    {
      self->epilogue.low = 0;
      self->epilogue.high = g_str_equal (operation->op->name, "Relu6") ? 6 : INFINITY;
      return TRUE;
    }
  if (trait & ADDS)
    return add_other (self, workspace, inputs[operation->inputs[0].operation == before && operation->inputs[0].output == 0]);
  if (g_str_equal (operation->op->name, "BiasAdd"))
    return add_bias (self, workspace, operation, inputs[1]);
  return operation->n_inputs == 5 && add_normalization (self, workspace, operation, inputs);
}

/* The head's output, if it is float32; the kernel says so again, and what is wrong if it isn't. */
static gboolean
find_shape (Chain *self, AssayPlan *plan, const AssayOperation *head, AssayValue *const *values)
{
  AssayValueSpec inputs[3], output;
  AssayTensor   *constants[3];
  AssayInference inference = { .op = head->op, .attrs = head->attrs, .n_inputs = head->n_inputs, .inputs = inputs, .constants = constants, .n_outputs = 1, .outputs = &output };

  if (head->n_inputs > 3 || head->n_outputs != 1)
    return FALSE;
  for (guint i = 0; i < head->n_inputs; i++)
    {
      AssayValue *value = value_of (plan, values, head->inputs[i]);

      if (value == NULL || assay_value_get_kind (value) != ASSAY_VALUE_TENSOR)
        return FALSE;
      inputs[i] = (AssayValueSpec){ assay_value_get_dtype (value), *assay_value_get_shape (value) };
      constants[i] = assay_value_get_tensor (value);
    }
  if (!assay_op_infer (&inference, NULL) || output.dtype != ASSAY_DTYPE_FLOAT32 || assay_partial_shape_n_elements (&output.shape) <= 0)
    return FALSE;
  self->shape = output.shape;
  self->n = assay_partial_shape_n_elements (&output.shape);
  return TRUE;
}

static gboolean
run_operation (AssayPlan      *self,
               guint32         index,
               AssayValue    **values,
               AssayLibrary   *library,
               AssayWorkspace *workspace,
               guint           depth,
               Chain          *chain,
               GError        **error)
{
  const AssayOperation *operation = assay_function_get_operation (self->function, index);
  AssayValue           *inputs[8];
  AssayKernelCall       call = { .op = operation->op, .name = operation->name, .attrs = operation->attrs, .n_inputs = operation->n_inputs, .inputs = inputs, .n_outputs = operation->n_outputs, .outputs = values + self->value_at[index], .workspace = workspace, .library = library, .depth = depth };

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      inputs[i] = value_of (self, values, operation->inputs[i]);
      if (inputs[i] == NULL)
        return TRUE; /* dead */
    }
  call.epilogue = chain ? &chain->epilogue : NULL;
  if (!assay_kernel_run (assay_kernel_lookup (operation->op->name), &call, error))
    return FALSE;
  if (chain != NULL && !call.has_run_epilogue)
    assay_epilogue_run_all (&chain->epilogue, workspace, (float *) assay_value_get_data (call.outputs[0]), chain->n);
  return TRUE;
}

gboolean
assay_chain_run (AssayPlan         *self,
                 const AssayLayout *layout,
                 const AssayStep   *step,
                 AssayValue       **values,
                 AssayLibrary      *library,
                 AssayWorkspace    *workspace,
                 guint              depth,
                 GError           **error)
{
  const guint32        *chained = layout->chained + step->first_chained;
  const AssayOperation *head = assay_function_get_operation (self->function, chained[0]);
  Chain                 chain = { .epilogue = { .low = -INFINITY, .high = INFINITY } };
  gboolean              good = find_shape (&chain, self, head, values), is_one;

  for (guint i = 1; i < step->n_chained && good; i++)
    good = add_operation (&chain, self, workspace, chained[i], chained[i - 1], values);
  is_one = good;
  if (is_one)
    {
      AssayValue **from = values + self->value_at[chained[0]], **to = values + self->value_at[step->operation];

      good = run_operation (self, chained[0], values, library, workspace, depth, &chain, error);
      if (good)
        *to = g_steal_pointer (from);
    }
  /* What can't be one is run one after the other, and says what is wrong, if anything is. */
  good = is_one ? good : TRUE;
  for (guint i = 0; i < step->n_chained && !is_one && good; i++)
    good = run_operation (self, chained[i], values, library, workspace, depth, NULL, error);
  assay_workspace_free_scratch (workspace, chain.affine);
  return good;
}
