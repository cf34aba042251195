# SPDX-License-Identifier: MIT
"""Live DASH, made by a real ffmpeg while it is watched: as HLS its segments keep their numbers, and can be had."""

import contextlib
import re
import signal
import unittest

import dash_clip
import dash_test
import harness

PLAYLIST = re.compile(r"#EXT-X-MEDIA-SEQUENCE:(\d+)")


def segments(playlist):
    """Media sequence number -> link."""
    first = int(PLAYLIST.search(playlist).group(1))
    links = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    return {first + i: link for i, link in enumerate(links)}


class DashLiveTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()
        self.nginx = self.start_nginx(self.root)
        self.sluice = self.start(dash_test.CONFIG.format(origin=self.nginx.port))

    def encode(self, *options):
        """ffmpeg, writing a live MPD at the speed of life."""
        process = dash_clip.live(self.root, *options)
        self.addCleanup(self.end, process)
        harness.wait_until((self.root / "live.mpd").exists, "the encoder writes an MPD")

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(timeout=harness.PATIENCE)

    def watch(self, media, advance):
        """Reloads a playlist until it has moved on so far. Answers every segment that was seen."""
        seen = {}
        first = None
        newest = -1

        def moved():
            nonlocal first, newest
            answer = self.sluice.get(media)
            self.assertEqual(answer.status, 200, answer.text)
            listed = segments(answer.text)
            if not listed:
                return False
            for number, link in listed.items():
                self.assertEqual(seen.setdefault(number, link), link, "a number stands for another segment")
            self.assertGreaterEqual(max(listed), newest)
            newest = max(listed)
            first = newest if first is None else first
            self.assertEqual(self.sluice.get(listed[newest]).status, 200)
            return newest - first >= advance

        harness.wait_until(moved, f"the playlist moves on by {advance}")
        self.assertEqual(len(set(seen.values())), len(seen), "a segment has two numbers")
        return seen

    def media_playlists(self):
        def offered():
            with contextlib.suppress(AssertionError):
                answer = self.sluice.get("/hls/live.mpd?token=letmein-please")
                return answer.status == 200 and answer.text
            return None
        master = harness.wait_until(offered, "there is something to play")
        video = [line for line in master.splitlines() if line.startswith("/~/")]
        audio = re.findall(r'TYPE=AUDIO.*URI="([^"]+)"', master)
        return video[0], audio[0]

    def test_segments_named_by_number_keep_their_numbers(self):
        self.encode("-use_template", "1", "-use_timeline", "0")
        video, audio = self.media_playlists()
        self.watch(video, 6)
        self.watch(audio, 2)

    def test_segments_named_by_time_keep_their_numbers(self):
        self.encode("-use_template", "1", "-use_timeline", "1", "-adaptation_sets", "id=0,streams=v id=1,streams=a",
                    "-media_seg_name", "chunk-$RepresentationID$-$Time$.m4s")
        video, audio = self.media_playlists()
        self.assertIn("$Time$", (self.root / "live.mpd").read_text(encoding="utf-8"))
        self.watch(video, 6)
        self.watch(audio, 2)

    def test_the_list_says_when_its_segments_were(self):
        self.encode("-use_template", "1", "-use_timeline", "1")
        video, _ = self.media_playlists()
        playlist = self.sluice.get(video).text
        self.assertRegex(playlist, r"#EXT-X-PROGRAM-DATE-TIME:20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
        self.assertNotIn("#EXT-X-ENDLIST", playlist)


if __name__ == "__main__":
    unittest.main()
