# SPDX-License-Identifier: MIT
"""Requests per second, latency, memory of idle connections."""

import statistics

import measure
import page
from arena import CONTESTANTS
from servers import FrontNginx, Sluice, Wiring

# Name, path, with access logs.
SCENARIOS = [
    ("health", "/health", False),
    ("page", "/index.html", False),
    ("page, access log", "/index.html", True),
    ("proxied 1 KiB", "/media/1k", False),
    ("proxied 1 KiB, access log", "/media/1k", True),
]
AGAINST_HAPROXY = "proxied 1 KiB"
REQUESTS_BAR = 0.8
IDLE_BYTES_BAR = 4096
REWRITER_BAR = 500


def requests(arena, options, log):
    origin = arena.origin()
    running = {logged: [arena.start(kind, Wiring(origin, access_log=logged)) for kind in CONTESTANTS]
               for logged in (False, True)}
    rows, bars = [], []
    for name, path, logged in SCENARIOS:
        log(name)
        contestants = running[logged] if name == AGAINST_HAPROXY else running[logged][:2]
        share_page(*contestants[:2])
        taken = run(contestants, path, options)
        rows.append(row(name, taken))
        if name == AGAINST_HAPROXY:
            bars.append(page.at_least(f"{name}: requests a second, of nginx", REQUESTS_BAR,
                                      ratio(taken, "requests_per_second", "nginx")))
    return [f"{options.rounds} rounds of {options.seconds} s. Sluice divided by the other, medians over "
            "rounds; in brackets the rounds' extremes.", "",
            *page.table(["what", "requests/s of nginx", "of HAProxy", "p50 of nginx", "p99 of nginx",
                         "CPU a request, of nginx", "of HAProxy", "requests/s: Sluice, nginx, HAProxy",
                         "CPU µs: Sluice, nginx, HAProxy"], rows), *page.bars(bars)]


def share_page(sluice, nginx):
    """Gives nginx the page that Sluice's plugin carries."""
    body, connection = measure.fetch(sluice.port, "/")
    connection.close()
    (nginx.log.parent / "index.html").write_bytes(body)


def run(contestants, path, options, connections=measure.CONNECTIONS):
    """Samples by name of contestant, from runs by turns."""
    def load(server, seconds):
        own = "/" if path == "/index.html" and server.name == "Sluice" else path
        return measure.load(server, own, seconds, connections)

    for server in contestants:
        load(server, 1)  # connections to the origin, caches
    return [{server.name: load(server, options.seconds) for server in page.by_turns(contestants, index)}
            for index in range(options.rounds)]


def ratio(taken, field, other):
    return page.median_ratio(taken, lambda sample: getattr(sample["Sluice"], field),
                             lambda sample: getattr(sample[other], field))


def row(name, taken):
    def to_haproxy(field):
        return f"{ratio(taken, field, 'HAProxy'):.2f}" if "HAProxy" in taken[0] else "–"

    def medians(field):
        return " / ".join(f"{statistics.median(getattr(sample[who], field) for sample in taken):,.0f}"
                          for who in ("Sluice", "nginx", "HAProxy") if who in taken[0])

    rates = [sample["Sluice"].requests_per_second / sample["nginx"].requests_per_second for sample in taken]
    return [name, f"**{ratio(taken, 'requests_per_second', 'nginx'):.2f}** ({min(rates):.2f} to {max(rates):.2f})",
            to_haproxy("requests_per_second"), f"{ratio(taken, 'p50_us', 'nginx'):.2f}",
            f"{ratio(taken, 'p99_us', 'nginx'):.2f}", f"{ratio(taken, 'cpu_us', 'nginx'):.2f}", to_haproxy("cpu_us"),
            medians("requests_per_second"), medians("cpu_us")]


def idle(arena, options, log):
    wiring = Wiring(arena.origin())
    memory = {}
    for kind in (Sluice, FrontNginx):
        log(kind.name)
        with arena.fresh(kind, wiring) as server:
            count, memory[kind.name] = measure.idle_connections(server, options.idle)
    return [f"{count:,} idle connections, each used once for a proxied reply: {memory['Sluice']:,.0f} octets of memory "
            f"each in Sluice, {memory['nginx']:,.0f} in nginx.",
            *page.bars([page.at_most("octets of memory for an idle connection", IDLE_BYTES_BAR, memory["Sluice"])])]


def micro(_arena, _options, _log):
    lines, bars = [], []
    for name, nanoseconds, rate in measure.micro_benchmarks():
        lines.append([f"`{name}`", f"{nanoseconds / 1e3:,.1f}", f"{rate / 1e6:,.0f}" if rate else ""])
        if name.startswith("Rewriter/"):
            bars.append(page.at_least(f"`{name}`: MB/s of playlist", REWRITER_BAR, rate / 1e6))
    return [*page.table(["micro-benchmark", "µs", "MB/s"], lines), *page.bars(bars)]
