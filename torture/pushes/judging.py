"""Holds the rows against what came in at the push service: lost, unfounded, twice, after the end, without a key.

A push is known by its device and what it is about. One that was told twice about the same is two rows, and may come in
twice; beyond that each time it was answered with a success that left the service whole counts as twice.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from development.push_service.kept import Push

# What is under way when a device ends may still come in: as long as one try takes.
UNDER_WAY = timedelta(seconds=2.5)
COUNTED = (
    "lost",
    "unfounded",
    "told_for_a_rollback",
    "after_the_end",
    "to_another",
    "without_collapse_key",
    "again_at_once",
)
# Whoever was not answered well waits a little; the library's own tries would come sooner.
SHORTEST_PAUSE = timedelta(seconds=1)
# What FCM has refused for good is given up; whatever else it says may be otherwise later.
REFUSALS = {"invalid_argument", "third_party_auth_error"}
ASKS_FOR_A_TOKEN = ("unauthenticated", "third_party_auth_error")
DEADLY = {"unregistered", "sender_id_mismatch"}
DEATHS = {"unregistered", "sender_mismatch"}
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of pushes; `address` is that of its device."""

    address: str
    kind: str
    subject: str
    state: str
    result: str | None

    @property
    def key(self) -> Key:
        return self.address, self.kind, self.subject


@dataclass
class Books:
    """What was done meanwhile: which addresses ended when, what was told and taken back, when workers were killed."""

    ended: dict[str, datetime] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    kills: list[datetime] = field(default_factory=list)
    # Whose the address is from when on, where that changed: nobody else's subjects may come in there.
    moved: dict[str, datetime] = field(default_factory=dict)
    subjects_of_former: set[str] = field(default_factory=set)


def key_of(push: Push) -> Key:
    """Return by what a push is known, as the service has it."""
    return push.address, push.data.get("type", ""), push.data.get("id", "")


def judge(rows: Sequence[Row], pushes: Sequence[Push], books: Books) -> Counter[str]:
    """Return how many pushes were lost, twice and so on."""
    found: Counter[str] = Counter(dict.fromkeys((*COUNTED, "twice"), 0))
    history: defaultdict[Key, list[Push]] = defaultdict(list)
    for push in pushes:
        history[key_of(push)].append(push)
    dead = deaths(pushes)
    told: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        told[row.key].append(row)
        found[f"state_{row.state}"] += 1
    for key, of_key in told.items():
        wrong, twice = _weigh(of_key, history.get(key, ()), dead, books)
        found.update(wrong)
        found["twice"] += twice
    found["told_for_a_rollback"] = sum(push.data.get("id") in books.taken_back for push in pushes)
    found["unfounded"] += sum(push.is_answered and key not in told for key in history for push in history[key])
    found["without_collapse_key"] = _without_one_key(history.values())
    found["after_the_end"] = after_the_end(pushes, books)
    found["again_at_once"] = sum(_again_at_once(each) for each in history.values())
    found["to_another"] = sum(_is_anothers(push, books) for push in pushes)
    return found


def deaths(pushes: Iterable[Push]) -> dict[str, datetime]:
    """Return when each address was first answered with a word that it is gone for good."""
    found: dict[str, datetime] = {}
    for push in pushes:
        if push.fault in DEADLY:
            found.setdefault(push.address, push.at)
    return found


def after_the_end(pushes: Sequence[Push], books: Books) -> int:
    """Count what came in for an address that had ended: by its owner, or by the service's word that it is gone.

    A worker that is killed when it has heard so and has not yet written it down cannot know; each kill excuses one.
    """
    said: dict[str, datetime] = {}
    count = 0
    for push in sorted(pushes, key=lambda each: each.at):
        ended, heard = books.ended.get(push.address), said.get(push.address)
        count += ended is not None and push.at > ended + UNDER_WAY
        count += heard is not None and push.at > heard + UNDER_WAY and not _was_killed_about(heard, books.kills)
        if push.fault in DEADLY:
            said[push.address] = push.at
    return count


def _weigh(
    rows: Sequence[Row], history: Sequence[Push], dead: Mapping[str, datetime], books: Books
) -> tuple[Counter[str], int]:
    """Return what is wrong with the rows of one key, and how often it came in beyond them."""
    arrived = sum(push.is_answered for push in history)
    wrong: Counter[str] = Counter()
    faults = {push.fault for push in history}
    for row in rows:
        if row.state == "sent":
            wrong["lost"] += arrived == 0
        elif not _is_right(row, faults, dead, books):
            wrong["lost"] += 1
    return wrong, max(0, arrived - len(rows))


def _is_right(row: Row, faults: Collection[str], dead: Mapping[str, datetime], books: Books) -> bool:
    """Tell whether a push that was not sent had to end so."""
    if row.state == "dead":
        return bool(REFUSALS & set(faults))
    if row.state != "dropped":
        return False
    if row.result in DEATHS:
        return row.address in dead
    if row.result == "device_gone":
        return row.address in dead or row.address in books.ended or row.address in books.moved
    return False


def _again_at_once(history: Sequence[Push]) -> int:
    """Count tries of one push that came right after one that was not answered well; a bearer token that is refused may
    be replaced at once.
    """
    return sum(
        later.at - earlier.at < SHORTEST_PAUSE and earlier.fault not in ("", *ASKS_FOR_A_TOKEN)
        for earlier, later in pairwise(sorted(history, key=lambda each: each.at))
    )


def _without_one_key(histories: Iterable[Sequence[Push]]) -> int:
    """Count what came in with no collapse key, or with another one than the same push had before."""
    wrong = 0
    for pushes in histories:
        keys = {push.collapse_keys for push in pushes}
        wrong += sum(not push.collapse_keys for push in pushes) + (len(keys) - 1)
    return wrong


def _is_anothers(push: Push, books: Books) -> bool:
    """Tell whether a push for the former owner of a phone came in when it was another's."""
    moved = books.moved.get(push.address)
    return moved is not None and push.at > moved + UNDER_WAY and push.data.get("id") in books.subjects_of_former


def _was_killed_about(heard: datetime, kills: Iterable[datetime]) -> bool:
    return any(abs(kill - heard) < UNDER_WAY for kill in kills)
