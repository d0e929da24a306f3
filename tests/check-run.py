#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs `assay-cli run` over the fixtures of Keras models and compares outputs and every activation.

Usage: check-run.py --shared DIR [--cli PATH] [NAME…]

A float32 number agrees within 2e-5 + 1e-4 |x|, one of a 16-bit model within 2e-2 of the tensor's largest. A model with a class whose code isn't in
the file must be refused, and the layer named.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

# Layers whose code is not in the file, by model: what the refusal has to name.
REFUSED = {
    "keras/mlp_activations": "gelu_tanh",
    "keras/transformer_encoder": "positions",
    "keras/subclassed": "GatedModel",
    "keras2/custom_and_tf_ops": "scale",
}
NARROW = {"keras/mixed_dtypes"}


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--cli", default="build/src/cli/assay-cli")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    root = pathlib.Path(args.shared) / "fixtures/tensorflow"
    if not root.is_dir():
        print(f"skipped: there is no {root}")
        return 0
    passed = failed = 0
    for folder in sorted([*(root / "keras").iterdir(), *(root / "keras2").iterdir()]):
        key = f"{folder.parent.name}/{folder.name}"
        if not (folder / "inputs.npz").exists() or (args.names and not any(name in key for name in args.names)):
            continue
        for model in [folder / "model.keras", folder / "model.h5"]:
            if not model.exists():
                continue
            faults = check(args.cli, folder, model, key)
            passed += not faults
            failed += bool(faults)
            if faults:
                print(f"{key}/{model.name}:")
                for fault in faults[:12]:
                    print(f"    {fault}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
