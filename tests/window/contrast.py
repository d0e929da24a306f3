#!/usr/bin/python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text can be read: each text that is seen has a contrast of 4.5 : 1 (WCAG 2.1, 1.4.3) against what it stands on, measured in a
picture of the screen, in light, dark and high contrast, selected rows too. What can't be used just now is grey and isn't asked.
Speaks TAP.

    tests/desk.sh /usr/bin/python3 tests/window/contrast.py
ASSAY_PROGRAM is the program.
"""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile

from drive import Atspi, GLib, NotThere, Window

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get('ASSAY_PROGRAM', str(TOP / 'build' / 'src' / 'app' / 'assay'))
DATA = TOP / 'tests' / 'data'
LEAST = 4.5

# How libadwaita is told of the user's wishes where no desktop does.
SCHEMES = [
    ('light', {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light', 'ADW_DEBUG_HIGH_CONTRAST': '0'}),
    ('dark', {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark', 'ADW_DEBUG_HIGH_CONTRAST': '0'}),
    ('high contrast', {'ADW_DEBUG_COLOR_SCHEME': 'prefer-light', 'ADW_DEBUG_HIGH_CONTRAST': '1'}),
    ('dark, high contrast', {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark', 'ADW_DEBUG_HIGH_CONTRAST': '1'}),
]


class Picture:
    """The screen as it is now, of which boxes can be asked."""

    def __init__(self):
        size = subprocess.run(['xdotool', 'getdisplaygeometry'], capture_output=True, text=True, check=True).stdout.split()
        self.width, self.height = int(size[0]), int(size[1])
        self.pixels = subprocess.run(['import', '-window', 'root', '-depth', '8', 'rgb:-'], capture_output=True, check=True).stdout

    def colors(self, box):
        """How often each colour is in a box."""
        x, y, width, height = box
        left, right = max(x, 0), min(x + width, self.width)
        count = collections.Counter()
        for row in range(max(y, 0), min(y + height, self.height)):
            at = (row * self.width + left) * 3
            line = self.pixels[at:at + (right - left) * 3]
            count.update(zip(line[0::3], line[1::3], line[2::3]))
        return count


def luminance(color):
    """Relative luminance, as WCAG has it."""
    parts = [c / 255 for c in color]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    """Between two colours, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def measure(colors):
    """The contrast of what is drawn with what it is drawn on: the most frequent colour, and that which differs most from it."""
    ground = colors.most_common(1)[0][0]
    return max(contrast(ground, color) for color in colors)


def is_usable(node):
    """Whether it and all around it can be used: what can't be is grey."""
    at = node.accessible
    while at is not None:
        states = at.get_state_set()
        if at.get_role() in (Atspi.Role.FRAME, Atspi.Role.APPLICATION):
            return True
        if not states.contains(Atspi.StateType.SENSITIVE) and not states.contains(Atspi.StateType.ENABLED):
            return False
        at = at.get_parent()
    return True


def origin(window):
    """Where the window's own coordinates begin on the screen, its shadow included."""
    answer = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', window.x_window()], capture_output=True, text=True, check=True).stdout
    told = dict(line.split('=') for line in answer.split())
    return int(told['X']), int(told['Y'])


def is_seen(node):
    """Whether a click on it would come to it: GTK tells nothing of pages that are behind others, nor of what is scrolled away."""
    box, at = node.box(), node.accessible
    while at.get_role() != Atspi.Role.FRAME and at.get_parent() is not None:
        at = at.get_parent()
    hit = Atspi.Component.get_accessible_at_point(at, box.x + box.width // 2, box.y + box.height // 2, Atspi.CoordType.WINDOW)
    while hit is not None and hit != at:
        if hit == node.accessible:
            return True
        hit = hit.get_parent()
    return False


def faint(window):
    """Texts that can't be read well enough; and how many can."""
    picture, found, n_good = Picture(), [], 0
    left, top = origin(window)
    for node in window.nodes():
        try:
            if node.role not in ('label', 'text', 'entry') or not node.text().strip() or not is_usable(node):
                continue
            box = node.box()
        except GLib.Error:
            continue
        if box.width < 3 or box.height < 6:
            continue
        colors = picture.colors((left + box.x, top + box.y, box.width, box.height))
        if len(colors) < 2 or node.text().startswith('Gtk'):
            continue
        ratio = measure(colors)
        if ratio < LEAST and is_seen(node):
            found.append('%.2f : 1, %s “%s” at %d, %d' % (ratio, node.role, node.text()[:60], box.x, box.y))
        elif ratio >= LEAST:
            n_good += 1
    return found, n_good


def open_variable(window, path):
    """Selects a variable by its path, in the tree rather than among what was found."""
    window.keys('ctrl+f')
    window.rest()
    window.type(path)
    window.wait(path, 'label')
    window.keys('Return')
    window.wait('Shape', 'label', rows=False)
    window.rest()


def edit(window):
    """An edit, so that there are marks of it."""
    window.keys('alt+1')
    window.wait('Values', 'table', rows=False)
    window.keys('ctrl+g')
    window.keys('Return')
    window.type('0.75')
    window.keys('Return')
    window.wait('edited', 'label', rows=False)


def show_tree(window):
    """The whole tree again, with the variable selected in it."""
    window.keys('ctrl+f')
    window.keys('BackSpace', 'F6')
    window.rest()


PLACES = [
    ('a model', lambda window: window.wait('9,866', 'label', rows=False)),
    ('values', lambda window: (open_variable(window, 'conv2d_1/kernel'), edit(window))),
    ('the tree', show_tree),
    ('heat map', lambda window: (window.keys('alt+2'), window.wait('mean ± std', 'label', rows=False))),
    ('distribution', lambda window: (window.keys('alt+4'), window.wait('standard deviation', 'label', rows=False))),
    ('about', lambda window: (window.keys('alt+5'), window.wait('Read it in Python', 'label', rows=False))),
    ('health', None),
    ('start', None),
]


# In high contrast the same colours come again; these places have them all.
STRONG = ('values', 'the tree', 'health')


def places(scheme):
    """Where is looked in a scheme."""
    return [place for place in PLACES if 'contrast' not in scheme or place[0] in STRONG]


def write_sick(path):
    """A model with everything that the tree warns of."""
    import json
    import struct
    shapes = {'all_zero': [0.0] * 4, 'constant': [2.0] * 4, 'inf': [1.0, float('inf'), 0.0, 3.0], 'nan': [1.0, float('nan'), 0.0, 3.0]}
    head, data = {}, b''
    for name, values in shapes.items():
        head['layer.' + name] = {'dtype': 'F32', 'shape': [4], 'data_offsets': [len(data), len(data) + 16]}
        data += struct.pack('<4f', *values)
    text = json.dumps(head).encode()
    text += b' ' * (-len(text) % 8)
    path.write_bytes(struct.pack('<Q', len(text)) + text + data)


def look(window, number, scheme, place, go):
    """One place in one scheme; returns whether all is well."""
    try:
        if go:
            go(window)
        window.rest()
        found, n_good = faint(window)
    except NotThere as error:
        found, n_good = str(error).splitlines(), 0
    for line in found:
        print('# ' + line)
    well = not found and n_good > 3
    print('%s %d - %s, %s: %d texts' % ('ok' if well else 'not ok', number, scheme, place, n_good), flush=True)
    return well


def main():
    """Goes from scheme to scheme and from place to place."""
    print('1..%d' % sum(len(places(scheme)) for scheme, _ in SCHEMES), flush=True)
    number, well = 0, True
    with tempfile.TemporaryDirectory() as folder:
        sick = pathlib.Path(folder) / 'sick.safetensors'
        write_sick(sick)
        files = {'health': [str(sick)], 'start': []}
        for scheme, settings in SCHEMES:
            os.environ.update(settings)
            with Window([PROGRAM, str(TOP / 'data/example/digits.h5')]) as window:
                window.wait('9,866', 'label', rows=False)
                for place, go in places(scheme):
                    if go:
                        number += 1
                        well = look(window, number, scheme, place, go) and well
            for place, go in places(scheme):
                if go is None:
                    number += 1
                    with Window([PROGRAM] + files[place]) as window:
                        window.wait('parameters' if files[place] else 'Open a Model', None, rows=False)
                        well = look(window, number, scheme, place, None) and well
    return 0 if well else 1


if __name__ == '__main__':
    sys.exit(main())
