#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the seed inputs anew: one small file for each way of encrypting. The first octet is the fuzz target's own.
#
# usage: make_corpus.sh CENC_TOOL
set -euo pipefail
tool=$(realpath "$1")
cd "$(dirname "$0")/corpus"
key=000000000000000000000000000000a0:1234567890abcdef1234567890abcdef
other=000000000000000000000000000000a1:2234567890abcdef1234567890abcdef
seed() {
  local name=$1
  shift
  { printf '\x11'; "$tool" clip | "$tool" encrypt key=$key "$@"; } >"$name.mp4"
}
seed cenc scheme=cenc
seed cens scheme=cens crypt=1 skip=9
seed cbc1 scheme=cbc1 iv_bytes=16
seed cbcs scheme=cbcs crypt=1 skip=9 iv_bytes=0
seed rotation scheme=cenc key=$other
seed rotation_in_moov scheme=cbcs iv_bytes=0 key=$other groups_in_moov=1 clear_first=1
seed no_senc scheme=cenc senc=0
seed large_mdat scheme=cenc large_mdat=1
{ printf '\x91'; "$tool" clip; } >clear.mp4
