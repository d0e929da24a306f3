# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes the pictures of the documentation (tools/screenshots.sh).

usage: pictures.py PROGRAM MODEL FOLDER
"""

import os
import sys

from drive import Window

program, model, folder = sys.argv[1:]
training = os.path.join(os.path.dirname(model), 'training')
with Window([program, model]) as window:
    window.wait('parameters', 'label', rows=False)
    # A row of the tree rather than a search, so that the picture has the whole tree.
    window.click(window.wait('features/conv2d_1/kernel', 'filler'))
    window.wait('Shape', 'label', rows=False)
    window.keys('alt+2')
    window.wait('Heat map', 'image', rows=False)
    # The distribution is there when its statistics are.
    window.wait('mean ± std', 'label', rows=False)
    window.rest()
    window.shot(os.path.join(folder, 'model.png'))
    window.keys('alt+1')
    window.wait('Values', 'table', rows=False)
    window.keys('ctrl+g')
    window.type('[1, 1, 2, 3]')
    window.keys('Return')
    window.wait('[1, 1, 2, 3]', 'table', rows=False)
    window.type('0.1')
    window.keys('Return')
    window.wait('edited', 'label', rows=False)
    window.rest()
    window.shot(os.path.join(folder, 'values.png'))
with Window([program, '--compare', *(os.path.join(training, 'epoch-%d.weights.h5' % epoch) for epoch in (1, 8))]) as window:
    window.wait('Largest Changes', 'label', rows=False)
    window.click(window.wait('3 × 3 × 8 × 16', 'label'))
    window.wait('features/conv2d_1/kernel', 'label', rows=False)
    window.wait('→', 'list item', rows=False)
    window.rest()
    window.shot(os.path.join(folder, 'compare.png'))
with Window([program]) as window:
    # The tutorial: a model that was built by its first call, and refuses another shape.
    window.wait('Make a small model by hand', rows=False)
    window.keys('ctrl+n')
    window.click(window.wait('Seed', 'text', rows=False))
    window.type('5')
    window.click(window.wait('Make the model', 'push button', rows=False))
    window.wait('Input of the call', 'text', rows=False)
    for text in ('[[1, 2, 3, 4, 5]]', '[[1, 2, 3, 4]]'):
        window.click(window.wait('Input of the call', 'text', rows=False))
        window.keys('ctrl+a')
        window.type(text)
        window.keys('ctrl+Return')
        window.wait('model(tf.constant(%s' % text.replace('1', '1.0').split(',', maxsplit=1)[0], 'label', rows=False)
        window.rest()
    window.click(window.wait('dense_1/w', 'filler'))
    window.wait('Shape', 'label', rows=False)
    window.rest()
    window.shot(os.path.join(folder, 'new-model.png'))
with Window([program, model]) as window:
    # Run on a picture, then again with a kernel scaled by one half.
    window.wait('conv2d_1')
    window.click(window.wait('or go back to its variables', rows=False))
    window.wait('Run the model', 'push button', rows=False)
    window.rest()
    window.click(window.wait('Image', 'push button', rows=False))
    window.rest()
    window.click(window.wait('Choose a picture', 'push button', rows=False))
    window.wait_until(lambda: window.x_title() == 'Choose an Input', 'the dialog')
    window.rest()
    window.keys('ctrl+l')
    window.type(os.path.join(os.path.dirname(os.path.abspath(model)), 'pictures', 'seven.png'))
    window.rest()
    window.keys('Return')
    window.wait('seven.png, 8 × 8', 'label', rows=False)
    # The digits were from 0 to 16 when the network was trained.
    window.click(window.wait('How the picture becomes numbers', rows=False))
    window.rest()
    # The popover is a window of its own; the first thing in it has the focus.
    window.keys('space')
    window.rest()
    window.keys('Home', 'Down', 'Down', 'Down', 'Return')
    window.rest()
    window.keys('Escape')
    window.wait('from 0 to 16', 'label', rows=False)
    window.keys('ctrl+r')
    window.wait('run 1 of 1', 'label', rows=False)
    window.click(window.wait('or go back to its variables', rows=False))
    window.rest()
    window.keys('ctrl+f')
    window.type('conv2d_1/kernel')
    window.rest()
    window.keys('Down', 'Return', 'ctrl+e')
    window.rest()
    window.keys('ctrl+a')
    window.type('x * 0.5')
    window.rest()
    window.keys('Return')
    window.wait_until(lambda: '•' in window.x_title(), 'the model is edited')
    window.click(window.wait('or go back to its variables', rows=False))
    window.wait('Run the model', 'push button', rows=False)
    window.keys('ctrl+r')
    window.wait('run 2 of 2', 'label', rows=False)
    window.rest()
    # The layer whose kernel it was.
    window.click(window.wait('conv2d_1', 'table row'))
    window.rest()
    window.shot(os.path.join(folder, 'run.png'))
with Window([program, model]) as window:
    # The graph, a layer opened, and what it gave. A small picture is at first random numbers.
    window.wait('conv2d_1')
    window.keys('ctrl+shift+g')
    window.wait('Graph', 'image', rows=False)
    window.rest()
    window.keys('ctrl+r', 'Home', 'Down')
    window.wait('features', 'label', rows=False)
    window.rest()
    window.keys('Return')
    window.wait('conv2d Conv2D, group, open', 'image', rows=False)
    window.keys('alt+3')
    window.rest()
    window.shot(os.path.join(folder, 'graph.png'))
