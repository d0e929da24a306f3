#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever a person can stop at with the keyboard has a name for a screen reader: walks the accessibility tree of every page and
of the windows around it. Speaks TAP.

    tests/desk.sh /usr/bin/python3 tests/window/names.py
ASSAY_PROGRAM is the program.
"""

import os
import pathlib
import re
import sys

from drive import Atspi, NotThere, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
MODEL = str(TOP / 'data/example/digits.h5')

# What GTK calls a widget that nobody has named.
CLASS = re.compile(r'^(Gtk|Adw|Assay)[A-Z]\w*$')


def nameless(window):
    """What can be stopped at and has no name; and how much has one."""
    found, n_named = [], 0
    for node in window.nodes():
        if not node.has(Atspi.StateType.FOCUSABLE):
            continue
        if node.name.strip() and not CLASS.match(node.name.strip()):
            n_named += 1
        else:
            box = node.box()
            found.append('%s “%s” (%s) at %d, %d' % (node.role, node.name, node.description, box.x, box.y))
    return found, n_named


def open_variable(window, path):
    """Selects a variable by its path."""
    window.keys('ctrl+f')
    window.wait('Search the model', 'entry', rows=False)
    window.keys('ctrl+a')
    window.type(path)
    window.wait(path, 'label')
    window.keys('Return')
    window.wait('Shape', 'label', rows=False)


def edit_cell(window):
    """Opens the editor of a cell; it says what it is, and what it holds."""
    window.keys('alt+1')
    window.wait('Values', 'table', rows=False)
    window.keys('ctrl+g')
    window.keys('Return')
    window.type('0.75')
    editor = window.wait('New value of [0, 0, 0, 0]', 'text', rows=False)
    if editor.text() != '0.75' or not editor.has(Atspi.StateType.EDITABLE):
        raise NotThere('the editor says “%s”' % editor.text())


# Each place: its name, and how to come there from the one before.
PLACES = [
    ('a module', lambda window: window.wait('Class of the module', 'label', rows=False)),
    ('values', lambda window: (open_variable(window, 'conv2d_1/kernel'), window.keys('alt+1'), window.wait('Values', 'table', rows=False))),
    ('editing a cell', edit_cell),
    ('heat map', lambda window: (window.keys('Escape', 'alt+2'), window.wait('Heat map', 'image', rows=False))),
    ('filters', lambda window: (window.keys('alt+3'), window.wait('Filters', 'table', rows=False))),
    ('distribution', lambda window: (window.keys('alt+4'), window.wait('Values by channel', 'image', rows=False))),
    ('about', lambda window: (window.keys('alt+5'), window.wait('Read it in Python', 'label', rows=False))),
    ('a search', lambda window: (window.keys('ctrl+f'), window.type('bias'), window.wait('conv2d_1/bias', 'label'))),
    ('the menu', lambda window: (window.keys('Escape', 'F10'), window.wait('Save As', None, rows=False))),
    ('help', lambda window: (window.keys('Escape', 'F1'), window.wait_until(lambda: window.x_title() == 'Help', 'the help'))),
]

# The same, on the page where a model is run.
RUN_PLACES = [
    ('running', lambda window: (window.keys('ctrl+r'), window.wait('Run the model', 'push button', rows=False))),
    ('a picture', lambda window: (window.click(window.find('Image', 'push button', rows=False)), window.wait('Choose a picture', 'push button', rows=False))),
    ('a run', lambda window: (window.click(window.find('Random', 'push button', rows=False)), window.rest(), window.keys('ctrl+r'),
                              window.wait('run 1 of 1', 'label', rows=False), window.wait('Channels', 'table', rows=False))),
    ('two runs', lambda window: (window.keys('ctrl+r'), window.wait('run 2 of 2', 'label', rows=False))),
]

# The same, from the start page on.
NEW_PLACES = [
    ('a new model', lambda window: (window.keys('ctrl+n'), window.wait('Make the model', 'push button', rows=False))),
    ('its notebook', lambda window: (window.click(window.find('Make the model', 'push button', rows=False)),
                                     window.wait('Call the model', 'push button', rows=False), window.keys('ctrl+Return'),
                                     window.wait('<tf.Tensor', 'label', rows=False))),
]


def tell(number, place, found, n_named):
    """One line of TAP; returns whether it is well."""
    for line in found:
        print('# no name: ' + line)
    well = not found and n_named > 0
    print('%s %d - %s: %d things with names' % ('ok' if well else 'not ok', number, place, n_named), flush=True)
    return well


def visit(window, places, first):
    """Goes from place to place; returns whether it is well everywhere."""
    well = True
    for i, (place, go) in enumerate(places):
        try:
            go(window)
            window.rest()
            well = tell(i + first, place, *nameless(window)) and well
        except NotThere as error:
            well = tell(i + first, place, str(error).splitlines(), 0)
    return well


def main():
    """Goes from place to place."""
    print('1..%d' % (len(PLACES) + 1 + len(NEW_PLACES) + len(RUN_PLACES)), flush=True)
    with Window([PROGRAM]) as window:
        window.wait('Open a Model', None)
        well = tell(1, 'start', *nameless(window))
    with Window([PROGRAM, MODEL]) as window:
        window.wait('parameters', 'label', rows=False)
        well = visit(window, PLACES, 2) and well
    with Window([PROGRAM]) as window:
        window.wait('Open a Model', None)
        well = visit(window, NEW_PLACES, len(PLACES) + 2) and well
    with Window([PROGRAM, MODEL]) as window:
        window.wait('parameters', 'label', rows=False)
        well = visit(window, RUN_PLACES, len(PLACES) + len(NEW_PLACES) + 2) and well
    return 0 if well else 1


if __name__ == '__main__':
    sys.exit(main())
