import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import SealBroken
from dockseal.pii_security.envelope import Identity, seal, unseal

KEY = bytes(range(32))
AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
IDENTITY = Identity(
    order=OrderRef("abcdefghjk"),
    seller=SellerId("acme-us"),
    version=1,
    epoch="20261201T000000Z",
    deadline=datetime(2026, 12, 1, tzinfo=UTC),
    sealed_at=AT,
)
contents = st.dictionaries(
    st.sampled_from(Field), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
)


def sealed(**values: str) -> SealedRecord:
    return seal(
        Recipient({Field(name): text for name, text in values.items()}), identity=IDENTITY, epoch_key=KEY
    )


def canonical(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


@given(values=contents)
def test_what_was_sealed_comes_out_again(values: dict[Field, str]) -> None:
    record = seal(Recipient(values), identity=IDENTITY, epoch_key=KEY)
    assert unseal(record, KEY).disclose() == {field.value: text for field, text in values.items()}


@given(
    order=st.text(min_size=1),
    seller=st.text(),
    epoch=st.text(),
    version=st.integers(1),
    hours=st.integers(-12, 14),
)
def test_a_record_stays_bound_to_the_same_bytes_in_every_version_of_dockseal(
    order: str, seller: str, epoch: str, version: int, hours: int
) -> None:
    here = AT.astimezone(timezone(timedelta(hours=hours)))
    identity = Identity(
        order=OrderRef(order),
        seller=SellerId(seller),
        version=version,
        epoch=epoch,
        deadline=here + timedelta(days=1),
        sealed_at=here,
    )
    facts = {"order": order, "seller": seller, "version": version, "sealed_at": "2026-11-02T08:30:00+00:00"}
    until = {"epoch": epoch, "deadline": "2026-11-03T08:30:00+00:00"}
    assert identity.bound() == (
        canonical({**facts, **until, "part": "key"}),
        canonical({**facts, "part": "contents"}),
    )


@given(part=st.sampled_from(["wrapped_key", "ciphertext"]), data=st.data())
def test_any_changed_byte_breaks_the_seal(part: str, data: st.DataObject) -> None:
    record = sealed(name="Testperson Alpha")
    held = getattr(record, part)
    place = data.draw(st.integers(0, len(held) - 1))
    flip = data.draw(st.integers(1, 255))
    altered = held[:place] + bytes([held[place] ^ flip]) + held[place + 1 :]
    with pytest.raises(SealBroken):
        unseal(replace(record, **{part: altered}), KEY)


@given(part=st.sampled_from(["wrapped_key", "ciphertext"]), length=st.integers(0, 59))
def test_a_cut_seal_is_broken(part: str, length: int) -> None:
    record = sealed(name="Testperson Alpha")
    with pytest.raises(SealBroken):
        unseal(replace(record, **{part: getattr(record, part)[:length]}), KEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order", OrderRef("zzzzzzzzzz")),
        ("seller", SellerId("other-us")),
        ("version", 2),
        ("epoch", "20261202T000000Z"),
        ("deadline", datetime(2026, 12, 2, tzinfo=UTC)),
        ("deadline", datetime(2026, 12, 1, tzinfo=UTC) + timedelta(microseconds=1)),
        ("sealed_at", AT + timedelta(days=1)),
    ],
)
def test_a_record_opens_as_nothing_else(name: str, value: Any) -> None:
    with pytest.raises(SealBroken):
        unseal(replace(sealed(name="Testperson Alpha"), **{name: value}), KEY)


def test_the_key_of_one_record_does_not_open_another() -> None:
    one, other = sealed(name="Testperson Alpha"), sealed(name="Testperson Beta")
    with pytest.raises(SealBroken):
        unseal(replace(one, wrapped_key=other.wrapped_key), KEY)


def test_another_epoch_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        unseal(sealed(name="Testperson Alpha"), bytes(32))


def test_the_same_instant_in_another_zone_is_the_same_record() -> None:
    record = sealed(name="Testperson Alpha")
    elsewhere = timezone(timedelta(hours=5))
    moved = replace(record, deadline=record.deadline.astimezone(elsewhere))
    assert unseal(moved, KEY).disclose() == {"name": "Testperson Alpha"}


def test_the_length_does_not_tell_one_address_from_another() -> None:
    short = sealed(name="A", city="B")
    long = sealed(name="Testperson Alpha of Exampleton", address_line_1="1 Sample Street, at the back")
    assert len(short.ciphertext) == len(long.ciphertext)


def test_the_error_tells_nothing_of_the_contents() -> None:
    with pytest.raises(SealBroken) as caught:
        unseal(sealed(name="Testperson Alpha"), bytes(32))
    assert "Testperson" not in str(caught.value)
    assert caught.value.__context__ is None
