// SPDX-License-Identifier: MIT
// Plays HLS with hls.js, or natively where the browser has no Media Source Extensions.
import Hls from "hls.js";

interface Choices {
  panel: HTMLElement;
  quality: HTMLSelectElement;
  audio: HTMLSelectElement;
  subtitles: HTMLSelectElement;
}

interface Outside {
  status(text: string): void;
  fetched(kind: string, name: string, bytes: number, milliseconds: number): void;
  choices: Choices;
}

function fill(select: HTMLSelectElement, entries: { label: string; value: number }[], chosen: number): void {
  select.replaceChildren(
    ...entries.map(({ label, value }) =>
      Object.assign(document.createElement("option"), { textContent: label, value: String(value), selected: value === chosen }),
    ),
  );
}

export class Player {
  private hls: Hls | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly outside: Outside,
  ) {
    video.addEventListener("playing", () => outside.status("Playing through the gateway."));
    video.addEventListener("ended", () => outside.status("The stream has ended."));
    video.addEventListener("error", () => {
      if (this.hls === null) outside.status(`The browser could not play it: ${video.error?.message ?? "unknown"}`);
    });
    outside.choices.quality.addEventListener("change", () => {
      if (this.hls) this.hls.currentLevel = Number(outside.choices.quality.value);
    });
    outside.choices.audio.addEventListener("change", () => {
      if (this.hls) this.hls.audioTrack = Number(outside.choices.audio.value);
    });
    outside.choices.subtitles.addEventListener("change", () => {
      if (this.hls) this.hls.subtitleTrack = Number(outside.choices.subtitles.value);
    });
  }

  play(url: string): void {
    this.hls?.destroy();
    this.hls = null;
    this.outside.choices.panel.hidden = true;
    this.outside.status("Opening…");
    if (Hls.isSupported()) {
      this.playWithHls(url);
    } else if (this.video.canPlayType("application/vnd.apple.mpegurl") !== "") {
      this.video.src = url;
      this.start();
    } else {
      this.outside.status("This browser plays no HLS.");
    }
  }

  private playWithHls(url: string): void {
    const hls = new Hls();
    this.hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.start());
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.showChoices(hls));
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => this.showChoices(hls));
    hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => this.showChoices(hls));
    hls.on(Hls.Events.FRAG_LOADED, (_, { frag }) => this.report("segment", frag.url, frag.stats));
    hls.on(Hls.Events.KEY_LOADED, (_, { frag }) => this.report("key", frag.decryptdata?.uri ?? "", frag.stats));
    hls.on(Hls.Events.LEVEL_LOADED, (_, { details, stats }) => this.report("playlist", details.url, stats));
    hls.on(Hls.Events.AUDIO_TRACK_LOADED, (_, { details, stats }) => this.report("playlist", details.url, stats));
    hls.on(Hls.Events.SUBTITLE_TRACK_LOADED, (_, { details, stats }) => this.report("playlist", details.url, stats));
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (!data.fatal) return;
      const code = data.response?.code;
      this.outside.status(`Playback stopped: ${data.details}${code ? ` (status ${code})` : ""}.`);
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }

  private start(): void {
    this.video.play().catch(() => this.outside.status("Press play to start."));
  }

  private report(kind: string, url: string, stats: { total: number; loaded: number; loading: { start: number; end: number } }): void {
    const name = url.split(/[?#]/)[0].split("/").pop() ?? "";
    this.outside.fetched(kind, name, stats.loaded || stats.total, stats.loading.end - stats.loading.start);
  }

  private showChoices(hls: Hls): void {
    const { panel, quality, audio, subtitles } = this.outside.choices;
    const levels = hls.levels.map((level, value) => ({ label: `${level.height}p`, value }));
    fill(quality, [{ label: "automatic", value: -1 }, ...levels], hls.autoLevelEnabled ? -1 : hls.currentLevel);
    fill(audio, hls.audioTracks.map((track, value) => ({ label: track.lang ?? track.name, value })), hls.audioTrack);
    const texts = hls.subtitleTracks.map((track, value) => ({ label: track.lang ?? track.name, value }));
    fill(subtitles, [{ label: "none", value: -1 }, ...texts], hls.subtitleTrack);
    panel.hidden = false;
  }
}
