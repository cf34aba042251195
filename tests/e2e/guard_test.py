# SPDX-License-Identifier: MIT
"""Playlists that name addresses of the inside: what a viewer gets who follows the links that Sluice made of them."""

import unittest
import urllib.parse

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components: {{hls: {{kind: manifest, type: hls}}}}
pipelines:
  film:
    steps:
      - resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}
      - fetch: {{}}
      - rewrite: hls
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
    def test_links_to_the_inside_lead_nowhere(self):
        root = self.folder / "media"
        root.mkdir()
        for folder in (root, self.folder):
            folder.chmod(0o755)
        (root / "a.ts").write_bytes(b"of this origin")
        inside = self.folder / "inside"
        inside.mkdir()
        inside.chmod(0o755)
        (inside / "a.ts").write_bytes(b"of the inside")
        nginx = self.start_nginx(root)
        other = self.start_nginx(inside)
        urls = ["a.ts"] + [url.format(other=other.port) for url in FORBIDDEN + NO_HOST]
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:4"] + [line for url in urls for line in ("#EXTINF:4,", url)]
        (root / "list.m3u8").write_text("\n".join(lines + ["#EXT-X-ENDLIST", ""]), encoding="utf-8")
        sluice = self.start(CONFIG.format(origin=nginx.port))

        playlist = sluice.get("/list.m3u8")
        links = [urllib.parse.urlsplit(line).path for line in playlist.text.splitlines()
                 if line and not line.startswith("#")]

        self.assertEqual(len(links), len(urls))
        self.assertEqual(sluice.get(links[0]).body, b"of this origin")
        for index, link in enumerate(links[1:]):
            with self.subTest(urls[index + 1]):
                answer = sluice.get(link)
                self.assertEqual(answer.status, 403 if index < len(FORBIDDEN) else 400, answer.body)
        self.assertEqual(other.requested(), [])


if __name__ == "__main__":
    unittest.main()
