#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Copies the shared fixtures that the tests need into tests/data, each with its expected.json as it is.

    python3 tests/data/copy-fixtures.py [FIXTURES]      default: ../shared/fixtures beside the project
"""
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
# From the fixtures' folder to tests/data; a pattern ending in / takes all below it.
COPIES = [
    ("numpy", "numpy", ["*.npy", "*.npz", "expected.json"]),
    ("safetensors", "safetensors", ["*.safetensors", "*.npz", "expected.json", "malformed/", "sharded/"]),
    *[(f"tensorflow/checkpoints/{name}", f"tensorflow/{name}", ["*.index", "*.data-*", "checkpoint", "*.ckpt", "expected.json", "run/"])
      for name in ("dtypes", "escaping", "iterator_and_table", "keras2_legacy_adam", "keras3_adam", "manager", "partitioned", "root_both",
                   "sharded_max_size", "sharded_merged", "sharded_saver", "sliced_grid", "structures", "v1_format_file", "v1_saver")],
    ("tensorflow/restore", "tensorflow/restore", ["broken/", "built/", "names/", "saved_model/", "cases.json"]),
    ("tensorflow/notebook/keras3", "tensorflow/notebook", ["checkpoints/", "my_checkpoint.expected.json", "my_saved_model/", "the_saved_model/"]),
    ("tensorflow/notebook/keras2/keras_functional_saved_model", "tensorflow/saved_model", ["saved_model.pb", "variables/"]),
    *[(f"tensorflow/keras/{name}", f"keras/{name}", ["model.h5", "model.keras", "model.weights.h5", "expected.json", "*puts.npz", "activations.npz"])
      for name in ("merges_multi_io", "mixed_dtypes")],
    ("tensorflow/keras/sequential_cnn", "keras/sequential_cnn", ["model.h5", "model.keras", "model.weights.h5", "expected.json", "*puts.npz", "activations.npz", "saved_model/"]),
    ("tensorflow/keras/subclassed", "keras/subclassed", ["model.h5", "model.keras", "model.weights.h5", "expected.json", "inputs.npz"]),
    ("tensorflow/keras/embedding_mask_lstm", "keras/embedding_mask_lstm", ["saved_model/", "model.keras", "expected.json", "*puts.npz", "activations.npz"]),
    *[(f"tensorflow/keras2/{name}", f"keras2/{name}", ["model.h5", "model.keras", "model.weights.h5", "expected.json", "*puts.npz", "activations.npz"])
      for name in ("cnn_functional", "rnn_sequential")],
    ("pairs/08_nan_zero", "pairs/08_nan_zero", ["a/", "b/", "expected.json"]),
    ("tensorflow/series", "series", ["expected.json", "manager/", "weights/"]),
]


def main():
    fixtures = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[2] / "shared/fixtures"
    size = 0
    for source, target, patterns in COPIES:
        shutil.rmtree(HERE / target, ignore_errors=True)
        for pattern in patterns:
            found = (fixtures / source / pattern).rglob("*") if pattern.endswith("/") else (fixtures / source).glob(pattern)
            for path in sorted(p for p in found if p.is_file()):
                copy = HERE / target / path.relative_to(fixtures / source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
                size += copy.stat().st_size
    print(f"{size} bytes")


if __name__ == "__main__":
    main()
