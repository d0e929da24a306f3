#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes models as people do, with random weights, in every form that Keras 3, Keras 2 and TensorFlow write, runs them with `assay-cli run` and compares.

Usage: check-models.py [--cli PATH] [--keep FOLDER] [--record FOLDER] [NAME…]      NAME: a part of "keras3/ResNet50", "keras2/unet", "tf/v1_while"…

--record writes the models, their inputs and what the libraries gave, as tests/test-recorded-models.c reads them; see tests/data/models/record.sh.

A number agrees within 2e-5 + 1e-4 |x| (of a deep net: 1e-4 of the tensor's largest), one of 16 bits within 2e-2 of the largest. Takes several minutes.
Needs TensorFlow, Keras 3 and tf_keras.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

# Of keras.applications: what is made of them here.
APPLICATIONS = {
    "ResNet50": (64, {}), "ResNet50V2": (64, {}), "MobileNet": (64, {"alpha": 0.5}), "MobileNetV2": (64, {"alpha": 0.5}), "MobileNetV3Small": (64, {}),
    "EfficientNetB0": (64, {}), "EfficientNetV2B0": (64, {}), "DenseNet121": (64, {}), "InceptionV3": (80, {}), "InceptionResNetV2": (80, {}),
    "Xception": (75, {}), "NASNetMobile": (64, {}), "ConvNeXtTiny": (64, {}), "VGG16": (32, {"include_top": False}), "RegNetX002": (64, {}),
}


def application(name):
    def make(k):
        side, settings = APPLICATIONS[name]
        settings = {"include_top": True, "weights": None, **settings}
        return getattr(k.applications, name)(input_shape=(side, side, 3), **({"classes": 17} if settings["include_top"] else {}), **settings), [("f", (2, side, side, 3))]
    return make


def functional_io(k):
    a, b = k.Input((8,), name="left"), k.Input((6,), name="right")
    shared = k.layers.Dense(5, activation="tanh", name="shared")
    x, y = k.layers.Dense(6)(a), b
    joined = k.layers.Concatenate()([shared(x), shared(y)])
    side = k.layers.Multiply()([shared(x), shared(y)])
    return k.Model([a, b], {"score": k.layers.Dense(1, activation="sigmoid", name="score")(joined), "side": side}), [("f", (3, 8)), ("f", (3, 6))]


def list_io(k):
    a, b = k.Input((4, 4, 2)), k.Input((4, 4, 2))
    x = k.layers.Add()([a, b])
    return k.Model([a, b], [k.layers.Conv2D(3, 2)(x), k.layers.GlobalMaxPooling2D()(x)]), [("f", (2, 4, 4, 2))] * 2


def text_bilstm(k):
    return k.Sequential([k.Input((None,), dtype="int32"), k.layers.Embedding(50, 16, mask_zero=True), k.layers.SpatialDropout1D(0.2),
                         k.layers.Bidirectional(k.layers.LSTM(8, return_sequences=True)), k.layers.Bidirectional(k.layers.GRU(6)),
                         k.layers.Dense(12, activation="relu"), k.layers.Dropout(0.5), k.layers.Dense(3, activation="softmax")]), [("i50", (3, 9))]


def char_cnn(k):
    x = i = k.Input((40,), dtype="int64")
    x = k.layers.Embedding(60, 12)(x)
    towers = [k.layers.GlobalMaxPooling1D()(k.layers.Conv1D(8, n, activation="relu", padding="same")(x)) for n in (2, 3, 5)]
    return k.Model(i, k.layers.Dense(4, activation="softmax")(k.layers.Concatenate()(towers))), [("i60", (2, 40))]


def transformer(k):
    i = k.Input((12, 16))
    x = i
    for _ in range(2):
        h = k.layers.LayerNormalization(epsilon=1e-6)(x)
        h = k.layers.MultiHeadAttention(4, 4, dropout=0.1)(h, h, use_causal_mask=True)
        x = k.layers.Add()([x, h])
        h = k.layers.LayerNormalization(epsilon=1e-6)(x)
        h = k.layers.Dense(32, activation="gelu")(h)
        x = k.layers.Add()([x, k.layers.Dense(16)(h)])
    return k.Model(i, k.layers.Dense(2)(k.layers.GlobalAveragePooling1D()(x))), [("f", (2, 12, 16))]


def vit(k):
    i = k.Input((32, 32, 3))
    x = k.layers.Conv2D(24, 8, strides=8)(i)
    x = k.layers.Reshape((16, 24))(x)
    x = x + k.layers.Embedding(16, 24)(k.ops.arange(16)) if hasattr(k, "ops") else x
    h = k.layers.MultiHeadAttention(3, 8)(k.layers.LayerNormalization()(x), k.layers.LayerNormalization()(x))
    x = k.layers.Add()([x, h])
    return k.Model(i, k.layers.Dense(5, activation="softmax")(k.layers.Flatten()(x))), [("f", (2, 32, 32, 3))]


def unet(k):
    i = k.Input((32, 32, 1))
    c1 = k.layers.Conv2D(4, 3, padding="same", activation="relu")(i)
    p1 = k.layers.MaxPooling2D()(c1)
    c2 = k.layers.BatchNormalization()(k.layers.Conv2D(8, 3, padding="same", activation="relu")(p1))
    p2 = k.layers.MaxPooling2D()(c2)
    c3 = k.layers.Conv2D(16, 3, padding="same", activation="relu")(p2)
    u2 = k.layers.Conv2DTranspose(8, 2, strides=2, padding="same")(c3)
    c4 = k.layers.Conv2D(8, 3, padding="same", activation="relu")(k.layers.concatenate([u2, c2]))
    u1 = k.layers.UpSampling2D(interpolation="bilinear")(c4)
    return k.Model(i, k.layers.Conv2D(1, 1, activation="sigmoid")(k.layers.concatenate([u1, c1]))), [("f", (2, 32, 32, 1))]


def autoencoder(k):
    encoder = k.Sequential([k.Input((28, 28, 1)), k.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"), k.layers.Flatten(), k.layers.Dense(10)], name="encoder")
    decoder = k.Sequential([k.Input((10,)), k.layers.Dense(7 * 7 * 4), k.layers.Reshape((7, 7, 4)),
                            k.layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
                            k.layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")], name="decoder")
    i = k.Input((28, 28, 1))
    return k.Model(i, decoder(encoder(i)), name="autoencoder"), [("f", (2, 28, 28, 1))]


def gan_generator(k):
    return k.Sequential([k.Input((20,)), k.layers.Dense(4 * 4 * 16, use_bias=False), k.layers.BatchNormalization(), k.layers.LeakyReLU(), k.layers.Reshape((4, 4, 16)),
                         k.layers.Conv2DTranspose(8, 5, strides=1, padding="same", use_bias=False), k.layers.BatchNormalization(), k.layers.LeakyReLU(),
                         k.layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh")]), [("f", (2, 20))]


def wavenet(k):
    x = i = k.Input((None, 1))
    x = k.layers.Conv1D(8, 1)(x)
    skips = []
    for d in (1, 2, 4, 8):
        t = k.layers.Conv1D(8, 2, dilation_rate=d, padding="causal", activation="tanh")(x)
        s = k.layers.Conv1D(8, 2, dilation_rate=d, padding="causal", activation="sigmoid")(x)
        z = k.layers.Multiply()([t, s])
        skips.append(k.layers.Conv1D(8, 1)(z))
        x = k.layers.Add()([x, skips[-1]])
    return k.Model(i, k.layers.Conv1D(1, 1)(k.layers.Activation("relu")(k.layers.Add()(skips)))), [("f", (2, 30, 1))]


def seq2seq(k):
    encoder_in, decoder_in = k.Input((None, 5), name="encoder_in"), k.Input((None, 4), name="decoder_in")
    _, h, c = k.layers.LSTM(7, return_state=True)(encoder_in)
    out, _, _ = k.layers.LSTM(7, return_sequences=True, return_state=True)(decoder_in, initial_state=[h, c])
    return k.Model([encoder_in, decoder_in], k.layers.TimeDistributed(k.layers.Dense(4, activation="softmax"))(out)), [("f", (2, 6, 5)), ("f", (2, 8, 4))]


def mixed_float16(k):
    policy = k.mixed_precision.Policy("mixed_float16") if k is tf_keras else k.DTypePolicy("mixed_float16")
    i = k.Input((16, 16, 3))
    x = k.layers.Conv2D(8, 3, activation="relu", dtype=policy)(i)
    x = k.layers.BatchNormalization(dtype=policy)(x)
    x = k.layers.GlobalAveragePooling2D(dtype=policy)(x)
    return k.Model(i, k.layers.Dense(4, activation="softmax", dtype="float32")(x)), [("f", (2, 16, 16, 3))]


def int8(k):
    model = k.Sequential([k.Input((12,), dtype="int32"), k.layers.Embedding(30, 8), k.layers.Dense(16, activation="relu"), k.layers.Dense(6),
                          k.layers.Flatten(), k.layers.Dense(3)])
    model.quantize("int8")
    return model, [("i30", (2, 12))]


def int4(k):
    model = k.Sequential([k.Input((12,)), k.layers.Dense(16, activation="relu"), k.layers.Dense(3)])
    model.quantize("int4")
    return model, [("f", (2, 12))]


def float8(k):
    model = k.Sequential([k.Input((12,)), k.layers.Dense(16, activation="relu"), k.layers.Dense(3)])
    model.quantize("float8")
    return model, [("f", (2, 12))]


def lora(k):
    model = k.Sequential([k.Input((12,)), k.layers.Dense(16, activation="relu"), k.layers.Dense(3)])
    for layer in model.layers:
        layer.enable_lora(2)
    for v in model.variables:
        v.assign(np.random.default_rng(3).normal(size=v.shape) * 0.3)
    return model, [("f", (2, 12))]


def ops_mix(k):
    i = k.Input((6, 8))
    o = k.ops
    x = o.softmax(o.matmul(i, o.transpose(i, (0, 2, 1))) / 3.0, axis=-1)
    x = o.concatenate([x, o.mean(i, axis=-1, keepdims=True), o.expand_dims(i[:, :, 0], -1)], axis=-1)
    x = o.where(x > 0.2, o.sqrt(o.abs(x)), x * 2 - 1)
    x = o.reshape(x, (-1, 6 * 8))
    x = o.clip(x, -1, 1) ** 2
    y = o.einsum("bij,bkj->bik", i, i)
    return k.Model(i, [x, o.max(y, axis=(1, 2)), o.argmax(i, axis=-1), o.split(i, 2, axis=-1)[1], o.stack([i, i], axis=1), o.cumsum(i, axis=1), o.norm(i, axis=-1), o.var(i, axis=1), o.std(i, axis=(1, 2)),
                       o.logsumexp(i, axis=1), o.flip(i, axis=1), o.tile(i, (1, 2, 1)), o.swapaxes(i, 1, 2), o.moveaxis(i, 1, -1), o.one_hot(o.argmax(i, axis=-1), 8), o.normalize(i, axis=-1),
                       *o.top_k(i, 3), o.zeros_like(i), o.arctan(i), o.split(i, [2, 5], axis=1)[1], o.isfinite(i)]), [("f", (2, 6, 8))]


def dense_stack(k):
    return k.Sequential([k.Input((10,)), k.layers.Dense(8, activation="swish"), k.layers.BatchNormalization(), k.layers.Dense(8, activation=k.activations.gelu),
                         k.layers.Dense(3, activation="log_softmax" if k is keras else "softmax")]), [("f", (4, 10))]


def normalized(k):
    n = k.layers.Normalization()
    n.adapt(np.random.default_rng(1).normal(3, 2, (50, 6)))
    return k.Sequential([k.Input((6,)), n, k.layers.Dense(3)]), [("f", (4, 6))]


def augmented(k):
    return k.Sequential([k.Input((24, 24, 3)), k.layers.Rescaling(1 / 255), k.layers.RandomFlip(), k.layers.RandomRotation(0.1), k.layers.Resizing(16, 16), k.layers.CenterCrop(12, 12),
                         k.layers.Conv2D(4, 3, activation="relu"), k.layers.GlobalAveragePooling2D(), k.layers.Dense(2)]), [("f", (2, 24, 24, 3))]


def no_input_shape(k):
    model = k.Sequential([k.layers.Dense(4, activation="relu"), k.layers.Dense(2)])
    model(np.zeros((1, 5), np.float32))
    return model, [("f", (3, 5))]


def regularized(k):
    model = k.Sequential([k.Input((5,)), k.layers.Dense(4, kernel_regularizer="l2", kernel_constraint=k.constraints.MaxNorm(2), kernel_initializer="he_normal"), k.layers.ActivityRegularization(0.1), k.layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.zeros((4, 5)), np.zeros((4, 2)), verbose=0)
    return model, [("f", (3, 5))]


def conv_lstm(k):
    return k.Sequential([k.Input((4, 8, 8, 2)), k.layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True), k.layers.BatchNormalization(), k.layers.Conv3D(1, 3, padding="same", activation="sigmoid")]), [("f", (2, 4, 8, 8, 2))]


def stateful(k):
    i = k.Input(batch_shape=(2, 5, 3))
    return k.Model(i, k.layers.Dense(2)(k.layers.LSTM(4, stateful=True)(i))), [("f", (2, 5, 3))]


def nested_deep(k):
    def block(units, name):
        i = k.Input((units,))
        return k.Model(i, k.layers.Add()([i, k.layers.Dense(units, activation="relu")(i)]), name=name)
    inner = block(6, "inner")
    i = k.Input((6,))
    outer = k.Model(i, block(6, "second")(inner(inner(i))), name="outer")
    j = k.Input((6,))
    return k.Model(j, k.layers.Dense(2)(outer(j))), [("f", (3, 6))]


MODELS = {**{name: application(name) for name in APPLICATIONS}, **{f.__name__: f for f in (
    functional_io, list_io, text_bilstm, char_cnn, transformer, vit, unet, autoencoder, gan_generator, wavenet, seq2seq, mixed_float16, int8, int4, float8, lora, ops_mix, dense_stack,
    normalized, augmented, no_input_shape, regularized, conv_lstm, stateful, nested_deep)}}
ONLY_KERAS_3 = {"int8", "int4", "float8", "lora", "ops_mix"}


# What tf.saved_model.save and TensorFlow 1 write: (object, signatures, {name: array}).
def loops(_):
    class Loops(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(np.random.default_rng(2).normal(size=(4, 4)).astype("f4") * 0.5)

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
        def __call__(self, x):
            n = 0
            while tf.reduce_sum(tf.abs(x)) > 1.0 and n < 20:
                x = tf.tanh(tf.matmul(x, self.w))
                n += 1
                if n > 15:
                    break
            for i in tf.range(3):
                if i == 1:
                    continue
                x = x + tf.cast(i, tf.float32)
            return {"x": x, "n": tf.constant(n) if isinstance(n, int) else n}
    m = Loops()
    return m, None, {"x": np.random.default_rng(1).normal(size=(3, 4)).astype("f4")}


def arrays(_):
    class Arrays(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
        def __call__(self, x):
            n = tf.shape(x)[0]
            array = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
            state = tf.zeros([3])
            for i in tf.range(n):
                state = 0.5 * state + x[i]
                array = array.write(i, state)
            parts = tf.TensorArray(tf.float32, size=2, infer_shape=False)
            parts = parts.write(0, x[:1]).write(1, x[1:])
            return {"stack": array.stack(), "gathered": array.gather([1, 0]), "concat": parts.concat(), "split": tf.TensorArray(tf.float32, size=2).split(x, [1, n - 1]).read(1)}
    return Arrays(), None, {"x": np.random.default_rng(1).normal(size=(4, 3)).astype("f4")}


def functional_ops(_):
    class Ops(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 6], tf.float32)])
        def __call__(self, x):
            y = tf.map_fn(lambda r: tf.reduce_sum(r) * r, x)
            z = tf.scan(lambda a, r: a + r, x)
            f = tf.foldl(lambda a, r: a * 0.9 + r, x)
            c = tf.switch_case(tf.cast(tf.reduce_sum(x) > 0, tf.int32), [lambda: x * 2, lambda: x * 3])
            v = tf.vectorized_map(lambda r: tf.nn.softmax(r), x)
            return {"y": y, "z": z, "f": f, "c": c, "v": v}
    return Ops(), None, {"x": np.random.default_rng(1).normal(size=(4, 6)).astype("f4")}


def math_mix(_):
    class Mix(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32), tf.TensorSpec([None], tf.int32)])
        def __call__(self, x, ids):
            unique, index = tf.unique(ids)
            top = tf.math.top_k(x, 2)
            gathered = tf.gather(x, tf.argsort(x, axis=0)[:, 0])
            return {"unique": unique, "index": index, "top": top.values, "where": tf.where(x > 0), "masked": tf.boolean_mask(x, x[:, 0] > 0), "gathered": gathered,
                    "segment": tf.math.unsorted_segment_sum(x, ids % 3, 3), "onehot": tf.one_hot(ids, 5), "scatter": tf.tensor_scatter_nd_update(x, [[0, 1]], [9.0]),
                    "norm": tf.linalg.l2_normalize(x, axis=1), "cumprod": tf.math.cumprod(x, axis=1), "logsumexp": tf.reduce_logsumexp(x, axis=1),
                    "roll": tf.roll(x, 1, axis=0), "pad": tf.pad(x, [[1, 1], [0, 2]], "REFLECT"), "band": tf.linalg.band_part(tf.matmul(x, x, transpose_a=True), 0, -1),
                    "moments": tf.nn.moments(x, 0)[1], "sort": tf.sort(x, direction="DESCENDING"), "clip": tf.clip_by_norm(x, 1.0), "meshgrid": tf.meshgrid(x[0], x[:, 0])[0]}
    r = np.random.default_rng(1)
    return Mix(), None, {"x": r.normal(size=(5, 4)).astype("f4"), "ids": r.integers(0, 4, 5).astype("i4")}


def image_ops(_):
    class Image(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)])
        def serve(self, image):
            x = tf.image.convert_image_dtype(image, tf.float32)
            x = tf.image.resize(x, [20, 24])
            y = tf.image.resize_with_pad(x, 16, 16)
            return {"resized": x, "padded": y, "gray": tf.image.rgb_to_grayscale(x), "flip": tf.image.flip_left_right(x), "std": tf.image.per_image_standardization(y),
                    "crop": tf.image.central_crop(x, 0.5), "hsv": tf.image.rgb_to_hsv(x), "adjusted": tf.image.adjust_contrast(x, 1.3), "bright": tf.image.adjust_brightness(x, 0.1)}
    m = Image()
    return m, {"serving_default": m.serve}, {"image": np.random.default_rng(1).integers(0, 256, (2, 15, 17, 3)).astype("u1")}


def counter(_):
    """A variable that counts its calls, as serving models do."""
    class Counter(tf.Module):
        def __init__(self):
            super().__init__()
            self.n = tf.Variable(3.0)

        @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
        def __call__(self, x):
            self.n.assign_add(1.0)
            return x * self.n
    return Counter(), None, {"x": np.array([1, 2], "f4")}


def table(_):
    class Table(tf.Module):
        def __init__(self):
            super().__init__()
            self.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant([2, 5, 7], tf.int64), tf.constant([10, 20, 30], tf.int64)), -1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
        def __call__(self, x):
            return self.table.lookup(x)
    return Table(), None, {"x": np.array([5, 2, 9], "i8")}


def spectrum(_):
    class Spectrum(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 256], tf.float32)])
        def __call__(self, x):
            s = tf.signal.stft(x, 64, 32)
            mel = tf.matmul(tf.abs(s), tf.signal.linear_to_mel_weight_matrix(8, 33, 8000))
            return {"abs": tf.abs(s), "mel": tf.math.log(mel + 1e-6), "mfcc": tf.signal.mfccs_from_log_mel_spectrograms(tf.math.log(mel + 1e-6)), "back": tf.signal.irfft(tf.signal.rfft(x))}
    return Spectrum(), None, {"x": np.random.default_rng(1).normal(size=(2, 256)).astype("f4")}


def linalg(_):
    class Linalg(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([3, 3], tf.float32)])
        def __call__(self, x):
            a = tf.matmul(x, x, transpose_b=True) + tf.eye(3)
            return {"inv": tf.linalg.inv(a), "det": tf.linalg.det(a), "chol": tf.linalg.cholesky(a), "solve": tf.linalg.solve(a, x), "trace": tf.linalg.trace(a)}
    return Linalg(), None, {"x": np.random.default_rng(1).normal(size=(3, 3)).astype("f4")}


def subclassed(k):
    class Block(k.layers.Layer):
        def __init__(self, n, **more):
            super().__init__(**more)
            self.n, self.dense, self.norm = n, k.layers.Dense(n), k.layers.LayerNormalization()

        def call(self, x, training=False):
            return x + self.norm(tf.nn.gelu(self.dense(x), approximate=True))

    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.blocks, self.out = [Block(8), Block(8)], k.layers.Dense(3)

        def call(self, x, training=False):
            for block in self.blocks:
                x = block(x, training=training)
            return self.out(tf.reduce_mean(x, axis=1)), tf.shape(x)[1]
    net = Net()
    x = np.random.default_rng(1).normal(size=(2, 5, 8)).astype("f4")
    net(x)
    call = tf.function(lambda x: net(x), input_signature=[tf.TensorSpec([None, None, 8], tf.float32, name="x")])
    return net, {"serving_default": call.get_concrete_function()}, {"x": x}


def subclassed2(_):
    return subclassed(tf_keras)


def subclassed3(_):
    return subclassed(keras)


TENSORFLOW = {f.__name__: f for f in (loops, arrays, functional_ops, math_mix, image_ops, counter, table, spectrum, linalg, subclassed2, subclassed3)}


def v1_model(folder, build):
    """A SavedModel of TensorFlow 1: a graph, a session, a Saver. Returns inputs and outputs."""
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        v1.disable_control_flow_v2()
        v1.disable_resource_variables()
        v1.set_random_seed(1)
        inputs, outputs, values = build(v1)
        with v1.Session() as session:
            session.run([v1.global_variables_initializer(), v1.tables_initializer()])
            wanted = session.run(outputs, {inputs[name]: value for name, value in values.items()})
            v1.saved_model.simple_save(session, str(folder), inputs, outputs)
        v1.enable_resource_variables()
        v1.enable_control_flow_v2()
    return values, wanted


def v1_cnn(v1):
    x = v1.placeholder(tf.float32, [None, 12, 12, 1], "x")
    with v1.variable_scope("conv"):
        kernel = v1.get_variable("kernel", [3, 3, 1, 4])
    y = tf.nn.relu(v1.nn.conv2d(x, kernel, 1, "SAME"))
    y = v1.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    y, _, _ = v1.nn.fused_batch_norm(y, tf.ones(4), tf.zeros(4), tf.zeros(4) + 0.1, tf.ones(4) * 2, is_training=False)
    keep = v1.placeholder_with_default(1.0, [], "keep_prob")
    y = v1.reshape(y, [-1, 144])
    y = v1.nn.dropout(y, keep_prob=keep)
    w = v1.get_variable("w", [144, 3])
    return {"x": x}, {"probabilities": tf.nn.softmax(tf.matmul(y, w))}, {"x": np.random.default_rng(1).normal(size=(2, 12, 12, 1)).astype("f4")}


def v1_cond(v1):
    x = v1.placeholder(tf.float32, [None, 3], "x")
    training = v1.placeholder_with_default(False, [], "training")
    w = v1.get_variable("w", [3, 3])
    y = v1.cond(training, lambda: tf.matmul(x, w) * 2, lambda: tf.matmul(x, w) + 1)
    z = v1.cond(tf.reduce_sum(x) > 0, lambda: v1.cond(tf.reduce_max(x) > 1, lambda: x * 3, lambda: x * 5), lambda: -x)
    return {"x": x}, {"y": y, "z": z}, {"x": np.random.default_rng(1).normal(size=(2, 3)).astype("f4")}


def v1_while(v1):
    x = v1.placeholder(tf.float32, [None, 3], "x")
    w = v1.get_variable("w", [3, 3])
    i, y = v1.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, tf.tanh(tf.matmul(y, w))), [tf.constant(0), x])
    _, z = v1.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, v1.while_loop(lambda j, s: j < i, lambda j, s: (j + 1, s * 1.5), [tf.constant(0), y])[1] + 1), [tf.constant(0), x])
    return {"x": x}, {"y": y, "i": i, "z": z}, {"x": np.random.default_rng(1).normal(size=(2, 3)).astype("f4")}


def v1_rnn(v1):
    x = v1.placeholder(tf.float32, [None, 6, 3], "x")
    n = v1.placeholder(tf.int32, [None], "n")
    cell = tf_keras.layers.LSTMCell(4)
    w, u = v1.get_variable("w", [3, 4]), v1.get_variable("u", [4, 4])
    array = tf.TensorArray(tf.float32, 6)
    xs = tf.TensorArray(tf.float32, 6).unstack(tf.transpose(x, [1, 0, 2]))
    del cell

    def step(t, h, out):
        new = tf.tanh(tf.matmul(xs.read(t), w) + tf.matmul(h, u))
        h = tf.where(tf.expand_dims(t < n, 1) & tf.ones_like(h, tf.bool), new, h)
        return t + 1, h, out.write(t, h)
    _, h, array = v1.while_loop(lambda t, *_: t < 6, step, [tf.constant(0), tf.zeros([tf.shape(x)[0], 4]), array])
    return {"x": x, "n": n}, {"h": h, "all": tf.transpose(array.stack(), [1, 0, 2])}, {"x": np.random.default_rng(1).normal(size=(2, 6, 3)).astype("f4"), "n": np.array([4, 6], "i4")}


def v1_constant(v1):
    x = v1.placeholder(tf.float32, [None, 3], "x")
    return {"x": x}, {"y": tf.matmul(x, tf.constant(np.random.default_rng(2).normal(size=(3, 300)).astype("f4")))}, {"x": np.ones((2, 3), "f4")}


def v1_queue(v1):
    x = v1.placeholder(tf.float32, [None, 3], "x")
    step = v1.train.get_or_create_global_step()
    w = v1.get_variable("w", [3, 2], partitioner=v1.fixed_size_partitioner(3))
    ema = tf.train.ExponentialMovingAverage(0.9)
    y = tf.matmul(x, tf.convert_to_tensor(w))
    with tf.control_dependencies([v1.assert_greater(tf.shape(x)[0], 0)]):
        y = tf.identity(y)
    del ema
    return {"x": x}, {"y": y, "step": step + 0}, {"x": np.ones((2, 3), "f4")}


VERSION_1 = {f.__name__: f for f in (v1_cnn, v1_cond, v1_while, v1_rnn, v1_constant, v1_queue)}


def make_input(kind, shape, rng):
    return rng.normal(size=shape).astype(np.float32) if kind == "f" else rng.integers(1, int(kind[1:]), shape).astype(np.int32)


def randomize(model, seed):
    """Weights with which a deep net neither dies nor explodes, and statistics that aren't those of a new layer."""
    r = np.random.default_rng(seed)
    for v in model.weights:
        path = getattr(v, "path", v.name)
        dtype = np.dtype(tf.as_dtype(v.dtype).as_numpy_dtype)
        if not tf.as_dtype(v.dtype).is_floating or "seed" in path:
            continue
        if "variance" in path:
            v.assign(r.uniform(0.5, 1.5, v.shape).astype(dtype))
        elif "moving_mean" in path or "bias" in path or "beta" in path:
            v.assign((np.asarray(v) + r.normal(size=v.shape) * 0.05).astype(dtype))


def agree(ours, theirs, narrow=False):
    theirs = np.asarray(theirs)
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, not {theirs.shape}"
    if theirs.dtype.kind in "OSU":
        return None if ours.tolist() == theirs.tolist() else "strings differ"
    narrow = narrow or theirs.dtype.itemsize == 2 and theirs.dtype.kind != "i"
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    largest = np.abs(b[np.isfinite(b)]).max(initial=0)
    bound = 2e-2 * largest if narrow else np.maximum(2e-5 + 1e-4 * np.abs(b), 1e-4 * largest)
    bad = ~((np.abs(a - b) <= bound) | (a == b) | (np.isnan(a) & np.isnan(b)))
    return f"{int(bad.sum())} of {a.size} differ, at most by {np.nanmax(np.abs(a - b)):.3g} of {largest:.3g}" if bad.any() else None


def list_inputs(cli, path):
    listed = subprocess.run([cli, "ls", str(path), "--json"], capture_output=True, text=True, timeout=120)
    functions = json.loads(listed.stdout).get("functions") if listed.returncode == 0 else None
    return {entry["name"]: entry["dtype"] for entry in functions[0]["inputs"]} if functions else None


def run(cli, key, path, values, wanted, out, record):
    """Runs a file; None, or what is wrong. Inputs by their names, else in order."""
    names = list_inputs(cli, path) or {name: str(value.dtype) for name, value in values.items()}
    order = list(names) if set(names) <= set(values) else list(values)
    fed = {name: values[at].astype(dtype) for (name, dtype), at in zip(names.items(), order)}
    np.savez(f"{out}/inputs.npz", **fed)
    for old in pathlib.Path(out).glob("outputs.npz"):
        old.unlink()
    done = subprocess.run([cli, "run", str(path), "--inputs", f"{out}/inputs.npz", "--output", str(out), "--quiet"], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return done.stderr.strip()[:400]
    found, recorded = dict(np.load(f"{out}/outputs.npz")), {}
    if len(found) != len(wanted):
        return f"{sorted(found)}, not {sorted(wanted)}"
    for at, (output, value) in enumerate(wanted.items()):
        called = next((n for n in (output, f"output.{output}", f"output_{at}") if n in found), list(found)[at])
        fault = agree(found[called], value, "mixed" in key)
        if fault:
            return f"{output}: {fault}"
        recorded[called] = np.asarray(value)
    if record:
        record.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(record / "inputs.npz", **fed)
        np.savez_compressed(record / "outputs.npz", **recorded)
        if path.is_dir():
            shutil.copytree(path, record / "saved_model", dirs_exist_ok=True)
            for surplus in ("fingerprint.pb", "keras_metadata.pb", "assets"):
                gone = record / "saved_model" / surplus
                shutil.rmtree(gone) if gone.is_dir() else gone.unlink(missing_ok=True)
        else:
            shutil.copy(path, record / path.name)
    return None


def outputs_of(result):
    if isinstance(result, dict):
        return {k: np.asarray(v) for k, v in result.items()}
    flat = tf.nest.flatten(result)
    return {"output" if len(flat) == 1 else str(i): np.asarray(v) for i, v in enumerate(flat)}


def keras_cases(name, k, folder):
    """(form, path, inputs, outputs) of a model."""
    k.utils.set_random_seed(7)
    k.backend.clear_session()
    model, specs = MODELS[name](k)
    if name not in ("int8", "int4", "float8", "normalized"):
        randomize(model, 3)
    rng = np.random.default_rng(5)
    arrays_ = [make_input(kind, shape, rng) for kind, shape in specs]
    wanted = outputs_of(model(arrays_[0] if len(arrays_) == 1 else arrays_, training=False))
    for v in model.variables if name == "stateful" else []:
        if "state" in getattr(v, "path", v.name):
            v.assign(np.zeros(v.shape))
    if name == "stateful":
        (model.layers[1]).reset_states() if hasattr(model.layers[1], "reset_states") else model.layers[1].reset_state()
    values = {t.name.split(":")[0]: a for t, a in zip(model.inputs, arrays_)}
    for suffix in ("keras", "h5"):
        path = folder / f"model.{suffix}"
        try:
            model.save(path)
        except (TypeError, ValueError, NotImplementedError) as error:
            print(f"  ({suffix}: Keras can't write it: {str(error).splitlines()[0][:80]})")
            continue
        yield suffix, path, values, wanted
    try:
        if k is keras:
            model.export(str(folder / "exported"), verbose=False)
        else:
            model.save(str(folder / "exported"))
        # What TensorFlow makes of the file: an export may differ from its model (TimeDistributed over an open length, in Keras 3.15).
        loaded = tf.saved_model.load(str(folder / "exported"))
        signature = loaded.signatures["serving_default"]
        named = signature.structured_input_signature[1]
        order = list(named) if set(named) <= set(values) else list(values)
        exported = signature(**{name: tf.constant(values[key], dtype=named[name].dtype) for name, key in zip(named, order)})
        yield "saved model", folder / "exported", values, outputs_of(exported)
    except Exception as error:  # noqa: BLE001
        print(f"  (saved model: Keras can't write it: {str(error).splitlines()[0][:80]})")


def tensorflow_cases(name, folder):
    module, signatures, values = TENSORFLOW[name](None)
    if signatures:
        wanted = next(iter(signatures.values()))(**{k: tf.constant(v) for k, v in values.items()})
    else:
        wanted = module(*[tf.constant(v) for v in values.values()])
    wanted = outputs_of(wanted)
    if name == "counter":
        module.n.assign(3.0)
    tf.saved_model.save(module, str(folder / "saved"), signatures=signatures)
    yield "saved model", folder / "saved", values, wanted


def v1_cases(name, folder):
    values, wanted = v1_model(folder / "saved", VERSION_1[name])
    yield "saved model", folder / "saved", values, wanted


def all_models():
    for name in MODELS:
        yield f"keras3/{name}", lambda folder, name=name: keras_cases(name, keras, folder)
        if name not in ONLY_KERAS_3:
            yield f"keras2/{name}", lambda folder, name=name: keras_cases(name, tf_keras, folder)
    for name in TENSORFLOW:
        yield f"tf/{name}", lambda folder, name=name: tensorflow_cases(name, folder)
    for name in VERSION_1:
        yield f"tf/{name}", lambda folder, name=name: v1_cases(name, folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="build/src/cli/assay-cli")
    parser.add_argument("--keep")
    parser.add_argument("--record")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    passed = failed = skipped = 0
    for key, cases in all_models():
        if args.names and not any(part in key for part in args.names):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(args.keep) / key.replace("/", "-") if args.keep else pathlib.Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                for form, path, values, wanted in cases(folder):
                    name = f"{key}-{form}".replace("/", "-").replace(" ", "-")
                    fault = run(args.cli, key, path, values, wanted, scratch, pathlib.Path(args.record) / name if args.record else None)
                    passed += not fault
                    failed += bool(fault)
                    print(f"{'FAILS' if fault else 'same ':5} {key} {form}{': ' + fault if fault else ''}", flush=True)
            except Exception as error:  # noqa: BLE001 - this version of Keras hasn't it.
                skipped += 1
                print(f"skip  {key}: {type(error).__name__}: {str(error).splitlines()[0][:150] if str(error) else ''}", flush=True)
                if os.environ.get("ASSAY_TRACE"):
                    traceback.print_exc()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
