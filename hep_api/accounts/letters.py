"""Letters to people about their account: fixed texts in the reader's language, sent by mail from a job.

`tell` puts a letter into the job table in the transaction of its cause. The address and the language are looked up, and
a one-time link is made, only when the letter is sent, so the table holds none of them. `words` fill a text's gaps; they
name clinics at most, and never anything of anyone's health.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.letter_texts.dates import in_words
from hep_api.accounts.letter_texts.languages import TEXTS, chosen
from hep_api.accounts.letter_texts.text import Letter
from hep_api.foundation.jobs import queue
from hep_api.foundation.languages import FALLBACK
from hep_api.foundation.mail.messages import Mail

SEND_LETTER = "accounts.send_letter"
LONGEST_WORD = 200


def tell(session: Session, account_id: UUID, letter: Letter, now: datetime, **words: str) -> None:
    """Send a letter to the account's address, once this transaction is committed; nothing where there is no account."""
    gaps = TEXTS[FALLBACK][letter].gaps
    if gaps != words.keys():
        raise ValueError(f"{letter} needs the words {sorted(gaps)}")
    known = {name: _on_one_line(word) for name, word in words.items()}
    payload = {"account_id": str(account_id), "letter": letter, "words": {**known, "at": now.isoformat()}}
    queue.enqueue(session, SEND_LETTER, payload, now=now)


def write(letter: Letter, to: str, words: Mapping[str, str], languages: Sequence[str] = ()) -> Mail:
    """Return the letter as a mail in the language that suits best; `words` has `at` as `tell` puts it, an instant."""
    language = chosen(languages)
    text = TEXTS[language][letter]
    said = {**words, "at": _at(words["at"], language)}
    paragraphs = tuple(paragraph.format(**said) for paragraph in text.paragraphs)
    return Mail(to, text.subject.format(**said), paragraphs, language, text.button)


def _on_one_line(word: str) -> str:
    return " ".join(word.split())[:LONGEST_WORD]


def _at(said: str, language: str) -> str:
    try:
        return in_words(datetime.fromisoformat(said), language)
    except ValueError:
        # A letter that waits since before there were languages says it in words already.
        return said
