#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running a model, as a user does it: the example on a picture, an activation looked at, a kernel scaled, run again, the runs compared.

    tests/desk.sh /usr/bin/python3 tests/window/run.py
ASSAY_PROGRAM is the program, ASSAY_SHOTS a folder for pictures. Speaks TAP.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import traceback

from drive import Window

TOP = pathlib.Path(__file__).resolve().parents[2]
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


def labels(window):
    """All texts that are shown."""
    return [node.text() for node in window.nodes() if node.role == 'label' and node.shown()]


def choose_way(window, n_down):
    """Chooses where an input comes from: so many steps below the first."""
    window.click(window.wait('Where the values come from', rows=False))
    window.rest()
    window.keys('Home', *['Down'] * n_down, 'Return')
    window.rest()


def toggle(window):
    """Goes to the page for running the model, or back."""
    window.click(window.wait('or go back to its variables', rows=False))
    window.rest()


def case_example(folder):
    """The digits model: typed wrongly, random, and compared after an edit."""
    model = pathlib.Path(folder) / 'digits.h5'
    shutil.copyfile(EXAMPLE / 'digits.h5', model)
    with Window([PROGRAM, str(model)]) as window:
        window.wait('conv2d_1')
        toggle(window)
        window.wait('Run the Model', rows=False)
        choose_way(window, 1)
        window.keys('ctrl+r')
        window.wait_until(lambda: any('ms ·' in text for text in labels(window)), 'the run is told of')
        window.wait_until(lambda: any('unedited' in text for text in labels(window)), 'the run is listed')
        shot(window, 'run-1')
        texts = labels(window)
        check(any(text.startswith('output') for text in texts), 'an output is named: %s' % texts)
        # Back to the variables, a kernel scaled, run again.
        toggle(window)
        window.keys('ctrl+f')
        window.type('conv2d_1/kernel')
        window.rest()
        window.keys('Down', 'Return')
        window.rest()
        window.keys('ctrl+e')
        window.rest()
        window.keys('ctrl+a')
        window.type('x * 0.5')
        window.rest()
        window.keys('Return')
        window.wait_until(lambda: '•' in window.x_title(), 'the model is edited')
        toggle(window)
        window.wait('Run the Model', rows=False)
        window.keys('ctrl+r')
        window.wait_until(lambda: any('after “' in text for text in labels(window)), 'the second run is listed')
        shot(window, 'run-2')
        window.click(window.find('Compare Runs', rows=False))
        window.wait_until(lambda: any('Run 1' in text for text in labels(window)) or 'Run 1' in window.x_title(), 'the comparison is shown')
        shot(window, 'run-compare')


def case_nothing_to_run(folder):
    """A file with values only says so."""
    with Window([PROGRAM, str(EXAMPLE / 'training' / 'epoch-1.weights.h5')]) as window:
        window.wait('features/conv2d_1/kernel')
        toggle(window)
        window.wait('This Model Can’t Be Run', rows=False)
        shot(window, 'run-nothing')


def main():
    """Runs the cases."""
    cases = [case_example, case_nothing_to_run]
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
