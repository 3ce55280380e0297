"""The simulator: a small Amazon that owns its whole world."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx

from spapi_simulator.application_management import ApplicationManagement
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.controls.accounts import AccountControls
from spapi_simulator.controls.orders import OrderControls
from spapi_simulator.controls.queues import QueueControls
from spapi_simulator.feeds.api import Feeds
from spapi_simulator.front.documents import Documents
from spapi_simulator.front.door import Door, Handler
from spapi_simulator.front.faults import Faults
from spapi_simulator.front.journal import Call, Journal
from spapi_simulator.front.limits import Limits
from spapi_simulator.front.listing import Pages
from spapi_simulator.front.transport import SimulatorTransport
from spapi_simulator.login.consent import Consent
from spapi_simulator.login.lwa import Lwa
from spapi_simulator.login.tokens import Tokens
from spapi_simulator.merchant_fulfillment.api import MerchantFulfillment
from spapi_simulator.merchant_fulfillment.offers import Offers
from spapi_simulator.merchant_fulfillment.shipments import Shipments
from spapi_simulator.notifications.api import NotificationsApi
from spapi_simulator.notifications.delivery import Notifications
from spapi_simulator.orders.confirm_shipment import ConfirmShipment
from spapi_simulator.orders.regulated_info import RegulatedInfo
from spapi_simulator.orders.shipment_status import ShipmentStatus
from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.orders.v0 import OrdersV0
from spapi_simulator.orders.v2026 import OrdersV2026
from spapi_simulator.queues.queue import Queues
from spapi_simulator.queues.sqs import Sqs
from spapi_simulator.reports.api import Reports
from spapi_simulator.sellers import Sellers
from spapi_simulator.world.accounts import Accounts
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.clock import Clock
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded


class Simulator(AccountControls, OrderControls, QueueControls):
    """A stateful, deterministic Selling Partner API, with LWA and SQS around it.

    Every public method takes one lock, so threads may share a simulator.

    Attributes:
        clock: The simulated time; nothing here reads another clock.
        faults: What is to go wrong.
        limits: The usage plans.
        transport: For `httpx.Client(transport=…)`.
    """

    def __init__(self, *, clock: Clock, seed: int = 7, behaviours: Behaviours | None = None) -> None:
        self.clock = clock
        self.seed = seed
        self.behaviours = behaviours or Behaviours()
        self.faults = Faults()
        self.limits = Limits()
        self.transport = SimulatorTransport(self.handle)
        self.lock = threading.RLock()
        self._present = Present(clock)
        self._seeded = Seeded(seed)
        self._accounts = Accounts(self._seeded, self._present, self.behaviours)
        self._book = Book(self._present, self._seeded, self.behaviours)
        self._queues = Queues(self._seeded)
        self._documents = Documents(self._seeded, self._present)
        self._notifications = Notifications(
            self._present, self._seeded, self._accounts, self._queues, behaviours=self.behaviours
        )
        self._book.listeners.append(self._notifications.order_changed)
        self._management = ApplicationManagement(
            self._accounts, self._present, self.behaviours, self._notifications.publish_to_application
        )
        self._consent = Consent(self._accounts, self._seeded)
        self._door = Door(
            self._present,
            self._seeded,
            accounts=self._accounts,
            limits=self.limits,
            faults=self.faults,
            behaviours=self.behaviours,
            desks=(Lwa(self._accounts), self._consent, Sqs(self._queues), self._documents),
            catalogue=CATALOGUE,
            handlers=self._handlers(),
        )

    def _handlers(self) -> dict[str, Handler]:
        book, behaviours = self._book, self.behaviours
        pages = Pages(self._seeded, behaviours)
        shipping = Shipping(book, self._present, behaviours)
        return {
            **OrdersV0(book, pages, behaviours).handlers(),
            **OrdersV2026(book, pages, behaviours).handlers(),
            **ConfirmShipment(book, shipping, behaviours).handlers(),
            **ShipmentStatus(book).handlers(),
            **RegulatedInfo(book).handlers(),
            **self._feeds(shipping).handlers(),
            **self._reports().handlers(),
            **self._labels(shipping).handlers(),
            **Tokens(self._accounts, self._documents, behaviours, CATALOGUE).handlers(),
            **self._management.handlers(),
            **NotificationsApi(self._notifications, self._queues, self._seeded, behaviours).handlers(),
            **Sellers(self._accounts, self._seeded).handlers(),
        }

    def _feeds(self, shipping: Shipping) -> Feeds:
        return Feeds(
            self._book,
            self._present,
            self._seeded,
            shipping=shipping,
            documents=self._documents,
            behaviours=self.behaviours,
            tell=self._notifications.publish,
        )

    def _labels(self, shipping: Shipping) -> MerchantFulfillment:
        behaviours = self.behaviours
        shipments = Shipments(self._present, self._seeded, shipping=shipping, behaviours=behaviours)
        return MerchantFulfillment(self._book, shipments, Offers(self._seeded, behaviours), behaviours)

    def _reports(self) -> Reports:
        return Reports(
            self._book,
            self._present,
            self._seeded,
            documents=self._documents,
            behaviours=self.behaviours,
            tell=self._notifications.publish,
        )

    @contextmanager
    def _world(self) -> Iterator[None]:
        """Hold the lock, in a world where everything that is due has happened."""
        with self.lock:
            self._present.catch_up()
            yield

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request to LWA, SP-API or SQS.

        Raises:
            httpx.TransportError: A fault lost the connection.
        """
        with self._world():
            return self._door.answer(request)

    def at(self, due: datetime, act: Callable[[], object]) -> None:
        """Do something at a simulated instant, before any later call; a past one counts as just then."""
        with self.lock:
            self._present.at(due, act)

    def catch_up(self) -> None:
        """Let everything happen that is due; every other method here does so first, too."""
        with self._world():
            pass

    @property
    def journal(self) -> Journal:
        """Every request and how it was answered."""
        return self._door.journal

    @property
    def calls(self) -> list[Call]:
        """Every call to LWA and SP-API answered so far; status 0 is a lost connection."""
        return [call for call in self.journal if call.path_template]

    @property
    def throttled(self) -> Counter[str]:
        """How many calls were answered 429, by operation."""
        return self.journal.throttled
