# SPDX-License-Identifier: MIT
"""Users, devices, usage and revocation of a household, and a kill in between."""

import http.client
import random
import signal
import subprocess
import threading
import time
import unittest

import harness
from household import API_KEY, FILM, HASH, Household


class HouseholdTest(Household):
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
