# SPDX-License-Identifier: MIT
"""Real servers that keep state for the gateway; they are killed and started again."""

import os
import pathlib
import subprocess
import time

import harness

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")


class _Killable:
    def kill(self):
        self.process.kill()
        self.process.wait(timeout=harness.PATIENCE)


class Redis(_Killable):
    """A real redis-server that keeps nothing; started again on the same port."""

    def __init__(self, folder, password):
        self.folder, self.password = folder, password
        self.port = harness.free_port()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(self.folder), "--requirepass", self.password], stdout=subprocess.DEVNULL)
        harness.wait_until(lambda: harness.accepts(self.port), "redis-server accepts connections")


class Postgres(_Killable):
    """A real server; started again on the same port with what it had. It runs as nobody who may do much."""

    def __init__(self, folder, password):
        self.password = password
        place = pathlib.Path(folder) / "postgres"
        self.data = place / "data"
        self.data.mkdir(parents=True)
        self.port = harness.free_port()
        password_file = place / "password"
        password_file.write_text(self.password, encoding="utf-8")
        self.prefix = []
        if os.geteuid() == 0:
            for path in (place, self.data, password_file):
                subprocess.run(["chown", "postgres:", str(path)], check=True)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"]
        subprocess.run([*self.prefix, PROGRAMS / "initdb", "-D", self.data, "--username=sluice", f"--pwfile={password_file}",
                        "--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8"],
                       check=True, stdout=subprocess.DEVNULL)
        self.process = None
        self.start()

    @property
    def url(self):
        return f"postgresql://sluice:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self):
        deadline = time.monotonic() + harness.PATIENCE
        while time.monotonic() < deadline:
            self.process = subprocess.Popen(
                [*self.prefix, PROGRAMS / "postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k",
                 self.data, "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # While a process of the one before is there, it refuses to start.
            if harness.wait_until(lambda: harness.accepts(self.port) or self.process.poll() is not None, "PostgreSQL starts") and \
                    self.process.poll() is None:
                return
        raise AssertionError("PostgreSQL does not start")
