#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what assay-cli diff says with the recorded truth, and with NumPy if it is installed (TAP).

usage: check-diff.py CLI [--shared FOLDER] [--require-numpy]

Pairs are those of tests/data/pairs, and of fixtures/pairs in the shared folder where there is one (ASSAY_SHARED, or ../shared beside the
project); those whose keys differ, and formats that can't be read yet, are told as skipped. With NumPy, random pairs of many dtypes are
written as .npz and compared with the definitions, calculated in float64.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
LATER = {".gguf", ".pt"}
EXACT = ["bit_equal", "n", "n_changed", "n_nan_a", "n_nan_b", "n_nan_both"]
CLOSE = ["max_abs", "l1", "l2", "relative_l2", "fraction_changed"]


class Report:
    """Lines of TAP."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def told(self, name, wrong=None, skip=None):
        self.number += 1
        self.failed += bool(wrong)
        print("%s %d %s%s" % ("not ok" if wrong else "ok", self.number, name, " # SKIP " + skip if skip else ""))
        if wrong:
            print("# " + str(wrong)[:2000].replace("\n", "\n# "))


def diff(cli, a, b, *options):
    """Exit code, document or None, what stands on stderr."""
    run = subprocess.run([cli, "diff", "--json", str(a), str(b), *options], capture_output=True, text=True, timeout=60)
    return run.returncode, json.loads(run.stdout) if run.stdout else None, run.stderr


def number(value):
    """A number of our JSON; what isn't defined is NaN in it, and null in the truth."""
    if value is None:
        return math.nan
    return float({"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}.get(value, value) if isinstance(value, str) else value)


def is_close(got, wanted, absolute=0.0):
    got, wanted = number(got), number(wanted)
    if math.isnan(wanted):
        return math.isnan(got)
    return got == wanted or abs(got - wanted) <= 1e-9 * abs(wanted) + absolute


def wrong_metrics(got, wanted):
    """The first metric that isn't what it should be, or None."""
    if got is None:
        return "there are no metrics"
    for name in EXACT:
        if got[name] != wanted[name]:
            return "%s is %s, not %s" % (name, got[name], wanted[name])
    for name in CLOSE:
        if not is_close(got[name], wanted[name]):
            return "%s is %s, not %s" % (name, got[name], wanted[name])
    if not is_close(got["cosine_distance"], wanted["cosine_distance"], 1e-12):
        return "cosine_distance is %s, not %s" % (got["cosine_distance"], wanted["cosine_distance"])
    for ours, theirs in (("n_bits_changed", "n_bits_changed_elements"), ("max_ulp", "max_ulp")):
        if got[ours] != wanted.get(theirs):
            return "%s is %s, not %s" % (ours, got[ours], wanted.get(theirs))
    return None


def wrong_case(cli, folder, truth):
    code, told, errors = diff(cli, *(folder / name for name in truth["files"]))
    if told is None:
        return "exit %d: %s" % (code, errors)
    counts = {name: n for name, n in told["summary"].items() if n and not name.startswith("only")}
    if counts != truth["counts"] or sorted(told["only_a"]) != sorted(truth["removed"]) or sorted(told["only_b"]) != sorted(truth["added"]):
        return "summary %s, only in A %s, only in B %s" % (told["summary"], told["only_a"], told["only_b"])
    same = not set(truth["counts"]) - {"same", "equal-values"} and not truth["added"] and not truth["removed"]
    if told["same"] != same or code != (0 if same else 1):
        return "same is %s, exit %d" % (told["same"], code)
    pairs = {pair["a"]: pair for pair in told["pairs"]}
    for wanted in truth["pairs"]:
        got = pairs[wanted["a"]]
        metrics = wanted.get("metrics_common") or wanted.get("metrics")
        wrong = "status %s" % got["status"] if got["status"] != wanted["status"] or got["b"] != wanted["b"] else None
        wrong = wrong or (wrong_metrics(got["metrics"], metrics) if metrics else None)
        if wrong:
            return "%s: %s" % (wanted["a"], wrong)
    return None


def check_recorded(report, cli, folders):
    for folder in folders:
        truth = json.loads((folder / "expected.json").read_text())
        name = "/diff/%s/%s" % ("here" if TOP in folder.parents else "shared", folder.name)
        if truth.get("renamed"):
            report.told(name, skip="keys differ")
        elif LATER & {pathlib.Path(file).suffix for file in truth["files"]}:
            report.told(name, skip="the format comes later")
        else:
            report.told(name, wrong_case(cli, folder, truth))


def metrics_of(np, a, b):
    """The definitions in float64 (longdouble where that holds more), for arrays of one shape."""
    same_type = a.dtype == b.dtype
    wide = np.longdouble if a.dtype.kind in "iu" and max(a.itemsize, b.itemsize) == 8 else np.float64
    f, g = a.astype(wide).ravel(), b.astype(wide).ravel()
    nan_a, nan_b = np.isnan(f), np.isnan(g)
    there = ~(nan_a | nan_b)
    x, y = f[there], g[there]
    d = np.where(x == y, 0, y - x)
    norm_x, norm_y, l2 = np.sqrt((x * x).sum()), np.sqrt((y * y).sum()), np.sqrt((d * d).sum())
    changed = int((x != y).sum() + (nan_a ^ nan_b).sum())
    out = {"n": a.size, "bit_equal": bool(same_type and a.tobytes() == b.tobytes()), "n_changed": changed, "fraction_changed": changed / max(a.size, 1),
           "n_nan_a": int(nan_a.sum()), "n_nan_b": int(nan_b.sum()), "n_nan_both": int((nan_a & nan_b).sum()),
           "max_abs": float(abs(d).max(initial=0)), "l1": float(abs(d).sum()), "l2": float(l2),
           "relative_l2": float(l2 / norm_x) if norm_x else 0 if not d.any() else None,
           "cosine_distance": None if not norm_x or not norm_y else 0 if not d.any() else float(1 - (x * y).sum() / (norm_x * norm_y))}
    if same_type:
        bits = "u%d" % a.itemsize
        out["n_bits_changed_elements"] = int((a.view(bits) != b.view(bits)).sum())
    if a.dtype == b.dtype == np.float32:
        i, j = (v.view("i4").astype("i8").ravel()[there] for v in (a, b))
        i, j = (np.where(v < 0, -(v & 0x7FFFFFFF), v) for v in (i, j))
        out["max_ulp"] = int(abs(i - j).max(initial=0))
    return out


def random_array(np, random, dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    values = random.normal(size=shape).astype(dtype)
    for special in (np.nan, np.inf, -np.inf, -0.0, 0.0):
        values[random.random(shape) < 0.01] = special
    return values


def check_numpy(report, cli, required):
    try:
        import numpy as np
    except ImportError:
        report.told("/diff/numpy", wrong="NumPy is missing" if required else None, skip=None if required else "NumPy isn't installed")
        return
    np.seterr(all="ignore")
    random = np.random.default_rng(4)
    types = ["f4", "f2", "f8", "?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
    shapes = [(), (1,), (7, 5), (3, 4, 5, 6), (0, 4), (1000, 1100)]
    a, b = {}, {}
    for first in types:
        for second in {first, "f4"}:
            for shape in shapes if first == second else shapes[2:3]:
                key = "%s_%s_%s" % (first.replace("?", "b1"), second.replace("?", "b1"), "x".join(map(str, shape)))
                a[key] = random_array(np, random, first, shape)
                other = random_array(np, random, second, shape)
                b[key] = np.where(random.random(shape) < 0.3, other, a[key].astype(second)).astype(second)
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("a.npz", "b.npz")]
        np.savez(paths[0], **a)
        np.savez(paths[1], **b)
        code, told, errors = diff(cli, *paths)
    pairs = {pair["a"]: pair for pair in told["pairs"]} if told else {}
    for key in a:
        wrong = wrong_metrics(pairs[key]["metrics"], metrics_of(np, a[key], b[key])) if key in pairs else "exit %d: %s" % (code, errors)
        report.told("/diff/numpy/" + key, wrong)


def check_sentences(report, cli):
    """Exit codes and what stands on stderr."""
    folder = TOP / "tests/data/pairs/08_nan_zero"
    a, b = folder / "a/model.safetensors", folder / "b/model.safetensors"
    with tempfile.TemporaryDirectory() as room:
        cut, text = pathlib.Path(room, "cut.safetensors"), pathlib.Path(room, "notes.txt")
        cut.write_bytes(a.read_bytes()[:-40])
        text.write_text("no model")
        for name, words, wanted, says in (
                ("same-file-twice", [a, a], 0, ""), ("different", [a, b], 1, ""), ("all-within-tolerance", [a, a, "--tolerance", "1"], 0, ""),
                ("file-that-is-none", [a, folder / "none"], 2, "none"), ("cut-short", [a, cut], 2, "cut.safetensors"),
                ("another-format", [text, a], 2, "notes.txt"), ("folder-of-nothing", [room, a], 2, ""), ("one-file", [a], 2, "A B"),
                ("no-such-metric", [a, b, "--metric", "loss"], 2, "loss"), ("map-comes-later", [a, b, "--map", "x"], 2, "--map"),
                ("rename-comes-later", [a, b, "--rename", "x"], 2, "--rename"), ("patch-comes-later", [a, b, "--patch", "x"], 2, "--patch"),
                ("negative-tolerance", [a, b, "--tolerance=-1"], 2, "--tolerance"), ("other-file-of-other-keys", [a, TOP / "data/example/digits.h5"], 1, "")):
            run = subprocess.run([cli, "diff", *map(str, words)], capture_output=True, text=True, timeout=60)
            wrong = run.returncode != wanted or says not in run.stderr or (run.stderr.count("\n") != 1 if wanted == 2 else run.stderr)
            report.told("/diff/says/" + name, "exit %d: %s" % (run.returncode, run.stderr) if wrong else None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--shared", default=os.environ.get("ASSAY_SHARED", TOP.parent / "shared"))
    parser.add_argument("--require-numpy", action="store_true")
    options = parser.parse_args()
    report = Report()
    shared = pathlib.Path(options.shared, "fixtures/pairs")
    check_sentences(report, options.cli)
    check_recorded(report, options.cli, sorted(p.parent for p in (TOP / "tests/data/pairs").glob("*/expected.json")))
    if shared.is_dir():
        check_recorded(report, options.cli, sorted(p.parent for p in shared.glob("*/expected.json")))
    else:
        report.told("/diff/shared", skip="there is no shared folder")
    check_numpy(report, options.cli, options.require_numpy)
    print("1..%d" % report.number)
    return report.failed > 0


sys.exit(main())
