# SPDX-License-Identifier: MIT
"""A household that has the Stremio addon: a pool, two stores, an index and an addon that knows titles, each of them a
process or a thread of its own."""

import base64
import contextlib
import http.server
import json
import sqlite3
import threading
import urllib.parse

import fake_debrid
import fake_indexers
import harness
import household

MATRIX = "tt0133093"
SHOW = "tt0903747"
OWN_KEY = "planted0-0000-4000-8000-00000000a11a"
TITLES = {MATRIX: {"name": "The Matrix", "year": "1999"}, SHOW: {"name": "Breaking Bad", "releaseInfo": "2008-2013"}}
SIZE = 300_000

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
upstream: {{trusted: ["127.0.0.1"]}}
log: {{level: debug}}
components:
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{api_key}", check_hours: 0,
    account_urls: {{torbox: "http://127.0.0.1:{torbox}"}}}}}}
  operators: {{kind: auth, type: shared-secret, config: {{secret: "{operator}", scopes: [admin]}}}}
  pool:
    kind: auth
    type: chillstreams
    config: {{url: "http://127.0.0.1:{pool}", key: "{api_key}", enabled: "{enabled}"}}
  token: {{kind: auth, type: legacy-token}}
  torbox: {{kind: store, type: torbox, config: {{base_url: "http://127.0.0.1:{torbox}"}}}}
  realdebrid: {{kind: store, type: realdebrid, config: {{base_url: "http://127.0.0.1:{realdebrid}"}}}}
  torznab:
    kind: indexer
    type: torznab
    config: {{url: "http://127.0.0.1:{indexers}/torznab", api_key: "{index_key}", user_urls: true}}
  addon:
    kind: endpoint
    type: stremio
    config:
      stores: [torbox, realdebrid]
      indexers: [torznab]
      viewer_indexers: [torznab]
      auth: [pool, token]
      metadata_url: "http://127.0.0.1:{metadata}"
      {options}
pipelines:
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority, deadline: 15m}}]}}
  manage:
    match: {{path: "/api/v1/pool/**"}}
    steps: [{{authenticate: operators}}, {{serve: authority}}]
  stremio: {{match: {{path: "/stremio/torz/**"}}, steps: [{{serve: addon, deadline: 30s}}]}}
"""


class Cinemeta:
    """Knows the titles of TITLES, and counts how often it was asked."""

    def __init__(self):
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                title = TITLES.get(self.path.rsplit("/", 1)[1].removesuffix(".json"))
                body = json.dumps({"meta": title} if title else {"meta": None}).encode()
                self.send_response(200 if title else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 512  # of five, a crowd's connections would be dropped, and come again a second later

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def segment(**userdata):
    return urllib.parse.quote(base64.b64encode(json.dumps(userdata).encode()).decode(), safe="")


class Addon(household.Household):
    options = ""
    enabled = "true"
    pool_is_up = True

    def begin(self):
        self.torbox = fake_debrid.FakeDebrid("torbox")
        self.realdebrid = fake_debrid.FakeDebrid("realdebrid")
        self.indexers = fake_indexers.FakeIndexers()
        self.cinemeta = Cinemeta()
        for fake in (self.torbox, self.realdebrid, self.indexers, self.cinemeta):
            self.addCleanup(fake.stop)
        self.answers = []
        self.sluice = self.serve()

    def serve(self):
        return self.start(CONFIG.format(
            port=self.port, pool=self.port if self.pool_is_up else harness.free_port(), torbox=self.torbox.port,
            realdebrid=self.realdebrid.port, indexers=self.indexers.port, metadata=self.cinemeta.port,
            api_key=household.API_KEY, operator=household.OPERATOR, index_key=fake_indexers.KEY, enabled=self.enabled,
            options=self.options))

    def setUp(self):
        super().setUp()
        for key, number in ((household.STORE_KEY, 71), (OWN_KEY, 72)):
            self.torbox.script(account={"key": key, "id": number})
            self.realdebrid.script(account={"key": key, "id": number})
        self.indexers.script(add={"id": "plain", "number": 1, "numbers": False, "releases": [
            {"title": "The.Matrix.1999.1080p.BluRay.x264-GRP", "imdb_id": MATRIX},
            {"title": "The.Matrix.1999.2160p.UHD.BluRay.REMUX.HDR.HEVC-BIG", "imdb_id": MATRIX},
            {"title": "The.Matrix.1999.720p.WEB-DL.x264-RARE", "imdb_id": MATRIX},
            {"title": "Breaking.Bad.S01.1080p.BluRay.x264-GRP", "imdb_id": SHOW, "season": 1,
             "category": 5000}]})
        self.films = self.indexers.hashes(MATRIX)
        self.shows = self.indexers.hashes(SHOW, "tvsearch", 5000)
        for title, found in self.films.items():
            self.hold(found, [f"{title}/{title}.mkv", f"{title}/sample.mkv"], cached="RARE" not in title)
        for title, found in self.shows.items():
            self.hold(found, [f"{title}/Breaking.Bad.S01E0{episode}.mkv" for episode in (3, 1, 2)])
        self.searched = len(self.indexers.log())

    def hold(self, content, names, cached=True):
        """What the stores can have: of each file its place in the list decides how large it is."""
        for store in (self.torbox, self.realdebrid):
            store.script(content={"hash": content, "name": names[0].split("/")[0], "cached": cached, "files": [
                {"name": name, "size": SIZE if "sample" not in name else 7} for name in names]})

    def by_pool(self, *stores):
        return segment(stores=[{"c": store, "t": "", "auth": self.ann} for store in stores or ("tb",)])

    def get(self, path, **keywords):
        """Of the addon; everything that it says is kept, so that it can be searched for secrets."""
        answer = self.sluice.get(f"/stremio/torz{path}", **keywords)
        # What it leads to is a store's own.
        fields = [f"{name}: {value}" for name, value in answer.headers.items()]
        self.answers += [*fields, answer.body.decode("utf-8", "replace")]
        return answer

    def streams(self, userdata, what=f"movie/{MATRIX}"):
        answer = self.get(f"/{userdata}/stream/{what}.json")
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json["streams"]

    def follow(self, url, **keywords):
        """One URL that the addon has made."""
        parts = urllib.parse.urlsplit(url)
        self.assertEqual(parts.port, self.port)
        return self.get(parts.path.removeprefix("/stremio/torz"), **keywords)

    def fetch(self, url, **keywords):
        """At the store's CDN."""
        parts = urllib.parse.urlsplit(url)
        return harness.request(parts.port, f"{parts.path}?{parts.query}", **keywords)

    def asked(self):
        """How often each of those behind the addon was asked so far."""
        return {"torbox": self.torbox.seen()["counts"], "realdebrid": self.realdebrid.seen()["counts"],
                "searches": len(self.indexers.log()) - self.searched, "titles": len(self.cinemeta.asked)}

    def kept(self, store):
        """Of how many torrents the server knows whether the store has them."""
        with contextlib.closing(sqlite3.connect(self.sluice.folder / "var/sluice.db", timeout=30)) as database:
            table, = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%magnets'").fetchone()
            return database.execute(f"SELECT count(*) FROM {table} WHERE store = ?", (store,)).fetchone()[0]

    def tearDown(self):
        # Keys of the viewers' own stand in the URLs that they ask for; nothing says them again.
        texts = self.answers + self.outputs + self.sluice.lines + [self.sluice.get("/metrics").text]
        for text in texts:
            self.assertNotIn("planted", text)
        for store in (self.torbox, self.realdebrid):
            seen = store.seen()
            self.assertEqual(seen["violations"], [])
            self.assertEqual(seen["crossed"], 0)
        self.assertEqual(self.indexers.violations(), [])
        super().tearDown()
