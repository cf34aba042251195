# SPDX-License-Identifier: MIT
"""Viewers whom a key pool lets in: asked once, refused with a stable code, and never a key in what leaves the process."""

import concurrent.futures
import hashlib
import unittest

import fake_pool
import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
server: {{trusted_proxies: "{proxies}"}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{pool}"]}}
log: {{level: trace}}
components:
  pool:
    kind: auth
    type: chillstreams
    config:
      url: ${{CHILLSTREAMS_API_URL}}
      key: ${{CHILLSTREAMS_API_KEY}}
      enabled: "${{ENABLE_CHILLSTREAMS_AUTH:-false}}"
      refusal_ttl: 1
      timeout: 2
  friends: {{kind: auth, type: shared-secret, config: {{secret: a-secret-of-a-friend}}}}
pipelines:
  films:
    match: {{path: "/films/**"}}
    steps:
      - {{authenticate: [pool, friends], deadline: 5s}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /films}}}}
      - {{fetch: {{}}}}
"""
API_KEY = "planted-api-key-of-the-pool"
POOL_KEY = "planted0-0000-4000-8000-00000pool-k1"
ANN = "3f2b1c00-aaaa-4bbb-8ccc-0123456789ab"
BOB = "00000000-0000-0000-0000-000000000b0b"


class ChillstreamsTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx(self.make_media(film=b"x" * 1000))
        self.pool = fake_pool.FakePool(harness.free_port(), API_KEY, POOL_KEY)
        self.addCleanup(self.pool.stop)
        self.answers = []

    def start_sluice(self, enabled="true", proxies="", key=API_KEY):
        self.sluice = self.start(
            CONFIG.format(origin=self.nginx.port, pool=self.pool.port, proxies=proxies),
            environment={"CHILLSTREAMS_API_URL": self.pool.url(), "CHILLSTREAMS_API_KEY": key,
                         "ENABLE_CHILLSTREAMS_AUTH": enabled})

    def film(self, secret, **headers):
        answer = self.sluice.get("/films/film.mp4", headers={"Authorization": f"Bearer {secret}", **headers})
        self.answers.append(f"{answer.headers}{answer.text}")
        return answer

    def verdict(self, secret, **headers):
        """The status, the code and what was said to whoever was refused."""
        answer = self.film(secret, **headers)
        if answer.status == 200:
            return 200, "", ""
        return answer.status, answer.json["error"]["code"], answer.json["error"]["message"]

    def assert_nothing_shows(self):
        left = self.answers + self.sluice.lines + [self.sluice.get("/metrics").text]
        left.append(self.nginx.access_log.read_text(encoding="utf-8") if self.nginx.access_log.exists() else "")
        for text in left:
            self.assertNotIn(API_KEY, text)
            self.assertNotIn(POOL_KEY, text)

    def test_the_pool_is_asked_once_for_many_requests(self):
        self.pool.start()
        self.pool.delay = 0.2
        self.start_sluice()

        with concurrent.futures.ThreadPoolExecutor(16) as viewers:
            statuses = list(viewers.map(lambda _: self.film(ANN, **{"User-Agent": "Player/1.0"}).status, range(48)))
        self.assertEqual(set(statuses), {200})
        self.assertEqual(self.film(ANN.upper(), **{"User-Agent": "Player/1.0"}).status, 200)

        self.assertEqual(len(self.pool.asked), 1)
        asked = self.pool.asked[0]
        self.assertEqual(asked["userId"], ANN)
        self.assertEqual(asked["deviceId"], hashlib.sha256(b"127.0.0.1|Player/1.0").hexdigest())
        self.assertEqual(set(asked), {"userId", "deviceId", "action", "hash"})
        self.assertEqual(self.sluice.metric("sluice_plugin_chillstreams_lookups_total", outcome="granted"), 1)
        self.assert_nothing_shows()

    def test_a_refusal_has_a_stable_code_and_is_kept_briefly(self):
        self.pool.start()
        self.pool.refused[BOB] = "Your account is\r\nSet-Cookie: x paused"
        self.start_sluice()

        refused = (403, "permission_denied", "the pool refuses: Your account is??Set-Cookie: x paused")
        self.assertEqual(self.verdict(BOB), refused)
        self.assertEqual(self.verdict(ANN), (200, "", ""))
        del self.pool.refused[BOB]
        harness.wait_until(lambda: self.film(BOB).status == 200, "the refusal is forgotten")

        for agent in "abcd":
            last = self.verdict(ANN, **{"User-Agent": agent})
        self.assertEqual(last, (403, "permission_denied", "the pool refuses: Device limit reached (3)"))
        self.assert_nothing_shows()

    def test_a_device_is_told_by_the_address_that_a_trusted_proxy_names(self):
        self.pool.start()
        self.start_sluice(proxies="127.0.0.1")

        self.film(ANN, **{"User-Agent": "tv", "X-Forwarded-For": "198.51.100.7"})

        self.assertEqual(self.pool.asked[0]["deviceId"], hashlib.sha256(b"198.51.100.7|tv").hexdigest())

    def test_a_device_is_not_told_by_what_anybody_claims(self):
        self.pool.start()
        self.start_sluice()

        self.film(ANN, **{"User-Agent": "tv", "X-Forwarded-For": "198.51.100.7"})

        self.assertEqual(self.pool.asked[0]["deviceId"], hashlib.sha256(b"127.0.0.1|tv").hexdigest())

    def test_nobody_is_let_in_while_the_pool_is_away(self):
        self.start_sluice()

        status, code, message = self.verdict(ANN)
        self.assertEqual((status, code), (503, "auth_unavailable"))
        self.assertEqual(message, "the pool cannot be reached")
        self.assertEqual(self.film("a-secret-of-a-friend").status, 200)

        self.pool.start()
        harness.wait_until(lambda: self.film(ANN).status == 200, "the pool is back")
        self.pool.stop()
        self.assertEqual(self.film(ANN).status, 200, "a grant holds while the pool is away")
        self.assert_nothing_shows()

    def test_nothing_but_a_grant_lets_in(self):
        self.pool.start()
        self.start_sluice()
        whole = f'{{"allowed": true, "poolKeyId": "k", "poolKey": "{POOL_KEY}"}}'
        for status, body in [(200, f"<html>{POOL_KEY}</html>"), (201, whole), (500, whole), (200, whole.replace("true", "1")),
                             (200, whole.replace("-k1", "-k12")), (200, whole + " " * 70_000), (403, whole), (302, whole)]:
            self.pool.faults.append((status, body))
            self.assertGreaterEqual(self.film(ANN).status, 500)
        self.pool.delay = 30
        self.assertGreaterEqual(self.film(ANN).status, 500)
        self.pool.delay = 0

        self.assertEqual(self.film(ANN).status, 200)
        self.assert_nothing_shows()

    def test_a_wrong_api_key_is_said_to_the_operator(self):
        self.pool.start()
        self.start_sluice(key="planted-api-key-of-another")

        self.assertEqual(self.verdict(ANN)[2], "the pool: answered 403; want 200")

        self.sluice.wait_for_log("the pool does not take the API key")
        self.assertNotIn("planted-api-key-of-another", "\n".join(self.sluice.lines))

    def test_switched_off_it_refuses_user_ids_and_nobody_else(self):
        self.pool.start()
        for text in ("false", "", "TRUE", "1"):
            self.start_sluice(enabled=text)

            self.assertEqual(self.verdict(ANN), (403, "permission_denied", "pool authentication is switched off"))
            self.assertEqual(self.film("a-secret-of-a-friend").status, 200)

        self.assertEqual(self.pool.asked, [])


if __name__ == "__main__":
    unittest.main()
