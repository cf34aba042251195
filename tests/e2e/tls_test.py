# SPDX-License-Identifier: MIT
"""A listener with a certificate: the stream of the main job, played over TLS, and certificates that are no good."""

import http.client
import ssl
import subprocess
import unittest

import harness
from play_test import MASTER, STREAM, frame_hashes, uris

CONFIG = """
listeners:
  main: {{address: "127.0.0.1:0"}}
  tls:
    address: "127.0.0.1:0"
    tls: {{certificate: {certificate}, private_key: {key}}}""" + STREAM


class TlsTest(harness.EndToEndTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.folder / "own.pem", self.folder / "own.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)

    def serve(self, root):
        nginx = self.start_nginx(root)
        sluice = self.start(CONFIG.format(origin=nginx.port, certificate=self.certificate, key=self.key))
        sluice.wait_for_log("listening", 2)
        addresses = {e["listener"]: e["address"] for e in sluice.log() if e.get("message") == "listening"}
        return nginx, sluice, int(addresses["tls"].rsplit(":", 1)[1])

    def test_a_stream_plays_over_tls_as_it_does_without(self):
        nginx, sluice, port = self.serve(harness.clip())
        played = frame_hashes(f"https://127.0.0.1:{port}{MASTER}", "-map", "0:v:0", "-map", "0:a:0")
        direct = frame_hashes(f"http://127.0.0.1:{nginx.port}/clip/master.m3u8", "-map", "0:v:0", "-map", "0:a:0")
        self.assertEqual(played, direct)
        self.assertGreater(sluice.metric("sluice_http_tls_handshakes_total", result="full"), 0)
        self.assertEqual(sluice.metric("sluice_http_tls_handshakes_total", result="failed"), 0)

    def test_large_files_arrive_octet_for_octet_over_one_verified_connection(self):
        root = self.folder / "root"
        root.mkdir()
        content = bytes(range(256)) * 65536  # 16 MiB
        (root / "large.bin").write_bytes(content)
        (root / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nlarge.bin\n", encoding="utf-8")
        root.chmod(0o755)
        self.folder.chmod(0o755)
        _, sluice, port = self.serve(root)
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=harness.PATIENCE)
        self.addCleanup(connection.close)

        def get(path):
            connection.request("GET", path)
            return connection.getresponse().read()

        link = uris(get(MASTER.replace("clip/master", "list")).decode())[0]
        for _ in range(3):
            self.assertEqual(get(link), content)
        self.assertEqual(sluice.metric("sluice_http_tls_handshakes_total", result="full"), 1)

    def test_a_certificate_that_cannot_be_used_is_found_before_the_start(self):
        config = self.folder / "broken.yaml"
        config.write_text(
            f"version: 1\nlisteners:\n  tls:\n    address: '127.0.0.1:0'\n    tls:\n      certificate: {self.certificate}\n"
            f"      private_key: {self.certificate}\nplugins: {{directory: {harness.PLUGINS}}}\n", encoding="utf-8")
        for command in ("validate", "serve"):
            with self.subTest(command=command):
                done = subprocess.run([harness.SERVER, command, "-c", config], cwd=self.folder, capture_output=True,
                                      text=True, check=False, timeout=harness.PATIENCE)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stderr, f"{config}:7: /listeners/tls/tls/private_key: want a PEM file with a "
                                              "private key without passphrase\n")


if __name__ == "__main__":
    unittest.main()
