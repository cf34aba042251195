# SPDX-License-Identifier: MIT
"""Viewers with keys of TorBox play files out of a TorBox that stands on this machine."""

import unittest

import harness
from fake_debrid import FakeDebrid, octets

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{port}"]}}
log: {{level: trace}}
components:
  keys: {{kind: auth, type: legacy-token, config: {{store: torbox, schemes: [bearer, query]}}}}
  torbox:
    kind: store
    type: torbox
    config: {{base_url: "http://127.0.0.1:{port}", timeout: 2, breaker_failures: 3, breaker_pause: 600}}
pipelines:
  play:
    match: {{path: "/play/{{hash}}/{{file}}"}}
    steps:
      - {{authenticate: keys}}
      - {{resolve: {{use: torbox, item: "{{hash}}", file: "{{file}}"}}}}
      - {{fetch: {{}}}}
"""
KEY = "planted0-0000-4000-8000-0000000000k1"
SHOW = "a" * 40
RARE = "b" * 40
SIZE = 300_000


class TorBoxTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.torbox = FakeDebrid("torbox")
        self.addCleanup(self.torbox.stop)
        self.torbox.script(account={"key": KEY, "id": 71})
        self.torbox.script(content={"hash": SHOW, "name": "Show", "files": [
            {"name": "Show/e1.mkv", "size": SIZE}, {"name": "Show/e2.mkv", "size": 7}]})
        self.torbox.script(content={"hash": RARE, "cached": False, "files": [{"name": "rare.mkv", "size": 9}]})
        self.sluice = self.start(CONFIG.format(port=self.torbox.port))
        self.answers = []

    def play(self, content, file=1, key=KEY, **headers):
        answer = self.sluice.get(f"/play/{content}/{file}", headers={"Authorization": f"Bearer {key}", **headers})
        self.answers.append(f"{answer.headers}")
        if answer.status >= 400:
            self.answers.append(answer.text)
        return answer

    def tearDown(self):
        for text in self.answers + self.sluice.lines + [self.sluice.get("/metrics").text]:
            self.assertNotIn("planted", text)
        seen = self.torbox.seen()
        self.assertEqual(seen["violations"], [])
        self.assertEqual(seen["crossed"], 0)
        super().tearDown()

    def test_a_viewer_plays_a_file_and_seeks_in_it(self):
        whole = self.play(SHOW)
        self.assertEqual(whole.status, 200)
        self.assertEqual(whole.body, octets("Show/e1.mkv", 0, SIZE))

        part = self.play(SHOW, Range="bytes=1000-1999")
        self.assertEqual(part.status, 206)
        self.assertEqual(part.headers["Content-Range"], f"bytes 1000-1999/{SIZE}")
        self.assertEqual(part.body, octets("Show/e1.mkv", 1000, 1000))
        # In the account's list the second file comes first, and its id is 0.
        self.assertEqual(self.play(SHOW, file=0).body, octets("Show/e2.mkv", 0, 7))

        counts = self.torbox.seen()["counts"]
        self.assertEqual(counts["torrents/createtorrent"], 1)
        self.assertEqual(counts["torrents/mylist"], 1)
        self.assertEqual(counts["torrents/requestdl"], 2)
        self.assertEqual(counts["cdn"], 3)

    def test_a_body_that_breaks_off_is_gone_on_with(self):
        self.torbox.script(fault={"endpoint": "cdn", "drop_after": 100_000})

        self.assertEqual(self.play(SHOW).body, octets("Show/e1.mkv", 0, SIZE))

        self.assertEqual(self.torbox.seen()["counts"]["cdn"], 2)

    def test_each_refusal_has_its_status(self):
        self.assertEqual(self.play(SHOW, key="planted-key-of-nobody").status, 401)
        self.assertEqual(self.play(RARE).status, 404)
        self.assertEqual(self.play(SHOW, file=9).status, 404)
        self.torbox.script(fault={"name": "429", "endpoint": "torrents/mylist"})
        self.torbox.script(content={"hash": "c" * 40, "files": [{"name": "c.mkv", "size": 1}]})
        limited = self.play("c" * 40)
        self.assertEqual(limited.status, 429)
        self.assertIn(limited.headers["Retry-After"], ("29", "30"))

    def test_a_store_that_is_off_is_left_alone(self):
        self.torbox.script(fault={"name": "reset", "times": -1})
        for _ in range(3):
            self.assertEqual(self.play(SHOW).status, 502)
        asked = sum(self.torbox.seen()["counts"].values())

        self.assertEqual(self.play(SHOW).status, 502)

        self.assertEqual(sum(self.torbox.seen()["counts"].values()), asked)
        self.assertEqual(self.sluice.metric("sluice_plugin_torbox_upstream_open"), 1)

    def test_a_slow_store_is_not_waited_for(self):
        self.torbox.script(fault={"endpoint": "torrents/createtorrent", "latency_ms": 60_000})

        self.assertEqual(self.play(SHOW).status, 502)
        self.assertEqual(self.play(SHOW).status, 200)


if __name__ == "__main__":
    unittest.main()
