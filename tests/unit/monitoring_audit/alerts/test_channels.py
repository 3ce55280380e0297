"""The channels against a real mail server and a real web server, over TLS."""

import email.policy
import json
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from alert_receivers import PASSWORD, USER, Authority, Letterbox, Mailbox, authority, mail_server, web_server
from dockseal.domain.alert import Channel, ChannelKind, Line, Message, News, Severity
from dockseal.domain.clock import ManualClock
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, ChannelFailed, SettingsFault
from dockseal.monitoring_audit.alerts.channels.opening import Opening
from dockseal.monitoring_audit.alerts.channels.options import Encryption, mail_options, web_options
from dockseal.monitoring_audit.alerts.telling import Sender
from unit.monitoring_audit.alerts.made import START

KEY = "whsec_" + "QUJD" * 8
TOKEN = "services-T0-invented"
RUNBOOK = "https://docs.example/alerts.md"
Open = Callable[..., Sender]


def message(*lines: Line) -> Message:
    return Message(ref="m4711", channel="desk", group="access", made_at=START, lines=lines or (line(),))


def line(news: News = News.NEW, **changes: Any) -> Line:
    values: dict[str, Any] = {
        "alert": "a1",
        "news": news,
        "rule": "canary",
        "what": "canary 7f3k",
        "severity": Severity.PAGE,
        "sentence": "Somebody opened it <now> & nobody should: look.",
        "since": START,
    }
    return Line(**values | changes)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def web(trusted: Authority) -> Iterator[Letterbox]:
    with web_server(trusted.server()) as letterbox:
        yield letterbox


@pytest.fixture
def opened(trusted: Authority) -> Open:
    def act(
        kind: ChannelKind,
        options: Mapping[str, str],
        *,
        ca: Path | None = trusted.certificate,
        **secret: str,
    ) -> Sender:
        opening = Opening(
            contents=lambda _: {name: Secret(text) for name, text in secret.items()},
            clock=ManualClock(start=datetime.now(UTC)),
            runbooks=RUNBOOK,
            authorities=ca,
        )
        return opening.open(Channel(id="desk", kind=kind, least=Severity.WARNING, options=options))

    return act


def mail(mailbox: Mailbox, encryption: Encryption, user: str = "") -> dict[str, str]:
    return mail_options(
        "desk",
        host="127.0.0.1",
        port=mailbox.port,
        encryption=encryption,
        sender="dockseal@shop.example",
        to=("ops@shop.example", "night@shop.example"),
        user=user,
    )


# Webhook


def test_a_webhook_is_signed_and_says_everything_a_machine_needs(web: Letterbox, opened: Open) -> None:
    opened(ChannelKind.WEBHOOK, {}, url=f"{web.url}/hook/{TOKEN}", key=KEY).send(message())
    (posted,) = web.posts
    told = Webhook(KEY).verify(posted.body, posted.headers)
    assert (posted.path, posted.headers["webhook-id"]) == (f"/hook/{TOKEN}", "m4711")
    assert told == json.loads(posted.body)
    (alert,) = told["alerts"]
    assert (alert["rule"], alert["news"], alert["severity"]) == ("canary", "new", "page")
    assert alert["runbook"] == f"{RUNBOOK}#canary"


def test_slack_is_posted_words_that_call_nobody_together(web: Letterbox, opened: Open) -> None:
    opened(ChannelKind.SLACK, {}, url=f"{web.url}/{TOKEN}").send(message(line(what="x <!channel>")))
    text = json.loads(web.posts[0].body)["text"]
    assert "&lt;!channel&gt;" in text
    assert "<" not in text
    assert "opened it &lt;now&gt; &amp; nobody" in text


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("kind", [ChannelKind.WEBHOOK, ChannelKind.SLACK])
def test_an_answer_that_is_no_yes_is_told_without_the_address(
    web: Letterbox, opened: Open, kind: ChannelKind, status: int
) -> None:
    web.status, web.location = status, f"{web.url}/elsewhere"
    with pytest.raises(ChannelFailed) as caught:
        opened(kind, {}, url=f"{web.url}/{TOKEN}", key=KEY).send(message())
    assert str(status) in str(caught.value)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert [posted.path for posted in web.posts] == [f"/{TOKEN}"], "a redirect was followed"


def test_nobody_there_is_told_without_the_address(opened: Open) -> None:
    with web_server(None) as gone:
        pass
    with pytest.raises(ChannelFailed, match="gave no answer") as caught:
        opened(ChannelKind.SLACK, {}, url=f"{gone.url}/{TOKEN}").send(message())
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_a_certificate_of_nobody_known_is_refused(web: Letterbox, opened: Open) -> None:
    with pytest.raises(ChannelFailed, match="gave no answer"):
        opened(ChannelKind.SLACK, {}, ca=None, url=web.url).send(message())
    assert web.posts == []


def test_a_certificate_for_somebody_else_is_refused(tmp_path: Path, opened: Open) -> None:
    other = authority(tmp_path, "192.0.2.1")
    with web_server(other.server()) as web, pytest.raises(ChannelFailed):
        opened(ChannelKind.SLACK, {}, ca=other.certificate, url=web.url).send(message())


def test_an_old_tls_is_refused(trusted: Authority, opened: Open) -> None:
    old = trusted.server(most=ssl.TLSVersion.TLSv1_1)
    with web_server(old) as web, pytest.raises(ChannelFailed):
        opened(ChannelKind.SLACK, {}, url=web.url).send(message())
    with mail_server(old) as mailbox, pytest.raises(ChannelFailed):
        opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS)).send(message())


# Mail


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_mail_arrives_over_tls_once_logged_in(
    trusted: Authority, opened: Open, encryption: Encryption
) -> None:
    at_once = encryption is Encryption.TLS
    with mail_server(trusted.server(), at_once=at_once, user=True) as mailbox:
        sender = opened(ChannelKind.MAIL, mail(mailbox, encryption, USER), password=PASSWORD)
        sender.send(message(line(), line(News.OVER, what="sweep acme-us", severity=Severity.CRITICAL)))
    (taken,) = mailbox.mails
    told = email.message_from_bytes(taken, policy=email.policy.default)
    assert told["Subject"] == "[Dockseal] page: canary 7f3k"
    assert told["Message-ID"] == "<m4711@shop.example>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["To"] == "ops@shop.example, night@shop.example"
    text = told.get_content()
    assert "New:" in text
    assert f"Runbook: {RUNBOOK}#canary" in text
    assert "Over:" in text
    assert mailbox.logins == [USER.encode()]


def test_mail_in_clear_goes_to_this_machine_only(opened: Open) -> None:
    with mail_server(None) as mailbox:
        opened(ChannelKind.MAIL, mail(mailbox, Encryption.NONE)).send(message())
    assert len(mailbox.mails) == 1
    with pytest.raises(BadInput, match="unencrypted"):
        mail_options(
            "desk",
            host="mail.example",
            port=25,
            encryption=Encryption.NONE,
            sender="a@shop.example",
            to=("b@shop.example",),
            user="",
        )


def test_options_that_were_changed_to_send_in_clear_are_not_followed(opened: Open) -> None:
    options = mail_options(
        "desk",
        host="mail.example",
        port=25,
        encryption=Encryption.TLS,
        sender="a@shop.example",
        to=("b@shop.example",),
        user="",
    )
    with pytest.raises(ChannelFailed, match="would send unencrypted off this machine"):
        opened(ChannelKind.MAIL, {**options, "encryption": "none"}).send(message())


def test_what_a_library_cannot_encode_is_a_failure_that_quotes_nothing(
    trusted: Authority, opened: Open
) -> None:
    with mail_server(trusted.server(), user=True) as mailbox:
        sender = opened(
            ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS, USER), password="w\u00f6rter-4711"
        )
        with pytest.raises(ChannelFailed, match="its options cannot be used") as caught:
            sender.send(message())
    assert caught.value.__context__ is None
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize("kind", [ChannelKind.WEBHOOK, ChannelKind.SLACK])
def test_a_host_that_is_none_is_a_failure(opened: Open, kind: ChannelKind) -> None:
    url = f"https://hooks..example/{'a' * 70}"
    sender = opened(kind, {"host": "hooks..example"}, url=url, key="whsec_" + "a" * 43 + "=")
    with pytest.raises(ChannelFailed, match=r"address cannot be used|gave no answer"):
        sender.send(message())


def test_a_server_without_starttls_is_told_nothing(opened: Open) -> None:
    with mail_server(None, user=True) as mailbox:
        sender = opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS, USER), password=PASSWORD)
        with pytest.raises(ChannelFailed, match="did not take it"):
            sender.send(message())
    assert (mailbox.mails, mailbox.logins) == ([], [])


def test_a_mail_server_with_a_strange_certificate_is_told_nothing(trusted: Authority, opened: Open) -> None:
    with mail_server(trusted.server(), user=True) as mailbox:
        sender = opened(
            ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS, USER), ca=None, password=PASSWORD
        )
        with pytest.raises(ChannelFailed, match="certificate"):
            sender.send(message())
    assert (mailbox.mails, mailbox.logins) == ([], [])


def test_a_no_of_the_mail_server_is_told_without_its_words(trusted: Authority, opened: Open) -> None:
    with mail_server(trusted.server(), user=True) as mailbox:
        wrong = opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS, USER), password="wrong-4711")
        with pytest.raises(ChannelFailed, match=r"said no \(535\)") as caught:
            wrong.send(message())
        assert "wrong-4711" not in "".join(traceback.format_exception(caught.value))
        mailbox.refuses = "554 the mailbox of Testperson Alpha is full"
        right = opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS, USER), password=PASSWORD)
        with pytest.raises(ChannelFailed, match=r"said no \(554\)") as caught:
            right.send(message())
    assert "Testperson" not in "".join(traceback.format_exception(caught.value))


def test_no_mail_server_there(opened: Open) -> None:
    with mail_server(None) as mailbox:
        pass
    with pytest.raises(ChannelFailed, match="cannot be reached"):
        opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS)).send(message())


# What they are set to


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://x.example", "is no web address"),
        ("https://user:word@x.example/a", "holds a user name or password"),  # nobody's
        ("http://x.example/secret-4711", "would send unencrypted"),
    ],
)
def test_an_address_that_cannot_be_says_why_and_not_what_it_is(url: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as caught:
        web_options("desk", Secret(url))
    assert "4711" not in str(caught.value)


def test_of_an_address_only_its_host_is_kept_in_clear() -> None:
    assert web_options("chat", Secret(f"https://hooks.chat.example/{TOKEN}?key=1")) == {
        "host": "hooks.chat.example"
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": ""}, "needs the name of its mail server"),
        ({"host": "mail..example"}, "needs the name of its mail server"),
        ({"host": f"{'a' * 64}.example"}, "needs the name of its mail server"),
        ({"user": "j\u00f6rg"}, "cannot read"),
        ({"to": ()}, "needs somebody to write to"),
        ({"to": ("ops",)}, "an address that is none"),
        ({"sender": "a@b.example\nBcc: c@d.example"}, "an address that is none"),
        ({"port": 70_000}, "a port that is none"),
    ],
)
def test_mail_that_cannot_be_sent_is_refused(changes: dict[str, Any], sentence: str) -> None:
    good: dict[str, Any] = {
        "host": "mail.example",
        "port": 0,
        "encryption": Encryption.STARTTLS,
        "sender": "a@shop.example",
        "to": ("b@shop.example",),
        "user": "",
    }
    assert mail_options("desk", **good)["port"] == "587"
    with pytest.raises(BadInput, match=sentence):
        mail_options("desk", **good | changes)


def test_a_channel_whose_secret_is_gone_says_so(opened: Open) -> None:
    with pytest.raises(SettingsFault, match="channel desk is not in the credential vault"):
        opened(ChannelKind.SLACK, {})


def test_a_file_of_authorities_that_is_none_says_so(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(SettingsFault, match="DOCKSEAL_ALERTS_CA"):
        opened(ChannelKind.SLACK, {}, ca=tmp_path / "ca.pem", url="https://x.example")


def test_a_long_message_lists_the_first_and_counts_the_rest(trusted: Authority, opened: Open) -> None:
    lines = [line(alert=f"a{number}", what=f"lane x{number}") for number in range(60)]
    with mail_server(trusted.server()) as mailbox:
        opened(ChannelKind.MAIL, mail(mailbox, Encryption.STARTTLS)).send(message(*lines))
    text = email.message_from_bytes(mailbox.mails[0], policy=email.policy.default).get_content()
    assert "And 10 more" in text
    assert "lane x49" in text
    assert "lane x50" not in text
