"""The decorators that every route reads by: who may, what it takes, what it returns.

    @routes.post("/patients/<uuid:patient_id>/plans")
    @signed_in("practitioner")
    @takes(PlanIn)
    @returns(PlanOut, 201)
    def start_plan(patient_id, body): ...

Order of refusal: token, how often, sign-in and role in the database, then the input. The body is read before the
transaction begins, so that a slow sender holds no connection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from hep_api.foundation import occasions
from hep_api.foundation.database import abandon_begun_session, begin_for_request, retrying
from hep_api.foundation.errors import TOKEN_EXPIRED, Problem, not_signed_in, role_may_not
from hep_api.foundation.limits.rates import BY_HAND, Rate
from hep_api.foundation.occasions import Occasion
from hep_api.foundation.web import csv_files, etags, pacing, quick, requests
from hep_api.foundation.web.documenting import View, document, document_answer, document_argument
from hep_api.foundation.web.policy import ANYONE, Policy, declare
from hep_api.foundation.web.refusals import problem_from

Decorator = Callable[[View], View]

SAFE_METHODS = ("GET", "HEAD")
# A body that anyone may send must be cheap to refuse, however it is filled.
MOST_BYTES_FROM_ANYONE = 16 * 1024


def owe_nothing(_session: Session, _viewer: Any) -> None:
    """Let everyone in: where people owe nothing before they may use the doors."""


def remember_nobody(_claims: Mapping[str, Any]) -> None:
    """Know nobody beforehand: every door asks the database first."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """How this product recognises people; `app.py` fills it in, as accounts and clinics lie above the foundation.

    `read_token` checks signature and expiry without the database and returns claims; `recognise` asks the database
    whether the sign-in and the membership behind them still stand, and returns the viewer (with a `role`);
    `refuse_owing` raises for a viewer who has to set something up before they may use any but the doors for that.
    `remembered` returns the viewer as recognised last, or None, without the database: only for doors that have it prove
    them (`at_once`).
    """

    read_token: Callable[[str], Mapping[str, Any]]
    recognise: Callable[[Session, Mapping[str, Any]], Any]
    refuse_owing: Callable[[Session, Any], None] = owe_nothing
    remembered: Callable[[Mapping[str, Any]], Any] = remember_nobody


class Routes(Blueprint):  # type: ignore[misc]
    """A capability's routes under /v1, documented from their decorators."""

    def __init__(self, name: str, description: str, *, prefix: str = "/v1") -> None:
        super().__init__(name, name, url_prefix=prefix, description=description)

    # flask-smorest has no types; these give its decorators theirs.

    def get(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().get(rule, **options))

    def post(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().post(rule, **options))

    def put(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().put(rule, **options))

    def patch(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().patch(rule, **options))

    def delete(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().delete(rule, **options))


def signed_in(*roles: str) -> Callable[[View], View]:
    """Let in people with one of `roles` in their clinic whose sign-in still stands."""

    def decorate(view: View) -> View:
        policy = Policy(frozenset(roles), owing_too=getattr(view, "owing_too", False))

        @wraps(view)
        def door(**arguments: Any) -> Any:
            claims = read_token(requests.bearer_token(), requests.client_address())
            pacing.spend_of_sign_in(view, claims)
            if not hasattr(view, "before_body"):
                requests.body()
            with occasions.at_door(_occasion(view, arguments, claims)):
                return retrying(lambda: _enter(view, claims, policy, arguments))

        document(door, security=[{"bearer": []}], responses={"401": "UNAUTHORIZED", "403": "FORBIDDEN"})
        declare(door, policy)
        return door

    return decorate


def open_to_whoever_owes(view: View) -> View:
    """Let in also people who have something to set up first; stands directly under `signed_in`, on doors for that."""
    view.owing_too = True  # type: ignore[attr-defined]
    return view


def open_to_anyone(
    reason: str, *, most_bytes: int = MOST_BYTES_FROM_ANYONE, pace: Rate = BY_HAND
) -> Callable[[View], View]:
    """Let in anyone, signed in or not; `reason` says why that is right. A body over `most_bytes` gets 413, and who
    comes from one address more often than `pace` gets 429.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def door(**arguments: Any) -> Any:
            pacing.spend_of_address(view, pace)
            requests.lower_limit(most_bytes)
            requests.body()
            with occasions.at_door(_occasion(view, arguments)):
                return retrying(lambda: view(**arguments))

        document(door, security=[])
        declare(door, Policy(frozenset({ANYONE}), reason))
        return door

    return decorate


def takes(schema: type[Schema]) -> Callable[[View], View]:
    """Parse the JSON body strictly and hand it to the view as `body`."""
    loader = schema()

    def decorate(view: View) -> View:
        @wraps(view)
        def taking(**arguments: Any) -> Any:
            return view(body=load(loader, requests.json()), **arguments)

        return document_argument(taking, schema, "json")

    return decorate


def asks(schema: type[Schema]) -> Callable[[View], View]:
    """Parse the query string strictly and hand it to the view as `query`."""
    loader = schema()

    def decorate(view: View) -> View:
        @wraps(view)
        def asking(**arguments: Any) -> Any:
            return view(query=load(loader, requests.query(loader)), **arguments)

        asking.query_loader = loader  # type: ignore[attr-defined]
        return document_argument(asking, schema, "query")

    return decorate


def returns(
    schema: type[Schema] | None,
    status: int = 200,
    *,
    tag: etags.Tagger | None = None,
    onward: csv_files.Onward = csv_files.by_cursor,
) -> Callable[[View], View]:
    """Render the view's value through `schema`; with `tag`, send an ETag and answer 304 when the caller has it.

    A view that knows its tag beforehand makes the Response itself, of the same shape (`states`). A list is a CSV file
    for whoever asks for one; `onward` turns its pages (`csv_files`).
    """
    dumper = schema() if schema else None
    table = csv_files.table_of(dumper, onward)

    def decorate(view: View) -> View:
        @wraps(view)
        def returning(**arguments: Any) -> Response:
            if csv_files.is_asked(table):
                return csv_files.answer(cast(csv_files.Table, table), view, arguments, _enter)
            value = view(**arguments)
            response = value if isinstance(value, Response) else _response(dumper, value, status)
            if table:
                response.vary.add("Accept")
            return etags.tagged(response, tag(value, response)) if tag and response is not value else response

        document_answer(returning, view, schema, status)
        returning.sends_etag = tag is not None  # type: ignore[attr-defined]
        returning.is_list = table is not None  # type: ignore[attr-defined]
        return returning

    return decorate


def _response(dumper: Schema | None, value: Any, status: int) -> Response:
    body = current_app.json.dumps(dumper.dump(value)) + "\n" if dumper else ""
    response = Response(body, status=status, mimetype="application/json")
    if not dumper:
        del response.headers["Content-Type"]
    return response


def sends(*media_types: str, in_ranges: bool = False, tagged: bool = False) -> Callable[[View], View]:
    """Leave the answer to the view, which makes a Response of one of the media types; `in_ranges`: parts of it too,
    `tagged`: with an ETag, and 304 for who has it.
    """

    def decorate(view: View) -> View:
        content = {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in media_types}
        answers: dict[str, Any] = {"200": {"description": "OK", "content": content}}
        if in_ranges:
            answers["206"] = {"description": "The part of it that `Range` asks for.", "content": content}
        document(view, responses=answers)
        view.sends_etag = tagged  # type: ignore[attr-defined]
        return view

    return decorate


def needs_if_match(view: View) -> View:
    """Refuse a request without If-Match; the route compares it by `etags.require_match` under the row's lock.

    For doors whose method does not say it: a PATCH, PUT or DELETE that `returns(..., tag=...)` is documented anyhow.
    """

    @wraps(view)
    def door(**arguments: Any) -> Any:
        etags.require_header()
        return view(**arguments)

    door.needs_if_match = True  # type: ignore[attr-defined]
    return door


def makes_or_changes(view: View) -> View:
    """Say of a PUT that it takes If-None-Match: * in place of If-Match; `etags.require_match_or_new` compares them."""
    view.makes_or_changes = True  # type: ignore[attr-defined]
    return view


def load(loader: Schema, data: Any) -> dict[str, Any]:
    """Load `data` through a schema; raise a 422 Problem that names each field and rule."""
    try:
        loaded: dict[str, Any] = loader.load(data)
    except ValidationError as error:
        raise problem_from(error) from None
    return loaded


def recognition() -> Recognition:
    return cast(Recognition, current_app.extensions["hep_recognition"])


def read_token(token: str | None, address: str | None) -> Mapping[str, Any]:
    """Return the claims of a token that somebody at this address shows; 401, or 429 after too many bad ones."""
    try:
        if not token:
            raise not_signed_in()
        return recognition().read_token(token)
    except Problem as refused:
        if refused.code != TOKEN_EXPIRED:
            pacing.spend_on_bad_token(address)
        raise


def current_viewer() -> Any:
    """Return who asks; the accounts capability gives it its type."""
    return g.viewer


def _enter(view: View, claims: Mapping[str, Any], policy: Policy, arguments: dict[str, Any]) -> Any:
    answered = quick.answer(view, recognition().remembered(claims), policy, arguments)
    if answered is not None:
        return answered
    try:
        session = begin_for_request()
        g.viewer = g.occasion.actor = recognition().recognise(session, claims)
        if g.viewer.role not in policy.roles:
            raise role_may_not()
        if not policy.owing_too:
            recognition().refuse_owing(session, g.viewer)
        if hasattr(view, "before_body"):
            view.before_body()
        return view(**arguments)
    finally:
        abandon_begun_session()


def _occasion(view: View, named: dict[str, Any], claims: Mapping[str, Any] | None = None) -> Occasion:
    writes = request.method not in SAFE_METHODS
    return Occasion(view.__name__, writes, named, requests.client_address(), g.get("request_id"), claims)
