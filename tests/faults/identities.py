"""Users of this machine that own nothing else: the shredder's and the service's.

They need no entry in the list of users. A process begins as root, imports everything (the interpreter may lie
where other users see nothing), and becomes one of them for good before it does anything.
"""

import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAUNCH = """
import os, sys
import {modules}
from dockseal.cli.main import run
os.setgroups({groups!r}), os.setgid({group}), os.setuid({user}), os.umask(0o022)
sys.argv[:] = ["dockseal", *sys.argv[1:]]
run()
"""
LATE = ("_strptime", "encodings.idna", "sqlite3", "statistics", "stringprep")
"""Of the standard library; what is imported only while a command runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of this machine: its number, which is its own group's too, and the groups it is in besides."""

    number: int
    groups: tuple[int, ...] = ()

    def become(self) -> None:
        """Makes this process the user's, for good."""
        for module in LATE:
            importlib.import_module(module)
        os.setgroups(list(self.groups))
        os.setgid(self.number)
        os.setuid(self.number)

    def does(self, act: Callable[[], Any]) -> Any:
        """Does something as this user, in a process of its own; returns what it gives, or the error."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            self._tell(writer, act)
        os.close(writer)
        with os.fdopen(reader, "rb") as told:
            found = told.read()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        return pickle.loads(found)

    def _tell(self, writer: int, act: Callable[[], Any]) -> None:
        code = 1
        try:
            self.become()
            try:
                found = act()
            except Exception as fault:  # noqa: BLE001 - the test looks at it
                found = fault
            os.write(writer, pickle.dumps(found))
            code = 0
        finally:
            os._exit(code)

    def command(self) -> list[str]:
        """Returns what `dockseal` is typed as in place of its name."""
        code = LAUNCH.format(
            modules=", ".join(LATE), groups=list(self.groups), group=self.number, user=self.number
        )
        return [sys.executable, "-c", code]

    def runs(self, *words: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Runs a command of ours as this user."""
        return subprocess.run(
            [*self.command(), *words],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )


SHREDDER = User(number=41_001)
SERVICE = User(number=41_002, groups=(41_001,))
STRANGER = User(number=41_003)
ROOT = User(number=0)


def give(user: User, places: Iterable[Path]) -> None:
    """Makes folders that belong to a user."""
    for place in places:
        place.mkdir()
        os.chown(place, user.number, user.number)
