"""`dockseal` as a person types it: each command in a process of its own.

To read Dockseal's code takes most of the time of a command. So one process reads it, and each command is a
copy of that process, which then gets the command's own words, folder, variables and streams.
"""

import functools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

LONGEST = 1 << 20
END = b"\n"


def typed(
    *words: str, cwd: Path, env: Mapping[str, str], given: str = "", timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Types a command and waits for its end.

    Args:
        *words: Those after `dockseal`.
        cwd: The folder it is typed in.
        env: All variables that it has.
        given: What it reads.
        timeout: So many seconds it may take.
    """
    with (
        TemporaryFile() as reads,
        TemporaryFile() as says,
        TemporaryFile() as errs,
    ):
        reads.write(given.encode())
        reads.seek(0)
        asked = json.dumps({"words": words, "cwd": str(cwd), "env": dict(env)}).encode()
        mother, line, _ = _mother()
        line.settimeout(timeout)
        socket.send_fds(line, [asked + END], [reads.fileno(), says.fileno(), errs.fileno()])
        try:
            code = int(line.recv(LONGEST))
        except (TimeoutError, ValueError):
            mother.kill()
            _mother.cache_clear()
            raise
        said, told = (_read(file.fileno()) for file in (says, errs))
    return subprocess.CompletedProcess(words, code, said, told)


def _read(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as lines:
        return lines.read().decode()


@functools.cache
def _mother() -> tuple[subprocess.Popen[bytes], socket.socket, TemporaryDirectory[str]]:
    """Returns the process that reads the code, the line to it, and what goes with them at the end."""
    ours, theirs = socket.socketpair()
    made = TemporaryDirectory(prefix="migrated-")
    command = [
        sys.executable,
        str(Path(__file__).with_name("commands_apart.py")),
        str(theirs.fileno()),
        made.name,
    ]
    mother = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()
    return mother, ours, made
