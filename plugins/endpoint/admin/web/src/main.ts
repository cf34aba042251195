// SPDX-License-Identifier: MIT
import { loadHome, serves, type Home } from "./home";
import { Player } from "./player";

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

const urlField = element<HTMLInputElement>("url");
const status = element("status");
const player = new Player(element<HTMLVideoElement>("video"), {
  status: (text) => (status.textContent = text),
  fetched: (kind, name, bytes, milliseconds) => addRequest(kind, name, bytes, milliseconds),
  choices: {
    panel: element("choices"),
    quality: element<HTMLSelectElement>("quality"),
    audio: element<HTMLSelectElement>("audio"),
    subtitles: element<HTMLSelectElement>("subtitles"),
  },
});

function addRequest(kind: string, name: string, bytes: number, milliseconds: number): void {
  const row = document.createElement("tr");
  for (const text of [kind, name, bytes.toLocaleString(), milliseconds.toFixed(1)]) {
    row.append(Object.assign(document.createElement("td"), { textContent: text }));
  }
  element("requests").prepend(row);
}

function showPipelines(home: Home): void {
  const path = new URL(urlField.value, location.href).pathname;
  const used = home.pipelines.find((pipeline) => serves(pipeline, path));
  const list = element("pipelines");
  list.replaceChildren();
  for (const pipeline of home.pipelines) {
    const block = document.createElement("div");
    block.className = "pipeline";
    const heading = document.createElement("h3");
    heading.textContent = pipeline.name + " ";
    heading.append(Object.assign(document.createElement("code"), { textContent: pipeline.match.path }));
    if (pipeline === used) heading.append(" (serves this stream)");
    const steps = document.createElement("ol");
    for (const step of pipeline.steps) {
      const item = document.createElement("li");
      if (pipeline === used) item.className = "used";
      item.textContent = step.step;
      for (const component of step.components) {
        const detail = `${component.name}: ${component.type} (${component.plugin})`;
        item.append(Object.assign(document.createElement("small"), { textContent: detail }));
      }
      steps.append(item);
    }
    block.append(heading, steps);
    list.append(block);
  }
}

async function start(): Promise<void> {
  const home = await loadHome();
  urlField.value = home.stream;
  element<HTMLFormElement>("open").addEventListener("submit", (event) => {
    event.preventDefault();
    showPipelines(home);
    player.play(urlField.value);
  });
  showPipelines(home);
  if (home.stream !== "") player.play(home.stream);
}

start().catch((error: unknown) => {
  status.textContent = `This page could not start: ${error instanceof Error ? error.message : String(error)}`;
});
