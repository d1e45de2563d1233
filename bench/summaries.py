"""S4: a clinic's summary over its trailing 7 and 28 days, as its practitioners read it.

Beside itself with ten times the history and with ten times the patients; beside the same summary counted from the raw
events, as the product does for what was known at an earlier instant; and beside the least that could be done with raw
events for the mean alone: one statement in a bare view. All say the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from typing import Any
from urllib.parse import quote

import requests as http

from bench import load, stage
from bench.copies import Wanted, make_clinics
from bench.ground import Ground
from bench.histories import make_models
from bench.results import Result
from bench.rounds import Kind, Order, take_turns, times_as_long
from tests.world import Person

YEAR, FIRST_NUMBER = 364, 2
SUMMARY = "/v1/clinic/adherence"
USUAL, LONG, LARGE = "summary", "summary, long history", "summary, many patients"
RAW, RAW_MEAN = "summary of raw events", "mean of raw events"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is summed up: patients of the usual clinic, years of the long one, times the patients of the large."""

    patients: int
    years: int
    larger: int
    models: int
    long_models: int


FULL, SHORT = Extent(2000, 10, 10, 40, 10), Extent(200, 4, 10, 10, 5)


def make_large_clinics(ground: Ground, order: Order) -> None:
    """Load the three clinics that are summed up, which all other measurements of the run have beside them."""
    extent = _extent(order)
    ground.tell("patients with years behind them, to be copied")
    a_year = make_models(ground.app, ground.world, patients=extent.models, days=YEAR)
    long = make_models(ground.app, ground.world, patients=extent.long_models, days=YEAR * extent.years)
    sizes = (
        (LONG, long, extent.patients),
        (LARGE, a_year, extent.patients * extent.larger),
        (USUAL, a_year, extent.patients),
    )
    wanted = [
        Wanted(name, model, count // len(model.models), number)
        for number, (name, model, count) in enumerate(sizes, FIRST_NUMBER)
    ]
    leads = make_clinics(ground.connection, ground.world, wanted, ground.tell)
    ground.clinics.update({one.name: lead for one, lead in zip(wanted, leads, strict=True)})


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S4: of 2,000 patients and a year, ten years, 20,000 patients; a tenth of that in short."""
    clinics, extent = ground.clinics, _extent(order)
    with ground.serving("wsgi:app") as product, ground.serving("bench.bare:app") as bare:
        _refuse_other_figures(product, clinics[USUAL])
        _refuse_other_means(product, bare, clinics[USUAL])
        rounds = take_turns(_kinds(product, bare, clinics), ground.cluster, order, ground.tell)
    years, larger = extent.years, extent.larger
    return [
        times_as_long("S4", f"{years} years / 1", LONG, USUAL, rounds, goal=1.2, better="lower"),
        times_as_long("S4", f"{larger} times the patients", LARGE, USUAL, rounds, goal=15, better="lower"),
        times_as_long("S4", "from raw events", RAW, USUAL, rounds, goal=20, better="higher"),
        times_as_long("S4", "mean alone, raw events", RAW_MEAN, USUAL, rounds, better="higher"),
    ]


def _extent(order: Order) -> Extent:
    return SHORT if order.is_short else FULL


def _kinds(product: stage.Server, bare: stage.Server, clinics: Mapping[str, Person]) -> list[Kind]:
    kinds = [_kind(name, product, load.request(SUMMARY, _signed(lead))) for name, lead in clinics.items()]
    lead = clinics[USUAL]
    return [
        *kinds,
        _kind(RAW, product, load.request(_of_raw_events(), _signed(lead))),
        _kind(RAW_MEAN, bare, load.request(f"/raw/{lead.clinic_id}", {})),
    ]


def _kind(name: str, server: stage.Server, request: bytes) -> Kind:
    return Kind(name, lambda seconds: load.send(server.port, repeat(request), 200, seconds, 1), server.cpu_seconds)


def _signed(lead: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {lead.token}"}


def _of_raw_events() -> str:
    """Return the address of the summary as it is known by now, which the product counts from the raw events."""
    return f"{SUMMARY}?as_known_on={quote(datetime.now(UTC).isoformat())}"


def _refuse_other_figures(product: stage.Server, lead: Person) -> None:
    """Raise unless the summary says the same when it is counted from the raw events."""
    kept, counted = (
        _answer(f"http://127.0.0.1:{product.port}{path}", _signed(lead))["windows"]
        for path in (SUMMARY, _of_raw_events())
    )
    assert kept == counted, f"{kept} {counted}"


def _refuse_other_means(product: stage.Server, bare: stage.Server, lead: Person) -> None:
    """Raise unless both sides say the same: else they did not do the same work."""
    said = _answer(f"http://127.0.0.1:{product.port}{SUMMARY}", _signed(lead))
    raw = _answer(f"http://127.0.0.1:{bare.port}/raw/{lead.clinic_id}", {})
    means = {each["name"]: each["mean"] for each in said["windows"]}
    found = {name: round(mean, 4) for name, mean in raw.items()}
    assert all(abs(means[name] - found[name]) < 0.0002 for name in found), f"{means} {found}"


def _answer(url: str, headers: Mapping[str, str]) -> Any:
    answer = http.get(url, headers=headers, timeout=60)
    answer.raise_for_status()
    return json.loads(answer.content)
