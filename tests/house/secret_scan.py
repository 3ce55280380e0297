"""Looks for secrets that look real: in every tracked file, in what is staged, and in the whole history.

`python tests/house/secret_scan.py` scans the tracked files; with `--staged`, as a pre-commit hook, only what
the next commit adds. It says where something was found and never what. What is no secret is in
`known_secrets.toml`, each with its reason, by the first half of its SHA-256.

Two nets: the detectors of bc-detect-secrets for what the world uses, and shapes of our own for Amazon's
tokens, presigned URLs, webhook secrets and keys of ours.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

KNOWN = Path(__file__).with_name("known_secrets.toml")
HISTORY = "history"

OURS: Mapping[str, re.Pattern[str]] = {
    "LWA refresh token": re.compile(r"Atzr\|[A-Za-z0-9_-]{30,}"),
    "LWA access token": re.compile(r"Atza\|[A-Za-z0-9_-]{30,}"),
    "Restricted Data Token": re.compile(r"Atz\.sprdt\|[A-Za-z0-9_-]{30,}"),
    "LWA client secret": re.compile(r"amzn1\.oa2-cs\.v\d\.[0-9A-Za-z]{32,}"),
    "presigned URL": re.compile(
        r"https?://[^\s\"'<>]*[?&](?:X-Amz-Signature|X-Amz-Credential|Signature|AWSAccessKeyId)="
        r"[A-Za-z0-9%+/=._-]{16,}"
    ),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"),
    "AWS session token": re.compile(r"(?i)aws_?session_?token\W{1,4}[A-Za-z0-9/+=]{60,}"),
    "webhook secret": re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}"),
    "warehouse API key": re.compile(r"\bdsk_[A-Za-z0-9_-]{32,}"),
    "signing key": re.compile(r"PRIVATE\+KEY\+\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,}"),
    "bearer token": re.compile(r"(?i)authorization\W{1,4}bearer\s+[A-Za-z0-9._~+/-]{30,}"),
}
"""Shapes of our own; shorter than any real one, longer than what stands in tests as plainly invented."""


class _Detector(Protocol):
    secret_type: str
    denylist: Iterable[re.Pattern[str]]


_DETECTORS: tuple[_Detector, ...] = (
    ArtifactoryDetector(),
    AWSKeyDetector(),
    BasicAuthDetector(),
    DiscordBotTokenDetector(),
    GitHubTokenDetector(),
    JwtTokenDetector(),
    MailchimpDetector(),
    NpmDetector(),
    PrivateKeyDetector(),
    SendGridDetector(),
    SlackDetector(),
    SquareOAuthDetector(),
    StripeDetector(),
    TwilioKeyDetector(),
)
"""Those that know a service's own shape. Words such as `password =` and mere randomness find only tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that looks like a secret."""

    path: str
    line: int
    kind: str
    mark: str
    """The first half of its SHA-256: names it without telling it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} ({self.mark})"


def found_in(text: str, path: str) -> Iterator[Found]:
    """Everything in a text that looks like a secret."""
    hits = [(kind, hit.group()) for kind, shape in OURS.items() for hit in shape.finditer(text)]
    # The whole match and not its groups, which some detectors leave empty.
    hits += [
        (each.secret_type, hit.group())
        for each in _DETECTORS
        for shape in each.denylist
        for hit in shape.finditer(text)
    ]
    for kind, hit in dict.fromkeys(hits):
        mark = hashlib.sha256(hit.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        yield Found(path=path, line=text.count("\n", 0, text.index(hit)) + 1, kind=kind, mark=mark)


def tracked(root: Path) -> Iterator[Found]:
    """What is in every file that git tracks, bytes that are no text among them."""
    for name in filter(None, _git(root, "ls-files", "-z").split("\0")):
        place = root / os.fsdecode(name.encode("latin-1"))
        if place.is_file() and not place.is_symlink():
            yield from found_in(place.read_bytes().decode("latin-1"), str(place.relative_to(root)))


def staged(root: Path) -> Iterator[Found]:
    """What the next commit adds."""
    patch = _git(root, "diff", "--cached", "--unified=0", "--no-color", "--text")
    yield from found_in(_added(patch), "staged")


def history(root: Path) -> Iterator[Found]:
    """What any commit ever added, its message with it: a secret that was removed is known all the same."""
    log = (
        "log",
        "--cc",
        "--unified=0",
        "--no-color",
        "--no-textconv",
        "-p",
        "--format=+%an %ae%n%w(0,1,1)%B",
    )
    yield from found_in(_added(_git(root, *log)), HISTORY)


def known() -> dict[str, str]:
    """Why what looks like a secret is none, by its mark."""
    return {each["mark"]: each["reason"] for each in tomllib.loads(KNOWN.read_text("utf-8"))["known"]}


def unknown(found: Iterable[Found]) -> list[Found]:
    """Those of them that nobody gave a reason for."""
    reasons = known()
    return [each for each in found if each.mark not in reasons]


def _added(patch: str) -> str:
    return "\n".join(line[1:] for line in patch.splitlines() if line.startswith(("+", " ")))


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=True)
    return done.stdout.decode("latin-1")


def main(words: list[str]) -> int:
    """Says what was found; returns 1 if anything was."""
    here = Path(__file__).resolve().parents[2]
    found = unknown(staged(here) if "--staged" in words else tracked(here))
    for each in found:
        sys.stdout.write(f"looks like a secret  {each}\n")
    if found:
        place = KNOWN.relative_to(here)
        sys.stdout.write(f"If it is one, revoke it first. If it is none, give it a reason in {place}.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
