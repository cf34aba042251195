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

/** Whether requests for `path` come to `pipeline`, as far as its template tells. */
export function serves(pipeline: Pipeline, path: string): boolean {
  const wanted = pipeline.match.path.split("/").slice(1);
  const given = path.split("/").slice(1);
  for (let i = 0; i < wanted.length; ++i) {
    if (wanted[i] === "**" || wanted[i].endsWith("...}")) return true;
    if (i >= given.length) return false;
    if (!wanted[i].startsWith("{") && wanted[i] !== given[i]) return false;
  }
  return wanted.length === given.length;
}
