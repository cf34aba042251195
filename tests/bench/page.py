# SPDX-License-Identifier: MIT
"""What becomes of measurements: ratios, bars, and the parts of docs/performance.md."""

import os
import statistics
import time

import measure

SHARE_OF_IDLE_MACHINE = 0.05


def median_ratio(rounds, of, to):
    """The median of the rounds' ratios; `of` and `to` get a figure out of a round."""
    return statistics.median(of(sample) / max(to(sample), 1e-9) for sample in rounds)


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]


def at_most(what, wanted, measured, unit=""):
    return bar(what, "at most", wanted, measured, (wanted - measured) / (wanted or 1), unit)


def at_least(what, wanted, measured, unit=""):
    return bar(what, "at least", wanted, measured, (measured - wanted) / wanted, unit)


def bar(what, word, wanted, measured, margin, unit):
    """A row: a bar, and by how much it is met or missed."""
    verdict = f"met, {margin:.0%} to spare" if margin >= 0 else f"**missed by {-margin:.1%}**"
    return [what, f"{word} {wanted:,g}{unit}", f"{measured:,.0f}{unit}" if measured >= 1000 else f"{measured:.3g}{unit}", verdict]


def bars(rows):
    return ["", *table(["bar", "wanted", "measured", "result"], rows)]


def rounds(count, budget_seconds, log):
    """Numbers up to `count`, as long as another round fits into the budget; one round there always is."""
    begin, longest = time.monotonic(), 0.0
    for index in range(count):
        started = time.monotonic()
        if index and started - begin + longest > budget_seconds:
            log(f"{index} of {count} rounds, since more would take too long")
            return
        yield index
        longest = max(longest, time.monotonic() - started)


def by_turns(contestants, index):
    """All of them; each round begins with another."""
    first = index % len(contestants)
    return contestants[first:] + contestants[:first]


class Circumstances:
    """How and where figures came about; a warning when the machine had other work."""

    def __init__(self):
        self.begin()

    def begin(self):
        """Of a part. Not by the load average: it remembers what ended a minute ago."""
        self._wall, self._busy, self._own = time.monotonic(), measure.busy_seconds(), measure.own_seconds()

    def lines(self):
        """At the end of the part, when everything that it started has ended."""
        processors = len(os.sched_getaffinity(0)) * (time.monotonic() - self._wall)
        others = measure.busy_seconds() - self._busy - (measure.own_seconds() - self._own)
        share = max(0.0, others / processors)
        facts = "; ".join(f"{name} {value}" for name, value in measure.machine().items())
        said = [f"Measured: {facts}; other processes took {share:.0%} of the processors meanwhile.", ""]
        if share > SHARE_OF_IDLE_MACHINE:
            said += ["**The machine was busy with other work**: rates and times say little, processor time and memory "
                     "something.", ""]
        return said


def write(path, part, lines):
    """Puts the lines between the part's markers; everything else of the page stays."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    head, found, rest = path.read_text(encoding="utf-8").partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"bench: {path}: want the markers {begin} and {end}")
    fresh = path.with_suffix(".new")
    fresh.write_text(head + begin + "\n" + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")
    fresh.replace(path)
