// SPDX-License-Identifier: MIT
// Debian's Chromium, driven by playwright-core, and pages that remember everything that went wrong in them.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** Where the gateway under test listens: "http://127.0.0.1:PORT". */
export const origin = new URL(process.env.SLUICE_URL ?? assert.fail("SLUICE_URL: want the gateway's URL")).origin;

/** How long a condition may stay false before it counts as never true. */
export const patience = 1000 * Number(process.env.SLUICE_TEST_PATIENCE ?? 60);

/** Starts Chromium with a profile of its own, which goes when the browser closes. Every name but the gateway's is unknown. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.SLUICE_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    timeout: patience,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/**
 * A page in a context of its own. `page.complaints` gathers console errors, uncaught exceptions, violations of the
 * content security policy, failed media elements, and requests that are not to the gateway; `page.answers` every answer.
 */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.complaints = [];
  page.answers = [];
  await page.exposeFunction("complain", (text) => page.complaints.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      window.complain(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    addEventListener(
      "error",
      ({ target }) => {
        if (target instanceof HTMLMediaElement) window.complain(`media: ${target.error?.code} ${target.error?.message}`);
      },
      true,
    );
  });
  page.on("pageerror", (error) => page.complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  // Requests of workers and of the browser's own players are the context's.
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (["http:", "https:"].includes(url.protocol) ? url.origin !== origin : !["blob:", "data:"].includes(url.protocol)) {
      page.complaints.push(`foreign request: ${request.url()}`);
    }
  });
  context.on("response", (response) => page.answers.push(response));
  return page;
}

/** Opens the gateway's page and waits until its player is `seconds` in: the pictures are there, and moved. */
export async function playPast(browser, seconds) {
  const page = await openPage(browser);
  await page.goto(`${origin}/`);
  await page.waitForFunction((past) => document.querySelector("video")?.currentTime > past, seconds);
  const state = await page.evaluate(() => {
    const video = document.querySelector("video");
    return { error: video.error?.message ?? null, wide: video.videoWidth > 0, frames: video.getVideoPlaybackQuality().totalVideoFrames > 25 };
  });
  assert.deepEqual(state, { error: null, wide: true, frames: true });
  return page;
}

/** Answers for paths that end in these whole segments, such as a file's name, in the order in which they came. */
export function answersFor(page, name) {
  return page.answers.filter((answer) => new URL(answer.url()).pathname.endsWith(`/${name}`));
}

/** Polls `condition`, a function of this process, until it answers something true, and answers that. */
export async function until(condition, what) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    assert.ok(Date.now() < deadline, `waited ${patience / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
