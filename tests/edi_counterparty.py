"""A warehouse at the other end of the mailbox: reads 940s, answers 997 and 945, and fails when it is told to.

It shares no code with ours: it splits and joins by itself, so that a misunderstanding of X12 shows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROFILE = """
version = "{version}"
usage = "{usage}"
timezone = "America/Los_Angeles"

[us]
qualifier = "ZZ"
id = "DOCKSEAL"

[partner]
qualifier = "14"
id = "RENO3PL"
group = "RENO"
"""


def write_profile(
    folder: Path, more: str = "", *, version: str = "4010", usage: str = "production", top: str = ""
) -> Path:
    """A profile that works; `top` goes before its first table, `more` behind the last."""
    path = folder / "profile.toml"
    path.write_text(top + PROFILE.format(version=version, usage=usage) + more, encoding="utf-8")
    return path


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    quantity: int
    sku: str
    item: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A 940 as the warehouse understands it."""

    interchange: str
    group: str
    control: str
    status: str
    number: str
    purchase_order: str
    segments: list[list[str]]
    lines: list[OrderLine]

    def first(self, tag: str, qualifier: str = "") -> list[str]:
        """The first segment of a kind, without its tag."""
        return next(
            each[1:] for each in self.segments if each[0] == tag and (not qualifier or each[1] == qualifier)
        )

    def all(self, tag: str) -> list[list[str]]:
        return [each[1:] for each in self.segments if each[0] == tag]


@dataclass(frozen=True, kw_only=True)
class Packed:
    """One line of a 945."""

    sku: str
    shipped: int
    ordered: int | None = None
    item: str = ""
    status: str = "CC"
    unit: str = "EA"


@dataclass(frozen=True, kw_only=True)
class Box:
    tracking: str
    lines: Sequence[Packed]


@dataclass(kw_only=True)
class Counterparty:
    """The warehouse. `damage` spoils the text of the next file it sends."""

    root: Path
    version: str = "4010"
    day: str = "20261102"
    orders: list[Order] = field(default_factory=list)
    acknowledgements: list[list[list[str]]] = field(default_factory=list)
    damage: Callable[[str], str] = lambda text: text
    sent: int = 0

    def look(self) -> list[Order]:
        """Takes all files away and returns the new orders in them."""
        new = []
        for path in sorted((self.root / "out").glob("*.edi")):
            for code, order in self._orders(path.read_text(encoding="utf-8")):
                (new if code == "940" else self.acknowledgements).append(order)
            path.unlink()
        self.orders.extend(new)
        return new

    def _orders(self, text: str) -> Iterable[tuple[str, object]]:
        element, end = text[3], text[105]
        segments = [each.strip("\r\n").split(element) for each in text.split(end) if each.strip()]
        assert [segments[0][0], segments[-1][0]] == ["ISA", "IEA"]
        assert segments[0][13] == segments[-1][2]
        group, inner = segments[1][6], []
        for each in segments:
            if each[0] == "ST":
                inner = []
            inner.append(each)
            if each[0] == "SE":
                assert int(each[1]) == len(inner), "SE01 counts ST and SE too"
                assert each[2] == inner[0][2]
                if inner[0][1] == "940":
                    yield "940", _order(segments[0][13], group, inner)
                else:
                    yield inner[0][1], inner
                inner = []

    def acknowledge(self, orders: Sequence[Order], *, rejecting: Sequence[str] = (), status: str = "") -> str:
        """Sends a 997 over the orders of one interchange."""
        lines = [f"AK1*OW*{orders[0].group}"]
        for order in orders:
            bad = order.number in rejecting
            lines.append(f"AK2*940*{order.control}")
            if bad:
                lines += ["AK3*N4*6**8", "AK4*2*156*7*NEVADA"]
            lines.append("AK5*R*5" if bad else "AK5*A")
        good = sum(order.number not in rejecting for order in orders)
        code = status or ("A" if good == len(orders) else "P" if good else "R")
        lines.append(f"AK9*{code}*{len(orders)}*{len(orders)}*{good}")
        return self.send("FA", [("997", lines)])

    def ship(self, order: Order, boxes: Sequence[Box], *, bill: str = "BM1", **choices: str) -> str:
        """Sends a 945 over one order."""
        return self.send("SW", [("945", self.advice(order, boxes, bill=bill, **choices))])

    def ship_all(self, order: Order, tracking: str) -> str:
        """Sends a 945: everything is in one parcel."""
        return self.ship(order, [Box(tracking=tracking, lines=packed(order))])

    def advice(
        self,
        order: Order,
        boxes: Sequence[Box],
        *,
        bill: str = "BM1",
        number: str | None = None,
        total: str | None = None,
        carrier: str = "W27*M*UPSN*UPS Ground",
        date: str = "",
        head: Sequence[str] = (),
        place: str = "MAN*GM*00000000000000000017**CP*",
    ) -> list[str]:
        """The segments of a 945; an empty `place` puts no tracking number into the boxes."""
        said = order.number if number is None else number
        lines = [
            f"W06*F*{said}*{self.day}*SHP{bill}**{order.purchase_order}",
            "N1*WH*Reno 3PL*91*RENO",
            f"N9*BM*{bill}",
            *head,
            date or f"G62*11*{self.day}",
            carrier,
        ]
        for at, box in enumerate(boxes, 1):
            lines.append(f"LX*{at}")
            if place:
                lines.append(place + box.tracking)
            for line in box.lines:
                ordered = line.shipped if line.ordered is None else line.ordered
                quantities = f"{ordered}*{line.shipped}*{ordered - line.shipped}*{line.unit}"
                lines.append(f"W12*{line.status}*{quantities}**SK*{line.sku}")
                if line.item:
                    lines.append(f"N9*LI*{line.item}")
        shipped = sum(line.shipped for box in boxes for line in box.lines)
        lines.append(f"W03*{shipped if total is None else total}")
        return [line for line in lines if line]

    def send(self, group: str, documents: Sequence[tuple[str, Sequence[str]]], name: str = "") -> str:
        """Puts an interchange into our mailbox and returns its file's name."""
        self.sent += 1
        text = self.interchange(group, documents)
        name = name or f"{group}-{self.sent:04}.x12"
        (self.root / "in").mkdir(parents=True, exist_ok=True)
        (self.root / "in" / name).write_text(self.damage(text), encoding="utf-8")
        return name

    def interchange(self, group: str, documents: Sequence[tuple[str, Sequence[str]]]) -> str:
        number = 500 + self.sent
        full, repeats = f"00{self.version}", "^" if self.version == "5010" else "U"
        lines = [
            f"ISA*00*          *00*          *14*RENO3PL        *ZZ*DOCKSEAL       *261102*1200*{repeats}"
            f"*{full[:5]}*{number:09}*0*P*>",
            f"GS*{group}*RENO*DOCKSEAL*20261102*1200*{number}*X*{full}",
        ]
        for at, (code, inner) in enumerate(documents, 1):
            lines += [f"ST*{code}*{at:04}", *inner, f"SE*{len(inner) + 2}*{at:04}"]
        lines += [f"GE*{len(documents)}*{number}", f"IEA*1*{number:09}"]
        return "".join(f"{line}~\n" for line in lines)


def packed(order: Order) -> list[Packed]:
    """All that was ordered."""
    return [Packed(sku=line.sku, shipped=line.quantity, item=line.item) for line in order.lines]


def _order(interchange: str, group: str, segments: list[list[str]]) -> Order:
    w05 = next(each for each in segments if each[0] == "W05")
    lines = []
    for each in segments:
        if each[0] == "W01":
            lines.append({"quantity": int(each[1]), "sku": each[5], "item": ""})
        elif each[0] == "N9" and each[1] == "LI":
            lines[-1]["item"] = each[2]
        elif each[0] == "G69":
            lines[-1]["title"] = " ".join(filter(None, (lines[-1].get("title"), each[1])))
    return Order(
        interchange=interchange,
        group=group,
        control=segments[0][2],
        status=w05[1],
        number=w05[2],
        purchase_order=w05[3],
        segments=segments,
        lines=[OrderLine(**line) for line in lines],
    )
