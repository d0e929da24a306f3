#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""TensorFlow's tutorial on modules, done by hand with mouse and keyboard: from New Model to the loaded saved model, and what goes
wrong on the way.

    tests/desk.sh /usr/bin/python3 tests/window/new-model.py
ASSAY_PROGRAM is the program, ASSAY_SHOTS a folder for pictures. Speaks TAP.
"""

import os
import pathlib
import re
import sys
import tempfile
import traceback

from drive import Window

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
SHOTS = os.environ.get('ASSAY_SHOTS')

MODULE_MODEL, KERAS_LAYER, KERAS_MODEL = 'MySequentialModel, tf.Module', 'FlexibleDense, Keras', 'MySequentialModel, Keras'

# What TensorFlow gives for tf.random.set_seed (5) and the tutorial's MySequentialModel on [[1, 2, 3, 4, 5]]; for
# tf.random.set_seed (31) and its SequentialModel (its cell 7).
MY_SEQUENTIAL_5 = 'array([[15.82082'
SEQUENTIAL_31 = 'array([[5.342552 , 1.0393705]]'


def shot(window, name):
    """Keeps a picture, if pictures are wanted."""
    if SHOTS:
        window.rest()
        window.shot(os.path.join(SHOTS, 'new-model-%s.png' % name))


def check(true, what):
    """Fails a case."""
    if not true:
        raise AssertionError('not so: ' + what)


def labels(window):
    """All texts that are shown."""
    return [node.text() for node in window.nodes() if node.role == 'label' and node.shown()]


def wait_label(window, words):
    """Waits for a text, and returns it."""
    return window.wait(words, 'label', rows=False).text()


def outputs(window):
    """The results of calls so far, the first one first."""
    return [text for text in labels(window) if text.startswith('<tf.Tensor')]


def current(window, words, role):
    """The last of the things that say this: those of tabs behind are still there, before it."""
    return window.wait_until(lambda: next(reversed([node for node in window.nodes(rows=False) if node.role == role and node.says(words)]), None),
                             '%s “%s”' % (role, words))


def fill(window, name, text):
    """Types into a field."""
    window.click(current(window, name, 'text'))
    window.keys('ctrl+a')
    if text:
        window.type(text)
    else:
        window.keys('BackSpace')


def make(window, kind, **settings):
    """Makes a model: a class, and what is typed for its settings."""
    # A card's name is that of no other; part of it may be.
    window.click(window.wait_until(lambda: next(reversed([node for node in window.nodes(rows=False) if node.name == kind]), None), kind))
    for name, text in settings.items():
        fill(window, name.replace('_', ' '), text)
    window.click(current(window, 'Make the model', 'push button'))


def new_model(window, kind, **settings):
    """Makes a model in a new tab."""
    window.keys('ctrl+n')
    make(window, kind, **settings)
    window.wait_until(lambda: cells(window) and '\nmodel' in '\n' + cells(window)[0], 'the first cell')


def parts(window):
    """The notebook that was made last: its cells, its input, its button; each question costs messages, so all at once."""
    found = {}
    for node in window.nodes(rows=False):
        for name, role, words in (('cells', 'list', 'What was done'), ('input', 'text', 'Numbers in nested lists, as Python'),
                                  ('call', 'push button', 'Call the model')):
            if node.role == role and (node.name == words or words in node.description):
                found[name] = node
    return found


def read_cells(node):
    """What was done: the names of the notebook's rows."""
    return [node.accessible.get_child_at_index(i).get_name() for i in range(node.accessible.get_child_count())]


def cells(window):
    """What was done in the notebook that was made last; nothing if there is none."""
    found = parts(window)
    return read_cells(found['cells']) if 'cells' in found else []


def call(window, text):
    """Types an input, and calls; returns what came of it, which is the last cell."""
    found = parts(window)
    n = len(read_cells(found['cells']))
    window.click(found['input'])
    window.keys('ctrl+a')
    window.type(text)
    window.click(found['call'])
    return window.wait_until(lambda: len(read_cells(found['cells'])) > n and read_cells(found['cells'])[-1], 'a cell')


def file_dialog(window, button, title, path):
    """Clicks a button, and names a file in the dialog that comes."""
    window.click(current(window, button, 'push button'))
    window.wait_until(lambda: title in window.x_title(), 'the dialog “%s”' % title)
    window.keys('ctrl+a')
    window.type(str(path))
    window.rest()
    window.keys('Return')
    window.wait_until(lambda: title not in window.x_title(), 'the end of the dialog “%s”' % title)


def row(window, words):
    """A row of the tree."""
    return window.find(words, 'filler')


def case_tutorial(folder):
    """The tutorial: unbuilt, built at the first call, saved, restored into an unbuilt model, saved as a model and loaded"""
    with Window([PROGRAM]) as window:
        window.click(window.wait('Make a small model by hand', 'push button', rows=False))
        shot(window, 'form')
        make(window, MODULE_MODEL, Name='the_model', Seed='5')
        wait_label(window, 'Not built yet: variables come into being at the first call.')
        check(row(window, 'dense_1') and not row(window, 'dense_1/w'), 'there are layers without variables')
        shot(window, 'unbuilt')
        output = call(window, '[[1, 2, 3, 4, 5]]')
        check(output.startswith('model(tf.constant([[1.0, 2.0, 3.0, 4.0, 5.0]]))\n<tf.Tensor: shape=(1, 2)'), 'the call says %s' % output)
        check(MY_SEQUENTIAL_5 in output, 'the seed gives what TensorFlow gives: %s' % output)
        window.wait_until(lambda: row(window, 'dense_1/w'), 'w of dense_1')
        check('5 × 3' in labels(window), 'w is 5 × 3: %s' % labels(window))
        output = call(window, '[[1, 2, 3, 4]]')
        check(output.endswith('Matrix size-incompatible: In[0]: [1,4], In[1]: [5,3] [Op:MatMul]'), 'the wrong shape says %s' % output)
        shot(window, 'called')
        first = outputs(window)[-1]
        file_dialog(window, 'Save the values', 'Save a Checkpoint', folder / 'my_checkpoint.h5')
        window.wait_until(lambda: cells(window)[-1].endswith("checkpoint.write('%s')\n'%s'" % ((folder / 'my_checkpoint',) * 2)), 'the checkpoint')
        check((folder / 'my_checkpoint.h5').exists(), 'the file is there')
        # A fresh model of the same class gets the values as soon as it has variables.
        new_model(window, MODULE_MODEL)
        file_dialog(window, 'Restore the values', 'Restore a Checkpoint', folder / 'my_checkpoint.h5')
        wait_label(window, 'Deferred: 2 restored values wait for their variables: model/dense_1/w, model/dense_2/w.')
        shot(window, 'deferred')
        call(window, '[[1, 2, 3, 4, 5]]')
        wait_label(window, 'Restored: all 2 values')
        check(outputs(window)[-1] == first, 'the restored model gives %s, the other gave %s' % (outputs(window)[-1], first))
        shot(window, 'restored')
        file_dialog(window, 'Save values and operations', 'Save the Model', folder / 'my_saved_model.h5')
        window.click(window.wait('Load the saved model', 'push button', rows=False))
        window.wait_until(lambda: window.x_title() == 'my_saved_model.h5', 'the loaded model in its tab')
        wait_label(window, '_UserObject')
        shot(window, 'loaded')
        run_loaded(window, first)


def run_loaded(window, first):
    """Runs the loaded model on the same input; it gives the same numbers."""
    window.click(window.wait('or go back to its variables', rows=False))
    window.click(current(window, 'as in [[1, 2, 3]]', 'text'))
    window.keys('ctrl+a')
    window.type('[[1, 2, 3, 4, 5]]')
    window.keys('ctrl+r')
    wait_label(window, 'unedited')
    shot(window, 'loaded-run')
    # To four digits: how many are shown is the window's business.
    number = '%.4g' % float(re.search(r'\[\[\s*([-+0-9.e]+)', first).group(1))
    window.keys('alt+1')
    window.wait_until(lambda: (lambda table: table and number[:5] in table.description)(current(window, 'Values', 'table')), 'the number %s' % number)


def case_edits(_folder):
    """A value that is edited counts in the next call, and in what is saved; leaving asks"""
    with Window([PROGRAM]) as window:
        window.wait('Make a small model by hand', rows=False)
        new_model(window, 'SequentialModel, tf.Module', Seed='31')
        check(SEQUENTIAL_31 in call(window, '[[2, 2, 2]]'), 'the seed gives what TensorFlow gives: %s' % cells(window))
        window.click(window.wait('dense_2/b', 'filler'))
        window.wait('Shape', 'label', rows=False)
        window.keys('alt+1')
        window.wait('Values', 'table', rows=False)
        window.keys('ctrl+g')
        window.type('[1]')
        window.keys('Return')
        window.type('1000')
        window.keys('Return')
        window.wait_until(lambda: '•' in window.x_title(), 'an unsaved edit')
        check('1001.03937' in call(window, '[[2, 2, 2]]'), 'the edit counts: %s' % cells(window)[-1])
        shot(window, 'edited')
        window.keys('ctrl+w')
        window.wait('Save Changes?', rows=False)
        shot(window, 'leaving')
        window.keys('Escape')
        window.wait('Input of the call', rows=False)


def case_keyboard(_folder):
    """The keyboard alone leads from nothing to an output"""
    with Window([PROGRAM]) as window:
        window.wait('Make a small model by hand', rows=False)
        window.keys('ctrl+n')
        window.wait('Make the model', 'push button', rows=False)
        window.rest()
        # The cursor is in the first setting: the sizes of the layers.
        window.keys('ctrl+a')
        window.type('4, 4, 1')
        window.keys('Return')
        window.wait_until(lambda: cells(window) == ['model = MySequentialModel(sizes=[4, 4, 1])\n'], 'the notebook')
        window.keys('ctrl+a')
        window.type('[[1, 2], [3, 4]]')
        window.keys('Return')
        window.wait_until(lambda: 'shape=(2, 1)' in cells(window)[-1], 'the output')
        check(row(window, 'dense_3/w'), 'three layers are built')
        # Leaving a tab while its model is being made stops that, and nothing else.
        window.keys('ctrl+n')
        make(window, 'Dense, tf.Module', Input_Features='20000', Output_Features='20000')
        window.keys('ctrl+w')
        window.wait_until(lambda: window.x_title() == 'my_sequential_model', 'the other model')
        check('shape=(1, 1)' in call(window, '[[5, 6]]'), 'the other model still answers: %s' % cells(window)[-1])


def case_keras(_folder):
    """Keras' layer is built once; its error, its names and its summary are Keras' own"""
    with Window([PROGRAM]) as window:
        window.wait('Make a small model by hand', rows=False)
        new_model(window, KERAS_LAYER)
        call(window, '[[2, 2, 2], [3, 3, 3]]')
        check('w' and row(window, 'w'), 'w is there')
        output = call(window, '[[2, 2, 2, 2]]')
        for part in ("Exception encountered when calling layer 'flexible_dense' (type FlexibleDense).",
                     'Matrix size-incompatible: In[0]: [1,4], In[1]: [3,3] [Op:MatMul] name:', 'inputs=tf.Tensor(shape=(1, 4), dtype=float32)'):
            check(part in output, 'the error says %s' % output)
        shot(window, 'keras-error')
        new_model(window, KERAS_MODEL)
        call(window, '[[2, 2, 2]]')
        window.click(current(window, 'Print what the model has', 'push button'))
        window.wait('model.summary()', 'menu item', rows=False)
        window.keys('Down', 'Down', 'Down', 'Down', 'Return')
        window.wait_until(lambda: 'Total params: 20 (80.00 Byte)' in cells(window)[-1], 'the summary')
        shot(window, 'keras-summary')


def case_wrong(folder):
    """What is done wrong gives a sentence where it was done"""
    with Window([PROGRAM]) as window:
        window.click(window.wait('Make a small model by hand', 'push button', rows=False))
        make(window, 'FlexibleDense, tf.Module', Output_Features='many')
        wait_label(window, 'out_features must be a whole number')
        make(window, 'FlexibleDense, tf.Module', Output_Features='3', Name='bad name')
        wait_label(window, "'bad name' is not a valid module name.")
        shot(window, 'bad-name')
        make(window, 'FlexibleDense, tf.Module', Output_Features='1000000000', Name='huge')
        window.wait_until(lambda: cells(window), 'the notebook')
        check('Out of memory' in call(window, '[[2, 2, 2]]'), 'absurd sizes are refused: %s' % cells(window))
        check('A comma or bracket is missing' in call(window, '[[1, 2'), 'a bracket is missing: %s' % cells(window))
        (folder / 'text.h5').write_text('This is no checkpoint.', encoding='utf-8')
        file_dialog(window, 'Restore the values', 'Restore a Checkpoint', folder / 'text.h5')
        n = len(cells(window))
        window.wait_until(lambda: len(cells(window)) >= n and 'checkpoint.restore' in cells(window)[-1], 'the cell of the restoring')
        check('is text, not a model' in cells(window)[-1], 'a text is no checkpoint: %s' % cells(window)[-1])
        # Nobody may write there, root neither.
        file_dialog(window, 'Save the values', 'Save a Checkpoint', '/proc/assay.h5')
        window.wait_until(lambda: 'checkpoint.write' in cells(window)[-1], 'the cell of the saving')
        check(not cells(window)[-1].endswith("'"), 'saving where one can’t is told: %s' % cells(window)[-1])
        shot(window, 'wrong')


def main():
    """Runs the cases."""
    cases = [case_tutorial, case_edits, case_keyboard, case_keras, case_wrong]
    wanted = sys.argv[1:]
    cases = [case for case in cases if not wanted or case.__name__ in wanted]
    failed = 0
    print('1..%d' % len(cases))
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(pathlib.Path(folder))
                print('ok %d - %s' % (number, case.__doc__.strip()))
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print('not ok %d - %s' % (number, case.__doc__.strip()))
                print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()))
        sys.stdout.flush()
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
