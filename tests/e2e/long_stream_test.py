# SPDX-License-Identifier: MIT
"""Twelve viewers of one nginx that paces them, for longer than any timeout that the configuration has by default."""

import http.client
import threading
import time
import unittest

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
server: {{workers: 4}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
pipelines:
  paced:
    steps: [{{resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}}}, {{fetch: {{}}}}]
"""
VIEWERS = 12
RATE = 32 * 1024
SECONDS = 250  # read_timeout, the longest on the way, is 30 s; other proxies cut streams after 240 s
FILM = bytes(range(256)) * (RATE * SECONDS // 256)


class Viewer(threading.Thread):
    """Plays the film, and says how that went."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.received = 0
        self.whole = False
        self.took = 0.0

    def run(self):
        begin = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        connection.request("GET", "/film.mp4")
        response = connection.getresponse()
        parts = []
        while part := response.read1(65536):
            parts.append(part)
            self.received += len(part)
        self.whole = b"".join(parts) == FILM
        self.took = time.monotonic() - begin
        connection.close()


class LongStreamTest(harness.EndToEndTest):
    def test_twelve_viewers_keep_their_pace_for_longer_than_every_timeout(self):
        nginx = self.start_nginx(self.make_media(film=FILM), location_extra=f"limit_rate {RATE // 1024}k;")
        sluice = self.start(CONFIG.format(origin=nginx.port))
        viewers = [Viewer(sluice.port) for _ in range(VIEWERS)]
        for viewer in viewers:
            viewer.start()

        def everyone_has(seconds):
            return all(viewer.received >= RATE * seconds for viewer in viewers)
        harness.wait_until(lambda: everyone_has(5), "everyone has five seconds of film")
        settled = harness.resident_kib(sluice.process.pid)
        harness.wait_until(lambda: everyone_has(SECONDS - 4), "everyone has nearly all of the film",
                           patience=SECONDS + harness.PATIENCE)
        at_the_end = harness.resident_kib(sluice.process.pid)
        self.assertEqual(sluice.metric("sluice_streams_active"), VIEWERS)
        for viewer in viewers:
            viewer.join()

        for viewer in viewers:
            self.assertTrue(viewer.whole)
            self.assertGreater(viewer.took, SECONDS - 3)
            self.assertLess(viewer.took, SECONDS * 1.1)
        self.assertLess(at_the_end, settled * 1.05 + 1024, "memory grew with what was sent")


if __name__ == "__main__":
    unittest.main()
