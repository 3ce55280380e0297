"""Mailboxes: what holds for a directory and for an SFTP server, and whom an SFTP server is."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncssh
import pytest

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, WarehouseUnavailable
from dockseal.warehouses.mailbox import PART, Mailbox
from dockseal.warehouses.mailboxes import mailbox_of
from dockseal.warehouses.port import AdapterParts
from sftp_server import PASSWORD, USER, OldFiles, SftpServer, sftp_server


def parts(given: dict[str, str] | None = None, **options: str) -> AdapterParts:
    return AdapterParts(
        warehouse=Warehouse(id=WarehouseId("reno"), adapter="folder", options=tuple(sorted(options.items()))),
        secret=None if given is None else Secret(json.dumps(given)),
        transport=None,
        clock=SystemClock(),
    )


def at(server: SftpServer, given: dict[str, str] | None = None, **options: str) -> Mailbox:
    return mailbox_of(
        parts(
            {"sftp_password": PASSWORD} if given is None else given,
            **{
                "sftp": f"127.0.0.1:{server.port}",
                "user": USER,
                "path": "/box",
                "host_key": server.fingerprint,
                **options,
            },
        )
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "far" / "box").mkdir(parents=True)
    with sftp_server(tmp_path / "far") as server:
        yield server


@pytest.fixture(params=["directory", "sftp", "old sftp"])
def mailbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    root = tmp_path / "far" / "box"
    root.mkdir(parents=True)
    if request.param == "directory":
        yield mailbox_of(parts(root=str(root)))
        return
    files = OldFiles if request.param == "old sftp" else asyncssh.SFTPServer
    with sftp_server(tmp_path / "far", files=files) as server:
        found = at(server)
        yield found
        found.close()


def test_what_is_put_is_read(mailbox: Mailbox) -> None:
    mailbox.put("out", "one.csv", b"first")
    mailbox.put("out", "two.csv", b"\x00\xff" * 100_000)
    assert mailbox.names("out") == ["one.csv", "two.csv"]
    assert mailbox.read("out", "two.csv") == b"\x00\xff" * 100_000


def test_what_is_put_again_is_replaced(mailbox: Mailbox) -> None:
    mailbox.put("out", "one.csv", b"first, and long")
    mailbox.put("out", "one.csv", b"second")
    assert mailbox.read("out", "one.csv") == b"second"
    assert mailbox.names("out") == ["one.csv"]


def test_what_is_not_there_is_no_fault(mailbox: Mailbox) -> None:
    assert mailbox.names("nowhere") == []
    assert mailbox.read("nowhere", "one.csv") is None
    mailbox.remove("nowhere", "one.csv")
    mailbox.shred("nowhere", "one.csv")
    mailbox.move("nowhere", "one.csv", "elsewhere")


def test_a_file_moves_to_a_folder_that_was_not_there_and_replaces_its_like(mailbox: Mailbox) -> None:
    for content in (b"first", b"second"):
        mailbox.put("in", "one.csv", content)
        mailbox.move("in", "one.csv", "archive")
    assert (mailbox.names("in"), mailbox.read("archive", "one.csv")) == ([], b"second")
    mailbox.move("archive", "one.csv", "archive", named="once.csv")
    assert mailbox.names("archive") == ["once.csv"]


def test_a_folder_may_lie_in_another_one(mailbox: Mailbox) -> None:
    mailbox.put("to_wms/orders", "one.csv", b"1")
    mailbox.move("to_wms/orders", "one.csv", "to_wms/old/orders")
    assert mailbox.names("to_wms/old/orders") == ["one.csv"]


def test_what_is_removed_or_shredded_is_gone(mailbox: Mailbox) -> None:
    mailbox.put("out", "one.csv", b"first")
    mailbox.put("out", "two.csv", b"second")
    mailbox.remove("out", "one.csv")
    mailbox.shred("out", "two.csv")
    assert mailbox.names("out") == []


def test_a_file_that_grows_looks_different(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.put("in", "one.csv", b"first")
    before = mailbox.stamps("in")["one.csv"]
    with (tmp_path / "far" / "box" / "in" / "one.csv").open("ab") as file:
        file.write(b" and more")
    after = mailbox.stamps("in")["one.csv"]
    assert (before.size, after.size) == (5, 14)


def test_folders_and_files_that_are_being_written_are_not_named(mailbox: Mailbox, tmp_path: Path) -> None:
    box = tmp_path / "far" / "box" / "in"
    (box / "folder").mkdir(parents=True)
    (box / f"one.csv{PART}").write_bytes(b"half")
    assert mailbox.names("in") == []


def test_threads_may_share_it(mailbox: Mailbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: mailbox.put("out", f"{n:02}.csv", b"%d" % n), range(12)))
    assert [mailbox.read("out", name) for name in mailbox.names("out")] == [b"%d" % n for n in range(12)]


def test_shredding_writes_over_what_another_name_still_holds(tmp_path: Path) -> None:
    mailbox = mailbox_of(parts(root=str(tmp_path)))
    mailbox.put("out", "one.csv", b"Sample Row")
    (tmp_path / "kept").hardlink_to(tmp_path / "out" / "one.csv")
    mailbox.shred("out", "one.csv")
    assert (tmp_path / "kept").read_bytes() == bytes(10)


def test_shredding_follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    mailbox = mailbox_of(parts(root=str(tmp_path / "box")))
    mailbox.put("out", "ours.csv", b"first")
    out, precious = tmp_path / "box" / "out", tmp_path / "precious"
    precious.write_bytes(b"not yours")
    (out / "link.csv").symlink_to(precious)
    os.mkfifo(out / "pipe.csv")
    assert mailbox.names("out") == ["ours.csv"]
    mailbox.shred("out", "link.csv")
    mailbox.shred("out", "pipe.csv")
    assert precious.read_bytes() == b"not yours"
    assert [each.name for each in out.iterdir()] == ["ours.csv"]


def test_a_directory_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("no directory")
    mailbox = mailbox_of(parts(root=str(tmp_path / "box")))
    for act in (
        lambda: mailbox.put("out", "one.csv", b"1"),
        lambda: mailbox.move("out", "one.csv", "in"),
        lambda: mailbox.names("out"),
        lambda: mailbox.read("out", "one.csv"),
    ):
        with pytest.raises(WarehouseUnavailable, match="the folder of warehouse reno cannot be used"):
            act()


def test_a_connection_that_was_cut_is_made_again(server: SftpServer) -> None:
    mailbox = at(server)
    mailbox.put("out", "one.csv", b"1")
    server.cut()
    mailbox.put("out", "two.csv", b"2")
    assert (mailbox.names("out"), server.connections) == (["one.csv", "two.csv"], 2)
    mailbox.close()


def test_one_connection_carries_everything(server: SftpServer) -> None:
    mailbox = at(server)
    for n in range(5):
        mailbox.put("out", f"{n}.csv", b"1")
    assert (len(mailbox.names("out")), server.connections) == (5, 1)
    mailbox.close()


def test_a_server_that_is_down_is_unavailable_and_used_again_once_it_is_up(server: SftpServer) -> None:
    mailbox = at(server)
    server.stop()
    with pytest.raises(WarehouseUnavailable, match="the SFTP server of warehouse reno cannot be used"):
        mailbox.names("out")
    server.start()
    mailbox.put("out", "one.csv", b"1")
    server.stop()
    with pytest.raises(WarehouseUnavailable):
        mailbox.names("out")
    server.start()
    assert mailbox.names("out") == ["one.csv"]
    mailbox.close()


class Forgetful(asyncssh.SFTPServer):
    """Files on a disk that keeps nothing, and says so to nobody."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        return len(data)


def test_a_server_that_keeps_half_of_a_file_shows_none_of_it(tmp_path: Path) -> None:
    with sftp_server(tmp_path, files=Forgetful) as server:
        mailbox = at(server, path="/")
        with pytest.raises(WarehouseUnavailable):
            mailbox.put("out", "one.csv", b"first")
        assert mailbox.names("out") == []
        mailbox.close()


def test_a_key_lets_us_in_as_a_password_does(server: SftpServer) -> None:
    mailbox = at(server, {"sftp_key": server.user_key_text})
    assert mailbox.names("out") == []
    mailbox.close()


def test_a_key_with_a_passphrase_lets_us_in(server: SftpServer) -> None:
    text = server.user_key.export_private_key(passphrase="open sesame").decode()
    mailbox = at(server, {"sftp_key": text, "sftp_key_passphrase": "open sesame"})
    assert mailbox.names("out") == []
    mailbox.close()
    with pytest.raises(SettingsFault, match="the SFTP key of warehouse reno cannot be read"):
        at(server, {"sftp_key": text})


def test_a_wrong_password_is_said_without_being_shown(server: SftpServer) -> None:
    mailbox = at(server, {"sftp_password": "wrong-8842"})
    with pytest.raises(WarehouseUnavailable, match="`dockseal warehouses secret reno`") as error:
        mailbox.names("out")
    assert "wrong-8842" not in str(error.value)
    assert error.value.__context__ is None


def test_a_server_with_another_host_key_gets_nothing(server: SftpServer) -> None:
    mailbox = at(server, host_key="SHA256:" + "A" * 43)
    with pytest.raises(WarehouseUnavailable, match="nothing was sent") as error:
        mailbox.put("out", "one.csv", b"Sample Row")
    assert server.fingerprint in str(error.value)
    assert not (server.root / "box" / "out").exists()


def test_a_host_key_may_be_a_line_of_known_hosts_and_one_of_several(server: SftpServer) -> None:
    for text in (server.known_hosts_line, f"SHA256:{'A' * 43};{server.fingerprint}"):
        mailbox = at(server, host_key=text)
        assert mailbox.names("out") == []
        mailbox.close()


def test_a_server_without_a_key_of_the_given_kind_gets_nothing(server: SftpServer) -> None:
    rsa = "AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7"
    mailbox = at(server, host_key=f"ssh-rsa {rsa}")
    with pytest.raises(WarehouseUnavailable, match="offers no host key of the kind"):
        mailbox.names("out")


@pytest.mark.parametrize(
    ("options", "given", "sentence"),
    [
        ({}, None, "needs one place for its files"),
        ({"root": "/a", "sftp": "b"}, None, "needs one place for its files"),
        ({"root": "a"}, None, "must begin with /"),
        ({"sftp": "sftp://b"}, None, "is no host:port"),
        ({"sftp": "b:70000"}, None, "is no host:port"),
        ({"sftp": "b"}, None, "has no SFTP user"),
        ({"sftp": "b", "user": "u"}, None, "has no host_key"),
        (
            {"sftp": "b", "user": "u", "host_key": "SHA256:" + "A" * 43},
            {"pgp_key": "p"},
            "no key and no password",
        ),
        ({"sftp": "b", "user": "u", "host_key": "any"}, {"sftp_password": "p"}, "host_key .* cannot be read"),
        (
            {"sftp": "b", "user": "u", "host_key": "SHA256:" + "A" * 43},
            {"sftp_key": "no key"},
            "SFTP key of warehouse reno cannot be read",
        ),
    ],
)
def test_options_that_cannot_work_are_said(
    options: dict[str, str], given: dict[str, str] | None, sentence: str
) -> None:
    with pytest.raises(SettingsFault, match=sentence):
        mailbox_of(parts(given, **options))


def test_a_webhook_secret_is_no_given_secret() -> None:
    warehouse = parts(sftp="b", user="u", host_key="SHA256:" + "A" * 43)
    kept = AdapterParts(
        warehouse=warehouse.warehouse, secret=Secret("whsec_AAAA"), transport=None, clock=SystemClock()
    )
    with pytest.raises(SettingsFault, match="was not given by it"):
        mailbox_of(kept)
