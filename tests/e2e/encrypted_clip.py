# SPDX-License-Identifier: MIT
"""DASH under common encryption: what ffmpeg made, encrypted track by track by tests' own tool (SLUICE_CENC_TOOL)."""

import pathlib
import re
import struct
import subprocess

import cenc_test
import dash_clip

NAMES = ["-use_template", "1", "-use_timeline", "1", "-init_seg_name", "$RepresentationID$/init.mp4",
         "-media_seg_name", "$RepresentationID$/$Number$.m4s"]


def make(folder: pathlib.Path, scheme, seconds=8):
    """Writes <folder>/<scheme>/index.mpd."""
    place = folder / scheme
    for representation in "0123":
        (place / representation).mkdir(parents=True)
    source = [argument.format(seconds=seconds) for argument in dash_clip.SOURCE]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *source, *NAMES, str(place / "index.mpd")], check=True)
    for representation in "0123":
        encrypt(place / representation, scheme)
    protection = f'<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="{scheme}"/>'
    text, count = re.subn(r"(<AdaptationSet [^>]*>)", r"\1" + protection, (place / "index.mpd").read_text(encoding="utf-8"))
    assert count == 3
    (place / "index.mpd").write_text(text, encoding="utf-8")
    return place


def encrypt(track: pathlib.Path, scheme):
    """The files of one track, in their places."""
    segments = sorted(track.glob("*.m4s"), key=lambda path: int(path.stem))
    clear = (track / "init.mp4").read_bytes() + b"".join(fragments(path.read_bytes()) for path in segments)
    options = cenc_test.SCHEMES[scheme]
    init, encrypted = cenc_test.split(cenc_test.run(
        [cenc_test.TOOL, "encrypt", *options, f"key={cenc_test.KID}:{cenc_test.KEY}"], clear))
    (track / "init.mp4").write_bytes(init)
    for path, segment in zip(segments, encrypted, strict=True):
        path.write_bytes(segment)


def fragments(segment):
    """Without the boxes in front (styp, sidx), whose sizes will not be true."""
    kept, at = b"", 0
    while at < len(segment):
        size, kind = struct.unpack(">I4s", segment[at:at + 8])
        kept += segment[at:at + size] if kind in (b"moof", b"mdat") else b""
        at += size
    return kept
