"""A profile that cannot work names its key, before anything is sent by it."""

from pathlib import Path

import pytest

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.errors import SettingsFault
from dockseal.warehouses.edi import Edi
from dockseal.warehouses.edi.profile import profile_of
from dockseal.warehouses.port import AdapterParts
from edi_counterparty import write_profile


def faults(folder: Path, more: str = "", *, top: str = "") -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as error:
        profile_of(str(write_profile(folder, more, top=top)), "reno")
    return error.value.faults


def test_a_short_profile_is_enough(tmp_path: Path) -> None:
    profile = profile_of(str(write_profile(tmp_path)), "reno")
    assert profile.orders.new == "N"
    assert profile.ack_hours == 24
    assert profile.advices.meaning("CC") == "shipped"


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[orders]\nunit = "EACH"\n', "orders.unit"),
        ('[orders]\ngift_message = "somewhere"\n', "orders.gift_message"),
        ("[orders]\nname_length = 61\n", "orders.name_length"),
        ('[orders]\ngift = "NTE"\n', "orders.gift"),
        ('[advices]\ntracking = ["2I"]\n', "advices.tracking"),
        ("[advices]\ntracking = []\n", "advices.tracking"),
        ('[advices.statuses]\nQQ = "maybe"\n', "advices.statuses.QQ"),
        ('[syntax]\nelement = "~"\n', "syntax"),
        ('[syntax]\nelement = "A"\n', "syntax"),
        ('[parties.DE]\nqualifier = "91"\nid = "A*B"\n', "parties"),
        ('[folders]\nout = "../elsewhere"\n', "folders.out"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, more: str, key: str) -> None:
    (fault,) = faults(tmp_path, more)
    assert key in fault
    assert "of warehouse reno" in fault
    assert "docs/edi.md lists the keys" in fault


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, '[orders]\nunit = "EACH"\nmost = 0\n', top="ack_hours = -1\n")) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = ", "is no TOML"),
        ('version = "4010"\n', "key partner: Field required"),
        (None, "cannot be read (FileNotFoundError)"),
    ],
)
def test_a_profile_that_is_none(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "profile.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsFault, match="profile") as error:
        profile_of(str(path), "reno")
    assert any(words in fault for fault in error.value.faults)


def test_a_zone_that_is_none(tmp_path: Path) -> None:
    path = write_profile(tmp_path)
    path.write_text(path.read_text().replace("America/Los_Angeles", "Reno"))
    with pytest.raises(SettingsFault, match=r"timezone: .*there is no such time zone"):
        profile_of(str(path), "reno")


def test_without_a_profile_or_a_root_there_is_no_adapter(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="has no profile; add the option profile="):
        profile_of("", "reno")
    options = (("profile", str(write_profile(tmp_path))),)
    warehouse = Warehouse(id=WarehouseId("reno"), adapter="edi", options=options)
    with pytest.raises(SettingsFault, match="needs one place for its files: add the option root="):
        Edi(AdapterParts(warehouse=warehouse, secret=None, transport=None, clock=SystemClock()))


def test_a_bad_profile_is_told_when_a_warehouse_is_added(tmp_path: Path) -> None:
    options = (("profile", str(tmp_path / "nowhere.toml")), ("root", str(tmp_path)))
    with pytest.raises(SettingsFault, match="cannot be read"):
        Edi.check_options(Warehouse(id=WarehouseId("reno"), adapter="edi", options=options))
