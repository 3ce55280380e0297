"""Lines of tracking: those with the same order and tracking number are one parcel."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from dockseal.domain.identifiers import AMAZON_ORDER_ID, ReleaseRef, WarehouseId
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.errors import BadInput
from dockseal.warehouses.folder.cells import is_rounded
from dockseal.warehouses.folder.options import Dates, FolderOptions
from dockseal.warehouses.folder.table import Row

REFERENCE = re.compile(r"[a-z0-9]{1,64}(?:-[0-9]{1,6}){1,2}")
"""How our references look."""
_WHOLE = re.compile(r"([0-9]{1,6})(?:[.,]0{1,4})?")
_YEARS = range(2000, 2101)
"""Any other one is mistyped, and some instants of the year 1 cannot be written in UTC."""
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """What the lines of one parcel have in common."""

    reference: str
    order_id: str
    tracking_number: str
    report_id: str


@dataclass(slots=True, kw_only=True)
class _Parcel:
    rows: list[Row] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)


def parcels(
    rows: Iterable[Row], options: FolderOptions, now: datetime
) -> tuple[tuple[ShipmentReport, ...], tuple[tuple[int, str], ...]]:
    """Returns the parcels in a file, and what is wrong with which line.

    A parcel of which a line is bad is left out as a whole: Amazon would be told of half of it.
    """
    found, faults = _by_parcel(rows)
    reports = []
    for key, parcel in found.items():
        try:
            report = None if parcel.bad else _report(key, parcel.rows, options, now)
        except _LineFault as fault:
            parcel.bad.append((fault.line, str(fault)))
            report = None
        if report is not None:
            reports.append(report)
            continue
        others = len(parcel.rows) - 1
        rest = f"; the other lines of its parcel ({others}) wait with it: send all of them" if others else ""
        faults += [(line, sentence + rest) for line, sentence in parcel.bad]
    return tuple(reports), tuple(faults)


class _LineFault(BadInput):
    """A line cannot be used."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


def _by_parcel(rows: Iterable[Row]) -> tuple[dict[_Key, _Parcel], list[tuple[int, str]]]:
    found: dict[_Key, _Parcel] = {}
    faults: list[tuple[int, str]] = []
    for row in rows:
        try:
            key = _key(row)
        except _LineFault as fault:
            faults.append((row.line, str(fault)))
            continue
        parcel = found.setdefault(key, _Parcel())
        if all(row.cells != known.cells for known in parcel.rows):  # the same line twice is one line
            parcel.rows.append(row)
    return found, faults


def _key(row: Row) -> _Key:
    for name in ("line_id", "tracking_number", "transparency_codes", "corrects", "report_id"):
        if any(map(is_rounded, row.cell(name).split())):
            raise _LineFault(
                row.line,
                f"a spreadsheet program rounded its {name}: export it again with that column as text",
            )
    reference, order_id = row.cell("reference").lower(), row.cell("amazon_order_id")
    if not reference and not order_id:
        raise _LineFault(row.line, "it names no order: give its reference, or its amazon_order_id")
    if reference and not REFERENCE.fullmatch(reference):
        raise _LineFault(row.line, "its reference is none of ours: send it as it came")
    if not reference and not AMAZON_ORDER_ID.fullmatch(order_id):
        raise _LineFault(row.line, "its amazon_order_id is none: it has 3-7-7 digits")
    if not row.cell("carrier"):
        raise _LineFault(row.line, "it has no carrier: name it, such as UPS")
    return _Key(
        reference=reference,
        order_id="" if reference else order_id,
        tracking_number=row.cell("tracking_number"),
        report_id=row.cell("report_id"),
    )


def _report(key: _Key, rows: Sequence[Row], options: FolderOptions, now: datetime) -> ShipmentReport:
    first = rows[0]
    for row in rows[1:]:
        for name in ("carrier", "service", "ship_date"):
            if row.cell(name) != first.cell(name):
                raise _LineFault(
                    row.line, f"its {name} differs from line {first.line}, which is the same parcel"
                )
    contents, by_sku = _contents(rows)
    corrects = _corrects(key, rows)
    report_id = key.report_id or _report_id(key, *((_told(rows),) if corrects else ()))
    return ShipmentReport(
        report_id=report_id,
        warehouse=WarehouseId(options.warehouse),
        release=ReleaseRef(key.reference),
        order_id=key.order_id,
        carrier=first.cell("carrier"),
        service=first.cell("service"),
        tracking_number=key.tracking_number,
        shipped_at=_shipped_at(first, options, now),
        contents=contents,
        by_sku=by_sku,
        corrects=corrects,
        corrects_number=_replaced(key, rows) if corrects and not key.report_id else "",
    )


def _contents(rows: Sequence[Row]) -> tuple[tuple[Content, ...], tuple[SkuContent, ...]]:
    contents: list[Content] = []
    by_sku: list[SkuContent] = []
    for row in rows:
        line_id, sku = row.cell("line_id"), row.cell("sku")
        if not line_id and not sku:
            if len(rows) > 1:
                raise _LineFault(row.line, "it names no line_id and no sku, as others of its parcel do")
            continue
        found = _WHOLE.fullmatch(row.cell("quantity"))
        if found is None:
            raise _LineFault(row.line, "its quantity is missing or no whole number")
        quantity, codes = int(found[1]), tuple(row.cell("transparency_codes").split())
        if line_id:
            contents.append(Content(order_item_id=line_id, quantity=quantity, transparency_codes=codes))
        else:
            by_sku.append(SkuContent(sku=sku, quantity=quantity, transparency_codes=codes))
    if contents and by_sku:
        raise _LineFault(rows[0].line, "some lines of its parcel have a line_id and some only a sku")
    return tuple(contents), tuple(by_sku)


def _corrects(key: _Key, rows: Sequence[Row]) -> str:
    """Returns the id of the report that these lines replace; empty if they are new."""
    flags = {row.cell("correction").casefold() for row in rows}
    if not flags <= _YES | _NO:
        raise _LineFault(rows[0].line, "its correction is neither yes nor no")
    earlier = _named(rows)
    if not earlier and not flags & _YES:
        return ""
    if key.report_id:
        if not earlier:
            raise _LineFault(rows[0].line, "it corrects a report and does not say which: give corrects")
        return earlier
    return _report_id(key, tracking_number=_replaced(key, rows))


def _named(rows: Sequence[Row]) -> str:
    return next((row.cell("corrects") for row in rows if row.cell("corrects")), "")


def _replaced(key: _Key, rows: Sequence[Row]) -> str:
    """Returns the number of the parcel that these lines replace, where the warehouse has no report ids."""
    return _named(rows) or key.tracking_number


def _report_id(key: _Key, *more: str, tracking_number: str = "") -> str:
    """Returns the id of a parcel that the warehouse gave none: the same lines have the same one."""
    parts = (key.reference or key.order_id, tracking_number or key.tracking_number, *more)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"file-{digest[:32]}"


def _told(rows: Iterable[Row]) -> str:
    return "\n".join(
        sorted("\t".join(f"{name}={row.cells[name]}" for name in sorted(row.cells)) for row in rows)
    )


def _shipped_at(row: Row, options: FolderOptions, now: datetime) -> datetime:
    """Returns when a parcel left: a day without a time is its last moment, or now if it is not over yet."""
    text = row.cell("ship_date")
    if not text:
        return now
    found = _DAY.fullmatch(text)
    try:
        if found and options.dates is not Dates.ISO:
            one, two, year = (int(part) for part in found.groups())
            month, day = (one, two) if options.dates is Dates.MDY else (two, one)
            moment, is_day = datetime(year, month, day), True  # noqa: DTZ001 - the zone comes below
        else:
            moment, is_day = datetime.fromisoformat(text), len(text) <= len("2026-11-02")
    except ValueError:
        raise _LineFault(
            row.line,
            "its ship_date is no day: write it as 2026-11-02, or add the option dates to the warehouse",
        ) from None
    if moment.year not in _YEARS:
        raise _LineFault(row.line, "its ship_date is in no likely year: write it as 2026-11-02")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=options.zone)
    if is_day:
        last = datetime.combine(moment.date(), time(23, 59, 59), tzinfo=moment.tzinfo)
        moment = min(last, now) if moment <= now else moment
    return moment.astimezone(UTC)
