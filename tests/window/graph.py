#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The graph of a model's functions, as a user looks at it: groups opened, walked along the lines, what a layer gave in the last run.

    tests/desk.sh /usr/bin/python3 tests/window/graph.py
ASSAY_PROGRAM is the program, ASSAY_SHOTS a folder for pictures. Speaks TAP.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import traceback
import zipfile

from drive import Atspi, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
DATA = TOP / 'tests' / 'data'
EXAMPLE = TOP / 'data' / 'example'
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
SHOTS = os.environ.get('ASSAY_SHOTS')


def shot(window, name):
    """Keeps a picture, if pictures are wanted."""
    if SHOTS:
        window.rest()
        window.shot(os.path.join(SHOTS, name + '.png'))


def check(true, what):
    """Fails a case."""
    if not true:
        raise AssertionError('not so: ' + what)


def told(window):
    """What a screen reader is told of the selected box."""
    canvas = window.find('Graph', 'image', rows=False)
    return canvas.description if canvas else ''


def press(window, key, words):
    """Presses a key until the selected box has these words, its neighbours left out."""
    for _ in range(12):
        window.keys(key)
        window.rest()
        if words in told(window).split(';')[0]:
            return
    raise AssertionError('%s never led to “%s”, but to “%s”' % (key, words, told(window)))


def find_by_clicks(window, words):
    """Clicks down the middle of the picture until a box with these words is selected, and says where that is."""
    box = window.find('Graph', 'image', rows=False).box()
    for down in range(12, box.height, 24):
        window.click_at(box.x + box.width // 2, box.y + down)
        window.rest()
        if words in told(window).split(';')[0]:
            return box.x + box.width // 2, box.y + down
    raise AssertionError('no click selects “%s”' % words)


def labels(window):
    """All texts that are shown."""
    return [node.text() for node in window.nodes(rows=False) if node.role == 'label']


def chosen(window):
    """Which function is drawn, as its chooser says; None while there is no picture."""
    nodes = list(window.nodes(rows=False))
    at = [i for i, node in enumerate(nodes) if node.description == 'The function that is drawn']
    return next((node.text() for node in nodes[at[0]:] if node.role == 'label'), None) if at else None


def show_graph(window, by_button=False):
    """Goes from the variables to the graph."""
    window.wait('parameters', 'label', rows=False)
    if by_button:
        window.click(window.wait('Show Its Operations', 'push button', rows=False))
    else:
        window.keys('ctrl+shift+g')
    window.wait('Graph', 'image', rows=False)
    window.wait_until(lambda: any('operations' in text for text in labels(window)), 'the function is drawn')
    window.rest()


def listed(window):
    """What the list of functions on the model's page tells a screen reader."""
    return [node for node in window.nodes(rows=False) if node.role == 'list item' and ', takes ' in node.name]


def focused(window):
    """What has the keyboard, as it is told; and what kind of thing that is."""
    return next(((node.name, node.role) for node in window.nodes() if node.has(Atspi.StateType.FOCUSED)), ('', ''))


def walk_to(window, words):
    """Presses Tab until what has the keyboard is told with these words."""
    for _ in range(40):
        now = focused(window)
        if now[0].startswith(words):
            return
        window.keys('Tab')
        window.wait_until(lambda was=now: focused(window) not in (('', ''), was), 'the next thing to stop at')
    raise AssertionError('Tab never leads to “%s”' % words)


def case_functions(_folder):
    """The page of a SavedModel lists what can be called; each leads to its operations, by keyboard and mouse."""
    with Window([PROGRAM, str(DATA / 'tensorflow' / 'saved_model')]) as window:
        window.wait_until(lambda: len(listed(window)) == 6, 'all six functions are listed')
        check(listed(window)[0].name == 'serving_default, takes input_1 float32 ? × 3, gives flexible_dense_4 float32 ? × 2',
              'the first tells what it takes and gives: %s' % listed(window)[0].name)
        shot(window, 'functions')
        # The tree is closed, to be out of it sooner.
        window.keys('Left')
        window.rest()
        walk_to(window, 'serving_default, takes')
        window.keys('Down', 'Down', 'Return')
        window.wait_until(lambda: chosen(window) == '__call___1', 'the third function is drawn')
        window.keys('ctrl+shift+g')
        window.rest()
        window.click(listed(window)[3])
        window.wait_until(lambda: chosen(window) == 'call_and_return_all_conditional_losses', 'the fourth function is drawn')
        # A module below has no list of its own.
        window.keys('ctrl+shift+g')
        window.rest()
        window.keys('F6', 'Right')
        window.rest()
        window.keys('Down')
        window.wait_until(lambda: not listed(window), 'only the model has a list')


def case_functions_that_cant_be_run(folder):
    """The page says why functions can't be listed: the layer that isn't known."""
    model = pathlib.Path(folder) / 'model.keras'
    with zipfile.ZipFile(DATA / 'keras' / 'sequential_cnn' / 'model.keras') as whole, zipfile.ZipFile(model, 'w') as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name).replace(b'"Conv2D"', b'"Conv2DOfOurs"'))
    with Window([PROGRAM, str(model)]) as window:
        window.wait_until(lambda: any('Conv2DOfOurs' in text and len(text) > 20 for text in labels(window)), 'the layer is named')
        check(window.find('Functions of the model', rows=False) is None, 'there is no list')
        shot(window, 'functions-failed')


def case_keras(folder):
    """A .keras file: a layer opened, run, what it gave; an operation inside that wasn't kept; a variable it reads."""
    model = pathlib.Path(folder) / 'model.keras'
    shutil.copyfile(DATA / 'keras' / 'sequential_cnn' / 'model.keras', model)
    with Window([PROGRAM, str(model)]) as window:
        show_graph(window)
        window.keys('Home')
        window.rest()
        check(', input' in told(window), 'the first box is an input: %s' % told(window))
        press(window, 'Down', 'Conv2D, group, closed')
        check('; from ' in told(window) and '; to ' in told(window) and ' × ' in told(window), 'flows and shapes are told: %s' % told(window))
        shot(window, 'graph-closed')
        # With the mouse, and closed again with the keyboard.
        window.keys('Home')
        window.rest()
        x, y = find_by_clicks(window, 'Conv2D, group, closed')
        window.click_at(x, y, 2)
        window.wait_until(lambda: 'group, open' in told(window), 'a double click opens the group')
        window.keys('Return')
        window.wait_until(lambda: 'group, closed' in told(window), 'the group is closed')
        window.keys('Return')
        window.wait_until(lambda: 'group, open' in told(window), 'the group is open')
        # Nothing was run yet: the panel shows what it is, and offers to run the model.
        window.click(window.wait('Activation', 'page tab', rows=False))
        window.wait('Run the model to see its values', rows=False)
        window.keys('ctrl+r')
        window.wait_until(lambda: '1 × 6 × 6 × 4' in labels(window), 'the shape of what the layer gave is shown')
        window.wait('Channels', 'page tab', rows=False)
        shot(window, 'graph-activation')
        # Of the layer's operations the first wasn't kept: it is computed once more.
        window.keys('ctrl+shift+g', 'ctrl+shift+g')
        window.rest()
        press(window, 'Down', 'BiasAdd')
        window.wait_until(lambda: 'sequential_cnn/conv/BiasAdd' in labels(window), 'an operation is selected')
        window.wait_until(lambda: 'BiasAdd' in labels(window) and '1 × 6 × 6 × 4' in labels(window), 'what the operation gave is shown')
        shot(window, 'graph-operation')
        # A variable that it reads leads to the tree.
        window.click(window.wait('Details', 'page tab', rows=False))
        window.click(window.wait('conv/bias', 'push button', rows=False))
        window.wait_until(lambda: 'bias' in labels(window), 'the bias is shown')
        window.rest()
        shot(window, 'graph-variable')


def case_saved_model(folder):
    """A SavedModel: found by name in closed groups, a loop opened, everything closed again."""
    model = pathlib.Path(folder) / 'saved_model'
    shutil.copytree(DATA / 'keras' / 'embedding_mask_lstm' / 'saved_model', model)
    with Window([PROGRAM, str(model)]) as window:
        show_graph(window, by_button=True)
        window.keys('ctrl+f')
        window.type('while')
        window.wait_until(lambda: told(window).startswith('While'), 'the first match is selected')
        check(any(text.startswith('1 of ') for text in labels(window)), 'matches are counted')
        window.keys('Escape')
        window.rest()
        window.keys('Return')
        window.wait_until(lambda: 'group, open' in told(window), 'the loop is open')
        press(window, 'Down', ', function, closed')
        shot(window, 'graph-loop')
        window.click(window.wait('Close all groups', rows=False))
        window.wait_until(lambda: 'Nothing is selected' in told(window), 'what was selected is closed')


def case_damaged(_folder):
    """NaN in a kernel: what it damages is told."""
    with Window([PROGRAM, str(EXAMPLE / 'digits.h5')]) as window:
        window.wait('conv2d_1')
        window.keys('ctrl+f')
        window.type('conv2d_1/bias')
        window.rest()
        window.keys('Down', 'Return')
        window.rest()
        window.keys('ctrl+e')
        window.rest()
        window.keys('ctrl+a')
        window.type('x / 0')
        window.rest()
        window.keys('Return')
        window.wait_until(lambda: '•' in window.x_title(), 'the model is edited')
        show_graph(window)
        window.keys('ctrl+r')
        window.rest()
        window.keys('Home')
        press(window, 'Down', 'conv2d_1')
        window.wait_until(lambda: 'NaN or infinity came out of it' in told(window), 'damage is told: %s' % told(window))
        window.keys('Up', 'Up')
        window.rest()
        check('NaN' not in told(window), 'what is before it is whole: %s' % told(window))
        shot(window, 'graph-damaged')


def case_inputs_that_wont_do(_folder):
    """Inputs that won't do are told where they are typed."""
    with Window([PROGRAM, str(DATA / 'keras' / 'merges_multi_io' / 'model.keras')]) as window:
        show_graph(window)
        window.click(window.wait('or go back to its variables', rows=False))
        window.wait('Run the model', 'push button', rows=False)
        window.click(window.wait('Typed', 'push button', rows=False))
        window.rest()
        window.click(window.wait('left', 'text', rows=False))
        window.keys('ctrl+a')
        window.type('[[1, 2]]')
        window.wait('found shape=(1, 2)', rows=False)
        window.keys('ctrl+shift+g')
        window.rest()
        check(not window.find('or go back to its variables', rows=False).has(Atspi.StateType.PRESSED), 'the graph is shown')
        window.keys('ctrl+r')
        window.rest()
        check(window.find('or go back to its variables', rows=False).has(Atspi.StateType.PRESSED), 'the page of the inputs is shown')


def case_nothing(_folder):
    """A file with values only says that there is nothing to draw."""
    with Window([PROGRAM, str(EXAMPLE / 'training' / 'epoch-1.weights.h5')]) as window:
        window.wait('parameters', 'label', rows=False)
        check(window.find('Show Its Operations', rows=False) is None, 'no operations are offered')
        window.keys('ctrl+shift+g')
        window.wait_until(lambda: any('nothing to call' in text for text in labels(window)), 'it says why')
        shot(window, 'graph-nothing')
        window.keys('ctrl+shift+g')
        window.wait('features/conv2d_1/kernel')


def main():
    """Runs the cases."""
    cases = [case_functions, case_functions_that_cant_be_run, case_keras, case_saved_model, case_damaged, case_inputs_that_wont_do, case_nothing]
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
