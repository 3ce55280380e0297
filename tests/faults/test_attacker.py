"""Someone with every copy of everything reads nothing past what was promised, and most of it before."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.ending import Ending
from dockseal.pii_security.epochs import Retention
from faults import attacker
from faults.attacked import DAY, POLICY, Shop
from faults.attacker import Attacker

DAYS = 45
ORDERS = int(os.environ.get("ATTACKED_ORDERS", "225"))
BEFORE = POLICY - 2 * DAY
"""The age of what is in its last two days."""


def told(shop: Shop, thief: Attacker) -> str:
    late = sum(readings[-1] >= shop.sealed[row] + BEFORE for row, readings in thief.read.items())
    copied = sum(
        readings[-1] >= min(news.ends_at() for news in shop.news[row[0]])
        for row, readings in thief.read.items()
        if row[0] in shop.news
    )
    return (
        f"\n{len(thief.canaries)} orders sealed {len(shop.sealed)} times; an attack after each of"
        f" {len(thief.key_copies)} copies of everything. Read before the promised end: {len(thief.read)},"
        f" in its last two days: {late}. Read past it: {len(thief.past)}. Read past an end that moved"
        f" earlier, from copies of before it moved, as decision 0012 says: {copied}\n"
    )


def test_with_every_copy_nothing_is_read_past_its_promised_end_and_most_is_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(folder=tmp_path, orders=ORDERS, days=DAYS)
    thief = shop.run()
    with capsys.disabled():
        sys.stdout.write(told(shop, thief))
    assert thief.past == []
    assert thief.clear == []
    assert len(thief.read) > 0.9 * len(shop.sealed), "where nobody ever reads, nothing is shown"
    never_ended = [row for row in thief.read if row[0] not in shop.news and (row[0], 2) not in shop.sealed]
    assert never_ended
    assert all(thief.read[row][-1] >= shop.sealed[row] + BEFORE for row in never_ended)
    assert {each.what for news in shop.news.values() for each in news} == set(Ending)


LATER = Retention(keep=POLICY, key_backups=timedelta(0), epoch_length=DAY)


@pytest.mark.parametrize(
    "badly",
    [
        {"shreds": False},
        {"shortens": False},
        {"key_life": 3 * DAY},
        {"retention": LATER},
    ],
    ids=[
        "no key is destroyed",
        "no deadline moves",
        "key copies kept a day longer",
        "key copies not taken off",
    ],
)
def test_an_attacker_reads_past_the_end_where_it_is_run_badly(tmp_path: Path, badly: dict[str, Any]) -> None:
    past = Shop(folder=tmp_path, orders=40, days=4, **badly).run().past
    assert past


def test_with_every_database_and_no_key_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attacker, "keys_of", lambda _: frozenset())
    thief = Shop(folder=tmp_path, orders=4, days=2).run()
    assert thief.due
    assert not thief.read
