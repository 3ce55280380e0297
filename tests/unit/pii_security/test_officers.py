"""What two officers decide together, and that one person alone decides nothing."""

import itertools
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, SettingsFault, StorageUnavailable, TwoPersonsNeeded
from dockseal.pii_security.asks import LONGEST, Act, Ask, Signature, SignedAsk
from dockseal.pii_security.officer_keys import OfficerKey, PublicOfficer
from dockseal.pii_security.officers import Officers
from dockseal.pii_security.stretching import LEAST_COST
from unit.pii_security.safe import NOW
from unit.pii_security.two import NAMES, Two

EPOCH, OTHER = "20261103T000000Z", "20261104T000000Z"
DESTROY = Act.KEY_DESTROY
WORDS = Secret("correct horse invented staple")


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(folder=tmp_path / "keys").registered()


def verify(two: Two, ask: SignedAsk | None, subject: str = EPOCH, *, what: Act = DESTROY) -> tuple[str, ...]:
    return two.officers.verify(ask, what=what, subject=subject, now=NOW)


@pytest.mark.parametrize("pair", list(itertools.permutations(NAMES, 2)))
def test_any_two_officers_decide_together_in_any_order(two: Two, pair: tuple[str, str]) -> None:
    assert verify(two, two.asked(DESTROY, EPOCH, by=pair)) == tuple(sorted(pair))


def test_an_ask_goes_through_a_file_unchanged(two: Two) -> None:
    ask = two.asked(DESTROY, EPOCH)
    assert SignedAsk.read(ask.as_text()) == ask
    assert verify(two, SignedAsk.read(ask.as_text())) == ("casey", "robin")


def test_an_ask_is_good_once(two: Two) -> None:
    ask = two.asked(DESTROY, EPOCH)
    verify(two, ask)
    with pytest.raises(TwoPersonsNeeded, match="used before"):
        verify(two, ask)
    with pytest.raises(TwoPersonsNeeded, match="used before"):
        Officers(two.folder / "officers").verify(ask, what=DESTROY, subject=EPOCH, now=NOW)


def test_of_many_who_use_one_ask_at_the_same_time_one_succeeds(two: Two) -> None:
    ask, together = two.asked(DESTROY, EPOCH), Barrier(8)

    def use(_: int) -> bool:
        together.wait(timeout=30)
        try:
            verify(two, ask)
        except TwoPersonsNeeded:
            return False
        return True

    with ThreadPoolExecutor(together.parties) as pool:
        assert sum(pool.map(use, range(together.parties))) == 1


def test_an_ask_is_good_from_its_first_second_to_its_last(two: Two) -> None:
    for at, good in ((NOW, True), (NOW + LONGEST - timedelta(seconds=1), True), (NOW + LONGEST, False)):
        ask = two.asked(DESTROY, EPOCH)
        if good:
            two.officers.verify(ask, what=DESTROY, subject=EPOCH, now=at)
        else:
            with pytest.raises(TwoPersonsNeeded, match="ended on"):
                two.officers.verify(ask, what=DESTROY, subject=EPOCH, now=at)
    with pytest.raises(TwoPersonsNeeded, match="begins on"):
        two.officers.verify(
            two.asked(DESTROY, EPOCH), what=DESTROY, subject=EPOCH, now=NOW - timedelta(seconds=1)
        )


Attacks = list[tuple[str, SignedAsk | None]]


def attacks(two: Two) -> Attacks:
    """What one person, with all they could have seen or taken, might hand in to destroy a key."""
    ask = two.ask(DESTROY, EPOCH)
    found: Attacks = [("nobody asked", None), ("unsigned", SignedAsk(ask=ask))]
    for name in NAMES:
        found += _of_one(two, name, ask)
    for pair in itertools.combinations(NAMES, 2):
        found += [*_for_something_else(two, pair), *_edited(two, pair), *_used(two, pair)]
    return found


def _of_one(two: Two, name: str, ask: Ask) -> Attacks:
    """One officer alone, with strangers, and with what the others signed."""
    own, stranger = two.keys[name].sign(ask), OfficerKey.made("mallory").sign(ask)
    found: Attacks = [
        (f"{name} alone", SignedAsk(ask=ask, signatures=(own,))),
        (f"{name} twice", SignedAsk(ask=ask, signatures=(own, own))),
        (f"{name} and a stranger", SignedAsk(ask=ask, signatures=(own, stranger))),
    ]
    for other in sorted(set(NAMES) - {name}):
        seen = two.keys[other].sign(two.ask(DESTROY, EPOCH))
        for how, second in (
            ("own name", replace(own, officer=other)),
            ("earlier signature", seen),
            ("name and no signature", Signature(officer=other, signature=b"")),
            ("name and a stranger's signature", replace(stranger, officer=other)),
        ):
            found += [
                (f"{name} with {other}'s {how}", SignedAsk(ask=ask, signatures=(own, second))),
                (f"{other}'s {how} with {name}", SignedAsk(ask=ask, signatures=(second, own))),
            ]
    return found


def _for_something_else(two: Two, pair: tuple[str, ...]) -> Attacks:
    ask = two.ask(DESTROY, EPOCH)
    week = replace(ask, valid_until=NOW + timedelta(days=7))
    elsewhere = replace(ask, installation="0" * 32)
    return [
        (f"{pair} for another epoch", two.asked(DESTROY, OTHER, by=pair)),
        (f"{pair} for another act", two.asked(Act.ARCHIVE_MAKE, EPOCH, by=pair)),
        (f"{pair} a day ago", two.asked(DESTROY, EPOCH, by=pair, now=NOW - LONGEST)),
        (f"{pair} for later", two.asked(DESTROY, EPOCH, by=pair, now=NOW + timedelta(hours=1))),
        (f"{pair} for a week", two.signed(week, pair)),
        (f"{pair} elsewhere", two.signed(elsewhere, pair)),
    ]


def _edited(two: Two, pair: tuple[str, ...]) -> Attacks:
    signed, own = two.asked(DESTROY, OTHER, by=pair), two.asked(DESTROY, EPOCH, by=pair)
    edits = {
        "subject": replace(signed.ask, subject=EPOCH),
        "act": replace(two.ask(Act.ARCHIVE_MAKE, EPOCH), what=DESTROY),
        "id": replace(own.ask, id="0" * 32),
        "later end": replace(own.ask, valid_until=own.ask.asked_at + timedelta(hours=23)),
        "earlier beginning": replace(
            own.ask, asked_at=NOW - timedelta(seconds=1), valid_until=NOW + LONGEST / 2
        ),
    }
    return [
        *((f"{pair}, {name} edited", replace(own, ask=edited)) for name, edited in edits.items()),
        *((f"{pair}, byte {at} of a signature", _bent(own, at)) for at in range(0, 64, 7)),
    ]


def _used(two: Two, pair: tuple[str, ...]) -> Attacks:
    used = two.asked(DESTROY, EPOCH, by=pair)
    verify(two, used)
    return [(f"{pair} again", used), (f"{pair} again, turned round", _turned(used))]


def _turned(ask: SignedAsk) -> SignedAsk:
    return replace(ask, signatures=ask.signatures[::-1])


def _bent(ask: SignedAsk, at: int) -> SignedAsk:
    first, *others = ask.signatures
    letters = bytearray(first.signature)
    letters[at] ^= 1
    return replace(ask, signatures=(replace(first, signature=bytes(letters)), *others))


def test_one_person_cannot_make_an_ask_of_two(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    tried = attacks(two)
    let_in = []
    for name, ask in tried:
        try:
            verify(two, ask)
        except TwoPersonsNeeded:
            continue
        let_in.append(name)
    assert let_in == []
    assert len(tried) > 80
    with capsys.disabled():
        refused = len(tried) - len(let_in)
        sys.stdout.write(f"\n{len(tried)} asks that one person might hand in, {refused} refused\n")
    assert verify(two, two.asked(DESTROY, EPOCH)) == ("casey", "robin")


def test_every_letter_of_an_ask_is_signed_or_refused(two: Two) -> None:
    text = two.asked(DESTROY, EPOCH).as_text()
    for at, letter in enumerate(text):
        edited = text[:at] + ("0" if letter != "0" else "1") + text[at + 1 :]
        with pytest.raises((BadInput, TwoPersonsNeeded)):
            verify(two, SignedAsk.read(edited))
        with pytest.raises((BadInput, TwoPersonsNeeded)):
            verify(two, SignedAsk.read(text[:at] + text[at + 1 :]))
    verify(two, SignedAsk.read(text))


def test_the_third_officer_needs_the_first_two(tmp_path: Path) -> None:
    two = Two(folder=tmp_path / "keys")
    casey, robin, sam = (two.keys[name].public() for name in NAMES)
    with pytest.raises(TwoPersonsNeeded, match="no two officers yet"):
        verify(two, None)
    assert two.officers.add(casey, now=NOW) == ()
    with pytest.raises(TwoPersonsNeeded, match="no two officers yet"):
        verify(two, None)
    two.officers.add(robin, now=NOW)
    with pytest.raises(TwoPersonsNeeded, match=f"approvals ask officer:add '{sam.subject}'"):
        two.officers.add(sam, now=NOW)
    with pytest.raises(TwoPersonsNeeded, match="only casey signed"):
        two.officers.add(sam, now=NOW, ask=two.asked(Act.OFFICER_ADD, sam.subject, by=("casey",)))
    other = OfficerKey.made("sam").public()
    with pytest.raises(TwoPersonsNeeded, match="not for officer:add sam"):
        two.officers.add(other, now=NOW, ask=two.asked(Act.OFFICER_ADD, sam.subject))
    ask = two.asked(Act.OFFICER_ADD, sam.subject)
    assert two.officers.add(sam, now=NOW, ask=ask) == ("casey", "robin")
    assert [officer.name for officer in two.officers.all()] == ["casey", "robin", "sam"]


def test_who_was_removed_decides_nothing_any_more(two: Two) -> None:
    before = two.asked(DESTROY, EPOCH, by=("robin", "sam"))
    two.officers.remove("sam", now=NOW, ask=two.asked(Act.OFFICER_REMOVE, "sam"))
    with pytest.raises(TwoPersonsNeeded, match="sam, who signed the ask, is no officer"):
        verify(two, before)
    with pytest.raises(BadInput, match="two officers must be left"):
        two.officers.remove("robin", now=NOW, ask=two.asked(Act.OFFICER_REMOVE, "robin"))
    with pytest.raises(BadInput, match="nobody named sam"):
        two.officers.remove("sam", now=NOW, ask=None)


def test_one_person_is_one_officer(two: Two) -> None:
    again = PublicOfficer.from_facts({**two.keys["casey"].public().facts(), "name": "kim"})
    with pytest.raises(BadInput, match="keys of officer casey"):
        two.officers.add(again, now=NOW, ask=two.asked(Act.OFFICER_ADD, again.subject))
    with pytest.raises(BadInput, match="is an officer already"):
        two.officers.add(OfficerKey.made("casey").public(), now=NOW)


def test_a_registry_that_was_changed_by_hand_lets_nobody_decide(two: Two) -> None:
    place = two.folder / "officers" / "officers.json"
    whole = place.read_text()
    kept = json.loads(whole)
    mallory = {**kept["entries"][2], **OfficerKey.made("mallory").public().facts()}
    changes = {
        "one put in": [*kept["entries"], mallory],
        "one put in without an ask": [*kept["entries"], {**mallory, "ask": ""}],
        "keys exchanged": [*kept["entries"][:2], {**mallory, "name": "sam"}],
        "an ask used twice": [*kept["entries"], {**kept["entries"][2], "name": "sam2"}],
        "one of the first two taken out": kept["entries"][1:],
        "one taken out by hand": [*kept["entries"], {**kept["entries"][2], "act": "officer:remove"}],
    }
    for name, entries in changes.items():
        place.write_text(json.dumps({**kept, "entries": entries}))
        with pytest.raises(SettingsFault, match="changed by hand"):
            verify(two, None)
        assert name
    for text in ("", "[]", "{}", '{"installation": 1}', "no json"):
        place.write_text(text)
        with pytest.raises(SettingsFault, match="changed by hand"):
            two.officers.all()
    place.write_text(whole)
    verify(two, two.asked(DESTROY, EPOCH))


@pytest.mark.parametrize("part", ["", "officers.json"])
def test_a_registry_that_others_may_write_is_refused(two: Two, part: str) -> None:
    place = two.folder / "officers" / part
    place.chmod(0o770)
    with pytest.raises(SettingsFault, match="chmod go-w"):
        two.officers.all()
    place.chmod(0o755)
    assert len(two.officers.all()) == 3


def test_a_registry_that_cannot_be_read_lets_nobody_decide(two: Two) -> None:
    (two.folder / "officers" / "officers.json").unlink()
    (two.folder / "officers" / "officers.json").mkdir()
    with pytest.raises(StorageUnavailable, match="officers"):
        verify(two, None)


def test_an_officers_key_opens_with_its_passphrase_alone(two: Two) -> None:
    key = two.keys["casey"]
    closed = key.close(WORDS, cost=LEAST_COST)
    assert OfficerKey.open(closed, WORDS).public() == key.public()
    with pytest.raises(BadInput, match="does not open the key of officer casey"):
        OfficerKey.open(closed, Secret("another invented passphrase"))
    with pytest.raises(BadInput, match="does not open the key of officer robin"):
        OfficerKey.open(closed.replace("casey", "robin"), WORDS)
    for text in ("", "{}", "[]", closed[:-9], closed.replace("scrypt", "none"), closed.replace("16384", "2")):
        with pytest.raises(BadInput, match="no file of an officer's key"):
            OfficerKey.open(text, WORDS)
    with pytest.raises(SettingsFault, match="too short"):
        key.close(Secret("short"))
    assert "_seed" not in repr(key)


def test_public_keys_come_with_a_proof_that_the_private_ones_are_there(two: Two) -> None:
    text = two.keys["casey"].handed_in()
    assert PublicOfficer.read(text) == two.keys["casey"].public()
    facts = json.loads(text)
    others = two.keys["robin"].public().facts()
    for name in ("name", "sign", "unseal"):
        with pytest.raises(BadInput, match="have it made anew"):
            PublicOfficer.read(json.dumps({**facts, name: others[name]}))
    for broken in ("", "{}", json.dumps({**facts, "sign": "00"}), json.dumps({**facts, "name": "No Name"})):
        with pytest.raises(BadInput, match=r"ends in \.pub"):
            PublicOfficer.read(broken)


def test_an_ask_that_cannot_be_one_is_not_made(two: Two) -> None:
    for subject in ("", " x", "two\nlines", "ünïcode", "x" * 8001):
        with pytest.raises(BadInput, match="one line"):
            two.ask(DESTROY, subject)
    for valid in (timedelta(0), timedelta(hours=24, seconds=1)):
        with pytest.raises(BadInput, match="a day at most"):
            Ask.made(DESTROY, EPOCH, installation="0" * 32, now=NOW, valid=valid)
    with pytest.raises(BadInput, match="casey has signed this"):
        two.asked(DESTROY, EPOCH, by=("casey", "casey"))
