import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
import standardwebhooks

from dockseal.domain.clock import Clock, ManualClock, SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.contract import hand_over
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.webhook import Webhook
from dockseal.warehouses.webhook.address import webhook_url
from dockseal.warehouses.webhook.payload import payload

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NEW_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
ORDER = "113-0000000-0000001"


def warehouse(url: str = "https://reno.example.com/orders") -> Warehouse:
    return Warehouse(id=WarehouseId("reno"), adapter="webhook", options=(("url", url),))


def webhook(
    answer: Callable[[httpx.Request], httpx.Response],
    *,
    clock: Clock | None = None,
    secret: str | None = SECRET,
) -> Webhook:
    return Webhook(
        AdapterParts(
            warehouse=warehouse(),
            secret=None if secret is None else Secret(secret),
            transport=httpx.MockTransport(answer),
            clock=clock or SystemClock(),
        )
    )


def answering(status: int, body: object = "") -> Webhook:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return webhook(lambda _: httpx.Response(status, content=content))


def test_the_body_says_what_to_ship_to_whom() -> None:
    order = hand_over()
    assert json.loads(payload(order)) == {
        "type": "order.released",
        "reference": order.reference,
        "amazon_order_id": ORDER,
        "marketplace_id": "ATVPDKIKX0DER",
        "ship_by": "2026-11-03T07:59:59.000Z",
        "deliver_by": "2026-11-06T07:59:59.000Z",
        "programs": ["PRIME"],
        "lines": [
            {"line_id": "00000000000001", "sku": "MUG-BLUE", "title": "Blue mug ☕", "quantity": 2},
            {"line_id": "00000000000002", "sku": "MUG-RED", "title": "Red mug", "quantity": 1},
        ],
        "ship_to": {
            "name": "Testperson Quillfeather",
            "address_line_1": "12 Sample Row",
            "city": "Exampleton",
            "region": "NV",
            "postal_code": "89999",
            "country": "US",
            "phone": "+1 555 0100",
        },
        "gift_message": "Happy inventing day, says Aunt Placeholder",
    }


def test_the_buyers_own_name_and_mail_address_never_go_to_a_warehouse() -> None:
    values = {field: f"value of {field}" for field in Field}
    order = hand_over()
    from_all = type(order)(
        reference=order.reference,
        warehouse=order.warehouse,
        amazon_order_id=order.amazon_order_id,
        marketplace_id=order.marketplace_id,
        ship_by=None,
        deliver_by=None,
        lines=order.lines,
        recipient=Recipient(values),
    )
    body = json.loads(payload(from_all))
    assert set(body["ship_to"]) == {field.value for field in Field} - {
        "gift_message",
        "buyer_name",
        "buyer_email",
    }
    assert body["ship_by"] is None


def test_the_same_order_gives_the_same_body() -> None:
    assert payload(hand_over()) == payload(hand_over())


def test_the_signature_verifies_with_the_standard_library_for_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"id": "DW-17"})

    order = hand_over()
    receipt = webhook(answer).submit(order)
    verified = standardwebhooks.Webhook(SECRET).verify(seen[0].content, dict(seen[0].headers))
    assert verified["reference"] == seen[0].headers["webhook-id"] == order.reference
    assert receipt.reference_at_warehouse == "DW-17"


def test_while_a_warehouse_changes_over_both_secrets_verify_and_afterwards_the_newest_alone() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    def send(**secrets: Secret) -> None:
        transport = httpx.MockTransport(answer)
        parts = AdapterParts(warehouse=warehouse(), transport=transport, clock=SystemClock(), **secrets)
        Webhook(parts).submit(hand_over())

    send(secret=Secret(NEW_SECRET), secret_before=Secret(SECRET))
    send(secret=Secret(NEW_SECRET))
    changing, after = seen
    for secret in (SECRET, NEW_SECRET):
        assert standardwebhooks.Webhook(secret).verify(changing.content, dict(changing.headers))
    assert standardwebhooks.Webhook(NEW_SECRET).verify(after.content, dict(after.headers))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(after.content, dict(after.headers))
    first, second = changing.headers["webhook-signature"].split(" ")
    assert first.startswith("v1,")
    assert second.startswith("v1,")


def test_a_changed_body_does_not_verify() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    webhook(answer).submit(hand_over())
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(seen[0].content + b" ", dict(seen[0].headers))


def test_the_timestamp_is_of_the_clock_that_was_given() -> None:
    clock = ManualClock(start=datetime(2026, 11, 2, 8, tzinfo=UTC))
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    webhook(answer, clock=clock).submit(hand_over())
    assert seen[0].headers["webhook-timestamp"] == str(int(clock.now().timestamp()))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"id": "DW-17"}, "DW-17"),
        ({"id": 17}, "17"),
        ({"id": True}, ""),
        ({"id": "Testperson Quillfeather"}, ""),
        ({"id": "Quillfeather"}, ""),
        ({"id": "x" * 65}, ""),
        (["DW-17"], ""),
        ("not json", ""),
        ("", ""),
        (b"\xff\xfe", ""),
        ("[" * 10_000, ""),
        (json.dumps({"id": "DW-17", "more": "x" * 20_000}), ""),
    ],
)
def test_only_a_plain_id_of_the_answer_is_kept(body: object, kept: str) -> None:
    assert answering(200, body).submit(hand_over()).reference_at_warehouse == kept


@pytest.mark.parametrize("status", [400, 402, 403, 406, 409, 422, 451])
def test_the_warehouses_no_is_passed_on(status: int) -> None:
    with pytest.raises(WarehouseRefused) as caught:
        answering(status, {"error": "SKU MUG-RED is not stocked here"}).submit(hand_over())
    assert (
        str(caught.value)
        == f"warehouse reno refused order {ORDER} ({status}): SKU MUG-RED is not stocked here"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>no</html>", "it gave no reason"),
        ({"error": {"code": 7}}, "it gave no reason"),
        (
            {"error": "cannot ship to Testperson Quillfeather"},
            "its reason was left out: it repeats the buyer's data",
        ),
        ({"error": "x" * 301}, "its reason was left out: it is no short plain text"),
    ],
)
def test_a_no_that_cannot_be_kept_is_said_to_be_so(body: object, said: str) -> None:
    with pytest.raises(WarehouseRefused) as caught:
        answering(422, body).submit(hand_over())
    assert str(caught.value) == f"warehouse reno refused order {ORDER} (422): {said}"


def test_a_no_that_echoes_the_whole_order_is_not_passed_on() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"error": request.content.decode()})

    with pytest.raises(WarehouseRefused) as caught:
        webhook(answer).submit(hand_over())
    assert "Quillfeather" not in str(caught.value)


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again(status: int) -> None:
    with pytest.raises(WarehouseUnavailable) as caught:
        answering(status).submit(hand_over())
    assert str(caught.value) == f"warehouse reno answered {status} to order {ORDER}; it is sent again"


@pytest.mark.parametrize("status", [401, 404, 405])
def test_a_wrong_url_or_secret_holds_no_order(status: int) -> None:
    with pytest.raises(WarehouseUnavailable) as caught:
        answering(status).submit(hand_over())
    assert str(caught.value) == (
        f"warehouse reno answered {status}: check its url and its webhook secret; order {ORDER} is sent again"
    )


def test_a_url_that_wants_no_more_webhooks_holds_no_order_and_says_what_to_do() -> None:
    with pytest.raises(WarehouseUnavailable) as caught:
        answering(410).submit(hand_over())
    assert str(caught.value) == (
        "warehouse reno wants no more webhooks at its url (410): ask it for the one to use now, and give it "
        f"that url; order {ORDER} is sent again"
    )


def test_a_redirect_is_not_followed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://elsewhere.example.com/"})

    with pytest.raises(WarehouseUnavailable):
        webhook(answer).submit(hand_over())
    assert asked == ["reno.example.com"]


def test_a_lost_answer_is_said_without_the_request() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    with pytest.raises(WarehouseUnavailable) as caught:
        webhook(answer).submit(hand_over())
    assert (
        str(caught.value) == f"warehouse reno gave no answer to order {ORDER} (ReadTimeout); it is sent again"
    )
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "secret", [None, "", "plain", "whsec_", "whsec_AAAA", "whsec_" + "A" * 200, "whsec_not base64!"]
)
def test_a_missing_or_weak_secret_is_refused(secret: str | None) -> None:
    with pytest.raises(SettingsFault) as caught:
        webhook(lambda _: httpx.Response(200), secret=secret)
    expected = (
        "the webhook secret of warehouse reno is not whsec_ and 24 to 64 bytes in base64; store a new one"
    )
    if secret is None:
        expected = "warehouse reno has no webhook secret; store one for it"
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "warehouse reno has no url; add the option url=https://…"),
        (
            "reno.example.com",
            "the url of warehouse reno is no web address; write it as https://…",
        ),
        ("https://", "the url of warehouse reno is no web address; write it as https://…"),
        (
            "https://[oops/",
            "the url of warehouse reno is no web address; write it as https://…",
        ),
        (
            "ftp://reno.example.com/",
            "the url of warehouse reno is no web address; write it as https://…",
        ),
        (
            "https://user:word@reno.example.com/",
            "the url of warehouse reno holds a user name or password; remove it",
        ),
        (
            "http://reno.example.com/orders",
            "the url of warehouse reno begins with http:// and would send unencrypted; use "
            "https:// "
            "(http:// is allowed to this machine only)",
        ),
        (
            "http://127.0.0.1.example.com/",
            "the url of warehouse reno begins with http:// and would send unencrypted; use "
            "https:// "
            "(http:// is allowed to this machine only)",
        ),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        webhook_url(url, "reno")
    assert str(caught.value) == sentence


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_may_be_reached_without_tls(host: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    assert webhook_url(f"http://{shown}:8080/orders", "reno").host == host
