#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Takes the pictures of the documentation: the example model in the built window, on a desktop without a screen.
#   sh tools/screenshots.sh
set -eu

cd "$(dirname "$0")/.."
. tools/packages.sh
# shellcheck disable=SC2086 # one word a package
need_packages $build_packages $window_packages
build_in build

export GSETTINGS_SCHEMA_DIR="$PWD/build/data" ASSAY_READER="$PWD/build/src/readers/assay-reader"
mkdir -p docs/images
tests/desk.sh -s 1280x800 /usr/bin/python3 tests/window/pictures.py build/src/app/assay data/example/digits.h5 docs/images
# 256 colours are plenty for a window.
for picture in docs/images/*.png; do
  convert "$picture" -strip -dither None -colors 256 -define png:compression-level=9 "PNG8:$picture"
done
ls -l docs/images
