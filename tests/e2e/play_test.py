# SPDX-License-Identifier: MIT
"""The main job: an HLS stream of a real nginx, played through the gateway by ffmpeg, every part a plugin."""

import re
import subprocess
import unittest
import urllib.parse

import harness
import hls_clip

# What serves the stream, whatever the listeners.
STREAM = """
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  token: {{kind: auth, type: shared-secret, config: {{secret: "letmein-please"}}}}
  hls: {{kind: manifest, type: hls}}
pipelines:
  vod:
    match: {{path: "/vod/**", methods: [GET]}}
    steps:
      - {{authenticate: token}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /vod}}}}
      - {{fetch: {{}}}}
      - {{rewrite: hls}}
"""
CONFIG = 'listeners: {{main: {{address: "127.0.0.1:0"}}}}' + STREAM
MASTER = "/vod/clip/master.m3u8?token=letmein-please"


def uris(playlist):
    """Every URI of a playlist: lines, and URI attributes."""
    found = re.findall(r'URI="([^"]+)"', playlist)
    return found + [line for line in playlist.splitlines() if line and not line.startswith("#")]


def without_uris(playlist):
    playlist = re.sub(r'URI="[^"]+"', 'URI=""', playlist)
    return "\n".join("" if line and not line.startswith("#") else line for line in playlist.split("\n"))


def frame_hashes(url, *choice, form="framemd5", before=()):
    """Hash of every decoded frame (or the text of subtitles) of the streams that ffmpeg's options `choice` pick. `before`:
    options of the input."""
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", *before, "-i", url, *choice, "-f", form, "-"],
        check=True, capture_output=True, timeout=harness.PATIENCE)
    lines = [line for line in done.stdout.decode().splitlines() if not line.startswith("#")]
    if done.stderr or not lines:
        raise AssertionError(f"ffmpeg complained about {url}: {done.stderr.decode()}")
    return lines


class PlayTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = harness.clip()
        self.nginx = self.start_nginx(self.root)
        self.sluice = self.start(CONFIG.format(origin=self.nginx.port))
        self.direct = f"http://127.0.0.1:{self.nginx.port}/clip/master.m3u8"
        self.proxied = f"http://127.0.0.1:{self.sluice.port}{MASTER}"

    def test_ffmpeg_decodes_every_rendition_to_the_same_frames(self):
        for rendition in range(2):
            with self.subTest(rendition=rendition):
                choice = ("-map", f"0:v:{rendition}", "-map", "0:a:0")
                self.assertEqual(frame_hashes(self.proxied, *choice), frame_hashes(self.direct, *choice))
        for name, form in (("english", "framemd5"), ("deutsch", "framemd5"), ("subtitles", "webvtt")):
            with self.subTest(name=name):
                proxied, direct = (url.replace("master", name) for url in (self.proxied, self.direct))
                self.assertEqual(frame_hashes(proxied, form=form), frame_hashes(direct, form=form))

    def test_every_uri_leads_back_to_the_gateway_and_to_the_right_upstream_file(self):
        playlists = [("/clip/master.m3u8", MASTER)]
        seen = fetched = 0
        while playlists:
            upstream_path, gateway_path = playlists.pop()
            original = harness.request(self.nginx.port, upstream_path).text
            rewritten = self.sluice.get(gateway_path)
            fetched += 2
            self.assertEqual(rewritten.status, 200)
            self.assertEqual(rewritten.headers["Content-Type"], "application/vnd.apple.mpegurl")
            self.assertEqual(without_uris(rewritten.text), without_uris(original))
            pairs = list(zip(uris(original), uris(rewritten.text), strict=True))
            for source, link in pairs:
                self.assertRegex(link, r"^/~/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+$")
                expected = urllib.parse.urljoin(upstream_path, source)
                fetched += 1
                answer = self.sluice.get(link)
                self.assertEqual(answer.status, 200, link)
                self.assertEqual(self.nginx.requested(at_least=fetched)[fetched - 1:], [expected])
                if expected.endswith(".m3u8"):
                    playlists.append((expected, link))
                else:
                    self.assertEqual(answer.body, (self.root / expected[1:]).read_bytes())
                seen += 1
        self.assertGreater(seen, 15)

    def test_links_stay_the_same_from_one_fetch_to_the_next(self):
        first = self.sluice.get(MASTER).text
        self.assertEqual(first, self.sluice.get(MASTER).text)
        media = uris(first)[0]
        self.assertEqual(self.sluice.get(media).text, self.sluice.get(media).text)

    def test_a_tampered_link_is_refused(self):
        link = uris(self.sluice.get(MASTER).text)[0]
        self.assertEqual(len(self.nginx.requested(at_least=1)), 1)
        for at in range(3, link.rindex("/"), 7):
            changed = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1:]
            answer = self.sluice.get(changed)
            self.assertEqual(answer.status, 404)
            self.assertEqual(answer.json["error"], {"code": "not_found", "message": "no such link"})
        self.assertEqual(len(self.nginx.requested()), 1)

    def test_nobody_gets_in_without_the_token_and_the_token_goes_no_further(self):
        for path in ("/vod/clip/master.m3u8", "/vod/clip/master.m3u8?token=wrong-one-here", "/vod/clip/large-000.ts"):
            self.assertEqual(self.sluice.get(path).status, 401)
        self.assertEqual(self.nginx.requested(), [])
        self.sluice.get(MASTER + "&x=1")
        self.assertEqual(self.nginx.requested(at_least=1), ["/clip/master.m3u8?x=1"])
        self.assertNotIn("letmein", "\n".join(self.sluice.lines))

    def test_ranges_and_heads_of_segments_pass(self):
        media = uris(self.sluice.get(uris(self.sluice.get(MASTER).text)[-1]).text)[-1]
        whole = self.sluice.get(media)
        part = self.sluice.get(media, headers={"Range": "bytes=10-19"})
        head = self.sluice.get(media, method="HEAD")
        self.assertEqual((part.status, part.body), (206, whole.body[10:20]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 10-19/{len(whole.body)}")
        self.assertEqual((head.status, head.headers["Content-Length"], head.body), (200, str(len(whole.body)), b""))

    def test_a_range_of_a_playlist_is_answered_with_the_whole(self):
        answer = self.sluice.get(MASTER, headers={"Range": "bytes=0-"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, self.sluice.get(MASTER).body)


class ShapesTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()
        self.nginx = self.start_nginx(self.root)
        self.sluice = self.start(CONFIG.format(origin=self.nginx.port))

    def assert_same_frames(self, path, *choice):
        proxied = frame_hashes(f"http://127.0.0.1:{self.sluice.port}/vod/{path}?token=letmein-please", *choice)
        self.assertEqual(proxied, frame_hashes(f"http://127.0.0.1:{self.nginx.port}/{path}", *choice))
        return proxied

    def test_ffmpeg_decodes_fmp4_and_byte_ranges_to_the_same_frames(self):
        for shape in hls_clip.SHAPES:
            hls_clip.make(self.root, shape)
            for rendition in range(2):
                with self.subTest(shape=shape, rendition=rendition):
                    self.assert_same_frames(f"{shape}/master.m3u8", "-map", f"0:v:{rendition}")
            for language in ("english", "deutsch"):
                with self.subTest(shape=shape, language=language):
                    self.assert_same_frames(f"{shape}/{language}.m3u8")

    def test_ffmpeg_follows_a_live_playlist_to_its_end(self):
        place = self.root / "live"
        encoder = hls_clip.live(place, "-hls_list_size", "0", seconds=6)
        self.addCleanup(encoder.wait, harness.PATIENCE)
        self.addCleanup(encoder.kill)
        harness.wait_until((place / "live.m3u8").exists, "the encoder writes a playlist")
        self.assertNotIn("ENDLIST", (place / "live.m3u8").read_text(encoding="utf-8"))

        frames = frame_hashes(f"http://127.0.0.1:{self.sluice.port}/vod/live/live.m3u8?token=letmein-please", "-map", "0:v",
                              before=("-live_start_index", "0"))

        self.assertGreater(self.nginx.requested().count("/live/live.m3u8"), 2)
        self.assertEqual(frames, frame_hashes(f"http://127.0.0.1:{self.nginx.port}/live/live.m3u8", "-map", "0:v"))


if __name__ == "__main__":
    unittest.main()
