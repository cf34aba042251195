# SPDX-License-Identifier: MIT
"""Playlists that are made to fill the memory: they are refused, and what they took is bounded."""

import gzip
import http.server
import threading
import unittest

import dash_test
import harness

MIB = 1024 * 1024
BOUND_KIB = 48 * 1024
CONFIG = dash_test.HEAD + dash_test.pipeline("hls", "hls") + dash_test.pipeline("wide", "hls, max_size: 16MiB")


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line = b"#EXTINF:6,\n" + b"a" * (MIB - 12) + b"\n"  # allowed, and longer than the path of any link

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.apple.mpegurl")
        if self.path == "/packed.m3u8":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for piece in self.pieces():
                self.wfile.write(piece)
        except ConnectionError:
            """The gateway has seen enough."""

    def pieces(self):
        yield b"" if self.path == "/packed.m3u8" else b"#EXTM3U\n"
        if self.path == "/long.m3u8":
            yield from (self.line[:-1] + b"\n" for _ in range(50))
        elif self.path == "/line.m3u8":
            yield from (b"a" * 100_000 for _ in range(100))
        elif self.path == "/packed.m3u8":
            yield gzip.compress(b"#EXTM3U\n" + b"\n" * 200 * MIB, 1)
        else:
            yield b"#EXTINF:6,\na.ts\n"

    def log_message(self, *_):
        """Nobody reads it."""


class HugePlaylistTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
        thread = threading.Thread(target=self.origin.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.origin.server_close)
        self.addCleanup(self.origin.shutdown)
        self.sluice = self.start(CONFIG.format(origin=self.origin.server_address[1]))

    def play(self, path):
        return self.sluice.get(f"/{path}.m3u8?token=letmein-please")

    def peak_kib(self):
        return harness.resident_kib(self.sluice.process.pid, "VmHWM")

    def assert_refused(self, path, why):
        """With what a playlist may have at most in memory a few times over, and not with all that the origin sends."""
        for small in ("hls/small", "wide/small"):
            self.assertEqual(self.play(small).status, 200)
        before = self.peak_kib()

        answer = self.play(path)

        self.assertEqual((answer.status, answer.json["error"]["code"]), (502, "upstream_failed"))
        self.assertIn(why, answer.text)
        self.assertLess(self.peak_kib() - before, BOUND_KIB)
        said = [entry["upstream"] for entry in self.sluice.log() if entry.get("message") == "upstream failed"]
        self.assertEqual(said, [f"127.0.0.1:{self.origin.server_address[1]}"])

    def test_a_playlist_of_fifty_megabytes(self):
        self.assert_refused("hls/long", "larger than max_size (8388608 octets)")

    def test_a_line_of_ten_megabytes(self):
        self.assert_refused("wide/line", "playlist line 2: longer than 1048576 octets")

    def test_a_playlist_that_unpacks_to_two_hundred_megabytes(self):
        self.assert_refused("hls/packed", "larger than max_size (8388608 octets)")


if __name__ == "__main__":
    unittest.main()
