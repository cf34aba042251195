# SPDX-License-Identifier: MIT
"""What the filter decrypts plays as the clear source does: equal hashes of every decoded frame, by ffmpeg."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

TOOL = os.environ["SLUICE_CENC_TOOL"]
KEYS = ["%032x:%032x" % (0xA0 + i, 0x1234567890ABCDEF1234567890ABCDEF + i) for i in range(3)]

WAYS = {
    "cenc": ["scheme=cenc", "iv_bytes=8"],
    "cenc of odd sizes": ["scheme=cenc", "iv_bytes=16", "odd_sizes=1"],
    "cens": ["scheme=cens", "crypt=1", "skip=9", "iv_bytes=8"],
    "cbc1": ["scheme=cbc1", "iv_bytes=16"],
    "cbcs": ["scheme=cbcs", "crypt=1", "skip=9", "iv_bytes=0", "odd_sizes=1"],
    "cbcs of whole samples": ["scheme=cbcs", "iv_bytes=0", "whole_samples=1"],
}


def run(command, data=None):
    return subprocess.run(command, input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def make_clip(folder):
    """Video and audio in one fragmented file, several fragments."""
    clip = folder / "clear.mp4"
    run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i",
         "sine=frequency=440:sample_rate=48000", "-t", "4", "-c:v", "libx264", "-preset", "veryfast", "-g", "25",
         "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof", str(clip)])
    return clip.read_bytes()


def frames(data, folder):
    """Hash of each decoded frame, audio and video."""
    path = folder / "play.mp4"
    path.write_bytes(data)
    return run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0", "-f", "framemd5", "-"])


class Frames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.clear = make_clip(cls.folder)
        cls.expected = frames(cls.clear, cls.folder)
        assert cls.expected.count(b"\n") > 200, cls.expected.decode()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def check(self, *options, keys):
        arguments = [f"key={key}" for key in keys]
        encrypted = run([TOOL, "encrypt", *options, *arguments], self.clear)
        self.assertNotEqual(encrypted, self.clear)
        decrypted = run([TOOL, "decrypt", *keys], encrypted)
        self.assertEqual(len(decrypted), len(encrypted))
        self.assertEqual(frames(decrypted, self.folder), self.expected)

    def test_each_scheme(self):
        for name, options in WAYS.items():
            with self.subTest(name):
                self.check(*options, keys=KEYS[:1])

    def test_key_rotation(self):
        for name, options in WAYS.items():
            with self.subTest(name):
                self.check(*options, keys=KEYS)
                self.check(*options, "groups_in_moov=1", "clear_first=1", keys=KEYS)

    def test_another_key_plays_otherwise(self):
        encrypted = run([TOOL, "encrypt", "scheme=cenc", f"key={KEYS[0]}"], self.clear)
        decrypted = run([TOOL, "decrypt", KEYS[0][:33] + KEYS[1][33:]], encrypted)
        path = self.folder / "wrong.mp4"
        path.write_bytes(decrypted)
        played = subprocess.run(["ffmpeg", "-v", "quiet", "-i", str(path), "-map", "0", "-f", "framemd5", "-"],
                                stdout=subprocess.PIPE, check=False).stdout
        self.assertNotEqual(played, self.expected)

    def test_ffmpeg_decrypts_what_we_encrypt(self):
        """An oracle for the encryptor. From a pipe: in files with several fragments ffmpeg 5.1 loses count."""
        for scheme in (["scheme=cenc"], ["scheme=cens", "crypt=1", "skip=9"], ["scheme=cbc1", "iv_bytes=16"],
                       ["scheme=cbcs", "crypt=1", "skip=9", "iv_bytes=16"]):
            with self.subTest(scheme):
                encrypted = run([TOOL, "encrypt", *scheme, "audio_subsamples=1", f"key={KEYS[0]}"], self.clear)
                played = run(["ffmpeg", "-v", "error", "-decryption_key", KEYS[0][33:], "-i", "-", "-map", "0",
                              "-f", "framemd5", "-"], encrypted)
                self.assertEqual(played, self.expected)


if __name__ == "__main__":
    unittest.main()
