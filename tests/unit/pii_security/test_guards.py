import json
from pathlib import Path

import pytest

from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault
from dockseal.pii_security.guards import Guards, Kind, passphrase_in
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.stretching import LEAST_COST, MOST_COST
from unit.pii_security.test_keys import EPOCH

WORDS = "correct horse invented staple"


def under_words(words: str = WORDS) -> Guards:
    return Guards(passphrase=lambda: Secret(words), cost=LEAST_COST)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return written(tmp_path / "mounted", b"6a" * 32 + b"\n")


def written(place: Path, contents: bytes, mode: int = 0o400) -> Path:
    place.write_bytes(contents)
    place.chmod(mode)
    return place


def masters_file(folder: Path) -> Path:
    return folder / "keys" / "master.key"


def test_a_master_key_under_a_passphrase_opens_with_it_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    key = FileKeyStore.create(folder, guards=under_words(), under=Kind.PASSPHRASE).derive("console")
    assert FileKeyStore.open(folder, guards=under_words()).derive("console") == key
    with pytest.raises(SettingsFault, match="passphrase does not open"):
        FileKeyStore.open(folder, guards=under_words("another invented sentence"))
    with pytest.raises(SettingsFault, match="DOCKSEAL_KEY_PASSPHRASE_FILE"):
        FileKeyStore.open(folder)


def test_the_parameters_lie_beside_the_key_without_it(tmp_path: Path) -> None:
    guards = under_words()
    closed = guards.close(b"\x07" * 32, kind=Kind.PASSPHRASE)
    facts = json.loads(closed)
    assert {name: facts[name] for name in ("under", "kdf", "n", "r", "p")} == {
        "under": "passphrase",
        "kdf": "scrypt",
        "n": LEAST_COST,
        "r": 8,
        "p": 1,
    }
    assert b"\x07" * 8 not in bytes.fromhex(facts["master"])
    assert guards.close(b"\x07" * 32, kind=Kind.PASSPHRASE) != closed, "each file has a salt of its own"


@pytest.mark.parametrize(
    "change",
    [
        {"n": 1},
        {"n": LEAST_COST + 1},
        {"n": 2 * MOST_COST},
        {"n": "16384"},
        {"r": 1},
        {"p": 16},
        {"kdf": "md5"},
        {"salt": ""},
        {"salt": 7},
        {"master": None},
        {"under": "nothing"},
    ],
)
def test_parameters_that_cannot_be_ours_are_refused_before_anything_is_derived(
    tmp_path: Path, change: dict[str, object]
) -> None:
    guards = under_words()
    facts = json.loads(guards.close(b"\x07" * 32, kind=Kind.PASSPHRASE)) | change
    asked: list[str] = []

    def passphrase() -> Secret:
        asked.append("asked")
        return Secret(WORDS)

    with pytest.raises(SettingsFault, match="damaged"):
        Guards(passphrase=passphrase).open(json.dumps(facts).encode(), tmp_path)
    assert asked == []


@pytest.mark.parametrize("change", [{"n": 2 * LEAST_COST}, {"salt": "00" * 16}, {"more": "than before"}])
def test_parameters_that_were_exchanged_open_nothing(tmp_path: Path, change: dict[str, object]) -> None:
    facts = json.loads(under_words().close(b"\x07" * 32, kind=Kind.PASSPHRASE)) | change
    with pytest.raises(SettingsFault, match="altered"):
        under_words().open(json.dumps(facts).encode(), tmp_path)


def test_a_short_passphrase_is_refused_when_the_key_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="16 characters"):
        FileKeyStore.create(tmp_path / "keys", guards=under_words("fifteen letters"), under=Kind.PASSPHRASE)
    assert not masters_file(tmp_path).exists()


def test_a_passphrase_file_may_end_its_line(tmp_path: Path) -> None:
    assert passphrase_in(written(tmp_path / "words", f"{WORDS}\n".encode()))() == Secret(WORDS)


def test_a_mounted_secret_opens_the_master_key_and_may_be_a_link(tmp_path: Path, secret: Path) -> None:
    folder, guards = tmp_path / "keys", Guards(secret_file=secret)
    key = FileKeyStore.create(folder, guards=guards).epoch_key(EPOCH)
    (tmp_path / "linked").symlink_to(secret)
    assert (
        FileKeyStore.open(folder, guards=Guards(secret_file=tmp_path / "linked")).existing_key(EPOCH) == key
    )
    other = written(tmp_path / "other", b"7b" * 32)
    with pytest.raises(SettingsFault, match="does not open"):
        FileKeyStore.open(folder, guards=Guards(secret_file=other))
    with pytest.raises(SettingsFault, match="DOCKSEAL_KEY_SECRET_FILE"):
        FileKeyStore.open(folder)


def test_a_mounted_secret_that_is_short_is_refused(tmp_path: Path) -> None:
    short = written(tmp_path / "short", b"only a few bytes")
    with pytest.raises(SettingsFault, match="openssl rand"):
        FileKeyStore.create(tmp_path / "keys", guards=Guards(secret_file=short))


@pytest.mark.parametrize("mode", [0o440, 0o604, 0o644])
def test_a_secret_or_passphrase_that_others_can_read_is_refused(
    tmp_path: Path, secret: Path, mode: int
) -> None:
    secret.chmod(mode)
    with pytest.raises(SettingsFault, match="chmod 400"):
        FileKeyStore.create(tmp_path / "keys", guards=Guards(secret_file=secret))
    with pytest.raises(SettingsFault, match="chmod 400"):
        passphrase_in(secret)()


def test_a_missing_secret_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="nowhere"):
        FileKeyStore.create(tmp_path / "keys", guards=Guards(secret_file=tmp_path / "nowhere"))


def test_a_key_file_of_before_goes_on_to_work_where_a_passphrase_is_set_later(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    key = FileKeyStore.create(folder).derive("console")
    assert FileKeyStore.open(folder, guards=under_words()).derive("console") == key


def test_showing_the_guards_shows_no_passphrase(tmp_path: Path) -> None:
    assert WORDS not in repr(under_words())
