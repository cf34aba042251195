# SPDX-License-Identifier: MIT
"""DASH of a real nginx, made by a real ffmpeg, played through the gateway as DASH and as HLS."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import dash_clip
import harness

# With braces for str.format: `origin` is the upstream's port.
HEAD = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  token: {{kind: auth, type: shared-secret, config: {{secret: "letmein-please"}}}}
pipelines:
"""


def pipeline(path, rewriter, more=""):
    """What lies at `path` of the gateway comes from the origin, through a rewriter. `more`: a step."""
    return f"""  {path.replace("/", "-")}:
    match: {{{{path: "/{path}/**", methods: [GET]}}}}
    steps:
      - {{{{authenticate: token}}}}
{more}      - {{{{resolve: {{{{type: route, origin: "http://127.0.0.1:{{origin}}", strip_prefix: /{path}}}}}}}}}
      - {{{{fetch: {{{{}}}}}}}}
      - {{{{rewrite: {rewriter}}}}}
"""


CONFIG = HEAD + pipeline("dash", "dash") + pipeline("hls", "dash-to-hls")

# What ffmpeg 5.1 cannot play over HTTP by itself, or not with links as long as ours: its buffers are as long as the MPD's URL.
NOT_BY_FFMPEG = ("list", "ranges")


def frame_hashes(url, stream, *choice):
    """Of every decoded frame. ffmpeg's dash demuxer runs into the end of numbered segments, and says so. `choice`: further
    options of what ffmpeg is to give."""
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", url, "-map", stream, *choice, "-f", "framemd5", "-"],
                          check=True, capture_output=True, timeout=harness.PATIENCE)
    lines = [line.split(",")[-1] for line in done.stdout.decode().splitlines() if not line.startswith("#")]
    if not lines:
        raise AssertionError(f"no frames in {url}: {done.stderr.decode()}")
    return lines


def stand_in(frames, whole):
    """Whether `whole` has these frames one after another. Who joins a live stream begins somewhere."""
    begin = whole.index(frames[0]) if frames[0] in whole else len(whole)
    return whole[begin:begin + len(frames)] == frames


class DashTest(harness.EndToEndTest):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="sluice-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.root.chmod(0o755)
        for shape in dash_clip.SHAPES:
            dash_clip.make(cls.root, shape)

    def setUp(self):
        super().setUp()
        self.nginx = self.start_nginx(self.root)
        self.sluice = self.start(CONFIG.format(origin=self.nginx.port))

    def direct(self, shape):
        return f"http://127.0.0.1:{self.nginx.port}/{shape}/index.mpd"

    def proxied(self, shape, how="dash"):
        return f"http://127.0.0.1:{self.sluice.port}/{how}/{shape}/index.mpd?token=letmein-please"

    def test_ffmpeg_decodes_every_shape_to_the_same_frames(self):
        for shape in dash_clip.SHAPES:
            for stream in ("0:v:0", "0:v:1", "0:a:0", "0:a:1"):
                with self.subTest(shape=shape, stream=stream):
                    if shape not in NOT_BY_FFMPEG:
                        self.assertEqual(frame_hashes(self.proxied(shape), stream), frame_hashes(self.direct(shape), stream))

    def test_as_hls_every_shape_has_the_same_frames_too(self):
        # Where ffmpeg cannot play a shape as DASH, another shape of the same media says what the frames are.
        for shape in dash_clip.SHAPES:
            for stream in ("0:v:0", "0:v:1", "0:a:0", "0:a:1"):
                with self.subTest(shape=shape, stream=stream):
                    truth = frame_hashes(self.direct("timeline" if shape in NOT_BY_FFMPEG else shape), stream)
                    shown = frame_hashes(self.proxied(shape, "hls"), stream)
                    if shape == "number":  # ffmpeg asks for segments behind the end of the presentation until one fails
                        self.assertLessEqual(len(truth) - len(shown), 1)
                        truth = truth[:len(shown)]
                    self.assertEqual(shown, truth)

    def test_as_hls_codecs_come_from_the_init_sections(self):
        for shape in ("timeline", "ranges"):
            with self.subTest(shape=shape):
                named = (self.root / shape / "index.mpd").read_text(encoding="utf-8")
                (self.root / shape / "bare.mpd").write_text(re.sub(r' codecs="[^"]*"', "", named), encoding="utf-8")
                codecs = [re.findall(r'CODECS="([^"]+)"', self.sluice.get(f"/hls/{shape}/{name}.mpd?token=letmein-please").text)
                          for name in ("bare", "index")]
                self.assertEqual(codecs[0], codecs[1])
                self.assertTrue(codecs[0])

    def test_as_hls_text_says_where_it_lies_on_the_media_clock(self):
        folder = self.root / "text"
        folder.mkdir(exist_ok=True)
        cue = "00:01.000 --> 00:02.000\nHello\n"
        (folder / "en.vtt").write_text(f"WEBVTT\n\n{cue}", encoding="utf-8")
        (folder / "index.mpd").write_text(
            '<MPD type="static"><Period duration="PT10S"><AdaptationSet mimeType="video/mp4" codecs="avc1.64001f">'
            '<SegmentTemplate duration="5" presentationTimeOffset="10" media="$Number$.m4s"/><Representation id="v" bandwidth="1"/>'
            '</AdaptationSet><AdaptationSet mimeType="text/vtt" lang="en"><Representation id="t" bandwidth="1">'
            '<BaseURL>en.vtt</BaseURL></Representation></AdaptationSet></Period></MPD>', encoding="utf-8")
        master = self.sluice.get("/hls/text/index.mpd?token=letmein-please").text
        listed = self.sluice.get(re.search(r'TYPE=SUBTITLES.*URI="([^"]+)"', master).group(1)).text
        link = next(line for line in listed.splitlines() if line.startswith("/~/"))

        for headers in ({}, {"Range": "bytes=7-"}):
            answer = self.sluice.get(link, headers=headers)
            self.assertEqual(answer.status, 200, answer.text)
            self.assertEqual(answer.text, f"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n{cue}")

    def test_listed_segments_are_those_of_the_origin(self):
        text = self.sluice.get("/dash/list/index.mpd?token=letmein-please").text
        links = re.findall(r'(?:media|sourceURL)="([^"]+)"', text)
        names = re.findall(r'(?:media|sourceURL)="([^"]+)"', (self.root / "list/index.mpd").read_text(encoding="utf-8"))
        self.assertGreater(len(links), 15)
        for link, name in zip(links, names, strict=True):
            self.assertEqual(self.sluice.get(link).body, (self.root / "list" / name).read_bytes())

    def test_parts_of_one_file_are_had_by_range(self):
        text = self.sluice.get("/dash/ranges/index.mpd?token=letmein-please").text
        link = re.search(r"<BaseURL>([^<]+)</BaseURL>", text).group(1)
        first, last = map(int, re.search(r'mediaRange="(\d+)-(\d+)"', text).groups())
        part = self.sluice.get(link, headers={"Range": f"bytes={first}-{last}"})
        self.assertEqual(part.status, 206)
        self.assertEqual(part.body, (self.root / "ranges/index-stream0.mp4").read_bytes()[first:last + 1])

    def test_a_template_opens_to_its_segments_and_to_nothing_else(self):
        mpd = self.root / "timeline/shared.mpd"
        shared = ('<SegmentTemplate timescale="1000000" duration="2000000" '
                  'media="chunk-stream$RepresentationID$-$Number%05d$.m4s"/><Representation id="0"/><Representation id="1"/>')
        mpd.write_text(f"<MPD><Period><AdaptationSet>{shared}</AdaptationSet></Period></MPD>", encoding="utf-8")
        text = self.sluice.get("/dash/timeline/shared.mpd?token=letmein-please").text
        media = re.search(r'media="([^"]+)"', text).group(1)
        self.assertRegex(media, r"^/~/[A-Za-z0-9_-]+/\$RepresentationID\$/\$Number\$/segment\.m4s$")
        good = media.replace("$RepresentationID$", "0").replace("$Number$", "1")
        self.assertEqual(self.sluice.get(good).body, (self.root / "timeline/chunk-stream0-00001.m4s").read_bytes())
        for identifier, number in (("7", "1"), ("0", "01"), ("0", "-1"), ("..", "1"), ("0%2F..", "1"), ("0", "1%3Fa"),
                                   ("0", "1/2"), ("0", "")):
            with self.subTest(identifier=identifier, number=number):
                link = media.replace("$RepresentationID$", identifier).replace("$Number$", number)
                self.assertIn(self.sluice.get(link).status, (400, 404))
        self.assertNotIn(str(self.nginx.port), text)


class DynamicTest(harness.EndToEndTest):
    def test_ffmpeg_decodes_what_the_encoder_made_while_it_makes_more(self):
        root = self.folder / "root"
        place = root / "live"
        encoder = dash_clip.live(place, "-use_template", "1", "-use_timeline", "1", "-window_size", "0")
        self.addCleanup(encoder.wait, harness.PATIENCE)
        self.addCleanup(encoder.kill)
        for folder in (self.folder, root, place):
            folder.chmod(0o755)
        nginx = self.start_nginx(root)
        sluice = self.start(CONFIG.format(origin=nginx.port))
        harness.wait_until(lambda: len(list(place.glob("chunk-stream0-*.m4s"))) > 3, "the encoder writes segments")
        self.assertIn('type="dynamic"', (place / "live.mpd").read_text(encoding="utf-8"))

        shown = {path: frame_hashes(f"http://127.0.0.1:{sluice.port}/{path}/live/live.mpd?token=letmein-please", "0:v", "-t", "4")
                 for path in ("dash", "hls")}

        segments = [place / "init-stream0.m4s", *sorted(place.glob("chunk-stream0-*.m4s"))]
        whole = self.folder / "whole.mp4"
        whole.write_bytes(b"".join(segment.read_bytes() for segment in segments))
        truth = frame_hashes(whole, "0:v")
        for path, frames in shown.items():
            with self.subTest(path):
                self.assertGreater(len(frames), 90)
                self.assertTrue(stand_in(frames, truth))


if __name__ == "__main__":
    unittest.main()
