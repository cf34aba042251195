// SPDX-License-Identifier: MIT
// DASH of another server, which the gateway hands out as HLS: hls.js and Chromium play it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, origin } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

test("hls.js plays an MPD past its first segments", async () => {
  const page = await openPage(browser);
  await page.goto(`${origin}/`);

  await page.waitForFunction(() => document.querySelector("video")?.currentTime > 5); // segments are 2 s long

  const state = await page.evaluate(() => {
    const video = document.querySelector("video");
    return { error: video.error?.message ?? null, wide: video.videoWidth > 0, frames: video.getVideoPlaybackQuality().totalVideoFrames > 25 };
  });
  assert.deepEqual(state, { error: null, wide: true, frames: true });
  const paths = page.answers.map((answer) => new URL(answer.url()).pathname);
  const media = paths.filter((path) => path.startsWith("/~/"));
  assert.ok(media.some((path) => path.endsWith(".m3u8")) && media.some((path) => /segment\.(m4s|mp4)$/.test(path)), paths.join(" "));
  assert.deepEqual(page.complaints, []); // requests to any other server among them
});
