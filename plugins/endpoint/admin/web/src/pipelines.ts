// SPDX-License-Identifier: MIT
// Draws the pipelines, and marks the one that a URL goes through (none while there is no URL).
import { serves, type Pipeline } from "./home";

function make(tag: string, className: string, ...content: (string | Node)[]): HTMLElement {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...content);
  return element;
}

function drawStep({ step, components }: Pipeline["steps"][number]): HTMLElement {
  const item = make("li", "", make("strong", "", step));
  if (components.length === 0) item.append(make("small", "", "part of the gateway"));
  for (const { name, type, plugin, quarantined } of components) {
    item.append(make("small", "", name === type ? name : `${name}, of type ${type}`), make("code", "", plugin));
    if (quarantined) item.append(make("small", "warning", "quarantined: it failed too often"));
  }
  return item;
}

export function drawPipelines(place: HTMLElement, pipelines: Pipeline[], url: URL | null): void {
  const used = url === null ? undefined : pipelines.find((pipeline) => serves(pipeline, url));
  place.replaceChildren(
    ...pipelines.map((pipeline) => {
      const heading = make("h3", "", pipeline.name, " ", make("code", "", pipeline.match.path));
      if (pipeline === used) heading.append(" ", make("span", "badge", "serves this stream"));
      const steps = make("ol", "", ...pipeline.steps.map(drawStep));
      return make("article", pipeline === used ? "pipeline used" : "pipeline", heading, steps);
    }),
  );
}
