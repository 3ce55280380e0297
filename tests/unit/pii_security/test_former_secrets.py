"""Ages, former secrets and old versions in the credential vault."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.secret import ClientCredentials, LiveSecrets, Secret
from dockseal.errors import BadInput
from dockseal.pii_security.retiring import Retiring
from unit.pii_security.safe import NOW, SELLER, Safe
from unit.pii_security.test_credentials import RENO, login
from unit.pii_security.test_rotating_keys import rotation

APP = "dockseal"
MOMENT = timedelta(microseconds=1)
OLD, NEW, NEWER = Secret("the old invented one"), Secret("the new invented one"), Secret("a newer one")


@pytest.fixture
def retiring(safe: Safe) -> Retiring:
    return Retiring(storage=safe.storage, credentials=safe.credentials, trail=safe.trail, clock=safe.clock)


def kept(safe: Safe, name: str) -> SealedCredential:
    found = safe.storage.credentials.latest(name)
    assert found is not None
    return found


def versions(safe: Safe, name: str) -> list[int]:
    left = [kept(safe, name).version]
    assert safe.storage.credentials.several() == []
    return left


def client(secret: Secret) -> ClientCredentials:
    return ClientCredentials(client_id="client-one", client_secret=secret)


def test_a_new_master_key_makes_no_secret_younger(safe: Safe, person: Actor) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    safe.clock.advance(timedelta(days=299))
    rotation(safe).run(person)
    now = kept(safe, "warehouse/reno/secret")
    assert now.version == 2
    assert now.stored_at == NOW + timedelta(days=299)
    assert now.since == NOW


def test_a_new_secret_begins_anew_and_the_first_day_stays_known(safe: Safe, person: Actor) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    for days, secret in ((100, NEW), (50, NEWER)):
        safe.clock.advance(timedelta(days=days))
        safe.credentials.replace_warehouse(RENO, secret, person, until=safe.clock.now())
    now = kept(safe, "warehouse/reno/secret")
    assert (now.first_at, now.since) == (NOW, NOW + timedelta(days=150))


def test_the_same_secret_stored_again_keeps_its_age(safe: Safe, person: Actor) -> None:
    safe.credentials.store_application(APP, client(OLD), person)
    safe.credentials.store_lwa(SELLER, login("one"), person)
    safe.clock.advance(timedelta(days=80))
    safe.credentials.store_application(APP, client(OLD), person)
    safe.credentials.store_lwa(SELLER, replace(login("one"), refresh_token=Secret("token-two")), person)
    assert kept(safe, f"application/{APP}/lwa").since == NOW
    assert kept(safe, f"seller/{SELLER}/lwa").since == NOW, "its client secret is the same"
    safe.credentials.store_lwa(SELLER, login("two"), person)
    assert kept(safe, f"seller/{SELLER}/lwa").since == NOW + timedelta(days=80)


def test_a_replaced_version_is_deleted_at_once(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    first = kept(safe, f"seller/{SELLER}/lwa")
    safe.credentials.store_lwa(SELLER, login("two"), person)
    assert versions(safe, f"seller/{SELLER}/lwa") == [2]
    sqlite3.connect(safe.storage.places.vault).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(place.read_bytes() for place in _vault_files(safe.folder))
    assert kept(safe, f"seller/{SELLER}/lwa").ciphertext in held, "the file was read"
    assert first.ciphertext not in held


def _vault_files(folder: Path) -> list[Path]:
    return [place for place in folder.rglob("*") if place.is_file() and "vault" in place.name]


def test_a_version_stays_until_the_transaction_around_its_successor_is_kept(
    safe: Safe, person: Actor
) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    with safe.storage.transaction():
        safe.credentials.replace_warehouse(RENO, NEW, person, until=safe.clock.now())
        assert safe.storage.credentials.several() == ["warehouse/reno/secret"]
    assert versions(safe, "warehouse/reno/secret") == [2]


def test_both_secrets_of_a_warehouse_live_until_the_time_is_over(
    safe: Safe, person: Actor, retiring: Retiring
) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    until = safe.clock.now() + timedelta(hours=24)
    safe.credentials.replace_warehouse(RENO, NEW, person, until=until)
    assert safe.credentials.live(RENO) == LiveSecrets(newest=NEW, before=OLD)
    safe.clock.advance(timedelta(hours=24) - timedelta(milliseconds=1))
    assert retiring.run().done == 0
    assert safe.credentials.live(RENO) == LiveSecrets(newest=NEW, before=OLD)
    safe.clock.advance(timedelta(milliseconds=1))
    assert safe.credentials.live(RENO) == LiveSecrets(newest=NEW), "at use, before any lane ran"
    assert b"old invented" in safe.credentials._plain(kept(safe, "warehouse/reno/secret"))
    assert retiring.run().done == 1
    assert b"old invented" not in safe.credentials._plain(kept(safe, "warehouse/reno/secret"))
    assert versions(safe, "warehouse/reno/secret") == [3]
    assert kept(safe, "warehouse/reno/secret").since == NOW, (
        "dropping the old one makes the new one no younger"
    )
    assert safe.tags()[-1] == "key:credential:former_dropped"
    assert retiring.run().done == 0


def test_after_a_leak_the_old_secret_ends_at_once(safe: Safe, person: Actor) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    safe.credentials.replace_warehouse(RENO, NEW, person, until=safe.clock.now())
    assert safe.credentials.live(RENO) == LiveSecrets(newest=NEW)
    assert b"old invented" not in safe.credentials._plain(kept(safe, "warehouse/reno/secret"))


def test_a_secret_that_is_in_use_is_no_new_one(safe: Safe, person: Actor) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    safe.credentials.replace_warehouse(RENO, NEW, person, until=safe.clock.now() + timedelta(days=1))
    for secret in (OLD, NEW):
        with pytest.raises(BadInput, match="has this secret already"):
            safe.credentials.replace_warehouse(RENO, secret, person, until=safe.clock.now())


def test_the_former_client_secret_of_an_application_ends_when_amazon_says_or_after_a_week(
    safe: Safe, person: Actor, retiring: Retiring
) -> None:
    safe.credentials.store_application(APP, client(OLD), person)
    told = safe.clock.now() + timedelta(days=3)
    assert safe.credentials.replace_secret(APP, NEW, person, until=told)
    safe.clock.advance(timedelta(days=3) - timedelta(milliseconds=1))
    assert safe.credentials.application(APP).secret_before == OLD
    safe.clock.advance(timedelta(milliseconds=1))
    assert safe.credentials.application(APP).secret_before is None
    assert safe.credentials.replace_secret(APP, NEWER, person)
    safe.clock.advance(timedelta(days=7))
    assert retiring.run().done == 1
    plain = safe.credentials._plain(kept(safe, f"application/{APP}/lwa"))
    assert b"a newer one" in plain
    assert b"new invented" not in plain


def test_what_a_crash_left_of_former_versions_is_forgotten_if_the_newest_opens(
    safe: Safe, person: Actor, retiring: Retiring
) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    crashed = kept(safe, "warehouse/reno/secret")
    safe.credentials.replace_warehouse(RENO, NEW, person, until=safe.clock.now())
    safe.storage.credentials.put(crashed)
    assert safe.storage.credentials.several() == ["warehouse/reno/secret"]
    retiring.run()
    assert versions(safe, "warehouse/reno/secret") == [2]
    safe.storage.credentials.put(replace(crashed, version=9))
    retiring.run()
    assert safe.storage.credentials.several() == ["warehouse/reno/secret"], "what does not open ends nothing"


def test_a_former_secret_goes_on_through_a_new_master_key(
    safe: Safe, person: Actor, retiring: Retiring
) -> None:
    safe.credentials.store_warehouse(RENO, OLD, person)
    until = safe.clock.now() + timedelta(hours=1)
    safe.credentials.replace_warehouse(RENO, NEW, person, until=until)
    rotation(safe).run(person)
    assert safe.credentials.live(RENO) == LiveSecrets(newest=NEW, before=OLD)
    safe.clock.advance(timedelta(hours=1))
    assert retiring.run().done == 1
