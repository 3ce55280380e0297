"""Which app lives in which database."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import Model

OPERATIONS = "default"
VAULT = "vault"

LABELS: Mapping[str, frozenset[str]] = MappingProxyType(
    {OPERATIONS: frozenset({"operations", "sessions"}), VAULT: frozenset({"vault"})}
)
"""The app labels of each database alias."""
NAMES: Mapping[str, str] = MappingProxyType({OPERATIONS: "operations", VAULT: "vault"})
"""What a person calls each database."""


class Router:
    """Sends each app to its own database; the two never share a table or a transaction."""

    def db_for_read(self, model: type[Model], **_hints: object) -> str:
        """Returns the alias of the model's database."""
        return VAULT if model._meta.app_label in LABELS[VAULT] else OPERATIONS

    def db_for_write(self, model: type[Model], **_hints: object) -> str:
        """Returns the alias of the model's database."""
        return self.db_for_read(model)

    def allow_relation(self, left: Model, right: Model, **_hints: object) -> bool:
        """Tells whether both live in the same database."""
        return self.db_for_read(type(left)) == self.db_for_read(type(right))

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:
        """Tells whether tables of the app belong into the database."""
        return app_label in LABELS[db]
