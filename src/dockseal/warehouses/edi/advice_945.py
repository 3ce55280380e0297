"""Reads the 945, the warehouse shipping advice: parcels, what is in them, and what will never come."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from dockseal.domain.identifiers import AMAZON_ORDER_ID, ReleaseRef, WarehouseId
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.warehouse_message import LateRefusal, StopReply, WarehouseMessage
from dockseal.warehouses.edi.numbers import reference_of
from dockseal.warehouses.edi.parcels import Line, Parcel, Parted, SetFaulty, parted
from dockseal.warehouses.edi.profile import Profile
from dockseal.warehouses.edi.reading import Fault, TransactionSet
from dockseal.warehouses.edi.syntax import Segment

CODE = "945"
GROUP = "SW"
"""GS01."""

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class Advice:
    """What a 945 says."""

    messages: list[WarehouseMessage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences for a person, about what no message can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advices:
    """Reads the advices of one warehouse.

    Attributes:
        asked_to_stop: The releases that the warehouse was asked not to ship.
    """

    profile: Profile
    warehouse: WarehouseId
    now: datetime
    asked_to_stop: frozenset[str] = frozenset()

    def read(self, document: TransactionSet) -> Advice | Fault:
        """Returns what a 945 says, or what is wrong with it."""
        try:
            return self._read(document.segments)
        except SetFaulty as faulty:
            return faulty.fault

    def _read(self, segments: tuple[Segment, ...]) -> Advice:
        position, w06 = _first(segments, "W06")
        whole = parted(segments, self.profile)
        release, order_id = self._order(w06, position)
        lines = [line for parcel in whole.parcels for line in parcel.lines]
        if self.profile.advices.totals:
            _check_total(segments, lines)
        advice = Advice(notes=list(self._notes(lines, release or order_id)))
        left = [line for line in lines if line.shipped and line.meaning != "substituted"]
        if release:
            advice.messages.extend(self._replies(release, lines, left=left))
        if left:
            advice.messages.extend(self._reports(segments, whole, w06, release=release, order_id=order_id))
        return advice

    def _order(self, w06: Segment, position: int) -> tuple[ReleaseRef, str]:
        """Returns our reference, or Amazon's order id where the partner knows that alone."""
        for text in (w06[2], w06[6]):
            number = text.strip()
            if AMAZON_ORDER_ID.fullmatch(number):
                return ReleaseRef(""), number
            if _PLAIN.fullmatch(number):
                return reference_of(number), ""
        raise SetFaulty(
            Fault(words="it names no order", tag="W06", position=position, element=2, element_code="1")
        )

    def _reports(
        self,
        segments: tuple[Segment, ...],
        whole: Parted,
        w06: Segment,
        *,
        release: ReleaseRef,
        order_id: str,
    ) -> Iterator[ShipmentReport]:
        carrier, service = self._carrier(segments)
        shipped_at = self._shipped_at(segments, w06)
        bill = [*whole.header.places.get("N9*BM", []), w06[4], w06[3]]
        shipment = next((text for text in bill if text), "")
        for tracking, lines in self._by_tracking(whole).items():
            contents, by_sku = _contents(lines)
            yield ShipmentReport(
                report_id=f"945:{release or order_id}:{shipment}:{tracking}",
                warehouse=self.warehouse,
                release=release,
                order_id=order_id,
                carrier=carrier,
                service=service,
                tracking_number=tracking,
                shipped_at=shipped_at,
                contents=contents,
                by_sku=by_sku,
            )

    def _by_tracking(self, whole: Parted) -> dict[str, list[Line]]:
        """Returns the lines of each parcel: loops that name one tracking number, or none, are one."""
        found: dict[str, list[Line]] = {}
        for parcel in whole.parcels:
            left = [line for line in parcel.lines if line.shipped and line.meaning != "substituted"]
            if left:
                found.setdefault(self._tracking(parcel, whole.header), []).extend(left)
        return found

    def _tracking(self, parcel: Parcel, header: Parcel) -> str:
        for stands in (parcel, header):
            for place in self.profile.advices.tracking:
                values = list(dict.fromkeys(stands.places.get(place, [])))
                if len(values) > 1:
                    raise SetFaulty(
                        Fault(
                            words=f"it names {len(values)} tracking numbers for one list of lines ({place}), "
                            "so nobody knows what is in which parcel; see advices.packages in the profile",
                            tag=place[: place.index("*")],
                            segment_code="5",
                        )
                    )
                if values:
                    return values[0]
        if self.profile.advices.untracked:
            return ""
        places = ", ".join(self.profile.advices.tracking)
        raise SetFaulty(
            Fault(
                words=f"it names no tracking number in {places}; see advices.tracking in the profile",
                tag=self.profile.advices.tracking[0].split("*")[0],
                segment_code="3",
            )
        )

    def _carrier(self, segments: tuple[Segment, ...]) -> tuple[str, str]:
        """Returns carrier and service: by the SCAC where it is known, else by the routing text."""
        position, w27 = _first(segments, "W27")
        scac, routing = w27[2].strip(), w27[3].strip()
        known = self.profile.advices.carrier(scac)
        if known:
            return known, routing
        if not (routing or scac):
            raise SetFaulty(
                Fault(
                    words="it names no carrier",
                    tag="W27",
                    position=position,
                    element=2,
                    element_code="1",
                )
            )
        return routing or scac, ""

    def _shipped_at(self, segments: tuple[Segment, ...], w06: Segment) -> datetime:
        """Returns when the goods left; of a day alone its end, or now if it has not ended."""
        wanted = self.profile.advices.shipped
        found = [each for each in segments if each.tag == "G62" and each[1] == wanted]
        shipped = found[0] if found else Segment("G62")
        day = _instant(shipped[2] or w06[3], "%Y%m%d", digits=8)
        if day is None or not 2000 <= day.year <= 2100:
            raise SetFaulty(
                Fault(words="it names no day of shipping", tag="G62", element=2, element_code="8")
            )
        zone = self.profile.zone
        clock = _instant(shipped[4][:4], "%H%M", digits=4)
        if clock is not None:
            return datetime.combine(day, clock.time(), zone).astimezone(UTC)
        start = datetime.combine(day, time.min, zone).astimezone(UTC)
        end = datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)
        return min(end, max(start, self.now))

    def _replies(
        self, release: ReleaseRef, lines: list[Line], *, left: list[Line]
    ) -> Iterator[StopReply | LateRefusal]:
        asked = release in self.asked_to_stop
        if left:
            if asked:
                yield StopReply(release=release, stopped=False, words="it has shipped")
        elif any(line.meaning in {"later", "substituted"} for line in lines):
            return
        elif asked:
            yield StopReply(release=release, stopped=True, words="it ships nothing of it")
        else:
            yield LateRefusal(release=release, words="its advice says that it ships nothing of it")

    def _notes(self, lines: list[Line], order: str) -> Iterator[str]:
        for key in dict.fromkeys(line.key for line in lines):
            same = [line for line in lines if line.key == key]
            if any(line.meaning == "substituted" and line.shipped for line in same):
                yield (
                    f"warehouse {self.warehouse} shipped something else in place of {_shown(key)} of "
                    f"{_shown(order)}: it is not reported; ask the warehouse what the parcel holds"
                )
                continue
            ordered = max(line.ordered for line in same)
            shipped = sum(line.shipped for line in same)
            if shipped < ordered:
                later = any(line.meaning == "later" for line in same)
                rest = "says that the rest comes later" if later else "will not ship the rest"
                yield (
                    f"warehouse {self.warehouse} shipped {shipped} of {ordered} of {_shown(key)} of "
                    f"{_shown(order)} and {rest}: see that the order is completed or cancelled in time"
                )


def _contents(lines: list[Line]) -> tuple[tuple[Content, ...], tuple[SkuContent, ...]]:
    """Returns what a parcel holds, by Amazon's item ids where all lines have one, else by SKU."""
    if all(line.item for line in lines):
        return tuple(Content(order_item_id=line.item, quantity=line.shipped) for line in lines), ()
    for line in lines:
        if not line.sku:
            raise SetFaulty(
                Fault(
                    words="a line names neither the item id nor the SKU (advices.skus in the profile)",
                    tag="W12",
                    position=line.position,
                    element=8,
                    element_code="1",
                )
            )
    return (), tuple(SkuContent(sku=line.sku, quantity=line.shipped) for line in lines)


def _check_total(segments: tuple[Segment, ...], lines: Iterable[Line]) -> None:
    shipped = sum(line.shipped for line in lines)
    for position, each in enumerate(segments, 1):
        if each.tag == "W03" and each[1].strip() not in {str(shipped), f"{shipped}.0", f"{shipped}."}:
            words = f"its total (W03) is not the {shipped} that its lines add up to"
            raise SetFaulty(Fault(words=words, tag="W03", position=position, element=1, element_code="7"))


def _first(segments: tuple[Segment, ...], tag: str) -> tuple[int, Segment]:
    for position, each in enumerate(segments, 1):
        if each.tag == tag:
            return position, each
    raise SetFaulty(Fault(words=f"it has no {tag}", tag=tag, segment_code="3"))


def _instant(text: str, form: str, *, digits: int) -> datetime | None:
    """Returns a day or a time of day; the result's other half means nothing."""
    if len(text) != digits or not text.isascii() or not text.isdigit():
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  the zone is the profile's, and added there
    except ValueError:
        return None


def _shown(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "(unreadable)"
