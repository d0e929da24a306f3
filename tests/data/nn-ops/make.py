#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes cases.txt: what TensorFlow says that operations of neural networks give, for tests/test-nn-ops.c.

A case is some lines and an empty one behind them:
  case NAME OP
  attr NAME KIND VALUE      as the operation's own attributes
  in DTYPE SHAPE gen SEED | positive SEED | data BASE64
  out DTYPE SHAPE BASE64    one an output, or "out skip"
  error TEXT                instead of outputs
Generated inputs are the same numbers here and in the test; all are exact in bfloat16, too. SHAPE is "2,3", or "-" for a scalar.
"""
import base64
import os
import re
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

lines = []
n_cases = 0


class G:
    """A generated input."""

    def __init__(self, *shape, seed=1, dtype="float32", kind="gen"):
        self.shape, self.seed, self.dtype, self.kind = shape, seed, dtype, kind

    def numbers(self):
        n = int(np.prod(self.shape, dtype=np.int64))
        u = (np.arange(n, dtype=np.uint64) * 2654435761 + self.seed * 40503 + 12345) % (1 << 32)
        u = ((u ^ (u >> np.uint64(13))) * np.uint64(2246822519)) % (1 << 32) >> np.uint64(16)
        k = (u % np.uint64(257)).astype(np.int64)
        if self.dtype.startswith("int"):
            return (k % 17 - 8).reshape(self.shape)
        return ((k + 32) / 64 if self.kind == "positive" else (k - 128) / 64).reshape(self.shape)

    def tensor(self):
        return tf.constant(self.numbers(), dtype=self.dtype)


def shape_text(shape):
    return ",".join(str(d) for d in shape) or "-"


def data_text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode() or "="


def attr_text(kind, value):
    if kind == "list(int)":
        return "ints " + (",".join(str(v) for v in value) or "-")
    if kind == "list(float)":
        return "floats " + (",".join(repr(float(v)) for v in value) or "-")
    if kind == "bool":
        return "bool %d" % value
    if kind == "type":
        return "dtype " + tf.as_dtype(value).name
    return "%s %s" % (kind, value)


def run(op, tensors, attrs):
    outputs = getattr(tf.raw_ops, op)(**tensors, **attrs)
    if hasattr(outputs, "_fields"):
        return list(outputs)
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def case(name, op, *inputs, skip=(), **attrs):
    global n_cases
    definition = op_def_registry.get(op)
    kinds = {a.name: a.type for a in definition.attr}
    args = definition.input_arg
    text = ["case %s %s" % (name, op)]
    text += ["attr %s %s" % (key, attr_text(kinds[key], value)) for key, value in attrs.items()]
    values = []
    for each in inputs:
        if isinstance(each, G):
            text.append("in %s %s %s %d" % (each.dtype, shape_text(each.shape), each.kind, each.seed))
            values.append(each.tensor())
        else:
            array = each if isinstance(each, np.ndarray) else np.asarray(each, np.int32)
            text.append("in %s %s data %s" % (array.dtype.name, shape_text(array.shape), data_text(array)))
            values.append(tf.constant(array))
    if any(a.number_attr for a in args):
        tensors = {args[0].name: values}
        text.append("attr N int %d" % len(values))
    else:
        tensors = dict(zip([a.name for a in args], values))
    try:
        for i, out in enumerate(run(op, tensors, {k: v for k, v in attrs.items()})):
            if i in skip:
                text.append("out skip")
            else:
                text.append("out %s %s %s" % (out.dtype.name, shape_text(out.shape), data_text(out.numpy())))
    except Exception as problem:
        message = re.sub(r"\{\{function_node [^}]*\}\} ?", "", str(problem))
        message = re.sub(r" \[Op:.*", "", message, flags=re.S)
        if not name.startswith("refuses-"):
            print(name, message, file=sys.stderr)
            sys.exit(1)
        text.append("error " + message)
    lines.extend(text + [""])
    n_cases += 1


ONES = [1, 1, 1, 1]


def floats(*values):
    return np.array(values, np.float32)


def bias_cases():
    for dtype in ("float32", "float64", "float16", "bfloat16", "int32"):
        case("bias-" + dtype, "BiasAdd", G(2, 3, 5, dtype=dtype), G(5, seed=2, dtype=dtype))
    case("bias-first", "BiasAdd", G(2, 5, 3, 2), G(5, seed=2), data_format="NCHW")
    case("bias-first-2d", "BiasAdd", G(2, 5), G(5, seed=2), data_format="NCHW")
    case("bias-v1", "BiasAddV1", G(2, 5), G(5, seed=2))
    case("bias-empty", "BiasAdd", G(0, 5), G(5, seed=2))
    case("refuses-bias-size", "BiasAdd", G(2, 3), G(4))
    case("refuses-bias-vector", "BiasAdd", G(3), G(3))
    case("refuses-bias-matrix", "BiasAdd", G(2, 3), G(3, 1))


def product_cases():
    for dtype in ("float32", "float64", "float16", "bfloat16", "int32"):
        case("matmul-" + dtype, "MatMul", G(3, 5, dtype=dtype), G(5, 4, seed=2, dtype=dtype))
        case("matmul-turned-" + dtype, "MatMul", G(5, 3, dtype=dtype), G(4, 5, seed=2, dtype=dtype), transpose_a=True, transpose_b=True)
        case("batch-" + dtype, "BatchMatMulV2", G(2, 3, 5, dtype=dtype), G(2, 5, 4, seed=2, dtype=dtype))
    case("matmul-row", "MatMul", G(1, 70), G(70, 64, seed=2))
    case("matmul-row-turned", "MatMul", G(70, 1), G(64, 70, seed=2), transpose_a=True, transpose_b=True)
    case("matmul-large", "MatMul", G(65, 33), G(33, 40, seed=2))
    case("matmul-large-turned", "MatMul", G(33, 65), G(40, 33, seed=2), transpose_a=True, transpose_b=True)
    case("matmul-nothing", "MatMul", G(3, 0), G(0, 4, seed=2))
    case("matmul-no-rows", "MatMul", G(0, 3), G(3, 4, seed=2))
    case("batch-old", "BatchMatMul", G(2, 3, 5), G(2, 5, 4, seed=2))
    case("batch-3", "BatchMatMulV3", G(2, 3, 5), G(2, 5, 4, seed=2), Tout=tf.float32)
    case("batch-turned", "BatchMatMulV2", G(2, 5, 3), G(2, 4, 5, seed=2), adj_x=True, adj_y=True)
    case("batch-broadcast", "BatchMatMulV2", G(2, 1, 3, 5), G(4, 5, 2, seed=2))
    case("batch-broadcast-2", "BatchMatMulV2", G(3, 5), G(2, 2, 5, 2, seed=2))
    case("batch-empty", "BatchMatMulV2", G(0, 3, 5), G(0, 5, 2, seed=2))
    case("batch-large", "BatchMatMulV2", G(2, 20, 24), G(2, 24, 17, seed=2))
    case("refuses-matmul", "MatMul", G(2, 3), G(2, 3))
    case("refuses-batch", "BatchMatMulV2", G(2, 3, 4), G(3, 4, 4))
    case("refuses-batch-rank", "BatchMatMulV2", G(4), G(3, 4, 4))


def conv_cases():
    for dtype in ("float32", "float64", "float16", "bfloat16"):
        case("conv-" + dtype, "Conv2D", G(2, 5, 6, 3, dtype=dtype), G(3, 3, 3, 4, seed=2, dtype=dtype), strides=ONES, padding="SAME")
        case("depthwise-" + dtype, "DepthwiseConv2dNative", G(1, 5, 6, 3, dtype=dtype), G(3, 3, 3, 1, seed=2, dtype=dtype), strides=ONES, padding="SAME")
    for i, (h, w, kh, kw, sh, sw, dh, dw, padding) in enumerate([
            (5, 6, 2, 3, 1, 1, 1, 1, "VALID"), (5, 6, 2, 3, 2, 2, 1, 1, "VALID"), (5, 6, 2, 3, 2, 3, 1, 1, "SAME"),
            (7, 8, 3, 3, 1, 1, 2, 2, "SAME"), (7, 8, 3, 2, 1, 1, 2, 3, "VALID"), (5, 6, 1, 1, 1, 1, 1, 1, "SAME"),
            (5, 6, 1, 1, 2, 2, 1, 1, "SAME"), (2, 2, 5, 5, 1, 1, 1, 1, "SAME"), (9, 9, 4, 4, 3, 3, 1, 1, "SAME"),
            (1, 9, 1, 4, 1, 2, 1, 1, "SAME")]):
        case("conv-window-%d" % i, "Conv2D", G(2, h, w, 2), G(kh, kw, 2, 3, seed=3), strides=[1, sh, sw, 1], dilations=[1, dh, dw, 1], padding=padding)
        if sh == sw:
            case("depthwise-window-%d" % i, "DepthwiseConv2dNative", G(1, h, w, 3), G(kh, kw, 3, 1 + i % 2, seed=3), strides=[1, sh, sw, 1],
                 dilations=[1, dh, dw, 1], padding=padding)
    pads = [0, 0, 1, 2, 0, 3, 0, 0]
    case("conv-explicit", "Conv2D", G(1, 4, 5, 2), G(3, 3, 2, 3, seed=2), strides=ONES, padding="EXPLICIT", explicit_paddings=pads)
    case("depthwise-explicit", "DepthwiseConv2dNative", G(1, 4, 5, 2), G(3, 3, 2, 2, seed=2), strides=ONES, padding="EXPLICIT", explicit_paddings=pads)
    case("conv-first", "Conv2D", G(2, 3, 5, 6), G(3, 2, 3, 4, seed=2), strides=[1, 1, 2, 1], padding="SAME", data_format="NCHW")
    case("depthwise-first", "DepthwiseConv2dNative", G(1, 3, 5, 6), G(3, 3, 3, 2, seed=2), strides=ONES, padding="SAME", data_format="NCHW")
    case("conv-groups", "Conv2D", G(1, 4, 5, 6), G(3, 3, 2, 9, seed=2), strides=ONES, padding="SAME")
    case("conv-groups-all", "Conv2D", G(1, 4, 5, 6), G(3, 3, 1, 12, seed=2), strides=ONES, padding="SAME")
    case("conv-wide", "Conv2D", G(1, 3, 3, 40), G(3, 3, 40, 6, seed=2), strides=ONES, padding="SAME")
    case("conv-blocks", "Conv2D", G(1, 14, 13, 3), G(3, 3, 3, 8, seed=2), strides=ONES, padding="SAME")
    case("depthwise-many", "DepthwiseConv2dNative", G(1, 3, 3, 85), G(2, 2, 85, 1, seed=2), strides=ONES, padding="SAME")
    case("conv-3d", "Conv3D", G(1, 4, 5, 3, 2), G(2, 3, 2, 2, 3, seed=2), strides=[1] * 5, padding="SAME")
    case("conv-3d-valid", "Conv3D", G(2, 4, 5, 3, 2), G(2, 3, 2, 2, 3, seed=2), strides=[1, 2, 2, 1, 1], padding="VALID")
    case("conv-3d-dilated", "Conv3D", G(1, 4, 5, 5, 2), G(2, 2, 2, 2, 3, seed=2), strides=[1] * 5, dilations=[1, 2, 2, 2, 1], padding="VALID")
    case("conv-3d-first", "Conv3D", G(1, 2, 4, 5, 3), G(2, 3, 2, 2, 3, seed=2), strides=[1] * 5, padding="SAME", data_format="NCDHW")
    case("refuses-conv-window", "Conv2D", G(1, 2, 2, 3), G(5, 5, 3, 2), strides=ONES, padding="VALID")
    case("refuses-conv-depth", "Conv2D", G(1, 4, 4, 3), G(2, 2, 2, 2), strides=ONES, padding="VALID")
    case("refuses-conv-groups", "Conv2D", G(1, 4, 4, 4), G(2, 2, 2, 5), strides=ONES, padding="VALID")
    case("refuses-conv-filter", "Conv2D", G(1, 4, 4, 3), G(2, 2, 2), strides=ONES, padding="VALID")
    case("refuses-conv-stride", "Conv2D", G(1, 4, 4, 3), G(2, 2, 3, 2), strides=[1, 0, 1, 1], padding="VALID")
    case("refuses-conv-batch-stride", "Conv2D", G(1, 4, 4, 3), G(2, 2, 3, 2), strides=[2, 1, 1, 1], padding="VALID")
    case("refuses-conv-dilation", "Conv2D", G(1, 4, 4, 3), G(2, 2, 3, 2), strides=ONES, dilations=[1, 0, 1, 1], padding="VALID")
    case("refuses-conv-nothing", "Conv2D", G(1, 4, 4, 3), G(0, 2, 3, 2), strides=ONES, padding="VALID")
    case("refuses-conv-3d-depth", "Conv3D", G(1, 4, 4, 4, 3), G(2, 2, 2, 4, 6), strides=[1] * 5, padding="VALID")
    case("refuses-depthwise-depth", "DepthwiseConv2dNative", G(1, 4, 4, 4), G(2, 2, 3, 2), strides=ONES, padding="VALID")


def transposed_cases():
    for dtype in ("float32", "float64", "bfloat16"):
        case("transposed-" + dtype, "Conv2DBackpropInput", [2, 8, 6, 3], G(3, 3, 3, 4, seed=2, dtype=dtype), G(2, 4, 3, 4, dtype=dtype),
             strides=[1, 2, 2, 1], padding="SAME")
    case("transposed-valid", "Conv2DBackpropInput", [1, 9, 7, 2], G(3, 3, 2, 3, seed=2), G(1, 4, 3, 3), strides=[1, 2, 2, 1], padding="VALID")
    case("transposed-spare", "Conv2DBackpropInput", [1, 10, 8, 2], G(3, 3, 2, 3, seed=2), G(1, 4, 3, 3), strides=[1, 2, 2, 1], padding="VALID")
    case("transposed-gaps", "Conv2DBackpropInput", [1, 9, 6, 2], G(1, 2, 2, 3, seed=2), G(1, 3, 2, 3), strides=[1, 3, 3, 1], padding="SAME")
    case("transposed-dilated", "Conv2DBackpropInput", [1, 6, 6, 2], G(3, 3, 2, 3, seed=2), G(1, 6, 6, 3), strides=ONES, dilations=[1, 2, 2, 1], padding="SAME")
    case("transposed-explicit", "Conv2DBackpropInput", [1, 6, 6, 2], G(3, 3, 2, 3, seed=2), G(1, 7, 5, 3), strides=ONES, padding="EXPLICIT",
         explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0])
    case("transposed-first", "Conv2DBackpropInput", [1, 3, 8, 6], G(3, 3, 3, 4, seed=2), G(1, 4, 4, 3), strides=[1, 1, 2, 2], padding="SAME",
         data_format="NCHW")
    case("transposed-large", "Conv2DBackpropInput", [1, 12, 12, 5], G(4, 4, 5, 8, seed=2), G(1, 6, 6, 8), strides=[1, 2, 2, 1], padding="SAME")
    case("transposed-3d", "Conv3DBackpropInputV2", [1, 4, 6, 4, 2], G(3, 3, 3, 2, 3, seed=2), G(1, 2, 3, 2, 3), strides=[1, 2, 2, 2, 1], padding="SAME")
    case("refuses-transposed-depth", "Conv2DBackpropInput", [1, 8, 8, 4], G(3, 3, 3, 2), G(1, 4, 4, 2), strides=[1, 2, 2, 1], padding="SAME")


def pool_cases():
    for op in ("MaxPool", "AvgPool"):
        for dtype in ("float32", "float64", "float16", "bfloat16"):
            case("%s-%s" % (op, dtype), op, G(2, 5, 6, 3, dtype=dtype), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
        for i, (h, w, kh, kw, sh, sw, padding) in enumerate([
                (5, 6, 3, 2, 1, 1, "SAME"), (5, 6, 3, 3, 2, 2, "SAME"), (7, 7, 7, 7, 1, 1, "VALID"), (5, 5, 1, 1, 2, 2, "SAME"), (2, 3, 5, 5, 1, 1, "SAME")]):
            case("%s-window-%d" % (op, i), op, G(1, h, w, 19), ksize=[1, kh, kw, 1], strides=[1, sh, sw, 1], padding=padding)
        case("refuses-%s-window" % op, op, G(2, 3, 4, 2), ksize=[1, 5, 5, 1], strides=ONES, padding="VALID")
        case("refuses-%s-rank" % op, op, G(2, 3, 4), ksize=[1, 2, 2, 1], strides=ONES, padding="VALID")
        case(op + "-3d", op + "3D", G(1, 4, 5, 3, 2), ksize=[1, 2, 3, 2, 1], strides=[1, 1, 2, 1, 1], padding="SAME")
        case(op + "-3d-valid", op + "3D", G(1, 4, 5, 3, 2), ksize=[1, 2, 2, 2, 1], strides=[1, 2, 2, 2, 1], padding="VALID")
    case("MaxPool-explicit", "MaxPool", G(1, 4, 5, 2), ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="EXPLICIT", explicit_paddings=[0, 0, 1, 1, 0, 1, 0, 0])
    case("MaxPool-int32", "MaxPool", G(1, 4, 5, 2, dtype="int32"), ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="SAME")
    case("MaxPool-channels", "MaxPool", G(2, 4, 4, 6), ksize=[1, 1, 1, 3], strides=[1, 1, 1, 3], padding="VALID")
    case("MaxPool-inputs", "MaxPoolV2", G(1, 5, 6, 2), [1, 2, 3, 1], [1, 2, 1, 1], padding="SAME")
    case("MaxPool-argmax", "MaxPoolWithArgmax", G(2, 5, 6, 2), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    case("MaxPool-argmax-batch", "MaxPoolWithArgmax", G(2, 5, 6, 2), ksize=[1, 3, 2, 1], strides=[1, 2, 2, 1], padding="VALID", include_batch_in_index=True, Targmax=tf.int32)
    case("refuses-pool-batch", "MaxPool", G(2, 3, 4, 2), ksize=[2, 2, 2, 1], strides=ONES, padding="VALID")
    case("refuses-pool-both", "MaxPool", G(2, 3, 4, 2), ksize=[1, 2, 2, 2], strides=ONES, padding="VALID")
    case("refuses-pool-size", "MaxPool", G(2, 3, 4, 2), ksize=[1, 0, 2, 1], strides=ONES, padding="VALID")


def norm_cases():
    def channels(n):
        return [G(n, seed=2), G(n, seed=3), G(n, seed=4), G(n, seed=5, kind="positive")]
    for op in ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"):
        case(op, op, G(2, 3, 4, 5), *channels(5), epsilon=0.001, is_training=False)
        case(op + "-training", op, G(2, 3, 4, 5), *channels(5)[:2], floats(), floats(), epsilon=0.001, is_training=True)
    for dtype in ("float16", "bfloat16"):
        case("norm-" + dtype, "FusedBatchNormV3", G(2, 3, 4, 5, dtype=dtype), *channels(5), epsilon=0.001, is_training=False, skip=(3, 4, 5))
    case("norm-first", "FusedBatchNormV3", G(2, 5, 3, 4), *channels(5), is_training=False, data_format="NCHW")
    case("norm-first-training", "FusedBatchNormV3", G(2, 5, 3, 4), *channels(5)[:2], floats(), floats(), is_training=True, data_format="NCHW")
    case("norm-average", "FusedBatchNormV3", G(2, 3, 4, 5), *channels(5), is_training=True, exponential_avg_factor=0.25)
    case("refuses-norm-scale", "FusedBatchNormV3", G(2, 3, 3, 2), G(3), G(2), G(2), G(2), is_training=False)
    case("refuses-norm-mean", "FusedBatchNormV3", G(2, 3, 3, 2), G(2), G(2), floats(), floats(), is_training=False)
    case("refuses-norm-rank", "FusedBatchNormV3", G(2, 3, 2), G(2), G(2), G(2), G(2), is_training=False)


def softmax_cases():
    for op in ("Softmax", "LogSoftmax"):
        for dtype in ("float32", "float64", "float16", "bfloat16"):
            case("%s-%s" % (op, dtype), op, G(3, 37, dtype=dtype))
        case(op + "-ranks", op, G(2, 3, 4))
        case(op + "-vector", op, G(7))
        case(op + "-far", op, floats(1000, -1000, 999, 0).reshape(1, 4))
        case(op + "-infinite", op, floats(1, -np.inf, 2, 3).reshape(1, 4))


def activation_cases():
    for op in ("Relu6", "Elu", "Selu", "LeakyRelu"):
        for dtype in ("float32", "float64", "float16", "bfloat16"):
            case("%s-%s" % (op, dtype), op, G(3, 37, dtype=dtype))
        case(op + "-far", op, floats(-200, -90, -1e-6, 0, 1e-6, 5, 7, 1e30, -np.inf, np.inf))
    case("LeakyRelu-alpha", "LeakyRelu", G(3, 5), alpha=0.01)
    case("Relu6-int32", "Relu6", G(3, 5, dtype="int32"))


def einsum_cases():
    for i, (equation, *shapes) in enumerate([
            ("ij,jk->ik", (3, 4), (4, 5)), ("ij,jk->ki", (3, 4), (4, 5)), ("ji,kj->ik", (4, 3), (5, 4)), ("abc,cde->abde", (2, 3, 4), (4, 2, 5)),
            ("abcd,cde->abe", (2, 3, 4, 2), (4, 2, 5)), ("aecd,abcd->acbe", (2, 3, 4, 5), (2, 6, 4, 5)), ("acbe,aecd->abcd", (2, 4, 6, 3), (2, 3, 4, 5)),
            ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("...ij,jk->...ik", (2, 3, 3, 4), (4, 5)), ("...ij,...jk->...ik", (2, 1, 3, 4), (3, 4, 5)),
            ("ij->ji", (3, 4)), ("ij->", (3, 4)), ("ij->j", (3, 4)), ("ii->i", (4, 4)), ("ii->", (4, 4)), ("ijk->ki", (2, 3, 4)), ("...i->...", (2, 3, 4)),
            ("i,j->ij", (3,), (4,)), ("i,i->", (5,), (5,)), ("ij,ij->i", (3, 4), (3, 4)), ("ij,k->jk", (3, 4), (2,)), ("iij,jk->ik", (3, 3, 4), (4, 2)),
            ("bchw,bkhw->bck", (2, 3, 2, 4), (2, 5, 2, 4)), ("BTNH,BFNH->BNFT", (2, 3, 2, 4), (2, 5, 2, 4)), ("ab,cb->ca", (3, 4), (5, 4)),
            ("ij,jk->ik", (0, 4), (4, 5)), ("ij,jk->ik", (3, 0), (0, 5)), ("abc,bd->dac", (2, 3, 4), (3, 5)), ("ij,ij->ij", (3, 4), (3, 4)),
            ("ab,cd->abcd", (2, 3), (2, 2)), ("abc,abc->c", (2, 3, 4), (2, 3, 4)), ("ij...,jk...->ik...", (3, 4, 2), (4, 5, 2)),
            ("ij,jk->ik", (40, 35), (35, 50)), ("aecd,abcd->acbe", (2, 18, 3, 16), (2, 20, 3, 16))]):
        case("einsum-%d" % i, "Einsum", *[G(*shape, seed=k + 1) for k, shape in enumerate(shapes)], equation=equation)
    for dtype in ("float64", "float16", "bfloat16", "int32"):
        case("einsum-" + dtype, "Einsum", G(3, 4, dtype=dtype), G(4, 5, seed=2, dtype=dtype), equation="ij,jk->ki")
    case("refuses-einsum-size", "Einsum", G(3, 4), G(5, 2), equation="ij,jk->ik")
    case("refuses-einsum-rank", "Einsum", G(3, 4, 1), G(4, 2), equation="ij,jk->ik")


def image_cases():
    for op in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
        for i, (h, w, size) in enumerate([(4, 5, [7, 9]), (7, 9, [3, 4]), (4, 4, [8, 8]), (5, 3, [1, 1]), (1, 1, [3, 2]), (4, 5, [4, 5])]):
            for mode in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
                if op != "ResizeArea" or "half_pixel_centers" not in mode:
                    case("%s-%d-%s" % (op, i, "".join(mode)[:4] or "old"), op, G(2 if i == 0 else 1, h, w, 2), size, **mode)
        for dtype in ("uint8", "int32", "float16", "float64"):
            array = (np.arange(24) * 7 % 50).reshape(1, 4, 3, 2).astype(dtype)
            case("%s-%s" % (op, dtype), op, array, [5, 5])
        case("refuses-%s-size" % op, op, G(1, 4, 4, 2), [0, 3])
        case("refuses-%s-rank" % op, op, G(4, 4, 2), [2, 3])
    boxes = floats(0, 0, 1, 1, 0.2, 0.1, 0.7, 0.9, -0.3, 0.5, 1.2, 1.5, 0.9, 0.8, 0.1, 0.2).reshape(4, 4)
    for method in ("bilinear", "nearest"):
        case("crop-" + method, "CropAndResize", G(2, 5, 6, 2), boxes, [0, 1, 0, 1], [3, 4], method=method, extrapolation_value=-1.5)
    case("crop-one", "CropAndResize", G(2, 5, 6, 2), boxes, [0, 1, 0, 1], [1, 1])
    case("refuses-crop-index", "CropAndResize", G(2, 5, 6, 2), boxes, [0, 1, 2, 1], [1, 1])
    for i, (k, s, r, padding) in enumerate([(3, 1, 1, "SAME"), (2, 2, 1, "VALID"), (2, 1, 2, "VALID"), (3, 2, 2, "SAME")]):
        case("patches-%d" % i, "ExtractImagePatches", G(2, 6, 7, 2), ksizes=[1, k, k, 1], strides=[1, s, s, 1], rates=[1, r, r, 1], padding=padding)
        case("dilation-%d" % i, "Dilation2D", G(1, 6, 7, 2), G(k, k, 2, seed=2), strides=[1, s, s, 1], rates=[1, r, r, 1], padding=padding)
    case("patches-int32", "ExtractImagePatches", G(1, 4, 5, 1, dtype="int32"), ksizes=[1, 2, 3, 1], strides=[1, 1, 2, 1], rates=ONES, padding="VALID")


def block_cases():
    pads = np.array([[0, 1], [2, 1]], np.int32)
    case("space-to-batch-nd", "SpaceToBatchND", G(2, 5, 6, 3), [2, 3], pads)
    case("space-to-batch-nd-1d", "SpaceToBatchND", G(1, 6, 3), [3], np.array([[0, 0]], np.int32))
    case("space-to-batch-nd-flat", "SpaceToBatchND", G(2, 4), [2], np.array([[0, 2]], np.int32))
    case("space-to-batch", "SpaceToBatch", G(2, 4, 6, 3), np.array([[0, 0], [1, 1]], np.int32), block_size=2)
    case("batch-to-space-nd", "BatchToSpaceND", G(12, 3, 3, 2), [2, 3], pads)
    case("batch-to-space-nd-double", "BatchToSpaceND", G(4, 3, 3, dtype="float64"), [2, 2], np.array([[0, 0], [0, 0]], np.int32))
    case("batch-to-space", "BatchToSpace", G(8, 2, 3, 3), np.array([[0, 1], [1, 0]], np.int32), block_size=2)
    case("refuses-space-to-batch", "SpaceToBatchND", G(2, 5, 6, 3), [2, 3], np.array([[0, 0], [0, 0]], np.int32))
    case("refuses-batch-to-space", "BatchToSpaceND", G(5, 3, 3, 2), [2, 3], pads)


def quantize_cases():
    x = G(4, 9, seed=7)
    for i, (low, high, bits, narrow) in enumerate([(-6.0, 6.0, 8, False), (-1.0, 0.5, 8, True), (0.0, 1.5, 4, False), (-0.1, 1.9, 5, True)]):
        case("fake-args-%d" % i, "FakeQuantWithMinMaxArgs", x, min=low, max=high, num_bits=bits, narrow_range=narrow)
        case("fake-vars-%d" % i, "FakeQuantWithMinMaxVars", x, floats(low).reshape(()), floats(high).reshape(()), num_bits=bits, narrow_range=narrow)
        for signed in (True, False):
            for given in (True, False):
                case("quantize-%d-%d-%d" % (i, signed, given), "QuantizeAndDequantizeV2", x, floats(low).reshape(()), floats(high).reshape(()), num_bits=bits,
                     narrow_range=narrow, signed_input=signed, range_given=given)
    case("fake-channels", "FakeQuantWithMinMaxVarsPerChannel", G(3, 4), floats(-1, -0.5, 0, -2), floats(1, 0.5, 1, 0.3))
    case("quantize-axis-found", "QuantizeAndDequantizeV4", G(3, 4, 2), floats(0, 0, 0), floats(0, 0, 0), axis=0)
    case("quantize-up", "QuantizeAndDequantizeV2", x, floats(-2).reshape(()), floats(2).reshape(()), range_given=True, round_mode="HALF_UP", num_bits=3)
    case("quantize-3", "QuantizeAndDequantizeV3", x, floats(-2).reshape(()), floats(2).reshape(()), np.array(6, np.int32))


def response_cases():
    case("response", "LRN", G(1, 2, 3, 11))
    case("response-set", "LRN", G(1, 2, 3, 11), depth_radius=2, bias=2.0, alpha=0.3, beta=0.75)
    case("response-half", "LRN", G(1, 2, 3, 4, dtype="float16"), depth_radius=1)


for family in (bias_cases, product_cases, conv_cases, transposed_cases, pool_cases, norm_cases, softmax_cases, activation_cases,
               einsum_cases, image_cases, block_cases, quantize_cases, response_cases):
    family()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.txt"), "w") as out:
    out.write("\n".join(lines))
print(n_cases, "cases", os.path.getsize(out.name), "bytes")
