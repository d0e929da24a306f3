#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/data/hdf5: every dtype, layout, filter and byte order that HDF5 files of models come in, and what each value is.

What is expected comes from the values that were written, by the rules in tests/data/hdf5/README.md, not from a reader; then
h5py reads each of them back, and the two must agree. Needs h5py 3 and numpy:
    python3 tests/data/make-hdf5.py [FOLDER]        default: tests/data/hdf5
"""
import hashlib
import itertools
import json
import pathlib
import struct
import sys
import zlib

import h5py
import numpy as np
from h5py import h5d, h5f, h5o, h5p, h5s, h5t, h5z

SCALAR, EMPTY = "scalar", "empty"
# shuffle, deflate, fletcher32 in the order that h5py and Keras apply them
FILTERS = ["".join(c) for n in range(4) for c in itertools.combinations("sdf", n)]
FILTER_NAMES = {"s": "shuffle", "d": "deflate", "f": "fletcher32"}
UNLIMITED = h5s.UNLIMITED


class Book:
    """One file that is being written, and what is expected of it."""

    def __init__(self, folder, name, latest=False, userblock=0, verdict="ok"):
        create = h5p.create(h5p.FILE_CREATE)
        access = h5p.create(h5p.FILE_ACCESS)
        if userblock:
            create.set_userblock(userblock)
        if latest:
            access.set_libver_bounds(h5f.LIBVER_V110, h5f.LIBVER_V110)  # the newest that HDF5 1.10 reads
        else:
            access.set_libver_bounds(h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST)
        self.path = folder / name
        self.file = h5py.File(h5f.create(str(self.path).encode(), h5f.ACC_TRUNC, fcpl=create, fapl=access))
        self.latest = latest
        self.entry = {"verdict": verdict, "tensors": []}
        self.checks = []

    def expect(self, key, dtype, shape, data=None, reason=None, check=None, **more):
        """Notes a variable: data are its value's bytes, reason is the word that says why there are none."""
        tensor = {"key": key, "dtype": dtype, "shape": None if shape is None else list(shape), **more}
        if data is not None:
            tensor["sha256"] = hashlib.sha256(data).hexdigest()
        if reason is not None:
            tensor["reason"] = reason
        self.entry["tensors"].append(tensor)
        if check is not None:
            self.checks.append((key, check))

    def raw(self, key, tid, shape, data=None, layout="contiguous", chunk=None, filters="", maxshape=None, fill=None, early=False):
        """Makes a dataset of a low-level type and writes the bytes as they are, without conversion."""
        space = h5s.create_simple(shape, maxshape) if shape not in (SCALAR, EMPTY) else \
            h5s.create(h5s.SCALAR if shape == SCALAR else h5s.NULL)
        plist = h5p.create(h5p.DATASET_CREATE)
        plist.set_layout({"contiguous": h5d.CONTIGUOUS, "compact": h5d.COMPACT, "chunked": h5d.CHUNKED}[layout])
        if chunk:
            plist.set_chunk(chunk)
        for f in filters:
            {"s": plist.set_shuffle, "d": lambda: plist.set_deflate(6), "f": plist.set_fletcher32}[f]()
        if fill is not None:
            plist.set_fill_value(fill)
        if early:
            plist.set_alloc_time(h5d.ALLOC_TIME_EARLY)
        plist.set_obj_track_times(False)
        links = h5p.create(h5p.LINK_CREATE)
        links.set_create_intermediate_group(True)
        dataset = h5d.create(self.file.id, key.encode(), tid, space, plist, links)
        if data is not None:
            dataset.write(h5s.ALL, h5s.ALL, np.frombuffer(bytearray(data), np.uint8), mtype=tid)
        return dataset

    def array(self, key, values, **how):
        """Writes an array of a NumPy dtype and expects its name and its bytes, little-endian."""
        values = np.asarray(values)
        self.raw(key, h5t.py_create(values.dtype), values.shape or SCALAR, values.tobytes(), **how)
        self.expect(key, dtype_name(values.dtype), values.shape, little(values), check=values)

    def close(self, expected):
        self.file.close()
        with h5py.File(self.path, "r") as f:
            for key, values in self.checks:
                got = f[key][()]
                same = np.array_equal(got, values) or got.tobytes() == values.tobytes() or \
                    np.array_equal(got, values, equal_nan=values.dtype.kind in "fc")
                assert same, (self.path.name, key, got, values)
        expected[self.path.name] = self.entry


def dtype_name(dtype):
    """NumPy's name, for either byte order; strings, opaque and compound types as NumPy spells them."""
    if dtype.kind in "SV":
        return str(dtype.newbyteorder("<"))
    return dtype.newbyteorder("=").name


def little(values):
    """The bytes of an array, little-endian and row-major, with the padding of elements as it is."""
    if values.dtype != values.dtype.newbyteorder("<"):  # a needless cast would leave padding undefined
        values = values.astype(values.dtype.newbyteorder("<"))
    return values.tobytes("C")


def string_bytes(strings):
    """What is hashed of strings: each as 8 bytes of length and its bytes."""
    return b"".join(struct.pack("<Q", len(s)) + s for s in strings)


def sample(dtype, shape):
    """Values that differ in every byte, with the ends of the range and what is special among them."""
    dtype = np.dtype(dtype)
    n = int(np.prod(shape))
    rng = np.random.default_rng([n, dtype.itemsize, ord(dtype.kind)])
    if dtype.kind == "b":
        return (np.arange(n) % 3 == 1).reshape(shape)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        flat = rng.integers(info.min, info.max, n, dtype.newbyteorder("="), endpoint=True)
        flat[:3] = [info.min, info.max, 1][:n]
    elif dtype.kind == "f":
        flat = rng.normal(size=n).astype(dtype.newbyteorder("="))
        flat[:5] = [0.0, -0.0, np.inf, -np.inf, 1.5][:n]
        if dtype.itemsize == 16:
            flat.view("u1").reshape(n, 16)[:, 10:] = 0  # the padding of long doubles would be anything
    elif dtype.kind == "c":
        flat = (rng.normal(size=n) + 1j * rng.normal(size=n)).astype(dtype.newbyteorder("="))
    elif dtype.kind == "S":
        flat = np.array([b"", b"a", b"words", bytes(range(65, 65 + dtype.itemsize))] * n)[:n]
    elif dtype.names:
        flat = np.zeros(n, dtype)
        for name in dtype.names:
            part = sample(dtype[name].base, (n, *dtype[name].shape))
            flat[name] = part
        return flat.reshape(shape)
    else:
        flat = np.frombuffer(rng.bytes(n * dtype.itemsize), dtype)
    return flat.reshape(shape) if flat.dtype == dtype else flat.astype(dtype).reshape(shape)


def bfloat16_type(order="<"):
    """bfloat16 as a floating-point type of HDF5's own kind."""
    tid = h5t.IEEE_F32LE.copy() if order == "<" else h5t.IEEE_F32BE.copy()
    tid.set_fields(15, 7, 8, 0, 7)
    tid.set_precision(16)
    tid.set_size(2)
    tid.set_ebias(127)
    return tid


def orders(*kinds):
    return [order + kind for kind in kinds for order in "<>"]


PLAIN = ["i1", "u1", *orders("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"), "?"]
COMPOUND = np.dtype([("id", "<i4"), ("value", "<f8"), ("where", "<f4", (3,)), ("tag", "S4")])


def label(dtype):
    """A name for a dtype in a path: be_float32."""
    dtype = np.dtype(dtype)
    if dtype.names:
        return "compound"
    name = {"S": "bytes", "V": "opaque"}.get(dtype.kind) or dtype.newbyteorder("=").name
    return ("be_" if dtype.str[0] == ">" else "") + name


def products(folder, expected):
    """Every dtype × layout × filter × byte order, as new libraries write it; and the usual filters as old ones do."""
    for name, latest in (("product-earliest.h5", False), ("product-latest.h5", True)):
        book = Book(folder, name, latest)
        for dtype in [*PLAIN, "S6", "V5", COMPOUND]:
            values = sample(dtype, (5, 3))
            book.array(f"{label(dtype)}/contiguous", values)
            book.array(f"{label(dtype)}/compact", values, layout="compact")
            for filters in FILTERS if latest else ("", "sd", "sdf"):
                end = "_".join(FILTER_NAMES[f] for f in filters) or "plain"
                book.array(f"{label(dtype)}/chunked_{end}", values, layout="chunked", chunk=(4, 3), filters=filters)
        book.close(expected)


def types(folder, expected):
    """Types that are rarer, and the shapes that hold one value or none."""
    book = Book(folder, "types.h5")
    book.array("long_double", sample(np.longdouble, (4,)))
    book.array("complex_be_scalar", np.array(1.5 - 2j, ">c8"))
    for dtype in ("i8", ">f4", "?", "S3"):
        book.array(f"scalar/{label(dtype)}", sample(dtype, (1,))[0])
        book.raw(f"empty/{label(dtype)}", h5t.py_create(np.dtype(dtype)), EMPTY)
        book.expect(f"empty/{label(dtype)}", dtype_name(np.dtype(dtype)), None)
        book.array(f"no_elements/{label(dtype)}", np.zeros((0, 3), dtype))
    book.raw("no_elements/chunked", h5t.IEEE_F32LE, (0, 2), layout="chunked", chunk=(4, 2), maxshape=(UNLIMITED, 2))
    book.expect("no_elements/chunked", "float32", (0, 2), b"")
    strings(book)
    enums(book)
    bits(book)
    bfloat16(book)
    compounds(book)
    arrays(book)
    unreadable(book)
    book.close(expected)


def strings(book):
    """Fixed strings keep their stored bytes, padding included; variable ones are what h5py gives."""
    data = b"one\0\0\0two\0\0\0threes"
    for cset, pad in itertools.product(("ascii", "utf8"), ("nullterm", "nullpad", "spacepad")):
        tid = h5t.C_S1.copy()
        tid.set_size(6)
        tid.set_strpad({"nullterm": h5t.STR_NULLTERM, "nullpad": h5t.STR_NULLPAD, "spacepad": h5t.STR_SPACEPAD}[pad])
        tid.set_cset(h5t.CSET_UTF8 if cset == "utf8" else h5t.CSET_ASCII)
        stored = {"nullterm": data[:-1] + b"\0", "nullpad": data, "spacepad": data.replace(b"\0", b" ")}[pad]
        if cset == "utf8":
            stored = stored.replace(b"one", "é1".encode())
        key = f"strings/fixed_{cset}_{pad}"
        book.raw(key, tid, (3,), stored)
        book.expect(key, "|S6", (3,), stored)
    text = ["", "plain", "größer als", "重み", "x" * 300]
    cases = {
        "variable_ascii": (h5py.string_dtype("ascii"), ["", "a", "long " * 20]),
        "variable_utf8": (h5py.string_dtype("utf-8"), text),
        "variable_chunked": (h5py.string_dtype("utf-8"), text),
    }
    for name, (dtype, values) in cases.items():
        how = {"chunks": (2,), "compression": "gzip"} if name.endswith("chunked") else {}
        book.file.create_dataset(f"strings/{name}", data=values, dtype=dtype, track_times=False, **how)
        book.expect(f"strings/{name}", "string", (len(values),), string_bytes([v.encode() for v in values]))
    book.file.create_dataset("strings/variable_scalar", data="one text", track_times=False)
    book.expect("strings/variable_scalar", "string", (), string_bytes([b"one text"]))
    book.file.create_dataset("strings/variable_never_written", (2,), h5py.string_dtype(), track_times=False)
    book.expect("strings/variable_never_written", "string", (2,), string_bytes([b"", b""]))


def enums(book):
    """Enumerations are their integers; those of h5py's two names are bool."""
    for base in ("i1", "u2", ">i4"):
        dtype = h5py.enum_dtype({"RED": 0, "GREEN": 1, "BLUE": 42}, base)
        values = np.array([0, 1, 42, 1, 0], base)
        book.raw(f"enum/{label(base)}", h5t.py_create(dtype, logical=True), (5,), values.tobytes())
        book.expect(f"enum/{label(base)}", dtype_name(values.dtype), (5,), little(values), check=values)
    tid = h5t.enum_create(h5t.STD_U8LE)
    for name, value in ((b"FALSE", 0), (b"TRUE", 1)):
        tid.enum_insert(name, value)
    book.raw("enum/bool_of_uint8", tid, (4,), bytes([0, 1, 1, 0]))
    book.expect("enum/bool_of_uint8", "bool", (4,), bytes([0, 1, 1, 0]))


def bits(book):
    """Bit fields are unsigned integers."""
    for name, tid, dtype in (("b8", h5t.STD_B8LE, "u1"), ("b16", h5t.STD_B16LE, "<u2"), ("b32_be", h5t.STD_B32BE, ">u4")):
        values = sample(dtype, (4,))
        book.raw(f"bitfield/{name}", tid, (4,), values.tobytes())
        book.expect(f"bitfield/{name}", dtype_name(values.dtype), (4,), little(values))
    tag = h5t.create(h5t.OPAQUE, 3)
    tag.set_tag(b"a tag")
    book.raw("opaque/tagged", tag, (2,), b"abcdef")
    book.expect("opaque/tagged", "|V3", (2,), b"abcdef")


def bfloat16(book):
    """bfloat16 as a type of its own, in both byte orders, and as Keras marks it: two opaque bytes and an attribute."""
    values = np.frombuffer(sample("<f4", (4, 3)).tobytes(), "<u2")[1::2].copy()  # the upper halves
    for order in "<>":
        name = "bfloat16/own_type" + ("_be" if order == ">" else "")
        book.raw(name, bfloat16_type(order), (4, 3), values.astype(order + "u2").tobytes())
        book.expect(name, "bfloat16", (4, 3), values.tobytes())
    book.raw("bfloat16/marked", h5t.create(h5t.OPAQUE, 2), (4, 3), values.tobytes())
    book.file["bfloat16/marked"].attrs["dtype"] = "bfloat16"
    book.expect("bfloat16/marked", "bfloat16", (4, 3), values.tobytes())
    book.raw("bfloat16/marked_chunked", h5t.create(h5t.OPAQUE, 2), (4, 3), values.tobytes(), "chunked", (2, 2), "sd")
    book.file["bfloat16/marked_chunked"].attrs["dtype"] = "bfloat16"
    book.expect("bfloat16/marked_chunked", "bfloat16", (4, 3), values.tobytes())
    book.raw("bfloat16/unmarked", h5t.create(h5t.OPAQUE, 2), (4, 3), values.tobytes())
    book.expect("bfloat16/unmarked", "|V2", (4, 3), values.tobytes())


def compounds(book):
    """Two floats named r and i are complex; what looks alike but isn't stays a compound."""
    padded = np.dtype({"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [0, 8], "itemsize": 16})
    book.array("compound/padded", sample(padded, (3,)))
    book.array("compound/nested", sample(np.dtype([("id", "<i2"), ("in", [("a", "u1"), ("b", "<f4")])]), (3,)))
    book.array("compound/r_and_i_of_int", sample(np.dtype([("r", "<i4"), ("i", "<i4")]), (3,)))
    book.array("compound/one_member", sample(np.dtype([("r", "<f4")]), (3,)))
    values = sample(np.dtype([("id", ">i4"), ("value", ">f8")]), (3,))
    book.raw("compound/big_endian", h5t.py_create(values.dtype), (3,), values.tobytes())
    book.expect("compound/big_endian", ANY, (3,))
    with_text = np.dtype([("name", h5py.string_dtype()), ("id", "<i4")])
    book.file.create_dataset("compound/with_variable_string", data=np.array([("one", 1)], with_text), track_times=False)
    book.expect("compound/with_variable_string", ANY, (1,), reason="")


ANY = None  # a dtype that may be called anything


def arrays(book):
    """Elements that are arrays add their dimensions, as in h5py."""
    for name, how in (("contiguous", {}), ("chunked", {"layout": "chunked", "chunk": (2,), "filters": "sd"})):
        values = sample("<i4", (3, 2, 2))
        tid = h5t.array_create(h5t.STD_I32LE, (2, 2))
        book.raw(f"array/{name}", tid, (3,), values.tobytes(), **how)
        book.expect(f"array/{name}", "int32", (3, 2, 2), little(values), check=values)
    values = sample(">f4", (2, 3))
    book.raw("array/be_scalar", h5t.array_create(h5t.IEEE_F32BE, (2, 3)), SCALAR, values.tobytes())
    book.expect("array/be_scalar", "float32", (2, 3), little(values), check=values)


def unreadable(book):
    """Types that have no values for us: the entry is there, and says so."""
    book.file["target"] = np.arange(3, dtype="<i4")
    book.expect("target", "int32", (3,), np.arange(3, dtype="<i4").tobytes())
    book.file.create_dataset("reference/object", data=np.array([book.file["target"].ref], h5py.ref_dtype), track_times=False)
    book.expect("reference/object", ANY, (1,), reason="")
    region = book.file["target"].regionref[0:2]
    book.file.create_dataset("reference/region", data=np.array([region], h5py.regionref_dtype), track_times=False)
    book.expect("reference/region", ANY, (1,), reason="")
    rows = book.file.create_dataset("variable_length", (2,), h5py.vlen_dtype("<i4"), track_times=False)
    rows[0], rows[1] = [1, 2, 3], [4]
    book.expect("variable_length", ANY, (2,), reason="")
    odd = h5t.STD_I16LE.copy()
    odd.set_precision(12)
    odd.set_offset(2)
    book.raw("odd_integer_of_12_bits", odd, (3,), np.array([4, 8, 12], "<i2").tobytes())
    book.expect("odd_integer_of_12_bits", ANY, (3,), reason="")


def chunks(folder, expected):
    """Chunk grids: ranks, edges, what was never written, every index that libhdf5 has."""
    for name, latest in (("chunks-earliest.h5", False), ("chunks-latest.h5", True)):
        book = Book(folder, name, latest)
        for rank, shape, chunk in ((1, (11,), (4,)), (2, (7, 10), (3, 4)), (3, (3, 5, 4), (2, 2, 3)), (4, (2, 3, 2, 3), (1, 2, 2, 2))):
            for filters in ("", "sd", "sdf"):
                key = f"rank_{rank}/{'_'.join(FILTER_NAMES[f] for f in filters) or 'plain'}"
                book.array(key, sample(">f4", shape), layout="chunked", chunk=chunk, filters=filters)
        for filters in ("", "d"):
            end = "_deflate" if filters else ""
            indexes(book, filters, end)
        unwritten(book)
        masks(book)
        resized(book)
        book.array("shuffle_of_odd_sizes/bytes_7", sample("S7", (9,)), layout="chunked", chunk=(5,), filters="s")
        book.array("shuffle_of_odd_sizes/one_byte", sample("i1", (9,)), layout="chunked", chunk=(5,), filters="sd")
        book.array("shuffle_of_odd_sizes/compound", sample(COMPOUND, (7,)), layout="chunked", chunk=(3,), filters="sd")
        book.array("chunk_larger_than_data", sample("<f4", (3,)), layout="chunked", chunk=(64,), maxshape=(UNLIMITED,), filters="d")
        book.array("one_value_chunked", sample("<f8", (1,)), layout="chunked", chunk=(1,), filters="sdf")
        if latest:
            book.array("big", big(), layout="chunked", chunk=(64, 50), filters="sd")
        book.close(expected)


def big():
    """Smooth values that deflate well, in a grid of 25 chunks."""
    y, x = np.mgrid[0:320, 0:250]
    return np.round(np.sin(y / 40) * np.cos(x / 30), 1).astype("<f4")


def indexes(book, filters, end):
    """With libver latest these have the indexes of their names; with earliest all have a B-tree of version 1."""
    one = sample("<i4", (6, 8))
    book.array(f"index/single{end}", one, layout="chunked", chunk=(6, 8), filters=filters)
    book.array(f"index/fixed_array{end}", one, layout="chunked", chunk=(2, 3), filters=filters)
    book.array(f"index/extensible_array{end}", one, layout="chunked", chunk=(2, 3), filters=filters, maxshape=(UNLIMITED, 8))
    book.array(f"index/btree_2{end}", one, layout="chunked", chunk=(2, 3), filters=filters, maxshape=(UNLIMITED, UNLIMITED))
    if not filters:
        many = sample("u1", (1100 if book.latest else 200,))  # beyond 1,024 a fixed array has pages
        book.array("index/many_fixed", many, layout="chunked", chunk=(1,))
        book.array("index/implicit", one, layout="chunked", chunk=(2, 3), early=True)
        book.array("index/many_extensible", sample("<i2", (600,)), layout="chunked", chunk=(3,), maxshape=(UNLIMITED,))
        book.array("index/many_btree_2", sample("<i2", (20, 20)), layout="chunked", chunk=(2, 2), maxshape=(UNLIMITED, UNLIMITED))


def unwritten(book):
    """Where nothing was written there is the fill value."""
    for order in "<>":
        dtype = np.dtype(order + "f4")
        for name, fill in (("zero", None), ("value", np.array(2.5, dtype))):
            full = np.full((7, 5), 0 if fill is None else 2.5, dtype)
            end = f"{name}{'_be' if order == '>' else ''}"
            book.raw(f"never_written/contiguous_{end}", h5t.py_create(dtype), (7, 5), fill=fill)
            book.expect(f"never_written/contiguous_{end}", "float32", (7, 5), little(full), check=full)
            for filters in ("", "sdf"):
                key = f"never_written/chunked_{end}{'_filtered' if filters else ''}"
                book.raw(key, h5t.py_create(dtype), (7, 5), layout="chunked", chunk=(3, 2), filters=filters, fill=fill)
                book.expect(key, "float32", (7, 5), little(full), check=full)
                key = f"partly_written/{end}{'_filtered' if filters else ''}"
                book.raw(key, h5t.py_create(dtype), (7, 5), layout="chunked", chunk=(3, 2), filters=filters, fill=fill)
                part = sample(dtype, (3, 2))
                book.file[key][3:6, 2:4] = part
                values = full.copy()
                values[3:6, 2:4] = part
                book.expect(key, "float32", (7, 5), little(values), check=values)
    full = np.full((3,), 7, "<i8")
    book.raw("never_written/compact", h5t.STD_I64LE, (3,), layout="compact", fill=np.array(7, "<i8"))
    book.expect("never_written/compact", "int64", (3,), little(full), check=full)


def masks(book):
    """Chunks whose filters were skipped, one by one, as the mask of each says."""
    values = sample("<f4", (8, 3))
    dataset = book.raw("filter_mask", h5t.IEEE_F32LE, (8, 3), layout="chunked", chunk=(2, 3), filters="sd")
    shuffled = [values[i:i + 2].view("u1").reshape(-1, 4).T.tobytes() for i in range(0, 8, 2)]
    plain = [values[i:i + 2].tobytes() for i in range(0, 8, 2)]
    stored = [(0, zlib.compress(shuffled[0])), (1, zlib.compress(plain[1])), (2, shuffled[2]), (3, plain[3])]
    for i, (mask, data) in enumerate(stored):
        dataset.write_direct_chunk((2 * i, 0), data, mask)
    book.expect("filter_mask", "float32", (8, 3), little(values), check=values)


def resized(book):
    """Datasets that grew (the new part has the fill value) or shrank (an edge chunk holds more than there is)."""
    values = sample("<i4", (6, 6))
    for key, shape in (("grown", (9, 8)), ("shrunk", (4, 5))):
        book.raw(key, h5t.STD_I32LE, (6, 6), values.tobytes(), "chunked", (4, 4), "d", (UNLIMITED, UNLIMITED), np.array(-1, "<i4"))
        book.file[key].resize(shape)
        full = np.full((9, 8), -1, "<i4")
        full[:6, :6] = values
        full = full[:shape[0], :shape[1]].copy()
        book.expect(key, "int32", shape, little(full), check=full)


def huge(folder, expected):
    """2⁵⁰ elements in a tiny file: to be listed, not hashed (that would take days); nothing may walk the grid."""
    book = Book(folder, "huge.h5", verdict="list")
    book.raw("huge", h5t.STD_U8LE, (1 << 25, 1 << 25), layout="chunked", chunk=(1 << 10, 1 << 10))
    book.expect("huge", "uint8", (1 << 25, 1 << 25))
    book.raw("small", h5t.STD_U8LE, (3,), b"abc")
    book.expect("small", "uint8", (3,))
    book.close(expected)


def filters(folder, expected):
    """Filters that aren't ours: the entry is shown and says which."""
    book = Book(folder, "filters.h5")
    values = sample("<i4", (8, 6))
    cases = {
        "lzf": {"compression": "lzf"},
        "lzf_shuffle": {"compression": "lzf", "shuffle": True},
        "scaleoffset": {"scaleoffset": 0},
    }
    if h5z.filter_avail(h5z.FILTER_SZIP) and h5z.get_filter_info(h5z.FILTER_SZIP) & h5z.FILTER_CONFIG_ENCODE_ENABLED:
        cases["szip"] = {"compression": "szip", "compression_opts": ("nn", 8)}
    for name, how in cases.items():
        book.file.create_dataset(name, data=values, chunks=(4, 3), track_times=False, **how)
        book.expect(name, "int32", (8, 6), reason="filter")
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk((4, 3))
    plist.set_filter(h5z.FILTER_NBIT, 0, ())
    h5d.create(book.file.id, b"nbit", h5t.STD_I32LE, h5s.create_simple((8, 6)), plist)
    book.file["nbit"][...] = values
    book.expect("nbit", "int32", (8, 6), reason="filter")
    book.raw("beside", h5t.STD_I32LE, (8, 6), values.tobytes(), "chunked", (4, 3), "sd")
    book.expect("beside", "int32", (8, 6), little(values), check=values)
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk((4, 3))
    plist.set_filter(32000 + 15, h5z.FLAG_OPTIONAL, (3,))  # a number that no library here knows; optional, so it is left out
    dataset = h5d.create(book.file.id, b"unknown_optional", h5t.STD_I32LE, h5s.create_simple((8, 6)), plist)
    for y, x in itertools.product((0, 4), (0, 3)):
        dataset.write_direct_chunk((y, x), values[y:y + 4, x:x + 3].tobytes(), 1)
    book.expect("unknown_optional", "int32", (8, 6), little(values), either="filter")
    book.close(expected)


def elsewhere(folder, expected):
    """Values that lie in other files, and links of every kind: shown with the reason, never followed out of the file."""
    other = Book(folder, "elsewhere-target.h5")
    other.array("secret", np.arange(6, dtype="<f4"))
    other.close(expected)
    (folder / "elsewhere.bin").write_bytes(np.arange(6, dtype="<f4").tobytes())
    book = Book(folder, "elsewhere.h5", latest=True)
    f = book.file
    book.array("inside/values", np.arange(4, dtype="<i2"))
    f.create_dataset("external_file", (6,), "<f4", external=[("elsewhere.bin", 0, 24)], track_times=False)
    book.expect("external_file", "float32", (6,), reason="external")
    f.create_dataset("external_file_absolute", (6,), "<f4", external=[("/etc/passwd", 0, 24)], track_times=False)
    book.expect("external_file_absolute", "float32", (6,), reason="external")
    layout = h5py.VirtualLayout((6,), "<f4")
    layout[...] = h5py.VirtualSource("elsewhere-target.h5", "secret", (6,))
    f.create_virtual_dataset("virtual", layout)
    book.expect("virtual", "float32", (6,), reason="virtual")
    del book.entry["tensors"][-1]["shape"]  # asking HDF5 1.10 for it would open the other file
    f["external_link"] = h5py.ExternalLink("elsewhere-target.h5", "/secret")
    f["soft_link"] = h5py.SoftLink("/inside/values")
    f["dangling_link"] = h5py.SoftLink("/nothing/here")
    f["link_to_itself"] = h5py.SoftLink("/link_to_itself")
    book.entry["links"] = [
        {"key": "external_link", "reason": "external"},
        {"key": "dangling_link", "reason": "link"},
        {"key": "link_to_itself", "reason": "link"},
    ]
    book.entry["may_have"] = ["soft_link"]  # shown as a link or as its target
    book.close(expected)


def circles(folder, expected):
    """Groups that hold themselves, by hard links; a dataset under two names; a type with a name."""
    book = Book(folder, "circles.h5")
    f = book.file
    book.array("a/b/values", np.arange(5, dtype="<f8"))
    f["a/b/up"] = f["a"]
    f["a/b/top"] = f["/"]
    f["a/itself"] = f["a"]
    f["a/again"] = f["a/b/values"]
    f["type"] = np.dtype("<f4")
    f["of_named_type"] = np.arange(3, dtype="<f4")
    named = h5d.create(f.id, b"of_type", f["type"].id, h5s.create_simple((2,)))
    named.write(h5s.ALL, h5s.ALL, np.array([1, 2], "<f4"))
    book.expect("of_named_type", "float32", (3,), np.arange(3, dtype="<f4").tobytes())
    book.expect("of_type", "float32", (2,), np.array([1, 2], "<f4").tobytes())
    book.entry["may_have"] = ["a/again", "type"]
    book.close(expected)


def attributes(folder, expected):
    """Attributes of many types, on the root, groups and datasets; many of them (dense storage), and long ones."""
    for name, latest in (("attributes-earliest.h5", False), ("attributes-latest.h5", True)):
        book = Book(folder, name, latest)
        book.array("group/values", np.arange(3, dtype="<f4"))
        objects = {"": book.file, "group": book.file["group"], "group/values": book.file["group/values"]}
        for thing in objects.values():
            attribute_kinds(thing.attrs)
        many = book.file.create_group("many")
        for i in range(40):
            many.attrs[f"number {i}"] = i
        if latest:
            book.file["group"].attrs["30 kB"] = "x" * 10_000 + "é" * 10_000
            objects["group"].attrs["fixed of 66 kB"] = np.zeros(16_500, "<f4")
        book.entry["attributes"] = {key: ATTRIBUTES for key in objects}
        book.entry["attributes"]["many"] = {f"number {i}": i for i in range(40)}
        book.close(expected)


# What an attribute reads as in JSON; those whose form is free aren't here.
ATTRIBUTES = {"int": -5, "float": 1.5, "text": "größer", "fixed text": "abc", "bool": True, "ints": [1, 2, 3], "texts": ["a", "bc"],
              "empty list": [], "two by two": [[1, 2], [3, 4]], "fixed texts": ["conv", "dense_1"], "big-endian": 258,
              "strange \"name\"/é": 1}


def attribute_kinds(attrs):
    attrs["int"] = np.int32(-5)
    attrs["float"] = 1.5
    attrs["text"] = "größer"
    attrs["fixed text"] = np.bytes_(b"abc")
    attrs["bool"] = True
    attrs["ints"] = np.array([1, 2, 3], "<i8")
    attrs["texts"] = ["a", "bc"]
    attrs["empty list"] = np.zeros(0)
    attrs["two by two"] = np.array([[1, 2], [3, 4]], "<i2")
    attrs["fixed texts"] = np.array([b"conv", b"dense_1"])
    attrs["big-endian"] = np.array(258, ">i4")
    attrs["strange \"name\"/é"] = 1
    attrs["null"] = h5py.Empty("<f4")
    attrs["nan"] = np.array([np.nan, np.inf, -np.inf])
    attrs["complex"] = 1 + 2j
    attrs["compound"] = np.array((1, 2.5), [("a", "<i4"), ("b", "<f8")])
    attrs["opaque"] = np.void(b"\1\2\3")
    attrs["not utf-8"] = np.bytes_(b"\xff\xfe")


def names(folder, expected):
    """Names as people and programs make them, and groups of every kind."""
    for name, latest in (("names-earliest.h5", False), ("names-latest.h5", True)):
        book = Book(folder, name, latest)
        keys = ["重み/größe", "with space/and \"quotes\"", "dots.in.names/layer.0.weight", "a\nnewline", "back\\slash", "emoji 🙂",
                "kernel:0", "dense_1/dense_1/kernel:0", "-", "x" * 300, "/".join(f"d{i}" for i in range(60 if latest else 9)) + "/deep"]
        keys += [f"numbered/{i}" for i in (0, 1, 2, 9, 10, 11, 100)]
        keys += [f"crowd/member_{i}" for i in range(60)]
        for i, key in enumerate(keys):
            book.array(key, np.array([i], "<i4"))
        for key in ("empty_group", "outer/empty_group"):
            book.file.create_group(key)
        ordered = book.file.create_group("in_order", track_order=True)
        for i, key in enumerate("zyxabc"):
            ordered.create_dataset(key, data=np.array([i], "<i2"), track_times=False)
            book.expect(f"in_order/{key}", "int16", (1,), np.array([i], "<i2").tobytes())
        book.close(expected)


def userblocks(folder, expected):
    """A file may begin with 512·2ⁿ bytes of something else: all its addresses count from behind them."""
    for size in (512, 2048):
        book = Book(folder, f"userblock-{size}.h5", userblock=size)
        book.array("contiguous", sample("<f4", (3, 4)))
        book.array("chunked", sample(">f8", (5, 4)), layout="chunked", chunk=(2, 3), filters="sd")
        book.array("compact", sample("<i2", (4,)), layout="compact")
        book.close(expected)
        with book.path.open("r+b") as f:
            f.write(b"What stands before the file is not of HDF5.\n")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "hdf5")
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for part in (products, types, chunks, huge, filters, elsewhere, circles, attributes, names, userblocks):
        part(folder, expected)
    text = ",\n".join(f" {json.dumps(name)}: " + entry_text(entry) for name, entry in expected.items())
    (folder / "expected.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
    sizes = {f.name: f.stat().st_size for f in folder.iterdir()}
    for name, size in sorted(sizes.items()):
        print(f"{size:8} {name}")
    print(f"{sum(sizes.values()):8} bytes, {sum(len(e['tensors']) for e in expected.values())} variables")
    assert sum(sizes.values()) < 1_300_000


def entry_text(entry):
    """One line a variable: a change can be read in a diff."""
    rest = {k: v for k, v in entry.items() if k != "tensors"}
    lines = ",\n".join("  " + json.dumps(t, ensure_ascii=False) for t in entry["tensors"])
    return json.dumps(rest, ensure_ascii=False)[:-1] + ', "tensors": [\n' + lines + "\n ]}"


if __name__ == "__main__":
    main()
