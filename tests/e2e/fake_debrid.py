# SPDX-License-Identifier: MIT
"""A fake debrid store, with the CDN that it links to, as a process of its own."""

import json
import os
import subprocess

import harness


def octets(name, offset, size):
    """What the fake's files are made of."""
    seed = 2166136261
    for c in name.encode():
        seed = (seed ^ c) * 16777619 & 0xFFFFFFFF
    return bytes(((seed + (offset + i) * 2654435761) & 0xFFFFFFFF) >> 24 for i in range(size))


class FakeDebrid:
    """A fake store as a process of its own."""

    def __init__(self, store):
        self.process = subprocess.Popen([os.environ["SLUICE_FAKE_DEBRID"], store], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().rsplit(b":", 1)[1])

    def script(self, **what):
        answer = harness.request(self.port, "/_control", method="POST", body=json.dumps(what))
        assert answer.status == 200, answer.text

    def seen(self):
        return harness.request(self.port, "/_control").json

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=harness.PATIENCE)
