"""Parts of sealed rows swapped, cut, replayed or moved: what opens is a row as it was sealed, or nothing."""

import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import timedelta
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import SealBroken
from dockseal.pii_security.envelope import Identity, rewrap, seal, unseal
from unit.pii_security.safe import NOW, RETENTION, someone

ENDS = [RETENTION.deadline(NOW), RETENTION.deadline(NOW) - timedelta(days=5)]
KEYS = {RETENTION.epoch_of(end): bytes([number]) * 32 for number, end in enumerate(ENDS)}
COLUMNS = [column.name for column in fields(SealedRecord)]


def kept() -> dict[SealedRecord, str]:
    """Rows of two orders, two sellers and two versions, each also as it was before its deadline moved."""
    found: dict[SealedRecord, str] = {}
    far, near = KEYS
    orders, sellers = ("abcdefghjk", "mnpqrstuvw"), ("acme-us", "other-us")
    for order, seller, version in product(orders, sellers, (1, 2)):
        name = f"Testperson of {order} at {seller}, {version}"
        identity = Identity(
            order=OrderRef(order),
            seller=SellerId(seller),
            version=version,
            epoch=far,
            deadline=ENDS[0],
            sealed_at=NOW + timedelta(hours=version),
        )
        row = seal(someone(name=name), identity=identity, epoch_key=KEYS[far])
        moved = rewrap(row, old_key=KEYS[far], new_key=KEYS[near], epoch=near, deadline=ENDS[1])
        found |= {row: name, moved: name}
    return found


KEPT = kept()
rows = st.sampled_from(list(KEPT))


def opened(row: SealedRecord) -> str | None:
    """The name that comes out with whichever key opens it."""
    for key in KEYS.values():
        try:
            return unseal(row, key).disclose()["name"]
        except SealBroken:
            continue
    return None


def mixed(row: SealedRecord, other: SealedRecord, columns: Iterable[str]) -> SealedRecord:
    return replace(row, **{column: getattr(other, column) for column in columns})


def test_no_row_opens_with_one_or_two_columns_of_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [*combinations(COLUMNS, 1), *combinations(COLUMNS, 2)]
    mixes = {mixed(row, other, columns) for row, other in product(KEPT, KEPT) for columns in chosen}
    strange = mixes - set(KEPT)
    wrong = [mix for mix in strange if opened(mix) is not None]
    with capsys.disabled():
        sys.stdout.write(f"\n{len(strange)} rows mixed of two: {len(wrong)} opened\n")
    assert len(strange) > 1000
    assert wrong == []


@given(row=rows, others=st.lists(st.tuples(st.sampled_from(COLUMNS), rows), min_size=1))
def test_a_row_mixed_of_many_opens_only_if_it_is_one_that_was_sealed(
    row: SealedRecord, others: list[tuple[str, SealedRecord]]
) -> None:
    for column, other in others:
        row = mixed(row, other, [column])
    assert opened(row) == KEPT.get(row)


@given(row=rows, part=st.sampled_from(["wrapped_key", "ciphertext"]), data=st.data())
def test_a_part_that_was_cut_filled_up_turned_or_spliced_opens_nothing(
    row: SealedRecord, part: str, data: st.DataObject
) -> None:
    held, other = getattr(row, part), getattr(data.draw(rows), part)
    place = data.draw(st.integers(0, len(held) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=40))
    changed: Any = data.draw(
        st.sampled_from(
            [
                held[:place],
                held[place + 1 :],
                held + junk,
                junk + held,
                held[place:] + held[:place],
                held[:place] + other[place:],
                held + other,
                other[:12] + held[12:],
            ]
        )
    )
    broken = replace(row, **{part: changed})
    assert opened(broken) == KEPT.get(broken)
