"""The rules: which check becomes which alert. Pure data; `runbooks` says what to do about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from dockseal.domain.alert import Severity

_AT_ONCE = timedelta(0)
_A_MINUTE = timedelta(minutes=1)
_A_WHILE = timedelta(minutes=5)
_LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of a check that is not well."""

    id: str
    """Names it to people, and its section in the runbook."""
    begins: str
    """The first word or words of the check's name; what follows says what it is about."""
    severity: Severity
    lasts: timedelta
    """It must be found for so long before anybody is told."""
    group: str
    """What is told of in one message."""

    @property
    def at_once(self) -> bool:
        """Whether its alerts wait neither for others of their group nor for the group's turn."""
        return self.severity is not Severity.WARNING and not self.lasts


def _rule(begins: str, severity: Severity, lasts: timedelta, group: str) -> Rule:
    name = begins.lower().replace(" ", "-")
    return Rule(id=name, begins=begins, severity=severity, lasts=lasts, group=group)


_WARNING, _CRITICAL, _PAGE = Severity.WARNING, Severity.CRITICAL, Severity.PAGE

RULES: tuple[Rule, ...] = (
    _rule("sweep", _CRITICAL, _A_WHILE, "synchronization"),
    _rule("seller", _CRITICAL, _A_MINUTE, "synchronization"),
    _rule("blind", _CRITICAL, _A_MINUTE, "service"),
    _rule("amazon", _WARNING, _LONG, "synchronization"),
    _rule("orders API", _WARNING, _AT_ONCE, "synchronization"),
    _rule("addresses", _CRITICAL, _A_WHILE, "synchronization"),
    _rule("notifications", _WARNING, _A_MINUTE, "synchronization"),
    _rule("ship-by overdue", _CRITICAL, _A_WHILE, "shipping"),
    _rule("ship-by at risk", _WARNING, _A_WHILE, "shipping"),
    _rule("warehouse", _CRITICAL, _A_WHILE, "warehouses"),
    _rule("unmatched", _WARNING, _LONG, "warehouses"),
    _rule("canary", _PAGE, _AT_ONCE, "access"),
    _rule("canary register", _PAGE, _AT_ONCE, "access"),
    _rule("incident", _PAGE, _AT_ONCE, "access"),
    _rule("incident measure", _CRITICAL, _A_MINUTE, "access"),
    _rule("incident contact", _WARNING, _AT_ONCE, "access"),
    _rule("incident runbook", _WARNING, _AT_ONCE, "access"),
    _rule("opens stopped", _PAGE, _AT_ONCE, "access"),
    _rule("unusual opens", _CRITICAL, _AT_ONCE, "access"),
    _rule("openings", _CRITICAL, _AT_ONCE, "access"),
    _rule("lockout", _WARNING, _AT_ONCE, "access"),
    _rule("shredding", _CRITICAL, _AT_ONCE, "personal data"),
    _rule("shredder", _CRITICAL, _A_WHILE, "personal data"),
    _rule("archive", _WARNING, _AT_ONCE, "personal data"),
    _rule("old orders", _WARNING, _AT_ONCE, "personal data"),
    _rule("consent", _WARNING, _AT_ONCE, "credentials"),
    _rule("client secret", _WARNING, _AT_ONCE, "credentials"),
    _rule("credential", _WARNING, _AT_ONCE, "credentials"),
    _rule("audit", _CRITICAL, _A_MINUTE, "audit"),
    _rule("siem", _WARNING, _A_WHILE, "audit"),
    _rule("database", _PAGE, _A_MINUTE, "service"),
    _rule("vault", _PAGE, _A_MINUTE, "service"),
    _rule("keys", _PAGE, _A_MINUTE, "service"),
    _rule("lane", _CRITICAL, _A_WHILE, "service"),
    _rule("certificate", _WARNING, _AT_ONCE, "service"),
    _rule("disk", _CRITICAL, _A_MINUTE, "service"),
    _rule("alert channel", _CRITICAL, _A_MINUTE, "alerts"),
)
OTHER = Rule(id="other", begins="", severity=_WARNING, lasts=_A_WHILE, group="other")
"""For a check that no rule names: it is told of all the same."""
BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in (*RULES, OTHER)})
_LONGEST_FIRST = sorted(RULES, key=lambda rule: len(rule.begins), reverse=True)


def rule_for(check: str) -> tuple[Rule, str]:
    """Returns the rule of a check, and what the check is about: the rest of its name."""
    for rule in _LONGEST_FIRST:
        if check == rule.begins or check.startswith(f"{rule.begins} "):
            return rule, check[len(rule.begins) :].strip()
    return OTHER, check


def rule_named(rule_id: str) -> Rule:
    """Returns a rule by its id; `OTHER` for one that is no more."""
    return BY_ID.get(rule_id, OTHER)
