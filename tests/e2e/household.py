# SPDX-License-Identifier: MIT
"""One server that is the authority of a key pool and its client, with a user and a key, and nginx behind it."""

import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile

import harness

API_KEY = "planted-internal-key-of-32-letters-" + os.urandom(4).hex()
OPERATOR = "planted-operator-token-" + os.urandom(4).hex()
STORE_KEY = "planted0-0000-4000-8000-" + os.urandom(6).hex()
HASH = "0123456789abcdef0123456789abcdef01234567"
FILM = b"x" * 200_000

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{port}"]}}
log: {{level: debug}}
components:
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{api_key}"}}}}
  operators: {{kind: auth, type: shared-secret, config: {{secret: "{operator}", scopes: [admin]}}}}
  pool:
    kind: auth
    type: chillstreams
    config: {{url: "http://127.0.0.1:{port}", key: "{api_key}", client_id: true}}
pipelines:
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority, deadline: 15m}}]}}
  manage:
    match: {{path: "/api/v1/pool/**"}}
    steps: [{{authenticate: operators}}, {{serve: authority}}]
  play:
    match: {{path: "/play/{{speed}}/{{hash}}"}}
    steps:
      - {{authenticate: {{use: pool, action: stream}}}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}"}}}}
      - {{fetch: {{}}}}
"""


class Household(harness.EndToEndTest):
    environment = None  # of commands; None: as this process has it

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        root = self.folder / "media"
        for speed in ("fast", "slow"):
            (root / "play" / speed).mkdir(parents=True)
            (root / "play" / speed / HASH).write_bytes(FILM)
        for path in [root, *root.rglob("*")]:
            path.chmod(0o755)
        self.nginx = self.start_nginx(root, location_extra="location /play/slow/ { limit_rate 20k; }")
        self.port = harness.free_port()
        self.outputs = []
        self.begin()
        self.ann = self.command("users", "create", "Ann")["id"]
        self.key = self.command("keys", "add", "torbox", "the first", stdin=STORE_KEY)["id"]

    def place(self, folder):
        """Prepares the folder that the server runs in."""

    def begin(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        self.place(folder)
        config = CONFIG.format(port=self.port, origin=self.nginx.port, api_key=API_KEY, operator=OPERATOR)
        self.sluice = harness.Sluice(folder, config)
        self.addCleanup(self._end, self.sluice)

    def command(self, *words, stdin="", code=0):
        done = subprocess.run([harness.SERVER, *words, "-c", str(self.sluice.config)], cwd=self.sluice.folder,
                              input=stdin, env=self.environment, capture_output=True, text=True, timeout=harness.PATIENCE)
        self.outputs += [done.stdout, done.stderr]
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if done.stdout and code == 0 else done.stderr

    def usage(self):
        return self.command("usage")

    def play(self, who, device="tv", speed="fast", **keywords):
        return self.sluice.get(f"/play/{speed}/{HASH}", headers={"Authorization": f"Bearer {who}:{device}"}, **keywords)

    def restart(self, environment=None):
        folder, config = self.sluice.folder, self.sluice.config.read_text(encoding="utf-8")
        self.sluice = Again(folder, config, environment)
        self.addCleanup(self.sluice.stop)

    def watch(self, heads):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
            connection.request("GET", f"/play/slow/{HASH}", headers={"Authorization": f"Bearer {self.ann}:tv"})
            response = connection.getresponse()
            if response.status == 200:
                heads.append(response)
            response.read()

    def pending(self):
        with contextlib.closing(sqlite3.connect(self.sluice.folder / "var/sluice.db", timeout=30)) as database:
            return database.execute("SELECT count(*) FROM sluice_usage").fetchone()[0]

    def assert_nothing_planted_shows(self):
        texts = self.outputs + self.sluice.lines + [self.sluice.get("/metrics").text]
        database = (self.sluice.folder / "var/sluice.db").read_bytes()
        for planted in (API_KEY, OPERATOR, STORE_KEY):
            self.assertEqual([text for text in texts if planted in text], [])
            self.assertNotIn(planted.encode(), database)


class Again(harness.Sluice):
    """On the folder of a server that is gone, with its configuration as it stands there."""

    def write_config(self, config):
        self.config.write_text(config, encoding="utf-8")
