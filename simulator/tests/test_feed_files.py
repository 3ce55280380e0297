import gzip

import pytest
from feeding import (
    FLAT_ACKNOWLEDGEMENT,
    FLAT_FULFILLMENT,
    FULFILLMENT,
    XML,
    Report,
    envelope,
    fulfillment,
    rows,
    work,
)
from shop import Shop

NAME = "Pošta Łódź"
JAPANESE = "日本郵便①"


def by_other(name: str) -> str:
    return f"<CarrierCode>Other</CarrierCode><CarrierName>{name}</CarrierName>"


def fails_as_a_whole(report: Report, code: str, *, number: str = "0") -> bool:
    return (report.status, report.processed, report.successful, report.codes) == (
        "FATAL", 0, 0, [(number, code)],
    )  # fmt: skip


@pytest.mark.parametrize("declared", ["UTF-8", "UTF-16", "nowhere"])
def test_the_encoding_that_xml_declares_does_not_count(shop: Shop, declared: str) -> None:
    head = f'\ufeff<?xml version="1.0" encoding="{declared}"?>'
    order_id = shop.place()
    text = envelope(shop, fulfillment(order_id, carrier=by_other(NAME)), head=head)
    for codec, charset in (("utf-8", "UTF-8"), ("utf-16-le", "UTF-16LE")):
        assert work(shop, text.encode(codec), content_type=f"text/xml; charset={charset}").problems == []
    assert shop.sim.order(order_id).packages[0].carrier_name == NAME


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("", "utf-8", NAME),
        ("; charset=UTF-8", "utf-8", NAME),
        ("; charset=UTF-8", "utf-8-sig", NAME),
        ('; charset="utf-8"', "utf-8", NAME),
        ("; charset=ISO-8859-1", "iso8859-1", "Müller"),
        ("; charset=Cp1252", "cp1252", "Müller € Šmid"),
        ("; charset=windows-1252", "cp1252", "Müller €"),
        ("; charset=Shift_JIS", "cp932", JAPANESE),
        ("; charset=UTF-16", "utf-16", JAPANESE),
        ("; charset=UTF-16", "utf-16-be", JAPANESE),
        ("; charset=UTF-16LE", "utf-16-le", JAPANESE),
        ("; charset=US-ASCII", "ascii", "Quick Van"),
    ],
)
def test_a_file_is_read_in_the_charset_of_its_content_type(
    shop: Shop, charset: str, codec: str, name: str
) -> None:
    order_id, flat_id = shop.place(), shop.place()
    text = envelope(shop, fulfillment(order_id, carrier=by_other(name)))
    report = work(shop, text.encode(codec), content_type=f"text/xml{charset}")
    assert (report.status, report.problems) == ("DONE", [])
    flat = rows(f"{flat_id}|2026-11-02|{name}", columns="order-id ship-date carrier-name")
    assert work(shop, flat.encode(codec), FLAT_FULFILLMENT, f"text/plain{charset}").problems == []
    assert [shop.sim.order(one).packages[0].carrier_name for one in (order_id, flat_id)] == [name, name]


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b"", "UTF-8"),
        (b" \n", "UTF-8"),
        ("<a>Müller</a>".encode("iso8859-1"), "UTF-8"),
        (b"<a>\x81</a>", "Cp1252"),
        (b"<a/>", "EBCDIC-NOWHERE"),
        (b"<a/>", "rot13"),
        (b"<a/>", "UTF-7"),
        (b"<a/>x", "UTF-16"),
    ],
)
@pytest.mark.parametrize("kind", [FULFILLMENT, FLAT_FULFILLMENT])
def test_a_file_that_is_no_text_in_its_charset_is_fatal(
    shop: Shop, content: bytes, charset: str, kind: str
) -> None:
    assert fails_as_a_whole(work(shop, content, kind, f"text/xml; charset={charset}"), "5000")


def test_a_compressed_upload_is_fatal(shop: Shop) -> None:
    order_id = shop.place()
    report = work(shop, gzip.compress(envelope(shop, fulfillment(order_id)).encode()))
    assert fails_as_a_whole(report, "5000")
    assert shop.sim.order(order_id).packages == []


def test_a_file_larger_than_10_mib_is_fatal(shop: Shop) -> None:
    order_id = shop.place()
    text = envelope(shop, fulfillment(order_id))
    room = 10 * 1024 * 1024 - len(text)
    assert fails_as_a_whole(work(shop, text + " " * (room + 1)), "5000")
    assert work(shop, text + " " * room).status == "DONE"


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        "<AmazonEnvelope>",
        "<AmazonEnvelope></Amazon>",
        "<AmazonEnvelope/>",
        "<Envelope><Header/></Envelope>",
        "<AmazonEnvelope>&unknown;</AmazonEnvelope>",
        "<AmazonEnvelope>\x00</AmazonEnvelope>",
        "<AmazonEnvelope><Header><MerchantIdentifier>X</MerchantIdentifier></Header></AmazonEnvelope>",
    ],
)
def test_what_is_no_envelope_is_fatal(shop: Shop, text: str) -> None:
    assert fails_as_a_whole(work(shop, text), "5000")


@pytest.mark.parametrize("depth", [13, 100_000])
def test_elements_go_only_so_deep(shop: Shop, depth: int) -> None:
    report = work(shop, "<a>" * depth + "</a>" * depth)
    assert fails_as_a_whole(report, "5000")
    assert "nested" in report.problems[0][2]


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE AmazonEnvelope>",
        '<!DOCTYPE AmazonEnvelope SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE AmazonEnvelope [<!ENTITY a "1Z999AA10123456784">]>',
        '<!DOCTYPE AmazonEnvelope [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;"><!ENTITY d "&c;&c;&c;">]>',
        '<!DOCTYPE AmazonEnvelope [<!ENTITY % a SYSTEM "http://127.0.0.1/x">%a;]>',
    ],
)
def test_a_document_type_is_never_read(shop: Shop, doctype: str) -> None:
    order_id = shop.place()
    report = work(shop, envelope(shop, fulfillment(order_id), head=doctype))
    assert fails_as_a_whole(report, "5000")
    assert "document type" in report.problems[0][2]
    assert shop.sim.order(order_id).packages == []


def test_xml_that_breaks_off_carries_nothing_out(shop: Shop) -> None:
    order_id = shop.place()
    text = envelope(shop, fulfillment(order_id), fulfillment(shop.place()))
    report = work(shop, text[: text.rindex("</Message>")])
    assert fails_as_a_whole(report, "5000")
    assert "line 1, column" in report.problems[0][2]
    assert shop.sim.order(order_id).packages == []


def test_an_envelope_of_another_type_or_merchant_is_fatal(shop: Shop) -> None:
    message = fulfillment(shop.place())
    assert fails_as_a_whole(work(shop, envelope(shop, message, kind="OrderAcknowledgement")), "5001")
    assert fails_as_a_whole(work(shop, envelope(shop, message, merchant="ASOMEBODYELSE")), "5003")
    assert fails_as_a_whole(work(shop, envelope(shop)), "5000")
    assert shop.sim.orders()[0].packages == []


def test_text_in_cdata_and_with_references_is_read(shop: Shop) -> None:
    order_id = shop.place()
    name = "<![CDATA[Smith & Sons]]> &lt;&#169;&gt;"
    assert work(shop, envelope(shop, fulfillment(order_id, carrier=by_other(name)))).problems == []
    assert shop.sim.order(order_id).packages[0].carrier_name == "Smith & Sons <©>"


def test_what_a_message_names_is_escaped_in_the_report(shop: Shop) -> None:
    report = work(shop, envelope(shop, fulfillment("&lt;b&gt; &amp; co")))
    assert (report.codes, report.orders) == ([("1", "18028")], ["<b> & co"])


def renumbered(text: str, *numbers: str) -> str:
    for place, number in enumerate(numbers, start=1):
        text = text.replace(f"<MessageID>{place}</MessageID>", f"<MessageID>#{number}</MessageID>")
    return text.replace("<MessageID>#", "<MessageID>")


@pytest.mark.parametrize("repeated", ["1", "01", " 1 "])
def test_a_repeated_message_id_fails_and_the_others_do_not(shop: Shop, repeated: str) -> None:
    orders = [shop.place() for _ in range(3)]
    text = envelope(shop, *(fulfillment(one) for one in orders))
    report = work(shop, renumbered(text, "1", repeated, "3"))
    assert (report.processed, report.successful) == (3, 2)
    assert report.codes == [(repeated.strip(), "5004")]
    assert report.orders == [orders[1]]
    assert [shop.sim.order(one).status for one in orders] == ["SHIPPED", "UNSHIPPED", "SHIPPED"]


@pytest.mark.parametrize("number", ["", "0", "-1", "one", "1.5", "9" * 21, "0" * 5000 + "1"])
def test_a_message_id_is_a_positive_whole_number(shop: Shop, number: str) -> None:
    first, second = shop.place(), shop.place()
    text = envelope(shop, fulfillment(first), fulfillment(second))
    report = work(shop, renumbered(text, number, "2"))
    assert (report.status, report.successful, report.codes) == ("DONE", 1, [("0", "5002")])
    assert shop.sim.order(first).packages == []


def test_a_message_about_something_else_fails_alone(shop: Shop) -> None:
    order_id = shop.place()
    twice = shop.place()
    messages = [
        "<Product/>",
        "",
        fulfillment(twice) * 2,
        "<OperationType>Update</OperationType>" + fulfillment(order_id),
    ]
    report = work(shop, envelope(shop, *messages))
    assert (report.status, report.codes) == ("DONE", [("1", "5002"), ("2", "5002"), ("3", "5002")])
    assert [shop.sim.order(one).status for one in (order_id, twice)] == ["SHIPPED", "UNSHIPPED"]


@pytest.mark.parametrize(
    ("kind", "columns", "missing"),
    [
        (FLAT_FULFILLMENT, "order-item-id ship-date carrier-code", "order-id"),
        (FLAT_FULFILLMENT, "order-id shipdate carrier-code", "ship-date"),
        (FLAT_ACKNOWLEDGEMENT, "order-id amazon-order-item-code", "cancellation-reason-code"),
    ],
)
def test_a_flat_file_without_a_needed_column_is_fatal(
    shop: Shop, kind: str, columns: str, missing: str
) -> None:
    report = work(shop, rows("1|2|3", columns=columns), kind)
    assert fails_as_a_whole(report, "5005")
    assert missing in report.problems[0][2]


@pytest.mark.parametrize("text", ["\t\t\n\n", rows(), rows("||||", "")])
def test_a_flat_file_without_a_record_is_fatal(shop: Shop, text: str) -> None:
    assert work(shop, text, FLAT_FULFILLMENT).status == "FATAL"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_templates_quotes_other_columns_and_line_ends_are_read_over(shop: Shop, newline: str) -> None:
    order_id = shop.place()
    text = rows(
        f'{order_id}|"2026-11-02"|Other|"The ""Quick"" Van"|whatever',
        "",
        columns="Order-ID ship-date carrier-code carrier-name colour",
    )
    text = ("TemplateType=OrderFulfillment\tVersion=2011.1102\n" + text).replace("\n", newline)
    report = work(shop, text, FLAT_FULFILLMENT)
    assert (report.status, report.processed, report.problems) == ("DONE", 1, [])
    assert shop.sim.order(order_id).packages[0].carrier_name == 'The "Quick" Van'


def test_the_content_type_itself_does_not_matter_for_the_form(shop: Shop) -> None:
    order_id = shop.place()
    report = work(
        shop, envelope(shop, fulfillment(order_id)), content_type=XML.replace("text/xml", "text/plain")
    )
    assert report.problems == []
