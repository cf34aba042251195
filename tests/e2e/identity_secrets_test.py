# SPDX-License-Identifier: MIT
"""Keys of the household stay inside: those of stores, of the pool, of its operators and users, and the passwords of the
servers that keep all that, through failures of each of them, searched for in everything that leaves the process."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import time
import unittest

import harness
import household
import stateful
from planted import Search, plant

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{port}", "127.0.0.1:{closed}"]}}
log: {{level: trace}}
components:
  authority:
    kind: endpoint
    type: pool
    config:
      internal_api_key: "${{INTERNAL_API_KEY}}"
      internal_api_key_next: "{s.internal_next}"
      account_urls: {{torbox: "http://127.0.0.1:{closed}"}}
  operators: {{kind: auth, type: shared-secret, config: {{secret: "${{OPERATOR}}", scopes: [admin]}}}}
  pool: {{kind: auth, type: chillstreams, config: {{url: "http://127.0.0.1:{port}", key: "${{INTERNAL_API_KEY}}", client_id: true}}}}
  tokens: {{kind: auth, type: jwt, config: {{algorithm: HS256, secret: "${{JWT_SIGNING_KEY}}"}}}}
  keys: {{kind: auth, type: legacy-token, config: {{store: torbox, schemes: [query], min_length: 12}}}}
  admin: {{kind: endpoint, type: admin, config: {{token: "${{ADMIN_TOKEN}}"}}}}
pipelines:
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority, deadline: 15m}}]}}
  me: {{match: {{path: "/api/v1/pool/me/{{token}}"}}, steps: [{{serve: authority}}]}}
  manage: {{match: {{path: "/api/v1/pool/**"}}, steps: [{{authenticate: operators}}, {{serve: authority}}]}}
  admin: {{match: {{path: "/admin/**"}}, steps: [{{serve: admin}}]}}
  play:
    match: {{path: "/play/{{speed}}/{{hash}}"}}
    steps:
      - authenticate: {{use: [pool, tokens, keys], action: stream, query: [token]}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}}}
      - {{fetch: {{}}}}
"""
STATE = '{database: "${DATABASE_URL}", cache: "${REDIS_URL}", secret_key: "${SLUICE_SECRET_KEY}"}'


class Secrets:
    def __init__(self):
        self.server_key = os.urandom(32).hex()
        self.internal = plant("internal-key-of-32-letters")
        self.internal_next = plant("next-internal-key-of-32-letters")
        self.operator = plant("operator")
        self.admin = plant("admin")
        self.signing_key = plant("signing-key-of-at-least-32-octets")
        self.store_key = plant("key-of-the-pool")
        self.another_store_key = plant("another-key-of-the-pool")
        self.own_store_key = plant("key-of-a-viewer")
        self.database_password = plant("password-of-the-database")
        self.cache_password = plant("password-of-the-cache")
        self.wrong = plant("wrong")
        self.cookie = plant("cookie")


def encoded(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class IdentitySecretsTest(household.Household, Search):
    def begin(self):
        self.secrets, self.seen = Secrets(), []
        s = self.secrets
        self.postgres = stateful.Postgres(self.folder, s.database_password)
        self.addCleanup(self.postgres.kill)
        self.redis = stateful.Redis(self.folder, s.cache_password)
        self.addCleanup(self.redis.kill)
        self.environment = {
            "SLUICE_SECRET_KEY": s.server_key, "INTERNAL_API_KEY": s.internal, "OPERATOR": s.operator,
            "ADMIN_TOKEN": s.admin, "JWT_SIGNING_KEY": s.signing_key, "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"redis://:{s.cache_password}@127.0.0.1:{self.redis.port}/1"}
        self.closed = harness.free_port()
        self.sluice = self.start(self.config(), state=STATE, environment=self.environment)

    def config(self):
        return CONFIG.format(s=self.secrets, port=self.port, origin=self.nginx.port, closed=self.closed)

    def command(self, *words, stdin="", code=0):
        done = subprocess.run([harness.SERVER, *words, "-c", str(self.sluice.config)], cwd=self.sluice.folder,
                              input=stdin.encode(), capture_output=True, timeout=harness.PATIENCE,
                              env={**os.environ, **self.environment})
        self.seen += [(" ".join(words), done.stdout), (" ".join(words), done.stderr)]
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if done.stdout and code == 0 else done.stderr.decode()

    def ask(self, path, method="GET", body=None, **headers):
        headers = {"Cookie": f"session={self.secrets.cookie}", **headers}
        try:
            answer = self.sluice.get(path, method=method, body=body, headers=headers)
        except (OSError, http.client.HTTPException) as error:
            self.seen.append((path, repr(error).encode()))
            return None
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.seen.append((f"{answer.status} {path}", head.encode() + b"\n\n" + answer.body))
        return answer

    def token(self, key, **claims):
        """A token of the viewer's own is what a viewer has: it may not show either."""
        head = encoded(json.dumps({"alg": "HS256"}).encode())
        body = encoded(json.dumps({"sub": "ann", "exp": int(time.time()) + 600, **claims}).encode())
        signature = encoded(hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest())
        vars(self.secrets)[f"signature_{len(vars(self.secrets))}"] = signature
        return f"{head}.{body}.{signature}"

    def get_key(self, key, action="stream"):
        """Not kept: this answer is where a key of the pool goes to."""
        body = json.dumps({"userId": self.ann, "deviceId": "d" * 64, "action": action, "hash": household.HASH})
        with_key = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return self.sluice.get("/api/v1/internal/pool/get-key", method="POST", headers=with_key, body=body)

    def drive_viewers(self):
        s, film = self.secrets, f"/play/fast/{household.HASH}"
        credentials = [{"Authorization": f"Bearer {self.ann}:tv"},
                       {"Authorization": f"Bearer {self.token(s.signing_key)}"},
                       {"Authorization": f"Bearer {self.token(s.wrong)}"},
                       {"Authorization": f"Bearer {self.token(s.signing_key, exp=1)}"},
                       {"Authorization": f"Bearer {s.wrong}"}, {"Authorization": f"Bearer 0{self.ann[1:]}:tv"}]
        statuses = [getattr(self.ask(film, **headers), "status", None) for headers in credentials]
        for secret in (s.own_store_key, s.wrong):
            statuses.append(getattr(self.ask(f"{film}?token={secret}"), "status", None))
        return statuses

    def drive_instances(self):
        s = self.secrets
        for key in (s.internal, s.internal_next):
            self.get_key(key)
            self.get_key(key, "key-failed")  # the store cannot be asked: nobody listens there
        for path, method in (("get-key", "POST"), ("log-usage", "POST"), ("stats", "GET"), ("events", "GET")):
            self.ask(f"/api/v1/internal/pool/{path}", method=method, body="{}", Authorization=f"Bearer {s.wrong}")
            if path != "events":
                self.ask(f"/api/v1/internal/pool/{path}", method=method, body='{"userId": 5}',
                         Authorization=f"Bearer {s.internal}")

    def drive_operators(self):
        s = self.secrets
        for path in ("users", "keys", "usage", "devices", f"users/{self.ann}", f"users/{self.ann}/devices", "nothing"):
            for key in (s.operator, s.wrong):
                self.ask(f"/api/v1/pool/{path}", Authorization=f"Bearer {key}")
        added = self.ask("/api/v1/pool/keys", method="POST", Authorization=f"Bearer {s.operator}",
                         body=json.dumps({"store": "torbox", "label": "x", "secret": s.another_store_key, "typo": 1}))
        self.assertTrue(added is None or added.status != 201)
        for topic in ("plugins", "pipelines", "config", "reload", "principals"):
            for key in (s.admin, s.wrong):
                self.ask(f"/admin/api/{topic}", Authorization=f"Bearer {key}")
        for path in ("/metrics", "/health", "/ready"):
            self.ask(path)

    def drive_commands(self):
        for words in (("validate",), ("expand",), ("plugins",), ("migrate", "--status"), ("users", "list"),
                      ("keys", "list"), ("usage",)):
            done = subprocess.run([harness.SERVER, *words, "-c", str(self.sluice.config)], cwd=self.sluice.folder,
                                  capture_output=True, timeout=harness.PATIENCE, check=False,
                                  env={**os.environ, **self.environment})
            self.seen += [(" ".join(words), done.stdout + b"\n" + done.stderr)]

    def drive(self):
        statuses = self.drive_viewers()
        self.drive_instances()
        self.drive_operators()
        self.drive_commands()
        return statuses

    def setUp(self):
        super().setUp()
        s = self.secrets
        self.command("keys", "add", "torbox", "planted", stdin=s.store_key)
        self.command("keys", "add", "torbox", "planted too", stdin=s.another_store_key)
        # The link of a user is for the user: what made it is kept back, as the link itself is a credential.
        made = subprocess.run([harness.SERVER, "users", "link", self.ann, "-c", str(self.sluice.config)],
                              cwd=self.sluice.folder, capture_output=True, timeout=harness.PATIENCE, check=True,
                              env={**os.environ, **self.environment})
        self.page = json.loads(made.stdout)["link"]
        s.personal_link = self.page.rsplit("/", 1)[1]

    def test_nothing_that_leaves_the_process_shows_a_secret(self):
        self.assertEqual(self.drive(), [200, 200, 401, 401, 401, 403, 200, 200])
        self.assertEqual(self.ask(self.page).status, 200)

        self.redis.kill()
        self.drive()
        self.postgres.kill()
        harness.wait_until(lambda: self.ask("/ready").status == 503, "/ready says no")
        self.drive()
        self.ask(self.page)
        self.sluice.write_config(self.config().replace("algorithm: HS256", "algorithm: HS255"))
        self.sluice.signal(signal.SIGHUP)
        self.sluice.wait_for_log("configuration not reloaded; what ran runs on")
        self.drive_commands()
        self.sluice.write_config(self.config())

        self.postgres.start()
        self.redis.start()
        harness.wait_until(lambda: self.ask("/ready").status == 200, "/ready says yes")
        self.assertEqual(self.drive(), [200, 200, 401, 401, 401, 403, 200, 200])
        self.command("users", "disable", self.ann)
        self.sluice.wait_for_log("a principal was revoked")
        self.drive_viewers()
        self.sluice.signal(signal.SIGABRT)  # as a crash does
        self.sluice.process.wait(timeout=harness.PATIENCE)
        self.sluice.stop()
        self.seen += [("log", line.encode()) for line in self.sluice.lines]

        self.assertGreater(len(self.seen), 200)
        self.assert_search_finds_what_is_there()
        self.assertEqual("\n".join(self.search()), "")


if __name__ == "__main__":
    unittest.main()
