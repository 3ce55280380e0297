"""A text that occurs nowhere by itself, in every personal field of every order."""

from day import Day
from scanner import Scanner
from spapi_simulator import Line, Recipient

MARK = "CnryQ7xZk"
"""What every canary begins with, and nothing else has: whoever finds it finds any of them."""
FIELDS = (
    "name",
    "company",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "city",
    "county",
    "state",
    "postal_code",
    "phone",
    "buyer_name",
    "buyer_email",
)


def canary(number: int, field: str) -> str:
    """A text that occurs nowhere by itself."""
    return f"{MARK}{number:02d}{field.replace('_', '')}Zq"


def recipient(number: int) -> Recipient:
    """A buyer of whom every field is a canary; in Ireland, where a postal code may look as it likes."""
    return Recipient(**{field: canary(number, field) for field in FIELDS}, country_code="IE")


def place(day: Day, orders: int) -> list[str]:
    """Places orders, each with its canaries; returns Amazon's numbers of them."""
    return [
        day.amazon.place_order(
            day.account,
            lines=[Line(sku="MUG-1", quantity=2)],
            recipient=recipient(number),
            gift_message=canary(number, "gift"),
        )
        for number in range(orders)
    ]


def leaks(data: bytes) -> set[str]:
    """The forms in which canaries lie in some bytes."""
    return Scanner(MARK).found(data)
