"""Whether the console's certificate is good, and until when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from dockseal.monitoring_audit.checks import Check

REMINDED = timedelta(days=21)
"""So long before its end somebody is told."""


def look_at_certificate(place: Path | None, now: datetime) -> Iterator[Check]:
    """Tells of a certificate that ends soon, has ended, or cannot be read; of none where none is set."""
    if place is None:
        return
    try:
        certificate = x509.load_pem_x509_certificate(place.read_bytes())
    except (OSError, ValueError):
        sentence = f"{place} cannot be read as a PEM certificate: put the chain there, readable by Dockseal."
        yield Check(name="certificate", ok=False, sentence=sentence, vital=True)
        return
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    renew = "renew it, and start `dockseal serve` anew"
    if now >= ends:
        sentence = f"The console's certificate ended on {ends:%Y-%m-%d}: {renew}."
        yield Check(name="certificate", ok=False, sentence=sentence, vital=True)
    elif now < begins:
        sentence = f"The console's certificate begins on {begins:%Y-%m-%d}: is this machine's clock right?"
        yield Check(name="certificate", ok=False, sentence=sentence, vital=True)
    elif ends - now < REMINDED:
        sentence = f"The console's certificate ends on {ends:%Y-%m-%d}, in {(ends - now).days} days: {renew}."
        yield Check(name="certificate", ok=False, sentence=sentence)
