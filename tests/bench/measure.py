# SPDX-License-Identifier: MIT
"""Measurements of one server: throughput and latency under load, memory of idle connections, micro-benchmarks."""

import json
import os
import pathlib
import resource
import socket
import subprocess
import time
from dataclasses import dataclass

import servers

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 64
OTHER_DESCRIPTORS = 200
PER_SOURCE_ADDRESS = 10000  # each has some 28,000 ephemeral ports


@dataclass(frozen=True)
class Sample:
    """One run of the load generator."""

    requests_per_second: float
    p50_us: float
    p99_us: float
    cpu_us: float  # processor time of the server for one request, its origin's not counted


def load(server, path, seconds):
    before = server.cpu_seconds()
    run = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(HERE / "report.lua"),
         f"http://127.0.0.1:{server.port}{path}"],
        check=True, capture_output=True, text=True)
    spent = server.cpu_seconds() - before
    result = next(json.loads(line[len("RESULT "):]) for line in run.stdout.splitlines() if line.startswith("RESULT "))
    if result["requests"] == 0 or result["bad_statuses"] or result["broken"]:
        raise SystemExit(f"bench: {path}: requests failed, so that nothing was measured: {result}")
    return Sample(result["requests"] / result["duration_us"] * 1e6, result["p50_us"], result["p99_us"],
                  spent / result["requests"] * 1e6)


def fetch(port, path, connection=None):
    """The body of one answer; the connection stays open."""
    connection = connection or socket.create_connection(("127.0.0.1", port), timeout=servers.PATIENCE_SECONDS)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += received(connection, path)
    head, body = answer[:end].decode("latin-1").lower(), answer[end + 4:]
    if not head.startswith("http/1.1 200"):
        raise SystemExit(f"bench: {path}: want 200, got {head.splitlines()[0]}")
    length = int(next(line.split(":")[1] for line in head.splitlines() if line.startswith("content-length:")))
    while len(body) < length:
        body += received(connection, path)
    return body, connection


def received(connection, path):
    octets = connection.recv(65536)
    if not octets:
        raise SystemExit(f"bench: {path}: the connection ended early")
    return octets


def idle_connections(server, wanted):
    """Connections that were used once and then stay open: how many, and octets of server memory for each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(wanted, hard - OTHER_DESCRIPTORS)
    _, first = fetch(server.port, "/health")  # what the first request brings into memory is no connection's
    before = server.resident_bytes()
    held = [first]
    try:
        for i in range(count):
            source = f"127.0.0.{2 + i // PER_SOURCE_ADDRESS}"
            connection = socket.create_connection(("127.0.0.1", server.port), servers.PATIENCE_SECONDS, (source, 0))
            held.append(connection)
            fetch(server.port, "/health", connection)
        return count, (server.resident_bytes() - before) / count
    finally:
        for connection in held:
            connection.close()


def micro_benchmarks(folder):
    """Name, time of one iteration in nanoseconds, octets a second if it says so, of all programs in the folder."""
    results = []
    for program in sorted(folder.glob("*")):
        if not (program.is_file() and os.access(program, os.X_OK)):
            continue
        run = subprocess.run([program, "--benchmark_format=json", "--benchmark_min_time=0.2"],
                             check=True, capture_output=True, text=True)
        for entry in json.loads(run.stdout)["benchmarks"]:
            scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[entry["time_unit"]]
            results.append((entry["name"], entry["cpu_time"] * scale, entry.get("bytes_per_second")))
    return results


def machine():
    """What the figures depend on."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), "unknown")
    return {"processor": f"{model}, {len(os.sched_getaffinity(0))} cores", "kernel": os.uname().release,
            "nginx": version(["nginx", "-v"], "/"), "wrk": version(["wrk", "-v"], "wrk"),
            "Sluice": version([os.environ["SLUICE_BIN"], "--version"], "sluice"),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def version(command, after):
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    text = (run.stdout + run.stderr).strip().splitlines()[0]
    return text.split(after, 1)[-1].split("Copyright")[0].strip()
