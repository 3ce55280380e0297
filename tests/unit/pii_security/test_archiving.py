"""Archives that a law demands: made and opened by two officers, and by nobody alone."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.domain.access import ActorKind, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.order import Order, OrderState
from dockseal.errors import (
    BadInput,
    GrantRefused,
    NothingSealed,
    PastDeadline,
    SealBroken,
    StorageUnavailable,
    TwoPersonsNeeded,
)
from dockseal.monitoring_audit.health import health
from dockseal.pii_security.archive import Archive
from dockseal.pii_security.archiving import Archiving, Terms
from dockseal.pii_security.asks import Act
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.two_persons import TwoPersons
from unit.pii_security.safe import NOW, PERSON, RELEASER, SELLER, Safe, someone
from unit.pii_security.two import NAMES, Two

UNTIL = datetime(2033, 1, 1, tzinfo=UTC)
PAIRS = list(itertools.combinations(NAMES, 2))


@pytest.fixture
def two(safe: Safe) -> Two:
    return Two(folder=safe.folder / "keys").recorded(safe)


@pytest.fixture
def archiving(safe: Safe, two: Two) -> Archiving:
    decided = TwoPersons(officers=two.officers, storage=safe.storage, trail=safe.trail, clock=safe.clock)
    return Archiving(vault=safe.vault, two=decided)


@pytest.fixture
def order(safe: Safe) -> Order:
    return safe.vault.seal(
        safe.order(OrderState.RELEASED), someone(phone="555 0100", address_line_2="Back door")
    )


def terms(*orders: Order) -> Terms:
    return Terms(orders=tuple(order.ref for order in orders), basis="AO-147", until=UNTIL)


def made(two: Two, archiving: Archiving, order: Order, name: str = "it.archive") -> tuple[Archive, Path]:
    place, wanted = two.folder.parent / name, terms(order)
    archiving.make(wanted, two.asked(Act.ARCHIVE_MAKE, wanted.subject), place, PERSON)
    return Archive.read(place.read_text()), place


def test_any_two_officers_open_what_was_kept_and_no_more_was_kept(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    archive, place = made(two, archiving, order)
    for one, other in itertools.permutations(NAMES, 2):
        (entry,) = archiving.open(archive, two.keys[one], two.keys[other], PERSON)
        assert (entry.order, entry.amazon_order_id, entry.seller) == (order.ref, order.id, SELLER)
        whole = someone(address_line_2="Back door").disclose()
        assert entry.recipient.disclose() == {name: whole[name] for name in whole if name != "gift_message"}
    assert place.stat().st_mode & 0o777 == 0o600
    for text in someone().disclose().values():
        assert text not in place.read_text() or text == "US"


def test_the_making_and_each_opening_are_on_record(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    archive, _ = made(two, archiving, order)
    assert safe.tags(order)[-2:] == ["order:data:opened", "order:data:archived"]
    (opened,) = safe.rows(order, tag="order:data:opened")
    assert dict(opened.fields)["purpose"] == "legal_record"
    archiving.open(archive, two.keys["casey"], two.keys["sam"], PERSON)
    (row,) = safe.rows(tag="archive:file:opened")
    assert dict(row.fields) == {"archive": archive.head.id, "officers": "casey/sam", "orders": "1"}
    (row,) = safe.rows(tag="archive:file:made")
    assert dict(row.fields)["officers"] == "casey/robin"


def test_a_hold_moves_no_deadline_and_outlives_the_vault(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    before = safe.storage.sealed.get(order.ref)
    archive, _ = made(two, archiving, order)
    assert safe.storage.sealed.get(order.ref) == before
    assert safe.now_is(order) == order
    safe.clock.advance(timedelta(days=31))
    safe.shredding.run()
    with pytest.raises(NothingSealed):
        safe.vault.open(order.ref, safe.grant(order))
    assert archiving.open(archive, two.keys["casey"], two.keys["robin"], PERSON)


def test_what_is_past_its_deadline_is_archived_by_nobody(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    safe.clock.advance(timedelta(days=31))
    wanted = terms(order)
    ask = two.asked(Act.ARCHIVE_MAKE, wanted.subject, now=safe.clock.now())
    with pytest.raises(PastDeadline):
        archiving.make(wanted, ask, two.folder.parent / "it", PERSON)
    assert not (two.folder.parent / "it").exists()
    assert archiving.all() == []


def test_one_person_makes_no_archive_and_gets_no_grant_for_one(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    wanted, place = terms(order), two.folder.parent / "it"
    other = replace(wanted, until=UNTIL + timedelta(days=1))
    for ask in (
        None,
        *(two.asked(Act.ARCHIVE_MAKE, wanted.subject, by=(name,)) for name in NAMES),
        *(two.asked(Act.ARCHIVE_MAKE, other.subject, by=pair) for pair in PAIRS),
        two.asked(Act.KEY_DESTROY, wanted.subject),
    ):
        with pytest.raises(TwoPersonsNeeded):
            archiving.make(wanted, ask, place, PERSON)
    assert not place.exists()
    for officers in (frozenset[str](), frozenset({"casey"})):
        with pytest.raises(GrantRefused, match="two officers"):
            safe.grants.issue(
                RELEASER, Purpose.LEGAL_RECORD, seller=SELLER, order=order.ref, officers=officers
            )
    for kind in (ActorKind.PERSON, ActorKind.WAREHOUSE):
        with pytest.raises(GrantRefused):
            safe.grants.issue(
                replace(PERSON, kind=kind),
                Purpose.LEGAL_RECORD,
                seller=SELLER,
                order=order.ref,
                officers=frozenset(NAMES),
            )
    assert safe.tags(order).count("order:data:opened") == 0


def test_one_person_opens_no_archive(safe: Safe, two: Two, archiving: Archiving, order: Order) -> None:
    archive, _ = made(two, archiving, order)
    stranger = OfficerKey.made("robin")
    for name in NAMES:
        own = two.keys[name]
        for second in (own, stranger, OfficerKey.made("kim")):
            if second.name == name and second is not own:
                continue
            with pytest.raises(TwoPersonsNeeded):
                archiving.open(archive, own, second, PERSON)
        # Without our own checks the seals still need both.
        for pair in archive.keys:
            forced = replace(archive, keys={f"{name}/{name}": archive.keys[pair]})
            with pytest.raises(SealBroken):
                forced.open(own, own)
    refused = safe.rows(tag="archive:file:open_refused")
    assert len(refused) >= 8
    assert safe.rows(tag="archive:file:opened") == []


def test_a_removed_officer_opens_nothing_any_more(two: Two, archiving: Archiving, order: Order) -> None:
    archive, _ = made(two, archiving, order)
    two.officers.remove("sam", now=NOW, ask=two.asked(Act.OFFICER_REMOVE, "sam"))
    with pytest.raises(TwoPersonsNeeded, match="no officer's here"):
        archiving.open(archive, two.keys["casey"], two.keys["sam"], PERSON)
    archiving.open(archive, two.keys["casey"], two.keys["robin"], PERSON)


def test_its_end_cannot_be_moved_and_past_it_nothing_opens(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    archive, _ = made(two, archiving, order)
    later = replace(archive, head=replace(archive.head, until=UNTIL + timedelta(days=365)))
    with pytest.raises(SealBroken):
        archiving.open(later, two.keys["casey"], two.keys["robin"], PERSON)
    safe.clock.advance(UNTIL - safe.clock.now() - timedelta(seconds=1))
    archiving.open(archive, two.keys["casey"], two.keys["robin"], PERSON)
    safe.clock.advance(timedelta(seconds=1))
    with pytest.raises(PastDeadline, match="kept until 2033-01-01"):
        archiving.open(archive, two.keys["casey"], two.keys["robin"], PERSON)


def test_no_part_of_an_archive_can_be_exchanged(
    two: Two, archiving: Archiving, order: Order, safe: Safe
) -> None:
    archive, place = made(two, archiving, order)
    other, _ = made(two, archiving, safe.sealed(), "other.archive")
    casey, robin = two.keys["casey"], two.keys["robin"]
    changed = [
        replace(archive, contents=other.contents),
        replace(archive, keys=other.keys),
        replace(archive, head=other.head),
        replace(archive, head=replace(archive.head, basis="AO-148")),
        replace(archive, head=replace(archive.head, fields=frozenset({Field.NAME}))),
        replace(archive, keys={"casey/robin": archive.keys["casey/sam"]}),
        replace(archive, contents=archive.contents[:-1]),
    ]
    for each in changed:
        with pytest.raises(SealBroken):
            archiving.open(Archive.read(each.as_text()), casey, robin, PERSON)
    kept = json.loads(place.read_text())
    for broken in ("", "[]", "{}", json.dumps({**kept, "head": {}}), json.dumps({**kept, "keys": []})):
        with pytest.raises(BadInput, match="no archive"):
            Archive.read(broken)
    named = {**kept["head"], "id": "Testperson Alpha"}
    with pytest.raises(BadInput, match="no archive"):
        Archive.read(json.dumps({**kept, "head": named}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis": "because we want to"}, "names a law"),
        ({"until": NOW}, "a day to come"),
        ({"until": NOW + timedelta(days=5000)}, "within eleven years"),
        ({"fields": frozenset({Field.NAME, Field.PHONE})}, "demands phone"),
        ({"fields": frozenset()}, "at least one"),
        ({"orders": ()}, "at least one"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    two: Two, archiving: Archiving, order: Order, changes: dict[str, object], words: str
) -> None:
    wanted = replace(terms(order), **changes)  # type: ignore[arg-type]  # one wrong value at a time
    with pytest.raises(BadInput, match=words):
        archiving.make(wanted, None, two.folder.parent / "it", PERSON)


def test_before_its_end_two_delete_it_and_afterwards_health_asks_for_it(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    archive, place = made(two, archiving, order)
    kept, second = made(two, archiving, order, "second.archive")
    early = replace(archive, head=replace(archive.head, until=NOW))  # as somebody wrote into the file
    with pytest.raises(TwoPersonsNeeded):
        archiving.delete(early, place, None, PERSON)
    assert place.exists()
    copy = place.read_text()
    archiving.delete(archive, place, two.asked(Act.ARCHIVE_DELETE, archive.head.id), PERSON)
    assert not place.exists()
    with pytest.raises(PastDeadline, match="was deleted"):
        archiving.open(Archive.read(copy), two.keys["casey"], two.keys["robin"], PERSON)
    assert not any("archive" in name for name in bad(safe))
    safe.clock.advance(UNTIL - safe.clock.now())
    assert bad(safe)[f"archive {kept.head.id}"].startswith("It was kept for AO-147 until 2033-01-01")
    archiving.delete(kept, second, None, PERSON)
    assert not any("archive" in name for name in bad(safe))


def test_an_archive_that_cannot_be_written_is_told_of_as_deleted(
    safe: Safe, two: Two, archiving: Archiving, order: Order
) -> None:
    wanted = terms(order)
    ask = two.asked(Act.ARCHIVE_MAKE, wanted.subject)
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        archiving.make(wanted, ask, two.folder / "nowhere" / "it", PERSON)
    (row,) = safe.rows(tag="archive:file:deleted")
    assert dict(row.fields)["reason"] == "not_written"
    assert [each.deleted_at is not None for each in archiving.all()] == [True]


def bad(safe: Safe) -> dict[str, str]:
    return {
        check.name: check.sentence for check in health(safe.storage, [], safe.clock).checks if not check.ok
    }
