"""Plays the story against a running server: `python -m demo`.

HEP_URL says where, otherwise it is http://127.0.0.1 at PORT or 5000, as `make run` has it. HEP_DEMO_PRACTITIONER,
HEP_DEMO_LEADER and HEP_DEMO_PASSWORD say who plays, if not the people of the seeded demo clinic; HEP_DEMO_HURRY lets it
wait for no full minute. Exits with 1 at the
first answer that is not the story's.
"""

import os
import sys
import time

import httpx

from demo import story
from demo.stage import Cast, set_stage
from demo.telling import Mismatch, Teller
from development import node, places
from development.push_service import starting
from development.trouble import Trouble

PRACTITIONER = "nora.whitfield@riverside.example"
LEADER = "grace.holloway@riverside.example"
PASSWORD = "demo demo demo"


def main() -> int:
    """Play the story; return the exit code."""
    started = time.perf_counter()
    teller = Teller()
    try:
        cast = find_cast()
        story.play(set_stage(cast, teller))
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except (Mismatch, httpx.HTTPError) as error:
        print(f"\nThe story broke at step {teller.steps} ({teller.title}):\n  {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - started
    print(f"\nThe story is told: {teller.steps} steps, {teller.checks} answers as they should be, {seconds:.1f} s.")
    return 0


def find_cast() -> Cast:
    """Return who plays where; raise Trouble when no server answers or there is no Node for the phone."""
    url = os.environ.get("HEP_URL", f"http://127.0.0.1:{os.environ.get('PORT', '5000')}").rstrip("/")
    try:
        ready = httpx.get(f"{url}/readyz", timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        raise Trouble(f"No server answers at {url} ({error}): start it with `make run`, or set HEP_URL.") from None
    if ready.status_code != httpx.codes.OK:
        raise Trouble(f"The server at {url} is not ready: it answered /readyz with {ready.status_code}.")
    return Cast(
        url=url,
        practitioner_email=os.environ.get("HEP_DEMO_PRACTITIONER", PRACTITIONER),
        leader_email=os.environ.get("HEP_DEMO_LEADER", LEADER),
        password=os.environ.get("HEP_DEMO_PASSWORD", PASSWORD),
        node=node.find_node(),
        packages=node.packages(),
        pushes=os.environ.get("HEP_PUSH_URL") or starting.for_product(places.STATE / "pushes").get("HEP_PUSH_URL", ""),
    )


if __name__ == "__main__":
    sys.exit(main())
