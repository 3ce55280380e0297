"""What the demo shows in the terminal."""

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.align import Align
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dockseal.bootstrap import App
from dockseal.cli.demo_world import Running
from dockseal.cli.printing import recorder
from dockseal.domain.audit import AuditRow
from dockseal.domain.order import OrderState
from dockseal.domain.quota import BucketState

_FLOW = (
    (OrderState.ACCEPTED, "cyan"),
    (OrderState.RELEASABLE, "cyan"),
    (OrderState.RELEASED, "blue"),
    (OrderState.PARTLY_SHIPPED, "blue"),
    (OrderState.SHIPPED, "magenta"),
    (OrderState.CONFIRMED, "magenta"),
    (OrderState.VERIFIED, "green"),
    (OrderState.SHREDDED, "bright_black"),
)
_BESIDE = ((OrderState.HELD, "yellow"), (OrderState.CANCELLED, "bright_black"))
_STATES = (*_FLOW, *_BESIDE)
_BAR = 34
_WIDTH = 140
_DATA = ("retrieved", "sealed", "opened", "shredded")
_ROWS = 10
_REST = 26
"""Lines of everything but the audit trail, when one order needs somebody."""
_NEEDS = 4
_TOLD = frozenset(
    {"warehouse", "release", "epoch", "deadline", "package", "units", "code", "reason", "purpose", "orders"}
)
_COLOURS = {
    "order:data": "magenta",
    "seller:data": "magenta",
    "key:": "magenta",
    "order:life:verified": "green",
    "order:life:held": "yellow",
    "order:life:cancelled": "yellow",
    "order:": "cyan",
}


def screen(running: Running, link: str, *, width: int, height: int) -> RenderableType:
    """Draws the whole view as of now, to fit a terminal of this many columns and lines."""
    upper = Table.grid(expand=True)
    upper.add_column(ratio=5)
    upper.add_column(ratio=6)
    right = Group(
        _panel("calls to Amazon", _amazon(running)),
        _panel("personal data", _data(running)),
        _panel("warehouse", _warehouse(running)),
    )
    upper.add_row(_panel("orders", _flow(running, bar=min(_BAR, max(6, width * 5 // 11 - 26)))), right)
    return Group(
        _head(running, link),
        upper,
        _panel("needs somebody", _needs_somebody(running)),
        _panel("audit trail", _last(running, rows=min(_ROWS, max(2, height - _REST)))),
    )


def svg(running: Running) -> str:
    """Draws the view as of now as an SVG picture, without the sign-in link."""
    console = recorder(io.StringIO(), width=_WIDTH)
    console.print(screen(running, running.console_url, width=_WIDTH, height=_REST + _ROWS))
    # Without the fonts that the picture would fetch from elsewhere; whatever is there will do.
    return re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="make demo"), flags=re.DOTALL)


def _panel(title: str, content: RenderableType) -> Panel:
    return Panel(content, title=title, title_align="left", border_style="bright_black")


def summary(running: Running, should_ship: int) -> RenderableType:
    """Draws what is left to know at the end of a run."""
    counts = _counts(running.app)
    table = Table(box=None, show_header=False)
    table.add_row("orders that should ship", str(should_ship))
    for state, _ in _STATES:
        if counts.get(state):
            table.add_row(f"  {state}", str(counts[state]))
    for operation, calls, throttled, _ in _operations(running):
        table.add_row(f"{operation} calls", f"{calls}" + (f"  ({throttled} throttled)" if throttled else ""))
    for name in _DATA:
        table.add_row(f"personal data {name}", str(_counted(running.app, name)))
    return table


def _head(running: Running, link: str) -> RenderableType:
    plan = running.plan
    head = Text.assemble(
        ("Dockseal", "bold"),
        f"  {running.clock.now():%A %H:%M}, {plan.speed:g} times as fast. Ctrl-C ends everything.",
    )
    return Group(head, Text.assemble("Sign in once: ", (link, "bold cyan"), overflow="fold"))


def _counts(app: App) -> dict[OrderState, int]:
    counts: dict[OrderState, int] = {}
    for _, state, count in app.storage.orders.counts():
        counts[state] = counts.get(state, 0) + count
    return counts


def _flow(running: Running, *, bar: int) -> RenderableType:
    counts = _counts(running.app)
    noticed = running.app.storage.notices.open_count()
    rows = [
        ("noticed", noticed, "cyan"),
        *((state, counts.get(state, 0), colour) for state, colour in _STATES),
    ]
    most = max((count for _, count, _ in rows), default=1) or 1
    table = Table.grid(padding=(0, 1))
    for name, count, colour in rows:
        blocks = "█" * max(round(bar * count / most), 1 if count else 0)
        table.add_row(Text(name), Align.right(Text(str(count), style="bold")), Text(blocks, style=colour))
    return table


def _warehouse(running: Running) -> RenderableType:
    told = running.warehouse.state()
    table = Table.grid(padding=(0, 2))
    names = {
        "received": "orders",
        "packed": "packed",
        "parcels_reported": "parcels",
        "parcels_waiting": "to go",
    }
    table.add_row(*(Text(words, style="bright_black") for words in names.values()))
    table.add_row(*(str(told[name]) for name in names))
    return table


def _operations(running: Running) -> Iterable[tuple[str, int, int, str]]:
    """Yields each of Amazon's operations: its calls, how many were throttled, and what its quota allows."""
    told: dict[str, Any] = running.amazon.state("/state")
    left = {name: bucket for _, name, bucket in running.app.storage.buckets.all()}
    for name, by_status in sorted(told["calls"].items()):
        calls = sum(by_status.values())
        bucket = left.get(name)
        yield name, calls, int(by_status.get("429", 0)), _quota(bucket, running.clock.now())


def _quota(bucket: BucketState | None, now: datetime) -> str:
    if bucket is None:
        return ""
    return f"{bucket.tokens_at(now):.0f}/{bucket.burst:.0f}, {bucket.rate:g}/s"


def _amazon(running: Running) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_row(*(Text(head, style="bright_black") for head in ("operation", "calls", "429", "quota left")))
    for name, calls, throttled, quota in _operations(running):
        style = "red" if throttled else "bright_black"
        table.add_row(name, str(calls), Text(str(throttled), style=style), quota)
    return table


def _data(running: Running) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_row(*(Text(name, style="bright_black") for name in (*_DATA, "in the vault")))
    numbers = [str(_counted(running.app, name)) for name in _DATA]
    table.add_row(*numbers, str(running.app.storage.sealed.count()))
    return table


def _counted(app: App, name: str) -> int:
    total = 0.0
    for metric in app.metrics.registry.collect():
        if metric.name == f"dockseal_personal_data_{name}":
            total += sum(sample.value for sample in metric.samples if sample.name.endswith("_total"))
    return int(total)


def _last(running: Running, *, rows: int) -> RenderableType:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, width=8)
    table.add_column(no_wrap=True, width=26)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for row in running.app.storage.audit.search(limit=rows):
        who = Text.assemble(f"order {row.order[:6]}…  " if row.order else "", (row.actor, "bright_black"))
        table.add_row(f"{row.at:%H:%M:%S}", Text(row.tag, style=_colour(row.tag)), who, _fields(row))
    return table


def _colour(tag: str) -> str:
    return next((colour for start, colour in _COLOURS.items() if tag.startswith(start)), "white")


def _fields(row: AuditRow) -> Text:
    told = [f"{name} {text}" for name, text in row.fields if name in _TOLD]
    return Text("  ".join(told), style="bright_black")


def _needs_somebody(running: Running) -> RenderableType:
    """Lists what a person has to look at: holds and detours."""
    orders = running.app.storage.orders
    told = [(order, order.hold.sentence) for order in orders.list(state=OrderState.HELD) if order.hold]
    told += [(order, order.attention) for order in orders.wanting_attention(_NEEDS)]
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=19)
    table.add_column(overflow="ellipsis", no_wrap=True)
    for order, sentence in told[:_NEEDS]:
        table.add_row(Text(order.id, style="yellow"), sentence)
    return table if table.row_count else Text("nothing", style="green")
