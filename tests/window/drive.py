# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives the program as a person would who hears the screen read out: finds things by what the accessibility tree says of
them, and answers with the keyboard and the mouse. Needs a desk (tests/desk.sh) and the Python that Debian's python3-gi is for.

    window = Window([program, 'model.h5'])
    window.wait('kernel', 'cell')
    window.keys('ctrl+f')
    window.type('kernel')
"""

import os
import subprocess
import time
import warnings

import gi

warnings.simplefilter('ignore', DeprecationWarning)
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

# How long a thing may take to appear, on a slow machine that does much else; and how often it is looked for.
PATIENCE = 20
GLANCE = 0.1

# Lists are read to so many rows.
MAX_CHILDREN = 200
MAX_NODES = 5000


class NotThere(Exception):
    """What should be in the window is not."""


class Node:
    """A thing in the accessibility tree, as it was when it was looked at."""

    def __init__(self, accessible):
        self.accessible = accessible
        self.role = accessible.get_role_name()
        self.name = accessible.get_name() or ''
        self.description = accessible.get_description() or ''

    def text(self):
        """What it says: the text of labels and entries, the name of others."""
        try:
            if self.accessible.get_text_iface():
                length = Atspi.Text.get_character_count(self.accessible)
                return Atspi.Text.get_text(self.accessible, 0, length) if length > 0 else self.name
        except GLib.Error:
            pass
        return self.name

    def says(self, words):
        """Whether its text, name or description has these words."""
        return words in self.text() or words in self.name or words in self.description

    def box(self):
        """Its rectangle in the window."""
        return Atspi.Component.get_extents(self.accessible, Atspi.CoordType.WINDOW)

    def shown(self):
        """GTK 4.8 tells no state "showing", but what isn't laid out has no size."""
        try:
            return self.has(Atspi.StateType.VISIBLE) and self.box().width > 0
        except GLib.Error:
            return False

    def has(self, state):
        """Whether it is in an Atspi.StateType."""
        return self.accessible.get_state_set().contains(state)


class Window:
    """A started program and its windows."""

    def __init__(self, argv, log=None):
        self.log = log
        # A warning of GTK ends the program: it is a bug of ours.
        env = dict(os.environ, G_DEBUG='fatal-warnings')
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        self.root = self._find_program()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.end()

    def _find_program(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            desktop = Atspi.get_desktop(0)
            for i in range(desktop.get_child_count()):
                program = desktop.get_child_at_index(i)
                if program and program.get_process_id() == self.process.pid and program.get_child_count():
                    return program
            time.sleep(GLANCE)
        self.end()
        raise NotThere('the program shows no window (exit code %s)' % self.process.returncode)

    def nodes(self, rows=True):
        """All things that are shown, from the top left of the tree on, or all but the rows of the tree (there can be many, and
        each question costs a message). What vanishes meanwhile is left out."""
        waiting, seen = [self.root], 0
        while waiting and seen < MAX_NODES:
            accessible = waiting.pop()
            seen += 1
            try:
                node = Node(accessible)
                if rows or node.role != 'tree table':
                    n_children = min(accessible.get_child_count(), MAX_CHILDREN)
                    children = [accessible.get_child_at_index(i) for i in range(n_children - 1, -1, -1)]
                    waiting += [child for child in children if child]
            except GLib.Error:
                continue
            if node.shown():
                yield node

    def find(self, words=None, role=None, rows=True):
        """The first shown thing that says these words, or None."""
        for node in self.nodes(rows):
            try:
                if (role is None or node.role == role) and (words is None or node.says(words)):
                    return node
            except GLib.Error:
                continue
        return None

    def wait_until(self, question, what):
        """Asks until the answer is true, and returns it."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = question()
            if answer:
                return answer
            if self.process.poll() is not None:
                raise NotThere('the program ended with %s before %s' % (self.process.returncode, what))
            if time.monotonic() > end:
                raise NotThere('in %d s there was not %s; there is:\n%s' % (PATIENCE, what, self.tree(False)))
            time.sleep(GLANCE)

    def wait(self, words=None, role=None, rows=True):
        """Waits for a thing that says these words."""
        return self.wait_until(lambda: self.find(words, role, rows), '%s “%s”' % (role or 'anything', words))

    def click(self, node, times=1):
        """Clicks on the middle of a thing."""
        box = node.box()
        self.click_at(box.x + box.width // 2, box.y + box.height // 2, times)

    def click_at(self, x, y, times=1):
        """Clicks on a point of the topmost window."""
        subprocess.run(['xdotool', 'mousemove', '--window', self.x_window(), str(x), str(y), 'click', '--repeat', str(times), '1'],
                       check=True)

    def x_window(self):
        """The X window on top: the one with the focus."""
        answer = subprocess.run(['xdotool', 'getactivewindow'], capture_output=True, text=True, check=True)
        return answer.stdout.strip()

    def x_title(self):
        """What the window on top is called."""
        answer = subprocess.run(['xdotool', 'getactivewindow', 'getwindowname'], capture_output=True, text=True, check=False)
        return answer.stdout.strip()

    def keys(self, *names):
        """Presses keys one after the other, as xdotool names them."""
        subprocess.run(['xdotool', 'key', '--clearmodifiers', '--delay', '30', *names], check=True)

    def type(self, text):
        """Types a text."""
        subprocess.run(['xdotool', 'type', '--delay', '20', '--', text], check=True)

    def rest(self):
        """Puts the pointer aside, and waits until nothing on the screen moves."""
        subprocess.run(['xdotool', 'mousemove', '640', '0'], check=True)
        seen = []

        def still():
            seen.append(subprocess.run(['import', '-window', 'root', 'rgb:-'], capture_output=True, check=True).stdout)
            return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]

        self.wait_until(still, 'a screen at rest')

    def shot(self, path):
        """Writes a picture of the screen."""
        subprocess.run(['import', '-window', 'root', path], check=True)

    def tree(self, rows=True):
        """What a screen reader would find, a line a thing; to understand a failure."""
        return '\n'.join('%s “%s” %s' % (node.role, node.text()[:100], node.description) for node in self.nodes(rows)
                         if node.role not in ('panel', 'filler', 'separator'))

    def end(self):
        """Ends the program if it still runs; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode
