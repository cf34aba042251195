# SPDX-License-Identifier: MIT
"""Starts real servers on free ports of the loopback interface, for tests of the whole process.

The environment names what to test: SLUICE_BIN (the server), SLUICE_PLUGINS (its plugins), SLUICE_SOURCE (the tree).
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

SERVER = os.environ["SLUICE_BIN"]
PLUGINS = os.environ["SLUICE_PLUGINS"]
SOURCE = pathlib.Path(os.environ["SLUICE_SOURCE"])
PATIENCE = float(os.environ.get("SLUICE_TEST_PATIENCE", "60"))  # seconds until a condition counts as never true


def wait_until(condition, what, patience=PATIENCE):
    """Polls `condition` until it answers something true, and answers that."""
    deadline = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        threading.Event().wait(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    """Whether somebody listens there."""
    with contextlib.suppress(OSError):
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    return False


def resident_kib(pid, what="VmRSS"):
    """Memory that the process holds; with "VmHWM" the most that it ever held."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise AssertionError(f"no {what}")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


def request(port, path, method="GET", headers=None, body=None, timeout=PATIENCE):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def shipped(name):
    """A configuration of config/, without what Sluice.write_config says by itself."""
    text = (SOURCE / "config" / name).read_text(encoding="utf-8").replace("\nversion: 1\n", "\n")
    return re.sub(r"^state:\n(?:  .*\n)+", "", text, flags=re.MULTILINE)


class Sluice:
    """One server process. Its log is read as it is written. `listens`: whether to wait until it does. `state`: that
    section of its configuration."""

    def __init__(self, folder, config, environment=None, plugins=PLUGINS, listens=True,
                 state="{database: 'sqlite:var/sluice.db'}"):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "sluice.yaml"
        self.plugins = plugins
        self.state = state
        self.write_config(config)
        self.lines = []
        self.environment = {**os.environ, **(environment or {})}
        self.process = subprocess.Popen(
            [SERVER, "serve", "-c", str(self.config)],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not listens:
            return
        try:
            self.port = wait_until(self._port, "the server listens")
        except AssertionError:
            self.process.kill()
            raise

    def write_config(self, config):
        text = f"version: 1\nplugins: {{directory: {self.plugins}}}\nstate: {self.state}\n" + config
        fresh = self.config.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(self.config)

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))

    def _port(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n" + "\n".join(self.lines))
        for entry in self.log():
            if entry.get("message") == "listening":
                return int(entry["address"].rsplit(":", 1)[1])
        return None

    def log(self):
        entries = []
        for line in list(self.lines):
            with contextlib.suppress(json.JSONDecodeError):
                entries.append(json.loads(line))
        return entries

    def wait_for_log(self, message, count=1):
        return wait_until(lambda: len([e for e in self.log() if e.get("message") == message]) >= count,
                          f"{count} log lines \"{message}\"")

    def get(self, path, **keywords):
        return request(self.port, path, **keywords)

    def metrics(self):
        """Sample name with labels -> value, as the text format writes them."""
        samples = {}
        for line in self.get("/metrics").text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                samples[name] = float(value)
        return samples

    def metric(self, name, **labels):
        """Sum over the samples that carry these labels."""
        total = 0.0
        for sample, value in self.metrics().items():
            base, _, rest = sample.partition("{")
            if base == name and all(f'{key}="{text}"' in rest for key, text in labels.items()):
                total += value
        return total

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """SIGTERM, and the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(timeout=PATIENCE)
        self._reader.join()
        self.process.stderr.close()
        return code


class Nginx:
    """A real nginx that serves one folder."""

    def __init__(self, folder, root, location_extra=""):
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.port = free_port()
        self.folder = pathlib.Path(folder)
        self.access_log = self.folder / "access.log"
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
              types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; text/vtt vtt; }}
              default_type application/octet-stream;
              access_log {folder}/access.log;
              client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
              fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
              server {{ listen 127.0.0.1:{self.port}; root {root}; {location_extra} }}
            }}""", encoding="utf-8")
        self.process = subprocess.Popen([binary, "-c", str(config), "-e", f"{folder}/error.log"])
        wait_until(lambda: accepts(self.port), "nginx answers")

    def requested(self, at_least=0):
        """Paths in the access log, in order. nginx writes a line after it has answered: say how many must be there."""
        def read():
            return re.findall(r'"(?:GET|HEAD) (\S+) HTTP', self.access_log.read_text(encoding="utf-8"))
        wait_until(lambda: len(read()) >= at_least, f"{at_least} requests in nginx's log")
        return read()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


class EndToEndTest(unittest.TestCase):
    """Gives each test a folder of its own and stops what it started."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, config, **keywords):
        place = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        server = Sluice(place, config, **keywords)
        self.addCleanup(self._end, server)
        return server

    def make_media(self, **files):
        """A folder that nginx, too, may read. `files`: what is in it, by their names without ".mp4"."""
        root = self.folder / "media"
        root.mkdir()
        for folder in (self.folder, root):
            folder.chmod(0o755)
        for name, octets in files.items():
            (root / f"{name}.mp4").write_bytes(octets)
        return root

    def start_nginx(self, root, **keywords):
        place = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        place.chmod(0o755)
        nginx = Nginx(place, root, **keywords)
        self.addCleanup(nginx.stop)
        return nginx

    def _end(self, server):
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGKILL)
        server.stop()
        found = [line for line in server.lines if "Sanitizer" in line or "runtime error:" in line]
        self.assertEqual(found, [], "\n".join(server.lines))


def clip(seconds=8):
    """The demo clip, made once for all tests of this build. Answers the folder that holds `clip/`."""
    folder = pathlib.Path(os.environ.get("SLUICE_CLIP", tempfile.gettempdir() + "/sluice-test-clip"))
    subprocess.run([SOURCE / "config/demo/make-clip.sh", folder, str(seconds)], check=True)
    return folder
