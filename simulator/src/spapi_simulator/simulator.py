"""The simulator: a small Amazon that owns its whole world."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import httpx

from spapi_simulator.application_management import ApplicationManagement
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.controls.orders import OrderControls
from spapi_simulator.feeds.api import Feeds
from spapi_simulator.front.answers import JSON
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
from spapi_simulator.queues.queue import Queue, Queues
from spapi_simulator.queues.sqs import Sqs
from spapi_simulator.reports.api import Reports
from spapi_simulator.sellers import Sellers
from spapi_simulator.world.accounts import Accounts, Application, ClientSecret, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.clock import Clock
from spapi_simulator.world.present import Present
from spapi_simulator.world.roles import Role
from spapi_simulator.world.seeded import Seeded


class Simulator(OrderControls):
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

    def add_application(
        self,
        *,
        name: str = "application",
        roles: Iterable[Role] | None = None,
        redirect_uris: Sequence[str] = (),
        login_uri: str = "",
        draft: bool = False,
    ) -> Application:
        """Register an application.

        Args:
            name: What sellers read on the consent page.
            roles: Its roles; all of them when not given.
            redirect_uris: Where sellers may be sent back to with a code; the first is the default.
            login_uri: Where the Appstore sends sellers, see `start_in_appstore`.
            draft: Not published: sellers consent with `version=beta` alone.
        """
        with self._world():
            application = self._accounts.add_application(
                name, roles, redirect_uris=redirect_uris, login_uri=login_uri, draft=draft
            )
            self._management.watch(application)
            return application

    def publish_application(self, app: Application) -> None:
        """List a draft in the Appstore: sellers consent without `version=beta` from now on."""
        with self._world():
            self._accounts.publish(app)

    def add_role(self, app: Application, role: Role) -> None:
        """Approve a role for an application; sellers must authorise it again before it counts."""
        with self._world():
            self._accounts.add_role(app, role)

    def client_secrets(self, app: Application) -> tuple[ClientSecret, ...]:
        """Return the secrets of an application that are good now, the newest last."""
        with self._world():
            return self._accounts.secrets_of(app)

    def register_rotation_queue(self, app: Application, queue_url: str) -> None:
        """Send new client secrets of an application, and warnings before they expire, to a queue."""
        with self._world():
            self._notifications.register_rotation_queue(app, self._queue(queue_url))

    def start_in_appstore(self, app: Application, seller: Seller, *, base: str = "") -> str:
        """Let a seller consent in the Appstore; return where Amazon sends the seller's browser.

        Args:
            app: An application with a Login URI.
            seller: Who consents.
            base: Scheme and host of this simulator when it is served over HTTP; Seller Central otherwise.
        """
        with self._world():
            return self._consent.start(app, seller, base=base, now=self._present.now())

    def set_participation(
        self, seller: Seller, marketplace_id: str, *, participating: bool = True, suspended: bool = False
    ) -> None:
        """Say whether a seller sells in a marketplace, and whether their listings there are suspended."""
        with self._world():
            standing = self._accounts.standing(seller, marketplace_id)
            standing.participating, standing.listings_suspended = participating, suspended

    def add_seller(self, *, region: str = "NA", marketplaces: Sequence[str] = ("ATVPDKIKX0DER",)) -> Seller:
        """Open a selling-partner account in a region."""
        with self._world():
            return self._accounts.add_seller(region, marketplaces)

    def applications(self) -> list[Application]:
        """Return every application."""
        return list(self._accounts.applications.values())

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
            self._accounts.revoke(refresh_token)

    def lose_roles(self, refresh_token: str) -> None:
        """Let an authorisation lose its roles at Amazon's side: 403 from now on, until it is given anew."""
        with self._world():
            self._accounts.authorisations[refresh_token].roles = frozenset()

    def expire_access_tokens(self) -> None:
        """End every access token and RDT now."""
        with self._world():
            self._accounts.expire_access_tokens(self.clock.now())

    def add_queue(self, name: str) -> str:
        """Create a queue and return its URL."""
        with self._world():
            return self._queues.add(name, now=self.clock.now()).url

    def subscribe(self, app: Application, seller: Seller, queue_url: str, kind: str = "ORDER_CHANGE") -> str:
        """Send notifications of one type about a seller to a queue; return the subscription id."""
        with self._world():
            queue = self._queue(queue_url)
            return self._notifications.subscribe(app, seller, queue, kind).subscription_id

    def events(self, source: str) -> list[JSON]:
        """Return the events an EventBridge partner event source was given, oldest first."""
        with self._world():
            return self._notifications.destinations.events(source)

    def messages(self, queue_url: str) -> list[str]:
        """Return the bodies in a queue, received or not, without receiving them."""
        with self._world():
            return self._queue(queue_url).bodies()

    def drop_notifications(self, n: int) -> None:
        """Lose every n-th notification from now on: 1 loses all, 0 none."""
        self._notifications.drop_every = n

    def duplicate_notifications(self, times: int) -> None:
        """Deliver every notification `times` times from now on: 1 is once."""
        self._notifications.copies = max(1, times)

    def delay_notifications(self, seconds: float) -> None:
        """Deliver notifications this many seconds late from now on."""
        self._notifications.delay_seconds = seconds

    def silence_notifications(self, kind: str, on: bool = True) -> None:
        """Deliver no notification of a type at all from now on."""
        with self._world():
            (self._notifications.silent.add if on else self._notifications.silent.discard)(kind)

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
