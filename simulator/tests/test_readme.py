"""What the README tells a newcomer to type is typed here, and does what the README says."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.scenarios.registry import SCENARIOS
from spapi_simulator.watching.control import _METHODS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = [text for kind, text in BLOCKS if kind == "sh"]
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
PORT = "8080"
pytest_plugins = ("pytester",)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def port(place: Path) -> Iterator[str]:
    """The port of a simulator started as the README says; a free one, since 8080 may be somebody's."""
    install, start = SHELL[0].splitlines()
    assert install == "pip install ./simulator"
    name, *words = shlex.split(start)
    assert name == "spapi-simulator"
    words[words.index("--port") + 1] = "0"
    command = [sys.executable, "-m", "spapi_simulator", *words]
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rsplit(":", 1)[1]
        process.terminate()


def test_the_first_example_is_served_refused_and_throttled(place: Path, port: str) -> None:
    assert port.isdigit()
    answer = subprocess.run(
        [sys.executable, "-c", PYTHON[0]], cwd=place, capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    lines = answer.stdout.splitlines()
    assert lines[:2] == ["served 100", "refused 400"]
    assert lines[-1] == "refused 429"
    assert lines.count("served 100") == 19


def test_the_first_steps_fit_into_twenty_lines() -> None:
    assert len((SHELL[0] + PYTHON[0]).splitlines()) < 20


def test_the_curl_examples_do_what_they_say(place: Path, port: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here, so the README's curl examples were not tried")
    answers = []
    for line in SHELL[1].splitlines():
        words = shlex.split(line.replace(f":{PORT}/", f":{port}/"))
        assert words[0] == "curl"
        done = subprocess.run([*words, "-sS"], cwd=place, capture_output=True, text=True, check=True)
        answers.append(done.stdout)
    assert answers[0].startswith("HTTP/1.1 403 ")
    assert '"added":true' in answers[1]
    assert '"scenario":"holiday-backlog"' in answers[2]


def test_the_example_of_a_test_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PYTHON[1])
    loaded = pytester._request.config.pluginmanager.has_plugin("spapi_simulator")
    plugin = () if loaded else ("-p", "spapi_simulator.pytest_plugin")
    result = pytester.runpytest_subprocess(*plugin, "--strict-markers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_every_operation_is_listed() -> None:
    part = README.split("## What it answers")[1].split("\n## ")[0]
    listed = set(re.findall(r"\b[a-z]\w*[A-Z]\w+\b", part))
    assert {operation.name for operation in CATALOGUE} <= listed


def test_every_path_of_the_control_api_is_listed() -> None:
    part = README.split("## The control API")[1].split("\n## ")[0]
    assert [name for name in _METHODS if not re.search(rf"\b{name}\b", part)] == []


def test_every_scenario_that_is_named_exists() -> None:
    named = set(re.findall(r"--scenario ([a-z]\S*)", README))
    assert named
    assert named <= set(SCENARIOS)
