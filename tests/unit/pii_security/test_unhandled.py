"""Failures nobody caught, in a process of its own: the hooks belong to the whole process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import faulthandler, gc, logging, os, sys, threading, warnings
from pathlib import Path
from dockseal.logs import configure_logging
from dockseal.pii_security.unhandled import take_over
from dockseal.settings import settings_from
here = Path(sys.argv[1])
configure_logging(settings_from({"data_dir": here / "data", "key_dir": here / "keys"}), here / "log")
take_over()

def fail():
    name = "Testperson Alpha"
    raise ValueError(f"cannot ship to {name}")

class Closing:
    def __repr__(self):
        return "Testperson Alpha"
    def __del__(self):
        fail()
"""


def ended(folder: Path, code: str) -> tuple[int, str, list[dict[str, str]]]:
    """Runs code in a new process; returns its exit code, what it printed, and what it logged."""
    command = [sys.executable, "-c", BEGIN + code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    log = (folder / "log").read_text(encoding="utf-8")
    assert "Testperson" not in done.stderr + log
    assert done.stdout == ""
    return done.returncode, done.stderr, [json.loads(line) for line in log.splitlines()]


def test_what_ends_the_process_is_told_without_its_text(tmp_path: Path) -> None:
    code, told, _ = ended(tmp_path, "fail()")
    assert code == 1
    assert "ValueError at <string>:" in told


@pytest.mark.parametrize(
    ("code", "event", "said"),
    [
        ("t = threading.Thread(target=fail); t.start(); t.join()", "thread.ended", "ValueError at "),
        ("Closing(); gc.collect()", "failure.ignored", "ValueError at "),
        ("warnings.warn('Testperson Alpha', stacklevel=1)", "warning.raised", "UserWarning at <string>:"),
    ],
)
def test_what_python_tells_by_itself_is_logged_without_its_text(
    tmp_path: Path, code: str, event: str, said: str
) -> None:
    ended_with, told, lines = ended(tmp_path, code)
    assert (ended_with, told) == (0, "")
    (line,) = lines
    assert line["event"].startswith(f"{event}: {said}")


def test_a_warning_before_logging_is_set_up_stays_out_of_a_commands_answers(tmp_path: Path) -> None:
    code = "logging.getLogger().handlers.clear(); warnings.warn('Testperson Alpha', stacklevel=1)"
    assert ended(tmp_path, code)[1].startswith("warning.raised: UserWarning at <string>:")


def test_the_last_trace_of_a_killed_process_has_no_values(tmp_path: Path) -> None:
    code, told, _ = ended(tmp_path, "name = 'Testperson Alpha'; faulthandler.enable(); os.abort()")
    assert code < 0
    assert "Fatal Python error: Aborted" in told


def test_a_command_that_crashes_says_where_and_not_over_what(tmp_path: Path) -> None:
    code, told, _ = ended(
        tmp_path,
        "import dockseal.cli.main as main\n"
        "main.app.command('crash')(fail)\n"
        "sys.argv = ['dockseal', 'crash']\n"
        "main.run()\n",
    )
    assert code == 1
    assert "Dockseal stopped over a fault of its own: ValueError at <string>:" in told


def test_no_library_has_a_handler_that_leads_past_ours(tmp_path: Path) -> None:
    code, told, lines = ended(
        tmp_path,
        "import boto3, httpx, urllib3\n"
        "from dockseal.console.parts import parts\n"
        "from dockseal.storage.database import DatabasePlaces, configure\n"
        "settings = settings_from({'data_dir': here / 'data', 'key_dir': here / 'keys'})\n"
        "places = DatabasePlaces(operations=here / 'operations', vault=here / 'vault')\n"
        "configure(places, 'only for this test', parts(settings))\n"
        "from django.conf import settings as django\n"
        "assert not django.DEBUG, 'its debug pages show local variables'\n"
        "libraries = ['boto3', 'botocore', 'django', 'django.server', 'httpx', 'urllib3', 'py.warnings']\n"
        "for name in [*logging.root.manager.loggerDict, *libraries]:\n"
        "    kinds = {type(each) for each in logging.getLogger(name).handlers}\n"
        "    assert kinds <= {logging.NullHandler}, name\n"
        "for name in libraries:\n"
        "    logging.getLogger(name).error('Testperson Alpha', extra={'request': 'Testperson Alpha'})\n",
    )
    assert (code, told) == (0, "")
    assert [line["logger"] for line in lines][:3] == ["boto3", "botocore", "django"]
    assert len(lines) == 7


def test_what_is_logged_before_there_is_a_handler_is_redacted_too(tmp_path: Path) -> None:
    code = "logging.getLogger().handlers.clear(); logging.getLogger('httpx').warning('Testperson Alpha')"
    assert ended(tmp_path, code)[1].startswith("httpx wrote a warning at <string>:")
