"""The warehouse contract over the folder adapter: a directory, and a real SFTP server."""

import csv
import getpass
import io
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.warehouses.contract import WarehouseContract, hand_over
from dockseal.warehouses.folder import Folder
from dockseal.warehouses.port import AdapterParts
from sftp_server import PASSWORD, USER, SftpServer, sftp_server


def parts(given: dict[str, str] | None = None, **options: str) -> AdapterParts:
    chosen = {"encrypt": "none", **options}
    return AdapterParts(
        warehouse=Warehouse(id=WarehouseId("reno"), adapter="folder", options=tuple(sorted(chosen.items()))),
        secret=Secret(json.dumps(given)) if given else None,
        transport=None,
        clock=ManualClock(start=datetime(2026, 11, 2, 8, tzinfo=UTC)),
    )


SSHD = os.environ.get("SSHD") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def references(box: Path) -> list[str]:
    """The references in the files that the warehouse sees, each once for each file that holds it."""
    found: list[str] = []
    for file in sorted((box / "out").glob("ORDERS_*.csv")):
        rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
        found += dict.fromkeys(row["reference"] for row in rows)
    return found


class TestDirectory(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _with(self, tmp_path: Path) -> None:
        self.box = tmp_path / "box"
        self.tmp_path = tmp_path

    def adapter(self) -> Folder:
        return Folder(parts(root=str(self.box), at_once="yes"))

    def tells(self) -> Sequence[WarehouseMessage]:
        (self.box / "in").mkdir(parents=True)
        (self.box / "in" / "t.csv").write_text("reference,carrier,tracking_number\none-1,UPS,1Z1\n")
        (self.box / "in" / "nothing.csv").write_text("reference,carrier,tracking_number\n")
        found = [each for one in self.adapter().collect() for each in one.messages]
        assert [type(each) for each in found] == [ShipmentReport]
        return found

    def taken(self) -> Sequence[str]:
        return references(self.box)

    def refusing(self) -> None:
        return None

    def failing(self) -> Sequence[Folder]:
        file = self.tmp_path / "file"
        file.write_text("no directory")
        out = self.tmp_path / "half"
        out.mkdir()
        (out / "out").write_text("no directory either")
        full = self.tmp_path / "full"
        full.mkdir()
        for name in ("sending", "sent"):
            (full / name).symlink_to("/proc")  # nobody may make a file there
        return [Folder(parts(root=str(place))) for place in (file, out, full)]

    def unanswering(self) -> Sequence[Folder]:
        return self.failing()[:1]  # what cannot be written can still be looked at


class _Full(asyncssh.SFTPServer):
    """Files on a disk that is full."""

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        raise asyncssh.SFTPFailure("No space left on device")


class TestSftp(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _with(self, tmp_path: Path) -> Iterator[None]:
        self.box = tmp_path / "far" / "box"
        self.box.mkdir(parents=True)
        self.opened: list[Folder] = []
        with (
            sftp_server(tmp_path / "far") as self.server,
            sftp_server(tmp_path / "far", files=_Full) as self.full,
            sftp_server(tmp_path / "far") as self.down,
        ):
            self.down.stop()
            yield
            for each in self.opened:
                each.close()

    def at(self, server: SftpServer, given: dict[str, str] | None = None, **options: str) -> Folder:
        usual = {"sftp": f"127.0.0.1:{server.port}", "user": USER, "path": "/box"}
        chosen = {**usual, "host_key": server.fingerprint, **options}
        folder = Folder(parts(given or {"sftp_password": PASSWORD}, **chosen))
        self.opened.append(folder)
        return folder

    def adapter(self) -> Folder:
        return self.at(self.server)

    def taken(self) -> Sequence[str]:
        return references(self.box)

    def refusing(self) -> None:
        return None

    def failing(self) -> Sequence[Folder]:
        return [
            self.at(self.down),
            self.at(self.full),
            self.at(self.server, host_key="SHA256:" + "A" * 43),
            self.at(self.server, {"sftp_password": "wrong"}),
            self.at(self.server, {"sftp_key": self.down.user_key_text}),
            self.at(self.server, path="/nowhere/at/all"),
        ]

    def unanswering(self) -> Sequence[Folder]:
        down, _, *refused, _ = self.failing()
        return [down, *refused]


class TestOpenSsh(TestSftp):
    """The same with OpenSSH's own server, where it is installed."""

    @pytest.fixture(autouse=True)
    def _openssh(self, _with: None, tmp_path: Path) -> Iterator[None]:
        if SSHD is None:
            pytest.skip("OpenSSH's server is not installed here")
        if os.geteuid() == 0:  # the server wants it there; a machine that starts it makes it
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        place = tmp_path / "openssh"
        place.mkdir()
        self.far = place / "box"
        self.far.mkdir()
        host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        self.key, self.fingerprint = user.export_private_key().decode(), host.get_fingerprint()
        host.write_private_key(place / "host")
        (place / "host").chmod(0o600)
        user.write_public_key(place / "users")
        (place / "config").write_text(
            f"ListenAddress 127.0.0.1\nHostKey {place}/host\nAuthorizedKeysFile {place}/users\n"
            f"PidFile {place}/pid\nStrictModes no\nUsePAM no\nSubsystem sftp internal-sftp\n"
        )
        self.port = free_port()
        command = [SSHD, "-D", "-e", "-f", str(place / "config"), "-p", str(self.port)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if b"listening" in line:
                    break
            yield
        finally:
            for each in self.opened:
                each.close()
            process.terminate()
            process.wait(20)
            process.stderr.close()

    def adapter(self) -> Folder:
        return self.mine()

    def mine(self, **options: str) -> Folder:
        usual = {"sftp": f"127.0.0.1:{self.port}", "user": getpass.getuser(), "path": str(self.far)}
        chosen = {**usual, "host_key": self.fingerprint, **options}
        folder = Folder(parts({"sftp_key": self.key}, **chosen))
        self.opened.append(folder)
        return folder

    def taken(self) -> Sequence[str]:
        return references(self.far)

    def failing(self) -> Sequence[Folder]:
        (self.far / "out").write_text("no folder")
        return [
            self.mine(),
            self.mine(host_key=self.server.fingerprint),
            self.mine(path="/proc"),
            self.at(self.server, sftp=f"127.0.0.1:{self.port}", host_key=self.fingerprint),
        ]

    def unanswering(self) -> Sequence[Folder]:
        _, changed, _, elsewhere = self.failing()
        return [changed, elsewhere]


def test_files_come_and_go_over_sftp(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as server:
        folder = Folder(
            parts(
                {"sftp_key": server.user_key_text},
                sftp=f"127.0.0.1:{server.port}",
                user=USER,
                path="/",
                host_key=server.known_hosts_line,
            )
        )
        name = folder.submit(hand_over("one-1")).reference_at_warehouse
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / f"{name}.ack").write_text("")
        (tmp_path / "in" / "t.csv").write_text("reference,carrier,tracking_number\none-1,UPS,1Z1\n")
        assert list(folder.collect()) == []
        found = list(folder.collect())
        for each in found:
            folder.done(each)
        kinds = {type(message).__name__ for each in found for message in each.messages}
        assert kinds == {"Taken", "ShipmentReport"}
        assert list((tmp_path / "in").iterdir()) == list((tmp_path / "out").iterdir()) == []
        assert len(list((tmp_path / "archive").iterdir())) == 2
        folder.close()
