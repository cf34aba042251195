#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs every fuzz target of the clang build for so many seconds each, from its corpus. What it finds stays in a folder
# that it names; new inputs worth keeping join the corpus by hand.
#
# usage: run.sh SECONDS
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
build=build/clang
names=$(ctest --test-dir $build -L fuzz -N | sed -n 's/^ *Test *#[0-9]*: //p')
[[ -n $names ]] || { echo "no fuzz target was built: see SLUICE_BUILD_FUZZERS" >&2; exit 1; }
for name in $names; do
  corpus=$(ctest --test-dir $build -R "^$name\$" -N -V | sed -n 's/.*Test command: .*"\([^"]*\)"$/\1/p')
  found=$(mktemp -d)
  echo "==> $name, $seconds s, corpus $corpus"
  if ! $build/bin/fuzz/"$name" -max_total_time="$seconds" -timeout=10 -artifact_prefix="$found/" "$found" "$corpus" \
    >"$found/log" 2>&1; then
    tail -n 40 "$found/log"
    echo "$name found a fault: the input lies in $found" >&2
    exit 1
  fi
  grep -E 'Done [0-9]+ runs' "$found/log"
  rm -rf "$found"
done
