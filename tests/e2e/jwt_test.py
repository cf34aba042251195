# SPDX-License-Identifier: MIT
"""Viewers with JSON Web Tokens: of a shared secret, and of an issuer that publishes its keys, changes them and goes away.

The tokens are made here, with Python's hmac and the openssl command: nothing of the server's own takes part.
"""

import base64
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
import unittest

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{issuer}"]}}
components:
  partner:
    kind: auth
    type: jwt
    config:
      algorithm: RS256
      jwks_url: "http://127.0.0.1:{issuer}/jwks.json"
      issuer: https://issuer.example
      audience: [gateway, other]
      jwks_ttl: {ttl}
      jwks_cooldown: 1
  own: {{kind: auth, type: jwt, config: {{algorithm: HS256, secret: {secret}}}}}
pipelines:
  films:
    match: {{path: "/films/**"}}
    steps:
      - {{authenticate: [partner, own]}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /films}}}}
      - {{fetch: {{}}}}
"""
SECRET = "planted-key-of-own-0123456789abcdef"


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signing_input(header, claims):
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))


def claims(**changes):
    now = int(time.time())
    return {"sub": "ann", "iat": now, "exp": now + 3600, **changes}


def own_token(secret=SECRET, header=None, **changes):
    text = signing_input(header or {"alg": "HS256", "typ": "JWT"}, claims(**changes))
    return text + "." + base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


class Key:
    """An RSA key of the openssl command."""

    def __init__(self, folder, kid):
        self.kid = kid
        self.file = folder / f"{kid}.pem"
        self._openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.file)

    @staticmethod
    def _openssl(*arguments, text=b""):
        return subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=True).stdout

    def jwk(self):
        modulus = self._openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().partition("=")[2]
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": base64url(bytes.fromhex(modulus)),
                "e": "AQAB"}

    def token(self, **changes):
        text = signing_input({"alg": "RS256", "kid": self.kid},
                             claims(**{"iss": "https://issuer.example", "aud": "gateway", **changes}))
        return text + "." + base64url(self._openssl("dgst", "-sha256", "-sign", self.file, text=text.encode()))


class Issuer:
    """Publishes keys on a port that stays its own while it is away."""

    def __init__(self, *keys):
        self.port = harness.free_port()
        self.asked = []
        self.publish(*keys)
        self.server = None

    def publish(self, *keys):
        self.body = json.dumps({"keys": [key.jwk() for key in keys]}).encode()

    def start(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "application/jwk-set+json")
                self.send_header("Content-Length", str(len(issuer.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(issuer.body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class JwtTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx(self.make_media(film=b"x" * 1000))
        self.first, self.second = Key(self.folder, "first"), Key(self.folder, "second")
        self.issuer = Issuer(self.first)
        self.addCleanup(self.issuer.stop)
        self.tokens = []

    def start_sluice(self, ttl=600):
        self.sluice = self.start(
            CONFIG.format(origin=self.nginx.port, issuer=self.issuer.port, secret=SECRET, ttl=ttl))

    def film(self, token, scheme="Bearer"):
        self.tokens.append(token)
        return self.sluice.get("/films/film.mp4", headers={"Authorization": f"{scheme} {token}"})

    def verdict(self, token):
        """The status, and what was said to whoever was refused."""
        answer = self.film(token)
        self.assertNotIn(token, answer.text)
        return answer.status, "" if answer.status == 200 else answer.json["error"]["message"]

    def assert_nothing_shows(self):
        log = "\n".join(self.sluice.lines)
        self.assertNotIn(SECRET, log)
        for token in self.tokens:
            self.assertNotIn(token.rsplit(".", 1)[0], log)

    def test_own_tokens_let_in_by_header_and_query(self):
        self.start_sluice()

        for scheme in ("Bearer", "bearer", "BEARER"):
            self.assertEqual(self.film(own_token(), scheme).status, 200)
        by_query = own_token(sub="bob")
        self.tokens.append(by_query)
        self.assertEqual(self.sluice.get(f"/films/film.mp4?token={by_query}").status, 200)

        self.sluice.wait_for_log("request", 4)
        self.assertEqual([e["principal"] for e in self.sluice.log() if e.get("message") == "request"],
                         ["ann", "ann", "ann", "bob"])
        self.assertEqual(self.issuer.asked, [])
        self.assertNotIn("token=", "\n".join(self.nginx.requested(4)))
        self.assert_nothing_shows()

    def test_forged_and_expired_tokens_are_refused(self):
        self.start_sluice()
        now = int(time.time())
        bare = signing_input({"alg": "none"}, claims()) + "."
        refused = {
            own_token(exp=now - 31): "the token has expired",
            own_token(nbf=now + 3600): "the token is not valid yet",
            own_token(secret="another-key-0123456789abcdef0123"): "the token's signature is wrong",
            own_token(aud="mail"): "the token is for another audience",
            own_token(x="x" * 9000): "the token is too long; want at most 8192 octets",
            own_token(header={"alg": "HS256", "crit": ["exp"]}): "token header /crit: want none",
            bare: "token header /alg: want HS256",
            "no.token.atall": "the credential is not recognised",
        }

        for token, message in refused.items():
            self.assertEqual(self.verdict(token), (401, message))
        self.assertEqual(self.verdict(own_token(exp=now - 5))[0], 200)
        self.assert_nothing_shows()

    def test_tokens_of_an_issuer_are_judged_by_its_published_keys(self):
        self.issuer.start()
        self.start_sluice()

        self.assertEqual(self.verdict(self.first.token(sub="carol")), (200, ""))
        self.assertEqual(self.verdict(self.first.token(aud=["mail", "other"])), (200, ""))
        self.assertEqual(self.verdict(self.first.token(aud="mail")), (401, "the token is for another audience"))
        self.assertEqual(self.verdict(self.first.token(exp=1)), (401, "the token has expired"))
        self.assertEqual(self.verdict(self.first.token(iss="https://other.example")),
                         (401, "token header /alg: want HS256"))
        self.assertEqual(self.verdict(own_token(iss="https://issuer.example", aud="gateway")),
                         (401, "token header /alg: want RS256"))
        self.assertEqual(self.verdict(own_token()), (200, ""))

        self.assertEqual(self.issuer.asked, ["/jwks.json"])
        self.assertEqual(self.sluice.metric("sluice_plugin_jwt_jwks_fetches_total", component="partner", outcome="ok"), 1)
        self.assert_nothing_shows()

    def test_an_issuer_changes_its_keys(self):
        self.issuer.start()
        self.start_sluice()
        old, new = self.first.token(), self.second.token()
        self.assertEqual(self.verdict(old), (200, ""))

        self.issuer.publish(self.first, self.second)
        harness.wait_until(lambda: self.film(new).status == 200, "the new key is known")
        self.assertEqual(self.verdict(old), (200, ""))

        self.issuer.publish(self.second)
        forged = own_token(header={"alg": "RS256", "kid": "../jwks.json"}, iss="https://issuer.example")
        harness.wait_until(lambda: self.film(forged) and self.film(old).status == 401, "the old key is forgotten")
        self.assertEqual(self.verdict(new), (200, ""))
        self.assertEqual(set(self.issuer.asked), {"/jwks.json"})

    def test_an_issuer_that_is_away_lets_nobody_in_who_was_not_known(self):
        self.start_sluice(ttl=1)
        token = self.first.token()
        self.assertEqual(self.verdict(token), (503, "the keys that tokens are signed with cannot be had now"))
        self.assertEqual(self.verdict(own_token()), (200, ""))

        self.issuer.start()
        harness.wait_until(lambda: self.film(token).status == 200, "the issuer is back")

        self.issuer.stop()
        before = len([e for e in self.sluice.log() if e.get("message") == "key set not fetched"])
        harness.wait_until(
            lambda: self.verdict(token) == (200, "")
            and len([e for e in self.sluice.log() if e.get("message") == "key set not fetched"]) > before,
            "the last keys are kept while the issuer is away")
        self.assertEqual(self.verdict(token), (200, ""))
        self.assertEqual(self.verdict(self.second.token())[0], 503)
        self.assert_nothing_shows()


if __name__ == "__main__":
    unittest.main()
