#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows that tools/count-tests counts cases as they ended, and that no failure can hide (TAP)."""

import json
import os
import subprocess
import sys
import tempfile

COUNT_TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tools', 'count-tests')

# Entries of a log as (result, what the program printed), and the last line and exit code that they must give.
CASES = [
    ('cases', [('OK', '1..2\nok 1 /a/b\n# Start of c tests\nok 2 /a/c\n')], '2 passed, 0 failed, 0 skipped', 0),
    ('failed-case', [('FAIL', '1..2\nok 1 /a\nnot ok 2 /b\n')], '1 passed, 1 failed, 0 skipped', 1),
    ('skipped-case', [('OK', '1..2\nok 1 /a\nok 2 /b # SKIP no fixtures\n')], '1 passed, 0 failed, 1 skipped', 0),
    ('all-skipped', [('SKIP', '1..0 # SKIP no display\n'), ('OK', None)], '1 passed, 0 failed, 1 skipped', 0),
    ('crash-after-two-of-three', [('ERROR', '1..3\nok 1 /a\nok 2 /b\n')], '2 passed, 1 failed, 0 skipped', 1),
    ('crash-after-all', [('ERROR', '1..1\nok 1 /a\n')], '1 passed, 1 failed, 0 skipped', 1),
    ('plan-not-kept', [('OK', '1..3\nok 1 /a\n')], '1 passed, 2 failed, 0 skipped', 1),
    ('crash-before-any', [('ERROR', '')], '0 passed, 1 failed, 0 skipped', 1),
    ('timeout', [('TIMEOUT', None)], '0 passed, 1 failed, 0 skipped', 1),
    ('exit-code-programs', [('OK', None), ('FAIL', 'ok it says\n'), ('SKIP', None)], None, 1),
    ('several-programs', [('OK', 'ok 1 /a\n1..1\n'), ('OK', '1..1\nok 1 /b\n')], '2 passed, 0 failed, 0 skipped', 0),
    ('nothing-is-a-failure', [], '0 passed, 0 failed, 0 skipped', 1),
]


def main():
    """Runs every case."""
    failed = False
    print('1..%d' % (len(CASES) + 1))
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, 'log.json')
        for number, (name, entries, last, code) in enumerate(CASES, 1):
            with open(log, 'w', encoding='utf-8') as file:
                for result, said in entries:
                    entry = {'name': name, 'result': result}
                    file.write(json.dumps(dict(entry, stdout=said) if said is not None else entry) + '\n')
            done = subprocess.run([sys.executable, COUNT_TESTS, log], stdout=subprocess.PIPE, check=False)
            got = done.stdout.decode().strip()
            good = done.returncode == code and last in (None, got)
            failed = failed or not good
            print('%sok %d /count-tests/%s' % ('' if good else 'not ', number, name))
            if not good:
                print('# wanted %s (%d), got %s (%d)' % (last, code, got, done.returncode))
        done = subprocess.run([sys.executable, COUNT_TESTS, os.path.join(folder, 'gone.json')], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print('%sok %d /count-tests/missing-log-is-a-failure' % ('' if done.returncode else 'not ', len(CASES) + 1))
    return 1 if failed or not done.returncode else 0


if __name__ == '__main__':
    sys.exit(main())
