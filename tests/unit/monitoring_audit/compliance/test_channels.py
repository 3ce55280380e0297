"""Every way that data leaves by is told of, as it is set up now, and clause 1.5 falls with each."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of
from dockseal.bootstrap.anchoring import anchors_of
from dockseal.cli.opened import person
from dockseal.domain.alert import Channel, ChannelKind, Severity
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.alerts.channels.options import Encryption, mail_options, web_options
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.report import report
from dockseal.pii_security.notes import VerifierKey, public_of
from dockseal.storage.places import DatabasePlaces
from postgresql import Cluster
from unit.monitoring_audit.compliance.flips import others_read_the_vault, sql

LOCAL = "on this machine alone"
TLS = "TLS 1.2 or newer"
WITNESS = VerifierKey(name="witness.example", public=public_of(bytes(32))).text


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    day = Day(folder=tmp_path)
    yield day
    day.close()


def told(day: Day, **values: object) -> dict[str, tuple[bool, str]]:
    """How each channel is with other settings; the same process, so that nothing is opened."""
    settings = day.settings.model_copy(update=values)
    anchoring = replace(day.app.anchoring, anchors=anchors_of(settings, day.app.storage))
    app = replace(day.app, settings=settings, anchoring=anchoring)
    return {each.name: (each.sealed, each.how) for each in facts_of(app).channels}


def encrypted(day: Day) -> bool:
    return report(facts_of(day.app)).of("1.5").verdict is Verdict.MET


def add(day: Day, name: str, kind: ChannelKind, options: dict[str, str], **secret: str) -> None:
    channel = Channel(id=name, kind=kind, least=Severity.WARNING, options=options)
    secrets = {each: Secret(text) for each, text in secret.items()}
    day.app.alert_channels.add(channel, secrets, person())


def add_mail(day: Day, host: str, encryption: Encryption) -> None:
    options = mail_options(
        "mail", host=host, port=0, encryption=encryption, sender="d@a.example", to=("b@c.example",), user=""
    )
    add(day, "mail", ChannelKind.MAIL, options)


def test_what_is_always_there_is_told_of(day: Day) -> None:
    assert told(day) == {
        "console": (True, LOCAL),
        "Amazon": (True, TLS),
        "queue of acme-us": (True, TLS),
        "operations database": (True, f"a file {LOCAL}"),
        "vault database": (True, f"a file {LOCAL}"),
        "warehouse reno": (True, TLS),
    }


def test_a_file_that_others_read_says_so(day: Day) -> None:
    others_read_the_vault(day)
    assert told(day)["vault database"] == (True, f"a file {LOCAL}, which others read")


@pytest.mark.parametrize(
    ("setting", "name", "plain", "tls"),
    [
        ("siem_url", "SIEM", "syslog+tcp://siem.example:601", "syslog+tls://siem.example:6514"),
        ("siem_url", "SIEM", "http://siem.example/in", "https://siem.example/in"),
        ("otlp_endpoint", "collector of traces", "http://otlp.example:4318", "https://otlp.example"),
        ("key_at", "key server", "http://bao.example/v1/transit/keys/d", "arn:aws:kms:eu-west-1:1:key/d"),
    ],
)
def test_what_the_settings_name_is_told_of_with_its_encryption(
    day: Day, setting: str, name: str, plain: str, tls: str
) -> None:
    assert name not in told(day)
    assert told(day, **{setting: tls})[name] == (True, TLS)
    sealed, how = told(day, **{setting: plain})[name]
    assert not sealed
    assert how == f"plain {plain.partition('://')[0]}"
    here = plain.replace(plain.split("/")[2].partition(":")[0], "127.0.0.1")
    assert told(day, **{setting: here})[name] == (True, LOCAL)


def test_the_witness_and_the_bucket_are_told_of_and_the_bucket_by_where_requests_go(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"audit_anchor_bucket": "s3://anchors-example/trail", "audit_witness_key": WITNESS}
    there = told(day, audit_witness="https://witness.example", **values)
    assert there["audit witness"] == there["anchor bucket"] == (True, TLS)
    # This machine's own configuration may have AWS be elsewhere, which no setting of ours tells.
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://proxy.example:9000")
    assert told(day, **values)["anchor bucket"] == (False, "plain http")


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_mail_is_encrypted_and_falls_with_the_row_that_says_so(day: Day, encryption: Encryption) -> None:
    add_mail(day, "mail.example", encryption)
    assert told(day)["alerts mail"] == (True, TLS)
    assert encrypted(day)
    sql(
        "operations",
        f"UPDATE operations_alert_channel SET options = replace(options, '\"{encryption}\"', '\"none\"')",
    )(day)
    assert told(day)["alerts mail"] == (False, "plain SMTP")
    assert not encrypted(day)


def test_mail_to_this_machine_may_go_as_it_is(day: Day) -> None:
    add_mail(day, "127.0.0.1", Encryption.NONE)
    assert told(day)["alerts mail"] == (True, LOCAL)


def test_a_web_channel_is_told_of_by_the_address_in_the_vault_and_without_one_it_is_not_encrypted(
    day: Day,
) -> None:
    url = "https://chat.example/invented"
    add(day, "chat", ChannelKind.SLACK, web_options("chat", Secret(url)), url=url)
    assert told(day)["alerts chat"] == (True, TLS)
    assert "invented" not in str(told(day))
    sql("vault", "DELETE FROM vault_credential WHERE name LIKE 'channel/%'")(day)
    assert told(day)["alerts chat"] == (False, "its address cannot be read: add it --again")
    assert not encrypted(day)


@pytest.mark.parametrize(("adapter", "sealed"), [("rest", False), ("by_hand", False), ("folder", True)])
def test_a_warehouse_that_comes_to_the_console_is_as_the_console_is(
    tmp_path: Path, adapter: str, sealed: bool
) -> None:
    (tmp_path / "out").mkdir()
    options = {"root": str(tmp_path / "out"), "encrypt": "none"} if adapter == "folder" else {}
    with contextlib.closing(Day(folder=tmp_path, adapter=adapter, options=options)) as day:
        assert told(day)["warehouse reno"][0]
        assert told(day, console_host="0.0.0.0")["warehouse reno"][0] is sealed


def test_a_database_elsewhere_is_told_of_by_the_connection_that_is_open_to_it(
    postgresql: Cluster, fresh: DatabasePlaces, tmp_path: Path
) -> None:
    away = "postgresql://dockseal_vault@db.example/dockseal_vault"
    with contextlib.closing(Day(folder=tmp_path, choices=postgresql.settings(fresh, tmp_path))) as day:
        assert told(day)["vault database"] == (True, LOCAL)
        assert told(day, vault_database=away)["vault database"] == (False, "plain")
