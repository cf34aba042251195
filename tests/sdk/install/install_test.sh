#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the SDK into a prefix of its own, builds every example out of tree with g++ and with clang++, runs their tests,
# and looks at the plugin files. They stay in <build>/out-of-tree/{gcc,clang}/plugins for the tests that load them. Last, the
# test of a plugin file has to fail when no component could be made.
#
#   install_test.sh <cmake> <build folder of Sluice> <sdk folder of the source>
set -eu
cmake=$1 build=$2 sdk=$3
work=$build/out-of-tree
prefix=$work/prefix
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

"$cmake" --install "$build" --component sdk --prefix "$prefix" >"$work/install.log" || fail "install, see $work/install.log"
[ -f "$prefix/include/sluice/sdk/plugin.hpp" ] || fail "plugin.hpp is not installed"
[ -f "$prefix/include/sluice/sdk/testing/fake_host.hpp" ] || fail "the testing kit is not installed"
grep -rl "$sdk" "$prefix" && fail "an installed file names the source folder"

launcher=
if command -v ccache >/dev/null; then launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
server=
if [ -x "$build/bin/sluice" ]; then server=-DSLUICE_EXECUTABLE=$build/bin/sluice; fi

# find_package asks for a version: 1.x is taken, another major is not.
mkdir "$work/versions"
cat >"$work/versions/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.25)
project(versions LANGUAGES CXX)
find_package(SluiceSdk 2.0 QUIET)
if(SluiceSdk_FOUND)
  message(FATAL_ERROR "SluiceSdk 2.0 was found")
endif()
find_package(SluiceSdk 1.0 REQUIRED)
LISTS
"$cmake" -S "$work/versions" -B "$work/versions/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER=g++-12 \
  >"$work/versions/log" 2>&1 || { cat "$work/versions/log"; fail "find_package(SluiceSdk)"; }

check_file() {
  exported=$(nm -D --defined-only "$1" | awk '{print $NF}')
  [ "$exported" = sluice_plugin ] || fail "$1 exports: $exported (want sluice_plugin)"
  readelf -SW "$1" | grep -q ' sluice_abi_1 ' || fail "$1 has no section sluice_abi_1"
}

for pair in gcc:g++-12 clang:clang++-14; do
  name=${pair%%:*} compiler=${pair#*:}
  mkdir "$work/$name"
  count=0
  for example in "$sdk"/examples/*/CMakeLists.txt; do
    source=$(dirname "$example")
    folder=$work/$name/$(basename "$source")
    echo "== $(basename "$source") with $compiler"
    "$cmake" -S "$source" -B "$folder" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" $launcher $server \
      -DCMAKE_BUILD_TYPE=Debug -DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
      -DSLUICE_PLUGIN_OUTPUT_DIRECTORY="$work/$name/plugins" >"$folder.log" 2>&1 || { cat "$folder.log"; fail configure; }
    "$cmake" --build "$folder" --parallel 2 >>"$folder.log" 2>&1 || { cat "$folder.log"; fail build; }
    (cd "$folder" && ctest --no-tests=error --output-on-failure) >>"$folder.log" 2>&1 || { cat "$folder.log"; fail test; }
    count=$((count + 1))
  done
  [ "$(ls "$work/$name/plugins" | wc -l)" -eq "$count" ] || fail "want $count files in $work/$name/plugins"
  for file in "$work/$name/plugins"/*.so; do check_file "$file"; done
done
if [ -n "$server" ]; then
  echo "== token-file without a configuration to check it with"
  folder=$work/unchecked
  cp -r "$sdk/examples/token-file" "$folder"
  sed -i 's/ CHECK_CONFIG check\.json//' "$folder/CMakeLists.txt"
  "$cmake" -S "$folder" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER=g++-12 $launcher $server \
    -DCMAKE_BUILD_TYPE=Debug >"$folder.log" 2>&1 || { cat "$folder.log"; fail configure; }
  "$cmake" --build "$folder/build" --target auth-token-file >>"$folder.log" 2>&1 || { cat "$folder.log"; fail build; }
  (cd "$folder/build" && ctest -V -R '^check-plugin-auth-token-file$') >"$folder.log" 2>&1 &&
    fail "check-plugin-auth-token-file passed, and no component was made"
  grep -q 'note  auth/token-file: create skipped' "$folder.log" || { cat "$folder.log"; fail "want a note on what was skipped"; }
fi
echo "ok: $count examples with two compilers"
