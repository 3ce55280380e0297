"""How Amazon answers each question of each seller: written when it changes, read by every process."""

from dockseal.domain.identifiers import SellerId
from dockseal.domain.outage import Circuit
from dockseal.storage.edge import edge
from dockseal.storage.operations.standing import CircuitRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class CircuitTable:
    """The table of circuits, one for each question."""

    def get(self, seller: SellerId, operation: str, shape: str) -> Circuit | None:
        """Returns what is kept of a question."""
        row = CircuitRow.objects.filter(seller=seller, operation=operation, shape=shape).first()
        return None if row is None else _circuit(row)

    def put(self, circuit: Circuit) -> None:
        """Keeps how a question is answered, in place of what is kept of it."""
        row = CircuitRow(
            seller=circuit.seller,
            operation=circuit.operation,
            shape=circuit.shape,
            worked_at=circuit.worked_at,
            since=circuit.since,
            last=circuit.last,
            times=circuit.times,
            status=circuit.status,
            several=circuit.several,
        )
        upserted(row, OPERATIONS, by=("seller", "operation", "shape"))

    def refused(self, seller: SellerId | None = None) -> list[Circuit]:
        """Returns the questions that are refused now; of one seller, if given."""
        rows = CircuitRow.objects.filter(since__isnull=False)
        if seller is not None:
            rows = rows.filter(seller=seller)
        return [_circuit(row) for row in rows.order_by("since", "pk")]


def _circuit(row: CircuitRow) -> Circuit:
    return Circuit(
        seller=SellerId(row.seller),
        operation=row.operation,
        shape=row.shape,
        worked_at=row.worked_at,
        since=row.since,
        last=row.last,
        times=row.times,
        status=row.status,
        several=row.several,
    )
