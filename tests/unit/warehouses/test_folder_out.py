"""Orders in files: their columns, that each order lies in one file once, and that no text is a formula."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef, WarehouseId
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.errors import SettingsFault, WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.contract import PERSONAL, hand_over
from dockseal.warehouses.folder import Folder, adapter
from dockseal.warehouses.folder.cells import guarded, unguarded
from dockseal.warehouses.folder.orders_file import COLUMNS, orders_csv
from dockseal.warehouses.mailbox import Directory, Mailbox
from dockseal.warehouses.port import Asking, Batching, Collecting, HandOver, Receipt, StopAnswer, Stopping
from dockseal.warehouses.port import StopRequest as Request
from unit.warehouses.folder_box import Box

DOCS = Path(__file__).resolve().parents[3] / "docs" / "folder.md"


def order(name: str, **personal: str) -> HandOver:
    recipient = Recipient({**PERSONAL, **{Field(field): text for field, text in personal.items()}})
    return replace(hand_over(f"{name}23456789abcdefghj-1"), recipient=recipient)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def test_a_file_has_a_line_for_each_order_line_in_the_documented_columns(box: Box) -> None:
    box.folder.submit(order("a"))
    (name,) = box.files("out")
    assert name.startswith("ORDERS_20261102080000_")
    raw = (box.root / "out" / name).read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3
    first, second = box.rows()
    assert tuple(first) == COLUMNS
    assert first == {
        "reference": "a23456789abcdefghj-1",
        "amazon_order_id": "113-0000000-0000001",
        "marketplace_id": "ATVPDKIKX0DER",
        "ship_by": "2026-11-03T07:59:59.000Z",
        "deliver_by": "2026-11-06T07:59:59.000Z",
        "programs": "PRIME",
        "line_id": "00000000000001",
        "sku": "MUG-BLUE",
        "title": "Blue mug ☕",
        "quantity": "2",
        "name": "Testperson Quillfeather",
        "company": "",
        "address_line_1": "12 Sample Row",
        "address_line_2": "",
        "address_line_3": "",
        "city": "Exampleton",
        "district": "",
        "region": "NV",
        "postal_code": "89999",
        "country": "US",
        "phone": "'+1 555 0100",
        "delivery_instructions": "",
        "gift_message": "Happy inventing day, says Aunt Placeholder",
    }
    assert (second["line_id"], second["sku"], second["quantity"]) == ("00000000000002", "MUG-RED", "1")


def test_many_orders_lie_in_one_file(box: Box) -> None:
    answers = box.folder.submit_all([order(name) for name in "abc"])
    (name,) = box.files("out")
    assert answers == [Receipt(reference_at_warehouse=name)] * 3
    assert [row["reference"][0] for row in box.rows()] == list("aabbcc")


def test_an_order_that_lies_in_a_file_is_in_no_second_one_whoever_it_comes_with(box: Box) -> None:
    (first,) = set(box.folder.submit_all([order("a"), order("b")]))
    box.clock.advance(timedelta(minutes=1))
    again = box.again().submit_all([order("b"), order("c")])
    assert again[0] == first
    assert sorted(row["reference"][0] for row in box.rows()) == list("aabbcc")


def test_an_order_that_was_fetched_is_in_no_second_file(box: Box) -> None:
    receipt = box.folder.submit(order("a"))
    (box.root / "out" / box.files("out")[0]).unlink()
    assert box.again().submit(order("a")) == receipt
    assert box.files("out") == []


def test_it_can_be_asked_whether_it_has_an_order(box: Box) -> None:
    assert box.folder.ask(order("a").reference) is None
    receipt = box.folder.submit(order("a"))
    assert box.again().ask(order("a").reference) == receipt
    assert box.folder.ask(ReleaseRef("../../etc/passwd")) is None


def test_what_it_can_do_it_says(box: Box) -> None:
    for able in (Batching, Asking, Stopping, Collecting):
        assert isinstance(box.folder, able)


def test_a_warehouse_is_asked_to_stop_by_a_file_once(box: Box) -> None:
    request = Request(
        reference=order("a").reference,
        warehouse=Warehouse(id=WarehouseId("reno"), adapter="folder"),
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
    )
    assert box.folder.stop(request) is StopAnswer.ASKED
    box.clock.advance(timedelta(minutes=1))
    assert box.again().stop(request) is StopAnswer.ASKED
    (name,) = box.files("out")
    assert name.startswith("STOP_20261102080000_")
    assert (box.root / "out" / name).read_bytes() == (
        b"reference,amazon_order_id,asked_at\r\n"
        b"a23456789abcdefghj-1,113-0000000-0000001,2026-11-02T08:00:00.000Z\r\n"
    )


def test_a_done_file_says_that_a_file_is_whole(tmp_path: Path) -> None:
    box = Box(tmp_path, done_files="yes")
    box.folder.submit(order("a"))
    name, done = box.files("out")
    assert done == f"{name}.done"


def test_a_warehouse_without_personal_data_gets_empty_columns(box: Box) -> None:
    box.folder.submit(replace(order("a"), recipient=Recipient({})))
    assert not any(box.rows()[0][field] for field in (*map(str, PERSONAL), "delivery_instructions"))


def test_letters_that_an_encoding_lacks_refuse_their_order_alone(tmp_path: Path) -> None:
    box = Box(tmp_path, encoding="cp1252")
    plain = [OrderLine(order_item_id="1", sku="MUG", title="Mug, café", ordered=1)]
    orders = [replace(order(name), lines=tuple(plain)) for name in "ab"]
    orders[0] = replace(orders[0], recipient=Recipient({Field.NAME: "Łucja Wymyślona"}))
    refused, receipt = box.folder.submit_all(orders)
    assert isinstance(refused, WarehouseRefused)
    assert "Wymy" not in str(refused)
    assert "cp1252" in str(refused)
    assert isinstance(receipt, Receipt)
    raw = (box.root / "out" / box.files("out")[0]).read_bytes()
    assert b"Mug, caf\xe9" in raw
    with pytest.raises(WarehouseRefused):
        box.folder.submit(orders[0])


def test_a_file_may_begin_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    box = Box(tmp_path, encoding="utf-8-bom")
    box.folder.submit(order("a"))
    assert (box.root / "out" / box.files("out")[0]).read_bytes().startswith(b"\xef\xbb\xbfreference,")


def test_every_column_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [column for column in COLUMNS if f"| `{column}` |" not in text] == []


# A process that is killed at any moment.


class Killed(BaseException):
    """As the process would end: nothing catches it."""


class Mortal:
    """A mailbox that is killed before it does the thing of a number, or, if it fails, cannot do it."""

    def __init__(self, inner: Mailbox, number: int, fault: Callable[[], BaseException]) -> None:
        self._inner = inner
        self._left = number
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._inner, name)
        if name in {"names", "stamps", "read", "close"}:
            return act

        def counted(*args: Any, **more: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                raise self._fault()
            return act(*args, **more)

        return counted


def cut_off(
    box: Box, number: int, fault: Callable[[], BaseException], monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether the process was killed while it wrote three orders."""
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "mailbox_of", lambda parts: Mortal(Directory(box.root, "reno"), number, fault))
        folder = box.again()
        try:
            folder.submit_all([order(name) for name in "abc"])
        except Killed:
            return True
        except WarehouseUnavailable:
            # The same process goes on, with the same adapter.
            folder.submit_all([order("a"), order("c")])
            return True
    return False


@pytest.mark.parametrize("fault", [Killed, lambda: WarehouseUnavailable("full")], ids=["killed", "failing"])
@pytest.mark.parametrize("done_files", ["no", "yes"])
def test_each_order_lies_in_one_file_whenever_the_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done_files: str, fault: Callable[[], BaseException]
) -> None:
    number, cut = 0, True
    while cut:
        number += 1
        box = Box(tmp_path / str(number), done_files=done_files)
        cut = cut_off(box, number, fault, monkeypatch)
        box.clock.advance(timedelta(minutes=1))
        folder = box.again()
        asked = {name: folder.ask(order(name).reference) for name in "abc"}
        folder.submit_all([order("b"), order("d")])
        folder.submit_all([order("a")])
        folder.submit_all([order("c"), order("a")])
        assert sorted(row["reference"][0] for row in box.rows()) == list("aabbccdd"), number
        assert {name: folder.ask(order(name).reference) for name, had in asked.items() if had} == {
            name: had for name, had in asked.items() if had
        }
        assert box.files("sending") == [], number
        if done_files == "yes":
            names = [name for name in box.files("out") if not name.endswith(".done")]
            assert box.files("out") == sorted(names + [f"{name}.done" for name in names]), number
    assert number > 8


def test_what_a_stop_left_half_written_is_removed(box: Box) -> None:
    (box.root / "sending").mkdir(parents=True)
    (box.root / "sending" / ".0123456789abcdef.part").write_text("12 Sample Row")
    list(box.folder.collect())
    assert b"Sample Row" not in box.everything()


# Any text at all.


def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(texts(), min_size=1, max_size=4), st.dictionaries(st.sampled_from(sorted(PERSONAL)), texts()))
def test_any_text_is_read_back_as_it_was_and_none_is_a_formula(
    titles: list[str], personal: dict[Field, str]
) -> None:
    lines = tuple(
        OrderLine(order_item_id=str(number), sku=title, title=title, ordered=1)
        for number, title in enumerate(titles)
    )
    written = orders_csv([replace(hand_over(), lines=lines, recipient=Recipient(personal))])
    raw = written.encode()
    rows = list(csv.reader(io.StringIO(raw.decode(), newline=""), dialect="excel", strict=True))
    assert len(rows) == 1 + len(titles)
    for cells, line in zip(rows[1:], lines, strict=True):
        read = dict(zip(COLUMNS, (unguarded(cell) for cell in cells), strict=True))
        assert (read["sku"], read["title"]) == (line.sku, line.title)
        assert {name: read[name] for name in personal} == dict(personal)
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


@given(texts())
def test_what_was_guarded_is_unguarded(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "O'Sample", "12-34", "a=b", "Straße 1"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


# Choices that cannot work.


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encrypt": ""}, "has no choice of encryption"),
        ({"encrypt": "zip"}, "has no choice of encryption"),
        ({"encrypt": "age"}, "has no public key to encrypt to"),
        ({"encrypt": "age", "recipient": "age1nothing"}, "is no public age key"),
        ({"encrypt": "pgp"}, "has no public PGP key"),
        ({"encoding": "latin-9"}, "the option encoding .* is one of utf-8, utf-8-bom, cp1252"),
        ({"fetch_within": "0"}, "the option fetch_within .* number of hours"),
        ({"out": "../elsewhere"}, "the option out .* no name of a folder"),
        ({"out": "in"}, "are not all different"),
        ({"archive": "sent"}, "are not all different"),
        ({"timezone": "Moon/Sea"}, "is no time zone"),
        ({"delimiter": "pipe"}, "comma, semicolon, tab"),
        ({"dates": "ymd"}, "iso, mdy, dmy"),
        ({"done_files": "maybe"}, "yes, no"),
    ],
)
def test_choices_that_cannot_work_are_said(tmp_path: Path, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsFault, match=sentence):
        Box(tmp_path, **options)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    warehouse = Warehouse(
        id=WarehouseId("reno"), adapter="folder", options=(("dates", "x"), ("root", str(tmp_path)))
    )
    with pytest.raises(SettingsFault) as fault:
        Folder.check_options(warehouse)
    assert len(fault.value.faults) == 2
