#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the demo clip: HLS with two renditions, two audio languages, subtitles and AES-128. Once: a finished clip stays.
#
# usage: make-clip.sh FOLDER [SECONDS]    writes FOLDER/clip/master.m3u8 and what it points to
set -euo pipefail

folder=${1:?usage: make-clip.sh FOLDER [SECONDS]}
seconds=${2:-24}
clip=$folder/clip
[[ -f $clip/master.m3u8 ]] && exit 0
command -v ffmpeg >/dev/null || { echo "make-clip: ffmpeg is missing (Debian: apt-get install ffmpeg)" >&2; exit 1; }

echo "==> making a demo clip of $seconds seconds in $clip" >&2
mkdir -p "$folder"
work=$(mktemp -d "$folder/.clip-XXXXXX")
trap 'rm -rf "$work"' EXIT

# The key lies beside the segments, and the playlists name it relative: that is what the gateway has to rewrite.
head -c 16 /dev/urandom >"$work/clip.key"
printf 'clip.key\n%s\n' "$work/clip.key" >"$work/key-info"

{
  printf 'WEBVTT\n\n'
  for ((s = 0; s < seconds; s += 4)); do
    printf '%02d:%02d.000 --> %02d:%02d.800\nSecond %d of %d\n\n' \
      $((s / 60)) $((s % 60)) $(((s + 3) / 60)) $(((s + 3) % 60)) "$s" "$seconds"
  done
} >"$work/subtitles.vtt"

ffmpeg -nostdin -loglevel error \
  -f lavfi -i "testsrc2=size=640x360:rate=25:duration=$seconds" \
  -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=$seconds" \
  -f lavfi -i "sine=frequency=660:sample_rate=48000:duration=$seconds" \
  -filter_complex "[0:v]split=2[large][half];[half]scale=320:180[small]" \
  -map "[large]" -map "[small]" -map 1:a -map 2:a \
  -c:v libx264 -profile:v main -preset veryfast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 \
  -b:v:0 900k -maxrate:v:0 1000k -bufsize:v:0 2000k -b:v:1 300k -maxrate:v:1 350k -bufsize:v:1 700k \
  -c:a aac -b:a 64k -ac 2 \
  -f hls -hls_time 4 -hls_playlist_type vod -hls_flags independent_segments -hls_key_info_file "$work/key-info" \
  -hls_segment_filename "$work/%v-%03d.ts" -master_pl_name video.m3u8 \
  -var_stream_map "v:0,agroup:audio,name:large v:1,agroup:audio,name:small a:0,agroup:audio,language:en,default:yes,name:english a:1,agroup:audio,language:de,name:deutsch" \
  "$work/%v.m3u8"

# ffmpeg's master playlist knows the audio group; the subtitles are one WebVTT file, which makes one segment.
cat >"$work/subtitles.m3u8" <<EOF
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:$seconds
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:$seconds.0,
subtitles.vtt
#EXT-X-ENDLIST
EOF
awk '
  /^#EXT-X-STREAM-INF/ && !done {
    print "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subtitles\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,URI=\"subtitles.m3u8\""
    done = 1
  }
  /^#EXT-X-STREAM-INF/ { print $0 ",SUBTITLES=\"subtitles\""; next }
  { print }' "$work/video.m3u8" >"$work/master.m3u8"
rm "$work/video.m3u8" "$work/key-info"
rm -rf "$clip"
mv "$work" "$clip"
chmod 755 "$clip"
trap - EXIT
