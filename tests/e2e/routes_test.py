# SPDX-License-Identifier: MIT
"""The route form in the real server: hosts, playlists, the direct stream with its limits, the configuration that ships."""

import http.client
import http.server
import signal
import subprocess
import threading
import unittest
import urllib.parse

import harness

BODY = bytes(range(256)) * 4096  # 1 MiB
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseg-1.ts\n#EXT-X-ENDLIST\n"


class Origin(http.server.BaseHTTPRequestHandler):
    """/file has ranges, /list.m3u8 is a playlist, /endless goes on until somebody hangs up, /away redirects."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.serve(False)

    def do_GET(self):
        self.serve(True)

    def serve(self, with_body):
        self.server.requests.append((self.command, self.path, dict(self.headers.items())))
        path = self.path.partition("?")[0]
        if path.endswith("/endless"):
            return self.endless()
        if path.endswith("/away"):
            return self.answer(302, b"", {"Location": self.server.away}, with_body)
        if path.endswith("/list.m3u8"):
            return self.answer(200, PLAYLIST, {"Content-Type": "application/vnd.apple.mpegurl"}, with_body)
        span = self.headers.get("Range")
        if span is None:
            return self.answer(200, BODY, {"Content-Type": "video/mp4"}, with_body)
        first, _, last = span.removeprefix("bytes=").partition("-")
        first, last = int(first), min(int(last or len(BODY) - 1), len(BODY) - 1)
        fields = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{last}/{len(BODY)}"}
        self.answer(206, BODY[first:last + 1], fields, with_body)

    def answer(self, status, body, fields, with_body):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def endless(self):
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b"x")
            self.server.released.wait(harness.PATIENCE)
        except OSError:
            pass

    def log_message(self, *_):
        pass


class RoutesTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
        self.origin.requests, self.origin.released, self.origin.away = [], threading.Event(), ""
        self.at = f"127.0.0.1:{self.origin.server_address[1]}"
        thread = threading.Thread(target=self.origin.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.origin.server_close)
        self.addCleanup(self.origin.shutdown)
        self.addCleanup(self.origin.released.set)

    def config(self):
        return f"""
upstream: {{trusted: "127.0.0.1"}}
routes:
  - id: films
    listen: {{host: 127.0.0.1, port: 0}}
    host_patterns: ["films.*"]
    upstream: {{origin: "http://{self.at}/films", headers: {{deny: [X-Internal], x_forwarded_for: replace}}}}
    hls: {{enabled: true, rewrite_playlist_urls: true, base_url: "https://cdn.example.com/"}}
  - id: rest
    listen: {{host: 127.0.0.1, port: 0}}
    upstream: {{origin: "http://{self.at}/rest"}}
direct_stream:
  api_password: sesame-open
  allowlist:
    - {{domain: 127.0.0.1, schemes: [http], paths: ["/{{free,away}}*"]}}
cors: {{allow_origins: ["https://app.example"]}}
secrets: {{default_ttl_secs: 60}}
sensitive_logging: {{redact_sensitive_queries: true}}
"""

    def direct(self, sluice, path, extra="&api_password=sesame-open", **keywords):
        url = urllib.parse.quote(f"http://{self.at}{path}", safe="")
        return sluice.get(f"/proxy/stream?d={url}{extra}", **keywords)

    def test_routes_that_share_a_listener_serve_by_host(self):
        sluice = self.start(self.config())
        fields = {"Host": "films.example", "X-Forwarded-For": "203.0.113.1", "X-Internal": "a", "X-Other": "b",
                  "Authorization": "Bearer x"}

        answer = sluice.get("/a/file?sig=a%2Fb", headers=fields)
        other = sluice.get("/a/file", headers={"Host": "other.example"})

        self.assertEqual((answer.status, answer.body), (200, BODY))
        self.assertEqual((other.status, self.origin.requests[1][1]), (200, "/rest/a/file"))
        _, path, asked = self.origin.requests[0]
        self.assertEqual(path, "/films/a/file?sig=a%2Fb")
        self.assertEqual(asked["X-Forwarded-For"], "127.0.0.1")
        self.assertEqual(asked["X-Forwarded-Host"], "films.example")
        self.assertEqual(asked["X-Forwarded-Proto"], "http")
        self.assertIn("sluice", asked["Via"])
        self.assertEqual(asked["X-Other"], "b")
        self.assertNotIn("X-Internal", asked)
        self.assertNotIn("Authorization", asked)

    def test_each_host_and_port_is_a_listener_of_its_own(self):
        before, rest = self.config().split("id: rest")
        sluice = self.start(before + "id: rest" + rest.replace("host: 127.0.0.1", "host: 127.0.0.2", 1))
        sluice.wait_for_log("listening", 2)
        addresses = sorted(entry["address"] for entry in sluice.log() if entry.get("message") == "listening")

        def get(address, host):
            connection = http.client.HTTPConnection(address, timeout=harness.PATIENCE)
            self.addCleanup(connection.close)
            connection.request("GET", "/file", headers={"Host": host})
            return connection.getresponse().status

        self.assertEqual([get(address, host) for address in addresses for host in ("films.a", "b")],
                         [200, 404, 200, 200])
        self.assertEqual([path for _, path, _ in self.origin.requests], ["/films/file", "/rest/file", "/rest/file"])

    def test_the_direct_streams_password_reaches_no_route(self):
        sluice = self.start(self.config().replace("cors:", "#"))
        query = "?d=http%3A%2F%2F127.0.0.1%2F&api_password=sesame-open"

        refused = [sluice.get("/proxy/stream" + more + query, method=method).status
                   for method in ("OPTIONS", "POST") for more in ("", "/")]
        below = self.direct(sluice, "/free/film", "&api_password=sesame-open").status

        self.assertEqual(refused, [405] * 4)
        self.assertEqual(below, 200)
        self.assertEqual([path for _, path, _ in self.origin.requests], ["/free/film"])

    def test_playlists_link_to_the_base_url(self):
        sluice = self.start(self.config())

        answer = sluice.get("/list.m3u8", headers={"Host": "films.example"})

        link = [line for line in answer.text.splitlines() if line and not line.startswith("#")][0]
        self.assertTrue(link.startswith("https://cdn.example.com/~/"), link)
        segment = sluice.get(link.removeprefix("https://cdn.example.com"), headers={"Host": "films.example"})
        self.assertEqual((segment.status, segment.body), (200, BODY))

    def test_the_direct_stream_serves_parts_and_heads(self):
        sluice = self.start(self.config())

        part = self.direct(sluice, "/free/file", headers={"Range": "bytes=100-199"})
        head = self.direct(sluice, "/free/file", method="HEAD", headers={"Origin": "https://app.example"})

        self.assertEqual((part.status, part.body), (206, BODY[100:200]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 100-199/{len(BODY)}")
        self.assertEqual(part.headers["Accept-Ranges"], "bytes")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(BODY)))
        self.assertEqual(head.headers["Access-Control-Allow-Origin"], "https://app.example")
        self.assertEqual([method for method, _, _ in self.origin.requests], ["GET", "HEAD"], "no request of its own")

    def test_the_direct_stream_refuses_in_its_own_words(self):
        self.origin.away = f"http://{self.at}/elsewhere/file"
        sluice = self.start(self.config())

        def outcome(answer):
            return answer.status, answer.json["error"]["message"]

        self.assertEqual(outcome(self.direct(sluice, "/free/file", extra="")),
                         (401, "direct stream password is required"))
        self.assertEqual(outcome(self.direct(sluice, "/free/file", extra="&api_password=wrong")),
                         (403, "direct stream password is invalid"))
        self.assertEqual(outcome(self.direct(sluice, "/other/file")),
                         (403, "destination `http://127.0.0.1` is not allowlisted"))
        self.assertEqual(outcome(self.direct(sluice, "/away")),
                         (403, "the destination redirects to one that is not allowlisted"))
        self.assertEqual(outcome(self.direct(sluice, "/free/file", extra="&api_password=sesame-open&h_range=a%0d%0ab")),
                         (400, "header override `range` has an invalid value"))
        self.assertEqual(sluice.get("/proxy/stream?d=" + "a" * 65536).status, 414)
        self.assertNotIn("sesame-open", "\n".join(sluice.lines))

    def test_the_fifty_first_stream_has_to_wait_even_after_a_reload(self):
        sluice = self.start(self.config())
        url = urllib.parse.quote(f"http://{self.at}/free/endless", safe="")
        streams = []
        for _ in range(50):
            connection = http.client.HTTPConnection("127.0.0.1", sluice.port, timeout=harness.PATIENCE)
            self.addCleanup(connection.close)
            connection.request("GET", f"/proxy/stream?d={url}", headers={"X-Sprox-Api-Password": "sesame-open"})
            response = connection.getresponse()
            self.assertEqual((response.status, response.read(1)), (200, b"x"))
            streams.append((connection, response))

        refused = self.direct(sluice, "/free/file")
        sluice.signal(signal.SIGHUP)
        sluice.wait_for_log("configuration reloaded")
        still = self.direct(sluice, "/free/file")
        connection, response = streams.pop()
        response.close()
        connection.close()

        self.assertEqual((refused.status, refused.headers["Retry-After"]), (429, "1"))
        self.assertEqual(still.status, 429)
        harness.wait_until(lambda: self.direct(sluice, "/free/file").status == 200, "the slot is given back")

    def test_expand_shows_the_native_form_without_the_password(self):
        sluice = self.start(self.config())

        shown = subprocess.run([harness.SERVER, "expand", "-c", sluice.config], capture_output=True, text=True, check=True)

        self.assertIn("\n  direct-stream:\n    match:\n", shown.stdout)
        self.assertIn("api_password: \"***\"", shown.stdout)
        self.assertNotIn("sesame-open", shown.stdout)

    def test_the_edge_configuration_serves_as_it_is(self):
        environment = {"SLUICE_LISTEN": "127.0.0.1:0", "SLUICE_TRUSTED_UPSTREAMS": self.at,
                       "SLUICE_EDGE_ORIGIN": f"http://{self.at}/films", "SLUICE_DIRECT_DOMAIN": "127.0.0.1",
                       "SPROX_DIRECT_API_PASSWORD": "sesame-open", "SPROX_DIRECT_REQUEST_TIMEOUT_MS": "5000",
                       "SPROX_DIRECT_RESPONSE_BUFFER_BYTES": "65536", "SPROX_PROXY_URL": "", "SPROX_API_PASSWORD": ""}
        sluice = self.start(harness.shipped("edge.yaml"), environment=environment)

        for pipeline in ("vod", "as-hls", "decrypted"):
            self.assertEqual(sluice.get(f"/{pipeline}/file").body, BODY, pipeline)
        self.assertEqual(sluice.get("/keys").status, 401)
        self.assertEqual(self.direct(sluice, "/free/file").body, BODY)
        self.assertEqual(self.direct(sluice, "/free/file", extra="").status, 401)


if __name__ == "__main__":
    unittest.main()
