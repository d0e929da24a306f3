/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which kind an operation is of, for its colour. */

#include <assay/graph-tree.h>
#include <string.h>

/* Names; with "*" all that begin so. */
static const struct
{
  AssayGraphHue hue;
  const char   *names;
} kinds[] = {
  { ASSAY_GRAPH_HUE_PRODUCT, "MatMul BatchMatMul* Einsum Conv2D* Conv3D* DepthwiseConv2d* Dilation2D Gather GatherV2 ResourceGather" },
  { ASSAY_GRAPH_HUE_CONTROL, "While StatelessWhile If StatelessIf PartitionedCall StatefulPartitionedCall Switch Merge Enter Exit NextIteration LoopCond" },
  { ASSAY_GRAPH_HUE_NORMALIZATION, "FusedBatchNorm* LRN" },
  { ASSAY_GRAPH_HUE_POOLING, "MaxPool* AvgPool*" },
  { ASSAY_GRAPH_HUE_ACTIVATION, "Relu Relu6 LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign Softmax LogSoftmax Erf Erfc" },
  { ASSAY_GRAPH_HUE_REDUCTION, "Sum Mean Max Min Prod All Any ArgMax ArgMin EuclideanNorm TopK TopKV2 Cumsum Cumprod L2Loss Bincount DenseBincount" },
  { ASSAY_GRAPH_HUE_MATH, "Abs Neg Sign Square Sqrt Rsqrt Exp Expm1 Log Log1p Sin Cos Tan Add AddV2 AddN Sub Mul Div RealDiv FloorDiv FloorMod Mod Pow "
                          "Maximum Minimum SquaredDifference DivNoNan MulNoNan BiasAdd Logical* Greater* Less* Equal NotEqual Select SelectV2 ClipByValue "
                          "Reciprocal Round Floor Ceil IsNan IsInf IsFinite" },
  { ASSAY_GRAPH_HUE_SHAPE, "Shape ShapeN Size Rank Reshape ExpandDims Squeeze Transpose Fill BroadcastTo Tile Pad PadV2 MirrorPad DepthToSpace SpaceToDepth "
                           "Concat ConcatV2 Pack Unpack Split SplitV Slice StridedSlice Reverse* Roll Range Cast Bitcast Identity* ZerosLike OnesLike "
                           "TensorList* GatherNd ScatterNd OneHot Where Resize* SpaceToBatch* BatchToSpace*" },
};

static gboolean
is_named (const char *op, const char *names)
{
  gsize length = strlen (op);

  for (const char *at = names; *at != '\0';)
    {
      gsize n = strcspn (at, " ");

      if (at[n - 1] == '*' ? strncmp (op, at, n - 1) == 0 : n == length && strncmp (op, at, n) == 0)
        return TRUE;
      at += n + strspn (at + n, " ");
    }
  return FALSE;
}

AssayGraphHue
assay_graph_hue_of (const char *op)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (is_named (op, kinds[i].names))
      return kinds[i].hue;
  return ASSAY_GRAPH_HUE_PLAIN;
}
