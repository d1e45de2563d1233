"""Old sign-ins and refresh tokens go; what may still give a thief away stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts import jobs
from hep_api.accounts.actions import password_resets
from hep_api.accounts.models.identity import PasswordReset, RefreshToken, SignIn
from tests.world import Person, World

NOW = datetime.now(UTC)


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


def add(session: Session, owner: Person, *, days_old: int, token_days_left: int | None, **more: Any) -> SignIn:
    sign_in = SignIn(
        account_id=owner.account_id,
        clinic_id=owner.clinic_id,
        member_id=owner.member_id,
        created_at=NOW - timedelta(days=days_old),
        **more,
    )
    session.add(sign_in)
    session.flush()
    if token_days_left is not None:
        token = RefreshToken(
            sign_in_id=sign_in.id,
            digest=sign_in.id.bytes,
            issued_at=sign_in.created_at,
            expires_at=NOW + timedelta(days=token_days_left),
            used_at=NOW - timedelta(days=5),
            successor_nonce=b"nonce",
        )
        session.add(token)
        session.flush()
    return sign_in


def test_only_what_is_good_for_nothing_any_more_goes(app: Flask, owner: Person, session: Session) -> None:
    kept = [
        add(session, owner, days_old=50, token_days_left=10),
        add(session, owner, days_old=0, token_days_left=None),
        add(session, owner, days_old=50, token_days_left=10, ended_at=NOW - timedelta(days=29)),
    ]
    gone = [
        add(session, owner, days_old=61, token_days_left=-1),
        add(session, owner, days_old=2, token_days_left=None),
        add(session, owner, days_old=50, token_days_left=10, ended_at=NOW - timedelta(days=31)),
    ]

    jobs.prune_sign_ins(session, {}, NOW)

    left = set(session.scalars(select(SignIn.id).where(SignIn.member_id == owner.member_id)))
    assert left == {sign_in.id for sign_in in kept} | {owner.sign_in_id}
    tokens = set(session.scalars(select(RefreshToken.sign_in_id)))
    assert tokens.isdisjoint(sign_in.id for sign_in in gone)
    assert {kept[0].id, kept[2].id} <= tokens


def test_the_worker_knows_the_job_and_its_interval(app: Flask) -> None:
    assert app.extensions["hep_jobs"]["accounts.prune_sign_ins"] is jobs.prune_sign_ins
    assert app.extensions["hep_recurring"]["accounts.prune_sign_ins"] == timedelta(days=1)


def test_links_that_have_expired_go_and_open_ones_stay(world: World, session: Session) -> None:
    clinic_id = world.clinic()
    expired, opened = world.owner(clinic_id), world.owner(clinic_id)
    for owner, minutes_ago in ((expired, 11), (opened, 9)):
        password_resets.open_reset(session, owner.account_id, NOW - timedelta(minutes=minutes_ago))

    jobs.prune_sign_ins(session, {}, NOW)

    accounts = session.scalars(select(PasswordReset.account_id)).all()
    assert expired.account_id not in accounts
    assert opened.account_id in accounts
