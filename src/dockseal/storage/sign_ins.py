"""The one-time sign-in links of the console, by the hashes of their tokens."""

from datetime import datetime

from django.db.models import Q

from dockseal.errors import BadInput
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import SignInRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class SignIns:
    """The table of sign-in links."""

    def add(self, token_hash: str, expires_at: datetime) -> None:
        """Keeps a link.

        Raises:
            BadInput: this token is already kept; draw another one.
        """
        if not inserted(SignInRow(token_hash=token_hash, expires_at=expires_at), OPERATIONS):
            raise BadInput("this sign-in token is already kept; draw another one")

    def use(self, token_hash: str, now: datetime) -> bool:
        """Uses a link up; tells whether it was still good. Of two at the same time, one succeeds."""
        rows = SignInRow.objects.filter(token_hash=token_hash, used_at__isnull=True, expires_at__gt=now)
        return bool(rows.update(used_at=now))

    def purge(self, now: datetime) -> int:
        """Deletes links that are used or have expired; returns how many."""
        return SignInRow.objects.filter(Q(expires_at__lte=now) | Q(used_at__isnull=False)).delete()[0]
