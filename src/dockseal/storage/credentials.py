"""The sealed credentials: the newest version of every secret, in the vault database.

Which version was stored last is kept in the operations database, out of the reach of whoever writes here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from dockseal.domain.sealed import CredentialMark, SealedCredential
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.marks import CredentialMarkRow
from dockseal.storage.router import OPERATIONS, VAULT
from dockseal.storage.rows import by_key, inserted, upserted
from dockseal.storage.vault.models import CredentialRow


@edge
class Credentials:
    """The table of sealed credentials."""

    def put(self, credential: SealedCredential) -> None:
        """Keeps a new version of a credential.

        Raises:
            MoveRefused: this version is already kept.
        """
        row = CredentialRow(
            name=credential.name,
            version=credential.version,
            stored_at=credential.stored_at,
            secret_at=credential.secret_at,
            first_at=credential.first_at,
            former_until=credential.former_until,
            ciphertext=credential.ciphertext,
        )
        if not inserted(row, VAULT):
            raise MoveRefused(f"version {credential.version} of credential {credential.name} is already kept")

    def latest(self, name: str) -> SealedCredential | None:
        """Returns the newest version of a credential."""
        row = CredentialRow.objects.filter(name=name).order_by("-version").first()
        return None if row is None else _credential(row)

    def version(self, name: str, version: int) -> SealedCredential | None:
        """Returns one version of a credential."""
        row = CredentialRow.objects.filter(name=name, version=version).first()
        return None if row is None else _credential(row)

    def all(self) -> list[SealedCredential]:
        """Returns the newest version of every credential, by name."""
        newest: dict[str, SealedCredential] = {}
        for row in CredentialRow.objects.order_by("name", "version"):
            newest[row.name] = _credential(row)
        return list(newest.values())

    def count(self, prefix: str) -> int:
        """Returns how many versions there are of the credentials whose name begins so."""
        return CredentialRow.objects.filter(name__startswith=prefix).count()

    def forget_before(self, name: str, version: int) -> int:
        """Deletes the versions of a credential before one; returns how many."""
        return CredentialRow.objects.filter(name=name, version__lt=version).delete()[0]

    def several(self) -> list[str]:
        """Returns the names that more than one version is kept of: a crash left the older ones."""
        rows = CredentialRow.objects.values("name").annotate(versions=Count("id")).filter(versions__gt=1)
        return list(rows.order_by("name").values_list("name", flat=True))

    def with_former(self, now: datetime) -> list[str]:
        """Returns the names of credentials that hold a former secret whose time is over."""
        rows = CredentialRow.objects.filter(former_until__lte=now).order_by("name")
        return list(rows.values_list("name", flat=True).distinct())

    def delete(self, prefix: str) -> int:
        """Deletes every version of every credential whose name begins so; returns how many."""
        return CredentialRow.objects.filter(name__startswith=prefix).delete()[0]

    def names(self) -> list[str]:
        """Returns the name of every credential."""
        return list(CredentialRow.objects.order_by("name").values_list("name", flat=True).distinct())


@edge
class CredentialMarks:
    """The table, in the operations database, of which version of each credential was stored last."""

    def get(self, name: str) -> CredentialMark | None:
        """Returns what is kept of a credential; None: it was never stored since this is kept."""
        row = by_key(CredentialMarkRow, OPERATIONS, name)
        return None if row is None else CredentialMark(name=row.name, version=row.version, mark=row.mark)

    def claim(self, name: str) -> None:
        """Has nobody else store this credential until the open transaction ends."""
        # Read for update: on SQLite a transaction of ours has the only writer's lock already.
        CredentialMarkRow.objects.select_for_update().filter(pk=name).first()

    def all(self) -> list[CredentialMark]:
        """Returns what is kept of every credential, by name."""
        rows = CredentialMarkRow.objects.order_by("name")
        return [CredentialMark(name=row.name, version=row.version, mark=row.mark) for row in rows]

    def put(self, credential: SealedCredential) -> None:
        """Keeps that this version was stored, inside the transaction that says so."""
        row = CredentialMarkRow(name=credential.name, version=credential.version, mark=credential.mark)
        upserted(row, OPERATIONS, by=("name",))

    def live(self, prefix: str) -> bool:
        """Tells whether a credential whose name begins so was stored and not erased since."""
        return CredentialMarkRow.objects.filter(name__startswith=prefix).exclude(mark="").exists()

    def erase(self, prefix: str, newest: Iterable[SealedCredential]) -> None:
        """Keeps that every credential whose name begins so was erased: no version so far counts any more.

        Args:
            prefix: How their names begin.
            newest: The newest version of each that is in the vault.
        """
        for credential in newest:
            row = CredentialMarkRow(name=credential.name, version=credential.version)
            upserted(row, OPERATIONS, by=("name",))
        CredentialMarkRow.objects.filter(name__startswith=prefix).update(mark="")


def _credential(row: CredentialRow) -> SealedCredential:
    return SealedCredential(
        name=row.name,
        version=row.version,
        stored_at=row.stored_at,
        ciphertext=bytes(row.ciphertext),
        secret_at=row.secret_at,
        first_at=row.first_at,
        former_until=row.former_until,
    )
