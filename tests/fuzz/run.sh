#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs every fuzz target of the clang build for so many seconds; new inputs that find new paths join the corpus by hand.
#
# usage: run.sh SECONDS
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
found=0
for target in $(find build/clang -type f -executable -name 'fuzz_*' | sort); do
  found=1
  echo "==> $(basename "$target"), $seconds s"
  folder=$(mktemp -d)
  "$target" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$folder/" "$folder" 2>&1 | tail -n 12
  rm -rf "$folder"
done
[[ $found -eq 1 ]] || { echo "no fuzz target was built: see SLUICE_BUILD_FUZZERS" >&2; exit 1; }
