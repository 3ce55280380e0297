"""Builds what routes orders."""

import structlog

from dockseal.fulfillment_processing.routing import Routing, Ways
from dockseal.fulfillment_processing.routing_file import RoutingFile, name_faults
from dockseal.fulfillment_processing.routing_rules import Table
from dockseal.settings import Settings
from dockseal.storage.store import Storage
from dockseal.warehouses.registry import Adapters

log = structlog.get_logger(__name__)


def routing_file_of(settings: Settings, storage: Storage, adapters: Adapters) -> RoutingFile:
    """Reads the routing rules, if there are any.

    Raises:
        SettingsFault: with every fault of the file at once.
    """

    def check(table: Table) -> tuple[str, ...]:
        warehouses = storage.warehouses.all() if table.rules else []
        return name_faults(
            table,
            warehouses=[each.id for each in warehouses],
            sellers=[each.id for each in storage.sellers.all()],
            without_recipient=adapters.without_recipient(warehouses),
        )

    def tell(faults: tuple[str, ...]) -> None:
        del faults  # `dockseal routing check` says them
        log.warning("routing.changed_file_not_taken")

    return RoutingFile(settings.routing_file, check=check, tell=tell)


def routing_of(file: RoutingFile, storage: Storage, adapters: Adapters) -> Routing:
    """Returns what routes orders by the rules of a file."""

    def ways() -> Ways:
        warehouses = storage.warehouses.all()
        return Ways(without=adapters.without_recipient(warehouses), passed=adapters.passed(warehouses))

    return Routing(rules=file, ways=ways, changed=file.changed)
