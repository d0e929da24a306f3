# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads variables with the libraries that the files are for. Standard input has a list in JSON of what to read: [{"library",
"file", "path"}, ...]; standard output gets as many lists of all values of a variable, row by row, and null for those whose library isn't there.
"""

import json
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')


def read_keras(file, path):
    """A variable of a whole model, by the names of its layers."""
    import keras
    *layers, name = path.split('/')
    at = keras.models.load_model(file, compile=False)
    for layer in layers:
        at = at.get_layer(layer)
    return getattr(at, name).numpy()


def read_h5py(file, path):
    """A dataset."""
    import h5py
    with h5py.File(file, 'r') as opened:
        return opened[path][()]


def read_safetensors(file, path):
    """A tensor, out of the file that the index names."""
    import ml_dtypes  # noqa: F401 (teaches NumPy bfloat16)
    from safetensors import safe_open
    key = path.replace('/', '.')
    with open(file, encoding='utf-8') as index:
        shard = json.load(index)['weight_map'][key]
    with safe_open(os.path.join(os.path.dirname(file), shard), framework='np') as opened:
        return opened.get_tensor(key)


def read_tensorflow(file, path):
    """A variable of a checkpoint, by its key."""
    import tensorflow
    reader = tensorflow.train.load_checkpoint(file)
    return reader.get_tensor(path)


def read_numpy(file, path):
    """A member of an archive."""
    import numpy
    with numpy.load(file) as archive:
        return archive[path]


READERS = {'keras': read_keras, 'h5py': read_h5py, 'safetensors': read_safetensors, 'tensorflow': read_tensorflow, 'numpy': read_numpy}


def read(what):
    """All values of a variable, or None if there is no such library here."""
    try:
        return READERS[what['library']](what['file'], what['path']).astype('float64').ravel().tolist()
    except ImportError:
        return None


json.dump([read(what) for what in json.load(sys.stdin)], sys.stdout)
