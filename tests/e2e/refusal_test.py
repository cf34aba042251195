# SPDX-License-Identifier: MIT
"""Bad input: a clear message, exit code 2, nothing started halfway."""

import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import unittest

import harness

BAD = pathlib.Path(os.environ["SLUICE_BAD_PLUGINS"])
FILES = "{p: {match: {path: '/{item}'}, steps: [{resolve: m, item: '{item}'}, {fetch: {}}]}}"


class RefusalTest(harness.EndToEndTest):
    plugins = harness.PLUGINS

    def run_server(self, command, path, *prefix):
        return subprocess.run([*prefix, harness.SERVER, command, "-c", str(path)], cwd=self.folder, capture_output=True,
                              text=True, timeout=harness.PATIENCE, check=False)

    def native(self, pipelines="{}", components="{}", listeners='{main: {address: "127.0.0.1:0"}}', more="",
               plugins=None, state="database: 'sqlite:var/sluice.db'"):
        return (f"version: 1\nplugins: {{directory: {plugins or self.plugins}}}\nlisteners: {listeners}\n"
                f"components: {components}\npipelines: {pipelines}\nstate: {{{state}}}\n{more}")

    def write(self, text, name="sluice.yaml"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def as_nobody(self):
        """What to put before a command so that it runs as somebody who may not do everything, in a folder open to all."""
        self.folder.chmod(0o755)
        if os.getuid() != 0:
            return ()
        self.plugins = self.folder / "plugins"  # the tree may lie where nobody else may look
        self.plugins.mkdir()
        for name in ("auth-shared-secret.so", "media-files.so"):
            shutil.copy(pathlib.Path(harness.PLUGINS) / name, self.plugins)
        nobody = pwd.getpwnam("nobody")
        return ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")

    def closed_folder(self):
        """A folder to take permissions from."""
        closed = self.folder / "closed"
        closed.mkdir()
        self.addCleanup(closed.chmod, 0o700)
        return closed

    def assert_refused(self, path, *wanted, commands=("serve", "validate"), prefix=()):
        """`wanted`: regular expressions, each for a whole line of what is said. There are no other lines."""
        before = self.tree()
        for command in commands:
            with self.subTest(command=command, path=path):
                done = self.run_server(command, path, *prefix)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, "")
                lines = done.stderr.splitlines()
                self.assertEqual(len(lines), len(wanted), done.stderr)
                for line, pattern in zip(lines, wanted, strict=True):
                    self.assertRegex(line, f"^{pattern}$")
        self.assertEqual(self.tree(), before, "something was left behind")

    def tree(self):
        return sorted(str(path) for path in self.folder.rglob("*"))

    def test_a_file_that_is_missing_or_empty(self):
        self.assert_refused(self.folder / "missing.yaml", r"/\S+/missing\.yaml: No such file or directory")
        for text in ("", "\n", "# nothing\n", "---\n"):
            empty = self.write(text)
            self.assert_refused(empty, rf"{empty}: is empty; want at least `version` and `listeners`")
        pipe = self.folder / "pipe.yaml"
        os.mkfifo(pipe)
        self.assert_refused(pipe, rf"{pipe}: is no regular file")

    def test_a_bad_env_file_hides_nothing_else(self):
        path = self.write(self.native(more="logg: {}\n"))
        for command in ("serve", "validate"):
            done = subprocess.run([harness.SERVER, command, "-c", path, "--env-file", self.folder / "missing.env"],
                                  capture_output=True, text=True, timeout=harness.PATIENCE, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, rf"missing\.env: .*No such file.*\n(?:.*\n)*{path}:7: /logg: |"
                                          rf"{path}:7: /logg: .*\n(?:.*\n)*.*missing\.env: ")

    def test_a_plugin_cache_of_somebody_else_is_said_once(self):
        cache = self.folder / "cache"
        cache.mkdir()
        cache.chmod(0o777)  # so that others may put files there
        path = self.write(self.native(components="{x: {kind: auth, type: shared-secret}}"))
        done = subprocess.run([harness.SERVER, "serve", "-c", path], capture_output=True, text=True, check=False,
                              timeout=harness.PATIENCE, env={**os.environ, "SLUICE_PLUGIN_CACHE": str(cache)})
        self.assertEqual(done.returncode, 2, done.stderr)
        refused, fault = done.stderr.splitlines()
        self.assertEqual(json.loads(refused)["reason"], "cache")
        self.assertRegex(fault, rf'{path}:4: /components/x: unknown auth type "shared-secret".*{cache}')

    def test_syntax_that_is_not_yaml(self):
        for text in ("version: 1\nlisteners: [1, 2", "version: 1\nlisteners: [1, 2\n"):
            path = self.write(text)
            self.assert_refused(path, rf"{path}:2: YAML: end of sequence flow not found")
        path = self.write("version: 1\nlisteners: {a: 'b\n")
        self.assert_refused(path, rf"{path}:2: a quote that is opened here is not closed")

    def test_unknown_keys_and_wrong_types_are_all_shown(self):
        path = self.write(self.native(more="server: {workers: many, wrkers: 4}\nupstreem: {}\n"))
        self.assert_refused(path, rf'{path}:7: /server/workers: want a whole number .*, found "many"',
                            rf"{path}:7: /server/wrkers: unknown key.*", rf"{path}:8: /upstreem: unknown key.*")

    def test_a_component_that_is_unknown_or_of_an_unknown_type_or_kind(self):
        path = self.write(self.native("{a: {steps: [{serve: ghost}]}}"))
        self.assert_refused(path, rf"{path}:5: /pipelines/a/steps/0/serve: .*`ghost`.*")
        path = self.write(self.native(components="{x: {kind: auth, type: no-such-type}}"))
        self.assert_refused(path, rf'{path}:4: /components/x: unknown auth type "no-such-type".*')
        path = self.write(self.native(components="{y: {kind: nonsense, type: z}}"))
        self.assert_refused(path, rf"{path}:4: /components/y/kind: .*nonsense.*")

    def test_a_configuration_that_its_component_refuses(self):
        path = self.write(self.native(components="{x: {kind: auth, type: shared-secret, config: {secrt: a}}}"))
        done = self.run_server("serve", path)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, rf"{path}:4: /components/x/config/secrt: unknown key")

    def test_a_pipeline_without_a_step_that_replies(self):
        for steps in ("[]", "[{resolve: {type: route, origin: 'http://h'}}]"):
            path = self.write(self.native(f"{{a: {{steps: {steps}}}}}"))
            self.assert_refused(path, rf"{path}:5: /pipelines/a(/steps)?: .*`fetch`.*")

    def test_names_that_are_there_twice(self):
        path = self.write("version: 1\nlisteners:\n  a: {address: ':0'}\n  a: {address: ':0'}\n")
        self.assert_refused(path, rf"{path}:4: /listeners/a: .*line 3.*")
        folder = self.folder / "parts"
        folder.mkdir()
        for name in ("one.yaml", "two.yaml"):
            self.write(self.native(components="{m: {kind: media, type: files, config: {root: /}}}"), f"parts/{name}")
        done = self.run_server("validate", folder)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"two\.yaml:4: /components/m: .*one\.yaml:4")

    def test_every_port_in_use(self):
        media = self.folder / "media"
        media.mkdir()
        with socket.socket() as taken, socket.socket() as taken_too:
            for one in (taken, taken_too):
                one.bind(("127.0.0.1", 0))
                one.listen()
            addresses = [f"127.0.0.1:{port}" for port in
                         (taken.getsockname()[1], harness.free_port(), taken_too.getsockname()[1])]
            path = self.write(self.native(
                FILES, f"{{m: {{kind: media, type: files, config: {{root: '{media}'}}}}}}",
                "\n  first: {address: '%s'}\n  second: {address: '%s'}\n  third:\n    address: '%s'" % tuple(addresses)))
            self.assert_refused(
                path, rf"{path}:4: /listeners/first/address: cannot listen on {addresses[0]}: Address already in use",
                rf"{path}:7: /listeners/third/address: cannot listen on {addresses[2]}: Address already in use",
                commands=("serve",))
            self.assertEqual(self.run_server("validate", path).returncode, 0, "it may be checked beside what runs")

    def test_a_folder_without_permission(self):
        prefix = self.as_nobody()
        closed = self.closed_folder()
        self.write(self.native(), "closed/sluice.yaml")
        closed.chmod(0)
        self.assert_refused(closed / "sluice.yaml", rf"{closed}/sluice\.yaml: Permission denied", prefix=prefix)
        self.assert_refused(closed, rf"{closed}: Permission denied", prefix=prefix)
        path = self.write(self.native(FILES, "{m: {kind: media, type: files, config: {root: /}}}",
                                      state=f"database: 'sqlite:{closed}/sluice.db'"))
        self.assert_refused(path, rf"{path}:6: /state: .*{closed}/sluice\.key.*Permission denied", prefix=prefix)
        closed.chmod(0o555)
        path = self.write(path.read_text(encoding="utf-8").replace("closed/", "closed/new/folder/"))
        self.assert_refused(path, rf"{path}:6: /state: {closed}/new/folder/sluice\.key: cannot keep the secret key here: "
                                  r"Permission denied", prefix=prefix)

    def test_a_folder_of_media_without_permission(self):
        prefix = self.as_nobody()
        closed = self.closed_folder()
        path = self.write(self.native(FILES, f"{{m: {{kind: media, type: files, config: {{root: '{closed}'}}}}}}",
                                      state=f"secret_key: '{'0' * 64}'"))
        closed.chmod(0)
        self.assert_refused(path, rf"{path}:4: /components/m: component .*: /root: want a folder that the server may list and enter, "
                                  rf'found "Permission denied" at {closed}', prefix=prefix)

    def test_plugins_that_are_named_and_cannot_be_read(self):
        prefix = self.as_nobody()
        closed = self.closed_folder()
        (closed / "x.so").write_bytes(b"")
        closed.chmod(0)
        state = f"secret_key: '{'0' * 64}'"
        components = "{x: {kind: auth, type: no-such-type}, y: {kind: auth, type: shared-secret, config: {secrt: a}}}"
        missing = self.folder / "missing.so"
        for folder, reason in ((closed, "Permission denied"), (self.folder / "none", "No such file or directory")):
            path = self.write(self.native(components=components, plugins=folder, state=state))
            self.assert_refused(path, rf'{path}:2: /plugins/directory: {folder}: want a directory of plugins, found '
                                      rf'"{reason}"; check the path and its permissions', prefix=prefix)
        path = self.write(self.native(components=components, state=state,
                                      plugins=f"{self.plugins}, files: [{closed / 'x.so'}, {missing}]"))
        self.assert_refused(
            path, rf'{path}:2: /plugins/files/0: {closed}/x\.so: want a readable file, found "Permission denied"; .*',
            rf'{path}:2: /plugins/files/1: {missing}: want a readable file, found "No such file or directory"; .*',
            rf"{path}:4: /components/y/config/secrt: unknown key.*", prefix=prefix)

    def test_plugins_that_are_not_named_or_cannot_be_loaded_are_missed_by_who_needs_them(self):
        folder = self.folder / "plugins"
        folder.mkdir()
        (folder / "link.so").symlink_to("nowhere")
        path = self.write(self.native(plugins=f"{folder}, files: {BAD / 'no_section.so'}"))
        done = self.run_server("validate", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(line)["reason"] for line in done.stderr.splitlines()], ["file", "section"])

    def test_a_default_folder_of_plugins_that_is_not_there_is_missed_by_who_needs_it(self):
        server = shutil.copy(harness.SERVER, self.folder)  # which looks for plugins beside itself
        for components, code, said in (("{}", 0, ""), ("{x: {kind: auth, type: t}}", 2, "/components/x: unknown auth type")):
            path = self.write(self.native(plugins="''", components=components))
            done = subprocess.run([server, "validate", "-c", path], capture_output=True, text=True, check=False,
                                  timeout=harness.PATIENCE)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stderr)
            self.assertNotIn("/plugins/directory: ", done.stderr)

    def test_a_plugin_for_another_abi(self):
        plugin = BAD / "abi_2_section.so"
        path = self.write(self.native("{a: {steps: [{authenticate: x}, {resolve: {type: route, origin: 'http://h'}}, {fetch: {}}]}}",
                                      "{x: {kind: auth, type: bad}}", plugins=f"{harness.PLUGINS}, files: [{plugin}]"))
        for command in ("serve", "validate"):
            done = self.run_server(command, path)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, rf'{path}:4: /components/x: unknown auth type "bad"; known: .*'
                                          rf"{re.escape(str(plugin))}: .*want a plugin built for ABI 1, found one built for ABI 2")
            self.assertNotIn("listening", done.stderr)

    def test_every_fault_is_shown_at_once(self):
        path = self.write(self.native(
            "{a: {match: {path: nope}, steps: [{serve: ghost}], extra: 1}, b: {steps: []}}",
            "{x: {kind: auth, type: no-such-type}, y: {kind: nonsense, type: z}}"))
        done = self.run_server("validate", path)
        self.assertEqual(done.returncode, 2, done.stderr)
        for text in ("/pipelines/a/extra", "ghost", "/pipelines/a/match/path", "/pipelines/b", "/components/y/kind"):
            self.assertIn(text, done.stderr)
        self.assertGreaterEqual(len(done.stderr.splitlines()), 5)

    def test_faults_of_every_kind_are_shown_at_once(self):
        """Of the document, of certificates, of types, of schemas, of what components themselves refuse, of the state."""
        closed = self.write("", "file")
        path = self.write(self.native(
            "{a: {match: {path: nope}, steps: [{serve: ghost}]}}",
            "{typo: {kind: auth, type: no-such-type}, shape: {kind: auth, type: shared-secret, config: {secrt: a}}, "
            "folder: {kind: media, type: files, config: {root: /nonexistent/folder}}, good: {kind: manifest, type: hls}, "
            "broken: {kind: media, type: files, config: {root: '${NOT_SET_ANYWHERE}'}}}",
            "{main: {address: '127.0.0.1:0', tls: {certificate: /no.pem, private_key: /no.key}}}",
            state=f"database: 'sqlite:{closed}/sluice.db'", more="upstream: {ca_file: /no-ca.pem}\nlogg: {}\n"))
        self.assert_refused(
            path, rf"{path}:3: /listeners/main/tls/certificate: .*No such file.*",
            rf"{path}:3: /listeners/main/tls/private_key: .*No such file.*",
            rf"{path}:4: /components/broken/config/root: .*NOT_SET_ANYWHERE.*",
            rf'{path}:4: /components/typo: unknown auth type "no-such-type".*',
            rf"{path}:4: /components/shape/config/secrt: unknown key.*",
            rf"{path}:4: /components/folder: .*/root: .*",
            rf"{path}:5: /pipelines/a/match/path: .*", rf"{path}:5: /pipelines/a/steps/0/serve: .*`ghost`.*",
            rf"{path}:6: /state: {closed}/sluice\.key: Not a directory",
            rf"{path}:7: /upstream: .*ca_file: .*", rf"{path}:8: /logg: unknown key.*")

    def test_plugins_are_not_guessed_at_when_their_section_is_at_fault(self):
        path = self.write(self.native(components="{x: {kind: auth, type: no-such-type}}").replace(
            "plugins: {", "plugins: {allow: none, "))
        self.assert_refused(path, rf"{path}:2: /plugins/allow: .*")

    def test_a_short_secret_is_warned_of_and_not_refused(self):
        path = self.write(self.native(components="{d: {kind: resolver, type: direct, config: {api_password: abcde}}}"))
        done = self.run_server("validate", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        warning = json.loads(done.stderr)  # the only line
        self.assertEqual(warning["level"], "warning")
        self.assertEqual(warning["place"], f"{path}:4: /components/d/config/api_password: want at least 6 octets")
        path = self.write(path.read_text(encoding="utf-8").replace("abcde", "abcdef"))
        self.assertEqual(self.run_server("validate", path).stderr, "")

    def test_wrong_usage(self):
        done = subprocess.run([harness.SERVER, "no-such-command"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        done = subprocess.run([harness.SERVER, "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        for command in ("serve", "validate", "expand", "healthcheck", "plugins", "check-plugin", "reload"):
            self.assertIn(command, done.stdout)
        done = subprocess.run([harness.SERVER, "reload", "--pid", "abc"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"abc.*1.*4194304")
        self.assertLess(len(done.stderr), 200)

    def test_exit_codes_of_check_plugin(self):
        for file, code in ((BAD / "good.so", 0), (BAD / "null_function.so", 1), (BAD / "abi_2_section.so", 2),
                           (self.folder / "missing.so", 2)):
            done = subprocess.run([harness.SERVER, "check-plugin", file], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
