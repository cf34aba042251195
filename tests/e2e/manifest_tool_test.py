# SPDX-License-Identifier: MIT
"""`sluice manifest`: rewriting, converting and checking manifests without a server."""

import subprocess
import unittest

import harness

MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n"
MEDIA = ('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI="../k?a=b"\n'
         "#EXTINF:4,\ns1.ts\n#EXTINF:4,\ns1.ts\n#EXT-X-ENDLIST\n")
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
        self.assertEqual(run.stdout, '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI="/~/key/1/https://o.example/k?a=b"\n'
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

        self.assertEqual(run.returncode, 2)
        self.assertEqual(run.stdout, f"{url}/m.m3u8: hls: 2 manifests\n{url}/low.m3u8: hls: 1 segment, 1 key\n")
        self.assertEqual(len(run.stderr.splitlines()), 1)
        self.assertEqual(run.stderr, f"{url}/high.m3u8: not a playlist: the body is HTML or XML\n")

    def places_of(self, name, text):
        """A file and a URL of the same manifest: what to ask for, and how it is named in answers."""
        media = self.folder / "served"
        media.mkdir(exist_ok=True)
        (media / name).write_text(text, encoding="utf-8")
        nginx = self.start_nginx(media)
        return ((media / name, f"file://{media / name}"),) + (2 * (f"http://127.0.0.1:{nginx.port}/{name}",),)

    def test_what_keeps_the_rules_is_clean(self):
        for name, text, summary in (("media.m3u8", MEDIA, "hls: 1 segment, 1 key"), ("film.mpd", MPD, "dash: 1 segment, 1 init")):
            for source, url in self.places_of(name, text):
                with self.subTest(source):
                    run = self.run_tool("check", source)
                    self.assertEqual(run.stderr, "")
                    self.assertEqual(run.returncode, 0)
                    self.assertEqual(run.stdout, f"{url}: {summary}\n")

    def test_names_the_rules_that_are_broken(self):
        playlist = MEDIA.replace("#EXTINF:4,\ns1.ts\n#EXT-X-ENDLIST", "#EXTINF:5.5,\n{$a}.ts\n#EXT-X-ENDLIST")
        mpd = MPD.replace('     profiles="urn:mpeg:dash:profile:isoff-live:2011"', "").replace(' bandwidth="1000000"', "")
        rfc, iso = "RFC 8216bis §", "ISO/IEC 23009-1 §"
        for name, text, found, error in (
                ("broken.m3u8", playlist,
                 (f"6: EXTINF 5.5: rounded, it is longer than EXT-X-TARGETDURATION, 4 ({rfc}4.4.3.1)",
                  f"6: EXTINF with a fraction: want EXT-X-VERSION 3 or higher, and there is none ({rfc}8)",
                  f"7: {{$a}} is not defined before its use ({rfc}4.3)"),
                 "playlist line 7: variable {$a} is not defined before its use"),
                ("broken.mpd", mpd,
                 (f"2: MPD: want profiles ({iso}5.3.1.2)", f"7: Representation: want bandwidth ({iso}5.3.5.2)"), None)):
            for source, url in self.places_of(name, text):
                with self.subTest(source):
                    run = self.run_tool("check", source)
                    self.assertEqual(run.returncode, 1)
                    lines = run.stdout.splitlines()
                    self.assertEqual(lines[:len(found)], [f"{url}:{one}" for one in found])
                    self.assertEqual(run.stderr, f"{url}: {error}\n" if error else "")

    def test_rewrites_an_mpd(self):
        for source, url in self.places_of("film.mpd", MPD):
            with self.subTest(source):
                run = self.run_tool("rewrite", source)
                self.assertEqual(run.stderr, "")
                self.assertEqual(run.returncode, 0)
                folder = url.removesuffix("film.mpd")
                self.assertIn(f"/~/segment/1/{folder}v/$Number$.m4s", run.stdout)
                self.assertEqual(run.stdout.count("<Representation "), 1)

    def test_rewrites_a_playlist_from_where_it_lies(self):
        for source, url in self.places_of("media.m3u8", MEDIA):
            with self.subTest(source):
                run = self.run_tool("rewrite", source)
                self.assertEqual(run.stderr, "")
                self.assertEqual(run.returncode, 0)
                self.assertIn(f"\n/~/segment/2/{url.removesuffix('media.m3u8')}s1.ts\n", run.stdout)

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
                (["check", page], 2, "no rewriter takes it"),
                (["check", self.folder / "absent.m3u8"], 2, "absent.m3u8: "),
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
