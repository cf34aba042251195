# SPDX-License-Identifier: MIT
"""A key pool as the addon's backend is: who may have a key, on how many devices, and what it was used for.

Speaks what real clients of it rely on: get-key, log-usage, stats, health, and a feed of events (text/event-stream).
A test scripts it by its members; it keeps what it was asked.
"""

import collections
import contextlib
import http.server
import json
import re
import threading
import time

PREFIX = "/api/v1/internal/pool/"


class FakePool:
    def __init__(self, port, api_key="fake-pool-api-key", pool_key="00000000-0000-4000-8000-fake0pool0k1", device_limit=3):
        self.port, self.api_key, self.pool_key, self.device_limit = port, api_key, pool_key, device_limit
        self.lock = threading.Condition()
        self.refused = {}  # user id -> message
        self.delay = 0.0  # seconds before each answer
        self.max_age = None  # what get-key's answers state
        self.faults = collections.deque()  # (status, body) in place of what would be answered next
        self.has_feed = True
        self.heartbeat = 15.0
        self.asked = []  # bodies of get-key
        self.usage = {}  # Idempotency-Key -> body
        self.usage_requests = 0
        self.devices = collections.defaultdict(set)
        self.events = []  # (type, data or None); the id of each is its place, from 1
        self.followers = 0
        self.last_event_ids = []  # of each who came to follow
        self.unauthorized = 0
        self.server = None

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.server = _Server(("127.0.0.1", self.port), _handler_of(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        if self.server is not None:
            server, self.server = self.server, None
            with self.lock:
                self.lock.notify_all()
            server.shutdown()
            server.server_close()

    def publish(self, event, **data):
        with self.lock:
            self.events.append((event, data or None))
            self.lock.notify_all()

    def get_key(self, body):
        """The status and the document."""
        user, device = body.get("userId"), body.get("deviceId")
        if not user or not device:
            return 400, {"error": "userId and deviceId are required"}
        with self.lock:
            self.asked.append(body)
            if user in self.refused:
                return 200, {"allowed": False, "message": self.refused[user], "deviceCount": len(self.devices[user])}
            known = self.devices[user]
            if device not in known and len(known) >= self.device_limit:
                return 200, {"allowed": False, "message": f"Device limit reached ({self.device_limit})",
                             "deviceCount": len(known)}
            known.add(device)
            return 200, {"allowed": True, "poolKey": self.pool_key, "poolKeyId": "pool-key-1",
                         "deviceCount": len(known), "message": "ok"}

    def log_usage(self, body, record):
        if not body.get("userId") or not body.get("action"):
            return 400, {"error": "userId and action are required"}
        with self.lock:
            self.usage_requests += 1
            self.usage.setdefault(record or f"without-{self.usage_requests}", body)
        return 200, {"success": True}

    def stats(self):
        with self.lock:
            return 200, {"poolKeys": 1, "deviceAssignments": sum(len(each) for each in self.devices.values()),
                         "usageLogs": len(self.usage), "devices": {user: len(each) for user, each in self.devices.items()},
                         "recentUsage": list(self.usage.values())[-10:]}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Who asked has left: nothing that a pool would mind."""


def _handler_of(pool):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path == "/health":
                return self.answer(200, {"status": "ok", "service": "fake-pool"})
            if not self.is_authorized():
                return None
            if self.path == PREFIX + "stats":
                return self.answer(*pool.stats())
            if self.path == PREFIX + "events" and pool.has_feed:
                return self.feed()
            return self.answer(404, {"error": "not found"})

        def do_POST(self):
            text = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if not self.is_authorized():
                return
            if pool.delay:
                with pool.lock:
                    pool.lock.wait_for(lambda: pool.server is None, pool.delay)
            if pool.faults:
                self.answer(*pool.faults.popleft())
                return
            try:
                body = json.loads(text)
            except ValueError:
                self.answer(400, {"error": "want JSON"})
                return
            if self.path == PREFIX + "get-key":
                self.answer(*pool.get_key(body), max_age=pool.max_age)
            elif self.path == PREFIX + "log-usage":
                self.answer(*pool.log_usage(body, self.headers.get("Idempotency-Key")))
            else:
                self.answer(404, {"error": "not found"})

        def is_authorized(self):
            if self.headers.get("Authorization") == f"Bearer {pool.api_key}":
                return True
            pool.unauthorized += 1
            self.answer(403, {"error": "Unauthorized"})
            return False

        def answer(self, status, body, max_age=None):
            octets = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(octets)))
            if max_age is not None:
                self.send_header("Cache-Control", f"private, max-age={max_age}")
            self.end_headers()
            self.wfile.write(octets)

        def feed(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            last = self.headers.get("Last-Event-ID", "")
            seen = int(last) if re.fullmatch(r"\d+", last) else len(pool.events)
            with pool.lock:
                pool.last_event_ids.append(last)
                pool.followers += 1
                pool.lock.notify_all()
            with contextlib.suppress(OSError):
                self.follow(seen)
            with pool.lock:
                pool.followers -= 1

        def follow(self, seen):
            beat = time.monotonic()
            while True:
                with pool.lock:
                    pool.lock.wait_for(lambda: pool.server is None or len(pool.events) > seen,
                                       max(beat + pool.heartbeat - time.monotonic(), 0))
                    if pool.server is None:
                        return
                    fresh = pool.events[seen:]
                for event, data in fresh:
                    seen += 1
                    line = "" if data is None else f"data: {json.dumps(data)}\n"
                    self.wfile.write(f"id: {seen}\nevent: {event}\n{line}\n".encode())
                if not fresh:
                    self.wfile.write(b": keep-alive\n\n")
                    beat = time.monotonic()

        def log_message(self, *_):
            pass

    return Handler
