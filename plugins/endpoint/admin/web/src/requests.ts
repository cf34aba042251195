// SPDX-License-Identifier: MIT
// What the browser really fetched, as its own measurements tell: caches and retries of the player included.

/** Rows kept: a live stream never ends. */
const kMaxRows = 200;

export class RequestList {
  private readonly kinds = new Map<string, string>();

  constructor(private readonly rows: HTMLElement) {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.add(entry as PerformanceResourceTiming);
    }).observe({ type: "resource", buffered: true });
  }

  /** What `url`, which will be fetched, holds. Without this word its ending tells. */
  expect(url: string, kind: string): void {
    if (this.kinds.size < kMaxRows) this.kinds.set(url, kind);
  }

  clear(): void {
    this.kinds.clear();
    this.rows.replaceChildren();
  }

  private add(entry: PerformanceResourceTiming): void {
    // The page's own parts are of other types; home.json is fetched before there is a player.
    if (!["xmlhttprequest", "fetch", "video", "audio"].includes(entry.initiatorType)) return;
    const name = new URL(entry.name).pathname.split("/").pop() ?? "";
    if (name === "home.json" || entry.name.startsWith("blob:")) return;
    const kind = this.kinds.get(entry.name) ?? (name.endsWith(".m3u8") ? "playlist" : "media");
    this.kinds.delete(entry.name);
    const row = document.createElement("tr");
    for (const text of [kind, name, entry.encodedBodySize.toLocaleString(), entry.duration.toFixed(1)]) {
      row.append(Object.assign(document.createElement("td"), { textContent: text }));
    }
    this.rows.prepend(row);
    if (this.rows.childElementCount > kMaxRows) this.rows.lastElementChild?.remove();
  }
}
