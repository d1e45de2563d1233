"""S4: a clinic's summary over its trailing 7 and 28 days, as its practitioners read it.

Beside itself with ten times the history and with ten times the patients; beside the same summary counted from the raw
events, as the product does for what was known at an earlier instant; and beside the least that could be done with raw
events for the mean alone: one statement in a bare view. All say the same.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import requests as http

from bench import load, stage
from bench.copies import loading, make_clinic, settle
from bench.histories import make_models
from bench.results import Result
from bench.rounds import QUICK, Kind, Order, take_turns, times_as_long
from bench.size import crowd
from tests.world import Person
from torture.stage import plain

YEAR, MODELS = 364, 40
SUMMARY = "/v1/clinic/adherence"
USUAL, LONG, LARGE = "summary", "summary, long history", "summary, many patients"
RAW, RAW_MEAN = "summary of raw events", "mean of raw events"


def measure(order: Order, tell: Callable[[str], None]) -> list[Result]:
    """Return the results of S4: of 2,000 patients and a year, ten years, 20,000 patients; a tenth of that in short."""
    patients, years, larger = (200, 4, 10) if order.rounds == QUICK.rounds else (2000, 10, 10)
    with stage.opened() as (opened, settings), ExitStack() as running:
        app, world = stage.quiet_app(settings)
        a_year = make_models(app, world, patients=MODELS, days=YEAR)
        long = make_models(app, world, patients=MODELS // 2, days=YEAR * years)
        connection = running.enter_context(psycopg.connect(plain(settings.database_url)))
        crowd(connection, world, order.clinics_beside, tell)
        with loading(connection):
            clinics = {}
            for number, (name, model, count) in enumerate(
                ((USUAL, a_year, patients), (LONG, long, patients), (LARGE, a_year, patients * larger)), 1
            ):
                tell(f"{count} patients: {name}")
                copies = count // len(model.models)
                clinics[name] = make_clinic(connection, world, model, copies=copies, number=number)
        settle(connection)
        product = running.enter_context(stage.serving(settings, "wsgi:app", Path(opened.folder)))
        bare = running.enter_context(stage.serving(settings, "bench.bare:app", Path(opened.folder)))
        _refuse_other_figures(product, clinics[USUAL])
        _refuse_other_means(product, bare, clinics[USUAL])
        rounds = take_turns(_kinds(product, bare, clinics), opened.cluster, order, tell)
    return [
        times_as_long("S4", f"{years} years / 1", LONG, USUAL, rounds, goal=1.2, better="lower"),
        times_as_long("S4", f"{larger} times the patients", LARGE, USUAL, rounds, goal=15, better="lower"),
        times_as_long("S4", "from raw events", RAW, USUAL, rounds, goal=20, better="higher"),
        times_as_long("S4", "mean alone, raw events", RAW_MEAN, USUAL, rounds, better="higher"),
    ]


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
