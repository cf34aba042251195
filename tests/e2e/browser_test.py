# SPDX-License-Identifier: MIT
"""Real Chromium: the demo page of config/sluice.yaml, as it is shipped, and a stream of a real nginx through `route` and `hls`.

browser/*.test.mjs say what it has to do.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import harness
import play_test

BROWSER = pathlib.Path(__file__).resolve().parent / "browser"
CHROMIUM = os.environ.get("SLUICE_CHROMIUM", "/usr/bin/chromium")
WITHOUT_HLS = "SLUICE_CHROMIUM_WITHOUT_HLS"  # set where that browser is older than its own HLS player


class ShippedSluice(harness.Sluice):
    """A server on config/sluice.yaml itself; the plugins are those beside the executable."""

    def write_config(self, config):
        self.config = harness.SOURCE / "config/sluice.yaml"


def install_driver():
    """What the lock file names, unless all of it is there. Two tests may want that at one time."""
    lock_file = BROWSER / "package-lock.json"
    with lock_file.open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        packages = json.load(lock)["packages"]
        if not all(installed_version(place) == package.get("version") for place, package in packages.items() if place):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=BROWSER, check=True,
                           timeout=5 * harness.PATIENCE)


def installed_version(place):
    with contextlib.suppress(FileNotFoundError):
        return json.loads((BROWSER / place / "package.json").read_text(encoding="utf-8"))["version"]
    return None


def shortfall(said, passes, without_hls):
    """What is missing of so many tests, by what node's runner has `said`. Empty: nothing."""
    counts = {name: int(count) for name, count in re.findall(r"^\S+ (pass|skipped) (\d+)$", said, re.MULTILINE)}
    if counts.keys() != {"pass", "skipped"}:
        return "no word of how many tests passed"
    if counts["skipped"] > 0 and not without_hls:
        return f"{counts['skipped']} were skipped; for a browser that has no HLS player of its own set {WITHOUT_HLS}=1"
    if counts["pass"] == 0 or counts["pass"] + counts["skipped"] != passes:
        return f"{counts['pass']} passed and {counts['skipped']} were skipped of {passes}"
    return ""


# The page of config/sluice.yaml beside the stream of play_test.
ORIGIN_CONFIG = play_test.CONFIG.replace("components:\n", f"""components:
  home: {{{{kind: endpoint, type: home, config: {{{{stream: "{play_test.MASTER}"}}}}}}}}
""") + """  home:
    match: {{path: "/**", methods: [GET]}}
    steps: [{{serve: home}}]
"""


class ChromiumTest(harness.EndToEndTest):
    @classmethod
    def setUpClass(cls):
        for tool in (CHROMIUM, "node", "npm"):
            if shutil.which(tool) is None:
                raise AssertionError(f"{tool} is missing: ./dev test installs it")
        install_driver()
        cls.media = harness.clip()

    def run_in_browser(self, file, passes, **environment):
        """Runs the tests of one file, which are `passes`; prints what they said. Those of Chromium's own HLS player skip themselves
        where it has none: that is a failure too, unless WITHOUT_HLS is set. Chromium's profile goes with the test's folder."""
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        done = subprocess.run(
            ["node", file], cwd=BROWSER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **environment, "SLUICE_URL": f"http://127.0.0.1:{self.sluice.port}", "TMPDIR": str(temporary),
                 "SLUICE_CHROMIUM": CHROMIUM, "SLUICE_TEST_PATIENCE": str(harness.PATIENCE)})
        print(done.stdout, file=sys.stderr)
        self.assertEqual(done.returncode, 0, f"{file}: see above")
        self.assertEqual(shortfall(done.stdout, passes, bool(os.environ.get(WITHOUT_HLS))), "", file)


class ShortfallTest(unittest.TestCase):
    def test_a_run_counts_only_if_all_of_its_tests_passed(self):
        def run(passed, skipped, mark="#"):
            return f"{mark} tests {passed + skipped}\n{mark} pass {passed}\n{mark} fail 0\n{mark} skipped {skipped}\n"

        self.assertEqual(shortfall(run(3, 0), 3, False), "")
        self.assertEqual(shortfall(run(3, 0, "\u2139"), 3, False), "")
        self.assertEqual(shortfall(run(2, 1), 3, True), "")
        self.assertIn(WITHOUT_HLS, shortfall(run(2, 1), 3, False))
        self.assertEqual(shortfall(run(2, 0), 3, False), "2 passed and 0 were skipped of 3")
        self.assertEqual(shortfall(run(4, 0), 3, False), "4 passed and 0 were skipped of 3")
        self.assertEqual(shortfall(run(0, 3), 3, True), "0 passed and 3 were skipped of 3")
        self.assertEqual(shortfall("", 3, False), "no word of how many tests passed")


class OriginTest(ChromiumTest):
    def test_chromium_plays_a_stream_of_nginx_by_links_of_the_gateway(self):
        nginx = self.start_nginx(self.media)
        self.sluice = self.start(ORIGIN_CONFIG.format(origin=nginx.port))

        self.run_in_browser("origin.test.mjs", passes=1)

        asked = nginx.requested(at_least=6)
        for part in (r"/clip/master\.m3u8", r"/clip/\w+\.m3u8", r"/clip/[\w-]+\.ts", r"/clip/.*key.*"):
            self.assertTrue([path for path in asked if re.fullmatch(part, path)], f"{part} in {asked}")
        self.assertNotIn("letmein", " ".join(asked))
        requests = [entry for entry in self.sluice.log() if entry.get("message") == "request"]
        self.assertGreater(len([entry for entry in requests if entry["pipeline"] == "vod"]), 5)
        self.assertEqual([entry for entry in requests if int(entry["status"]) >= 400], [])


class DemoTest(ChromiumTest):
    def setUp(self):
        super().setUp()
        self.sluice = self.start("")

    def start(self, config, **keywords):
        place = self.folder / "server"
        place.mkdir()
        server = ShippedSluice(place, config, environment={
            "SLUICE_LISTEN": "127.0.0.1:0", "SLUICE_MEDIA": str(self.media)}, **keywords)
        self.addCleanup(self._end, server)
        return server

    def test_the_page_plays_the_demo_and_everybody_can_use_it(self):
        self.run_in_browser("page.test.mjs", passes=12)

        requests = [entry for entry in self.sluice.log() if entry.get("message") == "request"]
        self.assertGreater(len([entry for entry in requests if entry["pipeline"] == "demo"]), 50)
        self.assertEqual([entry for entry in requests if int(entry["status"]) >= 500], [])

    def test_the_browsers_own_player_plays_the_demo(self):
        self.run_in_browser("native.test.mjs", passes=3)

    def test_every_page_tells_a_head_request_what_it_would_send(self):
        assets = re.findall(r'(?:src|href)="\.(/assets/[^"]+)"', self.sluice.get("/").text)
        self.assertEqual(len(assets), 2)
        for path in ("/", "/home.json", *assets):
            whole, head = self.sluice.get(path), self.sluice.get(path, method="HEAD")
            self.assertEqual((head.status, head.body), (200, b""), path)
            self.assertEqual(head.headers["Content-Length"], str(len(whole.body)), path)
            self.assertIn("default-src 'none'", head.headers["Content-Security-Policy"], path)


if __name__ == "__main__":
    unittest.main()
