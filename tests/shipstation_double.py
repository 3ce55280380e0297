"""A ShipStation account, as its store sees it: it walks pages, refuses what ShipStation does, and notifies.

`StoreCheck` goes over a store as whoever connects one does: AUTH, ACTION, EXPORT, TENANT.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx

from dockseal.console.ports import App
from dockseal.console.wsgi import application
from dockseal.domain.clock import Clock

_DATE = re.compile(r"\d{2}/\d{2}/\d{4} \d{2}:\d{2}")
_LENGTHS = {
    "OrderNumber": (1, 50), "OrderStatus": (1, 50), "ShippingMethod": (0, 100), "CustomerNotes": (0, 1000),
    "GiftMessage": (0, 1000), "CustomField1": (0, 100), "CustomField2": (0, 100), "CustomField3": (0, 100),
    "Customer/CustomerCode": (1, 50), "Customer/BillTo/Name": (1, 100), "Customer/ShipTo/Name": (1, 100),
    "Customer/ShipTo/Company": (0, 100), "Customer/ShipTo/Address1": (1, 200),
    "Customer/ShipTo/Address2": (0, 200), "Customer/ShipTo/City": (1, 100), "Customer/ShipTo/State": (0, 100),
    "Customer/ShipTo/PostalCode": (1, 50), "Customer/ShipTo/Country": (2, 2),
    "Customer/ShipTo/Phone": (0, 50),
}  # fmt: skip
"""Shortest and longest text of each field, as the Custom Store guide has them."""
_MAPPED = {"paid": "awaiting", "on_hold": "on hold", "shipped": "shipped", "cancelled": "cancelled"}
"""What is chosen in the form that connects the store."""


class PageRefused(Exception):
    """ShipStation refuses a whole page for one bad order."""


@dataclass(kw_only=True)
class ShippingOrder:
    """An order as the account has it."""

    status: str
    fields: Mapping[str, str]
    items: tuple[Mapping[str, str], ...]
    imports: int = 1

    def ship_to(self, name: str) -> str:
        return self.fields[f"Customer/ShipTo/{name}"]


@dataclass(kw_only=True)
class ShipStationAccount:
    """One account with one Custom Store. Its windows overlap, as those of ShipStation do."""

    client: httpx.Client
    store: str
    user: str
    key: str
    clock: Clock
    overlap: timedelta = timedelta(minutes=10)
    orders: dict[str, ShippingOrder] = field(default_factory=dict)
    pages: int = 0
    red: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    """Notices that the store did not take: what the account's owner sees, and what is posted again."""
    _since: datetime = datetime(2026, 10, 1, tzinfo=UTC)

    def connect(self, url: str) -> None:
        """Goes over the network to where the store is from now on."""
        self.client = httpx.Client(base_url=url, trust_env=False)

    def refresh(self) -> None:
        """Imports what was modified since the last time, and some that was before."""
        until = self.clock.now()
        pages = page = 1
        while page <= pages:
            answer = self.get(action="export", start=self._since - self.overlap, end=until, page=page)
            assert answer.status_code == 200, answer.text
            pages = self._import(answer.content)
            page += 1
        self._since = until

    def get(self, *, action: str, start: datetime, end: datetime, page: int = 1) -> httpx.Response:
        """Asks once."""
        params = {"action": action, "start_date": _minute(start), "end_date": _minute(end), "page": str(page)}
        return self.client.get(self.store, params=params, auth=(self.user, self.key))

    def _import(self, content: bytes) -> int:
        root = ElementTree.fromstring(content)
        assert root.tag == "Orders"
        read = [_order(each) for each in root.findall("Order")]
        self.pages += 1
        for number, order in read:
            known = self.orders.get(number)
            order.imports += known.imports if known else 0
            if known is None or known.status != "shipped":
                self.orders[number] = order
        return int(root.attrib["pages"])

    def ship(
        self,
        number: str,
        *,
        tracking_number: str = "9400111899223197428497",
        carrier: str = "USPS",
        items: Sequence[tuple[str, int]] | None = None,
        times: int = 1,
    ) -> list[int]:
        """Makes a label and notifies the store, some times over; `items` are (SKU, quantity)."""
        order = self.orders[number]
        assert order.status == "awaiting", f"{number} is {order.status}: ShipStation makes no label for it"
        wanted = dict(items) if items is not None else None
        chosen = [
            (each, int(each["Quantity"]) if wanted is None else wanted[each["SKU"]])
            for each in order.items
            if wanted is None or each["SKU"] in wanted
        ]
        body = notice(
            order, carrier=carrier, tracking_number=tracking_number, items=chosen, at=self.clock.now()
        )
        answers = [self.notify(number, carrier, tracking_number, body) for _ in range(times)]
        if answers[-1].is_success:
            order.status = "shipped" if items is None else order.status
        else:
            self.red.append((number, carrier, tracking_number, body))
        return [answer.status_code for answer in answers]

    def retry(self) -> list[int]:
        """Posts again what the store did not take."""
        again, self.red = self.red, []
        answers = [(each, self.notify(*each)) for each in again]
        self.red += [each for each, answer in answers if not answer.is_success]
        return [answer.status_code for _, answer in answers]

    def notify(self, number: str, carrier: str, tracking_number: str, body: bytes) -> httpx.Response:
        """Posts one notice."""
        params = {
            "action": "shipnotify",
            "order_number": number,
            "carrier": carrier,
            "service": "",
            "tracking_number": tracking_number,
        }
        headers = {"Content-Type": "application/xml"}
        return self.client.post(
            self.store, params=params, content=body, auth=(self.user, self.key), headers=headers
        )


def account(app: App, warehouse: str, key: str, *, user: str = "", **choices: Any) -> ShipStationAccount:
    """Returns an account whose store is a warehouse of an App."""
    client = httpx.Client(
        transport=httpx.WSGITransport(application(app), raise_app_exceptions=False),
        base_url="http://127.0.0.1",
    )
    return ShipStationAccount(
        client=client,
        store=f"/shipstation/{warehouse}",
        user=user or warehouse,
        key=key,
        clock=app.clock,
        **choices,
    )


def notice(
    order: ShippingOrder,
    *,
    carrier: str,
    tracking_number: str,
    items: Sequence[tuple[Mapping[str, str], int]],
    at: datetime,
) -> bytes:
    """Returns the body that ShipStation posts, with all that stands in it."""
    texts = {
        "OrderNumber": order.fields["OrderNumber"],
        "OrderID": order.fields["OrderID"],
        "CustomerCode": order.fields["Customer/CustomerCode"],
        "CustomerNotes": order.fields["CustomerNotes"],
        "InternalNotes": "",
        "NotesToCustomer": "",
        "NotifyCustomer": "false",
        "LabelCreateDate": _minute(at),
        "ShipDate": f"{at + timedelta(days=1):%m/%d/%Y}",
        "Carrier": carrier,
        "Service": "Priority Mail",
        "TrackingNumber": f" {tracking_number} ",
        "ShippingCost": "4.95",
        **{f"CustomField{n}": order.fields[f"CustomField{n}"] for n in (1, 2, 3)},
    }
    to = ("Name", "Company", "Address1", "Address2", "City", "State", "PostalCode", "Country")
    inside = [f"<{name}>{escape(text)}</{name}>" for name, text in texts.items()]
    inside.append(_group("Recipient", {name: order.ship_to(name) for name in to}))
    lines = [
        _group(
            "Item", {name: each[name] for name in ("SKU", "Name", "LineItemID")} | {"Quantity": str(quantity)}
        )
        for each, quantity in items
    ]
    inside.append(f"<Items>{''.join(lines)}</Items>")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<ShipNotice>{"".join(inside)}</ShipNotice>'.encode()


def _group(name: str, texts: Mapping[str, str]) -> str:
    return f"<{name}>{''.join(f'<{each}>{escape(text)}</{each}>' for each, text in texts.items())}</{name}>"


def _minute(at: datetime) -> str:
    return f"{at:%m/%d/%Y %H:%M}"


def _order(element: ElementTree.Element) -> tuple[str, ShippingOrder]:
    fields = dict(_texts(element))
    number = fields.get("OrderNumber", "")
    for name, (shortest, longest) in _LENGTHS.items():
        if not shortest <= len(fields.get(name, "")) <= longest:
            raise PageRefused(f"{number}: {name}")
    for name in ("OrderDate", "LastModified"):
        if not _DATE.fullmatch(fields[name]):
            raise PageRefused(f"{number}: {name}")
    for name in ("OrderTotal", "ShippingAmount"):
        float(fields[name])
    items = tuple({part.tag: part.text or "" for part in each} for each in element.findall("Items/Item"))
    for item in items:
        if not item["SKU"] or not item["Name"] or not 1 <= int(item["Quantity"]) <= 99999:
            raise PageRefused(f"{number}: {item['SKU']}")
    return number, ShippingOrder(status=_MAPPED[fields["OrderStatus"]], fields=fields, items=items)


def _texts(element: ElementTree.Element, before: str = "") -> Iterator[tuple[str, str]]:
    for each in element:
        if each.tag == "Items":
            continue
        if len(each):
            yield from _texts(each, f"{before}{each.tag}/")
        else:
            yield f"{before}{each.tag}", each.text or ""


@dataclass(frozen=True, kw_only=True)
class StoreCheck:
    """Goes over a store from outside, with one account that may use it and one that may use another."""

    ours: ShipStationAccount
    other: ShipStationAccount

    def faults(self) -> list[str]:
        """Returns what is wrong, each with the part that found it."""
        parts: Sequence[Callable[[], Iterator[str]]] = (self._auth, self._action, self._export, self._tenant)
        return [fault for part in parts for fault in part()]

    def _ask(self, account_: ShipStationAccount, **changes: str) -> httpx.Response:
        params = {"action": "export", "start_date": "10/01/2026 00:00", "end_date": "12/31/2026 00:00"}
        return account_.client.get(
            self.ours.store, params={**params, **changes}, auth=(account_.user, account_.key)
        )

    def _auth(self) -> Iterator[str]:
        for auth in (None, ("", ""), (self.ours.user, "wrong"), (self.other.user, self.ours.key)):
            answer = self.ours.client.get(self.ours.store, params={"action": "export"}, auth=auth)
            if answer.status_code != 401 or "basic" not in answer.headers.get("www-authenticate", "").lower():
                yield f"AUTH: {auth is not None} is answered with {answer.status_code}"
            yield from _no_xml("AUTH", answer)
        as_parameters = {"SS-UserName": self.ours.user, "SS-Password": self.ours.key, "action": "export"}
        answer = self.ours.client.get(
            self.ours.store,
            params={**as_parameters, "start_date": "10/01/2026 00:00", "end_date": "10/02/2026 00:00"},
        )
        if answer.status_code != 200:
            yield "AUTH: user and password in the address are not taken"

    def _action(self) -> Iterator[str]:
        for action in ("", "test", "EXPORT", "shipnotify"):
            answer = self._ask(self.ours, action=action)
            if not 400 <= answer.status_code < 500:
                yield f"ACTION: {action!r} is answered with {answer.status_code}"
            yield from _no_xml("ACTION", answer)

    def _export(self) -> Iterator[str]:
        for changes in (
            {"start_date": "soon"},
            {"end_date": ""},
            {"page": "0"},
            {"page": "-1"},
            {"page": "x"},
        ):
            answer = self._ask(self.ours, **changes)
            if answer.status_code != 400:
                yield f"EXPORT: {changes} is answered with {answer.status_code}"
            yield from _no_xml("EXPORT", answer)
        whole = self._ask(self.ours)
        if whole.content != self._ask(self.ours).content:
            yield "EXPORT: the same question has two answers"
        if set(ElementTree.fromstring(whole.content).attrib) != {"pages"}:
            yield "EXPORT: the root says other things than its pages"

    def _tenant(self) -> Iterator[str]:
        if self._ask(self.other).status_code != 401:
            yield "TENANT: the account of another store is let in"
        first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
        theirs = self.other.get(action="export", start=first, end=last)
        mine = {_order(each)[0] for each in ElementTree.fromstring(self._ask(self.ours).content)}
        if mine & {_order(each)[0] for each in ElementTree.fromstring(theirs.content)}:
            yield "TENANT: two stores have one order"


def _no_xml(part: str, answer: httpx.Response) -> Iterator[str]:
    try:
        ElementTree.fromstring(answer.content)
    except ElementTree.ParseError:
        yield f"{part}: an answer with status {answer.status_code} is no XML"
