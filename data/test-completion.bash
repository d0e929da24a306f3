# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completes some lines as bash would, and compares (TAP). The first argument is the completion's file.
set -u

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
touch model.h5 'a b.npz'
# A program that says what assay-cli ls --json says of a small model.
cat > assay-cli <<'END'
#!/bin/sh
echo '{"path": "model.h5", "variables": [{"path": "conv/kernel", "key": "k"}, {"path": "conv/bias"}, {"path":"dense/bias"}]}'
END
chmod +x assay-cli
source "$1"

number=0
failed=0
# completes NAME EXPECTED WORD...: the last word is the one that is being typed.
completes ()
{
  local name=$1 expected=$2 got
  shift 2
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _assay_cli
  got=$(printf '%s,' "${COMPREPLY[@]+"${COMPREPLY[@]}"}")
  number=$((number + 1))
  if [ "$got" = "$expected," ]; then
    echo "ok $number /bash-completion/$name"
  else
    echo "not ok $number /bash-completion/$name"
    echo "# wanted: $expected, got: $got"
    failed=1
  fi
}

completes commands 'show,stats,set' ./assay-cli s
completes graph '--picture' ./assay-cli graph --pi
completes command-that-is-none '' ./assay-cli walk --
completes options-of-run '--signature,--scale' ./assay-cli run --s
completes scales-of-pictures '0..1,0..16' ./assay-cli run model.h5 --scale 0..1
completes option-begun '--slice' ./assay-cli show --sl
completes values-of-format 'table,csv,npy' ./assay-cli show --format ''
completes values-of-color 'auto,always,never' ./assay-cli ls --color ''
completes model 'model.h5' ./assay-cli ls mo
completes model-with-space 'a b.npz' ./assay-cli stats 'a '
completes names-in-a-model 'conv/bias,conv/kernel' ./assay-cli show model.h5 conv/
completes names-after-options 'dense/bias' ./assay-cli show --slice 0 model.h5 d
completes output-file 'model.h5' ./assay-cli set model.h5 x 1 -o m
completes metrics 'max_abs,max_ulp' ./assay-cli diff --metric max
completes second-file-of-diff 'model.h5' ./assay-cli diff 'a b.npz' m
completes second-file-of-convert 'model.h5' ./assay-cli convert 'a b.npz' m
echo "1..$number"
exit $failed
