"""The pages of the audit trail: searched, paged, taken away whole, and the access register."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from dockseal.console.desk import PERSON
from dockseal.domain.access import Purpose
from dockseal.domain.order import Order
from dockseal.monitoring_audit.tags import Tag
from unit.console.person import Person
from unit.console.world import SERVICE, World, fill


@pytest.fixture
def order(world: World) -> Order:
    """An order whose data was opened by a person and by a service, and once refused."""
    found = fill(world)["by_hand"]
    world.clock.advance(timedelta(days=1))
    with world.storage.transaction():
        for actor, purpose in ((PERSON, Purpose.PACKING_SLIP), (SERVICE, Purpose.HAND_OVER)):
            world.trail.record(
                Tag.ORDER_DATA_OPENED, actor=actor, order=found.ref, purpose=purpose, seller=found.seller
            )
        world.trail.record(
            Tag.ORDER_DATA_OPEN_REFUSED,
            actor=PERSON,
            order=found.ref,
            purpose=Purpose.PACKING_SLIP,
            reason="budget_spent",
        )
    return found


def rows(page: str) -> list[str]:
    """The rows of the page's table, as text."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_who_opened_the_data_of_an_order_why_and_when(person: Person, order: Order) -> None:
    page = person.get(f"/audit?order={order.id}&tag=order:data").text
    refused, by_service, by_person = rows(page)
    assert "2026-11-03 08:00:00 person:console" in by_person
    assert "order:data:opened packing slip" in by_person
    assert "service:release" in by_service
    assert "hand over" in by_service
    assert "reason budget_spent" in refused
    assert f'href="/orders/{order.ref}"' in page
    (only,) = rows(person.get(f"/audit?order={order.ref}&purpose=packing_slip&tag=order:data:opened").text)
    assert only == by_person
    assert rows(person.get("/audit?actor=person:console&since=2026-11-03&seller=acme-us").text) == [by_person]


def test_the_page_is_among_the_others_and_shows_the_newest_first(person: Person, order: Order) -> None:
    assert 'href="/audit"' in person.get("/").text
    numbers = [int(row.split()[0]) for row in rows(person.get("/audit").text)]
    assert len(numbers) == 50
    assert numbers == sorted(numbers, reverse=True)


def test_older_rows_are_a_page_away_until_the_first(person: Person, order: Order) -> None:
    seen, path = [], "/audit?tag=order:life"
    while path:
        page = person.get(path).text
        seen += [int(row.split()[0]) for row in rows(page)]
        older = re.search(r'id="older" href="([^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    told = [
        row.seq for row in person.world.storage.audit.rows(None, 5000) if row.tag.startswith("order:life:")
    ]
    assert sorted(seen) == [seq for seq in told if seq <= max(seen)]
    assert len(seen) == len(set(seen)) > 150


@pytest.mark.parametrize("form", ["csv", "json", "ocsf"])
def test_all_that_is_found_is_taken_away_as_a_file(person: Person, order: Order, form: str) -> None:
    answer = person.get(f"/audit/export/{form}?order={order.id}&tag=order:data")
    ending = "csv" if form == "csv" else "jsonl"
    assert answer.headers["content-disposition"] == f'attachment; filename="audit-trail.{ending}"'
    assert answer.headers["cache-control"] == "no-store"
    if form == "csv":
        told = [row["tag"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]
    else:
        each = [json.loads(line) for line in answer.text.splitlines()]
        told = [row["tag"] if form == "json" else row["metadata"]["event_code"] for row in each]
    assert told == ["order:data:open_refused", "order:data:opened", "order:data:opened"]


def test_a_whole_trail_is_sent_as_it_is_read_and_the_connection_is_let_go_of(
    person: Person, world: World, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go: list[bool] = []
    monkeypatch.setattr(type(world.storage), "close_thread", lambda _: let_go.append(True))
    answer = person.get("/audit/export/json")
    assert len(answer.text.splitlines()) == len(world.storage.audit.rows(None, 5000))
    assert let_go


def test_the_register_leads_to_the_rows_behind_its_numbers(person: Person, order: Order) -> None:
    page = person.get("/audit/register?since=2026-11-03").text
    assert [row.split()[0] for row in rows(page)] == ["person:console", "person:console", "service:release"]
    behind = re.findall(r'href="(/audit\?[^"]+)">1</a>', page)
    assert len(behind) == 3
    for link in behind:
        assert len(rows(person.get(link.replace("&amp;", "&")).text)) == 1
    assert "Nobody did anything" in person.get("/audit/register?until=2026-11-01").text
    assert len(person.get("/audit/register/export/csv?since=2026-11-03").text.splitlines()) == 4
    assert len(person.get("/audit/register/export/json?since=2026-11-03").text.splitlines()) == 3


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/audit?actor=sam", 400, "service:sam"),
        ("/audit?before=x", 400, "begin at the newest rows"),
        ("/audit?since=monday", 400, "is no time"),
        ("/audit/export/csv?tag=order:dat", 400, "docs/audit-tags.md"),
        ("/audit/export/pdf", 404, "csv, json or ocsf"),
        ("/audit/register?since=monday", 400, "is no time"),
        ("/audit/register/export/csv?since=monday", 400, "is no time"),
        ("/audit/register/export/ocsf", 404, "csv or json"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_a_sentence(
    person: Person, order: Order, path: str, status: int, says: str
) -> None:
    answer = person.get(path)
    assert answer.status_code == status
    assert says in answer.text


def test_what_was_asked_for_is_shown_again_and_is_text(person: Person, order: Order) -> None:
    page = person.get("/audit?actor=person:%3Cscript%3E").text
    assert 'value="person:&lt;script&gt;"' in page
    assert "no such row" in page
