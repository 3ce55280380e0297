"""A Dockseal that serves nobody yet, and sellers who can consent to it at a simulated Amazon."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from day import START, US, WAREHOUSE, Day, TestWarehouse
from dockseal.bootstrap import create_keys
from dockseal.cli.applications import add_application
from dockseal.cli.connect import returned
from dockseal.cli.opened import person
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.application import Application
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.order_synchronization.checklist import Checklist
from dockseal.order_synchronization.connecting import Wish
from dockseal.settings import settings_from
from spapi_simulator import ManualClock, Simulator

ACME = SellerId("acme-us")
CALLBACK = "https://dockseal.example/connect/callback"
_FORM = re.compile(r"<form.*?</form>", re.DOTALL)
_FIELD = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')


@dataclass(kw_only=True)
class Town(Day):
    """A day that begins before the first seller is connected."""

    draft: bool = False
    app_roles: Any = None
    rotates: bool = False
    rotation_queue: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.clock = ManualClock(START)
        self.amazon = Simulator(clock=self.clock, seed=7, behaviours=self.behaviours)
        self.line = self.carry(self.amazon.transport)
        self.account = self.amazon.add_seller(region="NA", marketplaces=(US, "A2EUQ1WTGCTBG2"))
        self.application = self.amazon.add_application(
            name="Dockseal", redirect_uris=[CALLBACK], draft=self.draft, roles=self.app_roles
        )
        if self.rotates:
            self.rotation_queue = self.amazon.add_queue("secrets")
            self.amazon.register_rotation_queue(self.application, self.rotation_queue)
        self.warehouse = TestWarehouse(new_secrets())
        self.settings = settings_from(
            {"data_dir": self.folder / "data", "key_dir": self.folder / "keys", **self.choices}
        )
        create_keys(self.settings, person(), clock=self.clock)
        self.app = self._build()
        options = {"url": "https://warehouse.example/orders"}
        add_warehouse(self.app, WAREHOUSE, kind="webhook", options=options, keys=self.warehouse.secrets)
        add_application(self.app, self.registered(), self.client())

    def registered(self) -> Application:
        """The application as the operator adds it."""
        return Application(
            id="dockseal",
            application_id=self.application.application_id,
            redirect_uri=CALLBACK,
            draft=self.draft,
            rotation_queue_url=self.rotation_queue,
        )

    def client(self, secret: str = "") -> ClientCredentials:
        """What it logs in with."""
        return ClientCredentials(
            client_id=self.application.client_id,
            client_secret=Secret(secret or self.application.client_secret),
        )

    def wish(self, seller: SellerId = ACME, **changes: Any) -> Wish:
        """Which seller is to be connected."""
        return Wish(
            **{
                "seller": seller,
                "application": "dockseal",
                "region": Region.NA,
                "warehouse": WAREHOUSE,
                "marketplaces": (US,),
                **changes,
            }
        )

    def start(self, **changes: Any) -> str:
        """The operator starts; returns the address for the seller."""
        return self.app.connecting.start(self.wish(**changes), person())

    def consent(self, url: str, *, account: Any = None, decision: str = "confirm") -> str:
        """The seller opens the address and presses a button; returns where Amazon sends its browser."""
        with httpx.Client(transport=self.amazon.transport) as browser:
            page = browser.get(url)
            assert page.status_code == 200, page.text
            seller_id = (account or self.account).seller_id
            (form,) = [each for each in _FORM.findall(page.text) if seller_id in each]
            fields = {unescape(name): unescape(value) for name, value in _FIELD.findall(form)}
            host = urlsplit(url)
            answer = browser.post(
                f"{host.scheme}://{host.netloc}/apps/authorize/consent",
                content=urlencode({**fields, "decision": decision}),
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def back(self, address: str) -> Checklist:
        """The operator pastes the address."""
        return returned(self.app, address)

    def connect(self, *, account: Any = None, **changes: Any) -> Checklist:
        """All of it at once."""
        return self.back(self.consent(self.start(**changes), account=account))

    def again(self, **changes: Any) -> Checklist:
        """Looks once more, without a new consent."""
        return self.app.connecting.again(changes.pop("seller", ACME), person(), **changes)

    def kept(self, name: SellerId = ACME) -> Seller:
        """A seller as Dockseal keeps it."""
        return self.app.storage.sellers.get(name)

    def audited(self, tag: str) -> list[Mapping[str, str]]:
        """The fields of the rows with a tag, oldest first."""
        return [dict(row.fields) for row in reversed(self.app.storage.audit.search(tag=tag))]

    def calls(self, operation: str) -> list[int]:
        """The status of every call of an operation."""
        return [call.status for call in self.amazon.calls if call.operation == operation]


MakeTown = Callable[..., Town]
"""Makes towns from the fields that differ from an ordinary one."""


def missing(checklist: Checklist) -> dict[str, str]:
    """What a checklist lacks, with the next steps."""
    return {line.name: line.sentence for line in checklist.lines if line.missing}


def query_of(address: str) -> dict[str, str]:
    """The parts of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
