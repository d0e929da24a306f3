#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Comparisons, as a user makes them: two checkpoints of the example, a model and its unsaved edits, and what can't be compared.

    tests/desk.sh /usr/bin/python3 tests/window/compare.py
ASSAY_PROGRAM and ASSAY_CLI are the programs; what the window says is held against assay-cli diff. Speaks TAP.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

from drive import NotThere, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = TOP / 'data' / 'example'
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
CLI = os.environ.get('ASSAY_CLI', str(TOP / 'build' / 'src' / 'cli' / 'assay-cli'))
SHOTS = os.environ.get('ASSAY_SHOTS')
FIRST, LAST = EXAMPLE / 'training' / 'epoch-1.weights.h5', EXAMPLE / 'training' / 'epoch-8.weights.h5'


def check(true, what):
    """Fails a case."""
    if not true:
        raise AssertionError('not so: ' + what)


def shot(window, name):
    """Keeps a picture, if pictures are wanted."""
    if SHOTS:
        window.rest()
        window.shot(os.path.join(SHOTS, name + '.png'))


def diff(a, b):
    """What assay-cli says of the two: the metrics of the pairs."""
    text = subprocess.run([CLI, 'diff', '--json', str(a), str(b)], capture_output=True, text=True, check=False).stdout
    return [pair['metrics'] for pair in json.loads(text)['pairs']]


def rows(window):
    """The rows of the list: the texts of their labels."""
    found, row = [], None
    for node in window.nodes():
        if node.role == 'table row':
            row = []
            found.append(row)
        elif node.role == 'label' and row is not None:
            if node.text() == 'Distributions':
                break
            row.append(node.text())
    return [row for row in found if row]


def number(text):
    """A number as the window writes it."""
    return float(text.replace('\N{MINUS SIGN}', '-').replace('∞', 'inf'))


def variables(window):
    """Rows of variables, by the digits they have in the column of relative L2: [name, state, shape, relative, …]."""
    return [row for row in rows(window) if len(row) >= 4 and row[2] and row[2][0].isdigit()]


def facts(window):
    """What stands in the panel beside the changes."""
    texts = [node.text() for node in window.nodes(rows=False) if node.role == 'label']
    return {name: texts[i + 1] for i, name in enumerate(texts[:-1]) if name in ('relative L2', 'max |Δ|', 'values changed')}


def wait_compared(window):
    """Waits until a pair is shown with its changes."""
    window.wait('Largest Changes', 'label', rows=False)
    window.wait_until(lambda: facts(window).get('max |Δ|'), 'the metrics of a pair')


def checkpoints(folder):
    """Two checkpoints: the list tells what assay-cli tells; it is sorted, a variable is selected, its numbers are seen."""
    truth = diff(FIRST, LAST)
    with Window([PROGRAM, '--compare', str(FIRST), str(LAST)]) as window:
        wait_compared(window)
        window.wait('%d changed' % len(truth), 'label', rows=False)
        shot(window, 'compare-checkpoints')
        check(len(window.find('epoch-1.weights.h5 ⇄ epoch-8.weights.h5').name) > 0, 'the title names both')
        window.click(window.find('All variables in one list', rows=False))
        # What isn't in sight isn't there for a screen reader either.
        window.wait_until(lambda: len(rows(window)) - 1 == len(variables(window)) > 7, 'variables in one list')
        # Below the edge there may be some rows and not others.
        shown = [number(row[3]) for row in variables(window)][:8]
        wanted = sorted((pair['relative_l2'] for pair in truth), reverse=True)
        check(is_near(shown, wanted), 'relative L2, largest first: %s, not %s' % (shown, wanted))
        window.click(window.wait('max |Δ|', 'label'))
        largest = sorted((pair['max_abs'] for pair in truth), reverse=True)
        window.wait_until(lambda: is_near([number(row[4]) for row in variables(window)][:8], largest), 'rows sorted by max |Δ|')
        shot(window, 'compare-sorted')
        largest = largest[0]
        window.click(window.wait(variables(window)[0][0], 'label'))
        window.wait_until(lambda: abs(number(facts(window)['max |Δ|']) - largest) <= 1e-3 * largest, 'the metrics of the first row')
        check(facts(window)['values changed'].startswith('16 of'), 'all its values changed: %s' % facts(window))
        change = window.wait('→', 'list item', rows=False)
        window.click(change)
        told = [node.description for node in window.nodes(rows=False) if node.name.startswith('Heat map')]
        index = change.name.split(']')[0] + ']'
        window.wait_until(lambda: all(node.description.startswith(index) and not node.description.endswith('read')
                                      for node in window.nodes(rows=False) if node.name.startswith('Heat map')),
                          'all three heat maps tell of %s, not %s' % (index, told))
        values = [number(node.description.split(']')[1]) for node in window.nodes(rows=False) if node.name.startswith('Heat map')]
        check(len(values) == 3 and abs(values[1] - values[0] - values[2]) <= 1e-6, 'B − A is B less A: %s' % values)
        window.keys('ctrl+shift+x')
        window.wait('epoch-8.weights.h5 ⇄ epoch-1.weights.h5')
        quit(window)


def is_near(shown, wanted):
    """Whether numbers of four digits are those."""
    return len(shown) > 7 and all(abs(a - b) <= 1e-3 * b for a, b in zip(shown, wanted))


def quit(window):
    """Ends the program, which has to end well."""
    window.keys('ctrl+q')
    window.process.wait(20)
    check(window.process.returncode == 0, 'the program ends with 0, not %s' % window.process.returncode)


def edit(window, index, text):
    """Types a value into a cell of the variable that is shown."""
    window.keys('ctrl+g')
    window.wait('Index of the cell', 'text', rows=False)
    window.keys('ctrl+a')
    window.type(index)
    window.keys('Return')
    window.wait_until(lambda: window.find('Values', 'table', rows=False).description.startswith(index) and
                      not window.find('Values', 'table', rows=False).description.endswith('read'), 'the cell ' + index)
    window.type(text)
    window.keys('Return')


def changes(folder):
    """A model and its edits: Show Changes lists them, follows the next one, and ends with the last undone."""
    model = pathlib.Path(shutil.copy(EXAMPLE / 'digits.h5', folder))
    with Window([PROGRAM, str(model)]) as window:
        window.wait('parameters', 'label', rows=False)
        window.keys('ctrl+f')
        window.wait('Search the model', 'entry', rows=False)
        window.type('features/conv2d_1/kernel')
        window.wait('features/conv2d_1/kernel', 'label')
        window.keys('Return')
        window.wait('Shape', 'label', rows=False)
        window.keys('alt+1')
        edit(window, '[1, 1, 2, 3]', '0.5')
        window.wait_until(lambda: '•' in window.find(role='frame', rows=False).name, 'an unsaved edit')
        window.keys('ctrl+shift+h')
        wait_compared(window)
        shot(window, 'compare-changes')
        check(facts(window)['values changed'] == '1 of 1,152', 'one value changed: %s' % facts(window))
        check('[1, 1, 2, 3]' in window.find('→ 0.5', 'list item', rows=False).name, 'the change says where')
        window.click(window.wait('digits.h5 •', 'label', rows=False))
        edit(window, '[0, 0, 0, 0]', '2')
        window.click(window.wait('Changes of digits.h5', 'label', rows=False))
        window.wait_until(lambda: facts(window).get('values changed') == '2 of 1,152', 'the second edit')
        window.click(window.wait('digits.h5 •', 'label', rows=False))
        window.keys('ctrl+z', 'ctrl+z')
        window.wait_until(lambda: '•' not in window.find(role='frame', rows=False).name, 'an end of the unsaved edits')
        window.click(window.wait('Changes of digits.h5', 'label', rows=False))
        window.wait('There are no unsaved changes.', 'label', rows=False)
        window.keys('ctrl+w')
        window.wait('parameters', 'label', rows=False)
        quit(window)


def wrong_things(folder):
    """A file that is none, one that is cut, another format, and the same file twice."""
    cut = folder / 'cut.h5'
    cut.write_bytes((EXAMPLE / 'digits.h5').read_bytes()[:9000])
    other = TOP / 'tests' / 'data' / 'numpy' / 'stored.npz'
    for path, says in ((cut, 'Can’t Be Opened'), (folder / 'none.h5', 'Can’t Be Opened'), (other, 'only in A'), (FIRST, 'Nothing differs.')):
        with Window([PROGRAM, '--compare', str(FIRST), str(path)]) as window:
            window.wait(says)
            shot(window, 'compare-with-' + path.name)
            quit(window)


CASES = [('checkpoints', checkpoints), ('changes', changes), ('wrong-things', wrong_things)]


def main():
    print('1..%d' % len(CASES), flush=True)
    failed = 0
    for i, (name, case) in enumerate(CASES):
        wrong = None
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(pathlib.Path(folder))
            except (NotThere, AssertionError, subprocess.SubprocessError) as error:
                wrong = ''.join(traceback.format_exception(type(error), error, error.__traceback__))
        if wrong:
            failed += 1
            print('\n'.join('# ' + line for line in wrong.splitlines()))
        print('%s %d - /compare/%s' % ('not ok' if wrong else 'ok', i + 1, name), flush=True)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
