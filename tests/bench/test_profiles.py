"""A profile says whose code was at work: the innermost that has an owner, on whose behalf the rest runs."""

from collections import Counter

from bench.profiles import by_function, by_owner

DOOR = "gunicorn/workers/ggevent.py:handle_request;flask/app.py:wsgi_app;hep_api/adherence/routes/events.py:upload"
STACKS = {
    f"{DOOR};sqlalchemy/orm/session.py:execute;psycopg/cursor.py:execute": 3,
    f"{DOOR};python3.11/json/decoder.py:decode": 2,
    f"{DOOR};hep_api/adherence/reading.py:read;python3.11/uuid.py:__init__;orjson/__init__.py:loads": 1,
    "python3.11/threading.py:run": 4,
}


def test_what_the_standard_library_does_is_its_callers() -> None:
    assert by_owner(STACKS) == Counter({"psycopg": 3, "hep_api/adherence/routes": 2, "orjson": 1, "Python": 4})


def test_a_function_of_the_product_is_seen_in_whatever_it_calls_and_once_in_a_stack() -> None:
    again = {"hep_api/a.py:walk;hep_api/a.py:walk": 5}
    assert by_function(STACKS | again) == Counter(
        {"hep_api/adherence/routes/events.py:upload": 6, "hep_api/adherence/reading.py:read": 1, "hep_api/a.py:walk": 5}
    )
