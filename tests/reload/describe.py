# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""All that a file holds, as one flat dictionary: two files are equal if theirs are, and what differs has a name."""
import hashlib
import json
import struct
import zipfile


def describe_hdf5(file):
    """Every link, attribute, type, layout, filter, stored chunk and value of an HDF5 file, by name; bytes as they are stored."""
    import h5py

    out = {}
    with h5py.File(file, "r") as f:
        out["userblock"] = f.userblock_size
        seen = {h5py.h5o.get_info(f.id).addr: "/"}
        attributes(out, "/", f)
        walk(out, f, "/", seen)
    return out


def walk(out, group, prefix, seen):
    """One group; an object that was met already is noted as another name of it."""
    import h5py

    order = group.id.get_create_plist().get_link_creation_order()
    out[prefix, "links"] = list(group) if order else sorted(group)
    for name in group:
        key, link = prefix + name, group.get(name, getlink=True)
        out[key, "link"] = (type(link).__name__, getattr(link, "path", None), getattr(link, "filename", None))
        if not isinstance(link, h5py.HardLink):
            continue
        item = group[name]
        address = h5py.h5o.get_info(item.id).addr
        if address in seen:
            out[key, "same as"] = seen[address]
            continue
        seen[address] = key
        attributes(out, key, item)
        if isinstance(item, h5py.Group):
            walk(out, item, key + "/", seen)
        elif isinstance(item, h5py.Dataset):
            dataset(out, key, item)
        else:
            out[key, "type"] = item.id.encode()


def attributes(out, key, item):
    """Names in order of their creation if the file keeps it; types and values as bytes."""
    import h5py

    for name in item.attrs:
        attribute = h5py.h5a.open(item.id, name.encode())
        value = None
        try:
            value = item.attrs[name]
            value = value.tobytes() if hasattr(value, "tobytes") and not value.dtype.hasobject else repr(value)
        except (OSError, TypeError, UnicodeDecodeError):
            pass
        out[key, "attribute", name] = (attribute.get_type().encode(), str(attribute.shape), value)


def dataset(out, key, item):
    """What it is, and its value; of a filter that isn't there, the stored chunks."""
    plist = item.id.get_create_plist()
    filters = [plist.get_filter(i)[:3] for i in range(plist.get_nfilters())]
    out[key, "dataset"] = (item.id.get_type().encode(), item.shape, item.maxshape, item.chunks, plist.get_layout(), str(filters),
                           [plist.get_external(i) for i in range(plist.get_external_count())])
    if item.shape is None or item.external or item.is_virtual:
        return
    if item.size > 1 << 24:
        return
    try:
        value = item[()]
        plain = getattr(value, "dtype", None) is not None and not value.dtype.hasobject
        out[key, "value"] = value.tobytes() if plain else repr(value)
    except (OSError, TypeError) as error:
        out[key, "value"] = repr(error)[:40]
    if filters:
        space = item.id.get_space()
        for i in range(item.id.get_num_chunks(space)):
            info = item.id.get_chunk_info(i, space)
            mask, data = item.id.read_direct_chunk(info.chunk_offset)
            out[key, "chunk", info.chunk_offset] = (mask, hashlib.sha256(data).hexdigest())


def describe_safetensors(path):
    """The header's entries in their order, its metadata, and the bytes of each tensor."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    out = {"order": list(header), "metadata": header.pop("__metadata__", None)}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        out[name, "value"] = data[8 + length + begin:8 + length + end]
        out[name, "is"] = (entry["dtype"], entry["shape"])
    return out


def describe_zip(path, but=()):
    """The members of a zip file, in order, with how each is stored; the values of .npy members, the bytes of the others."""
    import io

    import numpy as np

    out = {}
    with zipfile.ZipFile(path) as archive:
        out["members"] = [(m.filename, m.compress_type) for m in archive.infolist()]
        for name in archive.namelist():
            if name in but:
                continue
            data = archive.read(name)
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(data))
                out[name[:-4], "value"] = array.tobytes("A")
                out[name[:-4], "is"] = (array.dtype.str, array.shape, array.flags.f_contiguous)
            else:
                out[name, "value"] = data
    return out


def differences(before, after):
    """The names of what isn't the same in two descriptions."""
    return sorted((k for k in before.keys() | after.keys() if before.get(k) != after.get(k)), key=str)
