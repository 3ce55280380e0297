"""The numbers of Amazon's Data Protection Policy, each once: what enforces or proves one takes it from here.

Who has a seller login compares them with Amazon's live text; docs/compliance.md says how.
"""

from datetime import timedelta

LONGEST_KEEP = timedelta(days=30)
"""DPP 2.1: personal data, counted from delivery; the registration form says from shipment."""
LONGEST_IMPERSONAL = timedelta(days=548)
"""DPP 1.7: Amazon's other data, 18 months."""
ERASED_WITHIN = timedelta(days=30)
"""DPP 1.7: everything, counted from Amazon's notice or the end of an authorisation."""
LEAST_TRAIL = timedelta(days=365)
"""DPP 2.6.1: the audit trail is kept for twelve months at least."""

MOST_FAILURES = 10
"""DPP 1.2.2: so many failed attempts in a row lock out, at the latest."""
LONGEST_IDLE = timedelta(minutes=15)
"""DPP 1.1.2: a screen left alone is locked by then."""
LEAVER_OUT_WITHIN = timedelta(hours=24)
"""DPP 1.2.3: whoever leaves has no access any more by then."""
ROTATED_WITHIN = timedelta(days=365)
"""DPP 1.4.2: credentials of programs are rotated every twelve months."""
CLIENT_SECRET_LIVES = timedelta(days=180)
"""Amazon, Rotating your application's LWA credentials: calls fail with an older one."""

CONSENT_LIVES = timedelta(days=365)
"""Amazon, Renew authorizations: a seller's consent ends then."""

ACCESS_REVIEWED_WITHIN = timedelta(days=90)
"""DPP 1.2.2; the inventory of assets (DPP 2.3) has the same."""
TRAINED_WITHIN = timedelta(days=365)
"""DPP 1.2.4."""
RISK_ASSESSED_WITHIN = timedelta(days=365)
"""DPP 1.6.1; subcontractors (DPP 2.8) have the same."""
PLAN_REVIEWED_WITHIN = timedelta(days=180)
"""DPP 1.6.2: the incident response plan, every six months; whom Amazon reaches (DPP 1.6.5) as often."""
INCIDENT_TOLD_WITHIN = timedelta(hours=24)
"""DPP 1.6.3: Amazon hears of an incident by then, counted from its detection."""
LOGS_REVIEWED_WITHIN = timedelta(days=14)
"""DPP 2.6.1."""
SCANNED_WITHIN = timedelta(days=30)
"""DPP 2.7: scans for vulnerabilities."""
PEN_TESTED_WITHIN = timedelta(days=365)
"""DPP 2.7: a penetration test."""
RESTORE_REHEARSED_WITHIN = timedelta(days=90)
"""Amazon's guidance to DPP 2.7: a restore is rehearsed every quarter."""

SHORTEST_PASSWORD = 12
"""DPP 1.4.1, with a capital, a small letter, a digit and a sign, and no part of the user's name."""
PASSWORDS_REMEMBERED = 10
PASSWORD_LIVES = timedelta(days=365)
PASSWORD_STAYS = timedelta(days=1)
