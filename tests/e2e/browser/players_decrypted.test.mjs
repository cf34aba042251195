// SPDX-License-Identifier: MIT
// Streams that the gateway decrypts: players need no key, no licence server and no Encrypted Media Extensions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { asked, assertDecoded, hasOwnPlayer, mediaAnswers, playsPast, untilAsked, withPlayer } from "./players.mjs";

const ways = [
  { how: "DASH", path: "/dash/decrypted", players: ["Shaka", "dash.js"] },
  { how: "DASH as HLS", path: "/dash-as-hls/decrypted", players: ["hls.js", "Shaka", "Chromium"] },
];

let browser;
before(async () => (browser = await launch()));
after(async () => await browser?.close());

/** Init sections came without a word of encryption. */
async function assertCleared(page) {
  const inits = mediaAnswers(page).filter((answer) => new URL(answer.url()).pathname.endsWith("/init.mp4"));
  assert.ok(inits.length > 1);
  for (const init of inits) {
    const boxes = (await init.body()).toString("latin1");
    assert.match(boxes, /moov.*(avc1|mp4a)/s);
    assert.doesNotMatch(boxes, /encv|enca|sinf|pssh/);
  }
}

for (const scheme of ["cenc", "cbcs"]) {
  for (const { how, path, players } of ways) {
    for (const player of players) {
      test(`${player} plays ${how} that was encrypted by ${scheme}`, async (t) => {
        if (player === "Chromium" && !(await hasOwnPlayer(browser))) return t.skip("this browser has no HLS player of its own");
        const before = asked().length;
        await withPlayer(browser, player, `${path}/${scheme}/index.mpd?token=letmein-please`, async (page) => {
          await playsPast(page, 4.5); // segments are 2 s long

          await assertDecoded(page);
          await untilAsked(/\/[01]\/\d\.m4s$/, before, 3);
          await untilAsked(/\/2\/\d\.m4s$/, before, 3);
          if (player !== "Chromium") await assertCleared(page); // whose bodies cannot be had
        });
      });
    }
  }
}
