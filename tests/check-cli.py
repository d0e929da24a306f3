#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What assay-cli promises to scripts: JSON fields, exit codes, slices, formats, pipes, silence (TAP).

usage: check-cli.py CLI
"""
import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
DATA = TOP / "tests/data"
EXAMPLE = TOP / "data/example/digits.h5"
COMMANDS = ["ls", "show", "stats", "diff", "set", "convert", "plot", "run", "graph"]
KERNEL = "features/conv2d_1/kernel"
CLI = sys.argv[1]


def cli(*words, **options):
    """Exit code, stdout, stderr."""
    run = subprocess.run([CLI, *map(str, words)], capture_output=True, timeout=60, **options)
    return run.returncode, run.stdout, run.stderr.decode()


def answer(*words):
    """The JSON document of a command that goes well."""
    code, out, err = cli(*words, "--json")
    assert code == 0 and not err, f"{words}: {code} {err}"
    return json.loads(out)


def trouble(*words, says=""):
    """Exit code 2, nothing but one sentence that says something."""
    code, _, err = cli(*words)
    assert code == 2 and err.startswith("assay-cli: ") and err.count("\n") == 1 and says in err, f"{words}: {code} {err!r}, not “{says}”"


def test_ls_fields():
    tree = answer("ls", EXAMPLE, "--hash")
    assert set(tree) >= {"path", "format", "totals", "modules", "variables"} and tree["format"] == "keras-hdf5"
    assert set(tree["totals"]) == {"variables", "parameters", "trainable_parameters", "bytes"}
    own = [v for v in tree["variables"] if "role" not in v]
    assert all(set(v) >= {"path", "key", "dtype", "shape", "parameters", "bytes", "trainable", "sha256"} for v in own)
    assert sum(v["parameters"] for v in own) == tree["totals"]["parameters"] and len(own) == tree["totals"]["variables"]
    assert sum(v["parameters"] for v in own if v["trainable"]) == tree["totals"]["trainable_parameters"]
    assert {"path": "features/conv2d", "class": "Conv2D", "name": "conv2d"}.items() <= next(
        {k: m.get(k) for k in ("path", "class", "name")} for m in tree["modules"] if m["path"] == "features/conv2d").items()


def test_ls_patterns_and_order():
    assert [v["path"] for v in answer("ls", EXAMPLE, "*conv2d/bias")["variables"]][:1] == ["features/conv2d/bias"]
    lines = cli("ls", EXAMPLE, "--flat", "--sort", "size")[1].decode().splitlines()
    assert len(lines) > 10 and not lines[0].startswith(" ")


def test_what_has_no_value_is_listed():
    tree = answer("ls", DATA / "hdf5/elsewhere.h5")
    entry = next(v for v in tree["variables"] if v["key"] == "external_link")
    assert "another file" in entry["reason"] and entry["parameters"] == 0 and entry["bytes"] == 0 and entry["shape"] is None


def nested(values, index):
    """The slice of nested lists, by Python's rules, which NumPy's are here; index: ints and slices."""
    if not index:
        return values
    if isinstance(index[0], slice):
        return [nested(v, index[1:]) for v in values[index[0]]]
    return nested(values[index[0]], index[1:])


def test_show_slices():
    whole = answer("show", EXAMPLE, KERNEL, "--slice", ":")["values"]
    for text, index in (("0", (0,)), ("-1", (-1,)), (":,1", (slice(None), 1)), ("0,:,2:8", (0, slice(None), slice(2, 8))),
                        ("...,3", (slice(None),) * 3 + (3,)), ("::2,::-1", (slice(None, None, 2), slice(None, None, -1))),
                        ("1,1,-3:,0:100", (1, 1, slice(-3, None), slice(0, 100))), ("5:1", (slice(5, 1),)), ("0,0,0,0", (0, 0, 0, 0))):
        assert answer("show", EXAMPLE, KERNEL, f"--slice={text}")["values"] == nested(whole, index), text
    for text, says in (("3", "outside axis 0"), ("0,0,0,0,0", ""), ("a", "no index or slice"), ("::0", "no index or slice")):
        trouble("show", EXAMPLE, KERNEL, f"--slice={text}", says=says)


def test_show_fields():
    shown = answer("show", EXAMPLE, "features/conv2d/bias")
    assert set(shown) >= {"path", "key", "dtype", "shape", "statistics", "values"} and len(shown["values"]) == shown["shape"][0]
    special = answer("show", DATA / "safetensors/special_values.safetensors", answer("ls", DATA / "safetensors/special_values.safetensors")
                     ["variables"][0]["key"], "--slice", "...")
    text = json.dumps(special["values"])
    assert re.search(r'"NaN"|"-?Infinity"', text), text
    module = answer("show", EXAMPLE, "features")
    assert module["class"] == "Sequential" and len(module["variables"]) == 8 and module["parameters"] == 1312
    assert b"conv2d/kernel" in cli("show", EXAMPLE, "features")[1]
    assert "another file" in answer("show", DATA / "hdf5/elsewhere.h5", "external_link")["reason"]


def test_show_formats():
    values = answer("show", EXAMPLE, KERNEL, "--slice", "0,0")["values"]
    rows = [list(map(float, line.split(","))) for line in cli("show", EXAMPLE, KERNEL, "--slice", "0,0", "--format", "csv")[1].decode().splitlines()]
    assert rows and all(abs(a - b) <= 1e-6 * abs(b) for row, line in zip(rows, values) for a, b in zip(row, line)) and len(rows) == len(values)
    npy = cli("show", EXAMPLE, KERNEL, "--slice", "0,0", "--format", "npy")[1]
    size = 10 + int.from_bytes(npy[8:10], "little")
    header = ast.literal_eval(npy[10:size].decode())
    assert npy[:8] == b"\x93NUMPY\x01\x00" and size % 64 == 0 and len(npy) == size + 4 * 8 * 16
    assert header == {"descr": "<f4", "fortran_order": False, "shape": (8, 16)}, header


def test_stats_fields():
    rows = answer("stats", EXAMPLE)["variables"]
    wanted = {"path", "key", "n", "min", "max", "mean", "std", "l1", "l2", "zeros", "n_nan", "n_inf", "quantiles"}
    assert rows and all(set(r) == wanted and {"0.01", "0.5", "0.99"} <= set(r["quantiles"]) for r in rows)
    assert len(answer("stats", EXAMPLE, "*conv2d/*")["variables"]) < len(rows)
    assert cli("stats", EXAMPLE, "--threads", 1, "--json")[1] == cli("stats", EXAMPLE, "--threads", 2, "--json")[1]


def test_set(folder):
    path = folder / "model.h5"
    shutil.copyfile(EXAMPLE, path)
    assert answer("set", path, f"{KERNEL}[0, 1, 2:4, 5]", "0.5") == {"written": str(path), "changed": 2}
    assert answer("show", path, KERNEL, "--slice", "0,1,1:5,5")["values"][1:3] == [0.5, 0.5]
    before, other = path.read_bytes(), folder / "other.h5"
    assert answer("set", path, "features/conv2d/bias", "x * 2", "-o", other)["written"] == str(other)
    assert path.read_bytes() == before
    old, new = (answer("show", p, "features/conv2d/bias")["values"] for p in (path, other))
    assert new == [2 * x for x in old]
    for name, value, says in ((KERNEL, "foo(x)", "column 1"), (KERNEL, "1e39", ""), ("nothing", "1", "no variable"), (f"{KERNEL}[9]", "1", "outside")):
        trouble("set", path, name, value, says=says)
    shutil.copyfile(DATA / "numpy/structured.npy", folder / "s.npy")
    trouble("set", folder / "s.npy", "[0]", "1", says="can’t be edited")
    assert path.read_bytes() == before and sorted(os.listdir(folder)) == ["model.h5", "other.h5", "s.npy"]


def test_convert(folder):
    """Each format there and back: the same values, whatever holds them."""
    def values(path):
        return sorted((v["dtype"], v["shape"], v["sha256"]) for v in answer("ls", path, "--hash")["variables"] if "role" not in v)
    source = DATA / "safetensors/sharded/model.safetensors.index.json"
    for name in ("a.h5", "a.safetensors", "a.weights.h5", "a.index"):
        written = answer("convert", source, folder / name)
        assert written["written"] == str(folder / name) and written["changed"] == 31, written
        assert values(folder / name) == values(source), name
    for name in ("b.h5", "b.weights.h5"):  # bfloat16 and float8, which HDF5 doesn't have
        answer("convert", DATA / "safetensors/all_dtypes.safetensors", folder / name)
        assert values(folder / name) == values(DATA / "safetensors/all_dtypes.safetensors"), name
    answer("convert", EXAMPLE, folder / "e.npz", "--checkpoint-only")
    trouble("convert", source, folder / "a.npz", says="bfloat16")
    trouble("convert", source, folder / "a.pt", says="no format")
    trouble("convert", source, "/nowhere/a.h5", says="/nowhere")


def test_plot(folder):
    answer("plot", EXAMPLE, KERNEL, "-o", folder / "k.png")
    answer("plot", EXAMPLE, KERNEL, "--histogram", "-o", folder / "k.svg")
    assert (folder / "k.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and b"<svg" in (folder / "k.svg").read_bytes()[:300]
    trouble("plot", EXAMPLE, KERNEL, "-o", folder / "k.gif", says=".png")


def test_part_of_a_file(folder):
    answer("convert", EXAMPLE, folder / "own.h5")
    whole, part = answer("ls", folder / "own.h5"), answer("ls", f"{folder}/own.h5:/checkpoint/features")
    assert 0 < len(part["variables"]) < len(whole["variables"])
    trouble("ls", f"{folder}/own.h5:/nothing", says="/nothing")


def test_one_sentence():
    trouble("ls", "/nowhere", says="/nowhere")
    trouble("ls", TOP / "README.md", says="text")
    trouble("ls", DATA, says="folder")
    trouble("show", EXAMPLE, "nothing", says="digits.h5")
    trouble("walk", EXAMPLE, says="walk")
    trouble("ls", EXAMPLE, "--no-such-option", says="--no-such-option")
    trouble("ls", EXAMPLE, "--color", "maybe", says="maybe")
    trouble("show", EXAMPLE, says="takes MODEL NAME")
    trouble("show", EXAMPLE, KERNEL, "--format", "xml", says="xml")
    trouble("show", DATA / "hdf5/filters.h5", next(v["key"] for v in answer("ls", DATA / "hdf5/filters.h5")["variables"] if "reason" in v),
            "--slice", "0", says="filters.h5")


def test_pipes_and_silence(folder):
    run = subprocess.run(f"'{CLI}' ls --json '{EXAMPLE}' | head -c 100 >/dev/null; echo ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash",
                         capture_output=True, text=True, check=True)
    assert not run.stderr, run.stderr
    code, out, err = cli("ls", EXAMPLE)
    assert code == 0 and not err and b"\x1b" not in out, "colours or progress without a terminal"
    assert b"\x1b" in cli("ls", EXAMPLE, "--color", "always")[1]
    assert cli("convert", EXAMPLE, folder / "q.h5", "--quiet") == (0, b"", "")
    with open("/dev/full", "wb") as full:
        run = subprocess.run([CLI, "ls", str(EXAMPLE)], stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 2 and b"output" in run.stderr


def test_help():
    version = cli("--version")[1].decode()
    assert re.fullmatch(r"assay-cli \d+\.\d+\.\d+\n", version), version
    general = cli("--help")[1].decode()
    manual = (TOP / "data/man/assay-cli.1.in").read_text(encoding="utf-8")
    completion = (TOP / "data/assay-cli.bash").read_text(encoding="utf-8")
    for command in COMMANDS:
        code, out, _ = cli(command, "--help")
        text = out.decode()
        assert code == 0 and "Examples:" in text and f"assay-cli {command}" in text, command
        assert re.search(rf"^  {command}\b", general, re.MULTILINE) and f"\n.B {command}\n" in manual and command in completion, command
        for option in re.findall(r"--[a-z][a-z-]+", text.partition("Examples:")[0]):
            assert option in completion, f"completion of {command} lacks {option}"
            assert option.replace("-", "\\-") in manual or option == "--help", f"the manual lacks {option} of {command}"


def main():
    names = [name for name in globals() if name.startswith("test_")]
    print(f"1..{len(names)}")
    failed = 0
    for number, name in enumerate(names, 1):
        test = globals()[name]
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pathlib.Path(folder)) if test.__code__.co_argcount else test()
                print(f"ok {number} {name[5:]}")
            except Exception as error:  # whatever it is, the others are still run
                failed += 1
                print(f"not ok {number} {name[5:]}\n# {type(error).__name__}: {str(error)[:1500]}".replace("\n#", "\n# "))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
