"""Crashes in a process of their own; this one stays as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STATE = """
import ctypes, resource
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
REFUSE = "from dockseal.pii_security.dumps import refuse_dumps; assert refuse_dumps()\n"
ALLOW = "import resource as r; r.setrlimit(r.RLIMIT_CORE, (r.getrlimit(r.RLIMIT_CORE)[1],) * 2)\n"
COMMAND = f"import dockseal.cli.main as m\n@m.app.command('state')\ndef state(): exec({STATE!r})\nm.run()"
linux_alone = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux's prctl")


def told(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@linux_alone
def test_a_process_refuses_dumps_from_then_on() -> None:
    assert told(STATE).endswith(" 1"), "it was not dumpable before: this test proves nothing"
    assert told(REFUSE + STATE) == "(0, 0) 0"


@linux_alone
def test_every_command_refuses_dumps() -> None:
    assert told(COMMAND, "state") == "(0, 0) 0"


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    if not dumped(ALLOW, tmp_path):
        pytest.skip("no process dumps its memory on this machine")
    for core in tmp_path.iterdir():
        core.unlink()
    assert not dumped(ALLOW + REFUSE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def dumped(before: str, folder: Path) -> bool:
    """Whether the kernel dumped the memory of a process that aborts."""
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", f"import os; os.chdir({str(folder)!r})\n{before}os.abort()"],
        os.environ,
    )
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status)
    return os.WCOREDUMP(status)
