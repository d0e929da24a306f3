#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running a model, as a user does it: a real .keras CNN and a real SavedModel run on a picture, an activation looked at, a kernel scaled, run
again, the two runs compared; and what won't do, refused where it is given.

    tests/desk.sh /usr/bin/python3 tests/window/run.py
ASSAY_PROGRAM and ASSAY_CLI are the programs; what the window says is held against assay-cli run. ASSAY_SHOTS is a folder for pictures.
Speaks TAP.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from drive import Node, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = TOP / 'data' / 'example'
MODELS = TOP / 'tests' / 'data' / 'keras'
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
CLI = os.environ.get('ASSAY_CLI', str(TOP / 'build' / 'src' / 'cli' / 'assay-cli'))
SHOTS = os.environ.get('ASSAY_SHOTS')
SEVEN = EXAMPLE / 'pictures' / 'seven.png'


def shot(window, name):
    """Keeps a picture, if pictures are wanted."""
    if SHOTS:
        window.rest()
        window.shot(os.path.join(SHOTS, name + '.png'))


def check(true, what):
    """Fails a case."""
    if not true:
        raise AssertionError('not so: ' + what)


def labels(window):
    """All texts that are shown, but for those in tables."""
    return [node.text() for node in window.nodes(rows=False) if node.role in ('label', 'status bar')]


def wait_label(window, words):
    """Waits for a text, and returns it."""
    return window.wait_until(lambda: next((text for text in labels(window) if words in text), None), words)


def toggle(window):
    """Goes to the page for running the model, or back."""
    window.click(window.wait('or go back to its variables', rows=False))
    window.rest()


def open_run_page(window, variable):
    """Waits for the model, and goes to the page for running it."""
    window.wait(variable)
    toggle(window)
    window.wait('Run the model', 'push button', rows=False)


def choose_way(window, name):
    """Chooses where an input comes from."""
    window.click(window.wait(name, 'push button', rows=False))
    window.rest()


def choose_file(window, button, path):
    """Chooses a file in the dialog that a button opens."""
    title = window.x_title()
    window.click(window.wait(button, 'push button', rows=False))
    window.wait_until(lambda: window.x_title() == 'Choose an Input', 'the dialog')
    window.rest()
    window.keys('ctrl+l')
    window.type(str(path))
    time.sleep(0.3)
    window.keys('Return')
    window.wait_until(lambda: window.x_title() == title, 'the dialog is closed')


def run(window, number):
    """Runs the model, and waits until that is told of."""
    window.keys('ctrl+r')
    wait_label(window, 'run %d of %d' % (number, number))


def top_classes(window):
    """[class, probability] of the bars, as a screen reader tells them."""
    bars = [node.name.split() for node in window.nodes(rows=False) if node.role == 'level bar' and node.name.startswith('class')]
    return [[int(words[1].rstrip(':')), float(words[2])] for words in bars]


def run_in_terminal(model, picture):
    """The outputs' largest and least, as assay-cli has them."""
    done = subprocess.run([CLI, 'run', '--json', str(model), '--input', str(picture)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)['outputs'][0]


def rows_of(window, table):
    """The rows of a table: [the node of its first label, texts]. Only the table is looked through: that is much faster."""
    found = window.find(table, 'tree table', rows=False)
    waiting, rows = [found.accessible] if found else [], []
    while waiting:
        accessible = waiting.pop()
        node = Node(accessible)
        if node.role == 'table row':
            rows.append([None, []])
        elif node.role == 'label' and rows:
            rows[-1][0] = rows[-1][0] or node
            rows[-1][1].append(node.text())
        n_children = min(accessible.get_child_count(), 200)
        waiting += [child for child in (accessible.get_child_at_index(i) for i in range(n_children - 1, -1, -1)) if child]
    return rows


def layers(window):
    """The rows of the list of layers: [node of the name, texts]."""
    return [row for row in rows_of(window, 'What each layer gave') if row[0] is not None and len(row[1]) >= 4]


def find_layer(window, name):
    """A row of the list of layers."""
    return window.wait_until(lambda: next((row for row in layers(window) if row[1][0] == name), None), 'the layer ' + name)


def edit(window, variable, formula):
    """Changes a variable by a formula, from the page of variables."""
    toggle(window)
    window.keys('ctrl+f')
    window.type(variable)
    window.rest()
    window.keys('Down', 'Return')
    window.rest()
    window.keys('ctrl+e')
    window.rest()
    window.keys('ctrl+a')
    window.type(formula)
    window.rest()
    window.keys('Return')
    window.wait_until(lambda: '•' in window.x_title(), 'the model is edited')
    toggle(window)
    window.wait('Run the model', 'push button', rows=False)


def compared(window):
    """The rows of the comparison: the texts of each. The first are the titles."""
    return [texts for _, texts in rows_of(window, 'Differences')[1:] if len(texts) > 3]


def run_edit_compare(window, model, kernel, layer, first, name):
    """The main job: run on a picture, look at a layer, halve a kernel, run again, compare."""
    choose_way(window, 'Image')
    choose_file(window, 'Choose a picture', SEVEN)
    wait_label(window, 'seven.png, 8 × 8')
    run(window, 1)
    truth = run_in_terminal(model, SEVEN)
    classes = top_classes(window)
    check(abs(classes[0][1] - truth['max']) <= 0.00051, '%s is what assay-cli gives: %s' % (classes, truth))
    # A layer that gave pictures is shown by channel, without a click.
    grid = window.wait('Channels', 'table', rows=False)
    check('channel 0' in grid.description, 'the first channel is told of: %s' % grid.description)
    window.click(find_layer(window, layer)[0])
    window.rest()
    check(not window.find('Formula', rows=False), 'an activation has no formula')
    shot(window, name + '-1')
    edit(window, kernel, 'x * 0.5')
    run(window, 2)
    wait_label(window, 'after “')
    window.wait_until(lambda: find_layer(window, layer)[1][-1].endswith('%'), '%s has changed' % layer)
    shot(window, name + '-2')
    window.click(window.wait('Compare Runs', 'push button', rows=False))
    window.wait_until(lambda: 'Run 1' in window.x_title(), 'the comparison is shown')
    window.wait('Largest Changes', 'label', rows=False)
    rows = window.wait_until(lambda: compared(window), 'rows')
    check(any(first in text for text in rows[0][:1]), 'the first layer that differs is on top: %s' % rows[:3])
    shot(window, name + '-compare')


def case_cnn(folder):
    """A .keras CNN run on a picture, a kernel halved, run again, the runs compared."""
    model = pathlib.Path(folder) / 'cnn.keras'
    shutil.copyfile(MODELS / 'sequential_cnn' / 'model.keras', model)
    with Window([PROGRAM, str(model)]) as window:
        open_run_page(window, 'conv')
        run_edit_compare(window, model, 'conv/kernel', 'conv', 'conv', 'run-cnn')


def case_saved_model(folder):
    """A SavedModel run on a picture, a kernel halved, run again, the runs compared."""
    model = pathlib.Path(folder) / 'cnn'
    shutil.copytree(MODELS / 'sequential_cnn' / 'saved_model', model)
    with Window([PROGRAM, str(model)]) as window:
        open_run_page(window, 'Shape')
        run_edit_compare(window, model, 'variables/0 shape:[3,3,1,4]', 'conv_1', 'conv_1', 'run-saved')


def case_wrong(folder):
    """What won't do is refused where it is given: a shape, a text, a picture that is none, an array of another shape."""
    model = pathlib.Path(folder) / 'digits.h5'
    shutil.copyfile(EXAMPLE / 'digits.h5', model)
    no_picture = pathlib.Path(folder) / 'none.png'
    no_picture.write_text('no picture')
    with Window([PROGRAM, str(model)]) as window:
        open_run_page(window, 'conv2d_1')
        choose_way(window, 'Zeros')
        window.click(window.wait('Shape of the input', 'text', rows=False))
        window.keys('ctrl+a')
        window.type('[1, 9, 9, 1]')
        wait_label(window, 'expected shape=(None, 8, 8, 1), found shape=(1, 9, 9, 1)')
        window.keys('ctrl+r')
        window.rest()
        check(not any('run 1 of' in text for text in labels(window)), 'nothing has run')
        window.keys('ctrl+a')
        window.type('[4, 8, 8, 1]')
        window.rest()
        run(window, 1)
        wait_label(window, 'the first of 4')
        choose_way(window, 'Typed')
        window.click(window.wait('picture', 'text', rows=False))
        window.type('[[1, 2]]')
        wait_label(window, 'found shape=(1, 2)')
        window.keys('ctrl+a')
        window.type('[[1, 2')
        window.wait_until(lambda: not any('found shape=(1, 2)' in text for text in labels(window)), 'another sentence')
        shot(window, 'run-wrong')
        choose_way(window, 'Image')
        choose_file(window, 'Choose a picture', no_picture)
        window.wait_until(lambda: any('none.png' in text and len(text) > 20 for text in labels(window)), 'it is no picture')
        shot(window, 'run-no-picture')
        choose_way(window, 'File')
        choose_file(window, 'none.png', MODELS / 'mixed_dtypes' / 'inputs.npz')
        wait_label(window, 'found shape=(2, 4)')
        shot(window, 'run-wrong-file')


def case_tokens(folder):
    """Tokens are typed; one beyond the vocabulary is named in TensorFlow's words."""
    model = MODELS / 'embedding_mask_lstm' / 'model.keras'
    with Window([PROGRAM, str(model)]) as window:
        open_run_page(window, 'Shape')
        entry = window.wait('tokens', 'text', rows=False)
        window.click(entry)
        window.keys('ctrl+a')
        window.type('[[1, 2, 3, 0, 0, 0, 0]]')
        window.rest()
        window.keys('ctrl+r')
        window.wait_until(lambda: any('run 1 of' in text or 'expected shape' in text for text in labels(window)), 'it runs')
        shot(window, 'run-tokens')
        window.click(entry)
        window.keys('ctrl+a')
        window.type('[[1, 2, 3, 0, 0, 0, 100000]]')
        window.rest()
        window.keys('ctrl+r')
        wait_label(window, '100000')
        shot(window, 'run-tokens-wrong')


def case_nan(folder):
    """NaN is told of, and marked where it first appears."""
    model = pathlib.Path(folder) / 'digits.h5'
    shutil.copyfile(EXAMPLE / 'digits.h5', model)
    with Window([PROGRAM, str(model)]) as window:
        open_run_page(window, 'conv2d_1')
        edit(window, 'conv2d_1/bias', 'x / 0')
        choose_way(window, 'Random')
        run(window, 1)
        wait_label(window, 'first comes from')
        window.wait('here for the first time', 'image')
        shot(window, 'run-nan')


def case_nothing_to_run(folder):
    """A file with values only says so, and so does a model with a layer whose code is elsewhere."""
    with Window([PROGRAM, str(EXAMPLE / 'training' / 'epoch-1.weights.h5')]) as window:
        window.wait('features/conv2d_1/kernel')
        toggle(window)
        window.wait('This Model Can’t Be Run', rows=False)
        shot(window, 'run-nothing')
    with Window([PROGRAM, str(MODELS / 'subclassed' / 'model.keras')]) as window:
        window.wait('Shape')
        toggle(window)
        window.wait('This Model Can’t Be Run', rows=False)
        window.wait('GatedModel', rows=False)
        shot(window, 'run-unknown')


def main():
    """Runs the cases; those named on the command line, or all."""
    cases = [case_cnn, case_saved_model, case_wrong, case_tokens, case_nan, case_nothing_to_run]
    cases = [case for case in cases if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]]
    failed = 0
    print('1..%d' % len(cases))
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(folder)
                print('ok %d - %s' % (number, case.__doc__.strip()))
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print('not ok %d - %s' % (number, case.__doc__.strip()))
                print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()))
        sys.stdout.flush()
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
