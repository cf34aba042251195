# SPDX-License-Identifier: MIT
"""Encrypted streams of a real nginx, decrypted by the gateway and played by ffmpeg; licences over HTTP."""

import base64
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

TOOL = os.environ["SLUICE_CENC_TOOL"]
KEYS = {"%032x" % (0xA0 + i): "%032x" % (0x5EC2E7000000000000000000000000AA + i) for i in range(3)}
KID, KEY = next(iter(KEYS.items()))
TOKEN, SECRET = "operator-token-1", "a secret that signs queries"

SCHEMES = {
    "cenc": ["scheme=cenc"],
    "cens": ["scheme=cens", "crypt=1", "skip=9"],
    "cbc1": ["scheme=cbc1", "iv_bytes=16"],
    "cbcs": ["scheme=cbcs", "crypt=1", "skip=9", "iv_bytes=0", "odd_sizes=1"],
}

# Pictures and sound in one Representation, by numbers and as ranges of one file.
MPD = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT{seconds}S" minBufferTime="PT1S"
     profiles="urn:mpeg:dash:profile:full:2011"><Period>
  <AdaptationSet mimeType="video/mp4" codecs="avc1.64000d,mp4a.40.2">
    <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="{scheme}"/>
    {segments}
    <Representation id="v" bandwidth="500000" width="320" height="180"/>
  </AdaptationSet></Period></MPD>
"""
BY_NUMBER = '<SegmentTemplate duration="1" startNumber="0" initialization="init.mp4" media="$Number$.m4s"/>'

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  hls: {{kind: manifest, type: hls, config: {{decrypted: true}}}}
  dash: {{kind: manifest, type: dash-to-hls, config: {{decrypted: true}}}}
  mpd: {{kind: manifest, type: dash, config: {{decrypted: true}}}}
  cenc: {{kind: filter, type: cenc, config: {{keys: {keys}, request_keys: true}}}}
  keys: {{kind: endpoint, type: clearkey, config: {{admin_token: "{token}", signing_secret: "{secret}"}}}}
pipelines:
  keys:
    match: {{path: "/keys/**"}}
    steps: [{{serve: keys}}]
  direct:
    match: {{path: "/proxy/stream"}}
    steps:
      - {{filter: cenc}}
      - {{resolve: {{type: direct, allowlist: [{{domain: "127.0.0.1", schemes: [http]}}]}}}}
      - {{fetch: {{}}}}
      - {{rewrite: hls}}
  vod:
    match: {{path: "/vod/**"}}
    steps:
      - {{filter: cenc}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /vod}}}}
      - {{fetch: {{}}}}
      - {{rewrite: [hls, dash]}}
  mpd:
    match: {{path: "/mpd/**"}}
    steps:
      - {{filter: cenc}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /mpd}}}}
      - {{fetch: {{}}}}
      - {{rewrite: mpd}}
"""


def run(command, data=None):
    return subprocess.run(command, input=data, check=True, capture_output=True, timeout=harness.PATIENCE).stdout


def make_clip(path):
    run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i",
         "sine=frequency=440:sample_rate=48000", "-t", "4", "-c:v", "libx264", "-preset", "veryfast", "-g", "25",
         "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof", str(path)])
    return path.read_bytes()


def split(data):
    """The init section, and each fragment."""
    parts, at, begin = [], 0, 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind in (b"moof", b"mfra"):
            parts.append(data[begin:at])
            begin = at
        at += size
    if data[begin + 4:begin + 8] == b"moof":
        parts.append(data[begin:])
    return parts[0], parts[1:]


def frames(url):
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", str(url), "-map", "0:v", "-map", "0:a", "-f", "framemd5", "-"],
                          check=True, capture_output=True, timeout=harness.PATIENCE)
    # Without durations: the last frame's is not known everywhere.
    return [line.split(b",")[0::5] for line in done.stdout.splitlines() if not line.startswith(b"#")], done.stderr


class CencTest(harness.EndToEndTest):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        folder = Path(cls.temporary.name)
        folder.chmod(0o755)
        cls.root = folder / "root"
        cls.root.mkdir()
        clear = make_clip(folder / "clear.mp4")
        cls.expected, complaints = frames(folder / "clear.mp4")
        assert len(cls.expected) > 200 and not complaints, complaints
        for scheme, options in SCHEMES.items():
            cls.publish(scheme, run([TOOL, "encrypt", *options, f"key={KID}:{KEY}"], clear))
        cls.publish("rotation", run([TOOL, "encrypt", "scheme=cenc", *(f"key={i}:{k}" for i, k in KEYS.items())], clear))

    @classmethod
    def publish(cls, name, encrypted):
        """As a file, as a playlist of segments, and as a playlist of ranges of the file."""
        folder = cls.root / name
        folder.mkdir()
        (folder / "file.mp4").write_bytes(encrypted)
        init, segments = split(encrypted)
        (folder / "init.mp4").write_bytes(init)
        head = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n" \
               "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:text/plain,x\",KEYFORMAT=\"org.w3.clearkey\"\n"
        by_file = head + '#EXT-X-MAP:URI="init.mp4"\n'
        by_range = head + f'#EXT-X-MAP:URI="file.mp4",BYTERANGE="{len(init)}@0"\n'
        offset, starts = len(init), []
        for i, segment in enumerate(segments):
            (folder / f"{i}.m4s").write_bytes(segment)
            by_file += f"#EXTINF:1,\n{i}.m4s\n"
            by_range += f"#EXTINF:1,\n#EXT-X-BYTERANGE:{len(segment)}@{offset}\nfile.mp4\n"
            starts.append(offset)
            offset += len(segment)
        ranges = "".join(f'<SegmentURL mediaRange="{begin}-{begin + len(segment) - 1}"/>'
                         for begin, segment in zip(starts, segments))
        by_list = f'<SegmentList duration="1"><Initialization range="0-{len(init) - 1}"/>{ranges}</SegmentList>'
        for mpd, kind in (("numbers.mpd", BY_NUMBER), ("list.mpd", "<BaseURL>file.mp4</BaseURL>" + by_list)):
            (folder / mpd).write_text(MPD.format(scheme="cenc" if name == "rotation" else name, segments=kind,
                                                 seconds=len(segments)), encoding="ascii")
        (folder / "segments.m3u8").write_text(by_file + "#EXT-X-ENDLIST\n", encoding="ascii")
        (folder / "ranges.m3u8").write_text(by_range + "#EXT-X-ENDLIST\n", encoding="ascii")

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx(self.root)
        self.sluice = self.start_gateway(KEYS)

    def config(self, keys):
        return CONFIG.format(origin=self.nginx.port, keys=json.dumps(keys), token=TOKEN, secret=SECRET)

    def start_gateway(self, keys):
        return self.start(self.config(keys))

    def url(self, path, server=None):
        return f"http://127.0.0.1:{(server or self.sluice).port}{path}"

    def assert_plays(self, url):
        played, complaints = frames(url)
        self.assertEqual(complaints, b"")
        self.assertEqual(played, self.expected)

    def test_each_scheme_plays_by_segments_by_ranges_and_as_a_file(self):
        for name in [*SCHEMES, "rotation"]:
            for what in ("segments.m3u8", "ranges.m3u8", "file.mp4", "numbers.mpd", "list.mpd"):
                with self.subTest(name=name, what=what):
                    self.assert_plays(self.url(f"/vod/{name}/{what}"))

    def test_an_mpd_names_no_protection_and_its_segments_are_those_of_the_playlist(self):
        # Compared, not played: ffmpeg 5.1 cannot play pictures and sound out of one Representation, clear or not.
        for name in [*SCHEMES, "rotation"]:
            with self.subTest(name=name):
                mpd = self.sluice.get(f"/mpd/{name}/numbers.mpd").text
                self.assertNotIn("ContentProtection", mpd)
                template = re.search(r'media="([^"]+)"', mpd)[1]
                links = [line for line in self.sluice.get(f"/vod/{name}/segments.m3u8").text.splitlines()
                         if line.startswith("/~/")]
                self.assertEqual(len(links), 4)
                for number, link in enumerate(links):
                    segment = self.sluice.get(template.replace("$Number$", str(number)))
                    self.assertEqual((segment.status, segment.body), (200, self.sluice.get(link).body))

    def test_the_length_and_the_ranges_of_a_file_stay(self):
        plain = self.sluice.get("/vod/cbcs/file.mp4")
        size = (self.root / "cbcs/file.mp4").stat().st_size
        self.assertEqual((plain.status, len(plain.body)), (200, size))
        self.assertEqual(plain.headers["Content-Length"], str(size))
        fragment = plain.body.rindex(b"moof") - 4
        for at in (fragment, fragment - 1000, fragment + 3333, size - 1, 1):
            part = self.sluice.get("/vod/cbcs/file.mp4", headers={"Range": f"bytes={at}-"})
            self.assertEqual((part.status, part.body), (206, plain.body[at:]), at)
            self.assertEqual(part.headers["Content-Range"], f"bytes {at}-{size - 1}/{size}")

    def test_a_segment_needs_no_init_to_have_passed_before_not_even_after_a_restart(self):
        link = self.links_of(self.sluice)[2]
        first = self.sluice.get(link)
        self.assertEqual(first.status, 200)
        init = self.sluice.get(re.search(r'URI="([^"]+)"', self.sluice.get("/vod/cbcs/segments.m3u8").text)[1])
        self.assertNotIn(b"sinf", init.body)
        self.assertEqual(self.sluice.stop(), 0)

        other = harness.Sluice(self.sluice.folder, self.config(KEYS))
        self.addCleanup(self._end, other)
        again = other.get(link)
        self.assertEqual((again.status, again.body), (200, first.body))
        for number in (1, 3):
            self.assertEqual(other.get(self.links_of(other)[number]).status, 200)
        fetched = self.nginx.requested(at_least=9)
        self.assertEqual(fetched.count("/cbcs/init.mp4"), 3, "one of each server, and the viewer's own")

    def links_of(self, server):
        playlist = server.get("/vod/cbcs/segments.m3u8").text
        self.assertNotIn("EXT-X-KEY", playlist)
        return [line for line in playlist.splitlines() if line.startswith("/~/")]

    def test_a_missing_key_is_named(self):
        server = self.start_gateway({})
        for path in ("/vod/cenc/file.mp4", self.links_of(server)[0]):
            answer = server.get(path)
            self.assertEqual(answer.status, 502)
            self.assertEqual(answer.json["error"]["code"], "upstream_failed")
            self.assertIn(f"key id {KID}: there is no key for it", answer.json["error"]["message"])

    def test_a_segment_without_its_init_is_refused(self):
        answer = self.sluice.get("/vod/cenc/1.m4s")
        self.assertEqual(answer.status, 502)
        self.assertIn("init section", answer.json["error"]["message"])

    def test_a_viewer_may_bring_the_keys(self):
        server = self.start_gateway({})
        target = f"http%3A%2F%2F127.0.0.1%3A{self.nginx.port}%2Fcbcs%2Fsegments.m3u8"
        self.assert_plays(self.url(f"/proxy/stream?d={target}&key_id={KID}&key={KEY}", server))
        self.assertEqual([line for line in self.nginx.requested() if "key" in line], [])
        self.assertEqual([line for line in server.lines if KEY in line], [])

    def operator(self, method, path, body=None, token=TOKEN):
        return harness.request(self.server.port, path, method=method, body=json.dumps(body) if body else None,
                               headers={"Authorization": f"Bearer {token}"})

    def signed(self, query):
        host = f"127.0.0.1:{self.server.port}"
        text = f"https://{host}/keys/clearkey" + (f"?{query}" if query else "")
        mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        return f"/keys/clearkey?{query}{'&' if query else ''}sig={signature}"

    def test_keys_that_the_operator_puts_decrypt_and_are_licensed(self):
        self.server = server = self.start_gateway({})
        encoded = [base64.urlsafe_b64encode(bytes.fromhex(text)).rstrip(b"=").decode() for text in (KID, KEY)]
        self.assertEqual(server.get("/keys").status, 401)
        self.assertEqual(self.operator("PUT", f"/keys/{KID}", {"key": KEY}, token="another-token").status, 401)
        self.assertEqual(server.get(self.signed(f"kid={KID}")).status, 404)

        self.assertEqual(self.operator("PUT", f"/keys/{KID}", {"key": KEY, "ttl": 600}).status, 204)

        self.assertEqual(self.operator("GET", "/keys").text, f"Registered keys: {KID}\n")
        self.assert_plays(self.url("/vod/cbcs/segments.m3u8", server))
        licence = server.get(self.signed(f"kid={KID}"))
        self.assertEqual(licence.json, {"keys": [{"kty": "oct", "kid": encoded[0], "k": encoded[1]}]})
        self.assertEqual(licence.headers["Cache-Control"], "no-store, must-revalidate")
        asked = json.dumps({"kids": [encoded[0]], "type": "temporary"})
        posted = server.get(self.signed(""), method="POST", body=asked)
        self.assertEqual(posted.json, {**licence.json, "type": "temporary"})
        self.assertEqual(server.get(f"/keys/clearkey?kid={KID}").status, 401)
        self.assertEqual(server.get("/keys/clearkey?sig=x", method="POST", body=asked).status, 401)

        self.assertEqual(self.operator("DELETE", f"/keys/{KID}").status, 204)
        self.assertEqual(server.get(self.signed(f"kid={KID}")).status, 404)
        self.assertEqual([line for line in server.lines if KEY in line or encoded[1] in line or SECRET in line], [])


if __name__ == "__main__":
    unittest.main()
