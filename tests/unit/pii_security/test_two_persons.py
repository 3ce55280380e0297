"""The officers are those of the audit trail as well as those of the registry: neither alone makes one."""

import functools
import shutil

import pytest

from dockseal.errors import BadInput, SettingsFault, TwoPersonsNeeded
from dockseal.pii_security.asks import Act
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.officers import Officers
from dockseal.pii_security.two_persons import TwoPersons
from unit.pii_security.safe import NOW, PERSON, Safe
from unit.pii_security.test_destroying import killed_at
from unit.pii_security.two import NAMES, Two

EPOCH = "20261103T000000Z"


def persons(safe: Safe, two: Two) -> TwoPersons:
    return TwoPersons(officers=two.officers, storage=safe.storage, trail=safe.trail, clock=safe.clock)


@pytest.fixture
def two(safe: Safe) -> Two:
    """Three officers whom the trail knows."""
    return Two(folder=safe.folder / "keys").recorded(safe)


def decide(safe: Safe, two: Two, *by: str) -> dict[str, str]:
    ask = two.asked(Act.KEY_DESTROY, EPOCH, by=by or NAMES[:2])
    return persons(safe, two).decided(ask, what=Act.KEY_DESTROY, subject=EPOCH, actor=PERSON)


def test_each_coming_and_going_is_on_record_with_who_asked_for_it(safe: Safe, two: Two) -> None:
    persons(safe, two).remove("sam", two.asked(Act.OFFICER_REMOVE, "sam"), PERSON)
    added = [dict(row.fields) for row in safe.rows(tag="officer:registry:added")]
    assert [row["officer"] for row in added] == ["casey", "robin", "sam"]
    assert [row.get("officers") for row in added] == [None, None, "casey/robin"]
    (removed,) = safe.rows(tag="officer:registry:removed")
    assert dict(removed.fields)["officers"] == "casey/robin"
    assert decide(safe, two)["officers"] == "casey/robin"


def test_officers_whom_somebody_put_into_the_folder_decide_nothing(safe: Safe, two: Two) -> None:
    folder = two.folder / "officers"
    backup = folder.rename(two.folder / "backup")
    mallory = Two(folder=two.folder)
    with pytest.raises(TwoPersonsNeeded, match="tells of the officers casey, robin, sam"):
        persons(safe, mallory).add(mallory.keys["casey"].public(), None, PERSON)
    mallory.registered()  # as by hand: the same names, other keys, and a registry that adds up
    kim = OfficerKey.made("kim").public()
    with pytest.raises(TwoPersonsNeeded, match="trail does not know"):
        decide(safe, mallory)
    with pytest.raises(TwoPersonsNeeded, match="trail does not know"):
        persons(safe, mallory).add(kim, mallory.asked(Act.OFFICER_ADD, kim.subject), PERSON)
    with pytest.raises(TwoPersonsNeeded, match="trail does not know"):
        persons(safe, mallory).remove("sam", mallory.asked(Act.OFFICER_REMOVE, "sam"), PERSON)
    shutil.rmtree(folder)
    backup.rename(folder)
    decide(safe, two)


def test_an_officer_of_the_past_does_not_come_back_with_an_older_registry(safe: Safe, two: Two) -> None:
    place = two.folder / "officers" / "officers.json"
    older = place.read_text()
    persons(safe, two).remove("sam", two.asked(Act.OFFICER_REMOVE, "sam"), PERSON)
    place.write_text(older)
    with pytest.raises(TwoPersonsNeeded, match="does not know sam"):
        decide(safe, two, "robin", "sam")
    persons(safe, two).remove("sam", two.asked(Act.OFFICER_REMOVE, "sam"), PERSON)
    decide(safe, two)


def test_what_is_refused_changes_nothing_and_is_on_record(safe: Safe, two: Two) -> None:
    kim = OfficerKey.made("kim").public()
    for ask in (None, two.asked(Act.OFFICER_ADD, kim.subject, by=("casey",))):
        with pytest.raises(TwoPersonsNeeded):
            persons(safe, two).add(kim, ask, PERSON)
        with pytest.raises(TwoPersonsNeeded):
            persons(safe, two).remove("sam", ask, PERSON)
    ask = two.asked(Act.OFFICER_ADD, kim.subject)
    persons(safe, two).add(kim, ask, PERSON)
    with pytest.raises(BadInput):
        persons(safe, two).add(kim, ask, PERSON)
    assert len(safe.rows(tag="officer:ask:refused")) == 4
    assert len(safe.rows(tag="officer:registry:added")) == 4


def test_killed_at_any_step_of_adding_one_it_is_finished_by_running_it_again(safe: Safe, two: Two) -> None:
    for step in range(1, 100):
        name = f"kim{step}"
        kim = OfficerKey.made(name).public()
        ask = two.asked(Act.OFFICER_ADD, kim.subject)
        safe.storage.close()
        killed = killed_at(step, functools.partial(persons(safe, two).add, kim, ask, PERSON))
        if name not in {officer.name for officer in two.officers.all()}:
            again = two.asked(Act.OFFICER_ADD, kim.subject)
            persons(safe, two).add(kim, again, PERSON)
        decide(safe, two)
        if not killed:
            break
    assert step > 5


def test_without_its_registry_nobody_decides(safe: Safe, two: Two) -> None:
    (two.folder / "officers" / "officers.json").write_text("{}")
    with pytest.raises(SettingsFault, match="changed by hand"):
        decide(safe, two)
    assert Officers(two.folder / "none").all() == []
    assert safe.clock.now() == NOW
