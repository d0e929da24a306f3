#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs a command on a desktop without a screen: an X server in memory, a window manager, a session bus and the accessibility
# bus, all its own, with an empty home. Ends with the command's exit code.
#   tests/desk.sh [-s WIDTHxHEIGHT] COMMAND...
set -eu

size=1280x800
if [ "${1:-}" = -s ]; then
  size=$2
  shift 2
fi
[ $# -gt 0 ] || { echo "usage: desk.sh [-s WIDTHxHEIGHT] COMMAND..." >&2; exit 2; }

# On a desk already: that one will do.
[ -z "${ASSAY_DESK_READY:-}" ] || exec "$@"

if [ -z "${ASSAY_DESK:-}" ]; then
  ASSAY_DESK=$(mktemp -d)
  trap 'rm -rf "$ASSAY_DESK"' EXIT
  mkdir -m 700 "$ASSAY_DESK/run" "$ASSAY_DESK/home"
  export ASSAY_DESK
  export HOME="$ASSAY_DESK/home" XDG_RUNTIME_DIR="$ASSAY_DESK/run"
  unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME WAYLAND_DISPLAY GTK_THEME DBUS_SESSION_BUS_ADDRESS
  # A cursor that doesn't blink: pictures are alike, and GTK 4.8 doesn't warn of a selection that came while it blinked.
  mkdir -p "$HOME/.config/gtk-4.0"
  printf '[Settings]\ngtk-cursor-blink=false\n' >"$HOME/.config/gtk-4.0/settings.ini"
  # Drawn by the processor, told to a screen reader, with settings in a file of the empty home.
  export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" LIBGL_ALWAYS_SOFTWARE=1
  export NO_AT_BRIDGE=0 GTK_A11Y=atspi GSETTINGS_BACKEND=keyfile LC_ALL="${ASSAY_DESK_LOCALE:-C.UTF-8}"
  # The X server begins anew when its last client goes, which the first question may be; -noreset keeps it. Desks that are set up at the
  # same time look for a free number from different ones on.
  rc=0
  xvfb-run -a -n $((100 + $$ % 20000)) -s "-screen 0 ${size}x24 -noreset" dbus-run-session -- "$0" -s "$size" "$@" || rc=$?
  exit $rc
fi

# Inside: wait for each thing that the next one needs, rather than for a while.
until_ready ()
{
  for _ in $(seq 600); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  echo "desk.sh: no answer from: $*" >&2
  return 1
}

openbox >/dev/null 2>&1 &
manager=$!
/usr/libexec/at-spi-bus-launcher --launch-immediately --a11y=1 --screen-reader=1 >/dev/null 2>&1 &
bus=$!
trap 'kill $manager $bus 2>/dev/null || true' EXIT
until_ready sh -c 'xprop -root _NET_SUPPORTING_WM_CHECK | grep -q "window id"'
# Asking the launcher for the bus starts the registry.
until_ready gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus --method org.a11y.Bus.GetAddress
/usr/libexec/at-spi2-registryd --use-gnome-session=no >/dev/null 2>&1 &
registry=$!
trap 'kill $manager $bus $registry 2>/dev/null || true' EXIT
until_ready gdbus call --address "$(gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
  --method org.a11y.Bus.GetAddress | sed "s/^('//; s/',)\$//")" --dest org.a11y.atspi.Registry \
  --object-path /org/a11y/atspi/accessible/root --method org.freedesktop.DBus.Peer.Ping

export ASSAY_DESK_READY=1
rc=0
"$@" || rc=$?
exit $rc
