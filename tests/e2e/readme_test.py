# SPDX-License-Identifier: MIT
"""What README.md and the plugins' pages show does what they say: configurations load, commands run, the plugin builds."""

import os
import re
import socket
import subprocess
import unittest

import harness

from browser_test import ShippedSluice

README = harness.SOURCE / "README.md"
PAGES = [README, *sorted(harness.SOURCE.glob("plugins/*/*/README.md"))]


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def section(heading):
    return re.search(rf"^## {heading}\n(.*?)^## ", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE).group(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ReadmeTest(harness.EndToEndTest):
    def completed(self, block):
        """A part of a configuration as a whole one, with the files and folders that it names."""
        (self.folder / "secret").write_text("from-a-file-of-secrets", encoding="utf-8")
        (self.folder / "films").mkdir(exist_ok=True)
        block = re.sub(r"\$\{file:[^}]+\}", f"${{file:{self.folder}/secret}}", block)
        block = block.replace("root: /srv/films", f"root: {self.folder}/films")
        if not re.search("^listeners:", block, re.MULTILINE):
            block = 'listeners: {main: {address: "127.0.0.1:0"}}\n' + block
        if not re.search("^version:", block, re.MULTILINE):
            block = "version: 1\n" + block
        return block

    def test_every_configuration_loads(self):
        shown = [(page, block) for page in PAGES for block in blocks(page, "yaml")]
        self.assertGreaterEqual(len(shown), 9)
        for page, block in shown:
            with self.subTest(page=page.relative_to(harness.SOURCE)):
                path = self.folder / "shown.yaml"
                path.write_text(self.completed(block), encoding="utf-8")
                wanted = {name: "a-value-of-the-environment-as-long-as-a-key" for name in re.findall(r"\$\{(\w+)\}", block)}
                done = subprocess.run([harness.SERVER, "validate", "-c", path], env={**os.environ, **wanted},
                                      capture_output=True, text=True, timeout=harness.PATIENCE, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def start_demo(self):
        """What `./dev up` starts, on another port."""
        place = self.folder / "demo"
        place.mkdir()
        demo = ShippedSluice(place, "", environment={"SLUICE_LISTEN": "127.0.0.1:0", "SLUICE_MEDIA": str(harness.clip())})
        self.addCleanup(self._end, demo)
        return demo

    def test_the_first_pipeline_runs_by_the_commands_beside_it(self):
        demo, port = self.start_demo(), free_port()
        ports = {"127.0.0.1:8080": f"127.0.0.1:{demo.port}", "127.0.0.1:8090": f"127.0.0.1:{port}"}

        def here(text):
            for shown, used in ports.items():
                self.assertIn(shown, section("A first pipeline"))
                text = text.replace(shown, used)
            return text.replace("build/release/bin/sluice", str(harness.SERVER))

        text = section("A first pipeline")
        config = re.search(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE).group(1)
        commands = re.search(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE).group(1).splitlines()
        (self.folder / "first.yaml").write_text(here(config), encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if key != "FRIENDS_SECRET"}
        ran = []
        for command in commands:
            with self.subTest(command=command):
                words = here(command)
                if " serve " in command:
                    server = subprocess.Popen(["sh", "-c", f"exec {words}"], cwd=self.folder, env=environment,
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    self.addCleanup(server.wait)
                    self.addCleanup(server.terminate)
                    harness.wait_until(lambda: self.listens(port), "the first pipeline's server listens")
                    continue
                done = subprocess.run(["sh", "-c", words], cwd=self.folder, env=environment, capture_output=True,
                                      text=True, timeout=harness.PATIENCE, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                ran.append((command.split()[0].rpartition("/")[2], done.stdout))
        self.assertEqual([name for name, _ in ran], ["sluice", "sluice", "curl"])
        self.assertIn("#EXT-X-STREAM-INF", ran[-1][1])
        self.assertRegex(ran[-1][1], r"(?m)^/~/")
        self.assertNotIn("choose-a-secret", ran[1][1], "expand masks secrets")

    @staticmethod
    def listens(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except ConnectionRefusedError:
            return False

    def test_the_first_plugin_compiles_and_is_one(self):
        shown, = blocks(README, "cpp")
        (self.folder / "everybody.cpp").write_text(shown, encoding="utf-8")
        library = self.folder / "everybody.so"
        built = subprocess.run(
            ["g++-12", "-std=c++20", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror",
             f"-I{harness.SOURCE}/sdk/include", f"-Wl,--version-script={harness.SOURCE}/sdk/cmake/plugin.map", "-o", library, self.folder / "everybody.cpp"],
            capture_output=True, text=True, timeout=3 * harness.PATIENCE, check=False)
        self.assertEqual(built.returncode, 0, built.stderr)
        library.chmod(0o755)
        checked = subprocess.run([harness.SERVER, "check-plugin", library], capture_output=True, text=True,
                                 timeout=harness.PATIENCE, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


if __name__ == "__main__":
    unittest.main()
