// SPDX-License-Identifier: MIT
// The browser's own HLS player, where it has one: it follows the gateway's links without the page's help.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, openPage, origin } from "./browser.mjs";

let browser, page;
before(async () => (browser = await launch()));
after(async () => await browser?.close());
beforeEach(async () => (page = await openPage(browser)));
afterEach(async () => await page.context().close());

const canPlay = () =>
  page.evaluate(() => document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "");

const playsPast = (seconds) =>
  page.waitForFunction((wanted) => document.querySelector("video")?.currentTime > wanted, seconds);

/** The page's scripts find a browser without Media Source Extensions. */
const withoutMediaSource = () =>
  page.addInitScript(() => {
    delete window.MediaSource;
    delete window.WebKitMediaSource;
    delete window.ManagedMediaSource;
  });

test("the browser's own player plays the master playlist", async (t) => {
  if (!(await canPlay())) return t.skip("this browser has no HLS player of its own");
  // The page without its scripts, under its content security policy.
  await page.route("**/assets/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(`${origin}/`);
  await page.evaluate(async () => {
    const { stream } = await (await fetch("home.json")).json();
    const video = document.querySelector("video");
    video.src = stream;
    await video.play();
  });

  await playsPast(5); // the clip's segments are 4 s long

  const state = await page.evaluate(() => {
    const video = document.querySelector("video");
    return { error: video.error?.message ?? null, wide: video.videoWidth > 0, frames: video.getVideoPlaybackQuality().totalVideoFrames > 25 };
  });
  assert.deepEqual(state, { error: null, wide: true, frames: true });
  assert.deepEqual(page.complaints, []);
});

test("the page leaves playing to the browser when there is nothing else", async (t) => {
  if (!(await canPlay())) return t.skip("this browser has no HLS player of its own");
  await withoutMediaSource();
  await page.goto(`${origin}/`);

  await playsPast(5);

  assert.equal(await page.textContent("#status"), "Playing through the gateway.");
  assert.match(await page.evaluate(() => document.querySelector("video").currentSrc), /\/demo\/clip\/master\.m3u8\?/);
  assert.equal(await page.locator("#choices").isVisible(), false);
  assert.deepEqual(page.complaints, []);
});

test("the page says so when the browser plays no HLS at all", async () => {
  await withoutMediaSource();
  await page.addInitScript(() => (HTMLMediaElement.prototype.canPlayType = () => ""));

  await page.goto(`${origin}/`);

  await page.getByText("This browser plays no HLS.").waitFor();
  assert.deepEqual(page.complaints, []);
});
