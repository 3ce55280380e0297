"""The door of this room: everything Dockseal asks of Amazon."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx

from dockseal.amazon.aws import Aws
from dockseal.amazon.circuit import Circuits, CircuitStore
from dockseal.amazon.confirm_shipment import ConfirmRequest, confirm
from dockseal.amazon.connection import Connection
from dockseal.amazon.endpoints import AMAZON, Endpoints
from dockseal.amazon.feeds import Feeds
from dockseal.amazon.login import CredentialSource, Login
from dockseal.amazon.merchant_fulfillment import MerchantFulfillment
from dockseal.amazon.operations import GET_ORDER, GET_ORDER_V0
from dockseal.amazon.order_report import OrderReport, order_report
from dockseal.amazon.orders import OrdersReader
from dockseal.amazon.orders_v0 import OrdersV0
from dockseal.amazon.orders_v2026 import OrdersV2026
from dockseal.amazon.queue import SqsQueue
from dockseal.amazon.queue_setup import QueueSetup
from dockseal.amazon.quotas import BucketStore, Quotas
from dockseal.amazon.recipients import RecipientReader, RecipientsV0, RecipientsV2026
from dockseal.amazon.report_document import ReportDocuments
from dockseal.amazon.reports import Reports
from dockseal.amazon.session import Session
from dockseal.amazon.tokens import Rdt, Resource, RestrictedDataTokens
from dockseal.amazon.whole_orders import WholeOrdersV2026
from dockseal.amazon.wire import CallMade, Wire
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.order import OrdersApi
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Seller


class Amazon:
    """Amazon, for all sellers. Safe to use from many threads.

    Args:
        clock: Tells the time.
        buckets: Keeps the quotas across restarts.
        sellers: Finds a seller by our name of it.
        credentials: Knows what to log in with.
        endpoints: Where Amazon answers.
        transport: Carries every request in place of the network, such as a simulator's.
        observe: Is told of every call that was sent.
        worked_before: Whether a seller's orders were read before this process began; None: nothing is known.
        circuits: Keeps which questions Amazon refuses; None: this process alone.
        queue_wait_seconds: How long one read of a queue waits for a message.
        aws: How AWS is reached; None: with the machine's own credentials.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        buckets: BucketStore,
        sellers: Callable[[SellerId], Seller],
        credentials: CredentialSource,
        endpoints: Endpoints = AMAZON,
        transport: httpx.BaseTransport | None = None,
        observe: Callable[[CallMade], None] | None = None,
        worked_before: Callable[[SellerId], bool] | None = None,
        circuits: CircuitStore | None = None,
        queue_wait_seconds: int = 20,
        aws: Aws | None = None,
    ) -> None:
        self._sellers = sellers
        self._endpoints = endpoints
        self._queue_wait_seconds = queue_wait_seconds
        self._aws = replace(aws or Aws(), transport=transport, endpoint_url=endpoints.sqs)
        self._lock = threading.Lock()
        self._queues: dict[str, SqsQueue] = {}
        self._wire = Wire(transport)
        watch = observe or _nobody
        login = Login(self._wire, clock, url=endpoints.lwa, credentials=credentials, observe=watch)
        self.quotas = Quotas(buckets, clock)
        self.circuits = Circuits(clock, worked_before=worked_before or _never, store=circuits)
        self._session = Session(
            self._wire,
            clock,
            endpoints=endpoints,
            login=login,
            quotas=self.quotas,
            sellers=sellers,
            circuits=self.circuits,
            observe=watch,
        )
        self._tokens = RestrictedDataTokens(self._session, clock)
        self.reports = Reports(self._session)
        self.labels = MerchantFulfillment(self._session)
        self.feeds = Feeds(self._session, self._wire)
        self._documents = ReportDocuments(self._session, self._wire)
        self.connection = Connection(
            self._session,
            login,
            self._tokens,
            clock=clock,
            endpoints=endpoints,
            queues=QueueSetup(aws=self._aws),
        )

    def orders(self, seller: SellerId) -> OrdersReader:
        """Returns the reader of a seller's orders, in the generation it is read with."""
        return self.orders_with(seller, self._sellers(seller).orders_api)

    def orders_with(self, seller: SellerId, api: OrdersApi) -> OrdersReader:
        """Returns the reader of a seller's orders in a generation, whichever it is read with."""
        reader = OrdersV0 if api is OrdersApi.V0 else OrdersV2026
        return reader(self._session, self._sellers(seller))

    def single_reads_left(self, seller: SellerId, api: OrdersApi) -> float:
        """Returns how many orders could be read by their ids at once in a generation."""
        return self.quotas.left(seller, GET_ORDER_V0 if api is OrdersApi.V0 else GET_ORDER)

    def recipients(self, seller: SellerId) -> RecipientReader:
        """Returns the reader of the personal data of a seller's orders."""
        known = self._sellers(seller)
        reader = RecipientsV0 if known.orders_api is OrdersApi.V0 else RecipientsV2026
        return reader(self._session, known)

    def whole_orders(self, seller: SellerId) -> WholeOrdersV2026:
        """Returns the reader of a seller's orders together with their personal data (v2026-01-01)."""
        return WholeOrdersV2026(OrdersV2026(self._session, self._sellers(seller)))

    def issue(self, seller: SellerId, resources: Sequence[Resource]) -> Rdt:
        """Asks for a Restricted Data Token; see `RestrictedDataTokens.issue`."""
        return self._tokens.issue(seller, resources)

    def order_report(
        self, seller: SellerId, document_id: str, *, marketplace_id: str, rdt: Secret
    ) -> OrderReport:
        """Reads an order report with its recipients; see `ReportDocuments.lines` and `order_report`."""
        return order_report(self._documents.lines(seller, document_id, rdt), marketplace_id)

    def confirm(self, seller: SellerId, order_id: AmazonOrderId, request: ConfirmRequest) -> None:
        """Tells Amazon of one package (confirmShipment). See `confirm_shipment.confirm`."""
        confirm(self._session, seller, order_id, request=request)

    def queue(self, url: str) -> SqsQueue:
        """Returns a queue of notifications; the same object each time."""
        with self._lock:
            known = self._queues.get(url)
            if known is None:
                known = self._queues[url] = SqsQueue(url, self._aws, wait_seconds=self._queue_wait_seconds)
            return known

    def close(self) -> None:
        """Closes every connection."""
        self._wire.close()
        with self._lock:
            for queue in self._queues.values():
                queue.close()
            self._queues.clear()


def _never(seller: SellerId) -> bool:
    del seller
    return False


def _nobody(call: CallMade) -> None:
    del call
