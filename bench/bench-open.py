#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long opening takes, from the start of the command to the tree printed, beside Python's libraries in the same run.

    bench-open.py [--cli PROGRAM] [--python PYTHON] [--runs N]

Makes its files in a temporary folder: 100,000 safetensors tensors, a sparse 100 GB safetensors file, and 100,000 HDF5 datasets (if PYTHON has
h5py). Each pair is run in turn, A B A B…; medians of wall seconds are printed.
"""
import argparse
import json
import os
import pathlib
import statistics
import struct
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent


def write_safetensors(path, tensors, sparse):
    """tensors: (name, shape); float32."""
    header, offset = {}, 0
    for name, shape in tensors:
        size = 4
        for n in shape:
            size *= n
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.truncate(8 + len(text) + offset) if sparse else f.write(bytes(offset))


HDF5 = """
import sys, h5py, numpy
with h5py.File(sys.argv[1], "w", libver="latest") as f:
    for g in range(1000):
        group = f.create_group(f"layers/block_{g:04d}")
        for k in range(100):
            group.create_dataset(f"w{k:02d}", data=numpy.arange(8, dtype="f4"))
"""
KEYS = "import sys; from safetensors import safe_open; print(len(safe_open(sys.argv[1], 'np').keys()))"
VISIT = "import sys, h5py; n = [0]; h5py.File(sys.argv[1]).visititems(lambda k, o: n.__setitem__(0, n[0] + 1)); print(n)"


def run(command):
    """Wall seconds of one run."""
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def compare(title, ours, theirs, n):
    a, b = [], []
    run(ours)
    for _ in range(n):
        a.append(run(ours))
        if theirs:
            b.append(run(theirs))
    line = f"{title:32} assay-cli {statistics.median(a):6.2f} s"
    if theirs:
        ratio = statistics.median(x / y for x, y in zip(a, b))
        line += f"   python {statistics.median(b):6.2f} s   ratio {ratio:.2f}"
    print(line, flush=True)


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default=str(TOP / "build/src/cli/assay-cli"))
    parser.add_argument("--python", default=os.environ.get("ASSAY_PYTHON", "python3"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many, sparse, hdf5 = (f"{folder}/{n}" for n in ("many.safetensors", "sparse.safetensors", "many.h5"))
        write_safetensors(many, [(f"model.blocks.{i // 20:04d}.group_{i % 20:02d}.weight", [8]) for i in range(100_000)], False)
        write_safetensors(sparse, [(f"layers.{i}.weight", [25_000, 10_000]) for i in range(100)], True)
        peer = [options.python, "-c", KEYS, many] if has(options.python, "safetensors") else None
        compare("safetensors, 100,000 tensors", [options.cli, "ls", many], peer, options.runs)
        compare("safetensors, 100 GB sparse", [options.cli, "ls", sparse], None, options.runs)
        if has(options.python, "h5py"):
            subprocess.run([options.python, "-c", HDF5, hdf5], check=True)
            compare("HDF5, 100,000 datasets", [options.cli, "ls", hdf5], [options.python, "-c", VISIT, hdf5], options.runs)
        else:
            print("HDF5, 100,000 datasets: skipped, there is no h5py")


main()
