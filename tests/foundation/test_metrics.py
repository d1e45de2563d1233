"""What is counted for Prometheus: by the program's own words, never by anybody's; and how all clinics' work stands."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.app import MEASURES, create_app
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.models import Job, Outcome
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce
from hep_api.foundation.metrics import tallies
from hep_api.foundation.metrics.exposing import Exposition
from hep_api.foundation.metrics.process import ReadOfProcess
from hep_api.foundation.metrics.readings import UNANSWERED, AskedOfDatabase
from hep_api.foundation.metrics.tallies import LEVELS, TALLIES, TIMINGS
from hep_api.foundation.settings import Settings
from hep_api.messaging.models.flags import RedFlag
from tests.world import World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CANARY = "nightingale"
ME = ("GET", "/v1/me", "2xx")

Seen = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(exposition: Exposition) -> Seen:
    body, _ = exposition.written("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def of(seen: Seen, name: str, **labels: str) -> float:
    return seen.get((name, tuple(sorted(labels.items()))), 0.0)


@pytest.fixture
def exposition(app: Flask) -> Exposition:
    """As a worker's, which asks the database too."""
    return Exposition((ReadOfProcess(app), AskedOfDatabase(app, MEASURES)))


def test_a_request_is_counted_by_its_routes_template(world: World, exposition: Exposition) -> None:
    practitioner = world.practitioner(world.clinic())
    patient = world.patient(practitioner)
    route = "/v1/patients/<uuid:patient_id>"
    before = scrape(exposition)
    assert practitioner.http.get(f"/v1/patients/{patient.member_id}").status_code == 200
    assert practitioner.http.get(f"/v1/patients/{uuid4()}").status_code == 404
    after = scrape(exposition)
    for status in ("2xx", "4xx"):
        labels = {"method": "GET", "route": route, "status": status}
        assert of(after, "hep_requests_total", **labels) == of(before, "hep_requests_total", **labels) + 1
    timed = {"method": "GET", "route": route}
    assert of(after, "hep_request_seconds_count", **timed) == of(before, "hep_request_seconds_count", **timed) + 2
    assert of(after, "hep_request_seconds_bucket", le="+Inf", **timed) == of(
        after, "hep_request_seconds_count", **timed
    )
    refused = {"route": route, "code": "not_found"}
    assert of(after, "hep_refusals_total", **refused) == of(before, "hep_refusals_total", **refused) + 1
    assert of(after, "hep_requests_in_flight") == 0


def test_nothing_that_anybody_sends_becomes_a_label(app: Flask, world: World, exposition: Exposition) -> None:
    series = len(tallies.TALLIES["hep_requests"].counts)
    stranger, owner = world.anyone(), world.owner(world.clinic())
    for number in range(5):
        word = f"{CANARY}-{number}"
        assert stranger.get(f"/v1/{word}?{word}={word}").status_code == 404
        assert stranger.send(f"{CANARY}{number}".upper(), "/v1/me").status_code == 405
        assert stranger.post("/v1/sign-ins", json={"email": f"{word}@clinic.example", "password": word}).status_code
        assert owner.http.get(f"/v1/patients?search={word}", headers={"X-Request-Id": word}).status_code
    written = exposition.written("")[0].decode().lower()
    assert CANARY not in written
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", written)
    assert "@" not in written
    assert len(TALLIES["hep_requests"].counts) <= series + 4


def test_words_that_never_end_fill_up_nothing() -> None:
    tally, timing = tallies.Tally("test_words", "", "word"), tallies.Timing("test_times", "", "word")
    try:
        for number in range(tallies.MOST_SERIES + 50):
            tally.add(str(number))
            timing.add(0.1, str(number))
    finally:
        del TALLIES["test_words"], TIMINGS["test_times"]
    assert len(tally.counts) == len(timing.rows) == tallies.MOST_SERIES + 1
    assert tally.counts[(tallies.OTHER,)] == 50


def test_labels_are_words_of_the_programs_own(exposition: Exposition) -> None:
    """A label for a clinic, a person or free text would have one of these names, or a new one to be judged here."""
    known = {"method", "route", "status", "code", "rate", "outcome", "command", "reason", "event", "kind"}
    known |= {"provider", "result"}
    named = {label for each in (*TALLIES.values(), *TIMINGS.values()) for label in each.labels}
    assert named == known
    names = {*TALLIES, *TIMINGS, *LEVELS, *MEASURES}
    assert all(name.startswith("hep_") for name in names)
    assert all(each.words.endswith(".") for each in (*TALLIES.values(), *TIMINGS.values(), *LEVELS.values()))


def test_the_work_of_all_clinics_is_counted_and_none_of_it_is_seen(
    app: Flask, world: World, session: Session, exposition: Exposition
) -> None:
    before = scrape(exposition)
    # No foreign keys: a flag without the patient, the plan and the conversation behind it.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    why = {"bounced_at": NOW, "way": BounceWay.RETURNED, "reason": BounceReason.MAILBOX_CLOSED}
    for clinic_id in (world.clinic(), world.clinic()):
        session.add(MailBounce(clinic_id=clinic_id, member_id=new_id(), **why))
        session.add(_flag(clinic_id))
    session.add(_job(run_at=NOW))
    session.add(_job(run_at=NOW, outcome=Outcome.DEAD, finished_at=NOW))
    session.commit()
    after = scrape(Exposition((AskedOfDatabase(app, MEASURES),)))
    closed = {"kind": "mailbox_closed"}
    assert of(after, "hep_mail_bounced", **closed) == of(before, "hep_mail_bounced", **closed) + 2
    assert of(after, "hep_red_flags_open") == of(before, "hep_red_flags_open") + 2
    assert of(after, "hep_red_flags_oldest_seconds") > 0
    assert of(after, "hep_jobs_due", kind="test.measured") == 1
    assert of(after, "hep_jobs_overdue_seconds", kind="test.measured") > 3600
    assert of(after, "hep_jobs_dead", kind="test.measured") == 1
    assert of(after, "hep_database_connections_most") > of(after, "hep_database_connections") > 0
    with app.app_context(), app.extensions["hep_database"].new_session() as own:
        assert own.scalar(text("SELECT count(*) FROM mail_bounce")) == 0
        assert own.scalar(text("SELECT count(*) FROM red_flag")) == 0


def test_every_measure_of_the_database_is_known_by_name(session: Session) -> None:
    source = session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'measure_work'"))
    assert set(re.findall(r"'(hep_\w+)'", str(source))) == set(MEASURES)


def test_while_the_database_is_away_the_rest_is_told(settings: Settings) -> None:
    lonely = create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    before = UNANSWERED.counts[()]
    told = scrape(Exposition((ReadOfProcess(lonely), AskedOfDatabase(lonely, MEASURES))))
    assert of(told, "hep_database_pool_size") == settings.database_pool_size
    assert not [name for name, _ in told if name in MEASURES]
    assert UNANSWERED.counts[()] == before + 1


def _flag(clinic_id: UUID) -> RedFlag:
    at = {"raised_at": NOW, "held_since": NOW, "passes_on_at": NOW, "leaders_told_at": None}
    counts = {"causes": 1, "steps": 1, "passes": 0, "round": 1, "held_by": None}
    return RedFlag(clinic_id=clinic_id, patient_id=new_id(), conversation_id=new_id(), **at, **counts)


def _job(**values: object) -> Job:
    return Job(id=new_id(), kind="test.measured", payload={}, priority=0, created_at=NOW, **({"run_at": NOW} | values))
