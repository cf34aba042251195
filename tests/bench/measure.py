# SPDX-License-Identifier: MIT
"""Measurements of one server: small replies, bodies, many streams, memory of idle connections; micro-benchmarks."""

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


def load(server, path, seconds, connections=CONNECTIONS):
    before = server.cpu_seconds()
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(HERE / "report.lua"),
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


def raise_descriptor_limit():
    """Of this process and all that it starts. Returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@dataclass(frozen=True)
class Bodies:
    """One run of the client that takes bodies as fast as they come."""

    gigabytes_per_second: float
    cpu_per_gigabyte: float  # seconds of the server, its origin's and the client's not counted


def client(*arguments):
    """Starts the client that is built beside the server; what it says are lines of JSON."""
    program = pathlib.Path(os.environ["SLUICE_BIN"]).resolve().parent / "stream_client"
    return subprocess.Popen([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def last_line(run, who, each_second=lambda second: None):
    """What the client says at its end; before, it may count seconds."""
    last = None
    for line in run.stdout:
        last = json.loads(line)
        if "second" in last:
            each_second(last["second"])
    if run.wait() != 0 or last is None:
        raise SystemExit(f"bench: {who}: the client failed, so that nothing was measured: see above")
    return last


def bodies(server, path, connections, requests, ca_file=None):
    before = server.cpu_seconds()
    trust = ["--ca-file", ca_file] if ca_file else []
    result = last_line(client("drain", "--port", server.port, "--path", path, "--connections", connections,
                              "--requests", requests, *trust), server.name)
    gigabytes = result["bytes"] / 1e9
    return Bodies(gigabytes / result["seconds"], (server.cpu_seconds() - before) / gigabytes)


@dataclass(frozen=True)
class Paced:
    """Many players at once."""

    fewest_threads: int
    most_threads: int
    bytes_each: float  # of the server's memory, at most, for each stream
    received: list  # octets by each player


def paced(server, path, connections, rate, seconds):
    fetch(server.port, "/media/1k")[1].close()  # what the first request brings into memory is no stream's
    before = server.resident_bytes()
    threads, memory = [], []

    def sample(second):
        if second < seconds:  # then the client leaves
            threads.append(server.threads())
            memory.append(server.resident_bytes())

    result = last_line(client("paced", "--port", server.port, "--path", path, "--connections", connections, "--rate",
                              rate, "--seconds", seconds), server.name, sample)
    return Paced(min(threads), max(threads), (max(memory) - before) / connections, result["received"])


def first_octets(servers_, path, requests):
    """Microseconds to the first octet of a body, for each server, from requests by turns."""
    ports = [argument for server in servers_ for argument in ("--port", server.port)]
    run = client("first-octet", *ports, "--path", path, "--requests", requests)
    return last_line(run, "one of " + ", ".join(server.name for server in servers_))["first_octet_us"]


def idle_connections(server, wanted):
    """Connections that were used once and then stay open: how many, and octets of server memory for each."""
    count = min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_DESCRIPTORS)
    _, first = fetch(server.port, "/media/1k")  # what the first request brings into memory is no connection's
    before = server.resident_bytes()
    held = [first]
    try:
        for i in range(count):
            source = f"127.0.0.{2 + i // PER_SOURCE_ADDRESS}"
            connection = socket.create_connection(("127.0.0.1", server.port), servers.PATIENCE_SECONDS, (source, 0))
            held.append(connection)
            fetch(server.port, "/media/1k", connection)
        return count, (server.resident_bytes() - before) / count
    finally:
        for connection in held:
            connection.close()


def micro_benchmarks():
    """Name, time of one iteration in nanoseconds, octets a second if it says so, of all programs beside the build."""
    folder = pathlib.Path(os.environ["SLUICE_BIN"]).resolve().parent.parent / "bench"
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


def busy_seconds():
    """Processor time of the whole machine so far, interrupts not counted."""
    user, nice, system = pathlib.Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:4]
    return (int(user) + int(nice) + int(system)) / servers.TICKS_PER_SECOND


def own_seconds():
    """Processor time of this process and of all that it started and saw end."""
    return sum(usage.ru_utime + usage.ru_stime
               for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def machine():
    """What the figures depend on."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), "unknown")
    return {"processor": f"{model}, {len(os.sched_getaffinity(0))} cores", "kernel": os.uname().release,
            "nginx": version(["nginx", "-v"], "/"), "HAProxy": version(["haproxy", "-v"], "version ").split(" ")[0],
            "wrk": version(["wrk", "-v"], "wrk"),
            "Sluice": version([os.environ["SLUICE_BIN"], "--version"], "sluice"),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def version(command, after):
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    text = (run.stdout + run.stderr).strip().splitlines()[0]
    return text.split(after, 1)[-1].split("Copyright")[0].strip()
