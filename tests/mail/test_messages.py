"""What a mail looks like, that nothing breaks out of its headers, and where it goes while there is no server."""

import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hep_api.app import JOBS, RECURRING
from hep_api.foundation.mail.folder import REMOVE_OLD, FolderMailer, remove_old_letters
from hep_api.foundation.mail.mailer import load_mailer
from hep_api.foundation.mail.messages import Mail, address_of, compose
from hep_api.foundation.mail.smtp import SmtpMailer
from hep_api.foundation.settings import Settings, SettingsError

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SENDER = address_of("Praxis Müller, Köln <no-reply@clinic.example>")


def test_a_mail_says_who_to_whom_when_and_that_no_person_wrote_it() -> None:
    first, second = (compose(Mail("a@example.org", "Grüße", ("One.", "Two.")), SENDER, NOW) for _ in range(2))
    read = message_from_bytes(first.as_bytes(), policy=default)

    assert read["From"].addresses[0].display_name == "Praxis Müller, Köln"
    assert (read["Subject"], read["To"].addresses[0].addr_spec) == ("Grüße", "a@example.org")
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"].endswith("@clinic.example>")
    assert first["Message-ID"] != second["Message-ID"]
    assert read.get_body(("plain",)).get_content().splitlines() == ["One.", "", "Two."]
    assert "<p>One.</p>\n<p>Two.</p>" in read.get_body(("html",)).get_content().replace("\r\n", "\n")


def test_words_are_no_markup_and_only_links_are_links() -> None:
    words = "<script>alert(1)</script> & <https://elsewhere.example>"
    message = compose(Mail("a@example.org", "<b>", (words, 'hepapp://x/"onclick="y')), SENDER, NOW)
    html = message.get_body(("html",))

    assert html is not None
    page = html.get_content()
    assert "<script>" not in page
    assert '"onclick' not in page
    assert page.count("<a ") == 1
    assert "<title>&lt;b&gt;</title>" in page


@pytest.mark.parametrize(
    "subject", ["Hello\r\nBcc: all@example.org", "Hello\nBcc: all@example.org", "Hello\r\n\r\nBody"]
)
def test_a_subject_cannot_break_out_of_its_header(subject: str) -> None:
    with pytest.raises(ValueError):
        compose(Mail("a@example.org", subject, ("Hello.",)), SENDER, NOW)


@pytest.mark.parametrize(
    "to", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a@example.org <b@example.org>", "a"]
)
def test_an_address_is_one_address_or_none(to: str) -> None:
    with pytest.raises(ValueError):
        compose(Mail(to, "Hello", ("Hello.",)), SENDER, NOW)


def test_without_a_server_mail_is_written_where_only_we_can_read_it_and_the_log_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mail"
    with capture_logs() as said:
        for _ in range(2):
            FolderMailer(folder, SENDER).send(Mail("a@example.org", "Secret subject", ("hepapp://secret-token",)), NOW)

    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert "hepapp://secret-token" in files[0].read_text()
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(line["event"], line["folder"]) for line in said] == [("mail_written_to_folder", str(folder))] * 2
    assert not any(word in str(said) for word in ("ecret", "a@example.org"))


def test_letters_stay_in_the_folder_for_a_month_and_nothing_else_is_touched(tmp_path: Path) -> None:
    app, folder = Flask("hep_api"), tmp_path / "mail"
    app.extensions["hep_settings"] = settings(tmp_path, mail_folder=folder)
    with app.app_context():
        remove_old_letters(Session(), {}, NOW)  # where no mail was ever written there is no folder
        for days in (0, 30, 31, 400):
            FolderMailer(folder, SENDER).send(Mail("a@example.org", "Hello", ("Hello.",)), NOW - timedelta(days=days))
        (folder / f"20200101T000000-{uuid4()}.unfinished").touch()
        (folder / "20200101 kept by the keeper.eml").touch()
        remove_old_letters(Session(), {}, NOW)
    left = sorted(file.name.partition("-")[0] for file in folder.iterdir())
    assert left == ["20200101 kept by the keeper.eml", "20261023T083000", "20261122T083000"]
    assert (JOBS[REMOVE_OLD], RECURRING[REMOVE_OLD]) == (remove_old_letters, timedelta(days=1))


def settings(tmp_path: Path, **given: str | Path) -> Settings:
    return Settings(database_url="postgresql://localhost/hep", token_keys_folder=tmp_path, **given)  # type: ignore[arg-type]


def test_the_settings_choose(tmp_path: Path) -> None:
    assert isinstance(load_mailer(settings(tmp_path)), FolderMailer)
    given = {"smtp_url": "smtps://mail.example", "mail_from": "no-reply@clinic.example"}
    assert isinstance(load_mailer(settings(tmp_path, **given)), SmtpMailer)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"smtp_url": "smtps://mail.example"}, "HEP_MAIL_FROM"),
        ({"smtp_url": "smtps://mail.example", "mail_from": "nobody"}, "HEP_MAIL_FROM"),
        ({"mail_from": "Clinic <no-reply@clinic.example>\r\nBcc: b@example.org"}, "HEP_MAIL_FROM"),
        ({"smtp_url": "smtp://u:secret@mail.example?tls=none", "mail_from": "a@clinic.example"}, "HEP_SMTP_URL"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        load_mailer(settings(tmp_path, **given))
    assert "secret" not in str(refused.value)


def test_a_mail_of_those_that_come_again_says_in_its_readers_language_where_they_end() -> None:
    ends_at = "https://api.clinic.example/v1/mail/unsubscribe?token=" + "aB3_-." * 30
    mail = Mail(
        "a@example.org",
        "Neues",
        ("Öffnen Sie:", "hepapp://x"),
        language="de",
        button="App öffnen",
        footer=("Abbestellen:", ends_at),
        ends_at=ends_at,
        reference="abc.def",
    )
    raw = compose(mail, SENDER, NOW).as_bytes()
    read = message_from_bytes(raw, policy=default)

    assert f"List-Unsubscribe: <{ends_at}>\r\n".encode() in raw
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (read["Content-Language"], read["Message-ID"]) == ("de", "<abc.def@clinic.example>")
    page = read.get_body(("html",)).get_content()
    assert '<html lang="de">' in page
    assert page.count('href="hepapp://x"') == 1
    assert ">App öffnen</a>" in page
    assert read.get_body(("plain",)).get_content().splitlines()[-3:] == ["Abbestellen:", "", ends_at]
    assert not any(outside in page for outside in ("<img", "<script", "<link", "url("))


@pytest.mark.parametrize("ends_at", ["https://x.example/\r\nBcc: b@example.org", "https://x.example/>", "mailto:a@b.c"])
def test_where_mails_end_cannot_break_out_of_its_header(ends_at: str) -> None:
    with pytest.raises(ValueError):
        compose(Mail("a@example.org", "Hello", ("Hello.",), ends_at=ends_at), SENDER, NOW)
