"""Builds what signs the audit trail and tells places outside of it."""

from collections.abc import Iterable, Mapping
from functools import partial

import httpx

from dockseal.amazon.aws import Aws
from dockseal.domain.access import Actor, ActorKind
from dockseal.errors import SettingsFault
from dockseal.monitoring_audit.anchoring import Anchoring
from dockseal.monitoring_audit.anchors.bucket import in_bucket
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.anchors.witness import WitnessAnchor
from dockseal.monitoring_audit.consecutive import grown
from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.monitoring_audit.verifier.signatures import Keys, keys_in
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifying import Verdict, verify
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.signing import Signing
from dockseal.settings import Settings
from dockseal.storage.store import Storage

_SIGNER = Actor(kind=ActorKind.SERVICE, name="anchor")


def anchoring_of(
    settings: Settings, credentials: CredentialVault, *, transport: httpx.BaseTransport | None = None
) -> Anchoring:
    """Returns what signs the trail and tells the places in the settings.

    Args:
        settings: Name the places.
        credentials: Keep the key that signs; their storage has the trail.
        transport: Carries the calls to a witness; None: the network.
    """
    signing = Signing(credentials=credentials)
    return Anchoring(
        storage=credentials.storage,
        clock=credentials.clock,
        sign=lambda text: signing.sign(text, _SIGNER),
        origin=lambda: signing.name(_SIGNER),
        anchors=anchors_of(settings, credentials.storage, transport=transport),
    )


def verified(
    settings: Settings, credentials: CredentialVault, places: Mapping[str, Iterable[Entry]]
) -> Verdict:
    """Verifies the trail with what places outside keep, and who signed its checkpoints.

    Raises:
        TrailBroken: with the number of the first bad row, and what was done to it.
        SealBroken: the signing key was altered, or the master key is another one.
    """
    witnesses = _witness_keys(settings)
    # One that was told nothing yet has signed nothing; that it is told is for health to say.
    told = {each.place for each in credentials.storage.checkpoints.places() if each.tree.size}
    if not any(f"witness {name}" in told for name, _ in witnesses):
        witnesses = {}
    return verify(credentials.storage, places=places, keys=signing_keys(credentials), witnesses=witnesses)


def _witness_keys(settings: Settings) -> Keys:
    try:
        return keys_in(settings.audit_witness_key)
    except Broken:
        fault = "DOCKSEAL_AUDIT_WITNESS_KEY is no verifier key: give what `dockseal witness make` printed"
        raise SettingsFault((fault,)) from None


def signing_keys(credentials: CredentialVault) -> Keys:
    """Returns the public keys of all times that checkpoints are signed with."""
    return keys_in("\n".join(key.text for key in Signing(credentials=credentials).public_keys()))


def anchors_of(
    settings: Settings, storage: Storage, *, transport: httpx.BaseTransport | None = None
) -> tuple[Anchor, ...]:
    """Returns the places in the settings; the witness first, so that the others keep what it signed.

    Raises:
        SettingsFault: the witness's key is none.
    """
    found: list[Anchor] = []
    if settings.audit_witness:
        _witness_keys(settings)
        witness = WitnessAnchor(
            url=settings.audit_witness,
            key=settings.audit_witness_key,
            grown=partial(grown, storage),
            transport=transport,
        )
        found.append(witness)
    if settings.audit_anchor_dir is not None:
        found.append(FolderAnchor(folder=settings.audit_anchor_dir))
    if settings.audit_anchor_bucket:
        aws = Aws(region=settings.aws_region, role=settings.aws_role, external_id=settings.aws_external_id)
        found.append(in_bucket(settings.audit_anchor_bucket, settings.aws_region, aws))
    return tuple(found)
