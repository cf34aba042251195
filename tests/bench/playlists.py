# SPDX-License-Identifier: MIT
"""What rewriting costs: a long playlist with a link for each segment, beside nginx that passes the same octets as they are."""

import statistics

import measure
import page
import small_replies
from servers import ForgetfulSluice, FrontNginx, Sluice, Wiring

SEGMENTS = 10_000
PATH = "/media/playlist.m3u8"
CPU_BAR = 1.5
PLAYERS = 8


def playlist():
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4", "#EXT-X-MEDIA-SEQUENCE:0"]
    for number in range(SEGMENTS):
        lines += ["#EXTINF:4.000,", f"segment-{number:05}.ts"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def playlists(arena, options, log):
    text = playlist()
    origin = arena.playlist_origin(text)
    contestants = [arena.start(kind, Wiring(origin)) for kind in (Sluice, ForgetfulSluice, FrontNginx)]
    sizes = {}
    for server in contestants:
        body, connection = measure.fetch(server.port, PATH)
        connection.close()
        sizes[server.name] = len(body)
    if sizes["nginx"] != len(text) or sizes["Sluice"] <= sizes["nginx"]:
        raise SystemExit(f"bench: {PATH}: want {len(text)} octets, and more once rewritten; got {sizes}")
    log(f"{SEGMENTS} segments")
    taken = small_replies.run(contestants, PATH, options, PLAYERS)
    spent = {who: statistics.median(sample[who].cpu_us for sample in taken) for who in sizes}
    rows = [[who, f"{sizes[who]:,}", f"{spent[who]:,.0f}", f"{spent[who] / sizes[who] * 1e3:,.2f}"] for who in sizes]
    return [f"A playlist of {SEGMENTS:,} segments, {len(text):,} octets, for {PLAYERS} players; {options.rounds} rounds of "
            f"{options.seconds} s. They get the same links, so that Sluice has rewritten it once for all of them, and compares since; "
            f"the second line is without that.", "",
            *page.table(["server", "octets to the player", "CPU µs a playlist", "CPU ns an octet sent"], rows),
            *page.bars([page.at_most("CPU of a playlist rewritten, of nginx passing it on", CPU_BAR,
                                     small_replies.ratio(taken, "cpu_us", "nginx"))])]
