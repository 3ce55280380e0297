"""A trail of any length in PostgreSQL, as orders write it: twenty rows each, of a thousand sellers.

The rows are made by the server itself, without their indexes, which are built afterwards. Their hashes are
random: nothing here verifies them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dockseal.storage.places import DatabasePlaces
from postgresql import Cluster

SELLERS, WAREHOUSES, PEOPLE = 1000, 50, 200
SECONDS = 3
"""Between two rows: ten million are a year."""
_CHUNK = 1_000_000
_ORDER = (
    ("order:life:accepted", "service:order-synchronization", ""),
    ("order:life:routed", "service:examination", "w"),
    ("token:rdt:issued", "service:retrieval", "s"),
    ("order:data:retrieved", "service:retrieval", "sp"),
    ("order:data:sealed", "service:vault", "s"),
    ("order:release:intended", "service:release", "w"),
    ("order:data:opened", "service:release", "sp"),
    ("order:life:released", "service:release", "w"),
    ("order:data:opened", "person", "sp"),
    ("order:package:reported", "warehouse", ""),
    ("order:life:shipped", "warehouse", ""),
    ("order:package:intended", "service:shipment-confirmation", ""),
    ("order:package:sent", "service:shipment-confirmation", ""),
    ("order:package:confirmed", "service:shipment-confirmation", ""),
    ("order:life:confirmed", "service:shipment-confirmation", ""),
    ("order:package:verified", "service:shipment-confirmation", ""),
    ("order:life:verified", "service:shipment-confirmation", ""),
    ("order:data:shortened", "service:vault", "s"),
    ("order:life:shredded", "service:shredding", ""),
    ("console:session:opened", "person", ""),
)
"""What an order writes: tag, actor, and which of seller, purpose and warehouse the row names."""
_FILL = """
    INSERT INTO operations_audit (seq, at, tag, actor, order_ref, fields, previous, hash)
    SELECT s, timestamptz '2026-01-01' + s * interval '{seconds} seconds', tag,
        CASE actor WHEN 'person' THEN 'person:sam-' || n % {people}
            WHEN 'warehouse' THEN 'warehouse:w' || n % {warehouses} ELSE actor END,
        CASE WHEN tag LIKE 'order:%' THEN substr(md5(n::text), 1, 20) ELSE '' END,
        jsonb_strip_nulls(jsonb_build_object(
            'seller', CASE WHEN named LIKE '%s%' THEN 'seller-' || n % {sellers} END,
            'warehouse', CASE WHEN named LIKE '%w%' THEN 'w' || n % {warehouses} END,
            'purpose', CASE WHEN named NOT LIKE '%p%' THEN NULL WHEN n % 200000 = 7 THEN 'legal_record'
                WHEN actor = 'person' THEN 'packing_slip' ELSE 'hand_over' END,
            'fields', CASE WHEN named LIKE '%p%' THEN '11' END,
            'grant', CASE WHEN named LIKE '%p%' THEN substr(md5(s::text), 1, 16) END
        )),
        md5(s::text) || md5((s + 1)::text), md5((s + 1)::text) || md5((s + 2)::text)
    FROM generate_series({low}, {high}) AS s,
        LATERAL (SELECT s / 20000 * 1000 + s % 1000 AS n, s / 1000 % 20 AS slot) AS o
        JOIN (VALUES {kinds}) AS k (place, tag, actor, named) ON k.place = o.slot
"""
"""A thousand orders are under way at once, and each writes its rows in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTrail:
    """A trail in a database of its own."""

    cluster: Cluster
    places: DatabasePlaces
    rows: int

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Runs a statement as the server's administrator."""
        return self.cluster.administrate(statement, self.places.by_alias()["default"].url.name)

    def order(self, number: int) -> str:
        """The reference of the n-th order."""
        ((reference,),) = self.run(f"SELECT substr(md5('{number}'), 1, 20)")
        return f"{reference}"


@contextmanager
def full_trail(cluster: Cluster, rows: int) -> Iterator[FullTrail]:
    """Fills a trail with rows."""
    trail = FullTrail(cluster=cluster, places=cluster.copies(), rows=rows)
    indexes = trail.run(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'operations_audit' "
        "AND indexname NOT LIKE '%pkey'"
    )
    for name, _ in indexes:
        trail.run(f"DROP INDEX {name}")
    kinds = ", ".join(
        f"({place}, '{tag}', '{actor}', '{named}')" for place, (tag, actor, named) in enumerate(_ORDER)
    )
    for low in range(1, rows + 1, _CHUNK):
        trail.run(
            _FILL.format(
                low=low,
                high=min(rows, low + _CHUNK - 1),
                kinds=kinds,
                seconds=SECONDS,
                people=PEOPLE,
                warehouses=WAREHOUSES,
                sellers=SELLERS,
            )
        )
    trail.run(
        "UPDATE operations_audit_head SET seq = last.seq, hash = last.hash "
        "FROM (SELECT seq, hash FROM operations_audit ORDER BY seq DESC LIMIT 1) AS last"
    )
    for _, definition in indexes:
        trail.run(f"{definition}")
    trail.run("VACUUM ANALYZE operations_audit")
    yield trail
    cluster.drop(trail.places)
