#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs TensorFlow's operations on seeded random tensors and writes what they give, for tests/test-ops.c.

    make.py math-array.gz        (TensorFlow 2.21)

The file, gzipped, little-endian: "ASSAYOPS", u32 number of cases, then each case:
    text op; u8 n, n × (text name, attribute); u8 n, n × value; f64 tolerance;
    u8 1, u8 n, n × value (the outputs)  or  u8 0, u8 exact, text (the error; exact: ours must read the same).
text: u32 length, bytes.  value: text dtype, u8 rank, rank × u32, the elements (strings: texts).
attribute: u8 kind, then 0 i64; 1 f64; 2 u8 bool; 3 text; 4 text dtype; 5 i8 rank, rank × i64; 6 u32 n, n × i64; 7 u32 n, n × text dtype;
8 u32 n, n × f64.
"""
import gzip
import os
import re
import struct
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, execute
from tensorflow.python.framework import op_def_registry

rng = np.random.RandomState(20)
cases = []
skipped = {}
TOLERANCE = {'float32': 1e-6, 'float64': 1e-12, 'float16': 1e-3, 'bfloat16': 8e-3}
FLOATS = ['float32', 'float64', 'float16', 'bfloat16']
INTS = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']
NUMBERS = FLOATS + INTS


def text(s):
    b = s.encode() if isinstance(s, str) else s
    return struct.pack('<I', len(b)) + b


def value_bytes(t):
    a = t.numpy() if hasattr(t, 'numpy') else np.asarray(t)
    dtype = t.dtype.name
    out = text(dtype) + struct.pack('<B', len(t.shape)) + b''.join(struct.pack('<I', d) for d in t.shape)
    if dtype == 'string':
        return out + b''.join(text(x) for x in np.asarray(a, dtype=object).reshape(-1))
    return out + np.ascontiguousarray(a).tobytes()


def attr_bytes(kind, v):
    if kind == 'int':
        return struct.pack('<Bq', 0, v)
    if kind == 'float':
        return struct.pack('<Bd', 1, v)
    if kind == 'bool':
        return struct.pack('<BB', 2, v)
    if kind == 'string':
        return struct.pack('<B', 3) + text(v)
    if kind == 'type':
        return struct.pack('<B', 4) + text(tf.as_dtype(v).name)
    if kind == 'shape':
        return struct.pack('<Bb', 5, len(v)) + b''.join(struct.pack('<q', -1 if d is None else d) for d in v)
    if kind == 'list(int)':
        return struct.pack('<BI', 6, len(v)) + b''.join(struct.pack('<q', d) for d in v)
    if kind == 'list(type)':
        return struct.pack('<BI', 7, len(v)) + b''.join(text(tf.as_dtype(d).name) for d in v)
    if kind == 'list(float)':
        return struct.pack('<BI', 8, len(v)) + b''.join(struct.pack('<d', d) for d in v)
    raise ValueError(kind)


def run(op, inputs, attrs):
    """Executes an op by its definition: types and counts come from the inputs."""
    d = op_def_registry.get(op)
    given = dict(attrs)
    flat = []
    for arg, v in zip(d.input_arg, inputs):
        vs = v if isinstance(v, list) else [v]
        if arg.number_attr:
            given[arg.number_attr] = len(vs)
        if arg.type_list_attr:
            given[arg.type_list_attr] = [t.dtype for t in vs]
        if arg.type_attr:
            given.setdefault(arg.type_attr, vs[0].dtype if vs else tf.float32)
        flat += vs
    kinds = {a.name: a.type for a in d.attr}
    eager = []
    for a in d.attr:
        if a.name in given:
            v = given[a.name]
            if a.type == 'type':
                v = tf.as_dtype(v).as_datatype_enum
            if a.type == 'list(type)':
                v = [tf.as_dtype(x).as_datatype_enum for x in v]
            if a.type == 'string' and isinstance(v, str):
                v = v.encode()
            eager += [a.name, v]
        elif a.HasField('default_value'):
            which = a.default_value.WhichOneof('value')
            v = getattr(a.default_value, {'s': 's', 'i': 'i', 'f': 'f', 'b': 'b', 'type': 'type', 'list': 'list'}.get(which, which))
            if which == 'list':
                v = list(v.i) or list(v.type) or list(v.s) or []
            eager += [a.name, v]
    n = 0
    for arg in d.output_arg:
        n += given[arg.number_attr] if arg.number_attr else len(given[arg.type_list_attr]) if arg.type_list_attr else 1
    out = execute.execute(op, n, inputs=flat, attrs=tuple(eager), ctx=context.context())
    told = {k: v for k, v in given.items() if k in attrs or kinds[k] in ('int', 'list(type)') or k in ('dtype', 'DstT')}
    return flat, (out if isinstance(out, list) else [out]) if n else [], [(k, kinds[k], told[k]) for k in sorted(told)]


def clean(message):
    message = re.sub(r'\{\{function_node [^}]*\}\} ?', '', message)
    message = re.sub(r' \[Op:\w+\].*$', '', message, flags=re.S)
    return re.sub(r'\s*\[\[.*$', '', message, flags=re.S)


def C(op, *inputs, tol=None, inexact=False, wants_error=False, **attrs):
    """Adds a case. inexact: an error in other words than ours is fine."""
    inputs = [[tf.convert_to_tensor(x) for x in v] if isinstance(v, list) else tf.convert_to_tensor(v) for v in inputs]
    flat = [t for v in inputs for t in (v if isinstance(v, list) else [v])]
    try:
        flat, out, told = run(op, inputs, attrs)
        if wants_error:
            print('NO ERROR', op, [t.shape for t in flat], attrs, file=sys.stderr)
    except (tf.errors.NotFoundError, tf.errors.UnimplementedError) as e:
        skipped.setdefault(op, []).append(flat[0].dtype.name if flat else '')
        return
    except (tf.errors.InvalidArgumentError, tf.errors.FailedPreconditionError, tf.errors.InternalError) as e:
        if not wants_error:
            if 'Could not find device' in str(e) or 'No OpKernel' in str(e) or 'Value for attr' in str(e):
                skipped.setdefault(op, []).append(flat[0].dtype.name if flat else '')
                return
            print('ERROR', op, [t.shape for t in flat], attrs, clean(str(e)), file=sys.stderr)
        d = op_def_registry.get(op)
        given = dict(attrs)
        for arg, v in zip(d.input_arg, inputs):
            if arg.number_attr:
                given[arg.number_attr] = len(v)
        kinds = {a.name: a.type for a in d.attr}
        told = [(k, kinds[k], given[k]) for k in sorted(given)]
        out = None
        message = clean(str(e))
        inexact = inexact or isinstance(e, tf.errors.InternalError)
    if tol is None:
        tol = max([TOLERANCE.get(t.dtype.name, 0) for t in (flat + (out or []))] + [0])
    b = text(op) + struct.pack('<B', len(told)) + b''.join(text(k) + attr_bytes(kind, v) for k, kind, v in told)
    b += struct.pack('<B', len(flat)) + b''.join(value_bytes(t) for t in flat) + struct.pack('<d', tol)
    if out is None:
        b += struct.pack('<BB', 0, not inexact) + text(message)
    else:
        b += struct.pack('<BB', 1, len(out)) + b''.join(value_bytes(t) for t in out)
    cases.append(b)


def E(op, *inputs, **attrs):
    C(op, *inputs, wants_error=True, **attrs)


def R(shape, dtype='float32', low=-3.0, high=3.0):
    """A random tensor."""
    if dtype == 'bool':
        return tf.constant(rng.rand(*shape) > 0.5)
    if dtype == 'string':
        words = np.array([b'', b'a', b'bc', b'\xff\x00z', b'word'], dtype=object)
        return tf.constant(words[rng.randint(0, 5, shape)], tf.string, shape)
    if tf.as_dtype(dtype).is_integer:
        return tf.cast(tf.constant(rng.randint(max(int(low), 0 if dtype[0] == 'u' else -100), int(high) + 1, shape)), dtype)
    return tf.cast(tf.constant(rng.uniform(low, high, shape)), dtype)


def I(*values, dtype='int32'):
    return tf.constant(values[0] if len(values) == 1 and isinstance(values[0], (list, int)) else list(values), dtype)


def unary():
    special = tf.constant([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-30, -1e-30, 80.0, -80.0, 1e-5, -1e-5, 0.5, -0.5, 1.5, 2.5, -2.5, 20.0, -20.0])
    for op in ['Neg', 'Abs', 'Sign', 'Square', 'Relu']:
        for t in NUMBERS:
            C(op, R([2, 7], t, -10, 10))
        C(op, special)
    # name: range of arguments, tolerance of float32 where it must be more than 1e-6:
    # the arguments' own rounding is larger than that near the poles of these functions, TensorFlow's Lgamma and Digamma are
    # approximations, and its float32 Tanh, Erf, Erfc and Softplus are off the true value by up to 2e-6 themselves.
    more = {'Lgamma': 1e-5, 'Digamma': 1e-5, 'Tan': 2e-6, 'Erfc': 4e-6, 'Softplus': 2e-6, 'Tanh': 2e-6, 'Erf': 2e-6}
    ranges = {'Sqrt': (0, 9), 'Rsqrt': (0.1, 9), 'Log': (0.01, 9), 'Log1p': (-0.9, 9), 'Asin': (-0.95, 0.95), 'Acos': (-0.95, 0.95),
              'Acosh': (1.1, 9), 'Atanh': (-0.95, 0.95), 'Lgamma': (3, 9), 'Digamma': (2, 9), 'Reciprocal': (0.1, 9), 'Inv': (0.1, 9)}
    for op in ['Sqrt', 'Rsqrt', 'Exp', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh',
               'Asinh', 'Acosh', 'Atanh', 'Erf', 'Erfc', 'Lgamma', 'Digamma', 'Sigmoid', 'Softplus', 'Softsign', 'Reciprocal', 'Inv',
               'Round', 'Rint', 'Ceil', 'Floor']:
        low, high = ranges.get(op, (-4, 4))
        for t in FLOATS:
            C(op, R([3, 9] if t == 'float32' else [5], t, low, high), tol=more.get(op) if t == 'float32' else None)
        if op not in ('Lgamma', 'Digamma', 'Tan', 'Erfc'):
            C(op, special, tol=more.get(op))
    C('Erfc', tf.constant([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-5, -1e-5, 0.5, -0.5, 1.5, 2.5, -2.5, 4, 6, 8, -20.0]), tol=4e-6)
    for op in ['Tanh', 'Sigmoid', 'Exp', 'Erf', 'Softplus', 'Erfc']:
        C(op, R([200], 'float32', -8, 8), tol=more.get(op))
    for op in ['IsNan', 'IsInf', 'IsFinite']:
        C(op, special)
        for t in ['float64', 'float16', 'bfloat16']:
            C(op, tf.cast(special, t))
    for t in INTS:
        C('Invert', R([5], t, -100, 100))
    C('LogicalNot', R([2, 3], 'bool'))
    C('Neg', R([0, 3]))
    C('Exp', R([]))


def binary():
    special = tf.constant([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 3.0])
    shapes = [([2, 3], [2, 3]), ([2, 3], [3]), ([], [4]), ([2, 1, 3], [4, 1]), ([0, 3], [3]), ([5, 1], [1, 4]), ([2, 3, 1, 2], [3, 2, 2])]
    for op in ['Add', 'AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'SquaredDifference']:
        for t in NUMBERS:
            C(op, R([2, 3], t, -9, 9), R([3], t, -9, 9))
        for a, b in shapes:
            C(op, R(a), R(b))
        C(op, special[:, None], special[None, :])
    for op in ['Div', 'FloorDiv', 'FloorMod', 'Mod', 'TruncateDiv', 'TruncateMod', 'RealDiv']:
        for t in NUMBERS:
            C(op, R([2, 8], t, -50, 50), R([8], t, 1, 9))
            if t[0] != 'u':
                C(op, R([2, 8], t, -50, 50), R([8], t, -9, -1))
    for op in ['Div', 'FloorDiv', 'FloorMod', 'RealDiv']:
        C(op, special[:, None], special[None, :])
    for op in ['Div', 'FloorDiv', 'FloorMod', 'Mod', 'TruncateDiv', 'TruncateMod']:
        E(op, I(1, 2), I(1, 0))
        C(op, I([-2**31, 5]), I([3, -7]))
    for t in NUMBERS:
        C('Pow', R([2, 4], t, 0.5, 4), R([4], t, 0, 3))
        for op in ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual']:
            C(op, R([2, 4], t, 0, 3), R([4], t, 0, 3))
    E('Pow', I(2, 3), I(1, -1))
    for op in ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual']:
        C(op, special[:, None], special[None, :])
    for op in ['Equal', 'NotEqual']:
        C(op, R([3, 4], 'bool'), R([4], 'bool'))
        C(op, R([3, 4], 'string'), R([4], 'string'))
    for op in ['Xdivy', 'Xlogy', 'Xlog1py', 'DivNoNan', 'MulNoNan', 'Atan2']:
        for t in FLOATS:
            C(op, R([2, 4], t, 0.1, 4), R([4], t, 0.1, 4))
        C(op, special[:, None], special[None, :])
    for op in ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor']:
        for t in INTS:
            C(op, R([2, 4], t, -100, 100), R([4], t, -100, 100))
    for op in ['LeftShift', 'RightShift']:
        for t in INTS:
            C(op, R([2, 4], t, -100, 100), R([4], t, 0, 6))
    for op in ['LogicalAnd', 'LogicalOr']:
        C(op, R([3, 1], 'bool'), R([4], 'bool'))
    E('AddV2', R([2, 3]), R([4]))
    E('Mul', R([2, 3]), R([3, 2]))
    E('Greater', R([5]), R([2]))
    E('MatMul', R([1, 4]), R([3, 3]))
    for n in (1, 3):
        for t in ['float32', 'float64', 'int32', 'float16', 'int64']:
            C('AddN', [R([2, 3], t, -9, 9) for _ in range(n)])
    E('AddN', [R([2]), R([3])])


def select():
    for op in ['Select', 'SelectV2']:
        for t in ['float32', 'int64', 'bool', 'string', 'float16', 'int8']:
            C(op, R([2, 3], 'bool'), R([2, 3], t), R([2, 3], t))
        C(op, tf.constant(True), R([2, 3]), R([2, 3]))
    C('Select', R([4], 'bool'), R([4, 3]), R([4, 3]))
    C('Select', R([4], 'bool'), R([4, 3, 2]), R([4, 3, 2]))
    C('SelectV2', R([4, 1], 'bool'), R([3]), R([2, 1, 1]))
    C('SelectV2', R([3], 'bool'), R([]), R([4, 3]))
    C('SelectV2', R([2, 3], 'bool'), R([3]), R([]))
    C('SelectV2', R([2, 3, 1, 2], 'bool'), R([3, 2, 1]), R([1, 2, 2]))
    E('SelectV2', R([2], 'bool'), R([3]), R([3]))
    E('Select', R([2, 3], 'bool'), R([3, 3]), R([3, 3]), inexact=True)
    for t in NUMBERS:
        C('ClipByValue', R([3, 4], t, -9, 9), tf.cast(1, t), tf.cast(5, t))
    C('ClipByValue', R([3, 4]), R([3, 4], 'float32', -3, 0), R([3, 4], 'float32', 0, 3))
    E('ClipByValue', R([3, 4]), R([3]), R([3, 4]))


def cast():
    for a in NUMBERS + ['bool']:
        for b in NUMBERS + ['bool']:
            low = 0 if a[0] == 'u' or b[0] == 'u' else -90
            x = R([6], 'bool') if a == 'bool' else R([6], a, low, 90)
            C('Cast', x, DstT=b, tol=0)
    C('Cast', tf.constant([0.5, 1.5, -0.5, -1.99, 2.999, 1e-9]), DstT='int32', tol=0)
    C('Cast', tf.constant([300, -1, 65536, -129, 255]), DstT='uint8', tol=0)
    C('Cast', tf.constant([300, -1, 65536, -129, 255]), DstT='int8', tol=0)
    C('Cast', tf.constant([2**40 + 7, -1], tf.int64), DstT='int32', tol=0)
    C('Cast', tf.constant([1e30, -1e30, np.nan, np.inf, 3e9]), DstT='int32', tol=0)
    C('Cast', tf.constant([65519.0, 65520.0, 1e-8, 6e-8, 2.98e-8, -65504.0, np.nan, np.inf, 1.0009765625, 1.00048828125, 1.00146484375, 5.96e-8, 6.1e-5, 6.09e-5]), DstT='float16', tol=0)
    C('Cast', tf.constant([65519.0, 3.4e38, 1e-40, np.nan, np.inf, 1.00390625, 1.01171875, -1.0]), DstT='bfloat16', tol=0)
    C('Cast', tf.constant(np.arange(0, 65536, 257, dtype=np.uint16).view(np.float16)), DstT='float32', tol=0)
    C('Bitcast', R([3]), type='int32')
    C('Bitcast', R([3]), type='uint8')
    C('Bitcast', R([3, 4], 'uint8', 0, 100), type='float32')


def reductions():
    for op in ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'EuclideanNorm']:
        for t in NUMBERS:
            C(op, R([2, 3, 4], t, 1, 3), I(1))
        C(op, R([2, 3, 4], low=0.5), I([0, 2]), keep_dims=True)
        C(op, R([2, 3, 4], low=0.5), I([0, -1]))
        C(op, R([2, 3, 4], low=0.5), I([0, 1, 2]))
        C(op, R([2, 3, 4], low=0.5), I([1, 0]), keep_dims=False)
        C(op, R([2, 3, 4], low=0.5), tf.constant([], tf.int32))
        C(op, R([2, 3, 4], low=0.5), I(2, dtype='int64'))
        C(op, R([], low=0.5), tf.constant([], tf.int32))
        C(op, R([2, 0, 3]), I(1))
        C(op, R([2, 0, 3]), I(0))
        C(op, R([3, 70], low=0.5), I(1))
        C(op, R([70, 3], low=0.5), I(0))
        C(op, R([2, 1, 3, 1, 2], low=0.5), I([1, 2]))
        C(op, R([2, 3, 2, 5], low=0.5), I([1, 2]))
        C(op, R([3, 2, 1, 5], low=0.5), I([0, 1]), keep_dims=True)
    C('Max', R([2, 0], 'int32'), I(1))
    C('Min', R([2, 0], 'int32'), I(1))
    C('Max', tf.constant([[1.0, np.nan], [-np.inf, -np.inf]]), I(1))
    C('Min', tf.constant([[1.0, np.nan], [np.inf, np.inf]]), I(1))
    C('Max', tf.constant([[1.0, np.nan, -np.inf], [2.0, 5.0, -np.inf], [np.nan, 1.0, -np.inf]]), I(0))
    C('Min', tf.constant([[1.0, np.nan, np.inf], [2.0, 5.0, np.inf], [np.nan, 1.0, np.inf]]), I(0))
    C('Max', tf.constant(np.r_[np.arange(40), np.nan].astype('f')), I(0))
    C('Sum', R([400], 'float16', 0.5, 2), I(0))
    for op in ['All', 'Any']:
        C(op, R([3, 4], 'bool'), I(1))
        C(op, R([3, 4], 'bool'), I([0, 1]), keep_dims=True)
        C(op, R([3, 0], 'bool'), I(1))
    E('Sum', R([2, 3]), I(2))
    E('Sum', R([2, 3]), I([0, 0]))
    for op in ['ArgMax', 'ArgMin']:
        for t in NUMBERS + ['bool']:
            C(op, R([3, 5], t, 0, 4), I(1))
        C(op, R([2, 3, 4]), I(-2), output_type='int32')
        C(op, R([2, 3, 4]), I(0))
        E(op, R([2, 3]), I(2))
        E(op, R([2, 0]), I(1))
    for op in ['Cumsum', 'Cumprod']:
        for t in NUMBERS:
            C(op, R([3, 4], t, 1, 2), I(1))
        for e in (False, True):
            for r in (False, True):
                C(op, R([2, 3, 2], low=0.5), I(1), exclusive=e, reverse=r)
        E(op, R([2, 3]), I(2))
    for e in (False, True):
        C('CumulativeLogsumexp', R([2, 5]), I(1), exclusive=e, tol=1e-5)
    C('L2Loss', R([3, 4]))
    C('Cross', R([2, 3]), R([2, 3]), tol=1e-5)


def ranges():
    C('Range', I(0), I(10), I(3))
    C('Range', I(10), I(0), I(-4))
    C('Range', I(3), I(3), I(1))
    C('Range', I(0, dtype='int64'), I(5, dtype='int64'), I(1, dtype='int64'))
    C('Range', tf.constant(0.0), tf.constant(1.0), tf.constant(0.1))
    C('Range', tf.constant(0.0, tf.float64), tf.constant(1.0, tf.float64), tf.constant(0.3, tf.float64))
    E('Range', I(0), I(5), I(0))
    E('Range', I(5), I(0), I(1))
    C('LinSpace', tf.constant(0.0), tf.constant(1.0), I(7))
    C('LinSpace', tf.constant(2.0), tf.constant(-1.0), I(1))
    E('LinSpace', tf.constant(2.0), tf.constant(-1.0), I(0))


def shapes():
    for t in ['float32', 'string', 'bool', 'int64', 'float16']:
        C('Shape', R([2, 3], t))
        C('Size', R([2, 3], t))
        C('Rank', R([2, 3], t))
        C('Reshape', R([2, 6], t), I(3, -1))
        C('ExpandDims', R([2, 3], t), I(1))
        C('Squeeze', R([1, 3, 1], t))
        C('Identity', R([2], t))
        C('StopGradient', R([2], t))
        C('Snapshot', R([2], t))
    C('Shape', R([]), out_type='int64')
    C('ShapeN', [R([2]), R([3, 4])])
    C('Size', R([2, 0]), out_type='int64')
    C('IdentityN', [R([2]), R([3], 'int32'), R([1], 'string')])
    C('Reshape', R([2, 3]), tf.constant([6], tf.int64))
    C('Reshape', R([1]), tf.constant([], tf.int32))
    C('Reshape', R([0, 3]), I(3, 0))
    C('Reshape', R([0, 3]), I(-1, 3))
    E('Reshape', R([2, 3]), I(4, 2))
    E('Reshape', R([2, 3]), I(-1, 4))
    E('Reshape', R([2, 3]), I(-1, -1))
    E('Reshape', R([2, 3]), I(-2, 3))
    C('Reshape', R([0, 3]), I(0, -1))
    C('ExpandDims', R([2, 3]), I(-1))
    C('ExpandDims', R([2, 3]), I(0))
    E('ExpandDims', R([2, 3]), I(4))
    C('Squeeze', R([1, 3, 1]), squeeze_dims=[0])
    C('Squeeze', R([1, 3, 1]), squeeze_dims=[-1])
    E('Squeeze', R([1, 3, 1]), squeeze_dims=[1])
    E('Squeeze', R([1, 3, 1]), squeeze_dims=[3])
    for t in NUMBERS + ['bool', 'string']:
        C('Transpose', R([2, 3, 4], t), I(2, 0, 1))
    for p in ([0, 1, 2, 3], [0, 2, 1, 3], [0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 3, 2]):
        C('Transpose', R([2, 3, 1, 5]), I(p))
    C('Transpose', R([9, 17]), I(1, 0))
    C('Transpose', R([2, 9, 3, 8]), I(0, 3, 2, 1))
    C('Transpose', R([]), tf.constant([], tf.int32))
    C('Transpose', R([0, 3]), I(1, 0))
    C('ConjugateTranspose', R([2, 3]), I(1, 0))
    E('Transpose', R([2, 3]), I(0, 1, 2))
    E('Transpose', R([2, 3]), I(0, 2), inexact=True)
    E('Transpose', R([2, 3]), I(1, 1), inexact=True)
    for t in ['float32', 'int32', 'bool', 'string', 'float16', 'int64', 'uint8']:
        C('Fill', I(2, 3), R([], t))
        C('Tile', R([2, 3], t), I(2, 1))
        C('ZerosLike', R([2, 2], t))
        if t != 'string':
            C('OnesLike', R([2, 2], t))
        C('BroadcastTo', R([2, 1], t), I(3, 2, 2))
    C('Fill', tf.constant([], tf.int32), R([]))
    C('Fill', I(0, 2), R([]))
    E('Fill', I(2, -1), R([]), inexact=True)
    E('Fill', I([2]), R([2]))
    C('Tile', R([2, 3, 2]), I(2, 3, 2))
    C('Tile', R([2, 3]), I(0, 2))
    E('Tile', R([2, 3]), I([2]))
    C('BroadcastTo', R([]), I(2, 2))
    C('BroadcastTo', R([1, 3]), I(2, 3))
    E('BroadcastTo', R([2, 3]), I(2, 4))
    E('BroadcastTo', R([2, 3]), I([3]))
    C('BroadcastArgs', I(2, 1, 3), I(4, 1))
    E('BroadcastArgs', I(2, 3), I([4]), inexact=True)
    for a, b in (([2, 3], [3]), ([2, 1], [2, 3]), ([2, 3], [2, 3]), ([1, 3], [1, 1])):
        C('BroadcastGradientArgs', I(a), I(b))
    C('EnsureShape', R([2, 3]), shape=[None, 3])
    E('EnsureShape', R([2, 3]), shape=[None, 4])
    for t in ['float32', 'int32', 'float16', 'bool', 'uint8', 'int64']:
        C('Pad', R([2, 3], t), I([[1, 2], [0, 1]]))
        C('PadV2', R([2, 3], t), I([[1, 2], [0, 1]]), R([], t))
        for mode in ('REFLECT', 'SYMMETRIC'):
            C('MirrorPad', R([3, 4], t), I([[1, 2], [2, 1]]), mode=mode)
    C('MirrorPad', R([2, 3, 4]), I([[1, 0], [0, 2], [3, 3]]), mode='REFLECT')
    C('MirrorPad', R([2, 3, 4]), I([[2, 1], [3, 2], [4, 0]]), mode='SYMMETRIC')
    C('Pad', R([2, 3, 2]), I([[0, 0], [1, 1], [0, 2]]))
    C('Pad', R([]), tf.zeros([0, 2], tf.int32))
    E('Pad', R([2, 3]), I([[1, -2], [0, 1]]))
    E('Pad', R([2, 3]), I([[1, 2]]))
    E('MirrorPad', R([2, 3]), I([[2, 0], [0, 0]]), mode='REFLECT')
    for f in ('NHWC', 'NCHW'):
        for t in ('float32', 'float16', 'uint8'):
            C('DepthToSpace', R([2, 3, 2, 8] if f == 'NHWC' else [2, 8, 3, 2], t), block_size=2, data_format=f)
            C('SpaceToDepth', R([2, 4, 6, 3] if f == 'NHWC' else [2, 3, 4, 6], t), block_size=2, data_format=f)
    E('DepthToSpace', R([1, 2, 2, 6]), block_size=2)
    E('SpaceToDepth', R([1, 3, 4, 6]), block_size=2)
    C('CheckNumerics', R([3]), message='x')
    E('CheckNumerics', tf.constant([1.0, np.nan]), message='bad')
    E('CheckNumerics', tf.constant([1.0, np.inf, np.nan]), message='bad')


def joins():
    for t in NUMBERS + ['bool', 'string']:
        C('ConcatV2', [R([2, 3], t), R([2, 1], t)], I(1))
        C('Pack', [R([2], t), R([2], t), R([2], t)], axis=1)
        C('Split', I(1), R([2, 6], t), num_split=3)
        C('Unpack', R([2, 3], t), num=3, axis=1)
        C('Slice', R([3, 4], t), I(1, 0), I(-1, 2))
        C('ReverseV2', R([2, 3], t), I([1]))
        C('Roll', R([2, 5], t), I(2), I(1))
    C('ConcatV2', [R([2, 3]), R([4, 3]), R([0, 3])], I(0))
    C('ConcatV2', [R([2, 3, 2]), R([2, 1, 2])], I(-2))
    C('ConcatV2', [R([1, 2])], I(0, dtype='int64'))
    C('Concat', I(1), [R([2, 3]), R([2, 1])])
    C('ConcatOffset', I(1), [I(2, 3), I(2, 1), I(2, 5)])
    E('ConcatV2', [R([2, 3]), R([2, 4])], I(0))
    E('ConcatV2', [R([2, 3]), R([2])], I(0))
    E('ConcatV2', [R([2, 3]), R([2, 3])], I(5))
    C('Pack', [R([]), R([])])
    C('Pack', [R([2, 3])], axis=-1)
    E('Pack', [R([2]), R([3])])
    E('Pack', [R([2]), R([2])], axis=3)
    C('Unpack', R([3, 2]), num=3)
    C('Unpack', R([3]), num=3)
    E('Unpack', R([3, 2]), num=2, inexact=True)
    C('Split', I(0), R([4, 2]), num_split=2)
    C('Split', I(-2), R([2, 4, 3]), num_split=4)
    E('Split', I(0), R([5, 2]), num_split=2)
    E('Split', I(4), R([5, 2]), num_split=2)
    C('SplitV', R([5, 2]), I(1, 4), I(0), num_split=2)
    C('SplitV', R([2, 6]), I(1, -1, 2), I(1), num_split=3)
    C('SplitV', R([2, 6]), tf.constant([0, 6], tf.int64), I(-1), num_split=2)
    E('SplitV', R([2, 6]), I(1, 2), I(1), num_split=2)
    C('Slice', R([3, 4, 2]), I(0, 1, 0), I(2, 2, -1))
    C('Slice', R([3]), I([3]), I([0]))
    E('Slice', R([3, 4]), I(1, 0), I(3, 2))
    E('Slice', R([3, 4]), I(4, 0), I(0, 2))
    E('Slice', R([3, 4]), I([1]), I([1]))
    x = R([4, 5, 6])
    for (b, e, s, masks) in [
            ([1], [3], [1], {}), ([0, 1, 2], [4, 5, 6], [2, 2, 3], {}), ([-1], [-10], [-1], {}), ([0], [0], [1], dict(begin_mask=1, end_mask=1)),
            ([0, 2], [0, 3], [1, 1], dict(ellipsis_mask=1)), ([1, 0, 2], [2, 0, 3], [1, 1, 1], dict(ellipsis_mask=2)),
            ([1, 2], [2, 3], [1, 1], dict(shrink_axis_mask=3)), ([-1], [0], [1], dict(shrink_axis_mask=1)),
            ([0, 1, 0], [0, 2, 0], [1, 1, 1], dict(new_axis_mask=1, shrink_axis_mask=2, end_mask=4)), ([3, 4], [0, 0], [-1, -2], dict(end_mask=2)),
            ([0, 0, 0], [0, 0, 0], [-1, -1, -1], dict(begin_mask=7, end_mask=7)), ([2], [1], [1], {}), ([10], [20], [1], {}),
            ([0, 0, 0, 0], [0, 2, 0, 3], [1, 1, 1, 2], dict(ellipsis_mask=4, new_axis_mask=1, begin_mask=2)),
            ([], [], [], {}), ([0, 0, 0], [0, 0, 0], [1, 1, 1], dict(new_axis_mask=5, ellipsis_mask=2)),
            ([0, -3, 1], [4, -1, 100], [1, 1, 2], {}), ([1, 0], [0, 0], [1, 1], dict(shrink_axis_mask=1, begin_mask=2, end_mask=2))]:
        C('StridedSlice', x, tf.constant(b, tf.int32), tf.constant(e, tf.int32), tf.constant(s, tf.int32), **masks)
        if not masks.get('new_axis_mask'):
            v = tf.strided_slice(x, tf.constant(b, tf.int32), tf.constant(e, tf.int32), tf.constant(s, tf.int32), **masks)
            C('TensorStridedSliceUpdate', x, tf.constant(b, tf.int32), tf.constant(e, tf.int32), tf.constant(s, tf.int32), R(v.shape), **masks)
    for t in ['string', 'bool', 'int64', 'float16', 'uint8']:
        C('StridedSlice', R([4, 5], t), I(0, 4), I(4, 0), I(2, -1))
    C('StridedSlice', R([6], 'int32'), I([1], dtype='int64'), I([5], dtype='int64'), I([2], dtype='int64'))
    E('StridedSlice', x, I([5]), I([6]), I([1]), shrink_axis_mask=1)
    E('StridedSlice', x, I([0]), I([3]), I([0]))
    E('StridedSlice', x, I(0, 0, 0, 0), I(1, 1, 1, 1), I(1, 1, 1, 1))
    E('StridedSlice', x, I([0]), I([3]), I([-1]), shrink_axis_mask=1)
    E('StridedSlice', x, I(0, 0), I([3]), I([1]), inexact=True)
    C('Reverse', R([2, 3, 2]), tf.constant([True, False, True]))
    C('ReverseV2', R([2, 3, 4]), I([0, -1]))
    C('ReverseV2', R([2, 3]), tf.constant([], tf.int32))
    E('ReverseV2', R([2, 3]), I([2]))
    E('ReverseV2', R([2, 3]), I([0, -2]))
    C('ReverseSequence', R([3, 4, 2]), I(0, 2, 4), seq_dim=1, batch_dim=0)
    C('ReverseSequence', R([4, 3, 2]), tf.constant([1, 3, 4], tf.int64), seq_dim=0, batch_dim=1)
    E('ReverseSequence', R([3, 4]), I(0, 2, 5), seq_dim=1, batch_dim=0)
    C('Roll', R([3, 4, 2]), I(-1, 5), I(0, 1))
    C('Roll', R([3, 4]), I(1, 1), I(1, 1))
    E('Roll', R([3, 4]), I(1), I(2))


def gathers():
    for t in NUMBERS + ['bool', 'string']:
        C('GatherV2', R([4, 3], t), I(3, 0, 0), I(0))
        C('GatherNd', R([4, 3], t), I([[0, 1], [3, 2]]))
    C('Gather', R([4, 3]), I([[3, 0], [1, 1]]))
    C('GatherV2', R([2, 4, 3]), I([[3, 0], [1, 1]]), I(1))
    C('GatherV2', R([2, 4, 3]), I(1), I(-1))
    C('GatherV2', R([2, 4, 3]), I([[3, 0], [1, 1]]), I(1), batch_dims=1)
    C('GatherV2', R([2, 4, 3]), I([[2, 0], [1, 1]]), I(2), batch_dims=1)
    C('GatherV2', R([2, 3, 4]), I([[1, 0, 3], [2, 2, 0]]), I(2), batch_dims=2)
    C('GatherV2', R([4]), tf.constant([], tf.int32), I(0))
    E('GatherV2', R([3, 2]), I(0, 7), I(0))
    E('GatherV2', R([3, 2]), I([[0, 1], [2, -1]]), I(0))
    E('GatherV2', R([3, 2]), I(0), I(2))
    C('GatherNd', R([4, 3, 2]), I([[0], [3]]))
    C('GatherNd', R([4, 3, 2]), I([[[0, 1, 1]], [[3, 2, 0]]]))
    C('GatherNd', R([4, 3, 2]), I(2, 1))
    C('GatherNd', R([4, 3]), tf.zeros([2, 0], tf.int32))
    E('GatherNd', R([4, 3]), I([[0, 1], [4, 0]]))
    E('GatherNd', R([4, 3]), I([[0, 1, 1]]))
    for t in ['float32', 'float64', 'int32', 'int64', 'uint8']:
        C('ScatterNd', I([[1], [3], [1]]), R([3], t, 0, 9), I([5]), tol=1e-6)
        for op in ['Update', 'Add', 'Sub', 'Max', 'Min']:
            C('TensorScatter' + op, R([4, 2], t, 0, 50), I([[1], [3]]), R([2, 2], t, 0, 50))
    C('ScatterNd', I([[0, 1], [2, 2]]), R([2, 4]), I(3, 3, 4))
    C('TensorScatterUpdate', R([4, 2], 'bool'), I([[1, 1], [3, 0]]), R([2], 'bool'))
    C('TensorScatterUpdate', R([4, 2], 'string'), I([[1, 1], [3, 0]]), R([2], 'string'))
    E('ScatterNd', I([[1], [5]]), R([2]), I([5]))
    E('ScatterNd', I([[1], [2]]), R([3]), I([5]), inexact=True)
    C('SparseToDense', I([[0, 1], [2, 0]], dtype='int64'), I(3, 2, dtype='int64'), R([2]), tf.constant(-1.0))
    C('SparseToDense', I(1, 3), I([5]), R([]), tf.constant(0.0))
    C('OneHot', I(0, 2, -1, 5), I(3), tf.constant(1.0), tf.constant(0.0))
    C('OneHot', I([[0, 2], [1, 1]]), I(3), tf.constant(5.0), tf.constant(-1.0), axis=0)
    C('OneHot', I([[0, 2], [1, 1]]), I(3), I(5), I(7), axis=1)
    C('OneHot', tf.constant([0, 1], tf.uint8), I(2), tf.constant(True), tf.constant(False))
    C('OneHot', tf.constant(1, tf.int64), I(2), tf.constant('on'), tf.constant('off'))
    E('OneHot', I(0), I(-1), tf.constant(1.0), tf.constant(0.0))
    for t in ['bool', 'float32', 'int32', 'uint8', 'float64']:
        C('Where', R([3, 4], t, 0, 1))
    C('Where', R([2, 3, 2], 'bool'))
    for t in ['int32', 'float32', 'int64', 'uint8', 'string', 'bool']:
        C('Unique', R([8], t, 0, 3))
    C('Unique', R([6], 'int32', 0, 3), out_idx='int64')
    C('UniqueWithCounts', R([9], 'int32', 0, 3))
    C('ListDiff', I(1, 2, 3, 4, 2), I(2, 5))
    C('InvertPermutation', I(2, 0, 1))
    E('InvertPermutation', I(2, 0, 2))
    E('InvertPermutation', I(3, 0, 1))
    C('LowerBound', tf.constant([[1.0, 2, 2, 5], [0, 1, 2, 3]]), tf.constant([[2.0, 0, 9], [2, 2.5, -1]]))
    C('UpperBound', tf.constant([[1.0, 2, 2, 5], [0, 1, 2, 3]]), tf.constant([[2.0, 0, 9], [2, 2.5, -1]]))
    C('DynamicStitch', [I(0, 2), I([[1], [3]])], [R([2, 3]), R([2, 1, 3])])
    C('DynamicStitch', [I(0), I(1, 0)], [R([]), R([2])])
    C('DynamicStitch', [I(0, 1), I(1, 2)], [I(5, 6), I(7, 8)])
    C('DynamicPartition', R([5, 2]), I(0, 1, 0, 2, 1), num_partitions=3)
    C('DynamicPartition', R([2, 2]), I([[0, 1], [1, 1]]), num_partitions=2)
    E('DynamicPartition', R([2]), I(0, 3), num_partitions=2)


def matrices():
    for t in ['float32', 'int32', 'bool', 'float16']:
        C('MatrixBandPart', R([2, 3, 4], t), I(1), I(0))
        C('MatrixDiag', R([2, 3], t))
        C('MatrixDiagPart', R([2, 3, 4], t))
        C('MatrixSetDiag', R([2, 3, 4], t), R([2, 3], t))
    C('MatrixBandPart', R([4, 4]), I(-1), I(0))
    C('MatrixBandPart', R([4, 4]), I(0), I(-1))
    C('MatrixBandPart', R([3, 4]), I(-1), I(-1))
    E('MatrixBandPart', R([3]), I(0), I(0))
    E('MatrixBandPart', R([3, 4]), I(4), I(0))
    for align in ('LEFT_RIGHT', 'RIGHT_LEFT', 'LEFT_LEFT', 'RIGHT_RIGHT'):
        C('MatrixDiagPartV3', R([2, 3, 4]), I(-1, 2), tf.constant(9.0), align=align)
        C('MatrixDiagV3', R([2, 3, 3]), I(-1, 1), I(-1), I(-1), tf.constant(9.0), align=align)
        C('MatrixSetDiagV3', R([2, 3, 4]), R([2, 3, 3]), I(-1, 1), align=align)
    C('MatrixDiagPartV2', R([2, 3, 4]), I(-1, 1), tf.constant(9.0))
    C('MatrixDiagV2', R([2, 3]), I(1), I(3), I(4), tf.constant(0.0))
    C('MatrixDiagV3', R([3]), I(-2), I(-1), I(-1), tf.constant(0.0))
    C('MatrixSetDiagV2', R([3, 4]), R([3]), I(1))
    E('MatrixDiagPartV3', R([2, 3, 4]), I(5), tf.constant(9.0), inexact=True)
    E('MatrixSetDiag', R([2, 3, 4]), R([2, 4]))
    C('Diag', R([3]))
    C('Diag', R([2, 2]))
    C('DiagPart', R([3, 3]))
    C('DiagPart', R([2, 3, 2, 3]))


def segments():
    for op in ['Sum', 'Mean', 'Max', 'Min', 'Prod']:
        for t in NUMBERS:
            C('Segment' + op, R([5, 2], t, 1, 5), I(0, 0, 1, 3, 3))
            if op != 'Mean':
                C('UnsortedSegment' + op, R([5, 2], t, 1, 5), I(2, 0, 2, -1, 0), I(4))
        C('Segment' + op, R([3]), I(0, 1, 1, dtype='int64'))
    C('UnsortedSegmentSum', R([2, 2, 3]), I([[0, 1], [1, 1]]), I(2))
    E('SegmentSum', R([3]), I(0, 2, 1))
    E('UnsortedSegmentSum', R([3]), I(0, 2, 1), I(2), inexact=True)
    for t in ['int32', 'int64', 'float32', 'float64']:
        C('Bincount', I(1, 1, 3, 9), I(5), R([4], t, 1, 5))
        C('Bincount', I(1, 1, 3, 9), I(5), tf.constant([], t))
    C('DenseBincount', I([[1, 1], [0, 7]]), I(3), tf.constant([], tf.float32))
    C('DenseBincount', I([[1, 1], [0, 7]]), I(3), R([2, 2]))
    C('DenseBincount', I([[1, 1], [0, 7]]), I(3), tf.constant([], tf.int32), binary_output=True)
    E('Bincount', I(1, -1), I(5), tf.constant([], tf.int32))
    C('HistogramFixedWidth', R([30]), tf.constant([-2.0, 2.0]), I(5))
    C('Bucketize', R([12], 'float32', -3, 12), boundaries=[0.0, 1.5, 10.0])
    C('Bucketize', R([12], 'int32', -3, 12), boundaries=[0.0, 1.5, 10.0])


def randoms():
    s = dict(seed=7, seed2=11)
    for t in FLOATS:
        for op in ['RandomUniform', 'RandomStandardNormal', 'TruncatedNormal']:
            C(op, I(3, 7), dtype=t, **s)
        for op in ['RandomUniform', 'RandomNormal', 'TruncatedNormal']:
            C('Stateless' + op, I(3, 7), I(5, -2), dtype=t)
            C('Stateless' + op + 'V2', I(3, 7), tf.constant([99], tf.uint64), tf.constant([2**40, 2**63 + 5], tf.uint64), I(1), dtype=t)
    for t in ['int32', 'int64']:
        C('RandomUniformInt', I([11]), I(-5, dtype=t), I(100, dtype=t), **s)
        C('StatelessRandomUniformInt', I([11]), I(5, 6), I(-5, dtype=t), I(100, dtype=t))
        C('StatelessRandomUniformIntV2', I([11]), tf.constant([99], tf.uint64), tf.constant([1, 2], tf.uint64), I(1), I(-5, dtype=t), I(100, dtype=t))
    for t in ['int32', 'int64', 'uint32', 'uint64']:
        C('StatelessRandomUniformFullInt', I([11]), I(5, 6), dtype=t)
    C('StatelessRandomGetKeyCounter', I(2**31 - 1, -9))
    C('StatelessRandomGetKeyCounter', I(2**40, -9, dtype='int64'))
    C('StatelessRandomGetKeyCounterAlg', I(1, 2))
    C('StatelessRandomGetAlg')
    C('RandomUniform', I([100]), dtype='float32', seed=-1, seed2=2**40)
    E('RandomUniformInt', I([11]), I(5), I(5), **s)


def sorts():
    for t in NUMBERS:
        C('TopKV2', R([3, 6], t, 0, 4), I(3))
    C('TopKV2', R([20]), I(20))
    C('TopKV2', R([2, 5]), I(0))
    E('TopKV2', R([2, 3]), I(4))
    E('TopKV2', R([2, 3]), I(-1), inexact=True)
    C('NthElement', R([3, 7]), I(2))
    C('NthElement', R([3, 7]), I(2), reverse=True)
    C('InTopK', R([4, 5]), I(0, 1, 4, 3), k=2)
    C('InTopKV2', R([4, 5]), I(0, 1, 4, 3), I(3))


def main():
    for part in (unary, binary, select, cast, reductions, ranges, shapes, joins, gathers, matrices, segments, randoms, sorts):
        part()
    with open(sys.argv[1], 'wb') as f:
        with gzip.GzipFile('', 'wb', 9, f, 0) as z:
            z.write(b'ASSAYOPS' + struct.pack('<I', len(cases)) + b''.join(cases))
    print(len(cases), 'cases;', 'TensorFlow itself lacks', {k: ' '.join(v) for k, v in skipped.items()})


main()
