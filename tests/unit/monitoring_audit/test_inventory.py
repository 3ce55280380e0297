from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.application import Application
from dockseal.domain.clock import ManualClock
from dockseal.domain.credential_age import CredentialClass
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.sealed import SealedCredential
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.inventory import inventory
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from unit.monitoring_audit.test_health import ACME

C = CredentialClass
PERSON = Actor(kind=ActorKind.PERSON, name="casey")
MOMENT = timedelta(microseconds=1)
QUEUE = "https://sqs.us-east-1.amazonaws.com/1/rotation"
NAMES = (
    "application/dockseal/lwa",
    "installation/signing",
    "seller/acme-us/lwa",
    "seller/own-us/lwa",
    "warehouse/reno/secret",
)
COMMANDS = {
    "application/dockseal/lwa": "dockseal applications rotate dockseal",
    "installation/signing": "dockseal credentials rotate signing",
    "master key": "dockseal keys rotate",
    "seller/acme-us/lwa": "dockseal sellers connect acme-us",
    "seller/own-us/lwa": "dockseal sellers add own-us --again",
    "warehouse/reno/api-key": "dockseal warehouses rotate reno",
    "warehouse/reno/secret": "dockseal warehouses rotate reno",
}
KINDS = {
    "application/dockseal/lwa": C.CLIENT_SECRET,
    "installation/signing": C.SIGNING_KEY,
    "master key": C.MASTER_KEY,
    "seller/acme-us/lwa": C.REFRESH_TOKEN,
    "seller/own-us/lwa": C.CLIENT_SECRET,
    "warehouse/reno/api-key": C.API_KEY,
    "warehouse/reno/secret": C.WAREHOUSE_SECRET,
}


def sealed(name: str, clock: ManualClock) -> SealedCredential:
    return SealedCredential(name=name, version=1, stored_at=clock.now(), ciphertext=b"sealed")


@pytest.fixture
def stocked(storage: Storage, clock: ManualClock) -> Storage:
    """One credential of each class, all stored now."""
    storage.sellers.add(replace(ACME, application="dockseal"))
    storage.sellers.add(replace(ACME, id=type(ACME.id)("own-us")))
    storage.applications.put(
        Application(id="dockseal", application_id="amzn1.sp.solution.1", redirect_uri="https://x.example.com")
    )
    storage.warehouses.add(
        Warehouse(id=WarehouseId("reno"), adapter="webhook", api_key_hash="ab" * 32, api_key_at=clock.now())
    )
    for name in NAMES:
        storage.credentials.put(sealed(name, clock))
    with storage.transaction():
        Trail(storage, clock).record(Tag.KEY_MASTER_CREATED, actor=PERSON)
    return storage


def told(storage: Storage, clock: ManualClock) -> dict[str, Check]:
    found = health(storage, [], clock).checks
    return {each.name: each for each in found if each.name.startswith("credential ")}


def test_every_credential_has_its_class_owner_age_and_the_command_that_rotates_it(
    stocked: Storage, clock: ManualClock
) -> None:
    found = {each.name: each for each in inventory(stocked)}
    assert {name: each.kind for name, each in found.items()} == KINDS
    assert {name: each.rotate for name, each in found.items() if COMMANDS[name] not in each.rotate} == {}
    assert {each.owner for each in found.values()} == {
        "application dockseal",
        "seller acme-us",
        "seller own-us",
        "the installation",
        "warehouse reno",
    }
    assert {each.since for each in found.values()} == {clock.now()}
    assert {each.rotated_at for each in found.values()} == {None}
    assert b"sealed" not in repr(found).encode()


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (90, {"application/dockseal/lwa", "seller/own-us/lwa"}),
        (300, set(COMMANDS)),
    ],
)
def test_health_tells_of_each_by_name_from_its_day_on(
    stocked: Storage, clock: ManualClock, days: int, names: set[str]
) -> None:
    clock.advance(timedelta(days=days) - MOMENT)
    earlier = set(told(stocked, clock))
    clock.advance(MOMENT)
    found = told(stocked, clock)
    assert set(found) == {f"credential {name}" for name in names}
    assert earlier < set(found)
    for name in names:
        assert COMMANDS[name] in found[f"credential {name}"].sentence
        assert not found[f"credential {name}"].ok


def test_what_was_rotated_is_told_of_no_more(stocked: Storage, clock: ManualClock) -> None:
    clock.advance(timedelta(days=300))
    stocked.credentials.put(
        replace(sealed("warehouse/reno/secret", clock), version=2, first_at=clock.now() - timedelta(days=300))
    )
    stocked.warehouses.change(stocked.warehouses.get(WarehouseId("reno")), api_key_at=clock.now())
    with stocked.transaction():
        trail = Trail(stocked, clock)
        trail.record(Tag.KEY_MASTER_ROTATED, actor=PERSON, master="abcd")
    left = {name.removeprefix("credential ") for name in told(stocked, clock)}
    assert left == set(COMMANDS) - {"master key", "warehouse/reno/api-key", "warehouse/reno/secret"}
    found = {each.name: each for each in inventory(stocked)}
    for name in ("warehouse/reno/secret", "master key"):
        assert found[name].rotated_at == clock.now()
        assert found[name].stored_at == clock.now() - timedelta(days=300)


def test_an_end_that_is_told_of_already_is_not_told_of_twice(stocked: Storage, clock: ManualClock) -> None:
    ends = clock.now() + timedelta(days=180)
    stocked.applications.change("dockseal", secret_expires_at=ends)
    seller = next(each for each in stocked.sellers.all() if each.id == ACME.id)
    stocked.sellers.change(seller, consent_until=ends)
    clock.advance(timedelta(days=149))
    both = {"credential application/dockseal/lwa", "credential seller/acme-us/lwa"}
    assert both <= set(told(stocked, clock))
    clock.advance(timedelta(days=1))
    names = {check.name for check in health(stocked, [], clock).checks if not check.ok}
    assert {"client secret dockseal", "consent acme-us"} <= names
    assert not both & names


def test_of_a_secret_that_dockseal_rotates_health_is_quiet_while_there_is_time(
    stocked: Storage, clock: ManualClock
) -> None:
    stocked.applications.put(replace(stocked.applications.get("dockseal"), rotation_queue_url=QUEUE))
    clock.advance(timedelta(days=150) - MOMENT)
    assert "credential application/dockseal/lwa" not in told(stocked, clock)
    clock.advance(MOMENT)
    assert "credential application/dockseal/lwa" in told(stocked, clock)


def test_an_api_key_of_an_unknown_age_is_told_of(storage: Storage, clock: ManualClock) -> None:
    storage.warehouses.add(Warehouse(id=WarehouseId("reno"), adapter="webhook", api_key_hash="ab" * 32))
    assert "unknown age" in told(storage, clock)["credential warehouse/reno/api-key"].sentence
