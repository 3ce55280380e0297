"""What health says of the register of canary orders: whether it can be read at all."""

from collections.abc import Callable, Iterator

from dockseal.errors import DocksealError
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sentences import sentence_of


def look_at_canaries(read: Callable[[], object]) -> Iterator[Check]:
    """Tells whether the register is broken; `read` raises an error of ours where it is."""
    try:
        read()
    except DocksealError as fault:
        told = sentence_of(f"The register of canary orders cannot be read: {fault}")
        yield Check(
            name="canary register",
            ok=False,
            sentence=(
                f"{told} As long people and warehouses open nothing, and releases by push go on: open an "
                "incident unless a restore explains it, then run `dockseal canaries renew`."
            ),
        )
