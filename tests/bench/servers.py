# SPDX-License-Identifier: MIT
"""The servers that are compared: an nginx as origin; a Sluice, an nginx and a HAProxy in front of it."""

import json
import os
import pathlib
import socket
import resource
import subprocess
import time
from dataclasses import dataclass

PATIENCE_SECONDS = 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAYLOAD = "x" * 1024
HEALTH = '{"status":"ok"}'
CIPHER_SUITE = "TLS_AES_256_GCM_SHA384"  # OpenSSL's first choice; the client of the benchmarks offers no other


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

    def threads(self):
        """Of all processes."""
        return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in self.pids())

    def resident_bytes(self):
        """Memory that is this server's own: pages shared between its processes count once."""
        total_kib = 0
        for pid in self.pids():
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total_kib += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total_kib * 1024


class Nginx(Server):
    name = "origin"

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


@dataclass(frozen=True)
class Certificate:
    """Signed by itself: whoever shall trust it names it as authority."""

    certificate: pathlib.Path
    private_key: pathlib.Path
    both: pathlib.Path  # one file, as HAProxy wants it


def make_certificate(folder):
    made = Certificate(*(pathlib.Path(folder) / name for name in ("certificate.pem", "key.pem", "both.pem")))
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
                    "-keyout", made.private_key, "-out", made.certificate], check=True, capture_output=True)
    made.both.write_bytes(made.certificate.read_bytes() + made.private_key.read_bytes())
    return made


@dataclass(frozen=True)
class Wiring:
    """What stands on either side of a contestant, the same for each."""

    origin: Nginx
    upstream_tls: Certificate | None = None
    client_tls: Certificate | None = None
    access_log: bool = False

    def nginx_listen(self):
        return nginx_tls(self.client_tls) if self.client_tls else "listen 127.0.0.1:PORT backlog=4096;"


def nginx_tls(certificate):
    return f"""listen 127.0.0.1:PORT ssl backlog=4096; ssl_certificate {certificate.certificate};
        ssl_certificate_key {certificate.private_key}; ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites {CIPHER_SUITE};"""


def origin(folder, files="", certificate=None):
    """Answers 1 KiB to /media/1k, files to the rest; the same for all."""
    listen = nginx_tls(certificate) if certificate else "listen 127.0.0.1:PORT backlog=4096;"
    return Nginx(folder, f"""access_log off; sendfile on; tcp_nopush on; open_file_cache max=10;
        server {{
          {listen} default_type application/octet-stream; root {files or folder};
          location /media/1k {{ return 200 "{PAYLOAD}"; }}
        }}""", workers=1)


class FrontNginx(Nginx):
    name = "nginx"

    def __init__(self, folder, wiring):
        log = f"access_log {folder}/access.log;" if wiring.access_log else "access_log off;"
        scheme, trust = "http", ""
        if wiring.upstream_tls:
            scheme = "https"
            trust = f"""proxy_ssl_verify on; proxy_ssl_trusted_certificate {wiring.upstream_tls.certificate};
                proxy_ssl_name localhost; proxy_ssl_server_name on; proxy_ssl_protocols TLSv1.3;"""
        super().__init__(folder, f"""{log}
            upstream origin {{ server 127.0.0.1:{wiring.origin.port}; keepalive 64; keepalive_requests 100000000; }}
            server {{
              {wiring.nginx_listen()} root {folder}; open_file_cache max=10;
              location = /health {{ default_type application/json; return 200 '{HEALTH}'; }}
              location /media/ {{
                proxy_pass {scheme}://origin; proxy_http_version 1.1; proxy_set_header Connection "";
                proxy_max_temp_file_size 0; {trust}
              }}
            }}""", workers="auto")


class HAProxy(Server):
    name = "HAProxy"

    def __init__(self, folder, wiring):
        self.port = free_port()
        config = pathlib.Path(folder) / "haproxy.cfg"
        secure = ""
        if wiring.client_tls:
            secure = f"ssl crt {wiring.client_tls.both} ssl-min-ver TLSv1.3 ciphersuites {CIPHER_SUITE}"
        upstream = f"server origin 127.0.0.1:{wiring.origin.port}"
        if wiring.upstream_tls:
            upstream += f" ssl verify required ca-file {wiring.upstream_tls.certificate} sni str(localhost)"
        # It counts with two descriptors for each connection and half of one for pipes, and refuses to start with fewer.
        connections = min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] * 3 // 8)
        config.write_text(f"""
global
  maxconn {connections}
  nbthread {len(os.sched_getaffinity(0))}
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 75s
  option splice-response
  http-reuse always
frontend viewers
  bind 127.0.0.1:{self.port} backlog 4096 {secure}
  default_backend origins
backend origins
  {upstream}
""", encoding="utf-8")
        super().__init__(["haproxy", "-db", "-f", str(config)], folder)
        self.wait_for(lambda: answers(self.port))


class Sluice(Server):
    name = "Sluice"
    rewrite = "hls"

    def __init__(self, folder, wiring):
        config = pathlib.Path(folder) / "sluice.yaml"
        listener, scheme, fetch = "", "http", "{}"
        if wiring.client_tls:
            listener = (f', tls: {{certificate: "{wiring.client_tls.certificate}", '
                        f'private_key: "{wiring.client_tls.private_key}"}}')
        if wiring.upstream_tls:
            scheme = "https"
            fetch = f'{{tls: {{server_name: localhost, ca_file: "{wiring.upstream_tls.certificate}"}}}}'
        config.write_text(f"""
version: 1
listeners:
  main: {{address: "127.0.0.1:0"{listener}}}
upstream: {{trusted: ["127.0.0.1:{wiring.origin.port}"], max_idle_per_origin: 64}}
state: {{database: "sqlite:var/sluice.db"}}
log: {{access: {"true" if wiring.access_log else "false"}}}
components:
  home: {{kind: endpoint, type: home}}
pipelines:
  playlists:
    match: {{path: "/media/playlist.m3u8", methods: [GET]}}
    steps:
      - {{resolve: {{type: route, origin: "{scheme}://127.0.0.1:{wiring.origin.port}"}}}}
      - {{fetch: {fetch}}}
      - {{rewrite: {self.rewrite}}}
  proxied:
    match: {{path: "/media/**", methods: [GET]}}
    steps:
      - {{resolve: {{type: route, origin: "{scheme}://127.0.0.1:{wiring.origin.port}"}}}}
      - {{fetch: {fetch}}}
  pages:
    match: {{path: "/**", methods: [GET]}}
    steps: [{{serve: home}}]
""", encoding="utf-8")
        super().__init__([str(pathlib.Path(os.environ["SLUICE_BIN"]).resolve()), "serve", "-c", str(config)], folder)
        self.port = self.wait_for(self._port)

    def _port(self):
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and (entry := json.loads(line)).get("message") == "listening":
                return int(entry["address"].rsplit(":", 1)[1])
        return None


class ForgetfulSluice(Sluice):
    """Rewrites every manifest anew, as for players who all get links of their own."""

    name = "Sluice, nothing kept"
    rewrite = "{use: hls, cache_size: 0}"
