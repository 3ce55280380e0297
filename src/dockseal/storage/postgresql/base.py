"""PostgreSQL, one writer at a time, as SQLite is: code that reads and then writes means the same on both.

SQLite's transactions begin `IMMEDIATE`. Here each takes one lock of its database as it begins, and holds it
to its end; a statement that writes outside of a transaction gets one of its own. The audit trail is a chain,
so that whatever records would wait for its turn anyhow.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base

from dockseal.storage.places import Server, password_of

_ALONE = b"SELECT pg_advisory_xact_lock(%d)" % int.from_bytes(b"dockseal")
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection."""

    # SQLite keeps a text of any length; a limit that only one of the two knows would stop lanes there alone.
    data_types = base.DatabaseWrapper.data_types | {"CharField": "varchar"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._in_a_transaction)

    def get_connection_params(self) -> dict[str, Any]:
        """Returns what libpq is told, the password as its file holds it now."""
        params: dict[str, Any] = super().get_connection_params()
        server: Server = params.pop("server")
        password = password_of(server)
        return params if password is None else params | {"password": password}

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave it out
        if autocommit:
            return
        try:
            with self.wrap_database_errors:
                self.connection.execute(_ALONE)
        except BaseException:
            # Django takes the transaction for not begun, and would go on in the failed one.
            self.close()
            raise

    def _in_a_transaction(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if self.in_atomic_block or not isinstance(sql, str) or not _WRITES.match(sql):
            return execute(sql, params, many, context)
        with transaction.atomic(using=self.alias):
            return execute(sql, params, many, context)
