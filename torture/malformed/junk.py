"""Values that have broken somebody's server before: the corpus that single fields are filled from."""

import re
from typing import Any

from torture.malformed.texts import Raw

NUMBERS: list[Any] = [
    0, -1, 1.0, 7.9, 0.1 + 0.2, 2**31, 2**31 - 1, 2**63, 2**63 - 1, -(2**63), 10**18, 10**19, 10**40, 5e-324, 1e308,
    Raw("1e400"), Raw("-1e400"), Raw("NaN"), Raw("Infinity"), Raw("-Infinity"), Raw("0" * 50), Raw("-0"),
    Raw("1" * 5000), Raw("0.1" + "0" * 400), Raw("1E+9999999999"), Raw("0x10"), Raw("1_000"), Raw("+1"), Raw(".5"),
    Raw("01"),
]  # fmt: skip
TEXTS: list[Any] = [
    "", " ", "\t\r\n", "\x00", "a\x00b", "\x7f\x1b[31m", "\ufeff", "\ufffe", "\u202eabc", "\u2028\u2029",
    "e\u0301" * 10, "a" + "\u0301" * 31, "a" + "\u0301" * 5000, "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0010ffff", "ﷺ" * 100, "İı" * 50, "x" * 255, "x" * 5001, "x" * 70_000, "'; DROP TABLE patient; --", "%s%n%x",
    "${jndi:ldap://x}", "{{7*7}}", "<script>alert(1)</script>", "../../../../etc/passwd", "null", "undefined", "true",
    "-1", "1e3", "=cmd()", "@SUM(1)", "\\", '"', "\\u0000", Raw('"\\ud800"'), Raw('"\\udfff\\ud800"'),
    Raw('"a\\ud83d"'), Raw('"\\u0000"'), Raw("'single'"), Raw('"\\x41"'), Raw('"tab\there"'), Raw('"unfinished'),
    Raw("nul"), Raw(""), Raw("undefined"),
]  # fmt: skip
DAYS: list[Any] = [
    "infinity", "-infinity", "epoch", "now", "today", "tomorrow", "J2451187", "0000-00-00", "0001-01-01", "1899-12-31",
    "2026-02-30", "2024-02-29", "2200-01-01", "9999-12-31", "10000-01-01", "20000-01-01", "294277-01-01", "2026-W01-1",
    "4714-11-24 BC", "20260101", "2026-1-1", "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661", 20260101,
    "1900-01-01",
]  # fmt: skip
INSTANTS: list[Any] = [
    "infinity", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2026-01-01T00:00:60Z", "allballs",
    "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+14:01", "2026-01-01T00:00:00-23:59", "2026-01-01T00:00:00+24:00",
    "2026-01-01 00:00:00Z", "9999-12-31T23:59:59-14:00", "1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00",
    "2026-01-01T00:00:00.123456789123Z", "2026-01-01T00:00:00 Europe/Berlin", "20000-01-01T00:00:00Z", 1767225600,
]  # fmt: skip
ZONES: list[Any] = [
    "24:00", "04:00", "04:01", "00:00:00", "99:99", "Europe/Berlin", "europe/berlin", "Europe/Berlin\x00", "UTC+25",
    "../../etc/passwd", "/etc/localtime", "localtime", "Factory", "posixrules", "GMT0", "Etc/GMT+12", "EST5EDT",
    "right/UTC", "US/Pacific-New", "Asia/Kathmandu", "America/Argentina/ComodRivadavia",
]  # fmt: skip
IDS: list[Any] = [
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{01a2017e-4117-7675-925a-bc2fdfe24829}", "urn:uuid:01a2017e-4117-7675-925a-bc2fdfe24829",
    "01a2017e41177675925abc2fdfe24829", "01A2017E-4117-7675-925A-BC2FDFE24829", "01a2017e-4117-7675-925a-bc2fdfe2482",
    "01a2017e-4117-7675-925a-bc2fdfe2482g", "01a2017e_4117_7675_925a_bc2fdfe24829",
    "\u06601a2017e-4117-7675-925a-bc2fdfe24829", "01a2017e-4117-7675-925a-bc2fdfe24829\x00", "1", "me", "current", "-",
    "*",
]  # fmt: skip
ADDRESSES: list[Any] = [
    "a@b", "a@b.c", "@", "a@", "@b", "a@@b.c", "a b@c.d", "a\x00@b.c", "ä@ö.ü", "a@xn--.com",
    f"{'a' * 300}@example.org", "a@" + "b." * 200 + "c", '"a b"@example.org', "a@[127.0.0.1]",
    "a@example.org\r\nBcc: x@y.z", "A@EXAMPLE.ORG", "a@example.org ", "a,b@example.org",
]  # fmt: skip
SHAPES: list[Any] = [
    None, True, False, [], {}, [[]], [None], [{}], {"": None}, {"\x00": 1}, {"a": {"b": {}}}, ["x"] * 1000,
    [0] * 20_000, {"__proto__": {}}, {"constructor": 1}, {"$ne": None}, {str(each): each for each in range(500)},
    Raw("[" * 19 + "]" * 19), Raw("[" * 21 + "]" * 21), Raw("[" * 5000 + "]" * 5000),
    Raw('{"a":' * 100 + "1" + "}" * 100), Raw("[" * 100_000),
]  # fmt: skip
VALUES: list[list[Any]] = [NUMBERS, TEXTS, DAYS, INSTANTS, ZONES, IDS, ADDRESSES, SHAPES]
NAMES = [
    "", " ", "\x00", "__class__", "id", "ID", "clinic_id", "role", "body", "a" * 10_000, "ключ", "\ud800", "a.b",
    "a[0]", "$where", "~1/~0",
]  # fmt: skip

# What a value looks like, and with what it may be confused.
LOOKS: list[tuple[re.Pattern[str], list[Any]]] = [
    (re.compile(r"\d{4}-\d\d-\d\d"), DAYS),
    (re.compile(r"\d{4}-\d\d-\d\dT.*"), INSTANTS),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), IDS),
    (re.compile(r"\S+@\S+"), ADDRESSES),
    (re.compile(r"[A-Z]\w+/\w+|\d\d:\d\d"), ZONES),
    (re.compile(r"-?[\d.]+"), NUMBERS),
    (re.compile(r"[\[{].*", re.DOTALL), SHAPES),
]


def like(value: Any) -> list[Any]:
    """Return the junk that looks most like a value: it gets the farthest."""
    text = str(value)
    return next((values for pattern, values in LOOKS if pattern.fullmatch(text)), TEXTS)
