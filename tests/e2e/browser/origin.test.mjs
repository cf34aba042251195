// SPDX-License-Identifier: MIT
// A stream of another server, behind the gateway: Chromium decodes it, and learns nothing of where it comes from.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, playPast } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

test("Chromium plays past the first segment, by links of the gateway alone", async () => {
  const page = await playPast(browser, 5); // segments are 4 s long

  const paths = page.answers.map((answer) => new URL(answer.url()).pathname);
  const media = paths.filter((path) => path.startsWith("/~/"));
  assert.ok(media.some((path) => path.endsWith(".m3u8")) && media.some((path) => path.endsWith(".ts")), paths.join(" "));
  const direct = paths.filter((path) => path.startsWith("/vod/"));
  assert.deepEqual([...new Set(direct)], ["/vod/clip/master.m3u8"]);
  assert.deepEqual(page.complaints, []); // requests to any other server among them
});
