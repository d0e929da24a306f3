#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three random one-layer models a class of Keras' layers: made with Keras, run by assay-cli, compared.

Usage: keras-classes.py [--cli PATH] [--write docs/keras-layers.md] [CLASS…]

Needs Keras 3 with TensorFlow. A number agrees within 2e-5 + 1e-4 |x|. Each model is saved as .keras and as .h5.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras  # noqa: E402
import numpy as np  # noqa: E402

L = keras.layers
ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "elu", "softplus", "gelu", "silu", "selu", "relu6", "hard_sigmoid", "softmax", "mish", "leaky_relu"]
RECURRENT = ["tanh", "relu", "sigmoid", "hard_sigmoid", "elu", "softsign"]


class Ints:
    def __init__(self, shape, high):
        self.shape, self.high = shape, high


def pick(r, *values):
    return values[r.integers(len(values))]


def space(r, n, low=5, high=9):
    return tuple(int(v) for v in r.integers(low, high, n))


def conv(cls, n, **more):
    def make(r):
        shape = (*space(r, n), 4)
        settings = {"kernel_size": space(r, n, 1, 4), "padding": pick(r, "same", "valid"), "use_bias": bool(r.integers(2)), "activation": pick(r, "linear", "relu", "tanh")}
        if r.integers(2):
            settings["strides"] = int(r.integers(1, 3))
        elif n < 3 and "Transpose" not in cls.__name__:
            settings["dilation_rate"] = int(r.integers(1, 3))
        if "groups" in more and n < 3:
            settings["groups"] = pick(r, 1, 2)
        if "filters" in more:
            settings["filters"] = pick(r, 2, 4, 6)
        if "multiplier" in more:
            settings["depth_multiplier"] = pick(r, 1, 2)
        return [shape], cls(**settings)
    return make


def pool(cls, n):
    def make(r):
        settings = {"pool_size": int(r.integers(1, 4)), "padding": pick(r, "same", "valid")}
        if r.integers(2):
            settings["strides"] = int(r.integers(1, 4))
        return [(*space(r, n), 3)], cls(**settings)
    return make


def whole(cls, n):
    return lambda r: ([(*space(r, n), 3)], cls(keepdims=bool(r.integers(2)), data_format=pick(r, "channels_last", "channels_first")))


def adaptive(cls, n):
    return lambda r: ([(*space(r, n), 3)], cls(int(r.integers(1, 4)) if n == 1 else space(r, n, 1, 5)))


def recurrent(cls):
    def make(r):
        settings = {"return_sequences": bool(r.integers(2)), "return_state": bool(r.integers(2)), "go_backwards": bool(r.integers(2)), "use_bias": bool(r.integers(2)),
                    "activation": pick(r, *RECURRENT)}
        if cls is not L.SimpleRNN:
            settings["recurrent_activation"] = pick(r, "sigmoid", "hard_sigmoid")
        if cls is L.GRU:
            settings["reset_after"] = bool(r.integers(2))
        layer = cls(int(r.integers(2, 7)), **settings)
        return [(int(r.integers(2, 8)), 3)], layer, bool(r.integers(2))
    return make


def cell(cls):
    return lambda r: ([(int(r.integers(2, 7)), 3)], L.RNN(cls(int(r.integers(2, 6))), return_sequences=bool(r.integers(2))))


def stacked(r):
    cells = [pick(r, L.LSTMCell, L.GRUCell, L.SimpleRNNCell)(int(r.integers(2, 6))) for _ in range(int(r.integers(1, 4)))]
    return [(5, 3)], L.RNN(L.StackedRNNCells(cells), return_sequences=bool(r.integers(2)), go_backwards=bool(r.integers(2)), return_state=bool(r.integers(2)))


def bidirectional(r):
    inner = pick(r, L.LSTM, L.GRU, L.SimpleRNN)(int(r.integers(2, 5)), return_sequences=bool(r.integers(2)))
    return [(6, 3)], L.Bidirectional(inner, merge_mode=pick(r, "concat", "sum", "mul", "ave", None)), bool(r.integers(2))


def conv_lstm(cls, n):
    def make(r):
        return [(int(r.integers(2, 5)), *space(r, n, 4, 7), 2)], cls(int(r.integers(1, 4)), int(r.integers(1, 4)), padding=pick(r, "same", "valid"),
                                                                   return_sequences=bool(r.integers(2)), go_backwards=bool(r.integers(2)))
    return make


def merge(cls):
    return lambda r: ([(4, 3)] * int(r.integers(2, 5)), cls())


def dot(r):
    return [(4, 5), (6, 5)], L.Dot(axes=pick(r, 2, (2, 2), -1), normalize=bool(r.integers(2)))


def reshape(r):
    shape, target = pick(r, ((4, 6), (3, -1)), ((2, 3, 4), (24,)), ((12,), (3, 2, 2)))
    return [shape], L.Reshape(target)


def ends(n, low=0, high=3):
    return lambda r: tuple((int(r.integers(low, high)), int(r.integers(low, high))) for _ in range(n)) if n > 1 else (int(r.integers(low, high)), int(r.integers(low, high)))


def padding(cls, n):
    return lambda r: ([(*space(r, n), 2)], cls(ends(n)(r)))


def norm(cls, **more):
    def make(r):
        shape = pick(r, (6,), (5, 6), (4, 5, 6))
        return [shape], cls(epsilon=pick(r, 1e-3, 1e-5), center=bool(r.integers(2)), scale=bool(r.integers(2)), **{k: v(r) for k, v in more.items()})
    return make


def attention(r):
    return [(5, 8), (6, 8)], L.MultiHeadAttention(int(r.integers(1, 4)), int(r.integers(1, 6)), value_dim=pick(r, None, 3), use_bias=bool(r.integers(2)), output_shape=pick(r, None, 5))


def grouped(r):
    return [(5, 8), (6, 8)], L.GroupQueryAttention(int(r.integers(1, 6)), 4, pick(r, 1, 2, 4), use_bias=bool(r.integers(2)))


def einsum(r):
    equation, shape, bias = pick(r, ("ab,bc->ac", 5, "c"), ("abc,cd->abd", (None, 5), "d"), ("abc,cde->abde", (None, 2, 3), "de"), ("...x,xy->...y", 4, "y"))
    rank = {"ab,bc->ac": (4,)}.get(equation, (6, 4))
    return [rank], L.EinsumDense(equation, shape, bias_axes=pick(r, None, bias), activation=pick(r, None, "relu"))


def images(r):
    return (*space(r, 2, 6, 10), 3)


CLASSES = {
    "Activation": lambda r: ([(5, 4)], L.Activation(pick(r, *ACTIVATIONS))),
    "ActivityRegularization": lambda r: ([(5,)], L.ActivityRegularization(0.1)),
    "AdaptiveAveragePooling1D": adaptive(L.AdaptiveAveragePooling1D, 1),
    "AdaptiveAveragePooling2D": adaptive(L.AdaptiveAveragePooling2D, 2),
    "AdaptiveAveragePooling3D": adaptive(L.AdaptiveAveragePooling3D, 3),
    "AdaptiveMaxPooling1D": adaptive(L.AdaptiveMaxPooling1D, 1),
    "AdaptiveMaxPooling2D": adaptive(L.AdaptiveMaxPooling2D, 2),
    "AdaptiveMaxPooling3D": adaptive(L.AdaptiveMaxPooling3D, 3),
    "Add": merge(L.Add),
    "AdditiveAttention": lambda r: ([(4, 5), (6, 5)], L.AdditiveAttention(use_scale=bool(r.integers(2)))),
    "AlphaDropout": lambda r: ([(5,)], L.AlphaDropout(0.3)),
    "Attention": lambda r: ([(4, 5), (6, 5)], L.Attention(use_scale=bool(r.integers(2)), score_mode=pick(r, "dot", "concat"))),
    "Average": merge(L.Average),
    "AveragePooling1D": pool(L.AveragePooling1D, 1),
    "AveragePooling2D": pool(L.AveragePooling2D, 2),
    "AveragePooling3D": pool(L.AveragePooling3D, 3),
    "BatchNormalization": norm(L.BatchNormalization, axis=lambda r: pick(r, -1, 1)),
    "Bidirectional": bidirectional,
    "CategoryEncoding": lambda r: ([Ints((4,), 6)], L.CategoryEncoding(num_tokens=6, output_mode=pick(r, "multi_hot", "one_hot", "count"))),
    "CenterCrop": lambda r: ([images(r)], L.CenterCrop(int(r.integers(2, 6)), int(r.integers(2, 6)))),
    "Concatenate": lambda r: ([(4, 3), (4, 3), (4, 3)], L.Concatenate(axis=pick(r, 1, 2, -1))),
    "Conv1D": conv(L.Conv1D, 1, filters=1, groups=1),
    "Conv1DTranspose": conv(L.Conv1DTranspose, 1, filters=1),
    "Conv2D": conv(L.Conv2D, 2, filters=1, groups=1),
    "Conv2DTranspose": conv(L.Conv2DTranspose, 2, filters=1),
    "Conv3D": conv(L.Conv3D, 3, filters=1),
    "Conv3DTranspose": conv(L.Conv3DTranspose, 3, filters=1),
    "ConvLSTM1D": conv_lstm(L.ConvLSTM1D, 1),
    "ConvLSTM2D": conv_lstm(L.ConvLSTM2D, 2),
    "ConvLSTM3D": conv_lstm(L.ConvLSTM3D, 3),
    "Cropping1D": padding(L.Cropping1D, 1),
    "Cropping2D": padding(L.Cropping2D, 2),
    "Cropping3D": padding(L.Cropping3D, 3),
    "Dense": lambda r: ([pick(r, (4,), (3, 4), (2, 3, 4))], L.Dense(int(r.integers(1, 7)), activation=pick(r, *ACTIVATIONS), use_bias=bool(r.integers(2)))),
    "DepthwiseConv1D": conv(L.DepthwiseConv1D, 1, multiplier=1),
    "DepthwiseConv2D": conv(L.DepthwiseConv2D, 2, multiplier=1),
    "Discretization": lambda r: ([(4,)], L.Discretization(bin_boundaries=sorted(float(v) for v in r.normal(size=4)))),
    "Dot": dot,
    "Dropout": lambda r: ([(5,)], L.Dropout(0.3)),
    "ELU": lambda r: ([(5, 3)], L.ELU(alpha=float(r.uniform(0.2, 2)))),
    "EinsumDense": einsum,
    "Embedding": lambda r: ([Ints((6,), 9)], L.Embedding(9, int(r.integers(1, 6)))),
    "Flatten": lambda r: ([(3, 4, 2)], L.Flatten(data_format=pick(r, "channels_last", "channels_first"))),
    "GRU": recurrent(L.GRU),
    "GRUCell": cell(L.GRUCell),
    "GaussianDropout": lambda r: ([(5,)], L.GaussianDropout(0.3)),
    "GaussianNoise": lambda r: ([(5,)], L.GaussianNoise(0.3)),
    "GlobalAveragePooling1D": whole(L.GlobalAveragePooling1D, 1),
    "GlobalAveragePooling2D": whole(L.GlobalAveragePooling2D, 2),
    "GlobalAveragePooling3D": whole(L.GlobalAveragePooling3D, 3),
    "GlobalMaxPooling1D": whole(L.GlobalMaxPooling1D, 1),
    "GlobalMaxPooling2D": whole(L.GlobalMaxPooling2D, 2),
    "GlobalMaxPooling3D": whole(L.GlobalMaxPooling3D, 3),
    "GroupNormalization": lambda r: ([pick(r, (5, 6), (3, 4, 6))], L.GroupNormalization(pick(r, 1, 2, 3, -1), center=bool(r.integers(2)), scale=bool(r.integers(2)))),
    "GroupQueryAttention": grouped,
    "Hashing": lambda r: ([Ints((4,), 100)], L.Hashing(num_bins=7)),
    "Identity": lambda r: ([(5,)], L.Identity()),
    "IntegerLookup": lambda r: ([Ints((4,), 9)], L.IntegerLookup(vocabulary=[2, 5, 7])),
    "LSTM": recurrent(L.LSTM),
    "LSTMCell": cell(L.LSTMCell),
    "LayerNormalization": norm(L.LayerNormalization),
    "LeakyReLU": lambda r: ([(5, 3)], L.LeakyReLU(negative_slope=float(r.uniform(0, 1)))),
    "Masking": lambda r: ([(5, 3)], L.Masking(mask_value=0.0)),
    "MaxPooling1D": pool(L.MaxPooling1D, 1),
    "MaxPooling2D": pool(L.MaxPooling2D, 2),
    "MaxPooling3D": pool(L.MaxPooling3D, 3),
    "Maximum": merge(L.Maximum),
    "MelSpectrogram": lambda r: ([(4000,)], L.MelSpectrogram()),
    "Minimum": merge(L.Minimum),
    "MultiHeadAttention": attention,
    "Multiply": merge(L.Multiply),
    "Normalization": lambda r: ([(4, 3)], L.Normalization(mean=[float(v) for v in r.normal(size=3)], variance=[float(v) for v in r.uniform(0.1, 2, 3)], invert=bool(r.integers(2)))),
    "PReLU": lambda r: ([(4, 5, 3)], L.PReLU(shared_axes=pick(r, None, [1], [1, 2]))),
    "Permute": lambda r: ([(3, 4, 5)], L.Permute(tuple(int(v) + 1 for v in r.permutation(3)))),
    "RMSNormalization": lambda r: ([pick(r, (6,), (5, 6))], L.RMSNormalization(epsilon=pick(r, 1e-6, 1e-3))),
    "RNN": cell(L.SimpleRNNCell),
    "RandomBrightness": lambda r: ([images(r)], L.RandomBrightness(0.2)),
    "RandomContrast": lambda r: ([images(r)], L.RandomContrast(0.2)),
    "RandomFlip": lambda r: ([images(r)], L.RandomFlip()),
    "RandomRotation": lambda r: ([images(r)], L.RandomRotation(0.2)),
    "RandomTranslation": lambda r: ([images(r)], L.RandomTranslation(0.2, 0.2)),
    "RandomZoom": lambda r: ([images(r)], L.RandomZoom(0.2)),
    "ReLU": lambda r: ([(5, 3)], L.ReLU(max_value=pick(r, None, 1.5, 6.0), negative_slope=pick(r, 0.0, 0.2), threshold=pick(r, 0.0, 0.3))),
    "RepeatVector": lambda r: ([(5,)], L.RepeatVector(int(r.integers(1, 5)))),
    "Rescaling": lambda r: ([images(r)], L.Rescaling(float(r.normal()), float(r.normal()))),
    "Reshape": reshape,
    "Resizing": lambda r: ([images(r)], L.Resizing(int(r.integers(3, 14)), int(r.integers(3, 14)), interpolation=pick(r, "bilinear", "nearest", "bicubic"))),
    "ReversibleEmbedding": lambda r: ([Ints((6,), 9)], L.ReversibleEmbedding(9, int(r.integers(1, 6)))),
    "STFTSpectrogram": lambda r: ([(400, 1)], L.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64)),
    "SeparableConv1D": conv(L.SeparableConv1D, 1, filters=1, multiplier=1),
    "SeparableConv2D": conv(L.SeparableConv2D, 2, filters=1, multiplier=1),
    "SimpleRNN": recurrent(L.SimpleRNN),
    "SimpleRNNCell": cell(L.SimpleRNNCell),
    "Softmax": lambda r: ([(4, 5)], L.Softmax(axis=pick(r, -1, 1, [1, 2]))),
    "SpatialDropout1D": lambda r: ([(5, 3)], L.SpatialDropout1D(0.3)),
    "SpatialDropout2D": lambda r: ([(5, 4, 3)], L.SpatialDropout2D(0.3)),
    "SpatialDropout3D": lambda r: ([(5, 4, 3, 2)], L.SpatialDropout3D(0.3)),
    "SpectralNormalization": lambda r: ([(6, 5, 3)], L.SpectralNormalization(L.Conv2D(int(r.integers(1, 5)), 3))),
    "StackedRNNCells": stacked,
    "Subtract": lambda r: ([(4, 3)] * 2, L.Subtract()),
    "TimeDistributed": lambda r: ([(4, 6, 3)], L.TimeDistributed(pick(r, L.Dense(4, activation="relu"), L.Conv1D(3, 2), L.Flatten(), L.LayerNormalization()))),
    "UnitNormalization": lambda r: ([(4, 5)], L.UnitNormalization(axis=pick(r, -1, 1))),
    "UpSampling1D": lambda r: ([(5, 3)], L.UpSampling1D(int(r.integers(1, 4)))),
    "UpSampling2D": lambda r: ([(4, 5, 3)], L.UpSampling2D(space(r, 2, 1, 4), interpolation=pick(r, "nearest", "bilinear"))),
    "UpSampling3D": lambda r: ([(3, 4, 5, 2)], L.UpSampling3D(space(r, 3, 1, 4))),
    "ZeroPadding1D": padding(L.ZeroPadding1D, 1),
    "ZeroPadding2D": padding(L.ZeroPadding2D, 2),
    "ZeroPadding3D": padding(L.ZeroPadding3D, 3),
}

# What takes several inputs as arguments, not as a list.
SPREAD = {"MultiHeadAttention", "GroupQueryAttention"}


def build(name, r):
    made = CLASSES[name](r)
    specs, layer, masked = made if len(made) == 3 else (*made, False)
    inputs, values = [], {}
    for i, spec in enumerate(specs):
        ints = isinstance(spec, Ints)
        shape = spec.shape if ints else spec
        inputs.append(keras.Input(shape, name=f"in_{i}", dtype="int32" if ints else "float32"))
        values[f"in_{i}"] = r.integers(0, spec.high, (2, *shape)).astype(np.int32) if ints else r.normal(size=(2, *shape)).astype(np.float32)
    if masked or name == "Masking":
        values["in_0"][0, -2:] = 0
        values["in_0"][1, :1] = 0
    x = [L.Masking()(inputs[0])] if masked else inputs
    y = layer(*x) if name in SPREAD or len(x) == 1 else layer(x)
    model = keras.Model(inputs, y)
    for variable in model.variables:
        if not variable.dtype.startswith("float"):
            continue
        value = r.normal(size=variable.shape) * 0.5
        variable.assign(np.abs(value) + 0.3 if "variance" in variable.name else value)
    return model, values


def compare(model, values, path, cli, folder):
    outputs = keras.tree.flatten(model([values[i.name] for i in model.inputs], training=False))
    np.savez(folder / "inputs.npz", **values)
    run = subprocess.run([cli, "run", str(path), "--inputs", str(folder / "inputs.npz"), "--output", str(folder), "--quiet"], capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        return run.stderr.strip()[:300]
    found = np.load(folder / "outputs.npz")
    for i, output in enumerate(outputs):
        ours, theirs = found["output" if len(outputs) == 1 else f"output.{i}"], np.asarray(output)
        if ours.shape != theirs.shape:
            return f"shape {ours.shape}, not {theirs.shape}"
        difference = np.abs(ours.astype(np.float64) - theirs)
        if not (difference <= 2e-5 + 1e-4 * np.abs(theirs)).all():
            return f"differs by {difference.max():.3g}"
    return None


def check(name, cli, folder):
    """(how many of three agree, the first fault)"""
    good, fault = 0, None
    for i in range(3):
        r = np.random.default_rng([zlib.crc32(name.encode()), i])
        keras.utils.clear_session()
        keras.utils.set_random_seed(i)
        faults = []
        try:
            model, values = build(name, r)
            for suffix in ["keras", "h5"]:
                path = folder / f"model.{suffix}"
                try:
                    model.save(path)
                except TypeError:  # Keras can't write some of its own classes as .h5.
                    if suffix == "keras":
                        raise
                    continue
                faults.append(compare(model, values, path, cli, folder))
        except Exception as error:  # Keras itself may refuse what chance made.
            faults.append(f"Keras: {type(error).__name__}: {str(error)[:200]}")
        faults = [f for f in faults if f]
        good += not faults
        fault = fault or (faults[0] if faults else None)
    return good, fault


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="build/src/cli/assay-cli")
    parser.add_argument("--write")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    keras.config.disable_interactive_logging()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in args.names or CLASSES:
            good, fault = check(name, args.cli, pathlib.Path(folder))
            rows.append((name, good, fault))
            if fault:
                print(f"{name}: {good} of 3: {fault}", flush=True)
    passed = sum(good == 3 for _, good, _ in rows)
    print(f"{passed} passed of {len(rows)} classes")
    if args.write:
        lines = ["# Keras' layer classes", "",
                 f"**{passed} passed of {len(rows)} classes**: `tests/keras-classes.py` makes three random one-layer models of each with Keras {keras.__version__}, saves them",
                 "as `.keras` and `.h5`, runs them with `assay-cli run`, and compares within 2e-5 + 1e-4 · |x|. `Lambda`, custom classes and classes that aren't",
                 "here are shown, and named when a model that has them is to be run.", "",
                 "| class | of 3 models | |", "|---|---|---|"]
        lines += [f"| {name} | {good} | {(fault or '').splitlines()[0][:150].replace('|', '/') if fault else ''} |" for name, good, fault in rows]
        pathlib.Path(args.write).write_text("\n".join(lines) + "\n")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
