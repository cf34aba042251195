// SPDX-License-Identifier: MIT
// hls.js, Shaka, dash.js and Chromium's own player, each on a bare page of the gateway's, and what its upstream was asked for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openPage, origin, until } from "./browser.mjs";

const accessLog = process.env.SLUICE_ORIGIN_LOG ?? assert.fail("SLUICE_ORIGIN_LOG: want the origin's access log");

/**
 * What each player is: its script, and how it starts. `start` runs in the page and sets `window.player`: `hear` and
 * `read` choose a language of sound and of subtitles.
 */
const players = {
  "hls.js": {
    script: "hls.js/dist/hls.min.js",
    start: (url) => {
      const video = document.querySelector("video");
      const hls = new Hls();
      // What it says of itself and is nobody's fault: it waits on a busy machine, the clip's MPEG-TS begins a little after
      // 0, and whoever seeks back may have a segment loaded in another quality while it is there.
      const harmless =
        /^(bufferStalledError|bufferNudgeOnStall|bufferAppendNoProgress) |^bufferSeekOverHole .* seeking from 0(\.0\d*)? to 0\.\d+$/;
      hls.on(Hls.Events.ERROR, (_, { details, fatal, error, frag }) => {
        const said = `${details} ${error?.message}`;
        if (fatal || !harmless.test(said)) complain(`hls.js: ${said} (${frag?.type} ${frag?.sn})`);
      });
      const choose = (tracks, language) => tracks.findIndex(({ lang }) => lang?.startsWith(language));
      window.player = {
        hear: (language) => (hls.audioTrack = choose(hls.audioTracks, language)),
        read: (language) => (hls.subtitleTrack = choose(hls.subtitleTracks, language)),
        isLowLatency: () => hls.lowLatencyMode && hls.latestLevelDetails.canBlockReload,
      };
      hls.loadSource(url);
      hls.attachMedia(video);
      video.play().catch((error) => complain(`play: ${error}`));
    },
  },
  Shaka: {
    script: "shaka-player/dist/shaka-player.compiled.js",
    start: (url) => {
      const video = document.querySelector("video");
      shaka.polyfill.installAll();
      const shakaPlayer = new shaka.Player();
      const report = (error) => complain(`Shaka: ${error.code ?? error} ${error.data}`);
      shakaPlayer.addEventListener("error", ({ detail }) => report(detail));
      const choose = (tracks, wanted) => tracks.find(({ language }) => language.startsWith(wanted));
      window.player = {
        hear: (language) => shakaPlayer.selectAudioTrack(choose(shakaPlayer.getAudioTracks(), language)),
        read: (language) => shakaPlayer.selectTextTrack(choose(shakaPlayer.getTextTracks(), language)),
      };
      // It goes by the end of the name, where it is not told.
      const type = new URL(url).pathname.startsWith("/dash-as-hls/") ? "application/vnd.apple.mpegurl" : undefined;
      shakaPlayer.attach(video).then(() => shakaPlayer.load(url, null, type)).then(() => video.play()).catch(report);
    },
  },
  "dash.js": {
    script: "dashjs/dist/modern/umd/dash.all.min.js",
    start: (url) => {
      const video = document.querySelector("video");
      const dash = dashjs.MediaPlayer().create();
      dash.on(dashjs.MediaPlayer.events.ERROR, ({ error }) => complain(`dash.js: ${error?.code} ${error?.message}`));
      const choose = (kind, language) => dash.getTracksFor(kind).findIndex(({ lang }) => lang?.startsWith(language));
      window.player = {
        hear: (language) => dash.setCurrentTrack(dash.getTracksFor("audio")[choose("audio", language)]),
        read: (language) => dash.setTextTrack(choose("text", language)),
      };
      dash.initialize(video, url, true);
    },
  },
  Chromium: {
    start: (url) => {
      const video = document.querySelector("video");
      video.src = url;
      video.play().catch((error) => complain(`play: ${error}`));
    },
  },
};

const blank =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A player</title><video controls></video>';

/**
 * Plays `path` of the gateway, hands the page to `body`, and closes it. Nothing may have gone wrong then, all but `path`
 * came by links of the gateway, and the player was not asked to decrypt anything.
 */
export async function withPlayer(browser, name, path, body) {
  const page = await openPage(browser);
  try {
    await page.route("**/players/page", (route) => route.fulfill({ contentType: "text/html", body: blank }));
    await page.addInitScript(() => {
      addEventListener("encrypted", () => window.complain("encrypted media"), true);
      navigator.requestMediaKeySystemAccess = (system) => {
        window.complain(`asked for ${system}`);
        return Promise.reject(new DOMException("not here", "NotSupportedError"));
      };
    });
    await page.goto(`${origin}/players/page`);
    if (players[name].script) await page.addScriptTag({ path: `node_modules/${players[name].script}` });
    await page.evaluate(players[name].start, `${origin}${path}`);
    await body(page);
    assertByLinks(page, path);
    assert.deepEqual(page.complaints, []); // requests to any other server among them
  } catch (error) {
    if (page.complaints.length > 0) error.message += `\nthe page complained: ${page.complaints.join("; ")}`;
    error.message += `\nthe video: ${JSON.stringify(await page.evaluate(describeVideo).catch(String))}`;
    throw error;
  } finally {
    await page.context().close();
  }
}

function describeVideo() {
  const { currentTime, duration, paused, ended, seeking, readyState, playbackRate, buffered } = document.querySelector("video");
  const ranges = Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
  return { currentTime, duration, paused, ended, seeking, readyState, playbackRate, buffered: ranges };
}

/** Whether Chromium has an HLS player of its own. */
export async function hasOwnPlayer(browser) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(() => document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "");
  } finally {
    await page.close();
  }
}

/** The answers with what the stream consists of, playlists included. */
export function mediaAnswers(page) {
  const own = `${origin}/players/`;
  return page.answers.filter((answer) => answer.url().startsWith("http") && !answer.url().startsWith(own));
}

function assertByLinks(page, path) {
  const elsewhere = mediaAnswers(page).map((answer) => new URL(answer.url()))
    .filter(({ pathname, search }) => !/^\/~\/[A-Za-z0-9_-]+\//.test(pathname) && pathname + search !== path);
  assert.deepEqual(elsewhere.map(String), []);
  assert.ok(mediaAnswers(page).length > 2);
}

export const playsPast = (page, seconds) =>
  page.waitForFunction((wanted) => document.querySelector("video").currentTime > wanted, seconds);

/** From the start again, however far it got meanwhile. */
export const rewind = (page) =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    video.currentTime = 0;
    video.play().catch((error) => complain(`play: ${error}`));
  });

/** Pictures were decoded and none was broken; there was sound. */
export async function assertDecoded(page) {
  const state = await page.evaluate(() => {
    const video = document.querySelector("video");
    const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      error: video.error?.message ?? null,
      wide: video.videoWidth > 0,
      frames: totalVideoFrames > 25,
      corrupted: corruptedVideoFrames,
      sound: video.webkitAudioDecodedByteCount > 0,
    };
  });
  assert.deepEqual(state, { error: null, wide: true, frames: true, corrupted: 0, sound: true });
}

/**
 * What the origin was asked for, in order: `{path, query, status, held}`, the last of low_latency_origin.py alone. It may
 * write that down after it has answered.
 */
export function asked() {
  const log = readFileSync(accessLog, "utf8");
  return Array.from(log.matchAll(/"GET (\S+) HTTP[^"]*" (\d+) \d+( held)?/g), ([, target, status, held]) => {
    const { pathname, searchParams } = new URL(target, "http://origin");
    return { path: pathname, query: searchParams, status: Number(status), held: held !== undefined };
  });
}

/** Waits until the origin, after its first `since` requests, was asked for `count` different paths like `pattern`. */
export const untilAsked = (pattern, since, count = 1) =>
  until(() => new Set(asked().slice(since).map(({ path }) => path).filter((path) => pattern.test(path))).size >= count,
    `${count} requests like ${pattern}`);
