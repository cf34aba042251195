# SPDX-License-Identifier: MIT
"""A PostgreSQL server that servers share: what they have in common, and what becomes of them while it is away."""

import os
import pathlib
import subprocess
import time
import unittest

import harness

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
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


class Postgres:
    """A real server; started again on the same port with what it had. It runs as nobody who may do much."""

    def __init__(self, folder):
        self.data = pathlib.Path(folder) / "data"
        self.data.mkdir()
        self.port = harness.free_port()
        password = pathlib.Path(folder) / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        self.prefix = []
        if os.geteuid() == 0:
            for path in (folder, self.data, password):
                subprocess.run(["chown", "postgres:", str(path)], check=True)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"]
        subprocess.run([*self.prefix, PROGRAMS / "initdb", "-D", self.data, "--username=sluice", f"--pwfile={password}",
                        "--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8"],
                       check=True, stdout=subprocess.DEVNULL)
        self.process = None
        self.start()

    @property
    def url(self):
        return f"postgresql://sluice:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def start(self):
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            self.process = subprocess.Popen(
                [*self.prefix, PROGRAMS / "postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k",
                 self.data, "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # While a process of the one before is there, it refuses to start.
            if harness.wait_until(lambda: harness.accepts(self.port) or self.process.poll() is not None, "PostgreSQL starts") and \
                    self.process.poll() is None:
                return
        raise AssertionError("PostgreSQL does not start")

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=harness.PATIENCE)


class DatabaseTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.make_media(small=b"x" * 1000)
        place = self.folder / "postgres"
        place.mkdir()
        self.postgres = Postgres(place)
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
