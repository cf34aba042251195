# SPDX-License-Identifier: MIT
"""Secrets that are planted, and the search for them in what left the process."""

import base64
import json
import os
import re
import urllib.parse


def plant(name, marks="-"):
    """A secret that nothing contains by chance."""
    return f"planted{marks}{name}{marks}{os.urandom(6).hex()}"


def forms(secret):
    """How a text may be written in logs, JSON, URLs, header fields and YAML."""
    octets = secret.encode()
    found = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
             urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)}
    for shift in range(3):  # base64 of a text that holds the secret, wherever it starts
        encoded = base64.b64encode(b"\0" * shift + octets).decode().rstrip("=")
        whole = encoded[4 if shift else 0:-1 if len(encoded) % 4 else None]
        found |= {whole, whole.replace("+", "-").replace("/", "_")}
    if re.fullmatch("[0-9a-f]{64}", secret):
        raw = bytes.fromhex(secret)
        found |= {secret.upper(), base64.b64encode(raw).decode().rstrip("="),
                  base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return {form.encode() for form in found}


class Search:
    """For tests that keep in `seen` what left the process, and in the attributes of `secrets` what must not.

    seen: (where, octets) of each piece.
    """

    def search(self):
        leaks = []
        for name, secret in vars(self.secrets).items():
            for form in forms(secret):
                for where, octets in self.seen:
                    at = octets.find(form)
                    if at >= 0:
                        leaks.append(f"{name} in {where.split('?')[0]!r}: …{octets[max(0, at - 80):at + len(form)]!r}")
        return leaks

    def assert_search_finds_what_is_there(self):
        kept = self.seen
        for name, secret in vars(self.secrets).items():
            for text in (secret, json.dumps({"a": secret}), f"/x?a={urllib.parse.quote(secret, safe='')}",
                         base64.b64encode(f"user:{secret}".encode()).decode()):
                self.seen = [("control", text.encode())]
                self.assertTrue(any(leak.startswith(f"{name} in") for leak in self.search()), (name, text))
        self.seen = kept
