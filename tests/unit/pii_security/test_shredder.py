"""What a shredder that stands apart does by itself and when asked; the users are tried in `faults`."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.domain.identifiers import new_order_ref
from dockseal.errors import BadInput, KeyDestroyed, SettingsFault, StorageUnavailable
from dockseal.pii_security import keys as storing
from dockseal.pii_security.deadlines import deadline
from dockseal.pii_security.epochs import Retention, end_of
from dockseal.pii_security.key_asks import MOST_BYTES, KeyAsks
from dockseal.pii_security.shredder import AHEAD, refuse_too_many, shredder_faults
from unit.pii_security.apart import Apart
from unit.pii_security.safe import NOW, RETENTION
from unit.pii_security.test_rotating_keys import DONE, KILLED, killed_at

DAY = timedelta(days=1)


@pytest.fixture
def apart(tmp_path: Path) -> Apart:
    return Apart(folder=tmp_path)


def first(apart: Apart) -> str:
    return apart.service.epochs()[0]


def to_the_end_of(apart: Apart, epoch: str) -> None:
    apart.clock.advance(end_of(epoch) - apart.clock.now())


def test_every_deadline_of_a_week_without_the_shredder_has_its_key_made_ahead(apart: Apart) -> None:
    apart.round()
    stopped = apart.clock.now()
    while apart.clock.now() < stopped + AHEAD - RETENTION.epoch_length:
        until = deadline(RETENTION, sealed_at=apart.clock.now())
        assert apart.service.epoch_key(RETENTION.epoch_of(until))
        apart.clock.advance(timedelta(hours=5))
    assert apart.service.epochs() == list(RETENTION.ahead(stopped, margin=AHEAD))


def test_each_key_is_destroyed_at_its_end_without_being_asked_and_the_others_are_not(apart: Apart) -> None:
    done = apart.round()
    assert done.said == ("35 keys of epochs to come were made.",)
    epoch, *others = apart.service.epochs()
    assert done.next_end == end_of(epoch)
    apart.clock.advance(end_of(epoch) - NOW - timedelta(seconds=1))
    assert apart.round().said == ()
    apart.clock.advance(timedelta(seconds=1))
    assert f"The key of epoch {epoch} is destroyed: it ended." in apart.round().said
    assert apart.service.epochs()[:-1] == others
    assert apart.service.destroyed_by(epoch) is not None
    assert apart.service.destroyed_by(others[0]) is None


def test_the_service_asks_for_a_key_that_has_ended_and_the_ask_is_gone_with_it(apart: Apart) -> None:
    apart.round()
    epoch = first(apart)
    to_the_end_of(apart, epoch)
    apart.service.destroy(epoch)
    apart.service.destroy(epoch)
    assert apart.files() == {f"{epoch}.ask"}
    assert apart.service.destroyed_by(epoch) is None
    apart.round()
    assert apart.files() == set()
    assert apart.service.destroyed_by(epoch) is not None


def test_a_key_that_has_not_ended_is_destroyed_for_no_single_one_who_asks(apart: Apart) -> None:
    apart.round()
    epoch = first(apart)
    key = apart.service.existing_key(epoch)
    apart.service.destroy(epoch)
    done = apart.round()
    assert done.faults == ()
    assert "two officers" in done.said[0]
    assert apart.service.existing_key(epoch) == key
    assert apart.files() == {f"{epoch}.refused"}
    assert "two officers" in apart.asks.refusal(epoch)
    to_the_end_of(apart, epoch)
    apart.service.destroy(epoch)
    assert apart.asks.refusal(epoch) == "", "it was asked again"
    apart.round()
    assert apart.files() == set()


def test_a_key_that_was_approved_of_is_destroyed_early_and_not_made_again(tmp_path: Path) -> None:
    asked: list[tuple[str, bytes]] = []
    apart = Apart(folder=tmp_path, approved=lambda epoch, ask: asked.append((epoch, ask)))
    apart.round()
    epoch = first(apart)
    apart.asks.put(epoch, "signed by two")
    apart.round()
    assert asked == [(epoch, b"signed by two")]
    assert epoch not in apart.service.epochs()
    apart.round()
    assert epoch not in apart.service.epochs()
    with pytest.raises(KeyDestroyed):
        apart.service.epoch_key(epoch)
    assert apart.service.destroyed_by(epoch) is not None


def test_an_ask_that_cannot_be_judged_now_waits(tmp_path: Path) -> None:
    def judges_later(epoch: str, ask: bytes) -> None:
        raise StorageUnavailable("the officers cannot be read")

    apart = Apart(folder=tmp_path, approved=judges_later)
    apart.round()
    epoch = first(apart)
    apart.service.destroy(epoch)
    assert apart.round().faults == ("the officers cannot be read",)
    assert apart.files() == {f"{epoch}.ask"}


def _link(place: Path, key: Path) -> None:
    place.symlink_to(key)


def _second_name(place: Path, key: Path) -> None:
    os.link(key, place)


def _huge(place: Path, _: Path) -> None:
    place.write_bytes(b"x" * (MOST_BYTES + 1))


def _pipe(place: Path, _: Path) -> None:
    os.mkfifo(place)


def _folder(place: Path, _: Path) -> None:
    place.mkdir()


def _full_folder(place: Path, _: Path) -> None:
    (place / "more").mkdir(parents=True)


@pytest.mark.parametrize("plant", [_link, _second_name, _huge, _pipe, _folder, _full_folder])
def test_what_is_no_plain_small_file_is_no_ask_whatever_its_name(
    tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    apart = Apart(folder=tmp_path, approved=lambda epoch, ask: None)
    apart.round()
    epoch = first(apart)
    key = apart.keys / "epochs" / f"{epoch}.key"
    whole = key.read_bytes()
    plant(tmp_path / "asks" / f"{epoch}.ask", key)
    done = apart.round()
    assert f"'{epoch}.ask' in the folder of asks is no ask" in done.said[0]
    assert key.read_bytes() == whole
    assert apart.files() == ({f"{epoch}.ask"} if plant is _full_folder else set())


@pytest.mark.parametrize("name", ["epoch.ask", "master.key", "x", "..ask", "20261130T000000Z.key", "é\n.ask"])
def test_an_odd_name_is_no_ask_and_is_removed(apart: Apart, name: str) -> None:
    apart.round()
    before = apart.service.epochs()
    (apart.folder / "asks" / name).write_text("20261130T000000Z")
    assert "is no ask" in apart.round().said[0]
    assert apart.files() == set()
    assert apart.service.epochs() == before


def test_asks_for_epochs_that_never_were_leave_nothing_in_the_folder_of_the_keys(apart: Apart) -> None:
    apart.round()
    before = {place.name for place in apart.keys.rglob("*")}
    for second in range(60):
        apart.asks.put(f"200101{second % 30 + 1:02}T0000{second:02}Z", "anything")
    apart.round()
    assert {place.name for place in apart.keys.rglob("*")} == before
    assert apart.files() == set()


def test_a_link_in_the_place_of_the_folder_of_asks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "asks").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsFault, match="must belong to the shredder"):
        KeyAsks(tmp_path / "asks").made()


def test_its_group_reads_the_keys_and_writes_asks_and_others_do_neither(apart: Apart) -> None:
    before = os.umask(0o077)
    try:
        apart.round()
        to_the_end_of(apart, first(apart))
        apart.round()
        Apart(folder=apart.folder / "new")
    finally:
        os.umask(before)
    for keys in (apart.keys, apart.folder / "new" / "keys"):
        for place in (keys, *keys.rglob("*")):
            mode = stat.S_IMODE(place.stat().st_mode)
            assert mode == (0o750 if place.is_dir() else 0o600 if place.name == "lock" else 0o640), place
    assert stat.S_IMODE((apart.folder / "asks").stat().st_mode) == 0o3770


@pytest.mark.parametrize(("place", "mode"), [("", 0o770), ("master.key", 0o644), ("epochs", 0o755)])
def test_keys_that_more_than_the_group_can_read_are_refused_here_too(
    apart: Apart, place: str, mode: int
) -> None:
    (apart.keys / place).chmod(mode)
    with pytest.raises(SettingsFault, match="chmod"):
        apart.written().checked()


def test_a_copy_of_ten_days_ago_is_put_right_before_anything_else(apart: Apart) -> None:
    apart.round()
    shutil.copytree(apart.keys, apart.folder / "copy")
    apart.clock.advance(10 * DAY)
    apart.round()
    shutil.rmtree(apart.keys)
    shutil.copytree(apart.folder / "copy", apart.keys)
    back = [epoch for epoch in apart.service.epochs() if end_of(epoch) <= apart.clock.now()]
    assert len(back) == 10
    for epoch in back:
        with pytest.raises(KeyDestroyed):
            apart.service.existing_key(epoch)
    said = apart.round().said
    assert said[:10] == tuple(f"The key of epoch {epoch} is destroyed: it ended." for epoch in back)
    assert not set(back) & set(apart.service.epochs())


def test_a_key_that_comes_back_beside_its_tombstone_is_destroyed_again(tmp_path: Path) -> None:
    apart = Apart(folder=tmp_path, approved=lambda epoch, ask: None)
    apart.round()
    epoch = first(apart)
    place = apart.keys / "epochs" / f"{epoch}.key"
    copy = place.read_bytes()
    apart.service.destroy(epoch)
    apart.round()
    place.write_bytes(copy)
    assert apart.round().said == (f"The key of epoch {epoch} is destroyed: it was before.",)
    assert not place.exists()


def no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_keeps_no_key_past_its_end(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    apart.round()
    epoch, later = apart.service.epochs()[:2]
    to_the_end_of(apart, epoch)

    with monkeypatch.context() as patch:
        patch.setattr(storing, "write_new", no_space)
        done = apart.round()
        with pytest.raises(StorageUnavailable, match="No space"):
            apart.written().destroy(later)
    assert f"The key of epoch {epoch} is destroyed: it ended." in done.said
    assert "No space left" in done.faults[0]
    assert apart.service.destroyed_by(epoch) is not None
    assert apart.service.existing_key(later)


def test_one_key_that_cannot_be_destroyed_keeps_no_other_and_is_tried_again(apart: Apart) -> None:
    apart.round()
    stuck, other = apart.service.epochs()[:2]
    to_the_end_of(apart, other)
    place = apart.keys / "epochs" / f"{stuck}.key"
    place.unlink()
    place.mkdir()
    done = apart.round()
    assert f"The key of epoch {other} is destroyed: it ended." in done.said
    assert len(done.faults) == 1
    place.rmdir()
    assert apart.round().faults == ()


def test_without_a_key_made_ahead_sealing_fails_for_now_and_names_what_to_start(apart: Apart) -> None:
    epoch = RETENTION.epoch_of(deadline(RETENTION, sealed_at=NOW))
    assert not apart.service.makes(epoch)
    with pytest.raises(StorageUnavailable, match="start `dockseal shredder`"):
        apart.service.epoch_key(epoch)
    assert apart.service.epochs() == []
    apart.round()
    assert apart.service.epoch_key(epoch) == apart.service.existing_key(epoch)


def test_the_service_makes_no_keys(apart: Apart) -> None:
    with pytest.raises(SettingsFault, match="its user"):
        apart.service.make(lambda: b"\x01" * 32)


def test_health_tells_of_a_shredder_that_stands_still(apart: Apart) -> None:
    apart.round()
    now = apart.clock.now()

    def told(later: timedelta) -> tuple[str, ...]:
        return shredder_faults(apart.service.epochs(), RETENTION, now + later)

    end = end_of(first(apart)) - now
    assert told(timedelta()) == told(end + timedelta(minutes=9)) == ()
    assert (
        "which has ended, is still there: start `dockseal shredder`" in told(end + timedelta(minutes=10))[0]
    )
    assert len(told(DAY)) == 1, "it is late, and keys are left"
    assert "nothing can be sealed" in told(2 * DAY)[1]
    assert " UTC on nothing can be sealed" in told(6 * DAY)[1]
    assert " and nothing can be sealed without it" in told(9 * DAY)[1]


def test_epochs_of_which_too_many_keys_would_lie_ahead_are_refused() -> None:
    def retention(epoch_length: timedelta) -> Retention:
        return Retention(keep=30 * DAY, key_backups=timedelta(0), epoch_length=epoch_length)

    refuse_too_many(retention(timedelta(minutes=15)))
    with pytest.raises(SettingsFault, match="DOCKSEAL_EPOCH_LENGTH"):
        refuse_too_many(retention(timedelta(minutes=10)))


# kill -9 before each change of a file.

SHORT = Retention(keep=4 * DAY, key_backups=timedelta(0), epoch_length=DAY)


def killed_everywhere(make: Callable[[], Apart], check: Callable[[Apart], None]) -> int:
    """Kills a round before each change of a file; each time the next round must finish it."""
    steps, end = 0, KILLED
    while end == KILLED:
        apart = make()
        end = killed_at(steps, apart.round)
        for epoch in apart.service.epochs():
            if end_of(epoch) > apart.clock.now() and apart.service.has(epoch):
                assert len(apart.service.existing_key(epoch)) == 32, "live"
        assert apart.round().faults == ()
        check(apart)
        steps += 1
    assert end == DONE
    return steps


def scenes(tmp_path: Path, approved: Callable[[str, bytes], object]) -> Callable[[], Apart]:
    def make() -> Apart:
        return Apart(folder=tmp_path / new_order_ref(), retention=SHORT, approved=approved)

    return make


def test_killed_while_it_makes_keys_the_next_round_makes_the_others(tmp_path: Path) -> None:
    def check(apart: Apart) -> None:
        kept = {epoch: apart.service.existing_key(epoch) for epoch in apart.service.epochs()}
        assert list(kept) == list(SHORT.ahead(NOW, margin=AHEAD))
        assert apart.round().said == (), "all is done"
        assert {epoch: apart.service.existing_key(epoch) for epoch in kept} == kept

    assert killed_everywhere(scenes(tmp_path, lambda epoch, ask: None), check) > 30


def test_killed_while_it_destroys_the_next_round_has_destroyed_all_of_it(tmp_path: Path) -> None:
    make = scenes(tmp_path, lambda epoch, ask: None)

    def ended() -> Apart:
        apart = make()
        apart.round()
        to_the_end_of(apart, apart.service.epochs()[1])
        return apart

    def check(apart: Apart) -> None:
        over = list(SHORT.ahead(NOW, margin=timedelta()))[:2]
        left = {place.name for place in (apart.keys / "epochs").iterdir() if "destroyed." not in place.name}
        assert {f"{epoch}.destroyed" for epoch in over} <= left
        assert not any(epoch in name and "key" in name for epoch in over for name in left)

    assert killed_everywhere(ended, check) > 10


@pytest.mark.parametrize("signed", [True, False], ids=["two officers signed", "nobody signed"])
def test_killed_while_it_answers_an_ask_the_key_is_live_or_destroyed_and_the_ask_is_answered(
    tmp_path: Path, signed: bool
) -> None:
    def judge(epoch: str, ask: bytes) -> None:
        if not signed:
            raise BadInput("nobody signed this")

    make = scenes(tmp_path, judge)
    epoch = list(SHORT.ahead(NOW, margin=timedelta()))[2]

    def asked() -> Apart:
        apart = make()
        apart.round()
        apart.asks.put(epoch, "an ask")
        return apart

    def check(apart: Apart) -> None:
        assert not apart.asks.pending(epoch)
        assert (apart.service.destroyed_by(epoch) is not None) == signed
        assert (apart.asks.refusal(epoch) != "") == (not signed)

    assert killed_everywhere(asked, check) > 3
