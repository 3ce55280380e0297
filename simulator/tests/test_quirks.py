"""Amazon's odd ways that are not told of elsewhere, and the page that lists all of them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from shop import START, Shop, error, open_shop

from spapi_simulator import Behaviours, Fault, Line

HERE = Path(__file__).parent
PAGE = HERE.parent / "QUIRKS.md"
V0 = "/orders/v0/orders"
V2026 = "/orders/2026-01-01/orders"


def address(shop: Shop, order_id: str) -> Any:
    order = shop.get(f"{V2026}/{order_id}", includedData="RECIPIENT").json()["order"]
    return order["recipient"]["deliveryAddress"]


def test_personal_data_vanishes_for_days_and_comes_back(shop: Shop) -> None:
    order_id = shop.place()
    days = START + timedelta(days=2)
    shop.sim.faults.add(Fault(operation="*", effect="redact", until=days))
    path = f"{V0}/{order_id}/address"
    token = shop.rdt({"method": "GET", "path": path}).json()["restrictedDataToken"]
    assert "name" not in address(shop, order_id)
    assert "Name" not in shop.get(path, token=token).json()["payload"]["ShippingAddress"]
    shop.clock.set(days)
    assert "name" in address(shop, order_id)


def test_a_sudden_403_is_cured_by_a_new_authorisation(shop: Shop) -> None:
    order_id = shop.place()
    assert shop.get(f"{V0}/{order_id}").status_code == 200
    shop.sim.lose_roles(shop.refresh_token)
    assert error(shop.get(f"{V0}/{order_id}"))[:2] == (403, "Unauthorized")
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    assert shop.get(f"{V0}/{order_id}").status_code == 200


def test_a_storm_of_403_in_one_region_passes_by_itself(shop: Shop) -> None:
    order_id = shop.place()
    until = START + timedelta(minutes=25)
    shop.sim.faults.add(Fault(operation="*", region="NA", status=403, until=until))
    assert error(shop.get(f"{V0}/{order_id}"))[:2] == (403, "Unauthorized")
    shop.clock.set(until)
    assert shop.get(f"{V0}/{order_id}").status_code == 200


def test_an_rdt_for_a_path_with_a_slash_at_its_end_opens_nothing() -> None:
    shop = open_shop(behaviours=Behaviours(rdt_ignores_trailing_slash=True))
    order_id = shop.place()
    path = f"{V0}/{order_id}/address"
    token = shop.rdt({"method": "GET", "path": f"{path}/"}).json()["restrictedDataToken"]
    answer = shop.get(path, token=token)
    assert (answer.status_code, "Name" in answer.json()["payload"]["ShippingAddress"]) == (200, False)
    assert error(open_shop().rdt({"method": "GET", "path": f"{path}/"}))[0] == 400


def test_titles_come_garbled_in_some_countries() -> None:
    shop = open_shop(behaviours=Behaviours(garbled_titles_in=frozenset({"US"})))
    order_id = shop.sim.place_order(shop.seller, lines=[Line(sku="MUG-1", title="Jarrón")])
    (item,) = shop.get(f"{V0}/{order_id}/orderItems").json()["payload"]["OrderItems"]
    assert item["Title"] == "JarrÃ³n"


def test_the_static_sandbox_knows_only_its_samples() -> None:
    shop = open_shop(behaviours=Behaviours(static_sandbox=True))
    order_id = shop.place()
    host = "https://sandbox.sellingpartnerapi-na.amazon.com"
    refused = shop.get(f"{V0}/{order_id}", host=host)
    assert error(refused)[2] == "Could not match input arguments"
    assert shop.get(f"{V0}/{order_id}").status_code == 200


def test_an_order_cannot_be_searched_for_by_its_id_in_the_newer_api(shop: Shop) -> None:
    first, _ = shop.place(), shop.place()
    shop.clock.advance(seconds=121)
    found = shop.get(V2026, createdAfter="2026-11-01T00:00:00Z", orderIds=first).json()["orders"]
    assert len(found) == 2


def test_the_page_of_quirks_names_tests_that_there_are() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| `(test_\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 47))
    written = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert [name for _, name in rows if f"def {name}(" not in written] == []
