#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The rules of the tree.
#
# usage: run.sh [--tidy [FILE...]]
set -uo pipefail
cd "$(dirname "$0")/../.."
failed=0
fail() { printf 'lint: %s\n' "$*" >&2; failed=1; }

sources() { git ls-files -co --exclude-standard -- '*.cpp' '*.hpp' '*.h' '*.c' | while read -r f; do [ -f "$f" ] && echo "$f"; done; }

# Formatting, by the pinned version: others disagree in details.
unformatted=$(sources | grep -v '^tests/bad_plugins/.*\.c$' | xargs -r -P "$(nproc)" -n 40 clang-format-14 --dry-run -Werror 2>&1 | grep -E ': error: ' | cut -d: -f1 | sort -u)
[ -z "$unformatted" ] || fail "not formatted (clang-format-14 -i FILE):"$'\n'"$unformatted"

# Dependencies point one way: plugins -> sdk <- core.
hits=$(grep -rnE '#include *[<"]core/' plugins sdk --include='*.?pp' --include='*.h' --include='*.c' || true)
[ -z "$hits" ] || fail "plugins/ and sdk/ include nothing of core/:"$'\n'"$hits"
hits=$(grep -rnE '#include *[<"](Poco|boost|yaml-cpp)/' sdk --include='*.?pp' --include='*.h' || true)
[ -z "$hits" ] || fail "sdk/ includes neither Poco, Boost nor yaml-cpp:"$'\n'"$hits"
python3 tests/lint/core_cycles.py || fail "the folders of core/ depend on each other in a circle"

# Every source says its licence in the first line.
missing=$(sources | while read -r f; do head -n 2 "$f" | grep -q 'SPDX-License-Identifier: MIT' || echo "$f"; done)
[ -z "$missing" ] || fail "first line lacks the SPDX licence:"$'\n'"$missing"

# A label of ctest that `dev` leaves out is one that tests have.
for label in $(grep -oP -- "-LE '\K[^']+" dev | tr '|' '\n' | sort -u); do
  git grep -qE "LABELS \"?([a-z0-9]+[; ])*$label\b" -- '*CMakeLists.txt' || fail "dev leaves out tests with the label $label; there are none"
done

# Nothing is left for later, nothing is silenced without a reason.
hits=$(git grep -InE '\b(TODO|FIXME|XXX|HACK)\b' -- ':!tests/lint/run.sh' ':!*package-lock.json' || true)
[ -z "$hits" ] || fail "left for later:"$'\n'"$hits"
hits=$(git grep -nE 'sleep_for|sleep_until|\busleep\(' -- '*.cpp' '*.hpp' ':!tests/bad_plugins' || true)
[ -z "$hits" ] || fail "a timed sleep where a condition belongs:"$'\n'"$hits"

# clang-tidy costs minutes, so it is asked for: `--tidy` for every source, `--tidy FILE...` for some.
if [ "${1:-}" = "--tidy" ]; then
  shift
  [ -f build/release/compile_commands.json ] || cmake --preset release >/dev/null || exit 1
  database=$(mktemp -d)
  trap 'rm -rf "$database"' EXIT
  # clang cannot read g++'s precompiled headers, nor its option for ccache.
  sed 's/-fpch-preprocess//g; s/--param=[^ ]*//g; s/-Winvalid-pch//g; s/-include [^ ]*cmake_pch[^ ]*//g' \
    build/release/compile_commands.json >"$database/compile_commands.json"
  if [ $# -gt 0 ]; then printf '%s\n' "$@"; else sources | grep -E '^(core|plugins)/.*\.cpp$'; fi |
    xargs -P "$(nproc)" -n 1 clang-tidy-14 --quiet -p "$database" 2>/dev/null || fail "clang-tidy found the above"
fi
[ $failed -eq 0 ] && echo "lint: clean"
exit $failed
