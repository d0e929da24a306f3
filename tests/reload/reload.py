#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Edits with assay-cli, reads again with the real libraries: the edited value is exact, and all else is as it was.

Each function named test_… is a case, or yields several; run.sh starts this.
"""
import importlib.util
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback
import zipfile

import numpy as np

from describe import describe_hdf5, describe_safetensors, describe_zip, differences

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
TOP = pathlib.Path(__file__).resolve().parents[2]
DATA = TOP / "tests/data"
CLI = os.environ.get("ASSAY_CLI", str(TOP / "build/src/cli/assay-cli"))
HDF5 = ["product-latest.h5", "product-earliest.h5", "types.h5", "chunks-latest.h5", "chunks-earliest.h5", "attributes-latest.h5",
        "attributes-earliest.h5", "names-latest.h5", "names-earliest.h5", "userblock-512.h5", "userblock-2048.h5", "circles.h5",
        "filters.h5", "elsewhere.h5"]


class Failed(Exception):
    """What is wrong, in a sentence."""


class Skipped(Exception):
    """What is missing."""


def need(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise Skipped(f"there is no {module}")


def check(truth, text):
    if not truth:
        raise Failed(text)


def cli(*arguments):
    """Runs assay-cli; it must succeed. Returns what it printed."""
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    check(run.returncode == 0, f"assay-cli {' '.join(map(str, arguments))}: exit {run.returncode}: {run.stderr.strip()}")
    return run.stdout


def variables(path):
    """The model's own variables, without the optimizer's and the format's."""
    return [v for v in json.loads(cli("ls", "--json", "--hash", path))["variables"] if not v.get("role")]


def copy(source, folder):
    target = folder / source.name
    shutil.copyfile(source, target)
    return target


def value_text(dtype):
    """A value to write, as text and as NumPy's, that every number type can hold."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return "true", np.array(True)
    if dtype.kind in "iu":
        return "101", np.array(101, dtype)
    if dtype.kind == "f":
        return "-0.3125", np.array(-0.3125, dtype)
    return "0.5-2j", np.array(0.5 - 2j, dtype)


def same(before, after, changed):
    """Everything as before but what was changed."""
    wrong = [d for d in differences(before, after) if not any(c in (d, d[0]) for c in changed)]
    check(not wrong, f"also changed: {wrong[:4]}")


# HDF5

def editable(item, key):
    """Whether a dataset's elements are numbers that lie where they can be written."""
    if item.shape is None or item.size == 0 or item.size > 1 << 20 or item.external or item.is_virtual:
        return False
    plist = item.id.get_create_plist()
    known = {1, 2, 3}  # deflate, shuffle, fletcher32
    if any(plist.get_filter(i)[0] not in known for i in range(plist.get_nfilters())):
        return False
    return item.dtype.kind in "biufc" and item.dtype.itemsize < 16 + 16 * (item.dtype.kind == "c") and \
        (item.dtype.kind == "b" or item.id.get_type().get_class() in (0, 1, 6)) and not key.startswith(("enum", "odd"))


def test_hdf5():
    """In every HDF5 file of ours: the last element of each number dataset, each dtype and layout, in place."""
    for name in HDF5:
        yield name, lambda folder, name=name: edit_hdf5(DATA / "hdf5" / name, folder)


def edit_hdf5(source, folder):
    need("h5py")
    import h5py

    target, edits = copy(source, folder), {}
    if source.name == "elsewhere.h5":
        for beside in ("elsewhere.bin", "elsewhere-target.h5"):
            copy(source.parent / beside, folder)
    before = describe_hdf5(target)
    with h5py.File(target, "r") as f:
        keys = [k[0][1:] for k in before if k[1:] == ("dataset",) and editable(f[k[0]], k[0][1:])]
        keys = keys[::max(1, len(keys) // 60)]
        for key in keys:
            edits[key] = (f[key].dtype, f[key].shape)
    check(keys, "nothing to edit")
    for key, (dtype, shape) in edits.items():
        index = "[" + ",".join(str(n - 1) for n in shape) + "]" if shape else ""
        cli("set", target, "--", f"{key}{index}", value_text(dtype)[0])
    same(before, describe_hdf5(target), {f"/{key}" for key in edits} | {"userblock"})
    with h5py.File(source, "r") as old, h5py.File(target, "r") as new:
        for key, (dtype, shape) in edits.items():
            wanted = np.array(old[key][()])
            wanted[tuple(n - 1 for n in shape)] = value_text(dtype)[1]
            check(np.array(new[key][()]).tobytes() == wanted.tobytes(), f"{key}: not the new value alone")
            was, now = before["/" + key, "dataset"], describe_one(new[key], key)
            check(was == now, f"{key}: another type, layout or filter")
    if source.name.startswith("userblock"):
        n = before["userblock"]
        check(source.read_bytes()[:n] == target.read_bytes()[:n], "the user block changed")


def describe_one(item, key):
    from describe import dataset

    out = {}
    dataset(out, key, item)
    return out[key, "dataset"]


def test_hdf5_formula():
    """A formula over whole variables, to another file: the source stays as it is."""
    def run(folder):
        need("h5py")
        import h5py

        source = DATA / "hdf5/chunks-latest.h5"
        target, data = folder / "out.h5", source.read_bytes()
        cli("set", source, "big", "x * 2 + 1", "-o", target)
        check(source.read_bytes() == data, "the source changed")
        before, after = describe_hdf5(source), describe_hdf5(target)
        same(before, after, {"/big"})
        with h5py.File(source) as old, h5py.File(target) as new:
            wanted = old["big"][()].astype("f8") * 2 + 1
            check(np.array_equal(new["big"][()], wanted.astype("f4")), "not x * 2 + 1")
            check(new["big"].compression == "gzip" and new["big"].shuffle, "its filters are gone")
    yield "x * 2 + 1", run


# Keras

def test_keras():
    """Every form of a Keras model: one weight changed, loaded by Keras, all other weights equal."""
    for path in (TOP / "data/example/digits.h5", DATA / "keras/sequential_cnn/model.h5", DATA / "keras/sequential_cnn/model.keras",
                 DATA / "keras/merges_multi_io/model.keras", DATA / "keras/embedding_mask_lstm/model.keras"):
        yield f"{path.parent.name}/{path.name}", lambda folder, path=path: edit_keras(path, folder)


def edit_keras(source, folder):
    need("keras", "h5py")
    import keras

    target = copy(source, folder)
    ours = variables(target)
    weight = next(v for v in ours if v["dtype"] == "float32" and v["parameters"] > 1)
    index = ",".join("0" for _ in weight["shape"])
    cli("set", target, f"{weight['path']}[{index}]", "0.8125")
    old, new = (keras.models.load_model(p, compile=True) for p in (source, target))
    changed = [(a.path, a.numpy(), b.numpy()) for a, b in zip(old.weights, new.weights) if not np.array_equal(a.numpy(), b.numpy())]
    check(len(changed) == 1, f"{[c[0] for c in changed]} changed, not {weight['path']} alone")
    path, was, now = changed[0]
    check(path.endswith(weight["path"].rpartition("/")[2]), f"{path} changed, not {weight['path']}")
    was[(0,) * was.ndim] = 0.8125
    check(np.array_equal(was, now), "not the new value alone")
    if source.suffix == ".keras":
        same_archive(source, target, weight["key"])
    else:
        same(describe_hdf5(source), describe_hdf5(target), {"/" + weight["key"]})


def same_archive(source, target, key):
    """All members of a .keras file but the weights byte for byte; the weights' file but for one dataset."""
    import h5py

    inner = "model.weights.h5"
    same(describe_zip(source, (inner,)), describe_zip(target, (inner,)), set())
    described = []
    for path in (source, target):
        with zipfile.ZipFile(path) as archive:
            check(archive.testzip() is None, "a member's CRC-32 is wrong")
            described.append(describe_hdf5(io.BytesIO(archive.read(inner))))
    same(*described, {"/" + key, "/" + key.removeprefix(inner + "/")})


def test_keras_weights():
    """A .weights.h5 file, by the model of the example."""
    def run(folder):
        need("keras", "h5py")
        import keras

        source = TOP / "data/example/training/epoch-3.weights.h5"
        target = copy(source, folder)
        weight = next(v for v in variables(target) if v["shape"] == [256, 32])
        cli("set", target, f"{weight['path']}[255,31]", "0.8125")
        same(describe_hdf5(source), describe_hdf5(target), {"/" + weight["key"]})
        model = keras.models.load_model(TOP / "data/example/digits.h5")
        model.load_weights(target)
        kernel = model.get_layer("classifier").get_layer("dense").kernel.numpy()
        check(kernel[255, 31] == np.float32(0.8125), "not the new value")
    yield "epoch-3.weights.h5", run


# safetensors

def test_safetensors():
    """Each dtype that the library can give to NumPy, in place; metadata, order and the others' bytes stay."""
    for name in ("all_dtypes", "shapes", "special_values", "no_metadata"):
        yield f"{name}.safetensors", lambda folder, name=name: edit_safetensors(DATA / f"safetensors/{name}.safetensors", folder)


def edit_safetensors(source, folder):
    need("safetensors")
    from safetensors import safe_open

    target, edits = copy(source, folder), {}
    before = describe_safetensors(target)
    for variable in variables(target):
        if "float8" in variable["dtype"] or "float6" in variable["dtype"] or "float4" in variable["dtype"] or not variable["parameters"]:
            continue
        dtype = "f4" if variable["dtype"] == "bfloat16" else variable["dtype"]
        index = "[" + ",".join(str(n - 1) for n in variable["shape"]) + "]" if variable["shape"] else ""
        text, value = value_text(dtype)
        cli("set", target, f"{variable['key']}{index}", text)
        data = value.tobytes()[2:] if variable["dtype"] == "bfloat16" else value.tobytes()
        edits[variable["key"]] = before[variable["key"], "value"][:-len(data)] + data
    check(edits, "nothing to edit")
    after = describe_safetensors(target)
    same(before, after, {(key, "value") for key in edits})
    for key, wanted in edits.items():
        check(after[key, "value"] == wanted, f"{key}: not the new value alone")
    with safe_open(target, framework="np") as f:
        check(set(f.keys()) == set(k[0] for k in after if k[1:] == ("value",)), "the library finds other tensors")


def test_safetensors_sharded():
    """A set of shards, by its index: one value in one shard; the library reads all tensors through the index."""
    def run(folder):
        need("safetensors")
        need("ml_dtypes")
        import ml_dtypes  # noqa: F401 (teaches NumPy bfloat16)
        from safetensors.numpy import load_file

        source, target = DATA / "safetensors/sharded", folder / "set"
        target.mkdir()
        for path in source.glob("model*"):
            copy(path, target)
        index = target / "model.safetensors.index.json"
        weight = next(v for v in variables(index) if v["dtype"] in ("float32", "bfloat16") and len(v["shape"]) == 2)
        cli("set", index, f"{weight['key']}[0,1]", "0.8125")
        old, new = (load_set(folder, load_file) for folder in (source, target))
        check(list(old) == list(new), "other tensors")
        old[weight["key"]][0, 1] = 0.8125
        wrong = [k for k in old if old[k].tobytes() != new[k].tobytes()]
        check(not wrong, f"other values in {wrong[:3]}")
        was, now = (json.loads((f / index.name).read_text()) for f in (source, target))
        check(was["metadata"] == now["metadata"], "the index's metadata changed")
    yield "one value", run


def load_set(folder, load_file):
    """All tensors of a sharded set, as its index says."""
    weight_map = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    shards = {name: load_file(folder / name) for name in sorted(set(weight_map.values()))}
    return {key: shards[name][key].copy() for key, name in sorted(weight_map.items())}


# NumPy

def test_npy():
    """Every .npy of numbers: byte order, Fortran order and version of the header stay."""
    for path in sorted((DATA / "numpy").glob("*.npy")):
        try:
            array = np.load(path)
        except (ValueError, OSError, SyntaxError, EOFError, TypeError):
            continue
        if array.dtype.kind in "biufc" and array.size and array.dtype.itemsize <= (16 if array.dtype.kind == "c" else 8):
            yield path.name, lambda folder, path=path: edit_npy(path, folder)


def edit_npy(source, folder):
    target = copy(source, folder)
    wanted = np.load(source)
    index = "[" + ",".join(str(n - 1) for n in wanted.shape) + "]" if wanted.ndim else ""
    name = variables(target)[0]["path"]
    text, value = value_text(wanted.dtype)
    cli("set", target, f"{name}{index}", text)
    got = np.load(target)
    wanted[tuple(n - 1 for n in wanted.shape)] = value
    check(got.dtype == wanted.dtype and got.flags.f_contiguous == wanted.flags.f_contiguous, "another dtype or order")
    check(got.tobytes() == wanted.tobytes(), "not the new value alone")
    check(source.read_bytes()[:64] == target.read_bytes()[:64], "the header changed")


def test_npz():
    """Stored and deflated archives: the other members stay, with how each is stored."""
    for name in ("stored.npz", "deflated.npz", "zip64_streamed.npz", "other_member.npz"):
        yield name, lambda folder, name=name: edit_npz(DATA / "numpy" / name, folder)


def edit_npz(source, folder):
    target = copy(source, folder)
    before = describe_zip(source)
    weight = next(v for v in variables(target) if len(v["shape"]) > 1)
    dtype, shape, _ = before[weight["key"], "is"]
    text, value = value_text(dtype)
    cli("set", target, f"{weight['key']}[{','.join(str(n - 1) for n in shape)}]", text)
    after = describe_zip(target)
    same(before, after, {(weight["key"], "value")})
    check(after[weight["key"], "value"] == before[weight["key"], "value"][:-value.itemsize] + value.tobytes(), "not the new value alone")
    with zipfile.ZipFile(target) as archive:
        check(archive.testzip() is None, "a member's CRC-32 is wrong")


# Conversion

SOURCES = {
    "a Keras .h5": TOP / "data/example/digits.h5",
    "a .keras": DATA / "keras/sequential_cnn/model.keras",
    "a checkpoint": DATA / "tensorflow/keras3_adam/ckpt",
    "partitioned variables": DATA / "tensorflow/partitioned/ckpt",
    "sharded safetensors": DATA / "safetensors/sharded/model.safetensors.index.json",
    "an .npz": DATA / "numpy/stored.npz",
    "any HDF5": DATA / "hdf5/userblock-512.h5",
}


def test_convert():
    """From each format to each that is written: the library finds every value of the model."""
    for what, source in SOURCES.items():
        for ending in (".h5", ".safetensors", ".npz"):
            yield f"{what} to {ending}", lambda folder, s=source, e=ending: convert(s, folder / f"out{e}")


def convert(source, target):
    need({".h5": "h5py", ".safetensors": "safetensors", ".npz": "numpy"}[target.suffix])
    from collections import Counter
    from hashlib import sha256

    if (target.suffix == ".npz" and any(v["dtype"] in ("bfloat16", "string") for v in variables(source))) or \
            (target.suffix == ".safetensors" and any(v["dtype"].startswith("<U") for v in variables(source))):
        refused = subprocess.run([CLI, "convert", source, target], capture_output=True, text=True)
        check(refused.returncode == 2 and "can’t hold" in refused.stderr and not target.exists(), "what the format can't hold is refused")
        return
    cli("convert", source, target)

    found = Counter((tuple(shape), sha256(data).hexdigest()) for shape, data in read_values(target))
    numbers = [v for v in variables(source) if v["parameters"] or not v["bytes"]]
    wanted = Counter((tuple(v["shape"]), v["sha256"]) for v in numbers if "|S" not in v["dtype"] and "<U" not in v["dtype"])
    check(wanted, "nothing to find")
    missing = wanted - found
    check(not missing, f"{sum(missing.values())} of {sum(wanted.values())} values are missing, such as one of shape {list(missing)[:1]}")
    keys = {v["path"] for v in variables(target)}
    check(keys, "ls shows nothing in it")


def read_values(path):
    """Shape and little-endian bytes of every array, by the real library."""
    if path.suffix == ".npz":
        arrays = list(np.load(path).values())
    elif path.suffix == ".safetensors":
        from safetensors import deserialize

        yield from ((entry["shape"], bytes(entry["data"])) for _, entry in deserialize(path.read_bytes()))
        return
    else:
        import h5py

        arrays = []
        with h5py.File(path, "r") as f:
            f.visititems(lambda _, item: arrays.append(item[()]) if isinstance(item, h5py.Dataset) and item.shape is not None and
                         item.dtype.kind != "O" else None)
    for array in map(np.asarray, arrays):
        yield array.shape, array.astype(array.dtype.newbyteorder("<")).tobytes() if array.dtype.str[0] == ">" else array.tobytes()


def test_convert_to_keras_weights():
    """A model's file becomes .weights.h5, which Keras loads into the same model, untrained."""
    for path in (TOP / "data/example/digits.h5", DATA / "keras/sequential_cnn/model.keras", DATA / "keras/sequential_cnn/model.h5"):
        def run(folder, path=path):
            need("keras", "h5py")
            import keras

            target = folder / "out.weights.h5"
            cli("convert", path, target)
            model = keras.models.load_model(path)
            untrained = keras.models.clone_model(model)
            untrained.load_weights(target)
            wrong = [a.path for a, b in zip(model.weights, untrained.weights, strict=True) if not np.array_equal(a.numpy(), b.numpy())]
            check(not wrong, f"other values in {wrong[:4]}")
        yield f"{path.parent.name}/{path.name}", run


# TensorFlow

CHECKPOINTS = ["dtypes/ckpt", "escaping/ckpt", "iterator_and_table/ckpt", "keras2_legacy_adam/ckpt", "keras3_adam/ckpt", "partitioned/ckpt",
               "sliced_grid/ckpt", "sharded_max_size/ckpt", "sharded_merged/ckpt", "sharded_saver/ckpt", "structures/ckpt",
               "v1_saver/model.ckpt-3", "root_both/ckpt-1", "saved_model/variables/variables"]


def test_tensorflow():
    """Every checkpoint: one value of each variable set, one after the other, in place; TensorFlow reads all, and the rest is as it was."""
    for name in CHECKPOINTS:
        yield name, lambda folder, name=name: edit_checkpoint(DATA / "tensorflow" / name, folder)


def copy_checkpoint(prefix, folder):
    """A copy with its data files, and the folder's other files."""
    shutil.copytree(prefix.parent, folder / "copy")
    return folder / "copy" / prefix.name


def read_checkpoint(prefix):
    """Every tensor that TensorFlow can give; its reader compares each checksum."""
    import tensorflow as tf

    reader, found = tf.train.load_checkpoint(str(prefix)), {}
    for key in reader.get_variable_to_shape_map():
        try:
            found[key] = reader.get_tensor(key)
        except tf.errors.OpError as error:
            check("type 21" in str(error), f"{key}: {error}")  # a variant is no array
    return found


def edit_checkpoint(source, folder):
    need("tensorflow")

    target = copy_checkpoint(source, folder)
    wanted = read_checkpoint(source)
    edits = 0
    for variable in json.loads(cli("ls", "--json", target))["variables"]:
        value = wanted.get(variable["key"])
        if value is None or variable["key"] == "_CHECKPOINTABLE_OBJECT_GRAPH" or not np.size(value) or edits == 12:
            continue
        value = np.array(value)
        if variable["dtype"] == "string":
            text, new = "Ünïcode, longer than it was", "Ünïcode, longer than it was".encode()
        elif value.dtype.kind in "biufc":
            text, new = value_text(value.dtype)
        else:
            continue
        index = "[" + ",".join(str(n - 1) for n in value.shape) + "]" if value.shape else ""
        cli("set", f"{target}.index", f"{variable['key']}{index}", text)
        value[tuple(n - 1 for n in value.shape)] = new
        wanted[variable["key"]] = value
        edits += 1
    check(edits, "nothing to edit")
    found = read_checkpoint(target)
    check(set(found) == set(wanted), "other tensors")
    wrong = [k for k in wanted if np.array(wanted[k]).tolist() != np.array(found[k]).tolist() and np.array(wanted[k]).tobytes() != np.array(found[k]).tobytes()]
    check(not wrong, f"other values in {wrong[:3]}")
    data = [p.name for p in target.parent.glob(f"{target.name}.data-*")]
    check(len({name.rpartition("-")[2] for name in data}) == 1, f"data files of several saves: {data}")


def test_tensorflow_objects():
    """An edited object-based checkpoint goes back into objects, all of them matched."""
    def run(folder):
        need("tensorflow")
        import tensorflow as tf

        target = copy_checkpoint(DATA / "tensorflow/restore/built/ckpt-1", folder)
        cli("set", f"{target}.index", "net/second/w", "x * 2")
        net = tf.Module()
        net.first, net.second = tf.Module(), tf.Module()
        for layer, shape in ((net.first, (2, 3)), (net.second, (3, 2))):
            layer.w, layer.b = tf.Variable(tf.zeros(shape)), tf.Variable(tf.zeros(shape[1:]))
        tf.train.Checkpoint(net=net).restore(str(target)).assert_consumed()
        old = read_checkpoint(DATA / "tensorflow/restore/built/ckpt-1")
        check(np.array_equal(net.second.w, old["net/second/w/.ATTRIBUTES/VARIABLE_VALUE"] * 2), "not x * 2")
        check(np.array_equal(net.first.w, old["net/first/w/.ATTRIBUTES/VARIABLE_VALUE"]), "another variable changed")
    yield "restored", run


def test_tensorflow_restores_ours():
    """The tutorial's checkpoint, which the example has written, as a TensorFlow checkpoint: TensorFlow restores it by its objects."""
    def run(folder):
        need("tensorflow")
        import tensorflow as tf

        example = pathlib.Path(CLI).parents[2] / "examples/intro-to-modules"
        if not example.exists():
            raise Skipped(f"there is no {example}")
        subprocess.run([example], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        ours = folder / "checkpoints/my_checkpoint.h5"
        cli("convert", ours, folder / "theirs.index")
        model = tf.Module()
        model.dense_1, model.dense_2 = tf.Module(), tf.Module()
        model.dense_1.w, model.dense_2.w = tf.Variable(tf.zeros([3, 3])), tf.Variable(tf.zeros([3, 2]))
        tf.train.Checkpoint(model=model).read(str(folder / "theirs")).assert_consumed()
        for variable, path in ((model.dense_1.w, "dense_1/w"), (model.dense_2.w, "dense_2/w")):
            text = cli("show", ours, f"model/{path}", "--format", "csv")
            wanted = np.array([[np.float32(x) for x in line.split(",")] for line in text.split()])
            check(np.array_equal(variable.numpy(), wanted), f"other values in {path}")
            check(np.any(wanted), "only zeros")
    yield "my_checkpoint", run


def test_tensorflow_saved_model():
    """The variables of a SavedModel, in place: TensorFlow loads it, and calls it with the new values."""
    def run(folder):
        need("tensorflow")
        import tensorflow as tf

        source, target = DATA / "tensorflow/saved_model", folder / "model"
        shutil.copytree(source, target)
        weight = next(v for v in variables(target) if v["dtype"] == "float32" and len(v["shape"]) > 1)
        cli("set", target, weight["path"], "x * 0.5")
        old, new = (tf.saved_model.load(str(p)) for p in (source, target))
        was, now = (read_checkpoint(p / "variables/variables") for p in (source, target))
        changed = [key for key in was if np.array(was[key]).tolist() != np.array(now[key]).tolist()]
        check(changed == [weight["key"]], f"{changed} changed, not {weight['key']} alone")
        check(sorted(old.signatures) == sorted(new.signatures), "other signatures")
    yield "halved", run


def test_convert_to_tensorflow():
    """Models of other formats as a checkpoint, which TensorFlow reads: all values."""
    for what, source in {**SOURCES, "a sharded checkpoint": DATA / "tensorflow/sharded_saver/ckpt"}.items():
        yield what, lambda folder, source=source: convert_to_tensorflow(source, folder)


def convert_to_tensorflow(source, folder):
    need("tensorflow")
    from collections import Counter
    from hashlib import sha256

    listed = [v for v in variables(source) if (v["parameters"] or not v["bytes"]) and v["dtype"] != "string"]
    if any(v["dtype"][:2] in ("|S", "<U") for v in variables(source)):
        refused = subprocess.run([CLI, "convert", source, folder / "out.index"], capture_output=True, text=True)
        check(refused.returncode == 2 and "can’t hold" in refused.stderr, "what the format can't hold is refused")
        return
    cli("convert", source, folder / "out.index")
    found = Counter((np.shape(v), sha256(np.array(v).tobytes()).hexdigest()) for v in read_checkpoint(folder / "out").values())
    wanted = Counter((tuple(v["shape"]), v["sha256"]) for v in listed)
    check(wanted and not wanted - found, f"missing: {list(wanted - found)[:1]}")


def main():
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
        for case, run in test():
            label = f"{name[5:]}: {case}"
            if only not in label:
                continue
            with tempfile.TemporaryDirectory(prefix="assay-reload-") as folder:
                try:
                    run(pathlib.Path(folder))
                    result, text = "passed", ""
                except Skipped as reason:
                    result, text = "skipped", f": {reason}"
                except Failed as reason:
                    result, text = "failed", f": {reason}"
                except Exception:  # the library can't read what was written: as much a failure
                    result, text = "failed", ": " + traceback.format_exc(limit=-2)
            counts[result] += 1
            print(f"{result}: {label}{text}", flush=True)
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
