# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bash completion for assay-cli(1): commands, options and their values, models, and the names inside a model.

# The words after the command that are no options and no values of options.
_assay_cli_positional ()
{
  local i
  positional=()
  for ((i = 2; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --slice | --format | --sort | --threads | --color | --tolerance | --metric | --top | --signature | --input | --inputs | --scale | --repeat | -o | --output) i=$((i + 1)) ;;
      -*) ;;
      *) positional+=("${COMP_WORDS[i]}") ;;
    esac
  done
}

# The paths of the variables of model $1 that begin with $2, one a line.
_assay_cli_names ()
{
  local IFS=$'\n'
  local model=$1 found
  found=$("${COMP_WORDS[0]}" ls --flat --quiet --color never --json -- "$model" 2>/dev/null |
    grep -oE '"path" ?: ?"[^"\\]*"' | tail -n +2 | sed -E 's/.*: ?"(.*)"/\1/' | sort -u | head -n 5000)
  COMPREPLY=($(compgen -W "$found" -- "$2"))
}

_assay_cli ()
{
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-}
  local common='--json --quiet --color --threads --help --version'
  local own='' positional
  local IFS=$' \t\n'

  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "ls show stats diff set convert plot run graph --help --version" -- "$current"))
    return
  fi
  case $previous in
    --color)
      COMPREPLY=($(compgen -W 'auto always never' -- "$current"))
      return
      ;;
    --format)
      COMPREPLY=($(compgen -W 'table csv npy' -- "$current"))
      return
      ;;
    --sort)
      COMPREPLY=($(compgen -W 'name size' -- "$current"))
      return
      ;;
    --threads)
      COMPREPLY=($(compgen -W "$(seq "$(nproc 2>/dev/null || echo 8)")" -- "$current"))
      return
      ;;
    --metric)
      COMPREPLY=($(compgen -W 'relative_l2 max_abs cosine_distance l1 l2 fraction_changed n_changed max_ulp' -- "$current"))
      return
      ;;
    --scale)
      COMPREPLY=($(compgen -W '0..1 0..255 -1..1 0..16 torch caffe' -- "$current"))
      return
      ;;
    --deflate)
      COMPREPLY=($(compgen -W '1 2 3 4 5 6 7 8 9' -- "$current"))
      return
      ;;
    --slice | --tolerance | --top | --signature | --repeat)
      return
      ;;
    --input)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -W 'zeros ones random:' -- "$current"))
      return
      ;;
    -o | --output | --inputs)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$current"))
      return
      ;;
  esac
  case $command in
    ls) own='--flat --sort --hash' ;;
    show) own='--slice --format' ;;
    stats) own='' ;;
    diff) own='--tolerance --metric --top --all' ;;
    set) own='-o --output' ;;
    convert) own='--checkpoint-only --deflate' ;;
    plot) own='-o --output --histogram' ;;
    run) own='--signature --input --inputs --scale --crop --pad --bgr --output --activations --repeat' ;;
    graph) own='--dot --picture --open' ;;
    *) return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$own $common" -- "$current"))
    return
  fi
  _assay_cli_positional
  if [ ${#positional[@]} = 1 ] && [ "$command" != convert ] && [ "$command" != diff ] && [ "$command" != run ] && [ "$command" != graph ]; then
    _assay_cli_names "${positional[0]}" "$current"
  elif [ ${#positional[@]} -lt 2 ]; then
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}

complete -F _assay_cli assay-cli
