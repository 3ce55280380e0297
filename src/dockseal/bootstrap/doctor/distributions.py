"""What is installed, against what Dockseal needs, and against the lock file where there is one."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from dockseal import __version__
from dockseal.monitoring_audit.checks import Check

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def look_at_distributions(lock: Path) -> Iterator[Check]:
    """Tells of what is missing, and of what is another version than the lock file has.

    Args:
        lock: The lock file; where it is not there, nothing is said of versions.
    """
    needed = _needed()
    missing = sorted(name for name in needed if _installed(name) is None)
    if missing:
        sentence = f"Not installed: {', '.join(missing)}. Install Dockseal anew, with requirements.lock."
        yield Check(name="versions", ok=False, sentence=sentence, vital=True)
    locked = _locked(lock)
    other = sorted(
        f"{name} {found} (locked: {locked[name]})"
        for name in needed
        if name in locked and (found := _installed(name)) not in {None, locked[name]}
    )
    if other:
        sentence = (
            f"Other versions than {lock} has: {', '.join(other)}. Install with `pip install -r {lock}`."
        )
        yield Check(name="versions", ok=False, sentence=sentence)
    if not missing and not other:
        as_locked = ", as locked" if locked else ""
        sentence = f"Dockseal {__version__}, with {len(needed)} distributions that it needs{as_locked}."
        yield Check(name="versions", ok=True, sentence=sentence)


def _needed() -> frozenset[str]:
    try:
        told = requires("dockseal") or []
    except PackageNotFoundError:
        return frozenset()  # run from its sources
    return frozenset(
        _canonical(found.group()) for each in told if "extra ==" not in each if (found := _NAME.match(each))
    )


def _locked(lock: Path) -> dict[str, str]:
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError:
        return {}
    return {_canonical(name): number for name, number in _LOCKED.findall(text)}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
