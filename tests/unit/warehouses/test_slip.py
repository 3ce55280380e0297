"""Packing slips and pick lists, read back from the PDF: its text, and its barcode with a real reader."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, SellerId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.errors import BadInput
from dockseal.warehouses.by_hand.fonts import Fonts
from dockseal.warehouses.by_hand.slip import ToPack, packing_slip, pick_list

FONTS = Fonts()
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
BUYER = Recipient(
    {
        Field.NAME: "Testperson Quillfeather",
        Field.ADDRESS_LINE_1: "12 Sample Row",
        Field.PHONE: "+1 555 0100",
        Field.GIFT_MESSAGE: "Happy inventing day,\nsays Aunt Placeholder",
    }
)


def packed(*lines: OrderLine, ref: str = "k7w2mzx4qd9hs3jfnb5c") -> ToPack:
    order = Order(
        ref=OrderRef(ref),
        seller=SellerId("acme-us"),
        state=OrderState.RELEASED,
        amazon=AmazonOrder(
            amazon_order_id=AmazonOrderId("113-0000000-0000001"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=NOW,
            ship_by=NOW,
            lines=lines,
        ),
        read_at=NOW,
        accepted_at=NOW,
    )
    return ToPack(order=order, release=ReleaseRef(f"{ref}-1"), lines=lines)


def mug(quantity: int = 2, sku: str = "MUG-BLUE") -> OrderLine:
    return OrderLine(order_item_id=f"item-{sku}", sku=sku, title="Blue mug ☕", ordered=quantity)


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def barcode_of(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(page)
    return str(found.text)


def test_a_slip_shows_the_name_the_articles_and_the_gift_message_and_no_address() -> None:
    shown = text_of(packing_slip(packed(mug()), BUYER, FONTS))
    for words in (
        "Testperson Quillfeather",
        "MUG-BLUE",
        "Blue mug ☕",
        "Happy inventing day,",
        "113-0000000",
    ):
        assert words in shown
    assert "Sample Row" not in shown
    assert "555" not in shown


def test_a_scanner_reads_the_release_reference_off_a_slip() -> None:
    assert barcode_of(packing_slip(packed(mug()), BUYER, FONTS)) == "k7w2mzx4qd9hs3jfnb5c-1"


def test_a_slip_of_an_order_without_personal_data_names_nobody() -> None:
    shown = text_of(packing_slip(packed(mug()), Recipient({}), FONTS))
    assert "For " not in shown
    assert "message" not in shown


def test_a_slip_of_a_thousand_lines_goes_on_over_the_pages() -> None:
    lines = [mug(1, sku=f"SKU-{number}") for number in range(999)]
    pages = PdfReader(io.BytesIO(packing_slip(packed(*lines), BUYER, FONTS))).pages
    assert len(pages) > 10
    assert "SKU-998" in " ".join(page.extract_text() for page in pages)


@pytest.mark.parametrize(
    "name", ["Иван Примеров", "Ζωή Παράδειγμα", "עופר דוגמה", "محمد مثال", "Đặng Thị Ví Dụ"]
)
def test_a_name_in_another_script_is_printed(name: str) -> None:
    pdf = packing_slip(packed(mug()), Recipient({Field.NAME: name}), FONTS)
    assert pdf.startswith(b"%PDF")


def test_letters_that_no_font_has_are_refused_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no font of this machine") as caught:
        packing_slip(packed(mug()), BUYER, Fonts([tmp_path]))
    assert "Quillfeather" not in str(caught.value)
    with pytest.raises(BadInput, match="no font of this machine"):
        packing_slip(packed(mug()), Recipient({Field.NAME: "\U0001f9ff\U0010fffd"}), FONTS)


def test_a_file_that_is_no_font_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert Fonts([tmp_path]).needed_for("A") is None


@given(text=st.text(max_size=40))
@settings(max_examples=30, deadline=None)
def test_whatever_a_buyer_wrote_is_printed_or_refused_in_a_sentence(text: str) -> None:
    try:
        pdf = packing_slip(packed(mug()), Recipient({Field.GIFT_MESSAGE: text}), FONTS)
    except BadInput:
        return
    assert pdf.startswith(b"%PDF")


def test_a_pick_list_sums_articles_over_orders_and_names_no_buyer() -> None:
    shown = text_of(pick_list([packed(mug(2)), packed(mug(3), ref="b5cjs3hfnqd9k7w2mzx4")], FONTS))
    assert "2 orders, 5 articles" in shown
    assert "MUG-BLUE Blue mug ☕ 5" in shown.replace("\n", " ")
