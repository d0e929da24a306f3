#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs `assay-cli run` on every Keras file and SavedModel below a folder, and compares with what Keras or TensorFlow makes of it.

Usage: check-corpus-run.py [--cli PATH] [--folder ../shared/corpus] [NAME…]

Inputs are random, of sizes that a model takes; the same for both. A number agrees within 2e-5 + 1e-4 |x|. What Keras and TensorFlow can't load
either (nor tf_keras) is only run: it ends in outputs or in one sentence. Needs TensorFlow, Keras 3 and tf_keras.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np  # noqa: E402

BATCH, LENGTH, SIDE = 2, 7, 64


def run(cli, *arguments, timeout=300):
    return subprocess.run([cli, *map(str, arguments)], capture_output=True, text=True, timeout=timeout)


def concrete(shape):
    """Sizes where a shape leaves them open: a batch of two, images of 64 × 64, sequences of 7."""
    if shape is None:
        return [BATCH, 4]
    free = SIDE if len(shape) == 4 else LENGTH
    return [n if n is not None else BATCH if i == 0 else free for i, n in enumerate(shape)]


def make(entry, rng, high=4):
    shape, dtype = concrete(entry["shape"]), entry["dtype"]
    if dtype == "string":
        return None
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith(("int", "uint")):
        return rng.integers(0, high, shape).astype(dtype)
    return rng.normal(size=shape).astype(np.float32 if dtype == "bfloat16" else dtype)


def embedded(cli, model):
    """Whether inputs go into an embedding: then they are whole numbers, though the file may say they are floats."""
    listed = run(cli, "ls", model, "--json")
    return '"Embedding"' in listed.stdout


def difference(ours, theirs):
    theirs = np.asarray(theirs)
    if theirs.dtype.kind in "OSU":
        same = ours.shape == theirs.shape and all(a == b for a, b in zip(ours.reshape(-1).tolist(), theirs.reshape(-1).tolist()))
        return None if same else "strings differ"
    narrow = theirs.dtype.itemsize == 2 and theirs.dtype.kind != "i"
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, not {theirs.shape}"
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    bound = 2e-2 * np.abs(b).max(initial=0) if narrow else 2e-5 + 1e-4 * np.abs(b)
    bad = ~((np.abs(a - b) <= bound) | (a == b) | (np.isnan(a) & np.isnan(b)))
    return f"{int(bad.sum())} of {a.size} differ, at most by {np.nanmax(np.abs(a - b)):.3g}" if bad.any() else None


def compare(ours, theirs):
    """Both {name: array}; a single one may have another name."""
    if len(ours) == len(theirs) == 1:
        return difference(next(iter(ours.values())), next(iter(theirs.values())))
    for name, value in theirs.items():
        if name not in ours:
            return f"{name} is missing among {sorted(ours)}"
        fault = difference(ours[name], value)
        if fault:
            return f"{name}: {fault}"
    return None


def flip_kernels(path, model):
    """Theano's convolutions went over their kernels backwards. Keras 2 turned them when it read a file of that backend; today's libraries forgot."""
    import h5py
    if not h5py.is_hdf5(path):
        return
    with h5py.File(path) as file:
        if file.attrs.get("backend") not in ("theano", b"theano"):
            return
    for layer in model.layers:
        if layer.__class__.__name__ in ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"):
            kernel = np.asarray(layer.get_weights()[0])
            turned = kernel[tuple(slice(None, None, -1) for _ in range(kernel.ndim - 2))]
            layer.set_weights([turned, *layer.get_weights()[1:]])


def load_keras(path):
    """A callable that takes a list of arrays and gives {name: array}, or the sentence why there is none."""
    import keras
    import tf_keras
    problems = []
    for library in (keras, tf_keras):
        try:
            model = library.models.load_model(str(path), compile=False)
        except Exception as error:  # noqa: BLE001 - whatever it says, it can't.
            problems.append(f"{library.__name__}: {str(error).splitlines()[0][:120] if str(error) else type(error).__name__}")
            continue
        flip_kernels(path, model)
        names = [t.name.split(":")[0] for t in (model.inputs or [])]

        def call(values, model=model):
            ordered = [values[n] for n in names] if set(names) == set(values) else list(values.values())
            result = model(ordered[0] if len(ordered) == 1 else ordered, training=False)
            import tensorflow as tf
            flat = tf.nest.flatten(result)
            return {"output" if len(flat) == 1 else f"output.{i}": np.asarray(v) for i, v in enumerate(flat)}
        return call
    return "; ".join(problems)


def find_function(loaded, name):
    """A signature, or a concrete function of an attribute: "name", "name_1"…"""
    if name in loaded.signatures:
        return loaded.signatures[name]
    if hasattr(loaded, name):
        return getattr(loaded, name).concrete_functions[0]
    stem, number = name.rsplit("_", 1)
    return getattr(loaded, stem).concrete_functions[int(number)]


def load_saved_model(path, signature):
    import tensorflow as tf
    try:
        loaded = tf.saved_model.load(str(path))
        function = find_function(loaded, signature)
    except Exception as error:  # noqa: BLE001
        return str(error).splitlines()[0][:200] if str(error) else type(error).__name__

    def call(values):
        specs, left = function.structured_input_signature, list(values.items())

        def fed(spec):
            if not isinstance(spec, tf.TensorSpec):
                return spec
            at = next((i for i, (name, _) in enumerate(left) if name == spec.name), 0)
            return tf.constant(left.pop(at)[1], dtype=spec.dtype)
        arguments, named = tf.nest.map_structure(fed, specs)
        result = function(*arguments, **named)
        if isinstance(result, dict):
            return {name: np.asarray(v) for name, v in result.items()}
        flat = [np.asarray(v) for v in tf.nest.flatten(result)]
        return {f"output_{i}": v for i, v in enumerate(flat)}
    call.keep = loaded
    return call


def check(cli, model, function):
    """(verdict, sentence): "same", "ours", "theirs", "neither", "differs"."""
    saved = model.is_dir()
    name = function["name"]
    entries = function["inputs"]
    whole = not saved and embedded(cli, model)
    rng = np.random.default_rng(1)
    values = {e["name"]: make(dict(e, dtype="int32") if whole else e, rng) for e in entries}
    if whole:
        values = {k: v.astype(e["dtype"]) for (k, v), e in zip(values.items(), entries)}
    if any(v is None for v in values.values()):
        return "neither", "takes strings"
    theirs = load_saved_model(model, name) if saved else load_keras(model)
    with tempfile.TemporaryDirectory() as out:
        np.savez(f"{out}/inputs.npz", **values)
        done = run(cli, "run", model, "--signature", name, "--inputs", f"{out}/inputs.npz", "--output", out, "--quiet")
        ours = dict(np.load(f"{out}/outputs.npz", allow_pickle=False)) if done.returncode == 0 else None
    if ours is None and (done.returncode != 2 or done.stderr.count("\n") != 1):
        return "differs", f"ended with {done.returncode}: {done.stderr[:300]}"
    sentence = done.stderr.strip()[:300]
    if isinstance(theirs, str):
        return ("ours", theirs) if ours is not None else ("neither", f"{sentence} | {theirs}")
    try:
        wanted = theirs(values)
    except Exception as error:  # noqa: BLE001
        text = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        return ("ours", text) if ours is not None else ("neither", f"{sentence} | {text}")
    if ours is None:
        return "theirs", sentence
    fault = compare(ours, wanted)
    return ("differs", fault) if fault else ("same", "")


def models(root):
    found = {p.parent for p in root.rglob("saved_model.pb")}
    for pattern in ("*.keras", "*.h5", "*.hdf5"):
        found |= set(root.rglob(pattern))
    return sorted(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="build/src/cli/assay-cli")
    parser.add_argument("--folder", default="../shared/corpus")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    root = pathlib.Path(args.folder)
    if not root.is_dir():
        print(f"skipped: there is no {root}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    try:
        import tensorflow  # noqa: F401
    except ImportError:
        print("skipped: there is no TensorFlow")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = skipped = 0
    for model in models(root):
        if args.names and not any(part in str(model) for part in args.names):
            continue
        listed = run(args.cli, "ls", model, "--json")
        try:
            functions = json.loads(listed.stdout).get("functions") or []
        except ValueError:
            functions = []
        if not functions:
            done = run(args.cli, "run", model)
            good = done.returncode == 2 and done.stderr.count("\n") == 1
            skipped += good
            failed += not good
            print(f"{'nothing' if good else 'BAD':8} {model.relative_to(root)}: {done.stderr.strip()[:200]}", flush=True)
            continue
        for function in functions:
            try:
                verdict, why = check(args.cli, model, function)
            except subprocess.TimeoutExpired:
                verdict, why = "differs", "takes more than five minutes"
            passed += verdict in ("same", "ours")
            failed += verdict in ("theirs", "differs")
            skipped += verdict == "neither"
            print(f"{verdict:8} {model.relative_to(root)} {function['name']}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
