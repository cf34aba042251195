// SPDX-License-Identifier: MIT
// Streams on demand, in all shapes, in every player that knows their kind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { asked, assertDecoded, hasOwnPlayer, mediaAnswers, playsPast, rewind, untilAsked, withPlayer } from "./players.mjs";

const hls = ["hls.js", "Shaka", "Chromium"];
const dash = ["Shaka", "dash.js"];

/**
 * `segments`: their length in seconds. `asks`: paths that the origin is asked for. `german`: those of the other language;
 * `cue`: what the subtitles say. `ranges`: whether the media is had in parts of files.
 */
const segments = 2;
const cue = /^Second \d+ of \d+$/;
const chunks = { asks: [/\/chunk-stream[01]-\d+\.m4s$/], german: /\/chunk-stream3-\d+\.m4s$/ };
const parts = { asks: [/\/index-stream[01]\.mp4$/], german: /\/index-stream3\.mp4$/, ranges: true };
const streams = [
  { name: "MPEG-TS with AES-128", path: "/hls/clip/master.m3u8", players: hls, segments: 4,
    asks: [/\/clip\.key$/, /\/(large|small)-\d+\.ts$/], german: /\/deutsch-\d+\.ts$/, cue },
  { name: "fMP4", path: "/hls/fmp4/master.m3u8", players: hls, segments,
    asks: [/\/init-(large|small)\.mp4$/, /\/(large|small)\d+\.m4s$/], german: /\/deutsch\d+\.m4s$/ },
  { name: "byte ranges of MPEG-TS", path: "/hls/ts-ranges/master.m3u8", players: hls, segments,
    asks: [/\/(large|small)\.ts$/], german: /\/deutsch\.ts$/, ranges: true },
  { name: "byte ranges of fMP4", path: "/hls/fmp4-ranges/master.m3u8", players: hls, segments,
    asks: [/\/(large|small)\.m4s$/], german: /\/deutsch\.m4s$/, ranges: true },
  { name: "DASH with a timeline", path: "/dash/timeline/index.mpd", players: dash, segments, ...chunks, cue },
  { name: "DASH by numbers", path: "/dash/number/index.mpd", players: dash, segments, ...chunks },
  { name: "DASH with a list", path: "/dash/list/index.mpd", players: dash, segments, ...chunks },
  { name: "DASH with a list of ranges", path: "/dash/ranges/index.mpd", players: dash, segments, ...parts },
  { name: "DASH with an index", path: "/dash/base/index.mpd", players: dash, segments, ...parts },
  { name: "DASH with a timeline as HLS", path: "/dash-as-hls/timeline/index.mpd", players: hls, segments, ...chunks, cue },
  { name: "DASH with an index as HLS", path: "/dash-as-hls/base/index.mpd", players: hls, segments, ...parts },
];

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

/** In the other language: from here, and from the start on. */
async function hearsGerman(page, german) {
  const before = asked().length;
  const here = await page.evaluate(() => {
    window.player.hear("de");
    return document.querySelector("video").currentTime;
  });
  await untilAsked(german, before);
  await page.waitForFunction((then) => {
    const { currentTime, ended } = document.querySelector("video");
    return ended || currentTime > then + 0.2;
  }, here);
  await rewind(page);
}

async function readsSubtitles(page, cue) {
  await page.evaluate(() => window.player.read("en"));
  await rewind(page);
  const shown = await page.waitForFunction(() => {
    const track = Array.from(document.querySelector("video").textTracks).find(({ mode }) => mode === "showing");
    return track?.activeCues?.[0]?.text;
  });
  assert.match(await shown.jsonValue(), cue);
}

/** Of the answers with media, not of those with playlists and text. */
function assertRanges(page) {
  const media = mediaAnswers(page).filter((answer) => /\.(ts|m4s|mp4)$/.test(new URL(answer.url()).pathname));
  assert.ok(media.length > 3);
  assert.deepEqual(media.filter((answer) => answer.status() !== 206).map((answer) => answer.url()), []);
}

for (const { name, path, players, segments, asks, german, cue, ranges } of streams) {
  for (const player of players) {
    test(`${player} plays ${name}`, async (t) => {
      if (player === "Chromium" && !(await hasOwnPlayer(browser))) return t.skip("this browser has no HLS player of its own");
      const before = asked().length;
      await withPlayer(browser, player, `${path}?token=letmein-please`, async (page) => {
        await playsPast(page, 1);
        if (player !== "Chromium") { // which offers no choice to scripts
          await hearsGerman(page, german);
          if (cue) await readsSubtitles(page, cue);
        }
        await playsPast(page, 2 * segments + 0.5);

        await assertDecoded(page);
        for (const pattern of asks) await untilAsked(pattern, before);
        if (ranges && player !== "Chromium") assertRanges(page);
      });
    });
  }
}
