"""What is said inside feeds: the errand a file is on, the result of each message, and why one fails."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from spapi_simulator.world.book import Book
from spapi_simulator.world.records import OrderRecord


class Problem(StrEnum):
    """Why a message or a whole file fails, as the report's ResultMessageCode.

    Amazon publishes no list of these for order feeds. 5000 (XML that cannot be read) and 18028 (no such
    order) were seen in old reports of Amazon's; the others are this simulator's own.
    """

    UNREADABLE = "5000"
    WRONG_MESSAGE_TYPE = "5001"
    INVALID_MESSAGE = "5002"
    WRONG_MERCHANT = "5003"
    REPEATED_MESSAGE_ID = "5004"
    MISSING_COLUMN = "5005"
    MISSING_FIELD = "18001"
    INVALID_FIELD = "18002"
    UNKNOWN_CARRIER = "18003"
    INVALID_DATE = "18004"
    UNKNOWN_ORDER = "18028"
    UNKNOWN_ITEM = "18029"
    WRONG_STATE = "18030"
    NOT_ACCEPTED = "18031"


class Unreadable(Exception):
    """A whole file fails: not one of its messages is carried out."""

    def __init__(self, problem: Problem, words: str) -> None:
        super().__init__(words)
        self.problem = problem
        self.words = words


class Rejected(Exception):
    """One message fails; the others of its file are carried out all the same."""

    def __init__(self, problem: Problem, words: str) -> None:
        super().__init__(words)
        self.problem = problem
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Whose file it is, the marketplaces it is for, and when it is carried out."""

    seller_id: str
    marketplace_ids: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one message or row; without a problem it was carried out.

    Attributes:
        number: The MessageID, or the number of the row; 0 stands for the whole file.
        order_id: The order it named, as it was given.
        item_id: The item a row named.
    """

    number: str
    order_id: str = ""
    item_id: str = ""
    problem: Problem | None = None
    words: str = ""

    @property
    def good(self) -> bool:
        """Whether it was carried out."""
        return self.problem is None

    def spoiled(self, fault: Rejected) -> "Result":
        """Return it with the reason why it was not carried out."""
        return replace(self, problem=fault.problem, words=fault.words)


def find_order(book: Book, errand: Errand, order_id: str, *, merchant_order_id: str = "") -> OrderRecord:
    """Return the order a message names, by Amazon's id or by the seller's own number.

    Raises:
        Rejected: None is named, the seller has no such order, or the feed is not for its marketplace.
    """
    if not (order_id or merchant_order_id):
        raise Rejected(Problem.MISSING_FIELD, "The order id is missing.")
    if order_id:
        order = book.find(order_id)
    else:
        own = book.of_seller(errand.seller_id)
        order = next((one for one in own if one.seller_order_id == merchant_order_id), None)
    if order is None or order.seller_id != errand.seller_id:
        raise Rejected(Problem.UNKNOWN_ORDER, "The order is not one of this seller's.")
    if order.marketplace.marketplace_id not in errand.marketplace_ids:
        raise Rejected(Problem.UNKNOWN_ORDER, "The order is not in a marketplace of this feed.")
    return order
