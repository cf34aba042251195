// SPDX-License-Identifier: MIT
// The page on `/` in a real browser: it plays, it says through what, and everybody can use it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answersFor, launch, openPage, origin, until } from "./browser.mjs";

const segmentSeconds = 4; // config/demo/make-clip.sh cuts there
const desktop = { viewport: { width: 1280, height: 900 }, locale: "en-GB" };
const phone = { ...desktop, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

/** Opens the page, hands it to `body`, and closes it. */
async function withPage(options, body, prepare = async () => {}) {
  const page = await openPage(browser, options);
  try {
    await prepare(page);
    await page.goto(`${origin}/`);
    await body(page);
  } catch (error) {
    // What went wrong inside is the likelier reason than what did not happen in time.
    if (page.complaints.length > 0) error.message += `\nthe page complained: ${page.complaints.join("; ")}`;
    throw error;
  } finally {
    await page.context().close();
  }
}

const playsPast = (page, seconds) =>
  page.waitForFunction((wanted) => document.querySelector("video").currentTime > wanted, seconds);

const labelsOf = (page, id) => page.locator(`#${id} option`).allTextContents();

/** From the start again, however far it got meanwhile. */
const rewind = (page) =>
  page.evaluate(async () => {
    const video = document.querySelector("video");
    video.currentTime = 0;
    await video.play();
  });

test("plays to the end, over the boundary of segments, without a complaint", () =>
  withPage(desktop, async (page) => {
    await page.getByText("Playing through the gateway.").waitFor();
    await playsPast(page, segmentSeconds + 1);
    const state = await page.evaluate(() => {
      const video = document.querySelector("video");
      const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
      return {
        played: Array.from({ length: video.played.length }, (_, i) => [video.played.start(i), video.played.end(i)]),
        error: video.error?.message ?? null,
        frames: totalVideoFrames,
        corrupted: corruptedVideoFrames,
        audioBytes: video.webkitAudioDecodedByteCount,
      };
    });
    await page.getByText("The stream has ended.").waitFor();

    // One stretch from before the boundary to behind it: nothing was skipped.
    assert.equal(state.played.length, 1, JSON.stringify(state.played));
    assert.ok(state.played[0][0] < 1 && state.played[0][1] > segmentSeconds, JSON.stringify(state.played));
    assert.equal(state.error, null);
    assert.ok(state.frames > 25, `${state.frames} frames`);
    assert.equal(state.corrupted, 0);
    assert.ok(state.audioBytes > 0);
    assert.deepEqual(page.complaints, []);
  }));

test("takes everything from links of the gateway, the key of AES-128 too", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    const key = await until(() => answersFor(page, "key.key")[0], "an answer with the key");
    const media = page.answers.filter((answer) => !["document", "script", "stylesheet"].includes(answer.request().resourceType()));
    const paths = media.map((answer) => new URL(answer.url()).pathname).filter((path) => path !== "/home.json");

    assert.equal(key.status(), 200);
    assert.equal((await key.body()).length, 16);
    assert.match(new URL(key.url()).pathname, /^\/~\/[A-Za-z0-9_-]+\/key\.key$/);
    assert.ok(paths.length >= 6, paths.join(" ")); // two playlists, two segments, the key, the master playlist
    for (const path of paths) assert.match(path, /^\/~\/[A-Za-z0-9_-]+\/[a-z0-9.-]+$|^\/demo\/clip\/master\.m3u8$/);
    // The table tells the same: the key once, as long as it is.
    const row = page.locator("#requests tr", { hasText: "key.key" });
    await row.first().waitFor();
    assert.equal(await row.count(), answersFor(page, "key.key").length);
    assert.deepEqual((await row.first().locator("td").allTextContents()).slice(0, 3), ["key", "key.key", "16"]);
    assert.deepEqual(page.complaints, []);
  }));

test("offers both renditions, both languages and the subtitles", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    const quality = await labelsOf(page, "quality");

    assert.deepEqual(quality.map((label) => label.split(",")[0]), ["automatic", "180p", "360p"]);
    assert.deepEqual(await labelsOf(page, "audio"), ["English", "German"]);
    assert.deepEqual(await labelsOf(page, "subtitles"), ["none", "English"]);
    assert.equal(await page.locator("#choices").isVisible(), true);
    assert.equal(await page.inputValue("#quality"), "-1");
    assert.equal(await page.inputValue("#subtitles"), "-1");
  }));

test("plays on in the other language", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    const [master] = answersFor(page, "master.m3u8");
    const german = (await master.text()).match(/^#EXT-X-MEDIA:.*LANGUAGE="de".*URI="\/([^"]+)"/m)[1];
    assert.equal(answersFor(page, german).length, 0);

    await page.selectOption("#audio", { label: "German" });
    const playlist = await until(() => answersFor(page, german)[0], "the other language's playlist");
    const segments = (await playlist.text()).match(/^\/~\/.+$/gm).map((link) => link.slice(1));
    await rewind(page);
    await until(() => answersFor(page, segments[0]).some((answer) => answer.status() === 200), "its first segment");
    const decoded = await page.evaluate(() => document.querySelector("video").webkitAudioDecodedByteCount);
    await playsPast(page, segmentSeconds + 1);

    assert.ok((await page.evaluate(() => document.querySelector("video").webkitAudioDecodedByteCount)) > decoded);
    assert.ok(answersFor(page, segments[1]).length > 0);
    assert.equal(await page.locator("#audio option:checked").textContent(), "German");
    assert.deepEqual(page.complaints, []);
  }));

test("plays the rendition that is chosen", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    for (const height of [180, 360]) {
      const label = (await labelsOf(page, "quality")).find((text) => text.startsWith(`${height}p`));
      await page.selectOption("#quality", { label });
      await rewind(page);
      await page.waitForFunction((wanted) => document.querySelector("video").videoHeight === wanted, height);
      assert.equal(await page.locator("#quality option:checked").textContent(), label);
    }
    await playsPast(page, 1);
    assert.deepEqual(page.complaints, []);
  }));

test("shows the subtitles that are chosen", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    await page.selectOption("#subtitles", { label: "English" });
    await rewind(page);
    const shown = await page.waitForFunction(() => {
      const track = Array.from(document.querySelector("video").textTracks).find(({ mode }) => mode === "showing");
      return track?.activeCues?.[0]?.text;
    });

    assert.match(await shown.jsonValue(), /^Second \d+ of \d+$/);
    assert.equal(answersFor(page, "segment.vtt").length, 1);
    await page.locator("#requests tr", { hasText: "segment.vtt" }).waitFor();
    assert.deepEqual(page.complaints, []);
  }));

test("shows the pipelines with the plugins behind them, and marks the one in use", () =>
  withPage(desktop, async (page) => {
    await page.locator(".pipeline").first().waitFor();
    const shown = await page.locator(".pipeline").evaluateAll((articles) =>
      articles.map((article) => ({
        heading: article.querySelector("h3").textContent.trim(),
        steps: Array.from(article.querySelectorAll("li"), (step) => [
          step.querySelector("strong").textContent,
          ...Array.from(step.querySelectorAll("code"), (code) => code.textContent),
        ]),
      })),
    );

    assert.deepEqual(shown, [
      {
        heading: "demo /demo/{item...} serves this stream",
        steps: [
          ["authenticate", "org.sluice.auth.shared-secret"],
          ["resolve", "org.sluice.media.files"],
          ["fetch"],
          ["rewrite", "org.sluice.manifest.hls"],
        ],
      },
      { heading: "admin /admin/**", steps: [["serve", "org.sluice.endpoint.admin"]] },
      { heading: "home /**", steps: [["serve", "org.sluice.endpoint.admin"]] },
    ]);
    await page.fill("#url", "/somewhere/else.m3u8");
    await page.press("#url", "Enter");
    await page.locator(".pipeline.used h3", { hasText: "home /**" }).waitFor();
    assert.equal(await page.locator(".pipeline.used").count(), 1);
  }));

test("says why a stream does not play, and plays the next one", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    const good = await page.inputValue("#url");
    const attempts = [
      ["/demo/clip/master.m3u8?token=wrong-token", "Playback stopped: manifestLoadError (status 401)."],
      [good.replace("master", "missing"), "Playback stopped: manifestLoadError (status 404)."],
      ["https://elsewhere.example/a.m3u8", "This page plays streams of this gateway only: give a path, such as /demo/clip/master.m3u8."],
      ["http://[", "This is no URL."],
    ];
    for (const [url, reason] of attempts) {
      await page.fill("#url", url);
      await page.click("#play");
      await page.waitForFunction((wanted) => document.querySelector("#status").textContent === wanted, reason);
    }
    const expected = page.complaints.filter((text) => /^console: Failed to load resource: .* 40[14] /.test(text));
    assert.deepEqual(page.complaints, expected); // the browser's own words on the two that were refused
    assert.equal(expected.length, 2);

    await page.fill("#url", good);
    await page.click("#play");
    await page.getByText("Playing through the gateway.").waitFor();
    await playsPast(page, 1);
  }));

test("leads the keyboard through the page in the order of reading", () =>
  withPage(desktop, async (page) => {
    await playsPast(page, 1);
    const order = [];
    const limit = 40; // the video's own controls are many stops
    for (let stops = 0; stops < limit; ++stops) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === document.body) return null;
        const outline = getComputedStyle(activeElement);
        return {
          name: activeElement.id || activeElement.className,
          marked: activeElement.tagName === "VIDEO" || (outline.outlineStyle === "solid" && parseFloat(outline.outlineWidth) >= 2),
        };
      });
      if (at === null || (order.length > 1 && at.name === order[0])) break;
      assert.ok(at.marked, `${at.name} shows no focus`);
      if (order.at(-1) !== at.name) order.push(at.name);
    }
    assert.deepEqual(order, ["url", "play", "video", "quality", "audio", "subtitles", "scroll"]);
    const names = await page.locator("input, select, button, [role=region]").evaluateAll((controls) =>
      controls.map((control) =>
        (control.labels?.[0] ?? document.getElementById(control.getAttribute("aria-labelledby")) ?? control).firstChild.textContent.trim()));
    assert.deepEqual(names, ["Stream on this gateway", "Play", "Quality", "Audio", "Subtitles", "What the player fetched"]);
  }));

test("fits a phone without scrolling sideways", () =>
  withPage(phone, async (page) => {
    await playsPast(page, 1);
    await page.locator("#requests tr").nth(5).waitFor();
    const wide = await page.evaluate(() => ({
      layout: document.documentElement.clientWidth,
      content: document.documentElement.scrollWidth,
      table: document.querySelector(".scroll").scrollWidth - document.querySelector(".scroll").clientWidth,
      beyond: Array.from(document.querySelectorAll("body *"))
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map((element) => element.id || element.tagName),
      low: Array.from(document.querySelectorAll("button, input, select"))
        .filter((element) => element.getBoundingClientRect().height < 40)
        .map((element) => element.id),
    }));

    assert.deepEqual(wide, { layout: 390, content: 390, table: 0, beyond: [], low: [] });
    assert.deepEqual(page.complaints, []);
  }));

/** Contrast of each text with what lies behind it (WCAG 2.1, 1.4.3): the texts below 4.5, and how light the page is. */
function measureContrast() {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { rgb, a } = parse(getComputedStyle(at).backgroundColor);
      if (a === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const poor = [];
  let texts = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    if (!(own || element.matches("input")) || !element.checkVisibility() || element.closest("script, noscript, option")) continue;
    const [low, high] = [luminance(parse(getComputedStyle(element).color).rgb), luminance(behind(element))].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    texts += 1;
    if (contrast < 4.5) poor.push(`${element.tagName} "${element.textContent.slice(0, 20)}": ${contrast.toFixed(2)}`);
  }
  return { texts, poor, ground: luminance(behind(document.body)) };
}

for (const [colorScheme, isRight] of [["light", (ground) => ground > 0.8], ["dark", (ground) => ground < 0.05]]) {
  test(`is legible in the ${colorScheme} scheme`, () =>
    withPage({ ...desktop, colorScheme }, async (page) => {
      await playsPast(page, 1);
      const { texts, poor, ground } = await page.evaluate(measureContrast);

      assert.ok(isRight(ground), `the ground's luminance is ${ground}`);
      assert.ok(texts > 40, `${texts} texts`);
      assert.deepEqual(poor, []);
      assert.deepEqual(page.complaints, []);
    }));
}
