"""Every control, in the order of the policy."""

import re

from dockseal.monitoring_audit.compliance import access, incidents, network, retention, secrets, trail, use
from dockseal.monitoring_audit.compliance.controls import Control

_NUMBERS = re.compile(r"[0-9]+")


def _place(control: Control) -> tuple[bool, str, list[int], str]:
    head, _, word = control.id.partition("-")
    policy, number = ("", head) if head[0].isdigit() else (head, word)
    return (bool(policy), policy, [int(each) for each in _NUMBERS.findall(number)], word)


CONTROLS: tuple[Control, ...] = tuple(
    sorted(
        (
            *network.CONTROLS,
            *access.CONTROLS,
            *incidents.CONTROLS,
            *retention.CONTROLS,
            *secrets.CONTROLS,
            *trail.CONTROLS,
            *use.CONTROLS,
        ),
        key=_place,
    )
)
"""DPP sections 1 to 3, then the Acceptable Use Policy and the agreement."""
