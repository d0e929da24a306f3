#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Models that lie, written by hand: each ends in outputs or in one sentence, soon, and in bounded memory.

Usage: check-lies.py CLI        Speaks TAP. Needs nothing but Python: .keras files are zips, SavedModels are written byte by byte.
"""
import io
import json
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile

CLI = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
# Of the processor: the machine may have other things to do.
MAX_SECONDS = 20
MAX_BYTES = 3 << 30
SANITIZED = b"__asan_init" in pathlib.Path(CLI).read_bytes()
# Sanitizers are slow; what grows too fast shows there, too.
MANY = 1 if SANITIZED else 10


# Protocol buffers.
def varint(n):
    out = b""
    while n > 0x7f:
        out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def node(name, op, inputs=(), **attrs):
    out = field(1, name) + field(2, op) + b"".join(field(3, i) for i in inputs)
    return out + b"".join(field(5, field(1, k) + field(2, v)) for k, v in attrs.items())


FLOAT = field(6, 1)


def placeholder():
    return node("x", "Placeholder", dtype=FLOAT)


def function(name, nodes, ret="y:z:0", args=("x",)):
    signature = field(1, name) + b"".join(field(2, field(1, a) + field(3, 1)) for a in args) + field(3, field(1, "out") + field(3, 1))
    return field(1, signature) + b"".join(field(3, n) for n in nodes) + field(4, field(1, "out") + field(2, ret))


def saved_model(nodes, output, functions=(), other=None):
    info = field(1, "x:0") + field(2, 1) + field(3, field(2, field(1, 4)))

    def signature(name, output):
        result = field(1, output) + field(2, 1)
        content = field(1, field(1, "x") + field(2, info)) + field(2, field(1, "y") + field(2, result)) + field(3, "tensorflow/serving/predict")
        return field(5, field(1, name) + field(2, content))
    signatures = signature("serving_default", output) + (signature("another", other) if other else b"")
    library = b"".join(field(1, f) for f in functions)
    graph = b"".join(field(1, n) for n in nodes) + field(2, library)
    return field(1, 1) + field(2, field(2, graph) + signatures)


def call(name, to, of):
    return node(name, "PartitionedCall", [of], f=field(10, field(1, to)))


def constant(shape, content=b"", dtype=1):
    dims = b"".join(field(2, field(1, n)) for n in shape)
    return field(8, field(1, dtype) + field(2, dims) + (field(4, content) if content else b""))


def graphs():
    """(name, bytes, what the sentence says; None: it may as well run)"""
    x = placeholder()
    yield "good", saved_model([x, node("y", "Tanh", ["x"], T=FLOAT)], "y:0"), ""
    yield "circle", saved_model([x, node("a", "AddV2", ["x", "b"], T=FLOAT), node("b", "Tanh", ["a"], T=FLOAT)], "b:0"), "circle"
    yield "itself", saved_model([x, node("a", "Tanh", ["a"], T=FLOAT)], "a:0"), "circle"
    yield "calls itself", saved_model([x, call("y", "f", "x")], "y:0", [function("f", [call("y", "f", "x")], "y:output:0")]), "deep"
    yield "call each other", saved_model([x, call("y", "f", "x")], "y:0", [function("f", [call("y", "g", "x")], "y:output:0"), function("g", [call("y", "f", "x")], "y:output:0")]), "deep"
    tree = [function(f"f{i}", [call("a", f"f{i + 1}", "x"), call("b", f"f{i + 1}", "a:output:0")], "b:output:0") for i in range(40)]
    tree.append(function("f40", [node("y", "Tanh", ["x"], T=FLOAT)], "y:y:0"))
    yield "2^40 calls", saved_model([x, call("y", "f0", "x")], "y:0", tree), "million"
    yield "loop in itself", saved_model([x, node("y", "While", ["x"], T=field(1, field(6, varint(1))), cond=field(10, field(1, "f")), body=field(10, field(1, "f")))], "y:0",
                                        [function("f", [node("y", "While", ["x"], T=field(1, field(6, varint(1))), cond=field(10, field(1, "f")), body=field(10, field(1, "f")))], "y:output:0")]), ""
    chain = [x] + [node(f"n{i}", "Tanh", [f"n{i - 1}" if i else "x"], T=FLOAT) for i in range(30000 * MANY)]
    yield "300,000 nodes", saved_model(chain, f"n{30000 * MANY - 1}:0"), None
    many = [x] + [node(f"n{i}", "NoOp") for i in range(100000 * MANY)] + [node("y", "Tanh", ["x"], T=FLOAT)]
    yield "a million nodes", saved_model(many, "y:0"), None
    yield "unknown operation", saved_model([x, node("deep/inside", "FrobnicateV2", ["x"]), node("y", "Tanh", ["deep/inside"], T=FLOAT)], "y:0"), "FrobnicateV2 can't be run (it is deep/inside"
    yield "unknown beside known", saved_model([x, node("z", "FrobnicateV2", ["x"]), node("y", "Tanh", ["x"], T=FLOAT)], "z:0", other="y:0"), "FrobnicateV2 can't be run (it is z"
    yield "no output", saved_model([x], "nobody:0"), "nobody"
    yield "output of megabytes", saved_model([x], "n" * 5000000 + ":0"), ""
    yield "attribute of megabytes", saved_model([x, node("y", "Tanh", ["x"], T=FLOAT, note=field(2, b"s" * 8000000))], "y:0"), None
    yield "name of megabytes", saved_model([x, node("n" * 8000000, "Tanh", ["x"], T=FLOAT), node("y", "Tanh", ["x"], T=FLOAT)], "y:0"), None
    yield "constant of 2^60", saved_model([x, node("c", "Const", value=constant([1 << 30, 1 << 30]), dtype=FLOAT), node("y", "AddV2", ["x", "c"], T=FLOAT)], "y:0"), ""
    yield "constant of 10^9", saved_model([x, node("c", "Const", value=constant([10 ** 9]), dtype=FLOAT), node("y", "AddV2", ["x", "c"], T=FLOAT)], "y:0"), ""
    yield "constant cut short", saved_model([x, node("c", "Const", value=constant([4], b"1234"), dtype=FLOAT), node("y", "AddV2", ["x", "c"], T=FLOAT)], "y:0"), ""
    yield "string as number", saved_model([x, node("c", "Const", value=constant([4], b"1234", 7), dtype=field(6, 7)), node("y", "AddV2", ["x", "c"], T=FLOAT)], "y:0"), ""
    yield "fill of 10^12", saved_model([x, node("d", "Const", value=constant([2], struct.pack("<ii", 10 ** 6, 10 ** 6), 3), dtype=field(6, 3)),
                                        node("v", "Const", value=constant([], struct.pack("<f", 1)), dtype=FLOAT), node("y", "Fill", ["d", "v"], T=FLOAT)], "y:0"), ""
    yield "variable that isn't", saved_model([x, node("w", "VarHandleOp", dtype=FLOAT), node("r", "ReadVariableOp", ["w"], dtype=FLOAT), node("y", "AddV2", ["x", "r"], T=FLOAT)], "y:0"), "w"
    yield "cut short", saved_model([x, node("y", "Tanh", ["x"], T=FLOAT)], "y:0")[:-7], ""
    yield "deep message", b"\x08\x01" + nest(2000), ""


def nest(depth):
    out = b""
    for _ in range(depth):
        out = field(2, out)
    return out


def layer(name, class_name, source, **config):
    inbound = [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "dtype": "float32", "keras_history": [source, 0, 0]}}], "kwargs": {}}] if source else []
    return {"module": "keras.layers", "class_name": class_name, "config": {"name": name, "trainable": True, "dtype": "float32", **config}, "name": name, "inbound_nodes": inbound}


def functional(layers, output, **config):
    start = layer("x", "InputLayer", None, batch_shape=[None, 4])
    return {"module": "keras", "class_name": "Functional", "config": {"name": "m", "layers": [start, *layers], "input_layers": [["x", 0, 0]], "output_layers": [[output, 0, 0]], **config}}


def configs():
    yield "good", functional([layer("a", "Activation", "x", activation="tanh")], "a"), ""
    yield "a billion units", functional([layer("a", "Dense", "x", units=10 ** 9)], "a"), "kernel"
    yield "negative units", functional([layer("a", "Dense", "x", units=-3)], "a"), ""
    yield "units of text", functional([layer("a", "Dense", "x", units="many")], "a"), ""
    yield "reshape to 10^18", functional([layer("a", "Reshape", "x", target_shape=[10 ** 9, 10 ** 9])], "a"), ""
    yield "repeated 10^11 times", functional([layer("a", "RepeatVector", "x", n=10 ** 11)], "a"), ""
    yield "padded by 10^9", functional([layer("r", "Reshape", "x", target_shape=[2, 2, 1]), layer("a", "ZeroPadding2D", "r", padding=[[10 ** 9, 10 ** 9], [10 ** 9, 10 ** 9]])], "a"), ""
    yield "encoded in 2^24", functional([layer("a", "CategoryEncoding", "x", num_tokens=1 << 24, output_mode="one_hot")], "a"), None
    yield "circle", functional([layer("a", "Dropout", "b"), layer("b", "Dropout", "a")], "b"), "circle"
    yield "two of a name", functional([layer("a", "Dropout", "x"), layer("a", "Dropout", "x")], "a"), "two layers"
    yield "no such output", functional([layer("a", "Dropout", "x")], "nobody"), "output_layers"
    yield "text of megabytes", functional([layer("a", "Dropout", "x", note="s" * 8000000)], "a"), None
    yield "name of megabytes", functional([layer("a" * 3000000, "Dropout", "x")], "a" * 3000000), None
    yield "class of megabytes", functional([layer("a", "C" * 3000000, "x")], "a"), "isn't known"
    yield "30,000 layers", functional([layer(f"l{i}", "Dropout", f"l{i - 1}" if i else "x") for i in range(30000)], "l29999"), "layers"
    yield "10,000 layers", functional([layer(f"l{i}", "Dropout", f"l{i - 1}" if i else "x") for i in range(10000)], "l9999"), None
    deep = functional([layer("a", "Dropout", "x")], "a")
    for _ in range(20):
        deep = functional([layer("n", "Functional", "x") | {"config": {**deep["config"], "name": "n"}}], "n")
    yield "models in models", deep, None
    bottomless = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" * 50000
    yield "without end", bottomless, ""
    yield "wrong shape", functional([layer("dense", "Dense", "x", units=3)], "dense"), "kernel"
    yield "Lambda", functional([layer("l", "Lambda", "x", function={"class_name": "__lambda__", "config": {"code": "4wEAAAA="}})], "l"), "Layer l is a Lambda"
    yield "own class", functional([layer("c", "mine>Layer", "x")], "c"), "mine>Layer"
    yield "no object", "[]", ""
    yield "nothing", "", ""


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    # Sanitizers map terabytes.
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))


def fault(path, says, *command):
    try:
        done = subprocess.run([CLI, *command, str(path), *(["--input", "x=ones"] if command[0] == "run" else [])], capture_output=True, text=True, errors="replace",
                              timeout=MAX_SECONDS * 10, preexec_fn=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"{command[0]} hangs"
    for sign in ("Sanitizer", "runtime error", "CRITICAL", "WARNING **"):
        if sign in done.stderr:
            return f"{command[0]}: {sign}: {done.stderr[:2000]}"
    if done.returncode not in (0, 2):
        return f"{command[0]} ended with {done.returncode}: {done.stderr[:300]}"
    if done.returncode == 2 and (done.stderr.count("\n") != 1 or len(done.stderr) > 5000):
        return f"{command[0]}: no sentence: {done.stderr[:300]}"
    if command[0] == "run" and says and (done.returncode != 2 or says not in done.stderr):
        return f"{command[0]} ended with {done.returncode} and doesn't say “{says}”: {done.stderr[:300]}"
    return None


def report(number, name, faults):
    print("%s %d - %s" % ("not ok" if faults else "ok", number, name))
    for each in faults:
        print("# " + each.replace("\n", "\n# "))
    return bool(faults)


def write_keras(path, config):
    text = config if isinstance(config, str) else json.dumps(config)
    weights = (HERE / "data/keras/sequential_cnn/model.keras").read_bytes()
    with zipfile.ZipFile(io.BytesIO(weights)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("metadata.json", '{"keras_version": "3.15.1", "date_saved": "2025-01-01@00:00:00"}')
        new.writestr("config.json", text)
        new.writestr("model.weights.h5", old.read("model.weights.h5"))


def main():
    number = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, data, says in graphs():
            folder = pathlib.Path(scratch) / f"graph{number}"
            folder.mkdir()
            (folder / "saved_model.pb").write_bytes(data)
            number += 1
            failed += report(number, f"graph: {name}", [f for f in (fault(folder, says, "run"), fault(folder, None, "graph"), fault(folder, None, "ls")) if f])
        for name, config, says in configs():
            path = pathlib.Path(scratch) / f"model{number}.keras"
            write_keras(path, config)
            number += 1
            failed += report(number, f"config: {name}", [f for f in (fault(path, says, "run"), fault(path, None, "graph"), fault(path, None, "ls")) if f])
    print(f"1..{number}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
