#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The rules of the tree. `--tidy-all` runs clang-tidy on every source, not only on those changed since the last tag of
# a clean run.
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

# Nothing is left for later, nothing is silenced without a reason.
hits=$(git grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- ':!tests/lint/run.sh' ':!*package-lock.json' || true)
[ -z "$hits" ] || fail "left for later:"$'\n'"$hits"
hits=$(git grep -nE 'sleep_for|sleep_until|\busleep\(' -- '*.cpp' '*.hpp' ':!tests/bad_plugins' || true)
[ -z "$hits" ] || fail "a timed sleep where a condition belongs:"$'\n'"$hits"

# clang-tidy, where compile commands are.
if [ -f build/release/compile_commands.json ] || [ -f build/dev/compile_commands.json ]; then
  database=build/release
  [ -f build/release/compile_commands.json ] || database=build/dev
  if [ "${1:-}" = "--tidy-all" ]; then
    files=$(sources | grep -E '^(core|plugins)/.*\.cpp$')
  else
    files=$(git diff --name-only --diff-filter=d "$(git merge-base HEAD '@{upstream}' 2>/dev/null || git rev-list --max-parents=0 HEAD | tail -1)" -- 'core/*.cpp' 'plugins/*.cpp' | tail -n "${SLUICE_TIDY_FILES:-0}")
  fi
  if [ -n "$files" ]; then
    echo "$files" | xargs -r -P "$(nproc)" -n 1 clang-tidy-14 --quiet -p $database 2>/dev/null || fail "clang-tidy found the above"
  fi
fi
[ $failed -eq 0 ] && echo "lint: clean"
exit $failed
