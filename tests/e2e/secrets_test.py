# SPDX-License-Identifier: MIT
"""Keys stay inside: secrets are planted wherever one can stand, traffic and failures are driven, and everything that
leaves the process is searched for them. The origin must not learn what viewers and operators tell the gateway."""

import base64
import http.client
import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import unittest
import urllib.parse

import harness
from planted import Search, forms, plant

BAD = pathlib.Path(os.environ["SLUICE_BAD_PLUGINS"])


class Secrets:
    """By what they are, the secrets of one test."""

    def __init__(self):
        # What the operator configures.
        self.server_key = os.urandom(32).hex()
        self.in_yaml = plant("in-yaml")
        self.from_environment = plant("from-environment")
        self.with_marks = plant("with-marks", marks='"\\/<&%+ é')  # every writer has to escape something of it
        self.from_file = plant("from-file")
        self.of_bad_plugin = plant("of-bad-plugin")
        self.marked_by_name = plant("marked-by-name")  # no schema says that it is secret, but its variable's name does
        self.admin = plant("admin")
        self.origin_key = plant("origin-key")
        self.origin_bearer = plant("origin-bearer")
        # What viewers send.
        self.store_key_in_query = plant("store-key-in-query")
        self.store_key_in_header = plant("store-key-in-header")
        self.store_key_as_bearer = plant("store-key-as-bearer")
        self.told_to_bad_plugin = plant("told-to-bad-plugin")
        self.wrong = plant("wrong")
        self.user_in_url = plant("user-in-url")
        self.cookie = plant("viewer-cookie")
        self.referrer = plant("in-referrer")
        self.in_path = plant("in-path")
        # What origins send.
        self.set_cookie = plant("set-cookie")
        self.signature = plant("signature")
        self.user_of_link = plant("user-of-link")
        self.last_segment = plant("last-segment")
        self.private_field = plant("private-field")

    OF_ORIGINS = ("set_cookie", "signature", "user_of_link", "last_segment", "private_field")
    FOR_ORIGINS = ("origin_key", "origin_bearer")


class Origin(http.server.BaseHTTPRequestHandler):
    """Keeps every request as it came, and answers with secrets of its own."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.requests.append((self.path, str(self.requestline) + "\n" + str(self.headers) + body.decode()))
        path = urllib.parse.urlsplit(self.path).path
        status, content_type, answer, fields = self.server.answers.get(path, (404, "text/plain", b"none", {}))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(answer) + (10 if fields.get("Connection") == "close" else 0)))
        self.send_header("Set-Cookie", f"session={self.server.secrets.set_cookie}; Path=/")
        self.send_header("X-Internal-Key", self.server.secrets.private_field)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


class SluiceWithKey(harness.Sluice):
    """Has its key from the environment, and not from a file."""

    def write_config(self, config):
        super().write_config(config)
        text = self.config.read_text(encoding="utf-8")
        fresh = self.config.with_suffix(".new")
        fresh.write_text(text.replace("state: {", 'state: {secret_key: "${SLUICE_SECRET_KEY}", ', 1), encoding="utf-8")
        fresh.rename(self.config)


class SecretsTest(harness.EndToEndTest, Search):
    CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
log: {{level: trace}}
upstream: {{trusted: ["127.0.0.1:{origin}", "127.0.0.1:{other}", "127.0.0.1:{closed}"]}}
components:
  friends:
    kind: auth
    type: shared-secret
    config:
      secrets:
        - {{name: yaml, secret: "{s.in_yaml}"}}
        - {{name: environment, secret: "${{FRIENDS}}"}}
        - {{name: marks, secret: "${{MARKS}}"}}
        - {{name: file, secret: "${{file:{secret_file}}}"}}
  keys:
    kind: auth
    type: legacy-token
    config: {{store: torbox, schemes: [header, query, bearer], min_length: 12}}
  talker: {{kind: auth, type: tells-secrets, config: {{secret: "{s.of_bad_plugin}"{fail}}}}}
  hls: {{kind: manifest, type: hls}}
  clips: {{kind: media, type: files, config: {{root: "{folder}"}}}}
  admin: {{kind: endpoint, type: admin, config: {{token: "${{SLUICE_ADMIN_TOKEN}}"}}}}
pipelines:
  vod:
    match: {{path: "/vod/**", methods: [GET]}}
    steps:
      - authenticate: {{use: friends, headers: [X-Viewer-Key], query: [token, key]}}
      - resolve: &origin
          type: route
          origin: "http://127.0.0.1:{origin}"
          headers: {{X-Origin-Key: "${{ORIGIN_KEY}}", Authorization: "Bearer {s.origin_bearer}"}}
          strip_prefix: /vod
      - fetch: {{read_timeout: 2s}}
      - rewrite: hls
  store:
    match: {{path: "/store/**"}}
    steps:
      - authenticate: {{use: keys, headers: [X-Store-Key], query: [apikey]}}
      - resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /store}}
      - fetch: {{}}
      - rewrite: hls
  unfollowed:
    match: {{path: "/unfollowed/**"}}
    steps:
      - authenticate: friends
      - resolve: {{<<: *origin, strip_prefix: /unfollowed}}
      - fetch: {{max_redirects: 0, response_headers: {{allow: "*", deny: [Set-Cookie, X-Internal-Key]}}}}
  unfollowed-but-linked:
    match: {{path: "/linked/**"}}
    steps:
      - authenticate: friends
      - resolve: {{<<: *origin, strip_prefix: /linked}}
      - fetch: {{max_redirects: 0}}
      - rewrite: hls
  keyed:
    match: {{path: "/keyed/{{api_key}}/**", methods: [GET]}}
    steps: [{{resolve: clips, item: none}}, {{fetch: {{}}}}]
  dead:
    match: {{path: "/dead/**"}}
    steps:
      - authenticate: friends
      - resolve: {{<<: *origin, origin: "http://127.0.0.1:{closed}", strip_prefix: /dead}}
      - fetch: {{connect_timeout: 2s}}
  talker:
    match: {{path: "/talker/**"}}
    steps: [{{authenticate: talker}}, {{resolve: clips, item: none}}, {{fetch: {{}}}}]
  members:
    match: {{path: "/mixed/**"}}
    steps:
      - {{authenticate: {{use: friends, headers: [X-Viewer-Key], query: [token]}}, on_error: next}}
      - {{resolve: {{<<: *origin, origin: "http://127.0.0.1:{closed}", strip_prefix: /mixed}}}}
      - {{fetch: {{connect_timeout: 2s}}, on_error: next}}
  members-by-key:
    match: {{path: "/mixed/**"}}
    steps:
      - {{authenticate: {{use: keys, headers: [X-Store-Key], query: [apikey], authorization: no}}, on_error: next}}
      - resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /mixed}}
      - fetch: {{}}
  everybody:
    match: {{path: "/mixed/**"}}
    steps:
      - resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /mixed}}
      - fetch: {{}}
  admin:
    match: {{path: "/admin/**"}}
    steps: [{{serve: admin}}]
"""

    def setUp(self):
        super().setUp()
        self.secrets = Secrets()
        self.seen = []  # (where, octets) of everything that left the gateway towards viewers, operators and logs
        self.secret_file = self.folder / "operator.secret"
        self.secret_file.write_text(self.secrets.from_file + "\n", encoding="utf-8")
        self.origin, self.other = self.start_origin(), self.start_origin()
        unheard = socket.socket()  # bound, so that nobody else gets the port, and not listening
        self.addCleanup(unheard.close)
        unheard.bind(("127.0.0.1", 0))
        self.closed = unheard.getsockname()[1]
        self.plant_in_origins()
        self.environment = {"SLUICE_SECRET_KEY": self.secrets.server_key, "FRIENDS": self.secrets.from_environment,
                            "MARKS": self.secrets.with_marks, "SLUICE_ADMIN_TOKEN": self.secrets.admin,
                            "ORIGIN_KEY": self.secrets.origin_key, "MEDIA_ROOT_KEY": self.secrets.marked_by_name}

    def start_origin(self):
        origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
        origin.requests, origin.answers, origin.secrets = [], {}, self.secrets
        thread = threading.Thread(target=origin.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(origin.server_close)
        self.addCleanup(origin.shutdown)
        return origin

    def plant_in_origins(self):
        s, hls = self.secrets, "application/vnd.apple.mpegurl"
        here, there = (f"127.0.0.1:{origin.server_port}" for origin in (self.origin, self.other))
        playlist = f"""#EXTM3U
#EXT-X-KEY:METHOD=AES-128,URI="http://{here}/key?sig={s.signature}"
#EXTINF:4,
segment.ts?sig={s.signature}
#EXTINF:4,
http://viewer:{s.user_of_link}@{here}/user.ts
#EXTINF:4,
http://{there}/elsewhere.ts
#EXTINF:4,
/dl/{s.last_segment}
#EXTINF:4,
/dl/{s.last_segment}.ts
#EXT-X-ENDLIST
"""
        segment = (200, "video/mp2t", b"\x47" * 188, {})
        self.origin.answers.update({
            "/master.m3u8": (200, hls, playlist.encode(), {}), "/segment.ts": segment, "/user.ts": segment,
            "/key": (200, "application/octet-stream", b"k" * 16, {}), f"/dl/{s.last_segment}": segment,
            f"/dl/{s.last_segment}.ts": segment,
            "/moved.ts": (302, "text/plain", b"", {"Location": f"/segment.ts?sig={s.signature}"}),
            "/away.ts": (307, "text/plain", b"", {"Location": f"http://{there}/elsewhere.ts?sig={s.signature}"}),
            "/user-moved.ts": (302, "text/plain", b"", {"Location": f"http://u:{s.user_of_link}@{here}/segment.ts"}),
            "/lost.ts": (302, "text/plain", b"", {"Location": f"http://127.0.0.1:{self.closed}/?sig={s.signature}"}),
            "/private.ts": (302, "text/plain", b"", {"Location": f"http://10.0.0.1/?sig={s.signature}"}),
            "/loop.ts": (302, "text/plain", b"", {"Location": f"/loop.ts?sig={s.signature}"}),
            "/odd.ts": (302, "text/plain", b"", {"Location": f"ftp://127.0.0.1/{s.signature}"}),
            "/nonsense.m3u8": (200, hls, f"<html>{s.signature}</html>".encode(), {}),
            "/cut.m3u8": (200, hls, b"#EXTM3U\n", {"Connection": "close"}),
            "/denied.ts": (403, "text/plain", b"no", {"WWW-Authenticate": f'Basic realm="{s.private_field}"'}),
            "/failed.ts": (500, "text/plain", b"oops", {}),
        })
        self.other.answers["/elsewhere.ts"] = segment

    def config(self, template=None):
        return (template or self.CONFIG).format(
            s=self.secrets, origin=self.origin.server_port, other=self.other.server_port, closed=self.closed,
            secret_file=self.secret_file, folder=self.folder, fail="")

    def start_server(self):
        place = self.folder / "server"
        place.mkdir()
        sluice = SluiceWithKey(place, self.config(), self.environment,
                               f"{harness.PLUGINS}, files: [{BAD / 'tells_secrets.so'}]")
        self.addCleanup(self._end, sluice)
        return sluice

    # What leaves the gateway.

    def ask(self, sluice, path, headers=None, **keywords):
        """Answers the response, and keeps all of it."""
        try:
            answer = sluice.get(path, headers=headers, **keywords)
        except (http.client.HTTPException, OSError) as error:
            self.seen.append((path, repr(error).encode()))
            return None
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.seen.append((f"{answer.status} {path}", head.encode("utf-8", "surrogateescape") + b"\n\n" + answer.body))
        return answer

    def send(self, sluice, text):
        """Octets as they are, for what http.client would not send."""
        with socket.create_connection(("127.0.0.1", sluice.port), timeout=harness.PATIENCE) as connection:
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        self.seen.append((text.split("\r\n", 1)[0], received))
        return received

    def run_command(self, *arguments):
        done = subprocess.run([harness.SERVER, *map(str, arguments)], cwd=self.folder, capture_output=True, check=False,
                              env={**os.environ, **self.environment}, timeout=harness.PATIENCE)
        self.seen.append((" ".join(map(str, arguments)), done.stdout + b"\n" + done.stderr))
        return done

    # Traffic.

    def drive_viewers(self, sluice):
        s = self.secrets
        basic = base64.b64encode(f"anybody:{s.from_environment}".encode()).decode()
        everywhere = {"Cookie": f"session={s.cookie}", "Referer": f"http://gateway.example/vod/x?token={s.referrer}"}
        let_in = [("", {"Authorization": f"Bearer {s.in_yaml}"}), ("", {"Authorization": f"Basic {basic}"}),
                  ("", {"X-Viewer-Key": s.from_file}), (f"?token={s.from_environment}&page=1", {}),
                  (f"?a=1&key={urllib.parse.quote(s.with_marks, safe='')}", {}),
                  (f"?token={s.in_yaml}&token={s.wrong}", {"Authorization": f"Bearer {s.wrong}"})]
        links = set()
        for query, headers in let_in:
            answer = self.ask(sluice, "/vod/master.m3u8" + query, {**everywhere, **headers})
            self.assertEqual(answer.status, 200, answer.body)
            links |= set(re.findall(r'(/~/[^"\s]+)', answer.text))
        self.assertGreaterEqual(len(links), 6)
        statuses = []
        for link in links:
            statuses.append(self.ask(sluice, link, everywhere).status)
            self.ask(sluice, link + f"?token={s.in_yaml}", {**everywhere, "Authorization": f"Bearer {s.wrong}"})
            self.ask(sluice, link.replace("/~/", "/~/A", 1), everywhere)
        # A user name in a link is refused: there is nobody whom it could be shown to. The other five of a playlist play.
        self.assertEqual((statuses.count(400) * 6, statuses.count(200) * 6), (len(links), len(links) * 5))
        key = {**everywhere, "X-Viewer-Key": s.from_environment}
        for name in ("moved.ts", "away.ts", "user-moved.ts", "lost.ts", "private.ts", "loop.ts", "odd.ts",
                     "nonsense.m3u8", "cut.m3u8", "denied.ts", "failed.ts", "missing.ts"):
            self.ask(sluice, f"/vod/{name}", key)
            self.ask(sluice, f"/vod/{name}", key, method="HEAD")
        bearer = {**everywhere, "Authorization": f"Bearer {s.in_yaml}"}
        for name in ("moved.ts", "away.ts", "user-moved.ts", "lost.ts", "private.ts", "loop.ts", "odd.ts"):
            answers = [self.ask(sluice, f"/{pipeline}/{name}", bearer) for pipeline in ("unfollowed", "linked")]
            self.assertTrue(all(answer.status in (302, 307) for answer in answers), name)
            unfollowed, linked = (answer.headers["Location"] for answer in answers)
            self.assertEqual((unfollowed is None, linked is None), (True, name == "odd.ts"), name)
            if linked:
                self.ask(sluice, linked, everywhere)
        self.assertEqual(self.ask(sluice, f"/keyed/{s.in_path}/x", everywhere).status, 404)
        self.assertEqual(self.ask(sluice, f"/keyed/{s.in_path}/x", everywhere, method="POST").status, 405)
        for path in ("/vod/master.m3u8", "/dead/x.ts", "/store/x", "/talker/x", "/nowhere/x", "/admin/api/config"):
            for name in ("token", "key", "apikey"):
                self.ask(sluice, f"{path}?{name}={s.wrong}", everywhere)
            self.ask(sluice, path, {**everywhere, "Authorization": f"Bearer {s.wrong}", "X-Viewer-Key": s.wrong,
                                    "X-Sluice-Admin-Token": s.wrong})
        self.assertEqual(self.ask(sluice, "/dead/x.ts", {"Authorization": f"Bearer {s.in_yaml}"}).status, 502)
        self.assertEqual(self.ask(sluice, f"/vod/x?token={s.in_yaml}", method="POST").status, 405)
        for query, headers in ((f"?apikey={s.store_key_in_query}", {}), ("", {"X-Store-Key": s.store_key_in_header}),
                               ("", {"Authorization": f"Bearer {s.store_key_as_bearer}"})):
            self.assertEqual(self.ask(sluice, "/store/master.m3u8" + query, {**everywhere, **headers}).status, 200)
            self.assertEqual(self.ask(sluice, "/store/failed.ts" + query, {**everywhere, **headers}).status, 500)
            # Both pipelines that want a credential pass the request on; the last one wants none.
            self.assertEqual(self.ask(sluice, "/mixed/segment.ts" + query, {**everywhere, **headers}).status, 200)
        for query, headers in ((f"?token={s.in_yaml}&apikey=short", {}), ("", {"X-Viewer-Key": s.from_file}),
                               (f"?token={s.wrong}", {"Authorization": f"Bearer {s.in_yaml}"})):
            self.assertEqual(self.ask(sluice, "/mixed/segment.ts" + query, {**everywhere, **headers}).status, 200)
        for headers in ({"Authorization": f"Bearer {s.told_to_bad_plugin}"},
                        {"Authorization": "Basic " + base64.b64encode(f"u:{s.told_to_bad_plugin}".encode()).decode()}):
            self.assertEqual(self.ask(sluice, "/talker/x", headers).status, 503)
        self.assertEqual(self.ask(sluice, f"/talker/x?token={s.told_to_bad_plugin}").status, 503)

    def drive_bad_requests(self, sluice):
        s = self.secrets
        for line in (f"GET http://viewer:{s.user_in_url}@127.0.0.1:{sluice.port}/vod/master.m3u8?token={s.in_yaml}",
                     f"GET http://viewer:{s.user_in_url}@elsewhere.example/vod/master.m3u8",
                     f"GET /vod/\x01?token={s.wrong}", f"GET /vod/../%zz?token={s.in_yaml}",
                     f"BREW /vod/x?token={s.in_yaml}", f"GET /vod/x#{s.wrong}", f"GET vod?token={s.wrong}"):
            for version in ("HTTP/1.1", "HTTP/9.9"):
                self.send(sluice, f"{line} {version}\r\nHost: 127.0.0.1:{sluice.port}\r\nConnection: close\r\n\r\n")
        bad_fields = (f"Authorization : Bearer {s.wrong}", f"Cookie: a\r\n {s.cookie}", f"{s.wrong}",
                      f"X-Viewer-Key: {s.wrong}\x01", f"Content-Length: {s.wrong}", f"Host: {s.wrong}/",
                      f"X-Viewer-Key: {s.wrong}{'x' * 100000}", f"Transfer-Encoding: {s.wrong}")
        for field in bad_fields:
            answer = self.send(sluice, f"GET /vod/x?token={s.wrong} HTTP/1.1\r\nHost: h\r\n{field}\r\n\r\n")
            self.assertRegex(answer, rb"^HTTP/1\.1 (4|5)\d\d ")

    def drive_operator(self, sluice):
        s = self.secrets
        for headers in ({"Authorization": f"Bearer {s.admin}"}, {"X-Sluice-Admin-Token": s.admin}):
            for topic in ("plugins", "pipelines", "config", "reload"):
                self.assertEqual(self.ask(sluice, f"/admin/api/{topic}", headers).status, 200)
        for path in ("/metrics", "/health", "/ready"):
            self.assertEqual(self.ask(sluice, path).status, 200)

    FAULTS = {  # name: what is replaced in the configuration, and by what
        "syntax": ("    type: legacy-token", "    type: [legacy-token"),
        "a quote too many": ('secret: "${{FRIENDS}}"', 'secret: "${{FRIENDS}}""'),
        "a list for a secret": ('secret: "${{FRIENDS}}"', 'secret: ["${{FRIENDS}}", "{s.in_yaml}"]'),
        "a map for a secret": ('secret: "${{FRIENDS}}"', 'secret: {{"value": "${{FRIENDS}}"}}'),
        "a secret for a key": ('{{name: yaml, secret', '{{name: yaml, secrt: "{s.in_yaml}", secret'),
        "a secret for a name": ("{{name: environment,", '{{name: "${{ORIGIN_KEY}}/",'),
        "a secret for a number": ("min_length: 12", 'min_length: "${{ORIGIN_KEY}}"'),
        "a secret for a duration": ("read_timeout: 2s", 'read_timeout: "${{ORIGIN_KEY}}"'),
        "a secret for a type": ("type: hls", 'type: "${{ORIGIN_KEY}}"'),
        "a secret for a component": ("rewrite: hls", 'rewrite: "${{ORIGIN_KEY}}"'),
        "a secret for a folder": ('root: "{folder}"', 'root: "/nonexistent/${{MEDIA_ROOT_KEY}}"'),
        "a secret for a pattern": ("min_length: 12", 'min_length: 12, pattern: "(${{ORIGIN_KEY}}"'),
        "a secret twice": ("{{name: marks, secret: \"${{MARKS}}\"}}", "{{name: marks, secret: \"{s.in_yaml}\"}}"),
        "a field of two lines": ('X-Origin-Key: "${{ORIGIN_KEY}}"', 'X-Origin-Key: "${{ORIGIN_KEY}}\\n"'),
        "a user in a URL": ('"http://127.0.0.1:{origin}"', '"http://u:{s.origin_key}@127.0.0.1:{origin}"'),
        "a key in a URL": ('"http://127.0.0.1:{origin}"', '"http://127.0.0.1:{origin}/?key=${{ORIGIN_KEY}}"'),
        "a plugin that talks": ("{fail}", ", fail: true"),
        "two faults": ("min_length: 12", "min_length: 12, x: 1}}\n  y: {{kind: auth, type: z"),
    }

    def faulty(self):
        for name, (old, new) in self.FAULTS.items():
            self.assertIn(old, self.CONFIG, name)
            yield name, self.config(self.CONFIG.replace(old, new))

    def drive_reloads(self, sluice):
        admin = {"Authorization": f"Bearer {self.secrets.admin}"}
        for name, text in self.faulty():
            with self.subTest(name=name):
                sluice.write_config(text)
                answer = self.ask(sluice, "/admin/api/reload", admin, method="POST")
                self.assertEqual(answer.status, 400, answer.body)
                self.assertTrue(self.ask(sluice, "/admin/api/reload", admin).json["faults"])
                for command in ("validate", "serve", "expand", "plugins"):
                    self.assertEqual(self.run_command(command, "-c", sluice.config).returncode, 2)
        self.reload_without_plugins(sluice)
        sluice.write_config(self.config())
        sluice.signal(signal.SIGHUP)
        sluice.wait_for_log("configuration reloaded")

    def reload_without_plugins(self, sluice):
        """Only the plugins know where components hold secrets: a reload that finds none must not forget what they said."""
        admin = {"Authorization": f"Bearer {self.secrets.admin}"}
        topics = ("plugins", "pipelines", "config")
        before = {topic: self.ask(sluice, f"/admin/api/{topic}", admin).json for topic in topics}
        self.assertGreaterEqual(before["config"]["yaml"].count("***"), 9)
        plugins, sluice.plugins = sluice.plugins, "/nonexistent/plugins"
        sluice.write_config(self.config())
        sluice.plugins = plugins
        self.assertEqual(self.ask(sluice, "/admin/api/reload", admin, method="POST").status, 400)
        for topic in topics:
            self.assertEqual(self.ask(sluice, f"/admin/api/{topic}", admin).json, before[topic])

    def drive_commands(self, sluice):
        expanded = self.run_command("expand", "-c", sluice.config)
        self.assertEqual(expanded.returncode, 0, expanded.stderr)
        self.assertGreaterEqual(expanded.stdout.count(b"***"), 9)
        self.assertIn(b"name: environment", expanded.stdout)
        for command in ("validate", "plugins"):
            self.assertEqual(self.run_command(command, "-c", sluice.config).returncode, 0)
        for key in (self.secrets.server_key[:-1], self.secrets.server_key + "xy"):
            self.environment["SLUICE_SECRET_KEY"] = key
            for command in ("validate", "serve"):
                self.assertEqual(self.run_command(command, "-c", sluice.config).returncode, 2)

    def assert_viewers_see_no_upstream(self):
        """Not where it is, either: of the operator's answers only the configuration and its faults say so."""
        paths = re.compile(r"\d+ /(vod|unfollowed|linked|keyed|store|dead|mixed|~)/")
        shown = [(where, octets) for where, octets in self.seen if paths.match(where)]
        self.assertGreater(len(shown), 150)
        self.assertTrue(any(b'"message":"upstream: want a connection"' in octets for _, octets in shown))
        for port in (self.origin.server_port, self.other.server_port, self.closed):
            address = f"127.0.0.1:{port}".encode()
            self.assertEqual([where for where, octets in shown if address in octets], [])
            self.assertTrue(any(address in octets for _, octets in self.seen))

    def assert_origins_learnt_nothing(self):
        s = self.secrets
        learnt = []
        for origin in (self.origin, self.other):
            for path, request in origin.requests:
                for name, secret in vars(s).items():
                    own = name in s.OF_ORIGINS or (name in s.FOR_ORIGINS and origin is self.origin)
                    if not own and any(form in request.encode() for form in forms(secret)):
                        learnt.append(f"{name} in {path.split('?')[0]}:\n{request}")
                # What an origin's own redirect has set comes back to it, and nothing else.
                cookies = {line for line in request.splitlines() if line.lower().startswith("cookie:")}
                self.assertLessEqual(cookies, {f"Cookie: session={s.set_cookie}"})
                self.assertNotIn("referer:", request.lower())
        self.assertEqual(learnt, [])
        got = [request for path, request in self.origin.requests if path.startswith("/master.m3u8")]
        self.assertTrue(any(f"X-Origin-Key: {s.origin_key}" in request for request in got))
        self.assertTrue(any(f"Authorization: Bearer {s.origin_bearer}" in request for request in got))
        self.assertTrue(any("page=1" in request for request in got))
        self.assertTrue(self.other.requests)

    def test_nothing_that_leaves_the_process_shows_a_secret(self):
        sluice = self.start_server()
        self.drive_viewers(sluice)
        self.drive_bad_requests(sluice)
        self.drive_operator(sluice)
        self.drive_reloads(sluice)
        self.drive_operator(sluice)
        self.drive_viewers(sluice)
        self.drive_commands(sluice)
        self.assertEqual(sluice.stop(), 0)
        self.seen += [("log", line.encode()) for line in sluice.lines]

        self.assertTrue(any(b'"principal":"secret:environment"' in octets for _, octets in self.seen))
        self.assertTrue(any(b'"principal":"token:' in octets for _, octets in self.seen))
        self.assertTrue(any(b'"configured":"***"' in octets for _, octets in self.seen))
        self.assertGreater(len(self.seen), 300)
        self.assert_search_finds_what_is_there()
        self.assertEqual("\n".join(self.search()), "")
        self.assert_viewers_see_no_upstream()
        self.assert_origins_learnt_nothing()


if __name__ == "__main__":
    unittest.main()
