#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares Sluice with nginx on this machine and writes the ratios to docs/performance.md.
# SLUICE_BIN names the server to measure (default: the release build); arguments go to bench.py.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

export SLUICE_BIN=${SLUICE_BIN:-build/release/bin/sluice}
[[ -x $SLUICE_BIN ]] || {
  echo "bench: $SLUICE_BIN: want a built server; ./dev build release makes one" >&2
  exit 2
}
PATH=$PATH:/usr/sbin
for tool in nginx wrk python3; do
  command -v "$tool" >/dev/null || {
    echo "bench: $tool is missing; ./dev bench installs it" >&2
    exit 2
  }
done
exec python3 -B tests/bench/bench.py "$@"
