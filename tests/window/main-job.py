#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job, as a user does it, on a file of each format: opened in the window, a variable found, a value edited, undone,
redone, saved, and read back by the library that the file is for (by assay-cli where it isn't there).

    tests/desk.sh /usr/bin/python3 tests/window/main-job.py
ASSAY_PROGRAM and ASSAY_CLI are the programs, ASSAY_PYTHON a Python with the libraries, ASSAY_SHOTS a folder for pictures. Speaks TAP.
"""

import csv
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import traceback

from drive import NotThere, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
DATA = TOP / 'tests' / 'data'
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
CLI = os.environ.get('ASSAY_CLI', str(TOP / 'build' / 'src' / 'cli' / 'assay-cli'))
PYTHON = os.environ.get('ASSAY_PYTHON', 'python3')
SHOTS = os.environ.get('ASSAY_SHOTS')

# A value that rounds in float32, and one that bfloat16 holds and writes as it is (-2.625 would be told as the shorter -2.62).
TENTH, EXACT = '0.1', '-2.5'

# The file, what is edited in it (path, cell, place of the cell among all values), what it becomes, and who reads it back.
# Where a file can't be saved in place it is saved as another.
CASES = [
    {'name': 'keras-h5', 'file': TOP / 'data/example/digits.h5', 'library': 'keras',
     'path': 'features/conv2d_1/kernel', 'cell': (1, 1, 2, 3), 'shape': (3, 3, 8, 16), 'text': TENTH},
    {'name': 'keras-zip', 'file': DATA / 'keras/sequential_cnn/model.keras', 'library': 'keras',
     'path': 'out/kernel', 'cell': (4, 1), 'shape': (6, 3), 'text': TENTH},
    {'name': 'safetensors-sharded', 'file': DATA / 'safetensors/sharded/model.safetensors.index.json', 'library': 'safetensors',
     'path': 'model/layers/1/mlp/down_proj/weight', 'cell': (15, 39), 'shape': (16, 40), 'text': EXACT},
    {'name': 'tensorflow', 'file': DATA / 'tensorflow/keras3_adam/ckpt.index', 'library': 'tensorflow',
     'path': 'model/_functional/_operations/1/_kernel', 'cell': (2, 3), 'shape': (4, 5), 'text': TENTH},
    {'name': 'tensorflow-sharded', 'file': DATA / 'tensorflow/sharded_saver/ckpt.index', 'library': 'tensorflow',
     'path': 'layer_1/kernel', 'cell': (3, 4), 'shape': (4, 5), 'text': TENTH},
    {'name': 'tensorflow-link', 'file': DATA / 'tensorflow/keras3_adam/ckpt.index', 'library': 'tensorflow', 'by_link': True,
     'path': 'model/_functional/_operations/1/_kernel', 'cell': (2, 3), 'shape': (4, 5), 'text': TENTH,
     'save_as': 'saved.h5', 'saved_library': 'h5py',
     'saved_path': 'checkpoint/model/_functional/_operations/1/_kernel/.ATTRIBUTES/VARIABLE_VALUE'},
    {'name': 'npz', 'file': DATA / 'numpy/stored.npz', 'library': 'numpy',
     'path': 'layer/kernel', 'cell': (3, 0), 'shape': (4, 5), 'text': TENTH},
]


def shot(window, case, what):
    """Keeps a picture, if pictures are wanted."""
    if SHOTS:
        window.shot(os.path.join(SHOTS, '%s-%s.png' % (case['name'], what)))


def value_of(window):
    """The cell that the table of values tells: its index and its value; the table says it to a screen reader."""
    table = window.find('Values', 'table', rows=False)
    if table is None or not table.description.startswith('['):
        return None, None
    index, value = table.description.split(']', 1)
    return index + ']', value.strip().replace('\N{MINUS SIGN}', '-')


def go_to(window, cell):
    """Goes to a cell of the table and returns its value, once that is read."""
    text = '[%s]' % ', '.join(str(i) for i in cell)

    def there():
        index, value = value_of(window)
        return value if index == text and value != 'being read' else None

    window.keys('ctrl+g')
    window.wait('Index of the cell', 'text', rows=False)
    window.keys('ctrl+a')
    window.type(text)
    window.keys('Return')
    return window.wait_until(there, 'the cell %s' % text)


def expect(window, cell, text):
    """Goes to a cell and waits until it has a value."""
    go_to(window, cell)
    window.wait_until(lambda: value_of(window)[1] == text, 'the value %s' % text)


def select(window, path):
    """Finds a variable by its path, and opens the page of its values."""
    window.keys('ctrl+f')
    window.wait('Search the model', 'entry', rows=False)
    window.type(path)
    window.wait(path, 'label')
    window.keys('Return')
    window.wait('Shape', 'label', rows=False)
    window.keys('alt+1')
    window.wait_until(lambda: value_of(window)[0], 'a cell')


def edited(window, is_edited):
    """Waits until the title tells that there are edits, or none."""
    window.wait_until(lambda: ('•' in window.find(role='frame', rows=False).name) == is_edited,
                      'an unsaved edit' if is_edited else 'an end of the unsaved edits')


def save_as(window, case, target):
    """Saves where the file can't be written: the window asks for another one."""
    window.wait('Save as Another File?')
    shot(window, case, 'not-here')
    window.keys('Return')
    window.wait_until(lambda: 'Save As' in window.x_title(), 'the dialog “Save As”')
    window.keys('ctrl+a')
    window.type(str(target))
    shot(window, case, 'save-as')
    window.keys('Return')


def edit(case, source, target):
    """The job itself. Returns the value that was shown before."""
    with Window([PROGRAM, str(source)]) as window:
        window.wait('parameters', 'label', rows=False)
        select(window, case['path'])
        old = go_to(window, case['cell'])
        window.type(case['text'])
        shot(window, case, 'typed')
        window.keys('Return')
        edited(window, True)
        window.keys('ctrl+z')
        edited(window, False)
        expect(window, case['cell'], old)
        window.keys('ctrl+shift+z')
        edited(window, True)
        expect(window, case['cell'], case['text'])
        window.keys('ctrl+s')
        if target != source:
            save_as(window, case, target)
        # The message goes again, on a slow machine before it is found; the title and the file stay.
        window.wait_until(target.exists, 'the file')
        edited(window, target != source)
        shot(window, case, 'saved')
        window.keys('ctrl+q')
        if target != source:
            window.click(window.wait('Discard', 'push button'))
        window.process.wait(20)
        check(window.process.returncode == 0, 'the program ends with 0, not %s' % window.process.returncode)
    return old


def check(true, what):
    """Fails a case."""
    if not true:
        raise AssertionError('not so: ' + what)


def read_by_cli(what):
    """The values of a variable as assay-cli tells them, and only that a new process reads what was saved."""
    text = subprocess.run([CLI, 'show', '--format', 'csv', what['file'], what['path']], capture_output=True, text=True, check=True).stdout
    return [float(value) for row in csv.reader(text.splitlines()) for value in row]


def read_all(wanted):
    """The values of several variables, and of each which program read them."""
    answer = subprocess.run([PYTHON, str(TOP / 'tests/window/read-back.py')], input=json.dumps(wanted), capture_output=True, text=True,
                            check=False)
    if answer.returncode != 0:
        raise AssertionError('the file can’t be read back: ' + answer.stderr[-2000:])
    return [(values, what['library']) if values is not None else (read_by_cli(what), 'assay-cli')
            for values, what in zip(json.loads(answer.stdout), wanted)]


def compare(case, before, after):
    """One value is the new one, all others are the old ones."""
    at = 0
    for size, index in zip(case['shape'], case['cell']):
        at = at * size + index
    float32 = struct.unpack('f', struct.pack('f', float(case['text'])))[0]
    expected = list(before)
    expected[at] = float32
    # assay-cli writes as few digits as tell a float32.
    same = [struct.pack('f', a) == struct.pack('f', b) for a, b in zip(expected, after)]
    check(len(before) == len(after) and before[at] != float32, 'there was something to change')
    check(all(same), 'the file has the new value and else the old ones: %r, not %r' % (after[at], float32))


def drive(folder):
    """Edits a copy of each file; returns what remains to be read back, and what went wrong."""
    done, wrong = [], {}
    for case in CASES:
        place = folder / case['name']
        shutil.copytree(case['file'].parent, place)
        source = place / case['file'].name
        if case.get('by_link'):
            source.rename(place / 'behind.index')
            source.symlink_to('behind.index')
        target = place / case['save_as'] if 'save_as' in case else source
        try:
            case['old'] = edit(case, source, target)
            done.append((case, target))
        except (NotThere, AssertionError, subprocess.SubprocessError) as error:
            wrong[case['name']] = ''.join(traceback.format_exception_only(type(error), error))
    return done, wrong


def question(case, file, library):
    """What the library is to be asked. TensorFlow knows a checkpoint by its name without the suffix, a variable by its key."""
    if library == 'h5py':
        return {'library': library, 'file': str(file), 'path': case['saved_path']}
    if library != 'tensorflow':
        return {'library': library, 'file': str(file), 'path': case['path']}
    told = subprocess.run([CLI, 'show', '--json', str(file), case['path']], capture_output=True, text=True, check=True).stdout
    return {'library': library, 'file': str(file.with_suffix('')), 'path': json.loads(told)['key']}


def main():
    """Drives all, reads all back with one start of the libraries, and tells of each."""
    print('1..%d' % len(CASES), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        done, wrong = drive(pathlib.Path(folder))
        wanted = []
        for case, target in done:
            wanted.append(question(case, case['file'], case['library']))
            wanted.append(question(case, target, case.get('saved_library', case['library'])))
        read = read_all(wanted)
        readers = {}
        for i, (case, target) in enumerate(done):
            try:
                compare(case, read[2 * i][0], read[2 * i + 1][0])
                readers[case['name']] = read[2 * i + 1][1]
            except AssertionError as error:
                wrong[case['name']] = str(error)
    for i, case in enumerate(CASES):
        if case['name'] in wrong:
            print('\n'.join('# ' + line for line in wrong[case['name']].splitlines()))
        print('%s %d - %s read back by %s' % ('not ok' if case['name'] in wrong else 'ok', i + 1, case['name'],
                                              readers.get(case['name'], 'nothing')))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
