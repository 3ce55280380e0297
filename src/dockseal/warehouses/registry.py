"""Finds adapters by name, so that one from another distribution works like ours."""

import threading
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from typing import cast

import httpx

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import LiveSecrets
from dockseal.errors import BadInput, SettingsFault
from dockseal.warehouses.personal_data import OPTION, is_passed, needs_recipient
from dockseal.warehouses.port import AdapterParts, Collecting, WarehouseAdapter

GROUP = "dockseal.warehouses"
"""The entry point group."""

AdapterFactory = Callable[[AdapterParts], WarehouseAdapter]


def adapter(name: str) -> AdapterFactory:
    """Returns the adapter class of this name.

    Raises:
        BadInput: no installed distribution offers it.
        SettingsFault: it cannot be imported.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise BadInput(f"there is no warehouse adapter {name!r}; choose one of {', '.join(adapter_names())}")
    try:
        return cast(AdapterFactory, next(iter(found)).load())
    except (ImportError, AttributeError):
        raise SettingsFault(
            (f"the warehouse adapter {name!r} cannot be imported; install its distribution again",)
        ) from None


def adapter_names() -> list[str]:
    """Returns the names of all installed adapters."""
    return sorted({point.name for point in entry_points(group=GROUP)})


class Adapters:
    """Builds each warehouse's adapter once and keeps it, until its options or its secret change.

    What is installed is looked up once for each name, too: it does not change while a process runs.
    """

    def __init__(
        self,
        secrets: Callable[[WarehouseId], LiveSecrets | None],
        clock: Clock,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._transport = transport
        self._lock = threading.Lock()
        self._built: dict[WarehouseId, tuple[Warehouse, LiveSecrets | None, WarehouseAdapter]] = {}
        self._found: dict[str, AdapterFactory] = {}

    def __call__(self, warehouse: Warehouse) -> WarehouseAdapter:
        """Returns the adapter of a warehouse.

        Raises:
            BadInput: its adapter is not installed.
            SettingsFault: its options or its secret cannot work.
        """
        secrets = self._secrets(warehouse.id)
        with self._lock:
            kept = self._built.get(warehouse.id)
            if kept is not None and kept[:2] == (warehouse, secrets):
                return kept[2]
            parts = AdapterParts(
                warehouse=warehouse,
                secret=secrets.newest if secrets else None,
                secret_before=secrets.before if secrets else None,
                transport=self._transport,
                clock=self._clock,
            )
            built = self._factory(warehouse.adapter)(parts)
            self._built[warehouse.id] = (warehouse, secrets, built)
            return built

    def without_recipient(self, warehouses: Iterable[Warehouse]) -> frozenset[WarehouseId]:
        """Returns those of these warehouses that are handed no personal data."""
        return frozenset(each.id for each in warehouses if not self._needs_recipient(each))

    def collected(self, warehouses: Iterable[Warehouse]) -> frozenset[WarehouseId]:
        """Returns those of these warehouses that have to be looked at for what they report."""
        return frozenset(each.id for each in warehouses if self._is_collected(each))

    def passed(self, warehouses: Iterable[Warehouse]) -> frozenset[WarehouseId]:
        """Returns those of these warehouses that personal data is passed on to, and never stored for."""
        return frozenset(each.id for each in warehouses if self._is_passed(each))

    def _is_collected(self, warehouse: Warehouse) -> bool:
        try:
            factory = self._factory(warehouse.adapter)
        except (BadInput, SettingsFault):
            return False  # nobody can look there, and its releases say why
        return isinstance(factory, type) and issubclass(factory, Collecting)

    def _is_passed(self, warehouse: Warehouse) -> bool:
        try:
            return bool(warehouse.option(OPTION)) and is_passed(warehouse, self._factory(warehouse.adapter))
        except (BadInput, SettingsFault):
            # Nothing is handed over before it can be built, and what was sealed till then ends in time.
            return False

    def _needs_recipient(self, warehouse: Warehouse) -> bool:
        try:
            return needs_recipient(warehouse, self._factory(warehouse.adapter))
        except (BadInput, SettingsFault):
            # Its adapter cannot be asked: in doubt nothing is left out, and its orders wait for it anyway.
            return True

    def _factory(self, name: str) -> AdapterFactory:
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = adapter(name)
        return found
