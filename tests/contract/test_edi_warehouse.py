"""The warehouse contract over the X12 adapter, with a counterparty that empties the mailbox."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.warehouses.contract import WarehouseContract
from dockseal.warehouses.edi import Edi
from dockseal.warehouses.port import AdapterParts, WarehouseAdapter
from edi_counterparty import Counterparty, write_profile


def edi(root: Path, profile: Path) -> Edi:
    options = (("profile", str(profile)), ("root", str(root)))
    return Edi(
        AdapterParts(
            warehouse=Warehouse(id=WarehouseId("reno"), adapter="edi", options=options),
            secret=None,
            transport=None,
            clock=SystemClock(),
        )
    )


@pytest.mark.parametrize("version", ["4010", "5010"])
class TestEdi(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _with(self, tmp_path: Path, version: str) -> None:
        self.folder = tmp_path
        self.profile = write_profile(tmp_path, version=version)
        self.counterparty = Counterparty(root=tmp_path / "mailbox")

    def adapter(self) -> WarehouseAdapter:
        return edi(self.folder / "mailbox", self.profile)

    def taken(self) -> Sequence[str]:
        self.counterparty.look()
        return [order.number for order in self.counterparty.orders]

    def refusing(self) -> None:
        """A warehouse says no later, by its 997 or 945."""

    def failing(self) -> Sequence[WarehouseAdapter]:
        no_folder = self.folder / "a file"
        no_folder.write_text("no folder")
        return [edi(no_folder, self.profile)]
