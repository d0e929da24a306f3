#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes tests/data/tensorflow/notebook-keras2 of the shared fixtures: the transcript, and the numbers that TensorFlow drew, one after the other.

    python3 tests/data/make-notebook.py FIXTURES        needs NumPy
"""
import pathlib
import shutil
import sys

import numpy as np

source = pathlib.Path(sys.argv[1]) / "tensorflow/notebook/keras2"
target = pathlib.Path(__file__).resolve().parent / "tensorflow/notebook-keras2"
target.mkdir(parents=True, exist_ok=True)
shutil.copyfile(source / "transcript.json", target / "transcript.json")
drawn = np.load(source / "drawn_values.npz")
# In the order of the example's cells; it leaves the guide's TensorBoard and functional model out.
names = [n for cell in ("7", "12", "16", "21", "29", "35", "g2") for n in sorted(drawn.files) if n.startswith(f"cell_{cell}_draw_")]
np.concatenate([drawn[n].astype("<f4").ravel() for n in names]).tofile(target / "drawn.float32")
