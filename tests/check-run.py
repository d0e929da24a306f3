#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs `assay-cli run` over the fixtures of Keras models and SavedModels and compares outputs and every activation.

Usage: check-run.py --shared DIR [--cli PATH] [NAME…]

A float32 number agrees within 2e-5 + 1e-4 |x|, one of a 16-bit model within 2e-2 of the tensor's largest. A model with a class whose code isn't in
the file must be refused, and the layer named.

A SavedModel has operations, not layers: of each layer's activation it must have one that agrees, whatever it is called.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

try:
    import numpy as np
except ImportError:
    np = None

# Layers whose code is not in the file, by model: what the refusal has to name.
REFUSED = {
    "keras/mlp_activations": "gelu_tanh",
    "keras/transformer_encoder": "positions",
    "keras/subclassed": "GatedModel",
    "keras2/custom_and_tf_ops": "scale",
}
NARROW = {"keras/mixed_dtypes"}
# Of the notebook: by SavedModel, the output's name in outputs.npz.
NOTEBOOK = {
    "keras_saved_model": "my_sequential_model_rank2",
    "keras_functional_saved_model": "my_functional_model_rank2",
    "weighted_saved_model": "weighted_rank2",
}
VALUES_ONLY = "There is nothing to call in this SavedModel"


def agrees(ours, theirs, narrow):
    """None, or a sentence."""
    theirs = np.asarray(theirs)
    if theirs.dtype.kind == "V":
        theirs = (theirs.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, not {theirs.shape}"
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    bound = 2e-2 * np.abs(b).max(initial=0) if narrow else 2e-5 + 1e-4 * np.abs(b)
    bad = ~((np.abs(a - b) <= bound) | (a == b) | (np.isnan(a) & np.isnan(b)))
    if bad.any():
        return f"{int(bad.sum())} of {a.size} differ, at most by {np.nanmax(np.abs(a - b)):.3g}"
    return None


def compare(found, wanted, narrow, complete):
    faults = []
    for name, value in wanted.items():
        if name not in found:
            faults.append(f"{name}: missing")
            continue
        fault = agrees(found[name], value, narrow)
        if fault:
            faults.append(f"{name}: {fault}")
    if complete and set(found) - set(wanted):
        faults.append(f"surplus: {sorted(set(found) - set(wanted))}")
    return faults


def check(cli, folder, model, key):
    with tempfile.TemporaryDirectory() as out:
        command = [cli, "run", str(model), "--inputs", str(folder / "inputs.npz"), "--output", out, "--activations", "--quiet"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if key in REFUSED:
            if run.returncode == 2 and REFUSED[key] in run.stderr and run.stderr.count("\n") == 1:
                return []
            return [f"isn't refused for {REFUSED[key]}: {run.stderr.strip()[:200]}"]
        if run.returncode != 0:
            return [run.stderr.strip()[:400]]
        narrow = key in NARROW
        faults = compare(dict(np.load(f"{out}/outputs.npz")), dict(np.load(folder / "outputs.npz")), narrow, True)
        if (folder / "activations.npz").exists():
            faults += compare(dict(np.load(f"{out}/activations.npz")), dict(np.load(folder / "activations.npz")), narrow, False)
        return faults


def run(cli, out, *arguments):
    command = [cli, "run", *map(str, arguments), "--output", out, "--activations", "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def functions(cli, model):
    listed = subprocess.run([cli, "ls", "--json", str(model)], capture_output=True, text=True, timeout=120)
    return json.loads(listed.stdout)["functions"]


def feed(folder, signature, out):
    """--input for each input: by its name, else in the order of Keras' inputs, with as many rows as the signature takes."""
    inputs = dict(np.load(folder / "inputs.npz"))
    arguments, rows = [], None
    for at, entry in enumerate(signature["inputs"]):
        value = inputs[entry["name"]] if entry["name"] in inputs else list(inputs.values())[at]
        if entry["shape"] and entry["shape"][0] is not None:
            rows = entry["shape"][0]
            value = value[:rows]
        np.save(f"{out}/input_{at}.npy", value)
        arguments += ["--input", f"{entry['name']}={out}/input_{at}.npy"]
    return arguments, rows


def is_among(value, found, narrow):
    """Whether an operation gave a layer's activation, perhaps in another float type."""
    return any(agrees(each, value, narrow) is None for each in found if each.shape == value.shape)


def check_saved_model(cli, folder, model, key):
    signatures = functions(cli, model)
    with tempfile.TemporaryDirectory() as out:
        if not signatures:
            done = run(cli, out, model)
            return [] if done.returncode == 2 and VALUES_ONLY in done.stderr else [f"isn't refused: {done.stderr[:200]}"]
        arguments, rows = feed(folder, signatures[0], out)
        fed = [np.load(path) for path in sorted(pathlib.Path(out).glob("input_*.npy"))]
        done = run(cli, out, model, *arguments)
        if done.returncode != 0:
            return [done.stderr.strip()[:400]]
        narrow, faults = key in NARROW, []
        outputs, wanted = dict(np.load(f"{out}/outputs.npz")), dict(np.load(folder / "outputs.npz"))
        found = [value for value in np.load(f"{out}/activations.npz").values() if value.dtype.kind in "fiub"]
        if len(outputs) != len(wanted):
            faults.append(f"{len(outputs)} outputs, not {len(wanted)}")
        for name, value in wanted.items():
            ours = outputs.get(name.removeprefix("output.")) if len(wanted) > 1 else next(iter(outputs.values()))
            fault = agrees(ours, value[:rows], narrow) if ours is not None else "missing"
            if fault:
                faults.append(f"output {name}: {fault}")
        layers = np.load(folder / "activations.npz") if (folder / "activations.npz").exists() else {}
        for name in layers:
            value = np.asarray(layers[name])
            value = (value.view(np.uint16).astype(np.uint32) << 16).view(np.float32) if value.dtype.kind == "V" else value
            if rows is None and not is_among(value, found + fed, narrow):
                faults.append(f"activation {name} {value.shape}: no operation gave it")
        return faults


def check_notebook(cli, model):
    signatures = functions(cli, model)
    outputs = np.load(model.parent / "outputs.npz")
    with tempfile.TemporaryDirectory() as out:
        if model.name == "the_saved_model":
            # Traced with lists of numbers, which are constants of the two functions.
            faults = []
            for number, name in enumerate(["traced_rank2", "traced_rank3"]):
                done = run(cli, out, model, "--signature", signatures[number]["name"])
                fault = agrees(np.load(f"{out}/outputs.npz")["output_0"], outputs[name], False) if done.returncode == 0 else done.stderr
                faults += [f"{name}: {fault}"] if fault else []
            return faults
        if not signatures:
            done = run(cli, out, model)
            return [] if done.returncode == 2 and VALUES_ONLY in done.stderr else [f"isn't refused: {done.stderr[:200]}"]
        done = run(cli, out, model, "--input", "[[2, 2, 2]]")
        if done.returncode != 0:
            return [done.stderr.strip()[:400]]
        fault = agrees(next(iter(np.load(f"{out}/outputs.npz").values())), outputs[NOTEBOOK[model.name]], False)
        return [fault] if fault else []


def all_checks(cli, root):
    """(name, what to call) of every model there is."""
    for folder in sorted([*(root / "keras").iterdir(), *(root / "keras2").iterdir()]):
        key = f"{folder.parent.name}/{folder.name}"
        if not (folder / "inputs.npz").exists():
            continue
        for name in ["model.keras", "model.h5"]:
            if (folder / name).exists():
                yield f"{key}/{name}", lambda folder=folder, name=name, key=key: check(cli, folder, folder / name, key)
        for name in ["saved_model", "saved_model_object"]:
            if (folder / name).exists():
                yield f"{key}/{name}", lambda folder=folder, name=name, key=key: check_saved_model(cli, folder, folder / name, key)
    for model in sorted(root.glob("notebook/*/*saved_model")):
        yield f"notebook/{model.parent.name}/{model.name}", lambda model=model: check_notebook(cli, model)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--cli", default="build/src/cli/assay-cli")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    root = pathlib.Path(args.shared) / "fixtures/tensorflow"
    if np is None or not root.is_dir():
        print("skipped: there is no NumPy" if np is None else f"skipped: there is no {root}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    for name, call in all_checks(args.cli, root):
        if args.names and not any(part in name for part in args.names):
            continue
        faults = call()
        passed += not faults
        failed += bool(faults)
        if faults:
            print(f"{name}:")
            for fault in faults[:12]:
                print(f"    {fault}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
