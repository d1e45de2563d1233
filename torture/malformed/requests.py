"""Whole requests that are nearly right: bodies, queries, ids in the address, headers, media types, methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from tests.contract.examples import EXAMPLES
from tests.contract.scene import Scene
from torture.malformed import bodies, junk
from torture.malformed.cursors import CURSORS
from torture.malformed.texts import Raw
from torture.matrix.asking import Asked, Route, asked_for
from torture.matrix.contract import Taken

# Doors that would sign the senders out or lock them up in the middle of it; they are tried at the matrix.
LEFT_OUT = {
    ("delete", "/v1/sign-ins/current"),
    ("post", "/v1/me/sign-ins/end-others"),
    ("delete", "/v1/me/sign-ins/{sign_in_id}"),
    ("post", "/v1/sign-ins/refresh"),
    ("delete", "/v1/me/second-factors/totp"),
    ("delete", "/v1/members/{member_id}/second-factors"),
    ("delete", "/v1/patients/{patient_id}/second-factors"),
}
MEDIA_TYPES = [
    "", "text/plain", "application/json; charset=utf-16", "application/json; charset=nonsense", "APPLICATION/JSON",
    "application/json;", "application/json, text/html", "multipart/form-data", "application/x-www-form-urlencoded",
    "application/problem+json", "a/b/c", "\xff", "application/json; boundary=" + "x" * 4000,
]  # fmt: skip
# A paper takes a hundred times as long as any other answer.
PAPERS_SHARE = 0.1
# Three of them fit into the longest line that gunicorn takes; longer ones are in `raw`.
LONGEST_VALUE = 1000
# What a parameter of such a name is filled with, as a rule.
LIKELY = {
    "from": junk.DAYS, "to": junk.DAYS, "_on": junk.DAYS, "_id": junk.IDS, "limit": junk.NUMBERS, "q": junk.TEXTS,
    "cursor": CURSORS,
}  # fmt: skip
TOKENS = [
    "", "Bearer", "Bearer ", "Bearer  x", "bearer x", "Basic eDp5", "Basic \xff", "Digest username=x",
    "Bearer " + "a." * 2000, "Bearer ..", "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ.e30.e30",
    "Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6WzFdfQ.e30.e30", "Bearer W10.W10.W10", "Bearer \x00", "Bearer ü.ü.ü",
    "Bearer bnVsbA.bnVsbA.bnVsbA",
]  # fmt: skip
TAGS = [
    "", "*", '"', '""', "W/", 'W/"x"', '"a", "b", *', '"' + "x" * 4000 + '"', ",,,,", '"\xff"', "\\", '"a" "b"',
    "x-1.2", '"x--1"',
]  # fmt: skip
HEADERS = {
    "If-Match": TAGS, "If-None-Match": TAGS, "Authorization": TOKENS,
    "Range": ["bytes=0-", "bytes=-1", "bytes=5-1", "bytes=" + "0-1," * 500, "x=1", "bytes=99999999999999999999-"],
    "Accept": ["", "text/html", "*/*;q=x", "application/json;q=2", ",", "x" * 4000],
    "Accept-Encoding": ["gzip;q=x", "*;q=0", "x" * 4000], "Accept-Language": ["\xff", "x" * 4000],
    "Content-Encoding": ["gzip", "deflate", "x"], "Content-MD5": ["x"], "Content-Language": ["\xff"],
    "X-Forwarded-For": ["1.2.3.4", "::1, " * 300, "\xff", "not an address"], "X-Forwarded-Proto": ["gopher"],
    "Forwarded": ["for=;;;"], "X-Request-Id": ["\x01", "x" * 4000, "'; --"], "X-HTTP-Method-Override": ["DELETE"],
    "Cookie": ["a=b; " * 500, "=", "\xff=\xff"], "User-Agent": ["", "\xff\xfe", "x" * 4000, "\x80"],
    "Origin": ["null", "https://evil.example", "\xff"], "Referer": ["\xff"],
    "Idempotency-Key": ["", "x" * 4000, "\xff"], "Expect": ["100-continue", "200-maybe"],
    "Upgrade": ["h2c", "websocket"], "If-Modified-Since": ["yesterday", "Thu, 01 Jan 99999 00:00:00 GMT"],
    "Date": ["x"], "Via": [","], "TE": ["trailers, \xff"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as bytes would have it: the route and the part are kept, to read back what it did."""

    route: Route
    part: str
    method: str
    address: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


class Maker:
    """Makes requests about one scene."""

    def __init__(self, scene: Scene, taken: Taken, lots: Random) -> None:
        self._scene = scene
        self._taken = taken
        self._lots = lots
        self._routes = sorted(set(EXAMPLES) - LEFT_OUT)

    def make(self) -> Sent:
        """Return the next one, from somebody who may, as a rule; now and then from somebody who may not."""
        route = self._lots.choice(self._routes)
        if route[1].endswith("pdf") and self._lots.random() > PAPERS_SHARE:
            return self.make()
        part = self._lots.choice(EXAMPLES[route].may if self._lots.random() < 0.95 else sorted(self._scene.phones))
        asked = asked_for(self._scene, part, route)
        headers = {**asked.headers, "Content-Type": "application/json"}
        token = self._scene.phones[part].token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = b"" if asked.json is None else bodies.spoilt(asked.json, self._lots)
        if asked.json is None and self._lots.random() < 0.1:
            body = bodies.spoilt({}, self._lots)
        return Sent(route, part, self._method(asked), self._address(asked, route), body, self._spoilt_headers(headers))

    def _method(self, asked: Asked) -> str:
        others = ["PUT", "PATCH", "OPTIONS", "HEAD"]
        return asked.method.upper() if self._lots.random() < 0.98 else self._lots.choice(others)

    def _address(self, asked: Asked, route: Route) -> str:
        address = asked.address
        if "{" in route[1] and self._lots.random() < 0.3:
            address = self._with_other_steps(route[1], address)
        queried = sorted(self._taken.query(route))
        if queried and self._lots.random() < 0.9:
            address += "?" + self._query(queried)
        elif self._lots.random() < 0.05:
            address += "?" + self._query(["x", "limit", ""])
        return address

    def _with_other_steps(self, path: str, address: str) -> str:
        steps = address.split("/")
        places = [place for place, step in enumerate(path.split("/")) if step.startswith("{")]
        steps[self._lots.choice(places)] = self._escaped(bodies.value(self._lots))
        return "/".join(steps)

    def _query(self, names: Sequence[str]) -> str:
        chosen = [self._lots.choice(names) for _ in range(self._lots.randint(1, 3))]
        return "&".join(f"{quote(name)}={self._escaped(self._asked_for(name))}" for name in chosen)

    def _asked_for(self, name: str) -> object:
        likely = next((values for ending, values in LIKELY.items() if name.endswith(ending)), None)
        return self._lots.choice(likely) if likely and self._lots.random() < 0.7 else bodies.value(self._lots)

    def _escaped(self, value: object) -> str:
        text = value.text if isinstance(value, Raw) else str(value)
        return quote(text.encode("utf-8", "surrogatepass"), safe="")[:LONGEST_VALUE]

    def _spoilt_headers(self, headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
        if self._lots.random() < 0.1:
            headers["Content-Type"] = self._lots.choice(MEDIA_TYPES)
        for _ in range(self._lots.choice([0, 0, 0, 0, 0, 1, 1, 3])):
            name = self._lots.choice(sorted(HEADERS))
            headers[name] = self._lots.choice(HEADERS[name])
        return tuple((name, text) for name, text in headers.items())
