#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what assay-cli reads with what the real libraries read.

usage: check-fixtures.py [--cli PROGRAM] [--shared FOLDER] [--only TEXT] [--list] [--jobs N]

Runs `assay-cli ls --json --hash` over tests/data, and over fixtures/ and corpus/ of the shared folder where there is one
(ASSAY_SHARED, or ../shared beside the project), and compares with each expected.json. A file's verdict:

ok      a tree equal in every key, dtype, shape and hash
warn    a tree and at least one warning
list    a tree equal in keys, dtypes and shapes; not hashed
refuse  exit 2 and one sentence
any     no crash

Whatever the verdict: a signal, a sanitizer's report, more than 20 s, or an exit code other than 0 and 2 is a failure. In corpus/ a
refusal is right where docs/refused.md names the file. The last line is "N passed, N failed, N skipped".
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
TIME_LIMIT = 20
SAFETENSORS = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz", "F8_E8M0": "float8_e8m0fnu", "F4": "float4_e2m1fn",
    "F6_E2M3": "float6_e2m3fn", "F6_E3M2": "float6_e3m2fn", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
}
# TensorFlow's answer to restore/broken: what fails there while reading one value leaves a tree and a warning here.
BROKEN = {
    "data_bit_flipped": "warn", "data_cut_short": "warn", "data_missing": "warn", "data_empty": "warn",
    "index_bit_flipped": "refuse", "index_cut_short": "refuse", "index_empty": "refuse", "index_is_text": "refuse",
}

Case = collections.namedtuple("Case", "path check options", defaults=[("--hash",)])
Outcome = collections.namedtuple("Outcome", "status text", defaults=[""])  # agreed, differing, refused, failed
OK = Outcome("agreed")


class Answer:
    """What assay-cli said about one file."""

    def __init__(self, cli, path, options):
        self.broken = None
        try:
            run = subprocess.run([cli, "ls", "--json", *options, str(path)], capture_output=True, timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            self.broken = f"takes more than {TIME_LIMIT} s"
            return
        self.code, self.stderr = run.returncode, run.stderr.decode("utf-8", "replace").strip()
        self.tree = None
        if self.code not in (0, 2) or re.search(r"AddressSanitizer|LeakSanitizer|runtime error:|-CRITICAL \*\*", self.stderr):
            self.broken = f"exit code {self.code}: {self.stderr[-300:]}"
        elif self.code == 0:
            try:
                self.tree = json.loads(run.stdout)
            except ValueError as error:
                self.broken = f"its JSON: {error}"
        elif self.stderr.count("\n") or not self.stderr:
            self.broken = f"not one sentence: {self.stderr[:300]!r}"

    @property
    def variables(self):
        return self.tree["variables"]

    def warned(self):
        return bool(self.tree.get("warnings")) or any("reason" in v for v in self.variables)


def differing(text):
    return Outcome("differing", text)


def shown(value):
    return json.dumps(value, ensure_ascii=False)[:80]


# Verdicts: each a function from an answer to an outcome.

def refuse(answer):
    return differing("opened, should be refused") if answer.tree else OK


def warn(answer):
    if not answer.tree:
        return differing(f"refused: {answer.stderr}")
    return OK if answer.warned() else differing("no warning")


def anything(_answer):
    return OK


def same_variable(ours, theirs):
    """What differs between a variable of ours and what is expected, or None."""
    if theirs.get("dtype") is not None and ours["dtype"] not in (theirs["dtype"], theirs.get("tf_dtype")):
        return f"dtype {ours['dtype']}, not {theirs['dtype']}"
    if "shape" in theirs and ours["shape"] != theirs["shape"]:
        return f"shape {ours['shape']}, not {theirs['shape']}"
    word = theirs.get("reason", theirs.get("either") if "reason" in ours else None)
    if word is not None:
        if word not in ours.get("reason", "").lower() or not ours.get("reason"):
            return f"reason {ours.get('reason')!r} without the word {word!r}"
    elif "sha256" in theirs and ours.get("sha256") != theirs["sha256"]:
        return f"another value ({ours.get('reason', 'by its hash')})"
    return None


def ok(tensors, may_have=(), links=(), attributes=None, hashed=True, in_order=False):
    """Every variable as expected, and no others but those that may be there."""
    def check(answer):
        if not answer.tree:
            return differing(f"refused: {answer.stderr}")
        ours = collections.defaultdict(list)
        for variable in answer.variables:
            ours[variable["key"]].append(variable)
        found = []
        for tensor in tensors:
            if not ours.get(tensor["key"]):
                found.append(f"{shown(tensor['key'])} is missing")
                continue
            wanted = tensor if hashed else {k: v for k, v in tensor.items() if k != "sha256"}
            difference = same_variable(ours.pop(tensor["key"])[0], wanted)
            if difference:
                found.append(f"{shown(tensor['key'])}: {difference}")
        for link in links:
            entry = ours.pop(link["key"], [{}])[0]
            if link["reason"] not in entry.get("reason", "").lower() and \
                    not any(link["key"] in w for w in answer.tree.get("warnings", [])):
                found.append(f"{shown(link['key'])}: no reason with the word {link['reason']!r}")
        found += [f"{shown(key)} is too many" for key in ours if not any(fnmatch.fnmatchcase(key, m) for m in may_have)]
        found += wrong_attributes(answer, attributes or {})
        if in_order and [v["key"] for v in answer.variables if v["key"]] != [t["key"] for t in tensors] and not found:
            found.append(f"in the order {shown([v['key'] for v in answer.variables])}")
        return differing("; ".join(found[:6]) + (f"; {len(found)} in all" if len(found) > 6 else "")) if found else OK
    return check


def wrong_attributes(answer, expected):
    """Attributes that should be shown with a module or variable and aren't."""
    shown_attributes = {m["path"]: m.get("attributes", {}) for m in answer.tree["modules"]}
    shown_attributes |= {v["key"]: v.get("attributes", {}) for v in answer.variables}
    for key, attributes in expected.items():
        for name, value in attributes.items():
            ours = shown_attributes.get(key, {}).get(name, "nothing")
            if ours != value:
                yield f"attribute {shown(name)} of {shown(key)}: {shown(ours)}, not {shown(value)}"


# Kinds of expected.json: each yields the cases of a folder.

def file_cases(folder, expected):
    """numpy, safetensors, hdf5: one entry a file."""
    for name, entry in expected.items():
        path, verdict = folder / name, entry["verdict"]
        if verdict in ("refuse", "warn", "any"):
            yield Case(path, {"refuse": refuse, "warn": warn, "any": anything}[verdict])
            continue
        tensors = [t | {"dtype": SAFETENSORS.get(t["dtype"], t["dtype"])} for t in entry.get("tensors", accepted(entry))]
        if "'unsupported compression' is an acceptable answer" in entry.get("note", ""):
            tensors = [{"key": t["key"], "reason": "unsupported compression"} for t in tensors]
        may_have = [*entry.get("refused_members", []), *entry.get("other_members", []), *entry.get("may_have", [])]
        whole = [t for other, e in expected.items() if "-of-0" in other and other.startswith(str(pathlib.Path(name).parent))
                 for t in e["tensors"]]
        if "shards" in entry:
            tensors = [t | {"dtype": SAFETENSORS[t["dtype"]]} for t in whole]
        elif "-of-0" in name:  # a shard opens the set that it is of
            may_have += [t["key"] for t in whole]
        check = ok(tensors, may_have, entry.get("links", ()), entry.get("attributes"), verdict != "list", entry.get("in_order"))
        yield Case(path, check, () if verdict == "list" else ("--hash",))


def accepted(entry):
    """The names and dtypes in the library's answer "accepted: a F32 [4], b U8 [1]"."""
    for key, dtype in re.findall(r"(?:accepted:|\],) (.+?) ([A-Z]\w+) \[", entry.get("safe_open", "")):
        yield {"key": key.replace("\0", "\N{REPLACEMENT CHARACTER}"), "dtype": dtype}  # names are text without NUL


def checkpoint_cases(folder, expected):
    """A TensorFlow checkpoint, by its prefix and by its index."""
    prefix = folder / expected["prefix"]
    if not prefix.with_name(prefix.name + ".index").exists():
        yield Case(prefix, refuse)
        return
    tensors = [checkpoint_tensor(prefix, v, expected.get("index", {}).get("entries", [])) for v in expected["variables"]]
    yield Case(prefix, ok(tensors))
    yield Case(prefix.with_name(prefix.name + ".index"), ok(tensors))


def checkpoint_tensor(prefix, variable, entries):
    """What a checkpoint's variable is in our terms: strings are hashed with their lengths."""
    tensor = {k: variable.get(k) for k in ("key", "dtype", "shape")} | {"tf_dtype": variable.get("tf_dtype")}
    strings = None
    if "unreadable" in variable:
        return tensor | {"dtype": None, "reason": ""}
    if "length" in variable:
        strings = [stored_string(prefix, variable, entries)]
    elif "strings" in variable:
        strings = [as_bytes(text, sha) for text, sha in zip(variable["strings"], variable["sha256_of_each"])]
    elif "sha256" in variable:
        tensor["sha256"] = variable["sha256"]
    if strings is not None and None not in strings:
        tensor["sha256"] = hashlib.sha256(b"".join(struct.pack("<Q", len(s)) + s for s in strings)).hexdigest()
    return tensor


def stored_string(prefix, variable, entries):
    """The one string of a variable, taken from the end of its bytes in the data file."""
    for entry in entries:
        if entry.get("key") == variable["key"]:
            shards = sorted(prefix.parent.glob(prefix.name + ".data-*"))
            data = shards[entry["shard"]].read_bytes()
            text = data[entry["offset"] + entry["size"] - variable["length"]:entry["offset"] + entry["size"]]
            return text if hashlib.sha256(text).hexdigest() == variable["sha256"] else None
    return None


def as_bytes(text, sha256):
    """The bytes of a string that expected.json has as text, bytes that aren't UTF-8 written \\xNN."""
    plain = text.encode()
    escaped = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), plain)
    return next((b for b in (plain, escaped) if hashlib.sha256(b).hexdigest() == sha256), None)


def manager_cases(folder, expected):
    for checkpoint in expected["checkpoints"]:
        yield from checkpoint_cases(folder / "run", checkpoint)
    last = expected["checkpoints"][-1]
    prefix = folder / "run" / last["prefix"]
    yield Case(folder / "run/checkpoint", ok([checkpoint_tensor(prefix, v, last["index"]["entries"]) for v in last["variables"]]))


def keras_cases(folder, expected):
    """A model in each form that Keras writes."""
    for name in ("model.h5", "model.keras", "model.weights.h5"):
        if (folder / name).exists():
            yield Case(folder / name, keras(expected, named=not name.endswith(".weights.h5")))
    if (folder / "saved_model").is_dir():
        yield Case(folder / "saved_model", weights_among(expected["weights_in_order"]))
    if "checkpoint" in expected and (folder / "checkpoint").is_dir():
        yield from checkpoint_cases(folder / "checkpoint", expected["checkpoint"])


def is_path(ours, path, model):
    """Whether a path is what Keras calls the weight: with or without the model's name; below the nested model it stands in (Keras leaves
    a nested Sequential's name out if its layers were built before); numbered, where only a custom layer's code knows the name."""
    if ours in (path, path.partition("/")[2], f"{model}/{path}") or ours.endswith("/" + path):
        return True
    parent, _, last = ours.rpartition("/")
    return last.isdecimal() and path.rpartition("/")[0] in (parent, f"{model}/{parent}")


def weight_path(weight):
    return (weight.get("path") or weight["name"]).removesuffix(":0")


def keras(expected, named):
    """The model's own weights: equal values; with a config also in the model's order, under Keras' names, rightly counted."""
    weights = expected["weights_in_order"]

    def check(answer):
        if not answer.tree:
            return differing(f"refused: {answer.stderr}")
        ours = [v for v in answer.variables if not v.get("role") and not re.search(r"seed_generator|metrics/", v["key"])]
        missing = collections.Counter((w["dtype"], tuple(w["shape"]), w["sha256"]) for w in weights)
        missing.subtract((v["dtype"], tuple(v["shape"]), v.get("sha256")) for v in ours)
        wrong = [f"{n:+d} {key[0]} {list(key[1])}" for key, n in (-missing).items()]
        wrong += [f"-{n} {key[0]} {list(key[1])}" for key, n in (+missing).items()]
        if not wrong and named and expected.get("class") in ("Functional", "Sequential"):
            for weight, variable in zip(weights, ours):
                path = weight_path(weight)
                if not is_path(variable["path"], path, expected["name"]):
                    wrong.append(f"{variable['path']}, not {path}")
            total = expected["params"]["total"]
            if answer.tree["totals"]["parameters"] != total:
                wrong.append(f"{answer.tree['totals']['parameters']} parameters, not {total}")
            trainable = expected["params"]["trainable"]
            if answer.tree["totals"]["trainable_parameters"] != trainable:
                wrong.append(f"{answer.tree['totals']['trainable_parameters']} trainable, not {trainable}")
        return differing("; ".join(wrong[:6])) if wrong else OK
    return check


def weights_among(weights):
    """Each weight is somewhere among the variables."""
    def check(answer):
        if not answer.tree:
            return differing(f"refused: {answer.stderr}")
        values = {(v["dtype"], tuple(v["shape"]), v.get("sha256")) for v in answer.variables}
        wrong = [weight_path(w) for w in weights if (w["dtype"], tuple(w["shape"]), w["sha256"]) not in values]
        return differing(f"no value equal to {', '.join(wrong[:4])}") if wrong else OK
    return check


def series_cases(folder, expected):
    """Eight checkpoints of one run in three forms; the hashes are of the first form."""
    for epoch in expected["epochs"]:
        hashes = set(epoch["sha256"].values())

        def check(answer, hashes=hashes):
            if not answer.tree:
                return differing(f"refused: {answer.stderr}")
            n = sum(v.get("sha256") in hashes for v in answer.variables)
            return OK if n >= 10 else differing(f"{n} of {len(answer.variables)} values are known")
        for form in ("manager", "weights", "models"):
            for path in sorted((folder / form).glob(f"*{epoch['epoch']}.*")):
                if re.search(rf"\D0*{epoch['epoch']}\.(index|keras|weights\.h5)$", path.name):
                    yield Case(path, check)


def broken_cases(folder, _expected):
    for name, verdict in BROKEN.items():
        if (folder / "broken" / f"{name}.index").exists():
            yield Case(folder / "broken" / f"{name}.index", {"warn": warn, "refuse": refuse}[verdict])


def fixture_cases(root):
    """The cases of every expected.json below a folder whose format is read."""
    for path in sorted([*root.rglob("expected.json"), *root.rglob("*.expected.json"), *root.rglob("restore/cases.json")]):
        if {"torch", "onnx", "gguf", "pairs", "small-floats"} & set(path.relative_to(root).parts):
            continue
        expected, folder = json.loads(path.read_text(encoding="utf-8")), path.parent
        if path.name == "cases.json":
            kind = broken_cases
        elif "weights_in_order" in expected:
            kind = keras_cases
        elif "epochs" in expected:
            kind = series_cases
        elif "checkpoints" in expected:
            kind = manager_cases
        elif "prefix" in expected:
            kind = checkpoint_cases
            if path.name != "expected.json":
                folder = folder / "checkpoints"
        else:
            kind = file_cases
        yield from (case for case in kind(folder, expected) if os.path.lexists(case.path) or kind is checkpoint_cases or
                    case.path.with_name(case.path.name + ".index").exists())


# A Hugging Face cache, made here: links don't travel well in a repository.

def cache_cases(folder):
    """snapshots/…/file is a link into the same model's blobs/: opened. A link that leads elsewhere isn't."""
    source = TOP / "tests/data/safetensors"
    expected = json.loads((source / "expected.json").read_text(encoding="utf-8"))
    snapshot, blobs = folder / "models--a--b/snapshots/0123abcd", folder / "models--a--b/blobs"
    for path in (snapshot, blobs):
        path.mkdir(parents=True)
    tensors = []
    for path in sorted((source / "sharded").glob("model*")):
        blob = hashlib.sha256(path.read_bytes()).hexdigest()
        shutil.copyfile(path, blobs / blob)
        (snapshot / path.name).symlink_to(f"../../blobs/{blob}")
        tensors += expected[f"sharded/{path.name}"].get("tensors", [])
    tensors = [t | {"dtype": SAFETENSORS[t["dtype"]]} for t in tensors]
    yield Case(snapshot / "model.safetensors.index.json", ok(tensors))
    yield Case(snapshot / "model-00002-of-00003.safetensors", ok(tensors))
    yield from escaping_cases(folder, source / "sharded")


def escaping_cases(folder, source):
    """A shard that is a link to a file of the same content outside: the index opens, the shard's tensors are missing."""
    secret, inside = folder / "outside.safetensors", folder / "inside"
    inside.mkdir()
    shutil.copyfile(source / "model-00002-of-00003.safetensors", secret)
    for name in ("model.safetensors.index.json", "model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"):
        shutil.copyfile(source / name, inside / name)
    (inside / "model-00002-of-00003.safetensors").symlink_to(secret)
    yield Case(inside / "model.safetensors.index.json", warn)


# The corpus: files from real projects and published attacks.

def corpus_cases(root, refused):
    expected = json.loads((root / "expected.json").read_text(encoding="utf-8"))
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.name not in ("expected.json", "MANIFEST.tsv", "make_expected.py")):
        name = str(path.relative_to(root))
        entry = expected.get(name, {})
        yield Case(path, corpus(entry, name in refused) if "tensors" in entry else anything)


# A chunk shorter than its elements in a damaged file: h5py 3.14 reads what Assay reads, h5py 3.16 something else (docs/refused.md).
UNSURE = {"Scale_offset_float_data_le"}


def corpus(entry, documented):
    """Equal to the library's reading, or a refusal (of the file or of a value) that docs/refused.md explains."""
    def refused(text):
        return Outcome("refused" if documented else "differing", text if documented else f"{text} (not in docs/refused.md)")

    def check(answer):
        if not answer.tree:
            return refused(answer.stderr) if entry["tensors"] else OK
        ours = {v["key"]: v for v in answer.variables}
        wrong, reasons = [], []
        for theirs in entry["tensors"]:
            variable = ours.get(theirs["key"])
            if variable is None:
                wrong.append(f"{shown(theirs['key'])} is missing")
            elif "reason" in variable and "sha256" in theirs:
                reasons.append(f"{shown(theirs['key'])}: {variable['reason']}")
            else:
                # Without a hash it is a record or a text, which NumPy calls by the longest text that it found.
                dtype = theirs["dtype"] if "sha256" in theirs else None
                difference = same_variable(variable, theirs | {"dtype": dtype})
                if difference and theirs["key"] in UNSURE:
                    reasons.append(f"{shown(theirs['key'])}: the libraries' versions differ")
                elif difference:
                    wrong.append(f"{shown(theirs['key'])}: {difference}")
        if wrong:
            return differing("; ".join(wrong[:4]) + (f"; {len(wrong)} in all" if len(wrong) > 4 else ""))
        return refused("; ".join(reasons[:3])) if reasons else OK
    return check


def documented_refusals():
    """The files that docs/refused.md names, each at the start of a table row in backquotes."""
    path = TOP / "docs/refused.md"
    return set(re.findall(r"^\| `([^`]+)`", path.read_text(encoding="utf-8"), re.MULTILINE)) if path.exists() else set()


def outcome(cli, case):
    answer = Answer(cli, case.path, case.options)
    if answer.broken:
        return Outcome("failed", answer.broken)
    return case.check(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cli", default=os.environ.get("ASSAY_CLI", TOP / "build/src/cli/assay-cli"))
    parser.add_argument("--shared", default=os.environ.get("ASSAY_SHARED", TOP.parent / "shared"), type=pathlib.Path)
    parser.add_argument("--only", default="", help="only files whose path has this text")
    parser.add_argument("--list", action="store_true", help="also name what agreed")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-cache-") as folder:
        return run(options, [*fixture_cases(TOP / "tests/data"), *cache_cases(pathlib.Path(folder))])


def run(options, cases):
    """Runs the cases and those of the shared folder, prints what differs and the sums."""
    skipped = 0
    for name, make in (("fixtures", fixture_cases), ("corpus", lambda root: corpus_cases(root, documented_refusals()))):
        if (options.shared / name).is_dir():
            cases += make(options.shared / name)
        else:
            print(f"skipped: {name}, there is no {options.shared / name}")
            skipped += 1
    cases = [c for c in cases if options.only in str(c.path)]
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, result in zip(cases, pool.map(lambda c: outcome(options.cli, c), cases)):
            counts[result.status] += 1
            if result.status != "agreed" or options.list:
                print(f"{result.status}: {os.path.relpath(case.path, TOP)}" + (f": {result.text}" if result.text else ""))
    print(", ".join(f"{counts[s]} {s}" for s in ("agreed", "refused", "differing", "failed")))
    failed = counts["differing"] + counts["failed"]
    print(f"{counts['agreed'] + counts['refused']} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
