# SPDX-License-Identifier: MIT
"""Plugins that fail, plugins that are refused, and plugins that somebody else built, in the real server.

SLUICE_BAD_PLUGINS names the folder of broken plugins (tests/bad_plugins), SLUICE_OUT_OF_TREE the one where the examples
of the SDK were built against the installed SDK, a folder for each compiler.
"""

import http.client
import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import unittest

import harness

BAD = pathlib.Path(os.environ["SLUICE_BAD_PLUGINS"])
OUT_OF_TREE = pathlib.Path(os.environ["SLUICE_OUT_OF_TREE"])
ADMIN = {"X-Sluice-Admin-Token": "operators-only"}

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
log: {{level: debug}}
components:
  clips: {{kind: media, type: files, config: {{root: "{root}"}}}}
  admin: {{kind: endpoint, type: admin, config: {{token: operators-only}}}}
{components}
pipelines:
{pipelines}
  good:
    match: {{path: "/good/{{item...}}"}}
    steps: [{{resolve: {{use: clips, item: "{{item}}"}}}}, {{fetch: {{}}}}]
  admin:
    match: {{path: "/admin/**"}}
    steps: [{{serve: admin}}]
"""
HASH = "0123456789abcdef0123456789abcdef01234567"
PLAYLIST = "#EXTM3U\n#EXTINF:4,\nhttp://origin.example/secret-segment.ts\n"


def also_load(*files, **keys):
    """The value of `plugins.directory`, with more keys of `plugins` after it."""
    listed = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"{harness.PLUGINS}, files: [{', '.join(str(file) for file in files)}]{listed}"


def indented(text, spaces=2):
    return "\n".join(" " * spaces + line for line in text.strip("\n").splitlines())


class PluginTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "media"
        self.root.mkdir()
        (self.root / "small.mp4").write_bytes(b"x" * 1000)
        (self.root / "list.m3u8").write_text(PLAYLIST, encoding="utf-8")

    def config(self, components, pipelines):
        return CONFIG.format(root=self.root, components=indented(components), pipelines=indented(pipelines))

    def start_with(self, file, components, pipelines, listens=True, **keys):
        return self.start(self.config(components, pipelines), plugins=also_load(BAD / file, **keys), listens=listens)

    def wait_for_entries(self, sluice, count, **fields):
        """The log entries with these fields, once there are `count`: the log comes by another way than answers."""
        def matching():
            return [e for e in sluice.log() if all(e.get(name) == value for name, value in fields.items())]
        harness.wait_until(lambda: len(matching()) >= count, f"{count} log entries with {fields}")
        return matching()

    def assert_error(self, answer, status, code, message):
        """The documented shape of every error."""
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (status, "application/json"), answer.body)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(sorted(answer.json), ["error", "request_id"])
        self.assertEqual(answer.json["request_id"], answer.headers["X-Request-Id"])
        self.assertEqual(sorted(answer.json["error"]), ["code", "message"])
        self.assertEqual(answer.json["error"]["code"], code)
        self.assertRegex(answer.json["error"]["message"], message)

    def assert_lives(self, sluice):
        answer = sluice.get("/good/small.mp4")
        self.assertEqual((answer.status, answer.body), (200, b"x" * 1000))
        self.assertEqual(sluice.get("/health").status, 200)
        self.assertIsNone(sluice.process.poll())

    def assert_calls_fail(self, sluice, cases):
        """Each case: path, component, step, error message. Twice, so that the first does not leave something broken."""
        for path, component, step, message in cases:
            for times in (1, 2):
                with self.subTest(path=path, times=times):
                    self.assert_error(sluice.get(path), 500, "internal", message)
                    self.assert_lives(sluice)
                    self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component=component), times)
                    self.assertEqual(
                        sluice.metric("sluice_step_failures_total", pipeline=component, step=step, code="internal"),
                        times)
            failed = self.wait_for_entries(sluice, 2, message="step failed", pipeline=component)
            self.assertEqual([e["level"] for e in failed], ["warning"] * 2)
            self.assertRegex(failed[0]["error"], message)

    def assert_link_fails(self, sluice, path, component, message):
        """As assert_calls_fail, for the one link in the playlist at `path`."""
        answer = sluice.get(path)
        self.assertEqual(answer.status, 200, answer.body)
        link, = re.findall(r"(?m)^/~/.*$", answer.text)
        self.assert_calls_fail(sluice, [(link, component, "resolve", message)])


class HangingTest(PluginTest):
    """What never comes back does not keep the process alive."""
    STUCK = 3  # the exit code
    COMPONENT = "stuck: {kind: auth, type: bad}"
    PIPELINE = """
stuck: {match: {path: /stuck}, steps: [{authenticate: stuck}, {resolve: clips, item: small.mp4}, {fetch: {}}]}
"""

    def config(self, components, pipelines):
        return "server: {grace: 0s}\n" + super().config(components, pipelines)

    def start(self, config, **keywords):
        # Whoever ends by force leaves threads behind, which ThreadSanitizer would report.
        return super().start(config, environment={"TSAN_OPTIONS": "report_thread_leaks=0"}, **keywords)

    def assert_ends_by_force(self, sluice, task, activity):
        self.assertEqual(sluice.process.wait(timeout=harness.PATIENCE), self.STUCK)
        sluice.stop()
        found = [e for e in sluice.log() if e.get("message") == "ended by force: this does not come to an end"]
        self.assertEqual([e["task"] for e in found], [task])
        self.assertRegex(found[0]["activity"], activity)

    def test_create_at_the_start(self):
        sluice = self.start_with("hangs.so", self.COMPONENT, self.PIPELINE, listens=False)
        blocks = re.compile(r"^SigBlk:\s*([0-9a-f]+)$", re.MULTILINE)
        status = pathlib.Path(f"/proc/{sluice.process.pid}/status")
        harness.wait_until(lambda: int(blocks.search(status.read_text(encoding="ascii"))[1], 16) >> signal.SIGTERM - 1 & 1,
                           "the server takes signals")
        sluice.signal(signal.SIGTERM)
        self.assert_ends_by_force(sluice, "start", 'making component "stuck" .auth/bad of org.example.bad.')

    def test_create_in_a_reload(self):
        sluice = self.start_with("hangs.so", "", "")
        sluice.write_config(self.config(self.COMPONENT, self.PIPELINE))
        sluice.signal(signal.SIGHUP)
        sluice.signal(signal.SIGTERM)
        self.assert_ends_by_force(sluice, "reload", 'making component "stuck" .auth/bad of org.example.bad.')

    def test_a_second_signal_does_not_wait(self):
        sluice = self.start_with("hangs.so", "", "")
        sluice.write_config(self.config(self.COMPONENT, self.PIPELINE).replace("grace: 0s", "grace: 1h"))
        sluice.signal(signal.SIGHUP)
        sluice.signal(signal.SIGTERM)
        sluice.wait_for_log("told to stop: this may come to its end first")
        sluice.signal(signal.SIGTERM)
        self.assert_ends_by_force(sluice, "reload", ".")

    def test_a_call(self):
        sluice = self.start_with("call_hangs.so", self.COMPONENT, self.PIPELINE)
        before = sluice.metric("sluice_http_connections", state="active")
        with socket.create_connection(("127.0.0.1", sluice.port), timeout=harness.PATIENCE) as viewer:
            viewer.sendall(b"GET /stuck?token=word HTTP/1.1\r\nHost: h\r\n\r\n")
            harness.wait_until(lambda: sluice.metric("sluice_http_connections", state="active") > before, "the call begins")
            sluice.signal(signal.SIGTERM)
            self.assert_ends_by_force(sluice, "stop", "1 connections with a request")


class ThrowingTest(PluginTest):
    COMPONENTS = """
resolver: {kind: resolver, type: throws}
resolver-child: {kind: resolver, type: throws-in-child}
media: {kind: media, type: throws}
media-child: {kind: media, type: throws-in-child}
store: {kind: store, type: throws}
store-link: {kind: store, type: throws-in-link}
hls: {kind: manifest, type: hls}
manifest: {kind: manifest, type: throws}
undecided: {kind: manifest, type: throws-undecided}
endpoint: {kind: endpoint, type: throws}
filter: {kind: filter, type: throws}
late: {kind: filter, type: throws-late}
body: {kind: filter, type: throws-in-body}
"""

    def start_throwing(self, pipelines):
        return self.start_with("throws.so", self.COMPONENTS, pipelines)

    def test_calls_that_throw_fail_their_request_only(self):
        source = '{resolve: {use: clips, item: "list.m3u8"}}, {fetch: {}}'
        sluice = self.start_throwing(f"""
resolver: {{match: {{path: /resolver}}, steps: [{{resolve: resolver}}, {{fetch: {{}}}}]}}
media: {{match: {{path: /media}}, steps: [{{resolve: {{use: media, item: small.mp4}}}}, {{fetch: {{}}}}]}}
store: {{match: {{path: /store}}, steps: [{{resolve: {{use: store, item: "{HASH}"}}}}, {{fetch: {{}}}}]}}
store-link: {{match: {{path: /store-link}}, steps: [{{resolve: {{use: store-link, item: "{HASH}"}}}}, {{fetch: {{}}}}]}}
manifest: {{match: {{path: /manifest}}, steps: [{source}, {{rewrite: manifest}}]}}
endpoint: {{match: {{path: "/endpoint/**"}}, steps: [{{serve: endpoint}}]}}
filter: {{match: {{path: /filter}}, steps: [{{filter: filter}}, {source}]}}
late: {{match: {{path: /late}}, steps: [{{filter: late}}, {source}]}}
""")
        self.assert_calls_fail(sluice, [
            ("/resolver", "resolver", "resolve", "resolver.resolve threw across the boundary: thrown by resolve"),
            ("/media", "media", "resolve", "media.resolve threw across the boundary: thrown by resolve"),
            ("/store", "store", "resolve", "store.add threw across the boundary: thrown by add"),
            ("/store-link", "store-link", "resolve", "store.link threw across the boundary: thrown by link"),
            ("/manifest", "manifest", "rewrite", "manifest.rewrite threw across the boundary: thrown by rewrite"),
            ("/endpoint/x", "endpoint", "serve", "endpoint.handle threw across the boundary: thrown by handle"),
            ("/filter", "filter", "filter", "filter.on_request threw across the boundary: thrown by on_request"),
            ("/late", "late", "filter", "filter.on_response threw across the boundary: thrown by on_response"),
        ])

    def test_a_link_that_throws_fails_its_request_only(self):
        sluice = self.start_throwing(f"""
resolver-child:
  match: {{path: "{self.root}/list.m3u8"}}
  steps: [{{resolve: resolver-child}}, {{fetch: {{}}}}, {{rewrite: hls}}]
media-child:
  match: {{path: /media-child}}
  steps: [{{resolve: {{use: media-child, item: "{self.root}/list.m3u8"}}}}, {{fetch: {{}}}}, {{rewrite: hls}}]
""")
        thrown = "resolve_child threw across the boundary: thrown by resolve_child"
        self.assert_link_fails(sluice, f"{self.root}/list.m3u8", "resolver-child", f"resolver.{thrown}")
        self.assert_link_fails(sluice, "/media-child", "media-child", f"media.{thrown}")

    def test_something_that_is_no_exception(self):
        sluice = self.start_with("call_throws.so", "gate: {kind: auth, type: bad}", """
gate: {match: {path: /gate}, steps: [{authenticate: gate}, {resolve: clips, item: small.mp4}, {fetch: {}}]}
""")
        self.assert_calls_fail(sluice, [("/gate?token=word", "gate", "authenticate",
                                         "auth.authenticate threw across the boundary$")])

    def test_a_body_that_a_filter_breaks_off_is_not_taken_for_whole(self):
        sluice = self.start_throwing("""
body: {match: {path: /body}, steps: [{filter: body}, {resolve: clips, item: small.mp4}, {fetch: {}}]}
""")
        self.assertEqual(sluice.get("/body").status, 500)  # nothing was sent before it threw
        self.assert_lives(sluice)
        self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component="body"), 1)

    def test_a_rewriter_that_cannot_say_whether_it_accepts_lets_no_upstream_link_through(self):
        sluice = self.start_throwing("""
undecided:
  match: {path: /undecided}
  steps: [{resolve: clips, item: list.m3u8}, {fetch: {}}, {rewrite: undecided}]
""")
        answer = sluice.get("/undecided")
        self.assert_error(answer, 500, "internal", "manifest.rewrite threw")
        self.assertNotIn("secret-segment", answer.text)
        self.assert_lives(sluice)

    def test_on_error_next_tries_the_next_pipeline(self):
        following = '{match: {path: "/%s/**"}, steps: [{resolve: clips, item: small.mp4}, {fetch: {}}]}'
        source = "{resolve: clips, item: list.m3u8}, {fetch: {}}"
        steps = {"resolver": "{resolve: resolver, on_error: next}, {fetch: {}}",
                 "media": "{resolve: {use: media, item: small.mp4}, on_error: next}, {fetch: {}}",
                 "store": f'{{resolve: {{use: store, item: "{HASH}"}}, on_error: next}}, {{fetch: {{}}}}',
                 "manifest": source + ", {rewrite: manifest, on_error: next}",
                 "endpoint": "{serve: endpoint, on_error: next}",
                 "filter": "{filter: filter, on_error: next}, " + source,
                 "late": "{filter: late, on_error: next}, " + source}
        sluice = self.start_throwing("\n".join(
            f'{name}: {{match: {{path: "/{name}/**"}}, steps: [{own}]}}\n{name}-after: {following % name}'
            for name, own in steps.items()))
        for name in steps:
            with self.subTest(name=name):
                answer = sluice.get(f"/{name}/x")
                self.assertEqual((answer.status, answer.body), (200, b"x" * 1000))
                self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component=name), 1)
                self.assertEqual(sluice.metric("sluice_step_failures_total", pipeline=name, code="internal"), 1)
                self.assertEqual(sluice.metric("sluice_step_failures_total", pipeline=f"{name}-after"), 0)

    def test_on_error_skip_goes_on_as_if_the_step_were_not_there(self):
        sluice = self.start_throwing("""
resolver:
  match: {path: /resolver}
  steps: [{resolve: clips, item: small.mp4}, {resolve: resolver, on_error: skip}, {fetch: {}}]
filter:
  match: {path: /filter}
  steps: [{filter: filter, on_error: skip}, {resolve: clips, item: small.mp4}, {fetch: {}}]
late:
  match: {path: /late}
  steps: [{resolve: clips, item: small.mp4}, {fetch: {}}, {filter: late, on_error: skip}]
""")
        for name in ("resolver", "filter", "late"):
            with self.subTest(name=name):
                answer = sluice.get(f"/{name}")
                self.assertEqual((answer.status, answer.body), (200, b"x" * 1000))
                self.assertEqual(answer.headers["Content-Type"], "video/mp4")  # what the filter removed before it threw
                self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component=name), 1)
                self.assertEqual(sluice.metric("sluice_step_failures_total", pipeline=name, code="internal"), 1)

    def test_a_rewrite_cannot_be_skipped(self):
        path = self.folder / "skip.yaml"
        path.write_text(f"version: 1\nplugins: {{directory: {harness.PLUGINS}}}\n" + self.config(
            "hls: {kind: manifest, type: hls}",
            "p: {steps: [{resolve: clips, item: a}, {fetch: {}}, {rewrite: hls, on_error: skip}]}"), encoding="utf-8")
        done = subprocess.run([harness.SERVER, "validate", "-c", path], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"/pipelines/p/steps/2/on_error: `skip` would show the upstream's links")


class GarbageTest(PluginTest):
    def test_a_status_that_no_release_has_and_texts_that_point_nowhere(self):
        for file, message in (("status_99", r"answered status 99 \(want 0 to 10\)"), ("garbage", "put garbage: ")):
            sluice = self.start_with(f"{file}.so", "gate: {kind: auth, type: bad}", """
gate: {match: {path: /gate}, steps: [{authenticate: gate}, {resolve: clips, item: small.mp4}, {fetch: {}}]}
""")
            self.assert_calls_fail(sluice, [("/gate?token=word", "gate", "authenticate", message)])

    def test_null_or_nothing_where_a_value_must_be(self):
        source = "{resolve: clips, item: list.m3u8}, {fetch: {}}"
        types = {"resolver": ["no-source", "null-source", "null-url"],
                 "media": ["no-media", "null-media"],
                 "store": ["no-item", "null-item", "null-files", "no-link", "null-link"],
                 "manifest": ["null-text"],
                 "endpoint": ["silent", "null-fields", "null-chunk"],
                 "filter": ["null-name", "null-name-late"]}
        kinds = {name: kind for kind, names in types.items() for name in names}
        steps = {"resolver": "{resolve: %s}, {fetch: {}}", "media": "{resolve: {use: %s, item: a}}, {fetch: {}}",
                 "store": '{resolve: {use: %s, item: "' + HASH + '"}}, {fetch: {}}',
                 "manifest": source + ", {rewrite: %s}", "endpoint": "{serve: %s}", "filter": "{filter: %s}, " + source}
        sluice = self.start_with(
            "null_results.so",
            "\n".join(f"{name}: {{kind: {kind}, type: {name}}}" for name, kind in kinds.items()),
            "\n".join(f'{name}: {{match: {{path: "/{name}/**"}}, steps: [{steps[kind] % name}]}}'
                      for name, kind in kinds.items()))
        self.assert_calls_fail(sluice, [
            ("/no-source/x", "no-source", "resolve", "resolver.resolve answered OK without a result"),
            ("/null-source/x", "null-source", "resolve", "put garbage: result: a null pointer"),
            ("/null-url/x", "null-url", "resolve", "put garbage: source.url: 20 bytes at a null pointer"),
            ("/no-media/x", "no-media", "resolve", "media.resolve answered OK without a result"),
            ("/null-media/x", "null-media", "resolve", "media.resolve put garbage: result: a null pointer"),
            ("/no-item/x", "no-item", "resolve", "store.add answered OK without a result"),
            ("/null-item/x", "null-item", "resolve", "store.add put garbage: result: a null pointer"),
            ("/null-files/x", "null-files", "resolve", "put garbage: item.files: 3 elements at a null pointer"),
            ("/no-link/x", "no-link", "resolve", "store.link answered OK without a result"),
            ("/null-link/x", "null-link", "resolve", "store.link put garbage: result: a null pointer"),
            ("/null-text/x", "null-text", "rewrite", "put garbage: .*: 9 bytes at a null pointer"),
            ("/null-fields/x", "null-fields", "serve", "put garbage: headers: 3 elements at a null pointer"),
            ("/null-name/x", "null-name", "filter", "put garbage: header: 4 bytes at a null pointer"),
            ("/null-name-late/x", "null-name-late", "filter", "put garbage: header: 4 bytes at a null pointer"),
        ])
        # An endpoint may answer OK without a source, but then it must have answered the viewer.
        self.assert_error(sluice.get("/silent/x"), 500, "internal", "endpoint silent answered nothing")
        # Half an answer is out already: it is broken off.
        with self.assertRaises((http.client.HTTPException, OSError)):
            sluice.get("/null-chunk/x")
        self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component="null-chunk"), 1)
        self.assert_lives(sluice)

    def test_null_or_nothing_for_a_link(self):
        sluice = self.start_with("null_results.so", """
null-child: {kind: resolver, type: null-child}
no-child: {kind: media, type: no-child}
hls: {kind: manifest, type: hls}
""", f"""
null-child:
  match: {{path: "{self.root}/list.m3u8"}}
  steps: [{{resolve: null-child}}, {{fetch: {{}}}}, {{rewrite: hls}}]
no-child:
  match: {{path: /no-child}}
  steps: [{{resolve: {{use: no-child, item: "{self.root}/list.m3u8"}}}}, {{fetch: {{}}}}, {{rewrite: hls}}]
""")
        self.assert_link_fails(sluice, f"{self.root}/list.m3u8", "null-child",
                               "resolver.resolve_child put garbage: result: a null pointer")
        self.assert_link_fails(sluice, "/no-child", "no-child", "media.resolve_child answered OK without a result")


class SleepingTest(PluginTest):
    SLOW = {"Authorization": "Bearer slow"}
    EARLY = {"Authorization": "Bearer early"}
    FAST = {"Authorization": "Bearer fast"}
    GATE = """
gate:
  match: {path: /gate}
  steps: [{authenticate: gate, deadline: 50ms}, {resolve: clips, item: small.mp4}, {fetch: {}}]
optional:
  match: {path: /optional}
  steps: [{authenticate: gate, deadline: 50ms, on_error: next}, {resolve: clips, item: small.mp4}, {fetch: {}}]
optional-after: {match: {path: /optional}, steps: [{resolve: clips, item: list.m3u8}, {fetch: {}}]}
"""

    def start_sleeping(self, probe):
        return self.start_with("sleeps.so", "gate: {kind: auth, type: bad}", self.GATE,
                               quarantine_after=3, quarantine_probe=probe)

    def calls(self, sluice):
        return sluice.metric("sluice_plugin_call_seconds_count", component="gate", method="authenticate")

    def quarantined(self, sluice):
        steps = sluice.get("/admin/api/pipelines", headers=ADMIN).json["pipelines"][0]["steps"]
        return steps[0]["components"][0]["quarantined"]

    def overrun_three_times(self, sluice):
        for overruns in (1, 2, 3):
            self.assertEqual(sluice.metric("sluice_plugin_quarantined", component="gate"), 0)
            # It would let the viewer in, but its caller has stopped waiting.
            late = self.EARLY if overruns == 2 else self.SLOW
            self.assert_error(sluice.get("/gate", headers=late), 503, "auth_unavailable", "came back after its deadline")
            self.assertEqual(sluice.metric("sluice_plugin_call_seconds_count", component="gate", status="ok"), 0)
            self.assertEqual(sluice.metric("sluice_plugin_overruns_total", component="gate"), overruns)
        self.assertEqual(sluice.metric("sluice_plugin_quarantined", component="gate"), 1)

    def test_overruns_in_a_row_lead_to_quarantine_and_a_quarantined_component_is_not_called(self):
        sluice = self.start_sleeping("10m")
        self.assertFalse(self.quarantined(sluice))
        self.overrun_three_times(sluice)
        self.assertTrue(self.quarantined(sluice))
        calls = self.calls(sluice)
        for refused in (1, 2):
            answer = sluice.get("/gate", headers=self.FAST)
            self.assert_error(answer, 503, "auth_unavailable", 'component "gate" is quarantined')
            self.assertEqual(sluice.metric("sluice_plugin_calls_refused_total", component="gate"), refused)
        answer = sluice.get("/optional", headers=self.FAST)
        self.assertEqual((answer.status, answer.text), (200, PLAYLIST))
        self.assertEqual(self.calls(sluice), calls)
        self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component="gate"), 0)
        self.assert_lives(sluice)
        late = self.wait_for_entries(sluice, 3, message="a plugin call came back after its deadline")
        self.assertEqual([(e["component"], e["method"]) for e in late], [("gate", "authenticate")] * 3)
        self.assertLess(float(late[0]["budget_ms"]), 51)
        self.assertGreater(float(late[0]["elapsed_ms"]), 75)
        sluice.wait_for_log("a component is quarantined until a probe succeeds")

    def test_a_probe_in_time_ends_quarantine(self):
        sluice = self.start_sleeping("300ms")
        self.overrun_three_times(sluice)
        harness.wait_until(lambda: sluice.get("/gate", headers=self.FAST).status == 401, "a probe is let through")
        self.assertEqual(sluice.metric("sluice_plugin_quarantined", component="gate"), 0)
        sluice.wait_for_log("a component left quarantine")
        self.assertFalse(self.quarantined(sluice))
        self.assertEqual(sluice.get("/gate", headers=self.FAST).status, 401)

    def test_a_filter_has_the_deadline_of_its_step_for_the_response_too(self):
        sluice = self.start_with("sleeps.so", "sleepy: {kind: filter, type: bad}", """
sleepy:
  match: {path: /sleepy}
  steps: [{filter: sleepy, deadline: 50ms}, {resolve: clips, item: small.mp4}, {fetch: {}}]
""")
        answer = sluice.get("/sleepy")
        self.assert_error(answer, 504, "deadline_exceeded", "filter.on_response came back after its deadline")
        self.assertNotIn(b"xxx", answer.body)
        entry = self.wait_for_entries(sluice, 1, message="a plugin call came back after its deadline")[0]
        self.assertEqual((entry["component"], entry["method"]), ("sleepy", "on_response"))
        self.assertLess(float(entry["budget_ms"]), 51)
        self.assertEqual(sluice.metric("sluice_plugin_overruns_total", component="sleepy"), 1)


class RefusedFileTest(PluginTest):
    CASES = [("null_function", "component", r"want a whole table of sluice\.auth/1, found one without function"),
             ("abi_2_section", "section", "want a plugin built for ABI 1, found one built for ABI 2"),
             ("init_fails", "init", 'want its init to succeed, found status 6 "the moon is in the wrong phase"')]

    def run_command(self, *arguments):
        return subprocess.run([harness.SERVER, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=harness.PATIENCE, check=False)

    def test_a_refused_file_among_good_ones_harms_only_what_needs_it(self):
        files = [BAD / f"{name}.so" for name, _, _ in self.CASES]
        sluice = self.start(self.config("", ""), plugins=also_load(*files))
        self.assert_lives(sluice)
        for name, reason, refusal in self.CASES:
            with self.subTest(name=name):
                self.assertEqual(sluice.metric("sluice_plugin_load_failures_total", reason=reason), 1)
                listed = [p for p in sluice.get("/admin/api/plugins", headers=ADMIN).json["plugins"]
                          if p["file"] == str(BAD / f"{name}.so")]
                self.assertEqual(len(listed), 1)
                self.assertRegex(listed[0]["refusal"], refusal)
                logged = [e for e in sluice.log() if e.get("message") == "a plugin was refused"
                          and e["file"] == str(BAD / f"{name}.so")]
                self.assertEqual([e["reason"] for e in logged], [reason])
                self.assertEqual(logged[0]["cause"], listed[0]["refusal"])
        good = [p for p in sluice.get("/admin/api/plugins", headers=ADMIN).json["plugins"] if not p["refusal"]]
        self.assertEqual(len(good), len(list(pathlib.Path(harness.PLUGINS).glob("*.so"))))
        shown = self.run_command("plugins", "-c", str(sluice.config))
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for name, reason, refusal in self.CASES:
            self.assertRegex(shown.stdout, rf"refused \({reason}\): {re.escape(str(BAD / name))}\.so: .*{refusal}")
        for plugin in good:
            self.assertIn(f"{plugin['id']} {plugin['version']}\n", shown.stdout)

    def test_a_configuration_that_needs_a_refused_file_is_refused_with_its_cause(self):
        path = self.folder / "needs.yaml"
        for name, _, refusal in self.CASES:
            with self.subTest(name=name):
                path.write_text(
                    f"version: 1\nplugins: {{directory: {also_load(BAD / f'{name}.so')}}}\n" + self.config("gate: {kind: auth, type: bad}",
                                  "gate: {steps: [{authenticate: gate}, {serve: admin}]}"), encoding="utf-8")
                for command in ("serve", "validate"):
                    done = self.run_command(command, "-c", str(path))
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertRegex(done.stderr, r'needs\.yaml:\d+: /components/gate: unknown auth type "bad"; '
                                                  rf"known: .*refused: {re.escape(str(BAD / name))}\.so: .*{refusal}")
                    self.assertNotIn("listening", done.stderr)

    def test_a_reload_that_needs_a_refused_file_keeps_what_runs(self):
        sluice = self.start(self.config("", ""), plugins=also_load(BAD / "init_fails.so"))
        sluice.write_config(self.config("gate: {kind: auth, type: bad}",
                                        "gate: {steps: [{authenticate: gate}, {serve: admin}]}"))
        answer = sluice.get("/admin/api/reload", method="POST", headers=ADMIN)
        self.assert_error(answer, 400, "invalid_argument", 'unknown auth type "bad"')
        self.assert_lives(sluice)
        self.assertRegex(sluice.get("/admin/api/reload", headers=ADMIN).json["faults"][0], "the moon is in the wrong")

    def test_check_plugin_says_so_too(self):
        for name, _, refusal in self.CASES:
            done = self.run_command("check-plugin", str(BAD / f"{name}.so"))
            self.assertEqual(done.returncode, 2 if name == "abi_2_section" else 1, done.stdout)
            self.assertRegex(done.stdout, f"FAIL .*{refusal}")
        done = self.run_command("check-plugin", str(BAD / "good.so"))
        self.assertEqual(done.returncode, 0, done.stdout)


class Radio(http.server.BaseHTTPRequestHandler):
    """An origin with a playlist of a radio station."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.paths.append(self.path)
        playlist = self.path == "/radio.pls"
        body = b"[playlist]\nFile1=/live.mp3\nTitle1=Live\nLength1=-1\nVersion=2\n" if playlist else b"music"
        self.send_response(200)
        self.send_header("Content-Type", "audio/x-scpls" if playlist else "audio/mpeg")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Expires", "Thu, 01 Jan 2037 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OutOfTreeTest(PluginTest):
    """The examples of the SDK, each a project of its own, built against the installed SDK."""

    CONFIG = """
listeners: {{main: {{address: "127.0.0.1:0"}}}}
upstream: {{trusted: ["127.0.0.1:{port}"]}}
components:
  accounts: {{kind: auth, type: token-file, config: {{path: "{tokens}"}}}}
  pls: {{kind: manifest, type: pls}}
  stamp: {{kind: filter, type: header-stamp, config: {{set: {{X-Stamp: out-of-tree}}, remove: [Expires]}}}}
pipelines:
  radio:
    match: {{path: "/radio/**"}}
    steps:
      - {{authenticate: accounts}}
      - {{resolve: {{type: route, origin: "http://127.0.0.1:{port}", strip_prefix: /radio}}}}
      - {{filter: stamp}}
      - {{fetch: {{}}}}
      - {{rewrite: pls}}
"""

    def start_radio(self):
        radio = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Radio)
        radio.paths = []
        thread = threading.Thread(target=radio.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(radio.server_close)
        self.addCleanup(radio.shutdown)
        return radio

    def use_all_three(self, compiler, names_itself):
        plugins = sorted((OUT_OF_TREE / compiler / "plugins").glob("*.so"))
        self.assertEqual([p.name for p in plugins],
                         ["auth-token-file.so", "filter-header-stamp.so", "manifest-pls.so"])
        tokens = self.folder / "tokens"
        tokens.write_text("0123456789abcdef alice play\n", encoding="utf-8")
        radio = self.start_radio()
        sluice = self.start(self.CONFIG.format(port=radio.server_port, tokens=tokens), plugins=also_load(*plugins))

        # The auth plugin keeps others out, and names who comes in.
        self.assert_error(sluice.get("/radio/radio.pls"), 401, "unauthenticated", "required")
        self.assert_error(sluice.get("/radio/radio.pls?token=fedcba9876543210"), 401, "unauthenticated", "recognised")
        self.assertEqual(radio.paths, [])
        answer = sluice.get("/radio/radio.pls?token=0123456789abcdef")
        self.assertEqual(answer.status, 200)
        self.assertEqual(radio.paths, ["/radio.pls"])

        # The manifest plugin makes links that lead through the gateway, and changes nothing else.
        found = re.fullmatch(r"\[playlist\]\nFile1=(/~/[A-Za-z0-9_-]+/[\w.-]+)\nTitle1=Live\nLength1=-1\nVersion=2\n",
                             answer.text)
        self.assertTrue(found, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "audio/x-scpls")
        live = sluice.get(found.group(1))
        self.assertEqual((live.status, live.body), (200, b"music"))
        self.assertEqual(radio.paths, ["/radio.pls", "/live.mp3"])

        # The filter plugin stamps both, and takes a field away.
        for response in (answer, live):
            self.assertEqual((response.headers["X-Stamp"], response.headers["Expires"]), ("out-of-tree", None))

        who = self.wait_for_entries(sluice, 2, message="request", pipeline="radio", status="200")
        self.assertEqual([e["principal"] for e in who], ["token-file:alice"] * 2)
        for component in ("accounts", "pls", "stamp"):
            self.assertGreater(sluice.metric("sluice_plugin_call_seconds_count", component=component, status="ok"), 0)
            self.assertEqual(sluice.metric("sluice_plugin_call_failures_total", component=component), 0)
        shown = subprocess.run([harness.SERVER, "plugins", "-c", sluice.config], capture_output=True, text=True,
                               check=True).stdout
        for plugin in plugins:
            self.assertRegex(shown, rf"file     {re.escape(str(plugin))}\n(?:  .*\n)*?  build    {names_itself}")
        self.assertEqual(sluice.stop(), 0)

    def test_plugins_built_by_gcc(self):
        self.use_all_three("gcc", "gcc ")

    def test_plugins_built_by_clang(self):
        self.use_all_three("clang", "clang ")


if __name__ == "__main__":
    unittest.main()
