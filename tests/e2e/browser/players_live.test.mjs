// SPDX-License-Identifier: MIT
// Live streams, while a real ffmpeg makes them: players reload what lists the segments, and follow.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, until } from "./browser.mjs";
import { asked, assertDecoded, hasOwnPlayer, playsPast, untilAsked, withPlayer } from "./players.mjs";

const hls = ["hls.js", "Shaka", "Chromium"];
const dash = ["Shaka", "dash.js"];
const segmentSeconds = 1;

/** `list`: what the players reload; `media`: the segments; `clock`: who asks what time it is (Shaka goes by the timeline). */
const inDash = { list: /\/live\.mpd$/, media: /\/chunk-\w+-\d+\.m4s$/ };
const streams = [
  { name: "live HLS", path: "/hls/live-hls/live.m3u8", players: hls, list: /\/live\.m3u8$/, media: /\/live\d+\.ts$/ },
  { name: "live DASH", path: "/dash/live-dash/live.mpd", players: dash, ...inDash, clock: ["dash.js"] },
  { name: "live DASH as HLS", path: "/dash-as-hls/live-dash/live.mpd", players: hls, ...inDash },
];

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

for (const { name, path, players, list, media, clock } of streams) {
  for (const player of players) {
    test(`${player} plays ${name}`, async (t) => {
      if (player === "Chromium" && !(await hasOwnPlayer(browser))) return t.skip("this browser has no HLS player of its own");
      const before = asked().length;
      await withPlayer(browser, player, `${path}?token=letmein-please`, async (page) => {
        const here = await page.waitForFunction(() => {
          const video = document.querySelector("video");
          return !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && video.currentTime;
        });
        const lists = () => asked().slice(before).filter((request) => list.test(request.path)).length;
        const loaded = lists();
        await playsPast(page, (await here.jsonValue()) + 4 * segmentSeconds);

        await assertDecoded(page);
        await until(() => lists() >= loaded + 3, "three reloads");
        await untilAsked(media, before, 5);
        if (clock?.includes(player)) await untilAsked(/^\/time$/, before);
        assert.equal(await page.evaluate(() => document.querySelector("video").ended), false);
      });
    });
  }
}
