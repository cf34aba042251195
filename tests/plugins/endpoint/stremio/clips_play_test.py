# SPDX-License-Identifier: MIT
"""The clips play: ffprobe finds what every player can decode, and ffmpeg decodes each frame of it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(os.environ["SLUICE_CLIPS"])
CLIPS = sorted(FOLDER.glob("*.mp4"))


def run(*command):
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def probe(clip):
    shown = run("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(clip))
    assert shown.returncode == 0 and not shown.stderr, shown.stderr.decode()
    return json.loads(shown.stdout)


def decode(clip):
    """What ffmpeg has to say against it; empty: nothing."""
    decoded = run("ffmpeg", "-nostdin", "-v", "warning", "-err_detect", "explode", "-xerror", "-i", str(clip), "-map", "0",
                  "-f", "null", "-")
    return decoded.stderr.decode() or ("" if decoded.returncode == 0 else f"ended with {decoded.returncode}")


class Clips(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(CLIPS), 12)

    def test_each_decodes_without_error(self):
        for clip in CLIPS:
            with self.subTest(clip.name):
                self.assertEqual(decode(clip), "")

    def test_a_broken_one_does_not(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = Path(folder) / "broken.mp4"
            octets = bytearray(CLIPS[0].read_bytes())
            picture = octets.index(b"mdat") + 500
            octets[picture:picture + 2000] = b"\x55" * 2000
            broken.write_bytes(octets)
            self.assertNotEqual(decode(broken), "")

    def test_each_lasts_as_long_as_reading_takes(self):
        for clip in CLIPS:
            with self.subTest(clip.name):
                shown = probe(clip)
                for part in [shown["format"], *shown["streams"]]:
                    self.assertTrue(5 <= float(part["duration"]) <= 30, part["duration"])

    def test_each_is_what_every_player_can_decode(self):
        for clip in CLIPS:
            with self.subTest(clip.name):
                video, audio = probe(clip)["streams"]
                self.assertEqual(video["codec_name"], "h264")
                self.assertIn(video["profile"], ("Constrained Baseline", "Baseline", "Main"))
                self.assertEqual(video["pix_fmt"], "yuv420p")
                self.assertEqual((video["width"], video["height"]), (1280, 720))
                self.assertLessEqual(video["level"], 31)
                self.assertEqual((audio["codec_name"], audio["profile"], audio["channels"]), ("aac", "LC", 2))

    def test_none_says_when_it_was_made(self):
        for clip in CLIPS:
            with self.subTest(clip.name):
                shown = probe(clip)
                for part in [shown["format"], *shown["streams"]]:
                    self.assertNotIn("creation_time", part.get("tags", {}))


if __name__ == "__main__":
    unittest.main()
