#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what examples/intro-to-modules prints with what the notebook printed under TensorFlow and Keras 2.

    python3 tests/check-notebook.py PROGRAM [DATA | NOTEBOOK.ipynb]

The program gets the random numbers that TensorFlow drew. The text must be the same once object addresses, log lines and
"{{function_node …}}" are taken out; numbers may differ by 2 units in the last place of float32.
Then it gets the weights as a notebook prints them (its cells 9, 31 and 36; of any run of it, if it is named), and the results that
were printed before these (cells 7, 29 and 35) are compared.
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


def output_of(cell):
    """What a cell of a notebook's file printed."""
    texts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in cell.get("outputs", [])]
    return "".join("".join(text) for text in texts)


def packed(text):
    """The numbers of a text as float32."""
    numbers = NUMBER.findall(text)
    return struct.pack("<%df" % len(numbers), *map(float, numbers))


def place_of(numbers, kernel):
    """Where a printed kernel stands among the numbers drawn, in bytes: NumPy prints 8 decimals. -1 if it isn't there."""
    drawn, printed = (struct.unpack("<%df" % (len(data) // 4), data) for data in (numbers, kernel))
    for at in range(len(drawn) - len(printed) + 1):
        if all(abs(a - b) <= 2e-8 * max(1, abs(a) * 8) for a, b in zip(drawn[at:], printed)):
            return 4 * at
    return -1


def weights_of(texts):
    """The weights that are printed, and for each printing of them the text of the last result before it."""
    weights, results, result = [], [], ""
    for text in texts:
        kernels = re.findall(r"w:0' shape=\(\d+, \d+\) dtype=float32, numpy=\s*array\((\[\[.*?\]\]), dtype", text, re.DOTALL)
        if kernels:
            weights += [packed(kernel) for kernel in kernels]
            results.append(result)
        elif re.search(r"\[\[.*\]\].*float32", text, re.DOTALL):
            result = text
    return weights, results


def run_example(program, numbers):
    with tempfile.TemporaryDirectory() as folder:
        drawn = pathlib.Path(folder) / "drawn"
        drawn.write_bytes(numbers)
        return subprocess.run([program, drawn], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              text=True, check=False, env=dict(os.environ, LC_ALL="C.UTF-8"))


def check_printed_weights(program, numbers, recorded, texts):
    """Runs from printed weights in the places of the recorded ones; returns how many of the three results come out, and don't."""
    weights, results = weights_of(texts)
    passed = failed = 0
    if [len(w) for w in weights] != [len(w) for w in recorded] or len(results) != 3:
        print(f"not ok: {len(results)} printings of {len(weights)} weights, not 3 of 5 as the notebook has them")
        return 0, 1
    for old, new in zip(recorded, weights):
        at = place_of(numbers, old)
        if at < 0:
            print("not ok: a weight was printed that isn't among those drawn")
            return passed, failed + 1
        numbers = numbers[:at] + new + numbers[at + len(old):]
    mine = weights_of(re.split(r"(?m)^(?=tf\.Tensor|<tf\.Tensor|\(<tf\.Variable|\[<tf\.Variable)", run_example(program, numbers).stdout))[1]
    for cell, expected, got in zip(("7", "29", "35"), results, mine):
        pairs = list(zip(NUMBER.findall(expected), NUMBER.findall(got)))
        distance = max((ulps(*pair) for pair in pairs), default=None)
        good = distance is not None and distance <= 2 and len(NUMBER.findall(expected)) == len(NUMBER.findall(got))
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok' if good else 'not ok'}: cell {cell} from the weights that are printed ({distance} ULP)")
    return passed, failed + (len(mine) != 3)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent / "data/tensorflow/notebook-keras2").resolve()
    notebook, data = (data, pathlib.Path(__file__).parent / "data/tensorflow/notebook-keras2") if data.suffix == ".ipynb" else (None, data)
    cells = json.loads((data / "transcript.json").read_text())["cells"]
    numbers = (data / "drawn.float32").read_bytes()
    own = [cell.get("stdout", "") + (cell.get("result") or "") for cell in cells if cell["cell"].isdigit()]
    texts = [output_of(cell) for cell in json.loads(notebook.read_text())["cells"]] if notebook else own
    cells = [c for c in cells if c["cell"].isdigit() or c["cell"] in GUIDE]
    run = run_example(program, numbers)
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
    counts = check_printed_weights(program, numbers, weights_of(own)[0], texts)
    passed, failed = passed + counts[0], failed + counts[1]
    print(f"worst distance {worst} ULP\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
