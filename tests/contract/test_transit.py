"""The transit engine: what it is asked, what it is told, and what its refusals come to."""

import base64
import datetime
import ipaddress
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract import test_key_stores as stores
from contract.test_key_stores import rotate, token_in
from dockseal.errors import SealBroken, SettingsFault, StorageUnavailable
from dockseal.pii_security.key_providers import KeyParts, provider
from dockseal.pii_security.transit import policy
from transit_server import ROOT, Key, TransitServer, serving
from unit.pii_security.test_keys import EPOCH, OTHER
from unit.pii_security.test_rotating_keys import DONE, KILLED, killed_at

engine, parts, transit = stores.engine, stores.parts, stores.transit


def test_the_engine_is_told_the_installation_and_the_epoch_and_no_key_of_its_own(
    engine: TransitServer, transit: KeyParts
) -> None:
    provider("transit").create(transit).epoch_key(EPOCH)
    installation = (transit.directory / "installation").read_text()
    bound = [
        json.loads(base64.b64decode(body["associated_data"]))
        for path, body in engine.told
        if "/encrypt/" in path
    ]
    assert bound == [
        {"dockseal:installation": installation, "dockseal:part": part}
        for part in ("master", f"epoch {EPOCH}")
    ]


def test_a_rotation_makes_a_new_version_that_all_lies_under_so_that_the_old_one_can_be_disallowed(
    engine: TransitServer, transit: KeyParts
) -> None:
    store = provider("transit").create(transit)
    key = store.epoch_key(EPOCH)
    assert store.masters() == {EPOCH: "dockseal:v1"}
    rotate(store)
    assert store.masters() == {EPOCH: "dockseal:v2"}
    assert store.master() == "dockseal:v2"
    engine.keys["dockseal"].min_decryption_version = 2
    assert provider("transit").open(transit).existing_key(EPOCH) == key


def test_a_rotation_that_was_begun_is_finished_under_the_same_version(
    engine: TransitServer, transit: KeyParts
) -> None:
    store = provider("transit").create(transit)
    store.begin_rotation()
    rotate(provider("transit").open(transit))
    assert len(engine.keys["dockseal"].versions) == 2


def test_a_process_killed_at_any_step_of_a_rotation_leaves_keys_that_open(
    engine: TransitServer, transit: KeyParts
) -> None:
    keys = provider("transit")
    running = keys.create(transit)
    kept = {epoch: running.epoch_key(epoch) for epoch in (EPOCH, OTHER)}
    steps, end = 0, KILLED
    while end == KILLED:
        end = killed_at(steps, lambda: rotate(keys.open(transit)))
        for each in (running, keys.open(transit)):
            assert {epoch: each.existing_key(epoch) for epoch in kept} == kept, steps
        rotate(running)
        assert set(running.masters().values()) == {running.master()}, "the next run ends it"
        assert len(running.derived("credentials")) == 1
        steps += 1
    assert end == DONE
    assert steps > 15


def test_a_version_that_is_disallowed_too_early_is_a_passing_trouble(
    engine: TransitServer, transit: KeyParts
) -> None:
    provider("transit").create(transit).epoch_key(EPOCH)
    engine.keys["dockseal"].versions.append(bytes(32))
    engine.keys["dockseal"].min_decryption_version = 2
    with pytest.raises(StorageUnavailable, match="min_decryption_version"):
        provider("transit").open(transit)


def test_the_service_can_do_all_but_rotate_with_its_policy(engine: TransitServer, transit: KeyParts) -> None:
    engine.tokens["s.invented"] = policy(transit.at)
    store = provider("transit").create(transit)
    assert store.epoch_key(EPOCH) == provider("transit").open(transit).existing_key(EPOCH)
    with pytest.raises(StorageUnavailable, match=r"denies transit/keys/dockseal/rotate.*--rotate"):
        rotate(store)
    assert len(store.derived("credentials")) == 1, "nothing was begun"


@pytest.mark.parametrize("lacking", ["encrypt", "decrypt", "keys"])
def test_a_policy_that_lacks_something_is_told_from_a_token_that_has_ended(
    engine: TransitServer, transit: KeyParts, lacking: str
) -> None:
    rules = engine.tokens["s.invented"]
    engine.tokens["s.invented"] = rules.replace(f'transit/{lacking}/dockseal"', 'transit/of-nobody"')
    with pytest.raises(StorageUnavailable, match=f"denies transit/{lacking}/dockseal"):
        provider("transit").create(transit)
    del engine.tokens["s.invented"]
    with pytest.raises(StorageUnavailable, match="expired"):
        provider("transit").create(replace(transit, directory=transit.directory.with_name("others")))


def test_a_token_that_the_agent_renewed_is_used_at_once(engine: TransitServer, transit: KeyParts) -> None:
    store = provider("transit").create(transit)
    del engine.tokens["s.invented"]
    with pytest.raises(StorageUnavailable, match="expired"):
        store.epoch_key(EPOCH)
    engine.tokens["s.renewed"] = policy(transit.at)
    assert transit.token_file is not None
    token_in(transit.token_file, "s.renewed")
    assert store.epoch_key(EPOCH)


def test_a_sealed_server_is_a_passing_trouble(engine: TransitServer, transit: KeyParts) -> None:
    store = provider("transit").create(transit)
    key = store.epoch_key(EPOCH)
    engine.sealed = True
    with pytest.raises(StorageUnavailable, match="unseal"):
        provider("transit").open(transit)
    assert store.existing_key(EPOCH) == key, "what is unwrapped stays in memory"
    with pytest.raises(StorageUnavailable, match="unseal"):
        store.epoch_key(OTHER)
    engine.sealed = False
    assert provider("transit").open(transit).existing_key(EPOCH) == key


def test_a_key_that_is_not_there_is_named_and_not_made_by_accident(
    engine: TransitServer, transit: KeyParts
) -> None:
    elsewhere = replace(transit, at=transit.at.replace("dockseal", "nobodys"))
    engine.tokens["s.invented"] = policy(elsewhere.at)
    with pytest.raises(StorageUnavailable, match="there is no key nobodys in transit"):
        provider("transit").create(elsewhere)
    assert set(engine.keys) == {"dockseal"}


@pytest.mark.parametrize(
    "unfit",
    [Key(type="rsa-4096"), Key(type="aes128-gcm96"), Key(exportable=True), Key(allow_plaintext_backup=True)],
)
def test_a_key_that_could_leave_its_server_or_is_too_weak_is_not_taken(
    engine: TransitServer, transit: KeyParts, unfit: Key
) -> None:
    engine.keys["dockseal"] = unfit
    with pytest.raises(SettingsFault, match="make one"):
        provider("transit").create(transit)
    assert not transit.directory.exists()


def test_the_keys_of_another_installation_open_nothing_under_the_same_key(
    transit: KeyParts, tmp_path: Path
) -> None:
    keys, other = provider("transit"), replace(transit, directory=tmp_path / "other")
    keys.create(transit).epoch_key(EPOCH)
    theirs = keys.create(other)
    theirs.epoch_key(EPOCH)
    for name in (f"epochs/{EPOCH}.key", "master.key"):
        (other.directory / name).write_bytes((transit.directory / name).read_bytes())
    with pytest.raises(SealBroken):
        theirs.existing_key(EPOCH)
    with pytest.raises(SealBroken):
        keys.open(other)


def test_a_key_file_that_names_a_key_of_somebody_else_is_refused(
    engine: TransitServer, transit: KeyParts
) -> None:
    store = provider("transit").create(transit)
    store.epoch_key(EPOCH)
    place = transit.directory / "epochs" / f"{EPOCH}.key"
    facts = json.loads(place.read_bytes())
    place.write_text(json.dumps(facts | {"transit": facts["transit"].replace("dockseal", "theirs")}))
    with pytest.raises(SealBroken, match="DOCKSEAL_KEY_AT"):
        provider("transit").open(transit).existing_key(EPOCH)


def test_an_epoch_moves_to_another_key_by_a_rotation(engine: TransitServer, transit: KeyParts) -> None:
    key = provider("transit").create(transit).epoch_key(EPOCH)
    engine.keys["next"] = Key()
    new = transit.at.replace("dockseal", "next")
    engine.tokens["s.invented"] = policy(f"{new} {transit.at}", rotating=True)
    both = provider("transit").open(replace(transit, at=f"{new} {transit.at}"))
    rotate(both)
    assert both.masters() == {EPOCH: "next:v2"}
    assert provider("transit").open(replace(transit, at=new)).existing_key(EPOCH) == key


def test_the_namespace_goes_along(engine: TransitServer, transit: KeyParts) -> None:
    engine.namespace = "warehouse"
    with pytest.raises(StorageUnavailable, match="namespace"):
        provider("transit").create(transit)
    assert provider("transit").create(replace(transit, namespace="warehouse")).epoch_key(EPOCH)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "http://bao.example:8200/v1/transit/keys/dockseal",
        "http://127.0.0.1.example/v1/transit/keys/dockseal",
        "https://somebody@bao.example/v1/transit/keys/dockseal",
        "https://bao.example/v1/transit/keys/../../sys/seal",
        "https://bao.example/transit/dockseal",
        "dockseal",
    ],
)
def test_a_key_is_named_by_a_url_that_tls_protects(transit: KeyParts, at: str) -> None:
    with pytest.raises(SettingsFault, match="by its URL"):
        provider("transit").create(replace(transit, at=at))


def test_a_token_that_others_can_read_is_not_sent(engine: TransitServer, transit: KeyParts) -> None:
    assert transit.token_file is not None
    transit.token_file.chmod(0o444)
    with pytest.raises(SettingsFault, match="chmod 400"):
        provider("transit").create(transit)
    with pytest.raises(SettingsFault, match="DOCKSEAL_KEY_TOKEN_FILE"):
        provider("transit").create(replace(transit, token_file=None))
    assert engine.told == []


def test_a_server_out_of_reach_and_one_that_is_no_engine_are_passing_troubles(
    transit: KeyParts, tmp_path: Path
) -> None:
    with serving() as gone:
        pass
    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        provider("transit").create(replace(transit, at=f"{gone.url}/v1/transit/keys/dockseal"))
    elsewhere = replace(transit, at=transit.at.replace("/v1/transit", "/v1/kv"), token_file=None)
    elsewhere = replace(elsewhere, token_file=token_in(tmp_path / "root", ROOT))
    with pytest.raises(StorageUnavailable, match="no such engine"):
        provider("transit").create(elsewhere)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of an authority of the house, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("authority")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented House")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "certificate.pem", folder / "key.pem"


def test_the_server_is_known_by_its_certificate(
    certificate: tuple[Path, Path], parts: KeyParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(certificate) as engine:
        engine.keys["dockseal"] = Key()
        at = f"{engine.url}/v1/transit/keys/dockseal"
        engine.tokens["s.invented"] = policy(at)
        kept = replace(parts, at=at, token_file=token_in(tmp_path / "token", "s.invented"))
        with pytest.raises(StorageUnavailable, match="certificate"):
            provider("transit").create(kept)
        assert engine.told == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert provider("transit").create(kept).epoch_key(EPOCH)
