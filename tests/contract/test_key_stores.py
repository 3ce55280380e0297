"""What every key store promises, whatever it lies under.

That is a folder, a passphrase, a secret, AWS KMS (moto), and a transit engine (`transit_server`). So does the
service's side of a shredder that stands apart.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from contract import test_aws_role as roles
from contract.together import ApartKeys
from dockseal.amazon.aws import Aws
from dockseal.domain.clock import ManualClock
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError, KeyDestroyed, SealBroken, SettingsFault, StorageUnavailable
from dockseal.pii_security import key_providers
from dockseal.pii_security.guards import Guards, Kind
from dockseal.pii_security.key_providers import KeyParts, KeyProvider, provider
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.stretching import LEAST_COST
from dockseal.pii_security.transit import policy
from transit_server import Key, TransitServer, serving
from unit.pii_security.safe import NOW
from unit.pii_security.test_keys import EPOCH, OTHER

REGION = "eu-west-1"
USES = ["kms:Decrypt", "kms:Encrypt"]
account = roles.account
PROVIDERS = ("file", "passphrase", "secret", "aws-kms", "transit", "apart")


def rotate(store: KeyStore) -> None:
    label = store.begin_rotation()
    store.rewrap()
    store.finish_rotation(label)


def new_kms_key() -> str:
    return str(boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "first",
        "AWS_SECRET_ACCESS_KEY": "an invented secret",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def parts(tmp_path: Path) -> KeyParts:
    return KeyParts(directory=tmp_path / "keys", clock=ManualClock(start=NOW), aws=Aws(region=REGION))


@pytest.fixture
def kms(aws: None, parts: KeyParts) -> KeyParts:
    return replace(parts, at=new_kms_key())


@pytest.fixture
def engine() -> Iterator[TransitServer]:
    with serving() as engine:
        engine.keys["dockseal"] = Key()
        yield engine


@pytest.fixture
def transit(engine: TransitServer, parts: KeyParts, tmp_path: Path) -> KeyParts:
    at = f"{engine.url}/v1/transit/keys/dockseal"
    engine.tokens["s.invented"] = policy(at, rotating=True)
    return replace(parts, at=at, token_file=token_in(tmp_path / "token", "s.invented"))


def token_in(place: Path, token: str) -> Path:
    place.unlink(missing_ok=True)
    place.write_text(f"{token}\n")
    place.chmod(0o400)
    return place


Kept = tuple[KeyProvider, KeyParts]


@pytest.fixture(params=PROVIDERS)
def kept(request: pytest.FixtureRequest, parts: KeyParts, tmp_path: Path) -> Kept:
    """A provider and the parts of an installation."""
    if request.param == "aws-kms":
        return provider("aws-kms"), request.getfixturevalue("kms")
    if request.param == "transit":
        return provider("transit"), request.getfixturevalue("transit")
    if request.param == "apart":
        return ApartKeys(), parts
    if request.param == "passphrase":
        guards = Guards(passphrase=lambda: Secret("correct horse invented staple"), cost=LEAST_COST)
        return provider("file"), replace(parts, guards=guards, under=Kind.PASSPHRASE)
    if request.param == "secret":
        place = tmp_path / "mounted"
        place.write_bytes(b"6a" * 32)
        place.chmod(0o400)
        return provider("file"), replace(parts, guards=Guards(secret_file=place))
    return provider("file"), parts


def test_keys_stay_the_same_after_a_restart_and_lie_nowhere_in_clear(kept: Kept) -> None:
    keys, parts = kept
    store = keys.create(parts)
    key, derived = store.epoch_key(EPOCH), store.derive("credentials")
    again = keys.open(parts)
    assert (again.existing_key(EPOCH), again.derive("credentials")) == (key, derived)
    assert again.epoch_key(OTHER) != key
    assert again.epochs() == [EPOCH, OTHER]
    files = [place.read_bytes() for place in parts.directory.rglob("*") if place.is_file()]
    assert len(files) >= 4
    assert not any(secret in each for each in files for secret in (key, key.hex().encode(), derived))


def test_keys_are_made_once_and_opened_only_where_they_are(kept: Kept) -> None:
    keys, parts = kept
    with pytest.raises(SettingsFault):
        keys.open(parts)
    key = keys.create(parts).derive("credentials")
    with pytest.raises(SettingsFault, match="there is a master key"):
        keys.create(parts)
    assert keys.open(parts).derive("credentials") == key


def test_a_destroyed_key_is_gone_for_who_holds_it_and_for_who_comes_later(kept: Kept) -> None:
    keys, parts = kept
    store, other = keys.create(parts), keys.open(parts)
    store.epoch_key(EPOCH)
    other.existing_key(EPOCH)
    store.destroy(EPOCH)
    for each in (store, other, keys.open(parts)):
        assert not each.has(EPOCH)
        with pytest.raises(KeyDestroyed):
            each.existing_key(EPOCH)
        with pytest.raises(KeyDestroyed):
            each.epoch_key(EPOCH)


def test_the_key_of_an_ended_epoch_is_refused(kept: Kept) -> None:
    keys, parts = kept
    store = keys.create(parts)
    store.epoch_key(EPOCH)
    assert isinstance(parts.clock, ManualClock)
    parts.clock.advance(timedelta(days=40))
    with pytest.raises(KeyDestroyed):
        store.existing_key(EPOCH)


@pytest.mark.parametrize(
    "harm", [lambda old, other: other, lambda old, other: old[:-3], lambda old, other: b""]
)
def test_a_key_file_that_was_swapped_or_cut_opens_nothing(
    kept: Kept, harm: Callable[[bytes, bytes], bytes]
) -> None:
    keys, parts = kept
    store = keys.create(parts)
    store.epoch_key(EPOCH)
    store.epoch_key(OTHER)
    place, other = (parts.directory / "epochs" / f"{epoch}.key" for epoch in (EPOCH, OTHER))
    place.write_bytes(harm(place.read_bytes(), other.read_bytes()))
    with pytest.raises(SealBroken):
        store.existing_key(EPOCH)
    assert store.masters()[EPOCH] == ""
    with pytest.raises(DocksealError, match="restore"):
        rotate(store)


def test_a_rotation_renews_what_is_derived_and_keeps_what_opens(kept: Kept) -> None:
    keys, parts = kept
    store = keys.create(parts)
    running = keys.open(parts)
    key, derived = store.epoch_key(EPOCH), store.derive("credentials")
    label = store.begin_rotation()
    assert running.derived("credentials")[1:] == [derived]
    assert running.derive("credentials") != derived
    made = running.epoch_key(OTHER)
    store.rewrap()
    assert store.finish_rotation(label) == 2
    for each in (store, running, keys.open(parts)):
        assert (each.existing_key(EPOCH), each.existing_key(OTHER)) == (key, made)
        assert derived not in each.derived("credentials")
        assert set(each.masters().values()) == {each.master()}


def test_an_epoch_moves_to_another_key_in_kms_by_a_rotation(kms: KeyParts) -> None:
    keys = provider("aws-kms")
    key = keys.create(kms).epoch_key(EPOCH)
    before, new = kms.at, new_kms_key()
    with pytest.raises(SealBroken, match="DOCKSEAL_KEY_AT"):
        keys.open(replace(kms, at=new))
    both = keys.open(replace(kms, at=f"{new} {before}"))
    rotate(both)
    assert both.masters() == {EPOCH: new[-8:]}
    assert keys.open(replace(kms, at=new)).existing_key(EPOCH) == key


def test_kms_is_told_the_installation_and_the_epoch_and_no_seller(
    kms: KeyParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    make = Aws.kms

    def watched(aws: Aws, region: str) -> Any:
        client: Any = make(aws, region)
        client.meta.events.register(
            "provide-client-params.kms.*", lambda params, **_: asked.append(dict(params))
        )
        return client

    monkeypatch.setattr(Aws, "kms", watched)
    provider("aws-kms").create(kms).epoch_key(EPOCH)
    installation = (kms.directory / "installation").read_text()
    contexts = [each["EncryptionContext"] for each in asked]
    assert {each["dockseal:part"] for each in contexts} == {"master", f"epoch {EPOCH}"}
    assert {each["dockseal:installation"] for each in contexts} == {installation}
    assert all(len(each) == 2 for each in contexts)


def test_the_keys_of_another_installation_open_nothing_under_the_same_kms_key(
    kms: KeyParts, tmp_path: Path
) -> None:
    keys, other = provider("aws-kms"), replace(kms, directory=tmp_path / "other")
    keys.create(kms).epoch_key(EPOCH)
    theirs = keys.create(other)
    theirs.epoch_key(EPOCH)
    name = f"epochs/{EPOCH}.key"
    (other.directory / name).write_bytes((kms.directory / name).read_bytes())
    with pytest.raises(SealBroken):
        theirs.existing_key(EPOCH)
    (other.directory / "master.key").write_bytes((kms.directory / "master.key").read_bytes())
    with pytest.raises(SealBroken):
        keys.open(other)


def test_a_key_file_that_names_a_kms_key_of_somebody_else_is_refused(kms: KeyParts) -> None:
    store = provider("aws-kms").create(kms)
    theirs, client = new_kms_key(), boto3.client("kms", region_name=REGION)
    context = {
        "dockseal:installation": (kms.directory / "installation").read_text(),
        "dockseal:part": f"epoch {EPOCH}",
    }
    blob = client.encrypt(KeyId=theirs, Plaintext=b"\x07" * 32, EncryptionContext=context)["CiphertextBlob"]
    store.epoch_key(EPOCH)
    place = kms.directory / "epochs" / f"{EPOCH}.key"
    place.write_text(json.dumps({"kms": theirs, "wrapped": blob.hex()}))
    with pytest.raises(SealBroken):
        store.epoch_key(EPOCH)


def test_what_aws_refuses_is_a_passing_trouble_that_names_what_to_allow(kms: KeyParts) -> None:
    keys = provider("aws-kms")
    keys.create(kms)
    with pytest.raises(StorageUnavailable, match="allow kms:Decrypt"):
        roles.enforced()(keys.open)(kms)
    assert keys.open(kms).epochs() == [], "nothing was lost"


def test_kms_out_of_reach_is_a_passing_trouble(kms: KeyParts, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = provider("aws-kms")
    keys.create(kms)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        keys.open(kms)


def test_the_role_uses_the_key_and_the_machine_itself_does_not(
    account: roles.Account, parts: KeyParts
) -> None:
    # AWS asks for the key itself; moto asks for leave over every key.
    leave = {"Effect": "Allow", "Action": USES, "Resource": "*"}
    roles.allow({"Version": "2012-10-17", "Statement": [leave]})
    in_role, keys = replace(parts, at=new_kms_key(), aws=account.aws()), provider("aws-kms")
    key = roles.enforced()(lambda: keys.create(in_role).epoch_key(EPOCH))()
    assert roles.enforced()(lambda: keys.open(in_role).existing_key(EPOCH))() == key
    with pytest.raises(StorageUnavailable, match="allow kms:Decrypt"):
        roles.enforced()(keys.open)(replace(in_role, aws=account.aws(role="")))


@pytest.mark.parametrize("at", ["", "alias/dockseal", "arn:aws:kms:eu-west-1:123456789012:alias/dockseal"])
def test_a_kms_key_is_named_by_its_arn(parts: KeyParts, at: str) -> None:
    with pytest.raises(SettingsFault, match="ARN"):
        provider("aws-kms").create(replace(parts, at=at))


def test_a_provider_of_another_distribution_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "planted_keys-1.dist-info"
    planted.mkdir()
    (planted / "METADATA").write_text("Metadata-Version: 2.1\nName: planted-keys\nVersion: 1\n")
    (planted / "entry_points.txt").write_text(
        "[dockseal.keys]\nplanted = dockseal.pii_security.key_providers:OURS\ngone = dockseal.nowhere:Keys\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert provider("planted") is key_providers.OURS
    with pytest.raises(SettingsFault, match="install its distribution again"):
        provider("gone")
    with pytest.raises(SettingsFault, match="aws-kms, file, gone, planted, transit"):
        provider("nobodys")
