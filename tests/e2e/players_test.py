# SPDX-License-Identifier: MIT
"""hls.js, Shaka, dash.js and Chromium's own HLS player on streams of real origins, played through the gateway.

browser/players*.test.mjs say what they have to do.
"""

import http.client
import re
import subprocess
import unittest

import browser_test
import dash_clip
import dash_test
import harness
import hls_clip
import low_latency_origin

CONFIG = (dash_test.HEAD + dash_test.pipeline("hls", "hls") + dash_test.pipeline("dash", "dash") +
          dash_test.pipeline("dash-as-hls", "dash-to-hls"))


class PlayersCase(browser_test.ChromiumTest):
    """Plays from `root` through a gateway of this configuration."""

    config = CONFIG

    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()

    def play(self, file, origin, log, passes):
        """What the tests of `file`, which are `passes`, play comes from the port `origin`, whose access log is `log`."""
        self.sluice = self.start(self.config.format(origin=origin))
        self.run_in_browser(file, passes, SLUICE_ORIGIN_LOG=str(log))
        requests = [entry for entry in self.sluice.log() if entry.get("message") == "request"]
        self.assertGreater(len(requests), 20)
        # 499: the browser was closed meanwhile.
        self.assertEqual([entry for entry in requests if int(entry["status"]) >= 400 and entry["status"] != "499"], [])
        self.assertNotIn("letmein", log.read_text(encoding="utf-8"))


class PlayersTest(PlayersCase):
    def test_streams_on_demand_in_every_shape(self):
        subprocess.run([harness.SOURCE / "config/demo/make-clip.sh", self.root, "12"], check=True)
        for shape in hls_clip.SHAPES:
            hls_clip.make(self.root, shape)
        for shape in dash_clip.SHAPES:
            # Longer than what Shaka loads at once: it places subtitles in time when the next pictures come.
            dash_clip.make(self.root, shape, seconds=16 if shape == "timeline" else 8)
        dash_clip.add_subtitles(self.root / "timeline/index.mpd", self.root / "clip/subtitles.vtt")
        nginx = self.start_nginx(self.root)

        self.play("players.test.mjs", nginx.port, nginx.access_log, passes=28)

    def test_live_streams(self):
        clock = 'location = /time { default_type text/plain; return 200 "$time_iso8601"; }'
        nginx = self.start_nginx(self.root, location_extra=clock)
        hls, dash = self.root / "live-hls", self.root / "live-dash"
        options = ("-hls_list_size", "6", "-hls_delete_threshold", "6", "-hls_flags", "delete_segments")
        self.encode(hls_clip.live(hls, *options), hls / "live.m3u8")
        options = ("-use_template", "1", "-use_timeline", "1", "-utc_timing_url", f"http://127.0.0.1:{nginx.port}/time")
        self.encode(dash_clip.live(dash, *options), dash / "live.mpd")

        self.play("players_live.test.mjs", nginx.port, nginx.access_log, passes=8)

    def encode(self, process, manifest):
        self.addCleanup(process.wait, harness.PATIENCE)
        self.addCleanup(process.kill)
        harness.wait_until(manifest.exists, f"the encoder writes {manifest.name}")

    def test_low_latency_hls(self):
        origin = low_latency_origin.Origin(self.folder)
        self.addCleanup(origin.stop)

        self.play("players_low_latency.test.mjs", origin.port, origin.access_log, passes=1)


class LowLatencyTest(harness.EndToEndTest):
    @staticmethod
    def newest(playlist):
        """The number of the last part that the other rendition is said to have."""
        segment, part = map(int, re.search(r"LAST-MSN=(\d+),LAST-PART=(\d+)", playlist).groups())
        return segment * low_latency_origin.PARTS + part

    def test_ffmpeg_decodes_what_the_origin_publishes(self):
        origin = low_latency_origin.Origin(self.folder, seconds=60)
        self.addCleanup(origin.stop)
        sluice = self.start(CONFIG.format(origin=origin.port))
        url = f"http://127.0.0.1:{sluice.port}/hls/live/master.m3u8?token=letmein-please"

        for kind in ("video", "audio"):
            with self.subTest(kind):
                # Sound that is joined somewhere lacks, for its first frames, those that came before.
                frames = dash_test.frame_hashes(url, f"0:{kind[0]}", "-t", "8")[2:]
                self.assertGreater(len(frames), 200)
                self.assertTrue(dash_test.stand_in(frames, dash_test.frame_hashes(self.folder / f"{kind}.mp4", "0")))

    def test_a_hinted_part_comes_as_it_is_recorded(self):
        origin = low_latency_origin.Origin(self.folder, seconds=60, live=False)
        self.addCleanup(origin.stop)
        sluice = self.start(CONFIG.format(origin=origin.port))
        master = sluice.get("/hls/live/master.m3u8?token=letmein-please").text
        playlist = re.search(r"^/~/.*$", master, re.MULTILINE).group()
        hint = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', sluice.get(playlist).text).group(1)
        part = origin.parts["video"][origin.published]
        connection = http.client.HTTPConnection("127.0.0.1", sluice.port, timeout=harness.PATIENCE)
        self.addCleanup(connection.close)

        connection.request("GET", hint)
        origin.record(1)
        response = connection.getresponse()
        quarter = response.read(len(part) // low_latency_origin.PIECES)
        origin.record(low_latency_origin.PIECES - 1)  # not before the first of them is here
        rest = response.read()

        self.assertEqual((response.status, response.headers["Transfer-Encoding"]), (200, "chunked"))
        self.assertEqual(quarter + rest, part)
        self.assertIn(f'URI="{hint}"', re.sub("#EXT-X-PRELOAD-HINT.*", "", sluice.get(playlist).text))

    def test_delivery_directives_reach_the_origin_and_its_answers_the_player(self):
        origin = low_latency_origin.Origin(self.folder, seconds=60)
        self.addCleanup(origin.stop)
        sluice = self.start(CONFIG.format(origin=origin.port))
        master = sluice.get("/hls/live/master.m3u8?token=letmein-please").text
        link = re.search(r"^/~/.*$", master, re.MULTILINE).group()
        wanted = self.newest(sluice.get(link).text) + low_latency_origin.ADVANCE_LIMIT - 1
        directives = "_HLS_msn={}&_HLS_part={}".format(*divmod(wanted, low_latency_origin.PARTS))

        blocked = sluice.get(f"{link}?{directives}").text
        shorter = sluice.get(f"{link}?{directives}&_HLS_skip=YES").text
        refused = [sluice.get(f"{link}?{query}").status for query in ("_HLS_msn=99999", "_HLS_part=1")]

        self.assertGreaterEqual(self.newest(blocked), wanted)
        self.assertNotIn("EXT-X-SKIP", blocked)
        self.assertRegex(shorter, r"#EXT-X-SKIP:SKIPPED-SEGMENTS=[1-9]")
        self.assertEqual(refused, [400, 400])
        self.assertRegex(origin.access_log.read_text(encoding="utf-8"), rf"{directives} .* held")


if __name__ == "__main__":
    unittest.main()
