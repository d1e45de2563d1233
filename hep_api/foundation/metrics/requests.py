"""What is counted of each request: by the route's template, never by the address that was asked for."""

from hep_api.foundation.metrics.tallies import OTHER, Level, Tally, Timing

# Anybody may send a method of their own invention.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CLASSES = {1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}

ANSWERED = Tally("hep_requests", "Requests answered, by the class of their status.", "method", "route", "status")
TOOK = Timing("hep_request_seconds", "Time from a request's first handler to its answer.", "method", "route")
IN_FLIGHT = Level("hep_requests_in_flight", "Requests that are being answered.")
REFUSED = Tally("hep_refusals", "Requests refused, by the code that the client reads.", "route", "code")


def count_answer(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count an answer; `route` is the template that matched, None when none did."""
    if method not in METHODS:
        method = OTHER
    if route is None:
        route = OTHER
    ANSWERED.add(method, route, CLASSES.get(status // 100, OTHER))
    TOOK.add(seconds, method, route)
