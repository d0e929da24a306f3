#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows that each rule of tools/check-house fires on a small bad tree, says where, and is quiet on a good one (TAP)."""

import os
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CHECK_HOUSE = os.path.join(TOP, 'tools', 'check-house')
SPDX = '/* SPDX-FileCopyrightText: The Assay authors\n * SPDX-License-Identifier: LGPL-2.1-or-later */\n'
DOCUMENTED = '/**\n * %s:\n *\n * Does what its name says.\n */\n'
GOOD = {
    'include/assay/low.h': SPDX + '#pragma once\n\n' + DOCUMENTED % 'assay_low_get' + 'int assay_low_get (void);\n',
    'src/base/low.c': SPDX + '#include <assay/low.h>\nint\nassay_low_get (void)\n{\n  return 1;\n}\n',
    'include/assay/high.h': SPDX + '#pragma once\n\n' + DOCUMENTED % 'assay_high_get' + 'int assay_high_get (void);\n',
    'src/present/high.c': SPDX + '#include <assay/high.h>\n#include <assay/low.h>\nint\nassay_high_get (void)\n{\n'
                                 '  return assay_low_get ();\n}\n',
    'src/readers/hdf5.c': SPDX + '#include <hdf5.h>\n',
    'src/app/main.c': SPDX + '#include <adwaita.h>\n#include <gtk/gtk.h>\nconst char *title = _ ("Hello");\n',
    'src/app/ui/window.ui': '<!-- ' + SPDX[3:-4] + ' -->\n<property translatable="yes">Open</property>\n',
    'po/POTFILES.in': 'src/app/main.c\nsrc/app/ui/window.ui\n',
}
MACHINE = '/' + 'work/main/build'


with open(os.path.join(TOP, '.clang-format'), encoding='utf-8') as style:
    GOOD['.clang-format'] = style.read()


def appended(path, text):
    """The good tree with a text added to one of its files, which is made with SPDX lines if it is new."""
    return {path: GOOD.get(path, SPDX) + text}


# What is done to the good tree, and the finding that it brings: "path:line: rule" (None: none).
CASES = [
    ('quiet-on-a-good-tree', {}, None),
    ('include-upwards', appended('src/base/low.c', '#include <assay/high.h>\n'), 'src/base/low.c:9: upward-include'),
    ('include-of-readers', {'src/readers/npy.h': SPDX,
                            'src/present/a.c': SPDX + '#include "../readers/npy.h"\n'}, 'src/present/a.c:3: upward-include'),
    ('include-of-app-by-cli', {'src/app/a.h': SPDX,
                               'src/cli/a.c': SPDX + '#include "../app/a.h"\n'}, 'src/cli/a.c:3: upward-include'),
    ('include-in-a-comment-is-none', appended('src/base/low.c', '/* #include <assay/high.h> */\n'), None),
    ('include-upwards-by-header', appended('include/assay/low.h', '#include <assay/high.h>\n'),
     'include/assay/low.h:11: upward-include'),
    ('unknown-layer', {'src/misc/a.c': SPDX}, 'src/misc/a.c:1: unknown-layer'),
    ('private-in-public', appended('include/assay/low.h', '#include "low-private.h"\n'),
     'include/assay/low.h:11: private-in-public'),
    ('hdf5-outside', appended('src/present/high.c', '#include <hdf5.h>\n'), 'src/present/high.c:10: kept-header'),
    ('hdf5-in-public', appended('include/assay/high.h', '#include <hdf5.h>\n'), 'include/assay/high.h:11: kept-header'),
    ('hdf5-in-store', appended('src/store/write.c', '#include <hdf5.h>\n'), None),
    ('cblas-outside', appended('src/tensor/a.c', '#include <cblas.h>\n'), 'src/tensor/a.c:3: kept-header'),
    ('gtk-outside', appended('src/present/high.c', '#include <gtk/gtk.h>\n'), 'src/present/high.c:10: kept-header'),
    ('adwaita-outside', appended('src/cli/a.c', '#include <adwaita.h>\n'), 'src/cli/a.c:3: kept-header'),
    ('not-in-potfiles', appended('src/base/low.c', 'const char *text = N_("Hello");\n'), 'src/base/low.c:9: not-in-potfiles'),
    ('plural-not-in-potfiles', appended('src/base/low.c', 'const char *text = g_dngettext (NULL, "a", "b", 2);\n'),
     'src/base/low.c:9: not-in-potfiles'),
    ('ui-not-in-potfiles', {'src/app/ui/a.ui': '<!-- ' + SPDX[3:-4] + ' -->\n<x translatable="yes">A</x>\n'},
     'src/app/ui/a.ui:3: not-in-potfiles'),
    ('potfiles-names-nothing', {'po/POTFILES.in': 'src/app/gone.c\n' + GOOD['po/POTFILES.in']}, 'po/POTFILES.in:1: potfiles'),
    ('potfiles-unsorted', {'po/POTFILES.in': 'src/app/ui/window.ui\nsrc/app/main.c\n'}, 'po/POTFILES.in:1: potfiles'),
    ('cut-text', appended('src/app/main.c', 'const char *n = _ ("%" G_GUINT64_FORMAT " values");\n'), 'src/app/main.c:6: cut-text'),
    ('whole-text', appended('src/app/main.c', 'f (_ ("%s") , "%" G_GUINT64_FORMAT);\n'
                            'const char *n = _ ("%" PRIu64 " values");\n'), None),
    ('undocumented', appended('include/assay/low.h', 'int *assay_low_get_all (int *n);\n'), 'include/assay/low.h:11: undocumented'),
    ('documented-in-source', dict(appended('include/assay/low.h', 'int assay_low_set (int n);\n'),
                                  **appended('src/base/low.c', DOCUMENTED % 'assay_low_set')), None),
    ('no-spdx', {'src/base/a.c': '/* Nobody\'s. */\n'}, 'src/base/a.c:1: no-spdx'),
    ('machine-path', appended('src/base/low.c', 'const char *path = "' + MACHINE + '";\n'), 'src/base/low.c:9: machine-path'),
    ('machine-path-in-docs', {'docs/a.md': 'See ' + MACHINE + '.\n'}, 'docs/a.md:1: machine-path'),
    ('unformatted', appended('src/base/low.c', 'static int a( int b );\n'), 'src/base/low.c:9: format'),
]
NOTES = [
    ('long-file', appended('src/base/low.c', '\n' * 600), 'src/base/low.c:1: long-file'),
    ('long-function', {'src/base/a.c': SPDX + 'int\nf (void)\n{\n' + '  g ();\n' * 41 + '}\n'}, 'src/base/a.c:5: long-function'),
]


def run(changes, options=()):
    """Writes a tree and checks it; returns (exit code, what was printed)."""
    with tempfile.TemporaryDirectory() as top:
        for path, text in dict(GOOD, **changes).items():
            os.makedirs(os.path.join(top, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(top, path), 'w', encoding='utf-8') as file:
                file.write(text)
        command = [sys.executable, CHECK_HOUSE, *options, top]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()


def run_fix():
    """Mends a tree with bad format and an unlisted source; returns whether nothing is left to say."""
    changes = {'src/base/a.c': SPDX + 'static const char *a( int b ){ return _("Hello"); }\n'}
    code, said = run(changes, ('--fix',))
    return code == 0 and judge(None, False, code, said)


def judge(wanted, is_note, code, said):
    """Whether a run said what it should, and nothing else."""
    findings = [line for line in said.splitlines() if line.count(': ') >= 2 and not line.startswith(('note: ', 'check-house: '))]
    if wanted is None:
        return code == 0 and not findings
    if is_note:
        return code == 0 and ('note: ' + wanted + ': ') in said
    return code == 1 and len(findings) == 1 and findings[0].startswith(wanted + ': ')


def main():
    """Runs every case."""
    print('1..%d' % (len(CASES) + len(NOTES) + 1))
    failed = False
    try:
        subprocess.run(['clang-format-14', '--version'], stdout=subprocess.DEVNULL, check=True)
        has_format = True
    except (OSError, subprocess.CalledProcessError):
        has_format = False
    for number, (name, changes, wanted) in enumerate(CASES + NOTES, 1):
        if name == 'unformatted' and not has_format:
            print('ok %d /check-house/%s # SKIP clang-format-14 is not installed' % (number, name))
            continue
        # The format is judged by its own case; the others' texts are written for brevity.
        code, said = run(changes, () if name == 'unformatted' else ('--no-format',))
        good = judge(wanted, number > len(CASES), code, said)
        failed = failed or not good
        print('%sok %d /check-house/%s' % ('' if good else 'not ', number, name))
        if not good:
            print(''.join('# %s\n' % line for line in ['wanted: %s, got (%d):' % (wanted, code)] + said.splitlines()), end='')
    number = len(CASES) + len(NOTES) + 1
    if has_format:
        good = run_fix()
        failed = failed or not good
        print('%sok %d /check-house/mends-format-and-potfiles' % ('' if good else 'not ', number))
    else:
        print('ok %d /check-house/mends-format-and-potfiles # SKIP clang-format-14 is not installed' % number)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
