"""What notices say: whole in every language, and without anything that could be filled in."""

import re
from dataclasses import fields

import pytest

from hep_api.accounts.viewer import Role
from hep_api.foundation.languages import WRITTEN
from hep_api.notifications.kinds import OF_PATIENTS, OF_STAFF, NoticeKind
from hep_api.notifications.wording.languages import PHRASEBOOKS, Words, say
from hep_api.notifications.wording.phrasebook import Phrase

# Letters, and the marks of sentences. No brace, percent sign or dollar that a formatter would fill, and no digit.
PLAIN = re.compile(r"[^\W\d_]+([ ,.?'-]{1,2}[^\W\d_]+)*[.?]?")
EVERYTHING = [
    (language, phrase)
    for language, book in PHRASEBOOKS.items()
    for phrase in (*book.phrases.values(), *book.for_staff.values())
]


def test_every_language_says_every_kind() -> None:
    assert set(PHRASEBOOKS) == set(WRITTEN)
    for book in PHRASEBOOKS.values():
        assert set(book.phrases) == set(NoticeKind)
        assert set(book.for_staff) == set(PHRASEBOOKS["en"].for_staff) <= set(OF_STAFF)
    assert {*OF_PATIENTS, *OF_STAFF, NoticeKind.TEST} == set(NoticeKind)


@pytest.mark.parametrize(("language", "phrase"), EVERYTHING)
def test_no_phrase_has_a_gap_that_could_hold_something_of_a_person(language: str, phrase: Phrase) -> None:
    for field in fields(phrase):
        text = getattr(phrase, field.name)
        assert PLAIN.fullmatch(text), (language, text)
    # What a locked screen shows of it without cutting it off.
    assert len(phrase.title) <= 30
    assert len(phrase.body) <= 90


def test_a_reader_gets_the_dearest_language_that_is_written() -> None:
    german = say(NoticeKind.MESSAGE, Role.PATIENT, ("de-AT", "fr", "en"))
    assert german == Words("Neue Nachricht", "Sie haben eine neue Nachricht von Ihrer Praxis.", "de")
    assert say(NoticeKind.MESSAGE, Role.PATIENT, (None, "pt-BR", "fr")).language == "fr"
    assert say(NoticeKind.MESSAGE, Role.PATIENT, (None, None, "pt-BR")).language == "en"
    assert say(NoticeKind.MESSAGE, Role.PRACTITIONER, ("en",)).body == "A message has come in."
    assert say(NoticeKind.RED_FLAG, Role.OWNER, ("es",)).title == "Mire de inmediato"
