"""Writes of identity: accounts, sign-ins, and the chain of refresh tokens. Which clinic and member a sign-in acts for
is decided above, in clinics.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts import letters, refreshing
from hep_api.accounts.actions import familiar
from hep_api.accounts.facts import SignInEnded, SignInStarted
from hep_api.accounts.familiar import whereabouts
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.models.identity import Account, RefreshToken, SignIn
from hep_api.accounts.passwords import Proof
from hep_api.accounts.tokens import Tokens
from hep_api.audit import notes
from hep_api.audit.models import Outcome
from hep_api.foundation import tenancy
from hep_api.foundation.database import after_commit
from hep_api.foundation.errors import not_found
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.metrics.tallies import Tally
from hep_api.foundation.tenancy import Key

REUSED = Tally("hep_refresh_tokens_reused", "Sign-ins ended as a refresh token was used a second time.")


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a device gets: an access token for `expires_in` seconds, and the token that renews it, once."""

    access_token: str
    expires_in: int
    refresh_token: str


def create_account(session: Session, email: str, password_hash: str, now: datetime) -> UUID | None:
    """Create an account and return its id; None when the e-mail has one already, which is then left untouched."""
    return session.scalar(
        insert(Account)
        .values(id=new_id(), email=email, password_hash=password_hash, password_version=1, created_at=now)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Account.id)
    )


def confirm_proof(session: Session, proof: Proof) -> bool:
    """Return whether the password is still the one that was proven, and hold it so until the transaction ends.

    A password changed while we hashed ends all sign-ins; one that starts just then must not survive it.
    """
    account = (Account.id == proof.account_id) & (Account.password_version == proof.password_version)
    if proof.fresh_hash is None:
        return session.scalar(select(Account.id).where(account).with_for_update(read=True)) is not None
    rehash = update(Account).where(account).values(password_hash=proof.fresh_hash).returning(Account.id)
    return session.scalar(rehash) is not None


def start_sign_in(session: Session, tokens: Tokens, sign_in: SignIn) -> TokenPair:
    """Start a sign-in and return its first tokens; the same member's earlier one on the same device ends."""
    if sign_in.device_digest is not None:
        member = (SignIn.clinic_id == sign_in.clinic_id) & (SignIn.member_id == sign_in.member_id)
        _end(session, member & (SignIn.device_digest == sign_in.device_digest), "signed_in_anew", sign_in.created_at)
    session.add(sign_in)
    session.flush()
    familiar.remember(session, sign_in.account_id, whereabouts(sign_in.device_digest), sign_in.created_at)
    known_by, since = sign_in.device_digest, sign_in.created_at
    publish(session, SignInStarted(sign_in.clinic_id, sign_in.account_id, sign_in.id, known_by, since))
    token = refreshing.new_token()
    _keep(session, tokens, sign_in.id, token, sign_in.created_at, until=sign_in.created_at + tokens.sign_in_life)
    return _pair(tokens, sign_in.account_id, sign_in.id, token, sign_in.created_at)


def refresh_sign_in(session: Session, tokens: Tokens, presented: str, device: bytes, now: datetime) -> TokenPair | None:
    """Use a refresh token up and return its successor with a new access token; None when it is good for nothing.

    One UPDATE decides who uses it. The immediately previous token is answered with the same successor for 30 s, on the
    same `device`, as an answer may be lost; any other second use means that two hold it, and ends the sign-in. That
    must be committed, so this refuses by None and never by raising.
    """
    if not _act_for_clinic_of(session, presented):
        return None
    nonce = refreshing.new_nonce()
    used = session.execute(
        update(RefreshToken)
        .where(
            RefreshToken.digest == refreshing.digest_of(presented),
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > now,
            SignIn.id == RefreshToken.sign_in_id,
            SignIn.ended_at.is_(None),
            SignIn.created_at > now - tokens.sign_in_life,
        )
        .values(used_at=now, used_by=device, successor_nonce=nonce)
        .returning(SignIn.id, SignIn.account_id, SignIn.created_at)
    ).one_or_none()
    if used is None:
        return _repeat_or_end(session, tokens, presented, device, now)
    successor = refreshing.successor_of(presented, nonce)
    _keep(session, tokens, used.id, successor, now, until=used.created_at + tokens.sign_in_life)
    return _pair(tokens, used.account_id, used.id, successor, now)


def end_sign_in(session: Session, sign_in_id: UUID, reason: str, now: datetime) -> None:
    """End one sign-in at once; ending it again changes nothing."""
    _end(session, SignIn.id == sign_in_id, reason, now)


def end_sign_in_of_account(session: Session, account_id: UUID, sign_in_id: UUID, now: datetime) -> None:
    """End one of an account's own sign-ins, of whatever clinic; 404 when it is none of them, or has ended."""
    if not _end_of_account(session, account_id, SignIn.id == sign_in_id, "ended_by_owner", now):
        raise not_found("sign-in")


def end_sign_ins_of_account(
    session: Session, account_id: UUID, reason: str, now: datetime, *, but_for: UUID | None = None
) -> int:
    """End an account's sign-ins in all of its clinics, but for one, and return how many."""
    others = true() if but_for is None else SignIn.id != but_for
    return _end_of_account(session, account_id, others, reason, now)


def end_sign_ins_of_member(session: Session, clinic_id: UUID, member_id: UUID, reason: str, now: datetime) -> None:
    """End every sign-in that acts for a member."""
    _end(session, (SignIn.clinic_id == clinic_id) & (SignIn.member_id == member_id), reason, now)


def end_all_sign_ins(session: Session, reason: str, now: datetime) -> int:
    """End every sign-in of every clinic, and return how many; for a transaction that acts for no clinic."""
    return sum(_end(session, SignIn.clinic_id == clinic_id, reason, now) for clinic_id in tenancy.each_clinic(session))


def _end_of_account(session: Session, account_id: UUID, which: ColumnElement[bool], reason: str, now: datetime) -> int:
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    standing = (SignIn.account_id == account_id) & SignIn.ended_at.is_(None) & which
    clinics = session.scalars(select(SignIn.clinic_id).where(standing).distinct().order_by(SignIn.clinic_id)).all()
    ended = 0
    for clinic_id in clinics:
        with tenancy.acting_for(session, clinic_id):
            ended += _end(session, standing & (SignIn.clinic_id == clinic_id), reason, now)
    return ended


def _act_for_clinic_of(session: Session, presented: str) -> bool:
    """Act for the clinic of a refresh token's sign-in; False when there is no such token."""
    digest = refreshing.digest_of(presented)
    sign_in_id = session.scalar(select(RefreshToken.sign_in_id).where(RefreshToken.digest == digest))
    if sign_in_id is None:
        return False
    tenancy.hold_up(session, Key.SIGN_IN, str(sign_in_id))
    tenancy.act_for(session, session.scalars(select(SignIn.clinic_id).where(SignIn.id == sign_in_id)).one())
    return True


def _repeat_or_end(session: Session, tokens: Tokens, presented: str, device: bytes, now: datetime) -> TokenPair | None:
    used = RefreshToken.used_at, RefreshToken.used_by, RefreshToken.successor_nonce
    seen = session.execute(
        select(*used, SignIn.id, SignIn.account_id, SignIn.member_id, SignIn.ended_at)
        .join(SignIn, SignIn.id == RefreshToken.sign_in_id)
        .where(RefreshToken.digest == refreshing.digest_of(presented))
    ).one_or_none()
    if seen is None or seen.used_at is None or seen.ended_at is not None:
        return None
    successor = refreshing.successor_of(presented, seen.successor_nonce)
    is_repeat = seen.used_by == device and now - seen.used_at <= refreshing.GRACE
    if is_repeat and _is_unused(session, successor):
        return _pair(tokens, seen.account_id, seen.id, successor, now)
    if _end(session, SignIn.id == seen.id, "refresh_token_reused", now):
        known = {"account_id": seen.account_id, "member_id": seen.member_id, "sign_in_id": seen.id}
        after_commit(session, REUSED.add)
        notes.note(session, "sign_in.reused", outcome=Outcome.DENIED, **known)
        letters.tell(session, seen.account_id, Letter.SIGN_IN_REUSED, now)
    return None


def _is_unused(session: Session, token: str) -> bool:
    unused = select(RefreshToken.id).where(
        RefreshToken.digest == refreshing.digest_of(token), RefreshToken.used_at.is_(None)
    )
    return session.scalar(unused) is not None


def _end(session: Session, which: ColumnElement[bool], reason: str, now: datetime) -> int:
    ended = session.execute(
        update(SignIn)
        .where(which, SignIn.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(SignIn.clinic_id, SignIn.member_id, SignIn.id)
    ).all()
    for row in ended:
        subject = {"sign_in_id": row.id, "member_id": row.member_id, "reason": reason}
        notes.note(session, "sign_in.ended", clinic_id=row.clinic_id, subject=subject)
        publish(session, SignInEnded(row.clinic_id, row.member_id, row.id))
    return len(ended)


def _keep(session: Session, tokens: Tokens, sign_in_id: UUID, token: str, now: datetime, *, until: datetime) -> None:
    session.add(
        RefreshToken(
            sign_in_id=sign_in_id,
            digest=refreshing.digest_of(token),
            issued_at=now,
            expires_at=min(now + tokens.refresh_life, until),
        )
    )
    session.flush()


def _pair(tokens: Tokens, account_id: UUID, sign_in_id: UUID, refresh_token: str, now: datetime) -> TokenPair:
    access_token = tokens.issue(account_id, sign_in_id, now)
    return TokenPair(access_token, int(tokens.life.total_seconds()), refresh_token)
