import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId
from dockseal.domain.incident import Incident, Source
from dockseal.domain.lockout import Lockout
from dockseal.domain.notice import Watermark
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.errors import SettingsFault
from dockseal.monitoring_audit.checks import Condition, Health, LaneHealth
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import DatabasePlaces, Storage
from trail_attacker import Attacker

ACME = Seller(
    id=SellerId("acme-us"),
    region=Region.NA,
    marketplaces=("ATVPDKIKX0DER",),
    selling_partner_id="A0000000000001",
    warehouse=WarehouseId("reno"),
)
HOUR = timedelta(hours=1)
ADA = Actor(kind=ActorKind.PERSON, name="ada")
SUSPECTED = Incident(
    id="7f3k",
    source=Source.PERSON,
    what="A suspicion.",
    detected_at=datetime(2026, 11, 2, 7, tzinfo=UTC),
    opened_at=datetime(2026, 11, 2, 7, tzinfo=UTC),
    opened_by="person:ada",
    seq=1,
)
RUNS = LaneHealth(name="intake/acme-us", alive=True)


def _bad(found: Health) -> dict[str, str]:
    return {check.name: check.sentence for check in found.checks if not check.ok}


def _drop(place: object, table: str) -> None:
    database = sqlite3.connect(str(place))
    database.execute(f"DROP TABLE {table}")
    database.close()


@pytest.fixture
def swept(storage: Storage, clock: ManualClock) -> Storage:
    storage.sellers.add(ACME)
    storage.watermarks.set(Watermark(seller=ACME.id, complete_to=clock.now() - timedelta(minutes=29)))
    return storage


def test_all_is_well(swept: Storage, clock: ManualClock) -> None:
    found = health(swept, [RUNS], clock, keys=lambda: None)
    assert found.verdict is Condition.OK
    names = [check.name for check in found.checks]
    assert names == ["database", "vault", "keys", "lane intake/acme-us", "sweep acme-us"]


def test_a_late_sweep_degrades(swept: Storage, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=1))
    found = health(swept, [RUNS], clock)
    assert found.verdict is Condition.DEGRADED
    assert "30 minutes ago" in _bad(found)["sweep acme-us"]


def test_a_seller_that_was_never_swept_degrades(storage: Storage, clock: ManualClock) -> None:
    storage.sellers.add(ACME)
    found = health(storage, [], clock)
    assert found.verdict is Condition.DEGRADED
    assert "never completed" in _bad(found)["sweep acme-us"]


def test_a_resting_seller_degrades_and_says_why_instead_of_being_late(
    swept: Storage, clock: ManualClock
) -> None:
    swept.sellers.change(ACME, rests_because="Its refresh token ended; run sellers add acme-us --again.")
    clock.advance(timedelta(days=1))
    found = health(swept, [], clock)
    assert found.verdict is Condition.DEGRADED
    assert list(_bad(found)) == ["seller acme-us"]
    assert "refresh token ended" in _bad(found)["seller acme-us"]


def test_a_failing_lane_degrades_and_a_dead_one_fails(swept: Storage, clock: ManualClock) -> None:
    failing = LaneHealth(
        name="intake/acme-us",
        alive=True,
        about="acme-us",
        failing="Amazon cannot be reached",
        failing_since=clock.now() - timedelta(minutes=3),
    )
    found = health(swept, [failing], clock)
    assert found.verdict is Condition.DEGRADED
    since = f"{clock.now() - timedelta(minutes=3):%Y-%m-%d %H:%M:%S} UTC"
    assert _bad(found) == {
        "lane intake/acme-us": f"It has failed since {since}, and is tried again by itself: "
        "Amazon cannot be reached."
    }
    dead = LaneHealth(name="intake/acme-us", alive=False)
    assert health(swept, [dead], clock).verdict is Condition.FAILING


def test_an_unreadable_key_store_fails(swept: Storage, clock: ManualClock) -> None:
    def keys() -> None:
        raise SettingsFault(("the key store cannot be read; restore it from its backup",))

    found = health(swept, [RUNS], clock, keys=keys)
    assert found.verdict is Condition.FAILING
    assert _bad(found) == {"keys": "the key store cannot be read; restore it from its backup."}


def test_an_unreadable_vault_fails(swept: Storage, places: DatabasePlaces, clock: ManualClock) -> None:
    _drop(places.vault, "vault_sealed")
    found = health(swept, [RUNS], clock)
    assert found.verdict is Condition.FAILING
    assert list(_bad(found)) == ["vault"]


def test_a_database_that_takes_no_writes_fails(
    swept: Storage, places: DatabasePlaces, clock: ManualClock
) -> None:
    for table in ("operations_probe", "operations_seller"):
        _drop(places.operations, table)
    found = health(swept, [RUNS], clock)
    assert found.verdict is Condition.FAILING
    assert {"database", "blind sellers"} <= set(_bad(found))


@pytest.mark.parametrize(
    ("table", "blind"),
    [
        ("operations_seller", {"blind sellers", "blind credentials"}),
        ("operations_set_aside", {"blind notifications"}),
        ("operations_alert_channel", {"blind alerts"}),
    ],
)
def test_a_look_that_cannot_go_on_hides_no_other_and_says_that_health_is_blind_there(
    swept: Storage, places: DatabasePlaces, clock: ManualClock, table: str, blind: set[str]
) -> None:
    source = "api/192.0.2.7"
    locked = Lockout(source=source, failures=10, last_at=clock.now(), locked_until=clock.now() + HOUR)
    swept.lockouts.put(locked)
    swept.incidents.add(SUSPECTED)
    before = _bad(health(swept, [RUNS], clock))
    assert list(before) == ["incident 7f3k", f"lockout {source}"]
    _drop(places.operations, table)
    after = _bad(health(swept, [RUNS], clock))
    assert blind <= set(after)
    assert next(iter(after)) == "incident 7f3k"
    assert after[f"lockout {source}"] == before[f"lockout {source}"]


def test_what_a_row_of_the_trail_lacks_is_told_without_repeating_what_it_has(
    swept: Storage, places: DatabasePlaces, trail: Trail, clock: ManualClock
) -> None:
    with swept.transaction():
        trail.record(
            Tag.ARCHIVE_FILE_MADE, actor=ADA, archive="a", basis="law", until=clock.now(), officers="ada/eve"
        )
    with Attacker.of(places) as attacker:
        attacker.run(
            'UPDATE operations_audit SET fields = \'{"invented": "Vault 7"}\' WHERE tag = ?',
            (Tag.ARCHIVE_FILE_MADE.value,),
        )
    told = _bad(health(swept, [RUNS], clock))
    assert "KeyError" in told["blind archives"]
    assert "Vault 7" not in str(told)


def test_a_key_left_past_its_end_fails_after_an_hour(swept: Storage, clock: ManualClock) -> None:
    ends = clock.now()

    def found() -> Health:
        return health(swept, [], clock, key_ends=lambda: [ends + timedelta(days=1), ends])

    clock.advance(timedelta(minutes=59))
    assert "shredding keys" not in _bad(found())
    clock.advance(timedelta(minutes=1))
    assert found().verdict is Condition.FAILING
    assert f"ended on {ends:%Y-%m-%d %H:%M} UTC is still there" in _bad(found())["shredding keys"]


def test_personal_data_left_past_its_deadline_fails_after_an_hour(swept: Storage, clock: ManualClock) -> None:
    swept.sealed.put(
        SealedRecord(
            order=OrderRef("abcdefghjk"),
            seller=ACME.id,
            version=1,
            epoch="20261103T000000Z",
            deadline=clock.now(),
            sealed_at=clock.now() - timedelta(days=28),
            wrapped_key=b"wrapped",
            ciphertext=b"sealed",
        )
    )
    clock.advance(timedelta(minutes=59))
    assert "shredding records" not in _bad(health(swept, [], clock))
    clock.advance(timedelta(minutes=1))
    assert health(swept, [], clock).verdict is Condition.FAILING
    assert "look at the lane shred" in _bad(health(swept, [], clock))["shredding records"]


@pytest.mark.parametrize("name", ["shred", "shorten"])
def test_a_shredding_lane_that_misses_its_turns_fails_and_others_may_be_idle(
    swept: Storage, clock: ManualClock, name: str
) -> None:
    lanes = [LaneHealth(name=each, alive=True, finished_at=clock.now()) for each in (name, "take_in/acme-us")]
    clock.advance(timedelta(minutes=59))
    assert not [each for each in _bad(health(swept, lanes, clock)) if each.startswith("lane")]
    clock.advance(timedelta(minutes=1))
    found = health(swept, lanes, clock)
    assert found.verdict is Condition.FAILING
    assert [each for each in _bad(found) if each.startswith("lane")] == [f"lane {name}"]


def test_keys_that_cannot_be_read_are_told_once(swept: Storage, clock: ManualClock) -> None:
    def unreadable() -> list[datetime]:
        raise SettingsFault(("the key store cannot be read; restore it from its backup",))

    found = health(swept, [RUNS], clock, keys=unreadable, key_ends=unreadable)
    assert list(_bad(found)) == ["keys"]
