// SPDX-License-Identifier: MIT
// hls.js plays low-latency HLS part by part: its directives reach the origin, which holds each reload until there is news.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, until } from "./browser.mjs";
import { asked, assertDecoded, mediaAnswers, playsPast, untilAsked, withPlayer } from "./players.mjs";

const partsOfSegment = 4; // low_latency_origin.py cuts that way

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

/** Reloads of a rendition's playlist, in order: the number of the part that each asked for. */
const reloads = (rendition) =>
  asked().filter(({ path }) => path === `/live/${rendition}/live.m3u8`).slice(1)
    .map(({ query }) => partsOfSegment * Number(query.get("_HLS_msn") ?? NaN) + Number(query.get("_HLS_part") ?? NaN));

test("hls.js plays low-latency HLS, one reload for each part", () =>
  withPlayer(browser, "hls.js", "/hls/live/master.m3u8?token=letmein-please", async (page) => {
    await playsPast(page, 0.5);
    const here = await page.evaluate(() => document.querySelector("video").currentTime);
    await playsPast(page, here + 5); // a segment is 2 s long
    const held = () => asked().filter((request) => request.path.endsWith("/live.m3u8") && request.held);
    await until(() => held().length > 8, "reloads that the origin held");

    await assertDecoded(page);
    assert.equal(await page.evaluate(() => window.player.isLowLatency()), true);
    for (const rendition of ["video", "audio"]) {
      await untilAsked(new RegExp(`^/live/${rendition}/\\d+\\.[0-3]\\.m4s$`), 0, 4);
      const parts = reloads(rendition);
      assert.ok(parts.length > 4, `${parts}`);
      // Every reload says which part it waits for, and that is a newer one each time: at most one reload for each part.
      parts.forEach((part, i) => assert.ok(part > (parts[i - 1] ?? -1), `${rendition}: ${parts}`));
    }
    assert.ok(asked().some(({ query }) => query.get("_HLS_skip") === "YES"));
    // No link of a playlist takes the directives over.
    const playlist = mediaAnswers(page).find((answer) => answer.url().includes("_HLS_msn"));
    assert.doesNotMatch(await playlist.text(), /_HLS_/);
    assert.deepEqual(asked().filter(({ status }) => status !== 200), []);
  }));
