import io
import re
from typing import Any

import pytest
from buying import OPTIONS, SENDER, bought, buy, cancel, details, document, read
from PIL import Image
from pypdf import PdfReader
from shop import Shop, error, open_shop

from spapi_simulator import Recipient

WITHOUT_PLANS = True

JAPANESE = Recipient(
    name="見本 テスト太郎",
    address_line_1="見本町1丁目2-3",
    city="試験市",
    state="例県",
    postal_code="000-0007",
    country_code="JP",
)
EVIL = "^XZ~JA\\&_5E^FS\n^XA"


def label(shop: Shop, order_id: str, label_format: str, service: str = "USPS_PTP_PRI", **more: Any) -> Any:
    options = OPTIONS | {"LabelFormat": label_format}
    custom = more.pop("LabelCustomization", None)
    sender = more.pop("ShipFromAddress", SENDER)
    wanted = details(
        shop, order_id, ShippingServiceOptions=options, LabelCustomization=custom, ShipFromAddress=sender
    )
    return bought(buy(shop, wanted, service, **more))


def printed(content: bytes) -> str:
    """What a ZPL printer would print: the text of its fields, after it has read their escapes."""
    fields = re.findall(r"\^FH\^FD(.*?)\^FS", content.decode())
    return "\n".join(re.sub(r"_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), one) for one in fields)


def address(shop: Shop, order_id: str) -> list[str]:
    recipient = shop.sim.order(order_id).recipient
    return [recipient.name, recipient.address_line_1, recipient.city, recipient.postal_code]


def test_a_pdf_label_shows_where_it_goes_and_where_it_comes_from(shop: Shop) -> None:
    order_id = shop.place()
    shipment = label(shop, order_id, "PDF")
    assert shipment["Label"]["FileContents"]["FileType"] == "application/pdf"
    assert shipment["Label"]["LabelFormat"] == "PDF"
    assert shipment["Label"]["Dimensions"] == {"Length": 6.0, "Width": 4.0, "Unit": "inches"}
    (page,) = PdfReader(io.BytesIO(document(shipment))).pages
    assert (page.mediabox.width, page.mediabox.height) == (4 * 72, 6 * 72)
    text = page.extract_text()
    for part in (*address(shop, order_id), "Sample Shop", shipment["TrackingId"], "USPS Priority Mail"):
        assert part in text
    assert order_id not in text


def test_a_png_label_is_an_image_of_four_by_six_inches(shop: Shop) -> None:
    shipment = label(shop, shop.place(), "PNG")
    assert shipment["Label"]["FileContents"]["FileType"] == "image/png"
    with Image.open(io.BytesIO(document(shipment))) as image:
        assert image.size == (812, 1218)
        assert image.info["dpi"] == pytest.approx((203, 203), abs=0.1)
        dark = image.convert("L").histogram()[0]
    assert 20_000 < dark < 400_000


@pytest.mark.parametrize(("label_format", "wide", "high"), [("ZPL203", 812, 1218), ("ZPL300", 1200, 1800)])
def test_a_zpl_label_shows_where_it_goes(shop: Shop, label_format: str, wide: int, high: int) -> None:
    order_id = shop.place()
    shipment = label(shop, order_id, label_format)
    assert shipment["Label"]["FileContents"]["FileType"] == "application/zpl"
    content = document(shipment).decode()
    assert content.startswith("^XA\n^CI28\n")
    assert content.endswith("\n^XZ")
    assert f"^PW{wide}\n^LL{high}\n" in content
    assert f"^BCN,{round(200 * wide / 812)}" in content or label_format == "ZPL300"
    for part in (*address(shop, order_id), "Sample Shop", shipment["TrackingId"]):
        assert part in printed(document(shipment))


def test_the_carriers_own_format_is_printed_where_none_is_asked_for(shop: Shop) -> None:
    order_id = shop.place(3)
    assert label(shop, order_id, "ShippingServiceDefault")["Label"]["LabelFormat"] == "PDF"
    assert label(shop, order_id, "ShippingServiceDefault", "UPS_PTP_GND")["Label"]["LabelFormat"] == "PNG"
    assert bought(buy(shop, details(shop, order_id), "UPS_PTP_GND"))["Label"]["LabelFormat"] == "PNG"


def test_a_format_that_is_not_offered_is_refused(shop: Shop) -> None:
    wanted = details(shop, shop.place(), ShippingServiceOptions=OPTIONS | {"LabelFormat": "ZPL300"})
    assert error(buy(shop, wanted, "UPS_PTP_GND"))[2].endswith("LABEL_FORMAT_NOT_OFFERED")
    bought(buy(shop, wanted, "FEDEX_PTP_GROUND"))


@pytest.mark.parametrize("label_format", ["ZPL203", "ZPL300"])
def test_no_name_of_a_buyer_commands_a_printer(shop: Shop, label_format: str) -> None:
    recipient = Recipient(
        name=EVIL, address_line_1="~DG^GB7", city=EVIL, postal_code="^", country_code="US", state="WA"
    )
    order_id = shop.place(recipient=recipient)
    shipment = label(shop, order_id, label_format)
    content = document(shipment).decode()
    plain = document(label(shop, shop.place(), label_format)).decode()

    def commands(text: str) -> list[str]:
        return re.findall(r"[\^~][A-Z0-9]{2}", text)

    extra = len(printed(content.encode()).splitlines()) - len(printed(plain.encode()).splitlines())
    assert len(commands(content)) == len(commands(plain)) + extra * len(["^FO", "^A0", "^FH", "^FD", "^FS"])
    assert commands(content).count("^XA") == commands(content).count("^XZ") == 1
    assert "~" not in content
    assert "\\" not in content
    assert EVIL.replace("\n", " ") in printed(content.encode())


def test_japanese_names_are_printed(shop: Shop) -> None:
    order_id = shop.place(2, recipient=JAPANESE)
    sender = SENDER | {"CountryCode": "JP"}
    for label_format in ("PDF", "ZPL203"):
        shipment = label(shop, order_id, label_format, "YAMATO_TAQBIN", ShipFromAddress=sender)
        content = document(shipment)
        text = (
            PdfReader(io.BytesIO(content)).pages[0].extract_text()
            if label_format == "PDF"
            else printed(content)
        )
        assert JAPANESE.name in text
        assert JAPANESE.address_line_1 in text
        assert shipment["ShippingService"]["Rate"]["CurrencyCode"] == "JPY"


@pytest.mark.parametrize("label_format", ["PDF", "PNG", "ZPL203"])
@pytest.mark.parametrize(
    "name", ["Łucja Żółć-Testowa", "시험 홍길동", "😀 Testperson", "Testperson \ud800", "見本 太郎"]
)
def test_no_name_breaks_a_label(shop: Shop, name: str, label_format: str) -> None:
    recipient = Recipient(
        name=name, address_line_1="9 Sample Row", city="Testbury", postal_code="00009", country_code="US"
    )
    assert document(label(shop, shop.place(recipient=recipient), label_format))


def test_letters_a_font_does_not_have_lose_their_accents(shop: Shop) -> None:
    recipient = Recipient(
        name="Łucja Gęś", address_line_1="9 Straße", city="Testbury", postal_code="00009", country_code="US"
    )
    text = PdfReader(io.BytesIO(document(label(shop, shop.place(recipient=recipient), "PDF"))))
    assert "Lucja Ges" in text.pages[0].extract_text()
    assert "9 Straße" in text.pages[0].extract_text()


def test_long_names_get_smaller_and_stay_whole(shop: Shop) -> None:
    recipient = Recipient(
        name="Testperson " * 12, address_line_1="x" * 170, city="c" * 60, postal_code="0", country_code="US"
    )
    order_id = shop.place(2, recipient=recipient)
    shipment = label(shop, order_id, "PDF")
    assert "x" * 170 in PdfReader(io.BytesIO(document(shipment))).pages[0].extract_text()
    assert len(shipment["ShipToAddress"]["Name"]) == 30
    assert "x" * 170 in printed(document(label(shop, order_id, "ZPL203")))


def test_the_sellers_own_text_is_printed_where_amazon_prints_it(shop: Shop) -> None:
    order_id = shop.place(5)
    custom = {"CustomTextForLabel": "Bin 7 ~^", "StandardIdForLabel": "AmazonOrderId"}
    shipment = label(shop, order_id, "ZPL203", LabelCustomization=custom)
    assert shipment["Label"]["CustomTextForLabel"] == "Bin 7 ~^"
    assert shipment["Label"]["StandardIdForLabel"] == "AmazonOrderId"
    text = printed(document(shipment))
    assert "Bin 7 ~^" in text
    assert order_id in text
    other = printed(document(label(shop, order_id, "ZPL300", LabelCustomization=custom)))
    assert "Bin 7" not in other
    assert order_id in other
    fedex = label(shop, order_id, "ZPL203", "FEDEX_PTP_GROUND", LabelCustomization=custom)
    assert "Bin 7" not in printed(document(fedex))
    assert "CustomTextForLabel" not in fedex["Label"]
    pdf = document(label(shop, order_id, "PDF", LabelCustomization=custom))
    assert order_id in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "StandardIdForLabel" not in label(shop, order_id, "PDF")["Label"]


def test_a_packing_slip_is_a_second_page_of_a_pdf(shop: Shop) -> None:
    order_id = shop.place(2)
    slip = {"IncludePackingSlipWithLabel": True}
    shipment = label(shop, order_id, "PDF", LabelFormatOption=slip)
    front, back = PdfReader(io.BytesIO(document(shipment))).pages
    assert "SKU-0" not in front.extract_text()
    assert "1 x Sample article SKU-0 (SKU-0)" in back.extract_text()
    assert order_id in back.extract_text()
    wanted = details(shop, order_id, ShippingServiceOptions=OPTIONS | {"LabelFormat": "PNG"})
    assert "packing slip" in error(buy(shop, wanted, LabelFormatOption=slip))[2]
    bought(buy(shop, wanted, LabelFormatOption={"IncludePackingSlipWithLabel": False}))


@pytest.mark.parametrize("label_format", ["PDF", "PNG", "ZPL203", "ZPL300"])
def test_the_same_seed_prints_the_same_bytes(label_format: str) -> None:
    def run() -> bytes:
        shop = open_shop()
        return document(label(shop, shop.place(), label_format))

    assert run() == run()


def test_a_label_can_be_read_again_until_it_is_cancelled(shop: Shop) -> None:
    shipment = label(shop, shop.place(), "PDF")
    again = read(shop, shipment["ShipmentId"]).json()["payload"]
    assert document(again) == document(shipment)
    cancel(shop, shipment["ShipmentId"])
    again = read(shop, shipment["ShipmentId"]).json()["payload"]
    assert again["Label"]["FileContents"] == {"Contents": "", "FileType": "application/pdf", "Checksum": ""}


@pytest.mark.parametrize(
    ("service", "form"),
    [
        ("USPS_PTP_PRI", r"94001\d{17}"),
        ("UPS_PTP_GND", r"1Z[0-9A-Z]{6}\d{10}"),
        ("FEDEX_PTP_GROUND", r"77\d{10}"),
    ],
)
def test_tracking_numbers_look_like_their_carriers(shop: Shop, service: str, form: str) -> None:
    order_id = shop.place(2)
    numbers = [bought(buy(shop, details(shop, order_id), service))["TrackingId"] for _ in range(2)]
    assert len(set(numbers)) == 2
    assert all(re.fullmatch(form, number) for number in numbers)
