#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a SavedModel that TensorFlow wrote, then many that lie: its graph with bytes changed, cut out and put in at random.

    python3 tests/check-saved-model.py CLI [FOLDER [INPUT]]       ASSAY_MUTATIONS=10000 for more; ASSAY_SEED for others

A lying graph ends in an answer or in one sentence, within a minute. Speaks TAP.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CLI = sys.argv[1]
FOLDER = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else HERE / "data/tensorflow/saved_model")
INPUT = sys.argv[3] if len(sys.argv) > 3 else "[[2, 2, 2]]"
# What TensorFlow gave for [[2, 2, 2]] (the notebook's transcript, cell g9).
EXPECTED = (-0.88223207 - 0.5527904) / 2


def run(folder):
    """The answer of the terminal program."""
    return subprocess.run([CLI, "run", str(folder), "--input", INPUT, "--json"], capture_output=True, text=True, timeout=60, check=False)


def mutate(data, chance):
    """Some places changed, cut out, or doubled."""
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.choice([0, 1, 0x7f, 0x80, 0xff])
        elif kind == 2 and len(data) > 100:
            del data[at:at + chance.randrange(1, 40)]
        else:
            of = chance.randrange(len(data))
            data[at:at] = data[of:of + chance.randrange(1, 60)]
    return data


def fault(answer):
    """What is wrong with an answer, or None."""
    if answer.returncode not in (0, 2):
        return "ended with %d" % answer.returncode
    for sign in ("Sanitizer", "runtime error", "CRITICAL", "WARNING"):
        if sign in answer.stderr:
            return sign
    if answer.returncode == 2 and answer.stderr.count("\n") != 1:
        return "no single sentence"
    return None


def main():
    """The cases."""
    n = int(os.environ.get("ASSAY_MUTATIONS", "100"))
    seed = int(os.environ.get("ASSAY_SEED", "1"))
    chance = random.Random(seed)
    failed = 0
    print("1..2")
    answer = run(FOLDER)
    outputs = json.loads(answer.stdout)["outputs"] if answer.returncode == 0 else []
    good = len(sys.argv) > 2 or (len(outputs) == 1 and abs(outputs[0]["mean"] - EXPECTED) < 1e-6)
    failed += not good
    print("%s 1 - runs as TensorFlow does%s" % ("ok" if good else "not ok", "" if good else " # " + answer.stderr.strip()))
    original = (FOLDER / "saved_model.pb").read_bytes()
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / "model"
        shutil.copytree(FOLDER, copy)
        for i in range(n):
            (copy / "saved_model.pb").write_bytes(mutate(bytearray(original), chance))
            try:
                answer = run(copy)
                wrong = fault(answer)
            except subprocess.TimeoutExpired:
                wrong = "took more than a minute"
            if wrong:
                faults.append("%d: %s" % (i, wrong))
                print("# mutation %d of seed %d: %s: %s" % (i, seed, wrong, answer.stderr[:2000].replace("\n", "\n# ")))
    failed += bool(faults)
    print("%s 2 - survives %d graphs that lie" % ("not ok" if faults else "ok", n))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
