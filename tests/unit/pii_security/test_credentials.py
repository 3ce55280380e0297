from dataclasses import replace
from typing import Any

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.errors import CredentialRefused, SealBroken
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.keys import FileKeyStore
from unit.pii_security.safe import SELLER, Safe

OTHER = SellerId("other-us")
RENO = WarehouseId("reno")


def login(mark: str) -> LwaCredentials:
    return LwaCredentials(
        client_id=f"client-{mark}",
        client_secret=Secret(f"secret-{mark}"),
        refresh_token=Secret(f"token-{mark}"),
    )


def test_the_newest_version_of_a_credential_is_given(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    safe.credentials.store_lwa(SELLER, login("two"), person)
    assert safe.credentials.lwa(SELLER) == login("two")
    assert [dict(row.fields) for row in safe.rows(tag="seller:credential:stored")] == [
        {"seller": SELLER, "version": "1"},
        {"seller": SELLER, "version": "2"},
    ]


def test_a_warehouse_secret_comes_out_again(safe: Safe, person: Actor) -> None:
    assert safe.credentials.warehouse(RENO) is None
    safe.credentials.store_warehouse(RENO, Secret("an invented secret"), person)
    assert safe.credentials.warehouse(RENO) == Secret("an invented secret")
    assert safe.tags() == ["warehouse:credential:stored"]


def test_a_seller_without_credentials_names_the_next_step(safe: Safe) -> None:
    with pytest.raises(CredentialRefused, match="dockseal sellers add acme-us --again"):
        safe.credentials.lwa(SELLER)


def test_another_names_ciphertext_put_in_as_a_newer_version_does_not_count(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    safe.credentials.store_lwa(OTHER, login("two"), person)
    mine, theirs = (safe.storage.credentials.latest(f"seller/{name}/lwa") for name in (SELLER, OTHER))
    assert mine is not None
    assert theirs is not None
    safe.storage.credentials.put(replace(mine, version=2, ciphertext=theirs.ciphertext))
    assert safe.credentials.lwa(SELLER) == login("one")
    assert safe.credentials.lwa(OTHER) == login("two")


def test_an_old_version_put_back_as_the_newest_does_not_count(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    old = safe.storage.credentials.latest(f"seller/{SELLER}/lwa")
    assert old is not None
    safe.credentials.store_lwa(SELLER, login("two"), person)
    safe.storage.credentials.put(replace(old, version=3))
    assert safe.credentials.lwa(SELLER) == login("two")


def test_a_credential_whose_newest_version_was_taken_away_is_broken_until_it_is_stored_again(
    safe: Safe, person: Actor
) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    old = safe.storage.credentials.latest(f"seller/{SELLER}/lwa")
    assert old is not None
    safe.credentials.store_lwa(SELLER, login("two"), person)
    safe.storage.credentials.delete(f"seller/{SELLER}/")
    safe.storage.credentials.put(old)
    with pytest.raises(SealBroken, match="store it again"):
        safe.credentials.lwa(SELLER)
    safe.credentials.store_lwa(SELLER, login("three"), person)
    assert safe.credentials.lwa(SELLER) == login("three")
    assert safe.rows(tag="seller:credential:stored")[-1].fields == (("seller", SELLER), ("version", "3"))


def test_a_version_that_was_cut_off_before_it_was_recorded_does_not_count(
    safe: Safe, person: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    table = type(safe.storage.credentials)
    put = table.put

    def crash(credentials: Any, credential: SealedCredential) -> None:
        put(credentials, credential)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(table, "put", crash)
        with pytest.raises(SystemExit):
            safe.credentials.store_lwa(SELLER, login("two"), person)
    assert safe.storage.credentials.version(f"seller/{SELLER}/lwa", 2) is not None
    assert safe.credentials.lwa(SELLER) == login("one")
    safe.credentials.store_lwa(SELLER, login("three"), person)
    assert safe.credentials.lwa(SELLER) == login("three")


def test_another_master_key_opens_nothing(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    keys = FileKeyStore.create(safe.folder / "other keys", safe.clock)
    other = CredentialVault(storage=safe.storage, keys=keys, trail=safe.trail, clock=safe.clock)
    with pytest.raises(SealBroken):
        other.lwa(SELLER)


def test_no_secret_lies_in_a_file_or_in_the_trail(safe: Safe, person: Actor) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    held = b"".join(place.read_bytes() for place in safe.folder.rglob("*") if place.is_file())
    assert b"seller/acme-us/lwa" in held, "the files were read"
    assert b"secret-one" not in held
    assert b"token-one" not in held
    assert b"client-one" not in held
