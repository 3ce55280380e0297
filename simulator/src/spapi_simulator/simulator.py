"""The simulator: a small Amazon that owns its whole world."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import httpx

from spapi_simulator.accounts import Accounts, Application, Seller
from spapi_simulator.behaviours import Behaviours
from spapi_simulator.book import Book
from spapi_simulator.clock import Clock
from spapi_simulator.confirm_shipment import ConfirmShipment
from spapi_simulator.door import Call, Door, Handler
from spapi_simulator.faults import Faults
from spapi_simulator.limits import Limits
from spapi_simulator.listing import Pages
from spapi_simulator.lwa import Lwa
from spapi_simulator.notifications import Notifications
from spapi_simulator.orders_v0 import OrdersV0
from spapi_simulator.orders_v2026 import OrdersV2026
from spapi_simulator.people import Recipient
from spapi_simulator.queues import Queue, Queues
from spapi_simulator.records import Line, OrderRecord
from spapi_simulator.roles import Role
from spapi_simulator.seeded import Seeded
from spapi_simulator.sqs import Sqs
from spapi_simulator.tokens import Tokens
from spapi_simulator.transport import SimulatorTransport


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
        seeded = Seeded(seed)
        self._accounts = Accounts(seeded)
        self._book = Book(clock, seeded)
        self._queues = Queues(seeded)
        self._notifications = Notifications(clock, seeded, behaviours=self.behaviours)
        self._book.listeners.append(self._notifications.order_changed)
        self._door = Door(
            clock,
            seeded,
            accounts=self._accounts,
            limits=self.limits,
            faults=self.faults,
            lwa=Lwa(self._accounts),
            sqs=Sqs(self._queues),
            handlers=self._handlers(Pages(seeded)),
        )

    def _handlers(self, pages: Pages) -> dict[str, Handler]:
        v0 = OrdersV0(self._book, pages, self.behaviours)
        v2026 = OrdersV2026(self._book, pages, self.behaviours)
        return {
            "getOrders": v0.get_orders,
            "getOrder": v0.get_order,
            "getOrderBuyerInfo": v0.get_buyer_info,
            "getOrderAddress": v0.get_address,
            "getOrderItems": v0.get_items,
            "getOrderItemsBuyerInfo": v0.get_items_buyer_info,
            "confirmShipment": ConfirmShipment(self._book, self.behaviours).confirm,
            "searchOrders": v2026.search,
            "getOrder 2026-01-01": v2026.get,
            "createRestrictedDataToken": Tokens(self._accounts, self.behaviours).create,
        }

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request to LWA, SP-API or SQS.

        Raises:
            httpx.TransportError: A fault lost the connection.
        """
        with self.lock:
            return self._door.answer(request)

    @property
    def calls(self) -> list[Call]:
        """Every call answered so far; status 0 is a lost connection."""
        return self._door.calls

    @property
    def throttled(self) -> Counter[str]:
        """How many calls were answered 429, by operation."""
        return self._door.throttled

    def add_application(
        self, *, name: str = "application", roles: Iterable[Role] | None = None
    ) -> Application:
        """Register an application; without `roles` it has all of them."""
        with self.lock:
            return self._accounts.add_application(name, roles)

    def add_seller(self, *, region: str = "NA", marketplaces: Sequence[str] = ("ATVPDKIKX0DER",)) -> Seller:
        """Open a selling-partner account in a region."""
        with self.lock:
            return self._accounts.add_seller(region, marketplaces)

    def sellers(self) -> list[Seller]:
        """Return every seller."""
        return list(self._accounts.sellers.values())

    def authorize(self, app: Application, seller: Seller, roles: Iterable[Role] | None = None) -> str:
        """Let a seller authorise an application; return the refresh token."""
        with self.lock:
            return self._accounts.authorise(app, seller, roles)

    def revoke(self, refresh_token: str) -> None:
        """Take an authorisation back; its access tokens die with it."""
        with self.lock:
            self._accounts.authorisations[refresh_token].revoked = True

    def expire_access_tokens(self) -> None:
        """End every access token and RDT now."""
        with self.lock:
            self._accounts.expire_access_tokens(self.clock.now())

    def add_queue(self, name: str) -> str:
        """Create a queue and return its URL."""
        with self.lock:
            return self._queues.add(name).url

    def subscribe(self, app: Application, seller: Seller, queue_url: str) -> str:
        """Send ORDER_CHANGE of a seller to a queue; return the subscription id."""
        with self.lock:
            return self._notifications.subscribe(app, seller, self._queue(queue_url)).subscription_id

    def messages(self, queue_url: str) -> list[str]:
        """Return the bodies in a queue, received or not, without receiving them."""
        with self.lock:
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
        with self.lock:
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
        with self.lock:
            self._book.authorise_payment(order_id)

    def cancel(self, order_id: str) -> None:
        """Cancel an order that has not been shipped."""
        with self.lock:
            self._book.cancel(order_id)

    def request_cancel(self, order_id: str) -> None:
        """Let the buyer ask for a cancellation."""
        with self.lock:
            self._book.request_cancel(order_id)

    def cancel_item(self, order_id: str, item_id: str, quantity: int) -> None:
        """Take units off an item."""
        with self.lock:
            self._book.cancel_item(order_id, item_id, quantity, stays=self.behaviours.cancelled_items_stay)

    def order(self, order_id: str) -> OrderRecord:
        """Return an order as it truly is, whatever reads show."""
        return self._book.get(order_id)

    def orders(self, seller: Seller | None = None) -> list[OrderRecord]:
        """Return the orders of a seller, or all."""
        with self.lock:
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
        with self.lock:
            for queue in self._queues.all():
                queue.shuffled = on

    def queue_counts(self) -> dict[str, tuple[int, int]]:
        """Return (messages to receive, messages hidden) of every queue by its name."""
        with self.lock:
            now = self.clock.now()
            return {queue.name: queue.counts(now) for queue in self._queues.all()}

    def _queue(self, url: str) -> Queue:
        queue = self._queues.find(url)
        if queue is None:
            raise KeyError("There is no queue with this URL; create it with add_queue first.")
        return queue
