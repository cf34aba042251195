# SPDX-License-Identifier: MIT
"""Where contestants meet: folders, files, certificates, and the servers that are running."""

import contextlib
import os
import pathlib
import shutil
import tempfile

import servers

SEGMENT_BYTES = 4 * 1024 * 1024
BODY_BYTES = 1_000_000_000
MEMORY_FOLDER = pathlib.Path("/dev/shm")
CONTESTANTS = (servers.Sluice, servers.FrontNginx, servers.HAProxy)


class Arena(contextlib.ExitStack):
    """Everything started in it ends with it."""

    def __init__(self):
        super().__init__()
        self._folder = self._temporary()
        self._count = 0
        self._files = self._certificate = None

    def _temporary(self, parent=None):
        folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="sluice-bench-", dir=parent)))
        folder.chmod(0o755)
        return folder

    def place(self):
        self._count += 1
        place = self._folder / str(self._count)
        place.mkdir()
        return place

    def files(self):
        """A folder with a segment and a body, in memory when there is room."""
        if not self._files:
            roomy = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > 2 * BODY_BYTES
            self._files = self._temporary(MEMORY_FOLDER if roomy else None)
            media = self._files / "media"
            media.mkdir()
            # Not holes: every octet shall have a place of its own in memory.
            block = os.urandom(SEGMENT_BYTES)
            (media / "segment").write_bytes(block)
            with (media / "body").open("wb") as body:
                for begin in range(0, BODY_BYTES, SEGMENT_BYTES):
                    body.write(block[:BODY_BYTES - begin])
        return self._files

    def certificate(self):
        self._certificate = self._certificate or servers.make_certificate(self.place())
        return self._certificate

    def playlist_origin(self, text):
        """Of one playlist."""
        folder = self._temporary()
        (folder / "media").mkdir()
        (folder / "media/playlist.m3u8").write_text(text, encoding="ascii")
        return self.enter_context(servers.origin(self.place(), folder))

    def origin(self, with_files=False, tls=False):
        return self.enter_context(servers.origin(self.place(), self.files() if with_files else "",
                                                 self.certificate() if tls else None))

    def start(self, contestant, wiring):
        return self.enter_context(contestant(self.place(), wiring))

    @contextlib.contextmanager
    def fresh(self, contestant, wiring):
        """For a with block of its own: memory is that of a server that did nothing else."""
        with contestant(self.place(), wiring) as server:
            yield server
