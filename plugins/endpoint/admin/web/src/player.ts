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
  /** `url` is about to be fetched, and is of this kind. */
  fetches(url: string, kind: string): void;
  choices: Choices;
}

interface Choice {
  label: string;
  value: number;
}

/** A choice of one is none: the label goes with it. Entries that stay are not made again, so an open list stays open. */
function fill(select: HTMLSelectElement, entries: Choice[], chosen: number): void {
  const label = select.closest("label");
  if (label) label.hidden = entries.length < 2;
  const held = Array.from(select.options, (option) => option.label);
  if (held.join("\n") !== entries.map((entry) => entry.label).join("\n")) {
    select.replaceChildren(...entries.map((entry) => new Option(entry.label, String(entry.value))));
  }
  select.value = String(chosen);
}

/** "German" for "de"; what the playlist calls it when the language is unknown or there twice. */
function nameTracks(tracks: { lang?: string; name: string }[]): Choice[] {
  const names = new Intl.DisplayNames(undefined, { type: "language" });
  const languages = tracks.map(({ lang }) => {
    try {
      return lang ? (names.of(lang) ?? lang) : "";
    } catch {
      return lang ?? ""; // not a language tag
    }
  });
  return tracks.map(({ name }, value) => {
    const language = languages[value];
    if (language === "") return { label: name, value };
    const again = languages.indexOf(language) !== languages.lastIndexOf(language);
    return { label: again ? `${language} (${name})` : language, value };
  });
}

export class Player {
  private hls: Hls | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly outside: Outside,
  ) {
    const { quality, audio, subtitles } = outside.choices;
    video.addEventListener("playing", () => outside.status("Playing through the gateway."));
    video.addEventListener("ended", () => outside.status("The stream has ended."));
    video.addEventListener("error", () => {
      if (this.hls === null) outside.status(`The browser could not play it: ${video.error?.message || "no reason given"}`);
    });
    quality.addEventListener("change", () => {
      if (this.hls) this.hls.currentLevel = Number(quality.value);
    });
    audio.addEventListener("change", () => {
      if (this.hls) this.hls.audioTrack = Number(audio.value);
    });
    subtitles.addEventListener("change", () => {
      if (this.hls) this.hls.subtitleTrack = Number(subtitles.value);
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
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.showChoices(hls);
      this.start();
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.showChoices(hls));
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => this.showChoices(hls));
    hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => this.showChoices(hls));
    hls.on(Hls.Events.FRAG_LOADING, (_, { frag }) =>
      this.outside.fetches(frag.url, frag.type === "subtitle" ? "subtitles" : "segment"),
    );
    hls.on(Hls.Events.KEY_LOADING, (_, { frag }) => {
      if (frag.decryptdata?.uri) this.outside.fetches(frag.decryptdata.uri, "key");
    });
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (!data.fatal) return;
      const code = data.response?.code;
      this.outside.status(`Playback stopped: ${data.details}${code ? ` (status ${code})` : ""}.`);
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }

  private start(): void {
    this.video.play().catch((error: unknown) => {
      const mayNot = error instanceof DOMException && error.name === "NotAllowedError";
      if (mayNot) this.outside.status("Press play to start.");
    });
  }

  private showChoices(hls: Hls): void {
    const { panel, quality, audio, subtitles } = this.outside.choices;
    const levels = hls.levels.map(({ height, bitrate }, value) => {
      const rate = `${(bitrate / 1e6).toFixed(1)} Mbit/s`;
      return { label: height > 0 ? `${height}p, ${rate}` : rate, value };
    });
    fill(quality, [{ label: "automatic", value: -1 }, ...levels], hls.manualLevel);
    fill(audio, nameTracks(hls.audioTracks), hls.audioTrack);
    fill(subtitles, [{ label: "none", value: -1 }, ...nameTracks(hls.subtitleTracks)], hls.subtitleTrack);
    panel.hidden = false;
  }
}
