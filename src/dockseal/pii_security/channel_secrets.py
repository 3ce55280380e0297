"""What is secret of the channels that alerts are sent over: web addresses, keys and passwords, sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from dockseal.domain.access import Actor
from dockseal.domain.secret import Secret
from dockseal.errors import SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.credentials import CredentialVault


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSecrets:
    """Keeps them in the credential vault, under the name of their channel."""

    credentials: CredentialVault

    def store(self, channel: str, contents: Mapping[str, Secret], actor: Actor) -> None:
        """Seals what is secret of a channel, in place of what was.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        plain = {name: text.reveal() for name, text in contents.items()}
        tag = Tag.ALERT_CREDENTIAL_STORED
        self.credentials.store(_name(channel), plain, tag=tag, actor=actor, channel=channel)

    def read(self, channel: str) -> Mapping[str, Secret] | None:
        """Returns what is secret of a channel; None if nothing is kept.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
        """
        contents = self.credentials.contents(_name(channel))
        return None if contents is None else {name: Secret(text) for name, text in contents.items()}

    def origin(self, channel: str) -> str:
        """Returns scheme and host of a web address, which are no secret; empty where none can be read."""
        try:
            kept = self.read(channel) or {}
            url = urlsplit(kept["url"].reveal())
        except (SealBroken, KeyError, ValueError):
            return ""
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}"

    def forget(self, channel: str) -> None:
        """Deletes what is secret of a channel, inside the transaction that says so."""
        storage, name = self.credentials.storage, _name(channel)
        newest = storage.credentials.latest(name)
        storage.credential_marks.erase(name, [newest] if newest else [])
        storage.on_commit(lambda: storage.credentials.delete(name))


def _name(channel: str) -> str:
    return f"channel/{channel}/secret"
