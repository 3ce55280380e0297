"""`dockseal warehouses set`."""

from pathlib import Path

import pytest

from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.opened import person
from dockseal.cli.set_warehouse import changed_options
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.settings import settings_from

RENO = WarehouseId("reno")


@pytest.fixture
def dockseal(tmp_path: Path) -> App:
    settings = settings_from({"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys"})
    create_keys(settings, person())
    app = build(settings)
    add_warehouse(app, RENO, kind="by_hand", options={"ship_from_city": "Reno"}, keys=new_secrets())
    return app


def test_options_are_changed_added_and_taken_away_and_the_others_stay(dockseal: App) -> None:
    changed = changed_options(dockseal, RENO, {"ship_from_country": "US"})
    assert dict(changed.options) == {"ship_from_city": "Reno", "ship_from_country": "US"}
    changed = changed_options(dockseal, RENO, {"ship_from_country": "", "ship_from_city": "Sparks"})
    assert dict(changed.options) == {"ship_from_city": "Sparks"}
    rows = dockseal.storage.audit.search(tag="warehouse:options:changed", limit=9)
    assert [dict(row.fields)["options"] for row in rows] == ["2", "1"]
    dockseal.close()


def test_a_choice_that_means_nothing_to_the_adapter_is_refused_and_changes_nothing(dockseal: App) -> None:
    with pytest.raises(BadInput, match="nothing is pushed to the adapter by_hand"):
        changed_options(dockseal, RENO, {"personal_data": "passed"})
    assert dict(dockseal.storage.warehouses.get(RENO).options) == {"ship_from_city": "Reno"}
    dockseal.close()
