# SPDX-License-Identifier: MIT
"""Start, reload, stop: nothing is started halfway, nothing in flight is lost.

SLUICE_TEST_RELOADS says how often the server is reloaded under load (1000). It is set for sanitizers: these keep freed
memory, and find leaks by themselves, so that the size of the process says nothing then.
"""

import http.client
import os
import pathlib
import signal
import socket
import threading
import unittest

import harness

RELOADS = int(os.environ.get("SLUICE_TEST_RELOADS", "1000"))
SETTLED = RELOADS // 5  # after so many, memory and descriptors grow no more

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
components:
  clips: {{kind: media, type: files, config: {{root: "{root}"}}}}
  hls: {{kind: manifest, type: hls}}
pipelines:
  files:
    match: {{path: "/files/{{item...}}", methods: [GET]}}
    steps: [{{resolve: {{use: clips, item: "{{item}}"}}}}, {{fetch: {{}}}}, {{rewrite: hls}}]
"""


def descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


class LifecycleTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "media"
        self.root.mkdir()
        (self.root / "small.mp4").write_bytes(b"x" * 1000)
        (self.root / "big.mp4").write_bytes(bytes(range(256)) * 4096 * 64)  # 64 MiB: more than sockets hold

    def config(self, port=0, **other):
        return CONFIG.format(port=port, root=other.get("root", self.root))

    def test_a_download_completes_after_sigterm_and_new_connections_are_refused(self):
        sluice = self.start(self.config())
        connection = http.client.HTTPConnection("127.0.0.1", sluice.port, timeout=harness.PATIENCE)
        connection.request("GET", "/files/big.mp4")
        response = connection.getresponse()
        received = len(response.read(100_000))

        sluice.signal(signal.SIGTERM)
        sluice.wait_for_log("stopping: no new connections, requests in flight may finish")
        harness.wait_until(lambda: self._refused(sluice.port), "new connections are refused")
        received += len(response.read())

        self.assertEqual(received, 256 * 4096 * 64)
        self.assertEqual(sluice.stop(), 0)

    @staticmethod
    def _refused(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return False
        except ConnectionRefusedError:
            return True

    def test_sighup_swaps_the_configuration_and_a_fault_keeps_the_old(self):
        sluice = self.start(self.config())
        self.assertEqual(sluice.get("/files/small.mp4").status, 200)

        sluice.write_config(self.config().replace("/files/{item...}", "/new/{item...}"))
        sluice.signal(signal.SIGHUP)
        sluice.wait_for_log("configuration reloaded")
        self.assertEqual(sluice.get("/new/small.mp4").status, 200)
        self.assertEqual(sluice.get("/files/small.mp4").status, 404)

        sluice.write_config(self.config(root="/nonexistent/folder"))
        sluice.signal(signal.SIGHUP)
        sluice.wait_for_log("configuration not reloaded; what ran runs on")
        self.assertEqual(sluice.get("/new/small.mp4").status, 200)
        fault = [e["fault"] for e in sluice.log() if "fault" in e][0]
        self.assertRegex(fault, r"sluice\.yaml:\d+: /components/clips")
        self.assertEqual(sluice.metric("sluice_config_reloads_total", result="ok"), 1)
        self.assertEqual(sluice.metric("sluice_config_reloads_total", result="failed"), 1)

    def test_a_second_sigterm_cuts_what_is_in_flight_and_says_so(self):
        sluice = self.start(self.config())
        connection = http.client.HTTPConnection("127.0.0.1", sluice.port, timeout=harness.PATIENCE)
        connection.request("GET", "/files/big.mp4")
        response = connection.getresponse()
        response.read(1000)

        sluice.signal(signal.SIGTERM)
        sluice.wait_for_log("stopping: no new connections, requests in flight may finish")
        sluice.signal(signal.SIGTERM)

        with self.assertRaises((http.client.IncompleteRead, OSError)):
            response.read()
        self.assertEqual(sluice.stop(), 0)
        self.assertEqual([e["drained"] for e in sluice.log() if e["message"] == "stopped"],
                         ["no: a second signal cut the requests in flight"])

    def test_many_reloads_under_load_fail_no_request_and_leave_nothing_behind(self):
        sluice = self.start(self.config().replace("listeners:", "log: {access: false}\nlisteners:"))
        pid = sluice.process.pid
        stop = threading.Event()
        failures, served = [], [0, 0, 0]

        def load(worker):
            connection = http.client.HTTPConnection("127.0.0.1", sluice.port, timeout=harness.PATIENCE)
            while not stop.is_set():
                try:
                    connection.request("GET", "/files/small.mp4")
                    response = connection.getresponse()
                    if response.status != 200 or len(response.read()) != 1000:
                        failures.append(response.status)
                    served[worker] += 1
                except (OSError, http.client.HTTPException) as error:
                    failures.append(repr(error))
                    connection.close()
            connection.close()

        workers = [threading.Thread(target=load, args=(i,)) for i in range(3)]
        for worker in workers:
            worker.start()
        # Every other reload changes a component, so that instances are made and destroyed, and not only reused.
        variants = [self.config(), self.config().replace('"}}\n  hls', '", hidden: true}}\n  hls')]
        variants = [v.replace("listeners:", "log: {access: false}\nlisteners:") for v in variants]
        settled = None
        for i in range(RELOADS):
            sluice.write_config(variants[i % 2])
            sluice.signal(signal.SIGHUP)
            sluice.wait_for_log("configuration reloaded", i + 1)
            if i == SETTLED:
                settled = (harness.resident_kib(pid), descriptors(pid))
        after = (harness.resident_kib(pid), descriptors(pid))
        stop.set()
        for worker in workers:
            worker.join()

        self.assertEqual(failures, [])
        self.assertGreater(min(served), RELOADS // 10)
        if "SLUICE_TEST_RELOADS" not in os.environ:
            self.assertLess(after[0], settled[0] * 1.1 + 2048, f"resident KiB grew from {settled[0]} to {after[0]}")
        self.assertLessEqual(after[1], settled[1] + 8)
        self.assertEqual(sluice.metric("sluice_config_reloads_total", result="ok"), RELOADS)
        self.assertEqual(sluice.metric("sluice_plugin_instances"), 2)
        self.assertEqual(sluice.stop(), 0)


if __name__ == "__main__":
    unittest.main()
