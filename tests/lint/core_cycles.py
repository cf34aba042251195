#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the folders of core/ include each other without a circle."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'#include\s+"core/([a-z_]+)/')


def edges():
    graph = {}
    for path in (ROOT / "core").rglob("*.[ch]pp"):
        folder = path.relative_to(ROOT / "core").parts[0]
        targets = graph.setdefault(folder, {})
        for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if target != folder:
                targets.setdefault(target, path)
    return graph


def find_cycle(graph, node, trail):
    if node in trail:
        return trail[trail.index(node):] + [node]
    for target in graph.get(node, {}):
        cycle = find_cycle(graph, target, trail + [node])
        if cycle:
            return cycle
    return None


def main():
    graph = edges()
    for node in graph:
        cycle = find_cycle(graph, node, [])
        if cycle:
            print(" -> ".join(cycle), file=sys.stderr)
            for a, b in zip(cycle, cycle[1:]):
                print(f"  {graph[a][b].relative_to(ROOT)} includes core/{b}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
