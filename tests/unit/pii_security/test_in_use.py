"""A recipient's values in a sentence of ours: refused for as long as somebody holds the recipient."""

import gc
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from dockseal.domain.recipient import Recipient
from dockseal.errors import BadInput
from dockseal.logs import configure_logging
from dockseal.pii_security.in_use import InUse
from dockseal.settings import settings_from
from unit.pii_security.safe import Safe, someone


@pytest.fixture
def lines(tmp_path: Path, safe: Safe) -> Iterator[Path]:
    """The log of a process whose vault is the one of the test."""
    before, level = structlog.get_config(), logging.getLogger().level
    settings = settings_from({"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys-of-it"})
    configure_logging(settings, tmp_path / "log", in_use=safe.vault.in_use)
    yield tmp_path / "log"
    logging.getLogger().handlers.clear()
    logging.getLogger().setLevel(level)
    structlog.configure(**before)


def last(lines: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(lines.read_text().splitlines()[-1])
    return found


def say(sentence: str) -> None:
    structlog.get_logger("dockseal.lanes").warning("lane.failed", lane="release", sentence=sentence)


def test_what_a_recipient_that_was_opened_holds_is_not_logged(safe: Safe, lines: Path) -> None:
    order = safe.sealed()
    opened = safe.vault.open(order.ref, safe.grant(order))
    name = opened.disclose()["name"]
    say(f"could not ship to {name.upper()}")
    assert last(lines)["sentence"] == "a text that repeats a buyer's data was refused"
    assert last(lines)["lane"] == "release"
    logging.getLogger("dockseal.by.hand").warning("no label for %s", name, extra={"reason": name})
    assert last(lines)["event"].startswith(
        "a text that repeats a buyer's data was refused, at test_in_use.py:"
    )
    logging.getLogger("dockseal.by.hand").warning("failed: %s", BadInput(f"no {name}"))
    assert "Testperson" not in lines.read_text()
    say("order abc is held")
    assert last(lines)["sentence"] == "order abc is held"


def test_what_is_being_sealed_is_not_logged_either(safe: Safe, lines: Path) -> None:
    retrieved = someone()
    safe.vault.keep(safe.order(), retrieved)
    say("nobody lives at 1 Sample  street")
    assert "Sample" not in lines.read_text()
    assert "refused" in last(lines)["sentence"]


def test_it_keeps_no_recipient_alive() -> None:
    in_use = InUse()
    recipient = in_use.note(someone())
    assert in_use.repeated_in("for Testperson Alpha")
    del recipient
    gc.collect()
    assert not in_use.repeated_in("for Testperson Alpha")


@pytest.mark.parametrize("text", ["lane release/us", "a parcel to Reno", "region Nevada-West, US", "done"])
def test_what_names_nobody_stays(text: str) -> None:
    in_use = InUse()
    held = in_use.note(someone(city="Reno", region="Nevada-West"))
    assert isinstance(held, Recipient)
    assert not in_use.repeated_in(text)
