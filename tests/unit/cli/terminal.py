"""A command in a terminal of its own: what it prints is read, what is typed reaches it as from a keyboard."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_PATIENCE = 60
_RESTED = 10
"""Looks in a row at which a command must sleep to be at rest."""
_TAKES_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Ctrl-C reaches only who has the terminal as its own."""
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Runs one command with a pseudo-terminal as its controlling terminal; a context manager."""

    def __init__(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], columns: int = 100
    ) -> None:
        """Starts the command."""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-ISc", _TAKES_THE_TERMINAL, *command],
            cwd=cwd,
            env=dict(env),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._raw = b""

    @property
    def text(self) -> str:
        """Everything that stands in the terminal so far."""
        return _COLOURS.sub("", self._raw.decode(errors="replace").replace("\r\n", "\n"))

    def wait_for(self, words: str) -> str:
        """Returns the text once these words stand in it."""
        until = time.monotonic() + _PATIENCE
        while words not in self.text:
            more = time.monotonic() < until and self._read()
            assert more, f"{words!r} never came: {self.text}"
        return self.text

    def enter(self, text: str) -> None:
        """Types this text."""
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Types Ctrl-C once the command rests in its read: Python loses one that comes just before."""
        rested, until = 0, time.monotonic() + _PATIENCE
        while rested < _RESTED and time.monotonic() < until:
            rested = rested + 1 if self._sleeps() else 0
            time.sleep(0.02)
        self.enter("\x03")

    def end(self) -> int:
        """Returns the exit code, once the command ended by itself."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE)

    def _sleeps(self) -> bool:
        stat = Path(f"/proc/{self._process.pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "S"

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], _PATIENCE)
        try:
            more = os.read(self._ours, 65536) if ready else b""
        except OSError:  # the other side was closed
            more = b""
        self._raw += more
        return bool(more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)
