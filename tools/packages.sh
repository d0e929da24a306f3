# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The Debian packages that Assay needs, in one place, and how to install those that are missing. Sourced by tools/run.sh,
# tools/test.sh and .ci/run; it runs apt-get only if dpkg-query misses something, so it works offline when all is there.

# To build, and to run what was built.
build_packages="gcc libc6-dev meson ninja-build pkg-config gettext python3 libxml2-utils libglib2.0-dev-bin
  libgtk-4-dev libgtk-4-bin libadwaita-1-dev libhdf5-dev libjson-glib-dev zlib1g-dev
  libzip-dev libseccomp-dev libopenblas-dev
  librsvg2-common adwaita-icon-theme hicolor-icon-theme fonts-dejavu-core appstream shared-mime-info
  desktop-file-utils"

# To check what is built without a display.
test_packages="bash"

# To check how it is written.
house_packages="git clang-format-14"

# To drive the windows on a desktop without a screen.
window_packages="xvfb xauth x11-utils openbox dbus-daemon at-spi2-core gir1.2-atspi-2.0 python3-gi xdotool imagemagick"

# Runs a command as root: directly if we are root, else by sudo.
as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "These need root and there is no sudo: $*" >&2
    return 1
  fi
}

# Prints those of its arguments that aren't installed.
missing_packages ()
{
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

# Installs those of its arguments that are missing.
need_packages ()
{
  command -v dpkg-query >/dev/null 2>&1 || {
    echo "This is not a Debian system: please see to these packages yourself: $*" >&2
    return 0
  }
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  echo "Installing: $missing" >&2
  # shellcheck disable=SC2086 # one word a package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing </dev/null >&2 && return 0
  # The lists of packages may be missing or old.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update </dev/null >&2
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing </dev/null >&2
}

# Builds in folder $1, with the further arguments for meson the first time; says nothing but what went wrong.
build_in ()
{
  build=$1
  shift
  if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    meson setup "$build" "$@" </dev/null >&2 || return 1
  fi
  ninja -C "$build" -j"${ASSAY_JOBS:-$(nproc)}" </dev/null >&2
}
