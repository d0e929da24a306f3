#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/data/keras-extra: files as Keras wrote them in other years, and sharded weights.

Those of old versions are written with h5py after Keras' own format, for these versions run nowhere any more. Needs h5py, numpy and keras:
    python3 tests/data/make-keras.py [FOLDER]       default: tests/data/keras-extra
"""
import hashlib
import json
import os
import pathlib
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py
import numpy as np


def value(*shape):
    return np.random.default_rng(len(shape) * 1000 + sum(shape)).normal(size=shape).astype("<f4")


def tensor(key, array):
    return {"key": key, "dtype": str(array.dtype), "shape": list(array.shape), "sha256": hashlib.sha256(array.tobytes()).hexdigest()}


def write_layers(group, layers, split=0):
    """Keras' layout: names in attributes, in the model's order; split over several where Keras would not fit them into one."""
    def names(attrs, attribute, texts):
        data = np.array([t.encode() for t in texts]) if texts else np.zeros(0)  # no weights: an array of float64, as NumPy has it
        parts = [data] if not split or len(texts) < 2 else np.array_split(data, split)
        for i, part in enumerate(parts):
            attrs[attribute if len(parts) == 1 else f"{attribute}{i}"] = part

    names(group.attrs, "layer_names", [name for name, _ in layers])
    tensors = []
    for name, weights in sorted(layers):
        sub = group.create_group(name)
        names(sub.attrs, "weight_names", [w for w, _ in weights])
        for weight, array in sorted(weights, key=lambda w: w[0]):
            sub.create_dataset(weight, data=array, track_times=False)
    for name, weights in layers:
        tensors += [tensor(f"{group.name}/{name}/{weight}".strip("/"), array) for weight, array in weights]
    return tensors


def config(layers, units):
    """Settings of a Sequential model as Keras 1 and 2.2 wrote them: a list of layers, in which NaN may stand."""
    return json.dumps({"class_name": "Sequential", "config": [
        {"class_name": "Dense", "config": {"name": name, "output_dim": n, "units": n, "trainable": True, "l2": float("nan")}}
        for name, n in zip(layers, units)]})


def keras_1(path):
    """Keras 1: no backend, weights called dense_1_W beside their group's name, nothing compiled."""
    layers = [("zeta", [("zeta_W", value(4, 3)), ("zeta_b", value(3))]), ("dropout_1", []), ("alpha", [("alpha_W", value(3, 2)), ("alpha_b", value(2))])]
    with h5py.File(path, "w") as f:
        f.attrs["keras_version"] = np.bytes_(b"1.2.2")
        f.attrs["model_config"] = np.bytes_(config(["zeta", "alpha"], [3, 2]).encode())
        return write_layers(f.create_group("model_weights"), layers)


def split_attributes(path):
    """Keras 2 with names beyond 64 kB: layer_names0, layer_names1… (here split early, to keep the file small)."""
    layers = [(f"layer_{i}", [(f"layer_{i}/kernel:0", value(2, i + 1)), (f"layer_{i}/bias:0", value(i + 1))]) for i in (7, 3, 10, 1, 2)]
    with h5py.File(path, "w") as f:
        f.attrs["keras_version"], f.attrs["backend"] = "2.11.0", "tensorflow"
        return write_layers(f, layers, split=2)


def keras_2_12(path):
    """.weights.h5 of Keras 2.12 and 2.13: layers lie in _layer_checkpoint_dependencies, by their names."""
    tensors = []
    with h5py.File(path, "w") as f:
        for name, arrays in (("conv2d", (value(3, 3, 1, 2), value(2))), ("dense_10", (value(4, 2), value(2))), ("dense_9", (value(3, 2), value(2)))):
            for i, array in enumerate(arrays):
                key = f"_layer_checkpoint_dependencies/{name}/vars/{i}"
                f.create_dataset(key, data=array, track_times=False)
                tensors.append(tensor(key, array))
    return tensors


def many_weights(path):
    """Twelve variables in one layer: 10 and 11 come after 9."""
    with h5py.File(path, "w") as f:
        tensors = []
        for i in range(12):
            array = np.full((2,), i, "<f4")
            f.create_dataset(f"layers/custom/vars/{i}", data=array, track_times=False)
            tensors.append(tensor(f"layers/custom/vars/{i}", array))
    return tensors


def sharded(folder):
    """Keras 3's sharded weights: an index as JSON, and each shard an HDF5 file."""
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((40,)), keras.layers.Dense(60), keras.layers.Dense(50), keras.layers.Dense(3)])
    model.save_weights(folder / "sharded.weights.json", max_shard_size=12e-6)
    expected = {"sharded.weights.json": {"verdict": "any"}}
    for path in sorted(folder.glob("sharded_*.h5")):
        tensors = []
        with h5py.File(path) as f:
            f.visititems(lambda name, item: tensors.append(tensor(name, item[()])) if isinstance(item, h5py.Dataset) else None)
        expected[path.name] = {"verdict": "ok", "tensors": tensors}
    assert len(expected) > 2, expected
    return expected


def quantised(path):
    """Layers quantised to int8, int4 and float8, as .keras; expected.json also has what Keras calls the variables, in the file's order."""
    import keras

    keras.utils.set_random_seed(4)
    layers = keras.layers
    model = keras.Sequential([keras.Input((3,), dtype="int32"), layers.Embedding(5, 8, name="table"), layers.Flatten(name="flat"),
                              layers.Dense(4, name="eight"), layers.Dense(4, use_bias=False, name="bare"), layers.Dense(4, name="four"),
                              layers.Dense(2, name="floats"), layers.Dense(2, name="plain")])
    for name, mode in (("table", "int8"), ("eight", "int8"), ("bare", "int8"), ("four", "int4"), ("floats", "float8")):
        model.get_layer(name).quantize(mode)
    for i, weight in enumerate(model.weights):  # no two alike, so that each is known by its value
        array = np.random.default_rng(i).uniform(-100, 100, weight.shape)
        weight.assign(array.astype(str(weight.dtype)))
    model.save(path)
    known = {hashlib.sha256(np.asarray(w).tobytes()).hexdigest() + str(w.shape): w for w in model.weights}
    tensors, paths = [], {}
    with zipfile.ZipFile(path) as z, z.open("model.weights.h5") as member, h5py.File(member) as f:
        f.visititems(lambda name, item: tensors.append(tensor(f"model.weights.h5/{name}", item[()])) if isinstance(item, h5py.Dataset) else None)
    for t in tensors:
        weight = known[t["sha256"] + str(tuple(t["shape"]))]
        paths[t["key"]] = [weight.path, bool(weight.trainable)]
    return {"verdict": "ok", "tensors": tensors, "paths": paths}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "keras-extra")
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, make in (("keras-1.h5", keras_1), ("split-attributes.h5", split_attributes), ("keras-2.12.weights.h5", keras_2_12),
                       ("many.weights.h5", many_weights)):
        tensors = make(folder / name)
        expected[name] = {"verdict": "ok", "in_order": name != "keras-2.12.weights.h5", "tensors": tensors}
    expected["quantised.keras"] = quantised(folder / "quantised.keras")
    expected |= sharded(folder)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
