"""Background doors of accounts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from hep_api.accounts import letters
from hep_api.accounts.actions import familiar, password_resets
from hep_api.accounts.actions.second_factors import pruning
from hep_api.accounts.facts import LetterRefused
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.links import password_reset_link
from hep_api.accounts.models.identity import Account, PasswordReset, RefreshToken, SignIn
from hep_api.foundation import tenancy
from hep_api.foundation.facts import publish
from hep_api.foundation.mail import mailer
from hep_api.foundation.mail.smtp import MailRefused

# A sign-in is shown for a while after its end, so that a person can see what it was.
ENDED_KEPT_FOR = timedelta(days=30)
# Longer than any access token lives.
YOUNGEST_LEFT_ALONE = timedelta(days=1)

# Above us is known who is whose member.
LanguagesOf = Callable[[Session, UUID], Sequence[str]]

log = structlog.get_logger()


def prune_sign_ins(session: Session, _: Mapping[str, Any], now: datetime) -> None:
    """Remove refresh tokens and ways to a new password that have expired, sign-ins that ended long ago or cannot be
    renewed any more, questions for a second factor that nobody answered, and what nobody signed in from for long.

    A used token stays until it would have expired: until then its reuse gives a thief away.
    """
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now))
    session.execute(delete(PasswordReset).where(PasswordReset.expires_at < now))
    familiar.prune(session, now)
    pruning.prune(session, now)
    renewable = exists().where(RefreshToken.sign_in_id == SignIn.id)
    gone = SignIn.ended_at.is_(None) & (SignIn.created_at < now - YOUNGEST_LEFT_ALONE) & ~renewable
    for clinic_id in tenancy.each_clinic(session):
        ended = SignIn.ended_at < now - ENDED_KEPT_FOR
        session.execute(delete(SignIn).where(SignIn.clinic_id == clinic_id, ended | gone))
        pruning.prune_challenges(session, clinic_id, now)


def send_letter(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send a letter to an account's address as it is now, in the language that its person reads; nothing when there is
    no such account any more.

    A server that is away or refuses for the moment fails the job, which is tried again.
    """
    account_id, letter, words = UUID(payload["account_id"]), Letter(payload["letter"]), dict(payload["words"])
    address = session.scalar(select(Account.email).where(Account.id == account_id))
    if address is None:
        return
    if letter is Letter.PASSWORD_RESET:
        token = password_resets.open_reset(session, account_id, now)
        if token is None:
            return
        words["link"] = password_reset_link(token)
    languages_of: LanguagesOf = current_app.extensions["hep_languages_of"]
    languages = languages_of(session, account_id)
    try:
        mailer.send(session, letters.write(letter, address, words, languages), now)
    except MailRefused as refused:
        log.warning("mail_refused", reason="the server takes no mail for this address")
        publish(session, LetterRefused(account_id, refused.reason, now))
