"""Reads the forms of the console."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from dockseal.console.parcels import minute
from dockseal.domain.clock import parse_utc
from dockseal.domain.release import Release
from dockseal.domain.shipment import Content, Package, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.amending import Amendment

_QUANTITY = "quantity-"
_CODES = "codes-"
_MOST_DIGITS = 6


def new_report_id() -> str:
    """Draws the report id of a fresh form, so that sending it twice reports one parcel."""
    return f"console-{secrets.token_hex(8)}"


def contents_from(form: Mapping[str, str]) -> tuple[Content, ...]:
    """Reads how much of which line lies in a parcel; empty if the form does not ask.

    Raises:
        BadInput: a quantity is no whole number, or all of them are 0.
    """
    wanted = {name.removeprefix(_QUANTITY): text for name, text in form.items() if name.startswith(_QUANTITY)}
    contents = tuple(
        Content(
            order_item_id=item,
            quantity=count,
            transparency_codes=tuple(form.get(f"{_CODES}{item}", "").split()),
        )
        for item, text in wanted.items()
        if (count := _quantity(text))
    )
    if wanted and not contents:
        raise BadInput("the parcel is empty: say how much of which line lies in it")
    return contents


def parcel_from(form: Mapping[str, str], release: Release, shipped_at: datetime) -> ShipmentReport:
    """Reads the form that reports a parcel; `tracking.report` checks what it says.

    Raises:
        BadInput: a quantity is no whole number, or all of them are 0.
    """
    contents = contents_from(form)
    return ShipmentReport(
        report_id=form.get("report_id", ""),
        warehouse=release.warehouse,
        release=release.ref,
        carrier=form.get("carrier", "").strip(),
        service=form.get("service", "").strip(),
        tracking_number=form.get("tracking_number", "").strip(),
        shipped_at=shipped_at,
        contents=contents,
    )


def amendment_from(form: Mapping[str, str], package: Package) -> Amendment:
    """Reads the form that corrects a parcel; `amending.correct` checks what it says.

    Raises:
        BadInput: a quantity is no whole number, all of them are 0, or it left at no instant.
    """
    left = form.get("shipped_at", "").strip()
    return Amendment(
        carrier=form.get("carrier"),
        service=form.get("service"),
        tracking_number=form.get("tracking_number"),
        # The field knows no seconds: untouched, it says nothing of when the parcel left.
        shipped_at=None if left in {"", minute(package.shipped_at)} else _instant(left),
        contents=contents_from(form),
    )


def _instant(text: str) -> datetime:
    try:
        return parse_utc(text)
    except ValueError:
        raise BadInput("when it left is no instant: write it such as 2026-11-02T15:04, in UTC") from None


def _quantity(text: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise BadInput("a quantity is a whole number such as 2")
    return int(text)
