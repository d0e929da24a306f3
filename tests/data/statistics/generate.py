#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes truth.txt: what NumPy says about values that the test makes again by the same rule.

A line is: dtype rule n, then counts, numbers and bins. Values come from a 32-bit linear congruence x -> 1664525 x +
1013904223 from 1 on; u is x / 2^32.  Rules: see values()."""
import os

import ml_dtypes
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ["bool", "int4", "uint4", "int2", "uint2", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
         "float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
         "float8_e5m2fnuz", "float8_e4m3b11fnuz", "float8_e8m0fnu", "float16", "bfloat16", "float32", "float64", "float128",
         "complex64", "complex128"]
LIMITS = {"bool": (0, 1), "int4": (-8, 7), "uint4": (0, 15), "int2": (-2, 1), "uint2": (0, 3), "int8": (-128, 127),
          "uint8": (0, 255), "float4_e2m1fn": (-6, 6), "float6_e2m3fn": (-7.5, 7.5), "float6_e3m2fn": (-28, 28),
          "float8_e4m3b11fnuz": (-30, 30), "float8_e8m0fnu": (0.5, 1000)}
NO_NAN = {"float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn"}
WITH_INF = {"float8_e5m2", "float16", "bfloat16", "float32", "float64", "float128", "complex64", "complex128"}


def uniform(n):
    x = np.empty(n, np.uint64)
    state = 1
    for i in range(n):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        x[i] = state
    return x / 2**32


def values(name, rule, u):
    """plain: uniform over a range; constant: 1; special: NaNs, infinities, zeros and tiny numbers too; offset: far from 0."""
    low, high = LIMITS.get(name, (0, 200) if name.startswith("u") else (-100, 100))
    v = low + u * (high - low)
    if "int" in name or name == "bool":
        v = np.rint(v)
    if rule == "constant":
        v[:] = 1
    if rule == "offset":
        v = 1000000 + np.rint(u * 1000) / (1 if "int" in name else 1024)
    if rule in ("special", "nan"):
        k = np.floor(u * 1000) % 10
        if rule == "nan":
            k[:] = 0
        v[k == 0] = np.nan
        if name in WITH_INF:
            v[k == 1] = np.inf
            v[k == 2] = -np.inf
        if name != "float8_e8m0fnu":
            v[k == 3] = 0
            v[k == 4] = -0.0
            tiny = {"float16": 2.0**-24, "float8_e5m2": 2.0**-16, "bfloat16": 2.0**-130, "float32": 2.0**-140, "complex64": 2.0**-140,
                    "float64": 2.0**-1060, "complex128": 2.0**-1060}
            if name in tiny:
                v[k == 5] = tiny[name]
    return v


def typed(name, v):
    if name == "bool":
        return v != 0
    if name == "float128":
        return v.astype(np.longdouble)
    if hasattr(ml_dtypes, name):
        # ml_dtypes would round twice; values here are rounded to float first by the test as well.
        return v.astype(np.float32).astype(getattr(ml_dtypes, name))
    return v.astype(name)


def line(name, rule, n):
    v = values(name, rule, uniform(n))
    a = typed(name, v)
    wide = np.abs(a).astype(np.float64) if name.startswith("complex") else a.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    smallest = {"float8_e4m3fn": 2**-6, "float8_e5m2": 2**-14, "float8_e4m3fnuz": 2**-7, "float8_e5m2fnuz": 2**-15,
                "float8_e4m3b11fnuz": 2**-10, "float4_e2m1fn": 1, "float6_e2m3fn": 1, "float6_e3m2fn": 0.25,
                "float16": 2**-14, "bfloat16": 2**-126, "float32": 2**-126, "complex64": 2**-126, "float64": 2**-1022,
                "complex128": 2**-1022}.get(name, 0)
    counts = [len(finite), np.isnan(wide).sum(), np.isposinf(wide).sum(), np.isneginf(wide).sum(), (wide == 0).sum(),
              ((finite != 0) & (np.abs(finite) < smallest)).sum()]
    if len(finite):
        numbers = [finite.min(), finite.max(), finite.mean(), finite.std(), np.abs(finite).sum(), np.sqrt((finite**2).sum())]
        numbers += list(np.quantile(finite, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]))
        bins = np.histogram(finite, 64)[0]
    else:
        numbers = [np.nan] * 4 + [0.0, 0.0] + [np.nan] * 7
        bins = np.zeros(64, int)
    return " ".join([name, rule, str(n)] + [str(int(c)) for c in counts] + [repr(float(x)) for x in numbers] +
                    [str(int(b)) for b in bins])


def main():
    with open(os.path.join(HERE, "truth.txt"), "w") as out:
        for name in NAMES:
            is_float = "float" in name or "complex" in name
            out.write(line(name, "plain", 3000) + "\n")
            out.write(line(name, "plain", 1) + "\n")
            out.write(line(name, "constant", 500) + "\n")
            out.write(line(name, "plain", 70001) + "\n")
            if is_float and name not in NO_NAN:
                out.write(line(name, "special", 2999) + "\n")
                out.write(line(name, "special", 70003) + "\n")
                out.write(line(name, "nan", 77) + "\n")
            if name in ("float32", "float64", "int32", "uint32", "int64", "uint64"):
                out.write(line(name, "offset", 5000) + "\n")
                out.write(line(name, "offset", 80000) + "\n")


main()
