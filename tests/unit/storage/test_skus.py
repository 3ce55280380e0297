from collections.abc import Callable

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.storage.store import Storage

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")


def test_a_list_takes_the_place_of_the_one_before_and_each_warehouse_has_its_own(storage: Storage) -> None:
    storage.skus.put(RENO, ["B", "A", "B"])
    storage.skus.put(SPARKS, ["C"])
    assert storage.skus.of(RENO) == ("A", "B")
    storage.skus.put(RENO, ["D"])
    assert (storage.skus.of(RENO), storage.skus.of(SPARKS)) == (("D",), ("C",))
    storage.skus.put(RENO, [])
    assert storage.skus.of(RENO) == ()


def test_what_is_not_on_a_list_is_named_in_its_order_and_without_a_list_nothing_is(storage: Storage) -> None:
    assert storage.skus.unknown(RENO, ["A", "B"]) == ()
    storage.skus.put(RENO, [f"SKU-{n}" for n in range(1200)])
    asked = ["Z", *(f"SKU-{n}" for n in range(1100)), "A", "Z", "sku-1"]
    assert storage.skus.unknown(RENO, asked) == ("Z", "A", "sku-1")
    assert storage.skus.unknown(RENO, []) == ()


def test_held_orders_are_found_by_code_seller_and_warehouse_page_by_page(
    storage: Storage, make_order: Callable[..., Order]
) -> None:
    def keep(n: int, code: str, warehouse: WarehouseId | None) -> Order:
        hold = Hold(code=code, sentence="It waits.")
        order = make_order(n, state=OrderState.HELD, hold=hold, warehouse=warehouse)
        storage.orders.insert(order)
        return order

    mine = sorted([keep(1, "a", RENO).ref, keep(2, "b", None).ref, keep(3, "a", RENO).ref])
    keep(4, "a", SPARKS)
    keep(5, "c", RENO)
    first = storage.orders.held_under(["a", "b"], warehouse=RENO, limit=2)
    then = storage.orders.held_under(["a", "b"], warehouse=RENO, after=first[-1].ref, limit=2)
    assert sorted(order.ref for order in (*first, *then)) == mine
    assert (len(first), len(then)) == (2, 1)
    assert len(storage.orders.held_under(["a", "b"])) == 4
    assert storage.orders.held_under(["a"], seller=SellerId("another")) == []
