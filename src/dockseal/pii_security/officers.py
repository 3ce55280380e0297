"""The officers of an installation, and whether two of them asked for something together (ASVS 2.3.5).

officers/officers.json   everybody who was made an officer or ceased to be one, each with the ask that says so
officers/used/<id>       an ask that was used: none is good twice

The folder lies beside the keys. Each entry but the first two carries the signatures of two officers of its
time, and is checked against them whenever the registry is read: a line put in by hand makes nobody an
officer.
"""

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from dockseal.errors import BadInput, SettingsFault, TwoPersonsNeeded
from dockseal.pii_security.asks import Act, Ask, SignedAsk
from dockseal.pii_security.files import (
    FOLDER_MODE,
    locked,
    make_folder,
    mode_of_folder_in,
    refuse_if_writable,
    rewrite,
    usable,
    write_new,
)
from dockseal.pii_security.officer_keys import PublicOfficer

FOLDER = "officers"
"""Its name in the folder of the keys."""
TOGETHER = 2
"""So many officers decide together. The first two are made officers by nobody."""
_REGISTRY = "officers.json"
_USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Who is an officer, as the entries so far have it.

    Attributes:
        installation: Drawn with the first officer; asks name it.
        standing: The officers by name.
        entries: As they are kept.
    """

    installation: str
    standing: Mapping[str, PublicOfficer]
    entries: tuple[Mapping[str, str], ...]

    @classmethod
    def empty(cls) -> Self:
        """Returns the registry of a new installation."""
        return cls(installation=secrets.token_hex(16), standing={}, entries=())

    @classmethod
    def read(cls, contents: str) -> Self:
        """Reads a registry, and checks every entry.

        Raises:
            ValueError, KeyError, TypeError, BadInput, TwoPersonsNeeded: it was not written by `as_text`.
        """
        kept = json.loads(contents)
        registry = cls(installation=kept["installation"], standing={}, entries=())
        used: set[str] = set()
        for number, entry in enumerate(kept["entries"]):
            at = datetime.fromisoformat(entry["at"])
            signed = SignedAsk.read(entry["ask"]) if number >= TOGETHER else None
            if signed is not None and signed.ask.id in used:
                raise _used_before()
            used |= {signed.ask.id} if signed is not None else set()
            if signed is None and entry["ask"]:
                raise ValueError("one of the first two, whom somebody asked for")
            if entry["act"] == Act.OFFICER_ADD:
                registry = registry.adding(PublicOfficer.from_facts(entry), signed, at)
            else:
                registry = registry.removing(str(entry["name"]), signed, at)
        return registry

    def as_text(self) -> str:
        """Returns it as it is kept."""
        return json.dumps({"installation": self.installation, "entries": self.entries}, indent=1) + "\n"

    def adding(self, officer: PublicOfficer, signed: SignedAsk | None, now: datetime) -> Self:
        """Returns it with one more officer.

        Raises:
            BadInput: the name or a key is an officer's already.
            TwoPersonsNeeded: there were two before, and they did not ask for it.
        """
        if officer.name in self.standing:
            raise BadInput(
                f"{officer.name} is an officer already: remove that one first, or take another name"
            )
        for other in self.standing.values():
            if officer.sign == other.sign or officer.unseal == other.unseal:
                raise BadInput(f"these are the keys of officer {other.name}: one person is one officer")
        if len(self.entries) < TOGETHER:
            signed = None
        else:
            self.check(signed, what=Act.OFFICER_ADD, subject=officer.subject, now=now)
        standing = {**self.standing, officer.name: officer}
        return self._with(standing, {"act": Act.OFFICER_ADD.value, **officer.facts()}, signed, now)

    def removing(self, name: str, signed: SignedAsk | None, now: datetime) -> Self:
        """Returns it without an officer.

        Raises:
            BadInput: nobody is an officer of this name, or fewer than two would be left.
            TwoPersonsNeeded: two did not ask for it.
        """
        if name not in self.standing:
            raise BadInput(f"nobody named {name} is an officer: see `dockseal officers list`")
        if len(self.standing) <= TOGETHER:
            raise BadInput("two officers must be left, or nobody could ever be added: add another one first")
        self.check(signed, what=Act.OFFICER_REMOVE, subject=name, now=now)
        standing = {each: officer for each, officer in self.standing.items() if each != name}
        return self._with(standing, {"act": Act.OFFICER_REMOVE.value, "name": name}, signed, now)

    def check(self, signed: SignedAsk | None, *, what: Act, subject: str, now: datetime) -> tuple[str, ...]:
        """Returns the two or more officers who asked for exactly this, by name.

        Raises:
            TwoPersonsNeeded: they did not; says which condition failed.
        """
        if signed is None:
            raise TwoPersonsNeeded(
                f"this needs two officers: run `dockseal approvals ask {what} '{subject}' FILE`, have two of "
                "them run `dockseal approvals sign FILE`, and come back with --ask FILE"
            )
        ask = signed.ask
        if ask.installation != self.installation:
            raise TwoPersonsNeeded("the ask is meant for another installation: make one here")
        if (ask.what, ask.subject) != (what, subject):
            raise TwoPersonsNeeded(f"the ask is for {ask.what} {ask.subject}, not for {what} {subject}")
        self._check_time(ask, now)
        return self._check_signatures(signed)

    def _check_time(self, ask: Ask, now: datetime) -> None:
        if ask.asked_at > now:
            raise TwoPersonsNeeded(f"the ask begins on {ask.asked_at:%Y-%m-%d %H:%M} UTC: make it anew")
        if ask.too_long:
            raise TwoPersonsNeeded("the ask is good for more than a day, which none may be: make it anew")
        if ask.valid_until <= now:
            raise TwoPersonsNeeded(f"the ask ended on {ask.valid_until:%Y-%m-%d %H:%M} UTC: ask again")

    def _check_signatures(self, signed: SignedAsk) -> tuple[str, ...]:
        text, names = signed.ask.as_text(), []
        for each in signed.signatures:
            officer = self.standing.get(each.officer)
            if officer is None:
                raise TwoPersonsNeeded(f"{each.officer}, who signed the ask, is no officer")
            if not officer.signed(text, each.signature):
                raise TwoPersonsNeeded(
                    f"the signature of {each.officer} does not fit the ask: it was changed after it was "
                    "signed, or somebody else signed in that name"
                )
            names.append(each.officer)
        if len(set(names)) < TOGETHER:
            have = f"only {names[0]} signed" if names else "nobody signed"
            raise TwoPersonsNeeded(f"two different officers must sign the ask, and {have} it")
        return tuple(sorted(set(names)))

    def _with(
        self,
        standing: Mapping[str, PublicOfficer],
        entry: Mapping[str, str],
        signed: SignedAsk | None,
        now: datetime,
    ) -> Self:
        kept = {
            **entry,
            "at": now.astimezone(UTC).isoformat(),
            "ask": signed.as_text() if signed is not None else "",
        }
        return replace(self, standing=standing, entries=(*self.entries, kept))


class Officers:
    """The officers of an installation, in a folder."""

    def __init__(self, directory: Path, *, used: Path | None = None) -> None:
        """Takes the folder over; nothing is read yet.

        Args:
            directory: The folder `officers` beside the keys.
            used: Where the ids of used asks are kept; None: in that folder.
        """
        self._directory = directory
        self._used = used or directory / _USED

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._directory)!r})"

    @property
    def installation(self) -> str:
        """What asks name, so that no other installation takes them.

        Raises:
            TwoPersonsNeeded: there are no officers.
            SettingsFault: the registry was changed by hand.
            StorageUnavailable: it cannot be read.
        """
        return self._needed().installation

    def all(self) -> list[PublicOfficer]:
        """Returns the officers by name.

        Raises:
            SettingsFault: the registry was changed by hand.
            StorageUnavailable: it cannot be read.
        """
        with self._usable():
            standing = self._read().standing
        return [standing[name] for name in sorted(standing)]

    def check_add(self, officer: PublicOfficer, *, now: datetime, ask: SignedAsk | None = None) -> None:
        """Looks whether `add` would go well; raises as it does."""
        with self._usable():
            before = self._read()
            before.adding(officer, ask, now)
            if len(before.entries) >= TOGETHER:
                self._refuse_if_used(ask)

    def check_remove(self, name: str, *, now: datetime, ask: SignedAsk | None) -> None:
        """Looks whether `remove` would go well; raises as it does."""
        with self._usable():
            self._read().removing(name, ask, now)
            self._refuse_if_used(ask)

    def add(self, officer: PublicOfficer, *, now: datetime, ask: SignedAsk | None = None) -> tuple[str, ...]:
        """Makes somebody an officer; returns who asked for it, which is nobody for the first two.

        Raises:
            BadInput: the name or a key is an officer's already.
            TwoPersonsNeeded: there were two before, and they did not ask for it.
            SettingsFault, StorageUnavailable: as `all`.
        """
        with self._changing() as before:
            after = before.adding(officer, ask, now)
            free = len(before.entries) < TOGETHER
            self._keep(before, after, ask=None if free else ask)
        return () if free else _signers(ask)

    def remove(self, name: str, *, now: datetime, ask: SignedAsk | None) -> tuple[str, ...]:
        """Ends that somebody is an officer; returns who asked for it.

        Raises:
            BadInput: nobody is an officer of this name, or fewer than two would be left.
            TwoPersonsNeeded: two did not ask for it.
            SettingsFault, StorageUnavailable: as `all`.
        """
        with self._changing() as before:
            self._keep(before, before.removing(name, ask, now), ask=ask)
        return _signers(ask)

    def check(self, ask: SignedAsk | None, *, what: Act, subject: str, now: datetime) -> tuple[str, ...]:
        """Looks whether `verify` would go well, without using the ask up; raises as it does."""
        names = self._needed().check(ask, what=what, subject=subject, now=now)
        with self._usable():
            self._refuse_if_used(ask)
        return names

    def verify(self, ask: SignedAsk | None, *, what: Act, subject: str, now: datetime) -> tuple[str, ...]:
        """Returns the officers who asked for exactly this, and uses their ask up.

        Call it before the act. What is cut off afterwards needs another ask.

        Args:
            ask: With its signatures; None: nobody asked.
            what: The act.
            subject: What it is done to.
            now: The time.

        Raises:
            TwoPersonsNeeded: two different officers did not ask for this, or not now, or it was used before.
            SettingsFault, StorageUnavailable: as `all`.
        """
        names = self.check(ask, what=what, subject=subject, now=now)
        with self._usable():
            self._use(ask)
        return names

    def _refuse_if_used(self, ask: SignedAsk | None) -> None:
        if ask is not None and (self._used / ask.ask.id).exists():
            raise _used_before()

    def _use(self, ask: SignedAsk | None) -> None:
        if ask is None:
            return
        self._used.mkdir(mode=FOLDER_MODE, exist_ok=True)
        try:
            write_new(self._used / ask.ask.id, b"")
        except FileExistsError:
            raise _used_before() from None

    def _keep(self, before: Registry, after: Registry, *, ask: SignedAsk | None) -> None:
        self._use(ask)
        place, contents = self._directory / _REGISTRY, after.as_text().encode()
        if before.entries:
            rewrite(place, contents)
        else:
            write_new(place, contents)

    def _needed(self) -> Registry:
        with self._usable():
            registry = self._read()
        if len(registry.standing) < TOGETHER:
            raise TwoPersonsNeeded(
                "there are no two officers yet: each makes a key with `dockseal officers key`, and is added "
                "with `dockseal officers add`"
            )
        return registry

    def _read(self) -> Registry:
        place = self._directory / _REGISTRY
        try:
            for part in (self._directory, place):
                refuse_if_writable(part)
            contents = place.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Registry.empty()
        try:
            return Registry.read(contents)
        except (ValueError, KeyError, TypeError, BadInput, TwoPersonsNeeded):
            raise SettingsFault(
                (f"{place} was changed by hand, and its signatures do not bear it out: restore its backup",)
            ) from None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Registry]:
        with self._usable():
            make_folder(self._directory, mode_of_folder_in(self._directory.parent))
            refuse_if_writable(self._directory)
            with locked(self._directory / "lock"):
                yield self._read()

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        with usable(f"the officers in {self._directory} cannot be read or kept"):
            yield


def _signers(ask: SignedAsk | None) -> tuple[str, ...]:
    return tuple(sorted(each.officer for each in ask.signatures)) if ask is not None else ()


def _used_before() -> TwoPersonsNeeded:
    return TwoPersonsNeeded("the ask was used before, and is good for one time: ask again")
