"""Authenticator apps: set up, confirmed, replaced and removed; a code is good once, and the secret is sealed."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts import totp
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.models.second_factor import RecoveryCode, Totp
from hep_api.accounts.sealing import CannotOpen, Sealer, create_sealing_key
from hep_api.foundation.jobs.models import Job
from tests.accounts.conftest import NOON
from tests.accounts.factors import App, add_totp, begin_totp, confirm_totp
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(world: World) -> Person:
    return world.practitioner(world.clinic())


def letters_to(session: Session, person: Person) -> list[str]:
    payloads = session.scalars(select(Job.payload).where(Job.kind == "accounts.send_letter")).all()
    return [each["letter"] for each in payloads if each["account_id"] == str(person.account_id)]


def test_an_app_counts_when_it_was_confirmed_and_brings_ten_recovery_codes(person: Person, session: Session) -> None:
    offered = person.http.post("/v1/me/second-factors/totp").json
    assert offered["uri"].startswith("otpauth://totp/hep-api:")
    assert offered["secret"] in offered["uri"]
    assert offered["qr_svg"].startswith("data:image/svg+xml")
    assert person.http.get("/v1/me/second-factors").json["totp"] is None
    assert letters_to(session, person) == []

    added = confirm_totp(person.http, App(offered["secret"]).code())
    assert added.status_code == 200
    assert len(set(added.json["recovery_codes"])) == 10
    shown = person.http.get("/v1/me/second-factors").json
    assert shown["totp"]["confirmed_at"]
    assert shown["recovery_codes_left"] == 10
    assert letters_to(session, person) == ["second_factor_changed"]


def test_a_wrong_code_confirms_nothing_and_can_be_tried_ten_times(person: Person) -> None:
    app = begin_totp(person.http)
    wrong = str((int(app.code()) + 500_000) % 1_000_000).zfill(6)
    for _ in range(10):
        refused = confirm_totp(person.http, wrong)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_wrong")

    bounded = confirm_totp(person.http, app.code())
    assert (bounded.status_code, bounded.json["code"]) == (429, "too_many_guesses")
    assert 0 < int(bounded.headers["Retry-After"]) <= 3600
    assert person.http.get("/v1/me/second-factors").json["totp"] is None


def test_a_code_is_written_as_people_write_it_or_refused_by_name(person: Person) -> None:
    app = begin_totp(person.http)
    for odd in ("12345", "1234567", "12345a", "١٢٣٤٥٦"):
        refused = confirm_totp(person.http, odd)
        assert (refused.status_code, refused.json["errors"][0]["rule"]) == (422, "code"), odd
    code = app.code()
    assert confirm_totp(person.http, f"{code[:3]} {code[3:]}").status_code == 200


def test_only_the_newest_offer_is_confirmed_and_only_within_the_hour(person: Person, session: Session) -> None:
    assert confirm_totp(person.http, "123456").status_code == 409
    older = begin_totp(person.http)
    newer = begin_totp(person.http)
    assert confirm_totp(person.http, older.code()).status_code == 403

    pending = update(Totp).where(Totp.account_id == person.account_id)
    session.execute(pending.values(created_at=NOON - totp.CONFIRMED_WITHIN))
    session.commit()
    assert confirm_totp(person.http, newer.code()).status_code == 409


def test_another_app_takes_the_place_of_the_first_and_the_recovery_codes_stay(person: Person) -> None:
    first, codes = add_totp(person)
    second = begin_totp(person.http)
    assert person.http.post("/v1/me/step-up", json={"totp_code": first.code()}).status_code == 200

    assert confirm_totp(person.http, second.code(-1)).json == {"recovery_codes": None}
    assert person.http.post("/v1/me/step-up", json={"totp_code": first.code(1)}).status_code == 403
    assert person.http.post("/v1/me/step-up", json={"totp_code": second.code()}).status_code == 200
    assert person.http.post("/v1/me/step-up", json={"recovery_code": codes[0]}).status_code == 200


def test_adding_asks_for_the_factor_that_is_there_or_for_a_sign_in_that_is_new(
    world: World, person: Person, session: Session
) -> None:
    long_ago = NOON - timedelta(minutes=11)
    session.execute(update(SignIn).where(SignIn.id == person.sign_in_id).values(created_at=long_ago))
    session.commit()
    for door in ("/v1/me/second-factors/totp", "/v1/me/passkeys/options"):
        refused = person.http.post(door)
        assert (refused.status_code, refused.json["code"]) == (403, "fresh_sign_in_needed")

    tablet = world.sign_in(person)
    add_totp(tablet)
    for door in ("/v1/me/second-factors/totp", "/v1/me/passkeys/options"):
        refused = person.http.post(door)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
        assert refused.json["methods"] == ["totp", "recovery_code"]
        assert tablet.http.post(door).status_code in (200, 201)


def test_an_app_is_removed_after_a_step_up_and_the_recovery_codes_go_with_it(
    world: World, person: Person, session: Session
) -> None:
    app, codes = add_totp(person)
    tablet = world.sign_in(person)
    refused = tablet.http.delete("/v1/me/second-factors/totp")
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    assert tablet.http.post("/v1/me/second-factors/recovery-codes").status_code == 403

    assert tablet.http.post("/v1/me/step-up", json={"totp_code": app.code()}).status_code == 200
    assert tablet.http.delete("/v1/me/second-factors/totp").status_code == 204
    shown = tablet.http.get("/v1/me/second-factors").json
    assert (shown["totp"], shown["recovery_codes_left"]) == (None, 0)
    own = RecoveryCode.account_id == person.account_id
    assert session.scalars(select(RecoveryCode.digest).where(own)).all() == []
    # What any sign-in has shown counts no more.
    shown_at = select(SignIn.second_factor_at).where(SignIn.account_id == person.account_id)
    assert session.scalars(shown_at).all() == [None, None]
    assert tablet.http.post("/v1/me/step-up", json={"recovery_code": codes[0]}).status_code == 403
    assert letters_to(session, person) == ["second_factor_changed", "second_factor_changed"]


def test_recovery_codes_are_renewed_and_the_older_ones_end(person: Person) -> None:
    _, older = add_totp(person)
    newer = person.http.post("/v1/me/second-factors/recovery-codes").json["recovery_codes"]

    assert len(newer) == 10
    assert not set(newer) & set(older)
    assert person.http.post("/v1/me/step-up", json={"recovery_code": older[0]}).status_code == 403
    assert person.http.post("/v1/me/step-up", json={"recovery_code": newer[0].upper()}).status_code == 200
    assert person.http.get("/v1/me/second-factors").json["recovery_codes_left"] == 9


def test_recovery_codes_come_only_with_a_second_factor(world: World, person: Person) -> None:
    world.step_up(person)
    refused = person.http.post("/v1/me/second-factors/recovery-codes")
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "no_second_factor")


def test_neither_secrets_nor_codes_are_kept_readable(person: Person, session: Session) -> None:
    app, codes = add_totp(person)
    kept = session.scalars(select(Totp.sealed_secret).where(Totp.account_id == person.account_id)).one()
    assert app.secret.encode() not in kept
    digests = session.scalars(select(RecoveryCode.digest).where(RecoveryCode.account_id == person.account_id)).all()
    assert all(len(digest) == 32 for digest in digests)
    assert not any(code.encode() in digest for code in codes for digest in digests)


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(steps: int, is_good: bool) -> None:
    secret = totp.new_secret()
    code = pyotp.TOTP(secret).at(NOON + timedelta(seconds=30 * steps))
    assert (totp.counter_of(secret, code, NOON) is not None) is is_good


class TestSealing:
    """What is sealed opens in its place under any key that is there, and nowhere else."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        create_sealing_key(tmp_path, NOON)
        return tmp_path

    def test_it_opens_in_its_place_only(self, folder: Path) -> None:
        sealer = Sealer(folder)
        sealed = sealer.seal(b"secret", b"place")
        assert b"secret" not in sealed
        assert sealer.unseal(sealed, b"place") == b"secret"
        changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        for broken, place in ((sealed, b"elsewhere"), (changed, b"place"), (b"\x03old" + sealed, b"place")):
            with pytest.raises(CannotOpen):
                sealer.unseal(broken, place)

    def test_a_newer_key_seals_and_the_older_still_opens(self, folder: Path) -> None:
        before = Sealer(folder)
        sealed = before.seal(b"secret", b"place")
        create_sealing_key(folder, NOON + timedelta(days=1))
        after = Sealer(folder)
        assert after.is_outdated(sealed)
        assert after.unseal(sealed, b"place") == b"secret"
        newer = after.seal(b"secret", b"place")
        assert not after.is_outdated(newer)
        # A process that was started before finds the key in the folder.
        assert before.unseal(newer, b"place") == b"secret"

    def test_a_key_is_readable_by_its_owner_only(self, folder: Path) -> None:
        [file] = folder.iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
