"""`python -m bench.profiles send|today|upload [seconds]`, or `make profile-send`: where a hot path spends its time.

Serves the product as production does, keeps it busy by the same load as the measurements, and looks at where its
process is at every fourth millisecond of processor time. Prints the CPU of one operation, whose code it was spent in,
and by which functions of the product; leaves the stacks in build/profile-<path>.txt, from which flames can be drawn.
"""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import chats, ground, load, phones, reads, stage
from bench.copies import make_clinic, settle
from bench.ground import Ground
from bench.patients import make_patients

FOLDER = Path(__file__).resolve().parent.parent / "build"
WARM_UP, PATIENCE_SECONDS = 2.0, 10
BATCHES_A_SECOND = 25  # patients, of four batches each
FUNCTIONS = 40
TOGETHER = {"flask": "Flask, Werkzeug", "werkzeug": "Flask, Werkzeug", "psycopg_binary": "psycopg"}
Load = Callable[[float], load.Load]


@dataclass(frozen=True, slots=True)
class Profile:
    """How often each stack was seen, over how many operations, and what one of them cost in all."""

    stacks: Counter[str]
    operations: int
    server_cpu_ms: float
    database_cpu_ms: float


def main(words: list[str]) -> None:
    """Print the profile of one path."""
    path, seconds = words[0], float(words[1]) if len(words) > 1 else 20.0
    with ground.opened(lambda line: print(line, flush=True)) as opened:
        prepare = PATHS[path](opened, seconds)
        samples = FOLDER / f"profile-{path}.txt"
        with _sampled(opened, samples) as server:
            profile = _taken(opened, server, prepare(server), seconds, samples)
    print_profile(path, profile)


def print_profile(path: str, profile: Profile) -> None:
    """Print whose code a path spends its processor time in, and which functions of the product."""
    total = profile.stacks.total()
    print(f"\n{path}: {profile.operations} operations, each {profile.server_cpu_ms:.3f} ms in the server", end="")
    print(f" and {profile.database_cpu_ms:.3f} ms in PostgreSQL; {total} samples\n")
    for title, seen in (("whose code", by_owner(profile.stacks)), ("within", by_function(profile.stacks))):
        print(f"{title:<78}{'share':>7}{'us':>9}")
        for name, count in seen.most_common(FUNCTIONS):
            print(f"{name:<78}{count / total:>7.1%}{count / total * profile.server_cpu_ms * 1000:>9.0f}")
        print()


def by_owner(stacks: Mapping[str, int]) -> Counter[str]:
    """Count by whose code was at work; the product's own by its folders."""
    found: Counter[str] = Counter()
    for stack, seen in stacks.items():
        found[next(filter(None, map(_owner, reversed(stack.split(";")))), "Python")] += seen
    return found


def by_function(stacks: Mapping[str, int]) -> Counter[str]:
    """Count in how many samples each function of the product stood somewhere in the stack."""
    found: Counter[str] = Counter()
    for stack, seen in stacks.items():
        for name in {each for each in stack.split(";") if each.startswith("hep_api/")}:
            found[name] += seen
    return found


def _owner(frame: str) -> str | None:
    """Return the product's folder, or the package; None for the standard library, which works for its caller."""
    folders = frame.partition(":")[0].split("/")
    if len(folders) == 1 or folders[0].startswith("python3"):
        return None
    return "/".join(folders[:3]) if folders[0] == "hep_api" else TOGETHER.get(folders[0], folders[0])


def _uploads(opened: Ground, seconds: float) -> Callable[[stage.Server], Load]:
    model = phones.make_offline_models(opened.world)
    copies = int(BATCHES_A_SECOND / len(model.models) * (seconds + WARM_UP))
    clinic = make_clinic(opened.connection, opened.world, model, copies=copies, number=phones.NUMBER)
    settle(opened.connection)
    batches = [each.request for each in phones.batches_of(opened.app, model, clinic.clinic_id, copies=copies)]
    coming = iter(batches)
    return lambda server: lambda span: load.send(server.port, coming, 200, span, connections=1)


def _today(opened: Ground, _seconds: float) -> Callable[[stage.Server], Load]:
    patients = make_patients(opened.app, opened.world, reads.PATIENTS)
    settle(opened.connection)
    return lambda server: reads.unchanged(patients, server)


def _send(opened: Ground, _seconds: float) -> Callable[[stage.Server], Load]:
    people = chats.make_conversations(opened.world, chats.CONVERSATIONS)
    settle(opened.connection)
    return lambda server: chats.sending(server.port, people)


PATHS = {"upload": _uploads, "today": _today, "send": _send}


@contextmanager
def _sampled(opened: Ground, samples: Path) -> Iterator[stage.Server]:
    samples.parent.mkdir(exist_ok=True)
    samples.unlink(missing_ok=True)
    with opened.serving("bench.sampled:app", more={"BENCH_SAMPLES": str(samples)}) as server:
        yield server


def _taken(opened: Ground, server: stage.Server, run: Load, seconds: float, samples: Path) -> Profile:
    run(WARM_UP)
    worker = next(each for each in psutil.Process(server.child.keeper.pid).children(True) if not each.children())
    worker.send_signal(signal.SIGUSR2)
    before, database = server.cpu_seconds(), stage.cluster_cpu_seconds(opened.cluster)
    done = run(seconds)
    spent = server.cpu_seconds() - before, stage.cluster_cpu_seconds(opened.cluster) - database
    worker.send_signal(signal.SIGUSR2)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not samples.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    lines = (line.rpartition(" ") for line in samples.read_text().splitlines())
    stacks = Counter({stack: int(seen) for stack, _, seen in lines})
    return Profile(stacks, done.answered, *(each / done.answered * 1000 for each in spent))


if __name__ == "__main__":
    main(sys.argv[1:])
