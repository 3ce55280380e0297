"""The sealed credentials: every version of every secret, in the vault database."""

from dockseal.domain.sealed import SealedCredential
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.router import VAULT
from dockseal.storage.rows import inserted
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
            ciphertext=credential.ciphertext,
        )
        if not inserted(row, VAULT):
            raise MoveRefused(f"version {credential.version} of credential {credential.name} is already kept")

    def latest(self, name: str) -> SealedCredential | None:
        """Returns the newest version of a credential."""
        row = CredentialRow.objects.filter(name=name).order_by("-version").first()
        if row is None:
            return None
        return SealedCredential(
            name=row.name,
            version=row.version,
            stored_at=row.stored_at,
            ciphertext=bytes(row.ciphertext),
        )

    def delete(self, prefix: str) -> int:
        """Deletes every version of every credential whose name begins so; returns how many."""
        return CredentialRow.objects.filter(name__startswith=prefix).delete()[0]

    def names(self) -> list[str]:
        """Returns the name of every credential."""
        return list(CredentialRow.objects.order_by("name").values_list("name", flat=True).distinct())
