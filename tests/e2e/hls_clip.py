# SPDX-License-Identifier: MIT
"""HLS of real media, made by ffmpeg: one clip with two renditions and two languages in several shapes, and live."""

import pathlib
import subprocess

SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration={seconds}",
          "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration={sound}",
          "-f", "lavfi", "-i", "sine=frequency=880:sample_rate=48000:duration={sound}",
          "-map", "0:v", "-map", "0:v", "-map", "1:a", "-map", "2:a", "-s:v:1", "160x90",
          "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0",
          "-b:v:0", "600k", "-b:v:1", "200k", "-c:a", "aac", "-b:a", "64k",
          "-f", "hls", "-hls_time", "2", "-hls_flags", "{flags}", "-master_pl_name", "master.m3u8",
          "-var_stream_map", "v:0,agroup:sound,name:large v:1,agroup:sound,name:small "
          "a:0,agroup:sound,language:en,default:yes,name:english a:1,agroup:sound,language:de,name:deutsch"]

# A name for the folder, the muxer's flags, and what else it is told.
SHAPES = {
    "fmp4": ("independent_segments", ["-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init-%v.mp4"]),
    "ts-ranges": ("independent_segments+single_file", []),
    "fmp4-ranges": ("independent_segments+single_file", ["-hls_segment_type", "fmp4"]),
}


def make(folder: pathlib.Path, shape, seconds=8):
    """Writes <folder>/<shape>/master.m3u8."""
    place = folder / shape
    place.mkdir(parents=True)
    flags, options = SHAPES[shape]
    # The sound ends a little sooner: no segment has a single frame.
    source = [argument.format(seconds=seconds, sound=seconds - 0.1, flags=flags) for argument in SOURCE]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *source, "-hls_playlist_type", "vod", *options, str(place / "%v.m3u8")],
                   check=True)
    return place


def live(place: pathlib.Path, *options, seconds=24 * 3600):
    """Starts an ffmpeg that writes <place>/live.m3u8 and its segments at the speed of life."""
    place.mkdir(parents=True)
    return subprocess.Popen(
        ["ffmpeg", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=25:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=sample_rate=48000:duration={seconds}", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25",
         "-keyint_min", "25", "-sc_threshold", "0", "-c:a", "aac", "-f", "hls", "-hls_time", "1", *options,
         str(place / "live.m3u8")])
