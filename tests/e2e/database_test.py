# SPDX-License-Identifier: MIT
"""A PostgreSQL server that servers share: what they have in common, and what becomes of them while it is away."""

import os
import time
import unittest

import harness
import stateful

PASSWORD = "planted-" + os.urandom(8).hex()
API_KEY = "planted-internal-key-of-32-letters-" + os.urandom(4).hex()
SECRET_KEY = os.urandom(32).hex()

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
log: {{level: trace}}
components:
  clips: {{kind: media, type: files, config: {{root: "{root}"}}}}
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{api_key}"}}}}
pipelines:
  files:
    match: {{path: "/files/{{item...}}", methods: [GET]}}
    steps: [{{resolve: {{use: clips, item: "{{item}}"}}}}, {{fetch: {{}}}}]
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority}}]}}
"""

STATE = '{database: "${SLUICE_DATABASE}", secret_key: "${SLUICE_SECRET_KEY}"}'


class DatabaseTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.make_media(small=b"x" * 1000)
        self.postgres = stateful.Postgres(self.folder, PASSWORD)
        self.addCleanup(self.postgres.kill)
        self.bodies = []

    def start_server(self):
        return self.start(CONFIG.format(root=self.root, api_key=API_KEY), state=STATE,
                          environment={"SLUICE_DATABASE": self.postgres.url, "SLUICE_SECRET_KEY": SECRET_KEY})

    def ask(self, sluice, path, **keywords):
        answer = sluice.get(path, **keywords)
        self.bodies.append(str(answer.headers) + answer.body.decode("utf-8", "replace"))
        return answer

    def get_key(self, sluice):
        return self.ask(sluice, "/api/v1/internal/pool/get-key", method="POST",
                        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
                        body='{"userId": "3f2b1c00-aaaa-4bbb-8ccc-0123456789ab", "deviceId": "d1", "action": "a", "hash": ""}')

    def assert_nothing_planted_shows(self, *servers):
        texts = list(self.bodies)
        for sluice in servers:
            texts += sluice.lines
            texts.append(sluice.get("/metrics").text)
        for planted in (PASSWORD, API_KEY, SECRET_KEY):
            self.assertEqual([text for text in texts if planted in text], [])

    def test_what_needs_the_database_fails_while_it_is_away_and_all_recovers(self):
        sluice = self.start_server()
        self.assertEqual(self.ask(sluice, "/ready").json, {"status": "ok"})
        self.assertEqual(self.get_key(sluice).status, 200)

        self.postgres.kill()
        not_ready = harness.wait_until(lambda: self.ask(sluice, "/ready").status == 503 and self.ask(sluice, "/ready"),
                                       "/ready says no")
        self.assertEqual(not_ready.json, {"status": "unavailable", "reasons": ["database: away"]})
        sluice.wait_for_log("the database is away")
        self.assertEqual(self.ask(sluice, "/health").status, 200)
        self.assertEqual(self.ask(sluice, "/files/small.mp4").body, b"x" * 1000)
        since = time.monotonic()
        for _ in range(20):
            self.assertGreaterEqual(self.get_key(sluice).status, 500)
        self.assertLess(time.monotonic() - since, 10, "refused at once, not held up")

        self.postgres.start()
        harness.wait_until(lambda: self.ask(sluice, "/ready").status == 200, "/ready says yes")
        self.assertEqual(self.get_key(sluice).status, 200)
        self.assert_nothing_planted_shows(sluice)

    def test_a_server_that_starts_without_it_makes_its_tables_later(self):
        self.postgres.kill()
        sluice = self.start_server()
        sluice.wait_for_log("the database is away; what needs it is refused until it is back")
        self.assertEqual(self.ask(sluice, "/ready").status, 503)

        self.postgres.start()

        harness.wait_until(lambda: self.get_key(sluice).status == 200, "tables are made")
        other = self.start_server()
        self.assertEqual(self.get_key(other).status, 200)
        self.assert_nothing_planted_shows(sluice, other)


if __name__ == "__main__":
    unittest.main()
