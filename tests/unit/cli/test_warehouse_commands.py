"""What a warehouse knows and how it is spoken to, as a person types it; orders that waited for it follow."""

from dataclasses import replace
from pathlib import Path

import pytest

from dockseal.domain.identifiers import AmazonOrderId, OrderRef
from dockseal.domain.order import Hold, OrderState
from unit.cli.test_commands import SECRETS, SELLER, Terminal, held, installed, once_installed
from unit.cli.test_credential_commands import app_of

_ = (installed, once_installed)


def keep(terminal: Terminal, code: str, number: int = 1) -> OrderRef:
    """Puts an order into the tables that is held under a code."""
    order = held()
    amazon = replace(order.amazon, amazon_order_id=AmazonOrderId(f"113-0000000-{number:07}"))
    ref = OrderRef(f"ref23456789abcdefgh{number}")
    terminal.insert(replace(order, ref=ref, amazon=amazon, hold=Hold(code=code, sentence="It waits.")))
    return ref


def state(terminal: Terminal, ref: OrderRef) -> OrderState:
    with app_of(terminal) as app:
        return app.storage.orders.get(ref).state


def test_a_list_of_skus_is_given_shown_and_cleared(installed: Terminal) -> None:
    waits, other = keep(installed, "sku_unknown"), keep(installed, "sku_missing", 2)
    (installed.folder / "skus.csv").write_bytes(b'\xef\xbb\xbfSKU\r\nMUG-1\r\n"TEA, green"\r\n')
    said = installed.well("warehouses", "skus", "reno", "skus.csv")
    assert "reno knows 2 SKUs; orders that are examined again: 1" in said
    assert state(installed, waits) is OrderState.ACCEPTED
    assert state(installed, other) is OrderState.HELD
    assert installed.well("warehouses", "skus", "reno", "--show").splitlines() == ["MUG-1", "TEA, green"]
    assert "reno knows 3 SKUs" in installed.well("warehouses", "skus", "reno", "-", given="A\nB\nC\n")
    assert "knows all SKUs" in installed.well("warehouses", "skus", "reno", "--clear")
    assert installed.well("warehouses", "skus", "reno", "--show") == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["reno"], "--clear or --show"),
        (["reno", "skus.csv", "--clear"], "--clear or --show"),
        (["reno", "nowhere.csv"], "FileNotFoundError"),
        (["reno", "latin.csv"], "not written in UTF-8"),
        (["linz", "--clear"], "no warehouse is named linz"),
    ],
)
def test_what_cannot_be_a_list_is_refused_in_a_sentence(
    installed: Terminal,
    words: list[str],
    says: str,
) -> None:
    (installed.folder / "skus.csv").write_text("MUG-1\n", encoding="utf-8")
    (installed.folder / "latin.csv").write_bytes("Größe\n".encode("latin-1"))
    refused = installed.run("warehouses", "skus", *words)
    assert refused.returncode == 1
    assert says in refused.stderr


def test_other_options_have_orders_examined_again_that_did_not_fit(installed: Terminal) -> None:
    waits = keep(installed, "does_not_fit")
    installed.well("warehouses", "change", "reno", "--option", "shelf=4", "--option", "bay=2")
    installed.well("warehouses", "change", "reno", "--option", "shelf=")
    assert "bay=2" in installed.well("warehouses", "list")
    assert "shelf" not in installed.well("warehouses", "list")
    assert state(installed, waits) is OrderState.ACCEPTED


def test_options_an_adapter_cannot_work_with_change_nothing(installed: Terminal) -> None:
    url = "https://sparks.example.com/orders"
    installed.well("warehouses", "add", "sparks", "--adapter", "webhook", "--url", url)
    refused = installed.run("warehouses", "change", "sparks", "--option", "url=ftp://sparks.example.com")
    assert refused.returncode == 2
    assert url in installed.well("warehouses", "list")
    refused = installed.run("warehouses", "change", "sparks", "--option", "personal_data=none")
    assert "chosen once" in refused.stderr


def test_another_warehouse_for_a_seller_has_its_waiting_orders_examined_again(
    installed: Terminal,
) -> None:
    waits, stays = keep(installed, "warehouse_missing"), keep(installed, "warehouse_refused", 2)
    installed.well("warehouses", "add", "sparks", "--adapter", "by_hand")
    secrets = Path("secrets.json")
    (installed.folder / secrets).write_text(str(SECRETS).replace("'", '"'), encoding="utf-8")
    words = [*SELLER[:-1], "sparks", "--secrets-file", str(secrets), "--again"]
    installed.well("sellers", "add", "acme-us", *words)
    assert state(installed, waits) is OrderState.ACCEPTED
    assert state(installed, stays) is OrderState.HELD
