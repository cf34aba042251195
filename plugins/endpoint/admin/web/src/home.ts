// SPDX-License-Identifier: MIT
// What the gateway says of itself on /home.json.

export interface Component {
  name: string;
  kind: string;
  type: string;
  plugin: string;
  quarantined: boolean;
}

export interface Pipeline {
  name: string;
  match: { listeners: string[]; hosts: string[]; path: string; methods: string[] };
  steps: { step: string; components: Component[] }[];
}

export interface Home {
  stream: string;
  pipelines: Pipeline[];
}

export async function loadHome(): Promise<Home> {
  const answer = await fetch("home.json");
  if (!answer.ok) throw new Error(`home.json: status ${answer.status}`);
  return (await answer.json()) as Home;
}

/** "*" stands for any run of characters. */
function matchesHost(glob: string, host: string): boolean {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${glob.split("*").map(literal).join(".*")}$`).test(host);
}

/** Whether a GET of `url` would come to `pipeline`, as far as host, path and method tell. */
export function serves(pipeline: Pipeline, url: URL): boolean {
  const { hosts, methods, path } = pipeline.match;
  if (methods.length > 0 && !methods.includes("GET")) return false;
  if (hosts.length > 0 && !hosts.some((glob) => matchesHost(glob, url.hostname))) return false;
  const wanted = path.split("/").slice(1);
  const given = url.pathname.split("/").slice(1);
  for (let i = 0; i < wanted.length; ++i) {
    if (wanted[i] === "**") return true;
    if (wanted[i].endsWith("...}")) return given.slice(i).join("/") !== "";
    if (i >= given.length) return false;
    if (wanted[i].startsWith("{") ? given[i] === "" : wanted[i] !== given[i]) return false;
  }
  return wanted.length === given.length;
}
