#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles every header of the SDK alone, and the sources in refused/ that must not compile.
# Usage: headers.sh <source tree> c|c++|refused <compiler> [flag...]
set -u
root=$1 mode=$2
shift 2
include=$root/sdk/include
for tool in "$1" ccache; do
  command -v "$tool" >/dev/null || {
    echo "headers.sh: $tool is missing: ./dev test installs it"
    exit 1
  }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Twice, so that a missing include guard shows as well. Under a name that is the same each time: ccache knows it.
compile() {
  printf '#include <%s>\n#include <%s>\n' "$1" "$1" >"$work/header.$2"
  header=$1 source=header.$2
  shift 2
  (cd "$work" && ccache "$@" -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I"$include" -c "$source" -o header.o) || {
    echo "does not compile alone: $header"
    failed=1
  }
}

case $mode in
  c)
    for header in "$include"/sluice/abi/*.h; do
      compile "sluice/abi/${header##*/}" c "$@" -std=c11 -pedantic
      compile "sluice/abi/${header##*/}" cpp "$@" -x c++ -std=c++20
    done
    ;;
  c++)
    for header in "$include"/sluice/sdk/*.hpp "$include"/sluice/sdk/testing/*.hpp "$include"/sluice/sdk/detail/adapters.hpp \
      "$include"/sluice/sdk/detail/service_tables.hpp; do
      compile "${header#"$include"/}" cpp "$@" -std=c++20 -Wnon-virtual-dtor
    done
    ;;
  refused)
    for source in "$root"/tests/abi/refused/*.cpp; do
      wanted=$(sed -n 's|^// wants: ||p' "$source")
      if "$@" -std=c++20 -I"$include" -fsyntax-only "$source" 2>"$work/messages"; then
        echo "compiles, and should not: $source"
        failed=1
      elif ! grep -qF "$wanted" "$work/messages"; then
        echo "$source: want a message with: $wanted"
        head -20 "$work/messages"
        failed=1
      fi
    done
    ;;
esac
exit $failed
