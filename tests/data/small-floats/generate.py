#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what ml_dtypes says about small floats: codes.txt (each type's codes as values: "type value value ..."), and
rounding.txt (doubles and the code that they round to: "type double code")."""
import math
import os

import ml_dtypes
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = ["float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
         "float8_e5m2fnuz", "float8_e4m3b11fnuz", "float8_e8m0fnu", "float16", "bfloat16"]
BITS = {"float4_e2m1fn": 4, "float6_e2m3fn": 6, "float6_e3m2fn": 6, "float16": 16, "bfloat16": 16}


def dtype(name):
    return np.dtype(np.float16 if name == "float16" else getattr(ml_dtypes, name))


def text(value):
    return "nan" if math.isnan(value) else repr(float(value))


def doubles(name, table, rng):
    """Values, midpoints, what lies beside midpoints, and numbers in between, all inside the type's range."""
    finite = np.unique(table[np.isfinite(table)])
    picked = finite if len(finite) < 80 else rng.choice(finite, 80, replace=False)
    at = np.searchsorted(finite, picked)
    above = finite[np.minimum(at + 1, len(finite) - 1)]
    middle = picked + (above - picked) / 2
    # ml_dtypes rounds a double to float first, so only floats show the type's own rounding.
    middle = middle.astype(np.float32)
    some = np.concatenate([picked, middle, np.nextafter(middle, np.float32(-np.inf)), np.nextafter(middle, np.float32(np.inf)),
                           rng.uniform(picked, above).astype(np.float32)]).astype(np.float64)
    return some[(some >= finite[0]) & (some <= finite[-1])]


def main():
    rng = np.random.default_rng(3)
    with open(os.path.join(HERE, "codes.txt"), "w") as codes, open(os.path.join(HERE, "rounding.txt"), "w") as rounding:
        for name in TYPES:
            bits = BITS.get(name, 8)
            unsigned = np.uint16 if bits == 16 else np.uint8
            table = np.arange(1 << bits, dtype=unsigned).view(dtype(name)).astype(np.float64)
            if bits < 16:
                codes.write(name + " " + " ".join(text(v) for v in table) + "\n")
            else:
                # Every 127th code, and the ends of each exponent.
                n_mantissa = 10 if name == "float16" else 7
                some = sorted(set(range(0, 65536, 127)) | {min(max((e << n_mantissa) + d, 0), 65535)
                                                          for e in range(65537 >> n_mantissa) for d in (-1, 0, 1)})
                codes.write(name + " " + " ".join(f"{c}:{text(table[c])}" for c in some) + "\n")
            for value in doubles(name, table, rng):
                code = np.array([value]).astype(dtype(name)).view(unsigned)[0]
                rounding.write(f"{name} {float(value)!r} {int(code)}\n")


main()
