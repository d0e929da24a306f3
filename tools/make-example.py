#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains the example model and writes data/example.

A small convolutional network learns to read handwritten digits of 8 × 8 pixels: the 1,797 pictures that scikit-learn ships
(source and licence: data/example/README.md). Seeds are fixed, so a second run with the same versions gives the same values;
the HDF5 bytes around them may differ.

Needs keras (with any backend), scikit-learn, h5py, numpy and pillow:
    python3 tools/make-example.py [FOLDER]          default: data/example
"""
import hashlib
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py
import keras
import numpy as np
from keras import layers
from PIL import Image
from sklearn.datasets import load_digits

SEED = 8
EPOCHS = 8
NAMES = "zero one two three four five six seven eight nine".split()
PICTURES = (0, 3, 4, 7, 8)


def digits():
    """Pictures as float32 [n, 8, 8, 1] from 0 to 1 and labels, shuffled; the last 360 are the test set."""
    data = load_digits()
    pictures = (data.images / 16).astype("float32")[..., None]
    order = np.random.default_rng(SEED).permutation(len(pictures))
    pictures, labels = pictures[order], data.target[order].astype("int32")
    return pictures[:-360], labels[:-360], pictures[-360:], labels[-360:]


def build():
    """The network: two nested models, so that the tree has something to open and close."""
    features = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="conv2d"),
            layers.MaxPooling2D(name="max_pooling2d"),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2d_1"),
            layers.BatchNormalization(name="batch_normalization"),
        ],
        name="features",
    )
    classifier = keras.Sequential(
        [
            layers.Input((4, 4, 16)),
            layers.Flatten(name="flatten"),
            layers.Dense(32, activation="relu", name="dense"),
            layers.Dense(10, activation="softmax", name="dense_1"),
        ],
        name="classifier",
    )
    picture = keras.Input((8, 8, 1), name="picture")
    return keras.Model(picture, classifier(features(picture)), name="digits")


def train(model, folder):
    """Trains, keeping the weights after every epoch."""
    x, y, x_test, y_test = digits()
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    epochs = []
    for epoch in range(1, EPOCHS + 1):
        order = np.random.default_rng(SEED + epoch).permutation(len(x))
        history = model.fit(x[order], y[order], batch_size=32, shuffle=False, verbose=0)
        accuracy = float(np.mean(np.argmax(model.predict(x_test, verbose=0), -1) == y_test))
        name = f"training/epoch-{epoch}.weights.h5"
        save_checkpoint(model, folder / name)
        epochs.append({"file": name, "loss": round(history.history["loss"][0], 6), "test_accuracy": round(accuracy, 6)})
        print(epochs[-1])
    return epochs


def save_checkpoint(model, path):
    """Weights only: the optimizer's state would make each checkpoint three times as large."""
    optimizer, model.optimizer = model.optimizer, None
    model.save_weights(path)
    model.optimizer = optimizer


def save_pictures(folder):
    """The first test picture of some digits, as 8 × 8 grey PNG; 16 levels of the data become 0 to 255."""
    _, _, x, y = digits()
    pictures = []
    for digit in PICTURES:
        index = int(np.flatnonzero(y == digit)[0])
        name = f"pictures/{NAMES[digit]}.png"
        Image.fromarray(np.rint(x[index, :, :, 0] * 255).astype("uint8"), "L").save(folder / name, optimize=True)
        pictures.append({"file": name, "digit": digit})
    return pictures


def sha256(value):
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()


def check(folder, model, pictures):
    """What was written is read back: the model's answers, and that all of it is small."""
    again = keras.models.load_model(folder / "digits.h5")
    for one, two in zip(model.weights, again.weights, strict=True):
        assert one.path == two.path and np.array_equal(one.numpy(), two.numpy()), one.path
    for picture in pictures:
        x = np.asarray(Image.open(folder / picture["file"]), "float32")[None, ..., None] / 255
        assert int(np.argmax(again.predict(x, verbose=0))) == picture["digit"], picture
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    assert size < 1_000_000, size
    print(f"{size} bytes in all")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "data/example")
    for sub in ("training", "pictures"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(SEED)
    model = build()
    epochs = train(model, folder)
    model.save(folder / "digits.h5")
    pictures = save_pictures(folder)
    n_trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    expected = {
        "model": "digits.h5",
        "test_accuracy": epochs[-1]["test_accuracy"],
        "parameters": model.count_params(),
        "trainable_parameters": n_trainable,
        "variables": [
            {"path": w.path, "dtype": str(w.dtype), "shape": list(w.shape), "trainable": w.trainable, "sha256": sha256(w.numpy())}
            for w in model.weights
        ],
        "optimizer": {
            "class": "Adam",
            "parameters": sum(int(np.prod(v.shape)) for v in model.optimizer.variables),
            "variables": len(model.optimizer.variables),
        },
        "epochs": epochs,
        "pictures": pictures,
        "made_with": {"keras": keras.__version__, "h5py": h5py.__version__},
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    check(folder, model, pictures)


if __name__ == "__main__":
    main()
