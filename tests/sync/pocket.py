"""A client in one file that keeps every rule of docs/offline-sync.md, and breaks one when its argument says so.

The conformance kit is tried on it: whole it must pass, and with each bug the right rule must fail. Run as a driver. It
speaks HTTP by itself, for it is started dozens of times, and http.client takes longer to import than all of the rest.
"""

import json
import random
import socket
import sqlite3
import sys
import time
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

BUG = "".join(sys.argv[1:])
LISTS = ("plans", "revisions", "pauses", "goals", "acknowledgements", "events")
MOST, MOST_TRIES = 100, 10


class Stopped(Exception):
    """Carries why a sync cannot go on."""


class Store:
    """What is kept, in SQLite; one file for each patient."""

    def __init__(self, folder: str, patient_id: str) -> None:
        name = ":memory:" if BUG == "forgets" else f"{folder}/{'all' if BUG == 'shares_outbox' else patient_id}.db"
        self.db = sqlite3.connect(name, isolation_level=None)
        # Enough for a killed process, though not for a power cut.
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute("CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT)")
        self.db.execute("CREATE TABLE IF NOT EXISTS aside (id TEXT PRIMARY KEY, outcome TEXT, error TEXT)")
        self.db.execute("CREATE TABLE IF NOT EXISTS things (list TEXT, id TEXT, body TEXT, PRIMARY KEY (list, id))")
        self.db.execute("CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT)")

    def add(self, event: dict[str, Any]) -> None:
        self.db.execute("INSERT OR IGNORE INTO outbox (id, body) VALUES (?, ?)", (event["id"], json.dumps(event)))

    def outbox(self) -> list[dict[str, Any]]:
        return [json.loads(body) for (body,) in self.db.execute("SELECT body FROM outbox ORDER BY n")]

    def drop(self, event_id: str) -> None:
        self.db.execute("DELETE FROM outbox WHERE id = ?", (event_id,))

    def set_aside(self, event_id: str, outcome: str, error: Any) -> None:
        self.db.execute("BEGIN")
        self.db.execute("INSERT OR REPLACE INTO aside VALUES (?, ?, ?)", (event_id, outcome, json.dumps(error)))
        self.drop(event_id)
        self.db.execute("COMMIT")

    def mark(self, name: str) -> Any:
        row = self.db.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def set_mark(self, name: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, json.dumps(value)))

    def ids(self, name: str) -> list[str]:
        return [row[0] for row in self.db.execute("SELECT id FROM things WHERE list = ?", (name,))]

    def bodies(self, name: str) -> list[Any]:
        return [json.loads(row[0]) for row in self.db.execute("SELECT body FROM things WHERE list = ?", (name,))]

    def apply(self, page: dict[str, Any]) -> int:
        """Store a page and its cursor in one transaction."""
        if BUG == "cursor_first":
            self.set_mark("cursor", page["cursor"])
            time.sleep(0.2)
        self.db.execute("BEGIN")
        if page["reset"] or self.mark("anew"):
            self.set_mark("resets", (self.mark("resets") or 0) + 1)
            self.set_mark("anew", False)
            if BUG != "keeps_at_reset":
                self.db.execute("DELETE FROM things")
            if BUG == "empties_at_reset":
                self.db.execute("DELETE FROM outbox")
        changed = 0
        if BUG == "knows_all":
            assert all(each["kind"] in ("plan", "pause", "goal") for each in page["gone"])
        for name in LISTS:
            for thing in page.get(name, []):
                known_as = str(uuid4()) if BUG == "doubles_pages" and name == "events" else thing["id"]
                self.db.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?)", (name, known_as, json.dumps(thing)))
                changed += 1
        for each in page["gone"] if BUG != "keeps_gone" else ():
            self._forget(each)
        self.set_mark("cursor", page["cursor"])
        self.db.execute("COMMIT")
        return changed

    def _forget(self, gone: dict[str, Any]) -> None:
        self.db.execute("DELETE FROM things WHERE list = ? AND id = ?", (f"{gone['kind']}s", gone["id"]))
        if gone["kind"] == "plan":
            for name in ("revisions", "pauses", "goals", "acknowledgements"):
                for thing in self.bodies(name):
                    if thing["plan_id"] == gone["id"]:
                        self.db.execute("DELETE FROM things WHERE list = ? AND id = ?", (name, thing["id"]))


class Pocket:
    """One patient's phone."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.url, self.token, self.patient = asked["base_url"], asked["token"], asked["patient_id"]
        self.scale, self.timeout = asked["wait_scale"], asked["timeout_seconds"]
        self.store = Store(asked["store"], self.patient)
        self.failed = 0

    def record(self, event: dict[str, Any]) -> str:
        event = {**event, "id": event.get("id") or str(uuid4())}
        if BUG == "upper_case":
            event["id"] = event["id"].upper()
        self.store.add(event)
        return event["id"]

    def sync(self) -> dict[str, Any]:
        self.failed = 0
        tally = {"uploaded": 0, "pulled": 0}
        stopped = None
        for part in (self.upload, self.pull):
            try:
                part(tally)
            except Stopped as why:
                stopped = str(why)
                if stopped != "offline" or BUG == "one_stops_the_other":
                    break
                self.failed = 0
        return {**tally, "left": len(self.store.outbox()), "stopped": stopped}

    def upload(self, tally: dict[str, int]) -> None:
        waiting = batches(self.store.outbox())
        tries: dict[str, int] = {}
        while waiting:
            batch = waiting.pop(0)
            status, answer, problem, wait = self.send("POST", "events", json.dumps({"events": batch}).encode())
            outcomes = read_outcomes(status, answer, len(batch))
            if outcomes is not None:
                tally["uploaded"] += self.settle(batch, outcomes)
                self.failed = 0
            elif status in (400, 413, 422) and (len(batch) > 1 or problem):
                waiting[:0] = self.cut_up(batch, answer)
            else:
                self.refuse_stop(status, problem)
                self.wait(wait)
                waiting = self.put_back(batch, tries, waiting)

    def put_back(self, batch: list[Any], tries: dict[str, int], waiting: list[list[Any]]) -> list[list[Any]]:
        """Return what is to be sent after a try that failed: the batch again, and from the third time its halves."""
        if BUG == "new_ids":
            batch = [self.renamed(event) for event in batch]
        if BUG == "changes_events":
            batch = [{**event, "sets": 1} for event in batch]
        key = batch[0]["id"]
        tries[key] = tries.get(key, 0) + 1
        if tries[key] < 3 or BUG == "blocks":
            return [batch, *waiting]
        if len(batch) == 1:
            return waiting
        tries |= {half[0]["id"]: 2 for half in halves(batch)}
        return waiting + halves(batch)

    def cut_up(self, batch: list[Any], answer: Any) -> list[list[Any]]:
        """Return the halves of a batch that is refused; what is refused alone is set aside."""
        if len(batch) > 1 and BUG != "no_halving":
            return halves(batch)
        for event in batch:
            self.store.set_aside(event["id"], "refused", answer)
        return []

    def settle(self, batch: list[Any], outcomes: dict[int, Any]) -> int:
        done = 0
        for place, (index, outcome) in enumerate(outcomes.items()):
            event_id = batch[place if BUG == "by_place" else index]["id"]
            word = outcome["outcome"]
            if word in ("applied", "duplicate") or (BUG == "drops_retry" and word == "retry"):
                if BUG != "never_settles":
                    self.store.drop(event_id)
                done += 1
            elif word in ("rejected", "conflict"):
                if BUG == "drops_rejected":
                    self.store.drop(event_id)
                else:
                    self.store.set_aside(event_id, word, outcome["error"])
        return done

    def pull(self, tally: dict[str, int]) -> None:
        dropped = 0
        while True:
            cursor = self.store.mark("cursor")
            escaped = cursor if BUG == "raw_cursor" and cursor is None else quote(cursor or "", safe="")
            if BUG == "raw_cursor" and cursor:
                escaped = cursor.replace(" ", "%20").encode("ascii", "ignore").decode()
            status, answer, problem, wait = self.send("GET", f"sync?cursor={escaped}" if cursor else "sync")
            if status == 200 and isinstance(answer, dict) and {"cursor", "more", *LISTS} <= answer.keys():
                tally["pulled"] += self.store.apply(answer)
                self.failed = 0
                if not answer["more"] or BUG == "one_page":
                    return
            elif status == 422 and problem and BUG != "keeps_cursor":
                dropped += 1
                if dropped > 1 and BUG != "drops_for_ever":
                    return
                if dropped > 100:
                    return
                self.store.set_mark("cursor", None)
                self.store.set_mark("anew", True)
            else:
                self.refuse_stop(status, problem)
                self.wait(wait)

    def refuse_stop(self, status: int, problem: bool) -> None:
        counts = problem or BUG == "believes_pages"
        if status == 401 and counts and BUG != "insists":
            raise Stopped("signed_out")
        if status in (403, 404) and counts:
            if BUG == "forgets_at_404":
                self.store.db.execute("DELETE FROM outbox")
            raise Stopped("not_yours")

    def wait(self, told: float | None) -> None:
        """Wait as told, or longer with every failure; give up after so many in a row."""
        self.failed += 1
        if self.failed >= MOST_TRIES:
            if BUG == "gives_up":
                self.store.db.execute("DELETE FROM outbox")
            raise Stopped("offline")
        step = min(2.0**self.failed, 300) if BUG != "flat_waits" else 2
        seconds = step * random.uniform(0.5, 1)
        if told is not None and BUG != "impatient":
            seconds = min(told, 3600) if BUG != "waits_for_ever" else told
        time.sleep(seconds * self.scale)

    def renamed(self, event: dict[str, Any]) -> dict[str, Any]:
        self.store.drop(event["id"])
        event = {**event, "id": str(uuid4())}
        self.store.add(event)
        return event

    def send(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any, bool, float | None]:
        """Return (status, what was answered, whether it is a problem, Retry-After); status 0 without an answer."""
        return self.exchange(self.url, method, f"/v1/patients/{self.patient}/{path}", body)

    def exchange(self, url: str, method: str, path: str, body: bytes | None) -> tuple[int, Any, bool, float | None]:
        timeout = None if BUG == "no_timeout" else self.timeout
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Content-Type": "application/json"} if body else {})
        try:
            status, said, text = ask(urlsplit(url).netloc, method, path, body or b"", headers, timeout)
        except (OSError, ValueError):
            return 0, None, False, None
        if BUG == "follows_redirects" and status == 307:
            to = urlsplit(said["location"])
            return self.exchange(f"http://{to.netloc}", method, to.path, body)
        told, kind = said.get("retry-after", ""), said.get("content-type", "")
        try:
            answer = json.loads(text)
        except ValueError:
            return (status if status != 200 or BUG == "settles_on_200" else 0), None, False, None
        return status, answer, kind == "application/problem+json", float(told) if told.isdigit() else None


def ask(
    host: str, method: str, path: str, body: bytes, headers: dict[str, str], timeout: float | None
) -> tuple[int, dict[str, str], bytes]:
    """Ask over a connection of its own; OSError or ValueError without a whole answer."""
    name, _, port = host.partition(":")
    sent = {"Host": host, "Connection": "close", "Content-Length": len(body), **headers}
    head = "".join(f"{each}: {value}\r\n" for each, value in sent.items())
    with socket.create_connection((name, int(port or 80)), timeout) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        with line.makefile("rb") as heard:
            status = int(heard.readline()[9:12])
            said: dict[str, str] = {}
            while (field := heard.readline().decode("latin-1")) not in ("\r\n", ""):
                each, _, value = field.partition(":")
                said[each.lower()] = value.strip()
            length = int(said.get("content-length", ""))
            text = heard.read(length)
    if len(text) != length:
        raise ValueError("the answer was cut off")
    return status, said, text


def read_outcomes(status: int, answer: Any, number: int) -> dict[int, Any] | None:
    if BUG == "settles_on_200" and status == 200:
        return {index: {"outcome": "applied"} for index in range(number)}
    try:
        rows = answer["outcomes"] if status == 200 else []
        found = {each["index"]: each for each in rows}
        return found if len(rows) == number and found.keys() == set(range(number)) else None
    except (TypeError, KeyError):
        return None


def batches(events: list[Any]) -> list[list[Any]]:
    if BUG == "one_batch":
        return [events] if events else []
    # A hundred of the largest events are far under 2 MiB.
    return [events[first : first + MOST] for first in range(0, len(events), MOST)]


def halves(batch: list[Any]) -> list[list[Any]]:
    return [batch[: len(batch) // 2], batch[len(batch) // 2 :]]


def state(pocket: Pocket) -> dict[str, Any]:
    store = pocket.store
    rows = store.db.execute("SELECT id, outcome, error FROM aside").fetchall()
    acknowledged = [{"plan_id": each["plan_id"], "number": each["number"]} for each in store.bodies("acknowledgements")]
    return {
        "outbox": [event["id"] for event in store.outbox()],
        "set_aside": [{"id": row[0], "outcome": row[1], "error": json.loads(row[2])} for row in rows],
        **{name: store.ids(name) for name in ("events", "plans", "pauses")},
        "acknowledgements": acknowledged,
        "cursor": store.mark("cursor"),
        "resets": store.mark("resets") or 0,
    }


def main() -> None:
    pocket: Pocket | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, Any] = {}
        if asked["do"] == "open":
            pocket = Pocket(asked)
        elif asked["do"] == "close":
            print('{"ok": true}', flush=True)
            return
        else:
            assert pocket is not None
            if asked["do"] == "record":
                answer = {"id": pocket.record(asked["event"])}
            elif asked["do"] == "sync":
                answer = pocket.sync()
            elif asked["do"] == "token":
                pocket.token = asked["token"]
            elif asked["do"] == "state":
                answer = state(pocket)
            else:
                print(json.dumps({"ok": False, "error": f"cannot do {asked['do']}"}), flush=True)
                continue
        print(json.dumps({"ok": True, **answer}), flush=True)


if __name__ == "__main__":
    main()
