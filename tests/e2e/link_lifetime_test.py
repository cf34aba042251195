# SPDX-License-Identifier: MIT
"""How long links in playlists work: no longer than the session or the token of whom they were made for.

SLUICE_PORTAL is an endpoint plugin that opens sessions for these tests.
"""

import os
import time
import unittest

import harness
import jwt_test

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  portal: {{kind: endpoint, type: portal}}
  viewers: {{kind: auth, type: session-token, config: {{of: [portal]}}}}
  partner: {{kind: auth, type: jwt, config: {{algorithm: HS256, secret: {secret}, leeway: 0}}}}
pipelines:
  films:
    match: {{path: "/films/**"}}
    steps:
      - {{authenticate: {{use: [viewers, partner], query: [token]}}}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /films}}}}
      - {{fetch: {{}}}}
      - {{rewrite: [hls]}}
  sessions: {{match: {{path: "/sessions/**"}}, steps: [{{serve: portal}}]}}
"""
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfilm.mp4\n#EXT-X-ENDLIST\n"
OVER = (403, "the session of this link is over")


class LinkLifetimeTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        root = self.make_media(film=b"x" * 1000)
        (root / "list.m3u8").write_text(PLAYLIST, encoding="utf-8")
        self.sluice = self.start(
            CONFIG.format(origin=self.start_nginx(root).port, secret=jwt_test.SECRET),
            plugins=f"{harness.PLUGINS}, files: [{os.environ['SLUICE_PORTAL']}]")

    def open_session(self, subject="ann", life=3600, idle=0):
        answer = self.sluice.get(f"/sessions/{subject}/{life}/{idle}", method="POST")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.text.split(" ")

    def link(self, token):
        answer = self.sluice.get(f"/films/list.m3u8?token={token}")
        self.assertEqual(answer.status, 200, answer.body)
        found, = [line for line in answer.text.splitlines() if line.startswith("/~/")]
        return found

    def verdict(self, link):
        answer = self.sluice.get(link)
        return answer.status, "" if answer.status == 200 else answer.json["error"]["message"]

    def test_links_of_a_session_that_is_closed_are_refused_at_once(self):
        session, token = self.open_session()
        _, other = self.open_session()
        link, others_link = self.link(token), self.link(other)
        self.assertEqual(self.link(token), link, "the same on every reload")
        self.assertNotEqual(link, others_link)
        self.assertEqual(self.verdict(link), (200, ""))

        self.assertEqual(self.sluice.get(f"/sessions/{session}", method="DELETE").status, 200)

        self.assertEqual(self.verdict(link), OVER)
        self.assertEqual(self.verdict(others_link), (200, ""))
        self.assertEqual(self.sluice.get(f"/films/list.m3u8?token={token}").status, 401)

    def test_links_of_a_session_that_has_expired_are_refused(self):
        link = self.link(self.open_session(life=3)[1])
        self.assertEqual(self.verdict(link), (200, ""))

        harness.wait_until(lambda: self.verdict(link) == OVER, "the session has expired")

    def test_a_session_lives_while_its_links_are_followed_and_then_they_end(self):
        link = self.link(self.open_session(idle=4)[1])

        end = time.monotonic() + 6
        while time.monotonic() < end:
            self.assertEqual(self.verdict(link), (200, ""))
            time.sleep(0.5)
        time.sleep(5)  # to ask meanwhile would be use
        self.assertEqual(self.verdict(link), OVER)

    def test_links_of_a_token_expire_with_it(self):
        expiry = int(time.time()) + 3
        link = self.link(jwt_test.own_token(exp=expiry))
        later = self.link(jwt_test.own_token(exp=expiry + 600))
        self.assertEqual(self.verdict(link), (200, ""))
        self.assertEqual(self.link(jwt_test.own_token(exp=expiry + 600, jti="another")), later)

        harness.wait_until(lambda: self.verdict(link) == (403, "this link has expired"), "the token has expired")

        self.assertGreaterEqual(time.time(), expiry)
        self.assertEqual(self.verdict(later), (200, ""))


if __name__ == "__main__":
    unittest.main()
