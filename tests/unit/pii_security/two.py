"""Invented officers with keys of their own, and asks that they sign."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from dockseal.pii_security.asks import LONGEST, Act, Ask, SignedAsk
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.officers import Officers
from dockseal.pii_security.two_persons import TwoPersons
from unit.pii_security.safe import NOW, PERSON, Safe

NAMES = ("casey", "robin", "sam")


@dataclass(kw_only=True)
class Two:
    """Three officers, of whom any two decide together; `robin` is asked first where nobody is named."""

    folder: Path
    keys: dict[str, OfficerKey] = field(
        default_factory=lambda: {name: OfficerKey.made(name) for name in NAMES}
    )

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.officers = Officers(self.folder / "officers")

    def registered(self) -> "Two":
        """Registers the three."""
        casey, robin, sam = (self.keys[name].public() for name in NAMES)
        self.officers.add(casey, now=NOW)
        self.officers.add(robin, now=NOW)
        self.officers.add(sam, now=NOW, ask=self.asked(Act.OFFICER_ADD, sam.subject))
        return self

    def recorded(self, safe: Safe) -> "Two":
        """Registers the three, with their rows in the trail."""
        decided = TwoPersons(officers=self.officers, storage=safe.storage, trail=safe.trail, clock=safe.clock)
        casey, robin, sam = (self.keys[name].public() for name in NAMES)
        decided.add(casey, None, PERSON)
        decided.add(robin, None, PERSON)
        decided.add(sam, self.asked(Act.OFFICER_ADD, sam.subject), PERSON)
        return self

    def ask(self, what: Act, subject: str, *, now: datetime = NOW, valid: timedelta = LONGEST) -> Ask:
        return Ask.made(what, subject, installation=self.officers.installation, now=now, valid=valid)

    def asked(
        self, what: Act, subject: str, *, by: tuple[str, ...] = NAMES[:2], now: datetime = NOW
    ) -> SignedAsk:
        """An ask that these officers signed."""
        return self.signed(self.ask(what, subject, now=now), by)

    def signed(self, ask: Ask, by: tuple[str, ...]) -> SignedAsk:
        done = SignedAsk(ask=ask)
        for name in by:
            done = done.with_signature(self.keys[name].sign(ask))
        return done
