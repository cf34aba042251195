# SPDX-License-Identifier: MIT
"""DASH of real media, made by ffmpeg: one clip in several shapes."""

import pathlib
import re
import struct
import subprocess

SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration={seconds}",
          "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration={seconds}",
          "-f", "lavfi", "-i", "sine=frequency=880:sample_rate=48000:duration={seconds}",
          "-map", "0:v", "-map", "0:v", "-map", "1:a", "-map", "2:a", "-s:v:1", "160x90",
          "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0",
          "-c:a", "aac", "-b:a", "64k", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu",
          "-adaptation_sets", "id=0,streams=0,1 id=1,streams=2 id=2,streams=3", "-f", "dash", "-seg_duration", "2"]

# A name for the MPD, and what ffmpeg's dash muxer is told.
SHAPES = {
    "timeline": ["-use_template", "1", "-use_timeline", "1"],
    "number": ["-use_template", "1", "-use_timeline", "0"],
    "list": ["-use_template", "0", "-use_timeline", "0"],
    "ranges": ["-single_file", "1"],
    "base": ["-single_file", "1", "-global_sidx", "1"],
}


def make(folder, shape, seconds=8):
    """Writes <folder>/<shape>/index.mpd."""
    place = folder / shape
    place.mkdir(parents=True)
    source = [argument.format(seconds=seconds) for argument in SOURCE]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *source, *SHAPES[shape], str(place / "index.mpd")], check=True)
    if shape == "base":
        list_no_segments(place / "index.mpd")
    return place


def live(place: pathlib.Path, *options):
    """Starts an ffmpeg that writes <place>/live.mpd and its segments at the speed of life."""
    place.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        ["ffmpeg", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25",
         "-f", "lavfi", "-i", "sine=sample_rate=48000", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25",
         "-keyint_min", "25", "-sc_threshold", "0", "-c:a", "aac", "-f", "dash", "-seg_duration", "1",
         "-window_size", "4", "-extra_window_size", "8", *options, str(place / "live.mpd")])


def list_no_segments(mpd: pathlib.Path):
    """ffmpeg lists the parts of a file even where the file has an index; players are to find that."""
    def base(match):
        start, end = sidx_of(mpd.parent / match.group(1))
        return (f'<BaseURL>{match.group(1)}</BaseURL><SegmentBase indexRange="{start}-{end - 1}">'
                f'<Initialization range="0-{start - 1}"/></SegmentBase>')
    text, count = re.subn(r"<BaseURL>([^<]+)</BaseURL>\s*<SegmentList.*?</SegmentList>", base,
                          mpd.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert count > 0
    mpd.write_text(text, encoding="utf-8")


def sidx_of(path):
    data, at = path.read_bytes(), 0
    while True:
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"sidx":
            return at, at + size
        at += size


def add_subtitles(mpd: pathlib.Path, text: pathlib.Path):
    """English ones, in one file of WebVTT, which lies beside the MPD then."""
    (mpd.parent / "subtitles.vtt").write_bytes(text.read_bytes())
    english = ('<AdaptationSet id="9" contentType="text" mimeType="text/vtt" lang="en"><Representation id="text" bandwidth="256">'
               '<BaseURL>subtitles.vtt</BaseURL></Representation></AdaptationSet>')
    whole = mpd.read_text(encoding="utf-8")
    assert whole.count("</Period>") == 1
    mpd.write_text(whole.replace("</Period>", english + "</Period>"), encoding="utf-8")
