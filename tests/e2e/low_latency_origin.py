# SPDX-License-Identifier: MIT
"""A live origin of low-latency HLS (RFC 8216bis): pictures and sound made by ffmpeg, published part by part.

It holds requests until what they ask for is there (section 6.2.5.2), offers delta updates (6.2.5.1) and rendition reports,
sends the part that it hints at piece by piece while it is recorded, and writes an access log as nginx does, with "held" behind
what had to wait.
"""

import datetime
import http.server
import math
import pathlib
import re
import struct
import subprocess
import threading
import urllib.parse

# 16 pictures at 31.25 a second last as long as 24 frames of sound: parts of both begin together.
PART = 0.512
PARTS = 4  # of a segment
PIECES = 4  # of a part, in which it is recorded
SEGMENT = PART * PARTS
WINDOW = 10  # segments in a list
SKIP_UNTIL = 6 * round(SEGMENT) + 0.1  # 6 target durations at the least
ADVANCE_LIMIT = math.ceil(3 / PART)  # parts that a request may be ahead

ENCODERS = {
    "video": ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=125/4", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0",
              "-g", str(16 * PARTS), "-keyint_min", str(16 * PARTS), "-sc_threshold", "0"],
    "audio": ["-f", "lavfi", "-i", "sine=sample_rate=48000", "-c:a", "aac"],
}
MASTER = """#EXTM3U
#EXT-X-VERSION:9
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="audio/live.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=400000,CODECS="avc1.42c00b,mp4a.40.2",RESOLUTION=160x90,FRAME-RATE=31.250,AUDIO="sound"
video/live.m3u8
"""


def encode(folder: pathlib.Path, name, seconds):
    """The init section, and the parts in order: fragments of one file."""
    path = folder / f"{name}.mp4"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *ENCODERS[name], "-t", str(seconds), "-frag_duration",
                    str(round(PART * 1_000_000)), "-movflags", "empty_moov+default_base_moof", str(path)], check=True)
    data, at, begins = path.read_bytes(), 0, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind in (b"moof", b"mfra"):
            begins.append(at)
        at += size
    return data[:begins[0]], [data[begin:end] for begin, end in zip(begins, begins[1:])]


class Origin:
    """Begins with a whole list, and goes on recording until the media ends; unless `live`, by `record` alone."""

    def __init__(self, folder: pathlib.Path, seconds=160, live=True):
        media = {name: encode(folder, name, seconds) for name in ENCODERS}
        self.inits = {name: init for name, (init, _) in media.items()}
        self.parts = {name: parts for name, (_, parts) in media.items()}
        self.total = min(map(len, self.parts.values())) - 1  # the last one is shorter
        self.recorded = WINDOW * PARTS * PIECES
        self.began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=SEGMENT * WINDOW)
        self.moved = threading.Condition()
        self.stopped = threading.Event()
        self.access_log = folder / "access.log"
        self.access_log.touch()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = False  # stopping waits for those who answer; the gateway has to be gone by then
        self.port = self.server.server_address[1]
        self.threads = [threading.Thread(target=self.server.serve_forever)]
        if live:
            self.threads.append(threading.Thread(target=self.keep_recording))
        for thread in self.threads:
            thread.start()

    @property
    def published(self):
        """Parts that are whole."""
        return self.recorded // PIECES

    def keep_recording(self):
        """The clock of the recording."""
        while not self.stopped.wait(PART / PIECES) and self.published < self.total:
            self.record(1)

    def record(self, pieces):
        with self.moved:
            self.recorded += pieces
            self.moved.notify_all()

    def stop(self):
        with self.moved:
            self.stopped.set()
            self.moved.notify_all()
        self.server.shutdown()
        self.server.server_close()
        for thread in self.threads:
            thread.join()

    def hold(self, index):
        """Waits until the part of this number is published. Answers whether it is, and whether that took waiting."""
        return self.hold_piece(index * PIECES + PIECES - 1)

    def hold_piece(self, index):
        with self.moved:
            waits = self.recorded <= index
            self.moved.wait_for(lambda: self.recorded > index or self.stopped.is_set(), timeout=3 * round(SEGMENT))
            return self.recorded > index, waits

    def pieces(self, name, index):
        """Of a part, each when it is recorded. Ends early when nothing more comes."""
        data = self.parts[name][index]
        for piece in range(PIECES):
            if not self.hold_piece(index * PIECES + piece)[0]:
                return
            yield data[len(data) * piece // PIECES:len(data) * (piece + 1) // PIECES]

    def playlist(self, name, skip):
        """The list of the rendition as it is now."""
        whole, rest = divmod(self.published, PARTS)
        first = max(0, whole - WINDOW)
        skipped = max(0, int((whole - first) - (SKIP_UNTIL - rest * PART) // SEGMENT - 1)) if skip else 0
        lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{round(SEGMENT)}",
                 f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * PART:.3f},CAN-SKIP-UNTIL={SKIP_UNTIL:.1f}",
                 f"#EXT-X-PART-INF:PART-TARGET={PART}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines += [f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"] if skipped else ['#EXT-X-MAP:URI="init.mp4"']
        for number in range(first + skipped, whole + 1):
            if number < whole or rest:
                time = self.began + datetime.timedelta(seconds=number * SEGMENT)
                lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{time.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}")
            if number > whole - 3:
                lines += [self.part(name, number, part) for part in range(PARTS if number < whole else rest)]
            if number < whole:
                lines += [f"#EXTINF:{SEGMENT:.3f},", f"{number}.m4s"]
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{whole}.{rest}.m4s"')
        last, part = divmod(self.published - 1, PARTS)
        lines += [f'#EXT-X-RENDITION-REPORT:URI="../{other}/live.m3u8",LAST-MSN={last},LAST-PART={part}'
                  for other in ENCODERS if other != name]
        return "\n".join(lines) + "\n"

    @staticmethod
    def part(name, number, part):
        independent = ",INDEPENDENT=YES" if name == "audio" or part == 0 else ""
        return f'#EXT-X-PART:DURATION={PART},URI="{number}.{part}.m4s"{independent}'

    def answer(self, path, query):
        """Status, body (or its pieces), type, and whether it had to wait."""
        if path == "/live/master.m3u8":
            return 200, MASTER.encode(), "application/vnd.apple.mpegurl", False
        matched = re.fullmatch(r"/live/(video|audio)/(live\.m3u8|init\.mp4|(\d+)\.m4s|(\d+)\.(\d+)\.m4s)", path)
        if not matched:
            return 404, b"", "text/plain", False
        name, file, segment, parent, part = matched.groups()
        if file == "live.m3u8":
            return self.answer_playlist(name, query)
        if file == "init.mp4":
            return 200, self.inits[name], "video/mp4", False
        begin = int(segment) * PARTS if segment else int(parent) * PARTS + int(part)
        end = begin + (PARTS if segment else 1)
        if end - 1 > self.published + ADVANCE_LIMIT:
            return 404, b"", "text/plain", False
        if part and begin == self.published:
            there, held = self.hold_piece(begin * PIECES)
            return (200, self.pieces(name, begin), "video/mp4", held) if there else (503, b"", "text/plain", held)
        there, held = self.hold(end - 1)
        return (200, b"".join(self.parts[name][begin:end]), "video/mp4", held) if there else (503, b"", "text/plain", held)

    def answer_playlist(self, name, query):
        number, part = (int(query[key][0]) if key in query else None for key in ("_HLS_msn", "_HLS_part"))
        held = False
        if number is None and part is not None:
            return 400, b"a part of which segment?", "text/plain", False
        if number is not None:
            wanted = number * PARTS + (PARTS - 1 if part is None else min(part, PARTS))
            if number > self.published // PARTS + 2 or (part is not None and wanted >= self.published + ADVANCE_LIMIT):
                return 400, b"too far ahead", "text/plain", False
            there, held = self.hold(wanted)
            if not there:
                return 503, b"", "text/plain", held
        with self.moved:
            body = self.playlist(name, "_HLS_skip" in query)
        return 200, body.encode(), "application/vnd.apple.mpegurl", held

    def handler(self):
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, query = self.path.partition("?")
                status, body, kind, held = origin.answer(path, urllib.parse.parse_qs(query))
                sent = 0
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    sent = self.send_whole(body) if isinstance(body, bytes) else self.send_pieces(body)
                except ConnectionError:  # whoever asked has not waited
                    self.close_connection = True
                with origin.moved, origin.access_log.open("a", encoding="utf-8") as log:
                    log.write(f'127.0.0.1 - - "GET {self.path} HTTP/1.1" {status} {sent}{" held" if held else ""}\n')

            def send_whole(self, body):
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return len(body)

            def send_pieces(self, pieces):
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                sent = 0
                for piece in pieces:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                    sent += len(piece)
                if origin.stopped.is_set():  # not the end of it
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")
                return sent

            def log_message(self, *_):
                """Said in do_GET."""

        return Handler
