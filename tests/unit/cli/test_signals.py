"""A signal ends a command wherever its main thread is."""

import subprocess
import sys

import pytest

SCRIPT = """
import signal
from dockseal.cli.signals import told_to_end
ending = told_to_end()
with ending._cond:  # as in the midst of wait()
    signal.raise_signal(signal.{number})
assert ending.wait(20)
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_in_the_midst_of_waiting_ends_it(number: str) -> None:
    script = SCRIPT.format(number=number)
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
