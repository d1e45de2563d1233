"""What an invitation's mail says, in every language that is written. It names the clinic: whoever gets it has to know
from whom it is. It says nothing of why somebody is a patient there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hep_api.accounts.letter_texts.dates import in_words
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.foundation.mail.messages import Mail


@dataclass(frozen=True, slots=True)
class InvitationText:
    """The words of one language; `birth_date` is said to patients, `password` to staff."""

    subject: str
    opening: str
    button: str
    code: str
    birth_date: str
    password: str
    stranger: str


TEXTS: Mapping[str, InvitationText] = {
    "en": InvitationText(
        subject="{clinic} invites you",
        opening="{clinic} invites you to its app. Open this link to come in. It works once, until {until}:",
        button="Accept the invitation",
        code="Or type this code in the app: {code}",
        birth_date="You are asked for your birth date, and choose a password.",
        password="You choose a password, or give that of the account you have.",  # noqa: S106 - a sentence
        stranger="If you do not know {clinic}, you need not do anything.",
    ),
    "es": InvitationText(
        subject="{clinic} le invita",
        opening="{clinic} le invita a su aplicación. Abra este enlace. Sirve una sola vez, hasta el {until}:",
        button="Aceptar la invitación",
        code="O escriba este código en la aplicación: {code}",
        birth_date="Se le preguntará su fecha de nacimiento y elegirá una contraseña.",
        password="Elegirá una contraseña, o dará la de la cuenta que ya tenga.",  # noqa: S106 - a sentence
        stranger="Si no conoce {clinic}, no tiene que hacer nada.",
    ),
    "de": InvitationText(
        subject="{clinic} lädt Sie ein",
        opening="{clinic} lädt Sie in die App ein. Öffnen Sie diesen Link. Er gilt einmal, bis zum {until}:",
        button="Einladung annehmen",
        code="Oder geben Sie in der App diesen Code ein: {code}",
        birth_date="Sie werden nach Ihrem Geburtsdatum gefragt und wählen ein Passwort.",
        password="Sie wählen ein Passwort, oder geben das Ihres bestehenden Kontos an.",  # noqa: S106 - a sentence
        stranger="Wenn Sie {clinic} nicht kennen, müssen Sie nichts tun.",
    ),
    "fr": InvitationText(
        subject="{clinic} vous invite",
        opening="{clinic} vous invite dans son application. Ouvrez ce lien, il sert une fois, jusqu'au {until} :",
        button="Accepter l'invitation",
        code="Ou saisissez ce code dans l'application : {code}",
        birth_date="Votre date de naissance vous sera demandée, et vous choisirez un mot de passe.",
        password="Vous choisirez un mot de passe, ou donnerez celui de votre compte.",  # noqa: S106 - a sentence
        stranger="Si vous ne connaissez pas {clinic}, vous n'avez rien à faire.",
    ),
}


def write_invitation(
    to: str, words: Mapping[str, str], expires_at: datetime, languages: Sequence[str], *, for_patient: bool
) -> Mail:
    """Return the mail in the language that suits best; `words` are the clinic, the link and the code."""
    language = best_language(WRITTEN, languages)
    text = TEXTS[language]
    said = {**words, "until": in_words(expires_at, language)}
    asked = text.birth_date if for_patient else text.password
    paragraphs = (text.opening, "{link}", text.code, asked, text.stranger)
    return Mail(
        to, text.subject.format(**said), tuple(each.format(**said) for each in paragraphs), language, text.button
    )
