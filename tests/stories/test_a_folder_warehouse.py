"""A warehouse that knows files: orders lie in its folder, encrypted, and its tracking comes back."""

import csv
import io
from pathlib import Path

import pyrage
import pytest

from day import WAREHOUSE, Day, MakeDay
from dockseal.domain.order import OrderState
from dockseal.warehouses.folder import Folder
from parcel_numbers import ups
from spapi_simulator import Line

HERS = pyrage.x25519.Identity.generate()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """The folder of the warehouse."""
    return tmp_path / "box"


@pytest.fixture
def day(make_day: MakeDay, box: Path) -> Day:
    """A day whose warehouse has a folder."""
    options = {"root": str(box), "encrypt": "age", "recipient": str(HERS.to_public())}
    return make_day(adapter="folder", options=options)


def opened(box: Path) -> list[dict[str, str]]:
    """The lines that the warehouse reads with its key; it takes the files with it."""
    rows = []
    for file in sorted((box / "out").glob("ORDERS_*.csv.age")):
        text = pyrage.decrypt(file.read_bytes(), [HERS]).decode()
        rows += list(csv.DictReader(io.StringIO(text, newline="")))
        file.unlink()
    return rows


def put(box: Path, name: str, text: str) -> None:
    (box / "in").mkdir(parents=True, exist_ok=True)
    (box / "in" / name).write_text(text)


def looked(day: Day) -> list[str]:
    """What is taken in of the folder; returns what was wrong with it."""
    folder = day.app.adapters(day.app.storage.warehouses.get(WAREHOUSE))
    assert isinstance(folder, Folder)
    faults: list[str] = []
    for _ in range(2):
        for delivery in folder.collect():
            for message in delivery.messages:
                day.app.inbox.take(WAREHOUSE, message)
            faults += delivery.faults
            folder.done(delivery)
    return faults


def test_orders_go_out_by_files_and_tracking_comes_back_until_amazon_shows_it(day: Day, box: Path) -> None:
    lines = [Line(sku="MUG-1", quantity=2), Line(sku="MUG-2")]
    orders = [day.amazon.place_order(day.account, lines=lines) for _ in range(3)]
    day.run(minutes=5)
    assert {day.order(each).state for each in orders} == {OrderState.RELEASED}
    names = {day.amazon.order(each).recipient.name for each in orders}
    readable = b"".join(file.read_bytes() for file in box.rglob("*") if file.is_file())
    assert not [name for name in names if name.encode() in readable]

    rows = opened(box)
    assert sorted(row["amazon_order_id"] for row in rows) == sorted(each for each in orders for _ in lines)
    assert {row["name"] for row in rows} == names

    head = "Reference;Line ID;Quantity;Carrier;Tracking Number;Note"
    parcels = {each: ups(number) for number, each in enumerate(orders)}
    told = [
        f"{row['reference']};{row['line_id']};{row['quantity']};UPS Ground;{parcels[row['amazon_order_id']]};"
        for row in rows
    ]
    put(box, "tracking.csv", "\n".join([head, *told[:3], "rubbish;;;;;", *told[3:], ""]))
    assert looked(day) == ["file tracking.csv, line 5: its reference is none of ours: send it as it came"]
    put(box, "again.csv", "\n".join([head, *told, ""]))
    assert looked(day) == []

    day.run(minutes=30)
    for each in orders:
        (package,) = day.amazon.order(each).packages
        assert package.tracking_number == parcels[each]
        assert day.order(each).state is OrderState.VERIFIED
    assert list((box / "in").iterdir()) == []


def test_an_order_is_in_one_file_whatever_happens_to_us(day: Day, box: Path) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    (box.parent / "box").write_text("the disk is not mounted")
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.RELEASABLE
    day.restart()
    box.unlink()
    day.run(hours=2)
    assert day.order(order_id).state is OrderState.RELEASED
    assert [row["amazon_order_id"] for row in opened(box)] == [order_id]


def test_a_parcel_is_corrected_by_its_number_as_often_as_that_was_wrong(day: Day, box: Path) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    (row,) = opened(box)
    head = "Reference,Carrier,Tracking Number,Correction,Corrects\n"
    told = [f"{ups(1)},,", f"{ups(2)},yes,{ups(1)}", f"{ups(3)},yes,{ups(2)}", f"{ups(3)},yes,"]
    for number, cells in enumerate(told):
        carrier = "UPS Standard" if number == 3 else "UPS Ground"
        put(box, f"{number}.csv", f"{head}{row['reference']},{carrier},{cells}\n")
        assert looked(day) == []
    (package,) = day.packages(order_id)
    assert (package.tracking_number, package.carrier) == (ups(3), "UPS Standard")
    put(box, "all.csv", head + "".join(f"{row['reference']},UPS Ground,{cells}\n" for cells in told[:3]))
    assert looked(day) == []
    assert day.packages(order_id) == [package], "a repeat changes nothing"
