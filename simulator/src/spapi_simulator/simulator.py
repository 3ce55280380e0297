"""The simulator: a small Amazon that owns its whole world."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import httpx

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.documents import Documents
from spapi_simulator.front.door import Door, Handler
from spapi_simulator.front.faults import Faults
from spapi_simulator.front.journal import Call, Journal
from spapi_simulator.front.limits import Limits
from spapi_simulator.front.listing import Pages
from spapi_simulator.front.transport import SimulatorTransport
from spapi_simulator.login.lwa import Lwa
from spapi_simulator.login.tokens import Tokens
from spapi_simulator.notifications.order_change import Notifications
from spapi_simulator.orders.confirm_shipment import ConfirmShipment
from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.orders.v0 import OrdersV0
from spapi_simulator.orders.v2026 import OrdersV2026
from spapi_simulator.queues.queue import Queue, Queues
from spapi_simulator.queues.sqs import Sqs
from spapi_simulator.world.accounts import Accounts, Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.clock import Clock
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import Line, OrderRecord
from spapi_simulator.world.roles import Role
from spapi_simulator.world.seeded import Seeded


class Simulator:
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
        self._accounts = Accounts(self._seeded)
        self._book = Book(self._present, self._seeded)
        self._queues = Queues(self._seeded)
        self._documents = Documents(self._seeded, self._present)
        self._notifications = Notifications(self._present, self._seeded, behaviours=self.behaviours)
        self._book.listeners.append(self._notifications.order_changed)
        self._door = Door(
            self._present,
            self._seeded,
            accounts=self._accounts,
            limits=self.limits,
            faults=self.faults,
            desks=(Lwa(self._accounts), Sqs(self._queues), self._documents),
            catalogue=CATALOGUE,
            handlers=self._handlers(),
        )

    def _handlers(self) -> dict[str, Handler]:
        book, pages, behaviours = self._book, Pages(self._seeded), self.behaviours
        shipping = Shipping(book, behaviours)
        return {
            **OrdersV0(book, pages, behaviours).handlers(),
            **OrdersV2026(book, pages, behaviours).handlers(),
            **ConfirmShipment(book, shipping, behaviours).handlers(),
            **Tokens(self._accounts, self._documents, behaviours, CATALOGUE).handlers(),
        }

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

    def add_application(
        self, *, name: str = "application", roles: Iterable[Role] | None = None
    ) -> Application:
        """Register an application; without `roles` it has all of them."""
        with self._world():
            return self._accounts.add_application(name, roles)

    def add_seller(self, *, region: str = "NA", marketplaces: Sequence[str] = ("ATVPDKIKX0DER",)) -> Seller:
        """Open a selling-partner account in a region."""
        with self._world():
            return self._accounts.add_seller(region, marketplaces)

    def sellers(self) -> list[Seller]:
        """Return every seller."""
        return list(self._accounts.sellers.values())

    def authorize(self, app: Application, seller: Seller, roles: Iterable[Role] | None = None) -> str:
        """Let a seller authorise an application; return the refresh token."""
        with self._world():
            return self._accounts.authorise(app, seller, roles)

    def revoke(self, refresh_token: str) -> None:
        """Take an authorisation back; its access tokens die with it."""
        with self._world():
            self._accounts.authorisations[refresh_token].revoked = True

    def expire_access_tokens(self) -> None:
        """End every access token and RDT now."""
        with self._world():
            self._accounts.expire_access_tokens(self.clock.now())

    def add_queue(self, name: str) -> str:
        """Create a queue and return its URL."""
        with self._world():
            return self._queues.add(name).url

    def subscribe(self, app: Application, seller: Seller, queue_url: str, kind: str = "ORDER_CHANGE") -> str:
        """Send notifications of one type about a seller to a queue; return the subscription id."""
        with self._world():
            queue = self._queue(queue_url)
            return self._notifications.subscribe(app, seller, queue, kind).subscription_id

    def messages(self, queue_url: str) -> list[str]:
        """Return the bodies in a queue, received or not, without receiving them."""
        with self._world():
            return self._queue(queue_url).bodies()

    def place_order(
        self,
        seller: Seller,
        *,
        lines: Sequence[Line],
        marketplace_id: str | None = None,
        pending: bool = False,
        fulfilled_by: str = "MERCHANT",
        ship_by: datetime | None = None,
        recipient: Recipient | None = None,
        gift_message: str | None = None,
        programs: Sequence[str] = (),
    ) -> str:
        """Place an order and return its id; the recipient is invented unless given."""
        with self._world():
            order = self._book.place(
                seller,
                lines,
                marketplace_id=marketplace_id or seller.marketplaces[0],
                pending=pending,
                fulfilled_by=fulfilled_by,
                ship_by=ship_by,
                recipient=recipient,
                gift_message=gift_message,
                programs=programs,
            )
            return order.order_id

    def authorise_payment(self, order_id: str) -> None:
        """Turn a pending order into one to ship."""
        with self._world():
            self._book.authorise_payment(order_id)

    def cancel(self, order_id: str) -> None:
        """Cancel an order that has not been shipped."""
        with self._world():
            self._book.cancel(order_id)

    def request_cancel(self, order_id: str) -> None:
        """Let the buyer ask for a cancellation."""
        with self._world():
            self._book.request_cancel(order_id)

    def cancel_item(self, order_id: str, item_id: str, quantity: int) -> None:
        """Take units off an item."""
        with self._world():
            self._book.cancel_item(order_id, item_id, quantity, stays=self.behaviours.cancelled_items_stay)

    def order(self, order_id: str) -> OrderRecord:
        """Return an order as it truly is, whatever reads show."""
        with self._world():
            return self._book.get(order_id)

    def orders(self, seller: Seller | None = None) -> list[OrderRecord]:
        """Return the orders of a seller, or all."""
        with self._world():
            return list(self._book.all() if seller is None else self._book.of_seller(seller.seller_id))

    def drop_notifications(self, n: int) -> None:
        """Lose every n-th notification from now on: 1 loses all, 0 none."""
        self._notifications.drop_every = n

    def duplicate_notifications(self, times: int) -> None:
        """Deliver every notification `times` times from now on: 1 is once."""
        self._notifications.copies = max(1, times)

    def delay_notifications(self, seconds: float) -> None:
        """Deliver notifications this many seconds late from now on."""
        self._notifications.delay_seconds = seconds

    def shuffle_notifications(self, on: bool = True) -> None:
        """Hand messages out in a random, repeatable order."""
        with self._world():
            for queue in self._queues.all():
                queue.shuffled = on

    def queue_counts(self) -> dict[str, tuple[int, int]]:
        """Return (messages to receive, messages hidden) of every queue by its name."""
        with self._world():
            now = self.clock.now()
            return {queue.name: queue.counts(now) for queue in self._queues.all()}

    def _queue(self, url: str) -> Queue:
        queue = self._queues.find(url)
        if queue is None:
            raise KeyError("There is no queue with this URL; create it with add_queue first.")
        return queue
