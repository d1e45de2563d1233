"""R2: two hundred phones in a bad network, with web processes killed and the database cut off under them: the numbers
are those of the model, nothing is lost and nothing is counted twice; and who pulls while eight write skips nothing.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from hep_api.foundation.identifiers import new_id
from tests.plans import making
from tests.world import Person, World
from torture.phones.courses import Course, make_course
from torture.phones.model import RATIOS, numbers
from torture.phones.phone import Phone
from torture.phones.reports import Reports, make_reports
from torture.phones.sabotage import sabotaged
from torture.phones.writers import pull_while_written
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Process, Stage

PROCESSES = 2
PHONES_AT_ONCE = 12
MOST_WHILE_SETTING_UP = 4
BUSY, TRIES = 503, 20
# A broken build is tried in short, again and again, until it is caught.
ROUNDS = 6
# Which half tries a broken build.
OF_PULLING = ("events_numbered_by_the_clock", "events_numbered_without_the_lock", "tombstones_forgotten")
CAUGHT_WITHOUT_SABOTAGE = (
    "counts_incremented",
    "ids_made_by_the_server",
    "events_without_key",
    "events_known_of_anyone",
)
OF_COUNTING = (*CAUGHT_WITHOUT_SABOTAGE, "acknowledged_before_commit")
# One event in so many has an id that every other patient's phones use as well.
COMMON_IDS = 50
# A run in which one of these never happened has proven nothing.
AILMENTS = ("answers_lost", "broken_off", "sent_twice_at_once", "no_answer", "duplicate", "conflicts")
# What is compared of an event that was pulled with the event as it was sent.
SENT = ("kind", "performed_on", "prescription_id", "sets", "reps", "slot", "pain", "skip_reason")


@dataclass
class Patient:
    """A patient with a course, what they report, and their two phones."""

    person: Person
    course: Course
    reports: Reports
    phones: Sequence[Phone]


def prove(stage: Stage, order: Order) -> Outcome:
    """Let eight write while one pulls, then let the phones report while everything breaks; a broken build is tried by
    the half that it concerns.
    """
    settings = stage.settings()
    with ThreadPoolExecutor(PROCESSES) as pool:
        webs = list(pool.map(lambda _: stage.web(settings, order.broken), range(PROCESSES)))
    world = remote_world(settings, webs)
    lead = world.practitioner(world.clinic())
    squat = making.exercise(lead)
    outcome = Outcome()
    for number in range(order.amount(1, 1, ROUNDS)):
        turn = replace(order, seed=order.seed + number)
        if order.broken not in OF_COUNTING:
            _pull(world, lead, squat, webs, turn, outcome)
        if order.broken not in OF_PULLING:
            patients = _make_patients(world, lead, squat, webs, turn)
            with _trouble(stage, urlsplit(settings.database_url).path.removeprefix("/"), webs, turn) as broken:
                _send(patients)
            _tell(patients, broken, order, outcome)
        outcome.complaints += [line for web in webs for line in web.unforeseen()]
        if outcome.complaints:
            break
    outcome.value = len(outcome.complaints)
    return outcome


def _pull(world: World, lead: Person, squat: UUID, webs: Sequence[Process], order: Order, outcome: Outcome) -> None:
    ports = [web.port for web in webs]
    pulled = pull_while_written(world, lead, lambda patient: make_course(lead, patient, squat), ports, order)
    outcome.figures["while_eight_wrote"] = dict(pulled.counts)
    outcome.complaints += pulled.complaints


def _trouble(
    stage: Stage, database: str, webs: Sequence[Process], order: Order
) -> AbstractContextManager[Counter[str]]:
    if order.broken in CAUGHT_WITHOUT_SABOTAGE:
        return nullcontext(Counter())
    return sabotaged(stage, database, webs, order.lots)


def _tell(patients: Sequence[Patient], broken: Mapping[str, int], order: Order, outcome: Outcome) -> None:
    counts = sum((phone.counts for patient in patients for phone in patient.phones), Counter[str]())
    events = sum(len(patient.reports.taken) for patient in patients)
    outcome.figures |= {**broken, "phones": 2 * len(patients), "events": events, **dict(sorted(counts.items()))}
    outcome.complaints += [line for patient in patients for line in _compare(patient)]
    if not order.broken:
        made = {**broken, **{what: counts[what] for what in AILMENTS}}
        outcome.complaints += [
            f"{what.replace('_', ' ')}: there were none" for what, times in made.items() if not times
        ]


def _make_patients(world: World, lead: Person, squat: UUID, webs: Sequence[Process], order: Order) -> list[Patient]:
    amount, events = order.amount(100, 10, 4), order.amount(1000, 300, 150)
    common = [str(new_id()) for _ in range(events // COMMON_IDS)]

    def make(number: int) -> Patient:
        person = world.patient(lead)
        lots = Order(order.seed + 1000 + number).lots
        course = make_course(lead, person, squat)
        reports = make_reports(course, events, lots, common)
        ports = [web.port for web in webs]
        phones = [
            Phone(
                ports, world.sign_in(person).token, str(person.patient_id), Order(lots.getrandbits(30)).lots, list(own)
            )
            for own in reports.by_phone
        ]
        return Patient(person, course, reports, phones)

    with ThreadPoolExecutor(MOST_WHILE_SETTING_UP) as pool:
        return list(pool.map(make, range(amount)))


def _send(patients: Sequence[Patient]) -> None:
    """Let all phones send, the two of a patient at the same time; then what was altered, then pull to the end."""
    with ThreadPoolExecutor(PHONES_AT_ONCE) as pool:
        for done in [pool.submit(phone.send_all) for patient in patients for phone in patient.phones]:
            done.result()
        for done in [pool.submit(each.phones[0].send_altered, each.reports.altered) for each in patients]:
            done.result()
        for done in [pool.submit(phone.pull_all) for patient in patients for phone in patient.phones]:
            done.result()


def _compare(patient: Patient) -> Iterable[str]:
    """Yield where what the server has differs from what was sent, and its numbers from the model's."""
    sent = {event["id"]: event for event in patient.reports.taken}
    for phone in patient.phones:
        yield from phone.complaints
        yield from _of_outcomes(phone, patient.reports.refused)
        lost, added = sent.keys() - phone.events.keys(), phone.events.keys() - sent.keys()
        if lost:
            yield f"{len(lost)} of {len(sent)} events are not there, or were skipped by who pulled"
        if added:
            yield f"{len(added)} events are there that nobody sent"
        if phone.order != list(range(1, len(phone.order) + 1)):
            yield "events were pulled twice, or not in the order of their numbers"
        altered = [id_ for id_ in sent.keys() & phone.events.keys() if _said(sent[id_]) != _said(phone.events[id_])]
        if altered:
            yield f"{len(altered)} events are there with another content"
    yield from _of_numbers(patient)


def _of_outcomes(phone: Phone, refused: set[str]) -> Iterable[str]:
    wrong = Counter(outcome for id_, outcome in phone.outcomes.items() if ("rejected" in outcome) != (id_ in refused))
    for outcome, amount in wrong.items():
        yield f"{amount} events were answered {outcome} and should not have been"


def _of_numbers(patient: Patient) -> Iterable[str]:
    course = patient.course
    first, last = course.starts_on, course.today - timedelta(days=1)
    path = f"/v1/patients/{patient.person.patient_id}/adherence?from={first}&to={last}"
    answer = patient.person.http.get(path)
    for _ in range(TRIES):
        if answer.status_code != BUSY:  # the connections that it held were cut
            break
        answer = patient.person.http.get(path)
    if answer.status_code != 200:
        yield f"the figures were answered {answer.status_code}"
        return
    total = json.loads(answer.get_data())["windows"][0]["total"]
    for name, (above, below) in numbers(course, patient.reports.taken, first, last).items():
        shown = (total[name]["numerator"], total[name]["denominator"])
        if shown != (_with_four_decimals(above), below):
            yield f"{name} is {shown[0]} of {shown[1]} and should be {_with_four_decimals(above)} of {below}"
    assert set(RATIOS) <= total.keys()


def _with_four_decimals(value: Fraction) -> float:
    return floor(value * 10_000 + Fraction(1, 2)) / 10_000


def _said(event: dict[str, Any]) -> list[Any]:
    return [event.get(name) for name in SENT]


R2 = Proof(
    "R2",
    "phones: nothing lost, nothing twice",
    prove,
    broken=(*OF_PULLING, *OF_COUNTING),
)
