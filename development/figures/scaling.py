"""What so many clinics need, from what one operation costs (docs/scaling.md): assumptions, arithmetic, machines.

Costs come from the kept run of `make bench`, those that it does not measure are assumed and said to be. Change an
assumption here, run `make figures`, and all tables follow.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from development.figures.told import Run

PATIENTS_OF_A_CLINIC, PATIENTS_OF_A_PRACTITIONER = 400, 40
SIZES = (1, 100, 1_000, 10_000)
# Of a day's work, in its busiest hour; and of that hour's, how much denser the busiest minute is.
BUSIEST_HOUR, BUSIEST_MINUTE = 0.15, 2.0
# Above half, waiting begins to show.
BUSY = 0.5
PATIENTS_CONNECTED, STAFF_CONNECTED = 0.05, 0.8
# Of a patient's day.
MESSAGES, PUSHES = 0.6, 2
MOST_CONNECTIONS_OF_A_PROCESS, POOL = 10_000, 10
SECONDS_OF_A_DAY, DAYS_OF_A_YEAR = 86_400, 365
# Kilobytes of an idle connection, until a kept run says it.
IDLE_KILOBYTES = 42.0

# What an active patient leaves behind in a day: rows, and bytes of one with its indexes. The first three by bench-SIZE,
# the audit by 30,000 rows, messages and jobs assumed.
ROWS = (
    ("events (six exercises, six days of ten)", 3.6, 780),
    ("counted days", 6.0, 413),
    ("counted weeks", 1 / 7, 800),
    ("audit", 17.0, 430),
    ("messages, receipts, pushes", 4.0, 500),
)
# Of it, what is read again every day: four weeks of events and days, and the plan.
WARM_DAYS, WARM_BESIDES = 28, 40_000


@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody does so often a day, and what it costs: CPU of the server and of PostgreSQL in milliseconds.

    `measured_as`: the result of `make bench` that says it, of whose cost this takes `part`; none: assumed.
    """

    name: str
    a_day: float
    server_ms: float
    database_ms: float
    measured_as: tuple[str, str] | None = None
    part: float = 1.0

    def cost(self, run: Run | None) -> tuple[float, float]:
        found = run and next((each for each in run.results if (each.id, each.name) == self.measured_as), None)
        if found and "server_cpu_ms" in found.figures:
            return found.figures["server_cpu_ms"] * self.part, found.figures["database_cpu_ms"] * self.part
        return self.server_ms, self.database_ms


# Each patient's, the staff's among them.
OPERATIONS = (
    Operation("look at today, nothing new", 6, 0.7, 0.3, ("S1", "today 304")),
    Operation("look at today, made anew", 3, 2.2, 0.9, ("S1", "today, made anew")),
    Operation("take the plan along for offline", 0.3, 4.7, 1.3, ("S1", "offline")),
    Operation("upload six events: 0.4 of a hundred", 2, 8.9, 4.1, ("S2", "100 events by HTTP"), 0.4),
    Operation("send a message, told to two", MESSAGES, 1.3, 0.9, ("S3", "message.send, CPU")),
    Operation("staff reads: as today made anew", 4, 2.2, 0.9, ("S1", "today, made anew")),
    Operation("refresh a sign-in, connect (assumed)", 4, 2.0, 1.0),
    Operation("job: push, recount, reminder (assumed)", 5, 5.0, 2.0),
)


def written(runs: Mapping[str, Run]) -> str:
    """Return what one patient does in a day, and what so many clinics need, as tables."""
    run = runs.get("bench")
    return "\n".join((*_day(run), "", *_carried(run), "", *_needs(run), "", *_data(), "", _said(run)))


def _day(run: Run | None) -> list[str]:
    lines = ["| an active patient's day | times | CPU ms of one: server + PostgreSQL | of a day |", "|---|---|---|---|"]
    for each in OPERATIONS:
        server, database = each.cost(run)
        total = each.a_day * (server + database)
        lines.append(f"| {each.name} | {each.a_day:g} | {server:.1f} + {database:.1f} | {total:.0f} ms |")
    server, database = _cpu_of_a_day(run)
    return [
        *lines,
        f"| **together** | {sum(each.a_day for each in OPERATIONS):g} | | **{server:.0f} + {database:.0f} ms** |",
    ]


def _carried(run: Run | None) -> list[str]:
    lines = [
        "| a second, all cores busy | one web process, one core | a machine of 2 cores with its database |",
        "|---|---|---|",
    ]
    for each in OPERATIONS[:5]:
        server, database = each.cost(run)
        lines.append(f"| {each.name} | {_rounded(1000 / server)} | {_rounded(2000 / (server + database))} |")
    server, database = _cpu_of_a_day(run)
    busiest = BUSIEST_HOUR * BUSIEST_MINUTE / 3600 / BUSY
    by_process, by_machine = (1000 / (busiest * cost) * cores for cost, cores in ((server, 1), (server + database, 2)))
    return [*lines, f"| **patients, half busy** | {_rounded(by_process)} | {_rounded(by_machine)} |"]


def _cpu_of_a_day(run: Run | None) -> tuple[float, float]:
    costs = [(each.a_day, *each.cost(run)) for each in OPERATIONS]
    return sum(times * server for times, server, _ in costs), sum(times * database for times, _, database in costs)


def _needs(run: Run | None) -> list[str]:
    rows = [_need(clinics, run) for clinics in SIZES]
    titles = ("clinics", *(f"{clinics:,}" for clinics in SIZES))
    lines = [_line((name, *of_sizes)) for name, *of_sizes in zip(NEEDS, *rows, strict=True)]
    return [_line(titles), _line(["---"] * len(titles)), *lines]


NEEDS = (
    "active patients",
    "operations a second, busiest minute",
    "cores of web processes and workers, half busy",
    "cores of PostgreSQL, half busy",
    "live connections",
    "their memory",
    "processes, web and worker",
    "database connections",
    "messages a second, busiest minute",
    "pushes a minute, busiest minute",
    "data that is read every day",
    "data a year",
)


def _need(clinics: int, run: Run | None) -> Sequence[str]:
    patients = clinics * PATIENTS_OF_A_CLINIC
    a_second = patients * BUSIEST_HOUR * BUSIEST_MINUTE / 3600
    server, database = (a_second * each / 1000 / BUSY for each in _cpu_of_a_day(run))
    connections = patients * (PATIENTS_CONNECTED + STAFF_CONNECTED / PATIENTS_OF_A_PRACTITIONER)
    processes = max(math.ceil(server), math.ceil(connections / MOST_CONNECTIONS_OF_A_PROCESS), 2)
    return (
        f"{patients:,}",
        _rounded(a_second * sum(each.a_day for each in OPERATIONS)),
        _rounded(server),
        _rounded(database),
        _rounded(connections),
        _bytes(connections * _kilobytes(run) * 1000),
        f"{processes:,}",
        f"{processes * POOL:,}",
        _rounded(a_second * MESSAGES),
        _rounded(a_second * PUSHES * 60),
        _bytes(patients * _warm()),
        _bytes(patients * _a_day() * DAYS_OF_A_YEAR),
    )


def _data() -> list[str]:
    lines = ["| what a patient's day leaves behind | rows | bytes of one, with indexes | a year |", "|---|---|---|---|"]
    lines += [f"| {name} | {rows:.2g} | {size} | {_bytes(rows * size * DAYS_OF_A_YEAR)} |" for name, rows, size in ROWS]
    return [
        *lines,
        f"| **together** | {sum(rows for _, rows, _ in ROWS):.3g} | | **{_bytes(_a_day() * DAYS_OF_A_YEAR)}** |",
    ]


def _a_day() -> float:
    return sum(rows * size for _, rows, size in ROWS)


def _warm() -> float:
    return WARM_DAYS * sum(rows * size for name, rows, size in ROWS if not name.startswith("audit")) + WARM_BESIDES


def _kilobytes(run: Run | None) -> float:
    found = run and next((each for each in run.results if each.name == "kB of an idle official client"), None)
    return found.value if found else IDLE_KILOBYTES


def _said(run: Run | None) -> str:
    if run is None:
        return "Costs as docs/performance.md gives them, as no whole run of `make bench` is kept."
    return f"Costs by the kept run of `make bench`, seed {run.seed}; where it has none, those of docs/performance.md."


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rounded(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{round(number, 1 - math.floor(math.log10(number))):,.0f}"


def _bytes(number: float) -> str:
    unit, size = next(pair for pair in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)) if number >= pair[1])
    return f"{number / size:.2g} {unit}" if number / size < 100 else f"{round(number / size, -1):.0f} {unit}"
