#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the clips that a viewer is shown in place of what could not be played: one still picture of text each, and silence,
# since some players refuse video without sound. The build takes the .mp4 files as they lie here and needs nothing of this.
#
# With the same ffmpeg, x264 and fonts the files come out the same to the last octet. Debian 12: ffmpeg, fonts-dejavu-core.
#
# usage: make.sh [FOLDER]    writes FOLDER/<name>.mp4; without FOLDER beside itself
set -euo pipefail

folder=${1:-$(dirname "$(readlink -f "$0")")}
fonts=/usr/share/fonts/truetype/dejavu
seconds=10
rate=5

command -v ffmpeg >/dev/null || { echo "make: ffmpeg is missing (Debian: apt-get install ffmpeg)" >&2; exit 1; }
[[ -f $fonts/DejaVuSans-Bold.ttf ]] || { echo "make: fonts are missing (Debian: apt-get install fonts-dejavu-core)" >&2; exit 1; }
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The colour of the bar at the left tells from afar what kind of news this is.
good=0x4caf50 wait=0xffb300 bad=0xe53935

# clip NAME COLOUR HEADING    with the text below the heading on standard input: its lines are broken as they are there
clip() {
  local name=$1 colour=$2 heading=$3 text height top
  text=$(cat)
  printf '%s' "$heading" >"$work/heading"
  printf '%s' "$text" >"$work/text"
  height=$((144 + 55 * $(wc -l <<<"$text")))
  top=$(((720 - height) / 2))
  # One thread each: with more of them the octets depend on the machine. The SEI that is filtered out would name x264's
  # version and options. One key frame is enough for so short a clip, and each more costs as much as all else.
  ffmpeg -nostdin -loglevel error -y -threads 1 -filter_threads 1 \
    -f lavfi -i "color=c=0x14181f:size=1280x720:rate=$rate:duration=$seconds,format=rgb24" \
    -f lavfi -i "anullsrc=channel_layout=stereo:sample_rate=48000:duration=$seconds" \
    -filter_complex "[0:v]drawbox=x=96:y=$top:w=12:h=$height:color=$colour:t=fill,
      drawtext=fontfile=$fonts/DejaVuSans-Bold.ttf:textfile=$work/heading:expansion=none:fontsize=60:fontcolor=white:x=144:y=$((top + 24)),
      drawtext=fontfile=$fonts/DejaVuSans.ttf:textfile=$work/text:expansion=none:fontsize=38:fontcolor=0xd8dde5:line_spacing=18:x=144:y=$((top + 136)),
      scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=yuv420p[picture]" \
    -map "[picture]" -map 1:a -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -threads 1 \
    -c:v libx264 -profile:v main -level:v 3.1 -preset veryslow -tune animation -crf 33 -bf 0 -g $((rate * seconds)) \
    -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv -bsf:v filter_units=remove_types=6 \
    -c:a aac -b:a 32k -movflags +faststart -t "$seconds" "$work/$name.mp4"
  chmod 644 "$work/$name.mp4"
  mv "$work/$name.mp4" "$folder/$name.mp4"
}

clip 200 "$good" "All is well" <<'TEXT'
What you asked for has been done.
There is nothing to play here.
TEXT
clip 401 "$bad" "Your key is not accepted" <<'TEXT'
The store does not take the key of this addon.
Get a new key at the store,
then configure the addon anew.
TEXT
clip 403 "$bad" "Not allowed" <<'TEXT'
The store does not let your account do this.
Look at your account on the store's website,
or choose another stream.
TEXT
clip 429 "$wait" "Too many requests" <<'TEXT'
The store was asked too often in a short time.
Wait a minute, then try again.
TEXT
clip 451 "$bad" "Blocked for legal reasons" <<'TEXT'
The store is not allowed to deliver this.
Choose another stream.
TEXT
clip 500 "$bad" "Something went wrong" <<'TEXT'
The store has a fault, or cannot be reached.
Try again in some minutes,
or choose another stream.
TEXT
clip content_proxy_limit_reached "$wait" "Too many streams at once" <<'TEXT'
You are playing as many streams through this
server as you may. Stop one of them,
then try again.
TEXT
clip download_failed "$bad" "The download failed" <<'TEXT'
The store could not download this,
and will not get further with it.
Choose another stream.
TEXT
clip downloading "$wait" "Downloading" <<'TEXT'
The store does not have this yet and is
fetching it for you now.
Try again in some minutes.
TEXT
clip no_matching_file "$bad" "No matching file" <<'TEXT'
The film or episode that you asked for
is not in what you chose.
Choose another stream.
TEXT
clip payment_required "$bad" "Subscription required" <<'TEXT'
The store does this for paying members only.
Renew your subscription on the store's website,
then try again.
TEXT
clip store_limit_exceeded "$wait" "The store's limit is reached" <<'TEXT'
You have used up what the store allows you.
Remove old downloads there, or wait
for a day, then try again.
TEXT
