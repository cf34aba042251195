# SPDX-License-Identifier: MIT
"""One server that is the authority of a key pool and its client: users, devices, usage, revocation, and a kill in between."""

import contextlib
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

import harness

API_KEY = "planted-internal-key-of-32-letters-" + os.urandom(4).hex()
OPERATOR = "planted-operator-token-" + os.urandom(4).hex()
STORE_KEY = "planted0-0000-4000-8000-" + os.urandom(6).hex()
SECRET_KEY = os.urandom(32).hex()
HASH = "0123456789abcdef0123456789abcdef01234567"
FILM = b"x" * 200_000

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{port}"]}}
log: {{level: debug}}
components:
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{api_key}"}}}}
  operators: {{kind: auth, type: shared-secret, config: {{secret: "{operator}", scopes: [admin]}}}}
  pool:
    kind: auth
    type: chillstreams
    config: {{url: "http://127.0.0.1:{port}", key: "{api_key}", client_id: true}}
pipelines:
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority, deadline: 15m}}]}}
  manage:
    match: {{path: "/api/v1/pool/**"}}
    steps: [{{authenticate: operators}}, {{serve: authority}}]
  play:
    match: {{path: "/play/{{speed}}/{{hash}}"}}
    steps:
      - {{authenticate: {{use: pool, action: stream}}}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}}}
      - {{fetch: {{}}}}
"""


class HouseholdTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        root = self.folder / "media"
        for speed in ("fast", "slow"):
            (root / "play" / speed).mkdir(parents=True)
            (root / "play" / speed / HASH).write_bytes(FILM)
        for path in [root, *root.rglob("*")]:
            path.chmod(0o755)
        self.nginx = self.start_nginx(root, location_extra="location /play/slow/ { limit_rate 20k; }")
        self.port = harness.free_port()
        self.outputs = []
        self.begin()
        self.ann = self.command("users", "create", "Ann")["id"]
        self.key = self.command("keys", "add", "torbox", "the first", stdin=STORE_KEY)["id"]

    def begin(self):
        self.sluice = self.start(
            CONFIG.format(port=self.port, origin=self.nginx.port, api_key=API_KEY, operator=OPERATOR),
            environment={})

    def command(self, *words, stdin="", code=0):
        done = subprocess.run([harness.SERVER, *words, "-c", str(self.sluice.config)], cwd=self.sluice.folder,
                              input=stdin, capture_output=True, text=True, timeout=harness.PATIENCE)
        self.outputs += [done.stdout, done.stderr]
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if done.stdout and code == 0 else done.stderr

    def usage(self):
        return self.command("usage")

    def play(self, who, device="tv", speed="fast", **keywords):
        return self.sluice.get(f"/play/{speed}/{HASH}", headers={"Authorization": f"Bearer {who}:{device}"}, **keywords)

    def test_a_user_plays_and_what_they_were_served_is_known(self):
        for _ in range(3):
            answer = self.play(self.ann)
            self.assertEqual((answer.status, answer.body), (200, FILM))

        usage = harness.wait_until(lambda: len(self.usage()) == 3 and self.usage(), "three records")
        for record in usage:
            self.assertEqual((record["user"], record["key"], record["hash"], record["bytes"]),
                             (self.ann, self.key, HASH, len(FILM)))
        self.assertEqual(len({record["id"] for record in usage}), 3)
        self.assertEqual(len(self.command("devices", "list", self.ann)["devices"]), 1)
        self.assertEqual(self.sluice.metric("sluice_usage_dropped_total"), 0)
        csv = subprocess.run([harness.SERVER, "usage", "--format", "csv", "-c", str(self.sluice.config)],
                             cwd=self.sluice.folder, capture_output=True, text=True, timeout=harness.PATIENCE)
        self.assertEqual(len(csv.stdout.splitlines()), 4)
        self.assert_nothing_planted_shows()

    def test_a_fourth_device_is_refused_until_one_is_dropped(self):
        for device in ("one", "two", "three"):
            self.assertEqual(self.play(self.ann, device).status, 200)
        refused = self.play(self.ann, "four")
        self.assertEqual((refused.status, refused.json["error"]["code"]), (403, "permission_denied"))

        device = self.command("devices", "list", self.ann)["devices"][0]
        self.command("devices", "drop", self.ann, device["id"])

        harness.wait_until(lambda: self.play(self.ann, "four").status == 200, "the place is free")
        self.assertEqual(self.play("00000000-0000-4000-8000-000000000000").status, 403)

    def test_a_user_who_is_disabled_is_cut_off_and_may_come_back(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.sluice.port, timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        connection.request("GET", f"/play/slow/{HASH}", headers={"Authorization": f"Bearer {self.ann}:tv"})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        response.read(1000)

        self.command("users", "disable", self.ann)
        since = time.monotonic()
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
            response.read()
        self.assertLess(time.monotonic() - since, 5, "the film takes ten seconds")
        self.assertEqual(self.play(self.ann).status, 403)
        self.sluice.wait_for_log("a principal was revoked")

        self.command("users", "enable", self.ann)
        harness.wait_until(lambda: self.play(self.ann).status == 200, "let in again")

    def test_a_kill_loses_no_record_and_repeats_none(self):
        begun = 0
        for _ in range(4):
            heads = []
            threads = [threading.Thread(target=self.watch, args=(heads,)) for _ in range(6)]
            for thread in threads:
                thread.start()
            harness.wait_until(lambda: len(heads) >= random.randint(2, 6), "some streams have begun")
            self.sluice.signal(signal.SIGKILL)
            for thread in threads:
                thread.join()
            self.sluice.process.wait()
            begun += len(heads)
            self.restart()
        harness.wait_until(lambda: self.pending() == 0, "every record was taken")

        usage = self.usage()
        self.assertEqual(len({record["id"] for record in usage}), len(usage))
        # A record is there before its head is sent: a stream whose head was under way may be one more.
        self.assertGreaterEqual(len(usage), begun)
        self.assertLessEqual(len(usage), 24)
        self.assertEqual({record["user"] for record in usage}, {self.ann})

    def restart(self):
        folder, config = self.sluice.folder, self.sluice.config.read_text(encoding="utf-8")
        self.sluice = Again(folder, config)
        self.addCleanup(self.sluice.stop)

    def watch(self, heads):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
            connection.request("GET", f"/play/slow/{HASH}", headers={"Authorization": f"Bearer {self.ann}:tv"})
            response = connection.getresponse()
            if response.status == 200:
                heads.append(response)
            response.read()

    def pending(self):
        with contextlib.closing(sqlite3.connect(self.sluice.folder / "var/sluice.db", timeout=30)) as database:
            return database.execute("SELECT count(*) FROM sluice_usage").fetchone()[0]

    def assert_nothing_planted_shows(self):
        texts = self.outputs + self.sluice.lines + [self.sluice.get("/metrics").text]
        database = (self.sluice.folder / "var/sluice.db").read_bytes()
        for planted in (API_KEY, OPERATOR, STORE_KEY):
            self.assertEqual([text for text in texts if planted in text], [])
            self.assertNotIn(planted.encode(), database)


class Again(harness.Sluice):
    """On the folder of a server that is gone, with its configuration as it stands there."""

    def write_config(self, config):
        self.config.write_text(config, encoding="utf-8")


class MigrateTest(harness.EndToEndTest):
    def test_tables_are_made_beforehand_and_shown(self):
        config = self.folder / "sluice.yaml"
        config.write_text(f"""version: 1
plugins: {{directory: {harness.PLUGINS}}}
listeners: {{main: {{address: "127.0.0.1:0"}}}}
state: {{database: "sqlite:{self.folder}/var/test.db"}}
components:
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{API_KEY}"}}}}
pipelines:
  internal: {{match: {{path: "/**"}}, steps: [{{serve: authority}}]}}
""", encoding="utf-8")

        def run(*words):
            return subprocess.run([harness.SERVER, *words, "-c", str(config)], cwd=self.folder, capture_output=True,
                                  text=True, timeout=harness.PATIENCE)

        before = run("migrate", "--status")
        self.assertRegex(before.stdout, r"^endpoint/authority  version 0 of \d+\n$")
        made = run("migrate")
        self.assertRegex(made.stdout, r"^endpoint/authority  version (\d+) of \1\n$")
        self.assertEqual((before.returncode, made.returncode), (0, 0))
        rotated = run("secrets", "rotate")
        self.assertRegex(rotated.stdout, r"(?m)^authority: endpoint_authority_keys\.secret: 0 sealed anew$")


if __name__ == "__main__":
    unittest.main()
