"""A SIEM is told over real TLS: an impostor of nothing, and the real one again of what it may lack."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dockseal.bootstrap.siem import siem_name, siem_of
from dockseal.domain.audit import AuditRow
from dockseal.errors import SettingsFault, SiemUnavailable
from dockseal.monitoring_audit.exports.siem import Siem
from dockseal.monitoring_audit.tags import Tag
from dockseal.settings import settings_from
from siem_receivers import Authority, https_receiver, syslog_receiver
from unit.monitoring_audit.exports.rows import one_of_each, row_of

ROWS = one_of_each()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.made(tmp_path / "authority")


def siem(url: str, **chosen: Any) -> Siem:
    made = siem_of(settings_from({"siem_url": url} | chosen))
    assert made is not None
    return made


def token_file(folder: Path, token: str, mode: int = 0o600) -> Path:
    place = folder / "token"
    place.touch()
    place.chmod(mode)
    place.write_text(f"{token}\n")
    return place


def refusal(told: Siem, rows: Sequence[AuditRow] = ROWS[:3]) -> str:
    with pytest.raises(SiemUnavailable) as refused:
        told.tell(rows)
    return str(refused.value)


def test_syslog_over_tls_takes_every_row_in_order_in_the_form_of_the_rfcs(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file).tell(ROWS)
    assert receiver.sequence() == [row.seq for row in ROWS]
    assert receiver.versions <= {"TLSv1.2", "TLSv1.3"}
    head = receiver.heads[0]
    assert (head["app"], head["at"]) == ("dockseal", "2026-11-02T08:00:01.250000Z")
    assert [int(each["sequence"]) for each in receiver.heads] == [row.seq for row in ROWS]
    assert {each["pri"] for each in receiver.heads} == {"110", "108"}
    by_tag = {
        event["metadata"]["event_code"]: head
        for event, head in zip(receiver.events, receiver.heads, strict=True)
    }
    assert by_tag[Tag.ORDER_DATA_OPEN_REFUSED]["pri"] == "108"
    assert by_tag[Tag.ORDER_DATA_OPENED]["id"] == "order"


def test_rows_go_out_as_they_are_hashed_where_that_is_chosen(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file, siem_format="json").tell(
            ROWS[:2]
        )
    assert [each["hash"] for each in receiver.events] == [row.hash for row in ROWS[:2]]


def test_a_collector_on_this_machine_takes_plain_syslog() -> None:
    with syslog_receiver(None) as receiver:
        siem(f"syslog+tcp://127.0.0.1:{receiver.port}").tell(ROWS[:5])
    assert receiver.sequence() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("scheme", ["syslog+tls", "https"])
def test_a_certificate_of_another_authority_is_refused_and_nothing_is_told(
    authority: Authority, tmp_path: Path, scheme: str
) -> None:
    stranger = Authority.made(tmp_path / "stranger", "Another Authority")
    run = syslog_receiver if scheme == "syslog+tls" else https_receiver
    with run(stranger) as receiver:
        said = refusal(siem(f"{scheme}://127.0.0.1:{receiver.port}/", siem_ca=authority.file))
        assert "DOCKSEAL_SIEM_CA" in said
        assert receiver.events == []


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        said = refusal(siem(f"syslog+tls://localhost:{receiver.port}", siem_ca=authority.file))
    assert "not taken" in said
    assert receiver.events == []


def test_a_receiver_that_knows_no_tls_of_today_is_refused(authority: Authority) -> None:
    with syslog_receiver(authority, oldest_only=True) as receiver:
        refusal(siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file))
    assert receiver.events == []


def test_a_client_certificate_is_shown_where_one_is_asked_for(authority: Authority, tmp_path: Path) -> None:
    ours = Authority.made(tmp_path / "ours", "Our Authority")
    certificate, key = ours.issue("dockseal")
    with syslog_receiver(authority, clients=ours) as receiver:
        url = f"syslog+tls://127.0.0.1:{receiver.port}"
        assert "client certificate" in refusal(siem(url, siem_ca=authority.file))
        assert receiver.events == []
        siem(url, siem_ca=authority.file, siem_certificate=certificate, siem_key=key).tell(ROWS[:3])
    assert receiver.sequence() == [1, 2, 3]


def test_a_connection_that_breaks_in_mid_is_no_telling(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        told = siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file)
        receiver.breaks_after = 2
        refusal(told, ROWS)
        told.tell(ROWS[:3])
    assert receiver.sequence() == [1, 2, 1, 2, 3]


def test_a_receiver_that_never_ends_the_connection_has_not_said_that_it_has_all(
    authority: Authority,
) -> None:
    with syslog_receiver(authority) as receiver:
        receiver.silent = True
        told = siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file)
        object.__setattr__(told, "seconds", 0.3)
        assert "told again by itself" in refusal(told)


def test_a_receiver_that_ends_it_without_the_word_for_it_has_all(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        receiver.ends_abruptly = True
        siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file).tell(ROWS[:3])
    assert receiver.sequence() == [1, 2, 3]


def test_where_nobody_listens_the_sentence_says_what_to_look_at(authority: Authority) -> None:
    with syslog_receiver(authority) as receiver:
        port = receiver.port
    said = refusal(siem(f"syslog+tls://127.0.0.1:{port}", siem_ca=authority.file))
    assert f"syslog+tls://127.0.0.1:{port} does not take audit rows (Connection refused)" in said


def test_https_takes_json_lines_with_a_token_that_is_read_anew(authority: Authority, tmp_path: Path) -> None:
    place = token_file(tmp_path, "invented-token-1")
    with https_receiver(authority) as receiver:
        receiver.token = "invented-token-2"
        told = siem(f"https://127.0.0.1:{receiver.port}/in", siem_ca=authority.file, siem_token_file=place)
        said = refusal(told)
        assert "answers 401: put a token" in said
        assert "invented-token" not in said
        token_file(tmp_path, "invented-token-2")
        told.tell(ROWS)
    assert receiver.sequence() == [row.seq for row in ROWS]


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "DOCKSEAL_SIEM_FORMAT"),
        (404, "correct the path"),
        (308, "correct the path"),
        (429, "told again by itself"),
        (503, "told again by itself"),
    ],
)
def test_any_answer_but_yes_is_no_telling(authority: Authority, status: int, says: str) -> None:
    with https_receiver(authority) as receiver:
        receiver.status = status
        said = refusal(siem(f"https://127.0.0.1:{receiver.port}/secret-path", siem_ca=authority.file))
        assert (receiver.posts, receiver.events) == (1, [])
    assert f"answers {status}" in said
    assert says in said
    assert "secret-path" not in said


def test_files_that_others_may_read_are_not_used(authority: Authority, tmp_path: Path) -> None:
    place = token_file(tmp_path, "invented-token-1", 0o644)
    told = siem("https://127.0.0.1:1/in", siem_ca=authority.file, siem_token_file=place)
    with pytest.raises(SettingsFault, match="chmod 400"):
        told.tell(ROWS[:1])
    certificate, key = authority.issue("dockseal")
    key.chmod(0o640)
    told = siem("https://127.0.0.1:1/in", siem_certificate=certificate, siem_key=key)
    with pytest.raises(SettingsFault, match="chmod 400"):
        told.tell(ROWS[:1])


def test_a_missing_file_of_authorities_is_named(tmp_path: Path) -> None:
    told = siem("https://127.0.0.1:1/in", siem_ca=tmp_path / "none.pem")
    assert "DOCKSEAL_SIEM_CA" in refusal(told)


def test_many_rows_that_fill_every_buffer_arrive_whole(authority: Authority) -> None:
    rows = [row_of(Tag.ORDER_DATA_OPENED, number) for number in range(1, 5001)]
    with syslog_receiver(authority) as receiver:
        siem(f"syslog+tls://127.0.0.1:{receiver.port}", siem_ca=authority.file).tell(rows)
    assert receiver.sequence() == list(range(1, 5001))
    assert threading.active_count() < 20


def test_there_is_no_siem_unless_one_is_set() -> None:
    assert siem_of(settings_from({})) is None
    assert siem_name(settings_from({})) == ""
