# SPDX-License-Identifier: MIT
"""Fake indexers as a process of their own."""

import json
import os
import re
import signal
import subprocess

import harness

KEY = "planted-api-key-0123456789"


class FakeIndexers:
    def __init__(self):
        self.process = subprocess.Popen([os.environ["SLUICE_FAKE_INDEXERS"]], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().rsplit(b":", 1)[1])

    def script(self, **what):
        answer = harness.request(self.port, "/_control", method="POST", body=json.dumps(what))
        assert answer.status == 200, answer.text

    def log(self):
        """What was searched for; not what the index can, which is asked now and then."""
        return [line for line in harness.request(self.port, "/_control/log").json if "t=caps" not in line]

    def violations(self):
        return harness.request(self.port, "/_control/violations").json

    def hashes(self, imdb_id, function="movie", category=2000):
        """Title -> info hash of all that the plain index has of that id."""
        feed = harness.request(self.port, f"/torznab/api?t={function}&imdbid={imdb_id}&cat={category}&limit=100&apikey={KEY}")
        return dict(re.search(r'<title>([^<]+)</title>.*name="infohash" value="([0-9a-f]{40})"', item, re.DOTALL).groups()
                    for item in feed.text.split("<item>")[1:])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        self.process.wait(timeout=harness.PATIENCE)
