"""`make run`: the whole product on one machine, from nothing, until Ctrl-C.

It starts PostgreSQL (or takes DATABASE_URL), prepares the database, starts the web server and the job worker, and
says how to sign in. If one of them ends, all do. What cannot work is said in one sentence.
"""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import Any

from development import children, environment, places
from development.push_service import starting
from development.trouble import Trouble

HOST = "127.0.0.1"
START_SECONDS = 60
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the product until told to stop; return the exit code of `make run`."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    try:
        with ExitStack() as running:
            try:
                running.enter_context(environment.held())
                _run(_free_port(os.environ.get("PORT") or "5000"), running)
            finally:
                # A second Ctrl-C must not leave half of it running; how long stopping may take is bounded.
                for number in SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEverything is stopped; the data is kept.")
    return 0


def _run(port: int, running: ExitStack) -> None:
    """Start everything, each to be stopped by `running`; return never."""
    print("Starting the database ...", flush=True)
    pushes = running.enter_context(starting.beside(environment.PUSHES))
    database = running.enter_context(environment.database())
    if pushes:
        starting.await_ready(pushes, environment.PUSHES)
    ends = {"HEP_MAIL_UNSUBSCRIBE_LINK": f"http://{HOST}:{port}/v1/mail/unsubscribe/"}
    given = ends | environment.for_product(database) | {"PORT": str(port)}
    print("Bringing its tables and the demo clinic up to date ...", flush=True)
    sign_ins = _prepare(given)
    print("Starting the web server and the job worker ...", flush=True)
    worker = _start("job worker", ["flask", "--app", "wsgi", "worker"], given, running)
    web = _start("web server", ["development.serve"], given, running)
    _wait_until_ready(port, [web, worker])
    _welcome(port, given, sign_ins, is_ours=database.child is not None)
    parts = [web, worker, *(child for child in (database.child, pushes) if child)]
    _say_end(children.first_to_end(parts))


def _prepare(given: dict[str, str]) -> str:
    """Bring the database up to date; return what the demo clinic's command says about signing in."""
    answer = places.STATE / "prepared"
    child = children.start(
        "preparation", [sys.executable, "-m", "development.prepare"], environment=given, answer=answer
    )
    try:
        if code := child.wait():
            raise Trouble(f"The database could not be prepared (exit code {code}); the reason stands above.")
    finally:
        child.stop()
    return answer.read_text()


def _start(name: str, module: list[str], given: dict[str, str], running: ExitStack) -> children.Child:
    names = {"HEP_METRICS_AND_LOGS_NAME": name.split()[-1]}
    if name == "job worker":
        names |= _metrics_of_worker(given.get("HEP_METRICS_BIND") or os.environ.get("HEP_METRICS_BIND", ""))
    child = children.start(name, [sys.executable, "-m", *module], environment=given | names)
    running.callback(child.stop)
    return child


def _metrics_of_worker(of_web: str) -> dict[str, str]:
    """Return where the worker serves its metrics: a hundred ports above the web server's, if that does at all."""
    host, _, port = of_web.rpartition(":")
    return {"HEP_METRICS_BIND": f"{host}:{int(port) + 100}"} if port.isdigit() else {}


def _wait_until_ready(port: int, parts: list[children.Child]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for child in parts:
            if child.exit_code() is not None:
                _say_end(child)
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5):  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise Trouble(f"The web server was not ready after {START_SECONDS} s.")


def _welcome(port: int, given: dict[str, str], sign_ins: str, *, is_ours: bool) -> None:
    address = f"http://{HOST}:{port}"
    pushes = f"{given['HEP_PUSH_URL']}/accepted" if given.get("HEP_PUSH_URL") else "Google's push service, if any"
    mail = "the server of HEP_SMTP_URL" if given.get("HEP_SMTP_URL") else given["HEP_MAIL_FOLDER"]
    kept_in = environment.postgres_folder() if is_ours else "the database of DATABASE_URL"
    print(
        f"\nHEP API is running.\n\n"
        f"  API             {address}/v1\n"
        f"  Documentation   {address}/docs\n"
        f"  Data            {kept_in}\n"
        f"  Pushes arrive   {pushes}\n"
        f"  Mail arrives    {mail}\n\n"
        f"{sign_ins.rstrip() or '  There is no demo clinic in this database.'}\n\n"
        f"`make demo` in another terminal plays the story. Ctrl-C stops everything and keeps the data.\n",
        flush=True,
    )


def _say_end(child: children.Child) -> None:
    raise Trouble(
        f"The {child.name} ended by itself (exit code {child.wait()}), so everything is stopped; "
        "what it said last stands above."
    )


def _free_port(text: str) -> int:
    """Return the port if it can be opened now; raise Trouble when it is no port or is taken."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Trouble(f"PORT={text} is not a port: say a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise Trouble(
                f"Port {text} cannot be opened ({error.strerror}): choose another, `make run PORT=5001`."
            ) from None
    return int(text)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
