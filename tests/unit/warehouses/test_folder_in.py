"""The warehouse's files: what they say, what is wrong with which line, and where they go."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.errors import BadInput
from dockseal.warehouses.folder.incoming import LARGEST
from dockseal.warehouses.folder.messages import REASONS
from dockseal.warehouses.folder.table import COLUMNS, read_table
from dockseal.warehouses.port import Delivery
from unit.warehouses.folder_box import Box
from unit.warehouses.test_folder_out import DOCS

REF = "k7w2m3n4p5q6r7s8t9vw-1"
HEAD = "reference,line_id,quantity,carrier,service,tracking_number,ship_date\r\n"
LINE = f"{REF},00000000000001,2,UPS,Ground,1Z999AA10123456784,2026-11-01\r\n"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def reports(box: Box) -> list[ShipmentReport]:
    """What is reported in all files; nothing may be wrong with them."""
    found = box.take()
    assert [fault for each in found for fault in each.faults] == []
    return [message for each in found for message in each.messages if isinstance(message, ShipmentReport)]


def numbers(delivery: Delivery) -> list[str]:
    return [each.tracking_number for each in delivery.messages if isinstance(each, ShipmentReport)]


def faults(box: Box) -> list[str]:
    return [fault for each in box.take() for fault in each.faults]


def test_a_line_of_tracking_is_a_parcel(box: Box) -> None:
    box.put("tracking.csv", HEAD + LINE)
    (report,) = reports(box)
    assert report == ShipmentReport(
        report_id=report.report_id,
        warehouse="reno",
        release=REF,
        carrier="UPS",
        service="Ground",
        tracking_number="1Z999AA10123456784",
        shipped_at=datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC),
        contents=(Content(order_item_id="00000000000001", quantity=2),),
    )
    assert (box.files("in"), box.files("archive")) == ([], ["20261102080000_tracking.csv"])


def test_lines_with_one_tracking_number_are_one_parcel_and_others_are_not(box: Box) -> None:
    second = LINE.replace("00000000000001,2", "00000000000002,1")
    other = second.replace("784", "785")
    box.put("tracking.csv", HEAD + LINE + second + other)
    first, last = reports(box)
    assert [content.quantity for content in first.contents] == [2, 1]
    assert last.tracking_number == "1Z999AA10123456785"
    assert first.report_id != last.report_id


def test_the_same_lines_again_are_the_same_report_in_whatever_file(box: Box) -> None:
    box.put("monday.csv", HEAD + LINE)
    (first,) = reports(box)
    box.put("week.csv", HEAD + LINE + LINE)
    (again,) = reports(box)
    assert again == first


def test_a_warehouse_that_knows_skus_and_the_order_id_of_amazon_alone_is_understood(box: Box) -> None:
    box.put("t.csv", "Order ID;SKU;Qty;Carrier;Tracking No\n113-0000000-0000001;MUG-BLUE;2;DHL;JJD0001\n")
    (report,) = reports(box)
    assert (report.release, report.order_id) == ("", "113-0000000-0000001")
    assert report.by_sku == (SkuContent(sku="MUG-BLUE", quantity=2),)
    assert report.shipped_at == box.clock.now()


def test_a_line_without_contents_is_all_that_is_left(box: Box) -> None:
    box.put("t.csv", f"reference,carrier,tracking_number\n{REF},UPS,1Z1\n")
    (report,) = reports(box)
    assert (report.contents, report.by_sku) == ((), ())


def test_a_report_id_of_the_warehouse_is_kept(box: Box) -> None:
    box.put("t.csv", f"reference,carrier,tracking_number,report_id\n{REF},UPS,1Z1,P-77\n")
    assert reports(box)[0].report_id == "P-77"


def test_a_correction_names_what_it_replaces(box: Box) -> None:
    head = "reference,carrier,tracking_number,correction,corrects\n"
    box.put("1.csv", f"{head}{REF},UPS,1Z1,,\n", at=1)
    box.put("2.csv", f"{head}{REF},USPS,1Z1,yes,\n", at=2)
    box.put("3.csv", f"{head}{REF},UPS,1Z2,yes,1Z1\n", at=3)
    box.put("4.csv", f"{head}{REF},UPS,1Z2,x,1Z1\n", at=4)
    first, carrier, number, again = reports(box)
    assert carrier.corrects == number.corrects == first.report_id
    assert len({first.report_id, carrier.report_id, number.report_id}) == 3
    assert again.corrects == first.report_id
    assert [each.corrects_number for each in (first, carrier, number)] == ["", "1Z1", "1Z1"]


def test_a_correction_by_report_id_says_which(box: Box) -> None:
    head = "reference,carrier,tracking_number,report_id,correction,corrects\n"
    box.put("1.csv", f"{head}{REF},UPS,1Z1,P-2,yes,P-1\n{REF},UPS,1Z2,P-3,yes,\n")
    (delivery,) = box.take()
    (report,) = delivery.messages
    assert isinstance(report, ShipmentReport)
    assert (report.report_id, report.corrects) == ("P-2", "P-1")
    assert delivery.faults == (
        "file 1.csv, line 3: it corrects a report and does not say which: give corrects",
    )


@pytest.mark.parametrize(
    ("cell", "options", "instant"),
    [
        ("2026-11-01", {}, datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)),
        ("2026-11-02", {}, datetime(2026, 11, 2, 8, tzinfo=UTC)),
        ("2026-11-03", {}, datetime(2026, 11, 3, tzinfo=UTC)),
        ("2026-11-01T10:30:00Z", {}, datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("2026-11-01 10:30", {}, datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("2026-11-01 10:30", {"timezone": "America/New_York"}, datetime(2026, 11, 1, 15, 30, tzinfo=UTC)),
        (
            "2026-10-31",
            {"timezone": "America/Los_Angeles"},
            datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC),
        ),
        ("10/31/2026", {"dates": "mdy"}, datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)),
        ("31.10.2026", {"dates": "dmy"}, datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-10-31", {"dates": "mdy"}, datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_day_is_read_as_the_warehouse_writes_it(
    tmp_path: Path, cell: str, options: dict[str, str], instant: datetime
) -> None:
    box = Box(tmp_path, **options)
    box.put("t.csv", HEAD + LINE.replace("2026-11-01", cell))
    assert reports(box)[0].shipped_at == instant


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + LINE).encode("utf-8-sig"),
        (HEAD + LINE).encode("utf-16"),
        (HEAD + LINE.replace("Ground", "Économique")).encode("cp1252"),
        ("sep=;\r\n" + (HEAD + LINE).replace(",", ";")).encode(),
        (HEAD + LINE).replace(",", "\t").encode(),
        (HEAD + LINE).replace("\r\n", "\r").encode(),
        ("\n\n" + HEAD + "\n" + LINE.replace(",", "  ,  ") + ",,,,,,\n\n").encode(),
        (HEAD.upper().replace("_", " ") + LINE).encode(),
        (HEAD + LINE.replace("UPS", '"UPS"').replace(REF, f'="{REF}"')).encode(),
        (HEAD + LINE.replace("UPS", "'=UPS")).encode(),
    ],
    ids=["bom", "utf-16", "cp1252", "sep", "tab", "cr", "spaces", "capitals", "quotes", "guarded"],
)
def test_files_of_every_kind_are_read(box: Box, content: bytes) -> None:
    box.put("t.csv", content)
    (report,) = reports(box)
    assert report.release == REF
    assert report.carrier in {"UPS", "=UPS"}
    assert report.service in {"Ground", "Économique"}
    assert report.tracking_number == "1Z999AA10123456784"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (LINE.replace(REF, ""), "it names no order"),
        (LINE.replace(REF, "WRONG REF"), "its reference is none of ours"),
        (
            LINE.replace("1Z999AA10123456784", "1.23457E+13"),
            "a spreadsheet program rounded its tracking_number",
        ),
        (LINE.replace("00000000000001", "1,23E+13").replace("1,23", "1.23"), "rounded its line_id"),
        (LINE.replace("UPS", ""), "it has no carrier"),
        (LINE.replace(",2,UPS", ",two,UPS"), "its quantity is missing or no whole number"),
        (LINE.replace(",2,UPS", ",2.5,UPS"), "its quantity is missing or no whole number"),
        (LINE.replace(",2,UPS", ",,UPS"), "its quantity is missing or no whole number"),
        (LINE.replace("2026-11-01", "yesterday"), "its ship_date is no day"),
        (LINE.replace("2026-11-01", "0001-01-01T00:00+09:00"), "its ship_date is in no likely year"),
        (LINE.replace("2026-11-01", "11/01/2026"), "its ship_date is no day"),
        (LINE.replace("2026-11-01", "2026-11-01,Sample Row"), "more cells than the first line has columns"),
        (LINE.replace("UPS", '"UPS'), "its quotes do not match"),
        (LINE.replace("UPS", '"U"PS'), "its quotes do not match"),
    ],
)
def test_a_bad_line_is_told_of_by_number_and_spoils_no_other(box: Box, line: str, sentence: str) -> None:
    good = [LINE.replace("784", number) for number in ("101", "102", "103")]
    box.put("t.csv", HEAD + good[0] + line.replace("784", "999") + good[1] + good[2])
    (delivery,) = box.take()
    assert [number[-3:] for number in numbers(delivery)] == ["101", "102", "103"]
    (fault,) = delivery.faults
    assert fault.startswith("file t.csv, line 3: ")
    assert sentence in fault
    for cell in ("WRONG REF", "1.23457E+13", "two", "yesterday", "Sample Row"):
        assert cell not in fault
    assert box.files("archive") == ["20261102080000_t.csv"]


def test_a_parcel_of_an_untracked_service_has_no_number(box: Box) -> None:
    untracked = LINE.replace("1Z999AA10123456784", "")
    box.put("t.csv", HEAD + untracked + untracked.replace("00000000000001", "00000000000002"))
    (report,) = reports(box)
    assert (report.tracking_number, len(report.contents)) == ("", 2)
    box.put("u.csv", HEAD + untracked)
    (again,) = reports(box)
    assert again.report_id == report.report_id, "what else it holds is for its order to say"


def test_transparency_codes_stand_in_a_column_with_spaces_between(box: Box) -> None:
    head = HEAD.replace("ship_date", "transparency_codes")
    codes = "AZ:L1Z2H38F4C5Q6R7E5K6Z1C2K3E SN-0000001"
    box.put("t.csv", head + LINE.replace("2026-11-01", codes))
    box.put("u.csv", head.replace("line_id", "sku") + LINE.replace("2026-11-01", codes))
    by_line, by_sku = reports(box)
    assert by_line.contents[0].transparency_codes == tuple(codes.split())
    assert by_sku.by_sku[0].transparency_codes == tuple(codes.split())


def test_two_stray_quotes_swallow_no_line_between_them(box: Box) -> None:
    lines = [LINE.replace("784", str(number)) for number in range(101, 106)]
    lines[1] = lines[1].replace("UPS", '"UPS')
    lines[3] = lines[3].replace("UPS", 'UPS"')
    box.put("t.csv", HEAD + "".join(lines))
    (delivery,) = box.take()
    assert [number[-3:] for number in numbers(delivery)] == ["101", "103", "104", "105"]
    assert [fault.partition(":")[0] for fault in delivery.faults] == ["file t.csv, line 3"]


def test_a_note_over_several_lines_in_a_column_that_is_not_read_is_no_fault(box: Box) -> None:
    box.put(
        "t.csv",
        f'reference,carrier,tracking_number,note\n{REF},UPS,1Z1,"one\ntwo, three\n"\n{REF},UPS,1Z2,\n',
    )
    assert [report.tracking_number for report in reports(box)] == ["1Z1", "1Z2"]


def test_of_a_parcel_with_a_bad_line_the_others_wait(box: Box) -> None:
    bad = LINE.replace("00000000000001,2", "00000000000002,x")
    box.put("t.csv", HEAD + LINE + bad + LINE.replace("784", "785"))
    (delivery,) = box.take()
    assert numbers(delivery) == ["1Z999AA10123456785"]
    assert delivery.faults == (
        "file t.csv, line 3: its quantity is missing or no whole number; the other lines of its parcel (1) "
        "wait with it: send all of them",
    )


def test_lines_of_one_parcel_that_differ_are_told_of(box: Box) -> None:
    other = LINE.replace("00000000000001", "00000000000002").replace("UPS", "USPS")
    box.put("t.csv", HEAD + LINE + other)
    assert "line 3: its carrier differs from line 2" in faults(box)[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b" \n\n", "it is empty"),
        (b"one,two\n1,2\n", "names none of the columns"),
        (b"reference;carrier,tracking_number\n", "cannot be seen"),
        (b"reference,carrier\n1,2\n", "belong to no kind of file"),
        (b"reference,sku,sku,tracking_number\n", "more than one column sku"),
        (b"\x89PNG\r\n\x1a\n\0\0", "it is no text"),
        (b"PK\x03\x04\x81\x8d\x8f", "it is no text"),
    ],
)
def test_a_file_that_nothing_can_be_read_of_is_told_of_and_put_aside(
    box: Box, content: bytes, sentence: str
) -> None:
    box.put("t.csv", content, at=1)
    box.put("z.csv", HEAD + LINE, at=2)
    bad, good = box.take()
    assert (bad.messages, len(good.messages)) == ((), 1)
    assert "file t.csv: " in bad.faults[0]
    assert sentence in bad.faults[0]
    assert box.files("error") == ["20261102080000_t.csv"]


def test_a_file_that_is_too_large_is_not_read(box: Box) -> None:
    box.put("t.csv", "")
    with (box.root / "in" / "t.csv").open("ab") as file:
        file.truncate(LARGEST + 1)
    assert "send it in pieces" in faults(box)[0]
    assert box.files("error") == ["20261102080000_t.csv"]


def test_a_name_that_could_hold_anything_is_not_repeated(box: Box) -> None:
    box.put("Quillfeather, 12 Sample Row.csv", "nothing")
    (delivery,) = box.take()
    assert "Quillfeather" not in delivery.name + delivery.faults[0]
    assert box.files("error") == ["20261102080000_Quillfeather, 12 Sample Row.csv"]


# Anything at all.


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_one_sentence(content: bytes) -> None:
    for head in (b"", HEAD.encode()):
        with contextlib.suppress(BadInput):
            assert read_table(head + content).columns <= COLUMNS


@given(st.lists(st.sampled_from([LINE, "a,b\n", '"', '"\n', "\n", ",", LINE[:40], "x" * 5]), max_size=12))
def test_good_lines_are_read_whatever_stands_between_them(pieces: list[str]) -> None:
    text = HEAD + "".join(piece if piece.endswith("\n") else f"{piece}\n" for piece in pieces)
    table = read_table(text.encode())
    found = [row for row in table.rows if row.cells.get("tracking_number") == "1Z999AA10123456784"]
    assert len(found) == pieces.count(LINE)


def test_every_column_and_every_reason_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in (*COLUMNS, *REASONS) if f"`{name}`" not in text] == []
