#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long opening takes, from the start of the command to the tree printed, beside Python's libraries in the same run.

    bench-open.py [--build FOLDER] [--python PYTHON] [--runs N]

Makes its files in a temporary folder: 100,000 safetensors tensors, a sparse 100 GB safetensors file, and 100,000 HDF5 datasets in the layouts
of 1.8 and of 1.10 (if PYTHON has h5py). Each pair is run in turn, A B A B…. Medians of wall seconds are printed; memory is the sum of what
assay-cli and assay-reader had at most. Exits with 1 if a bound is missed.
"""
import argparse
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
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
with h5py.File(sys.argv[1], "w", libver=sys.argv[2]) as f:
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


def peak_of(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            return next((int(line.split()[1]) for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def peak_memory(command):
    """MB that a command and the processes it starts have at most, each at its worst moment."""
    peaks, process = {}, subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def watch():
        while process.poll() is None:
            try:
                children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
            except OSError:
                children = []
            for pid in [process.pid, *map(int, children)]:
                peaks[pid] = max(peaks.get(pid, 0), peak_of(pid))
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    watcher.join()
    return sum(peaks.values()) / 1000


def first_level(program, path, n):
    """Median seconds from the start of the command until the first level is known."""
    times = []
    for _ in range(n):
        out = subprocess.run([program, path, str(time.monotonic())], capture_output=True, check=True, text=True).stdout
        times.append(float(out.split()[0]))
    return statistics.median(times)


class Table:
    def __init__(self, options):
        self.options, self.missed = options, 0

    def tell(self, what, value, unit, bound, note=""):
        kept = bound is None or value <= bound
        self.missed += not kept
        limit = "" if bound is None else f"at most {bound:g}{unit}{'' if kept else '  MISSED'}"
        print(f"{what:46} {value:8.3f}{unit:3} {limit:22} {note}", flush=True)

    def opens(self, title, path, peer, seconds, ratio, megabytes):
        """One file: time, memory, and the peer's time."""
        ours, a, b = [self.options.cli, "ls", path], [], []
        run(ours)
        for _ in range(self.options.runs):
            a.append(run(ours))
            if peer:
                b.append(run([*peer, path]))
        self.tell(title, statistics.median(a), " s", seconds)
        if peer:
            self.tell("  as a ratio of the library's time", statistics.median(x / y for x, y in zip(a, b)), "", ratio,
                      f"library {statistics.median(b):.3f} s")
        self.tell("  memory", peak_memory(ours), " MB", megabytes)


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=str(TOP / "build"))
    parser.add_argument("--python", default=os.environ.get("ASSAY_PYTHON", "python3"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    options.cli = f"{options.build}/src/cli/assay-cli"
    os.environ.setdefault("ASSAY_READER", f"{options.build}/src/readers/assay-reader")
    table = Table(options)
    with tempfile.TemporaryDirectory() as folder:
        many, sparse, hdf5 = (f"{folder}/{n}" for n in ("many.safetensors", "sparse.safetensors", "many.h5"))
        write_safetensors(many, [(f"model.blocks.{i // 20:04d}.group_{i % 20:02d}.weight", [8]) for i in range(100_000)], False)
        write_safetensors(sparse, [(f"layers.{i}.weight", [25_000, 10_000]) for i in range(100)], True)
        peer = [options.python, "-c", KEYS] if has(options.python, "safetensors") else None
        table.opens("safetensors, 100,000 tensors", many, peer, 0.25, 1, None)
        table.opens("safetensors, 100 GB sparse", sparse, peer, 0.3, None, 150)
        for libver in ("earliest", "latest") if has(options.python, "h5py") else ():
            subprocess.run([options.python, "-c", HDF5, hdf5, libver], check=True)
            table.opens(f"HDF5 ({libver}), 100,000 datasets", hdf5, [options.python, "-c", VISIT], None, 1, 300)
            table.tell("  first level", first_level(f"{options.build}/bench/bench-first-level", hdf5, options.runs), " s", 0.15)
        if not has(options.python, "h5py"):
            print("HDF5, 100,000 datasets: skipped, there is no h5py")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
