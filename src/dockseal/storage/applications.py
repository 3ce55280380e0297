"""The applications registered with Amazon, and consents that are on their way."""

from datetime import datetime
from typing import Any

from dockseal.domain.application import Application, PendingConsent
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.seller import Region
from dockseal.errors import BadInput
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import ApplicationRow, ConsentRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted, upserted


@edge
class Applications:
    """The table of applications."""

    def put(self, application: Application) -> None:
        """Keeps an application, in place of the last one of this name."""
        row = ApplicationRow(
            id=application.id,
            application_id=application.application_id,
            redirect_uri=application.redirect_uri,
            rotation_queue_url=application.rotation_queue_url,
            secret_expires_at=application.secret_expires_at,
            draft=application.draft,
        )
        upserted(row, OPERATIONS, by=("id",))

    def get(self, name: str) -> Application:
        """Returns an application.

        Raises:
            BadInput: none has this name.
        """
        row = ApplicationRow.objects.filter(pk=name).first()
        if row is None:
            raise BadInput(f"no application is named {name}; `dockseal applications list` shows them all")
        return _application(row)

    def all(self) -> list[Application]:
        """Returns every application by name."""
        return [_application(row) for row in ApplicationRow.objects.order_by("id")]

    def change(self, name: str, **changes: Any) -> None:
        """Changes columns of an application, leaving the others."""
        ApplicationRow.objects.filter(pk=name).update(**changes)


@edge
class Consents:
    """The table of consents that sellers were sent to Amazon for."""

    def add(self, consent: PendingConsent) -> None:
        """Keeps one.

        Raises:
            BadInput: this state is already kept; draw another one.
        """
        row = ConsentRow(
            state_hash=consent.state_hash,
            application=consent.application,
            seller=consent.seller,
            region=consent.region.value,
            marketplaces=list(consent.marketplaces),
            warehouse=consent.warehouse,
            expires_at=consent.expires_at,
        )
        if not inserted(row, OPERATIONS):
            raise BadInput("this state is already kept; draw another one")

    def use(self, state_hash: str, now: datetime) -> PendingConsent | None:
        """Uses one up and returns it; None when it is unknown, used or expired. Of two, one succeeds."""
        rows = ConsentRow.objects.filter(pk=state_hash, used_at__isnull=True, expires_at__gt=now)
        if not rows.update(used_at=now):
            return None
        return _consent(ConsentRow.objects.get(pk=state_hash))

    def find(self, state_hash: str, now: datetime) -> PendingConsent | None:
        """Returns one without using it up; None when it is unknown, used or expired."""
        row = ConsentRow.objects.filter(pk=state_hash, used_at__isnull=True, expires_at__gt=now).first()
        return _consent(row) if row is not None else None

    def purge(self, before: datetime) -> int:
        """Deletes those that expired before this instant; returns how many."""
        return ConsentRow.objects.filter(expires_at__lt=before).delete()[0]


def _consent(row: ConsentRow) -> PendingConsent:
    return PendingConsent(
        state_hash=row.state_hash,
        application=row.application,
        seller=SellerId(row.seller),
        region=Region(row.region),
        marketplaces=tuple(row.marketplaces),
        warehouse=WarehouseId(row.warehouse),
        expires_at=row.expires_at,
    )


def _application(row: ApplicationRow) -> Application:
    return Application(
        id=row.id,
        application_id=row.application_id,
        redirect_uri=row.redirect_uri,
        rotation_queue_url=row.rotation_queue_url,
        secret_expires_at=row.secret_expires_at,
        draft=row.draft,
    )
