// SPDX-License-Identifier: MIT
// The Stremio addon as its viewers meet it: the page in a real browser, and Stremio's own client for what it makes.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, openPage, origin } from "./browser.mjs";

const client = createRequire(import.meta.url)("stremio-addon-client");
const root = `${origin}/stremio/torz`;
const user = process.env.SLUICE_USER ?? assert.fail("SLUICE_USER: want the id of a user of the pool");
const film = process.env.SLUICE_FILM ?? assert.fail("SLUICE_FILM: want an IMDb id that the index has");

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

/** Fills the form in, and answers the URL to install. */
async function configure(page, credential) {
  await page.goto(`${root}/configure`);
  await page.getByLabel("Store", { exact: true }).selectOption("tb");
  await page.getByLabel("User id").fill(credential);
  await page.getByRole("button", { name: "Make the addon" }).click();
}

async function installUrl(page) {
  const url = await page.locator("input[readonly]").inputValue();
  assert.ok(url.startsWith(`${root}/e.`), url);
  assert.ok(!url.includes(user));
  return url;
}

for (const javaScriptEnabled of [false, true]) {
  test(`a viewer makes an addon ${javaScriptEnabled ? "with" : "without"} script, and Stremio's client installs it`, async () => {
    const page = await openPage(browser, { javaScriptEnabled, viewport: { width: 390, height: 844 } });
    await configure(page, user);
    const url = await installUrl(page);
    assert.deepEqual(page.complaints, []);
    await page.context().close();

    // The client refuses what its linter does not like.
    const { addon } = await client.detectFromURL(url);
    assert.ok(addon.isSupported("stream", "movie", film));
    assert.equal(addon.manifest.behaviorHints.configurationRequired, false);
    const { streams } = await addon.get("stream", "movie", film);
    assert.equal(streams.length, 3);
    const moved = await fetch(streams[0].url, { redirect: "manual" });
    assert.equal(moved.status, 302);
  });
}

test("what cannot be is said beside its field, and nothing that was typed is lost or shown", async () => {
  const page = await openPage(browser, { javaScriptEnabled: false });
  await configure(page, "no-id");
  const field = page.getByLabel("User id");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Store", { exact: true }).inputValue(), "tb");
  assert.ok(!(await page.content()).includes("no-id"));
  await field.fill(user);
  await page.getByRole("button", { name: "Make the addon" }).click();
  await installUrl(page);
  await page.context().close();
});

test("the clips that say why are videos that a browser plays", async () => {
  const page = await openPage(browser);
  await page.goto(`${root}/clips/downloading.mp4`);
  await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0.5);
  assert.ok(await page.evaluate(() => document.querySelector("video").videoWidth >= 1280));
  await page.context().close();
});
