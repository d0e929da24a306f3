#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How soon the window is on the screen, beside libadwaita's own demo program, and how much memory of its own it takes while looking at anything.

    tests/desk.sh /usr/bin/python3 bench/bench-window.py [--build FOLDER] [--runs N]

Starts are taken in turn: without a model, the demo (package libadwaita-1-examples), with the example model. On the screen is what the window
manager lists. Memory is RssAnon, looked at every 20 ms while every view of a large variable is walked through by the keyboard. Exits with 1
if a bound is missed.
"""
import argparse
import ctypes
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests" / "window"))
from drive import Window  # noqa: E402


class Screen:
    """How many windows the window manager lists, asked directly: a question takes some 0.1 ms."""

    def __init__(self):
        self.x = ctypes.CDLL("libX11.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.x.XDefaultRootWindow.restype = ctypes.c_ulong
        self.root = ctypes.c_ulong(self.x.XDefaultRootWindow(self.display))
        self.x.XInternAtom.restype = ctypes.c_ulong
        self.list = ctypes.c_ulong(self.x.XInternAtom(self.display, b"_NET_CLIENT_LIST", 0))

    def count(self):
        kind, size, n, left = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_ulong(), ctypes.c_ulong()
        data = ctypes.c_void_p()
        self.x.XGetWindowProperty(self.display, self.root, self.list, ctypes.c_long(0), ctypes.c_long(64), 0, ctypes.c_ulong(0),
                                  ctypes.byref(kind), ctypes.byref(size), ctypes.byref(n), ctypes.byref(left), ctypes.byref(data))
        if data:
            self.x.XFree(data)
        return n.value


def start(screen, command):
    """Seconds from the start of a program to its window; the program is ended again."""
    before, begin = screen.count(), time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while screen.count() <= before:
        if process.poll() is not None or time.monotonic() - begin > 60:
            raise SystemExit(f"{command[0]} shows no window")
        time.sleep(0.001)
    seconds = time.monotonic() - begin
    time.sleep(0.3)
    process.terminate()
    process.wait()
    while screen.count() > before:
        time.sleep(0.01)
    return seconds


def compare_starts(program, runs):
    """Ours beside the demo's; returns whether a bound is missed."""
    demo, screen = shutil.which("adwaita-1-demo"), Screen()
    commands = {"empty": [program], "with the example": [program, str(TOP / "data/example/digits.h5")]}
    if demo:
        commands["demo"] = [demo]
    else:
        print("window on screen: skipped, there is no adwaita-1-demo (package libadwaita-1-examples)")
    times = {name: [] for name in commands}
    for i in range(runs + 1):
        for name, command in commands.items():
            seconds = start(screen, command)
            if i > 0:  # the first reads the libraries from disk
                times[name].append(seconds)
    missed = False
    for name in ("empty", "with the example"):
        line = f"window on screen, {name:18} {statistics.median(times[name]):.3f} s"
        if demo:
            ratio = statistics.median(a / b for a, b in zip(times[name], times["demo"]))
            missed |= ratio > 1.5
            line += f"   demo {statistics.median(times['demo']):.3f} s   ratio {ratio:.2f} (at most 1.5{'; MISSED' if ratio > 1.5 else ''})"
        print(line, flush=True)
    return missed


class Memory:
    """The most RssAnon that a process had, in MB."""

    def __init__(self, pid):
        self.pid, self.peak, self.ended = pid, 0, False
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended:
            try:
                with open(f"/proc/{self.pid}/status", encoding="ascii") as f:
                    self.peak = max(self.peak, *(int(line.split()[1]) / 1000 for line in f if line.startswith("RssAnon")))
            except OSError:
                return
            time.sleep(0.02)


def write_large(path, shape):
    """A .npy of float32 zeros with some values among them: a hole for the rest."""
    header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }" % ", ".join(map(str, shape))).ljust(117) + "\n"
    n = 1
    for size in shape:
        n *= size
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for k in range(64):
            f.seek(128 + k * (n // 64) * 4)
            f.write(struct.pack("<256f", *(i / 7 + k for i in range(256))))
        f.truncate(128 + 4 * n)


def write_many(path):
    """100,000 tensors in one safetensors file."""
    import json
    header = {f"model.blocks.{i // 20:04d}.group_{i % 20:02d}.weight": {"dtype": "F32", "shape": [8], "data_offsets": [i * 32, i * 32 + 32]}
              for i in range(100_000)}
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.truncate(8 + len(text) + 3_200_000)


def walk_views(window, name):
    """Every view of a variable, with a jump, a zoom and some scrolling in each."""
    window.keys("ctrl+f")
    window.wait("Search the model", "entry", rows=False)
    window.type(name)
    window.wait(name, "label")
    window.keys("Return")
    window.wait("Shape", "label", rows=False)
    for view in range(1, 6):
        window.keys(f"alt+{view}")
        time.sleep(2)
        window.keys("ctrl+End", "Page_Up", "Page_Up", "plus", "plus", "Page_Down", "ctrl+Home", "minus", "Page_Down")
        time.sleep(1)


def walk_tree(window, name):
    """The tree of a large model: opened, searched, and gone through."""
    window.keys("ctrl+f")
    window.wait("Search the model", "entry", rows=False)
    window.type("weight" if name != "the example" else "kernel")
    time.sleep(3)
    window.keys("Return", "Next", "Next", "Escape", "End", "Prior", "Home")
    time.sleep(3)


def measure_memory(program, folder):
    """RssAnon of windows that look at large files; returns whether the bound is missed."""
    cases = [("the example", str(TOP / "data/example/digits.h5"), None), ("10⁹ elements", f"{folder}/large.npy", (100_000, 10_000)),
             ("10⁹ elements in 5 dimensions", f"{folder}/deep.npy", (100, 100, 100, 10, 100)), ("100,000 tensors", f"{folder}/many.safetensors", None)]
    missed = False
    write_many(cases[3][1])
    for name, path, shape in cases:
        if shape:
            write_large(path, shape)
        with Window([program, path]) as window:
            memory = Memory(window.process.pid)
            if shape:
                walk_views(window, pathlib.Path(path).stem)
            else:
                walk_tree(window, name)
            time.sleep(2)
            memory.ended = True
        missed |= memory.peak > 250
        print(f"RssAnon, {name:30} {memory.peak:6.1f} MB (at most 250{'; MISSED' if memory.peak > 250 else ''})", flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=str(TOP / "build"))
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    os.environ.setdefault("ASSAY_READER", f"{options.build}/src/readers/assay-reader")
    os.environ.setdefault("GSETTINGS_SCHEMA_DIR", f"{options.build}/data")
    program = f"{options.build}/src/app/assay"
    missed = compare_starts(program, options.runs)
    with tempfile.TemporaryDirectory() as folder:
        missed |= measure_memory(program, folder)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
