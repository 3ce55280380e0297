"""The process that reads Dockseal's code once, and is copied for each command; see `commands`."""

import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commands import END, LONGEST
from dockseal.cli.main import run
from migrated import migrated_once, no_waiting_for_the_disk


def _asked(line: socket.socket) -> Mapping[str, Any]:
    """Copies this process for each command; returns, in each copy, what it is asked.

    The process itself ends with the line.
    """
    while True:
        asked, files, _, _ = socket.recv_fds(line, LONGEST, 3)
        while asked and not asked.endswith(END):
            asked += line.recv(LONGEST)
        if not asked:
            sys.exit()
        child = os.fork()
        if not child:
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            line.close()
            found: Mapping[str, Any] = json.loads(asked)
            return found
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        line.sendall(str(os.waitstatus_to_exitcode(status)).encode() + END)


def _main() -> None:
    asked = _asked(socket.socket(fileno=int(sys.argv[1])))
    made = Path(sys.argv[2])
    sys.argv = ["dockseal", *asked["words"]]
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    with migrated_once(made), no_waiting_for_the_disk():
        run()


if __name__ == "__main__":
    _main()
