# SPDX-License-Identifier: MIT
"""The servers that are compared: an nginx as origin, an nginx and a Sluice in front of it."""

import json
import os
import pathlib
import socket
import subprocess
import time

PATIENCE_SECONDS = 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAYLOAD = "x" * 1024
HEALTH = '{"status":"ok"}'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Server:
    """A process with its children, stopped at the end of a with block."""

    def __init__(self, command, folder):
        self.log = pathlib.Path(folder) / "stderr.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_SECONDS)

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (answer := condition()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"bench: {self.process.args[0]} did not start:\n{self.log.read_text()}")
            time.sleep(0.01)
        return answer

    def pids(self):
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [pid, *map(int, children.split())]

    def cpu_seconds(self):
        """User and system time of all processes so far."""
        ticks = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def resident_bytes(self):
        """Memory that is this server's own: pages shared between its processes count once."""
        total_kib = 0
        for pid in self.pids():
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total_kib += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total_kib * 1024


class Nginx(Server):
    def __init__(self, folder, http, workers, connections=20000):
        self.port = free_port()
        config = pathlib.Path(folder) / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        paths = "".join(f"{kind}_temp_path {folder}/{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config.write_text(f"""
            daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/error.log;
            worker_processes {workers}; worker_rlimit_nofile {2 * connections};
            events {{ worker_connections {connections}; }}
            http {{
              types {{ text/html html; }}
              {paths} keepalive_requests 100000000; keepalive_timeout 75s; tcp_nodelay on; server_tokens off;
              {http.replace("PORT", str(self.port))}
            }}""", encoding="utf-8")
        super().__init__(["nginx", "-c", str(config), "-e", f"{folder}/error.log"], folder)
        self.wait_for(lambda: answers(self.port))


def origin(folder):
    """Answers 1 KiB to everything, the same for both."""
    return Nginx(folder, f"""access_log off;
        server {{ listen 127.0.0.1:PORT backlog=4096; default_type application/octet-stream; return 200 "{PAYLOAD}"; }}
        """, workers=1)


def front_nginx(folder, origin_port, access_log):
    log = f"access_log {folder}/access.log;" if access_log else "access_log off;"
    return Nginx(folder, f"""{log}
        upstream origin {{ server 127.0.0.1:{origin_port}; keepalive 64; keepalive_requests 100000000; }}
        server {{
          listen 127.0.0.1:PORT backlog=4096; root {folder}; open_file_cache max=10;
          location = /health {{ default_type application/json; return 200 '{HEALTH}'; }}
          location /1k {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }}
        }}""", workers="auto")


class Sluice(Server):
    def __init__(self, binary, folder, origin_port, access_log):
        config = pathlib.Path(folder) / "sluice.yaml"
        config.write_text(f"""
version: 1
listeners:
  main: {{address: "127.0.0.1:0"}}
upstream: {{trusted: ["127.0.0.1:{origin_port}"], max_idle_per_origin: 64}}
state: {{database: "sqlite:var/sluice.db"}}
log: {{access: {"true" if access_log else "false"}}}
components:
  home: {{kind: endpoint, type: home}}
pipelines:
  proxied:
    match: {{path: "/1k/**", methods: [GET]}}
    steps:
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin_port}"}}}}
      - {{fetch: {{}}}}
  pages:
    match: {{path: "/**", methods: [GET]}}
    steps: [{{serve: home}}]
""", encoding="utf-8")
        super().__init__([str(binary), "serve", "-c", str(config)], folder)
        self.port = self.wait_for(self._port)

    def _port(self):
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and (entry := json.loads(line)).get("message") == "listening":
                return int(entry["address"].rsplit(":", 1)[1])
        return None
