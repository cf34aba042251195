# SPDX-License-Identifier: MIT
"""`sluice manifest`: rewriting, converting and checking manifests without a server."""

import subprocess
import unittest

import harness

MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n"
MEDIA = '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="../k?a=b"\n#EXTINF:4,\ns1.ts\n#EXTINF:4,\ns1.ts\n#EXT-X-ENDLIST\n'
MPD = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S" minBufferTime="PT2S"
     profiles="urn:mpeg:dash:profile:isoff-live:2011">
  <Period><AdaptationSet contentType="video" mimeType="video/mp4" codecs="avc1.64001f">
    <SegmentTemplate timescale="1" duration="2" startNumber="1" initialization="$RepresentationID$/i.mp4"
                     media="$RepresentationID$/$Number$.m4s"/>
    <Representation id="v" bandwidth="1000000" width="640" height="360"/>
  </AdaptationSet></Period>
</MPD>
"""


class ManifestToolTest(harness.EndToEndTest):
    def run_tool(self, *arguments):
        return subprocess.run([harness.SERVER, "manifest", *map(str, arguments)], cwd=self.folder, capture_output=True,
                              text=True, timeout=harness.PATIENCE, check=False)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_rewrites_with_links_that_people_can_read(self):
        path = self.write("media.m3u8", MEDIA)

        run = self.run_tool("rewrite", path, "--url", "https://o.example/v/media.m3u8")

        self.assertEqual(run.stderr, "")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stdout, '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="/~/key/1/https://o.example/k?a=b"\n'
                                     "#EXTINF:4,\n/~/segment/2/https://o.example/v/s1.ts\n"
                                     "#EXTINF:4,\n/~/segment/2/https://o.example/v/s1.ts\n#EXT-X-ENDLIST\n")

    def test_checks_what_a_playlist_leads_to(self):
        media = self.folder / "media"
        media.mkdir()
        for name, text in (("m.m3u8", MASTER), ("low.m3u8", MEDIA), ("high.m3u8", "<html>gone</html>")):
            (media / name).write_text(text, encoding="utf-8")
        nginx = self.start_nginx(media)
        url = f"http://127.0.0.1:{nginx.port}"

        run = self.run_tool("check", f"{url}/m.m3u8")

        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout, f"{url}/m.m3u8: hls: 2 manifests\n{url}/low.m3u8: hls: 1 segment, 1 key\n")
        self.assertEqual(len(run.stderr.splitlines()), 1)
        self.assertTrue(run.stderr.startswith(f"{url}/high.m3u8: "), run.stderr)

    def test_a_playlist_that_leads_to_itself_is_looked_at_once(self):
        path = self.write("loop.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nloop.m3u8\n")

        run = self.run_tool("check", path)

        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertLessEqual(len(run.stdout.splitlines()), 2)

    def test_converts_an_mpd_with_all_its_playlists(self):
        path = self.write("film.mpd", MPD)

        run = self.run_tool("convert", path, "--url", "https://o.example/film.mpd")

        self.assertEqual(run.stderr, "")
        self.assertEqual(run.returncode, 0)
        master, media = run.stdout.split("\n# /~/manifest/1/https://o.example/film.mpd\n")
        self.assertIn("#EXT-X-STREAM-INF:", master)
        self.assertIn("/~/manifest/1/https://o.example/film.mpd", master)
        self.assertIn("https://o.example/v/i.mp4", media)
        self.assertIn("https://o.example/v/2.m4s\n", media)
        self.assertTrue(media.endswith("#EXT-X-ENDLIST\n"))

    def test_uses_a_component_of_a_configuration(self):
        config = self.write("sluice.yaml", """
version: 1
listeners: {main: {address: "127.0.0.1:0"}}
components: {bare: {kind: manifest, type: hls, config: {mode: keys}}}
""")
        path = self.write("media.m3u8", MEDIA)

        run = self.run_tool("rewrite", path, "--url", "https://o.example/v/media.m3u8", "-c", config, "--component", "bare")

        self.assertEqual(run.stderr, "")
        self.assertIn("/~/key/1/https://o.example/k?a=b", run.stdout)
        self.assertIn("\nhttps://o.example/v/s1.ts\n", run.stdout)

    def test_says_what_is_wrong(self):
        page = self.write("page.html", "<html></html>")
        path = self.write("media.m3u8", MEDIA)
        for arguments, code, message in (
                (["rewrite", page], 1, "no rewriter takes it for a manifest of its format"),
                (["rewrite", self.folder / "absent.m3u8"], 1, "absent.m3u8: "),
                (["convert", path], 1, "no rewriter takes it"),
                (["check", path, "--component", "absent"], 2, "--component: want the name of a component"),
                (["rewrite"], 2, "SOURCE is required"),
                ([], 2, "A subcommand is required")):
            with self.subTest(arguments):
                run = self.run_tool(*arguments)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(message, run.stderr)
                self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
