# SPDX-License-Identifier: MIT
"""What /metrics says is in order for Prometheus' own linter, in a server that has seen a bit of everything."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

import harness

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{origin}"]}}
components:
  friends: {{kind: auth, type: shared-secret, config: {{secrets: [{{name: friend, secret: open-sesame}}]}}}}
  clips: {{kind: media, type: files, config: {{root: "{root}"}}}}
  hls: {{kind: manifest, type: hls}}
  admin: {{kind: endpoint, type: admin, config: {{token: admin-of-the-test}}}}
pipelines:
  vod:
    match: {{path: "/vod/**"}}
    steps:
      - {{authenticate: friends}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{origin}", strip_prefix: /vod}}}}
      - {{fetch: {{cache: true}}}}
      - {{rewrite: hls}}
  private: {{match: {{path: /private}}, steps: [{{resolve: {{type: route, origin: "http://10.0.0.1"}}}}, {{fetch: {{}}}}]}}
  files:
    match: {{path: "/files/{{item...}}", methods: [GET]}}
    steps: [{{resolve: {{use: clips, item: "{{item}}"}}}}, {{fetch: {{}}}}]
  admin: {{match: {{path: "/admin/**"}}, steps: [{{serve: admin}}]}}
"""


class MetricsTest(harness.EndToEndTest):
    def play(self):
        """A server after some traffic, good and bad."""
        root = self.make_media(film=b"x" * 100_000)
        (root / "list.m3u8").write_text("#EXTM3U\n#EXTINF:4,\nfilm.mp4\n#EXT-X-ENDLIST\n", encoding="utf-8")
        nginx = self.start_nginx(root)
        bad = pathlib.Path(os.environ["SLUICE_BAD_PLUGINS"]) / "no_section.so"
        sluice = self.start(CONFIG.format(origin=nginx.port, root=root),
                            plugins=f"{harness.PLUGINS}, files: [{bad}]")
        friend = {"Authorization": "Bearer open-sesame"}
        playlist = sluice.get("/vod/list.m3u8", headers=friend)
        self.assertEqual(playlist.status, 200)
        (link,) = re.findall(r"^/~/\S+$", playlist.text, re.MULTILINE)
        self.assertEqual(sluice.get(link).body, b"x" * 100_000)
        for path, status in (("/vod/list.m3u8", 401), ("/nowhere", 404), ("/private", 403),
                             ("/files/film.mp4", 200), ("/files/none", 404)):
            self.assertEqual(sluice.get(path).status, status, path)
        self.assertEqual(sluice.get("/files/film.mp4", method="POST").status, 405)
        sluice.signal(signal.SIGHUP)
        sluice.wait_for_log("configuration reloaded")
        return sluice

    def test_promtool_has_nothing_to_say_against_it(self):
        promtool = shutil.which("promtool")
        self.assertIsNotNone(promtool, "the Debian package prometheus has it")
        scraped = self.play().get("/metrics").text

        done = subprocess.run([promtool, "check", "metrics"], input=scraped, capture_output=True, text=True, check=False,
                              timeout=harness.PATIENCE)

        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_every_metric_is_described_in_the_manual(self):
        scraped = self.play().get("/metrics").text

        manual = (harness.SOURCE / "docs/operating.md").read_text(encoding="utf-8")
        families = re.findall(r"^# TYPE (\S+)", scraped, re.MULTILINE)
        self.assertGreater(len(families), 30)
        self.assertEqual([name for name in families
                          if f"`{name}`" not in manual and not name.startswith(("process_", "sluice_plugin_"))], [])
        described = re.findall(r"^\| `(sluice_[a-z_]+)` \|", manual, re.MULTILINE)
        self.assertEqual([name for name in described if name not in families],
                         ["sluice_resumes_total",  # no body broke off
                          "sluice_cache_up", "sluice_cache_errors_total", "sluice_cache_seconds"])  # no shared cache


if __name__ == "__main__":
    unittest.main()
