"""The inventory of credentials: class, owner, age and next date of each, without opening any (DPP 1.4.2)."""

from collections.abc import Iterator
from datetime import datetime

from dockseal.domain.application import Application
from dockseal.domain.credential_age import Credential, CredentialClass
from dockseal.domain.identifiers import SellerId
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.seller import Seller
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_MASTER = (Tag.KEY_MASTER_CREATED, Tag.KEY_MASTER_ROTATED)


_NO_SECRETS = frozenset({"installation/canaries"})
"""Sealed beside the credentials, and nothing that ages."""


def inventory(storage: Storage) -> list[Credential]:
    """Returns every credential by name: those sealed in the vault, the API keys, and the master key.

    The keys of the console's cookies and of the metrics are made of the master key, and are as old as it.

    Raises:
        StorageError: a database cannot be used.
    """
    sellers = {seller.id: seller for seller in storage.sellers.all()}
    applications = {each.id: each for each in storage.applications.all()}
    sealed = [
        _sealed(kept, sellers, applications)
        for kept in storage.credentials.all()
        if kept.name not in _NO_SECRETS
    ]
    return sorted([*sealed, *_api_keys(storage), *_master(storage)], key=lambda each: each.name)


def _sealed(
    kept: SealedCredential, sellers: dict[SellerId, Seller], applications: dict[str, Application]
) -> Credential:
    whose, _, rest = kept.name.partition("/")
    owner = rest.partition("/")[0]
    if whose == "application":
        return _of_application(kept, owner, applications.get(owner))
    if whose == "seller":
        return _of_seller(kept, owner, sellers.get(SellerId(owner)))
    if whose == "warehouse":
        command = f"`dockseal warehouses rotate {owner}`"
        return _credential(kept, CredentialClass.WAREHOUSE_SECRET, owner=f"warehouse {owner}", rotate=command)
    if whose == "channel":
        command = f"give it a new one with `dockseal alerts channels add {owner} --again`"
        return _credential(kept, CredentialClass.OTHER, owner=f"alert channel {owner}", rotate=command)
    if kept.name == "installation/signing":
        command = "`dockseal credentials rotate signing`"
        return _credential(kept, CredentialClass.SIGNING_KEY, owner="the installation", rotate=command)
    return _credential(kept, CredentialClass.OTHER, owner=kept.name, rotate="store a new one")


def _of_application(kept: SealedCredential, owner: str, application: Application | None) -> Credential:
    return _credential(
        kept,
        CredentialClass.CLIENT_SECRET,
        owner=f"application {owner}",
        rotate=f"`dockseal applications rotate {owner}`",
        ends_at=application.secret_expires_at if application else None,
        by_itself=bool(application and application.rotation_queue_url),
    )


def _of_seller(kept: SealedCredential, owner: str, seller: Seller | None) -> Credential:
    if seller is not None and seller.application:
        return _credential(
            kept,
            CredentialClass.REFRESH_TOKEN,
            owner=f"seller {owner}",
            rotate=f"have the seller renew its consent with `dockseal sellers connect {owner}`",
            ends_at=seller.consent_until,
        )
    return _credential(
        kept,
        CredentialClass.CLIENT_SECRET,
        owner=f"seller {owner}",
        rotate=f"make a new one in Seller Central and run `dockseal sellers add {owner} --again`",
    )


def _credential(
    kept: SealedCredential,
    kind: CredentialClass,
    *,
    owner: str,
    rotate: str,
    ends_at: datetime | None = None,
    by_itself: bool = False,
) -> Credential:
    return Credential(
        name=kept.name,
        kind=kind,
        owner=owner,
        rotate=rotate,
        stored_at=kept.first_at or kept.since,
        since=kept.since,
        ends_at=ends_at,
        version=kept.version,
        by_itself=by_itself,
    )


def _api_keys(storage: Storage) -> Iterator[Credential]:
    for key in storage.api_keys.all():
        yield Credential(
            name=f"warehouse/{key.warehouse}/key/{key.id}",
            kind=CredentialClass.API_KEY,
            owner=f"warehouse {key.warehouse}",
            rotate=f"`dockseal warehouses key add {key.warehouse}`, then remove {key.id}",
            stored_at=key.added_at,
            since=key.added_at,
        )
    for each in storage.warehouses.all():
        if each.api_key_hash:
            yield Credential(
                name=f"warehouse/{each.id}/api-key",
                kind=CredentialClass.API_KEY,
                owner=f"warehouse {each.id}",
                rotate=f"`dockseal warehouses rotate {each.id}`",
                stored_at=each.api_key_at,
                since=each.api_key_at,
            )


def _master(storage: Storage) -> Iterator[Credential]:
    """The master key as the audit trail tells of it; nothing where there is no word of it."""
    rows = [row for tag in _MASTER for row in storage.audit.search(tag=tag.value, limit=1)]
    if rows:
        yield Credential(
            name="master key",
            kind=CredentialClass.MASTER_KEY,
            owner="the installation",
            rotate="`dockseal keys rotate`",
            stored_at=min(row.at for row in rows),
            since=max(row.at for row in rows),
        )
