"""What a new password must not be: too short or long, one of the common ones, or made of what anybody would try: the
person's name and e-mail, the clinic's name, what people do here. There are no other rules: none asks for capitals,
digits or signs, and none expires a password.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.accounts.passwords import LONGEST, SHORTEST, normal_form
from hep_api.foundation.errors import invalid_field

COMMON = Path(__file__).with_name("common_passwords.txt")
CONTEXT = ("hep", "api", "clinic", "patient", "physio", "therapy", "therapist", "physiotherapy", "rehab", "exercise")
# A name of a letter or two is a part of too many words.
SHORTEST_NAME = 3
# Letters and digits that a password with a name in it has to have besides: more than a year of birth.
LEAST_BESIDES_A_NAME = 5

# What an account's members and their clinics are called; `app.py` fills it in, as clinics lie above accounts.
NamesOf = Callable[[Session, UUID], Sequence[str]]


def names_of(session: Session, account_id: UUID) -> Sequence[str]:
    """Return the names that an account's person has in their clinics, and the clinics'."""
    found: NamesOf = current_app.extensions["hep_names_of"]
    return found(session, account_id)


def refuse_weak(password: str, email: str, names: Iterable[str]) -> None:
    """Refuse a new password, naming `/password` and the rule: `length`, `common` or `own`."""
    normal = normal_form(password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise invalid_field("/password", "length", f"Must be {SHORTEST} to {LONGEST} characters long.")
    if normal.casefold() in common_passwords():
        raise invalid_field("/password", "common", "Many people have this password; choose one of your own.")
    if _is_made_of(normal, email, names):
        raise invalid_field("/password", "own", "Must not be made of your name, your e-mail or your clinic's name.")


@cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords, in small letters."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_made_of(password: str, email: str, names: Iterable[str]) -> bool:
    """Return whether hardly anything is left of a password without the e-mail, the names and the like in it."""
    local = email.partition("@")[0]
    own = {_letters(text) for text in (email, local, *names, *CONTEXT)}
    own |= {_letters(word) for name in (local.replace(".", " "), *names) for word in name.split()}
    typed = left = _letters(password)
    for each in sorted(own, key=len, reverse=True):
        if len(each) >= SHORTEST_NAME:
            left = left.replace(each, "")
    return left != typed and len(left) < LEAST_BESIDES_A_NAME


def _letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
