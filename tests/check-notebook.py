#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what examples/intro-to-modules prints with what the notebook printed under TensorFlow and Keras 2.

    python3 tests/check-notebook.py PROGRAM [DATA]

The program gets the random numbers that TensorFlow drew. The text must be the same once object addresses, log lines and
"{{function_node …}}" are taken out; numbers may differ by 2 units in the last place of float32.
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d*(?:e[-+]?\d+)?")
# The cells of the guide that the example has beside the notebook's own.
GUIDE = ["g1", "g2", "g5", "g6", "g7"]


def scrub(text):
    text = re.sub(r"0x(?!ADDRESS)[0-9a-f]+", "0xADDRESS", text)
    return re.sub(r"\{\{function_node [^}]*\}\} ?", "", text)


def ulps(a, b):
    def ordered(x):
        bits = struct.unpack("<i", struct.pack("<f", float(x)))[0]
        return bits if bits >= 0 else -(bits & 0x7fffffff)
    return abs(ordered(a) - ordered(b))


def expected_of(cell):
    text = cell.get("stdout", "")
    if cell.get("result") is not None:
        text += cell["result"] + "\n"
    if cell.get("error"):
        text += cell["error"]["text"] + "\n"
    return scrub(text)


def pattern_of(text):
    """Matches the text with any numbers in the places of its own; where these differ in length, so do the blanks around them."""
    parts = [r"\s*".join(re.escape(word) for word in re.split(r"\s+", part)) for part in NUMBER.split(text)]
    return re.compile((r"\s*(" + NUMBER.pattern + r")\s*").join(parts))


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent / "data/tensorflow/notebook-keras2").resolve()
    cells = json.loads((data / "transcript.json").read_text())["cells"]
    cells = [c for c in cells if c["cell"].isdigit() or c["cell"] in GUIDE]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([program, data / "drawn.float32"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                             text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
    printed, failed, passed, worst = scrub(run.stdout), 0, 0, 0
    if run.returncode != 0:
        print(f"not ok: the program ended with {run.returncode}: {run.stderr[:2000]}")
        failed += 1
    for cell in cells:
        expected = expected_of(cell)
        if not expected:
            continue
        match = pattern_of(expected).match(printed)
        distance = max((ulps(x, y) for x, y in zip(NUMBER.findall(expected), match.groups())), default=0) if match else 0
        if match and distance <= 2:
            worst = max(worst, distance)
            passed += 1
            printed = printed[match.end():]
            print(f"ok: cell {cell['cell']}")
        else:
            failed += 1
            print(f"not ok: cell {cell['cell']} ({distance} ULP)\n--- expected\n{expected}--- got\n{printed[:len(expected) + 200]}")
            break
    if printed.strip() and failed == 0:
        failed += 1
        print(f"not ok: the program prints more: {printed[:500]}")
    print(f"worst distance {worst} ULP\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
