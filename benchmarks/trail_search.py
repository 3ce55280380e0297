"""How long a search of a long trail takes, by what is asked for, and what its indexes cost an append."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connections

from benchmarks.trail_rows import PEOPLE, SECONDS, SELLERS, WAREHOUSES, FullTrail, full_trail
from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.trail_query import TrailQuery
from dockseal.monitoring_audit.exports.asking import tags_of
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from postgresql import running

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_TIMES = 15
_PAGE = 51
_APPENDED = 1500
_INDEXES = ("audit_purpose", "audit_actor_purpose", "audit_seller", "audit_warehouse", "audit_actor_tag")
_OPENED = (Tag.ORDER_DATA_OPENED.value,)
_RELEASE = Actor(kind=ActorKind.SERVICE, name="release")
Make = Callable[[Random], TrailQuery]


def rows(number: int) -> Iterator[tuple[str, str]]:
    """Yields what to print for a trail of so many rows."""
    with running() as cluster:
        started = time.perf_counter()
        with full_trail(cluster, number) as trail:
            yield f"trail: {number:,} rows made and indexed", f"{time.perf_counter() - started:.0f} s"
            yield from _sizes(trail)
            storage = Storage.open(trail.places, secret_key="bench")
            yield from _searches(trail, storage)
            yield from _registers(trail, storage)
            yield from _appends(trail, storage)
            storage.close()


def _sizes(trail: FullTrail) -> Iterator[tuple[str, str]]:
    ((table,),) = trail.run("SELECT pg_table_size('operations_audit') / 1000000")
    for name in _INDEXES:
        ((size,),) = trail.run(f"SELECT pg_relation_size('{name}') / 1000000")
        yield f"index {name}, beside a table of {table:,} MB", f"{size:,} MB"


def _searches(trail: FullTrail, storage: Storage) -> Iterator[tuple[str, str]]:
    slowest = 0.0
    for name, make in _questions(trail).items():
        chance, times, answers = Random(name), [], 0
        for _ in range(_TIMES):
            query = make(chance)
            started = time.perf_counter()
            answers += len(storage.audit_search.rows(query, _PAGE))
            times.append((time.perf_counter() - started) * 1000)
        slowest = max(slowest, *times)
        told = f"p50 {statistics.median(times):7.1f} ms, max {max(times):7.1f} ms"
        yield f"search: {name}", f"{told}, {answers / _TIMES:.0f} rows"
    yield "search: the slowest of all", f"{slowest:.0f} ms"


def _questions(trail: FullTrail) -> dict[str, Make]:
    """What is asked, each time of another one; pages of fifty rows."""
    return _of_one_thing(trail) | _of_several(trail) | _of_what_never_was()


def _day(trail: FullTrail, chance: Random) -> dict[str, datetime]:
    since = _BEGIN + timedelta(seconds=SECONDS) * trail.rows * chance.random()
    return {"since": since, "until": since + timedelta(days=1)}


def _person(chance: Random) -> str:
    return f"person:sam-{chance.randrange(PEOPLE)}"


def _seller(chance: Random) -> str:
    return f"seller-{chance.randrange(SELLERS)}"


def _of_one_thing(trail: FullTrail) -> dict[str, Make]:
    def some_order(chance: Random) -> str:
        return trail.order(chance.randrange(trail.rows // 20))

    return {
        "everything": lambda _: TrailQuery(),
        "from the middle on": lambda chance: TrailQuery(before=chance.randrange(1, trail.rows)),
        "a day": lambda chance: TrailQuery(**_day(trail, chance)),
        "an order": lambda chance: TrailQuery(order=some_order(chance)),
        "a person": lambda chance: TrailQuery(actor=_person(chance)),
        "a service": lambda _: TrailQuery(actor="service:release"),
        "nobody": lambda _: TrailQuery(actor="person:nobody"),
        "a purpose of one in twenty rows": lambda _: TrailQuery(purpose="packing_slip"),
        "a purpose of a few rows": lambda _: TrailQuery(purpose="legal_record"),
        "a tag": lambda _: TrailQuery(tags=_OPENED),
        "order:data, seven tags": lambda _: TrailQuery(tags=tags_of("order:data")),
        "order, fifty tags": lambda _: TrailQuery(tags=tags_of("order")),
        "a seller": lambda chance: TrailQuery(seller=_seller(chance)),
        "a warehouse": lambda chance: TrailQuery(warehouse=f"w{chance.randrange(WAREHOUSES)}"),
    }


def _of_several(trail: FullTrail) -> dict[str, Make]:
    return {
        "what a person opened on a day": lambda chance: TrailQuery(
            actor=_person(chance), tags=_OPENED, **_day(trail, chance)
        ),
        "what a person opened for a purpose": lambda chance: TrailQuery(
            actor=_person(chance), purpose="packing_slip"
        ),
        "what a person opened of a seller": lambda chance: TrailQuery(
            actor=_person(chance), tags=_OPENED, seller=_seller(chance)
        ),
        "a purpose and a seller on a day": lambda chance: TrailQuery(
            purpose="hand_over", seller=_seller(chance), **_day(trail, chance)
        ),
    }


def _of_what_never_was() -> dict[str, Make]:
    return {
        "none: a service and a tag it never writes": lambda _: TrailQuery(
            actor="service:shipment-confirmation", tags=_OPENED
        ),
        "none: a service and a purpose it never has": lambda _: TrailQuery(
            actor="service:release", purpose="packing_slip"
        ),
        "none: a service and a purpose of rare rows": lambda _: TrailQuery(
            actor="service:vault", purpose="hand_over"
        ),
        "none: a warehouse and a tag that names none": lambda _: TrailQuery(
            warehouse="w7", tags=("order:package:sent",)
        ),
        "none: a person, a seller and a purpose": lambda _: TrailQuery(
            actor="person:sam-1", seller="seller-2", purpose="hand_over"
        ),
    }


def _registers(trail: FullTrail, storage: Storage) -> Iterator[tuple[str, str]]:
    length = timedelta(seconds=SECONDS) * trail.rows
    for name, period in (
        ("a day", timedelta(days=1)),
        ("30 days", timedelta(days=30)),
        ("all of it", length),
    ):
        started = time.perf_counter()
        entries = storage.audit_search.accesses(
            _BEGIN + length / 2 - period / 2, _BEGIN + length / 2 + period / 2
        )
        seconds, times = time.perf_counter() - started, sum(each.times for each in entries)
        yield f"access register: {name}, {times:,} accesses", f"{seconds:.2f} s"


def _appends(trail: FullTrail, storage: Storage) -> Iterator[tuple[str, str]]:
    """What an append costs with the indexes that only a search needs, and without them."""
    _append(storage)
    cpu, written = _measured(trail, storage)
    for name in _INDEXES:
        trail.run(f"DROP INDEX {name}")
    bare_cpu, bare = _measured(trail, storage)
    yield (
        "append: CPU of this process and of the server / without these five indexes",
        f"{cpu * 1000:.2f} ms / {bare_cpu * 1000:.2f} ms = {cpu / bare_cpu:.2f}",
    )
    yield "append: what the server logs / without", f"{written:.0f} / {bare:.0f} bytes"


def _measured(trail: FullTrail, storage: Storage) -> tuple[float, float]:
    """Returns processor seconds of an append, the best of three runs, and bytes of the server's log."""
    best, written = float("inf"), 0.0
    for _ in range(3):
        ((before,),) = trail.run("SELECT pg_current_wal_lsn()")
        started = time.process_time() + _of_server()
        _append(storage)
        best = min(best, (time.process_time() + _of_server() - started) / _APPENDED)
        ((bytes_,),) = trail.run(f"SELECT pg_current_wal_lsn() - pg_lsn '{before}'")
        written = float(f"{bytes_}") / _APPENDED
    return best, written


def _of_server() -> float:
    """Returns the processor seconds that the server's process for us has taken."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((pid,),) = cursor.fetchall()
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def _append(storage: Storage) -> None:
    trail = Trail(storage, SystemClock())
    for number in range(_APPENDED):
        with storage.transaction():
            trail.record(
                Tag.ORDER_DATA_OPENED,
                actor=_RELEASE,
                order=OrderRef(f"bench{number}"),
                purpose=Purpose.HAND_OVER,
                seller=f"seller-{number % SELLERS}",
                warehouse=f"w{number % WAREHOUSES}",
                fields=11,
            )
