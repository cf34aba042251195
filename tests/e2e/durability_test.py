# SPDX-License-Identifier: MIT
"""What viewers were served, in the face of a kill at each write to the disk, and of a disk that is full."""

import contextlib
import http.client
import itertools
import os
import pathlib
import signal
import struct
import subprocess
import sys
import unittest

import harness
import household

KILL_AT = pathlib.Path(os.environ["SLUICE_BUILD"]) / "tests/kill_at.so"
ENOUGH_STEPS = 20  # a stream costs at least four transactions, each of some writes and a flush


class KilledTest(household.Household):
    def setUp(self):
        super().setUp()
        self.steps = self.folder / "steps"
        self.arm(0)
        self.environment = {"LD_PRELOAD": str(KILL_AT), "KILL_AT": str(self.steps)}

    def arm(self, step):
        """Writes into the file as it is: the server has it mapped."""
        with open(self.steps, "r+b" if self.steps.exists() else "wb") as file:
            file.write(struct.pack("i", step))

    def left(self):
        return struct.unpack("i", self.steps.read_bytes())[0]

    def play_once(self):
        """Answers whether its head came, and how many octets did."""
        got = 0
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
            with contextlib.closing(connection):
                connection.request("GET", f"/play/fast/{household.HASH}",
                                   headers={"Authorization": f"Bearer {self.ann}:tv"})
                response = connection.getresponse()
                if response.status != 200:
                    return False, 0
                try:
                    while block := response.read(65536):
                        got += len(block)
                except http.client.IncompleteRead as cut:
                    got += len(cut.partial)
                return True, got
        except (OSError, http.client.HTTPException):
            return False, got

    def is_dead(self):
        return self.sluice.process.poll() is not None

    def test_a_kill_at_any_write_loses_no_record_and_repeats_none(self):
        before = 0
        for step in itertools.count(1):
            self.sluice.signal(signal.SIGKILL)
            self.sluice.process.wait(timeout=harness.PATIENCE)
            self.restart(self.environment)
            harness.wait_until(lambda: self.pending() == 0, "what was left is taken")
            self.arm(step)

            begun, got = self.play_once()
            harness.wait_until(lambda: self.is_dead() or (begun and self.pending() == 0), "it is dead, or done")
            survived = not self.is_dead()
            self.assertEqual(survived, self.left() > 0, "nothing else ended it")
            self.arm(0)
            if not survived:
                self.restart(self.environment)
                harness.wait_until(lambda: self.pending() == 0, "every record is taken")

            records = self.usage()
            self.assertEqual(len({record["id"] for record in records}), len(records))
            new = len(records) - before
            # A record is there before its head is sent: a viewer who got none may be in the records, or not.
            self.assertIn(new, (1,) if begun else (0, 1), f"killed at step {step}")
            self.assertLessEqual(sum(record["bytes"] for record in records[:new]), len(household.FILM))
            if survived:
                self.assertEqual((got, records[0]["bytes"]), (len(household.FILM), len(household.FILM)))
                break
            before = len(records)
        self.assertGreater(step, ENOUGH_STEPS)


class FullDiskTest(household.Household):
    SIZE = 8 << 20

    def place(self, folder):
        """The disk is full, and no other that anybody uses."""
        (folder / "var").mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "tmpfs", folder / "var"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", folder / "var"], check=True)

    def fill(self):
        ballast = self.sluice.folder / "var/ballast"
        with open(ballast, "wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        return ballast

    def test_records_wait_in_memory_until_there_is_room(self):
        self.assertEqual(self.play(self.ann).status, 200)
        harness.wait_until(lambda: self.pending() == 0, "the first record is taken")
        ballast = self.fill()

        for _ in range(3):
            answer = self.play(self.ann)
            self.assertEqual((answer.status, answer.body), (200, household.FILM), "whoever is let in is served")
        self.sluice.wait_for_log("usage records cannot be written; they wait in memory")
        self.assertGreaterEqual(self.sluice.metric("sluice_usage_waiting"), 3)
        self.assertEqual(self.sluice.metric("sluice_usage_dropped_total"), 0)

        ballast.unlink()
        usage = harness.wait_until(lambda: self.pending() == 0 and len(self.usage()) == 4 and self.usage(),
                                   "every record is taken once there is room")
        self.assertEqual({record["bytes"] for record in usage}, {len(household.FILM)})
        self.assertEqual(self.sluice.metric("sluice_usage_waiting"), 0)


def in_own_mounts():
    """Runs the tests where a mount is nobody else's business; without being root, as one of a name space of its own."""
    if "SLUICE_OWN_MOUNTS" not in os.environ:
        os.environ["SLUICE_OWN_MOUNTS"] = "1"
        options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user", "--map-root-user"]
        os.execvp("unshare", ["unshare", *options, sys.executable, "-B", *sys.argv])


if __name__ == "__main__":
    in_own_mounts()
    unittest.main()
