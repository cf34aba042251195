# SPDX-License-Identifier: MIT
"""Players on what the gateway decrypts for them, as DASH and as HLS: they are to see nothing of the encryption.

browser/players_decrypted.test.mjs says what they have to do.
"""

import json
import unittest

import cenc_test
import encrypted_clip
import players_test

CONFIG = players_test.CONFIG.replace("components:\n", """components:
  cenc: {{kind: filter, type: cenc, config: {{keys: {keys}}}}}
  dash: {{kind: manifest, type: dash, config: {{decrypted: true}}}}
  dash-to-hls: {{kind: manifest, type: dash-to-hls, config: {{decrypted: true}}}}
""").replace("pipelines:\n", """pipelines:
  decrypted-as-hls:
    match: {{path: "/dash-as-hls/decrypted/**", methods: [GET]}}
    steps:
      - {{authenticate: token}}
      - {{filter: cenc}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /dash-as-hls/decrypted}}}}
      - {{fetch: {{}}}}
      - {{rewrite: dash-to-hls}}
  decrypted:
    match: {{path: "/dash/decrypted/**", methods: [GET]}}
    steps:
      - {{authenticate: token}}
      - {{filter: cenc}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /dash/decrypted}}}}
      - {{fetch: {{}}}}
      - {{rewrite: dash}}
""")


class PlayersDecryptedTest(players_test.PlayersCase):
    config = CONFIG.replace("{keys}", json.dumps({cenc_test.KID: cenc_test.KEY}).replace("{", "{{").replace("}", "}}"))

    def test_decrypted_streams(self):
        for scheme in ("cenc", "cbcs"):
            encrypted_clip.make(self.root, scheme)
        nginx = self.start_nginx(self.root)

        self.play("players_decrypted.test.mjs", nginx.port, nginx.access_log)


if __name__ == "__main__":
    unittest.main()
