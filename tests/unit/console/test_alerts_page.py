"""The page of alerts: shown by how they stand, seen to, kept quiet, told again."""

from datetime import timedelta

import pytest

from dockseal.domain.alert import AlertState
from unit.console.person import Person
from unit.console.world import START, World
from unit.monitoring_audit.alerts.made import DESK, firing, resolved

PAGE = "/alerts"


@pytest.fixture
def alerts(world: World) -> World:
    world.storage.alerts.add(
        firing("sweep acme-us", START, sentence="It is late: run `dockseal sellers status`.")
    )
    world.storage.alerts.add(firing("unmatched reno", START, told={"desk": START}))
    world.storage.alerts.add(resolved("lockout api/192.0.2.7", START))
    return world


def section(page: str, ref: str) -> str:
    return page.partition(f'id="a{ref}"')[2].partition("</section>")[0]


def test_the_page_says_that_nothing_fires_and_that_nobody_is_told(person: Person) -> None:
    page = person.get(PAGE).text
    assert "No alert fires." in page
    assert "dockseal alerts channels add" in page
    assert '<a href="/alerts" aria-current="page">Alerts</a>' in page


def test_the_page_shows_what_fires_with_what_to_do(person: Person, alerts: World) -> None:
    alerts.storage.alert_channels.put(DESK)
    page = person.get(PAGE).text
    late = section(page, "ref-sweep-acme-us")
    assert "It is late: run <code>dockseal sellers status</code>." in late
    assert "critical" in late
    assert "<code>dockseal sellers runs SELLER</code>" in late
    assert "nobody" in late
    assert "desk" in section(page, "ref-unmatched-reno")
    assert "lockout api/192.0.2.7" in page.partition("Resolved in the last week")[2]
    assert "dockseal alerts channels add" not in page
    assert page.index("sweep acme-us") < page.index("unmatched reno"), "the most pressing stands first"


def test_a_person_sees_to_an_alert(person: Person, alerts: World) -> None:
    answer = person.send(f"{PAGE}/ref-sweep-acme-us/acknowledge", {"hours": "4"}, page=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    kept = alerts.storage.alerts.find("ref-sweep-acme-us")
    assert kept is not None
    assert (kept.acknowledged_by, kept.acknowledged_until) == ("person:console", START + timedelta(hours=4))
    assert "person:console, until" in section(person.get(PAGE).text, "ref-sweep-acme-us")
    (row,) = alerts.storage.audit.search(tag="alert:life:acknowledged")
    assert (row.actor, dict(row.fields)["alert"]) == ("person:console", "ref-sweep-acme-us")


def test_a_person_keeps_an_alert_quiet_and_has_it_told_again(person: Person, alerts: World) -> None:
    values = {"rule": "sweep", "about": "acme-us", "hours": "24"}
    assert person.send(f"{PAGE}/mutes", values, page=PAGE).status_code == 303
    (mute,) = alerts.storage.alert_mutes.all(START)
    assert "muted" in section(person.get(PAGE).text, "ref-sweep-acme-us")
    assert person.send(f"{PAGE}/mutes/{mute.ref}/end", page=PAGE).status_code == 303
    assert alerts.storage.alert_mutes.all(START) == []
    assert "firing" in section(person.get(PAGE).text, "ref-sweep-acme-us")
    tags = [row.tag for row in alerts.storage.audit.rows()]
    assert tags[-2:] == ["alert:mute:begun", "alert:mute:ended"]


@pytest.mark.parametrize(
    ("path", "values", "sentence"),
    [
        ("ref-sweep-acme-us/acknowledge", {"hours": "999"}, "at most 168 hours"),
        ("ref-sweep-acme-us/acknowledge", {"hours": "<b>"}, "give it in whole hours"),
        ("nothing/acknowledge", {"hours": "4"}, "no alert nothing fires"),
        ("mutes", {"rule": "sweep", "hours": "25"}, "at most 24 hours"),
        ("mutes", {"rule": "canary", "hours": "0"}, "more than none"),
        ("mutes", {"rule": "<b>", "hours": "1"}, "no rule is called"),
        ("mutes/nothing/end", {}, "no mute nothing is in force"),
    ],
)
def test_what_cannot_be_says_why(
    person: Person, alerts: World, *, path: str, values: dict[str, str], sentence: str
) -> None:
    answer = person.send(f"{PAGE}/{path}", values, page=PAGE)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert "<b>" not in answer.text
    assert alerts.storage.alerts.find("ref-sweep-acme-us").acknowledged_until is None  # type: ignore[union-attr]  # it is there
    assert all(alert.state is AlertState.FIRING for alert in alerts.storage.alerts.live())


def test_a_form_without_its_token_changes_nothing(person: Person, alerts: World) -> None:
    answer = person.client.post(f"{PAGE}/mutes", data={"rule": "sweep", "hours": "1"})
    assert answer.status_code == 403
    assert alerts.storage.alert_mutes.all(START) == []
