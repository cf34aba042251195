# SPDX-License-Identifier: MIT
"""Media: processor time for each gigabyte, throughput, many streams at once, time to the first octet."""

import statistics

import measure
import page
from arena import CONTESTANTS, SEGMENT_BYTES
from servers import FrontNginx, Sluice, Wiring

SEGMENT, BODY = "/media/segment", "/media/body"
CLIENTS = 32
CPU_OF_HAPROXY_BAR, CPU_OF_NGINX_BAR, CPU_OVER_TLS_BAR, RATE_BAR = 0.65, 0.2, 1.0, 1.0
PACED_BYTES_BAR, FAIRNESS_BAR = 16 * 1024, 0.95
FIRST_OCTET_BAR_MS = 0.3
NAMES = [kind.name for kind in CONTESTANTS]
HEAD = ["what", "rounds", "CPU s/GB: " + ", ".join(NAMES), "CPU of HAProxy", "CPU of nginx",
        "GB/s: " + ", ".join(NAMES), "GB/s of HAProxy", "GB/s of nginx"]


def streams(arena, options, log):
    """Plain HTTP on both sides."""
    wiring = Wiring(arena.origin(with_files=True))
    rows, bars = [], []
    for what, taken in compare(arena, wiring, options, options.gigabytes, options.budget, log):
        rows.append(row(what, taken))
        bars += [page.at_most(f"{what}: CPU, of HAProxy", CPU_OF_HAPROXY_BAR, ratio(taken, cpu, "HAProxy")),
                 page.at_most(f"{what}: CPU, of nginx", CPU_OF_NGINX_BAR, ratio(taken, cpu, "nginx")),
                 page.at_least(f"{what}: GB/s, of HAProxy", RATE_BAR, ratio(taken, rate, "HAProxy"))]
    return [*page.table(HEAD, rows), *page.bars(bars)]


def tls(arena, options, log):
    """TLS on one of the sides."""
    certificate = arena.certificate()
    wirings = [("TLS upstream", Wiring(arena.origin(with_files=True, tls=True), upstream_tls=certificate)),
               ("TLS to the client", Wiring(arena.origin(with_files=True), client_tls=certificate))]
    rows, bars = [], []
    for side, wiring in wirings:
        for what, taken in compare(arena, wiring, options, 1, options.budget / 2, lambda text: log(f"{side}, {text}")):
            rows.append(row(f"{side}, {what}", taken))
            bars.append(page.at_most(f"{side}, {what}: CPU, of the better", CPU_OVER_TLS_BAR, page.median_ratio(
                taken, lambda sample: cpu(sample["Sluice"]), lambda sample: min(map(cpu, others(sample))))))
    return [*page.table(HEAD, rows), *page.bars(bars)]


def cpu(sample):
    return sample.cpu_per_gigabyte


def rate(sample):
    return sample.gigabytes_per_second


def others(sample):
    return [sample[name] for name in NAMES if name != "Sluice"]


def ratio(taken, figure, other):
    return page.median_ratio(taken, lambda sample: figure(sample["Sluice"]), lambda sample: figure(sample[other]))


def compare(arena, wiring, options, gigabytes, budget, log):
    """Each kind of load with its rounds; a round has a sample by name of contestant."""
    contestants = [arena.start(kind, wiring) for kind in CONTESTANTS]
    ca_file = wiring.client_tls.certificate if wiring.client_tls else None
    segments = max(1, round(gigabytes * 1e9 / CLIENTS / SEGMENT_BYTES))
    loads = [("one body of 1 GB", BODY, 1, gigabytes), (f"{CLIENTS} clients, 4 MiB each time", SEGMENT, CLIENTS, segments)]
    for server in contestants:
        measure.bodies(server, SEGMENT, CLIENTS, 1, ca_file)  # connections to the origin, caches
    for what, path, connections, requests in loads:
        log(what)
        yield what, [{server.name: measure.bodies(server, path, connections, requests, ca_file)
                      for server in page.by_turns(contestants, index)}
                     for index in page.rounds(options.rounds, budget / len(loads), log)]


def row(what, taken):
    def medians(figure, digits):
        return " / ".join(f"{statistics.median(figure(sample[name]) for sample in taken):.{digits}f}" for name in NAMES)

    def extremes(figure, other):
        each = [figure(sample["Sluice"]) / max(figure(sample[other]), 1e-9) for sample in taken]
        return f"**{statistics.median(each):.2f}** ({min(each):.2f} to {max(each):.2f})"

    return [what, str(len(taken)), medians(cpu, 3), extremes(cpu, "HAProxy"), extremes(cpu, "nginx"), medians(rate, 2),
            extremes(rate, "HAProxy"), extremes(rate, "nginx")]


def paced(arena, options, log):
    """As many players as a film has, each at its rate."""
    wiring = Wiring(arena.origin(with_files=True))
    rows, bars = [], []
    for kind in (Sluice, FrontNginx):
        log(kind.name)
        with arena.fresh(kind, wiring) as server:
            taken = measure.paced(server, BODY, options.streams_at_once, options.pace, options.paced_seconds)
        rates = [octets / options.paced_seconds for octets in taken.received]
        fairness = sum(rates) ** 2 / (len(rates) * sum(value * value for value in rates))
        rows.append([kind.name, f"{taken.fewest_threads} to {taken.most_threads}", f"{taken.bytes_each:,.0f}",
                     f"{fairness:.4f}", f"{statistics.mean(rates) / 1000:.1f}", f"{min(rates) / 1000:.1f}"])
        if kind.name == "Sluice":
            bars = [page.at_most("threads that came or went", 0, taken.most_threads - taken.fewest_threads),
                    page.at_most("octets of memory for a stream", PACED_BYTES_BAR, taken.bytes_each),
                    page.at_least("Jain's index", FAIRNESS_BAR, fairness)]
    return [f"{options.streams_at_once:,} streams at once, each of which takes at most {options.pace / 1000:g} kB/s, for "
            f"{options.paced_seconds} s.", "",
            *page.table(["server", "threads", "octets of memory a stream", "Jain's index", "kB/s, mean",
                         "kB/s, slowest"], rows), *page.bars(bars)]


def first_octet(arena, options, log):
    origin = arena.origin(with_files=True)
    contestants = [origin, *(arena.start(kind, Wiring(origin)) for kind in CONTESTANTS)]
    log("4 MiB segments, one at a time")
    measure.first_octets(contestants, SEGMENT, 20)  # connections to the origin, caches
    times = measure.first_octets(contestants, SEGMENT, options.first_octets)
    direct = statistics.median(times[0])
    rows = []
    for name, each in zip(["none: the origin itself", *NAMES], times):
        rows.append([name, f"{statistics.median(each):,.0f}", f"{statistics.median(each) - direct:,.0f}",
                     f"{statistics.quantiles(each, n=100)[98]:,.0f}"])
    added_ms = (statistics.median(times[1]) - direct) / 1000
    return [f"{options.first_octets:,} requests to each, by turns.", "",
            *page.table(["in between", "µs, median", "added", "µs, p99"], rows),
            *page.bars([page.at_most("added time to the first octet, median", FIRST_OCTET_BAR_MS, added_ms, " ms")])]
