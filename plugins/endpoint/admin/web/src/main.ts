// SPDX-License-Identifier: MIT
import { loadHome, type Home } from "./home";
import { drawPipelines } from "./pipelines";
import { Player } from "./player";
import { RequestList } from "./requests";

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

const urlField = element<HTMLInputElement>("url");
const status = element("status");
const requests = new RequestList(element("requests"));
const player = new Player(element<HTMLVideoElement>("video"), {
  status: (text) => (status.textContent = text),
  fetches: (url, kind) => requests.expect(url, kind),
  choices: {
    panel: element("choices"),
    quality: element<HTMLSelectElement>("quality"),
    audio: element<HTMLSelectElement>("audio"),
    subtitles: element<HTMLSelectElement>("subtitles"),
  },
});

function play(home: Home): void {
  let url: URL;
  try {
    url = new URL(urlField.value, location.href);
  } catch {
    status.textContent = "This is no URL.";
    return;
  }
  if (url.origin !== location.origin) {
    status.textContent = "This page plays streams of this gateway only: give a path, such as /demo/clip/master.m3u8.";
    return;
  }
  element("path").hidden = home.pipelines.length === 0;
  drawPipelines(element("pipelines"), home.pipelines, url);
  requests.clear();
  player.play(url.href);
}

async function start(): Promise<void> {
  const home = await loadHome();
  urlField.value = home.stream;
  element<HTMLFormElement>("open").addEventListener("submit", (event) => {
    event.preventDefault();
    play(home);
  });
  if (home.stream !== "") {
    play(home);
  } else if (home.pipelines.length > 0) {
    element("path").hidden = false;
    drawPipelines(element("pipelines"), home.pipelines, null);
  }
}

start().catch((error: unknown) => {
  status.textContent = `This page could not start: ${error instanceof Error ? error.message : String(error)}`;
});
