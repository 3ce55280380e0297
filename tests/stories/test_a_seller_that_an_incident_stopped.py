"""A seller that an incident stopped rests until somebody wakes it: no secret and no consent does."""

import pytest

from dockseal.domain.secret import Secret
from dockseal.domain.seller import stopped
from dockseal.errors import BadInput
from harvesting import ME
from spapi_simulator import Line
from town import ACME as SELLER
from town import Town


@pytest.fixture
def resting(town: Town) -> Town:
    """A town whose only seller rests because of an incident."""
    town.connect()
    case = town.app.incidents.open("Its account may be used by somebody else.", ME)
    town.app.incidents.take(case.id, "rest_seller", SELLER, ME)
    return town


def because(town: Town) -> str:
    """Why it rests."""
    (case,) = town.app.storage.incidents.all()
    return stopped(SELLER, case.id)


def test_a_new_client_secret_does_not_wake_it(resting: Town) -> None:
    resting.app.rotating.replace("dockseal", Secret("invented"), ME)
    assert resting.kept().rests_because == because(resting)
    assert len(resting.audited("seller:account:resumed")) == 1  # as it was connected at first


def test_neither_a_consent_nor_a_check_wakes_it(resting: Town) -> None:
    resting.connect()
    resting.again()
    assert resting.kept().rests_because == because(resting)
    assert len(resting.audited("seller:account:resumed")) == 1  # as it was connected at first


def test_what_else_would_have_it_rest_does_not_take_the_incidents_place(resting: Town) -> None:
    kept = resting.kept()
    resting.app.storage.sellers.change(kept, rests_because="Login with Amazon refused its refresh token.")
    assert resting.kept().rests_because == because(resting)


def test_the_measure_can_be_taken_again_and_over_another_reason(town: Town) -> None:
    town.connect()
    town.app.storage.sellers.change(town.kept(), rests_because="Login with Amazon refused its refresh token.")
    case = town.app.incidents.open("Its account may be used by somebody else.", ME)
    for told in ("rest.", "rest, as before"):
        assert told in town.app.incidents.take(case.id, "rest_seller", SELLER, ME)
    assert town.kept().rests_because == because(town)


def test_it_is_woken_by_a_person_also_once_the_case_is_closed(resting: Town) -> None:
    work, (case,) = resting.app.incidents, resting.app.storage.incidents.all()
    work.told(case.id, ME)
    work.close(case.id, ME, root_cause="A leak.", remediation="Closed.", corrective_control="A lock.")
    work.wake(SELLER, ME)
    assert work.custody.verify(case)[-1].text == f"The lanes of seller {SELLER} run again."
    order = resting.amazon.place_order(resting.account, lines=[Line(sku="MUG-1")])
    resting.run(minutes=5)
    assert resting.order(order)
    with pytest.raises(BadInput, match="no incident stopped"):
        work.wake(SELLER, ME)
