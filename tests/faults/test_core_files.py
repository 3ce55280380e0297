"""A Dockseal that holds opened addresses crashes, or is looked into by another program of the same user."""

import mmap
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from day import Day
from faults.canaried import MARK, leaks, place
from scanner import Scanner

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="core files as Linux makes them")
HERE = Path(__file__)
UNLIMITED = 'ulimit -c "$(ulimit -H -c)"; exec "$@"'
LOOK = """
import ctypes, os, sys
pid, libc = int(sys.argv[1]), ctypes.CDLL(None, use_errno=True)
attached = libc.ptrace(16, pid, None, None) == 0
if attached:
    os.waitpid(pid, 0x40000000)
    libc.ptrace(17, pid, None, None)
try:
    read = bool(open(f"/proc/{pid}/mem", "rb"))
except OSError:
    read = False
print(attached, read)
"""
"""Attaches to a process as a debugger does, and opens its memory; says what of it worked."""


PLAIN = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.getuid() == 0 else ()
"""Runs a command without the rights over other processes that root has, whatever they refuse."""


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder with three sealed orders that a person packs."""
    day = Day(folder=tmp_path, adapter="by_hand")
    place(day, 3)
    day.run(minutes=2)
    day.close()
    return tmp_path


@contextmanager
def holding(folder: Path, how: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds opened addresses, and may dump its memory if it does not refuse to."""
    command = [sys.executable, *options, str(HERE.with_name("holding.py")), how, str(folder)]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            ["sh", "-c", UNLIMITED, "sh", *PLAIN, *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=said,
            stderr=said,
        )
        try:
            while not (folder / "holds").exists():
                assert process.poll() is None, (folder / "said").read_text()
                time.sleep(0.05)
            yield process
        finally:
            process.kill()
            process.wait()


def crashed(process: subprocess.Popen[bytes], by: signal.Signals) -> bool:
    """Crashes a process; tells whether the kernel dumped its memory."""
    process.send_signal(by)
    _, status = os.waitpid(process.pid, 0)
    assert os.WIFSIGNALED(status)
    process.returncode = -by
    return os.WCOREDUMP(status)


def cores(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.name.startswith("core")]


def test_a_program_that_does_not_refuse_leaves_addresses_in_its_core_file(sealed: Path) -> None:
    with holding(sealed, "careless") as process:
        if not crashed(process, signal.SIGABRT) or not cores(sealed):
            pytest.skip("this machine writes no core files into folders: only the limits below are shown")
    (core,) = cores(sealed)
    with core.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        assert memory.find(MARK.encode()) >= 0


@pytest.mark.parametrize("by", [signal.SIGABRT, signal.SIGSEGV])
def test_the_command_leaves_no_core_file_however_it_crashes(sealed: Path, by: signal.Signals) -> None:
    with holding(sealed, "refusing") as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        (core_limit,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert core_limit.split()[4:6] == ["0", "0"]
        assert not crashed(process, by)
    assert cores(sealed) == []
    assert Scanner(MARK).in_folder(sealed) == {}


def test_another_program_of_the_same_user_cannot_look_into_it(sealed: Path) -> None:
    with holding(sealed, "careless") as process:
        if looked_into(process.pid) != "True True":
            pytest.skip("this machine lets no program look into another one")
    (sealed / "holds").unlink()
    with holding(sealed, "refusing") as process:
        assert looked_into(process.pid) == "False False"
        if gcore := shutil.which("gcore"):
            asked = [*PLAIN, gcore, "-o", str(sealed / "core"), str(process.pid)]
            assert subprocess.run(asked, capture_output=True, check=False).returncode != 0
    assert cores(sealed) == []


def looked_into(pid: int) -> str:
    command = [*PLAIN, sys.executable, "-c", LOOK, str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_what_python_itself_says_of_a_crash_names_nobody(sealed: Path) -> None:
    with holding(sealed, "refusing", "-X", "dev", "-X", "faulthandler") as process:
        crashed(process, signal.SIGSEGV)
    said = (sealed / "said").read_bytes()
    assert b"Fatal Python error: Segmentation fault" in said
    assert b"holding.py" in (sealed / "allocations").read_bytes()
    assert leaks(said) == set()
    assert Scanner(MARK).in_folder(sealed) == {}
