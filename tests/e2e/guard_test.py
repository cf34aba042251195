# SPDX-License-Identifier: MIT
"""Playlists and MPDs that name addresses of the inside: what a viewer gets who follows the links that Sluice made of them."""

import re
import unittest
import urllib.parse

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
pipelines:
  film:
    steps:
      - resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}
      - fetch: {{}}
      - rewrite: [hls, dash]
"""
FORBIDDEN = (
    "http://10.0.0.1/a.ts", "http://192.168.1.1/a.ts", "http://172.16.0.1/a.ts", "http://100.64.0.1/a.ts",
    "http://169.254.169.254/latest/meta-data", "http://0.0.0.0/a.ts", "http://127.0.0.1:{other}/a.ts",
    "http://localhost:{other}/a.ts", "http://[::1]:{other}/a.ts", "http://[::ffff:127.0.0.1]:{other}/a.ts",
    "http://[64:ff9b::7f00:1]:{other}/a.ts", "http://[2002:7f00:1::]:{other}/a.ts", "http://[fd00:ec2::254]/a.ts",
    "http://[fe80::1]/a.ts")
NO_HOST = (
    "http://127.1:{other}/a.ts", "http://2130706433:{other}/a.ts", "http://0x7f000001:{other}/a.ts",
    "http://0177.0.0.1:{other}/a.ts", "http://localhost.:{other}/a.ts")


class GuardTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root, inside = self.folder / "media", self.folder / "inside"
        for folder in (self.root, inside):
            folder.mkdir()
        for folder in (self.folder, self.root, inside):
            folder.chmod(0o755)
        (self.root / "a.ts").write_bytes(b"of this origin")
        (inside / "a.ts").write_bytes(b"of the inside")
        self.nginx, self.other = self.start_nginx(self.root), self.start_nginx(inside)
        self.urls = [url.format(other=self.other.port) for url in FORBIDDEN + NO_HOST]

    def assert_lead_nowhere(self, sluice, links):
        """The first leads to the origin, the others to `urls`."""
        self.assertEqual(len(links), 1 + len(self.urls))
        self.assertEqual(sluice.get(links[0]).body, b"of this origin")
        for index, (url, link) in enumerate(zip(self.urls, links[1:])):
            with self.subTest(url):
                answer = sluice.get(link)
                self.assertEqual(answer.status, 403 if index < len(FORBIDDEN) else 400, answer.body)
        self.assertEqual(self.other.requested(), [])

    def test_links_of_playlists_to_the_inside_lead_nowhere(self):
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:4"]
        for url in ["a.ts", *self.urls]:
            lines += ["#EXTINF:4,", url]
        (self.root / "list.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]), encoding="utf-8")
        sluice = self.start(CONFIG.format(origin=self.nginx.port))

        playlist = sluice.get("/list.m3u8").text

        self.assert_lead_nowhere(sluice, [urllib.parse.urlsplit(line).path for line in playlist.splitlines()
                                          if line and not line.startswith("#")])

    def test_links_of_mpds_to_the_inside_lead_nowhere(self):
        segments = "".join(f'<SegmentURL media="{url}"/>' for url in ["a.ts", *self.urls])
        (self.root / "index.mpd").write_text(
            '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation id="v" bandwidth="1">'
            f'<SegmentList duration="4">{segments}</SegmentList></Representation></AdaptationSet></Period></MPD>',
            encoding="utf-8")
        sluice = self.start(CONFIG.format(origin=self.nginx.port))

        mpd = sluice.get("/index.mpd").text

        self.assert_lead_nowhere(sluice, re.findall('media="([^"]*)"', mpd))


if __name__ == "__main__":
    unittest.main()
