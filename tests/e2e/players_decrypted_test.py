# SPDX-License-Identifier: MIT
"""Players on what the gateway decrypts for them, as DASH and as HLS: they are to see nothing of the encryption.

browser/players_decrypted.test.mjs says what they have to do.
"""

import json
import unittest

import cenc_test
import dash_test
import encrypted_clip
import players_test

FILTER = "      - {{filter: cenc}}\n"
CONFIG = dash_test.HEAD.replace("components:\n", """components:
  cenc: {{kind: filter, type: cenc, config: {{keys: {keys}}}}}
  dash: {{kind: manifest, type: dash, config: {{decrypted: true}}}}
  dash-to-hls: {{kind: manifest, type: dash-to-hls, config: {{decrypted: true}}}}
""") + (dash_test.pipeline("dash-as-hls/decrypted", "dash-to-hls", FILTER) +
        dash_test.pipeline("dash/decrypted", "dash", FILTER))


class PlayersDecryptedTest(players_test.PlayersCase):
    config = CONFIG.replace("{keys}", json.dumps({cenc_test.KID: cenc_test.KEY}).replace("{", "{{").replace("}", "}}"))

    def test_decrypted_streams(self):
        for scheme in ("cenc", "cbcs"):
            encrypted_clip.make(self.root, scheme)
        nginx = self.start_nginx(self.root)

        self.play("players_decrypted.test.mjs", nginx.port, nginx.access_log, passes=10)


if __name__ == "__main__":
    unittest.main()
