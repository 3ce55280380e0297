"""No secret stands in a tracked file, nor ever stood in one (DPP 2.5); and the scan finds what is planted."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from house.secret_scan import (
    HISTORY,
    OURS,
    Found,
    found_in,
    history,
    known,
    staged,
    tracked,
    unknown,
)
from house.tree import ROOT

HEX = "0123456789abcdef"
LONG = "IwEBExampleInventedNothingOfAmazon"
_DASHES = "-" * 5
_JWT = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"HS256"}', b'{"sub":"x"}')]
PLANTED = {
    "a refresh token": "Atzr|" + LONG,
    "an access token": "Atza|" + LONG,
    "a Restricted Data Token": "Atz.sprdt|" + LONG,
    "a client secret": "amzn1.oa2-cs.v1." + 4 * HEX,
    "a presigned URL": "https://b.s3.amazonaws.com/doc?X-Amz-Date=20261102&X-Amz-Signature=" + 4 * HEX,
    "a presigned URL of before": "https://b.s3.amazonaws.com/doc?AWSAccessKeyId=" + "AKIA" + HEX.upper(),
    "an AWS access key": "key = " + "AKIA" + "QWERTYUIOPASDFGH",
    "an AWS session's key": "key = " + "ASIA" + "QWERTYUIOPASDFGH",
    "an AWS secret key": "aws_secret_access_key = '" + "a1B2" * 10 + "'",
    "an AWS session token": "AWS_SESSION_TOKEN=" + "FwoG" * 20,
    "a webhook secret": "whsec_" + base64.b64encode(bytes(32)).decode(),
    "a warehouse's API key": "dsk_" + "Zy9-" * 11,
    "a signing key": "PRIVATE" + "+KEY+someone+0123abcd+" + "AAAA" * 11,
    "a bearer token": "Authorization: " + "Bearer " + 3 * HEX,
    "a private key": f"{_DASHES}BEGIN PRIVATE KEY{_DASHES}",
    "an RSA private key": f"{_DASHES}BEGIN RSA PRIVATE KEY{_DASHES}",
    "an EC private key": f"{_DASHES}BEGIN EC PRIVATE KEY{_DASHES}",
    "an OpenSSH private key": f"{_DASHES}BEGIN OPENSSH PRIVATE KEY{_DASHES}",
    "an encrypted private key": f"{_DASHES}BEGIN ENCRYPTED PRIVATE KEY{_DASHES}",
    "a password in a URL": "postgresql://dockseal:" + "hunter2hunter2" + "@db.internal/dockseal",
    "a JSON Web Token": ".".join([*_JWT, 2 * HEX]),
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a Slack token": "xoxb-" + "123456789012-" + "a1B2" * 6,
    "a Slack webhook": "https://hooks.slack.com/" + "services/T0INVENTE/B0INVENTE/" + "a1B2" * 6,
    "a Stripe key": "sk_live_" + "a1B2" * 6,
    "a SendGrid key": "SG." + "a1B2C3d4E5f6G7h8I9j0K1" + "." + "a1B2" * 10 + "abc",
    "an npm token": "//registry.example.com/:_authToken=" + "npm_" + "a1B2" * 9,
    "a Twilio key": "SK" + 2 * HEX,
    "a Mailchimp key": 2 * HEX + "-us12",
    "a Discord token": "M" + "a1B2" * 5 + "cde" + ".Zy9xwv." + "a1B2" * 6 + "abc",
}
"""One of each kind, put together here so that this file holds none."""


def git(folder: Path, *words: str) -> None:
    name = ["-c", "user.name=Testperson Alpha", "-c", "user.email=alpha@example.com"]
    subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with nothing in it."""
    git(tmp_path, "init", "--quiet")
    return tmp_path


def commit(repository: Path, message: str = "Something") -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", message)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git repository: it is scanned where it is one")
def test_no_tracked_file_and_no_commit_ever_held_a_secret_and_every_known_one_has_its_reason() -> None:
    found = [*tracked(ROOT), *history(ROOT)]
    marks = {each.mark for each in found}
    assert [str(each) for each in unknown(found)] == []
    assert [reason for mark, reason in known().items() if mark not in marks] == [], "no longer there"
    assert [mark for mark, reason in known().items() if len(reason.split()) < 4] == []


def test_one_of_each_kind_is_found_in_a_tracked_file(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, text in enumerate(PLANTED.values()):
        (repository / f"file-{number}").write_text(f"some words\n{text}\nmore words\n", encoding="utf-8")
    git(repository, "add", "--all")
    found = {(each.path, each.line) for each in tracked(repository)}
    missed = [kind for number, kind in enumerate(PLANTED) if (f"file-{number}", 2) not in found]
    with capsys.disabled():
        sys.stdout.write(f"\n{len(PLANTED) - len(missed)} of {len(PLANTED)} planted secrets found\n")
    assert missed == []


def test_a_secret_is_found_whatever_stands_around_it(repository: Path) -> None:
    token = PLANTED["a refresh token"]
    (repository / "no text.bin").write_bytes(b"\x00\xff\xfe" + token.encode() + b"\x89")
    (repository / "ümlaut.json").write_text(f'{{"refresh_token":"{token}"}}', encoding="utf-8")
    git(repository, "add", "--all")
    assert {each.kind for each in tracked(repository)} == {"LWA refresh token"}
    assert len(list(tracked(repository))) == 2


def test_what_was_removed_is_found_in_the_history_and_so_is_what_a_message_says(repository: Path) -> None:
    (repository / "file").write_text(PLANTED["a client secret"], encoding="utf-8")
    commit(repository)
    (repository / "file").unlink()
    commit(repository, f"Removes it\n\nand says {PLANTED['an access token']} instead")
    assert list(tracked(repository)) == []
    assert {(each.path, each.kind) for each in history(repository)} == {
        (HISTORY, "LWA client secret"),
        (HISTORY, "LWA access token"),
    }


def test_a_hook_finds_what_is_staged_and_nothing_else(repository: Path) -> None:
    commit(repository)
    (repository / "file").write_text(PLANTED["an AWS access key"], encoding="utf-8")
    assert list(staged(repository)) == []
    git(repository, "add", "--all")
    assert [each.kind for each in staged(repository)] == ["AWS Access Key"]


def test_what_was_found_is_named_and_not_told() -> None:
    for text in PLANTED.values():
        for each in found_in(text, "file"):
            assert text not in str(each)
    assert str(Found(path="a", line=3, kind="k", mark="m")) == "a:3: k (m)"


@pytest.mark.parametrize(
    "text",
    ["Atzr|invented-2", "amzn1.oa2-cs.v1.…", "whsec_AAAA", "https://x.example.com/?Signature=", "dsk_…"],
)
def test_what_is_plainly_invented_is_none(text: str) -> None:
    assert list(found_in(text, "file")) == []


def test_every_shape_of_ours_is_planted() -> None:
    kinds = {each.kind for text in PLANTED.values() for each in found_in(text, "file")}
    assert set(OURS) <= kinds
