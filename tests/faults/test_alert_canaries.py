"""A bad day of orders with canaries in every field: what mail, webhook and Slack receive of it holds none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from alert_receivers import PASSWORD, USER, Letterbox, Mailbox, authority, mail_server, web_server
from day import Day
from dockseal.cli.opened import person
from dockseal.domain.access import Purpose
from dockseal.domain.alert import Channel, ChannelKind, Severity
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError
from dockseal.logs import configure_logging
from dockseal.monitoring_audit.alerts.channels.options import Encryption, mail_options, web_options
from faults.canaried import MARK, leaks, place, recipient
from scanner import Scanner
from spapi_simulator import Line

KEY = "whsec_" + "QUJD" * 8
CHAT = "services-T0-invented-4711"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A day, and where its alerts arrive."""

    day: Day
    web: Letterbox
    mailbox: Mailbox

    def received(self) -> list[bytes]:
        """Everything that arrived, headers included."""
        posts = [repr(each).encode() + each.body for each in self.web.posts]
        return [*posts, *self.mailbox.mails]

    def rules(self, news: str) -> set[str]:
        """The rules whose alerts the webhook was told of so."""
        bodies = [json.loads(each.body) for each in self.web.posts if each.path == "/hook"]
        return {alert["rule"] for body in bodies for alert in body["alerts"] if alert["news"] == news}


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Told]:
    """A day that is looked at each minute, logged at DEBUG, with a channel of each kind."""
    made = authority(tmp_path / "authority")
    choices = {"log_level": "debug", "alerts_ca": made.certificate, "opens_an_hour": 12}
    day = Day(folder=tmp_path, api=request.param, choices=choices, look=timedelta(minutes=1))
    configure_logging(day.settings, tmp_path / "dockseal.log", in_use=day.app.vault.in_use)
    with web_server(made.server()) as web, mail_server(made.server(), user=True) as mailbox:
        add_channels(day, web, mailbox)
        yield Told(day=day, web=web, mailbox=mailbox)
    day.close()


def add_channels(day: Day, web: Letterbox, mailbox: Mailbox) -> None:
    mail = mail_options(
        "desk",
        host="127.0.0.1",
        port=mailbox.port,
        encryption=Encryption.STARTTLS,
        sender="dockseal@shop.example",
        to=("ops@shop.example",),
        user=USER,
    )
    hook, chat = Secret(f"{web.url}/hook"), Secret(f"{web.url}/{CHAT}")
    for name, kind, options, secret in (
        ("desk", ChannelKind.MAIL, mail, {"password": Secret(PASSWORD)}),
        ("hook", ChannelKind.WEBHOOK, web_options("hook", hook), {"url": hook, "key": Secret(KEY)}),
        ("chat", ChannelKind.SLACK, web_options("chat", chat), {"url": chat}),
    ):
        channel = Channel(id=name, kind=kind, least=Severity.WARNING, options=options)
        day.app.alert_channels.add(channel, secret, person())


def open_many(day: Day, orders: list[str]) -> None:
    """A person opens more than a newcomer should, and asks for more than one may."""
    for order_id in orders:
        order = day.order(order_id)
        grant = day.app.grants.issue(person(), Purpose.PACKING_SLIP, seller=order.seller, order=order.ref)
        try:
            day.app.vault.open(order.ref, grant)
        except DocksealError:
            return


def go_wrong(day: Day) -> list[str]:
    """Orders flow, one is refused, a lane crashes over an address, and then the warehouse is down."""
    day.warehouse.answers.append(httpx.Response(422, json={"error": "not stocked"}))
    orders = place(day, 20)
    day.run(minutes=20)
    open_many(day, [each for each in orders if day.order(each).state is OrderState.RELEASED])
    day.warehouse.crashes = True
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-9")], recipient=recipient(21))
    day.run(minutes=20)
    assert any("RuntimeError" in lane.failing for lane in day.app.lanes.all()), "nothing crashed"
    day.warehouse.crashes = False
    day.warehouse.down = True
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-8")], recipient=recipient(22))
    day.run(hours=1, minutes=20)
    day.skip(days=3)
    day.run(minutes=10)
    return orders


def test_nothing_that_arrives_holds_a_canary_an_order_id_or_a_secret(told: Told, tmp_path: Path) -> None:
    orders = go_wrong(told.day)

    assert {"lane", "warehouse", "unusual-opens", "openings", "ship-by-overdue"} <= told.rules("new")
    assert {"lane", "unusual-opens", "openings"} <= told.rules("over")
    assert len(told.mailbox.mails) >= 5, "too little arrived to prove anything"
    assert len([each for each in told.web.posts if each.path == f"/{CHAT}"]) >= 5
    for received in told.received():
        assert leaks(received) == set()
        assert not any(order.encode() in received for order in orders)
    log = (tmp_path / "dockseal.log").read_bytes()
    assert not any(secret.encode() in log for secret in (CHAT, PASSWORD, KEY))
    assert Scanner(CHAT).in_folder(tmp_path) == {}, (
        "the address that is a secret lies outside the vault, in clear"
    )
    assert Scanner(MARK).in_folder(tmp_path) == {}
