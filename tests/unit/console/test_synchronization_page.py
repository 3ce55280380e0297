"""The page of synchronisation, and the answer to "why not yet" on the page of an order."""

from datetime import timedelta

from dockseal.domain.notice import Watermark
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from unit.console.person import Person
from unit.console.world import SELLER, START, World, fill


def test_the_page_says_how_complete_a_seller_is_and_lists_its_last_runs(person: Person, world: World) -> None:
    fill(world)
    world.storage.watermarks.set(Watermark(seller=SELLER, complete_to=START - timedelta(minutes=2)))
    for source, sentence in [
        (SyncSource.SWEEP, ""),
        (SyncSource.RECONCILIATION, "Amazon 1 204 · us 1 204 · oldest unseen 0 s"),
    ]:
        world.storage.sync_runs.add(
            SyncRun(
                seller=SELLER,
                source=source,
                started_at=START,
                ended_at=START,
                outcome=SyncOutcome.COMPLETE,
                window_since=START - timedelta(days=2),
                window_until=START,
                pages=13,
                orders=1204,
                calls=13,
                sentence=sentence,
            )
        )
    page = person.get("/synchronization").text
    assert "last complete to 07:58:00 UTC" in page
    assert "Amazon 1 204 · us 1 204 · oldest unseen 0 s" in page
    assert page.count('data-is="By">sweep</td>') == 1
    assert 'href="/synchronization"' in person.get("/").text


def test_a_seller_that_was_never_swept_is_said_to_be_not_complete(person: Person, world: World) -> None:
    fill(world)
    assert "not complete yet: its first sweep is under way" in person.get("/synchronization").text
    need = person.get("/").text.partition("sweep acme-us")[2].partition("</li>")[0]
    assert 'href="/synchronization#acme-us"' in need


def test_the_page_of_an_order_says_why_it_is_not_further(person: Person, world: World) -> None:
    order = fill(world)["by_hand"]
    page = person.get(f"/orders/{order.ref}").text
    assert f"Order {order.id} is not confirmed, because it is at warehouse" in page
