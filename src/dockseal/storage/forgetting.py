"""Deletes old orders with everything that was kept for each: the only thing that ever deletes one.

On PostgreSQL only the owner of the tables can do that; the role that serves may delete no order.
"""

from datetime import datetime

from django.db import connections, transaction

from dockseal.storage.router import OPERATIONS

_OLD = "IN (SELECT ref FROM operations_order WHERE accepted_at < %s)"
_WHICH = (
    ("operations_shelf", "release IN (SELECT ref FROM operations_release WHERE order_id " + _OLD + ")"),  # noqa: S608 - constants alone
    ("operations_label", f'"order" {_OLD}'),
    ("operations_former_report", f"order_id {_OLD}"),
    ("operations_package", f"order_id {_OLD}"),
    ("operations_stop", f"order_id {_OLD}"),
    ("operations_cancellation", f"order_id {_OLD}"),
    ("operations_release", f"order_id {_OLD}"),
    ("operations_unmatched", "received_at < %s"),
    ("operations_notice", "noticed_at < %s"),
    ("operations_order", "accepted_at < %s"),
)
"""What belongs to an order first, and the orders themselves last; each takes the same instant."""


def forget_orders(before: datetime) -> int:
    """Deletes the orders that were taken in before an instant; returns how many."""
    connection = connections[OPERATIONS]
    instant = connection.ops.adapt_datetimefield_value(before)
    gone = 0
    with transaction.atomic(using=OPERATIONS), connection.cursor() as cursor:
        for table, which in _WHICH:
            cursor.execute(f"DELETE FROM {table} WHERE {which}", [instant])  # noqa: S608 - constants alone
            gone = cursor.rowcount
    return gone
