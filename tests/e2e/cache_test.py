# SPDX-License-Identifier: MIT
"""A Redis server that instances share: what they have in common, and what becomes of them while it is away."""

import json
import os
import re
import signal
import subprocess
import time
import unittest

import harness
import stateful

PASSWORD = "planted-" + os.urandom(8).hex()
TOKEN = "operator-of-the-test"
KID = "eb676abbcb345e96bbcf616630f1a3da"
KEY = "100b6c20940f779a4589152b57d2dacb"

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
log: {{level: trace}}
components:
  clips: {{kind: media, type: files, config: {{root: "{root}"}}}}
  keys: {{kind: endpoint, type: clearkey, config: {{admin_token: "{token}"}}}}
  admin: {{kind: endpoint, type: admin, config: {{token: "{token}"}}}}
pipelines:
  files:
    match: {{path: "/files/{{item...}}", methods: [GET]}}
    steps: [{{resolve: {{use: clips, item: "{{item}}"}}}}, {{fetch: {{}}}}]
  keys: {{match: {{path: "/keys/**"}}, steps: [{{serve: keys}}]}}
  admin: {{match: {{path: "/admin/**"}}, steps: [{{serve: admin}}]}}
"""

# From the environment, as in the configurations that are shipped.
STATE = '{database: "sqlite:var/sluice.db", cache: "${SLUICE_CACHE:-memory}", secret_key: "${SLUICE_SECRET_KEY}"}'


class CacheTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.make_media(small=b"x" * 1000)
        self.redis = stateful.Redis(self.folder, PASSWORD)
        self.addCleanup(self.redis.kill)
        self.environment = {"SLUICE_CACHE": f"redis://:{PASSWORD}@127.0.0.1:{self.redis.port}/1",
                            "SLUICE_SECRET_KEY": "00" * 32}
        self.bodies = []

    def start_server(self, environment=None):
        return self.start(CONFIG.format(root=self.root, token=TOKEN), state=STATE,
                          environment={**self.environment, **(environment or {})})

    def ask(self, sluice, path, method="GET", body=None):
        answer = sluice.get(path, method=method, headers={"X-Sluice-Admin-Token": TOKEN}, body=body)
        self.bodies.append(answer.text if answer.status != 200 or path != "/files/small.mp4" else "")
        return answer

    def put_key(self, sluice):
        return self.ask(sluice, f"/keys/{KID}", method="PUT", body=json.dumps({"key": KEY}))

    def assert_nothing_shown(self, *servers):
        for sluice in servers:
            self.assertEqual([line for line in sluice.lines if PASSWORD in line], [])
        self.assertEqual([body for body in self.bodies if PASSWORD in body], [])

    def test_what_needs_the_cache_fails_while_it_is_away_and_all_recovers(self):
        sluice = self.start_server()
        self.assertEqual(self.ask(sluice, "/ready").json, {"status": "ok"})
        self.assertEqual(self.put_key(sluice).status, 204)
        self.assertEqual(sluice.metric("sluice_cache_up"), 1)

        self.redis.kill()
        harness.wait_until(lambda: self.ask(sluice, "/ready").status == 503, "/ready says no")
        reason = {"status": "unavailable", "reasons": ["cache: connection refused"]}
        harness.wait_until(lambda: self.ask(sluice, "/ready").json == reason, "/ready says why")
        self.assertEqual(self.ask(sluice, "/health").status, 200)
        self.assertEqual(self.ask(sluice, "/files/small.mp4").body, b"x" * 1000)
        began = time.monotonic()
        refused = self.put_key(sluice)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual((refused.status, refused.json["error"]["message"]), (502, "the cache is away"))
        self.assertEqual(sluice.metric("sluice_cache_up"), 0)
        self.assertGreater(sluice.metric("sluice_cache_errors_total"), 0)

        self.redis.start()
        harness.wait_until(lambda: self.ask(sluice, "/ready").status == 200, "/ready says yes again")
        self.assertIn("No keys", self.ask(sluice, "/keys").text, "what the server held is gone")
        self.assertEqual(self.put_key(sluice).status, 204)
        self.assertEqual(sluice.metric("sluice_cache_up"), 1)
        self.assertNotIn(f"127.0.0.1:{self.redis.port}", "".join(self.bodies))
        self.assertEqual(sluice.stop(), 0)
        away = [entry for entry in sluice.log() if entry["message"] == "the cache is away"]
        self.assertEqual(away[-1]["cache"], f"redis 127.0.0.1:{self.redis.port}")
        self.assert_nothing_shown(sluice)

    def test_instances_share_it(self):
        one, two = self.start_server(), self.start_server()

        self.assertEqual(self.put_key(one).status, 204)

        self.assertIn(KID, self.ask(two, "/keys").text)
        self.assertEqual(self.ask(two, f"/keys/{KID}", method="DELETE").status, 204)
        self.assertIn("No keys", self.ask(one, "/keys").text)
        self.assert_nothing_shown(one, two)

    def test_a_start_without_it_serves_and_is_not_ready(self):
        self.redis.kill()

        sluice = self.start_server()

        self.assertEqual(self.ask(sluice, "/ready").json["reasons"], ["cache: connection refused"])
        self.assertEqual(self.ask(sluice, "/files/small.mp4").status, 200)
        self.assertTrue(any(e["level"] == "warning" for e in sluice.log() if e["message"] == "the cache is away"))
        self.redis.start()
        harness.wait_until(lambda: self.ask(sluice, "/ready").status == 200, "/ready says yes")
        self.assert_nothing_shown(sluice)

    def test_a_wrong_password_is_said_and_not_shown(self):
        wrong = PASSWORD[:-1]
        sluice = self.start_server({"SLUICE_CACHE": f"redis://:{wrong}@127.0.0.1:{self.redis.port}"})

        self.assertRegex(self.ask(sluice, "/ready").json["reasons"][0], "^cache: signing in: WRONGPASS ")
        self.assertIn("***", self.ask(sluice, "/admin/api/config").text)
        for text in ["\n".join(sluice.lines), *self.bodies]:
            self.assertNotIn(wrong, text)

    def test_a_server_that_hangs_holds_nobody(self):
        sluice = self.start_server()
        self.assertEqual(self.put_key(sluice).status, 204)

        self.redis.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        self.assertEqual(self.put_key(sluice).status, 502)
        self.assertEqual(self.put_key(sluice).status, 502)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(self.ask(sluice, "/ready").json["reasons"], ["cache: no answer in time"])
        self.assertEqual(self.ask(sluice, "/files/small.mp4").status, 200)

        self.redis.process.send_signal(signal.SIGCONT)
        harness.wait_until(lambda: self.ask(sluice, "/ready").status == 200, "/ready says yes again")
        self.assertEqual(self.put_key(sluice).status, 204)

    def test_a_reload_says_that_another_one_needs_a_restart(self):
        sluice = self.start_server()
        text = sluice.config.read_text(encoding="utf-8")
        sluice.config.write_text(text.replace("${SLUICE_CACHE:-memory}", f"redis://:{PASSWORD}@127.0.0.1:1"),
                                 encoding="utf-8")

        sluice.signal(signal.SIGHUP)

        sluice.wait_for_log("configuration reloaded")
        settings = [e["setting"] for e in sluice.log() if "setting" in e]
        self.assertEqual(settings, ["/state/cache"])
        self.assertEqual(self.put_key(sluice).status, 204)
        self.assert_nothing_shown(sluice)

    def test_validate_and_expand_ask_nobody_and_show_no_password(self):
        self.redis.kill()
        sluice = self.start_server()
        for command in ("validate", "expand"):
            done = subprocess.run([harness.SERVER, command, "-c", str(sluice.config)], capture_output=True, text=True,
                                  env=sluice.environment, cwd=sluice.folder, timeout=harness.PATIENCE, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(PASSWORD, done.stdout + done.stderr)
            self.assertNotIn("cache is away", done.stderr)
            if command == "expand":
                self.assertRegex(done.stdout, re.compile(r'^  cache: "\*\*\*"$', re.MULTILINE))


if __name__ == "__main__":
    unittest.main()
