"""The clauses of networks: what can be reached, and what is encrypted on the way."""

from dockseal.domain.policy import RISK_ASSESSED_WITHIN
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts


def _closed(facts: Facts) -> Evidence:
    console = next(channel for channel in facts.channels if channel.name == "console")
    figures = (("console", console.how), ("listens beyond this machine", str(facts.listens_beyond).lower()))
    if facts.listens_beyond and not console.sealed:
        sentence = (
            "The console can be reached from other machines without TLS: set DOCKSEAL_TLS_CERTIFICATE and "
            "DOCKSEAL_TLS_KEY, or listen on 127.0.0.1"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    where = "with TLS, under its certificate's names" if facts.listens_beyond else "on this machine alone"
    sentence = f"The console and the machine API answer {where}, and to nobody without a session or a key"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _encrypted(facts: Facts) -> Evidence:
    bare = [channel.name for channel in facts.channels if not channel.sealed]
    figures = (("channels", len(facts.channels)), ("not encrypted", len(bare)))
    if bare:
        sentence = f"Not encrypted on the way: {', '.join(bare)}. Change each to TLS, SFTP or this machine"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = f"All {len(facts.channels)} channels are encrypted, or do not leave this machine"
    return Evidence(met=True, sentence=sentence, figures=figures)


CONTROLS = (
    Control(
        id="1.1.1",
        title="Nobody reaches the systems who need not",
        certainty=Certainty.READERS,
        enforced_by=("console/server.py", "console/parts.py", "console/middleware.py", "settings.py"),
        proved_by=(
            "tests/unit/console/test_server.py::test_off_loopback_it_refuses_to_serve_without_tls",
            "tests/unit/console/test_doors.py::test_every_page_needs_a_session_unless_it_is_on_this_list",
        ),
        probe=_closed,
        template="docs/templates/network-diagram.md",
    ),
    Control(
        id="1.1.1-firewall",
        title="A firewall, intrusion detection and segments around the machine",
        certainty=Certainty.READERS,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/network-diagram.md",
    ),
    Control(
        id="1.1.3",
        title="The network and its end points are drawn and described",
        certainty=Certainty.READER,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/network-diagram.md",
    ),
    Control(
        id="1.5",
        title="Everything is encrypted on the way, with TLS 1.2 or newer",
        certainty=Certainty.AMAZON,
        enforced_by=(
            "console/server.py",
            "settings.py",
            "storage/database.py",
            "warehouses/webhook/address.py",
        ),
        proved_by=(
            "tests/unit/console/test_server.py::test_tls_takes_version_1_2_and_newer_alone",
            "tests/unit/warehouses/test_webhook.py::test_a_url_that_cannot_be_used_is_refused",
            "tests/unit/storage/test_roles.py::test_off_this_machine_only_a_verified_certificate_will_do",
        ),
        probe=_encrypted,
    ),
)
