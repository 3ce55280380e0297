"""How many buyers an insider sees before being stopped, harvesting as fast as they can (P8).

Every attacker harvests for real, many times over; `docs/threat-model.md` publishes `BOUNDS`.
"""

import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from math import comb
from pathlib import Path

import pytest

from day import START, WAREHOUSE, Day
from dockseal.bootstrap import build
from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.incident import EVERYBODY
from dockseal.domain.order import Order
from dockseal.errors import SettingsFault
from harvesting import Wms, harvest, orders, plant
from unit.console.person import Person

ORDERS, CANARIES, BUDGET = 90, 10, 60
"""What lies in the queue: one in ten is a canary, as DOCKSEAL_CANARY_PERCENT=10 keeps it; an hour's opens."""
HARVESTS = 12
BOUNDS = {
    "a picker, or a stolen session, that opens what the list of orders shows": 44,
    "a picker who opens only what is to be packed, as work does": 2 * BUDGET,
    "an administrator who calls the vault under many names": 64,
    "a stolen API key of a warehouse, read from the beginning": 44,
    "a database administrator with a dump": 0,
    "a stolen backup of data, without the keys": 0,
}
"""At most so many buyers within an hour, with 99 % where canaries stop it and for sure where budgets do."""


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Day, list[Order], list[Order]]]:
    """A day with a full queue of a by-hand warehouse."""
    day = Day(folder=tmp_path_factory.mktemp("harvested"), adapter="by_hand")
    real = orders(day, ORDERS)
    yield day, real, plant(day, CANARIES)
    day.close()


def let_go(day: Day) -> None:
    """Ends every case and every lock, so that the next one harvests as the first did."""
    for lock in day.app.storage.locks.all():
        day.app.storage.locks.lift(lock.subject)
    for case in day.app.storage.incidents.all(open_only=True):
        day.app.storage.incidents.change(case, closed_at=day.clock.now())


def sure(queue: int, canaries: int, *, rings: int = 1) -> int:
    """So many opens in any order meet `rings` canaries with 99 %: what the share alone promises."""
    for opens in range(queue + 1):
        missed = sum(
            comb(canaries, met) * comb(queue - canaries, opens - met) for met in range(rings) if opens >= met
        ) / comb(queue, opens)
        if missed <= 0.01:
            return opens
    return queue


def test_a_picker_is_stopped_by_a_canary_or_by_the_budget(
    harvested: tuple[Day, list[Order], list[Order]],
) -> None:
    day, real, birds = harvested
    most = 0
    for seed in range(HARVESTS):
        queue = [*real, *birds]
        random.Random(seed).shuffle(queue)
        picker = Actor(kind=ActorKind.PERSON, name=f"picker-{seed}")
        seen = harvest(day, queue, picker) - {bird.ref for bird in birds}
        most = max(most, len(seen))
        (case,) = day.app.storage.incidents.all(open_only=True)
        assert case.detected_at == day.clock.now()
        assert harvest(day, real, picker, Purpose.PACKING_SLIP) == set()
        let_go(day)
    bound = BOUNDS["a picker, or a stolen session, that opens what the list of orders shows"]
    assert most <= min(BUDGET, bound)


def test_without_a_canary_among_what_is_packed_the_budget_ends_it(
    harvested: tuple[Day, list[Order], list[Order]],
) -> None:
    day, real, _ = harvested
    thief, queue = Actor(kind=ActorKind.PERSON, name="patient"), real + real
    labels = harvest(day, queue[:ORDERS], thief)
    slips = harvest(day, queue[BUDGET : BUDGET + ORDERS], thief, Purpose.PACKING_SLIP)
    assert len(labels) == len(slips) == BUDGET
    assert len(labels | slips) <= BOUNDS["a picker who opens only what is to be packed, as work does"]
    let_go(day)


def test_a_stolen_session_opens_until_it_ends(harvested: tuple[Day, list[Order], list[Order]]) -> None:
    day, real, birds = harvested
    session = Person(day.app, ManualClock(start=START))
    session.sign_in()
    queue = [*real, *birds]
    random.Random(1).shuffle(queue)
    seen = 0
    for order in queue:
        page = f"/orders/{order.ref}"
        if session.get(page).status_code != 200:
            break
        answer = session.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
        seen += answer.status_code == 200 and order in real
    assert seen <= BOUNDS["a picker, or a stolen session, that opens what the list of orders shows"]
    assert session.get("/").headers["location"] == "/sign-in"
    let_go(day)


def test_many_names_do_not_help_an_administrator_the_second_canary_stops_everything(
    harvested: tuple[Day, list[Order], list[Order]],
) -> None:
    day, real, birds = harvested
    most = 0
    for seed in range(HARVESTS):
        queue, seen, number = [*real, *birds], set(), 0
        random.Random(100 + seed).shuffle(queue)
        for order in queue:
            if day.app.storage.locks.among(EVERYBODY):
                break
            name = f"nobody-{number}"
            seen |= harvest(day, [order], Actor(kind=ActorKind.PERSON, name=name))
            number += bool(day.app.storage.locks.among(f"person:{name}"))
        seen -= {bird.ref for bird in birds}
        most = max(most, len(seen))
        assert day.app.storage.locks.among(EVERYBODY)
        let_go(day)
    assert most <= BOUNDS["an administrator who calls the vault under many names"]


def test_whoever_has_the_databases_alone_sees_nobody_and_cannot_tell_the_canaries(
    tmp_path: Path, harvested: tuple[Day, list[Order], list[Order]]
) -> None:
    day, real, birds = harvested
    like = [(sorted(asdict(each)), day.tags(each.id)[:6]) for each in (real[0], birds[0])]
    assert like[0] == like[1]
    named = [each for each in day.app.storage.audit.rows(None, 10_000) if "canary" in each.tag]
    told = {text for row in named for _, text in row.fields if row.tag == "canary:register:changed"}
    assert not {bird.ref for bird in birds} & told
    stolen = tmp_path / "stolen"
    shutil.copytree(day.folder / "data", stolen)
    settings = day.settings.model_copy(update={"data_dir": stolen, "key_dir": tmp_path / "no-keys"})
    with pytest.raises(SettingsFault):
        build(settings)


def test_a_stolen_key_of_a_warehouse_meets_a_canary_where_it_reads_what_was_read(tmp_path: Path) -> None:
    day = Day(folder=tmp_path, adapter="rest")
    real = orders(day, 45)
    birds = {bird.ref for bird in plant(day, 5)}
    warehouse = Wms(day)
    warehouse.new()
    orders(day, 1)
    warehouse.new()
    most = 0
    try:
        for seed in range(HARVESTS):
            thief = Wms(day)
            refs = thief.new()
            random.Random(seed).shuffle(refs)
            seen = [ref for ref in refs if thief.opens(ref).status_code == 200]
            most = max(most, len([ref for ref in seen if ref.partition("-")[0] not in birds]))
            assert day.app.storage.locks.among(f"warehouse:{WAREHOUSE}")
            let_go(day)
    finally:
        day.close()
    assert most <= BOUNDS["a stolen API key of a warehouse, read from the beginning"]
    assert len(real) > most


def test_the_published_numbers_are_these() -> None:
    page = (Path(__file__).parents[2] / "docs" / "threat-model.md").read_text()
    for attacker, number in BOUNDS.items():
        assert f"| {attacker} | {number} |" in page


def test_the_share_of_canaries_alone_promises_what_is_published_whatever_the_queue() -> None:
    for queue in (100, 1000, 10_000):
        one, two = sure(queue, queue // 10), sure(queue, queue // 10, rings=2)
        assert one <= BOUNDS["a stolen API key of a warehouse, read from the beginning"]
        assert two <= BOUNDS["an administrator who calls the vault under many names"]
