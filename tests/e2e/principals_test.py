# SPDX-License-Identifier: MIT
"""What each principal has under way: shown to the operator, limited, and kept across reloads."""

import contextlib
import http.client
import signal
import unittest

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  friends: {{kind: auth, type: shared-secret, config: {{secrets: [{{name: ann, secret: {ann}}}, {{name: bob, secret: {bob}}}]}}}}
  admin: {{kind: endpoint, type: admin, config: {{token: admin-of-the-test}}}}
pipelines:
  films:
    match: {{path: "/films/**"}}
    steps:
      - {{authenticate: friends}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /films}}}}
      - {{fetch: {{max_concurrent_per_principal: {limit}}}}}
  admin: {{match: {{path: "/admin/**"}}, steps: [{{serve: admin}}]}}
"""
KEYS = {"ann": "planted-key-of-ann", "bob": "planted-key-of-bob"}
BIG = 64 * 1024 * 1024  # more than sockets hold


class PrincipalsTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx(self.make_media(big=b"x" * BIG, small=b"x" * 1000))
        self.sluice = self.start(self.config(1))

    def config(self, limit):
        return CONFIG.format(origin=self.nginx.port, limit=limit, **KEYS)

    @contextlib.contextmanager
    def film_under_way(self, who):
        connection = http.client.HTTPConnection("127.0.0.1", self.sluice.port, timeout=harness.PATIENCE)
        connection.request("GET", "/films/big.mp4", headers=self.key(who))
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        response.read(100_000)
        yield response
        response.close()
        connection.close()

    @staticmethod
    def key(who):
        return {"Authorization": f"Bearer {KEYS[who]}"}

    def small(self, who):
        return self.sluice.get("/films/small.mp4", headers=self.key(who))

    def report(self):
        answer = self.sluice.get("/admin/api/principals", headers={"X-Sluice-Admin-Token": "admin-of-the-test"})
        self.assertEqual(answer.status, 200)
        self.assertNotIn("planted", answer.text)
        return answer.json

    def entry(self, principal):
        found = [entry for entry in self.report()["principals"] if entry["principal"] == principal]
        return found[0] if found else None

    def wait_for_streams(self, principal, count):
        return harness.wait_until(
            lambda: (entry := self.entry(principal)) and entry["active"]["streams"] == count and entry,
            f"{principal} has {count} streams")

    def test_the_operator_sees_what_principals_have_by_the_names_of_the_log(self):
        self.assertEqual(self.report(), {"principals": [], "forgotten": 0})

        with self.film_under_way("ann"):
            entry = self.wait_for_streams("secret:ann", 1)
            self.assertEqual(entry["pipeline"], "films")
            harness.wait_until(lambda: self.entry("secret:ann")["active"]["bytes"] > 100_000, "bytes are counted")
            self.assertEqual(self.entry("secret:ann")["total"]["streams"], 1)
        self.wait_for_streams("secret:ann", 0)
        self.assertEqual(self.small("bob").status, 200)
        bob = self.wait_for_streams("secret:bob", 0)

        self.assertEqual(bob, {"principal": "secret:bob", "pipeline": "films", "active": {"streams": 0, "bytes": 0},
                               "total": {"streams": 1, "bytes": 1000}})

        def films():
            return [(e["principal"], int(e["bytes"])) for e in self.sluice.log() if e.get("pipeline") == "films"]

        harness.wait_until(lambda: len(films()) == 2, "both are in the log")
        logged = films()
        self.assertEqual(dict(logged), {e["principal"]: e["total"]["bytes"] for e in self.report()["principals"]})

    def test_a_stream_under_way_is_the_only_one_before_and_after_a_reload(self):
        with self.film_under_way("ann"):
            refused = self.small("ann")
            self.assertEqual((refused.status, refused.headers["Retry-After"]), (429, "1"))
            self.assertEqual(refused.json["error"]["code"], "rate_limited")
            self.assertEqual(self.small("bob").status, 200)

            self.sluice.signal(signal.SIGHUP)
            self.sluice.wait_for_log("configuration reloaded")
            self.assertEqual(self.small("ann").status, 429)
            self.assertEqual(self.entry("secret:ann")["active"]["streams"], 1)

            self.sluice.write_config(self.config(2))
            self.sluice.signal(signal.SIGHUP)
            self.sluice.wait_for_log("configuration reloaded", 2)
            self.assertEqual(self.small("ann").status, 200)

            self.sluice.write_config(self.config(1))
            self.sluice.signal(signal.SIGHUP)
            self.sluice.wait_for_log("configuration reloaded", 3)
            self.assertEqual(self.small("ann").status, 429)

        harness.wait_until(lambda: self.small("ann").status == 200, "the place is free")


if __name__ == "__main__":
    unittest.main()
