"""A witness that really answers over HTTP, and the anchor that asks it."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from alert_receivers import authority
from dockseal.cli.witness import protect, witness_server
from dockseal.domain.checkpoint import Grown
from dockseal.domain.clock import ManualClock
from dockseal.errors import BadInput
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.anchors.witness import WitnessAnchor
from dockseal.monitoring_audit.consecutive import grown
from dockseal.monitoring_audit.verifier.signatures import keys_in, signed_at
from dockseal.monitoring_audit.witness import Witness
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from trail_attacker import KEY, Attacker, Town, chained

MakeTown = Callable[[Sequence[Anchor]], Town]


@pytest.fixture
def witness(tmp_path: Path, clock: ManualClock) -> Witness:
    made = Witness.made(tmp_path / "witness", "witness.example/dockseal", clock)
    assert made.knows(KEY) == ["dockseal/test"]
    return made


@pytest.fixture
def url(witness: Witness) -> Iterator[str]:
    server = witness_server(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def anchor(witness: Witness, url: str, storage: Storage) -> WitnessAnchor:
    return WitnessAnchor(url=url, key=witness.key, grown=partial(grown, storage))


def refused(town: Town) -> str:
    return next(iter(town.storage.checkpoints.places())).failing


def test_it_signs_each_checkpoint_with_its_own_time(
    make_town: MakeTown, anchor: WitnessAnchor, witness: Witness, clock: ManualClock
) -> None:
    town = make_town([anchor])
    for rows in (1, 3, 4, 9):
        town.grow(rows)
    for checkpoint in town.storage.checkpoints.all():
        assert signed_at(checkpoint.note, keys_in(witness.key)) == [int(checkpoint.at.timestamp())]
        assert signed_at(checkpoint.note, keys_in(KEY)) == [0.0]
    assert not refused(town)


def test_an_answer_that_was_lost_is_made_up_for(make_town: MakeTown, anchor: WitnessAnchor) -> None:
    town = make_town([anchor])
    town.grow(3)
    (known,) = town.storage.checkpoints.places()
    town.storage.checkpoints.put(replace(known, tree=Grown()))
    town.grow(4)
    assert not refused(town)
    (known,) = town.storage.checkpoints.places()
    assert known.tree.size == 7


def test_it_signs_no_other_history(
    make_town: MakeTown, anchor: WitnessAnchor, places: DatabasePlaces
) -> None:
    town = make_town([anchor])
    town.grow(5)
    town.grow(5)
    signed = list(town.storage.checkpoints.all())
    with Attacker.of(places) as attacker:
        rows = town.storage.audit.rows()
        rows = chained([*rows[:3], replace(rows[3], actor="person:somebody"), *rows[4:]])
        attacker.replace_rows(rows)
        attacker.sign_anew(rows, signed)
        attacker.run("DELETE FROM operations_anchored")
    town.grow(2)
    assert "does not go on from the one it knows: rows were changed after they were signed" in refused(town)


def test_it_notices_that_rows_are_gone(
    make_town: MakeTown, anchor: WitnessAnchor, places: DatabasePlaces
) -> None:
    town = make_town([anchor])
    town.grow(5)
    town.grow(5)
    with Attacker.of(places) as attacker:
        attacker.replace_rows(town.storage.audit.rows()[:5])
        attacker.run("DELETE FROM operations_anchored")
        attacker.run("DELETE FROM operations_checkpoint")
    town.anchoring.run()
    assert "witness.example/dockseal knows 10 rows, and there are 5: rows are gone" in refused(town)


def test_it_signs_for_nobody_it_was_not_told_of(
    make_town: MakeTown, tmp_path: Path, clock: ManualClock, storage: Storage
) -> None:
    stranger = Witness.made(tmp_path / "stranger", "stranger.example", clock)
    server = witness_server(stranger, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    anchor = WitnessAnchor(
        url=f"http://127.0.0.1:{server.server_port}",
        key=stranger.key,
        grown=partial(grown, storage),
    )
    town = make_town([anchor])
    town.grow(1)
    assert "have its public key entered there" in refused(town)
    server.shutdown()
    thread.join()
    server.server_close()
    town.grow(1)
    assert "cannot be reached" in refused(town)


def test_a_signature_of_another_key_is_not_taken(
    make_town: MakeTown, anchor: WitnessAnchor, tmp_path: Path, clock: ManualClock
) -> None:
    other = Witness.made(tmp_path / "other", "witness.example/dockseal", clock)
    town = make_town([replace(anchor, key=other.key)])
    town.grow(1)
    assert "its signature is not that of the key in the settings" in refused(town)


def test_its_state_survives_it(witness: Witness, clock: ManualClock, make_town: MakeTown) -> None:
    again = Witness.kept(witness.folder, clock)
    assert again.key == witness.key
    assert again.folder.joinpath("witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="holds a witness already"):
        Witness.made(witness.folder, "another.example", clock)
    with pytest.raises(BadInput, match="make one with"):
        Witness.kept(witness.folder / "nowhere", clock)


def test_a_handshake_that_hangs_keeps_nobody_waiting(
    make_town: MakeTown, witness: Witness, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = authority(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.certificate))
    server = witness_server(witness, "127.0.0.1", 0)
    protect(server, ours.chain, ours.key)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.server_port)):
            url = f"https://127.0.0.1:{server.server_port}"
            town = make_town([WitnessAnchor(url=url, key=witness.key, grown=partial(grown, storage))])
            town.grow(1)
            assert not refused(town)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "body", ["", "old 0", "old x\n\nnote", "old 0\n\nnote\n", "old 00\n\nx", "new 0\n\nx\n1\nAA==\n"]
)
def test_what_is_no_request_is_refused(witness: Witness, body: str) -> None:
    assert witness.answer(body).status == 400


def test_a_clock_that_is_off_shows_beside_its_signature(
    make_town: MakeTown, witness: Witness, anchor: WitnessAnchor, url: str, clock: ManualClock
) -> None:
    slow = ManualClock(start=clock.now() - timedelta(hours=1))
    object.__setattr__(witness, "clock", slow)
    town = make_town([anchor])
    town.grow(1)
    (checkpoint,) = town.storage.checkpoints.all()
    (at,) = signed_at(checkpoint.note, keys_in(witness.key))
    assert checkpoint.at.timestamp() - at > 3500
