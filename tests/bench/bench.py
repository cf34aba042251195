# SPDX-License-Identifier: MIT
"""Compares Sluice with nginx and HAProxy in one run and writes the results between the markers of docs/performance.md."""

import argparse
import pathlib
import signal
import sys

import bodies
import measure
import page
import playlists
import small_replies
from arena import Arena

# Name of the option and of the markers, what it does, how.
PARTS = [
    ("requests", "small replies: requests a second, latency", small_replies.requests),
    ("idle", "memory of idle connections", small_replies.idle),
    ("streams", "bodies over plain HTTP: processor time, throughput", bodies.streams),
    ("tls", "bodies with TLS on one of the sides", bodies.tls),
    ("paced", "thousands of slow streams at once: threads, memory, fairness", bodies.paced),
    ("first-octet", "added time to the first octet of a body", bodies.first_octet),
    ("playlists", "long playlists, rewritten, beside passing them on", playlists.playlists),
    ("micro", "micro-benchmarks", small_replies.micro),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_argument_group("parts", "all, unless some are named")
    for name, text, _ in PARTS:
        parts.add_argument(f"--{name}", dest="parts", action="append_const", const=name, help=text)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each server, by turns (5)")
    parser.add_argument("--budget", type=float, default=140, help="seconds after which a part begins no round (140)")
    parser.add_argument("--seconds", type=int, default=2, help="length of a run with small replies (2)")
    parser.add_argument("--idle-count", dest="idle", type=int, default=15000, help="idle connections (15000)")
    parser.add_argument("--gigabytes", type=int, default=3, help="of a run over plain HTTP; with TLS it is one (3)")
    parser.add_argument("--streams-at-once", type=int, default=4000, help="slow streams (4000)")
    parser.add_argument("--pace", type=int, default=100_000, help="octets a second of a slow stream (100000)")
    parser.add_argument("--paced-seconds", type=int, default=30, help="of slow streams (30)")
    parser.add_argument("--first-octets", type=int, default=1000, help="requests to each server (1000)")
    parser.add_argument("--print", action="store_true", help="show the results, write nothing")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("docs/performance.md"))
    return parser.parse_args()


def log(text):
    print(f"bench: {text}", file=sys.stderr)


def main():
    options = arguments()
    # As Ctrl-C would: servers end, and what lies in memory goes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: stopped"))
    circumstances = page.Circumstances()
    measure.raise_descriptor_limit()
    for name, _, measured in PARTS:
        if options.parts and name not in options.parts:
            continue
        circumstances.begin()
        with Arena() as arena:
            lines = measured(arena, options, lambda text, part=name: log(f"{part}: {text}"))
        lines = circumstances.lines() + lines
        print("\n".join([f"## {name}", "", *lines, ""]), flush=True)
        if not options.print:
            page.write(options.output, name, lines)
            log(f"{options.output} holds the result of {name}")


if __name__ == "__main__":
    main()
