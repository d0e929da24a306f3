#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which operations occur in SavedModels, and which of them have a kernel here.

    count-operations.py FOLDER...          (needs TensorFlow; looks for saved_model.pb anywhere below)

What only makes, saves and restores variables isn't counted: no signature needs it. Exits 1 if an operation is missing.
"""
import collections
import os
import pathlib
import re
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from tensorflow.core.protobuf import saved_model_pb2

ENGINE = pathlib.Path(__file__).resolve().parents[1] / "src/engine"
# Filled in by a plan itself, or by the importer.
BUILT_IN = {"Placeholder", "Const", "VarHandleOp", "AssignVariableOp", "_Arg", "_Retval"}
SAVING = re.compile(r"(__inference__traced_(save|restore)|.*(SaveV2|RestoreV2|MergeV2Checkpoints|ShardedFilename|StaticRegexFullMatch|StringJoin)$)")


def kernels():
    names = set(BUILT_IN)
    for path in ENGINE.glob("*.c"):
        names |= set(re.findall(r'^  \{ "(\w+)", run_\w+ \},', path.read_text(), re.M))
        names |= set(re.findall(r'^  [A-Z_0-9]+ \("(\w+)"', path.read_text(), re.M))
    return names


def reached(meta):
    """Operations of the main graph that some signature's outputs need; the others make or save variables."""
    nodes = {node.name: node for node in meta.graph_def.node}
    ways = [output.name for signature in meta.signature_def.values() for output in signature.outputs.values() if signature.method_name]
    seen = set()
    while ways:
        name = ways.pop().lstrip("^").split(":")[0]
        if name in nodes and name not in seen and not SAVING.match(nodes[name].op):
            seen.add(name)
            ways += nodes[name].input
    return (nodes[name].op for name in seen)


def occurring(path):
    """Names of operations, and how often."""
    model = saved_model_pb2.SavedModel()
    model.ParseFromString(path.read_bytes())
    found = collections.Counter()
    for meta in model.meta_graphs:
        for function in meta.graph_def.library.function:
            if not SAVING.match(function.signature.name):
                found.update(node.op for node in function.node_def)
        found.update(reached(meta))
    return found


def main():
    known, found, models = kernels(), collections.Counter(), 0
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).rglob("saved_model.pb")):
            try:
                found += occurring(path)
                models += 1
            except Exception as error:
                print("%s: %s" % (path, error))
    missing = {op: n for op, n in found.items() if op not in known and not SAVING.match(op)}
    print("%d SavedModels: %d nodes of %d operations, of which %d have no kernel; %d operations have one" %
          (models, sum(found.values()), len(found), len(missing), len(known)))
    for op, n in sorted(missing.items()):
        print("  %s, %d times" % (op, n))
    sys.exit(bool(missing))


main()
