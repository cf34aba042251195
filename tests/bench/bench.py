# SPDX-License-Identifier: MIT
"""Compares Sluice with nginx in one run and writes the result between the markers of docs/performance.md."""

import argparse
import contextlib
import os
import pathlib
import statistics
import sys
import tempfile

import measure
import servers

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
# Name, path, with access logs.
SCENARIOS = [
    ("health", "/health", False),
    ("page", "/index.html", False),
    ("page, access log", "/index.html", True),
    ("proxied 1 KiB", "/1k/x", False),
    ("proxied 1 KiB, access log", "/1k/x", True),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each server, by turns (5)")
    parser.add_argument("--seconds", type=int, default=3, help="length of a run (3)")
    parser.add_argument("--idle", type=int, default=5000, help="idle connections for the memory of each (5000)")
    parser.add_argument("--only", default="", help="scenarios whose name starts so; for trials, not written")
    parser.add_argument("--print", action="store_true", help="show the result, write nothing")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("docs/performance.md"))
    return parser.parse_args()


class Contestants:
    """nginx and Sluice, with and without access logs, before the same origin."""

    def __init__(self, stack, folder):
        self._stack, self._folder, self._count = stack, pathlib.Path(folder), 0
        self._binary = pathlib.Path(os.environ["SLUICE_BIN"]).resolve()
        self._origin = stack.enter_context(servers.origin(self._place()))
        self.by_log = {log: (self.nginx(log), self.sluice(log)) for log in (False, True)}
        self._share_page()

    def _place(self):
        self._count += 1
        place = self._folder / str(self._count)
        place.mkdir()
        return place

    def nginx(self, log=False):
        return self._stack.enter_context(servers.front_nginx(self._place(), self._origin.port, log))

    def sluice(self, log=False):
        return self._stack.enter_context(servers.Sluice(self._binary, self._place(), self._origin.port, log))

    def _share_page(self):
        """Gives nginx the page that Sluice's plugin carries."""
        for nginx, sluice in self.by_log.values():
            body, connection = measure.fetch(sluice.port, "/")
            connection.close()
            (nginx.log.parent / "index.html").write_bytes(body)


def run_scenario(contestants, path, log, rounds, seconds):
    """Pairs of samples, nginx and Sluice, from runs by turns."""
    nginx, sluice = contestants.by_log[log]
    targets = [(nginx, path), (sluice, "/" if path == "/index.html" else path)]
    for server, where in targets:
        measure.load(server, where, 1)  # connections to the origin, caches
    pairs = []
    for index in range(rounds):
        order = (0, 1) if index % 2 == 0 else (1, 0)
        samples = {side: measure.load(*targets[side], seconds) for side in order}
        pairs.append((samples[0], samples[1]))
    return pairs


def row(name, pairs):
    """Medians of each side, and the median of the ratios within rounds."""
    def ratio(field):
        return statistics.median(getattr(sluice, field) / max(getattr(nginx, field), 1e-9) for nginx, sluice in pairs)

    def medians(field, unit):
        return "{:,.0f} / {:,.0f}".format(*(statistics.median(getattr(pair[side], field) for pair in pairs) / unit
                                            for side in (1, 0)))

    rates = [sluice.requests_per_second / nginx.requests_per_second for nginx, sluice in pairs]
    return (f"| {name} | **{ratio('requests_per_second'):.2f}** ({min(rates):.2f} to {max(rates):.2f}) "
            f"| {ratio('p50_us'):.2f} | {ratio('p99_us'):.2f} | {ratio('cpu_us'):.2f} "
            f"| {medians('requests_per_second', 1)} | {medians('cpu_us', 1)} |")


def compare(contestants, options):
    rows = []
    for name, path, log in SCENARIOS:
        if not name.startswith(options.only):
            continue
        print(f"bench: {name}", file=sys.stderr)
        rows.append(row(name, run_scenario(contestants, path, log, options.rounds, options.seconds)))
    return ["Sluice divided by nginx, medians over rounds; in brackets the rounds' extremes.", "",
            "| what | requests/s | p50 | p99 | CPU a request | requests/s, Sluice / nginx | CPU µs, Sluice / nginx |",
            "|---|---|---|---|---|---|---|", *rows]


def compare_idle(contestants, wanted):
    print("bench: idle connections", file=sys.stderr)
    count, sluice = measure.idle_connections(contestants.sluice(), wanted)
    _, nginx = measure.idle_connections(contestants.nginx(), wanted)
    return ["", f"{count:,} idle connections, each used once: {sluice:,.0f} octets of memory each in Sluice, "
                f"{nginx:,.0f} in nginx (ratio {sluice / max(nginx, 1):.2f})."]


def micro():
    print("bench: micro-benchmarks", file=sys.stderr)
    results = measure.micro_benchmarks(pathlib.Path(os.environ["SLUICE_BIN"]).resolve().parent.parent / "bench")
    if not results:
        return []
    lines = ["", "| micro-benchmark | µs | MiB/s |", "|---|---|---|"]
    for name, nanoseconds, rate in results:
        lines.append(f"| `{name}` | {nanoseconds / 1e3:,.1f} | {f'{rate / 2**20:,.0f}' if rate else ''} |")
    return lines


def circumstances(options, load_average):
    """How and where the figures came about; a warning when the machine had other work."""
    facts = "; ".join(f"{name} {value}" for name, value in measure.machine().items())
    lines = [f"Measured: {facts}; {options.rounds} rounds of {options.seconds} s; load average {load_average:.1f} at "
             "the start.", ""]
    if load_average > len(os.sched_getaffinity(0)) / 2:
        lines += ["The machine was busy with other work: requests per second and latencies say little, processor time "
                  "and memory something.", ""]
    return lines


def write(path, lines):
    """Puts the lines between the markers; everything else of the page stays."""
    text = path.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench: {path}: want the markers {BEGIN} and {END}")
    fresh = path.with_suffix(".new")
    fresh.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + tail, encoding="utf-8")
    fresh.replace(path)


def main():
    options = arguments()
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder, contextlib.ExitStack() as stack:
        pathlib.Path(folder).chmod(0o755)
        contestants = Contestants(stack, folder)
        lines = compare(contestants, options)
        if not options.only:
            lines += compare_idle(contestants, options.idle) + micro()
    lines = circumstances(options, load_average) + lines
    print("\n".join(lines))
    if not options.print and not options.only:
        write(options.output, lines)
        print(f"bench: {options.output} holds the result", file=sys.stderr)


if __name__ == "__main__":
    main()
