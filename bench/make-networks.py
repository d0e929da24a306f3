#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds networks with random weights as Keras writes them, for bench-models.py: NAME/model.keras, NAME/saved_model and NAME/inputs.npz.

make-networks.py DIR [NAME...]          (needs Keras 3 and TensorFlow)

ResNet-50, MobileNetV2 and BERT-base have the published shapes; the others are one kind of layer at a size at which it matters.
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers as L


def conv(x, n, kernel, stride=1, activation="relu", use_bias=False):
    x = L.Conv2D(n, kernel, stride, "same", use_bias=use_bias)(x)
    x = L.BatchNormalization()(x)
    return L.Activation(activation)(x) if activation else x


def resnet_50():
    x = inputs = keras.Input((224, 224, 3), name="image")
    x = L.ZeroPadding2D(3)(x)
    x = L.Activation("relu")(L.BatchNormalization()(L.Conv2D(64, 7, 2)(x)))
    x = L.MaxPooling2D(3, 2)(L.ZeroPadding2D(1)(x))
    for stage, count in enumerate([3, 4, 6, 3]):
        for block in range(count):
            n, stride = 64 << stage, 2 if block == 0 and stage > 0 else 1
            y = conv(conv(x, n, 1, stride, use_bias=True), n, 3, use_bias=True)
            y = conv(y, 4 * n, 1, activation=None, use_bias=True)
            short = conv(x, 4 * n, 1, stride, None, use_bias=True) if block == 0 else x
            x = L.Activation("relu")(L.Add()([short, y]))
    return keras.Model(inputs, L.Dense(1000, "softmax")(L.GlobalAveragePooling2D()(x)), name="resnet_50")


def mobilenet_v2():
    def cut(x):
        return L.ReLU(6.0)(L.BatchNormalization()(x))

    x = inputs = keras.Input((224, 224, 3), name="image")
    x, c = cut(L.Conv2D(32, 3, 2, "same", use_bias=False)(x)), 32
    for t, n, count, s in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for block in range(count):
            stride, y = s if block == 0 else 1, x
            if t > 1:
                y = cut(L.Conv2D(t * c, 1, use_bias=False)(y))
            if stride == 2:
                y = L.ZeroPadding2D(((0, 1), (0, 1)))(y)
            y = cut(L.DepthwiseConv2D(3, stride, "same" if stride == 1 else "valid", use_bias=False)(y))
            y = L.BatchNormalization()(L.Conv2D(n, 1, use_bias=False)(y))
            x, c = L.Add()([x, y]) if block > 0 else y, n
    x = L.GlobalAveragePooling2D()(cut(L.Conv2D(1280, 1, use_bias=False)(x)))
    return keras.Model(inputs, L.Dense(1000, "softmax")(x), name="mobilenet_v2")


def encoder(x, n_blocks, width, heads, inner, activation="gelu"):
    for _ in range(n_blocks):
        x = L.LayerNormalization(epsilon=1e-12)(L.Add()([x, L.MultiHeadAttention(heads, width // heads)(x, x)]))
        y = L.Dense(width)(L.Dense(inner, activation)(x))
        x = L.LayerNormalization(epsilon=1e-12)(L.Add()([x, y]))
    return x


def bert_base():
    tokens = keras.Input((128,), dtype="int32", name="tokens")
    places = keras.Input((128,), dtype="int32", name="places")
    kinds = keras.Input((128,), dtype="int32", name="kinds")
    x = L.Add()([L.Embedding(30522, 768)(tokens), L.Embedding(512, 768)(places), L.Embedding(2, 768)(kinds)])
    x = encoder(L.LayerNormalization(epsilon=1e-12)(x), 12, 768, 12, 3072)
    return keras.Model([tokens, places, kinds], [x, L.Dense(768, "tanh")(x[:, 0])], name="bert_base")


def sequential(name, shape, *parts, dtype="float32"):
    return keras.Sequential([keras.Input(shape, dtype=dtype, name="x"), *parts], name=name)


def perceptron():
    return sequential("perceptron", (784,), L.Dense(512, "relu"), L.Dense(512, "relu"), L.Dense(10, "softmax"))


def small_cnn():
    return sequential("small_cnn", (28, 28, 1), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(64, 3, activation="relu"),
                      L.MaxPooling2D(), L.Flatten(), L.Dropout(0.5), L.Dense(10, "softmax"))


def lstm():
    return sequential("lstm", (100,), L.Embedding(5000, 64), L.LSTM(128, return_sequences=True), L.LSTM(128), L.Dense(10, "softmax"), dtype="int32")


def gru():
    return sequential("gru", (100, 64), L.Bidirectional(L.GRU(128, return_sequences=True)), L.GRU(128), L.Dense(10))


def transformer():
    tokens = keras.Input((64,), dtype="int32", name="x")
    x = encoder(L.Embedding(8000, 256)(tokens), 4, 256, 4, 1024, "relu")
    return keras.Model(tokens, L.Dense(2, "softmax")(L.GlobalAveragePooling1D()(x)), name="transformer")


def conv_1d():
    return sequential("conv_1d", (4000, 16), *[L.Conv1D(64, 9, dilation_rate=d, padding="causal", activation="relu") for d in (1, 2, 4, 8)],
                      L.SeparableConv1D(64, 5, padding="same"), L.GlobalMaxPooling1D(), L.Dense(10))


def depthwise():
    return sequential("depthwise", (112, 112, 32), L.DepthwiseConv2D(5, padding="same", activation="relu"),
                      L.DepthwiseConv2D(3, padding="same", depth_multiplier=2), L.SeparableConv2D(64, 3, padding="same"),
                      L.DepthwiseConv2D(3, dilation_rate=2, padding="same"))


def transposed():
    return sequential("transposed", (16, 16, 128), L.Conv2DTranspose(64, 3, 2, "same", activation="relu"),
                      L.Conv2DTranspose(32, 4, 2, "same", activation="relu"), L.Conv2DTranspose(16, 3, 2, "same", activation="relu"),
                      L.UpSampling2D(interpolation="bilinear"), L.Conv2D(3, 3, padding="same"))


def conv_3d():
    return sequential("conv_3d", (16, 32, 32, 8), L.Conv3D(16, 3, padding="same", activation="relu"), L.MaxPooling3D(), L.Conv3D(32, 3, activation="relu"),
                      L.GroupNormalization(4), L.GlobalAveragePooling3D())


NETWORKS = {f.__name__.replace("_", "-"): f for f in (resnet_50, mobilenet_v2, bert_base, perceptron, small_cnn, lstm, gru, transformer, conv_1d,
                                                      depthwise, transposed, conv_3d)}


def randomize(model, rng):
    """Keras leaves biases and statistics at 0 and 1, which is easier than what a trained network has."""
    for v in model.variables:
        if v.name in ("bias", "beta", "moving_mean"):
            v.assign(rng.normal(0, .1, v.shape))
        elif v.name in ("gamma", "moving_variance"):
            v.assign(rng.uniform(.8, 1.2, v.shape))


def make_input(x, rng):
    shape = [1] + list(x.shape[1:])
    if x.dtype == "int32":
        return rng.integers(0, 2 if x.name == "kinds" else 500, shape).astype(np.int32)
    return rng.uniform(-1, 1, shape).astype(np.float32)


def make(folder, name):
    path = os.path.join(folder, name)
    if os.path.exists(os.path.join(path, "inputs.npz")):
        return
    os.makedirs(path, exist_ok=True)
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    model = NETWORKS[name]()
    randomize(model, rng)
    model.save(os.path.join(path, "model.keras"))
    model.export(os.path.join(path, "saved_model"), verbose=False)
    np.savez(os.path.join(path, "inputs.npz"), **{x.name: make_input(x, rng) for x in model.inputs})


if __name__ == "__main__":
    for network in sys.argv[2:] or NETWORKS:
        make(sys.argv[1], network)
