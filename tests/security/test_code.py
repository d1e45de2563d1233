"""What the code may do at all, held by reading it: no programs started, no text run, cryptography in known places."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pytest

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from tests.contract.test_structure import calls, product_files
from tests.security.named import ROOT

# The conformance kit is a program of its own: it calls the server that it judges and starts the app that it judges, as
# somebody at a terminal tells it, and no door of the product reaches it.
KIT = "sync/conformance/*"
# Modules that reach other machines, and who may. A name with `*` is a folder.
CALLERS = {
    "psycopg": {
        "foundation/database.py", "foundation/jobs/*", "foundation/web/*", "foundation/metrics/*",
        "foundation/realtime/gateway.py", "foundation/realtime/through_postgres.py", "foundation/waiting.py",
    },
    "redis": {"foundation/realtime/relay.py", "foundation/limits/*"},
    "smtplib": {"foundation/mail/*"},
    "ssl": {"foundation/mail/*"},
    "socket": {"foundation/realtime/*", "foundation/mail/*", "foundation/metrics/listener.py", KIT},
    "obstore": {"foundation/files/*"},
    "firebase_admin": {"accounts/*", "notifications/delivery/*"},
    "pywebpush": {"notifications/delivery/*"},
    "google": {"accounts/*", "notifications/delivery/*"},
    "http.client": {KIT},
    "urllib.request": set[str](),
    "urllib3": set[str](),
    "requests": {"notifications/delivery/*"},
    "httpx": set[str](),
    "ftplib": set[str](),
    "aiohttp": set[str](),
}  # fmt: skip
# The inventory in docs/security/cryptography.md: whoever is new here belongs there too.
CRYPTOGRAPHERS = {
    "hashlib": {
        "accounts/*", "audit/*", "clinics/*", "adherence/reports.py", "library/*", "plans/repeats.py", "rights/*",
        "foundation/codes.py", "foundation/signing.py", "foundation/web/etags.py", "foundation/web/states.py",
        "foundation/files/*",
        "foundation/limits/*", "foundation/media/*", "foundation/uploads/*",
        "integrations/calendars/tokens.py", "integrations/laying_out.py",
        "integrations/progress_reports/sealing.py", "sync/queries.py", "notifications/*", KIT,
    },
    "hmac": {"accounts/*", "audit/*", "clinics/codes.py", "foundation/files/*", "integrations/calendars/tokens.py"},
    "secrets": {
        "accounts/*", "clinics/*", "audit/*",
        "foundation/codes.py", "foundation/files/*", "foundation/jobs/*", "foundation/realtime/*",
        "integrations/calendars/tokens.py",
    },
    "cryptography": {"accounts/*", "foundation/signing.py", "notifications/delivery/*"},
    "jwt": {"accounts/*"},
    "argon2": {"accounts/*"},
    "pyotp": {"accounts/*"},
    "webauthn": {"accounts/*"},
    "itsdangerous": {
        "foundation/signing.py", "foundation/files/*", "integrations/handouts/links.py",
        "notifications/mailing/endings.py",
    },
}  # fmt: skip
# Draws lots that guard nothing: a demo's story, when a process comes back, a hostile network.
GAMBLERS = {"demo/*", "foundation/realtime/*", KIT}
# SQL that is put together, from constants of the code and never from what came in.
COMPOSERS = {
    "messaging/receiving.py",
    "messaging/presence.py",
    "messaging/numbering.py",
    "foundation/jobs/worker.py",
    "library/matching.py",  # numbers that it counts itself, and names of dictionaries
}
HASHES = {"sha256", "sha512", "blake2b", "sha3_256"}
NEVER_IMPORTED = {"subprocess", "pickle", "marshal", "shelve", "dill", "jsonpickle", "xml", "lxml", "ctypes", "pty"}
# Who starts a program: FFmpeg and the host's scanner, over one file; and the kit, the app that it judges.
STARTERS = {
    ("hep_api/foundation/media/programs.py", "subprocess"),
    ("hep_api/sync/conformance/client/driver.py", "subprocess"),
}
NEVER_CALLED = {
    "eval",
    "exec",
    "compile_command",
    "system",
    "popen",
    "__import__",
    "render_template_string",
    "unsafe_load",
}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}"
    r"|gh[pousr]_[A-Za-z0-9]{36}"
    r"|xox[abps]-[0-9A-Za-z-]{10,}|\"private_key\": *\"-|eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}"
)


# Nine of the tests below read all of the product once more; what is remembered of a source is small, its tree is not.
@cache
def imported_by(source: str) -> Sequence[str]:
    """Return what a source imports, in full: `http.client`, `redis.exceptions`."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def imports() -> Iterator[tuple[str, str]]:
    """Yield the product's files and what each imports."""
    yield from ((name, imported) for name, source in product_files() for imported in imported_by(source))


@cache
def attributes_of_hashlib(source: str) -> Sequence[str]:
    """Return the names that a source takes from hashlib."""
    attributes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return [node.attr for node in attributes if ast.unparse(node.value) == "hashlib"]


def is_of(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(f"{module}.")


def outside(places: set[str], file: str) -> bool:
    short = file.removeprefix("hep_api/")
    return short not in places and not any(short.startswith(place[:-1]) for place in places if place.endswith("*"))


def astray(known: dict[str, set[str]]) -> list[str]:
    return [
        f"{file} imports {imported}"
        for file, imported in imports()
        for module, places in known.items()
        if is_of(imported, module) and outside(places, file)
    ]


@dataclass(frozen=True, slots=True)
class Given:
    """A call with arguments: what is called, in which line, and whether the first argument was there before."""

    called: str
    line: int
    constant: bool


@cache
def given_in_functions(source: str) -> Sequence[Given]:
    """Return the calls that happen at work; what a module makes when it is imported knows nothing of what comes in."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    nodes = (inner for function in functions for line in function.body for inner in ast.walk(line))
    with_arguments = (node for node in nodes if isinstance(node, ast.Call) and node.args)
    return [Given(ast.unparse(node.func), node.lineno, is_constant(node.args[0])) for node in with_arguments]


def varying(names: set[str]) -> Iterator[tuple[str, int]]:
    """Yield file and line of each call of one of `names` with a first argument that is made at work."""
    for file, source in product_files():
        for given in given_in_functions(source):
            if given.called in names and not given.constant:
                yield file, given.line


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, ast.Attribute):
        return node.attr == "pattern" or node.attr.isupper()
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values)
    # What has a name in capitals was made when its module was imported: ruff takes no such name inside a function.
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def test_the_product_starts_no_programs_and_runs_no_text() -> None:
    imported = [(file, module) for file, module in imports() if module.partition(".")[0] in NEVER_IMPORTED]
    assert set(imported) == STARTERS
    assert [(file, call) for file, source in product_files() for call in calls(source) if call in NEVER_CALLED] == []


def test_the_product_calls_other_hosts_in_known_places_only() -> None:
    assert astray(CALLERS) == []


def test_no_door_reaches_the_conformance_kit() -> None:
    theirs = {file for file, module in imports() if module.startswith("hep_api.sync.conformance")}
    assert {file for file in theirs if outside({KIT}, file)} == {"hep_api/commands.py"}


def test_cryptography_is_used_in_known_places_only() -> None:
    assert astray(CRYPTOGRAPHERS) == []


def test_hashes_are_strong() -> None:
    used = {each for _, source in product_files() for each in attributes_of_hashlib(source)}
    assert used
    assert used <= HASHES


def test_lots_are_drawn_from_the_secure_generator() -> None:
    assert astray({"random": GAMBLERS}) == []


def test_no_sql_is_put_together_from_values() -> None:
    put_together = varying({"text", "sa.text", "connection.exec_driver_sql", "literal_column", "sa.literal_column"})
    assert {file for file, _ in put_together if outside(COMPOSERS, file)} == set()


def test_regular_expressions_are_constants() -> None:
    names = {f"re.{name}" for name in ("compile", "match", "fullmatch", "search", "sub", "split", "findall")}
    assert list(varying(names)) == []


def test_no_secret_lies_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and "swagger_ui" not in name]
    assert len(files) > 200
    found = [file for file in files if file.is_file() and SECRETS.search(file.read_text(errors="replace"))]
    assert found == []
    assert not [file for file in files if file.suffix in (".pem", ".key", ".p12", ".env")]


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "FLASK_ENV", "DEBUG"])
def test_debugging_cannot_be_switched_on_by_a_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    app = create_app(replace(settings, environment="development"))
    try:
        assert (app.debug, app.testing, app.config["PROPAGATE_EXCEPTIONS"]) == (False, False, False)
    finally:
        app.extensions["hep_database"].engine.dispose()


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("import subprocess", test_the_product_starts_no_programs_and_runs_no_text),
        ("eval('1')", test_the_product_starts_no_programs_and_runs_no_text),
        ("import requests", test_the_product_calls_other_hosts_in_known_places_only),
        ("from urllib.request import urlopen", test_the_product_calls_other_hosts_in_known_places_only),
        ("import hmac", test_cryptography_is_used_in_known_places_only),
        ("hashlib.md5(b'')", test_hashes_are_strong),
        ("import random", test_lots_are_drawn_from_the_secure_generator),
        ("def read(name):\n    text(f'SELECT {name}')", test_no_sql_is_put_together_from_values),
        ("def find(word):\n    re.compile(word)", test_regular_expressions_are_constants),
    ],
)
def test_what_must_not_be_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, source: str, check: Callable[[], None]
) -> None:
    planted = [*product_files(), ("hep_api/visits/actions.py", source)]
    monkeypatch.setattr("tests.security.test_code.product_files", lambda: planted)
    with pytest.raises(AssertionError):
        check()
