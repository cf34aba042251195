#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares Sluice with nginx and HAProxy on this machine and writes the results to docs/performance.md.
# SLUICE_BIN names the server to measure (default: the release build); arguments go to bench.py.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

export SLUICE_BIN=${SLUICE_BIN:-build/release/bin/sluice}
for program in "$SLUICE_BIN" "$(dirname "$SLUICE_BIN")/stream_client"; do
  [[ -x $program ]] || {
    echo "bench: $program: want a built program; ./dev build release makes it" >&2
    exit 2
  }
done
PATH=$PATH:/usr/sbin
for tool in nginx haproxy wrk openssl python3; do
  command -v "$tool" >/dev/null || {
    echo "bench: $tool is missing; ./dev bench installs it" >&2
    exit 2
  }
done
exec python3 -B tests/bench/bench.py "$@"
